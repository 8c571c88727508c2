/* board.c - the board as fronts see it: make, submit, collect, abandon; and the lock under
 * everything.
 *
 * Takers and the master's side are in board_take.c, quarantine in board_strikes.c. Nothing here
 * knows what a record means. Memory: one anonymous shared mapping made before fork; no pointer in
 * it but the mutex's own.
 *
 * A holder of the lock may die at any instruction. Each change writes its fields first and the
 * state byte last, so a slot is always in its old or its new state; `repair` finishes the one kind
 * of change that has two steps (the last waiting front lets go, then the slot becomes free).
 */
#include "shm/board.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/board_priv.h"

enum { TICKET_SLOT_BITS = 12 };

static size_t board_bytes(unsigned slots)
{
    return sizeof(struct pl_board) + slots * sizeof(struct pl_board_slot);
}

static enum pl_err make_mutex(pthread_mutex_t *mutex, struct pl_error *error)
{
    pthread_mutexattr_t attributes;
    int failed = pthread_mutexattr_init(&attributes);
    if (failed == 0) {
        failed = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        if (failed == 0)
            failed = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        if (failed == 0)
            failed = pthread_mutex_init(mutex, &attributes);
        (void)pthread_mutexattr_destroy(&attributes);
    }
    if (failed == 0)
        return PL_OK;
    errno = failed;
    return pl_fail_errno(error, "cannot make the board's mutex");
}

static enum pl_err make_descriptors(struct pl_board *board, struct pl_error *error)
{
    for (unsigned i = 0; i < PL_QUEUE_COUNT; i++) {
        board->queue_fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
        if (board->queue_fd[i] < 0)
            return pl_fail_errno(error, "cannot make the board's eventfds");
    }
    for (unsigned i = 0; i < board->limits.fronts; i++) {
        board->front_fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (board->front_fd[i] < 0)
            return pl_fail_errno(error, "cannot make the board's eventfds");
    }
    return PL_OK;
}

