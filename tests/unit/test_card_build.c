/* test_card_build.c - uploads as a whole: which game, what is refused and why, and that a set
 * depends on nothing but the files. */
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

TestSuite(card_build, .init = start, .fini = stop, .timeout = 300);

static const char stick[] = "<Device DeviceName=\"Flight Stick\"><Context ContextName=\"PLANE\">"
                            "<Action ActionName=\"KEY_GEAR\"><Primary>"
                            "<KEY Information=\"Button1\">0</KEY></Primary></Action></Context>"
                            "</Device>";
static const char profile[] = "GstInput.JoystickDevice1 Flight Stick\n"
                              "GstKeyBinding.IncomSoldierInputConcepts.ConceptFire.0.axis 8\n"
                              "GstKeyBinding.IncomSoldierInputConcepts.ConceptFire.0.deviceid 0\n";

static enum pl_err build_one(enum pl_card_game game, const char *file, size_t n)
{
    card_upload_clear(&upload);
    card_upload_add(&upload, "one", file, n);
    return card_upload_build(&upload, game, NULL);
}

static void expect_refused(enum pl_card_game game, const char *file, size_t n, enum pl_err err,
                           const char *code)
{
    cr_assert_eq(build_one(game, file, n), err, "%.60s: %d", file, upload.error.code);
    cr_assert_not_null(upload.blame.code, "%.60s", file);
    cr_assert_str_eq(upload.blame.code, code, "%.60s: %s", file, upload.blame.code);
    cr_assert_str_eq(upload.blame.file, "one");
    cr_assert_neq(upload.error.msg[0], '\0');
}

static void expect_notice(const char *kind)
{
    for (uint32_t i = 0; i < upload.set.notices_n; i++)
        if (strcmp(upload.set.notices[i].kind, kind) == 0)
            return;
    cr_assert(false, "no notice %s in %s", kind, card_set_text(&upload.set));
}

Test(card_build, the_game_is_told_from_the_content)
{
    cr_assert_eq(build_one(PL_CARD_GUESS, stick, strlen(stick)), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_FS2020);
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_eq(upload.set.bindings_n, 1);
    cr_assert_eq(build_one(PL_CARD_GUESS, profile, strlen(profile)), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_SWS);
    static const char ed[] =
        "<Root PresetName=\"x\"><A><Primary Device=\"Keyboard\" Key=\"Key_A\"/>"
        "</A></Root>";
    cr_assert_eq(build_one(PL_CARD_GUESS, ed, strlen(ed)), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_ED);
}

Test(card_build, the_element_that_tells_the_game_may_be_spread_over_lines)
{
    static const char ed[] = "<Root\n\tPresetName=\"x\"><A/></Root>";
    cr_assert_eq(build_one(PL_CARD_GUESS, ed, strlen(ed)), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_ED);
    static const char device[] = "<Devices/><Device\r\n  DeviceName=\"x\"></Device>";
    cr_assert_eq(build_one(PL_CARD_GUESS, device, strlen(device)), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_FS2020);
    static const char other[] = "<Devices DeviceName=\"x\"/>";
    cr_assert_eq(build_one(PL_CARD_GUESS, other, strlen(other)), PL_E_FORMAT);
    static const char cut[] = "PresetName <Root";
    cr_assert_eq(build_one(PL_CARD_GUESS, cut, strlen(cut)), PL_E_FORMAT);
}

Test(card_build, of_several_games_the_one_of_most_files_counts)
{
    card_upload_add(&upload, "a", profile, strlen(profile));
    card_upload_add(&upload, "b", stick, strlen(stick));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_FS2020);
    expect_notice("unknown-format");
    card_upload_add(&upload, "c", "GstInput.Other 1\n", 17);
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_SWS);
}

Test(card_build, a_file_sent_twice_counts_once_for_its_game)
{
    card_upload_add(&upload, "a", profile, strlen(profile));
    card_upload_add(&upload, "b", stick, strlen(stick));
    card_upload_add(&upload, "c", profile, strlen(profile));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_FS2020);
}

