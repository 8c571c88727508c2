/* verify.c - what one part of a pack says about another: names that do not exist, exist twice or
 * are never used; places outside their picture or on top of each other.
 *
 * Everything is reported, nothing stops at the first fault. Errors are what would show a player
 * something wrong or nothing at all; what may be meant so is a warning. Sorted lists and tables of
 * names lie in the arena and are given back. */
#include "render/card/pack/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

enum { GROUPS_MAX = 32 };

void pl_verify_note(struct pl_verify *v, struct pl_make_texts *texts, const char *text,
                    struct pl_make_where where)
{
    struct pl_make_text *added = v->err == PL_OK ? pl_make_add(v->arena, texts) : NULL;
    if (added != NULL)
        *added = (struct pl_make_text){pl_verify_text(text), where};
    else if (v->err == PL_OK)
        v->err = pl_fail(v->error, PL_E_LIMIT, "the pack is too large to be checked");
}

static int by_text(const void *left, const void *right)
{
    const struct pl_make_text *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    if (order == 0 && a->where.file != NULL && b->where.file != NULL)
        order = strcmp(a->where.file, b->where.file);
    return order != 0 ? order : (a->where.line > b->where.line) - (a->where.line < b->where.line);
}

void pl_verify_once(struct pl_verify *v, const struct pl_make_texts *texts, const char *what)
{
    size_t mark = pl_arena_mark(v->arena);
    struct pl_make_text *sorted = pl_arena_zalloc(v->arena, (size_t)texts->n + 1, sizeof *sorted);
    if (sorted == NULL || v->err != PL_OK)
        return;
    for (uint32_t i = 0; i < texts->n; i++)
        sorted[i] = (struct pl_make_text){pl_verify_text(texts->at[i].text), texts->at[i].where};
    qsort(sorted, texts->n, sizeof *sorted, by_text);
    for (uint32_t i = 0; i < texts->n; i++) {
        if (sorted[i].text[0] == '\0')
            pl_problem(v->problems, sorted[i].where, "%s is empty", what);
        else if (i > 0 && strcmp(sorted[i - 1].text, sorted[i].text) == 0)
            pl_problem(v->problems, sorted[i].where,
                       "%s %.80s is there twice, first in %.120s line %u", what, sorted[i].text,
                       sorted[i - 1].where.file != NULL ? sorted[i - 1].where.file : "the pack",
                       sorted[i - 1].where.line);
    }
    pl_arena_release(v->arena, mark);
}

static struct pl_make_image *find_image(const struct pl_verify *v, const char *id)
{
    for (uint32_t i = 0; i < v->make->images.n; i++)
        if (strcmp(v->make->images.at[i].id, id) == 0)
            return &v->make->images.at[i];
    return NULL;
}

static const struct pl_make_device *find_device(const struct pl_verify *v, const char *id)
{
    for (uint32_t i = 0; i < v->make->devices.n; i++)
        if (strcmp(v->make->devices.at[i].id, id) == 0)
            return &v->make->devices.at[i];
    return NULL;
}

static bool has_input(const struct pl_make_inputs *inputs, const char *id)
{
    for (uint32_t i = 0; i < inputs->n; i++)
        if (strcmp(inputs->at[i].id, id) == 0)
            return true;
    return false;
}

static bool has_text(const struct pl_make_texts *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->n; i++)
        if (strcmp(pl_verify_text(texts->at[i].text), text) == 0)
            return true;
    return false;
}

/* --- places ----------------------------------------------------------------------------------- */
static bool is_placed(const struct pl_pack_rect *rect)
{
    return rect->x >= 0 && rect->y >= 0 && (rect->x != 0 || rect->y != 0);
}

static void check_place(struct pl_verify *v, const struct pl_make_device *device,
                        const struct pl_make_image *image, const struct pl_make_input *input)
{
    const struct pl_pack_rect *rect = &input->rect;
    uint32_t w = image->layout_w != 0 ? image->layout_w : v->make->layout_w;
    uint32_t h = image->layout_h != 0 ? image->layout_h : v->make->layout_h;
    if (!is_placed(rect)) {
        if (rect->x == 0)
            pl_problem_warn(v->problems, input->where,
                            "%.60s of %.60s has no place; write -1, -1 when it is meant to have "
                            "none",
                            input->id, device->id);
        return;
    }
    if (rect->w <= 0 || rect->h <= 0)
        pl_problem(v->problems, input->where, "%.60s of %.60s has no width or no height", input->id,
                   device->id);
    else if ((int64_t)rect->x + rect->w > w || (int64_t)rect->y + rect->h > h)
        pl_problem(v->problems, input->where,
                   "%.60s of %.60s reaches to %lld, %lld, but the picture %.60s is laid out on "
                   "%u x %u",
                   input->id, device->id, (long long)rect->x + rect->w,
                   (long long)rect->y + rect->h, image->id, w, h);
}

