/* test_card_options.c - groups=, style= and date= of a set. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "shm/base/check.h"
#include "tests/unit/card_help.h"

static void start(void)
{
    const char *const packs[] = {card_pack_path()};
    cr_assert_eq(pl_card_start(packs, 1, NULL), PL_OK);
}

TestSuite(card_options, .init = start, .fini = pl_card_stop, .timeout = 120);

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

Test(card_options, each_day_has_its_own_spelling)
{
    char day[PL_CARD_DAY_N];
    cr_assert_eq(read_pair("date", "2026-11-21"), PL_OK);
    cr_assert_eq(options.day, 20261121);
    cr_assert_str_eq(canonical, "date=2026-11-21");
    cr_assert_eq(read_pair("date", "2026-11-22"), PL_OK);
    cr_assert_str_eq(canonical, "date=2026-11-22");
    pl_card_day_print(options.day, day);
    cr_assert_str_eq(day, "2026-11-22");
    struct pl_query all[] = {{"date", "2028-02-29"}, {"style", "none"}, {"groups", "Ship"}};
    cr_assert_eq(pl_card_options_read(all, 3, &options, canonical, sizeof canonical, NULL), PL_OK);
    cr_assert_str_eq(canonical, "groups=ship&style=none&date=2028-02-29");
    cr_assert_eq(pl_card_options_read(all + 1, 1, &options, canonical, sizeof canonical, NULL),
                 PL_OK);
    cr_assert_eq(options.day, 0);
}

Test(card_options, a_day_begins_and_ends_at_midnight_in_greenwich)
{
    static const struct {
        uint64_t seconds;
        uint32_t day;
    } cases[] = {{0, 19700101},          {86399, 19700101},      {86400, 19700102},
                 {951782400, 20000229},  {1763769599, 20251121}, {1763769600, 20251122},
                 {4107542399, 21000228}, {4107542400, 21000301}};
    cr_assert_eq(setenv("TZ", "Asia/Tokyo", 1), 0);
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        cr_assert_eq(pl_card_day_of(cases[i].seconds * 1000000000), cases[i].day, "%zu", i);
        cr_assert_eq(pl_card_day_of(cases[i].seconds * 1000000000 + 999999999), cases[i].day);
    }
}

Test(card_options, what_is_no_day_is_not_printed)
{
    static const uint32_t none[] = {0,        1,        19691231, 20260229, 20260431,
                                    20261301, 20260001, 20260100, 99991232, UINT32_MAX};
    char day[PL_CARD_DAY_N];
    for (size_t i = 0; i < PL_COUNT(none); i++) {
        pl_card_day_print(none[i], day);
        cr_assert_str_eq(day, "", "%u", none[i]);
    }
}

Test(card_options, what_is_wrong_is_named)
{
    static const char *const cases[][2] = {
        {"groups", ""},           {"groups", ","},         {"groups", "Boat"},
        {"groups", "Ship,,Boat"}, {"groups", "SHIP"},      {"style", ""},
        {"style", "Group"},       {"colour", "1"},         {"date", ""},
        {"date", "today"},        {"date", "2026-02-29"},  {"date", "2026-2-01"},
        {"date", "2026-11-21 "},  {"date", " 2026-11-21"}, {"date", "1969-12-31"},
        {"date", "12026-11-21"},  {"date", "2026-11--1"},  {"date", "20261121"}};
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
