/* import_games.c - the games of MetaRefCard's and EDRefCard's configuration as a description:
 * labels, the tables of Squadrons, the controls, keys and devices of Elite Dangerous. */
#include "render/card/pack/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/pack/read.h"
#include "shm/base/check.h"

static enum pl_err take_logo(struct pl_import *im, const struct pl_yaml *file,
                             enum pl_card_game game)
{
    static const char usual[] = "logos\0resources/game-logos\0";
    const char *name = pl_yaml_text(pl_yaml_get(file, "Logo"), "Logo", im->arena, im->problems);
    char to[300];
    if (name[0] == '\0')
        return PL_OK;
    const char *from = pl_import_find(im, "LogoImagesDir", usual, name, true);
    if (from == NULL) {
        pl_problem_warn(im->problems, (struct pl_make_where){NULL, 0},
                        "the logo %.80s is nowhere below %.120s; headers stay without it", name,
                        im->source);
        return PL_OK;
    }
    (void)snprintf(to, sizeof to, "logos/%.200s%.20s", name, strrchr(from, '.'));
    im->make.games[game].logo.text = pl_arena_text(im->arena, to, strlen(to));
    return pl_import_copy(im, from, to);
}

static enum pl_err take_labels(struct pl_import *im, const struct pl_yaml *file,
                               enum pl_card_game game)
{
    struct pl_reading r = {im->arena, &im->make, im->problems};
    struct pl_make_game *out = &im->make.games[game];
    if (file == NULL)
        return PL_OK;
    out->defined = true;
    enum pl_err err =
        pl_read_pairs(&r, pl_yaml_get(file, "InputLabels"), "InputLabels", &out->labels, im->error);
    for (uint32_t i = 0; i < out->labels.n; i++)
        out->labels.at[i].to = pl_import_patched(im, pl_card_game_name(game),
                                                 out->labels.at[i].from, out->labels.at[i].to);
    return err == PL_OK ? take_logo(im, file, game) : err;
}

/* --- sws -------------------------------------------------------------------------------------- */
static enum pl_err add_sws(struct pl_import *im, struct pl_make_sws_table *out, int32_t axis,
                           int32_t button, const char *input)
{
    struct pl_make_sws *added = pl_make_add(im->arena, out);
    if (added == NULL)
        return pl_import_full(im);
    *added = (struct pl_make_sws){.axis = axis, .button = button, .input = input};
    return PL_OK;
}

/* What MetaRefCard has in its code: the game's numbers of the first buttons and axes. */
static enum pl_err take_common(struct pl_import *im)
{
    enum { BUTTONS = 26, NOTHING = 86 };
    static const struct {
        int32_t axis;
        const char *input;
    } axes[] = {{8, "XAxis"}, {9, "YAxis"}, {10, "XAxis"}, {11, "YAxis"}};
    static const struct {
        int32_t first, last, minus;
    } ranges[] = {{22, 39, 21}, {64, 85, 45}};
    enum pl_err err = PL_OK;
    for (size_t i = 0; i < PL_COUNT(axes) && err == PL_OK; i++)
        err = add_sws(im, &im->make.sws, axes[i].axis, -1, axes[i].input);
    for (size_t i = 0; i < PL_COUNT(ranges); i++)
        for (int32_t b = ranges[i].first; b <= ranges[i].last && err == PL_OK; b++) {
            char number[16];
            int n = snprintf(number, sizeof number, "%d", b - ranges[i].minus);
            const char *input = pl_arena_text(im->arena, number, (size_t)n);
            err =
                input == NULL ? pl_import_full(im) : add_sws(im, &im->make.sws, BUTTONS, b, input);
        }
    return err == PL_OK ? add_sws(im, &im->make.sws, BUTTONS, NOTHING, "") : err;
}

static bool small_number(struct pl_import *im, const struct pl_yaml_item *item, int32_t *out)
{
    char *end;
    long value = strtol(item->key, &end, 10);
    if (end == item->key || *end != '\0' || value < 0 || value > 9999) {
        pl_problem(im->problems, item->where, "%.40s must be a number", item->key);
        return false;
    }
    *out = (int32_t)value;
    return true;
}

static enum pl_err take_axis(struct pl_import *im, struct pl_make_sws_table *out, int32_t axis,
                             const struct pl_yaml *node)
{
    const struct pl_yaml *whole = pl_yaml_get(node, "Axis"), *buttons = pl_yaml_get(node, "Button");
    enum pl_err err = PL_OK;
    if (whole != NULL)
        err = add_sws(im, out, axis, -1, pl_yaml_text(whole, "an input", im->arena, im->problems));
    for (uint32_t i = 0; pl_yaml_is(buttons, PL_YAML_MAP) && i < buttons->n && err == PL_OK; i++) {
        int32_t button;
        if (small_number(im, &buttons->items[i], &button))
            err =
                add_sws(im, out, axis, button,
                        pl_yaml_text(buttons->items[i].value, "an input", im->arena, im->problems));
    }
    return err;
}

