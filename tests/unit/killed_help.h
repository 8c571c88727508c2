/* killed_help.h - a keeper that is killed in the middle of its work, for the tests of faults. */
#ifndef PL_TEST_KILLED_HELP_H
#define PL_TEST_KILLED_HELP_H

#include <signal.h>
#include <sys/wait.h>

#include "tests/unit/store_help.h"

static enum pl_store_step deadly;
static unsigned deadly_after;

static inline void die_at(enum pl_store_step step)
{
    if (step == deadly && deadly_after-- == 0)
        (void)raise(SIGKILL);
}

/* Do the work in a child that is killed at the step; the parent holds no store meanwhile. */
static inline void killed_at(enum pl_store_step step, void (*work)(void))
{
    pl_store_close(&help.store);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        deadly = step;
        pl_store_step_hook = die_at;
        if (pl_store_open(&help.store, help.dir, PL_STORE_KEEPER, NULL) == PL_OK)
            work();
        _exit(7);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status), "step %d was not reached", step);
    help_open();
}

#endif
