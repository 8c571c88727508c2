/* root_objects.h - objects that are no histograms of cells: graphs, polygons, efficiencies, texts.
 *
 * Everything given is borrowed, but for histograms, which gen_root_efficiency and gen_root_poly
 * free.
 */
#ifndef PL_GEN_ROOT_OBJECTS_H
#define PL_GEN_ROOT_OBJECTS_H

#include "tests/gen/root_writer.h"

struct gen_graph {
    const char *class_name, *name,
        *title;       /* TGraph, TGraphErrors, TGraphAsymmErrors, TGraphBentErrors, TCutG */
    uint16_t version; /* of TGraph: 4; or 1 and 2, whose code was written by hand */
    uint32_t n;
    const double *x, *y;
    const double *x_low, *x_high, *y_low,
        *y_high; /* NULL = not stored; TGraphErrors: the low ones */
    double minimum, maximum;
    const struct gen_hist *frame; /* NULL = none */
    const char *const *functions;
    uint32_t functions_n;
};

struct gen_efficiency {
    const char *name, *title;
    struct gen_hist *passed, *total; /* total NULL: the file refers to passed again */
    double confidence_level, beta_alpha, beta_beta, weight;
    int32_t statistic_option;
    uint32_t bits; /* of TObject, besides those that every object has */
};

struct gen_poly_bin {
    int32_t number;
    double content, area;
    const struct gen_graph *parts; /* more than one: a TMultiGraph */
    uint32_t parts_n;
    double error; /* of a TProfile2Poly */
};

struct gen_poly {
    struct gen_hist hist; /* class TH2Poly, or TProfile2Poly */
    double overflow[9];
    const struct gen_poly_bin *bins;
    uint32_t bins_n;
    bool in_list; /* bins are stored in fBins itself, not in the cells */
};

void gen_graph_start(struct gen_graph *graph, const char *class_name, const char *name, uint32_t n,
                     const double *x, const double *y);
void gen_root_graph(struct gen_root *root, unsigned directory, const struct gen_graph *graph);

void gen_root_efficiency(struct gen_root *root, unsigned directory,
                         const struct gen_efficiency *efficiency);

/* The axes are those of the search grid: nx x ny bins. */
void gen_poly_start(struct gen_poly *poly, const char *name, uint32_t nx, double x_low,
                    double x_high, uint32_t ny, double y_low, double y_high);
void gen_root_poly(struct gen_root *root, unsigned directory, struct gen_poly *poly);

/* A TObjString under that name of its key. */
void gen_root_string(struct gen_root *root, unsigned directory, const char *name, const char *text);

#endif
