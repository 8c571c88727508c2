/* card_help.h - a small card pack and uploads in memory, for tests and fuzz targets of the cards.
 *
 * The pack: two sticks on one picture ("duo", 4000 x 2000), a pad of which nothing is on its
 * picture, a box without one, and a few labels. Everything here is for one thread.
 */
#ifndef CARD_HELP_H
#define CARD_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "render/card/card.h"
#include "render/card/pack/build.h"
#include "shm/base/hash.h"

#define CARD_LIST(array)                                                                           \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0]), 0                                             \
    }

/* The pack's description; what it points to is static. */
static inline void card_pack_describe(struct pl_make *make)
{
    static struct pl_make_text stick_names[] = {{.text = "Flight Stick"}, {.text = "Old Stick"}},
                               throttle_names[] = {{.text = "Flight Throttle"}},
                               pad_names[] = {{.text = "Game Pad"}},
                               box_names[] = {{.text = "Blind Box"}};
    static struct pl_make_input stick_inputs[] = {{.id = "1", .rect = {100, 100, 400, 54}},
                                                  {.id = "2", .rect = {100, 200, 400, 54}},
                                                  {.id = "3", .rect = {100, 300, 400, 54}},
                                                  {.id = "10", .rect = {100, 400, 400, 54}},
                                                  {.id = "7", .rect = {3900, 100, 400, 54}},
                                                  {.id = "8", .rect = {0, 0, 400, 54}},
                                                  {.id = "9", .rect = {-1, -1, 400, 54}},
                                                  {.id = "XAxis", .rect = {100, 500, 400, 54}},
                                                  {.id = "RZAxis", .rect = {100, 600, 400, 54}},
                                                  {.id = "UAxis", .rect = {100, 700, 400, 54}},
                                                  {.id = "RYAxis", .rect = {100, 750, 400, 40}},
                                                  {.id = "POV1Up", .rect = {100, 800, 400, 54}},
                                                  {.id = "POV2Left", .rect = {100, 900, 400, 54}}};
    static struct pl_make_input throttle_inputs[] = {{.id = "1", .rect = {2000, 100, 400, 54}},
                                                     {.id = "ZAxis", .rect = {2000, 200, 400, 54}},
                                                     {.id = "20", .rect = {2000, 300, 400, 54}}};
    static struct pl_make_input pad_inputs[] = {{.id = "PadA", .rect = {100, 100, 400, 54}}};
    static struct pl_make_map stick_maps[] = {
        {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "X", .to = "U"},
        {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "Y", .to = "V"},
        {.game = PL_CARD_FS2020, .kind = PL_PACK_AXIS, .from = "RX", .to = "RZ"},
        {.game = PL_CARD_FS2020, .kind = PL_PACK_ROTATION, .from = "X", .to = "X"}};
    static struct pl_make_sws throttle_sws[] = {{.axis = 26, .button = 40, .input = "ZAxis"},
                                                {.axis = 26, .button = 41, .input = "ZAxis"}};
    static struct pl_make_sws common[] = {{.axis = 8, .button = -1, .input = "XAxis"},
                                          {.axis = 26, .button = 22, .input = "1"},
                                          {.axis = 26, .button = 23, .input = "2"},
                                          {.axis = 26, .button = 65, .input = "20"},
                                          {.axis = 26, .button = 86, .input = ""}};
    static struct pl_make_device devices[] = {{.id = "Stick",
                                               .image = "duo",
                                               .names = CARD_LIST(stick_names),
                                               .inputs = CARD_LIST(stick_inputs),
                                               .maps = CARD_LIST(stick_maps)},
                                              {.id = "Throttle",
                                               .image = "duo",
                                               .names = CARD_LIST(throttle_names),
                                               .inputs = CARD_LIST(throttle_inputs),
                                               .sws = CARD_LIST(throttle_sws)},
                                              {.id = "Pad",
                                               .image = "pad",
                                               .names = CARD_LIST(pad_names),
                                               .inputs = CARD_LIST(pad_inputs)},
                                              {.id = "Box", .names = CARD_LIST(box_names)}};
    static struct pl_make_image images[] = {
        {.id = "duo", .title = "Stick & Throttle", .layout_w = 4000, .layout_h = 2000},
        {.id = "pad", .title = "Pad"}};
    static struct pl_make_pair fs2020_labels[] = {{.from = "KEY_GEAR", .to = "Landing Gear"},
                                                  {.from = "KEY_FLAPS", .to = "Flaps"}};
    static struct pl_make_pair sws_labels[] = {{.from = "Fire", .to = "Fire"},
                                               {.from = "Pitch", .to = "Pitch"}};
    static struct pl_make_context contexts[] = {
        {.name = "PLANE", .title = "Aircraft"},
        {.name = "PINNED", .pinned = true, .rgba = 0x01020304}};
    static struct pl_make_text groups[] = {{.text = "Ship"}, {.text = "Galaxy map"}};
    pl_make_start(make);
    make->name = "small";
    make->version = "1";
    make->devices = (struct pl_make_devices)CARD_LIST(devices);
    make->images = (struct pl_make_images)CARD_LIST(images);
    make->sws = (struct pl_make_sws_table)CARD_LIST(common);
    make->groups = (struct pl_make_texts)CARD_LIST(groups);
    make->games[PL_CARD_FS2020] = (struct pl_make_game){
        .defined = true, .labels = CARD_LIST(fs2020_labels), .contexts = CARD_LIST(contexts)};
    make->games[PL_CARD_SWS] =
        (struct pl_make_game){.defined = true, .labels = CARD_LIST(sws_labels)};
    make->games[PL_CARD_ED].defined = true;
}

