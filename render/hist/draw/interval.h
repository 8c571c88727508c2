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

/* Both of a cell of the object's histograms, by their weights where these count; interval may be
 * NULL. false: nothing was tried there, or the contents make no sense. */
bool pl_efficiency_cell(const struct pl_efficiency *efficiency, uint64_t cell, double *value,
                        struct pl_interval *interval);

/* Feldman and Cousins, 0 < level < 1. Of fractions the interval is that of the whole counts around
 * them. */
struct pl_interval pl_feldman_cousins(double passed, double total, double level);

#endif
