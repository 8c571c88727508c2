/* test_config.c - the option table, its sources and their precedence. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"

#define MIB (UINT64_C(1) << 20)

static char dir[64];
static struct pl_error error;

static void start(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/test_config.XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    error = (struct pl_error){0};
}

static void stop(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(config, .init = start, .fini = stop, .timeout = 120);

/* A path below the test's folder; eight may be in use at once. */
static const char *below(const char *name)
{
    static char paths[8][160];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static const char *write_file(const char *name, const char *text)
{
    const char *path = below(name);
    FILE *out = fopen(path, "w");
    cr_assert_not_null(out);
    cr_assert_geq(fputs(text, out), 0);
    cr_assert_eq(fclose(out), 0);
    return path;
}

static struct pl_config *load(const char *file, const char *const *settings,
                              const char *const *environment)
{
    struct pl_config *config = NULL;
    unsigned n = 0;
    while (settings != NULL && settings[n] != NULL)
        n++;
    struct pl_config_request request = {
        .file = file, .settings = settings, .settings_n = n, .environment = environment};
    enum pl_err err = pl_config_load(&request, &config, &error);
    cr_assert_eq(err == PL_OK, config != NULL);
    cr_assert_eq(err, error.code);
    return config;
}

static struct pl_config *load_text(const char *text)
{
    return load(write_file("platen.conf", text), NULL, NULL);
}

static void assert_refused(const struct pl_config *config, const char *part)
{
    cr_assert_null(config, "nothing wrong found for '%s'", part);
    cr_assert_eq(error.code, PL_E_INPUT, "%s", error.msg);
    cr_assert_not_null(strstr(error.msg, part), "'%s' not in '%s'", part, error.msg);
}

Test(config, without_anything_every_option_has_its_default)
{
    struct pl_config *config = load(NULL, NULL, NULL);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_str_eq(config->http_listen.item[0], "127.0.0.1:8080");
    cr_assert_eq(config->http_listen.n, 1);
    cr_assert_eq(config->limits_render, 10000);
    cr_assert_eq(config->store_catalog_size, 1024 * MIB);
    cr_assert_eq(config->cache_size, 0); /* auto */
    cr_assert_not(config->http_metrics);
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++)
        cr_assert_str_eq(config->origin[i], "default");
    pl_config_free(&config);
    cr_assert_null(config);
}

Test(config, every_default_lies_in_its_own_range)
{
    struct pl_config *config = pl_config_new();
    cr_assert_not_null(config);
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char text[PL_CONFIG_TEXT_MAX];
        pl_option_print(config, i, 0, text, sizeof text);
        cr_assert_eq(pl_option_set_text(config, i, text, "again", &error), PL_OK, "%s", error.msg);
        cr_assert_geq(pl_options[i].most, pl_options[i].least);
    }
    pl_config_free(&config);
}

Test(config, a_file_sets_values_and_remembers_the_line)
{
    struct pl_config *config = load_text("# comment\nhttp {\n"
                                         "    listen = {127.0.0.1:1, \"unix:/tmp/a,b\"}\n"
                                         "    idle_timeout = 500s /* why\n not */\n"
                                         "    metrics = on\n}\n"
                                         "cache { size = 25% }\n"
                                         "http { debug_headers = 'yes' }\n");
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_eq(config->http_listen.n, 2);
    cr_assert_str_eq(config->http_listen.item[1], "unix:/tmp/a,b");
    cr_assert_eq(config->http_idle_timeout, 500000);
    cr_assert(config->http_metrics);
    cr_assert(config->http_debug_headers);
    cr_assert_eq(config->cache_size, PL_CONFIG_PERCENT | 25);
    const char *origin = config->origin[PL_OPTION_http_listen];
    cr_assert_str_eq(origin + strlen(origin) - 2, ":3");
    origin = config->origin[PL_OPTION_http_metrics];
    cr_assert_str_eq(origin + strlen(origin) - 2, ":6");
    cr_assert_str_eq(config->origin[PL_OPTION_store_dir], "default");
    pl_config_free(&config);
}

