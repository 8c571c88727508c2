/* test_plot.c - pictures of histograms: golden pixels, properties of the drawing, layout.
 *
 * Golden pictures are tests/golden/NAME.png; decoded pixels are compared. What differs is written
 * to build/golden/NAME.png, and tests/golden/page.sh makes a page that shows old, new and
 * difference. Pixels depend on FreeType and on the fonts: the goldens are of Debian 12.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/encode/png.h"
#include "render/hist/draw/plot.h"
#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "tests/unit/golden_help.h"
#include "tests/unit/plots.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;
static struct pl_hist hist;
static struct pl_hist_params params;
static struct pl_laid_out laid;

static void start(void)
{
    cr_assert_eq(pl_text_start(NULL, NULL), PL_OK);
    cr_assert_eq(pl_arena_make(&arena, 512 << 20, NULL), PL_OK);
    pl_hist_params_default(&params);
}

static void stop(void)
{
    pl_arena_free(&arena);
    pl_text_stop();
}

TestSuite(plot, .init = start, .fini = stop, .timeout = 300);

static void draw(void)
{
    struct pl_error error = {0};
    memset(&laid, 0, sizeof laid);
    cr_assert_eq(pl_hist_draw_laid(&hist, &params, &canvas, arena, &laid, &error), PL_OK, "%s",
                 error.msg);
}

static void set(const char *text)
{
    struct pl_error error = {0};
    cr_assert_eq(pl_hist_params_parse(text, &params, &error), PL_OK, "%s", error.msg);
}

static const uint8_t *rgb(int x, int y)
{
    return canvas.rgb[pl_canvas_at(&canvas, (uint32_t)x, (uint32_t)y)];
}

static bool is_color(int x, int y, uint32_t color)
{
    const uint8_t *p = rgb(x, y);
    return ((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) == color;
}

/* ---- golden pictures ----------------------------------------------------------------------- */

Test(plot, samples_equal_their_golden_pictures)
{
    const struct plot_sample *sample;
    for (unsigned i = 0; (sample = plot_sample_at(i)) != NULL; i++) {
        sample->make(&hist, arena);
        set(sample->params);
        draw();
        golden_expect(&canvas, sample->name, arena);
        pl_arena_reset(arena, 0);
    }
}

/* ---- layout -------------------------------------------------------------------------------- */

static void check_layout(const char *name)
{
    golden_layout(&canvas, &laid, name);
}

Test(plot, no_text_touches_another_or_the_data_or_leaves_the_canvas)
{
    static const uint32_t sizes[][2] = {{600, 400},  {1200, 800}, {200, 150}, {400, 300},
                                        {1200, 300}, {300, 900},  {700, 250}, {100, 75},
                                        {60, 60},    {2499, 2499}};
    const struct plot_sample *sample;
    for (unsigned i = 0; (sample = plot_sample_at(i)) != NULL; i++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            sample->make(&hist, arena);
            set(sample->params);
            params.width_px = sizes[s][0];
            params.height_px = sizes[s][1];
            if (params.width_px > 2000 && hist.cells_n > 1000000)
                continue;
            draw();
            check_layout(sample->name);
            pl_arena_reset(arena, 0);
        }
}

Test(plot, the_smallest_sizes_draw_without_harm)
{
    const struct plot_sample *sample;
    for (unsigned i = 0; (sample = plot_sample_at(i)) != NULL; i++) {
        sample->make(&hist, arena);
        if (hist.cells_n > 100000)
            continue;
        size_t mark = pl_arena_mark(arena);
        for (uint32_t w = 1; w < 130; w = w * 3 / 2 + 1)
            for (uint32_t h = 1; h < 130; h = h * 3 / 2 + 1) {
                set(sample->params);
                params.width_px = w;
                params.height_px = h;
                draw();
                pl_arena_release(arena, mark);
            }
        pl_arena_reset(arena, 0);
    }
}

/* ---- properties ---------------------------------------------------------------------------- */

