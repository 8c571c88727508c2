/* test_url.c - percent-decoding and query splitting. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/routes/url.h"
#include "shm/base/check.h"

/* Targets lie in memory of exactly their size, so that a sanitizer sees a step too far. */
static enum pl_err split(const char *target, char **text, struct pl_url *url,
                         struct pl_error *error)
{
    *text = strdup(target);
    *error = (struct pl_error){0};
    return pl_url_split(*text, url, error);
}

static void expect_path(const char *target, const char *path)
{
    char *text;
    struct pl_url url;
    struct pl_error error;
    cr_assert_eq(split(target, &text, &url, &error), PL_OK, "%s: %s", target, error.msg);
    cr_assert_str_eq(url.path, path, "%s became %s", target, url.path);
    cr_assert_eq(url.path_n, strlen(path));
    free(text);
}

static void expect_refused(const char *target, const char *param)
{
    char *text;
    struct pl_url url;
    struct pl_error error;
    cr_assert_eq(split(target, &text, &url, &error), PL_E_INPUT, "%s was taken", target);
    cr_assert_str_eq(error.param, param, "%s blamed %s", target, error.param);
    free(text);
}

Test(url, a_path_is_decoded_once)
{
    expect_path("/a/b", "/a/b");
    expect_path("/a%2Fb", "/a/b");
    expect_path("/a%2fb%20c;1", "/a/b c;1");
    expect_path("/100%25", "/100%");
    expect_path("/%2541", "/%41");
    expect_path("/a+b", "/a+b");
    expect_path("/%CE%94%CE%B7", "/\xce\x94\xce\xb7");
    expect_path("/a?b=%2F", "/a");
    expect_path("/%3F?x", "/?");
}

Test(url, an_absolute_target_loses_its_authority)
{
    expect_path("http://host:80/a/b?c", "/a/b");
    expect_path("https://host/", "/");
    expect_refused("http://host", "path");
}

