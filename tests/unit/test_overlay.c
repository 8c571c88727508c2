/* test_overlay.c - several things in one picture: golden pictures, layout, scaling, tests. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot.h"
#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"
#include "tests/unit/golden_help.h"
#include "tests/unit/plots.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;
static struct pl_hist_params params;
static struct pl_laid_out laid;
static struct pl_hist hists[PL_DRAW_SOURCES_MAX];
static struct pl_hist_layer layers[PL_DRAW_SOURCES_MAX];
static char note[PL_DRAW_NOTE_N];

static void start(void)
{
    cr_assert_eq(pl_text_start(NULL, NULL), PL_OK);
    cr_assert_eq(pl_arena_make(&arena, 256 << 20, NULL), PL_OK);
    pl_hist_params_default(&params);
}

static void stop(void)
{
    pl_arena_free(&arena);
    pl_text_stop();
}

TestSuite(overlay, .init = start, .fini = stop, .timeout = 300);

static void set(const char *text)
{
    struct pl_error error = {0};
    cr_assert_eq(pl_hist_params_parse(text, &params, &error), PL_OK, "%s", error.msg);
}

static void layer(unsigned i, const char *label)
{
    layers[i] = (struct pl_hist_layer){&hists[i], "a/path", label, false};
}

static void draw(unsigned n)
{
    struct pl_error error = {0};
    const struct pl_hist_picture picture = {
        .layers = layers, .layers_n = n, .params = &params, .note = note};
    memset(&laid, 0, sizeof laid);
    note[0] = '\0';
    cr_assert_eq(pl_picture_draw_laid(&picture, &canvas, arena, &laid, &error), PL_OK, "%s",
                 error.msg);
}

static bool is_color(int x, int y, uint32_t color)
{
    const uint8_t *p = golden_rgb(&canvas, x, y);
    return ((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) == color;
}

static unsigned pixels(uint32_t color, struct pl_rect in)
{
    unsigned n = 0;
    for (int y = in.y0; y < in.y1; y++)
        for (int x = in.x0; x < in.x1; x++)
            n += is_color(x, y, color);
    return n;
}

/* ---- samples ------------------------------------------------------------------------------- */

static void make_runs(unsigned n)
{
    static const char *const names[] = {"Run 378985", "Run 378984", "Run 378981", "Run 378962",
                                        "Run 378238"};
    for (unsigned i = 0; i < n; i++) {
        plot_seed(40 + i);
        plot_make_1d(&hists[i], arena, 80, -4, 4);
        hists[i].name = "residual_x";
        hists[i].title = "Residuals of the innermost layer";
        hists[i].x.title = "x_{hit} - x_{track} [#mum]";
        hists[i].y.title = "Hits";
        for (unsigned k = 0; k < 8000u + 5000 * i; k++)
            plot_fill(&hists[i], (0.7 + 0.1 * i) * plot_gauss() + 0.1 * i, 0, 1);
        layer(i, names[i]);
    }
}

static void make_weighted(unsigned n)
{
    make_runs(n);
    for (unsigned i = 0; i < n; i++)
        plot_sumw2(&hists[i], arena);
}

static void make_flat(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        plot_seed(60 + i);
        plot_make_1d(&hists[i], arena, 36, 0, 360);
        hists[i].name = "phi";
        hists[i].title = "Azimuth";
        hists[i].x.title = "#phi [#circ]";
        for (unsigned k = 0; k < 20000; k++)
            plot_fill(&hists[i], 360 * plot_uniform(), 0, 1);
        layer(i, "");
    }
}

static void make_profiles(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const struct plot_sample *sample;
        for (unsigned s = 0; (sample = plot_sample_at(s)) != NULL; s++)
            if (strcmp(sample->name, "profile") == 0)
                sample->make(&hists[i], arena);
        layer(i, "");
    }
    plot_seed(77);
    for (unsigned i = 1; i < n; i++)
        for (int k = 0; k < 3000; k++)
            plot_fill(&hists[i], plot_gauss(), 3 + i + plot_gauss(), 1);
}

