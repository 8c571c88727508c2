/* plot2d.c - two-dimensional histograms: colour map and its palette, boxes, values, scatter.
 *
 * A colour map is made pixel row by pixel row: which bins a pixel column and a pixel row cover is
 * worked out once, equal pixel rows are copied. A pixel that covers several bins shows the one with
 * the largest |content|. Memory: two tables with an entry a pixel and one row of bins that fit it,
 * from the arena.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/plot_priv.h"
#include "render/hist/style.h"
#include "shm/base/check.h"

/* Colour index of level 0; the levels follow. */
static unsigned palette_first(struct pl_canvas *canvas)
{
    unsigned first = canvas->colors_n;
    CHECK(first + PL_PALETTE_LEVELS <= 256);
    for (unsigned i = 0; i < PL_PALETTE_LEVELS; i++) {
        uint32_t color = pl_style_palette(i);
        for (unsigned c = 0; c < 3; c++)
            canvas->rgb[first + i][c] = (uint8_t)(color >> (16 - 8 * c));
    }
    canvas->colors_n += PL_PALETTE_LEVELS;
    canvas->color_map = true;
    return first;
}

/* Level of a value, or -1 when it is not painted. */
static int level_of(const struct pl_plot *plot, double value)
{
    const struct pl_span *z = &plot->z;
    double part;
    if (!isfinite(value))
        return -1;
    if (z->log) {
        if (value <= 0.0 || value < z->low)
            return -1;
        part = log(value / z->low) / log(z->high / z->low);
    } else {
        if (value == 0.0 && plot->smallest >= 0.0 && !plot->options.color_zero)
            return -1;
        if (value < z->low && plot->params->axis[2].has_min)
            return -1;
        part = (value - z->low) / (z->high - z->low);
    }
    return PL_MAX(0, PL_MIN(PL_PALETTE_LEVELS - 1, (int)floor(part * PL_PALETTE_LEVELS)));
}

/* Bins of a span that reach into the pixels [low, high). */
static void bins_on(const struct pl_span *span, int low, int high, uint32_t *first, uint32_t *last)
{
    bool upwards = span->to_px < span->from_px;
    *first = span->first;
    *last = span->last;
    for (; *first < span->last; ++*first) {
        int end = pl_span_pixel(span, pl_hist_edge(span->axis, *first + 1));
        if (upwards ? end < high : end > low)
            break;
    }
    for (; *last > *first; --*last) {
        int start = pl_span_pixel(span, pl_hist_edge(span->axis, *last));
        if (upwards ? start >= low : start < high)
            break;
    }
}

bool pl_plot2d_free(const struct pl_plot *plot, struct pl_rect rect)
{
    uint32_t x0, x1, y0, y1;
    bins_on(&plot->x, rect.x0, rect.x1, &x0, &x1);
    bins_on(&plot->y, rect.y0, rect.y1, &y0, &y1);
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = x0; ix <= x1; ix++) {
            double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
            bool shown =
                plot->options.color ? level_of(plot, value) >= 0 : isfinite(value) && value != 0.0;
            if (shown)
                return false;
        }
    return true;
}

struct cover {
    uint32_t first, last; /* bins of one pixel column or row */
};

/* Which bins each pixel from the low end of a span covers; n pixels. */
static void cover(const struct pl_span *span, struct cover *out, int n, bool upwards)
{
    for (int i = 0; i < n; i++)
        out[i] = (struct cover){0, 0};
    int low = pl_span_pixel(span, pl_hist_edge(span->axis, span->first));
    int origin = (int)floor(span->from_px + 0.5);
    for (uint32_t bin = span->first; bin <= span->last; bin++) {
        int high = pl_span_pixel(span, pl_hist_edge(span->axis, bin + 1));
        int from = upwards ? origin - low : low - origin,
            to = upwards ? origin - high : high - origin;
        for (int i = PL_MAX(0, from); i < PL_MAX(to, from + 1) && i < n; i++) {
            if (out[i].first == 0)
                out[i].first = bin;
            out[i].last = bin;
        }
        low = high;
    }
}

/* The value with the largest magnitude among the bins of a pixel. */
static double strongest(const struct pl_plot *plot, struct cover x, struct cover y)
{
    double best = NAN;
    for (uint32_t iy = y.first; iy <= y.last; iy++)
        for (uint32_t ix = x.first; ix <= x.last; ix++) {
            double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
            if (isfinite(value) && !(fabs(value) <= fabs(best)))
                best = value;
        }
    return best;
}

static uint8_t color_of(const struct pl_plot *plot, unsigned first, double value)
{
    int level = level_of(plot, value);
    return level < 0 ? 0 : (uint8_t)(first + (unsigned)level);
}

static void paint_row(const struct pl_plot *plot, const struct cover *columns, int n,
                      struct cover row, unsigned first, uint8_t *to)
{
    struct cover before = {0, 0};
    uint8_t color = 0;
    for (int i = 0; i < n; i++) {
        if (columns[i].first == 0)
            continue;
        if (columns[i].first != before.first || columns[i].last != before.last) {
            color = color_of(plot, first, strongest(plot, columns[i], row));
            before = columns[i];
        }
        to[i] = color;
    }
}

