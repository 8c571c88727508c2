/* axes.c - how much room the axes need, and drawing them.
 *
 * Layout: margins start at 10 % of each side (15 % on the right with a palette) and grow until
 * every label fits; ticks are thinned until labels keep their distance. Nothing is drawn that would
 * touch another label or leave the canvas. Left and right margins depend on labels that depend on
 * the frame's height, the bottom margin on labels that depend on its width: two passes settle it.
 * Memory: none; ticks live in the plot.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/plot_priv.h"
#include "shm/base/check.h"

static int gap(const struct pl_plot *plot)
{
    return PL_MAX(2, (int)(5 * plot->size + 0.5));
}

static int text_width(const struct pl_plot *plot, const char *text)
{
    return pl_text_measure(text, plot->label_px, 0).width_px;
}

/* Height of an axis title's line, markup included. */
static int title_room(const struct pl_plot *plot, const char *title)
{
    struct pl_text_box box = pl_text_measure(title, plot->axis_title_px, 0);
    return PL_MAX(box.ascent_px + box.descent_px, (int)(plot->axis_title_px * 1.15)) +
           gap(plot) / 2;
}

static bool labelled(const struct pl_span *span)
{
    return span->axis != NULL && span->axis->labels != NULL;
}

static bool has_title(const struct pl_plot *plot, const struct pl_hist_axis *axis)
{
    return plot->show_axis_titles && *axis->title != '\0';
}

/* ---- ticks that fit ------------------------------------------------------------------------ */

static void ticks_once(const struct pl_span *span, const struct pl_hist_axis *axis, int most,
                       struct pl_ticks *out)
{
    int divisions = axis->divisions != 0 ? axis->divisions : 510;
    int primary = PL_MAX(1, abs(divisions) % 100), secondary = abs(divisions) / 100 % 100;
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
        most = PL_MAX(most, text_width(plot, ticks->at[i].label));
    return most;
}

/* Neighbouring labels keep half a letter's distance along x. */
static bool labels_fit(const struct pl_plot *plot, const struct pl_span *span,
                       const struct pl_ticks *ticks)
{
    double end = -1e9;
    for (int i = 0; i < ticks->n; i++) {
        double x = pl_span_px(span, ticks->at[i].value);
        int width = text_width(plot, ticks->at[i].label);
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
            return;
    }
    for (int i = 1; i < plot->x_ticks->n; i++) /* not even two: the first says where we are */
        plot->x_ticks->at[i].label[0] = '\0';
}

static void vertical_ticks_fit(const struct pl_plot *plot, const struct pl_span *span,
                               const struct pl_hist_axis *axis, struct pl_ticks *ticks)
{
    int room = (int)fabs(span->to_px - span->from_px);
    int most = PL_MAX(1, (int)(room / (1.6 * plot->label_px)));
    ticks_once(span, axis, most, ticks);
}

/* ---- bin labels ---------------------------------------------------------------------------- */

static const char *bin_label(const struct pl_span *span, uint32_t bin)
{
    const char *label = span->axis->labels[bin - 1];
    return label != NULL ? label : "";
}

static double slot_px(const struct pl_span *span)
{
    return fmax(1e-3, fabs(span->to_px - span->from_px) / (span->last - span->first + 1.0));
}

static double bin_centre(const struct pl_hist_axis *axis, uint32_t bin)
{
    return 0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1));
}

static int widest_bin_label(const struct pl_plot *plot, const struct pl_span *span, unsigned every)
{
    int most = 0;
    for (uint32_t bin = span->first; bin <= span->last; bin += every)
        most = PL_MAX(most, pl_text_measure(bin_label(span, bin), plot->label_px, 0).width_px);
    return most;
}

