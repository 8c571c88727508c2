/* Reading a pack's folder of YAML: what comes out of it, and what is said about what is wrong. */
#include "tests/unit/pack_help.h"

TestSuite(pack_read, .init = help_start, .fini = help_stop, .timeout = 120);

static struct pl_make make;

static const char pack_yaml[] =
    "name: by hand\nversion: \"1.10\"\nlayout: {w: 1000, h: 500}\n"
    "fonts: {label: " HELP_FONT "}\n"
    "palette: [\"112233\", '#44556677']\n"
    "header: {colour: 010203, page: ffffff}\nfit: {min: 11, inset: 3}\n";
static const char images_yaml[] = "acme:\n  file: acme.png\n  title: Acme 3000\n"
                                  "  bg: {dark: dark.png}\nbig: {file: big.png, layout: {w: 5, h: "
                                  "6}}\n";
static const char devices_yaml[] =
    "Stick:\n  image: acme\n  names: [\"  Acme   Stick \", Acme Stick 2]\n"
    "  inputs: {1: [1, 2, 3, 4], POV1Up: {x: -1, y: -1, w: 5, h: 6}}\n"
    "  maps: {fs2020: {axis: {RX: RZ}, slider: {X: U}}}\nThrottle: {title: Lever}\nNothing:\n";
static const char fs2020_yaml[] = "parser: fs2020\nlogo: logo.png\nlabels:\n  KEY_A: \" Alpha \"\n"
                                  "contexts: {PLANE: {title: Flying, colour: \"112233\"}}\n";
static const char sws_yaml[] = "sws:\n  axis: {8: XAxis}\n  buttons: {26: {22-24: 1, 86: \"\"}}\n"
                               "  device_buttons: {Stick: {26: {40: UAxis}}}\n";
static const char ed_yaml[] =
    "groups: [Ship]\nignored: Mouse\nkeys: {Key_Comma: \",\"}\n"
    "controls: {Fire: {name: \"Shoot \", group: Ship, order: 3, type: analogue, hide: [Jump]}}\n"
    "supported:\n  - {name: Acme, image: acme, handled: [Stick, Throttle], keys: Stick}\n"
    "rects: {Throttle: {Joy_1: [7, 8, 9, 10]}}\n";

static void write_folder(void)
{
    help_folder("games");
    help_file("pack.yaml", pack_yaml);
    help_file("images.yaml", images_yaml);
    help_file("devices.yaml", devices_yaml);
    help_file("games/fs2020.yaml", fs2020_yaml);
    help_file("games/sws.yaml", sws_yaml);
    help_file("games/ed.yaml", ed_yaml);
}

static void read_folder(void)
{
    MUST(pl_make_read(help.dir, help.arena, &make, &help.problems, &help.error));
}

Test(pack_read, everything_a_pack_may_say)
{
    write_folder();
    read_folder();
    cr_assert_eq(help.problems.errors + help.problems.warnings, 0, "%s", help_said());
    cr_expect_str_eq(make.name, "by hand");
    cr_expect_str_eq(make.version, "1.10", "a text, no number");
    cr_expect(make.layout_w == 1000 && make.layout_h == 500);
    cr_expect_str_eq(make.fonts[PL_PACK_FONT_LABEL].text, HELP_FONT);
    cr_assert_eq(make.palette.n, 2);
    cr_expect(make.palette.at[0] == 0x112233ff && make.palette.at[1] == 0x44556677);
    cr_expect(make.header_rgb == 0x010203 && make.page_rgb == 0xffffff);
    cr_expect_eq(make.badge_rgb, 0x373a3c, "the usual one");
    cr_expect(make.font_least_px == 11 && make.inset == 3);
    cr_assert_eq(make.images.n, 2);
    cr_expect_str_eq(make.images.at[0].file, "acme.png");
    cr_expect_str_eq(make.images.at[0].backgrounds.at[0].from, "dark");
    cr_expect(make.images.at[1].layout_w == 5 && make.images.at[1].layout_h == 6);
    cr_assert_eq(make.devices.n, 3);
    cr_expect_str_eq(make.devices.at[0].names.at[0].text, "Acme Stick");
    cr_expect_str_eq(make.devices.at[1].title, "Lever");
    cr_expect_eq(make.devices.at[0].inputs.at[1].rect.x, -1);
    cr_expect_eq(make.devices.at[0].inputs.at[0].where.line, 4);
    cr_expect_str_eq(make.devices.at[0].maps.at[1].to, "U");
}