static void make_named(const char *name, unsigned n)
{
    const struct plot_sample *sample;
    for (unsigned i = 0; i < n; i++) {
        for (unsigned s = 0; (sample = plot_sample_at(s)) != NULL; s++)
            if (strcmp(sample->name, name) == 0)
                sample->make(&hists[i], arena);
        layer(i, i == 0 ? "2024" : "2023");
    }
}

static void make_graphs(unsigned n)
{
    make_named("graph_errors", n);
    for (unsigned i = 1; i < n; i++) { /* moved and stretched */
        struct pl_graph *copy = pl_arena_zalloc(arena, 1, sizeof *copy);
        double *y = pl_arena_zalloc(arena, hists[i].graph->n, sizeof *y);
        *copy = *hists[i].graph;
        for (uint32_t k = 0; k < copy->n; k++)
            y[k] = copy->y[k] * (1 + 0.3 * i) + i;
        copy->y = y;
        hists[i].graph = copy;
    }
}

static void make_efficiencies(unsigned n)
{
    make_named("efficiency", n);
    for (unsigned i = 1; i < n; i++) { /* a tenth fewer pass */
        struct pl_hist *passed = pl_arena_zalloc(arena, 1, sizeof *passed);
        struct pl_efficiency *e = pl_arena_zalloc(arena, 1, sizeof *e);
        plot_make_1d(passed, arena, 24, 0, 120);
        *e = *hists[i].efficiency;
        for (uint64_t cell = 0; cell < passed->cells_n; cell++)
            plot_set(passed, cell, floor(0.9 * plot_get(e->passed, cell)));
        e->passed = passed;
        hists[i].efficiency = e;
    }
}

static void make_labelled(unsigned n)
{
    make_named("labels", n);
    for (unsigned i = 1; i < n; i++)
        for (uint32_t bin = 1; bin <= 12; bin++)
            plot_set(&hists[i], bin, plot_get(&hists[i], bin) * (1 + 0.04 * bin));
}

static const struct sample {
    const char *name;
    void (*make)(unsigned n);
    unsigned n;
    const char *params;
} samples[] = {
    {"overlay2", make_runs, 2, ""},
    {"overlay5", make_runs, 5, ""},
    {"overlay5_large", make_runs, 5, "h=800&w=1200"},
    {"overlay5_small", make_runs, 5, "h=150&w=200"},
    {"overlay5_legend", make_runs, 5, "showstats=0"},
    {"overlay_unscaled", make_runs, 3, "norm=False"},
    {"overlay_errors", make_weighted, 3, ""},
    {"overlay_log", make_runs, 3, "ytype=log"},
    {"overlay_ktest", make_runs, 3, "ktest=0.05"},
    {"overlay_ktest_small", make_flat, 2, "h=150&ktest=0.05&w=200"},
    {"overlay_flat", make_flat, 3, "ktest=0.05&reflabel=yesterday&reflabel=last week"},
    {"overlay_profiles", make_profiles, 3, ""},
    {"overlay_reference", make_runs, 3, "ref=reference"},
    {"overlay_stacked", make_runs, 4, "ref=stacked"},
    {"overlay_ratio", make_weighted, 2, "ref=ratiooverlay"},
    {"overlay_ratio4", make_runs, 4, "ref=ratiooverlay"},
    {"overlay_ratio_large", make_weighted, 3, "h=800&ref=ratiooverlay&w=1200&ytype=log"},
    {"overlay_ratio_small", make_runs, 2, "h=150&ref=ratiooverlay&w=200"},
    {"overlay_graphs", make_graphs, 3, ""},
    {"overlay_efficiencies", make_efficiencies, 2, ""},
    {"overlay_labels", make_labelled, 2, ""},
};

Test(overlay, pictures_equal_their_golden_pictures)
{
    for (unsigned i = 0; i < PL_COUNT(samples); i++) {
        samples[i].make(samples[i].n);
        set(samples[i].params);
        draw(samples[i].n);
        golden_expect(&canvas, samples[i].name, arena);
        pl_arena_reset(arena, 0);
    }
}

