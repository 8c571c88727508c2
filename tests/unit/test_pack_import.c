/* Importing the configuration of MetaRefCard and EDRefCard, and what platenctl pack does with it.
 */
#include <png.h>

#include "server/admin/ctl.h"
#include "tests/unit/pack_help.h"

TestSuite(pack_import, .init = help_start, .fini = help_stop, .timeout = 300);

static const char config[] =
    "---\nAppName: Cards\nVersion: 1.2\nDevicesFile: config/devices.yaml\n"
    "DefaultImage: { w: 3840, h: 2160 }\nHotasImagesDir: resources/hotas-images\n"
    "LogoImagesDir: resources/game-logos\nFontsDir: resources/fonts\nInputFont: Label.ttf\n"
    "InputMinFontSize: 13\nInputPixelXInset: 5\n"
    "ImageHeader:\n  Font: Title.ttf\n  BackgroundColour: \"#102030ff\"\n"
    "AlternateColours:\n  - \"#2780e3ff\" # Blue\n  - \"#ff0039a6\"\n...\n";
static const char devices[] =
    "---\nGeneratedFile: config/generated.yaml\nDeviceMap: # Extends\n"
    "  X52:\n    1: { x: 11, y: 1000, w: 400, h: 54 } # moved\n    3: { x: 9, y: 600, w: 400, h: "
    "54 }\n"
    "ImageMap:\n  Late: x52\nDeviceNameMap:\n  Saitek X52: X52\n  Old   X52: X52\n"
    "  # Nothing here:\n  Ghost: NoSuch\nDeviceLabelsByImage:\n"
    "  x52: \"X-52 Pro Stick & Throttle\"\nImageSizeOverride:\n  big: { w: 100, h: 50 }\n";
static const char generated[] =
    "DeviceMap:\n  X52:\n    1: { x: 10, y: 100, w: 400, h: 54 }\n"
    "    2: { x: 10, y: 200, w: 400, h: 54 }\n  Late:\n    1: { x: 10, y: 300, w: 400, h: 54 }\n"
    "  Big:\n    1: { x: 10, y: 10, w: 40, h: 5 }\n  Empty:\n"
    "  85640203:\n    1: { x: 10, y: 400, w: 400, h: 54 }\n"
    "ImageMap:\n  X52 : x52\n  Big : big\n  85640203 : lost\n  Keyboard : keyboard\n...\n";
static const char fs2020[] =
    "Logo: fs2020\nRegexes:\n  Button: Button\\s*(\\d+)\nInputMap:\n  X52:\n"
    "    Slider: { X: U }\nInputLabels:\n  KEY_AILERON_TRIM_DISABLED_SET: \"Toggle Aileron Trim\"\n"
    "  KEY_X: \"Already \\\"right\\\"\"\n";
static const char sws[] = "Logo: none\nInputMapping2:\n  X52:\n    8: { Axis: XAxis }\n"
                          "    26: { Button: { 39: 2, 40: 3 }}\nInputLabels:\n  Fire: Fire \n";
static const char ed[] =
    "{\"controls\": {\"Fire\": {\"Group\": \"Ship\", \"Category\": \"Combat\", \"Order\": 4, "
    "\"Name\": \"Fire 1 \", \"Type\": \"Digital\", \"HideIfSameAs\": [\"Fire\"]}, "
    "\"Pitch\": {\"Group\": \"SRV\", \"Order\": 1, \"Name\": \"Pitch\", \"Type\": \"Analogue\", "
    "\"HideIfSameAs\": []}}, \"keymap\": {\"Key_BackSlash\": \"\\\\\"}, \"supported_devices\": "
    "{\"X52\": {\"Template\": \"x52\", \"HandledDevices\": [\"X52\", \"NewOne\"], \"KeyDevices\": "
    "[\"X52\"]}, \"Keyboard\": {\"Template\": \"keyboard\", \"HandledDevices\": [\"Keyboard\"]}}, "
    "\"rects\": {\"X52\": {\"Joy_1\": {\"Type\": \"Digital\", \"x\": 20, \"y\": 700, \"width\": "
    "300}}, \"NewOne\": {\"displayName\": \"New One\", \"Joy_2\": {\"Type\": \"Digital\", \"x\": "
    "20, \"y\": 800, \"width\": 300, \"height\": 108}}}}";

