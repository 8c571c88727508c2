/* keeper.c - the only writer of the catalogue: commits, purges, sweeps.
 *
 * All commits that are queued at a moment become one synced transaction: a disk that syncs 200
 * times a second still takes thousands of uploads. A commit whose keeper died is tried again, which
 * is harmless: the store recognises what was already done. A job that was in a dead keeper's hands
 * is committed alone, so that a second death tells which one it was. It parses no file format and
 * speaks to nobody. Memory: one fixed batch.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/admin/metric.h"
#include "server/process/exit.h"
#include "server/process/job.h"
#include "server/process/memory.h"
#include "server/process/sandbox.h"
#include "server/process/taker.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

enum {
    BATCH_MAX = 64,
    SLICE = 256, /* entries of the cache looked at in one read transaction */
    SWEEP_MS = 5000,
    STORE_SWEEP_EVERY = 12, /* cache sweeps */
    RELEASE_MS = 250,       /* what was replaced or deleted is off the disk this soon */
    PURGES_MAX = 8,         /* under way at once, each begun in a pause of the one before */
};

#define SPOOL_AGE_NS (UINT64_C(3600) * PL_S_NS) /* an upload cut off this long ago is rubbish */

struct keeper {
    struct pl_taker taker;
    struct pl_heritage *heritage;
    struct pl_cache *cache;
    struct pl_store *store;
    unsigned sweeps, purges;
    uint64_t next_sweep_ns;
    uint64_t release_ns; /* when to take replaced bytes off the disk; 0 = nothing to do */
    /* one batch of commits */
    unsigned n;
    pl_ticket ticket[BATCH_MAX];
    struct pl_change change[BATCH_MAX];
};

/* --- PL_JOB_COMMIT ------------------------------------------------------------------------- */

/* Fronts are our own, but they face the network: their texts end where ours say. */
static void terminate(struct pl_job_commit *record)
{
    record->name[sizeof record->name - 1] = '\0';
    record->renderer[sizeof record->renderer - 1] = '\0';
    record->media[sizeof record->media - 1] = '\0';
    record->collection[sizeof record->collection - 1] = '\0';
}

static void to_change(const struct pl_job *job, struct pl_change *change)
{
    struct pl_job_commit record;
    memcpy(&record, job->record, sizeof record);
    terminate(&record);
    memset(change, 0, sizeof *change);
    change->what = record.delete_it ? PL_CHANGE_DELETE : PL_CHANGE_PUT;
    (void)snprintf(change->name, sizeof change->name, "%s", record.name);
    (void)snprintf(change->renderer, sizeof change->renderer, "%s", record.renderer);
    (void)snprintf(change->media, sizeof change->media, "%s", record.media);
    (void)snprintf(change->collection, sizeof change->collection, "%s", record.collection);
    memcpy(change->sha256, record.sha256, sizeof change->sha256);
    change->spool_id = record.spool_id;
    change->bytes = record.bytes;
    change->if_match = record.if_match;
    change->expected = record.expected;
}

static void finish_change(struct keeper *keeper, unsigned i)
{
    const struct pl_change *change = &keeper->change[i];
    struct pl_job_result result;
    struct pl_note_commit note = {0};
    memset(&result, 0, sizeof result);
    note.stamp = change->stamp;
    note.created = change->created;
    note.unchanged = change->unchanged;
    note.items = change->items;
    note.troubled = change->troubled;
    result.error = change->error;
    bool replaced = change->error.code == PL_OK && !change->created && !change->unchanged;
    if (replaced && keeper->release_ns == 0)
        keeper->release_ns = pl_now_ns() + RELEASE_MS * PL_MS_NS;
    memcpy(result.note, &note, sizeof note);
    result.note_n = sizeof note;
    pl_taker_finish(&keeper->taker, keeper->ticket[i], &result);
}

