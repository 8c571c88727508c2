/* test_card_header.c - title, badge and legend never meet, at any size and with any text. */
#include "card_paint_help.h"
#include "render/card/header.h"
#include "render/card/paint.h"

enum { WIDTH_MOST = 3840, HIGH_MOST = 220, BAR = 0x102030, PAGE = 0x00ff00, BADGE = 0xff00ff };

static struct pl_type *type;
static uint8_t pixels[HIGH_MOST][WIDTH_MOST][3];
static struct pl_card_header header;
static struct pl_legend_entry entries[64];
static struct pl_canvas24 canvas;

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

TestSuite(card_header, .init = start, .fini = stop, .timeout = 300);

static uint32_t at(uint32_t x, uint32_t y)
{
    return (uint32_t)pixels[y][x][0] << 16 | (uint32_t)pixels[y][x][1] << 8 | pixels[y][x][2];
}

static void bake(uint32_t width, uint32_t logo, const char *title)
{
    header = (struct pl_card_header){.scale = width / 3840.0,
                                     .width_px = width,
                                     .logo_px = logo,
                                     .bar_rgb = BAR,
                                     .text_rgb = 0xffffff,
                                     .badge_rgb = BADGE,
                                     .page_rgb = PAGE,
                                     .title = title,
                                     .pack_name = "test",
                                     .pack_version = "1"};
    memset(pixels, 0, sizeof pixels);
    pl_arena_reset(card_help.arena, 1 << 20);
    CARD_MUST(pl_canvas24_on_rows(&canvas, &pixels[0][0][0], width,
                                  pl_card_header_height(header.scale) + 10, sizeof pixels[0],
                                  card_help.arena, &card_help.error));
    CARD_MUST(pl_card_header_bake(type, &header, &canvas, card_help.arena, &card_help.error));
}

static void add(const char *baked, const char *title, uint32_t n)
{
    static const char *const names[] = {"Camera",
                                        "Galaxy map",
                                        "Ship",
                                        "COCKPIT_GLOBAL_CAMERA",
                                        "A context whose name never seems to end",
                                        "UI",
                                        ""};
    header.title = title;
    for (uint32_t i = 0; i < n; i++)
        entries[i] = (struct pl_legend_entry){names[i % PL_COUNT(names)], 0x0000ffff};
    CARD_MUST(pl_card_header_add(type, &header, baked, entries, n, &canvas, card_help.arena,
                                 &card_help.error));
}

/* The box of what has a colour. */
static struct pl_box box_of(uint32_t rgb)
{
    struct pl_box box = {WIDTH_MOST, HIGH_MOST, 0, 0};
    for (uint32_t y = 0; y < HIGH_MOST; y++)
        for (uint32_t x = 0; x < WIDTH_MOST; x++)
            if (at(x, y) == rgb)
                box = (struct pl_box){PL_MIN(box.x0, (int)x), PL_MIN(box.y0, (int)y),
                                      PL_MAX(box.x1, (int)x + 1), PL_MAX(box.y1, (int)y + 1)};
    return box;
}

Test(card_header, the_bar_begins_behind_the_logo_and_ends_at_the_edge)
{
    bake(1920, 394, "Stick");
    cr_assert_eq(at(393, 50), 0u);
    cr_assert_eq(at(394, 0), (uint32_t)BAR);
    cr_assert_eq(at(1919, 99), (uint32_t)BAR);
    cr_assert_eq(at(1000, 100), 0u);
    struct pl_box badge = box_of(BADGE);
    cr_assert_eq(badge.x0, 394 + 25);
    cr_assert_eq(badge.y0, 68);
    cr_assert_eq(badge.y1, 90);
}

