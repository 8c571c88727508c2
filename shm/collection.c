/* collection.c - what a collection is, what it shows at a path, and lists of both.
 *
 * Everything is read in one transaction, which never outlives the call; a list is copied out of it
 * in a slice of bounded bytes before the visitor sees any of it, so that the visitor may take its
 * time, or read the store itself. Memory: the slice and the merge, given back on return.
 */
#include "shm/collection.h"

#include <string.h>

#include "shm/base/buf.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum {
    SLICE_ENOUGH = 1 << 20, /* a list ends early when it has copied this much */
    SLICE_MOST = 2 << 20,
};

/* --- collections ---------------------------------------------------------------------------------
 */

enum pl_err pl_collection_find(struct pl_catalog *catalog, MDB_txn *txn, const char *name,
                               struct pl_collection *out, struct pl_error *error)
{
    MDB_val key = pl_catalog_val(name, strlen(name)), value;
    int rc = key.mv_size > 0 && key.mv_size <= PL_COLLECTION_MAX
                 ? mdb_get(txn, catalog->collection, &key, &value)
                 : MDB_NOTFOUND;
    if (rc == MDB_NOTFOUND)
        return pl_fail(error, PL_E_MISSING, "there is no collection of this name");
    if (rc != 0)
        return pl_catalog_fail(error, rc, "look up a collection");
    return pl_unpack_collection(&key, &value, out, error);
}

int pl_upload_next(MDB_cursor *cursor, uint64_t collection_id, bool first, MDB_val *key,
                   struct pl_upload *out)
{
    MDB_val value;
    int rc = mdb_cursor_get(cursor, key, &value, first ? MDB_SET_RANGE : MDB_NEXT);
    if (rc != 0)
        return rc;
    if (key->mv_size != PL_UPLOAD_KEY_N || pl_be(key->mv_data, 8) != collection_id)
        return MDB_NOTFOUND;
    return pl_unpack_upload(key, &value, out, NULL) == PL_OK ? 0 : MDB_CORRUPTED;
}

enum pl_err pl_store_collection(struct pl_store *store, const char *name, struct pl_collection *out,
                                struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    MDB_txn *txn;
    enum pl_err code = pl_catalog_read(store->catalog, &txn, error);
    if (code != PL_OK)
        return code;
    code = pl_collection_find(store->catalog, txn, name, out, error);
    pl_catalog_read_end(store->catalog);
    return code;
}

struct names {
    struct pl_range range;
    unsigned most, n;
    bool more;
    struct pl_buf slice;
};

