/* catalog.c - the catalogue's environment, its transactions, and looking up one thing.
 *
 * Must not know files, spool or blobs. Memory: the handle and LMDB's own; results are copied out,
 * no pointer into the map leaves this file's callers' transaction.
 */
#include "shm/catalog.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum {
    READERS_MAX = 1024, /* four times the processes a master may have, with room */
    DATABASES = 9,
    META_N = 4 + 8 + 5 * 8 + 8,
    RESERVE_MOST = 16 << 20,
    DISK_FULL_BYTES = 1 << 20,
};

unsigned pl_catalog_digest_n = PL_CATALOG_DIGEST_N;
static const char meta_key[] = "store";

enum pl_err pl_catalog_fail(struct pl_error *error, int rc, const char *doing)
{
    switch (rc) {
    case MDB_SUCCESS:
        return PL_OK;
    case MDB_NOTFOUND:
        return pl_fail(error, PL_E_MISSING, "cannot %s: not in the catalogue", doing);
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return pl_fail_param(error, PL_E_SPACE, "store.catalog_size",
                             "cannot %s: the catalogue is full (store.catalog_size)", doing);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return pl_fail_param(error, PL_E_SPACE, "disk", "cannot %s: the disk is full", doing);
    case ENOMEM:
        return pl_fail(error, PL_E_NOMEM, "cannot %s: no memory", doing);
    case MDB_READERS_FULL:
        return pl_fail(error, PL_E_BUSY, "cannot %s: too many processes read the catalogue", doing);
    default:
        return pl_fail(error, PL_E_IO, "cannot %s: %s", doing, mdb_strerror(rc));
    }
}

/* --- opening -----------------------------------------------------------------------------------
 */

/* All but "meta", which is opened first: it says whether the others are what we take them for. */
static int open_databases(struct pl_catalog *catalog, MDB_txn *txn, unsigned flags)
{
    struct {
        const char *name;
        MDB_dbi *dbi;
    } all[DATABASES - 1] = {{"name", &catalog->name},     {"item", &catalog->item},
                            {"path", &catalog->path},     {"order", &catalog->order},
                            {"blob", &catalog->blob},     {"collection", &catalog->collection},
                            {"upload", &catalog->upload}, {"garbage", &catalog->garbage}};
    int rc = 0;
    for (unsigned i = 0; i < DATABASES - 1 && rc == 0; i++)
        rc = mdb_dbi_open(txn, all[i].name, flags, all[i].dbi);
    return rc;
}

/* NOTLS ties a reader slot to the transaction instead of the thread, so that the keeper's one
 * thread can hold its read transaction beside a write. Durable otherwise: no NOSYNC, no WRITEMAP.
 */
static int open_env(struct pl_catalog *catalog, uint64_t map_bytes, unsigned flags)
{
    int rc = mdb_env_create(&catalog->env);
    if (rc != 0)
        return rc;
    rc = mdb_env_set_maxdbs(catalog->env, DATABASES);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(catalog->env, READERS_MAX);
    if (rc == 0 && map_bytes != 0)
        rc = mdb_env_set_mapsize(catalog->env, map_bytes);
    if (rc == 0)
        rc = mdb_env_open(catalog->env, catalog->folder, MDB_NOTLS | flags, 0600);
    return rc;
}

static void close_env(struct pl_catalog *catalog)
{
    if (catalog->reader != NULL)
        mdb_txn_abort(catalog->reader);
    if (catalog->env != NULL)
        mdb_env_close(catalog->env);
    catalog->reader = NULL;
    catalog->env = NULL;
}

