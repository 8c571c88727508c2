/* answer.c - composing an answer; problem documents; entity tags, ranges and dates of requests.
 *
 * Must not know the HTTP library, the catalogue or the cache. The hit path comes through here for
 * each of its headers, so values are put together by hand instead of by printf. */
#include "server/http/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "server/routes/url.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"
#include "shm/base/json.h"

enum { PROBLEM_N = 4096 };

void pl_answer_start(struct pl_answer *answer)
{
    answer->status = 0;
    answer->headers_n = 0;
    answer->body = PL_BODY_NONE;
    answer->buffer = PL_BUF(SIZE_MAX);
    answer->bytes = NULL;
    answer->stream = NULL;
    answer->blame = (struct pl_answer_blame){.given = false};
    answer->fd = -1;
    answer->file_at = answer->length = 0;
    answer->text_n = 0;
}

static void drop_body(struct pl_answer *answer)
{
    pl_buf_free(&answer->buffer);
    if (answer->fd >= 0)
        (void)close(answer->fd);
    answer->fd = -1;
    if (answer->stream != NULL)
        answer->stream->free(answer->stream);
    answer->stream = NULL;
    answer->body = PL_BODY_NONE;
    answer->length = 0;
}

void pl_answer_drop(struct pl_answer *answer)
{
    drop_body(answer);
    answer->status = 0;
    answer->headers_n = 0;
    answer->text_n = 0;
}

void pl_answer_literal(struct pl_answer *answer, const char *name, const char *literal)
{
    if (answer->headers_n < PL_ANSWER_HEADERS)
        answer->header[answer->headers_n++] = (struct pl_answer_header){name, literal};
}

static void append(struct pl_answer *answer, const char *bytes, size_t n)
{
    /* A value being composed that does not fit marks itself by filling the text to the brim. */
    if (answer->text_n >= PL_ANSWER_TEXT || n >= PL_ANSWER_TEXT - answer->text_n) {
        answer->text_n = PL_ANSWER_TEXT;
        return;
    }
    memcpy(answer->text + answer->text_n, bytes, n);
    answer->text_n += n;
}

void pl_answer_begin(struct pl_answer *answer, const char *name)
{
    CHECK(answer->headers_n <= PL_ANSWER_HEADERS);
    if (answer->headers_n < PL_ANSWER_HEADERS)
        answer->header[answer->headers_n] =
            (struct pl_answer_header){name, answer->text + answer->text_n};
}

void pl_answer_end(struct pl_answer *answer)
{
    if (answer->headers_n == PL_ANSWER_HEADERS)
        return;
    if (answer->text_n >= PL_ANSWER_TEXT) {
        answer->text_n = (size_t)(answer->header[answer->headers_n].value - answer->text);
        return;
    }
    answer->text[answer->text_n++] = '\0';
    answer->headers_n++;
}

void pl_answer_text(struct pl_answer *answer, const char *text)
{
    append(answer, text, strlen(text));
}

void pl_answer_number(struct pl_answer *answer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    append(answer, digits + at, sizeof digits - at);
}

void pl_answer_ms(struct pl_answer *answer, uint64_t ns)
{
    uint64_t us = ns / 1000;
    pl_answer_number(answer, us / 1000);
    const char fraction[4] = {'.', (char)('0' + us / 100 % 10), (char)('0' + us / 10 % 10),
                              (char)('0' + us % 10)};
    append(answer, fraction, sizeof fraction);
}

void pl_answer_hex(struct pl_answer *answer, const uint8_t *bytes, size_t n)
{
    char text[PL_HEX_N];
    CHECK(n <= PL_SHA256_N);
    pl_hex(text, bytes, n);
    append(answer, text, 2 * n);
}

void pl_answer_path(struct pl_answer *answer, const char *path)
{
    size_t room = PL_ANSWER_TEXT - answer->text_n;
    size_t n = pl_url_encode(answer->text + answer->text_n, room, path);
    answer->text_n = n == 0 && *path != '\0' ? PL_ANSWER_TEXT : answer->text_n + n;
}

