/* yaml_ask.c - what readers ask of a YAML tree: a member, a text, a number, a colour, a rectangle.
 * What is not of the kind that is asked for is reported where it stands. */
#include "render/card/pack/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

const struct pl_yaml *pl_yaml_get(const struct pl_yaml *map, const char *key)
{
    if (map == NULL || map->kind != PL_YAML_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->n; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return map->items[i].value;
    return NULL;
}

bool pl_yaml_is(const struct pl_yaml *node, enum pl_yaml_kind kind)
{
    return node != NULL && node->kind == kind && !node->empty;
}

bool pl_yaml_map(const struct pl_yaml *node, const char *what, struct pl_problems *problems)
{
    if (node == NULL || node->empty)
        return false;
    if (node->kind != PL_YAML_MAP)
        pl_problem(problems, node->where, "%s must be a map of names to values", what);
    return node->kind == PL_YAML_MAP;
}

/* Is the word one of those in a list with blanks between them? */
static bool among(const char *word, const char *names)
{
    size_t n = strlen(word);
    for (const char *at = names; n > 0 && (at = strstr(at, word)) != NULL; at += n)
        if ((at == names || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

void pl_yaml_known(const struct pl_yaml *map, const char *names, struct pl_problems *problems)
{
    if (map == NULL || map->kind != PL_YAML_MAP)
        return;
    for (uint32_t i = 0; i < map->n; i++)
        if (!among(map->items[i].key, names))
            pl_problem(problems, map->items[i].where, "%.60s is not known here; known are: %s",
                       map->items[i].key, names);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *pl_yaml_text(const struct pl_yaml *node, const char *what, struct pl_arena *arena,
                         struct pl_problems *problems)
{
    if (node == NULL || node->empty)
        return "";
    if (node->kind != PL_YAML_TEXT) {
        pl_problem(problems, node->where, "%s must be a text", what);
        return "";
    }
    const char *from = node->text;
    size_t n = strlen(from);
    while (n > 0 && is_blank(from[n - 1]))
        n--;
    for (; n > 0 && is_blank(from[0]); n--)
        from++;
    if (from[n] == '\0')
        return from;
    const char *text = pl_arena_text(arena, from, n);
    return text != NULL ? text : "";
}

bool pl_yaml_number(const struct pl_yaml *node, const char *what, int64_t least, int64_t most,
                    int32_t *out, struct pl_problems *problems)
{
    char *end = NULL;
    if (node == NULL)
        return false;
    long long value = 0;
    if (node->kind == PL_YAML_TEXT && !node->empty && strlen(node->text) <= 12)
        value = strtoll(node->text, &end, 10);
    if (end == NULL || end == node->text || *end != '\0' || value < least || value > most) {
        pl_problem(problems, node->where, "%s must be a whole number from %lld to %lld", what,
                   (long long)least, (long long)most);
        return false;
    }
    *out = (int32_t)value;
    return true;
}

bool pl_yaml_colour(const struct pl_yaml *node, uint32_t *out, struct pl_problems *problems)
{
    if (node == NULL || node->empty)
        return false;
    const char *text = node->kind == PL_YAML_TEXT ? node->text : "";
    text += text[0] == '#' ? 1 : 0;
    size_t n = strspn(text, "0123456789abcdefABCDEF");
    if (text[n] != '\0' || (n != 6 && n != 8)) {
        pl_problem(problems, node->where,
                   "a colour is six or eight hexadecimal digits, such as \"2780e3\"");
        return false;
    }
    uint32_t value = (uint32_t)strtoul(text, NULL, 16);
    *out = n == 6 ? value << 8 | 0xff : value;
    return true;
}

bool pl_yaml_rect(const struct pl_yaml *node, struct pl_pack_rect *out,
                  struct pl_problems *problems)
{
    static const char *const names[] = {"x", "y", "w", "h"};
    int32_t value[4] = {0, 0, 0, 0};
    if (node == NULL || (node->kind == PL_YAML_LIST && node->n != 4) ||
        (node->kind == PL_YAML_MAP && node->n != 4) || node->kind == PL_YAML_TEXT) {
        if (node != NULL)
            pl_problem(problems, node->where, "a place is [x, y, w, h] in layout units");
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        const struct pl_yaml *part =
            node->kind == PL_YAML_LIST ? node->items[i].value : pl_yaml_get(node, names[i]);
        if (part == NULL)
            pl_problem(problems, node->where, "the place has no %s; it is [x, y, w, h]", names[i]);
        if (part == NULL ||
            !pl_yaml_number(part, "a place's x, y, w and h", -1, 100000, &value[i], problems))
            return false;
    }
    *out = (struct pl_pack_rect){value[0], value[1], value[2], value[3]};
    return true;
}
