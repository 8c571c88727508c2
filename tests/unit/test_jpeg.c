/* test_jpeg.c - the JPEG encoder: right size, right colours within its loss. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <turbojpeg.h>

#include "render/encode/jpeg.h"

Test(jpeg, decodes_to_nearly_the_same_pixels, .timeout = 120)
{
    struct pl_arena *arena;
    struct pl_canvas canvas;
    struct pl_buf out = PL_BUF(8 << 20);
    cr_assert_eq(pl_arena_make(&arena, 16 << 20, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&canvas, 61, 47, arena, NULL), PL_OK);
    pl_canvas_fill(&canvas, (struct pl_rect){16, 16, 48, 40}, pl_canvas_ink(&canvas, 0xcc2200, 1));
    cr_assert_eq(pl_jpeg_canvas(&canvas, arena, &out, NULL), PL_OK);
    int width, height, sampling, space;
    tjhandle handle = tjInitDecompress();
    cr_assert_eq(tjDecompressHeader3(handle, out.bytes, out.n, &width, &height, &sampling, &space),
                 0);
    cr_assert(width == 61 && height == 47 && sampling == TJSAMP_444);
    unsigned char *pixels = malloc(3 * 61 * 47);
    cr_assert_eq(tjDecompress2(handle, out.bytes, out.n, pixels, 61, 0, 47, TJPF_RGB, 0), 0);
    const unsigned char *middle = pixels + 3 * (28 * 61 + 32), *corner = pixels;
    cr_assert(abs(middle[0] - 0xcc) < 8 && abs(middle[1] - 0x22) < 8 && middle[2] < 8);
    cr_assert(corner[0] > 247 && corner[1] > 247 && corner[2] > 247);
    free(pixels);
    tjDestroy(handle);
    pl_buf_free(&out);
    pl_arena_free(&arena);
}

Test(jpeg, leaves_the_buffer_alone_on_failure, .timeout = 120)
{
    struct pl_arena *arena;
    struct pl_canvas canvas;
    struct pl_buf out = PL_BUF(100);
    cr_assert_eq(pl_arena_make(&arena, 16 << 20, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&canvas, 61, 47, arena, NULL), PL_OK);
    cr_assert_eq(pl_jpeg_canvas(&canvas, arena, &out, NULL), PL_E_LIMIT);
    cr_assert_eq(out.n, 0u);
    pl_buf_free(&out);
    pl_arena_free(&arena);
}
