/* hist.c - the histogram renderer: its table, and the way from bytes to an encoded picture.
 *
 * Reading is file.c and its neighbours, drawing plot.c and its neighbours; nothing is decided here.
 * Memory: the job's arena; the picture goes into the caller's buffer.
 */
#include "render/hist/hist.h"

#include "render/encode/jpeg.h"
#include "render/encode/png.h"
#include "render/hist/json.h"
#include "render/hist/params.h"
#include "render/hist/plot.h"
#include "render/hist/reader.h"
#include "render/render.h"
#include "shm/base/clock.h"

extern const struct pl_renderer pl_renderer_hist;

static enum pl_err render(const struct pl_draw *draw, struct pl_arena *arena, struct pl_buf *out,
                          struct pl_draw_times *times, struct pl_error *error)
{
    struct pl_hist hist;
    struct pl_hist_params params;
    struct pl_canvas canvas;
    uint64_t start = pl_now_ns();
    if (draw->sources_n != 1)
        return pl_fail(error, PL_E_FORMAT, "only single pictures are drawn");
    const struct pl_draw_source *main = &draw->sources[0];
    enum pl_err err = pl_hist_params_parse(draw->params->text, &params, error);
    if (err == PL_OK)
        err = pl_hist_read(&main->source, main->locator, main->locator_n, arena, &hist, error);
    if (err != PL_OK)
        return err;
    uint64_t loaded = pl_now_ns();
    times->load_ns = loaded - start;
    if (draw->params->media == PL_MEDIA_JSON)
        return pl_hist_json(&hist, 1, &params, out, error);
    err = pl_hist_draw(&hist, &params, &canvas, arena, error);
    if (err != PL_OK)
        return err;
    uint64_t drawn = pl_now_ns();
    err = draw->params->media == PL_MEDIA_JPEG ? pl_jpeg_canvas(&canvas, arena, out, error)
                                               : pl_png_canvas(&canvas, arena, out, error);
    times->render_ns = drawn - loaded;
    times->encode_ns = pl_now_ns() - drawn;
    return err;
}

const struct pl_renderer pl_renderer_hist = {
    .name = "hist",
    .media = "application/x-root",
    .version = 2,
    .arena_least_bytes = 32 << 20,
    .probe = pl_hist_probe,
    .inspect = pl_hist_inspect,
    .params = pl_hist_params,
    .render = render,
};