/* Topmost row of the step line in the middle of a bin of ten. */
static int top_of(uint32_t bin)
{
    int x = laid.frame.x0 + (laid.frame.x1 - 1 - laid.frame.x0) * (int)(2 * bin - 1) / 20;
    for (int y = laid.frame.y0 + 1; y < laid.frame.y1; y++)
        if (is_color(x, y, 0x00009a))
            return y;
    return -1;
}

Test(plot, a_bin_with_twice_the_content_is_twice_as_high)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    plot_set(&hist, 3, 400);
    plot_set(&hist, 7, 200);
    set("showstats=0");
    draw();
    int base = laid.frame.y1 - 1, full = base - top_of(3), half = base - top_of(7);
    cr_assert_gt(half, 50);
    cr_assert_leq(abs(full - 2 * half), 1, "%d and %d", full, half);
}

Test(plot, the_centre_of_a_cell_has_the_colour_of_its_level)
{
    plot_make_2d(&hist, arena, 5, 0, 5, 4, 0, 4);
    for (uint32_t iy = 1; iy <= 4; iy++)
        for (uint32_t ix = 1; ix <= 5; ix++)
            plot_set(&hist, ix + 7 * iy, ix * 10.0 + iy);
    draw();
    for (uint32_t iy = 1; iy <= 4; iy++)
        for (uint32_t ix = 1; ix <= 5; ix++) {
            double value = ix * 10.0 + iy;
            int level = (int)fmin(99, floor((value - 11.0) / (54.0 - 11.0) * 100));
            int x = laid.frame.x0 + (laid.frame.x1 - laid.frame.x0) * (int)(2 * ix - 1) / 10;
            int y = laid.frame.y1 - (laid.frame.y1 - laid.frame.y0) * (int)(2 * iy - 1) / 8;
            cr_expect(is_color(x, y, pl_style_palette((unsigned)level)), "cell %u,%u", ix, iy);
        }
}

Test(plot, a_hot_cell_never_disappears)
{
    plot_make_2d(&hist, arena, 1000, 0, 1000, 1000, 0, 1000);
    plot_set(&hist, 777 + 1002ull * 333, 50);
    plot_set(&hist, 1 + 1002ull, 1);
    set("h=120&w=160");
    draw();
    unsigned hot = 0;
    for (int y = laid.frame.y0 + 2; y < laid.frame.y1 - 2; y++)
        for (int x = laid.frame.x0 + 2; x < laid.frame.x1 - 2; x++)
            hot += is_color(x, y, pl_style_palette(99));
    cr_assert_eq(hot, 1u);
}

static unsigned stat_boxes(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < laid.n; i++)
        n += laid.rects[i].kind == PL_LAID_STATS;
    return n;
}

Test(plot, a_dead_channel_among_more_bins_than_pixels_reaches_down)
{
    plot_make_1d(&hist, arena, 20000, 0, 20000);
    for (uint32_t i = 1; i <= 20000; i++)
        plot_set(&hist, i, i == 5000 ? 0 : 10);
    set("showstats=0");
    draw();
    int middle = (laid.frame.y0 + laid.frame.y1) / 2, seen = 0;
    for (int x = laid.frame.x0 + 2; x < laid.frame.x1 - 2; x++)
        seen += is_color(x, middle, pl_style_color(602));
    cr_assert_eq(seen, 1, "%d columns reach down to the middle", seen);
}

Test(plot, statistics_are_there_when_on_and_absent_when_off)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    plot_fill(&hist, 5, 0, 1);
    draw();
    cr_assert_eq(stat_boxes(), 1u);
    set("showstats=0");
    draw();
    cr_assert_eq(stat_boxes(), 0u);
    set("");
    hist.bits |= PL_BIT_NO_STATS;
    draw();
    cr_assert_eq(stat_boxes(), 0u);
    set("showstats=1111");
    draw();
    cr_assert_eq(stat_boxes(), 1u);
}

