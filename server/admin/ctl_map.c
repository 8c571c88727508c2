/* ctl_map.c - questions answered from a stopped server's cache folder instead of by a server.
 *
 * The map is opened read-only and without the shared recency words, so hits are not known (0). The
 * commands are those of the server, called in this process. */
#include "server/admin/ctl.h"

#include <stdio.h>
#include <string.h>

#include "server/admin/admin_priv.h"
#include "shm/cache.h"

static int complain(const struct pl_ctl *ctl, int code, const char *text)
{
    char clean[512];
    pl_ctl_clean(clean, sizeof clean, text, 0);
    if (!ctl->quiet)
        fprintf(stderr, "platenctl: %s\n", clean);
    return code;
}

static enum pl_err map_stats(struct pl_cache *cache, json_t **out, struct pl_error *error)
{
    struct pl_cache_counts counts;
    enum pl_err err = pl_cache_counts(cache, &counts, error);
    if (err == PL_OK)
        *out = json_pack(
            "{sI sI sI sI sI sI sI}", "cache_bytes_used", (json_int_t)counts.live_bytes,
            "cache_bytes_limit", (json_int_t)counts.budget_bytes, "cache_map_bytes",
            (json_int_t)counts.map_bytes, "cache_entries", (json_int_t)counts.entries, "cache_puts",
            (json_int_t)counts.puts, "cache_evictions", (json_int_t)counts.evictions,
            "cache_oldest_age_seconds", (json_int_t)pl_admin_age(counts.oldest_wall_ns));
    return err;
}

static enum pl_err run(struct pl_cache *cache, const char *command, const struct pl_query *args,
                       size_t args_n, json_t **out, struct pl_error *error)
{
    if (strcmp(command, "stats") == 0)
        return map_stats(cache, out, error);
    struct pl_buf text = PL_BUF(16 << 20);
    struct pl_admin_context context = {.cache = cache};
    struct pl_admin_call call = {
        .command = command, .query = args, .query_n = args_n, .read_only = true, .out = &text};
    enum pl_err err = pl_admin_start(&context, &call, error);
    if (err == PL_OK) {
        *out = json_loadb((const char *)text.bytes, text.n, JSON_DECODE_ANY, NULL);
        if (*out == NULL)
            err = pl_fail(error, PL_E_INTERNAL, "%s answered what is not JSON", command);
    }
    pl_buf_free(&text);
    return err;
}

int pl_ctl_ask_map(struct pl_ctl *ctl, const char *command, const struct pl_query *args,
                   size_t args_n, json_t **out)
{
    struct pl_error error = {0};
    struct pl_cache *cache = NULL;
    *out = NULL;
    if (pl_cache_open(&cache, ctl->map, NULL, true, &error) != PL_OK)
        return complain(ctl, PL_EXIT_UNREACHABLE, error.msg);
    enum pl_err err = run(cache, command, args, args_n, out, &error);
    pl_cache_close(&cache);
    switch (err) {
    case PL_OK:
        return PL_EXIT_OK;
    case PL_E_INPUT:
        return complain(ctl, PL_EXIT_USAGE, error.msg);
    case PL_E_MISSING:
        return complain(ctl, PL_EXIT_NOTHING, error.msg);
    default:
        return complain(ctl, PL_EXIT_FAILED, error.msg);
    }
}
