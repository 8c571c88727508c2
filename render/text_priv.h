/* text_priv.h - between markup.c (what stands where) and text.c (what it looks like). */
#ifndef PL_TEXT_PRIV_H
#define PL_TEXT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_STYLE_BOLD = 1, PL_STYLE_ITALIC = 2 };
enum { PL_LAID_INK = -1 }; /* colour of a glyph: that of the whole text */
enum { PL_LAYOUT_MAX = 480, PL_LAYOUT_BARS = 16, PL_MARKUP_DEPTH = 8 };

/* Lengths along the line are 26.6 fixed point, across it whole pixels (negative is up). */
struct pl_layout {
    struct pl_laid {
        uint32_t code;
        int32_t x;
        int16_t dy;
        uint16_t px;
        int16_t color; /* ROOT's index, or PL_LAID_INK */
        uint8_t style;
    } glyphs[PL_LAYOUT_MAX];
    struct pl_bar { /* roots, fractions, overlines */
        int32_t x, length;
        int16_t dy, thick, color;
    } bars[PL_LAYOUT_BARS];
    unsigned glyphs_n, bars_n;
    int32_t width;
    int ascent, descent;
};

/* markup.c: never fails; what does not fit is left out. */
void pl_markup_layout(const char *text, unsigned px, bool plain, struct pl_layout *out);

/* symbols.c: the symbol whose name text begins with, the longest, and the length of that name; 0:
 * none. */
uint32_t pl_symbol_at(const char *text, size_t *n);

/* text.c: advance of a glyph, 26.6. */
int32_t pl_glyph_advance(uint32_t code, unsigned px, unsigned style);

#endif
