/* request.c - the steps of one request, in order, and the one loop that runs them.
 *
 * The HTTP library calls pl_request_call once when the headers are complete, then for each piece of
 * the body, then when the body is complete, and again after each resume. The first call never
 * answers a request without a body: an answer queued there closes the connection.
 *
 * FRESHNESS  the name is resolved after the request has begun; an upload is acknowledged after its
 * commit; so a request that began after the acknowledgement has the new stamp in its key. After a
 * wait the picture of the key resolved at the start is sent, which is right: the request had begun
 * before.
 *
 * Memory: records come from a pool of the front and return to it; only the pool's few are kept. */
#include "server/http/request.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"

enum {
    RECORDS_KEPT = 64,
    LOOKUPS_MAX = 4,  /* drawn, but evicted before we could read it: ask again */
    RESOLVES_MAX = 3, /* the blob was replaced while we waited */
    DRAIN_MAX =
        1 << 20, /* a refused body up to this size is read to its end to keep the connection */
};

const char *pl_step_name(enum pl_step step)
{
    static const char *const names[] = {
#define STEP(name) #name,
        PL_STEPS(STEP)
#undef STEP
    };
    return step < PL_STEP_COUNT ? names[step] : "?";
}

/* --- records ---------------------------------------------------------------------------------- */

static void make_id(struct pl_request *request)
{
    struct pl_front *front = request->front;
    uint64_t mixed = (front->id_seed + front->id_next++) * UINT64_C(0x9e3779b97f4a7c15);
    mixed ^= mixed >> 29;
    pl_hex(request->id, (const uint8_t *)&mixed, sizeof mixed);
}

struct pl_request *pl_request_make(struct pl_front *front, struct pl_conn *conn, const char *target)
{
    struct pl_request *request = front->spare;
    if (request != NULL) {
        front->spare = request->next;
        front->spare_n--;
    } else {
        request = malloc(sizeof *request);
        if (request == NULL)
            return NULL;
    }
    /* Only the small members are cleared: the rest is written before it is read. */
    memset(request, 0, offsetof(struct pl_request, native));
    request->error = (struct pl_error){.code = PL_OK};
    request->wait_next = NULL;
    memset(&request->upload, 0, offsetof(struct pl_upload, found));
    request->upload.multipart = NULL;
    request->upload.part = 0;
    request->upload.tries = 0;
    request->body = PL_BUF(1 << 19);
    request->admin = NULL;
    pl_answer_start(&request->answer);
    request->front = front;
    request->conn = conn;
    request->watch = (struct pl_watch){PL_WATCH_HANGUP, request};
    request->started_ns = pl_now_ns();
    size_t n = strlen(target);
    request->target_cut = n >= PL_TARGET_MAX;
    memcpy(request->target, target, request->target_cut ? PL_TARGET_MAX - 1 : n + 1);
    request->target[PL_TARGET_MAX - 1] = '\0';
    pl_memo_begin(request, n);
    request->recalled = false;
    request->native.route = PL_ROUTE_NONE;
    request->method = PL_METHOD_OTHER;
    make_id(request);
    request->next = front->live;
    if (front->live != NULL)
        front->live->previous = request;
    front->live = request;
    front->live_n++;
    pl_conn_busy(conn);
    return request;
}

static void log_request(const struct pl_request *request, unsigned status, uint64_t bytes,
                        uint64_t duration_ns)
{
    const char *access = request->front->config->log_access;
    bool worth_it = status >= 500 && request->native.route != PL_ROUTE_HEALTH;
    if (access[0] == 'n' || (access[0] == 'e' && !worth_it))
        return;
    static const char *const results[] = {"-", "hit", "miss", "wait"};
    pl_log(status >= 500 ? PL_LOG_ERROR : PL_LOG_INFO, "request", PL_LOG_S("id", request->id),
           PL_LOG_S("method", pl_method_name(request->method)), PL_LOG_S("path", request->target),
           PL_LOG_U("status", status), PL_LOG_U("bytes", bytes),
           PL_LOG_F("ms", (double)duration_ns / 1e6), PL_LOG_S("cache", results[request->cache]),
           PL_LOG_S("error", request->error.msg));
}

