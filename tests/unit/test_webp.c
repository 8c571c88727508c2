/* test_webp.c - the WebP encoder: the pixels come back, in bands as in one piece; what is refused.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "render/encode/webp.h"
#include "shm/base/check.h"

static struct pl_arena *arena;

static void start(void)
{
    cr_assert_eq(pl_arena_make(&arena, 64 << 20, NULL), PL_OK);
}

static void stop(void)
{
    pl_arena_free(&arena);
}

TestSuite(webp, .init = start, .fini = stop, .timeout = 300);

struct picture {
    uint32_t width, height;
    uint8_t *pixels;
    const uint8_t **rows;
    struct pl_band_rows all;
};

/* Grey shades with white boxes: what is lost is not the halved colour. */
static void make(struct picture *picture, uint32_t width, uint32_t height)
{
    *picture = (struct picture){.width = width, .height = height};
    picture->pixels = malloc((size_t)3 * width * height);
    picture->rows = malloc(height * sizeof *picture->rows);
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *row = picture->pixels + (size_t)3 * width * y;
        picture->rows[y] = row;
        for (uint32_t x = 0; x < width; x++) {
            bool box = x / 24 % 3 == 1 && y / 16 % 3 == 1;
            memset(row + (size_t)3 * x, box ? 255 : (int)(40 + x * 90 / width + y * 70 / height),
                   3);
        }
    }
    picture->all = (struct pl_band_rows){picture->rows, height};
}

static void drop(struct picture *picture)
{
    free(picture->pixels);
    free(picture->rows);
}

static enum pl_err encode(struct picture *picture, unsigned quality, struct pl_buf *out,
                          struct pl_error *error)
{
    return pl_webp_rgb(pl_band_of_rows, &picture->all, picture->width, picture->height, quality,
                       arena, out, error);
}

static double psnr(const struct picture *picture, const struct pl_buf *file)
{
    int width = 0, height = 0;
    uint8_t *pixels = WebPDecodeRGB(file->bytes, file->n, &width, &height);
    cr_assert_not_null(pixels);
    cr_assert(width == (int)picture->width && height == (int)picture->height);
    double sum = 0;
    size_t n = (size_t)3 * picture->width * picture->height;
    for (size_t i = 0; i < n; i++) {
        double apart = (double)pixels[i] - picture->pixels[i];
        sum += apart * apart;
    }
    WebPFree(pixels);
    return sum > 0 ? 10 * log10(255.0 * 255.0 * (double)n / sum) : 99;
}

static const uint32_t sizes[][2] = {{1, 1},   {2, 3},    {16, 16},  {17, 15},
                                    {61, 47}, {160, 97}, {640, 360}};

Test(webp, decodes_to_nearly_the_same_pixels_at_any_size)
{
    for (size_t i = 0; i < PL_COUNT(sizes); i++) {
        struct picture picture;
        struct pl_error error = {0};
        struct pl_buf out = PL_BUF(8 << 20);
        make(&picture, sizes[i][0], sizes[i][1]);
        cr_assert_eq(encode(&picture, 90, &out, &error), PL_OK, "%s", error.msg);
        cr_assert_gt(psnr(&picture, &out), 34, "%u x %u: %.1f dB", sizes[i][0], sizes[i][1],
                     psnr(&picture, &out));
        pl_buf_free(&out);
        drop(&picture);
    }
}

/* The library's own way, from the whole picture. */
static void encode_whole(const struct picture *picture, WebPMemoryWriter *out)
{
    WebPConfig config;
    WebPPicture whole;
    cr_assert(WebPConfigInit(&config) && WebPPictureInit(&whole));
    config.quality = 90;
    config.method = 2;
    WebPMemoryWriterInit(out);
    whole.width = (int)picture->width;
    whole.height = (int)picture->height;
    whole.writer = WebPMemoryWrite;
    whole.custom_ptr = out;
    cr_assert(WebPPictureImportRGB(&whole, picture->pixels, (int)(3 * picture->width)));
    cr_assert(WebPEncode(&config, &whole));
    WebPPictureFree(&whole);
}