static void commit_batch(struct keeper *keeper)
{
    struct pl_error error = {0};
    if (keeper->n == 0)
        return;
    if (pl_store_commit(keeper->store, keeper->change, keeper->n, &error) != PL_OK) {
        pl_log(PL_LOG_ERROR, "commit_failed", PL_LOG_S("reason", error.msg),
               PL_LOG_U("changes", keeper->n));
        for (unsigned i = 0; i < keeper->n; i++)
            if (keeper->change[i].error.code == PL_OK)
                keeper->change[i].error = error;
    }
    for (unsigned i = 0; i < keeper->n; i++)
        finish_change(keeper, i);
    keeper->n = 0;
}

/* --- PL_JOB_PURGE -------------------------------------------------------------------------- */

struct purge {
    const struct pl_job_purge *what;
    struct pl_note_purge note;
    struct pl_key key[SLICE]; /* matches of one slice, dropped after its read transaction */
    unsigned n;
};

/* The label is NAME, a tab, selector, a tab, parameters. */
static bool matches(const struct pl_job_purge *what, const struct pl_cache_entry *entry)
{
    char name[PL_CACHE_LABEL_MAX];
    size_t n = strcspn(entry->meta.label, "\t");
    memcpy(name, entry->meta.label, n);
    name[n] = '\0';
    switch (what->what) {
    case PL_PURGE_NAME:
        return strcmp(name, what->pattern) == 0;
    case PL_PURGE_PREFIX:
        return strncmp(name, what->pattern, strlen(what->pattern)) == 0;
    case PL_PURGE_GLOB:
        return fnmatch(what->pattern, name, 0) == 0;
    case PL_PURGE_KEY:
        return pl_key_equal(&what->key, &entry->key);
    case PL_PURGE_ALL:
        return true;
    }
    return false;
}

static bool note_match(void *context, const struct pl_cache_entry *entry)
{
    struct purge *purge = context;
    if (matches(purge->what, entry) && purge->n < SLICE) {
        purge->note.matched++;
        purge->note.bytes += entry->bytes;
        purge->key[purge->n++] = entry->key;
    }
    return true;
}

static bool take_all(struct keeper *keeper);

static enum pl_err purge_slices(struct keeper *keeper, struct purge *purge, struct pl_error *error)
{
    uint64_t from = 0;
    do {
        uint64_t next = 0;
        purge->n = 0;
        enum pl_err result =
            pl_cache_walk(keeper->cache, from, SLICE, &next, note_match, purge, error);
        for (unsigned i = 0; i < purge->n && result == PL_OK && !purge->what->dry_run; i++) {
            result = pl_cache_drop(keeper->cache, &purge->key[i], error);
            if (result == PL_E_MISSING) { /* evicted meanwhile: gone is gone */
                error->code = PL_OK;
                result = PL_OK;
            }
        }
        if (result != PL_OK)
            return result;
        if (keeper->purges < PURGES_MAX)
            (void)take_all(keeper); /* an upload does not wait for the end of a long purge */
        from = next;
    } while (from != 0);
    return PL_OK;
}

static void do_purge(struct keeper *keeper, const struct pl_job *job, pl_ticket ticket)
{
    struct pl_job_purge record;
    struct pl_job_result result;
    memcpy(&record, job->record, sizeof record);
    memset(&result, 0, sizeof result);
    record.pattern[sizeof record.pattern - 1] = '\0';
    struct purge purge = {.what = &record};
    keeper->purges++;
    (void)purge_slices(keeper, &purge, &result.error);
    keeper->purges--;
    memcpy(result.note, &purge.note, sizeof purge.note);
    result.note_n = sizeof purge.note;
    pl_taker_finish(&keeper->taker, ticket, &result);
}

/* --- life ---------------------------------------------------------------------------------- */

static void refuse(const struct keeper *keeper, const struct pl_job *job, pl_ticket ticket)
{
    struct pl_job_result result;
    memset(&result, 0, sizeof result);
    (void)pl_fail(&result.error, PL_E_INTERNAL, "the keeper cannot do job kind %u of %u bytes",
                  job->kind, job->record_n);
    pl_taker_finish(&keeper->taker, ticket, &result);
}

