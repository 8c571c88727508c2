/* metric_print.c - everything that is counted or can be measured, in the Prometheus text format
 * 0.0.4 or in OpenMetrics 1.0.
 *
 * Counters come from metric.c, gauges are read at the moment of the scrape from the process table,
 * the board and the cache. One growing buffer, the caller's; the first failure ends the printing. A
 * series by route, method or code appears with its first count; the histograms of picture requests
 * and renderers and all plain counters are there from the start, so that rates over them are right
 * from the first scrape. */
#include "server/admin/admin_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/admin/metric_priv.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

struct printer {
    const struct pl_admin_context *context;
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err err;
    bool openmetrics;
};

static const char *const bound_text[PL_METRIC_BOUNDS_N] = {
    "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
    "0.05",  "0.1",    "0.25",    "0.5",    "1.0",   "2.5",    "5.0",   "10.0", "30.0",
};

__attribute__((format(printf, 2, 3))) static void put(struct printer *p, const char *format, ...)
{
    if (p->err != PL_OK)
        return;
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    CHECK(n >= 0 && (size_t)n < sizeof line);
    p->err = pl_buf_add(p->out, line, (size_t)n, p->error);
}

/* name without the prefix; a counter's name ends in _total, which OpenMetrics leaves out of the
 * family. */
static void head(struct printer *p, const char *name, const char *type, const char *text)
{
    int n = (int)strlen(name);
    if (p->openmetrics && strcmp(type, "counter") == 0 && n > 6 &&
        strcmp(name + n - 6, "_total") == 0)
        n -= 6;
    put(p, "# HELP platen_%.*s %s\n# TYPE platen_%.*s %s\n", n, name, text, n, name, type);
}

static void sample(struct printer *p, const char *name, const char *labels, uint64_t value)
{
    if (labels[0] != '\0')
        put(p, "platen_%s{%s} %" PRIu64 "\n", name, labels, value);
    else
        put(p, "platen_%s %" PRIu64 "\n", name, value);
}

static void gauge(struct printer *p, const char *name, uint64_t value, const char *text)
{
    head(p, name, "gauge", text);
    sample(p, name, "", value);
}

static void histogram(struct printer *p, const char *name, const char *labels, unsigned at)
{
    struct pl_metric_histogram h;
    pl_metric_read(p->context->heritage, at, &h);
    const char *comma = labels[0] != '\0' ? "," : "";
    uint64_t sum = 0;
    for (unsigned i = 0; i <= PL_METRIC_BOUNDS_N; i++) {
        sum += h.bucket[i];
        put(p, "platen_%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, labels, comma,
            i < PL_METRIC_BOUNDS_N ? bound_text[i] : "+Inf", sum);
    }
    const char *open = labels[0] != '\0' ? "{" : "", *close = labels[0] != '\0' ? "}" : "";
    put(p, "platen_%s_sum%s%s%s %.9f\n", name, open, labels, close, (double)h.sum_ns / 1e9);
    put(p, "platen_%s_count%s%s%s %" PRIu64 "\n", name, open, labels, close, h.count);
}

static void plain_counters(struct printer *p)
{
    static const struct {
        const char *series, *labels, *text;
    } table[] = {
#define METRIC(name, series, labels, text) {series, labels, text},
#include "server/admin/metric.def"
#undef METRIC
    };
    for (unsigned i = 0; i < PL_COUNT(table); i++) {
        if (i == 0 || strcmp(table[i].series, table[i - 1].series) != 0)
            head(p, table[i].series, "counter", table[i].text);
        sample(p, table[i].series, table[i].labels,
               pl_metric_sum(p->context->heritage, (enum pl_metric)i));
    }
}

static void requests(struct printer *p)
{
    static const char *const methods[PL_METHOD_COUNT] = {"GET",  "HEAD",   "PUT",
                                                         "POST", "DELETE", "other"};
    const struct pl_counters *counters = p->context->heritage->counters;
    char labels[128], code[8];
    head(p, "http_requests_total", "counter", "Requests by route, method and status code.");
    for (unsigned route = 0; route < PL_ROUTE_COUNT; route++)
        for (unsigned method = 0; method < PL_METHOD_COUNT; method++)
            for (unsigned i = 0; i < pl_metric_codes(); i++) {
                uint64_t n = pl_counters_sum(counters, pl_metric_at_request(route, method, i));
                if (n == 0)
                    continue;
                snprintf(code, sizeof code, "%u", pl_metric_code_at(i));
                snprintf(labels, sizeof labels, "route=\"%s\",method=\"%s\",code=\"%s\"",
                         pl_route_name(route), methods[method],
                         pl_metric_code_at(i) != 0 ? code : "other");
                sample(p, "http_requests_total", labels, n);
            }
    head(p, "http_response_bytes_total", "counter", "Bytes of response bodies by route.");
    for (unsigned route = 0; route < PL_ROUTE_COUNT; route++) {
        snprintf(labels, sizeof labels, "route=\"%s\"", pl_route_name(route));
        sample(p, "http_response_bytes_total", labels,
               pl_counters_sum(counters, pl_metric_at_bytes(route)));
    }
}

