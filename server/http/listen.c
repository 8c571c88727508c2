/* listen.c - addresses to sockets. Knows nothing of HTTP. No memory outlives a call. */
#include "server/http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un un;
    } at;
    socklen_t n;
};

static bool is_unix(const char *address)
{
    return strncmp(address, "unix:", 5) == 0;
}

static enum pl_err parse_unix(const char *address, struct place *out, struct pl_error *error)
{
    const char *path = address + 5;
    size_t n = strlen(path);
    if (*path == '\0' || n >= sizeof out->at.un.sun_path)
        return pl_fail(error, PL_E_INPUT,
                       "address '%.100s': the path of a unix socket has 1 to %zu bytes", address,
                       sizeof out->at.un.sun_path - 1);
    out->at.un.sun_family = AF_UNIX;
    memcpy(out->at.un.sun_path, path, n + 1);
    out->n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
    return PL_OK;
}

/* HOST and PORT of the text; the host without brackets. */
static bool split(const char *address, char host[256], char port[6])
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL)
        return false;
    const char *from = address;
    size_t n = (size_t)(colon - address);
    if (n >= 2 && address[0] == '[' && colon[-1] == ']') {
        from++;
        n -= 2;
    } else if (memchr(address, ':', n) != NULL) {
        return false; /* an IPv6 number needs brackets */
    }
    size_t port_n = strlen(colon + 1);
    if (n >= 256 || port_n < 1 || port_n > 5 || strspn(colon + 1, "0123456789") != port_n ||
        atoi(colon + 1) > 65535)
        return false;
    memcpy(host, from, n);
    host[n] = '\0';
    memcpy(port, colon + 1, port_n + 1);
    return true;
}

static enum pl_err parse_tcp(const char *address, struct place *out, struct pl_error *error)
{
    char host[256], port[6];
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    if (!split(address, host, port))
        return pl_fail(error, PL_E_INPUT,
                       "address '%.100s': expected HOST:PORT, [HOST]:PORT or unix:/path", address);
    bool every = host[0] == '\0' || strcmp(host, "*") == 0;
    int failed = getaddrinfo(every ? "0.0.0.0" : host, port, &hints, &found);
    if (failed != 0)
        return pl_fail(error, PL_E_INPUT, "address '%.100s': %s", address, gai_strerror(failed));
    memcpy(&out->at, found->ai_addr, found->ai_addrlen);
    out->n = found->ai_addrlen;
    freeaddrinfo(found);
    return PL_OK;
}

static enum pl_err parse(const char *address, struct place *out, struct pl_error *error)
{
    memset(out, 0, sizeof *out);
    return is_unix(address) ? parse_unix(address, out, error) : parse_tcp(address, out, error);
}

/* A socket file is stale when connecting is refused; anything else that lies there is not ours to
 * remove. */
static enum pl_err remove_stale(const struct place *place, struct pl_error *error)
{
    const char *path = place->at.un.sun_path;
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? PL_OK : pl_fail_errno(error, "%.150s", path);
    if (!S_ISSOCK(st.st_mode))
        return pl_fail(error, PL_E_INPUT, "%.180s exists and is no socket", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return pl_fail_errno(error, "socket");
    int failed = connect(fd, &place->at.any, place->n) != 0 ? errno : 0;
    (void)close(fd);
    if (failed != ECONNREFUSED)
        return pl_fail(error, PL_E_BUSY, "address unix:%.150s is in use", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return pl_fail_errno(error, "%.150s", path);
    return PL_OK;
}

static enum pl_err bind_and_listen(int fd, const struct place *place, unsigned mode,
                                   const char *address, struct pl_error *error)
{
    bool local = place->at.any.sa_family == AF_UNIX;
    /* The file must never be open to more people than asked, not even between bind and chmod. */
    mode_t before = local ? umask((mode_t)(0777 & ~mode)) : 0;
    int failed = bind(fd, &place->at.any, place->n) != 0 ? errno : 0;
    if (local)
        (void)umask(before);
    if (failed == 0 && listen(fd, PL_LISTEN_BACKLOG) != 0)
        failed = errno;
    if (failed == EADDRINUSE)
        return pl_fail(error, PL_E_BUSY, "address %.120s is in use", address);
    if (failed != 0)
        return pl_fail(error, PL_E_IO, "address %.120s: %s", address, strerror(failed));
    return PL_OK;
}

/* What was really bound: the kernel may have chosen the port. */
static void write_address(const char *asked, struct pl_listener *out)
{
    struct place place = {.n = sizeof place.at};
    unsigned port = 0;
    const char *colon = strrchr(asked, ':');
    (void)snprintf(out->address, sizeof out->address, "%s", asked);
    if (out->is_unix || getsockname(out->fd, &place.at.any, &place.n) != 0)
        return;
    port = place.at.any.sa_family == AF_INET6 ? ntohs(place.at.v6.sin6_port)
                                              : ntohs(place.at.v4.sin_port);
    (void)snprintf(out->address, sizeof out->address, "%.*s:%u", (int)(colon - asked), asked, port);
}

enum pl_err pl_listen_open(const char *address, unsigned mode, struct pl_listener *out,
                           struct pl_error *error)
{
    struct place place;
    *out = (struct pl_listener){.fd = -1, .is_unix = is_unix(address)};
    if (strlen(address) >= sizeof out->address)
        return pl_fail(error, PL_E_INPUT, "address '%.100s...' is too long", address);
    enum pl_err err = parse(address, &place, error);
    if (err == PL_OK && out->is_unix)
        err = remove_stale(&place, error);
    if (err != PL_OK)
        return err;
    int fd = socket(place.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return pl_fail_errno(error, "socket for %.120s", address);
    int one = 1;
    if (!out->is_unix) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
                         sizeof one); /* accepted sockets inherit it */
    }
    if (place.at.any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    err = bind_and_listen(fd, &place, mode, address, error);
    if (err != PL_OK) {
        (void)close(fd);
        return err;
    }
    out->fd = fd;
    write_address(address, out);
    return PL_OK;
}

void pl_listen_close(struct pl_listener *listener, bool remove)
{
    if (listener->fd < 0)
        return;
    (void)close(listener->fd);
    listener->fd = -1;
    if (remove && listener->is_unix)
        (void)unlink(listener->address + 5);
}

static void use_loopback(struct place *place)
{
    if (place->at.any.sa_family == AF_INET && place->at.v4.sin_addr.s_addr == htonl(INADDR_ANY))
        place->at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (place->at.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&place->at.v6.sin6_addr))
        place->at.v6.sin6_addr = in6addr_loopback;
}

enum pl_err pl_listen_connect(const char *address, unsigned timeout_ms, int *fd,
                              struct pl_error *error)
{
    struct place place;
    struct timeval patience = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    *fd = -1;
    enum pl_err err = parse(address, &place, error);
    if (err != PL_OK)
        return err;
    use_loopback(&place);
    int s = socket(place.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return pl_fail_errno(error, "socket");
    (void)setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience,
                     sizeof patience); /* connect obeys it too */
    if (connect(s, &place.at.any, place.n) != 0) {
        err = pl_fail(error, PL_E_IO, "%.150s: %s", address, strerror(errno));
        (void)close(s);
        return err;
    }
    *fd = s;
    return PL_OK;
}
