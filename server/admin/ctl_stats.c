/* ctl_stats.c - `stats` and `histogram`: a table, or a row of differences each interval. */
#include "server/admin/ctl.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "shm/base/check.h"

static void wait_ms(uint64_t ms)
{
    struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    fflush(stdout);
    nanosleep(&time, NULL);
}

static void table_of(struct pl_ctl *ctl, const json_t *stats)
{
    struct pl_ctl_table *table = pl_ctl_table("<><");
    const char *name;
    json_t *value;
    pl_ctl_cell(table, "name");
    pl_ctl_cell(table, "value");
    pl_ctl_cell(table, "%s", "");
    void *stats_iterator = json_object_iter((json_t *)(uintptr_t)stats);
    for (; stats_iterator != NULL;
         stats_iterator = json_object_iter_next((json_t *)(uintptr_t)stats, stats_iterator)) {
        char human[PL_CTL_TEXT_N] = "";
        name = json_object_iter_key(stats_iterator);
        value = json_object_iter_value(stats_iterator);
        if (strcmp(name, "time_ns") == 0)
            continue;
        pl_ctl_cell(table, "%s", name);
        if (json_is_integer(value))
            pl_ctl_cell(table, "%lld", (long long)json_integer_value(value));
        else if (json_is_real(value))
            pl_ctl_cell(table, "%.4f", json_real_value(value));
        else if (json_is_string(value))
            pl_ctl_cell(table, "%s", json_string_value(value));
        else
            pl_ctl_cell(table, "%s",
                        json_is_true(value)   ? "yes"
                        : json_is_null(value) ? "-"
                                              : "no");
        if (strstr(name, "bytes") != NULL && json_is_integer(value))
            pl_ctl_size(human, (double)json_integer_value(value));
        else if (strstr(name, "seconds") != NULL && json_is_integer(value))
            pl_ctl_age(human, (uint64_t)json_integer_value(value));
        pl_ctl_cell(table, "%s", human);
    }
    pl_ctl_table_print(ctl, &table, stdout);
}

/* Growth of a counter; a counter that shrank belongs to a server that was started anew. */
static double delta(const json_t *before, const json_t *now, const char *name)
{
    uint64_t a = pl_ctl_number(before, name), b = pl_ctl_number(now, name);
    return b >= a ? (double)(b - a) : (double)b;
}

/* A whole number in at most six characters. */
static const char *count_text(char out[PL_CTL_TEXT_N], double n)
{
    if (n < 1e4)
        snprintf(out, PL_CTL_TEXT_N, "%.0f", n);
    else
        pl_ctl_rate(out, n);
    return out;
}

/* Eleven columns in 78 characters: it must not wrap on a terminal of 80. */
void pl_ctl_row(struct pl_ctl *ctl, const json_t *before, const json_t *now)
{
    char t[6][PL_CTL_TEXT_N], clock[16] = "", hit[16] = "-";
    if (before == NULL) {
        printf("%s%8s %7s %5s %6s %6s %5s %4s %9s %5s %4s %9s%s\n", pl_ctl_color(ctl, PL_COLOR_DIM),
               "time", "req/s", "hit %", "hits", "misses", "drawn", "5xx", "out/s", "queue", "busy",
               "cache", pl_ctl_color(ctl, PL_COLOR_NONE));
        return;
    }
    double s = (double)(pl_ctl_number(now, "time_ns") - pl_ctl_number(before, "time_ns")) / 1e9;
    double hits = delta(before, now, "cache_hits");
    double misses = delta(before, now, "cache_misses") + delta(before, now, "cache_waits");
    if (s <= 0.0 || s > 1e6)
        s = (double)ctl->interval / 1e3;
    if (hits + misses > 0.0)
        snprintf(hit, sizeof hit, "%.1f", 100.0 * hits / (hits + misses));
    time_t seconds = time(NULL);
    struct tm local;
    if (localtime_r(&seconds, &local) != NULL)
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    printf("%8s %7s %5s %6s %6s %5s %4.0f %9s %5llu %4llu %9s\n", clock,
           pl_ctl_rate(t[0], delta(before, now, "requests") / s), hit, count_text(t[1], hits),
           count_text(t[2], misses), count_text(t[3], delta(before, now, "renders_drawn")),
           delta(before, now, "requests_5xx"),
           pl_ctl_size(t[4], delta(before, now, "response_bytes") / s),
           (unsigned long long)pl_ctl_number(now, "queue_length"),
           (unsigned long long)pl_ctl_number(now, "workers_busy"),
           pl_ctl_size(t[5], (double)pl_ctl_number(now, "cache_bytes_used")));
}

