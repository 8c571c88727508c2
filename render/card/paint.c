/* paint.c - boxes, round corners and glyph coverage, tile by tile.
 *
 * Every shape becomes spans: a row, where it begins, how many pixels. A span is cut at the clip and
 * at the borders of tiles, so the inner loops run over contiguous bytes and know nothing of either.
 * They are plain loops over bytes with 16-bit products, which compilers turn into vector code.
 *
 * Memory: none of its own; tiles are the canvas's.
 */
#include "render/card/paint.h"

#include <math.h>
#include <string.h>

#include "shm/base/check.h"

enum { BLOCK = 48 }; /* bytes of 16 pixels: three vectors */

/* x / 255, rounded, for 0 <= x <= 255 * 255. */
static inline unsigned by255(unsigned x)
{
    x += 128;
    return (x + (x >> 8)) >> 8;
}

static struct pl_box cut(const struct pl_canvas24 *canvas, struct pl_box box)
{
    return (struct pl_box){PL_MAX(box.x0, canvas->clip.x0), PL_MAX(box.y0, canvas->clip.y0),
                           PL_MIN(box.x1, canvas->clip.x1), PL_MIN(box.y1, canvas->clip.y1)};
}

/* The pixels of row y from x on, and in *n how many of the n wanted its tile has. */
static uint8_t *span(struct pl_canvas24 *canvas, int x, int y, int *n)
{
    uint32_t column = (uint32_t)x / canvas->tile_w, inside = (uint32_t)x % canvas->tile_w;
    uint8_t *tile = pl_canvas24_touch(canvas, column, (uint32_t)y / PL_TILE_ROWS);
    *n = PL_MIN(*n, (int)(canvas->tile_w - inside));
    return tile == NULL ? NULL
                        : tile + (uint32_t)y % PL_TILE_ROWS * canvas->stride + 3 * (size_t)inside;
}

/* ---- plain boxes --------------------------------------------------------------------------- */

/* A colour made ready for spans: 16 pixels of it, and its part of what it is mixed with. */
struct pen {
    uint8_t rgb[3];
    unsigned alpha;
    uint8_t block[BLOCK];
    uint16_t add[BLOCK];
};

static void parts(uint32_t rgba, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(rgba >> 24);
    rgb[1] = (uint8_t)(rgba >> 16);
    rgb[2] = (uint8_t)(rgba >> 8);
}

static struct pen pen_of(uint32_t rgba)
{
    struct pen pen = {.alpha = rgba & 0xff};
    parts(rgba, pen.rgb);
    for (int i = 0; i < BLOCK; i += 3)
        for (int k = 0; k < 3; k++) {
            pen.block[i + k] = pen.rgb[k];
            pen.add[i + k] = (uint16_t)(pen.rgb[k] * pen.alpha + 128);
        }
    return pen;
}

static void cover(uint8_t *restrict to, int n, const struct pen *pen)
{
    for (; n >= BLOCK / 3; n -= BLOCK / 3, to += BLOCK)
        memcpy(to, pen->block, BLOCK);
    memcpy(to, pen->block, 3 * (size_t)n);
}

/* The colour's part is the same in all pixels: sums made once, one product a byte. All of it fits
 * 16 bits: 255 * 255 + 128 + 254 < 65536. */
static inline uint8_t mixed(uint8_t below, uint16_t rest, uint16_t add)
{
    uint16_t x = (uint16_t)(below * rest + add);
    return (uint8_t)((uint16_t)(x + (x >> 8)) >> 8);
}

static void mix(uint8_t *restrict to, int n, const struct pen *restrict pen)
{
    uint16_t rest = (uint16_t)(255 - pen->alpha);
    for (; n >= BLOCK / 3; n -= BLOCK / 3, to += BLOCK)
        for (int k = 0; k < BLOCK; k++)
            to[k] = mixed(to[k], rest, pen->add[k]);
    for (int k = 0; k < 3 * n; k++)
        to[k] = mixed(to[k], rest, pen->add[k]);
}

static void paint_span(struct pl_canvas24 *canvas, int x0, int x1, int y, const struct pen *pen)
{
    while (x0 < x1) {
        int n = x1 - x0;
        uint8_t *to = span(canvas, x0, y, &n);
        if (to == NULL)
            return;
        if (pen->alpha == 255)
            cover(to, n, pen);
        else
            mix(to, n, pen);
        x0 += n;
    }
}

void pl_paint_fill(struct pl_canvas24 *canvas, struct pl_box box, uint32_t rgba)
{
    struct pen pen = pen_of(rgba);
    box = cut(canvas, box);
    if (pen.alpha == 0)
        return;
    for (int y = box.y0; y < box.y1; y++)
        paint_span(canvas, box.x0, box.x1, y, &pen);
}

/* ---- round boxes --------------------------------------------------------------------------- */

/* How much of pixel (x, y), counted from the corner of a box, lies inside its rounding. */
static double corner(double radius, int x, int y)
{
    double dx = radius - (x + 0.5), dy = radius - (y + 0.5);
    if (dx <= 0.0 || dy <= 0.0)
        return 1.0;
    double over = sqrt(dx * dx + dy * dy) - radius;
    return over <= -0.5 ? 1.0 : over >= 0.5 ? 0.0 : 0.5 - over;
}

