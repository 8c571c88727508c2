/* splice_help.h - is what is spliced what a whole encode gives? Of any base of any pack. */
#ifndef PL_TESTS_SPLICE_HELP_H
#define PL_TESTS_SPLICE_HELP_H

#include <stdio.h>
#include <string.h>

#include "render/card/paint.h"
#include "render/card/splice.h"

static uint32_t splice_chance;

static inline uint32_t splice_next(uint32_t below)
{
    splice_chance = splice_chance * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(splice_chance >> 8) * below >> 24);
}

/* Boxes anywhere, also beyond the edges, some that let the base through. */
static inline void splice_paint(struct pl_canvas24 *canvas, unsigned boxes)
{
    for (unsigned i = 0; i < boxes; i++) {
        int w = (int)canvas->width_px, h = (int)canvas->height_px;
        int x = (int)splice_next(canvas->width_px + 20) - 20,
            y = (int)splice_next(canvas->height_px + 20) - 20;
        struct pl_box box = {x, y, x + 1 + (int)splice_next((uint32_t)(w / 6 + 1)),
                             y + 1 + (int)splice_next((uint32_t)(h / 20 + 1))};
        uint32_t rgba = splice_next(1 << 24) << 8 | (splice_next(2) == 0 ? 0xff : 0xa6);
        pl_paint_round(canvas, box, 6, rgba);
    }
}

static inline bool splice_fits(const struct pl_pack_base *base, enum pl_jpeg_sub sub)
{
    struct pl_jpeg_form form = {base->width_px, base->height_px, sub, PL_SPLICE_QUALITY,
                                base->tile_w};
    return pl_jpeg_fits(&form);
}

/* NULL, or what is wrong. */
static inline const char *splice_check(const struct pl_pack_base *base, enum pl_jpeg_sub sub,
                                       unsigned boxes, struct pl_arena *arena)
{
    static char text[500];
    struct pl_error error = {0};
    struct pl_canvas24 canvas;
    struct pl_buf spliced = PL_BUF((size_t)64 << 20), plain = PL_BUF((size_t)64 << 20);
    size_t mark = pl_arena_mark(arena), at = 0;
    bool short_way = false;
    enum pl_err err = pl_canvas24_on_base(&canvas, base, arena, &error);
    if (err == PL_OK) {
        splice_paint(&canvas, boxes);
        err = pl_canvas24_finish(&canvas, &error);
    }
    if (err == PL_OK)
        err = pl_splice_jpeg(&canvas, PL_SPLICE_QUALITY, sub, &spliced, &short_way, &error);
    if (err == PL_OK)
        err = pl_splice_plain(&canvas, PL_SPLICE_QUALITY, sub, &plain, &error);
    while (at < spliced.n && at < plain.n && spliced.bytes[at] == plain.bytes[at])
        at++;
    uint32_t share = canvas.touched_n * 100 / (base->columns * base->rows);
    bool way =
        short_way ? share <= 91 && splice_fits(base, sub) : share >= 89 || !splice_fits(base, sub);
    bool same = err == PL_OK && way && spliced.n == plain.n && at == plain.n && plain.n > 0;
    (void)snprintf(text, sizeof text,
                   "%u boxes, %u tiles painted, %s: %zu and %zu bytes, first difference at %zu; %s",
                   boxes, canvas.touched_n, short_way ? "spliced" : "whole", spliced.n, plain.n, at,
                   error.msg);
    pl_buf_free(&spliced);
    pl_buf_free(&plain);
    pl_arena_release(arena, mark);
    return same ? NULL : text;
}

/* Else every picture would be encoded whole, and compared with itself. */
static inline bool splice_has_entropy(const struct pl_pack_base *base)
{
    bool both = splice_fits(base, PL_JPEG_444);
    for (uint32_t i = 0; i < base->columns * base->rows; i++) {
        struct pl_pack_tile tile;
        pl_pack_tile(base->pack, base->tiles[i], &tile);
        if (tile.s420.n == 0 || (both && tile.s444[0].n == 0))
            return false;
    }
    return true;
}

/* Nothing painted, a little, a card's worth, nearly all. Returns how many were compared. */
static inline unsigned splice_check_base(const struct pl_pack_base *base, struct pl_arena *arena,
                                         const char **wrong)
{
    static const unsigned boxes[] = {0, 6, 35, 600};
    unsigned n = 0;
    if (!splice_has_entropy(base))
        *wrong = "the pack lacks entropy bytes";
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
        for (unsigned sub = PL_JPEG_420; sub <= PL_JPEG_444; sub++, n++) {
            splice_chance = base->width_px + base->height_px + boxes[i];
            const char *text = splice_check(base, (enum pl_jpeg_sub)sub, boxes[i], arena);
            if (text != NULL)
                *wrong = text;
        }
    return n;
}

#endif
