/* summary.c - title, entries, means and deviations, or what a text reports, for the listing.
 *
 * The sums are used as the file has them; when they are all zero and the contents are there, they
 * are made from the bins inside the axes. Pure but for the arena.
 */
#include "render/hist/root/summary.h"

#include <math.h>
#include <stdio.h>

#include "shm/base/check.h"

struct sums {
    double w, x[3], x2[3];
};

static double centre(const struct pl_hist_axis *axis, uint32_t bin)
{
    return 0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1));
}

static void add_cell(const struct pl_hist *hist, uint64_t cell, const double at[3], unsigned n,
                     struct sums *sums)
{
    bool profile = hist->bin_entries.n > 0;
    double w = pl_cell(profile ? &hist->bin_entries : &hist->content, cell);
    if (!isfinite(w) || w == 0.0)
        return;
    sums->w += w;
    for (unsigned i = 0; i < n; i++) {
        sums->x[i] += w * at[i];
        sums->x2[i] += w * at[i] * at[i];
    }
    if (profile) {
        sums->x[n] += pl_cell(&hist->content, cell);
        sums->x2[n] += hist->sumw2.n > cell ? pl_cell(&hist->sumw2, cell) : 0.0;
    }
}

static void sum_bins(const struct pl_hist *hist, unsigned n, struct sums *sums)
{
    uint64_t nx = (uint64_t)hist->x.bins + 2, ny = (uint64_t)hist->y.bins + 2;
    uint32_t y0 = n >= 2, z0 = n >= 3;
    for (uint32_t iz = z0; iz <= (n >= 3 ? hist->z.bins : 0); iz++)
        for (uint32_t iy = y0; iy <= (n >= 2 ? hist->y.bins : 0); iy++)
            for (uint32_t ix = 1; ix <= hist->x.bins; ix++) {
                double at[3] = {centre(&hist->x, ix), y0 ? centre(&hist->y, iy) : 0.0,
                                z0 ? centre(&hist->z, iz) : 0.0};
                add_cell(hist, ix + nx * (iy + ny * iz), at, n, sums);
            }
}

static bool all_zero(const struct sums *sums)
{
    double any = sums->w;
    for (unsigned i = 0; i < 3; i++)
        any = any != 0.0 ? any : sums->x[i] != 0.0 ? sums->x[i] : sums->x2[i];
    return any == 0.0;
}

/* Mean x, y, z, then the deviations. */
static void summarize(const struct pl_hist *hist, enum pl_parsed parsed, struct pl_found *found)
{
    unsigned n = pl_hist_dimensions(hist);
    struct sums sums = {hist->tsumw,
                        {hist->tsumwx, hist->tsumwy, hist->tsumwz},
                        {hist->tsumwx2, hist->tsumwy2, hist->tsumwz2}};
    if (n == 0 || parsed < PL_PARSED_SUMS)
        return;
    found->has_stats = true;
    if (all_zero(&sums) && hist->entries != 0.0) {
        found->has_stats = parsed == PL_PARSED_ALL && hist->kind != PL_HIST_POLY;
        if (found->has_stats)
            sum_bins(hist, n, &sums);
    }
    bool profile = hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
    for (unsigned i = 0; i < n + profile && sums.w != 0.0; i++) {
        double mean = sums.x[i] / sums.w;
        found->stats[i] = mean;
        found->stats[3 + i] = sqrt(fmax(0.0, sums.x2[i] / sums.w - mean * mean));
    }
    for (unsigned i = 0; i < PL_COUNT(found->stats); i++)
        found->has_stats = found->has_stats && isfinite(found->stats[i]);
}

static enum pl_err describe(const struct pl_scalar *scalar, struct pl_arena *arena,
                            struct pl_found *found, struct pl_error *error)
{
    found->name = scalar->name;
    found->title = scalar->value;
    if (scalar->code == PL_SCALAR_EFFICIENCY || scalar->code == PL_SCALAR_TAG)
        found->report = scalar->code == PL_SCALAR_TAG ? "t" : "e";
    if (scalar->code != PL_SCALAR_REPORT)
        return PL_OK;
    size_t n = strlen(scalar->test) + sizeof "qr/";
    char *report = pl_arena_alloc(arena, n);
    if (report == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "the report needs more than workers.memory leaves");
    (void)snprintf(report, n, "qr/%s", scalar->test);
    found->report = report;
    found->title = scalar->message;
    found->status = scalar->status;
    return PL_OK;
}

enum pl_err pl_hist_summary(const struct pl_hist *hist, enum pl_parsed parsed,
                            struct pl_arena *arena, struct pl_found *found, struct pl_error *error)
{
    found->title = hist->text != NULL ? hist->text : hist->title;
    found->entries = hist->entries;
    if (hist->scalar != NULL)
        return describe(hist->scalar, arena, found, error);
    summarize(hist, parsed, found);
    return PL_OK;
}
