/* admin_cards.c - `inspect` of an address of reference cards: what of its key is cached, and why a
 * request for it would hit or miss.
 *
 * One slice of the cache is walked; nothing is rendered and no visit is recorded. */
#include <stdio.h>
#include <string.h>

#include "server/admin/admin_priv.h"
#include "server/routes/cards_key.h"
#include "server/routes/native.h"

enum { ENTRIES_SHOWN = 40 };

struct cards {
    const struct pl_admin_context *context;
    json_t *out, *list;
    char prefix[sizeof PL_CARDS_FOLDER + PL_CARDS_KEY_N + 1];
    uint64_t found, bytes;
    bool current;
};

static void say(struct cards *cards, const char *verdict, const char *why)
{
    json_object_set_new(cards->out, "verdict", json_string(verdict));
    json_object_set_new(cards->out, "why", json_string(why));
}

static bool look(void *context, const struct pl_cache_entry *entry)
{
    struct cards *cards = context;
    if (strncmp(entry->meta.label, cards->prefix, strlen(cards->prefix)) != 0)
        return true;
    cards->found++;
    cards->bytes += entry->bytes;
    if (json_array_size(cards->list) < ENTRIES_SHOWN) {
        json_t *one = pl_admin_entry(entry);
        json_object_set_new(one, "current", json_boolean(cards->current));
        json_array_append_new(cards->list, one);
    }
    return true;
}

static bool take_any(void *context, const char *folder, const struct pl_record *record)
{
    (void)folder, (void)record;
    *(bool *)context = true;
    return false;
}

static bool is_published(const struct cards *cards, const char *key)
{
    char prefix[sizeof PL_CARDS_FOLDER + PL_CARDS_CONTENT_N + 1];
    bool any = false, more;
    (void)snprintf(prefix, sizeof prefix, PL_CARDS_FOLDER "%.*s/", PL_CARDS_CONTENT_N, key);
    (void)pl_store_list(cards->context->store, prefix, "", '\0', 1, take_any, &any, &more, NULL);
    return any;
}

static void tell(struct cards *cards, const char *key)
{
    struct pl_key set_key;
    bool published = is_published(cards, key), current = cards->current;
    pl_cards_set_key(key, &set_key);
    bool cached =
        current && pl_cache_has(cards->context->cache, &set_key, NULL, NULL, NULL, NULL) == PL_OK;
    json_object_set_new(cards->out, "published", json_boolean(published));
    json_object_set_new(cards->out, "current", json_boolean(current));
    json_object_set_new(cards->out, "cached", json_boolean(cached));
    if (cached)
        say(cards, "hit", "the set is cached; pictures that are not are drawn from it");
    else if (!current && published)
        say(cards, "stale",
            "other packs or another renderer made it; requests are sent on to the "
            "key of now");
    else if (!current)
        say(cards, "stale", "other packs or another renderer made it; no request is answered");
    else if (published)
        say(cards, "miss", "the set is not cached; it is made again from what was published");
    else
        say(cards, "missing",
            "the set was never made here, or dropped since, and its files were "
            "not published");
}

static void tell_device(struct cards *cards, const struct pl_native *native)
{
    struct pl_params params;
    struct pl_error error = {0};
    struct pl_key key;
    char selector[PL_SELECTOR_MAX + 1];
    (void)snprintf(selector, sizeof selector, "device/%.1000s", native->cards.device);
    if (pl_cards_params(&native->url, native->cards.media, &params, &error) != PL_OK) {
        say(cards, "refused", "a parameter is not as it should be");
        return;
    }
    pl_cards_picture_key("", selector, &params, &key);
    json_object_set_new(cards->out, "key", pl_admin_hex(key.bytes, PL_KEY_N));
    bool cached = pl_cache_has(cards->context->cache, &key, NULL, NULL, NULL, NULL) == PL_OK;
    json_object_set_new(cards->out, "cached", json_boolean(cached));
    say(cards, cached ? "hit" : "miss",
        cached ? "the picture is cached" : "never drawn, or dropped since");
}

void pl_admin_cards(const struct pl_admin_context *context, char *target, json_t *out)
{
    struct pl_native native;
    struct pl_error error = {0};
    struct cards cards = {.context = context, .out = out};
    uint64_t next = 0;
    json_object_set_new(out, "what", json_string("cards"));
    if (pl_native_parse(PL_METHOD_GET, false, target, &native, &error) != PL_OK) {
        json_object_set_new(out, "verdict", json_string("missing"));
        json_object_set_new(out, "why", pl_admin_text(error.msg));
        return;
    }
    if (native.cards.what == PL_CARDS_DEVICE) {
        tell_device(&cards, &native);
        return;
    }
    if (native.cards.key[0] == '\0') {
        say(&cards, "missing", "no cards lie under this address");
        return;
    }
    char version[PL_CARDS_VERSION_N + 1];
    pl_cards_version(version);
    cards.current = strcmp(native.cards.key + PL_CARDS_CONTENT_N, version) == 0;
    cards.list = json_array();
    (void)snprintf(cards.prefix, sizeof cards.prefix, PL_CARDS_FOLDER "%s/", native.cards.key);
    (void)pl_cache_walk(context->cache, 0, PL_ADMIN_SLICE, &next, look, &cards, NULL);
    json_object_set_new(out, "pictures", cards.list);
    json_object_set_new(out, "pictures_n", json_integer((json_int_t)cards.found));
    json_object_set_new(out, "pictures_bytes", json_integer((json_int_t)cards.bytes));
    json_object_set_new(out, "partial", json_boolean(next != 0));
    tell(&cards, native.cards.key);
}
