/* list_draw.c - the rows of a page: keys as caps, labels on their colours, headings with a rule.
 *
 * The plan is in pixels of 1920; everything is placed at the canvas's scale and rounded there.
 *
 * Memory: the plan, in the arena.
 */
#include <math.h>

#include "render/card/list_priv.h"
#include "render/card/paint.h"
#include "shm/base/check.h"

struct page {
    struct pl_type *type;
    const struct pl_card_set *set;
    const struct pl_card_list *list;
    const struct pl_list_plan *plan;
    const struct pl_list_look *look;
    struct pl_canvas24 *canvas;
    struct pl_arena *arena;
    double scale;
};

static int at(const struct page *page, double n)
{
    return (int)lround(n * page->scale);
}

static unsigned letters(const struct page *page, double px)
{
    return (unsigned)PL_MAX(1.0, floor(px * page->scale + 0.001));
}

/* A box with a text in its middle; size in pixels of 1920. A key has an edge around it, thicker
 * below. */
static void paint_text_box(const struct page *page, double x, double y, double w, double h,
                           const struct pl_type_text *text, double px, uint32_t rgba, bool key)
{
    const struct pl_type_face *face = pl_type_face(page->type, PL_PACK_FONT_LABEL);
    struct pl_box box = {at(page, x), at(page, y), at(page, x + w), at(page, y + h)};
    unsigned size = letters(page, px);
    double spare = w * page->scale - pl_type_px(text->width, size);
    double rise = (box.y1 - box.y0 + pl_type_px(face->tall - face->deep, size)) / 2.0;
    struct pl_box before = pl_canvas24_clip(page->canvas, box);
    uint32_t edge = page->look->key_rgb, ink = key ? edge : page->look->text_rgb;
    int thin = PL_MAX(1, at(page, 1.0)), thick = key ? PL_MAX(1, at(page, 3.0)) : 0;
    if (key)
        pl_paint_round(page->canvas, box, 6.0 * page->scale, pl_opaque(edge));
    if (key)
        box = (struct pl_box){box.x0 + thin, box.y0 + thin, box.x1 - thin, box.y1 - thick};
    pl_paint_round(page->canvas, box, (key ? 5.0 : 6.0) * page->scale, rgba);
    pl_type_draw(page->type, page->canvas, text, size, x * page->scale + spare / 2.0,
                 box.y0 + (int)lround(rise - thick / 2.0), ink);
    page->canvas->clip = before;
}

/* The keys end where the labels begin; too wide ones are drawn smaller together. */
static void paint_keys(const struct page *page, const struct pl_list_row *row, double x)
{
    double px = page->plan->px, width = row->keys_w * px;
    double shrink = PL_MIN(1.0, page->plan->keys_w / PL_MAX(width, 1.0));
    double high = 1.04 * px * PL_MAX(shrink, 0.7);
    double y = row->y + (PL_LIST_ROW * px - high) / 2.0;
    x += page->plan->keys_w - width * shrink;
    for (uint32_t i = 0; i < row->keys_n; i++) {
        double size = px * PL_LIST_KEY * shrink;
        double w =
            (double)row->keys[i].width / PL_TYPE_EM * size + 2.0 * PL_LIST_KEY_PAD * px * shrink;
        paint_text_box(page, x, y, w, high, &row->keys[i], size, pl_opaque(page->look->text_rgb),
                       true);
        x += w + PL_LIST_KEY_GAP * px * shrink;
    }
}

static uint32_t color_of(const struct page *page, const struct pl_card_label *label)
{
    if (label->invalid)
        return pl_opaque(page->look->invalid_rgb);
    return label->context < page->set->contexts_n ? page->set->contexts[label->context].rgba
                                                  : pl_opaque(page->look->key_rgb);
}

/* A label in a box of that width: smaller, then cut, where the box is too narrow. */
static enum pl_err paint_label(const struct page *page, const struct pl_type_text *text, double x,
                               double y, double width, uint32_t rgba, struct pl_error *error)
{
    struct pl_type_text cut;
    double px = page->plan->px, room = width - 2.0 * PL_LIST_PAD * px;
    double natural = pl_type_px(text->width, page->plan->px);
    double size = natural <= room ? px : px * PL_MAX(PL_LIST_NARROW, room / natural);
    int64_t most = (int64_t)((room / size + 0.001) * PL_TYPE_EM);
    enum pl_err err = pl_type_cut(page->type, PL_PACK_FONT_LABEL, text, PL_MAX(most, 0),
                                  page->arena, &cut, error);
    if (err == PL_OK)
        paint_text_box(page, x, y, width, 1.12 * px, &cut, size, rgba, false);
    return err;
}

static enum pl_err paint_labels(const struct page *page, const struct pl_list_row *row,
                                const struct pl_card_row *from, double left, struct pl_error *error)
{
    const struct pl_list_plan *plan = page->plan;
    double px = plan->px, room = pl_list_labels_w(plan) + 0.01, x = 0.0;
    double y = row->y + (PL_LIST_ROW - 1.12) / 2.0 * px;
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; err == PL_OK && i < row->labels_n; i++) {
        double width = pl_list_label_w(plan, &row->labels[i]);
        if (x > 0.0 && x + PL_LIST_GAP * px + width > room) {
            y += PL_LIST_ROW * px;
            x = 0.0;
        }
        x += x > 0.0 ? PL_LIST_GAP * px : 0.0;
        err = paint_label(page, &row->labels[i], left + x, y, width,
                          color_of(page, &from->labels[row->first + i]), error);
        x += width;
    }
    return err;
}

