/* collection.h - collections behind shm/store.h: which uploads they are made of, and in what order.
 *
 * Only the files behind shm/store.h include this. A collection is a list of uploads, newest first.
 * Each upload brings a source: items, and an `order` of where they are shown. What a collection
 * shows at a path is what the newest upload that has the path says; nothing is written for it, so
 * that a commit is one step whatever the number of items. Readers merge the orders.
 *
 * Every upload of a collection owns its items and one reference to its blob, also after its name
 * was uploaded anew. An older upload of a name is forgotten when newer uploads OF THAT NAME have
 * all it has: since all uploads of a name are deleted together, forgetting never changes what is
 * shown, now or after any deletion, and may therefore happen at any time.
 *
 * What was found shadowed stays shadowed. `checked` remembers how far an older upload was found so;
 * all checks of an upload together walk its order once.
 */
#ifndef PL_COLLECTION_H
#define PL_COLLECTION_H

#include "shm/catalog.h"

enum {
    PL_UPLOADS_MAX = 1000, /* of one collection; bounds the memory of its readers */
    PL_SUFFIX_MAX = PL_SHOWN_MAX + 1 + PL_REPORT_MAX, /* of a key of `order` behind the source */
    PL_ORDER_REPORT = 0x01,                           /* between path and report */
    PL_UPLOAD_KEY_N = 16,
};

struct pl_upload {
    uint64_t source_id;
    struct pl_stamp stamp;
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes, put_wall_ns;
    uint32_t items;
    char renderer[16];
    char name[PL_NAME_MAX + 1];
    uint16_t checked_n; /* what its order has before this is shadowed */
    uint8_t checked[PL_SUFFIX_MAX];
};

/* --- packing: collection_pack.c ----------------------------------------------------------------
 */

void pl_pack_collection(struct pl_pack *pack, const struct pl_collection *collection);
enum pl_err pl_unpack_collection(const MDB_val *name, const MDB_val *value,
                                 struct pl_collection *out, struct pl_error *error);
void pl_pack_upload(struct pl_pack *pack, const uint8_t key[PL_UPLOAD_KEY_N],
                    const struct pl_upload *upload);
enum pl_err pl_unpack_upload(const MDB_val *key, const MDB_val *value, struct pl_upload *out,
                             struct pl_error *error);
/* pl_upload_key - sequence is the last eight bytes of stamp; NULL = before all of the collection.
 */
void pl_upload_key(uint8_t out[PL_UPLOAD_KEY_N], uint64_t collection_id,
                   const struct pl_stamp *stamp);

/* --- reading: collection.c -----------------------------------------------------------------------
 */

enum pl_err pl_collection_find(struct pl_catalog *catalog, MDB_txn *txn, const char *name,
                               struct pl_collection *out, struct pl_error *error);
/* pl_upload_next - the collection's next older upload; start with *key from pl_upload_key(NULL) and
 * first = true. MDB_NOTFOUND after the last; MDB_CORRUPTED for a damaged record. */
int pl_upload_next(MDB_cursor *cursor, uint64_t collection_id, bool first, MDB_val *key,
                   struct pl_upload *out);

/* --- walking what is shown: collection_merge.c ---------------------------------------------------
 */

struct pl_merge_source {
    uint64_t source_id;
    struct pl_stamp stamp;
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes, put_wall_ns;
    char renderer[16];
    MDB_cursor *cursor; /* where its order is being read */
    MDB_val key;
    uint32_t ordinal;
};

struct pl_merge {
    struct pl_catalog *catalog;
    MDB_txn *txn;
    MDB_cursor *items;
    struct pl_merge_source *sources; /* newest first; stay until pl_merge_free */
    unsigned *heap;                  /* those that have something left, the next one on top */
    unsigned sources_n, heap_n, capacity;
    int rc; /* of LMDB, when something went wrong */
};

/* What comes next; borrowed from the map until the transaction ends. */
struct pl_merge_entry {
    const char *path; /* not terminated */
    size_t path_n;
    const char *report; /* not terminated; NULL: the thing itself */
    size_t report_n;
    unsigned source;
    uint32_t ordinal;
};

/* pl_merge_open - begin a read transaction, ready at place. On failure too, pl_merge_end and
 * pl_merge_free are due. */
enum pl_err pl_merge_open(struct pl_merge *merge, struct pl_catalog *catalog,
                          uint64_t collection_id, const struct pl_place *place,
                          struct pl_error *error);
/* pl_merge_peek - false when nothing is left; pl_merge_pop goes on, past all that it shadows. */
bool pl_merge_peek(const struct pl_merge *merge, struct pl_merge_entry *out);
void pl_merge_pop(struct pl_merge *merge);
void pl_merge_seek(struct pl_merge *merge, const struct pl_place *place);
/* pl_merge_item - the stored bytes of an entry's item, borrowed from the map. */
enum pl_err pl_merge_item(struct pl_merge *merge, const struct pl_merge_entry *entry, MDB_val *out,
                          struct pl_error *error);
/* pl_merge_reports - of the path, which pl_merge_pop has just left behind. */
enum pl_err pl_merge_reports(struct pl_merge *merge, const char *path, size_t path_n,
                             struct pl_reports *out, struct pl_error *error);
/* pl_merge_member - item bytes of a source become a member. Works after pl_merge_end. */
enum pl_err pl_merge_member(const struct pl_merge *merge, unsigned source, const MDB_val *item,
                            struct pl_member *out, struct pl_error *error);
void pl_merge_end(struct pl_merge *merge);
void pl_merge_free(struct pl_merge *merge);

/* --- writing: collection_write.c -----------------------------------------------------------------
 */

size_t pl_order_key(uint8_t out[8 + PL_SUFFIX_MAX], uint64_t source_id, const struct pl_item *item);
/* pl_order_file - note where an item is shown, or in the item why it cannot be. */
enum pl_err pl_order_file(struct pl_catalog *catalog, MDB_txn *txn, uint64_t source_id,
                          struct pl_item *item, struct pl_error *error);
enum pl_err pl_upload_save(struct pl_catalog *catalog, MDB_txn *txn,
                           const uint8_t key[PL_UPLOAD_KEY_N], const struct pl_upload *upload,
                           struct pl_error *error);
/* pl_collection_join - one more upload; `renewed`: the name has an older one in it. */
enum pl_err pl_collection_join(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                               const char *name, const struct pl_upload *upload, bool renewed,
                               struct pl_error *error);
/* pl_collection_leave - take away all uploads of a name, and the collection when it has no other;
 * stamp is that of the change. */
enum pl_err pl_collection_leave(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                                const char *name, const char *upload_name,
                                const struct pl_stamp *stamp, uint64_t wall_ns,
                                struct pl_error *error);
enum pl_err pl_collection_save(struct pl_catalog *catalog, MDB_txn *txn,
                               const struct pl_collection *collection, struct pl_error *error);
/* pl_upload_release - the upload's items and its reference to the blob are no longer wanted. */
enum pl_err pl_upload_release(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                              const struct pl_upload *upload, struct pl_error *error);

/* --- forgetting: collection_sweep.c --------------------------------------------------------------
 */

enum { PL_OLDER_KEY_MAX = 1 + 8 + PL_NAME_MAX, PL_OLDER_KIND = 'o' };
/* pl_collection_sweep - look through older uploads in one bounded step. *left says whether there is
 * more to do. */
enum pl_err pl_collection_sweep(struct pl_catalog *catalog, unsigned most, bool *left,
                                struct pl_error *error);

#endif
