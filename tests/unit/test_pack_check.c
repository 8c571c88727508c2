/* The checks of a pack's description: one fault each, and what is said about it. */
#include "tests/unit/pack_help.h"

TestSuite(pack_check, .init = help_start, .fini = help_stop, .timeout = 120);

static struct pl_make make;

static void check(void)
{
    MUST(pl_make_check(&make, NULL, help.arena, &help.problems, &help.error));
}

static void expect_error(const char *said)
{
    check();
    cr_expect_gt(help.problems.errors, 0);
    cr_expect(strstr(help_said(), said) != NULL, "wanted: %s\nsaid: %s", said, help_said());
}

static void expect_warning(const char *said)
{
    check();
    cr_expect_eq(help.problems.errors, 0, "%s", help_said());
    cr_expect_eq(help.problems.warnings, 1, "%s", help_said());
    cr_expect(strstr(help_said(), said) != NULL, "wanted: %s\nsaid: %s", said, help_said());
}

/* A copy of the description that a test may spoil. */
static struct pl_make_device *devices;
static struct pl_make_input *inputs;

static void copy(void)
{
    make = help_make();
    devices = pl_arena_zalloc(help.arena, 2, sizeof *devices);
    inputs = pl_arena_zalloc(help.arena, 4, sizeof *inputs);
    memcpy(devices, help_devices, sizeof help_devices);
    memcpy(inputs, help_stick_inputs, sizeof help_stick_inputs);
    devices[1].inputs.at = inputs;
    make.devices.at = devices;
    for (unsigned i = 0; i < 4; i++)
        inputs[i].where = (struct pl_make_where){"devices.yaml", i + 1};
}

Test(pack_check, a_good_pack_has_no_problem)
{
    copy();
    check();
    cr_expect_eq(help.problems.errors + help.problems.warnings, 0, "%s", help_said());
}

Test(pack_check, a_device_of_an_unknown_image)
{
    copy();
    devices[0].image = "acem";
    expect_error("Throttle shows the image acem, which images.yaml does not have");
}

Test(pack_check, a_device_without_image)
{
    copy();
    devices[0].image = "";
    expect_warning("Throttle has no image; what is bound on it comes as a list");
}

Test(pack_check, a_device_without_inputs)
{
    copy();
    devices[0].inputs.n = devices[0].ed.n = 0;
    expect_warning("Throttle has no inputs");
}

Test(pack_check, a_place_outside_its_picture)
{
    copy();
    inputs[0].rect = (struct pl_pack_rect){3600, 400, 300, 54};
    expect_error("devices.yaml:1: error: 2 of Stick reaches to 3900, 454, but the picture acme is "
                 "laid out on 3840 x 2160");
}

Test(pack_check, a_place_without_width)
{
    copy();
    inputs[1].rect.w = 0;
    expect_error("1 of Stick has no width or no height");
}

Test(pack_check, no_place_at_all_is_a_warning)
{
    copy();
    inputs[1].rect = (struct pl_pack_rect){0, 0, 0, 0};
    expect_warning("1 of Stick has no place; write -1, -1");
}

Test(pack_check, places_that_cover_each_other)
{
    copy();
    inputs[0].rect = (struct pl_pack_rect){90, 320, 300, 54};
    expect_warning("2 and 1 of Stick cover each other by 290 x 34");
}

Test(pack_check, places_that_touch_or_are_parts_of_others_are_meant_so)
{
    copy();
    inputs[0].rect = (struct pl_pack_rect){100, 344, 300, 54}; /* 10 of 54: the inset */
    inputs[3].rect = (struct pl_pack_rect){120, 305, 100, 30};
    check();
    cr_expect_eq(help.problems.warnings, 0, "%s", help_said());
}

Test(pack_check, an_input_twice)
{
    copy();
    inputs[0].id = "1";
    expect_error("the input 1 is there twice");
}

Test(pack_check, a_name_of_two_devices)
{
    copy();
    devices[0].names = (struct pl_make_texts)LIST(help_stick_names);
    expect_error("the name Acme Stick is there twice");
}

Test(pack_check, a_device_twice)
{
    copy();
    devices[0].id = "Stick";
    expect_error("the device Stick is there twice");
}

Test(pack_check, an_axis_that_becomes_no_input)
{
    static struct pl_make_map maps[] = {
        {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "Y", .to = "V"}};
    copy();
    devices[1].maps = (struct pl_make_maps)LIST(maps);
    expect_warning("slider Y of Stick becomes VAxis, which is none of its inputs");
}

