/* sandbox_paths.c - which files each role may open, by Landlock.
 *
 * What is not named is refused. Descriptors opened before count as granted: the cache and the
 * catalogue need no line. The kernel's numbers are written out here, because the headers of Debian
 * 12 end at the second version of the interface.
 */
#include "server/process/sandbox_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shm/base/check.h"

enum {
    ABI_REFER = 2,
    ABI_TRUNCATE = 3,
    ABI_NET = 4,
    ABI_IOCTL = 5,
    ABI_SCOPE = 6,
};

#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL (UINT64_C(1) << 15)
#define FS_FIRST_ALL ((UINT64_C(1) << 13) - 1)
#define NET_BIND_CONNECT UINT64_C(3)
#define SCOPE_ABSTRACT_SIGNAL UINT64_C(3)

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE                                                                                      \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                                 \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE)

struct ruleset { /* struct landlock_ruleset_attr of the sixth version */
    uint64_t fs, net, scoped;
};

enum base { BASE_STORE, BASE_FONTS, BASE_ROOT };

struct grant {
    enum pl_role role;
    enum base base;
    const char *below; /* relative to the base */
    uint64_t access;
};

static const struct grant grants[] = {
    {PL_ROLE_FRONT, BASE_STORE, "blobs", READ},
    {PL_ROLE_FRONT, BASE_STORE, "spool", READ | WRITE},
    {PL_ROLE_FRONT, BASE_ROOT, "dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE}, /* jansson's seed */
    {PL_ROLE_WORKER, BASE_STORE, "blobs", READ},
    {PL_ROLE_WORKER, BASE_STORE, "spool", READ | WRITE},
    {PL_ROLE_WORKER, BASE_FONTS, "", READ},
    {PL_ROLE_WORKER, BASE_ROOT, "usr/share/fonts", READ},
    {PL_ROLE_KEEPER, BASE_STORE, "", READ | WRITE | FS_REFER},
#ifdef PL_SANITIZED
    {PL_ROLE_FRONT, BASE_ROOT, "proc", READ},
    {PL_ROLE_WORKER, BASE_ROOT, "proc", READ},
    {PL_ROLE_KEEPER, BASE_ROOT, "proc", READ},
#endif
};

unsigned pl_sandbox_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (unsigned)abi : 0;
}

static uint64_t known_access(unsigned abi)
{
    uint64_t access = FS_FIRST_ALL;
    if (abi >= ABI_REFER)
        access |= FS_REFER;
    if (abi >= ABI_TRUNCATE)
        access |= FS_TRUNCATE;
    if (abi >= ABI_IOCTL)
        access |= FS_IOCTL;
    return access;
}

static int make_ruleset(unsigned abi)
{
    struct ruleset rules = {.fs = known_access(abi)};
    size_t size = sizeof rules.fs;
    if (abi >= ABI_NET) {
        rules.net = NET_BIND_CONNECT;
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= ABI_SCOPE) {
        rules.scoped = SCOPE_ABSTRACT_SIGNAL;
        size = sizeof rules;
    }
    return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
}

/* The folder a grant speaks of; empty when this configuration has none. */
static void grant_path(const struct pl_heritage *heritage, const struct grant *grant, char *out,
                       size_t n)
{
    const char *fonts = heritage->config->render_font_dir;
    const char *base = "";
    switch (grant->base) {
    case BASE_STORE:
        base = heritage->config->store_dir;
        break;
    case BASE_FONTS:
        base = fonts != NULL ? fonts : "";
        break;
    case BASE_ROOT:
        (void)snprintf(out, n, "/%s", grant->below);
        return;
    }
    out[0] = '\0';
    if (base[0] != '\0')
        (void)snprintf(out, n, "%s/%s", base, grant->below);
}

/* A folder that is not there needs no grant. */
static int add_grant(int ruleset, const char *path, uint64_t access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    struct landlock_path_beneath_attr beneath = {.allowed_access = access, .parent_fd = fd};
    int failed =
        (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return failed;
}

enum pl_err pl_sandbox_paths(const struct pl_heritage *heritage, unsigned abi,
                             struct pl_error *error)
{
    if (abi == 0)
        return pl_fail(error, PL_E_MISSING, "this kernel has no Landlock");
    if (heritage->role == PL_ROLE_KEEPER && abi < ABI_REFER)
        return pl_fail(error, PL_E_MISSING,
                       "the first Landlock forbids every move between folders");
    int ruleset = make_ruleset(abi);
    if (ruleset < 0)
        return pl_fail_errno(error, "cannot make a Landlock ruleset");
    int failed = 0;
    for (size_t i = 0; i < PL_COUNT(grants) && failed == 0; i++) {
        char path[4200];
        if (grants[i].role != heritage->role)
            continue;
        grant_path(heritage, &grants[i], path, sizeof path);
        if (path[0] != '\0')
            failed = add_grant(ruleset, path, grants[i].access & known_access(abi));
    }
    if (failed == 0)
        failed = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    enum pl_err result = PL_OK;
    if (failed != 0)
        result = pl_fail_errno(error, "cannot put Landlock into force");
    (void)close(ruleset);
    return result;
}
