/* json.h - writing JSON straight into a buffer (reading it is the library's business).
 *
 * Names and paths are bytes as they were uploaded; what is not UTF-8 is shown as U+FFFD. */
#ifndef PL_BASE_JSON_H
#define PL_BASE_JSON_H

#include "shm/base/buf.h"

/* pl_json_text - a quoted string. */
enum pl_err pl_json_text(struct pl_buf *out, const char *text, struct pl_error *error);
/* pl_json_number - a double in the shortest form that reads back; null when it is not finite. */
enum pl_err pl_json_number(struct pl_buf *out, double value, struct pl_error *error);
/* pl_json_real - the same, but "nan", "inf" and "-inf" as strings. */
enum pl_err pl_json_real(struct pl_buf *out, double value, struct pl_error *error);

#endif
