/* picture.c - from an address to a record, an item and a key.
 *
 * Nothing is allocated; must not know HTTP. A lookup costs one read of the catalogue for each
 * possible end of NAME, longest first, and one for the item. */
#include "server/routes/picture.h"

#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"

const char *pl_media_suffix(enum pl_media media)
{
    static const char *const suffixes[PL_MEDIA_COUNT] = {".png", ".jpg", ".json", ".webp"};
    CHECK(media < PL_MEDIA_COUNT);
    return suffixes[media];
}

static enum pl_err check_drawable(struct pl_picture *picture, struct pl_error *error)
{
    if (picture->item.trouble[0] != '\0')
        return pl_fail_param(error, PL_E_FORMAT, "selector", "%s", picture->item.trouble);
    picture->renderer = pl_renderer_find(picture->record.renderer);
    if (picture->renderer == NULL)
        return pl_fail_param(error, PL_E_FORMAT, "name", "no renderer knows this kind of file");
    return PL_OK;
}

struct search {
    bool stored, gone, bad_name;
    char name[PL_NAME_MAX + 1]; /* the longest that is stored */
    const char *selector;
};

/* One candidate: PL_OK when it is the one, PL_E_MISSING to go on, else an error to report. */
static enum pl_err try_split(struct pl_store *store, const char *path, size_t name_n,
                             struct search *search, struct pl_picture *out, struct pl_error *error)
{
    char name[PL_NAME_MAX + 1];
    memcpy(name, path, name_n);
    name[name_n] = '\0';
    struct pl_error local = {0};
    enum pl_err err = pl_store_resolve(store, name, &out->record, &local);
    if (err == PL_E_GONE) {
        search->gone = true;
        return PL_E_MISSING;
    }
    if (err == PL_E_MISSING || err == PL_E_INPUT)
        return PL_E_MISSING;
    if (err != PL_OK)
        return pl_fail(error, err, "%s", local.msg);
    const char *selector = path + name_n + 1;
    err = pl_store_item(store, &out->record, selector, &out->item, &local);
    if (err == PL_OK) {
        out->selector = selector;
    } else if (err == PL_E_MISSING && !search->stored) {
        search->stored = true;
        memcpy(search->name, name, name_n + 1);
        search->selector = selector;
    } else if (err != PL_E_MISSING) {
        return pl_fail(error, err, "%s", local.msg);
    }
    return err;
}

enum pl_err pl_picture_find(struct pl_store *store, const char *path, struct pl_picture *out,
                            struct pl_error *error)
{
    struct search search = {.stored = false};
    size_t n = strlen(path);
    size_t from = PL_MIN(n > 0 ? n - 1 : 0, (size_t)PL_NAME_MAX + 1);
    unsigned splits = 0;
    for (size_t i = from; i-- > 1;) {
        if (path[i] != '/')
            continue;
        if (++splits > PL_PICTURE_SPLITS_MAX)
            return pl_fail_param(error, PL_E_INPUT, "path", "more than %d parts",
                                 PL_PICTURE_SPLITS_MAX);
        enum pl_err err = try_split(store, path, i, &search, out, error);
        if (err == PL_OK)
            return check_drawable(out, error);
        if (err != PL_E_MISSING)
            return err;
    }
    if (search.stored)
        return pl_fail_param(error, PL_E_MISSING, "selector", "%.100s has nothing called %.100s",
                             search.name, search.selector);
    if (search.gone)
        return pl_fail_param(error, PL_E_GONE, "name", "the object was deleted");
    return pl_fail_param(error, PL_E_MISSING, "name", "no object is stored under %.160s", path);
}

bool pl_picture_same(struct pl_store *store, const char *path, size_t name_n,
                     const struct pl_stamp *stamp, struct pl_record *record)
{
    char name[PL_NAME_MAX + 1];
    size_t n = strlen(path);
    size_t from = PL_MIN(n > 0 ? n - 1 : 0, (size_t)PL_NAME_MAX + 1);
    if (name_n >= from)
        return false;
    memcpy(name, path, from);
    for (size_t i = from; i-- > name_n;) {
        if (path[i] != '/')
            continue;
        name[i] = '\0';
        enum pl_err err = pl_store_resolve(store, name, record, NULL);
        if (i == name_n)
            return err == PL_OK && pl_stamp_equal(&record->stamp, stamp);
        if (err != PL_E_MISSING && err != PL_E_GONE)
            return false;
    }
    return false;
}

enum pl_err pl_picture_name(struct pl_store *store, const char *name, const char *selector,
                            struct pl_picture *out, struct pl_error *error)
{
    enum pl_err err = pl_store_resolve(store, name, &out->record, error);
    if (err == PL_OK)
        err = pl_store_item(store, &out->record, selector, &out->item, error);
    out->selector = selector;
    return err == PL_OK ? check_drawable(out, error) : err;
}

enum pl_err pl_picture_size(const struct pl_params *params, uint64_t pixels_most,
                            struct pl_error *error)
{
    if ((uint64_t)params->width_px * params->height_px <= pixels_most)
        return PL_OK;
    return pl_fail_param(error, PL_E_LIMIT, "limits.pixels", "%u x %u pixels are more than %llu",
                         params->width_px, params->height_px, (unsigned long long)pixels_most);
}

enum pl_err pl_picture_key(struct pl_picture *picture, const struct pl_query *query, size_t query_n,
                           enum pl_media media, uint64_t pixels_most, struct pl_error *error)
{
    const struct pl_renderer *renderer = picture->renderer;
    struct pl_params *params = &picture->params;
    enum pl_err err =
        renderer->params(query, query_n, picture->item.kind, media, PL_QUERY_STRICT, params, error);
    if (err != PL_OK)
        return err;
    err = pl_picture_size(params, pixels_most, error);
    if (err != PL_OK)
        return err;
    /* The media type is part of the picture: it stands in front of the parameters. */
    char text[PL_PARAMS_MAX + 8];
    (void)snprintf(text, sizeof text, "%s?%s", pl_media_suffix(media), params->text);
    struct pl_key_maker maker;
    pl_key_start(&maker, renderer->name, renderer->version, text);
    pl_key_source(&maker, picture->record.name, picture->selector, &picture->record.stamp);
    pl_key_end(&maker, &picture->key);
    return PL_OK;
}
