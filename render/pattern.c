/* pattern.c - ROOT's fill styles: solid, patterns 3001 to 3025, hatches 3100 to 3999.
 *
 * Patterns are bits on a grid that is fixed to the canvas, so that neighbouring rectangles join
 * without a seam. Memory: none.
 */
#include <math.h>

#include "render/canvas.h"
#include "shm/base/check.h"

static struct pl_rect clipped(const struct pl_canvas *canvas, struct pl_rect r)
{
    r.x0 = PL_MAX(r.x0, canvas->clip.x0);
    r.y0 = PL_MAX(r.y0, canvas->clip.y0);
    r.x1 = PL_MIN(r.x1, canvas->clip.x1);
    r.y1 = PL_MIN(r.y1, canvas->clip.y1);
    return r;
}

static uint8_t *pixel(struct pl_canvas *canvas, int x, int y)
{
    return canvas->rows + (size_t)y * canvas->stride + 1 + (size_t)x;
}

/* One bit of the pattern grid; hatches are 8 pixels apart. */
static bool pattern(int style, int x, int y)
{
    switch (style) {
    case 3001:
        return ((x + y) & 1) == 0;
    case 3002:
        return (x & 3) == ((y & 1) ? 2 : 0) && (y & 1) == 0;
    case 3003:
        return (x & 7) == ((y & 4) ? 4 : 0) && (y & 3) == 0;
    case 3004:
        return ((x + y) & 7) == 0;
    case 3005:
        return ((x - y) & 7) == 0;
    case 3006:
        return (x & 7) == 0;
    case 3007:
        return (y & 7) == 0;
    case 3012:
    case 3013:
        return ((x + y) & 7) == 0 || ((x - y) & 7) == 0;
    default:
        return (x & 7) == 0 || (y & 7) == 0;
    }
}

/* Styles 3ijk: lines i apart, at an angle of j from 0 to 90 degrees and at one of k from 180 to 90;
 * 5 = none. */
static void hatch(struct pl_canvas *canvas, struct pl_rect r, struct pl_ink ink, int style, int k)
{
    static const double degrees[10] = {0, 10, 20, 30, 45, 0, 60, 70, 80, 90};
    int digit = k ? style % 10 : style / 10 % 10;
    double angle = degrees[digit] * (M_PI / 180.0), spacing = 2.0 + 2.0 * (style / 100 % 10);
    double c = cos(angle), s = (k ? -1.0 : 1.0) * sin(angle), width = fmax(fabs(c), fabs(s));
    if (digit == 5)
        return;
    for (int y = r.y0; y < r.y1; y++)
        for (int x = r.x0; x < r.x1; x++) {
            double across = (x * s + y * c) / spacing;
            if ((across - floor(across)) * spacing < width)
                *pixel(canvas, x, y) = pl_ink_full(ink);
        }
}

void pl_canvas_fill_style(struct pl_canvas *canvas, struct pl_rect rect, struct pl_ink ink,
                          int style)
{
    if (style >= 3100 && style < 4000) {
        hatch(canvas, clipped(canvas, rect), ink, style, 0);
        hatch(canvas, clipped(canvas, rect), ink, style, 1);
    } else if (style >= 3000 && style < 4000) {
        struct pl_rect r = clipped(canvas, rect);
        for (int y = r.y0; y < r.y1; y++)
            for (int x = r.x0; x < r.x1; x++)
                if (pattern(style, x, y))
                    *pixel(canvas, x, y) = pl_ink_full(ink);
    } else if (style >= 1000 || style < 0) {
        pl_canvas_fill(canvas, rect, ink);
    }
}
