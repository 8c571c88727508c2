/* store_commit.c - a batch of uploads and deletions becomes one synced transaction.
 *
 * Order: file the items of large objects (unseen under a new source id, in slices), then one
 * transaction in which each change is a nested one, so that a bad change is left out whole; body
 * synced and renamed inside it; folders synced; commit. What a batch that fails leaves behind is
 * either invisible and noted as garbage, or a blob that nothing refers to, removed here or by the
 * sweep after a crash.
 *
 * Findings come from a worker that parsed hostile bytes; everything about them is tested again.
 * Memory: constant on the stack, LMDB's dirty pages for at most SLICE_ITEMS items a change.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/collection.h"

enum {
    SLICE_ITEMS = 4096, /* items filed in one transaction: LMDB never gives back its dirty pages */
    SMALL_FINDINGS = 512 << 10, /* bytes of findings that are filed together with their record */
};

/* What the batch knows of a change beside the change itself. */
struct work {
    struct pl_change *change;
    uint64_t source_id; /* under which its items were filed beforehand; 0 = not yet */
    uint32_t items, troubled;
};

/* --- what a change asks for ---------------------------------------------------------------------
 */

static bool stamp_is_zero(const struct pl_stamp *stamp)
{
    static const struct pl_stamp zero;
    return pl_stamp_equal(stamp, &zero);
}

static enum pl_err check_expected(const struct pl_change *change, const struct pl_record *live,
                                  struct pl_error *error)
{
    if (!change->if_match)
        return PL_OK;
    if (live == NULL && !stamp_is_zero(&change->expected))
        return pl_fail(error, PL_E_CONFLICT, "there is no object of this name any more");
    if (live != NULL && stamp_is_zero(&change->expected))
        return pl_fail(error, PL_E_CONFLICT, "there is an object of this name already");
    if (live != NULL && !pl_stamp_equal(&change->expected, &live->stamp))
        return pl_fail(error, PL_E_CONFLICT, "the object was changed meanwhile");
    return PL_OK;
}

static void report(struct pl_change *change, const struct pl_filed *filed)
{
    change->stamp = filed->record.stamp;
    change->items = filed->record.items;
    change->troubled = filed->record.troubled;
}

static void clear_results(struct pl_change *change)
{
    memset(&change->stamp, 0, sizeof change->stamp);
    change->created = change->unchanged = false;
    change->items = change->troubled = 0;
}

/* Is this put done already? Either the very same upload, repeated because the keeper died between
 * commit and answer, or the same bytes once more. */
static enum pl_err already_done(struct pl_change *change, const struct pl_filed *old, bool *done,
                                struct pl_error *error)
{
    clear_results(change); /* what was found before the batch may have changed inside it */
    const struct pl_record *live = old != NULL && !old->record.deleted ? &old->record : NULL;
    *done = live != NULL && old->spool_id == change->spool_id;
    if (*done) {
        change->created = old->created;
        report(change, old);
        return PL_OK;
    }
    enum pl_err code = check_expected(change, live, error);
    if (code != PL_OK || live == NULL)
        return code;
    *done = memcmp(live->sha256, change->sha256, PL_SHA256_N) == 0 &&
            live->bytes == change->bytes && strcmp(live->renderer, change->renderer) == 0 &&
            strcmp(old->collection, change->collection) == 0;
    if (*done) {
        change->unchanged = true;
        report(change, old);
    }
    return PL_OK;
}

/* The name's record in txn, *found NULL when there is none. */
static enum pl_err find_old(struct pl_catalog *catalog, MDB_txn *txn, const char *name,
                            struct pl_filed *space, const struct pl_filed **found,
                            struct pl_error *error)
{
    enum pl_err code = pl_catalog_find(catalog, txn, name, space, NULL);
    *found = code == PL_OK ? space : NULL;
    if (code == PL_OK || code == PL_E_MISSING)
        return PL_OK;
    return pl_fail(error, code, "the catalogue's record of the name cannot be read");
}

