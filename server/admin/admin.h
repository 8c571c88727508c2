/* admin.h - the commands behind platenctl: /admin/v1/COMMAND on the unix socket, answered in JSON
 * by a front.
 *
 * admin.def has one line a command. Most answer at once from shared memory, the catalogue and the
 * cache; those that change the cache hand back a job for the keeper and are finished when it is
 * done. */
#ifndef PL_ADMIN_H
#define PL_ADMIN_H

#include "server/admin/metric.h"
#include "server/process/job.h"
#include "shm/store.h"

struct pl_admin_context {
    const struct pl_heritage *heritage;
    struct pl_store *store;
    struct pl_cache *cache;
};

struct pl_admin_call {
    const char *command; /* "stats" */
    const struct pl_query *query;
    size_t query_n;
    bool read_only;     /* the request was a GET: commands that change something refuse */
    struct pl_buf *out; /* JSON goes here */
    bool wait;          /* set by start: submit `job`, then call finish */
    struct pl_job job;
};

/* start: PL_OK with out filled or wait set; PL_E_MISSING (no such command, or nothing matched),
 * PL_E_INPUT. */
enum pl_err pl_admin_start(const struct pl_admin_context *context, struct pl_admin_call *call,
                           struct pl_error *error);
enum pl_err pl_admin_finish(const struct pl_admin_context *context, struct pl_admin_call *call,
                            const struct pl_job_result *result, struct pl_error *error);

/* pl_metrics_print - everything in the Prometheus text format 0.0.4, or OpenMetrics 1.0. */
enum pl_err pl_metrics_print(const struct pl_admin_context *context, bool openmetrics,
                             struct pl_buf *out, struct pl_error *error);

/* pl_admin_nearest - the name that `word` was probably meant to be; NULL when none is near. */
const char *pl_admin_nearest(const char *word, const char *const *names, size_t n);

#endif
