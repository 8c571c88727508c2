/* hash.h - digests. SHA-256 (FIPS 180-4, nettle) names blobs and cache keys; XXH3-64 guards stored
 * bytes against damage (not against an adversary). */
#ifndef PL_BASE_HASH_H
#define PL_BASE_HASH_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_SHA256_N = 32, PL_HEX_N = 2 * PL_SHA256_N + 1 };

struct pl_sha256 {
    struct sha256_ctx ctx;
};

void pl_sha256_start(struct pl_sha256 *sha);
void pl_sha256_add(struct pl_sha256 *sha, const void *bytes, size_t n);
void pl_sha256_end(struct pl_sha256 *sha, uint8_t out[PL_SHA256_N]);

uint64_t pl_checksum(const void *bytes, size_t n);                      /* XXH3-64 */
uint64_t pl_checksum_seed(const void *bytes, size_t n, uint64_t seed);  /* chained over chunks */

/* pl_hex - n bytes as lower-case hexadecimal; out holds 2n+1 characters. */
void pl_hex(char *out, const uint8_t *bytes, size_t n);
/* pl_unhex - 2n characters to n bytes; 0, or -1 when a character is not hexadecimal. */
int pl_unhex(uint8_t *out, const char *text, size_t n);

#endif
