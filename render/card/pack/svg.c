/* svg.c - vector pictures by librsvg and cairo.
 *
 * The document is given as bytes without a base address, so it cannot draw in other files. Memory:
 * one cairo surface beside the caller's pixels. */
#include <cairo.h>
#include <librsvg/rsvg.h>

#include "render/card/pack/source.h"

static enum pl_err failed(GError *why, struct pl_error *error)
{
    enum pl_err err =
        pl_fail(error, PL_E_FORMAT, "this is no JPEG, PNG or SVG that can be read%s%.120s",
                why != NULL ? ": " : "", why != NULL ? why->message : "");
    if (why != NULL)
        g_error_free(why);
    return err;
}

static RsvgHandle *open_svg(const struct pl_pack_bytes *bytes, struct pl_error *error)
{
    GError *why = NULL;
    RsvgHandle *handle = rsvg_handle_new_from_data(bytes->bytes, bytes->n, &why);
    if (handle == NULL)
        (void)failed(why, error);
    return handle;
}

enum pl_err pl_svg_size(const struct pl_pack_bytes *bytes, double *w, double *h,
                        struct pl_error *error)
{
    gboolean has_w, has_h, has_box;
    RsvgLength width, height;
    RsvgRectangle box = {0, 0, 0, 0};
    RsvgHandle *handle = open_svg(bytes, error);
    if (handle == NULL)
        return PL_E_FORMAT;
    if (!rsvg_handle_get_intrinsic_size_in_pixels(handle, w, h)) {
        rsvg_handle_get_intrinsic_dimensions(handle, &has_w, &width, &has_h, &height, &has_box,
                                             &box);
        *w = box.width;
        *h = box.height;
    }
    g_object_unref(handle);
    if (!(*w >= 1.0 && *h >= 1.0 && *w <= 1e6 && *h <= 1e6 && *h / *w <= 4.0))
        return pl_fail(error, PL_E_FORMAT,
                       "the drawing has no size; give its svg element width and height");
    return PL_OK;
}

static void copy_rows(cairo_surface_t *surface, const struct pl_pixels *out)
{
    const uint8_t *from = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    uint8_t *to = out->rgb;
    for (uint32_t y = 0; y < out->h; y++, from += stride)
        for (uint32_t x = 0; x < out->w; x++, to += 3) {
            uint32_t pixel;
            __builtin_memcpy(&pixel, from + 4 * (size_t)x, sizeof pixel);
            to[0] = (uint8_t)(pixel >> 16);
            to[1] = (uint8_t)(pixel >> 8);
            to[2] = (uint8_t)pixel;
        }
}

static enum pl_err draw(RsvgHandle *handle, cairo_t *cairo, uint32_t behind_rgb,
                        const struct pl_pixels *out, struct pl_error *error)
{
    RsvgRectangle all = {0.0, 0.0, out->w, out->h};
    GError *why = NULL;
    cairo_set_source_rgb(cairo, (behind_rgb >> 16) / 255.0, (behind_rgb >> 8 & 0xff) / 255.0,
                         (behind_rgb & 0xff) / 255.0);
    cairo_paint(cairo);
    if (!rsvg_handle_render_document(handle, cairo, &all, &why))
        return failed(why, error);
    return PL_OK;
}

enum pl_err pl_svg_paint(const struct pl_pack_bytes *bytes, uint32_t behind_rgb,
                         struct pl_pixels *out, struct pl_error *error)
{
    RsvgHandle *handle = open_svg(bytes, error);
    if (handle == NULL)
        return PL_E_FORMAT;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)out->w, (int)out->h);
    cairo_t *cairo = cairo_create(surface);
    enum pl_err err = PL_OK;
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        err =
            pl_fail(error, PL_E_NOMEM, "no memory for a drawing of %u x %u pixels", out->w, out->h);
    if (err == PL_OK)
        err = draw(handle, cairo, behind_rgb, out, error);
    cairo_surface_flush(surface);
    if (err == PL_OK)
        copy_rows(surface, out);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    g_object_unref(handle);
    return err;
}
