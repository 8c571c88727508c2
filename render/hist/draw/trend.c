/* trend.c - one number of a thing over runs: points with errors, run numbers as labels.
 *
 * Memory: the points and labels, from the arena.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "render/hist/draw/plot_priv.h"

enum { DOT = 20, BLUE = 602 };

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* A graph over an axis whose bins are the runs in the order given. */
static enum pl_err make_graph(const struct pl_draw *draw, struct pl_arena *arena,
                              struct pl_hist *frame, struct pl_graph *graph, struct pl_error *error)
{
    unsigned n = draw->trend_n;
    double *x = pl_arena_zalloc(arena, n, 4 * sizeof *x), *none = x + 3 * (size_t)n;
    const char **labels = pl_arena_zalloc(arena, n, sizeof *labels);
    if (x == NULL || labels == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the trend");
    for (unsigned i = 0; i < n; i++) {
        char text[24];
        int length = snprintf(text, sizeof text, "%" PRIu64, draw->trend[i].at);
        labels[i] = pl_arena_text(arena, text, (size_t)length);
        if (labels[i] == NULL)
            return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the trend");
        x[i] = i + 0.5;
        x[n + i] = draw->trend[i].value;
        x[2 * n + i] = draw->trend[i].error;
    }
    frame->x.bins = n;
    frame->x.high = n;
    frame->x.labels = labels;
    *graph = (struct pl_graph){.n = n,
                               .x = x,
                               .y = x + n,
                               .x_low_error = none,
                               .x_high_error = none,
                               .y_low_error = x + 2 * (size_t)n,
                               .y_high_error = x + 2 * (size_t)n,
                               .minimum = -1111.0,
                               .maximum = -1111.0,
                               .frame = frame};
    return PL_OK;
}

enum pl_err pl_trend_draw(const struct pl_draw *draw, const struct pl_hist_params *params,
                          struct pl_canvas *canvas, struct pl_arena *arena, struct pl_error *error)
{
    const struct pl_hist_axis plain = {
        .bins = 1, .high = 1.0, .title = "", .divisions = 510, .time_format = ""};
    struct pl_hist hist = {.kind = PL_HIST_GRAPH,
                           .class_name = "trend",
                           .name = "trend",
                           .title = or_empty(draw->trend_title),
                           .option = "",
                           .x = plain,
                           .y = plain,
                           .z = plain,
                           .maximum = -1111.0,
                           .minimum = -1111.0,
                           .line_color = BLUE,
                           .line_style = 1,
                           .line_width = 1,
                           .fill_style = 1001,
                           .marker_color = BLUE,
                           .marker_style = DOT,
                           .marker_size = draw->trend_n > 60 ? 0.6F : 1.0F};
    struct pl_hist frame = hist;
    struct pl_graph graph;
    const struct pl_hist_layer layer = {&hist, hist.title, "", false};
    const struct pl_hist_picture picture = {
        .layers = &layer, .layers_n = 1, .params = params, .note = draw->note};
    frame.y.title = or_empty(draw->trend_label);
    frame.x.title = "Run";
    if (draw->trend_n == 0) {
        hist.kind = PL_HIST_TEXT;
        hist.text = "No run has a value to show";
    } else {
        enum pl_err err = make_graph(draw, arena, &frame, &graph, error);
        if (err != PL_OK)
            return err;
        hist.graph = &graph;
    }
    return pl_picture_draw_laid(&picture, canvas, arena, NULL, error);
}
