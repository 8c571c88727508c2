/* assemble.c - a checked description to the bytes of a compiled pack.
 *
 * Tables are sorted here, texts kept once, sections laid out, the hash computed. The same
 * description gives the same bytes: nothing depends on addresses, time or the order of a hash
 * table; texts are added in statements of their own, whose order no compiler chooses. Sections are
 * heap buffers of the builder; what is sorted lies in the arena. */
#include "render/card/pack/assemble.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/hash.h"

void pl_assembly_fail(struct pl_assembly *a, enum pl_err err, const char *why)
{
    if (a->err == PL_OK)
        a->err = pl_fail(a->error, err, "%s", why);
}

uint32_t pl_assembly_n(const struct pl_assembly *a, enum pl_pack_section section)
{
    return (uint32_t)(a->section[section].n / pl_pack_record_n[section]);
}

uint32_t pl_assembly_add(struct pl_assembly *a, enum pl_pack_section section, const void *record)
{
    uint32_t i = pl_assembly_n(a, section);
    enum pl_err err = pl_buf_add(&a->section[section], record, pl_pack_record_n[section], a->error);
    if (err != PL_OK)
        a->err = err;
    return i;
}

void *pl_assembly_rec(struct pl_assembly *a, enum pl_pack_section section, uint32_t i)
{
    CHECK(i < pl_assembly_n(a, section));
    return a->section[section].bytes + (size_t)i * pl_pack_record_n[section];
}

static uint32_t *slot_of(const struct pl_assembly *a, const char *text)
{
    uint32_t i = (uint32_t)pl_checksum(text, strlen(text)) & (a->texts_room - 1);
    while (a->texts[i] != 0 &&
           strcmp((const char *)a->section[PL_SECTION_TEXT].bytes + a->texts[i], text) != 0)
        i = (i + 1) & (a->texts_room - 1);
    return &a->texts[i];
}

static bool widen(struct pl_assembly *a)
{
    uint32_t *before = a->texts, n = a->texts_room;
    a->texts_room = n == 0 ? 1024 : n * 2;
    a->texts = pl_arena_zalloc(a->arena, a->texts_room, sizeof *a->texts);
    if (a->texts == NULL) {
        a->texts = before;
        a->texts_room = n;
        pl_assembly_fail(a, PL_E_LIMIT, "the pack has too many texts");
        return false;
    }
    for (uint32_t i = 0; i < n; i++)
        if (before[i] != 0)
            *slot_of(a, (const char *)a->section[PL_SECTION_TEXT].bytes + before[i]) = before[i];
    return true;
}

uint32_t pl_assembly_text(struct pl_assembly *a, const char *text)
{
    struct pl_buf *texts = &a->section[PL_SECTION_TEXT];
    if (text == NULL || text[0] == '\0' || a->err != PL_OK)
        return 0;
    if (2 * a->texts_n >= a->texts_room && !widen(a))
        return 0;
    uint32_t *slot = slot_of(a, text);
    if (*slot == 0) {
        uint32_t at = (uint32_t)texts->n;
        a->err = pl_buf_add(texts, text, strlen(text) + 1, a->error);
        if (a->err != PL_OK)
            return 0;
        *slot = at;
        a->texts_n++;
    }
    return *slot;
}

/* --- sorting ---------------------------------------------------------------------------------- */
typedef int order_fn(const void *, const void *);

