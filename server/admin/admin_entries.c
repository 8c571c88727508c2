/* admin_entries.c - `ls`, `hot` and `big`: images in the cache, one bounded slice a call.
 *
 * A call walks at most PL_ADMIN_SLICE entries in the order they were made and keeps at most `most`
 * of them, so that the front that answers is back with its clients in milliseconds. `next` says
 * where the walk goes on (0 = it is through); whoever wants the order over all asks until then and
 * merges. Knows nothing of the heritage: platenctl looks at a stopped server's map with the same
 * code. */
#include "server/admin/admin_priv.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

struct slice {
    const char *prefix;
    size_t prefix_n;
    enum pl_admin_sort sort;
    unsigned most;
    uint64_t stopped_at; /* unsorted: the first entry that did not fit */
    uint64_t walked, matched, bytes;
    size_t n;
    uint64_t *weight; /* most + 1, falling */
    json_t **shown;   /* the entries, in the same places */
};

static const char *const media_names[] = {"image/png", "image/jpeg", "application/json",
                                          "image/webp", "application/x-platen-cards"};

/* A label is NAME, tab, selector, tab, parameters (server/process/job.h). */
static json_t *label_part(const char **at)
{
    char part[PL_CACHE_LABEL_MAX];
    size_t n = strcspn(*at, "\t");
    memcpy(part, *at, n);
    part[n] = '\0';
    *at += n + ((*at)[n] == '\t');
    return pl_admin_text(part);
}

json_t *pl_admin_entry(const struct pl_cache_entry *entry)
{
    const struct pl_cache_meta *meta = &entry->meta;
    const char *label = meta->label;
    json_t *object = json_object();
    if (object == NULL)
        return NULL;
    json_object_set_new(object, "name", label_part(&label));
    json_object_set_new(object, "selector", label_part(&label));
    json_object_set_new(object, "parameters", label_part(&label));
    json_object_set_new(object, "bytes", json_integer((json_int_t)entry->bytes));
    json_object_set_new(object, "hits", json_integer((json_int_t)entry->hits));
    json_object_set_new(object, "age_seconds",
                        json_integer((json_int_t)pl_admin_age(meta->made_wall_ns)));
    json_object_set_new(object, "made", pl_admin_time(meta->made_wall_ns));
    json_object_set_new(
        object, "media",
        json_string(meta->media < PL_COUNT(media_names) ? media_names[meta->media] : "other"));
    json_object_set_new(object, "cost_us", json_integer((json_int_t)meta->cost_us));
    json_object_set_new(object, "stamp", pl_admin_hex(meta->stamp.bytes, PL_STAMP_N));
    json_object_set_new(object, "key", pl_admin_hex(entry->key.bytes, PL_KEY_N));
    json_object_set_new(object, "sequence", json_integer((json_int_t)entry->sequence));
    return object;
}

static uint64_t weight_of(enum pl_admin_sort sort, const struct pl_cache_entry *entry)
{
    switch (sort) {
    case PL_SORT_SIZE:
        return entry->bytes;
    case PL_SORT_HITS:
        return entry->hits;
    case PL_SORT_AGE: /* oldest first */
        return UINT64_MAX - entry->meta.made_wall_ns;
    case PL_SORT_NONE:
        break;
    }
    return 0;
}

/* Insertion into a short sorted list, heaviest first; equals stay in the order they were made. */
static void keep(struct slice *slice, const struct pl_cache_entry *entry)
{
    uint64_t weight = weight_of(slice->sort, entry);
    size_t at = slice->n;
    while (at > 0 && slice->weight[at - 1] < weight)
        at--;
    if (at >= slice->most)
        return;
    memmove(&slice->weight[at + 1], &slice->weight[at], (slice->n - at) * sizeof *slice->weight);
    memmove(&slice->shown[at + 1], &slice->shown[at], (slice->n - at) * sizeof(json_t *));
    slice->weight[at] = weight;
    slice->shown[at] = pl_admin_entry(entry);
    if (slice->n < slice->most)
        slice->n++;
    else
        json_decref(slice->shown[slice->most]);
}

static bool look(void *context, const struct pl_cache_entry *entry)
{
    struct slice *slice = context;
    if (slice->sort == PL_SORT_NONE && slice->n == slice->most) {
        slice->stopped_at = entry->sequence;
        return false;
    }
    slice->walked++;
    if (strncmp(entry->meta.label, slice->prefix, slice->prefix_n) != 0)
        return true;
    slice->matched++;
    slice->bytes += entry->bytes;
    keep(slice, entry);
    return true;
}

