/* ctl_show.c - `status` and `inspect`: one screen each. */
#include "server/admin/ctl.h"

#include <string.h>

#include "shm/base/check.h"

static void field(struct pl_ctl *ctl, const char *name, const char *value)
{
    char clean[4096];
    pl_ctl_clean(clean, sizeof clean, value, 0);
    printf("%s%-10s%s %s\n", pl_ctl_color(ctl, PL_COLOR_DIM), name,
           pl_ctl_color(ctl, PL_COLOR_NONE), clean);
}

enum { SANDBOX_PARTS = 6 };

/* "complete", or the parts in force. */
static void sandbox_text(char *out, size_t out_n, const json_t *process)
{
    const json_t *list = json_object_get(process, "sandbox");
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t n = strlen(out);
        snprintf(out + n, out_n - n, "%s%s", i > 0 ? "," : "",
                 json_string_value(json_array_get(list, i)));
    }
    if (json_array_size(list) == SANDBOX_PARTS)
        snprintf(out, out_n, "complete, landlock %llu",
                 (unsigned long long)pl_ctl_number(process, "landlock_abi"));
    if (json_array_size(list) == 0)
        snprintf(out, out_n, "none");
}

static void job_text(char *out, size_t out_n, const json_t *process)
{
    char text[PL_CTL_TEXT_N];
    const json_t *job = json_object_get(process, "job");
    out[0] = '\0';
    if (!json_is_object(job))
        return;
    snprintf(out, out_n, "%s %s %s%s%s", pl_ctl_text(job, "kind"),
             pl_ctl_seconds(text, pl_ctl_real(job, "seconds")), pl_ctl_text(job, "name"),
             pl_ctl_text(job, "selector")[0] != '\0' ? "/" : "", pl_ctl_text(job, "selector"));
}

static void process_row(struct pl_ctl_table *table, const json_t *process, bool busy)
{
    char text[PL_CTL_TEXT_N], list[512], job[4096];
    uint64_t ends = pl_ctl_number(process, "crashes") + pl_ctl_number(process, "late") +
                    pl_ctl_number(process, "killed_for_memory");
    bool many = strcmp(pl_ctl_text(process, "role"), "front") == 0 ||
                strcmp(pl_ctl_text(process, "role"), "worker") == 0;
    if (many)
        pl_ctl_cell(table, "%s %llu", pl_ctl_text(process, "role"),
                    (unsigned long long)pl_ctl_number(process, "index"));
    else
        pl_ctl_cell(table, "%s", pl_ctl_text(process, "role"));
    pl_ctl_cell(table, "%llu", (unsigned long long)pl_ctl_number(process, "pid"));
    pl_ctl_cell(table, "%s", pl_ctl_text(process, "state"));
    pl_ctl_cell(table, "%s", pl_ctl_age(text, pl_ctl_number(process, "age_seconds")));
    bool known = pl_ctl_number(process, "private_bytes") > 0;
    pl_ctl_size(text, pl_ctl_real(process, "private_bytes"));
    pl_ctl_cell(table, "%s", known ? text : "-");
    pl_ctl_cell(table, "%llu", (unsigned long long)pl_ctl_number(process, "jobs"));
    pl_ctl_cell(table, "%llu", (unsigned long long)ends);
    sandbox_text(list, sizeof list, process);
    job_text(job, sizeof job, process);
    pl_ctl_cell(table, "%s", busy ? job : list);
}

void pl_ctl_processes(struct pl_ctl *ctl, const json_t *processes, bool busy, FILE *out)
{
    struct pl_ctl_table *table = pl_ctl_table("<><>>>>~");
    static const char *const heads[] = {"process", "pid", "state", "age", "memory", "jobs", "ends"};
    for (size_t i = 0; i < PL_COUNT(heads); i++)
        pl_ctl_cell(table, "%s", heads[i]);
    pl_ctl_cell(table, "%s", busy ? "working on" : "sandbox");
    for (size_t i = 0; i < json_array_size(processes); i++)
        process_row(table, json_array_get(processes, i), busy);
    pl_ctl_table_print(ctl, &table, out);
}