static unsigned data_pixels(void)
{
    unsigned n = 0;
    for (int y = laid.frame.y0; y < laid.frame.y1; y++)
        for (int x = laid.frame.x0; x < laid.frame.x1; x++)
            n += is_color(x, y, 0x00009a);
    return n;
}

Test(plot, the_statistics_box_covers_no_data)
{
    for (uint32_t high = 1; high <= 40; high++) {
        plot_make_1d(&hist, arena, 40, 0, 40);
        for (uint32_t bin = 1; bin <= 40; bin++)
            plot_set(&hist, bin, fmax(5, 100.0 - 4 * fabs((double)bin - high)));
        set("showstats=0");
        draw();
        unsigned without = data_pixels();
        struct pl_rect frame = laid.frame;
        set("");
        draw();
        cr_assert_eq(stat_boxes(), 1u);
        if (laid.frame.y0 == frame.y0)
            cr_expect_eq(data_pixels(), without, "peak at %u", high);
        for (unsigned i = 0; i < laid.n; i++)
            if (laid.rects[i].kind == PL_LAID_STATS && laid.frame.y0 != frame.y0)
                cr_expect_leq(laid.rects[i].rect.y1, laid.frame.y0);
        pl_arena_reset(arena, 0);
    }
}

Test(plot, the_statistics_box_of_a_map_stands_where_nothing_is_painted)
{
    static const int corners[][2] = {{1, 1}, {1, 20}, {20, 1}, {20, 20}, {10, 10}};
    for (unsigned c = 0; c < 5; c++) {
        plot_make_2d(&hist, arena, 20, 0, 20, 20, 0, 20);
        plot_set(&hist, (uint64_t)(corners[c][0] + 22 * corners[c][1]), 5);
        set("");
        draw();
        cr_assert_eq(stat_boxes(), 1u);
        struct pl_rect box = {0};
        for (unsigned i = 0; i < laid.n; i++)
            if (laid.rects[i].kind == PL_LAID_STATS)
                box = laid.rects[i].rect;
        cr_expect(box.y0 >= laid.frame.y0 && box.x1 <= laid.frame.x1, "corner %u: inside", c);
        unsigned painted = 0;
        for (int y = laid.frame.y0; y < laid.frame.y1; y++)
            for (int x = laid.frame.x0; x < laid.frame.x1; x++)
                painted += is_color(x, y, pl_style_palette(99));
        cr_expect_gt(painted, 200u, "corner %u: %u pixels of the cell", c, painted);
    }
    for (uint64_t i = 0; i < hist.cells_n; i++) /* nowhere: over the frame */
        plot_set(&hist, i, 5);
    draw();
    for (unsigned i = 0; i < laid.n; i++)
        if (laid.rects[i].kind == PL_LAID_STATS)
            cr_expect_leq(laid.rects[i].rect.y1, laid.frame.y0);
}

Test(plot, a_short_title_stays_over_the_middle_beside_the_statistics)
{
    plot_make_2d(&hist, arena, 2, 0, 2, 2, 0, 2);
    hist.title = "py vs px";
    for (uint64_t i = 0; i < hist.cells_n; i++)
        plot_set(&hist, i, 5.0 + (double)i);
    draw();
    for (unsigned i = 0; i < laid.n; i++)
        if (laid.rects[i].kind == PL_LAID_TITLE && laid.rects[i].rect.y1 < laid.frame.y0)
            cr_expect_float_eq(laid.rects[i].rect.x0 + laid.rects[i].rect.x1,
                               laid.frame.x0 + laid.frame.x1, 16);
    cr_assert_eq(stat_boxes(), 1u);
}

