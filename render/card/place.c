/* place.c - puts the bindings of fs2020 and sws on cards and lists (place.h).
 *
 * All bindings are sorted by (profile, device, context, action): what belongs to one device is then
 * one run, and so is what replaces one another. A run is looked at twice: whether anything of it
 * can be drawn decides between card and list before the first notice is given. Knows no file
 * format.
 */
#include "render/card/place.h"

#include <string.h>

#include "render/card/array.h"
#include "render/card/builder.h"
#include "shm/base/check.h"

/* --- collecting ------------------------------------------------------------------------------- */

enum pl_err pl_bindings_add(struct pl_builder *builder, struct pl_bindings *bindings,
                            const struct pl_binding *binding, struct pl_error *error)
{
    void *array = bindings->bindings;
    if (binding->profile == NULL || binding->device == NULL || binding->context == NULL ||
        binding->action == NULL ||
        !pl_array_room(builder->arena, &array, bindings->bindings_n, &bindings->bindings_room,
                       sizeof *binding))
        return pl_builder_full(builder, error);
    bindings->bindings = array;
    struct pl_binding *added = &bindings->bindings[bindings->bindings_n++];
    *added = *binding;
    added->first_key = (uint32_t)bindings->keys_n;
    added->keys_n = 0;
    return PL_OK;
}

enum pl_err pl_bindings_key(struct pl_builder *builder, struct pl_bindings *bindings,
                            const struct pl_binding_key *key, struct pl_error *error)
{
    CHECK(bindings->bindings_n > 0);
    struct pl_binding *binding = &bindings->bindings[bindings->bindings_n - 1];
    uint32_t at = binding->keys_n, together = 0; /* behind the last of its slot */
    for (uint32_t i = binding->keys_n; i > 0; i--) {
        const struct pl_binding_key *other = &bindings->keys[binding->first_key + i - 1];
        if (other->slot < key->slot)
            break;
        if (other->slot > key->slot) {
            at = i - 1;
            continue;
        }
        if (other->name == key->name && other->axis == key->axis && other->button == key->button)
            return PL_OK;
        if (++together == PL_CHORD_MAX) {
            pl_builder_notice(builder, "long-chord", binding->file, binding->line,
                              "%s: only the first %d keys are shown", binding->action,
                              PL_CHORD_MAX);
            return PL_OK;
        }
    }
    void *array = bindings->keys;
    if (!pl_array_room(builder->arena, &array, bindings->keys_n, &bindings->keys_room, sizeof *key))
        return pl_builder_full(builder, error);
    bindings->keys = array;
    struct pl_binding_key *to = &bindings->keys[binding->first_key + at];
    memmove(to + 1, to, (binding->keys_n - at) * sizeof *to);
    *to = *key;
    bindings->keys_n++;
    binding->keys_n++;
    return PL_OK;
}

/* --- order ------------------------------------------------------------------------------------ */

struct item { /* a binding with its device looked up; `id` is the name where no pack knows it */
    const struct pl_binding *binding;
    struct pl_pack_device device;
    bool known;
    const char *id;
};

static int by_device(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = pl_text_order(a->binding->profile, b->binding->profile);
    if (order == 0)
        order = (int)b->known - (int)a->known;
    return order != 0 ? order : pl_text_order(a->id, b->id);
}

static int by_action(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = by_device(left, right);
    if (order == 0)
        order = pl_text_order(a->binding->context, b->binding->context);
    return order != 0 ? order : pl_text_order(a->binding->action, b->binding->action);
}

struct run { /* all bindings of a device under a profile */
    const struct item *const *items;
    size_t n;
    const char *title; /* what a list of it is headed by */
    bool any;          /* something of it stands for an input */
    bool drawn;        /* something of it is on its picture */
};

static const char *image_of(const struct run *run)
{
    return run->drawn ? run->items[0]->device.image : "";
}

/* By profile and image; lists, which have none, by title. */
static int by_card(const void *left, const void *right)
{
    const struct run *a = left, *b = right;
    int order = pl_text_order(a->items[0]->binding->profile, b->items[0]->binding->profile);
    if (order == 0)
        order = pl_text_order(image_of(a), image_of(b));
    return order != 0 || a->drawn ? order : pl_text_order(a->title, b->title);
}

/* --- one binding ------------------------------------------------------------------------------ */

