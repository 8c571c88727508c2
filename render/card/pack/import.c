/* import.c - the configuration of MetaRefCard or EDRefCard as a pack's folder.
 *
 * Files are found and loaded (import_find.c), turned into a description (import_devices.c,
 * import_games.c), corrected where the data is known to be wrong, and written as YAML (export.c)
 * beside copies of the pictures, logos and fonts. Nothing of the source is changed. */
#include "render/card/pack/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "render/card/pack/file.h"
#include "shm/base/check.h"

enum pl_err pl_import_full(struct pl_import *im)
{
    return pl_fail(im->error, PL_E_LIMIT, "%.120s is too large to be imported", im->source);
}

/* Known faults: a text is replaced only where it still is the wrong one, so that data in which it
 * was corrected since stays as it is. */
static const struct patch {
    const char *table, *key, *wrong, *right;
} patches[] = {
    {"title", "x52", "X-52 Pro Stick & Throttle", "X-52 Stick & Throttle"},
    {"title", "x52pro", "X-52 Stick & Throttle", "X-52 Pro Stick & Throttle"},
    {"title", "g940", "Logitech G940 Pedals", "Logitech G940 Stick & Throttle"},
    {"title", "g940pedals", "G940 Stick & Throttle", "Logitech G940 Pedals"},
    {"fs2020", "KEY_AILERON_TRIM_DISABLED_SET", "Toggle Aileron Trim", "Set Aileron Trim"},
    {"fs2020", "KEY_AILERON_TRIM_DISABLED_TOGGLE", "Set Aileron Trim", "Toggle Aileron Trim"},
    {"fs2020", "KEY_ELEVATOR_TRIM_DISABLED_SET", "Toggle Elevator Trim", "Set Elevator Trim"},
    {"fs2020", "KEY_ELEVATOR_TRIM_DISABLED_TOGGLE", "Set Elevator Trim", "Toggle Elevator Trim"},
    {"fs2020", "KEY_COCKPIT_FREELOOK_HRZ_SET", "Cockpit Horiztonal", "Cockpit Horizontal"},
};

const char *pl_import_patched(const struct pl_import *im, const char *table, const char *key,
                              const char *text)
{
    for (size_t i = 0; i < PL_COUNT(patches) && !im->as_is; i++)
        if (strcmp(patches[i].table, table) == 0 && strcmp(patches[i].key, key) == 0 &&
            strcmp(patches[i].wrong, text) == 0)
            return patches[i].right;
    return text;
}

static enum pl_err make_folders(struct pl_import *im)
{
    static const char *const names[] = {"", "images", "logos", "fonts"};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        const char *path = pl_make_path(im->arena, im->folder, names[i]);
        if (path == NULL)
            return pl_import_full(im);
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return pl_fail_errno(im->error, "making the folder %s", path);
    }
    return PL_OK;
}

static enum pl_err take_font(struct pl_import *im, const struct pl_yaml *node,
                             enum pl_pack_font font, const char *usual_file, const char *package)
{
    static const char usual[] = "fonts\0resources/fonts\0";
    const char *name = pl_yaml_text(node, "a font", im->arena, im->problems);
    char to[300];
    name = name[0] != '\0' ? name : usual_file;
    const char *from = pl_import_find(im, "FontsDir", usual, name, false);
    if (from == NULL) {
        pl_problem_warn(im->problems, (struct pl_make_where){NULL, 0},
                        "the font %.80s is nowhere below %.120s; copy it (%s) into fonts/ before "
                        "building",
                        name, im->source, package);
    }
    (void)snprintf(to, sizeof to, "fonts/%.200s", name);
    im->make.fonts[font].text = pl_arena_text(im->arena, to, strlen(to));
    return from != NULL ? pl_import_copy(im, from, to) : PL_OK;
}

static void take_rgb(struct pl_import *im, const struct pl_yaml *node, uint32_t *out)
{
    uint32_t rgba;
    if (pl_yaml_colour(node, &rgba, im->problems))
        *out = rgba >> 8;
}

