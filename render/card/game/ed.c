/* ed.c - Elite Dangerous: bindings are kept here between files, modifiers get their numbers, labels
 * their words.
 *
 *     ed_read.c (a file) -> ed_state -> ed_number -> ed_place.c (cards, lists), ed_keyboard.c
 *
 * Modifiers that are held together are a set; a set seen first gets the next number, those that end
 * on the keyboard count from 101. Numbers do not depend on what is shown, so that cards of single
 * groups go together.
 *
 * Knows neither XML nor rects. Memory: the arena only.
 */
#include <stdlib.h>
#include <string.h>

#include "render/card/game/ed_priv.h"
#include "shm/base/check.h"

enum { KEYBOARD_SERIES = 100 };
static const char general[] = "General", modifier[] = "Modifier";

struct ed_state *ed_state(struct pl_builder *builder)
{
    if (builder->state == NULL) {
        struct ed_state *state = pl_arena_zalloc(builder->arena, 1, sizeof *state);
        if (state == NULL)
            return NULL;
        state->keyboard = pl_builder_text(builder, "Keyboard", strlen("Keyboard"));
        if (state->keyboard == NULL)
            return NULL;
        builder->state = state;
    }
    return builder->state;
}

enum pl_err ed_add(struct pl_builder *builder, const struct ed_binding *binding,
                   struct pl_error *error)
{
    struct ed_state *state = builder->state;
    if (state->n == state->room) {
        uint32_t room = state->room == 0 ? 1024 : state->room * 2;
        struct ed_binding *fresh = pl_arena_zalloc(builder->arena, room, sizeof *fresh);
        if (fresh == NULL)
            return pl_builder_full(builder, error);
        if (state->n > 0)
            memcpy(fresh, state->bindings, state->n * sizeof *fresh);
        state->bindings = fresh;
        state->room = room;
    }
    state->bindings[state->n++] = *binding;
    return PL_OK;
}

/* ---- numbers of modifiers ------------------------------------------------------------------ */

/* Something seen at a place of the order of reading: equal texts are brought together, the first
 * of each is kept, and those are brought back into order. */
struct seen {
    const char *text;
    uint32_t at;
    const struct ed_binding *binding;
};

static int by_text(const void *left, const void *right)
{
    const struct seen *a = left, *b = right;
    int order = a->text == b->text ? 0 : strcmp(a->text, b->text);
    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_place(const void *left, const void *right)
{
    const struct seen *a = left, *b = right;
    return (a->at > b->at) - (a->at < b->at);
}

static uint32_t firsts(struct seen *seen, uint32_t n)
{
    uint32_t kept = 0;
    if (n == 0)
        return 0;
    qsort(seen, n, sizeof *seen, by_text);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || seen[i].text != seen[kept - 1].text)
            seen[kept++] = seen[i];
    qsort(seen, kept, sizeof *seen, by_place);
    return kept;
}

static enum pl_err number_sets(struct pl_builder *builder, struct seen *seen,
                               struct pl_error *error)
{
    struct ed_state *state = builder->state;
    uint32_t n = 0, pads = 0, keyboards = KEYBOARD_SERIES;
    for (uint32_t i = 0; i < state->n; i++)
        if (state->bindings[i].set != NULL)
            seen[n++] = (struct seen){state->bindings[i].set, i, &state->bindings[i]};
    n = firsts(seen, n);
    state->sets = pl_arena_zalloc(builder->arena, n + 1, sizeof *state->sets);
    if (state->sets == NULL)
        return pl_builder_full(builder, error);
    for (uint32_t i = 0; i < n; i++) {
        const struct ed_binding *first = seen[i].binding;
        const struct ed_input *last = &first->modifiers[first->modifiers_n - 1];
        uint32_t number = last->device == state->keyboard ? ++keyboards : ++pads;
        state->sets[state->sets_n++] = (struct ed_set){first, number};
        seen[i].at = number;
    }
    /* Back to the bindings: by text, the way they are looked up. */
    if (n > 0)
        qsort(seen, n, sizeof *seen, by_text);
    for (uint32_t i = 0; i < state->n; i++) {
        struct ed_binding *binding = &state->bindings[i];
        for (uint32_t low = 0, high = n; binding->set != NULL && low < high;) {
            uint32_t middle = low + (high - low) / 2;
            int order = strcmp(binding->set, seen[middle].text);
            if (order == 0) {
                binding->number = seen[middle].at;
                break;
            }
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }
    }
    return PL_OK;
}

