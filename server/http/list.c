/* list.c - what is stored, what is inside an object, which version a name has: JSON in slices.
 *
 * Written straight into the body buffer: a slice of 1000 makes no tree of small allocations. */
#include <jansson.h>
#include <string.h>

#include "server/http/request.h"
#include "shm/base/clock.h"
#include "shm/base/json.h"

enum { BODY_MAX = 16 << 20, RESOLVE_MAX = 256, ITEMS_LOOKED_MAX = 20000 };

/* One JSON document under way; the first error wins and later calls do nothing. */
struct document {
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err err;
    bool comma;                 /* the list that is open has an element already */
    char last[PL_NAME_MAX + 1]; /* the last name or folder written */
    struct pl_buf folders;
    const struct pl_record *record;
    uint32_t next;
    unsigned listed;
    bool hidden; /* the listing came to names that are not shown */
};

static void raw(struct document *d, const char *text)
{
    if (d->err == PL_OK)
        d->err = pl_buf_text(d->out, text, d->error);
}

static void text(struct document *d, const char *name, const char *value)
{
    raw(d, "\"");
    raw(d, name);
    raw(d, "\":");
    if (d->err == PL_OK)
        d->err = pl_json_text(d->out, value, d->error);
}

static void number(struct document *d, const char *name, uint64_t value)
{
    if (d->err == PL_OK)
        d->err = pl_buf_print(d->out, d->error, "\"%s\":%llu", name, (unsigned long long)value);
}

static void stamp(struct document *d, const struct pl_stamp *value)
{
    char hex[2 * PL_STAMP_N + 1];
    pl_hex(hex, value->bytes, PL_STAMP_N);
    text(d, "stamp", hex);
}

static void address(struct document *d, const char *folder, const char *name, const char *selector)
{
    char encoded[3 * (PL_NAME_MAX + 1)], inside[3 * (PL_SELECTOR_MAX + 1)];
    (void)pl_url_encode(encoded, sizeof encoded, name);
    raw(d, "\"href\":\"");
    raw(d, folder);
    raw(d, encoded);
    if (selector != NULL) {
        (void)pl_url_encode(inside, sizeof inside, selector);
        raw(d, "/");
        raw(d, inside);
        raw(d, ".png");
    }
    raw(d, "\"");
}

static void comma(struct document *d)
{
    if (d->comma)
        raw(d, ",");
    d->comma = true;
}

static void add_record(struct document *d, const struct pl_record *record)
{
    char time[PL_TIME_TEXT_N];
    pl_time_text(time, record->put_wall_ns);
    comma(d);
    raw(d, "\n{");
    text(d, "name", record->name);
    raw(d, ",");
    stamp(d, &record->stamp);
    raw(d, ",");
    number(d, "bytes", record->bytes);
    raw(d, ",");
    text(d, "modified", time);
    raw(d, ",");
    text(d, "renderer", record->renderer);
    raw(d, ",");
    text(d, "media", record->media);
    raw(d, ",");
    number(d, "items", record->items);
    raw(d, ",");
    number(d, "troubled", record->troubled);
    raw(d, ",");
    address(d, "/v1/objects/", record->name, NULL);
    raw(d, "}");
}

static bool add_listed(void *context, const char *folder, const struct pl_record *record)
{
    struct document *d = context;
    const char *name = folder != NULL ? folder : record->name;
    size_t n = strnlen(name, PL_NAME_MAX);
    d->hidden = pl_native_hidden(name);
    if (d->hidden)
        return false;
    d->listed++;
    memcpy(d->last, name, n);
    d->last[n] = '\0';
    if (folder == NULL) {
        add_record(d, record);
    } else if (d->err == PL_OK) {
        if (d->folders.n > 0)
            d->err = pl_buf_text(&d->folders, ",", d->error);
        if (d->err == PL_OK)
            d->err = pl_json_text(&d->folders, folder, d->error);
    }
    return d->err == PL_OK;
}

static enum pl_step finish(struct pl_request *request, struct document *d)
{
    struct pl_answer *answer = &request->answer;
    if (d->err != PL_OK) {
        (void)pl_fail(&request->error, d->err, "the listing does not fit; ask for fewer");
        return pl_refuse(request);
    }
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", "application/json");
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    return PL_STEP_deliver;
}

static struct document start(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    pl_pool_take(request->front, &answer->buffer);
    answer->buffer.limit = BODY_MAX;
    return (struct document){
        .out = &answer->buffer, .error = &request->error, .folders = PL_BUF(BODY_MAX)};
}

