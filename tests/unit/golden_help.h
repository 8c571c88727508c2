/* golden_help.h - compare a canvas with its golden picture, keep what differs. */
#ifndef PL_TESTS_GOLDEN_HELP_H
#define PL_TESTS_GOLDEN_HELP_H

#include <criterion/criterion.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "render/encode/png.h"
#include "render/hist/draw/plot_priv.h"

static inline const uint8_t *golden_rgb(const struct pl_canvas *canvas, int x, int y)
{
    return canvas->rgb[pl_canvas_at(canvas, (uint32_t)x, (uint32_t)y)];
}

static inline void golden_save(const char *name, const struct pl_buf *png)
{
    char path[256];
    (void)mkdir("build", 0777);
    (void)mkdir("build/golden", 0777);
    snprintf(path, sizeof path, "build/golden/%s.png", name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return;
    (void)fwrite(png->bytes, 1, png->n, file);
    fclose(file);
}

/* Number of pixels that differ, or -1 when there is no golden picture of this size. */
static inline long golden_differing(const struct pl_canvas *canvas, const char *name)
{
    char path[256];
    png_image image = {.version = PNG_IMAGE_VERSION};
    snprintf(path, sizeof path, "tests/golden/%s.png", name);
    if (!png_image_begin_read_from_file(&image, path) || image.width != canvas->width_px ||
        image.height != canvas->height_px) {
        png_image_free(&image);
        return -1;
    }
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    long n = png_image_finish_read(&image, NULL, pixels, 0, NULL) ? 0 : -1;
    for (uint32_t y = 0; n >= 0 && y < image.height; y++)
        for (uint32_t x = 0; x < image.width; x++)
            n += memcmp(pixels + 3 * ((size_t)y * image.width + x),
                        golden_rgb(canvas, (int)x, (int)y), 3) != 0;
    free(pixels);
    return n;
}

static inline void golden_expect(const struct pl_canvas *canvas, const char *name,
                                 struct pl_arena *arena)
{
    struct pl_buf png = PL_BUF(16 << 20);
    long n = golden_differing(canvas, name);
    if (n != 0) {
        cr_assert_eq(pl_png_canvas(canvas, arena, &png, NULL), PL_OK);
        golden_save(name, &png);
        pl_buf_free(&png);
    }
    cr_expect_eq(n, 0, "%s: %ld pixels differ, see build/golden/", name, n);
}

static inline bool golden_overlap(const struct pl_rect *a, const struct pl_rect *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* No text touches another or the data or leaves the canvas-> */
static inline void golden_layout(const struct pl_canvas *canvas, const struct pl_laid_out *laid,
                                 const char *name)
{
    struct pl_rect inner = {laid->frame.x0 + 1, laid->frame.y0 + 1, laid->frame.x1 - 1,
                            laid->frame.y1 - 1};
    for (unsigned i = 0; i < laid->n; i++) {
        struct pl_rect r = laid->rects[i].rect;
        cr_expect(r.x0 >= 0 && r.y0 >= 0 && r.x1 <= (int)canvas->width_px &&
                      r.y1 <= (int)canvas->height_px,
                  "%s %ux%u: rectangle %u (kind %d) %d,%d..%d,%d leaves the canvas", name,
                  canvas->width_px, canvas->height_px, i, laid->rects[i].kind, r.x0, r.y0, r.x1,
                  r.y1);
        if (laid->rects[i].kind == PL_LAID_LABEL || laid->rects[i].kind == PL_LAID_TITLE)
            cr_expect(!golden_overlap(&r, &inner),
                      "%s %ux%u: rectangle %u (kind %d) %d,%d..%d,%d covers data", name,
                      canvas->width_px, canvas->height_px, i, laid->rects[i].kind, r.x0, r.y0, r.x1,
                      r.y1);
        for (unsigned j = 0; j < i; j++) {
            struct pl_rect s = laid->rects[j].rect;
            cr_expect(!golden_overlap(&r, &s),
                      "%s %ux%u: kind %d %d,%d..%d,%d touches kind %d %d,%d..%d,%d", name,
                      canvas->width_px, canvas->height_px, laid->rects[i].kind, r.x0, r.y0, r.x1,
                      r.y1, laid->rects[j].kind, s.x0, s.y0, s.x1, s.y1);
        }
    }
}

#endif
