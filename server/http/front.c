/* front.c - the life of one front: open, listen, turn, finish.
 *
 * One thread, two epoll sets. The front's own has the board's eventfd, the suspended sockets, the
 * master's word to stop, the master's life, a timer and the sets of the other daemons. It is itself
 * a member of the set of the first daemon, in which the front sleeps: a connection is one
 * epoll_wait away, everything else two. The library ignores the event of that member, which carries
 * no pointer; as it is level-triggered it ends the sleep for as long as the own set has something.
 * The own set is looked at after every run that began no request, and each LOOK_NS in any case.
 * When it cannot be made a member, the front sleeps in its own set and the first daemon is watched
 * like the others.
 *
 * All events of the own set are taken between two runs of the library, so completions, hang-ups and
 * handlers never interleave. The library's sets are edge-triggered: a daemon is run when its set is
 * readable, when one of its connections was resumed, or when it says itself that it has something
 * left (MHD_get_timeout).
 *
 * Must not know file formats. Memory: connections as the library needs them (http.connection_memory
 * each), records of requests under way, 1 MiB of free buffers. */
#include "server/http/front.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "server/http/request.h"
#include "server/process/exit.h"
#include "server/process/memory.h"
#include "server/process/sandbox.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum {
    EVENTS = 128,
    TICK_MS = 500,
    STOP_MARGIN_MS = 500,
    ORPHAN_MS = 1000,
    QUIET_MS = 100,
    LOOK_NS = 1000000,
    IDLE_MARGIN_MS = 5000, /* the library comes after pl_conn_scan, which can say why */
    FAILED_MS = 10,        /* sleep after the library could not wait */
};

/* --- what the HTTP library calls -------------------------------------------------------------- */

/* Targets are decoded by server/routes/url.c, which refuses what the library would let pass. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    return strlen(text);
}

static void *first_line(void *context, const char *target, struct MHD_Connection *connection)
{
    struct pl_daemon *daemon = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info == NULL || info->socket_context == NULL)
        return NULL;
    return pl_request_make(daemon->front, info->socket_context, target);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_n, void **request)
{
    (void)context, (void)url, (void)version;
    if (*request == NULL)
        return MHD_NO;
    return pl_request_call(*request, connection, method, data, data_n);
}

static void completed(void *context, struct MHD_Connection *connection, void **request,
                      enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection;
    if (*request != NULL)
        pl_request_end(*request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    *request = NULL;
}

static void log_library(void *context, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void log_library(void *context, const char *format, va_list args)
{
    (void)context;
    char text[256];
    (void)vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    pl_log(PL_LOG_DEBUG, "http_library", PL_LOG_S("text", text));
}

/* --- start ------------------------------------------------------------------------------------ */

static enum pl_err watch(struct pl_front *front, int fd, struct pl_watch *w, struct pl_error *error)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = w};
    if (epoll_ctl(front->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        return pl_fail_errno(error, "cannot watch descriptor %d", fd);
    return PL_OK;
}

/* Make the front's own set a member of the daemon's, without a pointer: MHD_epoll passes over it.
 */
static bool nest(struct pl_front *front, int daemon_epoll_fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    return epoll_ctl(daemon_epoll_fd, EPOLL_CTL_ADD, front->epoll_fd, &event) == 0;
}

static enum pl_err listen_on(struct pl_front *front, const struct pl_listener *listener, bool admin,
                             struct pl_error *error)
{
    const struct pl_config *config = front->config;
    struct pl_daemon *daemon = &front->daemons[front->daemons_n];
    unsigned fronts = (unsigned)PL_MAX(config->workers_front, UINT64_C(1));
    unsigned connections = (unsigned)((config->http_connections + fronts - 1) / fronts);
    *daemon = (struct pl_daemon){.front = front, .admin = admin, .deadline_ns = UINT64_MAX};
    daemon->watch = (struct pl_watch){PL_WATCH_DAEMON, daemon};
    daemon->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, daemon,
        MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_LISTEN_SOCKET, listener->fd,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)config->http_connection_memory, MHD_OPTION_CONNECTION_MEMORY_INCREMENT,
        (size_t)1024, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)((config->http_idle_timeout + IDLE_MARGIN_MS) / 1000),
        MHD_OPTION_NOTIFY_COMPLETED, completed, daemon, MHD_OPTION_NOTIFY_CONNECTION,
        pl_conn_notify, daemon, MHD_OPTION_URI_LOG_CALLBACK, first_line, daemon,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_END);
    if (daemon->mhd == NULL)
        return pl_fail(error, PL_E_IO, "cannot serve %s", listener->address);
    front->daemons_n++;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return pl_fail(error, PL_E_INTERNAL, "the HTTP library has no epoll set");
    if (front->first == NULL && nest(front, info->epoll_fd)) {
        front->first = daemon->mhd;
        return PL_OK;
    }
    return watch(front, info->epoll_fd, &daemon->watch, error);
}

