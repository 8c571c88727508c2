/* Search patterns of clients. */
#include <criterion/criterion.h>
#include <string.h>

#include "server/routes/pattern.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

TestSuite(pattern, .timeout = 120);

static bool found(const char *pattern, const char *text)
{
    struct pl_pattern compiled;
    struct pl_error error = {0};
    cr_assert_eq(pl_pattern_make(pattern, "match", &compiled, &error), PL_OK, "%s: %s", pattern,
                 error.msg);
    bool yes = pl_pattern_matches(&compiled, text);
    pl_pattern_free(&compiled);
    return yes;
}

Test(pattern, as_perl_has_them_without_case)
{
    cr_assert(found(NULL, "x"));
    cr_assert(found("", "x"));
    cr_assert(found("^/muon/", "/Muon/Early"));
    cr_assert(found("(a|b)+c{2,3}$", "xxABCC"));
    cr_assert(found("[]{}]", "a}"));
    cr_assert(found("[[:digit:]]{3}", "run 123"));
    cr_assert(found("EB\\+", "EB+"));
    cr_assert_not(found("^b", "ab"));
}

Test(pattern, what_could_cost_without_bound_is_refused)
{
    static const char *const bad[] = {
        "(",
        "[",
        "[[:x",
        "a**(",
        "(a)\\1",
        "a++++++++++++",
        "$3?++++++++",
        "a{1,99999999999999999999}",
        "[[:nonsense:]]",
        "2/$3?+{1,16}++",
        "x\\C",
    };
    for (size_t i = 0; i < PL_COUNT(bad); i++) {
        struct pl_pattern compiled;
        struct pl_error error = {0};
        cr_assert_eq(pl_pattern_make(bad[i], "search", &compiled, &error), PL_E_INPUT, "%s",
                     bad[i]);
        cr_assert_str_eq(error.param, "search");
        pl_pattern_free(&compiled);
    }
    char text[400];
    struct pl_pattern compiled;
    memset(text, 'a', 256);
    text[256] = '\0';
    cr_assert_eq(pl_pattern_make(text, "match", &compiled, NULL), PL_OK);
    pl_pattern_free(&compiled);
    memcpy(text + 256, "a", 2);
    cr_assert_eq(pl_pattern_make(text, "match", &compiled, NULL), PL_E_INPUT);
}

Test(pattern, the_worst_that_is_let_through_ends_soon)
{
    static const char *const costly[] = {
        "(a|aa)*(a|aa)*(a|aa)*b",
        "((a*)*)*b",
        "(.*.*.*.*.*.*.*.*)*x",
        "(a|b)*a(a|b){150}c",
        "(a?){128}a{2}b",
        "((((((((((((((((((((((a)))))))))))))))))))))){20}b",
        "(x+x+)+y|(.{1,16}){1,16}z",
        "((a?b?c?d?e?f?g?h?){4}){4}x",
        "((.?.?.?.?)*(.?.?.?.?)*)*x",
        "((a+b)+c){200}",
        "((((((((((a+)+)+)+)+)+)+)+)+)+)+b",
        "(a+)+(a+)+(a+)+$b",
    };
    char text[401];
    memset(text, 'a', 400);
    text[400] = '\0';
    for (size_t i = 0; i < PL_COUNT(costly); i++) {
        uint64_t from_ns = pl_now_ns();
        (void)found(costly[i], text);
        uint64_t took_ms = (pl_now_ns() - from_ns) / PL_MS_NS;
        cr_assert_lt(took_ms, 1000, "%s: %llu ms", costly[i], (unsigned long long)took_ms);
    }
}

Test(pattern, one_that_was_given_up_costs_nothing_more)
{
    struct pl_pattern pattern;
    char text[401];
    memset(text, 'a', 400);
    text[400] = '\0';
    cr_assert_eq(pl_pattern_make("(a+)+(a+)+[xb][cd]", "match", &pattern, NULL), PL_OK);
    cr_assert_not(pl_pattern_matches(&pattern, text));
    cr_assert(pattern.exhausted);
    uint64_t from_ns = pl_now_ns();
    for (unsigned i = 0; i < 100000; i++)
        cr_assert_not(pl_pattern_matches(&pattern, "aabc"));
    cr_assert_lt(pl_now_ns() - from_ns, 2 * PL_S_NS);
    pl_pattern_free(&pattern);
}
