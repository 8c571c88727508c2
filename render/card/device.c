/* device.c - the picture of a device for those who make packs: every box outlined, its id in it.
 *
 * Boxes of all games are shown, once where they agree; those that only ed has are in another
 * colour. Memory: shaped texts, in the arena.
 */
#include <math.h>
#include <string.h>

#include "render/card/draw_priv.h"
#include "render/card/paint.h"
#include "shm/base/check.h"

enum { OWN_RGB = 0xd6006c, ED_RGB = 0x0b7a75, RADIUS = 4 };

/* An id as large as its box allows, at most 30 pixels at 1920, on a plate so that it is legible on
 * anything. */
static enum pl_err paint_id(struct pl_sketch *sketch, const struct pl_sketch_rect *rect,
                            const char *id, uint32_t rgb, struct pl_error *error)
{
    const struct pl_type_face *face = pl_type_face(sketch->type, PL_PACK_FONT_LABEL);
    double k = sketch->base.width_px / 1920.0;
    int high = rect->limit.y1 - rect->limit.y0, wide = rect->limit.x1 - rect->limit.x0;
    unsigned px = (unsigned)PL_MAX(1.0, PL_MIN(30.0 * k, high * 0.8));
    struct pl_type_text text;
    enum pl_err err =
        pl_type_shape(sketch->type, PL_PACK_FONT_LABEL, id, sketch->arena, &text, error);
    if (err != PL_OK)
        return err;
    while (px > 6 && pl_type_px(text.width, px) + 0.5 * px > wide)
        px--;
    double width = pl_type_px(text.width, px);
    int middle = (rect->limit.y0 + rect->limit.y1) / 2, half = (int)ceil(px * 0.52);
    struct pl_box plate = {rect->limit.x0, middle - half,
                           rect->limit.x0 + (int)ceil(width + 0.5 * px), middle + half};
    pl_paint_round(&sketch->canvas, plate, RADIUS * k, pl_opaque(rgb));
    pl_type_draw(sketch->type, &sketch->canvas, &text, px, plate.x0 + 0.25 * px,
                 middle + (int)lround(pl_type_px(face->tall - face->deep, px) / 2.0), 0xffffff);
    return PL_OK;
}

static enum pl_err paint_input(struct pl_sketch *sketch, const struct pl_pack_input *input,
                               uint32_t rgb, struct pl_error *error)
{
    const struct pl_pack_rect *r = &input->rect;
    double k = sketch->base.width_px / 1920.0;
    if (r->x < 0 || r->y < 0 || r->w <= 0 || r->h <= 0 || r->x > PL_CARD_WIDTH_MAX ||
        r->y > PL_CARD_WIDTH_MAX || r->w > PL_CARD_WIDTH_MAX || r->h > PL_CARD_WIDTH_MAX)
        return PL_OK;
    struct pl_sketch_rect rect = pl_sketch_rect(sketch, r->x, r->y, r->w, r->h);
    pl_paint_round(&sketch->canvas, rect.limit, RADIUS * k, rgb << 8 | 0x28);
    pl_paint_outline(&sketch->canvas, rect.limit, RADIUS * k, PL_MAX(1.0, 2.0 * k), pl_opaque(rgb));
    struct pl_box before = pl_canvas24_clip(&sketch->canvas, rect.limit);
    enum pl_err err = paint_id(sketch, &rect, input->id, rgb, error);
    sketch->canvas.clip = before;
    return err;
}

/* Does one of the device's own boxes lie at the same place? Then that one is shown. */
static bool is_own(const struct pl_pack_device *device, const struct pl_pack_rect *rect)
{
    struct pl_pack_input own;
    for (uint32_t i = 0; pl_pack_input_at(device, PL_CARD_FS2020, i, &own); i++)
        if (memcmp(&own.rect, rect, sizeof *rect) == 0)
            return true;
    return false;
}

enum pl_err pl_sketch_device(struct pl_sketch *sketch, const struct pl_pack_device *device,
                             const char *baked_title, struct pl_error *error)
{
    struct pl_pack_input input;
    struct pl_card_header header = pl_sketch_header(sketch, device->title);
    const struct pl_legend_entry legend[] = {{"boxes of all games", pl_opaque(OWN_RGB)},
                                             {"Elite Dangerous only", pl_opaque(ED_RGB)}};
    uint32_t legend_n = 0;
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; err == PL_OK && pl_pack_input_at(device, PL_CARD_ED, i, &input); i++)
        if (!is_own(device, &input.rect)) {
            err = paint_input(sketch, &input, ED_RGB, error);
            legend_n = PL_COUNT(legend);
        }
    for (uint32_t i = 0; err == PL_OK && pl_pack_input_at(device, PL_CARD_FS2020, i, &input); i++)
        err = paint_input(sketch, &input, OWN_RGB, error);
    if (err != PL_OK)
        return err;
    return pl_card_header_add(sketch->type, &header, baked_title, legend, legend_n, &sketch->canvas,
                              sketch->arena, error);
}
