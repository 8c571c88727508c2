/* plots_points.c - sample graphs, efficiencies and texts. */
#include <math.h>
#include <string.h>

#include "shm/base/check.h"
#include "tests/unit/plots.h"

static double *numbers(struct pl_arena *arena, uint32_t n)
{
    double *p = pl_arena_zalloc(arena, n, sizeof *p);
    CHECK(p != NULL);
    return p;
}

/* A damped wave with errors of a tenth to a fifth, twenty points. */
static struct pl_graph *wave(struct pl_hist *h, struct pl_arena *arena, uint32_t n, bool errors)
{
    plot_make_1d(h, arena, 1, 0, 1);
    h->kind = PL_HIST_GRAPH;
    h->class_name = errors ? "TGraphAsymmErrors" : "TGraph";
    h->name = "wave";
    h->title = "Amplitude over time;t [ns];A [mV]";
    h->line_color = h->marker_color = 600;
    h->marker_style = 20;
    struct pl_graph *graph = pl_arena_zalloc(arena, 1, sizeof *graph);
    double *x = numbers(arena, n), *y = numbers(arena, n), *low = numbers(arena, n),
           *high = numbers(arena, n), *wide = numbers(arena, n);
    for (uint32_t i = 0; i < n; i++) {
        x[i] = i * 40.0 / n;
        y[i] = 10 * exp(-x[i] / 20) * cos(x[i] / 3);
        low[i] = 0.5 + 0.02 * i;
        high[i] = 1.0 + 0.05 * i;
        wide[i] = 0.6;
    }
    CHECK(graph != NULL);
    *graph = (struct pl_graph){.n = n, .x = x, .y = y, .minimum = -1111, .maximum = -1111};
    if (errors) {
        graph->y_low_error = low;
        graph->y_high_error = high;
        graph->x_low_error = graph->x_high_error = wide;
    }
    h->graph = graph;
    return graph;
}

static void make_graph(struct pl_hist *h, struct pl_arena *arena)
{
    wave(h, arena, 40, false);
}

static void make_graph_errors(struct pl_hist *h, struct pl_arena *arena)
{
    wave(h, arena, 20, true);
}

/* With the frame of a histogram, its titles and a range, as a graph that was drawn has it. */
static void make_graph_frame(struct pl_hist *h, struct pl_arena *arena)
{
    struct pl_graph *graph = wave(h, arena, 20, true);
    struct pl_hist *frame = pl_arena_zalloc(arena, 1, sizeof *frame);
    plot_make_1d(frame, arena, 100, -5, 60);
    frame->x.title = "Time after trigger [ns]";
    frame->y.title = "Amplitude [mV]";
    frame->minimum = -12;
    frame->maximum = 20;
    graph->frame = frame;
    h->title = "Pulse";
}

static void make_graph_log(struct pl_hist *h, struct pl_arena *arena)
{
    struct pl_graph *graph = wave(h, arena, 20, true);
    double *x = numbers(arena, 20), *y = numbers(arena, 20), *error = numbers(arena, 20);
    for (uint32_t i = 0; i < 20; i++) {
        x[i] = pow(10, i * 0.25 - 1);
        y[i] = 3e4 / (1 + x[i] * x[i] / 50);
        error[i] = 0.2 * y[i];
    }
    y[3] = 0;
    y[7] = -5;
    x[0] = 0;
    graph->x = x;
    graph->y = y;
    graph->x_low_error = graph->x_high_error = numbers(arena, 20);
    graph->y_low_error = graph->y_high_error = error;
    h->title = "Spectrum;f [Hz];Power";
}

static void make_graph_odd(struct pl_hist *h, struct pl_arena *arena)
{
    struct pl_graph *graph = wave(h, arena, 6, false);
    double *x = numbers(arena, 6), *y = numbers(arena, 6);
    for (uint32_t i = 0; i < 6; i++) {
        x[i] = i;
        y[i] = i == 2 ? (double)NAN : i == 4 ? (double)INFINITY : 5.0;
    }
    graph->x = x;
    graph->y = y;
    h->title = "Equal heights, two of them not finite";
}

static void make_graph_empty(struct pl_hist *h, struct pl_arena *arena)
{
    wave(h, arena, 3, false)->n = 0;
    h->title = "No points";
}

/* ---- efficiencies -------------------------------------------------------------------------- */

