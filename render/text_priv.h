/* text_priv.h - between markup.c (what stands where) and text.c (what it looks like). */
#ifndef PL_TEXT_PRIV_H
#define PL_TEXT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_LAYOUT_MAX = 480, PL_LAYOUT_BARS = 16, PL_MARKUP_DEPTH = 8 };

/* Lengths along the line are 26.6 fixed point, across it whole pixels (negative is up). */
struct pl_layout {
    struct pl_laid {
        uint32_t code;
        int32_t x;
        int16_t dy;
        uint16_t px;
    } glyphs[PL_LAYOUT_MAX];
    struct pl_bar { /* roots, fractions, overlines */
        int32_t x, length;
        int16_t dy, thick;
    } bars[PL_LAYOUT_BARS];
    unsigned glyphs_n, bars_n;
    int32_t width;
    int ascent, descent;
};

/* markup.c: never fails; what does not fit is left out. */
void pl_markup_layout(const char *text, unsigned px, bool plain, struct pl_layout *out);

/* text.c: advance of a glyph, 26.6. */
int32_t pl_glyph_advance(uint32_t code, unsigned px);

#endif
