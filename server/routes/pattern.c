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

/* What the library will make of a pattern: it writes out x{n} as n copies of x and x+ as two, so
 * that nested ones multiply; and where repetitions stand inside one another it follows every way
 * through them, so their height is limited as well. */
struct cost {
    unsigned depth;
    struct size {
        unsigned long nodes;
        unsigned height;                   /* repetitions inside one another */
    } sum[PL_PATTERN_DEPTH_MAX + 1], last; /* what is complete, a level of brackets each; and the
                                            * last atom, which a count may follow */
};

static bool times(struct cost *cost, unsigned long n)
{
    return ++cost->last.height <= PL_PATTERN_HEIGHT_MAX && n <= PL_PATTERN_COST_MAX &&
           (cost->last.nodes *= n) <= PL_PATTERN_COST_MAX;
}

static void complete(struct cost *cost)
{
    struct size *sum = &cost->sum[cost->depth];
    sum->nodes += cost->last.nodes;
    sum->height = PL_MAX(sum->height, cost->last.height);
}

static bool atom(struct cost *cost, unsigned long nodes)
{
    complete(cost);
    cost->last = (struct size){nodes, 0};
    return cost->sum[cost->depth].nodes <= PL_PATTERN_COST_MAX;
}

static void close_group(struct cost *cost)
{
    complete(cost);
    cost->last = cost->sum[cost->depth--];
    cost->last.nodes++;
}

static bool add(struct cost *cost, const char *at)
{
    switch (*at) {
    case '(':
        if (cost->depth == PL_PATTERN_DEPTH_MAX || !atom(cost, 0))
            return false;
        cost->sum[++cost->depth] = (struct size){0};
        return true;
    case ')':
        if (cost->depth == 0)
            return atom(cost, 1);
        close_group(cost);
        return true;
    case '|':
        return atom(cost, 0);
    case '*':
    case '?':
    case '+':
        return times(cost, 2);
    case '{':
        return times(cost, repeats(at));
    default:
        return atom(cost, 1);
    }
}

static enum pl_err check(const char *text, const char *param, struct pl_error *error)
{
    struct cost cost = {.depth = 0};
    for (const char *at = text; *at != '\0'; at++) {
        const char *from = at;
        if (*at == '\\') {
            at += at[1] != '\0';
            if (*at >= '0' && *at <= '9')
                return pl_fail_param(error, PL_E_INPUT, param,
                                     "%s: back-references are not searched for", param);
            from = "x";
        } else if (*at == '[') {
            at = skip_bracket(at + 1);
            if (at == NULL)
                return pl_fail_param(error, PL_E_INPUT, param, "%s: a '[' is not closed", param);
        }
        if (!add(&cost, from))
            return pl_fail_param(error, PL_E_INPUT, param,
                                 "%s: counts or brackets are nested too much", param);
    }
    while (cost.depth > 0)
        close_group(&cost);
    return atom(&cost, 0) ? PL_OK
                          : pl_fail_param(error, PL_E_INPUT, param,
                                          "%s: counts or brackets are nested too much", param);
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