Test(url, broken_escapes_and_nul_are_refused_and_named)
{
    static const char *const paths[] = {"/%",     "/%4", "/a%zz", "/a%4", "/%%41",
                                        "/a%00b", "",    "*",     "a"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        expect_refused(paths[i], "path");
    expect_refused("/a?x=%", "x");
    expect_refused("/a?x=%4", "x");
    expect_refused("/a?x=1&long=%00", "long");
    expect_refused("/a?%zz=1", "query");
    expect_refused("/a?%00=1", "query");
}

Test(url, addresses_of_dqmgui_have_rules_of_their_own)
{
    char target[] = "/plotfairy/overlay?obj=a%3Bb;obj=c+d&w=1;;v";
    struct pl_url url;
    cr_assert_eq(pl_url_split(target, &url, NULL), PL_OK);
    cr_assert_eq(url.query_n, 4);
    cr_assert_str_eq(url.query[0].value, "a;b");
    cr_assert_str_eq(url.query[1].value, "c d");
    cr_assert_str_eq(url.query[3].name, "v");
    cr_assert_str_eq(pl_url_take(&url, "obj"), "a;b");
    cr_assert_str_eq(pl_url_take(&url, "obj"), "c d");
    cr_assert_null(pl_url_take(&url, "obj"));
}

Test(url, a_plus_is_a_blank_in_words_of_dqmgui_only)
{
    char target[] = "/data/json/samples?match=a+b;run=1+;xmax=1e+3&obj=EE+%2B01";
    struct pl_url url;
    cr_assert_eq(pl_url_split(target, &url, NULL), PL_OK);
    cr_assert_str_eq(url.query[0].value, "a+b");
    cr_assert_str_eq(url.query[1].value, "1+");
    cr_assert_str_eq(url.query[2].value, "1e+3");
    cr_assert_str_eq(url.query[3].value, "EE +01");
}

Test(url, addresses_of_dqmgui_may_have_slashes_too_many_and_a_folder_in_front)
{
    static const char *const targets[][2] = {
        {"/data/json/archive/7//P/W/T/A/", "/data/json/archive/7/P/W/T/A"},
        {"/dqm/offline/plotfairy/archive///7/P/W/T//x?w=1", "/plotfairy/archive/7/P/W/T/x"},
        {"/jsonfairy/archive/7/P/W/T/a%2F%2Fb//", "/jsonfairy/archive/7/P/W/T/a//b"},
        {"/dqm/online/data/put", "/data/put"},
        {"/dqm/online/start?runnr=1", "/start"},
        {"/dqm/online/starts", "/dqm/online/starts"},
        {"http://host/dqm/dev/data/put", "/data/put"},
        {"/dqm/a/b/data/put", "/dqm/a/b/data/put"},
        {"/dqm/data/put", "/dqm/data/put"},
        {"/v1/objects//a/", "/v1/objects//a/"}};
    for (size_t i = 0; i < PL_COUNT(targets); i++)
        expect_path(targets[i][0], targets[i][1]);
}

Test(url, only_ampersands_separate_parameters)
{
    char *text;
    struct pl_url url;
    struct pl_error error;
    cr_assert_eq(split("/p?a=1;b=2&c=x+y%2B&d&&e=&=f&g=1=2", &text, &url, &error), PL_OK);
    static const char *const expected[][2] = {{"a", "1;b=2"}, {"c", "x y+"}, {"d", ""},
                                              {"e", ""},      {"", "f"},     {"g", "1=2"}};
    cr_assert_eq(url.query_n, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_str_eq(url.query[i].name, expected[i][0]);
        cr_assert_str_eq(url.query[i].value, expected[i][1]);
    }
    free(text);
}

Test(url, a_parameter_that_stands_twice_is_refused)
{
    expect_refused("/a?w=1&h=2&w=3", "w");
    expect_refused("/a?w=1&%77=3", "w");
}

Test(url, too_many_parameters_are_refused)
{
    char target[4096] = "/?";
    for (int i = 0; i <= PL_URL_QUERY_MAX; i++)
        (void)snprintf(target + strlen(target), 16, "p%d=1&", i);
    expect_refused(target, "query");
}

Test(url, taking_a_parameter_leaves_the_others_in_order)
{
    char text[] = "/?a=1&b=2&c=3";
    struct pl_url url;
    cr_assert_eq(pl_url_split(text, &url, NULL), PL_OK);
    cr_assert_str_eq(pl_url_take(&url, "b"), "2");
    cr_assert_null(pl_url_take(&url, "b"));
    cr_assert_eq(url.query_n, 2);
    cr_assert_str_eq(url.query[1].name, "c");
}

Test(url, what_is_encoded_decodes_to_itself)
{
    char all[256] = "/", encoded[1024], text[1024];
    for (int i = 1; i < 255; i++)
        all[i] = (char)i;
    size_t n = pl_url_encode(encoded, sizeof encoded, all);
    cr_assert_eq(n, strlen(encoded));
    cr_assert_null(strpbrk(encoded, " \"<>?#&+\\"));
    memcpy(text, encoded, n + 1);
    struct pl_url url;
    cr_assert_eq(pl_url_split(text, &url, NULL), PL_OK);
    cr_assert_str_eq(url.path, all);
}

Test(url, encoding_that_does_not_fit_is_cut_and_reported)
{
    char *out = malloc(8);
    memset(out, 'x', 8);
    cr_assert_eq(pl_url_encode(out, 8, "abcdef%"), 0);
    cr_assert_lt(strlen(out), 8);
    cr_assert_eq(pl_url_encode(out, 8, "abcdefg"), 7);
    cr_assert_eq(pl_url_encode(out, 8, "abcd%"), 7);
    cr_assert_eq(pl_url_encode(out, 8, "abcdefgh"), 0);
    free(out);
    cr_assert_eq(pl_url_encode(NULL, 0, "a"), 0);
}