static void write_picture(const char *name)
{
    static uint8_t rgb[3 * 640 * 360];
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = 640, .height = 360, .format = PNG_FORMAT_RGB};
    memset(rgb, 0xc0, sizeof rgb);
    cr_assert(png_image_write_to_file(&image, help_path(name), 0, rgb, 0, NULL));
}

static void copy_font(const char *name)
{
    static uint8_t bytes[4 << 20];
    FILE *file = fopen(HELP_FONT, "rb");
    cr_assert_not_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    help_bytes(name, bytes, n);
}

/* resources: what config.yaml calls it, below the source or beside it. */
static void write_source(const char *resources)
{
    char name[200];
    static const char *const folders[] = {"", "/hotas-images", "/game-logos", "/fonts"};
    help_folder("source");
    help_folder("source/config");
    help_file("source/config/config.yaml", config);
    help_file("source/config/devices.yaml", devices);
    help_file("source/config/generated.yaml", generated);
    help_file("source/config/fs2020.yaml", fs2020);
    help_file("source/config/sws.yaml", sws);
    help_file("source/config/ed.json", ed);
    for (size_t i = 0; i < PL_COUNT(folders); i++) {
        (void)snprintf(name, sizeof name, "%s%s", resources, folders[i]);
        help_folder(name);
    }
    (void)snprintf(name, sizeof name, "%s/hotas-images/x52.png", resources);
    write_picture(name);
    (void)snprintf(name, sizeof name, "%s/hotas-images/big.png", resources);
    write_picture(name);
    (void)snprintf(name, sizeof name, "%s/game-logos/fs2020.png", resources);
    write_picture(name);
    (void)snprintf(name, sizeof name, "%s/fonts/Label.ttf", resources);
    copy_font(name);
}

static struct pl_make make;

static void import(bool as_is)
{
    MUST(pl_make_import(help_path("source"), help_path("pack"), as_is, help.arena, &help.problems,
                        &help.error));
    cr_assert_eq(help.problems.errors, 0, "%s", help_said());
}

static void read_back(void)
{
    struct pl_problems problems = PL_PROBLEMS;
    MUST(pl_make_read(help_path("pack"), help.arena, &make, &problems, &help.error));
    cr_assert_eq(problems.errors, 0, "%.*s", (int)problems.text.n, (char *)problems.text.bytes);
    pl_problems_free(&problems);
}

static const struct pl_make_device *device(const char *id)
{
    for (uint32_t i = 0; i < make.devices.n; i++)
        if (strcmp(make.devices.at[i].id, id) == 0)
            return &make.devices.at[i];
    cr_assert_fail("no device %s", id);
    return NULL;
}

Test(pack_import, devices_are_merged_named_and_shown)
{
    write_source("source/resources");
    import(false);
    read_back();
    const struct pl_make_device *x52 = device("X52");
    cr_assert_eq(x52->inputs.n, 3);
    cr_expect_eq(x52->inputs.at[0].rect.x, 11, "the later file overrides");
    cr_expect_eq(x52->inputs.at[1].rect.y, 200, "and leaves the rest");
    cr_assert_eq(x52->names.n, 2);
    cr_expect_str_eq(x52->names.at[1].text, "Old X52");
    cr_expect_str_eq(x52->image, "x52");
    cr_expect_str_eq(x52->maps.at[0].to, "U");
    cr_assert_eq(x52->ed.n, 1);
    cr_expect_eq(x52->ed.at[0].rect.h, 54, "the height of rects that give none");
    cr_expect_str_eq(device("Late")->image, "x52");
    cr_expect_str_eq(device("NewOne")->image, "x52", "by its template");
    cr_expect_eq(device("NewOne")->ed.at[0].rect.h, 108);
    cr_expect_str_eq(device("85640203")->image, "", "its picture is missing");
    cr_assert_eq(make.images.n, 2);
    cr_expect(make.images.at[1].layout_w == 100 && make.images.at[1].layout_h == 50);
}

