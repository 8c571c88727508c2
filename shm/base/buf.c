/* buf.c - growth by doubling up to the limit. */
#include "shm/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

enum { FIRST_CAPACITY = 256 };

enum pl_err pl_buf_reserve(struct pl_buf *buf, size_t more, struct pl_error *error)
{
    uint64_t need;
    if (!pl_add(buf->n, more, &need) || need > buf->limit)
        return pl_fail(error, PL_E_LIMIT, "more than %zu bytes of output", buf->limit);
    if (need <= buf->capacity)
        return PL_OK;
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (capacity < need)
        capacity = capacity > buf->limit / 2 ? buf->limit : capacity * 2;
    uint8_t *bytes = realloc(buf->bytes, capacity);
    if (bytes == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for a buffer of %zu bytes", capacity);
    buf->bytes = bytes;
    buf->capacity = capacity;
    return PL_OK;
}

enum pl_err pl_buf_add(struct pl_buf *buf, const void *bytes, size_t n, struct pl_error *error)
{
    enum pl_err err = pl_buf_reserve(buf, n, error);
    if (err == PL_OK && n > 0) {
        memcpy(buf->bytes + buf->n, bytes, n);
        buf->n += n;
    }
    return err;
}

enum pl_err pl_buf_text(struct pl_buf *buf, const char *text, struct pl_error *error)
{
    return pl_buf_add(buf, text, strlen(text), error);
}

enum pl_err pl_buf_print(struct pl_buf *buf, struct pl_error *error, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(n >= 0);
    /* vsnprintf wants room for its terminator, which is not counted in n. */
    struct pl_buf trial = *buf;
    if (trial.limit < SIZE_MAX)
        trial.limit++;
    enum pl_err err = PL_OK;
    uint64_t end;
    if (!pl_add(buf->n, (size_t)n, &end) || end > buf->limit)
        err = pl_fail(error, PL_E_LIMIT, "more than %zu bytes of output", buf->limit);
    else
        err = pl_buf_reserve(&trial, (size_t)n + 1, error);
    if (err == PL_OK) {
        buf->bytes = trial.bytes;
        buf->capacity = trial.capacity;
        (void)vsnprintf((char *)buf->bytes + buf->n, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
    return err;
}

void pl_buf_clear(struct pl_buf *buf)
{
    buf->n = 0;
}

void pl_buf_free(struct pl_buf *buf)
{
    free(buf->bytes);
    buf->bytes = NULL;
    buf->n = buf->capacity = 0;
}
