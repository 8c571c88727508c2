/* canvas.c - pixels, inks, clipping and lines on an indexed canvas.
 *
 * Polygons, markers and fill patterns are in files of their own. Knows nothing of text, plots or
 * files. Memory: the rows are one arena allocation; nothing else is kept.
 */
#include "render/canvas.h"

#include <math.h>
#include <string.h>

#include "shm/base/check.h"

static void add_color(struct pl_canvas *canvas, unsigned r, unsigned g, unsigned b)
{
    CHECK(canvas->colors_n < 256);
    uint8_t *rgb = canvas->rgb[canvas->colors_n++];
    rgb[0] = (uint8_t)r;
    rgb[1] = (uint8_t)g;
    rgb[2] = (uint8_t)b;
}

static struct pl_ink add_ramp(struct pl_canvas *canvas, uint32_t color, unsigned levels)
{
    struct pl_ink ink = {(uint8_t)canvas->colors_n, (uint8_t)levels};
    for (unsigned i = 1; i <= levels; i++) {
        unsigned part[3];
        for (unsigned c = 0; c < 3; c++) {
            unsigned full = color >> (16 - 8 * c) & 255;
            part[c] = 255 - ((255 - full) * i + levels / 2) / levels;
        }
        add_color(canvas, part[0], part[1], part[2]);
    }
    return ink;
}

enum pl_err pl_canvas_make(struct pl_canvas *canvas, uint32_t width_px, uint32_t height_px,
                           struct pl_arena *arena, struct pl_error *error)
{
    memset(canvas, 0, sizeof *canvas);
    if (width_px < 1 || width_px > PL_CANVAS_SIDE_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "w", "a picture is 1 to %d pixels wide",
                             PL_CANVAS_SIDE_MAX);
    if (height_px < 1 || height_px > PL_CANVAS_SIDE_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "h", "a picture is 1 to %d pixels high",
                             PL_CANVAS_SIDE_MAX);
    canvas->width_px = width_px;
    canvas->height_px = height_px;
    canvas->stride = (size_t)width_px + 1;
    canvas->arena = arena;
    canvas->rows = pl_arena_zalloc(arena, height_px, canvas->stride);
    if (canvas->rows == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "w",
                             "%ux%u pixels do not fit the memory of one job", width_px, height_px);
    add_color(canvas, 255, 255, 255);
    canvas->black = add_ramp(canvas, 0x000000, PL_BLACK_LEVELS);
    pl_canvas_clip_off(canvas);
    return PL_OK;
}

static unsigned distance(const uint8_t rgb[3], uint32_t color)
{
    unsigned sum = 0;
    for (unsigned c = 0; c < 3; c++) {
        int d = (int)rgb[c] - (int)(color >> (16 - 8 * c) & 255);
        sum += (unsigned)(d * d);
    }
    return sum;
}

/* The ramp of this colour that was made before; no levels when there is none. */
static struct pl_ink find_ramp(const struct pl_canvas *canvas, uint32_t rgb, unsigned levels)
{
    uint32_t pale = 0;
    for (unsigned c = 0; c < 3; c++) {
        unsigned full = rgb >> (16 - 8 * c) & 255;
        pale = pale << 8 | (255 - ((255 - full) + levels / 2) / levels);
    }
    for (unsigned first = 1; first + levels <= canvas->colors_n; first++)
        if (distance(canvas->rgb[first + levels - 1], rgb) == 0 &&
            distance(canvas->rgb[first], pale) == 0)
            return (struct pl_ink){(uint8_t)first, (uint8_t)levels};
    return (struct pl_ink){0, 0};
}

