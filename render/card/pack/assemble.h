/* assemble.h - a compiled pack while it is being made: its sections as growing buffers. Private to
 * the pack builder. */
#ifndef PL_PACK_ASSEMBLE_H
#define PL_PACK_ASSEMBLE_H

#include "render/card/pack/build.h"
#include "render/card/pack/format.h"

/* The first failure stays in err and error; what is added after it is lost, so a caller may add
 * many records and ask once. */
struct pl_assembly {
    struct pl_arena *arena;  /* what lasts until the pack is whole */
    struct pl_arena *pixels; /* what one picture needs */
    struct pl_buf section[PL_SECTIONS];
    struct pl_rec_look look;
    uint32_t *texts; /* open-addressed table of offsets into TEXT; 0 = free */
    uint32_t texts_n, texts_room;
    enum pl_err err;
    struct pl_error *error;
};

void pl_assembly_fail(struct pl_assembly *a, enum pl_err err, const char *why);
/* How many records a section has: the number of the next one. */
uint32_t pl_assembly_n(const struct pl_assembly *a, enum pl_pack_section section);
/* One record of pl_pack_record_n bytes; returns its number. */
uint32_t pl_assembly_add(struct pl_assembly *a, enum pl_pack_section section, const void *record);
void *pl_assembly_rec(struct pl_assembly *a, enum pl_pack_section section, uint32_t i);
/* The offset of a text, which is kept once; NULL is "". */
uint32_t pl_assembly_text(struct pl_assembly *a, const char *text);

/* bake.c: fonts, logos, bases, pages and tiles: fills FONT_BYTES, BASES, GRID, TILES, TILE_BYTES,
 * the bases of IMAGES (same order as `images`, sorted by id) and logo_w of GAMES. */
void pl_bake(struct pl_assembly *a, const struct pl_make *make, const char *folder,
             const struct pl_make_image *const *images);

#endif