Test(pack_import, looks_and_games)
{
    write_source("source/resources");
    import(false);
    read_back();
    cr_expect_str_eq(make.name, "Cards");
    cr_expect_str_eq(make.version, "1.2");
    cr_expect(make.palette.n == 2 && make.palette.at[1] == 0xff0039a6);
    cr_expect(make.header_rgb == 0x102030 && make.header_text_rgb == 0xffffff);
    cr_expect_str_eq(make.games[PL_CARD_FS2020].logo.text, "logos/fs2020.png");
    cr_expect_str_eq(make.games[PL_CARD_FS2020].labels.at[1].to, "Already \"right\"");
    cr_expect_str_eq(make.games[PL_CARD_SWS].labels.at[0].to, "Fire");
    cr_assert_eq(device("X52")->sws.n, 3);
    cr_expect(device("X52")->sws.at[0].button == -1 && device("X52")->sws.at[2].button == 40);
    cr_assert_eq(make.sws.n, 4 + 18 + 22 + 1);
    cr_expect_str_eq(make.sws.at[make.sws.n - 1].input, "");
    cr_assert_eq(make.controls.n, 2);
    cr_expect_str_eq(make.controls.at[0].category, "Combat");
    cr_expect(make.controls.at[1].analogue && make.controls.at[1].order == 1);
    cr_assert_eq(make.groups.n, 2);
    cr_expect_str_eq(make.groups.at[1].text, "SRV");
    cr_assert_eq(make.supported.n, 1, "the keyboard is always a list");
    cr_expect_str_eq(make.supported.at[0].keys.at[0].text, "X52");
    cr_expect_str_eq(make.keys.at[0].to, "\\");
    cr_expect_eq(make.ignored.n, 4);
}

Test(pack_import, known_faults_are_corrected_unless_asked_otherwise)
{
    write_source("source/resources");
    import(false);
    read_back();
    cr_expect_str_eq(make.images.at[0].title, "X-52 Stick & Throttle");
    cr_expect_str_eq(make.games[PL_CARD_FS2020].labels.at[0].to, "Set Aileron Trim");
    cr_expect_str_eq(make.controls.at[0].name, "Fire 1");
    import(true);
    read_back();
    cr_expect_str_eq(make.images.at[0].title, "X-52 Pro Stick & Throttle");
    cr_expect_str_eq(make.games[PL_CARD_FS2020].labels.at[0].to, "Toggle Aileron Trim");
    cr_expect_str_eq(make.controls.at[0].name, "Fire 1 ");
}

Test(pack_import, what_is_missing_is_told_kindly)
{
    write_source("source/resources");
    import(false);
    cr_expect(strstr(help_said(), "the picture lost is nowhere below") != NULL, "%s", help_said());
    cr_expect(strstr(help_said(), "the logo none is nowhere below") != NULL, "%s", help_said());
    cr_expect(strstr(help_said(), "the font Title.ttf is nowhere below") != NULL, "%s",
              help_said());
    cr_expect(strstr(help_said(), "Ghost is called NoSuch here") != NULL, "%s", help_said());
    cr_expect_eq(help.problems.warnings, 4, "%s", help_said());
}

Test(pack_import, resources_may_lie_beside_the_source)
{
    write_source("resources");
    import(false);
    read_back();
    cr_expect_eq(make.images.n, 2, "%s", help_said());
}

