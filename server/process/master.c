/* master.c - open what all share, fork, keep turning, end in order.
 *
 * The master never touches a byte that came from a client and holds no LMDB handle. Its loop waits
 * for signals (signalfd), for a front that asks for something, and for the next deadline, at most
 * TURN_MS. On the way out fronts finish first, because they wait for workers; then workers; then
 * the keeper. Memory: what it allocates before fork is shared with the children and freed by nobody
 * but the last exit; generations of the configuration come and go. */
#include "server/process/master.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/card/card.h"
#include "server/admin/metric.h"
#include "server/http/listen.h"
#include "server/process/master_priv.h"
#include "server/process/memory.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"
#include "shm/store.h"

enum { TURN_MS = 100 };

/* --- start --------------------------------------------------------------------------------------
 */

static enum pl_err make_folders(const char *path, struct pl_error *error)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return pl_fail(error, PL_E_INPUT, "the name of a folder has %zu bytes", n);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0750) != 0 && errno != EEXIST)
            return pl_fail_errno(error, "cannot make folder %.150s", part);
    }
    return PL_OK;
}

/* One server a store: the lock lives as long as this process, whatever becomes of the children. */
static enum pl_err lock_store(struct pl_master *master, const char *dir, struct pl_error *error)
{
    enum pl_err err = make_folders(dir, error);
    if (err != PL_OK)
        return err;
    master->lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (master->lock_fd < 0)
        return pl_fail_errno(error, "%.150s", dir);
    if (flock(master->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return pl_fail(error, errno == EWOULDBLOCK ? PL_E_BUSY : PL_E_IO, "store %.150s: %s", dir,
                       errno == EWOULDBLOCK ? "another server uses it" : strerror(errno));
    return PL_OK;
}

static enum pl_err name_places(struct pl_heritage *base, const struct pl_config *config,
                               struct pl_error *error)
{
    int n = config->cache_dir[0] != '\0'
                ? snprintf(base->cache_dir, sizeof base->cache_dir, "%s", config->cache_dir)
                : snprintf(base->cache_dir, sizeof base->cache_dir, "%s/cache", config->store_dir);
    if (n < 0 || (size_t)n >= sizeof base->cache_dir)
        return pl_fail_param(error, PL_E_INPUT, "cache.dir", "cache.dir is too long");
    n = config->admin_socket[0] != '\0'
            ? snprintf(base->admin_socket, sizeof base->admin_socket, "%s", config->admin_socket)
            : snprintf(base->admin_socket, sizeof base->admin_socket, "%s/admin.sock",
                       config->store_dir);
    if (n < 0 || (size_t)n >= sizeof base->admin_socket)
        return pl_fail_param(
            error, PL_E_INPUT, "admin.socket",
            "the path of the admin socket is longer than 107 bytes: set admin.socket");
    return PL_OK;
}

static enum pl_err open_listeners(struct pl_heritage *base, const struct pl_config *config,
                                  struct pl_error *error)
{
    char admin[128];
    (void)snprintf(admin, sizeof admin, "unix:%s", base->admin_socket);
    enum pl_err err = pl_listen_open(admin, PL_LISTEN_ADMIN_MODE, &base->admin, error);
    for (unsigned i = 0; i < config->http_listen.n && err == PL_OK; i++) {
        err = pl_listen_open(config->http_listen.item[i], PL_LISTEN_HTTP_MODE, &base->listen[i],
                             error);
        base->listen_n += err == PL_OK;
    }
    for (unsigned i = 0; i < base->listen_n && err == PL_OK; i++)
        pl_log(PL_LOG_INFO, "listening", PL_LOG_S("address", base->listen[i].address));
    return err;
}

static enum pl_err make_shared(struct pl_heritage *base, const struct pl_config *config,
                               struct pl_error *error)
{
    const struct pl_board_limits limits = {
        .slots = (unsigned)config->limits_queue,
        /* two generations side by side, and one that is slow to finish */
        .fronts = PL_MIN(3 * (unsigned)config->workers_front, (unsigned)PL_BOARD_FRONTS_MAX),
        .workers = PL_PROCS_MAX,
        .queue_wait_ns = config->limits_queue_wait * PL_MS_NS,
    };
    enum pl_err err = pl_board_make(&base->board, &limits, error);
    base->board_fronts = limits.fronts;
    if (err == PL_OK)
        err = pl_counters_make(&base->counters, PL_PROCS_MAX, pl_metric_numbers(), error);
    if (err == PL_OK)
        err = pl_procs_make(&base->procs, PL_PROCS_MAX, error);
    return err;
}

/* Everything the children find in their heritage besides the shared memory. */
static enum pl_err make_descriptors(struct pl_master *master, struct pl_error *error)
{
    int life[2];
    sigset_t signals;
    (void)sigemptyset(&signals);
    const int taken[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2, SIGWINCH};
    for (unsigned i = 0; i < PL_COUNT(taken); i++)
        (void)sigaddset(&signals, taken[i]);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    master->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    master->base.master_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (master->signal_fd < 0 || master->base.master_fd < 0 || pipe2(life, O_CLOEXEC) != 0)
        return pl_fail_errno(error, "cannot make descriptors");
    master->base.life_fd = life[0];
    master->life_write_fd = life[1];
    return PL_OK;
}

/* As many descriptors as we may have: the connections of a front need one each. */
static void raise_files(const struct pl_config *config)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < config->http_connections / config->workers_front + 256)
        pl_log(PL_LOG_WARN, "few_descriptors", PL_LOG_U("limit", files.rlim_max),
               PL_LOG_U("connections", config->http_connections));
}

