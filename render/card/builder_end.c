/* builder_end.c - from what was collected to the finished set: order, doubles, colours.
 *
 * All labels are sorted once by (card or list, cell or row, context, text); equal neighbours are
 * one, and what is left is cut into rows, cells, lists and cards. Nothing depends on the order in
 * which things were added but the order of cards and lists themselves.
 */
#include <string.h>

#include "render/card/array.h"
#include "render/card/builder_parts.h"
#include "shm/base/check.h"

static int by_place(const struct pl_builder_part *a, const struct pl_builder_part *b)
{
    if (a->is_row != b->is_row)
        return a->is_row ? 1 : -1;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    return a->counts && a->sort != b->sort ? strverscmp(a->sort, b->sort)
                                           : pl_text_order(a->sort, b->sort);
}

static int by_label(const void *left, const void *right)
{
    const struct pl_builder_part *a = left, *b = right;
    int order = by_place(a, b);
    if (order == 0)
        order = pl_text_order(a->label.context, b->label.context);
    if (order == 0)
        order = pl_text_order(a->label.text, b->label.text);
    if (order == 0 && a->label.modifier != b->label.modifier)
        order = a->label.modifier < b->label.modifier ? -1 : 1;
    if (order == 0 && a->label.invalid != b->label.invalid)
        order = a->label.invalid ? 1 : -1;
    return order;
}

/* Those that are not plain first, so that the first of equal names says what it is. */
static int by_context(const void *left, const void *right)
{
    const struct pl_builder_context *a = left, *b = right;
    int order = pl_text_order(a->name, b->name);
    return order != 0 ? order : (int)a->plain - (int)b->plain;
}

/* --- contexts --------------------------------------------------------------------------------- */

static const struct pl_builder_pin *find_pin(const struct pl_builder_parts *parts,
                                             const char *context)
{
    for (uint32_t i = 0; i < parts->pins_n; i++)
        if (strcmp(parts->pins[i].context, context) == 0)
            return &parts->pins[i];
    return NULL;
}

struct palette {
    const uint32_t *colours;
    uint32_t n, next;
    uint32_t none; /* the colour of style none; 0: another style */
};

static struct palette find_palette(const struct pl_builder *builder)
{
    static const uint32_t usual[] = {0x2780e3ff, 0xff0039ff, 0xff7518ff, 0x3fb618ff,
                                     0x9954bbff, 0x373a3cff, 0x2780e3a6, 0xff0039a6,
                                     0xff7518a6, 0x3fb618a6, 0x9954bba6, 0x373a3ca6};
    struct palette palette = {.colours = usual, .n = PL_COUNT(usual)};
    const struct pl_pack_look *look =
        builder->packs->n > 0 ? pl_pack_look(builder->packs->at[0]) : NULL;
    if (look != NULL && look->palette_n > 0) {
        palette.colours = look->palette;
        palette.n = look->palette_n;
    }
    if (builder->options->style == PL_CARD_STYLE_NONE)
        palette.none = (look != NULL ? look->badge_rgb << 8 : 0x373a3c00) | 0xff;
    return palette;
}

static void colour(const struct pl_builder *builder, struct palette *palette,
                   struct pl_card_context *context)
{
    const struct pl_builder_pin *pin = find_pin(builder->parts, context->name);
    struct pl_pack_context pack = {.title = ""};
    if (!pl_packs_context(builder->packs, builder->game, context->name, &pack))
        pack = (struct pl_pack_context){.title = ""};
    const char *title = pin != NULL && pin->title != NULL ? pin->title : pack.title;
    context->title = title != NULL && title[0] != '\0' ? title : context->name;
    if (palette->none != 0)
        context->rgba = palette->none;
    else if (pin != NULL)
        context->rgba = pin->rgba;
    else if (pack.pinned)
        context->rgba = pack.rgba;
    else
        context->rgba = palette->colours[palette->next++ % palette->n];
}

static enum pl_err end_contexts(struct pl_builder *builder, struct pl_card_set *set,
                                struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    size_t n = parts->contexts_n;
    const void **all = pl_arena_alloc(builder->arena, (n + 1) * sizeof *all);
    for (size_t i = 0; i < n && all != NULL; i++)
        all[i] = &parts->contexts[i];
    all = all != NULL ? pl_array_sort(builder->arena, all, n, by_context) : NULL;
    if (all == NULL)
        return pl_builder_full(builder, error);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct pl_builder_context *context = all[i];
        const struct pl_builder_context *last = kept > 0 ? all[kept - 1] : NULL;
        if (last == NULL || pl_text_order(last->name, context->name) != 0)
            all[kept++] = context;
    }
    set->contexts = pl_arena_zalloc(builder->arena, kept, sizeof *set->contexts);
    if (set->contexts == NULL && kept > 0)
        return pl_builder_full(builder, error);
    struct palette palette = find_palette(builder);
    for (int plain = 0; plain < 2; plain++)
        for (size_t i = 0; i < kept; i++) {
            const struct pl_builder_context *context = all[i];
            set->contexts[i].name = context->name;
            if (context->plain == (plain == 1))
                colour(builder, &palette, &set->contexts[i]);
        }
    set->contexts_n = (uint32_t)kept;
    return PL_OK;
}

