/* plot1d.c - one-dimensional histograms and profiles: steps, bars, error bars, markers, lines,
 * values.
 *
 * Bins become columns first: a bin at least a pixel wide is one column; of bins that share a pixel
 * the one with the largest |content| is, so that nothing stands out less because the picture is
 * small; steps reach over all contents of their pixel, so that a dead channel shows too. All styles
 * draw columns. Verticals and horizontals are whole pixels; only slanted lines
 * and markers are antialiased. Memory: one column a pixel at most, from the arena.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/dash.h"
#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

/* ---- columns ------------------------------------------------------------------------------- */

static struct pl_column column(const struct pl_plot *plot, uint32_t bin, int x0, int x1)
{
    double value = pl_plot_value(plot, bin), other, low, high;
    if (!pl_plot_other(plot, bin, &other, &low, &high))
        other = value;
    return (struct pl_column){.x0 = x0,
                              .x1 = PL_MAX(x1, x0 + 1),
                              .cell = bin,
                              .value = value,
                              .least = fmin(value, other),
                              .most = fmax(value, other),
                              .drawn = isfinite(value) && pl_plot_drawn(plot, bin)};
}

/* Of equally large ones the positive stands for all, then the first. */
static bool stands_out(const struct pl_column *now, const struct pl_column *before)
{
    double a = fabs(now->value), b = fabs(before->value);
    return a > b || (a == b && now->value > before->value);
}

/* A bin that falls on the pixels of the column before it. */
static void join(struct pl_column *to, struct pl_column now)
{
    if (!now.drawn)
        return;
    double least = to->drawn ? fmin(to->least, now.least) : now.least;
    double most = to->drawn ? fmax(to->most, now.most) : now.most;
    if (!to->drawn || stands_out(&now, to)) {
        now.x0 = to->x0;
        now.x1 = PL_MAX(now.x1, to->x1);
        *to = now;
    }
    to->least = least;
    to->most = most;
}

static bool bars_with_errors(const struct pl_plot *plot)
{
    return plot->options.errors;
}

/* The bin at which the group after that of `bin` begins. */
static uint32_t next_group(const struct pl_span *span, uint32_t bin, uint32_t *group, uint32_t n)
{
    while (++*group < n) {
        uint32_t next = pl_span_group(span, *group, n);
        if (next > bin && next <= span->last)
            return next;
    }
    return span->last + 1;
}

enum pl_err pl_plot1d_columns(struct pl_plot *plot, struct pl_columns *out, struct pl_error *error)
{
    const struct pl_hist_axis *axis = &plot->hist->x;
    size_t room = (size_t)PL_MIN((uint64_t)plot->params->width_px + 2,
                                 (uint64_t)plot->x.last - plot->x.first + 1);
    uint32_t groups = pl_span_groups(&plot->x, plot->whole_px), group = 0, next = plot->x.first;
    int x0 = 0, x1 = pl_span_pixel(&plot->x, pl_hist_edge(axis, next));
    out->n = 0;
    out->at = pl_arena_alloc(plot->arena, room * sizeof *out->at);
    if (out->at == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the bins");
    for (uint32_t bin = plot->x.first; bin <= plot->x.last; bin++) {
        if (bin == next) {
            x0 = x1;
            next = next_group(&plot->x, bin, &group, groups);
            x1 = pl_span_pixel(&plot->x, pl_hist_edge(axis, next));
        }
        struct pl_column now = column(plot, bin, x0, x1);
        struct pl_column *last = out->n > 0 ? &out->at[out->n - 1] : NULL;
        if (last == NULL || now.x0 >= last->x1) {
            CHECK(out->n < room);
            out->at[out->n++] = now;
        } else {
            join(last, now);
        }
    }
    for (unsigned i = 0; i < out->n && bars_with_errors(plot); i++)
        pl_plot_errors(plot, out->at[i].cell, &out->at[i].error_low, &out->at[i].error_high);
    return PL_OK;
}

/* Are there error bars at this column? */
static bool has_error(const struct pl_plot *plot, const struct pl_column *column)
{
    if (!bars_with_errors(plot) || !column->drawn)
        return false;
    return plot->hist->kind == PL_HIST_PROFILE || column->value != 0.0 ||
           plot->options.empty_errors;
}

int pl_plot1d_top(const struct pl_plot *plot, const struct pl_columns *columns, int x0, int x1)
{
    int top = plot->frame.y1;
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        if (!c->drawn || c->x1 < x0 || c->x0 > x1)
            continue;
        double high = (plot->options.hist ? c->most : c->value) + c->error_high;
        int y = pl_span_pixel(&plot->y, high);
        if (plot->options.text)
            y -= (int)(3 * plot->label_px);
        top = PL_MIN(top, y);
    }
    return top;
}