Test(plot, empty_bins_have_error_bars_only_when_asked_for)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    for (uint32_t bin = 1; bin <= 10; bin++)
        plot_set(&hist, bin, 4);
    plot_sumw2(&hist, arena); /* errors that stay when the contents go */
    for (uint32_t bin = 1; bin <= 10; bin++)
        plot_set(&hist, bin, bin == 3 ? 4 : 0);
    set("drawopts=E&showstats=0&ymax=10&ymin=-1");
    draw();
    unsigned some = data_pixels();
    set("drawopts=E0&showstats=0&ymax=10&ymin=-1");
    draw();
    cr_assert_gt(data_pixels(), some + 9 * 10);
}

Test(plot, zero_and_negative_bins_do_not_reach_into_a_logarithmic_plot)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    plot_set(&hist, 2, 100);
    plot_set(&hist, 5, -50);
    plot_set(&hist, 7, 1);
    set("showstats=0&ytype=log");
    draw();
    cr_assert(top_of(2) > laid.frame.y0 && top_of(2) < top_of(7));
    cr_assert(top_of(5) < 0 || top_of(5) >= laid.frame.y1 - 2);
}

static struct pl_stats statistics(void)
{
    struct pl_plot plot = {
        .hist = &hist, .params = &params, .norm = 1.0, .two = hist.kind == PL_HIST_2D};
    struct pl_stats out;
    pl_plot_ranges(&plot);
    pl_plot_stats(&plot, &out);
    return out;
}

Test(plot, statistics_come_from_the_file_until_the_range_is_zoomed)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    plot_fill(&hist, 2.9, 0, 1);
    plot_fill(&hist, 3.1, 0, 3);
    plot_fill(&hist, -5, 0, 1);
    struct pl_stats all = statistics();
    cr_assert_float_eq(all.mean[0], (2.9 + 3 * 3.1) / 4, 1e-12);
    cr_assert_eq(all.entries, 3);
    set("xmax=6&xmin=1");
    struct pl_stats zoomed = statistics();
    cr_assert_float_eq(zoomed.mean[0], (2.5 + 3 * 3.5) / 4, 1e-12);
    cr_assert_float_eq(zoomed.sigma[0], sqrt(0.1875), 1e-12);
    set("showstats=111111111");
    cr_assert_float_eq(statistics().flow[1][0], 1, 1e-12);
    cr_assert_float_eq(statistics().integral, 4, 1e-12);
}

Test(plot, a_histogram_without_content_has_zero_statistics)
{
    plot_make_1d(&hist, arena, 10, 0, 10);
    struct pl_stats none = statistics();
    cr_assert(none.mean[0] == 0 && none.sigma[0] == 0 && none.mean_error[0] == 0);
}

Test(plot, errors_of_counts_are_poisson_intervals_when_the_histogram_says_so)
{
    double low, high;
    plot_make_1d(&hist, arena, 5, 0, 5);
    plot_set(&hist, 2, 3);
    plot_set(&hist, 3, 2.5);
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 2.0};
    pl_plot_errors(&plot, 2, &low, &high);
    cr_assert(low == high && fabs(low - 2 * sqrt(3)) < 1e-12);
    hist.stat_error_option = 1;
    pl_plot_errors(&plot, 2, &low, &high);
    cr_assert_float_eq(low, 2 * (3 - 1.367), 2e-3);
    cr_assert_float_eq(high, 2 * (5.918 - 3), 2e-3);
    pl_plot_errors(&plot, 1, &low, &high);
    cr_assert(low == 0 && fabs(high - 2 * 1.841) < 2e-3);
    pl_plot_errors(&plot, 3, &low, &high);
    cr_assert_float_eq(low, high, 1e-12, "a fraction is no count");
    hist.stat_error_option = 2; /* 95 % */
    pl_plot_errors(&plot, 2, &low, &high);
    cr_assert_float_eq(high, 2 * (8.767 - 3), 2e-3);
    plot_sumw2(&hist, arena);
    pl_plot_errors(&plot, 2, &low, &high);
    cr_assert_float_eq(low, high, 1e-12);
}

