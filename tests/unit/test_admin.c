/* test_admin.c - the commands, on a real store, cache, board and process table, without HTTP. */
#include "tests/unit/store_help.h"

#include <jansson.h>

#include "server/admin/admin_priv.h"
#include "server/routes/picture.h"
#include "shm/base/clock.h"

static struct pl_config config = {.limits_pixels = 64000000};
static struct pl_heritage heritage;
static struct pl_admin_context context;
static struct pl_cache *cache; /* the writer's; context.cache is read-only as a front's is */
static int master_pipe[2];

static void start(void)
{
    static char store_dir[64];
    struct pl_board_limits limits = {
        .slots = 8, .fronts = 1, .workers = 4, .queue_wait_ns = 1000000000};
    bool kept;
    help_start();
    config.store_dir = store_dir;
    memcpy(store_dir, help.dir, sizeof store_dir);
    (void)snprintf(heritage.cache_dir, sizeof heritage.cache_dir, "%s/cache", help.dir);
    cr_assert_eq(mkdir(heritage.cache_dir, 0700), 0);
    MUST(pl_cache_prepare(heritage.cache_dir, PL_CACHE_MAP_LEAST, &heritage.cache, &kept,
                          &help.error));
    MUST(pl_cache_open(&cache, heritage.cache_dir, heritage.cache, false, &help.error));
    MUST(pl_counters_make(&heritage.counters, 4, pl_metric_numbers(), &help.error));
    MUST(pl_procs_make(&heritage.procs, 4, &help.error));
    MUST(pl_board_make(&heritage.board, &limits, &help.error));
    cr_assert_eq(pipe(master_pipe), 0);
    heritage.master_fd = master_pipe[1];
    heritage.config = &config;
    context = (struct pl_admin_context){&heritage, help.store, cache};
}

static void stop(void)
{
    pl_cache_close(&cache);
    pl_board_free(&heritage.board);
    pl_procs_free(&heritage.procs);
    pl_counters_free(&heritage.counters);
    help_stop();
}

TestSuite(admin, .init = start, .fini = stop, .timeout = 120);

static enum pl_err ask(const char *command, const struct pl_query *query, size_t n, json_t **out)
{
    struct pl_buf text = PL_BUF(1 << 22);
    struct pl_admin_call call = {.command = command, .query = query, .query_n = n, .out = &text};
    help.error = (struct pl_error){0};
    *out = NULL;
    enum pl_err err = pl_admin_start(&context, &call, &help.error);
    if (err == PL_OK && !call.wait)
        *out = json_loadb((const char *)text.bytes, text.n, 0, NULL);
    cr_assert(err != PL_OK || call.wait || *out != NULL, "%s answers what is not JSON", command);
    pl_buf_free(&text);
    return err;
}

static json_t *must_ask(const char *command, const struct pl_query *query, size_t n)
{
    json_t *out;
    cr_assert_eq(ask(command, query, n, &out), PL_OK, "%s: %s", command, help.error.msg);
    return out;
}

static long long number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    cr_assert(json_is_integer(value), "%s is no number", name);
    return (long long)json_integer_value(value);
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "";
}

/* A picture of `bytes` bytes under a key made of n. */
static void cache_picture(unsigned n, const char *label, size_t bytes)
{
    static uint8_t image[100000];
    struct pl_key key = {.bytes = {(uint8_t)n, (uint8_t)(n >> 8), 1}};
    struct pl_cache_meta meta = {.made_wall_ns = 1, .cost_us = 5};
    (void)snprintf(meta.label, sizeof meta.label, "%s", label);
    MUST(pl_cache_put(cache, &key, image, bytes, &meta, &help.error));
}

