/* test_splice.c - cards are encoded by splicing: the same bytes as a whole encode, for every base
 * of a pack; and what is refused. */
#include <criterion/criterion.h>
#include <png.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <unistd.h>

#include "render/card/pack/build.h"
#include "render/encode/png.h"
#include "shm/base/check.h"
#include "tests/unit/splice_help.h"

#define FONT "/usr/share/fonts/opentype/yanone-kaffeesatz/YanoneKaffeesatz-Regular.otf"

static char folder[] = "/tmp/platen-splice-XXXXXX";
static struct pl_arena *arena;
static struct pl_pack *pack;
static struct pl_packs packs;

static void write_file(const char *name, const uint8_t *bytes, size_t n)
{
    char path[100];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(pl_make_write(path, bytes, n, NULL), PL_OK);
}

/* A gradient with noise in its middle, as PNG. */
static void write_picture(const char *name, uint32_t width, uint32_t height)
{
    uint8_t *pixels = malloc((size_t)3 * width * height);
    const uint8_t **rows = malloc(height * sizeof *rows);
    splice_chance = width;
    for (uint32_t y = 0; y < height; y++) {
        rows[y] = pixels + (size_t)3 * width * y;
        for (uint32_t x = 0; x < 3 * width; x++)
            pixels[(size_t)3 * width * y + x] =
                (uint8_t)(x * 90 / width + y * 60 / height + (x > width ? splice_next(40) : 0));
    }
    struct pl_buf out = PL_BUF((size_t)16 << 20);
    struct pl_band_rows all = {rows, height};
    cr_assert_eq(pl_png_rgb(pl_band_of_rows, &all, width, height, arena, &out, NULL), PL_OK);
    write_file(name, out.bytes, out.n);
    pl_buf_free(&out);
    free(rows);
    free(pixels);
}

/* Sizes: whole tiles; a last row of 15; a width whose tiles do not divide rows of 8 pixels. */
static struct pl_make_image images[] = {
    {.id = "even", .title = "Even", .file = "even.png", .layout_w = 640, .layout_h = 368},
    {.id = "odd", .title = "Odd", .file = "odd.png", .layout_w = 480, .layout_h = 271},
    {.id = "narrow", .title = "Narrow", .file = "narrow.png", .layout_w = 467, .layout_h = 291},
    {.id = "large", .title = "Large", .file = "large.png", .layout_w = 960, .layout_h = 540},
};

static void start(void)
{
    struct pl_make make;
    struct pl_problems problems = PL_PROBLEMS;
    struct pl_buf bytes = PL_BUF((size_t)256 << 20), font = PL_BUF((size_t)4 << 20);
    struct pl_error error = {0};
    uint8_t block[4096];
    char path[100];
    size_t n;
    cr_assert(mkdtemp(folder) != NULL);
    cr_assert_eq(pl_arena_make(&arena, (size_t)512 << 20, NULL), PL_OK);
    FILE *file = fopen(FONT, "rb");
    cr_assert(file != NULL, "%s is not there", FONT);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        cr_assert_eq(pl_buf_add(&font, block, n, NULL), PL_OK);
    (void)fclose(file);
    write_file("font", font.bytes, font.n);
    for (size_t i = 0; i < PL_COUNT(images); i++)
        write_picture(images[i].file, images[i].layout_w, images[i].layout_h);
    pl_make_start(&make);
    make.name = "test";
    make.version = "1";
    make.fonts[PL_PACK_FONT_LABEL].text = make.fonts[PL_PACK_FONT_TITLE].text = "font";
    make.images.at = images;
    make.images.n = PL_COUNT(images);
    cr_assert_eq(pl_make_check(&make, folder, arena, &problems, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(problems.errors, 0u, "%.*s", (int)problems.text.n, problems.text.bytes);
    cr_assert_eq(pl_make_bytes(&make, folder, arena, &bytes, &error), PL_OK, "%s", error.msg);
    write_file("pack", bytes.bytes, bytes.n);
    (void)snprintf(path, sizeof path, "%s/pack", folder);
    cr_assert_eq(pl_pack_open(path, &pack, &error), PL_OK, "%s", error.msg);
    packs = (struct pl_packs){.at = {pack}, .n = 1};
    pl_packs_seal(&packs);
    pl_problems_free(&problems);
    pl_buf_free(&bytes);
    pl_buf_free(&font);
}

static void stop(void)
{
    static const char *const names[] = {"font",       "pack",    "even.png",
                                        "narrow.png", "odd.png", "large.png"};
    char path[100];
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    pl_pack_close(&pack);
    pl_arena_free(&arena);
}

TestSuite(splice, .init = start, .fini = stop, .timeout = 300);

static struct pl_pack_base base_of(const char *id)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    cr_assert(pl_packs_image(&packs, id, &image));
    cr_assert_eq(pl_pack_base(&image, PL_CARD_FS2020, 0, "", &base, NULL), PL_OK);
    return base;
}

Test(splice, equals_a_whole_encode_on_every_base_of_a_pack)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    unsigned bases = 0;
    for (uint32_t i = 0; pl_packs_image_at(&packs, i, &image); i++)
        for (uint32_t b = 0; pl_pack_base_at(&image, b, &base); b++, bases++) {
            const char *wrong = NULL;
            (void)splice_check_base(&base, arena, &wrong);
            cr_assert(wrong == NULL, "%s, %u x %u: %s", image.id, base.width_px, base.height_px,
                      wrong);
        }
    cr_assert_geq(bases, 4u);
}

Test(splice, the_page_of_lists_too)
{
    struct pl_pack_base base;
    const char *wrong = NULL;
    cr_assert_eq(pl_packs_page(&packs, PL_CARD_ED, 0, &base, NULL), PL_OK);
    (void)splice_check_base(&base, arena, &wrong);
    cr_assert(wrong == NULL, "%s", wrong);
}

