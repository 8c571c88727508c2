/* test_card_draw.c - the renderer: sets to pictures, parameters, devices, what is refused. */
#include <math.h>
#include <sys/stat.h>
#include <webp/decode.h>

#include "card_paint_help.h"
#include "render/card/draw_priv.h"
#include "render/card/splice.h"
#include "shm/base/utf8.h"

static struct pl_card_label one[] = {{.context = 0, .text = "Landing Gear"}};
static struct pl_card_label two[] = {{.context = 0, .text = "Flaps"},
                                     {.context = 1, .text = "Next Camera [+3]"}};
static struct pl_card_label lots[] = {
    {.context = 0, .text = "Toggle Cockpit Camera"}, {.context = 0, .text = "Landing Gear"},
    {.context = 1, .text = "Reset Ext View"},        {.context = 1, .text = "Set Master Battery"},
    {.context = 1, .text = "Drone Move Left"},       {.context = 0, .text = "Autopilot"}};
static struct pl_card_cell cells[] = {
    {"Stick", "1", 100, 400, 800, 96, true, 1, one},
    {"Stick", "2", 100, 600, 300, 54, true, 2, two},
    {"Stick", "3", 100, 800, 900, 160, true, 6, lots},
    {"Stick", "4", 2700, 400, 150, 54, true, 6, lots},
    {"Stick", "5", 2881, 1903, 955, 203, true, 2, two},
    {"Stick", "6", 1500, 1000, 31, 17, true, 1, one},
    {"Stick", "7", -1, -1, 500, 54, false, 1, one},
};
static struct pl_card_context contexts[] = {{"CAMERA", "Camera", 0xff7518ff},
                                            {"PLANE", "Plane", 0x2780e3a6}};
static struct pl_card cards[] = {{.profile = "",
                                  .image = "stick",
                                  .title = "Test Stick",
                                  .group = "",
                                  .cells_n = PL_COUNT(cells),
                                  .cells = cells}};
static struct pl_card_row rows[] = {
    {.input = "XAxis", .heading = "", .labels_n = 2, .labels = two},
    {.input = "POV1Up", .heading = "", .labels_n = 6, .labels = lots}};
static struct pl_card_list lists[] = {{.profile = "",
                                       .title = "Unknown Device",
                                       .device = "Unknown",
                                       .pages_n = 1,
                                       .rows_n = PL_COUNT(rows),
                                       .rows = rows}};
static struct pl_card_set set = {.game = PL_CARD_FS2020,
                                 .contexts = contexts,
                                 .contexts_n = 2,
                                 .cards = cards,
                                 .cards_n = 1,
                                 .lists = lists,
                                 .lists_n = 1};
static struct pl_buf packed, picture;
static char note[PL_DRAW_NOTE_N];
static struct pl_error failed;

static void start(void)
{
    card_start();
    packed = PL_BUF(1 << 20);
    picture = PL_BUF(64 << 20);
    CARD_MUST(pl_card_set_pack(&set, &packed, &card_help.error));
}

static void stop(void)
{
    pl_buf_free(&packed);
    pl_buf_free(&picture);
    card_stop();
}

TestSuite(card_draw, .init = start, .fini = stop, .timeout = 300);

static enum pl_err params_of(const char *query, enum pl_media media, struct pl_params *out)
{
    char copy[256], *rest = copy, *part;
    struct pl_query list[8];
    size_t n = 0;
    (void)snprintf(copy, sizeof copy, "%s", query);
    while (query[0] != '\0' && (part = strsep(&rest, "&")) != NULL) {
        char *value = strchr(part, '=');
        *value++ = '\0';
        list[n++] = (struct pl_query){part, value};
    }
    failed = (struct pl_error){0};
    return pl_renderer_card.params(list, n, "", media, PL_QUERY_STRICT, out, &failed);
}

static enum pl_err draw_bytes(const char *selector, const char *query, enum pl_media media,
                              const uint8_t *bytes, uint64_t n)
{
    struct pl_params params;
    struct pl_draw_times times;
    struct pl_draw_source source = {.source = {bytes, n}, .selector = selector};
    struct pl_draw work = {.sources = &source, .sources_n = 1, .params = &params, .note = note};
    enum pl_err err = params_of(query, media, &params);
    note[0] = '\0';
    pl_buf_clear(&picture);
    if (err == PL_OK)
        err = pl_renderer_card.render(&work, card_help.arena, &picture, &times, &failed);
    pl_arena_reset(card_help.arena, 1 << 20);
    return err;
}

