/* statbox.c - the statistics box: its lines, its size, its drawing.
 *
 * One column with the name as a heading inside the frame, or two or three columns in a flat box
 * over the frame when the data leave no corner free (place.c decides). Lines and their order are
 * those of ROOT's OptStat.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

enum { FLOW = 3 }; /* a side of the block of what lies outside of a map */

static struct pl_stat_line *next(struct pl_plot *plot, const char *label)
{
    CHECK(plot->stat_lines_n < PL_STAT_LINES_MAX);
    struct pl_stat_line *to = &plot->stat_lines[plot->stat_lines_n++];
    to->label = label;
    to->value[0] = '\0';
    to->color = plot->box_color;
    return to;
}

/* Without the sign of what has none. */
static double plain(double value)
{
    return isnan(value) || value == 0.0 ? fabs(value) : value;
}

static void line(struct pl_plot *plot, const char *label, double value)
{
    struct pl_stat_line *to = next(plot, label);
    snprintf(to->value, sizeof to->value, "%.4g", plain(value));
}

/* value, or value and error when the digit is 2. */
static void measured(struct pl_plot *plot, const char *label, double value, double error, int digit)
{
    if (digit < 2) {
        line(plot, label, value);
        return;
    }
    struct pl_stat_line *to = next(plot, label);
    snprintf(to->value, sizeof to->value, "%.4g \xc2\xb1 %.4g", plain(value), error);
}

static void flow_lines(struct pl_plot *plot, const struct pl_stats *stats, bool under, bool over)
{
    if (!plot->two) {
        if (under)
            line(plot, "Underflow", stats->flow[1][0]);
        if (over)
            line(plot, "Overflow", stats->flow[1][2]);
        return;
    }
    if (!under && !over)
        return;
    for (int y = 0; y < FLOW; y++) /* as they lie around the map: the upper ones first */
        for (int x = 0; x < FLOW; x++) {
            double value = stats->flow[FLOW - 1 - y][x];
            snprintf(plot->flow[y][x], sizeof plot->flow[y][x], "%.4g", plain(value));
        }
    plot->has_flow = true;
}

static void mean_lines(struct pl_plot *plot, const struct pl_stats *s, int mean, int sigma)
{
    bool profile = plot->hist->kind == PL_HIST_PROFILE, both = plot->two || profile;
    if (mean)
        measured(plot, plot->two ? "Mean x" : "Mean", s->mean[0], s->mean_error[0], mean);
    if (mean && both)
        measured(plot, "Mean y", s->mean[1], s->mean_error[1], mean);
    if (sigma)
        measured(plot, plot->two ? "Std Dev x" : "Std Dev", s->sigma[0], s->sigma_error[0], sigma);
    if (sigma && both)
        measured(plot, "Std Dev y", s->sigma[1], s->sigma_error[1], sigma);
}

static void entries(struct pl_plot *plot, double value)
{
    struct pl_stat_line *to = next(plot, "Entries");
    bool whole = value == floor(value) && fabs(value) < 1e15;
    snprintf(to->value, sizeof to->value, whole ? "%.0f" : "%.6g", plain(value));
}

/* The name, and under it how well this one agrees with the main one. */
static void heading_line(struct pl_plot *plot)
{
    const char *name = plot->heading != NULL ? plot->heading : plot->hist->name;
    pl_text_fit(next(plot, "")->value, sizeof plot->stat_lines[0].value, name, plot->stats_px,
                PL_TEXT_PLAIN, (int)((plot->legend_only ? 0.3 : 0.2) * plot->params->width_px));
    if (!plot->has_probability)
        return;
    struct pl_stat_line *to = next(plot, "K-S prob.");
    snprintf(to->value, sizeof to->value, isnan(plot->probability) ? "none" : "%6.5f",
             plot->probability);
    to->color = pl_overlay_verdict_color(plot);
}

void pl_statbox_lines(struct pl_plot *plot)
{
    struct pl_stats stats;
    int wanted = plot->params->showstats == PL_HIST_STATS_UNSET ? 1111 : plot->params->showstats;
    int digit[9];
    for (int i = 0; i < 9; i++, wanted /= 10)
        digit[i] = wanted % 10;
    plot->stat_lines_n = 0;
    plot->has_flow = false;
    if (digit[0] || plot->legend_only || plot->has_probability)
        heading_line(plot);
    if (plot->legend_only)
        return;
    pl_plot_stats(plot, &stats);
    if (digit[1])
        entries(plot, stats.entries);
    mean_lines(plot, &stats, digit[2], digit[3]);
    flow_lines(plot, &stats, digit[4] != 0, digit[5] != 0);
    if (digit[6])
        line(plot, "Integral", stats.integral);
    if (digit[7])
        measured(plot, "Skewness", stats.skewness, stats.skewness_error, digit[7]);
    if (digit[8])
        measured(plot, "Kurtosis", stats.kurtosis, stats.kurtosis_error, digit[8]);
    if (plot->stat_lines_n == 0 && !plot->has_flow)
        plot->show_stats = false;
}

/* ---- geometry ------------------------------------------------------------------------------ */

static int width_of(const struct pl_plot *plot, const char *text)
{
    return pl_text_measure(text, plot->stats_px, PL_TEXT_PLAIN).width_px;
}

static int row_height(const struct pl_plot *plot)
{
    return (int)(plot->stats_px * 1.3 + 0.5);
}

