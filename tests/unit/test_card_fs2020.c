/* test_card_fs2020.c - profiles of Microsoft Flight Simulator 2020, to the cards they become. */
#include <criterion/criterion.h>

#include "tests/unit/card_help.h"

static struct card_upload upload;

static void start(void)
{
    const char *const packs[] = {card_pack_path()};
    card_upload_start(&upload, 64 << 20);
    cr_assert_eq(pl_card_start(packs, 1, NULL), PL_OK);
}

static void stop(void)
{
    pl_card_stop();
    card_upload_end(&upload);
}

TestSuite(card_fs2020, .init = start, .fini = stop, .timeout = 120);

static void expect(const char *file, const char *set)
{
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.xml", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK, "%s", upload.error.msg);
    cr_assert_str_eq(card_set_text(&upload.set), set, "%s\nbecame\n%s\ninstead of\n%s", file,
                     card_set_text(&upload.set), set);
}

#define KEY(information) "<KEY Information=\"" information "\">0</KEY>"
#define ACTION(name, keys) "<Action ActionName=\"" name "\"><Primary>" keys "</Primary></Action>"
#define CONTEXT(name, actions) "<Context ContextName=\"" name "\">" actions "</Context>"
#define DEVICE(name, contexts) "<Device DeviceName=\"" name "\">" contexts "</Device>"
#define STICK(actions) DEVICE("Flight Stick", CONTEXT("PLANE", actions))

Test(card_fs2020, an_action_is_a_label_on_its_input)
{
    expect(STICK(ACTION("KEY_GEAR", KEY("Button1"))), "[Stick & Throttle]\n"
                                                      "Stick:1 PLANE=Landing Gear\n");
}

Test(card_fs2020, several_roots_and_a_wrapper_are_the_same)
{
    static const char set[] = "[Stick & Throttle (Mine)]\n"
                              "Stick:1 PLANE=Landing Gear\n";
    expect("<?xml version=\"1.0\"?><Version Num=\"1\"/><FriendlyName> Mine </FriendlyName>" STICK(
               ACTION("KEY_GEAR", KEY("Button1"))),
           set);
    expect("\xef\xbb\xbf<DefaulftInput Primary=\"1\"><FriendlyName><![CDATA[Mine]]></FriendlyName>"
           "<Axes><Axis AxisName=\"X\"/></Axes>" STICK(
               ACTION("KEY_GEAR", KEY("Button1"))) "</DefaulftInput>",
           set);
}

Test(card_fs2020, blanks_in_a_device_name_do_not_matter)
{
    expect(DEVICE("  Flight \t  Stick ", CONTEXT("PLANE", ACTION("KEY_GEAR", KEY("Button1")))),
           "[Stick & Throttle]\nStick:1 PLANE=Landing Gear\n");
}

