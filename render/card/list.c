/* list.c - where the rows of a list stand.
 *
 * All texts are shaped once, in em units; a plan is then a matter of sums, so sizes and numbers of
 * columns are simply tried: as few pages as the smallest letters can do with, then the largest
 * letters that need no more, then the fewest columns. The rows of the last page are spread evenly
 * over its columns. A long list is laid out section by section, so that a page costs what its
 * section does.
 *
 * Memory: the shaped texts, in the arena.
 */
#include "render/card/list.h"

#include <math.h>
#include <string.h>

#include "render/card/list_priv.h"
#include "shm/base/check.h"

static const unsigned sizes[] = {40, 36, 33, 30, 28, 26, 24};

/* ---- texts --------------------------------------------------------------------------------- */

static enum pl_err no_room(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the list does not fit into the memory of one job (workers.memory)");
}

static enum pl_err shape_keys(struct pl_type *type, const struct pl_card_row *from,
                              struct pl_list_row *to, struct pl_arena *arena,
                              struct pl_error *error)
{
    to->keys_n = PL_MAX(from->keys_n, 1u);
    to->keys = pl_arena_zalloc(arena, to->keys_n, sizeof *to->keys);
    if (to->keys == NULL)
        return no_room(error);
    for (uint32_t i = 0; i < to->keys_n; i++) {
        const char *key = from->keys_n > 0 ? from->keys[i] : from->input;
        enum pl_err err = pl_type_shape(type, PL_PACK_FONT_LABEL, key, arena, &to->keys[i], error);
        if (err != PL_OK)
            return err;
        to->keys_w += (double)to->keys[i].width / PL_TYPE_EM * PL_LIST_KEY + 2.0 * PL_LIST_KEY_PAD +
                      (i > 0 ? PL_LIST_KEY_GAP : 0.0);
    }
    return PL_OK;
}

/* Keys, and the labels from row->first on, as many as a row may have. */
static enum pl_err shape_row(struct pl_type *type, const struct pl_card_row *from,
                             struct pl_list_row *to, struct pl_arena *arena, struct pl_error *error)
{
    enum pl_err err = shape_keys(type, from, to, arena, error);
    to->labels_n = PL_MIN(from->labels_n - to->first, (uint32_t)PL_LIST_LABELS_MAX);
    to->labels = pl_arena_zalloc(arena, PL_MAX(to->labels_n, 1u), sizeof *to->labels);
    if (err == PL_OK && to->labels == NULL)
        return no_room(error);
    for (uint32_t i = 0; err == PL_OK && i < to->labels_n; i++)
        err = pl_type_shape(type, PL_PACK_FONT_LABEL, from->labels[to->first + i].text, arena,
                            &to->labels[i], error);
    return err;
}

/* ---- one try ------------------------------------------------------------------------------- */

double pl_list_labels_w(const struct pl_list_plan *plan)
{
    return plan->column_w - plan->keys_w - PL_LIST_MIDDLE * plan->px;
}

double pl_list_label_w(const struct pl_list_plan *plan, const struct pl_type_text *label)
{
    double width = pl_type_px(label->width, plan->px) + 2.0 * PL_LIST_PAD * plan->px;
    return PL_MIN(width, pl_list_labels_w(plan));
}

static unsigned lines_of(const struct pl_list_plan *plan, const struct pl_list_row *row)
{
    double room = pl_list_labels_w(plan) + 0.01, x = 0.0;
    unsigned lines = 1;
    for (uint32_t i = 0; i < row->labels_n; i++) {
        double width = pl_list_label_w(plan, &row->labels[i]);
        if (x > 0.0 && x + PL_LIST_GAP * plan->px + width > room) {
            lines++;
            x = 0.0;
        }
        x += (x > 0.0 ? PL_LIST_GAP * plan->px : 0.0) + width;
    }
    return lines;
}

/* Keys may take half of a column; wider ones are drawn smaller. false: a label is too wide for its
 * part even when drawn smaller, or keys would be drawn at less than three quarters. */