Test(admin, stats_are_flat_and_have_the_promised_names)
{
    static const char *const promised[] = {
        "cache_hits",           "cache_misses",     "cache_waits",    "renders_drawn",
        "renders_found",        "renders_failed",   "uploads_stored", "worker_crashes",
        "cache_entries",        "cache_bytes_used", "queue_length",   "workers",
        "cache_bytes_limit",    "requests",         "objects",        "cache_evictions",
        "memory_private_bytes", "uptime_seconds"};
    pl_metric_add(&heritage, PL_M_uploads_stored, 7);
    json_t *stats = must_ask("stats", NULL, 0);
    for (size_t i = 0; i < PL_COUNT(promised); i++)
        cr_assert(json_is_integer(json_object_get(stats, promised[i])), "no %s", promised[i]);
    const char *name;
    json_t *value;
    json_object_foreach(stats, name, value)
        cr_assert(!json_is_object(value) && !json_is_array(value), "%s", name);
    cr_assert_eq(number(stats, "uploads_stored"), 7);
    json_decref(stats);
}

Test(admin, status_shows_what_each_process_works_on)
{
    struct pl_job job = {.queue = PL_QUEUE_RENDER, .kind = PL_JOB_RENDER, .run_ns = PL_S_NS};
    struct pl_job_render render = {.name = "plots/a.root", .selector = "h/0"};
    pl_ticket ticket;
    bool joined;
    memcpy(job.record, &render, sizeof render);
    job.record_n = sizeof render;
    MUST(pl_board_submit(heritage.board, 0, &job, &ticket, &joined, &help.error));
    MUST(pl_board_claim(heritage.board, PL_QUEUE_RENDER, 2, 42, &job, &ticket));
    heritage.procs->proc[2].role = PL_ROLE_WORKER;
    heritage.procs->proc[2].state = PL_PROC_BUSY;
    heritage.procs->proc[2].pid = 42;
    heritage.procs->proc[2].sandbox = PL_SANDBOX_SECCOMP | PL_SANDBOX_RLIMITS;
    json_t *status = must_ask("status", NULL, 0);
    json_t *process = json_array_get(json_object_get(status, "processes"), 0);
    cr_assert_str_eq(text(process, "role"), "worker");
    cr_assert_eq(json_array_size(json_object_get(process, "sandbox")), 2);
    json_t *working = json_object_get(process, "job");
    cr_assert_str_eq(text(working, "kind"), "render");
    cr_assert_str_eq(text(working, "name"), "plots/a.root");
    cr_assert_str_eq(text(working, "selector"), "h/0");
    json_decref(status);
}

Test(admin, ls_goes_through_all_pictures_in_bounded_slices)
{
    char label[64], from[24] = "0";
    for (unsigned i = 0; i < 25; i++) {
        (void)snprintf(label, sizeof label, "%s/%u\th\t", i % 2 ? "odd" : "even", i);
        cache_picture(i, label, 100);
    }
    unsigned seen = 0, calls = 0;
    do {
        struct pl_query query[] = {{"limit", "4"}, {"prefix", "odd/"}, {"from", from}};
        json_t *slice = must_ask("ls", query, 3);
        json_t *list = json_object_get(slice, "entries");
        cr_assert_leq(json_array_size(list), 4);
        for (size_t i = 0; i < json_array_size(list); i++) {
            cr_assert_eq(strncmp(text(json_array_get(list, i), "name"), "odd/", 4), 0);
            cr_assert_str_eq(text(json_array_get(list, i), "selector"), "h");
            seen++;
        }
        (void)snprintf(from, sizeof from, "%lld", number(slice, "next"));
        json_decref(slice);
        cr_assert_lt(++calls, 20);
    } while (strcmp(from, "0") != 0);
    cr_assert_eq(seen, 12);
}

