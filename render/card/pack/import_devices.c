/* import_devices.c - the devices and images of MetaRefCard's and EDRefCard's configuration as a
 * description.
 *
 * devices.yaml extends or overrides single inputs of the generated file; ed.json adds its own
 * places for Elite Dangerous and the devices that only it knows. */
#include "render/card/pack/import.h"

#include <stdio.h>
#include <string.h>

#include "render/card/pack/read.h"
#include "shm/base/check.h"

enum { ED_HEIGHT = 54 }; /* of a rect that gives none */

static struct pl_make_device *device_of(struct pl_import *im, const char *id)
{
    struct pl_make_device *device = pl_read_find_device(&im->make, id);
    if (device == NULL) {
        device = pl_make_add(im->arena, &im->make.devices);
        if (device != NULL)
            *device = (struct pl_make_device){.id = id, .title = "", .image = ""};
    }
    return device;
}

static enum pl_err take_inputs(struct pl_import *im, const struct pl_yaml *file)
{
    const struct pl_yaml *map = pl_yaml_get(file, "DeviceMap");
    struct pl_reading r = {im->arena, &im->make, im->problems};
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(map, "DeviceMap", im->problems))
        return PL_OK;
    for (uint32_t i = 0; i < map->n && err == PL_OK; i++) {
        struct pl_make_device *device = device_of(im, map->items[i].key);
        err = device == NULL ? pl_import_full(im)
                             : pl_read_inputs(&r, map->items[i].value, &device->inputs, im->error);
    }
    return err;
}

static void take_images(struct pl_import *im, const struct pl_yaml *file)
{
    const struct pl_yaml *map = pl_yaml_get(file, "ImageMap");
    if (!pl_yaml_map(map, "ImageMap", im->problems))
        return;
    for (uint32_t i = 0; i < map->n; i++) {
        struct pl_make_device *device = pl_read_find_device(&im->make, map->items[i].key);
        if (device != NULL)
            device->image = pl_yaml_text(map->items[i].value, "an image", im->arena, im->problems);
    }
}

static enum pl_err take_names(struct pl_import *im)
{
    const struct pl_yaml *map = pl_yaml_get(im->devices, "DeviceNameMap");
    if (!pl_yaml_map(map, "DeviceNameMap", im->problems))
        return PL_OK;
    for (uint32_t i = 0; i < map->n; i++) {
        const struct pl_yaml_item *item = &map->items[i];
        const char *id = pl_yaml_text(item->value, "a device", im->arena, im->problems);
        struct pl_make_device *device = pl_read_find_device(&im->make, id);
        if (device == NULL) {
            pl_problem_warn(im->problems, item->where,
                            "%.80s is called %.80s here, but there is no such device; left out",
                            item->key, id);
            continue;
        }
        struct pl_make_text *name = pl_make_add(im->arena, &device->names);
        if (name == NULL)
            return pl_import_full(im);
        name->text = pl_read_name(im->arena, item->key);
    }
    return PL_OK;
}

static enum pl_err take_map(struct pl_import *im, struct pl_make_device *device,
                            const struct pl_yaml *map, enum pl_pack_mapping kind)
{
    for (uint32_t i = 0; pl_yaml_is(map, PL_YAML_MAP) && i < map->n; i++) {
        struct pl_make_map *added = pl_make_add(im->arena, &device->maps);
        if (added == NULL)
            return pl_import_full(im);
        *added = (struct pl_make_map){
            .game = PL_CARD_FS2020,
            .kind = kind,
            .from = map->items[i].key,
            .to = pl_yaml_text(map->items[i].value, "an axis", im->arena, im->problems),
        };
    }
    return PL_OK;
}

