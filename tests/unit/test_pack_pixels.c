/* Pictures of packs: bases by game, width and background, their tiles and entropy bytes; scaling;
 * the files they are made of. */
#include <png.h>
#include <turbojpeg.h>

#include "render/card/pack/source.h"
#include "render/encode/jpeg_splice.h"
#include "tests/unit/pack_help.h"

TestSuite(pack_pixels, .init = help_start, .fini = help_stop, .timeout = 300);

/* Larger than a screen, so that all three widths are made; not of whole tiles either way. */
enum { W = 1990, H = 995 };

static struct pl_make make;
static struct pl_pack *pack;
static struct pl_packs packs;

/* Left half of one colour, right half another; below a ramp, so that tiles differ. */
static uint8_t *picture(uint32_t w, uint32_t h, uint32_t left, uint32_t right)
{
    uint8_t *rgb = pl_arena_alloc(help.arena, 3 * (size_t)w * h);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint32_t c = x < w / 2 ? left : right;
            uint8_t *at = rgb + 3 * ((size_t)w * y + x);
            at[0] = (uint8_t)(c >> 16);
            at[1] = (uint8_t)(y > h * 3 / 4 ? x * 255 / w : c >> 8);
            at[2] = (uint8_t)c;
        }
    return rgb;
}

static void write_png(const char *name, const uint8_t *pixels, uint32_t w, uint32_t h,
                      uint32_t format)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = w, .height = h, .format = format};
    cr_assert(png_image_write_to_file(&image, help_path(name), 0, pixels, 0, NULL));
}

static void write_jpeg(const char *name, const uint8_t *rgb, uint32_t w, uint32_t h)
{
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    tjhandle tj = tjInitCompress();
    cr_assert(tjCompress2(tj, rgb, (int)w, 0, (int)h, TJPF_RGB, &bytes, &n, TJSAMP_444, 100, 0) ==
              0);
    help_bytes(name, bytes, n);
    tjFree(bytes);
    tjDestroy(tj);
}

static struct pl_make_pair backgrounds[] = {{.from = "dark", .to = "dark.png"}};
static struct pl_make_image images[] = {{.id = "acme",
                                         .title = "Acme 3000",
                                         .file = "acme.jpg",
                                         .layout_w = 4000,
                                         .layout_h = 2000,
                                         .backgrounds = LIST(backgrounds)}};

static void write_folder(void)
{
    write_jpeg("acme.jpg", picture(W, H, 0xf0f0f0, 0x208040), W, H);
    write_png("dark.png", picture(W, H, 0x202020, 0x208040), W, H, PNG_FORMAT_RGB);
    write_png("logo.png", picture(300, 100, 0xff0000, 0xff0000), 300, 100, PNG_FORMAT_RGB);
    make = help_make();
    make.images = (struct pl_make_images)LIST(images);
    make.fonts[PL_PACK_FONT_LABEL].text = HELP_FONT;
    make.games[PL_CARD_FS2020].logo.text = "logo.png";
}

static void build(void)
{
    write_folder();
    MUST(pl_make_check(&make, help.dir, help.arena, &help.problems, &help.error));
    cr_assert_eq(help.problems.errors, 0, "%s", help_said());
    pack = help_pack(&make, help.dir, "test.pack");
    packs = help_packs(pack, NULL);
}

static void find_base(enum pl_card_game game, uint32_t width, const char *background,
                      struct pl_pack_base *out)
{
    struct pl_pack_image image;
    cr_assert(pl_packs_image(&packs, "acme", &image));
    MUST(pl_pack_base(&image, game, width, background, out, &help.error));
}

/* The whole base, padding included; rows of 3 * tile_w * columns bytes. */
static uint8_t *unpack(const struct pl_pack_base *base)
{
    size_t stride = 3 * (size_t)base->tile_w * base->columns;
    uint8_t *rgb = pl_arena_alloc(help.arena, stride * 16 * base->rows);
    for (uint32_t i = 0; i < base->columns * base->rows; i++)
        pl_pack_tile_pixels(base->pack, base->tiles[i],
                            rgb + i / base->columns * 16 * stride +
                                3 * (size_t)base->tile_w * (i % base->columns),
                            stride);
    return rgb;
}

