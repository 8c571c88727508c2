/* dqm_path.c - see dqm_path.h. Paths are looked at part by part from their beginning; nothing is
 * allocated. Must not know how names of uploads give a run. */
#include "render/hist/root/dqm_path.h"

#include <stdbool.h>
#include <string.h>

struct part {
    const char *at;
    size_t n;
};

/* A last part in the form of a value: it may hold slashes. */
static bool is_value(const char *at)
{
    const char *close = at[0] == '<' ? strchr(at, '>') : NULL;
    if (close == NULL)
        return false;
    size_t name_n = (size_t)(close - at) - 1, n = strlen(at), tail = name_n + 3;
    return n >= 2 * name_n + 5 && memcmp(at + n - tail, "</", 2) == 0 && at[n - 1] == '>' &&
           memcmp(at + n - tail + 2, at + 1, name_n) == 0;
}

/* The part at *at, which moves to the next one; false behind the last. */
static bool next_part(const char **at, struct part *part)
{
    if (*at == NULL)
        return false;
    const char *slash = is_value(*at) ? NULL : strchr(*at, '/');
    *part = (struct part){*at, slash != NULL ? (size_t)(slash - *at) : strlen(*at)};
    *at = slash != NULL ? slash + 1 : NULL;
    return true;
}

static bool part_is(struct part part, const char *word)
{
    return strlen(word) == part.n && memcmp(part.at, word, part.n) == 0;
}

/* Decimal digits at *at up to the end of the part; false when there are none, or too many. */
static bool take_number(struct part *from, uint64_t *value)
{
    size_t n = 0;
    *value = 0;
    while (n < from->n && n < 18 && from->at[n] >= '0' && from->at[n] <= '9')
        *value = *value * 10 + (uint64_t)(from->at[n++] - '0');
    *from = (struct part){from->at + n, from->n - n};
    return n > 0;
}

static bool take_word(struct part *from, const char *word)
{
    size_t n = strlen(word);
    if (from->n < n || memcmp(from->at, word, n) != 0)
        return false;
    *from = (struct part){from->at + n, from->n - n};
    return true;
}

static bool is_run(struct part part, uint64_t *run)
{
    return take_word(&part, "Run ") && take_number(&part, run) && part.n == 0;
}

static bool is_section(struct part part)
{
    uint64_t number;
    if (part_is(part, "Run summary"))
        return true;
    return take_word(&part, "By Lumi Section ") && take_number(&part, &number) &&
           take_word(&part, "-") && take_number(&part, &number) && part.n == 0;
}

static bool is_hidden(struct part part)
{
    static const char value[] = "<ReleaseTag>";
    bool tag = part.n >= sizeof value - 1 && memcmp(part.at, value, sizeof value - 1) == 0;
    return tag || part_is(part, "Reference") || part_is(part, "ReleaseTag");
}

static enum pl_err show(const char *head, size_t head_n, const char *rest, char *out, size_t n,
                        struct pl_error *error)
{
    size_t rest_n = strlen(rest), slash = head_n > 0;
    if (head_n + slash + rest_n >= n)
        return pl_fail(error, PL_E_INPUT, "its path is longer than %zu bytes", n - 1);
    memmove(out, head, head_n);
    if (slash)
        out[head_n] = '/';
    memmove(out + head_n + slash, rest, rest_n + 1);
    return PL_OK;
}

enum pl_err pl_dqm_shown(const char *path, uint64_t run, char *out, size_t n,
                         struct pl_error *error)
{
    const char *at = path;
    struct part top, number, system, section;
    uint64_t own;
    out[0] = '\0';
    if (!next_part(&at, &top) || !part_is(top, "DQMData"))
        return show("", 0, path, out, n, error);
    struct part part;
    for (const char *each = at; next_part(&each, &part);)
        if (is_hidden(part))
            return PL_OK;
    if (!next_part(&at, &number) || !is_run(number, &own))
        return show("", 0, path, out, n, error);
    if (own != run)
        return pl_fail(error, PL_E_INPUT, "it is of run %llu, and the upload is of run %llu",
                       (unsigned long long)own, (unsigned long long)run);
    bool form = next_part(&at, &system) && system.n > 0 && next_part(&at, &section) &&
                is_section(section) && at != NULL && at[0] != '\0';
    return form ? show(system.at, system.n, at, out, n, error) : show("", 0, path, out, n, error);
}
