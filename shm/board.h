/* board.h - the table of jobs: bounded queue, single flight, crash attribution, deadlines,
 * cancellation.
 *
 * Anonymous shared memory made by the master before fork, guarded by one robust process-shared
 * mutex. Slots are scanned by a byte array of states: no linked list or ring that a death could
 * tear. All fields of a slot are written first and its state last; the death of a mutex holder is
 * recovered by the next one to lock. Wake-ups are eventfds; a lost or doubled one is harmless,
 * because every waiter scans.
 *
 * A job is opaque: a queue number (who may take it), 32 bytes of identity for single flight, 32
 * bytes of `culprit` for quarantine, and a record of bytes that the taker understands.
 *
 * LIFE   free -> queued -> running -> done | failed -> free (when no front waits for it any more).
 *        queued -> free when every waiting front has abandoned it.
 *        running -> queued once when its worker dies (tries + 1); the second death fails it with
 *        PL_E_CRASHED and puts its culprit into quarantine.
 *
 * QUARANTINE  a culprit with PL_BOARD_STRIKES_CRASH crashes, or PL_BOARD_STRIKES_LATE overruns
 * within ten minutes, is refused at submit with PL_E_FORMAT. The caller puts the source's stamp
 * into the culprit, so a new upload starts clean.
 */
#ifndef PL_BOARD_H
#define PL_BOARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shm/base/err.h"

enum {
    PL_BOARD_ID_N = 32,
    PL_BOARD_RECORD_N = 8192,
    PL_BOARD_NOTE_N = 512,
    PL_BOARD_FRONTS_MAX = 64,
    PL_BOARD_STRIKES_CRASH = 2,
    PL_BOARD_STRIKES_LATE = 3,
};

enum pl_board_queue { PL_QUEUE_RENDER, PL_QUEUE_KEEPER, PL_QUEUE_COUNT };

enum pl_board_state { PL_ST_FREE, PL_ST_QUEUED, PL_ST_RUNNING, PL_ST_DONE, PL_ST_FAILED };

struct pl_board;
typedef uint64_t pl_ticket; /* slot and generation; never 0; a stale ticket is recognised */

struct pl_board_limits {
    unsigned slots;           /* 1..1024 jobs in all states */
    unsigned fronts, workers; /* how many of each take part */
    uint64_t queue_wait_ns;   /* a job queued longer than this fails with PL_E_BUSY */
};

struct pl_job {
    enum pl_board_queue queue;
    uint8_t id[PL_BOARD_ID_N];      /* equal ids in flight at once are one job */
    uint8_t culprit[PL_BOARD_ID_N]; /* all zero = never quarantined */
    uint64_t run_ns;                /* how long it may run once claimed */
    uint32_t kind;                  /* caller's number */
    uint32_t tries;                 /* set by claim: how many takers of this job have died */
    uint64_t waited_ns;             /* set by claim: time in the queue */
    uint32_t record_n;
    uint8_t record[PL_BOARD_RECORD_N];
};

struct pl_job_result {
    struct pl_error error; /* code PL_OK when done */
    uint32_t note_n;       /* what the worker wants the front to know; caller's layout */
    uint8_t note[PL_BOARD_NOTE_N];
    uint64_t wait_ns, run_ns; /* filled in by the board */
};

/* Master, before fork. */
enum pl_err pl_board_make(struct pl_board **out, const struct pl_board_limits *limits,
                          struct pl_error *error);
void pl_board_free(struct pl_board **board);

/* Descriptors to wait on, made before fork and inherited. Workers of one queue share a semaphore
 * eventfd; each front has a counting one. All are non-blocking; reading them is the waiter's
 * business. */
int pl_board_queue_fd(const struct pl_board *board, enum pl_board_queue queue);
int pl_board_front_fd(const struct pl_board *board, unsigned front);