Test(overlay, trends_equal_their_golden_pictures)
{
    static const struct {
        const char *name, *params;
        unsigned n;
    } trends[] = {{"trend", "", 24},
                  {"trend_many", "", PL_TREND_MAX},
                  {"trend_small", "h=150&w=200", 12},
                  {"trend_one", "", 1},
                  {"trend_empty", "", 0}};
    static struct pl_trend_point points[PL_TREND_MAX];
    for (unsigned i = 0; i < PL_COUNT(trends); i++) {
        struct pl_draw wanted = {.trend = points,
                                 .trend_n = trends[i].n,
                                 .trend_title = "Mean of the p_{T} of tracks",
                                 .trend_label = "Mean x"};
        plot_seed(90);
        for (unsigned k = 0; k < trends[i].n; k++)
            points[k] = (struct pl_trend_point){378200 + 13 * k, 1.5 + 0.02 * plot_gauss(), 0.015};
        set(trends[i].params);
        cr_assert_eq(pl_trend_draw(&wanted, &params, &canvas, arena, NULL), PL_OK);
        golden_expect(&canvas, trends[i].name, arena);
        pl_arena_reset(arena, 0);
    }
}

Test(overlay, boxes_hide_neither_one_another_nor_labels_at_any_size)
{
    static const uint32_t sizes[][2] = {{600, 400}, {1200, 800}, {400, 300}, {200, 150},
                                        {300, 900}, {900, 260},  {61, 43},   {383, 251}};
    for (unsigned i = 0; i < PL_COUNT(samples); i++)
        for (unsigned s = 0; s < PL_COUNT(sizes); s++) {
            samples[i].make(samples[i].n);
            set(samples[i].params);
            params.width_px = sizes[s][0];
            params.height_px = sizes[s][1];
            draw(samples[i].n);
            golden_layout(&canvas, &laid, samples[i].name);
            pl_arena_reset(arena, 0);
        }
}

/* ---- properties ---------------------------------------------------------------------------- */

static void make_steps(double main, double other)
{
    for (int i = 0; i < 2; i++) {
        plot_make_1d(&hists[i], arena, 10, 0, 10);
        for (uint32_t bin = 1; bin <= 10; bin++)
            plot_set(&hists[i], bin, (i == 0 ? main : other) * bin);
        layer(i, "");
    }
}

/* Topmost pixel of a colour in the middle of a bin. */
static int top_of(uint32_t color, uint32_t bin)
{
    int x = laid.frame.x0 + (laid.frame.x1 - 1 - laid.frame.x0) * (int)(2 * bin - 1) / 20;
    for (int y = laid.frame.y0 + 1; y < laid.frame.y1 - 1; y++)
        if (is_color(x, y, color))
            return y;
    return -1;
}

enum { BLACK = 0x000000, AZURE = 0x0033ff, ORANGE = 0xff6600, GREY = 0xcdcdcd };

Test(overlay, references_are_scaled_to_the_sum_of_the_main_one)
{
    make_steps(10, 1000);
    set("showstats=0");
    draw(2);
    cr_assert_leq(abs(top_of(BLACK, 6) - top_of(AZURE, 6)), 1);
    cr_assert_gt(top_of(AZURE, 5), 0);
    set("norm=False&showstats=0");
    draw(2);
    int base = laid.frame.y1, low = base - top_of(BLACK, 9), high = base - top_of(AZURE, 9);
    cr_assert_gt(high, 30 * low);
    set("showstats=0");
    layers[1].efficiency = true;
    draw(2);
    cr_assert_gt(laid.frame.y1 - top_of(AZURE, 9), 200);
    cr_assert_lt(laid.frame.y1 - top_of(BLACK, 9), 10);
    make_steps(10, -1000);
    draw(2); /* nothing to scale by */
    cr_assert_gt(pixels(AZURE, laid.frame), 100u);
}

Test(overlay, the_range_holds_the_highest_after_scaling)
{
    make_steps(10, 10);
    plot_set(&hists[1], 10, 2000);
    set("norm=False&showstats=0");
    draw(2);
    int base = laid.frame.y1 - 1, top = base - top_of(AZURE, 10);
    cr_assert_float_eq((laid.frame.y1 - 1 - laid.frame.y0) / (double)top, 1.05, 0.01);
}

