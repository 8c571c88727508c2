/* draw.c - the card renderer: its table, and the way from a packed set to an encoded picture.
 *
 * Decided here: which base a picture stands on and how it is encoded; what is painted is the matter
 * of cells.c, list_draw.c and device.c. Only tiles that paint meets are read and, where the packs
 * keep the rest encoded, only those are encoded (splice.h). Memory: the job's arena; the lettering
 * of the process (type.h), made by the first picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/draw_priv.h"
#include "render/card/list.h"
#include "render/card/splice.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

struct pl_card_header pl_sketch_header(const struct pl_sketch *sketch, const char *title)
{
    const struct pl_pack_look *own = pl_pack_look(sketch->base.pack);
    return (struct pl_card_header){.scale = sketch->scale,
                                   .width_px = sketch->base.width_px,
                                   .logo_px = sketch->base.logo_px,
                                   .bar_rgb = own->header_rgb,
                                   .text_rgb = own->header_text_rgb,
                                   .badge_rgb = own->badge_rgb,
                                   .page_rgb = own->page_rgb,
                                   .title = title,
                                   .pack_name = own->name,
                                   .pack_version = own->version,
                                   .day = sketch->day};
}

/* ---- the three kinds of pictures ----------------------------------------------------------- */

/* The image's base becomes the canvas. */
static enum pl_err stand_on(struct pl_sketch *sketch, const struct pl_pack_image *image,
                            enum pl_card_game game, struct pl_error *error)
{
    enum pl_err err = pl_pack_base(image, game, sketch->params->width_px, sketch->params->bg,
                                   &sketch->base, error);
    if (err != PL_OK)
        return err;
    sketch->scale = (double)sketch->base.width_px / image->layout_w;
    return pl_canvas24_on_base(&sketch->canvas, &sketch->base, sketch->arena, error);
}

static enum pl_err draw_card(struct pl_sketch *sketch, const struct pl_card_set *set,
                             const struct pl_card *card, struct pl_error *error)
{
    struct pl_pack_image image;
    if (!pl_packs_image(sketch->packs, card->image, &image))
        return pl_fail(error, PL_E_MISSING,
                       "the card packs in use have no picture %.60s any more: upload the files "
                       "again",
                       card->image);
    enum pl_err err = stand_on(sketch, &image, set->game, error);
    return err == PL_OK ? pl_sketch_card(sketch, set, card, image.title, error) : err;
}

static enum pl_err draw_list(struct pl_sketch *sketch, const struct pl_card_set *set,
                             const struct pl_card_list *list, uint32_t page, struct pl_error *error)
{
    char title[640];
    struct pl_list_look look = {sketch->look->header_text_rgb, sketch->look->badge_rgb,
                                PL_SKETCH_AGAIN_RGB, PL_SKETCH_STRIPE_RGB, PL_SKETCH_INVALID_RGB};
    if (sketch->params->bg[0] != '\0')
        return pl_fail_param(error, PL_E_INPUT, "bg", "bg: lists have no other backgrounds");
    enum pl_err err =
        pl_packs_page(sketch->packs, set->game, sketch->params->width_px, &sketch->base, error);
    if (err == PL_OK)
        err = pl_canvas24_on_base(&sketch->canvas, &sketch->base, sketch->arena, error);
    if (err != PL_OK)
        return err;
    (void)snprintf(title, sizeof title, list->pages_n > 1 ? "%.600s  %u/%u" : "%.600s", list->title,
                   page + 1, list->pages_n);
    sketch->scale = sketch->base.width_px / 3840.0;
    struct pl_card_header header = pl_sketch_header(sketch, title);
    return pl_card_list_draw(sketch->type, set, list, page, &look, &header, &sketch->canvas,
                             sketch->arena, error);
}

static enum pl_err draw_number(struct pl_sketch *sketch, const struct pl_draw_source *source,
                               struct pl_error *error)
{
    struct pl_card_set set;
    struct pl_card_picture picture;
    char *end;
    unsigned long number = strtoul(source->selector, &end, 10);
    enum pl_err err =
        pl_card_set_unpack(source->source.bytes, source->source.n, sketch->arena, &set, error);
    if (err != PL_OK)
        return err;
    pl_card_day_print(set.day, sketch->day);
    if (*end != '\0' || number == 0 || number > UINT32_MAX ||
        !pl_card_picture_at(&set, (uint32_t)number, &picture))
        return pl_fail(error, PL_E_MISSING, "there is no picture %.20s: the set has %u",
                       source->selector, pl_card_pictures(&set));
    return picture.card != NULL ? draw_card(sketch, &set, picture.card, error)
                                : draw_list(sketch, &set, picture.list, picture.page, error);
}