/* Labels along x as the axis says; else level while they fit, then upright, then every n-th. */
static void x_labels_fit(struct pl_plot *plot)
{
    double slot = slot_px(&plot->x);
    uint32_t bits = plot->x.axis->bits;
    plot->x_every = (unsigned)PL_MAX(1.0, ceil(1.25 * plot->label_px / slot));
    int width = widest_bin_label(plot, &plot->x, plot->x_every);
    bool fits = width + 0.4 * plot->label_px <= slot;
    plot->x_turned = 0;
    if (bits & PL_BIT_LABELS_VERT)
        plot->x_turned = 90;
    else if (bits & (PL_BIT_LABELS_UP | PL_BIT_LABELS_DOWN))
        plot->x_turned = bits & PL_BIT_LABELS_UP ? 45 : -45;
    else if (!(bits & PL_BIT_LABELS_HORI) && !fits)
        plot->x_turned = 90;
    if (plot->x_turned == 0)
        plot->x_every = (unsigned)PL_MAX(1.0, ceil((width + 0.4 * plot->label_px) / slot));
    else if (abs(plot->x_turned) == 45)
        plot->x_every = (unsigned)PL_MAX(1.0, ceil(1.6 * plot->label_px / slot));
    int most = (int)(0.35 * plot->params->height_px);
    if (plot->x_turned == 0)
        plot->x_label_room = (int)plot->label_px;
    else if (plot->x_turned == 90)
        plot->x_label_room = PL_MIN(width, most);
    else
        plot->x_label_room = PL_MIN((int)(0.71 * (width + (int)plot->label_px)) + 1, most);
}

