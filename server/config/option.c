/* option.c - the option table, and one option's value: from text, to text, found by name.
 *
 * Knows nothing of files, environment or command line. Values are owned by struct pl_config
 * (malloc). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"

/* In the table `least` of a choice holds its words. */
#define LEAST_text(x) .least = (x)
#define LEAST_list(x) .least = (x)
#define LEAST_flag(x) .least = (x)
#define LEAST_count(x) .least = (x)
#define LEAST_size(x) .least = (x)
#define LEAST_time(x) .least = (x)
#define LEAST_choice(x) .choices = (x)
#define RELOAD_R true
#define RELOAD_S false

const struct pl_option pl_options[PL_OPTION_COUNT] = {
#define OPT(type_, section_, key_, preset_, least_, most_, reload_, text_)                         \
    {.type = PL_OPTION_##type_,                                                                    \
     .section = #section_,                                                                         \
     .key = #key_,                                                                                 \
     .preset = (preset_),                                                                          \
     .text = (text_),                                                                              \
     LEAST_##type_(least_),                                                                        \
     .most = (most_),                                                                              \
     .reload = RELOAD_##reload_,                                                                   \
     .offset = offsetof(struct pl_config, section_##_##key_)},
#include "server/config/config.def"
#undef OPT
};

static void *field(struct pl_config *config, unsigned option)
{
    return (char *)config + pl_options[option].offset;
}

static const void *field_const(const struct pl_config *config, unsigned option)
{
    return (const char *)config + pl_options[option].offset;
}

uint64_t *pl_option_number(struct pl_config *config, unsigned option)
{
    return field(config, option);
}

uint64_t pl_option_value(const struct pl_config *config, unsigned option)
{
    return *(const uint64_t *)field_const(config, option);
}

int pl_option_find(const char *section, const char *key)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++)
        if (strcmp(pl_options[i].section, section) == 0 && strcmp(pl_options[i].key, key) == 0)
            return (int)i;
    return -1;
}

bool pl_option_section_known(const char *section)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++)
        if (strcmp(pl_options[i].section, section) == 0)
            return true;
    return false;
}

/* Levenshtein distance over at most 63 characters of each; far apart names need no exact figure. */
static unsigned distance(const char *a, const char *b)
{
    enum { MOST = 63 };
    size_t m = strnlen(a, MOST), n = strnlen(b, MOST);
    unsigned row[MOST + 1];
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned above = row[j];
            unsigned changed = diagonal + (a[i - 1] != b[j - 1]);
            unsigned moved = 1 + PL_MIN(above, row[j - 1]);
            row[j] = PL_MIN(changed, moved);
            diagonal = above;
        }
    }
    return row[n];
}

struct nearest {
    const char *wanted;
    char name[64];
    unsigned distance;
};

static void consider(struct nearest *nearest, const char *name)
{
    unsigned d = distance(nearest->wanted, name);
    if (d >= nearest->distance)
        return;
    nearest->distance = d;
    (void)snprintf(nearest->name, sizeof nearest->name, "%s", name);
}

static void hint(const struct nearest *nearest, char *out, size_t n)
{
    size_t length = strlen(nearest->name);
    if (length > 0 && nearest->distance <= 1 + length / 3)
        (void)snprintf(out, n, ", did you mean '%s'?", nearest->name);
    else
        (void)snprintf(out, n, "%s", "");
}

void pl_option_hint(char *out, size_t n, const char *section, const char *name)
{
    struct nearest nearest = {.wanted = name, .distance = UINT32_MAX};
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char full[64];
        if (section == NULL)
            (void)snprintf(full, sizeof full, "%s.%s", pl_options[i].section, pl_options[i].key);
        else if (strcmp(section, pl_options[i].section) == 0)
            (void)snprintf(full, sizeof full, "%s", pl_options[i].key);
        else
            continue;
        consider(&nearest, full);
    }
    hint(&nearest, out, n);
}

void pl_option_section_hint(char *out, size_t n, const char *name)
{
    struct nearest nearest = {.wanted = name, .distance = UINT32_MAX};
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++)
        consider(&nearest, pl_options[i].section);
    hint(&nearest, out, n);
}

struct unit {
    const char *name;
    uint64_t factor;
};

/* Largest first: the first that divides a value is the one it is printed in. */
static const struct unit sizes[] = {{"TiB", UINT64_C(1) << 40},
                                    {"GiB", UINT64_C(1) << 30},
                                    {"MiB", UINT64_C(1) << 20},
                                    {"KiB", UINT64_C(1) << 10},
                                    {"B", 1},
                                    {"", 1},
                                    {NULL, 0}};
