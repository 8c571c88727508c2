/* metric.h - counting. metric.def names every series once; this is how code counts.
 *
 * A metric is a range of numbers in the process slot's page of shm/counters.h: a count is one
 * relaxed atomic, survives its process, and is summed over all slots by whoever reads. No object
 * name is ever a label; all label sets are closed enums. */
#ifndef PL_METRIC_H
#define PL_METRIC_H

#include <stdint.h>

#include "server/process/heritage.h"
#include "shm/base/buf.h"

enum pl_route {
    PL_ROUTE_OBJECTS,
    PL_ROUTE_LIST,
    PL_ROUTE_ITEMS,
    PL_ROUTE_IMAGES,
    PL_ROUTE_RESOLVE,
    PL_ROUTE_HEALTH,
    PL_ROUTE_METRICS,
    PL_ROUTE_STATS,
    PL_ROUTE_WEB,
    PL_ROUTE_ADMIN,
    PL_ROUTE_DQM_PUT,
    PL_ROUTE_DQM_SAMPLES,
    PL_ROUTE_DQM_LIST,
    PL_ROUTE_DQM_PICTURE,
    PL_ROUTE_DQM_START,
    PL_ROUTE_CARDS_UPLOAD,
    PL_ROUTE_CARDS_PICTURE,
    PL_ROUTE_CARDS,
    PL_ROUTE_NONE,
    PL_ROUTE_COUNT
};

enum pl_method {
    PL_METHOD_GET,
    PL_METHOD_HEAD,
    PL_METHOD_PUT,
    PL_METHOD_POST,
    PL_METHOD_DELETE,
    PL_METHOD_OTHER,
    PL_METHOD_COUNT
};

/* NONE: not a picture request (or a picture request that was refused before the cache was asked).
 */
enum pl_cache_result {
    PL_CACHE_NONE,
    PL_CACHE_HIT,
    PL_CACHE_MISS,
    PL_CACHE_WAIT, /* joined a render that was already under way */
    PL_CACHE_RESULT_COUNT
};

/* One finished request: its count, bytes and duration, and PL_M_cache_hits, _misses or _waits as
 * `result` says. The caller adds none of these itself. status 0 = the client hung up before an
 * answer. */
void pl_metric_request(const struct pl_heritage *heritage, enum pl_route route,
                       enum pl_method method, unsigned status, enum pl_cache_result result,
                       uint64_t body_bytes, uint64_t duration_ns);
/* One render tried by a worker, or one inspection; renderer is the registry's index, anything
 * larger = nobody's format. Counts wait, duration and the error; PL_M_renders_* are the caller's to
 * add, who alone knows whether the picture was drawn or found. */
void pl_metric_render(const struct pl_heritage *heritage, unsigned renderer, enum pl_err result,
                      uint64_t wait_ns, uint64_t duration_ns);
void pl_metric_inspect(const struct pl_heritage *heritage, unsigned renderer, enum pl_err result,
                       uint64_t wait_ns, uint64_t duration_ns);

/* Plain counters of metric.def: PL_M_uploads_stored, ... */
enum pl_metric {
#define METRIC(name, ...) PL_M_##name,
#include "server/admin/metric.def"
#undef METRIC
    PL_M_COUNT
};
void pl_metric_add(const struct pl_heritage *heritage, enum pl_metric metric, uint64_t amount);
uint64_t pl_metric_sum(const struct pl_heritage *heritage, enum pl_metric metric);
const char *pl_metric_name(enum pl_metric metric); /* "cache_hits", as in metric.def */

const char *pl_route_name(enum pl_route route);                /* "images" */
const char *pl_cache_result_name(enum pl_cache_result result); /* "hit" */

/* How many numbers pl_counters_make must provide. */
unsigned pl_metric_numbers(void);

#endif
