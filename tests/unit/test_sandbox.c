/* test_sandbox.c - what a hijacked child would try, tried in a child of each role; and what the
 * roles need.
 *
 * An act is refused when it fails or when the process is ended for it. Each runs in a child of its
 * own, after the sandbox is closed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/process/sandbox_priv.h"
#include "shm/base/check.h"
#include "shm/base/log.h"

static struct pl_config config;
static struct pl_heritage heritage;
static char dir[64], path[4][128];
static int listener = -1;
static struct sockaddr_in listener_at;

enum { SECRET, CATALOG, BLOB, SPOOLED };

static void write_file(const char *where)
{
    int fd = open(where, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0, "%s", where);
    cr_assert_eq(write(fd, "bytes\n", 6), 6);
    (void)close(fd);
}

static void make_listener(void)
{
    socklen_t n = sizeof listener_at;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    listener_at.sin_family = AF_INET;
    listener_at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(listener, (struct sockaddr *)&listener_at, n), 0);
    cr_assert_eq(listen(listener, 8), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&listener_at, &n), 0);
}

static void make_home(void)
{
    static const char *const folders[] = {
        "",          "/store", "/store/blobs", "/store/blobs/ab", "/store/spool", "/store/catalog",
        "/elsewhere"};
    static const char *const files[] = {"/elsewhere/secret", "/store/catalog/data.mdb",
                                        "/store/blobs/ab/cd", "/store/spool/1.body"};
    char text[128];
    (void)snprintf(dir, sizeof dir, "/tmp/platen-sandbox-%d", (int)getpid());
    for (unsigned i = 0; i < PL_COUNT(folders); i++) {
        (void)snprintf(text, sizeof text, "%s%s", dir, folders[i]);
        cr_assert_eq(mkdir(text, 0700), 0);
    }
    for (unsigned i = 0; i < PL_COUNT(files); i++) {
        (void)snprintf(path[i], sizeof path[i], "%s%s", dir, files[i]);
        write_file(path[i]);
    }
    pl_log_setup(PL_LOG_ERROR, PL_LOG_TEXT);
    (void)snprintf(text, sizeof text, "%s/store", dir);
    config.store_dir = strdup(text);
    config.http_connections = 64;
    config.cache_size = 16 << 20;
    heritage.config = &config;
    heritage.worker_memory_bytes = 64 << 20;
    heritage.slot = 3;
    cr_assert_eq(pl_procs_make(&heritage.procs, 8, NULL), PL_OK);
    make_listener();
}

static void remove_home(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    if (strncmp(dir, "/tmp/platen-sandbox-", 20) == 0)
        (void)!system(command);
    free(config.store_dir);
    pl_procs_free(&heritage.procs);
}

TestSuite(sandbox, .init = make_home, .fini = remove_home, .timeout = 300);

/* --- acts: 0 = it worked ------------------------------------------------------------------- */

static int opens(const char *where, int flags)
{
    int fd = open(where, flags | O_CLOEXEC, 0600);
    return fd >= 0 ? 0 : errno;
}

static int result_of(long value)
{
    return value >= 0 ? 0 : errno;
}

static int read_passwd(void)
{
    return opens("/etc/passwd", O_RDONLY);
}
static int read_secret(void)
{
    return opens(path[SECRET], O_RDONLY);
}
static int read_catalog(void)
{
    return opens(path[CATALOG], O_RDONLY);
}
static int read_own_memory(void)
{
    return opens("/proc/self/mem", O_RDWR);
}
static int write_catalog(void)
{
    return opens(path[CATALOG], O_WRONLY);
}
static int write_blob(void)
{
    return opens(path[BLOB], O_WRONLY);
}
static int truncate_spooled(void)
{
    return opens(path[SPOOLED], O_WRONLY | O_TRUNC);
}
static int overwrite_spooled(void)
{
    return opens(path[SPOOLED], O_RDWR);
}
static int truncate_by_name(void)
{
    return result_of(truncate(path[SPOOLED], 0));
}
static int remove_blob(void)
{
    return result_of(unlink(path[BLOB]));
}
static int list_root(void)
{
    return opens("/", O_RDONLY | O_DIRECTORY);
}

