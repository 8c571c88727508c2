/* inflate.c - compression blocks to bytes, by the usual libraries.
 *
 * First the block headers alone are walked: their sizes must add up to the payload and to the
 * object, and each must be within reach of its method, so that a bomb is refused before memory is
 * asked for. Then each block is unpacked to its place. Knows nothing of what the bytes mean.
 *
 * Memory: output and working memory of zlib, lzma and zstd are the arena's. libdeflate has no such
 * hook for one caller alone; its decoder (11 KB) is made once and kept for the life of the process.
 */
#include "render/hist/root/inflate.h"

#define ZSTD_STATIC_LINKING_ONLY /* for decoding in memory that the caller provides */
#include <libdeflate.h>
#include <lz4.h>
#include <lzma.h>
#include <string.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum {
    BLOCK_HEADER_N = 9,
    LZ4_SUM_N = 8,
    DEFLATE_RATIO = 1032, /* a match of 258 bytes costs at least 2 bits */
    LZ4_RATIO = 255,
    PART_LEAST_N = 1 << 16, /* a part of a block is worth the slower decoder only below this */
};

static enum pl_err too_large(struct pl_error *error, size_t n, const struct pl_arena *arena)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the object needs %zu bytes, workers.memory leaves %zu", n,
                         pl_arena_ceiling(arena) - pl_arena_used(arena));
}

static enum pl_block_method method_of(const uint8_t *tag)
{
    static const struct {
        char letters[3];
        uint8_t method;
    } known[] = {[PL_BLOCK_ZL] = {"ZL", 8},
                 [PL_BLOCK_CS] = {"CS", 8},
                 [PL_BLOCK_XZ] = {"XZ", 0},
                 [PL_BLOCK_L4] = {"L4", 1},
                 [PL_BLOCK_ZS] = {"ZS", 1}};
    for (unsigned i = 0; i < PL_COUNT(known); i++)
        if (memcmp(tag, known[i].letters, 2) == 0 && tag[2] == known[i].method)
            return (enum pl_block_method)i;
    return PL_BLOCK_UNKNOWN;
}

/* The most that so many packed bytes can become; 16 MiB - 1 per block bounds the methods that have
 * none. */
static bool plausible(const struct pl_block *block)
{
    switch (block->method) {
    case PL_BLOCK_ZL:
    case PL_BLOCK_CS:
        return block->plain_n <= (uint64_t)block->packed_n * DEFLATE_RATIO;
    case PL_BLOCK_L4:
        return block->packed_n > LZ4_SUM_N &&
               block->plain_n <= (uint64_t)(block->packed_n - LZ4_SUM_N) * LZ4_RATIO;
    case PL_BLOCK_XZ:
    case PL_BLOCK_ZS:
        return block->packed_n > 0;
    case PL_BLOCK_UNKNOWN:
        break;
    }
    return false;
}

static enum pl_err next_block(struct pl_blocks *blocks, struct pl_block *block,
                              struct pl_error *error)
{
    struct pl_cur *cur = &blocks->cur;
    block->at = cur->at;
    const uint8_t *header = pl_cur_take(cur, BLOCK_HEADER_N);
    if (header == NULL)
        return pl_fail(error, PL_E_FORMAT,
                       "the compressed data end at byte %zu, %zu bytes short of the object", cur->n,
                       blocks->object_n);
    block->method = method_of(header);
    block->packed_n = (size_t)pl_le(header + 3, 3);
    block->plain_n = (size_t)pl_le(header + 6, 3);
    if (block->method == PL_BLOCK_UNKNOWN)
        return pl_fail(error, PL_E_FORMAT,
                       "the block at byte %zu has an unknown compression (bytes %02x %02x %02x)",
                       block->at, header[0], header[1], header[2]);
    block->packed = pl_cur_take(cur, block->packed_n);
    if (block->packed == NULL)
        return pl_fail(error, PL_E_FORMAT, "the block at byte %zu claims %zu bytes, %zu are left",
                       block->at, block->packed_n, pl_cur_left(cur));
    if (block->plain_n == 0 || block->plain_n > blocks->object_n)
        return pl_fail(
            error, PL_E_FORMAT,
            "the block at byte %zu claims to unpack to %zu bytes, %zu are missing from the object",
            block->at, block->plain_n, blocks->object_n);
    if (!plausible(block))
        return pl_fail(error, PL_E_FORMAT, "the block at byte %zu cannot hold %zu bytes in %zu",
                       block->at, block->plain_n, block->packed_n);
    blocks->object_n -= block->plain_n;
    return PL_OK;
}

