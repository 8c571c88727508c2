/* file.c - one configuration file, by libconfuse, applied option by option as it is read.
 *
 * libconfuse's own tree is not used: its validation callback hands every value over together with
 * the line, so an option knows its origin and a second section of one name adds to the first. Its
 * scanner takes an unclosed comment, section or string for the end of the file and keeps the string
 * open for the next parse; `scan` refuses such files first and the scanner is reset after every
 * parse. libconfuse keeps no pointer for its callbacks, hence the one static pointer; the master
 * has one thread. */
#include <confuse.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"

enum { FILE_MAX = 1 << 20 };

/* Exported by libconfuse, declared in no header: resets the scanner and frees its buffers. */
int cfg_yylex_destroy(void);

struct parsing {
    struct pl_config *config;
    const char *name;
    struct pl_error *error;
    struct pl_error local; /* when the caller wants none */
};

static struct parsing *current;

static void place(const cfg_t *cfg, char *out, size_t n)
{
    (void)snprintf(out, n, "%.100s:%d", current->name, cfg->line);
}

static void report_unknown(const cfg_t *cfg, const char *at, const char *name)
{
    char hint[96];
    bool top = strcmp(cfg->name, "root") == 0;
    if (top)
        pl_option_section_hint(hint, sizeof hint, name);
    else
        pl_option_hint(hint, sizeof hint, cfg->name, name);
    (void)pl_fail_param(current->error, PL_E_INPUT, name, "%s: unknown %s '%.40s'%s", at,
                        top ? "section" : "key", name, hint);
}

static void report(cfg_t *cfg, const char *format, va_list args)
{
    char at[128];
    place(cfg, at, sizeof at);
    if (strncmp(format, "no such option", 14) == 0) {
        report_unknown(cfg, at, va_arg(args, const char *));
        return;
    }
    char text[96];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)vsnprintf(text, sizeof text, format, args);
#pragma GCC diagnostic pop
    (void)pl_fail(current->error, PL_E_INPUT, "%s: %s", at, text);
}

static int take(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *values[PL_CONFIG_LIST_MAX + 1];
    unsigned n = cfg_opt_size(opt);
    int option = pl_option_find(cfg->name, opt->name);
    CHECK(option >= 0);
    n = PL_MIN(n, PL_COUNT(values));
    for (unsigned i = 0; i < n; i++) {
        values[i] = cfg_opt_getnstr(opt, i);
        if (values[i] == NULL)
            values[i] = "";
    }
    char at[128];
    place(cfg, at, sizeof at);
    return pl_option_set(current->config, (unsigned)option, values, n, at, current->error) == PL_OK
               ? 0
               : -1;
}

/* What scan looks at: where a token begins, and the line on which what is still open was opened. */
struct scan {
    char *at, *end;
    unsigned line;
    unsigned depth, opened_line;
    char last, before_last; /* first bytes of the tokens before, without comments */
};

static bool text_run_char(char c)
{
    return c != '\0' && strchr(" #\"'\t\n\r={}()+,*", c) == NULL;
}

/* Past the mark that ends a comment or string; false when it never comes. */
static bool skip_to(struct scan *scan, const char *mark, bool escapes)
{
    size_t n = strlen(mark);
    while (scan->at < scan->end) {
        if ((size_t)(scan->end - scan->at) >= n && memcmp(scan->at, mark, n) == 0) {
            scan->at += n;
            return true;
        }
        if (escapes && *scan->at == '\\' && scan->at + 1 < scan->end)
            scan->at++;
        scan->line += *scan->at++ == '\n';
    }
    return false;
}

static bool starts_line_comment(const struct scan *scan)
{
    const char *at = scan->at;
    if (*at == '#')
        return true;
    while (at < scan->end && *at == '/')
        at++;
    return at - scan->at >= 2 && (at == scan->end || !text_run_char(*at));
}

/* libconfuse miscounts the lines of comments: it gets blanks instead. */
static bool blank_comment(struct scan *scan)
{
    char *start = scan->at;
    bool closed = true;
    if (starts_line_comment(scan)) {
        while (scan->at < scan->end && *scan->at != '\n')
            scan->at++;
    } else {
        scan->at += 2;
        closed = skip_to(scan, "*/", false);
    }
    for (; start < scan->at; start++)
        if (*start != '\n')
            *start = ' ';
    return closed;
}

static bool starts_comment(const struct scan *scan)
{
    return starts_line_comment(scan) ||
           (scan->end - scan->at >= 2 && memcmp(scan->at, "/*", 2) == 0);
}

static const char *scan_mark(struct scan *scan)
{
    char c = *scan->at++;
    if (c == '{' && scan->depth++ == 0)
        scan->opened_line = scan->line;
    if (c == '}' && scan->depth > 0)
        scan->depth--;
    scan->line += c == '\n';
    if (c == '}' && scan->last == '{' && scan->before_last == '=')
        return "this list has no values";
    return NULL;
}

