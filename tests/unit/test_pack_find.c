/* Lookups in compiled packs, alone and several together. */
#include "tests/fuzz/pack_walk.h"
#include "tests/unit/pack_help.h"

TestSuite(pack_find, .init = help_start, .fini = help_stop, .timeout = 120);

static struct pl_packs packs;

static void open_one(void)
{
    struct pl_make make = help_make();
    packs = help_packs(help_pack(&make, NULL, "one.pack"), NULL);
}

Test(pack_find, devices_by_id_and_by_each_of_their_names)
{
    struct pl_pack_device device;
    open_one();
    cr_assert(pl_packs_device(&packs, "Stick", &device));
    cr_expect_str_eq(device.id, "Stick");
    cr_expect_str_eq(device.title, "Acme 3000", "the image's when it has no own");
    cr_expect_str_eq(device.image, "acme");
    cr_assert(pl_packs_device_named(&packs, "Acme Stick 2", &device));
    cr_expect_str_eq(device.id, "Stick");
    cr_assert(pl_packs_device(&packs, "Throttle", &device));
    cr_expect_str_eq(device.title, "Acme Throttle");
    cr_expect_not(pl_packs_device(&packs, "stick", &device), "names are compared byte by byte");
    cr_expect_not(pl_packs_device_named(&packs, "Stick", &device));
    cr_expect_not(pl_packs_device_named(&packs, "", &device));
}

Test(pack_find, all_devices_in_byte_order)
{
    struct pl_pack_device device;
    open_one();
    cr_assert(pl_packs_device_at(&packs, 0, &device));
    cr_expect_str_eq(device.id, "Stick");
    cr_assert(pl_packs_device_at(&packs, 1, &device));
    cr_expect_str_eq(device.id, "Throttle");
    cr_expect_not(pl_packs_device_at(&packs, 2, &device));
}

Test(pack_find, inputs_of_a_device)
{
    struct pl_pack_device device;
    struct pl_pack_input input;
    struct pl_pack_rect rect;
    open_one();
    cr_assert(pl_packs_device(&packs, "Stick", &device));
    cr_assert(pl_pack_input(&device, PL_CARD_FS2020, "2", &rect));
    cr_expect(rect.x == 100 && rect.y == 400 && rect.w == 300 && rect.h == 54);
    cr_assert(pl_pack_input(&device, PL_CARD_SWS, "XAxis", &rect));
    cr_expect_eq(rect.x, -1);
    cr_expect_not(pl_pack_input(&device, PL_CARD_FS2020, "3", &rect));
    cr_expect_not(pl_pack_input(&device, PL_CARD_FS2020, "Joy_1", &rect));
    cr_expect_eq(pl_pack_inputs(&device, PL_CARD_FS2020), 4);
    static const char *const sorted[] = {"1", "2", "UAxis", "XAxis"};
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert(pl_pack_input_at(&device, PL_CARD_FS2020, i, &input));
        cr_expect_str_eq(input.id, sorted[i]);
    }
    cr_expect_not(pl_pack_input_at(&device, PL_CARD_FS2020, 4, &input));
}

Test(pack_find, ed_takes_its_own_places_or_those_of_all_games_without_joy)
{
    struct pl_pack_device device;
    struct pl_pack_rect rect;
    open_one();
    cr_assert(pl_packs_device(&packs, "Stick", &device));
    cr_assert(pl_pack_input(&device, PL_CARD_ED, "Joy_1", &rect));
    cr_expect_eq(rect.y, 300);
    cr_assert(pl_packs_device(&packs, "Throttle", &device));
    cr_assert(pl_pack_input(&device, PL_CARD_ED, "Joy_1", &rect));
    cr_expect_eq(rect.x, 2100);
    cr_expect_not(pl_pack_input(&device, PL_CARD_ED, "1", &rect), "only ed's own");
    cr_assert(pl_pack_input(&device, PL_CARD_FS2020, "1", &rect));
    cr_expect_eq(rect.x, 2000);
}

Test(pack_find, maps_of_axes)
{
    struct pl_pack_device device;
    open_one();
    cr_assert(pl_packs_device(&packs, "Stick", &device));
    cr_expect_str_eq(pl_pack_mapped(&device, PL_CARD_FS2020, PL_PACK_SLIDER, "X"), "U");
    cr_expect_str_eq(pl_pack_mapped(&device, PL_CARD_FS2020, PL_PACK_AXIS, "RX"), "X");
    cr_expect_null(pl_pack_mapped(&device, PL_CARD_FS2020, PL_PACK_ROTATION, "X"));
    cr_expect_null(pl_pack_mapped(&device, PL_CARD_FS2020, PL_PACK_AXIS, "X"));
    cr_expect_null(pl_pack_mapped(&device, PL_CARD_SWS, PL_PACK_SLIDER, "X"), "another game");
}

