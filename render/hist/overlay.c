/* overlay.c - which things may stand in one picture.
 *
 * Histograms of one dimension are laid over one another when they are of one kind and have the same
 * bins: with other bins the heights would not say the same. Graphs and efficiencies of one
 * dimension are when they are of one kind. Memory: none.
 */
#include <math.h>
#include <string.h>

#include "render/hist/plot_priv.h"
#include "shm/base/check.h"

bool pl_hist_overlaid(const struct pl_hist *hist)
{
    if (hist->kind == PL_HIST_EFFICIENCY)
        return hist->efficiency->total->kind == PL_HIST_1D;
    return hist->kind == PL_HIST_1D || hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_GRAPH;
}

/* Same edges up to what rounding can do to them. */
static bool same_bins(const struct pl_hist_axis *a, const struct pl_hist_axis *b)
{
    if (a->bins != b->bins)
        return false;
    for (uint32_t bin = 1; bin <= a->bins + 1; bin++) {
        double width = pl_hist_edge(a, bin <= a->bins ? bin + 1 : bin) -
                       pl_hist_edge(a, bin <= a->bins ? bin : bin - 1);
        if (!(fabs(pl_hist_edge(a, bin) - pl_hist_edge(b, bin)) <= 1e-6 * width))
            return false;
        if (a->edges == NULL && b->edges == NULL && bin == 1)
            bin = a->bins; /* both even: the ends say it all */
    }
    return true;
}

enum pl_err pl_hist_comparable(const struct pl_hist_layer *first,
                               const struct pl_hist_layer *second, struct pl_error *error)
{
    const struct pl_hist *a = first->hist, *b = second->hist;
    if (a->kind != b->kind ||
        (a->kind == PL_HIST_EFFICIENCY && a->efficiency->total->kind != b->efficiency->total->kind))
        return pl_fail_param(
            error, PL_E_INPUT, "obj",
            "obj: '%.80s' is a %.30s, the first object a %.30s; only things of one "
            "kind make one picture",
            second->selector, b->class_name, a->class_name);
    if ((a->kind == PL_HIST_1D || a->kind == PL_HIST_PROFILE) && !same_bins(&a->x, &b->x))
        return pl_fail_param(error, PL_E_INPUT, "obj",
                             "obj: '%.80s' has %u bins from %g to %g, the first object %u from %g "
                             "to %g; give objects with the same bins",
                             second->selector, b->x.bins, b->x.low, b->x.high, a->x.bins, a->x.low,
                             a->x.high);
    return PL_OK;
}
