/* test_card_ed.c - bindings of Elite Dangerous become the cards, lists and notices they should. */
#include <criterion/criterion.h>

#include "tests/unit/card_ed_help.h"

#define ROOT(inside)                                                                               \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" ?><Root PresetName=\"A\">" inside "</Root>"
#define ON(control, kind, device, key)                                                             \
    "<" control "><" kind " Device=\"" device "\" Key=\"" key "\" /></" control ">"
#define WITH(control, kind, device, key, modifiers)                                                \
    "<" control "><" kind " Device=\"" device "\" Key=\"" key "\">" modifiers "</" kind            \
    "></" control ">"
#define HOLD(device, key) "<Modifier Device=\"" device "\" Key=\"" key "\" />"

static struct card_upload upload;

static void start(void)
{
    card_ed_start();
    card_upload_start(&upload, 64 << 20);
}

static void end(void)
{
    card_upload_end(&upload);
    pl_card_stop();
}

TestSuite(card_ed, .init = start, .fini = end, .timeout = 120);

static const struct pl_card_set *read_with(const char *text, const struct pl_card_options *options)
{
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.binds", text, strlen(text));
    enum pl_err err = card_upload_build(&upload, PL_CARD_ED, options);
    cr_assert_eq(err, PL_OK, "%s", upload.error.msg);
    return &upload.set;
}

static const struct pl_card_set *read_text(const char *text)
{
    return read_with(text, NULL);
}

/* "group:text" of the labels of a cell or row, joined by "|"; "-" when there is none. */
static const char *labels(const struct pl_card_label *label, uint32_t n)
{
    static char text[1024];
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s:%s", i > 0 ? "|" : "",
                               upload.set.contexts[label[i].context].name, label[i].text);
    return n > 0 ? text : "-";
}

static const char *cell(uint32_t card, const char *device, const char *input)
{
    cr_assert_lt(card, upload.set.cards_n, "there are %u cards", upload.set.cards_n);
    const struct pl_card *of = &upload.set.cards[card];
    for (uint32_t i = 0; i < of->cells_n; i++)
        if (strcmp(of->cells[i].device, device) == 0 && strcmp(of->cells[i].input, input) == 0)
            return labels(of->cells[i].labels, of->cells[i].labels_n);
    return "-";
}

static const char *row(uint32_t list, uint32_t number)
{
    static char text[1200];
    cr_assert_lt(list, upload.set.lists_n, "there are %u lists", upload.set.lists_n);
    const struct pl_card_list *of = &upload.set.lists[list];
    cr_assert_lt(number, of->rows_n, "there are %u rows", of->rows_n);
    (void)snprintf(text, sizeof text, "%s = %s", of->rows[number].input,
                   labels(of->rows[number].labels, of->rows[number].labels_n));
    return text;
}

static bool noticed(const char *kind, const char *detail)
{
    for (uint32_t i = 0; i < upload.set.notices_n; i++)
        if (strcmp(upload.set.notices[i].kind, kind) == 0 &&
            strstr(upload.set.notices[i].detail, detail) != NULL)
            return true;
    return false;
}

/* ---- bindings ------------------------------------------------------------------------------ */

Test(card_ed, a_binding_is_a_label_on_its_card)
{
    read_text(
        ROOT(ON("Gear", "Primary", "Solo", "Joy_1") ON("Fire", "Secondary", "Solo", "Joy_1")));
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(upload.set.cards[0].group, "Solo");
    cr_assert_str_eq(upload.set.cards[0].title, "Solo stick");
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Fire|Ship:Gear");
    cr_assert_eq(upload.set.lists_n, 0);
    cr_assert_eq(upload.set.notices_n, 0);
}

Test(card_ed, half_axes_are_the_axis)
{
    read_text(ROOT(ON("PitchAxisRaw", "Binding", "Solo", "Joy_XAxis")
                       ON("Fire", "Primary", "Solo", "Neg_Joy_XAxis")
                           ON("Gear", "Primary", "Solo", "Pos_Joy_XAxis")));
    cr_assert_str_eq(cell(0, "Solo", "Joy_XAxis"), "Ship:Fire|Ship:Gear|Ship:Pitch");
}