static bool measure(struct pl_list_plan *plan, unsigned px, unsigned columns)
{
    double room = PL_LIST_PAGE_W - 2.0 * PL_LIST_MARGIN - (columns - 1.0) * PL_LIST_GUTTER;
    double widest = 0.0;
    bool whole = true;
    plan->px = px;
    plan->columns = columns;
    plan->column_w = floor(room / columns);
    for (uint32_t i = 0; i < plan->rows_n; i++)
        widest = PL_MAX(widest, plan->rows[i].keys_w * px);
    plan->keys_w = PL_MIN(widest, plan->column_w / 2.0);
    whole = plan->keys_w >= 0.75 * widest;
    for (uint32_t i = 0; i < plan->rows_n; i++) {
        struct pl_list_row *row = &plan->rows[i];
        row->lines = lines_of(plan, row);
        for (uint32_t k = 0; k < row->labels_n; k++)
            whole = whole && PL_LIST_NARROW * pl_type_px(row->labels[k].width, px) +
                                     2.0 * PL_LIST_PAD * px <=
                                 pl_list_labels_w(plan);
    }
    return whole;
}

/* Rows from `first` on, one below the other, columns as high as `bottom`; returns the pages,
 * UINT32_MAX when a row alone is higher than a column. */
static uint32_t flow(struct pl_list_plan *plan, uint32_t first, uint32_t page, double bottom)
{
    uint32_t column = 0;
    double y = PL_LIST_TOP;
    bool headings = false, top = true;
    for (uint32_t i = 0; i < plan->rows_n; i++)
        headings = headings || plan->rows[i].begins;
    for (uint32_t i = first; i < plan->rows_n; i++) {
        struct pl_list_row *row = &plan->rows[i];
        double high = row->lines * PL_LIST_ROW * plan->px;
        double head = headings && (row->begins || top) ? PL_LIST_HEADING * plan->px : 0.0;
        if (!top && y + head + high > bottom) {
            page += column + 1 == plan->columns;
            column = (column + 1) % plan->columns;
            y = PL_LIST_TOP;
            head = headings ? PL_LIST_HEADING * plan->px : 0.0;
        }
        row->page = page;
        row->column = column;
        row->headed = head > 0.0;
        row->y = y + head;
        y = row->y + high;
        if (y > PL_LIST_BOTTOM)
            return UINT32_MAX;
        top = false;
    }
    return page + 1;
}

/* ---- the plan ------------------------------------------------------------------------------ */

/* The fewest pages there can be: with the smallest letters. */
static uint32_t fewest_pages(struct pl_list_plan *plan)
{
    uint32_t fewest = UINT32_MAX;
    for (unsigned columns = 1; columns <= PL_LIST_COLUMNS_MAX; columns++)
        if (measure(plan, sizes[PL_COUNT(sizes) - 1], columns) || columns == 1)
            fewest = PL_MIN(fewest, flow(plan, 0, 0, PL_LIST_BOTTOM));
    return fewest;
}

/* The largest letters that do with as many, then the fewest columns. */
static void choose(struct pl_list_plan *plan)
{
    plan->pages = fewest_pages(plan);
    for (unsigned s = 0; s < PL_COUNT(sizes); s++)
        for (unsigned columns = 1; columns <= PL_LIST_COLUMNS_MAX; columns++) {
            bool last = s + 1 == PL_COUNT(sizes) && columns == 1;
            if ((measure(plan, sizes[s], columns) || last) &&
                flow(plan, 0, 0, PL_LIST_BOTTOM) == plan->pages)
                return;
        }
}

/* The last page's columns as even as they go. */
static void even_out(struct pl_list_plan *plan)
{
    uint32_t first = 0;
    double step = PL_LIST_ROW * plan->px / 2.0, bottom = PL_LIST_BOTTOM;
    while (first < plan->rows_n && plan->rows[first].page + 1 < plan->pages)
        first++;
    while (bottom - step > PL_LIST_TOP + 4.0 * step &&
           flow(plan, first, plan->pages - 1, bottom - step) == plan->pages)
        bottom -= step;
    (void)flow(plan, first, plan->pages - 1, bottom);
}

