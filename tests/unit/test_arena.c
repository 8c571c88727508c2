/* test_arena.c - what a job's memory promises, and that a sanitized build sees it broken. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "shm/base/arena.h"

#ifdef PL_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

enum { CEILING = 1 << 20 };

static struct pl_arena *arena;

static void make(void)
{
    cr_assert_eq(pl_arena_make(&arena, CEILING, NULL), PL_OK);
}

static void give_back(void)
{
    pl_arena_free(&arena);
}

TestSuite(arena, .init = make, .fini = give_back, .timeout = 120);

Test(arena, nothing_is_given_beyond_the_ceiling)
{
    size_t given = 0;
    while (pl_arena_alloc(arena, 1000) != NULL)
        given += 1000;
    cr_assert_leq(given, CEILING);
    cr_assert_gt(given, CEILING * 9 / 10);
    cr_assert_null(pl_arena_alloc(arena, 1000));
    cr_assert_null(pl_arena_alloc(arena, SIZE_MAX));
    cr_assert_null(pl_arena_alloc(arena, SIZE_MAX - 15));
    cr_assert_null(pl_arena_zalloc(arena, SIZE_MAX / 2, 4));
    cr_assert_leq(pl_arena_peak(arena), CEILING);
    pl_arena_reset(arena, 0);
    cr_assert_not_null(pl_arena_alloc(arena, CEILING));
    cr_assert_null(pl_arena_alloc(arena, 1));
    cr_assert_eq(pl_arena_used(arena), CEILING);
}

Test(arena, a_release_gives_back_what_came_after_the_mark)
{
    char *kept = pl_arena_text(arena, "kept", 4);
    size_t mark = pl_arena_mark(arena);
    char *first = pl_arena_alloc(arena, 100);
    memset(first, 1, 100);
    pl_arena_release(arena, mark);
    cr_assert_eq(pl_arena_alloc(arena, 100), first);
    cr_assert_str_eq(kept, "kept");
    cr_assert_geq(pl_arena_peak(arena), pl_arena_used(arena));
}

Test(arena, what_is_zeroed_is_zeroed_on_reuse)
{
    memset(pl_arena_alloc(arena, 4096), 0xff, 4096);
    pl_arena_reset(arena, CEILING);
    const uint8_t *again = pl_arena_zalloc(arena, 64, 64);
    for (unsigned i = 0; i < 4096; i++)
        cr_assert_eq(again[i], 0);
}

#ifdef PL_SANITIZED
Test(arena, a_sanitizer_sees_overruns_and_uses_after_release)
{
    char *one = pl_arena_alloc(arena, 21), *two = pl_arena_alloc(arena, 32);
    cr_assert_null(__asan_region_is_poisoned(one, 21));
    cr_assert(__asan_address_is_poisoned(one + 21));
    cr_assert(__asan_address_is_poisoned(two + 32));
    cr_assert(__asan_address_is_poisoned(two - 1));
    size_t mark = pl_arena_mark(arena);
    char *three = pl_arena_alloc(arena, 8);
    cr_assert_not(__asan_address_is_poisoned(three));
    pl_arena_release(arena, mark);
    cr_assert(__asan_address_is_poisoned(three));
    cr_assert_null(__asan_region_is_poisoned(two, 32));
    pl_arena_reset(arena, CEILING);
    cr_assert(__asan_address_is_poisoned(one));
}
#endif
