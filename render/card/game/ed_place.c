/* ed_place.c - Elite Dangerous: what is bound to controllers, on their cards or as lists.
 *
 * Everything that stands at an input is an entry: a binding, or a number of which the input is a
 * modifier. Entries are sorted by device and input; each device is then a run of entries, and each
 * input under one set of modifiers a run inside it, which is where bindings hide one another.
 *
 * Devices come on cards in the order of the packs. What no card took is listed: a controller that
 * is bound never vanishes. Memory: the arena only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/game/ed_priv.h"
#include "shm/base/check.h"

enum { INDEXES = 2 }; /* how many of one kind of controller have cards */

struct entry {
    const struct ed_input *input;
    const struct ed_binding *binding; /* NULL: a modifier of `number` */
    uint32_t number;
    bool bound; /* its group is among those shown */
    bool hidden;
};

struct device { /* with one index: a run of entries */
    const char *name;
    uint32_t index, from, to;
    bool handled; /* a supported device of the packs speaks of it */
    bool carded;  /* a card that it belongs to is there already */
    bool placed;  /* at least one of its inputs is on a picture */
};

struct placing {
    struct pl_builder *builder;
    struct entry *entries;
    struct device *devices;
    uint32_t entries_n, devices_n;
};

/* ---- entries ------------------------------------------------------------------------------- */

static int compare_text(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a, b);
}

static int by_input(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_text(a->input->device, b->input->device);
    if (order == 0)
        order = (a->input->index > b->input->index) - (a->input->index < b->input->index);
    if (order == 0)
        order = compare_text(a->input->key, b->input->key);
    if (order == 0)
        order = (a->number > b->number) - (a->number < b->number);
    if (order == 0)
        order = (a->binding != NULL) - (b->binding != NULL);
    return order == 0 && a->binding != NULL ? compare_text(a->binding->control, b->binding->control)
                                            : order;
}

static bool same_device(const struct entry *a, const struct entry *b)
{
    return a->input->device == b->input->device && a->input->index == b->input->index;
}

