/* canvas24.h - an RGB picture of which only what is painted on exists.
 *
 * The picture is the grid of tiles of a pack's base (pack/pack.h: 16 rows high, one JPEG restart
 * interval wide). A tile comes into being when the first painted pixel meets it: it is unpacked
 * into the arena and drawn into there. What no paint met is the base's, byte for byte, and was
 * never read; tile[i] says which is which, and that is what the encoder goes by:
 *
 *     tile[row * columns + column] == NULL    as in the base
 *     else                                    RGB, 16 rows of 3 * tile_w bytes, stride apart
 *
 * The same drawing works on a whole picture in memory (pl_canvas24_on_rows), when packs are built.
 *
 * Coordinates may be anything; drawing is cut at `clip` and at the picture's edges. When the arena
 * is full `full` is set, drawing does nothing from then on, and pl_canvas24_finish reports it.
 */
#ifndef PL_CARD_CANVAS24_H
#define PL_CARD_CANVAS24_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/card/pack/pack.h"
#include "shm/base/arena.h"
#include "shm/base/err.h"

enum { PL_TILE_ROWS = 16 };

struct pl_box {
    int x0, y0, x1, y1; /* pixels; x1 and y1 are the first column and row outside */
};

struct pl_canvas24 {
    uint32_t width_px, height_px;
    uint32_t tile_w, columns, rows;  /* rows of tiles; the grid covers the picture or more */
    size_t stride;                   /* bytes from a row of a tile to its next */
    uint8_t **tile;                  /* columns * rows */
    uint32_t touched_n;              /* tiles that are not the base's */
    const struct pl_pack_base *base; /* NULL: a whole picture */
    struct pl_arena *arena;
    struct pl_box clip;
    bool full;
    /* Much of a picture is one empty tile over and over: once it came twice in a row it is kept
     * unpacked. */
    uint32_t last, plain;
    uint8_t *plain_pixels; /* NULL: none yet */
};

/* pl_canvas24_on_base - nothing painted yet. The base is borrowed. PL_E_LIMIT. */
enum pl_err pl_canvas24_on_base(struct pl_canvas24 *canvas, const struct pl_pack_base *base,
                                struct pl_arena *arena, struct pl_error *error);

/* pl_canvas24_on_rows - draw into a picture of RGB rows that the caller has; every tile counts as
 * touched. tile_w: any; 0 = as wide as the picture. height_px need not be a multiple of 16: no row
 * beyond it is written. PL_E_LIMIT. */
enum pl_err pl_canvas24_on_rows(struct pl_canvas24 *canvas, uint8_t *rows, uint32_t width_px,
                                uint32_t height_px, size_t stride, struct pl_arena *arena,
                                struct pl_error *error);

/* pl_canvas24_finish - once, when all is painted: what is beyond the picture's edge in touched
 * tiles of a base repeats the last column and row, as it does in the base. PL_E_LIMIT when the
 * arena was too small for what was painted. */
enum pl_err pl_canvas24_finish(struct pl_canvas24 *canvas, struct pl_error *error);

/* pl_canvas24_band - the 16 rows of a row of tiles, padding included, side by side in out:
 * 3 * tile_w * columns bytes a row, rows `stride` bytes apart. For encoders that want all. */
void pl_canvas24_band(const struct pl_canvas24 *canvas, uint32_t row, uint8_t *out, size_t stride);

/* pl_canvas24_clip - replace the clip, cut at the picture; returns the one before. */
struct pl_box pl_canvas24_clip(struct pl_canvas24 *canvas, struct pl_box clip);

/* pl_canvas24_touch - the tile's pixels, to be written; NULL when the arena is full. For paint.c.
 */
uint8_t *pl_canvas24_touch(struct pl_canvas24 *canvas, uint32_t column, uint32_t row);

#endif
