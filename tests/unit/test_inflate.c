/* Compression blocks: every method there and back, and every lie about them. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "render/hist/root/inflate.h"
#include "tests/unit/root_help.h"

enum { PLAIN_N = 100000 };

static struct pl_arena *arena;
static uint8_t plain[PLAIN_N];

static void make_plain(void)
{
    arena = test_arena((size_t)32 << 20);
    for (unsigned i = 0; i < PLAIN_N; i++)
        plain[i] = (uint8_t)(i % 251 * (i / 5000));
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(inflate, .init = make_plain, .fini = free_arena, .timeout = 300);

struct packing_case {
    enum gen_packing packing;
    size_t block_n;
};

static struct packing_case cases[] = {
    {GEN_ZLIB, 0}, {GEN_ZLIB, 4096}, {GEN_DEFLATE, 0},    {GEN_DEFLATE, 5000},
    {GEN_XZ, 0},   {GEN_XZ, 50000},  {GEN_LZ4, 0},        {GEN_LZ4, 30000},
    {GEN_ZSTD, 0}, {GEN_ZSTD, 9999}, {GEN_ZSTD, PLAIN_N},
};

ParameterizedTestParameters(inflate, gives_back_what_was_packed)
{
    return cr_make_param_array(struct packing_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct packing_case *at, inflate, gives_back_what_was_packed)
{
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    struct pl_error error = {.code = PL_OK};
    cr_assert(gen_pack(&packed, at->packing, at->block_n, plain, PLAIN_N));
    cr_assert_eq(pl_payload_inflate(packed.bytes, packed.n, PLAIN_N, PLAIN_N, arena, &out, &error),
                 PL_OK, "packing %d: %s", at->packing, error.msg);
    cr_assert_eq(out.n, PLAIN_N);
    cr_assert_eq(out.whole_n, PLAIN_N);
    cr_assert_eq(memcmp(out.bytes, plain, PLAIN_N), 0, "packing %d", at->packing);
    free(packed.bytes);
}

ParameterizedTestParameters(inflate, cut_anywhere_is_refused)
{
    return cr_make_param_array(struct packing_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct packing_case *at, inflate, cut_anywhere_is_refused)
{
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    cr_assert(gen_pack(&packed, at->packing, at->block_n, plain, PLAIN_N));
    size_t mark = pl_arena_mark(arena), step = packed.n / 200 + 1;
    for (size_t n = 0; n < packed.n; n += step) {
        uint8_t *cut = malloc(n + 1); /* so that a read past the end is seen by a sanitizer */
        memcpy(cut, packed.bytes, n);
        struct pl_error error = {.code = PL_OK};
        cr_assert_eq(pl_payload_inflate(cut, n, PLAIN_N, PLAIN_N, arena, &out, &error), PL_E_FORMAT,
                     "packing %d cut at %zu of %zu", at->packing, n, packed.n);
        cr_assert_neq(error.msg[0], '\0');
        cr_assert_eq(pl_arena_mark(arena), mark, "memory is given back");
        free(cut);
    }
    free(packed.bytes);
}