static void paint_on(struct pl_canvas24 *canvas, const struct pl_pack_base *base, unsigned boxes)
{
    splice_chance = 9;
    cr_assert_eq(pl_canvas24_on_base(canvas, base, arena, NULL), PL_OK);
    splice_paint(canvas, boxes);
    cr_assert_eq(pl_canvas24_finish(canvas, NULL), PL_OK);
}

/* All pixels as the canvas has them. */
static uint8_t *pixels_of(const struct pl_canvas24 *canvas)
{
    size_t stride = 3 * (size_t)canvas->tile_w * canvas->columns;
    uint8_t *pixels = malloc(stride * PL_TILE_ROWS * canvas->rows);
    for (uint32_t row = 0; row < canvas->rows; row++)
        pl_canvas24_band(canvas, row, pixels + row * PL_TILE_ROWS * stride, stride);
    return pixels;
}

Test(splice, png_has_the_pixels_of_the_canvas)
{
    struct pl_canvas24 canvas;
    struct pl_pack_base base = base_of("narrow");
    struct pl_buf out = PL_BUF((size_t)16 << 20);
    paint_on(&canvas, &base, 20);
    size_t used = pl_arena_used(arena);
    cr_assert_eq(pl_splice_png(&canvas, &out, NULL), PL_OK);
    cr_assert_eq(pl_arena_used(arena), used);
    png_image image = {.version = PNG_IMAGE_VERSION};
    cr_assert(png_image_begin_read_from_memory(&image, out.bytes, out.n), "%s", image.message);
    cr_assert(image.width == base.width_px && image.height == base.height_px);
    image.format = PNG_FORMAT_RGB;
    uint8_t *decoded = malloc(PNG_IMAGE_SIZE(image)), *pixels = pixels_of(&canvas);
    cr_assert(png_image_finish_read(&image, NULL, decoded, 0, NULL), "%s", image.message);
    for (uint32_t y = 0; y < base.height_px; y++)
        cr_assert_eq(memcmp(decoded + (size_t)3 * y * base.width_px,
                            pixels + (size_t)3 * y * canvas.tile_w * canvas.columns,
                            (size_t)3 * base.width_px),
                     0, "row %u", y);
    free(decoded);
    free(pixels);
    pl_buf_free(&out);
}

Test(splice, jpeg_decodes_to_nearly_the_pixels_of_the_canvas_at_any_quality)
{
    static const unsigned qualities[] = {60, 90, 100};
    struct pl_pack_base base = base_of("odd");
    for (unsigned sub = PL_JPEG_420; sub <= PL_JPEG_444; sub++)
        for (size_t q = 0; q < PL_COUNT(qualities); q++) {
            struct pl_canvas24 canvas;
            struct pl_buf out = PL_BUF((size_t)16 << 20);
            int w, h, sampling, space;
            paint_on(&canvas, &base, 20);
            cr_assert_eq(
                pl_splice_jpeg(&canvas, qualities[q], (enum pl_jpeg_sub)sub, &out, NULL, NULL),
                PL_OK);
            tjhandle handle = tjInitDecompress();
            cr_assert_eq(tjDecompressHeader3(handle, out.bytes, out.n, &w, &h, &sampling, &space),
                         0);
            cr_assert(w == 480 && h == 271);
            cr_assert_eq(sampling, sub == PL_JPEG_420 ? TJSAMP_420 : TJSAMP_444);
            uint8_t *decoded = malloc((size_t)3 * 480 * 271), *pixels = pixels_of(&canvas);
            cr_assert_eq(tjDecompress2(handle, out.bytes, out.n, decoded, w, 0, h, TJPF_RGB, 0), 0,
                         "%s", tjGetErrorStr2(handle));
            double sum = 0;
            for (size_t i = 0; i < (size_t)3 * 480 * 271; i++)
                sum += abs(decoded[i] - pixels[i]);
            cr_assert_lt(sum / (3 * 480 * 271), qualities[q] == 60 ? 9.0 : 6.0, "%f", sum);
            free(decoded);
            free(pixels);
            tjDestroy(handle);
            pl_buf_free(&out);
        }
}

Test(splice, a_buffer_or_an_arena_that_is_too_small_is_a_limit)
{
    struct pl_canvas24 canvas;
    struct pl_pack_base base = base_of("large");
    paint_on(&canvas, &base, 35);
    for (size_t limit = 0; limit < 9000; limit += 1 + limit) {
        struct pl_buf out = PL_BUF(limit);
        cr_assert_eq(pl_splice_jpeg(&canvas, 90, PL_JPEG_420, &out, NULL, NULL), PL_E_LIMIT);
        cr_assert_eq(pl_splice_plain(&canvas, 90, PL_JPEG_420, &out, NULL), PL_E_LIMIT);
        cr_assert_eq(pl_splice_png(&canvas, &out, NULL), PL_E_LIMIT);
        cr_assert_eq(out.n, 0u);
        pl_buf_free(&out);
    }
    struct pl_arena *small;
    cr_assert_eq(pl_arena_make(&small, 4096, NULL), PL_OK);
    canvas.arena = small;
    struct pl_buf out = PL_BUF((size_t)16 << 20);
    struct pl_error error = {0};
    cr_assert_eq(pl_splice_jpeg(&canvas, 90, PL_JPEG_420, &out, NULL, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    cr_assert_eq(pl_splice_plain(&canvas, 90, PL_JPEG_420, &out, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_splice_png(&canvas, &out, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_arena_used(small), 0u);
    cr_assert_eq(out.n, 0u);
    pl_buf_free(&out);
    pl_arena_free(&small);
}
