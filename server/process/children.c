/* children.c - the table of children: fork, reap, back-off, telling them to finish.
 *
 * A slot belongs to one child and its replacements; it is free again when a child that was told to
 * finish has ended. Reaping is one function: the log line names the process and what it was doing,
 * the counters its reason, the board lets go of its jobs, and the replacement is forked in the same
 * turn unless this slot keeps dying. Deaths by a SIGKILL from outside wait at most 20 ms: an
 * operator or the kernel short of memory is no reason to keep others waiting. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/admin/metric.h"
#include "server/process/exit.h"
#include "server/process/job.h"
#include "server/process/master_priv.h"
#include "server/process/roles.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

static const uint64_t backoff_first = 10 * PL_MS_NS, backoff_most = PL_S_NS;
static const uint64_t backoff_killed_most = 20 * PL_MS_NS;
static const uint64_t stop_patience = PL_S_NS;
static const uint64_t long_life =
    PL_S_NS; /* whoever lived this long starts anew without back-off */

enum { LATE_GRACE_MS = 10 };

static unsigned slot_of(const struct pl_master *master, const struct pl_child *child)
{
    return (unsigned)(child - master->child);
}

static struct pl_proc *proc_of(struct pl_master *master, const struct pl_child *child)
{
    return &master->base.procs->proc[slot_of(master, child)];
}

/* --- forking ------------------------------------------------------------------------------------
 */

static void describe(struct pl_master *master, struct pl_child *child)
{
    struct pl_proc *proc = proc_of(master, child);
    proc->role = child->role;
    proc->index = child->index;
    proc->generation = child->generation->number;
    proc->state = PL_PROC_STARTING;
    proc->started_ns = child->born_ns;
    proc->sandbox = 0;
    proc->landlock_abi = 0;
    proc->jobs = 0;
    proc->private_bytes = 0;
}

static void run_child(struct pl_master *master, struct pl_child *child) __attribute__((noreturn));

static void run_child(struct pl_master *master, struct pl_child *child)
{
    struct pl_heritage *heritage = &master->base;
    heritage->config = child->generation->config;
    heritage->worker_memory_bytes = heritage->config->workers_memory;
    heritage->role = child->role;
    heritage->index = child->index;
    heritage->slot = slot_of(master, child);
    heritage->board_front = child->board_front;
    heritage->generation = child->generation->number;
    heritage->stop_fd = child->stop_fd;
    pl_log_by(heritage->config);
    pl_role_run(heritage, master->pid);
}

static void wait_longer(struct pl_child *child, uint64_t now_ns, uint64_t most)
{
    uint64_t longer = child->backoff_ns == 0 ? backoff_first : 2 * child->backoff_ns;
    child->backoff_ns = PL_MIN(longer, most);
    child->retry_ns = now_ns + child->backoff_ns;
}

/* No descriptor, no process: tried again later, the others go on serving. */
static void fork_child(struct pl_master *master, struct pl_child *child, uint64_t now_ns)
{
    child->told = child->late = false;
    child->stopped_ns = 0;
    child->born_ns = now_ns;
    child->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pid_t pid = -1;
    if (child->stop_fd >= 0) {
        describe(master, child);
        (void)fflush(NULL);
        pid = fork();
    }
    if (pid == 0)
        run_child(master, child);
    if (pid < 0) {
        pl_log(PL_LOG_ERROR, "fork_failed", PL_LOG_S("role", pl_role_name(child->role)),
               PL_LOG_U("index", child->index), PL_LOG_S("reason", strerror(errno)));
        if (child->stop_fd >= 0)
            (void)close(child->stop_fd);
        child->stop_fd = -1;
        wait_longer(child, now_ns, backoff_most);
        return;
    }
    child->pid = pid;
    proc_of(master, child)->pid = pid;
    pl_log(PL_LOG_DEBUG, "started", PL_LOG_S("role", pl_role_name(child->role)),
           PL_LOG_U("index", child->index), PL_LOG_U("pid", pid),
           PL_LOG_U("generation", child->generation->number));
}

uint64_t pl_children_fork_due(struct pl_master *master, uint64_t now_ns)
{
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < PL_PROCS_MAX; i++) {
        struct pl_child *child = &master->child[i];
        if (child->role == PL_ROLE_NONE || child->pid != 0)
            continue;
        if (child->retry_ns <= now_ns)
            fork_child(master, child, now_ns);
        if (child->pid == 0)
            next = PL_MIN(next, child->retry_ns);
    }
    return next;
}