Test(webp, bands_give_the_file_of_the_whole_picture)
{
    for (size_t i = 0; i < PL_COUNT(sizes); i++) {
        struct picture picture;
        struct pl_buf out = PL_BUF(8 << 20);
        WebPMemoryWriter theirs;
        make(&picture, sizes[i][0], sizes[i][1]);
        for (size_t p = 0; p < (size_t)3 * picture.width * picture.height; p += 7)
            picture.pixels[p] = (uint8_t)(p * 31);
        cr_assert_eq(encode(&picture, 90, &out, NULL), PL_OK);
        encode_whole(&picture, &theirs);
        cr_assert(out.n == theirs.size && memcmp(out.bytes, theirs.mem, out.n) == 0, "%u x %u",
                  sizes[i][0], sizes[i][1]);
        WebPMemoryWriterClear(&theirs);
        pl_buf_free(&out);
        drop(&picture);
    }
}

Test(webp, more_quality_is_nearer_and_larger)
{
    struct picture picture;
    struct pl_buf low = PL_BUF(8 << 20), high = PL_BUF(8 << 20);
    make(&picture, 640, 360);
    cr_assert_eq(encode(&picture, 60, &low, NULL), PL_OK);
    cr_assert_eq(encode(&picture, 100, &high, NULL), PL_OK);
    cr_assert_lt(low.n, high.n);
    cr_assert_lt(psnr(&picture, &low), psnr(&picture, &high));
    pl_buf_free(&low);
    pl_buf_free(&high);
    drop(&picture);
}

Test(webp, leaves_buffer_and_arena_as_they_were_on_failure)
{
    struct picture picture;
    struct pl_buf whole = PL_BUF(8 << 20);
    make(&picture, 640, 360);
    cr_assert_eq(encode(&picture, 90, &whole, NULL), PL_OK);
    size_t mark = pl_arena_mark(arena);
    for (size_t limit = 3; limit < whole.n + 3; limit += 1 + whole.n / 10) {
        struct pl_error error = {0};
        struct pl_buf out = PL_BUF(limit);
        cr_assert_eq(pl_buf_add(&out, "abc", 3, NULL), PL_OK);
        cr_assert_eq(encode(&picture, 90, &out, &error), PL_E_LIMIT, "%s", error.msg);
        cr_assert(out.n == 3 && memcmp(out.bytes, "abc", 3) == 0);
        cr_assert_eq(pl_arena_mark(arena), mark);
        pl_buf_free(&out);
    }
    pl_buf_free(&whole);
    drop(&picture);
}

Test(webp, an_arena_that_is_too_small_is_refused_by_name)
{
    struct picture picture;
    struct pl_error error = {0};
    struct pl_buf out = PL_BUF(8 << 20);
    pl_arena_free(&arena);
    cr_assert_eq(pl_arena_make(&arena, 300000, NULL), PL_OK);
    make(&picture, 640, 360);
    cr_assert_eq(encode(&picture, 90, &out, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    cr_assert(out.n == 0 && pl_arena_mark(arena) == 0);
    drop(&picture);
}

Test(webp, a_side_longer_than_the_format_knows_is_refused)
{
    static const uint8_t row[3 * (PL_WEBP_SIDE_MAX + 1)];
    const uint8_t *first = row;
    struct pl_band_rows rows = {&first, 1};
    struct pl_buf out = PL_BUF(8 << 20);
    cr_assert_eq(
        pl_webp_rgb(pl_band_of_rows, &rows, PL_WEBP_SIDE_MAX + 1, 1, 90, arena, &out, NULL),
        PL_E_LIMIT);
    cr_assert_eq(pl_webp_rgb(pl_band_of_rows, &rows, PL_WEBP_SIDE_MAX, 1, 90, arena, &out, NULL),
                 PL_OK);
    pl_buf_free(&out);
}

#ifndef PL_SANITIZED /* which needs address space of its own */
Test(webp, without_memory_it_is_refused_and_works_again_later)
{
    struct picture picture;
    struct pl_error error = {0};
    struct pl_buf out = PL_BUF(8 << 20);
    struct rlimit before, none;
    make(&picture, 3840, 2160);
    cr_assert_eq(pl_buf_reserve(&out, 4 << 20, NULL), PL_OK);
    cr_assert_eq(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){1 << 20, before.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_AS, &none), 0);
    enum pl_err err = encode(&picture, 90, &out, &error);
    cr_assert_eq(setrlimit(RLIMIT_AS, &before), 0);
    cr_assert_eq(err, PL_E_NOMEM, "%s", error.msg);
    cr_assert_eq(out.n, 0u);
    cr_assert_eq(encode(&picture, 90, &out, NULL), PL_OK);
    pl_buf_free(&out);
    drop(&picture);
}
#endif
