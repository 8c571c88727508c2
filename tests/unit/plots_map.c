/* plots_map.c - sample maps: polygons, profiles of two variables, what is seen along z, and the
 * options and ranges of two-dimensional histograms.
 */
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"
#include "tests/unit/plots.h"

/* ---- polygons ------------------------------------------------------------------------------ */

static void make_poly(struct pl_hist *h, struct pl_arena *arena, struct pl_poly_bin *bins,
                      uint32_t n, double x0, double x1, double y0, double y1)
{
    plot_make_2d(h, arena, 25, x0, x1, 25, y0, y1);
    h->kind = PL_HIST_POLY;
    h->class_name = "TH2Poly";
    h->cells_n = 0;
    h->content.n = 0;
    struct pl_poly *poly = pl_arena_zalloc(arena, 1, sizeof *poly);
    CHECK(poly != NULL);
    *poly = (struct pl_poly){
        .bins_n = n, .bins = bins, .x_low = x0, .x_high = x1, .y_low = y0, .y_high = y1};
    h->poly = poly;
    for (uint32_t i = 0; i < n; i++) {
        bins[i].number = (int32_t)i + 1;
        bins[i].error = sqrt(fabs(bins[i].content));
        h->entries += bins[i].content;
    }
}

static double *numbers(struct pl_arena *arena, uint32_t n)
{
    double *at = pl_arena_zalloc(arena, n, sizeof *at);
    CHECK(at != NULL);
    return at;
}

/* An outline around (x, y): corners at the radius, or in turn at it and a share of it. */
static struct pl_poly_part ring(struct pl_arena *arena, double x, double y, double radius,
                                uint32_t corners, double share, double turn)
{
    double *px = numbers(arena, corners), *py = numbers(arena, corners);
    for (uint32_t i = 0; i < corners; i++) {
        double angle = turn + 2.0 * M_PI * i / corners, r = i % 2 ? radius * share : radius;
        px[i] = x + r * cos(angle);
        py[i] = y + r * sin(angle);
    }
    return (struct pl_poly_part){corners, px, py};
}

static struct pl_poly_part *parts(struct pl_arena *arena, struct pl_poly_bin *bin, uint32_t n)
{
    struct pl_poly_part *at = pl_arena_zalloc(arena, n, sizeof *at);
    CHECK(at != NULL);
    bin->parts = at;
    bin->parts_n = n;
    return at;
}

/* Hexagons of a calorimeter: `rings` of them around the middle. */
static void make_hexagons(struct pl_hist *h, struct pl_arena *arena, int rings)
{
    struct pl_poly_bin *bins =
        pl_arena_zalloc(arena, (size_t)(3 * rings * (rings + 1) + 1), sizeof *bins);
    uint32_t n = 0;
    CHECK(bins != NULL);
    plot_seed(20);
    for (int q = -rings; q <= rings; q++)
        for (int r = -rings; r <= rings; r++) {
            if (q + r < -rings || q + r > rings)
                continue;
            double x = 1.5 * q, y = sqrt(3.0) * (r + 0.5 * q), d = hypot(x, y) / rings;
            bins[n].content = d < 0.18 ? 0.0 : floor(900 * exp(-d * d) + 30 * plot_gauss());
            parts(arena, &bins[n], 1)[0] = ring(arena, x, y, 1.0, 6, 1.0, 0.0);
            n++;
        }
    bins[n / 5].content = 2500;
    double side = 1.9 * rings;
    make_poly(h, arena, bins, n, -side, side, -side, side);
    h->name = "hexagons";
    h->title = "Energy by cell of the endcap, layer 7";
    h->x.title = "x [cm]";
    h->y.title = "y [cm]";
    h->z.title = "E [MeV]";
}

static void make_hexagons6(struct pl_hist *h, struct pl_arena *arena)
{
    make_hexagons(h, arena, 6);
}

static void make_hexagons3(struct pl_hist *h, struct pl_arena *arena)
{
    make_hexagons(h, arena, 3);
}

static void make_hexagons25(struct pl_hist *h, struct pl_arena *arena)
{
    make_hexagons(h, arena, 25); /* 1951 */
}

static void make_hexagons120(struct pl_hist *h, struct pl_arena *arena)
{
    make_hexagons(h, arena, 120); /* 43561: less than a pixel each */
}

