/* worker.c - one render worker's life: draw pictures and look into uploads, one job at a time.
 *
 * It reads hostile bytes and may therefore do almost nothing else (sandbox.h). What goes wrong with
 * a job goes into the job's result; what goes wrong with the process ends it, and the board knows
 * the job. Memory: one arena for the renderer, given back between jobs; the encoded image in a
 * buffer that is freed after a large one; libraries' heap below RLIMIT_DATA. It must not know HTTP.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "server/admin/metric.h"
#include "server/process/exit.h"
#include "server/process/found.h"
#include "server/process/memory.h"
#include "server/process/sandbox.h"
#include "server/process/worker_priv.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

enum {
    NICENESS = 5,         /* most of the gain for hits, and other load cannot starve it */
    IDLE_MS = 1000,       /* after this long without work all memory is given back */
    LONG_IDLE_MS = 10000, /* and then the queue is looked at this often, wake-up or not */
    LOOK_EVERY = 64,      /* jobs between two looks at private memory */
    KEEP_BYTES = 2 << 20, /* of the arena and of the image buffer between jobs in a row */
};

#define LOOK_AT_PEAK                                                                               \
    (UINT64_C(16) << 20) /* an arena peak from which memory is looked at at once                   \
                          */
#define PRIVATE_LEAST (UINT64_C(24) << 20)
#define BLOCK_ROOM (UINT64_C(20) << 20)

unsigned pl_worker_number_of(const struct pl_renderer *renderer)
{
    unsigned i = 0;
    while (pl_renderer_at(i) != NULL && pl_renderer_at(i) != renderer)
        i++;
    return i;
}

static enum pl_err check_room(const struct pl_worker *worker, const struct pl_renderer *renderer,
                              struct pl_error *error)
{
    if (renderer->arena_least_bytes <= pl_arena_ceiling(worker->arena))
        return PL_OK;
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "%s needs %zu bytes of memory for any job", renderer->name,
                         renderer->arena_least_bytes);
}

/* --- PL_JOB_RENDER ------------------------------------------------------------------------- */

static void describe(const struct pl_job_render *record, uint64_t cpu_ns, const char *note,
                     struct pl_cache_meta *meta)
{
    meta->media = record->params.media;
    meta->cost_us = (uint32_t)PL_MIN(cpu_ns / 1000, (uint64_t)UINT32_MAX);
    meta->made_wall_ns = pl_wall_ns();
    meta->stamp = record->sources_n > 0 ? record->sources[0].stamp : (struct pl_stamp){{0}};
    pl_job_label(meta->label, record->name, record->selector, record->params.text, note);
}

static enum pl_err draw_mapped(struct pl_worker *worker, const struct pl_renderer *renderer,
                               const struct pl_job_render *record, const struct pl_draw *what,
                               struct pl_note_render *note, struct pl_error *error)
{
    struct pl_draw_times times = {0};
    struct pl_cache_meta meta;
    uint64_t cpu = pl_cpu_ns();
    pl_buf_clear(&worker->image);
    enum pl_err result = renderer->render(what, worker->arena, &worker->image, &times, error);
    note->note[PL_DRAW_NOTE_N - 1] = '\0';
    if (result != PL_OK)
        return result;
    describe(record, pl_cpu_ns() - cpu, note->note, &meta);
    note->load_ns = times.load_ns;
    note->render_ns = times.render_ns;
    note->encode_ns = times.encode_ns;
    note->bytes = worker->image.n;
    if (renderer == &pl_renderer_card) {
        worker->used_packs = true;
        pl_metric_add(worker->heritage, times.spliced ? PL_M_cards_spliced : PL_M_cards_plain, 1);
    }
    return pl_cache_put(worker->cache, &record->key, worker->image.bytes, worker->image.n, &meta,
                        error);
}

