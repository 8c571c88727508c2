/* test_native.c - platen's own URLs. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/routes/native.h"

static struct pl_native native;
static struct pl_error error;
static char target[4096];

static enum pl_err parse(enum pl_method method, bool admin, const char *text)
{
    error = (struct pl_error){0};
    (void)snprintf(target, sizeof target, "%s", text);
    return pl_native_parse(method, admin, target, &native, &error);
}

struct path_case {
    char text[64], rest[64];
    enum pl_route route;
};

ParameterizedTestParameters(native, each_path_has_its_route)
{
    static struct path_case cases[] = {
        {"/", "", PL_ROUTE_WEB},
        {"/web/platen.js", "platen.js", PL_ROUTE_WEB},
        {"/v1/objects", "", PL_ROUTE_LIST},
        {"/v1/objects/", "", PL_ROUTE_LIST},
        {"/v1/objects?prefix=a", "", PL_ROUTE_LIST},
        {"/v1/objects/a/b.root", "a/b.root", PL_ROUTE_OBJECTS},
        {"/v1/objects/a%2Fb%3B1", "a/b;1", PL_ROUTE_OBJECTS},
        {"/v1/items/a/b", "a/b", PL_ROUTE_ITEMS},
        {"/v1/images/a/h.png", "a/h", PL_ROUTE_IMAGES},
        {"/v1/images/a/h.png.jpg?w=1", "a/h.png", PL_ROUTE_IMAGES},
        {"/v1/images/a/h.jpeg", "a/h", PL_ROUTE_IMAGES},
        {"/v1/stats", "", PL_ROUTE_STATS},
        {"/livez", "", PL_ROUTE_HEALTH},
        {"/metrics", "", PL_ROUTE_METRICS},
    };
    return cr_make_param_array(struct path_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct path_case *c, native, each_path_has_its_route)
{
    cr_assert_eq(parse(PL_METHOD_GET, false, c->text), PL_OK, "%s: %s", c->text, error.msg);
    cr_assert_eq(native.route, c->route, "%s", c->text);
    cr_assert_str_eq(native.rest, c->rest, "%s", c->text);
    cr_assert(native.allow & 1u << PL_METHOD_GET);
}

Test(native, unknown_paths_are_missing)
{
    static const char *const paths[] = {
        "/v1",   "/v1/", "/v2/objects/a", "/v1/images/",    "/v1/items/",       "/livez/", "/web",
        "/web/", "//",   "/v1/objectsx",  "/v1/images/a/h", "/v1/images/a/.gif"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        cr_assert_eq(parse(PL_METHOD_GET, false, paths[i]), PL_E_MISSING, "%s", paths[i]);
        cr_assert_str_eq(error.param, "path");
    }
}

/* The address of a picture stays one: its refusal is drawn. */
Test(native, the_route_of_a_malformed_picture_is_known)
{
    cr_assert_eq(parse(PL_METHOD_GET, false, "/plotfairy/archive/%zz"), PL_E_INPUT);
    cr_assert_eq(native.route, PL_ROUTE_DQM_PICTURE);
    cr_assert_eq(parse(PL_METHOD_GET, false, "/plotfairy/archive/1/a/b/c/d?h=100&w=%zz"),
                 PL_E_INPUT);
    cr_assert_eq(native.route, PL_ROUTE_DQM_PICTURE);
    cr_assert_eq(native.url.query_n, 1);
    cr_assert_eq(parse(PL_METHOD_GET, false, "/jsonfairy/archive/%zz"), PL_E_INPUT);
    cr_assert_eq(native.route, PL_ROUTE_NONE);
}

Test(native, commands_exist_on_the_admin_listener_alone)
{
    cr_assert_eq(parse(PL_METHOD_GET, false, "/admin/v1/stats"), PL_E_MISSING);
    cr_assert_eq(parse(PL_METHOD_GET, true, "/admin/v1/stats"), PL_OK);
    cr_assert_eq(native.route, PL_ROUTE_ADMIN);
    cr_assert_str_eq(native.rest, "stats");
}

Test(native, a_method_that_is_not_allowed_is_left_to_the_caller)
{
    cr_assert_eq(parse(PL_METHOD_DELETE, false, "/v1/images/a/h.png"), PL_OK);
    cr_assert_eq(native.allow & 1u << PL_METHOD_DELETE, 0);
    cr_assert_eq(parse(PL_METHOD_POST, false, "/v1/images"), PL_OK);
    cr_assert(native.allow & 1u << PL_METHOD_POST);
    cr_assert_eq(parse(PL_METHOD_PUT, false, "/v1/objects/x"), PL_OK);
    cr_assert(native.allow & 1u << PL_METHOD_PUT);
}

