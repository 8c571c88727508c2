/* test_card_options.c - groups= and style= of a set. */
#include <criterion/criterion.h>

#include "tests/unit/card_help.h"

static void start(void)
{
    const char *const packs[] = {card_pack_path()};
    cr_assert_eq(pl_card_start(packs, 1, NULL), PL_OK);
}

TestSuite(card_options, .init = start, .fini = pl_card_stop, .timeout = 20);

static struct pl_card_options options;
static char canonical[200];
static struct pl_error error;

static enum pl_err read_pair(const char *name, const char *value)
{
    struct pl_query query = {name, value};
    error = (struct pl_error){0};
    return pl_card_options_read(&query, 1, &options, canonical, sizeof canonical, &error);
}

Test(card_options, nothing_is_all_in_colours_of_groups)
{
    cr_assert_eq(pl_card_options_read(NULL, 0, &options, canonical, sizeof canonical, NULL), PL_OK);
    cr_assert_eq(options.groups, UINT32_MAX);
    cr_assert_eq(options.style, PL_CARD_STYLE_GROUP);
    cr_assert_str_eq(canonical, "");
}

Test(card_options, groups_are_named_in_two_ways_and_spelt_in_one)
{
    cr_assert_eq(read_pair("groups", "Galaxy map"), PL_OK);
    cr_assert_eq(options.groups, 2);
    cr_assert_str_eq(canonical, "groups=galaxy-map");
    cr_assert_eq(read_pair("groups", "galaxy-map,"), PL_OK);
    cr_assert_str_eq(canonical, "groups=galaxy-map");
    cr_assert_eq(read_pair("groups", "ship"), PL_OK);
    cr_assert_eq(options.groups, 1);
}

Test(card_options, all_groups_are_as_none_named)
{
    cr_assert_eq(read_pair("groups", "galaxy-map,Ship,ship"), PL_OK);
    cr_assert_eq(options.groups, UINT32_MAX);
    cr_assert_str_eq(canonical, "");
}

Test(card_options, the_usual_style_is_not_spelt)
{
    cr_assert_eq(read_pair("style", "group"), PL_OK);
    cr_assert_str_eq(canonical, "");
    cr_assert_eq(read_pair("style", "none"), PL_OK);
    cr_assert_eq(options.style, PL_CARD_STYLE_NONE);
    cr_assert_str_eq(canonical, "style=none");
    struct pl_query both[] = {{"style", "modifier"}, {"groups", "Ship"}};
    cr_assert_eq(pl_card_options_read(both, 2, &options, canonical, sizeof canonical, NULL), PL_OK);
    cr_assert_str_eq(canonical, "groups=ship&style=modifier");
}

Test(card_options, what_is_wrong_is_named)
{
    static const char *const cases[][2] = {
        {"groups", ""},     {"groups", ","}, {"groups", "Boat"}, {"groups", "Ship,,Boat"},
        {"groups", "SHIP"}, {"style", ""},   {"style", "Group"}, {"colour", "1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(read_pair(cases[i][0], cases[i][1]), PL_E_INPUT, "%s=%s", cases[i][0],
                     cases[i][1]);
        cr_assert_str_eq(error.param, cases[i][0]);
    }
    struct pl_query twice[] = {{"style", "none"}, {"style", "none"}};
    error = (struct pl_error){0};
    cr_assert_eq(pl_card_options_read(twice, 2, &options, canonical, sizeof canonical, &error),
                 PL_E_INPUT);
    cr_assert_str_eq(error.param, "style");
}

Test(card_options, a_spelling_without_room_is_refused)
{
    struct pl_query query = {"groups", "galaxy-map"};
    char small[10];
    cr_assert_eq(pl_card_options_read(&query, 1, &options, small, sizeof small, NULL), PL_E_INPUT);
}
