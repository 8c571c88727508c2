/* Polygons: bins behind references, islands and holes, the nine regions outside, and what is
 * refused. */
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

TestSuite(poly, .init = make_arena, .fini = free_arena, .timeout = 300);

struct verdict {
    enum pl_err err;
    struct pl_error error;
    struct pl_hist hist;
};

static struct verdict judge_in(struct gen_poly *poly, struct gen_bytes *file, bool no_info)
{
    struct verdict verdict = {.err = PL_OK};
    struct gen_root *root =
        gen_root_start(&(struct gen_root_options){.name = "f", .no_info = no_info});
    gen_root_poly(root, GEN_ROOT_DIRECTORY, poly);
    gen_root_finish(root, file);
    verdict.err = read_hist(file, poly->hist.name, arena, &verdict.hist, &verdict.error);
    return verdict;
}

static struct verdict judge(struct gen_poly *poly)
{
    struct gen_bytes file;
    struct verdict verdict = judge_in(poly, &file, false);
    free(file.bytes);
    return verdict;
}

static void expect_sample(const struct pl_hist *hist)
{
    const struct pl_poly *poly = hist->poly;
    cr_assert_eq(hist->kind, PL_HIST_POLY);
    cr_assert_not_null(poly);
    cr_assert_eq(poly->bins_n, 3);
    cr_assert_eq(poly->bins[0].number, 1);
    cr_assert_eq(poly->bins[0].content, 4.0);
    cr_assert_eq(poly->bins[0].area, 1.0);
    cr_assert_eq(poly->bins[0].parts_n, 1);
    cr_assert_eq(poly->bins[0].parts[0].n, 5);
    cr_assert_eq(poly->bins[0].parts[0].x[1], 1.0);
    cr_assert_eq(poly->bins[0].error, 2.0);
    cr_assert_eq(poly->bins[1].parts_n, 3);
    cr_assert_eq(poly->bins[1].content, -2.5);
    cr_assert_eq(poly->bins[1].error, sqrt(2.5));
    cr_assert_eq(poly->bins[1].parts[0].n, 4);
    cr_assert_eq(poly->bins[1].parts[0].x[2], 5.0);
    cr_assert_eq(poly->bins[1].parts[1].x[1], 4.0);
    cr_assert_eq(poly->bins[1].parts[2].y[2], 4.0);
    cr_assert_eq(poly->bins[2].number, 3);
    cr_assert_eq(poly->bins[2].parts[0].n, 3);
    for (unsigned i = 0; i < 9; i++)
        cr_assert_eq(poly->overflow[i], i + 1);
    cr_assert_eq(poly->x_high, 5.0);
    cr_assert_eq(poly->y_high, 4.0);
    cr_assert_not(poly->is_float);
    cr_assert_eq(hist->entries, 12.0);
    cr_assert_eq(hist->tsumw, 10.5);
    cr_assert_eq(hist->content.n, 0);
    cr_assert_eq(hist->cells_n, 0);
}

Test(poly, bins_of_one_part_and_of_several_with_a_hole)
{
    for (int i = 0; i < 4; i++) {
        struct gen_poly poly;
        struct gen_bytes file;
        gen_sample_poly(&poly, "p");
        poly.in_list = i & 1;
        struct verdict verdict = judge_in(&poly, &file, i & 2);
        cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
        expect_sample(&verdict.hist);
        const struct item *item = item_at(list(&file), "p");
        cr_assert_str_eq(item->kind, "TH2Poly");
        cr_assert_str_eq(item->trouble, "");
        cr_assert_eq(item->entries, 12.0);
        free(file.bytes);
    }
}

/* Nine regions first since ROOT 6.14, bins alone before; of other lengths they are of the grid. */
Test(poly, errors_are_from_the_sums_of_squares_when_there_are_such)
{
    static const uint64_t lengths[] = {12, 3, 16};
    static const double errors[] = {3.0, 1.0, 2.0};
    for (unsigned i = 0; i < 3; i++) {
        struct gen_poly poly;
        gen_sample_poly(&poly, "p");
        poly.hist.cells_n = lengths[i];
        gen_hist_sumw2(&poly.hist);
        poly.hist.sumw2[0] = 1.0;
        if (lengths[i] > 9)
            poly.hist.sumw2[9] = 9.0;
        struct verdict verdict = judge(&poly);
        cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
        cr_assert_eq(verdict.hist.poly->bins[0].error, errors[i], "%u: %g", i,
                     verdict.hist.poly->bins[0].error);
    }
}

Test(poly, no_bins_at_all_are_no_trouble)
{
    struct gen_poly poly;
    gen_sample_poly(&poly, "p");
    poly.bins_n = 0;
    struct verdict verdict = judge(&poly);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
    cr_assert_eq(verdict.hist.poly->bins_n, 0);
}

