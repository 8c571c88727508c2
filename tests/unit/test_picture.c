/* test_picture.c - where NAME ends, which key a picture has, and when an earlier answer still
 * holds. */
#include "server/routes/picture.h"
#include "tests/unit/store_help.h"

TestSuite(picture, .init = help_start, .fini = help_stop, .timeout = 120);

static struct pl_picture picture;
static struct pl_error error;

static enum pl_err find(const char *path)
{
    error = (struct pl_error){0};
    return pl_picture_find(help.store, path, &picture, &error);
}

/* Two items, h/0 and h/1, under name. */
static struct pl_stamp put(const char *name, const char *text)
{
    struct pl_change change = help_commit(help_spool_items(name, text, 2));
    cr_assert_eq(change.error.code, PL_OK, "%s", change.error.msg);
    return change.stamp;
}

Test(picture, the_longest_name_that_has_the_selector_wins)
{
    (void)put("a", "1");
    cr_assert_eq(find("a/h/1"), PL_OK);
    cr_assert_str_eq(picture.record.name, "a");
    cr_assert_str_eq(picture.selector, "h/1");
    struct pl_stamp stamp = put("a/h", "2");
    cr_assert_eq(find("a/h/1"), PL_OK, "a/h is longer but has nothing called 1");
    cr_assert_str_eq(picture.record.name, "a");
    cr_assert_eq(find("a/h/h/1"), PL_OK);
    cr_assert(pl_stamp_equal(&picture.record.stamp, &stamp));
}

Test(picture, what_is_missing_is_named)
{
    (void)put("a", "1");
    (void)put("gone", "1");
    (void)help_delete("gone");
    (void)help_put("plain", "1");
    cr_assert_eq(find("a/x"), PL_E_MISSING);
    cr_assert_str_eq(error.param, "selector");
    cr_assert_eq(find("b/x"), PL_E_MISSING);
    cr_assert_str_eq(error.param, "name");
    cr_assert_eq(find("gone/h/0"), PL_E_GONE);
    static const char *const paths[] = {"", "/", "a", "a/", "/a", "//", "plain/x"};
    for (size_t i = 0; i < PL_COUNT(paths); i++)
        cr_assert_eq(find(paths[i]), PL_E_MISSING, "%s", paths[i]);
}

Test(picture, a_path_of_any_length_is_answered)
{
    static char path[8192];
    memset(path, 'a', sizeof path - 1);
    cr_assert_eq(find(path), PL_E_MISSING);
    path[PL_NAME_MAX] = '/';
    cr_assert_eq(find(path), PL_E_MISSING);
    for (size_t i = 1; i < sizeof path - 1; i += 2)
        path[i] = '/';
    cr_assert_eq(find(path), PL_E_INPUT);
}

static bool same(const char *path, size_t name_n, const struct pl_stamp *stamp)
{
    struct pl_record record;
    return pl_picture_same(help.store, path, name_n, stamp, &record);
}

Test(picture, an_earlier_answer_holds_until_something_changes)
{
    struct pl_stamp first = put("a", "1");
    cr_assert(same("a/b/c/h/0", 1, &first));
    cr_assert_not(same("a/b/c/h/0", 3, &first));
    cr_assert_not(same("a", 1, &first));

    struct pl_stamp second = put("a", "2");
    cr_assert_not(same("a/b/c/h/0", 1, &first), "a new upload under the same name");
    cr_assert(same("a/b/c/h/0", 1, &second));

    (void)put("a/b", "3");
    cr_assert_not(same("a/b/c/h/0", 1, &second), "a longer name was stored");
    (void)help_delete("a/b");
    cr_assert(same("a/b/c/h/0", 1, &second));

    (void)help_delete("a");
    cr_assert_not(same("a/b/c/h/0", 1, &second), "it was deleted");
}

Test(picture, the_key_depends_on_stamp_selector_parameters_and_format)
{
    struct pl_key keys[5];
    const struct pl_query wide = {"w", "300"};
    const struct {
        const char *path;
        const struct pl_query *query;
        enum pl_media media;
    } cases[] = {{"a/h/0", NULL, PL_MEDIA_PNG},
                 {"a/h/1", NULL, PL_MEDIA_PNG},
                 {"a/h/0", &wide, PL_MEDIA_PNG},
                 {"a/h/0", NULL, PL_MEDIA_JPEG},
                 {"a/h/0", NULL, PL_MEDIA_PNG}};
    (void)put("a", "1");
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        if (i == 4)
            (void)put("a", "2");
        cr_assert_eq(find(cases[i].path), PL_OK, "%s", error.msg);
        cr_assert_eq(pl_picture_key(&picture, cases[i].query, cases[i].query != NULL,
                                    cases[i].media, 64000000, &error),
                     PL_OK, "%s", error.msg);
        keys[i] = picture.key;
        for (size_t j = 0; j < i; j++)
            cr_assert_not(pl_key_equal(&keys[i], &keys[j]), "%zu and %zu share a key", i, j);
    }
}

Test(picture, the_limit_of_pixels_is_named)
{
    (void)put("a", "1");
    cr_assert_eq(find("a/h/0"), PL_OK);
    cr_assert_eq(pl_picture_key(&picture, NULL, 0, PL_MEDIA_PNG, 100, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "limits.pixels");
}