/* Take everything that is queued, up to a batch. True when something was there. */
static bool take_all(struct keeper *keeper)
{
    struct pl_job job;
    pl_ticket ticket;
    bool any = false, alone = false;
    while (keeper->n < BATCH_MAX && !alone &&
           pl_taker_claim(&keeper->taker, &job, &ticket) == PL_OK) {
        any = true;
        alone = job.tries > 0;
        if (job.kind == PL_JOB_COMMIT && job.record_n == sizeof(struct pl_job_commit)) {
            to_change(&job, &keeper->change[keeper->n]);
            keeper->ticket[keeper->n++] = ticket;
        } else if (job.kind == PL_JOB_PURGE && job.record_n == sizeof(struct pl_job_purge)) {
            commit_batch(keeper);
            do_purge(keeper, &job, ticket);
        } else {
            refuse(keeper, &job, ticket);
        }
    }
    commit_batch(keeper);
    return any;
}

static void release(struct keeper *keeper)
{
    struct pl_error error = {0};
    keeper->release_ns = 0;
    if (pl_store_sweep(keeper->store, SPOOL_AGE_NS, &error) != PL_OK)
        pl_log(PL_LOG_WARN, "store_sweep_failed", PL_LOG_S("reason", error.msg));
    else if (pl_store_untidy(keeper->store))
        keeper->release_ns = pl_now_ns() + RELEASE_MS * PL_MS_NS;
}

static void sweep(struct keeper *keeper)
{
    struct pl_error error = {0};
    int readers = 0;
    if (pl_cache_sweep(keeper->cache, &readers, &error) != PL_OK)
        pl_log(PL_LOG_WARN, "cache_sweep_failed", PL_LOG_S("reason", error.msg));
    if (keeper->sweeps++ % STORE_SWEEP_EVERY == 0)
        release(keeper);
    (void)pl_proc_note_memory(keeper->taker.process);
    keeper->next_sweep_ns = pl_now_ns() + SWEEP_MS * PL_MS_NS;
}

static void keep(struct keeper *keeper)
{
    bool stop = false;
    while (!stop) {
        int wait_ms = keeper->release_ns != 0 ? RELEASE_MS : SWEEP_MS;
        stop = pl_taker_wait(&keeper->taker, wait_ms) == PL_TAKER_STOP;
        while (take_all(keeper))
            continue;
        if (!stop && keeper->release_ns != 0 && pl_now_ns() >= keeper->release_ns)
            release(keeper);
        if (!stop && pl_now_ns() >= keeper->next_sweep_ns)
            sweep(keeper);
    }
}

static enum pl_err open_all(struct keeper *keeper, struct pl_error *error)
{
    struct pl_heritage *heritage = keeper->heritage;
    if (pl_cache_open(&keeper->cache, heritage->cache_dir, heritage->cache, false, error) !=
            PL_OK ||
        pl_store_open(&keeper->store, heritage->config->store_dir, PL_STORE_KEEPER, error) != PL_OK)
        return error->code;
    return pl_sandbox_enter(heritage, error);
}

int pl_keeper_main(struct pl_heritage *heritage)
{
    struct pl_error error = {0};
    int status = PL_EXIT_START;
    struct keeper *keeper = calloc(1, sizeof *keeper);
    CHECK(keeper != NULL);
    keeper->heritage = heritage;
    pl_taker_start(&keeper->taker, heritage, PL_QUEUE_KEEPER);
    if (open_all(keeper, &error) == PL_OK) {
        keeper->taker.process->state = PL_PROC_IDLE;
        keep(keeper);
        status = PL_EXIT_OK;
    } else {
        pl_log(PL_LOG_ERROR, "keeper_cannot_start", PL_LOG_S("reason", error.msg));
    }
    pl_store_close(&keeper->store);
    pl_cache_close(&keeper->cache);
    free(keeper);
    return status;
}
