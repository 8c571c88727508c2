/* plotpoly.c - maps of polygons: each bin is one or more outlines, filled together.
 *
 * Fills first, each pixel by the polygon that its centre is in; then polygons that hold no centre
 * at all, one pixel each where theirs is not the weaker content, so that a hot one never
 * disappears; then outlines, put together on a sheet of their own so that two that share an edge
 * draw it once; numbers last. Outlines are left out when polygons are so small that nothing but
 * outlines would remain. Memory: the points of the largest bin in pixels and the sheet, from the
 * arena.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

enum { OUTLINED_LEAST_PX = 5, OUTLINED_FULL_PX = 16 };

/* One bin in pixels. */
struct shape {
    struct pl_ring *rings;
    size_t rings_n;
    struct pl_point *points;
    struct pl_point low, high; /* corners of all points */
};

/* ---- values -------------------------------------------------------------------------------- */

static const struct pl_poly *poly_of(const struct pl_plot *plot)
{
    return plot->hist->poly;
}

/* The box of a bin in axis values. */
static void box_of(const struct pl_poly_bin *bin, double low[2], double high[2])
{
    low[0] = low[1] = INFINITY;
    high[0] = high[1] = -INFINITY;
    for (uint32_t p = 0; p < bin->parts_n; p++)
        for (uint32_t i = 0; i < bin->parts[p].n; i++) {
            double x = bin->parts[p].x[i], y = bin->parts[p].y[i];
            low[0] = PL_MIN(low[0], x), high[0] = PL_MAX(high[0], x);
            low[1] = PL_MIN(low[1], y), high[1] = PL_MAX(high[1], y);
        }
}

static bool is_shown(const struct pl_plot *plot, const struct pl_poly_bin *bin)
{
    double low[2], high[2];
    box_of(bin, low, high);
    return low[0] <= plot->x.high && high[0] >= plot->x.low && low[1] <= plot->y.high &&
           high[1] >= plot->y.low;
}

static void axis_range(struct pl_span *span, const struct pl_hist_axis *axis, double low,
                       double high, const struct pl_hist_limits *user)
{
    *span =
        (struct pl_span){.axis = axis, .first = 1, .last = axis->bins, .low = low, .high = high};
    span->user = user->has_min || user->has_max;
    if (user->has_min)
        span->low = user->min;
    if (user->has_max)
        span->high = user->max;
    if (!(span->low < span->high)) {
        span->low = low;
        span->high = high;
    }
    span->log = user->type == PL_HIST_LOG && span->high > 0.0;
    if (span->log && span->low <= 0.0)
        span->low = 1e-3 * span->high;
}

void pl_poly_range(struct pl_plot *plot)
{
    const struct pl_poly *poly = poly_of(plot);
    double smallest = INFINITY, largest = -INFINITY, positive = INFINITY;
    axis_range(&plot->x, &plot->hist->x, poly->x_low, poly->x_high, &plot->params->axis[0]);
    axis_range(&plot->y, &plot->hist->y, poly->y_low, poly->y_high, &plot->params->axis[1]);
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        double value = poly->bins[i].content;
        if (!is_shown(plot, &poly->bins[i]))
            continue;
        plot->not_a_number |= isnan(value);
        if (!isfinite(value))
            continue;
        smallest = PL_MIN(smallest, value);
        largest = PL_MAX(largest, value);
        if (value > 0.0)
            positive = PL_MIN(positive, value);
    }
    plot->smallest = isfinite(smallest) ? smallest : 0.0;
    plot->largest = isfinite(largest) ? largest : 0.0;
    plot->least_positive = isfinite(positive) ? positive : 0.0;
}

bool pl_poly_free(const struct pl_plot *plot, struct pl_rect rect)
{
    const struct pl_poly *poly = poly_of(plot);
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        double low[2], high[2];
        box_of(&poly->bins[i], low, high);
        if (pl_span_px(&plot->x, low[0]) < rect.x1 && pl_span_px(&plot->x, high[0]) > rect.x0 &&
            pl_span_px(&plot->y, high[1]) < rect.y1 && pl_span_px(&plot->y, low[1]) > rect.y0)
            return false;
    }
    return true;
}

/* Middle of a bin's box. */
static void middle_of(const struct pl_poly_bin *bin, double at[2])
{
    double low[2], high[2];
    box_of(bin, low, high);
    at[0] = 0.5 * (low[0] + high[0]);
    at[1] = 0.5 * (low[1] + high[1]);
}