/* How many bytes unpacking will produce, in whole blocks; the sums are verified on the way. */
static enum pl_err survey(const uint8_t *packed, size_t packed_n, size_t object_n, size_t least_n,
                          size_t *need, struct pl_error *error)
{
    struct pl_blocks blocks = {.cur = PL_CUR(packed, packed_n), .object_n = object_n};
    *need = 0;
    while (blocks.object_n > 0) {
        struct pl_block block;
        enum pl_err err = next_block(&blocks, &block, error);
        if (err != PL_OK)
            return err;
        if (*need < least_n)
            *need += block.plain_n;
    }
    if (pl_cur_left(&blocks.cur) > 0)
        return pl_fail(error, PL_E_FORMAT,
                       "%zu bytes follow the last block at byte %zu of the compressed data",
                       pl_cur_left(&blocks.cur), blocks.cur.at);
    return PL_OK;
}

static bool unpack_deflate(const struct pl_block *block, uint8_t *out)
{
    static struct libdeflate_decompressor *decoder;
    if (decoder == NULL)
        decoder = libdeflate_alloc_decompressor();
    if (decoder == NULL)
        return false;
    enum libdeflate_result result =
        block->method == PL_BLOCK_ZL
            ? libdeflate_zlib_decompress(decoder, block->packed, block->packed_n, out,
                                         block->plain_n, NULL)
            : libdeflate_deflate_decompress(decoder, block->packed, block->packed_n, out,
                                            block->plain_n, NULL);
    return result == LIBDEFLATE_SUCCESS;
}

static void *zlib_alloc(void *arena, unsigned count, unsigned size)
{
    return pl_arena_zalloc(arena, count, size);
}

static void zlib_free(void *arena, void *memory)
{
    (void)arena; /* the caller releases all of it at once */
    (void)memory;
}

/* The first n bytes of a block: libdeflate knows only whole ones. */
static bool unpack_deflate_part(const struct pl_block *block, uint8_t *out, size_t n,
                                struct pl_arena *arena)
{
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = arena};
    if (inflateInit2(&stream, block->method == PL_BLOCK_ZL ? MAX_WBITS : -MAX_WBITS) != Z_OK)
        return false;
    union {
        const uint8_t *in;
        Bytef *next;
    } packed = {.in = block->packed}; /* zlib only reads it */
    stream.next_in = packed.next;
    stream.avail_in = (uInt)block->packed_n;
    stream.next_out = out;
    stream.avail_out = (uInt)n;
    int result = inflate(&stream, Z_SYNC_FLUSH);
    (void)inflateEnd(&stream);
    return (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) &&
           stream.avail_out == 0;
}

static bool unpack_lz4(const struct pl_block *block, uint8_t *out)
{
    const uint8_t *body = block->packed + LZ4_SUM_N;
    size_t body_n = block->packed_n - LZ4_SUM_N;
    if (XXH64(body, body_n, 0) != pl_be(block->packed, LZ4_SUM_N))
        return false;
    return LZ4_decompress_safe((const char *)body, (char *)out, (int)body_n, (int)block->plain_n) ==
           (int)block->plain_n;
}

static bool unpack_zstd(const struct pl_block *block, uint8_t *out, struct pl_arena *arena,
                        bool *memory)
{
    size_t workspace_n = ZSTD_estimateDCtxSize();
    void *workspace = pl_arena_alloc(arena, workspace_n);
    ZSTD_DCtx *context = workspace != NULL ? ZSTD_initStaticDCtx(workspace, workspace_n) : NULL;
    *memory = context == NULL;
    return context != NULL && ZSTD_decompressDCtx(context, out, block->plain_n, block->packed,
                                                  block->packed_n) == block->plain_n;
}

static void *lzma_take(void *arena, size_t count, size_t size)
{
    uint64_t n;
    return pl_mul(count, size, &n) ? pl_arena_alloc(arena, n) : NULL;
}

static void lzma_give(void *arena, void *memory)
{
    zlib_free(arena, memory);
}

static bool unpack_xz(const struct pl_block *block, uint8_t *out, struct pl_arena *arena,
                      bool *memory)
{
    lzma_allocator allocator = {.alloc = lzma_take, .free = lzma_give, .opaque = arena};
    uint64_t limit = pl_arena_ceiling(arena) - pl_arena_used(arena);
    size_t in = 0, made = 0;
    lzma_ret result = lzma_stream_buffer_decode(&limit, 0, &allocator, block->packed, &in,
                                                block->packed_n, out, &made, block->plain_n);
    *memory = result == LZMA_MEMLIMIT_ERROR || result == LZMA_MEM_ERROR;
    return result == LZMA_OK && made == block->plain_n && in == block->packed_n;
}