static enum pl_err draw_map(struct pl_plot *plot, unsigned first, struct pl_error *error)
{
    const struct pl_rect *f = &plot->frame;
    int nx = f->x1 - f->x0, ny = f->y1 - f->y0;
    struct cover *columns = pl_arena_zalloc(plot->arena, (size_t)nx, sizeof *columns);
    struct cover *rows = pl_arena_zalloc(plot->arena, (size_t)ny, sizeof *rows);
    if (columns == NULL || rows == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the bins");
    cover(&plot->x, columns, nx, false);
    cover(&plot->y, rows, ny, true);
    const uint8_t *above = NULL;
    for (int i = 0; i < ny; i++) {
        int y = (int)floor(plot->y.from_px + 0.5) - 1 - i + plot->thick;
        if (rows[i].first == 0 || y < 0 || y >= (int)plot->canvas->height_px)
            continue;
        uint8_t *to = plot->canvas->rows + (size_t)y * plot->canvas->stride + 1 + (size_t)f->x0;
        if (above != NULL && memcmp(&rows[i], &rows[i - 1], sizeof *rows) == 0)
            memcpy(to, above, (size_t)nx);
        else
            paint_row(plot, columns, nx, rows[i], first, to);
        above = to;
    }
    return PL_OK;
}

void pl_plot2d_palette(struct pl_plot *plot)
{
    struct pl_canvas *canvas = plot->canvas;
    struct pl_rect bar = plot->palette;
    unsigned first = 1 + PL_BLACK_LEVELS; /* the palette is the first that is added to a canvas */
    int height = bar.y1 - bar.y0;
    for (int y = bar.y0; y < bar.y1; y++) {
        int level = (bar.y1 - 1 - y) * PL_PALETTE_LEVELS / PL_MAX(1, height);
        memset(canvas->rows + (size_t)y * canvas->stride + 1 + (size_t)bar.x0,
               (int)(first + (unsigned)level), (size_t)(bar.x1 - bar.x0));
    }
}

/* ---- other styles -------------------------------------------------------------------------- */

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
    if (w < 1 && h < 1)
        return;
    struct pl_rect box = {x, y, x + PL_MAX(w, 1) + plot->thick, y + PL_MAX(h, 1) + plot->thick};
    pl_canvas_frame(plot->canvas, box, plot->thick, ink);
    if (value < 0.0) { /* negative: crossed out, as ROOT does */
        pl_canvas_line(plot->canvas, (struct pl_point){box.x0, box.y0},
                       (struct pl_point){box.x1, box.y1}, plot->thick, ink);
        pl_canvas_line(plot->canvas, (struct pl_point){box.x0, box.y1},
                       (struct pl_point){box.x1, box.y0}, plot->thick, ink);
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
    double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
    if (!isfinite(value) || value == 0.0)
        return false;
    snprintf(text, 32, "%.4g", value);
    return true;
}

/* Largest size at which a number fits its cell; 0 when none does. */
static unsigned number_px(const struct pl_plot *plot, struct pl_rect cell, const char *text,
                          unsigned most)
{
    double angle = plot->options.text_angle * (M_PI / 180.0);
    double c = fabs(cos(angle)), s = fabs(sin(angle));
    for (unsigned px = most; px >= 7; px--) {
        int width = pl_text_measure(text, px, PL_TEXT_PLAIN).width_px;
        if (width * c + 0.73 * px * s + 2 <= cell.x1 - cell.x0 &&
            width * s + 0.85 * px * c + 1 <= cell.y1 - cell.y0)
            return px;
    }
    return 0;
}

/* One size for all numbers of a map: the one at which nine of ten fit; 0 = none is drawn. */
static unsigned numbers_px(const struct pl_plot *plot)
{
    unsigned fit[128] = {0}, n = 0, most = PL_MIN(plot->label_px, 127u), px;
    char text[32];
    for (uint32_t iy = plot->y.first; iy <= plot->y.last; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            if (!number_of(plot, ix, iy, text))
                continue;
            fit[number_px(plot, cell_rect(plot, ix, iy), text, most)]++;
            if (++n == 2000) /* enough to know */
                iy = plot->y.last, ix = plot->x.last;
        }
    unsigned smaller = fit[0];
    for (px = 7; px < most && smaller + fit[px] <= n / 10; px++)
        smaller += fit[px];
    return fit[0] > n / 10 ? 0 : px;
}

/* White on the dark part of the palette, black elsewhere. */
static void draw_number(struct pl_plot *plot, struct pl_rect cell, uint32_t ix, uint32_t iy,
                        unsigned px)
{
    char text[32];
    if (!number_of(plot, ix, iy, text) || number_px(plot, cell, text, px) != px)
        return;
    double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
    int width = pl_text_measure(text, px, PL_TEXT_PLAIN).width_px;
    bool dark = plot->options.color && level_of(plot, value) < 40;
    struct pl_ink ink = dark ? (struct pl_ink){0, 1} : plot->canvas->black;
    if (plot->options.text_angle != 0)
        pl_plot_number(plot, 0.5 * (cell.x0 + cell.x1), 0.5 * (cell.y0 + cell.y1), text, px,
                       plot->options.text_angle, ink);
    else
        pl_text_draw(plot->canvas, (cell.x0 + cell.x1 - width) / 2,
                     (cell.y0 + cell.y1) / 2 + (int)(px * 0.36 + 0.5), text, px, PL_TEXT_PLAIN,
                     ink);
}

static void draw_cells(struct pl_plot *plot)
{
    uint32_t state = 2463534242u;
    unsigned px = plot->options.text ? numbers_px(plot) : 0;
    for (uint32_t iy = plot->y.first; iy <= plot->y.last; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
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

enum pl_err pl_plot2d_draw(struct pl_plot *plot, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    pl_canvas_clip(plot->canvas, plot->frame);
    if (plot->options.color)
        err = draw_map(plot, palette_first(plot->canvas), error);
    if (err == PL_OK && (plot->options.box || plot->options.scatter || plot->options.text))
        draw_cells(plot);
    pl_canvas_clip_off(plot->canvas);
    return err;
}
