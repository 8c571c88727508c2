/* cards_build.c - an upload that is complete: its set, unless it is cached already, then all its
 * pictures, a few at a time.
 *
 * The pictures come in order: the one that is waited for, and beside it as many more on the board
 * as there are workers, without waiting (read-ahead); when their turn comes they are found or
 * joined. So one upload never fills the queue. A picture that waited too long in it is asked for
 * again, because the upload is already here: others are refused before it is. */
#include <stdlib.h>
#include <string.h>

#include "server/http/cards.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { MISSING_MAX = 4 };

enum pl_step pl_cards_refuse(struct pl_request *request)
{
    bool complex = strcmp(request->answer.blame.code, "too-complex") == 0;
    pl_metric_add(request->front->heritage, PL_M_cards_refused, 1);
    pl_upload_drop(request);
    pl_answer_problem(&request->answer, complex ? 422 : 0, &request->error, request->id);
    return PL_STEP_deliver;
}

/* --- the set ---------------------------------------------------------------------------------- */

static enum pl_step after_build(const struct pl_cards *cards)
{
    return cards->publish && cards->token[0] == '\0' ? PL_STEP_publish : PL_STEP_pictures;
}

static void make_job(const struct pl_request *request, struct pl_job *job)
{
    const struct pl_cards *cards = request->cards;
    const struct pl_spool *spool = &request->upload.spool;
    struct pl_job_cards record;
    memset(&record, 0, sizeof record);
    memcpy(record.key, cards->key, sizeof record.key);
    pl_cards_set_key(cards->key, &record.set_key);
    pl_cards_json_key(cards->key, &record.json_key);
    /* What was published lies among the blobs by now. */
    record.from = cards->token[0] != '\0' ? PL_FROM_BLOB : PL_FROM_SPOOL;
    record.spool_id = spool->id;
    memcpy(record.sha256, spool->sha256, sizeof record.sha256);
    record.game = cards->game;
    record.options = cards->options;
    job->queue = PL_QUEUE_RENDER;
    job->kind = PL_JOB_CARDS;
    job->run_ns = request->front->config->limits_inspect * PL_MS_NS;
    job->record_n = sizeof record;
    memcpy(job->id, record.set_key.bytes, sizeof job->id);
    memcpy(job->culprit, record.set_key.bytes, sizeof job->culprit);
    memcpy(job->record, &record, sizeof record);
}

static bool cached(struct pl_request *request)
{
    struct pl_key set_key, json_key;
    pl_cards_set_key(request->cards->key, &set_key);
    pl_cards_json_key(request->cards->key, &json_key);
    struct pl_cache *cache = request->front->cache;
    return pl_cache_has(cache, &set_key, NULL, NULL, NULL, NULL) == PL_OK &&
           pl_cache_has(cache, &json_key, NULL, NULL, NULL, NULL) == PL_OK;
}

enum pl_step pl_cards_build(struct pl_request *request)
{
    struct pl_job job;
    if (cached(request)) {
        if (request->builds == 0)
            pl_metric_add(request->front->heritage, PL_M_cards_found, 1);
        return after_build(request->cards);
    }
    if (++request->builds > PL_CARDS_BUILDS_MAX) {
        (void)pl_fail_param(&request->error, PL_E_BUSY, "cache.size",
                            "the cards were made and evicted again before they could be sent: ask "
                            "again");
        return pl_cards_refuse(request);
    }
    make_job(request, &job);
    if (pl_wait_submit(request, &job, PL_STEP_built) != PL_OK)
        return pl_cards_refuse(request);
    return PL_STEP_built;
}

/* What the worker found at fault: its code, the file as it was called here, the line. */
static void take_blame(struct pl_request *request)
{
    const struct pl_job_result *result = &request->result;
    struct pl_answer_blame *blame = &request->answer.blame;
    struct pl_note_cards note = {.line = 0};
    memcpy(&note, result->note, PL_MIN((size_t)result->note_n, sizeof note));
    request->error = result->error;
    memcpy(blame->code, note.code, sizeof blame->code - 1);
    memcpy(blame->file, note.file, sizeof blame->file - 1);
    blame->line = note.line;
    if (request->error.code != PL_E_CRASHED && request->error.code != PL_E_INPUT)
        return;
    request->error.code = PL_E_FORMAT; /* the files did that: they are at fault */
    if (blame->code[0] == '\0')
        memcpy(blame->code, "bad-file", sizeof "bad-file");
}

