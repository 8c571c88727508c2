/* page.c - what a browser does with a page of pictures: fetch a list of addresses over a few
 * keep-alive connections, each taking the next address when its answer is there.
 *
 *     page HOST PORT CONNECTIONS < TARGETS
 *
 * Prints milliseconds until all are there, milliseconds until the slowest first byte, bytes
 * received, and how many answers were no 200. One thread and few copies, so that the client is not
 * what is measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { CONNECTIONS_MAX = 256, TARGETS_MAX = 100000, HEAD_MAX = 16384, CHUNK = 1 << 18, TAIL = 5 };

struct connection {
    int fd;
    uint64_t sent_ns;
    char head[HEAD_MAX];
    size_t head_n;
    bool body;    /* the head is complete */
    bool chunked; /* ends with an empty chunk, else after `left` bytes */
    uint64_t left;
    char tail[TAIL]; /* last bytes received */
};

static char *target[TARGETS_MAX];
static size_t targets, next, done, bad;
static uint64_t bytes, slowest_first_ns;
static struct connection connection[CONNECTIONS_MAX];
static char chunk[CHUNK];

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        die(host);
    int fd = socket(found->ai_family, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        die("connect");
    freeaddrinfo(found);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Ask for the next address; false when there is none left. */
static bool ask(struct connection *c)
{
    char request[4096];
    if (next == targets)
        return false;
    int n =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", target[next++]);
    CHECK(n > 0 && (size_t)n < sizeof request);
    c->head_n = 0;
    c->body = c->chunked = false;
    c->sent_ns = pl_now_ns();
    if (write(c->fd, request, (size_t)n) != n)
        die("write");
    return true;
}

static void keep_tail(struct connection *c, const char *from, size_t n)
{
    if (n >= TAIL) {
        memcpy(c->tail, from + n - TAIL, TAIL);
    } else {
        memmove(c->tail, c->tail + n, TAIL - n);
        memcpy(c->tail + TAIL - n, from, n);
    }
}

static bool take_body(struct connection *c, const char *from, size_t n)
{
    keep_tail(c, from, n);
    if (c->chunked)
        return memcmp(c->tail, "0\r\n\r\n", TAIL) == 0;
    c->left -= PL_MIN((uint64_t)n, c->left);
    return c->left == 0;
}

/* True when the answer is complete. */
static bool take(struct connection *c, const char *from, size_t n)
{
    if (c->body)
        return take_body(c, from, n);
    size_t part = PL_MIN(n, HEAD_MAX - 1 - c->head_n), before = c->head_n;
    memcpy(c->head + c->head_n, from, part);
    c->head_n += part;
    c->head[c->head_n] = '\0';
    char *end = strstr(c->head, "\r\n\r\n");
    if (end == NULL) {
        CHECK(c->head_n < HEAD_MAX - 1);
        return false;
    }
    end[2] = '\0';
    bad += strncmp(c->head, "HTTP/1.1 200", 12) != 0;
    const char *length = strcasestr(c->head, "Content-Length:");
    c->body = true;
    c->chunked = length == NULL;
    c->left = length != NULL ? strtoull(length + 15, NULL, 10) : 0;
    memset(c->tail, 0, TAIL);
    size_t head_n = (size_t)(end + 4 - c->head) - before;
    return take_body(c, from + head_n, n - head_n);
}

/* False when this connection has nothing more to do. */
static bool receive(struct connection *c)
{
    ssize_t n = read(c->fd, chunk, CHUNK);
    if (n <= 0)
        die("read");
    bytes += (uint64_t)n;
    if (c->head_n == 0 && !c->body)
        slowest_first_ns = PL_MAX(slowest_first_ns, pl_now_ns() - c->sent_ns);
    if (!take(c, chunk, (size_t)n))
        return true;
    done++;
    return ask(c);
}

static void read_targets(void)
{
    char line[4096];
    while (targets < TARGETS_MAX && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        target[targets++] = strdup(line);
    }
}

int main(int argc, char **argv)
{
    struct pollfd wait[CONNECTIONS_MAX];
    unsigned n = argc == 4 ? (unsigned)atoi(argv[3]) : 0;
    if (n == 0 || n > CONNECTIONS_MAX) {
        (void)fprintf(stderr, "usage: page HOST PORT CONNECTIONS < TARGETS\n");
        return 2;
    }
    read_targets();
    for (unsigned i = 0; i < n; i++)
        connection[i].fd = connect_to(argv[1], argv[2]);
    uint64_t began = pl_now_ns();
    for (unsigned i = 0; i < n; i++)
        wait[i] =
            (struct pollfd){.fd = ask(&connection[i]) ? connection[i].fd : -1, .events = POLLIN};
    while (done < targets) {
        if (poll(wait, n, 60000) <= 0)
            die("poll");
        for (unsigned i = 0; i < n; i++)
            if (wait[i].revents != 0 && !receive(&connection[i]))
                wait[i].fd = -1;
    }
    printf("%.3f %.3f %llu %zu\n", (double)(pl_now_ns() - began) / 1e6,
           (double)slowest_first_ns / 1e6, (unsigned long long)bytes, bad);
    return 0;
}
