/* cells.c - paints a card: its labels into their boxes, the legend into the header.
 *
 * Fits every cell of its own; whether a label is cut is counted, for the note. Memory: shaped
 * texts, in the arena, as long as the picture.
 */
#include <math.h>
#include <stdio.h>

#include "render/card/draw_priv.h"
#include "render/card/fit.h"
#include "render/card/paint.h"
#include "shm/base/check.h"

enum { RADIUS = 6 }; /* of a label's corners at a width of 1920 */

struct pl_sketch_rect pl_sketch_rect(const struct pl_sketch *sketch, int32_t x, int32_t y,
                                     int32_t w, int32_t h)
{
    double k = sketch->scale, inset = sketch->look->inset;
    struct pl_sketch_rect out = {
        .limit = {(int)ceil(x * k - 0.001), (int)ceil(y * k - 0.001),
                  (int)floor(((double)x + w) * k + 0.001), (int)floor(((double)y + h) * k + 0.001)},
        .room = {(int)lround((x + inset) * k), (int)lround((y + inset) * k), 0, 0},
    };
    out.room.x1 = out.room.x0 + PL_MAX(0, (int)lround((w - 2.0 * inset) * k));
    out.room.y1 = out.room.y0 + PL_MAX(0, (int)lround((h - 2.0 * inset) * k));
    return out;
}

static enum pl_err no_room(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the card does not fit into the memory of one job (workers.memory)");
}

/* ---- cells --------------------------------------------------------------------------------- */

static enum pl_err shape_labels(struct pl_type *type, const struct pl_card_set *set,
                                const struct pl_card_cell *cell, struct pl_arena *arena,
                                struct pl_fit_label **out, struct pl_error *error)
{
    struct pl_fit_label *labels =
        pl_arena_zalloc(arena, PL_MAX(cell->labels_n, 1u), sizeof *labels);
    enum pl_err err = labels != NULL ? PL_OK : no_room(error);
    for (uint32_t i = 0; err == PL_OK && i < cell->labels_n; i++) {
        const struct pl_card_label *label = &cell->labels[i];
        labels[i].rgba = label->invalid || label->context >= set->contexts_n
                             ? pl_opaque(PL_SKETCH_INVALID_RGB)
                             : set->contexts[label->context].rgba;
        err = pl_type_shape(type, PL_PACK_FONT_LABEL, label->text, arena, &labels[i].text, error);
    }
    *out = labels;
    return err;
}

static enum pl_err fit_cell(const struct pl_sketch *sketch, const struct pl_card_set *set,
                            const struct pl_card_cell *cell, struct pl_sketch_rect *rect,
                            struct pl_fit_label **labels, struct pl_fit *fit,
                            struct pl_error *error)
{
    enum pl_err err = shape_labels(sketch->type, set, cell, sketch->arena, labels, error);
    *rect = pl_sketch_rect(sketch, cell->x, cell->y, cell->w, cell->h);
    if (err != PL_OK)
        return err;
    return pl_fit(sketch->type, pl_fit_rule(sketch->base.width_px, sketch->look->font_least_px),
                  rect->room.x1 - rect->room.x0, rect->room.y1 - rect->room.y0, *labels,
                  cell->labels_n, sketch->arena, fit, error);
}

static enum pl_err paint_cell(struct pl_sketch *sketch, const struct pl_card_set *set,
                              const struct pl_card_cell *cell, unsigned *overflows,
                              struct pl_error *error)
{
    struct pl_sketch_rect rect;
    struct pl_fit_label *labels;
    struct pl_fit fit;
    enum pl_err err = fit_cell(sketch, set, cell, &rect, &labels, &fit, error);
    if (err != PL_OK)
        return err;
    struct pl_fit_place place = {.room = rect.room,
                                 .limit = rect.limit,
                                 .radius = RADIUS * sketch->base.width_px / 1920.0,
                                 .text_rgb = sketch->look->header_text_rgb};
    pl_fit_paint(sketch->type, &sketch->canvas, &fit, labels, &place);
    *overflows += fit.overflow;
    return PL_OK;
}

