/* hist.h - one object as read from a file, ready to be drawn: histogram, profile, polygons, graph,
 * efficiency or text.
 *
 * All memory is the arena's or borrowed from the source; nothing is freed here. Contents stay in
 * the file's own big-endian form and are read cell by cell, so that an uncompressed array is never
 * copied and a compressed one is held once. Points of graphs and polygons are few and are in the
 * machine's form.
 *
 * Cells are numbered as ROOT does: ix + (nx+2) * (iy + (ny+2) * iz), ix 0 = underflow, nx+1 =
 * overflow.
 *
 * What is valid of struct pl_hist by kind, besides names, title, option, entries, style and
 * functions: 1D, 2D, 3D            axes, sums, cells, content, sumw2 PROFILE, PROFILE2D    the
 * same, bin_entries, bin_sumw2, error_mode, profile_low and _high; content is the sum of w*y (w*z),
 * sumw2 that of w*y*y POLY                  x and y (their range; their bins are only a search
 * grid), sums, `poly`; no cells GRAPH                 `graph`; axes only in its frame EFFICIENCY
 * `efficiency`; axes only in its two histograms TEXT                  `text`, `scalar`
 */
#ifndef PL_HIST_H
#define PL_HIST_H

#include <stdbool.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/cursor.h"
#include "shm/base/err.h"

enum pl_cell_type { PL_CELL_I8, PL_CELL_I16, PL_CELL_I32, PL_CELL_I64, PL_CELL_F32, PL_CELL_F64 };

struct pl_cells {
    const uint8_t *bytes; /* big-endian, n * size of type; NULL when n is 0 */
    uint64_t n;
    enum pl_cell_type type;
};

static inline double pl_cell(const struct pl_cells *cells, uint64_t i)
{
    switch (cells->type) {
    case PL_CELL_I8:
        return (int8_t)cells->bytes[i];
    case PL_CELL_I16:
        return (int16_t)pl_be(cells->bytes + 2 * i, 2);
    case PL_CELL_I32:
        return (int32_t)pl_be(cells->bytes + 4 * i, 4);
    case PL_CELL_I64:
        return (double)(int64_t)pl_be(cells->bytes + 8 * i, 8);
    case PL_CELL_F32:
        return (double)pl_bits_f32((uint32_t)pl_be(cells->bytes + 4 * i, 4));
    case PL_CELL_F64:
        return pl_bits_f64(pl_be(cells->bytes + 8 * i, 8));
    }
    return 0.0;
}

enum pl_hist_kind {
    PL_HIST_1D,
    PL_HIST_2D,
    PL_HIST_PROFILE,
    PL_HIST_3D,
    PL_HIST_PROFILE2D,
    PL_HIST_POLY,
    PL_HIST_GRAPH,
    PL_HIST_EFFICIENCY,
    PL_HIST_TEXT,
};

struct pl_hist_axis {
    uint32_t bins;             /* >= 1 */
    double low, high;          /* finite, low < high */
    const double *edges;       /* bins + 1, strictly rising; NULL when uniform */
    const char *title;         /* never NULL */
    const char *const *labels; /* bins entries, each may be NULL; NULL when not alphanumeric */
    int32_t first, last;       /* shown range in bins, 1-based; 0,0 = all */
    int32_t divisions;         /* fNdivisions */
    uint32_t bits;             /* TObject bits: label options */
    bool time_display;
    const char *time_format;
};

struct pl_hist;

struct pl_graph {
    uint32_t n;
    const double *x, *y; /* n values each, as stored: may be NaN or infinite */
    /* lengths of the error bars, n values each; all four NULL when the class has none */
    const double *x_low_error, *x_high_error, *y_low_error, *y_high_error;
    double minimum, maximum;     /* shown range of y; -1111 = unset */
    const struct pl_hist *frame; /* fHistogram: axes, titles, ranges; 1D; NULL = none stored */
};

struct pl_poly_part { /* one closed outline; the last point need not repeat the first */
    uint32_t n;
    const double *x, *y; /* finite */
};

/* All parts of a bin are filled together by the even-odd rule: islands and holes. */
struct pl_poly_bin {
    int32_t number; /* 1-based, as stored */
    uint32_t parts_n;
    double content, error, area;
    const struct pl_poly_part *parts;
};

struct pl_poly {
    uint32_t bins_n;
    bool is_float;                  /* the axes were to grow with the bins */
    const struct pl_poly_bin *bins; /* in the order of fBins */
    /* Contents outside: [0] upper left, [1] above, [2] upper right, [3] left, [4] inside but in no
     * bin, [5] right, [6] lower left, [7] below, [8] lower right: bins -1 to -9 */
    double overflow[9];
    double x_low, x_high, y_low, y_high; /* of the axes; low < high */
};

