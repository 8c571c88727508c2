/* admin_stats.c - `stats`, `status` and `top`: what the counters, the process table, the board, the
 * cache and the catalogue say at this moment, as JSON.
 *
 * Reads only. The key names of `stats` are a contract with tools outside: platenctl(1) documents
 * them. */
#include "server/admin/admin_priv.h"

#include <stdio.h>
#include <string.h>

#include "server/admin/metric_priv.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

static void set(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

uint64_t pl_admin_private_sum(const struct pl_procs *procs)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < procs->n; i++)
        if (procs->proc[i].pid > 0)
            sum += procs->proc[i].private_bytes;
    return sum;
}

static void add_plain(json_t *object, const struct pl_heritage *heritage)
{
    for (unsigned i = 0; i < PL_M_COUNT; i++)
        set(object, pl_metric_name((enum pl_metric)i), pl_metric_sum(heritage, (enum pl_metric)i));
    uint64_t hits = pl_metric_sum(heritage, PL_M_cache_hits);
    uint64_t all = hits + pl_metric_sum(heritage, PL_M_cache_misses) +
                   pl_metric_sum(heritage, PL_M_cache_waits);
    json_object_set_new(object, "cache_hit_ratio",
                        all != 0 ? json_real((double)hits / (double)all) : json_null());
}

static void add_requests(json_t *object, const struct pl_heritage *heritage)
{
    uint64_t all = 0, client = 0, server = 0, bytes = 0;
    for (unsigned route = 0; route < PL_ROUTE_COUNT; route++) {
        bytes += pl_counters_sum(heritage->counters, pl_metric_at_bytes(route));
        for (unsigned method = 0; method < PL_METHOD_COUNT; method++)
            for (unsigned i = 0; i < pl_metric_codes(); i++) {
                uint64_t n =
                    pl_counters_sum(heritage->counters, pl_metric_at_request(route, method, i));
                unsigned code = pl_metric_code_at(i);
                all += n;
                client += code >= 400 && code < 500 ? n : 0;
                /* a /readyz that turns traffic away is no failure */
                server += code >= 500 && route != PL_ROUTE_HEALTH ? n : 0;
            }
    }
    set(object, "requests", all);
    set(object, "requests_4xx", client);
    set(object, "requests_5xx", server);
    set(object, "response_bytes", bytes);
}

static void add_cache(json_t *object, struct pl_cache *cache)
{
    struct pl_cache_counts counts = {0};
    if (cache != NULL)
        (void)pl_cache_counts(cache, &counts, NULL);
    set(object, "cache_bytes_used", counts.live_bytes);
    set(object, "cache_bytes_limit", counts.budget_bytes);
    set(object, "cache_map_bytes", counts.map_bytes);
    set(object, "cache_entries", counts.entries);
    set(object, "cache_puts", counts.puts);
    set(object, "cache_evictions", counts.evictions);
    set(object, "cache_oldest_age_seconds", pl_admin_age(counts.oldest_wall_ns));
}

static void add_board(json_t *object, struct pl_board *board)
{
    struct pl_board_counts counts;
    pl_board_counts(board, &counts);
    set(object, "queue_length", counts.queued[PL_QUEUE_RENDER]);
    set(object, "queue_length_keeper", counts.queued[PL_QUEUE_KEEPER]);
    set(object, "jobs_running", counts.running);
    set(object, "jobs_submitted", counts.submitted);
    set(object, "jobs_joined", counts.joined);
    set(object, "jobs_refused_full", counts.refused_full);
    set(object, "jobs_refused_quarantine", counts.refused_quarantine);
    set(object, "jobs_cancelled", counts.cancelled);
    set(object, "jobs_requeued", counts.requeued);
    set(object, "quarantined", counts.quarantined);
    set(object, "board_slots", counts.slots);
    set(object, "board_owner_deaths", counts.owner_deaths);
}

static void add_store(json_t *object, struct pl_store *store)
{
    struct pl_store_counts counts = {0};
    if (store != NULL)
        (void)pl_store_counts(store, &counts, NULL);
    set(object, "objects", counts.names);
    set(object, "tombstones", counts.tombstones);
    set(object, "items", counts.items);
    set(object, "blobs", counts.blobs);
    set(object, "blob_bytes", counts.blob_bytes);
    set(object, "catalog_sequence", counts.sequence);
    set(object, "catalog_bytes_used", counts.map_used_bytes);
}