static void step_finish(struct pl_request *request, bool complete)
{
    struct pl_front *front = request->front;
    unsigned status = request->delivered ? request->answer.status : 499;
    if (!complete && request->step == PL_STEP_receive && request->upload.spooling)
        pl_metric_add(front->heritage, PL_M_uploads_cut, 1);
    uint64_t duration_ns = pl_now_ns() - request->started_ns;
    const struct pl_answer *answer = &request->answer;
    bool sent = request->method != PL_METHOD_HEAD && answer->status != 304;
    uint64_t bytes = sent ? answer->length : 0;
    pl_metric_request(front->heritage, request->native.route, request->method, status,
                      request->cache, bytes, duration_ns);
    log_request(request, status, bytes, duration_ns);
}

void pl_request_end(struct pl_request *request, bool complete)
{
    struct pl_front *front = request->front;
    step_finish(request, complete);
    pl_wait_forget(request);
    pl_upload_drop(request);
    pl_buf_free(&request->body);
    free(request->admin);
    pl_answer_drop(&request->answer);
    if (request->previous != NULL)
        request->previous->next = request->next;
    else
        front->live = request->next;
    if (request->next != NULL)
        request->next->previous = request->previous;
    front->live_n--;
    pl_conn_idle(request->conn);
    if (front->spare_n >= RECORDS_KEPT) {
        free(request);
        return;
    }
    request->next = front->spare;
    front->spare = request;
    front->spare_n++;
}

/* --- steps ------------------------------------------------------------------------------------ */

static enum pl_step refuse_with(struct pl_request *request, unsigned status, enum pl_err code,
                                const char *param, const char *message)
{
    (void)pl_fail_param(&request->error, code, param, "%s", message);
    pl_answer_problem(&request->answer, status, &request->error, request->id);
    return PL_STEP_deliver;
}

static enum pl_step refuse_method(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    bool first = true;
    pl_answer_begin(answer, "Allow");
    for (unsigned m = 0; m < PL_METHOD_OTHER; m++) {
        if ((request->native.allow & 1u << m) == 0)
            continue;
        if (!first)
            pl_answer_text(answer, ", ");
        pl_answer_text(answer, pl_method_name((enum pl_method)m));
        first = false;
    }
    pl_answer_end(answer);
    return refuse_with(request, 405, PL_E_INPUT, "", "the method is not among those of Allow");
}

static bool has_body(const struct pl_request *request)
{
    return request->method != PL_METHOD_GET && request->method != PL_METHOD_HEAD;
}

static enum pl_step step_parse(struct pl_request *request)
{
    const char *id = pl_request_header(request, "X-Request-Id");
    if (id != NULL && pl_request_id_valid(id))
        memcpy(request->id, id, strlen(id) + 1);
    if (request->target_cut)
        return refuse_with(request, 414, PL_E_INPUT, "path", "the address is too long");
    struct pl_native *native = &request->native;
    enum pl_err err = pl_native_parse(request->method, request->conn->daemon->admin,
                                      request->target, native, &request->error);
    if (err != PL_OK)
        return pl_refuse(request);
    if ((native->allow & 1u << request->method) == 0)
        return refuse_method(request);
    if (has_body(request)) {
        bool stored = native->route == PL_ROUTE_OBJECTS && request->method != PL_METHOD_DELETE;
        if (stored && pl_upload_start(request) != PL_OK)
            return pl_refuse(request);
        return PL_STEP_receive;
    }
    return native->route == PL_ROUTE_IMAGES ? PL_STEP_resolve : PL_STEP_compose;
}

/* The body is complete. */
static enum pl_step step_receive(struct pl_request *request)
{
    if (request->native.route == PL_ROUTE_OBJECTS)
        return request->method == PL_METHOD_DELETE ? pl_upload_delete(request)
                                                   : pl_upload_end(request);
    return PL_STEP_compose;
}

/* Only by tag: two uploads may fall into one second, so a date could declare an old picture fresh.
 */
