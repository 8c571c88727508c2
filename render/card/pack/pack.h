/* pack.h - compiled card packs: what devices look like, where their inputs are, what actions are
 * called. Read-only.
 *
 * A pack is one file, made by `platenctl pack build` (build.h) from a folder of YAML, pictures and
 * fonts, mapped read-only before fork and shared by all processes. All its texts and tables are
 * used where they lie: every pointer handed out points into the map and lives as long as the pack.
 * Offsets, counts and texts are checked once, at open; the file's version is the SHA-256 of its
 * contents.
 *
 * Several packs are one set: lookups go through them in the order of the configuration, the first
 * that knows the name answers. Fonts, palette and header are those of the first pack.
 */
#ifndef PL_PACK_H
#define PL_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/card/set.h"

enum { PL_PACKS_MAX = 8, PL_PACK_VERSION_N = 32 };

struct pl_pack;

struct pl_packs {
    const struct pl_pack *at[PL_PACKS_MAX];
    unsigned n;
    uint8_t version[PL_PACK_VERSION_N]; /* over the versions of all, in order; zero when n is 0 */
};

/* pl_pack_open - PL_E_MISSING, PL_E_FORMAT (cut, damaged, another format: build it anew), PL_E_IO.
 */
enum pl_err pl_pack_open(const char *path, struct pl_pack **out, struct pl_error *error);
void pl_pack_close(struct pl_pack **pack);
void pl_packs_seal(struct pl_packs *packs); /* after `at` and `n` are set: version */
const uint8_t *pl_pack_version(const struct pl_pack *pack); /* PL_PACK_VERSION_N bytes */

/* What `platenctl pack show` counts. */
struct pl_pack_sizes {
    uint64_t bytes, tile_bytes;
    uint32_t tiles, grid;                                    /* grid: tiles of all bases together */
    uint32_t labels[PL_CARD_GAMES], contexts[PL_CARD_GAMES]; /* UINT32_MAX: game not defined */
};
void pl_pack_measure(const struct pl_pack *pack, struct pl_pack_sizes *out);

/* --- whole packs ------------------------------------------------------------------------------ */
struct pl_pack_look {           /* how cards look; from pack.yaml */
    const char *name, *version; /* shown in the header */
    uint32_t palette_n;
    const uint32_t *palette;              /* 0xRRGGBBAA */
    uint32_t header_rgb, header_text_rgb; /* 0xRRGGBB */
    uint32_t badge_rgb;     /* box behind the version line; also labels of style none */
    uint32_t page_rgb;      /* background of list cards */
    uint32_t inset;         /* layout units on each side of a rect */
    uint32_t font_least_px; /* at a width of 1920 */
};
const struct pl_pack_look *pl_pack_look(const struct pl_pack *pack);

enum pl_pack_font { PL_PACK_FONT_LABEL, PL_PACK_FONT_TITLE, PL_PACK_FONT_FALLBACK, PL_PACK_FONTS };
/* Bytes of a font file; n 0 when the pack has none. */
struct pl_pack_bytes {
    const uint8_t *bytes;
    uint64_t n;
};
struct pl_pack_bytes pl_pack_font(const struct pl_pack *pack, enum pl_pack_font font);

/* --- devices ---------------------------------------------------------------------------------- */
struct pl_pack_rect {
    int32_t x, y, w, h;
};
struct pl_pack_input {
    const char *id;
    struct pl_pack_rect rect;
};
struct pl_pack_map { /* axis, rotation or slider: "RX" -> "RZ" */
    const char *from, *to;
};
enum pl_pack_mapping { PL_PACK_AXIS, PL_PACK_ROTATION, PL_PACK_SLIDER, PL_PACK_MAPPINGS };

struct pl_pack_device {
    const struct pl_pack *pack;
    const char *id, *title; /* title: of its image when the pack gives no own */
    const char *image;      /* "" = none */
    uint32_t number;        /* for the functions below */
};
/* pl_packs_device - by id. pl_packs_device_named - by the name the game's files use (blanks already
 * made one). false: no pack knows it. */
bool pl_packs_device(const struct pl_packs *packs, const char *id, struct pl_pack_device *out);
bool pl_packs_device_named(const struct pl_packs *packs, const char *name,
                           struct pl_pack_device *out);
bool pl_packs_device_at(const struct pl_packs *packs, uint32_t index,
                        struct pl_pack_device *out); /* all of them, for GET /devices */
/* pl_pack_input - the rect of an input of a device. For ed: those the pack gives for ed first, then
 * the device's own with "Joy_" taken off. false: the device has no such input. */
bool pl_pack_input(const struct pl_pack_device *device, enum pl_card_game game, const char *input,
                   struct pl_pack_rect *out);
uint32_t pl_pack_inputs(const struct pl_pack_device *device, enum pl_card_game game);
bool pl_pack_input_at(const struct pl_pack_device *device, enum pl_card_game game, uint32_t index,
                      struct pl_pack_input *out);
/* pl_pack_mapped - NULL when the device has no entry. */
const char *pl_pack_mapped(const struct pl_pack_device *device, enum pl_card_game game,
                           enum pl_pack_mapping mapping, const char *from);
/* sws: the device's own table: (axis, button) -> input; button -1 for an axis alone. NULL: none.
 * The pack's common table (games/sws.yaml) is asked when the device's own has nothing; "" = known,
 * to be skipped. device NULL: the common table alone. */