static void durations(struct printer *p)
{
    char labels[128];
    struct pl_metric_histogram h;
    head(p, "http_request_duration_seconds", "histogram",
         "From the request line to the last byte handed over, by route and cache result.");
    for (unsigned route = 0; route < PL_ROUTE_COUNT; route++)
        for (unsigned result = 0; result < PL_CACHE_RESULT_COUNT; result++) {
            unsigned at = pl_metric_at_duration(route, result);
            pl_metric_read(p->context->heritage, at, &h);
            if (h.count == 0 && route != PL_ROUTE_IMAGES)
                continue;
            snprintf(labels, sizeof labels, "route=\"%s\",result=\"%s\"", pl_route_name(route),
                     pl_cache_result_name(result));
            histogram(p, "http_request_duration_seconds", labels, at);
        }
}

/* Index PL_METRIC_RENDERERS - 1 counts what no renderer recognised. */
static const char *renderer_name(unsigned index)
{
    if (index == PL_METRIC_RENDERERS - 1)
        return "none";
    const struct pl_renderer *renderer = pl_renderer_at(index);
    return renderer != NULL ? renderer->name : NULL;
}

static void renderers(struct printer *p, const char *name, const char *text, unsigned at(unsigned))
{
    char labels[64];
    head(p, name, "histogram", text);
    for (unsigned i = 0; i < PL_METRIC_RENDERERS; i++) {
        struct pl_metric_histogram h;
        pl_metric_read(p->context->heritage, at(i), &h);
        if (renderer_name(i) == NULL || (i == PL_METRIC_RENDERERS - 1 && h.count == 0))
            continue;
        snprintf(labels, sizeof labels, "renderer=\"%s\"", renderer_name(i));
        histogram(p, name, labels, at(i));
    }
}

static void render_errors(struct printer *p)
{
    char labels[128];
    head(p, "render_errors_total", "counter",
         "Renders and inspections that failed, by kind of error.");
    for (unsigned i = 0; i < PL_METRIC_RENDERERS; i++)
        for (unsigned code = PL_OK + 1; code < PL_E_COUNT && renderer_name(i) != NULL; code++) {
            uint64_t n =
                pl_counters_sum(p->context->heritage->counters, pl_metric_at_error(i, code));
            if (n == 0)
                continue;
            snprintf(labels, sizeof labels, "renderer=\"%s\",error=\"%s\"", renderer_name(i),
                     pl_err_name(code));
            sample(p, "render_errors_total", labels, n);
        }
}

static void cache_gauges(struct printer *p)
{
    struct pl_cache_counts counts;
    if (p->context->cache == NULL || pl_cache_counts(p->context->cache, &counts, NULL) != PL_OK)
        return;
    head(p, "cache_bytes", "gauge", "Bytes of the shared cache: live images, room left, budget.");
    sample(p, "cache_bytes", "state=\"used\"", counts.live_bytes);
    sample(p, "cache_bytes", "state=\"free\"",
           counts.budget_bytes > counts.live_bytes ? counts.budget_bytes - counts.live_bytes : 0);
    sample(p, "cache_bytes", "state=\"limit\"", counts.budget_bytes);
    gauge(p, "cache_map_bytes", counts.map_bytes, "Size of the cache file; it never grows beyond.");
    gauge(p, "cache_entries", counts.entries, "Images in the shared cache.");
    gauge(p, "cache_oldest_entry_age_seconds", pl_admin_age(counts.oldest_wall_ns),
          "Age of the oldest image in the shared cache.");
    head(p, "cache_evictions_total", "counter", "Images dropped to make room.");
    sample(p, "cache_evictions_total", "reason=\"room\"", counts.evictions);
    head(p, "cache_puts_total", "counter", "Images stored.");
    sample(p, "cache_puts_total", "", counts.puts);
}