Test(card_build, what_is_no_binding_file_is_refused_with_a_reason)
{
    static const char *const other[] = {"hello\n", "<html></html>", "{}", " GstInput.x 1", "\n"};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        for (int game = PL_CARD_GUESS; game < PL_CARD_GAMES; game++)
            expect_refused((enum pl_card_game)game, other[i], strlen(other[i]), PL_E_FORMAT,
                           "unknown-format");
    expect_refused(PL_CARD_GUESS, "", 0, PL_E_FORMAT, "unknown-format");
    expect_refused(PL_CARD_FS2020, "", 0, PL_E_FORMAT, "unknown-format");
    expect_refused(PL_CARD_FS2020, profile, strlen(profile), PL_E_FORMAT, "unknown-format");
    cr_assert_not_null(strstr(upload.error.msg, "Squadrons"), "%s", upload.error.msg);
    expect_refused(PL_CARD_GUESS, "<Device \0", 9, PL_E_FORMAT, "bad-file");
}

Test(card_build, no_file_is_said)
{
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_E_FORMAT);
    cr_assert_str_eq(upload.blame.code, "no-file");
}

Test(card_build, a_file_or_all_together_may_be_too_large)
{
    static char blanks[PL_CARD_FILE_BYTES_MAX + 1];
    memset(blanks, ' ', sizeof blanks);
    memcpy(blanks, stick, strlen(stick));
    expect_refused(PL_CARD_GUESS, blanks, sizeof blanks, PL_E_LIMIT, "too-large");
    cr_assert_eq(build_one(PL_CARD_GUESS, blanks, PL_CARD_FILE_BYTES_MAX), PL_OK);
    card_upload_clear(&upload);
    for (int i = 0; i < 5; i++) {
        blanks[sizeof blanks - 2] = (char)('a' + i);
        card_upload_add(&upload, "big", blanks, PL_CARD_FILE_BYTES_MAX);
    }
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_E_LIMIT);
    cr_assert_str_eq(upload.blame.code, "too-large");
}

Test(card_build, what_was_read_before_a_file_breaks_off_is_shown)
{
    char file[1000];
    (void)snprintf(file, sizeof file, "%s<Device DeviceName=\"Mou", stick);
    cr_assert_eq(build_one(PL_CARD_GUESS, file, strlen(file)), PL_OK);
    cr_assert_eq(upload.set.cards_n, 1);
    expect_notice("truncated");
}

/* Each beginning of a file is refused, or there is something to look at. */
Test(card_build, no_beginning_of_a_file_becomes_nothing)
{
    char file[2000];
    (void)snprintf(file, sizeof file,
                   "<?xml version=\"1.0\"?><DefaulftInput><FriendlyName>M\xc3\xa4</FriendlyName>"
                   "%s<Device DeviceName=\"Mouse\"><Context ContextName=\"M\">"
                   "<Action ActionName=\"A\"><Primary><KEY Information=\"LEFT\"/></Primary>"
                   "</Action></Context></Device></DefaulftInput>",
                   stick);
    size_t whole = strlen(file), shown = 0;
    for (size_t n = 0; n <= whole; n++) {
        enum pl_err err = build_one(PL_CARD_GUESS, file, n);
        if (err == PL_E_FORMAT) {
            cr_assert(strcmp(upload.blame.code, "unknown-format") == 0 ||
                          strcmp(upload.blame.code, "truncated") == 0,
                      "%zu: %s", n, upload.blame.code);
            cr_assert_eq(shown, 0, "%zu: refused after something was shown", n);
            continue;
        }
        cr_assert_eq(err, PL_OK);
        cr_assert(upload.set.cards_n + upload.set.lists_n > 0, "%zu", n);
        shown++;
        if (n < whole)
            expect_notice("truncated");
        else
            cr_assert_eq(upload.set.notices_n, 1);
    }
    cr_assert_gt(shown, 50);
}

