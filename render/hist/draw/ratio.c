/* ratio.c - the pad below an overlay: main / reference, bin by bin.
 *
 * A quarter of the picture, or what its axis and a fifth of the picture need. The pad is a plot of
 * its own on the lower part of the canvas; both have the same left and right margins. Its range
 * ends at labels, so that few rows of pixels hold as many as can be read. Ratios outside (0.001,
 * 10) are not drawn and do not widen the range. Memory: the pad's plot and columns, from the arena.
 */
#include <math.h>

#include "render/hist/draw/axes_priv.h"
#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

enum { SIDE_LEAST = 120, DIVISIONS = 505, DOT = 20, WIDE_PX = 5 };

struct ratio {
    double value, error;
};

bool pl_ratio_wanted(const struct pl_plot *plot)
{
    return plot->params->reference == PL_REF_RATIO && plot->refs_n > 0 && plot->points == NULL &&
           plot->params->width_px >= SIDE_LEAST && plot->params->height_px >= SIDE_LEAST;
}

/* false: not a number to be shown */
static bool ratio_of(const struct pl_plot *plot, const struct pl_plot *ref, uint64_t cell,
                     struct ratio *out)
{
    double main = pl_plot_value(plot, cell), other = pl_plot_value(ref, cell);
    if (!pl_plot_drawn(plot, cell) || !pl_plot_drawn(ref, cell))
        return false;
    out->value = main / other;
    if (!(out->value > 0.001 && out->value < 10.0))
        return false;
    out->error =
        out->value * hypot(pl_plot_error(plot, cell) / main, pl_plot_error(ref, cell) / other);
    return isfinite(out->error);
}

/* From the values; errors widen it by as much again, or by half, at most. */
static void value_range(const struct pl_plot *plot, struct pl_span *span)
{
    double low = 1.0, high = 1.0, low_error = 1.0, high_error = 1.0;
    for (unsigned i = 0; i < plot->refs_n; i++)
        for (uint32_t bin = plot->x.first; bin <= plot->x.last; bin++) {
            struct ratio at;
            if (!ratio_of(plot, &plot->refs[i], bin, &at))
                continue;
            low = fmin(low, at.value);
            high = fmax(high, at.value);
            low_error = fmin(low_error, at.value - at.error);
            high_error = fmax(high_error, at.value + at.error);
        }
    double room = fmax(high - low, 0.5);
    low = fmax(0.0, fmax(low_error, low - room));
    high = fmin(10.0, fmin(high_error, high + room));
    room = 0.05 * fmax(high - low, 0.1);
    *span = (struct pl_span){.low = fmax(0.0, low - room), .high = high + room};
}

/* Out to multiples of a round step, two to five of which have room. */
static void end_at_labels(struct pl_plot *pad)
{
    static const double leads[] = {1.0, 2.0, 2.5, 5.0};
    int room = (int)((pad->frame.y1 - pad->frame.y0) / (1.3 * pad->label_px));
    int most = PL_MAX(2, PL_MIN(room, DIVISIONS % 100));
    double low = pad->y.low, high = pad->y.high;
    for (int k = (int)floor(log10((high - low) / most));; k++)
        for (unsigned i = 0; i < PL_COUNT(leads); i++) {
            double step = leads[i] * pow(10.0, k);
            double first = floor(low / step + 1e-9), last = ceil(high / step - 1e-9);
            if (last - first > most)
                continue;
            pad->y.low = first * step;
            pad->y.high = last * step;
            return;
        }
}

static struct pl_hist_params *other_height(struct pl_plot *plot, uint32_t height_px)
{
    struct pl_hist_params *params = pl_arena_alloc(plot->arena, sizeof *params);
    if (params != NULL) {
        *params = *plot->params;
        params->height_px = height_px;
        plot->params = params;
    }
    return params;
}