Test(card_ed, no_device_is_no_binding)
{
    read_text(ROOT(ON("Gear", "Primary", "{NoDevice}", "") "<A><Primary Key=\"Joy_1\"/></A>"));
    cr_assert_eq(upload.set.cards_n + upload.set.lists_n, 0);
    cr_assert_eq(upload.set.bindings_n, 0);
}

Test(card_ed, a_stick_is_called_otherwise_beside_its_throttle)
{
    read_text(ROOT(ON("Gear", "Primary", "T16000M", "Joy_1")));
    cr_assert_str_eq(upload.set.cards[0].group, "Plain");
    read_text(ROOT(WITH("Gear", "Primary", "T16000M", "Joy_1", HOLD("T16000M", "Joy_1"))
                       ON("Fire", "Binding", "T16000MTHROTTLE", "Joy_ZAxis")));
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(upload.set.cards[0].group, "Pair");
    cr_assert_str_eq(cell(0, "T16000MFCS", "Joy_1"), "Modifier:Modifier 1|Ship:Gear[1]");
    cr_assert_str_eq(cell(0, "T16000MTHROTTLE", "Joy_ZAxis"), "Ship:Fire");
    read_text(
        ROOT(ON("Gear", "Primary", "T16000M", "Joy_1") "<Locked Device=\"T16000MTHROTTLE\"/>"));
    cr_assert_str_eq(upload.set.cards[0].group, "Pair", "any element of the file tells");
}

Test(card_ed, an_unknown_control_is_shown_by_its_own_name)
{
    read_text(ROOT(ON("FlyAway", "Primary", "Solo", "Joy_1")));
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "General:FlyAway");
    cr_assert(noticed("no-label", "FlyAway"));
}

/* ---- modifiers ----------------------------------------------------------------------------- */

Test(card_ed, sets_of_modifiers_count_in_the_order_binding_primary_secondary)
{
    read_text(ROOT(WITH("Gear", "Secondary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                       WITH("Fire", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_3"))
                           WITH("PitchAxisRaw", "Binding", "Solo", "Joy_XAxis",
                                HOLD("Solo", "Joy_2") HOLD("Solo", "Joy_3"))));
    cr_assert_str_eq(cell(0, "Solo", "Joy_XAxis"), "Ship:Pitch[1]");
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Fire[2]|Ship:Gear[3]");
    cr_assert_str_eq(cell(0, "Solo", "Joy_2"), "Modifier:Modifier 1|Modifier:Modifier 3");
    cr_assert_str_eq(cell(0, "Solo", "Joy_3"), "Modifier:Modifier 1|Modifier:Modifier 2");
    cr_assert_eq(upload.set.cards[0].cells[0].labels[0].modifier, 2);
}