Test(admin, big_shows_the_largest_first_and_hot_the_most_used)
{
    struct pl_buf out = PL_BUF(1 << 20);
    struct pl_key used = {.bytes = {2, 0, 1}};
    for (unsigned i = 0; i < 10; i++)
        cache_picture(i, "n\ts\t", 1000 * (1 + i * 7 % 10));
    for (int i = 0; i < 3; i++)
        MUST(pl_cache_get(cache, &used, &out, NULL, &help.error));
    struct pl_query limit = {"limit", "3"};
    json_t *big = must_ask("big", &limit, 1);
    json_t *list = json_object_get(big, "entries");
    cr_assert_eq(json_array_size(list), 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(number(json_array_get(list, i), "bytes"), (long long)(10000 - 1000 * i));
    cr_assert_eq(number(big, "matched"), 10);
    json_decref(big);
    json_t *hot = must_ask("hot", &limit, 1);
    json_t *first = json_array_get(json_object_get(hot, "entries"), 0);
    cr_assert_eq(number(first, "hits"), 3);
    json_decref(hot);
    pl_buf_free(&out);
}

Test(admin, name_that_is_not_utf8_is_still_json)
{
    cache_picture(1, "bad\xff\xc0name\tsel\x80\t", 10);
    json_t *slice = must_ask("ls", NULL, 0);
    json_t *entry = json_array_get(json_object_get(slice, "entries"), 0);
    cr_assert_str_eq(text(entry, "name"), "bad\xef\xbf\xbd\xef\xbf\xbdname");
    json_decref(slice);
}

/* --- inspect --- */

static const char *verdict_of(const char *what, json_t **out)
{
    struct pl_query query = {"what", what};
    *out = must_ask("inspect", &query, 1);
    return text(*out, "verdict");
}

static void expect(const char *what, const char *verdict, const char *why)
{
    json_t *out;
    const char *got = verdict_of(what, &out);
    cr_assert_str_eq(got, verdict, "%s: %s: %s", what, got, text(out, "why"));
    cr_assert_not_null(strstr(text(out, "why"), why), "%s: %s", what, text(out, "why"));
    json_decref(out);
}

/* The key a request for the picture would ask for. */
static struct pl_key key_of(const char *path, const struct pl_query *query, size_t n)
{
    static struct pl_picture picture;
    MUST(pl_picture_find(help.store, path, &picture, &help.error));
    MUST(pl_picture_key(&picture, query, n, PL_MEDIA_PNG, 1 << 30, &help.error));
    return picture.key;
}

static void put_picture(const struct pl_key *key, const struct pl_stamp *stamp)
{
    struct pl_cache_meta meta = {.stamp = *stamp, .label = "plots/a.root\th/0\t"};
    MUST(pl_cache_put(cache, key, "picture", 7, &meta, &help.error));
}

Test(admin, inspect_says_why_a_picture_would_miss_or_hit)
{
    const char *const address = "/v1/images/plots/a.root/h/0.png";
    struct pl_change change = help_commit(help_spool_items("plots/a.root", "one", 2));
    expect(address, "miss", "never drawn");
    struct pl_key key = key_of("plots/a.root/h/0", NULL, 0);
    put_picture(&key, &change.stamp);
    expect(address, "hit", "7 bytes");
    expect("http://host:8080/v1/images/plots/a.root/h/0.png", "hit", "7 bytes");
    expect("/v1/images/plots/a.root/h/0.png?w=333", "miss", "with these parameters");
    expect("/v1/images/plots/a.root/h/0.png?nonsense=1", "refused", "nonsense");
    expect("/v1/images/plots/a.root/h/7.png", "missing", "nothing called h/7");
    expect("/v1/images/nothing/here.png", "missing", "no object");
    change = help_commit(help_spool_items("plots/a.root", "two", 2));
    expect(address, "miss", "earlier stamps");
    (void)help_delete("plots/a.root");
    expect(address, "gone", "deleted");
}

Test(admin, inspect_says_that_a_picture_is_in_quarantine)
{
    struct pl_change change = help_commit(help_spool_items("plots/a.root", "one", 1));
    struct pl_job job = {.queue = PL_QUEUE_RENDER, .run_ns = PL_S_NS, .record_n = 1};
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, change.stamp.bytes, PL_STAMP_N);
    pl_sha256_add(&sha, "h/0", 3);
    pl_sha256_end(&sha, job.culprit);
    for (int i = 0; i < PL_BOARD_STRIKES_CRASH; i++) {
        pl_ticket ticket;
        bool joined;
        if (i == 0)
            MUST(pl_board_submit(heritage.board, 0, &job, &ticket, &joined, &help.error));
        MUST(pl_board_claim(heritage.board, PL_QUEUE_RENDER, 2, 42, &job, &ticket));
        (void)pl_board_reap(heritage.board, 2, false, NULL);
    }
    json_t *out;
    cr_assert_str_eq(verdict_of("/v1/images/plots/a.root/h/0.png", &out), "refused");
    cr_assert(json_is_true(json_object_get(out, "quarantined")));
    json_decref(out);
}

