/* test_jpeg_splice.c - what is put together from intervals is what a whole encode gives. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <turbojpeg.h>

#include "render/encode/jpeg_splice.h"

TestSuite(jpeg_splice, .timeout = 300);

/* A picture at its padded size: smooth ground, edges, noise in places, like a card. */
struct picture {
    struct pl_jpeg_form form;
    uint32_t columns, down, mcu, w, h;
    uint8_t *pixels;
    const uint8_t **rows;
};

static uint32_t chance; /* of this test's process */

static uint32_t next(uint32_t below)
{
    chance = chance * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(chance >> 8) * below >> 24);
}

static void paint(struct picture *picture, uint32_t x0, uint32_t y0, uint32_t w, uint32_t h)
{
    uint8_t ink[3] = {(uint8_t)next(256), (uint8_t)next(256), (uint8_t)next(256)};
    unsigned noise = next(3) == 0 ? 120 : 1;
    for (uint32_t y = y0; y < y0 + h && y < picture->h; y++)
        for (uint32_t x = x0; x < x0 + w && x < picture->w; x++)
            for (unsigned c = 0; c < 3; c++)
                picture->pixels[3 * ((size_t)y * picture->w + x) + c] =
                    (uint8_t)(ink[c] / 2 + (x + y) % 50 + next(noise));
}

static void make(struct picture *picture, uint32_t width, uint32_t height, enum pl_jpeg_sub sub,
                 uint32_t interval_w)
{
    picture->form = (struct pl_jpeg_form){width, height, sub, 90, interval_w};
    picture->mcu = sub == PL_JPEG_420 ? 16 : 8;
    pl_jpeg_grid(&picture->form, &picture->columns, &picture->down);
    picture->w = picture->columns * interval_w;
    picture->h = picture->down * picture->mcu;
    picture->pixels = malloc((size_t)3 * picture->w * picture->h);
    picture->rows = malloc(picture->h * sizeof *picture->rows);
    for (uint32_t y = 0; y < picture->h; y++)
        picture->rows[y] = picture->pixels + (size_t)3 * y * picture->w;
    paint(picture, 0, 0, picture->w, picture->h);
    for (unsigned i = 0; i < 40; i++)
        paint(picture, next(picture->w), next(picture->h), 1 + next(90), 1 + next(60));
}

static void drop(struct picture *picture)
{
    free(picture->pixels);
    free(picture->rows);
}

/* Entropy bytes of all intervals, encoded n at a time in the order of `order`. */
struct parts {
    struct pl_buf bytes;
    struct pl_jpeg_part *at;
    size_t *begin;
};

static void encode(const struct picture *picture, const uint32_t *which, uint32_t n,
                   struct parts *parts)
{
    const uint8_t **rows = malloc((size_t)n * picture->mcu * sizeof *rows);
    uint32_t *ends = malloc(n * sizeof *ends);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = which[i] / picture->columns * picture->mcu,
                 column = which[i] % picture->columns;
        for (uint32_t y = 0; y < picture->mcu; y++)
            rows[i * picture->mcu + y] =
                picture->rows[row + y] + (size_t)3 * column * picture->form.interval_w;
    }
    size_t base = parts->bytes.n;
    cr_assert_eq(pl_jpeg_intervals(&picture->form, rows, n, &parts->bytes, ends, NULL), PL_OK);
    cr_assert_eq(parts->bytes.n - base, ends[n - 1]);
    for (uint32_t i = 0; i < n; i++) {
        parts->begin[which[i]] = base + (i > 0 ? ends[i - 1] : 0);
        parts->at[which[i]].n = base + ends[i] - parts->begin[which[i]];
    }
    free(rows);
    free(ends);
}

static struct pl_jpeg_part part(void *context, uint32_t i)
{
    struct parts *parts = context;
    return (struct pl_jpeg_part){parts->bytes.bytes + parts->begin[i], parts->at[i].n};
}

