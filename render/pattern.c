/* pattern.c - ROOT's fill styles: solid, patterns 3001 to 3025, hatches 3100 to 3999.
 *
 * Patterns are bits on a grid that is fixed to the canvas, so that neighbouring rectangles join
 * without a seam. Memory: none.
 */
#include <math.h>
#include <stdlib.h>

#include "render/canvas.h"
#include "shm/base/check.h"

/* Remainder as if the canvas went on to the left and above: 0 <= result < m. */
static int mod(int a, int m)
{
    return a < 0 ? (m - 1) - (-a - 1) % m : a % m;
}

static bool dots(int style, int x, int y)
{
    switch (style) {
    case 3001:
        return ((x + y) & 1) == 0;
    case 3002:
        return (x & 3) == ((y & 2) ? 2 : 0) && (y & 1) == 0;
    default:
        return (x & 7) == ((y & 4) ? 4 : 0) && (y & 3) == 0;
    }
}

static bool lines(int style, int x, int y)
{
    switch (style) {
    case 3004:
        return mod(x + y, 8) == 0;
    case 3005:
        return mod(x - y, 8) == 0;
    case 3006:
        return (x & 7) == 0;
    case 3007:
        return (y & 7) == 0;
    case 3013:
        return mod(x + y, 8) == 0 || mod(x - y, 8) == 0;
    case 3017: /* short strokes, rising and falling */
        return mod(x + y, 6) == 0 && mod(y, 6) < 4;
    default:
        return mod(x - y, 6) == 0 && mod(y, 6) < 4;
    }
}

/* A ring around (0, 0): the pixels whose distance rounds to r, of doubled coordinates. */
static bool ring(int x, int y, int r)
{
    int d = x * x + y * y;
    return d > (2 * r - 1) * (2 * r - 1) && d <= (2 * r + 1) * (2 * r + 1);
}

/* Doubled distance from the middle of cells of m pixels, every other row of them half a cell on. */
static int across(int x, int y, int m)
{
    return 2 * mod(x + (mod(y, 2 * m) < m ? 0 : m / 2), m) - m;
}

static bool figures(int style, int x, int y)
{
    int dx, dy;
    switch (style) {
    case 3008: /* diamonds */
        dx = across(x, y, 8), dy = 2 * mod(y, 8) - 8;
        return abs(dx) + abs(dy) <= 4;
    case 3009: /* scales */
        dx = across(x, y, 12) + 1, dy = 2 * mod(y, 12) + 1;
        return ring(dx, dy, 6) || ring(abs(dx) - 12, dy + 12, 6) || (dx == -11 && dy < 3);
    case 3011: /* stars */
        dx = across(x, y, 8), dy = 2 * mod(y, 8) - 8;
        return abs(dx) <= 4 && abs(dy) <= 4 && (dx == 0 || dy == 0 || abs(dx) == abs(dy));
    case 3012: /* rings */
        return ring(2 * mod(x, 10) - 10, 2 * mod(y, 10) - 10, 3);
    case 3015:
        return ring(across(x, y, 6), 2 * mod(y, 6) - 6, 1);
    case 3019:
        return ring(2 * mod(x, 12) - 12, 2 * mod(y, 12) - 12, 5) || mod(x, 12) == 0 ||
               mod(y, 12) == 0;
    case 3024: /* tiles */
        return mod(x, 10) >= 2 && mod(y, 10) >= 2;
    default: /* triangles */
        return abs(2 * mod(x, 8) - 8) <= mod(y, 8);
    }
}

static bool walls(int style, int x, int y)
{
    static const uint8_t wave[12] = {0, 0, 1, 2, 3, 4, 4, 4, 3, 2, 1, 0};
    switch (style) {
    case 3010: /* bricks */
        return mod(y, 5) == 0 || mod(x + (mod(y, 10) < 5 ? 0 : 5), 10) == 0;
    case 3014: /* a basket: three strokes this way, three that way */
        return (mod(x, 16) < 8) == (mod(y, 16) < 8) ? mod(y, 8) % 3 == 1 : mod(x, 8) % 3 == 1;
    case 3016: /* waves */
        return mod(y, 7) == wave[mod(x, 12)];
    case 3020:
        return mod(x, 7) == wave[mod(y, 12)];
    case 3021: /* stairs */
        return mod(x, 8) < 5
                   ? mod(y + 4 * (x / 8), 8) == 0 || (mod(x, 8) == 0 && mod(y + 4 * (x / 8), 8) < 5)
                   : mod(y + 4 * (x / 8), 8) == 0;
    case 3022: /* zigzag */
        return mod(y, 8) == abs(mod(x, 12) - 6);
    default: /* 3023: teeth */
        return mod(x, 8) == abs(mod(y, 12) - 6);
    }
}

/* Is the pixel painted? Styles that do not exist are a grid. */
static bool pattern(int style, int x, int y)
{
    static const enum {
        GRID,
        DOTS,
        LINES,
        FIGURES,
        WALLS
    } kinds[26] = {[1] = DOTS,     [2] = DOTS,     [3] = DOTS,    [4] = LINES,    [5] = LINES,
                   [6] = LINES,    [7] = LINES,    [8] = FIGURES, [9] = FIGURES,  [10] = WALLS,
                   [11] = FIGURES, [12] = FIGURES, [13] = LINES,  [14] = WALLS,   [15] = FIGURES,
                   [16] = WALLS,   [17] = LINES,   [18] = LINES,  [19] = FIGURES, [20] = WALLS,
                   [21] = WALLS,   [22] = WALLS,   [23] = WALLS,  [24] = FIGURES, [25] = FIGURES};
    switch (style > 3000 && style <= 3025 ? kinds[style - 3000] : GRID) {
    case DOTS:
        return dots(style, x, y);
    case LINES:
        return lines(style, x, y);
    case FIGURES:
        return figures(style, x, y);
    case WALLS:
        return walls(style, x, y);
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
                *pl_canvas_pixel(canvas, x, y) = pl_ink_full(ink);
        }
}

void pl_canvas_fill_style(struct pl_canvas *canvas, struct pl_rect rect, struct pl_ink ink,
                          int style)
{
    if (style >= 3100 && style < 4000) {
        hatch(canvas, pl_canvas_cut(canvas, rect), ink, style, 0);
        hatch(canvas, pl_canvas_cut(canvas, rect), ink, style, 1);
    } else if (style >= 3000 && style < 4000) {
        struct pl_rect r = pl_canvas_cut(canvas, rect);
        for (int y = r.y0; y < r.y1; y++)
            for (int x = r.x0; x < r.x1; x++)
                if (pattern(style, x, y))
                    *pl_canvas_pixel(canvas, x, y) = pl_ink_full(ink);
    } else if (style >= 1000 || style < 0) {
        pl_canvas_fill(canvas, rect, ink);
    }
}
