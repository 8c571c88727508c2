/* ctl_ask.c - one question to a running server over its unix socket (libcurl), one JSON value back.
 *
 * The only file that includes curl. One connection is kept for all questions of a run; the answer
 * may have at most ANSWER_MOST bytes. */
#include "server/admin/ctl.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/buf.h"

enum { ANSWER_MOST = 64 << 20, TIMEOUT_MS = 10000 };

static size_t receive(char *bytes, size_t size, size_t n, void *context)
{
    return pl_buf_add(context, bytes, size * n, NULL) == PL_OK ? size * n : 0;
}

static bool is_url(const char *target)
{
    return strncmp(target, "http://", 7) == 0 || strncmp(target, "https://", 8) == 0;
}

static enum pl_err make_url(struct pl_ctl *ctl, CURL *curl, const char *command,
                            const struct pl_query *args, size_t args_n, struct pl_buf *url)
{
    enum pl_err err = pl_buf_print(url, NULL, "%s/admin/v1/%s",
                                   is_url(ctl->socket) ? ctl->socket : "http://platen", command);
    for (size_t i = 0; i < args_n && err == PL_OK; i++) {
        char *value = curl_easy_escape(curl, args[i].value, 0);
        err = value != NULL
                  ? pl_buf_print(url, NULL, "%c%s=%s", i == 0 ? '?' : '&', args[i].name, value)
                  : PL_E_NOMEM;
        curl_free(value);
    }
    return err == PL_OK ? pl_buf_add(url, "", 1, NULL) : err;
}

static void complain(const struct pl_ctl *ctl, const char *what, const char *why)
{
    if (!ctl->quiet)
        fprintf(stderr, "platenctl: %s%s%s\n", what, why[0] != '\0' ? ": " : "", why);
}

static int failed_to_connect(struct pl_ctl *ctl, CURL *curl, CURLcode code)
{
    long os_errno = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_errno);
    if (code == CURLE_OPERATION_TIMEDOUT) {
        complain(ctl, ctl->socket, "no answer in time");
        return PL_EXIT_FAILED;
    }
    complain(ctl, ctl->socket, os_errno != 0 ? strerror((int)os_errno) : curl_easy_strerror(code));
    return os_errno == EACCES || os_errno == EPERM ? PL_EXIT_DENIED : PL_EXIT_UNREACHABLE;
}

/* A refusal is application/problem+json (RFC 9457). */
static int refused(struct pl_ctl *ctl, long status, const json_t *problem)
{
    const char *detail = pl_ctl_text(problem, "detail");
    char text[512], clean[512];
    snprintf(text, sizeof text, "%s", detail[0] != '\0' ? detail : pl_ctl_text(problem, "title"));
    pl_ctl_clean(clean, sizeof clean, text, 0);
    if (clean[0] == '\0')
        snprintf(clean, sizeof clean, "the server answered %ld", status);
    complain(ctl, clean, "");
    switch (status) {
    case 400:
        return PL_EXIT_USAGE;
    case 401:
    case 403:
        return PL_EXIT_DENIED;
    case 404:
    case 410:
        return PL_EXIT_NOTHING;
    default:
        return PL_EXIT_FAILED;
    }
}

static int read_answer(struct pl_ctl *ctl, CURL *curl, const struct pl_buf *body, json_t **out)
{
    long status = 0;
    json_error_t where;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *value = json_loadb((const char *)body->bytes, body->n, JSON_DECODE_ANY, &where);
    if (status != 200) {
        int code = refused(ctl, status, value);
        json_decref(value);
        return code;
    }
    if (value == NULL) {
        complain(ctl, "the answer is not JSON", where.text);
        return PL_EXIT_FAILED;
    }
    *out = value;
    return PL_EXIT_OK;
}

int pl_ctl_ask(struct pl_ctl *ctl, bool change, const char *command, const struct pl_query *args,
               size_t args_n, json_t **out)
{
    *out = NULL;
    if (ctl->map != NULL)
        return pl_ctl_ask_map(ctl, command, args, args_n, out);
    if (ctl->link == NULL)
        ctl->link = curl_easy_init();
    CURL *curl = ctl->link;
    struct pl_buf url = PL_BUF(1 << 20), body = PL_BUF(ANSWER_MOST);
    if (curl == NULL || make_url(ctl, curl, command, args, args_n, &url) != PL_OK) {
        complain(ctl, "no memory for the question", "");
        pl_buf_free(&url);
        return PL_EXIT_FAILED;
    }
    curl_easy_setopt(curl, CURLOPT_URL, (const char *)url.bytes);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, is_url(ctl->socket) ? NULL : ctl->socket);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     (long)(ctl->timeout_given ? ctl->timeout : TIMEOUT_MS));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (change)
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, "");
    else
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    CURLcode code = curl_easy_perform(curl);
    int exit_code =
        code == CURLE_OK ? read_answer(ctl, curl, &body, out) : failed_to_connect(ctl, curl, code);
    pl_buf_free(&url);
    pl_buf_free(&body);
    return exit_code;
}

void pl_ctl_hang_up(struct pl_ctl *ctl)
{
    if (ctl->link != NULL)
        curl_easy_cleanup(ctl->link);
    ctl->link = NULL;
}
