/* utf8.c - the table of well-formed sequences of RFC 3629 as comparisons. No state, no allocation.
 */
#include "shm/base/utf8.h"

size_t pl_utf8_wanted(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4) /* a continuation, an overlong form, past U+10FFFF */
        return 0;
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

size_t pl_utf8_step(const void *s, size_t n, uint32_t *code)
{
    const unsigned char *p = s;
    size_t wanted = n > 0 ? pl_utf8_wanted(p[0]) : 0;
    if (wanted == 0 || wanted > n)
        return 0;
    uint32_t value = wanted == 1 ? p[0] : p[0] & (0x7fu >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3fu);
    }
    if ((wanted == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) ||
        (wanted == 4 && (value < 0x10000 || value > 0x10ffff)))
        return 0;
    if (code != NULL)
        *code = value;
    return wanted;
}
