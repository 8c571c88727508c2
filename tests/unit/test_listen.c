/* test_listen.c - addresses to sockets. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/http/listen.h"

static char dir[64], address[128];
static struct pl_error error;

static void start(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/test_listen.XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(address, sizeof address, "unix:%s/s", dir);
    error = (struct pl_error){0};
}

static void stop(void)
{
    (void)unlink(address + 5);
    (void)rmdir(dir);
}

TestSuite(listen, .init = start, .fini = stop, .timeout = 120);

static void assert_reachable(const char *at)
{
    int fd;
    cr_assert_eq(pl_listen_connect(at, 1000, &fd, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(close(fd), 0);
}

Test(listen, port_0_is_replaced_by_the_real_port)
{
    struct pl_listener listener;
    cr_assert_eq(pl_listen_open("127.0.0.1:0", 0, &listener, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(strncmp(listener.address, "127.0.0.1:", 10), 0);
    cr_assert_gt(atoi(listener.address + 10), 0);
    cr_assert_not(listener.is_unix);
    cr_assert(fcntl(listener.fd, F_GETFL) & O_NONBLOCK);
    cr_assert(fcntl(listener.fd, F_GETFD) & FD_CLOEXEC);
    assert_reachable(listener.address);
    pl_listen_close(&listener, true);
    cr_assert_eq(listener.fd, -1);
}

Test(listen, a_wildcard_is_reached_through_loopback)
{
    struct pl_listener listener;
    cr_assert_eq(pl_listen_open("0.0.0.0:0", 0, &listener, &error), PL_OK, "%s", error.msg);
    assert_reachable(listener.address);
    pl_listen_close(&listener, true);
}

Test(listen, an_address_in_use_is_busy)
{
    struct pl_listener first, second;
    cr_assert_eq(pl_listen_open("127.0.0.1:0", 0, &first, &error), PL_OK);
    cr_assert_eq(pl_listen_open(first.address, 0, &second, &error), PL_E_BUSY);
    cr_assert_not_null(strstr(error.msg, first.address));
    cr_assert_eq(second.fd, -1);
    pl_listen_close(&first, true);
}

Test(listen, a_unix_socket_has_the_mode_asked_for_and_goes_with_its_listener)
{
    struct pl_listener listener;
    struct stat st;
    mode_t before = umask(0);
    cr_assert_eq(pl_listen_open(address, PL_LISTEN_ADMIN_MODE, &listener, &error), PL_OK, "%s",
                 error.msg);
    cr_assert_eq(umask(before), 0);
    cr_assert(listener.is_unix);
    cr_assert_eq(stat(address + 5, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    assert_reachable(address);
    pl_listen_close(&listener, true);
    cr_assert_neq(stat(address + 5, &st), 0);
}

Test(listen, a_socket_nobody_listens_on_is_replaced_one_in_use_is_not)
{
    struct pl_listener left, fresh, third;
    cr_assert_eq(pl_listen_open(address, 0660, &left, &error), PL_OK);
    pl_listen_close(&left, false);
    cr_assert_eq(pl_listen_open(address, 0660, &fresh, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_listen_open(address, 0660, &third, &error), PL_E_BUSY);
    assert_reachable(address);
    pl_listen_close(&fresh, true);
}

Test(listen, a_file_that_is_no_socket_is_left_alone)
{
    struct pl_listener listener;
    int fd = open(address + 5, O_CREAT | O_WRONLY, 0600);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    cr_assert_eq(pl_listen_open(address, 0660, &listener, &error), PL_E_INPUT);
    cr_assert_eq(access(address + 5, F_OK), 0);
}

Test(listen, what_is_no_address_is_named)
{
    static const char *const bad[] = {
        "",       "8080",        "host:", "127.0.0.1:65536",  "::1:80",   "[::1]80",
        "a:b:80", "127.0.0.1:x", "unix:", "127.0.0.1:123456", "1.2.3:-1", "999.1.1.1.1.1:80"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct pl_listener listener;
        error = (struct pl_error){0};
        cr_assert_eq(pl_listen_open(bad[i], 0, &listener, &error), PL_E_INPUT, "'%s'", bad[i]);
        cr_assert_not_null(strstr(error.msg, bad[i]), "%s", error.msg);
        cr_assert_eq(listener.fd, -1);
    }
    char longest[300] = "unix:/";
    memset(longest + 6, 'x', 120);
    struct pl_listener listener;
    error = (struct pl_error){0};
    cr_assert_eq(pl_listen_open(longest, 0, &listener, &error), PL_E_INPUT);
}
