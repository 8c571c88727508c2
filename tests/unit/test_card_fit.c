/* test_card_fit.c - labels into a box: the largest size, lines, what overflows, nothing outside. */
#include "card_paint_help.h"
#include "render/card/fit.h"

enum { N_MAX = 20 };

static struct pl_type *type;
static struct pl_fit_label labels[N_MAX];
static const struct pl_fit_rule rule = {.least_px = 13, .single_px = 18, .margin_px = 1};

static void start(void)
{
    CARD_MUST(pl_arena_make(&card_help.arena, 64 << 20, &card_help.error));
    type = card_type();
}

static void stop(void)
{
    pl_type_close(&type);
    card_fonts_free();
    pl_arena_free(&card_help.arena);
}

TestSuite(card_fit, .init = start, .fini = stop, .timeout = 120);

static struct pl_fit fit(int width, int height, uint32_t n, const char *const *texts)
{
    struct pl_fit out;
    for (uint32_t i = 0; i < n; i++) {
        labels[i] = (struct pl_fit_label){.rgba = 0x2780e3ff};
        CARD_MUST(pl_type_shape(type, PL_PACK_FONT_LABEL, texts[i], card_help.arena,
                                &labels[i].text, &card_help.error));
    }
    CARD_MUST(
        pl_fit(type, rule, width, height, labels, n, card_help.arena, &out, &card_help.error));
    return out;
}

#define FIT(width, height, ...)                                                                    \
    fit(width, height, PL_COUNT(((const char *const[]){__VA_ARGS__})),                             \
        (const char *const[]){__VA_ARGS__})

static double joined(uint32_t n, unsigned px)
{
    int64_t sum = (n - 1) * (int64_t)pl_type_face(type, PL_PACK_FONT_LABEL)->blank;
    for (uint32_t i = 0; i < n; i++)
        sum += labels[i].text.width;
    return pl_type_px(sum, px);
}

Test(card_fit, a_short_label_is_as_high_as_its_box)
{
    struct pl_fit out = FIT(400, 43, "Flaps");
    cr_assert_eq(out.px, 43);
    cr_assert_eq(out.glyph_px, 42);
    cr_assert_eq(out.lines, 1);
    cr_assert(!out.overflow);
}

Test(card_fit, a_long_one_is_the_largest_that_is_not_too_wide)
{
    for (int width = 120; width < 420; width++) {
        struct pl_fit out = FIT(width, 60, "Reset Ext View", "Cockpit");
        if (out.lines > 1)
            continue;
        cr_assert_leq(joined(2, out.px), width);
        cr_assert(out.px == 60 || joined(2, out.px + 1) > width - 1, "%d: %u", width, out.px);
    }
}

Test(card_fit, labels_follow_each_other_with_a_blank_between)
{
    struct pl_fit out = FIT(400, 30, "One", "Two", "Three");
    double blank = pl_type_px(pl_type_face(type, PL_PACK_FONT_LABEL)->blank, out.px);
    cr_assert_float_eq(labels[0].x, 0.0, 1e-9);
    cr_assert_float_eq(labels[1].x, labels[0].width + blank, 1e-6);
    cr_assert_float_eq(labels[2].x, labels[1].x + labels[1].width + blank, 1e-6);
    cr_assert_eq(labels[2].line, 0);
}

Test(card_fit, small_text_is_broken_into_lines_between_labels)
{
    struct pl_fit out = FIT(200, 44, "Toggle Cockpit", "Toggle Camera", "Landing Gear", "Flaps");
    cr_assert_gt(out.lines, 1);
    cr_assert_geq(out.px, 13);
    cr_assert_leq(out.lines * out.px, 44);
    cr_assert(!out.overflow);
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert_leq(labels[i].x + labels[i].width, 200.0);
        cr_assert_lt(labels[i].line, out.lines);
    }
}

Test(card_fit, text_that_is_large_enough_stays_in_one_line)
{
    struct pl_fit out = FIT(200, 60, "Toggle Cockpit", "Camera");
    cr_assert_eq(out.lines, 1);
    cr_assert_geq(out.px, 18);
}

Test(card_fit, what_does_not_fit_is_cut_and_said)
{
    struct pl_fit out = FIT(100, 22, "Toggle Cockpit", "Toggle Camera", "Landing Gear");
    cr_assert(out.overflow);
    cr_assert_eq(out.px, 13);
    cr_assert_eq(out.lines, 1);
    cr_assert_geq(out.shown_n, 1);
    for (uint32_t i = 0; i < out.shown_n; i++)
        cr_assert_leq(labels[i].x + labels[i].width, 100.0);
}

