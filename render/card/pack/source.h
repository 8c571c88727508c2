/* source.h - the pictures a pack is made of, as RGB pixels. Private to the pack builder.
 *
 * JPEG, PNG and SVG, told apart by their first bytes. Pictures are RGB without padding, 3 * w bytes
 * a row, in the arena. What is transparent shows the colour given. A vector picture has the size it
 * is asked for; its own is PL_PACK_LIST_W wide. Sizes are bounded before pixels are made. */
#ifndef PL_PACK_SOURCE_H
#define PL_PACK_SOURCE_H

#include "render/card/pack/build.h"

struct pl_source {
    const char *path;
    struct pl_pack_bytes bytes; /* of the file */
    bool vector;
    uint32_t w, h;
};
struct pl_pixels {
    uint8_t *rgb;
    uint32_t w, h;
};

/* pl_source_open - the file in the arena and its size. PL_E_MISSING, PL_E_FORMAT, PL_E_LIMIT. */
enum pl_err pl_source_open(const char *path, struct pl_arena *arena, struct pl_source *out,
                           struct pl_error *error);
/* pl_source_read - all its pixels; `width` is for vector pictures alone, 0 = its own. */
enum pl_err pl_source_read(const struct pl_source *source, uint32_t width, uint32_t behind_rgb,
                           struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error);

/* pl_pixels_make - room for w x h pixels. PL_E_LIMIT. pl_pixels_scale - to another size. */
enum pl_err pl_pixels_make(struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error);
enum pl_err pl_pixels_scale(const struct pl_pixels *from, uint32_t w, uint32_t h,
                            struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error);

/* svg.c */
enum pl_err pl_svg_size(const struct pl_pack_bytes *bytes, double *w, double *h,
                        struct pl_error *error);
enum pl_err pl_svg_paint(const struct pl_pack_bytes *bytes, uint32_t behind_rgb,
                         struct pl_pixels *out, struct pl_error *error);

#endif
