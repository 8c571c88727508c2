/* dqm_answer.c - the last word on an answer of a DQM address.
 *
 * Old pages show pictures by <img> and would show a broken icon for any error: every refusal of a
 * picture gets a picture that says the reason, whatever its status, unless the client wants none.
 * Old readers of numbers find "hist" in a refusal, too. Old upload clients read three headers. */
#include <string.h>
#include <strings.h>

#include "render/notice.h"
#include "server/http/request.h"
#include "shm/base/check.h"

enum { NOTICE_BYTES = 1 << 20, DETAIL_MAX = 300 };

/* --- pictures --------------------------------------------------------------------------------- */

/* Does one media range of Accept allow a PNG? `q=0` forbids. */
static bool range_allows(const char *range, size_t n)
{
    static const char *const allowed[] = {"*/*", "image/*", "image/png"};
    size_t type_n = strcspn(range, "; \t,");
    bool matches = false;
    for (size_t i = 0; i < PL_COUNT(allowed); i++)
        matches = matches ||
                  (strlen(allowed[i]) == type_n && strncasecmp(range, allowed[i], type_n) == 0);
    const char *q = memmem(range, n, "q=0", 3);
    return matches && (q == NULL || strspn(q + 3, ".0") < strcspn(q + 3, ";, \t"));
}

static bool images_accepted(const struct pl_request *request)
{
    const char *at = pl_request_header(request, "Accept");
    if (at == NULL || *at == '\0')
        return true;
    while (*at != '\0') {
        at += strspn(at, " \t,");
        size_t n = strcspn(at, ",");
        if (n > 0 && range_allows(at, n))
            return true;
        at += n;
    }
    return false;
}

static void draw_notice(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const struct pl_error *error = &request->error;
    uint32_t width_px, height_px;
    struct pl_buf picture = PL_BUF(NOTICE_BYTES);
    pl_dqm_size(&request->native.url, &width_px, &height_px);
    if (pl_notice_png(width_px, height_px, error->msg[0] != '\0' ? error->msg : "not available",
                      &picture, NULL) != PL_OK) {
        pl_buf_free(&picture);
        return;
    }
    pl_buf_free(&answer->buffer);
    answer->buffer = picture;
    answer->length = picture.n;
    for (unsigned i = 0; i < answer->headers_n; i++)
        if (strcasecmp(answer->header[i].name, "Content-Type") == 0)
            answer->header[i].value = "image/png";
    if (request->front->config->dqm_legacy_missing)
        answer->status = 200;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Old readers look for "hist" whatever the status is, and pass over what says it has none. */
static void add_no_hist(struct pl_request *request)
{
    static const char no_hist[] = "{\"hist\":\"unsupported type\",";
    struct pl_answer *answer = &request->answer;
    struct pl_buf text = PL_BUF(NOTICE_BYTES);
    if (answer->buffer.n < 2 || answer->buffer.bytes[0] != '{')
        return;
    if (pl_buf_text(&text, no_hist, NULL) != PL_OK ||
        pl_buf_add(&text, answer->buffer.bytes + 1, answer->buffer.n - 1, NULL) != PL_OK) {
        pl_buf_free(&text);
        return;
    }
    pl_buf_free(&answer->buffer);
    answer->buffer = text;
    answer->length = text.n;
    if (request->front->config->dqm_legacy_missing)
        answer->status = 200;
}

/* --- uploads ---------------------------------------------------------------------------------- */

static const char *upload_code(const struct pl_request *request, const char **message)
{
    switch (request->error.code) {
    case PL_E_INPUT:
        *message = "The request is malformed";
        return "200";
    case PL_E_FORMAT:
    case PL_E_LIMIT:
        *message = "The file is not acceptable";
        return "300";
    default:
        *message = "The file was not stored";
        return "400";
    }
}

static void describe_upload(struct pl_request *request)
{
    struct pl_answer *answer = &request->answer;
    const char *message, *code = upload_code(request, &message);
    char detail[DETAIL_MAX];
    size_t n = 0;
    for (; request->error.msg[n] != '\0' && n + 1 < sizeof detail; n++) {
        char c = request->error.msg[n];
        detail[n] = c >= ' ' && c < 0x7f ? c : '?';
    }
    detail[n] = '\0';
    pl_answer_literal(answer, "DQM-Status-Code", code);
    pl_answer_literal(answer, "DQM-Status-Message", message);
    pl_answer_header(answer, "DQM-Status-Detail", detail);
    if (request->front->config->dqm_legacy_status)
        answer->status = 500;
}

void pl_dqm_answer(struct pl_request *request)
{
    const struct pl_answer *answer = &request->answer;
    if (answer->status < 400)
        return;
    if (request->native.route == PL_ROUTE_DQM_PUT)
        describe_upload(request);
    else if (request->native.route == PL_ROUTE_DQM_PICTURE &&
             request->native.media == PL_MEDIA_JSON)
        add_no_hist(request);
    else if (request->native.route == PL_ROUTE_DQM_PICTURE && images_accepted(request))
        draw_notice(request);
}
