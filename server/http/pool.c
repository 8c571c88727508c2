/* pool.c - body buffers that are used again.
 *
 * A hit copies an image out of the map into one of these and hands it to the HTTP library, which
 * gives it back through the callback when the last byte was sent. Nobody writes to it meanwhile, so
 * a free buffer still holds what was verified when it was copied: while the same entry is in the
 * cache it can be sent again as it is. What has been free longest is written over first.
 *
 * Memory model: free buffers hold at most KEPT_BYTES together; what is on its way is bounded by
 * FLIGHT_BYTES, but one body of any size may always go. */
#include <stdlib.h>

#include "server/http/front.h"

enum { KEPT_BYTES = 1 << 20, FLIGHT_BYTES = 32 << 20 };

static void unlink_free(struct pl_front *front, struct pl_pooled *pooled)
{
    if (pooled->previous != NULL)
        pooled->previous->next = pooled->next;
    else
        front->free_first = pooled->next;
    if (pooled->next != NULL)
        pooled->next->previous = pooled->previous;
    else
        front->free_last = pooled->previous;
    front->free_bytes -= pooled->buffer.capacity;
}

/* The buffer without its holder. */
static void unwrap(struct pl_front *front, struct pl_pooled *pooled, struct pl_buf *out)
{
    unlink_free(front, pooled);
    *out = pooled->buffer;
    out->limit = SIZE_MAX;
    free(pooled);
}

void pl_pool_take(struct pl_front *front, struct pl_buf *out)
{
    *out = PL_BUF(SIZE_MAX);
    if (front->free_first != NULL)
        unwrap(front, front->free_first, out);
}

bool pl_pool_take_held(struct pl_front *front, uint64_t sequence, struct pl_buf *out)
{
    struct pl_pooled *pooled = front->free_last;
    while (pooled != NULL && pooled->sequence != sequence)
        pooled = pooled->previous;
    if (pooled == NULL)
        return false;
    size_t n = pooled->held_n;
    unwrap(front, pooled, out);
    out->n = n;
    return true;
}

static void drop(struct pl_pooled *pooled)
{
    pl_buf_free(&pooled->buffer);
    free(pooled);
}

/* Keep the memory under the holder for the next taker, or free it; older ones make room. */
static void keep(struct pl_front *front, struct pl_pooled *pooled)
{
    if (pooled->buffer.capacity == 0 || pooled->buffer.capacity > KEPT_BYTES) {
        drop(pooled);
        return;
    }
    while (front->free_bytes + pooled->buffer.capacity > KEPT_BYTES) {
        struct pl_pooled *oldest = front->free_first;
        unlink_free(front, oldest);
        drop(oldest);
    }
    pooled->held_n = pooled->buffer.n;
    pl_buf_clear(&pooled->buffer);
    front->free_bytes += pooled->buffer.capacity;
    pooled->next = NULL;
    pooled->previous = front->free_last;
    if (front->free_last != NULL)
        front->free_last->next = pooled;
    else
        front->free_first = pooled;
    front->free_last = pooled;
}

static void sent(void *context)
{
    struct pl_pooled *pooled = context;
    pooled->front->flight_bytes -= pooled->buffer.capacity;
    keep(pooled->front, pooled);
}

static struct pl_pooled *wrap(struct pl_front *front, struct pl_buf *buffer, uint64_t sequence)
{
    struct pl_pooled *pooled = malloc(sizeof *pooled);
    if (pooled != NULL) {
        *pooled = (struct pl_pooled){.front = front, .buffer = *buffer, .sequence = sequence};
        *buffer = PL_BUF(SIZE_MAX);
    }
    return pooled;
}

enum pl_err pl_pool_send(struct pl_front *front, struct pl_buf *buffer, uint64_t sequence,
                         struct MHD_Response **out, struct pl_error *error)
{
    if (front->flight_bytes > 0 && front->flight_bytes + buffer->capacity > FLIGHT_BYTES)
        return pl_fail(error, PL_E_BUSY, "too many bytes are on their way to clients");
    struct pl_pooled *pooled = wrap(front, buffer, sequence);
    if (pooled == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for an answer");
    *out = MHD_create_response_from_buffer_with_free_callback_cls(
        pooled->buffer.n, pooled->buffer.bytes, sent, pooled);
    if (*out == NULL) {
        drop(pooled);
        return pl_fail(error, PL_E_NOMEM, "no memory for an answer");
    }
    front->flight_bytes += pooled->buffer.capacity;
    return PL_OK;
}

void pl_pool_give(struct pl_front *front, struct pl_buf *buffer)
{
    struct pl_pooled *pooled = buffer->capacity > 0 ? wrap(front, buffer, 0) : NULL;
    if (pooled != NULL)
        keep(front, pooled);
    else
        pl_buf_free(buffer);
}

void pl_pool_free(struct pl_front *front)
{
    while (front->free_first != NULL) {
        struct pl_pooled *pooled = front->free_first;
        unlink_free(front, pooled);
        drop(pooled);
    }
}
