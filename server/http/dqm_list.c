/* dqm_list.c - samples, and what is in one: JSON of any length, written slice by slice.
 *
 * The HTTP library asks for bytes when it can send some; then the next slice of the catalogue is
 * read in one short transaction. Memory is one slice of text whatever the length of the listing,
 * and other requests go on in between. A listing is what was committed slice by slice, not one
 * moment. When nothing was found for a while a blank line keeps the client waiting. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/request.h"
#include "server/routes/pattern.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/json.h"

enum { SLICE = 200, TEXT_MAX = 4 << 20, PATIENCE_NS = 3000000, STATS_DIGITS = 9 };

struct listing {
    struct pl_stream stream;
    struct pl_store *store;
    struct pl_pattern first, second; /* samples: dataset, run; a sample: path */
    struct pl_collection collection; /* of a sample */
    char prefix[PL_SHOWN_MAX + 2];   /* of a sample: DIR/ */
    char after[PL_SHOWN_MAX + 2], type[PL_DQM_TYPE_MAX];
    char delimiter;
    bool members, began, comma, more, done;
    bool legacy;      /* of a sample: in the words of DQMGUI, too */
    uint64_t *length; /* counts what was sent */
    size_t at;        /* sent of text */
    struct pl_buf text;
    enum pl_err err;
};

static void raw(struct listing *s, const char *text)
{
    if (s->err == PL_OK)
        s->err = pl_buf_text(&s->text, text, NULL);
}

static void print_whole(char *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    memcpy(out, digits + at, sizeof digits - at);
    out[sizeof digits - at] = '\0';
}

static void quoted(struct listing *s, const char *name, const char *value)
{
    raw(s, name);
    if (s->err == PL_OK)
        s->err = pl_json_text(&s->text, value, NULL);
}

/* Exact for whole numbers, else to STATS_DIGITS digits: the shortest text that reads back exactly
 * takes ten times as long, and a listing has hundreds of thousands of them. */
static void number(struct listing *s, const char *name, double value)
{
    char text[32];
    if (!isfinite(value))
        (void)snprintf(text, sizeof text, "\"nan\"");
    else if (value >= 0 && value < 1e15 && value == (double)(uint64_t)value)
        print_whole(text, (uint64_t)value);
    else
        (void)snprintf(text, sizeof text, "%.*g", STATS_DIGITS, value);
    raw(s, name);
    raw(s, text);
}

static void comma(struct listing *s)
{
    raw(s, s->comma ? ",\n" : "\n");
    s->comma = true;
}

static void remember(struct listing *s, const char *name)
{
    (void)snprintf(s->after, sizeof s->after, "%s", name);
}

/* --- samples ---------------------------------------------------------------------------------- */

static void begin_type(struct listing *s, const char *type)
{
    if (strcmp(type, s->type) == 0)
        return;
    raw(s, s->type[0] != '\0' ? "]},\n" : "\n");
    quoted(s, "{\"type\":", type);
    raw(s, ",\"items\":[");
    memcpy(s->type, type, strlen(type) + 1);
    s->comma = false;
}

static bool add_sample(void *context, const struct pl_collection *collection)
{
    struct listing *s = context;
    struct pl_dqm_sample sample;
    char run[24];
    remember(s, collection->name);
    if (!pl_dqm_sample_of(collection->name, &sample))
        return true;
    (void)snprintf(run, sizeof run, "%llu", (unsigned long long)sample.run);
    if (!pl_pattern_matches(&s->first, sample.dataset) || !pl_pattern_matches(&s->second, run))
        return true;
    begin_type(s, pl_dqm_type(&sample));
    comma(s);
    quoted(s, "{\"type\":", s->type);
    quoted(s, ",\"run\":", run);
    quoted(s, ",\"dataset\":", sample.dataset);
    raw(s, ",\"version\":\"\",\"importversion\":1}");
    return s->err == PL_OK;
}

/* --- what is in a sample ---------------------------------------------------------------------- */

/* How many axes of a class have statistics. */
static unsigned axes_of(const char *kind)
{
    if (strncmp(kind, "TH3", 3) == 0)
        return 3;
    return strncmp(kind, "TH2", 3) == 0 || strncmp(kind, "TProfile2D", 10) == 0 ? 2 : 1;
}

static void add_stats(struct listing *s, const struct pl_item *item)
{
    static const char *const names[] = {
        "\"x\":{\"mean\":", ",\"y\":{\"mean\":", ",\"z\":{\"mean\":"};
    raw(s, ",\"stats\":{");
    for (unsigned i = 0; item->has_stats && i < axes_of(item->kind); i++) {
        number(s, names[i], item->stats[i]);
        number(s, ",\"rms\":", item->stats[i + 3]);
        raw(s, "}");
    }
    raw(s, "}");
}

