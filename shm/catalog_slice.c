/* catalog_slice.c - what listings share: places in an order, folders, and copies of what was found.
 *
 * Pure but for the buffer it appends to; knows neither LMDB nor what the bytes mean.
 */
#include <string.h>

#include "shm/base/buf.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/catalog.h"

enum { FOLDER = 0xffff };

/* --- places ------------------------------------------------------------------------------------
 */

void pl_place_at(struct pl_place *place, const void *bytes, size_t n)
{
    place->n = PL_MIN(n, (size_t)PL_NAME_MAX + 1); /* no name is longer: the rest decides nothing */
    place->end = false;
    memcpy(place->bytes, bytes, place->n);
}

void pl_place_behind_all(struct pl_place *place)
{
    while (place->n > 0 && ++place->bytes[place->n - 1] == 0)
        place->n--;
    place->end = place->n == 0;
}

void pl_place_start(struct pl_place *place, const struct pl_range *range, const char *after)
{
    size_t n = strlen(after);
    if (n == 0 || strcmp(after, range->prefix) < 0) {
        pl_place_at(place, range->prefix, range->prefix_n);
        return;
    }
    pl_place_at(place, after, n);
    bool inside = strncmp(after, range->prefix, range->prefix_n) == 0;
    if (inside && pl_range_folder(range, after, n) == n && n <= PL_NAME_MAX) {
        pl_place_behind_all(place);
    } else if (n <= PL_NAME_MAX) {
        place->bytes[n] = '\0'; /* the first possible name behind it */
        place->n = n + 1;
    }
}

size_t pl_range_folder(const struct pl_range *range, const void *name, size_t n)
{
    if (range->delimiter == '\0' || n <= range->prefix_n)
        return 0;
    const uint8_t *first = name;
    const uint8_t *at =
        memchr(first + range->prefix_n, (unsigned char)range->delimiter, n - range->prefix_n);
    return at == NULL ? 0 : (size_t)(at - first) + 1;
}

/* --- a slice in memory: { name length u16, name, value length u16, value }
 * ------------------------- */

enum pl_err pl_slice_add(struct pl_buf *slice, const void *name, size_t name_n, const void *value,
                         size_t value_n, struct pl_error *error)
{
    size_t said = value != NULL ? value_n : FOLDER;
    uint8_t lengths[4] = {(uint8_t)(name_n >> 8), (uint8_t)name_n, (uint8_t)(said >> 8),
                          (uint8_t)said};
    CHECK(name_n < FOLDER && value_n < FOLDER);
    enum pl_err code = pl_buf_add(slice, lengths, sizeof lengths, error);
    if (code == PL_OK && name_n > 0)
        code = pl_buf_add(slice, name, name_n, error);
    if (code == PL_OK && value_n > 0)
        code = pl_buf_add(slice, value, value_n, error);
    return code;
}

bool pl_slice_next(struct pl_cur *cur, struct pl_slice_entry *out)
{
    if (pl_cur_left(cur) == 0)
        return false;
    out->name_n = pl_cur_be16(cur);
    out->value_n = pl_cur_be16(cur);
    out->name = pl_cur_take(cur, out->name_n);
    out->value = out->value_n == FOLDER ? NULL : pl_cur_take(cur, out->value_n);
    CHECK(!cur->bad);
    return true;
}