Test(pack_read, everything_a_game_may_say)
{
    write_folder();
    read_folder();
    const struct pl_make_game *game = &make.games[PL_CARD_FS2020];
    cr_expect_str_eq(game->labels.at[0].to, "Alpha", "without blanks at the ends");
    cr_expect(game->contexts.at[0].pinned && game->contexts.at[0].rgba == 0x112233ff);
    cr_expect_str_eq(game->logo.text, "logo.png");
    cr_assert_eq(make.sws.n, 5);
    cr_expect(make.sws.at[0].axis == 8 && make.sws.at[0].button == -1);
    cr_expect(make.sws.at[3].button == 24 && strcmp(make.sws.at[3].input, "3") == 0);
    cr_expect_str_eq(make.devices.at[0].sws.at[0].input, "UAxis");
    cr_assert_eq(make.controls.n, 1);
    cr_expect_str_eq(make.controls.at[0].name, "Shoot ", "as it stands");
    cr_expect(make.controls.at[0].analogue && make.controls.at[0].order == 3);
    cr_expect_str_eq(make.ignored.at[0].text, "Mouse");
    cr_expect_str_eq(make.supported.at[0].handled.at[1].text, "Throttle");
    cr_expect_str_eq(make.supported.at[0].keys.at[0].text, "Stick");
    cr_expect_eq(make.devices.at[1].ed.at[0].rect.w, 9);
    cr_expect(make.games[PL_CARD_SWS].defined && make.games[PL_CARD_ED].defined);
}

Test(pack_read, later_files_extend_or_override_single_inputs)
{
    write_folder();
    help_folder("devices");
    help_file("devices/20-more.yaml", "Stick: {inputs: {2: [5, 5, 5, 5]}}\nPad: {image: acme}\n");
    help_file("devices/10-first.yaml", "Stick: {inputs: {1: [9, 9, 9, 9], 2: [1, 1, 1, 1]}}\n");
    help_file("devices/notes.txt", "not: [read");
    read_folder();
    cr_assert_eq(help.problems.errors, 0, "%s", help_said());
    cr_assert_eq(make.devices.at[0].inputs.n, 3);
    cr_expect_eq(make.devices.at[0].inputs.at[0].rect.x, 9);
    cr_expect_eq(make.devices.at[0].inputs.at[1].rect.x, -1, "untouched");
    cr_expect_eq(make.devices.at[0].inputs.at[2].rect.x, 5, "the last in order of names");
    cr_expect_eq(make.devices.n, 4);
    cr_expect_str_eq(make.devices.at[0].image, "acme");
}

/* One file of the folder replaced; what is said about it. */
static const struct fault {
    const char *file, *text, *said;
} faults[] = {
    {"pack.yaml", "name: [", "pack.yaml:"},
    {"pack.yaml", "version: 1\n", "pack.yaml:1: error: the pack has no name"},
    {"pack.yaml", "name: a\nnmae: b\n", "pack.yaml:2: error: nmae is not known here; known are:"},
    {"pack.yaml", "name: a\nname: b\n",
     "pack.yaml:2: error: name stands here twice, first in "
     "line 1"},
    {"pack.yaml", "name: &x a\n", "anchors"},
    {"pack.yaml", "name: a\nversion: *x\n", "pack.yaml:2: error: anchors"},
    {"pack.yaml", "name: a\n---\nname: b\n", "second document"},
    {"pack.yaml", "[a]: b\n", "as a key"},
    {"pack.yaml", "name: a\npalette: [red]\n", "pack.yaml:2: error: a colour is six or eight"},
    {"pack.yaml", "name: a\npalette: 112233\n", "palette must be a list"},
    {"pack.yaml", "name: a\nlayout: {w: 0, h: 5}\n",
     "the layout's w must be a whole number from 1"},
    {"pack.yaml", "name: a\nlayout: {w: 7}\n", "layout has both w and h"},
    {"pack.yaml", "name: a\nfit: {min: 3}\n", "fit's min must be a whole number from 4"},
    {"pack.yaml", "name: \"\\0\"\n", "NUL"},
    {"pack.yaml", "name: \xff\n", "this is no YAML"},
    {"pack.yaml", "name: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", "nested too deeply"},
    {"images.yaml", "acme: 5\n", "images.yaml:1: error: an image must be a map"},
    {"images.yaml", "acme: {file: [a]}\n", "file must be a text"},
    {"devices.yaml", "S: {inputs: {1: [1, 2, 3]}}\n",
     "devices.yaml:1: error: a place is [x, y, w, "
     "h]"},
    {"devices.yaml", "S: {inputs: {1: [1, 2, 3, x]}}\n", "must be a whole number from -1"},
    {"devices.yaml", "S: {inputs: {1: {x: 1, y: 2, w: 3, v: 4}}}\n", "the place has no h"},
    {"devices.yaml", "S: {inputs: [1]}\n", "inputs must be a map"},
    {"devices.yaml", "S: {maps: {doom: {}}}\n", "doom is not known here"},
    {"devices.yaml", "S: {like: T}\nT:\n", "there is no device T above this one"},
    {"games/fs2020.yaml", "parser: ed\n", "the parser of this file's game is fs2020"},
    {"games/fs2020.yaml", "rects: {}\n", "rects is not known here"},
    {"games/sws.yaml", "sws: {buttons: {26: {39-22: 1}}}\n", "39-22 must be a number or a range"},
    {"games/sws.yaml", "sws: {buttons: {26: {22-39: A}}}\n", "the first input of a range"},
    {"games/sws.yaml", "sws: {buttons: {0-99: {0-9999: 1}}}\n", "a table has at most"},
    {"games/sws.yaml", "sws: {device_buttons: {Pad: {26: {1: 1}}}}\n", "there is no device Pad"},
    {"games/ed.yaml", "rects: {Pad: {1: [1, 2, 3, 4]}}\n", "there is no device Pad"},
    {"games/ed.yaml", "controls: {A: {type: digit}}\n", "type is digital or analogue"},
    {"games/ed.yaml", "supported: {A: 1}\n", "supported must be a list"},
};

