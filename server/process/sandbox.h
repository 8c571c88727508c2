/* sandbox.h - the one function by which a child gives up what its role does not need.
 *
 * Called once by each role's main function, after the cache, the store and whatever lies in /proc
 * are open and before the first byte from outside is looked at. There is no way back.
 *
 * IN FORCE  resource limits, no_new_privs, no capabilities, not dumpable, Landlock (files, TCP,
 * signals, as far as the kernel has it), and a seccomp list of the calls the role needs. What took
 * effect is written to heritage->procs (PL_SANDBOX_*, landlock_abi). A part the kernel lacks is
 * left out unless sandbox.required is on.
 *
 * A call outside the list fails with EPERM; one that only an intruder makes (exec, ptrace, mount,
 * bpf, loading a module, ...) ends the process, and the board knows what it was working on.
 *
 * IN A SANITIZER BUILD  RLIMIT_DATA and RLIMIT_NPROC are not set, executable mappings stay allowed,
 * and leaks are not looked for at the exit of a sandboxed process, because that search needs
 * ptrace. */
#ifndef PL_SANDBOX_H
#define PL_SANDBOX_H

#include "server/process/heritage.h"

/* pl_sandbox_enter - PL_OK; PL_E_INTERNAL naming the part when sandbox.required is on and one is
 * missing. heritage->role says which list; front, worker and keeper have one. */
enum pl_err pl_sandbox_enter(struct pl_heritage *heritage, struct pl_error *error);

#endif
