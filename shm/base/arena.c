/* arena.c - one reserved mapping, a bump pointer, and a high-water mark of touched pages.
 *
 * In a sanitized build everything that is not allocated is closed to AddressSanitizer, and a gap is
 * left behind each allocation: an overrun, or a use after release, is found like one on the heap.
 */
#include "shm/base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "shm/base/check.h"

#ifdef PL_SANITIZED
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
enum { GAP = 0 };
#endif

enum { ARENA_MAGIC = 0x41524e41, ALIGNMENT = 16, PAGE = 4096 };

struct pl_arena {
    unsigned magic;
    uint8_t *base;
    size_t ceiling;
    size_t used;
    size_t peak;    /* highest `used` since the last reset */
    size_t touched; /* highest `used` since pages were last given back */
};

enum pl_err pl_arena_make(struct pl_arena **out, size_t ceiling_bytes, struct pl_error *error)
{
    struct pl_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for an arena");
    ceiling_bytes = (ceiling_bytes + PAGE - 1) / PAGE * PAGE;
    void *base = mmap(NULL, ceiling_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        free(arena);
        return pl_fail_errno(error, "cannot reserve an arena of %zu bytes", ceiling_bytes);
    }
    arena->magic = ARENA_MAGIC;
    arena->base = base;
    arena->ceiling = ceiling_bytes;
    ASAN_POISON_MEMORY_REGION(base, ceiling_bytes);
    *out = arena;
    return PL_OK;
}

void pl_arena_free(struct pl_arena **pointer)
{
    struct pl_arena *arena = *pointer;
    if (arena == NULL)
        return;
    CHECK_MAGIC(arena, ARENA_MAGIC);
    ASAN_UNPOISON_MEMORY_REGION(arena->base, arena->ceiling);
    (void)munmap(arena->base, arena->ceiling);
    arena->magic = 0;
    free(arena);
    *pointer = NULL;
}

void *pl_arena_alloc(struct pl_arena *arena, size_t n)
{
    CHECK_MAGIC(arena, ARENA_MAGIC);
    if (n > arena->ceiling - arena->used)
        return NULL;
    size_t rounded = (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (rounded < n || rounded > arena->ceiling - arena->used)
        return NULL;
    void *p = arena->base + arena->used;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    arena->used += PL_MIN(rounded + GAP, arena->ceiling - arena->used);
    if (arena->used > arena->peak)
        arena->peak = arena->used;
    if (arena->used > arena->touched)
        arena->touched = arena->used;
    return p;
}

void *pl_arena_zalloc(struct pl_arena *arena, size_t count, size_t size)
{
    uint64_t n;
    if (!pl_mul(count, size, &n))
        return NULL;
    void *p = pl_arena_alloc(arena, n);
    if (p != NULL)
        memset(p, 0, n);
    return p;
}

char *pl_arena_text(struct pl_arena *arena, const void *bytes, size_t n)
{
    if (n == SIZE_MAX)
        return NULL;
    char *p = pl_arena_alloc(arena, n + 1);
    if (p != NULL) {
        if (n > 0)
            memcpy(p, bytes, n);
        p[n] = '\0';
    }
    return p;
}

size_t pl_arena_mark(const struct pl_arena *arena)
{
    CHECK_MAGIC(arena, ARENA_MAGIC);
    return arena->used;
}

void pl_arena_release(struct pl_arena *arena, size_t mark)
{
    CHECK_MAGIC(arena, ARENA_MAGIC);
    CHECK(mark <= arena->used);
    ASAN_POISON_MEMORY_REGION(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

void pl_arena_reset(struct pl_arena *arena, size_t keep_bytes)
{
    CHECK_MAGIC(arena, ARENA_MAGIC);
    size_t keep = PL_MIN((keep_bytes + PAGE - 1) / PAGE * PAGE, arena->ceiling);
    ASAN_POISON_MEMORY_REGION(arena->base, arena->used);
    arena->used = 0;
    arena->peak = 0;
    if (arena->touched > keep) {
        size_t end = (arena->touched + PAGE - 1) / PAGE * PAGE;
        (void)madvise(arena->base + keep, end - keep, MADV_DONTNEED);
        arena->touched = keep;
    }
}

size_t pl_arena_used(const struct pl_arena *arena)
{
    return arena->used;
}

size_t pl_arena_peak(const struct pl_arena *arena)
{
    return arena->peak;
}

size_t pl_arena_ceiling(const struct pl_arena *arena)
{
    return arena->ceiling;
}
