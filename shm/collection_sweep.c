/* collection_sweep.c - forgetting older uploads whose names were uploaded anew.
 *
 * A commit that renews a name leaves a note. Here, later and in bounded steps, the older uploads of
 * that name are compared with the newer ones: in a read transaction, then what was learned is
 * written in one that follows. Only the keeper writes, so nothing changes in between. A step that
 * ends early has noted at which upload, and how far into its order, it came; every step gets on by
 * at least one place, and a keeper that dies loses at most a step.
 *
 * Memory: on the stack; a number for each newer upload and OUTCOMES_MAX outcomes.
 */
#include <endian.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/collection.h"

enum { OUTCOMES_MAX = 16 };

/* What was learned of one older upload. */
struct outcome {
    uint8_t key[PL_UPLOAD_KEY_N];
    bool forget; /* else: its order is shadowed before `checked` */
    uint16_t checked_n;
    uint8_t checked[PL_SUFFIX_MAX];
};

struct search {
    struct pl_catalog *catalog;
    MDB_txn *txn;
    MDB_cursor *order;
    uint8_t note[PL_OLDER_KEY_MAX];
    size_t note_n;
    uint64_t collection_id;
    char name[PL_NAME_MAX + 1];
    uint8_t from[PL_UPLOAD_KEY_N];  /* those before were looked through; then: go on here */
    uint64_t newer[PL_UPLOADS_MAX]; /* sources of the name's newer uploads, newest first */
    unsigned newer_n;
    unsigned left; /* look-ups this step may still make */
    bool done;     /* with this note */
    struct outcome outcomes[OUTCOMES_MAX];
    unsigned n;
};

/* --- reading -------------------------------------------------------------------------------------
 */

static int first_note(struct search *search, MDB_cursor *garbage)
{
    uint8_t kind = PL_OLDER_KIND;
    MDB_val key = pl_catalog_val(&kind, 1), value;
    int rc = mdb_cursor_get(garbage, &key, &value, MDB_SET_RANGE);
    if (rc == 0 && *(const uint8_t *)key.mv_data != kind)
        rc = MDB_NOTFOUND;
    if (rc == 0 && (key.mv_size <= 9 || key.mv_size > PL_OLDER_KEY_MAX))
        rc = MDB_CORRUPTED;
    if (rc != 0)
        return rc;
    search->note_n = key.mv_size;
    memcpy(search->note, key.mv_data, key.mv_size);
    search->collection_id = pl_be(search->note + 1, 8);
    memcpy(search->name, search->note + 9, search->note_n - 9);
    search->name[search->note_n - 9] = '\0';
    if (value.mv_size == PL_UPLOAD_KEY_N)
        memcpy(search->from, value.mv_data, PL_UPLOAD_KEY_N);
    return 0;
}

/* Has a newer upload of the name what stands under key in an older one? 0, MDB_NOTFOUND. */
static int look_in_newer(struct search *search, const MDB_val *key)
{
    uint8_t bytes[8 + PL_SUFFIX_MAX];
    int rc = MDB_NOTFOUND;
    CHECK(key->mv_size <= sizeof bytes);
    memcpy(bytes, key->mv_data, key->mv_size);
    for (unsigned i = 0; i < search->newer_n && rc == MDB_NOTFOUND; i++) {
        MDB_val at = pl_catalog_val(bytes, key->mv_size), value;
        uint64_t id = htobe64(search->newer[i]);
        memcpy(bytes, &id, 8);
        rc = mdb_get(search->txn, search->catalog->order, &at, &value);
        search->left -= search->left > 0;
    }
    return rc;
}

static void note_outcome(struct search *search, const struct pl_upload *upload,
                         const MDB_val *reached)
{
    struct outcome *outcome = &search->outcomes[search->n];
    const uint8_t *suffix = reached != NULL ? (const uint8_t *)reached->mv_data + 8 : NULL;
    size_t n = reached != NULL ? reached->mv_size - 8 : 0;
    if (reached != NULL && n == upload->checked_n && memcmp(suffix, upload->checked, n) == 0)
        return; /* known before */
    pl_upload_key(outcome->key, search->collection_id, &upload->stamp);
    outcome->forget = reached == NULL;
    outcome->checked_n = (uint16_t)n;
    if (n > 0)
        memcpy(outcome->checked, suffix, n);
    search->n++;
}

/* Walk the order of an older upload from where it was left to the first thing that still shows, or
 * until the step is over. */
static int check_older(struct search *search, const struct pl_upload *upload)
{
    uint8_t from[8 + PL_SUFFIX_MAX];
    uint64_t id = htobe64(upload->source_id);
    memcpy(from, &id, 8);
    memcpy(from + 8, upload->checked, upload->checked_n);
    MDB_val key = pl_catalog_val(from, 8 + (size_t)upload->checked_n), value;
    int rc = mdb_cursor_get(search->order, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && memcmp(key.mv_data, &id, 8) == 0) {
        search->done = search->left > 0;
        int found = search->done ? look_in_newer(search, &key) : MDB_NOTFOUND;
        if (found == MDB_NOTFOUND)
            note_outcome(search, upload, &key);
        if (found != 0)
            return found == MDB_NOTFOUND ? 0 : found;
        rc = mdb_cursor_get(search->order, &key, &value, MDB_NEXT);
    }
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    note_outcome(search, upload, NULL);
    return 0;
}

