/* master_priv.h - what the files of the master share: its state, and who may change which part of
 * it.
 *
 *     master.c    opens and closes everything, the loop, signals, the way to the end
 *     children.c  the table of children: fork, reap, back-off, telling them to finish
 *     reload.c    generations of the configuration
 *     renew.c     stuck readers of the cache, a wedged map */
#ifndef PL_MASTER_PRIV_H
#define PL_MASTER_PRIV_H

#include <sys/types.h>

#include "server/process/heritage.h"
#include "server/process/master.h"

/* One reading of the configuration and the children forked under it. */
struct pl_generation {
    unsigned number;
    struct pl_config *config;
    unsigned *config_users; /* generations that have this config: a replacement reads no new one */
    unsigned
        children; /* slots that belong to it; freed at 0 unless it is the current or the next */
};

/* The entry of a process slot. It is taken while role is not NONE; between a death and the
 * replacement pid is 0. */
struct pl_child {
    enum pl_role role;
    unsigned index, board_front;
    struct pl_generation *generation;
    pid_t pid;
    int stop_fd;
    uint64_t born_ns;
    uint64_t retry_ns;   /* when to fork the replacement */
    uint64_t backoff_ns; /* waited before the last one */
    uint64_t stopped_ns; /* when it was stopped (SIGSTOP); 0 = it is not */
    bool told;           /* to finish: its end is no crash and it is not replaced */
    bool late;           /* killed by the master for overrunning */
};

enum pl_phase { PL_PHASE_SERVE, PL_PHASE_FRONTS, PL_PHASE_WORKERS, PL_PHASE_KEEPER, PL_PHASE_END };

struct pl_master {
    struct pl_heritage base; /* what every child gets; role fields are filled in per child */
    const struct pl_config_request *request;
    struct pl_limits limits;
    struct pl_child child[PL_PROCS_MAX]; /* by slot */
    struct pl_generation *current, *next;
    unsigned generations; /* made so far */
    uint64_t handover_ns; /* latest time at which next takes over */
    bool next_failed;     /* a child of next could not start */
    bool reload_asked;
    bool replace_asked;  /* all children, under the current configuration; until it is done */
    uint64_t replace_ns; /* when to try */
    uint64_t renew_ns;   /* the cache may be begun anew from then on */
    enum pl_phase phase; /* whose turn it is to end */
    uint64_t kill_ns;    /* end of patience while stopping; UINT64_MAX = none */
    bool ready;          /* all first children have started */
    bool start_failed;   /* one of them could not */
    int signal_fd, life_write_fd, lock_fd;
    pid_t pid;
    int status; /* enum pl_status at the end */
};

/* --- children.c --- */

/* pl_children_add - take free slots for the fronts and workers of a generation (and the keeper when
 * its slot is free) and fork them. PL_E_BUSY, nothing changed, when the table has no room. */
enum pl_err pl_children_add(struct pl_master *master, struct pl_generation *generation,
                            struct pl_error *error);
/* pl_children_tell - tell all children of a role to finish; generation NULL = of every generation,
 * else only of those that are not it. */
void pl_children_tell(struct pl_master *master, enum pl_role role,
                      const struct pl_generation *except);
/* pl_children_reap - collect the dead: log, counters, board, replacement. */
void pl_children_reap(struct pl_master *master);
/* pl_children_fork_due - fork replacements whose time has come; returns when the next one is due.
 */
uint64_t pl_children_fork_due(struct pl_master *master, uint64_t now_ns);
/* pl_children_end_overdue - kill workers past their deadline and whoever was stopped and not
 * continued; returns ns until the next deadline.
 */
uint64_t pl_children_end_overdue(struct pl_master *master, uint64_t now_ns);
/* pl_children_end - kill one child at once, as if it were late; false when it is none. */
bool pl_children_end(struct pl_master *master, pid_t pid);
void pl_children_kill_all(struct pl_master *master);
unsigned pl_children_alive(const struct pl_master *master, enum pl_role role); /* NONE = all */
/* pl_children_started - no child of the generation is still starting or waiting to be forked. */
bool pl_children_started(const struct pl_master *master, const struct pl_generation *generation);

/* --- reload.c --- */

/* pl_generation_make - takes config. NULL without memory (config is then freed). */
struct pl_generation *pl_generation_make(struct pl_master *master, struct pl_config *config);
/* pl_generation_leave - a child slot of it is free again; frees it when it was the last of an old
 * one. */
void pl_generation_leave(struct pl_master *master, struct pl_generation *generation);
/* pl_generation_drop - free it, and its configuration when no other generation has it. */
void pl_generation_drop(struct pl_generation *generation);
/* pl_reload_turn - begin, finish or undo a reload when it is time for it. */
void pl_reload_turn(struct pl_master *master, uint64_t now_ns);

/* --- renew.c --- */

/* pl_renew_turn - end the readers that the cache names as stuck; begin a wedged cache anew. */
void pl_renew_turn(struct pl_master *master, uint64_t now_ns);

/* --- notify.c --- */

/* pl_notify - one datagram to the service manager, when there is one (sd_notify(3)). */
void pl_notify(const char *text);

#endif
