/* tiles.h - pictures to tiles of the pack, each different one kept once. Private to the pack
 * builder. */
#ifndef PL_PACK_TILES_H
#define PL_PACK_TILES_H

#include "render/card/pack/assemble.h"
#include "render/card/pack/source.h"

/* A picture on whole tiles: what is beyond it repeats its last column and row. */
struct pl_tiling {
    uint8_t *rgb; /* 3 * tile_w * columns bytes a row, 16 * rows of them */
    size_t stride;
    uint32_t width_px, height_px, tile_w, columns, rows;
};

struct pl_tiles; /* which tiles there are already */

/* All of these fail as the assembly does. */
struct pl_tiles *pl_tiles_make(struct pl_assembly *a);
/* pl_tiling_make - pixels copied; NULL rgb: the picture is one colour. */
bool pl_tiling_make(struct pl_assembly *a, const struct pl_pixels *pixels, uint32_t rgb,
                    struct pl_tiling *out);
/* pl_tiles_add - GRID gets columns * rows numbers, TILES and TILE_BYTES what is new. Returns the
 * first of the numbers. */
uint32_t pl_tiles_add(struct pl_tiles *tiles, struct pl_assembly *a, struct pl_tiling *tiling);

#endif
