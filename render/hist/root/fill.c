/* fill.c - fBuffer: a count, then weight and coordinates of each entry.
 *
 * 1D entries are (w, x), 2D and profile entries (w, x, y), 3D and entries of a profile of two
 * dimensions (w, x, y, z). Arrays that change are copied into the
 * arena as doubles in the file's byte order, since contents are read through pl_cell everywhere.
 * Knows nothing of the file.
 */
#include "render/hist/root/fill.h"

#include <math.h>

#include "shm/base/check.h"

struct entry {
    double weight, at[3]; /* x, y, z; those a kind has not are 0 */
};

static uint64_t stride_of(const struct pl_hist *hist)
{
    switch (hist->kind) {
    case PL_HIST_1D:
        return 2;
    case PL_HIST_3D:
    case PL_HIST_PROFILE2D:
        return 4;
    default:
        return 3;
    }
}

static unsigned axes_of(const struct pl_hist *hist)
{
    if (hist->kind == PL_HIST_3D)
        return 3;
    return hist->kind == PL_HIST_2D || hist->kind == PL_HIST_PROFILE2D ? 2 : 1;
}

static struct pl_hist_axis *axis_of(struct pl_hist *hist, unsigned i)
{
    return i == 0 ? &hist->x : i == 1 ? &hist->y : &hist->z;
}

static struct entry entry_of(const struct pl_hist *hist, uint64_t i)
{
    uint64_t stride = stride_of(hist);
    struct entry entry = {pl_cell(&hist->buffer, 1 + i * stride), {0.0, 0.0, 0.0}};
    for (uint64_t j = 0; j + 1 < stride; j++)
        entry.at[j] = pl_cell(&hist->buffer, 2 + i * stride + j);
    return entry;
}

static void put_f64(uint8_t *p, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (unsigned i = 8; i-- > 0; bits >>= 8)
        p[i] = (uint8_t)bits;
}

static void add(uint8_t *doubles, uint64_t cell, double value)
{
    if (doubles != NULL)
        put_f64(doubles + 8 * cell, pl_bits_f64(pl_be(doubles + 8 * cell, 8)) + value);
}

/* A copy of the cells as doubles that may be written; *out stays NULL when there are none. */
static enum pl_err thaw(struct pl_cells *cells, struct pl_arena *arena, uint8_t **out,
                        struct pl_error *error)
{
    *out = NULL;
    if (cells->n == 0)
        return PL_OK;
    uint64_t bytes;
    *out = pl_mul(cells->n, 8, &bytes) ? pl_arena_alloc(arena, bytes) : NULL;
    if (*out == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "%llu buffered cells need more than workers.memory leaves",
                             (unsigned long long)cells->n);
    for (uint64_t i = 0; i < cells->n; i++)
        put_f64(*out + 8 * i, pl_cell(cells, i));
    *cells = (struct pl_cells){*out, cells->n, PL_CELL_F64};
    return PL_OK;
}

static uint32_t bin_of(const struct pl_hist_axis *axis, double value)
{
    if (!(value >= axis->low))
        return 0;
    if (value >= axis->high)
        return axis->bins + 1;
    if (axis->edges == NULL) {
        double bin = (value - axis->low) / (axis->high - axis->low) * axis->bins;
        return 1 + (uint32_t)PL_MIN(bin, (double)axis->bins - 1.0);
    }
    uint32_t under = 0, over = axis->bins;
    while (over - under > 1) {
        uint32_t middle = under + (over - under) / 2;
        if (axis->edges[middle] <= value)
            under = middle;
        else
            over = middle;
    }
    return under + 1;
}

