/* read.h - what the readers of a pack's YAML files share. Private to the pack builder. */
#ifndef PL_PACK_READ_H
#define PL_PACK_READ_H

#include "render/card/pack/build.h"
#include "render/card/pack/yaml.h"

struct pl_reading {
    struct pl_arena *arena;
    struct pl_make *make;
    struct pl_problems *problems;
};

/* All return PL_E_LIMIT when the arena is full; everything else is a problem. */
enum pl_err pl_read_pack(struct pl_reading *r, const struct pl_yaml *root, struct pl_error *error);
enum pl_err pl_read_images(struct pl_reading *r, const struct pl_yaml *root,
                           struct pl_error *error);
enum pl_err pl_read_devices(struct pl_reading *r, const struct pl_yaml *root,
                            struct pl_error *error);
enum pl_err pl_read_game(struct pl_reading *r, enum pl_card_game game, const struct pl_yaml *root,
                         struct pl_error *error);

enum pl_err pl_read_full(struct pl_error *error);
/* A list of texts (or one text), appended. */
enum pl_err pl_read_texts(struct pl_reading *r, const struct pl_yaml *node, const char *what,
                          struct pl_make_texts *out, struct pl_error *error);
/* A map of texts to texts, appended. */
enum pl_err pl_read_pairs(struct pl_reading *r, const struct pl_yaml *node, const char *what,
                          struct pl_make_pairs *out, struct pl_error *error);
/* A map of inputs to places; one that is there already is moved. */
enum pl_err pl_read_inputs(struct pl_reading *r, const struct pl_yaml *node,
                           struct pl_make_inputs *out, struct pl_error *error);
struct pl_make_device *pl_read_find_device(const struct pl_make *make, const char *id);
/* Blanks at the ends taken off, runs of them inside made one; in the arena. */
const char *pl_read_name(struct pl_arena *arena, const char *text);

#endif
