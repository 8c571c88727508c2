/* plot.c - CPU time and bytes of drawing and encoding the sample histograms: one row a picture.
 *
 *     build/bench_plot [part of a name]
 *
 * Times are of the whole way from the histogram in memory to the encoded picture, in a warm
 * process.
 */
#include <stdio.h>
#include <string.h>

#include "render/encode/jpeg.h"
#include "render/encode/png.h"
#include "render/hist/plot.h"
#include "render/text.h"
#include "shm/base/clock.h"
#include "tests/unit/plots.h"

enum { ROUNDS = 200 };

static int measure(const struct plot_sample *sample, struct pl_arena *arena)
{
    struct pl_error error = {0};
    struct pl_hist hist;
    struct pl_hist_params params;
    struct pl_canvas canvas;
    struct pl_buf png = PL_BUF(64 << 20), jpeg = PL_BUF(64 << 20);
    uint64_t draw_ns = 0, png_ns = 0, jpeg_ns = 0;
    sample->make(&hist, arena);
    if (pl_hist_params_parse(sample->params, &params, &error) != PL_OK)
        return 1;
    for (int i = 0; i < ROUNDS; i++) {
        size_t mark = pl_arena_mark(arena);
        uint64_t start = pl_cpu_ns();
        if (pl_hist_draw(&hist, &params, &canvas, arena, &error) != PL_OK)
            return 1;
        uint64_t drawn = pl_cpu_ns();
        pl_buf_clear(&png);
        if (pl_png_canvas(&canvas, arena, &png, &error) != PL_OK)
            return 1;
        uint64_t encoded = pl_cpu_ns();
        draw_ns += drawn - start;
        png_ns += encoded - drawn;
        if (i == 0) {
            (void)pl_jpeg_canvas(&canvas, arena, &jpeg, &error);
            jpeg_ns = pl_cpu_ns() - encoded;
        }
        pl_arena_release(arena, mark);
    }
    printf("%-18s draw %6.3f ms  png %6.3f ms  total %6.3f ms  %7zu bytes   jpeg %6.3f ms %7zu "
           "bytes\n",
           sample->name, (double)draw_ns / ROUNDS / 1e6, (double)png_ns / ROUNDS / 1e6,
           (double)(draw_ns + png_ns) / ROUNDS / 1e6, png.n, (double)jpeg_ns / 1e6, jpeg.n);
    pl_buf_free(&png);
    pl_buf_free(&jpeg);
    return 0;
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    struct pl_arena *arena;
    if (pl_text_start(NULL, &error) != PL_OK || pl_arena_make(&arena, 256 << 20, &error) != PL_OK) {
        fprintf(stderr, "%s\n", error.msg);
        return 1;
    }
    for (unsigned i = 0; i < plot_samples_n; i++) {
        if (argc > 1 && strstr(plot_samples[i].name, argv[1]) == NULL)
            continue;
        if (measure(&plot_samples[i], arena) != 0)
            return 1;
        pl_arena_reset(arena, 0);
    }
    pl_text_stop();
    pl_arena_free(&arena);
    return 0;
}
