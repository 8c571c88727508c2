/* catalog_write.c - single changes to the catalogue inside the keeper's write transaction.
 *
 * Must not know why a change is made (shm/store_commit.c decides). Totals in the transaction's meta
 * are kept beside what they count. No heap of its own.
 */
#include "shm/catalog.h"

#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/collection.h"

enum {
    GARBAGE_SOURCE = 's',
    GARBAGE_BLOB = 'b',
    SOURCE_KEY_N = 1 + 8,
    BLOB_KEY_N = 1 + PL_SHA256_N
};

static MDB_val source_key(uint8_t bytes[SOURCE_KEY_N], uint64_t source_id)
{
    uint8_t item_key[12];
    pl_catalog_item_key(item_key, source_id, 0);
    bytes[0] = GARBAGE_SOURCE;
    memcpy(bytes + 1, item_key, 8);
    return pl_catalog_val(bytes, SOURCE_KEY_N);
}

static MDB_val blob_key(uint8_t bytes[BLOB_KEY_N], const uint8_t sha256[PL_SHA256_N])
{
    bytes[0] = GARBAGE_BLOB;
    memcpy(bytes + 1, sha256, PL_SHA256_N);
    return pl_catalog_val(bytes, BLOB_KEY_N);
}

static int delete_if_there(MDB_txn *txn, MDB_dbi dbi, MDB_val *key)
{
    int rc = mdb_del(txn, dbi, key, NULL);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int put_garbage(struct pl_catalog *catalog, MDB_txn *txn, MDB_val *key)
{
    MDB_val nothing = pl_catalog_val("", 0);
    return mdb_put(txn, catalog->garbage, key, &nothing, 0);
}

/* --- records and items --------------------------------------------------------------------------
 */

enum pl_err pl_catalog_put(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                           const struct pl_filed *filed, struct pl_error *error)
{
    struct pl_pack pack;
    pl_pack_filed(&pack, filed);
    MDB_val key = pl_catalog_val(filed->record.name, strlen(filed->record.name));
    MDB_val value = pl_catalog_val(pack.bytes, pack.n);
    return pl_catalog_fail(error, mdb_put(txn->txn, catalog->name, &key, &value, 0), "file a name");
}

static enum pl_err file_path(struct pl_catalog *catalog, MDB_txn *txn, uint64_t source_id,
                             const struct pl_item *item, struct pl_error *error)
{
    struct pl_catalog_path_key place;
    uint8_t ordinal[4] = {(uint8_t)(item->ordinal >> 24), (uint8_t)(item->ordinal >> 16),
                          (uint8_t)(item->ordinal >> 8), (uint8_t)item->ordinal};
    pl_catalog_path_start(&place, source_id, item->path);
    for (unsigned probe = 0; probe < PL_CATALOG_PROBES; probe++, pl_catalog_path_next(&place)) {
        MDB_val key = pl_catalog_val(place.bytes, sizeof place.bytes);
        MDB_val value = pl_catalog_val(ordinal, sizeof ordinal);
        int rc = mdb_put(txn, catalog->path, &key, &value, MDB_NOOVERWRITE);
        if (rc != MDB_KEYEXIST)
            return pl_catalog_fail(error, rc, "file a path");
        struct pl_item other;
        uint8_t where[12];
        pl_catalog_item_key(where, source_id, (uint32_t)pl_be(value.mv_data, 4));
        key = pl_catalog_val(where, sizeof where);
        rc = mdb_get(txn, catalog->item, &key, &value);
        if (rc != 0)
            return pl_catalog_fail(error, rc, "file a path");
        enum pl_err code = pl_catalog_unpack_item(source_id, &value, &other, error);
        if (code != PL_OK)
            return code;
        if (strcmp(other.path, item->path) == 0)
            return pl_fail(error, PL_E_FORMAT, "two things inside have the same path");
    }
    return pl_fail(error, PL_E_LIMIT, "too many paths inside have the same digest");
}

enum pl_err pl_catalog_file(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                            uint64_t source_id, struct pl_item *item, struct pl_error *error)
{
    enum pl_err code = file_path(catalog, txn->txn, source_id, item, error);
    if (code == PL_OK && item->shown[0] != '\0')
        code = pl_order_file(catalog, txn->txn, source_id, item, error);
    if (code != PL_OK)
        return code;
    struct pl_pack pack;
    uint8_t where[12];
    pl_pack_item(&pack, item, source_id ^ item->ordinal);
    pl_catalog_item_key(where, source_id, item->ordinal);
    MDB_val key = pl_catalog_val(where, sizeof where), value = pl_catalog_val(pack.bytes, pack.n);
    return pl_catalog_fail(error, mdb_put(txn->txn, catalog->item, &key, &value, 0),
                           "file an item");
}

/* --- blobs
 * ----------------------------------------------------------------------------------------- */

struct blob_count {
    uint64_t references, bytes;
};

static int load_blob(struct pl_catalog *catalog, MDB_txn *txn, const uint8_t sha256[PL_SHA256_N],
                     struct blob_count *out)
{
    MDB_val key = pl_catalog_val(sha256, PL_SHA256_N), value;
    *out = (struct blob_count){0, 0};
    int rc = mdb_get(txn, catalog->blob, &key, &value);
    if (rc != 0)
        return rc == MDB_NOTFOUND ? 0 : rc;
    if (value.mv_size != 24 || !pl_pack_sealed(value.mv_data, 24, pl_checksum(sha256, PL_SHA256_N)))
        return MDB_CORRUPTED;
    struct pl_cur cur = PL_CUR(value.mv_data, value.mv_size);
    out->references = pl_cur_be64(&cur);
    out->bytes = pl_cur_be64(&cur);
    return 0;
}

static int save_blob(struct pl_catalog *catalog, MDB_txn *txn, const uint8_t sha256[PL_SHA256_N],
                     const struct blob_count *count)
{
    struct pl_pack pack;
    pack.n = 0;
    pl_pack_be(&pack, count->references, 8);
    pl_pack_be(&pack, count->bytes, 8);
    pl_pack_seal(&pack, pl_checksum(sha256, PL_SHA256_N));
    MDB_val key = pl_catalog_val(sha256, PL_SHA256_N), value = pl_catalog_val(pack.bytes, pack.n);
    return mdb_put(txn, catalog->blob, &key, &value, 0);
}

enum pl_err pl_catalog_ref(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                           const uint8_t sha256[PL_SHA256_N], uint64_t bytes,
                           struct pl_error *error)
{
    struct blob_count count;
    int rc = load_blob(catalog, txn->txn, sha256, &count);
    if (rc == 0 && count.references == 0) {
        uint8_t garbage[BLOB_KEY_N];
        MDB_val key = blob_key(garbage, sha256);
        count.bytes = bytes;
        txn->meta.blob_bytes += bytes;
        rc = delete_if_there(txn->txn, catalog->garbage, &key);
    }
    count.references++;
    if (rc == 0)
        rc = save_blob(catalog, txn->txn, sha256, &count);
    return pl_catalog_fail(error, rc, "count a blob");
}

enum pl_err pl_catalog_unref(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                             const uint8_t sha256[PL_SHA256_N], struct pl_error *error)
{
    struct blob_count count;
    int rc = load_blob(catalog, txn->txn, sha256, &count);
    if (rc == 0 && count.references == 0)
        rc = MDB_CORRUPTED;
    if (rc == 0 && --count.references > 0) {
        rc = save_blob(catalog, txn->txn, sha256, &count);
    } else if (rc == 0) {
        uint8_t garbage[BLOB_KEY_N];
        MDB_val key = pl_catalog_val(sha256, PL_SHA256_N);
        txn->meta.blob_bytes -= count.bytes;
        rc = mdb_del(txn->txn, catalog->blob, &key, NULL);
        key = blob_key(garbage, sha256);
        if (rc == 0)
            rc = put_garbage(catalog, txn->txn, &key);
    }
    return pl_catalog_fail(error, rc, "release a blob");
}

/* --- what is to be removed
 * ------------------------------------------------------------------------ */

enum pl_err pl_catalog_discard(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                               uint64_t source_id, struct pl_error *error)
{
    uint8_t bytes[SOURCE_KEY_N];
    MDB_val key = source_key(bytes, source_id);
    return pl_catalog_fail(error, put_garbage(catalog, txn->txn, &key), "discard items");
}

enum pl_err pl_catalog_keep(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                            uint64_t source_id, struct pl_error *error)
{
    uint8_t bytes[SOURCE_KEY_N];
    MDB_val key = source_key(bytes, source_id);
    return pl_catalog_fail(error, delete_if_there(txn->txn, catalog->garbage, &key), "keep items");
}

/* Remove up to *most entries whose key begins with the source id; *most is what is left of it. */
static int remove_source(MDB_txn *txn, MDB_dbi dbi, const uint8_t source[8], unsigned *most)
{
    MDB_cursor *cursor;
    uint8_t start[12] = {0};
    memcpy(start, source, 8);
    MDB_val key = pl_catalog_val(start, sizeof start), value;
    int rc = mdb_cursor_open(txn, dbi, &cursor);
    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && *most > 0 && memcmp(key.mv_data, source, 8) == 0) {
        rc = mdb_cursor_del(cursor, 0);
        if (rc == 0) /* after a deletion "next" is the entry that took its place */
            rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        (*most)--;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The first garbage entry of a kind; MDB_NOTFOUND when there is none. */
static int first_garbage(MDB_cursor *cursor, uint8_t kind, size_t key_n, MDB_val *key)
{
    MDB_val value;
    *key = pl_catalog_val(&kind, 1);
    int rc = mdb_cursor_get(cursor, key, &value, MDB_SET_RANGE);
    if (rc == 0 && (key->mv_size != key_n || *(const uint8_t *)key->mv_data != kind))
        rc = MDB_NOTFOUND;
    return rc;
}

/* Items go before paths: a path without its item reads as missing, an item without its path would
 * be a thing that is listed and cannot be asked for. */
static int sweep_slice(struct pl_catalog *catalog, MDB_txn *txn, unsigned most)
{
    MDB_cursor *cursor;
    MDB_val key;
    int rc = mdb_cursor_open(txn, catalog->garbage, &cursor);
    if (rc != 0)
        return rc;
    while (rc == 0 && most > 0) {
        uint8_t bytes[SOURCE_KEY_N];
        rc = first_garbage(cursor, GARBAGE_SOURCE, SOURCE_KEY_N, &key);
        if (rc != 0)
            break;
        memcpy(bytes, key.mv_data, SOURCE_KEY_N);
        rc = remove_source(txn, catalog->item, bytes + 1, &most);
        if (rc == 0 && most > 0)
            rc = remove_source(txn, catalog->path, bytes + 1, &most);
        if (rc == 0 && most > 0)
            rc = remove_source(txn, catalog->order, bytes + 1, &most);
        if (rc == 0 && most > 0) {
            key = pl_catalog_val(bytes, SOURCE_KEY_N);
            rc = mdb_del(txn, catalog->garbage, &key, NULL);
        }
    }
    mdb_cursor_close(cursor);
    return rc;
}

/* True when the catalogue names garbage of this kind; asked without a write, for there mostly is
 * none. */
static enum pl_err has_garbage(struct pl_catalog *catalog, uint8_t kind, size_t key_n, bool *has,
                               struct pl_error *error)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key;
    enum pl_err code = pl_catalog_read(catalog, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = mdb_cursor_open(txn, catalog->garbage, &cursor);
    if (rc == 0) {
        rc = first_garbage(cursor, kind, key_n, &key);
        mdb_cursor_close(cursor);
    }
    pl_catalog_read_end(catalog);
    *has = rc == 0;
    return rc == MDB_NOTFOUND ? PL_OK : pl_catalog_fail(error, rc, "look for garbage");
}

enum pl_err pl_catalog_sweep(struct pl_catalog *catalog, unsigned most, bool *left,
                             struct pl_error *error)
{
    struct pl_catalog_txn txn;
    enum pl_err code = has_garbage(catalog, GARBAGE_SOURCE, SOURCE_KEY_N, left, error);
    if (code != PL_OK || !*left)
        return code;
    code = pl_catalog_begin(catalog, NULL, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = sweep_slice(catalog, txn.txn, most);
    *left = rc == 0;
    if (rc == 0 || rc == MDB_NOTFOUND)
        return pl_catalog_commit(catalog, &txn, error);
    pl_catalog_abort(&txn);
    return pl_catalog_fail(error, rc, "remove old items");
}

enum pl_err pl_catalog_unwanted(struct pl_catalog *catalog, unsigned most,
                                uint8_t (*sha256)[PL_SHA256_N], unsigned *n, struct pl_error *error)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    *n = 0;
    enum pl_err code = pl_catalog_read(catalog, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = mdb_cursor_open(txn, catalog->garbage, &cursor);
    if (rc == 0) {
        rc = first_garbage(cursor, GARBAGE_BLOB, BLOB_KEY_N, &key);
        while (rc == 0 && *n < most && key.mv_size == BLOB_KEY_N &&
               *(const uint8_t *)key.mv_data == GARBAGE_BLOB) {
            memcpy(sha256[(*n)++], (const uint8_t *)key.mv_data + 1, PL_SHA256_N);
            rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
        mdb_cursor_close(cursor);
    }
    pl_catalog_read_end(catalog);
    return rc == MDB_NOTFOUND ? PL_OK : pl_catalog_fail(error, rc, "look for unwanted blobs");
}

enum pl_err pl_catalog_forget(struct pl_catalog *catalog, uint8_t (*sha256)[PL_SHA256_N],
                              unsigned n, struct pl_error *error)
{
    struct pl_catalog_txn txn;
    enum pl_err code = pl_catalog_begin(catalog, NULL, &txn, error);
    if (code != PL_OK)
        return code;
    int rc = 0;
    for (unsigned i = 0; i < n && rc == 0; i++) {
        uint8_t bytes[BLOB_KEY_N];
        MDB_val key = blob_key(bytes, sha256[i]);
        rc = delete_if_there(txn.txn, catalog->garbage, &key);
    }
    if (rc == 0)
        return pl_catalog_commit(catalog, &txn, error);
    pl_catalog_abort(&txn);
    return pl_catalog_fail(error, rc, "forget blobs");
}
