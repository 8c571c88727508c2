/* list.h - pages of lists: what a device without a picture, or a keyboard, has bound.
 *
 * Rows of `input  labels` in columns, under the headings of their groups. The letters are 40 to
 * 24 pixels high at 1920, as large as go without another page. Page breaks do not depend on the
 * width the page is drawn at.
 */
#ifndef PL_CARD_LIST_H
#define PL_CARD_LIST_H

#include "render/card/canvas24.h"
#include "render/card/header.h"
#include "render/card/set.h"
#include "render/card/type.h"

/* pl_card_list_pages - how many pages the list takes, at least 1, into its pages_n and ends.
 * Without packs: 1. Needs some 200 bytes of the arena for each label of a section, given back.
 * PL_E_LIMIT. */
enum pl_err pl_card_list_pages(const struct pl_packs *packs, struct pl_card_list *list,
                               struct pl_arena *arena, struct pl_error *error);

/* Colours of a page, 0xRRGGBB. */
struct pl_list_look {
    uint32_t text_rgb;    /* on labels; of keys */
    uint32_t key_rgb;     /* of letters and edges of keys, headings */
    uint32_t again_rgb;   /* of headings repeated on top of a column */
    uint32_t stripe_rgb;  /* behind every second row */
    uint32_t invalid_rgb; /* of labels bound to no key */
};

/* pl_card_list_draw - one page (from 0): its rows, and what the header has more than the base: the
 * title, the legend. set: of the list, for colours. PL_E_LIMIT. */
enum pl_err pl_card_list_draw(struct pl_type *type, const struct pl_card_set *set,
                              const struct pl_card_list *list, uint32_t page,
                              const struct pl_list_look *look, const struct pl_card_header *header,
                              struct pl_canvas24 *canvas, struct pl_arena *arena,
                              struct pl_error *error);

#endif
