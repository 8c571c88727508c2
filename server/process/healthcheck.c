/* healthcheck.c - a client of one request. It reads the status line and nothing else. */
#include "server/process/healthcheck.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/listen.h"

enum { TIMEOUT_MS = 5000, STATUS_LINE_N = 12 }; /* "HTTP/1.1 200" */

static int fail(const char *address, const char *reason)
{
    (void)fprintf(stderr, "platend: %s: %s\n", address, reason);
    return 1;
}

int pl_healthcheck(const char *address, bool ready)
{
    static const char live_request[] =
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    static const char ready_request[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    struct pl_error error = {0};
    char line[STATUS_LINE_N + 1] = "";
    int fd;
    if (pl_listen_connect(address, TIMEOUT_MS, &fd, &error) != PL_OK)
        return fail(address, error.msg);
    const char *request = ready ? ready_request : live_request;
    ssize_t n = send(fd, request, strlen(request), MSG_NOSIGNAL);
    if (n >= 0)
        n = recv(fd, line, STATUS_LINE_N, MSG_WAITALL);
    int failed = errno;
    (void)close(fd);
    if (n < 0)
        return fail(address, strerror(failed));
    if (n != STATUS_LINE_N || strncmp(line, "HTTP/1.", 7) != 0)
        return fail(address, "no HTTP answer");
    return strcmp(line + 9, "200") == 0 ? 0 : fail(address, line);
}
