/* plots.c - the sample histograms: what detectors and analyses produce, and the odd cases.
 *
 * Random numbers come from a fixed generator, so that golden pictures stay golden.
 */
#include "tests/unit/plots.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"

static uint64_t random_state = 88172645463325252u;

void plot_seed(uint64_t seed)
{
    random_state = 88172645463325252u ^ (seed * 0x9e3779b97f4a7c15u);
}

double plot_uniform(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (double)(random_state >> 11) * 0x1p-53;
}

double plot_gauss(void)
{
    double sum = 0.0; /* twelve uniforms: no libm in the numbers, the same bits everywhere */
    for (int i = 0; i < 12; i++)
        sum += plot_uniform();
    return sum - 6.0;
}

/* ---- building ------------------------------------------------------------------------------ */

static void put_f64(uint8_t *p, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(bits >> (56 - 8 * i));
}

static struct pl_cells cells(struct pl_arena *arena, uint64_t n)
{
    void *bytes = pl_arena_zalloc(arena, n, 8);
    CHECK(bytes != NULL);
    return (struct pl_cells){bytes, n, PL_CELL_F64};
}

static uint8_t *writable(const struct pl_cells *from, uint64_t i)
{
    union {
        const uint8_t *in;
        uint8_t *out;
    } p = {from->bytes};
    CHECK(i < from->n);
    return p.out + 8 * i;
}

static void axis(struct pl_hist_axis *to, uint32_t bins, double low, double high)
{
    *to = (struct pl_hist_axis){
        .bins = bins, .low = low, .high = high, .title = "", .divisions = 510, .time_format = ""};
}

void plot_make_2d(struct pl_hist *hist, struct pl_arena *arena, uint32_t nx, double x0, double x1,
                  uint32_t ny, double y0, double y1)
{
    memset(hist, 0, sizeof *hist);
    hist->kind = PL_HIST_2D;
    hist->class_name = "TH2D";
    hist->name = "h2";
    hist->title = hist->option = "";
    axis(&hist->x, nx, x0, x1);
    axis(&hist->y, ny, y0, y1);
    axis(&hist->z, 1, 0, 1);
    hist->maximum = hist->minimum = -1111.0;
    hist->cells_n = ((uint64_t)nx + 2) * ((uint64_t)ny + 2);
    hist->content = cells(arena, hist->cells_n);
    hist->line_color = 602;
    hist->line_style = hist->line_width = hist->marker_style = hist->marker_color = 1;
    hist->fill_style = 1001;
    hist->marker_size = 1;
}

void plot_make_1d(struct pl_hist *hist, struct pl_arena *arena, uint32_t bins, double low,
                  double high)
{
    plot_make_2d(hist, arena, bins, low, high, 1, 0, 1);
    hist->kind = PL_HIST_1D;
    hist->class_name = "TH1D";
    hist->name = "h1";
    hist->cells_n = (uint64_t)bins + 2;
    hist->content.n = hist->cells_n;
}

void plot_set(struct pl_hist *hist, uint64_t cell, double value)
{
    put_f64(writable(&hist->content, cell), value);
}

double plot_get(const struct pl_hist *hist, uint64_t cell)
{
    return pl_cell(&hist->content, cell);
}

static uint32_t bin_of(const struct pl_hist_axis *a, double value)
{
    if (!(value >= a->low))
        return 0;
    if (value >= a->high)
        return a->bins + 1;
    uint32_t bin = 1;
    if (a->edges == NULL)
        return 1 + (uint32_t)((value - a->low) / (a->high - a->low) * a->bins);
    while (bin < a->bins && a->edges[bin] <= value)
        bin++;
    return bin;
}