/* ---- styles -------------------------------------------------------------------------------- */

struct pen {
    struct pl_ink line, smooth; /* crisp, antialiased */
    int thick;
    struct pl_dash dash; /* where the pen of steps and lines is in its pattern */
};

static int line_thick(const struct pl_plot *plot)
{
    int width = PL_MAX(1, PL_MIN((int)plot->hist->line_width, 20));
    return PL_MAX(1, (int)(width * fmax(1.0, plot->size) + 0.25));
}

static void vertical(struct pl_plot *plot, int x, int y0, int y1, int thick, struct pl_ink ink)
{
    int left = x - (thick - plot->thick) / 2;
    pl_canvas_fill(
        plot->canvas,
        (struct pl_rect){left, PL_MIN(y0, y1), left + thick, PL_MAX(y0, y1) + plot->thick}, ink);
}

static void horizontal(struct pl_plot *plot, int x0, int x1, int y, int thick, struct pl_ink ink)
{
    int top = y - (thick - plot->thick) / 2;
    pl_canvas_fill(plot->canvas, (struct pl_rect){x0, top, x1, top + thick}, ink);
}

static int baseline(const struct pl_plot *plot)
{
    double zero = plot->y.log ? plot->y.low : fmin(fmax(0.0, plot->y.low), plot->y.high);
    return pl_span_pixel(&plot->y, zero);
}

static int height_of(const struct pl_plot *plot, const struct pl_column *column)
{
    return column->drawn ? pl_span_pixel(&plot->y, column->value) : baseline(plot);
}

static void draw_fill(struct pl_plot *plot, const struct pl_columns *columns)
{
    const struct pl_hist *hist = plot->hist;
    if (hist->fill_color == 0 || hist->fill_style == 0)
        return;
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(hist->fill_color), 1);
    int zero = baseline(plot);
    for (unsigned i = 0; i < columns->n; i++) {
        int y = height_of(plot, &columns->at[i]);
        pl_canvas_fill_style(plot->canvas,
                             (struct pl_rect){columns->at[i].x0, PL_MIN(y, zero), columns->at[i].x1,
                                              PL_MAX(y, zero)},
                             ink, hist->fill_style);
    }
}

/* One leg of the outline, dashed on from the leg before. */
static void leg(struct pl_plot *plot, bool upright, int at, int from, int to, struct pen *pen)
{
    int way = to < from ? -1 : 1, length;
    for (bool on; from != to; from += way * length) {
        length = PL_MAX(1, (int)pl_dash_next(&pen->dash, abs(to - from), &on));
        int next = from + way * length;
        if (!on)
            continue;
        if (upright)
            vertical(plot, at, from, next, pen->thick, pen->line);
        else
            horizontal(plot, PL_MIN(from, next), PL_MAX(from, next) + plot->thick, at, pen->thick,
                       pen->line);
    }
}

static void draw_steps(struct pl_plot *plot, const struct pl_columns *columns, struct pen *pen)
{
    int before = baseline(plot);
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        int y = height_of(plot, c);
        leg(plot, true, c->x0, before, y, pen);
        leg(plot, false, y, c->x0, c->x1, pen);
        if (c->drawn && c->least < c->most)
            vertical(plot, c->x0, pl_span_pixel(&plot->y, c->most),
                     pl_span_pixel(&plot->y, c->least), pen->thick, pen->line);
        before = y;
    }
    if (columns->n > 0)
        leg(plot, true, columns->at[columns->n - 1].x1, before, baseline(plot), pen);
}

static void draw_bars(struct pl_plot *plot, const struct pl_columns *columns, const struct pen *pen)
{
    int zero = baseline(plot);
    int fill = plot->hist->fill_color != 0 ? plot->hist->fill_color : plot->hist->line_color;
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(fill), 1);
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        int y = height_of(plot, c), inset = (c->x1 - c->x0) / 8;
        struct pl_rect bar = {c->x0 + inset, PL_MIN(y, zero),
                              PL_MAX(c->x1 - inset, c->x0 + inset + 1), PL_MAX(y, zero)};
        if (c->drawn && y != zero)
            pl_canvas_fill(plot->canvas, bar, ink);
        if (plot->hist->fill_color != 0 && c->drawn && c->x1 - c->x0 > 4)
            pl_canvas_frame(plot->canvas, bar, pen->thick, pen->line);
    }
}