static bool not_modified(const struct pl_request *request, const char *etag)
{
    const char *list = pl_request_header(request, "If-None-Match");
    return list != NULL && pl_etag_listed(list, etag, true);
}

/* Key and headers are known: the key IS the identity of the picture, so a client that has it needs
 * nothing. */
static enum pl_step compare(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    request->stamp_ns = pl_now_ns() - request->started_ns;
    if (!not_modified(request, pl_answer_find(answer, "ETag")))
        return PL_STEP_lookup;
    answer->status = 304;
    if (pl_cache_has(request->front->cache, &request->picture.key, NULL, &answer->length, NULL,
                     NULL) != PL_OK)
        answer->length = 0;
    return PL_STEP_deliver;
}

static enum pl_step step_resolve(struct pl_request *request)
{
    request->recalled = request->lookups == 0 && pl_memo_recall(request);
    if (request->recalled)
        return compare(request);
    enum pl_err err = pl_picture_find(request->front->store, request->native.rest,
                                      &request->picture, &request->error);
    if (err != PL_OK)
        return pl_refuse(request);
    return PL_STEP_key;
}

static void cache_control(struct pl_request *request)
{
    const struct pl_native *native = &request->native;
    bool pinned =
        native->pinned && pl_stamp_equal(&native->version, &request->picture.record.stamp);
    pl_answer_literal(&request->answer, "Cache-Control",
                      pinned ? "public, max-age=31536000, immutable" : "public, no-cache");
}

static void content_location(struct pl_request *request)
{
    const struct pl_picture *picture = &request->picture;
    struct pl_answer *answer = &request->answer;
    pl_answer_begin(answer, "Content-Location");
    pl_answer_text(answer, "/v1/images/");
    pl_answer_path(answer, picture->record.name);
    pl_answer_text(answer, "/");
    pl_answer_path(answer, picture->selector);
    pl_answer_text(answer, pl_media_suffix(picture->params.media));
    pl_answer_text(answer, "?");
    if (picture->params.text[0] != '\0') {
        pl_answer_text(answer, picture->params.text);
        pl_answer_text(answer, "&");
    }
    pl_answer_text(answer, "v=");
    pl_answer_hex(answer, picture->record.stamp.bytes, PL_STAMP_N);
    pl_answer_end(answer);
}

static enum pl_step step_key(struct pl_request *request)
{
    struct pl_picture *picture = &request->picture;
    struct pl_answer *answer = &request->answer;
    enum pl_err err = pl_picture_key(picture, request->native.url.query,
                                     request->native.url.query_n, request->native.media,
                                     request->front->config->limits_pixels, &request->error);
    if (err != PL_OK)
        return pl_refuse(request);
    char etag[PL_ETAG_N], modified[PL_TIME_TEXT_N];
    pl_etag(etag, picture->key.bytes);
    pl_time_http(modified, picture->record.put_wall_ns);
    answer->headers_n = 0;
    answer->text_n = 0;
    pl_answer_header(answer, "ETag", etag);
    pl_answer_header(answer, "Last-Modified", modified);
    cache_control(request);
    content_location(request);
    pl_memo_store(request);
    return compare(request);
}

static void cache_status(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    bool debug = request->front->config->http_debug_headers;
    const char *text = request->cache == PL_CACHE_HIT    ? "platen; hit"
                       : request->cache == PL_CACHE_WAIT ? "platen; fwd=uri-miss; collapsed"
                                                         : "platen; fwd=uri-miss; stored";
    if (!debug) {
        pl_answer_literal(answer, "Cache-Status", text);
        return;
    }
    pl_answer_begin(answer, "Cache-Status");
    pl_answer_text(answer, text);
    pl_answer_text(answer, "; key=");
    pl_answer_hex(answer, request->picture.key.bytes, PL_KEY_N);
    pl_answer_end(answer);
}

static void add_time(struct pl_answer *answer, const char *name, uint64_t ns)
{
    pl_answer_text(answer, name);
    pl_answer_text(answer, ";dur=");
    pl_answer_ms(answer, ns);
}