static int make_file_elsewhere(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/elsewhere/new", dir);
    return opens(text, O_WRONLY | O_CREAT | O_EXCL);
}

static int make_file_in_catalog(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/catalog/new", dir);
    return opens(text, O_WRONLY | O_CREAT | O_EXCL);
}

static int climb_out_of_spool(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/spool", dir);
    int at = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return result_of(openat(at, "../../elsewhere/secret", O_RDONLY | O_CLOEXEC));
}

static int move_out_of_spool(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/elsewhere/stolen", dir);
    return result_of(rename(path[SPOOLED], text));
}

static int link_secret(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/spool/link", dir);
    return result_of(symlink(path[SECRET], text));
}

static int make_folder(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/spool/folder", dir);
    return result_of(mkdir(text, 0700));
}

static int change_mode(void)
{
    return result_of(chmod(path[BLOB], 0777));
}
static int change_owner(void)
{
    return result_of(chown(path[BLOB], 1000, 1000));
}
static int make_socket(void)
{
    return result_of(socket(AF_INET, SOCK_STREAM, 0));
}
static int make_unix_socket(void)
{
    return result_of(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int make_netlink(void)
{
    return result_of(socket(AF_NETLINK, SOCK_RAW, 0));
}
static int make_pair(void)
{
    int fds[2];
    return result_of(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

/* The sockets below were made before the sandbox, so that not the lack of a socket is what refuses.
 */
static int spare_socket = -1;

static int connect_out(void)
{
    return result_of(connect(spare_socket, (struct sockaddr *)&listener_at, sizeof listener_at));
}

static int listen_on_socket(void)
{
    return result_of(listen(spare_socket, 1));
}
static int bind_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    return result_of(bind(spare_socket, (struct sockaddr *)&any, sizeof any));
}
static int accept_connection(void)
{
    return result_of(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

static int fork_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return result_of(pid);
}

static int clone_child(void)
{
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    return result_of(pid);
}

static int execute(void)
{
    char name[] = "true";
    char *const arguments[] = {name, NULL}, *const nothing[] = {NULL};
    return result_of(execve("/bin/true", arguments, nothing));
}

static int execute_memory(void)
{
    char name[] = "x";
    char *const arguments[] = {name, NULL}, *const nothing[] = {NULL};
    int fd = memfd_create("x", 0);
    if (fd < 0)
        return errno;
    return result_of(syscall(SYS_execveat, fd, "", arguments, nothing, AT_EMPTY_PATH));
}

static int execute_at(void)
{
    char name[] = "x";
    char *const arguments[] = {name, NULL}, *const nothing[] = {NULL};
    return result_of(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, nothing, 0));
}

static int map_code(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? 0 : errno;
}

static int make_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return result_of(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int trace_parent(void)
{
    return result_of(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}
static int kill_parent(void)
{
    return result_of(kill(getppid(), 0));
}
static int kill_all(void)
{
    return result_of(kill(-1, 0));
}
static int tgkill_parent(void)
{
    return result_of(syscall(SYS_tgkill, getppid(), getppid(), 0));
}
static int queue_signal(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return result_of(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
}
static int pidfd_parent(void)
{
    return result_of(syscall(SYS_pidfd_open, getppid(), 0));
}
static int read_parent(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&config, 1};
    return result_of(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}
static int limit_parent(void)
{
    struct rlimit limit = {1, 1};
    return result_of(prlimit(getppid(), RLIMIT_NOFILE, &limit, NULL));
}
static int mount_tmpfs(void)
{
    return result_of(mount("none", dir, "tmpfs", 0, ""));
}
static int unshare_user(void)
{
    return result_of(unshare(CLONE_NEWUSER));
}
static int change_root(void)
{
    return result_of(chroot(dir));
}
static int become_other(void)
{
    return result_of(setresuid(1000, 1000, 1000));
}
static int become_root_again(void)
{
    return result_of(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0));
}
static int open_handle(void)
{
    struct file_handle *handle = calloc(1, sizeof *handle + 8);
    handle->handle_bytes = 8;
    return result_of(open_by_handle_at(AT_FDCWD, handle, O_RDONLY));
}
static int load_bpf(void)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    return result_of(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes));
}
static int load_module(void)
{
    return result_of(syscall(SYS_init_module, "", 0, ""));
}
static int ring_up(void)
{
    char params[256] = {0};
    return result_of(syscall(SYS_io_uring_setup, 4, params));
}
static int fault_by_user(void)
{
    return result_of(syscall(SYS_userfaultfd, 0));
}
static int count_events(void)
{
    char attributes[128] = {0};
    return result_of(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}
static int read_keys(void)
{
    return result_of(syscall(SYS_keyctl, 0, -3, 0));
}
static int make_device(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/spool/device", dir);
    return result_of(mknod(text, S_IFCHR | 0600, 0x0103));
}
static int be_dumpable(void)
{
    return result_of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}
static int raise_limit(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    return result_of(setrlimit(RLIMIT_NOFILE, &limit));
}

/* --- the table of forbidden acts ----------------------------------------------------------- */

enum { F = 1, W = 2, K = 4, FW = 3, FWK = 7 };

struct act {
    const char *name;
    int (*act)(void);
    unsigned roles;
    bool by_landlock;   /* only Landlock can refuse it */
    bool not_sanitized; /* sanitizers need it themselves */
};

static const struct act forbidden[] = {
    {"read /etc/passwd", read_passwd, FWK, true, false},
    {"read a file outside the store", read_secret, FWK, true, false},
    {"read the catalogue's file", read_catalog, FW, true, false},
    {"open its own memory", read_own_memory, FWK, true, false},
    {"list the root folder", list_root, FWK, true, false},
    {"open the catalogue to write", write_catalog, FW, false, false},
    {"open a blob to write", write_blob, FW, false, false},
    {"empty an upload", truncate_spooled, FW, false, false},
    {"overwrite an upload", overwrite_spooled, FW, false, false},
    {"empty a file by name", truncate_by_name, FWK, false, false},
    {"remove a blob", remove_blob, FW, true, false},
    {"make a file outside", make_file_elsewhere, FWK, true, false},
    {"make a file in the catalogue", make_file_in_catalog, FW, true, false},
    {"climb out of a folder", climb_out_of_spool, FWK, true, false},
    {"move an upload out", move_out_of_spool, FW, false, false},
    {"move an upload out, as keeper", move_out_of_spool, K, true, false},
    {"make a symbolic link", link_secret, FWK, false, false},
    {"make a folder", make_folder, FWK, false, false},
    {"change a mode", change_mode, FWK, false, false},
    {"change an owner", change_owner, FWK, false, false},
    {"make an inet socket", make_socket, FWK, false, false},
    {"make a unix socket", make_unix_socket, FWK, false, false},
    {"make a netlink socket", make_netlink, FWK, false, false},
    {"make a pair of sockets", make_pair, FWK, false, false},
    {"connect", connect_out, FWK, false, false},
    {"bind", bind_port, FWK, false, false},
    {"listen", listen_on_socket, FWK, false, false},
    {"accept", accept_connection, W | K, false, false},
    {"fork", fork_child, FWK, false, false},
    {"clone", clone_child, FWK, false, false},
    {"exec", execute, FWK, false, false},
    {"execveat", execute_at, FWK, false, false},
    {"exec from memory", execute_memory, FWK, false, false},
    {"map code", map_code, FWK, false, true},
    {"turn data into code", make_code, FWK, false, true},
    {"trace the parent", trace_parent, FWK, false, false},
    {"signal the parent", kill_parent, FWK, false, false},
    {"signal everybody", kill_all, FWK, false, false},
    {"signal the parent's thread", tgkill_parent, FWK, false, false},
    {"queue a signal", queue_signal, FWK, false, false},
    {"hold the parent", pidfd_parent, FWK, false, false},
    {"read the parent's memory", read_parent, FWK, false, false},
    {"limit the parent", limit_parent, FWK, false, false},
    {"mount", mount_tmpfs, FWK, false, false},
    {"unshare", unshare_user, FWK, false, false},
    {"chroot", change_root, FWK, false, false},
    {"become another user", become_other, FWK, false, false},
    {"raise a capability", become_root_again, FWK, false, false},
    {"open by handle", open_handle, FWK, false, false},
    {"load bpf", load_bpf, FWK, false, false},
    {"load a module", load_module, FWK, false, false},
    {"set up an io_uring", ring_up, FWK, false, false},
    {"handle page faults", fault_by_user, FWK, false, false},
    {"count events", count_events, FWK, false, false},
    {"use the keyring", read_keys, FWK, false, false},
    {"make a device", make_device, FWK, false, false},
    {"become dumpable", be_dumpable, FWK, false, false},
    {"raise a limit", raise_limit, FWK, false, false},
};

enum { WORKED = 1, REFUSED = 0, NOT_IN = 99 };

/* Run act in a child of that role; WORKED, REFUSED or something unexpected. */
static int try_act(enum pl_role role, int (*act)(void), bool landlock)
{
    int status;
    spare_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)fcntl(listener, F_SETFL, O_NONBLOCK);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        heritage.role = role;
        if (landlock ? pl_sandbox_enter(&heritage, NULL) != PL_OK
                     : pl_sandbox_calls(role, NULL) != PL_OK)
            _exit(NOT_IN);
        _exit(act() == 0 ? WORKED : REFUSED);
    }
    (void)close(spare_socket);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? REFUSED : 1000 + WTERMSIG(status);
    return WEXITSTATUS(status);
}

static const struct {
    enum pl_role role;
    unsigned bit;
} roles[] = {{PL_ROLE_FRONT, F}, {PL_ROLE_WORKER, W}, {PL_ROLE_KEEPER, K}};

/* Asked here, outside: a filter that is in force may forbid the question. */
static bool has_landlock(void)
{
    return pl_sandbox_landlock_abi() >= 3;
}

static void try_all(bool landlock)
{
    unsigned tried = 0;
    for (unsigned i = 0; i < PL_COUNT(forbidden); i++) {
        const struct act *act = &forbidden[i];
#ifdef PL_SANITIZED
        if (act->not_sanitized || act->act == read_own_memory)
            continue;
#endif
        if (act->by_landlock && !landlock)
            continue;
        for (unsigned r = 0; r < PL_COUNT(roles); r++) {
            if (!(act->roles & roles[r].bit))
                continue;
            int got = try_act(roles[r].role, act->act, landlock);
            cr_expect_eq(got, REFUSED, "%s may %s (%d)", pl_role_name(roles[r].role), act->name,
                         got);
            tried++;
        }
    }
    cr_expect_gt(tried, 75);
}

Test(sandbox, forbidden_acts_are_refused_in_every_role)
{
    if (!has_landlock())
        cr_skip_test("this kernel has no Landlock");
    try_all(true);
}

Test(sandbox, without_landlock_the_list_of_calls_still_refuses)
{
    try_all(false);
}

Test(sandbox, the_forbidden_acts_work_outside)
{
    /* Otherwise the tables above would prove nothing. */
    int (*const samples[])(void) = {
        read_passwd, read_secret, write_catalog,       overwrite_spooled,
        make_socket, connect_out, fork_child,          map_code,
        kill_parent, make_code,   climb_out_of_spool,  make_folder,
        change_mode, be_dumpable, make_file_elsewhere, remove_blob};
    spare_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (unsigned i = 0; i < PL_COUNT(samples); i++)
        cr_expect_eq(samples[i](), 0, "sample %u: %s", i, strerror(errno));
}

/* --- what the roles need ------------------------------------------------------------------- */

static int read_blob(void)
{
    return opens(path[BLOB], O_RDONLY);
}
static int read_spooled(void)
{
    return opens(path[SPOOLED], O_RDONLY);
}

static int make_spooled(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/spool/2.found", dir);
    int fd = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    if (write(fd, "x", 1) != 1 || fsync(fd) != 0 || close(fd) != 0)
        return errno;
    return result_of(unlink(text));
}

static int map_blob(void)
{
    int fd = open(path[BLOB], O_RDONLY | O_CLOEXEC);
    void *p = mmap(NULL, 6, PROT_READ, MAP_SHARED, fd, 0);
    return p != MAP_FAILED && memcmp(p, "bytes\n", 6) == 0 ? 0 : EIO;
}

static int use_heap(void)
{
    for (unsigned i = 0; i < 200; i++) {
        volatile char *p = malloc((size_t)1 << (i % 22));
        if (p == NULL)
            return ENOMEM;
        p[0] = 1;
        free((void *)(uintptr_t)p);
    }
    return 0;
}

static int say_something(void)
{
    struct timespec moment = {0, 1000};
    char bytes[16];
    return getpid() > 0 && nanosleep(&moment, NULL) == 0 &&
                   syscall(SYS_getrandom, bytes, 16, 0) == 16
               ? 0
               : errno;
}

static int raise_and_catch(void)
{
    (void)signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0 ? 0 : errno;
}

static int move_into_blobs(void)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s/store/blobs/ab/moved", dir);
    if (rename(path[SPOOLED], text) != 0 || rename(text, path[SPOOLED]) != 0)
        return errno;
    (void)snprintf(text, sizeof text, "%s/store/blobs/ab", dir);
    int fd = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return result_of(fsync(fd));
}

static int write_own_catalog(void)
{
    return opens(path[CATALOG], O_RDWR);
}

static int serve_client(void)
{
    /* spare_socket was connected before the sandbox */
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), one = 1;
    if (fd < 0 || setsockopt(fd, IPPROTO_IP, 1, &one, sizeof one) != 0)
        return errno;
    return result_of(send(fd, "hello", 5, MSG_NOSIGNAL));
}

