/* admin.c - finds the command, checks what it was given, and the commands that only set a flag.
 *
 * Answers are JSON values built with jansson on the heap of the front and freed before return; the
 * largest (1000 entries) is about half a megabyte. Knows nothing of HTTP. */
#include "server/admin/admin.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/admin/admin_priv.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/utf8.h"

static const struct command {
    const char *name;
    pl_admin_fn *start;
    bool changes;
    const char *args, *text;
} commands[] = {
#define ADMIN(name, handler, changes, args, text) {name, pl_admin_##handler, changes, args, text},
#include "server/admin/admin.def"
#undef ADMIN
};

enum pl_err pl_admin_json(struct pl_admin_call *call, json_t *value, struct pl_error *error)
{
    if (value == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the answer to %s", call->command);
    char *text = json_dumps(value, JSON_COMPACT);
    json_decref(value);
    if (text == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the answer to %s", call->command);
    enum pl_err err = pl_buf_text(call->out, text, error);
    if (err == PL_OK)
        err = pl_buf_text(call->out, "\n", error);
    free(text);
    return err;
}

const char *pl_admin_arg(const struct pl_admin_call *call, const char *name)
{
    for (size_t i = 0; i < call->query_n; i++)
        if (strcmp(call->query[i].name, name) == 0)
            return call->query[i].value;
    return NULL;
}

enum pl_err pl_admin_arg_number(const struct pl_admin_call *call, const char *name,
                                uint64_t otherwise, uint64_t most, uint64_t *out,
                                struct pl_error *error)
{
    const char *text = pl_admin_arg(call, name);
    *out = otherwise;
    if (text == NULL)
        return PL_OK;
    uint64_t value = 0;
    bool good = text[0] != '\0';
    for (const char *c = text; good && *c != '\0'; c++) {
        good = *c >= '0' && *c <= '9' && pl_mul(value, 10, &value) &&
               pl_add(value, (uint64_t)(*c - '0'), &value);
    }
    if (!good || value > most)
        return pl_fail_param(error, PL_E_INPUT, name, "%s must be a whole number of at most %llu",
                             name, (unsigned long long)most);
    *out = value;
    return PL_OK;
}

static bool is_word_of(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; n > 0 && (at = strstr(at, word)) != NULL; at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

enum pl_err pl_admin_args_known(const struct pl_admin_call *call, const char *known,
                                struct pl_error *error)
{
    for (size_t i = 0; i < call->query_n; i++) {
        const char *name = call->query[i].name;
        if (!is_word_of(known, name))
            return pl_fail_param(error, PL_E_INPUT, name, "%s does not know the parameter %s",
                                 call->command, name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(call->query[j].name, name) == 0)
                return pl_fail_param(error, PL_E_INPUT, name, "%s is given twice", name);
    }
    return PL_OK;
}

uint64_t pl_admin_age(uint64_t wall_ns)
{
    uint64_t now = pl_wall_ns();
    return wall_ns != 0 && now > wall_ns ? (now - wall_ns) / PL_S_NS : 0;
}

json_t *pl_admin_text(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    struct pl_buf clean = PL_BUF(4 * strlen(text) + 1);
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0';) {
        size_t n = pl_utf8_step(s, SIZE_MAX, NULL);
        if (n == 0 ? pl_buf_text(&clean, PL_UTF8_UNKNOWN, NULL) : pl_buf_add(&clean, s, n, NULL))
            break;
        s += n == 0 ? 1 : n;
    }
    value = json_stringn((const char *)clean.bytes, clean.n);
    pl_buf_free(&clean);
    return value;
}

json_t *pl_admin_hex(const uint8_t *bytes, size_t n)
{
    char text[PL_HEX_N];
    CHECK(n <= PL_SHA256_N);
    pl_hex(text, bytes, n);
    return json_string(text);
}

json_t *pl_admin_time(uint64_t wall_ns)
{
    char text[PL_TIME_TEXT_N];
    if (wall_ns == 0)
        return json_null();
    pl_time_text(text, wall_ns);
    return json_string(text);
}

enum pl_err pl_admin_help(const struct pl_admin_context *context, struct pl_admin_call *call,
                          struct pl_error *error)
{
    (void)context;
    json_t *list = json_array();
    for (size_t i = 0; i < PL_COUNT(commands); i++)
        json_array_append_new(list, json_pack("{ss ss sb ss}", "command", commands[i].name, "args",
                                              commands[i].args, "changes", commands[i].changes,
                                              "text", commands[i].text));
    return pl_admin_json(call, json_pack("{so}", "commands", list), error);
}

static enum pl_err set_draining(const struct pl_admin_context *context, struct pl_admin_call *call,
                                bool on, struct pl_error *error)
{
    enum pl_err err = pl_admin_args_known(call, "", error);
    if (err != PL_OK)
        return err;
    bool was = atomic_exchange(&context->heritage->procs->draining, on ? 1 : 0) != 0;
    return pl_admin_json(call, json_pack("{sb sb}", "draining", on, "was", was), error);
}

enum pl_err pl_admin_drain(const struct pl_admin_context *context, struct pl_admin_call *call,
                           struct pl_error *error)
{
    return set_draining(context, call, true, error);
}

enum pl_err pl_admin_undrain(const struct pl_admin_context *context, struct pl_admin_call *call,
                             struct pl_error *error)
{
    return set_draining(context, call, false, error);
}

/* The master does it in its own time, and then this front is replaced: the answer holds the numbers
 * by which the asker sees, in `stats`, when it is done and how it went. */
enum pl_err pl_admin_reload(const struct pl_admin_context *context, struct pl_admin_call *call,
                            struct pl_error *error)
{
    struct pl_procs *procs = context->heritage->procs;
    enum pl_err err = pl_admin_args_known(call, "", error);
    if (err != PL_OK)
        return err;
    json_int_t taken = (json_int_t)pl_metric_sum(context->heritage, PL_M_config_reloads);
    json_int_t refused = (json_int_t)pl_metric_sum(context->heritage, PL_M_config_reloads_refused);
    atomic_fetch_or(&procs->asked, PL_ASK_RELOAD);
    uint64_t one = 1;
    if (write(context->heritage->master_fd, &one, sizeof one) != (ssize_t)sizeof one)
        return pl_fail_errno(error, "cannot wake the master");
    return pl_admin_json(call,
                         json_pack("{sb sI sI sI}", "asked", 1, "config_reloads", taken,
                                   "config_reloads_refused", refused, "generation",
                                   (json_int_t)procs->generation),
                         error);
}

/* Edit distance with a short row; names longer than that are no typing mistakes. */
static unsigned distance(const char *a, const char *b)
{
    enum { ROW = 32 };
    unsigned row[ROW + 1];
    size_t n = strlen(b);
    if (n > ROW || strlen(a) > ROW)
        return ROW;
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = PL_MIN(change, PL_MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *pl_admin_nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    unsigned least = (unsigned)(strlen(word) / 3 + 2);
    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(word, names[i]);
        if (d < least) {
            least = d;
            best = names[i];
        }
    }
    return best;
}

static enum pl_err unknown(const char *name, struct pl_error *error)
{
    const char *names[PL_COUNT(commands)];
    for (size_t i = 0; i < PL_COUNT(commands); i++)
        names[i] = commands[i].name;
    const char *near = pl_admin_nearest(name, names, PL_COUNT(commands));
    return pl_fail(error, PL_E_MISSING, "there is no command %.40s%s%s%s", name,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

enum pl_err pl_admin_start(const struct pl_admin_context *context, struct pl_admin_call *call,
                           struct pl_error *error)
{
    call->wait = false;
    for (size_t i = 0; i < PL_COUNT(commands); i++) {
        if (strcmp(commands[i].name, call->command) != 0)
            continue;
        if (commands[i].changes && call->read_only)
            return pl_fail(error, PL_E_INPUT, "%s changes something and must be POSTed",
                           call->command);
        return commands[i].start(context, call, error);
    }
    return unknown(call->command, error);
}