Test(config, defaults_give_way_to_files_these_to_environment_and_that_to_the_command_line)
{
    static const char *const environment[] = {"PLATEN_LIMITS_QUEUE=30", "PLATEN_LIMITS_ITEMS=30",
                                              "HOME=/", NULL};
    static const char *const settings[] = {"limits.items=40", NULL};
    const char *file =
        write_file("platen.conf", "limits {\n pixels = 20\n queue = 20\n items = 20\n}\n");
    struct pl_config *config = load(file, settings, environment);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_eq(config->limits_body, 2048 * MIB);
    cr_assert_eq(config->limits_pixels, 20);
    cr_assert_eq(config->limits_queue, 30);
    cr_assert_eq(config->limits_items, 40);
    cr_assert_str_eq(config->origin[PL_OPTION_limits_queue], "environment PLATEN_LIMITS_QUEUE");
    cr_assert_str_eq(config->origin[PL_OPTION_limits_items], "command line");
    pl_config_free(&config);
}

Test(config, a_list_without_a_default_is_given_item_by_item)
{
    static const char *const settings[] = {"cards.pack=a", "cards.pack=b, c", "http.listen=x:1",
                                           "http.listen=y:2", NULL};
    static const char *const emptied[] = {"cards.pack=a", "cards.pack=", NULL};
    struct pl_config *config = load(NULL, NULL, NULL);
    cr_assert_eq(config->cards_pack.n, 0);
    pl_config_free(&config);
    config = load(NULL, settings, NULL);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_eq(config->cards_pack.n, 3);
    cr_assert_str_eq(config->cards_pack.item[0], "a");
    cr_assert_str_eq(config->cards_pack.item[2], "c");
    cr_assert_eq(config->http_listen.n, 1);
    cr_assert_str_eq(config->http_listen.item[0], "y:2");
    pl_config_free(&config);
    config = load(NULL, emptied, NULL);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_eq(config->cards_pack.n, 0);
    pl_config_free(&config);
}

Test(config, the_folder_conf_d_is_read_in_byte_order_after_the_file)
{
    const char *file = write_file("platen.conf", "limits { queue = 10 pixels = 10 items = 10 }");
    cr_assert_eq(mkdir(below("conf.d"), 0700), 0);
    (void)write_file("conf.d/b.conf", "limits { items = 12 }");
    (void)write_file("conf.d/B.conf", "limits { items = 11 queue = 11 }");
    (void)write_file("conf.d/c.conf.bak", "nonsense");
    (void)write_file("conf.d/.hidden.conf", "nonsense");
    struct pl_config *config = load(file, NULL, NULL);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_eq(config->limits_pixels, 10);
    cr_assert_eq(config->limits_queue, 11);
    cr_assert_eq(config->limits_items, 12);
    pl_config_free(&config);
}

Test(config, a_value_can_come_from_a_file_named_in_the_environment)
{
    char variable[200];
    (void)snprintf(variable, sizeof variable, "PLATEN_STORE_DIR_FILE=%s",
                   write_file("where", "/srv/x\n"));
    const char *const environment[] = {variable, NULL};
    struct pl_config *config = load(NULL, NULL, environment);
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_str_eq(config->store_dir, "/srv/x");
    pl_config_free(&config);
    const char *const missing[] = {"PLATEN_STORE_DIR_FILE=/nonexistent/x", NULL};
    assert_refused(load(NULL, NULL, missing), "/nonexistent/x");
}

Test(config, port_listens_everywhere_unless_somebody_said_where)
{
    static const char *const port[] = {"PORT=8081", NULL};
    static const char *const both[] = {"PORT=8081", "PLATEN_HTTP_LISTEN=unix:/x, [::1]:5", NULL};
    static const char *const bad[] = {"PORT=80x", NULL};
    static const char *const settings[] = {"http.listen=127.0.0.1:7", NULL};
    const char *file = write_file("platen.conf", "http { listen = 127.0.0.1:6 }");
    struct pl_config *config = load(file, NULL, port);
    cr_assert_str_eq(config->http_listen.item[0], "0.0.0.0:8081");
    cr_assert_str_eq(config->origin[PL_OPTION_http_listen], "environment PORT");
    pl_config_free(&config);
    config = load(file, NULL, both);
    cr_assert_eq(config->http_listen.n, 2);
    cr_assert_str_eq(config->http_listen.item[1], "[::1]:5");
    pl_config_free(&config);
    config = load(file, settings, port);
    cr_assert_str_eq(config->http_listen.item[0], "127.0.0.1:7");
    pl_config_free(&config);
    assert_refused(load(NULL, NULL, bad), "PORT");
}

