/* params.c - query parameters to canonical text and back.
 *
 * Each parameter is one row of a table that says how it is read; writing goes through the same
 * rows, so canonical text read again gives the same text. Runs in the front on hostile text: fixed
 * buffers, no allocation.
 */
#include "render/hist/params.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/canvas.h"
#include "render/hist/options.h"
#include "shm/base/check.h"

enum { WIDTH_DEFAULT = 600, HEIGHT_DEFAULT = 400, STATS_MOST = 222222222 };

enum what { DRAWOPTS, FMT, HEIGHT, KTEST, NORM, REF, LABEL, ERRBARS, STATS, WIDTH, MAX, MIN, TYPE };

static const struct row { /* sorted by name */
    const char *name;
    enum what what;
    int axis;
} rows[] = {
    {"drawopts", DRAWOPTS, 0}, {"fmt", FMT, 0},
    {"h", HEIGHT, 0},          {"ktest", KTEST, 0},
    {"norm", NORM, 0},         {"ref", REF, 0},
    {"reflabel", LABEL, 0},    {"showerrbars", ERRBARS, 0},
    {"showstats", STATS, 0},   {"w", WIDTH, 0},
    {"xmax", MAX, 0},          {"xmin", MIN, 0},
    {"xtype", TYPE, 0},        {"ymax", MAX, 1},
    {"ymin", MIN, 1},          {"ytype", TYPE, 1},
    {"zmax", MAX, 2},          {"zmin", MIN, 2},
    {"ztype", TYPE, 2},
};

/* In the order of enum pl_hist_reference. */
static const char *const references[] = {"overlay",    "object",       "reference",
                                         "samesample", "ratiooverlay", "stacked"};

void pl_hist_params_default(struct pl_hist_params *params)
{
    memset(params, 0, sizeof *params);
    params->width_px = WIDTH_DEFAULT;
    params->height_px = HEIGHT_DEFAULT;
    params->showstats = PL_HIST_STATS_UNSET;
    params->showerrbars = -1;
}

static enum pl_err refuse(struct pl_error *error, const char *name, const char *expected)
{
    return pl_fail_param(error, PL_E_INPUT, name, "%s: expected %s", name, expected);
}

/* Decimal digits only. */
static bool whole(const char *text, long least, long most, long *out)
{
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9)
        return false;
    *out = strtol(text, NULL, 10);
    return *out >= least && *out <= most;
}

/* A decimal floating-point number; hexadecimal, infinities, NaN and blanks are refused. */
static bool real(const char *text, double *out)
{
    char *end;
    if (*text == '\0' || strspn(text, "0123456789+-.eE") != strlen(text) || strlen(text) > 40)
        return false;
    *out = strtod(text, &end);
    if (*end != '\0' || !isfinite(*out))
        return false;
    if (*out == 0.0)
        *out = 0.0; /* -0 is 0 */
    return true;
}

static enum pl_err read_drawopts(const char *value, struct pl_hist_params *to,
                                 struct pl_error *error)
{
    size_t n = 0, length = strlen(value);
    if (length > PL_DRAWOPTS_MAX)
        return refuse(error, "drawopts", "at most 32 characters");
    for (size_t i = 0; i < length; i++) {
        char c = value[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' '))
            return refuse(error, "drawopts", "letters, digits and blanks");
        if (c != ' ' || (n > 0 && to->drawopts[n - 1] != ' '))
            to->drawopts[n++] = c;
    }
    if (n > 0 && to->drawopts[n - 1] == ' ')
        n--;
    to->drawopts[n] = '\0';
    struct pl_hist_options options = {0};
    const char *bad = pl_hist_options_parse(to->drawopts, &options);
    if (bad != NULL)
        return pl_fail_param(error, PL_E_INPUT, "drawopts", "drawopts: unknown option in '%.32s'",
                             bad);
    return PL_OK;
}

static enum pl_err read_limit(const struct row *row, const char *value, struct pl_hist_params *to,
                              struct pl_error *error)
{
    struct pl_hist_limits *axis = &to->axis[row->axis];
    if (*value == '\0')
        return PL_OK;
    double number;
    if (!real(value, &number))
        return refuse(error, row->name, "a finite number");
    *(row->what == MIN ? &axis->min : &axis->max) = number;
    *(row->what == MIN ? &axis->has_min : &axis->has_max) = true;
    return PL_OK;
}

static enum pl_err read_type(const struct row *row, const char *value, struct pl_hist_params *to,
                             struct pl_error *error)
{
    static const char *const names[] = {"def", "lin", "log"};
    for (unsigned i = 0; i < PL_COUNT(names); i++)
        if (strcmp(value, names[i]) == 0) {
            to->axis[row->axis].type = (enum pl_hist_type)i;
            return PL_OK;
        }
    return refuse(error, row->name, "def, lin or log");
}

