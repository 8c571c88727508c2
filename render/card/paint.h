/* paint.h - shapes and coverage on an RGB canvas.
 *
 * Colours are 0xRRGGBBAA where a colour may let through what is below it, 0xRRGGBB elsewhere;
 * mixing is done on the stored values. Everything is cut at the canvas's clip.
 */
#ifndef PL_CARD_PAINT_H
#define PL_CARD_PAINT_H

#include "render/card/canvas24.h"

/* 0xRRGGBB as a colour that covers. */
static inline uint32_t pl_opaque(uint32_t rgb)
{
    return rgb << 8 | 0xff;
}

void pl_paint_fill(struct pl_canvas24 *canvas, struct pl_box box, uint32_t rgba);

/* A box with smooth round corners; the radius is cut to half of the shorter side. */
void pl_paint_round(struct pl_canvas24 *canvas, struct pl_box box, double radius, uint32_t rgba);

/* Its outline, `thick` pixels wide, inside the box. */
void pl_paint_outline(struct pl_canvas24 *canvas, struct pl_box box, double radius, double thick,
                      uint32_t rgba);

/* coverage: height rows of width bytes, 0 = nothing, 255 = the colour alone. */
void pl_paint_coverage(struct pl_canvas24 *canvas, int x, int y, uint32_t width, uint32_t height,
                       const uint8_t *coverage, uint32_t rgb);

#endif
