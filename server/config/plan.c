/* plan.c - the memory sum of architecture 5: replace auto and percentages, add up, refuse what does
 * not fit.
 *
 * Every part is an upper bound that something else enforces: the map by LMDB's map size, a worker
 * by its arena and RLIMIT_DATA, a front by its connection limit. A map on tmpfs is memory and a map
 * on disk is page cache of the same group: it is counted once either way.
 *
 * Card packs are files mapped to be read, shared by all processes: their pages are clean, and the
 * system takes them back when memory is short, so they are told beside the sum and are no part of
 * it. What is drawn from them at one time lies in a worker's budget. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"
#include "shm/board.h"
#include "shm/cache.h"
#include "shm/procs.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)

static const uint64_t worker_base = 6 * MIB; /* heap of libraries, fonts, LMDB, outside the job */
static const uint64_t worker_default = 256 * MIB; /* auto */
static const uint64_t worker_cards = 32 * MIB;    /* half of it is the arena, as cards need it */
static const uint64_t front_base = 8 * MIB;       /* buffers of answers under way, upload blocks */
static const uint64_t connection_extra =
    11 * KIB; /* libmicrohttpd 1 KiB and the kernel 10 KiB, measured */
static const uint64_t keeper_bytes = 12 * MIB; /* dirty pages of one commit */
static const uint64_t slack_bytes = 16 * MIB;  /* master, libraries' data, what nobody thought of */
static const uint64_t map_default_most = 1024 * MIB;
static const uint64_t connections_most = 10000;
static const uint64_t connections_few = 256; /* when memory is short */
static const uint64_t connections_least = 64;

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static void set_auto(struct pl_config *config, unsigned option, uint64_t value)
{
    char *origin;
    *pl_option_number(config, option) = value;
    if (asprintf(&origin, "%s, auto", config->origin[option]) < 0)
        return; /* without memory the origin just says less */
    free(config->origin[option]);
    config->origin[option] = origin;
}

/* Percentages become bytes; then the range that a plain number was held to at parse time. */
static enum pl_err resolve_percent(struct pl_config *config, uint64_t limit, struct pl_error *error)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *o = &pl_options[i];
        if (o->type != PL_OPTION_size || (pl_option_value(config, i) & PL_CONFIG_PERCENT) == 0)
            continue;
        uint64_t percent = pl_option_value(config, i) & ~PL_CONFIG_PERCENT;
        uint64_t bytes = limit / 100 * percent / (64 * KIB) * (64 * KIB);
        if (bytes < o->least || bytes > o->most)
            return pl_fail_param(error, PL_E_INPUT, o->key,
                                 "%s: %s.%s = %" PRIu64 "%% is %" PRIu64 " KiB, outside its range",
                                 config->origin[i], o->section, o->key, percent, bytes / KIB);
        *pl_option_number(config, i) = bytes;
    }
    return PL_OK;
}

static uint64_t connection_bytes(const struct pl_config *config)
{
    return config->http_connection_memory + connection_extra;
}

/* All autos but workers.memory, which takes what these leave. */
static void resolve_auto(struct pl_config *config, const struct pl_limits *limits)
{
    if (config->workers_render == 0)
        set_auto(config, PL_OPTION_workers_render,
                 clamp(limits->cpus, 1, pl_options[PL_OPTION_workers_render].most));
    if (config->workers_front == 0)
        set_auto(config, PL_OPTION_workers_front,
                 clamp(limits->cpus, 1, pl_options[PL_OPTION_workers_front].most));
    if (config->cache_size == 0)
        set_auto(config, PL_OPTION_cache_size,
                 clamp(limits->memory_bytes / 100 * 35 / MIB * MIB, PL_CACHE_MAP_LEAST,
                       map_default_most));
    if (config->http_connections == 0)
        set_auto(config, PL_OPTION_http_connections,
                 clamp(limits->memory_bytes / 5 / connection_bytes(config), 16, connections_most));
}

static uint64_t board_bytes(const struct pl_config *config)
{
    const uint64_t counters_each = 16 * KIB;
    return config->limits_queue * (PL_BOARD_RECORD_N + PL_BOARD_NOTE_N + KIB) +
           PL_PROCS_MAX * counters_each + 2 * MIB; /* recency words of the cache, process table */
}

static void resolve_worker_memory(struct pl_config *config, uint64_t limit, uint64_t others)
{
    if (config->workers_memory != 0)
        return;
    uint64_t left = limit > others ? limit - others : 0;
    uint64_t each = left / config->workers_render;
    each = each > worker_base ? (each - worker_base) / MIB * MIB : 0;
    set_auto(config, PL_OPTION_workers_memory,
             clamp(each, pl_options[PL_OPTION_workers_memory].least, worker_default));
}

static uint64_t packs_bytes(const struct pl_config *config)
{
    uint64_t sum = 0;
    struct stat status;
    for (unsigned i = 0; i < config->cards_pack.n; i++)
        if (stat(config->cards_pack.item[i], &status) == 0 && status.st_size > 0)
            sum += (uint64_t)status.st_size;
    return sum; /* one that is missing ends the start where it is opened, with its name */
}

