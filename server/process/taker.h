/* taker.h - what a render worker and the keeper have in common: they wait for work on one queue of
 * the board until they are told to stop or the master is gone. */
#ifndef PL_TAKER_H
#define PL_TAKER_H

#include "server/process/heritage.h"

struct pl_taker {
    struct pl_heritage *heritage;
    struct pl_proc *process;
    enum pl_board_queue queue;
};

enum pl_taker_news { PL_TAKER_WORK, PL_TAKER_IDLE, PL_TAKER_STOP };

/* pl_taker_start - what must be set or open before the sandbox. */
void pl_taker_start(struct pl_taker *taker, struct pl_heritage *heritage,
                    enum pl_board_queue queue);

/* pl_taker_wait - PL_TAKER_WORK: look at the queue (there may be nothing); PL_TAKER_IDLE:
 * timeout_ms passed; PL_TAKER_STOP: finish what was taken and end. SIGTERM is only let in here,
 * never in the middle of a job. */
enum pl_taker_news pl_taker_wait(const struct pl_taker *taker, int timeout_ms);

/* pl_taker_claim - the next job, marked as taken by this process. PL_E_MISSING: none. */
enum pl_err pl_taker_claim(const struct pl_taker *taker, struct pl_job *job, pl_ticket *ticket);
void pl_taker_finish(const struct pl_taker *taker, pl_ticket ticket,
                     const struct pl_job_result *result);

#endif
