/* dqm_draw.c - a picture of collections: address to members, members to key; the rest of its way is
 * that of any picture (draw.c).
 *
 * The key is made of the canonical parameters, what is reported about each member, and each
 * member's collection, path and stamp, in order: whatever changes the picture changes the key. A
 * trend is keyed by its points. Nothing is allocated. */
#include <stdio.h>
#include <string.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { VERSION_MAX = PL_DQM_OBJECTS_MAX * (2 * PL_STAMP_N + 4) };

/* What a picture is made of, while it is looked up. */
struct view {
    const struct pl_renderer *renderer;
    unsigned n;
    struct pl_collection collection[PL_DQM_OBJECTS_MAX];
    char kind[PL_KIND_MAX]; /* of the main member */
    char version[VERSION_MAX + 1];
    uint64_t changed_wall_ns;
};

_Static_assert((int)PL_TEST_NONE == (int)PL_QUALITY_NONE &&
                   (int)PL_TEST_ERROR == (int)PL_QUALITY_ERROR,
               "what the store says of tests is what renderers take");

/* --- members ---------------------------------------------------------------------------------- */

static void fill_source(const struct pl_member *member, const struct pl_reports *reports,
                        struct pl_job_source *out)
{
    memset(out, 0, sizeof *out);
    out->stamp = member->stamp;
    memcpy(out->sha256, member->sha256, sizeof out->sha256);
    memcpy(out->locator, member->item.locator, sizeof out->locator);
    out->locator_n = member->item.locator_n;
    out->quality = (enum pl_quality)reports->worst;
    out->efficiency = reports->efficiency;
}

static enum pl_err find_member(struct pl_request *request, const struct pl_dqm_object *object,
                               struct pl_collection *collection, struct pl_member *member,
                               struct pl_reports *reports)
{
    struct pl_store *store = request->front->store;
    struct pl_error *error = &request->error, local = {0};
    char name[PL_COLLECTION_MAX + 1];
    enum pl_err err = pl_dqm_collection(&object->sample, name, error);
    if (err != PL_OK)
        return err;
    err = pl_store_collection(store, name, collection, &local);
    if (err == PL_E_MISSING)
        return pl_fail_param(error, err, "path", "%.150s is not available: no run %llu of %.60s",
                             object->path, (unsigned long long)object->sample.run,
                             object->sample.dataset);
    if (err == PL_OK)
        err = pl_store_member(store, collection, object->path, member, reports, &local);
    if (err == PL_E_MISSING)
        return pl_fail_param(error, err, "path", "%.200s is not available", object->path);
    if (err == PL_OK && member->item.trouble[0] != '\0')
        return pl_fail_param(error, PL_E_FORMAT, "path", "%.100s: %.120s", object->path,
                             member->item.trouble);
    return err == PL_OK ? PL_OK : pl_fail(error, err, "%s", local.msg);
}

/* The version of a member as listings show it: its stamp and, when anything is reported, that. */
static void add_version(struct view *view, const struct pl_job_source *source)
{
    size_t n = strlen(view->version);
    char *to = view->version + n, state[4];
    if (n > 0)
        *to++ = ',';
    pl_hex(to, source->stamp.bytes, PL_STAMP_N);
    pl_dqm_state(source->quality, source->efficiency, state);
    memcpy(to + strlen(to), state, strlen(state) + 1);
}

