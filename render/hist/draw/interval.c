/* interval.c - passed / total with its interval: points in one dimension, a map in two.
 *
 * Clopper-Pearson at 68.3 % unless the object says otherwise, from the inverse of the incomplete
 * beta function; Feldman-Cousins stands in feldman_cousins.c. Contents that are not whole numbers
 * are taken as they are. Of weighted entries only priors and the normal approximation know what to
 * make: all other statistics become the latter, as in ROOT. Memory: the points, from the arena.
 */
#include "render/hist/draw/interval.h"

#include <math.h>

#include "render/hist/draw/numeric.h"
#include "render/hist/draw/plot_priv.h"

enum {
    CLOPPER_PEARSON,
    NORMAL,
    WILSON,
    AGRESTI_COULL,
    FELDMAN_COUSINS,
    JEFFREYS,
    UNIFORM,
    BAYES,
    MID_P
};

static struct pl_interval clopper_pearson(double passed, double total, double tail)
{
    return (struct pl_interval){
        passed > 0.0 ? pl_beta_quantile(tail, passed, total - passed + 1.0) : 0.0,
        passed < total ? pl_beta_quantile(1.0 - tail, passed + 1.0, total - passed) : 1.0};
}

/* Around `middle` by so much, inside 0..1. */
static struct pl_interval around(double middle, double half)
{
    return (struct pl_interval){fmax(0.0, middle - half), fmin(1.0, middle + half)};
}

/* Where the probability to see more than passed, half of passed itself counted, is `level`. Between
 * no count and one there is no such distribution: a straight line. */
static double mid_p(double passed, double total, double level)
{
    double low = 0.0, high = 1.0;
    if (passed <= 0.0 && level < 0.5)
        return 0.0;
    if (passed >= total && level > 0.5)
        return 1.0;
    if (passed > 0.0 && passed < 1.0)
        return (1.0 - passed) * mid_p(0.0, total, level) + passed * mid_p(1.0, total, level);
    for (int i = 0; i < 60; i++) {
        double p = 0.5 * (low + high);
        double more = passed < total ? pl_beta_below(p, passed + 1.0, total - passed) : 0.0;
        double least = passed > 0.0 ? pl_beta_below(p, passed, total - passed + 1.0) : 1.0;
        if (0.5 * (more + least) < level)
            low = p;
        else
            high = p;
    }
    return 0.5 * (low + high);
}

/* ---- with a prior -------------------------------------------------------------------------- */

/* What is known of the efficiency afterwards: a beta distribution. */
struct posterior {
    double a, b;
};

static bool has_prior(const struct pl_efficiency *efficiency)
{
    return efficiency->statistic_option >= JEFFREYS && efficiency->statistic_option <= BAYES;
}

static struct posterior posterior(const struct pl_efficiency *efficiency, double passed,
                                  double total)
{
    double a = efficiency->beta_alpha, b = efficiency->beta_beta;
    if (efficiency->statistic_option != BAYES)
        a = b = efficiency->statistic_option == UNIFORM ? 1.0 : 0.5;
    else if (!(a > 0.0 && b > 0.0))
        a = b = 1.0;
    return (struct posterior){passed + a, total - passed + b};
}

/* Where the distribution is highest; a or b up to 1: at an end, of equal ones in the middle. */
static double mode_of(struct posterior of)
{
    if (of.a > 1.0 && of.b > 1.0)
        return (of.a - 1.0) / (of.a + of.b - 2.0);
    return of.a < of.b ? 0.0 : of.a > of.b ? 1.0 : 0.5;
}

static struct pl_interval central(struct posterior of, double level)
{
    return (struct pl_interval){pl_beta_quantile(0.5 * (1.0 - level), of.a, of.b),
                                pl_beta_quantile(0.5 * (1.0 + level), of.a, of.b)};
}

/* The logarithm of the density, but for a constant. */
static double height(struct posterior of, double x)
{
    return (of.a - 1.0) * log(x) + (of.b - 1.0) * log1p(-x);
}

/* Its ends are equally high; while the lower one is lower, it can move up. */
static struct pl_interval shortest(struct posterior of, double level)
{
    double mode = mode_of(of);
    if (mode == 0.0)
        return (struct pl_interval){0.0, pl_beta_quantile(level, of.a, of.b)};
    if (mode == 1.0)
        return (struct pl_interval){pl_beta_quantile(1.0 - level, of.a, of.b), 1.0};
    if (of.a <= 1.0) /* both: flat, or high at both ends */
        return central(of, level);
    double low = 0.0, high = fmin(mode, pl_beta_quantile(1.0 - level, of.a, of.b)), upper = 1.0;
    while (high - low > 1e-10) {
        double lower = 0.5 * (low + high);
        upper = pl_beta_quantile(fmin(1.0, pl_beta_below(lower, of.a, of.b) + level), of.a, of.b);
        if (upper < 1.0 && height(of, lower) < height(of, upper))
            low = lower;
        else
            high = lower;
    }
    return (struct pl_interval){low, upper};
}

