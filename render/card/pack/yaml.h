/* yaml.h - a YAML file as a tree of texts, lists and maps. Private to the pack builder.
 *
 * The subset that packs use, JSON included: no anchors and aliases, no tags that mean something,
 * one document a file, maps with texts as keys, each once; at most PL_YAML_DEPTH levels. Numbers
 * are texts until someone asks. A file that is none of this is one line in problems and no tree. */
#ifndef PL_PACK_YAML_H
#define PL_PACK_YAML_H

#include "render/card/pack/build.h"

enum { PL_YAML_DEPTH = 16, PL_YAML_BYTES = 8 << 20 };

enum pl_yaml_kind { PL_YAML_TEXT, PL_YAML_LIST, PL_YAML_MAP };

struct pl_yaml {
    enum pl_yaml_kind kind;
    bool empty; /* nothing at all, ~ or null */
    const char *text;
    struct pl_make_where where;
    uint32_t n;
    struct pl_yaml_item *items;
};
struct pl_yaml_item {
    const char *key; /* NULL in a list */
    struct pl_make_where where;
    const struct pl_yaml *value;
};

/* pl_yaml_parse - *out NULL when the bytes are not the subset. PL_E_LIMIT: the arena is full. */
enum pl_err pl_yaml_parse(const char *file, const uint8_t *bytes, size_t n, struct pl_arena *arena,
                          const struct pl_yaml **out, struct pl_problems *problems,
                          struct pl_error *error);
/* pl_yaml_load - the same of a file below folder; `name` is what problems call it. wanted: that it
 * is not there is a problem, too. */
enum pl_err pl_yaml_load(const char *folder, const char *name, bool wanted, struct pl_arena *arena,
                         const struct pl_yaml **out, struct pl_problems *problems,
                         struct pl_error *error);

/* Looking at a tree. A NULL node is allowed and is as if it were not there. */
const struct pl_yaml *pl_yaml_get(const struct pl_yaml *map, const char *key);
bool pl_yaml_is(const struct pl_yaml *node, enum pl_yaml_kind kind); /* and not empty */

/* These report what they do not like. */
/* A map (or empty: false without a word). what: "the device", for the sentence. */
bool pl_yaml_map(const struct pl_yaml *node, const char *what, struct pl_problems *problems);
/* Every key of a map must be one of those in `names` ("a b c"). */
void pl_yaml_known(const struct pl_yaml *map, const char *names, struct pl_problems *problems);
/* The text, blanks at both ends taken off; "" when there is none. */
const char *pl_yaml_text(const struct pl_yaml *node, const char *what, struct pl_arena *arena,
                         struct pl_problems *problems);
bool pl_yaml_number(const struct pl_yaml *node, const char *what, int64_t least, int64_t most,
                    int32_t *out, struct pl_problems *problems);
/* rrggbb or rrggbbaa, with or without #: 0xRRGGBBAA. */
bool pl_yaml_colour(const struct pl_yaml *node, uint32_t *out, struct pl_problems *problems);
/* [x, y, w, h] or {x:, y:, w:, h:}. */
bool pl_yaml_rect(const struct pl_yaml *node, struct pl_pack_rect *out,
                  struct pl_problems *problems);

#endif