/* For whoever asked for something of a key. */
static enum pl_step built_again(struct pl_request *request)
{
    bool picture = request->native.cards.what == PL_CARDS_PICTURE;
    if (request->result.error.code == PL_OK)
        return picture ? PL_STEP_wait : PL_STEP_compose;
    if (request->result.error.code == PL_E_MISSING && request->builds < PL_CARDS_BUILDS_MAX)
        return pl_cards_ask(request);
    take_blame(request);
    if (request->error.code == PL_E_MISSING)
        request->error.code = PL_E_BUSY;
    return pl_refuse(request);
}

enum pl_step pl_cards_built(struct pl_request *request)
{
    enum pl_err code = request->result.error.code;
    if (request->cards == NULL)
        return built_again(request);
    /* The files were another client's, which is gone: now with our own. */
    if (code == PL_E_MISSING && request->builds < PL_CARDS_BUILDS_MAX)
        return PL_STEP_build;
    if (code == PL_E_BUSY && ++request->cards->busy <= PL_CARDS_BUSY_MAX) {
        request->builds--;
        return PL_STEP_build;
    }
    if (code != PL_OK) {
        take_blame(request);
        if (request->error.code == PL_E_MISSING)
            request->error.code = PL_E_BUSY;
        return pl_cards_refuse(request);
    }
    if (!request->joined)
        pl_metric_add(request->front->heritage, PL_M_cards_built, 1);
    return after_build(request->cards);
}

/* --- its pictures ----------------------------------------------------------------------------- */

struct drawing {
    struct pl_request *request;
    struct pl_cards *cards;
    struct pl_cards_set set;
    struct pl_params params;
};

static bool is_cached(const struct drawing *d, uint32_t number, uint64_t *bytes)
{
    char selector[16];
    struct pl_key key;
    (void)snprintf(selector, sizeof selector, "%u", number);
    pl_cards_picture_key(d->cards->key, selector, &d->params, &key);
    return pl_cache_has(d->request->front->cache, &key, NULL, bytes, NULL, NULL) == PL_OK;
}

static bool picture_job(const struct drawing *d, uint32_t number, struct pl_job *job)
{
    struct pl_job_render render;
    struct pl_card_picture picture;
    if (!pl_card_picture_at(&d->set.set, number, &picture))
        return false;
    pl_cards_render(d->cards->key, &picture, number, &d->params, &render);
    pl_cards_render_job(d->request->front, &render, job);
    return true;
}

/* Put what comes after `at` on the board; what does not fit is asked for in its turn. */
static void draw_ahead(const struct drawing *d)
{
    struct pl_cards *cards = d->cards;
    struct pl_heritage *heritage = d->request->front->heritage;
    uint32_t window = (uint32_t)PL_MIN(heritage->config->workers_render, (uint64_t)PL_CARDS_AHEAD);
    uint32_t last = PL_MIN(cards->at + window - 1, cards->pictures_n);
    for (uint32_t i = PL_MAX(cards->ahead, cards->at) + 1; i <= last; i++) {
        struct pl_job job;
        pl_ticket ticket;
        bool joined;
        cards->ahead = i;
        if (!is_cached(d, i, NULL) && picture_job(d, i, &job))
            (void)pl_board_submit(heritage->board, heritage->board_front, &job, &ticket, &joined,
                                  NULL);
    }
}

/* What the picture that was waited for came to; false when *step goes on elsewhere. */
static bool take_result(struct pl_request *request, enum pl_step *step)
{
    struct pl_cards *cards = request->cards;
    enum pl_err code = request->result.error.code;
    cards->waits = false;
    if (code == PL_OK) {
        struct pl_note_render note = {0};
        memcpy(&note, request->result.note, PL_MIN((size_t)request->result.note_n, sizeof note));
        cards->bytes[cards->at - 1] = note.bytes;
        cards->at++;
        cards->tries = 0;
        return true;
    }
    cards->tries++;
    *step = PL_STEP_build;
    if (code == PL_E_MISSING && cards->tries <= MISSING_MAX)
        return false; /* the set was evicted */
    if (code == PL_E_BUSY && cards->tries <= PL_CARDS_BUSY_MAX)
        return true;
    request->error = request->result.error;
    if (code == PL_E_MISSING)
        request->error.code = PL_E_BUSY;
    if (code == PL_E_INPUT)
        request->error.code = PL_E_FORMAT;
    *step = pl_cards_refuse(request);
    return false;
}

