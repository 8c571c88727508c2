/* read_game.c - games/NAME.yaml to a description: labels and contexts of every game, the tables of
 * Squadrons and of Elite Dangerous. */
#include "render/card/pack/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

enum { BUTTON_MOST = 9999 };

static enum pl_err read_contexts(struct pl_reading *r, const struct pl_yaml *node,
                                 struct pl_make_contexts *out, struct pl_error *error)
{
    if (!pl_yaml_map(node, "contexts", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n; i++) {
        const struct pl_yaml *value = node->items[i].value;
        struct pl_make_context *context = pl_make_add(r->arena, out);
        if (context == NULL)
            return pl_read_full(error);
        context->name = node->items[i].key;
        context->where = node->items[i].where;
        context->title = "";
        if (!pl_yaml_map(value, "a context", r->problems))
            continue;
        pl_yaml_known(value, "title colour", r->problems);
        context->title = pl_yaml_text(pl_yaml_get(value, "title"), "title", r->arena, r->problems);
        context->pinned = pl_yaml_colour(pl_yaml_get(value, "colour"), &context->rgba, r->problems);
    }
    return PL_OK;
}

/* --- sws -------------------------------------------------------------------------------------- */
static enum pl_err add_sws(struct pl_reading *r, struct pl_make_sws_table *out, int32_t axis,
                           int32_t button, const char *input, struct pl_make_where where,
                           struct pl_error *error)
{
    if (out->n >= PL_MAKE_SWS_MAX) {
        pl_problem(r->problems, where, "a table has at most %d buttons", PL_MAKE_SWS_MAX);
        return PL_E_INPUT;
    }
    struct pl_make_sws *added = pl_make_add(r->arena, out);
    if (added == NULL)
        return pl_read_full(error);
    *added = (struct pl_make_sws){axis, button, input, where};
    return PL_OK;
}

static bool read_key(struct pl_reading *r, const struct pl_yaml_item *item, int32_t *first,
                     int32_t *last)
{
    char *end;
    long a = strtol(item->key, &end, 10), b = a;
    bool good = end != item->key;
    if (good && *end == '-') {
        const char *from = end + 1;
        b = strtol(from, &end, 10);
        good = end != from;
    }
    if (!good || *end != '\0' || a < 0 || b < a || b > BUTTON_MOST) {
        pl_problem(r->problems, item->where,
                   "%.40s must be a number or a range such as 22-39, up to %d", item->key,
                   BUTTON_MOST);
        return false;
    }
    *first = (int32_t)a;
    *last = (int32_t)b;
    return true;
}

/* "22-39: 1" - button 22 is input 1, button 23 is input 2, and so on. */
static enum pl_err read_buttons(struct pl_reading *r, int32_t axis, const struct pl_yaml *node,
                                struct pl_make_sws_table *out, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, "the buttons of an axis", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n && err == PL_OK; i++) {
        const struct pl_yaml_item *item = &node->items[i];
        int32_t first, last, from = 0;
        if (!read_key(r, item, &first, &last))
            continue;
        const char *input = pl_yaml_text(item->value, "an input", r->arena, r->problems);
        if (first == last) {
            err = add_sws(r, out, axis, first, input, item->where, error);
            continue;
        }
        if (!pl_yaml_number(item->value, "the first input of a range", 0, BUTTON_MOST, &from,
                            r->problems))
            continue;
        for (int32_t button = first; button <= last && err == PL_OK; button++) {
            char number[16];
            (void)snprintf(number, sizeof number, "%d", from + button - first);
            input = pl_arena_text(r->arena, number, strlen(number));
            err = input == NULL ? pl_read_full(error)
                                : add_sws(r, out, axis, button, input, item->where, error);
        }
    }
    return err;
}

/* {AXIS: {BUTTON: input}} */
static enum pl_err read_axes(struct pl_reading *r, const struct pl_yaml *node, const char *what,
                             struct pl_make_sws_table *out, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, what, r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n && err == PL_OK; i++) {
        int32_t axis, last;
        if (!read_key(r, &node->items[i], &axis, &last))
            continue;
        for (; axis <= last && err == PL_OK; axis++)
            err =
                pl_yaml_is(node->items[i].value, PL_YAML_TEXT)
                    ? add_sws(r, out, axis, -1,
                              pl_yaml_text(node->items[i].value, "an input", r->arena, r->problems),
                              node->items[i].where, error)
                    : read_buttons(r, axis, node->items[i].value, out, error);
    }
    return err;
}

