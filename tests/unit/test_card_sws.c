/* test_card_sws.c - profiles of Star Wars: Squadrons, to the cards they become. */
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

TestSuite(card_sws, .init = start, .fini = stop, .timeout = 120);

static void expect(const char *file, const char *set)
{
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.profile", file, strlen(file));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_SWS, NULL), PL_OK, "%s", upload.error.msg);
    cr_assert_str_eq(card_set_text(&upload.set), set, "%s\nbecame\n%s\ninstead of\n%s", file,
                     card_set_text(&upload.set), set);
}

#define JOYSTICKS                                                                                  \
    "GstInput.JoystickDevice1 Flight  Stick \nGstInput.JoystickDevice2\t Flight Throttle\r\n"      \
    "GstInput.JoystickDevice3 \n"
#define LINE(context, action, field, value)                                                        \
    "GstKeyBinding.Incom" context "InputConcepts.Concept" action "." field " " value "\n"
#define SLOT(context, action, k, axis, button, device)                                             \
    LINE(context, action, k ".altbutton", "7")                                                     \
    LINE(context, action, k ".axis", axis)                                                         \
    LINE(context, action, k ".button", button)                                                     \
    LINE(context, action, k ".deviceid", device)                                                   \
    LINE(context, action, k ".identifier", "-1201347059")

Test(card_sws, a_slot_is_a_label_on_its_input)
{
    expect(JOYSTICKS SLOT("Starship", "Fire", "2", "26", "22", "0")
               SLOT("Starship", "Pitch", "0", "8", "0", "0"),
           "[Stick & Throttle]\n"
           "Stick:1 Starship=Fire\n"
           "Stick:XAxis Starship=Pitch\n");
}

Test(card_sws, lines_come_in_any_order)
{
    expect(LINE("Soldier", "Fire", "3.deviceid", "0") LINE("Default", "Fire", "3.button", "23")
               LINE("Soldier", "Fire", "3.axis", "26") LINE("Default", "Fire", "3.axis", "26")
                   LINE("Soldier", "Fire", "3.button", "22")
                       LINE("Default", "Fire", "3.deviceid", "0") JOYSTICKS,
           "[Stick & Throttle]\n"
           "Stick:1 Soldier=Fire\n"
           "Stick:2 Default=Fire\n");
}

Test(card_sws, the_last_line_of_a_field_counts)
{
    expect(JOYSTICKS SLOT("Soldier", "Fire", "0", "26", "22", "0")
               SLOT("Soldier", "Pitch", "0", "26", "22", "0")
                   LINE("Soldier", "Fire", "0.button", "23"),
           "[Stick & Throttle]\n"
           "Stick:1 Soldier=Pitch\n"
           "Stick:2 Soldier=Fire\n");
}

Test(card_sws, distinct_inputs_are_kept_and_repeats_are_once)
{
    expect(JOYSTICKS SLOT("Soldier", "Fire", "0", "26", "22", "0")
               SLOT("Soldier", "Fire", "1", "26", "23", "0")
                   SLOT("Soldier", "Fire", "2", "26", "22", "0")
                       SLOT("Soldier", "Fire", "3", "26", "40", "1")
                           SLOT("Soldier", "Fire", "4", "26", "41", "1"),
           "[Stick & Throttle]\n"
           "Stick:1 Soldier=Fire\n"
           "Stick:2 Soldier=Fire\n"
           "Throttle:ZAxis Soldier=Fire\n");
}

Test(card_sws, what_is_bound_to_no_named_joystick_is_skipped)
{
    expect(JOYSTICKS SLOT("Soldier", "Fire", "0", "26", "22", "-1")
               SLOT("Soldier", "Fire", "1", "26", "22", "2")
                   SLOT("Soldier", "Fire", "2", "26", "22", "99")
                       SLOT("Soldier", "Fire", "3", "26", "22", "2147483648")
                           SLOT("Soldier", "Fire", "4", "26", "86", "0")
                               LINE("Soldier", "Fire", "5.axis", "8"),
           "");
    cr_assert_eq(upload.set.contexts_n, 1, "the context is seen all the same");
}

