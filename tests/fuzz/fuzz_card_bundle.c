/* fuzz_card_bundle.c - bytes that claim to be a bundle of uploaded files.
 *
 * What holds for every input: it is refused, or its files lie inside it, by hash, with names that
 * are text; and what is then built of it is a set or an error with a reason. */
#include "shm/base/utf8.h"
#include "tests/fuzz/cards.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const files[] = {"<Device DeviceName=\"Mouse\"/>",
                                        "GstInput.JoystickDevice1 Flight Stick\n", "<Root>"};
    static struct card_upload upload;
    (void)argc, (void)argv;
    cards_start();
    card_upload_start(&upload, 1 << 20);
    for (unsigned i = 0; i < PL_COUNT(files); i++)
        card_upload_add(&upload, "a name.xml", files[i], strlen(files[i]));
    CHECK(pl_bundle_index(upload.entries, upload.n, &upload.bundle, NULL) == PL_OK);
    cards_save_seed(0, upload.bundle.bytes, upload.bundle.n);
    card_upload_end(&upload);
    return 0;
}

static void check_entries(const struct pl_bundle_entry *entries, unsigned n, size_t bytes_n)
{
    CHECK(n <= PL_CARD_FILES_MAX);
    for (unsigned i = 0; i < n; i++) {
        CHECK(entries[i].at <= bytes_n && entries[i].n <= bytes_n - entries[i].at);
        CHECK(i == 0 || memcmp(entries[i - 1].sha256, entries[i].sha256, 32) <= 0);
        size_t length = strnlen(entries[i].name, sizeof entries[i].name), step;
        CHECK(length < sizeof entries[i].name);
        for (size_t at = 0; at < length; at += step)
            CHECK((step = pl_utf8_step(entries[i].name + at, length - at, NULL)) > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    static struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    const struct pl_card_options options = {.groups = UINT32_MAX};
    unsigned entries_n;
    struct pl_error error = {0};
    if (arena == NULL)
        CHECK(pl_arena_make(&arena, 16 << 20, NULL) == PL_OK);
    pl_arena_reset(arena, 1 << 20);
    enum pl_err err = pl_bundle_read(bytes, n, entries, &entries_n, &error);
    CHECK(err == error.code && (err == PL_OK || err == PL_E_FORMAT));
    if (err != PL_OK)
        return 0;
    check_entries(entries, entries_n, n);
    struct pl_card_set set;
    struct pl_card_blame blame;
    err = pl_card_build(NULL, bytes, n, PL_CARD_GUESS, &options, arena, &set, &blame, &error);
    CHECK(err == error.code && (err == PL_OK || err == PL_E_FORMAT || err == PL_E_LIMIT));
    if (err == PL_OK)
        cards_check(&set);
    return 0;
}
