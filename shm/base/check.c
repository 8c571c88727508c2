/* check.c - the end of a process whose invariant broke. */
#include "shm/base/check.h"

#include <stdlib.h>

#include "shm/base/log.h"

void pl_check_failed(const char *file, int line, const char *expression)
{
    pl_log(PL_LOG_ERROR, "invariant_broken", PL_LOG_S("file", file), PL_LOG_U("line", line),
           PL_LOG_S("expression", expression));
    abort();
}
