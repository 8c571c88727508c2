/* master.h - the master process: opens everything, forks the roles, keeps them alive, ends them. */
#ifndef PL_MASTER_H
#define PL_MASTER_H

#include "server/config/config.h"

/* Exit status of platend; man page, unit file and tests rely on it. */
enum pl_status {
    PL_STATUS_OK = 0,
    PL_STATUS_FAILED = 1,        /* runtime failure */
    PL_STATUS_CONFIGURATION = 2, /* options that cannot be used, a memory sum that does not fit */
    PL_STATUS_IN_USE = 3,        /* an address or the store belongs to another process */
    PL_STATUS_CACHE = 4,         /* the cache cannot be used */
};

/* pl_log_by - write the log as the configuration says, from the first line on; again after a reload
 * and in each child. */
void pl_log_by(const struct pl_config *config);

/* pl_master_run - serve until told to stop; returns an enum pl_status, having logged why when not
 * OK.
 *
 * request  where the configuration came from: HUP reads it again; borrowed until the end
 * config   loaded and planned with `limits`, the log set up by it; owned by the master from here
 * signals  TERM, INT: finish within limits.shutdown (a second one: at once); QUIT: finish, however
 * long; HUP: reload. The caller has no children and no threads. */
int pl_master_run(const struct pl_config_request *request, struct pl_config *config,
                  const struct pl_limits *limits);

#endif
