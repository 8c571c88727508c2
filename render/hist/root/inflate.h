/* inflate.h - the payload of a record: one or more compression blocks, or plain bytes.
 *
 * A block is 9 bytes of header (2 letters, method, compressed and plain size, both 24 bit
 * little-endian) and its body: ZL zlib, CS raw deflate, XZ, L4 lz4 behind an XXH64 of its bytes, ZS
 * zstd.
 */
#ifndef PL_HIST_INFLATE_H
#define PL_HIST_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/cursor.h"
#include "shm/base/err.h"

struct pl_payload {
    const uint8_t *bytes;   /* in the arena, or borrowed from the source when stored plain */
    size_t n;               /* bytes there */
    size_t whole_n;         /* bytes of the complete object; n when nothing was left out */
    struct pl_large *large; /* NULL, or where the walk notes large arrays instead of anybody reading
                             * them (walk.h) */
};

/* pl_payload_inflate - the object_n bytes that packed[0, packed_n) stands for.
 *
 * least_n  bytes the caller can do with: object_n for all, less for the beginning alone, at the
 * price that what lies behind is not verified. out->n is then between least_n and object_n. returns
 * PL_E_FORMAT with the offset inside the payload: unknown tag, sizes that do not add up, more
 *          output than the method can produce from so few bytes, damaged data, wrong checksum;
 *          PL_E_LIMIT naming workers.memory when the arena is too small, before it is touched.
 * memory   at most least_n rounded up to whole blocks, plus the decoder's own working memory, which
 * is the arena's as well and is given back (one libdeflate decoder stays with the process) thread
 * one at a time */
enum pl_err pl_payload_inflate(const uint8_t *packed, size_t packed_n, size_t object_n,
                               size_t least_n, struct pl_arena *arena, struct pl_payload *out,
                               struct pl_error *error);

enum pl_block_method {
    PL_BLOCK_ZL,
    PL_BLOCK_CS,
    PL_BLOCK_XZ,
    PL_BLOCK_L4,
    PL_BLOCK_ZS,
    PL_BLOCK_UNKNOWN
};

struct pl_block {
    enum pl_block_method method;
    size_t at; /* of its header in the payload, for messages */
    const uint8_t *packed;
    size_t packed_n;
    size_t plain_n;
};

/* The same block by block, for an object too large to be held: start, which verifies all sizes as
 * above, then next (plain_n 0: there are no more) and unpack, to plain_n bytes, in turn. */
struct pl_blocks {
    struct pl_cur cur;
    size_t object_n; /* not yet announced by a header */
};
enum pl_err pl_blocks_start(struct pl_blocks *blocks, const uint8_t *packed, size_t packed_n,
                            size_t object_n, struct pl_error *error);
enum pl_err pl_blocks_next(struct pl_blocks *blocks, struct pl_block *block,
                           struct pl_error *error);
enum pl_err pl_block_unpack(const struct pl_block *block, uint8_t *out, struct pl_arena *arena,
                            struct pl_error *error);

#endif