static void add_reports(struct listing *s, const struct pl_reports *reports)
{
    static const char *const states[] = {"none", "ok", "other", "warning", "error"};
    quoted(s, ",\"reports\":{\"status\":",
           states[reports->worst <= PL_TEST_ERROR ? reports->worst : 0]);
    raw(s, ",\"tests\":[");
    for (unsigned i = 0; i < reports->tests_n && i < PL_REPORTS_MAX; i++) {
        quoted(s, i > 0 ? ",{\"name\":" : "{\"name\":", reports->tests[i].name);
        number(s, ",\"status\":", reports->tests[i].status);
        quoted(s, ",\"message\":", reports->tests[i].message);
        raw(s, "}");
    }
    raw(s, "]}");
}

static bool is_text(const struct pl_item *item)
{
    return strcmp(item->kind, "TObjString") == 0;
}

static void add_properties(struct listing *s, const struct pl_item *item,
                           const struct pl_reports *reports)
{
    bool drawable = item->trouble[0] == '\0';
    const char *kind = s->legacy ? pl_dqm_old_type(item) : item->kind;
    raw(s, is_text(item) ? ",\"properties\":{\"kind\":\"SCALAR\""
                         : ",\"properties\":{\"kind\":\"ROOT\"");
    quoted(s, ",\"type\":", drawable ? kind : "OTHER");
    if (item->title[0] != '\0')
        quoted(s, ",\"title\":", item->title);
    if (!drawable)
        quoted(s, ",\"trouble\":", item->trouble);
    if (reports->efficiency)
        raw(s, ",\"efficiency\":1"); /* no word: some clients evaluate what comes as a program */
    if (reports->worst != PL_TEST_NONE)
        add_reports(s, reports);
    if (s->legacy && s->err == PL_OK)
        s->err = pl_dqm_old_properties(&s->text, reports);
    raw(s, "}");
    if (s->legacy && s->err == PL_OK)
        s->err = pl_dqm_old_results(&s->text, reports);
    if (is_text(item))
        quoted(s, ",\"value\":", item->title);
}

static void add_object(struct listing *s, const struct pl_member *member,
                       const struct pl_reports *reports)
{
    const struct pl_item *item = &member->item;
    const char *slash = strrchr(item->shown, '/');
    char version[2 * PL_STAMP_N + 4];
    pl_hex(version, member->stamp.bytes, PL_STAMP_N);
    pl_dqm_state((enum pl_quality)reports->worst, reports->efficiency, version + 2 * PL_STAMP_N);
    comma(s);
    quoted(s, "{\"obj\":", slash != NULL ? slash + 1 : item->shown);
    quoted(s, ",\"path\":", item->shown);
    add_properties(s, item, reports);
    number(s, ",\"nentries\":", item->entries);
    add_stats(s, item);
    quoted(s, ",\"stamp\":", version);
    raw(s, "}");
}

static bool add_member(void *context, const char *folder, const struct pl_member *member,
                       const struct pl_reports *reports)
{
    struct listing *s = context;
    if (folder != NULL) {
        char name[PL_SHOWN_MAX + 2];
        size_t prefix_n = strlen(s->prefix), n = strnlen(folder, sizeof name - 1);
        remember(s, folder);
        if (n <= prefix_n)
            return true;
        memcpy(name, folder + prefix_n, n - prefix_n);
        name[n - prefix_n - 1] = '\0'; /* the delimiter */
        comma(s);
        quoted(s, "{\"subdir\":", name);
        raw(s, "}");
        return s->err == PL_OK;
    }
    remember(s, member->item.shown);
    if (pl_pattern_matches(&s->first, member->item.shown))
        add_object(s, member, reports);
    return s->err == PL_OK;
}

/* --- the stream ------------------------------------------------------------------------------- */

static void read_slice(struct listing *s)
{
    enum pl_err err;
    if (s->members)
        err = pl_store_members(s->store, &s->collection, s->prefix, s->after, s->delimiter, SLICE,
                               add_member, s, &s->more, NULL);
    else
        err = pl_store_collections(s->store, "", s->after, SLICE, add_sample, s, &s->more, NULL);
    if (s->err == PL_OK)
        s->err = err;
}

static void begin(struct listing *s)
{
    s->began = true;
    raw(s, s->members ? "{\"contents\":[" : "{\"samples\":[");
    if (s->legacy) {
        comma(s);
        raw(s, "{\"streamerinfo\":\"\"}");
    }
}

static void refill(struct listing *s)
{
    uint64_t from_ns = pl_now_ns();
    pl_buf_clear(&s->text);
    s->at = 0;
    if (!s->began)
        begin(s);
    while (s->err == PL_OK && s->more && (s->text.n == 0 || s->text.n < 4096) &&
           pl_now_ns() - from_ns < PATIENCE_NS)
        read_slice(s);
    if (s->more && s->text.n == 0)
        raw(s, "\n");
    if (s->more || s->done)
        return;
    raw(s, s->members || s->type[0] == '\0' ? "]}\n" : "]}]}\n");
    s->done = true;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t n)
{
    struct listing *s = context;
    (void)position;
    if (s->at == s->text.n && s->done)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (s->at == s->text.n)
        refill(s);
    if (s->err != PL_OK || s->first.exhausted || s->second.exhausted)
        return MHD_CONTENT_READER_END_WITH_ERROR; /* cut off rather than incomplete */
    n = PL_MIN(n, s->text.n - s->at);
    memcpy(out, s->text.bytes + s->at, n);
    s->at += n;
    *s->length += n;
    return (ssize_t)n;
}