static void server_timing(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    pl_answer_begin(answer, "Server-Timing");
    add_time(answer, "stamp", request->stamp_ns);
    add_time(answer, ", lookup", request->lookup_ns);
    if (request->drew) {
        struct pl_note_render note = {0};
        memcpy(&note, request->result.note, PL_MIN(request->result.note_n, sizeof note));
        add_time(answer, ", wait", request->wait_ns);
        add_time(answer, ", load", note.load_ns);
        add_time(answer, ", render", note.render_ns);
        add_time(answer, ", encode", note.encode_ns);
    }
    pl_answer_end(answer);
}

static enum pl_step step_lookup(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_answer *answer = &request->answer;
    uint64_t began_ns = pl_now_ns();
    pl_pool_take(front, &answer->buffer);
    enum pl_err err =
        pl_cache_get(front->cache, &request->picture.key, &answer->buffer, NULL, &request->error);
    request->lookup_ns = pl_now_ns() - began_ns;
    request->lookups++;
    if (err != PL_OK)
        pl_pool_give(front, &answer->buffer);
    if (err == PL_E_MISSING) {
        request->error = (struct pl_error){.code = PL_OK};
        /* A job needs more than the memo has. */
        return request->recalled ? PL_STEP_resolve : PL_STEP_wait;
    }
    if (err != PL_OK)
        return pl_refuse(request);
    request->cache = !request->drew    ? PL_CACHE_HIT
                     : request->joined ? PL_CACHE_WAIT
                                       : PL_CACHE_MISS;
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", pl_media_type(request->picture.params.media));
    cache_status(request);
    server_timing(request);
    return PL_STEP_deliver;
}

static void make_render_job(const struct pl_request *request, struct pl_job *job)
{
    const struct pl_picture *picture = &request->picture;
    struct pl_job_render render;
    job->queue = PL_QUEUE_RENDER;
    job->kind = PL_JOB_RENDER;
    job->run_ns = request->front->config->limits_render * PL_MS_NS;
    job->record_n = sizeof render;
    memcpy(job->id, picture->key.bytes, sizeof job->id);
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, picture->record.stamp.bytes, PL_STAMP_N);
    pl_sha256_add(&sha, picture->selector, strlen(picture->selector));
    pl_sha256_end(&sha, job->culprit);
    memset(&render, 0, sizeof render);
    render.key = picture->key;
    render.stamp = picture->record.stamp;
    memcpy(render.sha256, picture->record.sha256, sizeof render.sha256);
    memcpy(render.renderer, picture->record.renderer, sizeof render.renderer);
    memcpy(render.name, picture->record.name, strlen(picture->record.name) + 1);
    size_t selector_n = strlen(picture->selector);
    memcpy(render.selector, picture->selector, PL_MIN(selector_n, (size_t)PL_SELECTOR_MAX));
    memcpy(render.locator, picture->item.locator, sizeof render.locator);
    render.locator_n = picture->item.locator_n;
    render.params = picture->params;
    memcpy(job->record, &render, sizeof render);
}

