/* fuzz_card_set.c - bytes that claim to be a packed set.
 *
 * What holds for every input: it is refused, or it is a set whose every part can be read, all of
 * whose pictures are there, and that packs to the very same bytes. */
#include "tests/fuzz/cards.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char file[] =
        "0<FriendlyName>Mine</FriendlyName><Device DeviceName=\"Flight Stick\"><Context "
        "ContextName=\"PLANE\"><Action ActionName=\"KEY_GEAR\"><Primary><KEY "
        "Information=\"Button1\"/><KEY Information=\"Button9\"/></Primary></Action></Context>"
        "</Device><Device DeviceName=\"Mouse\"><Context ContextName=\"M\"><Action "
        "ActionName=\"A_B\"><Primary><KEY Information=\"LEFT\"/></Primary></Action></Context>"
        "</Device>";
    static struct card_upload upload;
    (void)argc, (void)argv;
    cards_start();
    card_upload_start(&upload, 8 << 20);
    CHECK(cards_build(&upload, (const uint8_t *)file, strlen(file), PL_CARD_FS2020, false) ==
          PL_OK);
    struct pl_buf packed = cards_pack(&upload.set, upload.arena);
    cards_save_seed(0, packed.bytes, packed.n);
    pl_buf_free(&packed);
    card_upload_end(&upload);
    return 0;
}

static void check_pictures(const struct pl_card_set *set)
{
    struct pl_card_picture picture;
    uint32_t n = pl_card_pictures(set);
    for (uint32_t i = 1; i <= PL_MIN(n, 200U); i++) {
        CHECK(pl_card_picture_at(set, i, &picture));
        CHECK((picture.card != NULL) != (picture.list != NULL));
        CHECK(picture.list == NULL || picture.page < picture.list->pages_n);
    }
    CHECK(!pl_card_picture_at(set, 0, &picture) && !pl_card_picture_at(set, n + 1, &picture));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    struct pl_card_set set;
    struct pl_error error = {0};
    if (arena == NULL)
        CHECK(pl_arena_make(&arena, 16 << 20, NULL) == PL_OK);
    pl_arena_reset(arena, 1 << 20);
    enum pl_err err = pl_card_set_unpack(bytes, n, arena, &set, &error);
    CHECK(err == error.code && (err == PL_OK || err == PL_E_FORMAT || err == PL_E_LIMIT));
    if (err != PL_OK)
        return 0;
    check_pictures(&set);
    struct pl_buf packed = cards_pack(&set, arena);
    CHECK(packed.n == n && memcmp(packed.bytes, bytes, n) == 0);
    pl_buf_free(&packed);
    return 0;
}
