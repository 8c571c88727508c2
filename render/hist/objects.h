/* objects.h - the bytes of one histogram object to struct pl_hist. */
#ifndef PL_HIST_OBJECTS_H
#define PL_HIST_OBJECTS_H

#include "render/hist/hist.h"
#include "render/hist/streamer.h"

/* pl_hist_drawn - whether platen draws objects of the class. */
bool pl_hist_drawn(enum pl_class class);

/* pl_hist_parse - the object of the class that payload holds.
 *
 * payload  borrowed: contents point into it. With a part of the object (n < whole_n) everything up
 * to fEntries is read and checked, contents and what stands behind them stay empty. key_n    bytes
 * of the object's key header; references inside count from there again    set to true, with
 * PL_E_FORMAT, when the part is too short: unpack all and come back returns  PL_E_FORMAT naming
 * member and offset, PL_E_LIMIT naming workers.memory */
enum pl_err pl_hist_parse(const struct pl_layouts *layouts, const struct pl_payload *payload,
                          uint16_t key_n, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, bool *again, struct pl_error *error);

#endif
