/* dqm_path.h - where the things of a data-quality file stand when several uploads of a run are
 * shown together. */
#ifndef PL_HIST_DQM_PATH_H
#define PL_HIST_DQM_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

/* pl_dqm_shown - struct pl_renderer.shown for ROOT files. Pure.
 *
 * DQMData/Run N/SUB/Run summary/REST and DQMData/Run N/SUB/By Lumi Section A-B/REST are shown as
 * SUB/REST. Below DQMData, what has a part Reference or ReleaseTag is not shown: out is "". Every
 * other path is shown as it is. A value stored as <NAME>K=VALUE</NAME> is one part, whatever
 * slashes it has.
 *
 * returns PL_E_INPUT when N is not `run`, or out (n bytes) is too small; out is then "" */
enum pl_err pl_dqm_shown(const char *path, uint64_t run, char *out, size_t n,
                         struct pl_error *error);

#endif