static void status_head(struct pl_ctl *ctl, const json_t *status)
{
    char text[PL_CTL_TEXT_N], line[2048];
    const json_t *stats = json_object_get(status, "stats");
    const json_t *listen = json_object_get(status, "listen");
    bool draining = json_is_true(json_object_get(status, "draining"));
    bool failed = json_is_true(json_object_get(status, "last_reload_failed"));
    printf("%splaten %s%s  %s%s%s  up %s, configuration %llu%s%s%s\n",
           pl_ctl_color(ctl, PL_COLOR_BOLD), pl_ctl_text(status, "version"),
           pl_ctl_color(ctl, PL_COLOR_NONE),
           pl_ctl_color(ctl, draining ? PL_COLOR_WARN : PL_COLOR_GOOD),
           draining ? "draining" : "serving", pl_ctl_color(ctl, PL_COLOR_NONE),
           pl_ctl_age(text, pl_ctl_number(stats, "uptime_seconds")),
           (unsigned long long)pl_ctl_number(status, "generation"),
           pl_ctl_color(ctl, failed ? PL_COLOR_BAD : PL_COLOR_NONE),
           failed ? ", last reload refused" : "", pl_ctl_color(ctl, PL_COLOR_NONE));
    line[0] = '\0';
    for (size_t i = 0; i < json_array_size(listen); i++) {
        size_t n = strlen(line);
        snprintf(line + n, sizeof line - n, "%s%s", i > 0 ? ", " : "",
                 json_string_value(json_array_get(listen, i)));
    }
    field(ctl, "listens", line);
    snprintf(line, sizeof line, "%s, cache %s, admin %s", pl_ctl_text(status, "store_dir"),
             pl_ctl_text(status, "cache_dir"), pl_ctl_text(status, "admin_socket"));
    field(ctl, "store", line);
}

static void status_numbers(struct pl_ctl *ctl, const json_t *status)
{
    char t[6][PL_CTL_TEXT_N], line[512];
    const json_t *stats = json_object_get(status, "stats");
    const json_t *memory = json_object_get(status, "memory");
    double used = pl_ctl_real(stats, "cache_bytes_used"),
           all = pl_ctl_real(stats, "cache_bytes_limit");
    snprintf(line, sizeof line, "%s private now; planned map %s + %llu workers x %s; limit %s",
             pl_ctl_size(t[0], pl_ctl_real(memory, "private_bytes")),
             pl_ctl_size(t[1], pl_ctl_real(memory, "map_bytes")),
             (unsigned long long)pl_ctl_number(memory, "workers"),
             pl_ctl_size(t[2], pl_ctl_real(memory, "worker_bytes")),
             pl_ctl_size(t[3], pl_ctl_real(memory, "limit_bytes")));
    field(ctl, "memory", line);
    snprintf(line, sizeof line,
             "%llu pictures, %s of %s (%.0f %%), oldest %s, %llu dropped for room",
             (unsigned long long)pl_ctl_number(stats, "cache_entries"), pl_ctl_size(t[0], used),
             pl_ctl_size(t[1], all), all > 0.0 ? 100.0 * used / all : 0.0,
             pl_ctl_age(t[2], pl_ctl_number(stats, "cache_oldest_age_seconds")),
             (unsigned long long)pl_ctl_number(stats, "cache_evictions"));
    field(ctl, "cache", line);
    snprintf(line, sizeof line, "%llu hits, %llu misses, %llu waits (%.1f %% hits)",
             (unsigned long long)pl_ctl_number(stats, "cache_hits"),
             (unsigned long long)pl_ctl_number(stats, "cache_misses"),
             (unsigned long long)pl_ctl_number(stats, "cache_waits"),
             100.0 * pl_ctl_real(stats, "cache_hit_ratio"));
    field(ctl, "asked", line);
    snprintf(line, sizeof line, "%llu waiting, %llu running, %llu quarantined, room for %llu",
             (unsigned long long)pl_ctl_number(stats, "queue_length"),
             (unsigned long long)pl_ctl_number(stats, "jobs_running"),
             (unsigned long long)pl_ctl_number(stats, "quarantined"),
             (unsigned long long)pl_ctl_number(stats, "board_slots"));
    field(ctl, "queue", line);
    snprintf(line, sizeof line, "%llu with %llu things inside, %s in %llu files",
             (unsigned long long)pl_ctl_number(stats, "objects"),
             (unsigned long long)pl_ctl_number(stats, "items"),
             pl_ctl_size(t[0], pl_ctl_real(stats, "blob_bytes")),
             (unsigned long long)pl_ctl_number(stats, "blobs"));
    field(ctl, "objects", line);
}

