/* read.c - pack.yaml, images.yaml and devices.yaml to a description; finds the files of a folder.
 *
 * Reading only asks whether each value is of its kind; whether what it names exists is verify.c's
 * business. The description and its texts lie in the arena. */
#include "render/card/pack/read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/pack/file.h"
#include "shm/base/check.h"

enum pl_err pl_read_full(struct pl_error *error)
{
    return pl_fail(error, PL_E_LIMIT, "the pack is too large; split it into several packs");
}

const char *pl_read_name(struct pl_arena *arena, const char *text)
{
    size_t n = strlen(text), at = 0;
    char *out = pl_arena_alloc(arena, n + 1);
    if (out == NULL)
        return text;
    for (size_t i = 0; i < n; i++) {
        bool blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r';
        if (!blank)
            out[at++] = text[i];
        else if (at > 0 && out[at - 1] != ' ')
            out[at++] = ' ';
    }
    while (at > 0 && out[at - 1] == ' ')
        at--;
    out[at] = '\0';
    return out;
}

enum pl_err pl_read_texts(struct pl_reading *r, const struct pl_yaml *node, const char *what,
                          struct pl_make_texts *out, struct pl_error *error)
{
    uint32_t n = node == NULL || node->empty ? 0 : node->kind == PL_YAML_LIST ? node->n : 1;
    if (n > 0 && node->kind == PL_YAML_MAP) {
        pl_problem(r->problems, node->where, "%s must be a list", what);
        return PL_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct pl_yaml *part = node->kind == PL_YAML_LIST ? node->items[i].value : node;
        const char *text = pl_yaml_text(part, what, r->arena, r->problems);
        struct pl_make_text *added = pl_make_add(r->arena, out);
        if (added == NULL)
            return pl_read_full(error);
        *added = (struct pl_make_text){text, part->where};
    }
    return PL_OK;
}

