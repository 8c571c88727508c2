/* test_plot2d.c - maps: polygons, profiles of two variables, projections, options, statistics. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot.h"
#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"
#include "tests/unit/plots.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;
static struct pl_hist hist;
static struct pl_hist_params params;
static struct pl_laid_out laid;
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

TestSuite(plot2d, .init = start, .fini = stop, .timeout = 300);

static void draw(const char *text)
{
    struct pl_error error = {0};
    const struct pl_hist_layer layer = {&hist, "h", "", false};
    const struct pl_hist_picture picture = {&layer, 1, PL_QUALITY_NONE, &params, note};
    cr_assert_eq(pl_hist_params_parse(text, &params, &error), PL_OK, "%s", error.msg);
    memset(&laid, 0, sizeof laid);
    note[0] = '\0';
    cr_assert_eq(pl_picture_draw_laid(&picture, &canvas, arena, &laid, &error), PL_OK, "%s",
                 error.msg);
}

static void sample(const char *name)
{
    const struct plot_sample *at;
    for (unsigned i = 0; (at = plot_sample_at(i)) != NULL; i++)
        if (strcmp(at->name, name) == 0) {
            at->make(&hist, arena);
            return;
        }
    cr_assert_fail("no sample %s", name);
}

static uint32_t color(int x, int y)
{
    const uint8_t *p = canvas.rgb[pl_canvas_at(&canvas, (uint32_t)x, (uint32_t)y)];
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

/* Pixel of axis values, as parts of the frame from its lower left corner. */
static uint32_t color_at(double x, double y)
{
    return color(laid.frame.x0 + (int)(x * (laid.frame.x1 - laid.frame.x0)),
                 laid.frame.y1 - 1 - (int)(y * (laid.frame.y1 - laid.frame.y0)));
}

static unsigned count(uint32_t wanted)
{
    unsigned n = 0;
    for (int y = laid.frame.y0; y < laid.frame.y1; y++)
        for (int x = laid.frame.x0; x < laid.frame.x1; x++)
            n += color(x, y) == wanted;
    return n;
}

static uint32_t palette(double value, double low, double high)
{
    return pl_style_palette((unsigned)fmin(99, fmax(0, floor(100 * (value - low) / (high - low)))));
}

/* ---- polygons ------------------------------------------------------------------------------ */

Test(plot2d, every_part_of_a_polygon_bin_is_filled_and_its_hole_is_not)
{
    sample("poly_shapes");
    draw("showstats=0");
    double low = 10, high = 61.25;
    cr_expect_eq(color_at(0.2, 0.06), palette(10, low, high), "the ring");
    cr_expect_eq(color_at(0.21, 0.21), 0xffffffu, "its hole");
    for (int i = 0; i < 3; i++)
        cr_expect_eq(color_at(0.12 + 0.16 * i, 0.5), palette(20.25, low, high), "island %d", i);
    cr_expect_eq(color_at(0.24, 0.81), palette(30.5, low, high), "the star");
    cr_expect_eq(color_at(0.77, 0.9), palette(40.75, low, high), "the crossing, above");
    cr_expect_eq(color_at(0.77, 0.65), palette(40.75, low, high), "the crossing, below");
    cr_expect_eq(color_at(0.65, 0.77), 0xffffffu, "beside the crossing");
    cr_expect_eq(color_at(0.97, 0.3), palette(51, low, high), "cut at the frame");
}

Test(plot2d, polygons_stay_inside_the_frame)
{
    sample("poly_shapes");
    draw("showstats=0&xmax=7&xmin=1&ymax=9.5&ymin=0.5");
    for (int y = 0; y < (int)canvas.height_px; y++)
        for (int x = 0; x < laid.frame.x1; x++)
            if (x < laid.frame.x0 || y < laid.frame.y0 || y >= laid.frame.y1)
                for (unsigned level = 0; level < PL_PALETTE_LEVELS; level++)
                    cr_assert_neq(color(x, y), pl_style_palette(level), "%d,%d", x, y);
}

Test(plot2d, the_hottest_of_forty_thousand_polygons_is_seen)
{
    sample("poly_specks");
    draw("h=150&showstats=0&w=200");
    cr_assert_geq(count(pl_style_palette(99)), 1u);
    draw("h=300&showstats=0&w=400");
    cr_assert_geq(count(pl_style_palette(99)), 1u);
}

Test(plot2d, an_empty_polygon_is_outlined_and_not_painted)
{
    sample("poly_text");
    draw("showstats=0");
    cr_expect_eq(color_at(0.5, 0.5), 0xffffffu, "the cell in the middle has no content");
    cr_expect_gt(count(0x000000), 1000u, "outlines");
    draw("drawopts=COL0&showstats=0");
    cr_expect_eq(color_at(0.5, 0.5), pl_style_palette(0));
}

