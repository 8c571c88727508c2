/* axes.c - how much room the axes need; axes_draw.c draws them.
 *
 * Layout: margins start at 10 % of each side (15 % on the right with a palette) and grow until
 * every label fits; ticks are thinned until labels keep their distance. Nothing is drawn that would
 * touch another label or leave the canvas. Left and right margins depend on labels that depend on
 * the frame's height, the bottom margin on labels that depend on its width: two passes settle it.
 * Memory: none; ticks live in the plot.
 */
#include <math.h>
#include <stdlib.h>

#include "render/hist/draw/axes_priv.h"
#include "shm/base/check.h"

/* Height of an axis title's line, markup included. */
static int title_room(const struct pl_plot *plot, const char *title)
{
    struct pl_text_box box = pl_text_measure(title, plot->axis_title_px, 0);
    return PL_MAX(box.ascent_px + box.descent_px, (int)(plot->axis_title_px * 1.15)) +
           pl_axis_gap(plot) / 2;
}

/* ---- ticks that fit ------------------------------------------------------------------------ */

static void ticks_once(const struct pl_span *span, const struct pl_hist_axis *axis, int most,
                       struct pl_ticks *out)
{
    int divisions = axis->divisions != 0 ? axis->divisions : 510;
    unsigned digits = divisions < 0 ? -(unsigned)divisions : (unsigned)divisions;
    int primary = PL_MAX(1, (int)(digits % 100)), secondary = (int)(digits / 100 % 100);
    if (axis->time_display && span->axis != NULL)
        pl_ticks_time(span->low, span->high, PL_MIN(most, primary), axis->time_format, out);
    else if (span->log)
        pl_ticks_log(span->low, span->high, most, out);
    else if (divisions < 0 && primary <= most)
        pl_ticks_exact(span->low, span->high, primary, secondary, out);
    else
        pl_ticks_linear(span->low, span->high, PL_MIN(most, primary), secondary,
                        (axis->bits & PL_BIT_NO_EXPONENT) == 0, out);
}

static int widest(const struct pl_plot *plot, const struct pl_ticks *ticks)
{
    int most = 0;
    for (int i = 0; i < ticks->n; i++)
        most = PL_MAX(most, pl_axis_text_width(plot, ticks->at[i].label));
    return most;
}

/* Neighbouring labels keep half a letter's distance along x. */
static bool labels_fit(const struct pl_plot *plot, const struct pl_span *span,
                       const struct pl_ticks *ticks)
{
    double end = -1e9;
    for (int i = 0; i < ticks->n; i++) {
        double x = pl_span_px(span, ticks->at[i].value);
        int width = pl_axis_text_width(plot, ticks->at[i].label);
        if (x - 0.5 * width < end + 0.6 * plot->label_px)
            return false;
        end = x + 0.5 * width;
    }
    return true;
}

static void x_ticks_fit(struct pl_plot *plot)
{
    int room = (int)(plot->x.to_px - plot->x.from_px);
    int most = PL_MAX(1, PL_MIN(PL_TICKS_MAX - 2, room / PL_MAX(1, (int)plot->label_px)));
    for (; most >= 1; most--) {
        ticks_once(&plot->x, plot->x.axis, most, plot->x_ticks);
        if (labels_fit(plot, &plot->x, plot->x_ticks))
            break;
    }
    for (int i = 0; i < plot->x_ticks->n; i++) {
        struct pl_text_box box = pl_text_measure(plot->x_ticks->at[i].label, plot->label_px, 0);
        plot->x_label_rise =
            PL_MAX(plot->x_label_rise, box.ascent_px - (int)(plot->label_px * 3 + 3) / 4);
    }
    if (most >= 1)
        return;
    for (int i = 1; i < plot->x_ticks->n; i++) /* not even two: the first says where we are */
        plot->x_ticks->at[i].label[0] = '\0';
}

static bool stand_apart(const struct pl_plot *plot, const struct pl_span *span,
                        const struct pl_ticks *ticks)
{
    for (int i = 1; i < ticks->n; i++)
        if (fabs(pl_span_px(span, ticks->at[i].value) - pl_span_px(span, ticks->at[i - 1].value)) <
            1.15 * plot->label_px)
            return false;
    return true;
}

/* With room to spare, but of a low frame as many as can be read. */
static void vertical_ticks_fit(const struct pl_plot *plot, const struct pl_span *span,
                               const struct pl_hist_axis *axis, struct pl_ticks *ticks)
{
    int room = (int)fabs(span->to_px - span->from_px);
    int dense = (int)(room / (1.25 * plot->label_px));
    int most = PL_MAX((int)(room / (1.6 * plot->label_px)), PL_MIN(dense, 4));
    do
        ticks_once(span, axis, PL_MAX(1, most), ticks);
    while (!stand_apart(plot, span, ticks) && --most >= 1);
}

/* ---- bin labels ---------------------------------------------------------------------------- */

/* Smaller than the numbers of other axes, down to 60 % of them, before any is left out. */
static unsigned least_label_px(const struct pl_plot *plot)
{
    return PL_MAX(7u, (plot->label_px * 6 + 9) / 10);
}

