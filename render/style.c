/* style.c - colours by ROOT's index, and the kBird palette. Constant tables, no state.
 *
 * The tables are those of TColor; a part v of a colour becomes round(256 v), at most 255, which is
 * how programs that draw ROOT's files in a browser show them.
 */
#include "render/style.h"

#include <math.h>
#include <stdbool.h>

#include "shm/base/check.h"

/* Indices 0 to 50. */
static const uint32_t basic[] = {
    0xffffff, 0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0x59d454,
    0x5954d9, 0xffffff, 0xc1b7ad, 0x4d4d4d, 0x666666, 0x808080, 0x9a9a9a, 0xb3b3b3, 0xcdcdcd,
    0xe6e6e6, 0xf3f3f3, 0xcdc8ac, 0xcdc8ac, 0xc3c0a9, 0xbbb6a4, 0xb3a697, 0xb8a49c, 0xae9a8d,
    0x9c8f83, 0x886657, 0xb1cfc8, 0x85c3a4, 0x8aa9a1, 0x839f8d, 0xaebdc8, 0x7b8f9a, 0x768a92,
    0x698397, 0x6e7b85, 0x7d9ad2, 0x80809c, 0xaca6c0, 0xd4cf88, 0xdfbb88, 0xbd9f83, 0xc89a7d,
    0xc08378, 0xcf5f61, 0xac8f94, 0xa6787b, 0x946971, 0xd45a54,
};

/* The wheels know six intensities only. */
static uint32_t pack_steps(unsigned r, unsigned g, unsigned b)
{
    static const uint8_t steps[] = {0x00, 0x33, 0x66, 0x9a, 0xcd, 0xff};
    return (uint32_t)steps[r] << 16 | (uint32_t)steps[g] << 8 | steps[b];
}

static uint32_t pack(const double part[3])
{
    uint32_t color = 0;
    for (int c = 0; c < 3; c++)
        color = color << 8 | (uint32_t)fmin(fmax(part[c], 0.0) * 256.0 + 0.5, 255.0);
    return color;
}

/* ---- wheels -------------------------------------------------------------------------------- */

/* Circles of one pure colour (kRed ...), offsets -10 to +4 from pale to dark: the steps of the
 * parts that the colour has and of those that it has not. */
static bool circle(int index, uint32_t *out)
{
    static const struct {
        int base;
        bool has[3];
    } circles[] = {{400, {1, 1, 0}}, {416, {0, 1, 0}}, {432, {0, 1, 1}},
                   {600, {0, 0, 1}}, {616, {1, 0, 1}}, {632, {1, 0, 0}}};
    static const uint8_t full[15] = {5, 5, 4, 5, 4, 3, 5, 4, 3, 2, 5, 4, 3, 2, 1};
    static const uint8_t none[15] = {4, 3, 3, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0};
    for (unsigned i = 0; i < PL_COUNT(circles); i++) {
        int n = index - circles[i].base + 10;
        if (n < 0 || n >= 15)
            continue;
        const bool *has = circles[i].has;
        *out = pack_steps(has[0] ? full[n] : none[n], has[1] ? full[n] : none[n],
                          has[2] ? full[n] : none[n]);
        return true;
    }
    return false;
}

/* Mixed wheels (kOrange ...), offsets -9 to +10; a digit for each part. */
static bool rectangle(int index, uint32_t *out)
{
    static const uint16_t orange[20] = {543, 432, 321, 320, 431, 542, 530, 541, 430, 540,
                                        531, 420, 210, 310, 421, 532, 520, 521, 410, 510};
    static const uint16_t pink[20] = {513, 402, 201, 301, 412, 523, 502, 512, 401, 501,
                                      534, 423, 312, 302, 413, 524, 503, 403, 514, 503};
    static const uint16_t spring[20] = {351, 240, 120, 130, 241, 352, 250, 251, 140, 150,
                                        453, 342, 231, 230, 341, 452, 350, 451, 340, 450};
    static const uint16_t teal[20] = {354, 243, 132, 32, 143, 254, 52, 154, 43, 54,
                                      153, 42,  21,  31, 142, 253, 53, 152, 41, 51};
    static const uint16_t azure[20] = {345, 234, 123, 13, 124, 235, 25, 125, 14, 15,
                                       135, 24,  12,  23, 134, 245, 35, 145, 34, 45};
    static const uint16_t violet[20] = {435, 324, 213, 203, 314, 425, 305, 415, 304, 405,
                                        315, 204, 102, 103, 214, 325, 205, 215, 104, 105};
    static const uint16_t *const wheels[] = {orange, spring, teal, azure, violet, pink};
    int wheel = (index - 791) / 20, n = (index - 791) % 20; /* 800 820 840 860 880 900 */
    if (index < 791 || wheel >= (int)PL_COUNT(wheels))
        return false;
    unsigned steps = wheels[wheel][n];
    *out = pack_steps(steps / 100, steps / 10 % 10, steps % 10);
    return true;
}

