/* tokens.c - the tolerant tokenizer of tokens.h. Knows what markup looks like and no element by
 * name. Reads through a cursor; the only memory is the text made for a caller.
 */
#include "render/card/game/tokens.h"

#include <string.h>

#include "render/card/charset.h"
#include "shm/base/utf8.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool begins_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c >= 0x80;
}

static bool in_name(uint8_t c)
{
    return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool at_text(const struct pl_cur *cur, const char *text)
{
    size_t n = strlen(text);
    return pl_cur_left(cur) >= n && memcmp(cur->bytes + cur->at, text, n) == 0;
}

/* Goes behind the next `text`; false when there is none. */
static bool pass(struct pl_cur *cur, const char *text)
{
    const uint8_t *from = cur->bytes + cur->at;
    const uint8_t *found = memmem(from, pl_cur_left(cur), text, strlen(text));
    if (found == NULL)
        return false;
    cur->at += (size_t)(found - from) + strlen(text);
    return true;
}

struct pl_tokens pl_tokens_open(const uint8_t *text, size_t n)
{
    return (struct pl_tokens){.cur = PL_CUR(text, n), .line = 1, .next_line = 1};
}

bool pl_tokens_is(const struct pl_tokens *tokens, const char *name)
{
    return tokens->name.n == strlen(name) && memcmp(tokens->name.bytes, name, tokens->name.n) == 0;
}

static struct pl_range range(const struct pl_cur *cur, size_t from, size_t to)
{
    return (struct pl_range){cur->bytes + from, to - from};
}

static struct pl_range take_name(struct pl_cur *cur)
{
    size_t from = cur->at;
    if (cur->at < cur->n && begins_name(cur->bytes[cur->at]))
        while (cur->at < cur->n && in_name(cur->bytes[cur->at]))
            cur->at++;
    return range(cur, from, cur->at);
}

/* Behind "<name": to the '>' that is not in quotes. A '<' before it means that the tag was never
 * closed (in a value it has to be written &lt;), so nothing that follows can be trusted. */
static enum pl_token take_start(struct pl_tokens *tokens)
{
    struct pl_cur *cur = &tokens->cur;
    size_t from = cur->at;
    uint8_t quote = 0;
    for (; cur->at < cur->n; cur->at++) {
        uint8_t c = cur->bytes[cur->at];
        if (c == '<')
            return PL_TOKEN_BROKEN;
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            break;
    }
    if (cur->at == cur->n)
        return PL_TOKEN_BROKEN;
    tokens->empty = cur->at > from && cur->bytes[cur->at - 1] == '/';
    tokens->inside = range(cur, from, cur->at - tokens->empty);
    cur->at++;
    if (!tokens->empty && ++tokens->depth > PL_CARD_NESTING_MAX)
        return PL_TOKEN_DEEP;
    return PL_TOKEN_START;
}

static enum pl_token take_close(struct pl_tokens *tokens)
{
    struct pl_cur *cur = &tokens->cur;
    tokens->name = take_name(cur);
    while (cur->at < cur->n && is_blank(cur->bytes[cur->at]))
        cur->at++;
    if (tokens->name.n == 0 || cur->at == cur->n || cur->bytes[cur->at] != '>')
        return PL_TOKEN_BROKEN;
    cur->at++;
    tokens->depth -= tokens->depth > 0;
    return PL_TOKEN_CLOSE;
}

/* Behind "<!": a declaration, with declarations, quoted texts and comments in its brackets. */
static bool pass_declaration(struct pl_cur *cur)
{
    int brackets = 0;
    uint8_t quote = 0;
    while (cur->at < cur->n) {
        if (quote == 0 && at_text(cur, "<!--")) {
            if (!pass(cur, "-->"))
                return false;
            continue;
        }
        uint8_t c = cur->bytes[cur->at++];
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '[')
            brackets++;
        else if (c == ']')
            brackets--;
        else if (c == '>' && brackets <= 0)
            return true;
    }
    return false;
}