void plot_fill(struct pl_hist *hist, double x, double y, double w)
{
    uint32_t ix = bin_of(&hist->x, x), iy = hist->kind == PL_HIST_2D ? bin_of(&hist->y, y) : 0;
    uint64_t cell = ix + ((uint64_t)hist->x.bins + 2) * iy;
    hist->entries += 1.0;
    if (hist->kind == PL_HIST_PROFILE) {
        put_f64(writable(&hist->content, cell), plot_get(hist, cell) + w * y);
        put_f64(writable(&hist->sumw2, cell), pl_cell(&hist->sumw2, cell) + w * y * y);
        put_f64(writable(&hist->bin_entries, cell), pl_cell(&hist->bin_entries, cell) + w);
    } else {
        plot_set(hist, cell, plot_get(hist, cell) + w);
        if (hist->sumw2.n > 0)
            put_f64(writable(&hist->sumw2, cell), pl_cell(&hist->sumw2, cell) + w * w);
    }
    if (ix < 1 || ix > hist->x.bins || (hist->kind == PL_HIST_2D && (iy < 1 || iy > hist->y.bins)))
        return;
    hist->tsumw += w;
    hist->tsumw2 += w * w;
    hist->tsumwx += w * x;
    hist->tsumwx2 += w * x * x;
    hist->tsumwy += w * y;
    hist->tsumwy2 += w * y * y;
}

void plot_sumw2(struct pl_hist *hist, struct pl_arena *arena)
{
    hist->sumw2 = cells(arena, hist->cells_n);
    for (uint64_t i = 0; i < hist->cells_n; i++)
        put_f64(writable(&hist->sumw2, i), fabs(plot_get(hist, i)));
}

/* ---- the samples --------------------------------------------------------------------------- */

static void make_gauss(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(1);
    plot_make_1d(h, arena, 100, -4, 4);
    h->name = "hpx";
    h->title = "This is the px distribution";
    h->x.title = "p_{x} [GeV/c]";
    h->y.title = "Events / 0.08 GeV/c";
    for (int i = 0; i < 25000; i++)
        plot_fill(h, plot_gauss(), 0, 1);
}

static void make_peak(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(2);
    plot_make_1d(h, arena, 120, 60, 120);
    h->name = "mass_mumu";
    h->title = "Invariant mass of #mu^{+}#mu^{-} pairs, both muons isolated";
    h->x.title = "m_{#mu#mu} [GeV]";
    h->y.title = "Events / 0.5 GeV";
    for (int i = 0; i < 20000; i++)
        plot_fill(h, 91.2 + 2.2 * plot_gauss(), 0, 1);
    for (int i = 0; i < 8000; i++)
        plot_fill(h, 60 + 60 * plot_uniform(), 0, 1);
    plot_sumw2(h, arena);
    h->marker_style = 20;
    h->marker_size = 0.7F;
    h->line_color = 1;
}

static void make_few(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(3);
    plot_make_1d(h, arena, 10, -4, 4);
    h->name = "h1d";
    h->title = "h1d";
    for (int i = 0; i < 10004; i++)
        plot_fill(h, 1.2 * plot_gauss(), 0, 1);
    plot_sumw2(h, arena);
}

static void make_filled(struct pl_hist *h, struct pl_arena *arena)
{
    make_gauss(h, arena);
    h->fill_color = 38;
    h->name = "a_rather_long_name_of_a_histogram_in_a_file";
    h->line_width = 2;
}

static void make_exponential(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(4);
    plot_make_1d(h, arena, 200, 0, 1000);
    h->name = "jet_pt";
    h->title = "Transverse momentum of the leading jet";
    h->x.title = "p_{T} [GeV]";
    h->y.title = "Jets";
    for (uint32_t i = 1; i <= 200; i++)
        plot_set(h, i, floor(3e6 * exp(-(double)i / 14.0) * (0.9 + 0.2 * plot_uniform())));
    h->entries = 41234567;
    h->fill_color = 400 - 9;
}

static void make_flat(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(5);
    plot_make_1d(h, arena, 64, -3.2, 3.2);
    h->name = "phi";
    h->title = "Azimuth of clusters";
    h->x.title = "#phi [rad]";
    for (int i = 0; i < 60000; i++)
        plot_fill(h, -3.2 + 6.4 * plot_uniform(), 0, 1);
}

