/* test_card_paint.c - boxes, corners, coverage; tiles that come into being when painted on. */
#include "card_paint_help.h"
#include "render/card/paint.h"

enum { W = 100, H = 61 };

static uint8_t pixels[H + 1][W][3];
static struct pl_canvas24 canvas;

static void start(void)
{
    CARD_MUST(pl_arena_make(&card_help.arena, 4 << 20, &card_help.error));
    memset(pixels, 0, sizeof pixels);
    memset(pixels[H], 0xaa, sizeof pixels[H]);
    CARD_MUST(pl_canvas24_on_rows(&canvas, &pixels[0][0][0], W, H, sizeof pixels[0],
                                  card_help.arena, &card_help.error));
}

static void stop(void)
{
    for (int x = 0; x < W; x++)
        cr_expect_eq(pixels[H][x][0], 0xaa, "a row below the picture was written");
    pl_arena_free(&card_help.arena);
}

TestSuite(card_paint, .init = start, .fini = stop, .timeout = 120);

static uint32_t at(int x, int y)
{
    return (uint32_t)pixels[y][x][0] << 16 | (uint32_t)pixels[y][x][1] << 8 | pixels[y][x][2];
}

Test(card_paint, a_box_has_its_colour_and_ends_where_it_ends)
{
    pl_paint_fill(&canvas, (struct pl_box){10, 20, 30, 40}, 0x123456ff);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            cr_assert_eq(at(x, y), x >= 10 && x < 30 && y >= 20 && y < 40 ? 0x123456u : 0u);
}

Test(card_paint, boxes_beyond_the_picture_are_cut)
{
    pl_paint_fill(&canvas, (struct pl_box){-50, -50, 5000, 5000}, 0xffffffff);
    pl_paint_round(&canvas, (struct pl_box){-50, -50, 5000, 5000}, 80.0, 0x000000ff);
    pl_paint_outline(&canvas, (struct pl_box){-50, 30, 50, 90}, 6.0, 2.0, 0xff0000ff);
    pl_paint_fill(&canvas, (struct pl_box){50, 50, 40, 60}, 0xffffffff);
    cr_assert_eq(at(W - 1, H - 1), 0u);
}

Test(card_paint, alpha_mixes_with_what_is_below)
{
    pl_paint_fill(&canvas, (struct pl_box){0, 0, W, H}, 0xe9ecefff);
    pl_paint_fill(&canvas, (struct pl_box){0, 0, W, H}, 0x2780e3a6);
    int alpha = 0xa6, red = (0x27 * alpha + 0xe9 * (255 - alpha) + 127) / 255;
    int blue = (0xe3 * alpha + 0xef * (255 - alpha) + 127) / 255;
    cr_assert_leq(abs(pixels[5][5][0] - red), 1);
    cr_assert_leq(abs(pixels[5][5][2] - blue), 1);
    pl_paint_fill(&canvas, (struct pl_box){0, 0, W, H}, 0xff000000);
    cr_assert_leq(abs(pixels[5][5][0] - red), 1);
}

Test(card_paint, corners_are_round_smooth_and_the_same_on_all_sides)
{
    struct pl_box box = {10, 10, 60, 40};
    unsigned between = 0;
    pl_paint_round(&canvas, box, 8.0, 0xffffffff);
    cr_assert_eq(at(10, 10), 0u);
    cr_assert_eq(at(18, 10), 0xffffffu);
    cr_assert_eq(at(35, 25), 0xffffffu);
    for (int y = 10; y < 40; y++)
        for (int x = 10; x < 60; x++) {
            cr_assert_eq(at(x, y), at(69 - x, y));
            cr_assert_eq(at(x, y), at(x, 49 - y));
            between += at(x, y) != 0 && at(x, y) != 0xffffffu;
        }
    cr_assert_geq(between, 16);
}

Test(card_paint, a_box_under_its_radius_is_a_disk_not_a_crash)
{
    pl_paint_round(&canvas, (struct pl_box){10, 10, 13, 11}, 50.0, 0xffffffff);
    pl_paint_round(&canvas, (struct pl_box){20, 10, 20, 30}, 50.0, 0xffffffff);
    cr_assert_eq(at(11, 10), 0xffffffu);
    cr_assert_eq(at(20, 15), 0u);
}

Test(card_paint, an_outline_is_as_thick_as_asked_and_hollow)
{
    pl_paint_outline(&canvas, (struct pl_box){10, 10, 60, 40}, 4.0, 2.0, 0xffffffff);
    cr_assert_eq(at(30, 10), 0xffffffu);
    cr_assert_eq(at(30, 11), 0xffffffu);
    cr_assert_eq(at(30, 12), 0u);
    cr_assert_eq(at(10, 25), 0xffffffu);
    cr_assert_eq(at(58, 25), 0xffffffu);
    cr_assert_eq(at(57, 25), 0u);
    cr_assert_eq(at(60, 25), 0u);
    cr_assert_eq(at(10, 10), 0u);
}

Test(card_paint, coverage_is_a_part_of_the_colour)
{
    static const uint8_t coverage[2][3] = {{0, 128, 255}, {255, 0, 64}};
    pl_paint_coverage(&canvas, 99, 60, 3, 2, &coverage[0][0], 0xff8000);
    cr_assert_eq(at(99, 60), 0u);
    pl_paint_coverage(&canvas, 5, 5, 3, 2, &coverage[0][0], 0xff8000);
    cr_assert_eq(at(5, 5), 0u);
    cr_assert_eq(at(6, 5), 0x804000u);
    cr_assert_eq(at(7, 5), 0xff8000u);
    cr_assert_eq(at(5, 6), 0xff8000u);
}

