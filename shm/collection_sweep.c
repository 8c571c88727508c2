/* collection_sweep.c - forgetting older uploads whose names were uploaded anew.
 *
 * A commit that renews a name leaves a note. Here, later and in bounded steps, the older uploads of
 * that name are compared with the newer ones: in a read transaction, then what was learned is
 * written in one that follows. Only the keeper writes, so nothing changes in between. A step that
 * ends early has noted how far it came; a keeper that dies loses at most a step.
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
    uint8_t note[PL_OLDER_KEY_N];
    char name[PL_NAME_MAX + 1];
    uint64_t newer[PL_UPLOADS_MAX]; /* sources of the name's newer uploads, newest first */
    unsigned newer_n;
    unsigned left; /* look-ups this step may still make */
    bool done;     /* with this note */
    struct outcome outcomes[OUTCOMES_MAX];
    unsigned n;
};

/* --- reading -------------------------------------------------------------------------------------
 */

static int first_note(MDB_cursor *garbage, uint8_t out[PL_OLDER_KEY_N])
{
    uint8_t kind = PL_OLDER_KIND;
    MDB_val key = pl_catalog_val(&kind, 1), value;
    int rc = mdb_cursor_get(garbage, &key, &value, MDB_SET_RANGE);
    if (rc == 0 && (key.mv_size != PL_OLDER_KEY_N || *(uint8_t *)key.mv_data != kind))
        rc = MDB_NOTFOUND;
    if (rc == 0)
        memcpy(out, key.mv_data, PL_OLDER_KEY_N);
    return rc;
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
    pl_upload_key(outcome->key, pl_be(search->note + 1, 8), &upload->stamp);
    outcome->forget = reached == NULL;
    outcome->checked_n = (uint16_t)n;
    if (n > 0)
        memcpy(outcome->checked, suffix, n);
    search->n++;
}

/* Walk the order of an older upload from where it was left to the first thing that still shows. */
static int check_older(struct search *search, const struct pl_upload *upload)
{
    uint8_t from[8 + PL_SUFFIX_MAX];
    uint64_t id = htobe64(upload->source_id);
    memcpy(from, &id, 8);
    memcpy(from + 8, upload->checked, upload->checked_n);
    MDB_val key = pl_catalog_val(from, 8 + (size_t)upload->checked_n), value;
    int rc = mdb_cursor_get(search->order, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && memcmp(key.mv_data, &id, 8) == 0) {
        int found = search->left > 0 ? look_in_newer(search, &key) : MDB_NOTFOUND;
        if (found != 0 && found != MDB_NOTFOUND)
            return found;
        if (found == MDB_NOTFOUND) {
            search->done = search->left > 0;
            note_outcome(search, upload, &key);
            return 0;
        }
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
    uint64_t collection_id = pl_be(search->note + 1, 8);
    pl_upload_key(from, collection_id, NULL);
    MDB_val key = pl_catalog_val(from, sizeof from);
    int rc = 0;
    for (bool first = true; rc == 0 && search->done; first = false) {
        rc = pl_upload_next(cursor, collection_id, first, &key, &upload);
        if (rc != 0 || strcmp(upload.name, search->name) != 0)
            continue;
        if (search->newer_n == PL_UPLOADS_MAX)
            return MDB_CORRUPTED;
        if (search->newer_n > 0)
            rc = check_older(search, &upload);
        search->newer[search->newer_n++] = upload.source_id;
        if (search->n == OUTCOMES_MAX)
            search->done = false;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The upload the note was left by, for its name; it may be gone itself. */
static int find_name(struct search *search, bool *gone)
{
    struct pl_upload upload;
    MDB_val key = pl_catalog_val(search->note + 1, PL_UPLOAD_KEY_N), value;
    int rc = mdb_get(search->txn, search->catalog->upload, &key, &value);
    *gone = rc == MDB_NOTFOUND;
    if (rc != 0)
        return *gone ? 0 : rc;
    if (pl_unpack_upload(&key, &value, &upload, NULL) != PL_OK)
        return MDB_CORRUPTED;
    memcpy(search->name, upload.name, sizeof search->name);
    return 0;
}

static int look(struct search *search, bool *left)
{
    MDB_cursor *garbage = NULL, *uploads = NULL;
    bool gone = false;
    int rc = mdb_cursor_open(search->txn, search->catalog->garbage, &garbage);
    if (rc == 0)
        rc = first_note(garbage, search->note);
    *left = rc == 0;
    search->done = true;
    if (rc == 0)
        rc = find_name(search, &gone);
    if (rc == 0 && !gone) {
        rc = mdb_cursor_open(search->txn, search->catalog->order, &search->order);
        if (rc == 0)
            rc = mdb_cursor_open(search->txn, search->catalog->upload, &uploads);
        if (rc == 0)
            rc = check_uploads(search, uploads);
    }
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
    if (code == PL_OK && search->done) {
        MDB_val key = pl_catalog_val(search->note, sizeof search->note);
        code = pl_catalog_fail(error, mdb_del(txn.txn, search->catalog->garbage, &key, NULL),
                               "forget an older upload");
    }
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
