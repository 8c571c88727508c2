/* cells.c - what stands inside the cells of a map: boxes, dots, numbers.
 *
 * Memory: none.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

static struct pl_rect cell_rect(const struct pl_plot *plot, uint32_t ix, uint32_t iy)
{
    return (struct pl_rect){pl_span_pixel(&plot->x, pl_hist_edge(&plot->hist->x, ix)),
                            pl_span_pixel(&plot->y, pl_hist_edge(&plot->hist->y, iy + 1)),
                            pl_span_pixel(&plot->x, pl_hist_edge(&plot->hist->x, ix + 1)),
                            pl_span_pixel(&plot->y, pl_hist_edge(&plot->hist->y, iy))};
}

static void draw_box(struct pl_plot *plot, struct pl_rect cell, double value)
{
    struct pl_ink ink = pl_canvas_ink(plot->canvas, pl_style_color(plot->hist->line_color), 1);
    double largest = fmax(fabs(plot->z.low), fabs(plot->z.high));
    double side = largest > 0.0 ? sqrt(fmin(1.0, fabs(value) / largest)) : 0.0;
    int w = (int)((cell.x1 - cell.x0) * side + 0.5), h = (int)((cell.y1 - cell.y0) * side + 0.5);
    int x = (cell.x0 + cell.x1 - w) / 2, y = (cell.y0 + cell.y1 - h) / 2;
    bool speck = cell.x1 - cell.x0 <= 2 && cell.y1 - cell.y0 <= 2;
    if (w < 1 && h < 1 && !(speck && side >= 0.3)) /* of cells that are points the strong ones */
        return;
    struct pl_rect box = {x, y, x + PL_MAX(w, 1) + plot->thick, y + PL_MAX(h, 1) + plot->thick};
    pl_canvas_frame(plot->canvas, box, plot->thick, ink);
    double x0 = box.x0 + plot->thick, x1 = box.x1 - plot->thick;
    double y0 = box.y0 + plot->thick, y1 = box.y1 - plot->thick;
    if (value < 0.0 && x0 < x1 && y0 < y1) { /* negative: crossed out inside, as ROOT does */
        pl_canvas_line(plot->canvas, (struct pl_point){x0, y0}, (struct pl_point){x1, y1},
                       plot->thick, ink);
        pl_canvas_line(plot->canvas, (struct pl_point){x0, y1}, (struct pl_point){x1, y0},
                       plot->thick, ink);
    }
}

static uint32_t step(uint32_t *state) /* xorshift32: the same dots every time */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* At most 2000 dots in the fullest cell or one for each pixel it has. */
static void draw_scatter(struct pl_plot *plot, struct pl_rect cell, double value, uint32_t *state)
{
    double largest = fmax(plot->z.high, 1e-300);
    double width = PL_MAX(1, cell.x1 - cell.x0), height = PL_MAX(1, cell.y1 - cell.y0);
    double scale = fmin(1.0, fmin(2000.0, width * height) / largest);
    double dots = value * scale;
    unsigned n = dots > 0.0 ? (unsigned)fmin(dots, 2000.0) : 0;
    if (dots - n > (step(state) >> 8) * 0x1p-24)
        n++;
    for (unsigned i = 0; i < n; i++) {
        int x = cell.x0 + (int)(width * ((step(state) >> 8) * 0x1p-24));
        int y = cell.y0 + (int)(height * ((step(state) >> 8) * 0x1p-24));
        pl_canvas_fill(plot->canvas, (struct pl_rect){x, y, x + plot->thick, y + plot->thick},
                       pl_canvas_ink(plot->canvas, pl_style_color(plot->hist->marker_color), 1));
    }
}

static bool number_of(const struct pl_plot *plot, uint32_t ix, uint32_t iy, char text[32])
{
    double value = pl_map_value(plot, pl_plot_cell(plot, ix, iy));
    if (!isfinite(value) || value == 0.0)
        return false;
    snprintf(text, 32, "%.4g", value);
    return true;
}

unsigned pl_number_px(const struct pl_plot *plot, int width, int height, const char *text,
                      unsigned most)
{
    double angle = plot->options.text_angle * (M_PI / 180.0);
    double c = fabs(cos(angle)), s = fabs(sin(angle));
    for (unsigned px = most; px >= 7; px--) {
        int length = pl_text_measure(text, px, PL_TEXT_PLAIN).width_px;
        if (length * c + 0.73 * px * s + 2 <= width && length * s + 0.85 * px * c + 1 <= height)
            return px;
    }
    return 0;
}

unsigned pl_number_common_px(const unsigned fit[PL_NUMBER_SIZES], unsigned n, unsigned most)
{
    unsigned smaller = fit[0], px = 7;
    for (; px < most && smaller + fit[px] <= n / 10; px++)
        smaller += fit[px];
    return fit[0] > n / 10 ? 0 : px;
}

/* One size for all numbers of a map. */
static unsigned numbers_px(const struct pl_plot *plot)
{
    unsigned fit[PL_NUMBER_SIZES] = {0}, n = 0;
    unsigned most = PL_MIN(plot->label_px, PL_NUMBER_SIZES - 1u);
    char text[32];
    for (uint32_t iy = plot->y.first; iy <= plot->y.last; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            if (!number_of(plot, ix, iy, text))
                continue;
            struct pl_rect cell = cell_rect(plot, ix, iy);
            fit[pl_number_px(plot, cell.x1 - cell.x0, cell.y1 - cell.y0, text, most)]++;
            if (++n == 2000) /* enough to know */
                iy = plot->y.last, ix = plot->x.last;
        }
    return pl_number_common_px(fit, n, most);
}

