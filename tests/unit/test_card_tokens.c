/* test_card_tokens.c - markup that is not always one well-formed document. */
#include <criterion/criterion.h>

#include "render/card/builder.h"
#include "render/card/game/tokens.h"
#include "shm/base/check.h"
#include "tests/unit/card_help.h"

static struct pl_arena *arena;
static struct pl_builder builder;
static const struct pl_packs no_packs;

static void make_builder(void)
{
    cr_assert_eq(pl_arena_make(&arena, 8 << 20, NULL), PL_OK);
    builder = (struct pl_builder){.packs = &no_packs, .arena = arena, .game = PL_CARD_FS2020};
    cr_assert_eq(pl_builder_start(&builder, NULL), PL_OK);
}

static void free_builder(void)
{
    pl_arena_free(&arena);
}

TestSuite(card_tokens, .init = make_builder, .fini = free_builder, .timeout = 120);

/* All tokens as text: "+name" start, "*name" empty, "-name" end, "text", then "." end, "!" broken,
 * "^" deep. From memory of exactly its size, so that a sanitizer sees a step too far. */
static const char *spell(const char *markup)
{
    static char out[4096];
    size_t n = strlen(markup);
    uint8_t *exact = malloc(n > 0 ? n : 1);
    memcpy(exact, markup, n);
    struct pl_tokens tokens = pl_tokens_open(exact, n);
    out[0] = '\0';
    size_t at = 0;
    for (enum pl_token token = PL_TOKEN_START; at < sizeof out - 200;) {
        token = pl_tokens_next(&tokens);
        struct pl_range shown = token == PL_TOKEN_TEXT ? tokens.inside : tokens.name;
        if (token == PL_TOKEN_END || token == PL_TOKEN_BROKEN || token == PL_TOKEN_DEEP) {
            (void)snprintf(out + at, sizeof out - at, "%s",
                           token == PL_TOKEN_END      ? "."
                           : token == PL_TOKEN_BROKEN ? "!"
                                                      : "^");
            cr_assert_eq(pl_tokens_next(&tokens), token, "the end comes again");
            break;
        }
        const char *sign = token == PL_TOKEN_TEXT    ? "="
                           : token == PL_TOKEN_CLOSE ? "-"
                           : tokens.empty            ? "*"
                                                     : "+";
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s ", sign,
                               (int)PL_MIN(shown.n, (size_t)100), (const char *)shown.bytes);
    }
    free(exact);
    return out;
}

#define EXPECT(markup, tokens) cr_assert_str_eq(spell(markup), tokens, "%s", spell(markup))

Test(card_tokens, several_roots_and_stray_ends_are_fine)
{
    EXPECT("<a/><b>x</b><c>", "*a +b =x -b +c .");
    EXPECT("</a></a><b/>", "-a -a *b .");
    EXPECT("</a></a></a><b>", "-a -a -a +b .");
    EXPECT("", ".");
    EXPECT("text", "=text .");
    EXPECT("<a  /><b\n\tc='1'\n/></b  >", "*a *b -b .");
}

Test(card_tokens, what_is_no_element_is_passed_over)
{
    EXPECT("<?xml version=\"1.0\"?><!-- <a> --><b/>", "*b .");
    EXPECT("<!DOCTYPE a [<!ENTITY x \"]>\"><!ENTITY y '>'><!-- ]> -->]><b/>", "*b .");
    EXPECT("<!DOCTYPE a SYSTEM \"http://x/>\" ><b/>", "*b .");
    EXPECT("<![CDATA[<a>&amp;]]><b/>", "=<a>&amp; *b .");
}

Test(card_tokens, broken_markup_ends_it)
{
    static const char *const broken[] = {
        "<",          "<a",           "<a b=\"1>", "<a b=\"<\">",    "<a <b>",
        "</",         "</a",          "</a b>",    "< a>",           "<1>",
        "<!-- --",    "<?xml ?",      "<!DOC",     "<!DOCTYPE a [>", "<![CDATA[ ",
        "<a b='1\">", "<!DOCTYPE \">"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const char *tokens = spell(broken[i]);
        cr_assert_str_eq(tokens, "!", "%s: %s", broken[i], tokens);
    }
    EXPECT("<a/><b/><c", "*a *b !");
}

Test(card_tokens, nesting_has_an_end)
{
    char markup[3 * (PL_CARD_NESTING_MAX + 1) + 1] = "";
    for (int i = 0; i < PL_CARD_NESTING_MAX; i++)
        strcat(markup, "<a>");
    size_t n = strlen(spell(markup));
    cr_assert_eq(spell(markup)[n - 1], '.');
    strcat(markup, "<a>");
    n = strlen(spell(markup));
    cr_assert_eq(spell(markup)[n - 1], '^');
}