Test(plot2d, polygons_without_any_bin_or_part_draw_a_frame)
{
    static const struct pl_poly_bin hollow[2] = {{1, 0, 5.0, 0.0, 0.0, NULL},
                                                 {2, 0, NAN, 0.0, 0.0, NULL}};
    static const struct pl_poly none = {.x_high = 1, .y_high = 1},
                                two = {.bins_n = 2, .bins = hollow, .x_high = 1, .y_high = 1};
    static const char *const texts[] = {"", "drawopts=COLZ TEXT", "xtype=log&ytype=log&ztype=log",
                                        "showstats=222222222", "xmax=5&xmin=-5"};
    sample("poly_shapes");
    for (int i = 0; i < 10; i++) {
        hist.poly = i % 2 ? &none : &two;
        draw(texts[i / 2]);
        cr_expect_gt(laid.frame.x1, laid.frame.x0 + 100);
    }
}

Test(plot2d, hostile_points_of_polygons_draw_without_harm)
{
    static const double xs[] = {-1e308, 1e308, 0, 1e-320, 5, -5, 1e300, 3};
    static const double ys[] = {1e308, 0, -1e308, 7, 1e-320, 1e300, -5, 3};
    static const struct pl_poly_part parts[] = {{8, xs, ys}, {1, xs, ys}, {2, xs, ys}, {0, xs, ys}};
    static const struct pl_poly_bin bins[] = {{1, 4, 1e308, 1e308, 0, parts},
                                              {2, 1, -1e308, 0, 0, parts},
                                              {3, 3, INFINITY, NAN, 0, parts + 1}};
    static const struct pl_poly poly = {
        .bins_n = 3, .bins = bins, .x_low = -10, .x_high = 10, .y_low = -10, .y_high = 10};
    static const char *const texts[] = {"", "drawopts=COLZ TEXT45", "xtype=log&ytype=log&ztype=log",
                                        "xmax=1e308&xmin=-1e308", "h=1&w=1"};
    sample("poly_shapes");
    hist.poly = &poly;
    for (unsigned i = 0; i < 5; i++)
        draw(texts[i]);
}

/* ---- profiles and projections -------------------------------------------------------------- */

Test(plot2d, cells_of_a_profile_without_entries_stay_unpainted_and_zero_means_do_not)
{
    sample("profile2");
    draw("showstats=0");
    cr_expect_eq(color_at(0.02, 0.98), 0xffffffu);
    cr_expect_neq(color_at(0.5, 0.5), 0xffffffu);
}

Test(plot2d, a_histogram_of_three_dimensions_is_summed_along_z)
{
    struct pl_hist flat;
    struct pl_error error = {0};
    sample("solid");
    cr_assert_eq(pl_hist_project(&hist, arena, &flat, &error), PL_OK);
    double sum = 0, here = 0;
    for (uint64_t i = 0; i < hist.cells_n; i++)
        if (i / (42 * 32) >= 1 && i / (42 * 32) <= 20)
            sum += pl_cell(&hist.content, i),
                here += i % (42 * 32) == 20 + 42 * 9 ? pl_cell(&hist.content, i) : 0;
    for (uint64_t i = 0; i < flat.cells_n; i++)
        sum -= pl_cell(&flat.content, i);
    cr_assert_float_eq(sum, 0, 1e-6);
    cr_assert_gt(here, 0);
    cr_assert_float_eq(pl_cell(&flat.content, 20 + 42 * 9), here, 1e-9);
    hist.z.first = hist.z.last = 3;
    cr_assert_eq(pl_hist_project(&hist, arena, &flat, &error), PL_OK);
    cr_assert_float_eq(pl_cell(&flat.content, 20 + 42 * 9),
                       pl_cell(&hist.content, 20 + 42 * 9 + 3 * 42 * 32), 1e-9);
    draw("");
    cr_assert_neq(note[0], '\0');
}

/* ---- options ------------------------------------------------------------------------------- */

Test(plot2d, scattered_dots_are_the_same_each_time_and_differ_between_objects)
{
    static uint8_t before[400 * 601];
    sample("sparse");
    draw("drawopts=SCAT");
    memcpy(before, canvas.rows, sizeof before);
    draw("drawopts=SCAT");
    cr_assert_arr_eq(before, canvas.rows, sizeof before);
    hist.name = "hitz";
    draw("drawopts=SCAT");
    cr_assert_neq(memcmp(before, canvas.rows, sizeof before), 0);
}