static void board_gauges(struct printer *p)
{
    struct pl_board_counts counts;
    pl_board_counts(p->context->heritage->board, &counts);
    head(p, "queue_length", "gauge", "Jobs waiting to be taken.");
    sample(p, "queue_length", "queue=\"render\"", counts.queued[PL_QUEUE_RENDER]);
    sample(p, "queue_length", "queue=\"keeper\"", counts.queued[PL_QUEUE_KEEPER]);
    gauge(p, "jobs_running", counts.running, "Jobs being worked on.");
    gauge(p, "board_slots", counts.slots, "Jobs that may be under way in all states.");
    gauge(p, "quarantined", counts.quarantined, "Sources refused because they ended workers.");
    head(p, "jobs_total", "counter",
         "Jobs by what became of them when they were put on the board.");
    sample(p, "jobs_total", "result=\"submitted\"", counts.submitted);
    sample(p, "jobs_total", "result=\"joined\"", counts.joined);
    sample(p, "jobs_total", "result=\"refused_full\"", counts.refused_full);
    sample(p, "jobs_total", "result=\"refused_quarantine\"", counts.refused_quarantine);
    sample(p, "jobs_total", "result=\"cancelled\"", counts.cancelled);
    sample(p, "jobs_total", "result=\"requeued\"", counts.requeued);
}

static void process_gauges(struct printer *p)
{
    const struct pl_procs *procs = p->context->heritage->procs;
    unsigned workers[PL_PROC_DEAD + 1] = {0};
    char labels[96];
    for (unsigned i = 0; i < procs->n; i++)
        if (procs->proc[i].role == PL_ROLE_WORKER && procs->proc[i].state <= PL_PROC_DEAD)
            workers[procs->proc[i].state]++;
    head(p, "workers", "gauge", "Render workers by state.");
    for (unsigned state = PL_PROC_STARTING; state <= PL_PROC_DEAD; state++) {
        snprintf(labels, sizeof labels, "state=\"%s\"", pl_proc_state_name(state));
        sample(p, "workers", labels, workers[state]);
    }
    head(p, "worker_resident_bytes", "gauge",
         "Private memory of each process; worker is its slot.");
    for (unsigned i = 0; i < procs->n; i++) {
        if (procs->proc[i].pid <= 0)
            continue;
        snprintf(labels, sizeof labels, "worker=\"%u\",role=\"%s\"", i,
                 pl_role_name(procs->proc[i].role));
        sample(p, "worker_resident_bytes", labels, procs->proc[i].private_bytes);
    }
}

static void service_gauges(struct printer *p)
{
    const struct pl_heritage *heritage = p->context->heritage;
    const struct pl_procs *procs = heritage->procs;
    struct pl_cache_counts counts = {0};
    if (p->context->cache != NULL)
        (void)pl_cache_counts(p->context->cache, &counts, NULL);
    gauge(p, "memory_limit_bytes", heritage->memory_limit_bytes,
          "Memory limit of the container or the machine.");
    gauge(p, "memory_working_set_bytes", pl_admin_private_sum(procs) + counts.live_bytes,
          "Private memory of all processes and the live part of the cache map.");
    gauge(p, "config_last_reload_success", procs->last_reload_failed ? 0 : 1,
          "0 when the last reload of the configuration was refused.");
    gauge(p, "draining", procs->draining ? 1 : 0, "1 while /readyz turns traffic away.");
    gauge(p, "uptime_seconds", pl_admin_age(procs->started_wall_ns), "Since the master started.");
    head(p, "build_info", "gauge", "Always 1; the version is the label.");
    sample(p, "build_info", "version=\"" PL_VERSION "\"", 1);
}

enum pl_err pl_metrics_print(const struct pl_admin_context *context, bool openmetrics,
                             struct pl_buf *out, struct pl_error *error)
{
    struct printer p = {context, out, error, PL_OK, openmetrics};
    requests(&p);
    durations(&p);
    plain_counters(&p);
    renderers(&p, "render_duration_seconds", "Drawing and encoding, by renderer.",
              pl_metric_at_render);
    renderers(&p, "inspect_duration_seconds", "Looking into uploads, by renderer.",
              pl_metric_at_inspect);
    render_errors(&p);
    head(&p, "queue_wait_seconds", "histogram", "From the board to a worker's hands.");
    histogram(&p, "queue_wait_seconds", "", pl_metric_at_wait());
    cache_gauges(&p);
    board_gauges(&p);
    process_gauges(&p);
    service_gauges(&p);
    if (openmetrics)
        put(&p, "# EOF\n");
    return p.err;
}