static enum pl_err check_change(const struct pl_change *change, struct pl_error *error)
{
    if (memchr(change->name, '\0', sizeof change->name) == NULL ||
        memchr(change->renderer, '\0', sizeof change->renderer) == NULL ||
        memchr(change->media, '\0', sizeof change->media) == NULL ||
        memchr(change->collection, '\0', sizeof change->collection) == NULL)
        return pl_fail(error, PL_E_INTERNAL, "a text of the change does not end");
    if (change->what == PL_CHANGE_PUT && change->spool_id == 0)
        return pl_fail(error, PL_E_INTERNAL, "the change has no spool file");
    if (!pl_text_is_safe(change->collection))
        return pl_fail_param(error, PL_E_INPUT, "collection",
                             "the name of a collection is UTF-8 without control characters");
    return pl_store_name_valid(change->name, error);
}

/* --- items
 * ------------------------------------------------------------------------------------------ */

/* File up to `most` items from the reader. Outside a collection nothing is shown anywhere. */
static enum pl_err file_slice(struct pl_catalog *catalog, struct pl_catalog_txn *txn,
                              struct work *work, uint64_t source_id,
                              struct pl_findings_reader *reader, unsigned most,
                              struct pl_error *error)
{
    bool done = false;
    enum pl_err code = PL_OK;
    for (unsigned i = 0; i < most && code == PL_OK; i++) {
        struct pl_item item;
        code = pl_findings_next(reader, &item, &done, error);
        if (code != PL_OK || done)
            break;
        if (work->change->collection[0] == '\0')
            item.shown[0] = item.report[0] = '\0';
        code = pl_catalog_file(catalog, txn, source_id, &item, error);
        work->items++;
        work->troubled += item.trouble[0] != '\0';
    }
    return code;
}

/* All items in transactions of their own. The source is noted as garbage from the first on; the
 * commit that makes it visible takes the note away, so a crash or a refusal in between leaves it to
 * the sweep. */
static enum pl_err file_large(struct pl_catalog *catalog, struct work *work,
                              struct pl_findings_reader *reader, struct pl_error *error)
{
    enum pl_err code = PL_OK;
    while (code == PL_OK && !reader->done) {
        struct pl_catalog_txn txn;
        code = pl_catalog_begin(catalog, NULL, &txn, error);
        if (code != PL_OK)
            return code;
        if (work->source_id == 0) {
            work->source_id = ++txn.meta.sequence;
            code = pl_catalog_discard(catalog, &txn, work->source_id, error);
        }
        if (code == PL_OK)
            code = file_slice(catalog, &txn, work, work->source_id, reader, SLICE_ITEMS, error);
        if (code == PL_OK)
            code = pl_catalog_commit(catalog, &txn, error);
        else
            pl_catalog_abort(&txn);
        if (code == PL_OK)
            pl_store_step(PL_STEP_SLICE);
    }
    return code;
}

/* Before the batch: the items of a large object, unless the change will not be made anyway. */
static enum pl_err prepare_put(struct pl_store *store, struct work *work, struct pl_error *error)
{
    struct pl_filed space;
    const struct pl_filed *old;
    struct pl_findings_reader reader;
    struct stat st;
    MDB_txn *txn;
    bool done = false;
    int fd = -1;
    enum pl_err code = pl_catalog_read(store->catalog, &txn, error);
    if (code != PL_OK)
        return code;
    code = find_old(store->catalog, txn, work->change->name, &space, &old, error);
    pl_catalog_read_end(store->catalog);
    if (code == PL_OK)
        code = already_done(work->change, old, &done, error);
    if (code != PL_OK || done || work->change->renderer[0] == '\0')
        return code;
    code = pl_findings_open(&store->blobs, work->change->spool_id, &fd, error);
    if (code != PL_OK)
        return code;
    if (fstat(fd, &st) == 0 && st.st_size > SMALL_FINDINGS) {
        code = pl_findings_begin(&reader, fd, error);
        if (code == PL_OK)
            code = file_large(store->catalog, work, &reader, error);
    }
    (void)close(fd);
    return code;
}

