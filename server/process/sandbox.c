/* sandbox.c - the steps into the sandbox, in their order, and the limits of each role.
 *
 * Order: resource limits (may need a right that is dropped next), no_new_privs (the two lists need
 * it), Landlock, capabilities, dumpable, and the system-call list last, because it forbids the
 * others.
 */
#include "server/process/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/process/sandbox_priv.h"
#include "shm/base/check.h"
#include "shm/base/log.h"

enum { WORKER_FILES = 256, KEEPER_FILES = 512, FRONT_OWN_FILES = 256, PAGE_BYTES = 4096 };

#ifdef PL_SANITIZED
/* The leak search of a sanitizer build stops its process by ptrace, which ends a sandboxed one. */
static int is_sandboxed;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return is_sandboxed;
}
#endif

/* --- resource limits ----------------------------------------------------------------------- */

/* Lower as wanted; never ask for more than the hard limit that was inherited. */
static int limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return -1;
    rlim_t value = PL_MIN(most, now.rlim_max);
    return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value});
}

static rlim_t files_of(const struct pl_heritage *heritage)
{
    switch (heritage->role) {
    case PL_ROLE_WORKER:
        return WORKER_FILES;
    case PL_ROLE_KEEPER:
        return KEEPER_FILES;
    default: /* each connection may have a spool file */
        return (rlim_t)(2 * heritage->config->http_connections + FRONT_OWN_FILES);
    }
}

#ifndef PL_SANITIZED
/* Private writable memory mapped now, so that the limit is what a job may add. */
static uint64_t data_now(void)
{
    unsigned long long pages[6] = {0};
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return UINT64_C(64) << 20;
    int n = fscanf(file, "%llu %llu %llu %llu %llu %llu", &pages[0], &pages[1], &pages[2],
                   &pages[3], &pages[4], &pages[5]);
    (void)fclose(file);
    return n == 6 ? pages[5] * PAGE_BYTES : UINT64_C(64) << 20;
}
#endif

static int limit_worker(const struct pl_heritage *heritage)
{
    uint64_t largest = PL_MAX(heritage->config->cache_size, UINT64_C(1) << 30);
    if (limit(RLIMIT_FSIZE, (rlim_t)largest) != 0)
        return -1;
    (void)signal(SIGXFSZ, SIG_IGN); /* EFBIG instead of death */
#ifndef PL_SANITIZED
    return limit(RLIMIT_DATA, (rlim_t)(data_now() + heritage->worker_memory_bytes));
#else
    return 0;
#endif
}

static enum pl_err enter_limits(const struct pl_heritage *heritage, struct pl_error *error)
{
    int failed = limit(RLIMIT_CORE, 0);
    if (failed == 0)
        failed = limit(RLIMIT_NOFILE, files_of(heritage));
    if (failed == 0)
        failed = limit(RLIMIT_MSGQUEUE, 0);
#ifndef PL_SANITIZED
    if (failed == 0)
        failed = limit(RLIMIT_NPROC, 0); /* compared when this process forks, and only then */
#endif
    if (failed == 0 && heritage->role == PL_ROLE_WORKER)
        failed = limit_worker(heritage);
    return failed == 0 ? PL_OK : pl_fail_errno(error, "cannot set resource limits");
}

/* --- rights -------------------------------------------------------------------------------- */

static enum pl_err enter_no_new_privs(struct pl_error *error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        return PL_OK;
    return pl_fail_errno(error, "cannot set no_new_privs");
}

static enum pl_err enter_no_capabilities(struct pl_error *error)
{
    /* Best effort while we may: without CAP_SETPCAP there is nothing in these that could be
     * regained. */
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
         capability++)
        (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    (void)prctl(PR_SET_SECUREBITS,
                SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
                0, 0, 0);
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &head, none) == 0)
        return PL_OK;
    return pl_fail_errno(error, "cannot drop capabilities");
}

static enum pl_err enter_not_dumpable(struct pl_error *error)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return PL_OK;
    return pl_fail_errno(error, "cannot become undumpable");
}

/* --- all of it ----------------------------------------------------------------------------- */

enum pl_err pl_sandbox_enter(struct pl_heritage *heritage, struct pl_error *error)
{
    struct pl_proc *process = &heritage->procs->proc[heritage->slot];
    unsigned abi = pl_sandbox_landlock_abi();
    struct pl_error missing = {0};
    uint32_t held = 0;
    if (enter_limits(heritage, &missing) == PL_OK)
        held |= PL_SANDBOX_RLIMITS;
    if (enter_no_new_privs(&missing) == PL_OK)
        held |= PL_SANDBOX_NO_NEW_PRIVS;
    if (pl_sandbox_paths(heritage, abi, &missing) == PL_OK)
        held |= PL_SANDBOX_LANDLOCK;
    if (enter_no_capabilities(&missing) == PL_OK)
        held |= PL_SANDBOX_NO_CAPABILITIES;
    if (enter_not_dumpable(&missing) == PL_OK)
        held |= PL_SANDBOX_NOT_DUMPABLE;
    if (pl_sandbox_calls(heritage->role, &missing) == PL_OK)
        held |= PL_SANDBOX_SECCOMP;
#ifdef PL_SANITIZED
    is_sandboxed = 1;
#endif
    process->sandbox = held;
    process->landlock_abi = abi;
    if (missing.code == PL_OK)
        return PL_OK;
    pl_log(PL_LOG_WARN, "sandbox_incomplete", PL_LOG_S("reason", missing.msg));
    if (heritage->config->sandbox_required)
        return pl_fail(error, PL_E_INTERNAL, "sandbox.required is on: %s", missing.msg);
    return PL_OK;
}
