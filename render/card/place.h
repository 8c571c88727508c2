/* place.h - from bindings of named devices to cells and cards, for games whose files name devices
 * and actions and leave everything else to the pack (fs2020, sws).
 *
 * A device the packs know and of which something can be drawn is on the card of its image (devices
 * that share an image share the card, profiles do not); every other one is a list.
 */
#ifndef PL_CARD_PLACE_H
#define PL_CARD_PLACE_H

#include "render/card/game/game.h"

enum { PL_CHORD_MAX = 16 }; /* keys pressed together */

struct pl_binding_key {   /* as the file has it */
    uint32_t slot;        /* keys of one slot are pressed together */
    const char *name;     /* fs2020 */
    int32_t axis, button; /* sws */
};

struct pl_binding { /* an action of a context of a device */
    const char *profile, *device, *context, *action;
    uint32_t file, line;
    uint32_t first_key, keys_n;
};

struct pl_bindings {
    struct pl_binding *bindings;
    size_t bindings_n, bindings_room;
    struct pl_binding_key *keys;
    size_t keys_n, keys_room;
};

/* pl_bindings_add - a binding without keys; pl_bindings_key - a key of the one added last. A key
 * that is there already in its slot, and more than PL_CHORD_MAX of them, are left out. PL_E_LIMIT.
 */
enum pl_err pl_bindings_add(struct pl_builder *builder, struct pl_bindings *bindings,
                            const struct pl_binding *binding, struct pl_error *error);
enum pl_err pl_bindings_key(struct pl_builder *builder, struct pl_bindings *bindings,
                            const struct pl_binding_key *key, struct pl_error *error);

struct pl_place_input {
    const char *id;     /* the device's name of it; where it has none, the file's */
    const char *suffix; /* goes behind the label: " (Up-Left)"; or "" */
    bool known;
    bool nothing; /* a key that stands for no input at all */
};

struct pl_place_rules {
    /* device NULL: the packs do not know it. A text that could not be made is NULL. */
    struct pl_place_input (*input)(struct pl_builder *builder, const struct pl_pack_device *device,
                                   const struct pl_binding_key *key);
    bool last_wins; /* of equal (profile, device, context, action) only the last counts */
};

enum pl_err pl_place(struct pl_builder *builder, const struct pl_bindings *bindings,
                     const struct pl_place_rules *rules, struct pl_error *error);

#endif
