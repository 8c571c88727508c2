/* test_values.c - the numbers behind the pictures: errors, sums and ranges, without a pixel. */
#include <criterion/criterion.h>
#include <math.h>

#include "render/hist/draw/plot_priv.h"
#include "tests/unit/plots.h"

static struct pl_arena *arena;
static struct pl_hist hist;
static struct pl_hist_params params;

static void start(void)
{
    cr_assert_eq(pl_arena_make(&arena, 16 << 20, NULL), PL_OK);
    pl_hist_params_default(&params);
}

static void stop(void)
{
    pl_arena_free(&arena);
}

TestSuite(values, .init = start, .fini = stop, .timeout = 120);

static struct pl_plot ranged(const char *text)
{
    struct pl_plot plot = {.hist = &hist, .params = &params, .arena = arena, .norm = 1.0};
    struct pl_error error = {0};
    cr_assert_eq(pl_hist_params_parse(text, &params, &error), PL_OK, "%s", error.msg);
    plot.two = pl_hist_is_map(&hist);
    pl_plot_ranges(&plot);
    return plot;
}

/* ---- errors -------------------------------------------------------------------------------- */

/* One bin filled with 1, 1, 5, 5. */
static void make_profile(void)
{
    plot_make_1d(&hist, arena, 1, 0, 1);
    plot_sumw2(&hist, arena);
    hist.bin_entries = hist.sumw2;
    plot_sumw2(&hist, arena);
    hist.kind = PL_HIST_PROFILE;
    for (int i = 0; i < 4; i++)
        plot_fill(&hist, 0.5, i < 2 ? 1 : 5, 1);
}

Test(values, every_error_mode_of_a_profile_has_an_error_of_its_own)
{
    static const double expected[] = {1.0, 2.0, 1.0, 0.5}, equal[] = {0.0, 0.0, 0.1443375673, 0.5};
    make_profile();
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0};
    for (int mode = 0; mode < 4; mode++) {
        hist.error_mode = mode;
        cr_expect_float_eq(pl_plot_error(&plot, 1), expected[mode], 1e-12, "mode %d", mode);
    }
    make_profile();
    for (int i = 0; i < 4; i++)
        plot_fill(&hist, 0.5, i < 2 ? 5 : 1, -1); /* takes all out again */
    for (int i = 0; i < 4; i++)
        plot_fill(&hist, 0.5, 3, 1); /* no spread */
    for (int mode = 0; mode < 4; mode++) {
        hist.error_mode = mode;
        cr_expect_float_eq(pl_plot_error(&plot, 1), equal[mode], 1e-9, "mode %d", mode);
    }
}

Test(values, weights_of_a_profile_lower_the_number_of_its_entries)
{
    struct pl_hist weights;
    make_profile();
    plot_make_1d(&weights, arena, 1, 0, 1);
    plot_set(&weights, 1, 16); /* 4 * 4 / 16: as one entry */
    hist.bin_sumw2 = weights.content;
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 1.0};
    cr_assert_float_eq(pl_plot_error(&plot, 1), 2.0, 1e-12);
}

Test(values, errors_of_weighted_contents_are_their_own)
{
    plot_make_1d(&hist, arena, 2, 0, 2);
    plot_set(&hist, 1, 25);
    plot_sumw2(&hist, arena);
    plot_set(&hist, 1, 100);
    struct pl_plot plot = {.hist = &hist, .params = &params, .norm = 2.0};
    cr_assert_float_eq(pl_plot_error(&plot, 1), 10.0, 1e-12);
    hist.sumw2.n = 0;
    cr_assert_float_eq(pl_plot_error(&plot, 1), 20.0, 1e-12);
}

/* ---- sums ---------------------------------------------------------------------------------- */

Test(values, the_error_of_a_zoomed_mean_is_of_the_weights)
{
    struct pl_stats stats;
    plot_make_1d(&hist, arena, 4, 0, 4);
    plot_set(&hist, 1, 400);
    plot_set(&hist, 2, 400);
    plot_sumw2(&hist, arena);
    plot_set(&hist, 1, 20);
    plot_set(&hist, 2, 20);
    struct pl_plot plot = ranged("xmax=2");
    pl_plot_stats(&plot, &stats);
    cr_assert_float_eq(stats.mean[0], 1.0, 1e-12);
    cr_assert_float_eq(stats.sigma[0], 0.5, 1e-12);
    cr_assert_float_eq(stats.mean_error[0], 0.5 / sqrt(2.0), 1e-12); /* 40 * 40 / 800 entries */
}