Test(pack_read, each_fault_is_told_with_its_file_and_line)
{
    write_folder();
    for (size_t i = 0; i < PL_COUNT(faults); i++) {
        pl_problems_free(&help.problems);
        help.problems = PL_PROBLEMS;
        pl_arena_reset(help.arena, 0);
        help_file(faults[i].file, faults[i].text);
        read_folder();
        cr_expect_gt(help.problems.errors, 0, "%s", faults[i].text);
        cr_expect(strstr(help_said(), faults[i].said) != NULL, "%s said: %s", faults[i].text,
                  help_said());
        if (i + 1 < PL_COUNT(faults) && strcmp(faults[i].file, faults[i + 1].file) != 0) {
            (void)remove(help_path(faults[i].file));
            if (strcmp(faults[i].file, "pack.yaml") == 0)
                help_file("pack.yaml", pack_yaml);
            if (strcmp(faults[i].file, "images.yaml") == 0)
                help_file("images.yaml", images_yaml);
            if (strcmp(faults[i].file, "devices.yaml") == 0)
                help_file("devices.yaml", devices_yaml);
        }
    }
}

Test(pack_read, all_faults_come_at_once_and_in_order)
{
    write_folder();
    help_file("pack.yaml", "nmae: a\nlayout: 5\n");
    help_file("devices.yaml", "S: {inputs: {1: [1], 2: [2]}}\n");
    (void)remove(help_path("images.yaml"));
    read_folder();
    cr_expect_geq(help.problems.errors, 6, "%s", help_said());
    const char *missing = strstr(help_said(), "images.yaml: error: this file is missing");
    cr_assert_not_null(missing, "%s", help_said());
    cr_expect(strstr(missing, "devices.yaml:1") != NULL, "%s", help_said());
}

Test(pack_read, a_folder_that_is_not_there)
{
    cr_expect_eq(pl_make_read(help_path("none"), help.arena, &make, &help.problems, &help.error),
                 PL_E_MISSING);
}

Test(pack_read, a_pack_without_games_is_a_warning)
{
    help_file("pack.yaml", pack_yaml);
    help_file("images.yaml", images_yaml);
    help_file("devices.yaml", devices_yaml);
    read_folder();
    cr_expect(help.problems.errors == 0 && help.problems.warnings == 1, "%s", help_said());
}

Test(pack_read, json_is_read_too)
{
    write_folder();
    help_file("devices.yaml",
              "{\"Stick\": {\"image\": \"acme\", \"names\": [\"A \\u00e9\"], \"inputs\": "
              "{\"1\": [1, 2, 3, 4]}}, \"Throttle\": {}}");
    read_folder();
    cr_assert_eq(help.problems.errors, 0, "%s", help_said());
    cr_expect_str_eq(make.devices.at[0].names.at[0].text, "A \xc3\xa9");
}
