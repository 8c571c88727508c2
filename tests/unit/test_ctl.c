/* test_ctl.c - platenctl: its command line, its printing, and lists gathered from a stopped
 * server's map. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "server/admin/ctl.h"
#include "shm/base/check.h"
#include "shm/cache.h"

TestSuite(ctl, .timeout = 120);

static struct pl_ctl ctl;
static struct pl_error error;

static enum pl_err parse(const char *line)
{
    static char text[512];
    char *argv[24], *rest = text;
    int argc = 0;
    (void)snprintf(text, sizeof text, "platenctl %s", line);
    error = (struct pl_error){0};
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0')
            argv[argc++] = word;
    argv[argc] = NULL;
    return pl_ctl_parse(&ctl, argc, argv, &error);
}

Test(ctl, options_stand_anywhere_and_may_be_short)
{
    cr_assert_eq(parse("-s /run/x.sock ls plots/ --sort=size -n7 --json"), PL_OK, "%s", error.msg);
    cr_assert_str_eq(ctl.socket, "/run/x.sock");
    cr_assert_str_eq(ctl.command, "ls");
    cr_assert_str_eq(ctl.operand, "plots/");
    cr_assert_str_eq(ctl.sort, "size");
    cr_assert_eq(ctl.limit, 7);
    cr_assert(ctl.json);
}

Test(ctl, two_dashes_end_the_options)
{
    cr_assert_eq(parse("purge -- --all"), PL_OK, "%s", error.msg);
    cr_assert_str_eq(ctl.operand, "--all");
    cr_assert(!ctl.all);
}

Test(ctl, defaults_hold_when_nothing_is_said)
{
    unsetenv("PLATEN_ADMIN_SOCKET");
    cr_assert_eq(parse("stats"), PL_OK);
    cr_assert_str_eq(ctl.socket, "/var/lib/platen/admin.sock");
    cr_assert_eq(ctl.interval, 1000);
    cr_assert(!ctl.interval_given);
    setenv("PLATEN_ADMIN_SOCKET", "/from/environment", 1);
    cr_assert_eq(parse("stats"), PL_OK);
    cr_assert_str_eq(ctl.socket, "/from/environment");
}

struct refusal {
    char line[64], names[32];
};

ParameterizedTestParameters(ctl, wrong_command_lines_are_refused_by_name)
{
    static struct refusal cases[] = {
        {"staus", "status"},
        {"stats --intervall 1", "--interval"},
        {"stats --interval", "--interval"},
        {"stats --interval soon", "soon"},
        {"stats extra", "extra"},
        {"ls a b", "one word too many"},
        {"ls --dry-run", "--dry-run"},
        {"ls --sort colour", "--sort"},
        {"ls -n 0", "--limit"},
        {"ls -n 99999", "--limit"},
        {"ls -n x", "--limit"},
        {"--json=yes stats", "takes no value"},
        {"-x stats", "-x"},
        {"ls --sort size --sort age", "twice"},
        {"zzzzzz", "zzzzzz"},
    };
    return cr_make_param_array(struct refusal, cases, PL_COUNT(cases));
}

ParameterizedTest(struct refusal *one, ctl, wrong_command_lines_are_refused_by_name)
{
    cr_assert_eq(parse(one->line), PL_E_INPUT, "%s", one->line);
    cr_assert_not_null(strstr(error.msg, one->names), "%s: %s", one->line, error.msg);
}

Test(ctl, every_command_is_found_and_shown_in_the_help)
{
    static const char *const names[] = {
#define CTL(name, ...) name,
#define OPTION(...)
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL
    };
    char *help = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&help, &n);
    pl_ctl_usage(out, NULL);
    (void)fclose(out);
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        bool map;
        char line[40];
        (void)snprintf(line, sizeof line, "\n  %s ", names[i]);
        cr_assert_not_null(strstr(help, line), "%s is not in the help", names[i]);
        cr_assert_not_null(pl_ctl_find(names[i], &map));
    }
    for (const char *at = help; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        cr_assert_leq(length, 100, "%.100s", at);
        at += length + (at[length] == '\n');
    }
    free(help);
}

Test(ctl, times_have_units)
{
    uint64_t ms = 0;
    cr_assert(pl_ctl_time("1.5s", &ms) && ms == 1500);
    cr_assert(pl_ctl_time("250ms", &ms) && ms == 250);
    cr_assert(pl_ctl_time("2m", &ms) && ms == 120000);
    cr_assert(pl_ctl_time("3", &ms) && ms == 3000);
    cr_assert(!pl_ctl_time("", &ms) && !pl_ctl_time("-1s", &ms) && !pl_ctl_time("1x", &ms) &&
              !pl_ctl_time("nan", &ms));
}

Test(ctl, numbers_are_short_and_rounded_for_people)
{
    char t[PL_CTL_TEXT_N];
    cr_assert_str_eq(pl_ctl_size(t, 0), "0 B");
    cr_assert_str_eq(pl_ctl_size(t, 1023), "1023 B");
    cr_assert_str_eq(pl_ctl_size(t, 1024), "1.0 KiB");
    cr_assert_str_eq(pl_ctl_size(t, 1048575), "1.0 MiB");
    cr_assert_str_eq(pl_ctl_size(t, 157286400), "150 MiB");
    cr_assert_str_eq(pl_ctl_age(t, 59), "59s");
    cr_assert_str_eq(pl_ctl_age(t, 3661), "1h 01m");
    cr_assert_str_eq(pl_ctl_age(t, 90000), "1d 01h");
    cr_assert_str_eq(pl_ctl_seconds(t, 0.00012), "120 us");
    cr_assert_str_eq(pl_ctl_seconds(t, 0.0125), "12.50 ms");
    cr_assert_str_eq(pl_ctl_rate(t, 12345), "12.3k");
}

Test(ctl, nothing_that_moves_a_terminal_gets_through)
{
    char out[64];
    cr_assert_eq(pl_ctl_clean(out, sizeof out, "a\x1b[2Jb\n\x7f\xc2\x9bz", 0), 11);
    cr_assert_str_eq(out, "a?[2Jb????z");
}

Test(ctl, long_text_is_cut_in_the_middle_by_characters)
{
    char out[64];
    cr_assert_eq(pl_ctl_clean(out, sizeof out, "abcdefghij", 5), 5);
    cr_assert_str_eq(out, "ab\xe2\x80\xa6ij");
    cr_assert_eq(pl_ctl_clean(out, sizeof out, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", 3), 3);
    cr_assert_str_eq(out, "\xc3\xa4\xe2\x80\xa6\xc3\x9f");
    cr_assert_eq(pl_ctl_clean(out, sizeof out, "short", 5), 5);
    cr_assert_str_eq(out, "short");
}

Test(ctl, table_columns_line_up)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    struct pl_ctl_table *table = pl_ctl_table(">~<");
    static const char *const cells[] = {"n", "name", "",       "7", "\xc3\xa4",
                                        "x", "1234", "longer", ""};
    for (size_t i = 0; i < PL_COUNT(cells); i++)
        pl_ctl_cell(table, "%s", cells[i]);
    cr_assert_eq(parse("ls"), PL_OK);
    pl_ctl_table_print(&ctl, &table, out);
    (void)fclose(out);
    cr_assert_str_eq(text, "   n  name\n   7  \xc3\xa4       x\n1234  longer\n");
    cr_assert_null(table);
    free(text);
}

/* --- a stopped server's map --- */