Test(values, the_mean_of_y_of_a_zoomed_profile_is_of_what_was_filled)
{
    struct pl_stats stats;
    plot_make_1d(&hist, arena, 2, 0, 2);
    plot_sumw2(&hist, arena);
    hist.bin_entries = hist.sumw2;
    plot_sumw2(&hist, arena);
    hist.kind = PL_HIST_PROFILE;
    plot_fill(&hist, 0.5, 3, 1);
    plot_fill(&hist, 0.5, 5, 1);
    plot_fill(&hist, 1.5, 100, 1);
    struct pl_plot plot = ranged("xmax=1");
    pl_plot_stats(&plot, &stats);
    cr_assert_float_eq(stats.mean[1], 4.0, 1e-12);
    cr_assert_float_eq(stats.sigma[1], 1.0, 1e-12);
}

Test(values, sums_of_all_depths_are_not_those_of_some)
{
    struct pl_hist flat;
    plot_make_2d(&hist, arena, 2, 0, 2, 10, 0, 10);
    hist.kind = PL_HIST_3D;
    hist.y.bins = 1;
    hist.z = hist.x; /* 4 * 3 * 4 cells, of which there are that many */
    hist.tsumw = 7;
    cr_assert_eq(pl_hist_project(&hist, arena, &flat, NULL), PL_OK);
    cr_assert_eq(flat.tsumw, 7);
    hist.z.first = hist.z.last = 1;
    cr_assert_eq(pl_hist_project(&hist, arena, &flat, NULL), PL_OK);
    cr_assert_eq(flat.tsumw, 0);
}

Test(values, the_kolmogorov_test_leaves_flow_bins_out)
{
    struct pl_hist other;
    plot_make_1d(&hist, arena, 2, 0, 2);
    plot_set(&hist, 1, 40);
    plot_set(&hist, 2, 60);
    plot_make_1d(&other, arena, 2, 0, 2);
    plot_set(&other, 1, 60);
    plot_set(&other, 2, 40);
    struct pl_plot a = {.hist = &hist, .norm = 1}, b = {.hist = &other, .norm = 1};
    double without = pl_hist_kolmogorov(&a, &b);
    plot_set(&hist, 0, 1000);
    plot_set(&hist, 3, 5000);
    cr_assert_float_eq(pl_hist_kolmogorov(&a, &b), without, 1e-12);
}

/* ---- ranges -------------------------------------------------------------------------------- */

Test(values, a_logarithmic_plot_shows_half_the_least_to_twice_the_most)
{
    plot_make_1d(&hist, arena, 4, 0, 4);
    plot_set(&hist, 1, 0.2);
    plot_set(&hist, 2, 5000);
    plot_set(&hist, 3, -3);
    struct pl_plot plot = ranged("ytype=log");
    cr_assert(plot.y.log);
    cr_assert_float_eq(plot.y.low, 0.1, 1e-12);
    cr_assert_float_eq(plot.y.high, 10000, 1e-9);
}

Test(values, a_logarithmic_axis_from_zero_starts_within_its_first_bin)
{
    plot_make_1d(&hist, arena, 100, 0, 50);
    struct pl_plot plot = ranged("xtype=log");
    cr_assert(plot.x.log);
    cr_assert(plot.x.low > 0.01 && plot.x.low < 0.5, "%g", plot.x.low);
    cr_assert_float_eq(plot.x.high, 50, 1e-12);
}

Test(values, points_have_room_at_both_ends_of_a_logarithmic_axis)
{
    static const double x[] = {1, 10, 1e4}, y[] = {1, 2, 3};
    const struct pl_graph graph = {.n = 3, .x = x, .y = y, .minimum = -1111, .maximum = -1111};
    plot_make_1d(&hist, arena, 1, 0, 1);
    hist.kind = PL_HIST_GRAPH;
    hist.graph = &graph;
    cr_assert_eq(pl_hist_params_parse("xtype=log", &params, NULL), PL_OK);
    struct pl_plot plot = {.hist = &hist, .params = &params, .arena = arena, .norm = 1.0};
    cr_assert_eq(pl_graph_frame(&plot, &hist, &graph, NULL), PL_OK);
    double room = pow(1e4, 0.05);
    cr_assert_float_eq(plot.hist->x.low, 1 / room, 1e-9);
    cr_assert_float_eq(plot.hist->x.high, 1e4 * room, 1e-6);
}