Test(pack_find, buttons_of_squadrons_device_first_then_the_common_table)
{
    struct pl_pack_device stick, throttle;
    open_one();
    cr_assert(pl_packs_device(&packs, "Stick", &stick));
    cr_assert(pl_packs_device(&packs, "Throttle", &throttle));
    cr_expect_str_eq(pl_pack_sws(&packs, &stick, 26, 40), "UAxis");
    cr_expect_str_eq(pl_pack_sws(&packs, &stick, 26, 22), "1");
    cr_expect_str_eq(pl_pack_sws(&packs, &stick, 26, 86), "", "known, to be skipped");
    cr_expect_null(pl_pack_sws(&packs, &stick, 26, 23));
    cr_expect_str_eq(pl_pack_sws(&packs, &stick, 8, -1), "UAxis");
    cr_expect_str_eq(pl_pack_sws(&packs, &throttle, 8, 5), "XAxis", "an axis alone");
    cr_expect_null(pl_pack_sws(&packs, &throttle, 26, 40));
    cr_expect_str_eq(pl_pack_sws(&packs, NULL, 26, 22), "1");
}

Test(pack_find, labels_and_contexts_by_game)
{
    struct pl_pack_context context;
    open_one();
    cr_expect_str_eq(pl_packs_label(&packs, PL_CARD_FS2020, "KEY_A"), "Alpha");
    cr_expect_str_eq(pl_packs_label(&packs, PL_CARD_FS2020, "KEY_B"), "Bravo");
    cr_expect_null(pl_packs_label(&packs, PL_CARD_FS2020, "KEY_"));
    cr_expect_null(pl_packs_label(&packs, PL_CARD_SWS, "KEY_A"));
    cr_assert(pl_packs_context(&packs, PL_CARD_FS2020, "PLANE", &context));
    cr_expect(context.pinned && context.rgba == 0x112233ff);
    cr_expect_str_eq(context.title, "Flying");
    cr_assert(pl_packs_context(&packs, PL_CARD_FS2020, "MENU", &context));
    cr_expect(!context.pinned);
    cr_expect_str_eq(context.title, "");
    cr_expect_not(pl_packs_context(&packs, PL_CARD_ED, "PLANE", &context));
}

Test(pack_find, tables_of_elite)
{
    struct pl_pack_control control;
    struct pl_pack_supported supported;
    open_one();
    cr_assert(pl_packs_control(&packs, "Fire", &control));
    cr_expect_str_eq(control.name, "Shoot");
    cr_expect_str_eq(control.group, "SRV");
    cr_expect_str_eq(control.category, "");
    cr_expect(control.order == -1 && control.analogue && control.hide_n == 1);
    cr_expect_str_eq(pl_pack_control_hide(&control, 0), "Jump");
    cr_expect_null(pl_pack_control_hide(&control, 1));
    cr_expect_not(pl_packs_control(&packs, "Fir", &control));
    cr_expect_str_eq(pl_packs_group(&packs, 0), "Ship");
    cr_expect_str_eq(pl_packs_group(&packs, 1), "SRV");
    cr_expect_null(pl_packs_group(&packs, 2));
    cr_expect_str_eq(pl_packs_key(&packs, "Key_Comma"), ",");
    cr_expect_null(pl_packs_key(&packs, "Key_A"));
    cr_expect(pl_packs_ignored(&packs, "Mouse"));
    cr_expect_not(pl_packs_ignored(&packs, "Stick"));
    cr_assert(pl_packs_supported_at(&packs, 0, &supported));
    cr_expect_str_eq(supported.name, "Acme");
    cr_assert_eq(supported.handled_n, 2);
    cr_expect_str_eq(pl_pack_string(supported.pack, supported.handled[1]), "Throttle");
    cr_expect_eq(supported.keys_n, 0);
    cr_expect_not(pl_packs_supported_at(&packs, 1, &supported));
}

Test(pack_find, images_and_looks)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    open_one();
    cr_assert(pl_packs_image(&packs, "acme", &image));
    cr_expect_str_eq(image.title, "Acme 3000");
    cr_expect(image.layout_w == 3840 && image.layout_h == 2160);
    cr_expect_not(pl_packs_image(&packs, "acm", &image));
    cr_expect_eq(pl_pack_base(&image, PL_CARD_FS2020, 0, "", &base, &help.error), PL_E_MISSING);
    const struct pl_pack_look *look = pl_pack_look(packs.at[0]);
    cr_expect_str_eq(look->name, "by hand");
    cr_expect_str_eq(look->version, "7");
    cr_expect(look->palette_n == 12 && look->palette[0] == 0x2780e3ff);
    cr_expect_eq(look->inset, 5);
    cr_expect_eq(pl_pack_font(packs.at[0], PL_PACK_FONT_LABEL).n, 0);
    struct pl_pack_sizes sizes;
    pl_pack_measure(packs.at[0], &sizes);
    cr_expect_eq(sizes.labels[PL_CARD_FS2020], 2);
    cr_expect_eq(sizes.labels[PL_CARD_SWS], UINT32_MAX);
}

