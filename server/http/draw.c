/* draw.c - the steps of a picture: name to stamp, parameters to key, key to bytes, or a job for a
 * worker.
 *
 * FRESHNESS  the name is resolved after the request has begun; an upload is acknowledged after its
 * commit; so a request that began after the acknowledgement has the new stamp in its key. After a
 * wait the picture of the key resolved at the start is sent, which is right: the request had begun
 * before. */
#include <string.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum {
    LOOKUPS_MAX = 4,  /* drawn, but evicted before we could read it: ask again */
    RESOLVES_MAX = 3, /* the blob was replaced while we waited */
};

/* Only by tag: two uploads may fall into one second, so a date could declare an old picture fresh.
 */
static bool not_modified(const struct pl_request *request, const char *etag)
{
    const char *list = pl_request_header(request, "If-None-Match");
    return list != NULL && pl_etag_listed(list, etag, true);
}

/* Key and headers are known: the key IS the identity of the picture, so a client that has it needs
 * nothing. */
enum pl_step pl_draw_compare(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    request->stamp_ns = pl_now_ns() - request->started_ns;
    if (!not_modified(request, pl_answer_find(answer, "ETag")))
        return PL_STEP_lookup;
    answer->status = 304;
    if (pl_cache_has(request->front->cache, &request->picture.key, NULL, &answer->length, NULL,
                     NULL) != PL_OK)
        answer->length = 0;
    return PL_STEP_deliver;
}

enum pl_step pl_draw_resolve(struct pl_request *request)
{
    if (pl_of_cards(request->native.route))
        return pl_cards_resolve(request);
    request->recalled = request->unparsed || (request->lookups == 0 && pl_memo_recall(request));
    if (request->recalled)
        return pl_draw_compare(request);
    if (request->native.route == PL_ROUTE_DQM_PICTURE)
        return pl_dqm_resolve(request);
    enum pl_err err = pl_picture_find(request->front->store, request->native.rest,
                                      &request->picture, &request->error);
    if (err != PL_OK)
        return pl_refuse(request);
    return PL_STEP_key;
}

static void cache_control(struct pl_request *request)
{
    const struct pl_native *native = &request->native;
    bool pinned =
        native->pinned && pl_stamp_equal(&native->version, &request->picture.record.stamp);
    pl_answer_literal(&request->answer, "Cache-Control",
                      pinned ? "public, max-age=31536000, immutable" : "public, no-cache");
}

static void content_location(struct pl_request *request)
{
    const struct pl_picture *picture = &request->picture;
    struct pl_answer *answer = &request->answer;
    pl_answer_begin(answer, "Content-Location");
    pl_answer_text(answer, "/v1/images/");
    pl_answer_path(answer, picture->record.name);
    pl_answer_text(answer, "/");
    pl_answer_path(answer, picture->selector);
    pl_answer_text(answer, pl_media_suffix(picture->params.media));
    pl_answer_text(answer, "?");
    if (picture->params.text[0] != '\0') {
        pl_answer_text(answer, picture->params.text);
        pl_answer_text(answer, "&");
    }
    pl_answer_text(answer, "v=");
    pl_answer_hex(answer, picture->record.stamp.bytes, PL_STAMP_N);
    pl_answer_end(answer);
}

enum pl_step pl_draw_key(struct pl_request *request)
{
    struct pl_picture *picture = &request->picture;
    struct pl_answer *answer = &request->answer;
    enum pl_err err = pl_picture_key(picture, request->native.url.query,
                                     request->native.url.query_n, request->native.media,
                                     request->front->config->limits_pixels, &request->error);
    if (err != PL_OK)
        return pl_refuse(request);
    char etag[PL_ETAG_N], modified[PL_TIME_TEXT_N];
    pl_etag(etag, picture->key.bytes);
    pl_time_http(modified, picture->record.put_wall_ns);
    answer->headers_n = 0;
    answer->text_n = 0;
    pl_answer_header(answer, "ETag", etag);
    pl_answer_header(answer, "Last-Modified", modified);
    cache_control(request);
    content_location(request);
    pl_memo_store(request);
    return pl_draw_compare(request);
}

static void cache_status(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    bool debug = request->front->config->http_debug_headers;
    const char *text = request->cache == PL_CACHE_HIT    ? "platen; hit"
                       : request->cache == PL_CACHE_WAIT ? "platen; fwd=uri-miss; collapsed"
                                                         : "platen; fwd=uri-miss; stored";
    if (!debug) {
        pl_answer_literal(answer, "Cache-Status", text);
        return;
    }
    pl_answer_begin(answer, "Cache-Status");
    pl_answer_text(answer, text);
    pl_answer_text(answer, "; key=");
    pl_answer_hex(answer, request->picture.key.bytes, PL_KEY_N);
    pl_answer_end(answer);
}

static void add_time(struct pl_answer *answer, const char *name, uint64_t ns)
{
    pl_answer_text(answer, name);
    pl_answer_text(answer, ";dur=");
    pl_answer_ms(answer, ns);
}

static void server_timing(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    pl_answer_begin(answer, "Server-Timing");
    add_time(answer, "stamp", request->stamp_ns);
    add_time(answer, ", lookup", request->lookup_ns);
    if (request->drew) {
        struct pl_note_render note = {0};
        memcpy(&note, request->result.note, PL_MIN(request->result.note_n, sizeof note));
        add_time(answer, ", wait", request->wait_ns);
        add_time(answer, ", load", note.load_ns);
        add_time(answer, ", render", note.render_ns);
        add_time(answer, ", encode", note.encode_ns);
    }
    pl_answer_end(answer);
}