Test(card_tokens, lines_are_those_of_the_tokens)
{
    static const char markup[] = "<?a\n?>\n<a\nb='\n'>\n\n</a>";
    struct pl_tokens tokens = pl_tokens_open((const uint8_t *)markup, strlen(markup));
    cr_assert_eq(pl_tokens_next(&tokens), PL_TOKEN_TEXT);
    cr_assert_eq(tokens.line, 2);
    cr_assert_eq(pl_tokens_next(&tokens), PL_TOKEN_START);
    cr_assert_eq(tokens.line, 3);
    cr_assert_eq(pl_tokens_next(&tokens), PL_TOKEN_TEXT);
    cr_assert_eq(pl_tokens_next(&tokens), PL_TOKEN_CLOSE);
    cr_assert_eq(tokens.line, 7);
}

static void expect_attribute(const char *tag, const char *value)
{
    struct pl_tokens tokens = pl_tokens_open((const uint8_t *)tag, strlen(tag));
    struct pl_range found = {NULL, 0};
    cr_assert_eq(pl_tokens_next(&tokens), PL_TOKEN_START, "%s", tag);
    cr_assert_eq(pl_tokens_attribute(&tokens, "Name", &found), value != NULL, "%s", tag);
    if (value != NULL)
        cr_assert(found.n == strlen(value) && memcmp(found.bytes, value, found.n) == 0, "%s: %.*s",
                  tag, (int)found.n, (const char *)found.bytes);
}

Test(card_tokens, attributes_come_in_any_order)
{
    expect_attribute("<a Name=\"x\">", "x");
    expect_attribute("<a Flag='1' Name='x>\"y'/>", "x>\"y");
    expect_attribute("<a Name = \"\" B=\"2\">", "");
    expect_attribute("<a XName=\"1\" NameX=\"2\" Name=\"3\">", "3");
    expect_attribute("<a B=\" Name='4' \" Name='5'>", "5");
    expect_attribute("<a Name>", NULL);
    expect_attribute("<a Name=x>", NULL);
    expect_attribute("<a name=\"x\">", NULL);
    expect_attribute("<a Name B=\"1\">", NULL);
    expect_attribute("<a ; = Name=\"6\">", "6");
}

static void expect_text(const char *from, enum pl_tokens_blanks blanks, const char *as)
{
    struct pl_range range = {(const uint8_t *)from, strlen(from)};
    cr_assert_str_eq(pl_tokens_text(&builder, range, false, blanks), as);
}

Test(card_tokens, only_predefined_and_numeric_references_are_resolved)
{
    expect_text("&lt;&amp;amp;&gt;&quot;&apos;", PL_BLANKS_TRIM, "<&amp;>\"'");
    expect_text("&#65;&#x42;&#xe4;&#x1F600;", PL_BLANKS_TRIM, "AB\xc3\xa4\xf0\x9f\x98\x80");
    expect_text("&x;&#;&#x;&#xg;&;& &#65", PL_BLANKS_TRIM, "&x;&#;&#x;&#xg;&;& &#65");
    expect_text("a&#0;b&#xD800;c&#1;d", PL_BLANKS_TRIM,
                "a\xef\xbf\xbd"
                "b\xef\xbf\xbd"
                "c d");
    expect_text("&#99999999999999999999;", PL_BLANKS_TRIM, "&#99999999999999999999;");
    struct pl_range range = {(const uint8_t *)"&lt;", 4};
    cr_assert_str_eq(pl_tokens_text(&builder, range, true, PL_BLANKS_TRIM), "&lt;");
}

Test(card_tokens, blanks_are_trimmed_or_squeezed)
{
    expect_text("  a  b\t\n", PL_BLANKS_TRIM, "a  b");
    expect_text(" \" VKB   x\r\n y ", PL_BLANKS_SQUEEZE, "\" VKB x y");
    expect_text(" \t ", PL_BLANKS_SQUEEZE, "");
}

Test(card_tokens, a_text_too_long_is_cut_between_characters)
{
    char from[1000] = "";
    for (int i = 0; i < 300; i++)
        strcat(from, "\xc3\xa4");
    struct pl_range range = {(const uint8_t *)from, strlen(from)};
    const char *text = pl_tokens_text(&builder, range, false, PL_BLANKS_TRIM);
    cr_assert_eq(strlen(text), PL_TOKENS_TEXT_MAX + 3);
    cr_assert_str_eq(text + PL_TOKENS_TEXT_MAX, "\xe2\x80\xa6");
}