Test(plot2d, the_side_of_a_box_is_the_root_of_its_share)
{
    plot_make_2d(&hist, arena, 2, 0, 2, 1, 0, 1);
    plot_set(&hist, 1 + 4, 100);
    plot_set(&hist, 2 + 4, 25);
    draw("drawopts=BOX&showstats=0");
    int y = (laid.frame.y0 + laid.frame.y1) / 2, edges[4], n = 0;
    for (int x = laid.frame.x0 + 1; x < laid.frame.x1 - 1 && n < 4; x++)
        if (color(x, y) == 0x00009a && color(x - 1, y) != 0x00009a)
            edges[n++] = x;
    int cell = (laid.frame.x1 - laid.frame.x0) / 2;
    cr_assert_geq(n, 3);
    cr_assert_float_eq(edges[n - 1] - edges[n - 2], 0.5 * cell, 3);
}

Test(plot2d, values_beyond_the_range_of_z_keep_its_ends)
{
    plot_make_2d(&hist, arena, 4, 0, 4, 1, 0, 1);
    for (uint32_t i = 1; i <= 4; i++)
        plot_set(&hist, i + 6, 10.0 * i);
    draw("showstats=0&zmax=30&zmin=15");
    cr_expect_eq(color_at(0.125, 0.5), 0xffffffu, "below zmin");
    cr_expect_eq(color_at(0.375, 0.5), palette(20, 15, 30));
    cr_expect_eq(color_at(0.625, 0.5), pl_style_palette(99));
    cr_expect_eq(color_at(0.875, 0.5), pl_style_palette(99), "above zmax");
}

Test(plot2d, negative_contents_make_zero_a_value_like_any_other)
{
    plot_make_2d(&hist, arena, 3, 0, 3, 1, 0, 1);
    plot_set(&hist, 1 + 5, -10);
    plot_set(&hist, 3 + 5, 10);
    draw("showstats=0");
    cr_expect_eq(color_at(0.5, 0.5), palette(0, -10, 10));
    plot_set(&hist, 1 + 5, 5);
    draw("showstats=0");
    cr_expect_eq(color_at(0.5, 0.5), 0xffffffu);
}

Test(plot2d, log_axes_of_all_three_place_cells_by_their_decades)
{
    static const double edges[] = {1, 10, 100, 1000};
    plot_make_2d(&hist, arena, 3, 1, 1000, 3, 1, 1000);
    hist.x.edges = hist.y.edges = edges;
    for (uint32_t iy = 1; iy <= 3; iy++)
        for (uint32_t ix = 1; ix <= 3; ix++)
            plot_set(&hist, ix + 5 * iy, pow(10, ix + iy));
    static const char *const texts[] = {"showstats=0&xtype=log&ytype=log&zmin=30&ztype=log",
                                        "showstats=0&xtype=log&ytype=log"};
    for (int linear = 0; linear < 2; linear++) {
        draw(texts[linear]);
        for (int iy = 0; iy < 3; iy++)
            for (int ix = 0; ix < 3; ix++) {
                double value = ix + iy + 2;
                uint32_t wanted =
                    linear ? palette(pow(10, value), 100, 1e6) : palette(value, log10(30), 6);
                cr_expect_eq(color_at((2 * ix + 1) / 6.0, (2 * iy + 1) / 6.0), wanted, "%d %d %d",
                             ix, iy, linear);
            }
    }
}

Test(plot2d, what_is_not_drawn_as_asked_is_a_colour_map_with_a_note)
{
    static const char *const texts[] = {"drawopts=CONT4", "drawopts=LEGO2Z", "drawopts=SURF1"};
    for (unsigned i = 0; i < 3; i++) {
        sample("signed");
        draw(texts[i]);
        cr_expect_neq(note[0], '\0', "%s", texts[i]);
        cr_expect_gt(count(pl_style_palette(99)), 50u, "%s", texts[i]);
    }
    sample("signed");
    draw("drawopts=COLZ TEXT");
    cr_expect_eq(note[0], '\0', "%s", note);
    draw("drawopts=TEXT&h=150&w=200"); /* no room for numbers */
    cr_expect_neq(note[0], '\0');
    cr_expect_gt(count(pl_style_palette(99)), 50u);
    sample("poly");
    draw("drawopts=BOX");
    cr_expect_neq(note[0], '\0');
    cr_expect_gt(count(pl_style_palette(99)), 50u);
}