/* ---- legend -------------------------------------------------------------------------------- */

/* The contexts of what is drawn on the card, in the set's order. */
static enum pl_err legend_of(const struct pl_sketch *sketch, const struct pl_card_set *set,
                             const struct pl_card *card, struct pl_legend_entry **entries,
                             uint32_t *entries_n, struct pl_error *error)
{
    size_t n = PL_MAX(set->contexts_n, 1u);
    bool *used = pl_arena_zalloc(sketch->arena, n, sizeof *used);
    *entries = pl_arena_zalloc(sketch->arena, n, sizeof **entries);
    *entries_n = 0;
    if (used == NULL || *entries == NULL)
        return no_room(error);
    for (uint32_t c = 0; c < card->cells_n; c++)
        for (uint32_t l = 0; card->cells[c].drawn && l < card->cells[c].labels_n; l++)
            if (card->cells[c].labels[l].context < set->contexts_n)
                used[card->cells[c].labels[l].context] = true;
    for (uint32_t i = 0; i < set->contexts_n; i++)
        if (used[i])
            (*entries)[(*entries_n)++] =
                (struct pl_legend_entry){set->contexts[i].title, set->contexts[i].rgba};
    return PL_OK;
}

/* ---- the card ------------------------------------------------------------------------------ */

static void say_overflow(const struct pl_sketch *sketch, unsigned overflows)
{
    if (overflows > 0 && sketch->note != NULL)
        (void)snprintf(sketch->note, PL_DRAW_NOTE_N,
                       "%u box%s hold more labels than there is room for: what is cut ends in an "
                       "ellipsis; the list of all is in the JSON",
                       overflows, overflows == 1 ? " would" : "es would");
}

enum pl_err pl_sketch_card(struct pl_sketch *sketch, const struct pl_card_set *set,
                           const struct pl_card *card, const char *baked_title,
                           struct pl_error *error)
{
    struct pl_legend_entry *entries;
    uint32_t entries_n;
    unsigned overflows = 0;
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; err == PL_OK && i < card->cells_n; i++)
        if (card->cells[i].drawn)
            err = paint_cell(sketch, set, &card->cells[i], &overflows, error);
    if (err == PL_OK)
        err = legend_of(sketch, set, card, &entries, &entries_n, error);
    if (err != PL_OK)
        return err;
    struct pl_card_header header = pl_sketch_header(sketch, card->title);
    say_overflow(sketch, overflows);
    return pl_card_header_add(sketch->type, &header, baked_title, entries, entries_n,
                              &sketch->canvas, sketch->arena, error);
}

enum pl_err pl_card_fits(const struct pl_packs *packs, const struct pl_card_set *set,
                         const struct pl_card *card, struct pl_arena *arena, struct pl_fit *fits,
                         struct pl_error *error)
{
    struct pl_pack_image image;
    struct pl_sketch sketch = {.packs = packs, .arena = arena};
    for (uint32_t i = 0; i < card->cells_n; i++)
        fits[i] = (struct pl_fit){.px = 0};
    if (packs->n == 0 || !pl_packs_image(packs, card->image, &image) ||
        pl_pack_base(&image, set->game, 0, "", &sketch.base, NULL) != PL_OK)
        return PL_OK;
    sketch.look = pl_pack_look(packs->at[0]);
    sketch.scale = (double)sketch.base.width_px / image.layout_w;
    enum pl_err err = pl_type_of(packs, &sketch.type, error);
    for (uint32_t i = 0; err == PL_OK && i < card->cells_n; i++) {
        struct pl_sketch_rect rect;
        struct pl_fit_label *labels;
        size_t mark = pl_arena_mark(arena);
        if (card->cells[i].drawn)
            err = fit_cell(&sketch, set, &card->cells[i], &rect, &labels, &fits[i], error);
        pl_arena_release(arena, mark);
    }
    return err;
}