/* ---- tiles --------------------------------------------------------------------------------- */

TestSuite(card_tiles, .init = card_start, .fini = card_stop, .timeout = 300);

static struct pl_pack_base stick_base(void)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    cr_assert(pl_packs_image(pl_card_packs(), "stick", &image));
    CARD_MUST(pl_pack_base(&image, PL_CARD_FS2020, 0, "", &base, &card_help.error));
    return base;
}

Test(card_tiles, only_what_paint_meets_comes_into_being)
{
    struct pl_pack_base base = stick_base();
    struct pl_canvas24 tiles;
    CARD_MUST(pl_canvas24_on_base(&tiles, &base, card_help.arena, &card_help.error));
    pl_paint_fill(&tiles, (struct pl_box){200, 200, 201, 201}, 0xff0000ff);
    cr_assert_eq(tiles.touched_n, 1);
    cr_assert_not_null(tiles.tile[200 / 16 * base.columns + 200 / base.tile_w]);
    pl_paint_fill(&tiles, (struct pl_box){200, 207, 201, 209}, 0xff0000ff);
    cr_assert_eq(tiles.touched_n, 2);
}

Test(card_tiles, a_band_is_the_base_with_the_paint_on_it)
{
    struct pl_pack_base base = stick_base();
    struct pl_canvas24 tiles;
    size_t stride = 3 * (size_t)base.tile_w * base.columns;
    uint8_t *plain = pl_arena_alloc(card_help.arena, 16 * stride);
    uint8_t *painted = pl_arena_alloc(card_help.arena, 16 * stride);
    CARD_MUST(pl_canvas24_on_base(&tiles, &base, card_help.arena, &card_help.error));
    pl_canvas24_band(&tiles, 12, plain, stride);
    pl_paint_fill(&tiles, (struct pl_box){300, 195, 500, 200}, 0xff0000ff);
    pl_canvas24_band(&tiles, 12, painted, stride);
    for (uint32_t y = 0; y < 16; y++)
        for (uint32_t x = 0; x < stride / 3; x++) {
            bool in = y >= 3 && y < 8 && x >= 300 && x < 500;
            const uint8_t *p = painted + y * stride + 3 * (size_t)x;
            cr_assert(in ? p[0] == 255 && p[1] == 0
                         : memcmp(p, plain + y * stride + 3 * (size_t)x, 3) == 0,
                      "%u,%u", x, y);
        }
}

Test(card_tiles, beyond_the_edge_the_last_pixels_repeat)
{
    struct pl_pack_base base = stick_base();
    struct pl_canvas24 tiles;
    size_t stride = 3 * (size_t)base.tile_w * base.columns;
    uint8_t *band = pl_arena_alloc(card_help.arena, 16 * stride);
    CARD_MUST(pl_canvas24_on_base(&tiles, &base, card_help.arena, &card_help.error));
    pl_paint_fill(&tiles, (struct pl_box){900, 540, 5000, 5000}, 0x00ff00ff);
    CARD_MUST(pl_canvas24_finish(&tiles, &card_help.error));
    pl_canvas24_band(&tiles, base.rows - 1, band, stride);
    cr_assert_gt(base.columns * base.tile_w, (uint32_t)CARD_W);
    for (uint32_t y = 0; y < 16; y++)
        for (uint32_t x = 900; x < stride / 3; x++)
            cr_assert_eq(band[y * stride + 3 * (size_t)x + 1], 255, "%u,%u", x, y);
}

Test(card_tiles, an_arena_that_is_full_is_said_at_the_end)
{
    struct pl_pack_base base = stick_base();
    struct pl_canvas24 tiles;
    struct pl_arena *small;
    struct pl_error error = {0};
    CARD_MUST(pl_arena_make(&small, 64 << 10, &card_help.error));
    CARD_MUST(pl_canvas24_on_base(&tiles, &base, small, &card_help.error));
    pl_paint_fill(&tiles, (struct pl_box){0, 0, CARD_W, CARD_H}, 0x00ff0080);
    cr_assert_eq(pl_canvas24_finish(&tiles, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    pl_arena_free(&small);
}

Test(card_tiles, each_tile_comes_as_the_pack_has_it_however_often_it_came_before)
{
    struct pl_pack_base page;
    struct pl_canvas24 tiles;
    CARD_MUST(pl_packs_page(pl_card_packs(), PL_CARD_ED, 0, &page, &card_help.error));
    CARD_MUST(pl_canvas24_on_base(&tiles, &page, card_help.arena, &card_help.error));
    size_t n = 3 * (size_t)page.tile_w * PL_TILE_ROWS;
    uint8_t *wanted = pl_arena_alloc(card_help.arena, n);
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = pass; i < page.columns * page.rows; i += 2) {
            uint8_t *tile = pl_canvas24_touch(&tiles, i % page.columns, i / page.columns);
            pl_pack_tile_pixels(page.pack, page.tiles[i], wanted, 3 * (size_t)page.tile_w);
            cr_assert_eq(memcmp(tile, wanted, n), 0, "tile %u", i);
            memset(tile, 0x55, n);
        }
    cr_assert_eq(tiles.touched_n, page.columns * page.rows);
    cr_assert_not_null(tiles.plain_pixels);
}
