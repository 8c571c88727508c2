/* test_text.c - fonts, measuring, markup, hostile text. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "render/text.h"
#include "render/text_priv.h"
#include "shm/base/check.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;

static void start(void)
{
    cr_assert_eq(pl_text_start(NULL, NULL), PL_OK);
    cr_assert_eq(pl_arena_make(&arena, 16 << 20, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&canvas, 300, 300, arena, NULL), PL_OK);
}

static void stop(void)
{
    pl_arena_free(&arena);
    pl_text_stop();
}

TestSuite(text, .init = start, .fini = stop, .timeout = 120);

static int width(const char *text)
{
    return pl_text_measure(text, 16, 0).width_px;
}

static struct pl_layout *layout(const char *text)
{
    static struct pl_layout out;
    pl_markup_layout(text, 16, false, &out);
    return &out;
}

/* Bounding box of what is painted. */
static struct pl_rect painted(void)
{
    struct pl_rect r = {10000, 10000, -1, -1};
    for (int y = 0; y < (int)canvas.height_px; y++)
        for (int x = 0; x < (int)canvas.width_px; x++)
            if (pl_canvas_at(&canvas, (uint32_t)x, (uint32_t)y) != 0) {
                r.x0 = x < r.x0 ? x : r.x0;
                r.x1 = x >= r.x1 ? x + 1 : r.x1;
                r.y0 = y < r.y0 ? y : r.y0;
                r.y1 = y >= r.y1 ? y + 1 : r.y1;
            }
    return r;
}

Test(text, a_missing_font_names_its_package)
{
    struct pl_error error = {0};
    pl_text_stop();
    cr_assert_eq(pl_text_start("/nowhere", &error), PL_E_MISSING);
    cr_assert(strstr(error.msg, "fonts-liberation2") != NULL, "%s", error.msg);
}

Test(text, drawing_stays_within_what_was_measured)
{
    const char *text = "Entries 12345 (gjpqy)";
    struct pl_text_box box = pl_text_measure(text, 16, 0);
    pl_text_draw(&canvas, 50, 100, text, 16, 0, canvas.black);
    struct pl_rect r = painted();
    cr_assert(r.x0 >= 49 && r.x1 <= 51 + box.width_px, "%d..%d of %d", r.x0, r.x1, box.width_px);
    cr_assert(r.y0 >= 100 - box.ascent_px && r.y1 <= 100 + box.descent_px);
    cr_assert_gt(r.x1 - r.x0, box.width_px - 6);
}

Test(text, upright_text_runs_upwards_from_its_origin)
{
    struct pl_text_box box = pl_text_measure("Counts", 16, 0);
    pl_text_draw(&canvas, 100, 200, "Counts", 16, PL_TEXT_UP, canvas.black);
    struct pl_rect r = painted();
    cr_assert(r.y1 <= 201 && r.y0 >= 199 - box.width_px);
    cr_assert(r.x0 >= 100 - box.ascent_px && r.x1 <= 100 + box.descent_px);
}

Test(text, turned_text_runs_along_its_angle)
{
    int length = width("Counts");
    pl_text_draw_turned(&canvas, 100, 200, "Counts", 16, 0, 90, canvas.black);
    struct pl_rect r = painted();
    cr_assert(r.y1 <= 201 && r.y0 >= 199 - length && r.x0 >= 86 && r.x1 <= 105);
    cr_assert_eq(pl_canvas_make(&canvas, 300, 300, arena, NULL), PL_OK);
    pl_text_draw_turned(&canvas, 100, 100, "Counts", 16, 0, -45, canvas.black);
    r = painted();
    cr_assert_float_eq(r.x1 - 100, 0.707 * length, 14);
    cr_assert_float_eq(r.y1 - 100, 0.707 * length, 6);
    pl_text_draw_turned(&canvas, 1e18, -1e18, "Counts", 16, 0, 45, canvas.black); /* ends */
}

Test(text, greek_is_one_glyph_and_unknown_commands_lose_only_the_hash)
{
    cr_assert_eq(layout("#mu")->glyphs[0].code, 0x3bcu);
    cr_assert_eq(layout("#mu")->glyphs_n, 1u);
    cr_assert_eq(layout("#muon")->glyphs_n, 3u);
    cr_assert_eq(layout("#Sigma")->glyphs[0].code, 0x3a3u);
    cr_assert_eq(layout("#vareps")->glyphs[0].code, (uint32_t)'v');
    cr_assert_eq(layout("Run #5")->glyphs_n, 6u);
}

Test(text, scripts_are_smaller_and_share_their_place)
{
    struct pl_layout *l = layout("x^{2}_{i}");
    cr_assert_eq(l->glyphs_n, 3u);
    cr_assert_lt(l->glyphs[1].px, l->glyphs[0].px);
    cr_assert_lt(l->glyphs[1].dy, 0);
    cr_assert_gt(l->glyphs[2].dy, 0);
    cr_assert_eq(l->glyphs[1].x, l->glyphs[2].x);
}

