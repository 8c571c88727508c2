/* efficiency.c - TEfficiency: two histograms of the same bins, and how their quotient is judged.
 *
 * The histograms are members of their own and are read once the rest is known. Both must be there,
 * of one kind, and agree in every axis; numbers of the statistics that make no sense are replaced
 * by ROOT's defaults, since they only choose the error bars.
 */
#include <math.h>

#include "render/hist/root/objects_priv.h"
#include "shm/base/check.h"

enum { STATISTIC_OPTIONS_N = 9 };

enum { /* bits of a TEfficiency (TEfficiency.h) */
       POSTERIOR_MODE = 1 << 15,
       SHORTEST_INTERVAL = 1 << 16,
       BIN_PRIORS = 1 << 17,
       WEIGHTS = 1 << 18
};

struct efficiency_reading {
    struct pl_hist *hist;
    struct pl_arena *arena;
    struct pl_efficiency *out;
    struct pl_place passed, total, functions;
};

static enum pl_err take(struct pl_walk *walk, void *target, enum pl_slot slot,
                        const struct pl_value *value, struct pl_error *error)
{
    struct efficiency_reading *reading = target;
    switch (slot) {
    case PL_SLOT_TEfficiency_fBeta_alpha:
        reading->out->beta_alpha = value->real;
        break;
    case PL_SLOT_TEfficiency_fBeta_beta:
        reading->out->beta_beta = value->real;
        break;
    case PL_SLOT_TEfficiency_fConfLevel:
        reading->out->confidence_level = value->real;
        break;
    case PL_SLOT_TEfficiency_fStatisticOption:
        reading->out->statistic_option = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TEfficiency_fWeight:
        reading->out->weight = value->real;
        break;
    case PL_SLOT_TEfficiency_fPassedHistogram:
        reading->passed = pl_walk_place(walk, value);
        break;
    case PL_SLOT_TEfficiency_fTotalHistogram:
        reading->total = pl_walk_place(walk, value);
        break;
    case PL_SLOT_TEfficiency_fFunctions:
        reading->functions = pl_walk_place(walk, value);
        break;
    default:
        return pl_object_take(reading->hist, reading->arena, slot, value, error);
    }
    return PL_OK;
}

static enum pl_err read_part(const struct pl_walk *start, const struct pl_place *place,
                             const char *which, struct pl_arena *arena, const struct pl_hist **out,
                             struct pl_error *error)
{
    enum pl_hist_kind kind;
    enum pl_parsed parsed;
    if (!place->there || !pl_object_kind(place->class, &kind) ||
        (kind != PL_HIST_1D && kind != PL_HIST_2D && kind != PL_HIST_3D))
        return pl_fail(error, PL_E_FORMAT, "the efficiency has no histogram of %s", which);
    struct pl_hist *hist = pl_arena_alloc(arena, sizeof *hist);
    if (hist == NULL)
        return pl_object_no_memory("histograms", error);
    struct pl_walk walk = *start;
    pl_object_init(hist, place->class, kind);
    pl_walk_go(&walk, place);
    *out = hist;
    return pl_read_histogram(&walk, place->class, arena, hist, &parsed, error);
}

static bool same_bins(const struct pl_hist_axis *one, const struct pl_hist_axis *other)
{
    if (one->bins != other->bins)
        return false;
    if (one->edges == NULL && other->edges == NULL)
        return one->low == other->low && one->high == other->high;
    for (uint32_t i = 1; i <= one->bins + 1; i++)
        if (pl_hist_edge(one, i) != pl_hist_edge(other, i))
            return false;
    return true;
}

static void settle(struct pl_efficiency *out, uint32_t bits)
{
    out->posterior_mode = (bits & POSTERIOR_MODE) != 0;
    out->shortest = (bits & SHORTEST_INTERVAL) != 0;
    out->bin_priors = (bits & BIN_PRIORS) != 0;
    out->weighted = (bits & WEIGHTS) != 0 && out->passed->sumw2.n > 0 && out->total->sumw2.n > 0;
    if (!(out->confidence_level > 0.0 && out->confidence_level < 1.0))
        out->confidence_level = 0.682689492137;
    if (out->statistic_option < 0 || out->statistic_option >= STATISTIC_OPTIONS_N)
        out->statistic_option = 0;
    if (!(out->beta_alpha > 0.0) || !isfinite(out->beta_alpha))
        out->beta_alpha = 1.0;
    if (!(out->beta_beta > 0.0) || !isfinite(out->beta_beta))
        out->beta_beta = 1.0;
    if (!(out->weight > 0.0) || !isfinite(out->weight))
        out->weight = 1.0;
}

enum pl_err pl_read_efficiency(const struct pl_walk *start, struct pl_arena *arena,
                               struct pl_hist *hist, struct pl_error *error)
{
    struct pl_walk walk = *start;
    struct pl_efficiency *out = pl_arena_zalloc(arena, 1, sizeof *out);
    struct efficiency_reading reading = {.hist = hist, .arena = arena, .out = out};
    if (out == NULL)
        return pl_object_no_memory("histograms", error);
    enum pl_err err = pl_walk_class(&walk, PL_CLASS_TEfficiency, take, &reading, error);
    if (err == PL_OK)
        err = read_part(start, &reading.total, "all (fTotalHistogram)", arena, &out->total, error);
    if (err == PL_OK)
        err = read_part(start, &reading.passed, "what passed (fPassedHistogram)", arena,
                        &out->passed, error);
    if (err != PL_OK)
        return err;
    const struct pl_hist *passed = out->passed, *total = out->total;
    if (passed->kind != total->kind || !same_bins(&passed->x, &total->x) ||
        !same_bins(&passed->y, &total->y) || !same_bins(&passed->z, &total->z))
        return pl_fail(error, PL_E_FORMAT,
                       "the two histograms of the efficiency have different bins");
    settle(out, hist->bits);
    hist->entries = total->entries;
    hist->efficiency = out;
    return pl_read_functions(start, &reading.functions, arena, hist, error);
}
