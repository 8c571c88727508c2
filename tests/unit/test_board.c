/* test_board.c - the table of jobs, also with takers and lock holders that die. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/base/clock.h"
#include "shm/board_priv.h"

TestSuite(board, .timeout = 120);

#define LONG_NS (UINT64_C(60) * 1000000000)
#define MS UINT64_C(1000000)

static struct pl_board *make(unsigned slots, unsigned fronts, uint64_t queue_wait_ns)
{
    const struct pl_board_limits limits = {slots, fronts, 4, queue_wait_ns};
    struct pl_board *board = NULL;
    struct pl_error error = {0};
    cr_assert_eq(pl_board_make(&board, &limits, &error), PL_OK, "%s", error.msg);
    return board;
}

/* A job whose id and record are `number`; culprit 0 = none. */
static struct pl_job job_of(uint32_t number, uint8_t culprit, uint64_t run_ns)
{
    struct pl_job job;
    memset(&job, 0, sizeof job);
    memcpy(job.id, &number, sizeof number);
    job.culprit[0] = culprit;
    job.run_ns = run_ns;
    job.kind = 7;
    job.record_n = sizeof number;
    memcpy(job.record, &number, sizeof number);
    return job;
}

static uint32_t number_of(const struct pl_job *job)
{
    uint32_t number;
    memcpy(&number, job->record, sizeof number);
    return number;
}

static pl_ticket submit(struct pl_board *board, unsigned front, const struct pl_job *job)
{
    pl_ticket ticket;
    bool joined;
    struct pl_error error = {0};
    cr_assert_eq(pl_board_submit(board, front, job, &ticket, &joined, &error), PL_OK, "%s",
                 error.msg);
    cr_assert_neq(ticket, 0);
    return ticket;
}

static pl_ticket claim(struct pl_board *board, unsigned worker, struct pl_job *job)
{
    pl_ticket ticket = 0;
    cr_assert_eq(pl_board_claim(board, PL_QUEUE_RENDER, worker, getpid(), job, &ticket), PL_OK);
    return ticket;
}

struct seen {
    unsigned n;
    pl_ticket ticket;
    struct pl_job_result last;
    unsigned by_code[PL_E_COUNT];
};

static void see(void *context, pl_ticket ticket, const struct pl_job_result *result)
{
    struct seen *seen = context;
    seen->n++;
    seen->ticket = ticket;
    seen->last = *result;
    seen->by_code[result->error.code]++;
}

static struct seen collect(struct pl_board *board, unsigned front)
{
    struct seen seen = {0};
    cr_assert_eq(pl_board_collect(board, front, see, &seen), seen.n);
    return seen;
}

static void finish(struct pl_board *board, pl_ticket ticket, unsigned worker, uint32_t note)
{
    struct pl_job_result result;
    memset(&result, 0, sizeof result);
    memcpy(result.note, &note, sizeof note);
    result.note_n = sizeof note;
    pl_board_finish(board, ticket, worker, &result);
}

static struct pl_board_counts counts(struct pl_board *board)
{
    struct pl_board_counts out;
    pl_board_counts(board, &out);
    return out;
}

static void cr_all_free(struct pl_board *board)
{
    struct pl_board_counts c = counts(board);
    cr_assert_eq(c.queued[PL_QUEUE_RENDER] + c.queued[PL_QUEUE_KEEPER], 0);
    cr_assert_eq(c.running, 0);
    cr_assert_eq(c.finished, 0);
}

static uint64_t read_fd(int fd)
{
    uint64_t n = 0;
    return read(fd, &n, sizeof n) == sizeof n ? n : 0;
}

/* --- the plain life of a job --------------------------------------------------------------- */