static void same(const struct pl_buf *a, const struct pl_buf *b)
{
    size_t i = 0;
    while (i < a->n && i < b->n && a->bytes[i] == b->bytes[i])
        i++;
    cr_assert(a->n == b->n && i == a->n, "%zu and %zu bytes, first difference at %zu", a->n, b->n,
              i);
}

/* First every interval of an older picture, then those that a few boxes meet anew. */
static void check_splice(uint32_t width, uint32_t height, enum pl_jpeg_sub sub, uint32_t interval_w,
                         unsigned boxes)
{
    struct picture picture;
    make(&picture, width, height, sub, interval_w);
    uint32_t all = picture.columns * picture.down, n = 0;
    uint32_t *which = malloc(all * sizeof *which);
    bool *marked = calloc(all, sizeof *marked);
    struct parts parts = {PL_BUF((size_t)64 << 20), calloc(all, sizeof *parts.at),
                          calloc(all, sizeof *parts.begin)};
    for (uint32_t i = 0; i < all; i++)
        which[i] = i;
    encode(&picture, which, all, &parts);
    for (unsigned b = 0; b < boxes; b++) {
        uint32_t x = next(picture.w), y = next(picture.h), w = 1 + next(200), h = 1 + next(40);
        paint(&picture, x, y, w, h);
        for (uint32_t i = 0; i < all; i++) {
            uint32_t left = i % picture.columns * interval_w,
                     top = i / picture.columns * picture.mcu;
            marked[i] |=
                left < x + w && x < left + interval_w && top < y + h && y < top + picture.mcu;
        }
    }
    for (uint32_t i = all; i-- > 0;)
        if (marked[i])
            which[n++] = i; /* backwards: no interval knows of its neighbours */
    if (n > 0)
        encode(&picture, which, n, &parts);
    struct pl_buf spliced = PL_BUF((size_t)64 << 20), full = PL_BUF((size_t)64 << 20);
    cr_assert_eq(pl_buf_text(&spliced, "before", NULL), PL_OK);
    cr_assert_eq(pl_buf_text(&full, "before", NULL), PL_OK);
    cr_assert_eq(pl_jpeg_splice(&picture.form, part, &parts, &spliced, NULL), PL_OK);
    cr_assert_eq(pl_jpeg_full(&picture.form, picture.rows, &full, NULL), PL_OK);
    same(&spliced, &full);
    cr_assert_eq(memcmp(full.bytes, "before\xff\xd8", 8), 0);
    pl_buf_free(&spliced);
    pl_buf_free(&full);
    pl_buf_free(&parts.bytes);
    free(parts.at);
    free(parts.begin);
    free(which);
    free(marked);
    drop(&picture);
}

Test(jpeg_splice, equals_a_whole_encode_at_all_sizes_of_cards)
{
    static const uint32_t sizes[][2] = {{1920, 1080}, {1939, 1091}, {2560, 1440},
                                        {3840, 2160}, {480, 270},   {480, 271}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        chance = (uint32_t)i + 1;
        check_splice(sizes[i][0], sizes[i][1], PL_JPEG_420, pl_jpeg_interval(sizes[i][0]), 35);
        if (sizes[i][0] % 16 == 0)
            check_splice(sizes[i][0], sizes[i][1], PL_JPEG_444, pl_jpeg_interval(sizes[i][0]), 35);
    }
}

Test(jpeg_splice, equals_a_whole_encode_for_every_interval_and_any_boxes)
{
    static const uint32_t widths[] = {1, 8, 16, 17, 95, 96, 240, 250};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        for (unsigned sub = PL_JPEG_420; sub <= PL_JPEG_444; sub++) {
            uint32_t mcu = sub == PL_JPEG_420 ? 16 : 8, row = (widths[i] + mcu - 1) / mcu * mcu;
            for (uint32_t w = mcu; w <= row; w += mcu)
                for (unsigned boxes = 0; row % w == 0 && boxes <= 12; boxes += 4) {
                    chance = w + 1000 * boxes;
                    check_splice(widths[i], 1 + next(120), (enum pl_jpeg_sub)sub, w, boxes);
                }
        }
}