/* Inside the batch: the items of a small one. */
static enum pl_err file_small(struct pl_store *store, struct pl_catalog_txn *txn, struct work *work,
                              uint64_t source_id, struct pl_error *error)
{
    struct pl_findings_reader reader;
    int fd = -1;
    work->items = work->troubled = 0;
    enum pl_err code = pl_findings_open(&store->blobs, work->change->spool_id, &fd, error);
    if (code != PL_OK)
        return code;
    code = pl_findings_begin(&reader, fd, error);
    if (code == PL_OK)
        code = file_slice(store->catalog, txn, work, source_id, &reader, UINT32_MAX, error);
    (void)close(fd);
    return code;
}

static enum pl_err file_items(struct pl_store *store, struct pl_catalog_txn *txn, struct work *work,
                              uint64_t *source_id, struct pl_error *error)
{
    *source_id = work->source_id;
    if (*source_id != 0)
        return pl_catalog_keep(store->catalog, txn, *source_id, error);
    *source_id = ++txn->meta.sequence;
    if (work->change->renderer[0] == '\0')
        return PL_OK;
    return file_small(store, txn, work, *source_id, error);
}

/* --- one change in its own nested transaction
 * --------------------------------------------------------- */

static void make_stamp(struct pl_catalog_txn *txn, struct pl_stamp *out)
{
    uint64_t sequence = ++txn->meta.sequence;
    memcpy(out->bytes, txn->meta.store_id, 8);
    for (unsigned i = 0; i < 8; i++)
        out->bytes[8 + i] = (uint8_t)(sequence >> (56 - 8 * i));
}

/* What the old record held is no longer wanted; of a collection, everything uploaded under the
 * name.
 */
static enum pl_err release_old(struct pl_store *store, struct pl_catalog_txn *txn,
                               const struct pl_filed *old, const struct pl_record *by,
                               struct pl_error *error)
{
    if (old == NULL)
        return PL_OK;
    if (old->record.deleted) {
        txn->meta.tombstones--;
        return PL_OK;
    }
    if (old->collection[0] != '\0')
        return pl_collection_leave(store->catalog, txn, old->collection, old->record.name,
                                   &by->stamp, by->put_wall_ns, error);
    txn->meta.items -= old->record.items;
    enum pl_err code = pl_catalog_unref(store->catalog, txn, old->record.sha256, error);
    if (code == PL_OK && old->record.items > 0)
        code = pl_catalog_discard(store->catalog, txn, old->record.source_id, error);
    return code;
}

/* The record becomes the newest of its name: beside the older ones of the same collection, else in
 * place of what there was. */
static enum pl_err replace_old(struct pl_store *store, struct pl_catalog_txn *txn,
                               const struct pl_filed *old, const struct pl_filed *filed,
                               struct pl_error *error)
{
    const struct pl_record *record = &filed->record;
    bool live = old != NULL && !old->record.deleted, grouped = filed->collection[0] != '\0';
    bool renewed = live && grouped && strcmp(old->collection, filed->collection) == 0;
    enum pl_err code = renewed ? PL_OK : release_old(store, txn, old, record, error);
    if (code != PL_OK || !grouped)
        return code;
    struct pl_upload upload = {
        .source_id = record->source_id,
        .stamp = record->stamp,
        .bytes = record->bytes,
        .put_wall_ns = record->put_wall_ns,
        .items = record->items,
    };
    memcpy(upload.sha256, record->sha256, sizeof upload.sha256);
    memcpy(upload.renderer, record->renderer, sizeof upload.renderer);
    memcpy(upload.name, record->name, sizeof upload.name);
    return pl_collection_join(store->catalog, txn, filed->collection, &upload, renewed, error);
}