/* The size stands in the catalogue: LMDB's own note of it only ever grows. */
static enum pl_err open_existing(struct pl_catalog *catalog, struct pl_error *error)
{
    MDB_txn *txn = NULL;
    struct pl_catalog_meta meta = {.sequence = 0};
    enum pl_err code = PL_OK;
    int rc = open_env(catalog, 0, catalog->keeper ? 0 : MDB_RDONLY);
    if (rc == 0)
        rc = mdb_txn_begin(catalog->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "meta", 0, &catalog->meta);
    if (rc == 0)
        code = pl_catalog_load_meta(catalog, txn, &meta, error);
    if (rc == 0 && code == PL_OK)
        rc = open_databases(catalog, txn, 0);
    if (rc == 0 && code == PL_OK)
        rc = mdb_txn_commit(txn); /* keeps the database handles */
    else if (txn != NULL)
        mdb_txn_abort(txn);
    if (rc == 0 && code == PL_OK) {
        catalog->map_bytes = meta.map_bytes;
        rc = mdb_env_set_mapsize(catalog->env, meta.map_bytes);
    }
    if (rc != 0)
        code = pl_catalog_fail(error, rc, "open the catalogue");
    if (code == PL_OK)
        pl_catalog_reserve(catalog, false);
    else
        close_env(catalog);
    return code;
}

enum pl_err pl_catalog_open(struct pl_catalog **out, const char *folder, bool keeper,
                            struct pl_error *error)
{
    struct pl_catalog *catalog = calloc(1, sizeof *catalog);
    if (catalog != NULL)
        catalog->folder = strdup(folder);
    if (catalog == NULL || catalog->folder == NULL) {
        free(catalog);
        return pl_fail(error, PL_E_NOMEM, "no memory to open the catalogue");
    }
    catalog->keeper = keeper;
    enum pl_err code = open_existing(catalog, error);
    if (code == PL_OK)
        *out = catalog;
    else
        pl_catalog_close(&catalog);
    return code;
}

void pl_catalog_close(struct pl_catalog **pointer)
{
    struct pl_catalog *catalog = *pointer;
    if (catalog == NULL)
        return;
    close_env(catalog);
    free(catalog->folder);
    free(catalog);
    *pointer = NULL;
}

/* --- the one meta record
 * --------------------------------------------------------------------------- */

static enum pl_err other_format(const MDB_val *meta, struct pl_error *error)
{
    unsigned format = meta->mv_size < 4 ? 0 : (unsigned)pl_be(meta->mv_data, 4);
    return pl_fail_param(error, PL_E_FORMAT, "store.dir",
                         "the catalogue in store.dir has format %u, this version of platen needs "
                         "%d: set store.dir to an empty folder and upload again, or run the "
                         "version that made it",
                         format, PL_CATALOG_FORMAT);
}

enum pl_err pl_catalog_load_meta(struct pl_catalog *catalog, MDB_txn *txn,
                                 struct pl_catalog_meta *out, struct pl_error *error)
{
    MDB_val key = pl_catalog_val(meta_key, sizeof meta_key - 1), value;
    int rc = mdb_get(txn, catalog->meta, &key, &value);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "read the catalogue's own record");
    if (value.mv_size < 4 || pl_be(value.mv_data, 4) != PL_CATALOG_FORMAT)
        return other_format(&value, error);
    if (value.mv_size != META_N || !pl_pack_sealed(value.mv_data, value.mv_size, 0))
        return pl_fail(error, PL_E_IO, "the catalogue's own record is damaged");
    struct pl_cur cur = PL_CUR(value.mv_data, value.mv_size);
    (void)pl_cur_be32(&cur);
    memcpy(out->store_id, pl_cur_take(&cur, sizeof out->store_id), sizeof out->store_id);
    out->sequence = pl_cur_be64(&cur);
    out->map_bytes = pl_cur_be64(&cur);
    out->tombstones = pl_cur_be64(&cur);
    out->items = pl_cur_be64(&cur);
    out->blob_bytes = pl_cur_be64(&cur);
    return PL_OK;
}

