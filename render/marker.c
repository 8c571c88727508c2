/* marker.c - ROOT's marker styles.
 *
 * A style is a shape, open or filled. Memory: none besides what a small polygon needs for a moment.
 */
#include <math.h>
#include <string.h>

#include "render/canvas.h"
#include "shm/base/check.h"

enum { CORNERS_MAX = 64 };

enum shape { DOT, PLUS, STAR_LINES, CROSS, CIRCLE, SQUARE, UP, DOWN, DIAMOND, THICK_PLUS, STAR };

static enum shape marker_shape(int style, bool *open)
{
    static const struct {
        int style;
        enum shape shape;
        bool open;
    } table[] = {
        {2, PLUS, false},        {3, STAR_LINES, false}, {4, CIRCLE, true},
        {5, CROSS, false},       {6, CIRCLE, false},     {7, CIRCLE, false},
        {8, CIRCLE, false},      {20, CIRCLE, false},    {21, SQUARE, false},
        {22, UP, false},         {23, DOWN, false},      {24, CIRCLE, true},
        {25, SQUARE, true},      {26, UP, true},         {27, DIAMOND, true},
        {28, THICK_PLUS, true},  {29, STAR, false},      {30, STAR, true},
        {31, STAR_LINES, false}, {32, DOWN, true},       {33, DIAMOND, false},
        {34, THICK_PLUS, false},
    };
    *open = false;
    for (unsigned i = 0; i < PL_COUNT(table); i++)
        if (table[i].style == style) {
            *open = table[i].open;
            return table[i].shape;
        }
    return style >= 20 ? CIRCLE : DOT;
}

/* Corners of a closed shape on the unit circle, in order. */
static size_t outline(enum shape shape, struct pl_point *out)
{
    static const struct pl_point square[] = {{-.85, -.85}, {.85, -.85}, {.85, .85}, {-.85, .85}};
    static const struct pl_point diamond[] = {{0, -1.1}, {.8, 0}, {0, 1.1}, {-.8, 0}};
    static const struct pl_point up[] = {{0, -1.05}, {1, .85}, {-1, .85}};
    static const struct pl_point down[] = {{0, 1.05}, {1, -.85}, {-1, -.85}};
    static const struct pl_point plus[] = {{-.35, -1},  {.35, -1},  {.35, -.35}, {1, -.35},
                                           {1, .35},    {.35, .35}, {.35, 1},    {-.35, 1},
                                           {-.35, .35}, {-1, .35},  {-1, -.35},  {-.35, -.35}};
    static const struct {
        const struct pl_point *corners;
        size_t n;
    } fixed[STAR + 1] = {[SQUARE] = {square, PL_COUNT(square)},
                         [DIAMOND] = {diamond, PL_COUNT(diamond)},
                         [UP] = {up, PL_COUNT(up)},
                         [DOWN] = {down, PL_COUNT(down)},
                         [THICK_PLUS] = {plus, PL_COUNT(plus)}};
    if (fixed[shape].n > 0) {
        memcpy(out, fixed[shape].corners, fixed[shape].n * sizeof *out);
        return fixed[shape].n;
    }
    size_t n = shape == STAR ? 10 : 24;
    for (size_t i = 0; i < n; i++) {
        double angle = 2.0 * M_PI * (double)i / (double)n,
               radius = shape == STAR && i % 2 ? 0.42 : 1.0;
        out[i] = (struct pl_point){radius * sin(angle), -radius * cos(angle)};
    }
    return n;
}

static void strokes(struct pl_canvas *canvas, struct pl_point at, enum shape shape, double r,
                    double thick, struct pl_ink ink)
{
    double d = shape == CROSS ? r : 0.71 * r;
    if (shape != CROSS) {
        pl_canvas_line(canvas, (struct pl_point){at.x - r, at.y}, (struct pl_point){at.x + r, at.y},
                       thick, ink);
        pl_canvas_line(canvas, (struct pl_point){at.x, at.y - r}, (struct pl_point){at.x, at.y + r},
                       thick, ink);
    }
    if (shape != PLUS) {
        pl_canvas_line(canvas, (struct pl_point){at.x - d, at.y - d},
                       (struct pl_point){at.x + d, at.y + d}, thick, ink);
        pl_canvas_line(canvas, (struct pl_point){at.x - d, at.y + d},
                       (struct pl_point){at.x + d, at.y - d}, thick, ink);
    }
}

void pl_canvas_marker(struct pl_canvas *canvas, struct pl_point at, int style, double radius,
                      double thick, struct pl_ink ink)
{
    bool open;
    enum shape shape = marker_shape(style, &open);
    struct pl_point points[CORNERS_MAX + 1];
    if (shape == DOT) {
        int x = (int)floor(at.x), y = (int)floor(at.y), side = PL_MAX(1, (int)(thick + 0.5));
        pl_canvas_fill(canvas, (struct pl_rect){x, y, x + side, y + side}, ink);
        return;
    }
    if (shape == PLUS || shape == CROSS || shape == STAR_LINES) {
        at = (struct pl_point){floor(at.x) + 0.5, floor(at.y) + 0.5}; /* crisp */
        strokes(canvas, at, shape, radius, thick, ink);
        return;
    }
    if (style == 6 || style == 7)
        radius = style == 6 ? 1.0 : 1.5;
    size_t n = outline(shape, points);
    for (size_t i = 0; i < n; i++)
        points[i] = (struct pl_point){at.x + radius * points[i].x, at.y + radius * points[i].y};
    if (!open) {
        pl_canvas_polygon(canvas, points, n, ink);
        return;
    }
    points[n] = points[0];
    pl_canvas_polyline(canvas, points, n + 1, thick, ink);
}