Test(board, a_job_goes_from_front_to_worker_and_back)
{
    struct pl_board *board = make(8, 2, LONG_NS);
    struct pl_job job = job_of(41, 0, LONG_NS), taken;
    pl_ticket ticket = submit(board, 1, &job);
    cr_assert_eq(read_fd(pl_board_queue_fd(board, PL_QUEUE_RENDER)), 1);
    cr_assert_eq(claim(board, 3, &taken), ticket);
    cr_assert_eq(number_of(&taken), 41);
    cr_assert_eq(taken.kind, 7);
    cr_assert_eq(taken.tries, 0);
    cr_assert_eq(collect(board, 1).n, 0);
    finish(board, ticket, 3, 99);
    cr_assert_eq(read_fd(pl_board_front_fd(board, 1)), 1);
    cr_assert_eq(read_fd(pl_board_front_fd(board, 0)), 0);
    cr_assert_eq(collect(board, 0).n, 0);
    struct seen seen = collect(board, 1);
    cr_assert_eq(seen.n, 1);
    cr_assert_eq(seen.ticket, ticket);
    cr_assert_eq(seen.last.note[0], 99);
    cr_assert_eq(seen.last.error.code, PL_OK);
    cr_assert_eq(collect(board, 1).n, 0);
    cr_all_free(board);
    pl_board_free(&board);
    cr_assert_null(board);
}

Test(board, first_in_is_first_out_per_queue)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    for (uint32_t i = 1; i <= 6; i++) {
        struct pl_job job = job_of(i, 0, LONG_NS);
        job.queue = i % 2 ? PL_QUEUE_RENDER : PL_QUEUE_KEEPER;
        submit(board, 0, &job);
    }
    struct pl_job taken;
    pl_ticket ticket;
    for (uint32_t i = 1; i <= 5; i += 2) {
        claim(board, i, &taken);
        cr_assert_eq(number_of(&taken), i);
    }
    cr_assert_eq(pl_board_claim(board, PL_QUEUE_RENDER, 9, 1, &taken, &ticket), PL_E_MISSING);
    for (uint32_t i = 2; i <= 6; i += 2) {
        cr_assert_eq(pl_board_claim(board, PL_QUEUE_KEEPER, 1, 1, &taken, &ticket), PL_OK);
        cr_assert_eq(number_of(&taken), i);
    }
}

Test(board, equal_ids_in_flight_are_one_job_for_all_fronts)
{
    struct pl_board *board = make(64, 4, LONG_NS);
    struct pl_job taken;
    unsigned drawn = 0, told = 0;
    for (unsigned client = 0; client < 64; client++)
        for (uint32_t key = 0; key < 50; key++) {
            struct pl_job job = job_of(key, 0, LONG_NS);
            submit(board, client % 4, &job);
        }
    cr_assert_eq(counts(board).submitted, 50);
    cr_assert_eq(counts(board).joined, 3150);
    pl_ticket ticket;
    while (pl_board_claim(board, PL_QUEUE_RENDER, 1, 1, &taken, &ticket) == PL_OK) {
        /* also while it runs */
        cr_assert_eq(submit(board, 2, &taken), ticket);
        finish(board, ticket, 1, 0);
        drawn++;
    }
    cr_assert_eq(drawn, 50);
    for (unsigned front = 0; front < 4; front++)
        told += collect(board, front).n;
    cr_assert_eq(told, 200);
    cr_all_free(board);
    /* a finished job is not joined: the answer is in the cache by now, or it has to be tried anew
     */
    struct pl_job job = job_of(3, 0, LONG_NS);
    submit(board, 0, &job);
    cr_assert_eq(counts(board).submitted, 51);
}

Test(board, full_is_refused_at_once)
{
    struct pl_board *board = make(4, 1, LONG_NS);
    pl_ticket ticket;
    bool joined;
    for (uint32_t i = 0; i < 4; i++) {
        struct pl_job job = job_of(i, 0, LONG_NS);
        submit(board, 0, &job);
    }
    struct pl_job fifth = job_of(4, 0, LONG_NS), again = job_of(2, 0, LONG_NS);
    struct pl_error error = {0};
    uint64_t start = pl_now_ns();
    cr_assert_eq(pl_board_submit(board, 0, &fifth, &ticket, &joined, &error), PL_E_BUSY);
    cr_assert_lt(pl_now_ns() - start, 100 * MS);
    cr_assert_eq(ticket, 0);
    cr_assert_eq(counts(board).refused_full, 1);
    submit(board, 0, &again); /* joining needs no place */
}

