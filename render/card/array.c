/* array.c - growth by doubling and a merge sort, both without memory outside the arena (the C
 * library's sort may allocate for itself).
 */
#include "render/card/array.h"

#include <string.h>

#include "shm/base/check.h"

enum { FIRST = 64 };

bool pl_array_room(struct pl_arena *arena, void **array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room == 0 ? FIRST : 2 * *room;
    void *larger = pl_arena_zalloc(arena, more, size);
    if (larger == NULL)
        return false;
    if (n > 0)
        memcpy(larger, *array, n * size);
    *array = larger;
    *room = more;
    return true;
}

/* Bottom-up: runs of 1, 2, 4, ... go to and fro between the two arrays. */
const void **pl_array_sort(struct pl_arena *arena, const void **items, size_t n, pl_array_by_fn *by)
{
    const void **from = items, **to = pl_arena_alloc(arena, (n + 1) * sizeof *to);
    if (to == NULL)
        return NULL;
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t low = 0; low < n; low += 2 * run) {
            size_t middle = PL_MIN(low + run, n), high = PL_MIN(low + 2 * run, n);
            for (size_t a = low, b = middle, at = low; at < high; at++)
                to[at] =
                    b == high || (a < middle && by(from[a], from[b]) <= 0) ? from[a++] : from[b++];
        }
        const void **swap = from;
        from = to;
        to = swap;
    }
    return from;
}

int pl_text_order(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a, b);
}