static void draw_errors(struct pl_plot *plot, const struct pl_columns *columns,
                        const struct pen *pen)
{
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        if (!has_error(plot, c) || (plot->y.log && c->value <= 0.0))
            continue;
        int y = pl_span_pixel(&plot->y, c->value), x = (c->x0 + c->x1) / 2;
        int high = pl_span_pixel(&plot->y, c->value + c->error_high);
        int low = pl_span_pixel(&plot->y, c->value - c->error_low);
        vertical(plot, x, high, low, pen->thick, pen->line);
        horizontal(plot, c->x0 + (c->x1 - c->x0 > 2), c->x1, y, pen->thick, pen->line);
        if (!plot->options.caps)
            continue;
        int cap = PL_MAX(1, PL_MIN((c->x1 - c->x0) / 4, (int)(4 * plot->size + 0.5)));
        horizontal(plot, x - cap, x + cap + plot->thick, high, pen->thick, pen->line);
        horizontal(plot, x - cap, x + cap + plot->thick, low, pen->thick, pen->line);
        vertical(plot, c->x0 + 1, y - cap, y + cap, pen->thick, pen->line);
        vertical(plot, c->x1 - 1, y - cap, y + cap, pen->thick, pen->line);
    }
}

static void draw_markers(struct pl_plot *plot, const struct pl_columns *columns)
{
    const struct pl_hist *hist = plot->hist;
    int style = hist->marker_style > 1 ? hist->marker_style : plot->options.markers ? 20 : 1;
    double size =
        isfinite(hist->marker_size) ? fmin(fmax((double)hist->marker_size, 0.3), 10.0) : 1.0;
    double radius = PL_MAX(1.2, 3.8 * size * (hist->marker_style > 1 ? 1.0 : 0.7) * plot->size);
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(hist->marker_color), 4);
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        bool empty = c->value == 0.0 && c->error_high == 0.0 && plot->hist->kind != PL_HIST_PROFILE;
        if (!c->drawn || (empty && !plot->options.markers_empty) ||
            (plot->y.log && c->value <= 0.0) || c->value < plot->y.low || c->value > plot->y.high)
            continue;
        struct pl_point at = {0.5 * (c->x0 + c->x1) + 0.5, pl_span_px(&plot->y, c->value) + 0.5};
        pl_canvas_marker(plot->canvas, at, style, radius, fmax(1.0, plot->size), ink);
    }
}

static struct pl_point centre_of(const struct pl_plot *plot, const struct pl_column *c)
{
    return (struct pl_point){0.5 * (c->x0 + c->x1) + 0.5, c->drawn
                                                              ? pl_span_px(&plot->y, c->value) + 0.5
                                                              : baseline(plot) + 0.5};
}

/* Tangent at column i of a monotone cubic (Fritsch-Carlson): a smooth line that never swings past
 * its points. */
static double tangent(const struct pl_plot *plot, const struct pl_columns *columns, unsigned i)
{
    if (i == 0 || i + 1 >= columns->n)
        return 0.0;
    struct pl_point a = centre_of(plot, &columns->at[i - 1]), b = centre_of(plot, &columns->at[i]),
                    c = centre_of(plot, &columns->at[i + 1]);
    double left = (b.y - a.y) / (b.x - a.x), right = (c.y - b.y) / (c.x - b.x);
    return left * right <= 0.0 ? 0.0 : 2.0 * left * right / (left + right);
}

static void segment(struct pl_plot *plot, struct pl_point a, struct pl_point b, struct pen *pen)
{
    double length = hypot(b.x - a.x, b.y - a.y), piece;
    for (double at = 0.0; at < length; at += piece) {
        bool on;
        piece = pl_dash_next(&pen->dash, length - at, &on);
        double from = at / length, to = fmin(1.0, (at + piece) / length);
        struct pl_point p = {a.x + from * (b.x - a.x), a.y + from * (b.y - a.y)},
                        q = {a.x + to * (b.x - a.x), a.y + to * (b.y - a.y)};
        if (on)
            pl_canvas_line(plot->canvas, p, q, pen->thick * 1.2, pen->smooth);
    }
}