static enum pl_err draw(const char *selector, const char *query, enum pl_media media)
{
    return draw_bytes(selector, query, media, packed.bytes, packed.n);
}

/* What draw made, as RGB. */
static uint8_t *unpack_png(uint32_t *width, uint32_t *height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    cr_assert(png_image_begin_read_from_memory(&image, picture.bytes, picture.n));
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    *width = image.width;
    *height = image.height;
    return pixels;
}

static uint8_t *draw_pixels(const char *selector, const char *query, uint32_t *width,
                            uint32_t *height)
{
    enum pl_err err = draw(selector, query, PL_MEDIA_PNG);
    cr_assert_eq(err, PL_OK, "%s", failed.msg);
    return unpack_png(width, height);
}

static uint8_t *base_pixels(enum pl_card_game game, const char *background)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    struct pl_canvas24 canvas;
    cr_assert(pl_packs_image(pl_card_packs(), "stick", &image));
    CARD_MUST(pl_pack_base(&image, game, 0, background, &base, &card_help.error));
    CARD_MUST(pl_canvas24_on_base(&canvas, &base, card_help.arena, &card_help.error));
    size_t stride = 3 * (size_t)base.tile_w * base.columns;
    uint8_t *band = malloc(stride * PL_TILE_ROWS), *out = malloc(3 * CARD_W * CARD_H);
    for (uint32_t y = 0; y < CARD_H; y++) {
        if (y % PL_TILE_ROWS == 0)
            pl_canvas24_band(&canvas, y / PL_TILE_ROWS, band, stride);
        memcpy(out + 3 * CARD_W * (size_t)y, band + y % PL_TILE_ROWS * stride, 3 * CARD_W);
    }
    free(band);
    return out;
}

static bool in_cell(double x, double y)
{
    double k = CARD_W / 3840.0;
    for (size_t i = 0; i < PL_COUNT(cells); i++)
        if (cells[i].drawn && x + 0.001 >= cells[i].x * k && y + 0.001 >= cells[i].y * k &&
            x + 0.999 <= (cells[i].x + cells[i].w) * k &&
            y + 0.999 <= (cells[i].y + cells[i].h) * k)
            return true;
    return false;
}

Test(card_draw, nothing_but_boxes_and_header_differs_from_the_base)
{
    uint32_t width, height, inside = 0, top = 0;
    uint8_t *drawn = draw_pixels("1", "", &width, &height);
    uint8_t *base = base_pixels(PL_CARD_FS2020, "");
    cr_assert_eq(width, CARD_W);
    cr_assert_eq(height, CARD_H);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            size_t at = 3 * ((size_t)y * width + x);
            bool same = memcmp(drawn + at, base + at, 3) == 0;
            if (y < pl_card_header_height(CARD_W / 3840.0))
                top += !same;
            else if (in_cell(x, y))
                inside += !same;
            else
                cr_assert(same, "%u,%u", x, y);
        }
    cr_assert_gt(inside, 5000);
    cr_assert_gt(top, 1000, "no legend");
    free(drawn);
    free(base);
}

Test(card_draw, a_card_of_one_context_has_the_header_of_its_base)
{
    uint32_t width, height;
    struct pl_card_label *kept[PL_COUNT(cells)];
    for (size_t i = 0; i < PL_COUNT(cells); i++) {
        kept[i] = cells[i].labels;
        cells[i].labels = one;
        cells[i].labels_n = 1;
    }
    pl_buf_clear(&packed);
    CARD_MUST(pl_card_set_pack(&set, &packed, &card_help.error));
    uint8_t *drawn = draw_pixels("1", "", &width, &height);
    uint8_t *base = base_pixels(PL_CARD_FS2020, "");
    cr_assert_eq(memcmp(drawn, base, 3 * CARD_W * (size_t)50), 0);
    free(drawn);
    free(base);
    (void)kept;
}