static int status_of(enum pl_err err)
{
    return err == PL_E_INPUT  ? PL_STATUS_CONFIGURATION
           : err == PL_E_BUSY ? PL_STATUS_IN_USE
                              : PL_STATUS_FAILED;
}

static enum pl_err prepare_cache(struct pl_master *master, const struct pl_config *config,
                                 struct pl_error *error)
{
    bool kept = false;
    struct pl_heritage *base = &master->base;
    enum pl_err err = make_folders(base->cache_dir, error);
    if (err == PL_OK)
        err = pl_cache_prepare(base->cache_dir, config->cache_size, &base->cache, &kept, error);
    if (err == PL_OK)
        pl_log(PL_LOG_INFO, "cache", PL_LOG_S("dir", base->cache_dir),
               PL_LOG_U("bytes", config->cache_size), PL_LOG_S("content", kept ? "kept" : "new"));
    else
        master->status = err == PL_E_BUSY ? PL_STATUS_IN_USE : PL_STATUS_CACHE;
    return err;
}

static enum pl_err open_all(struct pl_master *master, struct pl_config *config,
                            struct pl_error *error)
{
    struct pl_heritage *base = &master->base;
    const struct pl_render_setup setup = {
        .font_dir = config->render_font_dir[0] != '\0' ? config->render_font_dir : NULL};
    enum pl_err err = name_places(base, config, error);
    if (err == PL_OK)
        err = lock_store(master, config->store_dir, error);
    if (err == PL_OK)
        err = open_listeners(base, config, error);
    if (err == PL_OK)
        err = pl_store_prepare(config->store_dir, config->store_catalog_size, error);
    if (err == PL_OK)
        err = pl_render_start(&setup, error);
    if (err == PL_OK)
        err = pl_card_start((const char *const *)config->cards_pack.item, config->cards_pack.n,
                            error);
    if (err == PL_OK)
        err = make_shared(base, config, error);
    if (err == PL_OK)
        err = make_descriptors(master, error);
    if (err != PL_OK) {
        master->status = status_of(err);
        return err;
    }
    return prepare_cache(master, config, error);
}

static void begin(struct pl_master *master)
{
    struct pl_heritage *base = &master->base;
    base->memory_limit_bytes = master->limits.memory_bytes;
    base->role = PL_ROLE_MASTER;
    base->slot = PL_SLOT_MASTER;
    struct pl_proc *self = &base->procs->proc[PL_SLOT_MASTER];
    self->role = PL_ROLE_MASTER;
    self->pid = master->pid;
    self->state = PL_PROC_IDLE;
    self->started_ns = pl_now_ns();
    base->procs->started_wall_ns = pl_wall_ns();
    (void)pl_proc_note_memory(self);
    base->procs->generation = master->current->number;
    base->procs->beat_ns = pl_now_ns();
    (void)malloc_trim(0); /* before fork: what is not there is not copied */
    struct pl_error error = {0};
    CHECK(pl_children_add(master, master->current, &error) == PL_OK);
}

