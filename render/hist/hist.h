/* hist.h - one histogram as read from a file, ready to be drawn.
 *
 * All memory is the arena's or borrowed from the source; nothing is freed here. Contents stay in the
 * file's own big-endian form and are read cell by cell, so that an uncompressed array is never copied and
 * a compressed one is held once.
 *
 * Cells are numbered as ROOT does: ix + (nx+2) * iy, ix 0 = underflow, nx+1 = overflow.
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

enum pl_hist_kind { PL_HIST_1D, PL_HIST_2D, PL_HIST_PROFILE };

struct pl_hist_axis {
    uint32_t bins;          /* >= 1 */
    double low, high;       /* finite, low < high */
    const double *edges;    /* bins + 1, strictly rising; NULL when uniform */
    const char *title;      /* never NULL */
    const char *const *labels; /* bins entries, each may be NULL; NULL when not alphanumeric */
    int32_t first, last;    /* shown range in bins, 1-based; 0,0 = all */
    int32_t divisions;      /* fNdivisions */
    uint32_t bits;          /* TObject bits: label options */
    bool time_display;
    const char *time_format;
};

struct pl_hist {
    enum pl_hist_kind kind;
    const char *class_name, *name, *title, *option; /* never NULL */
    struct pl_hist_axis x, y; /* y of a 1D: one bin */
    struct pl_hist_axis z;
    double entries;
    double tsumw, tsumw2, tsumwx, tsumwx2, tsumwy, tsumwy2, tsumwxy;
    double maximum, minimum; /* -1111 = unset */
    double norm_factor;
    uint64_t cells_n;             /* fNcells = (nx+2) * (ny+2) */
    struct pl_cells content;      /* cells_n */
    struct pl_cells sumw2;        /* 0 or cells_n */
    struct pl_cells bin_entries;  /* profile: cells_n */
    struct pl_cells bin_sumw2;    /* profile: 0 or cells_n */
    int32_t error_mode;           /* profile: 0 mean, 1 s, 2 i, 3 g */
    double profile_low, profile_high;
    int16_t line_color, line_style, line_width, fill_color, fill_style, marker_color, marker_style;
    float marker_size;
    uint32_t bits;
    uint32_t functions_n;            /* names of classes in fFunctions */
    const char *const *functions;
    struct pl_cells buffer;          /* unfilled buffer (fBuffer); [0] = count */
};

/* Lower edge of bin b (1-based; bins + 1 = upper end). */
static inline double pl_hist_edge(const struct pl_hist_axis *axis, uint32_t b)
{
    if (axis->edges != NULL)
        return axis->edges[b - 1];
    return axis->low + (axis->high - axis->low) * ((double)(b - 1) / axis->bins);
}

#endif