/* One row each interval until the count is reached or the server is gone. */
static int rolling(struct pl_ctl *ctl)
{
    json_t *before = NULL, *now = NULL;
    int code = PL_EXIT_OK;
    for (uint64_t row = 0; !ctl->count_given || row < ctl->count; row++) {
        if (before == NULL || row > 0)
            code = pl_ctl_ask(ctl, false, "stats", NULL, 0, &now);
        if (code != PL_EXIT_OK)
            break;
        if (ctl->json) {
            pl_ctl_json(now);
        } else {
            if (row % 20 == 0)
                pl_ctl_row(ctl, NULL, NULL);
            if (before == NULL) {
                before = now;
                wait_ms(ctl->interval);
                code = pl_ctl_ask(ctl, false, "stats", NULL, 0, &now);
                if (code != PL_EXIT_OK)
                    break;
            }
            pl_ctl_row(ctl, before, now);
        }
        json_decref(before);
        before = now;
        now = NULL;
        if (!ctl->count_given || row + 1 < ctl->count)
            wait_ms(ctl->interval);
    }
    json_decref(before);
    json_decref(now);
    return code;
}

int pl_ctl_stats(struct pl_ctl *ctl)
{
    json_t *stats;
    if ((ctl->interval_given || ctl->count_given) && !ctl->once && ctl->map == NULL)
        return rolling(ctl);
    int code = pl_ctl_ask(ctl, false, "stats", NULL, 0, &stats);
    if (code != PL_EXIT_OK)
        return code;
    if (ctl->json)
        pl_ctl_json(stats);
    else
        table_of(ctl, stats);
    json_decref(stats);
    return PL_EXIT_OK;
}

static void bars(struct pl_ctl *ctl, const json_t *one, const json_t *bounds)
{
    char low[PL_CTL_TEXT_N], label[PL_CTL_TEXT_N + 8];
    const json_t *buckets = json_object_get(one, "buckets");
    double most = 1.0;
    size_t n = json_array_size(buckets), first = n, last = 0;
    for (size_t i = 0; i < n; i++) {
        double value = json_number_value(json_array_get(buckets, i));
        most = PL_MAX(most, value);
        if (value > 0.0) {
            first = PL_MIN(first, i);
            last = i;
        }
    }
    for (size_t i = first; i <= last && i < n; i++) {
        double value = json_number_value(json_array_get(buckets, i));
        bool above = i == json_array_size(bounds);
        pl_ctl_seconds(low, json_number_value(json_array_get(bounds, above ? i - 1 : i)));
        snprintf(label, sizeof label, "%s %s", above ? "> " : "<=", low);
        printf("  %12s %10.0f  %s", label, value, pl_ctl_color(ctl, PL_COLOR_GOOD));
        for (unsigned c = 0; c < (unsigned)ceil(40.0 * value / most); c++)
            fputs("#", stdout);
        printf("%s\n", pl_ctl_color(ctl, PL_COLOR_NONE));
    }
}

int pl_ctl_histogram(struct pl_ctl *ctl)
{
    json_t *answer;
    struct pl_query by = {"by", ctl->by != NULL ? ctl->by : "route"};
    int code = pl_ctl_ask(ctl, false, "histogram", &by, 1, &answer);
    if (code != PL_EXIT_OK)
        return code;
    if (ctl->json) {
        pl_ctl_json(answer);
        json_decref(answer);
        return PL_EXIT_OK;
    }
    const json_t *list = json_object_get(answer, "histograms");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        char t[4][PL_CTL_TEXT_N];
        printf("%s%s%s%s%s%s  %llu times, mean %s, p50 %s, p90 %s, p99 %s\n", i > 0 ? "\n" : "",
               pl_ctl_color(ctl, PL_COLOR_BOLD), pl_ctl_text(one, "of"),
               strcmp(pl_ctl_text(one, "result"), "none") == 0 ? "" : " ",
               strcmp(pl_ctl_text(one, "result"), "none") == 0 ? "" : pl_ctl_text(one, "result"),
               pl_ctl_color(ctl, PL_COLOR_NONE), (unsigned long long)pl_ctl_number(one, "count"),
               pl_ctl_seconds(t[0], pl_ctl_real(one, "mean_seconds")),
               pl_ctl_seconds(t[1], pl_ctl_real(one, "p50_seconds")),
               pl_ctl_seconds(t[2], pl_ctl_real(one, "p90_seconds")),
               pl_ctl_seconds(t[3], pl_ctl_real(one, "p99_seconds")));
        bars(ctl, one, json_object_get(answer, "bounds_seconds"));
    }
    if (json_array_size(list) == 0 && !ctl->quiet)
        puts("nothing was counted yet");
    json_decref(answer);
    return PL_EXIT_OK;
}