static void link_list(struct pl_answer *answer, const struct pl_native_list *list,
                      const char *after)
{
    const char delimiter[2] = {list->delimiter, '\0'};
    pl_answer_begin(answer, "Link");
    pl_answer_text(answer, "</v1/objects?prefix=");
    pl_answer_path(answer, list->prefix);
    pl_answer_text(answer, "&limit=");
    pl_answer_number(answer, list->limit);
    if (list->delimiter != '\0') {
        pl_answer_text(answer, "&delimiter=");
        pl_answer_path(answer, delimiter);
    }
    pl_answer_text(answer, "&after=");
    pl_answer_path(answer, after);
    pl_answer_text(answer, ">; rel=\"next\"");
    pl_answer_end(answer);
}

static void write_folders(struct document *d)
{
    raw(d, ",\n\"folders\":[");
    if (d->err == PL_OK)
        d->err = pl_buf_add(d->out, d->folders.bytes, d->folders.n, d->error);
    raw(d, "]");
}

/* Names that are not shown lie side by side: the listing goes on behind them. */
static enum pl_err list_shown(struct pl_request *request, const struct pl_native_list *list,
                              struct document *d, bool *more)
{
    struct pl_store *store = request->front->store;
    enum pl_err err = pl_store_list(store, list->prefix, list->after, list->delimiter, list->limit,
                                    add_listed, d, more, &request->error);
    if (err != PL_OK || !d->hidden)
        return err;
    return pl_store_list(store, list->prefix, PL_CARDS_FOLDER "\xff", list->delimiter,
                         list->limit - d->listed, add_listed, d, more, &request->error);
}

enum pl_step pl_read_list(struct pl_request *request)
{
    struct pl_native_list list;
    if (pl_native_list(&request->native.url, &list, &request->error) != PL_OK)
        return pl_refuse(request);
    struct document d = start(request);
    bool more = false;
    raw(&d, "{\"objects\":[");
    enum pl_err err = list_shown(request, &list, &d, &more);
    if (err != PL_OK) {
        pl_buf_free(&d.folders);
        return pl_refuse(request);
    }
    raw(&d, "]");
    write_folders(&d);
    pl_buf_free(&d.folders);
    if (more) {
        raw(&d, ",\n");
        text(&d, "next", d.last);
        link_list(&request->answer, &list, d.last);
    }
    raw(&d, "}\n");
    return finish(request, &d);
}

static bool add_item(void *context, const struct pl_item *item)
{
    struct document *d = context;
    bool drawable = item->trouble[0] == '\0';
    d->next = item->ordinal + 1;
    comma(d);
    raw(d, "\n{");
    text(d, "path", item->path);
    raw(d, ",");
    text(d, "class", item->kind);
    raw(d, ",");
    text(d, "title", item->title);
    raw(d, ",\"entries\":");
    if (d->err == PL_OK)
        d->err = pl_json_number(d->out, item->entries, d->error);
    raw(d, drawable ? ",\"drawable\":true," : ",\"drawable\":false,");
    if (!drawable) {
        text(d, "trouble", item->trouble);
        raw(d, ",");
    }
    address(d, "/v1/images/", d->record->name, item->path);
    raw(d, "}");
    return d->err == PL_OK;
}

/* What is inside, below a prefix and folded at a delimiter. */
struct items {
    struct document *document;
    const struct pl_native_items *wanted;
    unsigned shown;
    char folder[PL_SELECTOR_MAX + 1]; /* the last one written */
};

/* Items stand in the order of the file, those of a directory together: a folder need only be held
 * against the last one. */
static bool add_folder(struct items *items, const char *path, size_t n)
{
    struct document *d = items->document;
    if (strncmp(items->folder, path, n) == 0 && items->folder[n] == '\0')
        return true;
    memcpy(items->folder, path, n);
    items->folder[n] = '\0';
    items->shown++;
    if (d->folders.n > 0)
        d->err = pl_buf_text(&d->folders, ",", d->error);
    if (d->err == PL_OK)
        d->err = pl_json_text(&d->folders, items->folder, d->error);
    return d->err == PL_OK && items->shown < items->wanted->limit;
}

static bool add_wanted(void *context, const struct pl_item *item)
{
    struct items *items = context;
    size_t prefix_n = strlen(items->wanted->prefix);
    char delimiter = items->wanted->delimiter;
    items->document->next = item->ordinal + 1;
    if (strncmp(item->path, items->wanted->prefix, prefix_n) != 0)
        return true;
    const char *end = delimiter != '\0' ? strchr(item->path + prefix_n, delimiter) : NULL;
    if (end != NULL)
        return add_folder(items, item->path, (size_t)(end - item->path) + 1);
    items->shown++;
    return add_item(items->document, item) && items->shown < items->wanted->limit;
}