Test(board, impossible_limits_are_refused)
{
    const struct pl_board_limits bad[] = {
        {0, 1, 1, 1}, {1025, 1, 1, 1}, {8, 0, 1, 1}, {8, 65, 1, 1}};
    for (unsigned i = 0; i < 4; i++) {
        struct pl_board *board;
        cr_assert_eq(pl_board_make(&board, &bad[i], NULL), PL_E_INPUT);
        cr_assert_null(board);
    }
}

/* --- letting go ---------------------------------------------------------------------------- */

Test(board, a_queued_job_nobody_waits_for_is_never_begun)
{
    struct pl_board *board = make(4, 2, LONG_NS);
    struct pl_job job = job_of(1, 0, LONG_NS), taken;
    pl_ticket ticket = submit(board, 0, &job);
    submit(board, 1, &job);
    pl_board_abandon(board, 0, ticket);
    cr_assert_eq(counts(board).queued[PL_QUEUE_RENDER], 1);
    pl_board_abandon(board, 1, ticket);
    cr_all_free(board);
    cr_assert_eq(counts(board).cancelled, 1);
    cr_assert_eq(pl_board_claim(board, PL_QUEUE_RENDER, 1, 1, &taken, &ticket), PL_E_MISSING);
}

Test(board, a_running_job_nobody_waits_for_ends_and_is_freed)
{
    struct pl_board *board = make(4, 1, LONG_NS);
    struct pl_job job = job_of(1, 0, LONG_NS), taken;
    pl_ticket ticket = submit(board, 0, &job);
    claim(board, 5, &taken);
    pl_board_abandon(board, 0, ticket);
    cr_assert_eq(counts(board).running, 1);
    finish(board, ticket, 5, 0);
    cr_all_free(board);
    cr_assert_eq(counts(board).cancelled, 0);
}

Test(board, stale_tickets_and_strange_workers_change_nothing)
{
    struct pl_board *board = make(1, 1, LONG_NS);
    struct pl_job job = job_of(1, 0, LONG_NS), other = job_of(2, 0, LONG_NS), taken;
    pl_ticket old = submit(board, 0, &job);
    pl_board_abandon(board, 0, old);
    pl_ticket fresh = submit(board, 0, &other); /* in the same slot */
    cr_assert_neq(old, fresh);
    pl_board_abandon(board, 0, old);
    cr_assert_eq(claim(board, 5, &taken), fresh);
    finish(board, old, 5, 0);
    finish(board, fresh, 6, 0);
    finish(board, 0, 5, 0);
    finish(board, UINT64_MAX, 5, 0);
    cr_assert_eq(counts(board).running, 1);
    finish(board, fresh, 5, 0);
    cr_assert_eq(collect(board, 0).n, 1);
}

Test(board, the_death_of_a_front_frees_what_only_it_waited_for)
{
    struct pl_board *board = make(8, 2, LONG_NS);
    struct pl_job queued = job_of(3, 0, LONG_NS), shared = job_of(4, 0, LONG_NS);
    struct pl_job running = job_of(1, 0, LONG_NS), done = job_of(2, 0, LONG_NS), taken;
    submit(board, 0, &running);
    submit(board, 0, &done);
    pl_ticket ticket = claim(board, 5, &taken);
    finish(board, claim(board, 6, &taken), 6, 0);
    submit(board, 0, &queued);
    submit(board, 0, &shared);
    submit(board, 1, &shared);
    pl_board_front_reap(board, 0);
    struct pl_board_counts c = counts(board);
    cr_assert_eq(c.queued[PL_QUEUE_RENDER], 1);
    cr_assert_eq(c.running, 1);
    cr_assert_eq(c.finished, 0);
    cr_assert_eq(c.cancelled, 1);
    finish(board, ticket, 5, 0);
    cr_assert_eq(collect(board, 0).n, 0);
    finish(board, claim(board, 5, &taken), 5, 0);
    cr_assert_eq(collect(board, 1).n, 1);
    cr_all_free(board);
}

/* --- time ---------------------------------------------------------------------------------- */

struct late {
    unsigned n, worker;
    pid_t pid;
};

static void see_late(void *context, unsigned worker, pid_t pid)
{
    struct late *late = context;
    late->n++;
    late->worker = worker;
    late->pid = pid;
}