static int save_meta(struct pl_catalog *catalog, MDB_txn *txn, const struct pl_catalog_meta *meta)
{
    struct pl_pack pack = {.n = 0};
    pl_pack_be(&pack, PL_CATALOG_FORMAT, 4);
    pl_pack_bytes(&pack, meta->store_id, sizeof meta->store_id);
    pl_pack_be(&pack, meta->sequence, 8);
    pl_pack_be(&pack, meta->map_bytes, 8);
    pl_pack_be(&pack, meta->tombstones, 8);
    pl_pack_be(&pack, meta->items, 8);
    pl_pack_be(&pack, meta->blob_bytes, 8);
    pl_pack_seal(&pack, 0);
    MDB_val key = pl_catalog_val(meta_key, sizeof meta_key - 1);
    MDB_val value = pl_catalog_val(pack.bytes, pack.n);
    return mdb_put(txn, catalog->meta, &key, &value, 0);
}

static enum pl_err prepare_meta(struct pl_catalog *catalog, MDB_txn *txn, uint64_t map_bytes,
                                struct pl_error *error)
{
    MDB_val key = pl_catalog_val(meta_key, sizeof meta_key - 1), value;
    struct pl_catalog_meta meta = {.sequence = 0};
    if (mdb_get(txn, catalog->meta, &key, &value) == MDB_NOTFOUND) {
        if (getrandom(meta.store_id, sizeof meta.store_id, 0) != (ssize_t)sizeof meta.store_id)
            return pl_fail_errno(error, "cannot draw the store's number");
    } else {
        enum pl_err code = pl_catalog_load_meta(catalog, txn, &meta, error);
        if (code != PL_OK)
            return code;
    }
    meta.map_bytes = map_bytes;
    return pl_catalog_fail(error, save_meta(catalog, txn, &meta), "write the catalogue");
}

enum pl_err pl_catalog_prepare(const char *folder, uint64_t map_bytes, struct pl_error *error)
{
    struct pl_catalog catalog = {.folder = strdup(folder), .keeper = true};
    if (catalog.folder == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to make the catalogue");
    MDB_txn *txn = NULL;
    enum pl_err code = PL_OK;
    int rc = open_env(&catalog, map_bytes, 0);
    if (rc == 0)
        rc = mdb_txn_begin(catalog.env, NULL, 0, &txn);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &catalog.meta);
    if (rc == 0)
        code = prepare_meta(&catalog, txn, map_bytes, error);
    if (rc == 0 && code == PL_OK)
        rc = open_databases(&catalog, txn, MDB_CREATE);
    if (rc == 0 && code == PL_OK)
        rc = mdb_txn_commit(txn);
    else if (txn != NULL)
        mdb_txn_abort(txn);
    if (rc != 0)
        code = pl_catalog_fail(error, rc, "make the catalogue");
    close_env(&catalog);
    free(catalog.folder);
    return code;
}

/* --- transactions --------------------------------------------------------------------------------
 */

enum pl_err pl_catalog_read(struct pl_catalog *catalog, MDB_txn **txn, struct pl_error *error)
{
    int rc;
    if (catalog->reader != NULL)
        rc = mdb_txn_renew(catalog->reader);
    else
        rc = mdb_txn_begin(catalog->env, NULL, MDB_RDONLY, &catalog->reader);
    *txn = catalog->reader;
    return pl_catalog_fail(error, rc, "read the catalogue");
}

void pl_catalog_read_end(struct pl_catalog *catalog)
{
    mdb_txn_reset(catalog->reader);
}

enum pl_err pl_catalog_begin(struct pl_catalog *catalog, struct pl_catalog_txn *parent,
                             struct pl_catalog_txn *out, struct pl_error *error)
{
    CHECK(catalog->keeper);
    *out = (struct pl_catalog_txn){.parent = parent};
    int rc = mdb_txn_begin(catalog->env, parent ? parent->txn : NULL, 0, &out->txn);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "begin to write the catalogue");
    enum pl_err code = PL_OK;
    if (parent != NULL)
        out->meta = parent->meta;
    else
        code = pl_catalog_load_meta(catalog, out->txn, &out->meta, error);
    if (code != PL_OK)
        pl_catalog_abort(out);
    return code;
}