Test(pack_import, a_folder_without_configuration)
{
    help_folder("source");
    cr_expect_eq(pl_make_import(help_path("source"), help_path("pack"), false, help.arena,
                                &help.problems, &help.error),
                 PL_E_MISSING);
    cr_expect(strstr(help.error.msg, "config/devices.yaml") != NULL, "%s", help.error.msg);
    cr_expect(access(help_path("pack"), F_OK) != 0, "nothing was made");
}

Test(pack_import, a_broken_file_makes_nothing)
{
    write_source("source/resources");
    help_file("source/config/sws.yaml", "Logo: [\n");
    MUST(pl_make_import(help_path("source"), help_path("pack"), false, help.arena, &help.problems,
                        &help.error));
    cr_expect_eq(help.problems.errors, 1, "%s", help_said());
    cr_expect(strstr(help_said(), "sws.yaml:") != NULL, "%s", help_said());
    cr_expect(access(help_path("pack"), F_OK) != 0);
}

Test(pack_import, a_place_that_is_none_makes_no_pack)
{
    write_source("source/resources");
    help_file("source/config/generated.yaml", "DeviceMap:\n  X52:\n    1: { x: a, y: 1, w: 2 }\n");
    MUST(pl_make_import(help_path("source"), help_path("pack"), false, help.arena, &help.problems,
                        &help.error));
    cr_expect_gt(help.problems.errors, 0);
    cr_expect(strstr(help_said(), "generated.yaml:3: error: a place is") != NULL, "%s",
              help_said());
    cr_expect(access(help_path("pack/pack.yaml"), F_OK) != 0);
}

/* --- platenctl pack --------------------------------------------------------------------------- */
static int pack_command(const char *a, const char *b, const char *c, const char *output)
{
    const char *words[] = {"platenctl", "pack", a, b, c, output != NULL ? "--output" : NULL,
                           output};
    char *argv[PL_COUNT(words) + 1] = {NULL};
    int argc = 0;
    struct pl_ctl ctl;
    for (size_t i = 0; i < PL_COUNT(words); i++)
        if (words[i] != NULL)
            argv[argc++] = pl_arena_text(help.arena, words[i], strlen(words[i]));
    MUST(pl_ctl_parse(&ctl, argc, argv, &help.error));
    return pl_ctl_pack(&ctl);
}

Test(pack_import, the_command_imports_checks_builds_and_shows)
{
    write_source("source/resources");
    const char *folder = help_path("pack"), *file = help_path("out.pack");
    cr_expect_eq(pack_command("import", help_path("source"), folder, NULL), PL_EXIT_OK);
    cr_expect_eq(pack_command("check", folder, NULL, NULL), PL_EXIT_FAILED, "a font is missing");
    cr_expect_eq(pack_command("build", folder, NULL, file), PL_EXIT_FAILED);
    cr_expect(access(file, F_OK) != 0);
    copy_font("pack/fonts/Title.ttf");
    cr_expect_eq(pack_command("check", folder, NULL, NULL), PL_EXIT_OK);
    cr_expect_eq(pack_command("build", folder, NULL, file), PL_EXIT_OK);
    cr_expect_eq(pack_command("show", file, NULL, NULL), PL_EXIT_OK);
    cr_expect_eq(pack_command("show", folder, NULL, NULL), PL_EXIT_FAILED);
    cr_expect_eq(pack_command("build", folder, NULL, NULL), PL_EXIT_OK);
    cr_expect(access(help_path("pack.pack"), F_OK) == 0, "beside its folder");
}

Test(pack_import, the_command_refuses_what_it_does_not_know)
{
    cr_expect_eq(pack_command("bake", "x", NULL, NULL), PL_EXIT_USAGE);
    cr_expect_eq(pack_command("build", NULL, NULL, NULL), PL_EXIT_USAGE);
    cr_expect_eq(pack_command("import", "x", NULL, NULL), PL_EXIT_USAGE);
    cr_expect_eq(pack_command("check", "x", "y", NULL), PL_EXIT_USAGE);
    cr_expect_eq(pack_command("check", help_path("none"), NULL, NULL), PL_EXIT_FAILED);
}
