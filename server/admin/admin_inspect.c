/* admin_inspect.c - `inspect`: what is known about a name, an image address or a key, and why a
 * request for it would hit or miss.
 *
 * Takes the same steps as a request (parse, resolve, item, parameters, key, cache) and stops at the
 * first that fails, saying which. One slice of the cache is walked for older pictures; nothing is
 * rendered and no visit is recorded, so looking does not change what is evicted. */
#include "server/admin/admin_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/routes/native.h"
#include "server/routes/picture.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { ITEMS_SHOWN = 20, PICTURES_SHOWN = 20, TARGET_MAX = 8192 };

struct inspection {
    const struct pl_admin_context *context;
    json_t *out;
    struct pl_picture picture; /* of a name only the record */
};

static void say(json_t *out, const char *verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(json_t *out, const char *verdict, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_object_set_new(out, "verdict", json_string(verdict));
    json_object_set_new(out, "why", pl_admin_text(text));
}

static void show_record(json_t *out, const struct pl_record *record)
{
    json_object_set_new(out, "name", pl_admin_text(record->name));
    json_object_set_new(out, "stamp", pl_admin_hex(record->stamp.bytes, PL_STAMP_N));
    json_object_set_new(out, record->deleted ? "deleted_at" : "stored_at",
                        pl_admin_time(record->put_wall_ns));
    json_object_set_new(out, "deleted", json_boolean(record->deleted));
    if (record->deleted)
        return;
    json_object_set_new(out, "sha256", pl_admin_hex(record->sha256, PL_SHA256_N));
    json_object_set_new(out, "object_bytes", json_integer((json_int_t)record->bytes));
    json_object_set_new(out, "media", pl_admin_text(record->media));
    json_object_set_new(out, "renderer", pl_admin_text(record->renderer));
    json_object_set_new(out, "items_n", json_integer(record->items));
    json_object_set_new(out, "troubled_n", json_integer(record->troubled));
}

/* --- pictures of a name that lie in the cache --- */

struct pictures {
    json_t *list;
    char prefix[PL_NAME_MAX + PL_SELECTOR_MAX + 4];
    size_t prefix_n;
    const struct pl_stamp *stamp; /* the current one */
    uint64_t found, older, bytes;
};

static bool picture(void *context, const struct pl_cache_entry *entry)
{
    struct pictures *pictures = context;
    if (strncmp(entry->meta.label, pictures->prefix, pictures->prefix_n) != 0)
        return true;
    bool current =
        pictures->stamp != NULL && pl_stamp_equal(pictures->stamp, &entry->meta.stamp) != 0;
    pictures->found++;
    pictures->older += !current;
    pictures->bytes += entry->bytes;
    if (json_array_size(pictures->list) < PICTURES_SHOWN) {
        json_t *one = pl_admin_entry(entry);
        json_object_set_new(one, "current", json_boolean(current));
        json_array_append_new(pictures->list, one);
    }
    return true;
}

/* selector NULL: of the whole object. One slice from the oldest on; `partial` when there are more.
 */
static void show_pictures(struct inspection *in, const char *selector, struct pictures *pictures)
{
    memset(pictures, 0, sizeof *pictures);
    pictures->list = json_array();
    pictures->stamp = in->picture.record.deleted ? NULL : &in->picture.record.stamp;
    pictures->prefix_n = (size_t)snprintf(pictures->prefix, sizeof pictures->prefix, "%s\t%s%s",
                                          in->picture.record.name, selector != NULL ? selector : "",
                                          selector != NULL ? "\t" : "");
    uint64_t next = 0;
    if (in->context->cache != NULL)
        (void)pl_cache_walk(in->context->cache, 0, PL_ADMIN_SLICE, &next, picture, pictures, NULL);
    json_object_set_new(in->out, "pictures", pictures->list);
    json_object_set_new(in->out, "pictures_n", json_integer((json_int_t)pictures->found));
    json_object_set_new(in->out, "pictures_older_n", json_integer((json_int_t)pictures->older));
    json_object_set_new(in->out, "pictures_bytes", json_integer((json_int_t)pictures->bytes));
    json_object_set_new(in->out, "partial", json_boolean(next != 0));
}

/* --- a name --- */

static bool show_item(void *context, const struct pl_item *item)
{
    json_t *one = json_pack("{so so so sf}", "path", pl_admin_text(item->path), "kind",
                            pl_admin_text(item->kind), "title", pl_admin_text(item->title),
                            "entries", item->entries);
    if (one != NULL && item->trouble[0] != '\0')
        json_object_set_new(one, "trouble", pl_admin_text(item->trouble));
    json_array_append_new(context, one);
    return true;
}

static void inspect_name(struct inspection *in)
{
    bool more = false;
    struct pictures pictures;
    json_t *items = json_array();
    show_record(in->out, &in->picture.record);
    if (!in->picture.record.deleted)
        (void)pl_store_items(in->context->store, &in->picture.record, 0, ITEMS_SHOWN, show_item,
                             items, &more, NULL);
    json_object_set_new(in->out, "items", items);
    json_object_set_new(in->out, "items_more", json_boolean(more));
    show_pictures(in, NULL, &pictures);
    if (in->picture.record.deleted)
        say(in->out, "gone", "the object was deleted; requests are answered 410");
    else if (in->picture.record.renderer[0] == '\0')
        say(in->out, "plain", "no renderer recognised these bytes; only the original is served");
    else
        say(in->out, "stored", "%u things inside can be selected, %llu pictures of them are cached",
            in->picture.record.items, (unsigned long long)(pictures.found - pictures.older));
}

/* --- an image address --- */

/* Would a render be refused because this picture ended workers before? */
static bool is_quarantined(struct inspection *in)
{
    struct pl_board *board = in->context->heritage->board;
    struct pl_error error = {0};
    uint8_t culprit[PL_BOARD_ID_N];
    pl_job_culprit(culprit, &in->picture.record.stamp, in->picture.selector);
    enum pl_err err = pl_board_refused(board, culprit, &error);
    json_object_set_new(in->out, "quarantined", json_boolean(err != PL_OK));
    if (err != PL_OK)
        say(in->out, "refused", "%s", error.msg);
    return err != PL_OK;
}

static void why_missing(struct inspection *in)
{
    struct pictures pictures;
    show_pictures(in, in->picture.selector, &pictures);
    if (is_quarantined(in))
        return;
    if (pictures.older > 0 && pictures.older == pictures.found)
        say(in->out, "miss",
            "not drawn yet at this stamp; %llu older pictures of it lie under earlier stamps and "
            "are never answered with",
            (unsigned long long)pictures.older);
    else if (pictures.found > 0)
        say(in->out, "miss",
            "not cached with these parameters; %llu current pictures of it with others are",
            (unsigned long long)(pictures.found - pictures.older));
    else
        say(in->out, "miss",
            "never drawn at this stamp, or drawn and dropped since to make room or by a purge");
}

static void look_up(struct inspection *in)
{
    struct pl_cache_entry entry;
    struct pl_error error = {0};
    memset(&entry, 0, sizeof entry);
    entry.key = in->picture.key;
    json_object_set_new(in->out, "key", pl_admin_hex(entry.key.bytes, PL_KEY_N));
    enum pl_err err = pl_cache_has(in->context->cache, &entry.key, &entry.meta, &entry.bytes,
                                   &entry.hits, &error);
    json_object_set_new(in->out, "cached", json_boolean(err == PL_OK));
    if (err == PL_OK) {
        json_object_set_new(in->out, "picture", pl_admin_entry(&entry));
        say(in->out, "hit", "the picture is cached: %llu bytes, %llu hits, %llu s old",
            (unsigned long long)entry.bytes, (unsigned long long)entry.hits,
            (unsigned long long)pl_admin_age(entry.meta.made_wall_ns));
    } else if (err == PL_E_MISSING) {
        why_missing(in);
    } else {
        say(in->out, "error", "%s", error.msg);
    }
}

/* What a request would be answered with that cannot be served. */
static void say_refused(struct inspection *in, const struct pl_error *error)
{
    const char *verdict = error->code == PL_E_MISSING ? "missing"
                          : error->code == PL_E_GONE  ? "gone"
                          : error->code == PL_E_IO    ? "error"
                                                      : "refused";
    if (error->param[0] != '\0')
        json_object_set_new(in->out, "param", pl_admin_text(error->param));
    json_object_set_new(in->out, "error", json_string(pl_err_name(error->code)));
    if (error->code == PL_E_INPUT && error->param[0] != '\0')
        say(in->out, verdict, "parameter %s: %s", error->param, error->msg);
    else
        say(in->out, verdict, "%s", error->msg);
}

static void show_item_of(struct inspection *in)
{
    show_record(in->out, &in->picture.record);
    json_object_set_new(in->out, "selector", pl_admin_text(in->picture.item.path));
    json_object_set_new(in->out, "kind", pl_admin_text(in->picture.item.kind));
    json_object_set_new(in->out, "title", pl_admin_text(in->picture.item.title));
}

/* The steps of a request, one after the other, until one fails. */
static void inspect_image(struct inspection *in, char *target)
{
    struct pl_native native;
    struct pl_error error = {0};
    const struct pl_config *config = in->context->heritage->config;
    json_object_set_new(in->out, "what", json_string("image"));
    if (pl_native_parse(PL_METHOD_GET, false, target, &native, &error) == PL_OK &&
        native.rest[0] == '\0')
        (void)pl_fail_param(&error, PL_E_MISSING, "path", "there is no picture under this address");
    if (error.code == PL_OK)
        (void)pl_picture_find(in->context->store, native.rest, &in->picture, &error);
    if (error.code == PL_OK || error.code == PL_E_FORMAT)
        show_item_of(in);
    if (error.code == PL_OK)
        (void)pl_picture_key(&in->picture, native.url.query, native.url.query_n, native.media,
                             config != NULL ? config->limits_pixels : UINT64_MAX, &error);
    if (error.code != PL_OK) {
        say_refused(in, &error);
        return;
    }
    if (native.pinned)
        json_object_set_new(
            in->out, "pinned_to_current",
            json_boolean(pl_stamp_equal(&native.version, &in->picture.record.stamp)));
    json_object_set_new(in->out, "parameters", pl_admin_text(in->picture.params.text));
    json_object_set_new(in->out, "renderer_version", json_integer(in->picture.renderer->version));
    look_up(in);
}

/* --- a key --- */

static enum pl_err inspect_key(struct inspection *in, const struct pl_key *key,
                               struct pl_error *error)
{
    struct pl_cache_entry entry;
    memset(&entry, 0, sizeof entry);
    entry.key = *key;
    json_object_set_new(in->out, "what", json_string("key"));
    json_object_set_new(in->out, "key", pl_admin_hex(key->bytes, PL_KEY_N));
    enum pl_err err =
        pl_cache_has(in->context->cache, key, &entry.meta, &entry.bytes, &entry.hits, error);
    json_object_set_new(in->out, "cached", json_boolean(err == PL_OK));
    if (err == PL_E_MISSING) {
        say(in->out, "miss", "no picture lies under this key");
        return PL_OK;
    }
    if (err != PL_OK)
        return err;
    json_object_set_new(in->out, "picture", pl_admin_entry(&entry));
    char name[PL_CACHE_LABEL_MAX];
    size_t n = strcspn(entry.meta.label, "\t");
    memcpy(name, entry.meta.label, n);
    name[n] = '\0';
    if (pl_native_hidden(name))
        say(in->out, "hit", "it belongs to reference cards");
    else if (in->context->store == NULL)
        say(in->out, "cached", "a picture lies under this key");
    else if (pl_store_resolve(in->context->store, name, &in->picture.record, NULL) == PL_OK &&
             pl_stamp_equal(&in->picture.record.stamp, &entry.meta.stamp))
        say(in->out, "hit", "the picture is of the current version of its object");
    else
        say(in->out, "stale", "the picture is of an earlier version; no request asks for it");
    return PL_OK;
}

/* The path of an address of cards or controllers; NULL when it is none. */
static char *cards_address(char *target)
{
    static const char *const folders[] = {"/cards/", "/devices/"};
    for (unsigned i = 0; i < PL_COUNT(folders); i++) {
        char *path = strstr(target, folders[i]);
        if (path != NULL && (path == target || strncmp(target, "http", 4) == 0))
            return path;
    }
    return NULL;
}

enum pl_err pl_admin_inspect_what(const struct pl_admin_context *context, const char *what,
                                  json_t **out, struct pl_error *error)
{
    struct inspection *in = calloc(1, sizeof *in);
    char *target = strdup(what);
    enum pl_err err = PL_OK;
    *out = NULL;
    if (in == NULL || target == NULL || (in->out = json_object()) == NULL) {
        err = pl_fail(error, PL_E_NOMEM, "no memory to inspect %.80s", what);
        goto out;
    }
    in->context = context;
    char *path = strstr(target, "/v1/images/");
    struct pl_key key;
    if (strlen(what) == 2 * PL_KEY_N && pl_unhex(key.bytes, what, PL_KEY_N) == 0) {
        err = inspect_key(in, &key, error);
    } else if (context->store == NULL) {
        err = pl_fail_param(error, PL_E_INPUT, "what",
                            "without a server only a key can be inspected");
    } else if (path != NULL && (path == target || strncmp(target, "http", 4) == 0)) {
        inspect_image(in, path);
    } else if ((path = cards_address(target)) != NULL) {
        pl_admin_cards(context, path, in->out);
    } else {
        json_object_set_new(in->out, "what", json_string("name"));
        err = pl_store_resolve(context->store, what, &in->picture.record, error);
        if (err == PL_OK || err == PL_E_GONE) {
            inspect_name(in);
            err = PL_OK;
        }
    }
    if (err == PL_OK) {
        *out = in->out;
        in->out = NULL;
    }
out:
    if (in != NULL)
        json_decref(in->out);
    free(target);
    free(in);
    return err;
}

enum pl_err pl_admin_inspect(const struct pl_admin_context *context, struct pl_admin_call *call,
                             struct pl_error *error)
{
    json_t *value = NULL;
    const char *what = pl_admin_arg(call, "what");
    enum pl_err err = pl_admin_args_known(call, "what", error);
    if (err != PL_OK)
        return err;
    if (what == NULL || what[0] == '\0' || strlen(what) > TARGET_MAX)
        return pl_fail_param(error, PL_E_INPUT, "what",
                             "say what: a name, an image address or a key");
    err = pl_admin_inspect_what(context, what, &value, error);
    return err != PL_OK ? err : pl_admin_json(call, value, error);
}