static bool is_within(const struct pl_pack_rect *a, const struct pl_pack_rect *b)
{
    return a->x >= b->x && a->y >= b->y && a->x + a->w <= b->x + b->w && a->y + a->h <= b->y + b->h;
}

/* By how much two boxes cover each other. A box within another is the same control under another
 * name, or a part of it. What labels keep free at each side may be shared. */
static bool overlap(const struct pl_pack_rect *a, const struct pl_pack_rect *b, int32_t inset,
                    int32_t *w, int32_t *h)
{
    if (!is_placed(a) || !is_placed(b) || is_within(a, b) || is_within(b, a))
        return false;
    *w = PL_MIN(a->x + a->w, b->x + b->w) - PL_MAX(a->x, b->x);
    *h = PL_MIN(a->y + a->h, b->y + b->h) - PL_MAX(a->y, b->y);
    return *w > 2 * inset && *h > 2 * inset;
}

static void check_overlaps(struct pl_verify *v, const struct pl_make_device *device,
                           const struct pl_make_inputs *inputs)
{
    for (uint32_t i = 0; i < inputs->n; i++)
        for (uint32_t k = i + 1; k < inputs->n; k++) {
            int32_t w, h;
            if (overlap(&inputs->at[i].rect, &inputs->at[k].rect, (int32_t)v->make->inset, &w, &h))
                pl_problem_warn(v->problems, inputs->at[k].where,
                                "%.60s and %.60s of %.60s cover each other by %d x %d",
                                inputs->at[i].id, inputs->at[k].id, device->id, w, h);
        }
}

static void check_inputs(struct pl_verify *v, const struct pl_make_device *device,
                         const struct pl_make_image *image, const struct pl_make_inputs *inputs)
{
    struct pl_make_texts ids = {0};
    for (uint32_t i = 0; i < inputs->n; i++) {
        pl_verify_note(v, &ids, inputs->at[i].id, inputs->at[i].where);
        if (image != NULL)
            check_place(v, device, image, &inputs->at[i]);
    }
    pl_verify_once(v, &ids, "the input");
    if (image != NULL)
        check_overlaps(v, device, inputs);
}

/* --- devices ---------------------------------------------------------------------------------- */
static void check_maps(struct pl_verify *v, const struct pl_make_device *device)
{
    static const char *const kinds[PL_PACK_MAPPINGS] = {"axis", "rotation", "slider"};
    for (uint32_t i = 0; i < device->maps.n; i++) {
        const struct pl_make_map *map = &device->maps.at[i];
        char input[80];
        (void)snprintf(input, sizeof input, "%.60sAxis", pl_verify_text(map->to));
        if (!has_input(&device->inputs, input))
            pl_problem_warn(v->problems, map->where,
                            "%s %.40s of %.60s becomes %.60s, which is none of its inputs",
                            kinds[map->kind], map->from, device->id, input);
        for (uint32_t k = 0; k < i; k++)
            if (device->maps.at[k].game == map->game && device->maps.at[k].kind == map->kind &&
                strcmp(device->maps.at[k].from, map->from) == 0)
                pl_problem(v->problems, map->where, "%s %.40s of %.60s is mapped twice",
                           kinds[map->kind], map->from, device->id);
    }
}

/* "axis 8" or "axis 26, button 3" */
static void name_row(const struct pl_make_sws *row, char out[48])
{
    if (row->button == -1)
        (void)snprintf(out, 48, "axis %d", row->axis);
    else
        (void)snprintf(out, 48, "axis %d, button %d", row->axis, row->button);
}

