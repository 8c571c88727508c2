/* markup.c - text markup to a list of placed glyphs: #greek, ^{} _{}, #splitline{}{}, #frac{}{},
 * #sqrt{}.
 *
 * One recursive descent that writes straight into a fixed layout; the depth is bounded and so is
 * the number of glyphs, so hostile text costs nothing. Unknown commands are printed without their
 * #. Knows no fonts but the advance of a glyph. Memory: the caller's layout only.
 */
#include <string.h>

#include "render/text_priv.h"
#include "shm/base/check.h"
#include "shm/base/utf8.h"

struct walk {
    struct pl_layout *out;
    const char *at;
    int32_t x;
    unsigned depth;
};

static const struct symbol {
    const char *name;
    uint16_t code;
} symbols[] = {
    {"alpha", 0x3b1},
    {"beta", 0x3b2},
    {"gamma", 0x3b3},
    {"delta", 0x3b4},
    {"epsilon", 0x3b5},
    {"varepsilon", 0x3b5},
    {"zeta", 0x3b6},
    {"eta", 0x3b7},
    {"theta", 0x3b8},
    {"vartheta", 0x3d1},
    {"iota", 0x3b9},
    {"kappa", 0x3ba},
    {"lambda", 0x3bb},
    {"mu", 0x3bc},
    {"nu", 0x3bd},
    {"xi", 0x3be},
    {"omicron", 0x3bf},
    {"pi", 0x3c0},
    {"rho", 0x3c1},
    {"sigma", 0x3c3},
    {"varsigma", 0x3c2},
    {"tau", 0x3c4},
    {"upsilon", 0x3c5},
    {"phi", 0x3c6},
    {"varphi", 0x3d5},
    {"chi", 0x3c7},
    {"psi", 0x3c8},
    {"omega", 0x3c9},
    {"Alpha", 0x391},
    {"Beta", 0x392},
    {"Gamma", 0x393},
    {"Delta", 0x394},
    {"Epsilon", 0x395},
    {"Zeta", 0x396},
    {"Eta", 0x397},
    {"Theta", 0x398},
    {"Iota", 0x399},
    {"Kappa", 0x39a},
    {"Lambda", 0x39b},
    {"Mu", 0x39c},
    {"Nu", 0x39d},
    {"Xi", 0x39e},
    {"Omicron", 0x39f},
    {"Pi", 0x3a0},
    {"Rho", 0x3a1},
    {"Sigma", 0x3a3},
    {"Tau", 0x3a4},
    {"Upsilon", 0x3a5},
    {"Phi", 0x3a6},
    {"Chi", 0x3a7},
    {"Psi", 0x3a8},
    {"Omega", 0x3a9},
    {"pm", 0xb1},
    {"mp", 0x2213},
    {"times", 0xd7},
    {"divide", 0xf7},
    {"cdot", 0xb7},
    {"circ", 0xb0},
    {"infty", 0x221e},
    {"leq", 0x2264},
    {"geq", 0x2265},
    {"neq", 0x2260},
    {"approx", 0x2248},
    {"equiv", 0x2261},
    {"sim", 0x223c},
    {"propto", 0x221d},
    {"rightarrow", 0x2192},
    {"leftarrow", 0x2190},
    {"uparrow", 0x2191},
    {"downarrow", 0x2193},
    {"leftrightarrow", 0x2194},
    {"Rightarrow", 0x21d2},
    {"partial", 0x2202},
    {"nabla", 0x2207},
    {"int", 0x222b},
    {"sum", 0x2211},
    {"prod", 0x220f},
    {"in", 0x2208},
    {"notin", 0x2209},
    {"subset", 0x2282},
    {"cap", 0x2229},
    {"cup", 0x222a},
    {"wedge", 0x2227},
    {"vee", 0x2228},
    {"perp", 0x22a5},
    {"parallel", 0x2225},
    {"angle", 0x2220},
    {"bullet", 0x2022},
    {"hbar", 0x127},
    {"ell", 0x2113},
    {"Jgothic", 0x2111},
    {"Rgothic", 0x211c},
    {"copyright", 0xa9},
    {"trademark", 0x2122},
    {"downleftarrow", 0x21b5},
    {"AA", 0xc5},
    {"aa", 0xe5},
    {"3dots", 0x2026},
    {"forall", 0x2200},
    {"exists", 0x2203},
    {"oplus", 0x2295},
    {"otimes", 0x2297},
    {"void8", 0x2205},
    {"minus", 0x2212},
    {"plus", '+'},
    {"GT", '>'},
    {"LT", '<'},
};

/* The code point at *text, which is moved behind it; U+FFFD for a malformed byte. */
static uint32_t next_code(const char **text)
{
    uint32_t code = 0xfffd;
    size_t n = pl_utf8_step(*text, SIZE_MAX, &code);
    *text += n > 0 ? n : 1;
    return code;
}

static void extend(struct pl_layout *out, int dy, unsigned px)
{
    out->ascent = PL_MAX(out->ascent, (int)(px * 3 + 3) / 4 - dy);
    out->descent = PL_MAX(out->descent, (int)(px + 4) / 5 + dy);
}

static void put(struct walk *w, uint32_t code, unsigned px, int dy)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        code = ' ';
    if (w->out->glyphs_n == PL_LAYOUT_MAX)
        return;
    w->out->glyphs[w->out->glyphs_n++] = (struct pl_laid){code, w->x, (int16_t)dy, (uint16_t)px};
    extend(w->out, dy, px);
    w->x += pl_glyph_advance(code, px);
}