enum pl_err pl_board_make(struct pl_board **out, const struct pl_board_limits *limits,
                          struct pl_error *error)
{
    *out = NULL;
    if (limits->slots < 1 || limits->slots > PL_BOARD_SLOTS_MAX)
        return pl_fail_param(error, PL_E_INPUT, "slots", "a board has 1 to %d slots, not %u",
                             PL_BOARD_SLOTS_MAX, limits->slots);
    if (limits->fronts < 1 || limits->fronts > PL_BOARD_FRONTS_MAX)
        return pl_fail_param(error, PL_E_INPUT, "fronts", "a board serves 1 to %d fronts, not %u",
                             PL_BOARD_FRONTS_MAX, limits->fronts);
    struct pl_board *board = mmap(NULL, board_bytes(limits->slots), PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return pl_fail_errno(error, "cannot map the board");
    board->magic = PL_BOARD_MAGIC;
    board->owner = getpid();
    board->limits = *limits;
    memset(board->queue_fd, 0xff, sizeof board->queue_fd);
    memset(board->front_fd, 0xff, sizeof board->front_fd);
    if (make_mutex(&board->mutex, error) != PL_OK || make_descriptors(board, error) != PL_OK) {
        pl_board_free(&board);
        return error != NULL ? error->code : PL_E_IO;
    }
    *out = board;
    return PL_OK;
}

void pl_board_free(struct pl_board **pointer)
{
    struct pl_board *board = *pointer;
    if (board == NULL)
        return;
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    for (unsigned i = 0; i < PL_QUEUE_COUNT; i++)
        if (board->queue_fd[i] >= 0)
            (void)close(board->queue_fd[i]);
    for (unsigned i = 0; i < PL_BOARD_FRONTS_MAX; i++)
        if (board->front_fd[i] >= 0)
            (void)close(board->front_fd[i]);
    (void)munmap(board, board_bytes(board->limits.slots));
    *pointer = NULL;
}

int pl_board_queue_fd(const struct pl_board *board, enum pl_board_queue queue)
{
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    CHECK((unsigned)queue < PL_QUEUE_COUNT);
    return board->queue_fd[queue];
}

int pl_board_front_fd(const struct pl_board *board, unsigned front)
{
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    CHECK(front < board->limits.fronts);
    return board->front_fd[front];
}

/* --- the lock ------------------------------------------------------------------------------ */

bool pl_board_tidy(struct pl_board *board, unsigned i)
{
    enum pl_board_state state = pl_board_state(board, i);
    if (board->slot[i].fronts != 0 || state == PL_ST_FREE || state == PL_ST_RUNNING)
        return false;
    pl_board_set(board, i, PL_ST_FREE);
    return true;
}

static void repair(struct pl_board *board)
{
    board->owner_deaths++;
    for (unsigned i = 0; i < board->limits.slots; i++)
        (void)pl_board_tidy(board, i);
}

static void locked(struct pl_board *board, int result)
{
    if (result == EOWNERDEAD) {
        CHECK(pthread_mutex_consistent(&board->mutex) == 0);
        repair(board);
        result = 0;
    }
    CHECK(result == 0);
}

void pl_board_lock(struct pl_board *board)
{
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    locked(board, pthread_mutex_lock(&board->mutex));
}

/* The futex word of a robust mutex is its owner's thread number: the only account of who holds it
 * that cannot lag behind. */
static pid_t lock_holder(const struct pl_board *board)
{
    return (pid_t)(__atomic_load_n(&board->mutex.__data.__lock, __ATOMIC_RELAXED) & FUTEX_TID_MASK);
}

void pl_board_lock_master(struct pl_board *board)
{
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    for (;;) {
        uint64_t until = pl_now_ns() + PL_BOARD_STOPPED_NS;
        struct timespec at = {(time_t)(until / PL_S_NS), (long)(until % PL_S_NS)};
        int result = pthread_mutex_clocklock(&board->mutex, CLOCK_MONOTONIC, &at);
        if (result != ETIMEDOUT) {
            locked(board, result);
            return;
        }
        pid_t holder = lock_holder(board);
        if (holder > 0 && holder != getpid())
            (void)kill(holder, SIGKILL);
    }
}

static void ring(int fd, uint64_t amount)
{
    ssize_t n;
    do
        n = write(fd, &amount, sizeof amount);
    while (n < 0 && errno == EINTR);
}

void pl_board_unlock(struct pl_board *board, const struct pl_board_wake *wake)
{
    CHECK(pthread_mutex_unlock(&board->mutex) == 0);
    if (wake == NULL)
        return;
    for (unsigned i = 0; i < PL_QUEUE_COUNT; i++)
        if (wake->queue[i] > 0)
            ring(board->queue_fd[i], wake->queue[i]);
    for (uint64_t left = wake->fronts; left != 0; left &= left - 1) {
        unsigned front = (unsigned)__builtin_ctzll(left);
        if (front < board->limits.fronts)
            ring(board->front_fd[front], 1);
    }
}

/* --- tickets ------------------------------------------------------------------------------- */

pl_ticket pl_board_ticket(const struct pl_board *board, unsigned i)
{
    return board->slot[i].generation << TICKET_SLOT_BITS | i;
}

int pl_board_slot_of(const struct pl_board *board, pl_ticket ticket)
{
    unsigned i = ticket & ((1U << TICKET_SLOT_BITS) - 1);
    if (i >= board->limits.slots || pl_board_state(board, i) == PL_ST_FREE)
        return -1;
    return pl_board_ticket(board, i) == ticket ? (int)i : -1;
}

/* --- fronts -------------------------------------------------------------------------------- */

static void copy_job(struct pl_job *to, const struct pl_job *from)
{
    memcpy(to, from, offsetof(struct pl_job, record));
    memcpy(to->record, from->record, from->record_n);
}

/* The job in flight with this id, else a free slot, else -1. */
static int find_slot(const struct pl_board *board, const struct pl_job *job, bool *joined)
{
    int vacant = -1;
    *joined = false;
    for (unsigned i = 0; i < board->limits.slots; i++) {
        enum pl_board_state state = pl_board_state(board, i);
        if (state == PL_ST_FREE) {
            if (vacant < 0)
                vacant = (int)i;
        } else if ((state == PL_ST_QUEUED || state == PL_ST_RUNNING) &&
                   memcmp(board->slot[i].job.id, job->id, PL_BOARD_ID_N) == 0) {
            *joined = true;
            return (int)i;
        }
    }
    return vacant;
}

static void fill_slot(struct pl_board *board, unsigned i, unsigned front, const struct pl_job *job)
{
    struct pl_board_slot *slot = &board->slot[i];
    slot->generation = ++board->next_generation;
    slot->order = ++board->next_order;
    slot->fronts = UINT64_C(1) << front;
    slot->queued_ns = pl_now_ns();
    slot->started_ns = slot->deadline_ns = 0;
    slot->tries = 0;
    copy_job(&slot->job, job);
    pl_board_set(board, i, PL_ST_QUEUED);
}

enum pl_err pl_board_submit(struct pl_board *board, unsigned front, const struct pl_job *job,
                            pl_ticket *ticket, bool *joined, struct pl_error *error)
{
    CHECK(front < board->limits.fronts);
    CHECK(job->record_n <= PL_BOARD_RECORD_N && (unsigned)job->queue < PL_QUEUE_COUNT);
    struct pl_board_wake wake = {0};
    *ticket = 0;
    pl_board_lock(board);
    enum pl_err result = pl_board_judge(board, job->culprit, pl_now_ns(), error);
    if (result != PL_OK) {
        board->refused_quarantine++;
        goto out;
    }
    int i = find_slot(board, job, joined);
    if (i < 0) {
        board->refused_full++;
        result = pl_fail(error, PL_E_BUSY, "all %u places for waiting work are taken",
                         board->limits.slots);
        goto out;
    }
    if (*joined) {
        board->slot[i].fronts |= UINT64_C(1) << front;
        board->joined++;
    } else {
        fill_slot(board, (unsigned)i, front, job);
        board->submitted++;
        wake.queue[job->queue] = 1;
    }
    *ticket = pl_board_ticket(board, (unsigned)i);
out:
    pl_board_unlock(board, &wake);
    return result;
}

static bool finished_for(const struct pl_board *board, unsigned i, uint64_t bit)
{
    enum pl_board_state state = pl_board_state(board, i);
    return (state == PL_ST_DONE || state == PL_ST_FAILED) &&
           (__atomic_load_n(&board->slot[i].fronts, __ATOMIC_RELAXED) & bit) != 0;
}

unsigned pl_board_collect(struct pl_board *board, unsigned front, pl_board_visit_fn *visit,
                          void *context)
{
    CHECK_MAGIC(board, PL_BOARD_MAGIC);
    CHECK(front < board->limits.fronts);
    uint64_t bit = UINT64_C(1) << front;
    unsigned n = 0;
    for (unsigned i = 0; i < board->limits.slots; i++) {
        /* Looked at without the lock first: only this front clears this bit of a finished job. */
        if (!finished_for(board, i, bit))
            continue;
        struct pl_job_result result;
        pl_board_lock(board);
        bool mine = finished_for(board, i, bit);
        pl_ticket ticket = pl_board_ticket(board, i);
        if (mine) {
            result = board->slot[i].result;
            board->slot[i].fronts &= ~bit;
            (void)pl_board_tidy(board, i);
        }
        pl_board_unlock(board, NULL);
        if (mine) {
            visit(context, ticket, &result);
            n++;
        }
    }
    return n;
}

void pl_board_abandon(struct pl_board *board, unsigned front, pl_ticket ticket)
{
    CHECK(front < board->limits.fronts);
    pl_board_lock(board);
    int i = pl_board_slot_of(board, ticket);
    if (i >= 0) {
        bool queued = pl_board_state(board, (unsigned)i) == PL_ST_QUEUED;
        board->slot[i].fronts &= ~(UINT64_C(1) << front);
        if (pl_board_tidy(board, (unsigned)i) && queued)
            board->cancelled++;
    }
    pl_board_unlock(board, NULL);
}

void pl_board_front_reap(struct pl_board *board, unsigned front)
{
    CHECK(front < board->limits.fronts);
    pl_board_lock_master(board);
    for (unsigned i = 0; i < board->limits.slots; i++) {
        enum pl_board_state state = pl_board_state(board, i);
        if (state == PL_ST_FREE)
            continue;
        board->slot[i].fronts &= ~(UINT64_C(1) << front);
        if (pl_board_tidy(board, i) && state == PL_ST_QUEUED)
            board->cancelled++;
    }
    pl_board_unlock(board, NULL);
}
