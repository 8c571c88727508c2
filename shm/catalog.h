/* catalog.h - names, stamps and what is inside, in one LMDB environment in its default durable
 * mode.
 *
 * Only the files behind shm/store.h include this. Databases:
 *
 *     name     name                            -> record, or tombstone
 *     item     source id (8), ordinal (4)      -> item
 *     path     source id (8), directory's checksum (8), digest (8) -> ordinal (4)
 *     order    source id (8), shown path [, 0x01, report] -> ordinal (4), checksum
 *     blob     SHA-256 (32)                    -> references (8), bytes (8)
 *     collection  name                         -> id (8), stamp, time, number of uploads
 *     upload   collection id (8), ~sequence (8) -> upload: newest first (shm/collection.h)
 *     garbage  's' source id, 'b' SHA-256      -> nothing: to be removed by and by
 *              'o' collection id, name         -> nothing, or the upload to go on at: older uploads
 *                                                 of the name are to be looked through
 *     meta     "store"                         -> format, store id, sequence, size, totals
 *
 * All numbers are big-endian. Items belong to a source id, not to a name: those of a new upload are
 * filed before its record shows them, and those of an old one are removed in slices after its
 * record is gone.
 *
 * One read transaction per process is reset and renewed; none outlives a call. Only the keeper
 * writes; a write transaction may hold one nested one, which is how a change that fails is left out
 * of its batch.
 */
#ifndef PL_CATALOG_H
#define PL_CATALOG_H

#include <lmdb.h>

#include "shm/store_priv.h"

enum { PL_CATALOG_FORMAT = 3, PL_CATALOG_DIGEST_N = 8 };

struct pl_catalog_meta {
    uint8_t store_id[8];
    uint64_t sequence; /* last number given out */
    uint64_t map_bytes;
    uint64_t tombstones, items, blob_bytes;
};

struct pl_catalog {
    MDB_env *env;
    MDB_txn *reader; /* reset, or NULL before the first read */
    MDB_dbi name, item, path, order, blob, collection, upload, garbage, meta;
    bool keeper;
    uint64_t map_bytes;
    char *folder; /* to open anew after a failed commit */
};

/* A write transaction, or one nested in it. */
struct pl_catalog_txn {
    MDB_txn *txn;
    struct pl_catalog_txn *parent;
    struct pl_catalog_meta meta; /* written by commit */
};

/* --- life: catalog.c -----------------------------------------------------------------------------
 */

/* pl_catalog_prepare - make it if need be, take over the size, write once to see that it can be
 * done. */
enum pl_err pl_catalog_prepare(const char *folder, uint64_t map_bytes, struct pl_error *error);
enum pl_err pl_catalog_open(struct pl_catalog **out, const char *folder, bool keeper,
                            struct pl_error *error);
void pl_catalog_close(struct pl_catalog **catalog);
enum pl_err pl_catalog_fail(struct pl_error *error, int rc, const char *doing);

enum pl_err pl_catalog_read(struct pl_catalog *catalog, MDB_txn **txn, struct pl_error *error);
void pl_catalog_read_end(struct pl_catalog *catalog);
enum pl_err pl_catalog_load_meta(struct pl_catalog *catalog, MDB_txn *txn,
                                 struct pl_catalog_meta *out, struct pl_error *error);

enum pl_err pl_catalog_begin(struct pl_catalog *catalog, struct pl_catalog_txn *parent,
                             struct pl_catalog_txn *out, struct pl_error *error);
/* pl_catalog_commit - ends txn on every return. When the outermost fails, the environment is opened
 * anew: a failed sync is never retried as if it had been good. */
enum pl_err pl_catalog_commit(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                              struct pl_error *error);
void pl_catalog_abort(struct pl_catalog_txn *txn);
/* pl_catalog_reserve - uploads may fill the map but for a reserve, so that deleting stays possible.
 */
void pl_catalog_reserve(struct pl_catalog *catalog, bool open);

/* --- reading inside a transaction: catalog.c
 * -------------------------------------------------------- */

/* pl_catalog_find - record or tombstone. PL_E_MISSING. */
enum pl_err pl_catalog_find(struct pl_catalog *catalog, MDB_txn *txn, const char *name,
                            struct pl_filed *out, struct pl_error *error);
enum pl_err pl_catalog_find_path(struct pl_catalog *catalog, MDB_txn *txn, uint64_t source_id,
                                 const char *path, struct pl_item *out, struct pl_error *error);
enum pl_err pl_catalog_unpack_item(uint64_t source_id, const MDB_val *value, struct pl_item *out,
                                   struct pl_error *error);
void pl_catalog_item_key(uint8_t out[12], uint64_t source_id, uint32_t ordinal);
enum pl_err pl_catalog_counts(struct pl_catalog *catalog, struct pl_store_counts *out,
                              struct pl_error *error);