static enum pl_err draw_device(struct pl_sketch *sketch, const char *id, struct pl_error *error)
{
    struct pl_pack_device device;
    struct pl_pack_image image;
    if (!pl_packs_device(sketch->packs, id, &device))
        return pl_fail(error, PL_E_MISSING, "no card pack has a device %.60s", id);
    if (!pl_packs_image(sketch->packs, device.image, &image))
        return pl_fail(error, PL_E_MISSING,
                       "the device %.60s has no picture: its bindings are "
                       "shown as lists",
                       id);
    enum pl_err err = stand_on(sketch, &image, PL_CARD_GUESS, error);
    return err == PL_OK ? pl_sketch_device(sketch, &device, image.title, error) : err;
}

/* ---- the renderer -------------------------------------------------------------------------- */

static int probe(const uint8_t *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    return 0; /* sets are made here, never uploaded */
}

static enum pl_err inspect(const struct pl_source *source, struct pl_arena *arena,
                           pl_found_fn *found, void *context, struct pl_error *error)
{
    (void)source;
    (void)arena;
    (void)found;
    (void)context;
    return pl_fail(error, PL_E_FORMAT,
                   "sets of reference cards are not uploaded: send the binding "
                   "files of the game to /cards");
}

static enum pl_err start(struct pl_sketch *sketch, const struct pl_card_params *params,
                         struct pl_arena *arena, char *note, struct pl_error *error)
{
    *sketch = (struct pl_sketch){
        .packs = pl_card_packs(), .params = params, .arena = arena, .note = note};
    enum pl_err err = pl_type_of(sketch->packs, &sketch->type, error);
    if (err == PL_OK)
        sketch->look = pl_pack_look(sketch->packs->at[0]);
    return err;
}

static enum pl_err paint(struct pl_sketch *sketch, const struct pl_draw_source *source,
                         struct pl_error *error)
{
    static const char device[] = "device/";
    size_t n = sizeof device - 1;
    enum pl_err err = strncmp(source->selector, device, n) == 0
                          ? draw_device(sketch, source->selector + n, error)
                          : draw_number(sketch, source, error);
    return err == PL_OK ? pl_canvas24_finish(&sketch->canvas, error) : err;
}

static enum pl_err encode(const struct pl_canvas24 *canvas, enum pl_media media,
                          const struct pl_card_params *params, bool *spliced, struct pl_buf *out,
                          struct pl_error *error)
{
    if (media == PL_MEDIA_PNG)
        return pl_splice_png(canvas, out, error);
    if (media == PL_MEDIA_WEBP)
        return pl_splice_webp(canvas, params->quality, out, error);
    return pl_splice_jpeg(canvas, params->quality, params->sub, out, spliced, error);
}

static enum pl_err render(const struct pl_draw *draw, struct pl_arena *arena, struct pl_buf *out,
                          struct pl_draw_times *times, struct pl_error *error)
{
    struct pl_card_params params;
    struct pl_sketch sketch;
    struct pl_draw_times unread;
    uint64_t begun = pl_now_ns();
    CHECK(draw->sources_n == 1);
    times = times != NULL ? times : &unread;
    *times = (struct pl_draw_times){.load_ns = 0};
    enum pl_err err = pl_card_params_parse(draw->params->text, &params, error);
    if (err == PL_OK)
        err = start(&sketch, &params, arena, draw->note, error);
    uint64_t loaded = pl_now_ns();
    times->load_ns = loaded - begun;
    if (err == PL_OK)
        err = paint(&sketch, &draw->sources[0], error);
    uint64_t painted = pl_now_ns();
    times->render_ns = painted - loaded;
    if (err != PL_OK)
        return err;
    err = encode(&sketch.canvas, draw->params->media, &params, &times->spliced, out, error);
    times->encode_ns = pl_now_ns() - painted;
    return err;
}

const struct pl_renderer pl_renderer_card = {
    .name = "card",
    .media = "application/x-platen-cards",
    .version = 6,
    .arena_least_bytes = 8 << 20, /* a card of 1920x1080 that is painted all over */
    .probe = probe,
    .inspect = inspect,
    .params = pl_card_params,
    .render = render,
};
