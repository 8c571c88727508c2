/* game.h - what a game's parser is, and the builder it fills.
 *
 *     bundle -> file by file: text (UTF-8) -> read() -> ... -> place() -> cards, lists, notices
 *
 * A parser reads all files of an upload (`read`, once for each, in the order of their hashes, so
 * that nothing depends on how they were named or sent) and keeps what it found in `builder->state`.
 * Then `place` turns it into cards and lists through the builder. The builder owns order, doubles,
 * colours and limits: a parser adds what it found in any order, as often as it was found.
 *
 *     - cells come out by "device:input" in byte order, labels by (context, text), equal ones once,
 *       rows of a list by their sort text; cards and lists in the order they were added;
 *     - cards without cells and lists without rows are left out;
 *     - contexts get their colours when all is there.
 *
 * Every text given to the builder must live as long as the arena: make it with pl_builder_text or
 * pl_builder_print, or take it from the pack. Nothing here mallocs. An arena that is full is
 * PL_E_LIMIT, made by pl_builder_full.
 */
#ifndef PL_CARD_GAME_H
#define PL_CARD_GAME_H

#include "render/card/card.h"

struct pl_builder;

struct pl_card_file {
    const uint8_t *text; /* UTF-8 without byte order mark and without NUL; not NUL-terminated */
    size_t n;
    uint32_t number;   /* of the file, for notices */
    uint64_t read_n;   /* out: how many things of the game were understood; 0 = not a file of it */
    bool truncated;    /* out: the text ends in the middle or is broken */
    uint32_t bad_line; /* out: where, from 1; 0 = unknown */
};

struct pl_game_parser {
    /* read - PL_OK also for broken text: what comes before counts, and `truncated` is set (the
     * notice is the builder's business). Anything else ends the whole upload: PL_E_LIMIT. */
    enum pl_err (*read)(struct pl_builder *builder, struct pl_card_file *file,
                        struct pl_error *error);
    /* place - after the last file. PL_E_LIMIT. */
    enum pl_err (*place)(struct pl_builder *builder, struct pl_error *error);
};
extern const struct pl_game_parser pl_game_fs2020, pl_game_sws, pl_game_ed;

struct pl_builder {
    const struct pl_packs *packs;
    const struct pl_card_options *options;
    struct pl_arena *arena;
    enum pl_card_game game;
    void *state; /* the parser's own, NULL at its first call; in the arena */
    struct pl_card_blame *blame;
    struct pl_builder_parts *parts; /* builder.c */
};

/* --- texts, in the arena; NULL when it is full -------------------------------------------------
 */
/* pl_builder_text - NUL-terminated; equal texts are one, so that they can be compared as pointers.
 */
const char *pl_builder_text(struct pl_builder *builder, const void *bytes, size_t n);
/* pl_builder_print - the same of a format; cut at 4000 bytes. */
const char *pl_builder_print(struct pl_builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* pl_builder_seen - was this asked before, with the same text? */
bool pl_builder_seen(struct pl_builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- what went wrong ---------------------------------------------------------------------------
 */
enum { PL_BUILDER_NO_FILE = UINT32_MAX };
/* pl_builder_notice - kind is a literal; the detail is cut at 200 bytes. An equal (kind, detail) is
 * listed once, with the first place it was seen at; beyond 200 they are counted. Never fails. */
void pl_builder_notice(struct pl_builder *builder, const char *kind, uint32_t file, uint32_t line,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
/* pl_builder_count - one more binding was read. PL_E_LIMIT beyond PL_CARD_BINDINGS_MAX. */
enum pl_err pl_builder_count(struct pl_builder *builder, uint32_t file, uint32_t line,
                             struct pl_error *error);
/* Both return PL_E_LIMIT; the first sets the blame to "too-complex". */
enum pl_err pl_builder_too_complex(struct pl_builder *builder, uint32_t file, uint32_t line,
                                   struct pl_error *error, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
enum pl_err pl_builder_full(struct pl_builder *builder, struct pl_error *error);

/* --- cards and lists ---------------------------------------------------------------------------
 */
struct pl_builder_label {
    const char *context; /* its name: the builder makes the set's contexts of these */
    const char *text;
    uint32_t modifier;
    bool invalid;
    bool plain; /* its context takes a colour only after all that are not: of a device without
                 * picture, so that the colours of cards do not depend on what else was uploaded */
};

/* pl_builder_card - a new card; of `head` everything but the cells. number: for pl_builder_cell.
 * PL_E_LIMIT beyond PL_CARD_CARDS_MAX cards and lists. */
enum pl_err pl_builder_card(struct pl_builder *builder, const struct pl_card *head,
                            uint32_t *number, struct pl_error *error);
/* pl_builder_cell - a label on an input of a card. rect: in layout units; x or y = -1 is known to
 * be nowhere on the picture; outside the picture makes the notice `out-of-picture`. */
enum pl_err pl_builder_cell(struct pl_builder *builder, uint32_t card, const char *device,
                            const char *input, const struct pl_pack_rect *rect,
                            const struct pl_builder_label *label, struct pl_error *error);
/* pl_builder_list - a new list; of `head` everything but pages and rows. */
enum pl_err pl_builder_list(struct pl_builder *builder, const struct pl_card_list *head,
                            uint32_t *number, struct pl_error *error);
/* pl_builder_row - a label on a row. Rows with equal sort text are one; sort NULL: the input,
 * whose numbers count: 2 before 10. The keys, if any, are an array in the arena. */
enum pl_err pl_builder_row(struct pl_builder *builder, uint32_t list, const char *sort,
                           const char *input, const char *heading, const char *const *keys,
                           uint32_t keys_n, const struct pl_builder_label *label,
                           struct pl_error *error);

/* pl_builder_context - a context that was seen, also when no label comes of it: it has its place in
 * the order of colours. plain: see pl_builder_label. */
enum pl_err pl_builder_context(struct pl_builder *builder, const char *name, bool plain,
                               struct pl_error *error);
/* pl_builder_pin - the colour and title of a context that the parser chooses itself (ed: by
 * style). Without it, and beyond 256 of them, the pack's or the palette's. */
enum pl_err pl_builder_pin(struct pl_builder *builder, const char *context, const char *title,
                           uint32_t rgba, struct pl_error *error);

#endif
