/* read.c - one object of a file, found again by its locator.
 *
 * Which of the ways an object is read by is decided here: whole, or, when it is to be drawn and too
 * large, block by block. Memory: the arena.
 */
#include "render/hist/root/huge.h"
#include "render/hist/root/reader.h"
#include "shm/base/check.h"

static enum pl_err locate(const struct pl_root_file *file, const uint8_t *locator,
                          uint32_t locator_n, struct pl_root_key *key, struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(locator, locator_n);
    uint64_t at = pl_cur_be64(&cur);
    uint32_t record_n = pl_cur_be32(&cur), object_n = pl_cur_be32(&cur);
    uint16_t header_n = pl_cur_be16(&cur);
    if (locator_n != PL_LOCATOR_N || pl_root_key_at(file, at, key, NULL) != PL_OK ||
        key->record_n != record_n || key->object_n != object_n || key->header_n != header_n)
        return pl_fail_param(error, PL_E_INPUT, "locator", "the locator is not of this file");
    return PL_OK;
}

static enum pl_err read_whole(const struct pl_root_file *file, const struct pl_root_key *key,
                              const struct pl_layouts *layouts, enum pl_class class,
                              struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    struct pl_payload payload;
    enum pl_parsed parsed;
    enum pl_err err = pl_root_payload(file, key, key->object_n, arena, &payload, error);
    if (err == PL_OK)
        err = pl_hist_parse(layouts, &payload, key->header_n, class, arena, hist, &parsed, error);
    return err;
}

enum pl_err pl_hist_read_fit(const struct pl_source *source, const uint8_t *locator,
                             uint32_t locator_n, const struct pl_hist_params *params,
                             struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    struct pl_root_file file;
    struct pl_root_key key;
    struct pl_error trouble = {.code = PL_OK};
    enum pl_err err = pl_root_open(source, &file, error);
    if (err == PL_OK)
        err = locate(&file, locator, locator_n, &key, error);
    if (err != PL_OK)
        return err;
    enum pl_class class = pl_class_of(key.class_name);
    int name_n = (int)PL_MIN(key.class_name.n, (size_t)64);
    if (!pl_hist_read_class(class))
        return pl_fail(error, PL_E_FORMAT, "platen does not draw %.*s objects", name_n,
                       key.class_name.bytes);
    struct pl_layouts *layouts = pl_arena_alloc(arena, sizeof *layouts);
    if (layouts == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "the layouts of the file need more than workers.memory leaves");
    pl_layouts_read(&file, arena, layouts);
    if (params != NULL && pl_hist_huge(class, key.object_n))
        err = pl_hist_read_huge(&file, &key, layouts, class, params, arena, hist, &trouble);
    else
        err = read_whole(&file, &key, layouts, class, arena, hist, &trouble);
    if (err == PL_OK)
        return PL_OK;
    return pl_fail_param(error, err, trouble.param, "%s in the record at byte %llu: %s",
                         pl_class_name(class), (unsigned long long)key.at, trouble.msg);
}

enum pl_err pl_hist_read(const struct pl_source *source, const uint8_t *locator, uint32_t locator_n,
                         struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    return pl_hist_read_fit(source, locator, locator_n, NULL, arena, hist, error);
}
