/* roles.c - from a fresh fork of the master to the main function of a role.
 *
 * The child keeps the descriptors that the table gives its role and closes every other one the
 * master had, known here or not. What it inherited on the heap stays as it is: shared with the
 * master until written. */
#include "server/process/roles.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server/process/exit.h"
#include "shm/base/check.h"
#include "shm/base/log.h"

struct role {
    int (*start)(struct pl_heritage *heritage);
    bool listens; /* accepts connections and may wake the master */
};

static const struct role roles[PL_ROLE_COUNT] = {
    [PL_ROLE_FRONT] = {pl_front_main, true},
    [PL_ROLE_WORKER] = {pl_worker_main, false},
    [PL_ROLE_KEEPER] = {pl_keeper_main, false},
};

enum { KEEP_MAX = 16 + PL_LISTEN_MAX + PL_QUEUE_COUNT + PL_BOARD_FRONTS_MAX };

struct keep {
    int fd[KEEP_MAX];
    unsigned n;
};

static void keep(struct keep *kept, int fd)
{
    if (fd >= 0)
        kept->fd[kept->n++] = fd;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Everybody keeps the board's descriptors: who finishes a job wakes fronts, who submits wakes
 * takers. */
static void list_kept(const struct pl_heritage *heritage, struct keep *kept)
{
    for (int fd = 0; fd <= 2; fd++)
        keep(kept, fd);
    keep(kept, heritage->life_fd);
    keep(kept, heritage->stop_fd);
    for (unsigned i = 0; i < PL_QUEUE_COUNT; i++)
        keep(kept, pl_board_queue_fd(heritage->board, (enum pl_board_queue)i));
    for (unsigned i = 0; i < heritage->board_fronts; i++)
        keep(kept, pl_board_front_fd(heritage->board, i));
    if (!roles[heritage->role].listens)
        return;
    keep(kept, heritage->master_fd);
    keep(kept, heritage->admin.fd);
    for (unsigned i = 0; i < heritage->listen_n; i++)
        keep(kept, heritage->listen[i].fd);
}

static void close_between(unsigned from, unsigned to)
{
    if (from > to || close_range(from, to, 0) == 0)
        return;
    /* A kernel before 5.9. */
    for (unsigned fd = from; fd <= to && fd < (unsigned)sysconf(_SC_OPEN_MAX); fd++)
        (void)close((int)fd);
}

static void close_others(struct pl_heritage *heritage)
{
    struct keep kept = {.n = 0};
    list_kept(heritage, &kept);
    qsort(kept.fd, kept.n, sizeof kept.fd[0], by_number);
    unsigned from = 0;
    for (unsigned i = 0; i < kept.n; i++) {
        if (kept.fd[i] > 0)
            close_between(from, (unsigned)kept.fd[i] - 1);
        from = (unsigned)kept.fd[i] + 1;
    }
    close_between(from, UINT32_MAX);
    if (roles[heritage->role].listens)
        return;
    heritage->master_fd = -1;
    heritage->admin.fd = -1;
    heritage->listen_n = 0;
}

/* Own copies: a handler reaches nothing else. */
static int term_stop_fd;

static void on_term(int number)
{
    int saved = errno;
    uint64_t one = 1;
    (void)number;
    if (write(term_stop_fd, &one, sizeof one) < 0)
        errno = 0; /* already told */
    errno = saved;
}

/* A terminal sends INT, QUIT and HUP to the whole group: only the master decides about them. */
static void set_signals(const struct pl_heritage *heritage)
{
    static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2, SIGWINCH};
    struct sigaction action = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < PL_COUNT(ignored); i++)
        (void)sigaction(ignored[i], &action, NULL);
    term_stop_fd = heritage->stop_fd;
    action.sa_handler = on_term;
    action.sa_flags = SA_RESTART;
    (void)sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_DFL;
    (void)sigaction(SIGCHLD, &action, NULL);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_names(const struct pl_heritage *heritage)
{
    char title[32], who[16];
    const char *role = pl_role_name(heritage->role);
    (void)snprintf(title, sizeof title, "platen:%s%u", role, heritage->index);
    (void)snprintf(who, sizeof who, "%s/%u", role, heritage->index);
    (void)prctl(PR_SET_NAME, title); /* the kernel keeps 15 characters */
    pl_log_who(who);
}

void pl_role_run(struct pl_heritage *heritage, pid_t master)
{
    CHECK(heritage->role < PL_ROLE_COUNT && roles[heritage->role].start != NULL);
    set_names(heritage);
    set_signals(heritage);
    /* KILL, because a worker in an endless render looks at no other, and nobody would be left to end
       it. What was acknowledged is on disk; the cache begins anew after such an end anyway. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != master)
        _exit(PL_EXIT_OK); /* the master died before the death signal was set */
    close_others(heritage);
    _exit(roles[heritage->role].start(heritage));
}
