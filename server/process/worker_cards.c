/* worker_cards.c - binding files into a set of cards: read, placed, packed, put into the cache with
 * the document of GET /cards/KEY.json.
 *
 * What is kept is made of the files' bytes alone; their names are in messages of this one upload
 * and nowhere else. The document is put first: who finds the set finds both, unless the document
 * was evicted, which costs a job that reads the set. Memory: the arena, and the packed bytes in the
 * worker's image buffer. */
#include <stdio.h>
#include <string.h>

#include "server/admin/metric.h"
#include "server/process/worker_priv.h"
#include "server/routes/cards_text.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

static void describe(const struct pl_job_cards *record, const char *what, uint32_t media,
                     uint64_t cpu_ns, struct pl_cache_meta *meta)
{
    char name[PL_CARDS_KEY_N + 32];
    memset(meta, 0, offsetof(struct pl_cache_meta, label));
    meta->media = media;
    meta->cost_us = (uint32_t)PL_MIN(cpu_ns / 1000, (uint64_t)UINT32_MAX);
    meta->made_wall_ns = pl_wall_ns();
    (void)snprintf(name, sizeof name, PL_CARDS_FOLDER "%s/%s", record->key, what);
    pl_job_label(meta->label, name, "", "", "");
}

static enum pl_err put(struct pl_worker *worker, const struct pl_job_cards *record,
                       const struct pl_key *key, const char *what, uint32_t media, uint64_t cpu_ns,
                       struct pl_error *error)
{
    struct pl_cache_meta meta;
    describe(record, what, media, cpu_ns, &meta);
    return pl_cache_put(worker->cache, key, worker->image.bytes, worker->image.n, &meta, error);
}

static enum pl_err put_document(struct pl_worker *worker, const struct pl_job_cards *record,
                                const struct pl_card_set *set, uint64_t cpu_ns,
                                struct pl_error *error)
{
    pl_buf_clear(&worker->image);
    enum pl_err err = pl_cards_document(pl_card_packs(), record->key, set, &worker->image, error);
    return err == PL_OK
               ? put(worker, record, &record->json_key, "cards.json", PL_MEDIA_JSON, cpu_ns, error)
               : err;
}

static enum pl_err put_set(struct pl_worker *worker, const struct pl_job_cards *record,
                           const struct pl_card_set *set, uint64_t cpu_ns, struct pl_error *error)
{
    pl_buf_clear(&worker->image);
    enum pl_err err = pl_card_set_pack(set, &worker->image, error);
    return err == PL_OK
               ? put(worker, record, &record->set_key, "set", PL_JOB_MEDIA_SET, cpu_ns, error)
               : err;
}

static void note_blame(const struct pl_card_blame *blame, struct pl_note_cards *note)
{
    (void)snprintf(note->code, sizeof note->code, "%s", blame->code != NULL ? blame->code : "");
    (void)snprintf(note->file, sizeof note->file, "%s", blame->file);
    note->line = blame->line;
}

/* From the files; then both entries are made. */
static enum pl_err build(struct pl_worker *worker, const struct pl_job_cards *record,
                         const struct pl_source *bundle, struct pl_note_cards *note,
                         struct pl_error *error)
{
    struct pl_card_set set;
    struct pl_card_blame blame = {.code = NULL};
    uint64_t cpu = pl_cpu_ns();
    memset(&set, 0, sizeof set);
    enum pl_err err = pl_card_build(NULL, bundle->bytes, bundle->n, record->game, &record->options,
                                    worker->arena, &set, &blame, error);
    cpu = pl_cpu_ns() - cpu;
    note_blame(&blame, note);
    if (err == PL_OK)
        err = put_document(worker, record, &set, cpu, error);
    return err == PL_OK ? put_set(worker, record, &set, cpu, error) : err;
}

/* From a set that is cached already: only the document is made. */
static enum pl_err rewrite(struct pl_worker *worker, const struct pl_job_cards *record,
                           const struct pl_source *packed, struct pl_error *error)
{
    struct pl_card_set set;
    enum pl_err err = pl_card_set_unpack(packed->bytes, packed->n, worker->arena, &set, error);
    return err == PL_OK ? put_document(worker, record, &set, 0, error) : err;
}

static enum pl_err map(struct pl_worker *worker, const struct pl_job_cards *record,
                       struct pl_mapped *out, struct pl_error *error)
{
    struct pl_job_source source = {.from = record->from, .key = record->set_key};
    if (record->from == PL_FROM_SPOOL)
        return pl_worker_map_spool(worker, record->spool_id, out, error);
    memcpy(source.sha256, record->sha256, sizeof source.sha256);
    return pl_worker_map(worker, &source, out, error);
}

static bool there(struct pl_worker *worker, const struct pl_key *key)
{
    return pl_cache_has(worker->cache, key, NULL, NULL, NULL, NULL) == PL_OK;
}

void pl_worker_cards(struct pl_worker *worker, const struct pl_job *job,
                     struct pl_job_result *result)
{
    struct pl_job_cards record;
    struct pl_note_cards note = {.line = 0};
    struct pl_error *error = &result->error;
    struct pl_mapped mapped;
    memcpy(&record, job->record, sizeof record);
    record.key[PL_CARDS_KEY_N] = '\0';
    uint64_t start = pl_now_ns();
    worker->used_packs = true;
    /* Somebody may have sent the same files meanwhile. */
    if (there(worker, &record.set_key) && there(worker, &record.json_key))
        return;
    if (map(worker, &record, &mapped, error) == PL_OK) {
        (void)(record.from == PL_FROM_CACHE ? rewrite(worker, &record, &mapped.source, error)
                                            : build(worker, &record, &mapped.source, &note, error));
        pl_worker_unmap(&mapped);
    }
    pl_metric_inspect(worker->heritage, pl_worker_number_of(&pl_renderer_card), error->code,
                      job->waited_ns, pl_now_ns() - start);
    memcpy(result->note, &note, sizeof note);
    result->note_n = sizeof note;
}