/* One pixel, `part` of it covered. */
static void dot(struct pl_canvas24 *canvas, int x, int y, const struct pen *pen, double part)
{
    unsigned alpha = (unsigned)lround(part * pen->alpha);
    int n = 1;
    if (alpha == 0 || x < canvas->clip.x0 || x >= canvas->clip.x1)
        return;
    uint8_t *to = span(canvas, x, y, &n);
    for (int k = 0; to != NULL && k < 3; k++)
        to[k] = mixed(to[k], (uint16_t)(255 - alpha), (uint16_t)(pen->rgb[k] * alpha + 128));
}

/* One row of the round part: whole pixels at once, the few at its ends one by one. */
static void round_row(struct pl_canvas24 *canvas, const struct pl_box *box, int y, double radius,
                      const struct pen *pen)
{
    int from_edge = PL_MIN(y - box->y0, box->y1 - 1 - y), side = 0;
    for (; from_edge < radius && side < radius; side++) {
        double part = corner(radius, side, from_edge);
        if (part >= 1.0)
            break;
        dot(canvas, box->x0 + side, y, pen, part);
        dot(canvas, box->x1 - 1 - side, y, pen, part);
    }
    paint_span(canvas, PL_MAX(box->x0 + side, canvas->clip.x0),
               PL_MIN(box->x1 - side, canvas->clip.x1), y, pen);
}

void pl_paint_round(struct pl_canvas24 *canvas, struct pl_box box, double radius, uint32_t rgba)
{
    struct pen pen = pen_of(rgba);
    if (box.x0 >= box.x1 || box.y0 >= box.y1 || pen.alpha == 0)
        return;
    radius = PL_MAX(0.0, PL_MIN(radius, PL_MIN(box.x1 - box.x0, box.y1 - box.y0) / 2.0));
    int last = PL_MIN(box.y1, canvas->clip.y1);
    for (int y = PL_MAX(box.y0, canvas->clip.y0); y < last; y++)
        round_row(canvas, &box, y, radius, &pen);
}

/* How much of a pixel lies inside a round box that is `shrink` smaller on each side. */
static double inside(const struct pl_box *box, double radius, double shrink, int x, int y)
{
    double left = PL_MIN(x - box->x0, box->x1 - 1 - x) - shrink + 0.5;
    double top = PL_MIN(y - box->y0, box->y1 - 1 - y) - shrink + 0.5;
    double r = PL_MAX(0.0, radius - shrink), dx = r - left, dy = r - top, over;
    if (dx > 0.0 && dy > 0.0)
        over = sqrt(dx * dx + dy * dy) - r;
    else
        over = -PL_MIN(left, top);
    return PL_MAX(0.0, PL_MIN(1.0, 0.5 - over));
}

void pl_paint_outline(struct pl_canvas24 *canvas, struct pl_box box, double radius, double thick,
                      uint32_t rgba)
{
    struct pen pen = pen_of(rgba);
    struct pl_box seen = cut(canvas, box);
    int band = (int)ceil(thick + radius) + 1;
    for (int y = seen.y0; y < seen.y1; y++) {
        bool whole = y - box.y0 < band || box.y1 - 1 - y < band;
        for (int x = seen.x0; x < seen.x1; x++) {
            if (!whole && x - box.x0 >= band && box.x1 - 1 - x >= band)
                x = PL_MIN(seen.x1, box.x1 - band) - 1;
            dot(canvas, x, y, &pen,
                inside(&box, radius, 0.0, x, y) - inside(&box, radius, thick, x, y));
        }
    }
}

/* ---- coverage ------------------------------------------------------------------------------ */

static void blend(uint8_t *restrict to, const uint8_t *restrict coverage, int n,
                  const uint8_t rgb[3])
{
    for (int i = 0; i < n; i++) {
        unsigned part = coverage[i];
        if (part == 0)
            continue;
        if (part == 255) {
            memcpy(to + 3 * (size_t)i, rgb, 3);
            continue;
        }
        for (int k = 0; k < 3; k++)
            to[3 * i + k] = (uint8_t)by255(to[3 * i + k] * (255 - part) + rgb[k] * part);
    }
}

void pl_paint_coverage(struct pl_canvas24 *canvas, int x, int y, uint32_t width, uint32_t height,
                       const uint8_t *coverage, uint32_t rgb)
{
    uint8_t color[3];
    parts(pl_opaque(rgb), color);
    struct pl_box box = cut(canvas, (struct pl_box){x, y, x + (int)width, y + (int)height});
    for (int row = box.y0; row < box.y1; row++)
        for (int at = box.x0; at < box.x1;) {
            int n = box.x1 - at;
            uint8_t *to = span(canvas, at, row, &n);
            if (to == NULL)
                return;
            blend(to, coverage + (size_t)(row - y) * width + (size_t)(at - x), n, color);
            at += n;
        }
}