static const struct unit times[] = {
    {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0}};
static const struct unit counts[] = {{"", 1}, {NULL, 0}};

static const struct unit *units_of(enum pl_option_type type)
{
    return type == PL_OPTION_size ? sizes : type == PL_OPTION_time ? times : counts;
}

static bool parse_number(const struct unit *units, const char *text, uint64_t *out)
{
    if (*text < '0' || *text > '9')
        return false;
    char *rest;
    errno = 0;
    unsigned long long number = strtoull(text, &rest, 10);
    if (errno != 0)
        return false;
    for (; units->name != NULL; units++)
        if (strcmp(rest, units->name) == 0)
            return pl_mul(number, units->factor, out);
    return false;
}

static const char *expected(enum pl_option_type type)
{
    switch (type) {
    case PL_OPTION_size:
        return "a size such as 64MiB, 1GiB or 25%";
    case PL_OPTION_time:
        return "a time such as 500ms, 2s, 5m or 1h";
    case PL_OPTION_flag:
        return "on or off";
    default:
        return "a whole number";
    }
}

static void print_number(const struct unit *units, uint64_t value, char *out, size_t n)
{
    if ((value & PL_CONFIG_PERCENT) != 0) {
        (void)snprintf(out, n, "%" PRIu64 "%%", value & ~PL_CONFIG_PERCENT);
        return;
    }
    while (units->factor > 1 && (value == 0 || value % units->factor != 0))
        units++;
    (void)snprintf(out, n, "%" PRIu64 "%s", value / units->factor, units->name);
}

static enum pl_err set_number(struct pl_config *config, unsigned i, const char *text,
                              const char *origin, struct pl_error *error)
{
    const struct pl_option *o = &pl_options[i];
    uint64_t value = 0, percent;
    static const struct unit percents[] = {{"%", 1}, {NULL, 0}};
    if (strcmp(text, "auto") == 0 && pl_option_has_auto(o)) {
        *pl_option_number(config, i) = 0;
        return PL_OK;
    }
    if (o->type == PL_OPTION_size && parse_number(percents, text, &percent)) {
        if (percent < 1 || percent > 100)
            return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s = %.40s: 1%% to 100%%",
                                 origin, o->section, o->key, text);
        *pl_option_number(config, i) = PL_CONFIG_PERCENT | percent;
        return PL_OK;
    }
    if (!parse_number(units_of(o->type), text, &value))
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s = '%.40s': expected %s%s",
                             origin, o->section, o->key, text, expected(o->type),
                             pl_option_has_auto(o) ? ", or auto" : "");
    if (value < o->least || value > o->most) {
        char least[32], most[32];
        print_number(units_of(o->type), o->least, least, sizeof least);
        print_number(units_of(o->type), o->most, most, sizeof most);
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s = %.40s: allowed is %s to %s",
                             origin, o->section, o->key, text, least, most);
    }
    *pl_option_number(config, i) = value;
    return PL_OK;
}

static enum pl_err set_flag(struct pl_config *config, unsigned i, const char *text,
                            const char *origin, struct pl_error *error)
{
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true"};
    const struct pl_option *o = &pl_options[i];
    for (unsigned w = 0; w < PL_COUNT(words); w++)
        if (strcmp(text, words[w]) == 0) {
            *(bool *)field(config, i) = (w & 1) != 0;
            return PL_OK;
        }
    return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s = '%.40s': expected %s", origin,
                         o->section, o->key, text, expected(o->type));
}

static bool among(const char *choices, const char *text)
{
    size_t n = strcspn(text, "|");
    if (text[n] == '|')
        return false;
    for (const char *at = choices; at != NULL; at = strchr(at, '|')) {
        if (*at == '|')
            at++;
        if (n > 0 && strncmp(at, text, n) == 0 && (at[n] == '|' || at[n] == '\0'))
            return true;
    }
    return false;
}

static enum pl_err check_text(const struct pl_option *o, const char *text, const char *origin,
                              struct pl_error *error)
{
    if (strlen(text) >= PL_CONFIG_TEXT_MAX)
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s is longer than %d bytes", origin,
                             o->section, o->key, PL_CONFIG_TEXT_MAX - 1);
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s holds a control character",
                                 origin, o->section, o->key);
    if (o->type == PL_OPTION_choice && !among(o->choices, text))
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s = '%.40s': expected one of %s",
                             origin, o->section, o->key, text, o->choices);
    return PL_OK;
}