static enum pl_err paint_heading(const struct page *page, const struct pl_list_row *row,
                                 const char *heading, double x, struct pl_error *error)
{
    struct pl_type_text whole, text;
    if (heading[0] == '\0')
        return PL_OK;
    double px = page->plan->px * 0.78, baseline = row->y - 0.5 * page->plan->px;
    enum pl_err err =
        pl_type_shape(page->type, PL_PACK_FONT_TITLE, heading, page->arena, &whole, error);
    if (err == PL_OK)
        err = pl_type_cut(page->type, PL_PACK_FONT_TITLE, &whole,
                          (int64_t)(page->plan->column_w / px * PL_TYPE_EM), page->arena, &text,
                          error);
    if (err != PL_OK)
        return err;
    pl_type_draw(page->type, page->canvas, &text, letters(page, px), x * page->scale,
                 at(page, baseline), row->begins ? page->look->key_rgb : page->look->again_rgb);
    struct pl_box rule = {at(page, x), at(page, baseline + 0.22 * page->plan->px),
                          at(page, x + page->plan->column_w), 0};
    rule.y1 = rule.y0 + PL_MAX(1, at(page, 2.0));
    pl_paint_fill(page->canvas, rule, pl_opaque(page->look->key_rgb));
    return PL_OK;
}

static enum pl_err paint_row(const struct page *page, uint32_t index, bool striped,
                             struct pl_error *error)
{
    const struct pl_list_plan *plan = page->plan;
    const struct pl_list_row *row = &plan->rows[index];
    double x = PL_LIST_MARGIN + row->column * (plan->column_w + PL_LIST_GUTTER);
    if (striped) {
        struct pl_box stripe = {at(page, x - 8.0), at(page, row->y),
                                at(page, x + plan->column_w + 8.0),
                                at(page, row->y + row->lines * PL_LIST_ROW * plan->px)};
        pl_paint_round(page->canvas, stripe, 6.0 * page->scale, pl_opaque(page->look->stripe_rgb));
    }
    enum pl_err err =
        row->headed ? paint_heading(page, row, page->list->rows[row->source].heading, x, error)
                    : PL_OK;
    if (err != PL_OK)
        return err;
    paint_keys(page, row, x);
    return paint_labels(page, row, &page->list->rows[row->source],
                        x + plan->keys_w + PL_LIST_MIDDLE * plan->px, error);
}

static enum pl_err paint_rows(const struct page *page, uint32_t number, bool *used,
                              struct pl_error *error)
{
    const struct pl_list_plan *plan = page->plan;
    unsigned in_column = 0;
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; err == PL_OK && i < plan->rows_n; i++) {
        const struct pl_card_row *row = &page->list->rows[plan->rows[i].source];
        if (plan->rows[i].page != number)
            continue;
        bool first = plan->rows[i].headed || i == 0 || plan->rows[i].y < plan->rows[i - 1].y;
        in_column = first ? 0 : in_column + 1;
        for (uint32_t l = 0; l < plan->rows[i].labels_n; l++) {
            uint32_t context = row->labels[plan->rows[i].first + l].context;
            if (context < page->set->contexts_n)
                used[context] = true;
        }
        err = paint_row(page, i, in_column % 2 == 0, error);
    }
    return err;
}

/* The section that holds the page, whose number becomes that in the section. */
static struct pl_card_list section_of(const struct pl_card_list *list, uint32_t *page)
{
    uint32_t i = 0;
    if (list->ends_n == 0)
        return *list;
    while (i + 1 < list->ends_n && *page >= list->ends[i])
        i++;
    *page -= i > 0 ? list->ends[i - 1] : 0;
    return pl_list_section(list, i);
}

enum pl_err pl_card_list_draw(struct pl_type *type, const struct pl_card_set *set,
                              const struct pl_card_list *list, uint32_t number,
                              const struct pl_list_look *look, const struct pl_card_header *header,
                              struct pl_canvas24 *canvas, struct pl_arena *arena,
                              struct pl_error *error)
{
    struct pl_list_plan plan;
    struct pl_card_list part = section_of(list, &number);
    struct page page = {type, set,    &part, &plan,
                        look, canvas, arena, canvas->width_px / (double)PL_LIST_PAGE_W};
    size_t n = PL_MAX(set->contexts_n, 1u);
    bool *used = pl_arena_zalloc(arena, n, sizeof *used);
    struct pl_legend_entry *entries = pl_arena_zalloc(arena, n, sizeof *entries);
    uint32_t entries_n = 0;
    if (used == NULL || entries == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "the list does not fit into the memory of one job (workers.memory)");
    enum pl_err err = pl_list_plan(type, &part, arena, &plan, error);
    if (err == PL_OK)
        err = paint_rows(&page, number, used, error);
    for (uint32_t i = 0; i < set->contexts_n; i++)
        if (used[i])
            entries[entries_n++] =
                (struct pl_legend_entry){set->contexts[i].title, set->contexts[i].rgba};
    return err == PL_OK
               ? pl_card_header_add(type, header, "", entries, entries_n, canvas, arena, error)
               : err;
}
