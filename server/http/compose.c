/* compose.c - answers that are neither pictures nor originals: pages, statistics, metrics,
 * commands, and the redirect for parameter lists too long for an address. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/http/request.h"
#include "server/web/web.h"
#include "shm/base/check.h"

enum { ADMIN_BYTES = 64 << 20 };

static enum pl_step answer_buffer(struct pl_request *request, const char *media)
{
    struct pl_answer *answer = &request->answer;
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", media);
    pl_answer_literal(answer, "Cache-Control", "no-store");
    return PL_STEP_deliver;
}

void pl_page_headers(struct pl_answer *answer)
{
    pl_answer_literal(
        answer, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'");
    pl_answer_literal(answer, "Referrer-Policy", "no-referrer");
}

enum pl_step pl_page_send(struct pl_request *request, const char *path, const char *vary)
{
    struct pl_answer *answer = &request->answer;
    const struct pl_web_file *file = pl_web_find(path);
    if (file == NULL) {
        (void)pl_fail_param(&request->error, PL_E_MISSING, "path", "there is no such page");
        return pl_refuse(request);
    }
    bool packed = file->gzip.n > 0 && pl_web_gzip(pl_request_header(request, "Accept-Encoding"));
    const struct pl_web_form *form = packed ? &file->gzip : &file->plain;
    pl_answer_literal(answer, "ETag", form->etag);
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    pl_answer_literal(answer, "Vary", vary);
    const char *list = pl_request_header(request, "If-None-Match");
    if (list != NULL && pl_etag_listed(list, form->etag, true)) {
        answer->status = 304;
        answer->length = form->n;
        return PL_STEP_deliver;
    }
    answer->status = 200;
    answer->body = PL_BODY_STATIC;
    answer->bytes = form->bytes;
    answer->length = form->n;
    if (packed)
        pl_answer_literal(answer, "Content-Encoding", "gzip");
    pl_answer_literal(answer, "Content-Type", file->media);
    pl_page_headers(answer);
    return PL_STEP_deliver;
}

static enum pl_step metrics(struct pl_request *request)
{
    struct pl_front *front = request->front;
    if (!request->conn->daemon->admin && !front->config->http_metrics) {
        (void)pl_fail_param(&request->error, PL_E_MISSING, "path",
                            "metrics are served on the admin socket; http.metrics=on serves them "
                            "here too");
        return pl_refuse(request);
    }
    const char *accept = pl_request_header(request, "Accept");
    bool openmetrics = accept != NULL && strstr(accept, "application/openmetrics-text") != NULL;
    request->answer.buffer = PL_BUF(ADMIN_BYTES);
    if (pl_native_none(&request->native.url, &request->error) != PL_OK ||
        pl_metrics_print(&front->admin, openmetrics, &request->answer.buffer, &request->error) !=
            PL_OK)
        return pl_refuse(request);
    return answer_buffer(request, openmetrics ? "application/openmetrics-text; version=1.0.0; "
                                                "charset=utf-8"
                                              : "text/plain; version=0.0.4; charset=utf-8");
}

/* A command of the admin interface; `wait` ones go on in pl_composed. */
static enum pl_step command(struct pl_request *request, const char *name)
{
    struct pl_admin_call *call = calloc(1, sizeof *call);
    if (call == NULL) {
        (void)pl_fail(&request->error, PL_E_NOMEM, "no memory for a command");
        return pl_refuse(request);
    }
    request->admin = call;
    request->answer.buffer = PL_BUF(ADMIN_BYTES);
    call->command = name;
    call->query = request->native.url.query;
    call->query_n = request->native.url.query_n;
    call->read_only = request->method != PL_METHOD_POST;
    call->out = &request->answer.buffer;
    if (pl_admin_start(&request->front->admin, call, &request->error) != PL_OK)
        return pl_refuse(request);
    if (!call->wait)
        return answer_buffer(request, "application/json");
    if (pl_wait_submit(request, &call->job, PL_STEP_composed) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_composed;
}

enum pl_step pl_composed(struct pl_request *request)
{
    struct pl_admin_call *call = request->admin;
    CHECK(call != NULL);
    if (request->result.error.code != PL_OK) {
        request->error = request->result.error;
        return pl_refuse(request);
    }
    if (pl_admin_finish(&request->front->admin, call, &request->result, &request->error) != PL_OK)
        return pl_refuse(request);
    return answer_buffer(request, "application/json");
}

/* A form as browsers send it: name, selector, format and the parameters of the picture. */
static enum pl_err parse_form(struct pl_request *request, struct pl_error *error)
{
    const char *media = pl_request_header(request, "Content-Type");
    if (media != NULL && strncasecmp(media, "application/x-www-form-urlencoded", 33) != 0)
        return pl_fail_param(error, PL_E_INPUT, "Content-Type",
                             "must be application/x-www-form-urlencoded");
    enum pl_err err = pl_buf_add(&request->body, "", 1, error);
    return err == PL_OK ? pl_url_query((char *)request->body.bytes, PL_URL_PLAIN,
                                       &request->native.url, error)
                        : err;
}

static enum pl_err read_format(struct pl_url *url, enum pl_media *media, struct pl_error *error)
{
    const char *format = pl_url_take(url, "format");
    if (format == NULL || strcmp(format, "png") == 0)
        *media = PL_MEDIA_PNG;
    else if (strcmp(format, "jpg") == 0 || strcmp(format, "jpeg") == 0)
        *media = PL_MEDIA_JPEG;
    else
        return pl_fail_param(error, PL_E_INPUT, "format", "must be png or jpg");
    return PL_OK;
}

enum pl_step pl_picture_redirect(struct pl_request *request)
{
    struct pl_error *error = &request->error;
    struct pl_picture *picture = &request->picture;
    struct pl_url *url = &request->native.url;
    struct pl_answer *answer = &request->answer;
    enum pl_media media = PL_MEDIA_PNG;
    if (pl_native_none(url, error) != PL_OK || parse_form(request, error) != PL_OK)
        return pl_refuse(request);
    const char *name = pl_url_take(url, "name"), *selector = pl_url_take(url, "selector");
    if (name == NULL || selector == NULL)
        (void)pl_fail_param(error, PL_E_INPUT, name == NULL ? "name" : "selector", "is missing");
    if (error->code != PL_OK || read_format(url, &media, error) != PL_OK ||
        pl_picture_name(request->front->store, name, selector, picture, error) != PL_OK ||
        pl_picture_key(picture, url->query, url->query_n, media,
                       request->front->config->limits_pixels, error) != PL_OK)
        return pl_refuse(request);
    answer->status = 303;
    pl_answer_begin(answer, "Location");
    pl_answer_text(answer, "/v1/images/");
    pl_answer_path(answer, name);
    pl_answer_text(answer, "/");
    pl_answer_path(answer, selector);
    pl_answer_text(answer, pl_media_suffix(media));
    if (picture->params.text[0] != '\0') {
        pl_answer_text(answer, "?");
        pl_answer_text(answer, picture->params.text);
    }
    pl_answer_end(answer);
    return PL_STEP_deliver;
}

enum pl_step pl_compose(struct pl_request *request)
{
    switch (request->native.route) {
    case PL_ROUTE_OBJECTS:
        return pl_read_object(request);
    case PL_ROUTE_LIST:
        return pl_read_list(request);
    case PL_ROUTE_ITEMS:
        return pl_read_items(request);
    case PL_ROUTE_IMAGES:
        return pl_picture_redirect(request);
    case PL_ROUTE_RESOLVE:
        return pl_read_resolve(request);
    case PL_ROUTE_HEALTH:
        return pl_health(request);
    case PL_ROUTE_METRICS:
        return metrics(request);
    case PL_ROUTE_STATS:
        return command(request, "stats");
    case PL_ROUTE_WEB:
        return pl_page_send(request, request->native.url.path, "Accept-Encoding");
    case PL_ROUTE_ADMIN:
        return command(request, request->native.rest);
    case PL_ROUTE_DQM_SAMPLES:
        return pl_dqm_samples(request);
    case PL_ROUTE_DQM_LIST:
        return pl_dqm_list(request);
    case PL_ROUTE_DQM_START:
        return pl_dqm_start(request);
    case PL_ROUTE_CARDS:
        return pl_cards_show(request);
    case PL_ROUTE_CARDS_UPLOAD:  /* cards_build.c */
    case PL_ROUTE_CARDS_PICTURE: /* draw.c */
    case PL_ROUTE_DQM_PUT:       /* upload.c */
    case PL_ROUTE_DQM_PICTURE:   /* draw.c */
    case PL_ROUTE_NONE:
    case PL_ROUTE_COUNT:
        break;
    }
    (void)pl_fail(&request->error, PL_E_INTERNAL, "no one answers this route");
    return pl_refuse(request);
}