void pl_catalog_abort(struct pl_catalog_txn *txn)
{
    if (txn->txn != NULL)
        mdb_txn_abort(txn->txn);
    txn->txn = NULL;
}

/* LMDB calls a short write EIO, which is what a full disk looks like to it. */
static int full_disk_or(const struct pl_catalog *catalog, int rc)
{
    struct statvfs fs;
    if (rc == EIO && statvfs(catalog->folder, &fs) == 0 &&
        (uint64_t)fs.f_bavail * fs.f_frsize < DISK_FULL_BYTES)
        return ENOSPC;
    return rc;
}

enum pl_err pl_catalog_commit(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                              struct pl_error *error)
{
    int rc = txn->parent != NULL ? 0 : save_meta(catalog, txn->txn, &txn->meta);
    if (rc == 0)
        rc = mdb_txn_commit(txn->txn);
    else
        mdb_txn_abort(txn->txn);
    txn->txn = NULL;
    if (rc == 0 && txn->parent != NULL)
        txn->parent->meta = txn->meta;
    if (rc == 0)
        return PL_OK;
    enum pl_err code = pl_catalog_fail(error, full_disk_or(catalog, rc), "commit to the catalogue");
    if (txn->parent == NULL && rc != MDB_MAP_FULL && rc != MDB_TXN_FULL) {
        close_env(catalog);
        struct pl_error again = {.code = PL_OK};
        CHECK(open_existing(catalog, &again) == PL_OK);
    }
    return code;
}

void pl_catalog_reserve(struct pl_catalog *catalog, bool open)
{
    if (!catalog->keeper)
        return;
    uint64_t reserve = PL_MIN(catalog->map_bytes / 8, (uint64_t)RESERVE_MOST);
    uint64_t bytes = open ? catalog->map_bytes : catalog->map_bytes - reserve;
    (void)mdb_env_set_mapsize(catalog->env, bytes);
}

/* --- looking up one thing ------------------------------------------------------------------------
 */

enum pl_err pl_catalog_find(struct pl_catalog *catalog, MDB_txn *txn, const char *name,
                            struct pl_filed *out, struct pl_error *error)
{
    MDB_val key = pl_catalog_val(name, strlen(name)), value;
    int rc = key.mv_size <= PL_NAME_MAX && key.mv_size > 0
                 ? mdb_get(txn, catalog->name, &key, &value)
                 : MDB_NOTFOUND;
    if (rc == MDB_NOTFOUND)
        return pl_fail(error, PL_E_MISSING, "there is no object of this name");
    if (rc != 0)
        return pl_catalog_fail(error, rc, "look up a name");
    return pl_unpack_filed(value.mv_data, value.mv_size, name, out, error);
}

void pl_catalog_item_key(uint8_t out[12], uint64_t source_id, uint32_t ordinal)
{
    uint64_t source = htobe64(source_id);
    uint32_t item = htobe32(ordinal);
    memcpy(out, &source, 8);
    memcpy(out + 8, &item, 4);
}

enum pl_err pl_catalog_unpack_item(uint64_t source_id, const MDB_val *value, struct pl_item *out,
                                   struct pl_error *error)
{
    if (value->mv_size < 4)
        return pl_fail(error, PL_E_IO, "the catalogue's record of an item is damaged");
    uint64_t seed = source_id ^ pl_be(value->mv_data, 4);
    if (pl_unpack_item(value->mv_data, value->mv_size, seed, out, NULL) != PL_OK)
        return pl_fail(error, PL_E_IO, "the catalogue's record of an item is damaged");
    return PL_OK;
}

/* The directory's checksum goes first, so that what lies together in the file lies together here: a
 * slice of items then touches few pages. It keeps nothing apart; the digest does. */
