/* reduce.c - contents as they come from the file into the cells of a picture.
 *
 * A few hundred cells are turned into numbers; of these, one run of neighbours that fall into the
 * same cell of the outcome is handled at a time: a loop that keeps the extreme and, when numbers
 * are shown that need them, the sums. Must not know how the bytes are unpacked. Memory: reduce.h.
 */
#include "render/hist/root/reduce.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

enum { AT_ONCE = 512 }; /* cells that are turned into numbers together */

/* --- which bins become one ----------------------------------------------------------------------
 */

static enum pl_err no_memory(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the reduced histogram needs more than workers.memory leaves");
}

/* Boundaries at equal distances in the picture, moved to the edges of bins; in one dimension
 * those that columns have. */
static enum pl_err group(struct pl_reduce *reduce, struct pl_reduce_axis *out,
                         const struct pl_hist_axis *axis, const struct pl_hist_limits *user,
                         uint32_t size_px, struct pl_error *error)
{
    struct pl_span span = {0};
    pl_span_bins(&span, axis, user);
    uint32_t n =
        reduce->two ? PL_MIN(span.last - span.first + 1, size_px) : pl_span_groups(&span, size_px);
    out->bins = axis->bins;
    out->whole = !span.user;
    out->starts = pl_arena_alloc(reduce->arena, ((uint64_t)n + 1) * sizeof *out->starts);
    if (out->starts == NULL)
        return no_memory(error);
    out->groups = 0;
    for (uint32_t g = 0; g < n; g++) {
        uint32_t bin = pl_span_group(&span, g, n);
        if (g == 0 || (bin > out->starts[out->groups - 1] && bin <= span.last))
            out->starts[out->groups++] = bin;
    }
    out->starts[out->groups] = span.last + 1;
    return PL_OK;
}

/* --- memory of the outcome -----------------------------------------------------------------------
 */

static uint64_t cells_of(const struct pl_reduce *reduce)
{
    return ((uint64_t)reduce->x.groups + 2) * (reduce->two ? (uint64_t)reduce->y.groups + 2 : 1);
}

static enum pl_err take_memory(struct pl_reduce *reduce, struct pl_error *error)
{
    uint64_t n = cells_of(reduce);
    reduce->values = pl_arena_alloc(reduce->arena, n * sizeof *reduce->values);
    reduce->out = pl_arena_zalloc(reduce->arena, 1, sizeof *reduce->out);
    if (!reduce->two)
        reduce->least = pl_arena_alloc(reduce->arena, n * sizeof *reduce->least);
    if (!reduce->two && reduce->hist->sumw2.n > 0) {
        reduce->square = pl_arena_zalloc(reduce->arena, n, 2 * sizeof *reduce->square);
        reduce->at = pl_arena_zalloc(reduce->arena, n, 2 * sizeof *reduce->at);
        if (reduce->at == NULL || reduce->square == NULL)
            return no_memory(error);
        reduce->least_square = reduce->square + n;
        reduce->least_at = reduce->at + n;
    }
    if (reduce->values == NULL || reduce->out == NULL || (!reduce->two && reduce->least == NULL))
        return no_memory(error);
    for (uint64_t i = 0; i < n; i++)
        reduce->values[i] = NAN;
    for (uint64_t i = 0; i < n && reduce->least != NULL; i++)
        reduce->least[i] = NAN;
    reduce->out->smallest = INFINITY;
    reduce->out->largest = -INFINITY;
    reduce->out->least_positive = INFINITY;
    return PL_OK;
}

enum pl_err pl_reduce_start(struct pl_reduce *reduce, const struct pl_hist *hist,
                            const struct pl_hist_params *params, struct pl_arena *arena,
                            struct pl_error *error)
{
    *reduce = (struct pl_reduce){.hist = hist, .arena = arena, .two = hist->kind == PL_HIST_2D};
    CHECK(reduce->two || hist->kind == PL_HIST_1D);
    enum pl_err err =
        group(reduce, &reduce->x, &hist->x, &params->axis[0], params->width_px, error);
    if (err == PL_OK && reduce->two)
        err = group(reduce, &reduce->y, &hist->y, &params->axis[1], params->height_px, error);
    if (err == PL_OK && cells_of(reduce) > PL_REDUCE_CELLS_MAX)
        return no_memory(error);
    reduce->sums_wanted = hist->tsumw == 0.0 || hist->norm_factor != 0.0 || !reduce->x.whole ||
                          (reduce->two && !reduce->y.whole) || params->showstats >= 10000;
    return err == PL_OK ? take_memory(reduce, error) : err;
}