int pl_ctl_status(struct pl_ctl *ctl)
{
    json_t *status;
    int code = pl_ctl_ask(ctl, false, "status", NULL, 0, &status);
    if (code != PL_EXIT_OK)
        return code;
    if (ctl->json) {
        pl_ctl_json(status);
    } else {
        status_head(ctl, status);
        status_numbers(ctl, status);
        putchar('\n');
        pl_ctl_processes(ctl, json_object_get(status, "processes"), false, stdout);
        if (ctl->verbose)
            puts("complete = no_new_privs, no capabilities, seccomp, landlock, rlimits, not "
                 "dumpable");
    }
    json_decref(status);
    return PL_EXIT_OK;
}

static void inspect_picture(struct pl_ctl *ctl, const json_t *picture)
{
    char t[2][PL_CTL_TEXT_N], line[4096];
    snprintf(line, sizeof line, "%s/%s%s%s", pl_ctl_text(picture, "name"),
             pl_ctl_text(picture, "selector"),
             pl_ctl_text(picture, "parameters")[0] != '\0' ? " ? " : "",
             pl_ctl_text(picture, "parameters"));
    field(ctl, "picture", line);
    snprintf(line, sizeof line, "%s %s, %llu hits, %s old, drawn in %s",
             pl_ctl_size(t[0], pl_ctl_real(picture, "bytes")), pl_ctl_text(picture, "media"),
             (unsigned long long)pl_ctl_number(picture, "hits"),
             pl_ctl_age(t[1], pl_ctl_number(picture, "age_seconds")),
             pl_ctl_number(picture, "cost_us") > 0 ? "" : "unknown time");
    if (pl_ctl_number(picture, "cost_us") > 0)
        strncat(line, pl_ctl_seconds(t[0], pl_ctl_real(picture, "cost_us") / 1e6),
                sizeof line - strlen(line) - 1);
    field(ctl, "", line);
}

static void inspect_lists(struct pl_ctl *ctl, const json_t *answer)
{
    char text[PL_CTL_TEXT_N];
    const json_t *items = json_object_get(answer, "items");
    const json_t *pictures = json_object_get(answer, "pictures");
    if (json_array_size(items) > 0) {
        struct pl_ctl_table *table = pl_ctl_table("<~<");
        pl_ctl_cell(table, "kind");
        pl_ctl_cell(table, "inside");
        pl_ctl_cell(table, "%s", "");
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *item = json_array_get(items, i);
            pl_ctl_cell(table, "%s", pl_ctl_text(item, "kind"));
            pl_ctl_cell(table, "%s", pl_ctl_text(item, "path"));
            pl_ctl_cell(table, "%s", pl_ctl_text(item, "trouble"));
        }
        putchar('\n');
        pl_ctl_table_print(ctl, &table, stdout);
        if (json_is_true(json_object_get(answer, "items_more")))
            puts("and more");
    }
    if (json_array_size(pictures) == 0)
        return;
    struct pl_ctl_table *table = pl_ctl_table(">>><~");
    static const char *const heads[] = {"bytes", "hits", "age", "version", "cached picture"};
    for (size_t i = 0; i < PL_COUNT(heads); i++)
        pl_ctl_cell(table, "%s", heads[i]);
    for (size_t i = 0; i < json_array_size(pictures); i++) {
        const json_t *picture = json_array_get(pictures, i);
        pl_ctl_cell(table, "%s", pl_ctl_size(text, pl_ctl_real(picture, "bytes")));
        pl_ctl_cell(table, "%llu", (unsigned long long)pl_ctl_number(picture, "hits"));
        pl_ctl_cell(table, "%s", pl_ctl_age(text, pl_ctl_number(picture, "age_seconds")));
        pl_ctl_cell(table, "%s",
                    json_is_true(json_object_get(picture, "current")) ? "current" : "older");
        pl_ctl_cell(table, "%s%s%s", pl_ctl_text(picture, "selector"),
                    pl_ctl_text(picture, "parameters")[0] != '\0' ? " ? " : "",
                    pl_ctl_text(picture, "parameters"));
    }
    putchar('\n');
    pl_ctl_table_print(ctl, &table, stdout);
}

