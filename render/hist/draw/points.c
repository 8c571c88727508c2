/* points.c - points with errors: graphs, efficiencies, trends.
 *
 * A graph gets a frame, a histogram without bins that carries its axes, titles and style: the one
 * stored with it, or one made from points and errors with 5 % around them. Points are drawn in
 * their order; one that is not finite is passed over and breaks lines. Memory: the frame, from the
 * arena.
 */
#include <math.h>
#include <string.h>

#include "render/dash.h"
#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

/* ---- the frame ----------------------------------------------------------------------------- */

struct extent {
    double low, high, positive;
};

static double error_of(const double *errors, uint32_t i)
{
    return errors != NULL && isfinite(errors[i]) ? fabs(errors[i]) : 0.0;
}

static struct extent extent_of(const struct pl_graph *graph, const double *values,
                               const double *low_errors, const double *high_errors)
{
    struct extent e = {INFINITY, -INFINITY, INFINITY};
    for (uint32_t i = 0; i < graph->n; i++) {
        if (!isfinite(graph->x[i]) || !isfinite(graph->y[i]))
            continue;
        double low = values[i] - error_of(low_errors, i);
        e.low = fmin(e.low, low);
        e.high = fmax(e.high, values[i] + error_of(high_errors, i));
        if (low > 0.0 || values[i] > 0.0)
            e.positive = fmin(e.positive, low > 0.0 ? low : values[i]);
    }
    if (!(e.low <= e.high) || !isfinite(e.low) || !isfinite(e.high))
        return (struct extent){0.0, 0.0, 0.0};
    return e;
}

/* An axis around the points. */
static void set_axis(struct pl_hist_axis *axis, struct extent e, bool log)
{
    double room = 0.05 * (e.high - e.low);
    if (!(room > 0.0) || !isfinite(room))
        room = e.high != 0.0 && isfinite(0.1 * e.high) ? fabs(0.1 * e.high) : 1.0;
    axis->low = e.low - room;
    axis->high = e.high + room;
    if (axis->low < 0.0 && e.low > 0.0)
        axis->low = 0.0;
    if (log && e.positive > 0.0 && isfinite(e.positive)) { /* as much room, in decades */
        double factor = e.high > e.positive ? pow(e.high / e.positive, 0.05) : 1.25;
        axis->low = e.positive / factor;
        axis->high = e.high * factor;
    }
    if (!isfinite(axis->low) || !isfinite(axis->high) || !(axis->low < axis->high)) {
        axis->low = -1e300;
        axis->high = 1e300;
    }
}

static const char *part(struct pl_arena *arena, const char *from, size_t n)
{
    const char *copy = pl_arena_text(arena, from, n);
    return copy != NULL ? copy : "";
}

/* The n-th part of "title;title of x;title of y;title of z"; NULL when there is none. */
static const char *title_part(struct pl_arena *arena, const char *title, unsigned n)
{
    for (; n > 0; n--) {
        title = strchr(title, ';');
        if (title == NULL)
            return NULL;
        title++;
    }
    return part(arena, title, strcspn(title, ";"));
}

void pl_split_title(struct pl_arena *arena, struct pl_hist *hist)
{
    struct pl_hist_axis *const axes[] = {&hist->x, &hist->y, &hist->z};
    for (unsigned i = 0; i < PL_COUNT(axes); i++) {
        const char *title = title_part(arena, hist->title, i + 1);
        if (title != NULL && *axes[i]->title == '\0')
            axes[i]->title = title;
    }
    if (strchr(hist->title, ';') != NULL)
        hist->title = title_part(arena, hist->title, 0);
}

