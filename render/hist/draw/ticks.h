/* ticks.h - where the ticks of an axis stand and what their labels say. Pure arithmetic, no
 * allocation.
 *
 * Linear: steps of 1, 2, 2.5, 5 times a power of ten, at most `most` intervals. Of these 2.5 reads
 * worst (a decimal more, and 2.5, 5.0, 7.5 are not counted in), so it is taken only where 5 would
 * leave fewer than four intervals (0, 25, 50, 75, 100 instead of 0, 50, 100); and a fifth more
 * intervals are taken where 2 would else become 5 (0, 2, ... 22 instead of 0, 5, ... 20). All
 * labels have as many decimals as the step needs; from 10^5 upwards and 10^-3 downwards a power of
 * ten that is a multiple of 3 is factored out. Logarithmic: decades with sub-ticks 2..9, of which 2
 * and 5 have labels when there are one or two decades. Time: steps people count in.
 */
#ifndef PL_HIST_TICKS_H
#define PL_HIST_TICKS_H

#include <stdbool.h>

enum { PL_TICKS_MAX = 40, PL_TICKS_MINOR_MAX = 240, PL_TICK_LABEL_N = 32 };

struct pl_ticks {
    int n, minor_n;
    int exponent; /* labels are to be multiplied by 10^exponent; 0 = plain */
    struct pl_tick {
        double value;
        char label[PL_TICK_LABEL_N]; /* text markup; may be empty */
    } at[PL_TICKS_MAX];
    double minor[PL_TICKS_MINOR_MAX];
};

/* low < high, both finite. most >= 1; minor = wished parts of an interval. factor false: never
 * factor out. */
void pl_ticks_linear(double low, double high, int most, int minor, bool factor,
                     struct pl_ticks *out);
/* Exactly `parts` intervals over the range, whatever their labels. */
void pl_ticks_exact(double low, double high, int parts, int minor, struct pl_ticks *out);
/* 0 < low < high. */
void pl_ticks_log(double low, double high, int most, struct pl_ticks *out);
/* Seconds since 1970 less the offset that the format may carry behind %F; format as strftime, UTC.
 * NULL or empty: chosen by the step. */
void pl_ticks_time(double low, double high, int most, const char *format, struct pl_ticks *out);

#endif
