/* build.h - making compiled card packs: a description in memory, checked, painted, written.
 *
 *     folder of YAML -> pl_make_read -> struct pl_make -> pl_make_check -> pl_make_bytes -> file
 *     folder of another program's configuration -> pl_make_import -> folder of YAML
 *
 * A description is plain structs, so tests write it as an initialiser; what the readers fill in
 * lives in the arena they are given. Every fault of a pack is a line in struct pl_problems, all of
 * them in one run; only what stops the work itself (no memory, disk full) comes back as an error.
 * Used by platenctl and by tests, never by the server.
 */
#ifndef PL_PACK_BUILD_H
#define PL_PACK_BUILD_H

#include "render/card/pack/pack.h"
#include "shm/base/arena.h"
#include "shm/base/buf.h"

enum {
    PL_MAKE_ARENA_BYTES = 512 << 20, /* address space for the texts and tables of any pack */
    PL_MAKE_PICTURE_SIDE = 8192,     /* pixels */
    PL_MAKE_DEVICES_MAX = 1000,      /* and as many images */
    PL_MAKE_INPUTS_MAX = 500,        /* of a device */
    PL_MAKE_SWS_MAX = 4000,          /* rows of a table */
    PL_MAKE_CONTROLS_MAX = 5000,
    PL_MAKE_PROBLEMS_BYTES = 1 << 20,
};

/* --- problems --------------------------------------------------------------------------------- */
/* Where something was said: a file of the pack and a line of it. file NULL: the pack as a whole. */
struct pl_make_where {
    const char *file;
    uint32_t line; /* from 1; 0 = unknown */
};
struct pl_problems {
    struct pl_buf text; /* lines "file:line: error: sentence", in the order they were found */
    unsigned errors, warnings;
};
#define PL_PROBLEMS ((struct pl_problems){PL_BUF(PL_MAKE_PROBLEMS_BYTES), 0, 0})

void pl_problem(struct pl_problems *problems, struct pl_make_where where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pl_problem_warn(struct pl_problems *problems, struct pl_make_where where, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));
void pl_problems_free(struct pl_problems *problems);

/* --- description ------------------------------------------------------------------------------ */
/* A list: n elements at `at`; room is the reader's own. In an initialiser {array, n}. */
#define PL_MAKE_LIST(name, type)                                                                   \
    struct pl_make_##name {                                                                        \
        type *at;                                                                                  \
        uint32_t n, room;                                                                          \
    }

/* Texts may be NULL for "". */
struct pl_make_text {
    const char *text;
    struct pl_make_where where;
};
PL_MAKE_LIST(texts, struct pl_make_text);

struct pl_make_pair { /* label: action, text; key: key, text; background: colour, file */
    const char *from, *to;
    struct pl_make_where where;
};
PL_MAKE_LIST(pairs, struct pl_make_pair);

struct pl_make_input {
    const char *id;
    struct pl_pack_rect rect;
    struct pl_make_where where;
};
PL_MAKE_LIST(inputs, struct pl_make_input);

struct pl_make_map {
    enum pl_card_game game;
    enum pl_pack_mapping kind;
    const char *from, *to;
    struct pl_make_where where;
};
PL_MAKE_LIST(maps, struct pl_make_map);

struct pl_make_sws {
    int32_t axis, button; /* button -1: whatever it is */
    const char *input;    /* "" = known, to be skipped */
    struct pl_make_where where;
};
PL_MAKE_LIST(sws_table, struct pl_make_sws);

struct pl_make_device {
    const char *id, *title, *image; /* title "": that of the image; image "": list cards */
    struct pl_make_texts names;     /* in the files of the games; blanks already made one */
    struct pl_make_inputs inputs, ed;
    struct pl_make_maps maps;
    struct pl_make_sws_table sws;
    struct pl_make_where where;
};
PL_MAKE_LIST(devices, struct pl_make_device);

struct pl_make_image {
    const char *id, *title, *file;
    uint32_t layout_w, layout_h;      /* 0: the pack's */
    struct pl_make_pairs backgrounds; /* colour's name, file */
    struct pl_make_where where;
    uint32_t width_px, height_px; /* of the picture; pl_make_check fills them in */
};
PL_MAKE_LIST(images, struct pl_make_image);