Test(plot, profile_errors_follow_the_error_mode)
{
    plot_make_1d(&hist, arena, 1, 0, 1);
    uint8_t *bytes = pl_arena_zalloc(arena, 6, 8);
    hist.kind = PL_HIST_PROFILE;
    hist.sumw2 = (struct pl_cells){bytes, 3, PL_CELL_F64};
    hist.bin_entries = (struct pl_cells){bytes + 24, 3, PL_CELL_F64};
    for (int i = 0; i < 4; i++)
        plot_fill(&hist, 0.5, i < 2 ? 1 : 3, 1);
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0};
    static const double expected[] = {0.5, 1.0, 0.5, 0.5};
    cr_assert_float_eq(pl_plot_value(&plot, 1), 2, 1e-12);
    for (int mode = 0; mode < 4; mode++) {
        hist.error_mode = mode;
        cr_assert_float_eq(pl_plot_error(&plot, 1), expected[mode], 1e-12);
    }
}

Test(plot, hostile_contents_and_ranges_draw_without_harm)
{
    static const double values[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 0, -1};
    static const char *const texts[] = {"",
                                        "ytype=log",
                                        "xtype=log",
                                        "ymax=1e308&ymin=-1e308",
                                        "ymax=1e-320&ymin=0&ytype=log",
                                        "xmax=1e300",
                                        "xmin=1e300",
                                        "xmax=-1e300",
                                        "drawopts=E TEXT",
                                        "drawopts=C P L B E0",
                                        "showstats=222222222",
                                        "zmax=0&ztype=log",
                                        "drawopts=BOX SCAT TEXT"};
    for (int two = 0; two < 2; two++)
        for (size_t v = 0; v < 64; v++)
            for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
                if (two)
                    plot_make_2d(&hist, arena, 3, -1, 1, 2, 1e300, 1.5e308);
                else
                    plot_make_1d(&hist, arena, 3, -1e308, 7e307);
                for (uint64_t cell = 0; cell < hist.cells_n; cell++)
                    plot_set(&hist, cell, values[(cell * (v / 8 + 1) + v) % 8]);
                hist.entries = values[v % 8];
                hist.maximum = values[v / 8];
                hist.tsumw = values[(v + 3) % 8];
                hist.line_width = (int16_t)(v * 2000);
                hist.marker_size = (float)values[v % 3];
                hist.marker_style = (int16_t)(v - 5);
                hist.line_color = (int16_t)(v * 37 - 50);
                hist.x.divisions = (int32_t)(v * 0x10000001u);
                set(texts[t]);
                draw();
                pl_arena_reset(arena, 1 << 20);
            }
}

/* Its digits are 48 large and 36 small ones; it has no positive counterpart. */
Test(plot, the_smallest_number_of_divisions_is_one_like_any_other)
{
    static const int32_t divisions[] = {INT32_MIN, -3648};
    struct pl_buf out[] = {PL_BUF(1 << 20), PL_BUF(1 << 20)};
    for (int i = 0; i < 2; i++) {
        plot_sample_at(0)->make(&hist, arena);
        hist.x.divisions = hist.y.divisions = divisions[i];
        set("drawopts=HIST");
        draw();
        cr_assert_eq(pl_png_canvas(&canvas, arena, &out[i], NULL), PL_OK);
    }
    cr_assert(out[0].n == out[1].n && memcmp(out[0].bytes, out[1].bytes, out[0].n) == 0);
    pl_buf_free(&out[0]);
    pl_buf_free(&out[1]);
}

Test(plot, the_same_picture_twice_is_the_same_bytes)
{
    struct pl_buf a = PL_BUF(1 << 20), b = PL_BUF(1 << 20);
    for (int round = 0; round < 2; round++) {
        plot_sample_at(0)->make(&hist, arena);
        set("drawopts=HIST");
        draw();
        cr_assert_eq(pl_png_canvas(&canvas, arena, round ? &b : &a, NULL), PL_OK);
    }
    cr_assert(a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0);
    pl_buf_free(&a);
    pl_buf_free(&b);
}