/* --- runs of cells
 * -------------------------------------------------------------------------------- */

struct run {
    uint32_t ix, iy; /* first cell, as the file numbers them */
    uint32_t gx, gy; /* its cell of the outcome; 0 and groups + 1 are outside */
    uint64_t n;
};

static double number_at(const uint8_t *bytes, uint64_t i, enum pl_cell_type type)
{
    const struct pl_cells cells = {bytes, i + 1, type};
    return pl_cell(&cells, i);
}

/* The loop of each type that is usual knows it, so that the compiler unrolls it. */
static void decode(double *out, const uint8_t *bytes, uint64_t n, enum pl_cell_type type)
{
    if (type == PL_CELL_F64)
        for (uint64_t i = 0; i < n; i++)
            out[i] = number_at(bytes, i, PL_CELL_F64);
    else if (type == PL_CELL_F32)
        for (uint64_t i = 0; i < n; i++)
            out[i] = number_at(bytes, i, PL_CELL_F32);
    else
        for (uint64_t i = 0; i < n; i++)
            out[i] = number_at(bytes, i, type);
}

/* The group of a bin; *end is the first bin behind it. `guess`: the group of the bin before. */
static uint32_t group_of(const struct pl_reduce_axis *axis, uint32_t bin, uint32_t guess,
                         uint64_t *end)
{
    if (guess < axis->groups && axis->starts[guess] == bin) {
        *end = axis->starts[guess + 1];
        return guess + 1;
    }
    if (bin < axis->starts[0]) {
        *end = axis->starts[0];
        return 0;
    }
    if (bin >= axis->starts[axis->groups]) {
        *end = (uint64_t)axis->bins + 2;
        return axis->groups + 1;
    }
    uint32_t low = 0, high = axis->groups - 1;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (axis->starts[middle] <= bin)
            low = middle;
        else
            high = middle - 1;
    }
    *end = axis->starts[low + 1];
    return low + 1;
}

static double centre(const struct pl_hist_axis *axis, uint32_t bin)
{
    return 0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1));
}

/* Under, in or over the range of the whole axis. */
static int third_of(uint32_t bin, uint32_t bins)
{
    return bin == 0 ? 0 : bin <= bins ? 1 : 2;
}

static void add_sums(struct pl_reduce *reduce, const struct run *run, const double *values)
{
    struct pl_hist_reduced *out = reduce->out;
    bool shown = run->gx >= 1 && run->gx <= reduce->x.groups &&
                 (!reduce->two || (run->gy >= 1 && run->gy <= reduce->y.groups));
    double y = reduce->two && shown ? centre(&reduce->hist->y, run->iy) : 0.0;
    int by = reduce->two ? third_of(run->iy, reduce->y.bins) : 1;
    for (uint64_t i = 0; i < run->n; i++) {
        double v = values[i];
        uint32_t ix = run->ix + (uint32_t)i;
        if (!isfinite(v))
            continue;
        out->flow[by][third_of(ix, reduce->x.bins)] += v;
        if (!shown || v == 0.0)
            continue;
        double x = centre(&reduce->hist->x, ix);
        out->integral += v;
        out->sum_w2 += fabs(v);
        out->sum_x[0] += v * x;
        out->sum_x2[0] += v * x * x;
        out->sum_x[1] += v * y;
        out->sum_x2[1] += v * y * y;
    }
}

/* Smallest and largest of one dimension: also what the ranges are made of. */
static void keep_both(struct pl_reduce *reduce, const struct run *run, const double *values)
{
    double least = INFINITY, most = -INFINITY, sum = 0.0, positive = reduce->out->least_positive;
    uint64_t least_i = 0, most_i = 0;
    for (uint64_t i = 0; i < run->n; i++) {
        double v = values[i];
        if (!isfinite(v)) {
            reduce->out->not_a_number |= isnan(v);
            continue;
        }
        sum += v;
        least_i = v < least ? i : least_i;
        least = v < least ? v : least;
        most_i = v > most ? i : most_i;
        most = v > most ? v : most;
        positive = v > 0.0 && v < positive ? v : positive;
    }
    reduce->out->flow[1][1] += reduce->sums_wanted ? 0.0 : sum;
    reduce->out->least_positive = positive;
    reduce->out->smallest = fmin(reduce->out->smallest, least);
    reduce->out->largest = fmax(reduce->out->largest, most);
    if (least > most) /* nothing finite */
        return;
    if (!(least >= reduce->least[run->gx])) {
        reduce->least[run->gx] = least;
        if (reduce->least_at != NULL)
            reduce->least_at[run->gx] = run->ix + (uint32_t)least_i;
    }
    if (!(most <= reduce->values[run->gx])) {
        reduce->values[run->gx] = most;
        if (reduce->at != NULL)
            reduce->at[run->gx] = run->ix + (uint32_t)most_i;
    }
}