static enum pl_err add_object(struct pl_request *request, unsigned i, struct view *view)
{
    const struct pl_dqm_object *object = &request->view.object[i];
    struct pl_job_render *render = &request->render;
    struct pl_member member;
    struct pl_reports reports;
    enum pl_err err = find_member(request, object, &view->collection[i], &member, &reports);
    if (err != PL_OK)
        return err;
    const struct pl_renderer *renderer = pl_renderer_find(member.renderer);
    if (renderer == NULL)
        return pl_fail_param(&request->error, PL_E_FORMAT, "path",
                             "no renderer knows this kind of file");
    if (i > 0 && renderer != view->renderer)
        return pl_fail_param(&request->error, PL_E_INPUT, "obj",
                             "obj: %.100s is of another kind than the first", object->path);
    if (i == 0) {
        memcpy(view->kind, member.item.kind, sizeof view->kind);
        (void)snprintf(render->name, sizeof render->name, "%s", view->collection[0].name);
        (void)snprintf(render->selector, sizeof render->selector, "%s", object->path);
    }
    view->renderer = renderer;
    view->n = i + 1;
    view->changed_wall_ns = PL_MAX(view->changed_wall_ns, member.put_wall_ns);
    fill_source(&member, &reports, &render->sources[i]);
    (void)snprintf(render->sources[i].path, sizeof render->sources[i].path, "%s", object->path);
    add_version(view, &render->sources[i]);
    return PL_OK;
}

/* What tells the objects apart: run, dataset, or, of one sample, their names. All of it is in the
 * key as well. */
static void label_all(const struct pl_dqm_view *view, struct pl_job_render *render)
{
    const struct pl_dqm_object *first = &view->object[0];
    bool runs = view->objects_n == 1, datasets = view->objects_n == 1;
    for (unsigned i = 1; i < view->objects_n; i++) {
        runs = runs || view->object[i].sample.run != first->sample.run;
        datasets = datasets || strcmp(view->object[i].sample.dataset, first->sample.dataset) != 0;
    }
    for (unsigned i = 0; i < view->objects_n; i++) {
        const struct pl_dqm_object *object = &view->object[i];
        char *label = render->sources[i].label;
        const char *slash = strrchr(object->path, '/');
        unsigned long long run = object->sample.run;
        if (runs && datasets)
            (void)snprintf(label, PL_JOB_LABEL_N, "Run %llu %s", run, object->sample.dataset);
        else if (runs)
            (void)snprintf(label, PL_JOB_LABEL_N, "Run %llu", run);
        else
            (void)snprintf(label, PL_JOB_LABEL_N, "%s",
                           datasets        ? object->sample.dataset
                           : slash != NULL ? slash + 1
                                           : object->path);
    }
}

static enum pl_err find_all(struct pl_request *request, struct view *view)
{
    struct pl_job_render *render = &request->render;
    enum pl_err err = PL_OK;
    switch (request->view.what) {
    case PL_DQM_UNKNOWN:
        return pl_fail_param(&request->error, PL_E_MISSING, "path", "%.200s is not available",
                             request->view.path);
    case PL_DQM_TREND:
        return pl_dqm_trend(request, &view->renderer, view->kind);
    case PL_DQM_OBJECTS:
        for (unsigned i = 0; err == PL_OK && i < request->view.objects_n; i++)
            err = add_object(request, i, view);
        render->sources_n = view->n;
        if (err == PL_OK)
            label_all(&request->view, render);
        break;
    }
    return err;
}

/* --- key -------------------------------------------------------------------------------------- */

/* Canonical parameters, and for each source what is reported about it. */
static void key_text(const struct pl_job_render *render, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s?%s\n", pl_media_suffix(render->params.media),
                                render->params.text);
    for (unsigned i = 0; i < render->sources_n && n + 4 < size; i++) {
        pl_dqm_state(render->sources[i].quality, render->sources[i].efficiency, out + n);
        n += strlen(out + n);
        out[n++] = ';';
        out[n] = '\0';
    }
}

static void make_key(const struct pl_request *request, const struct view *view, struct pl_key *out)
{
    const struct pl_job_render *render = &request->render;
    struct pl_key_maker maker;
    char text[PL_PARAMS_MAX + 64];
    key_text(render, text, sizeof text);
    pl_key_start(&maker, view->renderer->name, view->renderer->version, text);
    for (unsigned i = 0; i < view->n; i++)
        pl_key_source(&maker, view->collection[i].name, request->view.object[i].path,
                      &render->sources[i].stamp);
    if (view->n == 0) {
        struct pl_stamp none = {{0}};
        pl_key_source(&maker, render->trend.label, render->selector, &none);
        pl_sha256_add(&maker.sha, render->trend.points,
                      render->trend_n * sizeof render->trend.points[0]);
    }
    pl_key_end(&maker, out);
}

