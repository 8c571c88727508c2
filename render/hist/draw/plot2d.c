/* plot2d.c - colour maps: levels and their colours, the map of a grid of cells, the palette.
 *
 * Boxes, dots and numbers are in cells.c, polygons in poly.c. A colour map is made pixel row by
 * pixel row: which bins a pixel column and a pixel row cover is worked out once, equal pixel rows
 * are copied. A pixel that covers several bins shows the one with the largest |content|. Memory:
 * two tables with an entry a pixel and one row of bins that fit it, from the arena.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

/* The palette is the first that is added to a canvas: white and black stand before it. */
enum { FIRST = 1 + PL_BLACK_LEVELS };

static void add_palette(struct pl_canvas *canvas)
{
    unsigned first = canvas->colors_n;
    if (canvas->color_map) /* several maps share it */
        return;
    CHECK(first == FIRST);
    for (unsigned i = 0; i < PL_PALETTE_LEVELS; i++) {
        uint32_t color = pl_style_palette(i);
        for (unsigned c = 0; c < 3; c++)
            canvas->rgb[first + i][c] = (uint8_t)(color >> (16 - 8 * c));
    }
    canvas->colors_n += PL_PALETTE_LEVELS;
    canvas->color_map = true;
}

int pl_map_level(const struct pl_plot *plot, double value)
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
        if (value == 0.0 && plot->smallest >= 0.0 && !plot->options.color_zero &&
            plot->hist->kind != PL_HIST_PROFILE2D) /* zero is a mean like any other */
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
    if (plot->hist->kind == PL_HIST_POLY)
        return pl_poly_free(plot, rect);
    bins_on(&plot->x, rect.x0, rect.x1, &x0, &x1);
    bins_on(&plot->y, rect.y0, rect.y1, &y0, &y1);
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = x0; ix <= x1; ix++) {
            double value = pl_map_value(plot, pl_plot_cell(plot, ix, iy));
            bool shown = plot->options.color ? pl_map_level(plot, value) >= 0
                                             : isfinite(value) && value != 0.0;
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
            double value = pl_map_value(plot, pl_plot_cell(plot, ix, iy));
            if (isfinite(value) && !(fabs(value) <= fabs(best)))
                best = value;
        }
    return best;
}

uint8_t pl_map_color(int level)
{
    return level < 0 ? 0 : (uint8_t)(FIRST + level);
}

static void paint_row(const struct pl_plot *plot, const struct cover *columns, int n,
                      struct cover row, uint8_t *to)
{
    struct cover before = {0, 0};
    uint8_t color = 0;
    for (int i = 0; i < n; i++) {
        if (columns[i].first == 0)
            continue;
        if (columns[i].first != before.first || columns[i].last != before.last) {
            color = pl_map_color(pl_map_level(plot, strongest(plot, columns[i], row)));
            before = columns[i];
        }
        to[i] = color;
    }
}

static enum pl_err draw_map(struct pl_plot *plot, struct pl_error *error)
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
            paint_row(plot, columns, nx, rows[i], to);
        above = to;
    }
    return PL_OK;
}

void pl_plot2d_palette(struct pl_plot *plot)
{
    struct pl_canvas *canvas = plot->canvas;
    struct pl_rect bar = plot->palette;
    int height = bar.y1 - bar.y0;
    for (int y = bar.y0; y < bar.y1; y++) {
        int level = (bar.y1 - 1 - y) * PL_PALETTE_LEVELS / PL_MAX(1, height);
        memset(canvas->rows + (size_t)y * canvas->stride + 1 + (size_t)bar.x0, pl_map_color(level),
               (size_t)(bar.x1 - bar.x0));
    }
}

/* What is asked for and not drawn becomes a colour map, and the client is told. Numbers that fit
 * nowhere would leave an empty frame. */
static void choose_substitute(struct pl_plot *plot)
{
    struct pl_hist_options *options = &plot->options;
    bool poly = plot->hist->kind == PL_HIST_POLY;
    if (poly && (options->box || options->scatter)) {
        pl_plot_note(plot, "polygons are drawn in colour instead of as boxes or dots");
        options->color = true;
    } else if (options->text && !options->color && !options->box && !options->scatter &&
               (poly ? !pl_poly_has_room(plot) : !pl_cells_have_room(plot))) {
        pl_plot_note(plot, "there is no room for the numbers: contents are drawn in colour");
        options->color = true;
    }
}

enum pl_err pl_plot2d_draw(struct pl_plot *plot, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    choose_substitute(plot);
    if (plot->options.color)
        add_palette(plot->canvas);
    pl_canvas_clip(plot->canvas, plot->frame);
    if (plot->hist->kind == PL_HIST_POLY) {
        err = pl_poly_draw(plot, error);
    } else {
        if (plot->options.color)
            err = draw_map(plot, error);
        if (err == PL_OK && (plot->options.box || plot->options.scatter || plot->options.text))
            pl_cells_draw(plot);
    }
    pl_canvas_clip_off(plot->canvas);
    return err;
}
