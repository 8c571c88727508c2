/* axes_draw.c - ticks, labels, titles and powers of ten, where axes.c made room for them.
 *
 * Nothing is drawn that would touch another label or leave the canvas. Memory: none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/hist/draw/axes_priv.h"
#include "shm/base/check.h"

int pl_axis_tick_length(const struct pl_plot *plot)
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
static void label_x(struct pl_plot *plot, int x, const char *text, unsigned px)
{
    int width = pl_text_measure(text, px, 0).width_px, w = (int)plot->params->width_px;
    int left = x + plot->thick / 2 - width / 2;
    if (*text == '\0' || left < 0 || plot->bare_x)
        return;
    left = PL_MIN(left, w - width - 1);
    int y = plot->frame.y1 + pl_axis_gap(plot) + plot->x_label_rise + plot->label_px / 4 +
            (int)(px * 0.73 + 0.5);
    pl_plot_text(plot, PL_LAID_LABEL, left, y, 0, text, px, 0);
}

/* Upright labels start below the lowest label of y, which may stand beside the first of them. */
static void label_x_upright(struct pl_plot *plot, int x, const char *text)
{
    char fitted[192];
    unsigned px = plot->x_label_px;
    pl_text_fit(fitted, sizeof fitted, text, px, 0, plot->x_label_room);
    int width = pl_text_measure(fitted, px, 0).width_px;
    int top = plot->frame.y1 + pl_axis_upright_drop(plot);
    if (*fitted == '\0')
        return;
    pl_plot_text(plot, PL_LAID_LABEL, x + (int)(px * 0.36 + 0.5), top + width, 0, fitted, px,
                 PL_TEXT_UP);
}

/* At 45 degrees, the end (reading upwards) or the beginning (downwards) under the bin. */
static void label_x_slanted(struct pl_plot *plot, int x, const char *text)
{
    char fitted[192];
    int px = (int)plot->x_label_px, top = plot->frame.y1 + pl_axis_gap(plot) + px / 4;
    bool up = plot->x_turned > 0;
    int side = up ? x : (int)plot->params->width_px - x; /* what is left to the edge */
    int room = (int)(PL_MIN(plot->x_label_room, side) / 0.71) - px;
    pl_text_fit(fitted, sizeof fitted, text, (unsigned)px, 0, room);
    if (*fitted == '\0')
        return;
    double along = 0.7071 * pl_text_measure(fitted, (unsigned)px, 0).width_px;
    double high = 0.7071 * 0.73 * px;
    double from_x = up ? x - along + high / 2 : x - high / 2;
    double from_y = up ? top + along + high : top + high;
    pl_text_draw_turned(plot->canvas, from_x, from_y, fitted, (unsigned)px, 0, plot->x_turned,
                        plot->canvas->black);
}

static void label_y(struct pl_plot *plot, int right, int y, int align, const char *text,
                    unsigned px)
{
    char fitted[192];
    int room = align == 2 ? plot->y_label_room : (int)plot->params->width_px - right - 1;
    pl_text_fit(fitted, sizeof fitted, text, px, 0, room);
    y += (int)(px * 0.36 + 0.5) + plot->thick / 2;
    if (*fitted != '\0' && y < (int)plot->params->height_px)
        pl_plot_text(plot, PL_LAID_LABEL, right, y, align, fitted, px, 0);
}

static void draw_x(struct pl_plot *plot)
{
    int length = pl_axis_tick_length(plot);
    const struct pl_ticks *ticks = plot->x_ticks;
    if (pl_axis_labelled(&plot->x)) {
        for (uint32_t bin = plot->x.first; bin <= plot->x.last && pl_axis_slot_px(&plot->x) >= 4.0;
             bin++)
            tick_x(plot, pl_span_pixel(&plot->x, pl_hist_edge(plot->x.axis, bin)), length / 2);
        double end = -1e9;
        for (uint32_t bin = plot->x.first; bin <= plot->x.last && !plot->bare_x;
             bin += plot->x_every) {
            if (pl_axis_label_crowded(&plot->x, bin, plot->x_label_px, plot->x_turned != 0, &end))
                continue;
            int x = pl_span_pixel(&plot->x, pl_axis_bin_centre(plot->x.axis, bin));
            if (plot->x_turned == 90)
                label_x_upright(plot, x, pl_axis_bin_label(&plot->x, bin));
            else if (plot->x_turned != 0)
                label_x_slanted(plot, x, pl_axis_bin_label(&plot->x, bin));
            else
                label_x(plot, x, pl_axis_bin_label(&plot->x, bin), plot->x_label_px);
        }
        return;
    }
    for (int i = 0; i < ticks->minor_n; i++)
        tick_x(plot, pl_span_pixel(&plot->x, ticks->minor[i]), (length + 1) / 2);
    for (int i = 0; i < ticks->n; i++) {
        int x = pl_span_pixel(&plot->x, ticks->at[i].value);
        tick_x(plot, x, length);
        label_x(plot, x, ticks->at[i].label, plot->label_px);
    }
}