static int padding(const struct pl_plot *plot)
{
    return PL_MAX(3, (int)(6 * plot->size + 0.5));
}

/* Width of column c of n. */
static int column_width(const struct pl_plot *plot, int c, int n)
{
    int label = 0, value = 0, text = 0, gap = padding(plot);
    for (int i = c; i < plot->stat_lines_n; i += n) {
        const struct pl_stat_line *at = &plot->stat_lines[i];
        if (*at->label == '\0') {
            text = PL_MAX(text, width_of(plot, at->value));
            continue;
        }
        label = PL_MAX(label, width_of(plot, at->label));
        value = PL_MAX(value, width_of(plot, at->value));
    }
    return PL_MAX(text, label + gap + value);
}

/* Width of a cell of the block. */
static int flow_width(const struct pl_plot *plot)
{
    int most = 0;
    for (int y = 0; y < FLOW; y++)
        for (int x = 0; x < FLOW; x++)
            most = PL_MAX(most, width_of(plot, plot->flow[y][x]));
    return most + padding(plot);
}

void pl_statbox_size(const struct pl_plot *plot, int columns, int *width, int *height)
{
    int pad = padding(plot), rows = (plot->stat_lines_n + columns - 1) / columns;
    *width = 2 * pad + (columns - 1) * 3 * pad;
    for (int c = 0; c < columns; c++)
        *width += column_width(plot, c, columns);
    if (columns == 1)
        *width = PL_MAX(*width, (int)(0.2 * plot->params->width_px));
    *height = rows * row_height(plot) + pad;
    if (plot->has_flow) {
        *width = PL_MAX(*width, FLOW * flow_width(plot));
        *height += FLOW * row_height(plot) + (rows > 0 ? pad / 2 : 0);
    }
}

static void draw_line(struct pl_plot *plot, const struct pl_stat_line *from, int x0, int x1, int y,
                      bool heading)
{
    struct pl_canvas *canvas = plot->canvas;
    struct pl_ink ink = pl_canvas_ink(canvas, from->color, 6);
    if (*from->label == '\0') {
        int x = heading ? (x0 + x1 - width_of(plot, from->value)) / 2 : x0;
        pl_text_draw(canvas, x, y, from->value, plot->stats_px, PL_TEXT_PLAIN, ink);
        return;
    }
    pl_text_draw(canvas, x0, y, from->label, plot->stats_px, PL_TEXT_PLAIN, ink);
    pl_text_draw(canvas, x1 - width_of(plot, from->value), y, from->value, plot->stats_px,
                 PL_TEXT_PLAIN, ink);
}

/* Three rows of three under the lines, what lies in range in the middle. */
static void draw_flow(struct pl_plot *plot, int lines_n, struct pl_ink edge)
{
    struct pl_rect box = plot->stats_box;
    struct pl_ink ink = pl_canvas_ink(plot->canvas, plot->box_color, 6);
    int row = row_height(plot), top = box.y1 - FLOW * row - padding(plot) / 2;
    int wide = box.x1 - box.x0;
    for (int y = 0; y < FLOW; y++)
        for (int x = 0; x < FLOW; x++) {
            const char *text = plot->flow[y][x];
            int centre = box.x0 + wide * (2 * x + 1) / (2 * FLOW);
            pl_text_draw(plot->canvas, centre - width_of(plot, text) / 2,
                         top + y * row + (int)(plot->stats_px * 0.98 + 0.5), text, plot->stats_px,
                         PL_TEXT_PLAIN, ink);
        }
    int from = lines_n > 0 ? top - plot->thick : box.y0;
    if (lines_n > 0)
        pl_canvas_fill(plot->canvas, (struct pl_rect){box.x0, from, box.x1, from + plot->thick},
                       edge);
    for (int x = 1; x < FLOW; x++) {
        int at = box.x0 + wide * x / FLOW;
        pl_canvas_fill(plot->canvas, (struct pl_rect){at, from, at + plot->thick, box.y1}, edge);
    }
}

void pl_statbox_draw(struct pl_plot *plot)
{
    struct pl_rect box = plot->stats_box;
    int pad = padding(plot), row = row_height(plot), columns = plot->stats_columns;
    struct pl_ink edge = pl_canvas_ink(plot->canvas, plot->box_color, 6);
    pl_canvas_fill(plot->canvas, box, (struct pl_ink){0, 1});
    pl_canvas_frame(plot->canvas, box, plot->thick, edge);
    pl_plot_laid(plot, PL_LAID_STATS, box);
    if (plot->has_flow)
        draw_flow(plot, plot->stat_lines_n, edge);
    int x = box.x0 + pad;
    for (int c = 0; c < columns; c++) {
        int width = columns == 1 ? box.x1 - box.x0 - 2 * pad : column_width(plot, c, columns);
        for (int i = c, r = 0; i < plot->stat_lines_n; i += columns, r++) {
            int baseline = box.y0 + (pad + 1) / 2 + r * row + (int)(plot->stats_px * 0.98 + 0.5);
            draw_line(plot, &plot->stat_lines[i], x, x + width, baseline, columns == 1 && i == 0);
        }
        x += width + 3 * pad;
    }
    if (columns == 1 && plot->stat_lines_n > 1 && *plot->stat_lines[0].label == '\0') {
        int y = box.y0 + (pad + 1) / 2 + row;
        pl_canvas_fill(plot->canvas, (struct pl_rect){box.x0, y, box.x1, y + plot->thick}, edge);
    }
}
