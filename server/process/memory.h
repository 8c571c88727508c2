/* memory.h - a process notes its own private memory in its slot, for status and metrics. */
#ifndef PL_MEMORY_H
#define PL_MEMORY_H

#include "shm/procs.h"

/* pl_proc_note_memory - private_bytes of the caller's slot = resident pages that are not shared.
 *
 * returns what it noted; 0 when unknown
 * after   the first call of a process has opened /proc/self/statm: it must come before the sandbox,
 *         which forbids opening it; the descriptor is kept
 * thread  one thread a process; a few microseconds
 */
uint64_t pl_proc_note_memory(struct pl_proc *proc);

#endif