Test(card_fs2020, informations_are_inputs)
{
    static const struct {
        const char *information, *input, *suffix;
    } cases[] = {
        {"Button1", "1", ""},
        {"Joystick Button 10 ", "10", ""},
        {"Button  2", "2", ""},
        {"Axis X", "XAxis", ""},
        {"Joystick L-Axis X ", "XAxis", ""},
        {"Joystick R-Axis X +", "RZAxis", ""}, /* RX by the device's map */
        {"R-Axis Y", "RYAxis", ""},
        {"POV1_UP", "POV1Up", ""},
        {"Joystick Pov Up", "POV1Up", ""},
        {"pov2 lEFT", "POV2Left", ""},
        {"POV1_UP_LEFT", "POV1Up", " (Up-Left)"},
        {"Pov up right", "POV1Up", " (Up-Right)"},
        {"Rotation X", "XAxis", ""}, /* by the device's map */
        {"RotationZ", "RZAxis", ""},
        {"Slider X -", "UAxis", ""},
        {"Button Axis X", "XAxis", ""}, /* the first rule that matches, not the first word */
        {"Axis Z Button3", "3", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char file[400], set[200];
        (void)snprintf(file, sizeof file,
                       "<Device DeviceName=\"Flight Stick\"><Context ContextName=\"PLANE\"><Action "
                       "ActionName=\"KEY_GEAR\"><Secondary><KEY Information=\"%s\"/></Secondary>"
                       "</Action></Context></Device>",
                       cases[i].information);
        (void)snprintf(set, sizeof set, "[Stick & Throttle]\nStick:%s PLANE=Landing Gear%s\n",
                       cases[i].input, cases[i].suffix);
        expect(file, set);
    }
}

Test(card_fs2020, what_is_no_input_is_said_and_left_out)
{
    expect(STICK(ACTION("KEY_GEAR", KEY("Button1")) ACTION("KEY_FLAPS", KEY("Wheel"))
                     ACTION("KEY_A", KEY("Slider Y")) ACTION("KEY_B", KEY("Slider Z"))
                         ACTION("KEY_C", KEY("POV")) ACTION("KEY_D", KEY("Button"))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear\n"
           "! unknown-input: Stick: Slider Y\n"
           "! unknown-input: Stick: Slider Z\n"
           "! unknown-input: Stick: POV\n"
           "! unknown-input: Stick: Button\n"
           "! unknown-input: Stick: Wheel\n");
}

Test(card_fs2020, an_input_without_a_place_is_said)
{
    expect(STICK(ACTION("KEY_GEAR", KEY("Button1")) ACTION("KEY_FLAPS", KEY("Button55"))
                     ACTION("KEY_A_B", KEY("Button8")) ACTION("KEY_A_C", KEY("Button7"))
                         ACTION("KEY_A_D", KEY("Button9"))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear\n"
           "~Stick:7 PLANE=A C\n"
           "~Stick:9 PLANE=A D\n"
           "! no-place: Stick:8\n"
           "! no-label: KEY_A_C\n"
           "! out-of-picture: Stick:7\n"
           "! no-label: KEY_A_D\n"
           "! no-place: Stick:55\n");
}

Test(card_fs2020, keys_of_a_slot_are_a_chord)
{
    expect(STICK("<Action ActionName=\"KEY_GEAR\"><Primary>" KEY("Button1") KEY("Button2")
                     KEY("Button3") "</Primary><Secondary>" KEY("POV1_UP_LEFT") KEY("Button10")
                         KEY("Button10") "</Secondary></Action>"),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear [+2+3]\n"
           "Stick:10 PLANE=Landing Gear [+POV1Up]\n"
           "Stick:2 PLANE=Landing Gear [+1+3]\n"
           "Stick:3 PLANE=Landing Gear [+1+2]\n"
           "Stick:POV1Up PLANE=Landing Gear (Up-Left) [+10]\n");
}

Test(card_fs2020, directions_of_one_hat_in_a_chord_are_named_once)
{
    expect(STICK(ACTION("KEY_GEAR", KEY("Button1") KEY("POV1_UP") KEY("POV1_UP_LEFT"))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear [+POV1Up]\n"
           "Stick:POV1Up PLANE=Landing Gear (Up-Left) [+1], PLANE=Landing Gear [+1]\n");
}

Test(card_fs2020, a_slot_opened_twice_is_one)
{
    expect(
        STICK(
            "<Action ActionName=\"KEY_GEAR\"><Primary>" KEY("Button1") "</Primary><Secondary>" KEY(
                "Button3") "</Secondary><Primary>" KEY("Button2") "</Primary></Action>"),
        "[Stick & Throttle]\n"
        "Stick:1 PLANE=Landing Gear [+2]\n"
        "Stick:2 PLANE=Landing Gear [+1]\n"
        "Stick:3 PLANE=Landing Gear\n");
}

Test(card_fs2020, a_chord_without_end_is_cut)
{
    char file[20000];
    size_t n = (size_t)snprintf(file, sizeof file,
                                "<Device DeviceName=\"Flight Stick\"><Context ContextName=\"C\">"
                                "<Action ActionName=\"KEY_GEAR\"><Primary>");
    for (int i = 1; i <= 300; i++)
        n += (size_t)snprintf(file + n, sizeof file - n, "<KEY Information=\"Button%d\"/>", i);
    (void)snprintf(file + n, sizeof file - n, "</Primary></Action></Context></Device>");
    card_upload_add(&upload, "a", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK);
    const char *set = card_set_text(&upload.set);
    cr_assert_not_null(
        strstr(set, "Stick:1 C=Landing Gear [+2+3+4+5+6+7+8+9+10+11+12+13+14+15+16]"), "%s", set);
    cr_assert_not_null(strstr(set, "! long-chord: KEY_GEAR"), "%s", set);
}

Test(card_fs2020, the_same_action_again_replaces_the_earlier)
{
    expect(STICK(ACTION("KEY_GEAR", KEY("Button1")) ACTION("KEY_FLAPS", KEY("Button2"))
                     ACTION("KEY_GEAR", KEY("Button3"))),
           "[Stick & Throttle]\n"
           "Stick:2 PLANE=Flaps\n"
           "Stick:3 PLANE=Landing Gear\n");
    expect(DEVICE("Flight Stick", CONTEXT("A", ACTION("KEY_GEAR", KEY("Button1")))
                                      CONTEXT("B", ACTION("KEY_GEAR", KEY("Button1")))),
           "[Stick & Throttle]\n"
           "Stick:1 A=Landing Gear, B=Landing Gear\n");
}

Test(card_fs2020, doubled_devices_and_contexts_merge_with_a_notice)
{
    expect(DEVICE("Flight Stick", CONTEXT("A", ACTION("KEY_GEAR", KEY("Button1")))
                                      CONTEXT("A", ACTION("KEY_FLAPS", KEY("Button1"))))
               DEVICE("Flight Stick", CONTEXT("A", ACTION("KEY_X", KEY("Button1")))),
           "[Stick & Throttle]\n"
           "Stick:1 A=Flaps, A=Landing Gear, A=X\n"
           "! doubled-context: Flight Stick: A\n"
           "! doubled-device: Flight Stick\n"
           "! no-label: KEY_X\n");
}

Test(card_fs2020, devices_of_one_picture_share_a_card)
{
    expect(DEVICE("Flight Throttle", CONTEXT("PLANE", ACTION("KEY_FLAPS", KEY("Axis Z"))))
               STICK(ACTION("KEY_GEAR", KEY("Button1"))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear\n"
           "Throttle:ZAxis PLANE=Flaps\n");
}

Test(card_fs2020, two_names_of_one_device_are_one_device)
{
    expect(DEVICE("Old Stick", CONTEXT("PLANE", ACTION("KEY_GEAR", KEY("Button2"))))
               STICK(ACTION("KEY_FLAPS", KEY("Button1"))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Flaps\n"
           "Stick:2 PLANE=Landing Gear\n");
}

Test(card_fs2020, profiles_do_not_share_cards)
{
    expect(
        "<FriendlyName>B</FriendlyName>" STICK(ACTION(
            "KEY_GEAR",
            KEY("Button1"))) "<FriendlyName/>" STICK(ACTION("KEY_FLAPS",
                                                            KEY("Button2"))) "<FriendlyName>A</"
                                                                             "FriendlyName"
                                                                             ">" STICK(ACTION(
                                                                                 "K"
                                                                                 "E"
                                                                                 "Y"
                                                                                 "_"
                                                                                 "F"
                                                                                 "L"
                                                                                 "A"
                                                                                 "P"
                                                                                 "S",
                                                                                 KEY("Button3")))
                                                                                 DEVICE(
                                                                                     "Mouse",
                                                                                     CONTEXT(
                                                                                         "M",
                                                                                         ACTION(
                                                                                             "CL"
                                                                                             "IC"
                                                                                             "K",
                                                                                             KEY("L"
                                                                                                 "E"
                                                                                                 "F"
                                                                                                 "T")))),
        "[Stick & Throttle]\n"
        "Stick:2 PLANE=Flaps\n"
        "[Stick & Throttle (A)]\n"
        "Stick:3 PLANE=Flaps\n"
        "[Stick & Throttle (B)]\n"
        "Stick:1 PLANE=Landing Gear\n"
        "{Mouse (A)}\n"
        "LEFT M=Click\n"
        "! empty-name: FriendlyName\n"
        "! unsupported-device: Mouse\n");
}

Test(card_fs2020, an_unknown_device_is_a_list)
{
    expect(DEVICE("Keys", CONTEXT("B", ACTION("KEY_GEAR", KEY("LCtrl") KEY("G"))
                                           ACTION("KEY_TOGGLE__the_LIGHTS", KEY("POV1_UP_LEFT")))
                              CONTEXT("A", ACTION("KEY_FLAPS", KEY("G")) ACTION("KEY_NONE", "")
                                               ACTION("X", KEY("Button7")))),
           "{Keys}\n"
           "7 A=X\n"
           "G A=Flaps\n"
           "LCtrl+G B=Landing Gear\n"
           "POV1Up (Up-Left) B=Toggle The Lights\n"
           "! unsupported-device: Keys\n");
}

Test(card_fs2020, a_device_of_which_nothing_can_be_placed_is_a_list)
{
    expect(
        DEVICE("Game Pad", CONTEXT("A", ACTION("KEY_GEAR", KEY("A")) ACTION("X", KEY("Button1"))))
            DEVICE("Blind Box", CONTEXT("A", ACTION("KEY_GEAR", KEY("Button1")))),
        "{Blind Box}\n"
        "1 A=Landing Gear\n"
        "{Game Pad}\n"
        "1 A=X\n"
        "A A=Landing Gear\n"
        "! nothing-placed: Box\n"
        "! nothing-placed: Pad\n");
    expect(DEVICE("Flight Stick", CONTEXT("A", ACTION("KEY_GEAR", KEY("Button9")))),
           "{Flight Stick}\n"
           "9 A=Landing Gear\n"
           "! nothing-placed: Stick\n");
}

Test(card_fs2020, lists_are_in_the_order_of_their_titles)
{
    expect(DEVICE("Zebra", CONTEXT("A", ACTION("X", KEY("K"))))
               DEVICE("Blind Box", CONTEXT("A", ACTION("KEY_GEAR", KEY("Button1"))))
                   DEVICE("Anchor", CONTEXT("A", ACTION("X", KEY("K")))),
           "{Anchor}\n"
           "K A=X\n"
           "{Blind Box}\n"
           "1 A=Landing Gear\n"
           "{Zebra}\n"
           "K A=X\n"
           "! unsupported-device: Zebra\n"
           "! unsupported-device: Anchor\n"
           "! nothing-placed: Box\n");
    expect(DEVICE("Old Stick", CONTEXT("A", ACTION("A", KEY("Button9"))))
               DEVICE("Flight Stick", CONTEXT("A", ACTION("B", KEY("Button9")))),
           "{Flight Stick}\n"
           "9 A=A, A=B\n"
           "! nothing-placed: Stick\n");
}

Test(card_fs2020, elements_outside_their_parents_are_left_out_with_all_inside)
{
    expect("<KEY Information=\"Button1\"/>" ACTION("X", KEY("Button1")) DEVICE(
               "Flight Stick",
               ACTION("Y", KEY("Button1")) CONTEXT(
                   "PLANE",
                   "<Primary>" KEY("Button2") "</Primary>"
                                              "<Action ActionName=\"Z\">" KEY(
                                                  "Button3") "</Action>" ACTION("KEY_GEAR",
                                                                                KEY("Button1")))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear\n"
           "! misplaced-element: KEY outside of Primary\n"
           "! misplaced-element: Action outside of Context\n"
           "! misplaced-element: Primary outside of Action\n");
}

Test(card_fs2020, what_is_inside_a_misplaced_element_is_not_complained_about)
{
    expect(DEVICE("Flight Stick",
                  ACTION("A", KEY("Button2")) CONTEXT("PLANE", ACTION("KEY_GEAR", KEY("Button1")))),
           "[Stick & Throttle]\n"
           "Stick:1 PLANE=Landing Gear\n"
           "! misplaced-element: Action outside of Context\n");
}

Test(card_fs2020, what_was_closed_is_no_parent_any_more)
{
    expect(
        STICK(ACTION("KEY_GEAR", KEY("Button1")) "<Action ActionName=\"A\"><Primary/>" KEY(
            "Butt"
            "on2") "</Action><Primary>" KEY("Button2") "</Primary></Context>" ACTION("B",
                                                                                     KEY("Button"
                                                                                         "2")) "</"
                                                                                               "Dev"
                                                                                               "ice"
                                                                                               ">" CONTEXT("C",
                                                                                                           ACTION(
                                                                                                               "D",
                                                                                                               KEY("Button2"))) "<Device><Context>"),
        "[Stick & Throttle]\n"
        "Stick:1 PLANE=Landing Gear\n"
        "! misplaced-element: KEY outside of Primary\n"
        "! misplaced-element: Primary outside of Action\n"
        "! misplaced-element: Action outside of Context\n"
        "! misplaced-element: Context outside of Device\n"
        "! missing-name: Device without DeviceName\n"
        "! unsupported-device: (no name)\n"
        "! missing-name: Context without ContextName\n");
}

Test(card_fs2020, an_element_that_was_not_closed_ends_with_the_next)
{
    expect("<Device DeviceName=\"Flight Stick\"><Context ContextName=\"A\"><Action "
           "ActionName=\"KEY_GEAR\"><Primary>" KEY("Button1")
               ACTION("KEY_FLAPS", KEY("Button2")) "</Context>" CONTEXT(
                   "B", ACTION("KEY_FLAPS", KEY("Button3"))) "</Device></x></x>",
           "[Stick & Throttle]\n"
           "Stick:1 A=Landing Gear\n"
           "Stick:2 A=Flaps\n"
           "Stick:3 B=Flaps\n");
}

Test(card_fs2020, nameless_elements_keep_their_bindings)
{
    expect("<Device><Context><Action ActionName=\"KEY_GEAR\"><Primary>" KEY(
               "Button1") "</Primary></Action></Context></Device>",
           "{(no name)}\n"
           "1 (no name)=Landing Gear\n"
           "! missing-name: Device without DeviceName\n"
           "! unsupported-device: (no name)\n"
           "! missing-name: Context without ContextName\n");
}

Test(card_fs2020, references_are_text_and_entities_are_not_obeyed)
{
    expect("<!DOCTYPE a [<!ENTITY z \"boom\">]>" DEVICE(
               "Flight&#32;Stick", CONTEXT("&z;&lt;&amp;", ACTION("KEY_GEAR", KEY("Button1")))),
           "[Stick & Throttle]\n"
           "Stick:1 &z;<&=Landing Gear\n");
}

static uint32_t colour(const char *context)
{
    for (uint32_t i = 0; i < upload.set.contexts_n; i++)
        if (strcmp(upload.set.contexts[i].name, context) == 0)
            return upload.set.contexts[i].rgba;
    cr_assert(false, "no context %s", context);
    return 0;
}

/* Contexts of devices without picture do not move the colours of the cards. */
Test(card_fs2020, contexts_take_colours_in_byte_order)
{
    static const char file[] = DEVICE("Mouse", CONTEXT("A_LIST", ACTION("CLICK", KEY("LEFT")))
                                                   CONTEXT("PLANE", ACTION("CLICK", KEY("LEFT"))))
        DEVICE("Flight Stick",
               CONTEXT("PLANE", ACTION("KEY_GEAR", KEY("Button1")))
                   CONTEXT("PINNED", ACTION("KEY_GEAR", KEY("Button1"))) CONTEXT("EMPTY", "")
                       CONTEXT("MENU", ACTION("KEY_GEAR", KEY("Odd"))));
    card_upload_add(&upload, "a", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK);
    cr_assert_eq(upload.set.contexts_n, 4);
    cr_assert_str_eq(upload.set.contexts[0].name, "A_LIST");
    cr_assert_eq(colour("MENU"), 0x2780e3ff);
    cr_assert_eq(colour("PLANE"), 0xff0039ff);
    cr_assert_eq(colour("PINNED"), 0x01020304);
    cr_assert_eq(colour("A_LIST"), 0xff7518ff);
    cr_assert_str_eq(upload.set.contexts[3].title, "Aircraft");
    cr_assert_str_eq(upload.set.contexts[1].title, "MENU");
    struct pl_card_options none = {.groups = UINT32_MAX, .style = PL_CARD_STYLE_NONE};
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, &none), PL_OK);
    cr_assert_eq(colour("PLANE"), 0x373a3cff);
    cr_assert_eq(colour("A_LIST"), 0x373a3cff);
}

/* A device that is known is none on a card: nothing of the pad is on its picture. */
Test(card_fs2020, contexts_that_are_on_no_card_take_their_colours_last)
{
    static const char file[] =
        DEVICE("Game Pad", CONTEXT("A_LIST", ACTION("KEY_GEAR", KEY("Button1"))))
            DEVICE("Flight Stick", CONTEXT("PLANE", ACTION("KEY_GEAR", KEY("Button1"))));
    card_upload_add(&upload, "a", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK);
    cr_assert_eq(colour("PLANE"), 0x2780e3ff);
    cr_assert_eq(colour("A_LIST"), 0xff0039ff);
}

Test(card_fs2020, the_thirteenth_context_has_the_first_colour_again)
{
    char file[4000];
    size_t n = (size_t)snprintf(file, sizeof file, "<Device DeviceName=\"Flight Stick\">");
    for (int i = 0; i < 13; i++)
        n += (size_t)snprintf(file + n, sizeof file - n,
                              "<Context ContextName=\"%c\"><Action ActionName=\"KEY_GEAR\">"
                              "<Primary><KEY Information=\"Button1\"/></Primary></Action>"
                              "</Context>",
                              'A' + i);
    (void)snprintf(file + n, sizeof file - n, "</Device>");
    card_upload_add(&upload, "a", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK);
    cr_assert_eq(colour("F"), 0x373a3cff);
    cr_assert_eq(colour("G"), 0x2780e3a6);
    cr_assert_eq(colour("M"), 0x2780e3ff);
}