static void add_processes(json_t *object, const struct pl_procs *procs)
{
    unsigned of_role[PL_ROLE_COUNT] = {0}, busy = 0, idle = 0;
    uint64_t jobs = 0;
    for (unsigned i = 0; i < procs->n; i++) {
        const struct pl_proc *proc = &procs->proc[i];
        if (proc->pid <= 0 || proc->role >= PL_ROLE_COUNT)
            continue;
        of_role[proc->role]++;
        if (proc->role != PL_ROLE_WORKER)
            continue;
        busy += proc->state == PL_PROC_BUSY;
        idle += proc->state == PL_PROC_IDLE;
        jobs += proc->jobs;
    }
    set(object, "workers", of_role[PL_ROLE_WORKER]);
    set(object, "workers_busy", busy);
    set(object, "workers_idle", idle);
    set(object, "worker_jobs", jobs);
    set(object, "fronts", of_role[PL_ROLE_FRONT]);
    set(object, "memory_private_bytes", pl_admin_private_sum(procs));
    set(object, "generation", procs->generation);
    set(object, "uptime_seconds", pl_admin_age(procs->started_wall_ns));
    json_object_set_new(object, "draining", json_boolean(procs->draining != 0));
    json_object_set_new(object, "last_reload_failed", json_boolean(procs->last_reload_failed != 0));
    if (procs->last_reload_failed != 0)
        json_object_set_new(object, "reload_error", pl_admin_text(procs->reload_error));
}

json_t *pl_admin_stats_object(const struct pl_admin_context *context)
{
    json_t *object = json_object();
    if (object == NULL)
        return NULL;
    json_object_set_new(object, "time", pl_admin_time(pl_wall_ns()));
    json_object_set_new(object, "time_ns", json_integer((json_int_t)pl_now_ns()));
    add_processes(object, context->heritage->procs);
    add_requests(object, context->heritage);
    add_plain(object, context->heritage);
    add_cache(object, context->cache);
    add_board(object, context->heritage->board);
    add_store(object, context->store);
    set(object, "memory_limit_bytes", context->heritage->memory_limit_bytes);
    set(object, "worker_memory_bytes", context->heritage->worker_memory_bytes);
    return object;
}

static json_t *sandbox(uint32_t bits)
{
    static const char *const names[] = {"no_new_privs", "no_capabilities", "seccomp",
                                        "landlock",     "rlimits",         "not_dumpable"};
    json_t *list = json_array();
    for (unsigned i = 0; i < PL_COUNT(names); i++)
        if (bits & (1u << i))
            json_array_append_new(list, json_string(names[i]));
    return list;
}

/* What the process is working on; NULL when nothing. Job records are as job.h lays them out. */
static json_t *job_of(struct pl_board *board, unsigned slot)
{
    static const char *const kinds[] = {[PL_JOB_RENDER] = "render",
                                        [PL_JOB_INSPECT] = "inspect",
                                        [PL_JOB_COMMIT] = "commit",
                                        [PL_JOB_PURGE] = "purge",
                                        [PL_JOB_CARDS] = "cards"};
    struct pl_job job;
    uint64_t started_ns = 0;
    if (pl_board_peek(board, slot, &job, &started_ns) != PL_OK)
        return NULL;
    const char *kind = job.kind < PL_COUNT(kinds) ? kinds[job.kind] : "other";
    uint64_t now = pl_now_ns();
    json_t *object = json_pack("{ss sf}", "kind", kind, "seconds",
                               now > started_ns ? (double)(now - started_ns) / 1e9 : 0.0);
    union {
        struct pl_job_render render;
        struct pl_job_inspect inspect;
        struct pl_job_commit commit;
        struct pl_job_cards cards;
    } record;
    memset(&record, 0, sizeof record);
    memcpy(&record, job.record, PL_MIN(sizeof record, (size_t)job.record_n));
    if (job.kind == PL_JOB_RENDER) {
        json_object_set_new(object, "name", pl_admin_text(record.render.name));
        json_object_set_new(object, "selector", pl_admin_text(record.render.selector));
    } else if (job.kind == PL_JOB_INSPECT) {
        json_object_set_new(object, "name", pl_admin_text(record.inspect.name));
    } else if (job.kind == PL_JOB_COMMIT) {
        json_object_set_new(object, "name", pl_admin_text(record.commit.name));
    } else if (job.kind == PL_JOB_CARDS) {
        record.cards.key[PL_CARDS_KEY_N] = '\0';
        json_object_set_new(object, "name", pl_admin_text(record.cards.key));
    }
    return object;
}