static enum pl_step step_wait(struct pl_request *request)
{
    if (request->lookups > LOOKUPS_MAX)
        return refuse_with(request, 0, PL_E_BUSY, "cache.size",
                           "the picture was drawn and evicted again before it could be sent");
    struct pl_job job;
    make_render_job(request, &job);
    if (pl_wait_submit(request, &job, PL_STEP_drawn) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_drawn;
}

static bool asked_for(const struct pl_request *request, const char *param)
{
    const struct pl_url *url = &request->native.url;
    for (size_t i = 0; i < url->query_n; i++)
        if (strcmp(url->query[i].name, param) == 0)
            return true;
    return false;
}

static enum pl_step step_drawn(struct pl_request *request)
{
    enum pl_err code = request->result.error.code;
    request->drew = true;
    if (code == PL_OK)
        return PL_STEP_lookup;
    if (code == PL_E_MISSING && ++request->resolves < RESOLVES_MAX)
        return PL_STEP_resolve; /* the source was replaced before the worker came to it */
    request->error = request->result.error;
    if (code == PL_E_INPUT && !asked_for(request, request->error.param))
        request->error.code =
            PL_E_FORMAT; /* not the client's parameters are wrong but the source */
    return pl_refuse(request);
}

/* After a wait that ended without a result. */
static enum pl_step step_expired(struct pl_request *request)
{
    return refuse_with(request, 0, PL_E_TIMEOUT, "", "no process took the work in time");
}

static enum pl_step run_step(struct pl_request *request)
{
    switch (request->step) {
    case PL_STEP_parse:
        return step_parse(request);
    case PL_STEP_receive:
        return step_receive(request);
    case PL_STEP_resolve:
        return step_resolve(request);
    case PL_STEP_key:
        return step_key(request);
    case PL_STEP_lookup:
        return step_lookup(request);
    case PL_STEP_wait:
        return step_wait(request);
    case PL_STEP_drawn:
        return step_drawn(request);
    case PL_STEP_compose:
        return pl_compose(request);
    case PL_STEP_composed:
        return pl_composed(request);
    case PL_STEP_inspect:
        return pl_upload_inspect(request);
    case PL_STEP_inspected:
        return pl_upload_inspected(request);
    case PL_STEP_commit:
        return pl_upload_commit(request);
    case PL_STEP_committed:
        return pl_upload_committed(request);
    case PL_STEP_deliver:
    case PL_STEP_finish:
    case PL_STEP_COUNT:
        break;
    }
    return PL_STEP_finish;
}

/* Run until the request waits, or has its answer. */
static enum MHD_Result drive(struct pl_request *request)
{
    if (request->expired) {
        request->expired = false;
        request->step = step_expired(request);
    }
    while (request->step != PL_STEP_deliver) {
        enum pl_step next = run_step(request);
        if (request->waiting)
            return MHD_YES; /* pl_wait_submit has set the step to go on with */
        request->step = next;
        CHECK(request->step != PL_STEP_finish);
    }
    enum MHD_Result result = pl_reply(request);
    request->step = PL_STEP_finish;
    return result;
}

/* The client announced a body we do not want: read it to its end when that is cheap, so that the
 * connection survives and the client sees the answer; else answer now, which ends the connection.
 */
static bool worth_draining(const struct pl_request *request)
{
    if (pl_request_header(request, "Expect") != NULL)
        return false;
    const char *length = pl_request_header(request, "Content-Length");
    return length == NULL || strtoull(length, NULL, 10) <= DRAIN_MAX;
}

static enum MHD_Result first_call(struct pl_request *request, const char *method)
{
    request->seen = true;
    request->method = pl_native_method(method);
    request->step = step_parse(request);
    if (request->step == PL_STEP_deliver && has_body(request)) {
        if (!worth_draining(request))
            return drive(request);
        request->draining = true;
    }
    return MHD_YES;
}

static enum MHD_Result take_body(struct pl_request *request, const char *data, size_t n)
{
    request->received += n;
    if (request->draining)
        return request->received <= 2 * DRAIN_MAX ? MHD_YES : MHD_NO;
    enum pl_err err;
    if (request->step != PL_STEP_receive)
        return MHD_YES;
    if (request->native.route == PL_ROUTE_OBJECTS && request->method != PL_METHOD_DELETE)
        err = pl_upload_data(request, data, n);
    else
        err = pl_buf_add(&request->body, data, n, &request->error);
    if (err == PL_OK)
        return MHD_YES;
    pl_upload_drop(request);
    request->step = pl_refuse(request);
    request->draining = true;
    request->received = 0;
    return MHD_YES;
}

enum MHD_Result pl_request_call(struct pl_request *request, struct MHD_Connection *connection,
                                const char *method, const char *data, size_t *data_n)
{
    request->connection = connection;
    if (request->hung_up)
        return MHD_NO;
    if (!request->seen)
        return first_call(request, method);
    if (*data_n > 0) {
        size_t n = *data_n;
        *data_n = 0;
        return take_body(request, data, n);
    }
    return drive(request);
}
