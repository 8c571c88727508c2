/* test_reduce.c - bins put together: nothing hot is lost, sums are those of all cells. */
#include <criterion/criterion.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/root/reduce.h"

static struct pl_arena *arena;
static struct pl_hist_params params;
static struct pl_hist hist, small;
static uint64_t *cells;

static void start(void)
{
    cr_assert_eq(pl_arena_make(&arena, 64 << 20, NULL), PL_OK);
    pl_hist_params_default(&params);
}

static void stop(void)
{
    pl_arena_free(&arena);
    free(cells);
    cells = NULL;
}

TestSuite(reduce, .init = start, .fini = stop);

static void put(uint64_t cell, double value)
{
    memcpy(&cells[cell], &value, sizeof value);
    cells[cell] = htobe64(cells[cell]);
}

static double got(const struct pl_cells *in, uint64_t cell)
{
    cr_assert_lt(cell, in->n);
    return pl_cell(in, cell);
}

static void shape(enum pl_hist_kind kind, uint32_t nx, uint32_t ny)
{
    uint64_t n = ((uint64_t)nx + 2) * (kind == PL_HIST_2D ? (uint64_t)ny + 2 : 1);
    hist = (struct pl_hist){.kind = kind,
                            .x = {.bins = nx, .low = 0, .high = nx, .title = ""},
                            .y = {.bins = ny, .low = 0, .high = ny, .title = ""},
                            .cells_n = n};
    cells = calloc(n, sizeof *cells);
    cr_assert(cells != NULL);
}

/* In pieces of odd lengths, as they come out of blocks. */
static enum pl_err run(void)
{
    struct pl_reduce reduce;
    struct pl_error error = {0};
    uint64_t at = 0;
    cr_assert_eq(pl_reduce_start(&reduce, &hist, &params, arena, &error), PL_OK, "%s", error.msg);
    for (unsigned i = 1; at < hist.cells_n; i++) {
        uint64_t n = hist.cells_n - at < i * 37u ? hist.cells_n - at : i * 37u;
        pl_reduce_feed(&reduce, (const uint8_t *)(cells + at), n, PL_CELL_F64);
        at += n;
    }
    return pl_reduce_end(&reduce, &small, &error);
}

Test(reduce, a_single_hot_cell_of_a_million_stays_at_its_place)
{
    shape(PL_HIST_2D, 2000, 1000);
    for (uint64_t i = 0; i < hist.cells_n; i++)
        put(i, 1.0);
    uint64_t hot = 1234 + 2002u * 567;
    put(hot, 500.0);
    cr_assert_eq(run(), PL_OK);
    cr_assert_eq(small.x.bins, 600);
    cr_assert_eq(small.y.bins, 400);
    unsigned found = 0;
    for (uint32_t y = 1; y <= small.y.bins; y++)
        for (uint32_t x = 1; x <= small.x.bins; x++)
            if (got(&small.content, x + 602u * y) == 500.0) {
                found++;
                cr_assert(small.x.edges[x - 1] <= 1233.5 && small.x.edges[x] >= 1233.5);
                cr_assert(small.y.edges[y - 1] <= 566.5 && small.y.edges[y] >= 566.5);
            } else {
                cr_assert_eq(got(&small.content, x + 602u * y), 1.0);
            }
    cr_assert_eq(found, 1);
    cr_assert_eq(small.reduced->largest, 500.0);
    cr_assert_eq(small.reduced->smallest, 1.0);
}

Test(reduce, a_deep_hole_is_as_visible_as_a_peak)
{
    shape(PL_HIST_1D, 100000, 1);
    put(5050, -3.0);
    put(5051, 2.0);
    put(90000, NAN);
    cr_assert_eq(run(), PL_OK);
    unsigned deep = 0;
    for (uint32_t x = 1; x <= small.x.bins; x++)
        deep += got(&small.content, x) == -3.0;
    cr_assert_eq(deep, 1);
    cr_assert(small.reduced->not_a_number);
}

