/* charset.c - UTF-8, UTF-16 and Latin-1 in, UTF-8 out. Knows no game and no markup. Converted text
 * lies in the arena, text that is UTF-8 already is not copied.
 */
#include "render/card/charset.h"

#include <string.h>

#include "shm/base/utf8.h"

enum { UNKNOWN = 0xfffd };

size_t pl_charset_put(uint8_t *out, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        code = UNKNOWN;
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t first[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(first[n] | code);
    return n;
}

static enum pl_err has_nul(struct pl_error *error)
{
    return pl_fail(error, PL_E_FORMAT,
                   "The file holds NUL bytes, so it is no binding file. Upload the file that the "
                   "game saved or exported.");
}

static enum pl_err full(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "These files need more memory than one job may use.");
}

/* One unit at a time, so that a surrogate without its partner costs one character only. */
static enum pl_err from_utf16(const uint8_t *bytes, size_t n, bool little, struct pl_arena *arena,
                              struct pl_charset_text *out, struct pl_error *error)
{
    uint8_t *to = pl_arena_alloc(arena, n / 2 * 3 + 4);
    if (to == NULL)
        return full(error);
    size_t at = 0, made = 0;
    while (n - at >= 2) {
        uint32_t code = little ? bytes[at] | (uint32_t)bytes[at + 1] << 8
                               : bytes[at + 1] | (uint32_t)bytes[at] << 8;
        at += 2;
        if (code >= 0xd800 && code < 0xdc00) {
            if (n - at < 2) {
                out->cut = true;
                break;
            }
            uint32_t low = little ? bytes[at] | (uint32_t)bytes[at + 1] << 8
                                  : bytes[at + 1] | (uint32_t)bytes[at] << 8;
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                at += 2;
            }
        }
        if (code == 0)
            return has_nul(error);
        made += pl_charset_put(to + made, code);
    }
    *out = (struct pl_charset_text){.bytes = to, .n = made, .cut = out->cut || at < n};
    return PL_OK;
}

static enum pl_err from_latin1(const uint8_t *bytes, size_t n, struct pl_arena *arena,
                               struct pl_charset_text *out, struct pl_error *error)
{
    uint8_t *to = pl_arena_alloc(arena, 2 * n + 1);
    if (to == NULL)
        return full(error);
    size_t made = 0;
    for (size_t i = 0; i < n; i++)
        made += pl_charset_put(to + made, bytes[i]);
    *out = (struct pl_charset_text){.bytes = to, .n = made, .latin1 = true};
    return PL_OK;
}

/* Are the n bytes the beginning of a character of more than n? */
static bool is_beginning(const uint8_t *bytes, size_t n)
{
    if (n == 0 || pl_utf8_wanted(bytes[0]) <= n)
        return false;
    for (size_t i = 1; i < n; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
    return true;
}

enum pl_err pl_charset_read(const uint8_t *bytes, size_t n, struct pl_arena *arena,
                            struct pl_charset_text *out, struct pl_error *error)
{
    *out = (struct pl_charset_text){0};
    if (n >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
        return from_utf16(bytes + 2, n - 2, true, arena, out, error);
    if (n >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
        return from_utf16(bytes + 2, n - 2, false, arena, out, error);
    if (n > 0 && memchr(bytes, 0, n) != NULL)
        return has_nul(error);
    size_t mark = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t at = mark, step;
    while (at < n && (step = pl_utf8_step(bytes + at, n - at, NULL)) > 0)
        at += step;
    if (at < n && !is_beginning(bytes + at, n - at))
        return from_latin1(bytes + mark, n - mark, arena, out, error);
    *out = (struct pl_charset_text){.bytes = bytes + mark, .n = at - mark, .cut = at < n};
    return PL_OK;
}
