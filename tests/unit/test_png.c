/* test_png.c - what libpng reads is what was drawn. */
#include <criterion/criterion.h>
#include <libdeflate.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "render/encode/png.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;

static void start(void)
{
    cr_assert_eq(pl_arena_make(&arena, 64 << 20, NULL), PL_OK);
}

static void stop(void)
{
    pl_arena_free(&arena);
}

TestSuite(png, .init = start, .fini = stop, .timeout = 120);

static void pattern(uint32_t width, uint32_t height, unsigned colors)
{
    cr_assert_eq(pl_canvas_make(&canvas, width, height, arena, NULL), PL_OK);
    for (unsigned i = 0; canvas.colors_n < colors; i++)
        (void)pl_canvas_ink(&canvas, 0x102030u + i * 0x030507u, 1);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            canvas.rows[y * canvas.stride + 1 + x] = (uint8_t)((x * 7 + y * 13) % canvas.colors_n);
}

static void check(const struct pl_buf *out)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    cr_assert(png_image_begin_read_from_memory(&image, out->bytes, out->n), "%s", image.message);
    cr_assert_eq(image.width, canvas.width_px);
    cr_assert_eq(image.height, canvas.height_px);
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL), "%s", image.message);
    for (uint32_t y = 0; y < canvas.height_px; y++)
        for (uint32_t x = 0; x < canvas.width_px; x++)
            cr_assert_eq(memcmp(pixels + 3 * ((size_t)y * canvas.width_px + x),
                                canvas.rgb[pl_canvas_at(&canvas, x, y)], 3),
                         0, "pixel %u,%u", x, y);
    free(pixels);
}

Test(png, decodes_to_the_same_pixels_at_both_depths_and_odd_sizes)
{
    static const uint32_t sizes[][2] = {{1, 1}, {2, 1}, {3, 5}, {15, 16}, {600, 400}, {601, 399}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned colors = 16; colors <= 256; colors += 80) {
            struct pl_buf out = PL_BUF(8 << 20);
            pattern(sizes[i][0], sizes[i][1], colors);
            cr_assert_eq(pl_png_canvas(&canvas, arena, &out, NULL), PL_OK);
            cr_assert_eq(out.bytes[24], colors <= 16 ? 4 : 8);
            check(&out);
            pl_buf_free(&out);
        }
}

Test(png, appends_and_leaves_the_buffer_alone_on_failure)
{
    struct pl_buf out = PL_BUF(8 << 20);
    pattern(64, 64, 16);
    cr_assert_eq(pl_buf_text(&out, "before", NULL), PL_OK);
    cr_assert_eq(pl_png_canvas(&canvas, arena, &out, NULL), PL_OK);
    cr_assert_eq(memcmp(out.bytes, "before\x89PNG", 10), 0);
    size_t whole = out.n;
    pl_buf_free(&out);
    for (size_t limit = 6; limit < whole; limit++) { /* cut at every byte */
        out = PL_BUF(limit);
        cr_assert_eq(pl_buf_text(&out, "before", NULL), PL_OK);
        cr_assert_eq(pl_png_canvas(&canvas, arena, &out, NULL), PL_E_LIMIT);
        cr_assert_eq(out.n, 6u);
        pl_buf_free(&out);
    }
}

Test(png, a_job_without_memory_for_the_encoder_is_refused)
{
    struct pl_arena *small;
    struct pl_buf out = PL_BUF(8 << 20);
    cr_assert_eq(pl_arena_make(&small, 300 << 10, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&canvas, 500, 500, small, NULL), PL_OK);
    cr_assert_eq(pl_png_canvas(&canvas, small, &out, NULL), PL_E_LIMIT);
    cr_assert_eq(out.n, 0u);
    pl_buf_free(&out);
    pl_arena_free(&small);
}

Test(png, takes_nothing_from_the_arena_for_longer_than_the_call)
{
    struct pl_buf out = PL_BUF(8 << 20);
    pattern(300, 200, 16);
    size_t before = pl_arena_used(arena);
    cr_assert_eq(pl_png_canvas(&canvas, arena, &out, NULL), PL_OK);
    cr_assert_eq(pl_arena_used(arena), before);
    pl_buf_free(&out);
}