static uint32_t pixel(const struct pl_pack_base *base, uint32_t x, uint32_t y)
{
    uint8_t tile[3 * 1600 * 16];
    size_t stride = 3 * (size_t)base->tile_w;
    pl_pack_tile_pixels(base->pack, base->tiles[y / 16 * base->columns + x / base->tile_w], tile,
                        stride);
    const uint8_t *at = tile + y % 16 * stride + 3 * (size_t)(x % base->tile_w);
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static bool near(uint32_t a, uint32_t b)
{
    for (unsigned shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)) > 3)
            return false;
    return true;
}

Test(pack_pixels, a_base_shows_its_picture_below_the_games_header)
{
    struct pl_pack_base base;
    build();
    find_base(PL_CARD_FS2020, 0, "", &base);
    cr_assert(base.width_px == W && base.height_px == H && base.own);
    cr_expect_eq(base.tile_w, pl_jpeg_interval(W));
    cr_expect(near(pixel(&base, 100, 500), 0xf0f0f0), "%06x", pixel(&base, 100, 500));
    cr_expect(near(pixel(&base, 1900, 500), 0x208040));
    cr_expect_eq(pixel(&base, 10, 50), 0xff0000, "the logo");
    cr_expect_eq(base.logo_px, 300);
    cr_expect_eq(pixel(&base, 299, 70), 0xff0000);
    cr_expect_eq(pixel(&base, 1985, 50), 0x2780e3, "the bar");
    cr_expect_eq(pixel(&base, 1985, 98), 0x2780e3, "200 units of 4000 on 1990 pixels");
    cr_expect(near(pixel(&base, 1985, 101), 0x208040));
}

Test(pack_pixels, games_without_a_logo_and_games_unknown_to_the_pack)
{
    struct pl_pack_base base, neutral;
    build();
    find_base(PL_CARD_ED, 0, "", &base);
    cr_expect_eq(base.logo_px, 0);
    cr_expect_eq(pixel(&base, 5, 5), 0x2780e3);
    find_base(PL_CARD_SWS, 0, "", &base);
    find_base(PL_CARD_GUESS, 0, "", &neutral);
    cr_expect_eq(base.tiles, neutral.tiles, "sws is not defined here");
    cr_expect_eq(pl_packs_logo_width(&packs, PL_CARD_FS2020, 1920), 300);
    cr_expect_eq(pl_packs_logo_width(&packs, PL_CARD_SWS, 1920), 0);
}

Test(pack_pixels, widths_and_backgrounds)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    build();
    find_base(PL_CARD_FS2020, 480, "", &base);
    cr_expect(base.width_px == 480 && base.height_px == 240 && !base.own);
    cr_expect(near(pixel(&base, 40, 100), 0xf0f0f0) && near(pixel(&base, 470, 100), 0x208040));
    find_base(PL_CARD_FS2020, 1920, "dark", &base);
    cr_expect(base.width_px == 1920 && base.height_px == 960);
    cr_expect_str_eq(base.background, "dark");
    cr_expect(near(pixel(&base, 40, 500), 0x202020));
    cr_assert(pl_packs_image(&packs, "acme", &image));
    help.error = (struct pl_error){.code = PL_OK};
    cr_expect_eq(pl_pack_base(&image, PL_CARD_ED, 640, "", &base, &help.error), PL_E_INPUT);
    cr_expect_str_eq(help.error.param, "w");
    cr_expect(strstr(help.error.msg, "1990, 1920, 480") != NULL, "%s", help.error.msg);
    help.error = (struct pl_error){.code = PL_OK};
    cr_expect_eq(pl_pack_base(&image, PL_CARD_ED, 0, "pink", &base, &help.error), PL_E_INPUT);
    cr_expect_str_eq(help.error.param, "bg");
    cr_expect(strstr(help.error.msg, "choose from dark") != NULL, "%s", help.error.msg);
    unsigned n = 0;
    while (pl_pack_base_at(&image, n, &base))
        n++;
    cr_expect_eq(n, 3 * 3 * 2, "games (neutral, fs2020, ed), widths, backgrounds");
}

