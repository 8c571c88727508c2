/* objects.h - the bytes of one object to struct pl_hist. */
#ifndef PL_HIST_OBJECTS_H
#define PL_HIST_OBJECTS_H

#include "render/hist/hist.h"
#include "render/hist/root/streamer.h"

/* pl_hist_read_class - whether objects of the class can be read: see enum pl_hist_kind. */
bool pl_hist_read_class(enum pl_class class);

/* How much of an object was read. */
enum pl_parsed {
    PL_PARSED_NOTHING, /* the part is too short: unpack more and come back */
    PL_PARSED_HEADER,  /* up to fEntries */
    PL_PARSED_SUMS,    /* the sums of all axes as well */
    PL_PARSED_ALL,
};

/* pl_hist_parse - the object of the class that payload holds; the class is one that can be read.
 *
 * payload  borrowed: contents point into it. Of a histogram with cells a part will do (n <
 * whole_n): everything up to fEntries is read and checked, contents and what stands behind them may
 *          stay empty
 * key_n    bytes of the object's key header; references inside count from there
 * parsed   how much it is; PL_PARSED_NOTHING with an error that means nothing, or on failure
 * returns  PL_E_FORMAT naming member and offset, PL_E_LIMIT naming workers.memory */
enum pl_err pl_hist_parse(const struct pl_layouts *layouts, const struct pl_payload *payload,
                          uint16_t key_n, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, enum pl_parsed *parsed, struct pl_error *error);

#endif