static enum pl_err apply_put(struct pl_store *store, struct pl_catalog_txn *txn, struct work *work,
                             const struct pl_filed *old, struct pl_blob_folders *folders,
                             struct pl_error *error)
{
    struct pl_change *change = work->change;
    struct pl_filed filed = {.spool_id = change->spool_id};
    struct pl_record *record = &filed.record;
    bool done;
    enum pl_err code = already_done(change, old, &done, error);
    if (code != PL_OK || done)
        return code;
    code = file_items(store, txn, work, &record->source_id, error);
    if (code == PL_OK)
        code = pl_catalog_ref(store->catalog, txn, change->sha256, change->bytes, error);
    if (code != PL_OK)
        return code;
    make_stamp(txn, &record->stamp);
    memcpy(record->name, change->name, sizeof record->name);
    memcpy(record->sha256, change->sha256, PL_SHA256_N);
    memcpy(record->renderer, change->renderer, sizeof record->renderer);
    memcpy(record->media, change->media, sizeof record->media);
    memcpy(filed.collection, change->collection, sizeof filed.collection);
    record->bytes = change->bytes;
    record->put_wall_ns = pl_wall_ns();
    record->items = work->items;
    record->troubled = work->troubled;
    txn->meta.items += work->items;
    change->created = filed.created = old == NULL || old->record.deleted;
    report(change, &filed);
    code = replace_old(store, txn, old, &filed, error);
    if (code == PL_OK)
        code = pl_catalog_put(store->catalog, txn, &filed, error);
    if (code == PL_OK)
        code = pl_blob_place(&store->blobs, change->spool_id, change->sha256, change->bytes,
                             folders, error);
    return code;
}

static enum pl_err apply_delete(struct pl_store *store, struct pl_catalog_txn *txn,
                                struct pl_change *change, const struct pl_filed *old,
                                struct pl_error *error)
{
    if (old == NULL)
        return pl_fail(error, PL_E_MISSING, "there is no object of this name");
    if (old->record.deleted)
        return pl_fail(error, PL_E_GONE, "the object was deleted before");
    enum pl_err code = check_expected(change, &old->record, error);
    if (code != PL_OK)
        return code;
    struct pl_filed tombstone = {.record = {.deleted = true, .put_wall_ns = pl_wall_ns()}};
    memcpy(tombstone.record.name, change->name, sizeof change->name);
    make_stamp(txn, &tombstone.record.stamp);
    txn->meta.tombstones++;
    report(change, &tombstone);
    code = release_old(store, txn, old, &tombstone.record, error);
    return code == PL_OK ? pl_catalog_put(store->catalog, txn, &tombstone, error) : code;
}

static void apply(struct pl_store *store, struct pl_catalog_txn *batch, struct work *work,
                  struct pl_blob_folders *folders)
{
    struct pl_change *change = work->change;
    struct pl_catalog_txn txn;
    struct pl_filed space;
    const struct pl_filed *old;
    if (pl_catalog_begin(store->catalog, batch, &txn, &change->error) != PL_OK)
        return;
    enum pl_err code =
        find_old(store->catalog, txn.txn, change->name, &space, &old, &change->error);
    if (code == PL_OK && change->what == PL_CHANGE_PUT)
        code = apply_put(store, &txn, work, old, folders, &change->error);
    else if (code == PL_OK)
        code = apply_delete(store, &txn, change, old, &change->error);
    if (code == PL_OK)
        (void)pl_catalog_commit(store->catalog, &txn, &change->error);
    else
        pl_catalog_abort(&txn);
}

/* --- the batch
 * ------------------------------------------------------------------------------------------ */

/* Bodies that were brought in for changes that did not come to be. A commit whose outcome is
 * unknown was verified by opening the catalogue anew, so what it says now decides. */
static void remove_unused_blobs(struct pl_store *store, const struct pl_change *changes, size_t n)
{
    MDB_txn *txn;
    if (pl_catalog_read(store->catalog, &txn, NULL) != PL_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        if (changes[i].what == PL_CHANGE_PUT && changes[i].error.code != PL_OK &&
            !pl_catalog_has_blob(store->catalog, txn, changes[i].sha256))
            (void)pl_blob_remove(&store->blobs, changes[i].sha256, NULL);
    }
    pl_catalog_read_end(store->catalog);
}

