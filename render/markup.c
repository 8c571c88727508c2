/* markup.c - text markup to a list of placed glyphs, as ROOT's TLatex reads it.
 *
 * Symbols (symbols.c); ^{} _{} nested and both at one place; #splitline{}{} #frac{}{} #sqrt[]{};
 * #bar #hat #tilde #vec #dot #ddot #acute #grave #check over what follows; #it #bf #font[] for the
 * face, #color[] #scale[] #lower[] #kern[]; brackets around something: #(){} #[]{} #||{} #{}{},
 * #left( #right). Braces group and are not printed, unless nothing closes them; @ takes the meaning
 * from what follows. A command that is not known is printed without its #.
 *
 * One recursive descent that writes straight into a fixed layout and moves parts of it afterwards;
 * the depth is bounded and so is the number of glyphs, so hostile text costs nothing. Knows no
 * fonts but the advance of a glyph. Memory: the caller's layout only.
 */
#include <stdlib.h>
#include <string.h>

#include "render/text_priv.h"
#include "shm/base/check.h"
#include "shm/base/utf8.h"

enum { PX_LEAST = 7, PX_MOST = 120, OFFSET_MOST = 2000 };

struct walk {
    struct pl_layout *out;
    const char *at;
    int32_t x;
    unsigned depth;
};

/* How a part of the text is written. */
struct pen {
    unsigned px;
    int dy;
    uint8_t style;
    int16_t color;
};

/* What was laid out since: moved or measured as a whole. */
struct part {
    unsigned glyph, bar;
    int32_t x;
};

/* The code point at *text, which is moved behind it; U+FFFD for a malformed byte. */
static uint32_t next_code(const char **text)
{
    uint32_t code = 0xfffd;
    size_t n = pl_utf8_step(*text, SIZE_MAX, &code);
    *text += n > 0 ? n : 1;
    return code;
}

/* ---- glyphs, bars, parts ------------------------------------------------------------------- */

static void put(struct walk *w, uint32_t code, struct pen pen)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        code = ' ';
    if (w->out->glyphs_n == PL_LAYOUT_MAX)
        return;
    w->out->glyphs[w->out->glyphs_n++] =
        (struct pl_laid){code, w->x, (int16_t)pen.dy, (uint16_t)pen.px, pen.color, pen.style};
    w->x += pl_glyph_advance(code, pen.px, pen.style);
}

static void bar(struct walk *w, int32_t x, int32_t length, int dy, struct pen pen)
{
    if (w->out->bars_n < PL_LAYOUT_BARS)
        w->out->bars[w->out->bars_n++] =
            (struct pl_bar){x, length, (int16_t)dy, (int16_t)PL_MAX(1u, pen.px / 14), pen.color};
}

static struct part begin(const struct walk *w)
{
    return (struct part){w->out->glyphs_n, w->out->bars_n, w->x};
}

static int clamp_offset(int dy)
{
    return PL_MAX(-OFFSET_MOST, PL_MIN(dy, OFFSET_MOST));
}

static void move(struct walk *w, struct part from, struct part to, int32_t dx, int dy)
{
    for (unsigned i = from.glyph; i < to.glyph; i++) {
        w->out->glyphs[i].x += dx;
        w->out->glyphs[i].dy = (int16_t)clamp_offset(w->out->glyphs[i].dy + dy);
    }
    for (unsigned i = from.bar; i < to.bar; i++) {
        w->out->bars[i].x += dx;
        w->out->bars[i].dy = (int16_t)clamp_offset(w->out->bars[i].dy + dy);
    }
}

/* Height over and under the baseline of what stands between; 0, 0 for nothing. */
static void extent(const struct pl_layout *out, struct part from, struct part to, int *up,
                   int *down)
{
    *up = *down = 0;
    for (unsigned i = from.glyph; i < to.glyph; i++) {
        const struct pl_laid *g = &out->glyphs[i];
        *up = PL_MAX(*up, (g->px * 3 + 3) / 4 - g->dy);
        *down = PL_MAX(*down, (g->px + 4) / 5 + g->dy);
    }
    for (unsigned i = from.bar; i < to.bar; i++)
        *up = PL_MAX(*up, 1 - out->bars[i].dy);
}

