/* test_utf8.c - one character of UTF-8 at a time. */
#include "shm/base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static uint32_t code;

static size_t step(const char *text)
{
    code = 0xdead;
    return pl_utf8_step(text, strlen(text), &code);
}

/* The encoder of the tests: any number in as many bytes as asked for, right or wrong. */
static size_t encode(char out[5], uint32_t value, unsigned bytes)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    memset(out, 0, 5);
    for (unsigned i = bytes - 1; i > 0; i--, value >>= 6)
        out[i] = (char)(0x80 | (value & 0x3f));
    out[0] = (char)(bytes == 1 ? value : lead[bytes] | value);
    return bytes;
}

static unsigned shortest(uint32_t value)
{
    return value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
}

Test(utf8, every_character_is_stepped_over_and_read_back)
{
    char text[5];
    for (uint32_t value = 0; value < 0x110000; value++) {
        size_t n = encode(text, value, shortest(value));
        size_t expected = value >= 0xd800 && value < 0xe000 ? 0 : n;
        code = 0xdead;
        cr_assert_eq(pl_utf8_step(text, n, &code), expected, "U+%04X", value);
        cr_assert_eq(code, expected ? value : 0xdead, "U+%04X", value);
    }
}

Test(utf8, overlong_forms_are_no_characters)
{
    char text[5];
    for (unsigned bytes = 2; bytes <= 4; bytes++)
        for (uint32_t value = 0; shortest(value) < bytes; value++) {
            size_t n = encode(text, value, bytes);
            cr_assert_eq(pl_utf8_step(text, n, NULL), 0, "U+%04X in %u bytes", value, bytes);
        }
}

Test(utf8, surrogates_and_what_is_past_the_last_character_are_none)
{
    cr_assert_eq(step("\xed\x9f\xbf"), 3);
    cr_assert_eq(step("\xed\xa0\x80"), 0);
    cr_assert_eq(step("\xed\xbf\xbf"), 0);
    cr_assert_eq(step("\xee\x80\x80"), 3);
    cr_assert_eq(step("\xf4\x8f\xbf\xbf"), 4);
    cr_assert_eq(code, 0x10ffff);
    cr_assert_eq(step("\xf4\x90\x80\x80"), 0);
    cr_assert_eq(step("\xf5\x80\x80\x80"), 0);
    cr_assert_eq(step("\xff"), 0);
}

Test(utf8, a_character_cut_short_is_none_wherever_it_is_cut)
{
    static const char *const whole[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(whole[i]);
        cr_assert_eq(pl_utf8_step(whole[i], n, NULL), n);
        cr_assert_eq(pl_utf8_step(whole[i], SIZE_MAX, NULL), n);
        for (size_t cut = 0; cut < n; cut++) {
            char text[8] = "";
            memcpy(text, whole[i], cut);
            cr_assert_eq(pl_utf8_step(whole[i], cut, NULL), 0, "told to look at %zu bytes", cut);
            cr_assert_eq(pl_utf8_step(text, SIZE_MAX, NULL), cut == 0, "ended after %zu", cut);
            text[cut] = 'x';
            cr_assert_eq(pl_utf8_step(text, SIZE_MAX, NULL), cut == 0, "broken after %zu", cut);
        }
    }
    cr_assert_eq(pl_utf8_step("", 0, NULL), 0);
}

Test(utf8, a_continuation_begins_no_character)
{
    for (unsigned first = 0x80; first < 0xc2; first++) {
        char text[] = {(char)first, (char)0x80, (char)0x80, (char)0x80, 0};
        cr_assert_eq(step(text), 0, "%02x", first);
        cr_assert_eq(pl_utf8_wanted((unsigned char)first), 0);
    }
}