void pl_poly_sum(const struct pl_plot *plot, struct pl_sums *out, double *integral)
{
    const struct pl_poly *poly = poly_of(plot);
    bool zoomed = plot->x.user || plot->y.user;
    *out = (struct pl_sums){0};
    *integral = 0.0;
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        const struct pl_poly_bin *bin = &poly->bins[i];
        double at[2], w = bin->content;
        middle_of(bin, at);
        if (!isfinite(w) || (zoomed && !(at[0] >= plot->x.low && at[0] <= plot->x.high &&
                                         at[1] >= plot->y.low && at[1] <= plot->y.high)))
            continue;
        *integral += w;
        out->w += w;
        out->w2 += isfinite(bin->error) ? bin->error * bin->error : 0.0;
        for (int d = 0; d < 2; d++) {
            out->x[d] += w * at[d];
            out->x2[d] += w * at[d] * at[d];
        }
    }
}

/* ---- shapes -------------------------------------------------------------------------------- */

/* Not clamped as positions on an axis are: edges that leave the frame keep their slope. */
static double place(const struct pl_span *span, double value)
{
    double part = (value - span->low) / (span->high - span->low);
    if (span->log)
        part = value > 0.0 ? log(value / span->low) / log(span->high / span->low) : -10.0;
    return span->from_px + PL_MIN(PL_MAX(part, -1e4), 1e4) * (span->to_px - span->from_px);
}

static void shape_of(const struct pl_plot *plot, const struct pl_poly_bin *bin, struct shape *shape)
{
    struct pl_point *at = shape->points;
    double half = 0.5 * plot->thick; /* middle of the lines of the frame */
    shape->rings_n = bin->parts_n;
    shape->low = (struct pl_point){1e9, 1e9};
    shape->high = (struct pl_point){-1e9, -1e9};
    for (uint32_t p = 0; p < bin->parts_n; p++) {
        shape->rings[p] = (struct pl_ring){at, bin->parts[p].n};
        for (uint32_t i = 0; i < bin->parts[p].n; i++, at++) {
            at->x = place(&plot->x, bin->parts[p].x[i]) + half;
            at->y = place(&plot->y, bin->parts[p].y[i]) + half;
            shape->low =
                (struct pl_point){PL_MIN(shape->low.x, at->x), PL_MIN(shape->low.y, at->y)};
            shape->high =
                (struct pl_point){PL_MAX(shape->high.x, at->x), PL_MAX(shape->high.y, at->y)};
        }
    }
}

static enum pl_err make_shape(const struct pl_plot *plot, struct shape *shape,
                              struct pl_error *error)
{
    const struct pl_poly *poly = poly_of(plot);
    size_t rings = 1, points = 1;
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        size_t n = 0;
        for (uint32_t p = 0; p < poly->bins[i].parts_n; p++)
            n += poly->bins[i].parts[p].n;
        rings = PL_MAX(rings, poly->bins[i].parts_n);
        points = PL_MAX(points, n);
    }
    shape->rings = pl_arena_zalloc(plot->arena, rings, sizeof *shape->rings);
    shape->points = pl_arena_zalloc(plot->arena, points, sizeof *shape->points);
    if (shape->rings == NULL || shape->points == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "polygons of %zu points do not fit the memory of one job", points);
    return PL_OK;
}

static bool is_inside(const struct pl_ring *ring, struct pl_point p)
{
    bool inside = false;
    for (size_t i = 0; i < ring->n; i++) {
        struct pl_point a = ring->points[i], b = ring->points[i + 1 < ring->n ? i + 1 : 0];
        if ((a.y <= p.y) != (b.y <= p.y) && p.x < a.x + (p.y - a.y) * (b.x - a.x) / (b.y - a.y))
            inside = !inside;
    }
    return inside;
}

/* Twice the area of a ring, and its first moments. */
static double moments(const struct pl_ring *ring, struct pl_point *sum)
{
    struct pl_point origin = ring->points[0];
    double area = 0.0;
    *sum = (struct pl_point){0.0, 0.0};
    for (size_t i = 1; i + 1 < ring->n; i++) {
        double ax = ring->points[i].x - origin.x, ay = ring->points[i].y - origin.y;
        double bx = ring->points[i + 1].x - origin.x, by = ring->points[i + 1].y - origin.y;
        double cross = ax * by - ay * bx;
        area += cross;
        sum->x += cross * (origin.x + (ax + bx) / 3.0);
        sum->y += cross * (origin.y + (ay + by) / 3.0);
    }
    return area;
}

/* Centre of gravity; a part that begins inside another is a hole in it. */
static struct pl_point centroid(const struct shape *shape)
{
    struct pl_point sum = {0.0, 0.0};
    double area = 0.0;
    for (size_t r = 0; r < shape->rings_n; r++) {
        struct pl_point part;
        bool hole = false;
        if (shape->rings[r].n < 3)
            continue;
        for (size_t o = 0; o < shape->rings_n && shape->rings_n <= 16; o++)
            if (o != r && is_inside(&shape->rings[o], shape->rings[r].points[0]))
                hole = !hole;
        double twice = moments(&shape->rings[r], &part);
        double sign = (twice < 0.0) != hole ? -1.0 : 1.0;
        area += sign * twice;
        sum.x += sign * part.x;
        sum.y += sign * part.y;
    }
    if (!(fabs(area) > 1e-9))
        return (struct pl_point){0.5 * (shape->low.x + shape->high.x),
                                 0.5 * (shape->low.y + shape->high.y)};
    return (struct pl_point){sum.x / area, sum.y / area};
}