static const struct act needed[] = {
    {"read a blob", read_blob, FWK, false, false},
    {"read an upload", read_spooled, FWK, false, false},
    {"write and remove a spool file", make_spooled, FWK, false, false},
    {"map a blob", map_blob, FWK, false, false},
    {"allocate", use_heap, FWK, false, false},
    {"look at the clock", say_something, FWK, false, false},
    {"signal itself", raise_and_catch, FWK, false, false},
    {"move an upload into the store", move_into_blobs, K, false, false},
    {"open its catalogue", write_own_catalog, K, false, false},
};

Test(sandbox, what_the_roles_need_still_works)
{
    for (unsigned i = 0; i < PL_COUNT(needed); i++)
        for (unsigned r = 0; r < PL_COUNT(roles); r++)
            if (needed[i].roles & roles[r].bit) {
                int got = try_act(roles[r].role, needed[i].act, true);
                cr_expect_eq(got, WORKED, "%s may not %s (%d)", pl_role_name(roles[r].role),
                             needed[i].name, got);
            }
}

Test(sandbox, a_front_answers_on_a_socket_it_inherited)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(client, (struct sockaddr *)&listener_at, sizeof listener_at), 0);
    cr_assert_eq(try_act(PL_ROLE_FRONT, serve_client, true), WORKED);
    char text[8];
    cr_assert_eq(read(client, text, sizeof text), 5);
}

