/* json.c - strings and numbers of RFC 8259. */
#include "shm/base/json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/utf8.h"

static enum pl_err add_escaped(struct pl_buf *out, unsigned char c, struct pl_error *error)
{
    switch (c) {
    case '"':
        return pl_buf_add(out, "\\\"", 2, error);
    case '\\':
        return pl_buf_add(out, "\\\\", 2, error);
    case '\n':
        return pl_buf_add(out, "\\n", 2, error);
    default:
        return pl_buf_print(out, error, "\\u%04x", c);
    }
}

enum pl_err pl_json_text(struct pl_buf *out, const char *text, struct pl_error *error)
{
    const unsigned char *s = (const unsigned char *)text;
    enum pl_err err = pl_buf_add(out, "\"", 1, error);
    while (*s != '\0' && err == PL_OK) {
        size_t plain = 0;
        while (s[plain] >= 0x20 && s[plain] < 0x7f && s[plain] != '"' && s[plain] != '\\')
            plain++;
        size_t n = plain > 0 ? plain : pl_utf8_step(s, SIZE_MAX, NULL);
        if (plain == 0 && n == 1)
            err = add_escaped(out, *s, error);
        else if (n == 0)
            err = pl_buf_text(out, PL_UTF8_UNKNOWN, error);
        else
            err = pl_buf_add(out, s, n, error);
        s += n > 0 ? n : 1;
    }
    return err == PL_OK ? pl_buf_add(out, "\"", 1, error) : err;
}

enum pl_err pl_json_number(struct pl_buf *out, double value, struct pl_error *error)
{
    if (!isfinite(value))
        return pl_buf_text(out, "null", error);
    if (value == trunc(value) && fabs(value) < 1e15) /* most contents: no search for digits */
        return pl_buf_print(out, error, "%lld", (long long)value);
    /* 15 digits give every number of fewer back, and %g drops the zeros; subnormals have fewer. */
    char text[32];
    for (int digits = fabs(value) >= DBL_MIN ? 15 : 1; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return pl_buf_text(out, text, error);
}

enum pl_err pl_json_real(struct pl_buf *out, double value, struct pl_error *error)
{
    if (isfinite(value))
        return pl_json_number(out, value, error);
    return pl_buf_text(out, isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"", error);
}