/* One token. NULL, or what is wrong with it. */
static const char *scan_token(struct scan *scan)
{
    char c = *scan->at, quote[2] = {c, '\0'};
    const char *start = scan->at, *wrong = NULL;
    if (starts_comment(scan))
        return blank_comment(scan) ? NULL : "this comment is never closed";
    if (c == '"' || c == '\'') {
        scan->at++;
        wrong = skip_to(scan, quote, true) ? NULL : "this text is never closed";
    } else if (text_run_char(c)) {
        while (scan->at < scan->end && text_run_char(*scan->at))
            scan->at++;
    } else {
        wrong = scan_mark(scan);
    }
    /* A run ends before the brace that belongs to its dollar. */
    if (memmem(start, (size_t)(scan->at - start) + (scan->at < scan->end), "${", 2) != NULL)
        wrong = "${...} is not expanded; set PLATEN_SECTION_KEY instead";
    if (strchr(" \t\r\n", c) == NULL) {
        scan->before_last = scan->last;
        scan->last = c;
    }
    return wrong;
}

/* Refuse what libconfuse would misread; text is changed: its comments become blanks. */
static enum pl_err scan_file(const char *name, char *text, size_t n, struct pl_error *error)
{
    struct scan scan = {.at = text, .end = text + n, .line = 1};
    while (scan.at < scan.end) {
        unsigned line = scan.line;
        const char *wrong = scan_token(&scan);
        if (wrong != NULL)
            return pl_fail(error, PL_E_INPUT, "%.100s:%u: %s", name, line, wrong);
    }
    if (scan.depth > 0)
        return pl_fail(error, PL_E_INPUT, "%.100s:%u: this '{' is never closed", name,
                       scan.opened_line);
    return PL_OK;
}

/* libconfuse's description of the table: a list of sections, each a list of keys. cfg_init copies
 * both. */
static cfg_opt_t key_grammar(const struct pl_option *option)
{
    cfg_opt_t list = CFG_STR_LIST(option->key, NULL, CFGF_NODEFAULT);
    cfg_opt_t one = CFG_STR(option->key, NULL, CFGF_NODEFAULT);
    cfg_opt_t chosen = option->type == PL_OPTION_list ? list : one;
    chosen.validcb = take;
    return chosen;
}

static cfg_t *make_parser(void)
{
    cfg_opt_t sections[PL_OPTION_COUNT + 1], keys[2 * PL_OPTION_COUNT];
    const cfg_opt_t end = CFG_END();
    unsigned sections_n = 0, keys_n = 0;
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_options[i];
        if (i == 0 || strcmp(option->section, pl_options[i - 1].section) != 0) {
            cfg_opt_t section = CFG_SEC(option->section, &keys[keys_n], CFGF_NONE);
            sections[sections_n++] = section;
        }
        keys[keys_n++] = key_grammar(option);
        if (i + 1 == PL_OPTION_COUNT || strcmp(option->section, pl_options[i + 1].section) != 0)
            keys[keys_n++] = end;
    }
    sections[sections_n] = end;
    cfg_t *cfg = cfg_init(sections, CFGF_NONE);
    if (cfg != NULL)
        (void)cfg_set_error_function(cfg, report);
    return cfg;
}

static enum pl_err parse_text(struct parsing *parsing, const char *text)
{
    enum pl_err err = PL_OK;
    cfg_t *cfg = make_parser();
    if (cfg == NULL)
        return pl_fail(parsing->error, PL_E_NOMEM, "no memory for the configuration");
    current = parsing;
    if (*text != '\0' && cfg_parse_buf(cfg, text) != CFG_SUCCESS)
        err = pl_fail(parsing->error, PL_E_INPUT, "%.100s: cannot be read", parsing->name);
    current = NULL;
    (void)cfg_yylex_destroy();
    (void)cfg_free(cfg);
    return err;
}

enum pl_err pl_config_parse(struct pl_config *config, const char *name, const char *bytes, size_t n,
                            struct pl_error *error)
{
    struct parsing parsing = {.config = config, .name = name};
    parsing.error = error != NULL ? error : &parsing.local;
    if (n > FILE_MAX)
        return pl_fail(error, PL_E_INPUT, "%.100s: larger than %d bytes", name, FILE_MAX);
    if (n > 0 && memchr(bytes, '\0', n) != NULL)
        return pl_fail(error, PL_E_INPUT, "%.100s: holds a zero byte", name);
    char *text = strndup(bytes != NULL ? bytes : "", n);
    if (text == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    enum pl_err err = scan_file(name, text, n, parsing.error);
    if (err == PL_OK)
        err = parse_text(&parsing, text);
    free(text);
    return err;
}
