/* stats.c - the numbers of the statistics box.
 *
 * The sums in the file are used as they are while the whole range is shown and they are not all
 * zero (they are of the original fills); else everything is summed anew over the bins shown, with
 * their centres. Flow bins are never in the means. Skewness and kurtosis (excess) are always of
 * bins. No memory.
 */
#include <math.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"

static double centre(const struct pl_hist_axis *axis, uint32_t bin)
{
    return 0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1));
}

/* The weight of a cell in the means: entries for a profile, content for the rest. */
static double weight(const struct pl_plot *plot, uint64_t cell)
{
    const struct pl_cells *cells =
        pl_hist_is_profile(plot->hist) ? &plot->hist->bin_entries : &plot->hist->content;
    double w = cell < cells->n ? pl_cell(cells, cell) : 0.0;
    return isfinite(w) ? w : 0.0;
}

static void add(struct pl_sums *sums, double w, double w2, double x, double y)
{
    sums->w += w;
    sums->w2 += w2;
    sums->x[0] += w * x;
    sums->x2[0] += w * x * x;
    sums->x[1] += w * y;
    sums->x2[1] += w * y * y;
}

static void sum_cells(const struct pl_plot *plot, struct pl_sums *sums)
{
    const struct pl_hist *hist = plot->hist;
    uint32_t y0 = plot->two ? plot->y.first : 0, y1 = plot->two ? plot->y.last : 0;
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            uint64_t cell = pl_plot_cell(plot, ix, iy);
            double w = weight(plot, cell), w2 = fabs(w);
            if (w == 0.0)
                continue;
            if (pl_hist_is_profile(hist))
                w2 = hist->bin_sumw2.n > cell ? pl_cell(&hist->bin_sumw2, cell) : w;
            else if (hist->sumw2.n > cell)
                w2 = pl_cell(&hist->sumw2, cell);
            add(sums, w, w2, centre(&hist->x, ix), plot->two ? centre(&hist->y, iy) : 0.0);
        }
}

/* sum of w*y and w*y*y of a profile are in its contents. */
static void sum_profile_y(const struct pl_plot *plot, struct pl_sums *sums)
{
    sums->x[1] = sums->x2[1] = 0.0;
    for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
        sums->x[1] += pl_cell(&plot->hist->content, ix);
        sums->x2[1] += ix < plot->hist->sumw2.n ? pl_cell(&plot->hist->sumw2, ix) : 0.0;
    }
}

static void moments(const struct pl_plot *plot, struct pl_stats *out)
{
    double third = 0.0, fourth = 0.0, total = 0.0, s = out->sigma[0];
    uint32_t y0 = plot->two ? plot->y.first : 0, y1 = plot->two ? plot->y.last : 0;
    if (!(s > 0.0))
        return;
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            double w = weight(plot, pl_plot_cell(plot, ix, iy));
            double d = (centre(&plot->hist->x, ix) - out->mean[0]) / s;
            total += w;
            third += w * d * d * d;
            fourth += w * d * d * d * d;
        }
    if (total != 0.0) {
        out->skewness = third / total;
        out->kurtosis = fourth / total - 3.0;
    }
}

static void flows(const struct pl_plot *plot, struct pl_stats *out)
{
    const struct pl_hist *hist = plot->hist;
    uint32_t ny = plot->two ? hist->y.bins + 1 : 0;
    for (uint32_t iy = 0; iy <= ny; iy++)
        for (uint32_t ix = 0; ix <= hist->x.bins + 1; ix++) {
            int bx = ix == 0 ? 0 : ix <= hist->x.bins ? 1 : 2;
            int by = !plot->two ? 1 : iy == 0 ? 0 : iy <= hist->y.bins ? 1 : 2;
            double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
            out->flow[by][bx] += isfinite(value) ? value : 0.0;
        }
}

void pl_plot_stats(const struct pl_plot *plot, struct pl_stats *out)
{
    const struct pl_hist *hist = plot->hist;
    struct pl_sums sums = {0};
    memset(out, 0, sizeof *out);
    out->entries = hist->entries;
    const struct pl_hist_reduced *reduced = hist->reduced;
    bool zoomed =
        plot->x.user || (plot->two && plot->y.user) || (reduced != NULL && reduced->zoomed);
    if (!zoomed && hist->tsumw != 0.0) {
        sums = (struct pl_sums){hist->tsumw,
                                hist->tsumw2,
                                {hist->tsumwx, hist->tsumwy},
                                {hist->tsumwx2, hist->tsumwy2}};
    } else if (reduced != NULL) {
        sums = (struct pl_sums){reduced->integral,
                                reduced->sum_w2,
                                {reduced->sum_x[0], reduced->sum_x[1]},
                                {reduced->sum_x2[0], reduced->sum_x2[1]}};
    } else if (hist->kind == PL_HIST_POLY) {
        pl_poly_sum(plot, &sums, &out->integral);
    } else {
        sum_cells(plot, &sums);
        if (hist->kind == PL_HIST_PROFILE)
            sum_profile_y(plot, &sums);
    }
    double effective = sums.w2 > 0.0 ? sums.w * sums.w / sums.w2 : 0.0;
    for (int i = 0; i < 2 && sums.w != 0.0; i++) {
        out->mean[i] = sums.x[i] / sums.w;
        out->sigma[i] = sqrt(fmax(0.0, sums.x2[i] / sums.w - out->mean[i] * out->mean[i]));
        out->mean_error[i] = effective > 0.0 ? out->sigma[i] / sqrt(effective) : 0.0;
        out->sigma_error[i] = effective > 0.0 ? out->sigma[i] / sqrt(2.0 * effective) : 0.0;
    }
    out->skewness_error = effective > 0.0 ? sqrt(6.0 / effective) : 0.0; /* of normal data */
    out->kurtosis_error = effective > 0.0 ? sqrt(24.0 / effective) : 0.0;
    int stat = plot->params->showstats;
    if (stat < 10000) /* only asked for by the higher digits, and a pass over all cells */
        return;
    if (reduced != NULL) { /* its cells are extremes, not sums: no higher moments */
        memcpy(out->flow, reduced->flow, sizeof out->flow);
        out->integral = reduced->integral;
        out->skewness = out->kurtosis = NAN;
        return;
    }
    if (hist->kind == PL_HIST_POLY) {
        pl_poly_sum(plot, &sums, &out->integral);
        for (int i = 0; i < 9; i++)
            out->flow[2 - i / 3][i % 3] = hist->poly->overflow[i];
        return;
    }
    moments(plot, out);
    flows(plot, out);
    uint32_t y0 = plot->two ? plot->y.first : 0, y1 = plot->two ? plot->y.last : 0;
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            double value = pl_plot_value(plot, pl_plot_cell(plot, ix, iy));
            out->integral += isfinite(value) ? value : 0.0;
        }
}
