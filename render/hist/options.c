/* options.c - draw options from one table. Knows names only; what they look like is the plotters'
 * matter. */
#include "render/hist/options.h"

#include <stddef.h>
#include <string.h>

#include "shm/base/check.h"

enum flag {
    NONE,
    HIST,
    E,
    E0,
    E1,
    P,
    P0,
    L,
    C,
    B,
    TEXT,
    COL,
    COLZ,
    COL0,
    BOX,
    SCAT,
    COLMAP,
    PE,
    STAR,
    X,
    Z
};

/* Longer names before their beginnings. COLMAP: drawn as a colour map instead. NONE: says nothing
 * that platen does otherwise. */
static const struct word {
    const char *name;
    enum flag flag;
} words[] = {
    {"COLZ0", COL0}, {"COL0Z", COL0}, {"COLZ", COLZ},     {"COL0", COL0},     {"COL1", COL},
    {"COL2", COL},   {"COL", COL},    {"CONT", COLMAP},   {"LEGO", COLMAP},   {"SURF", COLMAP},
    {"ARR", COLMAP}, {"SCAT", SCAT},  {"CANDLE", COLMAP}, {"VIOLIN", COLMAP}, {"POL", COLMAP},
    {"CYL", COLMAP}, {"SPH", COLMAP}, {"PSR", COLMAP},    {"TEXT", TEXT},     {"HIST", HIST},
    {"BOX", BOX},    {"SAMES", NONE}, {"SAME", NONE},     {"AXIS", NONE},     {"AXIG", NONE},
    {"FUNC", NONE},  {"HBAR", B},     {"BAR", B},         {"LIST", NONE},     {"LF2", L},
    {"PFC", NONE},   {"PLC", NONE},   {"PMC", NONE},      {"FB", NONE},       {"BB", NONE},
    {"E0", E0},      {"E1", E1},      {"E2", E},          {"E3", E},          {"E4", E},
    {"E5", E},       {"E6", E},       {"X0", NONE},       {"P0", P0},         {"PE", PE},
    {"][", NONE},    {"E", E},        {"P", P},           {"L", L},           {"C", C},
    {"B", B},        {"H", HIST},     {"Z", Z},           {"A", NONE},        {"*", STAR},
    {"X", X},        {"F", NONE},     {">", NONE},
};

static void set(enum flag flag, struct pl_hist_options *o)
{
    o->asked_1d |= flag >= HIST && flag <= TEXT;
    o->asked_1d |= flag == PE || flag == STAR;
    o->asked_2d |= flag >= TEXT && flag <= COLMAP;
    o->hist |= flag == HIST;
    o->errors |= flag == E || flag == E0 || flag == E1 || flag == PE;
    o->empty_errors |= flag == E0;
    o->caps |= flag == E1;
    o->markers |= flag == P || flag == P0 || flag == PE || flag == STAR;
    o->markers_empty |= flag == P0;
    o->line |= flag == L;
    o->curve |= flag == C;
    o->stars |= flag == STAR;
    o->no_errors |= flag == X;
    o->no_caps |= flag == Z;
    o->bars |= flag == B;
    o->text |= flag == TEXT;
    o->color |= flag == COL || flag == COLZ || flag == COL0 || flag == COLMAP;
    o->color_axis |= flag == COLZ || flag == COLMAP;
    o->color_zero |= flag == COL0;
    o->box |= flag == BOX;
    o->replaced |= flag == COLMAP;
    o->scatter |= flag == SCAT;
}

/* Digits behind a name: TEXT45, CONT4, LEGO2, BAR1; HIST carries none. */
static const char *digits(const char *at, enum flag flag, struct pl_hist_options *out)
{
    int number = 0;
    if (flag != TEXT && flag != COLMAP && flag != BOX && flag != B)
        return at;
    for (int i = 0; i < 2 && *at >= '0' && *at <= '9'; i++)
        number = 10 * number + (*at++ - '0');
    if (flag == TEXT)
        out->text_angle = number;
    return at;
}

const char *pl_hist_options_parse(const char *text, struct pl_hist_options *out)
{
    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        size_t i = 0;
        while (i < PL_COUNT(words) && strncmp(text, words[i].name, strlen(words[i].name)) != 0)
            i++;
        if (i == PL_COUNT(words))
            return text;
        text += strlen(words[i].name);
        set(words[i].flag, out);
        if (strchr(words[i].name, 'Z') != NULL)
            out->color_axis = true;
        text = digits(text, words[i].flag, out);
    }
    return NULL;
}