Test(card_build, a_complete_file_without_bindings_is_an_empty_set)
{
    static const char *const empty[] = {"<Device DeviceName=\"Flight Stick\"></Device>",
                                        "<Device DeviceName=\"Flight Stick\"><Context "
                                        "ContextName=\"A\"><Action ActionName=\"B\"/></Context>"
                                        "</Device>",
                                        "GstInput.JoystickDevice1 \nGstInput.Other 1\n"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        cr_assert_eq(build_one(PL_CARD_GUESS, empty[i], strlen(empty[i])), PL_OK);
        cr_assert_eq(pl_card_pictures(&upload.set), 0);
        cr_assert_eq(upload.set.notices_n, 0);
    }
}

Test(card_build, other_bytes_than_utf8_are_read_with_a_notice)
{
    static const char latin1[] = "<Device DeviceName=\"Mouse\"><Context ContextName=\"PLAN\xc9\">"
                                 "<Action ActionName=\"A\"><Primary><KEY Information=\"B\"/>"
                                 "</Primary></Action></Context></Device>";
    cr_assert_eq(build_one(PL_CARD_GUESS, latin1, strlen(latin1)), PL_OK);
    expect_notice("latin1");
    cr_assert_str_eq(upload.set.contexts[0].name, "PLAN\xc3\x89");
    char utf16[2 * sizeof stick] = {(char)0xff, (char)0xfe};
    for (size_t i = 0; stick[i] != '\0'; i++)
        utf16[2 + 2 * i] = stick[i];
    cr_assert_eq(build_one(PL_CARD_GUESS, utf16, 2 * sizeof stick), PL_OK);
    cr_assert_eq(upload.set.notices_n, 0);
    cr_assert_eq(upload.set.cards_n, 1);
}

Test(card_build, nesting_too_deep_is_too_complex)
{
    struct pl_buf file = PL_BUF(1 << 20);
    for (int i = 0; i < 1000; i++)
        (void)pl_buf_text(&file, "<a>", NULL);
    const char *text = (const char *)file.bytes;
    expect_refused(PL_CARD_FS2020, text, file.n, PL_E_LIMIT, "too-complex");
    expect_refused(PL_CARD_GUESS, text, file.n, PL_E_LIMIT, "too-complex");
    pl_buf_free(&file);
}

static void add_actions(struct pl_buf *file, int first, int n)
{
    (void)pl_buf_text(file, "<Device DeviceName=\"Mouse\"><Context ContextName=\"C\">", NULL);
    for (int i = first; i < first + n; i++)
        (void)pl_buf_print(file, NULL,
                           "<Action ActionName=\"A%d\"><Primary><KEY Information=\"K\"/></Primary>"
                           "</Action>\n",
                           i);
    (void)pl_buf_text(file, "</Context></Device>", NULL);
}

Test(card_build, more_bindings_than_allowed_are_too_complex)
{
    struct pl_buf files[2] = {PL_BUF(2 << 20), PL_BUF(2 << 20)};
    add_actions(&files[0], 0, PL_CARD_BINDINGS_MAX);
    const char *text = (const char *)files[0].bytes;
    cr_assert_eq(build_one(PL_CARD_FS2020, text, files[0].n), PL_OK, "%s", upload.error.msg);
    cr_assert_eq(upload.set.lists[0].rows[0].labels_n, PL_CARD_BINDINGS_MAX);
    add_actions(&files[1], PL_CARD_BINDINGS_MAX, 1);
    card_upload_add(&upload, "more", files[1].bytes, files[1].n);
    pl_arena_reset(upload.arena, 0);
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_E_LIMIT);
    cr_assert_str_eq(upload.blame.code, "too-complex");
    pl_buf_free(&files[0]);
    pl_buf_free(&files[1]);
}

