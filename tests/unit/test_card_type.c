/* test_card_type.c - shaping, cutting, drawing, the bounded store of glyphs. */
#include "card_paint_help.h"
#include "render/card/glyphs.h"

static struct pl_type *type;
static uint8_t pixels[200][600][3];
static struct pl_canvas24 canvas;

static void start(void)
{
    CARD_MUST(pl_arena_make(&card_help.arena, 64 << 20, &card_help.error));
    type = card_type();
    memset(pixels, 0, sizeof pixels);
    CARD_MUST(pl_canvas24_on_rows(&canvas, &pixels[0][0][0], 600, 200, sizeof pixels[0],
                                  card_help.arena, &card_help.error));
}

static void stop(void)
{
    pl_type_close(&type);
    card_fonts_free();
    pl_arena_free(&card_help.arena);
}

TestSuite(card_type, .init = start, .fini = stop, .timeout = 120);

static struct pl_type_text shaped(enum pl_pack_font font, const char *text)
{
    struct pl_type_text out;
    CARD_MUST(pl_type_shape(type, font, text, card_help.arena, &out, &card_help.error));
    return out;
}

struct ink {
    int x0, y0, x1, y1;
};

static struct ink painted(void)
{
    struct ink ink = {1000, 1000, -1, -1};
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 600; x++)
            if (pixels[y][x][0] != 0) {
                ink.x0 = PL_MIN(ink.x0, x);
                ink.x1 = PL_MAX(ink.x1, x + 1);
                ink.y0 = PL_MIN(ink.y0, y);
                ink.y1 = PL_MAX(ink.y1, y + 1);
            }
    return ink;
}

Test(card_type, pairs_are_kerned)
{
    int64_t pair = shaped(PL_PACK_FONT_LABEL, "AV").width;
    int64_t apart = shaped(PL_PACK_FONT_LABEL, "A").width + shaped(PL_PACK_FONT_LABEL, "V").width;
    cr_assert_lt(pair, apart);
}

Test(card_type, widths_grow_with_the_size_and_nothing_else)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "Landing Gear");
    cr_assert_float_eq(pl_type_px(text.width, 40), 2.0 * pl_type_px(text.width, 20), 1e-9);
    cr_assert_gt(text.width, 3 * (int64_t)PL_TYPE_EM);
    cr_assert_lt(text.width, 8 * (int64_t)PL_TYPE_EM);
}

Test(card_type, painted_ink_is_as_wide_as_the_text_measures)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "Landing Gear");
    pl_type_draw(type, &canvas, &text, 60, 20.0, 120, 0xffffff);
    struct ink ink = painted();
    cr_assert_geq(ink.x0, 18);
    cr_assert_leq(ink.x1, 20 + (int)pl_type_px(text.width, 60) + 2);
    cr_assert_geq(ink.x1, 20 + (int)pl_type_px(text.width, 60) - 6);
}

Test(card_type, a_character_the_font_lacks_comes_from_the_fallback)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "a\xe2\x86\x92"); /* an arrow */
    cr_assert_eq(text.n, 2);
    cr_assert_eq(text.glyphs[0].face, PL_PACK_FONT_LABEL);
    cr_assert_eq(text.glyphs[1].face, PL_PACK_FONT_FALLBACK);
    cr_assert_neq(text.glyphs[1].index, 0);
}

Test(card_type, what_no_font_has_shows_as_a_box)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "\xf0\x9f\x9a\x80");
    cr_assert_eq(text.n, 1);
    pl_type_draw(type, &canvas, &text, 60, 20.0, 120, 0xffffff);
    cr_assert_gt(painted().x1, painted().x0 + 10);
}

Test(card_type, malformed_and_control_bytes_are_shown_or_blank_and_never_end_the_text)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "a\xff\n\x01"
                                                          "b");
    cr_assert_eq(text.n, 5);
    cr_assert_eq(text.glyphs[2].index, shaped(PL_PACK_FONT_LABEL, " ").glyphs[0].index);
}

Test(card_type, an_endless_text_is_cut)
{
    static char text[100001];
    memset(text, 'm', sizeof text - 1);
    cr_assert_eq(shaped(PL_PACK_FONT_LABEL, text).n, PL_TYPE_GLYPHS_MAX);
    cr_assert_eq(shaped(PL_PACK_FONT_LABEL, "").n, 0);
}

Test(card_type, cutting_keeps_to_the_width_and_ends_in_an_ellipsis)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "Toggle Cockpit Camera"), cut;
    uint16_t dots = shaped(PL_PACK_FONT_LABEL, "\xe2\x80\xa6").glyphs[0].index;
    uint32_t before = 0;
    for (int64_t width = 0; width < text.width; width += text.width / 50) {
        CARD_MUST(pl_type_cut(type, PL_PACK_FONT_LABEL, &text, width, card_help.arena, &cut,
                              &card_help.error));
        cr_assert_leq(cut.width, width);
        cr_assert_geq(cut.n, before);
        before = cut.n;
        if (cut.n > 0)
            cr_assert_eq(cut.glyphs[cut.n - 1].index, dots);
    }
    cr_assert_geq(before, 15);
    CARD_MUST(pl_type_cut(type, PL_PACK_FONT_LABEL, &text, text.width, card_help.arena, &cut,
                          &card_help.error));
    cr_assert_eq(cut.n, text.n);
}

Test(card_type, brackets_are_no_higher_than_letters)
{
    const struct pl_type_face *face = pl_type_face(type, PL_PACK_FONT_LABEL);
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "[]()|");
    pl_type_draw(type, &canvas, &text, 100, 20.0, 120, 0xffffff);
    struct ink ink = painted();
    cr_assert_geq(ink.y0, 120 - (int)pl_type_px(face->tall, 100) - 1);
    cr_assert_leq(ink.y1, 120 + (int)pl_type_px(face->deep, 100) + 2);
}

