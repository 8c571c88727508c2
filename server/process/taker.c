/* taker.c - waiting and claiming, the same for render workers and the keeper.
 *
 * A wake-up may be lost with the process that took it, so that the queue is also looked at when
 * nothing came for a while; a doubled one finds an empty queue.
 */
#include "server/process/taker.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/process/memory.h"
#include "shm/base/check.h"

void pl_taker_start(struct pl_taker *taker, struct pl_heritage *heritage, enum pl_board_queue queue)
{
    *taker = (struct pl_taker){
        .heritage = heritage,
        .process = &heritage->procs->proc[heritage->slot],
        .queue = queue,
    };
    taker->process->jobs = 0;
    (void)pl_proc_note_memory(taker->process);
}

enum pl_taker_news pl_taker_wait(const struct pl_taker *taker, int timeout_ms)
{
    const struct pl_heritage *heritage = taker->heritage;
    struct pollfd watched[] = {
        {.fd = pl_board_queue_fd(heritage->board, taker->queue), .events = POLLIN},
        {.fd = heritage->stop_fd, .events = POLLIN},
        {.fd = heritage->life_fd, .events = POLLIN},
    };
    int n = poll(watched, PL_COUNT(watched), timeout_ms);
    if (n > 0 && (watched[1].revents != 0 || watched[2].revents != 0))
        return PL_TAKER_STOP;
    return n > 0 && watched[0].revents != 0 ? PL_TAKER_WORK : PL_TAKER_IDLE;
}

enum pl_err pl_taker_claim(const struct pl_taker *taker, struct pl_job *job, pl_ticket *ticket)
{
    const struct pl_heritage *heritage = taker->heritage;
    uint64_t wakeup;
    /* One wake-up a job, taken before the look: one that comes in between is not lost. */
    ssize_t n = read(pl_board_queue_fd(heritage->board, taker->queue), &wakeup, sizeof wakeup);
    (void)n;
    enum pl_err result =
        pl_board_claim(heritage->board, taker->queue, heritage->slot, getpid(), job, ticket);
    taker->process->state = result == PL_OK ? PL_PROC_BUSY : PL_PROC_IDLE;
    return result;
}

void pl_taker_finish(const struct pl_taker *taker, pl_ticket ticket,
                     const struct pl_job_result *result)
{
    pl_board_finish(taker->heritage->board, ticket, taker->heritage->slot, result);
    taker->process->jobs++;
    taker->process->state = PL_PROC_IDLE;
}