Test(card_header, legend_title_and_badge_stay_apart)
{
    static const char *const titles[] = {
        "X", "X-55 Stick & Throttle", "VKB Gladiator NXT Premium Right (Airliner, my second one)",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"};
    static const uint32_t counts[] = {2, 5, 13, 30, 64}, widths[] = {480, 1920, 3840};
    for (size_t w = 0; w < PL_COUNT(widths); w++)
        for (size_t t = 0; t < PL_COUNT(titles); t++)
            for (size_t c = 0; c < PL_COUNT(counts); c++) {
                uint32_t logo = t % 2 * widths[w] / 5;
                bake(widths[w], logo, titles[t]);
                struct pl_box badge = box_of(BADGE);
                add(titles[t], titles[t], counts[c]);
                struct pl_box plate = box_of(PAGE);
                int high = (int)pl_card_header_height(header.scale);
                cr_assert(plate.x1 > plate.x0, "no legend");
                cr_assert(plate.y0 >= 0 && plate.y1 <= high && plate.x1 <= (int)widths[w]);
                cr_assert_gt(plate.x0, badge.x1);
                for (int x = plate.x0 - PL_MAX(2, (int)(20 * header.scale)); x < plate.x0; x++)
                    for (int y = 0; y < high; y++)
                        cr_assert_eq(at((uint32_t)x, (uint32_t)y), (uint32_t)BAR,
                                     "%u wide, title %zu, %u entries: %d,%d", widths[w], t,
                                     counts[c], x, y);
            }
}

Test(card_header, a_legend_beside_a_short_title_changes_nothing_else)
{
    static uint8_t before[HIGH_MOST][1000][3];
    bake(1920, 394, "Stick");
    for (uint32_t y = 0; y < HIGH_MOST; y++)
        memcpy(before[y], pixels[y], sizeof before[y]);
    add("Stick", "Stick", 3);
    for (uint32_t y = 0; y < HIGH_MOST; y++)
        cr_assert_eq(memcmp(before[y], pixels[y], sizeof before[y]), 0);
}

Test(card_header, a_changed_title_is_as_if_baked)
{
    static uint8_t baked[HIGH_MOST][WIDTH_MOST][3];
    bake(1920, 0, "Stick (Airliner)");
    memcpy(baked, pixels, sizeof baked);
    bake(1920, 0, "Stick and Throttle with a longer name than before");
    add("Stick and Throttle with a longer name than before", "Stick (Airliner)", 0);
    cr_assert_eq(memcmp(baked, pixels, sizeof baked), 0);
}

Test(card_header, a_day_is_as_if_baked_and_changes_the_badge_alone)
{
    static uint8_t plain[HIGH_MOST][WIDTH_MOST][3], dated[HIGH_MOST][WIDTH_MOST][3];
    static const uint32_t widths[] = {480, 1920, 3840};
    for (size_t w = 0; w < PL_COUNT(widths); w++) {
        bake(widths[w], 39, "Stick");
        memcpy(plain, pixels, sizeof plain);
        header.day = "2026-11-21";
        add("Stick", "Stick", 0);
        memcpy(dated, pixels, sizeof dated);
        struct pl_box badge = box_of(BADGE);
        for (int y = 0; y < HIGH_MOST; y++)
            for (int x = 0; x < WIDTH_MOST; x++)
                if (x < badge.x0 || x >= badge.x1 || y < badge.y0 || y >= badge.y1)
                    cr_assert_eq(memcmp(plain[y][x], dated[y][x], 3), 0, "%u wide: %d,%d",
                                 widths[w], x, y);
        bake(widths[w], 39, "Stick");
        struct pl_box before = box_of(BADGE);
        cr_assert_gt(badge.x1, before.x1);
        cr_assert(badge.x0 == before.x0 && badge.y0 == before.y0 && badge.y1 == before.y1);
        header.day = "";
        add("Stick", "Stick", 0);
        cr_assert_eq(memcmp(plain, pixels, sizeof plain), 0, "no day, no change");
        header.day = "2026-11-22";
        add("Stick", "Stick", 0);
        cr_assert_neq(memcmp(dated, pixels, sizeof dated), 0, "two days");
        header.day = "2026-11-21";
        memset(pixels, 0, sizeof pixels);
        CARD_MUST(pl_card_header_bake(type, &header, &canvas, card_help.arena, &card_help.error));
        cr_assert_eq(memcmp(dated, pixels, sizeof dated), 0, "as if baked");
    }
}

Test(card_header, legend_and_a_badge_with_a_day_stay_apart)
{
    for (uint32_t n = 2; n <= 64; n += 31) {
        bake(1920, 394, "X-55 Stick & Throttle of somebody with a long name (Airliner)");
        header.day = "2026-11-21";
        add(header.title, header.title, n);
        cr_assert_gt(box_of(PAGE).x0, box_of(BADGE).x1);
    }
}

Test(card_header, one_context_needs_no_legend)
{
    bake(1920, 0, "Stick");
    add("Stick", "Stick", 1);
    cr_assert_eq(box_of(PAGE).x1, 0);
}

Test(card_header, a_title_too_long_even_when_small_ends_in_an_ellipsis)
{
    static char title[3000];
    memset(title, 'W', sizeof title - 1);
    bake(1920, 394, title);
    cr_assert_leq(box_of(0xffffff).x1, 1920 - 20);
}