static void make_empty(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_1d(h, arena, 50, 0, 100);
    h->name = "empty";
    h->title = "Nothing was filled";
    h->x.title = "ADC counts";
}

static void make_negative(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_1d(h, arena, 40, 0, 40);
    h->name = "residuals";
    h->title = "Residuals, with NaN and infinite bins";
    h->x.title = "Channel";
    h->y.title = "Residual [#mum]";
    for (uint32_t i = 1; i <= 40; i++)
        plot_set(h, i, 1e-4 * sin(0.4 * i) * i);
    plot_set(h, 7, NAN);
    plot_set(h, 20, INFINITY);
    h->entries = 40;
}

static const char *const subsystems[] = {"Pixel", "Strips",      "ECAL barrel", "ECAL endcap",
                                         "HCAL",  "Drift tubes", "CSC",         "RPC",
                                         "GEM",   "Trigger L1",  "HLT",         "DAQ"};

static void make_labels(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(6);
    plot_make_1d(h, arena, 12, 0, 12);
    h->name = "fed_errors";
    h->title = "Errors by subsystem";
    h->y.title = "Errors";
    h->x.labels = subsystems;
    h->fill_color = 632 - 7;
    h->entries = 12345;
    for (uint32_t i = 1; i <= 12; i++)
        plot_set(h, i, floor(1000 * plot_uniform()));
}

static void make_labels3(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_1d(h, arena, 3, 0, 3);
    h->name = "cuts";
    h->title = "Cut flow";
    h->y.title = "Events";
    h->x.labels = subsystems;
    h->entries = 3;
    plot_set(h, 1, 1000);
    plot_set(h, 2, 500);
    plot_set(h, 3, 250);
}

static void make_uneven_labels(struct pl_hist *h, struct pl_arena *arena)
{
    static const double edges[] = {0, 0.1, 1, 2.5, 10, 40, 70, 100};
    plot_make_1d(h, arena, 7, 0, 100);
    h->name = "kinds";
    h->title = "Bins from 0 to 100, some of them narrow";
    h->x.edges = edges;
    h->x.labels = subsystems;
    h->entries = 140;
    for (uint32_t i = 1; i <= 7; i++)
        plot_set(h, i, i * i);
}

static void make_labels300(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(7);
    plot_make_1d(h, arena, 300, 0, 300);
    h->name = "modules";
    h->title = "Hits per module";
    const char **labels = pl_arena_zalloc(arena, 300, sizeof *labels);
    CHECK(labels != NULL);
    for (int i = 0; i < 300; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "Module_%03d_layer%d", i, i / 75);
        labels[i] = pl_arena_text(arena, text, (size_t)n);
        plot_set(h, (uint64_t)i + 1, floor(100 + 20 * plot_gauss()));
    }
    h->x.labels = labels;
    h->entries = 30000;
}

static void make_variable(struct pl_hist *h, struct pl_arena *arena)
{
    static const double edges[] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 1000};
    plot_seed(8);
    plot_make_1d(h, arena, 14, 1, 1000);
    h->x.edges = edges;
    h->name = "cross_section";
    h->title = "d#sigma/dp_{T}, #sqrt{s} = 13 TeV";
    h->x.title = "p_{T} [GeV]";
    h->y.title = "#frac{d#sigma}{dp_{T}} [pb/GeV]";
    for (uint32_t i = 1; i <= 14; i++)
        plot_set(h, i, 1e5 * pow(edges[i - 1], -2.2));
    plot_sumw2(h, arena);
    h->marker_style = 21;
    h->marker_color = 632;
    h->line_color = 632;
    h->entries = 99;
}

static void make_many(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(9);
    plot_make_1d(h, arena, 20000, 0, 20000);
    h->name = "waveform";
    h->title = "One hot channel in twenty thousand";
    h->x.title = "Sample";
    h->entries = 20000;
    for (uint32_t i = 1; i <= 20000; i++)
        plot_set(h, i, floor(10 + 3 * plot_gauss()));
    plot_set(h, 12345, 55);
}

