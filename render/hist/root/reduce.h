/* reduce.h - a histogram too large to be held, as one with a bin or two a pixel.
 *
 * Contents are fed in the order of the file, as they are unpacked, and never stand in memory
 * together. Neighbouring bins of the shown range become one bin that keeps the content of largest
 * absolute value among them, so that a hot channel stays visible: the rule of the drawing itself,
 * applied early. In one dimension it keeps the smallest and the largest content, and bins become
 * one where the drawing would draw them at one place (pl_span_group). What the picture says in
 * numbers (sums, ranges, flows) is taken from every cell on the way and stands in `reduced` of the
 * outcome.
 *
 * ORDER  start; feed for every cell once; end. With errors wanted (one dimension): after that
 * feed_errors for every cell of the sums of squares; then end. MEMORY the arena: 8 bytes for each
 * cell of the outcome, at most PL_REDUCE_CELLS_MAX of them, in one dimension 16, with errors 40;
 * and 12 bytes for each boundary of an axis.
 */
#ifndef PL_HIST_REDUCE_H
#define PL_HIST_REDUCE_H

#include "render/hist/hist.h"
#include "render/hist/params.h"

enum { PL_REDUCE_CELLS_MAX = 4 << 20 };

/* Neighbouring bins that become one; group g covers bins starts[g] up to starts[g + 1]. */
struct pl_reduce_axis {
    uint32_t bins;    /* of the file's axis */
    uint32_t groups;  /* of the outcome */
    uint32_t *starts; /* groups + 1, 1-based; from the first bin shown to behind the last */
    bool whole;       /* nothing of the axis is left out */
};

struct pl_reduce {
    const struct pl_hist *hist; /* axes and attributes; its contents are not read */
    struct pl_arena *arena;
    struct pl_reduce_axis x, y;
    bool two, sums_wanted;
    uint64_t next; /* the cell expected next */
    double
        *values; /* groups_x + 2 times groups_y + 2, NaN while empty; one dimension: the largest */
    /* one dimension, else NULL: smallest contents; with errors: the cells of both, first met, and
     * what the errors squared are there */
    double *least, *square, *least_square;
    uint32_t *at, *least_at;
    struct pl_hist_reduced *out;
};

/* pl_reduce_start - params: size and ranges of the picture. PL_E_LIMIT when the arena is too small.
 */
enum pl_err pl_reduce_start(struct pl_reduce *reduce, const struct pl_hist *hist,
                            const struct pl_hist_params *params, struct pl_arena *arena,
                            struct pl_error *error);
/* pl_reduce_feed - the next n cells (big-endian, cell type `type`). */
void pl_reduce_feed(struct pl_reduce *reduce, const uint8_t *bytes, uint64_t n,
                    enum pl_cell_type type);
void pl_reduce_errors_again(struct pl_reduce *reduce); /* before the first feed_errors */
void pl_reduce_feed_errors(struct pl_reduce *reduce, const uint8_t *bytes, uint64_t n,
                           enum pl_cell_type type);
/* pl_reduce_end - *out: a copy of the histogram with fewer bins and `reduced` set. PL_E_FORMAT when
 * not every cell was fed. */
enum pl_err pl_reduce_end(struct pl_reduce *reduce, struct pl_hist *out, struct pl_error *error);

#endif
