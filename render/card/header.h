/* header.h - the bar on top of every picture: title, version, legend.
 *
 *     +--------+---------------------------------------------------------------+
 *     |  logo  |  Title (profile)                    [ legend, 1 to 3 lines ]  |
 *     |        |  [ platen - pack version - day ]                              |
 *     +--------+---------------------------------------------------------------+
 *
 * Bases have the bar, the plain title and the version in them already (pl_card_header_bake, when
 * the pack is built); a card paints only what it adds or changes: the legend, the title where it
 * has a profile or must make room, and the badge where it has a day. Both go through the same
 * placing, so they agree to the pixel. The logo is not painted here.
 */
#ifndef PL_CARD_HEADER_H
#define PL_CARD_HEADER_H

#include "render/card/canvas24.h"
#include "render/card/type.h"

struct pl_card_header {
    double scale;      /* pixels of the picture per layout unit: 0.5 for 1920 of 3840 */
    uint32_t width_px; /* of the picture */
    uint32_t logo_px;  /* how far right the logo reaches; 0 = none */
    uint32_t bar_rgb, text_rgb, badge_rgb, page_rgb;
    const char *title;                    /* "" = none: pages of lists are baked without */
    const char *pack_name, *pack_version; /* in the badge, */
    const char *day;                      /* and behind them; NULL or "" = none */
};

/* Height of the bar in pixels. */
uint32_t pl_card_header_height(double scale);

/* pl_card_header_bake - bar, title and badge, all of it, right of the logo. Working memory: a few
 * KB of the arena, given back. PL_E_LIMIT. */
enum pl_err pl_card_header_bake(struct pl_type *type, const struct pl_card_header *header,
                                struct pl_canvas24 *canvas, struct pl_arena *arena,
                                struct pl_error *error);

struct pl_legend_entry {
    const char *title;
    uint32_t rgba;
};

/* pl_card_header_add - on a base that has baked_title ("" on pages) and no day baked in: paint
 * header->title instead, where it differs or has less room, the legend (entries_n below 2: none)
 * and the day. What it
 * takes of the arena is not given back: tiles of the canvas lie between. PL_E_LIMIT. */
enum pl_err pl_card_header_add(struct pl_type *type, const struct pl_card_header *header,
                               const char *baked_title, const struct pl_legend_entry *entries,
                               uint32_t entries_n, struct pl_canvas24 *canvas,
                               struct pl_arena *arena, struct pl_error *error);

#endif