static struct pl_efficiency *efficiency(struct pl_hist *h, struct pl_arena *arena, bool two)
{
    struct pl_efficiency *e = pl_arena_zalloc(arena, 1, sizeof *e);
    struct pl_hist *passed = pl_arena_zalloc(arena, 2, sizeof *passed), *total = passed + 1;
    CHECK(e != NULL && passed != NULL);
    plot_seed(31);
    for (int i = 0; i < 2; i++) {
        if (two)
            plot_make_2d(&passed[i], arena, 24, -2.4, 2.4, 16, -3.2, 3.2);
        else
            plot_make_1d(&passed[i], arena, 24, 0, 120);
        passed[i].x.title = two ? "#eta" : "p_{T} [GeV]";
        passed[i].y.title = two ? "#phi" : "";
    }
    for (int i = 0; i < (two ? 20000 : 4000); i++) {
        double x = two ? -2.4 + 4.8 * plot_uniform() : -30 * log(plot_uniform());
        double y = two ? -3.2 + 6.4 * plot_uniform() : 0;
        bool pass = plot_uniform() < (two ? 0.98 - 0.1 * x * x : 0.97 / (1 + exp((25 - x) / 5)));
        bool hole = two && x > 1 && x < 1.4 && y > 0;
        if (two && x < -2.2)
            continue;
        plot_fill(total, x, y, 1);
        if (pass && !hole)
            plot_fill(passed, x, y, 1);
    }
    *h = *total;
    h->kind = PL_HIST_EFFICIENCY;
    h->class_name = "TEfficiency";
    h->name = "trigger";
    h->title = two ? "Efficiency of the muon trigger" : "Efficiency of the single-muon trigger";
    h->line_color = h->marker_color = 1;
    h->marker_style = 20;
    h->content.n = h->cells_n = 0;
    *e = (struct pl_efficiency){.passed = passed,
                                .total = total,
                                .confidence_level = 0.683,
                                .beta_alpha = 1,
                                .beta_beta = 1,
                                .weight = 1};
    h->efficiency = e;
    return e;
}

static void make_efficiency(struct pl_hist *h, struct pl_arena *arena)
{
    efficiency(h, arena, false);
}

static void make_efficiency_ordered(struct pl_hist *h, struct pl_arena *arena)
{
    enum { FELDMAN_COUSINS = 4 };
    struct pl_efficiency *e = efficiency(h, arena, false);
    e->statistic_option = FELDMAN_COUSINS;
    e->confidence_level = 0.95;
    h->title = "Feldman-Cousins, 95 %";
}

static void make_efficiency_prior2(struct pl_hist *h, struct pl_arena *arena)
{
    enum { UNIFORM = 6 };
    efficiency(h, arena, true)->statistic_option = UNIFORM;
    h->title = "Means of the posterior of a uniform prior";
}

static void make_efficiency_titles(struct pl_hist *h, struct pl_arena *arena)
{
    efficiency(h, arena, false);
    h->title = "All in one title;of x;#epsilon";
}

static void make_efficiency2_titles(struct pl_hist *h, struct pl_arena *arena)
{
    efficiency(h, arena, true);
    h->title = "All in one title;of x;of y;#epsilon";
}

static void make_efficiency2(struct pl_hist *h, struct pl_arena *arena)
{
    efficiency(h, arena, true);
}

/* ---- texts --------------------------------------------------------------------------------- */

static void make_text(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_1d(h, arena, 1, 0, 1);
    h->kind = PL_HIST_TEXT;
    h->class_name = "TObjString";
    h->name = "release";
    h->text = "CMSSW_14_0_9 with <unusual> characters: #alpha_{s}, \"quotes\" and enough of it "
              "to need a second line, maybe even a third one";
}

static void make_scalar(struct pl_hist *h, struct pl_arena *arena)
{
    static const struct pl_scalar scalar = {.code = PL_SCALAR_REAL,
                                            .name = "Pixel/fraction_of_good_modules",
                                            .value = "0.98765",
                                            .test = "",
                                            .algorithm = "",
                                            .message = ""};
    make_text(h, arena);
    h->text = "<fraction_of_good_modules>f=0.98765</fraction_of_good_modules>";
    h->scalar = &scalar;
}

static const struct plot_sample samples[] = {
    {"graph", make_graph, ""},
    {"graph_curve", make_graph, "drawopts=C"},
    {"graph_bars", make_graph, "drawopts=AB"},
    {"graph_errors", make_graph_errors, ""},
    {"graph_large", make_graph_errors, "drawopts=APL&h=800&w=1200"},
    {"graph_small", make_graph_errors, "h=150&w=200"},
    {"graph_zoomed", make_graph_errors, "drawopts=ALP&xmax=17.3&xmin=3.1&ymax=5&ymin=-5"},
    {"graph_frame", make_graph_frame, ""},
    {"graph_log", make_graph_log, "xtype=log&ytype=log"},
    {"graph_odd", make_graph_odd, ""},
    {"graph_empty", make_graph_empty, ""},
    {"efficiency", make_efficiency, ""},
    {"efficiency_small", make_efficiency, "h=150&w=200"},
    {"efficiency_large", make_efficiency, "h=800&w=1200&xmax=60&ymin=0.5"},
    {"efficiency_ordered", make_efficiency_ordered, ""},
    {"efficiency_titles", make_efficiency_titles, ""},
    {"efficiency2_titles", make_efficiency2_titles, ""},
    {"efficiency2", make_efficiency2, ""},
    {"efficiency2_prior", make_efficiency_prior2, ""},
    {"text", make_text, ""},
    {"text_small", make_text, "h=150&w=200"},
    {"scalar", make_scalar, ""},
};
const struct plot_sample_table plot_points_samples = {samples, PL_COUNT(samples)};