/* ---- painting ------------------------------------------------------------------------------ */

/* The content whose level a pixel shows; 0 for a pixel that shows none. */
static double shown_there(const struct pl_plot *plot, uint8_t color)
{
    const struct pl_span *z = &plot->z;
    uint8_t first = pl_map_color(0);
    if (color < first || color >= first + PL_PALETTE_LEVELS)
        return 0.0;
    double part = (color - first + 0.5) / PL_PALETTE_LEVELS;
    return z->log ? z->low * pow(z->high / z->low, part) : z->low + part * (z->high - z->low);
}

/* A polygon that reaches no centre of a pixel: the one it lies in, unless something stronger shows.
 */
static void paint_speck(struct pl_plot *plot, const struct shape *shape, double value, int level)
{
    const struct pl_rect *clip = &plot->canvas->clip;
    int x = (int)floor(0.5 * (shape->low.x + shape->high.x)),
        y = (int)floor(0.5 * (shape->low.y + shape->high.y));
    if (x < clip->x0 || x >= clip->x1 || y < clip->y0 || y >= clip->y1)
        return;
    uint8_t *at = plot->canvas->rows + (size_t)y * plot->canvas->stride + 1 + (size_t)x;
    if (*at == 0 || fabs(value) > fabs(shown_there(plot, *at)))
        *at = pl_map_color(level);
}

static bool is_on_canvas(const struct pl_plot *plot, const struct shape *shape)
{
    const struct pl_rect *clip = &plot->canvas->clip;
    return shape->high.x >= clip->x0 && shape->low.x <= clip->x1 && shape->high.y >= clip->y0 &&
           shape->low.y <= clip->y1;
}

/* *missed: some polygon reached no centre of a pixel. */
static enum pl_err paint(struct pl_plot *plot, struct shape *shape, bool *missed,
                         struct pl_error *error)
{
    const struct pl_poly *poly = poly_of(plot);
    bool specks = *missed;
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; err == PL_OK && i < poly->bins_n; i++) {
        const struct pl_poly_bin *bin = &poly->bins[i];
        int level = pl_map_level(plot, bin->content);
        uint64_t painted = 0;
        if (level < 0)
            continue;
        shape_of(plot, bin, shape);
        if (!is_on_canvas(plot, shape))
            continue;
        const struct pl_ink ink = {pl_map_color(level), 1};
        bool small = shape->high.x - shape->low.x < 3.0 || shape->high.y - shape->low.y < 3.0;
        if (!specks || small)
            err = pl_canvas_rings(plot->canvas, shape->rings, shape->rings_n, ink, false, &painted,
                                  error);
        *missed |= small && painted == 0;
        if (specks && small && painted == 0)
            paint_speck(plot, shape, bin->content, level);
    }
    return err;
}

/* How dark outlines are, 0 to 255: those around small polygons leave their colours to be seen. */
static unsigned outline_strength(const struct pl_plot *plot, struct shape *shape)
{
    const struct pl_poly *poly = poly_of(plot);
    uint32_t every = poly->bins_n / 256 + 1, large = 0, middle = 0, all = 0;
    for (uint32_t i = 0; i < poly->bins_n; i += every, all++) {
        shape_of(plot, &poly->bins[i], shape);
        double side = PL_MIN(shape->high.x - shape->low.x, shape->high.y - shape->low.y);
        middle += side >= OUTLINED_LEAST_PX * plot->thick;
        large += side >= OUTLINED_FULL_PX * plot->thick;
    }
    return 2 * large >= all ? 255 : 2 * middle >= all ? 127 : 0;
}

/* The sheet's black goes onto the picture: in full, or mixed with the colour below. */
static void lay_over(struct pl_plot *plot, const struct pl_canvas *lines, unsigned strength)
{
    const struct pl_rect *clip = &plot->canvas->clip;
    for (int y = clip->y0; y < clip->y1; y++) {
        const uint8_t *from = lines->rows + (size_t)y * lines->stride + 1;
        for (int x = clip->x0; x < clip->x1; x++)
            if (from[x] != 0)
                pl_canvas_dot(plot->canvas, x, y, plot->canvas->black,
                              from[x] * strength / PL_BLACK_LEVELS);
    }
}

/* Edges drawn lately: neighbours share theirs, and each is drawn once. What is forgotten is only
 * drawn again. */
enum { EDGES = 4096 };