static json_t *answer(const struct slice *slice, uint64_t next)
{
    json_t *list = json_array();
    for (size_t i = 0; i < slice->n; i++)
        json_array_append_new(list, slice->shown[i]);
    return json_pack("{so sI sI sI sI sb}", "entries", list, "walked", (json_int_t)slice->walked,
                     "matched", (json_int_t)slice->matched, "matched_bytes",
                     (json_int_t)slice->bytes, "next", (json_int_t)next, "partial", next != 0);
}

enum pl_err pl_admin_slice(struct pl_cache *cache, const char *prefix, enum pl_admin_sort sort,
                           uint64_t from, unsigned most, json_t **out, struct pl_error *error)
{
    CHECK(most >= 1 && most <= PL_ADMIN_SHOWN_MOST);
    struct slice slice = {.prefix = prefix, .prefix_n = strlen(prefix), .sort = sort, .most = most};
    uint64_t next = 0;
    enum pl_err err = PL_OK;
    *out = NULL;
    slice.weight = calloc(most + 1, sizeof *slice.weight);
    slice.shown = calloc(most + 1, sizeof *slice.shown);
    if (slice.weight == NULL || slice.shown == NULL)
        err = pl_fail(error, PL_E_NOMEM, "no memory for a list of %u entries", most);
    else
        err = pl_cache_walk(cache, from, PL_ADMIN_SLICE, &next, look, &slice, error);
    if (err == PL_OK)
        *out = answer(&slice, slice.stopped_at != 0 ? slice.stopped_at : next);
    else
        for (size_t i = 0; i < slice.n; i++)
            json_decref(slice.shown[i]);
    free(slice.weight);
    free(slice.shown);
    return err;
}

static enum pl_err read_sort(const struct pl_admin_call *call, enum pl_admin_sort *out,
                             struct pl_error *error)
{
    const char *text = pl_admin_arg(call, "sort");
    *out = PL_SORT_NONE;
    if (text == NULL)
        return PL_OK;
    if (strcmp(text, "size") == 0)
        *out = PL_SORT_SIZE;
    else if (strcmp(text, "age") == 0)
        *out = PL_SORT_AGE;
    else if (strcmp(text, "hits") == 0)
        *out = PL_SORT_HITS;
    else
        return pl_fail_param(error, PL_E_INPUT, "sort", "sort is size, age or hits");
    return PL_OK;
}

static enum pl_err list(const struct pl_admin_context *context, struct pl_admin_call *call,
                        enum pl_admin_sort sort, struct pl_error *error)
{
    uint64_t from, most;
    json_t *value = NULL;
    const char *prefix = pl_admin_arg(call, "prefix");
    enum pl_err err = pl_admin_arg_number(call, "from", 0, INT64_MAX, &from, error);
    if (err == PL_OK)
        err = pl_admin_arg_number(call, "limit", PL_ADMIN_SHOWN_DEFAULT, PL_ADMIN_SHOWN_MOST, &most,
                                  error);
    if (err == PL_OK && context->cache == NULL)
        err = pl_fail(error, PL_E_BUSY, "the cache is not open");
    if (err == PL_OK)
        err = pl_admin_slice(context->cache, prefix != NULL ? prefix : "", sort, from,
                             (unsigned)PL_MAX(most, 1u), &value, error);
    return err != PL_OK ? err : pl_admin_json(call, value, error);
}

enum pl_err pl_admin_ls(const struct pl_admin_context *context, struct pl_admin_call *call,
                        struct pl_error *error)
{
    enum pl_admin_sort sort;
    enum pl_err err = pl_admin_args_known(call, "prefix sort limit from", error);
    if (err == PL_OK)
        err = read_sort(call, &sort, error);
    return err != PL_OK ? err : list(context, call, sort, error);
}

enum pl_err pl_admin_hot(const struct pl_admin_context *context, struct pl_admin_call *call,
                         struct pl_error *error)
{
    enum pl_err err = pl_admin_args_known(call, "prefix limit from", error);
    return err != PL_OK ? err : list(context, call, PL_SORT_HITS, error);
}

enum pl_err pl_admin_big(const struct pl_admin_context *context, struct pl_admin_call *call,
                         struct pl_error *error)
{
    enum pl_err err = pl_admin_args_known(call, "prefix limit from", error);
    return err != PL_OK ? err : list(context, call, PL_SORT_SIZE, error);
}
