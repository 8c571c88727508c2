/* pool.c - body buffers that are used again.
 *
 * A hit copies an image out of the map into one of these and hands it to the HTTP library, which
 * gives it back through the callback when the last byte was sent. Memory model: free buffers hold
 * at most KEPT_BYTES together; what is on its way is bounded by FLIGHT_BYTES, but one body of any
 * size may always go. */
#include <stdlib.h>

#include "server/http/front.h"

enum { KEPT_BYTES = 1 << 20, FLIGHT_BYTES = 32 << 20 };

void pl_pool_take(struct pl_front *front, struct pl_buf *out)
{
    *out = PL_BUF(SIZE_MAX);
    struct pl_pooled *pooled = front->buffers;
    if (pooled == NULL)
        return;
    front->buffers = pooled->next;
    front->buffers_bytes -= pooled->buffer.capacity;
    *out = pooled->buffer;
    out->limit = SIZE_MAX;
    free(pooled);
}

/* Keep the memory under the holder for the next taker, or free both. */
static void keep(struct pl_front *front, struct pl_pooled *pooled)
{
    if (pooled->buffer.capacity == 0 ||
        front->buffers_bytes + pooled->buffer.capacity > KEPT_BYTES) {
        pl_buf_free(&pooled->buffer);
        free(pooled);
        return;
    }
    pl_buf_clear(&pooled->buffer);
    front->buffers_bytes += pooled->buffer.capacity;
    pooled->next = front->buffers;
    front->buffers = pooled;
}

static void sent(void *context)
{
    struct pl_pooled *pooled = context;
    pooled->front->flight_bytes -= pooled->buffer.capacity;
    keep(pooled->front, pooled);
}

enum pl_err pl_pool_send(struct pl_front *front, struct pl_buf *buffer, struct MHD_Response **out,
                         struct pl_error *error)
{
    if (front->flight_bytes > 0 && front->flight_bytes + buffer->capacity > FLIGHT_BYTES)
        return pl_fail(error, PL_E_BUSY, "too many bytes are on their way to clients");
    struct pl_pooled *pooled = malloc(sizeof *pooled);
    if (pooled == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for an answer");
    pooled->front = front;
    pooled->buffer = *buffer;
    *out = MHD_create_response_from_buffer_with_free_callback_cls(buffer->n, buffer->bytes, sent,
                                                                  pooled);
    if (*out == NULL) {
        free(pooled);
        return pl_fail(error, PL_E_NOMEM, "no memory for an answer");
    }
    front->flight_bytes += buffer->capacity;
    *buffer = PL_BUF(SIZE_MAX);
    return PL_OK;
}

void pl_pool_give(struct pl_front *front, struct pl_buf *buffer)
{
    struct pl_pooled *pooled = buffer->capacity > 0 ? malloc(sizeof *pooled) : NULL;
    if (pooled == NULL) {
        pl_buf_free(buffer);
        return;
    }
    pooled->front = front;
    pooled->buffer = *buffer;
    *buffer = PL_BUF(SIZE_MAX);
    keep(front, pooled);
}

void pl_pool_free(struct pl_front *front)
{
    while (front->buffers != NULL) {
        struct pl_pooled *next = front->buffers->next;
        pl_buf_free(&front->buffers->buffer);
        free(front->buffers);
        front->buffers = next;
    }
    front->buffers_bytes = 0;
}