Test(card_ed, the_order_of_modifiers_does_not_matter)
{
    read_text(ROOT(
        WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_3") HOLD("Solo", "Joy_2"))
            WITH("Fire", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2") HOLD("Solo", "Joy_3"))));
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Fire[1]|Ship:Gear[1]");
}

Test(card_ed, sets_that_end_on_the_keyboard_count_from_101)
{
    read_text(ROOT(
        WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Keyboard", "Key_LeftAlt"))
            WITH("Fire", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2")) WITH(
                "Jump", "Primary", "Solo", "Joy_1", HOLD("Keyboard", "Key_A") HOLD("Solo", "Joy_2"))
                WITH("Legs", "Primary", "Solo", "Joy_1", HOLD("Keyboard", "Key_B"))));
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"),
                     "SRV:Jump[2]|SRV:Legs[102]|Ship:Fire[1]|Ship:Gear[101]");
    cr_assert(noticed("modifier", "Modifier 101 is Left Alt"));
    cr_assert(noticed("modifier", "Modifier 2 is A + Solo Joy_2"));
    cr_assert_not(noticed("modifier", "Modifier 1 "));
}

/* ---- hiding -------------------------------------------------------------------------------- */

Test(card_ed, what_shares_an_input_by_design_is_shown_once)
{
    read_text(ROOT(ON("PitchAxisRaw", "Binding", "Solo", "Joy_XAxis")
                       ON("Landing", "Binding", "Solo", "Joy_XAxis")));
    cr_assert_str_eq(cell(0, "Solo", "Joy_XAxis"), "Ship:Pitch");
    read_text(ROOT(ON("PitchAxisRaw", "Binding", "Solo", "Joy_XAxis")
                       ON("Landing", "Binding", "Solo", "Joy_1")));
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Pitch, landing");
}

Test(card_ed, other_modifiers_or_another_device_hide_nothing)
{
    read_text(ROOT(ON("Gear", "Primary", "Solo", "Joy_1")
                       WITH("Legs", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                           ON("Legs", "Secondary", "DuoStick", "Joy_1")));
    cr_assert_str_eq(cell(1, "Solo", "Joy_1"), "SRV:Legs[1]|Ship:Gear");
    cr_assert_str_eq(cell(0, "DuoStick", "Joy_1"), "SRV:Legs");
}

Test(card_ed, on_the_keyboard_nothing_is_hidden)
{
    read_text(ROOT(ON("Gear", "Primary", "Keyboard", "Key_L")
                       ON("Legs", "Primary", "Keyboard", "Key_L")));
    cr_assert_eq(upload.set.lists[0].rows_n, 2);
}

/* ---- cards --------------------------------------------------------------------------------- */

Test(card_ed, cards_come_as_the_pack_lists_them_first_controllers_first)
{
    read_text(ROOT("<Gear><Primary Device=\"Solo\" DeviceIndex=\"1\" Key=\"Joy_1\"/></Gear>" ON(
        "Fire", "Primary", "Solo", "Joy_1") ON("Jump", "Primary", "DuoStick", "Joy_1")));
    cr_assert_eq(upload.set.cards_n, 3);
    cr_assert_str_eq(upload.set.cards[0].group, "Duo");
    cr_assert_str_eq(cell(1, "Solo", "Joy_1"), "Ship:Fire");
    cr_assert_str_eq(cell(2, "Solo", "Joy_1"), "Ship:Gear");
    cr_assert_eq(upload.set.cards[2].device_index, 1);
    cr_assert_str_eq(upload.set.cards[2].title, "Solo stick, no. 2");
}

Test(card_ed, what_an_earlier_card_shows_has_no_card_of_its_own)
{
    read_text(ROOT(ON("Gear", "Primary", "DuoStick", "Joy_1")
                       ON("Fire", "Primary", "DuoThrottle", "Joy_1")));
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(cell(0, "DuoThrottle", "Joy_1"), "Ship:Fire");
    read_text(ROOT(ON("Fire", "Primary", "DuoThrottle", "Joy_1")));
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(upload.set.cards[0].group, "Throttle");
}

Test(card_ed, what_has_no_place_on_a_card_makes_no_second_one)
{
    read_text(ROOT(ON("Gear", "Primary", "DuoStick", "Joy_1") ON(
        "Fire", "Primary", "DuoThrottle", "Joy_1") ON("Jump", "Primary", "DuoLamp", "Joy_5")));
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(upload.set.lists[0].device, "DuoLamp");
}

Test(card_ed, inputs_without_a_place_are_said)
{
    read_text(ROOT(ON("Gear", "Primary", "Solo", "Joy_1") ON("Fire", "Primary", "Solo", "Joy_77")
                       ON("Jump", "Primary", "Solo", "Joy_8")
                           ON("Legs", "Primary", "Solo", "Joy_9")));
    cr_assert(noticed("no-place", "Joy_77"));
    cr_assert(noticed("no-place", "Joy_8"));
    cr_assert_not(noticed("no-place", "Joy_9"));
    cr_assert_str_eq(cell(0, "Solo", "Joy_9"), "SRV:Legs");
    cr_assert_not(upload.set.cards[0].cells[1].drawn);
}

/* ---- lists --------------------------------------------------------------------------------- */

Test(card_ed, a_controller_that_no_card_shows_is_listed)
{
    read_text(ROOT(ON("Gear", "Primary", "Strange", "Joy_5")
                       WITH("Fire", "Primary", "Strange", "Joy_5", HOLD("Strange", "Joy_6"))
                           ON("Jump", "Primary", "Blind", "Joy_1")
                               ON("Jump", "Secondary", "Mouse", "Mouse_1")));
    cr_assert_eq(upload.set.cards_n, 0);
    cr_assert_eq(upload.set.lists_n, 2);
    cr_assert_str_eq(upload.set.lists[0].device, "Blind");
    cr_assert_str_eq(row(1, 0), "Joy_5 = Ship:Fire[1]|Ship:Gear");
    cr_assert_eq(upload.set.lists[1].rows_n, 1);
    cr_assert(noticed("unsupported-device", "Strange"));
    cr_assert(noticed("nothing-placed", "Blind"));
    cr_assert(noticed("modifier", "Modifier 1 is Strange Joy_6"));
    cr_assert_not(noticed("unsupported-device", "Mouse"));
}

Test(card_ed, the_third_of_a_kind_is_listed)
{
    read_text(ROOT("<Gear><Primary Device=\"Solo\" DeviceIndex=\"2\" Key=\"Joy_1\"/></Gear>"));
    cr_assert_eq(upload.set.cards_n, 0);
    cr_assert_str_eq(row(0, 0), "Joy_1 = Ship:Gear");
}

Test(card_ed, the_keyboard_is_a_list_by_group_and_the_last)
{
    read_text(ROOT(ON("Jump", "Primary", "Keyboard", "Key_J")
                       ON("Gear", "Primary", "Keyboard", "Key_LeftControl")
                           ON("Gear", "Secondary", "Keyboard", "Key_LeftControl")
                               ON("Fire", "Primary", "Strange", "Joy_1")));
    cr_assert_eq(upload.set.lists_n, 2);
    cr_assert(upload.set.lists[1].keyboard);
    cr_assert_eq(upload.set.lists[1].rows_n, 2);
    cr_assert_str_eq(upload.set.lists[1].rows[0].heading, "SRV");
    cr_assert_str_eq(row(1, 0), "J = SRV:Jump");
    cr_assert_str_eq(row(1, 1), "Left Ctrl = Ship:Gear");
}

Test(card_ed, modifiers_come_before_the_key_in_the_order_they_are_first_seen)
{
    read_text(ROOT(WITH("Fire", "Binding", "Keyboard", "Key_X", HOLD("Keyboard", "Key_LeftControl"))
                       WITH("Gear", "Primary", "Keyboard", "Key_L",
                            HOLD("Keyboard", "Key_LeftAlt") HOLD("Keyboard", "Key_LeftControl"))));
    cr_assert_str_eq(row(0, 1), "Left Ctrl + Left Alt + L = Ship:Gear");
    cr_assert_eq(upload.set.lists[0].rows[1].keys_n, 3);
    cr_assert_str_eq(upload.set.lists[0].rows[1].keys[2], "L");
}

Test(card_ed, a_binding_to_no_key_is_marked)
{
    read_text(ROOT(ON("Gear", "Primary", "Keyboard", "")));
    cr_assert_str_eq(row(0, 0), "no key = Ship:Gear");
    cr_assert(upload.set.lists[0].rows[0].labels[0].invalid);
}

/* ---- options ------------------------------------------------------------------------------- */

Test(card_ed, groups_that_are_not_asked_for_are_left_out_and_numbers_stay)
{
    struct pl_card_options options = {.groups = 1}; /* Ship */
    read_with(ROOT(WITH("Jump", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                       WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_3"))
                           ON("Jump", "Secondary", "Keyboard", "Key_J")
                               ON("FlyAway", "Primary", "Solo", "Joy_3")),
              &options);
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Gear[2]");
    cr_assert_str_eq(cell(0, "Solo", "Joy_2"), "-");
    cr_assert_str_eq(cell(0, "Solo", "Joy_3"), "General:FlyAway|Modifier:Modifier 2");
    cr_assert_eq(upload.set.lists_n, 0);
}

Test(card_ed, a_controller_of_which_nothing_is_asked_for_has_no_card)
{
    static const char text[] = ROOT(ON("Jump", "Primary", "DuoStick", "Joy_1")
                                        ON("Fire", "Primary", "DuoThrottle", "Joy_1"));
    struct pl_card_options options = {.groups = 1}; /* Ship */
    read_text(text);
    cr_assert_str_eq(upload.set.cards[0].group, "Duo");
    read_with(text, &options);
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_str_eq(upload.set.cards[0].group, "Throttle");
}

Test(card_ed, a_group_that_is_left_out_hides_nothing)
{
    struct pl_card_options options = {.groups = 2}; /* SRV */
    read_with(ROOT(ON("Gear", "Primary", "Solo", "Joy_1") ON("Legs", "Primary", "Solo", "Joy_1")),
              &options);
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "SRV:Legs");
}

Test(card_ed, colours_follow_the_style)
{
    static const char text[] =
        ROOT(WITH("Fire", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                 ON("Gear", "Primary", "Solo", "Joy_1") ON("Landing", "Primary", "Solo", "Joy_3"));
    struct pl_card_options options = {.groups = UINT32_MAX, .style = PL_CARD_STYLE_CATEGORY};
    read_with(text, &options);
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Combat:Fire[1]|Navigation:Gear");
    cr_assert_str_eq(cell(0, "Solo", "Joy_3"), "General:Pitch, landing");
    options.style = PL_CARD_STYLE_MODIFIER;
    read_with(text, &options);
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Modifier 1:Fire[1]|Without modifier:Gear");
    cr_assert_str_eq(cell(0, "Solo", "Joy_2"), "Modifier 1:Modifier 1");
    options.style = PL_CARD_STYLE_NONE;
    read_with(text, &options);
    cr_assert_eq(upload.set.contexts_n, 1);
    cr_assert_eq(upload.set.contexts[0].rgba, 0x373a3cff);
}

/* ---- hostile text -------------------------------------------------------------------------- */

Test(card_ed, of_cut_text_what_was_closed_before_counts)
{
    read_text("<Root PresetName=\"A\">" ON(
        "Gear", "Primary", "Solo",
        "Joy_1") "<Fire><Primary Device=\"Solo\" Key=\"Joy_2\"><Modifier Dev");
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Gear");
    cr_assert_str_eq(cell(0, "Solo", "Joy_2"), "-");
    cr_assert(noticed("truncated", ""));
}

Test(card_ed, every_cut_of_a_file_is_read_or_refused)
{
    static const char text[] =
        ROOT(WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                 ON("Fire", "Primary", "Keyboard", "Key_\xc3\xa4 &amp;&#65;") "<!-- a -->");
    for (size_t n = 0; n < sizeof text; n++) {
        card_upload_clear(&upload);
        card_upload_add(&upload, "a.binds", text, n);
        enum pl_err err = card_upload_build(&upload, PL_CARD_ED, NULL);
        cr_assert(err == PL_OK || err == PL_E_FORMAT, "%zu: %s", n, upload.error.msg);
        cr_assert(err != PL_OK || n < sizeof text - 1 || upload.set.notices_n == 0);
    }
}

Test(card_ed, entities_are_not_obeyed)
{
    static const char text[] =
        "<!DOCTYPE Root [<!ENTITY a \"Solo\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
        "<Root><Gear><Primary Device=\"&a;\" Key=\"Joy_1\"/></Gear></Root>";
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.binds", text, strlen(text));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_ED, NULL), PL_E_FORMAT);
    read_text("<!DOCTYPE Root SYSTEM \"file:///etc/passwd\"><Root>" ON("Gear", "Primary", "Solo",
                                                                       "Joy_1") "</Root>");
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Ship:Gear");
}

static void deep(unsigned levels, char *out)
{
    size_t at = (size_t)sprintf(out, "<Root PresetName=\"A\">");
    for (unsigned i = 0; i < levels; i++)
        at += (size_t)sprintf(out + at, "<a>");
    for (unsigned i = 0; i < levels; i++)
        at += (size_t)sprintf(out + at, "</a>");
    (void)sprintf(out + at, "</Root>");
}

Test(card_ed, elements_are_nested_up_to_a_limit)
{
    char text[2048];
    deep(PL_CARD_NESTING_MAX - 1, text);
    read_text(text);
    deep(PL_CARD_NESTING_MAX, text);
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.binds", text, strlen(text));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_ED, NULL), PL_E_LIMIT);
    cr_assert_str_eq(upload.blame.code, "too-complex");
}

Test(card_ed, a_binding_inside_a_binding_keeps_its_own_modifiers)
{
    read_text(ROOT("<Gear><Primary Device=\"Solo\" Key=\"Joy_1\">" HOLD(
        "Solo",
        "Joy_2") "<Secondary Device=\"Solo\" Key=\"Joy_3\">" HOLD("Solo",
                                                                  "Joy_1") "</"
                                                                           "Secondary"
                                                                           ">" HOLD(
                                                                               "Solo",
                                                                               "Joy_3") "</"
                                                                                        "Primary></"
                                                                                        "Gear>"));
    cr_assert_str_eq(cell(0, "Solo", "Joy_1"), "Modifier:Modifier 2|Ship:Gear[1]");
    cr_assert_str_eq(cell(0, "Solo", "Joy_3"), "General:Primary[2]");
}

static char *many(unsigned bindings)
{
    char *text = malloc(64 + (size_t)bindings * 64);
    size_t at = (size_t)sprintf(text, "<Root PresetName=\"A\">");
    for (unsigned i = 0; i < bindings; i++)
        at +=
            (size_t)sprintf(text + at, "<Gear><Primary Device=\"D%u\" Key=\"J\"/></Gear>", i % 50);
    (void)sprintf(text + at, "</Root>");
    return text;
}

Test(card_ed, bindings_are_counted)
{
    char *text = many(PL_CARD_BINDINGS_MAX);
    read_text(text);
    cr_assert_eq(upload.set.bindings_n, PL_CARD_BINDINGS_MAX);
    free(text);
    text = many(PL_CARD_BINDINGS_MAX + 1);
    card_upload_clear(&upload);
    card_upload_add(&upload, "a.binds", text, strlen(text));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_ED, NULL), PL_E_LIMIT);
    free(text);
}

Test(card_ed, a_small_arena_is_a_limit_wherever_it_ends)
{
    static const char text[] =
        ROOT(WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))
                 WITH("Fire", "Primary", "Keyboard", "Key_A", HOLD("Keyboard", "Key_LeftAlt"))
                     ON("Jump", "Primary", "Strange", "Joy_1"));
    unsigned good = 0, full = 0;
    for (size_t bytes = 4096; bytes < 1 << 20; bytes += bytes < 1 << 17 ? 509 : 1 << 16) {
        card_upload_end(&upload);
        card_upload_start(&upload, bytes);
        card_upload_add(&upload, "a.binds", text, strlen(text));
        enum pl_err err = card_upload_build(&upload, PL_CARD_ED, NULL);
        cr_assert(err == PL_OK || err == PL_E_LIMIT, "%zu: %s", bytes, upload.error.msg);
        good += err == PL_OK;
        full += err == PL_E_LIMIT;
    }
    cr_assert_gt(good, 0);
    cr_assert_gt(full, 0);
}

Test(card_ed, the_order_of_files_does_not_matter)
{
    static const char one[] = ROOT(WITH("Gear", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_2"))),
                      two[] = ROOT(WITH("Fire", "Primary", "Solo", "Joy_1", HOLD("Solo", "Joy_3")));
    struct pl_buf packed[2] = {PL_BUF(1 << 20), PL_BUF(1 << 20)};
    for (unsigned i = 0; i < 2; i++) {
        card_upload_clear(&upload);
        card_upload_add(&upload, "a", i == 0 ? one : two, strlen(i == 0 ? one : two));
        card_upload_add(&upload, "b", i == 0 ? two : one, strlen(i == 0 ? two : one));
        cr_assert_eq(card_upload_build(&upload, PL_CARD_ED, NULL), PL_OK);
        cr_assert_eq(pl_card_set_pack(&upload.set, &packed[i], NULL), PL_OK);
    }
    cr_assert_eq(packed[0].n, packed[1].n);
    cr_assert_arr_eq(packed[0].bytes, packed[1].bytes, packed[0].n);
    pl_buf_free(&packed[0]);
    pl_buf_free(&packed[1]);
}