void pl_catalog_path_start(struct pl_catalog_path_key *key, uint64_t source_id, const char *path)
{
    struct pl_sha256 sha;
    uint8_t digest[PL_SHA256_N];
    const char *slash = strrchr(path, '/');
    uint64_t directory = htobe64(pl_checksum(path, slash != NULL ? (size_t)(slash - path) : 0));
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, path, strlen(path));
    pl_sha256_end(&sha, digest);
    pl_catalog_item_key(key->bytes, source_id, 0);
    memcpy(key->bytes + 8, &directory, 8);
    memset(key->bytes + 16, 0, PL_CATALOG_DIGEST_N);
    memcpy(key->bytes + 16, digest, pl_catalog_digest_n);
}

/* The next place: directory and digest taken as one number, plus one. */
void pl_catalog_path_next(struct pl_catalog_path_key *key)
{
    for (unsigned i = PL_CATALOG_PATH_KEY_N; i-- > 8 && ++key->bytes[i] == 0;)
        continue;
}

enum pl_err pl_catalog_find_path(struct pl_catalog *catalog, MDB_txn *txn, uint64_t source_id,
                                 const char *path, struct pl_item *out, struct pl_error *error)
{
    struct pl_catalog_path_key place;
    pl_catalog_path_start(&place, source_id, path);
    for (unsigned probe = 0; probe < PL_CATALOG_PROBES; probe++, pl_catalog_path_next(&place)) {
        MDB_val key = pl_catalog_val(place.bytes, sizeof place.bytes), value;
        int rc = mdb_get(txn, catalog->path, &key, &value);
        if (rc == MDB_NOTFOUND)
            break;
        if (rc != 0 || value.mv_size != 4)
            return pl_catalog_fail(error, rc != 0 ? rc : MDB_CORRUPTED, "look up a path");
        uint8_t where[12];
        pl_catalog_item_key(where, source_id, (uint32_t)pl_be(value.mv_data, 4));
        key = pl_catalog_val(where, sizeof where);
        rc = mdb_get(txn, catalog->item, &key, &value);
        if (rc == MDB_NOTFOUND) /* being removed: items go first */
            break;
        if (rc != 0)
            return pl_catalog_fail(error, rc, "look up an item");
        enum pl_err code = pl_catalog_unpack_item(source_id, &value, out, error);
        if (code != PL_OK || strcmp(out->path, path) == 0)
            return code;
    }
    return pl_fail(error, PL_E_MISSING, "there is nothing of this path inside the object");
}

bool pl_catalog_has_blob(struct pl_catalog *catalog, MDB_txn *txn,
                         const uint8_t sha256[PL_SHA256_N])
{
    MDB_val key = pl_catalog_val(sha256, PL_SHA256_N), value;
    return mdb_get(txn, catalog->blob, &key, &value) != MDB_NOTFOUND;
}

enum pl_err pl_catalog_counts(struct pl_catalog *catalog, struct pl_store_counts *out,
                              struct pl_error *error)
{
    struct pl_catalog_meta meta;
    MDB_stat names, blobs;
    MDB_envinfo info;
    MDB_txn *txn;
    enum pl_err code = pl_catalog_read(catalog, &txn, error);
    if (code != PL_OK)
        return code;
    code = pl_catalog_load_meta(catalog, txn, &meta, error);
    int rc = mdb_stat(txn, catalog->name, &names);
    if (rc == 0)
        rc = mdb_stat(txn, catalog->blob, &blobs);
    pl_catalog_read_end(catalog);
    if (rc == 0)
        rc = mdb_env_info(catalog->env, &info);
    if (code != PL_OK)
        return code;
    if (rc != 0)
        return pl_catalog_fail(error, rc, "count what the catalogue holds");
    *out = (struct pl_store_counts){
        .names = names.ms_entries - meta.tombstones,
        .tombstones = meta.tombstones,
        .items = meta.items,
        .blobs = blobs.ms_entries,
        .blob_bytes = meta.blob_bytes,
        .sequence = meta.sequence,
        .map_bytes = meta.map_bytes,
        .map_used_bytes = (info.me_last_pgno + 1) * names.ms_psize,
    };
    return PL_OK;
}
