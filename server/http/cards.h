/* cards.h - what the files about reference cards share. Private to server/http.
 *
 *     cards_put.c      binding files come in: form or raw body -> bundle in the spool
 *     cards_set.c      the set in the cache, or made again from what was published
 *     cards_draw.c     one picture of a set, or of a controller
 *     cards_build.c    the set of an upload, and all its pictures, a few at a time
 *     cards_answer.c   the answer to an upload; errors as pages
 *     cards_show.c     document, page and archive of a key; forms; the list of controllers
 *     cards_page.c     their HTML
 *     cards_choice.c   groups to choose for readers without scripts
 *     cards_zip.c      the archive, picture by picture
 *     cards_publish.c  kept on request, taken back with a token
 *
 * The way of an upload: receive -> build -> (publish) -> picture ... picture -> answer. What is
 * asked of a key later takes `build` only when the set was evicted and the files are published.
 */
#ifndef PL_HTTP_CARDS_H
#define PL_HTTP_CARDS_H

#include "render/card/card.h"
#include "server/http/request.h"
#include "server/routes/cards_key.h"
#include "server/web/web.h"
#include "shm/base/clock.h"

enum {
    PL_CARDS_AHEAD = 4,         /* pictures of one upload on the board at once, at most */
    PL_CARDS_CANONICAL_N = 512, /* text of the options */
    PL_CARDS_BUSY_MAX = 20,     /* what waits too long in the queue is asked for again */
    PL_CARDS_BUILDS_MAX = 4,    /* the set was evicted before it could be used: make it again */
};

struct pl_cards_put; /* receiving: cards_put.c */

/* An upload of binding files, from its first byte to its answer. */
struct pl_cards {
    struct pl_cards_put *put; /* owned; NULL once all is there */
    enum pl_card_game game;
    struct pl_card_options options;
    char canonical[PL_CARDS_CANONICAL_N];
    char key[PL_CARDS_KEY_N + 1];
    enum pl_cards_form form;
    bool publish, draw;
    char token[PL_CARDS_TOKEN_N + 1]; /* "" = not published */
    unsigned files_n;
    struct pl_bundle_entry files[PL_CARD_FILES_MAX]; /* sorted by hash once all is there */
    uint32_t pictures_n, at; /* at: the picture that is waited for, from 1; 0 = not begun */
    uint64_t *bytes;         /* owned: of each picture */
    uint32_t ahead;          /* the last picture that was put on the board without waiting */
    bool waits;              /* for picture `at` */
    unsigned tries;          /* of that picture */
    unsigned busy;           /* times the set waited too long in the queue */
};

/* --- cards_set.c ------------------------------------------------------------------------------ */
/* pl_cards_content - 32 digits of sorted files, game and canonical options. */
void pl_cards_content(const struct pl_cards *cards, char out[PL_CARDS_CONTENT_N + 1]);

/* A set read from the cache; lies in the front's arena, so only one at a time, within one step. */
struct pl_cards_set {
    struct pl_buf bytes;
    struct pl_card_set set;
};
enum pl_err pl_cards_load(struct pl_front *front, const char *key, struct pl_cards_set *out,
                          struct pl_error *error); /* PL_E_MISSING */
void pl_cards_unload(struct pl_front *front, struct pl_cards_set *set);

/* pl_cards_kept - the newest publication of the files of key. PL_E_MISSING. */
enum pl_err pl_cards_kept(struct pl_front *front, const char *key, struct pl_record *out,
                          struct pl_error *error);
/* pl_cards_job - a job that makes set and document of key: from the set when only the document is
 * missing, else from what was published. PL_E_MISSING with a sentence for people. */
enum pl_err pl_cards_job(struct pl_front *front, const char *key, struct pl_job *job,
                         struct pl_error *error);
/* pl_cards_ask - submit that job; goes on with `built`. */
enum pl_step pl_cards_ask(struct pl_request *request);
/* pl_cards_current - false: *step is the answer to a key of another version. */
bool pl_cards_current(struct pl_request *request, enum pl_step *step);

/* --- cards_draw.c ----------------------------------------------------------------------------- */
/* pl_cards_render - the job record of a picture of a set; render_job - the job of one. */
void pl_cards_render(const char *key, const struct pl_card_picture *picture, uint32_t number,
                     const struct pl_params *params, struct pl_job_render *out);
/* The name that a cached picture has as a file, by its label: SLUG without an ending. */
void pl_cards_file_name(const char *label, char out[PL_CARDS_SLUG_N]);
/* The title and the profile of a picture. */
const char *pl_cards_title(const struct pl_card_picture *picture, const char **profile);

/* --- cards_page.c ----------------------------------------------------------------------------- */
/* pl_cards_page - the page of a set. upload: NULL, or the one that was just published: what it can
 * be taken back with is shown this once. */
enum pl_err pl_cards_page(const char *key, const struct pl_card_set *set,
                          const struct pl_cards *upload, struct pl_buf *out,
                          struct pl_error *error);
enum pl_err pl_cards_problem_page(const char *message, const char *file, unsigned line,
                                  struct pl_buf *out, struct pl_error *error);

/* As text: whatever is in it, it is no markup. */
void pl_cards_html(const char *value, struct pl_buf *out, struct pl_error *error);

/* --- cards_choice.c --------------------------------------------------------------------------- */
/* pl_cards_shell - the page /cards with the groups of the packs to choose from; made on first use.
 */
const struct pl_web_file *pl_cards_shell(void);

/* --- cards_answer.c --------------------------------------------------------------------------- */
enum pl_step pl_cards_answer(struct pl_request *request, const struct pl_card_set *set);

/* --- cards_zip.c ------------------------------------------------------------------------------ */
/* pl_cards_zip - the archive's body; the set is in the cache. NULL: error is set. */
struct pl_stream *pl_cards_zip(struct pl_request *request, const char *key,
                               const struct pl_card_set *set, struct pl_error *error);

#endif