/* --- the loop -----------------------------------------------------------------------------------
 */

static void begin_stop(struct pl_master *master, uint64_t now_ns, bool patient)
{
    if (master->phase != PL_PHASE_SERVE) {
        master->kill_ns = now_ns; /* asked twice: at once */
        return;
    }
    uint64_t patience = master->current->config->limits_shutdown * PL_MS_NS;
    pl_log(PL_LOG_INFO, "stopping", PL_LOG_U("generation", master->current->number));
    pl_notify("STOPPING=1\n");
    master->phase = PL_PHASE_FRONTS;
    master->kill_ns = patient ? UINT64_MAX : now_ns + patience;
    master->base.procs->draining = 1;
    /* The fronts close theirs: from then on connecting is refused, not left to wait. */
    for (unsigned i = 0; i < master->base.listen_n; i++)
        pl_listen_close(&master->base.listen[i], true);
    pl_listen_close(&master->base.admin, true);
    pl_children_tell(master, PL_ROLE_FRONT, NULL);
}

static void take_signals(struct pl_master *master, uint64_t now_ns)
{
    struct signalfd_siginfo info;
    while (read(master->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        switch (info.ssi_signo) {
        case SIGTERM:
        case SIGINT:
            begin_stop(master, now_ns, false);
            break;
        case SIGQUIT:
            begin_stop(master, now_ns, true);
            break;
        case SIGHUP:
            master->reload_asked = true;
            break;
        default: /* SIGCHLD: the dead are collected every turn */
            break;
        }
}

static void take_asked(struct pl_master *master, uint64_t now_ns)
{
    uint64_t n;
    if (read(master->base.master_fd, &n, sizeof n) < 0 && errno != EAGAIN)
        return;
    uint32_t asked = atomic_exchange(&master->base.procs->asked, 0);
    if ((asked & PL_ASK_RELOAD) != 0)
        master->reload_asked = true;
    if ((asked & PL_ASK_SHUTDOWN) != 0)
        begin_stop(master, now_ns, false);
}

static void stop_turn(struct pl_master *master, uint64_t now_ns)
{
    if (master->phase == PL_PHASE_SERVE)
        return;
    if (now_ns >= master->kill_ns) {
        if (pl_children_alive(master, PL_ROLE_NONE) > 0)
            pl_log(PL_LOG_WARN, "killing",
                   PL_LOG_U("children", pl_children_alive(master, PL_ROLE_NONE)));
        pl_children_kill_all(master);
        master->kill_ns = UINT64_MAX;
    }
    if (master->phase == PL_PHASE_FRONTS && pl_children_alive(master, PL_ROLE_FRONT) == 0) {
        master->phase = PL_PHASE_WORKERS;
        pl_children_tell(master, PL_ROLE_WORKER, NULL);
    }
    if (master->phase == PL_PHASE_WORKERS && pl_children_alive(master, PL_ROLE_WORKER) == 0) {
        master->phase = PL_PHASE_KEEPER;
        pl_children_tell(master, PL_ROLE_KEEPER, NULL);
    }
    if (master->phase == PL_PHASE_KEEPER && pl_children_alive(master, PL_ROLE_NONE) == 0)
        master->phase = PL_PHASE_END;
}

static void start_turn(struct pl_master *master, uint64_t now_ns)
{
    if (master->ready || master->phase != PL_PHASE_SERVE)
        return;
    if (master->start_failed) {
        pl_log(PL_LOG_ERROR, "start_failed", PL_LOG_S("reason", "a process could not start"));
        master->status = PL_STATUS_FAILED;
        begin_stop(master, now_ns, false);
    } else if (pl_children_started(master, master->current)) {
        master->ready = true;
        pl_log(PL_LOG_INFO, "ready", PL_LOG_U("fronts", master->current->config->workers_front),
               PL_LOG_U("workers", master->current->config->workers_render));
        pl_notify("READY=1\n");
    }
}

/* The soonest of the deadlines, at most TURN_MS; while processes are starting, often. */
static int patience_ms(const struct pl_master *master, uint64_t now_ns, uint64_t fork_ns,
                       uint64_t overdue)
{
    enum { STARTING_MS = 5 };
    uint64_t wait =
        master->next != NULL || !master->ready ? STARTING_MS * PL_MS_NS : TURN_MS * PL_MS_NS;
    wait = PL_MIN(wait, overdue);
    if (fork_ns != UINT64_MAX)
        wait = PL_MIN(wait, fork_ns > now_ns ? fork_ns - now_ns : 0);
    if (master->kill_ns != UINT64_MAX)
        wait = PL_MIN(wait, master->kill_ns > now_ns ? master->kill_ns - now_ns : 0);
    return (int)((wait + PL_MS_NS - 1) / PL_MS_NS);
}

static void turn(struct pl_master *master)
{
    uint64_t now = pl_now_ns();
    struct pollfd watched[] = {{.fd = master->signal_fd, .events = POLLIN},
                               {.fd = master->base.master_fd, .events = POLLIN}};
    master->base.procs->beat_ns = now;
    take_signals(master, now);
    take_asked(master, now);
    pl_children_reap(master);
    uint64_t overdue = pl_children_end_overdue(master, now);
    start_turn(master, now);
    pl_renew_turn(master, now);
    pl_reload_turn(master, now);
    stop_turn(master, now);
    uint64_t fork_ns = pl_children_fork_due(master, pl_now_ns());
    if (master->phase != PL_PHASE_END)
        (void)poll(watched, PL_COUNT(watched), patience_ms(master, now, fork_ns, overdue));
}

/* --- end ----------------------------------------------------------------------------------------
 */

static void close_all(struct pl_master *master)
{
    struct pl_heritage *base = &master->base;
    struct pl_error error = {0};
    if (base->cache != NULL && pl_cache_close_clean(&base->cache, base->cache_dir, &error) != PL_OK)
        pl_log(PL_LOG_WARN, "cache_not_closed", PL_LOG_S("reason", error.msg));
    for (unsigned i = 0; i < base->listen_n; i++)
        pl_listen_close(&base->listen[i], true);
    pl_listen_close(&base->admin, true);
    const int fds[] = {master->signal_fd, master->life_write_fd, master->lock_fd, base->life_fd,
                       base->master_fd};
    for (unsigned i = 0; i < PL_COUNT(fds); i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    pl_card_stop();
    pl_render_stop();
    pl_board_free(&base->board);
    pl_counters_free(&base->counters);
    pl_procs_free(&base->procs);
    if (master->current != NULL)
        pl_generation_drop(master->current);
}

int pl_master_run(const struct pl_config_request *request, struct pl_config *config,
                  const struct pl_limits *limits)
{
    struct pl_error error = {0};
    struct pl_master *master = calloc(1, sizeof *master);
    if (master == NULL) {
        pl_config_free(&config);
        return PL_STATUS_FAILED;
    }
    *master = (struct pl_master){
        .request = request, .limits = *limits, .pid = getpid(), .kill_ns = UINT64_MAX};
    master->signal_fd = master->life_write_fd = master->lock_fd = -1;
    master->base.master_fd = master->base.life_fd = master->base.admin.fd = -1;
    raise_files(config);
    master->current = pl_generation_make(master, config);
    if (master->current == NULL)
        master->status = PL_STATUS_FAILED;
    else if (open_all(master, config, &error) == PL_OK)
        begin(master);
    if (error.code != PL_OK)
        pl_log(PL_LOG_ERROR, "cannot_start", PL_LOG_S("reason", error.msg));
    while (master->status == PL_STATUS_OK || pl_children_alive(master, PL_ROLE_NONE) > 0) {
        turn(master);
        if (master->phase == PL_PHASE_END)
            break;
    }
    int status = master->status;
    close_all(master);
    pl_log(PL_LOG_INFO, "stopped", PL_LOG_U("status", status));
    free(master);
    return status;
}
