/* values.c - what a cell shows: content and error of plain histograms and of profiles.
 *
 * Formulas: content times the normalisation; error sqrt(sumw2), else sqrt(|content|); a profile's
 * bin is the mean of what was filled, its error by the profile's error mode. Reads the file's own
 * bytes; no memory.
 */
#include <math.h>

#include "render/hist/draw/numeric.h"
#include "render/hist/draw/plot_priv.h"

static double cell_or_zero(const struct pl_cells *cells, uint64_t i)
{
    return i < cells->n ? pl_cell(cells, i) : 0.0;
}

bool pl_plot_drawn(const struct pl_plot *plot, uint64_t cell)
{
    return !pl_hist_is_profile(plot->hist) || cell_or_zero(&plot->hist->bin_entries, cell) != 0.0;
}

double pl_plot_profile_value(const struct pl_plot *plot, uint64_t cell)
{
    const struct pl_hist *hist = plot->hist;
    double content = cell_or_zero(&hist->content, cell);
    double entries = cell_or_zero(&hist->bin_entries, cell);
    return entries != 0.0 ? content / entries : 0.0;
}

static double profile_error(const struct pl_hist *hist, uint64_t cell)
{
    double entries = cell_or_zero(&hist->bin_entries, cell);
    if (entries == 0.0)
        return 0.0;
    double mean = cell_or_zero(&hist->content, cell) / entries;
    double spread = sqrt(fmax(0.0, cell_or_zero(&hist->sumw2, cell) / entries - mean * mean));
    double weights2 = hist->bin_sumw2.n > 0 ? cell_or_zero(&hist->bin_sumw2, cell) : entries;
    double effective = weights2 > 0.0 ? entries * entries / weights2 : entries;
    if (hist->error_mode == 1)
        return spread;
    if (hist->error_mode == 3)
        return entries > 0.0 ? 1.0 / sqrt(entries) : 0.0;
    if (!(effective > 0.0))
        return 0.0;
    if (hist->error_mode == 2 && spread == 0.0)
        return 1.0 / sqrt(12.0 * effective);
    return spread / sqrt(effective);
}

/* Poisson errors are of counts: not of weighted contents, negative ones or fractions. */
static bool counts(const struct pl_hist *hist, double content)
{
    return hist->kind == PL_HIST_1D && hist->stat_error_option > 0 && hist->sumw2.n == 0 &&
           content >= 0.0 && content == floor(content) && content < 1e9;
}

static void poisson_errors(const struct pl_plot *plot, double content, double *low, double *high)
{
    /* Garwood's central interval at 68.27 % or 95 %: TH1::kPoisson and kPoisson2 */
    double tail = 0.5 * (1.0 - (plot->hist->stat_error_option == 2 ? 0.95 : 0.682689492137086));
    *low = (content - pl_gamma_quantile(tail, content)) * fabs(plot->norm);
    *high = (pl_gamma_quantile(1.0 - tail, content + 1.0) - content) * fabs(plot->norm);
}

void pl_plot_errors(const struct pl_plot *plot, uint64_t cell, double *low, double *high)
{
    double content = cell_or_zero(&plot->hist->content, cell);
    *low = *high = pl_plot_error(plot, cell);
    if (counts(plot->hist, content))
        poisson_errors(plot, content, low, high);
}

bool pl_plot_other(const struct pl_plot *plot, uint64_t cell, double *value, double *low,
                   double *high)
{
    const struct pl_hist_reduced *reduced = plot->hist->reduced;
    if (reduced == NULL || reduced->other == NULL || !isfinite(reduced->other[cell]))
        return false;
    double content = reduced->other[cell];
    double square = reduced->other_square != NULL ? reduced->other_square[cell] : fabs(content);
    double error = sqrt(fmax(0.0, square)) * fabs(plot->norm);
    *value = content * plot->norm;
    *low = *high = isfinite(error) ? error : 0.0;
    if (counts(plot->hist, content))
        poisson_errors(plot, content, low, high);
    return true;
}

double pl_plot_error(const struct pl_plot *plot, uint64_t cell)
{
    const struct pl_hist *hist = plot->hist;
    double error;
    if (pl_hist_is_profile(hist))
        error = profile_error(hist, cell);
    else if (hist->sumw2.n > 0)
        error = sqrt(fmax(0.0, cell_or_zero(&hist->sumw2, cell))) * fabs(plot->norm);
    else
        error = sqrt(fabs(cell_or_zero(&hist->content, cell))) * fabs(plot->norm);
    return isfinite(error) ? error : 0.0;
}