static void make_time(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(10);
    plot_make_1d(h, arena, 96, 1e9, 1e9 + 86400);
    h->x.time_display = true;
    h->x.time_format = "%H:%M%F1970-01-01 00:00:00s0 GMT";
    h->name = "rate";
    h->title = "Trigger rate during the day";
    h->x.title = "UTC";
    h->y.title = "Rate [Hz]";
    for (uint32_t i = 1; i <= 96; i++)
        plot_set(h, i, 1000 + 200 * sin(i / 10.0) + 20 * plot_gauss());
    h->entries = 96;
}

static void make_profile(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(11);
    plot_make_1d(h, arena, 50, -4, 4);
    h->kind = PL_HIST_PROFILE;
    h->class_name = "TProfile";
    h->name = "hprof";
    h->title = "Profile of pz versus px";
    h->x.title = "p_{x}";
    h->y.title = "#LTp_{z}#GT";
    h->sumw2 = cells(arena, h->cells_n);
    h->bin_entries = cells(arena, h->cells_n);
    for (int i = 0; i < 3000; i++) {
        double x = plot_gauss(), y = plot_gauss();
        plot_fill(h, x, x * x + y * y, 1);
    }
}

static void make_gauss2(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(12);
    plot_make_2d(h, arena, 40, -4, 4, 40, -4, 4);
    h->name = "hpxpy";
    h->title = "py vs px";
    h->x.title = "p_{x} [GeV]";
    h->y.title = "p_{y} [GeV]";
    for (int i = 0; i < 75000; i++) {
        double x = plot_gauss();
        plot_fill(h, x, plot_gauss(), 1);
    }
}

static void make_occupancy(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(13);
    plot_make_2d(h, arena, 200, 0, 200, 200, 0, 200);
    h->name = "occupancy_layer1";
    h->title =
        "Occupancy of the innermost pixel layer, run 123456, after masking of noisy channels";
    h->x.title = "Column";
    h->y.title = "Row";
    h->z.title = "Hits";
    h->entries = 3141592;
    for (uint32_t iy = 1; iy <= 200; iy++)
        for (uint32_t ix = 1; ix <= 200; ix++) {
            double dx = ix - 100.0, dy = iy - 100.0, mean = 4000 * exp(-(dx * dx + dy * dy) / 9000);
            bool dead = (ix / 25 == 3 && iy / 25 == 5) || ix == 150;
            if (!dead)
                plot_set(h, ix + 202ull * iy, floor(mean + sqrt(mean) * plot_gauss()));
        }
    plot_set(h, 60 + 202ull * 160, 120000);
}

static void make_small2(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(14);
    plot_make_2d(h, arena, 8, 0, 8, 6, 0, 6);
    h->name = "chambers";
    h->title = "Hits by chamber";
    h->y.labels = subsystems;
    h->x.title = "Sector";
    h->entries = 4321;
    for (uint32_t iy = 1; iy <= 6; iy++)
        for (uint32_t ix = 1; ix <= 8; ix++)
            plot_set(h, ix + 10ull * iy, floor(100 * plot_uniform()) - (ix == 3 ? 20 : 0));
}

static void make_huge2(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 1500, 0, 1500, 900, 0, 900);
    h->name = "fine";
    h->title = "A single hot cell among 1500 x 900";
    for (uint32_t iy = 1; iy <= 900; iy++)
        for (uint32_t ix = 1; ix <= 1500; ix += 3)
            plot_set(h, ix + 1502ull * iy, 1.0 + (ix + iy) % 7);
    plot_set(h, 777 + 1502ull * 333, 40);
    h->entries = 450000;
}

static void make_slanted(struct pl_hist *h, struct pl_arena *arena)
{
    make_labels(h, arena);
    h->x.bits |= 1u << 20; /* labels down */
}