static enum pl_err read_reference(const char *value, struct pl_hist_params *to,
                                  struct pl_error *error)
{
    for (unsigned i = 0; i < PL_COUNT(references); i++)
        if (strcmp(value, references[i]) == 0) {
            to->reference = (enum pl_hist_reference)i;
            return PL_OK;
        }
    return refuse(error, "ref", "object, reference, overlay, ratiooverlay, samesample or stacked");
}

/* The at-th label; an empty one keeps its place for those behind it. */
static enum pl_err read_label(const char *value, unsigned at, struct pl_hist_params *to,
                              struct pl_error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789 _.-";
    size_t n = strlen(value);
    if (at >= PL_COUNT(to->reflabel))
        return refuse(error, "reflabel", "at most four names");
    if (n > PL_REFLABEL_MAX || strspn(value, allowed) != n)
        return refuse(error, "reflabel", "at most 40 letters, digits, blanks and _ . -");
    memcpy(to->reflabel[at], value, n + 1);
    return PL_OK;
}

/* media: -1 when canonical text is read, where fmt does not occur. */
static enum pl_err read_one(const struct row *row, const char *value, int media,
                            struct pl_hist_params *to, struct pl_error *error)
{
    static const char *const formats[PL_MEDIA_COUNT] = {"png", "jpg", "json"};
    long number = 0;
    switch (row->what) {
    case DRAWOPTS:
        return read_drawopts(value, to, error);
    case FMT:
        if (media >= 0 && (strcmp(value, formats[media]) == 0 ||
                           (media == PL_MEDIA_JPEG && strcmp(value, "jpeg") == 0)))
            return PL_OK;
        return refuse(error, "fmt", "the format that the address ends in");
    case HEIGHT:
    case WIDTH:
        if (!whole(value, 1, PL_CANVAS_SIDE_MAX, &number))
            return refuse(error, row->name, "a whole number from 1 to 2499");
        *(row->what == WIDTH ? &to->width_px : &to->height_px) = (uint32_t)number;
        return PL_OK;
    case KTEST:
        to->has_ktest = *value != '\0';
        if (to->has_ktest && !real(value, &to->ktest))
            return refuse(error, row->name, "a finite number");
        return PL_OK;
    case NORM:
        to->no_norm = strcmp(value, "False") == 0;
        return to->no_norm || strcmp(value, "True") == 0 ? PL_OK
                                                         : refuse(error, "norm", "True or False");
    case REF:
        return read_reference(value, to, error);
    case LABEL:
        return PL_OK; /* it may be given several times: the callers count */
    case ERRBARS:
        if (!whole(value, 0, 1, &number))
            return refuse(error, row->name, "0 or 1");
        to->showerrbars = (int32_t)number;
        return PL_OK;
    case STATS:
        if (!whole(value, 0, STATS_MOST, &number) || strspn(value, "012") != strlen(value))
            return refuse(error, row->name, "0, 1 or digits 0 to 2 as ROOT's OptStat");
        to->showstats = number == 1 ? 1111 : (int32_t)number;
        return PL_OK;
    case MAX:
    case MIN:
        return read_limit(row, value, to, error);
    case TYPE:
        return read_type(row, value, to, error);
    }
    return PL_OK;
}