Test(admin, inspect_of_a_name_lists_what_is_inside_and_what_is_cached)
{
    struct pl_change change = help_commit(help_spool_items("plots/a.root", "one", 3));
    struct pl_key key = key_of("plots/a.root/h/0", NULL, 0);
    json_t *out;
    put_picture(&key, &change.stamp);
    cr_assert_str_eq(verdict_of("plots/a.root", &out), "stored");
    cr_assert_eq(json_array_size(json_object_get(out, "items")), 3);
    cr_assert_eq(number(out, "pictures_n"), 1);
    json_decref(out);
    struct pl_query query = {"what", "nobody"};
    cr_assert_eq(ask("inspect", &query, 1, &out), PL_E_MISSING);
}

Test(admin, inspect_of_a_key_tells_current_from_stale)
{
    char hex[PL_HEX_N];
    struct pl_change change = help_commit(help_spool_items("plots/a.root", "one", 1));
    struct pl_key key = key_of("plots/a.root/h/0", NULL, 0);
    pl_hex(hex, key.bytes, PL_KEY_N);
    expect(hex, "miss", "no picture");
    put_picture(&key, &change.stamp);
    expect(hex, "hit", "current");
    (void)help_commit(help_spool_items("plots/a.root", "two", 1));
    expect(hex, "stale", "earlier version");
}

/* --- commands that change something --- */

Test(admin, purge_becomes_a_job_for_the_keeper)
{
    struct pl_buf out = PL_BUF(4096);
    struct pl_query query[] = {{"glob", "plots/*"}, {"dry_run", "1"}};
    struct pl_admin_call call = {.command = "purge", .query = query, .query_n = 2, .out = &out};
    MUST(pl_admin_start(&context, &call, &help.error));
    cr_assert(call.wait);
    cr_assert_eq(call.job.queue, PL_QUEUE_KEEPER);
    cr_assert_eq(call.job.kind, PL_JOB_PURGE);
    struct pl_job_purge purge;
    memcpy(&purge, call.job.record, sizeof purge);
    cr_assert_eq(purge.what, PL_PURGE_GLOB);
    cr_assert_str_eq(purge.pattern, "plots/*");
    cr_assert(purge.dry_run);
    struct pl_job_result result = {.note_n = sizeof(struct pl_note_purge)};
    struct pl_note_purge note = {12, 3456};
    memcpy(result.note, &note, sizeof note);
    MUST(pl_admin_finish(&context, &call, &result, &help.error));
    json_t *answer = json_loadb((char *)out.bytes, out.n, 0, NULL);
    cr_assert_eq(number(answer, "matched"), 12);
    cr_assert_eq(number(answer, "bytes"), 3456);
    json_decref(answer);
    pl_buf_free(&out);
}

Test(admin, purge_wants_exactly_one_well_formed_target)
{
    static const struct pl_query bad[][2] = {
        {{"name", "a"}, {"prefix", "b"}}, {{"key", "abc"}, {"dry_run", "1"}},
        {{"name", ""}, {"dry_run", "1"}}, {{"all", "yes"}, {"dry_run", "1"}},
        {{"all", "1"}, {"dry_run", "2"}}, {{"dry_run", "1"}, {"nonsense", "1"}},
        {{"name", "a"}, {"name", "a"}},
    };
    json_t *out;
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(ask("purge", bad[i], 2, &out), PL_E_INPUT, "case %zu", i);
    cr_assert_eq(ask("purge", NULL, 0, &out), PL_E_INPUT);
}