enum pl_err pl_graph_frame(struct pl_plot *plot, const struct pl_hist *style,
                           const struct pl_graph *graph, struct pl_error *error)
{
    static const struct pl_hist_axis plain = {
        .bins = 1, .high = 1.0, .title = "", .divisions = 510, .time_format = ""};
    struct pl_hist *frame = pl_arena_zalloc(plot->arena, 1, sizeof *frame);
    const struct pl_hist *stored = graph->frame;
    if (frame == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to lay out the picture");
    *frame = *style;
    frame->kind = PL_HIST_1D;
    frame->graph = NULL;
    frame->efficiency = NULL;
    frame->bits = 0; /* they say other things of graphs and efficiencies */
    frame->content = frame->sumw2 = (struct pl_cells){NULL, 0, PL_CELL_F64};
    frame->x = stored != NULL ? stored->x : plain;
    frame->y = stored != NULL ? stored->y : plain;
    frame->z = plain;
    frame->maximum = graph->maximum;
    frame->minimum = graph->minimum;
    if (stored != NULL && frame->maximum == -1111.0)
        frame->maximum = stored->maximum;
    if (stored != NULL && frame->minimum == -1111.0)
        frame->minimum = stored->minimum;
    struct extent x = extent_of(graph, graph->x, graph->x_low_error, graph->x_high_error);
    struct extent y = extent_of(graph, graph->y, graph->y_low_error, graph->y_high_error);
    if (stored == NULL)
        set_axis(&frame->x, x, plot->params->axis[0].type == PL_HIST_LOG);
    pl_split_title(plot->arena, frame);
    plot->hist = frame;
    plot->points = graph;
    plot->smallest = y.low;
    plot->largest = y.high;
    plot->least_positive = isfinite(y.positive) ? y.positive : 0.0;
    return PL_OK;
}

/* ---- drawing ------------------------------------------------------------------------------- */

struct pen {
    struct pl_ink line, smooth;
    int thick;
};

static bool is_drawn(const struct pl_plot *plot, uint32_t i)
{
    const struct pl_graph *graph = plot->points;
    return isfinite(graph->x[i]) && isfinite(graph->y[i]) && (!plot->x.log || graph->x[i] > 0.0) &&
           (!plot->y.log || graph->y[i] > 0.0);
}

static struct pl_point place(const struct pl_plot *plot, uint32_t i)
{
    double half = 0.5 * plot->thick;
    return (struct pl_point){pl_span_px_beyond(&plot->x, plot->points->x[i]) + half,
                             pl_span_px_beyond(&plot->y, plot->points->y[i]) + half};
}

static bool is_inside(const struct pl_plot *plot, uint32_t i)
{
    double x = plot->points->x[i], y = plot->points->y[i];
    return x >= plot->x.low && x <= plot->x.high && y >= plot->y.low && y <= plot->y.high;
}

int pl_graph_top(const struct pl_plot *plot, int x0, int x1)
{
    const struct pl_graph *graph = plot->points;
    int top = plot->frame.y1, reach = (int)(6 * plot->size);
    bool joined = plot->options.line || plot->options.curve;
    for (uint32_t i = 0; i < graph->n; i++) {
        if (!is_drawn(plot, i))
            continue;
        int at = pl_span_pixel(&plot->x, graph->x[i]), next = at;
        double high = graph->y[i] + error_of(graph->y_high_error, i);
        if (joined && i + 1 < graph->n && is_drawn(plot, i + 1)) {
            next = pl_span_pixel(&plot->x, graph->x[i + 1]);
            high = fmax(high, graph->y[i + 1]);
        }
        double wide = error_of(graph->x_high_error, i) + error_of(graph->x_low_error, i);
        int left = PL_MIN(at, next) - reach, right = PL_MAX(at, next) + reach;
        if (wide > 0.0 && plot->options.errors) {
            left = PL_MIN(left, pl_span_pixel(&plot->x, graph->x[i] - wide));
            right = PL_MAX(right, pl_span_pixel(&plot->x, graph->x[i] + wide));
        }
        if (left <= x1 && right >= x0)
            top = PL_MIN(top, pl_span_pixel(&plot->y, high) - reach);
    }
    return top;
}

static void bar(struct pl_plot *plot, bool upright, int at, int from, int to, const struct pen *pen)
{
    int low = PL_MIN(from, to), high = PL_MAX(from, to) + plot->thick;
    int side = at - (pen->thick - plot->thick) / 2;
    struct pl_rect rect = upright ? (struct pl_rect){side, low, side + pen->thick, high}
                                  : (struct pl_rect){low, side, high, side + pen->thick};
    pl_canvas_fill(plot->canvas, rect, pen->line);
}

static void draw_error(struct pl_plot *plot, uint32_t i, const struct pen *pen)
{
    const struct pl_graph *graph = plot->points;
    double ends[4] = {error_of(graph->x_low_error, i), error_of(graph->x_high_error, i),
                      error_of(graph->y_low_error, i), error_of(graph->y_high_error, i)};
    int x = pl_span_pixel(&plot->x, graph->x[i]), y = pl_span_pixel(&plot->y, graph->y[i]);
    int cap = PL_MAX(1, (int)(3 * plot->size + 0.5)), width = plot->frame.x1 - plot->frame.x0;
    bool caps = !plot->options.no_caps && graph->n < (uint32_t)(width / (2 * cap + 1));
    for (int e = 0; e < 4; e++) {
        const struct pl_span *span = e < 2 ? &plot->x : &plot->y;
        double middle = e < 2 ? graph->x[i] : graph->y[i];
        double value = e % 2 == 0 ? middle - ends[e] : middle + ends[e];
        int to = pl_span_pixel(span, value);
        bool beside = e < 2 ? graph->y[i] < plot->y.low || graph->y[i] > plot->y.high
                            : graph->x[i] < plot->x.low || graph->x[i] > plot->x.high;
        if (ends[e] == 0.0 || beside)
            continue;
        bar(plot, e >= 2, e < 2 ? y : x, e < 2 ? x : y, to, pen);
        if (caps && value >= span->low && value <= span->high)
            bar(plot, e < 2, to, (e < 2 ? y : x) - cap, (e < 2 ? y : x) + cap, pen);
    }
}

static void draw_markers(struct pl_plot *plot)
{
    const struct pl_hist *hist = plot->hist;
    bool own = hist->marker_style > 1;
    int style = plot->options.stars ? 3 : own ? hist->marker_style : 20;
    double size =
        isfinite(hist->marker_size) ? fmin(fmax((double)hist->marker_size, 0.3), 10.0) : 1.0;
    double radius = PL_MAX(1.2, 3.8 * size * (own || plot->options.stars ? 1.0 : 0.7) * plot->size);
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(hist->marker_color), 4);
    for (uint32_t i = 0; i < plot->points->n; i++)
        if (is_drawn(plot, i) && is_inside(plot, i))
            pl_canvas_marker(plot->canvas, place(plot, i), style, radius, fmax(1.0, plot->size),
                             ink);
}

