/* source.c - pictures of a pack's folder to RGB: JPEG by libjpeg-turbo, PNG by libpng, SVG through
 * svg.c.
 *
 * Pixels lie in the arena; the libraries' own memory goes before each function returns. */
#include "render/card/pack/source.h"

#include <png.h>
#include <string.h>
#include <turbojpeg.h>

#include "render/card/pack/file.h"
#include "render/card/pack/format.h"
#include "shm/base/check.h"

enum { FILE_BYTES_MAX = 64 << 20 };

enum pl_err pl_pixels_make(struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error)
{
    out->rgb = pl_arena_alloc(arena, (size_t)out->w * out->h * 3);
    return out->rgb != NULL ? PL_OK
                            : pl_fail(error, PL_E_LIMIT, "no room for a picture of %u x %u pixels",
                                      out->w, out->h);
}

static enum pl_err bound(const struct pl_source *source, struct pl_error *error)
{
    if (source->w == 0 || source->h == 0 || source->w > PL_MAKE_PICTURE_SIDE ||
        source->h > PL_MAKE_PICTURE_SIDE)
        return pl_fail(error, PL_E_LIMIT, "%s is %u x %u pixels; at most %d each way are read",
                       source->path, source->w, source->h, PL_MAKE_PICTURE_SIDE);
    return PL_OK;
}

/* --- JPEG ------------------------------------------------------------------------------------- */
static bool is_jpeg(const struct pl_pack_bytes *bytes)
{
    return bytes->n > 3 && memcmp(bytes->bytes, "\xff\xd8\xff", 3) == 0;
}

static enum pl_err jpeg_size(struct pl_source *source, struct pl_error *error)
{
    int w = 0, h = 0, sub = 0, space = 0;
    tjhandle tj = tjInitDecompress();
    if (tj == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to read %s", source->path);
    int failed =
        tjDecompressHeader3(tj, source->bytes.bytes, source->bytes.n, &w, &h, &sub, &space);
    tjDestroy(tj);
    if (failed != 0 || w <= 0 || h <= 0)
        return pl_fail(error, PL_E_FORMAT, "%s is no JPEG that can be read", source->path);
    if (space == TJCS_CMYK || space == TJCS_YCCK)
        return pl_fail(error, PL_E_FORMAT, "%s is a CMYK picture; save it as RGB", source->path);
    source->w = (uint32_t)w;
    source->h = (uint32_t)h;
    return PL_OK;
}

static enum pl_err jpeg_read(const struct pl_source *source, const struct pl_pixels *out,
                             struct pl_error *error)
{
    tjhandle tj = tjInitDecompress();
    if (tj == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to read %s", source->path);
    int failed = tjDecompress2(tj, source->bytes.bytes, source->bytes.n, out->rgb, (int)out->w, 0,
                               (int)out->h, TJPF_RGB, TJFLAG_ACCURATEDCT);
    enum pl_err err = PL_OK;
    if (failed != 0)
        err =
            pl_fail(error, PL_E_FORMAT, "%s is damaged: %.100s", source->path, tjGetErrorStr2(tj));
    tjDestroy(tj);
    return err;
}

/* --- PNG -------------------------------------------------------------------------------------- */
static bool is_png(const struct pl_pack_bytes *bytes)
{
    return bytes->n > 8 && memcmp(bytes->bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static enum pl_err png_begin(const struct pl_source *source, png_image *image,
                             struct pl_error *error)
{
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(image, source->bytes.bytes, source->bytes.n))
        return PL_OK;
    enum pl_err err = pl_fail(error, PL_E_FORMAT, "%s is no PNG that can be read: %s", source->path,
                              image->message);
    png_image_free(image);
    return err;
}

static enum pl_err png_size(struct pl_source *source, struct pl_error *error)
{
    png_image image;
    enum pl_err err = png_begin(source, &image, error);
    if (err != PL_OK)
        return err;
    source->w = image.width;
    source->h = image.height;
    png_image_free(&image);
    return PL_OK;
}

static enum pl_err png_pixels(const struct pl_source *source, uint32_t behind_rgb,
                              const struct pl_pixels *out, struct pl_error *error)
{
    png_image image;
    png_color behind = {(png_byte)(behind_rgb >> 16), (png_byte)(behind_rgb >> 8),
                        (png_byte)behind_rgb};
    enum pl_err err = png_begin(source, &image, error);
    if (err != PL_OK)
        return err;
    image.format = PNG_FORMAT_RGB;
    if (!png_image_finish_read(&image, &behind, out->rgb, 0, NULL))
        err = pl_fail(error, PL_E_FORMAT, "%s is damaged: %s", source->path, image.message);
    png_image_free(&image);
    return err;
}

/* --- any -------------------------------------------------------------------------------------- */
static enum pl_err vector_size(struct pl_source *source, struct pl_error *error)
{
    double w, h;
    struct pl_error why = {0};
    enum pl_err err = pl_svg_size(&source->bytes, &w, &h, &why);
    if (err != PL_OK)
        return pl_fail(error, err, "%s: %s", source->path, why.msg);
    source->vector = true;
    source->w = PL_PACK_LIST_W;
    source->h = (uint32_t)(PL_PACK_LIST_W * h / w + 0.5);
    return PL_OK;
}

enum pl_err pl_source_open(const char *path, struct pl_arena *arena, struct pl_source *out,
                           struct pl_error *error)
{
    *out = (struct pl_source){.path = path};
    enum pl_err err = pl_make_file(path, FILE_BYTES_MAX, arena, &out->bytes, error);
    if (err != PL_OK)
        return err;
    if (is_jpeg(&out->bytes))
        err = jpeg_size(out, error);
    else if (is_png(&out->bytes))
        err = png_size(out, error);
    else
        err = vector_size(out, error);
    return err == PL_OK ? bound(out, error) : err;
}

enum pl_err pl_source_read(const struct pl_source *source, uint32_t width, uint32_t behind_rgb,
                           struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error)
{
    *out = (struct pl_pixels){NULL, source->w, source->h};
    if (source->vector && width != 0) {
        out->w = width;
        out->h = (uint32_t)(((uint64_t)source->h * width + source->w / 2) / source->w);
        out->h = PL_MAX(out->h, 1U);
    }
    enum pl_err err = pl_pixels_make(arena, out, error);
    if (err != PL_OK)
        return err;
    if (source->vector)
        return pl_svg_paint(&source->bytes, behind_rgb, out, error);
    return is_png(&source->bytes) ? png_pixels(source, behind_rgb, out, error)
                                  : jpeg_read(source, out, error);
}
