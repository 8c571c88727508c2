/* Counting and the metrics page: every family announced once, no series twice, numbers that add up.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/admin/admin.h"
#include "server/admin/metric_priv.h"
#include "server/process/memory.h"

static struct pl_heritage heritage;
static struct pl_admin_context context;

static void start(void)
{
    struct pl_board_limits limits = {
        .slots = 8, .fronts = 1, .workers = 4, .queue_wait_ns = 1000000000};
    heritage.slot = 3;
    heritage.memory_limit_bytes = 1 << 30;
    cr_assert_eq(pl_counters_make(&heritage.counters, 6, pl_metric_numbers(), NULL), PL_OK);
    cr_assert_eq(pl_procs_make(&heritage.procs, 6, NULL), PL_OK);
    cr_assert_eq(pl_board_make(&heritage.board, &limits, NULL), PL_OK);
    for (unsigned i = 0; i < 4; i++) {
        heritage.procs->proc[i].role = i < 2 ? PL_ROLE_WORKER : PL_ROLE_FRONT;
        heritage.procs->proc[i].state = PL_PROC_IDLE;
        heritage.procs->proc[i].pid = (int32_t)(100 + i);
        heritage.procs->proc[i].private_bytes = 1000;
    }
    context.heritage = &heritage;
}

static void stop(void)
{
    pl_board_free(&heritage.board);
    pl_procs_free(&heritage.procs);
    pl_counters_free(&heritage.counters);
}

TestSuite(metric, .init = start, .fini = stop, .timeout = 120);

static char *page(bool openmetrics)
{
    struct pl_buf out = PL_BUF(1 << 20);
    struct pl_error error = {0};
    cr_assert_eq(pl_metrics_print(&context, openmetrics, &out, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_buf_add(&out, "", 1, NULL), PL_OK);
    return (char *)out.bytes;
}

/* The value of a series, written as it is printed up to the blank; -1 when it is not there. */
static double value_of(const char *text, const char *series)
{
    size_t n = strlen(series);
    for (const char *line = text; line != NULL && *line != '\0';) {
        if (strncmp(line, series, n) == 0 && line[n] == ' ')
            return strtod(line + n, NULL);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return -1.0;
}

static unsigned times(const char *text, const char *line_start, size_t n)
{
    unsigned count = 0;
    for (const char *line = text; line != NULL && *line != '\0';) {
        count += strncmp(line, line_start, n) == 0 && (line[n] == ' ' || line[n] == '\n');
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return count;
}

/* Does family (a HELP or TYPE line's name) announce this series? Histograms and OpenMetrics
 * counters carry suffixes. */
static bool announces(const char *family, size_t family_n, const char *series, size_t series_n)
{
    static const char *const suffixes[] = {"", "_bucket", "_sum", "_count", "_total"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t n = strlen(suffixes[i]);
        if (series_n == family_n + n && memcmp(series, family, family_n) == 0 &&
            memcmp(series + family_n, suffixes[i], n) == 0)
            return true;
    }
    return false;
}

static void check_page(const char *text)
{
    const char *family = "";
    size_t family_n = 0;
    unsigned samples = 0;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        cr_assert_not_null(strchr(line, '\n'), "the last line ends");
        if (strncmp(line, "# EOF\n", 6) == 0)
            continue;
        if (strncmp(line, "# HELP ", 7) == 0) {
            family = line + 7;
            family_n = strcspn(family, " ");
            cr_assert_eq(times(text, line, 7 + family_n), 1, "HELP twice: %.60s", line);
            cr_assert_neq(family[family_n + 1], '\n', "HELP without text: %.60s", line);
            const char *next = strchr(line, '\n') + 1;
            cr_assert_eq(strncmp(next, "# TYPE ", 7), 0, "no TYPE behind %.60s", line);
            cr_assert_eq(strncmp(next + 7, family, family_n), 0);
            cr_assert_eq(times(text, next, 7 + family_n), 1, "TYPE twice: %.60s", next);
            continue;
        }
        if (line[0] == '#')
            continue;
        samples++;
        size_t series_n = strcspn(line, " "), name_n = strcspn(line, "{ ");
        cr_assert_eq(strncmp(line, "platen_", 7), 0);
        cr_assert(announces(family, family_n, line, name_n), "not of its family: %.80s", line);
        cr_assert_eq(times(text, line, series_n), 1, "twice: %.80s", line);
    }
    cr_assert_gt(samples, 100);
}

static void count_something(void)
{
    pl_metric_request(&heritage, PL_ROUTE_IMAGES, PL_METHOD_GET, 200, PL_CACHE_HIT, 4000, 60000);
    pl_metric_request(&heritage, PL_ROUTE_IMAGES, PL_METHOD_GET, 200, PL_CACHE_MISS, 5000, 7000000);
    pl_metric_request(&heritage, PL_ROUTE_OBJECTS, PL_METHOD_PUT, 201, PL_CACHE_NONE, 10,
                      90000000000);
    pl_metric_request(&heritage, PL_ROUTE_NONE, PL_METHOD_OTHER, 418, PL_CACHE_NONE, 0, 1000);
    pl_metric_render(&heritage, 0, PL_OK, 2000, 3000000);
    pl_metric_render(&heritage, 0, PL_E_FORMAT, 2000, 3000000);
    pl_metric_inspect(&heritage, 999, PL_E_FORMAT, 2000, 3000000);
    pl_metric_add(&heritage, PL_M_uploads_stored, 3);
}

Test(metric, page_announces_every_family_once_and_no_series_twice)
{
    count_something();
    char *text = page(false);
    check_page(text);
    cr_assert_null(strstr(text, "# EOF"));
    free(text);
}

Test(metric, openmetrics_page_ends_in_eof_and_names_counters_without_total)
{
    count_something();
    char *text = page(true);
    check_page(text);
    size_t n = strlen(text);
    cr_assert_str_eq(text + n - 6, "# EOF\n");
    cr_assert_not_null(strstr(text, "# TYPE platen_http_requests counter\n"));
    cr_assert_eq(
        value_of(text, "platen_http_requests_total{route=\"objects\",method=\"PUT\",code=\"201\"}"),
        1);
    free(text);
}

Test(metric, untouched_page_holds_all_plain_counters_at_zero)
{
    char *text = page(false);
    check_page(text);
    cr_assert_eq(value_of(text, "platen_cache_requests_total{result=\"hit\"}"), 0);
    cr_assert_eq(value_of(text, "platen_worker_restarts_total{reason=\"crash\"}"), 0);
    cr_assert_eq(
        value_of(text,
                 "platen_http_request_duration_seconds_count{route=\"images\",result=\"hit\"}"),
        0);
    free(text);
}

Test(metric, request_counts_itself_its_bytes_and_its_cache_result)
{
    count_something();
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_cache_hits), 1);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_cache_misses), 1);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_cache_waits), 0);
    char *text = page(false);
    cr_assert_eq(
        value_of(text, "platen_http_requests_total{route=\"images\",method=\"GET\",code=\"200\"}"),
        2);
    cr_assert_eq(
        value_of(text,
                 "platen_http_requests_total{route=\"none\",method=\"other\",code=\"other\"}"),
        1);
    cr_assert_eq(value_of(text, "platen_http_response_bytes_total{route=\"images\"}"), 9000);
    cr_assert_eq(value_of(text, "platen_uploads_total{result=\"stored\"}"), 3);
    cr_assert_eq(value_of(text, "platen_workers{state=\"idle\"}"), 2);
    cr_assert_eq(value_of(text, "platen_render_errors_total{renderer=\"none\",error=\"format\"}"),
                 1);
    free(text);
}