Test(admin, drain_and_undrain_set_the_flag_and_say_what_it_was)
{
    json_t *first = must_ask("drain", NULL, 0), *second = must_ask("drain", NULL, 0);
    cr_assert_eq(heritage.procs->draining, 1);
    cr_assert(json_is_false(json_object_get(first, "was")));
    cr_assert(json_is_true(json_object_get(second, "was")));
    json_t *third = must_ask("undrain", NULL, 0);
    cr_assert_eq(heritage.procs->draining, 0);
    json_decref(first);
    json_decref(second);
    json_decref(third);
}

Test(admin, reload_asks_and_wakes_the_master)
{
    uint64_t woken = 0;
    json_t *out = must_ask("reload", NULL, 0);
    cr_assert(heritage.procs->asked & PL_ASK_RELOAD);
    cr_assert_eq(read(master_pipe[0], &woken, sizeof woken), (ssize_t)sizeof woken);
    cr_assert_eq(woken, 1);
    json_decref(out);
}

Test(admin, command_that_changes_something_is_not_answered_to_a_get)
{
    static const char *const changing[] = {"purge", "drain", "undrain", "reload"};
    struct pl_buf out = PL_BUF(4096);
    struct pl_query all = {"all", "1"};
    for (size_t i = 0; i < PL_COUNT(changing); i++) {
        struct pl_admin_call call = {
            .command = changing[i], .query = &all, .query_n = 1, .read_only = true, .out = &out};
        cr_assert_eq(pl_admin_start(&context, &call, NULL), PL_E_INPUT, "%s", changing[i]);
    }
    cr_assert_eq(heritage.procs->draining, 0);
}

Test(admin, unknown_command_and_parameter_are_named)
{
    json_t *out;
    struct pl_query query = {"colour", "red"}, limit = {"limit", "5000"};
    cr_assert_eq(ask("stast", NULL, 0, &out), PL_E_MISSING);
    cr_assert_not_null(strstr(help.error.msg, "stats"));
    cr_assert_eq(ask("stats", &query, 1, &out), PL_E_INPUT);
    cr_assert_str_eq(help.error.param, "colour");
    cr_assert_eq(ask("ls", &limit, 1, &out), PL_E_INPUT);
    cr_assert_str_eq(help.error.param, "limit");
}

Test(admin, histogram_has_quantiles_inside_the_right_bucket)
{
    for (int i = 0; i < 100; i++)
        pl_metric_request(&heritage, PL_ROUTE_IMAGES, PL_METHOD_GET, 200, PL_CACHE_HIT, 1,
                          i < 95 ? 80000 : 40000000);
    json_t *out = must_ask("histogram", NULL, 0);
    json_t *one = json_array_get(json_object_get(out, "histograms"), 0);
    cr_assert_str_eq(text(one, "of"), "images");
    double p50 = json_number_value(json_object_get(one, "p50_seconds"));
    double p99 = json_number_value(json_object_get(one, "p99_seconds"));
    cr_assert(p50 > 50e-6 && p50 <= 100e-6, "p50 %g", p50);
    cr_assert(p99 > 25e-3 && p99 <= 50e-3, "p99 %g", p99);
    json_decref(out);
}

/* The manual is what tools are written by. */
Test(admin, manual_names_every_key_of_stats)
{
    struct pl_buf manual = PL_BUF(1 << 20);
    char bytes[4096];
    size_t n;
    FILE *file = fopen("deploy/man/platenctl.1", "r");
    if (file == NULL)
        cr_skip_test("not run in the source folder");
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        MUST(pl_buf_add(&manual, bytes, n, &help.error));
    MUST(pl_buf_add(&manual, "", 1, &help.error));
    (void)fclose(file);
    json_t *stats = must_ask("stats", NULL, 0), *value;
    const char *name;
    json_object_foreach(stats, name, value)
        cr_assert_not_null(strstr((char *)manual.bytes, name), "%s is not in platenctl(1)", name);
    json_decref(stats);
    pl_buf_free(&manual);
}
