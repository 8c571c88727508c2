/* metric_priv.h - where each metric lies among the numbers of a counters page.
 *
 * In order: plain counters, requests by route x method x code, response bytes by route, errors by
 * renderer x code, then the histograms. A histogram is one number a bucket (not cumulative), one
 * for everything above the last bound, and the sum in nanoseconds. */
#ifndef PL_METRIC_PRIV_H
#define PL_METRIC_PRIV_H

#include "server/admin/metric.h"

enum {
    PL_METRIC_BOUNDS_N = 18,
    PL_METRIC_HISTOGRAM_N = PL_METRIC_BOUNDS_N + 2,
    PL_METRIC_RENDERERS = 16, /* registry indices 0..14, then "none" */
    PL_METRIC_CODES = 32,     /* room for the closed set of status codes and "other" */
};

extern const uint64_t pl_metric_bounds_ns[PL_METRIC_BOUNDS_N];

/* The closed set of status codes; the last index counts every other one. */
unsigned pl_metric_codes(void);
unsigned pl_metric_code_index(unsigned status);
unsigned pl_metric_code_at(unsigned index); /* 0 = "other" */

/* First number of a series. */
unsigned pl_metric_at_request(enum pl_route route, enum pl_method method, unsigned code_index);
unsigned pl_metric_at_bytes(enum pl_route route);
unsigned pl_metric_at_error(unsigned renderer, enum pl_err code);
unsigned pl_metric_at_duration(enum pl_route route, enum pl_cache_result result);
unsigned pl_metric_at_render(unsigned renderer);
unsigned pl_metric_at_inspect(unsigned renderer);
unsigned pl_metric_at_wait(void);

/* A histogram summed over all slots. */
struct pl_metric_histogram {
    uint64_t bucket[PL_METRIC_BOUNDS_N + 1]; /* the last one: above all bounds */
    uint64_t count, sum_ns;
};
void pl_metric_read(const struct pl_heritage *heritage, unsigned at,
                    struct pl_metric_histogram *out);

#endif