static enum pl_err take_maps(struct pl_import *im)
{
    static const char *const kinds[PL_PACK_MAPPINGS] = {"Axis", "Rotation", "Slider"};
    const struct pl_yaml *map = pl_yaml_get(im->fs2020, "InputMap");
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(map, "InputMap", im->problems))
        return PL_OK;
    for (uint32_t i = 0; i < map->n && err == PL_OK; i++) {
        struct pl_make_device *device = pl_read_find_device(&im->make, map->items[i].key);
        if (device == NULL)
            pl_problem_warn(im->problems, map->items[i].where,
                            "there is no device %.80s; its InputMap is left out",
                            map->items[i].key);
        for (unsigned kind = 0; device != NULL && kind < PL_PACK_MAPPINGS && err == PL_OK; kind++)
            err = take_map(im, device, pl_yaml_get(map->items[i].value, kinds[kind]),
                           (enum pl_pack_mapping)kind);
    }
    return err;
}

/* --- ed.json ---------------------------------------------------------------------------------- */
static enum pl_err take_ed_rects(struct pl_import *im, const struct pl_yaml_item *item)
{
    static const char *const members[] = {"x", "y", "width"};
    struct pl_make_device *device = device_of(im, item->key);
    if (device == NULL)
        return pl_import_full(im);
    for (uint32_t i = 0; pl_yaml_is(item->value, PL_YAML_MAP) && i < item->value->n; i++) {
        const struct pl_yaml_item *from = &item->value->items[i];
        int32_t value[4] = {0, 0, 0, ED_HEIGHT};
        if (!pl_yaml_is(from->value, PL_YAML_MAP))
            continue; /* displayName */
        for (unsigned k = 0; k < PL_COUNT(members); k++)
            (void)pl_yaml_number(pl_yaml_get(from->value, members[k]), members[k], -1, 100000,
                                 &value[k], im->problems);
        (void)pl_yaml_number(pl_yaml_get(from->value, "height"), "height", 0, 100000, &value[3],
                             im->problems);
        struct pl_make_input *input = pl_make_add(im->arena, &device->ed);
        if (input == NULL)
            return pl_import_full(im);
        *input = (struct pl_make_input){
            from->key, {value[0], value[1], value[2], value[3]}, from->where};
    }
    return PL_OK;
}

/* The picture of a device that only ed.json knows is its template. */
static enum pl_err take_templates(struct pl_import *im)
{
    const struct pl_yaml *map = pl_yaml_get(im->ed, "supported_devices");
    for (uint32_t i = 0; pl_yaml_is(map, PL_YAML_MAP) && i < map->n; i++) {
        const struct pl_yaml *entry = map->items[i].value,
                             *handled = pl_yaml_get(entry, "HandledDevices");
        if (strcmp(map->items[i].key, "Keyboard") == 0)
            continue; /* always a list */
        for (uint32_t k = 0; pl_yaml_is(handled, PL_YAML_LIST) && k < handled->n; k++) {
            const char *id =
                pl_yaml_text(handled->items[k].value, "a device", im->arena, im->problems);
            struct pl_make_device *device = device_of(im, id);
            if (device == NULL)
                return pl_import_full(im);
            if (device->image[0] == '\0')
                device->image = pl_yaml_text(pl_yaml_get(entry, "Template"), "Template", im->arena,
                                             im->problems);
        }
    }
    return PL_OK;
}

static enum pl_err take_ed(struct pl_import *im)
{
    const struct pl_yaml *rects = pl_yaml_get(im->ed, "rects");
    enum pl_err err = PL_OK;
    for (uint32_t i = 0; pl_yaml_is(rects, PL_YAML_MAP) && i < rects->n && err == PL_OK; i++)
        err = take_ed_rects(im, &rects->items[i]);
    return err == PL_OK ? take_templates(im) : err;
}

/* --- images ----------------------------------------------------------------------------------- */
static const char *ed_title(const struct pl_import *im, const char *device)
{
    const struct pl_yaml *rects = pl_yaml_get(im->ed, "rects"),
                         *name = pl_yaml_get(pl_yaml_get(rects, device), "displayName");
    return pl_yaml_is(name, PL_YAML_TEXT) ? name->text : "";
}