/* Front.
 * submit: PL_OK with a ticket (a new job, or the one in flight with this id: *joined); PL_E_BUSY
 * when the board is full; PL_E_FORMAT when the culprit is quarantined (message says until when). */
enum pl_err pl_board_submit(struct pl_board *board, unsigned front, const struct pl_job *job,
                            pl_ticket *ticket, bool *joined, struct pl_error *error);
/* collect: calls visit once for each finished job this front waits for, then lets go of it. */
typedef void pl_board_visit_fn(void *context, pl_ticket ticket, const struct pl_job_result *result);
unsigned pl_board_collect(struct pl_board *board, unsigned front, pl_board_visit_fn *visit,
                          void *context);
/* abandon: this front no longer waits (all its clients for that job hung up). */
void pl_board_abandon(struct pl_board *board, unsigned front, pl_ticket ticket);

/* Worker or keeper. `worker` is the process slot, unique among all workers and the keeper. One
 * taker may hold several jobs at once (the keeper commits a batch). claim: the job queued longest;
 * PL_OK, or PL_E_MISSING when nothing is queued. */
enum pl_err pl_board_claim(struct pl_board *board, enum pl_board_queue queue, unsigned worker,
                           pid_t pid, struct pl_job *job, pl_ticket *ticket);
void pl_board_finish(struct pl_board *board, pl_ticket ticket, unsigned worker,
                     const struct pl_job_result *result);

/* Master. Its calls never wait for ever: a process that was stopped while it held the lock is
 * ended.
 *
 * reap: the process in slot `worker` is gone; requeue or fail what it ran.
 * PL_REAP_CRASH  it died of what it did (or exited on its own): a strike against the job's culprit.
 * PL_REAP_LATE   the master ended it for overrunning: jobs past their deadline fail with
 * PL_E_TIMEOUT and are not tried again; others go back to the queue. PL_REAP_KILLED SIGKILL that
 * the master did not send (an operator, the kernel short of memory): the death may not be the job's
 * doing, so the first is no strike; when the same job is hit a second time its culprit goes into
 * quarantine all the same. A taker that held several jobs gives no strikes, because nobody knows
 * which of them it was. Returns the number of jobs it had; fills *job (may be NULL) with the first
 * so that the log can name it. Wakes one taker and all fronts in any case: the dead one may have
 * swallowed a wake-up. */
enum pl_reap { PL_REAP_CRASH, PL_REAP_LATE, PL_REAP_KILLED };
unsigned pl_board_reap(struct pl_board *board, unsigned worker, enum pl_reap how,
                       struct pl_job *job);
void pl_board_front_reap(struct pl_board *board, unsigned front);
/* overdue: calls visit for each running job past its deadline; also fails jobs that queued too
 * long. Returns nanoseconds until the next deadline, UINT64_MAX when there is none. */
typedef void pl_board_overdue_fn(void *context, unsigned worker, pid_t pid);
uint64_t pl_board_overdue(struct pl_board *board, uint64_t now_ns, pl_board_overdue_fn *visit,
                          void *context);

struct pl_board_counts {
    unsigned slots, queued[PL_QUEUE_COUNT], running, finished, quarantined;
    uint64_t submitted, joined, refused_full, refused_quarantine, cancelled, requeued, owner_deaths;
};
void pl_board_counts(struct pl_board *board, struct pl_board_counts *out);

/* peek - what worker is running now, for `status` and `top`. PL_E_MISSING when idle. */
enum pl_err pl_board_peek(struct pl_board *board, unsigned worker, struct pl_job *job,
                          uint64_t *started_ns);
/* refused - would a job of this culprit be refused now? PL_OK, or PL_E_FORMAT with the reason. */
enum pl_err pl_board_refused(struct pl_board *board, const uint8_t culprit[PL_BOARD_ID_N],
                             struct pl_error *error);
/* unquarantine - forget all strikes; returns how many culprits were forgotten. */
unsigned pl_board_unquarantine(struct pl_board *board);

#endif
