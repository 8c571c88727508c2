/* plot.h - things of a ROOT file onto a canvas. */
#ifndef PL_HIST_PLOT_H
#define PL_HIST_PLOT_H

#include "render/canvas.h"
#include "render/hist/hist.h"
#include "render/hist/params.h"
#include "render/render.h"

/* One thing of a picture. */
struct pl_hist_layer {
    const struct pl_hist *hist;
    const char *selector, *label; /* for messages and legends; label may be "" */
    bool efficiency;              /* never scaled to another one */
};

struct pl_hist_picture {
    const struct pl_hist_layer *layers; /* the main one, then its references */
    unsigned layers_n;                  /* 1..PL_DRAW_SOURCES_MAX */
    enum pl_quality quality;            /* of the main one: colour of the picture's edge */
    const struct pl_hist_params *params;
    char *note; /* as in struct pl_draw; NULL: nobody reads it */
};

/* pl_hist_overlaid - can things of this kind be laid over one another? Of the others only the first
 * is drawn. */
bool pl_hist_overlaid(const struct pl_hist *hist);

/* pl_hist_comparable - PL_E_INPUT naming `obj` when the second cannot stand in one picture with the
 * first: another kind, another number of dimensions, other bins. */
enum pl_err pl_hist_comparable(const struct pl_hist_layer *first,
                               const struct pl_hist_layer *second, struct pl_error *error);

/* pl_hist_draw - draw the whole picture: axes, data, titles, statistics, edge.
 *
 * canvas  made here, params->width_px x height_px, memory from the arena
 * errors  PL_E_LIMIT when the arena is too small, PL_E_FORMAT for what has no picture
 * needs   pl_text_start; layers that are overlaid and comparable, or one layer
 */
enum pl_err pl_hist_draw(const struct pl_hist_picture *picture, struct pl_canvas *canvas,
                         struct pl_arena *arena, struct pl_error *error);

/* pl_trend_draw - the points of a trend (render.h) over their run numbers. */
enum pl_err pl_trend_draw(const struct pl_draw *draw, const struct pl_hist_params *params,
                          struct pl_canvas *canvas, struct pl_arena *arena, struct pl_error *error);

#endif
