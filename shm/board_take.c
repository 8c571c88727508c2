/* board_take.c - the board as takers (workers, the keeper) and the master see it: claim, finish,
 * reap, deadlines, counts.
 *
 * A job whose last front is gone is not started; one that runs goes on to its end, because the
 * picture it puts into the cache is still useful, and its slot is freed by finish.
 */
#include <stddef.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/board_priv.h"

void pl_board_end(struct pl_board *board, unsigned i, const struct pl_job_result *result,
                  struct pl_board_wake *wake)
{
    struct pl_board_slot *slot = &board->slot[i];
    uint64_t now = pl_now_ns();
    bool ran = pl_board_state(board, i) == PL_ST_RUNNING;
    size_t note_n = PL_MIN(result->note_n, (uint32_t)PL_BOARD_NOTE_N);
    slot->result.error = result->error;
    slot->result.note_n = (uint32_t)note_n;
    memcpy(slot->result.note, result->note, note_n);
    slot->result.wait_ns = (ran ? slot->started_ns : now) - slot->queued_ns;
    slot->result.run_ns = ran ? now - slot->started_ns : 0;
    wake->fronts |= slot->fronts;
    pl_board_set(board, i, result->error.code == PL_OK ? PL_ST_DONE : PL_ST_FAILED);
    (void)pl_board_tidy(board, i);
}

static void end_with(struct pl_board *board, unsigned i, enum pl_err code, const char *message,
                     struct pl_board_wake *wake)
{
    struct pl_job_result result;
    memset(&result, 0, offsetof(struct pl_job_result, note));
    (void)pl_fail(&result.error, code, "%s", message);
    pl_board_end(board, i, &result, wake);
}

/* --- takers -------------------------------------------------------------------------------- */

static int first_queued(const struct pl_board *board, enum pl_board_queue queue)
{
    int first = -1;
    for (unsigned i = 0; i < board->limits.slots; i++) {
        if (pl_board_state(board, i) != PL_ST_QUEUED || board->slot[i].job.queue != queue)
            continue;
        if (first < 0 || board->slot[i].order < board->slot[first].order)
            first = (int)i;
    }
    return first;
}

static void copy_out(struct pl_job *to, const struct pl_board_slot *slot)
{
    memcpy(to, &slot->job, offsetof(struct pl_job, record));
    memcpy(to->record, slot->job.record, slot->job.record_n);
    to->tries = slot->tries;
    to->waited_ns = slot->started_ns - slot->queued_ns;
}

enum pl_err pl_board_claim(struct pl_board *board, enum pl_board_queue queue, unsigned worker,
                           pid_t pid, struct pl_job *job, pl_ticket *ticket)
{
    *ticket = 0;
    pl_board_lock(board);
    int i = first_queued(board, queue);
    if (i >= 0) {
        struct pl_board_slot *slot = &board->slot[i];
        slot->worker = worker;
        slot->pid = pid;
        slot->started_ns = pl_now_ns();
        slot->deadline_ns = slot->started_ns + slot->job.run_ns;
        copy_out(job, slot);
        *ticket = pl_board_ticket(board, (unsigned)i);
        pl_board_set(board, (unsigned)i, PL_ST_RUNNING);
    }
    pl_board_unlock(board, NULL);
    return i >= 0 ? PL_OK : PL_E_MISSING;
}

void pl_board_finish(struct pl_board *board, pl_ticket ticket, unsigned worker,
                     const struct pl_job_result *result)
{
    struct pl_board_wake wake = {0};
    pl_board_lock(board);
    int i = pl_board_slot_of(board, ticket);
    if (i >= 0 && pl_board_state(board, (unsigned)i) == PL_ST_RUNNING &&
        board->slot[i].worker == worker)
        pl_board_end(board, (unsigned)i, result, &wake);
    pl_board_unlock(board, &wake);
}

/* --- deaths -------------------------------------------------------------------------------- */

static bool runs(const struct pl_board *board, unsigned i, unsigned worker)
{
    return pl_board_state(board, i) == PL_ST_RUNNING && board->slot[i].worker == worker;
}

static void requeue(struct pl_board *board, unsigned i, struct pl_board_wake *wake)
{
    struct pl_board_slot *slot = &board->slot[i];
    slot->queued_ns = pl_now_ns();
    board->requeued++;
    wake->queue[slot->job.queue]++;
    pl_board_set(board, i, PL_ST_QUEUED);
    (void)pl_board_tidy(board, i);
}

/* Other queued work of a source that has just been put into quarantine would only kill again. */
static void fail_accomplices(struct pl_board *board, const uint8_t *culprit, uint64_t now_ns,
                             struct pl_board_wake *wake)
{
    struct pl_job_result result;
    memset(&result, 0, offsetof(struct pl_job_result, note));
    if (pl_board_judge(board, culprit, now_ns, &result.error) == PL_OK)
        return;
    for (unsigned i = 0; i < board->limits.slots; i++)
        if (pl_board_state(board, i) == PL_ST_QUEUED &&
            memcmp(board->slot[i].job.culprit, culprit, PL_BOARD_ID_N) == 0)
            pl_board_end(board, i, &result, wake);
}