Test(jpeg_splice, more_intervals_than_a_picture_is_high_are_encoded_as_several)
{
    check_splice(1939, 1091, PL_JPEG_420, 16, 10); /* 8,418 of them, 4,093 fit */
}

static uint8_t *decoded(const uint8_t *bytes, size_t n, int width, int height)
{
    int w, h, sampling, space;
    tjhandle handle = tjInitDecompress();
    cr_assert_eq(tjDecompressHeader3(handle, bytes, n, &w, &h, &sampling, &space), 0);
    cr_assert(w == width && h == height, "%d x %d", w, h);
    unsigned char *pixels = malloc((size_t)3 * (size_t)w * (size_t)h);
    cr_assert_eq(tjDecompress2(handle, bytes, n, pixels, w, 0, h, TJPF_RGB, TJFLAG_ACCURATEDCT), 0,
                 "%s", tjGetErrorStr2(handle));
    tjDestroy(handle);
    return pixels;
}

/* turbojpeg encodes without markers between; where the size is whole MCUs, what is beyond the edge
 * does not come into it. */
static void check_pixels(uint32_t width, uint32_t height, enum pl_jpeg_sub sub)
{
    struct picture picture;
    make(&picture, width, height, sub, pl_jpeg_interval(width));
    struct pl_buf full = PL_BUF((size_t)64 << 20);
    cr_assert_eq(pl_jpeg_full(&picture.form, picture.rows, &full, NULL), PL_OK);
    unsigned char *theirs = NULL;
    unsigned long theirs_n = 0;
    tjhandle handle = tjInitCompress();
    cr_assert_eq(tjCompress2(handle, picture.pixels, (int)picture.w, 0, (int)picture.h, TJPF_RGB,
                             &theirs, &theirs_n, sub == PL_JPEG_420 ? TJSAMP_420 : TJSAMP_444, 90,
                             TJFLAG_ACCURATEDCT),
                 0);
    uint8_t *a = decoded(full.bytes, full.n, (int)width, (int)height),
            *b = decoded(theirs, theirs_n, (int)picture.w, (int)picture.h);
    uint32_t sure_w = width == picture.w ? width : width - 1,
             sure_h = height == picture.h ? height : height - 1; /* chroma is interpolated */
    for (uint32_t y = 0; y < sure_h; y++)
        cr_assert_eq(memcmp(a + (size_t)3 * y * width, b + (size_t)3 * y * picture.w, 3 * sure_w),
                     0, "row %u", y);
    free(a);
    free(b);
    tjFree(theirs);
    tjDestroy(handle);
    pl_buf_free(&full);
    drop(&picture);
}

Test(jpeg_splice, decodes_to_the_pixels_of_turbojpeg_without_restarts)
{
    static const uint32_t sizes[][2] = {{1920, 1088}, {1920, 1080}, {1939, 1091}, {480, 270}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        chance = 77 + (uint32_t)i;
        check_pixels(sizes[i][0], sizes[i][1], PL_JPEG_420);
        if (sizes[i][0] % 16 == 0)
            check_pixels(sizes[i][0], sizes[i][1], PL_JPEG_444);
    }
}

Test(jpeg_splice, is_turbojpegs_file_byte_for_byte_with_its_restart_setting)
{
    struct picture picture;
    make(&picture, 320, 160, PL_JPEG_420, 160);
    struct pl_buf full = PL_BUF((size_t)1 << 20);
    cr_assert_eq(pl_jpeg_full(&picture.form, picture.rows, &full, NULL), PL_OK);
    unsigned char *theirs = NULL;
    unsigned long n = 0;
    tjhandle handle = tjInitCompress();
    cr_assert_eq(setenv("TJ_RESTART", "10B", 1), 0);
    cr_assert_eq(tjCompress2(handle, picture.pixels, 320, 0, 160, TJPF_RGB, &theirs, &n, TJSAMP_420,
                             90, TJFLAG_ACCURATEDCT),
                 0);
    struct pl_buf other = {theirs, n, n, n};
    same(&full, &other);
    tjFree(theirs);
    tjDestroy(handle);
    pl_buf_free(&full);
    drop(&picture);
}