Test(board, a_job_queued_too_long_is_refused_as_busy)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job job = job_of(1, 0, LONG_NS);
    struct late late = {0};
    submit(board, 0, &job);
    uint64_t next = pl_board_overdue(board, pl_now_ns(), see_late, &late);
    cr_assert(next > 0 && next <= LONG_NS);
    cr_assert_eq(collect(board, 0).n, 0);
    cr_assert_eq(pl_board_overdue(board, pl_now_ns() + LONG_NS, see_late, &late), UINT64_MAX);
    cr_assert_eq(read_fd(pl_board_front_fd(board, 0)), 1);
    cr_assert_eq(collect(board, 0).by_code[PL_E_BUSY], 1);
    cr_assert_eq(late.n, 0);
    cr_all_free(board);
}

Test(board, a_job_past_its_deadline_is_shown_and_then_fails_as_timeout)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job job = job_of(1, 9, 500 * MS), taken;
    struct late late = {0};
    submit(board, 0, &job);
    claim(board, 5, &taken);
    uint64_t next = pl_board_overdue(board, pl_now_ns(), see_late, &late);
    cr_assert(next > 0 && next <= 500 * MS);
    cr_assert_eq(late.n, 0);
    usleep(510000); /* the reaping below looks at the clock itself */
    cr_assert_eq(pl_board_overdue(board, pl_now_ns(), see_late, &late), 0);
    cr_assert_eq(late.n, 1);
    cr_assert_eq(late.worker, 5);
    cr_assert_eq(late.pid, getpid());
    struct pl_job what;
    cr_assert_eq(pl_board_reap(board, 5, PL_REAP_LATE, &what), 1);
    cr_assert_eq(number_of(&what), 1);
    cr_assert_eq(collect(board, 0).by_code[PL_E_TIMEOUT], 1);
    cr_all_free(board);
}

Test(board, ending_a_late_worker_does_not_fail_the_job_it_had_meanwhile_begun)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job job = job_of(2, 9, LONG_NS), taken;
    submit(board, 0, &job);
    claim(board, 5, &taken);
    cr_assert_eq(pl_board_reap(board, 5, PL_REAP_LATE, NULL), 1);
    claim(board, 6, &taken);
    cr_assert_eq(taken.tries, 0);
    cr_assert_eq(collect(board, 0).n, 0);
}

Test(board, a_source_late_three_times_is_refused_for_a_while)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job taken;
    for (uint32_t i = 0; i < 3; i++) {
        struct pl_job job = job_of(i, 9, 0);
        submit(board, 0, &job);
        claim(board, 5, &taken);
        pl_board_reap(board, 5, PL_REAP_LATE, NULL);
        cr_assert_eq(collect(board, 0).by_code[PL_E_TIMEOUT], 1);
    }
    struct pl_job fourth = job_of(3, 9, LONG_NS), other = job_of(4, 8, LONG_NS);
    struct pl_error error = {0};
    pl_ticket ticket;
    bool joined;
    cr_assert_eq(pl_board_submit(board, 0, &fourth, &ticket, &joined, &error), PL_E_FORMAT);
    cr_assert_not_null(strstr(error.msg, "refused for another 600 s"), "%s", error.msg);
    cr_assert_eq(counts(board).quarantined, 1);
    submit(board, 0, &other);
    pl_board_lock(board); /* ten minutes pass */
    cr_assert_eq(pl_board_judge(board, fourth.culprit, pl_now_ns() + 601 * PL_S_NS, NULL), PL_OK);
    pl_board_unlock(board, NULL);
}

/* --- deaths of takers ---------------------------------------------------------------------- */

Test(board, a_dead_takers_job_is_tried_once_more_then_fails)
{
    struct pl_board *board = make(8, 2, LONG_NS);
    struct pl_job job = job_of(1, 0, LONG_NS), taken, what;
    submit(board, 0, &job);
    claim(board, 5, &taken);
    read_fd(pl_board_queue_fd(board, PL_QUEUE_RENDER));
    cr_assert_eq(pl_board_reap(board, 5, PL_REAP_CRASH, &what), 1);
    cr_assert_eq(number_of(&what), 1);
    cr_assert_neq(read_fd(pl_board_queue_fd(board, PL_QUEUE_RENDER)), 0);
    cr_assert_eq(counts(board).requeued, 1);
    claim(board, 6, &taken);
    cr_assert_eq(taken.tries, 1);
    cr_assert_eq(pl_board_reap(board, 6, PL_REAP_CRASH, NULL), 1);
    struct seen seen = collect(board, 0);
    cr_assert_eq(seen.by_code[PL_E_CRASHED], 1);
    cr_all_free(board);
}