Test(card_build, more_controllers_than_allowed_are_too_complex)
{
    struct pl_buf file = PL_BUF(1 << 20);
    for (int i = 0; i <= PL_CARD_CARDS_MAX; i++) {
        if (i == PL_CARD_CARDS_MAX) {
            cr_assert_eq(build_one(PL_CARD_FS2020, (const char *)file.bytes, file.n), PL_OK);
            cr_assert_eq(upload.set.lists_n, PL_CARD_CARDS_MAX);
        }
        (void)pl_buf_print(&file, NULL,
                           "<Device DeviceName=\"D%d\"><Context ContextName=\"C\"><Action "
                           "ActionName=\"A\"><Primary><KEY Information=\"K\"/></Primary></Action>"
                           "</Context></Device>",
                           i);
    }
    expect_refused(PL_CARD_FS2020, (const char *)file.bytes, file.n, PL_E_LIMIT, "too-complex");
    pl_buf_free(&file);
}

Test(card_build, notices_are_listed_up_to_a_number_and_counted_beyond)
{
    struct pl_buf file = PL_BUF(1 << 20);
    for (int i = 0; i < 300; i++)
        (void)pl_buf_print(&file, NULL, "<Device DeviceName=\"D%d\"/>", i);
    cr_assert_eq(build_one(PL_CARD_FS2020, (const char *)file.bytes, file.n), PL_OK);
    cr_assert_eq(upload.set.notices_n, PL_CARD_NOTICES_MAX);
    cr_assert_eq(upload.set.notices_more, 300 - PL_CARD_NOTICES_MAX);
    pl_buf_free(&file);
}

Test(card_build, a_bad_file_does_not_spoil_the_others)
{
    card_upload_add(&upload, "good", stick, strlen(stick));
    card_upload_add(&upload, "nul", "<Device \0", 9);
    card_upload_add(&upload, "other", "hello", 5);
    card_upload_add(&upload, "sws", profile, strlen(profile));
    card_upload_add(&upload, "empty", "", 0);
    card_upload_add(&upload, "cut", stick, 60);
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    cr_assert_eq(upload.set.game, PL_CARD_FS2020);
    cr_assert_eq(upload.set.cards_n, 1);
    cr_assert_eq(upload.set.notices_n, 5, "%s", card_set_text(&upload.set));
    expect_notice("bad-file");
    expect_notice("unknown-format");
    expect_notice("truncated");
}

Test(card_build, of_a_file_of_another_game_nothing_else_is_said)
{
    static const char wrapped[] =
        "<DefaulftInput><Device DeviceName=\"Flight Stick\"><Context ContextName=\"PLANE\"><Action "
        "ActionName=\"KEY_GEAR\"><Primary><KEY Information=\"Button1\"/></Primary></Action>"
        "</Context></Device></DefaulftInput>";
    static const char root[] = "<Root PresetName=\"a\"><Gear><Primary Device=\"{NoDevice}\" "
                               "Key=\"\"/></Gear></Root>";
    card_upload_add(&upload, "a", wrapped, strlen(wrapped));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_ED, NULL), PL_E_FORMAT);
    cr_assert_str_eq(upload.blame.code, "unknown-format");
    card_upload_add(&upload, "b", root, strlen(root));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_FS2020, NULL), PL_OK);
    cr_assert_eq(upload.set.notices_n, 1, "%s", card_set_text(&upload.set));
    expect_notice("unknown-format");
}

static struct pl_buf packed(void)
{
    struct pl_buf out = PL_BUF(1 << 20);
    cr_assert_eq(pl_card_set_pack(&upload.set, &out, NULL), PL_OK);
    return out;
}

