/* test_found.c - where what a renderer found is shown in a collection. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/process/found.h"

/* Cuts "run N/" off; other runs cannot be, what has "secret" in it is not shown. */
static enum pl_err shown(const char *path, uint64_t run, char *out, size_t n,
                         struct pl_error *error)
{
    char head[32];
    int head_n = snprintf(head, sizeof head, "run %u/", (unsigned)run);
    if (strncmp(path, head, (size_t)head_n) != 0)
        return pl_fail(error, PL_E_INPUT, "it belongs to another run");
    (void)snprintf(out, n, "%s", strstr(path, "secret") ? "" : path + head_n);
    return PL_OK;
}

static const struct pl_renderer ruled = {.name = "ruled", .shown = shown}, plain = {.name = "p"};
static const struct pl_job_inspect collected = {.collected = true, .run = 7}, alone = {.run = 7};

static struct pl_item place(const char *path, const char *name, const char *report)
{
    const struct pl_found found = {
        .path = path, .kind = "TH1F", .title = "t", .name = name, .report = report, .status = 300};
    struct pl_item item;
    pl_found_item(&ruled, &collected, &found, &item);
    return item;
}

Test(found, a_thing_is_shown_where_the_renderer_says)
{
    struct pl_item item = place("run 7/dir/h", NULL, NULL);
    cr_assert_str_eq(item.shown, "dir/h");
    cr_assert_str_eq(item.path, "run 7/dir/h");
    cr_assert(item.report[0] == '\0' && item.trouble[0] == '\0' && item.status == 300);
    item = place("run 7/secret", NULL, "e");
    cr_assert(item.shown[0] == '\0' && item.report[0] == '\0' && item.trouble[0] == '\0');
}

Test(found, its_name_replaces_the_last_part)
{
    static const struct {
        const char *path, *name, *expected;
    } cases[] = {
        {"run 7/dir/h;1", "h", "dir/h"},
        {"run 7/h;1", "h", "h"},
        {"run 7/dir/h;1", "a/b", "dir/a/b"},
        {"run 7/dir/<h>i=5</h>", "h", "dir/h"},
        {"run 7/<h>i=5</h>", "h", "h"},
        {"run 7/dir/<h>s=a/b</h>;2", "h", "dir/h"},
        {"run 7/dir/<a/b>s=c/d</a/b>", "a/b", "dir/a/b"},
        {"run 7/dir/<h.TEST>qr=st:300:1:X/Y:no/thing</h.TEST>", "h", "dir/h"},
        {"run 7/dir/<h2>s=<h>i=5</h></h2>", "h2", "dir/h2"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_item item = place(cases[i].path, cases[i].name, NULL);
        cr_assert_str_eq(item.shown, cases[i].expected, "%s: %s", cases[i].path, item.shown);
    }
}

Test(found, a_report_is_filed_beside_its_thing)
{
    struct pl_item item = place("run 7/d/<h.T>qr=st:300:0:A:m</h.T>", "h", "qr/T");
    cr_assert_str_eq(item.shown, "d/h");
    cr_assert_str_eq(item.report, "qr/T");
}

Test(found, what_cannot_be_shown_says_why)
{
    static char path[3000] = "run 7/", report[100];
    struct pl_item item = place("run 8/h", NULL, NULL);
    cr_assert_str_eq(item.trouble, "it belongs to another run");
    cr_assert_str_eq(item.shown, "");
    memset(path + 6, 'x', PL_SHOWN_MAX);
    item = place(path, NULL, NULL);
    cr_assert_eq(strlen(item.shown), PL_SHOWN_MAX);
    cr_assert_str_eq(item.trouble, "");
    path[6 + PL_SHOWN_MAX] = 'x';
    item = place(path, NULL, NULL);
    cr_assert(item.shown[0] == '\0' && strstr(item.trouble, "longer") != NULL);
    memset(report, 'r', PL_REPORT_MAX + 1);
    item = place("run 7/h", NULL, report);
    cr_assert(item.shown[0] == '\0' && item.report[0] == '\0' && item.trouble[0] != '\0');
    memset(path + 6, 'x', sizeof path - 7);
    item = place(path, path, NULL);
    cr_assert(item.shown[0] == '\0' && item.trouble[0] != '\0');
    path[PL_SELECTOR_MAX] = '\0';
    item = place(path, path, NULL);
    cr_assert(item.shown[0] == '\0' && item.trouble[0] != '\0');
}

Test(found, trouble_of_its_own_goes_first_and_it_is_shown_all_the_same)
{
    const struct pl_found found = {.path = "run 7/h", .kind = "", .title = "", .trouble = "broken"};
    const struct pl_found other = {.path = "run 8/h", .kind = "", .title = "", .trouble = "broken"};
    struct pl_item item;
    pl_found_item(&ruled, &collected, &found, &item);
    cr_assert_str_eq(item.trouble, "broken");
    cr_assert_str_eq(item.shown, "h");
    pl_found_item(&ruled, &collected, &other, &item);
    cr_assert_str_eq(item.trouble, "broken");
    cr_assert_str_eq(item.shown, "");
}

Test(found, alone_it_is_shown_nowhere_and_without_a_rule_as_it_is)
{
    const struct pl_found found = {.path = "run 8/a/h", .kind = "", .title = "", .report = "e"};
    struct pl_item item;
    pl_found_item(&ruled, &alone, &found, &item);
    cr_assert(item.shown[0] == '\0' && item.report[0] == '\0' && item.trouble[0] == '\0');
    pl_found_item(&plain, &collected, &found, &item);
    cr_assert_str_eq(item.shown, "run 8/a/h");
    cr_assert_str_eq(item.report, "e");
}

Test(found, numbers_of_a_thing_are_passed_on)
{
    struct pl_found found = {.path = "p", .kind = "", .title = "", .has_stats = true};
    struct pl_item item;
    for (unsigned i = 0; i < 6; i++)
        found.stats[i] = 1.5 * i;
    found.locator_n = 1000;
    pl_found_item(&plain, &alone, &found, &item);
    cr_assert(item.has_stats && memcmp(item.stats, found.stats, sizeof found.stats) == 0);
    cr_assert_eq(item.locator_n, PL_LOCATOR_MAX);
}
