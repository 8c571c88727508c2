/* metric.c - which number each metric has, and counting.
 *
 * Knows nothing of text: metric_print.c writes what is counted here. Every call is one or a few
 * relaxed atomics on the caller's own page of shared memory; nothing is allocated and nothing can
 * fail. */
#include "server/admin/metric.h"

#include "server/admin/metric_priv.h"
#include "shm/base/check.h"

/* 50 us to 30 s. The four below a millisecond are where hits are. */
const uint64_t pl_metric_bounds_ns[PL_METRIC_BOUNDS_N] = {
    50000,     100000,     250000,     500000,     1000000,     2500000,
    5000000,   10000000,   25000000,   50000000,   100000000,   250000000,
    500000000, 1000000000, 2500000000, 5000000000, 10000000000, 30000000000,
};

/* Most frequent first: the search is linear. */
static const unsigned short codes[] = {
    200, 304, 404, 503, 201, 204, 206, 302, 303, 400, 401, 403, 405, 406, 408, 409,
    410, 411, 412, 413, 414, 415, 416, 422, 429, 431, 499, 500, 501, 504, 507,
};
_Static_assert(PL_COUNT(codes) < PL_METRIC_CODES, "one index is left for every other code");

enum {
    AT_REQUEST = PL_M_COUNT,
    AT_BYTES = AT_REQUEST + PL_ROUTE_COUNT * PL_METHOD_COUNT * PL_METRIC_CODES,
    AT_ERROR = AT_BYTES + PL_ROUTE_COUNT,
    AT_DURATION = AT_ERROR + PL_METRIC_RENDERERS * PL_E_COUNT,
    AT_RENDER = AT_DURATION + PL_ROUTE_COUNT * PL_CACHE_RESULT_COUNT * PL_METRIC_HISTOGRAM_N,
    AT_INSPECT = AT_RENDER + PL_METRIC_RENDERERS * PL_METRIC_HISTOGRAM_N,
    AT_WAIT = AT_INSPECT + PL_METRIC_RENDERERS * PL_METRIC_HISTOGRAM_N,
    AT_END = AT_WAIT + PL_METRIC_HISTOGRAM_N,
};

unsigned pl_metric_numbers(void)
{
    return AT_END;
}

unsigned pl_metric_codes(void)
{
    return PL_COUNT(codes) + 1;
}

unsigned pl_metric_code_index(unsigned status)
{
    unsigned i = 0;
    while (i < PL_COUNT(codes) && codes[i] != status)
        i++;
    return i;
}

unsigned pl_metric_code_at(unsigned index)
{
    return index < PL_COUNT(codes) ? codes[index] : 0;
}

unsigned pl_metric_at_request(enum pl_route route, enum pl_method method, unsigned code_index)
{
    return AT_REQUEST + ((unsigned)route * PL_METHOD_COUNT + method) * PL_METRIC_CODES + code_index;
}

unsigned pl_metric_at_bytes(enum pl_route route)
{
    return AT_BYTES + (unsigned)route;
}

static unsigned renderer_index(unsigned renderer)
{
    return PL_MIN(renderer, (unsigned)PL_METRIC_RENDERERS - 1);
}

unsigned pl_metric_at_error(unsigned renderer, enum pl_err code)
{
    return AT_ERROR + renderer_index(renderer) * PL_E_COUNT + (unsigned)code;
}

unsigned pl_metric_at_duration(enum pl_route route, enum pl_cache_result result)
{
    return AT_DURATION + ((unsigned)route * PL_CACHE_RESULT_COUNT + result) * PL_METRIC_HISTOGRAM_N;
}

unsigned pl_metric_at_render(unsigned renderer)
{
    return AT_RENDER + renderer_index(renderer) * PL_METRIC_HISTOGRAM_N;
}

unsigned pl_metric_at_inspect(unsigned renderer)
{
    return AT_INSPECT + renderer_index(renderer) * PL_METRIC_HISTOGRAM_N;
}

unsigned pl_metric_at_wait(void)
{
    return AT_WAIT;
}

static void add(const struct pl_heritage *heritage, unsigned number, uint64_t amount)
{
    pl_counters_add(heritage->counters, heritage->slot, number, amount);
}

static void observe(const struct pl_heritage *heritage, unsigned at, uint64_t ns)
{
    unsigned bucket = 0;
    while (bucket < PL_METRIC_BOUNDS_N && ns > pl_metric_bounds_ns[bucket])
        bucket++;
    add(heritage, at + bucket, 1);
    add(heritage, at + PL_METRIC_BOUNDS_N + 1, ns);
}

