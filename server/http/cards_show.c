/* cards_show.c - what lies under a key besides its pictures: document, page, archive; the forms;
 * the controllers that the packs know.
 *
 * What is not cached is made again when the files were published, else it is gone: nothing is kept
 * of an upload but what the cache has room for. */
#include <string.h>

#include "server/http/cards.h"
#include "server/web/web.h"
#include "shm/base/check.h"
#include "shm/base/json.h"

enum { PAGE_MAX = 8 << 20, DEVICES_MAX = 16 << 20 };

static const char immutable[] = "public, max-age=31536000, immutable";

/* Headers of what never changes; true when the client has it. */
static bool not_modified(struct pl_request *request, const uint8_t tag[16], const char *caching)
{
    struct pl_answer *answer = &request->answer;
    char etag[PL_ETAG_N];
    const char *list = pl_request_header(request, "If-None-Match");
    pl_etag(etag, tag);
    answer->headers_n = 0;
    answer->text_n = 0;
    pl_answer_header(answer, "ETag", etag);
    pl_answer_literal(answer, "Cache-Control", caching);
    if (list == NULL || !pl_etag_listed(list, etag, true))
        return false;
    answer->status = 304;
    return true;
}

static enum pl_step deliver(struct pl_request *request, const char *media)
{
    struct pl_answer *answer = &request->answer;
    if (request->error.code != PL_OK)
        return pl_refuse(request);
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", media);
    return PL_STEP_deliver;
}

/* --- a key ------------------------------------------------------------------------------------ */

static enum pl_step document(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_answer *answer = &request->answer;
    struct pl_key key;
    pl_cards_json_key(request->native.cards.key, &key);
    if (not_modified(request, key.bytes, immutable))
        return PL_STEP_deliver;
    pl_pool_take(front, &answer->buffer);
    enum pl_err err = pl_cache_get(front->cache, &key, &answer->buffer, NULL, &request->error);
    if (err == PL_E_MISSING) {
        request->error = (struct pl_error){.code = PL_OK};
        pl_pool_give(front, &answer->buffer);
        return pl_cards_ask(request);
    }
    return deliver(request, "application/json");
}

/* PL_E_MISSING was met: have the set made. Anything else is told. */
static enum pl_step without_set(struct pl_request *request)
{
    if (request->error.code != PL_E_MISSING)
        return pl_refuse(request);
    request->error = (struct pl_error){.code = PL_OK};
    return pl_cards_ask(request);
}

/* The page around the pictures may change with the server, so it is asked for again. */
static enum pl_step page(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_answer *answer = &request->answer;
    struct pl_cards_set set;
    const char *key = request->native.cards.key;
    if (pl_cards_load(front, key, &set, &request->error) != PL_OK)
        return without_set(request);
    answer->buffer = PL_BUF(PAGE_MAX);
    (void)pl_cards_page(key, &set.set, NULL, &answer->buffer, &request->error);
    pl_cards_unload(front, &set);
    uint8_t tag[16] = {0};
    uint64_t sum = pl_checksum(answer->buffer.bytes, answer->buffer.n);
    memcpy(tag, &sum, sizeof sum);
    if (request->error.code == PL_OK && not_modified(request, tag, "public, no-cache")) {
        pl_buf_free(&answer->buffer);
        return PL_STEP_deliver;
    }
    pl_page_headers(answer);
    return deliver(request, "text/html; charset=utf-8");
}

static void name_archive(struct pl_answer *answer, const struct pl_card_set *set)
{
    struct pl_card_picture picture;
    char slug[PL_CARDS_SLUG_N] = "cards";
    const char *profile = "", *title = "";
    if (pl_card_pictures(set) == 1 && pl_card_picture_at(set, 1, &picture))
        title = pl_cards_title(&picture, &profile);
    else
        title = pl_card_game_name(set->game), profile = "cards";
    pl_cards_slug(title, profile, slug);
    pl_answer_begin(answer, "Content-Disposition");
    pl_answer_text(answer, "attachment; filename=\"");
    pl_answer_text(answer, slug);
    pl_answer_text(answer, ".zip\"");
    pl_answer_end(answer);
}

static enum pl_step archive(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_answer *answer = &request->answer;
    struct pl_cards_set set;
    struct pl_key tag;
    const char *key = request->native.cards.key;
    pl_cards_set_key(key, &tag);
    if (not_modified(request, tag.bytes, immutable))
        return PL_STEP_deliver;
    if (pl_cards_load(front, key, &set, &request->error) != PL_OK)
        return without_set(request);
    answer->stream = pl_cards_zip(request, key, &set.set, &request->error);
    name_archive(answer, &set.set);
    pl_cards_unload(front, &set);
    if (answer->stream == NULL)
        return pl_refuse(request);
    answer->status = 200;
    answer->body = PL_BODY_STREAM;
    pl_answer_literal(answer, "Content-Type", "application/zip");
    return PL_STEP_deliver;
}

/* --- controllers ------------------------------------------------------------------------------ */