Test(plot2d, what_lies_outside_of_a_map_is_a_block_of_nine_numbers)
{
    struct pl_stats stats;
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0, .two = true};
    plot_make_2d(&hist, arena, 2, 0, 2, 2, 0, 2);
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
            plot_fill(&hist, 2.0 * x - 1.5, 2.0 * y - 1.5, 1 + x + 10 * y);
    draw("showstats=1111111");
    pl_plot_bins(&plot);
    pl_plot_stats(&plot, &stats);
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
            cr_expect_eq(stats.flow[y][x], 1 + x + 10 * y);
    sample("poly_shapes");
    struct pl_poly poly = *hist.poly;
    for (int i = 0; i < 9; i++)
        poly.overflow[i] = i + 1;
    hist.poly = &poly;
    pl_poly_range(&plot);
    pl_plot_stats(&plot, &stats);
    cr_expect_eq(stats.flow[2][0], 1, "upper left is bin -1");
    cr_expect_eq(stats.flow[0][2], 9, "lower right is bin -9");
    cr_expect_float_eq(stats.integral, 213.75, 1e-9);
}

Test(plot2d, the_statistics_of_polygons_are_of_the_file_until_the_range_is_zoomed)
{
    struct pl_stats stats;
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0, .two = true};
    sample("poly_shapes");
    hist.tsumw = 10;
    hist.tsumwx = 35;
    hist.tsumwx2 = 130;
    draw("");
    pl_poly_range(&plot);
    pl_plot_stats(&plot, &stats);
    cr_expect_float_eq(stats.mean[0], 3.5, 1e-12);
    draw("xmax=4&xmin=0&ymax=4&ymin=0"); /* only the ring has its middle there */
    pl_poly_range(&plot);
    pl_plot_stats(&plot, &stats);
    cr_expect_float_eq(stats.mean[0], 2.0, 1e-9);
    cr_expect_float_eq(stats.mean[1], 2.0, 1e-9);
    cr_expect_float_eq(stats.sigma[0], 0.0, 1e-6);
}

Test(plot2d, means_of_a_profile_of_two_variables_are_weighted_by_its_entries)
{
    struct pl_stats stats;
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0, .two = true};
    sample("profile2");
    draw("xmax=3&xmin=0");
    pl_plot_bins(&plot);
    pl_plot_stats(&plot, &stats);
    double sum = 0, x = 0;
    for (uint32_t iy = 1; iy <= 24; iy++)
        for (uint32_t ix = 16; ix <= 30; ix++) {
            double w = pl_cell(&hist.bin_entries, ix + 32 * iy);
            sum += w;
            x += w * (-3 + 0.2 * (ix - 0.5));
        }
    cr_expect_float_eq(stats.mean[0], x / sum, 1e-9);
}

/* ---- labels -------------------------------------------------------------------------------- */

static unsigned labels_beside(bool below)
{
    unsigned n = 0;
    for (unsigned i = 0; i < laid.n; i++) {
        const struct pl_rect *r = &laid.rects[i].rect;
        n += laid.rects[i].kind == PL_LAID_LABEL &&
             (below ? r->y0 >= laid.frame.y1 : r->x1 <= laid.frame.x0 && r->y0 < laid.frame.y1);
    }
    return n;
}

Test(plot2d, few_bin_labels_are_all_drawn_and_of_many_as_many_as_are_legible)
{
    sample("labelled");
    draw("");
    cr_expect_eq(labels_beside(true), 8u);
    cr_expect_eq(labels_beside(false), 7u);
    draw("h=150&w=200");
    cr_expect_eq(labels_beside(true), 8u);
    cr_expect_eq(labels_beside(false), 7u);
    sample("crowded");
    draw("");
    cr_expect(labels_beside(true) >= 30 && labels_beside(true) <= 80, "%u", labels_beside(true));
    cr_expect(labels_beside(false) >= 20 && labels_beside(false) <= 60, "%u", labels_beside(false));
}

Test(plot2d, no_label_is_smaller_than_seven_pixels)
{
    static const char *const names[] = {"crowded", "level", "labelled", "large_numbers"};
    for (unsigned i = 0; i < 4; i++)
        for (int w = 80; w < 700; w += 97) {
            char text[64];
            sample(names[i]);
            snprintf(text, sizeof text, "h=%d&w=%d", w * 2 / 3, w);
            draw(text);
            for (unsigned r = 0; r < laid.n; r++) {
                struct pl_rect rect = laid.rects[r].rect;
                int side = PL_MIN(rect.x1 - rect.x0, rect.y1 - rect.y0);
                if (laid.rects[r].kind == PL_LAID_LABEL) /* ascent and descent of 7 pixels */
                    cr_expect_geq(side, 4, "%s at %d: %d", names[i], w, side);
            }
            pl_arena_reset(arena, 1 << 20);
        }
}
