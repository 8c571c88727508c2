/* test_card_charset.c - what an uploaded file says, whatever it was written in. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/charset.h"

static struct pl_arena *arena;

static void make_arena(void)
{
    cr_assert_eq(pl_arena_make(&arena, 1 << 20, NULL), PL_OK);
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(card_charset, .init = make_arena, .fini = free_arena, .timeout = 120);

/* Bytes lie in memory of exactly their size, so that a sanitizer sees a step too far. */
static struct pl_charset_text read_bytes(const char *bytes, size_t n, enum pl_err expected)
{
    uint8_t *exact = malloc(n > 0 ? n : 1);
    memcpy(exact, bytes, n);
    struct pl_charset_text text;
    struct pl_error error = {0};
    cr_assert_eq(pl_charset_read(exact, n, arena, &text, &error), expected, "%s", error.msg);
    if (expected == PL_OK && text.n > 0) {
        uint8_t *copy = pl_arena_alloc(arena, text.n);
        memcpy(copy, text.bytes, text.n);
        text.bytes = copy;
    }
    free(exact);
    return text;
}

static void expect(const char *bytes, size_t n, const char *as, bool latin1, bool cut)
{
    struct pl_charset_text text = read_bytes(bytes, n, PL_OK);
    cr_assert_eq(text.n, strlen(as), "%zu bytes instead of \"%s\"", text.n, as);
    cr_assert(memcmp(text.bytes, as, text.n) == 0, "not \"%s\"", as);
    cr_assert_eq(text.latin1, latin1, "\"%s\"", as);
    cr_assert_eq(text.cut, cut, "\"%s\"", as);
}
#define EXPECT(bytes, as, latin1, cut) expect(bytes, sizeof(bytes) - 1, as, latin1, cut)

Test(card_charset, utf8_stays_as_it_is)
{
    EXPECT("", "", false, false);
    EXPECT("Fl\xc3\xa4"
           "che",
           "Fl\xc3\xa4"
           "che",
           false, false);
    EXPECT("\xef\xbb\xbf<a>", "<a>", false, false);
    EXPECT("\xef\xbb\xbf", "", false, false);
}

Test(card_charset, utf16_of_both_orders_is_converted)
{
    EXPECT("\xff\xfe<\0a\0>\0", "<a>", false, false);
    EXPECT("\xfe\xff\0<\0a\0>", "<a>", false, false);
    EXPECT("\xff\xfe\xe4\0\x3d\xd8\x00\xde", "\xc3\xa4\xf0\x9f\x98\x80", false, false);
    EXPECT("\xff\xfe", "", false, false);
}

Test(card_charset, a_surrogate_without_its_partner_costs_one_character)
{
    EXPECT("\xff\xfe\x3d\xd8"
           "a\0",
           "\xef\xbf\xbd"
           "a",
           false, false);
    EXPECT("\xff\xfe\x00\xde"
           "a\0",
           "\xef\xbf\xbd"
           "a",
           false, false);
}

Test(card_charset, other_bytes_are_latin1)
{
    EXPECT("PLAN\xc9.", "PLAN\xc3\x89.", true, false);
    EXPECT("\xe9t\xe9 1", "\xc3\xa9t\xc3\xa9 1", true, false);
}

Test(card_charset, a_character_cut_off_at_the_end_is_left_out)
{
    EXPECT("a\xc3\xa4", "a\xc3\xa4", false, false);
    EXPECT("\xc3\xa4 \xe2\x82", "\xc3\xa4 ", false, true);
    EXPECT("\xff\xfe<\0a", "<", false, true);
    EXPECT("\xff\xfe<\0\x3d\xd8", "<", false, true);
}

Test(card_charset, nul_is_no_text)
{
    (void)read_bytes("<a>\0", 4, PL_E_FORMAT);
    (void)read_bytes("\xff\xfe<\0\0\0", 6, PL_E_FORMAT);
    (void)read_bytes("\0<", 2, PL_E_FORMAT);
}

Test(card_charset, a_full_arena_is_reported)
{
    static char many[2 << 20];
    memset(many, 0xe9, sizeof many);
    (void)read_bytes(many, sizeof many, PL_E_LIMIT);
}