/* A hole, islands, a star, a shape that crosses itself, one that leaves the frame. */
static void make_shapes(struct pl_hist *h, struct pl_arena *arena)
{
    static const double bow_x[] = {6.2, 9.2, 6.2, 9.2}, bow_y[] = {6.2, 9.2, 9.2, 6.2};
    static const double out_x[] = {8, 30, 30, 9}, out_y[] = {1, -4, 7, 5};
    struct pl_poly_bin *bins = pl_arena_zalloc(arena, 6, sizeof *bins);
    CHECK(bins != NULL);
    struct pl_poly_part *part = parts(arena, &bins[0], 2);
    part[0] = ring(arena, 2, 2, 1.8, 40, 1.0, 0.0);
    part[1] = ring(arena, 2, 2, 1.0, 4, 1.0, 0.0);
    part = parts(arena, &bins[1], 3);
    for (int i = 0; i < 3; i++)
        part[i] = ring(arena, 1.2 + 1.6 * i, 5.0, 0.7, 3, 1.0, 0.5 * i);
    parts(arena, &bins[2], 1)[0] = ring(arena, 2.4, 8.0, 1.8, 10, 0.42, 0.3);
    parts(arena, &bins[3], 1)[0] = (struct pl_poly_part){4, bow_x, bow_y};
    parts(arena, &bins[4], 1)[0] = (struct pl_poly_part){4, out_x, out_y};
    parts(arena, &bins[5], 1)[0] = ring(arena, 6, 3.2, 1.6, 4000, 0.8, 0.0);
    for (int i = 0; i < 6; i++)
        bins[i].content = 10.0 * (i + 1) + 0.25 * i;
    make_poly(h, arena, bins, 6, 0, 10, 0, 10);
    h->name = "shapes";
    h->title = "Holes, islands and crossings";
}

/* Pads between two circles whose radii are far apart. */
static void make_pads(struct pl_hist *h, struct pl_arena *arena)
{
    enum { R = 12, PHI = 36 };
    struct pl_poly_bin *bins = pl_arena_zalloc(arena, R * PHI, sizeof *bins);
    CHECK(bins != NULL);
    plot_seed(21);
    for (uint32_t i = 0; i < R * PHI; i++) {
        double *x = numbers(arena, 4), *y = numbers(arena, 4);
        for (uint32_t c = 0; c < 4; c++) {
            double radius = 10.0 * pow(1.2, i / PHI + (c == 1 || c == 2));
            double angle = 2.0 * M_PI / PHI * (i % PHI + (c >= 2));
            x[c] = radius * cos(angle);
            y[c] = radius * sin(angle);
        }
        parts(arena, &bins[i], 1)[0] = (struct pl_poly_part){4, x, y};
        bins[i].content = floor(1e5 * pow(0.55, i / PHI) * (0.5 + plot_uniform()));
    }
    make_poly(h, arena, bins, R * PHI, -100, 100, -100, 100);
    h->name = "pads";
    h->title = "Rate by pad";
    h->x.title = "x [mm]";
    h->y.title = "y [mm]";
    h->z.title = "Rate [Hz/cm^{2}]";
}

/* ---- profiles and projections -------------------------------------------------------------- */

static struct pl_cells cells(struct pl_arena *arena, uint64_t n, double (*value)(uint64_t i))
{
    uint8_t *bytes = pl_arena_zalloc(arena, n, 8);
    CHECK(bytes != NULL);
    for (uint64_t i = 0; i < n; i++) {
        double v = value(i);
        uint64_t bits;
        memcpy(&bits, &v, 8);
        bits = htobe64(bits);
        memcpy(bytes + 8 * i, &bits, 8);
    }
    return (struct pl_cells){bytes, n, PL_CELL_F64};
}

static double profile_entries(uint64_t i)
{
    double x = (double)(i % 32) - 15.5, y = (double)(i / 32) - 12.5;
    return floor(40 * exp(-(x * x + y * y) / 60));
}

static double profile_sum(uint64_t i)
{
    double x = (double)(i % 32) - 15.5, y = (double)(i / 32) - 12.5;
    return profile_entries(i) * 0.1 * (x * y);
}

static void make_profile2(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 30, -3, 3, 24, -2.4, 2.4);
    h->kind = PL_HIST_PROFILE2D;
    h->class_name = "TProfile2D";
    h->name = "mean_time";
    h->title = "Mean arrival time; cells without entries stay empty";
    h->x.title = "#eta";
    h->y.title = "#varphi";
    h->z.title = "#LT#Deltat#GT [ns]";
    h->bin_entries = cells(arena, h->cells_n, profile_entries);
    h->content = cells(arena, h->cells_n, profile_sum);
    h->sumw2 = cells(arena, h->cells_n, profile_entries);
    h->entries = 12345;
}

static double ball(uint64_t i)
{
    double x = (double)(i % 42) - 20.5, y = (double)(i / 42 % 32) - 15.5,
           z = (double)(i / 1344) - 11;
    double r = sqrt(x * x + y * y + z * z);
    return r > 5 && r < 12 ? floor(20 + x) : 0.0;
}

