/* procs.h - the table of processes: one slot each, in anonymous shared memory.
 *
 * The master writes birth and death; each process writes its own life. Readers copy without a lock: every
 * field is at most 8 bytes wide and only ever shown to people and metrics. Slot 0 is the master; a slot's
 * number is also its page in the counters and, for workers and the keeper, its number on the board.
 */
#ifndef PL_PROCS_H
#define PL_PROCS_H

#include <stdint.h>
#include <sys/types.h>

#include "shm/base/err.h"

enum { PL_PROCS_MAX = 160 };

enum pl_role { PL_ROLE_NONE, PL_ROLE_MASTER, PL_ROLE_FRONT, PL_ROLE_WORKER, PL_ROLE_KEEPER, PL_ROLE_COUNT };

enum pl_proc_state {
    PL_PROC_EMPTY,
    PL_PROC_STARTING,
    PL_PROC_IDLE,
    PL_PROC_BUSY,
    PL_PROC_DRAINING,
    PL_PROC_DEAD, /* to be replaced after back-off */
};

/* Which parts of the sandbox are in force. */
enum {
    PL_SANDBOX_NO_NEW_PRIVS = 1,
    PL_SANDBOX_NO_CAPABILITIES = 2,
    PL_SANDBOX_SECCOMP = 4,
    PL_SANDBOX_LANDLOCK = 8,
    PL_SANDBOX_RLIMITS = 16,
    PL_SANDBOX_NOT_DUMPABLE = 32,
};

struct pl_proc {
    _Atomic uint32_t role, state, index; /* index among its role: worker 0, worker 1, ... */
    _Atomic int32_t pid;
    _Atomic uint32_t generation; /* of the configuration it was forked under */
    _Atomic uint32_t sandbox;    /* PL_SANDBOX_* */
    _Atomic uint32_t landlock_abi; /* 0 = the kernel has none */
    _Atomic uint64_t started_ns;
    _Atomic uint64_t jobs;                                      /* finished by this process */
    _Atomic uint64_t crashes, planned, late, killed_for_memory; /* ends of processes in this slot */
    _Atomic uint64_t private_bytes; /* RssAnon when last looked */
    _Atomic uint32_t last_signal;
};

struct pl_procs {
    uint32_t n;
    _Atomic uint32_t draining;   /* platenctl drain: /readyz answers 503, work goes on */
    _Atomic uint32_t generation; /* current configuration */
    _Atomic uint32_t last_reload_failed;
    _Atomic uint64_t reloads, started_wall_ns, reloaded_wall_ns;
    _Atomic uint64_t beat_ns; /* the master's loop turned; /livez looks at it */
    _Atomic uint32_t asked;   /* PL_ASK_* bits set by a front for the master, then its eventfd is written */
    char reload_error[240];   /* why the last reload was refused; written before the metric counts it */
    struct pl_proc proc[PL_PROCS_MAX];
};

enum { PL_ASK_RELOAD = 1, PL_ASK_SHUTDOWN = 2 };

enum pl_err pl_procs_make(struct pl_procs **out, unsigned n, struct pl_error *error);
void pl_procs_free(struct pl_procs **procs);
const char *pl_role_name(enum pl_role role);             /* "front" */
const char *pl_proc_state_name(enum pl_proc_state state); /* "idle" */

#endif
