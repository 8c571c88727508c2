/* fuzz_pack.c - damaged compiled packs: opened, and when they are not refused, every lookup.
 *
 * A good pack with pictures is made at start. The input is eight bytes a change: where (of all that
 * is no font and no tile), and the four bytes that are written there; the hash is made right again,
 * so that the check of records is what is tested. An input whose first byte is 0xff is taken as the
 * file itself, also with its hash made right. Seeds go to $FUZZ_SEEDS_DIR. */
#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/card/pack/format.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"
#include "tests/fuzz/pack_made.h"
#include "tests/fuzz/pack_walk.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { W = 500, H = 280, CHANGES_MAX = 32 };

static struct pl_buf good = {.limit = 64 << 20};
static size_t tables[2][2]; /* from, to: before and behind the fonts' bytes */
static int file = -1;

static void write_picture(const char *path)
{
    static uint8_t rgb[3 * W * H];
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = W, .height = H, .format = PNG_FORMAT_RGB};
    for (size_t i = 0; i < sizeof rgb; i++)
        rgb[i] = (uint8_t)(i / 3 % W);
    CHECK(png_image_write_to_file(&image, path, 0, rgb, 0, NULL));
}

static void write_seeds(const char *folder)
{
    static const uint8_t changes[] = {0,   0, 0, 0, 0,    0,    0,    0,    200,  0,    0,    0,
                                      255, 0, 0, 0, 0x30, 0x02, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff};
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/changes", folder);
    FILE *out = fopen(path, "wb");
    CHECK(out != NULL && fwrite(changes, 1, sizeof changes, out) == sizeof changes);
    CHECK(fclose(out) == 0);
    (void)snprintf(path, sizeof path, "%s/header", folder);
    out = fopen(path, "wb");
    CHECK(out != NULL && fputc(0xff, out) == 0xff);
    CHECK(fwrite(good.bytes, 1, sizeof(struct pl_rec_header), out) == sizeof(struct pl_rec_header));
    CHECK(fclose(out) == 0);
}

static void make_good(void)
{
    char folder[] = "/tmp/platen-fuzz-XXXXXX", picture[64];
    struct pl_make make = help_make();
    struct pl_arena *arena;
    struct pl_rec_header header;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(picture, sizeof picture, "%s/acme.png", folder);
    write_picture(picture);
    make.fonts[PL_PACK_FONT_LABEL].text =
        "/usr/share/fonts/opentype/yanone-kaffeesatz/YanoneKaffeesatz-Regular.otf";
    CHECK(pl_arena_make(&arena, PL_MAKE_ARENA_BYTES, NULL) == PL_OK);
    CHECK(pl_make_bytes(&make, folder, arena, &good, NULL) == PL_OK);
    pl_arena_free(&arena);
    (void)unlink(picture);
    (void)rmdir(folder);
    memcpy(&header, good.bytes, sizeof header);
    tables[0][0] = PL_PACK_HASHED_FROM;
    tables[0][1] = header.section[PL_SECTION_FONT_BYTES].at;
    tables[1][0] = tables[0][1] + header.section[PL_SECTION_FONT_BYTES].n;
    tables[1][1] = header.section[PL_SECTION_TILE_BYTES].at;
    file = memfd_create("pack", MFD_CLOEXEC);
    CHECK(file >= 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const char *seeds = getenv("FUZZ_SEEDS_DIR");
    make_good();
    if (seeds != NULL)
        write_seeds(seeds);
    return 0;
}

static void try_file(uint8_t *bytes, size_t n)
{
    char path[40];
    struct pl_pack *pack = NULL;
    struct pl_error error = {0};
    if (n > PL_PACK_HASHED_FROM) {
        struct pl_sha256 sha;
        pl_sha256_start(&sha);
        pl_sha256_add(&sha, bytes + PL_PACK_HASHED_FROM, n - PL_PACK_HASHED_FROM);
        pl_sha256_end(&sha, bytes + offsetof(struct pl_rec_header, sha256));
    }
    CHECK(ftruncate(file, (off_t)n) == 0 && pwrite(file, bytes, n, 0) == (ssize_t)n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (pl_pack_open(path, &pack, &error) != PL_OK) {
        CHECK(pack == NULL && error.msg[0] != '\0');
        return;
    }
    struct pl_packs packs = {.at = {pack}, .n = 1};
    pl_packs_seal(&packs);
    (void)walk_packs(&packs);
    pl_packs_rest(&packs);
    pl_pack_close(&pack);
}

static size_t place_of(uint32_t at)
{
    size_t first = tables[0][1] - tables[0][0], second = tables[1][1] - tables[1][0];
    size_t in = at % (first + second);
    return in < first ? tables[0][0] + in : tables[1][0] + in - first;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t *copy;
    if (copy == NULL) {
        if (file < 0)
            make_good();
        copy = malloc(good.n + 8);
        CHECK(copy != NULL);
    }
    if (n > 0 && bytes[0] == 0xff && n - 1 <= good.n) {
        memcpy(copy, bytes + 1, n - 1);
        try_file(copy, n - 1);
        return 0;
    }
    memcpy(copy, good.bytes, good.n);
    for (size_t i = 0; i + 8 <= n && i < 8 * CHANGES_MAX; i += 8) {
        uint32_t at;
        memcpy(&at, bytes + i, 4);
        memcpy(copy + place_of(at), bytes + i + 4, 4);
    }
    try_file(copy, good.n);
    return 0;
}
