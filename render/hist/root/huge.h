/* huge.h - a histogram too large to be held, read block by block into the cells of a picture.
 *
 * Unpacked bytes stand in a window of address space in which only the block at hand, and what is no
 * large array, is open. Contents go through reduce.h as they come; a second passage picks the
 * errors of what is shown. Memory: the largest block (at most 16 MiB), the outcome, the object
 * without its arrays.
 */
#ifndef PL_HIST_HUGE_H
#define PL_HIST_HUGE_H

#include "render/hist/params.h"
#include "render/hist/root/file.h"
#include "render/hist/root/objects.h"

enum { PL_HUGE_LEAST_N = 8 << 20 }; /* an object below this is read whole */

/* pl_hist_huge - TH1 and TH2 are read like this; everything else is held, or refused. */
static inline bool pl_hist_huge(enum pl_class class, uint64_t object_n)
{
    return object_n >= PL_HUGE_LEAST_N && ((class >= PL_CLASS_TH1C && class <= PL_CLASS_TH1D) ||
                                           (class >= PL_CLASS_TH2C && class <= PL_CLASS_TH2D));
}

/* pl_hist_read_huge - hist->reduced is set. PL_E_FORMAT as pl_hist_parse and pl_payload_inflate
 * say; PL_E_LIMIT naming workers.memory, also for a histogram whose entries still wait in fBuffer.
 */
enum pl_err pl_hist_read_huge(const struct pl_root_file *file, const struct pl_root_key *key,
                              const struct pl_layouts *layouts, enum pl_class class,
                              const struct pl_hist_params *params, struct pl_arena *arena,
                              struct pl_hist *hist, struct pl_error *error);

#endif