static uint64_t mixed(uint64_t hash, int64_t value)
{
    hash = (hash ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* Corners of neighbours are rarely equal to the last bit: sixteenths of a pixel are. */
static int64_t sixteenth(double value)
{
    return (int64_t)floor(value * 16.0 + 0.37);
}

static bool was_drawn(uint64_t edges[EDGES], struct pl_point a, struct pl_point b)
{
    int64_t ax = sixteenth(a.x), ay = sixteenth(a.y), bx = sixteenth(b.x), by = sixteenth(b.y);
    bool swap = ax > bx || (ax == bx && ay > by);
    uint64_t key = swap ? mixed(mixed(mixed(mixed(1, bx), by), ax), ay)
                        : mixed(mixed(mixed(mixed(1, ax), ay), bx), by);
    key |= 1;
    uint64_t *place = &edges[key >> 52];
    bool known = *place == key;
    *place = key;
    return known;
}

static enum pl_err draw_outlines(struct pl_plot *plot, struct shape *shape, struct pl_error *error)
{
    const struct pl_poly *poly = poly_of(plot);
    unsigned strength = outline_strength(plot, shape);
    uint64_t *edges = pl_arena_zalloc(plot->arena, EDGES, sizeof *edges);
    struct pl_canvas lines;
    if (strength == 0)
        return PL_OK;
    if (edges == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "no memory left in this job to draw the outlines");
    enum pl_err err =
        pl_canvas_make(&lines, plot->canvas->width_px, plot->canvas->height_px, plot->arena, error);
    if (err != PL_OK)
        return err;
    lines.clip = plot->canvas->clip;
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        shape_of(plot, &poly->bins[i], shape);
        if (!is_on_canvas(plot, shape))
            continue;
        for (size_t r = 0; r < shape->rings_n; r++) {
            const struct pl_ring *ring = &shape->rings[r];
            for (size_t p = 0; p < ring->n; p++) {
                struct pl_point a = ring->points[p], b = ring->points[p + 1 < ring->n ? p + 1 : 0];
                if (!was_drawn(edges, a, b))
                    pl_canvas_line(&lines, a, b, plot->thick, lines.black);
            }
        }
    }
    lay_over(plot, &lines, strength);
    return PL_OK;
}

/* One size for all numbers; what counts is the box of a polygon. */
static unsigned numbers_px(const struct pl_plot *plot, struct shape *shape)
{
    const struct pl_poly *poly = poly_of(plot);
    unsigned fit[PL_NUMBER_SIZES] = {0}, n = 0;
    unsigned most = PL_MIN(plot->label_px, PL_NUMBER_SIZES - 1u);
    for (uint32_t i = 0; i < poly->bins_n && n < 2000; i++) {
        char text[32];
        if (!isfinite(poly->bins[i].content) || poly->bins[i].content == 0.0)
            continue;
        shape_of(plot, &poly->bins[i], shape);
        snprintf(text, sizeof text, "%.4g", poly->bins[i].content);
        fit[pl_number_px(plot, (int)(shape->high.x - shape->low.x),
                         (int)(shape->high.y - shape->low.y), text, most)]++;
        n++;
    }
    return pl_number_common_px(fit, n, most);
}

bool pl_poly_has_room(const struct pl_plot *plot)
{
    struct shape shape = {0};
    size_t mark = pl_arena_mark(plot->arena);
    bool fits = make_shape(plot, &shape, NULL) == PL_OK && numbers_px(plot, &shape) > 0;
    pl_arena_release(plot->arena, mark);
    return fits;
}

static void draw_numbers(struct pl_plot *plot, struct shape *shape)
{
    const struct pl_poly *poly = poly_of(plot);
    unsigned px = numbers_px(plot, shape);
    for (uint32_t i = 0; px > 0 && i < poly->bins_n; i++) {
        char text[32];
        double value = poly->bins[i].content;
        if (!isfinite(value) || value == 0.0)
            continue;
        shape_of(plot, &poly->bins[i], shape);
        struct pl_point at = centroid(shape);
        snprintf(text, sizeof text, "%.4g", value);
        const struct pl_rect *clip = &plot->canvas->clip;
        if (at.x > clip->x0 && at.x < clip->x1 && at.y > clip->y0 && at.y < clip->y1)
            pl_number_draw(plot, at.x, at.y, text, px);
    }
}

enum pl_err pl_poly_draw(struct pl_plot *plot, struct pl_error *error)
{
    struct shape shape = {0};
    enum pl_err err = make_shape(plot, &shape, error);
    bool missed = false;
    if (err == PL_OK && plot->options.color)
        err = paint(plot, &shape, &missed, error);
    if (err == PL_OK && missed)
        err = paint(plot, &shape, &missed, error);
    if (err == PL_OK)
        err = draw_outlines(plot, &shape, error);
    if (err == PL_OK && plot->options.text)
        draw_numbers(plot, &shape);
    return err;
}