Test(pack_check, an_axis_mapped_twice)
{
    static struct pl_make_map maps[] = {
        {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "Y", .to = "U"},
        {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "Y", .to = "X"}};
    copy();
    devices[1].maps = (struct pl_make_maps)LIST(maps);
    expect_error("slider Y of Stick is mapped twice");
}

Test(pack_check, a_button_of_squadrons_that_is_no_input)
{
    static struct pl_make_sws rows[] = {{.axis = 26, .button = 1, .input = "77"}};
    copy();
    devices[1].sws = (struct pl_make_sws_table)LIST(rows);
    expect_warning("axis 26, button 1 of Stick becomes 77, which is none of its inputs");
}

Test(pack_check, a_button_of_squadrons_twice)
{
    static struct pl_make_sws rows[] = {{.axis = 26, .button = 1, .input = "1"},
                                        {.axis = 26, .button = 1, .input = "2"}};
    copy();
    make.sws = (struct pl_make_sws_table)LIST(rows);
    expect_error("axis 26, button 1 of all devices is there twice");
}

Test(pack_check, an_image_without_title)
{
    static struct pl_make_image images[] = {{.id = "acme", .file = "a.png"}};
    copy();
    make.images = (struct pl_make_images)LIST(images);
    expect_warning("acme has no title; its cards are headed acme");
}

Test(pack_check, an_image_that_no_device_shows)
{
    static struct pl_make_image images[] = {{.id = "acme", .title = "A"},
                                            {.id = "spare", .title = "Spare"}};
    copy();
    make.images = (struct pl_make_images)LIST(images);
    expect_warning("no device shows the image spare");
}

Test(pack_check, a_label_twice_and_one_without_text)
{
    static struct pl_make_pair labels[] = {
        {.from = "A", .to = "x"}, {.from = "A", .to = "y"}, {.from = "B", .to = ""}};
    copy();
    make.games[PL_CARD_SWS].labels = (struct pl_make_pairs)LIST(labels);
    expect_error("the label A is there twice");
    cr_expect(strstr(help_said(), "warning: the label B has no text") != NULL, "%s", help_said());
}

Test(pack_check, a_control_of_an_unlisted_group)
{
    static struct pl_make_control controls[] = {{.id = "Fire", .name = "Shoot", .group = "Shop"}};
    copy();
    make.controls = (struct pl_make_controls)LIST(controls);
    expect_error("the control Fire is in the group Shop, which `groups` does not list");
}

Test(pack_check, a_control_that_hides_behind_none)
{
    static struct pl_make_text hide[] = {{.text = "Swim"}};
    static struct pl_make_control controls[] = {
        {.id = "Fire", .name = "Shoot", .group = "Ship", .hide = LIST(hide)}};
    copy();
    make.controls = (struct pl_make_controls)LIST(controls);
    expect_warning("Fire hides behind Swim, which is no control");
}

Test(pack_check, more_groups_than_can_be_chosen_from)
{
    struct pl_make_texts groups = {0};
    copy();
    for (unsigned i = 0; i < 33; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "g%u", i);
        pl_make_add(help.arena, &groups)->text = pl_arena_text(help.arena, name, strlen(name));
    }
    make.groups = groups;
    make.controls.n = 0;
    expect_error("there are 33 groups; at most 32");
}

Test(pack_check, supported_devices_name_what_there_is)
{
    static struct pl_make_text handled[] = {{.text = "Stick"}, {.text = "Sitck"}};
    static struct pl_make_text keys[] = {{.text = "Throttle"}};
    static struct pl_make_supported supported[] = {
        {.name = "Acme", .image = "acem", .handled = LIST(handled), .keys = LIST(keys)},
        {.name = "None", .image = "acme"}};
    copy();
    make.supported = (struct pl_make_supports)LIST(supported);
    expect_error("Acme shows the image acem");
    cr_expect(strstr(help_said(), "Acme handles Sitck, which devices.yaml") != NULL);
    cr_expect(strstr(help_said(), "Acme is known by Throttle, which it does not handle") != NULL);
    cr_expect(strstr(help_said(), "None handles no device") != NULL);
    cr_expect_eq(help.problems.errors, 4, "%s", help_said());
}

Test(pack_check, an_ignored_device_that_is_described)
{
    static struct pl_make_text ignored[] = {{.text = "Stick"}};
    copy();
    make.ignored = (struct pl_make_texts)LIST(ignored);
    expect_warning("Stick is ignored, but devices.yaml describes it");
}
