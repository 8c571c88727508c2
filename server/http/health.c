/* health.c - /livez, /readyz, /startupz and /health: can this instance live, serve, has it begun
 * to?
 *
 * live     the master's loop turns; no other dependency, so that nobody restarts us for a slow disk
 * started  the map is open and a render worker has reported itself
 * ready    not draining or stopping, a worker is there, the queue has room, the catalogue answers
 */
#include <string.h>

#include "server/http/request.h"
#include "shm/base/clock.h"

enum { BEAT_S = 10 };

struct health {
    bool beat, worker, draining, queue, catalogue;
    unsigned workers_idle, workers, queued;
};

static void look(const struct pl_front *front, struct health *out)
{
    const struct pl_heritage *heritage = front->heritage;
    const struct pl_procs *procs = heritage->procs;
    *out = (struct health){.beat = true};
    uint64_t beat_ns = procs->beat_ns, now_ns = pl_now_ns();
    out->beat = beat_ns == 0 || now_ns < beat_ns + BEAT_S * PL_S_NS;
    for (uint32_t i = 0; i < procs->n; i++) {
        if (procs->proc[i].role != PL_ROLE_WORKER)
            continue;
        uint32_t state = procs->proc[i].state;
        out->workers += state == PL_PROC_IDLE || state == PL_PROC_BUSY;
        out->workers_idle += state == PL_PROC_IDLE;
    }
    out->worker = out->workers > 0;
    out->draining = procs->draining != 0 || front->stopping;
    struct pl_board_counts board;
    pl_board_counts(heritage->board, &board);
    out->queued = board.queued[PL_QUEUE_RENDER];
    out->queue = out->workers_idle > 0 || out->queued + board.running < board.slots;
    struct pl_record record;
    struct pl_error error = {0};
    enum pl_err err = pl_store_resolve(front->store, "-", &record, &error);
    out->catalogue = err == PL_OK || err == PL_E_MISSING || err == PL_E_GONE;
}

static const char *truth(bool b)
{
    return b ? "true" : "false";
}

enum pl_step pl_health(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const char *path = request->native.url.path;
    (void)pl_url_take(&request->native.url, "verbose");
    if (pl_native_none(&request->native.url, &request->error) != PL_OK)
        return pl_refuse(request);
    struct health h;
    look(request->front, &h);
    bool live = h.beat, started = h.worker;
    bool ready = started && !h.draining && h.queue && h.catalogue;
    bool good = strcmp(path, "/livez") == 0      ? live
                : strcmp(path, "/startupz") == 0 ? started
                                                 : ready;
    answer->buffer = PL_BUF(4096);
    (void)pl_buf_print(&answer->buffer, NULL,
                       "{\"ok\":%s,\"checks\":{\"master\":%s,\"worker\":%s,\"not_draining\":%s,"
                       "\"queue\":%s,\"catalogue\":%s},\"workers\":%u,\"idle\":%u,\"queued\":%u}\n",
                       truth(good), truth(h.beat), truth(h.worker), truth(!h.draining),
                       truth(h.queue), truth(h.catalogue), h.workers, h.workers_idle, h.queued);
    answer->status = good ? 200 : 503;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", "application/json");
    pl_answer_literal(answer, "Cache-Control", "no-store");
    if (!good)
        pl_answer_literal(answer, "Retry-After", "1");
    return PL_STEP_deliver;
}