/* inputs NULL: the common table, whose inputs are of no certain device. */
static void check_sws(struct pl_verify *v, const struct pl_make_sws_table *table,
                      const struct pl_make_inputs *inputs, const char *whose)
{
    for (uint32_t i = 0; i < table->n; i++) {
        const struct pl_make_sws *row = &table->at[i];
        const char *input = pl_verify_text(row->input);
        char name[48];
        name_row(row, name);
        if (inputs != NULL && input[0] != '\0' && !has_input(inputs, input))
            pl_problem_warn(v->problems, row->where,
                            "%s of %.60s becomes %.60s, which is none of its inputs", name, whose,
                            input);
        for (uint32_t k = 0; k < i; k++)
            if (table->at[k].axis == row->axis && table->at[k].button == row->button)
                pl_problem(v->problems, row->where, "%s of %.60s is there twice", name, whose);
    }
}

static void check_device(struct pl_verify *v, const struct pl_make_device *device)
{
    const char *id = pl_verify_text(device->image);
    const struct pl_make_image *image = id[0] != '\0' ? find_image(v, id) : NULL;
    if (id[0] == '\0')
        pl_problem_warn(v->problems, device->where,
                        "%.80s has no image; what is bound on it comes as a list", device->id);
    else if (image == NULL)
        pl_problem(v->problems, device->where,
                   "%.80s shows the image %.80s, which images.yaml does not have", device->id, id);
    if (device->inputs.n == 0 && device->ed.n == 0)
        pl_problem_warn(v->problems, device->where, "%.80s has no inputs", device->id);
    check_inputs(v, device, image, &device->inputs);
    check_inputs(v, device, image, &device->ed);
    check_maps(v, device);
    check_sws(v, &device->sws, &device->inputs, device->id);
}

static void check_devices(struct pl_verify *v)
{
    struct pl_make_texts ids = {0}, names = {0};
    for (uint32_t i = 0; i < v->make->devices.n; i++) {
        const struct pl_make_device *device = &v->make->devices.at[i];
        pl_verify_note(v, &ids, device->id, device->where);
        for (uint32_t k = 0; k < device->names.n; k++)
            pl_verify_note(v, &names, device->names.at[k].text, device->names.at[k].where);
        check_device(v, device);
    }
    pl_verify_once(v, &ids, "the device");
    pl_verify_once(v, &names, "the name");
}

static bool is_shown(const struct pl_verify *v, const char *image)
{
    for (uint32_t i = 0; i < v->make->devices.n; i++)
        if (strcmp(pl_verify_text(v->make->devices.at[i].image), image) == 0)
            return true;
    for (uint32_t i = 0; i < v->make->supported.n; i++)
        if (strcmp(pl_verify_text(v->make->supported.at[i].image), image) == 0)
            return true;
    return false;
}

static void check_images(struct pl_verify *v)
{
    struct pl_make_texts ids = {0};
    for (uint32_t i = 0; i < v->make->images.n; i++) {
        const struct pl_make_image *image = &v->make->images.at[i];
        pl_verify_note(v, &ids, image->id, image->where);
        if (pl_verify_text(image->title)[0] == '\0')
            pl_problem_warn(v->problems, image->where,
                            "%.80s has no title; its cards are headed %.80s", image->id, image->id);
        if (!is_shown(v, image->id))
            pl_problem_warn(v->problems, image->where, "no device shows the image %.80s",
                            image->id);
    }
    pl_verify_once(v, &ids, "the image");
}

/* --- games ------------------------------------------------------------------------------------ */
static void check_pairs(struct pl_verify *v, const struct pl_make_pairs *pairs, const char *what)
{
    struct pl_make_texts keys = {0};
    for (uint32_t i = 0; i < pairs->n; i++) {
        pl_verify_note(v, &keys, pairs->at[i].from, pairs->at[i].where);
        if (pl_verify_text(pairs->at[i].to)[0] == '\0')
            pl_problem_warn(v->problems, pairs->at[i].where, "%s %.80s has no text", what,
                            pairs->at[i].from);
    }
    pl_verify_once(v, &keys, what);
}

static void check_games(struct pl_verify *v)
{
    for (unsigned i = 0; i < PL_CARD_GAMES; i++) {
        struct pl_make_texts contexts = {0};
        const struct pl_make_game *game = &v->make->games[i];
        check_pairs(v, &game->labels, "the label");
        for (uint32_t k = 0; k < game->contexts.n; k++)
            pl_verify_note(v, &contexts, game->contexts.at[k].name, game->contexts.at[k].where);
        pl_verify_once(v, &contexts, "the context");
    }
    check_sws(v, &v->make->sws, NULL, "all devices");
}