static void keep_extreme(struct pl_reduce *reduce, const struct run *run, const double *values)
{
    struct pl_hist_reduced *out = reduce->out;
    uint64_t at = run->gx + ((uint64_t)reduce->x.groups + 2) * run->gy;
    double best = reduce->values[at];
    double smallest = out->smallest, largest = out->largest, least = out->least_positive;
    for (uint64_t i = 0; i < run->n; i++) {
        double v = values[i];
        if (isfinite(v)) {
            smallest = v < smallest ? v : smallest;
            largest = v > largest ? v : largest;
            least = v > 0.0 && v < least ? v : least;
        } else if (isnan(v)) {
            out->not_a_number = true;
            continue;
        }
        if (!(fabs(v) <= fabs(best))) /* also when there is none yet */
            best = v;
    }
    out->smallest = smallest;
    out->largest = largest;
    out->least_positive = least;
    reduce->values[at] = best;
}

static void take_run(struct pl_reduce *reduce, const struct run *run, const double *values)
{
    bool shown = run->gx >= 1 && run->gx <= reduce->x.groups &&
                 (!reduce->two || (run->gy >= 1 && run->gy <= reduce->y.groups));
    if (shown && reduce->two)
        keep_extreme(reduce, run, values);
    else if (shown)
        keep_both(reduce, run, values);
    if (reduce->sums_wanted)
        add_sums(reduce, run, values);
}

static unsigned size_of(enum pl_cell_type type)
{
    static const uint8_t sizes[] = {[PL_CELL_I8] = 1,  [PL_CELL_I16] = 2, [PL_CELL_I32] = 4,
                                    [PL_CELL_I64] = 8, [PL_CELL_F32] = 4, [PL_CELL_F64] = 8};
    return sizes[type];
}

/* Cells that are numbers by now, run by run. */
static void take_cells(struct pl_reduce *reduce, const double *values, uint64_t n)
{
    uint64_t row_n = (uint64_t)reduce->x.bins + 2, end = 0, end_y = 0;
    struct run run = {.ix = (uint32_t)(reduce->next % row_n),
                      .iy = (uint32_t)(reduce->next / row_n)};
    reduce->next += n;
    while (n > 0) {
        run.gx = group_of(&reduce->x, run.ix, run.gx, &end);
        if (reduce->two && run.iy >= end_y)
            run.gy = group_of(&reduce->y, run.iy, run.gy, &end_y);
        run.n = PL_MIN(end - run.ix, n);
        take_run(reduce, &run, values);
        values += run.n;
        n -= run.n;
        run.ix += (uint32_t)run.n;
        if (run.ix == row_n) {
            run.ix = 0;
            run.iy++;
        }
    }
}

void pl_reduce_feed(struct pl_reduce *reduce, const uint8_t *bytes, uint64_t n,
                    enum pl_cell_type type)
{
    double values[AT_ONCE];
    while (n > 0) {
        uint64_t some = PL_MIN(n, (uint64_t)AT_ONCE);
        decode(values, bytes, some, type);
        take_cells(reduce, values, some);
        bytes += some * size_of(type);
        n -= some;
    }
}

void pl_reduce_errors_again(struct pl_reduce *reduce)
{
    reduce->next = 0;
    reduce->out->sum_w2 = 0.0;
}

/* Sums of one dimension have squares of weights, as those of a histogram that is held. */
static void add_squares(struct pl_reduce *reduce, const uint8_t *bytes, uint64_t first,
                        uint64_t end, enum pl_cell_type type)
{
    uint64_t from = PL_MAX(first, (uint64_t)reduce->x.starts[0]);
    uint64_t to = PL_MIN(end, (uint64_t)reduce->x.starts[reduce->x.groups]);
    for (uint64_t cell = from; cell < to; cell++) {
        double square = number_at(bytes, cell - first, type);
        reduce->out->sum_w2 += isfinite(square) ? square : 0.0;
    }
}