enum pl_err pl_read_pairs(struct pl_reading *r, const struct pl_yaml *node, const char *what,
                          struct pl_make_pairs *out, struct pl_error *error)
{
    if (!pl_yaml_map(node, what, r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n; i++) {
        const struct pl_yaml_item *item = &node->items[i];
        const char *text = pl_yaml_text(item->value, what, r->arena, r->problems);
        struct pl_make_pair *added = pl_make_add(r->arena, out);
        if (added == NULL)
            return pl_read_full(error);
        *added = (struct pl_make_pair){item->key, text, item->where};
    }
    return PL_OK;
}

/* --- pack.yaml -------------------------------------------------------------------------------- */
static void read_size(struct pl_reading *r, const struct pl_yaml *node, uint32_t *w, uint32_t *h)
{
    int32_t value = 0;
    if (!pl_yaml_map(node, "layout", r->problems))
        return;
    pl_yaml_known(node, "w h", r->problems);
    if (pl_yaml_get(node, "w") == NULL || pl_yaml_get(node, "h") == NULL)
        pl_problem(r->problems, node->where, "layout has both w and h, such as {w: 3840, h: 2160}");
    if (pl_yaml_number(pl_yaml_get(node, "w"), "the layout's w", 1, 100000, &value, r->problems))
        *w = (uint32_t)value;
    if (pl_yaml_number(pl_yaml_get(node, "h"), "the layout's h", 1, 100000, &value, r->problems))
        *h = (uint32_t)value;
}

static void read_rgb(struct pl_reading *r, const struct pl_yaml *node, const char *key,
                     uint32_t *out)
{
    uint32_t rgba;
    if (pl_yaml_colour(pl_yaml_get(node, key), &rgba, r->problems))
        *out = rgba >> 8;
}

static void read_header(struct pl_reading *r, const struct pl_yaml *node)
{
    if (!pl_yaml_map(node, "header", r->problems))
        return;
    pl_yaml_known(node, "colour text badge page", r->problems);
    read_rgb(r, node, "colour", &r->make->header_rgb);
    read_rgb(r, node, "text", &r->make->header_text_rgb);
    read_rgb(r, node, "badge", &r->make->badge_rgb);
    read_rgb(r, node, "page", &r->make->page_rgb);
}

static void read_fit(struct pl_reading *r, const struct pl_yaml *node)
{
    int32_t value;
    if (!pl_yaml_map(node, "fit", r->problems))
        return;
    pl_yaml_known(node, "min inset", r->problems);
    if (pl_yaml_number(pl_yaml_get(node, "min"), "fit's min", 4, 100, &value, r->problems))
        r->make->font_least_px = (uint32_t)value;
    if (pl_yaml_number(pl_yaml_get(node, "inset"), "fit's inset", 0, 100, &value, r->problems))
        r->make->inset = (uint32_t)value;
}

static void read_fonts(struct pl_reading *r, const struct pl_yaml *node)
{
    static const char *const names[PL_PACK_FONTS] = {"label", "title", "fallback"};
    if (!pl_yaml_map(node, "fonts", r->problems))
        return;
    pl_yaml_known(node, "label title fallback", r->problems);
    for (unsigned i = 0; i < PL_PACK_FONTS; i++) {
        const struct pl_yaml *font = pl_yaml_get(node, names[i]);
        if (font != NULL)
            r->make->fonts[i] = (struct pl_make_text){
                pl_yaml_text(font, "a font", r->arena, r->problems), font->where};
    }
}

static enum pl_err read_palette(struct pl_reading *r, const struct pl_yaml *node,
                                struct pl_error *error)
{
    if (node == NULL || node->empty)
        return PL_OK;
    if (node->kind != PL_YAML_LIST) {
        pl_problem(r->problems, node->where, "palette must be a list of colours");
        return PL_OK;
    }
    for (uint32_t i = 0; i < node->n; i++) {
        uint32_t rgba = 0;
        if (!pl_yaml_colour(node->items[i].value, &rgba, r->problems))
            continue;
        uint32_t *added = pl_make_add(r->arena, &r->make->palette);
        if (added == NULL)
            return pl_read_full(error);
        *added = rgba;
    }
    return PL_OK;
}

enum pl_err pl_read_pack(struct pl_reading *r, const struct pl_yaml *root, struct pl_error *error)
{
    struct pl_make *make = r->make;
    if (!pl_yaml_map(root, "pack.yaml", r->problems))
        return PL_OK;
    pl_yaml_known(root, "name version layout fonts palette header fit", r->problems);
    make->name = pl_yaml_text(pl_yaml_get(root, "name"), "name", r->arena, r->problems);
    make->version = pl_yaml_text(pl_yaml_get(root, "version"), "version", r->arena, r->problems);
    if (make->name[0] == '\0')
        pl_problem(r->problems, root->where, "the pack has no name; add a line `name: ...`");
    read_size(r, pl_yaml_get(root, "layout"), &make->layout_w, &make->layout_h);
    read_fonts(r, pl_yaml_get(root, "fonts"));
    read_header(r, pl_yaml_get(root, "header"));
    read_fit(r, pl_yaml_get(root, "fit"));
    return read_palette(r, pl_yaml_get(root, "palette"), error);
}

/* --- images.yaml ------------------------------------------------------------------------------ */
enum pl_err pl_read_images(struct pl_reading *r, const struct pl_yaml *root, struct pl_error *error)
{
    if (!pl_yaml_map(root, "images.yaml", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < root->n; i++) {
        const struct pl_yaml *node = root->items[i].value;
        if (r->make->images.n >= PL_MAKE_DEVICES_MAX) {
            pl_problem(r->problems, root->items[i].where, "a pack has at most %d images",
                       PL_MAKE_DEVICES_MAX);
            return PL_OK;
        }
        struct pl_make_image *image = pl_make_add(r->arena, &r->make->images);
        if (image == NULL)
            return pl_read_full(error);
        image->id = root->items[i].key;
        image->where = root->items[i].where;
        image->file = image->title = "";
        if (!pl_yaml_map(node, "an image", r->problems))
            continue;
        pl_yaml_known(node, "file title layout bg", r->problems);
        image->file = pl_yaml_text(pl_yaml_get(node, "file"), "file", r->arena, r->problems);
        image->title = pl_yaml_text(pl_yaml_get(node, "title"), "title", r->arena, r->problems);
        read_size(r, pl_yaml_get(node, "layout"), &image->layout_w, &image->layout_h);
        enum pl_err err =
            pl_read_pairs(r, pl_yaml_get(node, "bg"), "bg", &image->backgrounds, error);
        if (err != PL_OK)
            return err;
    }
    return PL_OK;
}

/* --- devices.yaml ----------------------------------------------------------------------------- */
struct pl_make_device *pl_read_find_device(const struct pl_make *make, const char *id)
{
    for (uint32_t i = 0; i < make->devices.n; i++)
        if (strcmp(make->devices.at[i].id, id) == 0)
            return &make->devices.at[i];
    return NULL;
}

static struct pl_make_input *find_input(const struct pl_make_inputs *inputs, const char *id)
{
    for (uint32_t i = 0; i < inputs->n; i++)
        if (strcmp(inputs->at[i].id, id) == 0)
            return &inputs->at[i];
    return NULL;
}

enum pl_err pl_read_inputs(struct pl_reading *r, const struct pl_yaml *node,
                           struct pl_make_inputs *out, struct pl_error *error)
{
    if (!pl_yaml_map(node, "inputs", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < node->n; i++) {
        const struct pl_yaml_item *item = &node->items[i];
        struct pl_pack_rect rect;
        if (!pl_yaml_rect(item->value, &rect, r->problems))
            continue;
        struct pl_make_input *input = find_input(out, item->key);
        if (input == NULL && out->n >= PL_MAKE_INPUTS_MAX) {
            pl_problem(r->problems, item->where, "a device has at most %d inputs",
                       PL_MAKE_INPUTS_MAX);
            return PL_OK;
        }
        if (input == NULL)
            input = pl_make_add(r->arena, out);
        if (input == NULL)
            return pl_read_full(error);
        *input = (struct pl_make_input){item->key, rect, item->where};
    }
    return PL_OK;
}

static const char *const mapping_names[PL_PACK_MAPPINGS] = {"axis", "rotation", "slider"};

static enum pl_err read_game_maps(struct pl_reading *r, enum pl_card_game game,
                                  const struct pl_yaml *node, struct pl_make_maps *out,
                                  struct pl_error *error)
{
    if (!pl_yaml_map(node, "the maps of a game", r->problems))
        return PL_OK;
    pl_yaml_known(node, "axis rotation slider", r->problems);
    for (unsigned kind = 0; kind < PL_PACK_MAPPINGS; kind++) {
        const struct pl_yaml *map = pl_yaml_get(node, mapping_names[kind]);
        if (!pl_yaml_map(map, mapping_names[kind], r->problems))
            continue;
        for (uint32_t i = 0; i < map->n; i++) {
            const struct pl_yaml_item *item = &map->items[i];
            const char *to = pl_yaml_text(item->value, "an axis", r->arena, r->problems);
            struct pl_make_map *added = pl_make_add(r->arena, out);
            if (added == NULL)
                return pl_read_full(error);
            *added =
                (struct pl_make_map){game, (enum pl_pack_mapping)kind, item->key, to, item->where};
        }
    }
    return PL_OK;
}

static enum pl_err read_maps(struct pl_reading *r, const struct pl_yaml *node,
                             struct pl_make_maps *out, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(node, "maps", r->problems))
        return PL_OK;
    pl_yaml_known(node, "fs2020 sws ed", r->problems);
    for (int game = PL_CARD_FS2020; game < PL_CARD_GAMES && err == PL_OK; game++)
        err = read_game_maps(r, (enum pl_card_game)game,
                             pl_yaml_get(node, pl_card_game_name((enum pl_card_game)game)), out,
                             error);
    return err;
}

static enum pl_err copy_inputs(struct pl_reading *r, const struct pl_make_inputs *from,
                               struct pl_make_inputs *to, struct pl_error *error)
{
    for (uint32_t i = 0; i < from->n; i++) {
        if (find_input(to, from->at[i].id) != NULL)
            continue;
        struct pl_make_input *added = pl_make_add(r->arena, to);
        if (added == NULL)
            return pl_read_full(error);
        *added = from->at[i];
    }
    return PL_OK;
}

static enum pl_err copy_maps(struct pl_reading *r, const struct pl_make_maps *from,
                             struct pl_make_maps *to, struct pl_error *error)
{
    for (uint32_t i = 0; i < from->n; i++) {
        const struct pl_make_map *map = &from->at[i];
        bool own = false;
        for (uint32_t k = 0; k < to->n && !own; k++)
            own = to->at[k].game == map->game && to->at[k].kind == map->kind &&
                  strcmp(to->at[k].from, map->from) == 0;
        struct pl_make_map *added = own ? NULL : pl_make_add(r->arena, to);
        if (!own && added == NULL)
            return pl_read_full(error);
        if (added != NULL)
            *added = *map;
    }
    return PL_OK;
}

/* Inputs and maps of another device: many controllers are one drawing. What is its own stays. */
static enum pl_err read_like(struct pl_reading *r, const struct pl_yaml *node,
                             struct pl_make_device *device, struct pl_error *error)
{
    const char *id = pl_yaml_text(node, "like", r->arena, r->problems);
    const struct pl_make_device *other = pl_read_find_device(r->make, id);
    if (node == NULL)
        return PL_OK;
    if (other == NULL || other == device) {
        pl_problem(r->problems, node->where, "there is no device %.60s above this one to be like",
                   id);
        return PL_OK;
    }
    enum pl_err err = copy_inputs(r, &other->inputs, &device->inputs, error);
    if (err == PL_OK)
        err = copy_inputs(r, &other->ed, &device->ed, error);
    return err == PL_OK ? copy_maps(r, &other->maps, &device->maps, error) : err;
}

static enum pl_err read_device(struct pl_reading *r, const struct pl_yaml *node,
                               struct pl_make_device *device, struct pl_error *error)
{
    pl_yaml_known(node, "image title names like inputs maps", r->problems);
    const struct pl_yaml *image = pl_yaml_get(node, "image"), *title = pl_yaml_get(node, "title");
    if (image != NULL)
        device->image = pl_yaml_text(image, "image", r->arena, r->problems);
    if (title != NULL)
        device->title = pl_yaml_text(title, "title", r->arena, r->problems);
    uint32_t before = device->names.n;
    enum pl_err err = pl_read_texts(r, pl_yaml_get(node, "names"), "names", &device->names, error);
    for (uint32_t i = before; i < device->names.n; i++)
        device->names.at[i].text = pl_read_name(r->arena, device->names.at[i].text);
    if (err == PL_OK)
        err = pl_read_inputs(r, pl_yaml_get(node, "inputs"), &device->inputs, error);
    if (err == PL_OK)
        err = read_maps(r, pl_yaml_get(node, "maps"), &device->maps, error);
    if (err == PL_OK && pl_yaml_get(node, "like") != NULL)
        err = read_like(r, pl_yaml_get(node, "like"), device, error);
    return err;
}

enum pl_err pl_read_devices(struct pl_reading *r, const struct pl_yaml *root,
                            struct pl_error *error)
{
    enum pl_err err = PL_OK;
    if (!pl_yaml_map(root, "devices.yaml", r->problems))
        return PL_OK;
    for (uint32_t i = 0; i < root->n && err == PL_OK; i++) {
        const struct pl_yaml *node = root->items[i].value;
        struct pl_make_device *device = pl_read_find_device(r->make, root->items[i].key);
        if (device == NULL && r->make->devices.n >= PL_MAKE_DEVICES_MAX) {
            pl_problem(r->problems, root->items[i].where, "a pack has at most %d devices",
                       PL_MAKE_DEVICES_MAX);
            return PL_OK;
        }
        if (device == NULL) {
            device = pl_make_add(r->arena, &r->make->devices);
            if (device == NULL)
                return pl_read_full(error);
            *device = (struct pl_make_device){
                .id = root->items[i].key, .title = "", .image = "", .where = root->items[i].where};
        }
        if (pl_yaml_map(node, "a device", r->problems))
            err = read_device(r, node, device, error);
    }
    return err;
}

/* --- folder ----------------------------------------------------------------------------------- */
static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pl_make_text *)a)->text, ((const struct pl_make_text *)b)->text);
}

