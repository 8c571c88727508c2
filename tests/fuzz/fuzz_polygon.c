/* fuzz_polygon.c - polygons of any points on a small canvas, crisp and smooth.
 *
 * Input: flags, clip, then points: a byte that ends a ring or two that are a coordinate, or eight
 * that are any double. Nothing outside the clip may change.
 */
#include <stdint.h>
#include <string.h>

#include "render/canvas.h"
#include "shm/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { POINTS = 512, RINGS = 16, SIDE = 64 };

static double take(const uint8_t **at, const uint8_t *end)
{
    double value = 0.0;
    if (end - *at >= 9 && **at == 0xff) {
        memcpy(&value, *at + 1, sizeof value);
        *at += 9;
    } else if (end - *at >= 2) {
        value = ((*at)[0] * 256 + (*at)[1]) / 256.0 - 64.0;
        *at += 2;
    } else {
        *at = end;
    }
    return value;
}

static size_t read_rings(const uint8_t *at, const uint8_t *end, struct pl_point *points,
                         struct pl_ring *rings)
{
    size_t points_n = 0, rings_n = 0;
    while (at < end && rings_n < RINGS) {
        struct pl_ring *ring = &rings[rings_n++];
        *ring = (struct pl_ring){points + points_n, 0};
        while (at < end && *at != 0xfe && points_n < POINTS) {
            points[points_n].x = take(&at, end);
            points[points_n++].y = take(&at, end);
            ring->n++;
        }
        at += at < end;
    }
    return rings_n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    static struct pl_point points[POINTS];
    struct pl_ring rings[RINGS];
    struct pl_canvas canvas;
    uint64_t painted;
    if (arena == NULL)
        CHECK(pl_arena_make(&arena, 4 << 20, NULL) == PL_OK);
    if (n < 3)
        return 0;
    CHECK(pl_canvas_make(&canvas, SIDE, SIDE, arena, NULL) == PL_OK);
    int x = bytes[1] % SIDE, y = bytes[2] % SIDE;
    struct pl_rect clip = {x, y, x + bytes[1] / 4, y + bytes[2] / 4};
    pl_canvas_clip(&canvas, clip);
    size_t rings_n = read_rings(bytes + 3, bytes + n, points, rings);
    CHECK(pl_canvas_rings(&canvas, rings, rings_n, canvas.black, bytes[0] & 1, &painted, NULL) ==
          PL_OK);
    for (uint32_t row = 0; row < SIDE; row++) {
        CHECK(canvas.rows[row * canvas.stride] == 0);
        for (uint32_t column = 0; column < SIDE; column++)
            CHECK(pl_canvas_at(&canvas, column, row) == 0 ||
                  ((int)column >= clip.x0 && (int)column < clip.x1 && (int)row >= clip.y0 &&
                   (int)row < clip.y1));
    }
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
