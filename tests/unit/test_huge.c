/* test_huge.c - histograms read block by block show what those read whole show. */
#include <criterion/criterion.h>
#include <math.h>

#include "render/hist/draw/plot.h"
#include "render/hist/root/huge.h"
#include "render/text.h"
#include "shm/base/check.h"
#include "tests/unit/root_help.h"

static struct pl_hist_params params;
static struct pl_arena *arena;
static struct gen_bytes file;

static void start(void)
{
    arena = test_arena(256 << 20);
    pl_hist_params_default(&params);
    cr_assert_eq(pl_text_start(NULL, NULL), PL_OK);
}

static void stop(void)
{
    pl_text_stop();
    pl_arena_free(&arena);
    free(file.bytes);
    file = (struct gen_bytes){NULL, 0, 0};
}

TestSuite(huge, .init = start, .fini = stop);

static struct gen_hist hist;

static void map_of(uint32_t nx, uint32_t ny)
{
    gen_hist_start(&hist, "TH2D", "h", "title", nx, 0, nx, ny, 0, ny);
    for (uint64_t i = 0; i < hist.cells_n; i++)
        hist.content[i] = (double)(i * 2654435761u % 1000) / 10.0;
    hist.content[1000 + (nx + 2) * 500u] = 5000.0;
}

static void write_file(enum gen_packing packing, size_t block_n)
{
    struct gen_root_options options = {.packing = packing, .block_n = block_n};
    struct gen_root *root = gen_root_start(&options);
    gen_root_hist(root, GEN_ROOT_DIRECTORY, &hist);
    gen_root_finish(root, &file);
}

static enum pl_err read_fit(struct pl_hist *out, struct pl_error *error)
{
    const struct item *item = item_at(list(&file), "h");
    struct pl_source source = {file.bytes, file.n};
    cr_assert(item != NULL);
    return pl_hist_read_fit(&source, item->locator, item->locator_n, &params, arena, out, error);
}

/* Every cell of the small one is the extreme of the cells it covers. */
static void compare(const struct pl_hist *whole, const struct pl_hist *small)
{
    uint32_t ys = small->kind == PL_HIST_2D ? small->y.bins : 1;
    for (uint32_t gy = 1; gy <= ys; gy++)
        for (uint32_t gx = 1; gx <= small->x.bins; gx++) {
            double best = 0.0;
            uint32_t y0 = 0, y1 = 1;
            if (ys > 1) {
                y0 = (uint32_t)(small->y.edges[gy - 1] + 0.5) + 1;
                y1 = (uint32_t)(small->y.edges[gy] + 0.5) + 1;
            }
            uint32_t x0 = (uint32_t)(small->x.edges[gx - 1] + 0.5) + 1;
            uint32_t x1 = (uint32_t)(small->x.edges[gx] + 0.5) + 1;
            for (uint32_t y = y0; y < y1; y++)
                for (uint32_t x = x0; x < x1; x++) {
                    double v = pl_cell(&whole->content, x + (whole->x.bins + 2) * (uint64_t)y);
                    best = fabs(v) > fabs(best) ? v : best;
                }
            uint64_t cell = gx + (ys > 1 ? (small->x.bins + 2) * (uint64_t)gy : 0);
            cr_assert_eq(pl_cell(&small->content, cell), best, "cell %u %u", gx, gy);
        }
}

