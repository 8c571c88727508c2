/* style.c - colours: ROOT's basic table, its colour wheels, the kBird palette. Constant tables, no
 * state. */
#include "render/hist/style.h"

#include <math.h>
#include <stdlib.h>

#include "shm/base/check.h"

/* Indices 0..50, TColor::InitializeColors. */
static const uint32_t basic[] = {
    0xffffff, 0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0x59d454,
    0x5954d9, 0xffffff, 0xc0b6ac, 0x4c4c4c, 0x666666, 0x7f7f7f, 0x999999, 0xb2b2b2, 0xcccccc,
    0xe5e5e5, 0xf2f2f2, 0xccc6aa, 0xccc6aa, 0xc1bfa8, 0xbab5a3, 0xb2a596, 0xb7a39b, 0xad998c,
    0x9b8e82, 0x876656, 0xafcec6, 0x84c1a3, 0x89a8a0, 0x829e8c, 0xadbcc6, 0x7a8e99, 0x758991,
    0x68828e, 0x6d7a84, 0x7c99d1, 0x7f7f9b, 0xaaa5bf, 0xd3ce87, 0xddba87, 0xbc9e82, 0xc6997c,
    0xbf8277, 0xce5e60, 0xaa8e93, 0xa5777a, 0x936870, 0xd35947,
};

static uint32_t pack(double r, double g, double b)
{
    double part[3] = {r, g, b};
    uint32_t color = 0;
    for (int c = 0; c < 3; c++)
        color = color << 8 | (uint32_t)(fmin(fmax(part[c], 0.0), 1.0) * 255.0 + 0.5);
    return color;
}

/* Saturated wheels (kRed 632 ... ): offset -10..+4 from pale to dark, as
 * TColor::CreateColorsCircle. */
static uint32_t circle(const uint8_t rgb[3], int offset)
{
    static const uint8_t red_column[15][3] = {
        /* what full red becomes at each offset; the other circles take its columns in turn */
        {255, 204, 204}, {255, 153, 153}, {204, 153, 153}, {255, 102, 102}, {204, 102, 102},
        {153, 102, 102}, {255, 51, 51},   {204, 51, 51},   {153, 51, 51},   {102, 51, 51},
        {255, 0, 0},     {204, 0, 0},     {153, 0, 0},     {102, 0, 0},     {51, 0, 0}};
    const uint8_t *row = red_column[offset + 10];
    return (uint32_t)(rgb[0] ? row[0] : row[1]) << 16 | (uint32_t)(rgb[1] ? row[0] : row[1]) << 8 |
           (uint32_t)(rgb[2] ? row[0] : row[1]);
}

/* Wheels between two circles (kOrange 800 ...): offset -9..+10. */
static uint32_t rectangle(int base, int offset)
{
    static const struct {
        int base;
        double hue; /* degrees of the pure colour at offset 0 */
    } hues[] = {{800, 45}, {820, 85}, {840, 165}, {860, 205}, {880, 285}, {900, 325}};
    for (unsigned i = 0; i < PL_COUNT(hues); i++) {
        if (hues[i].base != base)
            continue;
        double hue = fmod(hues[i].hue + 1.5 * offset + 360.0, 360.0) / 60.0;
        double value = 1.0 - 0.1 * (abs(offset) % 5), saturation = offset < 0 ? 0.6 : 1.0;
        double part[3];
        for (int c = 0; c < 3; c++) {
            double k = fmod((c == 0 ? 5.0 : c == 1 ? 3.0 : 1.0) + hue, 6.0);
            part[c] = value - value * saturation * fmax(0.0, fmin(fmin(k, 4.0 - k), 1.0));
        }
        return pack(part[0], part[1], part[2]);
    }
    return 0;
}

uint32_t pl_style_color(int index)
{
    static const struct {
        int base;
        uint8_t rgb[3];
    } circles[] = {{400, {1, 1, 0}}, {416, {0, 1, 0}}, {432, {0, 1, 1}},
                   {600, {0, 0, 1}}, {616, {1, 0, 1}}, {632, {1, 0, 0}}};
    static const struct {
        int index;
        uint32_t color;
    } exact[] = {{602, 0x00009a}, {860, 0x0033ff}, {807, 0xff6600}, {800, 0xffcc00},
                 {820, 0xccff00}, {840, 0x00ffcc}, {880, 0xcc00ff}, {900, 0xff00cc},
                 {618, 0x9a009a}, {920, 0xcdcdcd}, {633, 0xcd0000}, {921, 0x9a9a9a},
                 {922, 0x666666}, {923, 0x333333}, {924, 0x1a1a1a}};
    if (index >= 0 && index < (int)PL_COUNT(basic))
        return basic[index];
    for (unsigned i = 0; i < PL_COUNT(exact); i++)
        if (exact[i].index == index)
            return exact[i].color;
    for (unsigned i = 0; i < PL_COUNT(circles); i++)
        if (index >= circles[i].base - 10 && index <= circles[i].base + 4)
            return circle(circles[i].rgb, index - circles[i].base);
    if (index >= 791 && index <= 910)
        return rectangle(800 + 20 * ((index - 791) / 20), index - 800 - 20 * ((index - 791) / 20));
    if (index >= 51 && index <= 100) /* the palette of old files, drawn in ours */
        return pl_style_palette((unsigned)(index - 51) * 2);
    return 0x000000;
}

uint32_t pl_style_palette(unsigned level)
{
    static const double stops[9][3] = {
        {0.2082, 0.1664, 0.5293}, {0.0592, 0.3599, 0.8684}, {0.0780, 0.5041, 0.8385},
        {0.0232, 0.6419, 0.7914}, {0.1802, 0.7178, 0.6425}, {0.5301, 0.7492, 0.4662},
        {0.8186, 0.7328, 0.3499}, {0.9956, 0.7862, 0.1968}, {0.9764, 0.9832, 0.0539}};
    int color = (int)((level + 0.99) * 255.0 / PL_PALETTE_LEVELS);
    double at = fmin(color, 254) * 8.0 / 254.0;
    int stop = (int)fmin(7.0, at);
    double part = at - stop, rgb[3];
    for (int c = 0; c < 3; c++)
        rgb[c] = stops[stop][c] + part * (stops[stop + 1][c] - stops[stop][c]);
    return pack(rgb[0], rgb[1], rgb[2]);
}
