/* request.h - one request, from its first line to the last byte of its answer. Private to
 * server/http.
 *
 * A request is a state machine: PL_STEPS lists its steps in order, request.c runs them. A step that
 * has to wait submits a job and names the step to go on with; the connection is suspended meanwhile
 * and the loop of the front resumes it when the board says so, or when the client hangs up.
 *
 * Records are kept in a pool and are larger than an idle connection may cost: they exist only
 * between the first line of a request and the end of its answer.
 */
#ifndef PL_REQUEST_H
#define PL_REQUEST_H

#include <microhttpd.h>

#include "server/admin/admin.h"
#include "server/http/answer.h"
#include "server/http/front.h"
#include "server/process/job.h"
#include "server/routes/dqm.h"
#include "server/routes/native.h"
#include "server/routes/picture.h"

#define PL_STEPS(STEP)                                                                             \
    STEP(parse)     /* target and method -> route and parameters */                                \
    STEP(receive)   /* the body is coming in */                                                    \
    STEP(resolve)   /* name -> stamp, selector -> item */                                          \
    STEP(key)       /* parameters -> canonical form -> key; conditional requests end here */       \
    STEP(lookup)    /* key -> encoded image */                                                     \
    STEP(wait)      /* not there: ask for it to be drawn */                                        \
    STEP(drawn)     /* the board has an answer */                                                  \
    STEP(compose)   /* everything that is not a picture */                                         \
    STEP(composed)  /* the rest of it, when it had to wait */                                      \
    STEP(inspect)   /* upload: have a worker look inside */                                        \
    STEP(inspected) /* upload: refused, or on to the keeper */                                     \
    STEP(commit)    /* upload, deletion: have the keeper commit it */                              \
    STEP(committed) /* upload, deletion: tell the client */                                        \
    STEP(build)     /* cards: have the set made of the files */                                    \
    STEP(built)     /* cards: it is there, or what was wrong */                                    \
    STEP(publish)   /* cards: have the keeper keep the files */                                    \
    STEP(published) /* cards: kept, or taken back */                                               \
    STEP(purged)    /* cards: nothing of what was taken back is cached */                          \
    STEP(pictures)  /* cards: one after the other is drawn, then the answer */                     \
    STEP(deliver)   /* hand the answer to the HTTP library */                                      \
    STEP(finish)    /* sent or cut: count, log, give back */

enum pl_step {
#define STEP(name) PL_STEP_##name,
    PL_STEPS(STEP)
#undef STEP
        PL_STEP_COUNT
};

enum { PL_TARGET_MAX = 6144, PL_REQUEST_ID_MAX = 64, PL_MEMO_TARGET_MAX = 320 };

struct pl_dqm_put;
struct pl_cards;

/* The receiving side of PUT, POST and DELETE. */
struct pl_upload {
    struct pl_spool spool;
    bool spooling; /* spool is started and not dropped */
    bool if_match;
    struct pl_stamp expected;
    struct pl_note_inspect found;
    struct MHD_PostProcessor *multipart;
    struct pl_dqm_put *put; /* owned; NULL: not an upload to /data/put */
    int part;               /* multipart: 0 = no file part yet, 1 = inside it, 2 = behind it */
    unsigned tries;
};

struct pl_request {
    struct pl_front *front;
    struct pl_request *next, *previous; /* live requests, or the pool's free list (next) */
    struct pl_conn *conn;
    struct MHD_Connection *connection;
    enum pl_step step;
    bool seen;       /* the handler was called once: headers are complete */
    bool target_cut; /* the request target was longer than PL_TARGET_MAX */
    bool waiting;    /* suspended; in the table of waits */
    bool hung_up;    /* the client went away while we waited */
    bool expired;    /* the front gave the wait up */
    bool delivered;  /* an answer was queued */
    bool draining;   /* refused already; the rest of the body is read and thrown away */
    bool closing;    /* the connection ends with this answer */
    bool joined;     /* another request had submitted the same job */
    bool drew;       /* a picture was drawn for this request */
    unsigned lookups, resolves, builds;
    struct pl_cards *cards; /* owned; NULL: no upload of binding files */
    uint64_t started_ns, stamp_ns, lookup_ns, wait_ns, wait_started_ns, received;
    uint64_t heard_ns; /* when the last piece of the body came; 0 = none yet */
    enum pl_method method;
    enum pl_cache_result cache;

