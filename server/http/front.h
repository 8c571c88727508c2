/* front.h - what the files of server/http share: the front, its connections, its waits, its
 * buffers.
 *
 * One front is one process with one thread and one event loop. Everything here belongs to that
 * thread. */
#ifndef PL_FRONT_H
#define PL_FRONT_H

#include <microhttpd.h>

#include "server/admin/admin.h"
#include "server/process/heritage.h"
#include "shm/base/arena.h"
#include "shm/base/buf.h"
#include "shm/cache.h"
#include "shm/store.h"

struct pl_request;

/* What an event of the front's epoll set is about. */
enum pl_watch_kind {
    PL_WATCH_DAEMON,
    PL_WATCH_BOARD,
    PL_WATCH_STOP,
    PL_WATCH_LIFE,
    PL_WATCH_TIMER,
    PL_WATCH_HANGUP
};

struct pl_watch {
    enum pl_watch_kind kind;
    void *owner;
};

/* One listening socket and the HTTP library's daemon on it. */
struct pl_daemon {
    struct pl_front *front;
    struct MHD_Daemon *mhd;
    bool admin;
    bool due;             /* run it in this turn */
    uint64_t deadline_ns; /* its next timeout; UINT64_MAX = none */
    struct pl_watch watch;
};

/* One connection. On the idle list while no request is under way on it, oldest first. */
struct pl_conn {
    struct pl_conn *next, *previous;
    struct pl_daemon *daemon;
    uint64_t since_ns; /* accepted, or the end of its last answer */
    int fd;
    bool idle;
    bool cut; /* for being slow */
};

/* A body on its way to a client. */
struct pl_pooled {
    struct pl_pooled *next;
    struct pl_front *front;
    struct pl_buf buffer;
};

enum { PL_WAIT_BUCKETS = 256, PL_FRONT_ARENA = 32 << 20 /* of addresses */ };

struct pl_front {
    struct pl_heritage *heritage;
    const struct pl_config *config;
    struct pl_store *store;
    struct pl_cache *cache;
    struct pl_admin_context admin;

    int epoll_fd, timer_fd;
    struct pl_watch board_watch, stop_watch, life_watch, timer_watch;
    struct pl_daemon daemons[PL_LISTEN_MAX + 1];
    unsigned daemons_n;
    struct MHD_Daemon *first; /* the front sleeps in its set; NULL: in its own */
    bool stopping, orphaned;
    uint64_t stop_ns, turn_ns, looked_ns;

    struct pl_conn *idle_first, *idle_last;
    struct pl_request *live; /* requests under way */
    unsigned live_n;
    struct pl_request *spare; /* records to be used again */
    unsigned spare_n;

    struct pl_request *waits[PL_WAIT_BUCKETS]; /* suspended, by ticket */
    unsigned waits_n;

    struct pl_pooled *buffers; /* free ones */
    size_t buffers_bytes;      /* in free ones */
    size_t flight_bytes;       /* in bodies being sent */

    struct pl_memo *memos;  /* memo.c */
    unsigned archives_n; /* being sent: each holds a picture (cards_zip.c) */
    struct pl_arena *arena; /* for what one step unpacks; NULL until it is needed */

    uint64_t id_seed, id_next;
};

/* front.c: mark the daemon of a connection to be run in this turn */
void pl_front_due(struct pl_conn *conn);

/* memo.c */
enum pl_err pl_memo_make(struct pl_front *front, struct pl_error *error);

/* wait.c */
void pl_wait_collect(struct pl_front *front); /* the board has finished jobs */
void pl_wait_hangup(struct pl_front *front, struct pl_request *request); /* its client is gone */
void pl_wait_expire(struct pl_front *front, uint64_t now_ns);            /* safety net */
void pl_wait_forget(struct pl_request *request); /* it ends; take it off the table */

/* conn.c */
void pl_conn_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                    enum MHD_ConnectionNotificationCode code);
void pl_conn_busy(struct pl_conn *conn);
void pl_conn_idle(struct pl_conn *conn);
void pl_conn_scan(struct pl_front *front, uint64_t now_ns); /* ends slow and idle ones */
void pl_conn_end_idle(struct pl_front *front);

/* pool.c - a hit costs no allocation: body buffers are used again, at most 1 MiB of them is kept.
 */
void pl_pool_take(struct pl_front *front, struct pl_buf *out);
/* pl_pool_send - hand the buffer to a response; it comes back by itself when that was sent.
 * PL_E_BUSY when too much is on its way already. On PL_OK *buffer is empty. */
enum pl_err pl_pool_send(struct pl_front *front, struct pl_buf *buffer, struct MHD_Response **out,
                         struct pl_error *error);
void pl_pool_give(struct pl_front *front, struct pl_buf *buffer);
void pl_pool_free(struct pl_front *front);

#endif
