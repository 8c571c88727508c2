/* counters.h - numbered 64-bit counters, one page set a process slot, summed by the reader.
 *
 * Anonymous shared memory made before fork. Each process writes its own slot with relaxed atomics and
 * no lock; a slot's counts survive its process, so nothing is lost when one is killed. What a number
 * means is the caller's business (server/admin/metric.def).
 */
#ifndef PL_COUNTERS_H
#define PL_COUNTERS_H

#include <stdint.h>

#include "shm/base/err.h"

struct pl_counters;

enum pl_err pl_counters_make(struct pl_counters **out, unsigned slots, unsigned numbers,
                             struct pl_error *error);
void pl_counters_free(struct pl_counters **counters);

void pl_counters_add(struct pl_counters *counters, unsigned slot, unsigned number, uint64_t amount);
void pl_counters_set(struct pl_counters *counters, unsigned slot, unsigned number, uint64_t value);
uint64_t pl_counters_get(const struct pl_counters *counters, unsigned slot, unsigned number);
uint64_t pl_counters_sum(const struct pl_counters *counters, unsigned number);

#endif