/* ---- of a bin ------------------------------------------------------------------------------ */

struct pl_interval pl_efficiency_interval(const struct pl_efficiency *efficiency, double passed,
                                          double total)
{
    double level = efficiency->confidence_level;
    level = level > 0.0 && level < 1.0 ? level : 0.682689492137086;
    double tail = 0.5 * (1.0 - level), z = -pl_normal_quantile(tail);
    double part = passed / total, wide = total + z * z;
    switch (efficiency->statistic_option) {
    case NORMAL:
        return around(part, z * sqrt(part * (1.0 - part) / total));
    case WILSON:
        return around((passed + 0.5 * z * z) / wide,
                      z / wide * sqrt(passed * (1.0 - part) + 0.25 * z * z));
    case AGRESTI_COULL:
        part = (passed + 0.5 * z * z) / wide;
        return around(part, z * sqrt(part * (1.0 - part) / wide));
    case FELDMAN_COUSINS:
        return pl_feldman_cousins(passed, total, level);
    case JEFFREYS:
    case UNIFORM:
    case BAYES:
        return efficiency->shortest ? shortest(posterior(efficiency, passed, total), level)
                                    : central(posterior(efficiency, passed, total), level);
    case MID_P:
        return (struct pl_interval){mid_p(passed, total, tail), mid_p(passed, total, 1.0 - tail)};
    default:
        return clopper_pearson(passed, total, tail);
    }
}

/* What is drawn between the ends: passed / total, with a prior the mean or mode of what comes after
 * it. */
double pl_efficiency_value(const struct pl_efficiency *efficiency, double passed, double total)
{
    if (!has_prior(efficiency))
        return passed / total;
    struct posterior of = posterior(efficiency, passed, total);
    return efficiency->posterior_mode ? mode_of(of) : of.a / (of.a + of.b);
}

/* The normal approximation; entries that did not pass vary by their own weights. */
static struct pl_interval of_weights(const struct pl_efficiency *efficiency, double part,
                                     double passed2, double total, double total2)
{
    double variance = (passed2 * (1.0 - 2.0 * part) + total2 * part * part) / (total * total);
    double z = -pl_normal_quantile(0.5 * (1.0 - efficiency->confidence_level));
    return around(part, z * sqrt(fmax(0.0, variance)));
}

static double cell_or_zero(const struct pl_cells *cells, uint64_t cell)
{
    return cell < cells->n ? pl_cell(cells, cell) : 0.0;
}

bool pl_efficiency_cell(const struct pl_efficiency *efficiency, uint64_t cell, double *value,
                        struct pl_interval *interval)
{
    double total = cell_or_zero(&efficiency->total->content, cell);
    double passed = cell_or_zero(&efficiency->passed->content, cell);
    if (!(total > 0.0) || !isfinite(total) || !(passed >= 0.0 && passed <= total))
        return false;
    double total2 = cell_or_zero(&efficiency->total->sumw2, cell);
    double passed2 = cell_or_zero(&efficiency->passed->sumw2, cell);
    bool weighted = efficiency->weighted && total2 > 0.0 && isfinite(total2) && isfinite(passed2);
    if (weighted && !has_prior(efficiency)) {
        *value = passed / total;
        if (interval != NULL)
            *interval = of_weights(efficiency, *value, passed2, total, total2);
        return true;
    }
    double scale = weighted ? total / total2 : 1.0; /* how many entries of weight 1 say as much */
    *value = pl_efficiency_value(efficiency, passed * scale, total * scale);
    if (interval != NULL)
        *interval = pl_efficiency_interval(efficiency, passed * scale, total * scale);
    return true;
}

/* ---- one dimension ------------------------------------------------------------------------- */

static uint32_t fill_points(const struct pl_efficiency *from, double *column[6])
{
    const struct pl_hist_axis *axis = &from->total->x;
    struct pl_interval interval;
    uint32_t n = 0;
    for (uint32_t bin = 1; bin <= axis->bins; bin++) {
        if (!pl_efficiency_cell(from, bin, &column[1][n], &interval))
            continue;
        double low = pl_hist_edge(axis, bin), high = pl_hist_edge(axis, bin + 1);
        column[0][n] = 0.5 * (low + high);
        column[2][n] = column[3][n] = 0.5 * (high - low);
        column[4][n] = fmax(0.0, column[1][n] - interval.low);
        column[5][n] = fmax(0.0, interval.high - column[1][n]);
        n++;
    }
    return n;
}