/* Slice by slice until there is enough, or so much was passed over that others should go first. */
static enum pl_err add_items(struct pl_request *request, struct items *items)
{
    struct document *d = items->document;
    uint32_t from = items->wanted->from, end = d->record->items;
    enum pl_err err = PL_OK;
    d->next = from;
    for (unsigned looked = 0; err == PL_OK && d->err == PL_OK && looked < ITEMS_LOOKED_MAX &&
                              items->shown < items->wanted->limit && d->next < end;
         looked += PL_LIST_LIMIT_MAX) {
        bool more;
        from = d->next;
        err = pl_store_items(request->front->store, d->record, from, PL_LIST_LIMIT_MAX, add_wanted,
                             items, &more, d->error);
        if (d->next == from)
            d->next = end;
    }
    return err;
}

static void link_items(struct pl_answer *answer, const char *name, uint32_t next,
                       const struct pl_native_items *wanted)
{
    const char delimiter[2] = {wanted->delimiter, '\0'};
    pl_answer_begin(answer, "Link");
    pl_answer_text(answer, "</v1/items/");
    pl_answer_path(answer, name);
    pl_answer_text(answer, "?from=");
    pl_answer_number(answer, next);
    pl_answer_text(answer, "&limit=");
    pl_answer_number(answer, wanted->limit);
    if (*wanted->prefix != '\0') {
        pl_answer_text(answer, "&prefix=");
        pl_answer_path(answer, wanted->prefix);
    }
    if (wanted->delimiter != '\0') {
        pl_answer_text(answer, "&delimiter=");
        pl_answer_path(answer, delimiter);
    }
    pl_answer_text(answer, ">; rel=\"next\"");
    pl_answer_end(answer);
}

static void name_record(struct document *d)
{
    raw(d, "{");
    text(d, "name", d->record->name);
    raw(d, ",");
    stamp(d, &d->record->stamp);
    raw(d, ",");
    text(d, "renderer", d->record->renderer);
    raw(d, ",");
    number(d, "count", d->record->items);
}

enum pl_step pl_read_items(struct pl_request *request)
{
    struct pl_native_items wanted;
    struct pl_record record;
    struct pl_error *error = &request->error;
    if (pl_native_items(&request->native.url, &wanted, error) != PL_OK ||
        pl_store_name_valid(request->native.rest, error) != PL_OK ||
        pl_store_resolve(request->front->store, request->native.rest, &record, error) != PL_OK)
        return pl_refuse(request);
    struct document d = start(request);
    struct items items = {.document = &d, .wanted = &wanted};
    d.record = &record;
    name_record(&d);
    raw(&d, ",\"items\":[");
    enum pl_err err = add_items(request, &items);
    raw(&d, "]");
    if (wanted.delimiter != '\0')
        write_folders(&d);
    pl_buf_free(&d.folders);
    if (err != PL_OK)
        return pl_refuse(request);
    if (d.next < record.items) {
        raw(&d, ",\n");
        number(&d, "next", d.next);
        link_items(&request->answer, record.name, d.next, &wanted);
    }
    raw(&d, "}\n");
    return finish(request, &d);
}

static enum pl_err add_resolved(struct pl_request *request, struct document *d, const char *name)
{
    struct pl_record record;
    struct pl_error error = {0};
    enum pl_err err = pl_native_hidden(name)
                          ? PL_E_MISSING
                          : pl_store_resolve(request->front->store, name, &record, &error);
    comma(d);
    raw(d, "\n{");
    text(d, "name", name);
    raw(d, ",");
    if (err == PL_OK)
        stamp(d, &record.stamp);
    else
        raw(d, "\"stamp\":null");
    if (err == PL_E_GONE)
        raw(d, ",\"deleted\":true");
    raw(d, "}");
    if (err == PL_OK || err == PL_E_GONE || err == PL_E_MISSING || err == PL_E_INPUT)
        return PL_OK;
    return pl_fail(&request->error, err, "%s", error.msg);
}

enum pl_step pl_read_resolve(struct pl_request *request)
{
    struct pl_error *error = &request->error;
    if (pl_native_none(&request->native.url, error) != PL_OK)
        return pl_refuse(request);
    json_t *names = json_loadb((const char *)request->body.bytes, request->body.n, 0, NULL);
    enum pl_err err = PL_OK;
    if (!json_is_array(names))
        err = pl_fail_param(error, PL_E_INPUT, "body", "must be a JSON list of names");
    else if (json_array_size(names) > RESOLVE_MAX)
        err = pl_fail_param(error, PL_E_INPUT, "body", "more than %d names", RESOLVE_MAX);
    struct document d = start(request);
    raw(&d, "{\"objects\":[");
    for (size_t i = 0; err == PL_OK && i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        err = name == NULL ? pl_fail_param(error, PL_E_INPUT, "body", "element %zu is no name", i)
                           : add_resolved(request, &d, name);
    }
    raw(&d, "]}\n");
    json_decref(names);
    return err != PL_OK ? pl_refuse(request) : finish(request, &d);
}