Test(text, underscores_without_braces_stay)
{
    cr_assert_eq(layout("a_b^c")->glyphs_n, 5u);
}

Test(text, roots_and_fractions_have_their_bars)
{
    cr_assert_eq(layout("#sqrt{s}")->bars_n, 1u);
    cr_assert_eq(layout("#frac{a}{b}")->bars_n, 1u);
    cr_assert_eq(layout("#splitline{above}{below}")->bars_n, 0u);
    cr_assert_lt(layout("#splitline{above}{below}")->glyphs[0].dy, 0);
}

Test(text, plain_text_has_no_markup)
{
    struct pl_layout plain;
    pl_markup_layout("#mu_{x}", 16, true, &plain);
    cr_assert_eq(plain.glyphs_n, 7u);
}

Test(text, malformed_utf8_becomes_a_replacement_for_each_byte)
{
    cr_assert_eq(layout("\xc3\xa9")->glyphs[0].code, 0xe9u);
    cr_assert_eq(layout("\xc3")->glyphs[0].code, 0xfffdu);
    cr_assert_eq(layout("\xff\xfe")->glyphs_n, 2u);
    cr_assert_eq(layout("\xc0\x80")->glyphs[0].code, 0xfffdu);     /* overlong */
    cr_assert_eq(layout("\xed\xa0\x80")->glyphs[0].code, 0xfffdu); /* surrogate */
    cr_assert_eq(layout("\xf0\x9f\x98\x80")->glyphs_n, 1u);
}

