/* fuzz_draw.c - pictures of one to four things with any numbers in them, of any size up to 300
 * pixels.
 *
 * Input: kind and number of layers, size, choice of parameters, then numbers: axis, style, contents
 * or points. Nothing may crash, run out of its canvas, or take more than a moment; what is refused
 * has a message.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/draw/plot.h"
#include "render/text.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { ARENA = 64 << 20, LAYERS = 4, BINS = 40, WORDS = 3 };

static struct pl_arena *arena;
static const uint8_t *at;
static size_t left;

static unsigned byte(void)
{
    if (left == 0)
        return 0;
    left--;
    return *at++;
}

/* Small whole numbers, odd ones, and any bits. */
static double number(void)
{
    static const double odd[] = {0, -1, 1e308, -1e308, 5e-324, 1e-300, 1e5, -1111};
    unsigned what = byte();
    if (what < 160)
        return (int)what - 40;
    if (what < 200)
        return odd[what % PL_COUNT(odd)];
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | byte();
    return pl_bits_f64(bits);
}

static struct pl_cells cells(uint64_t n)
{
    uint8_t *to = pl_arena_zalloc(arena, n, 8);
    CHECK(to != NULL);
    for (uint64_t i = 0; i < n; i++) {
        double value = number();
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (int b = 0; b < 8; b++)
            to[8 * i + (uint64_t)b] = (uint8_t)(bits >> (56 - 8 * b));
    }
    return (struct pl_cells){to, n, PL_CELL_F64};
}

static const double *points(uint32_t n)
{
    double *to = pl_arena_zalloc(arena, n, sizeof *to);
    CHECK(to != NULL);
    for (uint32_t i = 0; i < n; i++)
        to[i] = number();
    return to;
}

static void make_axis(struct pl_hist_axis *axis, uint32_t bins)
{
    double low = number(), high = number();
    if (!(low < high) || low < -1e308 || high > 1e308) { /* readers let nothing else pass */
        low = 0.0;
        high = bins;
    }
    *axis = (struct pl_hist_axis){.bins = bins,
                                  .low = low,
                                  .high = high,
                                  .title = byte() & 1 ? "p_{T} [GeV]" : "",
                                  .divisions = (int32_t)(byte() * 5 - 300),
                                  .bits = (uint32_t)byte() << 16,
                                  .time_format = ""};
}

static void make_hist(struct pl_hist *hist, enum pl_hist_kind kind, uint32_t bins)
{
    memset(hist, 0, sizeof *hist);
    hist->kind = kind;
    hist->class_name = hist->name = "h";
    hist->title = "A title;x;y";
    hist->option = "";
    make_axis(&hist->x, bins);
    make_axis(&hist->y, 1);
    make_axis(&hist->z, 1);
    hist->cells_n = bins + 2;
    hist->content = cells(hist->cells_n);
    if (byte() & 1)
        hist->sumw2 = cells(hist->cells_n);
    if (kind == PL_HIST_PROFILE)
        hist->bin_entries = cells(hist->cells_n);
    hist->error_mode = (int)byte() % 5;
    hist->stat_error_option = (int)byte() % 3;
    hist->maximum = byte() & 1 ? number() : -1111;
    hist->minimum = byte() & 1 ? number() : -1111;
    hist->entries = number();
    hist->tsumw = number();
    hist->norm_factor = number();
    hist->line_color = (int16_t)(byte() * 5);
    hist->line_style = (int16_t)byte();
    hist->line_width = (int16_t)byte();
    hist->fill_color = (int16_t)byte();
    hist->fill_style = (int16_t)(byte() * 20);
    hist->marker_style = (int16_t)(byte() % 50);
    hist->marker_size = (float)number();
}

static void make_graph(struct pl_hist *hist)
{
    struct pl_graph *graph = pl_arena_zalloc(arena, 1, sizeof *graph);
    struct pl_hist *frame = pl_arena_zalloc(arena, 1, sizeof *frame);
    CHECK(graph != NULL && frame != NULL);
    make_hist(hist, PL_HIST_GRAPH, 1);
    make_hist(frame, PL_HIST_1D, 10);
    graph->n = byte() % 20;
    graph->x = points(graph->n);
    graph->y = points(graph->n);
    if (byte() & 1) {
        graph->x_low_error = graph->x_high_error = points(graph->n);
        graph->y_low_error = graph->y_high_error = points(graph->n);
    }
    graph->maximum = graph->minimum = -1111;
    graph->frame = byte() & 1 ? frame : NULL;
    hist->graph = graph;
}

