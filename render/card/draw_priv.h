/* draw_priv.h - between draw.c (which picture, how it is encoded) and what paints it. */
#ifndef PL_CARD_DRAW_PRIV_H
#define PL_CARD_DRAW_PRIV_H

#include "render/card/canvas24.h"
#include "render/card/card.h"
#include "render/card/fit.h"
#include "render/card/header.h"
#include "render/card/params.h"
#include "render/card/type.h"

/* One picture being drawn: everything that painting it needs. */
struct pl_sketch {
    const struct pl_packs *packs;
    const struct pl_card_params *params;
    struct pl_type *type;
    struct pl_arena *arena;
    struct pl_pack_base base;
    struct pl_canvas24 canvas;
    double scale; /* pixels per layout unit */
    const struct pl_pack_look *look;
    char day[PL_CARD_DAY_N]; /* of the set's upload; "" = not shown */
    char *note;              /* PL_DRAW_NOTE_N bytes or NULL */
};

enum {
    PL_SKETCH_INVALID_RGB = 0xd4002f,
    PL_SKETCH_AGAIN_RGB = 0x878d91,
    PL_SKETCH_STRIPE_RGB = 0xf6f8f9
};

/* pl_sketch_header - what is in the base's header already. */
struct pl_card_header pl_sketch_header(const struct pl_sketch *sketch, const char *title);

/* cells.c: a card of a set. PL_E_LIMIT. */
enum pl_err pl_sketch_card(struct pl_sketch *sketch, const struct pl_card_set *set,
                           const struct pl_card *card, const char *baked_title,
                           struct pl_error *error);
/* cells.c: how the labels of each cell fit at the card's own size; px 0: not drawn, also where the
 * packs have no picture. Working memory is given back. PL_E_LIMIT. */
enum pl_err pl_card_fits(const struct pl_packs *packs, const struct pl_card_set *set,
                         const struct pl_card *card, struct pl_arena *arena, struct pl_fit *fits,
                         struct pl_error *error);
/* device.c: all boxes of a device, outlined and named, of all games. PL_E_LIMIT. */
enum pl_err pl_sketch_device(struct pl_sketch *sketch, const struct pl_pack_device *device,
                             const char *baked_title, struct pl_error *error);

/* A rect of layout units in pixels: what nothing is painted outside of, and the room inside the
 * inset that labels are fitted into. */
struct pl_sketch_rect {
    struct pl_box limit, room;
};
struct pl_sketch_rect pl_sketch_rect(const struct pl_sketch *sketch, int32_t x, int32_t y,
                                     int32_t w, int32_t h);

#endif
