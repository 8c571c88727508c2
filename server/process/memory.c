/* memory.c - reads /proc/self/statm (proc(5): pages; size, resident, shared, ...).
 *
 * One descriptor a process, never closed. A child must not use its parent's, which names the
 * parent: the owner is remembered. */
#include "server/process/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int statm_fd = -1;
static pid_t statm_owner;

uint64_t pl_proc_note_memory(struct pl_proc *proc)
{
    char text[128];
    if (statm_owner != getpid()) {
        statm_owner = getpid();
        statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    }
    ssize_t n = statm_fd >= 0 ? pread(statm_fd, text, sizeof text - 1, 0) : -1;
    if (n <= 0)
        return 0;
    text[n] = '\0';
    char *at = text;
    (void)strtoull(at, &at, 10); /* size */
    uint64_t resident = strtoull(at, &at, 10);
    uint64_t shared = strtoull(at, &at, 10);
    uint64_t pages = resident > shared ? resident - shared : 0;
    proc->private_bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return proc->private_bytes;
}
