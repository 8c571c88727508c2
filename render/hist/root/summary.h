/* summary.h - what a listing says of an object that was read. */
#ifndef PL_HIST_SUMMARY_H
#define PL_HIST_SUMMARY_H

#include "render/hist/root/objects.h"
#include "render/render.h"

/* pl_hist_summary - title, entries, stats, name, report and status of found; the rest is left
 * alone.
 *
 * parsed  how much of hist is there
 * memory  texts are hist's or the arena's
 * returns PL_E_LIMIT naming workers.memory */
enum pl_err pl_hist_summary(const struct pl_hist *hist, enum pl_parsed parsed,
                            struct pl_arena *arena, struct pl_found *found, struct pl_error *error);

#endif
