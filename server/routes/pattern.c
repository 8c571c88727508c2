/* pattern.c - what of a regular expression is let through to the library.
 *
 * Memory: what regcomp allocates, bounded by the checks in front of it. */
#include "server/routes/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

/* Behind '[': skip to the bracket's end; NULL when it has none. A ']' that comes first is a member.
 */
static const char *skip_bracket(const char *at)
{
    at += *at == '^';
    at += *at == ']';
    for (; *at != '\0' && *at != ']'; at++) {
        if (at[0] != '[' || strchr(".:=", at[1]) == NULL || at[1] == '\0')
            continue;
        const char close[3] = {at[1], ']', '\0'};
        const char *end = strstr(at + 2, close);
        if (end == NULL)
            return NULL;
        at = end + 1;
    }
    return *at == ']' ? at : NULL;
}

/* The larger bound of "{m,n}"; an open one ("{m,}") counts as m. */
static unsigned long repeats(const char *at)
{
    char *end;
    unsigned long least = strtoul(at + 1, &end, 10), most = 0;
    if (*end == ',')
        most = strtoul(end + 1, &end, 10);
    return PL_MAX(PL_MAX(least, most), 1UL);
}

/* The product of all counts bounds what any nesting of them expands to. */
static enum pl_err check(const char *text, const char *param, struct pl_error *error)
{
    unsigned long product = 1;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\') {
            at++;
            if (*at >= '0' && *at <= '9')
                return pl_fail_param(error, PL_E_INPUT, param,
                                     "%s: back-references are not searched for", param);
            if (*at == '\0')
                break;
        } else if (*at == '[') {
            at = skip_bracket(at + 1);
            if (at == NULL)
                return pl_fail_param(error, PL_E_INPUT, param, "%s: a '[' is not closed", param);
        } else if (*at == '{') {
            unsigned long n = repeats(at);
            if (n > PL_PATTERN_REPEATS_MAX || (product *= n) > PL_PATTERN_REPEATS_MAX)
                return pl_fail_param(error, PL_E_INPUT, param,
                                     "%s: counts in braces multiply to more than %d", param,
                                     PL_PATTERN_REPEATS_MAX);
        }
    }
    return PL_OK;
}

enum pl_err pl_pattern_make(const char *text, const char *param, struct pl_pattern *out,
                            struct pl_error *error)
{
    out->any = true;
    if (text == NULL || *text == '\0')
        return PL_OK;
    if (strlen(text) > PL_PATTERN_MAX)
        return pl_fail_param(error, PL_E_INPUT, param, "%s: a pattern has at most %d bytes", param,
                             PL_PATTERN_MAX);
    enum pl_err err = check(text, param, error);
    if (err != PL_OK)
        return err;
    int failed = regcomp(&out->compiled, text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (failed != 0) {
        char why[80];
        (void)regerror(failed, &out->compiled, why, sizeof why);
        return failed == REG_ESPACE ? pl_fail(error, PL_E_NOMEM, "no memory for a pattern")
                                    : pl_fail_param(error, PL_E_INPUT, param, "%s: %s", param, why);
    }
    out->any = false;
    return PL_OK;
}

bool pl_pattern_matches(const struct pl_pattern *pattern, const char *text)
{
    return pattern->any || regexec(&pattern->compiled, text, 0, NULL, 0) == 0;
}

void pl_pattern_free(struct pl_pattern *pattern)
{
    if (!pattern->any)
        regfree(&pattern->compiled);
    pattern->any = true;
}