Test(overlay, every_reference_has_its_colour_and_its_box)
{
    static const uint32_t colors[] = {0x0033ff, 0xff6600, 0xcd0000, 0x9a009a};
    make_runs(5);
    set("");
    draw(5);
    unsigned boxes = 0;
    for (unsigned i = 0; i < laid.n; i++) {
        if (laid.rects[i].kind != PL_LAID_STATS)
            continue;
        struct pl_rect box = laid.rects[i].rect;
        if (boxes > 0)
            cr_expect_gt(pixels(colors[boxes - 1], box), 300u, "box %u", boxes);
        boxes++;
    }
    cr_assert_eq(boxes, 5u);
    for (int i = 0; i < 4; i++)
        cr_expect_gt(pixels(colors[i], laid.frame), 100u);
    set("ref=reference");
    draw(2);
    cr_expect_gt(pixels(GREY, laid.frame), 1000u);
}

Test(overlay, a_stack_is_as_high_as_the_main_one)
{
    make_steps(30, 1);
    hists[2] = hists[1];
    layer(2, "");
    set("ref=stacked&showstats=0");
    draw(3);
    int base = laid.frame.y1 - 1;
    cr_assert_leq(abs(top_of(ORANGE, 7) - top_of(BLACK, 7)), 3);
    cr_assert_leq(abs(2 * (base - top_of(AZURE, 7)) - (base - top_of(ORANGE, 7))), 3);
}

/* Two bins of 100 and 200 over 100 and 100, exact but for the first of the reference: +- 50. */
static void make_ratio(double third)
{
    for (int i = 0; i < 2; i++) {
        plot_make_1d(&hists[i], arena, 3, 0, 3);
        plot_set(&hists[i], 1, i == 0 ? 1 : 2500);
        plot_sumw2(&hists[i], arena);
        plot_set(&hists[i], 1, 100);
        plot_set(&hists[i], 2, i == 0 ? 200 : 100);
        plot_set(&hists[i], 3, i == 0 ? third : 100);
        layer(i, "");
    }
    set("norm=False&ref=ratiooverlay&showstats=0&ymax=300");
    draw(2);
}

static unsigned pad_at_bin(unsigned bin)
{
    int width = laid.frame.x1 - laid.frame.x0;
    int x = laid.frame.x0 + (int)(2 * bin - 1) * width / 6;
    return pixels(AZURE, (struct pl_rect){x - 1, 300, x + 2, 400});
}

/* Contents alike but for every eighth, which is 1 + most times as large. */
static void make_alike(double most)
{
    for (int i = 0; i < 2; i++) {
        plot_make_1d(&hists[i], arena, 50, -4, 4);
        hists[i].title = "Title";
        hists[i].x.title = hists[i].y.title = "axis";
        for (uint32_t bin = 1; bin <= 50; bin++)
            plot_set(&hists[i], bin, 1e6 * (1 + (i == 0 ? most * (bin % 8 == 0) : 0)));
        layer(i, "");
    }
}

