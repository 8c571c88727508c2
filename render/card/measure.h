/* measure.h - what of a set depends on the size of letters, known before anything is drawn. */
#ifndef PL_CARD_MEASURE_H
#define PL_CARD_MEASURE_H

#include "render/card/pack/pack.h"
#include "render/card/set.h"

/* pl_card_measure - fill in the pages of all lists and add an `overflow` notice for each cell that
 * holds more than there is room for at its card's own size. Packs without fonts or pictures: one
 * page, no notice. What is added lives in the arena. PL_E_LIMIT. */
enum pl_err pl_card_measure(const struct pl_packs *packs, struct pl_card_set *set,
                            struct pl_arena *arena, struct pl_error *error);

#endif