static json_t *process(const struct pl_admin_context *context, unsigned slot)
{
    const struct pl_proc *proc = &context->heritage->procs->proc[slot];
    uint64_t now = pl_now_ns(), started = proc->started_ns;
    json_t *object = json_object();
    set(object, "slot", slot);
    json_object_set_new(object, "role", json_string(pl_role_name(proc->role)));
    set(object, "index", proc->index);
    set(object, "pid", proc->pid > 0 ? (uint64_t)proc->pid : 0);
    json_object_set_new(object, "state", json_string(pl_proc_state_name(proc->state)));
    set(object, "generation", proc->generation);
    set(object, "age_seconds", now > started && started != 0 ? (now - started) / PL_S_NS : 0);
    set(object, "jobs", proc->jobs);
    set(object, "private_bytes", proc->private_bytes);
    set(object, "crashes", proc->crashes);
    set(object, "late", proc->late);
    set(object, "planned", proc->planned);
    set(object, "killed_for_memory", proc->killed_for_memory);
    set(object, "last_signal", proc->last_signal);
    json_object_set_new(object, "sandbox", sandbox(proc->sandbox));
    set(object, "landlock_abi", proc->landlock_abi);
    json_t *job = proc->role == PL_ROLE_WORKER || proc->role == PL_ROLE_KEEPER
                      ? job_of(context->heritage->board, slot)
                      : NULL;
    json_object_set_new(object, "job", job != NULL ? job : json_null());
    return object;
}

json_t *pl_admin_processes(const struct pl_admin_context *context)
{
    const struct pl_procs *procs = context->heritage->procs;
    json_t *list = json_array();
    for (unsigned i = 0; i < procs->n; i++)
        if (procs->proc[i].role != PL_ROLE_NONE && procs->proc[i].state != PL_PROC_EMPTY)
            json_array_append_new(list, process(context, i));
    return list;
}

enum pl_err pl_admin_stats(const struct pl_admin_context *context, struct pl_admin_call *call,
                           struct pl_error *error)
{
    enum pl_err err = pl_admin_args_known(call, "", error);
    return err != PL_OK ? err : pl_admin_json(call, pl_admin_stats_object(context), error);
}

enum pl_err pl_admin_top(const struct pl_admin_context *context, struct pl_admin_call *call,
                         struct pl_error *error)
{
    enum pl_err err = pl_admin_args_known(call, "", error);
    if (err != PL_OK)
        return err;
    return pl_admin_json(call,
                         json_pack("{so so}", "stats", pl_admin_stats_object(context), "processes",
                                   pl_admin_processes(context)),
                         error);
}

/* The parts of the memory plan of architecture 5, as far as they are known after the start. */
static json_t *memory(const struct pl_heritage *heritage, uint64_t map_bytes)
{
    const struct pl_config *config = heritage->config;
    uint64_t workers = config != NULL ? config->workers_render : 0;
    return json_pack("{sI sI sI sI sI sI}", "limit_bytes", (json_int_t)heritage->memory_limit_bytes,
                     "map_bytes", (json_int_t)map_bytes, "worker_bytes",
                     (json_int_t)heritage->worker_memory_bytes, "workers", (json_int_t)workers,
                     "planned_bytes",
                     (json_int_t)(map_bytes + workers * heritage->worker_memory_bytes),
                     "private_bytes", (json_int_t)pl_admin_private_sum(heritage->procs));
}

static json_t *listeners(const struct pl_heritage *heritage)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < heritage->listen_n; i++)
        json_array_append_new(list, pl_admin_text(heritage->listen[i].address));
    return list;
}

enum pl_err pl_admin_status(const struct pl_admin_context *context, struct pl_admin_call *call,
                            struct pl_error *error)
{
    const struct pl_heritage *heritage = context->heritage;
    const struct pl_procs *procs = heritage->procs;
    enum pl_err err = pl_admin_args_known(call, "", error);
    if (err != PL_OK)
        return err;
    struct pl_cache_counts counts = {0};
    if (context->cache != NULL)
        (void)pl_cache_counts(context->cache, &counts, NULL);
    uint64_t now = pl_now_ns(), beat = procs->beat_ns;
    json_t *object = json_object();
    json_object_set_new(object, "version", json_string(PL_VERSION));
    json_object_set_new(object, "started", pl_admin_time(procs->started_wall_ns));
    json_object_set_new(object, "reloaded", pl_admin_time(procs->reloaded_wall_ns));
    json_object_set_new(object, "last_reload_failed", json_boolean(procs->last_reload_failed != 0));
    json_object_set_new(object, "draining", json_boolean(procs->draining != 0));
    set(object, "generation", procs->generation);
    json_object_set_new(object, "master_beat_age_seconds",
                        json_real(now > beat && beat != 0 ? (double)(now - beat) / 1e9 : 0.0));
    json_object_set_new(object, "listen", listeners(heritage));
    json_object_set_new(object, "admin_socket", pl_admin_text(heritage->admin_socket));
    json_object_set_new(object, "store_dir",
                        pl_admin_text(heritage->config != NULL ? heritage->config->store_dir : ""));
    json_object_set_new(object, "cache_dir", pl_admin_text(heritage->cache_dir));
    json_object_set_new(object, "memory", memory(heritage, counts.map_bytes));
    json_object_set_new(object, "processes", pl_admin_processes(context));
    json_object_set_new(object, "stats", pl_admin_stats_object(context));
    return pl_admin_json(call, object, error);
}