static enum pl_err take_sws(struct pl_import *im)
{
    const struct pl_yaml *map = pl_yaml_get(im->sws, "InputMapping2");
    enum pl_err err = take_common(im);
    for (uint32_t i = 0; pl_yaml_is(map, PL_YAML_MAP) && i < map->n; i++) {
        struct pl_make_device *device = pl_read_find_device(&im->make, map->items[i].key);
        const struct pl_yaml *axes = map->items[i].value;
        for (uint32_t k = 0; device != NULL && pl_yaml_is(axes, PL_YAML_MAP) && k < axes->n; k++) {
            int32_t axis;
            if (err == PL_OK && small_number(im, &axes->items[k], &axis))
                err = take_axis(im, &device->sws, axis, axes->items[k].value);
        }
    }
    return err;
}

/* --- ed --------------------------------------------------------------------------------------- */
static bool has_text(const struct pl_make_texts *list, const char *text)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (strcmp(list->at[i].text, text) == 0)
            return true;
    return false;
}

static enum pl_err add_text(struct pl_import *im, struct pl_make_texts *list, const char *text)
{
    struct pl_make_text *added = pl_make_add(im->arena, list);
    if (added == NULL)
        return pl_import_full(im);
    added->text = text;
    return PL_OK;
}

static const char *member(struct pl_import *im, const struct pl_yaml *node, const char *name)
{
    return pl_yaml_text(pl_yaml_get(node, name), name, im->arena, im->problems);
}

/* ed.json's names keep the blanks at their ends when they are to stay as they are. */
static const char *control_name(struct pl_import *im, const struct pl_yaml *node)
{
    const struct pl_yaml *name = pl_yaml_get(node, "Name");
    return im->as_is && pl_yaml_is(name, PL_YAML_TEXT) ? name->text : member(im, node, "Name");
}

static enum pl_err take_control(struct pl_import *im, const struct pl_yaml_item *item)
{
    struct pl_reading r = {im->arena, &im->make, im->problems};
    struct pl_make_control *control = pl_make_add(im->arena, &im->make.controls);
    if (control == NULL)
        return pl_import_full(im);
    control->id = item->key;
    control->name = control_name(im, item->value);
    control->group = member(im, item->value, "Group");
    control->category = member(im, item->value, "Category");
    control->analogue = strcmp(member(im, item->value, "Type"), "Analogue") == 0;
    (void)pl_yaml_number(pl_yaml_get(item->value, "Order"), "Order", INT32_MIN, INT32_MAX,
                         &control->order, im->problems);
    enum pl_err err = pl_read_texts(&r, pl_yaml_get(item->value, "HideIfSameAs"), "HideIfSameAs",
                                    &control->hide, im->error);
    if (err == PL_OK && control->group[0] != '\0' && !has_text(&im->make.groups, control->group))
        err = add_text(im, &im->make.groups, control->group);
    return err;
}

static enum pl_err take_supported(struct pl_import *im, const struct pl_yaml_item *item)
{
    struct pl_reading r = {im->arena, &im->make, im->problems};
    const char *image = member(im, item->value, "Template");
    bool there = false;
    for (uint32_t i = 0; i < im->make.images.n && !there; i++)
        there = strcmp(im->make.images.at[i].id, image) == 0;
    /* The keyboard is always a list; what has no picture becomes one. */
    if (strcmp(item->key, "Keyboard") == 0 || !there)
        return PL_OK;
    struct pl_make_supported *added = pl_make_add(im->arena, &im->make.supported);
    if (added == NULL)
        return pl_import_full(im);
    added->name = item->key;
    added->image = image;
    enum pl_err err = pl_read_texts(&r, pl_yaml_get(item->value, "HandledDevices"),
                                    "HandledDevices", &added->handled, im->error);
    return err != PL_OK ? err
                        : pl_read_texts(&r, pl_yaml_get(item->value, "KeyDevices"), "KeyDevices",
                                        &added->keys, im->error);
}

typedef enum pl_err item_fn(struct pl_import *im, const struct pl_yaml_item *item);

static enum pl_err each(struct pl_import *im, const char *name, item_fn *take)
{
    const struct pl_yaml *map = pl_yaml_get(im->ed, name);
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; pl_yaml_is(map, PL_YAML_MAP) && i < map->n && err == PL_OK; i++)
        err = take(im, &map->items[i]);
    return err;
}

static enum pl_err take_ed(struct pl_import *im)
{
    static const char *const ignored[] = {"Mouse", "ArduinoLeonardo", "vJoy", "16D00AEA"};
    struct pl_reading r = {im->arena, &im->make, im->problems};
    im->make.games[PL_CARD_ED].defined = true;
    enum pl_err err = each(im, "controls", take_control);
    if (err == PL_OK)
        err = each(im, "supported_devices", take_supported);
    if (err == PL_OK)
        err = pl_read_pairs(&r, pl_yaml_get(im->ed, "keymap"), "keymap", &im->make.keys, im->error);
    for (size_t i = 0; i < PL_COUNT(ignored) && err == PL_OK; i++)
        err = add_text(im, &im->make.ignored, ignored[i]);
    return err;
}

enum pl_err pl_import_games(struct pl_import *im)
{
    enum pl_err err = take_labels(im, im->fs2020, PL_CARD_FS2020);
    if (err == PL_OK)
        err = take_labels(im, im->sws, PL_CARD_SWS);
    if (err == PL_OK && im->sws != NULL)
        err = take_sws(im);
    return err == PL_OK && im->ed != NULL ? take_ed(im) : err;
}