void pl_reduce_feed_errors(struct pl_reduce *reduce, const uint8_t *bytes, uint64_t n,
                           enum pl_cell_type type)
{
    uint64_t first = reduce->next, end = first + n;
    CHECK(reduce->at != NULL);
    for (uint32_t g = 1; g <= reduce->x.groups; g++) {
        if (reduce->at[g] >= first && reduce->at[g] < end)
            reduce->square[g] = number_at(bytes, reduce->at[g] - first, type);
        if (reduce->least_at[g] >= first && reduce->least_at[g] < end)
            reduce->least_square[g] = number_at(bytes, reduce->least_at[g] - first, type);
    }
    add_squares(reduce, bytes, first, end, type);
    reduce->next = end;
}

/* --- the outcome
 * ---------------------------------------------------------------------------------- */

static enum pl_err new_axis(struct pl_reduce *reduce, const struct pl_reduce_axis *groups,
                            struct pl_hist_axis *axis, struct pl_error *error)
{
    const struct pl_hist_axis from = *axis;
    axis->labels = NULL;
    axis->first = axis->last = 0;
    axis->bins = groups->groups;
    axis->low = pl_hist_edge(&from, groups->starts[0]);
    axis->high = pl_hist_edge(&from, groups->starts[groups->groups]);
    double *edges = pl_arena_alloc(reduce->arena, ((uint64_t)groups->groups + 1) * sizeof *edges);
    if (edges == NULL)
        return no_memory(error);
    for (uint32_t g = 0; g <= groups->groups; g++)
        edges[g] = pl_hist_edge(&from, groups->starts[g]);
    axis->edges = edges;
    return PL_OK;
}

/* In place: what was numbers becomes the file's own form. Cells outside stay empty. */
static struct pl_cells big_endian(double *values, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        double v = values[i];
        uint64_t bits;
        memcpy(&bits, &v, sizeof bits);
        bits = htobe64(bits);
        memcpy(&values[i], &bits, sizeof bits);
    }
    return (struct pl_cells){(const uint8_t *)values, n, PL_CELL_F64};
}

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* The one of larger absolute value is the content, of equal ones the positive; as the drawing has
 * it.
 */
static void choose_contents(struct pl_reduce *reduce)
{
    for (uint32_t g = 1; g <= reduce->x.groups; g++) {
        if (!(fabs(reduce->least[g]) > fabs(reduce->values[g])))
            continue;
        swap(&reduce->least[g], &reduce->values[g]);
        if (reduce->square != NULL)
            swap(&reduce->least_square[g], &reduce->square[g]);
    }
}

/* A cell nobody fell into is outside; one that held only NaN stays NaN. */
static void clear_outside(struct pl_reduce *reduce)
{
    uint64_t row_n = (uint64_t)reduce->x.groups + 2, n = cells_of(reduce);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t gx = i % row_n, gy = i / row_n;
        bool outside =
            gx == 0 || gx > reduce->x.groups || (reduce->two && (gy == 0 || gy > reduce->y.groups));
        if (outside)
            reduce->values[i] = 0.0;
    }
}

enum pl_err pl_reduce_end(struct pl_reduce *reduce, struct pl_hist *out, struct pl_error *error)
{
    if (reduce->next != reduce->hist->cells_n)
        return pl_fail(error, PL_E_FORMAT, "the contents end after %llu of %llu cells",
                       (unsigned long long)reduce->next, (unsigned long long)reduce->hist->cells_n);
    struct pl_hist_reduced *reduced = reduce->out;
    *out = *reduce->hist;
    enum pl_err err = new_axis(reduce, &reduce->x, &out->x, error);
    if (err == PL_OK && reduce->two)
        err = new_axis(reduce, &reduce->y, &out->y, error);
    if (err != PL_OK)
        return err;
    if (!reduce->two)
        choose_contents(reduce);
    clear_outside(reduce);
    reduced->sums = reduce->sums_wanted;
    reduced->zoomed = !reduce->x.whole || (reduce->two && !reduce->y.whole);
    reduced->bins[0] = reduce->x.bins;
    reduced->bins[1] = reduce->two ? reduce->y.bins : 1;
    out->cells_n = cells_of(reduce);
    out->content = big_endian(reduce->values, cells_of(reduce));
    out->sumw2 = (struct pl_cells){NULL, 0, PL_CELL_F64};
    if (reduce->square != NULL)
        out->sumw2 = big_endian(reduce->square, cells_of(reduce));
    reduced->other = reduce->least;
    reduced->other_square = reduce->least_square;
    out->reduced = reduced;
    return PL_OK;
}