static void make_rising(struct pl_hist *h, struct pl_arena *arena)
{
    make_labels(h, arena);
    h->x.bits |= 1u << 21; /* labels up */
}

static void make_dashed(struct pl_hist *h, struct pl_arena *arena)
{
    make_gauss(h, arena);
    h->line_style = 2;
    h->line_width = 2;
}

static void make_dash_dot(struct pl_hist *h, struct pl_arena *arena)
{
    make_few(h, arena);
    h->line_style = 4;
}

static const struct plot_sample samples[] = {
    {"dashed", make_dashed, ""},
    {"dash_dot_curve", make_dash_dot, "drawopts=C"},
    {"labels_down", make_slanted, ""},
    {"labels_up", make_rising, ""},
    {"few_text45", make_few, "drawopts=HIST TEXT45"},
    {"small2_text30", make_small2, "drawopts=COLZ TEXT30"},
    {"wide", make_gauss2, "h=100&w=2000"},
    {"high", make_gauss, "h=1000&w=100"},

    {"gauss", make_gauss, ""},
    {"gauss_small", make_gauss, "h=150&w=200"},
    {"gauss_large", make_gauss, "h=800&w=1200"},
    {"gauss_zoomed", make_gauss, "showstats=111111111&xmax=1.5&xmin=-0.5&ymax=500"},
    {"gauss_nostats", make_gauss, "showstats=0"},
    {"peak", make_peak, ""},
    {"peak_large", make_peak, "h=800&showstats=2211&w=1200"},
    {"few_e1", make_few, "drawopts=E1"},
    {"few_text", make_few, "drawopts=HIST TEXT"},
    {"few_curve", make_few, "drawopts=C P"},
    {"filled", make_filled, ""},
    {"filled_bars", make_labels3, "drawopts=B"},
    {"exponential", make_exponential, ""},
    {"exponential_log", make_exponential, "ytype=log"},
    {"flat", make_flat, ""},
    {"empty", make_empty, ""},
    {"empty_log", make_empty, "ytype=log"},
    {"negative", make_negative, ""},
    {"negative_log", make_negative, "ytype=log"},
    {"labels", make_labels, ""},
    {"labels_small", make_labels, "h=150&w=200"},
    {"labels3", make_labels3, ""},
    {"labels300", make_labels300, ""},
    {"uneven_labels", make_uneven_labels, ""},
    {"uneven_log", make_uneven_labels, "xtype=log"},
    {"variable_loglog", make_variable, "xtype=log&ytype=log"},
    {"many", make_many, ""},
    {"time", make_time, "drawopts=L"},
    {"profile", make_profile, ""},
    {"gauss2", make_gauss2, ""},
    {"gauss2_small", make_gauss2, "h=150&w=200"},
    {"gauss2_large", make_gauss2, "h=800&w=1200"},
    {"gauss2_log", make_gauss2, "ztype=log"},
    {"gauss2_box", make_gauss2, "drawopts=BOX"},
    {"gauss2_scat", make_gauss2, "drawopts=SCAT"},
    {"occupancy", make_occupancy, ""},
    {"occupancy_cut", make_occupancy, "showstats=0&zmax=4000"},
    {"small2_text", make_small2, "drawopts=COLZ TEXT"},
    {"huge2", make_huge2, "h=300&w=400"},
    {"tiny", make_gauss, "h=40&w=60"},
    {"pixel", make_gauss2, "h=1&w=1"},
};

const struct plot_sample *plot_sample_at(unsigned index)
{
    const struct plot_sample_table own = {samples, PL_COUNT(samples)};
    const struct plot_sample_table *const tables[] = {&own, &plot_map_samples, &plot_points_samples};
    for (unsigned t = 0; t < PL_COUNT(tables); t++) {
        if (index < tables[t]->n)
            return &tables[t]->at[index];
        index -= tables[t]->n;
    }
    return NULL;
}
