/* Histograms: every value that was written comes out, and what cannot be is refused by name. */
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

TestSuite(objects, .init = make_arena, .fini = free_arena, .timeout = 300);

static struct pl_hist read_sample(const char *path)
{
    static struct gen_bytes file;
    if (file.bytes == NULL)
        gen_sample(&file, &(struct gen_root_options){.packing = GEN_ZLIB});
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    cr_assert_eq(read_hist(&file, path, arena, &hist, &error), PL_OK, "%s", error.msg);
    return hist;
}

Test(objects, one_dimension_of_every_type)
{
    static const char *const paths[] = {"all/h1c", "all/h1s", "all/h1i", "all/h1f", "all/h1d"};
    static const enum pl_cell_type types[] = {PL_CELL_I8, PL_CELL_I16, PL_CELL_I32, PL_CELL_F32,
                                              PL_CELL_F64};
    for (unsigned i = 0; i < 5; i++) {
        struct pl_hist hist = read_sample(paths[i]);
        cr_assert_eq(hist.kind, PL_HIST_1D);
        cr_assert_eq(hist.content.type, types[i]);
        cr_assert_eq(hist.cells_n, 12);
        cr_assert_eq(hist.content.n, 12);
        cr_assert_eq(pl_cell(&hist.content, 0), 1.0);
        for (unsigned bin = 1; bin <= 10; bin++)
            cr_assert_eq(pl_cell(&hist.content, bin), bin);
        cr_assert_eq(pl_cell(&hist.content, 11), 2.0);
        cr_assert_eq(hist.x.bins, 10);
        cr_assert_eq(hist.x.low, -5.0);
        cr_assert_eq(hist.x.high, 5.0);
        cr_assert_null(hist.x.edges);
        cr_assert_null(hist.x.labels);
        cr_assert_eq(hist.entries, 12.0);
        cr_assert_eq(hist.tsumw, 55.0);
        cr_assert_eq(hist.maximum, -1111.0);
        cr_assert_eq(hist.line_color, 602);
        cr_assert_str_eq(hist.name, paths[i] + 4);
        cr_assert_str_eq(hist.title, "one dimension");
    }
}

Test(objects, two_dimensions_of_every_type)
{
    static const char *const paths[] = {"all/h2c", "all/h2s", "all/h2i", "all/h2f", "all/h2d"};
    for (unsigned i = 0; i < 5; i++) {
        struct pl_hist hist = read_sample(paths[i]);
        cr_assert_eq(hist.kind, PL_HIST_2D);
        cr_assert_eq(hist.cells_n, 30);
        for (unsigned cell = 0; cell < 30; cell++)
            cr_assert_eq(pl_cell(&hist.content, cell), cell);
        cr_assert_eq(hist.x.bins, 4);
        cr_assert_eq(hist.y.bins, 3);
        cr_assert_eq(hist.y.high, 3.0);
        cr_assert_eq(hist.tsumwxy, 12.5);
    }
}

Test(objects, a_profile_with_its_entries)
{
    struct pl_hist hist = read_sample("all/profile");
    cr_assert_eq(hist.kind, PL_HIST_PROFILE);
    cr_assert_eq(hist.bin_entries.n, 7);
    cr_assert_eq(pl_cell(&hist.bin_entries, 1), 2.0);
    cr_assert_eq(pl_cell(&hist.content, 1), 0.5 + 1.5);
    cr_assert_eq(pl_cell(&hist.sumw2, 1), 0.25 + 2.25);
    cr_assert_eq(hist.bin_sumw2.n, 0);
    cr_assert_eq(hist.error_mode, 1);
    cr_assert_eq(hist.tsumwy, 50.0);
}

static struct pl_hist read_object(const char *path, bool no_info)
{
    static struct gen_bytes file;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    free(file.bytes);
    gen_objects(&file, &(struct gen_root_options){.packing = GEN_ZSTD, .no_info = no_info});
    cr_assert_eq(read_hist(&file, path, arena, &hist, &error), PL_OK, "%s: %s", path, error.msg);
    return hist;
}

