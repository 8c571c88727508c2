/* options.c - `groups=`, `style=` and `date=` of a set: query -> options and their one spelling.
 *
 * The spelling is part of the key of a set, so equal options are spelled alike: in the order of the
 * pack, and nothing where all is as usual. No allocation.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "render/card/card.h"
#include "shm/base/check.h"

enum { GROUPS_MAX = 32, SLUG_N = 64 };

static const char *const styles[] = {
    [PL_CARD_STYLE_GROUP] = "group",
    [PL_CARD_STYLE_CATEGORY] = "category",
    [PL_CARD_STYLE_MODIFIER] = "modifier",
    [PL_CARD_STYLE_NONE] = "none",
};

/* "Galaxy map" -> "galaxy-map" */
static void slug(const char *name, char out[SLUG_N])
{
    size_t n = 0;
    for (; name[n] != '\0' && n + 1 < SLUG_N; n++)
        out[n] = (char)(name[n] == ' '                     ? '-'
                        : name[n] >= 'A' && name[n] <= 'Z' ? name[n] - 'A' + 'a'
                                                           : name[n]);
    out[n] = '\0';
}

static unsigned groups_n(void)
{
    unsigned n = 0;
    while (n < GROUPS_MAX && pl_packs_group(pl_card_packs(), n) != NULL)
        n++;
    return n;
}

static int find_group(const char *name, size_t n)
{
    unsigned all = groups_n();
    for (unsigned i = 0; i < all; i++) {
        const char *group = pl_packs_group(pl_card_packs(), i);
        char short_name[SLUG_N];
        slug(group, short_name);
        if ((strlen(group) == n && memcmp(group, name, n) == 0) ||
            (strlen(short_name) == n && memcmp(short_name, name, n) == 0))
            return (int)i;
    }
    return -1;
}

static enum pl_err read_groups(const char *value, uint32_t *out, struct pl_error *error)
{
    uint32_t groups = 0;
    for (const char *at = value; *at != '\0';) {
        size_t n = strcspn(at, ",");
        int group = find_group(at, n);
        if (group < 0)
            return pl_fail_param(error, PL_E_INPUT, "groups", "There is no group \"%.*s\".",
                                 (int)PL_MIN(n, (size_t)60), at);
        groups |= UINT32_C(1) << group;
        at += n + (at[n] == ',');
    }
    if (groups == 0)
        return pl_fail_param(error, PL_E_INPUT, "groups",
                             "Name at least one group, or leave groups= out to see all.");
    unsigned all = groups_n();
    *out = all < 32 && groups == (UINT32_C(1) << all) - 1 ? UINT32_MAX : groups;
    return PL_OK;
}

/* ---- the day ------------------------------------------------------------------------------- */

static bool is_day(uint32_t day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t year = day / 10000, month = day / 100 % 100, of_month = day % 100;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && of_month >= 1 &&
           of_month <= days[month - 1] + (uint32_t)(leap && month == 2);
}

uint32_t pl_card_day_of(uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm at;
    if (gmtime_r(&seconds, &at) == NULL)
        return 0;
    return (uint32_t)((at.tm_year + 1900) * 10000 + (at.tm_mon + 1) * 100 + at.tm_mday);
}

void pl_card_day_print(uint32_t day, char out[PL_CARD_DAY_N])
{
    out[0] = '\0';
    if (is_day(day))
        (void)snprintf(out, PL_CARD_DAY_N, "%04u-%02u-%02u", day / 10000 % 10000, day / 100 % 100,
                       day % 100);
}

static enum pl_err read_day(const char *value, uint32_t *out, struct pl_error *error)
{
    char again[PL_CARD_DAY_N];
    unsigned year = 0, month = 0, day = 0;
    *out = 0;
    if (sscanf(value, "%4u-%2u-%2u", &year, &month, &day) == 3)
        *out = year * 10000 + month * 100 + day;
    pl_card_day_print(*out, again);
    if (*value != '\0' && strcmp(again, value) == 0)
        return PL_OK;
    return pl_fail_param(error, PL_E_INPUT, "date", "date is a day as 2026-11-21.");
}

/* ---- reading and spelling ------------------------------------------------------------------ */

static enum pl_err read_style(const char *value, enum pl_card_style *out, struct pl_error *error)
{
    for (size_t i = 0; i < PL_COUNT(styles); i++)
        if (strcmp(styles[i], value) == 0) {
            *out = (enum pl_card_style)i;
            return PL_OK;
        }
    return pl_fail_param(error, PL_E_INPUT, "style",
                         "style is one of group, category, modifier and none.");
}

/* Appends to what is in `canonical`; false: no room. */
static bool spell(char *canonical, size_t n, const char *text)
{
    size_t at = strlen(canonical), length = strlen(text);
    if (at + length >= n)
        return false;
    memcpy(canonical + at, text, length + 1);
    return true;
}

static bool spell_all(const struct pl_card_options *options, char *canonical, size_t n)
{
    bool fits = n > 0;
    if (fits)
        canonical[0] = '\0';
    const char *before = "groups=";
    for (unsigned i = 0; fits && options->groups != UINT32_MAX && i < groups_n(); i++) {
        char short_name[SLUG_N];
        if ((options->groups >> i & 1) == 0)
            continue;
        slug(pl_packs_group(pl_card_packs(), i), short_name);
        fits = spell(canonical, n, before) && spell(canonical, n, short_name);
        before = ",";
    }
    if (fits && options->style != PL_CARD_STYLE_GROUP)
        fits = (canonical[0] == '\0' || spell(canonical, n, "&")) &&
               spell(canonical, n, "style=") && spell(canonical, n, styles[options->style]);
    char day[PL_CARD_DAY_N];
    pl_card_day_print(options->day, day);
    if (fits && day[0] != '\0')
        fits = (canonical[0] == '\0' || spell(canonical, n, "&")) && spell(canonical, n, "date=") &&
               spell(canonical, n, day);
    return fits;
}

enum pl_err pl_card_options_read(const struct pl_query *query, size_t n,
                                 struct pl_card_options *out, char *canonical, size_t canonical_n,
                                 struct pl_error *error)
{
    static const char *const names[] = {"groups", "style", "date"};
    bool seen[PL_COUNT(names)] = {false};
    enum pl_err err = PL_OK;
    *out = (struct pl_card_options){.groups = UINT32_MAX, .style = PL_CARD_STYLE_GROUP};
    for (size_t i = 0; i < n && err == PL_OK; i++) {
        size_t which = 0;
        while (which < PL_COUNT(names) && strcmp(names[which], query[i].name) != 0)
            which++;
        if (which == PL_COUNT(names))
            return pl_fail_param(error, PL_E_INPUT, query[i].name,
                                 "Cards have the options groups and style.");
        if (seen[which])
            return pl_fail_param(error, PL_E_INPUT, query[i].name, "%s is given twice.",
                                 query[i].name);
        seen[which] = true;
        err = which == 0   ? read_groups(query[i].value, &out->groups, error)
              : which == 1 ? read_style(query[i].value, &out->style, error)
                           : read_day(query[i].value, &out->day, error);
    }
    if (err == PL_OK && !spell_all(out, canonical, canonical_n))
        err = pl_fail_param(error, PL_E_INPUT, "groups", "These are too many groups at once.");
    return err;
}
