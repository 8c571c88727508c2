/* sandbox_calls.c - puts the table of system calls (sandbox_calls.def) into force.
 *
 * Conditions on arguments stand here: own process only, no executable memory, and how fronts and
 * workers may open a file.
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

static const struct call calls[] = {
#define CALL(name, roles) {SCMP_SYS(name), roles},
#define DEADLY(name)
#include "server/process/sandbox_calls.def"
#undef CALL
#undef DEADLY
};

static const int deadly[] = {
#define CALL(name, roles)
#define DEADLY(name) SCMP_SYS(name),
#include "server/process/sandbox_calls.def"
#undef CALL
#undef DEADLY
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
