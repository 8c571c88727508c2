/* cards_draw.c - one picture: of a set by its number, or of a controller with its inputs named.
 *
 * Its key is made of the address alone, so a picture that is cached is sent without a look at its
 * set. Only what must be drawn needs the set: to be there, and to have that many pictures. The rest
 * of its way is that of any picture (draw.c). Nothing is allocated but the copy of the set. */
#include <stdio.h>
#include <string.h>

#include "server/http/cards.h"
#include "shm/base/check.h"

const char *pl_cards_title(const struct pl_card_picture *picture, const char **profile)
{
    *profile = picture->card != NULL ? picture->card->profile : picture->list->profile;
    return picture->card != NULL ? picture->card->title : picture->list->title;
}

/* A label is cards/KEY/SLUG, or devices/ID, and more behind a tab. */
void pl_cards_file_name(const char *label, char out[PL_CARDS_SLUG_N])
{
    char name[PL_CARDS_KEY_N + PL_CARDS_SLUG_N + 16];
    size_t n = PL_MIN(strcspn(label, "\t"), sizeof name - 1);
    memcpy(name, label, n);
    name[n] = '\0';
    const char *slash = strrchr(name, '/');
    pl_cards_slug(slash != NULL ? slash + 1 : name, "", out);
}

/* --- jobs ------------------------------------------------------------------------------------- */

static void start_render(const struct pl_key *key, const struct pl_params *params,
                         struct pl_job_render *out)
{
    memset(out, 0, sizeof *out);
    out->key = *key;
    out->params = *params;
    out->sources_n = 1;
    (void)snprintf(out->renderer, sizeof out->renderer, "%s", pl_renderer_card.name);
}

void pl_cards_render(const char *key, const struct pl_card_picture *picture, uint32_t number,
                     const struct pl_params *params, struct pl_job_render *out)
{
    char slug[PL_CARDS_SLUG_N], selector[16];
    struct pl_key picture_key;
    const char *profile, *title = pl_cards_title(picture, &profile);
    pl_cards_slug(title, profile, slug);
    (void)snprintf(selector, sizeof selector, "%u", number);
    pl_cards_picture_key(key, selector, params, &picture_key);
    start_render(&picture_key, params, out);
    (void)snprintf(out->name, sizeof out->name, PL_CARDS_FOLDER "%s/%s", key, slug);
    (void)snprintf(out->selector, sizeof out->selector, "%s", selector);
    out->sources[0].from = PL_FROM_CACHE;
    pl_cards_set_key(key, &out->sources[0].key);
}

void pl_cards_render_job(struct pl_front *front, const struct pl_job_render *render,
                         struct pl_job *job)
{
    struct pl_sha256 sha;
    job->queue = PL_QUEUE_RENDER;
    job->kind = PL_JOB_RENDER;
    job->run_ns = front->config->limits_render * PL_MS_NS;
    job->record_n = sizeof *render;
    memcpy(job->id, render->key.bytes, sizeof job->id);
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, render->sources[0].key.bytes, PL_KEY_N);
    pl_sha256_add(&sha, render->selector, strlen(render->selector));
    pl_sha256_end(&sha, job->culprit);
    memcpy(job->record, render, sizeof *render);
}

/* --- steps ------------------------------------------------------------------------------------ */

static void selector_of(const struct pl_cards_address *address, char out[PL_SELECTOR_MAX + 1])
{
    if (address->what == PL_CARDS_DEVICE)
        (void)snprintf(out, PL_SELECTOR_MAX + 1, "device/%s", address->device);
    else
        (void)snprintf(out, PL_SELECTOR_MAX + 1, "%u", address->number);
}

static bool device_known(struct pl_request *request)
{
    const struct pl_packs *packs = pl_card_packs();
    const char *id = request->native.cards.device;
    struct pl_pack_device device;
    if (packs != NULL && pl_packs_device(packs, id, &device))
        return true;
    (void)pl_fail_param(&request->error, PL_E_MISSING, "path",
                        "there is no controller called %.80s; /devices lists them", id);
    return false;
}

enum pl_step pl_cards_resolve(struct pl_request *request)
{
    const struct pl_cards_address *address = &request->native.cards;
    struct pl_picture *picture = &request->picture;
    struct pl_answer *answer = &request->answer;
    char selector[PL_SELECTOR_MAX + 1], etag[PL_ETAG_N];
    enum pl_step step;
    if (address->what == PL_CARDS_UPLOAD)
        return PL_STEP_build; /* the set was evicted while its one picture was waited for */
    if (address->what == PL_CARDS_PICTURE && !pl_cards_current(request, &step))
        return step;
    if ((address->what == PL_CARDS_DEVICE && !device_known(request)) ||
        pl_cards_params(&request->native.url, address->media, &picture->params, &request->error) !=
            PL_OK)
        return pl_refuse(request);
    selector_of(address, selector);
    pl_cards_picture_key(address->key, selector, &picture->params, &picture->key);
    pl_etag(etag, picture->key.bytes);
    answer->headers_n = 0;
    answer->text_n = 0;
    pl_answer_header(answer, "ETag", etag);
    pl_answer_literal(answer, "Cache-Control",
                      address->what == PL_CARDS_DEVICE ? "public, no-cache"
                                                       : "public, max-age=31536000, immutable");
    return pl_draw_compare(request);
}

static void render_device(struct pl_request *request)
{
    struct pl_job_render *render = &request->render;
    const char *id = request->native.cards.device;
    start_render(&request->picture.key, &request->picture.params, render);
    (void)snprintf(render->name, sizeof render->name, "devices/%.400s", id);
    (void)snprintf(render->selector, sizeof render->selector, "device/%.1000s", id);
    render->sources[0].from = PL_FROM_NOTHING;
}

/* It is to be drawn: false when *step is to be gone on with instead. */
bool pl_cards_ready(struct pl_request *request, enum pl_step *step)
{
    const struct pl_cards_address *address = &request->native.cards;
    struct pl_error error = {0};
    struct pl_cards_set set;
    struct pl_card_picture picture;
    if (address->what == PL_CARDS_DEVICE) {
        render_device(request);
        return true;
    }
    enum pl_err err = pl_cards_load(request->front, address->key, &set, &error);
    if (err == PL_E_MISSING) {
        *step = address->what == PL_CARDS_UPLOAD ? PL_STEP_build : pl_cards_ask(request);
        return false;
    }
    uint32_t number = address->what == PL_CARDS_UPLOAD ? 1 : address->number, n = 0;
    if (err == PL_OK) {
        n = pl_card_pictures(&set.set);
        if (pl_card_picture_at(&set.set, number, &picture))
            pl_cards_render(address->key, &picture, number, &request->picture.params,
                            &request->render);
        else
            err = pl_fail_param(&error, PL_E_MISSING, "path", "there are %u pictures of these", n);
        pl_cards_unload(request->front, &set);
    }
    if (err == PL_OK)
        return true;
    request->error = error;
    *step = pl_refuse(request);
    return false;
}

void pl_cards_describe(struct pl_request *request, const char *label)
{
    struct pl_answer *answer = &request->answer;
    char name[PL_CARDS_SLUG_N];
    pl_cards_file_name(label, name);
    pl_answer_begin(answer, "Content-Disposition");
    pl_answer_text(answer, "inline; filename=\"");
    pl_answer_text(answer, name);
    pl_answer_text(answer, pl_media_suffix(request->picture.params.media));
    pl_answer_text(answer, "\"");
    pl_answer_end(answer);
}
