/* plot.h - a histogram onto a canvas. */
#ifndef PL_HIST_PLOT_H
#define PL_HIST_PLOT_H

#include "render/canvas.h"
#include "render/hist/hist.h"
#include "render/hist/params.h"

/* pl_hist_draw - draw the whole picture: axes, data, title, statistics.
 *
 * canvas  made here, params->width_px x height_px, memory from the arena
 * errors  PL_E_LIMIT when the arena is too small
 * needs   pl_text_start
 */
enum pl_err pl_hist_draw(const struct pl_hist *hist, const struct pl_hist_params *params,
                         struct pl_canvas *canvas, struct pl_arena *arena, struct pl_error *error);

#endif
