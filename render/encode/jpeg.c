/* jpeg.c - the JPEG encoder: expand the palette, compress once into the output buffer.
 *
 * Memory: 3 bytes a pixel from the arena, released before return; one turbojpeg handle per call.
 */
#include "render/encode/jpeg.h"

#include <string.h>
#include <turbojpeg.h>

enum { QUALITY = 90 };

static uint8_t *expand(const struct pl_canvas *canvas, struct pl_arena *arena)
{
    uint8_t *pixels = pl_arena_alloc(arena, 3 * (size_t)canvas->width_px * canvas->height_px);
    uint8_t *to = pixels;
    if (pixels == NULL)
        return NULL;
    for (uint32_t y = 0; y < canvas->height_px; y++) {
        const uint8_t *from = canvas->rows + y * canvas->stride + 1;
        for (uint32_t x = 0; x < canvas->width_px; x++, to += 3)
            memcpy(to, canvas->rgb[from[x]], 3);
    }
    return pixels;
}

static enum pl_err compress(const struct pl_canvas *canvas, const uint8_t *pixels,
                            struct pl_buf *out, struct pl_error *error)
{
    int width = (int)canvas->width_px, height = (int)canvas->height_px;
    unsigned long n = tjBufSize(width, height, TJSAMP_444);
    enum pl_err err = pl_buf_reserve(out, n, error);
    if (err != PL_OK)
        return err;
    tjhandle handle = tjInitCompress();
    if (handle == NULL)
        return pl_fail(error, PL_E_NOMEM, "turbojpeg: %s", tjGetErrorStr2(NULL));
    unsigned char *to = out->bytes + out->n;
    if (tjCompress2(handle, pixels, width, 0, height, TJPF_RGB, &to, &n, TJSAMP_444, QUALITY,
                    TJFLAG_NOREALLOC) != 0)
        err = pl_fail(error, PL_E_INTERNAL, "turbojpeg: %s", tjGetErrorStr2(handle));
    else
        out->n += n;
    tjDestroy(handle);
    return err;
}

enum pl_err pl_jpeg_canvas(const struct pl_canvas *canvas, struct pl_arena *arena,
                           struct pl_buf *out, struct pl_error *error)
{
    size_t mark = pl_arena_mark(arena);
    uint8_t *pixels = expand(canvas, arena);
    if (pixels == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to expand the picture");
    enum pl_err err = compress(canvas, pixels, out, error);
    pl_arena_release(arena, mark);
    return err;
}