Test(pack_pixels, pages_of_lists)
{
    struct pl_pack_base page;
    build();
    MUST(pl_packs_page(&packs, PL_CARD_FS2020, 0, &page, &help.error));
    cr_expect(page.width_px == 1920 && page.height_px == 1080);
    cr_expect_eq(pixel(&page, 960, 700), 0xe9ecef);
    cr_expect_eq(pixel(&page, 10, 10), 0xff0000);
    MUST(pl_packs_page(&packs, PL_CARD_SWS, 480, &page, &help.error));
    cr_expect(page.width_px == 480 && page.height_px == 270 && page.logo_px == 0);
    help.error = (struct pl_error){.code = PL_OK};
    cr_expect_eq(pl_packs_page(&packs, PL_CARD_ED, 700, &page, &help.error), PL_E_INPUT);
    cr_expect(strstr(help.error.msg, "1920, 480") != NULL, "%s", help.error.msg);
}

Test(pack_pixels, what_is_beyond_the_picture_repeats_its_last_column_and_row)
{
    struct pl_pack_base base;
    build();
    find_base(PL_CARD_FS2020, 0, "dark", &base);
    cr_assert(base.rows * 16 > H && base.columns * base.tile_w > W);
    size_t stride = 3 * (size_t)base.tile_w * base.columns;
    const uint8_t *rgb = unpack(&base);
    for (uint32_t y = H; y < base.rows * 16; y++)
        cr_expect_arr_eq(rgb + y * stride, rgb + (H - 1) * stride, stride);
    for (uint32_t x = W; x < base.columns * base.tile_w; x++)
        cr_expect_arr_eq(rgb + 400 * stride + 3 * (size_t)x,
                         rgb + 400 * stride + 3 * (size_t)(W - 1), 3);
}

static struct pl_jpeg_part part_of(void *context, uint32_t i)
{
    const struct pl_pack_base *base = ((void **)context)[0];
    const enum pl_jpeg_sub *sub = ((void **)context)[1];
    struct pl_pack_tile tile;
    uint32_t row = i / base->columns, lines = *sub == PL_JPEG_444 ? 2 : 1;
    pl_pack_tile(base->pack, base->tiles[row / lines * base->columns + i % base->columns], &tile);
    struct pl_pack_bytes bytes = *sub == PL_JPEG_444 ? tile.s444[row % 2] : tile.s420;
    return (struct pl_jpeg_part){bytes.bytes, bytes.n};
}

/* The oracle of the entropy bytes: put together they are the picture encoded as a whole. */
Test(pack_pixels, entropy_bytes_are_those_of_the_whole_picture)
{
    static const uint32_t widths[] = {0, 1920, 480};
    struct pl_pack_base base;
    build();
    for (unsigned i = 0; i < 2 * PL_COUNT(widths); i++) {
        enum pl_jpeg_sub sub = i % 2 == 0 ? PL_JPEG_420 : PL_JPEG_444;
        struct pl_buf spliced = PL_BUF(8 << 20), full = PL_BUF(8 << 20);
        find_base(PL_CARD_FS2020, widths[i / 2], "", &base);
        struct pl_jpeg_form form = {base.width_px, base.height_px, sub, 90, base.tile_w};
        if (!pl_jpeg_fits(&form)) {
            struct pl_pack_tile tile;
            pl_pack_tile(pack, base.tiles[0], &tile);
            cr_expect(sub == PL_JPEG_444 && i < 2 && tile.s444[0].n == 0 && tile.s444[1].n == 0);
            continue;
        }
        size_t stride = 3 * (size_t)base.tile_w * base.columns;
        uint8_t *rgb = unpack(&base);
        const uint8_t **rows = pl_arena_zalloc(help.arena, base.rows * 16, sizeof *rows);
        for (uint32_t y = 0; y < base.rows * 16; y++)
            rows[y] = rgb + y * stride;
        void *context[] = {&base, &sub};
        MUST(pl_jpeg_splice(&form, part_of, context, &spliced, &help.error));
        MUST(pl_jpeg_full(&form, rows, &full, &help.error));
        cr_assert_eq(spliced.n, full.n, "width %u, form %d", base.width_px, sub);
        cr_expect_arr_eq(spliced.bytes, full.bytes, full.n);
        pl_buf_free(&spliced);
        pl_buf_free(&full);
    }
}