static void segment(struct pl_plot *plot, struct pl_point a, struct pl_point b,
                    struct pl_dash *dash, const struct pen *pen)
{
    double length = hypot(b.x - a.x, b.y - a.y), piece;
    for (double at = 0.0; at < length; at += piece) {
        bool on;
        piece = pl_dash_next(dash, length - at, &on);
        double from = at / length, to = fmin(1.0, (at + piece) / length);
        if (on)
            pl_canvas_line(plot->canvas,
                           (struct pl_point){a.x + from * (b.x - a.x), a.y + from * (b.y - a.y)},
                           (struct pl_point){a.x + to * (b.x - a.x), a.y + to * (b.y - a.y)},
                           pen->thick * 1.2, pen->smooth);
    }
}

/* A Catmull-Rom spline through the points, or straight. */
static void draw_line(struct pl_plot *plot, const struct pen *pen)
{
    struct pl_dash dash;
    uint32_t n = plot->points->n;
    pl_dash_start(&dash, plot->hist->line_style, pen->thick);
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (!is_drawn(plot, i) || !is_drawn(plot, i + 1))
            continue;
        struct pl_point a = place(plot, i), b = place(plot, i + 1), from = a;
        struct pl_point before = i > 0 && is_drawn(plot, i - 1) ? place(plot, i - 1) : a;
        struct pl_point after = i + 2 < n && is_drawn(plot, i + 2) ? place(plot, i + 2) : b;
        int parts = plot->options.curve
                        ? PL_MAX(1, PL_MIN(32, (int)(hypot(b.x - a.x, b.y - a.y) / 3.0)))
                        : 1;
        for (int k = 1; k <= parts; k++) {
            double t = (double)k / parts, u = 1.0 - t;
            double ha = u * u * (1 + 2 * t), hb = t * t * (1 + 2 * u), ta = 0.5 * t * u * u,
                   tb = -0.5 * t * t * u;
            struct pl_point to = {
                ha * a.x + hb * b.x + ta * (b.x - before.x) + tb * (after.x - a.x),
                ha * a.y + hb * b.y + ta * (b.y - before.y) + tb * (after.y - a.y)};
            segment(plot, from, parts == 1 ? b : to, &dash, pen);
            from = to;
        }
    }
}