/* ---- ranges of few ------------------------------------------------------------------------- */

/* 51 to 100: violet to red, the palette of long ago. */
static uint32_t rainbow(int index)
{
    double hue = 280.0 * (100 - index) / 50.0 / 60.0, part[3];
    for (int c = 0; c < 3; c++) {
        double k = fmod((c == 0 ? 5.0 : c == 1 ? 3.0 : 1.0) + hue, 6.0);
        part[c] = 1.0 - fmax(0.0, fmin(fmin(k, 4.0 - k), 1.0));
    }
    return pack(part);
}

/* A basic colour made darker or lighter: its lightness, in the sense of HLS, times a factor. */
static uint32_t shaded(uint32_t color, double factor)
{
    double part[3], low = 1.0, high = 0.0;
    for (int c = 0; c < 3; c++) {
        part[c] = (color >> (16 - 8 * c) & 255) / 255.0;
        low = fmin(low, part[c]);
        high = fmax(high, part[c]);
    }
    double before = 0.5 * (low + high), light = fmin(1.0, factor * before);
    double room = fmin(before, 1.0 - before), now = fmin(light, 1.0 - light);
    for (int c = 0; c < 3;
         c++) /* saturation stays: distances from the middle scale with the room */
        part[c] = light + (room > 0.0 ? (part[c] - before) / room * now : 0.0);
    return pack(part);
}

/* 201 to 228: four shades each of grey, red, green, blue, yellow, magenta, cyan. */
static uint32_t shade_of_seven(int index)
{
    static const uint8_t grey[4] = {0x5c, 0x7b, 0xb8, 0xd7}, full[4] = {0x8a, 0xb8, 0xec, 0xf1},
                         none[4] = {0x0f, 0x14, 0x48, 0x76};
    static const bool has[7][3] = {{1, 1, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1},
                                   {1, 1, 0}, {1, 0, 1}, {0, 1, 1}};
    int hue = (index - 201) / 4, shade = (index - 201) % 4;
    uint32_t color = 0;
    for (int c = 0; c < 3; c++)
        color = color << 8 | (hue == 0 ? grey[shade] : has[hue][c] ? full[shade] : none[shade]);
    return color;
}

uint32_t pl_style_color(int index)
{
    uint32_t color = 0x000000;
    if (index >= 0 && index < (int)PL_COUNT(basic))
        return basic[index];
    if (index >= 51 && index <= 100)
        return rainbow(index);
    if (index >= 101 && index <= 150)
        return shaded(basic[index - 100], 0.7);
    if (index >= 151 && index <= 200)
        return shaded(basic[index - 150], 1.2);
    if (index >= 201 && index <= 228)
        return shade_of_seven(index);
    if (index >= 920 && index <= 923) { /* kGray */
        unsigned step = 4 - (unsigned)(index - 920);
        return pack_steps(step, step, step);
    }
    (void)(circle(index, &color) || rectangle(index, &color));
    return color;
}

/* ---- palette ------------------------------------------------------------------------------- */

/* 255 colours: nine stops, each span between two of them cut into as many steps as whole indices
 * fall into it. */
uint32_t pl_style_palette(unsigned level)
{
    static const double stops[9][3] = {
        {0.2082, 0.1664, 0.5293}, {0.0592, 0.3599, 0.8684}, {0.0780, 0.5041, 0.8385},
        {0.0232, 0.6419, 0.7914}, {0.1802, 0.7178, 0.6425}, {0.5301, 0.7492, 0.4662},
        {0.8186, 0.7328, 0.3499}, {0.9956, 0.7862, 0.1968}, {0.9764, 0.9832, 0.0539}};
    unsigned index = PL_MIN((unsigned)((level + 0.99) * 255.0 / PL_PALETTE_LEVELS), 254u);
    unsigned stop = 0;
    while (255 * (stop + 1) / 8 <= index)
        stop++;
    unsigned first = 255 * stop / 8, last = 255 * (stop + 1) / 8;
    double part = (double)(index - first) / (last - first);
    uint32_t color = 0;
    for (int c = 0; c < 3; c++) {
        double value = stops[stop][c] + part * (stops[stop + 1][c] - stops[stop][c]);
        color = color << 8 | (uint32_t)(value * 255.0 + 0.5);
    }
    return color;
}
