/* sandbox_calls.c - which system calls each role may make.
 *
 * One table for all, one line a call with the roles that may make it: what is not in it fails with
 * EPERM. A second, short table names the calls that end the process. Conditions on arguments (own
 * pid only, no executable memory) stand in `add_conditional`.
 */
#include "server/process/sandbox_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "shm/base/check.h"

enum { FRONT = 1, WORKER = 2, KEEPER = 4, ALL = 7 };

struct call {
    int number;
    unsigned roles;
};

#define CALL(name, roles)                                                                          \
    {                                                                                              \
        SCMP_SYS(name), roles                                                                      \
    }

static const struct call calls[] = {
    /* memory, time, itself */
    CALL(brk, ALL),
    CALL(munmap, ALL),
    CALL(mremap, ALL),
    CALL(madvise, ALL),
    CALL(futex, ALL),
    CALL(clock_gettime, ALL),
    CALL(clock_getres, ALL),
    CALL(gettimeofday, ALL),
    CALL(time, ALL),
    CALL(clock_nanosleep, ALL),
    CALL(nanosleep, ALL),
    CALL(getpid, ALL),
    CALL(gettid, ALL),
    CALL(getppid, ALL),
    CALL(getuid, ALL),
    CALL(geteuid, ALL),
    CALL(getgid, ALL),
    CALL(getegid, ALL),
    CALL(getrusage, ALL),
    CALL(getrandom, ALL),
    CALL(sched_yield, ALL),
    CALL(getcpu, ALL),
    CALL(sched_getaffinity, ALL),
    CALL(uname, ALL),
    CALL(sysinfo, ALL),
    CALL(exit, ALL),
    CALL(exit_group, ALL),
    CALL(restart_syscall, ALL),
    CALL(set_robust_list, ALL),
    CALL(rseq, ALL),
    CALL(rt_sigaction, ALL),
    CALL(rt_sigprocmask, ALL),
    CALL(rt_sigreturn, ALL),
    CALL(sigaltstack, ALL),
    CALL(getrlimit, ALL),
    /* open descriptors */
    CALL(read, ALL),
    CALL(write, ALL),
    CALL(readv, ALL),
    CALL(writev, ALL),
    CALL(pread64, ALL),
    CALL(pwrite64, ALL),
    CALL(preadv, ALL),
    CALL(pwritev, ALL),
    CALL(close, ALL),
    CALL(lseek, ALL),
    CALL(fstat, ALL),
    CALL(newfstatat, ALL),
    CALL(fcntl, ALL),
    CALL(fsync, ALL),
    CALL(fdatasync, ALL),
    CALL(fstatfs, ALL),
    CALL(poll, ALL),
    CALL(ppoll, ALL),
    CALL(epoll_create1, FRONT),
    CALL(epoll_ctl, FRONT),
    CALL(epoll_wait, FRONT),
    CALL(epoll_pwait, FRONT),
    CALL(eventfd2, FRONT),
    CALL(timerfd_create, FRONT),
    CALL(timerfd_settime, FRONT),
    CALL(select, FRONT),
    CALL(pselect6, FRONT),
    CALL(ftruncate, FRONT | KEEPER),
    /* files: Landlock says which, `add_open` how */
    CALL(unlinkat, ALL),
    CALL(unlink, ALL),
    CALL(statfs, FRONT | KEEPER),
    CALL(openat, KEEPER),
    CALL(open, KEEPER),
    CALL(rename, KEEPER),
    CALL(renameat, KEEPER),
    CALL(renameat2, KEEPER),
    CALL(fchmod, KEEPER),
    CALL(getdents64, KEEPER),
    CALL(msync, KEEPER),
    /* connections that others opened */
    CALL(accept4, FRONT),
    CALL(accept, FRONT),
    CALL(recvfrom, FRONT),
    CALL(recvmsg, FRONT),
    CALL(sendto, FRONT),
    CALL(sendmsg, FRONT),
    CALL(shutdown, FRONT),
    CALL(getsockopt, FRONT),
    CALL(setsockopt, FRONT),
    CALL(getsockname, FRONT),
    CALL(getpeername, FRONT),
    CALL(sendfile, FRONT),
    CALL(splice, FRONT),
    CALL(pipe2, FRONT),
#ifdef PL_SANITIZED
    CALL(readlink, ALL),
    CALL(readlinkat, ALL),
    CALL(getdents64, FRONT | WORKER),
#endif
};

/* Nothing of ours makes these: whoever does is not us any more. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
};

static unsigned bit_of(enum pl_role role)
{
    switch (role) {
    case PL_ROLE_FRONT:
        return FRONT;
    case PL_ROLE_WORKER:
        return WORKER;
    case PL_ROLE_KEEPER:
        return KEEPER;
    default:
        return 0;
    }
}

/* A call this machine's architecture or library does not know is no rule that could be missing. */
static int add(scmp_filter_ctx filter, uint32_t action, int number, unsigned n,
               const struct scmp_arg_cmp *arguments)
{
    if (number < 0)
        return 0;
    int failed = seccomp_rule_add_array(filter, action, number, n, arguments);
    return failed == -EDOM || failed == -EEXIST ? 0 : failed;
}

static int add_tables(scmp_filter_ctx filter, unsigned role)
{
    int failed = 0;
    for (size_t i = 0; i < PL_COUNT(calls) && failed == 0; i++)
        if (calls[i].roles & role)
            failed = add(filter, SCMP_ACT_ALLOW, calls[i].number, 0, NULL);
    for (size_t i = 0; i < PL_COUNT(deadly) && failed == 0; i++)
        failed = add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0, NULL);
    return failed;
}

static int add_conditional(scmp_filter_ctx filter)
{
    pid_t self = getpid();
    const struct {
        int number;
        struct scmp_arg_cmp argument;
    } rules[] = {
        {SCMP_SYS(kill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)self)},
        {SCMP_SYS(tgkill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)self)},
        {SCMP_SYS(prlimit64), SCMP_A2_64(SCMP_CMP_EQ, 0)}, /* look, not set */
        {SCMP_SYS(prctl), SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME)},
#ifdef PL_SANITIZED
        {SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, 0, 0)},
        {SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, 0, 0)},
#else
        {SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
#endif
    };
    int failed = 0;
    for (size_t i = 0; i < PL_COUNT(rules) && failed == 0; i++)
        failed = add(filter, SCMP_ACT_ALLOW, rules[i].number, 1, &rules[i].argument);
    return failed;
}

/* Fronts and workers read, and make new files; they never open an existing one to write. This holds
 * also where there is no Landlock. */
static int add_open(scmp_filter_ctx filter)
{
    static const struct scmp_arg_cmp to_read = {2, SCMP_CMP_MASKED_EQ,
                                                O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY};
    static const struct scmp_arg_cmp to_make = {2, SCMP_CMP_MASKED_EQ, O_CREAT | O_EXCL | O_TRUNC,
                                                O_CREAT | O_EXCL};
    int failed = add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, &to_read);
    return failed != 0 ? failed : add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, &to_make);
}

enum pl_err pl_sandbox_calls(enum pl_role role, struct pl_error *error)
{
    CHECK(bit_of(role) != 0);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the list of system calls");
    (void)seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    int failed = add_tables(filter, bit_of(role));
    if (failed == 0)
        failed = add_conditional(filter);
    if (failed == 0 && role != PL_ROLE_KEEPER)
        failed = add_open(filter);
    if (failed == 0)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    if (failed == 0)
        return PL_OK;
    errno = -failed;
    return pl_fail_errno(error, "cannot put the list of system calls into force");
}