/* The device that an entry is about; NULL, and a problem, when there is none. */
static struct pl_make_device *device_of(struct pl_reading *r, const struct pl_yaml_item *item)
{
    struct pl_make_device *device = pl_read_find_device(r->make, item->key);
    if (device == NULL)
        pl_problem(r->problems, item->where, "there is no device %.60s; add it to devices.yaml",
                   item->key);
    return device;
}

static enum pl_err read_device_buttons(struct pl_reading *r, const struct pl_yaml *node,
                                       struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, "device_buttons", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n && err == PL_OK; i++) {
        struct pl_make_device *device = device_of(r, &node->items[i]);
        if (device != NULL)
            err =
                read_axes(r, node->items[i].value, "the buttons of a device", &device->sws, error);
    }
    return err;
}

static enum pl_err read_sws(struct pl_reading *r, const struct pl_yaml *node,
                            struct pl_error *error)
{
    if (!pl_yaml_map(node, "sws", r->problems))
        return PL_OK;
    pl_yaml_known(node, "axis buttons device_buttons", r->problems);
    enum pl_err err = read_axes(r, pl_yaml_get(node, "axis"), "axis", &r->make->sws, error);
    if (err == PL_OK)
        err = read_axes(r, pl_yaml_get(node, "buttons"), "buttons", &r->make->sws, error);
    if (err == PL_OK)
        err = read_device_buttons(r, pl_yaml_get(node, "device_buttons"), error);
    return err == PL_E_INPUT ? PL_OK : err; /* a full table was reported */
}

/* --- ed --------------------------------------------------------------------------------------- */
static enum pl_err read_control(struct pl_reading *r, const struct pl_yaml_item *item,
                                struct pl_error *error)
{
    const struct pl_yaml *node = item->value;
    struct pl_make_control *control = pl_make_add(r->arena, &r->make->controls);
    if (control == NULL)
        return pl_read_full(error);
    *control = (struct pl_make_control){.id = item->key, .where = item->where};
    if (!pl_yaml_map(node, "a control", r->problems))
        return PL_OK;
    pl_yaml_known(node, "name group category order type hide", r->problems);
    /* As it stands: texts of ed are compared with their blanks. */
    control->name = pl_yaml_text(pl_yaml_get(node, "name"), "name", r->arena, r->problems);
    if (control->name[0] != '\0')
        control->name = pl_yaml_get(node, "name")->text;
    control->group = pl_yaml_text(pl_yaml_get(node, "group"), "group", r->arena, r->problems);
    control->category =
        pl_yaml_text(pl_yaml_get(node, "category"), "category", r->arena, r->problems);
    (void)pl_yaml_number(pl_yaml_get(node, "order"), "order", INT32_MIN, INT32_MAX, &control->order,
                         r->problems);
    const char *type = pl_yaml_text(pl_yaml_get(node, "type"), "type", r->arena, r->problems);
    control->analogue = strcmp(type, "analogue") == 0;
    if (type[0] != '\0' && !control->analogue && strcmp(type, "digital") != 0)
        pl_problem(r->problems, item->where, "type is digital or analogue");
    return pl_read_texts(r, pl_yaml_get(node, "hide"), "hide", &control->hide, error);
}

static enum pl_err read_controls(struct pl_reading *r, const struct pl_yaml *node,
                                 struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, "controls", r->problems))
        return PL_OK;
    if (node->n > PL_MAKE_CONTROLS_MAX) {
        pl_problem(r->problems, node->where, "a pack has at most %d controls",
                   PL_MAKE_CONTROLS_MAX);
        return PL_OK;
    }
    for (uint32_t i = 0; i < node->n && err == PL_OK; i++)
        err = read_control(r, &node->items[i], error);
    return err;
}