/* --- taking and freeing slots -------------------------------------------------------------------
 */

static unsigned free_slots(const struct pl_master *master)
{
    unsigned n = 0;
    for (unsigned i = PL_SLOT_FIRST; i < PL_PROCS_MAX; i++)
        n += master->child[i].role == PL_ROLE_NONE;
    return n;
}

/* Numbers on the board that some front, of whatever generation, has. */
static uint64_t used_board_fronts(const struct pl_master *master)
{
    uint64_t used = 0;
    for (unsigned i = PL_SLOT_FIRST; i < PL_PROCS_MAX; i++)
        if (master->child[i].role == PL_ROLE_FRONT)
            used |= UINT64_C(1) << master->child[i].board_front;
    return used;
}

static void take_slot(struct pl_master *master, unsigned slot, enum pl_role role, unsigned index,
                      struct pl_generation *generation)
{
    struct pl_child *child = &master->child[slot];
    unsigned board_front = 0;
    if (role == PL_ROLE_FRONT)
        board_front = (unsigned)__builtin_ctzll(~used_board_fronts(master));
    *child = (struct pl_child){.role = role,
                               .index = index,
                               .board_front = board_front,
                               .generation = generation,
                               .stop_fd = -1};
    generation->children++;
    fork_child(master, child, pl_now_ns());
}

static void take_slots(struct pl_master *master, enum pl_role role, unsigned n,
                       struct pl_generation *generation)
{
    unsigned slot = PL_SLOT_FIRST;
    for (unsigned i = 0; i < n; i++) {
        while (master->child[slot].role != PL_ROLE_NONE)
            slot++;
        take_slot(master, slot, role, i, generation);
    }
}

enum pl_err pl_children_add(struct pl_master *master, struct pl_generation *generation,
                            struct pl_error *error)
{
    unsigned fronts = (unsigned)generation->config->workers_front;
    unsigned workers = (unsigned)generation->config->workers_render;
    unsigned board_fronts =
        master->base.board_fronts - (unsigned)__builtin_popcountll(used_board_fronts(master));
    if (free_slots(master) < fronts + workers || board_fronts < fronts)
        return pl_fail(error, PL_E_BUSY, "processes of earlier configurations are still finishing");
    if (master->child[PL_SLOT_KEEPER].role == PL_ROLE_NONE)
        take_slot(master, PL_SLOT_KEEPER, PL_ROLE_KEEPER, 0, generation);
    take_slots(master, PL_ROLE_WORKER, workers, generation);
    take_slots(master, PL_ROLE_FRONT, fronts, generation);
    return PL_OK;
}

static void free_slot(struct pl_master *master, struct pl_child *child)
{
    struct pl_generation *generation = child->generation;
    proc_of(master, child)->state = PL_PROC_EMPTY;
    proc_of(master, child)->role = PL_ROLE_NONE;
    *child = (struct pl_child){.role = PL_ROLE_NONE, .stop_fd = -1};
    pl_generation_leave(master, generation);
}

/* --- ending -------------------------------------------------------------------------------------
 */

/* The keeper is one: after a reload the new one begins when the old one has ended. */
static void succeed_keeper(struct pl_master *master, struct pl_child *child)
{
    struct pl_generation *old = child->generation;
    child->generation = master->current;
    child->generation->children++;
    pl_generation_leave(master, old);
    child->told = false;
}

/* Nobody is there to end: the slot is free, or the keeper's for its successor. */
static void leave(struct pl_master *master, struct pl_child *child)
{
    if (child->role == PL_ROLE_KEEPER && master->phase == PL_PHASE_SERVE)
        succeed_keeper(master, child);
    else
        free_slot(master, child);
}

static void tell(struct pl_master *master, struct pl_child *child)
{
    uint64_t one = 1;
    child->told = true;
    if (child->pid == 0) {
        leave(master, child);
        return;
    }
    proc_of(master, child)->state = PL_PROC_DRAINING;
    if (write(child->stop_fd, &one, sizeof one) < 0)
        pl_log(PL_LOG_ERROR, "stop_failed", PL_LOG_U("pid", child->pid),
               PL_LOG_S("reason", strerror(errno)));
}

void pl_children_tell(struct pl_master *master, enum pl_role role,
                      const struct pl_generation *except)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++) {
        struct pl_child *child = &master->child[i];
        if (child->role == role && child->generation != except && !child->told)
            tell(master, child);
    }
}