const char *pl_pack_sws(const struct pl_packs *packs, const struct pl_pack_device *device,
                        int32_t axis, int32_t button);

/* --- games ------------------------------------------------------------------------------------ */
/* pl_packs_label - action -> text, trimmed; NULL: no pack has one. */
const char *pl_packs_label(const struct pl_packs *packs, enum pl_card_game game,
                           const char *action);
struct pl_pack_context {
    const char *title; /* "" = none */
    bool pinned;
    uint32_t rgba;
};
bool pl_packs_context(const struct pl_packs *packs, enum pl_card_game game, const char *name,
                      struct pl_pack_context *out);

/* --- ed --------------------------------------------------------------------------------------- */
struct pl_pack_control {
    const char *id, *name, *group, *category;
    int32_t order;
    bool analogue;
    uint32_t hide_n;      /* HideIfSameAs */
    const uint32_t *hide; /* offsets; pl_pack_control_hide turns them into text */
    const struct pl_pack *pack;
};
bool pl_packs_control(const struct pl_packs *packs, const char *id, struct pl_pack_control *out);
const char *pl_pack_control_hide(const struct pl_pack_control *control, uint32_t index);
/* The groups that `groups=` can choose from, in the order of the pack; NULL past the end. */
const char *pl_packs_group(const struct pl_packs *packs, uint32_t index);
const char *pl_packs_key(const struct pl_packs *packs, const char *key); /* keymap; NULL: none */
bool pl_packs_ignored(const struct pl_packs *packs, const char *device); /* Mouse, vJoy, ... */
struct pl_pack_supported {
    const struct pl_pack *pack;
    const char *name, *image;
    uint32_t handled_n, keys_n; /* keys_n 0: every handled device is a key device */
    const uint32_t *handled, *keys;
};
bool pl_packs_supported_at(const struct pl_packs *packs, uint32_t index,
                           struct pl_pack_supported *out);
const char *pl_pack_string(const struct pl_pack *pack, uint32_t offset);

/* --- pictures --------------------------------------------------------------------------------- */
struct pl_pack_image {
    const struct pl_pack *pack;
    const char *id, *title;
    uint32_t layout_w, layout_h; /* layout units */
    uint32_t number;
};
bool pl_packs_image(const struct pl_packs *packs, const char *id, struct pl_pack_image *out);
bool pl_packs_image_at(const struct pl_packs *packs, uint32_t index, struct pl_pack_image *out);

/* A picture ready to draw on: of one image, for one game, one background and one size, already with
 * header bar, logo and plain title. It is a grid of tiles, 16 rows high and one JPEG restart
 * interval wide (encode/jpeg_splice.h); equal tiles are kept once for the whole pack, so that what
 * the games' headers, the sizes and the empty parts of pictures have in common costs nothing. */
struct pl_pack_base {
    const struct pl_pack *pack;
    uint32_t width_px, height_px;
    uint32_t tile_w;        /* pixels; columns * tile_w >= width, rows * 16 >= height */
    uint32_t columns, rows; /* what is beyond the picture repeats its last column and row */
    const uint32_t *tiles;  /* row by row */
    const char *background; /* "" = the image's own */
    uint32_t logo_px;       /* how far right the logo reaches; 0 = no logo */
    bool own;               /* of the image's own size */
};
struct pl_pack_tile {
    /* Entropy bytes at quality 90, without restart marker; n 0: the pack has none of that kind. */
    struct pl_pack_bytes s420, s444[2]; /* 4:4:4 has two intervals, upper and lower 8 rows */
};
/* pl_pack_base - the base of that width (0: the image's own); PL_E_INPUT naming `w` or `bg` and
 * what there is. PL_CARD_GUESS and games the pack does not define get the header without a logo.
 * pl_pack_base_at lists them; PL_E_MISSING: the pack was built without pixels. */
enum pl_err pl_pack_base(const struct pl_pack_image *image, enum pl_card_game game,
                         uint32_t width_px, const char *background, struct pl_pack_base *out,
                         struct pl_error *error);
bool pl_pack_base_at(const struct pl_pack_image *image, uint32_t index, struct pl_pack_base *out);
void pl_pack_tile(const struct pl_pack *pack, uint32_t tile, struct pl_pack_tile *out);
/* pl_pack_tile_pixels - unpack a tile's pixels: RGB, 16 rows of 3 * tile_w bytes, one every stride
 * bytes of out. They are kept compressed (a quarter of their size; 3 us for a tile of 160 pixels),
 * so that the file's pages in memory are few. */
void pl_pack_tile_pixels(const struct pl_pack *pack, uint32_t tile, uint8_t *out, size_t stride);
/* The empty page of lists, with header bar and logo of the game, by width (0: 1920). */
enum pl_err pl_packs_page(const struct pl_packs *packs, enum pl_card_game game, uint32_t width_px,
                          struct pl_pack_base *out, struct pl_error *error);
/* How far right the logo of the game reaches on a page or base of that width, in pixels. */
uint32_t pl_packs_logo_width(const struct pl_packs *packs, enum pl_card_game game,
                             uint32_t width_px);
/* pl_packs_rest - the pages of the map that hold pixels are given back to the system. */
void pl_packs_rest(const struct pl_packs *packs);

#endif