/* Files of devices/ that end in .yaml, in byte order. */
static enum pl_err list_more(struct pl_reading *r, const char *folder, struct pl_make_texts *out,
                             struct pl_error *error)
{
    const char *path = pl_make_path(r->arena, folder, "devices");
    DIR *dir = path != NULL ? opendir(path) : NULL;
    enum pl_err err = path != NULL ? PL_OK : pl_read_full(error);
    if (dir == NULL)
        return err;
    for (struct dirent *entry; err == PL_OK && (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name);
        char name[300];
        if (n < 6 || strcmp(entry->d_name + n - 5, ".yaml") != 0 || entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "devices/%s", entry->d_name);
        struct pl_make_text *added = pl_make_add(r->arena, out);
        const char *text = pl_arena_text(r->arena, name, strlen(name));
        if (added == NULL || text == NULL)
            err = pl_read_full(error);
        else
            added->text = text;
    }
    (void)closedir(dir);
    if (out->n > 0)
        qsort(out->at, out->n, sizeof *out->at, by_name);
    return err;
}

static enum pl_err read_more_devices(struct pl_reading *r, const char *folder,
                                     struct pl_error *error)
{
    struct pl_make_texts files = {0};
    const struct pl_yaml *root;
    enum pl_err err = list_more(r, folder, &files, error);
    for (uint32_t i = 0; i < files.n && err == PL_OK; i++) {
        err = pl_yaml_load(folder, files.at[i].text, true, r->arena, &root, r->problems, error);
        if (err == PL_OK)
            err = pl_read_devices(r, root, error);
    }
    return err;
}