/* ---- groups -------------------------------------------------------------------------------- */

static void run(struct walk *w, struct pen pen, bool grouped);

/* {...}, or nothing when there is no group. */
static void group(struct walk *w, struct pen pen)
{
    if (*w->at != '{')
        return;
    w->at++;
    run(w, pen, true);
}

static struct pen sized(struct pen pen, double factor)
{
    double px = pen.px * factor + 0.5;
    pen.px = px > PX_LEAST ? (unsigned)PL_MIN(px, (double)PX_MOST) : PX_LEAST;
    return pen;
}

static struct pen shifted(struct pen pen, int dy)
{
    pen.dy = clamp_offset(pen.dy + dy);
    return pen;
}

static bool is_hanging_greek(uint32_t code)
{
    static const uint16_t hanging[] = {0x3b2, 0x3b3, 0x3b6, 0x3b7, 0x3bc, 0x3be,
                                       0x3c1, 0x3c2, 0x3c6, 0x3c7, 0x3c8, 0x3d5};
    for (unsigned i = 0; i < PL_COUNT(hanging); i++)
        if (hanging[i] == code)
            return true;
    return code == 0xb5; /* the micro sign */
}

/* Does anything between hang below its line? */
static bool hangs(const struct pl_layout *out, struct part from, struct part to)
{
    for (unsigned i = from.glyph; i < to.glyph; i++) {
        uint32_t code = out->glyphs[i].code;
        if (code < 0x80 ? code != 0 && strchr("gjpqy(),;[]{}|Q", (int)code) != NULL
                        : is_hanging_greek(code))
            return true;
    }
    return false;
}

/* ^{} and _{} in either order share their place; a superscript that hangs is lifted off the other.
 */
static void scripts(struct walk *w, struct pen pen)
{
    int32_t start = w->x, end = start;
    struct pen small = sized(pen, 0.7);
    struct part above[2] = {begin(w), begin(w)};
    bool both[2] = {false, false};
    for (unsigned i = 0; i < 2 && (*w->at == '^' || *w->at == '_') && w->at[1] == '{'; i++) {
        bool up = *w->at++ == '^';
        int by = up ? -(int)(pen.px * 2 + 2) / 5 : (int)(pen.px + 2) / 5;
        struct part from = begin(w);
        w->x = start;
        group(w, shifted(small, by));
        end = PL_MAX(end, w->x);
        both[up] = true;
        if (up)
            above[0] = from, above[1] = begin(w);
    }
    if (both[0] && both[1] && hangs(w->out, above[0], above[1]))
        move(w, above[0], above[1], 0, -(int)(pen.px + 7) / 8);
    w->x = end;
}

/* Two groups above each other: lines of text, or centred with a line between them. */
static void stacked(struct walk *w, struct pen pen, bool fraction)
{
    struct pen small = fraction ? sized(pen, 0.8) : pen;
    int up[2], down[2], axis = fraction ? (int)(pen.px + 2) / 4 : (int)(pen.px + 1) / 3;
    struct part first = begin(w), second, end;
    group(w, (struct pen){small.px, 0, pen.style, pen.color});
    int32_t upper = w->x - first.x, lower;
    second = begin(w);
    w->x = first.x;
    group(w, (struct pen){small.px, 0, pen.style, pen.color});
    lower = w->x - first.x;
    end = begin(w);
    extent(w->out, first, second, &up[0], &down[0]);
    extent(w->out, second, end, &up[1], &down[1]);
    int gap = fraction ? PL_MAX(1, (int)pen.px / 10) : 0;
    int32_t width = PL_MAX(upper, lower);
    move(w, first, second, fraction ? (width - upper) / 2 : 0,
         clamp_offset(pen.dy - axis - gap - down[0]));
    move(w, second, end, fraction ? (width - lower) / 2 : 0,
         clamp_offset(pen.dy - axis + gap + 1 + up[1]));
    w->x = first.x + width;
    if (fraction)
        bar(w, first.x, width, pen.dy - axis, pen);
}