Test(pack_pixels, equal_tiles_are_kept_once_and_equal_folders_give_equal_bytes)
{
    struct pl_pack_sizes sizes;
    struct pl_buf again = PL_BUF((size_t)256 << 20);
    build();
    pl_pack_measure(pack, &sizes);
    cr_expect_lt(sizes.tiles * 8, sizes.grid, "%u of %u", sizes.tiles, sizes.grid);
    MUST(pl_make_bytes(&make, help.dir, help.arena, &again, &help.error));
    cr_assert_eq(again.n, sizes.bytes);
    cr_expect_arr_eq(again.bytes + 16, pl_pack_version(pack), PL_PACK_VERSION_N);
    pl_buf_free(&again);
}

static uint64_t resident_kb(void)
{
    char line[200];
    uint64_t kb = 0;
    FILE *file = fopen("/proc/self/smaps", "r");
    bool ours = false;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        unsigned long long value;
        if (strstr(line, "test.pack") != NULL)
            ours = true;
        else if (ours && sscanf(line, "Rss: %llu kB", &value) == 1) {
            kb += value;
            ours = false;
        }
    }
    if (file != NULL)
        (void)fclose(file);
    return kb;
}

Test(pack_pixels, a_rest_gives_the_tiles_back_and_they_come_again)
{
    struct pl_pack_base base;
    write_folder();
    uint8_t *noise = picture(W, H, 0, 0);
    uint32_t state = 1;
    for (size_t i = 0; i < 3 * (size_t)W * H; i++)
        noise[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    write_png("dark.png", noise, W, H, PNG_FORMAT_RGB);
    pack = help_pack(&make, help.dir, "test.pack");
    packs = help_packs(pack, NULL);
    find_base(PL_CARD_FS2020, 0, "dark", &base);
    const uint8_t *first = unpack(&base);
    uint64_t used = resident_kb();
    pl_packs_rest(&packs);
    uint64_t rested = resident_kb();
    size_t n = 3 * (size_t)base.tile_w * base.columns * base.rows * 16;
    cr_expect_gt(used, 5000);
    cr_expect_lt(rested, 2000, "%lu KB of %lu stay: tables and fonts", (unsigned long)rested,
                 (unsigned long)used);
    cr_expect_arr_eq(unpack(&base), first, n);
}

/* --- scaling and files ------------------------------------------------------------------------ */
Test(pack_pixels, scaling_keeps_flat_colours_and_weighs_areas)
{
    struct pl_pixels from = {picture(97, 61, 0x123456, 0x123456), 97, 61}, to;
    for (unsigned i = 0; i < 97 * 61; i++)
        from.rgb[3 * i + 1] = 0x34;
    static const uint32_t sizes[][2] = {{97, 61}, {48, 30}, {13, 7}, {1, 1}, {150, 80}, {400, 61}};
    for (size_t i = 0; i < PL_COUNT(sizes); i++) {
        MUST(pl_pixels_scale(&from, sizes[i][0], sizes[i][1], help.arena, &to, &help.error));
        for (uint32_t k = 0; k < to.w * to.h; k++)
            cr_assert(to.rgb[3 * k] == 0x12 && to.rgb[3 * k + 1] == 0x34 &&
                          to.rgb[3 * k + 2] == 0x56,
                      "%ux%u", to.w, to.h);
    }
    uint8_t row[] = {0, 0, 0, 90, 90, 90, 240, 240, 240};
    struct pl_pixels three = {row, 3, 1};
    MUST(pl_pixels_scale(&three, 2, 1, help.arena, &to, &help.error));
    cr_expect(to.rgb[0] == 30 && to.rgb[3] == 190, "%d %d: two thirds and a third", to.rgb[0],
              to.rgb[3]);
    MUST(pl_pixels_scale(&three, 6, 1, help.arena, &to, &help.error));
    cr_expect(to.rgb[0] == 0 && to.rgb[15] == 240 && to.rgb[3] < to.rgb[6]);
}

Test(pack_pixels, a_drawing_is_painted_in_the_size_that_is_asked_for)
{
    static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 200'>"
                              "<rect x='0' y='0' width='200' height='200' fill='#ff0000'/></svg>";
    struct pl_source source;
    struct pl_pixels pixels;
    help_file("a.svg", svg);
    MUST(pl_source_open(help_path("a.svg"), help.arena, &source, &help.error));
    cr_expect(source.vector && source.w == 1920 && source.h == 960);
    MUST(pl_source_read(&source, 480, 0x0000ff, help.arena, &pixels, &help.error));
    cr_assert(pixels.w == 480 && pixels.h == 240);
    cr_expect(pixels.rgb[0] == 255 && pixels.rgb[2] == 0);
    cr_expect(pixels.rgb[3 * 479] == 0 && pixels.rgb[3 * 479 + 2] == 255, "what is behind it");
}

Test(pack_pixels, what_is_transparent_shows_what_is_behind)
{
    static const uint8_t rgba[] = {255, 0, 0, 255, 0, 255, 0, 0};
    struct pl_source source;
    struct pl_pixels pixels;
    write_png("a.png", rgba, 2, 1, PNG_FORMAT_RGBA);
    MUST(pl_source_open(help_path("a.png"), help.arena, &source, &help.error));
    MUST(pl_source_read(&source, 0, 0x112233, help.arena, &pixels, &help.error));
    static const uint8_t expected[] = {255, 0, 0, 0x11, 0x22, 0x33};
    cr_expect_arr_eq(pixels.rgb, expected, sizeof expected);
}

/* --- faults of files -------------------------------------------------------------------------- */
static void expect_said(const char *said)
{
    MUST(pl_make_check(&make, help.dir, help.arena, &help.problems, &help.error));
    cr_expect_gt(help.problems.errors, 0);
    cr_expect(strstr(help_said(), said) != NULL, "wanted: %s\nsaid: %s", said, help_said());
}

Test(pack_pixels, a_missing_picture)
{
    write_folder();
    (void)remove(help_path("acme.jpg"));
    expect_said("the picture acme.jpg is missing");
}

Test(pack_pixels, a_picture_that_is_none)
{
    write_folder();
    help_file("acme.jpg", "\xff\xd8\xff just a text");
    expect_said("acme.jpg is no JPEG that can be read");
}

Test(pack_pixels, a_text_for_a_picture)
{
    write_folder();
    help_file("acme.jpg", "hello");
    expect_said("this is no JPEG, PNG or SVG");
}

Test(pack_pixels, a_background_of_another_size)
{
    write_folder();
    write_png("dark.png", picture(100, 50, 0, 0), 100, 50, PNG_FORMAT_RGB);
    expect_said("the background dark is 100 x 50, the picture 1990 x 995");
}

Test(pack_pixels, a_background_with_a_name_that_no_address_can_have)
{
    static struct pl_make_pair bad[] = {{.from = "Dark/2", .to = "dark.png"}};
    static struct pl_make_image with_bad[1];
    write_folder();
    with_bad[0] = images[0];
    with_bad[0].backgrounds = (struct pl_make_pairs)LIST(bad);
    make.images.at = with_bad;
    expect_said("not Dark/2");
}

Test(pack_pixels, a_missing_font_and_one_that_is_none)
{
    write_folder();
    help_file("font.ttf", "no font");
    make.fonts[PL_PACK_FONT_LABEL].text = "font.ttf";
    make.fonts[PL_PACK_FONT_TITLE].text = "missing.ttf";
    expect_said("font.ttf is no font that can be read");
    cr_expect(strstr(help_said(), "the font missing.ttf is missing") != NULL, "%s", help_said());
}

Test(pack_pixels, no_font_at_all)
{
    write_folder();
    make.fonts[PL_PACK_FONT_LABEL].text = NULL;
    expect_said("pack.yaml: error: no font for labels");
}

Test(pack_pixels, a_file_outside_the_folder)
{
    write_folder();
    make.games[PL_CARD_FS2020].logo.text = "../logo.png";
    expect_said("../logo.png is outside the pack's folder");
}

Test(pack_pixels, a_picture_of_another_shape_is_a_warning)
{
    write_folder();
    static struct pl_make_image other[1];
    other[0] = images[0];
    other[0].layout_h = 3000;
    make.images.at = other;
    MUST(pl_make_check(&make, help.dir, help.arena, &help.problems, &help.error));
    cr_expect_eq(help.problems.errors, 0, "%s", help_said());
    cr_expect(strstr(help_said(), "has another shape; boxes will be off") != NULL);
}