Test(jpeg_splice, intervals_divide_the_row_and_are_about_160_pixels)
{
    static const struct {
        uint32_t width, interval;
    } cases[] = {{1920, 160}, {3840, 160}, {2560, 160}, {480, 160}, {1280, 160}, {1939, 32},
                 {1, 16},     {16, 16},    {100, 112},  {208, 208}, {1024, 128}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(pl_jpeg_interval(cases[i].width), cases[i].interval, "%u: %u", cases[i].width,
                     pl_jpeg_interval(cases[i].width));
}

Test(jpeg_splice, leaves_the_buffer_alone_when_it_is_too_small)
{
    struct picture picture;
    chance = 5;
    make(&picture, 320, 160, PL_JPEG_420, 160);
    uint32_t which[20], ends[20];
    for (uint32_t i = 0; i < 20; i++)
        which[i] = i;
    struct parts parts = {PL_BUF((size_t)1 << 20), calloc(20, sizeof *parts.at),
                          calloc(20, sizeof *parts.begin)};
    encode(&picture, which, 20, &parts);
    struct pl_buf whole = PL_BUF((size_t)1 << 20);
    cr_assert_eq(pl_jpeg_full(&picture.form, picture.rows, &whole, NULL), PL_OK);
    for (size_t limit = 0; limit < whole.n; limit += 1 + limit / 64) {
        struct pl_error error = {0};
        struct pl_buf out = PL_BUF(limit);
        cr_assert_eq(pl_jpeg_full(&picture.form, picture.rows, &out, &error), PL_E_LIMIT);
        cr_assert_eq(out.n, 0u);
        cr_assert_eq(pl_jpeg_splice(&picture.form, part, &parts, &out, NULL), PL_E_LIMIT);
        cr_assert_eq(out.n, 0u);
        if (limit < 600) { /* not even the headers, which are cut off again */
            cr_assert_eq(pl_jpeg_intervals(&picture.form, picture.rows, 10, &out, ends, NULL),
                         PL_E_LIMIT);
            cr_assert_eq(out.n, 0u);
        }
        pl_buf_free(&out);
    }
    pl_buf_free(&whole);
    pl_buf_free(&parts.bytes);
    free(parts.at);
    free(parts.begin);
    drop(&picture);
}

#ifndef PL_SANITIZED /* which needs address space of its own */
Test(jpeg_splice, without_memory_it_is_refused_and_works_again_later)
{
    static const uint8_t row[3 * 60000];
    const uint8_t *first = row;
    struct pl_band_rows rows = {&first, 1};
    struct pl_jpeg_form form = {60000, 16, PL_JPEG_444, 90, 60000};
    struct pl_error error = {0};
    struct pl_buf out = PL_BUF((size_t)1 << 20);
    struct rlimit before, none;
    cr_assert_eq(pl_buf_reserve(&out, 1 << 19, NULL), PL_OK);
    cr_assert_eq(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){1 << 20, before.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_AS, &none), 0);
    enum pl_err err = pl_jpeg_bands(&form, pl_band_of_rows, &rows, &out, &error);
    cr_assert_eq(setrlimit(RLIMIT_AS, &before), 0);
    cr_assert_eq(err, PL_E_NOMEM, "%s", error.msg);
    cr_assert_eq(out.n, 0u);
    cr_assert_eq(pl_jpeg_bands(&form, pl_band_of_rows, &rows, &out, NULL), PL_OK);
    pl_buf_free(&out);
}
#endif

Test(jpeg_splice, a_form_that_cannot_be_is_a_mistake_of_the_caller, .signal = SIGABRT)
{
    struct pl_jpeg_form form = {1920, 1080, PL_JPEG_420, 90, 176};
    uint32_t columns, rows;
    pl_jpeg_grid(&form, &columns, &rows);
}
