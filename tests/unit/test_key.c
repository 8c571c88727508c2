/* test_key.c - version-stamped keys. */
#include "shm/key.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct source {
    const char *name, *selector;
    uint8_t stamp;
};

static struct pl_key make(const char *renderer, unsigned version, const char *parameters,
                          const struct source *sources, size_t n)
{
    struct pl_key_maker maker;
    struct pl_key key;
    pl_key_start(&maker, renderer, version, parameters);
    for (size_t i = 0; i < n; i++) {
        struct pl_stamp stamp = {{0}};
        stamp.bytes[15] = sources[i].stamp;
        pl_key_source(&maker, sources[i].name, sources[i].selector, &stamp);
    }
    pl_key_end(&maker, &key);
    return key;
}

static struct pl_key plain(void)
{
    const struct source source = {"run1.root", "/h1", 1};
    return make("hist", 1, "h=400&w=600", &source, 1);
}

Test(key, equal_inputs_give_equal_keys)
{
    struct pl_key a = plain(), b = plain();
    cr_assert(pl_key_equal(&a, &b));
}

Test(key, is_the_same_in_every_build)
{
    struct pl_key key = plain();
    char text[2 * PL_KEY_N + 1];
    pl_hex(text, key.bytes, sizeof key.bytes);
    cr_assert_str_eq(text, "25eff4625b34513b2f328b94679764dac1ab80276c810f5e916664a18d7aa8b1");
}

Test(key, newer_upload_changes_the_key)
{
    const struct source newer = {"run1.root", "/h1", 2};
    struct pl_key a = plain(), b = make("hist", 1, "h=400&w=600", &newer, 1);
    cr_assert_not(pl_key_equal(&a, &b));
}

Test(key, every_field_changes_the_key)
{
    const struct source source = {"run1.root", "/h1", 1}, name = {"run2.root", "/h1", 1},
                        selector = {"run1.root", "/h2", 1};
    const struct source twice[] = {source, source};
    const struct pl_key keys[] = {
        plain(),
        make("hist2", 1, "h=400&w=600", &source, 1),
        make("hist", 2, "h=400&w=600", &source, 1),
        make("hist", 1, "h=400&w=601", &source, 1),
        make("hist", 1, "h=400&w=600", &name, 1),
        make("hist", 1, "h=400&w=600", &selector, 1),
        make("hist", 1, "h=400&w=600", twice, 2),
        make("hist", 1, "h=400&w=600", NULL, 0),
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_not(pl_key_equal(&keys[i], &keys[j]), "%zu and %zu", i, j);
}

Test(key, neighbouring_fields_do_not_run_together)
{
    const struct source left = {"ab", "c", 1}, right = {"a", "bc", 1};
    struct pl_key a = make("r", 1, "p", &left, 1), b = make("r", 1, "p", &right, 1);
    cr_assert_not(pl_key_equal(&a, &b));
    a = make("rp", 1, "", NULL, 0), b = make("r", 1, "p", NULL, 0);
    cr_assert_not(pl_key_equal(&a, &b));
}

Test(key, order_of_sources_matters)
{
    const struct source ab[] = {{"a", "", 1}, {"b", "", 1}}, ba[] = {{"b", "", 1}, {"a", "", 1}};
    struct pl_key x = make("r", 1, "", ab, 2), y = make("r", 1, "", ba, 2);
    cr_assert_not(pl_key_equal(&x, &y));
}