static void inspect_text(struct pl_ctl *ctl, const json_t *answer)
{
    static const char *const plain[] = {"name",       "selector", "kind", "title",
                                        "parameters", "stamp",    "key",  "sha256"};
    char size[PL_CTL_TEXT_N], line[256];
    const char *verdict = pl_ctl_text(answer, "verdict");
    enum pl_ctl_color color = strcmp(verdict, "hit") == 0 || strcmp(verdict, "stored") == 0
                                  ? PL_COLOR_GOOD
                              : strcmp(verdict, "miss") == 0 ? PL_COLOR_WARN
                                                             : PL_COLOR_BAD;
    char why[1024];
    pl_ctl_clean(why, sizeof why, pl_ctl_text(answer, "why"), 0);
    printf("%s%s%s: %s\n", pl_ctl_color(ctl, color), verdict, pl_ctl_color(ctl, PL_COLOR_NONE),
           why);
    for (size_t i = 0; i < PL_COUNT(plain); i++)
        if (pl_ctl_text(answer, plain[i])[0] != '\0')
            field(ctl, plain[i], pl_ctl_text(answer, plain[i]));
    if (json_object_get(answer, "object_bytes") != NULL) {
        snprintf(line, sizeof line,
                 "%s %s, %llu things inside, %llu of them cannot be drawn, since %s",
                 pl_ctl_size(size, pl_ctl_real(answer, "object_bytes")),
                 pl_ctl_text(answer, "media"), (unsigned long long)pl_ctl_number(answer, "items_n"),
                 (unsigned long long)pl_ctl_number(answer, "troubled_n"),
                 pl_ctl_text(answer, "stored_at"));
        field(ctl, "object", line);
    }
    if (json_object_get(answer, "quarantine") != NULL)
        field(ctl, "quarantine", pl_ctl_text(answer, "quarantine"));
    if (json_is_object(json_object_get(answer, "picture")))
        inspect_picture(ctl, json_object_get(answer, "picture"));
    inspect_lists(ctl, answer);
}

int pl_ctl_inspect(struct pl_ctl *ctl)
{
    json_t *answer;
    if (ctl->operand == NULL) {
        fputs("platenctl: inspect what? A name, an image address or a key\n", stderr);
        return PL_EXIT_USAGE;
    }
    struct pl_query what = {"what", ctl->operand};
    int code = pl_ctl_ask(ctl, false, "inspect", &what, 1, &answer);
    if (code != PL_EXIT_OK)
        return code;
    if (ctl->json)
        pl_ctl_json(answer);
    else
        inspect_text(ctl, answer);
    const char *verdict = pl_ctl_text(answer, "verdict");
    bool nothing =
        strcmp(verdict, "missing") == 0 ||
        (strcmp(pl_ctl_text(answer, "what"), "key") == 0 && strcmp(verdict, "miss") == 0);
    json_decref(answer);
    return nothing ? PL_EXIT_NOTHING : PL_EXIT_OK;
}