/* White where the canvas is dark. */
static struct pl_ink readable(const struct pl_canvas *canvas, double x, double y)
{
    if (!(x >= 0.0 && x < canvas->width_px && y >= 0.0 && y < canvas->height_px))
        return canvas->black;
    uint8_t there = pl_canvas_at(canvas, (uint32_t)x, (uint32_t)y);
    const uint8_t *rgb = canvas->rgb[there];
    if (there <= PL_BLACK_LEVELS) /* a line, or nothing */
        return canvas->black;
    return 3 * rgb[0] + 6 * rgb[1] + rgb[2] < 1200 ? (struct pl_ink){0, 1} : canvas->black;
}

void pl_number_draw(struct pl_plot *plot, double x, double y, const char *text, unsigned px)
{
    struct pl_ink ink = readable(plot->canvas, x, y);
    if (plot->options.text_angle != 0)
        pl_plot_number(plot, x, y, text, px, plot->options.text_angle, ink);
    else
        pl_text_draw(plot->canvas,
                     (int)floor(x - 0.5 * pl_text_measure(text, px, PL_TEXT_PLAIN).width_px),
                     (int)y + (int)(px * 0.36 + 0.5), text, px, PL_TEXT_PLAIN, ink);
}

/* Numbers over white or colour are drawn after the axes. */
static bool numbers_last(const struct pl_plot *plot)
{
    const struct pl_hist_options *o = &plot->options;
    return o->text && !o->box && !o->scatter && plot->hist->kind != PL_HIST_POLY;
}

/* Takes the ticks out of a cell whose number they would touch: one looks like a minus sign. */
static void clear_ticks(struct pl_plot *plot, struct pl_rect cell, uint32_t ix, uint32_t iy,
                        int half_width, unsigned px)
{
    int length = pl_axis_tick_length(plot) + 2, inset = 2 * plot->thick;
    bool beside = (cell.x0 + cell.x1) / 2 - half_width < plot->frame.x0 + length;
    bool above = (cell.y0 + cell.y1 + (int)px) / 2 > plot->frame.y1 - length;
    double value = pl_map_value(plot, pl_plot_cell(plot, ix, iy));
    if (!beside && !above)
        return;
    pl_canvas_fill(
        plot->canvas,
        (struct pl_rect){cell.x0 + inset, cell.y0 + inset, cell.x1 - plot->thick,
                         cell.y1 - plot->thick},
        (struct pl_ink){plot->options.color ? pl_map_color(pl_map_level(plot, value)) : 0, 1});
}

static void draw_number(struct pl_plot *plot, struct pl_rect cell, uint32_t ix, uint32_t iy,
                        unsigned px)
{
    char text[32];
    int width = cell.x1 - cell.x0, height = cell.y1 - cell.y0;
    if (!number_of(plot, ix, iy, text) || pl_number_px(plot, width, height, text, px) != px)
        return;
    double x = 0.5 * (cell.x0 + cell.x1), y = 0.5 * (cell.y0 + cell.y1);
    if (numbers_last(plot) && plot->options.text_angle == 0)
        clear_ticks(plot, cell, ix, iy, pl_text_measure(text, px, PL_TEXT_PLAIN).width_px / 2, px);
    pl_number_draw(plot, x, y, text, px);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The same dots whenever the same object is drawn. */
static uint32_t seed_of(const struct pl_hist *hist)
{
    uint32_t seed = UINT32_C(2166136261); /* FNV-1a */
    for (const char *p = hist->name; *p != '\0'; p++)
        seed = (seed ^ (uint8_t)*p) * UINT32_C(16777619);
    for (uint64_t i = 0; i < hist->content.n && i < 4096; i++)
        seed = (seed ^ (uint32_t)(bits_of(pl_cell(&hist->content, i)) >> 32)) * UINT32_C(16777619);
    return seed != 0 ? seed : 1;
}

void pl_cells_over_ticks(struct pl_plot *plot)
{
    unsigned px = numbers_last(plot) ? numbers_px(plot) : 0;
    pl_canvas_clip(plot->canvas, plot->frame);
    for (uint32_t iy = plot->y.first; px > 0 && iy <= plot->y.last; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++)
            draw_number(plot, cell_rect(plot, ix, iy), ix, iy, px);
    pl_canvas_clip_off(plot->canvas);
}

bool pl_cells_have_room(const struct pl_plot *plot)
{
    return numbers_px(plot) > 0;
}

void pl_cells_draw(struct pl_plot *plot)
{
    uint32_t state = seed_of(plot->hist);
    unsigned px = plot->options.text && !numbers_last(plot) ? numbers_px(plot) : 0;
    for (uint32_t iy = plot->y.first; iy <= plot->y.last; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            double value = pl_map_value(plot, pl_plot_cell(plot, ix, iy));
            if (!isfinite(value) || value == 0.0)
                continue;
            struct pl_rect cell = cell_rect(plot, ix, iy);
            if (plot->options.box)
                draw_box(plot, cell, value);
            if (plot->options.scatter)
                draw_scatter(plot, cell, value, &state);
            if (px > 0)
                draw_number(plot, cell, ix, iy, px);
        }
}
