/* fuzz_card_ed.c - hostile bindings of Elite Dangerous, from text to the set and its packed bytes.
 *
 * The first byte chooses groups and style; the rest is the file, split in two at a byte of 1.
 */
#include "shm/base/check.h"
#include "tests/unit/card_ed_help.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const seeds[] = {
    "\x03<?xml version=\"1.0\" encoding=\"UTF-8\" ?><Root PresetName=\"A\"><Gear><Primary "
    "Device=\"Solo\" "
    "Key=\"Joy_1\"><Modifier Device=\"Solo\" Key=\"Joy_2\" /><Modifier Device=\"Keyboard\" "
    "Key=\"Key_LeftAlt\" /></Primary><Secondary Device=\"{NoDevice}\" Key=\"\" /></Gear></Root>",
    "\x17<Root><PitchAxisRaw><Binding Device=\"Solo\" Key=\"Pos_Joy_XAxis\" /></PitchAxisRaw>"
    "<Landing><Binding Device=\"Solo\" Key=\"Joy_XAxis\" /></Landing>\x01<Root><Fire><Primary "
    "Device=\"Strange\" DeviceIndex=\"1\" Key=\"Joy_5\" /></Fire></Root>",
    "\x2b<Root PresetName=\"B\"><Jump><Primary Device=\"T16000M\" Key=\"Joy_1\" /><Secondary "
    "Device=\"T16000MTHROTTLE\" Key=\"Joy_ZAxis\" /></Jump><Legs><Primary Device=\"Keyboard\" "
    "Key=\"\"><Modifier Device=\"DuoStick\" Key=\"Neg_Joy_1\" /></Primary></Legs></Root>",
    "\x03<!DOCTYPE Root [<!ENTITY a \"&b;\"><!ENTITY b \"c\">]><Root><Gear "
    "Key=\"&a;&#65;&lt;\"/></Root>",
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    card_ed_start();
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

/* What may point to what. */
static void check(const struct pl_card_set *set)
{
    CHECK(set->cards_n + set->lists_n <= PL_CARD_CARDS_MAX);
    CHECK(set->bindings_n <= PL_CARD_BINDINGS_MAX);
    for (uint32_t i = 0; i < set->cards_n; i++) {
        CHECK(set->cards[i].cells_n > 0);
        for (uint32_t k = 0; k < set->cards[i].cells_n; k++) {
            CHECK(set->cards[i].cells[k].labels_n > 0);
            CHECK(set->cards[i].cells[k].labels[0].context < set->contexts_n);
        }
    }
    for (uint32_t i = 0; i < set->lists_n; i++)
        CHECK(set->lists[i].rows_n > 0 && (!set->lists[i].keyboard || i + 1 == set->lists_n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct card_upload upload;
    if (n == 0)
        return 0;
    if (upload.arena == NULL)
        card_upload_start(&upload, 16 << 20);
    card_upload_clear(&upload);
    struct pl_card_options options = {.groups = bytes[0] & 3,
                                      .style = (enum pl_card_style)(bytes[0] >> 2 & 3)};
    if ((bytes[0] & 16) != 0)
        options.groups = UINT32_MAX;
    const uint8_t *split = memchr(bytes + 1, 1, n - 1);
    size_t first = split != NULL ? (size_t)(split - bytes) : n;
    card_upload_add(&upload, "a", bytes + 1, first - 1);
    if (split != NULL)
        card_upload_add(&upload, "b", split + 1, n - first - 1);
    enum pl_err err = card_upload_build(&upload, PL_CARD_ED, &options);
    CHECK(err == PL_OK || err == PL_E_FORMAT || err == PL_E_LIMIT);
    if (err != PL_OK)
        return 0;
    check(&upload.set);
    struct pl_buf packed = PL_BUF(64 << 20);
    struct pl_card_set again;
    CHECK(pl_card_set_pack(&upload.set, &packed, NULL) == PL_OK);
    CHECK(pl_card_set_unpack(packed.bytes, packed.n, upload.arena, &again, NULL) != PL_E_FORMAT);
    pl_buf_free(&packed);
    return 0;
}
