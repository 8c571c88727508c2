/* test_notice.c - notices at every size: a readable PNG whose text stays inside. */
#include <criterion/criterion.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "render/notice.h"
#include "render/text.h"

static const char reason[] = "DQM/Tracker/hits_in_layer_1 is not available in run 123456 of "
                             "/Global/Online/ALL";

static void start(void)
{
    cr_assert_eq(pl_text_start(NULL, NULL), PL_OK);
}

TestSuite(notice, .init = start, .fini = pl_text_stop, .timeout = 120);

/* Number of pixels that are not white; -1 when it is no PNG of this size. Pixels at the edge count
 * in *edge. */
static long inked(const struct pl_buf *png, uint32_t w, uint32_t h, long *edge)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, png->bytes, png->n) || image.width != w ||
        image.height != h)
        return -1;
    image.format = PNG_FORMAT_GRAY;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    long n = png_image_finish_read(&image, NULL, pixels, 0, NULL) ? 0 : -1;
    *edge = 0;
    for (uint32_t y = 0; n >= 0 && y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            bool ink = pixels[(size_t)y * w + x] < 255;
            n += ink;
            *edge += ink && (x == 0 || y == 0 || x == w - 1 || y == h - 1);
        }
    free(pixels);
    return n;
}

Test(notice, every_size_is_a_picture_with_the_text_inside)
{
    static const uint32_t sides[] = {1, 2, 7, 13, 30, 60, 200, 400, 600, 1200, 2499};
    for (unsigned i = 0; i < 11; i++)
        for (unsigned k = 0; k < 11; k++) {
            struct pl_buf out = PL_BUF(1 << 20);
            long edge = 0;
            cr_assert_eq(pl_notice_png(sides[i], sides[k], reason, &out, NULL), PL_OK);
            long n = inked(&out, sides[i], sides[k], &edge);
            cr_expect_geq(n, 0, "%ux%u", sides[i], sides[k]);
            cr_expect_eq(edge, 0, "%ux%u touches the edge", sides[i], sides[k]);
            if (sides[i] >= 60 && sides[k] >= 30)
                cr_expect_gt(n, 100, "%ux%u", sides[i], sides[k]);
            cr_expect_lt(out.n, 14000u, "%ux%u: %zu bytes", sides[i], sides[k], out.n);
            pl_buf_free(&out);
        }
}

Test(notice, odd_texts_and_sides_do_no_harm)
{
    static char long_word[5000];
    const char *const texts[] = {"", " ", "\xff\xfe\xc3", "a\nb\tc", long_word, "#splitline{a}{b}"};
    memset(long_word, 'M', sizeof long_word - 1);
    for (unsigned i = 0; i < 6; i++) {
        struct pl_buf out = PL_BUF(1 << 20);
        long edge = 0;
        cr_assert_eq(pl_notice_png(200, 150, texts[i], &out, NULL), PL_OK);
        cr_assert_geq(inked(&out, 200, 150, &edge), 0);
        pl_buf_free(&out);
    }
    struct pl_buf out = PL_BUF(100);
    cr_assert_eq(pl_notice_png(0, 10, "a", &out, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_notice_png(10, 2500, "a", &out, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_notice_png(300, 200, "a", &out, NULL), PL_E_LIMIT);
    cr_assert_eq(out.n, 0u);
    pl_buf_free(&out);
}