Test(native, a_version_is_32_hexadecimal_digits)
{
    cr_assert_eq(
        parse(PL_METHOD_GET, false, "/v1/images/a/h.png?w=5&v=00112233445566778899aabbccddeeff"),
        PL_OK);
    cr_assert(native.pinned);
    cr_assert_eq(native.version.bytes[15], 0xff);
    cr_assert_eq(native.url.query_n, 1);
    static const char *const bad[] = {"",
                                      "0",
                                      "0011223344556677 899aabbccddeeff",
                                      "00112233445566778899aabbccddeef",
                                      "00112233445566778899aabbccddeeff0",
                                      "zz112233445566778899aabbccddeeff"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "/v1/images/a/h.png?v=%s", bad[i]);
        cr_assert_eq(parse(PL_METHOD_GET, false, text), PL_E_INPUT, "%s", bad[i]);
        cr_assert_str_eq(error.param, "v");
    }
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/images/a/h.png"), PL_OK);
    cr_assert_not(native.pinned);
}

Test(native, the_suffix_decides_the_format)
{
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/images/a/h.jpg"), PL_OK);
    cr_assert_eq(native.media, PL_MEDIA_JPEG);
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/images/a/h.png"), PL_OK);
    cr_assert_eq(native.media, PL_MEDIA_PNG);
}

static enum pl_err list(const char *query, struct pl_native_list *out)
{
    char text[256];
    (void)snprintf(text, sizeof text, "/v1/objects?%s", query);
    cr_assert_eq(parse(PL_METHOD_GET, false, text), PL_OK);
    return pl_native_list(&native.url, out, &error);
}

Test(native, parameters_of_a_listing_are_read_and_bounded)
{
    struct pl_native_list l;
    cr_assert_eq(list("prefix=a%2F&after=a/b&limit=10&delimiter=/", &l), PL_OK);
    cr_assert_str_eq(l.prefix, "a/");
    cr_assert_str_eq(l.after, "a/b");
    cr_assert_eq(l.limit, 10);
    cr_assert_eq(l.delimiter, '/');
    cr_assert_eq(list("", &l), PL_OK);
    cr_assert_eq(l.limit, PL_LIST_LIMIT_MAX);
    static const char *const bad[][2] = {
        {"limit=0", "limit"},          {"limit=1001", "limit"},
        {"limit=-1", "limit"},         {"limit=1x", "limit"},
        {"limit=", "limit"},           {"limit=99999999999999999999", "limit"},
        {"delimiter=ab", "delimiter"}, {"bogus=1", "bogus"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(list(bad[i][0], &l), PL_E_INPUT, "%s", bad[i][0]);
        cr_assert_str_eq(error.param, bad[i][1]);
    }
}

Test(native, items_are_numbered_from_nought)
{
    struct pl_native_items items;
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/items/a?from=4294967295&limit=7"), PL_OK);
    cr_assert_eq(pl_native_items(&native.url, &items, &error), PL_OK);
    cr_assert_eq(items.from, UINT32_MAX);
    cr_assert_eq(items.limit, 7);
    cr_assert_str_eq(items.prefix, "");
    cr_assert_eq(items.delimiter, '\0');
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/items/a?prefix=b%2Fc/&delimiter=/"), PL_OK);
    cr_assert_eq(pl_native_items(&native.url, &items, &error), PL_OK);
    cr_assert_str_eq(items.prefix, "b/c/");
    cr_assert_eq(items.delimiter, '/');
    cr_assert_eq(parse(PL_METHOD_GET, false, "/v1/items/a?from=4294967296"), PL_OK);
    cr_assert_eq(pl_native_items(&native.url, &items, &error), PL_E_INPUT);
}

Test(native, methods_have_names)
{
    for (unsigned m = 0; m < PL_METHOD_OTHER; m++)
        cr_assert_eq(pl_native_method(pl_method_name((enum pl_method)m)), m);
    cr_assert_eq(pl_native_method("BREW"), PL_METHOD_OTHER);
    cr_assert_eq(pl_native_method("get"), PL_METHOD_OTHER);
}