static enum pl_err set_text(struct pl_config *config, unsigned i, const char *text,
                            const char *origin, struct pl_error *error)
{
    enum pl_err err = check_text(&pl_options[i], text, origin, error);
    if (err != PL_OK)
        return err;
    char *copy = strdup(text), **slot = field(config, i);
    if (copy == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    free(*slot);
    *slot = copy;
    return PL_OK;
}

static enum pl_err set_list(struct pl_config *config, unsigned i, const char *const *values,
                            unsigned n, const char *origin, struct pl_error *error)
{
    const struct pl_option *o = &pl_options[i];
    struct pl_config_list fresh = {0}, *list = field(config, i);
    if (n == 1 && values[0][0] == '\0' && o->preset[0] == '\0')
        n = 0; /* a list that may be empty */
    else if (n < 1 || n > PL_CONFIG_LIST_MAX)
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s takes 1 to %d values", origin,
                             o->section, o->key, PL_CONFIG_LIST_MAX);
    enum pl_err err = PL_OK;
    for (unsigned v = 0; v < n && err == PL_OK; v++) {
        if (values[v][0] == '\0')
            err = pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s holds an empty value", origin,
                                o->section, o->key);
        else
            err = check_text(o, values[v], origin, error);
        if (err == PL_OK && (fresh.item[fresh.n++] = strdup(values[v])) == NULL)
            err = pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    }
    struct pl_config_list discard = err == PL_OK ? *list : fresh;
    if (err == PL_OK)
        *list = fresh;
    for (unsigned v = 0; v < discard.n; v++)
        free(discard.item[v]);
    return err;
}

static enum pl_err set_value(struct pl_config *config, unsigned option, const char *const *values,
                             unsigned n, const char *origin, struct pl_error *error)
{
    const struct pl_option *o = &pl_options[option];
    if (o->type == PL_OPTION_list)
        return set_list(config, option, values, n, origin, error);
    if (n != 1)
        return pl_fail_param(error, PL_E_INPUT, o->key, "%s: %s.%s takes one value", origin,
                             o->section, o->key);
    switch (o->type) {
    case PL_OPTION_flag:
        return set_flag(config, option, values[0], origin, error);
    case PL_OPTION_text:
    case PL_OPTION_choice:
        return set_text(config, option, values[0], origin, error);
    default:
        return set_number(config, option, values[0], origin, error);
    }
}

enum pl_err pl_option_set(struct pl_config *config, unsigned option, const char *const *values,
                          unsigned values_n, const char *origin, struct pl_error *error)
{
    char *origin_copy = strdup(origin);
    if (origin_copy == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    enum pl_err err = set_value(config, option, values, values_n, origin, error);
    if (err != PL_OK) {
        free(origin_copy);
        return err;
    }
    free(config->origin[option]);
    config->origin[option] = origin_copy;
    return PL_OK;
}

enum pl_err pl_option_set_text(struct pl_config *config, unsigned option, const char *text,
                               const char *origin, struct pl_error *error)
{
    if (pl_options[option].type != PL_OPTION_list)
        return pl_option_set(config, option, &text, 1, origin, error);
    char *copy = strdup(text), *rest = copy;
    if (copy == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    const char *values[PL_CONFIG_LIST_MAX + 1];
    unsigned n = 0;
    while (rest != NULL && n < PL_COUNT(values)) {
        char *item = strsep(&rest, ",");
        values[n++] = item + strspn(item, " ");
    }
    enum pl_err err = pl_option_set(config, option, values, n, origin, error);
    free(copy);
    return err;
}

void pl_option_print(const struct pl_config *config, unsigned option, unsigned item, char *out,
                     size_t n)
{
    const struct pl_option *o = &pl_options[option];
    const void *at = field_const(config, option);
    switch (o->type) {
    case PL_OPTION_text:
    case PL_OPTION_choice:
        (void)snprintf(out, n, "%s", *(char *const *)at);
        break;
    case PL_OPTION_list:
        (void)snprintf(out, n, "%s", ((const struct pl_config_list *)at)->item[item]);
        break;
    case PL_OPTION_flag:
        (void)snprintf(out, n, "%s", *(const bool *)at ? "on" : "off");
        break;
    default:
        if (*(const uint64_t *)at == 0 && pl_option_has_auto(o))
            (void)snprintf(out, n, "auto");
        else
            print_number(units_of(o->type), *(const uint64_t *)at, out, n);
    }
}