static void plan_others(const struct pl_config *config, struct pl_plan *plan)
{
    plan->map = config->cache_size;
    plan->board = board_bytes(config);
    plan->front_each =
        front_base + config->http_connections * connection_bytes(config) / config->workers_front;
    plan->fronts = plan->front_each * config->workers_front;
}

static uint64_t others_of(const struct pl_plan *plan)
{
    return plan->map + plan->board + plan->fronts + plan->keeper + plan->slack;
}

static bool fits(const struct pl_config *config, uint64_t memory, struct pl_plan *plan)
{
    if (config->workers_memory != 0)
        memory = config->workers_memory;
    plan_others(config, plan);
    return others_of(plan) + config->workers_render * (worker_base + memory) <= plan->limit;
}

/* What auto chose by the CPUs may be too much for the memory: then fewer connections, one front,
 * fewer workers, still fewer connections, in this order. What somebody set is not touched, and
 * nothing is when that does not leave a worker `memory`. */
static bool fit(struct pl_config *config, const struct pl_config *asked, uint64_t memory,
                struct pl_plan *plan)
{
    uint64_t connections = config->http_connections, fronts = config->workers_front;
    uint64_t workers = config->workers_render;
    while (!fits(config, memory, plan)) {
        if (asked->http_connections == 0 && config->http_connections > connections_few) {
            config->http_connections = connections_few;
        } else if (asked->workers_front == 0 && config->workers_front > 1) {
            config->workers_front = 1;
        } else if (asked->workers_render == 0 && config->workers_render > 1) {
            config->workers_render--;
        } else if (asked->http_connections == 0 && config->http_connections > connections_least) {
            config->http_connections = connections_least;
        } else {
            config->http_connections = connections;
            config->workers_front = fronts;
            config->workers_render = workers;
            plan_others(config, plan);
            return false;
        }
    }
    return true;
}

static enum pl_err refuse(const struct pl_plan *plan, const struct pl_limits *limits,
                          const struct pl_config *config, struct pl_error *error)
{
    return pl_fail_param(
        error, PL_E_INPUT, "memory",
        "memory: map %" PRIu64 " + workers %" PRIu64 "x%" PRIu64 " + fronts %" PRIu64 "x%" PRIu64
        " + keeper %" PRIu64 " + board %" PRIu64 " + slack %" PRIu64 " = %" PRIu64
        " MiB, limit %" PRIu64
        " MiB (%s): lower cache.size, workers.memory, workers.render or http.connections",
        plan->map / MIB, config->workers_render, plan->worker_each / MIB, config->workers_front,
        plan->front_each / MIB, plan->keeper / MIB, plan->board / MIB, plan->slack / MIB,
        (plan->sum + MIB - 1) / MIB, limits->memory_bytes / MIB, limits->memory_from);
}

enum pl_err pl_config_plan(struct pl_config *config, const struct pl_limits *limits,
                           struct pl_plan *out, struct pl_error *error)
{
    struct pl_plan plan = {
        .keeper = keeper_bytes, .slack = slack_bytes, .limit = limits->memory_bytes};
    const struct pl_config asked = *config; /* for its numbers */
    enum pl_err err = resolve_percent(config, limits->memory_bytes, error);
    if (err != PL_OK)
        return err;
    resolve_auto(config, limits);
    if (config->cards_pack.n == 0 || !fit(config, &asked, worker_cards, &plan))
        (void)fit(config, &asked, pl_options[PL_OPTION_workers_memory].least, &plan);
    plan.packs = packs_bytes(config);
    resolve_worker_memory(config, limits->memory_bytes, others_of(&plan));
    plan.worker_each = worker_base + config->workers_memory;
    plan.workers = plan.worker_each * config->workers_render;
    plan.sum = others_of(&plan) + plan.workers;
    *out = plan;
    return plan.sum <= plan.limit ? PL_OK : refuse(&plan, limits, config, error);
}

void pl_plan_print(const struct pl_plan *plan, char *out, size_t n)
{
    (void)snprintf(out, n,
                   "map %" PRIu64 " + workers %" PRIu64 " (%" PRIu64 " each) + fronts %" PRIu64
                   " (%" PRIu64 " each) + keeper %" PRIu64 " + board %" PRIu64 " + slack %" PRIu64
                   " = %" PRIu64 " of %" PRIu64 " MiB",
                   plan->map / MIB, plan->workers / MIB, plan->worker_each / MIB,
                   plan->fronts / MIB, plan->front_each / MIB, plan->keeper / MIB,
                   plan->board / MIB, plan->slack / MIB, (plan->sum + MIB - 1) / MIB,
                   plan->limit / MIB);
    size_t used = strlen(out);
    if (plan->packs > 0 && used < n)
        (void)snprintf(out + used, n - used, "; card packs %" PRIu64 " MiB beside it",
                       (plan->packs + MIB - 1) / MIB);
}
