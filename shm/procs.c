/* procs.c - the table of processes: one anonymous shared mapping, zeroed by the kernel.
 *
 * Who writes which field, and when, is the business of server/process/. Nothing here takes a lock.
 */
#include "shm/procs.h"

#include <stddef.h>
#include <sys/mman.h>

#include "shm/base/check.h"

enum pl_err pl_procs_make(struct pl_procs **out, unsigned n, struct pl_error *error)
{
    if (n == 0 || n > PL_PROCS_MAX)
        return pl_fail(error, PL_E_LIMIT, "%u processes asked for, 1 to %d are possible", n,
                       PL_PROCS_MAX);
    struct pl_procs *procs =
        mmap(NULL, sizeof *procs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (procs == MAP_FAILED)
        return pl_fail_errno(error, "cannot map the table of processes");
    procs->n = n;
    *out = procs;
    return PL_OK;
}

void pl_procs_free(struct pl_procs **procs)
{
    if (*procs != NULL)
        (void)munmap(*procs, sizeof **procs);
    *procs = NULL;
}

const char *pl_role_name(enum pl_role role)
{
    static const char *const names[PL_ROLE_COUNT] = {"none", "master", "front", "worker", "keeper"};
    return (unsigned)role < PL_COUNT(names) ? names[role] : "unknown";
}

const char *pl_proc_state_name(enum pl_proc_state state)
{
    static const char *const names[] = {"empty", "starting", "idle", "busy", "draining", "dead"};
    return (unsigned)state < PL_COUNT(names) ? names[state] : "unknown";
}