static enum pl_err draw(struct pl_worker *worker, const struct pl_renderer *renderer,
                        const struct pl_job_render *record, struct pl_note_render *note,
                        struct pl_error *error)
{
    struct pl_mapped mapped[PL_DRAW_SOURCES_MAX];
    struct pl_draw_source sources[PL_DRAW_SOURCES_MAX];
    unsigned n = 0;
    enum pl_err result = check_room(worker, renderer, error);
    for (; result == PL_OK && n < record->sources_n; n++) {
        const struct pl_job_source *source = &record->sources[n];
        result = pl_worker_map(worker, source, &mapped[n], error);
        if (result != PL_OK)
            break;
        sources[n] = (struct pl_draw_source){
            .source = mapped[n].source,
            .selector = n == 0 ? record->selector : source->path,
            .label = source->label,
            .locator = source->locator,
            .locator_n = source->locator_n,
            .quality = source->quality,
            .efficiency = source->efficiency,
        };
    }
    const struct pl_draw what = {
        .sources = sources,
        .sources_n = n,
        .trend = record->trend.points,
        .trend_n = record->sources_n == 0 ? record->trend_n : 0,
        .trend_title = record->selector,
        .trend_label = record->trend.label,
        .params = &record->params,
        .note = note->note,
    };
    if (result == PL_OK)
        result = draw_mapped(worker, renderer, record, &what, note, error);
    while (n > 0)
        pl_worker_unmap(&mapped[--n]);
    return result;
}

/* Somebody may have drawn it between a front's miss and its place on the board. */
static bool drawn_meanwhile(struct pl_worker *worker, const struct pl_job_render *record,
                            struct pl_note_render *note)
{
    uint64_t bytes = 0;
    if (pl_cache_has(worker->cache, &record->key, NULL, &bytes, NULL, NULL) != PL_OK)
        return false;
    note->bytes = bytes;
    pl_metric_add(worker->heritage, PL_M_renders_found, 1);
    return true;
}

/* Fronts are our own, but they face the network: their texts end where ours say. */
static void terminate(struct pl_job_render *record)
{
    record->renderer[sizeof record->renderer - 1] = '\0';
    record->name[sizeof record->name - 1] = '\0';
    record->selector[sizeof record->selector - 1] = '\0';
    record->params.text[sizeof record->params.text - 1] = '\0';
    record->sources_n = PL_MIN(record->sources_n, (unsigned)PL_DRAW_SOURCES_MAX);
    record->trend_n = PL_MIN(record->trend_n, (unsigned)PL_TREND_MAX);
    if (record->sources_n == 0)
        record->trend.label[PL_JOB_LABEL_N - 1] = '\0';
    for (unsigned i = 0; i < record->sources_n; i++) {
        struct pl_job_source *source = &record->sources[i];
        source->label[PL_JOB_LABEL_N - 1] = '\0';
        source->path[PL_JOB_LABEL_N - 1] = '\0';
        source->locator_n = PL_MIN(source->locator_n, (uint32_t)PL_LOCATOR_MAX);
    }
}

static void do_render(struct pl_worker *worker, const struct pl_job *job,
                      struct pl_job_result *result)
{
    struct pl_job_render record;
    struct pl_note_render note = {0};
    struct pl_error *error = &result->error;
    memcpy(&record, job->record, sizeof record);
    terminate(&record);
    uint64_t start = pl_now_ns();
    if (!drawn_meanwhile(worker, &record, &note)) {
        const struct pl_renderer *renderer = pl_renderer_find(record.renderer);
        if (renderer == NULL)
            (void)pl_fail(error, PL_E_INTERNAL, "no renderer is called %s", record.renderer);
        else
            (void)draw(worker, renderer, &record, &note, error);
        pl_metric_add(worker->heritage,
                      error->code == PL_OK ? PL_M_renders_drawn : PL_M_renders_failed, 1);
        pl_metric_render(worker->heritage,
                         renderer != NULL ? pl_worker_number_of(renderer) : UINT_MAX, error->code,
                         job->waited_ns, pl_now_ns() - start);
    }
    memcpy(result->note, &note, sizeof note);
    result->note_n = sizeof note;
}

/* --- PL_JOB_INSPECT ------------------------------------------------------------------------ */

struct inspection {
    const struct pl_renderer *renderer;
    const struct pl_job_inspect *job;
    struct pl_findings *findings;
};