enum pl_err ed_number(struct pl_builder *builder, struct pl_error *error)
{
    struct ed_state *state = builder->state;
    uint64_t members = 0;
    for (uint32_t i = 0; i < state->n; i++)
        members += state->bindings[i].modifiers_n;
    struct seen *seen =
        pl_arena_zalloc(builder->arena, PL_MAX(members, state->n) + 1, sizeof *seen);
    if (seen == NULL)
        return pl_builder_full(builder, error);
    enum pl_err code = number_sets(builder, seen, error);
    if (code != PL_OK)
        return code;
    uint32_t n = 0;
    for (uint32_t i = 0; i < state->sets_n; i++)
        for (uint32_t k = 0; k < state->sets[i].first->modifiers_n; k++, n++)
            seen[n] = (struct seen){.text = state->sets[i].first->modifiers[k].id, .at = n};
    state->seen_n = firsts(seen, n);
    state->seen = pl_arena_zalloc(builder->arena, state->seen_n + 1, sizeof *state->seen);
    if (state->seen == NULL)
        return pl_builder_full(builder, error);
    for (uint32_t i = 0; i < state->seen_n; i++)
        state->seen[i] = seen[i].text;
    return PL_OK;
}

/* ---- words --------------------------------------------------------------------------------- */

static bool is_shown(const struct pl_builder *builder, const char *group)
{
    const char *name;
    if (builder->options == NULL || builder->options->groups == UINT32_MAX)
        return true;
    for (uint32_t i = 0; i < 32 && (name = pl_packs_group(builder->packs, i)) != NULL; i++)
        if (strcmp(name, group) == 0)
            return (builder->options->groups >> i & 1) != 0;
    return true; /* not one of those that can be chosen */
}

void ed_control(struct pl_builder *builder, const struct ed_binding *binding,
                struct ed_control *out)
{
    *out = (struct ed_control){.name = binding->control, .group = general, .category = general};
    if (pl_packs_control(builder->packs, binding->control, &out->known)) {
        out->name = out->known.name;
        out->group = out->known.group;
        if (out->known.category != NULL && out->known.category[0] != '\0')
            out->category = out->known.category;
    } else {
        out->known = (struct pl_pack_control){0};
        pl_builder_notice(builder, "no-label", binding->file, binding->line, "%s",
                          binding->control);
    }
    out->shown = is_shown(builder, out->group);
}

static const char *context_of(struct pl_builder *builder, const char *group, const char *category,
                              uint32_t number)
{
    switch (builder->options != NULL ? builder->options->style : PL_CARD_STYLE_GROUP) {
    case PL_CARD_STYLE_CATEGORY:
        return category;
    case PL_CARD_STYLE_MODIFIER:
        return number > 0 ? pl_builder_print(builder, "Modifier %u", (unsigned)number)
                          : "Without modifier";
    case PL_CARD_STYLE_NONE:
        return "All";
    case PL_CARD_STYLE_GROUP:
        break;
    }
    return group;
}

struct pl_builder_label ed_label(struct pl_builder *builder, const struct ed_binding *binding,
                                 const struct ed_control *control)
{
    struct pl_builder_label label = {
        .context = context_of(builder, control->group, control->category, binding->number),
        .text = control->name,
        .modifier = binding->number,
        .invalid = binding->input.key[0] == '\0',
    };
    if (binding->number > 0)
        label.text = pl_builder_print(builder, "%s[%u]", control->name, (unsigned)binding->number);
    if (label.context == NULL)
        label.text = NULL;
    return label;
}

struct pl_builder_label ed_modifier_label(struct pl_builder *builder, uint32_t number)
{
    struct pl_builder_label label = {
        .context = context_of(builder, modifier, modifier, number),
        .text = pl_builder_print(builder, "Modifier %u", (unsigned)number),
    };
    if (label.context == NULL)
        label.text = NULL;
    return label;
}

/* Colours of contexts that are no groups: what is the same everywhere is grey. */
static enum pl_err pin(struct pl_builder *builder, struct pl_error *error)
{
    uint32_t grey = 0x373a3c;
    if (builder->packs != NULL && builder->packs->n > 0)
        grey = pl_pack_look(builder->packs->at[0])->badge_rgb;
    grey = grey << 8 | 0xff;
    enum pl_card_style style =
        builder->options != NULL ? builder->options->style : PL_CARD_STYLE_GROUP;
    if (style == PL_CARD_STYLE_NONE)
        return pl_builder_pin(builder, "All", "All", grey, error);
    if (style == PL_CARD_STYLE_MODIFIER)
        return pl_builder_pin(builder, "Without modifier", "Without modifier", grey, error);
    return PL_OK;
}

static enum pl_err place(struct pl_builder *builder, struct pl_error *error)
{
    struct ed_state *state = ed_state(builder);
    if (state == NULL)
        return pl_builder_full(builder, error);
    enum pl_err code = ed_number(builder, error);
    if (code == PL_OK)
        code = pin(builder, error);
    if (code == PL_OK)
        code = ed_place_devices(builder, error);
    return code == PL_OK ? ed_place_keyboard(builder, error) : code;
}

const struct pl_game_parser pl_game_ed = {.read = ed_read, .place = place};