static unsigned label_px_for(const struct pl_plot *plot, double px)
{
    return PL_MAX(least_label_px(plot), px < plot->label_px ? (unsigned)px : plot->label_px);
}

bool pl_axis_label_crowded(const struct pl_span *span, uint32_t bin, unsigned px, bool across,
                           double *end)
{
    const char *label = pl_axis_bin_label(span, bin);
    if ((span->axis->edges == NULL && !span->log) || *label == '\0')
        return false;
    int width = across ? (int)px : pl_text_measure(label, px, 0).width_px;
    double at = fabs(pl_span_px(span, pl_axis_bin_centre(span->axis, bin)) - span->from_px);
    if (at - 0.5 * width < *end)
        return true;
    *end = at + 0.5 * width + 0.2 * px;
    return false;
}

/* across: labels stand side by side, so that bins of different widths leave some out. */
static int widest_bin_label(const struct pl_span *span, unsigned every, unsigned px, bool across)
{
    int most = 0;
    double end = -1e9;
    for (uint32_t bin = span->first; bin <= span->last; bin += every)
        if (!across || !pl_axis_label_crowded(span, bin, px, true, &end))
            most = PL_MAX(most, pl_text_measure(pl_axis_bin_label(span, bin), px, 0).width_px);
    return most;
}

/* Level labels: their size, when none or few must be left out. */
static bool level_labels_fit(struct pl_plot *plot, double slot, bool insist)
{
    unsigned px = plot->label_px, least = least_label_px(plot);
    if (slot < least && !insist)
        return false;
    plot->x_every = (unsigned)PL_MAX(1.0, ceil(least / slot));
    int width = widest_bin_label(&plot->x, plot->x_every, px, false);
    while (px > least && width + 0.4 * px > slot)
        width = widest_bin_label(&plot->x, plot->x_every, --px, false);
    plot->x_label_px = px;
    plot->x_every = (unsigned)PL_MAX(1.0, ceil((width + 0.4 * px) / slot));
    return insist || (plot->x_every == 1 && px * 5 >= plot->label_px * 4);
}

/* Labels along x as the axis says; else level while they fit, then upright, then every n-th. */
static void x_labels_fit(struct pl_plot *plot)
{
    double slot = pl_axis_slot_px(&plot->x);
    uint32_t bits = plot->x.axis->bits;
    int most = (int)(0.35 * plot->params->height_px);
    plot->x_turned = 0;
    if (bits & PL_BIT_LABELS_VERT)
        plot->x_turned = 90;
    else if (bits & (PL_BIT_LABELS_UP | PL_BIT_LABELS_DOWN))
        plot->x_turned = bits & PL_BIT_LABELS_UP ? 45 : -45;
    else if (!level_labels_fit(plot, slot, bits & PL_BIT_LABELS_HORI))
        plot->x_turned = 90;
    if (plot->x_turned == 0) {
        plot->x_label_room = (int)plot->x_label_px;
        return;
    }
    double factor = plot->x_turned == 90 ? 1.25 : 1.6;
    plot->x_label_px = label_px_for(plot, slot / factor);
    plot->x_every = (unsigned)PL_MAX(1.0, ceil(factor * plot->x_label_px / slot));
    int width = widest_bin_label(&plot->x, plot->x_every, plot->x_label_px, true);
    if (plot->x_turned != 90)
        width = (int)(0.71 * (width + (int)plot->x_label_px)) + 1;
    plot->x_label_room = PL_MIN(width, most);
}

static void y_labels_fit(struct pl_plot *plot)
{
    double slot = pl_axis_slot_px(&plot->y);
    int most = (int)(0.35 * plot->params->width_px);
    unsigned px = label_px_for(plot, slot / 1.25);
    plot->y_every = (unsigned)PL_MAX(1.0, ceil(1.25 * px / slot));
    int width = widest_bin_label(&plot->y, plot->y_every, px, true);
    while (width > most && px > least_label_px(plot))
        width = widest_bin_label(&plot->y, plot->y_every, --px, true);
    plot->y_label_px = px;
    plot->y_label_room = PL_MIN(width, most);
}

/* ---- layout -------------------------------------------------------------------------------- */

static void set_pixels(struct pl_plot *plot)
{
    const struct pl_rect *f = &plot->frame;
    int t = plot->thick;
    plot->x.from_px = f->x0;
    plot->x.to_px = f->x1 - t;
    plot->y.from_px = f->y1 - t;
    plot->y.to_px = f->y0;
    plot->z.from_px = plot->y.from_px;
    plot->z.to_px = plot->y.to_px;
}

int pl_axes_over_palette(const struct pl_plot *plot)
{
    if (!plot->two || !plot->options.color_axis || !plot->show_labels)
        return 0;
    return plot->z_ticks->exponent != 0 ? plot->over_room : (int)plot->label_px / 2;
}