void pl_children_kill_all(struct pl_master *master)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++)
        if (master->child[i].pid != 0) {
            master->child[i].told = true;
            (void)kill(master->child[i].pid, SIGKILL);
        }
}

static void end_overdue(void *context, unsigned worker, pid_t pid)
{
    struct pl_master *master = context;
    if (worker >= PL_PROCS_MAX || master->child[worker].pid != pid || master->child[worker].late)
        return;
    master->child[worker].late = true;
    (void)kill(pid, SIGKILL);
}

bool pl_children_end(struct pl_master *master, pid_t pid)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++)
        if (pid != 0 && master->child[i].pid == pid) {
            end_overdue(master, i, pid);
            return true;
        }
    return false;
}

/* A stopped process holds clients or a job and will never finish by itself. */
static void end_stopped(struct pl_master *master, uint64_t now_ns)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++) {
        const struct pl_child *child = &master->child[i];
        if (child->stopped_ns != 0 && now_ns >= child->stopped_ns + stop_patience)
            end_overdue(master, i, child->pid);
    }
}

uint64_t pl_children_end_overdue(struct pl_master *master, uint64_t now_ns)
{
    end_stopped(master, now_ns);
    uint64_t next = pl_board_overdue(master->base.board, now_ns, end_overdue, master);
    return PL_MAX(next, LATE_GRACE_MS *
                            PL_MS_NS); /* one that is dying already is not waited for busily */
}

unsigned pl_children_alive(const struct pl_master *master, enum pl_role role)
{
    unsigned n = 0;
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++)
        n += master->child[i].pid != 0 && (role == PL_ROLE_NONE || master->child[i].role == role);
    return n;
}

bool pl_children_started(const struct pl_master *master, const struct pl_generation *generation)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++) {
        const struct pl_child *child = &master->child[i];
        if (child->role == PL_ROLE_NONE || child->generation != generation)
            continue;
        if (child->pid == 0 || master->base.procs->proc[i].state == PL_PROC_STARTING)
            return false;
    }
    return true;
}

/* --- reaping ------------------------------------------------------------------------------------
 */

enum why { WHY_TOLD, WHY_PLANNED, WHY_MEMORY, WHY_LATE, WHY_KILLED, WHY_START, WHY_CRASH };

static const char *const why_names[] = {"told",   "planned", "memory", "late",
                                        "killed", "start",   "crash"};

static enum why why_it_ended(const struct pl_child *child, int status)
{
    if (child->late)
        return WHY_LATE;
    if (WIFSIGNALED(status))
        return child->told ? WHY_TOLD : WTERMSIG(status) == SIGKILL ? WHY_KILLED : WHY_CRASH;
    switch (WEXITSTATUS(status)) {
    case PL_EXIT_OK:
        return child->told ? WHY_TOLD : WHY_PLANNED; /* SIGTERM from an operator */
    case PL_EXIT_PLANNED:
        return WHY_PLANNED;
    case PL_EXIT_MEMORY:
        return WHY_MEMORY;
    case PL_EXIT_START:
        return WHY_START;
    default:
        return child->told ? WHY_TOLD : WHY_CRASH;
    }
}

static void count(struct pl_master *master, const struct pl_child *child, enum why why, int status)
{
    struct pl_proc *proc = proc_of(master, child);
    proc->last_signal = WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : 0;
    switch (why) {
    case WHY_TOLD:
        break;
    case WHY_PLANNED:
        proc->planned++;
        pl_metric_add(&master->base, PL_M_worker_planned, 1);
        break;
    case WHY_MEMORY:
        proc->killed_for_memory++;
        pl_metric_add(&master->base, PL_M_worker_memory, 1);
        break;
    case WHY_LATE:
        proc->late++;
        pl_metric_add(&master->base, PL_M_worker_late, 1);
        break;
    default:
        proc->crashes++;
        pl_metric_add(&master->base, PL_M_worker_crashes, 1);
    }
}

/* What a job is about, for people. The record was written by a front; its texts are cut to their
 * fields. */
