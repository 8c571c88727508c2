/* arena.h - bump allocator with a fixed ceiling; the memory of one job.
 *
 * One anonymous mapping of `ceiling` bytes is reserved at make; pages cost memory only once touched
 * and pl_arena_reset gives the touched ones back to the system, so a process that drew something
 * large is small again before its next job. An allocation past the ceiling returns NULL and the
 * caller reports PL_E_LIMIT (memory is refused, never overrun). One process, one thread.
 */
#ifndef PL_BASE_ARENA_H
#define PL_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

struct pl_arena;

/* pl_arena_make - reserve ceiling_bytes of address space. PL_E_NOMEM when the system refuses. */
enum pl_err pl_arena_make(struct pl_arena **out, size_t ceiling_bytes, struct pl_error *error);
void pl_arena_free(struct pl_arena **arena); /* takes NULL inside, clears the pointer */

/* pl_arena_alloc - n bytes aligned to 16, NOT zeroed on reuse; NULL when the ceiling is reached. */
void *pl_arena_alloc(struct pl_arena *arena, size_t n);
/* pl_arena_zalloc - count objects of size bytes, zeroed; NULL on overflow or ceiling. */
void *pl_arena_zalloc(struct pl_arena *arena, size_t count, size_t size);
/* pl_arena_text - NUL-terminated copy of n bytes; NULL when the ceiling is reached. */
char *pl_arena_text(struct pl_arena *arena, const void *bytes, size_t n);

/* A mark taken and released in stack order frees everything allocated since. */
size_t pl_arena_mark(const struct pl_arena *arena);
void pl_arena_release(struct pl_arena *arena, size_t mark);

/* pl_arena_reset - free everything; keep at most keep_bytes resident, give the rest back. */
void pl_arena_reset(struct pl_arena *arena, size_t keep_bytes);

size_t pl_arena_used(const struct pl_arena *arena);
size_t pl_arena_peak(const struct pl_arena *arena);    /* since the last reset */
size_t pl_arena_ceiling(const struct pl_arena *arena);

#endif
