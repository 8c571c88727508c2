/* glyphs.h - a store of glyph coverage that never grows: what was not used for longest makes room.
 *
 * Coverage lies in one ring. A new glyph is written at the head; what it meets is thrown out,
 * unless it was used since the head came by last, then it is moved to the head once more. Pointers
 * handed out are valid until the next call.
 */
#ifndef PL_CARD_GLYPHS_H
#define PL_CARD_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

struct pl_glyphs;

struct pl_glyph {
    int16_t left, top; /* of the coverage's first pixel, from the origin; top: rows above */
    uint16_t width, height;
    const uint8_t *coverage; /* height rows of width bytes */
};

/* pl_glyphs_make - for `bytes` of coverage and as many as `entries` glyphs. PL_E_NOMEM. */
enum pl_err pl_glyphs_make(struct pl_glyphs **out, size_t bytes, uint32_t entries,
                           struct pl_error *error);
void pl_glyphs_free(struct pl_glyphs **glyphs);

/* pl_glyphs_find - false: it is not there. key: anything but 0. */
bool pl_glyphs_find(struct pl_glyphs *glyphs, uint64_t key, struct pl_glyph *out);
/* pl_glyphs_add - keep a glyph that is not there; coverage is copied, rows `stride` bytes apart.
 * false: it is larger than a quarter of the store; out is then as given. */
bool pl_glyphs_add(struct pl_glyphs *glyphs, uint64_t key, const struct pl_glyph *from,
                   ptrdiff_t stride, struct pl_glyph *out);

struct pl_glyphs_counts {
    uint64_t found, made, dropped;
    size_t bytes; /* of coverage in use */
};
struct pl_glyphs_counts pl_glyphs_counts(const struct pl_glyphs *glyphs);

#endif
