/* yaml.c - YAML files as trees, out of libyaml's events; the small questions that readers ask of a
 * tree.
 *
 * Events instead of libyaml's documents: there anchors and aliases are already resolved, and a
 * small file of aliases is a huge tree. Here they are refused where they stand, depth and size are
 * bounded, and every node knows its line. The tree lies in the arena; libyaml's own memory goes
 * with the parser. */
#include "render/card/pack/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "render/card/pack/file.h"
#include "shm/base/check.h"

struct level { /* a list or map whose end has not come yet */
    struct pl_yaml *node;
    uint32_t room;
    const char *key; /* of a map: read, waiting for its value */
    struct pl_make_where key_where;
};

struct reading {
    const char *file;
    struct pl_arena *arena;
    struct pl_problems *problems;
    struct pl_error *error;
    yaml_parser_t parser;
    struct level levels[PL_YAML_DEPTH];
    unsigned depth;
    const struct pl_yaml *root;
    bool refused; /* a problem was reported */
};

static enum pl_err full(struct reading *r)
{
    return pl_fail(r->error, PL_E_LIMIT, "%s is too large to be read", r->file);
}

static struct pl_make_where where_of(const struct reading *r, const yaml_mark_t *mark)
{
    return (struct pl_make_where){r->file, (uint32_t)PL_MIN(mark->line + 1, (size_t)UINT32_MAX)};
}

static enum pl_err refuse(struct reading *r, const yaml_mark_t *mark, const char *why)
{
    pl_problem(r->problems, where_of(r, mark), "%s", why);
    r->refused = true;
    return PL_OK;
}

static struct pl_yaml_item *add_item(struct reading *r, struct level *level)
{
    struct pl_yaml *node = level->node;
    void *items = node->items;
    if (!pl_make_grow(r->arena, &items, &node->n, &level->room, sizeof *node->items))
        return NULL;
    node->items = items;
    return &node->items[node->n++];
}

/* A finished or just begun node goes into what is open around it. */
static enum pl_err place(struct reading *r, const struct pl_yaml *node)
{
    if (r->depth == 0) {
        r->root = node;
        return PL_OK;
    }
    struct level *level = &r->levels[r->depth - 1];
    struct pl_yaml_item *item = add_item(r, level);
    if (item == NULL)
        return full(r);
    *item = (struct pl_yaml_item){level->key, level->key_where, node};
    if (level->key == NULL)
        item->where = node->where;
    level->key = NULL;
    return PL_OK;
}

static bool wants_key(const struct reading *r)
{
    return r->depth > 0 && r->levels[r->depth - 1].node->kind == PL_YAML_MAP &&
           r->levels[r->depth - 1].key == NULL;
}

