/* card_paint_help.h - a small card pack and a set made by hand, for the tests of what draws cards. */
#ifndef PL_TESTS_CARD_PAINT_HELP_H
#define PL_TESTS_CARD_PAINT_HELP_H

#include <criterion/criterion.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <unistd.h>

#include "render/card/card.h"
#include "render/card/pack/build.h"
#include "render/card/type.h"
#include "shm/base/check.h"

#define CARD_LABEL_FONT "/usr/share/fonts/opentype/yanone-kaffeesatz/YanoneKaffeesatz-Regular.otf"
#define CARD_TITLE_FONT "/usr/share/fonts/truetype/play/Play-Regular.ttf"
#define CARD_OTHER_FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

/* Neither side divides into tiles: the last ones reach beyond the picture. */
enum { CARD_W = 970, CARD_H = 547 };

#define CARD_LIST(...)                                                                             \
    {                                                                                              \
        __VA_ARGS__, sizeof(__VA_ARGS__) / sizeof((__VA_ARGS__)[0]), 0                             \
    }

static struct card_help {
    char dir[64], pack[96];
    struct pl_arena *arena;
    struct pl_error error;
} card_help;

#define CARD_MUST(call)                                                                            \
    do {                                                                                           \
        card_help.error = (struct pl_error){.code = PL_OK};                                        \
        enum pl_err card_code_ = (call);                                                           \
        cr_assert_eq(card_code_, PL_OK, "%s: %s: %s", #call, pl_err_name(card_code_),              \
                     card_help.error.msg);                                                         \
    } while (0)

static struct pl_make_input card_inputs[] = {
    {.id = "1", .rect = {100, 400, 800, 96}},    {.id = "2", .rect = {100, 600, 300, 54}},
    {.id = "3", .rect = {100, 800, 900, 160}},   {.id = "4", .rect = {2700, 400, 150, 54}},
    {.id = "5", .rect = {2881, 1903, 955, 203}}, {.id = "6", .rect = {1500, 1000, 31, 17}},
};
static struct pl_make_device card_devices[] = {
    {.id = "Stick", .image = "stick", .inputs = CARD_LIST(card_inputs)}};
static struct pl_make_pair card_backgrounds[] = {{.from = "dark", .to = "dark.png"}};
static struct pl_make_image card_images[] = {{.id = "stick",
                                              .title = "Test Stick",
                                              .file = "stick.png",
                                              .backgrounds = CARD_LIST(card_backgrounds)}};

/* Every pixel is another, so that what is out of place is seen. */
static inline void card_picture(const char *name, unsigned seed)
{
    static uint8_t pixels[CARD_H][CARD_W][3];
    char path[128];
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = CARD_W, .height = CARD_H, .format = PNG_FORMAT_RGB};
    for (unsigned y = 0; y < CARD_H; y++)
        for (unsigned x = 0; x < CARD_W; x++) {
            pixels[y][x][0] = (uint8_t)(x / 4 + seed);
            pixels[y][x][1] = (uint8_t)(y / 3);
            pixels[y][x][2] = (uint8_t)((x + y) / 8 * 3);
        }
    (void)snprintf(path, sizeof path, "%s/%s", card_help.dir, name);
    cr_assert(png_image_write_to_file(&image, path, 0, pixels, 0, NULL));
}

static inline void card_pack(void)
{
    struct pl_make make;
    struct pl_problems problems = PL_PROBLEMS;
    struct pl_buf out = PL_BUF((size_t)256 << 20);
    pl_make_start(&make);
    make.name = "test";
    make.version = "1";
    make.fonts[PL_PACK_FONT_LABEL].text = CARD_LABEL_FONT;
    make.fonts[PL_PACK_FONT_TITLE].text = CARD_TITLE_FONT;
    make.fonts[PL_PACK_FONT_FALLBACK].text = CARD_OTHER_FONT;
    make.images = (struct pl_make_images)CARD_LIST(card_images);
    make.devices = (struct pl_make_devices)CARD_LIST(card_devices);
    make.games[PL_CARD_FS2020].defined = true;
    make.games[PL_CARD_ED].defined = true;
    card_picture("stick.png", 0);
    card_picture("dark.png", 77);
    CARD_MUST(pl_make_check(&make, card_help.dir, card_help.arena, &problems, &card_help.error));
    cr_assert_eq(problems.errors, 0, "%.*s", (int)problems.text.n, (char *)problems.text.bytes);
    CARD_MUST(pl_make_bytes(&make, card_help.dir, card_help.arena, &out, &card_help.error));
    (void)snprintf(card_help.pack, sizeof card_help.pack, "%s/test.pack", card_help.dir);
    CARD_MUST(pl_make_write(card_help.pack, out.bytes, out.n, &card_help.error));
    pl_buf_free(&out);
    pl_problems_free(&problems);
}

static inline void card_start(void)
{
    const char *path = card_help.pack;
    (void)snprintf(card_help.dir, sizeof card_help.dir, "/tmp/platen-card-XXXXXX");
    cr_assert_not_null(mkdtemp(card_help.dir));
    CARD_MUST(pl_arena_make(&card_help.arena, PL_MAKE_ARENA_BYTES, &card_help.error));
    card_pack();
    pl_arena_reset(card_help.arena, 0);
    CARD_MUST(pl_card_start(&path, 1, &card_help.error));
}

static inline void card_stop(void)
{
    char command[128];
    pl_type_forget();
    pl_card_stop();
    pl_arena_free(&card_help.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", card_help.dir);
    (void)!system(command);
}

/* The fonts alone. */
static inline struct pl_pack_bytes card_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fseek(file, 0, SEEK_END), 0);
    long n = ftell(file);
    uint8_t *bytes = malloc((size_t)n);
    rewind(file);
    cr_assert_eq(fread(bytes, 1, (size_t)n, file), (size_t)n);
    fclose(file);
    return (struct pl_pack_bytes){bytes, (uint64_t)n};
}

static struct pl_pack_bytes card_fonts[PL_PACK_FONTS];

static inline struct pl_type *card_type(void)
{
    struct pl_type *type;
    static const char *const paths[PL_PACK_FONTS] = {CARD_LABEL_FONT, CARD_TITLE_FONT,
                                                     CARD_OTHER_FONT};
    for (unsigned i = 0; i < PL_PACK_FONTS; i++)
        if (card_fonts[i].n == 0)
            card_fonts[i] = card_file(paths[i]);
    CARD_MUST(pl_type_open(&type, card_fonts, &card_help.error));
    return type;
}

static inline void card_fonts_free(void)
{
    for (unsigned i = 0; i < PL_PACK_FONTS; i++) {
        free((void *)(uintptr_t)card_fonts[i].bytes);
        card_fonts[i] = (struct pl_pack_bytes){NULL, 0};
    }
}

#endif
