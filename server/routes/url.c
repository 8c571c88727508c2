/* url.c - decoding in place: the decoded text is never longer than the encoded one.
 *
 * Pure: no HTTP library, no catalogue. Nothing is allocated; everything points into the caller's
 * text. */
#include "server/routes/url.h"

#include <stdbool.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/hash.h"

/* Decode n bytes in place and terminate; the terminator may fall on the byte behind the n. */
static enum pl_err decode(char *text, size_t n, bool plus_is_blank, const char *what, size_t *out_n,
                          struct pl_error *error)
{
    size_t to = 0;
    for (size_t from = 0; from < n; from++) {
        char c = text[from];
        if (c == '%') {
            uint8_t byte;
            if (n - from <= 2 || pl_unhex(&byte, text + from + 1, 1) != 0)
                return pl_fail_param(error, PL_E_INPUT, what,
                                     "'%%' is not followed by two hexadecimal digits");
            c = (char)byte;
            from += 2;
            if (c == '\0')
                return pl_fail_param(error, PL_E_INPUT, what, "an encoded NUL is not allowed");
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        text[to++] = c;
    }
    text[to] = '\0';
    if (out_n != NULL)
        *out_n = to;
    return PL_OK;
}

/* Parameters of DQMGUI that hold words; in patterns and numbers a plus says something. */
static bool holds_words(const char *name)
{
    return strcmp(name, "obj") == 0 || strcmp(name, "drawopts") == 0 ||
           strcmp(name, "reflabel") == 0;
}

static enum pl_err add_parameter(struct pl_url *url, char *text, size_t n, enum pl_url_rule rule,
                                 struct pl_error *error)
{
    bool plain = rule == PL_URL_PLAIN;
    char *equals = memchr(text, '=', n);
    size_t name_n = equals != NULL ? (size_t)(equals - text) : n;
    char *value = equals != NULL ? equals + 1 : text + n;
    size_t value_n = equals != NULL ? n - name_n - 1 : 0;
    enum pl_err err = decode(text, name_n, plain, "query", NULL, error);
    if (err == PL_OK && value_n > 0)
        err = decode(value, value_n, plain || holds_words(text), text, NULL, error);
    else if (equals != NULL)
        *value = '\0';
    if (err != PL_OK)
        return err;
    for (size_t i = 0; plain && i < url->query_n; i++)
        if (strcmp(url->query[i].name, text) == 0)
            return pl_fail_param(error, PL_E_INPUT, text, "the parameter stands twice");
    if (url->query_n == PL_URL_QUERY_MAX)
        return pl_fail_param(error, PL_E_INPUT, "query", "more than %d parameters",
                             PL_URL_QUERY_MAX);
    url->query[url->query_n++] = (struct pl_query){text, equals != NULL ? value : ""};
    return PL_OK;
}

enum pl_err pl_url_query(char *text, enum pl_url_rule rule, struct pl_url *out,
                         struct pl_error *error)
{
    out->query_n = 0;
    for (char *at = text; at != NULL;) {
        char *end = strpbrk(at, rule == PL_URL_DQM ? "&;" : "&");
        size_t n = end != NULL ? (size_t)(end - at) : strlen(at);
        char *next = end != NULL ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        if (n > 0) {
            enum pl_err err = add_parameter(out, at, n, rule, error);
            if (err != PL_OK)
                return err;
        }
        at = next;
    }
    return PL_OK;
}

/* "http://host/path" is what a proxy sends (RFC 9112 3.2.2): skip to the path. */
static char *skip_authority(char *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i]);
        if (strncmp(target, schemes[i], n) == 0)
            return target + n + strcspn(target + n, "/?");
    }
    return target;
}

/* Where the addresses of DQMGUI begin: at the start of the path, or below "/dqm/NAME", which is
 * where its servers had them. NULL when it is none of them. */
static char *find_dqm(char *target)
{
    static const char *const folders[] = {"/plotfairy/", "/jsonfairy/", "/data/"};
    static const char service[] = "/dqm/", start[] = "/start";
    if (strncmp(target, service, sizeof service - 1) == 0)
        target += sizeof service - 1 + strcspn(target + sizeof service - 1, "/?");
    for (size_t i = 0; i < PL_COUNT(folders); i++)
        if (strncmp(target, folders[i], strlen(folders[i])) == 0)
            return target;
    bool is_start = strncmp(target, start, sizeof start - 1) == 0;
    return is_start && strchr("?", target[sizeof start - 1]) != NULL ? target : NULL;
}

/* Parts without a name go, as scripts join addresses with a slash too many; an encoded slash is no
 * separator yet. Returns the length of what is left of the n bytes. */
static size_t join(char *path, size_t n)
{
    size_t to = 0;
    for (size_t from = 0; from < n; from++)
        if (path[from] != '/' || to == 0 || path[to - 1] != '/')
            path[to++] = path[from];
    return to > 1 && path[to - 1] == '/' ? to - 1 : to;
}

enum pl_err pl_url_split(char *target, struct pl_url *out, struct pl_error *error)
{
    target = skip_authority(target);
    char *dqm = find_dqm(target);
    if (dqm != NULL)
        target = dqm;
    out->path = target;
    out->path_n = 0;
    out->query_n = 0;
    if (*target != '/')
        return pl_fail_param(error, PL_E_INPUT, "path", "the path must start with '/'");
    char *question = strchr(target, '?');
    size_t n = question != NULL ? (size_t)(question - target) : strlen(target);
    if (dqm != NULL)
        n = join(target, n);
    enum pl_err err = decode(target, n, false, "path", &out->path_n, error);
    if (err == PL_OK && question != NULL)
        err = pl_url_query(question + 1, dqm != NULL ? PL_URL_DQM : PL_URL_PLAIN, out, error);
    return err;
}

const char *pl_url_take(struct pl_url *url, const char *name)
{
    for (size_t i = 0; i < url->query_n; i++) {
        if (strcmp(url->query[i].name, name) != 0)
            continue;
        const char *value = url->query[i].value;
        memmove(&url->query[i], &url->query[i + 1], (url->query_n - i - 1) * sizeof url->query[0]);
        url->query_n--;
        return value;
    }
    return NULL;
}

static bool is_plain(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c != '\0' && strchr("-._~/,:@;=", c) != NULL;
}

size_t pl_url_encode(char *out, size_t out_n, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = is_plain(c);
        if (n + (plain ? 1 : 3) >= out_n) {
            if (out_n > 0)
                out[n < out_n ? n : out_n - 1] = '\0';
            return 0;
        }
        if (plain) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    if (out_n > 0)
        out[n] = '\0';
    return n;
}