static enum pl_err listen_all(struct pl_front *front, struct pl_error *error)
{
    const struct pl_heritage *heritage = front->heritage;
    enum pl_err err = PL_OK;
    for (unsigned i = 0; err == PL_OK && i < heritage->listen_n; i++)
        err = listen_on(front, &heritage->listen[i], false, error);
    if (err == PL_OK && heritage->admin.fd >= 0)
        err = listen_on(front, &heritage->admin, true, error);
    return err;
}

static enum pl_err make_loop(struct pl_front *front, struct pl_error *error)
{
    const struct pl_heritage *heritage = front->heritage;
    front->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    front->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (front->epoll_fd < 0 || front->timer_fd < 0)
        return pl_fail_errno(error, "cannot make an event loop");
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    const struct itimerspec every = {.it_interval = tick, .it_value = tick};
    if (timerfd_settime(front->timer_fd, 0, &every, NULL) != 0)
        return pl_fail_errno(error, "cannot set a timer");
    front->board_watch.kind = PL_WATCH_BOARD;
    front->stop_watch.kind = PL_WATCH_STOP;
    front->life_watch.kind = PL_WATCH_LIFE;
    front->timer_watch.kind = PL_WATCH_TIMER;
    enum pl_err err = watch(front, pl_board_front_fd(heritage->board, heritage->board_front),
                            &front->board_watch, error);
    if (err == PL_OK)
        err = watch(front, heritage->stop_fd, &front->stop_watch, error);
    if (err == PL_OK)
        err = watch(front, heritage->life_fd, &front->life_watch, error);
    return err == PL_OK ? watch(front, front->timer_fd, &front->timer_watch, error) : err;
}

static enum pl_err start(struct pl_front *front, struct pl_error *error)
{
    struct pl_heritage *heritage = front->heritage;
    front->config = heritage->config;
    front->turn_ns = pl_now_ns();
    if (getrandom(&front->id_seed, sizeof front->id_seed, 0) != sizeof front->id_seed)
        front->id_seed = front->turn_ns;
    enum pl_err err =
        pl_store_open(&front->store, front->config->store_dir, PL_STORE_READER, error);
    if (err == PL_OK)
        err = pl_cache_open(&front->cache, heritage->cache_dir, heritage->cache, true, error);
    front->admin = (struct pl_admin_context){heritage, front->store, front->cache};
    if (err == PL_OK)
        err = pl_memo_make(front, error);
    if (err == PL_OK)
        err = make_loop(front, error);
    if (err == PL_OK)
        err = listen_all(front, error);
    (void)pl_proc_note_memory(&heritage->procs->proc[heritage->slot]);
    return err == PL_OK ? pl_sandbox_enter(heritage, error) : err;
}

/* --- turn ------------------------------------------------------------------------------------- */

void pl_front_due(struct pl_conn *conn)
{
    conn->daemon->due = true;
}

/* Milliseconds to sleep; marks the daemons that have something left. */
static int look_ahead(struct pl_front *front)
{
    uint64_t sleep_ms = TICK_MS;
    for (unsigned i = 0; i < front->daemons_n; i++) {
        struct pl_daemon *daemon = &front->daemons[i];
        MHD_UNSIGNED_LONG_LONG ms;
        daemon->deadline_ns = UINT64_MAX;
        if (daemon->mhd == front->first)
            continue; /* it sleeps no longer than it should by itself */
        if (MHD_get_timeout(daemon->mhd, &ms) != MHD_YES)
            continue;
        if (ms == 0)
            daemon->due = true;
        else if (ms < TICK_MS)
            daemon->deadline_ns = front->turn_ns + ms * PL_MS_NS;
        sleep_ms = PL_MIN(sleep_ms, (uint64_t)ms);
    }
    return (int)sleep_ms;
}

static void drain(int fd)
{
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        pl_log(PL_LOG_WARN, "eventfd_unreadable", PL_LOG_U("errno", errno));
}

static void begin_stop(struct pl_front *front)
{
    if (front->stopping)
        return;
    front->stopping = true;
    front->stop_ns = front->turn_ns;
    front->heritage->procs->proc[front->heritage->slot].state = PL_PROC_DRAINING;
    for (unsigned i = 0; i < front->daemons_n; i++)
        (void)MHD_quiesce_daemon(front->daemons[i].mhd);
}