/* Ends the process when something is wrong: there is nothing to test then. */
static inline void card_must(enum pl_err err, const struct pl_error *error)
{
    if (err == PL_OK)
        return;
    (void)fprintf(stderr, "card_help: %s\n", error->msg);
    abort();
}

/* The compiled pack under a path that is there as long as the process lives. */
static inline const char *card_pack_path(void)
{
    static char path[64];
    struct pl_make make;
    struct pl_arena *arena;
    struct pl_error error = {0};
    struct pl_buf bytes = PL_BUF(1 << 24);
    card_must(pl_arena_make(&arena, PL_MAKE_ARENA_BYTES, &error), &error);
    card_pack_describe(&make);
    card_must(pl_make_bytes(&make, NULL, arena, &bytes, &error), &error);
    int fd = memfd_create("card-pack", 0);
    if (fd < 0 || write(fd, bytes.bytes, bytes.n) != (ssize_t)bytes.n)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    pl_buf_free(&bytes);
    pl_arena_free(&arena);
    return path;
}

/* --- uploads ---------------------------------------------------------------------------------- */

struct card_upload { /* one at a time */
    struct pl_buf bundle;
    struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    unsigned n;
    struct pl_arena *arena;
    struct pl_card_set set;
    struct pl_card_blame blame;
    struct pl_error error;
};

static inline void card_upload_start(struct card_upload *upload, size_t arena_bytes)
{
    *upload = (struct card_upload){.bundle = PL_BUF(64 << 20)};
    card_must(pl_arena_make(&upload->arena, arena_bytes, &upload->error), &upload->error);
}

static inline void card_upload_end(struct card_upload *upload)
{
    pl_buf_free(&upload->bundle);
    pl_arena_free(&upload->arena);
}

/* Back to no files, with the memory kept. */
static inline void card_upload_clear(struct card_upload *upload)
{
    pl_buf_clear(&upload->bundle);
    pl_arena_reset(upload->arena, 0);
    upload->n = 0;
    upload->error = (struct pl_error){0};
    upload->set = (struct pl_card_set){0};
}

static inline void card_upload_add(struct card_upload *upload, const char *name, const void *bytes,
                                   size_t n)
{
    struct pl_bundle_entry *entry = &upload->entries[upload->n++];
    *entry = (struct pl_bundle_entry){.at = upload->bundle.n, .n = n};
    (void)snprintf(entry->name, sizeof entry->name, "%s", name);
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, bytes, n);
    pl_sha256_end(&sha, entry->sha256);
    card_must(pl_buf_add(&upload->bundle, bytes, n, &upload->error), &upload->error);
}

static inline enum pl_err card_upload_build(struct card_upload *upload, enum pl_card_game game,
                                            const struct pl_card_options *options)
{
    static const struct pl_card_options usual = {.groups = UINT32_MAX};
    size_t files_n = upload->bundle.n;
    card_must(pl_bundle_index(upload->entries, upload->n, &upload->bundle, &upload->error),
              &upload->error);
    enum pl_err err = pl_card_build(NULL, upload->bundle.bytes, upload->bundle.n, game,
                                    options != NULL ? options : &usual, upload->arena, &upload->set,
                                    &upload->blame, &upload->error);
    upload->bundle.n = files_n;
    return err;
}

/* --- a set as text ---------------------------------------------------------------------------- */
/*     [TITLE]                           a card; {TITLE} a list
 *     DEVICE:INPUT CONTEXT=TEXT, ...    a cell, "~" before it when it is not drawn; INPUT: a row
 *     ! kind: detail                    a notice */
static inline void card_put_labels(struct pl_buf *out, const struct pl_card_set *set,
                                   const struct pl_card_label *labels, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        (void)pl_buf_print(out, NULL, "%s %s=%s", i > 0 ? "," : "",
                           set->contexts[labels[i].context].name, labels[i].text);
    (void)pl_buf_text(out, "\n", NULL);
}

static inline const char *card_set_text(const struct pl_card_set *set)
{
    static struct pl_buf out = {.limit = 16 << 20};
    pl_buf_clear(&out);
    for (uint32_t i = 0; i < set->cards_n; i++) {
        (void)pl_buf_print(&out, NULL, "[%s]\n", set->cards[i].title);
        for (uint32_t k = 0; k < set->cards[i].cells_n; k++) {
            const struct pl_card_cell *cell = &set->cards[i].cells[k];
            (void)pl_buf_print(&out, NULL, "%s%s:%s", cell->drawn ? "" : "~", cell->device,
                               cell->input);
            card_put_labels(&out, set, cell->labels, cell->labels_n);
        }
    }
    for (uint32_t i = 0; i < set->lists_n; i++) {
        (void)pl_buf_print(&out, NULL, "{%s}\n", set->lists[i].title);
        for (uint32_t k = 0; k < set->lists[i].rows_n; k++) {
            const struct pl_card_row *row = &set->lists[i].rows[k];
            (void)pl_buf_text(&out, row->input, NULL);
            card_put_labels(&out, set, row->labels, row->labels_n);
        }
    }
    for (uint32_t i = 0; i < set->notices_n; i++)
        (void)pl_buf_print(&out, NULL, "! %s: %s\n", set->notices[i].kind, set->notices[i].detail);
    (void)pl_buf_add(&out, "", 1, NULL);
    return (const char *)out.bytes;
}

#endif
