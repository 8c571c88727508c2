/* collection_write.c - single changes to collections inside the keeper's write transaction.
 *
 * Must not know why a change is made (shm/store_commit.c decides). Works on the stack.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/collection.h"

/* --- where things are shown ---------------------------------------------------------------------
 */

size_t pl_order_key(uint8_t out[8 + PL_SUFFIX_MAX], uint64_t source_id, const struct pl_item *item)
{
    uint64_t id = htobe64(source_id);
    size_t shown_n = strlen(item->shown), report_n = strlen(item->report), n = 8;
    memcpy(out, &id, 8);
    memcpy(out + n, item->shown, shown_n);
    n += shown_n;
    if (report_n > 0) {
        out[n++] = PL_ORDER_REPORT;
        memcpy(out + n, item->report, report_n);
    }
    return n + report_n;
}

enum pl_err pl_order_file(struct pl_catalog *catalog, MDB_txn *txn, uint64_t source_id,
                          struct pl_item *item, struct pl_error *error)
{
    uint8_t bytes[8 + PL_SUFFIX_MAX];
    struct pl_pack pack = {.n = 0};
    MDB_val key = pl_catalog_val(bytes, pl_order_key(bytes, source_id, item));
    pl_pack_be(&pack, item->ordinal, 4);
    pl_pack_seal(&pack, pl_checksum(key.mv_data, key.mv_size));
    MDB_val value = pl_catalog_val(pack.bytes, pack.n);
    int rc = mdb_put(txn, catalog->order, &key, &value, MDB_NOOVERWRITE);
    if (rc != MDB_KEYEXIST)
        return pl_catalog_fail(error, rc, "file where an item is shown");
    item->shown[0] = item->report[0] = '\0';
    if (item->trouble[0] == '\0')
        (void)snprintf(item->trouble, sizeof item->trouble,
                       "another thing of this upload has its place in the collection");
    return PL_OK;
}

/* --- uploads -------------------------------------------------------------------------------------
 */

enum pl_err pl_upload_save(struct pl_catalog *catalog, MDB_txn *txn,
                           const uint8_t key_bytes[PL_UPLOAD_KEY_N], const struct pl_upload *upload,
                           struct pl_error *error)
{
    struct pl_pack pack;
    pl_pack_upload(&pack, key_bytes, upload);
    MDB_val key = pl_catalog_val(key_bytes, PL_UPLOAD_KEY_N);
    MDB_val value = pl_catalog_val(pack.bytes, pack.n);
    return pl_catalog_fail(error, mdb_put(txn, catalog->upload, &key, &value, 0),
                           "file an upload of a collection");
}

enum pl_err pl_upload_release(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                              const struct pl_upload *upload, struct pl_error *error)
{
    txn->meta.items -= upload->items;
    enum pl_err code = pl_catalog_unref(catalog, txn, upload->sha256, error);
    if (code == PL_OK && upload->items > 0)
        code = pl_catalog_discard(catalog, txn, upload->source_id, error);
    return code;
}

/* --- collections ---------------------------------------------------------------------------------
 */

enum pl_err pl_collection_save(struct pl_catalog *catalog, MDB_txn *txn,
                               const struct pl_collection *collection, struct pl_error *error)
{
    struct pl_pack pack;
    MDB_val key = pl_catalog_val(collection->name, strlen(collection->name));
    if (collection->uploads == 0) {
        int rc = mdb_del(txn, catalog->collection, &key, NULL);
        return pl_catalog_fail(error, rc, "remove a collection");
    }
    pl_pack_collection(&pack, collection);
    MDB_val value = pl_catalog_val(pack.bytes, pack.n);
    return pl_catalog_fail(error, mdb_put(txn, catalog->collection, &key, &value, 0),
                           "file a collection");
}

static enum pl_err find_or_make(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                                const char *name, struct pl_collection *out, struct pl_error *error)
{
    enum pl_err code = pl_collection_find(catalog, txn->txn, name, out, NULL);
    if (code == PL_OK)
        return PL_OK;
    if (code != PL_E_MISSING)
        return pl_fail(error, code, "the catalogue's record of the collection cannot be read");
    *out = (struct pl_collection){.id = ++txn->meta.sequence};
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    return PL_OK;
}

/* From the newest on, also when some were looked through already: there is one more to compare. */
static int note_older(struct pl_catalog *catalog, MDB_txn *txn, uint64_t collection_id,
                      const char *name)
{
    uint8_t bytes[PL_OLDER_KEY_MAX] = {PL_OLDER_KIND};
    uint64_t id = htobe64(collection_id);
    size_t n = strlen(name);
    memcpy(bytes + 1, &id, 8);
    memcpy(bytes + 9, name, n);
    MDB_val key = pl_catalog_val(bytes, 9 + n), nothing = pl_catalog_val("", 0);
    return mdb_put(txn, catalog->garbage, &key, &nothing, 0);
}

enum pl_err pl_collection_join(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                               const char *name, const struct pl_upload *upload, bool renewed,
                               struct pl_error *error)
{
    struct pl_collection collection;
    uint8_t key[PL_UPLOAD_KEY_N];
    enum pl_err code = find_or_make(catalog, txn, name, &collection, error);
    if (code != PL_OK)
        return code;
    if (collection.uploads >= PL_UPLOADS_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "collection",
                             "the collection is made of %d uploads already, which is the most: "
                             "delete some of its names",
                             PL_UPLOADS_MAX);
    collection.uploads++;
    collection.stamp = upload->stamp;
    collection.put_wall_ns = upload->put_wall_ns;
    pl_upload_key(key, collection.id, &upload->stamp);
    code = pl_collection_save(catalog, txn->txn, &collection, error);
    if (code == PL_OK)
        code = pl_upload_save(catalog, txn->txn, key, upload, error);
    if (code == PL_OK && renewed)
        code = pl_catalog_fail(error, note_older(catalog, txn->txn, collection.id, upload->name),
                               "note an older upload");
    return code;
}

enum pl_err pl_collection_leave(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                                const char *name, const char *upload_name,
                                const struct pl_stamp *stamp, uint64_t wall_ns,
                                struct pl_error *error)
{
    struct pl_collection collection;
    MDB_cursor *cursor;
    uint8_t from[PL_UPLOAD_KEY_N];
    enum pl_err code = pl_collection_find(catalog, txn->txn, name, &collection, error);
    if (code != PL_OK)
        return code;
    pl_upload_key(from, collection.id, NULL);
    MDB_val key = pl_catalog_val(from, sizeof from);
    int rc = mdb_cursor_open(txn->txn, catalog->upload, &cursor);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "take an upload out of a collection");
    struct pl_upload upload;
    for (bool first = true; rc == 0 && code == PL_OK; first = false) {
        rc = pl_upload_next(cursor, collection.id, first, &key, &upload);
        if (rc != 0 || strcmp(upload.name, upload_name) != 0)
            continue;
        code = pl_upload_release(catalog, txn, &upload, error);
        if (code == PL_OK)
            rc = mdb_cursor_del(cursor, 0); /* "next" is then what took its place */
        collection.uploads--;
    }
    mdb_cursor_close(cursor);
    if (code == PL_OK && rc != MDB_NOTFOUND)
        code = pl_catalog_fail(error, rc, "take an upload out of a collection");
    collection.stamp = *stamp;
    collection.put_wall_ns = wall_ns;
    return code == PL_OK ? pl_collection_save(catalog, txn->txn, &collection, error) : code;
}
