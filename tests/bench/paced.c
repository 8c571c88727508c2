/* paced.c - latency of one keep-alive connection at a fixed pace: one request each INTERVAL microseconds, so that
 * the client never queues behind itself. Prints p50, p99 and maximum in microseconds.
 *
 *     paced HOST PORT TARGET COUNT INTERVAL_US
 */
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "shm/base/clock.h"

enum { BUFFER = 1 << 20 };

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    int on = 1;
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Read one answer whole; -1 when it is not a 200 with a Content-Length. */
static int read_answer(int fd, char *buffer)
{
    size_t n = 0, need = 0;
    do {
        ssize_t got = read(fd, buffer + n, BUFFER - 1 - n);
        if (got <= 0)
            return -1;
        n += (size_t)got;
        buffer[n] = '\0';
        char *end = need == 0 ? strstr(buffer, "\r\n\r\n") : NULL;
        if (end != NULL) {
            const char *length = strcasestr(buffer, "Content-Length:");
            if (strncmp(buffer, "HTTP/1.1 200", 12) != 0 || length == NULL)
                return -1;
            need = (size_t)(end + 4 - buffer) + strtoul(length + 15, NULL, 10);
            if (need >= BUFFER)
                return -1;
        }
    } while (need == 0 || n < need);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        (void)fprintf(stderr, "usage: paced HOST PORT TARGET COUNT INTERVAL_US\n");
        return 2;
    }
    size_t count = strtoul(argv[4], NULL, 10);
    uint64_t interval_ns = strtoull(argv[5], NULL, 10) * 1000;
    uint64_t *took = calloc(count ? count : 1, sizeof *took);
    char *buffer = malloc(BUFFER);
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", argv[3]);
    int fd = connect_to(argv[1], argv[2]);
    if (took == NULL || buffer == NULL || fd < 0 || length <= 0 || (size_t)length >= sizeof request)
        return 1;
    uint64_t next = pl_now_ns();
    for (size_t i = 0; i < count; i++) {
        next += interval_ns;
        struct timespec at = {(time_t)(next / PL_S_NS), (long)(next % PL_S_NS)};
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        uint64_t began = pl_now_ns();
        if (write(fd, request, (size_t)length) != length || read_answer(fd, buffer) != 0) {
            (void)fprintf(stderr, "request %zu failed\n", i);
            return 1;
        }
        took[i] = pl_now_ns() - began;
    }
    qsort(took, count, sizeof *took, by_value);
    printf("%.1f %.1f %.1f\n", (double)took[count / 2] / 1e3, (double)took[count * 99 / 100] / 1e3,
           (double)took[count - 1] / 1e3);
    free(took);
    free(buffer);
    close(fd);
    return 0;
}