static enum pl_err read_games(struct pl_reading *r, const char *folder, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    bool any = false;
    for (int game = PL_CARD_FS2020; game < PL_CARD_GAMES && err == PL_OK; game++) {
        char name[64];
        const struct pl_yaml *root = NULL;
        (void)snprintf(name, sizeof name, "games/%s.yaml",
                       pl_card_game_name((enum pl_card_game)game));
        err = pl_yaml_load(folder, name, false, r->arena, &root, r->problems, error);
        if (err == PL_OK && root != NULL)
            err = pl_read_game(r, (enum pl_card_game)game, root, error);
        any |= root != NULL;
    }
    if (err == PL_OK && !any)
        pl_problem_warn(r->problems, (struct pl_make_where){"games", 0},
                        "no game is described; add fs2020.yaml, sws.yaml or ed.yaml");
    return err;
}

enum pl_err pl_make_read(const char *folder, struct pl_arena *arena, struct pl_make *make,
                         struct pl_problems *problems, struct pl_error *error)
{
    typedef enum pl_err read_fn(struct pl_reading *, const struct pl_yaml *, struct pl_error *);
    static const struct {
        const char *name;
        read_fn *read;
    } files[] = {{"pack.yaml", pl_read_pack},
                 {"images.yaml", pl_read_images},
                 {"devices.yaml", pl_read_devices}};
    struct pl_reading r = {arena, make, problems};
    pl_make_start(make);
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return pl_fail_errno(error, "opening the pack's folder %s", folder);
    (void)closedir(dir);
    enum pl_err err = PL_OK;
    for (size_t i = 0; i < PL_COUNT(files) && err == PL_OK; i++) {
        const struct pl_yaml *root;
        err = pl_yaml_load(folder, files[i].name, true, arena, &root, problems, error);
        if (err == PL_OK)
            err = files[i].read(&r, root, error);
    }
    if (err == PL_OK)
        err = read_more_devices(&r, folder, error);
    return err == PL_OK ? read_games(&r, folder, error) : err;
}