Test(card_type, nothing_is_painted_outside_the_clip)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "WWWWWWWWWWWW");
    struct pl_box clip = {100, 90, 131, 111};
    (void)pl_canvas24_clip(&canvas, clip);
    pl_type_draw(type, &canvas, &text, 70, -20.0, 120, 0xffffff);
    struct ink ink = painted();
    cr_assert(ink.x0 >= 100 && ink.x1 <= 131 && ink.y0 >= 90 && ink.y1 <= 111);
    cr_assert_gt(ink.x1, ink.x0);
}

Test(card_type, the_store_stays_within_its_size)
{
    struct pl_type_text text = shaped(
        PL_PACK_FONT_LABEL, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    for (unsigned px = 1; px <= PL_TYPE_PX_MAX; px++)
        pl_type_draw(type, &canvas, &text, px, 0.3 * px, 100, 0xffffff);
    struct pl_type_counts counts = pl_type_counts(type);
    cr_assert_leq(counts.bytes, PL_TYPE_STORE_BYTES);
    cr_assert_gt(counts.dropped, 0);
    cr_assert_eq(counts.found + counts.made, 62 * PL_TYPE_PX_MAX);
}

Test(card_type, a_second_drawing_makes_no_glyph)
{
    struct pl_type_text text = shaped(PL_PACK_FONT_LABEL, "Landing Gear");
    pl_type_draw(type, &canvas, &text, 20, 10.0, 50, 0xffffff);
    uint64_t made = pl_type_counts(type).made;
    pl_type_draw(type, &canvas, &text, 20, 110.0, 50, 0xffffff);
    cr_assert_eq(pl_type_counts(type).made, made);
}

Test(card_type, fonts_that_are_none_are_refused)
{
    struct pl_error error = {0};
    struct pl_type *none = NULL;
    struct pl_pack_bytes fonts[PL_PACK_FONTS] = {{(const uint8_t *)"no font at all", 14}};
    cr_assert_eq(pl_type_open(&none, fonts, &error), PL_E_FORMAT);
    cr_assert_null(none);
    error = (struct pl_error){0};
    cr_assert_eq(pl_type_open(&none, (struct pl_pack_bytes[PL_PACK_FONTS]){{0}}, &error),
                 PL_E_MISSING);
}

Test(card_type, one_font_serves_for_all)
{
    struct pl_type *one;
    struct pl_pack_bytes fonts[PL_PACK_FONTS] = {[PL_PACK_FONT_FALLBACK] = card_fonts[2]};
    CARD_MUST(pl_type_open(&one, fonts, &card_help.error));
    cr_assert_gt(pl_type_face(one, PL_PACK_FONT_TITLE)->capital, 0);
    pl_type_close(&one);
}

/* ---- the store itself ---------------------------------------------------------------------- */

static struct pl_glyph square(unsigned side, uint8_t value)
{
    static uint8_t coverage[64 * 64];
    memset(coverage, value, sizeof coverage);
    return (struct pl_glyph){0, 0, (uint16_t)side, (uint16_t)side, coverage};
}

Test(card_type, coverage_comes_back_as_it_was_kept_whatever_was_thrown_out)
{
    struct pl_glyphs *glyphs;
    struct pl_glyph found;
    unsigned seed = 7;
    CARD_MUST(pl_glyphs_make(&glyphs, 20000, 40, &card_help.error));
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1103515245u + 12345u;
        uint64_t key = 1 + (seed >> 16) % 90;
        unsigned side = (unsigned)(key * 7 % 50);
        struct pl_glyph glyph = square(side, (uint8_t)key);
        if (!pl_glyphs_find(glyphs, key, &found))
            cr_assert(pl_glyphs_add(glyphs, key, &glyph, side, &found));
        cr_assert_eq(found.width, side);
        for (unsigned b = 0; b < side * side; b++)
            cr_assert_eq(found.coverage[b], (uint8_t)key);
        cr_assert_leq(pl_glyphs_counts(glyphs).bytes, 20000);
    }
    struct pl_glyphs_counts counts = pl_glyphs_counts(glyphs);
    cr_assert_gt(counts.dropped, 100);
    cr_assert_gt(counts.found, 1000);
    pl_glyphs_free(&glyphs);
}

Test(card_type, what_is_used_again_and_again_stays)
{
    struct pl_glyphs *glyphs;
    struct pl_glyph found, glyph = square(30, 1);
    CARD_MUST(pl_glyphs_make(&glyphs, 20000, 100, &card_help.error));
    cr_assert(pl_glyphs_add(glyphs, 1, &glyph, 30, &found));
    for (uint64_t key = 2; key < 500; key++) {
        cr_assert(pl_glyphs_find(glyphs, 1, &found), "gone before %u", (unsigned)key);
        cr_assert(pl_glyphs_add(glyphs, key, &glyph, 30, &found));
    }
    cr_assert(!pl_glyphs_find(glyphs, 2, &found));
    pl_glyphs_free(&glyphs);
}

Test(card_type, a_glyph_too_large_for_the_store_is_not_kept)
{
    struct pl_glyphs *glyphs;
    struct pl_glyph found, glyph = square(60, 1);
    CARD_MUST(pl_glyphs_make(&glyphs, 8000, 10, &card_help.error));
    cr_assert(!pl_glyphs_add(glyphs, 1, &glyph, 60, &found));
    cr_assert(!pl_glyphs_find(glyphs, 1, &found));
    pl_glyphs_free(&glyphs);
}
