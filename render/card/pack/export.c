/* export.c - a description as the YAML files of a pack's folder, which read.c takes back.
 *
 * Texts are quoted unless they are plainly texts, so that no word is ever read as something else.
 * Buffers are the heap's and are written one file at a time. */
#include "render/card/pack/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "render/card/pack/file.h"
#include "shm/base/check.h"

enum { FILE_BYTES = 64 << 20 };

struct out {
    struct pl_buf buf;
    enum pl_err err; /* the first */
    struct pl_error *error;
};

static void put(struct out *o, const char *text)
{
    if (o->err == PL_OK)
        o->err = pl_buf_text(&o->buf, text, o->error);
}

static bool plain(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    bool letter = (text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z');
    static const char *const words[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};
    for (size_t i = 0; i < PL_COUNT(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return false;
    return letter && text[n] == '\0';
}

static void quoted(struct out *o, const char *text)
{
    char one[8] = "";
    text = text != NULL ? text : "";
    if (plain(text)) {
        put(o, text);
        return;
    }
    put(o, "\"");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            (void)snprintf(one, sizeof one, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            (void)snprintf(one, sizeof one, "\\x%02x", c);
        else
            (void)snprintf(one, sizeof one, "%c", c);
        put(o, one);
    }
    put(o, "\"");
}

static void entry(struct out *o, const char *indent, const char *key, const char *value)
{
    put(o, indent);
    quoted(o, key);
    put(o, ": ");
    quoted(o, value);
    put(o, "\n");
}

static void number(struct out *o, const char *before, int64_t value, const char *after)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    put(o, before);
    put(o, text);
    put(o, after);
}

static void head(struct out *o, const char *indent, const char *key)
{
    put(o, indent);
    quoted(o, key);
    put(o, ":\n");
}

/* [a, b] */
static void texts(struct out *o, const struct pl_make_texts *list)
{
    put(o, "[");
    for (uint32_t i = 0; i < list->n; i++) {
        put(o, i > 0 ? ", " : "");
        quoted(o, list->at[i].text);
    }
    put(o, "]\n");
}

static void colour(struct out *o, const char *before, uint32_t rgba, bool alpha)
{
    char text[16];
    (void)snprintf(text, sizeof text, alpha ? "\"%08x\"" : "\"%06x\"", rgba);
    put(o, before);
    put(o, text);
}

static void size(struct out *o, const char *before, uint32_t w, uint32_t h)
{
    put(o, before);
    number(o, "{w: ", w, ", ");
    number(o, "h: ", h, "}\n");
}

static void export_pack(struct out *o, const struct pl_make *make)
{
    static const char *const names[PL_PACK_FONTS] = {"label", "title", "fallback"};
    entry(o, "", "name", make->name);
    entry(o, "", "version", make->version);
    size(o, "layout: ", make->layout_w, make->layout_h);
    put(o, "fonts:\n");
    for (unsigned i = 0; i < PL_PACK_FONTS; i++)
        if (make->fonts[i].text != NULL)
            entry(o, "  ", names[i], make->fonts[i].text);
    put(o, "palette: [");
    for (uint32_t i = 0; i < make->palette.n; i++)
        colour(o, i > 0 ? ", " : "", make->palette.at[i], true);
    put(o, "]\n");
    colour(o, "header: {colour: ", make->header_rgb, false);
    colour(o, ", text: ", make->header_text_rgb, false);
    colour(o, ", badge: ", make->badge_rgb, false);
    colour(o, ", page: ", make->page_rgb, false);
    number(o, "}\nfit: {min: ", make->font_least_px, ", ");
    number(o, "inset: ", make->inset, "}\n");
}

static void export_images(struct out *o, const struct pl_make *make)
{
    for (uint32_t i = 0; i < make->images.n; i++) {
        const struct pl_make_image *image = &make->images.at[i];
        head(o, "", image->id);
        entry(o, "  ", "file", image->file);
        entry(o, "  ", "title", image->title);
        if (image->layout_w != 0)
            size(o, "  layout: ", image->layout_w, image->layout_h);
    }
}

static void inputs(struct out *o, const char *indent, const struct pl_make_inputs *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const struct pl_pack_rect *rect = &list->at[i].rect;
        put(o, indent);
        quoted(o, list->at[i].id);
        number(o, ": [", rect->x, ", ");
        number(o, "", rect->y, ", ");
        number(o, "", rect->w, ", ");
        number(o, "", rect->h, "]\n");
    }
}

/* One line a kind: "slider: {X: U}". Only the maps of one game come here. */
static void maps(struct out *o, const struct pl_make_device *device, enum pl_card_game game)
{
    static const char *const kinds[PL_PACK_MAPPINGS] = {"axis", "rotation", "slider"};
    for (unsigned kind = 0; kind < PL_PACK_MAPPINGS; kind++) {
        unsigned n = 0;
        for (uint32_t i = 0; i < device->maps.n; i++) {
            const struct pl_make_map *map = &device->maps.at[i];
            if (map->game != game || map->kind != kind)
                continue;
            put(o, n == 0 ? "      " : ", ");
            put(o, n++ == 0 ? kinds[kind] : "");
            put(o, n == 1 ? ": {" : "");
            quoted(o, map->from);
            put(o, ": ");
            quoted(o, map->to);
        }
        put(o, n > 0 ? "}\n" : "");
    }
}

static void export_devices(struct out *o, const struct pl_make *make)
{
    for (uint32_t i = 0; i < make->devices.n; i++) {
        const struct pl_make_device *device = &make->devices.at[i];
        head(o, "", device->id);
        if (device->title != NULL && device->title[0] != '\0')
            entry(o, "  ", "title", device->title);
        if (device->image != NULL && device->image[0] != '\0')
            entry(o, "  ", "image", device->image);
        if (device->names.n > 0) {
            put(o, "  names: ");
            texts(o, &device->names);
        }
        if (device->maps.n > 0)
            put(o, "  maps:\n    fs2020:\n");
        maps(o, device, PL_CARD_FS2020);
        if (device->inputs.n > 0)
            put(o, "  inputs:\n");
        inputs(o, "    ", &device->inputs);
    }
}

static void export_labels(struct out *o, const struct pl_make *make, enum pl_card_game game)
{
    const struct pl_make_game *from = &make->games[game];
    put(o, "parser: ");
    put(o, pl_card_game_name(game));
    put(o, "\n");
    if (from->logo.text != NULL)
        entry(o, "", "logo", from->logo.text);
    if (from->labels.n > 0)
        put(o, "labels:\n");
    for (uint32_t i = 0; i < from->labels.n; i++)
        entry(o, "  ", from->labels.at[i].from, from->labels.at[i].to);
}

static void sws_table(struct out *o, const char *indent, const struct pl_make_sws_table *table)
{
    for (uint32_t i = 0; i < table->n; i++) {
        const struct pl_make_sws *row = &table->at[i];
        bool first = i == 0 || table->at[i - 1].axis != row->axis || row->button == -1;
        bool last = i + 1 == table->n || table->at[i + 1].axis != row->axis;
        if (first) {
            put(o, indent);
            number(o, "", row->axis, ": ");
        }
        if (row->button != -1)
            number(o, first ? "{" : ", ", row->button, ": ");
        quoted(o, row->input);
        put(o, row->button == -1 ? "\n" : last ? "}\n" : "");
    }
}

static void export_sws(struct out *o, const struct pl_make *make)
{
    export_labels(o, make, PL_CARD_SWS);
    put(o, "sws:\n  buttons:\n");
    sws_table(o, "    ", &make->sws);
    put(o, "  device_buttons:\n");
    for (uint32_t i = 0; i < make->devices.n; i++) {
        const struct pl_make_device *device = &make->devices.at[i];
        if (device->sws.n > 0)
            head(o, "    ", device->id);
        sws_table(o, "      ", &device->sws);
    }
}

static void export_control(struct out *o, const struct pl_make_control *control)
{
    head(o, "  ", control->id);
    entry(o, "    ", "name", control->name);
    entry(o, "    ", "group", control->group);
    if (control->category[0] != '\0')
        entry(o, "    ", "category", control->category);
    number(o, "    order: ", control->order, "\n");
    put(o, control->analogue ? "    type: analogue\n" : "");
    if (control->hide.n > 0) {
        put(o, "    hide: ");
        texts(o, &control->hide);
    }
}

static void export_supported(struct out *o, const struct pl_make *make)
{
    put(o, "supported:\n");
    for (uint32_t i = 0; i < make->supported.n; i++) {
        const struct pl_make_supported *entry_of = &make->supported.at[i];
        entry(o, "  - ", "name", entry_of->name);
        entry(o, "    ", "image", entry_of->image);
        put(o, "    handled: ");
        texts(o, &entry_of->handled);
        if (entry_of->keys.n > 0) {
            put(o, "    keys: ");
            texts(o, &entry_of->keys);
        }
    }
}

static void export_ed(struct out *o, const struct pl_make *make)
{
    export_labels(o, make, PL_CARD_ED);
    put(o, "groups: ");
    texts(o, &make->groups);
    put(o, "ignored: ");
    texts(o, &make->ignored);
    put(o, "keys:\n");
    for (uint32_t i = 0; i < make->keys.n; i++)
        entry(o, "  ", make->keys.at[i].from, make->keys.at[i].to);
    put(o, "controls:\n");
    for (uint32_t i = 0; i < make->controls.n; i++)
        export_control(o, &make->controls.at[i]);
    export_supported(o, make);
    put(o, "rects:\n");
    for (uint32_t i = 0; i < make->devices.n; i++) {
        const struct pl_make_device *device = &make->devices.at[i];
        if (device->ed.n > 0)
            head(o, "  ", device->id);
        inputs(o, "    ", &device->ed);
    }
}

static void export_fs2020(struct out *o, const struct pl_make *make)
{
    export_labels(o, make, PL_CARD_FS2020);
}

typedef void export_fn(struct out *o, const struct pl_make *make);

static enum pl_err export_file(const struct pl_make *make, const char *folder, const char *name,
                               export_fn *fill, struct pl_arena *arena, struct pl_error *error)
{
    struct out o = {PL_BUF(FILE_BYTES), PL_OK, error};
    fill(&o, make);
    const char *path = pl_make_path(arena, folder, name);
    if (o.err == PL_OK && path == NULL)
        o.err = pl_fail(error, PL_E_LIMIT, "no room for the name of %s", name);
    if (o.err == PL_OK)
        o.err = pl_make_write(path, o.buf.bytes, o.buf.n, error);
    pl_buf_free(&o.buf);
    return o.err;
}

enum pl_err pl_make_export(const struct pl_make *make, const char *folder, struct pl_arena *arena,
                           struct pl_error *error)
{
    static const struct {
        const char *name;
        export_fn *fill;
        enum pl_card_game game; /* only when it is defined */
    } files[] = {{"pack.yaml", export_pack, PL_CARD_GUESS},
                 {"images.yaml", export_images, PL_CARD_GUESS},
                 {"devices.yaml", export_devices, PL_CARD_GUESS},
                 {"games/fs2020.yaml", export_fs2020, PL_CARD_FS2020},
                 {"games/sws.yaml", export_sws, PL_CARD_SWS},
                 {"games/ed.yaml", export_ed, PL_CARD_ED}};
    const char *games = pl_make_path(arena, folder, "games");
    if (games == NULL || (mkdir(games, 0755) != 0 && errno != EEXIST))
        return pl_fail_errno(error, "making the folder %s/games", folder);
    enum pl_err err = PL_OK;
    for (size_t i = 0; i < PL_COUNT(files) && err == PL_OK; i++)
        if (files[i].game == PL_CARD_GUESS || make->games[files[i].game].defined)
            err = export_file(make, folder, files[i].name, files[i].fill, arena, error);
    return err;
}