static void bury(struct pl_board *board, unsigned i, enum pl_reap how, bool alone,
                 struct pl_board_wake *wake)
{
    struct pl_board_slot *slot = &board->slot[i];
    uint64_t now = pl_now_ns();
    bool late = how == PL_REAP_LATE;
    if (late && now < slot->deadline_ns) {
        requeue(board, i, wake);
        return;
    }
    uint8_t culprit[PL_BOARD_ID_N];
    memcpy(culprit, slot->job.culprit, sizeof culprit);
    slot->tries++;
    /* A kill from outside may have been chance; that the same job is hit twice is taken as its
     * doing. */
    unsigned strikes = how != PL_REAP_KILLED ? 1 : slot->tries > 1 ? PL_BOARD_STRIKES_CRASH : 0;
    if (late)
        end_with(board, i, PL_E_TIMEOUT, "it took longer than it may and was ended", wake);
    else if (slot->tries > 1)
        end_with(board, i, PL_E_CRASHED, "two processes that worked on it died", wake);
    else
        requeue(board, i, wake);
    for (; alone && strikes > 0; strikes--)
        pl_board_strike(board, culprit, late, now);
    fail_accomplices(board, culprit, now, wake);
}

unsigned pl_board_reap(struct pl_board *board, unsigned worker, enum pl_reap how,
                       struct pl_job *job)
{
    struct pl_board_wake wake = {.fronts = UINT64_MAX, .queue = {1, 1}};
    unsigned n = 0;
    pl_board_lock_master(board);
    for (unsigned i = 0; i < board->limits.slots; i++) {
        if (!runs(board, i, worker))
            continue;
        if (n == 0 && job != NULL)
            copy_out(job, &board->slot[i]);
        n++;
    }
    for (unsigned i = 0; i < board->limits.slots; i++)
        if (runs(board, i, worker))
            bury(board, i, how, n == 1, &wake);
    pl_board_unlock(board, &wake);
    return n;
}

/* --- time ---------------------------------------------------------------------------------- */

struct late_taker {
    unsigned worker;
    pid_t pid;
};

/* One look at slot i: when it is due (UINT64_MAX: never), and what is due now is noted or failed.
 */
static uint64_t look(struct pl_board *board, unsigned i, uint64_t now_ns, struct late_taker *late,
                     unsigned *late_n, struct pl_board_wake *wake)
{
    struct pl_board_slot *slot = &board->slot[i];
    enum pl_board_state state = pl_board_state(board, i);
    uint64_t due = UINT64_MAX;
    if (state == PL_ST_RUNNING)
        due = slot->deadline_ns;
    else if (state == PL_ST_QUEUED)
        due = slot->queued_ns + board->limits.queue_wait_ns;
    if (due > now_ns)
        return due;
    if (state == PL_ST_QUEUED) {
        end_with(board, i, PL_E_BUSY, "nobody could begin with it in time", wake);
        return UINT64_MAX;
    }
    for (unsigned k = 0; k < *late_n; k++)
        if (late[k].worker == slot->worker)
            return due;
    late[(*late_n)++] = (struct late_taker){slot->worker, slot->pid};
    return due;
}

uint64_t pl_board_overdue(struct pl_board *board, uint64_t now_ns, pl_board_overdue_fn *visit,
                          void *context)
{
    struct pl_board_wake wake = {0};
    struct late_taker late[PL_BOARD_SLOTS_MAX];
    unsigned late_n = 0;
    uint64_t next = UINT64_MAX;
    pl_board_lock_master(board);
    for (unsigned i = 0; i < board->limits.slots; i++)
        next = PL_MIN(next, look(board, i, now_ns, late, &late_n, &wake));
    pl_board_unlock(board, &wake);
    for (unsigned k = 0; k < late_n; k++)
        visit(context, late[k].worker, late[k].pid);
    if (next == UINT64_MAX)
        return next;
    return next > now_ns ? next - now_ns : 0;
}

/* --- looking ------------------------------------------------------------------------------- */

void pl_board_counts(struct pl_board *board, struct pl_board_counts *out)
{
    memset(out, 0, sizeof *out);
    pl_board_lock(board);
    out->slots = board->limits.slots;
    for (unsigned i = 0; i < board->limits.slots; i++) {
        enum pl_board_state state = pl_board_state(board, i);
        if (state == PL_ST_QUEUED)
            out->queued[board->slot[i].job.queue]++;
        out->running += state == PL_ST_RUNNING;
        out->finished += state == PL_ST_DONE || state == PL_ST_FAILED;
    }
    out->quarantined = pl_board_quarantined(board, pl_now_ns());
    out->submitted = board->submitted;
    out->joined = board->joined;
    out->refused_full = board->refused_full;
    out->refused_quarantine = board->refused_quarantine;
    out->cancelled = board->cancelled;
    out->requeued = board->requeued;
    out->owner_deaths = board->owner_deaths;
    pl_board_unlock(board, NULL);
}

enum pl_err pl_board_peek(struct pl_board *board, unsigned worker, struct pl_job *job,
                          uint64_t *started_ns)
{
    enum pl_err result = PL_E_MISSING;
    pl_board_lock(board);
    for (unsigned i = 0; i < board->limits.slots && result != PL_OK; i++) {
        if (!runs(board, i, worker))
            continue;
        copy_out(job, &board->slot[i]);
        *started_ns = board->slot[i].started_ns;
        result = PL_OK;
    }
    pl_board_unlock(board, NULL);
    return result;
}