static void take_event(struct pl_front *front, const struct pl_watch *w)
{
    struct pl_heritage *heritage = front->heritage;
    switch (w->kind) {
    case PL_WATCH_DAEMON:
        ((struct pl_daemon *)w->owner)->due = true;
        break;
    case PL_WATCH_BOARD:
        drain(pl_board_front_fd(heritage->board, heritage->board_front));
        pl_wait_collect(front);
        break;
    case PL_WATCH_STOP:
        (void)epoll_ctl(front->epoll_fd, EPOLL_CTL_DEL, heritage->stop_fd, NULL);
        begin_stop(front);
        break;
    case PL_WATCH_LIFE:
        (void)epoll_ctl(front->epoll_fd, EPOLL_CTL_DEL, heritage->life_fd, NULL);
        front->orphaned = true;
        begin_stop(front);
        break;
    case PL_WATCH_TIMER:
        drain(front->timer_fd);
        pl_wait_collect(front); /* a lost wake-up costs at most one tick */
        pl_wait_expire(front, front->turn_ns);
        pl_conn_scan(front, front->turn_ns);
        (void)pl_proc_note_memory(&heritage->procs->proc[heritage->slot]);
        for (unsigned i = 0; i < front->daemons_n; i++)
            front->daemons[i].due = true; /* its own timeouts */
        break;
    case PL_WATCH_HANGUP:
        pl_wait_hangup(front, w->owner);
        break;
    }
}

static void run_daemons(struct pl_front *front)
{
    for (unsigned i = 0; i < front->daemons_n; i++) {
        struct pl_daemon *daemon = &front->daemons[i];
        if (!daemon->due && front->turn_ns < daemon->deadline_ns)
            continue;
        daemon->due = false;
        (void)MHD_run(daemon->mhd);
    }
}

/* Finished what was taken? Connections without a request are told to end; some clients are just
 * sending one. */
static bool stopped(struct pl_front *front)
{
    if (!front->stopping)
        return false;
    uint64_t age_ms = (front->turn_ns - front->stop_ns) / PL_MS_NS;
    uint64_t most_ms = front->orphaned ? ORPHAN_MS : front->config->limits_shutdown;
    if (age_ms + STOP_MARGIN_MS > most_ms && !front->orphaned)
        return true;
    if (front->orphaned && age_ms > most_ms)
        return true;
    if (age_ms >= QUIET_MS)
        pl_conn_end_idle(front);
    return front->live_n == 0 && age_ms >= QUIET_MS && front->idle_first == NULL;
}

/* Sleep in the first daemon's set and run it. True when the own set may wait: requests were begun,
 * and it was looked at a moment ago. */
static bool run_first(struct pl_front *front, int *sleep_ms)
{
    uint64_t begun = front->id_next;
    enum MHD_Result ran = MHD_run_wait(front->first, *sleep_ms);
    front->turn_ns = pl_now_ns();
    if (front->id_next != begun && front->turn_ns - front->looked_ns < LOOK_NS)
        return true;
    front->looked_ns = front->turn_ns;
    *sleep_ms = ran == MHD_YES ? 0 : PL_MIN(*sleep_ms, (int)FAILED_MS);
    return false;
}

static void turn(struct pl_front *front)
{
    struct epoll_event events[EVENTS];
    int sleep_ms = look_ahead(front);
    if (front->stopping)
        sleep_ms = PL_MIN(sleep_ms, 10);
    if (front->first != NULL && run_first(front, &sleep_ms))
        return;
    int n = epoll_wait(front->epoll_fd, events, EVENTS, sleep_ms);
    front->turn_ns = pl_now_ns();
    for (int i = 0; i < n; i++)
        take_event(front, events[i].data.ptr);
    run_daemons(front);
}

/* --- end -------------------------------------------------------------------------------------- */

static void end(struct pl_front *front)
{
    /* The library must not be stopped while a connection is suspended. */
    pl_wait_expire(front, UINT64_MAX);
    for (unsigned i = 0; i < front->daemons_n; i++) {
        (void)MHD_run(front->daemons[i].mhd);
        MHD_stop_daemon(front->daemons[i].mhd);
    }
    pl_pool_free(front);
    free(front->memos);
    pl_arena_free(&front->arena);
    while (front->spare != NULL) {
        struct pl_request *next = front->spare->next;
        free(front->spare);
        front->spare = next;
    }
    pl_cache_close(&front->cache);
    pl_store_close(&front->store);
    if (front->timer_fd >= 0)
        (void)close(front->timer_fd);
    if (front->epoll_fd >= 0)
        (void)close(front->epoll_fd);
}

int pl_front_main(struct pl_heritage *heritage)
{
    struct pl_error error = {0};
    struct pl_front *front = calloc(1, sizeof *front);
    if (front == NULL)
        return PL_EXIT_START;
    front->heritage = heritage;
    front->epoll_fd = front->timer_fd = -1;
    if (start(front, &error) != PL_OK) {
        pl_log(PL_LOG_ERROR, "front_not_started", PL_LOG_S("reason", error.msg));
        end(front);
        free(front);
        return PL_EXIT_START;
    }
    heritage->procs->proc[heritage->slot].state = PL_PROC_IDLE;
    while (!stopped(front))
        turn(front);
    end(front);
    free(front);
    return PL_EXIT_OK;
}