struct pl_make_context {
    const char *name, *title;
    bool pinned;
    uint32_t rgba;
    struct pl_make_where where;
};
PL_MAKE_LIST(contexts, struct pl_make_context);

struct pl_make_control {
    const char *id, *name, *group, *category;
    int32_t order;
    bool analogue;
    struct pl_make_texts hide;
    struct pl_make_where where;
};
PL_MAKE_LIST(controls, struct pl_make_control);

struct pl_make_supported {
    const char *name, *image;
    struct pl_make_texts handled, keys;
    struct pl_make_where where;
};
PL_MAKE_LIST(supports, struct pl_make_supported);

struct pl_make_game {
    bool defined;
    struct pl_make_text logo;
    struct pl_make_pairs labels;
    struct pl_make_contexts contexts;
};

PL_MAKE_LIST(colours, uint32_t);

struct pl_make {
    const char *name, *version;
    uint32_t layout_w, layout_h; /* 0: 3840 x 2160 */
    struct pl_make_text fonts[PL_PACK_FONTS];
    struct pl_make_colours palette; /* empty: the usual twelve */
    uint32_t header_rgb, header_text_rgb, badge_rgb, page_rgb, inset, font_least_px;
    struct pl_make_images images;
    struct pl_make_devices devices;
    struct pl_make_game games[PL_CARD_GAMES];
    struct pl_make_sws_table sws; /* common to all devices */
    struct pl_make_controls controls;
    struct pl_make_texts groups, ignored;
    struct pl_make_pairs keys;
    struct pl_make_supports supported;
};

/* pl_make_start - a description without content and with the usual colours and sizes. */
void pl_make_start(struct pl_make *make);

/* pl_make_add - room for one more zeroed element of a list; NULL when the arena is full. */
#define pl_make_add(arena, list)                                                                   \
    (pl_make_grow((arena), (void **)&(list)->at, &(list)->n, &(list)->room, sizeof *(list)->at)    \
         ? &(list)->at[(list)->n++]                                                                \
         : NULL)
bool pl_make_grow(struct pl_arena *arena, void **at, const uint32_t *n, uint32_t *room,
                  size_t element_n);

/* --- steps ------------------------------------------------------------------------------------ */
/* pl_make_read - the description of a pack's folder: pack.yaml, images.yaml, devices.yaml (then
 * devices/ *.yaml in order of their names, each extending or overriding single inputs),
 * games/NAME.yaml. What is wrong is in problems. PL_E_MISSING: there is no such folder. PL_E_LIMIT,
 * PL_E_IO. */
enum pl_err pl_make_read(const char *folder, struct pl_arena *arena, struct pl_make *make,
                         struct pl_problems *problems, struct pl_error *error);

/* pl_make_check - everything that one part says about another: names that do not exist or exist
 * twice, files, rects, overlaps. Pictures and fonts are looked for below folder (NULL: the pack is
 * only tables, files are not looked for). */
enum pl_err pl_make_check(struct pl_make *make, const char *folder, struct pl_arena *arena,
                          struct pl_problems *problems, struct pl_error *error);

/* pl_make_bytes - the compiled pack, appended to out; equal input gives equal bytes. folder NULL:
 * without fonts and pixels. The description must have passed pl_make_check. */
enum pl_err pl_make_bytes(const struct pl_make *make, const char *folder, struct pl_arena *arena,
                          struct pl_buf *out, struct pl_error *error);

/* pl_make_write - the bytes under path, whole or not at all: a server that maps the former file
 * keeps it until it is started anew. */
enum pl_err pl_make_write(const char *path, const uint8_t *bytes, size_t n, struct pl_error *error);

/* pl_make_import - the configuration of MetaRefCard or EDRefCard below source as a new folder that
 * pl_make_read takes. as_is: without correcting the faults that are known in that data. What could
 * not be found is in problems. */
enum pl_err pl_make_import(const char *source, const char *folder, bool as_is,
                           struct pl_arena *arena, struct pl_problems *problems,
                           struct pl_error *error);

#endif