struct pl_ink pl_canvas_ink(struct pl_canvas *canvas, uint32_t rgb, unsigned levels)
{
    if (rgb == 0xffffff)
        return (struct pl_ink){0, 1};
    if (rgb == 0x000000)
        return canvas->black;
    unsigned best = 0, best_distance = UINT32_MAX;
    struct pl_ink again = find_ramp(canvas, rgb, levels);
    if (again.levels > 0)
        return again;
    for (unsigned i = 0; i < canvas->colors_n; i++) {
        unsigned d = distance(canvas->rgb[i], rgb);
        if (d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    if ((best_distance == 0 && levels == 1) || canvas->colors_n + levels > 256)
        return (struct pl_ink){(uint8_t)best, 1};
    return add_ramp(canvas, rgb, levels);
}

void pl_canvas_clip(struct pl_canvas *canvas, struct pl_rect rect)
{
    canvas->clip.x0 = PL_MAX(rect.x0, 0);
    canvas->clip.y0 = PL_MAX(rect.y0, 0);
    canvas->clip.x1 = PL_MIN(rect.x1, (int)canvas->width_px);
    canvas->clip.y1 = PL_MIN(rect.y1, (int)canvas->height_px);
}

void pl_canvas_clip_off(struct pl_canvas *canvas)
{
    canvas->clip = (struct pl_rect){0, 0, (int)canvas->width_px, (int)canvas->height_px};
}

void pl_canvas_fill(struct pl_canvas *canvas, struct pl_rect rect, struct pl_ink ink)
{
    struct pl_rect r = pl_canvas_cut(canvas, rect);
    if (r.x0 >= r.x1)
        return;
    for (int y = r.y0; y < r.y1; y++)
        memset(pl_canvas_pixel(canvas, r.x0, y), pl_ink_full(ink), (size_t)(r.x1 - r.x0));
}

void pl_canvas_frame(struct pl_canvas *canvas, struct pl_rect r, int thick, struct pl_ink ink)
{
    pl_canvas_fill(canvas, (struct pl_rect){r.x0, r.y0, r.x1, r.y0 + thick}, ink);
    pl_canvas_fill(canvas, (struct pl_rect){r.x0, r.y1 - thick, r.x1, r.y1}, ink);
    pl_canvas_fill(canvas, (struct pl_rect){r.x0, r.y0, r.x0 + thick, r.y1}, ink);
    pl_canvas_fill(canvas, (struct pl_rect){r.x1 - thick, r.y0, r.x1, r.y1}, ink);
}

/* The palette entry nearest to a colour; never white, which stands for "not known" where it is
 * kept.
 */
static uint8_t nearest(const struct pl_canvas *canvas, uint32_t rgb)
{
    unsigned best = 1;
    for (unsigned i = 2; i < canvas->colors_n; i++)
        if (distance(canvas->rgb[i], rgb) < distance(canvas->rgb[best], rgb))
            best = i;
    return (uint8_t)best;
}

/* Black or white ink over a colour: the palette entry of a quarter, half or three quarters of it.
 */
static uint8_t mix(struct pl_canvas *canvas, uint8_t below, bool black, unsigned quarter)
{
    uint8_t *known = &canvas->mixed[black][below][quarter - 1];
    if (*known != 0)
        return *known;
    unsigned rgb[3], full = black ? 0 : 255;
    for (unsigned c = 0; c < 3; c++)
        rgb[c] = (canvas->rgb[below][c] * (4 - quarter) + full * quarter) / 4;
    if (canvas->colors_n == 256) {
        *known = nearest(canvas, rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
    } else {
        *known = (uint8_t)canvas->colors_n;
        add_color(canvas, rgb[0], rgb[1], rgb[2]);
    }
    return *known;
}

static inline void blend(struct pl_canvas *canvas, uint8_t *p, struct pl_ink ink, unsigned coverage)
{
    unsigned level = (coverage * ink.levels + 127) / 255;
    if (level == 0)
        return;
    uint8_t value = (uint8_t)(ink.first + level - 1);
    if (*p == 0)
        *p = value;
    else if (*p >= ink.first && *p < ink.first + ink.levels)
        *p = PL_MAX(*p, value);
    else if (canvas->color_map && coverage >= 32 && coverage < 224 && ink.first <= 1)
        *p = mix(canvas, *p, ink.first == 1, (coverage + 32) / 64);
    else if (coverage >= 128)
        *p = pl_ink_full(ink);
}

void pl_canvas_dot(struct pl_canvas *canvas, int x, int y, struct pl_ink ink, unsigned coverage)
{
    const struct pl_rect *clip = &canvas->clip;
    if (x >= clip->x0 && x < clip->x1 && y >= clip->y0 && y < clip->y1)
        blend(canvas, pl_canvas_pixel(canvas, x, y), ink, PL_MIN(coverage, 255u));
}

/* The part of pixel row (or column) `at` covered by [low, high], 0..255. */
static unsigned covered(int at, double low, double high)
{
    double part = PL_MIN(high, at + 1.0) - PL_MAX(low, at);
    return part <= 0.0 ? 0 : (unsigned)(part * 255.0 + 0.5);
}

/* One step of a line: pixels from low to high in column m, in row m of a steep line. m is inside
 * the clip rectangle. */
static inline void cross(struct pl_canvas *canvas, bool steep, int m, double low, double high,
                         struct pl_ink ink)
{
    const struct pl_rect *clip = &canvas->clip;
    int least = steep ? clip->x0 : clip->y0, most = steep ? clip->x1 : clip->y1;
    low = PL_MAX(low, (double)least);
    high = PL_MIN(high, (double)most);
    if (!(low < high))
        return;
    int from = (int)low, to = PL_MIN((int)high, most - 1);
    uint8_t *at = steep ? pl_canvas_pixel(canvas, from, m) : pl_canvas_pixel(canvas, m, from);
    for (int n = from; n <= to; n++, at += steep ? 1 : canvas->stride)
        blend(canvas, at, ink, covered(n, low, high));
}

/* Cuts the segment so that its major coordinate stays within [low, high]. */
static bool cut(double *ma, double *na, double *mb, double *nb, double low, double high)
{
    if (*ma > high || *mb < low)
        return false;
    double slope = (*nb - *na) / (*mb - *ma);
    if (*ma < low) {
        *na += slope * (low - *ma);
        *ma = low;
    }
    if (*mb > high) {
        *nb = *na + slope * (high - *ma);
        *mb = high;
    }
    return true;
}

void pl_canvas_line(struct pl_canvas *canvas, struct pl_point a, struct pl_point b, double thick,
                    struct pl_ink ink)
{
    if (!isfinite(a.x) || !isfinite(a.y) || !isfinite(b.x) || !isfinite(b.y))
        return;
    bool steep = fabs(b.y - a.y) > fabs(b.x - a.x);
    double ma = steep ? a.y : a.x, na = steep ? a.x : a.y; /* major and minor coordinate */
    double mb = steep ? b.y : b.x, nb = steep ? b.x : b.y;
    if (ma > mb) {
        double m = ma, n = na;
        ma = mb, na = nb, mb = m, nb = n;
    }
    if (mb - ma < 1e-9)
        return;
    const struct pl_rect *clip = &canvas->clip;
    if (!cut(&ma, &na, &mb, &nb, (steep ? clip->y0 : clip->x0) - 1.0,
             (steep ? clip->y1 : clip->x1) + 1.0))
        return;
    double slope = mb - ma < 1e-9 ? 0.0 : (nb - na) / (mb - ma);
    double half = 0.5 * thick * sqrt(1.0 + slope * slope);
    int first = PL_MAX((int)floor(ma), steep ? clip->y0 : clip->x0);
    int last = PL_MIN((int)floor(mb), (steep ? clip->y1 : clip->x1) - 1);
    /* whole pixels along the line, so that the pieces of a polyline meet without a seam */
    for (int m = first; m <= last; m++) {
        double centre = na + slope * (PL_MIN(PL_MAX(m + 0.5, ma), mb) - ma);
        cross(canvas, steep, m, centre - half, centre + half, ink);
    }
}

void pl_canvas_polyline(struct pl_canvas *canvas, const struct pl_point *points, size_t n,
                        double thick, struct pl_ink ink)
{
    for (size_t i = 1; i < n; i++)
        pl_canvas_line(canvas, points[i - 1], points[i], thick, ink);
}