/* The first n bytes of the block (n = all of them, except for a part of a deflate block). */
static enum pl_err unpack(const struct pl_block *block, uint8_t *out, size_t n,
                          struct pl_arena *arena, struct pl_error *error)
{
    static const char *const names[] = {[PL_BLOCK_ZL] = "zlib",
                                        [PL_BLOCK_CS] = "deflate",
                                        [PL_BLOCK_XZ] = "xz",
                                        [PL_BLOCK_L4] = "lz4",
                                        [PL_BLOCK_ZS] = "zstd"};
    bool good = false, memory = false;
    size_t mark = pl_arena_mark(arena);
    switch (block->method) {
    case PL_BLOCK_ZL:
    case PL_BLOCK_CS:
        good = n == block->plain_n ? unpack_deflate(block, out)
                                   : unpack_deflate_part(block, out, n, arena);
        break;
    case PL_BLOCK_XZ:
        good = unpack_xz(block, out, arena, &memory);
        break;
    case PL_BLOCK_L4:
        good = unpack_lz4(block, out);
        break;
    case PL_BLOCK_ZS:
        good = unpack_zstd(block, out, arena, &memory);
        break;
    case PL_BLOCK_UNKNOWN:
        break;
    }
    pl_arena_release(arena, mark);
    if (memory)
        return pl_fail_param(
            error, PL_E_LIMIT, "workers.memory",
            "unpacking the %s block at byte %zu needs more than workers.memory leaves",
            names[block->method], block->at);
    if (!good)
        return pl_fail(error, PL_E_FORMAT,
                       "the %s block at byte %zu is damaged: it does not unpack to %zu bytes",
                       names[block->method], block->at, block->plain_n);
    return PL_OK;
}

/* A deflate block may be unpacked in part, and is, when the rest is much. */
static size_t part_of(const struct pl_block *block, size_t missing)
{
    bool deflate = block->method == PL_BLOCK_ZL || block->method == PL_BLOCK_CS;
    size_t part = PL_MAX(missing, (size_t)PART_LEAST_N);
    return deflate && part <= block->plain_n / 4 ? part : block->plain_n;
}

static enum pl_err inflate_blocks(const uint8_t *packed, size_t packed_n, size_t object_n,
                                  size_t least_n, struct pl_arena *arena, struct pl_payload *out,
                                  struct pl_error *error)
{
    size_t need;
    enum pl_err err = survey(packed, packed_n, object_n, least_n, &need, error);
    if (err != PL_OK)
        return err;
    struct pl_blocks blocks = {.cur = PL_CUR(packed, packed_n), .object_n = object_n};
    struct pl_block block;
    err = next_block(&blocks, &block, error);
    if (err != PL_OK)
        return err;
    if (least_n < object_n && block.plain_n >= least_n)
        need = part_of(&block, least_n);
    uint8_t *bytes = pl_arena_alloc(arena, need);
    if (bytes == NULL)
        return too_large(error, need, arena);
    size_t done = 0;
    for (;;) {
        size_t n = PL_MIN(block.plain_n, need - done);
        err = unpack(&block, bytes + done, n, arena, error);
        if (err != PL_OK)
            return err;
        done += n;
        if (done == need)
            break;
        err = next_block(&blocks, &block, error);
        if (err != PL_OK)
            return err;
    }
    *out = (struct pl_payload){bytes, done, object_n, NULL};
    return PL_OK;
}

enum pl_err pl_payload_inflate(const uint8_t *packed, size_t packed_n, size_t object_n,
                               size_t least_n, struct pl_arena *arena, struct pl_payload *out,
                               struct pl_error *error)
{
    if (object_n <= packed_n) {
        *out = (struct pl_payload){packed, object_n, object_n, NULL};
        return PL_OK;
    }
    size_t mark = pl_arena_mark(arena);
    enum pl_err err =
        inflate_blocks(packed, packed_n, object_n, PL_MIN(least_n, object_n), arena, out, error);
    if (err != PL_OK)
        pl_arena_release(arena, mark);
    return err;
}

enum pl_err pl_blocks_start(struct pl_blocks *blocks, const uint8_t *packed, size_t packed_n,
                            size_t object_n, struct pl_error *error)
{
    size_t need;
    *blocks = (struct pl_blocks){.cur = PL_CUR(packed, packed_n), .object_n = object_n};
    return survey(packed, packed_n, object_n, object_n, &need, error);
}

enum pl_err pl_blocks_next(struct pl_blocks *blocks, struct pl_block *block, struct pl_error *error)
{
    block->plain_n = 0;
    return blocks->object_n == 0 ? PL_OK : next_block(blocks, block, error);
}

enum pl_err pl_block_unpack(const struct pl_block *block, uint8_t *out, struct pl_arena *arena,
                            struct pl_error *error)
{
    return unpack(block, out, block->plain_n, arena, error);
}
