/* kolmogorov.c - are two histograms of one distribution?
 *
 * ROOT's TH1::KolmogorovTest without options: the largest distance of the two normalised running
 * sums over all bins, flow bins left out, times the root of the effective number of entries. An
 * histogram without errors counts as a function. Binned data make the probability a little too
 * large, there as here. No memory.
 */
#include <math.h>

#include "render/hist/draw/numeric.h"
#include "render/hist/draw/plot_priv.h"

struct total {
    double sum, errors2;
};

static struct total total_of(const struct pl_plot *plot)
{
    struct total total = {0.0, 0.0};
    for (uint32_t bin = 1; bin <= plot->hist->x.bins; bin++) {
        double value = pl_plot_value(plot, bin), error = pl_plot_error(plot, bin);
        total.sum += isfinite(value) ? value : 0.0;
        total.errors2 += error * error;
    }
    return total;
}

double pl_hist_kolmogorov(const struct pl_plot *first, const struct pl_plot *second)
{
    struct total a = total_of(first), b = total_of(second);
    bool reduced = first->hist->reduced != NULL || second->hist->reduced != NULL;
    double sum_a = 0.0, sum_b = 0.0, distance = 0.0;
    if (reduced || a.sum == 0.0 || b.sum == 0.0 || (a.errors2 <= 0.0 && b.errors2 <= 0.0))
        return (double)NAN;
    for (uint32_t bin = 1; bin <= first->hist->x.bins; bin++) {
        double value_a = pl_plot_value(first, bin), value_b = pl_plot_value(second, bin);
        sum_a += isfinite(value_a) ? value_a / a.sum : 0.0;
        sum_b += isfinite(value_b) ? value_b / b.sum : 0.0;
        distance = fmax(distance, fabs(sum_a - sum_b));
    }
    double inverse = (a.errors2 > 0.0 ? a.errors2 / (a.sum * a.sum) : 0.0) +
                     (b.errors2 > 0.0 ? b.errors2 / (b.sum * b.sum) : 0.0);
    return pl_kolmogorov(distance / sqrt(inverse));
}