Test(board, reaping_wakes_a_taker_and_all_fronts_even_without_a_job)
{
    struct pl_board *board = make(8, 3, LONG_NS);
    cr_assert_eq(pl_board_reap(board, 5, PL_REAP_CRASH, NULL), 0);
    cr_assert_eq(read_fd(pl_board_queue_fd(board, PL_QUEUE_RENDER)), 1);
    for (unsigned front = 0; front < 3; front++)
        cr_assert_eq(read_fd(pl_board_front_fd(board, front)), 1);
}

static void crash_once(struct pl_board *board, uint32_t number, uint8_t culprit, enum pl_reap how)
{
    struct pl_job taken;
    struct pl_job job = job_of(number, culprit, LONG_NS);
    submit(board, 0, &job);
    claim(board, 5, &taken);
    cr_assert_eq(pl_board_reap(board, 5, how, NULL), 1);
}

Test(board, a_source_that_crashed_two_workers_is_refused_and_others_pass)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job waiting = job_of(50, 9, LONG_NS), other = job_of(51, 8, LONG_NS), taken;
    crash_once(board, 1, 9, PL_REAP_CRASH);
    claim(board, 5, &taken);
    submit(board, 0, &waiting);
    submit(board, 0, &other);
    cr_assert_eq(pl_board_reap(board, 5, PL_REAP_CRASH, NULL), 1);
    struct seen seen = collect(board, 0);
    cr_assert_eq(seen.by_code[PL_E_CRASHED], 1);
    cr_assert_eq(seen.by_code[PL_E_FORMAT], 1); /* queued work of the same source */
    pl_ticket ticket;
    bool joined;
    struct pl_error error = {0};
    cr_assert_eq(pl_board_submit(board, 0, &waiting, &ticket, &joined, &error), PL_E_FORMAT);
    cr_assert_not_null(strstr(error.msg, "until it is uploaded anew"));
    cr_assert_eq(counts(board).refused_quarantine, 1);
    claim(board, 5, &taken);
    cr_assert_eq(number_of(&taken), 51);
    cr_assert_eq(pl_board_unquarantine(board), 1);
    submit(board, 0, &waiting);
}

Test(board, kills_from_outside_do_not_put_a_good_source_into_quarantine)
{
    struct pl_board *board = make(64, 1, LONG_NS);
    struct pl_job taken;
    for (uint32_t i = 0; i < 20; i++) {
        crash_once(board, i, 9, PL_REAP_KILLED);
        finish(board, claim(board, 5, &taken), 5, 0);
    }
    cr_assert_eq(counts(board).quarantined, 0);
    crash_once(board, 20, 9, PL_REAP_KILLED); /* but a job that is hit twice is suspect */
    claim(board, 5, &taken);
    pl_board_reap(board, 5, PL_REAP_KILLED, NULL);
    cr_assert_eq(counts(board).quarantined, 1);
}

Test(board, jobs_without_culprit_are_never_quarantined)
{
    struct pl_board *board = make(64, 1, LONG_NS);
    for (uint32_t i = 0; i < 20; i++)
        crash_once(board, i, 0, PL_REAP_CRASH);
    cr_assert_eq(counts(board).quarantined, 0);
}

Test(board, the_table_of_culprits_forgets_the_oldest)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    uint8_t culprit[PL_BOARD_ID_N] = {1};
    pl_board_lock(board);
    for (uint32_t i = 1; i <= PL_BOARD_CULPRITS + 1; i++) {
        memcpy(culprit + 1, &i, sizeof i);
        pl_board_strike(board, culprit, false, i);
        pl_board_strike(board, culprit, false, i);
    }
    cr_assert_eq(pl_board_quarantined(board, 1000), PL_BOARD_CULPRITS);
    cr_assert_eq(pl_board_judge(board, culprit, 1000, NULL), PL_E_FORMAT);
    uint32_t first = 1;
    memcpy(culprit + 1, &first, sizeof first);
    cr_assert_eq(pl_board_judge(board, culprit, 1000, NULL), PL_OK);
    pl_board_unlock(board, NULL);
}