static const char *image_title(struct pl_import *im, const char *id, const char *device)
{
    const struct pl_yaml *labels = pl_yaml_get(im->devices, "DeviceLabelsByImage");
    const char *title = pl_yaml_text(pl_yaml_get(labels, id), "a label", im->arena, im->problems);
    if (title[0] == '\0')
        title = ed_title(im, device);
    return pl_import_patched(im, "title", id, title[0] != '\0' ? title : id);
}

static void take_layout(struct pl_import *im, struct pl_make_image *image)
{
    const struct pl_yaml *size =
        pl_yaml_get(pl_yaml_get(im->devices, "ImageSizeOverride"), image->id);
    int32_t w = 0, h = 0;
    if (pl_yaml_number(pl_yaml_get(size, "w"), "w", 1, 100000, &w, im->problems) &&
        pl_yaml_number(pl_yaml_get(size, "h"), "h", 1, 100000, &h, im->problems)) {
        image->layout_w = (uint32_t)w;
        image->layout_h = (uint32_t)h;
    }
}

static enum pl_err copy_image(struct pl_import *im, const char *id, const char **file)
{
    static const char usual[] = "images\0resources/hotas-images\0www/res\0../www/res\0";
    char to[300];
    *file = NULL;
    const char *from = pl_import_find(im, "HotasImagesDir", usual, id, true);
    if (from == NULL) {
        pl_problem_warn(im->problems, (struct pl_make_where){NULL, 0},
                        "the picture %.80s is nowhere below %.120s; its devices become lists", id,
                        im->source);
        return PL_OK;
    }
    (void)snprintf(to, sizeof to, "images/%.200s%.20s", id, strrchr(from, '.'));
    *file = pl_arena_text(im->arena, to, strlen(to));
    return *file == NULL ? pl_import_full(im) : pl_import_copy(im, from, to);
}

static struct pl_make_image *find_image(struct pl_import *im, const char *id)
{
    for (uint32_t i = 0; i < im->make.images.n; i++)
        if (strcmp(im->make.images.at[i].id, id) == 0)
            return &im->make.images.at[i];
    return NULL;
}

/* Every image that a device shows, once; a device whose picture is missing has none. */
static enum pl_err collect_images(struct pl_import *im)
{
    for (uint32_t i = 0; i < im->make.devices.n; i++) {
        struct pl_make_device *device = &im->make.devices.at[i];
        struct pl_make_image *image =
            device->image[0] != '\0' ? find_image(im, device->image) : NULL;
        if (device->image[0] == '\0')
            continue;
        if (image == NULL) {
            const char *file;
            enum pl_err err = copy_image(im, device->image, &file);
            if (err != PL_OK)
                return err;
            image = pl_make_add(im->arena, &im->make.images);
            if (image == NULL)
                return pl_import_full(im);
            *image = (struct pl_make_image){.id = device->image, .file = file};
            image->title = image_title(im, device->image, device->id);
            take_layout(im, image);
        }
        if (image->file == NULL)
            device->image = "";
    }
    return PL_OK;
}

static void drop_missing(struct pl_import *im)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < im->make.images.n; i++)
        if (im->make.images.at[i].file != NULL)
            im->make.images.at[kept++] = im->make.images.at[i];
    im->make.images.n = kept;
}

enum pl_err pl_import_devices(struct pl_import *im)
{
    enum pl_err err = take_inputs(im, im->generated);
    if (err == PL_OK)
        err = take_inputs(im, im->devices);
    take_images(im, im->generated);
    take_images(im, im->devices);
    if (err == PL_OK)
        err = take_names(im);
    if (err == PL_OK)
        err = take_maps(im);
    if (err == PL_OK && im->ed != NULL)
        err = take_ed(im);
    if (err == PL_OK)
        err = collect_images(im);
    drop_missing(im);
    return err;
}