enum pl_err pl_ratio_begin(struct pl_plot *plot, struct pl_error *error)
{
    struct pl_plot *pad = pl_arena_alloc(plot->arena, sizeof *pad);
    struct pl_hist *hist = pl_arena_alloc(plot->arena, sizeof *hist);
    struct pl_ticks *ticks = pl_arena_zalloc(plot->arena, 3, sizeof *ticks);
    uint32_t h = plot->params->height_px;
    if (pad == NULL || hist == NULL || ticks == NULL)
        goto no_memory;
    *pad = *plot;
    *hist = *plot->hist;
    hist->title = "";
    hist->y.title = "Ratio";
    hist->y.divisions = DIVISIONS;
    pad->hist = hist;
    pad->refs = NULL;
    pad->refs_n = 0;
    pad->x_ticks = ticks;
    pad->y_ticks = ticks + 1;
    pad->z_ticks = ticks + 2;
    pad->show_title = pad->show_stats = false;
    value_range(plot, &pad->y);
    pl_axes_layout(pad); /* once on all of the picture: what do its axes need? */
    int axis = (int)h - pad->frame.y1;
    uint32_t below = (uint32_t)PL_MAX((int)h / 4, PL_MIN(axis, (int)h / 4) + (int)h * 22 / 100);
    if (other_height(pad, below) == NULL || other_height(plot, h - below) == NULL)
        goto no_memory;
    pl_axes_layout(pad);
    end_at_labels(pad);
    pl_axes_layout(pad);
    plot->left_least = pad->frame.x0;
    plot->bare_x = true;
    pad->laid_dy = (int)(h - below);
    plot->below = pad;
    return PL_OK;
no_memory:
    return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the ratio");
}

static void draw_one(struct pl_plot *pad)
{
    int y = pl_span_pixel(&pad->y, 1.0);
    pl_canvas_clip(pad->canvas, pad->frame);
    for (int x = pad->frame.x0; x < pad->frame.x1; x += 6 * pad->thick)
        pl_canvas_fill(pad->canvas, (struct pl_rect){x, y, x + 3 * pad->thick, y + pad->thick},
                       pad->canvas->black);
    pl_canvas_clip_off(pad->canvas);
}

/* The columns of the main one, with ratios instead of contents. */
static enum pl_err draw_ratios(const struct pl_plot *plot, const struct pl_plot *ref,
                               struct pl_plot *pad, struct pl_error *error)
{
    struct pl_hist style = *ref->hist;
    unsigned n = 0;
    pad->columns.at = pl_arena_alloc(pad->arena, plot->columns.n * sizeof *pad->columns.at);
    if (pad->columns.at == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the ratio");
    for (unsigned i = 0; i < plot->columns.n; i++) {
        struct pl_column column = plot->columns.at[i];
        struct ratio at;
        if (!ratio_of(plot, ref, column.cell, &at))
            continue;
        column.value = at.value;
        column.error_low = column.error_high = at.error;
        column.drawn = true;
        pad->columns.at[n++] = column;
    }
    pad->columns.n = n;
    bool wide = n > 0 && pad->columns.at[0].x1 - pad->columns.at[0].x0 >= WIDE_PX;
    style.marker_style = wide ? DOT : 1;
    style.marker_size = 0.5F;
    style.fill_color = 0;
    pad->hist = &style;
    pad->options = (struct pl_hist_options){.errors = true};
    pl_plot1d_draw(pad);
    return PL_OK;
}

enum pl_err pl_ratio_draw(struct pl_plot *plot, struct pl_error *error)
{
    struct pl_plot *pad = plot->below;
    struct pl_canvas *canvas = plot->canvas;
    const struct pl_hist *axes = pad->hist;
    uint32_t height = canvas->height_px;
    size_t above = plot->params->height_px * canvas->stride;
    enum pl_err err = PL_OK;
    pad->left_least = plot->frame.x0;
    pad->right_least = (int)plot->params->width_px - plot->frame.x1;
    pl_axes_layout(pad);
    canvas->rows += above; /* the pad's canvas is the lower part of the picture's */
    canvas->height_px = pad->params->height_px;
    pl_canvas_clip_off(canvas);
    draw_one(pad);
    for (unsigned i = 0; err == PL_OK && i < plot->refs_n; i++)
        err = draw_ratios(plot, &plot->refs[i], pad, error);
    pad->hist = axes;
    pl_axes_draw(pad);
    canvas->rows -= above;
    canvas->height_px = height;
    pl_canvas_clip_off(canvas);
    return err;
}