static void make_solid(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 40, -20, 20, 30, -15, 15);
    h->kind = PL_HIST_3D;
    h->class_name = "TH3F";
    h->name = "vertices";
    h->title = "Vertices, seen along the beam";
    h->x.title = "x [mm]";
    h->y.title = "y [mm]";
    h->z = h->y;
    h->z.bins = 20;
    h->z.title = "z [mm]";
    h->cells_n *= 22;
    h->content = cells(arena, h->cells_n, ball);
    h->entries = 98765;
}

/* ---- maps ---------------------------------------------------------------------------------- */

static const double decades[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

static void make_uneven(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 12, 1, 10000, 9, 1, 1000);
    h->x.edges = decades;
    h->y.edges = decades;
    h->name = "uneven";
    h->title = "Bins of uneven width";
    h->x.title = "E [GeV]";
    h->y.title = "Multiplicity";
    for (uint32_t iy = 1; iy <= 9; iy++)
        for (uint32_t ix = 1; ix <= 12; ix++)
            plot_set(h, ix + 14ull * iy, floor(1e5 / (ix * ix * iy)));
    h->entries = 1e6;
}

static void make_signed(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 20, 0, 20, 14, 0, 14);
    h->name = "difference";
    h->title = "Difference to the reference";
    for (uint32_t iy = 1; iy <= 14; iy++)
        for (uint32_t ix = 1; ix <= 20; ix++)
            plot_set(h, ix + 22ull * iy, floor(50 * sin(0.4 * ix) * cos(0.5 * iy)));
    h->entries = 280;
}

static const char *const stations[] = {"MB1", "MB2", "MB3", "MB4", "ME+1", "ME+2", "ME+3", "ME+4"};
static const char *const wheels[] = {"W-2", "W-1", "W0", "W+1", "W+2", "endcap +", "endcap #minus"};

static void make_labelled(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(22);
    plot_make_2d(h, arena, 8, 0, 8, 7, 0, 7);
    h->name = "summary";
    h->title = "Summary by station";
    h->x.labels = stations;
    h->y.labels = wheels;
    for (uint32_t iy = 1; iy <= 7; iy++)
        for (uint32_t ix = 1; ix <= 8; ix++)
            plot_set(h, ix + 10ull * iy, floor(1000 * plot_uniform()) / 1000);
    h->entries = 56;
    h->maximum = 1;
    h->minimum = 0;
}

static const char **module_names(struct pl_arena *arena, int n, const char *format)
{
    const char **labels = pl_arena_zalloc(arena, (size_t)n, sizeof *labels);
    CHECK(labels != NULL);
    for (int i = 0; i < n; i++) {
        char text[32];
        int length = 0;
        while (format[length] != '\0' && format[length] != '#') {
            text[length] = format[length];
            length++;
        }
        length += snprintf(text + length, sizeof text - (size_t)length, "%03d", i);
        labels[i] = pl_arena_text(arena, text, (size_t)length);
    }
    return labels;
}

static void make_crowded(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(24);
    plot_make_2d(h, arena, 300, 0, 300, 300, 0, 300);
    h->name = "pairs";
    h->title = "Pairs of modules with hits at the same time";
    h->x.labels = module_names(arena, 300, "Module_");
    h->y.labels = module_names(arena, 300, "Barrel_layer_");
    h->x.title = "First module";
    h->y.title = "Second module";
    for (uint32_t iy = 1; iy <= 300; iy++)
        for (uint32_t ix = 1; ix <= 300; ix++)
            plot_set(h, ix + 302ull * iy,
                     floor(30 * exp(-fabs((double)ix - iy) / 20) + 2 * plot_uniform()));
    h->entries = 123456;
}

static void make_vertical(struct pl_hist *h, struct pl_arena *arena)
{
    make_labelled(h, arena);
    h->x.bits |= 1u << 19; /* labels vertical */
}

static void make_level(struct pl_hist *h, struct pl_arena *arena)
{
    make_labelled(h, arena);
    h->x.labels = h->y.labels = module_names(arena, 8, "A_long_name_");
    h->x.bits |= 1u << 18; /* labels horizontal */
}

static void make_clock(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(25);
    plot_make_2d(h, arena, 96, 1.7e9, 1.7e9 + 86400, 20, 0, 1);
    h->name = "efficiency_by_time";
    h->title = "Efficiency of twenty sectors during a day";
    h->x.title = "UTC";
    h->x.time_display = true;
    h->x.time_format = "%H:%M%F1970-01-01 00:00:00s0 GMT";
    h->x.bits |= 1u << 12; /* title in the middle */
    h->y.bits |= 1u << 12;
    h->y.title = "Sector phase";
    h->y.divisions = -4;
    for (uint32_t iy = 1; iy <= 20; iy++)
        for (uint32_t ix = 1; ix <= 96; ix++)
            plot_set(h, ix + 98ull * iy, 1 - 0.2 * plot_uniform() - (ix > 40 && iy == 7 ? 0.5 : 0));
    h->entries = 1920;
}