/* The name's uploads from the newest on; all but the newest are looked through. */
static int check_uploads(struct search *search, MDB_cursor *cursor)
{
    struct pl_upload upload;
    uint8_t from[PL_UPLOAD_KEY_N];
    pl_upload_key(from, search->collection_id, NULL);
    MDB_val key = pl_catalog_val(from, sizeof from);
    int rc = 0;
    for (bool first = true; rc == 0; first = false) {
        rc = pl_upload_next(cursor, search->collection_id, first, &key, &upload);
        if (rc != 0 || strcmp(upload.name, search->name) != 0)
            continue;
        bool ahead = memcmp(key.mv_data, search->from, PL_UPLOAD_KEY_N) >= 0;
        if (search->newer_n == PL_UPLOADS_MAX)
            return MDB_CORRUPTED;
        search->done = !ahead || (search->left > 0 && search->n < OUTCOMES_MAX);
        if (search->done && ahead && search->newer_n > 0)
            rc = check_older(search, &upload);
        if (!search->done) {
            memcpy(search->from, key.mv_data, PL_UPLOAD_KEY_N);
            break;
        }
        search->newer[search->newer_n++] = upload.source_id;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int look(struct search *search, bool *left)
{
    MDB_cursor *garbage = NULL, *uploads = NULL;
    int rc = mdb_cursor_open(search->txn, search->catalog->garbage, &garbage);
    if (rc == 0)
        rc = first_note(search, garbage);
    *left = rc == 0;
    search->done = true;
    if (rc == 0)
        rc = mdb_cursor_open(search->txn, search->catalog->order, &search->order);
    if (rc == 0)
        rc = mdb_cursor_open(search->txn, search->catalog->upload, &uploads);
    if (rc == 0)
        rc = check_uploads(search, uploads);
    if (uploads != NULL)
        mdb_cursor_close(uploads);
    if (search->order != NULL)
        mdb_cursor_close(search->order);
    if (garbage != NULL)
        mdb_cursor_close(garbage);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* --- writing -------------------------------------------------------------------------------------
 */

/* The collection's own record is found by name, which an upload does not know: its id is in it. */
static enum pl_err write_outcome(struct search *search, struct pl_catalog_txn *txn,
                                 const struct outcome *outcome, struct pl_error *error)
{
    struct pl_upload upload;
    struct pl_filed filed;
    struct pl_collection collection;
    MDB_val key = pl_catalog_val(outcome->key, PL_UPLOAD_KEY_N), value;
    int rc = mdb_get(txn->txn, search->catalog->upload, &key, &value);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "forget an older upload");
    enum pl_err code = pl_unpack_upload(&key, &value, &upload, error);
    if (code != PL_OK)
        return code;
    if (!outcome->forget) {
        upload.checked_n = outcome->checked_n;
        memcpy(upload.checked, outcome->checked, outcome->checked_n);
        return pl_upload_save(search->catalog, txn->txn, outcome->key, &upload, error);
    }
    code = pl_catalog_find(search->catalog, txn->txn, upload.name, &filed, error);
    if (code == PL_OK)
        code = pl_collection_find(search->catalog, txn->txn, filed.collection, &collection, error);
    if (code == PL_OK)
        code = pl_upload_release(search->catalog, txn, &upload, error);
    if (code != PL_OK)
        return code;
    rc = mdb_del(txn->txn, search->catalog->upload, &key, NULL);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "forget an older upload");
    CHECK(collection.uploads > 1);
    collection.uploads--;
    return pl_collection_save(search->catalog, txn->txn, &collection, error);
}

static enum pl_err write_outcomes(struct search *search, struct pl_error *error)
{
    struct pl_catalog_txn txn;
    enum pl_err code = pl_catalog_begin(search->catalog, NULL, &txn, error);
    if (code != PL_OK)
        return code;
    for (unsigned i = 0; i < search->n && code == PL_OK; i++)
        code = write_outcome(search, &txn, &search->outcomes[i], error);
    MDB_val key = pl_catalog_val(search->note, search->note_n);
    MDB_val from = pl_catalog_val(search->from, sizeof search->from);
    MDB_dbi garbage = search->catalog->garbage;
    if (code == PL_OK)
        code = pl_catalog_fail(error,
                               search->done ? mdb_del(txn.txn, garbage, &key, NULL)
                                            : mdb_put(txn.txn, garbage, &key, &from, 0),
                               "forget an older upload");
    if (code != PL_OK) {
        pl_catalog_abort(&txn);
        return code;
    }
    pl_store_step(PL_STEP_FORGET);
    code = pl_catalog_commit(search->catalog, &txn, error);
    if (code == PL_OK)
        pl_store_step(PL_STEP_FORGOTTEN);
    return code;
}

enum pl_err pl_collection_sweep(struct pl_catalog *catalog, unsigned most, bool *left,
                                struct pl_error *error)
{
    struct search search = {.catalog = catalog, .left = most};
    enum pl_err code = pl_catalog_read(catalog, &search.txn, error);
    if (code != PL_OK)
        return code;
    int rc = look(&search, left);
    pl_catalog_read_end(catalog);
    if (rc != 0)
        return pl_catalog_fail(error, rc, "look through older uploads");
    return *left ? write_outcomes(&search, error) : PL_OK;
}