struct placing {
    struct pl_builder *builder;
    const struct pl_bindings *bindings;
    const struct pl_place_rules *rules;
    struct pl_error *error;
};

/* The keys of one slot of a binding, as inputs; of equal ones one. */
struct chord {
    struct pl_place_input inputs[PL_CHORD_MAX];
    unsigned n;
};

/* The next slot from key *at on. false: there is none, or (in *err) the arena is full. */
static bool next_chord(const struct placing *placing, const struct item *item, uint32_t *at,
                       struct chord *chord, enum pl_err *err)
{
    const struct pl_binding *binding = item->binding;
    chord->n = 0;
    if (*at == binding->keys_n)
        return false;
    const struct pl_binding_key *keys = &placing->bindings->keys[binding->first_key];
    uint32_t from = *at;
    while (*at < binding->keys_n && keys[*at].slot == keys[from].slot && chord->n < PL_CHORD_MAX) {
        struct pl_place_input input = placing->rules->input(
            placing->builder, item->known ? &item->device : NULL, &keys[(*at)++]);
        if (input.nothing)
            continue;
        if (input.id == NULL || input.suffix == NULL) {
            *err = pl_builder_full(placing->builder, placing->error);
            return false;
        }
        unsigned same = 0;
        while (same < chord->n && (strcmp(chord->inputs[same].id, input.id) != 0 ||
                                   strcmp(chord->inputs[same].suffix, input.suffix) != 0))
            same++;
        if (same == chord->n)
            chord->inputs[chord->n++] = input;
    }
    return *at > from;
}

/* The rect of an input; 0,0 is a rect that nobody filled in. */
static bool find_rect(const struct placing *placing, const struct item *item,
                      const struct pl_place_input *input, struct pl_pack_rect *rect)
{
    return input->known && pl_pack_input(&item->device, placing->builder->game, input->id, rect) &&
           (rect->x != 0 || rect->y != 0);
}

/* Does the binding stand for any input, and is one of them on the picture? */
static enum pl_err look_at(const struct placing *placing, const struct item *item, struct run *run)
{
    struct pl_pack_image image;
    bool pictured = item->known && item->device.image[0] != '\0' &&
                    pl_packs_image(placing->builder->packs, item->device.image, &image);
    struct chord chord;
    enum pl_err err = PL_OK;
    for (uint32_t at = 0; !run->drawn && next_chord(placing, item, &at, &chord, &err);) {
        run->any |= chord.n > 0;
        for (unsigned i = 0; pictured && i < chord.n && !run->drawn; i++) {
            struct pl_pack_rect rect;
            run->drawn = find_rect(placing, item, &chord.inputs[i], &rect) &&
                         pl_builder_inside(&rect, image.layout_w, image.layout_h);
        }
    }
    return err;
}