static char warned[256];

static void note_warning(const char *text)
{
    (void)snprintf(warned, sizeof warned, "%s", text);
}

Test(config, an_unknown_variable_is_a_warning)
{
    static const char *const environment[] = {"PLATEN_CACHE_SIZ=1", "XPLATEN=1", NULL};
    struct pl_config_request request = {.environment = environment, .warn = note_warning};
    struct pl_config *config = NULL;
    cr_assert_eq(pl_config_load(&request, &config, &error), PL_OK);
    cr_assert_not_null(strstr(warned, "PLATEN_CACHE_SIZ"));
    pl_config_free(&config);
}

struct refused {
    char text[96], part[96];
};

ParameterizedTestParameters(config, a_bad_file_is_refused_with_its_place_and_reason)
{
    static struct refused cases[] = {
        {"http {\n\n  listn = x\n}", "platen.conf:3: unknown key 'listn', did you mean 'listen'?"},
        {"htp { }", "platen.conf:1: unknown section 'htp', did you mean 'http'?"},
        {"http { zzzzzzzz = 1 }", "unknown key 'zzzzzzzz'"},
        {"\nlimits { render = 10 }", "platen.conf:2: limits.render = '10': expected a time"},
        {"limits { render = 1us }", "expected a time"},
        {"limits { render = 1ms }", "allowed is 10ms to 10m"},
        {"limits { pixels = 0 }", "allowed is 1 to"},
        {"limits { pixels = -1 }", "expected a whole number"},
        {"limits { pixels = auto }", "expected a whole number"},
        {"limits { body = 1MB }", "expected a size"},
        {"limits { body = 99999999999999999999 }", "expected a size"},
        {"limits { body = 18446744073709551615TiB }", "expected a size"},
        {"cache { size = 0% }", "1% to 100%"},
        {"cache { size = 101% }", "1% to 100%"},
        {"http { metrics = maybe }", "expected on or off"},
        {"log { level = inf }", "expected one of debug|info|warn|error"},
        {"log { level = \"info|warn\" }", "expected one of"},
        {"log { level = '' }", "expected one of"},
        {"http { listen = {} }", "this list has no values"},
        {"http { listen = {a, ''} }", "empty value"},
        {"http { listen = \"a\nb\" }", "control character"},
        {"store { dir = '' }", "store.dir is empty"},
        {"http {\n metrics = on", "platen.conf:1: this '{' is never closed"},
        {"\nhttp { /* metrics = on }", "platen.conf:2: this comment is never closed"},
        {"\n\nhttp { listen = \"x }", "platen.conf:3: this text is never closed"},
        {"store { dir = \"${HOME}\" }", "is not expanded"},
        {"http { metrics = { on } }", "unexpected token"},
        {"http = 5", "platen.conf:1"},
        {"}", "platen.conf:1"},
    };
    return cr_make_param_array(struct refused, cases, PL_COUNT(cases));
}

ParameterizedTest(struct refused *one, config, a_bad_file_is_refused_with_its_place_and_reason)
{
    assert_refused(load_text(one->text), one->part);
}

Test(config, a_broken_file_does_not_spoil_the_next)
{
    assert_refused(load_text("store { dir = \"\\999\" }"), "platen.conf");
    error = (struct pl_error){0};
    assert_refused(load_text("store { dir = \"abc"), "never closed");
    error = (struct pl_error){0};
    struct pl_config *config = load_text("store { dir = /x }");
    cr_assert_not_null(config, "%s", error.msg);
    cr_assert_str_eq(config->store_dir, "/x");
    pl_config_free(&config);
}

Test(config, an_unknown_setting_on_the_command_line_names_the_nearest)
{
    static const char *const near[] = {"cache.sise=1", NULL};
    static const char *const shapeless[] = {"cachesize", NULL};
    assert_refused(load(NULL, near, NULL), "did you mean 'cache.size'?");
    error = (struct pl_error){0};
    assert_refused(load(NULL, shapeless, NULL), "SECTION.KEY=VALUE");
}