Test(card_sws, an_input_that_no_table_knows_is_said)
{
    expect(JOYSTICKS SLOT("Soldier", "Fire", "0", "26", "22", "0")
               SLOT("Soldier", "Fire", "1", "26", "99", "0")
                   SLOT("Soldier", "Fire", "2", "26", "65", "0"),
           "[Stick & Throttle]\n"
           "Stick:1 Soldier=Fire\n"
           "! unknown-input: Stick: axis 26 button 99\n"
           "! no-place: Stick:20\n");
}

Test(card_sws, an_unknown_joystick_is_a_list)
{
    expect("GstInput.JoystickDevice4 Odd One\n" SLOT("Soldier", "Fire", "0", "26", "22", "3")
               SLOT("Soldier", "New_THING", "0", "3", "9", "3"),
           "{Odd One}\n"
           "1 Soldier=Fire\n"
           "axis 3 button 9 Soldier=New Thing\n"
           "! unsupported-device: Odd One\n");
}

Test(card_sws, an_action_is_as_long_as_it_can_be)
{
    expect(JOYSTICKS SLOT("Soldier", "Fire.1.x", "0", "26", "22", "0"), "[Stick & Throttle]\n"
                                                                        "Stick:1 Soldier=Fire.1.x\n"
                                                                        "! no-label: Fire.1.x\n");
}

Test(card_sws, odd_lines_are_passed_over)
{
    expect("Other 1\n\n \nGstKeyBinding.InputDataVersion 2\n"
           "GstKeyBinding.IncomPilotInputConcepts.ConceptFire.0.axis 8\n"
           "GstKeyBinding.IncomSoldierInputConcepts.Concept.0.axis 8\n"
           "GstKeyBinding.IncomSoldierInputConcepts.ConceptFire.x.axis 8\n"
           "GstKeyBinding.IncomSoldierInputConcepts.ConceptFire.0.\n"
           "GstKeyBinding.IncomSoldierInputConcepts.ConceptFire\n"
           "GstKeyBinding.IncomSoldier\n"
           "GstInput.JoystickDevice Flight Stick\n"
           "GstInput.JoystickDevice0 Flight Stick\n"
           "GstInput.JoystickDevice99999999999999999999 Flight Stick\n"
           "GstInput.JoystickDevice1",
           "");
}

Test(card_sws, fields_nobody_knows_are_said)
{
    expect(
        JOYSTICKS LINE("Soldier", "Fire", "0.AXIS", "26") LINE("Soldier", "Fire", "0.colour", "1")
            LINE("Soldier", "Pitch", "0.Colour", "1") LINE("Soldier", "Fire", "0.Button", "22")
                LINE("Soldier", "Fire", "0.DeviceId", "0") LINE("Soldier", "Pitch", "1.axis", "x"),
        "[Stick & Throttle]\n"
        "Stick:1 Soldier=Fire\n"
        "! unknown-field: colour\n"
        "! bad-value: Pitch.1\n");
}

Test(card_sws, a_long_line_is_skipped)
{
    size_t n = (64 << 10) + 1;
    struct pl_buf file = PL_BUF(1 << 20);
    (void)pl_buf_text(&file, JOYSTICKS "GstKeyBinding.", NULL);
    for (size_t i = strlen("GstKeyBinding."); i < n; i++)
        (void)pl_buf_text(&file, "A", NULL);
    (void)pl_buf_add(&file, "\n" SLOT("Soldier", "Fire", "0", "26", "22", "0"),
                     sizeof("\n" SLOT("Soldier", "Fire", "0", "26", "22", "0")), NULL);
    expect((const char *)file.bytes, "[Stick & Throttle]\n"
                                     "Stick:1 Soldier=Fire\n"
                                     "! long-line: line 4\n");
    pl_buf_clear(&file);
    (void)pl_buf_text(&file, JOYSTICKS, NULL);
    for (size_t i = 0; i < n - 1; i++)
        (void)pl_buf_text(&file, "A", NULL);
    (void)pl_buf_add(&file, "\r\n", sizeof "\r\n", NULL);
    expect((const char *)file.bytes, "");
    pl_buf_free(&file);
}
