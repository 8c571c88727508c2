/* wait.c - suspended requests: submitted to the board, watched for hang-ups, resumed.
 *
 * The HTTP library takes a suspended socket out of its set and notices nothing about it, so the
 * front watches it for the client's end. One ticket may have several requests: equal pictures asked
 * for by several clients. All of this runs between two runs of the library, so that no completion
 * can race with a handler. */
#include <assert.h>
#include <sys/epoll.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

static struct pl_request **bucket(struct pl_front *front, pl_ticket ticket)
{
    return &front->waits[(ticket * UINT64_C(0x9e3779b97f4a7c15)) >> 56];
}

static_assert(PL_WAIT_BUCKETS == 256, "the hash above yields 8 bits");

static bool anyone_waits(struct pl_front *front, pl_ticket ticket)
{
    for (struct pl_request *r = *bucket(front, ticket); r != NULL; r = r->wait_next)
        if (r->ticket == ticket)
            return true;
    return false;
}

static void take_off(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_request **at = bucket(front, request->ticket);
    while (*at != NULL && *at != request)
        at = &(*at)->wait_next;
    CHECK(*at == request);
    *at = request->wait_next;
    request->wait_next = NULL;
    request->waiting = false;
    front->waits_n--;
    (void)epoll_ctl(front->epoll_fd, EPOLL_CTL_DEL, request->conn->fd, NULL);
}

static void resume(struct pl_request *request)
{
    take_off(request);
    request->wait_ns += request->front->turn_ns - request->wait_started_ns;
    pl_front_due(request->conn);
    MHD_resume_connection(request->connection);
}

/* How long the board may take at most; past that the front itself gives up. */
static uint64_t patience(const struct pl_front *front, const struct pl_job *job)
{
    return front->config->limits_queue_wait * PL_MS_NS + 2 * job->run_ns + 5 * PL_S_NS;
}

enum pl_err pl_wait_submit(struct pl_request *request, const struct pl_job *job, enum pl_step then)
{
    struct pl_front *front = request->front;
    struct pl_error *error = &request->error;
    if (front->waits_n >= front->config->http_suspended) {
        pl_metric_add(front->heritage, PL_M_shed_suspended, 1);
        return pl_fail_param(error, PL_E_BUSY, "http.suspended", "too many requests are waiting");
    }
    enum pl_err err = pl_board_submit(front->heritage->board, front->heritage->board_front, job,
                                      &request->ticket, &request->joined, error);
    if (err == PL_E_BUSY)
        pl_metric_add(front->heritage, PL_M_shed_board, 1);
    if (err != PL_OK)
        return err;
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLHUP | EPOLLONESHOT,
                                .data.ptr = &request->watch};
    if (epoll_ctl(front->epoll_fd, EPOLL_CTL_ADD, request->conn->fd, &event) != 0) {
        err = pl_fail_errno(error, "cannot watch a connection");
        if (!anyone_waits(front, request->ticket))
            pl_board_abandon(front->heritage->board, front->heritage->board_front, request->ticket);
        return err;
    }
    request->wait_started_ns = pl_now_ns();
    request->give_up_ns = request->wait_started_ns + patience(front, job);
    request->step = then;
    request->waiting = true;
    struct pl_request **at = bucket(front, request->ticket);
    request->wait_next = *at;
    *at = request;
    front->waits_n++;
    MHD_suspend_connection(request->connection);
    return PL_OK;
}

static void finished(void *context, pl_ticket ticket, const struct pl_job_result *result)
{
    struct pl_front *front = context;
    struct pl_request *next;
    for (struct pl_request *r = *bucket(front, ticket); r != NULL; r = next) {
        next = r->wait_next;
        if (r->ticket != ticket)
            continue;
        r->result = *result;
        resume(r);
    }
}

void pl_wait_collect(struct pl_front *front)
{
    (void)pl_board_collect(front->heritage->board, front->heritage->board_front, finished, front);
}

void pl_wait_forget(struct pl_request *request)
{
    if (!request->waiting)
        return;
    struct pl_front *front = request->front;
    take_off(request);
    if (!anyone_waits(front, request->ticket))
        pl_board_abandon(front->heritage->board, front->heritage->board_front, request->ticket);
}

/* Let go of the job, then let the handler end the request. */
static void give_up(struct pl_request *request)
{
    struct pl_front *front = request->front;
    pl_ticket ticket = request->ticket;
    resume(request);
    if (!anyone_waits(front, ticket))
        pl_board_abandon(front->heritage->board, front->heritage->board_front, ticket);
}

void pl_wait_hangup(struct pl_front *front, struct pl_request *request)
{
    if (!request->waiting)
        return; /* finished in the same turn */
    request->hung_up = true;
    pl_metric_add(front->heritage, PL_M_hangups, 1);
    give_up(request);
}

void pl_wait_expire(struct pl_front *front, uint64_t now_ns)
{
    for (unsigned i = 0; i < PL_WAIT_BUCKETS && front->waits_n > 0; i++) {
        struct pl_request *next;
        for (struct pl_request *r = front->waits[i]; r != NULL; r = next) {
            next = r->wait_next;
            if (now_ns < r->give_up_ns)
                continue;
            r->expired = true;
            give_up(r);
        }
    }
}