static void make_efficiency(struct pl_hist *hist, uint32_t bins)
{
    struct pl_efficiency *from = pl_arena_zalloc(arena, 1, sizeof *from);
    struct pl_hist *both = pl_arena_zalloc(arena, 2, sizeof *both);
    CHECK(from != NULL && both != NULL);
    make_hist(hist, PL_HIST_EFFICIENCY, bins);
    make_hist(&both[0], PL_HIST_1D, bins);
    both[1] = both[0];
    both[1].content = cells(bins + 2);
    unsigned bits = byte();
    *from = (struct pl_efficiency){.passed = &both[0],
                                   .total = &both[1],
                                   .confidence_level = 0.683,
                                   .statistic_option = (int)byte() % 10,
                                   .beta_alpha = number(),
                                   .beta_beta = number(),
                                   .weight = 1,
                                   .posterior_mode = bits & 1,
                                   .shortest = bits & 2,
                                   .bin_priors = bits & 4,
                                   .weighted = bits & 8};
    hist->efficiency = from;
}

static void make_layer(struct pl_hist *hist, unsigned kind, uint32_t bins)
{
    switch (kind) {
    case 0:
        make_graph(hist);
        break;
    case 1:
        make_efficiency(hist, bins);
        break;
    case 2:
        make_hist(hist, PL_HIST_PROFILE, bins);
        break;
    default:
        make_hist(hist, PL_HIST_1D, bins);
    }
}

static void choose_params(struct pl_hist_params *params)
{
    static const char *const words[] = {"",          "E1", "P",  "L",      "C",  "B",
                                        "HIST TEXT", "E0", "P0", "TEXT30", "*X", "AP"};
    pl_hist_params_default(params);
    params->width_px = 1 + byte() * 300 / 255;
    params->height_px = 1 + byte() * 300 / 255;
    params->reference = (enum pl_hist_reference)(byte() % 6);
    params->showstats = byte() & 1 ? 222222222 : PL_HIST_STATS_UNSET;
    params->no_norm = byte() & 1;
    params->has_ktest = byte() & 1;
    params->ktest = 0.5;
    (void)strcpy(params->drawopts, words[byte() % PL_COUNT(words)]);
    for (int a = 0; a < 2; a++) {
        params->axis[a].type = (enum pl_hist_type)(byte() % 3);
        params->axis[a].has_min = byte() & 1;
        params->axis[a].has_max = byte() & 1;
        params->axis[a].min = (int)byte() - 128;
        params->axis[a].max = params->axis[a].min + 1 + byte();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct pl_hist hists[LAYERS];
    struct pl_hist_layer layers[LAYERS];
    struct pl_hist_params params;
    struct pl_canvas canvas;
    struct pl_error error = {0};
    char note[PL_DRAW_NOTE_N] = "";
    if (arena == NULL) {
        CHECK(pl_text_start(NULL, NULL) == PL_OK);
        CHECK(pl_arena_make(&arena, ARENA, NULL) == PL_OK);
    }
    at = bytes;
    left = n;
    unsigned kind = byte() % 5, count = 1 + byte() % LAYERS;
    uint32_t bins = 1 + byte() % BINS;
    choose_params(&params);
    for (unsigned i = 0; i < count; i++) {
        make_layer(&hists[i], kind, bins);
        if (i > 0)
            hists[i].x = hists[0].x;
        layers[i] = (struct pl_hist_layer){&hists[i], "path", i & 1 ? "label" : "", i == 3};
        CHECK(pl_hist_overlaid(&hists[i]));
        if (pl_hist_comparable(&layers[0], &layers[i], &error) != PL_OK)
            count = i;
    }
    const struct pl_hist_picture picture = {layers, PL_MAX(count, 1u),
                                            (enum pl_quality)(byte() % 5), &params, note};
    if (pl_hist_draw(&picture, &canvas, arena, &error) == PL_OK)
        CHECK(canvas.width_px == params.width_px && canvas.height_px == params.height_px);
    else
        CHECK(error.msg[0] != '\0');
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