Test(config, numbers_are_printed_in_their_largest_unit)
{
    static const char *const settings[] = {"limits.body=1048577", "limits.render=1500ms",
                                           "cache.size=64MiB",    "limits.shutdown=60s",
                                           "workers.memory=50%",  NULL};
    static const struct {
        unsigned option;
        const char *text;
    } want[] = {{PL_OPTION_limits_body, "1048577B"}, {PL_OPTION_limits_render, "1500ms"},
                {PL_OPTION_cache_size, "64MiB"},     {PL_OPTION_limits_shutdown, "1m"},
                {PL_OPTION_workers_memory, "50%"},   {PL_OPTION_workers_recycle_jobs, "0"},
                {PL_OPTION_workers_render, "auto"}};
    struct pl_config *config = load(NULL, settings, NULL);
    cr_assert_not_null(config, "%s", error.msg);
    for (unsigned i = 0; i < PL_COUNT(want); i++) {
        char text[64];
        pl_option_print(config, want[i].option, 0, text, sizeof text);
        cr_assert_str_eq(text, want[i].text);
    }
    pl_config_free(&config);
}

Test(config, only_a_change_that_needs_a_restart_is_frozen)
{
    static const char *const reloadable[] = {"limits.render=3s", "log.level=debug", NULL};
    static const char *const listen[] = {"http.listen=127.0.0.1:8080,127.0.0.1:8081", NULL};
    static const char *const size[] = {"cache.size=64MiB", NULL};
    struct pl_config *base = load(NULL, NULL, NULL), *other = load(NULL, reloadable, NULL);
    cr_assert_null(pl_config_frozen_change(base, other));
    pl_config_free(&other);
    other = load(NULL, listen, NULL);
    cr_assert_str_eq(pl_config_frozen_change(base, other), "http.listen");
    cr_assert_str_eq(pl_config_frozen_change(other, base), "http.listen");
    pl_config_free(&other);
    other = load(NULL, size, NULL);
    cr_assert_str_eq(pl_config_frozen_change(base, other), "cache.size");
    pl_config_free(&other);
    pl_config_free(&base);
}

/* What a FILE printer wrote; the caller frees it. */
static char *printed(void (*print)(FILE *out))
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    cr_assert_not_null(out);
    print(out);
    cr_assert_eq(fclose(out), 0);
    return text;
}

Test(config, the_example_with_its_comments_opened_is_the_defaults)
{
    char *text = printed(pl_config_example);
    for (char *at = text; (at = strstr(at, "\n    #")) != NULL; at++)
        if (at[6] != ' ')
            at[5] = ' ';
    struct pl_config *config = load_text(text), *defaults = pl_config_new();
    cr_assert_not_null(config, "%s", error.msg);
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char a[PL_CONFIG_TEXT_MAX], b[PL_CONFIG_TEXT_MAX];
        pl_option_print(config, i, 0, a, sizeof a);
        pl_option_print(defaults, i, 0, b, sizeof b);
        cr_assert_str_eq(a, b);
        cr_assert_str_neq(config->origin[i], "default", "%s.%s", pl_options[i].section,
                          pl_options[i].key);
    }
    pl_config_free(&config);
    pl_config_free(&defaults);
    free(text);
}

Test(config, the_file_in_conf_is_the_example)
{
    char *want = printed(pl_config_example);
    size_t n = strlen(want);
    char *have = calloc(1, n + 2);
    FILE *in = fopen("conf/platen.conf", "r");
    cr_assert_not_null(in, "run from the top of the repository");
    size_t got = fread(have, 1, n + 1, in);
    (void)fclose(in);
    cr_assert_eq(got, n, "make it again: platend --print-config=example > conf/platen.conf");
    cr_assert_str_eq(have, want);
    free(have);
    free(want);
}

Test(config, help_names_every_option)
{
    char *text = printed(pl_config_help);
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "  %s.%s = ", pl_options[i].section, pl_options[i].key);
        cr_assert_not_null(strstr(text, name), "%s", name);
    }
    free(text);
}

Test(config, printing_shows_value_and_origin)
{
    struct pl_config *config = load_text("http {\n listen = {a:1, b:2}\n}\n");
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    pl_config_print(config, false, out);
    pl_config_print(config, true, out);
    cr_assert_eq(fclose(out), 0);
    cr_assert_not_null(strstr(text, "http.listen = a:1,b:2"));
    cr_assert_not_null(strstr(text, "platen.conf:2"));
    cr_assert_not_null(strstr(text, "\"b:2\""));
    cr_assert_not_null(strstr(text, "\"value\": 10000"));
    free(text);
    pl_config_free(&config);
}