static enum pl_err make_points(struct pl_plot *plot, const struct pl_hist *hist,
                               struct pl_error *error)
{
    const struct pl_efficiency *from = hist->efficiency;
    struct pl_graph *graph = pl_arena_zalloc(plot->arena, 1, sizeof *graph);
    struct pl_hist *frame = pl_arena_alloc(plot->arena, sizeof *frame);
    double *columns[6], *at = pl_arena_zalloc(plot->arena, from->total->x.bins, 6 * sizeof *at);
    if (graph == NULL || frame == NULL || at == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the efficiency");
    for (int c = 0; c < 6; c++)
        columns[c] = at + (size_t)c * from->total->x.bins;
    *frame = *from->total;
    frame->maximum = frame->minimum = -1111.0;
    *graph = (struct pl_graph){.n = fill_points(from, columns),
                               .x = columns[0],
                               .y = columns[1],
                               .x_low_error = columns[2],
                               .x_high_error = columns[3],
                               .y_low_error = columns[4],
                               .y_high_error = columns[5],
                               .minimum = -1111.0,
                               .maximum = -1111.0,
                               .frame = frame};
    frame->title = hist->title;
    frame->y.title = ""; /* it says what is counted */
    pl_split_title(plot->arena, frame);
    if (*frame->y.title == '\0')
        frame->y.title = "Efficiency";
    double least = 1.0;
    for (uint32_t i = 0; i < graph->n; i++)
        least = fmin(least, graph->y[i] - graph->y_low_error[i]);
    graph->maximum = 1.05;
    graph->minimum = least < 0.5 ? 0.0 : -1111.0; /* all, unless there is only the upper end */
    return pl_graph_frame(plot, hist, graph, error);
}

/* ---- two dimensions ------------------------------------------------------------------------ */

/* Contents whose quotient by the total is the efficiency that a prior leads to. */
static enum pl_err prior_contents(const struct pl_efficiency *from, struct pl_arena *arena,
                                  struct pl_cells *out, struct pl_error *error)
{
    uint64_t n = from->total->content.n, *cells = pl_arena_zalloc(arena, n, sizeof *cells);
    if (cells == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the efficiency");
    for (uint64_t cell = 0; cell < n; cell++) {
        double value;
        if (!pl_efficiency_cell(from, cell, &value, NULL))
            continue;
        value *= pl_cell(&from->total->content, cell);
        memcpy(&cells[cell], &value, sizeof value);
        cells[cell] = htobe64(cells[cell]);
    }
    *out = (struct pl_cells){(const uint8_t *)cells, n, PL_CELL_F64};
    return PL_OK;
}

/* The profile of "did it pass": its means are the efficiencies, bins without entries stay white. */
static enum pl_err make_map(struct pl_plot *plot, const struct pl_hist *hist,
                            struct pl_error *error)
{
    const struct pl_efficiency *from = hist->efficiency;
    struct pl_hist *map = pl_arena_alloc(plot->arena, sizeof *map);
    if (map == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to draw the efficiency");
    *map = *from->total;
    map->kind = PL_HIST_PROFILE2D;
    map->class_name = hist->class_name;
    map->name = hist->name;
    map->title = hist->title;
    map->option = hist->option;
    map->bin_entries = from->total->content;
    map->content = map->sumw2 = from->passed->content;
    map->bin_sumw2 = (struct pl_cells){NULL, 0, PL_CELL_F64};
    map->error_mode = 0;
    map->maximum = map->minimum = -1111.0;
    map->bits |= PL_BIT_NO_STATS;
    pl_split_title(plot->arena, map);
    if (*map->z.title == '\0')
        map->z.title = "Efficiency";
    plot->hist = map;
    return has_prior(from) ? prior_contents(from, plot->arena, &map->content, error) : PL_OK;
}

enum pl_err pl_efficiency_prepare(struct pl_plot *plot, const struct pl_hist *hist,
                                  struct pl_error *error)
{
    const struct pl_efficiency *from = hist->efficiency;
    if (from->bin_priors && has_prior(from))
        pl_plot_note(plot, "the prior of the whole object is drawn for every bin");
    if (from->total->kind == PL_HIST_1D)
        return make_points(plot, hist, error);
    if (from->total->kind == PL_HIST_2D)
        return make_map(plot, hist, error);
    return pl_fail(error, PL_E_FORMAT, "%s: efficiencies of three variables are not drawn",
                   hist->name);
}
