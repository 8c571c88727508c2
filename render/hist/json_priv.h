/* json_priv.h - what json.c, which knows the kinds of objects, writes with (json_write.c).
 *
 * A writer is made with its buffer and error; commas are its own affair. Once something failed,
 * nothing more is written: look at `result` in loops over contents and at the end.
 */
#ifndef PL_HIST_JSON_PRIV_H
#define PL_HIST_JSON_PRIV_H

#include "render/hist/hist.h"
#include "shm/base/buf.h"

struct pl_writer {
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err result;
    bool comma; /* something stands before the next member */
};

/* Bins of an axis, from 1 on. */
struct pl_bins {
    uint32_t first, last;
};

struct pl_bins pl_all_bins(const struct pl_hist_axis *axis);

/* A value; before each but the first of an array a separator. */
void pl_write_separator(struct pl_writer *writer);
void pl_write_string(struct pl_writer *writer, const char *value);
void pl_write_real(struct pl_writer *writer, double value);
void pl_write_open(struct pl_writer *writer, const char *bracket);
void pl_write_close(struct pl_writer *writer, const char *bracket);

/* Members of an object: "name": and then a value, or both. */
void pl_write_key(struct pl_writer *writer, const char *name);
void pl_write_text(struct pl_writer *writer, const char *name, const char *value);
void pl_write_number(struct pl_writer *writer, const char *name, double value);
void pl_write_array(struct pl_writer *writer, const char *name, const double *values, uint64_t n);
/* NAME:{FIRST:number,SECOND:number} */
void pl_write_pair(struct pl_writer *writer, const char *name, const char *first, double a,
                   const char *second, double b);
/* Title, ends, labels and uneven edges of the bins of an axis. */
void pl_write_axis(struct pl_writer *writer, const char *name, const struct pl_hist_axis *axis,
                   struct pl_bins bins);

#endif