Test(card_draw, the_day_of_a_set_stands_in_the_header_of_cards_and_lists)
{
    for (unsigned number = 1; number <= 2; number++) {
        uint32_t width = 0, height = 0;
        const char *selector = number == 1 ? "1" : "2";
        uint8_t *drawn[3];
        static const uint32_t days[] = {0, 20261121, 20261122};
        for (size_t i = 0; i < PL_COUNT(days); i++) {
            set.day = days[i];
            pl_buf_clear(&packed);
            CARD_MUST(pl_card_set_pack(&set, &packed, &card_help.error));
            drawn[i] = draw_pixels(selector, "", &width, &height);
        }
        size_t top = (size_t)3 * width * pl_card_header_height(width / 3840.0),
               all = (size_t)3 * width * height;
        for (size_t i = 0; i < PL_COUNT(days); i++) {
            size_t next = (i + 1) % PL_COUNT(days);
            cr_assert_neq(memcmp(drawn[i], drawn[next], top), 0, "%u: %zu", number, i);
            cr_assert_eq(memcmp(drawn[i] + top, drawn[next] + top, all - top), 0);
        }
        for (size_t i = 0; i < PL_COUNT(days); i++)
            free(drawn[i]);
    }
}

Test(card_draw, another_title_leaves_nothing_of_the_old_one)
{
    uint32_t width, height;
    cards[0].title = "A";
    pl_buf_clear(&packed);
    CARD_MUST(pl_card_set_pack(&set, &packed, &card_help.error));
    uint8_t *drawn = draw_pixels("1", "", &width, &height);
    const struct pl_pack_look *look = pl_pack_look(pl_card_packs()->at[0]);
    uint8_t bar[3] = {(uint8_t)(look->header_rgb >> 16), (uint8_t)(look->header_rgb >> 8),
                      (uint8_t)look->header_rgb};
    for (uint32_t y = 2; y < 33; y++)
        for (uint32_t x = 45; x < 200; x++)
            cr_assert_eq(memcmp(drawn + 3 * ((size_t)y * width + x), bar, 3), 0, "%u,%u", x, y);
    free(drawn);
}

Test(card_draw, the_same_set_gives_the_same_bytes)
{
    struct pl_buf first = PL_BUF(64 << 20);
    cr_assert_eq(draw("1", "", PL_MEDIA_JPEG), PL_OK, "%s", failed.msg);
    CARD_MUST(pl_buf_add(&first, picture.bytes, picture.n, &card_help.error));
    cr_assert_eq(draw("2", "", PL_MEDIA_JPEG), PL_OK, "%s", failed.msg);
    pl_type_forget();
    cr_assert_eq(draw("1", "", PL_MEDIA_JPEG), PL_OK, "%s", failed.msg);
    cr_assert_eq(first.n, picture.n);
    cr_assert_eq(memcmp(first.bytes, picture.bytes, first.n), 0);
    pl_buf_free(&first);
}

/* Mean distance of the JPEG's pixels to those of the PNG. */
static double distance(const char *query)
{
    uint32_t width, height;
    uint8_t *png = draw_pixels("1", "", &width, &height), *jpeg = malloc(3 * CARD_W * CARD_H);
    tjhandle handle = tjInitDecompress();
    double sum = 0.0;
    cr_assert_eq(draw("1", query, PL_MEDIA_JPEG), PL_OK, "%s", failed.msg);
    cr_assert_eq(
        tjDecompress2(handle, picture.bytes, picture.n, jpeg, CARD_W, 0, CARD_H, TJPF_RGB, 0), 0,
        "%s", tjGetErrorStr2(handle));
    for (size_t i = 0; i < 3 * (size_t)CARD_W * CARD_H; i++)
        sum += fabs((double)png[i] - jpeg[i]);
    tjDestroy(handle);
    free(png);
    free(jpeg);
    return sum / (3.0 * CARD_W * CARD_H);
}

Test(card_draw, jpeg_shows_what_png_shows_at_every_quality_and_subsampling)
{
    double usual = distance("");
    cr_assert_lt(usual, 4.0);
    cr_assert_lt(distance("sub=444"), usual);
    cr_assert_lt(distance("q=100&sub=444"), 0.8);
    cr_assert_gt(distance("q=60"), usual);
}