void pl_answer_header(struct pl_answer *answer, const char *name, const char *value)
{
    pl_answer_begin(answer, name);
    pl_answer_text(answer, value);
    pl_answer_end(answer);
}

const char *pl_answer_find(const struct pl_answer *answer, const char *name)
{
    for (unsigned i = 0; i < answer->headers_n; i++)
        if (strcasecmp(answer->header[i].name, name) == 0)
            return answer->header[i].value;
    return NULL;
}

static const struct status {
    unsigned code;
    enum pl_log_level level;
    const char *type, *title;
} statuses[PL_E_COUNT] = {
#define STATUS(error, code, level, type, title) [error] = {code, level, type, title},
#include "server/http/status.def"
#undef STATUS
};

unsigned pl_status_code(enum pl_err code)
{
    return code < PL_E_COUNT ? statuses[code].code : 500;
}

enum pl_log_level pl_status_level(enum pl_err code)
{
    return code < PL_E_COUNT ? statuses[code].level : PL_LOG_ERROR;
}

/* Statuses that come from HTTP itself and not from an error code. */
static struct status special(unsigned status, enum pl_err code)
{
    switch (status) {
    case 401:
        return (struct status){401, PL_LOG_INFO, "token", "A token is missing"};
    case 403:
        return (struct status){403, PL_LOG_INFO, "token", "The token is another one"};
    case 405:
        return (struct status){405, PL_LOG_INFO, "method", "The method is not allowed here"};
    case 414:
        return (struct status){414, PL_LOG_INFO, "long-address", "The address is too long"};
    case 415:
        return (struct status){415, PL_LOG_INFO, "media", "The media type is not understood"};
    case 416:
        return (struct status){416, PL_LOG_INFO, "range", "The range lies outside"};
    default: {
        struct status s = statuses[code < PL_E_COUNT ? code : PL_E_INTERNAL];
        if (status != 0)
            s.code = status;
        return s;
    }
    }
}

static bool describes_body(const char *name)
{
    return strncasecmp(name, "Content-", 8) == 0 || strcasecmp(name, "ETag") == 0 ||
           strcasecmp(name, "Last-Modified") == 0 || strcasecmp(name, "Cache-Control") == 0 ||
           strcasecmp(name, "Location") == 0 || strcasecmp(name, "Accept-Ranges") == 0;
}

static void drop_body_headers(struct pl_answer *answer)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < answer->headers_n; i++)
        if (!describes_body(answer->header[i].name))
            answer->header[kept++] = answer->header[i];
    answer->headers_n = kept;
}

static void write_blame(const struct pl_answer_blame *blame, const char *type, const char *message,
                        struct pl_buf *out)
{
    (void)pl_buf_text(out, ",\"code\":", NULL);
    (void)pl_json_text(out, blame->code[0] != '\0' ? blame->code : type, NULL);
    (void)pl_buf_text(out, ",\"message\":", NULL);
    (void)pl_json_text(out, message, NULL);
    if (blame->file[0] != '\0') {
        (void)pl_buf_text(out, ",\"file\":", NULL);
        (void)pl_json_text(out, blame->file, NULL);
    }
    if (blame->line > 0)
        (void)pl_buf_print(out, NULL, ",\"line\":%u", blame->line);
}

