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

static void cover(uint8_t *restrict to, int n, const uint8_t rgb[3])
{
    for (int i = 0; i < n; i++)
        memcpy(to + 3 * (size_t)i, rgb, 3);
}

/* The colour's part is the same in all pixels: three sums made once, one product a byte. */
static void mix(uint8_t *restrict to, int n, const uint8_t rgb[3], unsigned alpha)
{
    const unsigned add[3] = {rgb[0] * alpha, rgb[1] * alpha, rgb[2] * alpha}, rest = 255 - alpha;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            to[3 * i + k] = (uint8_t)by255(to[3 * i + k] * rest + add[k]);
}

static void paint_span(struct pl_canvas24 *canvas, int x0, int x1, int y, const uint8_t rgb[3],
                       unsigned alpha)
{
    while (x0 < x1) {
        int n = x1 - x0;
        uint8_t *to = span(canvas, x0, y, &n);
        if (to == NULL)
            return;
        if (alpha == 255)
            cover(to, n, rgb);
        else
            mix(to, n, rgb, alpha);
        x0 += n;
    }
}

static void parts(uint32_t rgba, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(rgba >> 24);
    rgb[1] = (uint8_t)(rgba >> 16);
    rgb[2] = (uint8_t)(rgba >> 8);
}

void pl_paint_fill(struct pl_canvas24 *canvas, struct pl_box box, uint32_t rgba)
{
    uint8_t rgb[3];
    parts(rgba, rgb);
    box = cut(canvas, box);
    if ((rgba & 0xff) == 0)
        return;
    for (int y = box.y0; y < box.y1; y++)
        paint_span(canvas, box.x0, box.x1, y, rgb, rgba & 0xff);
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

static void dot(struct pl_canvas24 *canvas, int x, int y, const uint8_t rgb[3], double alpha)
{
    unsigned a = (unsigned)lround(alpha);
    if (a > 0 && x >= canvas->clip.x0 && x < canvas->clip.x1)
        paint_span(canvas, x, x + 1, y, rgb, a);
}

/* One row of the round part: whole pixels at once, the few at its ends one by one. */
static void round_row(struct pl_canvas24 *canvas, const struct pl_box *box, int y, double radius,
                      const uint8_t rgb[3], unsigned alpha)
{
    int from_edge = PL_MIN(y - box->y0, box->y1 - 1 - y), side = 0;
    for (; side < (int)ceil(radius); side++) {
        double part = corner(radius, side, from_edge);
        if (part >= 1.0)
            break;
        dot(canvas, box->x0 + side, y, rgb, part * alpha);
        dot(canvas, box->x1 - 1 - side, y, rgb, part * alpha);
    }
    paint_span(canvas, PL_MAX(box->x0 + side, canvas->clip.x0),
               PL_MIN(box->x1 - side, canvas->clip.x1), y, rgb, alpha);
}

void pl_paint_round(struct pl_canvas24 *canvas, struct pl_box box, double radius, uint32_t rgba)
{
    uint8_t rgb[3];
    parts(rgba, rgb);
    if (box.x0 >= box.x1 || box.y0 >= box.y1 || (rgba & 0xff) == 0)
        return;
    radius = PL_MAX(0.0, PL_MIN(radius, PL_MIN(box.x1 - box.x0, box.y1 - box.y0) / 2.0));
    int last = PL_MIN(box.y1, canvas->clip.y1);
    for (int y = PL_MAX(box.y0, canvas->clip.y0); y < last; y++)
        round_row(canvas, &box, y, radius, rgb, rgba & 0xff);
}

/* The difference of two round boxes, one inside the other, pixel by pixel. */
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
    uint8_t rgb[3];
    parts(rgba, rgb);
    struct pl_box seen = cut(canvas, box);
    int band = (int)ceil(thick + radius) + 1;
    for (int y = seen.y0; y < seen.y1; y++) {
        bool whole = y - box.y0 < band || box.y1 - 1 - y < band;
        for (int x = seen.x0; x < seen.x1; x++) {
            if (!whole && x - box.x0 >= band && box.x1 - 1 - x >= band)
                x = PL_MIN(seen.x1, box.x1 - band) - 1;
            double part = inside(&box, radius, 0.0, x, y) - inside(&box, radius, thick, x, y);
            dot(canvas, x, y, rgb, part * (rgba & 0xff));
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
