/* fuzz_pack_yaml.c - a pack's folder of hostile YAML: read, checked, written out as YAML and, when
 * it has no fault, compiled and walked.
 *
 * The input's parts, split at bytes of 1, are pack.yaml, images.yaml, devices.yaml and the files of
 * the three games. Seeds go to $FUZZ_SEEDS_DIR. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "render/card/pack/format.h"
#include "render/card/pack/read.h"
#include "shm/base/check.h"
#include "tests/fuzz/pack_walk.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { PARTS = 6, BYTES_MAX = 1 << 16 };

static const char *const seeds[] = {
    "name: a\nversion: '1'\nlayout: {w: 100, h: 50}\npalette: [\"112233\"]\nfit: {min: 9}\n\x01"
    "acme: {file: a.png, title: A, bg: {dark: b.png}}\n\x01"
    "S: {image: acme, names: [a  b], inputs: {1: [1, 2, 3, 4], UAxis: {x: -1, y: -1, w: 1, h: 1}},"
    " maps: {fs2020: {slider: {X: U}}}}\nT: {like: S}\n\x01"
    "labels: {A: b}\ncontexts: {C: {title: t, colour: \"#11223344\"}}\n\x01"
    "sws: {axis: {8: XAxis}, buttons: {26: {22-39: 1, 86: \"\"}}, device_buttons: {S: {26: {40: "
    "UAxis}}}}\n\x01"
    "groups: [Ship]\nignored: [Mouse]\nkeys: {Key_A: a}\ncontrols: {Fire: {name: f, group: Ship, "
    "order: 1, type: analogue, hide: [Fire]}}\nsupported:\n  - {name: n, image: acme, handled: [S],"
    " keys: [S]}\nrects: {S: {Joy_1: [1, 2, 3, 4]}}\n",
    "{\"name\": \"a\\u00e9\"}\x01{}\x01{\"S\": null}\x01\x01\x01",
    "a: &b [1]\nc: *b\n",
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    for (unsigned i = 0; folder != NULL && i < PL_COUNT(seeds); i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/seed%u", folder, i);
        FILE *file = fopen(path, "wb");
        CHECK(file != NULL && fwrite(seeds[i], 1, strlen(seeds[i]), file) == strlen(seeds[i]));
        CHECK(fclose(file) == 0);
    }
    return 0;
}

static enum pl_err read_part(struct pl_reading *r, unsigned part, const struct pl_yaml *root)
{
    struct pl_error error = {0};
    switch (part) {
    case 0:
        return pl_read_pack(r, root, &error);
    case 1:
        return pl_read_images(r, root, &error);
    case 2:
        return pl_read_devices(r, root, &error);
    default:
        return pl_read_game(r, (enum pl_card_game)(PL_CARD_FS2020 + part - 3), root, &error);
    }
}

static void compile(const struct pl_make *make, struct pl_arena *arena)
{
    struct pl_buf out = PL_BUF(64 << 20);
    struct pl_pack *pack = NULL;
    char path[40];
    CHECK(pl_make_bytes(make, NULL, arena, &out, NULL) == PL_OK);
    int file = memfd_create("pack", MFD_CLOEXEC);
    CHECK(file >= 0 && write(file, out.bytes, out.n) == (ssize_t)out.n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    CHECK(pl_pack_open(path, &pack, NULL) == PL_OK);
    struct pl_packs packs = {.at = {pack}, .n = 1};
    (void)walk_packs(&packs);
    for (uint32_t i = 0; i < make->devices.n; i++) {
        struct pl_pack_device device;
        CHECK(pl_packs_device(&packs, make->devices.at[i].id, &device));
    }
    pl_pack_close(&pack);
    (void)close(file);
    pl_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    struct pl_problems problems = PL_PROBLEMS;
    struct pl_make make;
    struct pl_reading r = {0};
    if (arena == NULL)
        CHECK(pl_arena_make(&arena, 64 << 20, NULL) == PL_OK);
    if (n > BYTES_MAX)
        return 0;
    r = (struct pl_reading){arena, &make, &problems};
    pl_make_start(&make);
    enum pl_err err = PL_OK;
    for (unsigned part = 0; part < PARTS && err == PL_OK; part++) {
        const uint8_t *end = n > 0 ? memchr(bytes, 1, n) : NULL;
        size_t part_n = end != NULL ? (size_t)(end - bytes) : n;
        const struct pl_yaml *root = NULL;
        err = pl_yaml_parse("part.yaml", bytes, part_n, arena, &root, &problems, NULL);
        if (err == PL_OK)
            err = read_part(&r, part, root);
        part_n += end != NULL;
        bytes += part_n;
        n -= part_n;
    }
    if (err == PL_OK)
        err = pl_make_check(&make, NULL, arena, &problems, NULL);
    CHECK(err == PL_OK || err == PL_E_LIMIT);
    if (err == PL_OK && problems.errors == 0)
        compile(&make, arena);
    pl_problems_free(&problems);
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