static void bar(struct walk *w, int32_t x, int32_t length, int dy, unsigned px)
{
    if (w->out->bars_n < PL_LAYOUT_BARS)
        w->out->bars[w->out->bars_n++] =
            (struct pl_bar){x, length, (int16_t)dy, (int16_t)PL_MAX(1u, px / 14)};
}

static void run(struct walk *w, unsigned px, int dy, bool grouped);

/* {...}, or nothing when there is no group. */
static void group(struct walk *w, unsigned px, int dy)
{
    if (*w->at != '{')
        return;
    w->at++;
    run(w, px, dy, true);
}

static unsigned smaller(unsigned px)
{
    return PL_MAX(7u, (px * 7 + 5) / 10);
}

/* ^{} and _{} in either order share their place. */
static void scripts(struct walk *w, unsigned px, int dy)
{
    int32_t start = w->x, end = start;
    for (unsigned i = 0; i < 2 && (*w->at == '^' || *w->at == '_') && w->at[1] == '{'; i++) {
        bool up = *w->at++ == '^';
        w->x = start;
        group(w, smaller(px), up ? dy - (int)(px * 2 + 2) / 5 : dy + (int)(px + 2) / 5);
        end = PL_MAX(end, w->x);
    }
    w->x = end;
}

/* Two groups above each other; a fraction has a line between them. */
static void stacked(struct walk *w, unsigned px, int dy, bool fraction)
{
    unsigned small = fraction ? PL_MAX(7u, px * 8 / 10) : px;
    int32_t start = w->x, end;
    group(w, small, dy - (int)(fraction ? (px + 1) / 2 : (px * 6 + 5) / 10));
    end = w->x;
    w->x = start;
    group(w, small, dy + (int)(px * 6 + 5) / 10);
    w->x = PL_MAX(end, w->x);
    if (fraction)
        bar(w, start, w->x - start, dy - (int)(px + 2) / 4, px);
}

static void overlined(struct walk *w, unsigned px, int dy, bool root)
{
    if (root)
        put(w, 0x221a, px, dy);
    int32_t start = w->x;
    group(w, px, dy);
    int up = (int)(px * 8 + 5) / 10;
    bar(w, start, w->x - start, dy - up - 1, px);
    w->out->ascent = PL_MAX(w->out->ascent, up + 2 - dy);
}

static bool named(struct walk *w, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(w->at, name, n) != 0 || (w->at[n] != '{' && w->at[n] != '['))
        return false;
    w->at += n;
    if (*w->at == '[') { /* #font[42]{...}, #color[2]{...}: the argument is not used */
        const char *close = strchr(w->at, ']');
        w->at = close != NULL ? close + 1 : w->at + strlen(w->at);
    }
    return true;
}

static bool symbol(struct walk *w, unsigned px, int dy)
{
    const struct symbol *best = NULL;
    size_t best_n = 0;
    for (size_t i = 0; i < PL_COUNT(symbols); i++) {
        size_t n = strlen(symbols[i].name);
        if (n > best_n && strncmp(w->at, symbols[i].name, n) == 0) {
            best = &symbols[i];
            best_n = n;
        }
    }
    if (best == NULL)
        return false;
    w->at += best_n;
    put(w, best->code, px, dy);
    return true;
}

/* Behind a #. */
static void command(struct walk *w, unsigned px, int dy)
{
    static const char *const ignored[] = {"bf",   "it",  "font", "color", "scale", "kern",  "lower",
                                          "mbox", "bar", "hat",  "vec",   "dot",   "tilde", "ddot"};
    bool letter = (*w->at >= 'a' && *w->at <= 'z') || (*w->at >= 'A' && *w->at <= 'Z');
    if (!letter && strncmp(w->at, "3dots", 5) != 0) {
        put(w, '#', px, dy);
        return;
    }
    if (named(w, "splitline") || named(w, "frac")) {
        stacked(w, px, dy, w->at[-1] == 'c');
        return;
    }
    if (named(w, "sqrt") || named(w, "overline")) {
        overlined(w, px, dy, w->at[-1] == 't' || w->at[-1] == ']');
        return;
    }
    for (size_t i = 0; i < PL_COUNT(ignored); i++)
        if (named(w, ignored[i])) {
            if (strcmp(ignored[i], "bar") == 0)
                overlined(w, px, dy, false);
            else
                group(w, px, dy);
            return;
        }
    (void)symbol(w, px, dy); /* what is not known is printed as it stands, without the # */
}

static void run(struct walk *w, unsigned px, int dy, bool grouped)
{
    bool deep = ++w->depth > PL_MARKUP_DEPTH;
    while (*w->at != '\0' && w->out->glyphs_n < PL_LAYOUT_MAX) {
        if (grouped && *w->at == '}') {
            w->at++;
            break;
        }
        if (!deep && *w->at == '#') {
            w->at++;
            command(w, px, dy);
        } else if (!deep && (*w->at == '^' || *w->at == '_') && w->at[1] == '{') {
            scripts(w, px, dy);
        } else {
            put(w, next_code(&w->at), px, dy);
        }
    }
    w->depth--;
}

void pl_markup_layout(const char *text, unsigned px, bool plain, struct pl_layout *out)
{
    struct walk w = {out, text, 0, 0};
    out->glyphs_n = out->bars_n = 0;
    out->ascent = out->descent = 0;
    if (plain) {
        while (*w.at != '\0' && out->glyphs_n < PL_LAYOUT_MAX)
            put(&w, next_code(&w.at), px, 0);
    } else {
        run(&w, px, 0, false);
    }
    out->width = w.x;
    for (unsigned i = 0; i < out->glyphs_n; i++) {
        const struct pl_laid *last = &out->glyphs[i];
        out->width = PL_MAX(out->width, last->x + pl_glyph_advance(last->code, last->px));
    }
}
