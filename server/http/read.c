/* read.c - GET and HEAD of an original: whole or one range, straight from its file.
 *
 * Originals may be gigabytes: the HTTP library sends them from the descriptor in blocks. The
 * descriptor holds the bytes even when the object is replaced meanwhile, so an answer is never a
 * mixture. */
#include <string.h>

#include "server/http/request.h"
#include "shm/base/clock.h"

enum { OPENS_MAX = 3 };

/* Resolve and open; the blob may be replaced between the two. */
static enum pl_err open_object(struct pl_request *request, struct pl_record *record, int *fd)
{
    struct pl_store *store = request->front->store;
    for (unsigned i = 0;; i++) {
        struct pl_error error = {0};
        enum pl_err err = pl_store_resolve(store, request->native.rest, record, &request->error);
        if (err != PL_OK)
            return err;
        err = pl_store_open_blob(store, record->sha256, fd, &error);
        if (err == PL_OK)
            return PL_OK;
        if (err != PL_E_MISSING || i + 1 == OPENS_MAX) {
            err = err == PL_E_MISSING ? PL_E_IO : err;
            return pl_fail(&request->error, err, "%s", error.msg);
        }
    }
}

static void describe(struct pl_request *request, const struct pl_record *record, const char *etag)
{
    struct pl_answer *answer = &request->answer;
    char modified[PL_TIME_TEXT_N];
    pl_time_http(modified, record->put_wall_ns);
    pl_answer_header(answer, "ETag", etag);
    pl_answer_header(answer, "Last-Modified", modified);
    pl_answer_literal(answer, "Cache-Control", "public, no-cache");
    pl_answer_literal(answer, "Accept-Ranges", "bytes");
    pl_answer_header(answer, "Content-Type",
                     record->media[0] != '\0' ? record->media : "application/octet-stream");
    /* What others uploaded is never run in our origin. */
    pl_answer_literal(answer, "Content-Disposition", "attachment");
    pl_answer_literal(answer, "Content-Security-Policy", "sandbox; default-src 'none'");
}

/* Which part is asked for: sets status, file_at and length. */
static enum pl_step choose_range(struct pl_request *request, uint64_t bytes, const char *etag)
{
    struct pl_answer *answer = &request->answer;
    answer->status = 200;
    answer->length = bytes;
    const char *range = pl_request_header(request, "Range");
    const char *only_if = pl_request_header(request, "If-Range");
    if (range == NULL || (only_if != NULL && !pl_etag_listed(only_if, etag, false)))
        return PL_STEP_deliver;
    uint64_t first = 0, n = bytes;
    enum pl_range which = pl_range_parse(range, bytes, &first, &n);
    if (which == PL_RANGE_NONE)
        return PL_STEP_deliver;
    pl_answer_begin(answer, "Content-Range");
    pl_answer_text(answer, "bytes ");
    if (which == PL_RANGE_BAD) {
        pl_answer_text(answer, "*");
    } else {
        pl_answer_number(answer, first);
        pl_answer_text(answer, "-");
        pl_answer_number(answer, first + n - 1);
    }
    pl_answer_text(answer, "/");
    pl_answer_number(answer, bytes);
    pl_answer_end(answer);
    if (which == PL_RANGE_BAD) {
        (void)pl_fail_param(&request->error, PL_E_INPUT, "Range", "the object ends before it");
        pl_answer_problem(answer, 416, &request->error, request->id);
        return PL_STEP_deliver;
    }
    answer->status = 206;
    answer->file_at = first;
    answer->length = n;
    return PL_STEP_deliver;
}

enum pl_step pl_read_object(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    struct pl_record record;
    int fd = -1;
    if (pl_native_none(&request->native.url, &request->error) != PL_OK ||
        pl_store_name_valid(request->native.rest, &request->error) != PL_OK ||
        open_object(request, &record, &fd) != PL_OK)
        return pl_refuse(request);
    answer->fd = fd;
    char etag[PL_ETAG_N];
    pl_etag(etag, record.stamp.bytes);
    describe(request, &record, etag);
    const char *list = pl_request_header(request, "If-None-Match");
    if (list != NULL && pl_etag_listed(list, etag, true)) {
        pl_answer_drop(answer);
        pl_answer_header(answer, "ETag", etag);
        answer->status = 304;
        answer->length = record.bytes;
        return PL_STEP_deliver;
    }
    answer->body = PL_BODY_FILE;
    return choose_range(request, record.bytes, etag);
}