/* The note went through a worker, which reads hostile bytes. */
static void render_note(struct pl_answer *answer, const char *note)
{
    char text[PL_DRAW_NOTE_N];
    size_t n = 0;
    if (note == NULL)
        return;
    for (; note[n] != '\0' && n + 1 < sizeof text; n++)
        text[n] = note[n] >= ' ' && note[n] < 0x7f ? note[n] : '?';
    text[n] = '\0';
    pl_answer_header(answer, "X-Render-Note", text);
}

enum pl_step pl_draw_lookup(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_answer *answer = &request->answer;
    uint64_t began_ns = pl_now_ns();
    struct pl_cache_meta meta;
    pl_pool_take(front, &answer->buffer);
    const struct pl_key *key = &request->picture.key;
    enum pl_err err =
        request->drew ? pl_cache_collect(front->cache, key, &answer->buffer, &meta, &request->error)
                      : pl_cache_get(front->cache, key, &answer->buffer, &meta, &request->error);
    request->lookup_ns = pl_now_ns() - began_ns;
    request->lookups++;
    if (err != PL_OK)
        pl_pool_give(front, &answer->buffer);
    if (err == PL_E_MISSING) {
        request->error = (struct pl_error){.code = PL_OK};
        /* A job needs more than the memo has. */
        if (request->unparsed) {
            request->unparsed = false;
            return PL_STEP_parse;
        }
        return request->recalled ? PL_STEP_resolve : PL_STEP_wait;
    }
    if (err != PL_OK)
        return pl_refuse(request);
    request->cache = !request->drew    ? PL_CACHE_HIT
                     : request->joined ? PL_CACHE_WAIT
                                       : PL_CACHE_MISS;
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", pl_media_type(request->picture.params.media));
    if (pl_of_cards(request->native.route))
        pl_cards_describe(request, meta.label);
    render_note(answer, pl_job_label_note(meta.label));
    cache_status(request);
    server_timing(request);
    return PL_STEP_deliver;
}

static void describe_native(struct pl_request *request)
{
    const struct pl_picture *picture = &request->picture;
    struct pl_job_render *render = &request->render;
    memset(render, 0, sizeof *render);
    render->key = picture->key;
    memcpy(render->renderer, picture->record.renderer, sizeof render->renderer);
    memcpy(render->name, picture->record.name, strlen(picture->record.name) + 1);
    size_t selector_n = strlen(picture->selector);
    memcpy(render->selector, picture->selector, PL_MIN(selector_n, (size_t)PL_SELECTOR_MAX));
    struct pl_job_source *source = &render->sources[0];
    render->sources_n = 1;
    source->stamp = picture->record.stamp;
    memcpy(source->sha256, picture->record.sha256, sizeof source->sha256);
    memcpy(source->locator, picture->item.locator, sizeof source->locator);
    source->locator_n = picture->item.locator_n;
    render->params = picture->params;
}

static void make_render_job(struct pl_request *request, struct pl_job *job)
{
    const struct pl_picture *picture = &request->picture;
    job->queue = PL_QUEUE_RENDER;
    job->kind = PL_JOB_RENDER;
    job->run_ns = request->front->config->limits_render * PL_MS_NS;
    job->record_n = sizeof request->render;
    memcpy(job->id, picture->key.bytes, sizeof job->id);
    if (request->native.route == PL_ROUTE_DQM_PICTURE) {
        pl_dqm_culprit(request, job->culprit);
    } else {
        pl_job_culprit(job->culprit, &picture->record.stamp, picture->selector);
        describe_native(request);
    }
    memcpy(job->record, &request->render, sizeof request->render);
}

enum pl_step pl_draw_wait(struct pl_request *request)
{
    if (request->lookups > LOOKUPS_MAX) {
        (void)pl_fail_param(
            &request->error, PL_E_BUSY, "cache.size",
            "the picture was drawn and evicted again before it could be sent: ask again");
        return pl_refuse(request);
    }
    struct pl_job job;
    enum pl_step step = PL_STEP_wait;
    if (pl_of_cards(request->native.route)) {
        if (!pl_cards_ready(request, &step))
            return step;
        pl_cards_render_job(request->front, &request->render, &job);
    } else {
        make_render_job(request, &job);
    }
    if (pl_wait_submit(request, &job, PL_STEP_drawn) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_drawn;
}

static bool asked_for(const struct pl_request *request, const char *param)
{
    const struct pl_url *url = &request->native.url;
    if (strcmp(param, "obj") == 0)
        return request->render.sources_n > 1;
    for (size_t i = 0; i < url->query_n; i++)
        if (strcmp(url->query[i].name, param) == 0)
            return true;
    return false;
}

enum pl_step pl_draw_drawn(struct pl_request *request)
{
    enum pl_err code = request->result.error.code;
    request->drew = true;
    if (code == PL_OK)
        return PL_STEP_lookup;
    if (code == PL_E_MISSING && ++request->resolves < RESOLVES_MAX)
        return PL_STEP_resolve; /* the source was replaced before the worker came to it */
    request->error = request->result.error;
    if (code == PL_E_MISSING) /* it is in the catalogue; a set of cards was evicted again */
        request->error.code = pl_of_cards(request->native.route) ? PL_E_BUSY : PL_E_IO;
    if (code == PL_E_INPUT && !asked_for(request, request->error.param))
        request->error.code =
            PL_E_FORMAT; /* not the client's parameters are wrong but the source */
    return pl_refuse(request);
}