bool pl_catalog_has_blob(struct pl_catalog *catalog, MDB_txn *txn,
                         const uint8_t sha256[PL_SHA256_N]);
/* Bytes of the path's digest that are used, 1..8; tests lower it to see collisions. */
extern unsigned pl_catalog_digest_n;
/* pl_catalog_path_key - the attempt-th place at which path may stand. */
enum { PL_CATALOG_PATH_KEY_N = 16 + PL_CATALOG_DIGEST_N, PL_CATALOG_PROBES = 64 };
struct pl_catalog_path_key {
    uint8_t bytes[PL_CATALOG_PATH_KEY_N];
};
void pl_catalog_path_start(struct pl_catalog_path_key *key, uint64_t source_id, const char *path);
void pl_catalog_path_next(struct pl_catalog_path_key *key);

/* --- what listings share: catalog_slice.c
 * --------------------------------------------------------- */

/* A place in an order of names or paths: what stands at or behind it is wanted. */
struct pl_place {
    size_t n;
    bool end; /* behind everything */
    uint8_t bytes[PL_NAME_MAX + 2];
};

struct pl_range {
    const char *prefix;
    size_t prefix_n;
    char delimiter; /* 0 = no folders */
};

void pl_place_at(struct pl_place *place, const void *bytes, size_t n);
/* pl_place_behind_all - behind everything that begins with the bytes of place. */
void pl_place_behind_all(struct pl_place *place);
/* pl_place_start - the first place behind `after` within the range. */
void pl_place_start(struct pl_place *place, const struct pl_range *range, const char *after);
/* pl_range_folder - length of the folder that name belongs to, its delimiter included; 0 = none. */
size_t pl_range_folder(const struct pl_range *range, const void *name, size_t n);

/* What was copied out of a read transaction, to be shown after it. */
struct pl_buf;
struct pl_cur;
struct pl_slice_entry {
    const uint8_t *name, *value; /* value NULL: a folder */
    size_t name_n, value_n;
};
enum pl_err pl_slice_add(struct pl_buf *slice, const void *name, size_t name_n, const void *value,
                         size_t value_n, struct pl_error *error);
bool pl_slice_next(struct pl_cur *cur, struct pl_slice_entry *out);

/* --- listing: catalog_list.c
 * ---------------------------------------------------------------------- */

enum pl_err pl_catalog_list(struct pl_catalog *catalog, const char *prefix, const char *after,
                            char delimiter, unsigned most, pl_store_list_fn *visit, void *context,
                            bool *more, struct pl_error *error);
enum pl_err pl_catalog_items(struct pl_catalog *catalog, const struct pl_record *record,
                             uint32_t from, unsigned most, pl_store_items_fn *visit, void *context,
                             bool *more, struct pl_error *error);

/* --- writing: catalog_write.c
 * ------------------------------------------------------------------------ */

enum pl_err pl_catalog_put(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                           const struct pl_filed *filed, struct pl_error *error);
/* pl_catalog_file - one item, and where a collection shows it. PL_E_FORMAT when the source has its
 * path already. When the source shows another thing in its place, it is kept, not shown, and its
 * trouble says so. */
enum pl_err pl_catalog_file(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                            uint64_t source_id, struct pl_item *item, struct pl_error *error);
enum pl_err pl_catalog_ref(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                           const uint8_t sha256[PL_SHA256_N], uint64_t bytes,
                           struct pl_error *error);
enum pl_err pl_catalog_unref(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                             const uint8_t sha256[PL_SHA256_N], struct pl_error *error);
/* pl_catalog_discard - the items of a source are no longer wanted; keep - they are after all. */
enum pl_err pl_catalog_discard(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                               uint64_t source_id, struct pl_error *error);
enum pl_err pl_catalog_keep(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                            uint64_t source_id, struct pl_error *error);
/* pl_catalog_sweep - one transaction that removes at most `most` entries of discarded sources.
 * *left says whether there is more. */
enum pl_err pl_catalog_sweep(struct pl_catalog *catalog, unsigned most, bool *left,
                             struct pl_error *error);
/* Blobs nothing refers to: name up to `most`; once their files are gone, forget them. */
enum pl_err pl_catalog_unwanted(struct pl_catalog *catalog, unsigned most,
                                uint8_t (*sha256)[PL_SHA256_N], unsigned *n,
                                struct pl_error *error);
enum pl_err pl_catalog_forget(struct pl_catalog *catalog, uint8_t (*sha256)[PL_SHA256_N],
                              unsigned n, struct pl_error *error);

static inline MDB_val pl_catalog_val(const void *bytes, size_t n)
{
    union {
        const void *in;
        void *out;
    } pointer = {bytes};
    return (MDB_val){n, pointer.out};
}

#endif
