/* catalog_list.c - walking names and items in slices.
 *
 * What a slice holds is copied as bytes inside one short read transaction and only then decoded and
 * shown, so that a visitor may take its time, or read the store itself. Memory: the slice, given
 * back on return.
 */
#include "shm/catalog.h"

#include <string.h>

#include "shm/base/buf.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum { SLICE_MOST = 64 << 20 };

/* --- names
 * ------------------------------------------------------------------------------------------ */

struct listing {
    struct pl_range range;
    unsigned most, n;
    bool more;
    struct pl_place place;
    struct pl_buf slice;
};

static int seek(MDB_cursor *cursor, const struct pl_place *place, MDB_val *key, MDB_val *value)
{
    if (place->end)
        return MDB_NOTFOUND;
    *key = pl_catalog_val(place->bytes, place->n);
    return mdb_cursor_get(cursor, key, value, place->n == 0 ? MDB_FIRST : MDB_SET_RANGE);
}

static enum pl_err is_live(const MDB_val *key, const MDB_val *value, bool *live,
                           struct pl_error *error)
{
    struct pl_filed filed;
    char name[PL_NAME_MAX + 1];
    CHECK(key->mv_size <= PL_NAME_MAX);
    memcpy(name, key->mv_data, key->mv_size);
    name[key->mv_size] = '\0';
    enum pl_err code = pl_unpack_filed(value->mv_data, value->mv_size, name, &filed, error);
    *live = code == PL_OK && !filed.record.deleted;
    return code;
}

/* Collect from the cursor on. A folder's names are skipped by a seek, never walked. */
static enum pl_err collect_names(struct listing *listing, MDB_cursor *cursor,
                                 struct pl_error *error)
{
    MDB_val key, value;
    int rc = seek(cursor, &listing->place, &key, &value);
    while (rc == 0 && key.mv_size >= listing->range.prefix_n &&
           memcmp(key.mv_data, listing->range.prefix, listing->range.prefix_n) == 0) {
        bool live = false;
        enum pl_err code = is_live(&key, &value, &live, error);
        if (code != PL_OK)
            return code;
        if (!live) {
            rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
            continue;
        }
        if (listing->n == listing->most) {
            listing->more = true;
            return PL_OK;
        }
        listing->n++;
        size_t folder = pl_range_folder(&listing->range, key.mv_data, key.mv_size);
        if (folder > 0) {
            code = pl_slice_add(&listing->slice, key.mv_data, folder, NULL, 0, error);
            pl_place_at(&listing->place, key.mv_data, folder);
            pl_place_behind_all(&listing->place);
            rc = seek(cursor, &listing->place, &key, &value);
        } else {
            code = pl_slice_add(&listing->slice, key.mv_data, key.mv_size, value.mv_data,
                                value.mv_size, error);
            rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
        if (code != PL_OK)
            return code;
    }
    return rc == 0 || rc == MDB_NOTFOUND ? PL_OK : pl_catalog_fail(error, rc, "list names");
}

static enum pl_err show_names(struct listing *listing, pl_store_list_fn *visit, void *context,
                              struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(listing->slice.bytes, listing->slice.n);
    for (struct pl_slice_entry entry; pl_slice_next(&cur, &entry);) {
        struct pl_filed filed;
        char name[PL_NAME_MAX + 1];
        memcpy(name, entry.name, entry.name_n);
        name[entry.name_n] = '\0';
        if (entry.value != NULL) {
            enum pl_err code = pl_unpack_filed(entry.value, entry.value_n, name, &filed, error);
            if (code != PL_OK)
                return code;
        }
        bool go_on = entry.value ? visit(context, NULL, &filed.record) : visit(context, name, NULL);
        if (!go_on) {
            listing->more = listing->more || pl_cur_left(&cur) > 0;
            break;
        }
    }
    return PL_OK;
}

enum pl_err pl_catalog_list(struct pl_catalog *catalog, const char *prefix, const char *after,
                            char delimiter, unsigned most, pl_store_list_fn *visit, void *context,
                            bool *more, struct pl_error *error)
{
    struct listing listing = {
        .range = {prefix, strlen(prefix), delimiter}, .most = most, .slice = PL_BUF(SLICE_MOST)};
    *more = false;
    if (listing.range.prefix_n > PL_NAME_MAX)
        return PL_OK;
    pl_place_start(&listing.place, &listing.range, after);
    MDB_txn *txn;
    MDB_cursor *cursor;
    enum pl_err code = pl_catalog_read(catalog, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = mdb_cursor_open(txn, catalog->name, &cursor);
    if (rc == 0) {
        code = collect_names(&listing, cursor, error);
        mdb_cursor_close(cursor);
    } else {
        code = pl_catalog_fail(error, rc, "list names");
    }
    pl_catalog_read_end(catalog);
    if (code == PL_OK)
        code = show_names(&listing, visit, context, error);
    *more = listing.more;
    pl_buf_free(&listing.slice);
    return code;
}

/* --- items
 * ------------------------------------------------------------------------------------------ */

static enum pl_err collect_items(MDB_cursor *cursor, uint64_t source_id, uint32_t from, uint32_t n,
                                 struct pl_buf *slice, struct pl_error *error)
{
    uint8_t start[12];
    pl_catalog_item_key(start, source_id, from);
    MDB_val key = pl_catalog_val(start, sizeof start), value;
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (uint32_t i = 0; i < n; i++) {
        if (rc == MDB_NOTFOUND || (rc == 0 && memcmp(key.mv_data, start, 8) != 0))
            return pl_fail(error, PL_E_MISSING, "the object was replaced meanwhile");
        if (rc != 0)
            return pl_catalog_fail(error, rc, "list items");
        enum pl_err code = pl_slice_add(slice, NULL, 0, value.mv_data, value.mv_size, error);
        if (code != PL_OK)
            return code;
        if (i + 1 < n)
            rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return PL_OK;
}

static enum pl_err show_items(const struct pl_buf *slice, uint64_t source_id,
                              pl_store_items_fn *visit, void *context, bool *more,
                              struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(slice->bytes, slice->n);
    for (struct pl_slice_entry entry; pl_slice_next(&cur, &entry);) {
        struct pl_item item;
        MDB_val value = pl_catalog_val(entry.value, entry.value_n);
        enum pl_err code = pl_catalog_unpack_item(source_id, &value, &item, error);
        if (code != PL_OK)
            return code;
        if (!visit(context, &item)) {
            *more = *more || pl_cur_left(&cur) > 0;
            break;
        }
    }
    return PL_OK;
}

enum pl_err pl_catalog_items(struct pl_catalog *catalog, const struct pl_record *record,
                             uint32_t from, unsigned most, pl_store_items_fn *visit, void *context,
                             bool *more, struct pl_error *error)
{
    uint32_t left = from < record->items ? record->items - from : 0;
    uint32_t n = PL_MIN(left, most);
    struct pl_buf slice = PL_BUF(SLICE_MOST);
    MDB_txn *txn;
    MDB_cursor *cursor;
    *more = left > n;
    if (n == 0)
        return PL_OK;
    enum pl_err code = pl_catalog_read(catalog, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = mdb_cursor_open(txn, catalog->item, &cursor);
    if (rc == 0) {
        code = collect_items(cursor, record->source_id, from, n, &slice, error);
        mdb_cursor_close(cursor);
    } else {
        code = pl_catalog_fail(error, rc, "list items");
    }
    pl_catalog_read_end(catalog);
    if (code == PL_OK)
        code = show_items(&slice, record->source_id, visit, context, more, error);
    pl_buf_free(&slice);
    return code;
}