/* From zero, as wide as most of the way to the nearest neighbour in order. */
static void draw_bars(struct pl_plot *plot, const struct pen *pen)
{
    const struct pl_graph *graph = plot->points;
    double nearest = plot->x.high - plot->x.low;
    int zero = pl_span_pixel(&plot->y, plot->y.log ? plot->y.low : fmax(0.0, plot->y.low));
    for (uint32_t i = 1; i < graph->n; i++)
        if (fabs(graph->x[i] - graph->x[i - 1]) > 0.0)
            nearest = fmin(nearest, fabs(graph->x[i] - graph->x[i - 1]));
    int fill = plot->hist->fill_color != 0 ? plot->hist->fill_color : plot->hist->line_color;
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(fill), 1);
    for (uint32_t i = 0; i < graph->n; i++) {
        if (!is_drawn(plot, i))
            continue;
        int y = pl_span_pixel(&plot->y, graph->y[i]);
        int x0 = pl_span_pixel(&plot->x, graph->x[i] - 0.4 * nearest);
        int x1 = PL_MAX(x0 + 1, pl_span_pixel(&plot->x, graph->x[i] + 0.4 * nearest));
        pl_canvas_fill_style(plot->canvas,
                             (struct pl_rect){x0, PL_MIN(y, zero), x1, PL_MAX(y, zero)}, ink,
                             plot->hist->fill_style > 0 ? plot->hist->fill_style : 1001);
        if (x1 - x0 > 4)
            pl_canvas_frame(plot->canvas,
                            (struct pl_rect){x0, PL_MIN(y, zero), x1, PL_MAX(y, zero)}, pen->thick,
                            pen->line);
    }
}

void pl_graph_draw(struct pl_plot *plot)
{
    const struct pl_hist_options *options = &plot->options;
    uint32_t color = pl_style_color(plot->hist->line_color);
    int width = PL_MAX(1, PL_MIN((int)plot->hist->line_width, 20));
    struct pen pen = {.line = pl_canvas_ink(plot->canvas, color, 1),
                      .thick = PL_MAX(1, (int)(width * fmax(1.0, plot->size) + 0.25))};
    pl_canvas_clip(plot->canvas, plot->frame);
    if (options->bars)
        draw_bars(plot, &pen);
    for (uint32_t i = 0; options->errors && i < plot->points->n; i++)
        if (is_drawn(plot, i))
            draw_error(plot, i, &pen);
    if (options->line || options->curve) {
        pen.smooth = pl_canvas_ink(plot->canvas, color, 8);
        draw_line(plot, &pen);
    }
    if (options->markers)
        draw_markers(plot);
    pl_canvas_clip_off(plot->canvas);
}