Test(objects, three_dimensions_of_every_type)
{
    static const char *const paths[] = {"h3/h3c", "h3/h3s", "h3/h3i", "h3/h3f", "h3/h3d"};
    static const enum pl_cell_type types[] = {PL_CELL_I8, PL_CELL_I16, PL_CELL_I32, PL_CELL_F32,
                                              PL_CELL_F64};
    for (unsigned i = 0; i < 10; i++) {
        struct pl_hist hist = read_object(paths[i % 5], i >= 5);
        cr_assert_eq(hist.kind, PL_HIST_3D);
        cr_assert_eq(hist.content.type, types[i % 5]);
        cr_assert_eq(hist.cells_n, 80);
        cr_assert_eq(hist.content.n, 80);
        for (unsigned cell = 0; cell < 80; cell++)
            cr_assert_eq(pl_cell(&hist.content, cell), cell);
        cr_assert_eq(hist.x.bins, 2);
        cr_assert_eq(hist.y.bins, 3);
        cr_assert_eq(hist.z.bins, 2);
        cr_assert_eq(hist.z.low, -1.0);
        cr_assert_str_eq(hist.z.title, "depth");
        cr_assert_eq(hist.tsumwz, 3.0);
        cr_assert_eq(hist.tsumwz2, 5.0);
        cr_assert_eq(hist.tsumwxz, 7.0);
        cr_assert_eq(hist.tsumwyz, 9.0);
    }
}

Test(objects, a_profile_of_two_dimensions_with_its_entries)
{
    for (unsigned i = 0; i < 2; i++) {
        struct pl_hist hist = read_object("profile2d", i);
        cr_assert_eq(hist.kind, PL_HIST_PROFILE2D);
        cr_assert_eq(hist.cells_n, 16);
        cr_assert_eq(hist.bin_entries.n, 16);
        /* cell (1, 1): x 0.25 and 0.75, y 0.5 */
        cr_assert_eq(pl_cell(&hist.bin_entries, 5), 2.0);
        cr_assert_eq(pl_cell(&hist.content, 5), 5.25 + 5.75);
        cr_assert_eq(pl_cell(&hist.sumw2, 5), 5.25 * 5.25 + 5.75 * 5.75);
        cr_assert_eq(hist.error_mode, 3);
        cr_assert_eq(hist.profile_low, -100.0);
        cr_assert_eq(hist.tsumw, 8.0);
        cr_assert_eq(hist.tsumwz, 8.0 + 80.0);
    }
}

Test(objects, entries_of_more_dimensions_still_in_the_buffer_are_filled_in)
{
    static const double buffer[] = {2.0, 1.0, 0.5, 1.5, 0.5, 2.0, 1.5, 2.5, -0.5};
    struct gen_hist hist;
    struct gen_bytes file;
    struct pl_hist read;
    gen_hist_start(&hist, "TH3D", "h", "h", 2, 0.0, 2.0, 3, 0.0, 3.0);
    gen_hist_z(&hist, 2, -1.0, 1.0);
    hist.buffer = buffer;
    hist.buffer_n = 9;
    gen_single(&file, &(struct gen_root_options){.name = "f"}, &hist);
    cr_assert_eq(read_hist(&file, "h", arena, &read, NULL), PL_OK);
    cr_assert_eq(pl_cell(&read.content, 1 + 4 * (2 + 5 * 2)), 1.0);
    cr_assert_eq(pl_cell(&read.content, 2 + 4 * (3 + 5 * 1)), 2.0);
    cr_assert_eq(read.tsumw, 3.0);
    cr_assert_eq(read.tsumwz, 0.5 - 1.0);
    cr_assert_eq(read.tsumwyz, 1.5 * 0.5 - 2.0 * 2.5 * 0.5);
    free(file.bytes);
    gen_hist_start(&hist, "TProfile2D", "h", "h", 2, 0.0, 2.0, 3, 0.0, 3.0);
    hist.buffer = buffer;
    hist.buffer_n = 9;
    gen_single(&file, &(struct gen_root_options){.name = "f"}, &hist);
    cr_assert_eq(read_hist(&file, "h", arena, &read, NULL), PL_OK);
    cr_assert_eq(pl_cell(&read.content, 2 + 4 * 3), -1.0);
    cr_assert_eq(pl_cell(&read.sumw2, 2 + 4 * 3), 0.5);
    cr_assert_eq(pl_cell(&read.bin_entries, 2 + 4 * 3), 2.0);
    cr_assert_eq(read.tsumwz2, 0.25 + 0.5);
    free(file.bytes);
}