static enum pl_err begin(struct drawing *d)
{
    struct pl_cards *cards = d->cards;
    cards->pictures_n = pl_card_pictures(&d->set.set);
    cards->at = 1;
    cards->bytes = calloc(PL_MAX(cards->pictures_n, 1U), sizeof *cards->bytes);
    return cards->bytes != NULL
               ? PL_OK
               : pl_fail(&d->request->error, PL_E_NOMEM, "no memory for an answer");
}

/* The client wants a picture and there is just one. */
static bool one_picture(const struct drawing *d)
{
    return (d->cards->form == PL_CARDS_FORM_JPEG || d->cards->form == PL_CARDS_FORM_WEBP) &&
           d->cards->token[0] == '\0' && (d->set.set.cards_n == 1 || d->cards->pictures_n == 1);
}

static enum pl_step send_picture(struct drawing *d)
{
    struct pl_request *request = d->request;
    const struct pl_url none = {.query_n = 0};
    bool webp = d->cards->form == PL_CARDS_FORM_WEBP;
    char etag[PL_ETAG_N];
    if (pl_cards_params(&none, webp ? PL_MEDIA_WEBP : PL_MEDIA_JPEG, &request->picture.params,
                        &request->error) != PL_OK)
        return pl_cards_refuse(request);
    pl_cards_picture_key(d->cards->key, "1", &request->picture.params, &request->picture.key);
    pl_etag(etag, request->picture.key.bytes);
    pl_answer_header(&request->answer, "ETag", etag);
    pl_answer_literal(&request->answer, "Cache-Control", "no-store");
    pl_answer_begin(&request->answer, "Content-Location");
    pl_answer_text(&request->answer, "/cards/");
    pl_answer_text(&request->answer, d->cards->key);
    pl_answer_text(&request->answer, webp ? "/1.webp" : "/1.jpg");
    pl_answer_end(&request->answer);
    return PL_STEP_lookup;
}

/* Draw from `at` on until one must be waited for, or all are there. */
static enum pl_step go_on(struct drawing *d)
{
    struct pl_request *request = d->request;
    struct pl_cards *cards = d->cards;
    struct pl_job job;
    while (cards->draw && cards->at <= cards->pictures_n) {
        if (is_cached(d, cards->at, &cards->bytes[cards->at - 1])) {
            cards->at++;
            continue;
        }
        if (!picture_job(d, cards->at, &job))
            break;
        if (pl_wait_submit(request, &job, PL_STEP_pictures) != PL_OK)
            return pl_cards_refuse(request);
        cards->waits = true;
        draw_ahead(d);
        return PL_STEP_pictures;
    }
    return pl_cards_answer(request, &d->set.set);
}

enum pl_step pl_cards_pictures(struct pl_request *request)
{
    struct drawing d = {.request = request, .cards = request->cards};
    const struct pl_url none = {.query_n = 0};
    enum pl_step step = PL_STEP_build;
    if (d.cards->waits && !take_result(request, &step))
        return step;
    enum pl_err err = pl_cards_load(request->front, d.cards->key, &d.set, &request->error);
    if (err == PL_E_MISSING) {
        request->error = (struct pl_error){.code = PL_OK};
        return PL_STEP_build;
    }
    if (err != PL_OK)
        return pl_cards_refuse(request);
    err = pl_cards_params(&none, PL_MEDIA_JPEG, &d.params, &request->error);
    if (err == PL_OK && d.cards->at == 0)
        err = begin(&d);
    step = err != PL_OK ? pl_cards_refuse(request) : one_picture(&d) ? send_picture(&d) : go_on(&d);
    pl_cards_unload(request->front, &d.set);
    return step;
}
