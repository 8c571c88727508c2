/* set.h - what one upload of binding files becomes: cards, lists, notices. Pure data, no pixels.
 *
 * A set is made once per upload (card.h: pl_card_build), packed into bytes that are kept beside the
 * pictures, and every picture is drawn from those bytes alone: the binding files are not needed
 * again. Everything a set points to lives in the arena it was made in or unpacked into.
 *
 * ORDER  cards: fs2020 and sws by (profile, image) in byte order; ed as the pack lists its devices.
 * Cells by "device:input" in byte order, rows of a controller by input with numbers counted (2
 * before 10), labels by (context, text) in byte order, identical ones once. Equal uploads give
 * equal bytes, whatever the order of their files.
 */
#ifndef PL_CARD_SET_H
#define PL_CARD_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/buf.h"
#include "shm/base/err.h"

enum pl_card_game { PL_CARD_GUESS, PL_CARD_FS2020, PL_CARD_SWS, PL_CARD_ED, PL_CARD_GAMES };

const char *pl_card_game_name(enum pl_card_game game); /* "fs2020"; "guess" for the first */

enum {
    PL_CARD_BINDINGS_MAX = 20000,
    PL_CARD_CARDS_MAX = 64,
    PL_CARD_NESTING_MAX = 64,
    PL_CARD_NOTICES_MAX = 200, /* listed; the rest is counted */
    PL_CARD_FILES_MAX = 64,
    PL_CARD_DEVICES_COUNTED = 256,
    PL_CARD_SECTION_ROWS = 512, /* of a list: laid out by themselves, the last one has the rest */
};

struct pl_card_context { /* of fs2020 and sws a context, of ed a group (or category, modifier) */
    const char *name;
    const char *title; /* what people read: the pack's title, else the name */
    uint32_t rgba;     /* 0xRRGGBBAA */
};

struct pl_card_label {
    uint32_t context;  /* index into the set's contexts */
    const char *text;  /* UTF-8 */
    uint32_t modifier; /* ed: number of the modifier set it is bound under; 0 = none */
    bool invalid;      /* ed: a binding to an empty key, shown in red */
};

struct pl_card_cell {
    const char *device, *input;
    int32_t x, y, w, h; /* layout units; x or y = -1: known, without a place on the picture */
    bool drawn;         /* false also where the rect is missing or outside the picture */
    uint32_t labels_n;
    struct pl_card_label *labels;
};

struct pl_card {
    const char *profile;   /* "" = none */
    const char *image;     /* the pack's id of it */
    const char *title;     /* of the image; " (profile)" behind it when there is one */
    const char *group;     /* ed: the pack's name of the supported device; else "" */
    uint32_t device_index; /* ed */
    uint32_t cells_n;
    struct pl_card_cell *cells;
};

struct pl_card_row {
    const char *input;   /* or, of a keyboard: its keys joined by " + " */
    const char *heading; /* keyboard: the group the row stands under; else "" */
    uint32_t keys_n;     /* keyboard: the keys one by one, modifiers first */
    const char *const *keys;
    uint32_t labels_n;
    struct pl_card_label *labels;
};

/* What has no picture: as text, in columns, over as many pages as it takes. */
struct pl_card_list {
    const char *profile, *title, *device;
    uint32_t device_index;
    bool keyboard;
    uint32_t pages_n; /* filled in by pl_card_build, as the ends are */
    /* How many pages there are up to the end of each section, so that a page can be found without
     * laying out what comes before it. 0: all rows are one section. */
    uint32_t ends_n;
    const uint32_t *ends;
    uint32_t rows_n;
    struct pl_card_row *rows;
};

/* kind: misplaced-element, unsupported-device, unknown-input, no-label, no-place, out-of-picture,
 * nothing-placed, overflow, truncated, latin1, long-line, unknown-field, ... */
struct pl_card_notice {
    const char *kind, *detail; /* detail may be "" */
    uint32_t file;             /* index into the bundle's files in hash order; UINT32_MAX = none */
    uint32_t line;             /* from 1; 0 = unknown */
};

struct pl_card_file_id { /* what the set was made of, in the order of the hashes */
    uint8_t sha256[32];
    uint64_t bytes;
};

struct pl_card_set {
    enum pl_card_game game;
    uint32_t files_n;
    const struct pl_card_file_id *files;
    uint32_t contexts_n, cards_n, lists_n, notices_n;
    uint64_t notices_more; /* beyond those listed */
    uint64_t bindings_n;
    uint32_t groups, style, day;      /* struct pl_card_options, as it was made with */
    struct pl_card_context *contexts; /* in byte order of names */
    struct pl_card *cards;
    struct pl_card_list *lists; /* ed: the keyboard is the last */
    struct pl_card_notice *notices;
};

/* A picture of the set: first the cards, then the pages of the lists. */
struct pl_card_picture {
    const struct pl_card *card; /* or */
    const struct pl_card_list *list;
    uint32_t page; /* of the list, from 0 */
};
uint32_t pl_card_pictures(const struct pl_card_set *set);
/* How many different controllers and keyboards the set is about; 256 of them are told apart. */
uint32_t pl_card_devices(const struct pl_card_set *set);
/* number from 1; false past the end */
bool pl_card_picture_at(const struct pl_card_set *set, uint32_t number,
                        struct pl_card_picture *out);

/* pl_card_set_pack - appended to out, the same bytes for equal sets. PL_E_LIMIT, PL_E_NOMEM.
 * pl_card_set_unpack - the bytes are borrowed as long as the set is used. PL_E_FORMAT for bytes
 * that are no packed set (every count and text is checked), PL_E_LIMIT when the arena is too small.
 */
enum pl_err pl_card_set_pack(const struct pl_card_set *set, struct pl_buf *out,
                             struct pl_error *error);
enum pl_err pl_card_set_unpack(const uint8_t *bytes, uint64_t n, struct pl_arena *arena,
                               struct pl_card_set *out, struct pl_error *error);

/* pl_card_set_json - the document of GET /cards/KEY.json: game, files, counts, cards with cells and
 * labels, lists (rows in byte order), keyboard, colours, notices. Appended to out. */
enum pl_err pl_card_set_json(const struct pl_card_set *set, struct pl_buf *out,
                             struct pl_error *error);

#endif
