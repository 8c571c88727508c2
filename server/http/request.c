/* request.c - the steps of one request, in order, and the one loop that runs them.
 *
 * The HTTP library calls pl_request_call once when the headers are complete, then for each piece of
 * the body, then when the body is complete, and again after each resume. The first call never
 * answers a request without a body: an answer queued there closes the connection.
 *
 * Memory: records come from a pool of the front and return to it; only the pool's few are kept. */
#include "server/http/request.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"

enum {
    RECORDS_KEPT = 64,
    DRAIN_CARDS = 64 << 20, /* people drop the wrong folder and must see why that is too much */
    DRAIN_MAX = 1 << 20,    /* a refused body up to this size is read, to keep the connection */
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
    request->upload.put = NULL;
    request->upload.part = 0;
    request->upload.tries = 0;
    request->body = PL_BUF(1 << 19);
    request->admin = NULL;
    pl_answer_start(&request->answer);
    request->front = front;
    request->conn = conn;
    request->watch = (struct pl_watch){PL_WATCH_HANGUP, request};
    request->started_ns = front->turn_ns = pl_now_ns();
    size_t n = strlen(target);
    request->target_cut = n >= PL_TARGET_MAX;
    memcpy(request->target, target, request->target_cut ? PL_TARGET_MAX - 1 : n + 1);
    request->target[PL_TARGET_MAX - 1] = '\0';
    pl_memo_begin(request, n);
    request->recalled = request->unparsed = false;
    request->version = 0;
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
    pl_cards_free(request);
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

/* Does its body become an object? */
static bool stores(const struct pl_request *request)
{
    if (request->native.route == PL_ROUTE_DQM_PUT || request->native.route == PL_ROUTE_CARDS_UPLOAD)
        return true;
    return request->native.route == PL_ROUTE_OBJECTS && request->method != PL_METHOD_DELETE;
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
    struct pl_native *native = &request->native;
    if (request->target_cut) {
        if (pl_native_shows(request->target))
            native->route = PL_ROUTE_DQM_PICTURE;
        return refuse_with(request, 414, PL_E_INPUT, "path", "the address is too long");
    }
    if (pl_memo_early(request))
        return PL_STEP_resolve;
    enum pl_err err = pl_native_parse(request->method, request->conn->daemon->admin,
                                      request->target, native, &request->error);
    request->answer.blame.given = pl_of_cards(native->route);
    if (err != PL_OK)
        return pl_refuse(request);
    if ((native->allow & 1u << request->method) == 0)
        return refuse_method(request);
    if (native->route == PL_ROUTE_DQM_PICTURE &&
        pl_dqm_view(&native->url, native->rest, native->media, &request->view, &request->error) !=
            PL_OK)
        return pl_refuse(request);
    if (has_body(request)) {
        if (native->route == PL_ROUTE_CARDS_UPLOAD)
            return pl_cards_put_start(request) == PL_OK ? PL_STEP_receive
                                                        : pl_cards_refuse(request);
        if (stores(request) && pl_upload_start(request) != PL_OK)
            return pl_refuse(request);
        return PL_STEP_receive;
    }
    bool picture = native->route == PL_ROUTE_IMAGES || native->route == PL_ROUTE_DQM_PICTURE ||
                   native->route == PL_ROUTE_CARDS_PICTURE;
    return picture ? PL_STEP_resolve : PL_STEP_compose;
}

/* The body is complete. */
static enum pl_step step_receive(struct pl_request *request)
{
    if (request->native.route == PL_ROUTE_CARDS_UPLOAD)
        return pl_cards_put_end(request);
    if (request->native.route == PL_ROUTE_CARDS)
        return pl_cards_delete(request);
    if (stores(request))
        return pl_upload_end(request);
    return request->native.route == PL_ROUTE_OBJECTS ? pl_upload_delete(request) : PL_STEP_compose;
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
        return pl_draw_resolve(request);
    case PL_STEP_key:
        return pl_draw_key(request);
    case PL_STEP_lookup:
        return pl_draw_lookup(request);
    case PL_STEP_wait:
        return pl_draw_wait(request);
    case PL_STEP_drawn:
        return pl_draw_drawn(request);
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
    case PL_STEP_build:
        return pl_cards_build(request);
    case PL_STEP_built:
        return pl_cards_built(request);
    case PL_STEP_publish:
        return pl_cards_publish(request);
    case PL_STEP_published:
        return pl_cards_published(request);
    case PL_STEP_purged:
        return pl_cards_purged(request);
    case PL_STEP_pictures:
        return pl_cards_pictures(request);
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
    if (pl_of_cards(request->native.route))
        pl_cards_problem(request);
    else
        pl_dqm_answer(request);
    enum MHD_Result result = pl_reply(request);
    request->step = PL_STEP_finish;
    return result;
}

/* Clients that send everything before they read the answer, which they must see. */
static uint64_t drain_most(const struct pl_request *request)
{
    uint64_t most = 2 * DRAIN_MAX;
    if (request->native.route == PL_ROUTE_CARDS_UPLOAD)
        most = PL_MAX((uint64_t)DRAIN_CARDS, 2 * request->front->config->cards_total);
    if (request->native.route == PL_ROUTE_DQM_PUT)
        most = PL_MAX(most, request->front->config->limits_body);
    return most;
}

/* The client announced a body we do not want: read it to its end when that is cheap, so that the
 * connection survives and the client sees the answer; else answer now, which ends the connection.
 */
static bool worth_draining(const struct pl_request *request)
{
    if (pl_request_header(request, "Expect") != NULL)
        return false;
    const char *length = pl_request_header(request, "Content-Length");
    uint64_t most =
        request->native.route == PL_ROUTE_CARDS_UPLOAD ? drain_most(request) : DRAIN_MAX;
    return length == NULL || strtoull(length, NULL, 10) <= most;
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
    request->heard_ns = request->front->turn_ns;
    if (request->draining)
        return request->received <= drain_most(request) ? MHD_YES : MHD_NO;
    enum pl_err err;
    if (request->step != PL_STEP_receive)
        return MHD_YES;
    bool cards = request->native.route == PL_ROUTE_CARDS_UPLOAD;
    if (cards)
        err = pl_cards_put_data(request, data, n);
    else if (stores(request))
        err = pl_upload_data(request, data, n);
    else
        err = pl_buf_add(&request->body, data, n, &request->error);
    if (err == PL_OK)
        return MHD_YES;
    pl_upload_drop(request);
    request->step = cards ? pl_cards_refuse(request) : pl_refuse(request);
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