Test(card_draw, webp_shows_what_png_shows_and_the_same_bytes_again)
{
    uint32_t width, height;
    int webp_w, webp_h;
    struct pl_buf first = PL_BUF(64 << 20);
    uint8_t *png = draw_pixels("1", "", &width, &height);
    cr_assert_eq(draw("1", "", PL_MEDIA_WEBP), PL_OK, "%s", failed.msg);
    CARD_MUST(pl_buf_add(&first, picture.bytes, picture.n, &card_help.error));
    uint8_t *webp = WebPDecodeRGB(picture.bytes, picture.n, &webp_w, &webp_h);
    cr_assert(webp != NULL && webp_w == (int)width && webp_h == (int)height);
    double sum = 0.0;
    for (size_t i = 0; i < 3 * (size_t)width * height; i++)
        sum += ((double)png[i] - webp[i]) * ((double)png[i] - webp[i]);
    double psnr = 10 * log10(255.0 * 255.0 * 3.0 * width * height / sum);
    cr_assert_gt(psnr, 30, "%.2f dB", psnr);
    WebPFree(webp);
    free(png);
    cr_assert_eq(draw("2", "", PL_MEDIA_WEBP), PL_OK, "%s", failed.msg);
    cr_assert_eq(draw("1", "q=90&sub=444", PL_MEDIA_WEBP), PL_OK, "%s", failed.msg);
    cr_assert(first.n == picture.n && memcmp(first.bytes, picture.bytes, first.n) == 0);
    cr_assert_eq(draw("1", "q=60&w=480", PL_MEDIA_WEBP), PL_OK, "%s", failed.msg);
    cr_assert_lt(picture.n, first.n / 3);
    pl_buf_free(&first);
}

Test(card_draw, a_background_is_the_one_asked_for)
{
    uint32_t width, height;
    uint8_t *drawn = draw_pixels("1", "bg=dark", &width, &height);
    uint8_t *base = base_pixels(PL_CARD_FS2020, "dark");
    size_t at = 3 * (300 * (size_t)CARD_W + 500);
    cr_assert_eq(memcmp(drawn + at, base + at, 3000), 0);
    free(drawn);
    free(base);
    cr_assert_eq(draw("1", "bg=pink", PL_MEDIA_PNG), PL_E_INPUT);
    cr_assert_str_eq(failed.param, "bg");
}

Test(card_draw, widths_are_those_the_pack_has)
{
    uint32_t width, height;
    free(draw_pixels("1", "w=480", &width, &height));
    cr_assert_eq(width, 480);
    cr_assert_eq(draw("1", "w=481", PL_MEDIA_PNG), PL_E_INPUT);
    cr_assert_str_eq(failed.param, "w");
    cr_assert_eq(picture.n, 0);
}

Test(card_draw, lists_are_pictures_behind_the_cards)
{
    uint32_t width, height;
    free(draw_pixels("2", "", &width, &height));
    cr_assert_eq(width, 1920);
    cr_assert_eq(height, 1080);
    cr_assert_eq(draw("3", "", PL_MEDIA_PNG), PL_E_MISSING);
    cr_assert_eq(draw("0", "", PL_MEDIA_PNG), PL_E_MISSING);
    cr_assert_eq(draw("1x", "", PL_MEDIA_PNG), PL_E_MISSING);
    cr_assert_eq(draw("-1", "", PL_MEDIA_PNG), PL_E_MISSING);
    cr_assert_eq(draw("", "", PL_MEDIA_PNG), PL_E_MISSING);
}

Test(card_draw, what_overflows_is_said)
{
    cr_assert_eq(draw("1", "", PL_MEDIA_JPEG), PL_OK);
    cr_assert_not_null(strstr(note, "ellipsis"), "%s", note);
    cr_assert_eq(draw("2", "", PL_MEDIA_JPEG), PL_OK);
    cr_assert_str_empty(note);
}

Test(card_draw, a_device_is_shown_with_its_boxes_and_needs_no_set)
{
    enum pl_err err = draw_bytes("device/Stick", "", PL_MEDIA_PNG, NULL, 0);
    uint32_t width, height, differ = 0;
    cr_assert_eq(err, PL_OK, "%s", failed.msg);
    uint8_t *drawn = unpack_png(&width, &height), *base = base_pixels(PL_CARD_GUESS, "");
    for (uint32_t y = 60; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            size_t at = 3 * ((size_t)y * width + x);
            bool same = memcmp(drawn + at, base + at, 3) == 0;
            differ += !same;
            cr_assert(same || in_cell(x, y), "%u,%u", x, y);
        }
    cr_assert_gt(differ, 5000);
    free(drawn);
    free(base);
    cr_assert_eq(draw_bytes("device/Nobody", "", PL_MEDIA_PNG, NULL, 0), PL_E_MISSING);
}

