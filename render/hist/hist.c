/* hist.c - the histogram renderer: its table, and the way from bytes to an encoded picture.
 *
 * Reading is in root/, drawing in draw/. Decided here: which
 * sources make one picture. Different kinds never do; of things that cannot be laid over one
 * another (maps, texts) the first is drawn and the note says so. Memory: the job's arena; the
 * picture goes into the caller's buffer.
 */
#include "render/hist/hist.h"

#include <stdio.h>

#include "render/encode/jpeg.h"
#include "render/encode/png.h"
#include "render/hist/draw/plot.h"
#include "render/hist/json.h"
#include "render/hist/params.h"
#include "render/hist/root/dqm_path.h"
#include "render/hist/root/reader.h"
#include "render/render.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

extern const struct pl_renderer pl_renderer_hist;

static enum pl_err read_one(const struct pl_draw_source *source, const struct pl_hist_params *fit,
                            struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    return pl_hist_read_fit(&source->source, source->locator, source->locator_n, fit, arena, hist,
                            error);
}

static enum pl_err write_numbers(const struct pl_draw *draw, const struct pl_hist_params *params,
                                 struct pl_arena *arena, struct pl_buf *out,
                                 struct pl_draw_times *times, struct pl_error *error)
{
    struct pl_hist hists[PL_DRAW_SOURCES_MAX];
    enum pl_err err = PL_OK;
    uint64_t start = pl_now_ns();
    if (draw->sources_n == 0)
        return pl_fail(error, PL_E_FORMAT, "a trend is only drawn, not written as numbers");
    for (unsigned i = 0; err == PL_OK && i < draw->sources_n; i++)
        err = read_one(&draw->sources[i], NULL, arena, &hists[i], error);
    times->load_ns = pl_now_ns() - start;
    return err == PL_OK ? pl_hist_json(hists, draw->sources_n, params, out, error) : err;
}

/* The main thing, and those to be laid over it. What only has to be of the same kind is not kept in
 * memory: maps can be large. */
static enum pl_err read_layers(const struct pl_draw *draw, struct pl_hist_picture *picture,
                               struct pl_hist *hists, struct pl_hist_layer *layers,
                               struct pl_arena *arena, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    bool keep = true;
    picture->layers_n = 1;
    for (unsigned i = 0; err == PL_OK && i < draw->sources_n; i++) {
        const struct pl_draw_source *source = &draw->sources[i];
        size_t mark = pl_arena_mark(arena);
        layers[i] =
            (struct pl_hist_layer){&hists[i], source->selector, source->label, source->efficiency};
        err = read_one(source, picture->params, arena, &hists[i], error);
        if (err != PL_OK || (i == 0 && picture->params->reference == PL_REF_OBJECT))
            return err;
        if (i == 0)
            keep = pl_hist_overlaid(&hists[0]);
        else
            err = pl_hist_comparable(&layers[0], &layers[i], error);
        if (keep)
            picture->layers_n = i + 1;
        else if (i > 0)
            pl_arena_release(arena, mark);
    }
    if (!keep && draw->sources_n > 1 && draw->note != NULL)
        (void)snprintf(draw->note, PL_DRAW_NOTE_N,
                       "only histograms of one dimension and graphs are laid over one another: the "
                       "first object is drawn alone");
    return err;
}

static enum pl_err draw_sources(const struct pl_draw *draw, const struct pl_hist_params *params,
                                struct pl_canvas *canvas, struct pl_arena *arena,
                                struct pl_draw_times *times, struct pl_error *error)
{
    struct pl_hist hists[PL_DRAW_SOURCES_MAX];
    struct pl_hist_layer layers[PL_DRAW_SOURCES_MAX];
    struct pl_hist_picture picture = {.layers = layers,
                                      .quality = draw->sources[0].quality,
                                      .params = params,
                                      .note = draw->note};
    uint64_t start = pl_now_ns();
    enum pl_err err = read_layers(draw, &picture, hists, layers, arena, error);
    times->load_ns = pl_now_ns() - start;
    return err == PL_OK ? pl_hist_draw(&picture, canvas, arena, error) : err;
}

static enum pl_err render(const struct pl_draw *draw, struct pl_arena *arena, struct pl_buf *out,
                          struct pl_draw_times *times, struct pl_error *error)
{
    struct pl_hist_params params;
    struct pl_canvas canvas;
    struct pl_draw_times unread;
    uint64_t start = pl_now_ns();
    CHECK(draw->sources_n <= PL_DRAW_SOURCES_MAX && draw->trend_n <= PL_TREND_MAX);
    times = times != NULL ? times : &unread;
    *times = (struct pl_draw_times){.load_ns = 0};
    enum pl_err err = pl_hist_params_parse(draw->params->text, &params, error);
    if (err != PL_OK)
        return err;
    if (draw->params->media == PL_MEDIA_JSON)
        return write_numbers(draw, &params, arena, out, times, error);
    err = draw->sources_n > 0 ? draw_sources(draw, &params, &canvas, arena, times, error)
                              : pl_trend_draw(draw, &params, &canvas, arena, error);
    if (err != PL_OK)
        return err;
    uint64_t drawn = pl_now_ns();
    times->render_ns = drawn - start - times->load_ns;
    err = draw->params->media == PL_MEDIA_JPEG ? pl_jpeg_canvas(&canvas, arena, out, error)
                                               : pl_png_canvas(&canvas, arena, out, error);
    times->encode_ns = pl_now_ns() - drawn;
    return err;
}

const struct pl_renderer pl_renderer_hist = {
    .name = "hist",
    .media = "application/x-root",
    .version = 8,
    .arena_least_bytes = 32 << 20,
    .probe = pl_hist_probe,
    .inspect = pl_hist_inspect,
    .params = pl_hist_params,
    .shown = pl_dqm_shown,
    .render = render,
};
