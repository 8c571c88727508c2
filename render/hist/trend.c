/* trend.c - one number of a thing over runs: points with errors, run numbers as labels.
 *
 * Memory: the points, from the arena.
 */
#include "render/hist/plot_priv.h"
#include "shm/base/check.h"

enum pl_err pl_trend_draw(const struct pl_draw *draw, const struct pl_hist_params *params,
                          struct pl_canvas *canvas, struct pl_arena *arena, struct pl_error *error)
{
    (void)draw;
    (void)params;
    (void)canvas;
    (void)arena;
    return pl_fail(error, PL_E_FORMAT, "trends are not drawn yet");
}