Test(board, a_taker_of_a_batch_loses_all_of_it_and_nobody_is_blamed)
{
    struct pl_board *board = make(64, 1, LONG_NS);
    struct pl_job taken;
    for (uint32_t i = 0; i < 40; i++) {
        struct pl_job job = job_of(i, 9, LONG_NS);
        submit(board, 0, &job);
    }
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 40; i++) {
            claim(board, 1, &taken);
            cr_assert_eq(number_of(&taken), i);
            cr_assert_eq(taken.tries, round);
        }
        cr_assert_eq(pl_board_reap(board, 1, PL_REAP_CRASH, NULL), 40);
    }
    cr_assert_eq(collect(board, 0).by_code[PL_E_CRASHED], 40);
    cr_assert_eq(counts(board).quarantined, 0);
    cr_all_free(board);
}

Test(board, peek_names_what_a_worker_is_doing)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct pl_job job = job_of(77, 0, LONG_NS), taken;
    uint64_t started = 0;
    cr_assert_eq(pl_board_peek(board, 5, &taken, &started), PL_E_MISSING);
    submit(board, 0, &job);
    claim(board, 5, &taken);
    memset(&taken, 0, sizeof taken);
    cr_assert_eq(pl_board_peek(board, 5, &taken, &started), PL_OK);
    cr_assert_eq(number_of(&taken), 77);
    cr_assert(started > 0 && started <= pl_now_ns());
}

/* --- real processes, really killed --------------------------------------------------------- */

static pid_t fork_tied(void)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

Test(board, a_holder_that_dies_with_the_lock_is_recovered_from)
{
    struct pl_board *board = make(8, 2, LONG_NS);
    struct pl_job queued = job_of(1, 0, LONG_NS), done = job_of(2, 0, LONG_NS), taken;
    pl_ticket ticket = submit(board, 1, &done);
    finish(board, claim(board, 5, &taken), 5, 0);
    submit(board, 0, &queued);
    pid_t pid = fork_tied();
    if (pid == 0) {
        pl_board_lock(board);
        /* half a collect: the last bit is cleared, the slot not yet free */
        board->slot[pl_board_slot_of(board, ticket)].fronts = 0;
        raise(SIGKILL);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    struct pl_board_counts c = counts(board);
    cr_assert_eq(c.owner_deaths, 1);
    cr_assert_eq(c.finished, 0);
    cr_assert_eq(c.queued[PL_QUEUE_RENDER], 1);
    finish(board, claim(board, 5, &taken), 5, 0);
    cr_assert_eq(collect(board, 0).n, 1);
    cr_assert_eq(counts(board).owner_deaths, 1);
    cr_all_free(board);
}

Test(board, the_master_ends_a_process_stopped_with_the_lock)
{
    struct pl_board *board = make(8, 1, LONG_NS);
    struct late late = {0};
    pid_t pid = fork_tied();
    if (pid == 0) {
        pl_board_lock(board);
        raise(SIGSTOP);
        _exit(0);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, WUNTRACED), pid);
    cr_assert(WIFSTOPPED(status));
    uint64_t start = pl_now_ns();
    pl_board_overdue(board, start, see_late, &late);
    cr_assert_lt(pl_now_ns() - start, 3 * PL_S_NS);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cr_assert_eq(counts(board).owner_deaths, 1);
}

/* A taker: claims, holds each job for a moment, finishes. */
static void take_for_ever(struct pl_board *board, unsigned worker)
{
    for (;;) {
        struct pollfd watched = {.fd = pl_board_queue_fd(board, PL_QUEUE_RENDER), .events = POLLIN};
        struct pl_job job;
        pl_ticket ticket;
        (void)poll(&watched, 1, 100);
        read_fd(watched.fd);
        if (pl_board_claim(board, PL_QUEUE_RENDER, worker, getpid(), &job, &ticket) != PL_OK)
            continue;
        usleep(1000);
        finish(board, ticket, worker, number_of(&job));
    }
}