Test(card_fit, the_last_of_what_is_shown_ends_in_an_ellipsis)
{
    struct pl_type_text dots;
    CARD_MUST(pl_type_shape(type, PL_PACK_FONT_LABEL, "\xe2\x80\xa6", card_help.arena, &dots,
                            &card_help.error));
    for (int width = 15; width < 190; width++) {
        struct pl_fit out = FIT(width, 31, "Cockpit", "Toggle Camera", "Landing Gear", "A", "B",
                                "Something with a long name", "C");
        if (!out.overflow || out.shown_n == 0)
            continue;
        const struct pl_type_text *last = &labels[out.shown_n - 1].text;
        cr_assert_gt(last->n, 0, "%d", width);
        cr_assert_eq(last->glyphs[last->n - 1].index, dots.glyphs[0].index, "%d", width);
        cr_assert_leq(labels[out.shown_n - 1].x + labels[out.shown_n - 1].width, width);
    }
}

Test(card_fit, boxes_of_no_size_hold_nothing)
{
    FIT(0, 0, "Flaps");
    FIT(-5, 40, "Flaps");
    struct pl_fit out = FIT(3, 3, "Flaps", "Gear");
    cr_assert(out.overflow);
    cr_assert_eq(out.shown_n, 0);
    out = fit(100, 40, 0, NULL);
    cr_assert_eq(out.shown_n, 0);
}

Test(card_fit, sizes_grow_with_the_picture)
{
    struct pl_fit_rule small = pl_fit_rule(480, 13), large = pl_fit_rule(3840, 13);
    cr_assert_eq(small.least_px, 3);
    cr_assert_eq(pl_fit_rule(1920, 13).least_px, 13);
    cr_assert_eq(pl_fit_rule(1920, 13).single_px, 18);
    cr_assert_eq(large.least_px, 26);
    cr_assert_eq(large.margin_px, 2);
}

/* ---- nothing outside ----------------------------------------------------------------------- */

static uint8_t pixels[120][300][3];

static void paint(struct pl_box limit, uint32_t n, const char *const *texts)
{
    struct pl_canvas24 canvas;
    struct pl_box room = {limit.x0 + 2, limit.y0 + 2, limit.x1 - 2, limit.y1 - 2};
    struct pl_fit out = fit(room.x1 - room.x0, room.y1 - room.y0, n, texts);
    struct pl_fit_place place = {room, limit, 6.0, 0xffffff};
    CARD_MUST(pl_canvas24_on_rows(&canvas, &pixels[0][0][0], 300, 120, sizeof pixels[0],
                                  card_help.arena, &card_help.error));
    pl_fit_paint(type, &canvas, &out, labels, &place);
}

Test(card_fit, nothing_is_painted_outside_the_box_whatever_is_in_it)
{
    static const char *const texts[] = {"\xc3\x84gypten Toggle [+12]",
                                        "gjpqy()|",
                                        "W",
                                        "Camera",
                                        "\xe1\xba\xa4\xe1\xba\xa4",
                                        "Reset",
                                        "A very long label"};
    for (int w = 1; w < 220; w += 7)
        for (int h = 1; h < 70; h += 5)
            for (uint32_t n = 1; n <= PL_COUNT(texts); n += 2) {
                struct pl_box limit = {40, 30, 40 + w, 30 + h};
                size_t mark = pl_arena_mark(card_help.arena);
                memset(pixels, 0, sizeof pixels);
                paint(limit, n, texts);
                for (int y = 0; y < 120; y++)
                    for (int x = 0; x < 300; x++)
                        if (x < limit.x0 || x >= limit.x1 || y < limit.y0 || y >= limit.y1)
                            cr_assert_eq(pixels[y][x][0] | pixels[y][x][1] | pixels[y][x][2], 0,
                                         "box %dx%d: %d,%d", w, h, x, y);
                pl_arena_release(card_help.arena, mark);
            }
}

Test(card_fit, labels_are_centred_from_top_to_bottom)
{
    static const char *const texts[] = {"A much longer label that makes all of it small"};
    int first = -1, last = -1;
    memset(pixels, 0, sizeof pixels);
    paint((struct pl_box){20, 10, 280, 110}, 1, texts);
    for (int y = 0; y < 120; y++)
        if (pixels[y][150][2] != 0) {
            first = first < 0 ? y : first;
            last = y;
        }
    cr_assert_gt(first, 12);
    cr_assert_leq(abs((first - 10) - (109 - last)), 1);
}
