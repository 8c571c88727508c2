/* job.h - what fronts write on the board and workers and the keeper read off it.
 *
 * The records are plain structs, copied whole: both ends are the same binary in the same boot. Each
 * must fit PL_BOARD_RECORD_N, each result note PL_BOARD_NOTE_N (asserted at compile time in job.c).
 */
#ifndef PL_JOB_H
#define PL_JOB_H

#include "render/render.h"
#include "server/routes/cards.h"
#include "shm/board.h"
#include "shm/cache.h"
#include "shm/store.h"

enum pl_job_kind {
    PL_JOB_RENDER,  /* queue RENDER: pl_job_render -> pl_note_render */
    PL_JOB_INSPECT, /* queue RENDER: pl_job_inspect -> pl_note_inspect */
    PL_JOB_COMMIT,  /* queue KEEPER: pl_job_commit -> pl_note_commit */
    PL_JOB_PURGE,   /* queue KEEPER: pl_job_purge -> pl_note_purge */
    PL_JOB_CARDS,   /* queue RENDER: pl_job_cards -> pl_note_cards */
};

enum { PL_JOB_LABEL_N = 128 };

/* Where the bytes of a source are. */
enum pl_job_from {
    PL_FROM_BLOB,
    PL_FROM_CACHE, /* the entry under `key` */
    PL_FROM_SPOOL, /* cards only */
    PL_FROM_NOTHING,
};

/* What a cached set of cards has in place of a media type. */
enum { PL_JOB_MEDIA_SET = PL_MEDIA_COUNT };

/* One of the things a picture is drawn from. */
struct pl_job_source {
    enum pl_job_from from;
    struct pl_key key;
    struct pl_stamp stamp;
    uint8_t sha256[PL_SHA256_N];
    uint8_t locator[PL_LOCATOR_MAX];
    uint32_t locator_n;
    enum pl_quality quality;
    bool efficiency;
    char label[PL_JOB_LABEL_N]; /* for legends; cut */
    char path[PL_JOB_LABEL_N];  /* for messages about one of several; cut */
};

struct pl_job_render {
    struct pl_key key; /* under which the worker stores what it drew */
    char renderer[16];
    char name[PL_NAME_MAX + 1]; /* of the main source, */
    char selector[PL_SELECTOR_MAX +
                  1]; /* for the entry's label and for messages; of a trend: its title */
    struct pl_params params;
    unsigned sources_n; /* 0: a trend */
    unsigned trend_n;
    union {
        struct pl_job_source sources[PL_DRAW_SOURCES_MAX];
        struct {
            char label[PL_JOB_LABEL_N]; /* which number is followed */
            struct pl_trend_point points[PL_TREND_MAX];
        } trend;
    };
};

struct pl_note_render {
    uint64_t load_ns, render_ns, encode_ns;
    uint64_t bytes;            /* of the encoded image, now in the cache */
    char note[PL_DRAW_NOTE_N]; /* X-Render-Note */
};

/* Binding files -> a packed set and its document, both into the cache. */
struct pl_job_cards {
    struct pl_key set_key, json_key;
    char key[PL_CARDS_KEY_N + 1]; /* for addresses and labels */
    enum pl_job_from from;        /* CACHE: only the document is missing */
    uint64_t spool_id;
    uint8_t sha256[PL_SHA256_N];
    enum pl_card_game game;
    struct pl_card_options options;
};

/* When it failed: what and where. */
struct pl_note_cards {
    char code[24], file[128];
    uint32_t line;
};

struct pl_job_inspect {
    uint64_t spool_id;
    uint64_t bytes;
    char name[PL_NAME_MAX + 1]; /* for messages */
    bool collected;             /* fill `shown` of the items by the renderer's rule, for this run */
    uint64_t run;
};

struct pl_note_inspect {
    char renderer[16]; /* empty: nobody's format, kept as plain bytes */
    char media[64];
    uint32_t items, troubled;
};

struct pl_job_commit {
    bool delete_it;
    uint64_t spool_id;
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes;
    char name[PL_NAME_MAX + 1];
    char renderer[16];
    char media[64];
    bool if_match;
    struct pl_stamp expected;               /* all zero = must not exist (If-None-Match: *) */
    char collection[PL_COLLECTION_MAX + 1]; /* "" or the collection it is part of */
};

struct pl_note_commit {
    struct pl_stamp stamp;
    bool created, unchanged;
    uint32_t items, troubled;
};

enum pl_purge_what { PL_PURGE_NAME, PL_PURGE_PREFIX, PL_PURGE_GLOB, PL_PURGE_KEY, PL_PURGE_ALL };

struct pl_job_purge {
    enum pl_purge_what what;
    bool dry_run;
    char pattern[PL_NAME_MAX + PL_SELECTOR_MAX + 2];
    struct pl_key key;
};

struct pl_note_purge {
    uint64_t matched, bytes;
};

/* What is refused when it keeps killing: this selector of this version of the source, in any size.
 */
void pl_job_culprit(uint8_t out[PL_BOARD_ID_N], const struct pl_stamp *stamp, const char *selector);

/* The label under which a picture is cached (of cards NAME is cards/KEY/ and a word): NAME, a tab,
 * the selector, a tab, the parameters; and, when the renderer left a note for the client, a tab,
 * '!' and the note, so that the note comes with the picture however often it is found. */
void pl_job_label(char out[PL_CACHE_LABEL_MAX], const char *name, const char *selector,
                  const char *parameters, const char *note);
/* pl_job_label_note - the note in a label; NULL when there is none. */
const char *pl_job_label_note(const char *label);

#endif