static int top_margin(struct pl_plot *plot)
{
    int h = (int)plot->params->height_px, g = pl_axis_gap(plot), width, height;
    int title = 0;
    bool exponent = (plot->y_ticks->exponent != 0 && !pl_axis_labelled(&plot->y)) ||
                    (plot->two && plot->z_ticks->exponent != 0);
    if (plot->show_title) {
        struct pl_text_box box = pl_text_measure(plot->hist->title, plot->title_px, 0);
        title = PL_MAX((int)(plot->title_px * 1.3 + 0.5), box.ascent_px + box.descent_px) + g;
    }
    plot->over_room = exponent && plot->show_labels ? (int)(plot->label_px * 1.35) : 0;
    int top = PL_MAX(h / 10, title + g + plot->over_room);
    if (!plot->show_labels)
        top = 2;
    if (!plot->show_stats || plot->stats_columns == 1)
        return top;
    pl_statbox_size(plot, plot->stats_columns, &width, &height);
    height += pl_axes_over_palette(plot);
    return plot->title_on_top ? title + height + 2 * g : PL_MAX(top, height + 2 * g);
}

static int bottom_margin(const struct pl_plot *plot)
{
    int h = (int)plot->params->height_px, g = pl_axis_gap(plot);
    int labels = 2;
    if (plot->bare_x)
        return plot->show_labels ? (int)plot->label_px * 2 / 3 : 2;
    if (plot->show_labels && plot->x_turned != 0)
        labels = pl_axis_upright_drop(plot) + plot->x_label_room + g;
    else if (plot->show_labels)
        labels = g + plot->x_label_rise + (int)plot->label_px * 5 / 4 + g;
    bool below = pl_axis_has_title(plot, &plot->hist->x) ||
                 (plot->x_ticks->exponent != 0 && plot->show_labels);
    if (below)
        labels +=
            title_room(plot, pl_axis_has_title(plot, &plot->hist->x) ? plot->hist->x.title : "");
    return PL_MIN(PL_MAX(plot->show_labels ? h / 10 : 2, labels), h * 6 / 10);
}

static int left_margin(const struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, g = pl_axis_gap(plot);
    int room = plot->show_labels ? g + plot->y_label_room + g : 2;
    if (pl_axis_has_title(plot, &plot->hist->y))
        room += title_room(plot, plot->hist->y.title);
    return PL_MIN(PL_MAX(PL_MAX(plot->show_labels ? w / 10 : 2, room), plot->left_least), w / 2);
}

static int palette_width(const struct pl_plot *plot)
{
    return PL_MAX(4, (int)fmin(0.04 * plot->params->width_px, 0.08 * plot->params->height_px));
}

static int right_margin(const struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, g = pl_axis_gap(plot);
    if (plot->right_least > 0)
        return plot->right_least;
    if (!plot->show_labels)
        return 2;
    if (!plot->two || !plot->options.color_axis)
        return PL_MAX(w / 10, g);
    int room = g + palette_width(plot) + g + plot->z_label_room + g;
    if (pl_axis_has_title(plot, &plot->hist->z))
        room += title_room(plot, plot->hist->z.title);
    return PL_MIN(PL_MAX(w * 15 / 100, room), w / 3);
}

static void set_palette(struct pl_plot *plot)
{
    int g = pl_axis_gap(plot), x = plot->frame.x1 + g;
    plot->palette = (struct pl_rect){0, 0, 0, 0};
    if (plot->two && plot->options.color_axis && plot->show_labels)
        plot->palette =
            (struct pl_rect){x, plot->frame.y0, x + palette_width(plot), plot->frame.y1};
}

static void measure_vertical(struct pl_plot *plot)
{
    if (pl_axis_labelled(&plot->y)) {
        y_labels_fit(plot);
    } else {
        vertical_ticks_fit(plot, &plot->y, &plot->hist->y, plot->y_ticks);
        plot->y_label_room = widest(plot, plot->y_ticks);
    }
    if (plot->two) {
        vertical_ticks_fit(plot, &plot->z, &plot->hist->z, plot->z_ticks);
        plot->z_label_room = widest(plot, plot->z_ticks);
    }
}

/* What stands on the axes of the frame as it is. */
static void measure(struct pl_plot *plot)
{
    set_pixels(plot);
    measure_vertical(plot);
    if (pl_axis_labelled(&plot->x))
        x_labels_fit(plot);
    else
        x_ticks_fit(plot);
}

void pl_axes_layout(struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, h = (int)plot->params->height_px;
    plot->x_turned = plot->x_label_rise = 0;
    plot->x_ticks->exponent = plot->y_ticks->exponent = plot->z_ticks->exponent = 0;
    plot->frame = (struct pl_rect){w / 10, h / 10, w - w / 10, h - h / 10};
    for (int pass = 0; pass < 3; pass++) {
        measure(plot);
        plot->frame = (struct pl_rect){left_margin(plot), top_margin(plot), w - right_margin(plot),
                                       h - bottom_margin(plot)};
        plot->frame.x1 = PL_MAX(plot->frame.x1, plot->frame.x0 + 1);
        plot->frame.y1 = PL_MAX(plot->frame.y1, plot->frame.y0 + 1);
    }
    measure(plot);
    set_palette(plot);
}