static enum pl_err consistent(const struct pl_hist_params *params, struct pl_error *error)
{
    static const char *const names[3] = {"xmax", "ymax", "zmax"};
    for (int a = 0; a < 3; a++) {
        const struct pl_hist_limits *axis = &params->axis[a];
        if (axis->has_min && axis->has_max && axis->min >= axis->max)
            return pl_fail_param(error, PL_E_INPUT, names[a], "%s: must be greater than %cmin",
                                 names[a], names[a][0]);
    }
    return PL_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

static int shortest(char *out, size_t n, double value)
{
    if (value == trunc(value) && fabs(value) < 1e15)
        return snprintf(out, n, "%.0f", value);
    for (int digits = 1; digits < 17; digits++) {
        snprintf(out, n, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            return (int)strlen(out);
    }
    return snprintf(out, n, "%.17g", value);
}

/* The text of one parameter, or false when it has its default. */
static bool write_one(const struct row *row, const struct pl_hist_params *from, char *out, size_t n)
{
    const struct pl_hist_limits *axis = &from->axis[row->axis];
    switch (row->what) {
    case DRAWOPTS:
        snprintf(out, n, "%s", from->drawopts);
        return *out != '\0';
    case FMT:
        return false;
    case HEIGHT:
        snprintf(out, n, "%u", from->height_px);
        return from->height_px != HEIGHT_DEFAULT;
    case WIDTH:
        snprintf(out, n, "%u", from->width_px);
        return from->width_px != WIDTH_DEFAULT;
    case KTEST:
        shortest(out, n, from->ktest);
        return from->has_ktest;
    case NORM:
        snprintf(out, n, "False");
        return from->no_norm;
    case REF:
        snprintf(out, n, "%s", references[from->reference]);
        return from->reference != PL_REF_OVERLAY && from->reference != PL_REF_SAMESAMPLE;
    case LABEL:
        return false;
    case ERRBARS:
        snprintf(out, n, "%d", from->showerrbars);
        return from->showerrbars >= 0;
    case STATS:
        snprintf(out, n, "%d", from->showstats);
        return from->showstats != PL_HIST_STATS_UNSET;
    case MAX:
        shortest(out, n, axis->max);
        return axis->has_max;
    case MIN:
        shortest(out, n, axis->min);
        return axis->has_min;
    case TYPE:
        snprintf(out, n, "%s", axis->type == PL_HIST_LOG ? "log" : "lin");
        return axis->type != PL_HIST_DEF;
    }
    return false;
}

static void add(struct pl_params *out, const char *name, const char *value)
{
    size_t n = strlen(out->text);
    n += (size_t)snprintf(out->text + n, sizeof out->text - n, "%s%s=%s", n > 0 ? "&" : "", name,
                          value);
    CHECK(n < sizeof out->text); /* 18 parameters of at most 46 bytes and four labels of 50 */
}

static void write_all(const struct pl_hist_params *from, struct pl_params *out)
{
    char value[64];
    unsigned labels = PL_COUNT(from->reflabel);
    while (labels > 0 && from->reflabel[labels - 1][0] == '\0')
        labels--;
    out->text[0] = '\0';
    for (unsigned i = 0; i < PL_COUNT(rows); i++) {
        for (unsigned l = 0; rows[i].what == LABEL && l < labels; l++)
            add(out, rows[i].name, from->reflabel[l]);
        if (write_one(&rows[i], from, value, sizeof value))
            add(out, rows[i].name, value);
    }
}

static const struct row *find(const char *name)
{
    for (unsigned i = 0; i < PL_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* Under the lenient rule: unknown, empty, or given again further on. */
static bool passed_over(const struct pl_query *query, size_t n, const struct row *row)
{
    if (row == NULL)
        return true;
    if (row->what == LABEL)
        return false;
    bool over = *query->value == '\0';
    for (size_t i = 1; i < n && !over; i++)
        over = *query[i].value != '\0' && strcmp(query[i].name, query->name) == 0;
    return over;
}

enum pl_err pl_hist_params(const struct pl_query *query, size_t n, const char *kind,
                           enum pl_media media, enum pl_query_rule rule, struct pl_params *out,
                           struct pl_error *error)
{
    struct pl_hist_params params;
    bool lenient = rule == PL_QUERY_LENIENT;
    unsigned seen = 0, labels = 0;
    enum pl_err err;
    (void)kind;
    pl_hist_params_default(&params);
    for (size_t i = 0; i < n; i++) {
        const struct row *row = find(query[i].name);
        if (lenient && passed_over(&query[i], n - i, row))
            continue;
        if (row == NULL)
            return pl_fail_param(error, PL_E_INPUT, query[i].name, "%.32s: unknown parameter",
                                 query[i].name);
        if (row->what == LABEL) {
            err = read_label(query[i].value, labels++, &params, error);
            if (err != PL_OK)
                return err;
            continue;
        }
        if (!lenient && seen & 1u << (row - rows))
            return pl_fail_param(error, PL_E_INPUT, row->name, "%s: given more than once",
                                 row->name);
        seen |= 1u << (row - rows);
        err = read_one(row, query[i].value, (int)media, &params, error);
        if (err != PL_OK)
            return err;
    }
    err = consistent(&params, error);
    if (err != PL_OK)
        return err;
    write_all(&params, out);
    out->media = media;
    out->width_px = params.width_px;
    out->height_px = params.height_px;
    return PL_OK;
}

enum pl_err pl_hist_params_parse(const char *text, struct pl_hist_params *out,
                                 struct pl_error *error)
{
    char name[16], value[64];
    unsigned labels = 0;
    pl_hist_params_default(out);
    while (*text != '\0') {
        size_t name_n = strcspn(text, "=&");
        size_t value_n = text[name_n] == '=' ? strcspn(text + name_n + 1, "&") : sizeof value;
        if (name_n >= sizeof name || value_n >= sizeof value)
            return pl_fail(error, PL_E_INPUT, "not canonical parameters: '%.40s'", text);
        memcpy(name, text, name_n);
        name[name_n] = '\0';
        memcpy(value, text + name_n + 1, value_n);
        value[value_n] = '\0';
        const struct row *row = find(name);
        if (row == NULL)
            return pl_fail_param(error, PL_E_INPUT, name, "%s: unknown parameter", name);
        enum pl_err err = row->what == LABEL ? read_label(value, labels++, out, error)
                                             : read_one(row, value, -1, out, error);
        if (err != PL_OK)
            return err;
        text += name_n + 1 + value_n;
        text += *text == '&';
    }
    return consistent(out, error);
}