/* A root as high as what stands in it, its order before it. */
static void root(struct walk *w, struct pen pen, const char *order)
{
    if (*order != '\0') {
        struct pen small = shifted(sized(pen, 0.5), -(int)pen.px * 2 / 5);
        for (; *order != '\0' && *order != ']'; order++)
            put(w, (unsigned char)*order, small);
        w->x -= 64 * (int)pen.px / 5;
    }
    struct part sign = begin(w), inside, end;
    put(w, 0x221a, pen);
    inside = begin(w);
    group(w, pen);
    end = begin(w);
    int up, down, plain_up = (int)(pen.px * 3 + 3) / 4, plain_down = (int)(pen.px + 4) / 5;
    extent(w->out, inside, end, &up, &down);
    up += pen.dy;
    down -= pen.dy;
    struct pen tall = pen;
    if (up > plain_up || down > plain_down) { /* a larger sign, everything behind it moved */
        int32_t before = pl_glyph_advance(0x221a, pen.px, pen.style), after;
        tall = sized(pen, (double)(PL_MAX(up, plain_up) + PL_MAX(down, plain_down)) /
                              (plain_up + plain_down));
        tall.dy = clamp_offset(pen.dy + PL_MAX(down, plain_down) - (int)(tall.px + 4) / 5);
        after = pl_glyph_advance(0x221a, tall.px, pen.style);
        if (sign.glyph < inside.glyph) {
            w->out->glyphs[sign.glyph].px = (uint16_t)tall.px;
            w->out->glyphs[sign.glyph].dy = (int16_t)tall.dy;
        }
        move(w, inside, end, after - before, 0);
        inside.x += after - before;
        w->x += after - before;
    }
    bar(w, inside.x, w->x - inside.x, clamp_offset(tall.dy - (int)(tall.px * 8 + 5) / 10 - 1), pen);
}