static char dir[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void make_map(unsigned pictures)
{
    static uint8_t image[4096];
    struct pl_cache_shared *shared = NULL;
    struct pl_cache *cache = NULL;
    bool kept;
    (void)snprintf(dir, sizeof dir, "/tmp/platen-ctl-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST, &shared, &kept, &error), PL_OK, "%s",
                 error.msg);
    cr_assert_eq(pl_cache_open(&cache, dir, shared, false, &error), PL_OK, "%s", error.msg);
    for (unsigned i = 0; i < pictures; i++) {
        struct pl_key key = {.bytes = {(uint8_t)i, (uint8_t)(i >> 8), 9}};
        struct pl_cache_meta meta = {.made_wall_ns = 1 + i};
        (void)snprintf(meta.label, sizeof meta.label, "%s/%u\th\t", i % 2 ? "odd" : "even", i);
        cr_assert_eq(pl_cache_put(cache, &key, image, 10 + i * 7 % 1000, &meta, &error), PL_OK);
    }
    pl_cache_close(&cache);
    cr_assert_eq(pl_cache_close_clean(&shared, dir, &error), PL_OK, "%s", error.msg);
}

static void remove_map(void)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

Test(ctl, list_from_a_map_is_in_order_over_all_slices, .fini = remove_map)
{
    json_t *answer = NULL;
    make_map(6000); /* more than one slice */
    cr_assert_eq(parse("ls"), PL_OK);
    ctl.map = dir;
    cr_assert_eq(pl_ctl_gather(&ctl, "size", NULL, 0, 30, 0, &answer), PL_EXIT_OK);
    json_t *list = json_object_get(answer, "entries");
    cr_assert_eq(json_array_size(list), 30);
    for (size_t i = 1; i < 30; i++)
        cr_assert_leq(pl_ctl_number(json_array_get(list, i), "bytes"),
                      pl_ctl_number(json_array_get(list, i - 1), "bytes"));
    /* six have the largest size, two of them in the second slice */
    cr_assert_eq(pl_ctl_number(json_array_get(list, 5), "bytes"), 1009);
    cr_assert_eq(pl_ctl_number(json_array_get(list, 6), "bytes"), 1008);
    cr_assert_eq(pl_ctl_number(answer, "matched"), 6000);
    cr_assert_eq(pl_ctl_number(answer, "next"), 0);
    json_decref(answer);
}

Test(ctl, list_from_a_map_stops_at_its_limit_and_goes_on_from_there, .fini = remove_map)
{
    json_t *answer = NULL;
    uint64_t from = 0;
    unsigned seen = 0;
    make_map(100);
    cr_assert_eq(parse("ls"), PL_OK);
    ctl.map = dir;
    do {
        cr_assert_eq(pl_ctl_gather(&ctl, NULL, "even/", from, 15, 0, &answer), PL_EXIT_OK);
        seen += (unsigned)json_array_size(json_object_get(answer, "entries"));
        from = pl_ctl_number(answer, "next");
        json_decref(answer);
    } while (from != 0 && seen < 1000);
    cr_assert_eq(seen, 50);
}

Test(ctl, map_answers_stats_and_keys_and_nothing_that_needs_a_server, .fini = remove_map)
{
    json_t *answer = NULL;
    struct pl_query name = {"what", "even/0"};
    struct pl_query key = {"what",
                           "0000090000000000000000000000000000000000000000000000000000000000"};
    make_map(3);
    cr_assert_eq(parse("-q stats"), PL_OK);
    ctl.map = dir;
    cr_assert_eq(pl_ctl_ask(&ctl, false, "stats", NULL, 0, &answer), PL_EXIT_OK);
    cr_assert_eq(pl_ctl_number(answer, "cache_entries"), 3);
    json_decref(answer);
    cr_assert_eq(pl_ctl_ask(&ctl, false, "inspect", &key, 1, &answer), PL_EXIT_OK);
    cr_assert_str_eq(pl_ctl_text(json_object_get(answer, "picture"), "name"), "even/0");
    json_decref(answer);
    cr_assert_eq(pl_ctl_ask(&ctl, false, "inspect", &name, 1, &answer), PL_EXIT_USAGE);
    ctl.map = "/nonexistent";
    cr_assert_eq(pl_ctl_ask(&ctl, false, "stats", NULL, 0, &answer), PL_EXIT_UNREACHABLE);
}

Test(ctl, server_that_is_not_there_is_exit_code_three)
{
    json_t *answer = NULL;
    cr_assert_eq(parse("-q -s /nonexistent/admin.sock stats"), PL_OK);
    cr_assert_eq(pl_ctl_ask(&ctl, false, "stats", NULL, 0, &answer), PL_EXIT_UNREACHABLE);
    cr_assert_null(answer);
    pl_ctl_hang_up(&ctl);
}
