/* fuzz_inflate.c - a compressed payload. The first four bytes of an input say how large the object
 * claims to be, the next how much of it is wanted; the rest are the blocks.
 *
 * Seeds: the same text in every compression, in one and in several blocks, to $FUZZ_SEEDS_DIR. */
#include <stdio.h>
#include <stdlib.h>

#include "render/hist/root/inflate.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "tests/gen/root_writer.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { TEXT_N = 3000 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    uint8_t text[TEXT_N];
    (void)argc;
    (void)argv;
    for (unsigned i = 0; i < TEXT_N; i++)
        text[i] = (uint8_t)("platen "[i % 7] + i / 500);
    for (unsigned i = 0; folder != NULL && i < 10; i++) {
        struct gen_bytes seed = {NULL, 0, 0};
        char path[4096];
        gen_be(&seed, TEXT_N, 4);
        gen_be(&seed, i < 5 ? 0xff : 0x10, 1);
        (void)gen_pack(&seed, (enum gen_packing)(GEN_ZLIB + i % 5), i < 5 ? 0 : 1000, text, TEXT_N);
        (void)snprintf(path, sizeof path, "%s/seed-%u", folder, i);
        FILE *file = fopen(path, "wb");
        if (file != NULL) {
            (void)fwrite(seed.bytes, 1, seed.n, file);
            (void)fclose(file);
        }
        free(seed.bytes);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    if (n < 5 || (arena == NULL && pl_arena_make(&arena, (size_t)8 << 20, NULL) != PL_OK))
        return 0;
    size_t object_n = (size_t)pl_be(bytes, 4) & 0x7fffffff;
    size_t least_n = bytes[4] == 0xff ? object_n : object_n / 256 * bytes[4];
    struct pl_payload out;
    struct pl_error error = {.code = PL_OK};
    enum pl_err err = pl_payload_inflate(bytes + 5, n - 5, object_n, least_n, arena, &out, &error);
    CHECK(err == error.code);
    if (err == PL_OK) {
        CHECK(out.n >= least_n && out.n <= object_n && out.whole_n == object_n);
        volatile uint8_t all = 0;
        for (size_t i = 0; i < out.n; i++)
            all ^= out.bytes[i];
    }
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
