/* interval.c - passed / total with its interval: points in one dimension, a map in two.
 *
 * Clopper-Pearson at 68.3 % unless the object says otherwise, from the inverse of the incomplete
 * beta function. Feldman-Cousins intervals are not worked out: Clopper-Pearson is drawn and the
 * note says so. Contents that are not whole numbers are taken as they are. Memory: the points, from
 * the arena.
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

/* Where the probability to see more than passed, half of passed itself counted, is `level`. */
static double mid_p(double passed, double total, double level)
{
    double low = 0.0, high = 1.0;
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

struct pl_interval pl_efficiency_interval(const struct pl_efficiency *efficiency, double passed,
                                          double total)
{
    double level = efficiency->confidence_level;
    double tail = 0.5 * (1.0 - (level > 0.0 && level < 1.0 ? level : 0.682689492137086));
    double z = -pl_normal_quantile(tail), part = passed / total, a = efficiency->beta_alpha,
           b = efficiency->beta_beta, wide = total + z * z;
    switch (efficiency->statistic_option) {
    case NORMAL:
        return around(part, z * sqrt(part * (1.0 - part) / total));
    case WILSON:
        return around((passed + 0.5 * z * z) / wide,
                      z / wide * sqrt(passed * (1.0 - part) + 0.25 * z * z));
    case AGRESTI_COULL:
        part = (passed + 0.5 * z * z) / wide;
        return around(part, z * sqrt(part * (1.0 - part) / wide));
    case JEFFREYS:
    case UNIFORM:
        a = b = efficiency->statistic_option == UNIFORM ? 1.0 : 0.5;
        __attribute__((fallthrough));
    case BAYES:
        if (!(a > 0.0 && b > 0.0))
            a = b = 1.0;
        return (struct pl_interval){pl_beta_quantile(tail, passed + a, total - passed + b),
                                    pl_beta_quantile(1.0 - tail, passed + a, total - passed + b)};
    case MID_P:
        return (struct pl_interval){passed > 0.0 ? mid_p(passed, total, tail) : 0.0,
                                    passed < total ? mid_p(passed, total, 1.0 - tail) : 1.0};
    default:
        return clopper_pearson(passed, total, tail);
    }
}

/* What is drawn between the ends: passed / total, with a prior the mean of what comes after it. */
double pl_efficiency_value(const struct pl_efficiency *efficiency, double passed, double total)
{
    double a = efficiency->beta_alpha, b = efficiency->beta_beta;
    int option = efficiency->statistic_option;
    if (option == JEFFREYS || option == UNIFORM)
        a = b = option == UNIFORM ? 1.0 : 0.5;
    else if (option != BAYES || !(a > 0.0 && b > 0.0))
        return passed / total;
    return (passed + a) / (total + a + b);
}

/* ---- one dimension ------------------------------------------------------------------------- */

static uint32_t fill_points(const struct pl_efficiency *from, double *column[6])
{
    const struct pl_hist *all = from->total;
    uint32_t n = 0;
    for (uint32_t bin = 1; bin <= all->x.bins; bin++) {
        double total = bin < all->content.n ? pl_cell(&all->content, bin) : 0.0;
        double passed = bin < from->passed->content.n ? pl_cell(&from->passed->content, bin) : 0.0;
        if (!(total > 0.0) || !isfinite(total) || !(passed >= 0.0 && passed <= total))
            continue;
        double low = pl_hist_edge(&all->x, bin), high = pl_hist_edge(&all->x, bin + 1);
        struct pl_interval interval = pl_efficiency_interval(from, passed, total);
        column[0][n] = 0.5 * (low + high);
        column[1][n] = pl_efficiency_value(from, passed, total);
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
    frame->y.title = "Efficiency";
    double least = 1.0;
    for (uint32_t i = 0; i < graph->n; i++)
        least = fmin(least, graph->y[i] - graph->y_low_error[i]);
    graph->maximum = 1.05;
    graph->minimum = least < 0.5 ? 0.0 : -1111.0; /* all, unless there is only the upper end */
    return pl_graph_frame(plot, hist, graph, error);
}

/* ---- two dimensions ------------------------------------------------------------------------ */

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
    if (*map->z.title == '\0')
        map->z.title = "Efficiency";
    plot->hist = map;
    return PL_OK;
}

enum pl_err pl_efficiency_prepare(struct pl_plot *plot, const struct pl_hist *hist,
                                  struct pl_error *error)
{
    const struct pl_efficiency *from = hist->efficiency;
    if (from->statistic_option == FELDMAN_COUSINS)
        pl_plot_note(plot, "Feldman-Cousins intervals are drawn as Clopper-Pearson intervals");
    if (from->total->kind == PL_HIST_1D)
        return make_points(plot, hist, error);
    if (from->total->kind == PL_HIST_2D)
        return make_map(plot, hist, error);
    return pl_fail(error, PL_E_FORMAT, "%s: efficiencies of three variables are not drawn",
                   hist->name);
}
