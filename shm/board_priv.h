/* board_priv.h - the inside of the board, for its own files and its test. */
#ifndef PL_BOARD_PRIV_H
#define PL_BOARD_PRIV_H

#include <pthread.h>
#include <stdbool.h>

#include "shm/board.h"

enum { PL_BOARD_MAGIC = 0x424f4152, PL_BOARD_SLOTS_MAX = 1024, PL_BOARD_CULPRITS = 256 };

#define PL_BOARD_STRIKE_WINDOW_NS (UINT64_C(600) * 1000000000)
#define PL_BOARD_STOPPED_NS                                                                        \
    (UINT64_C(1000000000)) /* a lock held this long is held by a stopped process */

struct pl_board_slot {
    uint64_t generation; /* grows when the slot is taken */
    uint64_t order;      /* grows with every submit: the queue is first in, first out */
    uint64_t fronts;     /* bit mask of those who wait */
    uint64_t queued_ns, started_ns, deadline_ns;
    uint32_t worker; /* valid while running */
    pid_t pid;
    uint32_t tries; /* deaths so far */
    struct pl_job job;
    struct pl_job_result result; /* valid when done or failed */
};

/* One source that ended or outlasted workers. `used` is written last and cleared first. */
struct pl_board_culprit {
    uint32_t used;
    uint32_t crashes, lates;
    uint8_t culprit[PL_BOARD_ID_N];
    uint64_t last_ns;
    uint64_t late_ns[PL_BOARD_STRIKES_LATE]; /* ring */
};

struct pl_board {
    unsigned magic;
    pid_t owner; /* the master: only it frees */
    pthread_mutex_t mutex;
    struct pl_board_limits limits;
    int queue_fd[PL_QUEUE_COUNT], front_fd[PL_BOARD_FRONTS_MAX];
    uint64_t next_order, next_generation;
    uint64_t submitted, joined, refused_full, refused_quarantine, cancelled, requeued, owner_deaths;
    struct pl_board_culprit culprit[PL_BOARD_CULPRITS];
    uint8_t state[PL_BOARD_SLOTS_MAX]; /* enum pl_board_state */
    struct pl_board_slot slot[];
};

/* Wake-ups gathered under the lock and sent after it. */
struct pl_board_wake {
    uint64_t fronts;
    unsigned queue[PL_QUEUE_COUNT];
};

void pl_board_lock(struct pl_board *board);
/* pl_board_lock_master - the same, but ends a stopped process that never gives the lock back. */
void pl_board_lock_master(struct pl_board *board);
void pl_board_unlock(struct pl_board *board, const struct pl_board_wake *wake);

/* All below: with the lock held. */
static inline enum pl_board_state pl_board_state(const struct pl_board *board, unsigned i)
{
    return (enum pl_board_state)__atomic_load_n(&board->state[i], __ATOMIC_ACQUIRE);
}

/* The last write of every change of state: whoever finds it finds the fields too. */
static inline void pl_board_set(struct pl_board *board, unsigned i, enum pl_board_state state)
{
    __atomic_store_n(&board->state[i], (uint8_t)state, __ATOMIC_RELEASE);
}

/* pl_board_tidy - free slot i when nobody waits for it any more and nobody works on it. */
bool pl_board_tidy(struct pl_board *board, unsigned i);
/* pl_board_slot_of - the slot of a ticket, -1 when it is stale. */
int pl_board_slot_of(const struct pl_board *board, pl_ticket ticket);
pl_ticket pl_board_ticket(const struct pl_board *board, unsigned i);
/* pl_board_end - running or queued -> failed or done, with everybody who waits noted in wake. */
void pl_board_end(struct pl_board *board, unsigned i, const struct pl_job_result *result,
                  struct pl_board_wake *wake);

/* board_strikes.c: PL_OK, or PL_E_FORMAT with the reason. */
enum pl_err pl_board_judge(const struct pl_board *board, const uint8_t *culprit, uint64_t now_ns,
                           struct pl_error *error);
void pl_board_strike(struct pl_board *board, const uint8_t *culprit, bool late, uint64_t now_ns);
unsigned pl_board_quarantined(const struct pl_board *board, uint64_t now_ns);

#endif