/* KEY_TOGGLE_BEACON_LIGHTS -> Toggle Beacon Lights */
static const char *prettify(struct pl_builder *builder, const char *action)
{
    char text[256];
    size_t n = 0;
    bool first = true;
    if (strncmp(action, "KEY_", 4) == 0)
        action += 4;
    for (; *action != '\0' && n + 2 < sizeof text; action++) {
        char c = *action;
        if (c == '_') {
            first = true;
            continue;
        }
        if (first && n > 0)
            text[n++] = ' ';
        if (first && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        else if (!first && c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        text[n++] = c;
        first = false;
    }
    return pl_builder_text(builder, text, n);
}

/* NULL: the arena is full. */
static const char *label_of(const struct placing *placing, const struct item *item)
{
    struct pl_builder *builder = placing->builder;
    const struct pl_binding *binding = item->binding;
    const char *label = pl_packs_label(builder->packs, builder->game, binding->action);
    return label != NULL ? label : prettify(builder, binding->action);
}

static void notice_label(const struct placing *placing, const struct pl_binding *binding)
{
    struct pl_builder *builder = placing->builder;
    if (pl_packs_label(builder->packs, builder->game, binding->action) == NULL)
        pl_builder_notice(builder, "no-label", binding->file, binding->line, "%s", binding->action);
}

/* " [+A+B]": what else has to be pressed. */
static const char *others(struct pl_builder *builder, const struct chord *chord, unsigned self)
{
    const char *text = "";
    for (unsigned i = 0; i < chord->n && text != NULL; i++) {
        const char *id = chord->inputs[i].id;
        bool said = strcmp(id, chord->inputs[self].id) == 0;
        for (unsigned k = 0; k < i && !said; k++)
            said = strcmp(id, chord->inputs[k].id) == 0;
        if (!said)
            text = pl_builder_print(builder, "%s+%s", text, id);
    }
    if (text == NULL || text[0] == '\0')
        return text;
    return pl_builder_print(builder, " [%s]", text);
}

static enum pl_err add_cells(const struct placing *placing, const struct item *item, uint32_t card,
                             const struct chord *chord)
{
    struct pl_builder *builder = placing->builder;
    const struct pl_binding *binding = item->binding;
    enum pl_err err = PL_OK;
    for (unsigned i = 0; i < chord->n && err == PL_OK; i++) {
        const struct pl_place_input *input = &chord->inputs[i];
        struct pl_pack_rect rect;
        if (!input->known) {
            pl_builder_notice(builder, "unknown-input", binding->file, binding->line, "%s: %s",
                              item->id, input->id);
            continue;
        }
        if (!find_rect(placing, item, input, &rect)) {
            pl_builder_notice(builder, "no-place", binding->file, binding->line, "%s:%s", item->id,
                              input->id);
            continue;
        }
        const char *name = label_of(placing, item), *rest = others(builder, chord, i);
        if (name == NULL || rest == NULL)
            return pl_builder_full(builder, placing->error);
        notice_label(placing, binding);
        struct pl_builder_label label = {
            .context = binding->context,
            .text = pl_builder_print(builder, "%s%s%s", name, input->suffix, rest)};
        err = pl_builder_cell(builder, card, item->device.id, input->id, &rect, &label,
                              placing->error);
    }
    return err;
}

static enum pl_err add_row(const struct placing *placing, const struct item *item, uint32_t list,
                           const struct chord *chord)
{
    struct pl_builder *builder = placing->builder;
    const char *input = "";
    for (unsigned i = 0; i < chord->n && input != NULL; i++)
        input = pl_builder_print(builder, "%s%s%s%s", input, i > 0 ? "+" : "", chord->inputs[i].id,
                                 chord->inputs[i].suffix);
    if (input == NULL)
        return pl_builder_full(builder, placing->error);
    struct pl_builder_label label = {
        .context = item->binding->context, .text = label_of(placing, item), .plain = true};
    return chord->n == 0
               ? PL_OK
               : pl_builder_row(builder, list, NULL, input, NULL, NULL, 0, &label, placing->error);
}

/* --- devices ---------------------------------------------------------------------------------- */

static const char *title_of(struct pl_builder *builder, const char *title, const char *profile)
{
    return profile[0] == '\0' ? title : pl_builder_print(builder, "%s (%s)", title, profile);
}

static enum pl_err new_card(const struct placing *placing, const struct run *run, uint32_t *number)
{
    struct pl_builder *builder = placing->builder;
    const struct item *first = run->items[0];
    struct pl_pack_image image = {.title = ""};
    (void)pl_packs_image(builder->packs, first->device.image, &image);
    struct pl_card head = {.profile = first->binding->profile,
                           .image = first->device.image,
                           .title = title_of(builder, image.title, first->binding->profile),
                           .group = ""};
    return head.title == NULL ? pl_builder_full(builder, placing->error)
                              : pl_builder_card(builder, &head, number, placing->error);
}

static enum pl_err new_list(const struct placing *placing, const struct run *run, uint32_t *number)
{
    struct pl_builder *builder = placing->builder;
    const struct item *first = run->items[0];
    if (first->known)
        pl_builder_notice(builder, "nothing-placed", first->binding->file, first->binding->line,
                          "%s", first->id);
    struct pl_card_list head = {.profile = first->binding->profile,
                                .title = title_of(builder, run->title, first->binding->profile),
                                .device = first->id};
    return head.title == NULL ? pl_builder_full(builder, placing->error)
                              : pl_builder_list(builder, &head, number, placing->error);
}

static enum pl_err fill(const struct placing *placing, const struct run *run, uint32_t number)
{
    enum pl_err err = PL_OK;
    for (size_t i = 0; i < run->n && err == PL_OK; i++) {
        const struct item *item = run->items[i];
        struct chord chord;
        if (run->drawn && item->binding->keys_n > 0)
            err =
                pl_builder_context(placing->builder, item->binding->context, false, placing->error);
        for (uint32_t at = 0; err == PL_OK && next_chord(placing, item, &at, &chord, &err);)
            err = run->drawn ? add_cells(placing, item, number, &chord)
                             : add_row(placing, item, number, &chord);
    }
    return err;
}

/* Runs in the order of their cards; neighbours of equal profile and image share one. */
static enum pl_err add_runs(const struct placing *placing, const struct run *const *runs, size_t n)
{
    enum pl_err err = PL_OK;
    uint32_t number = 0;
    for (size_t i = 0; i < n && err == PL_OK; i++) {
        if (!runs[i]->drawn)
            err = new_list(placing, runs[i], &number);
        else if (i == 0 || by_card(runs[i - 1], runs[i]) != 0)
            err = new_card(placing, runs[i], &number);
        if (err == PL_OK)
            err = fill(placing, runs[i], number);
    }
    return err;
}

/* The title is the least of the names a device goes by, so that it depends on no order. */
static enum pl_err measure(const struct placing *placing, struct run *run)
{
    enum pl_err err = PL_OK;
    run->title = run->items[0]->binding->device;
    for (size_t i = 0; i < run->n && err == PL_OK; i++) {
        if (pl_text_order(run->items[i]->binding->device, run->title) < 0)
            run->title = run->items[i]->binding->device;
        if (!run->drawn)
            err = look_at(placing, run->items[i], run);
    }
    return err;
}

static const void **sorted_items(const struct placing *placing, size_t *n)
{
    struct pl_builder *builder = placing->builder;
    size_t all = placing->bindings->bindings_n;
    struct item *items = pl_arena_zalloc(builder->arena, all + 1, sizeof *items);
    const void **sorted = pl_arena_alloc(builder->arena, (all + 1) * sizeof *sorted);
    if (items == NULL || sorted == NULL)
        return NULL;
    for (size_t i = 0; i < all; i++) {
        struct item *item = &items[i];
        item->binding = &placing->bindings->bindings[i];
        const struct item *last = i > 0 ? &items[i - 1] : NULL;
        if (last != NULL && last->binding->device == item->binding->device) {
            item->device = last->device;
            item->known = last->known;
        } else {
            item->known =
                pl_packs_device_named(builder->packs, item->binding->device, &item->device);
        }
        item->id = item->known ? item->device.id : item->binding->device;
        sorted[i] = item;
    }
    sorted = pl_array_sort(builder->arena, sorted, all, by_action);
    *n = 0;
    for (size_t i = 0; i < all && sorted != NULL; i++)
        if (!placing->rules->last_wins || i + 1 == all || by_action(sorted[i], sorted[i + 1]) != 0)
            sorted[(*n)++] = sorted[i];
    return sorted;
}

enum pl_err pl_place(struct pl_builder *builder, const struct pl_bindings *bindings,
                     const struct pl_place_rules *rules, struct pl_error *error)
{
    const struct placing placing = {builder, bindings, rules, error};
    size_t n, runs_n = 0;
    const void **items = sorted_items(&placing, &n);
    struct run *runs = items != NULL ? pl_arena_zalloc(builder->arena, n + 1, sizeof *runs) : NULL;
    const void **sorted =
        runs != NULL ? pl_arena_alloc(builder->arena, (n + 1) * sizeof *sorted) : NULL;
    if (sorted == NULL)
        return pl_builder_full(builder, error);
    enum pl_err err = PL_OK;
    for (size_t from = 0, to; from < n && err == PL_OK; from = to) {
        for (to = from + 1; to < n && by_device(items[from], items[to]) == 0;)
            to++;
        struct run *run = &runs[runs_n]; /* taken when it is kept */
        *run = (struct run){.items = (const struct item *const *)&items[from], .n = to - from};
        err = measure(&placing, run);
        if (run->any)
            sorted[runs_n++] = run;
    }
    sorted = err == PL_OK ? pl_array_sort(builder->arena, sorted, runs_n, by_card) : sorted;
    if (err != PL_OK || sorted == NULL)
        return err != PL_OK ? err : pl_builder_full(builder, error);
    return add_runs(&placing, (const struct run *const *)sorted, runs_n);
}