static void draw_y(struct pl_plot *plot)
{
    int length = pl_axis_tick_length(plot);
    int right = plot->frame.x0 - pl_axis_gap(plot);
    const struct pl_ticks *ticks = plot->y_ticks;
    if (pl_axis_labelled(&plot->y)) {
        for (uint32_t bin = plot->y.first; bin <= plot->y.last && pl_axis_slot_px(&plot->y) >= 4.0;
             bin++)
            tick_y(plot, plot->frame.x0, pl_span_pixel(&plot->y, pl_hist_edge(plot->y.axis, bin)),
                   length / 2);
        double end = -1e9;
        for (uint32_t bin = plot->y.first; bin <= plot->y.last; bin += plot->y_every)
            if (!pl_axis_label_crowded(&plot->y, bin, plot->y_label_px, true, &end))
                label_y(plot, right, pl_span_pixel(&plot->y, pl_axis_bin_centre(plot->y.axis, bin)),
                        2, pl_axis_bin_label(&plot->y, bin), plot->y_label_px);
        return;
    }
    for (int i = 0; i < ticks->minor_n; i++)
        tick_y(plot, plot->frame.x0, pl_span_pixel(&plot->y, ticks->minor[i]), (length + 1) / 2);
    for (int i = 0; i < ticks->n; i++) {
        int y = pl_span_pixel(&plot->y, ticks->at[i].value);
        tick_y(plot, plot->frame.x0, y, length);
        label_y(plot, right, y, 2, ticks->at[i].label, plot->label_px);
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
        label_y(plot, plot->palette.x1 + pl_axis_gap(plot), y, 0, ticks->at[i].label,
                plot->label_px);
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
    return pl_axis_text_width(plot, text) + (int)plot->label_px;
}

/* Titles stand at the far end of their axis, or in the middle when the axis says so. */
static void title_x(struct pl_plot *plot)
{
    const struct pl_hist_axis *axis = &plot->hist->x;
    int descent = PL_MAX(pl_text_measure(axis->title, plot->axis_title_px, 0).descent_px,
                         (int)(plot->axis_title_px * 0.2));
    int y = (int)plot->params->height_px - pl_axis_gap(plot) / 2 - descent;
    int right = plot->frame.x1, room;
    char text[256];
    if (!pl_axis_labelled(&plot->x) && plot->show_labels)
        right -= draw_exponent(plot, right, y, 2, plot->x_ticks->exponent);
    if (!pl_axis_has_title(plot, axis))
        return;
    room = right - pl_axis_gap(plot);
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
    if (!pl_axis_has_title(plot, axis))
        return;
    pl_text_fit(text, sizeof text, axis->title, plot->axis_title_px, 0,
                (int)plot->params->height_px - 2 * pl_axis_gap(plot));
    struct pl_text_box box = pl_text_measure(text, plot->axis_title_px, 0);
    int width = box.width_px;
    int x = plot->frame.x0 - 3 * pl_axis_gap(plot) - plot->y_label_room - box.descent_px;
    x = PL_MAX(x, pl_axis_gap(plot) + box.ascent_px);
    if (!left)
        x = (int)plot->params->width_px - pl_axis_gap(plot) - box.descent_px;
    int y = axis->bits & PL_BIT_CENTER_TITLE ? (plot->frame.y0 + plot->frame.y1 + width) / 2
                                             : plot->frame.y0 + width;
    y = PL_MAX(PL_MIN(y, (int)plot->params->height_px - pl_axis_gap(plot)),
               width + pl_axis_gap(plot));
    pl_plot_text(plot, PL_LAID_TITLE, x, y, 0, text, plot->axis_title_px, PL_TEXT_UP);
}

void pl_axes_draw(struct pl_plot *plot)
{
    int over = plot->frame.y0 - pl_axis_gap(plot);
    if (plot->palette.x1 > plot->palette.x0)
        pl_plot2d_palette(plot);
    pl_canvas_frame(plot->canvas, plot->frame, plot->thick, plot->canvas->black);
    if (!plot->show_labels)
        return;
    draw_x(plot);
    draw_y(plot);
    if (!pl_axis_labelled(&plot->y))
        (void)draw_exponent(plot, plot->frame.x0, over, 0, plot->y_ticks->exponent);
    if (!plot->bare_x)
        title_x(plot);
    title_upright(plot, &plot->hist->y, true);
    if (plot->palette.x1 > plot->palette.x0) {
        draw_z(plot);
        (void)draw_exponent(plot, plot->palette.x1, over, 2, plot->z_ticks->exponent);
        title_upright(plot, &plot->hist->z, false);
    }
}
