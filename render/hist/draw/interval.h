/* interval.h - what a bin of an efficiency shows. */
#ifndef PL_HIST_INTERVAL_H
#define PL_HIST_INTERVAL_H

#include "render/hist/hist.h"

struct pl_interval {
    double low, high; /* 0..1 */
};

/* 0 <= passed <= total, total > 0; statistic and level are the object's. */
double pl_efficiency_value(const struct pl_efficiency *efficiency, double passed, double total);
struct pl_interval pl_efficiency_interval(const struct pl_efficiency *efficiency, double passed,
                                          double total);

#endif