static pid_t start_taker(struct pl_board *board, unsigned worker)
{
    pid_t pid = fork_tied();
    if (pid == 0)
        take_for_ever(board, worker);
    return pid;
}

static void keep_busy(struct pl_board *board, uint32_t *next, struct seen *all)
{
    struct seen seen = collect(board, 0);
    all->n += seen.n;
    for (unsigned i = 0; i < PL_E_COUNT; i++)
        all->by_code[i] += seen.by_code[i];
    for (; *next - all->n < 16; ++*next) {
        struct pl_job job = job_of(*next, 0, LONG_NS);
        submit(board, 0, &job);
    }
}

/* Until it holds a job: on a loaded machine one that was just forked would else be killed before it
 * has run at all. */
static void await_claim(struct pl_board *board, unsigned worker)
{
    struct pl_job job;
    uint64_t started;
    for (unsigned i = 0; i < 1000 && pl_board_peek(board, worker, &job, &started) != PL_OK; i++)
        usleep(200);
}

Test(board, a_hundred_killed_takers_lose_no_job)
{
    enum { TAKERS = 3, KILLS = 100 };
    struct pl_board *board = make(32, 1, LONG_NS);
    struct seen all = {0};
    pid_t pids[TAKERS];
    uint32_t next = 0;
    unsigned kills = 0, held = 0;
    srand(1);
    for (unsigned i = 0; i < TAKERS; i++)
        pids[i] = start_taker(board, i);
    for (unsigned turn = 0; kills < KILLS; turn++) {
        keep_busy(board, &next, &all);
        usleep(500);
        if (turn % 3 != 0)
            continue;
        unsigned victim = (unsigned)rand() % TAKERS;
        if (kills % 2 == 0)
            await_claim(board, victim);
        cr_assert_eq(kill(pids[victim], SIGKILL), 0);
        cr_assert_eq(waitpid(pids[victim], NULL, 0), pids[victim]);
        held += pl_board_reap(board, victim, PL_REAP_KILLED, NULL);
        pids[victim] = start_taker(board, victim);
        kills++;
    }
    for (unsigned turn = 0; all.n < next && turn < 5000; turn++) {
        struct seen seen = collect(board, 0);
        all.n += seen.n;
        for (unsigned i = 0; i < PL_E_COUNT; i++)
            all.by_code[i] += seen.by_code[i];
        usleep(1000);
    }
    for (unsigned i = 0; i < TAKERS; i++) {
        (void)kill(pids[i], SIGKILL);
        (void)waitpid(pids[i], NULL, 0);
    }
    cr_assert_eq(all.n, next, "%u of %u jobs came back", all.n, next);
    cr_assert_eq(all.by_code[PL_OK] + all.by_code[PL_E_CRASHED], next);
    cr_assert_gt(held, KILLS / 4, "only %u of the killed held a job", held);
    cr_assert_geq(counts(board).requeued + all.by_code[PL_E_CRASHED], held);
    cr_all_free(board);
}

Test(board, killed_at_any_instruction_the_lock_recovers)
{
    enum { ROUNDS = 60 };
    struct pl_board *board = make(16, 2, LONG_NS);
    for (unsigned round = 0; round < ROUNDS; round++) {
        pid_t pid = fork_tied();
        if (pid == 0) /* a front and a taker that do nothing but change the board */
            for (uint32_t i = 0;; i++) {
                struct pl_job job = job_of(i % 32, 0, LONG_NS), taken;
                struct seen seen = {0};
                pl_ticket ticket;
                bool joined;
                (void)pl_board_submit(board, 1, &job, &ticket, &joined, NULL);
                if (pl_board_claim(board, PL_QUEUE_RENDER, 7, getpid(), &taken, &ticket) == PL_OK)
                    finish(board, ticket, 7, 0);
                (void)pl_board_collect(board, 1, see, &seen);
            }
        usleep(1000 + round * 37);
        (void)kill(pid, SIGKILL);
        cr_assert_eq(waitpid(pid, NULL, 0), pid);
        cr_assert_leq(pl_board_reap(board, 7, PL_REAP_KILLED, NULL), 1);
        pl_board_front_reap(board, 1);
        cr_all_free(board);
    }
    cr_log_info("%llu owner deaths", (unsigned long long)counts(board).owner_deaths);
}
