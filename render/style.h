/* style.h - ROOT's colours by index, and the palette of colour maps. */
#ifndef PL_STYLE_H
#define PL_STYLE_H

#include <stdint.h>

enum { PL_PALETTE_LEVELS = 100 };

/* 0xRRGGBB of a ROOT colour index; black for one that does not exist. */
uint32_t pl_style_color(int index);

/* kBird: level 0..PL_PALETTE_LEVELS-1 of the colour map. */
uint32_t pl_style_palette(unsigned level);

#endif