void pl_dqm_culprit(const struct pl_request *request, uint8_t out[PL_BOARD_ID_N])
{
    const struct pl_job_render *render = &request->render;
    memset(out, 0, PL_BOARD_ID_N);
    if (render->sources_n == 1)
        pl_job_culprit(out, &render->sources[0].stamp, render->selector);
    if (render->sources_n < 2)
        return;
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    for (unsigned i = 0; i < render->sources_n; i++) {
        const char *path = request->view.object[i].path;
        pl_sha256_add(&sha, render->sources[i].stamp.bytes, PL_STAMP_N);
        pl_sha256_add(&sha, path, strlen(path) + 1);
    }
    pl_sha256_end(&sha, out);
}

/* --- headers ---------------------------------------------------------------------------------- */

static void content_location(struct pl_request *request, const struct view *view)
{
    const struct pl_dqm_object *object = &request->view.object[0];
    const struct pl_params *params = &request->render.params;
    struct pl_answer *answer = &request->answer;
    bool json = params->media == PL_MEDIA_JSON;
    pl_answer_begin(answer, "Content-Location");
    pl_answer_text(answer, json ? "/jsonfairy/archive/" : "/plotfairy/archive/");
    pl_answer_number(answer, object->sample.run);
    pl_answer_text(answer, object->sample.dataset);
    pl_answer_text(answer, "/");
    pl_answer_path(answer, object->path);
    pl_answer_text(answer, "?");
    if (params->media == PL_MEDIA_JPEG)
        pl_answer_text(answer, "fmt=jpg&");
    if (params->text[0] != '\0') {
        pl_answer_text(answer, params->text);
        pl_answer_text(answer, "&");
    }
    pl_answer_text(answer, "v=");
    pl_answer_text(answer, view->version);
    pl_answer_end(answer);
}

static void describe(struct pl_request *request, const struct view *view)
{
    struct pl_answer *answer = &request->answer;
    const char *version = request->view.version;
    bool pinned = version != NULL && view->n > 0 && strcmp(version, view->version) == 0;
    char etag[PL_ETAG_N], modified[PL_TIME_TEXT_N];
    answer->headers_n = 0;
    answer->text_n = 0;
    pl_etag(etag, request->picture.key.bytes);
    pl_answer_header(answer, "ETag", etag);
    pl_answer_literal(answer, "Cache-Control",
                      pinned ? "private, max-age=31536000, immutable" : "no-cache");
    if (view->n == 0)
        return;
    pl_time_http(modified, view->changed_wall_ns);
    pl_answer_header(answer, "Last-Modified", modified);
    if (view->n == 1)
        content_location(request, view);
}

enum pl_step pl_dqm_resolve(struct pl_request *request)
{
    struct pl_job_render *render = &request->render;
    struct view view = {.renderer = NULL};
    memset(render, 0, sizeof *render);
    if (find_all(request, &view) != PL_OK ||
        view.renderer->params(request->native.url.query, request->native.url.query_n, view.kind,
                              request->view.media, PL_QUERY_LENIENT, &render->params,
                              &request->error) != PL_OK ||
        pl_picture_size(&render->params, request->front->config->limits_pixels, &request->error) !=
            PL_OK)
        return pl_refuse(request);
    (void)snprintf(render->renderer, sizeof render->renderer, "%s", view.renderer->name);
    make_key(request, &view, &render->key);
    request->picture.key = render->key;
    request->picture.params.media = render->params.media;
    describe(request, &view);
    pl_memo_store_collections(request, view.collection, view.n);
    return pl_draw_compare(request);
}
