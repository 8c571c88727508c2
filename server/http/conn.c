/* conn.c - connections: who is idle since when, and who is too slow.
 *
 * The HTTP library's timeout starts anew with every byte, so a client that sends one byte a minute
 * would hold a connection for ever. Here a connection without a request under way is ended when it
 * has been so for the idle timeout, and one that sends its headers or its body too slowly is ended
 * too. Ending means shutdown(2): the library sees the end of the stream and cleans up in its own
 * way.
 *
 * Memory: one small record a connection, freed when the library reports the end. */
#include <stdlib.h>
#include <sys/socket.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum {
    SLOW_GRACE_S = 30,
    SLOW_BYTES_S = 512
}; /* the grace is never longer than the idle timeout */

static void unlink_idle(struct pl_conn *conn)
{
    if (!conn->idle)
        return;
    struct pl_front *front = conn->daemon->front;
    if (conn->previous != NULL)
        conn->previous->next = conn->next;
    else
        front->idle_first = conn->next;
    if (conn->next != NULL)
        conn->next->previous = conn->previous;
    else
        front->idle_last = conn->previous;
    conn->next = conn->previous = NULL;
    conn->idle = false;
}

void pl_conn_busy(struct pl_conn *conn)
{
    unlink_idle(conn);
}

void pl_conn_idle(struct pl_conn *conn)
{
    struct pl_front *front = conn->daemon->front;
    unlink_idle(conn);
    conn->since_ns = front->turn_ns;
    conn->idle = true;
    conn->previous = front->idle_last;
    if (front->idle_last != NULL)
        front->idle_last->next = conn;
    else
        front->idle_first = conn;
    front->idle_last = conn;
}

void pl_conn_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                    enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        struct pl_conn *conn = *socket_context;
        *socket_context = NULL;
        if (conn != NULL)
            unlink_idle(conn);
        free(conn);
        return;
    }
    struct pl_conn *conn = calloc(1, sizeof *conn);
    *socket_context = conn;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (conn == NULL || info == NULL)
        return; /* its first request is refused: pl_request_make finds no connection */
    conn->daemon = context;
    conn->fd = info->connect_fd;
    conn->daemon->front->turn_ns = pl_now_ns(); /* the turn may have begun with a long sleep */
    pl_conn_idle(conn);
}

static bool is_slow(const struct pl_request *request, uint64_t now_ns, uint64_t idle_ns)
{
    uint64_t grace_ns = PL_MIN(idle_ns, SLOW_GRACE_S * PL_S_NS);
    uint64_t age_ns = now_ns - request->started_ns;
    if (request->waiting || request->delivered || age_ns < grace_ns)
        return false;
    if (!request->seen)
        return true;
    if (request->heard_ns > 0 && now_ns > request->heard_ns + idle_ns)
        return true;
    return request->step == PL_STEP_receive &&
           request->received < (age_ns - grace_ns) / PL_S_NS * SLOW_BYTES_S;
}

/* Nothing was answered yet, so the socket can take an answer from here; the library, which could
 * give none in the middle of a body, only sees the end of the stream. */
static void cut_slow(struct pl_front *front, const struct pl_request *request)
{
    static const char answer[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                                 "DQM-Status-Code: 400\r\nDQM-Status-Message: Request timeout\r\n"
                                 "Content-Length: 0\r\n\r\n";
    struct pl_conn *conn = request->conn;
    if (request->seen && !conn->cut)
        (void)send(conn->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(conn->fd, SHUT_RDWR);
    if (!conn->cut)
        pl_metric_add(front->heritage, PL_M_slow_clients, 1);
    conn->cut = true;
}

void pl_conn_scan(struct pl_front *front, uint64_t now_ns)
{
    uint64_t idle_ns = front->config->http_idle_timeout * PL_MS_NS;
    for (struct pl_conn *conn = front->idle_first; conn != NULL; conn = conn->next) {
        if (now_ns < conn->since_ns + idle_ns)
            break;
        (void)shutdown(conn->fd, SHUT_RDWR);
    }
    for (struct pl_request *request = front->live; request != NULL; request = request->next)
        if (is_slow(request, now_ns, idle_ns))
            cut_slow(front, request);
}

void pl_conn_end_idle(struct pl_front *front)
{
    for (struct pl_conn *conn = front->idle_first; conn != NULL; conn = conn->next)
        (void)shutdown(conn->fd, SHUT_RDWR);
}