static bool is_tall(uint32_t code)
{
    return (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9') ||
           (code >= 0x391 && code <= 0x3a9) ||
           (code < 0x80 && code && strchr("bdfhklt", (int)code));
}

/* A line or a mark over the middle of a group; 0 is the line. */
static void accented(struct walk *w, struct pen pen, uint32_t mark)
{
    struct part first = begin(w);
    bool tall = false;
    group(w, pen);
    struct part end = begin(w);
    int up, down;
    extent(w->out, first, end, &up, &down);
    for (unsigned i = first.glyph; i < end.glyph; i++)
        tall |= is_tall(w->out->glyphs[i].code);
    int lift = (int)(pen.px * (tall ? 2 : 0) + 5) / 10;
    lift += PL_MAX(0, up + pen.dy - (int)(pen.px * 3 + 3) / 4); /* over scripts and roots */
    if (mark == 0) {
        int height = (int)(pen.px * 6 + 5) / 10 + lift + 1;
        bar(w, first.x, w->x - first.x, clamp_offset(pen.dy - height), pen);
        return;
    }
    struct pen above = mark == 0x2192 ? sized(pen, 0.75) : pen;
    int32_t after = w->x, wide = pl_glyph_advance(mark, above.px, 0);
    int slant = pen.style & PL_STYLE_ITALIC ? (int)pen.px * 8 : 0;
    w->x = PL_MAX(0, first.x + (after - first.x - wide) / 2 + slant);
    above.style = 0;
    above = shifted(above, -lift - (mark == 0x2192 ? (int)(pen.px * 55 + 50) / 100 : 0));
    put(w, mark, above);
    w->x = after;
}

/* ---- commands ------------------------------------------------------------------------------ */

/* The command called `name` with a group behind it; *argument: what stands in brackets between, up
 * to its end, or "". */
static bool named(struct walk *w, const char *name, const char **argument)
{
    size_t n = strlen(name);
    *argument = "";
    if (strncmp(w->at, name, n) != 0)
        return false;
    const char *next = w->at + n;
    if (*next == '[') {
        const char *close = strchr(next, ']');
        if (close == NULL)
            return false;
        *argument = next + 1;
        next = close + 1;
    }
    if (*next != '{')
        return false;
    w->at = next;
    return true;
}

static double number(const char *text, double low, double high, double otherwise)
{
    char copy[16];
    size_t n = strcspn(text, "]");
    if (n == 0 || n >= sizeof copy)
        return otherwise;
    memcpy(copy, text, n);
    copy[n] = '\0';
    char *end;
    double value = strtod(copy, &end);
    return end != copy && value >= low && value <= high ? value : otherwise;
}

/* ROOT's font numbers: the tens are the face, of which only slope and weight are kept. */
static uint8_t style_of_font(int font)
{
    static const uint8_t styles[16] = {
        [1] = PL_STYLE_ITALIC, [2] = PL_STYLE_BOLD,  [3] = PL_STYLE_BOLD | PL_STYLE_ITALIC,
        [5] = PL_STYLE_ITALIC, [6] = PL_STYLE_BOLD,  [7] = PL_STYLE_BOLD | PL_STYLE_ITALIC,
        [9] = PL_STYLE_ITALIC, [10] = PL_STYLE_BOLD, [11] = PL_STYLE_BOLD | PL_STYLE_ITALIC};
    return font >= 0 && font < 160 ? styles[font / 10] : 0;
}

/* Commands that change the pen for a group. */
static bool changes(struct walk *w, struct pen pen)
{
    const char *argument;
    if (named(w, "bf", &argument))
        pen.style ^= PL_STYLE_BOLD;
    else if (named(w, "it", &argument))
        pen.style ^= PL_STYLE_ITALIC;
    else if (named(w, "font", &argument))
        pen.style = style_of_font((int)number(argument, 0, 199, 0));
    else if (named(w, "color", &argument))
        pen.color = (int16_t)number(argument, 0, 32000, pen.color);
    else if (named(w, "scale", &argument))
        pen = sized(pen, number(argument, 0.05, 20.0, 1.0));
    else if (named(w, "lower", &argument))
        pen = shifted(pen, (int)(pen.px * number(argument, -5.0, 5.0, 0.0)));
    else if (named(w, "kern", &argument))
        w->x = PL_MAX(0, w->x + (int32_t)(64 * pen.px * number(argument, -5.0, 5.0, 0.0)));
    else if (!named(w, "mbox", &argument))
        return false;
    group(w, pen);
    return true;
}

static bool builds(struct walk *w, struct pen pen)
{
    static const struct {
        const char *name;
        uint32_t mark;
    } marks[] = {{"bar", 0},      {"overline", 0}, {"hat", 0x2c6}, {"tilde", 0x2dc},
                 {"vec", 0x2192}, {"dot", 0x2d9},  {"ddot", 0xa8}, {"acute", 0xb4},
                 {"grave", 0x60}, {"check", 0x2c7}};
    const char *argument;
    if (named(w, "splitline", &argument)) {
        stacked(w, pen, false);
        return true;
    }
    if (named(w, "frac", &argument)) {
        stacked(w, pen, true);
        return true;
    }
    if (named(w, "sqrt", &argument)) {
        root(w, pen, argument);
        return true;
    }
    for (size_t i = 0; i < PL_COUNT(marks); i++)
        if (named(w, marks[i].name, &argument)) {
            accented(w, pen, marks[i].mark);
            return true;
        }
    return false;
}

/* #(){...} and its like; #left( and #right). */
static bool brackets(struct walk *w, struct pen pen)
{
    static const char *const pairs[] = {"()", "[]", "{}", "||"};
    for (size_t i = 0; i < PL_COUNT(pairs); i++)
        if (w->at[0] == pairs[i][0] && w->at[1] == pairs[i][1] && w->at[2] == '{') {
            w->at += 2;
            put(w, (unsigned char)pairs[i][0], pen);
            group(w, pen);
            put(w, (unsigned char)pairs[i][1], pen);
            return true;
        }
    size_t n = strncmp(w->at, "left", 4) == 0 ? 4 : strncmp(w->at, "right", 5) == 0 ? 5 : 0;
    if (n == 0 || w->at[n] == '\0' || strchr("()[]{}|", w->at[n]) == NULL)
        return false;
    put(w, (unsigned char)w->at[n], pen);
    w->at += n + 1;
    return true;
}

/* Behind a #. */
static void command(struct walk *w, struct pen pen)
{
    bool letter = (*w->at >= 'a' && *w->at <= 'z') || (*w->at >= 'A' && *w->at <= 'Z');
    if (brackets(w, pen))
        return;
    if (!letter && *w->at != '/' && strncmp(w->at, "3dots", 5) != 0) {
        put(w, '#', pen);
        return;
    }
    if (builds(w, pen) || changes(w, pen))
        return;
    size_t n;
    uint32_t code = pl_symbol_at(w->at, &n);
    if (code != 0)
        put(w, code, pen);
    w->at += n; /* what is not known is printed as it stands, without the # */
}

/* Does something close the brace at `at`? */
static bool is_closed(const char *at)
{
    int open = 0;
    for (; *at != '\0'; at++) {
        open += *at == '{';
        open -= *at == '}';
        if (open == 0)
            return true;
    }
    return false;
}

static void run(struct walk *w, struct pen pen, bool grouped)
{
    bool deep = ++w->depth > PL_MARKUP_DEPTH;
    unsigned braces = 0; /* open ones of groups that change nothing */
    while (*w->at != '\0' && w->out->glyphs_n < PL_LAYOUT_MAX) {
        char c = *w->at;
        if (c == '}' && braces > 0) {
            braces--;
            w->at++;
        } else if (c == '}' && grouped) {
            w->at++;
            break;
        } else if (!deep && c == '@' && w->at[1] != '\0' && strchr("#{}_^@", w->at[1]) != NULL) {
            put(w, (unsigned char)w->at[1], pen);
            w->at += 2;
        } else if (!deep && c == '#') {
            w->at++;
            command(w, pen);
        } else if (!deep && (c == '^' || c == '_') && w->at[1] == '{') {
            scripts(w, pen);
        } else if (!deep && c == '{' && braces < 64 && is_closed(w->at)) {
            braces++;
            w->at++;
        } else {
            put(w, next_code(&w->at), pen);
        }
    }
    w->depth--;
}

void pl_markup_layout(const char *text, unsigned px, bool plain, struct pl_layout *out)
{
    struct walk w = {out, text, 0, 0};
    struct pen pen = {px, 0, 0, PL_LAID_INK};
    out->glyphs_n = out->bars_n = 0;
    struct part start = begin(&w), end;
    if (plain) {
        while (*w.at != '\0' && out->glyphs_n < PL_LAYOUT_MAX)
            put(&w, next_code(&w.at), pen);
    } else {
        run(&w, pen, false);
    }
    end = begin(&w);
    extent(out, start, end, &out->ascent, &out->descent);
    out->ascent = PL_MAX(out->ascent, 0);
    out->descent = PL_MAX(out->descent, 0);
    out->width = w.x;
    for (unsigned i = 0; i < out->glyphs_n; i++) {
        const struct pl_laid *last = &out->glyphs[i];
        out->width =
            PL_MAX(out->width, last->x + pl_glyph_advance(last->code, last->px, last->style));
    }
}