void pl_answer_problem(struct pl_answer *answer, unsigned status, const struct pl_error *error,
                       const char *request_id)
{
    struct status s = special(status, error->code);
    const char *kept_range = s.code == 416 ? pl_answer_find(answer, "Content-Range") : NULL;
    drop_body_headers(answer);
    drop_body(answer);
    answer->buffer = PL_BUF(PROBLEM_N);
    struct pl_buf *out = &answer->buffer;
    (void)pl_buf_print(out, NULL, "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%u",
                       s.type, s.title, s.code);
    if (error->msg[0] != '\0') {
        (void)pl_buf_text(out, ",\"detail\":", NULL);
        (void)pl_json_text(out, error->msg, NULL);
    }
    if (error->param[0] != '\0') {
        (void)pl_buf_text(out, error->code == PL_E_LIMIT ? ",\"limit\":" : ",\"param\":", NULL);
        (void)pl_json_text(out, error->param, NULL);
    }
    if (answer->blame.given)
        write_blame(&answer->blame, s.type, error->msg[0] != '\0' ? error->msg : s.title, out);
    (void)pl_buf_text(out, ",\"instance\":", NULL);
    (void)pl_json_text(out, request_id, NULL);
    (void)pl_buf_text(out, "}\n", NULL);
    answer->status = s.code;
    answer->body = PL_BODY_BUFFER;
    answer->length = out->n;
    pl_answer_literal(answer, "Content-Type", "application/problem+json");
    pl_answer_literal(answer, "Cache-Control", "no-store");
    if (kept_range != NULL)
        pl_answer_literal(answer, "Content-Range", kept_range);
    if (s.code == 503 && pl_answer_find(answer, "Retry-After") == NULL)
        pl_answer_literal(answer, "Retry-After", "1");
}

void pl_etag(char out[PL_ETAG_N], const uint8_t bytes[16])
{
    out[0] = '"';
    pl_hex(out + 1, bytes, 16);
    out[33] = '"';
    out[34] = '\0';
}

bool pl_etag_listed(const char *list, const char *etag, bool weak)
{
    size_t etag_n = strlen(etag);
    const char *at = list + strspn(list, " \t,");
    if (at[0] == '*' && at[1 + strspn(at + 1, " \t")] == '\0')
        return true;
    while (*at != '\0') {
        bool is_weak = strncmp(at, "W/", 2) == 0;
        if (is_weak)
            at += 2;
        if (*at != '"')
            return false;
        const char *end = strchr(at + 1, '"');
        if (end == NULL)
            return false;
        end++;
        if ((weak || !is_weak) && (size_t)(end - at) == etag_n && memcmp(at, etag, etag_n) == 0)
            return true;
        at = end + strspn(end, " \t,");
    }
    return false;
}

static bool read_number(const char **at, uint64_t *out)
{
    const char *start = *at;
    uint64_t value = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (!pl_mul(value, 10, &value) || !pl_add(value, (uint64_t)(**at - '0'), &value))
            value = UINT64_MAX;
    *out = value;
    return *at > start;
}

enum pl_range pl_range_parse(const char *text, uint64_t length, uint64_t *first, uint64_t *n)
{
    if (strncasecmp(text, "bytes=", 6) != 0)
        return PL_RANGE_NONE;
    const char *at = text + 6;
    uint64_t from = 0, to = 0;
    bool has_from = read_number(&at, &from);
    if (*at++ != '-')
        return PL_RANGE_NONE;
    bool has_to = read_number(&at, &to);
    if (*at != '\0' || (!has_from && !has_to) || (has_from && has_to && from > to))
        return PL_RANGE_NONE;
    if (!has_from) {
        *n = PL_MIN(to, length);
        *first = length - *n;
        return *n > 0 ? PL_RANGE_PART : PL_RANGE_BAD;
    }
    if (from >= length)
        return PL_RANGE_BAD;
    *first = from;
    *n = (has_to && to < length ? to + 1 : length) - from;
    return PL_RANGE_PART;
}

bool pl_request_id_valid(const char *text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = strspn(text, allowed);
    return n >= 1 && n <= 64 && text[n] == '\0';
}

bool pl_time_parse(const char *text, uint64_t *seconds)
{
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (end == NULL || *end != '\0')
        return false;
    time_t t = timegm(&tm);
    if (t < 0)
        return false;
    *seconds = (uint64_t)t;
    return true;
}