Test(poly, a_corner_that_is_nowhere_is_refused)
{
    static const double corners[] = {0.0, NAN, 1.0};
    struct gen_graph bad;
    struct gen_poly_bin bin = {1, 1.0, 1.0, &bad, 1, 0.0};
    struct gen_poly poly;
    gen_graph_start(&bad, "TGraph", "bad", 3, corners, corners);
    gen_sample_poly(&poly, "p");
    poly.bins = &bin;
    poly.bins_n = 1;
    struct verdict verdict = judge(&poly);
    cr_assert_eq(verdict.err, PL_E_FORMAT);
    cr_assert(strstr(verdict.error.msg, "corner 1 of a polygon is at (nan, nan)"), "%s",
              verdict.error.msg);
}

Test(poly, an_axis_without_a_range_is_refused)
{
    struct gen_poly poly;
    gen_sample_poly(&poly, "p");
    poly.hist.y.low = poly.hist.y.high;
    struct verdict verdict = judge(&poly);
    cr_assert_eq(verdict.err, PL_E_FORMAT);
    cr_assert(strstr(verdict.error.msg, "the y axis runs from 4 to 4"), "%s", verdict.error.msg);
}

/* The last list refers many times to one large bin: each reading of it is cheap to ask for and
 * costs what the bin has. */
Test(poly, many_references_to_one_bin_are_refused)
{
    enum { CORNERS_N = 2000, BINS_N = 2000 };
    static double corners[CORNERS_N];
    static struct gen_poly_bin bins[BINS_N];
    struct gen_graph large, small;
    struct gen_poly poly;
    struct gen_bytes file;
    gen_graph_start(&large, "TGraph", "large", CORNERS_N, corners, corners);
    gen_graph_start(&small, "TGraph", "small", 1, corners, corners);
    for (int i = 0; i < BINS_N; i++)
        bins[i] = (struct gen_poly_bin){i + 1, 1.0, 1.0, i == 0 ? &large : &small, 1, 0.0};
    gen_sample_poly(&poly, "p");
    poly.bins = bins;
    poly.bins_n = BINS_N;
    struct verdict verdict = judge_in(&poly, &file, false);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
    /* The list of references is the last thing in the record: make all of them the first. */
    const struct item *item = item_at(list(&file), "p");
    uint64_t record = pl_be(item->locator, 8), record_n = pl_be(item->locator + 8, 4);
    uint8_t *end = file.bytes + record + record_n, *first = end - 5 * BINS_N;
    for (int i = 1; i < BINS_N; i++)
        memcpy(first + 5 * i, first, 4);
    verdict.err = read_hist(&file, "p", arena, &verdict.hist, &verdict.error);
    cr_assert_eq(verdict.err, PL_E_FORMAT);
    cr_assert(strstr(verdict.error.msg, "the polygons of the bins overlap in the file"), "%s",
              verdict.error.msg);
    free(file.bytes);
}

Test(poly, references_that_lead_nowhere_leave_no_bin)
{
    struct gen_poly poly;
    struct gen_bytes file;
    gen_sample_poly(&poly, "p");
    struct verdict verdict = judge_in(&poly, &file, false);
    const struct item *item = item_at(list(&file), "p");
    uint64_t record = pl_be(item->locator, 8), record_n = pl_be(item->locator + 8, 4);
    uint8_t *last = file.bytes + record + record_n - 5;
    static const uint8_t nowhere[][4] = {
        {0x3f, 0xff, 0xff, 0xff}, {0, 0, 0, 1}, {0, 0, 0, 60}, {0, 0, 0, 0}};
    for (unsigned i = 0; i < 4; i++) {
        memcpy(last, nowhere[i], 4);
        verdict.err = read_hist(&file, "p", arena, &verdict.hist, &verdict.error);
        if (i < 2 || i == 3) {
            cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
            cr_assert_eq(verdict.hist.poly->bins_n, 2);
        } else {
            cr_assert(verdict.err == PL_OK || verdict.err == PL_E_FORMAT);
        }
    }
    free(file.bytes);
}

/* The bins carry the error of their mean; sums of squares of the grid say nothing of it. */
Test(poly, a_profile_has_the_errors_of_its_bins)
{
    for (int i = 0; i < 4; i++) {
        struct gen_poly poly;
        struct gen_poly_bin bins[3];
        struct gen_bytes file;
        gen_sample_poly(&poly, "p");
        memcpy(bins, poly.bins, sizeof bins);
        for (unsigned bin = 0; bin < 3; bin++)
            bins[bin].error = 0.125 * (bin + 1);
        poly.bins = bins;
        poly.in_list = i & 1;
        poly.hist.class_name = "TProfile2Poly";
        struct verdict verdict = judge_in(&poly, &file, i & 2);
        cr_assert_eq(verdict.err, PL_OK, "%s", verdict.error.msg);
        cr_assert_str_eq(item_at(list(&file), "p")->kind, "TProfile2Poly");
        for (unsigned bin = 0; bin < 3; bin++) {
            cr_assert_eq(verdict.hist.poly->bins[bin].error, 0.125 * (bin + 1));
            cr_assert_eq(verdict.hist.poly->bins[bin].content, bins[bin].content);
        }
        cr_assert_eq(verdict.hist.poly->bins[1].parts_n, 3);
        cr_assert_eq(verdict.hist.poly->overflow[8], 9.0);
        cr_assert_eq(verdict.hist.tsumw, 10.5);
        free(file.bytes);
    }
}