/* Passes over what is no token of ours; false: broken. *passed: there was such a thing. */
static bool pass_other(struct pl_cur *cur, bool *passed)
{
    *passed = true;
    if (at_text(cur, "<!--")) {
        cur->at += 4;
        return pass(cur, "-->");
    }
    if (at_text(cur, "<?"))
        return pass(cur, "?>");
    if (at_text(cur, "<!") && !at_text(cur, "<![CDATA[")) {
        cur->at += 2;
        return pass_declaration(cur);
    }
    *passed = false;
    return true;
}

static enum pl_token take_text(struct pl_tokens *tokens)
{
    struct pl_cur *cur = &tokens->cur;
    size_t from = cur->at;
    tokens->verbatim = at_text(cur, "<![CDATA[");
    if (tokens->verbatim) {
        from += strlen("<![CDATA[");
        if (!pass(cur, "]]>"))
            return PL_TOKEN_BROKEN;
        tokens->inside = range(cur, from, cur->at - strlen("]]>"));
        return PL_TOKEN_TEXT;
    }
    const uint8_t *tag = memchr(cur->bytes + from, '<', cur->n - from);
    cur->at = tag != NULL ? (size_t)(tag - cur->bytes) : cur->n;
    tokens->inside = range(cur, from, cur->at);
    return PL_TOKEN_TEXT;
}

static enum pl_token take(struct pl_tokens *tokens)
{
    struct pl_cur *cur = &tokens->cur;
    if (cur->at == cur->n)
        return PL_TOKEN_END;
    if (cur->bytes[cur->at] != '<' || at_text(cur, "<![CDATA["))
        return take_text(tokens);
    cur->at++;
    if (cur->at < cur->n && cur->bytes[cur->at] == '/') {
        cur->at++;
        return take_close(tokens);
    }
    tokens->name = take_name(cur);
    return tokens->name.n > 0 ? take_start(tokens) : PL_TOKEN_BROKEN;
}

static void count_lines(struct pl_tokens *tokens, size_t from)
{
    const uint8_t *at = tokens->cur.bytes + from, *end = tokens->cur.bytes + tokens->cur.at;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        tokens->next_line++;
        at++;
    }
}

enum pl_token pl_tokens_next(struct pl_tokens *tokens)
{
    if (tokens->ended != PL_TOKEN_END)
        return tokens->ended;
    enum pl_token token = PL_TOKEN_BROKEN;
    bool passed = true, whole = true;
    while (passed && whole) {
        size_t from = tokens->cur.at;
        tokens->line = tokens->next_line;
        whole = pass_other(&tokens->cur, &passed);
        if (whole && !passed)
            token = take(tokens);
        count_lines(tokens, from);
    }
    if (token == PL_TOKEN_BROKEN || token == PL_TOKEN_DEEP)
        tokens->ended = token;
    return token;
}

/* false: there is nothing behind them. */
static bool skip_blanks(struct pl_cur *cur)
{
    while (cur->at < cur->n && is_blank(cur->bytes[cur->at]))
        cur->at++;
    return cur->at < cur->n;
}

bool pl_tokens_attribute(const struct pl_tokens *tokens, const char *name, struct pl_range *value)
{
    struct pl_cur cur = PL_CUR(tokens->inside.bytes, tokens->inside.n);
    size_t name_n = strlen(name);
    while (skip_blanks(&cur)) {
        struct pl_range found = take_name(&cur);
        if (found.n == 0) { /* a stray character */
            cur.at++;
            continue;
        }
        if (!skip_blanks(&cur) || cur.bytes[cur.at] != '=')
            continue;
        cur.at++;
        if (!skip_blanks(&cur) || (cur.bytes[cur.at] != '"' && cur.bytes[cur.at] != '\''))
            continue;
        uint8_t quote = cur.bytes[cur.at++];
        const uint8_t *end = memchr(cur.bytes + cur.at, quote, cur.n - cur.at);
        if (end == NULL)
            return false;
        *value = range(&cur, cur.at, (size_t)(end - cur.bytes));
        cur.at += value->n + 1;
        if (found.n == name_n && memcmp(found.bytes, name, name_n) == 0)
            return true;
    }
    return false;
}

