/* cards.h - what the targets for binding files share: an upload built, its promises checked.
 *
 * Input: a byte (1: the game is guessed; 2: a style), then the files, a byte of 1 between them.
 * What holds for every upload: an error has a reason; a set keeps its order and limits, is the same
 * for any order of its files, and comes back from its packed form as it was.
 */
#ifndef PL_FUZZ_CARDS_H
#define PL_FUZZ_CARDS_H

#include "shm/base/check.h"
#include "tests/unit/card_help.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline void cards_save_seed(unsigned number, const void *bytes, size_t n)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    if (folder == NULL)
        return;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/seed%u", folder, number);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(bytes, 1, n, file) == n);
    CHECK(fclose(file) == 0);
}

static inline void cards_start(void)
{
    const char *const packs[] = {card_pack_path()};
    CHECK(pl_card_start(packs, 1, NULL) == PL_OK);
}

static inline void cards_check_labels(const struct pl_card_set *set,
                                      const struct pl_card_label *labels, uint32_t n)
{
    CHECK(n > 0);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(labels[i].context < set->contexts_n);
        if (i == 0)
            continue;
        int order = (int)(labels[i - 1].context > labels[i].context) -
                    (int)(labels[i - 1].context < labels[i].context);
        CHECK(order < 0 || (order == 0 && strcmp(labels[i - 1].text, labels[i].text) <= 0));
    }
}

static inline void cards_check_cell(const struct pl_card_set *set, const struct pl_card *card,
                                    uint32_t k)
{
    const struct pl_card_cell *cell = &card->cells[k];
    cards_check_labels(set, cell->labels, cell->labels_n);
    CHECK(!cell->drawn || (cell->x >= 0 && cell->y >= 0 && cell->w > 0 && cell->h > 0));
    if (k == 0)
        return;
    static char before[1024], here[1024];
    (void)snprintf(before, sizeof before, "%s:%s", cell[-1].device, cell[-1].input);
    (void)snprintf(here, sizeof here, "%s:%s", cell->device, cell->input);
    CHECK(strcmp(before, here) < 0);
}

static inline void cards_check(const struct pl_card_set *set)
{
    CHECK(set->cards_n + set->lists_n <= PL_CARD_CARDS_MAX);
    CHECK(set->bindings_n <= PL_CARD_BINDINGS_MAX && set->notices_n <= PL_CARD_NOTICES_MAX);
    for (uint32_t i = 1; i < set->contexts_n; i++)
        CHECK(strcmp(set->contexts[i - 1].name, set->contexts[i].name) < 0);
    for (uint32_t i = 0; i < set->cards_n; i++) {
        CHECK(set->cards[i].cells_n > 0);
        for (uint32_t k = 0; k < set->cards[i].cells_n; k++)
            cards_check_cell(set, &set->cards[i], k);
    }
    for (uint32_t i = 0; i < set->lists_n; i++) {
        CHECK(set->lists[i].rows_n > 0 && set->lists[i].pages_n > 0);
        for (uint32_t k = 0; k < set->lists[i].rows_n; k++)
            cards_check_labels(set, set->lists[i].rows[k].labels, set->lists[i].rows[k].labels_n);
    }
}

/* Packs, unpacks, packs again; the first bytes are the caller's. */
static inline struct pl_buf cards_pack(const struct pl_card_set *set, struct pl_arena *arena)
{
    struct pl_buf packed = PL_BUF(256 << 20), again = PL_BUF(256 << 20), json = PL_BUF(256 << 20);
    struct pl_card_set out;
    CHECK(pl_card_set_pack(set, &packed, NULL) == PL_OK);
    enum pl_err err = pl_card_set_unpack(packed.bytes, packed.n, arena, &out, NULL);
    CHECK(err == PL_OK || err == PL_E_LIMIT);
    if (err == PL_OK) {
        CHECK(pl_card_set_pack(&out, &again, NULL) == PL_OK);
        CHECK(again.n == packed.n && memcmp(again.bytes, packed.bytes, packed.n) == 0);
    }
    CHECK(pl_card_set_json(set, &json, NULL) == PL_OK);
    pl_buf_free(&again);
    pl_buf_free(&json);
    return packed;
}

enum { CARDS_FILES_MAX = 4 };

/* Files split at bytes of 1, the last one first when `backwards`. */
static inline enum pl_err cards_build(struct card_upload *upload, const uint8_t *bytes, size_t n,
                                      enum pl_card_game game, bool backwards)
{
    struct pl_source files[CARDS_FILES_MAX];
    const struct pl_card_options options = {.groups = UINT32_MAX,
                                            .style = (bytes[0] & 2) != 0 ? PL_CARD_STYLE_NONE
                                                                         : PL_CARD_STYLE_GROUP};
    unsigned files_n = 0;
    for (size_t at = 1; files_n < CARDS_FILES_MAX;) {
        const uint8_t *end = at < n ? memchr(bytes + at, 1, n - at) : NULL;
        size_t to = end != NULL && files_n + 1 < CARDS_FILES_MAX ? (size_t)(end - bytes) : n;
        files[files_n++] = (struct pl_source){bytes + at, to > at ? to - at : 0};
        if (to >= n)
            break;
        at = to + 1;
    }
    card_upload_clear(upload);
    for (unsigned i = 0; i < files_n; i++) {
        const struct pl_source *file = &files[backwards ? files_n - 1 - i : i];
        card_upload_add(upload, backwards ? "x" : "y", file->n > 0 ? file->bytes : bytes, file->n);
    }
    return card_upload_build(upload, (bytes[0] & 1) != 0 ? PL_CARD_GUESS : game, &options);
}

static inline int cards_one(const uint8_t *bytes, size_t n, enum pl_card_game game)
{
    static struct card_upload upload;
    if (n == 0)
        return 0;
    if (upload.arena == NULL)
        card_upload_start(&upload, 32 << 20);
    enum pl_err err = cards_build(&upload, bytes, n, game, false);
    CHECK(err == PL_OK || err == PL_E_FORMAT || err == PL_E_LIMIT);
    if (err != PL_OK) {
        CHECK(upload.error.code == err && upload.error.msg[0] != '\0');
        CHECK(upload.blame.code != NULL || upload.error.param[0] != '\0');
        CHECK(cards_build(&upload, bytes, n, game, true) == err);
        return 0;
    }
    cards_check(&upload.set);
    struct pl_buf packed = cards_pack(&upload.set, upload.arena);
    CHECK(cards_build(&upload, bytes, n, game, true) == PL_OK);
    struct pl_buf backwards = cards_pack(&upload.set, upload.arena);
    CHECK(packed.n == backwards.n && memcmp(packed.bytes, backwards.bytes, packed.n) == 0);
    pl_buf_free(&packed);
    pl_buf_free(&backwards);
    return 0;
}

#endif
