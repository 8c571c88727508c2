/* hash.c - nettle and xxHash behind platen's names. */
#include "shm/base/hash.h"

#include <xxhash.h>
#ifdef __x86_64__
#include <xxh_x86dispatch.h> /* redirects XXH3_* to the widest vectors this processor has */
#endif

void pl_sha256_start(struct pl_sha256 *sha)
{
    sha256_init(&sha->ctx);
}

void pl_sha256_add(struct pl_sha256 *sha, const void *bytes, size_t n)
{
    sha256_update(&sha->ctx, n, bytes);
}

void pl_sha256_end(struct pl_sha256 *sha, uint8_t out[PL_SHA256_N])
{
    sha256_digest(&sha->ctx, PL_SHA256_N, out);
}

uint64_t pl_checksum(const void *bytes, size_t n)
{
    return XXH3_64bits(bytes, n);
}

uint64_t pl_checksum_seed(const void *bytes, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, n, seed);
}

void pl_hex(char *out, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int pl_unhex(uint8_t *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int high = nibble(text[2 * i]);
        int low = high < 0 ? -1 : nibble(text[2 * i + 1]);
        if (low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}