/* --- limits and the report
 * ------------------------------------------------------------------------ */

#ifndef PL_SANITIZED /* sanitizers reserve more than any limit */
static int exceed_memory(void)
{
    volatile char *p = malloc((size_t)65 << 20);
    if (p == NULL)
        return ENOMEM;
    p[0] = 1;
    return 0;
}

Test(sandbox, a_worker_cannot_take_more_memory_than_a_job_may)
{
    cr_expect_eq(try_act(PL_ROLE_WORKER, exceed_memory, true), REFUSED);
    cr_expect_eq(try_act(PL_ROLE_KEEPER, exceed_memory, true), WORKED);
}
#endif

static int look_at_limits(void)
{
    struct rlimit core, files;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || getrlimit(RLIMIT_NOFILE, &files) != 0)
        return errno;
    return core.rlim_cur == 0 && core.rlim_max == 0 && files.rlim_max <= 512 ? 0 : EINVAL;
}

Test(sandbox, limits_are_in_force)
{
    for (unsigned r = 0; r < PL_COUNT(roles); r++)
        cr_expect_eq(try_act(roles[r].role, look_at_limits, true), WORKED);
}

static int nothing(void)
{
    return 0;
}

Test(sandbox, what_is_in_force_is_reported)
{
    struct pl_proc *process = &heritage.procs->proc[heritage.slot];
    uint32_t all = PL_SANDBOX_NO_NEW_PRIVS | PL_SANDBOX_NO_CAPABILITIES | PL_SANDBOX_SECCOMP |
                   PL_SANDBOX_RLIMITS | PL_SANDBOX_NOT_DUMPABLE;
    if (has_landlock())
        all |= PL_SANDBOX_LANDLOCK;
    for (unsigned r = 0; r < PL_COUNT(roles); r++) {
        process->sandbox = 0;
        cr_assert_eq(try_act(roles[r].role, nothing, true), WORKED);
        cr_expect_eq(process->sandbox, all, "%s: %x", pl_role_name(roles[r].role),
                     process->sandbox);
        cr_expect_eq(process->landlock_abi, pl_sandbox_landlock_abi());
    }
}