/* --- several packs ---------------------------------------------------------------------------- */
static struct pl_make_input other_inputs[] = {{.id = "9", .rect = {5, 5, 50, 50}}};
static struct pl_make_text other_names[] = {{.text = "Other Pad"}};
static struct pl_make_device other_devices[] = {
    {.id = "Stick", .title = "not this one", .inputs = LIST(other_inputs)},
    {.id = "Pad", .title = "Pad", .names = LIST(other_names), .inputs = LIST(other_inputs)}};
static struct pl_make_pair other_labels[] = {{.from = "KEY_A", .to = "not this one"},
                                             {.from = "KEY_C", .to = "Charlie"}};
static struct pl_make_text other_groups[] = {{.text = "SRV"}, {.text = "OnFoot"}};

static struct pl_make other_make(void)
{
    struct pl_make make;
    pl_make_start(&make);
    make.name = "other";
    make.devices = (struct pl_make_devices)LIST(other_devices);
    make.games[PL_CARD_FS2020].labels = (struct pl_make_pairs)LIST(other_labels);
    make.groups = (struct pl_make_texts)LIST(other_groups);
    make.sws = (struct pl_make_sws_table)LIST(help_stick_sws);
    return make;
}

static void open_two(void)
{
    struct pl_make make = help_make(), other = other_make();
    struct pl_pack *first = help_pack(&make, NULL, "one.pack");
    packs = help_packs(first, help_pack(&other, NULL, "two.pack"));
}

Test(pack_find, the_first_pack_that_knows_a_name_answers)
{
    struct pl_pack_device device;
    struct pl_pack_rect rect;
    open_two();
    cr_assert(pl_packs_device(&packs, "Stick", &device));
    cr_expect_eq(device.pack, packs.at[0]);
    cr_expect_not(pl_pack_input(&device, PL_CARD_FS2020, "9", &rect));
    cr_assert(pl_packs_device_named(&packs, "Other Pad", &device));
    cr_expect_eq(device.pack, packs.at[1]);
    cr_expect_str_eq(pl_packs_label(&packs, PL_CARD_FS2020, "KEY_A"), "Alpha");
    cr_expect_str_eq(pl_packs_label(&packs, PL_CARD_FS2020, "KEY_C"), "Charlie");
    cr_expect_str_eq(pl_pack_sws(&packs, &device, 26, 40), "UAxis", "the second's common table");
}

Test(pack_find, lists_name_each_device_and_group_once)
{
    struct pl_pack_device device;
    static const char *const ids[] = {"Stick", "Throttle", "Pad"};
    static const char *const groups[] = {"Ship", "SRV", "OnFoot"};
    open_two();
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert(pl_packs_device_at(&packs, i, &device));
        cr_expect_str_eq(device.id, ids[i]);
        cr_expect_str_eq(pl_packs_group(&packs, i), groups[i]);
    }
    cr_expect_not(pl_packs_device_at(&packs, 3, &device));
    cr_expect_null(pl_packs_group(&packs, 3));
}

Test(pack_find, a_set_of_packs_has_a_version_of_its_own)
{
    struct pl_packs none = {.n = 0}, turned;
    static const uint8_t zeros[PL_PACK_VERSION_N];
    open_two();
    struct pl_packs alone = {.at = {packs.at[0]}, .n = 1};
    turned = (struct pl_packs){.at = {packs.at[1], packs.at[0]}, .n = 2};
    pl_packs_seal(&none);
    pl_packs_seal(&alone);
    pl_packs_seal(&turned);
    cr_expect_arr_eq(none.version, zeros, sizeof zeros);
    cr_expect_arr_neq(packs.version, alone.version, sizeof zeros);
    cr_expect_arr_neq(packs.version, turned.version, sizeof zeros, "the order counts");
}

Test(pack_find, no_pack_at_all_knows_nothing)
{
    struct pl_pack_base base;
    packs = (struct pl_packs){.n = 0};
    (void)walk_packs(&packs);
    cr_expect_eq(pl_packs_page(&packs, PL_CARD_ED, 0, &base, &help.error), PL_E_MISSING);
}
