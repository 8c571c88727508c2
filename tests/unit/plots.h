/* plots.h - sample histograms made in memory, for tests of drawing, the golden pictures and the
 * bench. */
#ifndef PL_TESTS_PLOTS_H
#define PL_TESTS_PLOTS_H

#include "render/hist/hist.h"
#include "render/hist/params.h"

struct plot_sample {
    const char *name;
    void (*make)(struct pl_hist *hist, struct pl_arena *arena);
    const char *params; /* canonical text */
};

/* Sample `index` of all tables in turn; NULL past the end. */
const struct plot_sample *plot_sample_at(unsigned index);

struct plot_sample_table {
    const struct plot_sample *at;
    unsigned n;
};
extern const struct plot_sample_table plot_map_samples;    /* plots_map.c */
extern const struct plot_sample_table plot_points_samples; /* plots_points.c */

/* Empty histograms to fill; titles and labels are borrowed. */
void plot_make_1d(struct pl_hist *hist, struct pl_arena *arena, uint32_t bins, double low,
                  double high);
void plot_make_2d(struct pl_hist *hist, struct pl_arena *arena, uint32_t nx, double x0, double x1,
                  uint32_t ny, double y0, double y1);
void plot_set(struct pl_hist *hist, uint64_t cell, double value);   /* content only */
void plot_fill(struct pl_hist *hist, double x, double y, double w); /* content and sums */
double plot_get(const struct pl_hist *hist, uint64_t cell);
void plot_sumw2(struct pl_hist *hist, struct pl_arena *arena); /* errors as sqrt(content) */

/* The same numbers on every machine. */
double plot_uniform(void);
double plot_gauss(void);
void plot_seed(uint64_t seed);

#endif