static void draw_line(struct pl_plot *plot, const struct pl_columns *columns, struct pen *pen)
{
    for (unsigned i = 0; i + 1 < columns->n; i++) {
        struct pl_point a = centre_of(plot, &columns->at[i]),
                        b = centre_of(plot, &columns->at[i + 1]);
        double width = b.x - a.x, ta = tangent(plot, columns, i),
               tb = tangent(plot, columns, i + 1);
        int parts = plot->options.curve ? PL_MAX(1, PL_MIN(32, (int)(width / 3.0))) : 1;
        struct pl_point from = a;
        for (int k = 1; k <= parts; k++) {
            double t = (double)k / parts, u = 1.0 - t;
            struct pl_point to = {a.x + t * width, u * u * (1 + 2 * t) * a.y +
                                                       t * t * (1 + 2 * u) * b.y +
                                                       t * u * width * (u * ta - t * tb)};
            segment(plot, from, parts == 1 ? b : to, pen);
            from = to;
        }
    }
}

/* Values over their bins: turned as asked, else level where they fit and upright in narrow bins;
 * none where they would touch. */
static void draw_values(struct pl_plot *plot, const struct pl_columns *columns)
{
    int end = -1000, top = plot->frame.y0;
    double px = plot->label_px;
    for (unsigned i = 0; i < columns->n; i++) {
        const struct pl_column *c = &columns->at[i];
        char text[32];
        if (!c->drawn || c->value == 0.0)
            continue;
        snprintf(text, sizeof text, "%.4g", c->value);
        int width = pl_text_measure(text, plot->label_px, PL_TEXT_PLAIN).width_px;
        int degrees = plot->options.text_angle;
        if (degrees == 0 && width + 2 > c->x1 - c->x0)
            degrees = 90;
        double cosine = cos(degrees * (M_PI / 180.0)), sine = sin(degrees * (M_PI / 180.0));
        int across = (int)(width * cosine + 0.8 * px * sine + 0.5);
        int along = (int)(width * sine + 0.8 * px * cosine + 0.5);
        int x = (c->x0 + c->x1 - across) / 2, y = height_of(plot, c) - 4;
        if (bars_with_errors(plot))
            y = pl_span_pixel(&plot->y, c->value + c->error_high) - 4;
        y = PL_MAX(y, top + along + 2);
        if (x < end + 1 || x < plot->frame.x0 || x + across > plot->frame.x1)
            continue;
        if (degrees == 0 || degrees == 90)
            pl_text_draw(plot->canvas, degrees == 90 ? x + (int)px * 8 / 10 : x, y, text,
                         plot->label_px, PL_TEXT_PLAIN | (degrees == 90 ? PL_TEXT_UP : 0u),
                         plot->canvas->black);
        else
            pl_plot_number(plot, x + 0.5 * across, y - 0.5 * along, text, plot->label_px, degrees,
                           plot->canvas->black);
        end = x + (degrees > 20 && degrees < 70 ? PL_MIN(across, (int)(1.5 * px)) : across);
    }
}

void pl_plot1d_draw(struct pl_plot *plot)
{
    const struct pl_columns *columns = &plot->columns;
    const struct pl_hist_options *options = &plot->options;
    uint32_t color = pl_style_color(plot->hist->line_color);
    struct pen pen = {pl_canvas_ink(plot->canvas, color, 1), {0}, line_thick(plot), {0}};
    bool smooth = options->line || options->curve;
    if (smooth)
        pen.smooth = pl_canvas_ink(plot->canvas, color, 8);
    pl_dash_start(&pen.dash, plot->hist->line_style, pen.thick);
    pl_canvas_clip(plot->canvas, plot->frame);
    if (options->hist || options->bars || !(options->errors || options->markers || smooth))
        draw_fill(plot, columns);
    if (options->bars)
        draw_bars(plot, columns, &pen);
    if (options->hist)
        draw_steps(plot, columns, &pen);
    if (smooth)
        draw_line(plot, columns, &pen);
    if (options->errors)
        draw_errors(plot, columns, &pen);
    if (options->markers || (options->errors && plot->hist->marker_style > 1))
        draw_markers(plot, columns);
    if (options->text)
        draw_values(plot, columns);
    pl_canvas_clip_off(plot->canvas);
}
