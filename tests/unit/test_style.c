/* test_style.c - colours by index, and the palette of colour maps. */
#include <criterion/criterion.h>

#include "render/style.h"
#include "shm/base/check.h"

TestSuite(style, .timeout = 120);

Test(style, named_indices_have_the_colours_that_users_know)
{
    static const struct {
        int index;
        uint32_t color;
    } known[] = {
        {0, 0xffffff},   {1, 0x000000},   {2, 0xff0000},   {8, 0x59d454},   {9, 0x5954d9},
        {10, 0xffffff},  {38, 0x7d9ad2},  {50, 0xd45a54},  {51, 0x9300ff},  {100, 0xff0000},
        {400, 0xffff00}, {416, 0x00ff00}, {432, 0x00ffff}, {600, 0x0000ff}, {602, 0x00009a},
        {616, 0xff00ff}, {618, 0x9a009a}, {632, 0xff0000}, {633, 0xcd0000}, {622, 0xffcdcd},
        {636, 0x330000}, {800, 0xffcd00}, {807, 0xff6600}, {791, 0xffcd9a}, {810, 0xff3300},
        {820, 0x33ff00}, {840, 0x00ffcd}, {860, 0x0033ff}, {880, 0xcd00ff}, {900, 0xff0033},
        {901, 0xff9acd}, {920, 0xcdcdcd}, {923, 0x333333}, {201, 0x5c5c5c}, {228, 0x76f1f1},
        {-1, 0x000000},  {32767, 0},      {700, 0},
    };
    for (unsigned i = 0; i < PL_COUNT(known); i++)
        cr_expect_eq(pl_style_color(known[i].index), known[i].color, "%d: %06x, not %06x",
                     known[i].index, pl_style_color(known[i].index), known[i].color);
}

Test(style, the_palette_has_the_colours_of_a_reference_picture)
{
    /* levels 5, 10, ..., 95 of a 20 level picture and the uppermost */
    static const struct {
        unsigned index;
        uint32_t color;
    } known[] = {{12, 0x263ea8},  {25, 0x1652cd},  {38, 0x1064dc},  {50, 0x1272d9},
                 {63, 0x1481d6},  {76, 0x0e8fd1},  {101, 0x0da7c3}, {127, 0x2eb7a4},
                 {140, 0x52ba92}, {152, 0x74bd81}, {178, 0xb3bd65}, {191, 0xd1bb59},
                 {216, 0xf4c63b}, {229, 0xfdd22b}, {242, 0xfbe61d}, {254, 0xf9f90f}};
    for (unsigned i = 0; i < PL_COUNT(known); i++)
        for (unsigned level = 0; level < PL_PALETTE_LEVELS; level++)
            if ((unsigned)((level + 0.99) * 2.55) == known[i].index)
                cr_expect_eq(pl_style_palette(level), known[i].color, "index %u: %06x",
                             known[i].index, pl_style_palette(level));
    for (unsigned level = 1; level < PL_PALETTE_LEVELS; level++)
        cr_expect_neq(pl_style_palette(level), pl_style_palette(level - 1));
}

Test(style, dark_and_light_shades_surround_their_colour)
{
    for (int i = 2; i < 10; i++)
        for (int shift = 16; shift >= 0; shift -= 8) {
            uint32_t dark = pl_style_color(100 + i) >> shift & 255,
                     is = pl_style_color(i) >> shift & 255,
                     light = pl_style_color(150 + i) >> shift & 255;
            cr_expect(dark <= is && light + 1 >= is, "%d: %x %x %x", i, dark, is, light);
        }
}