struct pl_efficiency {
    const struct pl_hist *passed, *total; /* never NULL; same class (1D, 2D, 3D) and same bins */
    double confidence_level;              /* 0 < level < 1; 0.683 unless said otherwise */
    int32_t statistic_option; /* 0 Clopper-Pearson, 1 normal, 2 Wilson, 3 Agresti-Coull, 4
                                 Feldman-Cousins, 5 Jeffreys, 6 uniform prior, 7 Bayesian, 8 mid-P;
                                 anything else as 0 */
    double beta_alpha, beta_beta, weight;
    /* with a prior (5 to 7): the mode stands for the efficiency, not the mean; the interval is the
     * shortest, not the central one; the file has another prior for each bin, which is not read */
    bool posterior_mode, shortest, bin_priors;
    bool weighted; /* the sums of squares of both histograms say how much the contents count */
};

enum pl_scalar_code {
    PL_SCALAR_INTEGER = 'i',
    PL_SCALAR_REAL = 'f',
    PL_SCALAR_STRING = 's',
    PL_SCALAR_EFFICIENCY =
        'e',                /* the object `name` is an efficiency: its contents are not scaled */
    PL_SCALAR_TAG = 't',    /* value: number of the tag given to the object `name` */
    PL_SCALAR_REPORT = 'q', /* result of the quality test `test` of the object `name` */
};

/* What a text of the form <NAME>K=VALUE</NAME> says. */
struct pl_scalar {
    enum pl_scalar_code code;
    const char *name;  /* REPORT: of the object, without the test */
    const char *value; /* never NULL; REPORT: all of it */
    /* REPORT only, else "" and 0; an older report has no result and no algorithm */
    const char *test, *algorithm, *message;
    int32_t status; /* as stored: 100 ok, 200 warning, 300 error; others are the test's own */
    double result;  /* finite */
};

/* What was taken from every cell of a histogram whose bins were put together (reduce.h). */
struct pl_hist_reduced {
    uint32_t bins[2]; /* in the file */
    /* one dimension, else NULL: of each cell the content at the other end of those it stands for
     * (NaN: there is none), and its error squared when the contents have errors */
    const double *other, *other_square;
    bool zoomed; /* only a part of the range was kept */
    bool not_a_number;
    double smallest, largest,
        least_positive; /* finite contents shown; infinite when there are none */
    bool sums;       /* the following were taken: finite contents shown, at the centres of bins, */
    double integral; /* the sum of their weights */
    double sum_w2, sum_x[2], sum_x2[2];
    double flow[3][3]; /* [y][x]: under, in and over the range of the file's axes; of one dimension
                          the middle one is there without sums */
};

struct pl_hist {
    enum pl_hist_kind kind;
    const char *class_name, *name, *title, *option; /* never NULL */
    struct pl_hist_axis x, y;                       /* y of a 1D: one bin */
    struct pl_hist_axis z;
    double entries;
    double tsumw, tsumw2, tsumwx, tsumwx2, tsumwy, tsumwy2, tsumwxy;
    double tsumwz, tsumwz2, tsumwxz, tsumwyz;
    double maximum, minimum; /* -1111 = unset */
    double norm_factor;
    uint64_t cells_n;            /* fNcells = (nx+2) * (ny+2) * (nz+2); of axes the kind has */
    struct pl_cells content;     /* cells_n */
    struct pl_cells sumw2;       /* 0 or cells_n */
    struct pl_cells bin_entries; /* profile: cells_n */
    struct pl_cells bin_sumw2;   /* profile: 0 or cells_n */
    int32_t error_mode;          /* profile: 0 mean, 1 s, 2 i, 3 g */
    double profile_low, profile_high;
    int32_t stat_error_option; /* fBinStatErrOpt: 0 sqrt(n), 1 and 2 Poisson 68 % and 95 % */
    int16_t line_color, line_style, line_width, fill_color, fill_style, marker_color, marker_style;
    float marker_size;
    uint32_t bits;
    uint32_t functions_n; /* names of classes in fFunctions */
    const char *const *functions;
    struct pl_cells buffer;       /* unfilled buffer (fBuffer); [0] = count */
    const struct pl_graph *graph; /* each NULL when of another kind */
    const struct pl_poly *poly;
    const struct pl_efficiency *efficiency;
    const char *text;
    const struct pl_scalar *scalar;        /* NULL: the text is a plain one */
    const struct pl_hist_reduced *reduced; /* NULL: every bin of the file is here */
};

/* Lower edge of bin b (1-based; bins + 1 = upper end). */
static inline double pl_hist_edge(const struct pl_hist_axis *axis, uint32_t b)
{
    if (axis->edges != NULL)
        return axis->edges[b - 1];
    return axis->low + (axis->high - axis->low) * ((double)(b - 1) / axis->bins);
}

/* How many of the three axes have bins that count; 0 of what is no histogram. */
static inline unsigned pl_hist_dimensions(const struct pl_hist *hist)
{
    switch (hist->kind) {
    case PL_HIST_3D:
        return 3;
    case PL_HIST_2D:
    case PL_HIST_PROFILE2D:
    case PL_HIST_POLY:
        return 2;
    case PL_HIST_1D:
    case PL_HIST_PROFILE:
        return 1;
    default:
        return 0;
    }
}

#endif
