/* cells.h - what is known of a card's labels before it is drawn. */
#ifndef PL_CARD_CELLS_H
#define PL_CARD_CELLS_H

#include "render/card/pack/pack.h"
#include "render/card/set.h"

/* pl_card_overflows - which cells hold more than there is room for at the card's own size:
 * overflows[i] for each cell. All false where the packs have no picture. Working memory comes from
 * the arena and is given back. PL_E_LIMIT. */
enum pl_err pl_card_overflows(const struct pl_packs *packs, const struct pl_card_set *set,
                              const struct pl_card *card, struct pl_arena *arena, bool *overflows,
                              struct pl_error *error);

#endif