Test(objects, labels_stand_at_their_bins)
{
    struct pl_hist hist = read_sample("more/deep/labels");
    cr_assert_not_null(hist.x.labels);
    cr_assert_str_eq(hist.x.labels[0], "first");
    cr_assert_null(hist.x.labels[1]);
    cr_assert_str_eq(hist.x.labels[2], "third");
    cr_assert_str_eq(hist.x.labels[3], "fourth with blanks");
    cr_assert_str_eq(hist.x.title, "category");
}

Test(objects, edges_errors_range_option_and_functions)
{
    struct pl_hist hist = read_sample("more/deep/edges");
    cr_assert_not_null(hist.x.edges);
    cr_assert_eq(hist.x.edges[2], 2.5);
    cr_assert_eq(hist.x.high, 10.0);
    hist = read_sample("more/deep/errors");
    cr_assert_eq(hist.sumw2.n, 4);
    cr_assert_eq(pl_cell(&hist.sumw2, 1), 9.0);
    cr_assert_str_eq(hist.option, "E1");
    hist = read_sample("more/deep/range");
    cr_assert_eq(hist.x.first, 3);
    cr_assert_eq(hist.x.last, 5);
    hist = read_sample("more/deep/functions");
    cr_assert_eq(hist.functions_n, 3);
    cr_assert_str_eq(hist.functions[0], "TF1");
    cr_assert_str_eq(hist.functions[1], "TPaveStats");
    cr_assert_str_eq(hist.functions[2], "TF1");
}

/* A file with one histogram: what is said of it in the list and by reading. */
struct verdict {
    char listed[256], read[256];
    enum pl_err err;
    struct pl_hist hist;
    struct gen_bytes file; /* hist may point into it */
};

static struct verdict judge(struct gen_hist *hist)
{
    struct verdict verdict = {.err = PL_OK};
    struct pl_error error = {.code = PL_OK};
    gen_single(&verdict.file, &(struct gen_root_options){.packing = GEN_PLAIN}, hist);
    const struct listing *listing = list(&verdict.file);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_eq(listing->n, 1);
    struct pl_source source = {verdict.file.bytes, verdict.file.n};
    const struct item *item = &listing->items[0];
    memcpy(verdict.listed, item->trouble, sizeof verdict.listed);
    verdict.err =
        pl_hist_read(&source, item->locator, item->locator_n, arena, &verdict.hist, &error);
    snprintf(verdict.read, sizeof verdict.read, "%s", error.msg);
    return verdict;
}

static void expect_trouble(struct gen_hist *hist, const char *words)
{
    struct verdict verdict = judge(hist);
    cr_assert_eq(verdict.err, PL_E_FORMAT, "%s", words);
    cr_assert(strstr(verdict.listed, words), "listed: %s", verdict.listed);
    cr_assert(strstr(verdict.read, words), "read: %s", verdict.read);
    cr_assert(strstr(verdict.read, "in the record at byte"), "read: %s", verdict.read);
    free(verdict.file.bytes);
}

static struct gen_hist plain_hist(const char *class_name)
{
    struct gen_hist hist;
    gen_hist_start(&hist, class_name, "h", "h", 4, 0.0, 4.0, 3, 0.0, 3.0);
    return hist;
}

Test(objects, limits_that_are_no_limits_are_refused)
{
    struct gen_hist hist = plain_hist("TH1F");
    hist.x.low = NAN;
    expect_trouble(&hist, "the x axis runs from nan to 4");
    hist = plain_hist("TH1F");
    hist.x.high = INFINITY;
    expect_trouble(&hist, "the x axis runs from 0 to inf");
    hist = plain_hist("TH2F");
    hist.y.high = 0.0;
    expect_trouble(&hist, "the y axis runs from 0 to 0");
    hist = plain_hist("TH1F");
    hist.x.low = 5.0;
    expect_trouble(&hist, "the x axis runs from 5 to 4");
    hist = plain_hist("TH1F");
    hist.x.low = -1.5e308;
    hist.x.high = 1.5e308;
    expect_trouble(&hist, "the x axis runs from");
}