void pl_metric_read(const struct pl_heritage *heritage, unsigned at,
                    struct pl_metric_histogram *out)
{
    out->count = 0;
    for (unsigned i = 0; i <= PL_METRIC_BOUNDS_N; i++) {
        out->bucket[i] = pl_counters_sum(heritage->counters, at + i);
        out->count += out->bucket[i];
    }
    out->sum_ns = pl_counters_sum(heritage->counters, at + PL_METRIC_BOUNDS_N + 1);
}

void pl_metric_request(const struct pl_heritage *heritage, enum pl_route route,
                       enum pl_method method, unsigned status, enum pl_cache_result result,
                       uint64_t body_bytes, uint64_t duration_ns)
{
    CHECK((unsigned)route < PL_ROUTE_COUNT && (unsigned)method < PL_METHOD_COUNT);
    CHECK((unsigned)result < PL_CACHE_RESULT_COUNT);
    add(heritage, pl_metric_at_request(route, method, pl_metric_code_index(status)), 1);
    add(heritage, pl_metric_at_bytes(route), body_bytes);
    observe(heritage, pl_metric_at_duration(route, result), duration_ns);
    if (result == PL_CACHE_HIT)
        add(heritage, PL_M_cache_hits, 1);
    else if (result == PL_CACHE_MISS)
        add(heritage, PL_M_cache_misses, 1);
    else if (result == PL_CACHE_WAIT)
        add(heritage, PL_M_cache_waits, 1);
}

void pl_metric_render(const struct pl_heritage *heritage, unsigned renderer, enum pl_err result,
                      uint64_t wait_ns, uint64_t duration_ns)
{
    CHECK((unsigned)result < PL_E_COUNT);
    observe(heritage, pl_metric_at_wait(), wait_ns);
    observe(heritage, pl_metric_at_render(renderer), duration_ns);
    if (result != PL_OK)
        add(heritage, pl_metric_at_error(renderer, result), 1);
}

void pl_metric_inspect(const struct pl_heritage *heritage, unsigned renderer, enum pl_err result,
                       uint64_t wait_ns, uint64_t duration_ns)
{
    CHECK((unsigned)result < PL_E_COUNT);
    observe(heritage, pl_metric_at_wait(), wait_ns);
    observe(heritage, pl_metric_at_inspect(renderer), duration_ns);
    if (result != PL_OK)
        add(heritage, pl_metric_at_error(renderer, result), 1);
}

void pl_metric_add(const struct pl_heritage *heritage, enum pl_metric metric, uint64_t amount)
{
    CHECK((unsigned)metric < PL_M_COUNT);
    add(heritage, (unsigned)metric, amount);
}

uint64_t pl_metric_sum(const struct pl_heritage *heritage, enum pl_metric metric)
{
    CHECK((unsigned)metric < PL_M_COUNT);
    return pl_counters_sum(heritage->counters, (unsigned)metric);
}

const char *pl_metric_name(enum pl_metric metric)
{
    static const char *const names[] = {
#define METRIC(name, ...) #name,
#include "server/admin/metric.def"
#undef METRIC
    };
    return (unsigned)metric < PL_M_COUNT ? names[metric] : "";
}

const char *pl_route_name(enum pl_route route)
{
    static const char *const names[] = {
        [PL_ROUTE_OBJECTS] = "objects",
        [PL_ROUTE_LIST] = "list",
        [PL_ROUTE_ITEMS] = "items",
        [PL_ROUTE_IMAGES] = "images",
        [PL_ROUTE_RESOLVE] = "resolve",
        [PL_ROUTE_HEALTH] = "health",
        [PL_ROUTE_METRICS] = "metrics",
        [PL_ROUTE_STATS] = "stats",
        [PL_ROUTE_WEB] = "web",
        [PL_ROUTE_ADMIN] = "admin",
        [PL_ROUTE_NONE] = "none",
        [PL_ROUTE_DQM_PUT] = "dqm_put",
        [PL_ROUTE_DQM_SAMPLES] = "dqm_samples",
        [PL_ROUTE_DQM_LIST] = "dqm_list",
        [PL_ROUTE_DQM_PICTURE] = "dqm_picture",
        [PL_ROUTE_DQM_START] = "dqm_start",
        [PL_ROUTE_CARDS_UPLOAD] = "cards_upload",
        [PL_ROUTE_CARDS_PICTURE] = "cards_picture",
        [PL_ROUTE_CARDS] = "cards",
    };
    return (unsigned)route < PL_ROUTE_COUNT ? names[route] : "none";
}

const char *pl_cache_result_name(enum pl_cache_result result)
{
    static const char *const names[] = {
        [PL_CACHE_NONE] = "none",
        [PL_CACHE_HIT] = "hit",
        [PL_CACHE_MISS] = "miss",
        [PL_CACHE_WAIT] = "wait",
    };
    return (unsigned)result < PL_CACHE_RESULT_COUNT ? names[result] : "none";
}
