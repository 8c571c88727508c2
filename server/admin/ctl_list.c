/* ctl_list.c - `ls`, `hot` and `big`: slices asked for and merged.
 *
 * The server walks a few thousand pictures a question, so that none of its clients waits; the order
 * over all is made here. At most `scan` pictures are looked at: what is shown is then marked as
 * partial (exit 6). */
#include "server/admin/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

static double weight(const json_t *entry, const char *sort)
{
    if (strcmp(sort, "size") == 0)
        return pl_ctl_real(entry, "bytes");
    if (strcmp(sort, "hits") == 0)
        return pl_ctl_real(entry, "hits");
    return -pl_ctl_real(entry, "sequence"); /* age: oldest first */
}

/* Two lists that are each in order become one of at most `most`. */
static json_t *merge(const json_t *a, const json_t *b, const char *sort, size_t most)
{
    json_t *out = json_array();
    size_t i = 0, j = 0;
    while (json_array_size(out) < most && (i < json_array_size(a) || j < json_array_size(b))) {
        json_t *x = json_array_get(a, i), *y = json_array_get(b, j);
        bool first =
            y == NULL || (x != NULL && (sort == NULL || weight(x, sort) >= weight(y, sort)));
        json_array_append(out, first ? x : y);
        if (first)
            i++;
        else
            j++;
    }
    return out;
}

static int ask_slice(struct pl_ctl *ctl, const char *sort, const char *prefix, uint64_t from,
                     size_t most, json_t **out)
{
    char from_text[24], most_text[24];
    struct pl_query args[4];
    size_t n = 0;
    snprintf(from_text, sizeof from_text, "%llu", (unsigned long long)from);
    snprintf(most_text, sizeof most_text, "%zu", most);
    args[n++] = (struct pl_query){"from", from_text};
    args[n++] = (struct pl_query){"limit", most_text};
    if (sort != NULL)
        args[n++] = (struct pl_query){"sort", sort};
    if (prefix != NULL)
        args[n++] = (struct pl_query){"prefix", prefix};
    return pl_ctl_ask(ctl, false, "ls", args, n, out);
}

int pl_ctl_gather(struct pl_ctl *ctl, const char *sort, const char *prefix, uint64_t from,
                  unsigned most, uint64_t scan, json_t **out)
{
    json_t *all = json_array(), *slice = NULL;
    uint64_t walked = 0, matched = 0, bytes = 0;
    int code = PL_EXIT_OK;
    *out = NULL;
    do {
        size_t wanted = sort != NULL ? most : most - json_array_size(all);
        code = ask_slice(ctl, sort, prefix, from, wanted, &slice);
        if (code != PL_EXIT_OK)
            break;
        json_t *merged = merge(all, json_object_get(slice, "entries"), sort, most);
        json_decref(all);
        all = merged;
        walked += pl_ctl_number(slice, "walked");
        matched += pl_ctl_number(slice, "matched");
        bytes += pl_ctl_number(slice, "matched_bytes");
        from = pl_ctl_number(slice, "next");
        json_decref(slice);
        if (sort == NULL && json_array_size(all) == most)
            break;
    } while (from != 0 && (scan == 0 || walked < scan));
    if (code != PL_EXIT_OK) {
        json_decref(all);
        return code;
    }
    *out = json_pack("{so sI sI sI sI sb}", "entries", all, "walked", (json_int_t)walked, "matched",
                     (json_int_t)matched, "matched_bytes", (json_int_t)bytes, "next",
                     (json_int_t)from, "partial", from != 0);
    return PL_EXIT_OK;
}

static void print(struct pl_ctl *ctl, const json_t *answer)
{
    char text[PL_CTL_TEXT_N];
    const json_t *list = json_object_get(answer, "entries");
    struct pl_ctl_table *table = pl_ctl_table(">>>~");
    pl_ctl_cell(table, "bytes");
    pl_ctl_cell(table, "hits");
    pl_ctl_cell(table, "age");
    pl_ctl_cell(table, "picture");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *selector = pl_ctl_text(entry, "selector");
        const char *parameters = pl_ctl_text(entry, "parameters");
        pl_ctl_cell(table, "%s", pl_ctl_size(text, pl_ctl_real(entry, "bytes")));
        pl_ctl_cell(table, "%llu", (unsigned long long)pl_ctl_number(entry, "hits"));
        pl_ctl_cell(table, "%s", pl_ctl_age(text, pl_ctl_number(entry, "age_seconds")));
        pl_ctl_cell(table, "%s%s%s%s%s%s%s", pl_ctl_text(entry, "name"), selector[0] ? "/" : "",
                    selector, parameters[0] ? " ? " : "", parameters, ctl->verbose ? "  " : "",
                    ctl->verbose ? pl_ctl_text(entry, "key") : "");
    }
    pl_ctl_table_print(ctl, &table, stdout);
}

static void foot(struct pl_ctl *ctl, const json_t *answer, bool sorted)
{
    char text[PL_CTL_TEXT_N];
    uint64_t next = pl_ctl_number(answer, "next");
    if (ctl->quiet)
        return;
    fflush(stdout);
    if (next == 0)
        fprintf(stderr, "%s%llu pictures, %s%s\n", pl_ctl_color(ctl, PL_COLOR_DIM),
                (unsigned long long)pl_ctl_number(answer, "matched"),
                pl_ctl_size(text, pl_ctl_real(answer, "matched_bytes")),
                pl_ctl_color(ctl, PL_COLOR_NONE));
    else if (sorted)
        fprintf(stderr,
                "platenctl: only the first %llu pictures were looked at; --scan 0 looks at all\n",
                (unsigned long long)pl_ctl_number(answer, "walked"));
    else
        fprintf(stderr, "%sthere are more: --from %llu%s\n", pl_ctl_color(ctl, PL_COLOR_DIM),
                (unsigned long long)next, pl_ctl_color(ctl, PL_COLOR_NONE));
}

int pl_ctl_list(struct pl_ctl *ctl)
{
    json_t *answer;
    const char *sort = strcmp(ctl->command, "hot") == 0   ? "hits"
                       : strcmp(ctl->command, "big") == 0 ? "size"
                                                          : ctl->sort;
    int code =
        pl_ctl_gather(ctl, sort, ctl->operand, ctl->from, (unsigned)ctl->limit, ctl->scan, &answer);
    if (code != PL_EXIT_OK)
        return code;
    bool none = json_array_size(json_object_get(answer, "entries")) == 0;
    if (ctl->json)
        pl_ctl_json(answer);
    else if (!none)
        print(ctl, answer);
    else if (!ctl->quiet)
        fprintf(stderr, "platenctl: %s\n",
                ctl->operand != NULL ? "no picture matches" : "the cache is empty");
    if (!ctl->json && !none)
        foot(ctl, answer, sort != NULL);
    if (none && ctl->operand != NULL)
        code = PL_EXIT_NOTHING;
    else if (sort != NULL && pl_ctl_number(answer, "next") != 0)
        code = PL_EXIT_PARTIAL;
    json_decref(answer);
    return code;
}
