/* scalar.c - <NAME>K=VALUE</NAME> taken apart. NAME and VALUE may hold anything, '<', '>', '=' and
 * '/' included: the end of the text must repeat the name. Pure but for the arena it copies into. */
#include "render/hist/root/scalar.h"

#include <math.h>
#include <stdlib.h>

#include "shm/base/check.h"

struct piece {
    const char *at;
    size_t n;
};

enum { BRACKETS_MAX = 64, STATUS_MAX = 1000000, NUMBER_MAX_N = 64 };

/* True when the name that ends at `close` has its counterpart at the end. */
static bool named(struct piece text, const char *close, struct piece *name, struct piece *inner)
{
    *name = (struct piece){text.at + 1, (size_t)(close - text.at) - 1};
    size_t tail = name->n + 3, head = name->n + 2;
    if (text.n < head + tail)
        return false;
    const char *end = text.at + text.n - tail;
    *inner = (struct piece){text.at + head, text.n - head - tail};
    return memcmp(end, "</", 2) == 0 && memcmp(end + 2, name->at, name->n) == 0 &&
           end[tail - 1] == '>';
}

/* K and '='. */
static bool coded(struct piece inner, enum pl_scalar_code *code, struct piece *value)
{
    static const char codes[] = "ifset";
    size_t n = 0;
    if (inner.n >= 3 && memcmp(inner.at, "qr=", 3) == 0) {
        *code = PL_SCALAR_REPORT;
        n = 3;
    } else if (inner.n >= 2 && inner.at[1] == '=' && inner.at[0] != '\0' &&
               strchr(codes, inner.at[0]) != NULL) {
        *code = (enum pl_scalar_code)inner.at[0];
        n = 2;
    }
    *value = (struct piece){inner.at + n, inner.n - n};
    return n > 0;
}

static bool split(struct piece text, struct piece *name, enum pl_scalar_code *code,
                  struct piece *value)
{
    if (text.n < 1 || text.at[0] != '<')
        return false;
    /* a name with '>' in it: each of them may be the end, as far as names are sensible */
    const char *close = text.at;
    for (unsigned i = 0; i < BRACKETS_MAX; i++) {
        struct piece inner;
        close = memchr(close + 1, '>', text.n - (size_t)(close - text.at) - 1);
        if (close == NULL)
            return false;
        if (named(text, close, name, &inner) && coded(inner, code, value))
            return true;
    }
    return false;
}

static const char *keep(struct pl_arena *arena, struct piece piece)
{
    return pl_arena_text(arena, piece.at, piece.n);
}

/* Decimal digits up to the separator; it is passed over. */
static bool take_status(struct piece *from, char separator, int32_t *status)
{
    size_t n = 0;
    int32_t value = 0;
    while (n < from->n && from->at[n] >= '0' && from->at[n] <= '9' && value < STATUS_MAX)
        value = value * 10 + (from->at[n++] - '0');
    if (n == 0 || n >= from->n || from->at[n] != separator)
        return false;
    *status = value;
    *from = (struct piece){from->at + n + 1, from->n - n - 1};
    return true;
}

static bool take_piece(struct piece *from, struct piece *out)
{
    const char *colon = memchr(from->at, ':', from->n);
    if (colon == NULL)
        return false;
    *out = (struct piece){from->at, (size_t)(colon - from->at)};
    *from = (struct piece){colon + 1, from->n - out->n - 1};
    return true;
}

static bool take_result(struct piece *from, double *result)
{
    struct piece number;
    char digits[NUMBER_MAX_N], *end = digits;
    if (!take_piece(from, &number) || number.n == 0 || number.n >= sizeof digits)
        return false;
    memcpy(digits, number.at, number.n);
    digits[number.n] = '\0';
    *result = strtod(digits, &end);
    if (*end != '\0')
        return false;
    if (!isfinite(*result))
        *result = 0.0;
    return true;
}

static bool report(struct piece value, struct pl_scalar *out, struct piece *algorithm,
                   struct piece *message)
{
    struct piece rest = {value.at + 3, value.n - PL_MIN(value.n, (size_t)3)};
    *algorithm = (struct piece){"", 0};
    if (value.n < 3 || memcmp(value.at, "st", 2) != 0)
        return false;
    if (value.at[2] == '.') {
        *message = rest;
        return take_status(message, '.', &out->status);
    }
    bool whole = value.at[2] == ':' && take_status(&rest, ':', &out->status) &&
                 take_result(&rest, &out->result) && take_piece(&rest, algorithm);
    *message = rest;
    return whole;
}

enum pl_err pl_scalar_parse(const char *text, struct pl_arena *arena, const struct pl_scalar **out,
                            struct pl_error *error)
{
    struct piece whole = {text, strlen(text)}, name, value, test = {"", 0}, algorithm = test,
                 message = test;
    struct pl_scalar scalar = {.result = 0.0};
    *out = NULL;
    if (!split(whole, &name, &scalar.code, &value))
        return PL_OK;
    if (scalar.code == PL_SCALAR_REPORT) {
        const char *dot = memchr(name.at, '.', name.n);
        if (dot == NULL || !report(value, &scalar, &algorithm, &message))
            return PL_OK;
        test = (struct piece){dot + 1, name.n - (size_t)(dot - name.at) - 1};
        name.n = (size_t)(dot - name.at);
    }
    struct pl_scalar *copy = pl_arena_alloc(arena, sizeof *copy);
    scalar.name = keep(arena, name);
    scalar.value = keep(arena, value);
    scalar.test = keep(arena, test);
    scalar.algorithm = keep(arena, algorithm);
    scalar.message = keep(arena, message);
    if (copy == NULL || scalar.name == NULL || scalar.value == NULL || scalar.test == NULL ||
        scalar.algorithm == NULL || scalar.message == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "the text needs more than workers.memory leaves");
    *copy = scalar;
    *out = copy;
    return PL_OK;
}