static void add_device(const struct pl_pack_device *device, bool first, struct pl_buf *out,
                       struct pl_error *error)
{
    char path[3 * 256];
    (void)pl_url_encode(path, sizeof path, device->id);
    (void)pl_buf_text(out, first ? "\n{\"id\":" : ",\n{\"id\":", error);
    (void)pl_json_text(out, device->id, error);
    (void)pl_buf_text(out, ",\"title\":", error);
    (void)pl_json_text(out, device->title, error);
    (void)pl_buf_text(out, ",\"image\":", error);
    (void)pl_json_text(out, device->image, error);
    (void)pl_buf_print(out, error, ",\"inputs\":%u", pl_pack_inputs(device, PL_CARD_GUESS));
    if (device->image[0] != '\0')
        (void)pl_buf_print(out, error, ",\"url\":\"/devices/%s.jpg\"", path);
    (void)pl_buf_text(out, "}", error);
}

static void add_pack(const struct pl_pack *pack, bool first, struct pl_buf *out,
                     struct pl_error *error)
{
    const struct pl_pack_look *look = pl_pack_look(pack);
    (void)pl_buf_text(out, first ? "{\"name\":" : ",{\"name\":", error);
    (void)pl_json_text(out, look->name, error);
    (void)pl_buf_text(out, ",\"version\":", error);
    (void)pl_json_text(out, look->version, error);
    (void)pl_buf_text(out, "}", error);
}

static void list_devices(struct pl_buf *out, struct pl_error *error)
{
    const struct pl_packs *packs = pl_card_packs();
    struct pl_pack_device device;
    (void)pl_buf_text(out, "{\"packs\":[", error);
    for (unsigned i = 0; packs != NULL && i < packs->n; i++)
        add_pack(packs->at[i], i == 0, out, error);
    (void)pl_buf_text(out, "],\n\"devices\":[", error);
    for (uint32_t i = 0; packs != NULL && pl_packs_device_at(packs, i, &device); i++)
        add_device(&device, i == 0, out, error);
    (void)pl_buf_text(out, "]}\n", error);
}

static enum pl_step devices(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const char *format = pl_url_take(&request->native.url, "format");
    bool html = pl_cards_form(pl_request_header(request, "Accept")) == PL_CARDS_FORM_HTML;
    if (format != NULL && strcmp(format, "json") != 0)
        (void)pl_fail_param(&request->error, PL_E_INPUT, "format", "must be json");
    if (request->error.code != PL_OK ||
        pl_native_none(&request->native.url, &request->error) != PL_OK)
        return pl_refuse(request);
    if (html && format == NULL)
        return pl_page_send(request, "/devices", "Accept-Encoding, Accept");
    answer->buffer = PL_BUF(DEVICES_MAX);
    list_devices(&answer->buffer, &request->error);
    uint8_t tag[16] = {0};
    uint64_t sum = pl_checksum(answer->buffer.bytes, answer->buffer.n);
    memcpy(tag, &sum, sizeof sum);
    if (request->error.code == PL_OK && not_modified(request, tag, "public, no-cache")) {
        pl_buf_free(&answer->buffer);
        return PL_STEP_deliver;
    }
    pl_answer_literal(answer, "Vary", "Accept");
    return deliver(request, "application/json");
}

/* --- the form ----------------------------------------------------------------------------------
 */

/* What a page must know before files are sent: whether they are taken at all, and how large. */
static void describe(const struct pl_config *config, struct pl_buf *out, struct pl_error *error)
{
    static const char *const answers[] = {"false", "true"};
    const struct pl_packs *packs = pl_card_packs();
    struct pl_pack_device device;
    uint32_t controllers = 0;
    while (packs != NULL && pl_packs_device_at(packs, controllers, &device))
        controllers++;
    bool uploads = config->cards_uploads && packs != NULL && packs->n > 0;
    (void)pl_buf_print(
        out, error,
        "{\"uploads\":%s,\"publish\":%s,\"controllers\":%u,\"limits\":{\"file\":%llu,"
        "\"files\":%llu,\"total\":%llu}}\n",
        answers[uploads], answers[uploads && config->cards_publish], controllers,
        (unsigned long long)config->cards_file,
        (unsigned long long)PL_MIN(config->cards_files, (uint64_t)PL_CARD_FILES_MAX),
        (unsigned long long)config->cards_total);
}

static enum pl_step form(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const char *format = pl_url_take(&request->native.url, "format");
    if (format == NULL)
        return pl_page_send(request, pl_cards_shell()->path, "Accept-Encoding");
    if (strcmp(format, "json") != 0) {
        (void)pl_fail_param(&request->error, PL_E_INPUT, "format", "must be json");
        return pl_refuse(request);
    }
    answer->buffer = PL_BUF(PAGE_MAX);
    describe(request->front->config, &answer->buffer, &request->error);
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    return deliver(request, "application/json");
}

/* --- which ------------------------------------------------------------------------------------ */

enum pl_step pl_cards_show(struct pl_request *request)
{
    const struct pl_cards_address *address = &request->native.cards;
    enum pl_step step;
    if (address->what == PL_CARDS_FORM)
        return form(request);
    if (address->what == PL_CARDS_DEVICES)
        return devices(request);
    if (!pl_cards_current(request, &step))
        return step;
    if (pl_native_none(&request->native.url, &request->error) != PL_OK)
        return pl_refuse(request);
    if (address->what == PL_CARDS_JSON)
        return document(request);
    return address->what == PL_CARDS_ZIP ? archive(request) : page(request);
}