static bool is_nothing(const char *text)
{
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static enum pl_err take_text(struct reading *r, const yaml_event_t *event)
{
    size_t n = event->data.scalar.length;
    if (memchr(event->data.scalar.value, 0, n) != NULL)
        return refuse(r, &event->start_mark, "a text with a NUL in it; take it out");
    const char *text = pl_arena_text(r->arena, event->data.scalar.value, n);
    if (text == NULL)
        return full(r);
    if (wants_key(r)) {
        r->levels[r->depth - 1].key = text;
        r->levels[r->depth - 1].key_where = where_of(r, &event->start_mark);
        return PL_OK;
    }
    struct pl_yaml *node = pl_arena_zalloc(r->arena, 1, sizeof *node);
    if (node == NULL)
        return full(r);
    node->kind = PL_YAML_TEXT;
    node->text = text;
    node->empty = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && is_nothing(text);
    node->where = where_of(r, &event->start_mark);
    return place(r, node);
}

static enum pl_err begin(struct reading *r, const yaml_event_t *event, enum pl_yaml_kind kind)
{
    if (wants_key(r))
        return refuse(r, &event->start_mark, "a list or map as a key; keys are plain texts");
    if (r->depth == PL_YAML_DEPTH)
        return refuse(r, &event->start_mark, "nested too deeply");
    struct pl_yaml *node = pl_arena_zalloc(r->arena, 1, sizeof *node);
    if (node == NULL)
        return full(r);
    node->kind = kind;
    node->text = "";
    node->where = where_of(r, &event->start_mark);
    enum pl_err err = place(r, node);
    r->levels[r->depth++] = (struct level){.node = node};
    return err;
}

static int by_key(const void *a, const void *b)
{
    const struct pl_yaml_item *const *left = a, *const *right = b;
    int order = strcmp((*left)->key, (*right)->key);
    if (order == 0)
        order = (*left > *right) - (*left < *right);
    return order;
}

/* Each key once: the second would silently be the first's end. */
static enum pl_err check_keys(struct reading *r, const struct pl_yaml *map)
{
    size_t mark = pl_arena_mark(r->arena);
    const struct pl_yaml_item **sorted = pl_arena_zalloc(r->arena, map->n + 1, sizeof *sorted);
    if (sorted == NULL)
        return full(r);
    for (uint32_t i = 0; i < map->n; i++)
        sorted[i] = &map->items[i];
    qsort(sorted, map->n, sizeof(const struct pl_yaml_item *), by_key);
    for (uint32_t i = 1; i < map->n; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0) {
            pl_problem(r->problems, sorted[i]->where, "%.80s stands here twice, first in line %u",
                       sorted[i]->key, sorted[i - 1]->where.line);
            r->refused = true;
        }
    pl_arena_release(r->arena, mark);
    return PL_OK;
}

static enum pl_err end(struct reading *r)
{
    const struct pl_yaml *node = r->levels[--r->depth].node;
    return node->kind == PL_YAML_MAP ? check_keys(r, node) : PL_OK;
}

static enum pl_err take(struct reading *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor != NULL)
            break;
        return take_text(r, event);
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor != NULL)
            break;
        return begin(r, event, PL_YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor != NULL)
            break;
        return begin(r, event, PL_YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return end(r);
    case YAML_DOCUMENT_START_EVENT:
        return r->root == NULL ? PL_OK
                               : refuse(r, &event->start_mark, "a second document in one file");
    case YAML_ALIAS_EVENT:
        break;
    default:
        return PL_OK;
    }
    return refuse(r, &event->start_mark, "anchors (&) and aliases (*) are not read; write it out");
}

static void not_yaml(struct reading *r)
{
    const char *why = r->parser.problem != NULL ? r->parser.problem : "it cannot be read";
    const yaml_mark_t *mark =
        r->parser.error == YAML_READER_ERROR ? &r->parser.mark : &r->parser.problem_mark;
    pl_problem(r->problems, where_of(r, mark), "this is no YAML: %.160s", why);
    r->refused = true;
}

static enum pl_err read_events(struct reading *r)
{
    enum pl_err err = PL_OK;
    for (bool more = true; more && err == PL_OK && !r->refused;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event)) {
            not_yaml(r);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        err = take(r, &event);
        yaml_event_delete(&event);
    }
    return err;
}

enum pl_err pl_yaml_parse(const char *file, const uint8_t *bytes, size_t n, struct pl_arena *arena,
                          const struct pl_yaml **out, struct pl_problems *problems,
                          struct pl_error *error)
{
    struct reading *r = pl_arena_zalloc(arena, 1, sizeof *r);
    *out = NULL;
    if (r == NULL || !yaml_parser_initialize(&r->parser))
        return pl_fail(error, PL_E_NOMEM, "no memory to read %s", file);
    r->file = file;
    r->arena = arena;
    r->problems = problems;
    r->error = error;
    yaml_parser_set_input_string(&r->parser, bytes, n);
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    enum pl_err err = read_events(r);
    yaml_parser_delete(&r->parser);
    if (err == PL_OK && !r->refused)
        *out = r->root;
    return err;
}

enum pl_err pl_yaml_load(const char *folder, const char *name, bool wanted, struct pl_arena *arena,
                         const struct pl_yaml **out, struct pl_problems *problems,
                         struct pl_error *error)
{
    struct pl_pack_bytes bytes;
    struct pl_error why = {0};
    *out = NULL;
    const char *path = pl_make_path(arena, folder, name);
    const char *file = pl_arena_text(arena, name, strlen(name));
    if (path == NULL || file == NULL)
        return pl_fail(error, PL_E_LIMIT, "the pack is too large");
    enum pl_err err = pl_make_file(path, PL_YAML_BYTES, arena, &bytes, &why);
    if (err == PL_E_MISSING && !wanted)
        return PL_OK;
    if (err != PL_OK) {
        pl_problem(problems, (struct pl_make_where){file, 0}, "%s",
                   err == PL_E_MISSING ? "this file is missing; every pack has one" : why.msg);
        return PL_OK;
    }
    return pl_yaml_parse(file, bytes.bytes, bytes.n, arena, out, problems, error);
}
