/* reply.c - an answer becomes a response of the HTTP library.
 *
 * The only file besides front.c and upload.c that makes objects of the library. */
#include <string.h>
#include <unistd.h>

#include "server/http/request.h"

enum { STREAM_BLOCK = 32768 };

const char *pl_request_header(const struct pl_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* The body of a 304 is described and never sent. */
static ssize_t never_sent(void *context, uint64_t at, char *out, size_t n)
{
    (void)context, (void)at, (void)out, (void)n;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static enum pl_err make_response(struct pl_request *request, struct MHD_Response **out)
{
    static char nothing[1];
    struct pl_answer *answer = &request->answer;
    *out = NULL;
    switch (answer->body) {
    case PL_BODY_BUFFER:
        return pl_pool_send(request->front, &answer->buffer, out, &request->error);
    case PL_BODY_STATIC: {
        union {
            const uint8_t *in;
            void *out; /* the library's type has no const, but persistent bodies are only read */
        } bytes = {.in = answer->bytes};
        *out = MHD_create_response_from_buffer(answer->length, bytes.out, MHD_RESPMEM_PERSISTENT);
        break;
    }
    case PL_BODY_FILE:
        *out = MHD_create_response_from_fd_at_offset64(answer->length, answer->fd, answer->file_at);
        if (*out != NULL)
            answer->fd = -1; /* closed by the library */
        break;
    case PL_BODY_STREAM:
        *out =
            MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, answer->stream->read,
                                              answer->stream, answer->stream->free);
        if (*out != NULL)
            answer->stream = NULL; /* freed by the library */
        break;
    case PL_BODY_NONE:
        if (answer->status == 304 && answer->length > 0)
            *out = MHD_create_response_from_callback(answer->length, 1, never_sent, NULL, NULL);
        else
            *out = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
        break;
    }
    return *out != NULL ? PL_OK : pl_fail(&request->error, PL_E_NOMEM, "no memory for an answer");
}

enum MHD_Result pl_reply(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    struct MHD_Response *response;
    if (make_response(request, &response) != PL_OK) {
        pl_answer_problem(answer, 0, &request->error, request->id);
        if (make_response(request, &response) != PL_OK)
            return MHD_NO;
    }
    (void)MHD_add_response_header(response, "X-Request-Id", request->id);
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    for (unsigned i = 0; i < answer->headers_n; i++)
        (void)MHD_add_response_header(response, answer->header[i].name, answer->header[i].value);
    if (request->front->stopping || request->closing)
        (void)MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(request->connection, answer->status, response);
    MHD_destroy_response(response);
    request->delivered = queued == MHD_YES;
    return queued;
}
