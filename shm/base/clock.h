/* clock.h - time. Durations and deadlines use the monotonic clock; wall time is for people only. */
#ifndef PL_BASE_CLOCK_H
#define PL_BASE_CLOCK_H

#include <stdint.h>

#define PL_MS_NS UINT64_C(1000000)
#define PL_S_NS UINT64_C(1000000000)

uint64_t pl_now_ns(void);      /* CLOCK_MONOTONIC: the same in every process of this boot */
uint64_t pl_wall_ns(void);     /* CLOCK_REALTIME, since 1970-01-01 UTC */
uint64_t pl_cpu_ns(void);      /* CPU time of the calling process */
/* pl_time_text - RFC 3339 with nanoseconds, UTC; out holds PL_TIME_TEXT_N. */
enum { PL_TIME_TEXT_N = 36 };
void pl_time_text(char out[PL_TIME_TEXT_N], uint64_t wall_ns);
/* pl_time_http - IMF-fixdate (RFC 9110 5.6.7), e.g. "Sun, 06 Nov 1994 08:49:37 GMT". */
void pl_time_http(char out[PL_TIME_TEXT_N], uint64_t wall_ns);

#endif