static bool touch(struct pl_rect a, struct pl_rect b)
{
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

Test(overlay, the_pad_of_ratios_has_labels_at_every_size_and_none_touch)
{
    static const int sizes[][2] = {{150, 130}, {200, 150},  {300, 200}, {300, 600}, {500, 250},
                                   {600, 400}, {1200, 300}, {900, 700}, {1200, 800}};
    static const double most[] = {-0.9, -0.3, -0.02, 0, 1e-3, 0.03, 0.11, 0.4, 1.3, 2.9, 6, 8.9};
    for (unsigned s = 0; s < PL_COUNT(sizes); s++)
        for (unsigned m = 0; m < PL_COUNT(most); m++) {
            char text[80];
            unsigned beside = 0, touching = 0;
            make_alike(most[m]);
            snprintf(text, sizeof text, "h=%d&norm=False&ref=ratiooverlay&w=%d", sizes[s][1],
                     sizes[s][0]);
            set(text);
            draw(2);
            for (unsigned i = 0; i < laid.n; i++) {
                const struct pl_laid_rect *at = &laid.rects[i];
                for (unsigned j = 0; j < i && at->kind == PL_LAID_LABEL; j++)
                    touching +=
                        laid.rects[j].kind == PL_LAID_LABEL && touch(at->rect, laid.rects[j].rect);
                beside += at->kind == PL_LAID_LABEL && at->rect.x1 < laid.frame.x0 &&
                          at->rect.y0 + at->rect.y1 > 2 * laid.frame.y1 + 8;
            }
            cr_expect(beside >= 3 && beside <= 7, "%u labels with %g, %s", beside, most[m], text);
            cr_expect_eq(touching, 0u, "%u touch with %g, %s", touching, most[m], text);
            pl_arena_reset(arena, 1 << 20);
        }
}

Test(overlay, the_error_of_a_ratio_is_of_both)
{
    make_ratio(0);
    cr_assert_gt(pad_at_bin(1), 20u);
    cr_assert_lt(pad_at_bin(2), 16u); /* the marker, hardly a bar */
}

Test(overlay, ratios_beyond_ten_are_not_drawn_and_do_not_widen_the_range)
{
    make_ratio(0);
    unsigned first = pad_at_bin(1);
    cr_assert_eq(pad_at_bin(3), 0u);
    make_ratio(2000);
    cr_assert_eq(pad_at_bin(1), first);
    cr_assert_eq(pad_at_bin(3), 0u);
}

Test(overlay, the_probability_is_that_of_the_kolmogorov_test)
{
    /* distance 0.2 with 100 and 100 entries: z = 0.2 * sqrt(50) = 1.41421, probability 0.03663 */
    for (int i = 0; i < 2; i++) {
        plot_make_1d(&hists[i], arena, 2, 0, 2);
        plot_set(&hists[i], 1, i == 0 ? 40 : 60);
        plot_set(&hists[i], 2, i == 0 ? 60 : 40);
        layer(i, "");
    }
    struct pl_plot a = {.hist = &hists[0], .norm = 1}, b = {.hist = &hists[1], .norm = 7};
    cr_assert_float_eq(pl_hist_kolmogorov(&a, &b), 0.0366310, 1e-6);
    cr_assert_float_eq(pl_hist_kolmogorov(&a, &a), 1, 1e-12);
    plot_set(&hists[1], 1, 0);
    plot_set(&hists[1], 2, 0);
    cr_assert(isnan(pl_hist_kolmogorov(&a, &b)));
    set("ktest=0.01");
    draw(2);
    make_runs(2);
    draw(2);
    cr_assert_gt(pixels(0xcd3333, (struct pl_rect){0, 0, 600, 400}), 10u);
    hists[1] = hists[0];
    draw(2);
    cr_assert_gt(pixels(0x33cd33, (struct pl_rect){0, 0, 600, 400}), 10u);
}

Test(overlay, other_kinds_and_other_bins_are_refused_by_name)
{
    struct pl_error error = {0};
    plot_make_1d(&hists[0], arena, 10, 0, 10);
    plot_make_2d(&hists[1], arena, 10, 0, 10, 10, 0, 10);
    layer(0, "");
    layers[1] = (struct pl_hist_layer){&hists[1], "dir/other", "", false};
    cr_assert_eq(pl_hist_comparable(&layers[0], &layers[1], &error), PL_E_INPUT);
    cr_assert_str_eq(error.param, "obj");
    cr_assert(strstr(error.msg, "dir/other") != NULL && strstr(error.msg, "TH2D") != NULL);
    plot_make_1d(&hists[1], arena, 20, 0, 10);
    error = (struct pl_error){0};
    cr_assert_eq(pl_hist_comparable(&layers[0], &layers[1], &error), PL_E_INPUT);
    cr_assert(strstr(error.msg, "20 bins") != NULL, "%s", error.msg);
    plot_make_1d(&hists[1], arena, 10, 0, 10.001);
    cr_assert_eq(pl_hist_comparable(&layers[0], &layers[1], NULL), PL_E_INPUT);
    static const double edges[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    plot_make_1d(&hists[1], arena, 10, 0, 10);
    hists[1].x.edges = edges;
    cr_assert_eq(pl_hist_comparable(&layers[0], &layers[1], NULL), PL_OK);
    hists[0].x.bins = hists[1].x.bins = UINT32_MAX - 2;
    hists[1].x.edges = NULL;
    cr_assert_eq(pl_hist_comparable(&layers[0], &layers[1], NULL), PL_OK);
}

Test(overlay, quality_is_a_frame_around_the_picture)
{
    static const struct {
        enum pl_quality quality;
        uint32_t color;
    } cases[] = {{PL_QUALITY_ERROR, 0xe00000},
                 {PL_QUALITY_WARNING, 0xff9900},
                 {PL_QUALITY_OTHER, 0x7f8fa9},
                 {PL_QUALITY_OK, 0xffffff},
                 {PL_QUALITY_NONE, 0xffffff}};
    for (unsigned i = 0; i < PL_COUNT(cases); i++) {
        make_runs(1);
        set("h=150&w=200");
        const struct pl_hist_picture picture = {
            .layers = layers, .layers_n = 1, .quality = cases[i].quality, .params = &params};
        cr_assert_eq(pl_hist_draw(&picture, &canvas, arena, NULL), PL_OK);
        cr_expect(is_color(0, 0, cases[i].color) && is_color(199, 149, cases[i].color) &&
                      is_color(0, 75, cases[i].color),
                  "quality %d", cases[i].quality);
        cr_expect(is_color(3, 75, 0xffffff) && is_color(4, 4, 0xffffff));
    }
}

Test(overlay, the_frame_of_quality_hides_nothing)
{
    static const char *const texts[] = {"", "ref=ratiooverlay", "h=150&w=200", "h=800&w=1200"};
    for (unsigned t = 0; t < PL_COUNT(texts); t++) {
        make_runs(3);
        set(texts[t]);
        struct pl_hist_picture picture = {
            .layers = layers, .layers_n = 3, .quality = PL_QUALITY_ERROR, .params = &params};
        cr_assert_eq(pl_hist_draw(&picture, &canvas, arena, NULL), PL_OK);
        struct pl_canvas framed = canvas;
        unsigned thick = 0;
        while (golden_rgb(&framed, (int)thick, 50)[1] == 0)
            thick++;
        picture.quality = PL_QUALITY_NONE;
        params.width_px -= 2 * thick;
        params.height_px -= 2 * thick;
        cr_assert_eq(pl_hist_draw(&picture, &canvas, arena, NULL), PL_OK);
        unsigned differ = 0;
        for (int y = 0; y < (int)canvas.height_px; y++)
            for (int x = 0; x < (int)canvas.width_px; x++)
                differ += memcmp(golden_rgb(&canvas, x, y),
                                 golden_rgb(&framed, x + (int)thick, y + (int)thick), 3) != 0;
        cr_expect_eq(differ, 0u, "%s: %u pixels", texts[t], differ);
    }
}

Test(overlay, hostile_layers_draw_without_harm)
{
    static const double values[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 0, -1};
    static const char *const texts[] = {"",
                                        "ref=ratiooverlay",
                                        "ref=stacked&ytype=log",
                                        "ktest=0.5&norm=False",
                                        "ref=ratiooverlay&xtype=log&ytype=log",
                                        "drawopts=E1 P L&ref=reference",
                                        "h=1&w=1",
                                        "h=121&ref=ratiooverlay&w=121"};
    for (unsigned v = 0; v < 32; v++)
        for (unsigned t = 0; t < PL_COUNT(texts); t++) {
            for (unsigned i = 0; i < 3; i++) {
                plot_make_1d(&hists[i], arena, 5, -1e307, 7e307);
                for (uint64_t cell = 0; cell < 7; cell++)
                    plot_set(&hists[i], cell, values[(cell * (v / 8 + 1) + v * (i + 1)) % 8]);
                hists[i].entries = values[v % 8];
                layer(i, "");
            }
            set(texts[t]);
            draw(3);
            pl_arena_reset(arena, 1 << 20);
        }
}
