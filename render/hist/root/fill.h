/* fill.h - entries that ROOT had not yet put into bins when it wrote the histogram (fBuffer). */
#ifndef PL_HIST_FILL_H
#define PL_HIST_FILL_H

#include "render/hist/hist.h"

/* pl_hist_fill - put the entries of hist->buffer into copies of the contents, add them to the sums,
 * and leave the buffer empty. An axis without a range gets that of the entries. A buffer whose
 * count is negative is already in the bins and only dropped.
 *
 * before   cells_n, contents and axes agree, but an axis with entries in the buffer may have low >=
 * high returns  PL_E_FORMAT when the buffer is shorter than its count, PL_E_LIMIT naming
 * workers.memory */
enum pl_err pl_hist_fill(struct pl_hist *hist, struct pl_arena *arena, struct pl_error *error);

#endif