static enum pl_err read_supported_one(struct pl_reading *r, const struct pl_yaml *node,
                                      struct pl_error *error)
{
    if (!pl_yaml_map(node, "an entry of supported", r->problems))
        return PL_OK;
    struct pl_make_supported *added = pl_make_add(r->arena, &r->make->supported);
    if (added == NULL)
        return pl_read_full(error);
    pl_yaml_known(node, "name image handled keys", r->problems);
    added->where = node->where;
    added->name = pl_yaml_text(pl_yaml_get(node, "name"), "name", r->arena, r->problems);
    added->image = pl_yaml_text(pl_yaml_get(node, "image"), "image", r->arena, r->problems);
    enum pl_err err =
        pl_read_texts(r, pl_yaml_get(node, "handled"), "handled", &added->handled, error);
    return err != PL_OK ? err
                        : pl_read_texts(r, pl_yaml_get(node, "keys"), "keys", &added->keys, error);
}

static enum pl_err read_supported(struct pl_reading *r, const struct pl_yaml *node,
                                  struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (node != NULL && !node->empty && node->kind != PL_YAML_LIST)
        pl_problem(r->problems, node->where,
                   "supported must be a list of {name:, image:, handled: [..]}, in the order in "
                   "which cards come");
    for (uint32_t i = 0; pl_yaml_is(node, PL_YAML_LIST) && i < node->n && err == PL_OK; i++)
        err = read_supported_one(r, node->items[i].value, error);
    return err;
}

static enum pl_err read_ed_rects(struct pl_reading *r, const struct pl_yaml *node,
                                 struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, "rects", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n && err == PL_OK; i++) {
        struct pl_make_device *device = device_of(r, &node->items[i]);
        if (device != NULL)
            err = pl_read_inputs(r, node->items[i].value, &device->ed, error);
    }
    return err;
}

static enum pl_err read_ed(struct pl_reading *r, const struct pl_yaml *root, struct pl_error *error)
{
    struct pl_make *make = r->make;
    enum pl_err err = read_controls(r, pl_yaml_get(root, "controls"), error);
    if (err == PL_OK)
        err = pl_read_texts(r, pl_yaml_get(root, "groups"), "groups", &make->groups, error);
    if (err == PL_OK)
        err = pl_read_texts(r, pl_yaml_get(root, "ignored"), "ignored", &make->ignored, error);
    if (err == PL_OK)
        err = pl_read_pairs(r, pl_yaml_get(root, "keys"), "keys", &make->keys, error);
    if (err == PL_OK)
        err = read_supported(r, pl_yaml_get(root, "supported"), error);
    return err == PL_OK ? read_ed_rects(r, pl_yaml_get(root, "rects"), error) : err;
}

/* --- all -------------------------------------------------------------------------------------- */
enum pl_err pl_read_game(struct pl_reading *r, enum pl_card_game game, const struct pl_yaml *root,
                         struct pl_error *error)
{
    struct pl_make_game *out = &r->make->games[game];
    const char *name = pl_card_game_name(game);
    static const char *const known[PL_CARD_GAMES] = {
        [PL_CARD_FS2020] = "parser logo labels contexts",
        [PL_CARD_SWS] = "parser logo labels contexts sws",
        [PL_CARD_ED] = "parser logo labels contexts controls groups keys ignored supported rects",
    };
    out->defined = true;
    if (!pl_yaml_map(root, name, r->problems))
        return PL_OK;
    pl_yaml_known(root, known[game], r->problems);
    const struct pl_yaml *parser = pl_yaml_get(root, "parser"), *logo = pl_yaml_get(root, "logo");
    const char *wanted = pl_yaml_text(parser, "parser", r->arena, r->problems);
    if (parser != NULL && strcmp(wanted, name) != 0)
        pl_problem(r->problems, parser->where, "the parser of this file's game is %s", name);
    if (logo != NULL)
        out->logo =
            (struct pl_make_text){pl_yaml_text(logo, "logo", r->arena, r->problems), logo->where};
    enum pl_err err = pl_read_pairs(r, pl_yaml_get(root, "labels"), "labels", &out->labels, error);
    if (err == PL_OK)
        err = read_contexts(r, pl_yaml_get(root, "contexts"), &out->contexts, error);
    if (err == PL_OK && game == PL_CARD_SWS)
        err = read_sws(r, pl_yaml_get(root, "sws"), error);
    if (err == PL_OK && game == PL_CARD_ED)
        err = read_ed(r, root, error);
    return err;
}