ParameterizedTestParameters(inflate, a_changed_byte_never_harms)
{
    return cr_make_param_array(struct packing_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct packing_case *at, inflate, a_changed_byte_never_harms)
{
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    cr_assert(gen_pack(&packed, at->packing, at->block_n, plain, PLAIN_N));
    size_t mark = pl_arena_mark(arena), step = packed.n / 300 + 1;
    for (size_t i = 0; i < packed.n; i += step) {
        packed.bytes[i] ^= 0x41;
        enum pl_err err =
            pl_payload_inflate(packed.bytes, packed.n, PLAIN_N, PLAIN_N, arena, &out, NULL);
        cr_assert(err == PL_OK || err == PL_E_FORMAT || err == PL_E_LIMIT);
        if (at->packing == GEN_LZ4)
            cr_assert_eq(err, PL_E_FORMAT, "byte %zu changed and not noticed", i);
        packed.bytes[i] ^= 0x41;
        pl_arena_release(arena, mark);
    }
    free(packed.bytes);
}

Test(inflate, borrows_what_is_stored_plain)
{
    struct pl_payload out;
    cr_assert_eq(pl_payload_inflate(plain, PLAIN_N, PLAIN_N, PLAIN_N, arena, &out, NULL), PL_OK);
    cr_assert_eq(out.bytes, plain);
    cr_assert_eq(pl_arena_used(arena), 0);
}

Test(inflate, unpacks_only_the_beginning_of_much)
{
    static uint8_t much[4 << 20];
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    for (unsigned i = 0; i < sizeof much; i++)
        much[i] = (uint8_t)(i >> 12);
    for (unsigned raw = 0; raw < 2; raw++) {
        packed.n = 0;
        cr_assert(gen_pack(&packed, raw ? GEN_DEFLATE : GEN_ZLIB, 0, much, sizeof much));
        cr_assert_eq(
            pl_payload_inflate(packed.bytes, packed.n, sizeof much, 1000, arena, &out, NULL),
            PL_OK);
        cr_assert_geq(out.n, 1000);
        cr_assert_leq(out.n, 1 << 17, "%zu bytes", out.n);
        cr_assert_eq(out.whole_n, sizeof much);
        cr_assert_eq(memcmp(out.bytes, much, out.n), 0);
    }
    free(packed.bytes);
}

Test(inflate, a_part_needs_no_more_blocks_than_it_spans)
{
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    cr_assert(gen_pack(&packed, GEN_ZSTD, 10000, plain, PLAIN_N));
    cr_assert_eq(pl_payload_inflate(packed.bytes, packed.n, PLAIN_N, 15000, arena, &out, NULL),
                 PL_OK);
    cr_assert_eq(out.n, 20000);
    cr_assert_eq(memcmp(out.bytes, plain, out.n), 0);
    free(packed.bytes);
}

/* One block with the header as given. */
static enum pl_err inflate_block(const char *tag, unsigned method, size_t packed_n, size_t plain_n,
                                 size_t object_n, struct pl_error *error)
{
    uint8_t bytes[9 + 64] = {(uint8_t)tag[0],   (uint8_t)tag[1],          (uint8_t)method,
                             (uint8_t)packed_n, (uint8_t)(packed_n >> 8), (uint8_t)(packed_n >> 16),
                             (uint8_t)plain_n,  (uint8_t)(plain_n >> 8),  (uint8_t)(plain_n >> 16)};
    struct pl_payload out;
    *error = (struct pl_error){.code = PL_OK};
    return pl_payload_inflate(bytes, sizeof bytes, object_n, object_n, arena, &out, error);
}

Test(inflate, says_what_is_wrong_with_a_block)
{
    struct pl_error error;
    cr_assert_eq(inflate_block("QQ", 8, 64, 1000, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "unknown compression"), "%s", error.msg);
    cr_assert_eq(inflate_block("ZL", 7, 64, 1000, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "unknown compression"), "%s", error.msg);
    cr_assert_eq(inflate_block("ZL", 8, 65, 1000, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "claims 65 bytes, 64 are left"), "%s", error.msg);
    cr_assert_eq(inflate_block("ZL", 8, 64, 1001, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "claims to unpack to 1001"), "%s", error.msg);
    cr_assert_eq(inflate_block("ZL", 8, 64, 0, 1000, &error), PL_E_FORMAT);
    cr_assert_eq(inflate_block("ZL", 8, 60, 1000, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "4 bytes follow the last block"), "%s", error.msg);
    cr_assert_eq(inflate_block("L4", 1, 64, 1000, 1000, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "lz4 block at byte 0 is damaged"), "%s", error.msg);
}

Test(inflate, refuses_a_bomb_before_it_takes_memory)
{
    struct pl_error error;
    cr_assert_eq(inflate_block("ZL", 8, 64, 64 * 1032 + 1, 64 * 1032 + 1, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "cannot hold"), "%s", error.msg);
    cr_assert_eq(inflate_block("L4", 1, 64, 56 * 255 + 1, 56 * 255 + 1, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "cannot hold"), "%s", error.msg);
    cr_assert_eq(inflate_block("ZS", 1, 0, 5000, 5000, &error), PL_E_FORMAT);
    cr_assert_eq(pl_arena_peak(arena), 0);
}

Test(inflate, names_the_memory_limit_before_it_allocates)
{
    static uint8_t zeros[8 << 20];
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    struct pl_arena *small = test_arena(1 << 20);
    for (enum gen_packing packing = GEN_ZLIB; packing <= GEN_ZSTD; packing++) {
        struct pl_error error = {.code = PL_OK};
        packed.n = 0;
        cr_assert(gen_pack(&packed, packing, 0, zeros, sizeof zeros));
        cr_assert_eq(pl_payload_inflate(packed.bytes, packed.n, sizeof zeros, sizeof zeros, small,
                                        &out, &error),
                     PL_E_LIMIT, "packing %d", packing);
        cr_assert_str_eq(error.param, "workers.memory");
        cr_assert_eq(pl_arena_peak(small), 0);
    }
    pl_arena_free(&small);
    free(packed.bytes);
}

Test(inflate, decoders_live_within_the_arena_too)
{
    struct gen_bytes packed = {NULL, 0, 0};
    struct pl_payload out;
    struct pl_arena *small =
        test_arena(PLAIN_N + 20000); /* the object fits, an xz dictionary does not */
    struct pl_error error = {.code = PL_OK};
    cr_assert(gen_pack(&packed, GEN_XZ, 0, plain, PLAIN_N));
    cr_assert_eq(pl_payload_inflate(packed.bytes, packed.n, PLAIN_N, PLAIN_N, small, &out, &error),
                 PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    pl_arena_free(&small);
    free(packed.bytes);
}