static uint32_t find_context(const struct pl_card_set *set, const char *name)
{
    uint32_t low = 0, high = set->contexts_n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (pl_text_order(set->contexts[middle].name, name) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* --- cells and rows --------------------------------------------------------------------------- */

/* The sorted labels, and where the next cell, card, ... takes its part of the arrays. */
struct cut {
    const struct pl_builder_part *const *parts;
    size_t n, at;
    const struct pl_card_set *set;
    struct pl_card_label *labels;
    struct pl_card_cell *cells;
    struct pl_card_row *rows;
};

/* The labels of one cell or row; cut->at goes behind them. */
static struct pl_card_label *cut_labels(struct cut *cut, uint32_t *n)
{
    struct pl_card_label *labels = cut->labels;
    const struct pl_builder_part *first = cut->parts[cut->at];
    *n = 0;
    for (; cut->at < cut->n && by_place(first, cut->parts[cut->at]) == 0; cut->at++) {
        const struct pl_builder_part *part = cut->parts[cut->at];
        if (*n > 0 && by_label(cut->parts[cut->at - 1], part) == 0)
            continue;
        labels[(*n)++] =
            (struct pl_card_label){.context = find_context(cut->set, part->label.context),
                                   .text = part->label.text,
                                   .modifier = part->label.modifier,
                                   .invalid = part->label.invalid};
    }
    cut->labels += *n;
    return labels;
}

static bool belongs(const struct cut *cut, bool is_row, uint32_t owner)
{
    return cut->at < cut->n && cut->parts[cut->at]->is_row == is_row &&
           cut->parts[cut->at]->owner == owner;
}

static void cut_card(struct cut *cut, uint32_t owner, struct pl_card *card)
{
    card->cells = cut->cells;
    card->cells_n = 0;
    while (belongs(cut, false, owner)) {
        const struct pl_builder_part *part = cut->parts[cut->at];
        struct pl_card_cell *cell = &card->cells[card->cells_n++];
        *cell = (struct pl_card_cell){.device = part->device,
                                      .input = part->input,
                                      .x = part->rect.x,
                                      .y = part->rect.y,
                                      .w = part->rect.w,
                                      .h = part->rect.h,
                                      .drawn = part->drawn};
        cell->labels = cut_labels(cut, &cell->labels_n);
    }
    cut->cells += card->cells_n;
}

static void cut_list(struct cut *cut, uint32_t owner, struct pl_card_list *list)
{
    list->rows = cut->rows;
    list->rows_n = 0;
    list->pages_n = 1;
    while (belongs(cut, true, owner)) {
        const struct pl_builder_part *part = cut->parts[cut->at];
        struct pl_card_row *row = &list->rows[list->rows_n++];
        *row = (struct pl_card_row){.input = part->input,
                                    .heading = part->heading,
                                    .keys_n = part->keys_n,
                                    .keys = part->keys};
        row->labels = cut_labels(cut, &row->labels_n);
    }
    cut->rows += list->rows_n;
}

static enum pl_err sort_parts(struct pl_builder *builder, struct cut *cut, struct pl_error *error)
{
    struct pl_arena *arena = builder->arena;
    size_t n = builder->parts->parts_n;
    const void **all = pl_arena_alloc(arena, (n + 1) * sizeof *all);
    for (size_t i = 0; i < n && all != NULL; i++)
        all[i] = &builder->parts->parts[i];
    all = all != NULL ? pl_array_sort(arena, all, n, by_label) : NULL;
    size_t cells_n = 0, rows_n = 0;
    for (size_t i = 0; i < n && all != NULL; i++) {
        const struct pl_builder_part *part = all[i];
        if (i == 0 || by_place(all[i - 1], part) != 0)
            *(part->is_row ? &rows_n : &cells_n) += 1;
    }
    cut->parts = (const struct pl_builder_part *const *)all;
    cut->n = n;
    cut->labels = pl_arena_zalloc(arena, n + 1, sizeof *cut->labels);
    cut->cells = pl_arena_zalloc(arena, cells_n + 1, sizeof *cut->cells);
    cut->rows = pl_arena_zalloc(arena, rows_n + 1, sizeof *cut->rows);
    if (all == NULL || cut->labels == NULL || cut->cells == NULL || cut->rows == NULL)
        return pl_builder_full(builder, error);
    return PL_OK;
}

enum pl_err pl_builder_end(struct pl_builder *builder, struct pl_card_set *set,
                           struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    struct cut cut = {.set = set};
    enum pl_err err = end_contexts(builder, set, error);
    if (err == PL_OK)
        err = sort_parts(builder, &cut, error);
    if (err != PL_OK)
        return err;
    set->cards = parts->cards;
    set->lists = parts->lists;
    set->cards_n = set->lists_n = 0;
    for (uint32_t i = 0; i < parts->cards_n; i++) {
        struct pl_card card = parts->cards[i];
        cut_card(&cut, i, &card);
        if (card.cells_n > 0)
            set->cards[set->cards_n++] = card;
    }
    for (uint32_t i = 0; i < parts->lists_n; i++) {
        struct pl_card_list list = parts->lists[i];
        cut_list(&cut, i, &list);
        if (list.rows_n > 0)
            set->lists[set->lists_n++] = list;
    }
    set->notices = parts->notices;
    set->notices_n = parts->notices_n;
    set->notices_more = parts->notices_more;
    set->bindings_n = parts->bindings_n;
    return PL_OK;
}
