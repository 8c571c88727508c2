/* Efficiencies: two histograms that belong together, and what is refused. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/unit/root_help.h"

static struct pl_arena *arena;

static void make_arena(void)
{
    arena = test_arena(ARENA_N);
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(efficiency, .init = make_arena, .fini = free_arena, .timeout = 300);

static struct pl_hist read_at(const char *path, bool no_info)
{
    static struct gen_bytes file;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    free(file.bytes);
    gen_objects(&file, &(struct gen_root_options){.packing = GEN_ZLIB, .no_info = no_info});
    cr_assert_eq(read_hist(&file, path, arena, &hist, &error), PL_OK, "%s: %s", path, error.msg);
    cr_assert_eq(hist.kind, PL_HIST_EFFICIENCY);
    cr_assert_not_null(hist.efficiency);
    return hist;
}

Test(efficiency, both_histograms_and_all_numbers_come_out)
{
    for (int i = 0; i < 4; i++) {
        bool two = i & 1;
        struct pl_hist hist = read_at(two ? "efficiency2d" : "efficiency", i & 2);
        const struct pl_efficiency *efficiency = hist.efficiency;
        enum pl_hist_kind kind = two ? PL_HIST_2D : PL_HIST_1D;
        cr_assert_eq(efficiency->passed->kind, kind);
        cr_assert_eq(efficiency->total->kind, kind);
        cr_assert_str_eq(efficiency->passed->name, "passed");
        cr_assert_str_eq(efficiency->total->name, "total");
        for (unsigned bin = 1; bin <= 4; bin++) {
            cr_assert_eq(pl_cell(&efficiency->passed->content, bin + (two ? 6 : 0)), bin);
            cr_assert_eq(pl_cell(&efficiency->total->content, bin + (two ? 6 : 0)), 8.0);
        }
        cr_assert_eq(efficiency->confidence_level, 0.9);
        cr_assert_eq(efficiency->beta_alpha, 0.5);
        cr_assert_eq(efficiency->beta_beta, 1.5);
        cr_assert_eq(efficiency->weight, 2.0);
        cr_assert_eq(efficiency->statistic_option, 2);
        cr_assert_str_eq(hist.title, "found of all");
        cr_assert_eq(hist.entries, 4.0);
    }
}

Test(efficiency, one_histogram_for_both_is_a_reference)
{
    struct pl_hist hist = read_at("whole", false);
    cr_assert_str_eq(hist.efficiency->passed->name, "passed");
    cr_assert_str_eq(hist.efficiency->total->name, "passed");
    cr_assert_eq(pl_cell(&hist.efficiency->total->content, 1), 3.0);
}

Test(efficiency, numbers_that_make_no_sense_become_the_usual_ones)
{
    struct pl_hist hist = read_at("whole", false); /* all zero */
    cr_assert_float_eq(hist.efficiency->confidence_level, 0.6827, 1e-4);
    cr_assert_eq(hist.efficiency->beta_alpha, 1.0);
    cr_assert_eq(hist.efficiency->beta_beta, 1.0);
    cr_assert_eq(hist.efficiency->weight, 1.0);
}

Test(efficiency, bits_of_the_object_say_which_interval_and_whether_weights_count)
{
    struct gen_hist passed, total;
    struct gen_efficiency efficiency = {
        .name = "e", .title = "", .passed = &passed, .total = &total};
    for (uint32_t bit = 14; bit <= 19; bit++)
        for (int weights = 0; weights < 2; weights++) {
            struct gen_bytes file;
            struct pl_hist hist;
            struct pl_error error = {.code = PL_OK};
            gen_hist_start(&passed, "TH1D", "passed", "", 2, 0.0, 2.0, 0, 0.0, 0.0);
            gen_hist_start(&total, "TH1D", "total", "", 2, 0.0, 2.0, 0, 0.0, 0.0);
            if (weights) {
                gen_hist_sumw2(&passed);
                gen_hist_sumw2(&total);
            }
            efficiency.bits = 1U << bit;
            struct gen_root *root = gen_root_start(&(struct gen_root_options){.name = "f"});
            gen_root_efficiency(root, GEN_ROOT_DIRECTORY, &efficiency);
            gen_root_finish(root, &file);
            cr_assert_eq(read_hist(&file, "e", arena, &hist, &error), PL_OK, "%s", error.msg);
            cr_assert_eq(hist.efficiency->posterior_mode, bit == 15);
            cr_assert_eq(hist.efficiency->shortest, bit == 16);
            cr_assert_eq(hist.efficiency->bin_priors, bit == 17);
            cr_assert_eq(hist.efficiency->weighted, bit == 18 && weights);
            free(file.bytes);
        }
}

static void expect_trouble(struct gen_hist *passed, struct gen_hist *total, const char *words)
{
    struct gen_bytes file;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    struct gen_efficiency efficiency = {
        .name = "e", .title = "t", .passed = passed, .total = total, .statistic_option = 99};
    struct gen_root *root = gen_root_start(&(struct gen_root_options){.name = "f"});
    gen_root_efficiency(root, GEN_ROOT_DIRECTORY, &efficiency);
    gen_root_finish(root, &file);
    enum pl_err err = read_hist(&file, "e", arena, &hist, &error);
    cr_assert_eq(err, words != NULL ? PL_E_FORMAT : PL_OK, "%s", error.msg);
    cr_assert(words == NULL || strstr(error.msg, words), "%s", error.msg);
    cr_assert(words != NULL || hist.efficiency->statistic_option == 0);
    const struct item *item = item_at(list(&file), "e");
    cr_assert(words == NULL || strstr(item->trouble, words), "%s", item->trouble);
    cr_assert_str_eq(item->title, "t");
    free(file.bytes);
}

static struct gen_hist plain(const char *class_name, unsigned bins, double high)
{
    struct gen_hist hist;
    gen_hist_start(&hist, class_name, "h", "", bins, 0.0, high, 2, 0.0, 2.0);
    return hist;
}

Test(efficiency, histograms_that_do_not_belong_together_are_refused)
{
    static double edges[] = {0.0, 1.0, 2.0, 3.0, 4.0}, others[] = {0.0, 1.5, 2.0, 3.0, 4.0};
    struct gen_hist passed = plain("TH1D", 4, 4.0), total = plain("TH1D", 5, 4.0);
    expect_trouble(&passed, &total, "the two histograms of the efficiency have different bins");
    passed = plain("TH1D", 4, 4.0);
    total = plain("TH1D", 4, 5.0);
    expect_trouble(&passed, &total, "different bins");
    passed = plain("TH1D", 4, 4.0);
    total = plain("TH2D", 4, 4.0);
    expect_trouble(&passed, &total, "different bins");
    passed = plain("TH1D", 4, 4.0);
    total = plain("TH1D", 4, 4.0);
    gen_hist_edges(&total.x, others);
    expect_trouble(&passed, &total, "different bins");
    passed = plain("TH1D", 4, 4.0);
    total = plain("TH1F", 4, 4.0);
    gen_hist_edges(&total.x, edges);
    expect_trouble(&passed, &total, NULL);
    passed = plain("TProfile", 4, 4.0);
    total = plain("TProfile", 4, 4.0);
    expect_trouble(&passed, &total, "the efficiency has no histogram of all (fTotalHistogram)");
    passed = plain("TH1D", 4, NAN);
    total = plain("TH1D", 4, 4.0);
    expect_trouble(&passed, &total, "the x axis runs from 0 to nan");
}