static enum pl_err collect_names(struct names *names, MDB_cursor *cursor, const char *after,
                                 struct pl_error *error)
{
    struct pl_place place;
    MDB_val key, value;
    pl_place_start(&place, &names->range, after);
    key = pl_catalog_val(place.bytes, place.n);
    int rc = mdb_cursor_get(cursor, &key, &value, place.n == 0 ? MDB_FIRST : MDB_SET_RANGE);
    while (rc == 0 && key.mv_size >= names->range.prefix_n &&
           memcmp(key.mv_data, names->range.prefix, names->range.prefix_n) == 0) {
        names->more = names->n == names->most || names->slice.n >= SLICE_ENOUGH;
        if (names->more)
            return PL_OK;
        enum pl_err code = pl_slice_add(&names->slice, key.mv_data, key.mv_size, value.mv_data,
                                        value.mv_size, error);
        if (code != PL_OK)
            return code;
        names->n++;
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return rc == MDB_NOTFOUND ? PL_OK : pl_catalog_fail(error, rc, "list collections");
}

static enum pl_err show_names(struct names *names, pl_store_collections_fn *visit, void *context,
                              struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(names->slice.bytes, names->slice.n);
    for (struct pl_slice_entry entry; pl_slice_next(&cur, &entry);) {
        struct pl_collection collection;
        MDB_val name = pl_catalog_val(entry.name, entry.name_n);
        MDB_val value = pl_catalog_val(entry.value, entry.value_n);
        enum pl_err code = pl_unpack_collection(&name, &value, &collection, error);
        if (code != PL_OK)
            return code;
        if (!visit(context, &collection)) {
            names->more = names->more || pl_cur_left(&cur) > 0;
            break;
        }
    }
    return PL_OK;
}

enum pl_err pl_store_collections(struct pl_store *store, const char *prefix, const char *after,
                                 unsigned most, pl_store_collections_fn *visit, void *context,
                                 bool *more, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    prefix = prefix != NULL ? prefix : "";
    struct names names = {
        .range = {prefix, strlen(prefix), '\0'}, .most = most, .slice = PL_BUF(SLICE_MOST)};
    MDB_txn *txn;
    MDB_cursor *cursor;
    *more = false;
    if (names.range.prefix_n > PL_COLLECTION_MAX)
        return PL_OK;
    enum pl_err code = pl_catalog_read(store->catalog, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = mdb_cursor_open(txn, store->catalog->collection, &cursor);
    if (rc == 0) {
        code = collect_names(&names, cursor, after != NULL ? after : "", error);
        mdb_cursor_close(cursor);
    } else {
        code = pl_catalog_fail(error, rc, "list collections");
    }
    pl_catalog_read_end(store->catalog);
    if (code == PL_OK)
        code = show_names(&names, visit, context, error);
    pl_buf_free(&names.slice);
    *more = names.more;
    return code;
}

/* --- one member ----------------------------------------------------------------------------------
 */

static enum pl_err find_member(struct pl_merge *merge, const char *path, struct pl_member *out,
                               struct pl_reports *reports, struct pl_error *error)
{
    struct pl_merge_entry entry;
    MDB_val item;
    size_t n = strlen(path);
    if (!pl_merge_peek(merge, &entry) || entry.report != NULL || entry.path_n != n ||
        memcmp(entry.path, path, n) != 0)
        return pl_fail(error, PL_E_MISSING, "the collection shows nothing at this path");
    enum pl_err code = pl_merge_item(merge, &entry, &item, error);
    if (code == PL_OK)
        code = pl_merge_member(merge, entry.source, &item, out, error);
    if (code != PL_OK || reports == NULL)
        return code;
    pl_merge_pop(merge);
    return pl_merge_reports(merge, path, n, reports, error);
}

enum pl_err pl_store_member(struct pl_store *store, const struct pl_collection *collection,
                            const char *path, struct pl_member *out, struct pl_reports *reports,
                            struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    struct pl_merge merge;
    struct pl_place place;
    size_t n = strlen(path);
    if (n == 0 || n > PL_SHOWN_MAX)
        return pl_fail(error, PL_E_MISSING, "the collection shows nothing at this path");
    pl_place_at(&place, path, n);
    enum pl_err code = pl_merge_open(&merge, store->catalog, collection->id, &place, error);
    if (code == PL_OK)
        code = find_member(&merge, path, out, reports, error);
    pl_merge_end(&merge);
    pl_merge_free(&merge);
    return code;
}

/* --- members ------------------------------------------------------------------------------------
 */

/* Of a folder or a thing in the slice; its bytes follow, then the thing's tests. */
struct noted {
    bool folder, efficiency;
    uint8_t worst, tests_n;
    uint16_t source, n;
};

struct members {
    struct pl_range range;
    unsigned most, n;
    bool more;
    struct pl_merge merge;
    struct pl_reports reports;
    struct pl_buf slice;
};

static enum pl_err note(struct members *members, const struct noted *noted, const void *bytes,
                        struct pl_error *error)
{
    enum pl_err code = pl_buf_add(&members->slice, noted, sizeof *noted, error);
    if (code == PL_OK)
        code = pl_buf_add(&members->slice, bytes, noted->n, error);
    if (code == PL_OK && noted->tests_n > 0)
        code = pl_buf_add(&members->slice, members->reports.tests,
                          noted->tests_n * sizeof members->reports.tests[0], error);
    return code;
}

static enum pl_err note_folder(struct members *members, const struct pl_merge_entry *entry,
                               size_t n, struct pl_error *error)
{
    struct noted noted = {.folder = true, .n = (uint16_t)n};
    struct pl_place place;
    pl_place_at(&place, entry->path, n);
    pl_place_behind_all(&place);
    pl_merge_seek(&members->merge, &place);
    return note(members, &noted, entry->path, error);
}

static enum pl_err note_thing(struct members *members, const struct pl_merge_entry *entry,
                              struct pl_error *error)
{
    MDB_val item;
    enum pl_err code = pl_merge_item(&members->merge, entry, &item, error);
    if (code != PL_OK)
        return code;
    pl_merge_pop(&members->merge);
    code = pl_merge_reports(&members->merge, entry->path, entry->path_n, &members->reports, error);
    if (code != PL_OK)
        return code;
    struct noted noted = {.efficiency = members->reports.efficiency,
                          .worst = (uint8_t)members->reports.worst,
                          .tests_n = (uint8_t)members->reports.tests_n,
                          .source = (uint16_t)entry->source,
                          .n = (uint16_t)item.mv_size};
    return note(members, &noted, item.mv_data, error);
}

/* Reports that stand without their thing are passed over. */
static enum pl_err collect_members(struct members *members, struct pl_error *error)
{
    struct pl_merge_entry entry;
    const struct pl_range *range = &members->range;
    enum pl_err code = PL_OK;
    while (code == PL_OK && pl_merge_peek(&members->merge, &entry) &&
           entry.path_n >= range->prefix_n &&
           memcmp(entry.path, range->prefix, range->prefix_n) == 0) {
        if (entry.report != NULL) {
            pl_merge_pop(&members->merge);
            continue;
        }
        members->more = members->n == members->most || members->slice.n >= SLICE_ENOUGH;
        if (members->more)
            return PL_OK;
        members->n++;
        size_t folder = pl_range_folder(range, entry.path, entry.path_n);
        code = folder > 0 ? note_folder(members, &entry, folder, error)
                          : note_thing(members, &entry, error);
    }
    if (code == PL_OK)
        code = pl_catalog_fail(error, members->merge.rc, "list a collection");
    return code;
}

static enum pl_err show_thing(struct members *members, const struct noted *noted,
                              const uint8_t *bytes, struct pl_cur *cur, pl_store_members_fn *visit,
                              void *context, bool *go_on, struct pl_error *error)
{
    struct pl_member member;
    MDB_val item = pl_catalog_val(bytes, noted->n);
    enum pl_err code = pl_merge_member(&members->merge, noted->source, &item, &member, error);
    if (code != PL_OK)
        return code;
    members->reports.efficiency = noted->efficiency;
    members->reports.worst = noted->worst;
    members->reports.tests_n = noted->tests_n;
    pl_unpack_bytes(cur, members->reports.tests, noted->tests_n * sizeof members->reports.tests[0]);
    *go_on = visit(context, NULL, &member, &members->reports);
    return PL_OK;
}

static enum pl_err show_members(struct members *members, pl_store_members_fn *visit, void *context,
                                struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(members->slice.bytes, members->slice.n);
    bool go_on = true;
    enum pl_err code = PL_OK;
    while (code == PL_OK && go_on && pl_cur_left(&cur) > 0) {
        struct noted noted;
        char folder[PL_SHOWN_MAX + 1];
        pl_unpack_bytes(&cur, &noted, sizeof noted);
        const uint8_t *bytes = pl_cur_take(&cur, noted.n);
        CHECK(bytes != NULL);
        if (!noted.folder) {
            code = show_thing(members, &noted, bytes, &cur, visit, context, &go_on, error);
            continue;
        }
        memcpy(folder, bytes, noted.n);
        folder[noted.n] = '\0';
        go_on = visit(context, folder, NULL, NULL);
    }
    members->more = members->more || pl_cur_left(&cur) > 0;
    return code;
}

enum pl_err pl_store_members(struct pl_store *store, const struct pl_collection *collection,
                             const char *prefix, const char *after, char delimiter, unsigned most,
                             pl_store_members_fn *visit, void *context, bool *more,
                             struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    prefix = prefix != NULL ? prefix : "";
    struct members members = {.most = most, .slice = PL_BUF(SLICE_MOST)};
    struct pl_place place;
    members.range = (struct pl_range){prefix, strlen(prefix), delimiter};
    *more = false;
    if (members.range.prefix_n > PL_SHOWN_MAX)
        return PL_OK;
    pl_place_start(&place, &members.range, after != NULL ? after : "");
    enum pl_err code = pl_merge_open(&members.merge, store->catalog, collection->id, &place, error);
    if (code == PL_OK)
        code = collect_members(&members, error);
    pl_merge_end(&members.merge);
    if (code == PL_OK)
        code = show_members(&members, visit, context, error);
    pl_merge_free(&members.merge);
    pl_buf_free(&members.slice);
    *more = members.more;
    return code;
}
