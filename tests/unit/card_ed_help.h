/* card_ed_help.h - a small pack of Elite Dangerous, for the tests and the fuzz target of its
 * parser.
 *
 * A stick with a picture of its own; a stick and a throttle that share one, where the throttle
 * alone has a card, too; the pair that is named differently when both are there.
 */
#ifndef CARD_ED_HELP_H
#define CARD_ED_HELP_H

#include "tests/unit/card_help.h"

static inline void card_ed_describe(struct pl_make *make)
{
    static struct pl_make_input solo[] = {
        {.id = "1", .rect = {100, 300, 400, 54}}, {.id = "2", .rect = {100, 400, 400, 54}},
        {.id = "3", .rect = {100, 500, 400, 54}}, {.id = "8", .rect = {0, 0, 400, 54}},
        {.id = "9", .rect = {-1, -1, 400, 54}},   {.id = "XAxis", .rect = {100, 600, 400, 54}}};
    static struct pl_make_input stick[] = {{.id = "Joy_1", .rect = {100, 300, 400, 54}}};
    static struct pl_make_input throttle[] = {{.id = "Joy_1", .rect = {2000, 300, 400, 54}},
                                              {.id = "Joy_ZAxis", .rect = {2000, 400, 400, 54}}};
    static struct pl_make_device devices[] = {
        {.id = "Solo", .image = "solo", .inputs = CARD_LIST(solo)},
        {.id = "DuoStick", .image = "duo", .ed = CARD_LIST(stick)},
        {.id = "DuoThrottle", .image = "duo", .ed = CARD_LIST(throttle)},
        {.id = "T16000M", .image = "solo", .ed = CARD_LIST(stick)},
        {.id = "T16000MFCS", .image = "duo", .ed = CARD_LIST(stick)},
        {.id = "T16000MTHROTTLE", .image = "duo", .ed = CARD_LIST(throttle)},
        {.id = "DuoLamp", .image = "duo"},
        {.id = "Blind"}};
    static struct pl_make_image images[] = {{.id = "solo", .title = "Solo stick"},
                                            {.id = "duo", .title = "Stick & throttle"}};
    static struct pl_make_text both[] = {{.text = "DuoStick"},
                                         {.text = "DuoThrottle"},
                                         {.text = "DuoLamp"}},
                               key[] = {{.text = "DuoStick"}},
                               alone[] = {{.text = "DuoThrottle"}, {.text = "DuoLamp"}},
                               one[] = {{.text = "Solo"}}, plain[] = {{.text = "T16000M"}},
                               pair[] = {{.text = "T16000MFCS"}, {.text = "T16000MTHROTTLE"}},
                               blind[] = {{.text = "Blind"}};
    static struct pl_make_supported supported[] = {
        {.name = "Duo", .image = "duo", .handled = CARD_LIST(both), .keys = CARD_LIST(key)},
        {.name = "Throttle", .image = "duo", .handled = CARD_LIST(alone)},
        {.name = "Solo", .image = "solo", .handled = CARD_LIST(one)},
        {.name = "Plain", .image = "solo", .handled = CARD_LIST(plain)},
        {.name = "Pair", .image = "duo", .handled = CARD_LIST(pair)},
        {.name = "Blind", .image = "solo", .handled = CARD_LIST(blind)}};
    static struct pl_make_text pitch[] = {{.text = "PitchAxisRaw"}}, gear[] = {{.text = "Gear"}};
    static struct pl_make_control controls[] = {
        {.id = "PitchAxisRaw", .name = "Pitch", .group = "Ship", .category = "Navigation"},
        {.id = "Landing", .name = "Pitch, landing", .group = "Ship", .hide = CARD_LIST(pitch)},
        {.id = "Gear", .name = "Gear", .group = "Ship", .category = "Navigation"},
        {.id = "Legs",
         .name = "Legs",
         .group = "SRV",
         .category = "Navigation",
         .hide = CARD_LIST(gear)},
        {.id = "Fire", .name = "Fire", .group = "Ship", .category = "Combat"},
        {.id = "Jump", .name = "Jump", .group = "SRV", .category = "Navigation"}};
    static struct pl_make_text groups[] = {{.text = "Ship"}, {.text = "SRV"}},
                               ignored[] = {{.text = "Mouse"}};
    static struct pl_make_pair keys[] = {{.from = "Key_LeftControl", .to = "Left Ctrl"},
                                         {.from = "Key_LeftAlt", .to = "Left Alt"}};
    pl_make_start(make);
    make->name = "small";
    make->version = "1";
    make->devices = (struct pl_make_devices)CARD_LIST(devices);
    make->images = (struct pl_make_images)CARD_LIST(images);
    make->supported = (struct pl_make_supports)CARD_LIST(supported);
    make->controls = (struct pl_make_controls)CARD_LIST(controls);
    make->groups = (struct pl_make_texts)CARD_LIST(groups);
    make->ignored = (struct pl_make_texts)CARD_LIST(ignored);
    make->keys = (struct pl_make_pairs)CARD_LIST(keys);
    make->games[PL_CARD_ED].defined = true;
}

/* Starts the cards of this process with the pack alone. */
static inline void card_ed_start(void)
{
    struct pl_make make;
    struct pl_arena *arena;
    struct pl_error error = {0};
    struct pl_buf bytes = PL_BUF(1 << 24);
    char path[64];
    const char *const paths[] = {path};
    card_must(pl_arena_make(&arena, PL_MAKE_ARENA_BYTES, &error), &error);
    card_ed_describe(&make);
    card_must(pl_make_bytes(&make, NULL, arena, &bytes, &error), &error);
    int fd = memfd_create("card-pack", 0);
    if (fd < 0 || write(fd, bytes.bytes, bytes.n) != (ssize_t)bytes.n)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    pl_buf_free(&bytes);
    pl_arena_free(&arena);
    card_must(pl_card_start(paths, 1, &error), &error);
}

#endif