static void y_labels_fit(struct pl_plot *plot)
{
    plot->y_every = (unsigned)PL_MAX(1.0, ceil(1.25 * plot->label_px / slot_px(&plot->y)));
    plot->y_label_room = PL_MIN(widest_bin_label(plot, &plot->y, plot->y_every),
                                (int)(0.35 * plot->params->width_px));
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
    int h = (int)plot->params->height_px, g = gap(plot), width, height;
    int title = 0;
    bool exponent = (plot->y_ticks->exponent != 0 && !labelled(&plot->y)) ||
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

static int upright_drop(const struct pl_plot *plot)
{
    return PL_MAX(gap(plot), (int)(plot->label_px * 0.6) + 3);
}

static int bottom_margin(const struct pl_plot *plot)
{
    int h = (int)plot->params->height_px, g = gap(plot);
    int labels = 2;
    if (plot->show_labels && plot->x_turned != 0)
        labels = upright_drop(plot) + plot->x_label_room + g;
    else if (plot->show_labels)
        labels = g + (int)plot->label_px * 5 / 4 + g;
    bool below =
        has_title(plot, &plot->hist->x) || (plot->x_ticks->exponent != 0 && plot->show_labels);
    if (below)
        labels += title_room(plot, has_title(plot, &plot->hist->x) ? plot->hist->x.title : "");
    return PL_MIN(PL_MAX(plot->show_labels ? h / 10 : 2, labels), h * 6 / 10);
}

static int left_margin(const struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, g = gap(plot);
    int room = plot->show_labels ? g + plot->y_label_room + g : 2;
    if (has_title(plot, &plot->hist->y))
        room += title_room(plot, plot->hist->y.title);
    return PL_MIN(PL_MAX(plot->show_labels ? w / 10 : 2, room), w / 2);
}

static int palette_width(const struct pl_plot *plot)
{
    return PL_MAX(4, (int)fmin(0.04 * plot->params->width_px, 0.08 * plot->params->height_px));
}

static int right_margin(const struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, g = gap(plot);
    if (!plot->show_labels)
        return 2;
    if (!plot->two || !plot->options.color_axis)
        return PL_MAX(w / 10, g);
    int room = g + palette_width(plot) + g + plot->z_label_room + g;
    if (has_title(plot, &plot->hist->z))
        room += title_room(plot, plot->hist->z.title);
    return PL_MIN(PL_MAX(w * 15 / 100, room), w / 3);
}

static void set_palette(struct pl_plot *plot)
{
    int g = gap(plot), x = plot->frame.x1 + g;
    plot->palette = (struct pl_rect){0, 0, 0, 0};
    if (plot->two && plot->options.color_axis && plot->show_labels)
        plot->palette =
            (struct pl_rect){x, plot->frame.y0, x + palette_width(plot), plot->frame.y1};
}

static void measure_vertical(struct pl_plot *plot)
{
    if (labelled(&plot->y)) {
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

void pl_axes_layout(struct pl_plot *plot)
{
    int w = (int)plot->params->width_px, h = (int)plot->params->height_px;
    plot->x_turned = 0;
    plot->x_ticks->exponent = plot->y_ticks->exponent = plot->z_ticks->exponent = 0;
    plot->frame = (struct pl_rect){w / 10, h / 10, w - w / 10, h - h / 10};
    for (int pass = 0; pass < 3; pass++) {
        set_pixels(plot);
        measure_vertical(plot);
        if (labelled(&plot->x))
            x_labels_fit(plot);
        else
            x_ticks_fit(plot);
        plot->frame = (struct pl_rect){left_margin(plot), top_margin(plot), w - right_margin(plot),
                                       h - bottom_margin(plot)};
        plot->frame.x1 = PL_MAX(plot->frame.x1, plot->frame.x0 + 1);
        plot->frame.y1 = PL_MAX(plot->frame.y1, plot->frame.y0 + 1);
    }
    set_pixels(plot);
    measure_vertical(plot);
    if (labelled(&plot->x))
        x_labels_fit(plot);
    else
        x_ticks_fit(plot);
    set_palette(plot);
}

/* ---- drawing ------------------------------------------------------------------------------- */

static int tick_length(const struct pl_plot *plot)
{
    const struct pl_rect *f = &plot->frame;
    return PL_MAX(3, (int)(0.03 * PL_MIN(f->x1 - f->x0, f->y1 - f->y0) + 0.5));
}

static void tick_x(struct pl_plot *plot, int x, int length)
{
    int y = plot->frame.y1, left = x;
    pl_canvas_fill(plot->canvas, (struct pl_rect){left, y - length, left + plot->thick, y},
                   plot->canvas->black);
}

static void tick_y(struct pl_plot *plot, int x, int y, int length)
{
    pl_canvas_fill(plot->canvas, (struct pl_rect){x, y, x + length, y + plot->thick},
                   plot->canvas->black);
}

/* A label is drawn only where it stays on the canvas. */
static void label_x(struct pl_plot *plot, int x, const char *text)
{
    int width = text_width(plot, text), w = (int)plot->params->width_px;
    int left = x + plot->thick / 2 - width / 2;
    if (*text == '\0' || left < 0)
        return;
    left = PL_MIN(left, w - width - 1);
    int y = plot->frame.y1 + gap(plot) + plot->label_px / 4 + (int)(plot->label_px * 0.73 + 0.5);
    pl_plot_text(plot, PL_LAID_LABEL, left, y, 0, text, plot->label_px, 0);
}

/* Upright labels start below the lowest label of y, which may stand beside the first of them. */
static void label_x_upright(struct pl_plot *plot, int x, const char *text)
{
    char fitted[192];
    pl_text_fit(fitted, sizeof fitted, text, plot->label_px, 0, plot->x_label_room);
    int width = text_width(plot, fitted), top = plot->frame.y1 + upright_drop(plot);
    if (*fitted == '\0')
        return;
    pl_plot_text(plot, PL_LAID_LABEL, x + (int)(plot->label_px * 0.36 + 0.5), top + width, 0,
                 fitted, plot->label_px, PL_TEXT_UP);
}

/* At 45 degrees, the end (reading upwards) or the beginning (downwards) under the bin. */
static void label_x_slanted(struct pl_plot *plot, int x, const char *text)
{
    char fitted[192];
    int px = (int)plot->label_px, top = plot->frame.y1 + gap(plot) + px / 4;
    bool up = plot->x_turned > 0;
    int side = up ? x : (int)plot->params->width_px - x; /* what is left to the edge */
    int room = (int)(PL_MIN(plot->x_label_room, side) / 0.71) - px;
    pl_text_fit(fitted, sizeof fitted, text, plot->label_px, 0, room);
    if (*fitted == '\0')
        return;
    double along = 0.7071 * text_width(plot, fitted), high = 0.7071 * 0.73 * px;
    double from_x = up ? x - along + high / 2 : x - high / 2;
    double from_y = up ? top + along + high : top + high;
    pl_text_draw_turned(plot->canvas, from_x, from_y, fitted, plot->label_px, 0, plot->x_turned,
                        plot->canvas->black);
}

static void label_y(struct pl_plot *plot, int right, int y, int align, const char *text)
{
    char fitted[192];
    int room = align == 2 ? plot->y_label_room : (int)plot->params->width_px - right - 1;
    pl_text_fit(fitted, sizeof fitted, text, plot->label_px, 0, room);
    y += (int)(plot->label_px * 0.36 + 0.5) + plot->thick / 2;
    if (*fitted != '\0' && y < (int)plot->params->height_px)
        pl_plot_text(plot, PL_LAID_LABEL, right, y, align, fitted, plot->label_px, 0);
}

static void draw_x(struct pl_plot *plot)
{
    int length = tick_length(plot);
    const struct pl_ticks *ticks = plot->x_ticks;
    if (labelled(&plot->x)) {
        for (uint32_t bin = plot->x.first; bin <= plot->x.last && slot_px(&plot->x) >= 4.0; bin++)
            tick_x(plot, pl_span_pixel(&plot->x, pl_hist_edge(plot->x.axis, bin)), length / 2);
        for (uint32_t bin = plot->x.first; bin <= plot->x.last; bin += plot->x_every) {
            int x = pl_span_pixel(&plot->x, bin_centre(plot->x.axis, bin));
            if (plot->x_turned == 90)
                label_x_upright(plot, x, bin_label(&plot->x, bin));
            else if (plot->x_turned != 0)
                label_x_slanted(plot, x, bin_label(&plot->x, bin));
            else
                label_x(plot, x, bin_label(&plot->x, bin));
        }
        return;
    }
    for (int i = 0; i < ticks->minor_n; i++)
        tick_x(plot, pl_span_pixel(&plot->x, ticks->minor[i]), (length + 1) / 2);
    for (int i = 0; i < ticks->n; i++) {
        int x = pl_span_pixel(&plot->x, ticks->at[i].value);
        tick_x(plot, x, length);
        label_x(plot, x, ticks->at[i].label);
    }
}

static void draw_y(struct pl_plot *plot)
{
    int length = tick_length(plot);
    int right = plot->frame.x0 - gap(plot);
    const struct pl_ticks *ticks = plot->y_ticks;
    if (labelled(&plot->y)) {
        for (uint32_t bin = plot->y.first; bin <= plot->y.last && slot_px(&plot->y) >= 4.0; bin++)
            tick_y(plot, plot->frame.x0, pl_span_pixel(&plot->y, pl_hist_edge(plot->y.axis, bin)),
                   length / 2);
        for (uint32_t bin = plot->y.first; bin <= plot->y.last; bin += plot->y_every)
            label_y(plot, right, pl_span_pixel(&plot->y, bin_centre(plot->y.axis, bin)), 2,
                    bin_label(&plot->y, bin));
        return;
    }
    for (int i = 0; i < ticks->minor_n; i++)
        tick_y(plot, plot->frame.x0, pl_span_pixel(&plot->y, ticks->minor[i]), (length + 1) / 2);
    for (int i = 0; i < ticks->n; i++) {
        int y = pl_span_pixel(&plot->y, ticks->at[i].value);
        tick_y(plot, plot->frame.x0, y, length);
        label_y(plot, right, y, 2, ticks->at[i].label);
    }
}

static void draw_z(struct pl_plot *plot)
{
    const struct pl_ticks *ticks = plot->z_ticks;
    int length = (plot->palette.x1 - plot->palette.x0) / 4;
    pl_canvas_frame(plot->canvas, plot->palette, plot->thick, plot->canvas->black);
    pl_plot_laid(plot, PL_LAID_PALETTE, plot->palette);
    for (int i = 0; i < ticks->n; i++) {
        int y = pl_span_pixel(&plot->z, ticks->at[i].value);
        tick_y(plot, plot->palette.x1 - length, y, length);
        label_y(plot, plot->palette.x1 + gap(plot), y, 0, ticks->at[i].label);
    }
}

/* "x10^3": over the frame for y and z, in the title row for x. Width drawn. */
static int draw_exponent(struct pl_plot *plot, int x, int y, int align, int exponent)
{
    char text[32];
    if (exponent == 0)
        return 0;
    snprintf(text, sizeof text,
             "\xc3\x97"
             "10^{%d}",
             exponent);
    pl_plot_text(plot, PL_LAID_LABEL, x, y, align, text, plot->label_px, 0);
    return text_width(plot, text) + (int)plot->label_px;
}

/* Titles stand at the far end of their axis, or in the middle when the axis says so. */
static void title_x(struct pl_plot *plot)
{
    const struct pl_hist_axis *axis = &plot->hist->x;
    int descent = PL_MAX(pl_text_measure(axis->title, plot->axis_title_px, 0).descent_px,
                         (int)(plot->axis_title_px * 0.2));
    int y = (int)plot->params->height_px - gap(plot) / 2 - descent;
    int right = plot->frame.x1, room;
    char text[256];
    if (!labelled(&plot->x) && plot->show_labels)
        right -= draw_exponent(plot, right, y, 2, plot->x_ticks->exponent);
    if (!has_title(plot, axis))
        return;
    room = right - gap(plot);
    pl_text_fit(text, sizeof text, axis->title, plot->axis_title_px, 0, room);
    if (axis->bits & PL_BIT_CENTER_TITLE) {
        int width = pl_text_measure(text, plot->axis_title_px, 0).width_px;
        right = PL_MIN(right, (plot->frame.x0 + plot->frame.x1 + width) / 2);
    }
    pl_plot_text(plot, PL_LAID_TITLE, right, y, 2, text, plot->axis_title_px, 0);
}

/* Left of the labels of y, or at the right edge for z. */
static void title_upright(struct pl_plot *plot, const struct pl_hist_axis *axis, bool left)
{
    char text[256];
    if (!has_title(plot, axis))
        return;
    pl_text_fit(text, sizeof text, axis->title, plot->axis_title_px, 0,
                (int)plot->params->height_px - 2 * gap(plot));
    struct pl_text_box box = pl_text_measure(text, plot->axis_title_px, 0);
    int width = box.width_px;
    int x = plot->frame.x0 - 3 * gap(plot) - plot->y_label_room - box.descent_px;
    x = PL_MAX(x, gap(plot) + box.ascent_px);
    if (!left)
        x = (int)plot->params->width_px - gap(plot) - box.descent_px;
    int y = axis->bits & PL_BIT_CENTER_TITLE ? (plot->frame.y0 + plot->frame.y1 + width) / 2
                                             : plot->frame.y0 + width;
    y = PL_MAX(PL_MIN(y, (int)plot->params->height_px - gap(plot)), width + gap(plot));
    pl_plot_text(plot, PL_LAID_TITLE, x, y, 0, text, plot->axis_title_px, PL_TEXT_UP);
}

void pl_axes_draw(struct pl_plot *plot)
{
    int over = plot->frame.y0 - gap(plot);
    if (plot->palette.x1 > plot->palette.x0)
        pl_plot2d_palette(plot);
    pl_canvas_frame(plot->canvas, plot->frame, plot->thick, plot->canvas->black);
    if (!plot->show_labels)
        return;
    draw_x(plot);
    draw_y(plot);
    if (!labelled(&plot->y))
        (void)draw_exponent(plot, plot->frame.x0, over, 0, plot->y_ticks->exponent);
    title_x(plot);
    title_upright(plot, &plot->hist->y, true);
    if (plot->palette.x1 > plot->palette.x0) {
        draw_z(plot);
        (void)draw_exponent(plot, plot->palette.x1, over, 2, plot->z_ticks->exponent);
        title_upright(plot, &plot->hist->z, false);
    }
}
