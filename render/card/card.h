/* card.h - reference cards: binding files in, labelled pictures of controllers out.
 *
 *     bundle of files -> pl_card_build -> set (set.h), packed -> pl_renderer_card -> picture
 *
 * Two stages, because an upload is read once and drawn many times: `build` reads hostile text and
 * needs no pixels; the renderer draws picture `selector` of a packed set and needs no files. Both
 * read the card packs (pack/pack.h) that pl_card_start opened before fork.
 *
 * RENDERER "card"   source: a packed set, or nothing.
 *     selector "1".."N"     that picture of the set
 *     selector "device/ID"  the picture of a device with all boxes outlined and named (no source)
 *     parameters  w      width in pixels: one of the image's widths; default: the base's own
 *                 q      quality 60..100, default 90; JPEG, WebP
 *                 sub    420 (default) or 444, JPEG
 *                 bg     one of the image's background colours as the pack names them
 *                 pack   always there: the version of the packs, so that another pack is another
 * key
 */
#ifndef PL_CARD_H
#define PL_CARD_H

#include "render/card/pack/pack.h"
#include "render/card/set.h"
#include "render/render.h"

/* --- start: once, in the master, before fork --- */
/* pl_card_start - map the compiled packs, check them whole. An empty list is allowed: then every
 * device is unknown. PL_E_FORMAT, PL_E_MISSING name the file. */
enum pl_err pl_card_start(const char *const *paths, unsigned n, struct pl_error *error);
void pl_card_stop(void);
const struct pl_packs *pl_card_packs(void);

/* --- options of a set: part of its key --- */
enum pl_card_style {
    PL_CARD_STYLE_GROUP, /* the default: a colour per group */
    PL_CARD_STYLE_CATEGORY,
    PL_CARD_STYLE_MODIFIER,
    PL_CARD_STYLE_NONE,
};

struct pl_card_options {
    uint32_t groups; /* ed: bit i = the pack's i-th group is shown; UINT32_MAX = all */
    enum pl_card_style style;
    uint32_t day; /* 20261121: written into the headers; 0 = none */
};

enum { PL_CARD_DAY_N = 11 };
/* pl_card_day_of - the day (UTC) of a time in ns since 1970. */
uint32_t pl_card_day_of(uint64_t wall_ns);
/* pl_card_day_print - "2026-11-21"; "" of what is no day. */
void pl_card_day_print(uint32_t day, char out[PL_CARD_DAY_N]);

/* pl_card_options_read - from `groups=` (comma-separated, names as the pack has them or in lower
 * case with - for blanks), `style=` and `date=` (2026-11-21: not for clients); other names are
 * refused. canonical: "" when all is default.
 * PL_E_INPUT with `param`. */
enum pl_err pl_card_options_read(const struct pl_query *query, size_t n,
                                 struct pl_card_options *out, char *canonical, size_t canonical_n,
                                 struct pl_error *error);

/* --- bundle: the uploaded files in one piece --- */
/* The bytes of all files one behind the other, then an index, then a footer, so that it can be
 * written while files of unknown length come in. */
enum {
    PL_CARD_FILE_BYTES_MAX = 2 << 20,
    PL_CARD_TOTAL_BYTES_MAX = 8 << 20,
};
struct pl_bundle_entry {
    uint64_t at, n;
    uint8_t sha256[32];
    char name[128]; /* as uploaded, for messages alone; valid UTF-8, cut */
};
/* pl_bundle_index - the bytes that end a bundle whose files are already written. */
enum pl_err pl_bundle_index(const struct pl_bundle_entry *entries, unsigned n, struct pl_buf *out,
                            struct pl_error *error);
/* pl_bundle_read - entries sorted by hash. PL_E_FORMAT. */
enum pl_err pl_bundle_read(const uint8_t *bytes, uint64_t n,
                           struct pl_bundle_entry entries[PL_CARD_FILES_MAX], unsigned *entries_n,
                           struct pl_error *error);

/* --- build --- */
/* Which file and line an error is about: fields of the problem document. */
struct pl_card_blame {
    /* NULL = none, or: no-file, too-large, unknown-format, bad-file, truncated, too-complex */
    const char *code;
    char file[128];       /* "" = none */
    uint32_t line;        /* 0 = unknown */
    uint32_t file_number; /* of the bundle in hash order, for the parsers; `file` is made of it */
};

/* pl_card_build - read all files of a bundle and place what they bind.
 *
 * packs    NULL: those of pl_card_start
 * game     PL_CARD_GUESS: by content; out->game says which
 * out      in the arena; what it says of the files does not depend on their names and order
 * returns  PL_OK also for truncated files, unknown devices, ... (notices);
 *          PL_E_FORMAT (blame->code says what): nothing in any file could be read;
 *          PL_E_LIMIT: too complex, or the arena is too small
 */
enum pl_err pl_card_build(const struct pl_packs *packs, const uint8_t *bundle, uint64_t bundle_n,
                          enum pl_card_game game, const struct pl_card_options *options,
                          struct pl_arena *arena, struct pl_card_set *out,
                          struct pl_card_blame *blame, struct pl_error *error);

/* pl_card_picture_size - width and height of a picture as drawn without `w`. */
void pl_card_picture_size(const struct pl_packs *packs, const struct pl_card_picture *picture,
                          uint32_t *width_px, uint32_t *height_px);

extern const struct pl_renderer pl_renderer_card;

#endif
