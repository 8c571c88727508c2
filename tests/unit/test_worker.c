/* test_worker.c - lives of the render worker and the keeper, in children with their sandboxes
 * closed.
 *
 * The test is master and front: it fills the board, waits, and looks at answers, counters, exit
 * statuses. What a picture looks like is not its business; the end-to-end tests draw. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/admin/metric.h"
#include "server/process/exit.h"
#include "server/process/job.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

enum { FRONT = 0, WORKER_SLOT = 5 };

static struct pl_config config;
static struct pl_heritage heritage;
static struct pl_store *store; /* as a front has it */
static char dir[64];
static int life[2];
static pid_t child;

static void make_world(void)
{
    struct pl_error error = {0};
    bool kept;
    const struct pl_board_limits limits = {128, 2, 4, 60 * PL_S_NS};
    (void)snprintf(dir, sizeof dir, "/tmp/platen-worker-%d", (int)getpid());
    cr_assert_eq(mkdir(dir, 0700), 0);
    pl_log_setup(PL_LOG_NONE, PL_LOG_TEXT);
    config.store_dir = dir;
    config.limits_items = 1000;
    config.store_plain_bytes = true;
    config.cache_size = PL_CACHE_MAP_LEAST;
    heritage.config = &config;
    heritage.worker_memory_bytes = 128 << 20;
    (void)snprintf(heritage.cache_dir, sizeof heritage.cache_dir, "%s/cache", dir);
    cr_assert_eq(pl_board_make(&heritage.board, &limits, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_counters_make(&heritage.counters, 8, pl_metric_numbers(), &error), PL_OK);
    cr_assert_eq(pl_procs_make(&heritage.procs, 8, &error), PL_OK);
    cr_assert_eq(pl_store_prepare(dir, 16 << 20, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(
        pl_cache_prepare(heritage.cache_dir, config.cache_size, &heritage.cache, &kept, &error),
        PL_OK, "%s", error.msg);
    cr_assert_eq(pipe(life), 0);
    heritage.life_fd = life[0];
    heritage.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static void remove_world(void)
{
    char command[128];
    if (child > 0)
        (void)kill(child, SIGKILL);
    pl_store_close(&store);
    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    if (strncmp(dir, "/tmp/platen-worker-", 19) == 0)
        (void)!system(command);
}

TestSuite(worker, .init = make_world, .fini = remove_world, .timeout = 300);
TestSuite(keeper, .init = make_world, .fini = remove_world, .timeout = 300);

static void start(enum pl_role role)
{
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(life[1]);
        heritage.role = role;
        heritage.slot = role == PL_ROLE_KEEPER ? PL_SLOT_KEEPER : WORKER_SLOT;
        _exit(role == PL_ROLE_KEEPER ? pl_keeper_main(&heritage) : pl_worker_main(&heritage));
    }
    if (store == NULL)
        cr_assert_eq(pl_store_open(&store, dir, PL_STORE_READER, NULL), PL_OK);
}

/* The status with which the child ends; -SIGNAL when it is killed. */
static int ended(void)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    child = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int stop(void)
{
    uint64_t one = 1;
    cr_assert_eq(write(heritage.stop_fd, &one, sizeof one), 8);
    return ended();
}

static pl_ticket submit(enum pl_board_queue queue, enum pl_job_kind kind, const void *record,
                        size_t n)
{
    static uint32_t number;
    struct pl_job job;
    struct pl_error error = {0};
    pl_ticket ticket;
    bool joined;
    memset(&job, 0, sizeof job);
    job.queue = queue;
    job.kind = kind;
    job.run_ns = 30 * PL_S_NS;
    number++;
    memcpy(job.id, &number, sizeof number);
    memcpy(job.record, record, n);
    job.record_n = (uint32_t)n;
    cr_assert_eq(pl_board_submit(heritage.board, FRONT, &job, &ticket, &joined, &error), PL_OK);
    return ticket;
}

struct answers {
    unsigned n;
    struct pl_job_result last;
    unsigned by_code[PL_E_COUNT];
};

static void see(void *context, pl_ticket ticket, const struct pl_job_result *result)
{
    struct answers *answers = context;
    (void)ticket;
    answers->n++;
    answers->last = *result;
    answers->by_code[result->error.code]++;
}

static struct answers wait_for(unsigned n)
{
    struct answers answers = {0};
    uint64_t until = pl_now_ns() + 20 * PL_S_NS;
    while (answers.n < n && pl_now_ns() < until) {
        struct pollfd watched = {.fd = pl_board_front_fd(heritage.board, FRONT), .events = POLLIN};
        uint64_t count;
        (void)poll(&watched, 1, 100);
        (void)!read(watched.fd, &count, sizeof count);
        (void)pl_board_collect(heritage.board, FRONT, see, &answers);
    }
    cr_assert_eq(answers.n, n, "%u of %u answers", answers.n, n);
    return answers;
}

static void upload(const void *bytes, size_t n, struct pl_spool *spool)
{
    struct pl_error error = {0};
    cr_assert_eq(pl_spool_start(store, 1 << 20, spool, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_spool_add(spool, bytes, n, &error), PL_OK);
    cr_assert_eq(pl_spool_end(spool, &error), PL_OK);
}

static struct pl_job_result inspect(const void *bytes, size_t n)
{
    struct pl_spool spool;
    upload(bytes, n, &spool);
    struct pl_job_inspect record = {.spool_id = spool.id, .bytes = n, .name = "x"};
    submit(PL_QUEUE_RENDER, PL_JOB_INSPECT, &record, sizeof record);
    return wait_for(1).last;
}

/* --- worker -------------------------------------------------------------------------------- */

Test(worker, nobodys_format_is_kept_as_plain_bytes)
{
    struct pl_note_inspect note;
    start(PL_ROLE_WORKER);
    struct pl_job_result result = inspect("only some text", 14);
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    memcpy(&note, result.note, sizeof note);
    cr_assert_str_eq(note.renderer, "");
    cr_assert_str_eq(note.media, "application/octet-stream");
    result = inspect("", 0);
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(worker, an_unreadable_file_is_refused_and_leaves_no_findings)
{
    char text[128];
    start(PL_ROLE_WORKER);
    struct pl_spool spool;
    upload("root\0\0\xf6\x88 and no more", 20, &spool);
    struct pl_job_inspect record = {.spool_id = spool.id, .bytes = 20, .name = "x"};
    submit(PL_QUEUE_RENDER, PL_JOB_INSPECT, &record, sizeof record);
    struct pl_job_result result = wait_for(1).last;
    cr_assert_eq(result.error.code, PL_E_FORMAT, "%d %s", result.error.code, result.error.msg);
    (void)snprintf(text, sizeof text, "%s/spool/%016llx.found", dir, (unsigned long long)spool.id);
    cr_assert_neq(access(text, F_OK), 0);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(worker, what_was_drawn_meanwhile_is_not_drawn_again)
{
    struct pl_job_render record = {.renderer = "hist", .name = "n"};
    struct pl_cache_meta meta = {.label = "n"};
    struct pl_note_render note;
    struct pl_cache *cache;
    start(PL_ROLE_WORKER);
    cr_assert_eq(pl_cache_open(&cache, heritage.cache_dir, heritage.cache, false, NULL), PL_OK);
    memset(&record.key, 7, sizeof record.key);
    cr_assert_eq(pl_cache_put(cache, &record.key, "picture", 7, &meta, NULL), PL_OK);
    submit(PL_QUEUE_RENDER, PL_JOB_RENDER, &record, sizeof record);
    struct pl_job_result result = wait_for(1).last;
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    memcpy(&note, result.note, sizeof note);
    cr_assert_eq(note.bytes, 7);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_renders_found), 1);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_renders_drawn), 0);
    pl_cache_close(&cache);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(worker, what_it_cannot_do_it_says)
{
    struct pl_job_render gone = {.renderer = "hist", .sources_n = 1},
                         unknown = {.renderer = "nobody"};
    gone.key.bytes[0] = 1;
    unknown.key.bytes[0] = 2;
    start(PL_ROLE_WORKER);
    submit(PL_QUEUE_RENDER, PL_JOB_RENDER, &gone, sizeof gone);
    cr_assert_eq(wait_for(1).last.error.code, PL_E_MISSING);
    submit(PL_QUEUE_RENDER, PL_JOB_RENDER, &unknown, sizeof unknown);
    cr_assert_eq(wait_for(1).last.error.code, PL_E_INTERNAL);
    submit(PL_QUEUE_RENDER, PL_JOB_RENDER, &gone, 10);
    cr_assert_eq(wait_for(1).last.error.code, PL_E_INTERNAL);
    submit(PL_QUEUE_RENDER, PL_JOB_COMMIT, &gone, 10);
    cr_assert_eq(wait_for(1).last.error.code, PL_E_INTERNAL);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_renders_failed), 2);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(worker, ends_between_jobs_when_its_number_is_reached)
{
    config.workers_recycle_jobs = 3;
    start(PL_ROLE_WORKER);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(inspect("text", 4).error.code, PL_OK);
    cr_assert_eq(ended(), PL_EXIT_PLANNED);
    cr_assert_eq(heritage.procs->proc[WORKER_SLOT].jobs, 3);
    start(PL_ROLE_WORKER); /* a new process counts from the start */
    cr_assert_eq(inspect("text", 4).error.code, PL_OK);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(worker, ends_when_the_master_is_gone)
{
    start(PL_ROLE_WORKER);
    cr_assert_eq(inspect("text", 4).error.code, PL_OK);
    (void)close(life[1]);
    cr_assert_eq(ended(), PL_EXIT_OK);
}

Test(worker, cannot_start_without_a_cache)
{
    (void)snprintf(heritage.cache_dir, sizeof heritage.cache_dir, "%s/nothing", dir);
    start(PL_ROLE_WORKER);
    cr_assert_eq(ended(), PL_EXIT_START);
}

Test(worker, is_small_when_idle_and_says_what_it_is)
{
    const struct pl_proc *process = &heritage.procs->proc[WORKER_SLOT];
    start(PL_ROLE_WORKER);
    cr_assert_eq(inspect("text", 4).error.code, PL_OK);
    usleep(1300000);
    cr_assert_eq(process->state, PL_PROC_IDLE);
    cr_assert_gt(process->private_bytes, 0);
#ifndef PL_SANITIZED
    cr_assert_lt(process->private_bytes, 8 << 20);
#endif
    cr_assert_neq(process->sandbox & PL_SANDBOX_SECCOMP, 0);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

/* --- keeper -------------------------------------------------------------------------------- */

static void put(const char *name, const char *bytes)
{
    struct pl_spool spool;
    struct pl_job_commit record;
    memset(&record, 0, sizeof record);
    upload(bytes, strlen(bytes), &spool);
    record.spool_id = spool.id;
    record.bytes = spool.bytes;
    memcpy(record.sha256, spool.sha256, sizeof record.sha256);
    (void)snprintf(record.name, sizeof record.name, "%s", name);
    (void)snprintf(record.media, sizeof record.media, "text/plain");
    (void)close(spool.fd);
    submit(PL_QUEUE_KEEPER, PL_JOB_COMMIT, &record, sizeof record);
}

static enum pl_err resolve(const char *name, struct pl_record *record)
{
    return pl_store_resolve(store, name, record, NULL);
}

Test(keeper, commits_and_deletes)
{
    struct pl_record record;
    struct pl_note_commit note;
    struct pl_job_commit delete = {.delete_it = true, .name = "a"};
    start(PL_ROLE_KEEPER);
    put("a", "first");
    struct pl_job_result result = wait_for(1).last;
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    memcpy(&note, result.note, sizeof note);
    cr_assert(note.created);
    cr_assert_eq(resolve("a", &record), PL_OK);
    cr_assert(pl_stamp_equal(&record.stamp, &note.stamp));
    cr_assert_eq(record.bytes, 5);
    submit(PL_QUEUE_KEEPER, PL_JOB_COMMIT, &delete, sizeof delete);
    cr_assert_eq(wait_for(1).last.error.code, PL_OK);
    cr_assert_eq(resolve("a", &record), PL_E_GONE);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(keeper, an_upload_joins_the_collection_it_is_said_to_belong_to)
{
    struct pl_spool spool;
    struct pl_collection collection;
    struct pl_note_commit note;
    struct pl_job_commit record;
    memset(&record, 0, sizeof record);
    start(PL_ROLE_KEEPER);
    upload("bytes", 5, &spool);
    record.spool_id = spool.id;
    record.bytes = spool.bytes;
    memcpy(record.sha256, spool.sha256, sizeof record.sha256);
    (void)snprintf(record.name, sizeof record.name, "a");
    (void)snprintf(record.collection, sizeof record.collection, "1/P/W/T");
    submit(PL_QUEUE_KEEPER, PL_JOB_COMMIT, &record, sizeof record);
    struct pl_job_result result = wait_for(1).last;
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    memcpy(&note, result.note, sizeof note);
    cr_assert_eq(pl_store_collection(store, "1/P/W/T", &collection, NULL), PL_OK);
    cr_assert(pl_stamp_equal(&collection.stamp, &note.stamp) && collection.uploads == 1);
    memset(record.collection, 'x', sizeof record.collection); /* it does not end */
    record.name[0] = 'b';
    submit(PL_QUEUE_KEEPER, PL_JOB_COMMIT, &record, sizeof record);
    cr_assert_eq(wait_for(1).last.error.code, PL_OK);
    record.collection[PL_COLLECTION_MAX] = '\0';
    cr_assert_eq(pl_store_collection(store, record.collection, &collection, NULL), PL_OK);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(keeper, one_bad_change_does_not_spoil_the_batch)
{
    struct pl_record record;
    struct pl_job_commit bad;
    memset(&bad, 0, sizeof bad);
    (void)snprintf(bad.name, sizeof bad.name, "bad");
    bad.spool_id = 12345;
    bad.bytes = 1;
    start(PL_ROLE_KEEPER);
    (void)kill(child, SIGSTOP); /* so that all are queued when it looks */
    for (unsigned i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%u", i);
        put(name, name);
    }
    submit(PL_QUEUE_KEEPER, PL_JOB_COMMIT, &bad, sizeof bad);
    submit(PL_QUEUE_KEEPER, PL_JOB_RENDER, &bad, 4);
    (void)kill(child, SIGCONT);
    struct answers answers = wait_for(22);
    cr_assert_eq(answers.by_code[PL_OK], 20);
    cr_assert_eq(answers.by_code[PL_E_INTERNAL], 1 + (answers.by_code[PL_E_MISSING] == 0));
    cr_assert_eq(resolve("n19", &record), PL_OK);
    cr_assert_eq(resolve("bad", &record), PL_E_MISSING);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

Test(keeper, finishes_what_is_queued_before_it_stops)
{
    struct pl_record record;
    start(PL_ROLE_KEEPER);
    (void)kill(child, SIGSTOP);
    put("late", "x");
    uint64_t one = 1;
    cr_assert_eq(write(heritage.stop_fd, &one, sizeof one), 8);
    (void)kill(child, SIGCONT);
    cr_assert_eq(wait_for(1).last.error.code, PL_OK);
    cr_assert_eq(ended(), PL_EXIT_OK);
    cr_assert_eq(resolve("late", &record), PL_OK);
}

Test(keeper, thirty_kills_lose_no_acknowledged_upload)
{
    enum { EACH = 6, KILLS = 30 };
    unsigned acknowledged = 0, crashed = 0;
    start(PL_ROLE_KEEPER);
    for (unsigned i = 0; i < KILLS; i++) {
        struct pl_record record;
        char name[EACH][16];
        for (unsigned k = 0; k < EACH; k++) {
            (void)snprintf(name[k], sizeof name[k], "n%u-%u", i, k);
            put(name[k], name[k]);
        }
        usleep(i * 53 % 1500);
        (void)kill(child, SIGKILL);
        cr_assert_eq(ended(), -SIGKILL);
        (void)pl_board_reap(heritage.board, PL_SLOT_KEEPER, PL_REAP_KILLED, NULL);
        start(PL_ROLE_KEEPER);
        struct answers answers = wait_for(EACH);
        acknowledged += answers.by_code[PL_OK];
        crashed += answers.by_code[PL_E_CRASHED];
        for (unsigned k = 0; k < EACH; k++)
            cr_assert_eq(resolve(name[k], &record), PL_OK, "%s was acknowledged and is lost",
                         name[k]);
    }
    cr_assert_eq(acknowledged, EACH * KILLS);
    cr_assert_eq(crashed, 0);
    cr_assert_eq(stop(), PL_EXIT_OK);
}

static void fill_cache(void)
{
    struct pl_cache *cache;
    cr_assert_eq(pl_cache_open(&cache, heritage.cache_dir, heritage.cache, false, NULL), PL_OK);
    for (unsigned i = 0; i < 600; i++) {
        struct pl_cache_meta meta = {.media = 0};
        struct pl_key key = {{(uint8_t)i, (uint8_t)(i >> 8), 1}};
        char name[32];
        (void)snprintf(name, sizeof name, "%s/%u", i % 3 == 0 ? "even*" : "odd", i);
        pl_job_label(meta.label, name, "sel/even", "w=1", "");
        cr_assert_eq(pl_cache_put(cache, &key, "12345", 5, &meta, NULL), PL_OK);
    }
    pl_cache_close(&cache);
}

static uint64_t entries(void)
{
    struct pl_cache *cache;
    struct pl_cache_counts counts;
    cr_assert_eq(pl_cache_open(&cache, heritage.cache_dir, heritage.cache, true, NULL), PL_OK);
    cr_assert_eq(pl_cache_counts(cache, &counts, NULL), PL_OK);
    pl_cache_close(&cache);
    return counts.entries;
}

static struct pl_note_purge purge(enum pl_purge_what what, const char *pattern, bool dry_run)
{
    struct pl_job_purge record;
    struct pl_note_purge note;
    memset(&record, 0, sizeof record);
    record.what = what;
    record.dry_run = dry_run;
    record.key = (struct pl_key){{5, 0, 1}};
    (void)snprintf(record.pattern, sizeof record.pattern, "%s", pattern);
    submit(PL_QUEUE_KEEPER, PL_JOB_PURGE, &record, sizeof record);
    struct pl_job_result result = wait_for(1).last;
    cr_assert_eq(result.error.code, PL_OK, "%s", result.error.msg);
    memcpy(&note, result.note, sizeof note);
    return note;
}

Test(keeper, purges_by_name_prefix_pattern_key_and_all)
{
    start(PL_ROLE_KEEPER);
    fill_cache();
    cr_assert_eq(purge(PL_PURGE_PREFIX, "even", true).matched, 200);
    cr_assert_eq(entries(), 600);
    cr_assert_eq(purge(PL_PURGE_NAME, "even*/3", false).matched, 1);
    cr_assert_eq(purge(PL_PURGE_NAME, "even*/3", false).matched, 0);
    cr_assert_eq(purge(PL_PURGE_KEY, "", false).matched, 1);
    cr_assert_eq(entries(), 598);
    cr_assert_eq(purge(PL_PURGE_GLOB, "even*/?", false).matched, 3); /* 0, 6, 9 */
    cr_assert_eq(purge(PL_PURGE_PREFIX, "even*/", false).matched, 196);
    cr_assert_eq(entries(), 399);
    struct pl_note_purge rest = purge(PL_PURGE_ALL, "", false);
    cr_assert_eq(rest.matched, 399);
    cr_assert_geq(rest.bytes, 399 * 5);
    cr_assert_eq(entries(), 0);
    cr_assert_eq(stop(), PL_EXIT_OK);
}
