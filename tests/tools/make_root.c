/* make_root.c - writes a ROOT file for benchmarks and for a look by other readers.
 *
 *     make_root sample [plain|zlib|deflate|xz|lz4|zstd] [big] FILE
 *     make_root N      [packing] [big] FILE      N histograms of 100 bins */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gen/samples.h"

static bool save(const char *path, const struct gen_bytes *bytes)
{
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(bytes->bytes, 1, bytes->n, file) == bytes->n;
    if (file != NULL && fclose(file) != 0)
        good = false;
    if (!good)
        perror(path);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const packings[] = {"plain", "zlib", "deflate", "xz", "lz4", "zstd"};
    struct gen_root_options options = {.packing = GEN_ZLIB};
    struct gen_bytes bytes;
    if (argc < 3) {
        fputs("usage: make_root sample|N [plain|zlib|deflate|xz|lz4|zstd] [big] FILE\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc - 1; i++) {
        options.big |= strcmp(argv[i], "big") == 0;
        for (unsigned p = 0; p < sizeof packings / sizeof packings[0]; p++)
            if (strcmp(argv[i], packings[p]) == 0)
                options.packing = (enum gen_packing)p;
    }
    if (strcmp(argv[1], "sample") == 0)
        gen_sample(&bytes, &options);
    else
        gen_many(&bytes, (unsigned)strtoul(argv[1], NULL, 10), &options);
    bool good = save(argv[argc - 1], &bytes);
    free(bytes.bytes);
    return good ? 0 : 1;
}