static enum pl_err take_palette(struct pl_import *im)
{
    const struct pl_yaml *colours = pl_yaml_get(im->config, "AlternateColours");
    for (uint32_t i = 0; pl_yaml_is(colours, PL_YAML_LIST) && i < colours->n; i++) {
        uint32_t rgba;
        if (!pl_yaml_colour(colours->items[i].value, &rgba, im->problems))
            continue;
        uint32_t *added = pl_make_add(im->arena, &im->make.palette);
        if (added == NULL)
            return pl_import_full(im);
        *added = rgba;
    }
    return PL_OK;
}

static void take_number(struct pl_import *im, const struct pl_yaml *node, const char *what,
                        int64_t least, uint32_t *out)
{
    int32_t value;
    if (pl_yaml_number(node, what, least, 100000, &value, im->problems))
        *out = (uint32_t)value;
}

static enum pl_err take_look(struct pl_import *im)
{
    const struct pl_yaml *config = im->config, *size = pl_yaml_get(config, "DefaultImage"),
                         *header = pl_yaml_get(config, "ImageHeader"),
                         *mark = pl_yaml_get(config, "Watermark");
    struct pl_make *make = &im->make;
    const char *name =
        pl_yaml_text(pl_yaml_get(config, "AppName"), "AppName", im->arena, im->problems);
    make->name = name[0] != '\0' ? name : "Reference cards";
    make->version =
        pl_yaml_text(pl_yaml_get(config, "Version"), "Version", im->arena, im->problems);
    take_number(im, pl_yaml_get(size, "w"), "w", 1, &make->layout_w);
    take_number(im, pl_yaml_get(size, "h"), "h", 1, &make->layout_h);
    take_number(im, pl_yaml_get(config, "InputMinFontSize"), "InputMinFontSize", 4,
                &make->font_least_px);
    take_number(im, pl_yaml_get(config, "InputPixelXInset"), "InputPixelXInset", 0, &make->inset);
    take_rgb(im, pl_yaml_get(header, "BackgroundColour"), &make->header_rgb);
    take_rgb(im, pl_yaml_get(header, "TextColour"), &make->header_text_rgb);
    take_rgb(im, pl_yaml_get(mark, "BackgroundColour"), &make->badge_rgb);
    take_rgb(im, pl_yaml_get(config, "BackgroundColour"), &make->page_rgb);
    enum pl_err err = take_palette(im);
    if (err == PL_OK)
        err = take_font(im, pl_yaml_get(config, "InputFont"), PL_PACK_FONT_LABEL,
                        "YanoneKaffeesatz-Regular.ttf", "Debian: fonts-yanone-kaffeesatz");
    if (err == PL_OK)
        err = take_font(im, pl_yaml_get(header, "Font"), PL_PACK_FONT_TITLE, "Orbitron-Regular.ttf",
                        "from the League of Moveable Type");
    return err;
}

enum pl_err pl_make_import(const char *source, const char *folder, bool as_is,
                           struct pl_arena *arena, struct pl_problems *problems,
                           struct pl_error *error)
{
    struct pl_import im = {.source = source,
                           .folder = folder,
                           .as_is = as_is,
                           .arena = arena,
                           .problems = problems,
                           .error = error};
    pl_make_start(&im.make);
    enum pl_err err = pl_import_load(&im);
    if (err == PL_OK && problems->errors > 0)
        return PL_OK; /* said already; half a folder would help nobody */
    if (err == PL_OK)
        err = make_folders(&im);
    if (err == PL_OK)
        err = take_look(&im);
    if (err == PL_OK)
        err = pl_import_devices(&im);
    if (err == PL_OK)
        err = pl_import_games(&im);
    return err == PL_OK && problems->errors == 0 ? pl_make_export(&im.make, folder, arena, error)
                                                 : err;
}
