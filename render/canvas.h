/* canvas.h - an indexed picture: one byte a pixel, a palette that grows, a clip rectangle.
 *
 * Shape: height rows of `stride` = 1 + width bytes; the first byte of a row is the PNG filter type
 * (always 0), so that the rows are what the encoder compresses. Row 0 is the top. Index 0 is white.
 *
 * Colours come as inks: a ramp of `levels` palette entries from pale to full colour over white. An
 * ink of one level is a plain colour; more levels allow smooth edges. The black ink has 11 levels;
 * with white that leaves four colours before a picture needs more than 4 bits a pixel.
 *
 * Where antialiased ink meets something that is neither white nor its own ramp, it is written in
 * full when it covers at least half of the pixel and not at all otherwise. Only on a colour map,
 * which needs 8 bits a pixel anyway, black and white ink get palette entries mixed with what is
 * below; when the palette is full, the entry nearest to the mixture.
 *
 * All memory is the arena's. Coordinates may be anything; drawing is cut at the clip rectangle.
 */
#ifndef PL_CANVAS_H
#define PL_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/err.h"

enum { PL_CANVAS_SIDE_MAX = 2499, PL_BLACK_LEVELS = 11 };

struct pl_rect {
    int x0, y0, x1, y1; /* x1 and y1 are the first column and row outside */
};

struct pl_ink {
    uint8_t first, levels;
};

struct pl_point {
    double x, y; /* pixel units; the centre of pixel 0 is 0.5 */
};

struct pl_canvas {
    uint32_t width_px, height_px;
    size_t stride;
    uint8_t *rows;
    struct pl_arena *arena; /* for what drawing a large polygon needs, given back each time */
    uint8_t rgb[256][3];
    unsigned colors_n;
    struct pl_rect clip;
    struct pl_ink black;
    uint8_t mixed[2][256]
                 [3]; /* palette entry of white or black ink over a colour, 0 = not made yet */
    bool color_map;   /* holds a colour map: many short runs, compress with the fast level */
};

/* pl_canvas_make - a white canvas. PL_E_LIMIT when a side is 0 or over PL_CANVAS_SIDE_MAX or the
 * arena is too small. */
enum pl_err pl_canvas_make(struct pl_canvas *canvas, uint32_t width_px, uint32_t height_px,
                           struct pl_arena *arena, struct pl_error *error);

/* pl_canvas_ink - the ink of colour 0xRRGGBB, made on first use; black and white are always there.
 * With a full palette the ink nearest in colour is returned. */
struct pl_ink pl_canvas_ink(struct pl_canvas *canvas, uint32_t rgb, unsigned levels);

static inline uint8_t pl_ink_full(struct pl_ink ink)
{
    return (uint8_t)(ink.first + ink.levels - 1);
}

void pl_canvas_clip(struct pl_canvas *canvas, struct pl_rect rect); /* cut at the canvas */
void pl_canvas_clip_off(struct pl_canvas *canvas);

void pl_canvas_fill(struct pl_canvas *canvas, struct pl_rect rect, struct pl_ink ink);
/* ROOT fill styles: 1001 solid, 3001..3025 patterns on a fixed grid, 3100..3999 hatches, 0 nothing.
 */
void pl_canvas_fill_style(struct pl_canvas *canvas, struct pl_rect rect, struct pl_ink ink,
                          int style);
/* Outline of `thick` pixels inside rect. */
void pl_canvas_frame(struct pl_canvas *canvas, struct pl_rect rect, int thick, struct pl_ink ink);
/* One pixel with coverage 0..255. */
void pl_canvas_dot(struct pl_canvas *canvas, int x, int y, struct pl_ink ink, unsigned coverage);
/* Antialiased segment. */
void pl_canvas_line(struct pl_canvas *canvas, struct pl_point a, struct pl_point b, double thick,
                    struct pl_ink ink);
void pl_canvas_polyline(struct pl_canvas *canvas, const struct pl_point *points, size_t n,
                        double thick, struct pl_ink ink);

/* A closed outline; the last point need not repeat the first. */
struct pl_ring {
    const struct pl_point *points;
    size_t n;
};
/* pl_canvas_rings - fill rings together by the even-odd rule: islands and holes. Points may be
 * anywhere and as many as memory holds (40 bytes each, given back); rings with one that is not
 * finite are not drawn.
 *
 * smooth   edges by coverage; else a pixel is painted when its centre is inside, so that neighbours
 *          neither share a pixel nor leave one
 * painted  NULL, or becomes the number of pixels reached
 * errors   PL_E_LIMIT when the arena is too small */
enum pl_err pl_canvas_rings(struct pl_canvas *canvas, const struct pl_ring *rings, size_t n,
                            struct pl_ink ink, bool smooth, uint64_t *painted,
                            struct pl_error *error);
/* One smooth polygon; nothing when it does not fit the arena. */
void pl_canvas_polygon(struct pl_canvas *canvas, const struct pl_point *points, size_t n,
                       struct pl_ink ink);
/* ROOT marker style at a point; radius in pixels. */
void pl_canvas_marker(struct pl_canvas *canvas, struct pl_point at, int style, double radius,
                      double thick, struct pl_ink ink);

/* The part of a rectangle inside the clip rectangle; empty when x0 >= x1 or y0 >= y1. */
static inline struct pl_rect pl_canvas_cut(const struct pl_canvas *canvas, struct pl_rect r)
{
    const struct pl_rect *clip = &canvas->clip;
    return (struct pl_rect){r.x0 > clip->x0 ? r.x0 : clip->x0, r.y0 > clip->y0 ? r.y0 : clip->y0,
                            r.x1 < clip->x1 ? r.x1 : clip->x1, r.y1 < clip->y1 ? r.y1 : clip->y1};
}

/* Where a pixel of the canvas is; (x, y) must be on it. */
static inline uint8_t *pl_canvas_pixel(struct pl_canvas *canvas, int x, int y)
{
    return canvas->rows + (size_t)y * canvas->stride + 1 + (size_t)x;
}

static inline uint8_t pl_canvas_at(const struct pl_canvas *canvas, uint32_t x, uint32_t y)
{
    return canvas->rows[y * canvas->stride + 1 + x];
}

#endif
