/* format.h - the compiled pack as it lies in its file. Private to render/card/pack.
 *
 *     header | sections, each aligned to 8 | the tiles' bytes, aligned to a page
 *
 * A section is an array of fixed-size records. Texts are offsets into one section of NUL-terminated
 * UTF-8 whose first byte is NUL, so offset 0 is "". Tables that are searched are sorted in byte
 * order of their key, within the range that the owner names. All numbers are little-endian; the
 * file is made on any machine and refused on a big-endian one by its magic number.
 */
#ifndef PL_PACK_FORMAT_H
#define PL_PACK_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "render/card/pack/pack.h"

enum {
    PL_PACK_FORMAT = 1,   /* another layout of records, tiles or entropy bytes is another number */
    PL_PACK_QUALITY = 90, /* of the entropy bytes */
    PL_PACK_TILE_H = 16,
    PL_PACK_TILE_W_MAX = 1600, /* what pl_jpeg_interval answers at most */
    PL_PACK_PAGE = 4096,       /* alignment of the tiles' bytes */
    PL_PACK_LIST_W = 1920,
    PL_PACK_LIST_H = 1080,
    PL_PACK_SMALL_W = 480,
};
#define PL_PACK_MAGIC UINT64_C(0x0a0d4b4341504c50) /* "PLPACK\r\n" */
#define PL_PACK_NONE UINT32_MAX                    /* an index that names nothing */

struct pl_rec_range {
    uint32_t first, n;
};
struct pl_rec_look {
    uint32_t name, version;
    uint32_t header_rgb, header_text_rgb, badge_rgb, page_rgb;
    uint32_t inset, font_least_px;
    struct pl_rec_range palette; /* of COLOURS */
    struct pl_rec_range fonts[PL_PACK_FONTS];
    struct pl_rec_range groups, ignored; /* of LISTS */
    struct pl_rec_range pages;           /* of BASES */
    struct pl_rec_range sws;             /* of SWS: the common table */
    struct pl_rec_range games;           /* of GAMES: PL_CARD_GAMES of them */
};
struct pl_rec_device {
    uint32_t id, title, image; /* texts */
    struct pl_rec_range inputs, ed, maps, sws;
};
struct pl_rec_name {
    uint32_t name, device;
};
struct pl_rec_input {
    uint32_t id;
    struct pl_pack_rect rect;
};
struct pl_rec_map { /* sorted by game, kind, from */
    uint32_t game, kind, from, to;
};
struct pl_rec_sws { /* sorted by axis, button */
    int32_t axis, button;
    uint32_t input;
};
struct pl_rec_game {
    uint32_t defined;
    uint32_t logo_w; /* pixels at a width of 1920 */
    struct pl_rec_range labels, contexts;
};
struct pl_rec_label {
    uint32_t action, text;
};
struct pl_rec_context {
    uint32_t name, title, pinned, rgba;
};
struct pl_rec_control {
    uint32_t id, name, group, category;
    int32_t order;
    uint32_t analogue;
    struct pl_rec_range hide; /* of LISTS */
};
struct pl_rec_key {
    uint32_t key, text;
};
struct pl_rec_supported { /* in the order of the pack */
    uint32_t name, image;
    struct pl_rec_range handled, keys; /* of LISTS */
};
struct pl_rec_image {
    uint32_t id, title, layout_w, layout_h;
    struct pl_rec_range bases;
};
struct pl_rec_base {
    uint32_t game, background;
    uint32_t width_px, height_px, tile_w, columns, rows;
    uint32_t grid; /* first of columns * rows in GRID */
    uint32_t logo_px, own;
};
struct pl_rec_tile {
    uint64_t at; /* in TILE_BYTES: packed pixels, then entropy bytes */
    uint32_t pixels_n, s420_n, s444_n[2];
    uint32_t tile_w, pad;
};

/* SECTION(name, record) */
#define PL_PACK_SECTIONS(SECTION)                                                                  \
    SECTION(TEXT, char)                                                                            \
    SECTION(LOOK, struct pl_rec_look)                                                              \
    SECTION(COLOURS, uint32_t)                                                                     \
    SECTION(FONT_BYTES, uint8_t)                                                                   \
    SECTION(LISTS, uint32_t)                                                                       \
    SECTION(DEVICES, struct pl_rec_device)                                                         \
    SECTION(NAMES, struct pl_rec_name)                                                             \
    SECTION(INPUTS, struct pl_rec_input)                                                           \
    SECTION(MAPS, struct pl_rec_map)                                                               \
    SECTION(SWS, struct pl_rec_sws)                                                                \
    SECTION(GAMES, struct pl_rec_game)                                                             \
    SECTION(LABELS, struct pl_rec_label)                                                           \
    SECTION(CONTEXTS, struct pl_rec_context)                                                       \
    SECTION(CONTROLS, struct pl_rec_control)                                                       \
    SECTION(KEYS, struct pl_rec_key)                                                               \
    SECTION(SUPPORTED, struct pl_rec_supported)                                                    \
    SECTION(IMAGES, struct pl_rec_image)                                                           \
    SECTION(BASES, struct pl_rec_base)                                                             \
    SECTION(GRID, uint32_t)                                                                        \
    SECTION(TILES, struct pl_rec_tile)                                                             \
    SECTION(TILE_BYTES, uint8_t)

enum pl_pack_section {
#define SECTION(name, record) PL_SECTION_##name,
    PL_PACK_SECTIONS(SECTION)
#undef SECTION
        PL_SECTIONS
};
struct pl_rec_section {
    uint64_t at, n; /* bytes */
};
struct pl_rec_header {
    uint64_t magic;
    uint32_t format, sections;
    uint8_t sha256[PL_PACK_VERSION_N]; /* of all that follows this member */
    struct pl_rec_section section[PL_SECTIONS];
};
enum { PL_PACK_HASHED_FROM = offsetof(struct pl_rec_header, section) };

extern const uint32_t pl_pack_record_n[PL_SECTIONS]; /* bytes of a record */

struct pl_pack {
    unsigned magic;
    const uint8_t *bytes; /* the map */
    size_t n;
    const void *section[PL_SECTIONS];
    uint32_t count[PL_SECTIONS]; /* records; of TILE_BYTES nothing */
    uint64_t tile_bytes_n;
    const struct pl_rec_header *header;
    const struct pl_rec_look *rec;
    struct pl_pack_look look;
};

/* Record i of a section; the check at open is what makes it safe. */
#define PL_REC(pack, name, type, i) (&((const type *)(pack)->section[PL_SECTION_##name])[i])

static inline const char *pl_pack_at(const struct pl_pack *pack, uint32_t text)
{
    return (const char *)pack->section[PL_SECTION_TEXT] + text;
}

/* How wide a logo of logo_w pixels (at 1920) is on a picture of another width. */
static inline uint32_t pl_pack_logo_at(uint32_t logo_w, uint32_t width_px)
{
    return (uint32_t)(((uint64_t)logo_w * width_px + PL_PACK_LIST_W / 2) / PL_PACK_LIST_W);
}

/* pl_pack_view - sections, records and texts of bytes whose hash is right: fills all but `magic`.
 * PL_E_FORMAT. */
enum pl_err pl_pack_view(const uint8_t *bytes, size_t n, struct pl_pack *pack,
                         struct pl_error *error);

#endif