Test(card_build, a_set_depends_on_neither_names_nor_order)
{
    static const char more[] = "<Device DeviceName=\"Flight Stick\"><Context ContextName=\"PLANE\">"
                               "<Action ActionName=\"KEY_GEAR\"><Primary>"
                               "<KEY Information=\"Button2\"/></Primary></Action><Action "
                               "ActionName=\"KEY_NEW\"><Primary><KEY Information=\"Axis X\"/>"
                               "</Primary></Action></Context></Device><Device DeviceName=\"Q\"/>";
    static const char last[] = "<Device DeviceName=\"Z\"/><Action/>\xe4";
    const struct {
        const char *text;
        size_t n;
    } files[] = {{stick, strlen(stick)}, {more, strlen(more)}, {last, strlen(last)}};
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct pl_buf first = PL_BUF(0);
    for (size_t i = 0; i < 6; i++) {
        card_upload_clear(&upload);
        for (int k = 0; k < 3; k++) {
            char name[16];
            (void)snprintf(name, sizeof name, "%zu-%d", i, k);
            card_upload_add(&upload, name, files[orders[i][k]].text, files[orders[i][k]].n);
        }
        cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
        struct pl_buf bytes = packed();
        if (i > 0)
            cr_assert(bytes.n == first.n && memcmp(bytes.bytes, first.bytes, first.n) == 0,
                      "order %zu", i);
        pl_buf_free(i == 0 ? &first : &bytes);
        first = i == 0 ? bytes : first;
        if (i > 0)
            continue;
    }
    pl_buf_free(&first);
}

Test(card_build, the_same_file_twice_changes_nothing_but_the_list_of_files)
{
    card_upload_add(&upload, "a", stick, strlen(stick));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    char once[1000];
    (void)snprintf(once, sizeof once, "%s", card_set_text(&upload.set));
    card_upload_add(&upload, "b", stick, strlen(stick));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK);
    cr_assert_str_eq(card_set_text(&upload.set), once);
    cr_assert_eq(upload.set.bindings_n, 1);
    cr_assert_eq(upload.set.files_n, 2);
}

/* Whatever does not fit is an error, whenever the arena ends. */
Test(card_build, a_small_arena_is_an_error_and_no_crash)
{
    card_upload_add(&upload, "a", stick, strlen(stick));
    card_upload_add(&upload, "b", "<Device DeviceName=\"Mouse\"/>\xff", 29);
    unsigned refused = 0;
    for (size_t bytes = 4096; bytes < 1 << 20; bytes += 4096) {
        struct pl_arena *arena;
        cr_assert_eq(pl_arena_make(&arena, bytes, NULL), PL_OK);
        struct pl_arena *large = upload.arena;
        upload.arena = arena;
        upload.error = (struct pl_error){0};
        enum pl_err err = card_upload_build(&upload, PL_CARD_GUESS, NULL);
        cr_assert(err == PL_OK || err == PL_E_LIMIT, "%d: %s", err, upload.error.msg);
        if (err == PL_E_LIMIT)
            cr_assert_str_eq(upload.error.param, "workers.memory");
        refused += err != PL_OK;
        upload.arena = large;
        pl_arena_free(&arena);
    }
    cr_assert_gt(refused, 5);
}

Test(card_build, without_packs_every_device_is_a_list)
{
    pl_card_stop();
    cr_assert_eq(pl_card_start(NULL, 0, NULL), PL_OK);
    cr_assert_eq(build_one(PL_CARD_GUESS, stick, strlen(stick)), PL_OK);
    cr_assert_str_eq(card_set_text(&upload.set), "{Flight Stick}\n"
                                                 "1 PLANE=Gear\n"
                                                 "! unsupported-device: Flight Stick\n");
}

Test(card_build, packs_that_are_not_there_are_named)
{
    const char *const paths[] = {"/nonexistent/a.pack"};
    struct pl_error error = {0};
    cr_assert_eq(pl_card_start(paths, 1, &error), PL_E_MISSING);
    cr_assert_not_null(strstr(error.msg, "a.pack"), "%s", error.msg);
    cr_assert_eq(pl_card_packs()->n, 0);
}