static uint32_t parts_of(const struct pl_card_row *row)
{
    return 1 + (PL_MAX(row->labels_n, 1u) - 1) / PL_LIST_LABELS_MAX;
}

/* The list's rows, those of very many labels as several. */
static enum pl_err make_rows(struct pl_list_plan *plan, const struct pl_card_list *list,
                             struct pl_arena *arena, struct pl_error *error)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < list->rows_n; i++)
        plan->rows_n += parts_of(&list->rows[i]);
    plan->rows = pl_arena_zalloc(arena, PL_MAX(plan->rows_n, 1u), sizeof *plan->rows);
    if (plan->rows == NULL)
        return no_room(error);
    for (uint32_t i = 0; i < list->rows_n; i++) {
        const char *heading = list->rows[i].heading;
        bool begins =
            heading[0] != '\0' && (i == 0 || strcmp(heading, list->rows[i - 1].heading) != 0);
        for (uint32_t part = 0; part < parts_of(&list->rows[i]); part++)
            plan->rows[at++] = (struct pl_list_row){
                .source = i, .first = part * PL_LIST_LABELS_MAX, .begins = begins && part == 0};
    }
    return PL_OK;
}

enum pl_err pl_list_plan(struct pl_type *type, const struct pl_card_list *list,
                         struct pl_arena *arena, struct pl_list_plan *out, struct pl_error *error)
{
    *out = (struct pl_list_plan){.rows_n = 0};
    enum pl_err err = make_rows(out, list, arena, error);
    for (uint32_t i = 0; err == PL_OK && i < out->rows_n; i++)
        err = shape_row(type, &list->rows[out->rows[i].source], &out->rows[i], arena, error);
    if (err != PL_OK)
        return err;
    choose(out);
    even_out(out);
    return PL_OK;
}

/* ---- sections ------------------------------------------------------------------------------ */

struct pl_card_list pl_list_section(const struct pl_card_list *list, uint32_t section)
{
    struct pl_card_list part = *list;
    uint32_t first = section * PL_CARD_SECTION_ROWS;
    CHECK(first <= list->rows_n);
    part.rows += first;
    part.rows_n = PL_MIN(list->rows_n - first, (uint32_t)PL_CARD_SECTION_ROWS);
    return part;
}

static enum pl_err count_pages(struct pl_type *type, struct pl_card_list *list, uint32_t *ends,
                               struct pl_arena *arena, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    uint32_t pages = 0;
    for (uint32_t i = 0; err == PL_OK && i < list->ends_n; i++) {
        struct pl_card_list part = pl_list_section(list, i);
        struct pl_list_plan plan;
        size_t mark = pl_arena_mark(arena);
        err = pl_list_plan(type, &part, arena, &plan, error);
        pages += err == PL_OK ? plan.pages : 0;
        ends[i] = pages;
        pl_arena_release(arena, mark);
    }
    list->pages_n = PL_MAX(pages, 1u);
    return err;
}

enum pl_err pl_card_list_pages(const struct pl_packs *packs, struct pl_card_list *list,
                               struct pl_arena *arena, struct pl_error *error)
{
    struct pl_type *type;
    list->pages_n = 1;
    list->ends_n = 0;
    if (packs->n == 0 || list->rows_n == 0)
        return PL_OK;
    uint32_t n = (list->rows_n + PL_CARD_SECTION_ROWS - 1) / PL_CARD_SECTION_ROWS;
    uint32_t *ends = pl_arena_alloc(arena, n * sizeof *ends);
    if (ends == NULL)
        return no_room(error);
    list->ends = ends;
    list->ends_n = n;
    enum pl_err err = pl_type_of(packs, &type, error);
    return err == PL_OK ? count_pages(type, list, ends, arena, error) : err;
}