static void name_job(const struct pl_job *job, char *out, size_t n)
{
    union {
        struct pl_job_render render;
        struct pl_job_inspect inspect;
        struct pl_job_commit commit;
        struct pl_job_purge purge;
        struct pl_job_cards cards;
        uint8_t bytes[PL_BOARD_RECORD_N];
    } record;
    memcpy(record.bytes, job->record, PL_BOARD_RECORD_N);
    switch ((enum pl_job_kind)job->kind) {
    case PL_JOB_RENDER:
        (void)snprintf(out, n, "render %.*s %.*s", PL_NAME_MAX, record.render.name, PL_SELECTOR_MAX,
                       record.render.selector);
        break;
    case PL_JOB_INSPECT:
        (void)snprintf(out, n, "inspect %.*s", PL_NAME_MAX, record.inspect.name);
        break;
    case PL_JOB_COMMIT:
        (void)snprintf(out, n, "commit %.*s", PL_NAME_MAX, record.commit.name);
        break;
    case PL_JOB_PURGE:
        (void)snprintf(out, n, "purge %.*s", PL_NAME_MAX, record.purge.pattern);
        break;
    case PL_JOB_CARDS:
        (void)snprintf(out, n, "cards %.*s", PL_CARDS_KEY_N, record.cards.key);
        break;
    default:
        (void)snprintf(out, n, "kind %u", job->kind);
    }
}

/* Let the board go of what the dead one held; says what that was. */
static unsigned release(struct pl_master *master, const struct pl_child *child, enum why why,
                        char *doing, size_t n)
{
    struct pl_job job;
    doing[0] = '\0';
    if (child->role == PL_ROLE_FRONT) {
        pl_board_front_reap(master->base.board, child->board_front);
        return 0;
    }
    enum pl_reap how = why == WHY_LATE                    ? PL_REAP_LATE
                       : why == WHY_KILLED || child->told ? PL_REAP_KILLED
                                                          : PL_REAP_CRASH;
    unsigned jobs = pl_board_reap(master->base.board, slot_of(master, child), how, &job);
    if (jobs > 0)
        name_job(&job, doing, n);
    return jobs;
}

static void obituary(const struct pl_child *child, enum why why, int status, unsigned jobs,
                     const char *doing)
{
    bool expected = why == WHY_TOLD || why == WHY_PLANNED || why == WHY_MEMORY;
    pl_log(expected ? PL_LOG_INFO : PL_LOG_WARN, "ended",
           PL_LOG_S("role", pl_role_name(child->role)), PL_LOG_U("index", child->index),
           PL_LOG_U("pid", child->pid), PL_LOG_S("reason", why_names[why]),
           PL_LOG_S(WIFSIGNALED(status) ? "signal" : "how",
                    WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "exit"),
           PL_LOG_U("status", WIFSIGNALED(status) ? 0 : WEXITSTATUS(status)),
           PL_LOG_U("jobs", jobs), PL_LOG_S("job", doing));
}

static void plan_replacement(struct pl_child *child, enum why why, uint64_t now_ns)
{
    bool lived = now_ns - child->born_ns >= long_life;
    child->retry_ns = now_ns;
    if (lived || why == WHY_PLANNED || why == WHY_MEMORY || why == WHY_LATE) {
        child->backoff_ns = 0;
        return;
    }
    if (child->backoff_ns == 0 && why != WHY_START) {
        child->backoff_ns =
            backoff_first / 2; /* the first time at once; the next waits backoff_first */
        return;
    }
    wait_longer(child, now_ns, why == WHY_KILLED ? backoff_killed_most : backoff_most);
}

static void bury(struct pl_master *master, struct pl_child *child, int status)
{
    char doing[PL_NAME_MAX + PL_SELECTOR_MAX + 16];
    uint64_t now = pl_now_ns();
    enum why why = why_it_ended(child, status);
    unsigned jobs = release(master, child, why, doing, sizeof doing);
    obituary(child, why, status, jobs, doing);
    count(master, child, why, status);
    if (why == WHY_START && !master->ready)
        master->start_failed = true;
    if (why == WHY_START && child->generation == master->next)
        master->next_failed = true;
    (void)close(child->stop_fd);
    child->stop_fd = -1;
    child->pid = 0;
    proc_of(master, child)->pid = 0;
    proc_of(master, child)->state = PL_PROC_DEAD;
    plan_replacement(child, why, now);
    if (child->told)
        leave(master, child);
}

static struct pl_child *find_child(struct pl_master *master, pid_t pid)
{
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++)
        if (master->child[i].pid == pid)
            return &master->child[i];
    return NULL;
}

void pl_children_reap(struct pl_master *master)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
        struct pl_child *child = find_child(master, pid);
        if (child == NULL)
            continue; /* an orphan: as process 1 we bury those too */
        if (WIFSTOPPED(status) || WIFCONTINUED(status))
            child->stopped_ns = WIFSTOPPED(status) ? pl_now_ns() : 0;
        else
            bury(master, child, status);
    }
}
