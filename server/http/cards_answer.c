/* cards_answer.c - what a client hears of its binding files: JSON with everything that was
 * recognised, a page, or the way to one; and errors as pages for people.
 *
 * Written straight into the body; a buffer that is full is the only thing that can go wrong, and is
 * looked at once, at the end. */
#include <string.h>

#include "server/http/cards.h"
#include "server/routes/cards_text.h"
#include "shm/base/check.h"
#include "shm/base/json.h"

enum { ANSWER_MAX = 8 << 20, PAGE_MAX = 65536 };

struct writer {
    const struct pl_cards *cards;
    const struct pl_card_set *set;
    struct pl_buf *out;
    struct pl_error *error;
};

static void raw(struct writer *w, const char *text)
{
    (void)pl_buf_text(w->out, text, w->error);
}

static void text(struct writer *w, const char *name, const char *value)
{
    raw(w, name);
    (void)pl_json_text(w->out, value, w->error);
}

static void number(struct writer *w, const char *name, uint64_t value)
{
    raw(w, name);
    (void)pl_buf_print(w->out, w->error, "%llu", (unsigned long long)value);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void add_picture(struct writer *w, uint32_t i, const struct pl_params *params)
{
    char selector[16], tag[33];
    struct pl_key key;
    (void)snprintf(selector, sizeof selector, "%u", i);
    pl_cards_picture_key(w->cards->key, selector, params, &key);
    pl_hex(tag, key.bytes, 16);
    raw(w, "{");
    (void)pl_cards_picture(pl_card_packs(), w->cards->key, w->set, i, w->out, w->error);
    if (w->cards->bytes != NULL && w->cards->bytes[i - 1] > 0)
        number(w, ",\"bytes\":", w->cards->bytes[i - 1]);
    text(w, ",\"key\":", tag);
    raw(w, "}");
}

static void add_list(struct writer *w, uint32_t index, uint32_t first,
                     const struct pl_params *params)
{
    const struct pl_card_list *list = &w->set->lists[index];
    text(w, "\n{\"title\":", list->title);
    text(w, ",\"profile\":", list->profile);
    text(w, ",\"device\":", list->device);
    raw(w, list->keyboard ? ",\"keyboard\":true" : ",\"keyboard\":false");
    number(w, ",\"rows\":", list->rows_n);
    raw(w, ",\"pages\":[");
    for (uint32_t page = 0; page < list->pages_n; page++) {
        raw(w, page > 0 ? ",\n" : "\n");
        add_picture(w, first + page, params);
    }
    raw(w, "]}");
}

static void add_pictures(struct writer *w)
{
    const struct pl_url none = {.query_n = 0};
    struct pl_params params;
    if (pl_cards_params(&none, PL_MEDIA_JPEG, &params, w->error) != PL_OK)
        return;
    raw(w, ",\n\"cards\":[");
    for (uint32_t i = 0; i < w->set->cards_n; i++) {
        raw(w, i > 0 ? ",\n" : "\n");
        add_picture(w, i + 1, &params);
    }
    raw(w, "],\n\"lists\":[");
    uint32_t first = w->set->cards_n + 1;
    for (uint32_t i = 0; i < w->set->lists_n; i++) {
        raw(w, i > 0 ? "," : "");
        add_list(w, i, first, &params);
        first += w->set->lists[i].pages_n;
    }
    raw(w, "]");
}

/* --- the rest --------------------------------------------------------------------------------- */

static void add_notice(struct writer *w, const struct pl_card_notice *notice)
{
    text(w, "\n{\"kind\":", notice->kind);
    text(w, ",\"detail\":", notice->detail);
    if (notice->file < w->cards->files_n)
        text(w, ",\"file\":", w->cards->files[notice->file].name);
    if (notice->line > 0)
        number(w, ",\"line\":", notice->line);
    raw(w, "}");
}

static void add_notices(struct writer *w)
{
    raw(w, ",\n\"notices\":[");
    for (uint32_t i = 0; i < w->set->notices_n; i++) {
        raw(w, i > 0 ? "," : "");
        add_notice(w, &w->set->notices[i]);
    }
    number(w, "],\n\"notices_more\":", w->set->notices_more);
}

static void add_contexts(struct writer *w)
{
    raw(w, ",\n\"contexts\":[");
    for (uint32_t i = 0; i < w->set->contexts_n; i++) {
        const struct pl_card_context *context = &w->set->contexts[i];
        text(w, i > 0 ? ",\n{\"name\":" : "\n{\"name\":", context->name);
        text(w, ",\"title\":", context->title);
        (void)pl_buf_print(w->out, w->error, ",\"colour\":\"#%08x\"}", context->rgba);
    }
    raw(w, "]");
}

static void add_files(struct writer *w)
{
    raw(w, ",\n\"files\":[");
    for (unsigned i = 0; i < w->cards->files_n; i++) {
        const struct pl_bundle_entry *entry = &w->cards->files[i];
        char hex[PL_HEX_N];
        pl_hex(hex, entry->sha256, sizeof entry->sha256);
        text(w, i > 0 ? ",\n{\"name\":" : "\n{\"name\":", entry->name);
        number(w, ",\"bytes\":", entry->n);
        text(w, ",\"sha256\":", hex);
        raw(w, "}");
    }
    raw(w, "]");
}

static void add_all(struct writer *w)
{
    const struct pl_cards *cards = w->cards;
    (void)pl_buf_print(w->out, w->error,
                       "{\"key\":\"%s\",\"url\":\"/cards/%s\",\"json\":\"/cards/%s.json\","
                       "\"zip\":\"/cards/%s.zip\",\"game\":\"%s\"",
                       cards->key, cards->key, cards->key, cards->key,
                       pl_card_game_name(w->set->game));
    add_pictures(w);
    add_contexts(w);
    if (w->set->game == PL_CARD_ED) {
        raw(w, ",\n");
        (void)pl_cards_groups(pl_card_packs(), w->out, w->error);
    }
    add_notices(w);
    add_files(w);
    number(w, ",\n\"bindings\":", w->set->bindings_n);
    number(w, ",\"devices\":", pl_card_devices(w->set));
    raw(w, cards->token[0] != '\0' ? ",\"published\":true" : ",\"published\":false");
    if (cards->token[0] != '\0')
        text(w, ",\"delete_token\":", cards->token);
    raw(w, "}\n");
}

/* --- answers ---------------------------------------------------------------------------------- */

static enum pl_step deliver(struct pl_request *request, unsigned status, const char *media)
{
    struct pl_answer *answer = &request->answer;
    if (request->error.code != PL_OK)
        return pl_cards_refuse(request);
    answer->status = status;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", media);
    pl_answer_literal(answer, "Cache-Control", "no-store");
    return PL_STEP_deliver;
}

static void location(struct pl_request *request, const char *header)
{
    pl_answer_begin(&request->answer, header);
    pl_answer_text(&request->answer, "/cards/");
    pl_answer_text(&request->answer, request->cards->key);
    pl_answer_end(&request->answer);
}

static enum pl_step answer_page(struct pl_request *request, const struct pl_card_set *set)
{
    struct pl_answer *answer = &request->answer;
    location(request, "Location");
    if (request->cards->token[0] == '\0') {
        answer->status = 303;
        pl_answer_literal(answer, "Cache-Control", "no-store");
        return PL_STEP_deliver;
    }
    answer->buffer = PL_BUF(ANSWER_MAX);
    (void)pl_cards_page(request->cards->key, set, request->cards, &answer->buffer, &request->error);
    pl_page_headers(answer);
    return deliver(request, 201, "text/html; charset=utf-8");
}

enum pl_step pl_cards_answer(struct pl_request *request, const struct pl_card_set *set)
{
    struct pl_answer *answer = &request->answer;
    if (request->cards->form == PL_CARDS_FORM_HTML)
        return answer_page(request, set);
    answer->buffer = PL_BUF(ANSWER_MAX);
    struct writer w = {request->cards, set, &answer->buffer, &request->error};
    add_all(&w);
    location(request, "Content-Location");
    return deliver(request, request->cards->token[0] != '\0' ? 201 : 200, "application/json");
}

/* A person sent a form or followed a link: an error is a page that says what to do. */
void pl_cards_problem(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const struct pl_answer_blame *blame = &answer->blame;
    struct pl_buf page = PL_BUF(PAGE_MAX);
    const struct pl_error *error = &request->error;
    if (answer->status < 400 || request->native.route == PL_ROUTE_CARDS_PICTURE ||
        pl_cards_form(pl_request_header(request, "Accept")) != PL_CARDS_FORM_HTML)
        return;
    if (pl_cards_problem_page(error->msg[0] != '\0' ? error->msg : "That did not work.",
                              blame->file, blame->line, &page, NULL) != PL_OK) {
        pl_buf_free(&page);
        return;
    }
    pl_buf_free(&answer->buffer);
    answer->buffer = page;
    answer->length = page.n;
    for (unsigned i = 0; i < answer->headers_n; i++)
        if (strcmp(answer->header[i].name, "Content-Type") == 0)
            answer->header[i].value = "text/html; charset=utf-8";
    pl_page_headers(answer);
}
