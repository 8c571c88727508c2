/* type.h - the lettering of cards: shaping in font units, glyphs as coverage.
 *
 * Three fonts of a pack (label, title, fallback), used where they lie in the map. A text is shaped
 * once (HarfBuzz: kerning, ligatures, unhinted advances) in units of the em, so its width at any
 * size is a multiplication; then it is measured and drawn at as many sizes as it takes. A character
 * its font lacks is taken from the fallback font, else from the third one; what none has shows as
 * the font's own box for missing glyphs. Control characters count as blanks.
 *
 * Glyphs (FreeType, unhinted outlines, 8-bit coverage, four positions within a pixel) are kept in a
 * store of fixed size; the longest unused make room. Nothing else grows. One object a process, made
 * after fork; one thread.
 */
#ifndef PL_CARD_TYPE_H
#define PL_CARD_TYPE_H

#include <stddef.h>
#include <stdint.h>

#include "render/card/canvas24.h"
#include "render/card/pack/pack.h"
#include "shm/base/arena.h"
#include "shm/base/err.h"

struct pl_type;

enum {
    PL_TYPE_EM = 2048000, /* units of an em: a multiple of the usual 1000, 1024, 2000 and 2048 */
    PL_TYPE_GLYPHS_MAX = 2000, /* of one text; what is beyond is left out */
    PL_TYPE_PX_MAX = 240,
    PL_TYPE_STORE_BYTES = 3 << 20, /* coverage; with its tables less than 4 MiB */
};

/* pl_type_open - the bytes are borrowed until close. A font of n 0 is replaced by another that is
 * there. PL_E_MISSING: there is none at all; PL_E_FORMAT: bytes that are no font; PL_E_NOMEM. */
enum pl_err pl_type_open(struct pl_type **out, const struct pl_pack_bytes fonts[PL_PACK_FONTS],
                         struct pl_error *error);
void pl_type_close(struct pl_type **type);

/* pl_type_of - this process's lettering with the fonts of the first pack: made when first asked
 * for, after fork, and kept until another pack is asked for. PL_E_MISSING: no pack; as
 * pl_type_open. pl_type_forget - before a pack it was made of is closed. */
enum pl_err pl_type_of(const struct pl_packs *packs, struct pl_type **out, struct pl_error *error);
void pl_type_forget(void);

struct pl_type_glyph {
    uint16_t index;
    uint8_t face;
    int32_t y; /* above the baseline, em units */
    int64_t x; /* from the text's start, em units */
};
struct pl_type_text {
    struct pl_type_glyph *glyphs;
    uint32_t n;
    int64_t width; /* em units */
};

/* pl_type_shape - in the arena. PL_E_LIMIT when it is full. */
enum pl_err pl_type_shape(struct pl_type *type, enum pl_pack_font font, const char *text,
                          struct pl_arena *arena, struct pl_type_text *out, struct pl_error *error);
/* pl_type_px - em units at a size, in pixels. */
static inline double pl_type_px(int64_t units, unsigned px)
{
    return (double)units * px / PL_TYPE_EM;
}

/* What a font looks like at rest, em units, all positive: height of capitals and of tall small
 * letters, depth of g, width of a blank and of an ellipsis. */
struct pl_type_face {
    int32_t capital, tall, deep, blank, ellipsis;
};
const struct pl_type_face *pl_type_face(struct pl_type *type, enum pl_pack_font font);

/* pl_type_draw - origin of the text at (x, baseline), pixels; the pixel row above the baseline is
 * baseline - 1. Cut at the canvas's clip. px is cut to 1..PL_TYPE_PX_MAX. */
void pl_type_draw(struct pl_type *type, struct pl_canvas24 *canvas, const struct pl_type_text *text,
                  unsigned px, double x, int baseline, uint32_t rgb);

/* pl_type_cut - as much of the text as fits into `width` em units with an ellipsis behind it, in
 * the arena; the text itself when it fits whole; without glyphs when not even the ellipsis fits.
 * PL_E_LIMIT. */
enum pl_err pl_type_cut(struct pl_type *type, enum pl_pack_font font,
                        const struct pl_type_text *text, int64_t width, struct pl_arena *arena,
                        struct pl_type_text *out, struct pl_error *error);

/* How the store does: glyphs found, made, thrown out, bytes in use. */
struct pl_type_counts {
    uint64_t found, made, dropped;
    size_t bytes;
};
struct pl_type_counts pl_type_counts(const struct pl_type *type);

#endif
