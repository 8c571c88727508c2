/* pack_made.h - a card pack described in memory: two devices on one picture, and a little of every
 * table. */
#ifndef PL_TEST_PACK_MADE_H
#define PL_TEST_PACK_MADE_H

#include "render/card/pack/build.h"

#define LIST(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__, sizeof(__VA_ARGS__) / sizeof((__VA_ARGS__)[0]), 0                             \
    }

static struct pl_make_input help_stick_inputs[] = {
    {.id = "2", .rect = {100, 400, 300, 54}},
    {.id = "1", .rect = {100, 300, 300, 54}},
    {.id = "XAxis", .rect = {-1, -1, 300, 54}},
    {.id = "UAxis", .rect = {900, 300, 300, 108}},
};
static struct pl_make_input help_throttle_inputs[] = {{.id = "1", .rect = {2000, 300, 300, 54}}};
static struct pl_make_input help_throttle_ed[] = {{.id = "Joy_1", .rect = {2100, 300, 300, 54}}};
static struct pl_make_text help_stick_names[] = {{.text = "Acme Stick"}, {.text = "Acme Stick 2"}};
static struct pl_make_map help_stick_maps[] = {
    {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "X", .to = "U"},
    {.game = PL_CARD_FS2020, .kind = PL_PACK_AXIS, .from = "RX", .to = "X"},
};
static struct pl_make_sws help_stick_sws[] = {{.axis = 26, .button = 40, .input = "UAxis"},
                                              {.axis = 8, .button = -1, .input = "UAxis"}};
static struct pl_make_sws help_sws[] = {{.axis = 26, .button = 86, .input = ""},
                                        {.axis = 26, .button = 22, .input = "1"},
                                        {.axis = 8, .button = -1, .input = "XAxis"}};
static struct pl_make_device help_devices[] = {
    {.id = "Throttle",
     .image = "acme",
     .title = "Acme Throttle",
     .inputs = LIST(help_throttle_inputs),
     .ed = LIST(help_throttle_ed)},
    {.id = "Stick",
     .image = "acme",
     .names = LIST(help_stick_names),
     .inputs = LIST(help_stick_inputs),
     .maps = LIST(help_stick_maps),
     .sws = LIST(help_stick_sws)},
};
static struct pl_make_image help_images[] = {
    {.id = "acme", .title = "Acme 3000", .file = "acme.png"}};
static struct pl_make_pair help_labels[] = {{.from = "KEY_B", .to = "Bravo"},
                                            {.from = "KEY_A", .to = "Alpha"}};
static struct pl_make_context help_contexts[] = {
    {.name = "PLANE", .title = "Flying", .pinned = true, .rgba = 0x112233ff}, {.name = "MENU"}};
static struct pl_make_text help_hide[] = {{.text = "Jump"}};
static struct pl_make_control help_controls[] = {
    {.id = "Jump", .name = "Hop", .group = "Ship", .category = "General", .order = 2},
    {.id = "Fire",
     .name = "Shoot",
     .group = "SRV",
     .order = -1,
     .analogue = true,
     .hide = LIST(help_hide)}};
static struct pl_make_text help_groups[] = {{.text = "Ship"}, {.text = "SRV"}};
static struct pl_make_text help_ignored[] = {{.text = "Mouse"}};
static struct pl_make_pair help_keys[] = {{.from = "Key_Comma", .to = ","}};
static struct pl_make_text help_handled[] = {{.text = "Stick"}, {.text = "Throttle"}};
static struct pl_make_supported help_supported[] = {
    {.name = "Acme", .image = "acme", .handled = LIST(help_handled)}};

static inline struct pl_make help_make(void)
{
    struct pl_make make;
    pl_make_start(&make);
    make.name = "by hand";
    make.version = "7";
    make.images = (struct pl_make_images)LIST(help_images);
    make.devices = (struct pl_make_devices)LIST(help_devices);
    make.games[PL_CARD_FS2020].defined = true;
    make.games[PL_CARD_FS2020].labels = (struct pl_make_pairs)LIST(help_labels);
    make.games[PL_CARD_FS2020].contexts = (struct pl_make_contexts)LIST(help_contexts);
    make.games[PL_CARD_ED].defined = true;
    make.sws = (struct pl_make_sws_table)LIST(help_sws);
    make.controls = (struct pl_make_controls)LIST(help_controls);
    make.groups = (struct pl_make_texts)LIST(help_groups);
    make.ignored = (struct pl_make_texts)LIST(help_ignored);
    make.keys = (struct pl_make_pairs)LIST(help_keys);
    make.supported = (struct pl_make_supports)LIST(help_supported);
    return make;
}

#endif
