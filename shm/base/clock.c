/* clock.c - clocks and how times are written. */
#include "shm/base/clock.h"

#include <stdio.h>
#include <time.h>

static uint64_t now(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * PL_S_NS + (uint64_t)t.tv_nsec;
}

uint64_t pl_now_ns(void)
{
    return now(CLOCK_MONOTONIC);
}

uint64_t pl_wall_ns(void)
{
    return now(CLOCK_REALTIME);
}

uint64_t pl_cpu_ns(void)
{
    return now(CLOCK_PROCESS_CPUTIME_ID);
}

void pl_time_text(char out[PL_TIME_TEXT_N], uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / PL_S_NS);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    size_t n = strftime(out, PL_TIME_TEXT_N, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + n, PL_TIME_TEXT_N - n, ".%09uZ", (unsigned)(wall_ns % PL_S_NS));
}

void pl_time_http(char out[PL_TIME_TEXT_N], uint64_t wall_ns)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(wall_ns / PL_S_NS);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    (void)snprintf(out, PL_TIME_TEXT_N, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
                   tm.tm_mday % 100, months[tm.tm_mon], (tm.tm_year + 1900) % 10000,
                   tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
}
