/* ed_keyboard.c - all bindings of the keyboard as one list: by group, then by what they do.
 *
 * A row is a control and the keys it is on; nothing is hidden here, because a list has room.
 * Modifiers come before the key, in the order in which the files first name them, so that the same
 * keys are always written in the same order. Memory: the arena only.
 */
#include <stdlib.h>
#include <string.h>

#include "render/card/game/ed_priv.h"

const char *ed_key_name(struct pl_builder *builder, const struct ed_input *input)
{
    const char *name = pl_packs_key(builder->packs, input->key);
    if (name != NULL)
        return name;
    return strncmp(input->key, "Key_", 4) == 0 ? input->key + 4 : input->key;
}

/* Ids sorted by text, each with its place in the order of the files. */
struct place {
    const char *id;
    uint32_t at;
};

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct place *)left)->id, ((const struct place *)right)->id);
}

static int by_at(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return (a->at > b->at) - (a->at < b->at);
}

struct keyboard {
    struct pl_builder *builder;
    struct place *order; /* of all modifiers, by id */
    uint32_t order_n;
    uint32_t list;
};

/* The names of the keys of a binding, modifiers first; NULL: the arena is full. */
static const char **keys_of(struct keyboard *keyboard, const struct ed_binding *binding)
{
    struct pl_arena *arena = keyboard->builder->arena;
    uint32_t n = binding->modifiers_n;
    const char **keys = pl_arena_zalloc(arena, n + 1, sizeof *keys);
    size_t mark = pl_arena_mark(arena);
    struct place *places = pl_arena_zalloc(arena, n + 1, sizeof *places);
    if (keys == NULL || places == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        struct place wanted = {.id = binding->modifiers[i].id};
        const struct place *found =
            bsearch(&wanted, keyboard->order, keyboard->order_n, sizeof wanted, by_id);
        /* The id is not needed any more: it carries the name. Names with a "/" in them can make two
         * sets look alike, and then one's modifiers were not counted. */
        places[i] = (struct place){ed_key_name(keyboard->builder, &binding->modifiers[i]),
                                   found != NULL ? found->at : UINT32_MAX};
    }
    qsort(places, n, sizeof *places, by_at);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = places[i].id;
    keys[n] = ed_key_name(keyboard->builder, &binding->input);
    pl_arena_release(arena, mark);
    return keys;
}

static const char *join(struct pl_builder *builder, const char *const *keys, uint32_t n,
                        const char *between)
{
    size_t length = 1, at = 0, between_n = strlen(between);
    for (uint32_t i = 0; i < n; i++)
        length += strlen(keys[i]) + between_n;
    char *text = pl_arena_alloc(builder->arena, length);
    if (text == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        size_t part = strlen(keys[i]);
        memcpy(text + at, keys[i], part);
        at += part;
        if (i + 1 < n) {
            memcpy(text + at, between, between_n);
            at += between_n;
        }
    }
    return pl_builder_text(builder, text, at);
}

static enum pl_err add_row(struct keyboard *keyboard, const struct ed_binding *binding,
                           struct pl_error *error)
{
    struct pl_builder *builder = keyboard->builder;
    struct ed_control control;
    ed_control(builder, binding, &control);
    if (!control.shown)
        return PL_OK;
    const char **keys = keys_of(keyboard, binding);
    if (keys == NULL)
        return pl_builder_full(builder, error);
    uint32_t n = binding->modifiers_n + 1;
    struct pl_builder_label label = ed_label(builder, binding, &control);
    /* The keys stand beside it: the number of their set would say it twice. */
    label.text = control.name;
    label.modifier = 0;
    label.plain = true;
    const char *joined = join(builder, keys, n, "\x01");
    const char *sort = joined == NULL
                           ? NULL
                           : pl_builder_print(builder, "%s\x01%s\x01%s\x01%s", control.group,
                                              control.name, joined, binding->control);
    const char *input =
        binding->input.key[0] != '\0'
            ? join(builder, keys, n, " + ")
            : pl_builder_print(builder, "%s%sno key", n > 1 ? keys[0] : "", n > 1 ? " + " : "");
    if (sort == NULL || input == NULL || label.context == NULL)
        return pl_builder_full(builder, error);
    return pl_builder_row(builder, keyboard->list, sort, input, control.group, keys, n, &label,
                          error);
}

static bool order_modifiers(struct keyboard *keyboard)
{
    const struct ed_state *state = keyboard->builder->state;
    keyboard->order =
        pl_arena_zalloc(keyboard->builder->arena, state->seen_n + 1, sizeof *keyboard->order);
    if (keyboard->order == NULL)
        return false;
    keyboard->order_n = state->seen_n;
    for (uint32_t i = 0; i < state->seen_n; i++)
        keyboard->order[i] = (struct place){state->seen[i], i};
    if (state->seen_n > 0)
        qsort(keyboard->order, state->seen_n, sizeof *keyboard->order, by_id);
    return true;
}

enum pl_err ed_place_keyboard(struct pl_builder *builder, struct pl_error *error)
{
    const struct ed_state *state = builder->state;
    struct keyboard keyboard = {.builder = builder};
    if (!order_modifiers(&keyboard))
        return pl_builder_full(builder, error);
    struct pl_card_list head = {
        .profile = "", .title = "Keyboard", .device = state->keyboard, .keyboard = true};
    bool begun = false;
    for (uint32_t i = 0; i < state->n; i++) {
        if (state->bindings[i].input.device != state->keyboard)
            continue;
        enum pl_err code = PL_OK;
        if (!begun)
            code = pl_builder_list(builder, &head, &keyboard.list, error);
        begun = true;
        if (code == PL_OK)
            code = add_row(&keyboard, &state->bindings[i], error);
        if (code != PL_OK)
            return code;
    }
    return PL_OK;
}