Test(text, deep_and_long_markup_is_bounded)
{
    char deep[8192];
    for (size_t i = 0; i + 2 < sizeof deep; i += 2)
        memcpy(deep + i, "^{", 2);
    deep[sizeof deep - 2] = '\0';
    cr_assert_leq(layout(deep)->glyphs_n, (unsigned)PL_LAYOUT_MAX);
    memset(deep, 'W', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    cr_assert_eq(layout(deep)->glyphs_n, (unsigned)PL_LAYOUT_MAX);
    cr_assert_eq(layout("#sqrt{")->glyphs_n, 1u);
    (void)layout("#frac{a");
    (void)layout("#");
    (void)layout("#color[");
}

Test(text, fit_shortens_to_the_width_and_ends_in_an_ellipsis)
{
    char out[64];
    pl_text_fit(out, sizeof out, "A title that is much too long", 16, 0, 100);
    cr_assert_leq(width(out), 100);
    cr_assert(strstr(out, "\xe2\x80\xa6") != NULL);
    pl_text_fit(out, sizeof out, "short", 16, 0, 100);
    cr_assert_str_eq(out, "short");
    pl_text_fit(out, sizeof out, "anything", 16, 0, 3);
    cr_assert_str_eq(out, "");
    pl_text_fit(out, 8, "ééééééééééééé", 16, 0, 1000);
    cr_assert_leq(strlen(out), 7u);
}

Test(text, thousands_of_different_glyphs_pass_through_the_bounded_store)
{
    char text[8] = "";
    for (unsigned px = 8; px < 120; px += 3)
        for (unsigned code = 0x100; code < 0x400; code += 5) {
            text[0] = (char)(0xc0 | code >> 6);
            text[1] = (char)(0x80 | (code & 63));
            pl_text_draw(&canvas, 10, 200, text, px, 0, canvas.black);
        }
    int before = width("Entries");
    cr_assert_gt(before, 30);
}

static const char *const every_greek[] = {
    "alpha",    "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",  "theta", "iota",
    "kappa",    "lambda", "mu",      "nu",    "xi",      "omicron", "pi",   "rho",   "sigma",
    "varsigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega"};

Test(text, every_greek_letter_has_its_glyph)
{
    char name[32];
    for (unsigned i = 0; i < PL_COUNT(every_greek); i++) {
        uint32_t small = i == 17 ? 0x3c3 : i == 18 ? 0x3c2 : 0x3b1 + i; /* final sigma before it */
        snprintf(name, sizeof name, "#%s", every_greek[i]);
        cr_expect_eq(layout(name)->glyphs_n, 1u, "%s", name);
        cr_expect_eq(layout(name)->glyphs[0].code, small, "%s is %x", name,
                     layout(name)->glyphs[0].code);
        if (i == 18)
            continue;
        name[1] = (char)(name[1] - 'a' + 'A');
        cr_expect_eq(layout(name)->glyphs[0].code, small - 0x20, "%s", name);
    }
}

Test(text, names_of_symbols_that_begin_alike_take_the_longest)
{
    cr_assert_eq(layout("#notin")->glyphs[0].code, 0x2209u);
    cr_assert_eq(layout("#subseteq")->glyphs[0].code, 0x2286u);
    cr_assert_eq(layout("#infty")->glyphs[0].code, 0x221eu);
    cr_assert_eq(layout("#leftrightarrow")->glyphs[0].code, 0x2194u);
    cr_assert_eq(layout("#varphi")->glyphs[0].code, 0x3d5u);
    cr_assert_eq(layout("#3dots")->glyphs[0].code, 0x2026u);
}

Test(text, faces_colours_and_sizes_hold_for_their_group)
{
    struct pl_layout *l = layout("a#it{b#bf{c}}#color[2]{d}#scale[2]{e}#font[62]{f}g");
    static const uint8_t styles[] = {0, 2, 3, 0, 0, 1, 0};
    cr_assert_eq(l->glyphs_n, 7u);
    for (unsigned i = 0; i < 7; i++) {
        cr_expect_eq(l->glyphs[i].style, styles[i], "glyph %u", i);
        cr_expect_eq(l->glyphs[i].color, i == 3 ? 2 : PL_LAID_INK, "glyph %u", i);
        cr_expect_eq(l->glyphs[i].px, i == 4 ? 32 : 16, "glyph %u", i);
    }
    cr_assert_lt(layout("#lower[-0.5]{x}")->glyphs[0].dy, 0);
    cr_assert_gt(layout("#lower[0.5]{x}")->glyphs[0].dy, 0);
    cr_assert_gt(layout("#kern[1]{x}")->glyphs[0].x, 0);
}

Test(text, a_colour_of_its_own_is_painted)
{
    pl_text_draw(&canvas, 10, 100, "#color[2]{M}", 60, 0, canvas.black);
    unsigned red = 0;
    for (unsigned y = 0; y < canvas.height_px; y++)
        for (unsigned x = 0; x < canvas.width_px; x++) {
            const uint8_t *rgb = canvas.rgb[pl_canvas_at(&canvas, x, y)];
            red += rgb[0] == 255 && rgb[1] == 0 && rgb[2] == 0;
        }
    cr_assert_gt(red, 100u);
}

Test(text, accents_stand_over_the_middle_of_their_group)
{
    static const char *const marks[] = {"#hat{x}", "#tilde{x}", "#vec{x}", "#dot{x}", "#ddot{x}"};
    for (unsigned i = 0; i < PL_COUNT(marks); i++) {
        struct pl_layout *l = layout(marks[i]);
        cr_assert_eq(l->glyphs_n, 2u, "%s", marks[i]);
        cr_assert_leq(l->width, pl_glyph_advance('x', 16, 0) + 64 * 8, "%s", marks[i]);
    }
    cr_assert_lt(layout("#hat{X}")->glyphs[1].dy, layout("#hat{x}")->glyphs[1].dy);
    cr_assert_eq(layout("#bar{x}")->bars_n, 1u);
    cr_assert_lt(layout("#bar{X}")->bars[0].dy, layout("#bar{x}")->bars[0].dy);
}

Test(text, fractions_are_centred_and_never_touch_their_line)
{
    struct pl_layout *l = layout("#frac{1}{abcdefg}");
    cr_assert_gt(l->glyphs[0].x, l->glyphs[1].x);
    cr_assert_eq(l->bars_n, 1u);
    cr_assert_lt(l->glyphs[0].dy, l->bars[0].dy);
    cr_assert_gt(l->glyphs[1].dy - (l->glyphs[1].px * 3 + 3) / 4, l->bars[0].dy - 1);
    l = layout("#frac{#frac{a}{b}}{#frac{c}{d}}");
    cr_assert_eq(l->bars_n, 3u);
    cr_assert(l->glyphs[0].dy < l->glyphs[1].dy && l->glyphs[1].dy < l->glyphs[2].dy &&
              l->glyphs[2].dy < l->glyphs[3].dy);
}

Test(text, a_root_grows_with_what_stands_in_it)
{
    cr_assert_gt(layout("#sqrt{#frac{a}{b}}")->glyphs[0].px, layout("#sqrt{a}")->glyphs[0].px);
    struct pl_layout *l = layout("#sqrt[3]{x}");
    cr_assert_eq(l->glyphs_n, 3u);
    cr_assert_eq(l->glyphs[0].code, (uint32_t)'3');
    cr_assert_lt(l->glyphs[0].px, l->glyphs[2].px);
}

Test(text, braces_group_and_an_at_sign_takes_their_meaning)
{
    cr_assert_eq(layout("{ab}^{c}")->glyphs_n, 3u);
    cr_assert_eq(layout("{}^{3}He")->glyphs_n, 3u);
    cr_assert_eq(layout("@{ab@}")->glyphs_n, 4u);
    cr_assert_eq(layout("@#mu")->glyphs_n, 3u);
    cr_assert_eq(layout("a@b")->glyphs_n, 3u);
    cr_assert_eq(layout("open{")->glyphs_n, 5u);
    cr_assert_eq(layout("close}")->glyphs_n, 6u);
    cr_assert_eq(layout("#(){x}")->glyphs_n, 3u);
    cr_assert_eq(layout("#left(x#right)")->glyphs_n, 3u);
    cr_assert_eq(layout("#foo{bar}")->glyphs_n, 6u);
}
