/* array.h - arrays in an arena: making room in them, putting them in order. */
#ifndef PL_CARD_ARRAY_H
#define PL_CARD_ARRAY_H

#include <stdbool.h>

#include "shm/base/arena.h"

/* pl_array_room - room for one more of `size` bytes behind the n there are; *array may move. false:
 * the arena is full and nothing has changed. */
bool pl_array_room(struct pl_arena *arena, void **array, size_t n, size_t *room, size_t size);

typedef int pl_array_by_fn(const void *a, const void *b);

/* pl_array_sort - pointers, stable. What comes back is `items` or an array in the arena; NULL: it
 * is full. */
const void **pl_array_sort(struct pl_arena *arena, const void **items, size_t n,
                           pl_array_by_fn *by);

/* pl_text_order - byte order; texts that are one are often equal pointers. */
int pl_text_order(const char *a, const char *b);

#endif
