/* floor.c - how little an answer can cost here: the bytes of one answer of a running server, sent again from memory
 * by two processes that do nothing else.
 *
 *     floor MODE HOST PORT TARGET SECONDS      prints its own port and the two process numbers
 *
 * MODE  plain     recv and sendmsg on an epoll loop, nothing is parsed; Date stands still
 *       library   libmicrohttpd as the fronts use it, one response for all requests
 *       answer    the same, but body and headers become a response for each request
 *       copy      the same, but the body is copied out of a page-aligned mapping and hashed first: what a cache that
 *                 verifies what it sends cannot do without
 *
 * Ends after SECONDS, or when its standard input ends. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/base/hash.h"

enum { HEAD_MAX = 4096, BODY_MAX = 1 << 20, HEADERS_MAX = 24, PROCESSES = 2, EVENTS = 128, FDS = 4096 };

static struct {
    char head[HEAD_MAX], lines[HEAD_MAX]; /* as received; cut into name and value */
    size_t head_n, body_n;
    char *body, *copy;
    uint64_t checksum;
    struct {
        const char *name, *value;
    } header[HEADERS_MAX];
    unsigned headers_n;
    struct MHD_Response *response;
} answer;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- the answer to repeat --- */

static int loopback(const char *host, unsigned port, bool serve)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | (serve ? SOCK_NONBLOCK : 0), 0);
    if (fd < 0 || inet_pton(AF_INET, host, &at.sin_addr) != 1)
        die("address");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (serve ? bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 4096) != 0
              : connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        die("socket");
    return fd;
}

static void cut_headers(void)
{
    memcpy(answer.lines, answer.head, answer.head_n + 1);
    char *rest = strstr(answer.lines, "\r\n") + 2;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && answer.headers_n < HEADERS_MAX;) {
        char *colon = strstr(line, ": ");
        line[strcspn(line, "\r")] = '\0';
        if (colon == NULL)
            continue;
        *colon = '\0';
        if (strcasecmp(line, "Content-Length") == 0 || strcasecmp(line, "Date") == 0)
            continue; /* the library's own */
        answer.header[answer.headers_n].name = line;
        answer.header[answer.headers_n++].value = colon + 2;
    }
}

static void fetch(const char *host, unsigned port, const char *target)
{
    static char bytes[HEAD_MAX + BODY_MAX];
    size_t n = 0, head_n = 0;
    int fd = loopback(host, port, false);
    dprintf(fd, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, host);
    for (ssize_t got; n < sizeof bytes && (got = read(fd, bytes + n, sizeof bytes - n)) > 0;)
        n += (size_t)got;
    close(fd);
    char *end = memmem(bytes, n, "\r\n\r\n", 4), *gone = memmem(bytes, n, "Connection: close\r\n", 19);
    if (strncmp(bytes, "HTTP/1.1 200", 12) != 0 || end == NULL || (head_n = (size_t)(end - bytes) + 4) >= HEAD_MAX)
        die("no answer to repeat");
    answer.body_n = n - head_n;
    answer.body = mmap(NULL, BODY_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    answer.copy = malloc(BODY_MAX);
    if (answer.body == MAP_FAILED || answer.copy == NULL)
        die("memory");
    memcpy(answer.body, bytes + head_n, answer.body_n);
    answer.checksum = pl_checksum(answer.body, answer.body_n);
    if (gone != NULL && gone < end) {
        memmove(gone, gone + 19, head_n - (size_t)(gone - bytes) - 19);
        head_n -= 19;
    }
    memcpy(answer.head, bytes, head_n);
    answer.head_n = head_n;
    cut_headers();
}

/* --- plain --- */

struct client {
    size_t sent; /* of the answer under way */
    bool asked;
};

/* False when the connection is gone. */
static bool serve(int fd, struct client *client)
{
    char request[2048];
    size_t all = answer.head_n + answer.body_n;
    if (!client->asked) {
        ssize_t n = recv(fd, request, sizeof request, 0);
        if (n <= 0)
            return n < 0;
        client->asked = true;
    }
    size_t skip = client->sent < answer.head_n ? client->sent : answer.head_n, at = client->sent - skip;
    struct iovec parts[2] = {{answer.head + skip, answer.head_n - skip}, {answer.body + at, answer.body_n - at}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n > 0)
        client->sent += (size_t)n;
    if (client->sent == all)
        *client = (struct client){0};
    return true; /* the set tells when there is room for the rest */
}

static void run_plain(int listener)
{
    static struct client clients[FDS];
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.fd = listener};
    int set = epoll_create1(0);
    (void)epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(set, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd != listener) {
                if (!serve(fd, &clients[fd]))
                    close(fd);
                continue;
            }
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0 && fd < FDS) {
                event = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
                clients[fd] = (struct client){0};
                (void)epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}

/* --- with the library --- */

static struct MHD_Response *respond(void *body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(answer.body_n, body, MHD_RESPMEM_PERSISTENT);
    for (unsigned i = 0; i < answer.headers_n; i++)
        (void)MHD_add_response_header(response, answer.header[i].name, answer.header[i].value);
    return response;
}

static enum MHD_Result handle(void *mode, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *data_n, void **seen)
{
    (void)url, (void)method, (void)version, (void)data, (void)data_n;
    if (*seen == NULL) {
        *seen = &answer;
        return MHD_YES;
    }
    const char *kind = mode;
    if (kind[0] == 'l')
        return MHD_queue_response(connection, 200, answer.response);
    if (kind[0] == 'c') {
        memcpy(answer.copy, answer.body, answer.body_n);
        if (pl_checksum(answer.copy, answer.body_n) != answer.checksum)
            return MHD_NO;
    }
    struct MHD_Response *response = respond(kind[0] == 'c' ? answer.copy : answer.body);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static void run_library(int listener, char *mode)
{
    answer.response = respond(answer.body);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, mode,
                         MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, 1024u,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)4096, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
                         MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (daemon == NULL)
        die("library");
    for (;;)
        (void)MHD_run_wait(daemon, 500);
}

int main(int argc, char **argv)
{
    struct sockaddr_in at;
    socklen_t at_n = sizeof at;
    pid_t children[PROCESSES];
    if (argc != 6 || strchr("plac", argv[1][0]) == NULL) {
        fprintf(stderr, "floor plain|library|answer|copy HOST PORT TARGET SECONDS\n");
        return 2;
    }
    fetch(argv[2], (unsigned)atoi(argv[3]), argv[4]);
    (void)signal(SIGPIPE, SIG_IGN);
    int listener = loopback("127.0.0.1", 0, true);
    (void)getsockname(listener, (struct sockaddr *)&at, &at_n);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (argv[1][0] == 'p')
            run_plain(listener);
        run_library(listener, argv[1]);
    }
    printf("%u %d %d\n", ntohs(at.sin_port), children[0], children[1]);
    fflush(stdout);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    (void)poll(&input, 1, atoi(argv[5]) * 1000);
    for (int i = 0; i < PROCESSES; i++) {
        (void)kill(children[i], SIGTERM);
        (void)waitpid(children[i], NULL, 0);
    }
    return 0;
}