Test(objects, bins_that_cannot_be_are_refused)
{
    struct gen_hist hist = plain_hist("TH1F");
    hist.x.bins = 0x80000000;
    expect_trouble(&hist, "the x axis has -2147483648 bins (fNbins)");
    hist = plain_hist("TH1F");
    hist.x.bins = 0x7fffffff;
    expect_trouble(&hist, "the x axis has 2147483647 bins (fNbins)");
    hist = plain_hist("TH1F");
    hist.x.bins = 0;
    expect_trouble(&hist, "the x axis has 0 bins");
    hist = plain_hist("TH1F");
    hist.x.bins = 5;
    expect_trouble(&hist, "fNcells is 6, but 5 bins with under- and overflow make 7");
    hist = plain_hist("TH2D");
    hist.x.bins = hist.y.bins = 0x7ffffffd;
    expect_trouble(&hist, "fNcells is 30");
}

Test(objects, arrays_of_another_length_are_refused)
{
    struct gen_hist hist = plain_hist("TProfile");
    free(hist.bin_entries);
    hist.bin_entries = NULL;
    expect_trouble(&hist, "fBinEntries has 0 values for 6 cells");
}

Test(objects, edges_that_do_not_rise_are_refused)
{
    static double edges[] = {0.0, 1.0, 1.0, 3.0, 4.0};
    struct gen_hist hist = plain_hist("TH1F");
    hist.x.edges = edges;
    expect_trouble(&hist, "edge 2 of the x axis (fXbins) is 1, which does not rise");
    edges[2] = NAN;
    hist = plain_hist("TH1F");
    hist.x.edges = edges;
    expect_trouble(&hist, "edge 2 of the x axis");
}

Test(objects, a_range_that_is_not_one_shows_all)
{
    static const int32_t ranges[][4] = {{5, 2, 0, 0}, {-3, 99, 1, 4}, {9, 12, 0, 0}, {0, 3, 1, 3}};
    for (unsigned i = 0; i < 4; i++) {
        struct gen_hist hist = plain_hist("TH1F");
        hist.x.first = ranges[i][0];
        hist.x.last = ranges[i][1];
        struct verdict verdict = judge(&hist);
        cr_assert_eq(verdict.err, PL_OK, "%s", verdict.read);
        cr_assert_eq(verdict.hist.x.first, ranges[i][2], "range %u", i);
        cr_assert_eq(verdict.hist.x.last, ranges[i][3], "range %u", i);
        free(verdict.file.bytes);
    }
}

Test(objects, entries_still_in_the_buffer_are_filled_in)
{
    static const double buffer[] = {3.0, 1.0, 0.5, 2.0, 1.5, 4.0, 17.0, 0.0, 0.0};
    struct gen_hist hist = plain_hist("TH1F");
    gen_hist_sumw2(&hist);
    hist.buffer = buffer;
    hist.buffer_n = 9;
    struct verdict verdict = judge(&hist);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.read);
    cr_assert_eq(pl_cell(&verdict.hist.content, 1), 1.0);
    cr_assert_eq(pl_cell(&verdict.hist.content, 2), 2.0);
    cr_assert_eq(pl_cell(&verdict.hist.content, 5), 4.0);
    cr_assert_eq(pl_cell(&verdict.hist.sumw2, 2), 4.0);
    cr_assert_eq(verdict.hist.entries, 3.0);
    cr_assert_eq(verdict.hist.tsumw, 3.0);
    cr_assert_eq(verdict.hist.tsumwx, 3.5);
    cr_assert_eq(verdict.hist.buffer.n, 0);
    free(verdict.file.bytes);
}

Test(objects, a_buffer_gives_an_axis_its_range)
{
    static const double buffer[] = {3.0, 1.0, 10.0, 1.0, 12.0, 1.0, 20.0};
    struct gen_hist hist = plain_hist("TH1F");
    hist.x.low = hist.x.high = 0.0;
    hist.buffer = buffer;
    hist.buffer_n = 7;
    struct verdict verdict = judge(&hist);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.read);
    cr_assert_eq(verdict.hist.x.low, 10.0);
    cr_assert_gt(verdict.hist.x.high, 20.0);
    cr_assert_eq(pl_cell(&verdict.hist.content, 1), 2.0);
    cr_assert_eq(pl_cell(&verdict.hist.content, 4), 1.0);
    free(verdict.file.bytes);
}