Test(reduce, sums_are_those_of_the_cells_shown_and_flows_of_the_whole_axis)
{
    double w = 0, wx = 0, wx2 = 0, under = 0, over = 0, inside = 0;
    shape(PL_HIST_1D, 5000, 1);
    srand(7);
    params.axis[0] = (struct pl_hist_limits){PL_HIST_LIN, true, true, 1000.0, 3000.0};
    params.showstats = 112211;
    for (uint32_t i = 0; i < 5002; i++) {
        double v = rand() % 100, x = i - 0.5;
        put(i, v);
        *(i == 0 ? &under : i <= 5000 ? &inside : &over) += v;
        if (i >= 1001 && i <= 3000) {
            w += v;
            wx += v * x;
            wx2 += v * x * x;
        }
    }
    cr_assert_eq(run(), PL_OK);
    const struct pl_hist_reduced *r = small.reduced;
    cr_assert(r->sums && r->zoomed);
    cr_assert_float_eq(r->integral, w, 1e-9 * w);
    cr_assert_float_eq(r->sum_x[0], wx, 1e-9 * wx);
    cr_assert_float_eq(r->sum_x2[0], wx2, 1e-9 * wx2);
    cr_assert_eq(r->flow[1][0], under);
    cr_assert_eq(r->flow[1][1], inside);
    cr_assert_eq(r->flow[1][2], over);
    cr_assert_eq(small.x.low, 1000.0);
    cr_assert_eq(small.x.high, 3000.0);
}

Test(reduce, on_a_logarithmic_axis_low_bins_stay_apart)
{
    shape(PL_HIST_1D, 100000, 1);
    params.axis[0].type = PL_HIST_LOG;
    for (uint64_t i = 1; i <= 100000; i++)
        put(i, (double)i);
    cr_assert_eq(run(), PL_OK);
    cr_assert_float_eq(small.x.edges[1] - small.x.edges[0], 1.0, 1e-6);
    cr_assert_gt(small.x.edges[small.x.bins] - small.x.edges[small.x.bins - 1], 100.0);
    for (uint32_t x = 1; x <= small.x.bins; x++)
        cr_assert_float_eq(got(&small.content, x), small.x.edges[x], 1e-6);
}

Test(reduce, few_bins_stay_what_they_are)
{
    shape(PL_HIST_1D, 10, 1);
    for (uint64_t i = 0; i < 12; i++)
        put(i, (double)(i * i));
    cr_assert_eq(run(), PL_OK);
    cr_assert_eq(small.x.bins, 10);
    for (uint32_t x = 1; x <= 10; x++)
        cr_assert_eq(got(&small.content, x), (double)(x * x));
}

Test(reduce, errors_are_those_of_the_cells_that_are_shown)
{
    struct pl_reduce reduce;
    struct pl_error error = {0};
    shape(PL_HIST_1D, 60000, 1);
    hist.sumw2 = (struct pl_cells){(const uint8_t *)cells, hist.cells_n, PL_CELL_F64};
    for (uint64_t i = 0; i < hist.cells_n; i++)
        put(i, (double)(i % 977));
    cr_assert_eq(pl_reduce_start(&reduce, &hist, &params, arena, &error), PL_OK);
    pl_reduce_feed(&reduce, (const uint8_t *)cells, hist.cells_n, PL_CELL_F64);
    pl_reduce_errors_again(&reduce);
    for (uint64_t i = 0; i < hist.cells_n; i++)
        put(i, 2.0 * (double)(i % 977));
    pl_reduce_feed_errors(&reduce, (const uint8_t *)cells, 30001, PL_CELL_F64);
    pl_reduce_feed_errors(&reduce, (const uint8_t *)(cells + 30001), hist.cells_n - 30001,
                          PL_CELL_F64);
    cr_assert_eq(pl_reduce_end(&reduce, &small, &error), PL_OK);
    for (uint32_t x = 1; x <= small.x.bins; x++)
        cr_assert_eq(got(&small.sumw2, x), 2.0 * got(&small.content, x), "bin %u", x);
}

Test(reduce, contents_that_end_early_are_refused)
{
    struct pl_reduce reduce;
    struct pl_error error = {0};
    shape(PL_HIST_1D, 1000, 1);
    cr_assert_eq(pl_reduce_start(&reduce, &hist, &params, arena, &error), PL_OK);
    pl_reduce_feed(&reduce, (const uint8_t *)cells, 999, PL_CELL_F64);
    cr_assert_eq(pl_reduce_end(&reduce, &small, &error), PL_E_FORMAT);
}