static void make_large_numbers(struct pl_hist *h, struct pl_arena *arena)
{
    plot_make_2d(h, arena, 10, 0, 4e6, 10, -2e-5, 2e-5);
    h->name = "large";
    h->title = "Powers of ten on every axis";
    h->x.title = "E [eV]";
    h->y.title = "#Deltax [m]";
    h->z.title = "Hits";
    for (uint32_t iy = 1; iy <= 10; iy++)
        for (uint32_t ix = 1; ix <= 10; ix++)
            plot_set(h, ix + 12ull * iy, 2.5e7 * ix / iy);
    h->entries = 3.5e9;
}

static void make_markup(struct pl_hist *h, struct pl_arena *arena)
{
    make_signed(h, arena);
    h->name = "markup";
    h->title = "#splitline{#bf{Bold}, #it{italic}, #color[632]{red}: "
               "B_{s}^{0} #rightarrow #mu^{+}#mu^{-}}{#scale[0.8]{#sqrt{s} = 13.6 TeV, "
               "#frac{1}{2} #bar{x} #hat{p} #vec{E} #tilde{#chi}^{0}_{1}}}";
    h->x.title = "#frac{#Delta E}{E_{true}}";
    h->y.title = "#it{p}_{T}^{#mu} [GeV/#it{c}]";
    h->z.title = "#sqrt{#LT#sigma^{2}#GT} [#mum]";
}

static void make_sparse(struct pl_hist *h, struct pl_arena *arena)
{
    plot_seed(23);
    plot_make_2d(h, arena, 60, 0, 60, 40, 0, 40);
    h->name = "hits";
    h->title = "A few hits";
    for (int i = 0; i < 120; i++)
        plot_fill(h, 60 * plot_uniform(), 20 + 5 * plot_gauss(), 1 + floor(3 * plot_uniform()));
    plot_fill(h, -1, 50, 7);
    plot_fill(h, 70, 5, 3);
}

static const struct plot_sample samples[] = {
    {"poly", make_hexagons6, ""},
    {"poly_small", make_hexagons6, "h=150&w=200"},
    {"poly_large", make_hexagons6, "h=800&w=1200"},
    {"poly_text", make_hexagons3, "drawopts=COLZ TEXT"},
    {"poly_text45", make_hexagons3, "drawopts=TEXT45"},
    {"poly_many", make_hexagons25, ""},
    {"poly_specks", make_hexagons120, "h=300&w=400"},
    {"poly_shapes", make_shapes, "drawopts=COLZ TEXT&showstats=111110"},
    {"poly_zoomed", make_shapes, "xmax=7&xmin=1&ymax=9.5&ymin=0.5"},
    {"poly_pads_log", make_pads, "ztype=log"},
    {"poly_loglog", make_shapes, "xtype=log&ytype=log"},
    {"profile2", make_profile2, ""},
    {"profile2_text", make_profile2, "drawopts=COLZ TEXT&h=800&w=1200"},
    {"solid", make_solid, ""},
    {"uneven_log3", make_uneven, "xtype=log&ytype=log&ztype=log"},
    {"uneven_logx", make_uneven, "drawopts=COLZ TEXT&xtype=log"},
    {"uneven_logy", make_uneven, "drawopts=BOX&ytype=log"},
    {"signed", make_signed, ""},
    {"signed_box", make_signed, "drawopts=BOX"},
    {"signed_text", make_signed, "drawopts=TEXT"},
    {"signed_col", make_signed, "drawopts=COL"},
    {"crowded", make_crowded, ""},
    {"crowded_large", make_crowded, "h=800&w=1200"},
    {"vertical", make_vertical, ""},
    {"level", make_level, ""},
    {"clock", make_clock, ""},
    {"large_numbers", make_large_numbers, ""},
    {"large_numbers_small", make_large_numbers, "h=150&w=200"},
    {"markup", make_markup, "showstats=0"},
    {"markup_large", make_markup, "h=800&showstats=0&w=1200"},
    {"labelled", make_labelled, "drawopts=COLZ TEXT"},
    {"labelled_small", make_labelled, "h=150&w=200"},
    {"sparse", make_sparse, ""},
    {"sparse_col0", make_sparse, "drawopts=COL0&showstats=0"},
    {"sparse_flow", make_sparse, "showstats=1111111"},
    {"sparse_box", make_sparse, "drawopts=BOX"},
    {"sparse_scat", make_sparse, "drawopts=SCAT"},
    {"gauss2_zrange", make_signed, "zmax=20&zmin=-10"},
};
const struct plot_sample_table plot_map_samples = {samples, PL_COUNT(samples)};