static void check_control(struct pl_verify *v, const struct pl_make_control *control,
                          const struct pl_make_texts *ids)
{
    const char *group = pl_verify_text(control->group);
    if (pl_verify_text(control->name)[0] == '\0')
        pl_problem(v->problems, control->where, "the control %.80s has no name", control->id);
    if (!has_text(&v->make->groups, group))
        pl_problem(v->problems, control->where,
                   "the control %.80s is in the group %.60s, which `groups` does not list",
                   control->id, group[0] != '\0' ? group : "(none)");
    for (uint32_t i = 0; i < control->hide.n; i++)
        if (!has_text(ids, pl_verify_text(control->hide.at[i].text)))
            pl_problem_warn(v->problems, control->hide.at[i].where,
                            "%.80s hides behind %.80s, which is no control", control->id,
                            pl_verify_text(control->hide.at[i].text));
}

static void check_controls(struct pl_verify *v)
{
    struct pl_make_texts ids = {0};
    for (uint32_t i = 0; i < v->make->controls.n; i++)
        pl_verify_note(v, &ids, v->make->controls.at[i].id, v->make->controls.at[i].where);
    for (uint32_t i = 0; i < v->make->controls.n && v->err == PL_OK; i++)
        check_control(v, &v->make->controls.at[i], &ids);
    pl_verify_once(v, &ids, "the control");
    pl_verify_once(v, &v->make->groups, "the group");
    if (v->make->groups.n > GROUPS_MAX)
        pl_problem(v->problems, v->make->groups.at[GROUPS_MAX].where,
                   "there are %u groups; at most %d can be chosen from", v->make->groups.n,
                   GROUPS_MAX);
}

static void check_supported(struct pl_verify *v)
{
    struct pl_make_texts names = {0};
    for (uint32_t i = 0; i < v->make->supported.n; i++) {
        const struct pl_make_supported *entry = &v->make->supported.at[i];
        const char *image = pl_verify_text(entry->image);
        pl_verify_note(v, &names, entry->name, entry->where);
        if (find_image(v, image) == NULL)
            pl_problem(v->problems, entry->where,
                       "%.80s shows the image %.80s, which images.yaml does not have",
                       pl_verify_text(entry->name), image[0] != '\0' ? image : "(none)");
        if (entry->handled.n == 0)
            pl_problem(v->problems, entry->where, "%.80s handles no device",
                       pl_verify_text(entry->name));
        for (uint32_t k = 0; k < entry->handled.n; k++)
            if (find_device(v, pl_verify_text(entry->handled.at[k].text)) == NULL)
                pl_problem(v->problems, entry->handled.at[k].where,
                           "%.80s handles %.80s, which devices.yaml does not have",
                           pl_verify_text(entry->name), pl_verify_text(entry->handled.at[k].text));
        for (uint32_t k = 0; k < entry->keys.n; k++)
            if (!has_text(&entry->handled, pl_verify_text(entry->keys.at[k].text)))
                pl_problem(v->problems, entry->keys.at[k].where,
                           "%.80s is known by %.80s, which it does not handle",
                           pl_verify_text(entry->name), pl_verify_text(entry->keys.at[k].text));
    }
    pl_verify_once(v, &names, "the supported device");
}

static void check_ignored(struct pl_verify *v)
{
    for (uint32_t i = 0; i < v->make->ignored.n; i++) {
        const struct pl_make_text *text = &v->make->ignored.at[i];
        if (find_device(v, pl_verify_text(text->text)) != NULL)
            pl_problem_warn(v->problems, text->where,
                            "%.80s is ignored, but devices.yaml describes it", text->text);
    }
}

enum pl_err pl_make_check(struct pl_make *make, const char *folder, struct pl_arena *arena,
                          struct pl_problems *problems, struct pl_error *error)
{
    struct pl_verify v = {
        .make = make, .folder = folder, .arena = arena, .problems = problems, .error = error};
    check_images(&v);
    check_devices(&v);
    check_games(&v);
    check_pairs(&v, &make->keys, "the key");
    check_controls(&v);
    check_supported(&v);
    check_ignored(&v);
    if (folder != NULL && v.err == PL_OK)
        pl_verify_files(&v);
    return v.err;
}