/* An axis that was to find its range by itself gets the range of the entries. */
static void find_range(struct pl_hist *hist, unsigned which, uint64_t n)
{
    struct pl_hist_axis *axis = axis_of(hist, which);
    if (axis->low < axis->high)
        return;
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (uint64_t i = 0; i < n; i++) {
        double value = entry_of(hist, i).at[which];
        if (isfinite(value)) {
            low = fmin(low, value);
            high = fmax(high, value);
        }
    }
    double span = high - low;
    if (!(low <= high) || !isfinite(span)) {
        low = 0.0;
        high = 1.0;
    } else if (span > 0.0) {
        high += span * 1e-3; /* the largest entry belongs into the last bin */
    }
    if (!(low < high)) {
        low -= fabs(low) * 0.5 + 0.5;
        high += fabs(high) * 0.5 + 0.5;
    }
    axis->low = low;
    axis->high = high;
}

struct arrays {
    uint8_t *content, *sumw2, *entries, *entries2;
};

static void add_sums(struct pl_hist *hist, const struct entry *entry)
{
    double w = entry->weight, x = entry->at[0], y = entry->at[1], z = entry->at[2];
    hist->tsumw += w;
    hist->tsumw2 += w * w;
    hist->tsumwx += w * x;
    hist->tsumwx2 += w * x * x;
    hist->tsumwy += w * y;
    hist->tsumwy2 += w * y * y;
    hist->tsumwxy += w * x * y;
    hist->tsumwz += w * z;
    hist->tsumwz2 += w * z * z;
    hist->tsumwxz += w * x * z;
    hist->tsumwyz += w * y * z;
}

static void fill_entry(struct pl_hist *hist, const struct arrays *arrays, const struct entry *entry)
{
    unsigned axes = axes_of(hist);
    bool profile = hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
    double w = entry->weight, value = profile ? entry->at[axes] : 1.0;
    if (profile && hist->profile_low != hist->profile_high &&
        !(value >= hist->profile_low && value <= hist->profile_high))
        return;
    bool outside = false;
    uint64_t cell = 0, step = 1;
    for (unsigned i = 0; i < axes; i++) {
        const struct pl_hist_axis *axis = axis_of(hist, i);
        uint32_t bin = bin_of(axis, entry->at[i]);
        cell += bin * step;
        step *= (uint64_t)axis->bins + 2;
        outside = outside || bin == 0 || bin > axis->bins;
    }
    add(arrays->content, cell, w * value);
    add(arrays->sumw2, cell, profile ? w * value * value : w * w);
    add(arrays->entries, cell, w);
    add(arrays->entries2, cell, w * w);
    hist->entries += 1.0;
    if (!outside)
        add_sums(hist, entry);
}

enum pl_err pl_hist_fill(struct pl_hist *hist, struct pl_arena *arena, struct pl_error *error)
{
    double count = hist->buffer.n > 0 ? pl_cell(&hist->buffer, 0) : 0.0;
    uint64_t stride = stride_of(hist);
    if (count > 0.0 && !(count <= (double)((hist->buffer.n - 1) / stride)))
        return pl_fail(error, PL_E_FORMAT, "fBuffer says it has %g entries and has room for %llu",
                       count, (unsigned long long)((hist->buffer.n - 1) / stride));
    uint64_t n = count >= 1.0 ? (uint64_t)count : 0;
    struct arrays arrays = {NULL, NULL, NULL, NULL};
    if (n > 0) {
        enum pl_err err = thaw(&hist->content, arena, &arrays.content, error);
        if (err == PL_OK)
            err = thaw(&hist->sumw2, arena, &arrays.sumw2, error);
        if (err == PL_OK)
            err = thaw(&hist->bin_entries, arena, &arrays.entries, error);
        if (err == PL_OK)
            err = thaw(&hist->bin_sumw2, arena, &arrays.entries2, error);
        if (err != PL_OK)
            return err;
        for (unsigned i = 0; i < axes_of(hist); i++)
            find_range(hist, i, n);
    }
    for (uint64_t i = 0; i < n; i++) {
        struct entry entry = entry_of(hist, i);
        fill_entry(hist, &arrays, &entry);
    }
    hist->buffer = (struct pl_cells){NULL, 0, PL_CELL_F64};
    return PL_OK;
}
