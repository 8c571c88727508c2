/* admin_histogram.c - `histogram`: latencies by route and cache result, or by renderer, with
 * quantiles.
 *
 * A quantile is interpolated inside its bucket and says no more than the bucket does. */
#include "server/admin/admin_priv.h"

#include <stdio.h>
#include <string.h>

#include "server/admin/metric_priv.h"

static double quantile_s(const struct pl_metric_histogram *h, double q)
{
    double rank = q * (double)h->count, below = 0.0;
    for (unsigned i = 0; i <= PL_METRIC_BOUNDS_N; i++) {
        double n = (double)h->bucket[i];
        if (below + n < rank || h->bucket[i] == 0) {
            below += n;
            continue;
        }
        double low = i > 0 ? (double)pl_metric_bounds_ns[i - 1] / 1e9 : 0.0;
        if (i == PL_METRIC_BOUNDS_N)
            return low;
        double high = (double)pl_metric_bounds_ns[i] / 1e9;
        return low + (high - low) * (rank - below) / n;
    }
    return 0.0;
}

static void add(const struct pl_admin_context *context, json_t *list, const char *label,
                const char *result, unsigned at)
{
    struct pl_metric_histogram h;
    pl_metric_read(context->heritage, at, &h);
    if (h.count == 0)
        return;
    json_t *buckets = json_array();
    for (unsigned i = 0; i <= PL_METRIC_BOUNDS_N; i++)
        json_array_append_new(buckets, json_integer((json_int_t)h.bucket[i]));
    json_array_append_new(list, json_pack("{ss ss sI sf sf sf sf so}", "of", label, "result",
                                          result, "count", (json_int_t)h.count, "mean_seconds",
                                          (double)h.sum_ns / 1e9 / (double)h.count, "p50_seconds",
                                          quantile_s(&h, 0.5), "p90_seconds", quantile_s(&h, 0.9),
                                          "p99_seconds", quantile_s(&h, 0.99), "buckets", buckets));
}

static void add_routes(const struct pl_admin_context *context, json_t *list)
{
    for (unsigned route = 0; route < PL_ROUTE_COUNT; route++)
        for (unsigned result = 0; result < PL_CACHE_RESULT_COUNT; result++)
            add(context, list, pl_route_name(route), pl_cache_result_name(result),
                pl_metric_at_duration(route, result));
}

static void add_renderers(const struct pl_admin_context *context, json_t *list)
{
    for (unsigned i = 0; i < PL_METRIC_RENDERERS; i++) {
        const struct pl_renderer *renderer = pl_renderer_at(i);
        const char *name = i == PL_METRIC_RENDERERS - 1 ? "none"
                           : renderer != NULL           ? renderer->name
                                                        : NULL;
        if (name == NULL)
            continue;
        add(context, list, name, "render", pl_metric_at_render(i));
        add(context, list, name, "inspect", pl_metric_at_inspect(i));
    }
    add(context, list, "queue", "wait", pl_metric_at_wait());
}

enum pl_err pl_admin_histogram(const struct pl_admin_context *context, struct pl_admin_call *call,
                               struct pl_error *error)
{
    const char *by = pl_admin_arg(call, "by");
    enum pl_err err = pl_admin_args_known(call, "by", error);
    if (err != PL_OK)
        return err;
    if (by == NULL)
        by = "route";
    json_t *list = json_array(), *bounds = json_array();
    for (unsigned i = 0; i < PL_METRIC_BOUNDS_N; i++)
        json_array_append_new(bounds, json_real((double)pl_metric_bounds_ns[i] / 1e9));
    if (strcmp(by, "route") == 0) {
        add_routes(context, list);
    } else if (strcmp(by, "renderer") == 0) {
        add_renderers(context, list);
    } else {
        json_decref(list);
        json_decref(bounds);
        return pl_fail_param(error, PL_E_INPUT, "by", "by is route or renderer");
    }
    return pl_admin_json(
        call, json_pack("{ss so so}", "by", by, "bounds_seconds", bounds, "histograms", list),
        error);
}