/* --- texts ----------------------------------------------------------------------------------- */

/* The number between "&#" and ";"; UINT32_MAX when it is none. */
static uint32_t number(const uint8_t *s, size_t n)
{
    unsigned base = 10;
    if (n > 0 && (s[0] == 'x' || s[0] == 'X')) {
        base = 16;
        s++, n--;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t digit = s[i] >= '0' && s[i] <= '9'   ? s[i] - (uint32_t)'0'
                         : s[i] >= 'a' && s[i] <= 'f' ? s[i] - (uint32_t)'a' + 10
                         : s[i] >= 'A' && s[i] <= 'F' ? s[i] - (uint32_t)'A' + 10
                                                      : 16;
        if (digit >= base || value > 0x10ffff)
            return UINT32_MAX;
        value = value * base + digit;
    }
    return n > 0 ? value : UINT32_MAX;
}

/* A reference at the front of s: its code point and, in *n, its length; 0 when it stays as it is.
 */
static uint32_t reference(const uint8_t *s, size_t left, size_t *n)
{
    static const struct {
        const char *text;
        uint32_t code;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        *n = strlen(known[i].text);
        if (left >= *n && memcmp(s, known[i].text, *n) == 0)
            return known[i].code;
    }
    const uint8_t *end = memchr(s, ';', left < 16 ? left : 16);
    if (left < 4 || s[1] != '#' || end == NULL)
        return 0;
    *n = (size_t)(end - s) + 1;
    uint32_t code = number(s + 2, *n - 3);
    if (code == UINT32_MAX)
        return 0;
    return code == 0 ? 0xfffd : code;
}

struct text {
    uint8_t bytes[PL_TOKENS_TEXT_MAX + 8];
    size_t n;
    size_t blanks; /* seen, not yet written: none are at either end */
};

static void add(struct text *text, const uint8_t *bytes, size_t n, enum pl_tokens_blanks blanks)
{
    if (n == 1 && (bytes[0] <= ' ' || bytes[0] == 0x7f)) {
        text->blanks += text->n > 0;
        return;
    }
    size_t gap = blanks == PL_BLANKS_SQUEEZE && text->blanks > 1 ? 1 : text->blanks;
    if (text->n + gap + n > PL_TOKENS_TEXT_MAX) {
        text->n = PL_TOKENS_TEXT_MAX + 1;
        return;
    }
    memset(text->bytes + text->n, ' ', gap);
    memcpy(text->bytes + text->n + gap, bytes, n);
    text->n += gap + n;
    text->blanks = 0;
}

const char *pl_tokens_text(struct pl_builder *builder, struct pl_range from, bool verbatim,
                           enum pl_tokens_blanks blanks)
{
    struct text text = {.n = 0};
    size_t at = 0, last = 0;
    while (at < from.n && text.n <= PL_TOKENS_TEXT_MAX) {
        uint8_t character[4];
        size_t step = 1, n = 1;
        uint32_t code =
            from.bytes[at] == '&' && !verbatim ? reference(from.bytes + at, from.n - at, &step) : 0;
        if (code != 0) {
            n = pl_charset_put(character, code);
        } else {
            step = pl_utf8_wanted(from.bytes[at]);
            step = n = step == 0 || step > from.n - at ? 1 : step;
            memcpy(character, from.bytes + at, n);
        }
        last = text.n;
        add(&text, character, n, blanks);
        at += step;
    }
    if (text.n <= PL_TOKENS_TEXT_MAX)
        return pl_builder_text(builder, text.bytes, text.n);
    memcpy(text.bytes + last, "\xe2\x80\xa6", 3); /* an ellipsis: it was longer */
    return pl_builder_text(builder, text.bytes, last + 3);
}
