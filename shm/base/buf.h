/* buf.h - growing byte buffer with a hard limit.
 *
 * Owned by whoever made it; may live on the stack. Growth past `limit` is refused with PL_E_LIMIT and
 * leaves the content as it was.
 */
#ifndef PL_BASE_BUF_H
#define PL_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

struct pl_buf {
    uint8_t *bytes; /* malloc'ed, or NULL while empty */
    size_t n;       /* bytes in use */
    size_t capacity;
    size_t limit; /* n never exceeds it */
};

#define PL_BUF(limit_bytes) ((struct pl_buf){NULL, 0, 0, (limit_bytes)})

/* pl_buf_reserve - make room for `more` bytes behind n. PL_E_LIMIT, PL_E_NOMEM. */
enum pl_err pl_buf_reserve(struct pl_buf *buf, size_t more, struct pl_error *error);
enum pl_err pl_buf_add(struct pl_buf *buf, const void *bytes, size_t n, struct pl_error *error);
enum pl_err pl_buf_text(struct pl_buf *buf, const char *text, struct pl_error *error);
enum pl_err pl_buf_print(struct pl_buf *buf, struct pl_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pl_buf_clear(struct pl_buf *buf); /* n = 0, memory kept */
void pl_buf_free(struct pl_buf *buf);  /* memory returned, reusable, limit kept */

#endif