/* Pointers to the elements of a list, sorted; equal ones in the order they were given. */
static const void **sorted(struct pl_assembly *a, const void *at, uint32_t n, size_t element_n,
                           order_fn *order)
{
    const void **out = pl_arena_zalloc(a->arena, (size_t)n + 1, sizeof *out);
    if (out == NULL) {
        pl_assembly_fail(a, PL_E_LIMIT, "the pack is too large to be sorted");
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = (const uint8_t *)at + i * element_n;
    if (n > 0)
        qsort(out, n, sizeof *out, order);
    return out;
}

static int later(const void *a, const void *b)
{
    return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

#define BY_TEXT(name, type, member)                                                                \
    static int name(const void *left, const void *right)                                           \
    {                                                                                              \
        const struct type *a = *(const struct type *const *)left;                                  \
        const struct type *b = *(const struct type *const *)right;                                 \
        int order = strcmp(or_empty(a->member), or_empty(b->member));                              \
        return order != 0 ? order : later(a, b);                                                   \
    }
BY_TEXT(by_device, pl_make_device, id)
BY_TEXT(by_input, pl_make_input, id)
BY_TEXT(by_pair, pl_make_pair, from)
BY_TEXT(by_context, pl_make_context, name)
BY_TEXT(by_control, pl_make_control, id)
BY_TEXT(by_image, pl_make_image, id)
BY_TEXT(by_name_rec, pl_make_pair, from)

static int by_map(const void *left, const void *right)
{
    const struct pl_make_map *a = *(const struct pl_make_map *const *)left;
    const struct pl_make_map *b = *(const struct pl_make_map *const *)right;
    int order = (a->game > b->game) - (a->game < b->game);
    if (order == 0)
        order = (a->kind > b->kind) - (a->kind < b->kind);
    if (order == 0)
        order = strcmp(or_empty(a->from), or_empty(b->from));
    return order != 0 ? order : later(a, b);
}

static int by_sws(const void *left, const void *right)
{
    const struct pl_make_sws *a = *(const struct pl_make_sws *const *)left;
    const struct pl_make_sws *b = *(const struct pl_make_sws *const *)right;
    int order = (a->axis > b->axis) - (a->axis < b->axis);
    if (order == 0)
        order = (a->button > b->button) - (a->button < b->button);
    return order != 0 ? order : later(a, b);
}

/* --- tables ----------------------------------------------------------------------------------- */
static struct pl_rec_range begin(const struct pl_assembly *a, enum pl_pack_section section)
{
    return (struct pl_rec_range){pl_assembly_n(a, section), 0};
}

static struct pl_rec_range end(const struct pl_assembly *a, enum pl_pack_section section,
                               struct pl_rec_range range)
{
    range.n = pl_assembly_n(a, section) - range.first;
    return range;
}

static struct pl_rec_range add_texts(struct pl_assembly *a, const struct pl_make_texts *texts)
{
    struct pl_rec_range range = begin(a, PL_SECTION_LISTS);
    for (uint32_t i = 0; i < texts->n; i++) {
        uint32_t text = pl_assembly_text(a, texts->at[i].text);
        pl_assembly_add(a, PL_SECTION_LISTS, &text);
    }
    return end(a, PL_SECTION_LISTS, range);
}

static struct pl_rec_range add_inputs(struct pl_assembly *a, const struct pl_make_inputs *inputs)
{
    struct pl_rec_range range = begin(a, PL_SECTION_INPUTS);
    const void **order = sorted(a, inputs->at, inputs->n, sizeof *inputs->at, by_input);
    for (uint32_t i = 0; order != NULL && i < inputs->n; i++) {
        const struct pl_make_input *input = order[i];
        struct pl_rec_input rec = {pl_assembly_text(a, input->id), input->rect};
        pl_assembly_add(a, PL_SECTION_INPUTS, &rec);
    }
    return end(a, PL_SECTION_INPUTS, range);
}

static struct pl_rec_range add_maps(struct pl_assembly *a, const struct pl_make_maps *maps)
{
    struct pl_rec_range range = begin(a, PL_SECTION_MAPS);
    const void **order = sorted(a, maps->at, maps->n, sizeof *maps->at, by_map);
    for (uint32_t i = 0; order != NULL && i < maps->n; i++) {
        const struct pl_make_map *map = order[i];
        struct pl_rec_map rec = {.game = (uint32_t)map->game, .kind = (uint32_t)map->kind};
        rec.from = pl_assembly_text(a, map->from);
        rec.to = pl_assembly_text(a, map->to);
        pl_assembly_add(a, PL_SECTION_MAPS, &rec);
    }
    return end(a, PL_SECTION_MAPS, range);
}

static struct pl_rec_range add_sws(struct pl_assembly *a, const struct pl_make_sws_table *sws)
{
    struct pl_rec_range range = begin(a, PL_SECTION_SWS);
    const void **order = sorted(a, sws->at, sws->n, sizeof *sws->at, by_sws);
    for (uint32_t i = 0; order != NULL && i < sws->n; i++) {
        const struct pl_make_sws *entry = order[i];
        struct pl_rec_sws rec = {entry->axis, entry->button, pl_assembly_text(a, entry->input)};
        pl_assembly_add(a, PL_SECTION_SWS, &rec);
    }
    return end(a, PL_SECTION_SWS, range);
}

static const char *image_title(const struct pl_make *make, const char *id)
{
    for (uint32_t i = 0; i < make->images.n; i++)
        if (strcmp(make->images.at[i].id, id) == 0)
            return or_empty(make->images.at[i].title);
    return "";
}

/* A device is called as its pack says, else as its image, else by its first name, else by its id.
 */
static const char *device_title(const struct pl_make *make, const struct pl_make_device *device)
{
    const char *title = or_empty(device->title);
    if (title[0] == '\0')
        title = image_title(make, or_empty(device->image));
    if (title[0] == '\0' && device->names.n > 0)
        title = device->names.at[0].text;
    return title[0] == '\0' ? device->id : title;
}

static void add_names(struct pl_assembly *a, const struct pl_make_device *const *devices,
                      uint32_t n)
{
    struct pl_make_pairs names = {0};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < devices[i]->names.n; k++) {
            struct pl_make_pair *pair = pl_make_add(a->arena, &names);
            if (pair == NULL) {
                pl_assembly_fail(a, PL_E_LIMIT, "the pack has too many names");
                return;
            }
            pair->from = devices[i]->names.at[k].text;
            pair->where.line = i;
        }
    const void **order = sorted(a, names.at, names.n, sizeof *names.at, by_name_rec);
    for (uint32_t i = 0; order != NULL && i < names.n; i++) {
        const struct pl_make_pair *pair = order[i];
        struct pl_rec_name rec = {pl_assembly_text(a, pair->from), pair->where.line};
        pl_assembly_add(a, PL_SECTION_NAMES, &rec);
    }
}

static void add_devices(struct pl_assembly *a, const struct pl_make *make)
{
    const void **order =
        sorted(a, make->devices.at, make->devices.n, sizeof *make->devices.at, by_device);
    for (uint32_t i = 0; order != NULL && i < make->devices.n; i++) {
        const struct pl_make_device *device = order[i];
        struct pl_rec_device rec;
        rec.id = pl_assembly_text(a, device->id);
        rec.title = pl_assembly_text(a, device_title(make, device));
        rec.image = pl_assembly_text(a, device->image);
        rec.inputs = add_inputs(a, &device->inputs);
        rec.ed = add_inputs(a, &device->ed);
        rec.maps = add_maps(a, &device->maps);
        rec.sws = add_sws(a, &device->sws);
        pl_assembly_add(a, PL_SECTION_DEVICES, &rec);
    }
    if (order != NULL)
        add_names(a, (const struct pl_make_device *const *)order, make->devices.n);
}

static struct pl_rec_range add_pairs(struct pl_assembly *a, enum pl_pack_section section,
                                     const struct pl_make_pairs *pairs)
{
    struct pl_rec_range range = begin(a, section);
    const void **order = sorted(a, pairs->at, pairs->n, sizeof *pairs->at, by_pair);
    for (uint32_t i = 0; order != NULL && i < pairs->n; i++) {
        const struct pl_make_pair *pair = order[i];
        uint32_t rec[2];
        rec[0] = pl_assembly_text(a, pair->from);
        rec[1] = pl_assembly_text(a, pair->to);
        pl_assembly_add(a, section, rec);
    }
    return end(a, section, range);
}

static struct pl_rec_range add_contexts(struct pl_assembly *a,
                                        const struct pl_make_contexts *contexts)
{
    struct pl_rec_range range = begin(a, PL_SECTION_CONTEXTS);
    const void **order = sorted(a, contexts->at, contexts->n, sizeof *contexts->at, by_context);
    for (uint32_t i = 0; order != NULL && i < contexts->n; i++) {
        const struct pl_make_context *context = order[i];
        struct pl_rec_context rec = {.pinned = context->pinned, .rgba = context->rgba};
        rec.name = pl_assembly_text(a, context->name);
        rec.title = pl_assembly_text(a, context->title);
        pl_assembly_add(a, PL_SECTION_CONTEXTS, &rec);
    }
    return end(a, PL_SECTION_CONTEXTS, range);
}

static void add_games(struct pl_assembly *a, const struct pl_make *make)
{
    a->look.games = begin(a, PL_SECTION_GAMES);
    for (unsigned i = 0; i < PL_CARD_GAMES; i++) {
        const struct pl_make_game *game = &make->games[i];
        struct pl_rec_game rec = {.defined = game->defined};
        rec.labels = add_pairs(a, PL_SECTION_LABELS, &game->labels);
        rec.contexts = add_contexts(a, &game->contexts);
        pl_assembly_add(a, PL_SECTION_GAMES, &rec);
    }
    a->look.games = end(a, PL_SECTION_GAMES, a->look.games);
    a->look.sws = add_sws(a, &make->sws);
}

static void add_ed(struct pl_assembly *a, const struct pl_make *make)
{
    const void **order =
        sorted(a, make->controls.at, make->controls.n, sizeof *make->controls.at, by_control);
    for (uint32_t i = 0; order != NULL && i < make->controls.n; i++) {
        const struct pl_make_control *control = order[i];
        struct pl_rec_control rec = {.order = control->order, .analogue = control->analogue};
        rec.id = pl_assembly_text(a, control->id);
        rec.name = pl_assembly_text(a, control->name);
        rec.group = pl_assembly_text(a, control->group);
        rec.category = pl_assembly_text(a, control->category);
        rec.hide = add_texts(a, &control->hide);
        pl_assembly_add(a, PL_SECTION_CONTROLS, &rec);
    }
    for (uint32_t i = 0; i < make->supported.n; i++) {
        const struct pl_make_supported *entry = &make->supported.at[i];
        struct pl_rec_supported rec;
        rec.name = pl_assembly_text(a, entry->name);
        rec.image = pl_assembly_text(a, entry->image);
        rec.handled = add_texts(a, &entry->handled);
        rec.keys = add_texts(a, &entry->keys);
        pl_assembly_add(a, PL_SECTION_SUPPORTED, &rec);
    }
    (void)add_pairs(a, PL_SECTION_KEYS, &make->keys);
    a->look.groups = add_texts(a, &make->groups);
    a->look.ignored = add_texts(a, &make->ignored);
}

static const struct pl_make_image *const *add_images(struct pl_assembly *a,
                                                     const struct pl_make *make)
{
    const void **order =
        sorted(a, make->images.at, make->images.n, sizeof *make->images.at, by_image);
    for (uint32_t i = 0; order != NULL && i < make->images.n; i++) {
        const struct pl_make_image *image = order[i];
        const char *title = or_empty(image->title);
        struct pl_rec_image rec = {
            .layout_w = image->layout_w != 0 ? image->layout_w : make->layout_w,
            .layout_h = image->layout_h != 0 ? image->layout_h : make->layout_h,
        };
        rec.id = pl_assembly_text(a, image->id);
        rec.title = pl_assembly_text(a, title[0] != '\0' ? title : image->id);
        pl_assembly_add(a, PL_SECTION_IMAGES, &rec);
    }
    return (const struct pl_make_image *const *)order;
}

static void add_look(struct pl_assembly *a, const struct pl_make *make)
{
    static const uint32_t usual[] = {0x2780e3ff, 0xff0039ff, 0xff7518ff, 0x3fb618ff,
                                     0x9954bbff, 0x373a3cff, 0x2780e3a6, 0xff0039a6,
                                     0xff7518a6, 0x3fb618a6, 0x9954bba6, 0x373a3ca6};
    const uint32_t *colours = make->palette.n > 0 ? make->palette.at : usual;
    uint32_t n = make->palette.n > 0 ? make->palette.n : (uint32_t)PL_COUNT(usual);
    struct pl_rec_look *look = &a->look;
    look->name = pl_assembly_text(a, make->name);
    look->version = pl_assembly_text(a, make->version);
    look->header_rgb = make->header_rgb;
    look->header_text_rgb = make->header_text_rgb;
    look->badge_rgb = make->badge_rgb;
    look->page_rgb = make->page_rgb;
    look->inset = make->inset;
    look->font_least_px = make->font_least_px;
    look->palette = begin(a, PL_SECTION_COLOURS);
    for (uint32_t i = 0; i < n; i++)
        pl_assembly_add(a, PL_SECTION_COLOURS, &colours[i]);
    look->palette = end(a, PL_SECTION_COLOURS, look->palette);
}

/* --- bytes ------------------------------------------------------------------------------------ */
static uint64_t up(uint64_t at, uint64_t to)
{
    return (at + to - 1) / to * to;
}

static void pad(struct pl_assembly *a, struct pl_buf *out, size_t from, uint64_t to)
{
    static const uint8_t zeros[PL_PACK_PAGE];
    if (a->err == PL_OK && out->n - from < to)
        a->err = pl_buf_add(out, zeros, (size_t)to - (out->n - from), a->error);
}

static void lay_out(struct pl_assembly *a, struct pl_buf *out)
{
    struct pl_rec_header header = {
        .magic = PL_PACK_MAGIC, .format = PL_PACK_FORMAT, .sections = PL_SECTIONS};
    size_t from = out->n;
    uint64_t at = sizeof header;
    for (unsigned i = 0; i < PL_SECTIONS; i++) {
        at = up(at, i == PL_SECTION_TILE_BYTES ? PL_PACK_PAGE : 8);
        header.section[i] = (struct pl_rec_section){at, a->section[i].n};
        at += a->section[i].n;
    }
    if (a->err == PL_OK)
        a->err = pl_buf_reserve(out, (size_t)at, a->error);
    if (a->err == PL_OK)
        a->err = pl_buf_add(out, &header, sizeof header, a->error);
    for (unsigned i = 0; i < PL_SECTIONS && a->err == PL_OK; i++) {
        pad(a, out, from, header.section[i].at);
        if (a->err == PL_OK && a->section[i].n > 0)
            a->err = pl_buf_add(out, a->section[i].bytes, a->section[i].n, a->error);
    }
    if (a->err != PL_OK)
        return;
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, out->bytes + from + PL_PACK_HASHED_FROM,
                  out->n - from - PL_PACK_HASHED_FROM);
    pl_sha256_end(&sha, out->bytes + from + offsetof(struct pl_rec_header, sha256));
}

enum pl_err pl_make_bytes(const struct pl_make *make, const char *folder, struct pl_arena *arena,
                          struct pl_buf *out, struct pl_error *error)
{
    struct pl_assembly a = {.arena = arena, .error = error};
    size_t before = out->n;
    for (unsigned i = 0; i < PL_SECTIONS; i++)
        a.section[i] = PL_BUF((size_t)UINT32_MAX);
    a.err = pl_buf_add(&a.section[PL_SECTION_TEXT], "", 1, error);
    add_look(&a, make);
    const struct pl_make_image *const *images = add_images(&a, make);
    add_devices(&a, make);
    add_games(&a, make);
    add_ed(&a, make);
    if (folder != NULL && a.err == PL_OK)
        pl_bake(&a, make, folder, images);
    pl_assembly_add(&a, PL_SECTION_LOOK, &a.look);
    if (a.err == PL_OK)
        lay_out(&a, out);
    if (a.err != PL_OK)
        out->n = before;
    for (unsigned i = 0; i < PL_SECTIONS; i++)
        pl_buf_free(&a.section[i]);
    return a.err;
}