Test(png, leaves_libdeflate_to_others_as_it_was)
{
    struct pl_buf out = PL_BUF(8 << 20);
    pattern(30, 20, 16);
    cr_assert_eq(pl_png_canvas(&canvas, arena, &out, NULL), PL_OK);
    size_t before = pl_arena_used(arena);
    struct libdeflate_decompressor *decoder = libdeflate_alloc_decompressor();
    cr_assert(decoder != NULL);
    cr_assert_eq(pl_arena_used(arena), before);
    libdeflate_free_decompressor(decoder);
    pl_buf_free(&out);
}

static const uint8_t **rgb_rows(uint32_t width, uint32_t height, uint8_t **pixels)
{
    const uint8_t **rows = malloc(height * sizeof *rows);
    *pixels = malloc((size_t)3 * width * height);
    for (uint32_t y = 0; y < height; y++) {
        rows[y] = *pixels + (size_t)3 * width * y;
        for (uint32_t x = 0; x < 3 * width; x++)
            (*pixels)[(size_t)3 * width * y + x] = (uint8_t)(x * 5 + y * y * 3);
    }
    return rows;
}

Test(png, rgb_decodes_to_the_same_pixels_at_odd_sizes)
{
    static const uint32_t sizes[][2] = {{1, 1}, {2, 1}, {1, 3}, {17, 16}, {640, 361}, {1939, 1500}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *pixels, *back;
        const uint8_t **rows = rgb_rows(sizes[i][0], sizes[i][1], &pixels);
        struct pl_buf out = PL_BUF(8 << 20);
        size_t used = pl_arena_used(arena);
        struct pl_band_rows all = {rows, sizes[i][1]};
        cr_assert_eq(pl_png_rgb(pl_band_of_rows, &all, sizes[i][0], sizes[i][1], arena, &out, NULL),
                     PL_OK);
        cr_assert_eq(pl_arena_used(arena), used);
        png_image image = {.version = PNG_IMAGE_VERSION};
        cr_assert(png_image_begin_read_from_memory(&image, out.bytes, out.n), "%s", image.message);
        cr_assert(image.width == sizes[i][0] && image.height == sizes[i][1]);
        image.format = PNG_FORMAT_RGB;
        back = malloc(PNG_IMAGE_SIZE(image));
        cr_assert(png_image_finish_read(&image, NULL, back, 0, NULL), "%s", image.message);
        cr_assert_eq(memcmp(back, pixels, PNG_IMAGE_SIZE(image)), 0);
        free(back);
        free(pixels);
        free(rows);
        pl_buf_free(&out);
    }
}

Test(png, rgb_of_any_size_is_encoded_in_little_memory)
{
    struct pl_arena *small;
    uint8_t *pixels;
    const uint8_t **rows = rgb_rows(3840, 40, &pixels);
    struct pl_band_rows all = {rows, 40};
    struct pl_buf out = PL_BUF(64 << 20);
    cr_assert_eq(pl_arena_make(&small, 400 << 10, NULL), PL_OK);
    cr_assert_eq(pl_png_rgb(pl_band_of_rows, &all, 3840, 4000, small, &out, NULL), PL_OK);
    png_image image = {.version = PNG_IMAGE_VERSION};
    cr_assert(png_image_begin_read_from_memory(&image, out.bytes, out.n), "%s", image.message);
    cr_assert(image.width == 3840 && image.height == 4000);
    png_image_free(&image);
    pl_buf_free(&out);
    pl_arena_free(&small);
    free(pixels);
    free(rows);
}

Test(png, rgb_takes_what_the_arena_has_or_is_refused)
{
    uint8_t *pixels;
    const uint8_t **rows = rgb_rows(300, 200, &pixels);
    struct pl_band_rows all = {rows, 200};
    unsigned drawn = 0, refused = 0;
    for (size_t ceiling = 64 << 10; ceiling < (2 << 20); ceiling += 32 << 10) {
        struct pl_arena *small;
        struct pl_buf out = PL_BUF(8 << 20);
        cr_assert_eq(pl_arena_make(&small, ceiling, NULL), PL_OK);
        enum pl_err err = pl_png_rgb(pl_band_of_rows, &all, 300, 200, small, &out, NULL);
        cr_assert(err == PL_OK || (err == PL_E_LIMIT && out.n == 0 && drawn == 0));
        *(err == PL_OK ? &drawn : &refused) += 1;
        cr_assert_eq(pl_arena_used(small), 0u);
        pl_buf_free(&out);
        pl_arena_free(&small);
    }
    cr_assert(drawn > 5 && refused > 3, "%u drawn, %u refused", drawn, refused);
    free(pixels);
    free(rows);
}