static void free_listing(void *context)
{
    struct listing *s = context;
    pl_pattern_free(&s->first);
    pl_pattern_free(&s->second);
    pl_buf_free(&s->text);
    free(s);
}

/* --- requests --------------------------------------------------------------------------------- */

/* The last value of a parameter; NULL when it is not there. */
static const char *value_of(const struct pl_url *url, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < url->query_n; i++)
        if (strcmp(url->query[i].name, name) == 0)
            value = url->query[i].value;
    return value;
}

static struct listing *make(struct pl_request *request, const char *first, const char *second)
{
    struct pl_error *error = &request->error;
    const struct pl_url *url = &request->native.url;
    struct listing *s = calloc(1, sizeof *s);
    if (s == NULL) {
        (void)pl_fail(error, PL_E_NOMEM, "no memory for a listing");
        return NULL;
    }
    s->stream = (struct pl_stream){read_stream, free_listing};
    s->store = request->front->store;
    s->length = &request->answer.length;
    s->text = PL_BUF(TEXT_MAX);
    s->more = true;
    s->first = s->second = (struct pl_pattern){.program = NULL};
    if (pl_pattern_make(value_of(url, first), first, &s->first, error) == PL_OK &&
        (second == NULL ||
         pl_pattern_make(value_of(url, second), second, &s->second, error) == PL_OK))
        return s;
    free_listing(s);
    return NULL;
}

/* Asked again and again by open pages: `tag` changes at once with what is listed. It is read before
 * the listing is, so what is sent is never older than its tag. */
static enum pl_step stream(struct pl_request *request, struct listing *s, const char *tag)
{
    struct pl_answer *answer = &request->answer;
    const char *list = pl_request_header(request, "If-None-Match");
    pl_answer_header(answer, "ETag", tag);
    if (list != NULL && pl_etag_listed(list, tag + 2, true)) {
        free_listing(s);
        answer->status = 304;
        pl_answer_literal(answer, "Cache-Control", "no-cache");
        return PL_STEP_deliver;
    }
    answer->status = 200;
    answer->body = PL_BODY_STREAM;
    answer->stream = &s->stream;
    pl_answer_literal(answer, "Content-Type", "application/json");
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    return PL_STEP_deliver;
}

enum pl_step pl_dqm_samples(struct pl_request *request)
{
    char tag[32];
    (void)snprintf(tag, sizeof tag, "W/\"%016llx\"",
                   (unsigned long long)pl_store_version(request->front->store));
    struct listing *s = make(request, "match", "run");
    return s != NULL ? stream(request, s, tag) : pl_refuse(request);
}

static enum pl_step no_sample(struct pl_request *request)
{
    static const char nothing[] = "{\"contents\":[]}\n";
    struct pl_answer *answer = &request->answer;
    answer->status = 404;
    answer->body = PL_BODY_STATIC;
    answer->bytes = (const uint8_t *)nothing;
    answer->length = sizeof nothing - 1;
    pl_answer_literal(answer, "Content-Type", "application/json");
    pl_answer_literal(answer, "Cache-Control", "no-store");
    return PL_STEP_deliver;
}

/* DIR -> "DIR/", "" -> "" */
static bool make_prefix(const char *folder, char out[PL_SHOWN_MAX + 2])
{
    size_t n = strlen(folder);
    while (n > 0 && folder[n - 1] == '/')
        n--;
    if (n > PL_SHOWN_MAX)
        return false;
    memcpy(out, folder, n);
    if (n > 0)
        out[n++] = '/';
    out[n] = '\0';
    return true;
}

enum pl_step pl_dqm_list(struct pl_request *request)
{
    struct pl_dqm_sample sample;
    struct pl_collection collection;
    char name[PL_COLLECTION_MAX + 1];
    const char *folder;
    if (pl_dqm_path(request->native.rest, &sample, &folder, NULL) != PL_OK ||
        pl_dqm_collection(&sample, name, NULL) != PL_OK)
        return no_sample(request);
    enum pl_err err =
        pl_store_collection(request->front->store, name, &collection, &request->error);
    if (err == PL_E_MISSING)
        return no_sample(request);
    struct listing *s = err == PL_OK ? make(request, "search", NULL) : NULL;
    if (s == NULL)
        return pl_refuse(request);
    s->members = true;
    s->legacy = request->front->config->dqm_legacy_listing;
    s->collection = collection;
    s->delimiter =
        s->first.program == NULL ? '/' : '\0'; /* a search goes down to everything below */
    s->more = make_prefix(folder, s->prefix);
    char tag[2 * PL_STAMP_N + 5] = "W/\"";
    pl_hex(tag + 3, collection.stamp.bytes, PL_STAMP_N);
    memcpy(tag + 3 + 2 * PL_STAMP_N, "\"", 2);
    return stream(request, s, tag);
}