Test(metric, buckets_are_cumulative_and_end_in_the_count)
{
    count_something();
    char *text = page(false);
    const char *const hit =
        "platen_http_request_duration_seconds_bucket{route=\"images\",result=\"hit\",le=\"%s\"}";
    const struct {
        const char *le;
        double n;
    } cases[] = {{"5e-05", 0}, {"0.0001", 1}, {"1.0", 1}, {"30.0", 1}, {"+Inf", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char series[200];
        const char *at = strstr(hit, "%s");
        snprintf(series, sizeof series, "%.*s%s%s", (int)(at - hit), hit, cases[i].le, at + 2);
        cr_assert_eq(value_of(text, series), cases[i].n, "%s", series);
    }
    /* 90 s lie above all bounds */
    cr_assert_eq(value_of(text, "platen_http_request_duration_seconds_bucket{route=\"objects\","
                                "result=\"none\",le=\"30.0\"}"),
                 0);
    cr_assert_eq(value_of(text, "platen_http_request_duration_seconds_bucket{route=\"objects\","
                                "result=\"none\",le=\"+Inf\"}"),
                 1);
    cr_assert_float_eq(
        value_of(text,
                 "platen_http_request_duration_seconds_sum{route=\"objects\",result=\"none\"}"),
        90.0, 1e-6);
    cr_assert_eq(value_of(text, "platen_queue_wait_seconds_count"), 3);
    free(text);
}

Test(metric, duration_at_a_bound_is_in_its_bucket)
{
    struct pl_metric_histogram h;
    for (unsigned i = 0; i < PL_METRIC_BOUNDS_N; i++) {
        pl_metric_request(&heritage, PL_ROUTE_WEB, PL_METHOD_GET, 200, PL_CACHE_NONE, 0,
                          pl_metric_bounds_ns[i]);
        pl_metric_request(&heritage, PL_ROUTE_WEB, PL_METHOD_GET, 200, PL_CACHE_NONE, 0,
                          pl_metric_bounds_ns[i] + 1);
    }
    pl_metric_read(&heritage, pl_metric_at_duration(PL_ROUTE_WEB, PL_CACHE_NONE), &h);
    cr_assert_eq(h.bucket[0], 1);
    for (unsigned i = 1; i < PL_METRIC_BOUNDS_N; i++)
        cr_assert_eq(h.bucket[i], 2, "bucket %u holds %llu", i, (unsigned long long)h.bucket[i]);
    cr_assert_eq(h.bucket[PL_METRIC_BOUNDS_N], 1);
    cr_assert_eq(h.count, 2 * PL_METRIC_BOUNDS_N);
}

Test(metric, counts_of_all_slots_are_summed)
{
    pl_metric_add(&heritage, PL_M_hangups, 2);
    heritage.slot = 5;
    pl_metric_add(&heritage, PL_M_hangups, 3);
    cr_assert_eq(pl_metric_sum(&heritage, PL_M_hangups), 5);
}

Test(metric, no_two_metrics_share_a_number)
{
    unsigned n = pl_metric_numbers();
    unsigned char *used = calloc(n, 1);
    cr_assert_not_null(used);
    for (unsigned i = 0; i < PL_M_COUNT; i++)
        used[i]++;
    for (unsigned r = 0; r < PL_ROUTE_COUNT; r++) {
        used[pl_metric_at_bytes(r)]++;
        for (unsigned m = 0; m < PL_METHOD_COUNT; m++)
            for (unsigned c = 0; c < PL_METRIC_CODES; c++)
                used[pl_metric_at_request(r, m, c)]++;
        for (unsigned c = 0; c < PL_CACHE_RESULT_COUNT; c++)
            for (unsigned b = 0; b < PL_METRIC_HISTOGRAM_N; b++)
                used[pl_metric_at_duration(r, c) + b]++;
    }
    for (unsigned r = 0; r < PL_METRIC_RENDERERS; r++) {
        for (unsigned b = 0; b < PL_METRIC_HISTOGRAM_N; b++) {
            used[pl_metric_at_render(r) + b]++;
            used[pl_metric_at_inspect(r) + b]++;
        }
        for (unsigned e = 0; e < PL_E_COUNT; e++)
            used[pl_metric_at_error(r, e)]++;
    }
    for (unsigned b = 0; b < PL_METRIC_HISTOGRAM_N; b++)
        used[pl_metric_at_wait() + b]++;
    for (unsigned i = 0; i < n; i++)
        cr_assert_eq(used[i], 1, "number %u is used %u times", i, used[i]);
    free(used);
}

Test(metric, process_notes_its_own_memory_and_not_its_parents)
{
    struct pl_proc *proc = &heritage.procs->proc[0];
    enum { MORE = 64 << 20 };
    pl_proc_note_memory(proc);
    uint64_t before = proc->private_bytes;
    cr_assert_gt(before, 0);
    char *more = mmap(NULL, MORE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(more, MAP_FAILED);
    memset(more, 1, MORE);
    pl_proc_note_memory(proc);
    cr_assert_geq(proc->private_bytes, before + MORE / 2);
    uint64_t parent = proc->private_bytes;
    pid_t child = fork();
    if (child == 0) {
        (void)munmap(more, MORE);
        pl_proc_note_memory(&heritage.procs->proc[1]);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_assert_leq(heritage.procs->proc[1].private_bytes, parent - MORE / 2);
    (void)munmap(more, MORE);
}