static int look_at_rights(void)
{
    char text[4096];
    int fd = (int)(intptr_t)spare_socket; /* /proc/self/status, opened before */
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return EIO;
    text[n] = '\0';
    return strstr(text, "CapEff:\t0000000000000000") && strstr(text, "CapBnd:\t0000000000000000") &&
                   strstr(text, "CapPrm:\t0000000000000000") && strstr(text, "NoNewPrivs:\t1") &&
                   strstr(text, "Seccomp:\t2")
               ? 0
               : EPERM;
}

Test(sandbox, no_capability_is_left)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        spare_socket = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
        heritage.role = PL_ROLE_WORKER;
        if (pl_sandbox_enter(&heritage, NULL) != PL_OK)
            _exit(NOT_IN);
        _exit(look_at_rights() == 0 ? 0 : 1);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), 0);
}

/* A filter that fails every call Landlock needs stands for a kernel without it. */
static void take_landlock_away(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    cr_assert_eq(
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0), 0);
    cr_assert_eq(seccomp_load(filter), 0);
    seccomp_release(filter);
}

static int start_without_landlock(bool required)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        take_landlock_away();
        config.sandbox_required = required;
        heritage.role = PL_ROLE_WORKER;
        pl_log_setup(PL_LOG_NONE, PL_LOG_TEXT);
        _exit((int)pl_sandbox_enter(&heritage, NULL));
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(sandbox, a_kernel_without_landlock_is_reported_or_refused_as_configured)
{
    struct pl_proc *process = &heritage.procs->proc[heritage.slot];
    cr_assert_eq(start_without_landlock(false), PL_OK);
    cr_assert_eq(process->landlock_abi, 0);
    cr_assert_eq(process->sandbox & PL_SANDBOX_LANDLOCK, 0);
    cr_assert_neq(process->sandbox & PL_SANDBOX_SECCOMP, 0);
    cr_assert_eq(start_without_landlock(true), PL_E_INTERNAL);
}