/* One transaction of all changes that are still without an error and, in a second attempt, of this
 * kind. */
static enum pl_err run(struct pl_store *store, struct work *work, size_t n, bool puts,
                       struct pl_error *error)
{
    struct pl_catalog_txn batch;
    struct pl_blob_folders folders = {{0}};
    enum pl_err code = pl_catalog_begin(store->catalog, NULL, &batch, error);
    if (code != PL_OK)
        return code;
    uint64_t before = batch.meta.sequence;
    for (size_t i = 0; i < n; i++) {
        if (work[i].change->error.code == PL_OK &&
            (puts || work[i].change->what == PL_CHANGE_DELETE))
            apply(store, &batch, &work[i], &folders);
    }
    if (batch.meta.sequence == before) {
        pl_catalog_abort(&batch);
        return PL_OK;
    }
    code = pl_blob_sync(&store->blobs, &folders, error);
    if (code != PL_OK) {
        pl_catalog_abort(&batch);
        return code;
    }
    pl_store_step(PL_STEP_BEFORE_COMMIT);
    code = pl_catalog_commit(store->catalog, &batch, error);
    if (code == PL_OK)
        pl_store_step(PL_STEP_COMMITTED);
    return code;
}

/* The transaction failed as a whole: so did every change that had gone well until then. */
static void fail_all(struct work *work, size_t n, const struct pl_error *error)
{
    for (size_t i = 0; i < n; i++) {
        if (work[i].change->error.code == PL_OK)
            work[i].change->error = *error;
    }
}

/* A full catalogue must still be able to get rid of things: deletions may use its reserve. */
static enum pl_err retry_deletions(struct pl_store *store, struct work *work, size_t n,
                                   struct pl_error *error)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        struct pl_change *change = work[i].change;
        if (change->what == PL_CHANGE_DELETE && change->error.code == PL_E_SPACE) {
            change->error.code = PL_OK;
            any = true;
        }
    }
    if (!any)
        return error->code;
    struct pl_error again = {.code = PL_OK};
    pl_catalog_reserve(store->catalog, true);
    enum pl_err code = run(store, work, n, false, &again);
    pl_catalog_reserve(store->catalog, false);
    if (code != PL_OK)
        fail_all(work, n, &again);
    return error->code;
}

static void start_work(struct pl_store *store, struct work *work, struct pl_change *change)
{
    *work = (struct work){.change = change};
    change->error = (struct pl_error){.code = PL_OK};
    clear_results(change);
    if (check_change(change, &change->error) == PL_OK && change->what == PL_CHANGE_PUT)
        (void)prepare_put(store, work, &change->error);
}

enum pl_err pl_store_commit(struct pl_store *store, struct pl_change *changes, size_t n,
                            struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    CHECK(store->role == PL_STORE_KEEPER);
    struct pl_error whole = {.code = PL_OK};
    struct work *work = calloc(n, sizeof *work);
    if (work == NULL && n > 0)
        (void)pl_fail(&whole, PL_E_NOMEM, "no memory for a batch of changes");
    for (size_t i = 0; i < n && work != NULL; i++)
        start_work(store, &work[i], &changes[i]);
    if (work != NULL && run(store, work, n, true, &whole) != PL_OK)
        fail_all(work, n, &whole);
    if (work != NULL)
        (void)retry_deletions(store, work, n, &whole);
    for (size_t i = 0; i < n; i++) {
        if (work == NULL)
            changes[i].error = whole;
        if (changes[i].error.code != PL_OK)
            clear_results(&changes[i]);
        if (changes[i].what == PL_CHANGE_PUT)
            pl_spool_remove(&store->blobs, changes[i].spool_id);
    }
    remove_unused_blobs(store, changes, n);
    free(work);
    if (whole.code == PL_OK)
        return PL_OK;
    return pl_fail_param(error, whole.code, whole.param, "%s", whole.msg);
}