    struct pl_native native;
    struct pl_picture picture;   /* of cards only params and key */
    struct pl_dqm_view view;     /* PL_ROUTE_DQM_PICTURE */
    struct pl_job_render render; /* of a DQM picture: after resolve; else made when it is needed */
    struct pl_error error;

    /* waiting */
    struct pl_watch watch;
    struct pl_request *wait_next;
    pl_ticket ticket;
    uint64_t give_up_ns;
    struct pl_job_result result;

    struct pl_upload upload;
    struct pl_buf body;          /* small request documents */
    struct pl_admin_call *admin; /* owned */
    struct pl_answer answer;
    char id[PL_REQUEST_ID_MAX + 1];
    bool recalled;    /* key and headers come from the memo; record and item are not filled */
    bool unparsed;    /* recalled before the target was parsed: native has route and media alone */
    uint64_t version; /* of the catalogue, read before the name was resolved; 0 = not read */
    uint16_t memo_n;  /* 0 = too long to be remembered */
    char memo_target[PL_MEMO_TARGET_MAX]; /* the target before it was decoded */
    char target[PL_TARGET_MAX];
};

/* request.c */
const char *pl_step_name(enum pl_step step);
struct pl_request *pl_request_make(struct pl_front *front, struct pl_conn *conn,
                                   const char *target);
/* pl_request_call - what the HTTP library's handler does: first call, body, then the steps. */
enum MHD_Result pl_request_call(struct pl_request *request, struct MHD_Connection *connection,
                                const char *method, const char *data, size_t *data_n);
/* pl_request_end - the answer was sent, or the connection broke. Gives everything back. */
void pl_request_end(struct pl_request *request, bool complete);

/* wait.c
 * pl_wait_submit - put job on the board and suspend; `then` is the step to go on with. On failure
 * the request's error is set and nothing is suspended. */
enum pl_err pl_wait_submit(struct pl_request *request, const struct pl_job *job, enum pl_step then);

/* memo.c
 * begin: before the target is decoded. early: the same, before the target is parsed; true when key
 * and headers were filled in because nothing was committed since the memo was last found right.
 * recall: true when they were filled in. store: after a request has worked them out. */
void pl_memo_begin(struct pl_request *request, size_t target_n);
bool pl_memo_early(struct pl_request *request);
bool pl_memo_recall(struct pl_request *request);
void pl_memo_store(const struct pl_request *request);
/* The same for a picture of collections: used again while all of them have the same stamps. */
void pl_memo_store_collections(const struct pl_request *request,
                               const struct pl_collection *collections, unsigned n);

/* Steps that live in files of their own. Each returns the step to go on with. */
enum pl_step pl_compose(struct pl_request *request);          /* compose.c */
enum pl_step pl_composed(struct pl_request *request);         /* compose.c */
enum pl_step pl_read_object(struct pl_request *request);      /* read.c */
enum pl_step pl_read_list(struct pl_request *request);        /* list.c */
enum pl_step pl_read_items(struct pl_request *request);       /* list.c */
enum pl_step pl_read_resolve(struct pl_request *request);     /* list.c */
enum pl_step pl_health(struct pl_request *request);           /* health.c */
enum pl_step pl_picture_redirect(struct pl_request *request); /* compose.c */

/* draw.c */
enum pl_step pl_draw_resolve(struct pl_request *request);
enum pl_step pl_draw_key(struct pl_request *request);
enum pl_step pl_draw_lookup(struct pl_request *request);
enum pl_step pl_draw_wait(struct pl_request *request);
enum pl_step pl_draw_drawn(struct pl_request *request);
/* cards_put.c: start, data, end while the files come in; refuse - with the code of what is wrong */
enum pl_err pl_cards_put_start(struct pl_request *request);
enum pl_err pl_cards_put_data(struct pl_request *request, const char *data, size_t n);
enum pl_step pl_cards_put_end(struct pl_request *request);
void pl_cards_free(struct pl_request *request);
/* cards_build.c */
enum pl_step pl_cards_refuse(struct pl_request *request);
enum pl_step pl_cards_build(struct pl_request *request);
enum pl_step pl_cards_built(struct pl_request *request);
enum pl_step pl_cards_pictures(struct pl_request *request);
/* cards_publish.c */
enum pl_step pl_cards_publish(struct pl_request *request);
enum pl_step pl_cards_delete(struct pl_request *request);
enum pl_step pl_cards_published(struct pl_request *request);
enum pl_step pl_cards_purged(struct pl_request *request);
/* cards_draw.c: resolve of a picture of cards; ready - its job can be made, else *step is gone on
 * with; describe - headers from the label it is cached under */
