/* canvas24.c - tiles that come into being when they are painted on.
 *
 * Knows nothing of shapes and colours (paint.c). Memory: the arena's; tiles are never freed one by
 * one.
 */
#include "render/card/canvas24.h"

#include <string.h>

#include "shm/base/check.h"

static enum pl_err no_room(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the picture does not fit into the memory of one job (workers.memory)");
}

static enum pl_err make_grid(struct pl_canvas24 *canvas, struct pl_arena *arena,
                             struct pl_error *error)
{
    canvas->arena = arena;
    canvas->clip = (struct pl_box){0, 0, (int)canvas->width_px, (int)canvas->height_px};
    canvas->tile =
        pl_arena_zalloc(arena, (size_t)canvas->columns * canvas->rows, sizeof *canvas->tile);
    return canvas->tile != NULL ? PL_OK : no_room(error);
}

enum pl_err pl_canvas24_on_base(struct pl_canvas24 *canvas, const struct pl_pack_base *base,
                                struct pl_arena *arena, struct pl_error *error)
{
    *canvas = (struct pl_canvas24){.width_px = base->width_px,
                                   .height_px = base->height_px,
                                   .tile_w = base->tile_w,
                                   .columns = base->columns,
                                   .rows = base->rows,
                                   .stride = 3 * (size_t)base->tile_w,
                                   .base = base};
    return make_grid(canvas, arena, error);
}

enum pl_err pl_canvas24_on_rows(struct pl_canvas24 *canvas, uint8_t *rows, uint32_t width_px,
                                uint32_t height_px, size_t stride, struct pl_arena *arena,
                                struct pl_error *error)
{
    *canvas = (struct pl_canvas24){.width_px = width_px,
                                   .height_px = height_px,
                                   .tile_w = width_px,
                                   .columns = 1,
                                   .rows = (height_px + PL_TILE_ROWS - 1) / PL_TILE_ROWS,
                                   .stride = stride};
    enum pl_err err = make_grid(canvas, arena, error);
    for (uint32_t row = 0; err == PL_OK && row < canvas->rows; row++)
        canvas->tile[row] = rows + (size_t)row * PL_TILE_ROWS * stride;
    canvas->touched_n = canvas->rows;
    return err;
}

static void unpack(struct pl_canvas24 *canvas, uint32_t number, uint8_t *to)
{
    size_t n = canvas->stride * PL_TILE_ROWS;
    if (canvas->plain_pixels != NULL && canvas->plain == number) {
        memcpy(to, canvas->plain_pixels, n);
        return;
    }
    pl_pack_tile_pixels(canvas->base->pack, number, to, canvas->stride);
    if (canvas->last == number && canvas->touched_n > 0) {
        if (canvas->plain_pixels == NULL)
            canvas->plain_pixels = pl_arena_alloc(canvas->arena, n);
        if (canvas->plain_pixels != NULL)
            memcpy(canvas->plain_pixels, to, n);
        canvas->plain = number;
    }
    canvas->last = number;
}

uint8_t *pl_canvas24_touch(struct pl_canvas24 *canvas, uint32_t column, uint32_t row)
{
    CHECK(column < canvas->columns && row < canvas->rows);
    size_t index = (size_t)row * canvas->columns + column;
    uint8_t *tile = canvas->tile[index];
    if (tile != NULL || canvas->full)
        return tile;
    tile = pl_arena_alloc(canvas->arena, canvas->stride * PL_TILE_ROWS);
    if (tile == NULL) {
        canvas->full = true;
        return NULL;
    }
    unpack(canvas, canvas->base->tiles[index], tile);
    canvas->tile[index] = tile;
    canvas->touched_n++;
    return tile;
}

struct pl_box pl_canvas24_clip(struct pl_canvas24 *canvas, struct pl_box clip)
{
    struct pl_box before = canvas->clip;
    canvas->clip = (struct pl_box){PL_MAX(clip.x0, 0), PL_MAX(clip.y0, 0),
                                   PL_MIN(clip.x1, (int)canvas->width_px),
                                   PL_MIN(clip.y1, (int)canvas->height_px)};
    return before;
}

/* ---- edges --------------------------------------------------------------------------------- */

static void pad_right(const struct pl_canvas24 *canvas, uint8_t *tile, uint32_t inside_w)
{
    for (uint32_t y = 0; y < PL_TILE_ROWS; y++) {
        uint8_t *row = tile + y * canvas->stride;
        for (uint32_t x = inside_w; x < canvas->tile_w; x++)
            memcpy(row + 3 * (size_t)x, row + 3 * ((size_t)inside_w - 1), 3);
    }
}

static void pad_below(const struct pl_canvas24 *canvas, uint8_t *tile, uint32_t inside_h)
{
    for (uint32_t y = inside_h; y < PL_TILE_ROWS; y++)
        memcpy(tile + y * canvas->stride, tile + (inside_h - 1) * canvas->stride,
               3 * (size_t)canvas->tile_w);
}

enum pl_err pl_canvas24_finish(struct pl_canvas24 *canvas, struct pl_error *error)
{
    if (canvas->full)
        return no_room(error);
    if (canvas->base == NULL)
        return PL_OK;
    uint32_t column = (canvas->width_px - 1) / canvas->tile_w;
    uint32_t row = (canvas->height_px - 1) / PL_TILE_ROWS;
    uint32_t inside_w = canvas->width_px - column * canvas->tile_w;
    uint32_t inside_h = canvas->height_px - row * PL_TILE_ROWS;
    for (uint32_t y = 0; inside_w < canvas->tile_w && y <= row; y++)
        if (canvas->tile[(size_t)y * canvas->columns + column] != NULL)
            pad_right(canvas, canvas->tile[(size_t)y * canvas->columns + column], inside_w);
    for (uint32_t x = 0; inside_h < PL_TILE_ROWS && x < canvas->columns; x++)
        if (canvas->tile[(size_t)row * canvas->columns + x] != NULL)
            pad_below(canvas, canvas->tile[(size_t)row * canvas->columns + x], inside_h);
    return PL_OK;
}

void pl_canvas24_band(const struct pl_canvas24 *canvas, uint32_t row, uint8_t *out, size_t stride)
{
    CHECK(row < canvas->rows && canvas->base != NULL);
    for (uint32_t column = 0; column < canvas->columns; column++) {
        size_t index = (size_t)row * canvas->columns + column;
        uint8_t *to = out + 3 * (size_t)column * canvas->tile_w;
        if (canvas->tile[index] == NULL) {
            pl_pack_tile_pixels(canvas->base->pack, canvas->base->tiles[index], to, stride);
            continue;
        }
        for (uint32_t y = 0; y < PL_TILE_ROWS; y++)
            memcpy(to + y * stride, canvas->tile[index] + y * canvas->stride,
                   3 * (size_t)canvas->tile_w);
    }
}