static enum pl_err note_found(void *context, const struct pl_found *found, struct pl_error *error)
{
    const struct inspection *in = context;
    struct pl_item item;
    pl_found_item(in->renderer, in->job, found, &item);
    return pl_findings_add(in->findings, &item, error);
}

static enum pl_err list_inside(struct pl_worker *worker, const struct pl_renderer *renderer,
                               const struct pl_job_inspect *job, const struct pl_source *source,
                               struct pl_note_inspect *note, struct pl_error *error)
{
    struct inspection in = {.renderer = renderer, .job = job};
    uint32_t most = (uint32_t)PL_MIN(worker->heritage->config->limits_items, (uint64_t)UINT32_MAX);
    enum pl_err result = pl_findings_make(worker->store, job->spool_id, most, &in.findings, error);
    if (result != PL_OK)
        return result;
    result = renderer->inspect(source, worker->arena, note_found, &in, error);
    enum pl_err ended = pl_findings_end(&in.findings, &note->items, &note->troubled, error);
    return result != PL_OK ? result : ended;
}

static enum pl_err inspect(struct pl_worker *worker, const struct pl_job_inspect *job,
                           const struct pl_source *source, const struct pl_renderer **by,
                           struct pl_note_inspect *note, struct pl_error *error)
{
    const struct pl_renderer *renderer =
        pl_renderer_probe(source->bytes, (size_t)PL_MIN(source->n, (uint64_t)PL_PROBE_N));
    *by = renderer;
    if (renderer == NULL && !worker->heritage->config->store_plain_bytes)
        return pl_fail(
            error, PL_E_FORMAT,
            "the bytes at offset 0 begin no format that platen knows (a ROOT file begins "
            "with \"root\"); store.plain_bytes=on keeps such uploads");
    if (renderer == NULL) {
        (void)snprintf(note->media, sizeof note->media, "application/octet-stream");
        return PL_OK;
    }
    (void)snprintf(note->renderer, sizeof note->renderer, "%s", renderer->name);
    (void)snprintf(note->media, sizeof note->media, "%s", renderer->media);
    if (check_room(worker, renderer, error) != PL_OK)
        return error->code;
    return list_inside(worker, renderer, job, source, note, error);
}

static void do_inspect(struct pl_worker *worker, const struct pl_job *job,
                       struct pl_job_result *result)
{
    struct pl_job_inspect record;
    struct pl_note_inspect note = {0};
    struct pl_error *error = &result->error;
    const struct pl_renderer *renderer = NULL;
    struct pl_mapped mapped;
    memcpy(&record, job->record, sizeof record);
    uint64_t start = pl_now_ns();
    if (pl_worker_map_spool(worker, record.spool_id, &mapped, error) == PL_OK) {
        if (mapped.source.n != record.bytes)
            (void)pl_fail(error, PL_E_INTERNAL, "the upload has %llu bytes in the spool, not %llu",
                          (unsigned long long)mapped.source.n, (unsigned long long)record.bytes);
        else
            (void)inspect(worker, &record, &mapped.source, &renderer, &note, error);
        pl_worker_unmap(&mapped);
    }
    if (error->code != PL_OK)
        pl_findings_drop(worker->store, record.spool_id);
    if (renderer != NULL)
        pl_metric_inspect(worker->heritage, pl_worker_number_of(renderer), error->code,
                          job->waited_ns, pl_now_ns() - start);
    memcpy(result->note, &note, sizeof note);
    result->note_n = sizeof note;
}

/* --- life ---------------------------------------------------------------------------------- */

static void do_job(struct pl_worker *worker, const struct pl_job *job, struct pl_job_result *result)
{
    memset(result, 0, sizeof *result);
    if (job->kind == PL_JOB_RENDER && job->record_n == sizeof(struct pl_job_render))
        do_render(worker, job, result);
    else if (job->kind == PL_JOB_CARDS && job->record_n == sizeof(struct pl_job_cards))
        pl_worker_cards(worker, job, result);
    else if (job->kind == PL_JOB_INSPECT && job->record_n == sizeof(struct pl_job_inspect))
        do_inspect(worker, job, result);
    else
        (void)pl_fail(&result->error, PL_E_INTERNAL, "a worker cannot do job kind %u of %u bytes",
                      job->kind, job->record_n);
}