/* Whether another control is among the bindings of the same input and modifiers. */
static bool is_bound(const struct entry *entries, uint32_t n, const char *control)
{
    for (uint32_t low = 0, high = n; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(control, entries[middle].binding->control);
        if (order == 0)
            return entries[middle].bound;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* Bindings of one input under one set of modifiers, sorted by control. What is hidden hides others
 * all the same: the rule asks for what is bound. */
static void hide_in(struct placing *p, struct entry *entries, uint32_t n)
{
    struct ed_control control;
    for (uint32_t i = 0; i < n; i++) {
        ed_control(p->builder, entries[i].binding, &control);
        entries[i].bound = control.shown;
        entries[i].hidden = !control.shown;
    }
    for (uint32_t i = 0; n > 1 && i < n; i++) {
        const char *own = entries[i].binding->control;
        ed_control(p->builder, entries[i].binding, &control);
        for (uint32_t k = 0; k < control.known.hide_n && !entries[i].hidden; k++) {
            const char *other = pl_pack_control_hide(&control.known, k);
            entries[i].hidden = strcmp(other, own) != 0 && is_bound(entries, n, other);
        }
    }
}

static void hide(struct placing *p)
{
    for (uint32_t from = 0, to; from < p->entries_n; from = to) {
        const struct entry *first = &p->entries[from];
        to = from + 1;
        if (first->binding == NULL)
            continue;
        while (to < p->entries_n && p->entries[to].binding != NULL &&
               same_device(first, &p->entries[to]) &&
               first->input->key == p->entries[to].input->key &&
               first->number == p->entries[to].number)
            to++;
        hide_in(p, &p->entries[from], to - from);
    }
}

static bool collect_entries(struct placing *p)
{
    const struct ed_state *state = p->builder->state;
    uint64_t n = state->n;
    for (uint32_t i = 0; i < state->sets_n; i++)
        n += state->sets[i].first->modifiers_n;
    p->entries = pl_arena_zalloc(p->builder->arena, n + 1, sizeof *p->entries);
    if (p->entries == NULL)
        return false;
    for (uint32_t i = 0; i < state->n; i++) {
        const struct ed_binding *binding = &state->bindings[i];
        if (binding->input.device == state->keyboard)
            continue;
        p->entries[p->entries_n++] =
            (struct entry){.input = &binding->input, .binding = binding, .number = binding->number};
    }
    for (uint32_t i = 0; i < state->sets_n; i++)
        for (uint32_t k = 0; k < state->sets[i].first->modifiers_n; k++) {
            const struct ed_input *input = &state->sets[i].first->modifiers[k];
            if (input->device != state->keyboard)
                p->entries[p->entries_n++] =
                    (struct entry){.input = input, .number = state->sets[i].number};
        }
    if (p->entries_n > 0)
        qsort(p->entries, p->entries_n, sizeof *p->entries, by_input);
    hide(p);
    return true;
}

/* A modifier is shown when something that is bound with it is: on a device, or on the keyboard. */
static bool mark_modifiers(struct placing *p)
{
    const struct ed_state *state = p->builder->state;
    uint32_t most = 0;
    for (uint32_t i = 0; i < state->sets_n; i++)
        most = PL_MAX(most, state->sets[i].number);
    bool *used = pl_arena_zalloc(p->builder->arena, (size_t)most + 1, sizeof *used);
    if (used == NULL)
        return false;
    for (uint32_t i = 0; i < state->n; i++) {
        struct ed_control control;
        ed_control(p->builder, &state->bindings[i], &control);
        if (control.shown)
            used[state->bindings[i].number] = true;
    }
    for (uint32_t i = 0; i < p->entries_n; i++)
        if (p->entries[i].binding == NULL)
            p->entries[i].hidden = !used[p->entries[i].number];
    return true;
}

/* ---- devices ------------------------------------------------------------------------------- */

static bool collect_devices(struct placing *p)
{
    p->devices = pl_arena_zalloc(p->builder->arena, p->entries_n + 1, sizeof *p->devices);
    if (p->devices == NULL)
        return false;
    for (uint32_t i = 0; i < p->entries_n; i++) {
        if (i == 0 || !same_device(&p->entries[i - 1], &p->entries[i]))
            p->devices[p->devices_n++] = (struct device){.name = p->entries[i].input->device,
                                                         .index = p->entries[i].input->index,
                                                         .from = i};
        p->devices[p->devices_n - 1].to = i + 1;
    }
    return true;
}

static struct device *find_device(struct placing *p, const char *name, uint32_t index)
{
    for (uint32_t low = 0, high = p->devices_n; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        struct device *device = &p->devices[middle];
        int order = strcmp(name, device->name);
        if (order == 0)
            order = (index > device->index) - (index < device->index);
        if (order == 0)
            return device;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool find_rect(struct placing *p, const struct device *device, const struct entry *entry,
                      struct pl_pack_rect *rect)
{
    struct pl_pack_device known;
    return pl_packs_device(p->builder->packs, device->name, &known) &&
           pl_pack_input(&known, PL_CARD_ED, entry->input->key, rect) &&
           (rect->x != 0 || rect->y != 0);
}

/* Whether at least one of its shown inputs is on the picture. */
static bool can_be_placed(struct placing *p, const struct device *device)
{
    struct pl_pack_rect rect;
    for (uint32_t i = device->from; i < device->to; i++)
        if (!p->entries[i].hidden && find_rect(p, device, &p->entries[i], &rect) && rect.x >= 0 &&
            rect.y >= 0)
            return true;
    return false;
}

static struct pl_builder_label label_of(struct placing *p, const struct entry *entry)
{
    if (entry->binding == NULL)
        return ed_modifier_label(p->builder, entry->number);
    struct ed_control control;
    ed_control(p->builder, entry->binding, &control);
    return ed_label(p->builder, entry->binding, &control);
}

/* ---- cards --------------------------------------------------------------------------------- */

static enum pl_err add_cells(struct placing *p, struct device *device, uint32_t card,
                             struct pl_error *error)
{
    for (uint32_t i = device->from; i < device->to; i++) {
        const struct entry *entry = &p->entries[i];
        struct pl_pack_rect rect;
        if (entry->hidden)
            continue;
        if (!find_rect(p, device, entry, &rect)) {
            if (entry->binding != NULL)
                pl_builder_notice(p->builder, "no-place", entry->binding->file,
                                  entry->binding->line, "%s: %s", device->name, entry->input->key);
            continue;
        }
        struct pl_builder_label label = label_of(p, entry);
        if (label.text == NULL)
            return pl_builder_full(p->builder, error);
        enum pl_err code = pl_builder_cell(p->builder, card, device->name, entry->input->key, &rect,
                                           &label, error);
        if (code != PL_OK)
            return code;
    }
    return PL_OK;
}

/* Whether something of a group that was asked for is bound to it. */
static bool is_shown(const struct placing *p, const struct device *device)
{
    for (uint32_t i = device->from; i < device->to; i++)
        if (!p->entries[i].hidden)
            return true;
    return false;
}

/* Whether a card of it shows something that no earlier card does. */
static bool wanted(struct placing *p, const struct pl_pack_supported *supported, uint32_t index)
{
    bool own = supported->keys_n > 0;
    const uint32_t *keys = own ? supported->keys : supported->handled;
    for (uint32_t i = 0; i < (own ? supported->keys_n : supported->handled_n); i++) {
        const struct device *device =
            find_device(p, pl_pack_string(supported->pack, keys[i]), index);
        if (device != NULL && !device->carded && is_shown(p, device))
            return true;
    }
    return false;
}

static enum pl_err add_card(struct placing *p, const struct pl_pack_supported *supported,
                            uint32_t index, struct pl_error *error)
{
    struct pl_pack_image image;
    if (!pl_packs_image(p->builder->packs, supported->image, &image))
        return PL_OK;
    struct pl_card head = {.profile = "",
                           .image = image.id,
                           .title = image.title,
                           .group = supported->name,
                           .device_index = index};
    if (index > 0)
        head.title = pl_builder_print(p->builder, "%s, no. %u", image.title, (unsigned)index + 1);
    if (head.title == NULL)
        return pl_builder_full(p->builder, error);
    bool begun = false;
    uint32_t card = 0;
    for (uint32_t i = 0; i < supported->handled_n; i++) {
        struct device *device =
            find_device(p, pl_pack_string(supported->pack, supported->handled[i]), index);
        if (device == NULL || !can_be_placed(p, device))
            continue;
        enum pl_err code = begun ? PL_OK : pl_builder_card(p->builder, &head, &card, error);
        begun = true;
        if (code == PL_OK)
            code = add_cells(p, device, card, error);
        if (code != PL_OK)
            return code;
        device->placed = true;
    }
    for (uint32_t i = 0; i < supported->handled_n && begun; i++) {
        struct device *device =
            find_device(p, pl_pack_string(supported->pack, supported->handled[i]), index);
        if (device != NULL) /* also one that has no place on it: no later card has one either */
            device->carded = true;
    }
    return PL_OK;
}

static enum pl_err add_cards(struct placing *p, struct pl_error *error)
{
    struct pl_pack_supported supported;
    for (uint32_t i = 0; pl_packs_supported_at(p->builder->packs, i, &supported); i++)
        for (uint32_t index = 0; index < INDEXES; index++) {
            for (uint32_t k = 0; k < supported.handled_n; k++) {
                const char *name = pl_pack_string(supported.pack, supported.handled[k]);
                struct device *device = find_device(p, name, index);
                if (device != NULL)
                    device->handled = true;
            }
            enum pl_err code =
                wanted(p, &supported, index) ? add_card(p, &supported, index, error) : PL_OK;
            if (code != PL_OK)
                return code;
        }
    return PL_OK;
}

/* ---- lists --------------------------------------------------------------------------------- */

static enum pl_err add_rows(struct placing *p, const struct device *device, uint32_t list,
                            struct pl_error *error)
{
    for (uint32_t i = device->from; i < device->to; i++) {
        const struct entry *entry = &p->entries[i];
        if (entry->hidden || entry->binding == NULL)
            continue;
        struct pl_builder_label label = label_of(p, entry);
        if (label.text == NULL)
            return pl_builder_full(p->builder, error);
        label.plain = true;
        const char *input = entry->input->key[0] != '\0' ? entry->input->key : "no key";
        enum pl_err code =
            pl_builder_row(p->builder, list, NULL, input, "", NULL, 0, &label, error);
        if (code != PL_OK)
            return code;
    }
    return PL_OK;
}

static enum pl_err add_list(struct placing *p, const struct device *device, struct pl_error *error)
{
    const struct ed_binding *binding = NULL;
    for (uint32_t i = device->from; i < device->to && binding == NULL; i++)
        if (!p->entries[i].hidden)
            binding = p->entries[i].binding;
    if (binding == NULL)
        return PL_OK;
    pl_builder_notice(p->builder, device->handled ? "nothing-placed" : "unsupported-device",
                      binding->file, binding->line, "%s", device->name);
    struct pl_card_list head = {.profile = "",
                                .title = device->name,
                                .device = device->name,
                                .device_index = device->index};
    uint32_t list;
    enum pl_err code = pl_builder_list(p->builder, &head, &list, error);
    return code == PL_OK ? add_rows(p, device, list, error) : code;
}

/* Whether the reader of the cards sees which input it is. */
static bool is_on_card(struct placing *p, const struct ed_input *input)
{
    const struct device *device = find_device(p, input->device, input->index);
    struct entry entry = {.input = input};
    struct pl_pack_rect rect;
    return device != NULL && device->placed && find_rect(p, device, &entry, &rect);
}

/* What a number stands for whose inputs are not all on cards. */
static void explain_set(struct placing *p, const struct ed_set *set)
{
    const struct ed_state *state = p->builder->state;
    const struct ed_binding *first = set->first;
    char text[160] = "";
    size_t at = 0;
    bool seen = true;
    for (uint32_t i = 0; i < first->modifiers_n; i++) {
        const struct ed_input *input = &first->modifiers[i];
        bool keyboard = input->device == state->keyboard;
        const char *name = keyboard ? ed_key_name(p->builder, input) : input->key;
        int n = snprintf(text + at, sizeof text - at, "%s%s%s%s", i > 0 ? " + " : "",
                         keyboard ? "" : input->device, keyboard ? "" : " ", name);
        at = PL_MIN(at + (size_t)PL_MAX(n, 0), sizeof text - 1);
        seen = seen && is_on_card(p, input); /* no card shows the keyboard */
    }
    if (!seen)
        pl_builder_notice(p->builder, "modifier", first->file, first->line, "Modifier %u is %s",
                          (unsigned)set->number, text);
}

static enum pl_err explain_modifiers(struct placing *p, struct pl_error *error)
{
    const struct ed_state *state = p->builder->state;
    uint32_t most = 0;
    for (uint32_t i = 0; i < state->sets_n; i++)
        most = PL_MAX(most, state->sets[i].number);
    bool *needed = pl_arena_zalloc(p->builder->arena, (size_t)most + 1, sizeof *needed);
    if (needed == NULL)
        return pl_builder_full(p->builder, error);
    for (uint32_t i = 0; i < p->entries_n; i++)
        if (p->entries[i].binding != NULL && !p->entries[i].hidden)
            needed[p->entries[i].number] = true;
    for (uint32_t i = 0; i < state->sets_n; i++)
        if (needed[state->sets[i].number])
            explain_set(p, &state->sets[i]);
    return PL_OK;
}

enum pl_err ed_place_devices(struct pl_builder *builder, struct pl_error *error)
{
    struct placing placing = {.builder = builder}, *p = &placing;
    if (!collect_entries(p) || !mark_modifiers(p) || !collect_devices(p))
        return pl_builder_full(builder, error);
    enum pl_err code = add_cards(p, error);
    for (uint32_t i = 0; code == PL_OK && i < p->devices_n; i++)
        if (!p->devices[i].placed && !pl_packs_ignored(builder->packs, p->devices[i].name))
            code = add_list(p, &p->devices[i], error);
    return code == PL_OK ? explain_modifiers(p, error) : code;
}