Test(card_draw, a_damaged_set_is_refused)
{
    for (size_t n = 0; n < packed.n; n += 7)
        cr_assert_neq(draw_bytes("1", "", PL_MEDIA_JPEG, packed.bytes, n), PL_OK);
    cr_assert_eq(draw_bytes("1", "", PL_MEDIA_JPEG, NULL, 0), PL_E_FORMAT);
}

Test(card_draw, a_small_arena_is_said_and_leaves_nothing)
{
    struct pl_params params;
    struct pl_draw_times times;
    struct pl_draw_source source = {.source = {packed.bytes, packed.n}, .selector = "1"};
    struct pl_draw work = {.sources = &source, .sources_n = 1, .params = &params, .note = note};
    cr_assert_eq(params_of("", PL_MEDIA_PNG, &params), PL_OK);
    for (size_t bytes = 4096; bytes < 600000; bytes += bytes / 3) {
        struct pl_arena *small;
        failed = (struct pl_error){0};
        CARD_MUST(pl_arena_make(&small, bytes, &card_help.error));
        pl_buf_clear(&picture);
        enum pl_err err = pl_renderer_card.render(&work, small, &picture, &times, &failed);
        cr_assert(err == PL_OK || err == PL_E_LIMIT, "%zu: %s", bytes, failed.msg);
        cr_assert(err == PL_OK || picture.n == 0);
        pl_arena_free(&small);
    }
}

/* ---- parameters ---------------------------------------------------------------------------- */

static const char *canonical(const char *query, enum pl_media media)
{
    static struct pl_params params;
    cr_assert_eq(params_of(query, media, &params), PL_OK, "%s: %s", query, failed.msg);
    char *pack = strstr(params.text, "pack=");
    cr_assert_not_null(pack);
    memmove(pack + 5, pack + 5 + PL_CARD_PACK_N, strlen(pack + 5 + PL_CARD_PACK_N) + 1);
    return params.text;
}

Test(card_draw, parameters_have_one_form)
{
    cr_assert_str_eq(canonical("", PL_MEDIA_JPEG), "pack=");
    cr_assert_str_eq(canonical("q=90&sub=420", PL_MEDIA_JPEG), "pack=");
    cr_assert_str_eq(canonical("w=480&q=75&sub=444&bg=dark", PL_MEDIA_JPEG),
                     "bg=dark&pack=&q=75&sub=444&w=480");
    cr_assert_str_eq(canonical("q=75&sub=444&w=480", PL_MEDIA_PNG), "pack=&w=480");
    cr_assert_str_eq(canonical("q=75&sub=444&w=480", PL_MEDIA_WEBP), "pack=&q=75&w=480");
    cr_assert_str_eq(canonical("q=90", PL_MEDIA_WEBP), "pack=");
}

Test(card_draw, parameters_that_are_wrong_are_named)
{
    static const char *const wrong[][2] = {
        {"q=59", "q"},       {"q=101", "q"},   {"q=090", "q"},     {"q=", "q"},
        {"q=9e1", "q"},      {"w=0", "w"},     {"w=99999", "w"},   {"w=-5", "w"},
        {"sub=422", "sub"},  {"bg=a b", "bg"}, {"zoom=2", "zoom"}, {"q=80&q=80", "q"},
        {"pack=00", "pack"}, {"w= 480", "w"}};
    struct pl_params params;
    for (size_t i = 0; i < PL_COUNT(wrong); i++) {
        cr_assert_eq(params_of(wrong[i][0], PL_MEDIA_JPEG, &params), PL_E_INPUT, "%s", wrong[i][0]);
        cr_assert_str_eq(failed.param, wrong[i][1]);
    }
    cr_assert_eq(params_of("", PL_MEDIA_JSON, &params), PL_E_INPUT);
}