static void check_map(enum gen_packing packing, size_t block_n)
{
    struct pl_hist whole, small;
    struct pl_error error = {0};
    map_of(1500, 900);
    write_file(packing, block_n);
    cr_assert_eq(read_hist(&file, "h", arena, &whole, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(read_fit(&small, &error), PL_OK, "%s", error.msg);
    cr_assert(small.reduced != NULL && whole.reduced == NULL);
    cr_assert_eq(small.reduced->largest, 5000.0);
    cr_assert_str_eq(small.title, "title");
    cr_assert_eq(small.entries, whole.entries);
    compare(&whole, &small);
}

Test(huge, a_map_in_zlib_blocks_that_cut_through_numbers)
{
    check_map(GEN_ZLIB, 1000003);
}

Test(huge, a_map_in_one_lz4_block)
{
    check_map(GEN_LZ4, 0);
}

Test(huge, a_map_in_many_small_zstd_blocks)
{
    check_map(GEN_ZSTD, 70001);
}

Test(huge, a_map_that_is_not_compressed)
{
    check_map(GEN_PLAIN, 0);
}

Test(huge, errors_of_a_line_come_from_a_second_passage)
{
    struct pl_hist whole, small;
    struct pl_error error = {0};
    gen_hist_start(&hist, "TH1D", "h", "", 1200000, 0, 1200000, 0, 0, 0);
    gen_hist_sumw2(&hist);
    for (uint64_t i = 0; i < hist.cells_n; i++) {
        hist.content[i] = (double)(i * 2654435761u % 100003);
        hist.sumw2[i] = 3.0 * hist.content[i];
    }
    write_file(GEN_ZLIB, 999983);
    cr_assert_eq(read_hist(&file, "h", arena, &whole, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(read_fit(&small, &error), PL_OK, "%s", error.msg);
    compare(&whole, &small);
    cr_assert_eq(small.sumw2.n, small.cells_n);
    for (uint32_t x = 1; x <= small.x.bins; x++)
        cr_assert_eq(pl_cell(&small.sumw2, x), 3.0 * pl_cell(&small.content, x));
}

/* ---- pictures ------------------------------------------------------------------------------ */

enum { LINE_N = 1200000 };

static double gauss(double x, double mean, double sigma)
{
    return exp(-0.5 * (x - mean) * (x - mean) / (sigma * sigma));
}

/* Noise on hills, with single hot and dead channels, and a gap. */
static double noisy(uint32_t bin)
{
    double x = (double)bin / LINE_N, noise = (double)(bin * 2654435761u % 10007) / 10007;
    if (bin == 300017 || bin == 655360)
        return 2600;
    if (bin % 400009 == 7 || (x > 0.71 && x < 0.73))
        return 0;
    return floor(900 * gauss(x, 0.3, 0.1) + 400 * gauss(x, 0.8, 0.05) + 200 + 120 * noise);
}

static void line_of(bool errors, bool negative)
{
    gen_hist_start(&hist, "TH1D", "h", "title", LINE_N, -3, 5, 0, 0, 0);
    if (errors)
        gen_hist_sumw2(&hist);
    for (uint32_t i = 0; i < hist.cells_n; i++) {
        hist.content[i] = negative ? 0.01 * (noisy(i) - 700) : noisy(i);
        if (errors)
            hist.sumw2[i] = 5.0 * fabs(hist.content[i]) + (i % 11);
    }
    write_file(GEN_LZ4, 3000017);
}

static long differing(const char *text)
{
    static struct pl_hist whole, small;
    struct pl_error error = {0};
    struct pl_canvas expected, is;
    long n = 0;
    pl_arena_reset(arena, 0);
    cr_assert_eq(pl_hist_params_parse(text, &params, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(read_hist(&file, "h", arena, &whole, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(read_fit(&small, &error), PL_OK, "%s", error.msg);
    cr_assert(small.reduced != NULL && whole.reduced == NULL);
    for (int i = 0; i < 2; i++) {
        const struct pl_hist_layer layer = {i == 0 ? &whole : &small, "h", "", false};
        const struct pl_hist_picture picture = {
            .layers = &layer, .layers_n = 1, .params = &params, .quality = PL_QUALITY_ERROR};
        cr_assert_eq(pl_hist_draw(&picture, i == 0 ? &expected : &is, arena, &error), PL_OK, "%s",
                     error.msg);
    }
    for (uint32_t y = 0; y < is.height_px; y++)
        for (uint32_t x = 0; x < is.width_px; x++)
            n += memcmp(is.rgb[pl_canvas_at(&is, x, y)],
                        expected.rgb[pl_canvas_at(&expected, x, y)], 3) != 0;
    return n;
}

static const char *const ways[] = {"",
                                   "h=180&w=223",
                                   "h=800&w=1201",
                                   "ytype=log",
                                   "drawopts=E1",
                                   "drawopts=HIST&showerrbars=1",
                                   "drawopts=L",
                                   "drawopts=P",
                                   "xmax=1.7&xmin=-0.21",
                                   "xmax=-0.992&xmin=-1",
                                   "xmax=4&xmin=0.001&xtype=log",
                                   "showstats=112211"};

static void expect_equal_pictures(void)
{
    for (unsigned i = 0; i < PL_COUNT(ways); i++) {
        long n = differing(ways[i]);
        cr_expect_eq(n, 0, "%ld pixels differ with '%s'", n, ways[i]);
    }
}

Test(huge, the_picture_of_a_line_is_that_of_one_that_is_held)
{
    line_of(false, false);
    expect_equal_pictures();
}

Test(huge, also_of_negative_contents)
{
    line_of(false, true);
    expect_equal_pictures();
}

Test(huge, also_with_errors)
{
    line_of(true, false);
    expect_equal_pictures();
}

Test(huge, waiting_entries_are_refused_and_not_read)
{
    static const double waiting[] = {1, 1, 5, 5};
    struct pl_hist small;
    struct pl_error error = {0};
    map_of(1500, 900);
    hist.buffer = waiting;
    hist.buffer_n = 4;
    write_file(GEN_ZLIB, 0);
    cr_assert_eq(read_fit(&small, &error), PL_E_LIMIT);
    cr_assert(strstr(error.msg, "fBuffer") != NULL, "%s", error.msg);
}

Test(huge, damage_anywhere_is_an_error_and_no_more)
{
    struct pl_hist small;
    map_of(1500, 900);
    write_file(GEN_ZLIB, 1000003);
    const struct item item = *item_at(list(&file), "h");
    struct pl_source source = {file.bytes, file.n};
    unsigned refused = 0;
    for (unsigned i = 1; i < 30; i++) {
        struct pl_error error = {0};
        uint8_t *byte = &file.bytes[file.n * i / 31];
        *byte ^= 0x55;
        pl_arena_reset(arena, 0);
        refused += pl_hist_read_fit(&source, item.locator, item.locator_n, &params, arena, &small,
                                    &error) != PL_OK;
        *byte ^= 0x55;
    }
    cr_assert_geq(refused, 25);
}

Test(huge, a_small_arena_is_enough_for_a_map_of_its_tenfold)
{
    struct pl_hist small;
    struct pl_error error = {0};
    map_of(3000, 2000);
    write_file(GEN_ZLIB, 2000003);
    pl_arena_free(&arena);
    arena = test_arena(6 << 20);
    cr_assert_eq(read_fit(&small, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(read_hist(&file, "h", arena, &small, &error), PL_E_LIMIT);
}