/* Between jobs: give memory back, and decide whether this process should go on. */
static int after_job(struct pl_worker *worker)
{
    uint64_t jobs = worker->taker.process->jobs,
             most = worker->heritage->config->workers_recycle_jobs;
    bool look = pl_arena_peak(worker->arena) >= LOOK_AT_PEAK || jobs % LOOK_EVERY == 0;
    pl_arena_reset(worker->arena, KEEP_BYTES);
    if (worker->used_packs && pl_card_packs() != NULL)
        pl_packs_rest(pl_card_packs());
    worker->used_packs = false;
    if (worker->image.capacity > KEEP_BYTES)
        pl_buf_free(&worker->image);
    if (look && pl_proc_note_memory(worker->taker.process) > worker->private_most)
        return PL_EXIT_MEMORY;
    return most > 0 && jobs >= most ? PL_EXIT_PLANNED : PL_EXIT_OK;
}

static void be_small(struct pl_worker *worker)
{
    pl_arena_reset(worker->arena, 0);
    pl_buf_free(&worker->image);
    (void)pl_proc_note_memory(worker->taker.process);
}

static int work(struct pl_worker *worker)
{
    struct pl_job job;
    struct pl_job_result result;
    int status = PL_EXIT_OK, patience_ms = IDLE_MS;
    while (status == PL_EXIT_OK) {
        pl_ticket ticket;
        enum pl_taker_news news = pl_taker_wait(&worker->taker, patience_ms);
        if (news == PL_TAKER_STOP)
            return PL_EXIT_OK;
        if (news == PL_TAKER_IDLE)
            be_small(worker);
        patience_ms = news == PL_TAKER_IDLE ? LONG_IDLE_MS : IDLE_MS;
        if (pl_taker_claim(&worker->taker, &job, &ticket) != PL_OK)
            continue;
        do_job(worker, &job, &result);
        pl_taker_finish(&worker->taker, ticket, &result);
        status = after_job(worker);
    }
    return status;
}

/* A quarter of a worker's memory is left for the encoded image, for what libraries allocate and for
 * what is unpacked outside the arena: of that at least a whole compression block has room, which
 * ROOT makes as large as 16 MiB, unless it were more than half. */
static uint64_t arena_bytes(uint64_t memory)
{
    return memory - PL_MAX(memory / 4, PL_MIN(memory / 2, BLOCK_ROOM));
}

static enum pl_err open_all(struct pl_worker *worker, struct pl_error *error)
{
    struct pl_heritage *heritage = worker->heritage;
    (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    if (pl_cache_open(&worker->cache, heritage->cache_dir, heritage->cache, false, error) !=
            PL_OK ||
        pl_store_open(&worker->store, heritage->config->store_dir, PL_STORE_READER, error) !=
            PL_OK ||
        pl_sandbox_enter(heritage, error) != PL_OK)
        return error->code;
    uint64_t memory = heritage->worker_memory_bytes;
    worker->image = PL_BUF((size_t)(memory / 4));
    worker->private_most = PL_MAX(memory / 4, PRIVATE_LEAST);
    return pl_arena_make(&worker->arena, (size_t)arena_bytes(memory), error);
}

int pl_worker_main(struct pl_heritage *heritage)
{
    struct pl_worker worker = {.heritage = heritage};
    struct pl_error error = {0};
    int status = PL_EXIT_START;
    pl_taker_start(&worker.taker, heritage, PL_QUEUE_RENDER);
    if (open_all(&worker, &error) == PL_OK) {
        (void)pl_proc_note_memory(worker.taker.process);
        worker.taker.process->state = PL_PROC_IDLE;
        status = work(&worker);
    } else {
        pl_log(PL_LOG_ERROR, "worker_cannot_start", PL_LOG_S("reason", error.msg));
    }
    pl_arena_free(&worker.arena);
    pl_buf_free(&worker.image);
    pl_store_close(&worker.store);
    pl_cache_close(&worker.cache);
    return status;
}