Test(card_draw, canonical_text_read_again_is_the_same)
{
    struct pl_params params;
    struct pl_card_params read;
    cr_assert_eq(params_of("w=480&q=75&sub=444&bg=dark", PL_MEDIA_JPEG, &params), PL_OK);
    CARD_MUST(pl_card_params_parse(params.text, &read, &card_help.error));
    cr_assert_eq(read.width_px, 480);
    cr_assert_eq(read.quality, 75);
    cr_assert_eq(read.sub, PL_JPEG_444);
    cr_assert_str_eq(read.bg, "dark");
}

Test(card_draw, sets_are_no_uploads)
{
    struct pl_source source = {packed.bytes, packed.n};
    cr_assert_eq(pl_renderer_card.probe(packed.bytes, PL_MIN(packed.n, (size_t)PL_PROBE_N)), 0);
    cr_assert_neq(pl_renderer_card.inspect(&source, card_help.arena, NULL, NULL, &failed), PL_OK);
}

/* ---- golden pictures ----------------------------------------------------------------------- */

static void expect_golden(const char *name)
{
    char path[128];
    uint32_t width, height;
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t *drawn = unpack_png(&width, &height), *golden = NULL;
    (void)snprintf(path, sizeof path, "tests/golden/%s.png", name);
    bool same = png_image_begin_read_from_file(&image, path) && image.width == width &&
                image.height == height;
    image.format = PNG_FORMAT_RGB;
    if (same)
        golden = malloc(PNG_IMAGE_SIZE(image));
    same = same && png_image_finish_read(&image, NULL, golden, 0, NULL) &&
           memcmp(golden, drawn, 3 * (size_t)width * height) == 0;
    if (!same) {
        (void)snprintf(path, sizeof path, "build/golden/%s.png", name);
        (void)mkdir("build", 0777);
        (void)mkdir("build/golden", 0777);
        CARD_MUST(pl_make_write(path, picture.bytes, picture.n, &card_help.error));
    }
    free(drawn);
    free(golden);
    cr_expect(same, "%s differs, see build/golden/", name);
}

Test(card_draw, pictures_equal_their_golden_pictures)
{
    cr_assert_eq(draw("1", "", PL_MEDIA_PNG), PL_OK, "%s", failed.msg);
    expect_golden("card");
    cr_assert_eq(draw("1", "bg=dark&w=480", PL_MEDIA_PNG), PL_OK, "%s", failed.msg);
    expect_golden("card_small");
    cr_assert_eq(draw("2", "", PL_MEDIA_PNG), PL_OK, "%s", failed.msg);
    expect_golden("card_list");
    cr_assert_eq(draw_bytes("device/Stick", "", PL_MEDIA_PNG, NULL, 0), PL_OK);
    expect_golden("card_device");
}

/* A keyboard of many rows, two columns and chords. */
Test(card_draw, pages_of_keyboards_equal_their_golden_pictures)
{
    static const char *const keys[] = {"Left Ctrl", "Left Shift", "F7"};
    static struct pl_card_row keyboard[40];
    static char texts[40][32];
    static struct pl_card_label labels[40];
    for (unsigned i = 0; i < PL_COUNT(keyboard); i++) {
        (void)snprintf(texts[i], sizeof texts[i], "Control number %u", i + 1);
        labels[i] =
            (struct pl_card_label){.context = i < 23 ? 0 : 1, .text = texts[i], .invalid = i == 39};
        keyboard[i] = (struct pl_card_row){.input = "F7",
                                           .heading = i < 23 ? "Camera" : "Plane",
                                           .keys = keys + (i % 3),
                                           .keys_n = 3 - i % 3,
                                           .labels = &labels[i],
                                           .labels_n = 1};
    }
    lists[0] = (struct pl_card_list){.profile = "",
                                     .title = "Keyboard",
                                     .device = "Keyboard",
                                     .keyboard = true,
                                     .pages_n = 1,
                                     .rows = keyboard,
                                     .rows_n = PL_COUNT(keyboard)};
    pl_buf_clear(&packed);
    CARD_MUST(pl_card_set_pack(&set, &packed, &card_help.error));
    cr_assert_eq(draw("2", "", PL_MEDIA_PNG), PL_OK, "%s", failed.msg);
    expect_golden("card_keyboard");
}
