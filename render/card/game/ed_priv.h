/* ed_priv.h - what the reader of Elite Dangerous bindings (ed_read.c) hands to its placing
 * (ed_modifiers.c, ed_place.c, ed.c). All texts are of pl_builder_text: equal texts are one
 * pointer.
 */
#ifndef PL_CARD_ED_PRIV_H
#define PL_CARD_ED_PRIV_H

#include "render/card/game/game.h"

/* A button or axis as a binding or one of its modifiers names it. */
struct ed_input {
    const char *device;
    const char *key; /* without Neg_ and Pos_; "" = the binding is to nothing */
    const char *id;  /* "Device::Index::Key", the key as written */
    uint32_t index;
};

struct ed_binding {
    const char *control;
    struct ed_input input;
    const char *set; /* ids of the modifiers joined by "/"; NULL = bound without */
    const struct ed_input *modifiers;
    uint32_t modifiers_n;
    uint32_t number; /* of the set, filled in by ed_number; 0 = none */
    uint32_t file, line;
};

/* A set of modifiers that are held together. */
struct ed_set {
    const struct ed_binding *first; /* the binding it was seen with first */
    uint32_t number;
};

struct ed_state {
    struct ed_binding *bindings; /* of a file: Binding, then Primary, then Secondary */
    uint32_t n, room;
    struct ed_set *sets; /* in the order they were seen, filled in by ed_number */
    uint32_t sets_n;
    const char **seen; /* ids of all modifiers in the order they were seen */
    uint32_t seen_n;
    const char *keyboard; /* "Keyboard" as pl_builder_text has it */
};

/* ed_state - the builder's, made at the first call; NULL: the arena is full. */
struct ed_state *ed_state(struct pl_builder *builder);
/* ed_add - append a binding; counted. PL_E_LIMIT. */
enum pl_err ed_add(struct pl_builder *builder, const struct ed_binding *binding,
                   struct pl_error *error);
enum pl_err ed_read(struct pl_builder *builder, struct pl_card_file *file, struct pl_error *error);
/* ed_number - numbers the sets of modifiers of all bindings. PL_E_LIMIT. */
enum pl_err ed_number(struct pl_builder *builder, struct pl_error *error);

/* What pl_packs say of a control, with names in the place of those that are missing. */
struct ed_control {
    struct pl_pack_control known; /* hide_n 0 when no pack knows it */
    const char *name, *group, *category;
    bool shown; /* its group is among those asked for */
};
void ed_control(struct pl_builder *builder, const struct ed_binding *binding,
                struct ed_control *out);
/* ed_label - by the style that was asked for. text NULL: the arena is full. */
struct pl_builder_label ed_label(struct pl_builder *builder, const struct ed_binding *binding,
                                 const struct ed_control *control);
struct pl_builder_label ed_modifier_label(struct pl_builder *builder, uint32_t number);

/* ed_key_name - as people call it: of the packs, else without Key_. */
const char *ed_key_name(struct pl_builder *builder, const struct ed_input *input);

enum pl_err ed_place_devices(struct pl_builder *builder, struct pl_error *error);
enum pl_err ed_place_keyboard(struct pl_builder *builder, struct pl_error *error);

#endif