enum pl_step pl_cards_resolve(struct pl_request *request);
bool pl_cards_ready(struct pl_request *request, enum pl_step *step);
void pl_cards_describe(struct pl_request *request, const char *label);
void pl_cards_render_job(struct pl_front *front, const struct pl_job_render *render,
                         struct pl_job *job);
/* cards_show.c: all else that is asked of cards; cards_answer.c: an error as a page for people */
enum pl_step pl_cards_show(struct pl_request *request);
void pl_cards_problem(struct pl_request *request);

static inline bool pl_of_cards(enum pl_route route)
{
    return route == PL_ROUTE_CARDS || route == PL_ROUTE_CARDS_PICTURE ||
           route == PL_ROUTE_CARDS_UPLOAD;
}

/* compose.c: a page that is compiled in, and the request headers it depends on; the headers every
 * page has */
enum pl_step pl_page_send(struct pl_request *request, const char *path, const char *vary);
void pl_page_headers(struct pl_answer *answer);

/* dqm_put.c: start, data, end while the body comes in; then what the upload is called */
enum pl_err pl_dqm_put_start(struct pl_request *request);
enum pl_err pl_dqm_put_data(struct pl_request *request, const char *data, size_t n);
enum pl_err pl_dqm_put_end(struct pl_request *request);
const char *pl_dqm_put_name(const struct pl_dqm_put *put);
const char *pl_dqm_put_collection(const struct pl_dqm_put *put);
uint64_t pl_dqm_put_run(const struct pl_dqm_put *put);
void pl_dqm_put_free(struct pl_dqm_put **put); /* takes NULL inside */
enum pl_step pl_dqm_put_thanks(struct pl_request *request, uint64_t bytes, bool unchanged);

/* dqm_list.c */
enum pl_step pl_dqm_samples(struct pl_request *request);
enum pl_step pl_dqm_list(struct pl_request *request);
enum pl_step pl_dqm_start(struct pl_request *request); /* to the page of a sample */
/* What DQMGUI's listings said of an object: its type; behind the other properties; behind them. */
const char *pl_dqm_old_type(const struct pl_item *item);
enum pl_err pl_dqm_old_properties(struct pl_buf *out, const struct pl_reports *reports);
enum pl_err pl_dqm_old_results(struct pl_buf *out, const struct pl_reports *reports);

/* pl_draw_compare - key and headers are known: 304, or on to the cache. */
enum pl_step pl_draw_compare(struct pl_request *request);

/* dqm_draw.c: resolve and key of a DQM picture; what a job of it is struck for */
enum pl_step pl_dqm_resolve(struct pl_request *request);
void pl_dqm_culprit(const struct pl_request *request, uint8_t out[PL_BOARD_ID_N]);
/* dqm_trend.c: the points of a trend into request->render */
enum pl_err pl_dqm_trend(struct pl_request *request, const struct pl_renderer **renderer,
                         char kind[PL_KIND_MAX]);
/* dqm_answer.c: the last word on an answer of a DQM address: a picture in place of a problem, or
 * the status headers of an upload */
void pl_dqm_answer(struct pl_request *request);

/* upload.c */
enum pl_err pl_upload_start(struct pl_request *request);
enum pl_err pl_upload_data(struct pl_request *request, const char *data, size_t n);
enum pl_step pl_upload_end(struct pl_request *request);
enum pl_step pl_upload_inspect(struct pl_request *request);
enum pl_step pl_upload_inspected(struct pl_request *request);
enum pl_step pl_upload_commit(struct pl_request *request);
enum pl_step pl_upload_committed(struct pl_request *request);
enum pl_step pl_upload_delete(struct pl_request *request);
void pl_upload_drop(struct pl_request *request);
/* pl_unique_id - identity of a job that nobody else can share. */
void pl_unique_id(const struct pl_request *request, struct pl_job *job, uint64_t number);

/* reply.c */
const char *pl_request_header(const struct pl_request *request, const char *name);
enum MHD_Result pl_reply(struct pl_request *request);

/* pl_refuse - the step to return when request->error is set. */
static inline enum pl_step pl_refuse(struct pl_request *request)
{
    pl_answer_problem(&request->answer, 0, &request->error, request->id);
    return PL_STEP_deliver;
}

#endif