Test(objects, a_buffer_in_two_dimensions_and_of_a_profile)
{
    static const double buffer[] = {2.0, 1.0, 0.5, 1.5, 3.0, 3.5, 2.5};
    struct gen_hist hist = plain_hist("TH2F");
    hist.buffer = buffer;
    hist.buffer_n = 7;
    struct verdict verdict = judge(&hist);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.read);
    cr_assert_eq(pl_cell(&verdict.hist.content, 1 + 6 * 2), 1.0);
    cr_assert_eq(pl_cell(&verdict.hist.content, 4 + 6 * 3), 3.0);
    free(verdict.file.bytes);
    hist = plain_hist("TProfile");
    hist.buffer = buffer;
    hist.buffer_n = 7;
    verdict = judge(&hist);
    cr_assert_eq(verdict.err, PL_OK, "%s", verdict.read);
    cr_assert_eq(pl_cell(&verdict.hist.content, 1), 1.5);
    cr_assert_eq(pl_cell(&verdict.hist.bin_entries, 4), 3.0);
    free(verdict.file.bytes);
}

Test(objects, a_buffer_already_in_the_bins_is_not_filled_twice)
{
    static const double buffer[] = {-1.0, 1.0, 0.5};
    struct gen_hist hist = plain_hist("TH1F");
    gen_hist_fill(&hist, 0.5, 0.0, 1.0);
    hist.buffer = buffer;
    hist.buffer_n = 3;
    struct verdict verdict = judge(&hist);
    cr_assert_eq(pl_cell(&verdict.hist.content, 1), 1.0);
    cr_assert_eq(verdict.hist.entries, 1.0);
    free(verdict.file.bytes);
}

Test(objects, a_buffer_shorter_than_its_count_is_refused)
{
    static const double buffer[] = {7.0, 1.0, 0.5};
    struct gen_hist hist = plain_hist("TH1F");
    hist.buffer = buffer;
    hist.buffer_n = 3;
    expect_trouble(&hist, "fBuffer says it has 7 entries and has room for 1");
}

Test(objects, a_large_one_is_listed_from_its_beginning)
{
    struct gen_bytes file;
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2D", "large", "two million cells", 1500, 0.0, 1.0, 1400, 0.0, 1.0);
    hist.entries = 77.0;
    hist.content[123456] = 9.0;
    gen_single(&file, &(struct gen_root_options){.packing = GEN_ZLIB}, &hist);
    struct pl_source source = {file.bytes, file.n};
    struct listing *listing = calloc(1, sizeof *listing);
    cr_assert_eq(pl_hist_inspect(&source, arena, keep_item, listing, NULL), PL_OK);
    cr_assert_str_eq(listing->items[0].trouble, "");
    cr_assert_str_eq(listing->items[0].title, "two million cells");
    cr_assert_eq(listing->items[0].entries, 77.0);
    cr_assert_lt(pl_arena_peak(arena), 1 << 20, "%zu", pl_arena_peak(arena));
    struct pl_hist out;
    cr_assert_eq(pl_hist_read(&source, listing->items[0].locator, listing->items[0].locator_n,
                              arena, &out, NULL),
                 PL_OK);
    cr_assert_eq(pl_cell(&out.content, 123456), 9.0);
    struct pl_arena *small = test_arena(1 << 20);
    struct pl_error error = {.code = PL_OK};
    cr_assert_eq(pl_hist_read(&source, listing->items[0].locator, listing->items[0].locator_n,
                              small, &out, &error),
                 PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    cr_assert_lt(pl_arena_peak(small), 200000, "%zu", pl_arena_peak(small));
    pl_arena_free(&small);
    free(listing);
    free(file.bytes);
}

Test(objects, contents_stored_plain_are_not_copied)
{
    struct gen_bytes file;
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1D", "plain", "plain", 10000, 0.0, 1.0, 0, 0.0, 0.0);
    gen_single(&file, &(struct gen_root_options){.packing = GEN_PLAIN}, &hist);
    struct pl_hist out;
    cr_assert_eq(read_hist(&file, "plain", arena, &out, NULL), PL_OK);
    cr_assert(out.content.bytes >= file.bytes && out.content.bytes < file.bytes + file.n);
    cr_assert_lt(pl_arena_used(arena), 60000);
    free(file.bytes);
}
