/* store.c - the face of the store: opening it, reading it, keeping it tidy.
 *
 * Reads go to the catalogue, bytes to the blobs; what belongs to both (commits) is in
 * store_commit.c. Memory: one handle per process; descriptors of the folders are opened here once,
 * so that the process may close its sandbox behind them.
 */
#include "shm/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/collection.h"

enum {
    SWEEP_SLICE = 4096,          /* catalogue entries removed in one transaction */
    SWEEP_CHECKS = 16384,        /* look-ups to compare uploads of a name in one transaction */
    SWEEP_BLOBS = 64,            /* files removed in one transaction */
    SWEEP_ORPHANS = 1024,        /* files looked at in one sweep */
    SWEEP_NS = 50 * 1000 * 1000, /* a sweep begins no further slice after this long */
};

/* --- opening -----------------------------------------------------------------------------------
 */

static enum pl_err catalog_folder(char out[PATH_MAX], const char *dir, struct pl_error *error)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, PL_CATALOG_FOLDER);
    if (n < 0 || n >= PATH_MAX)
        return pl_fail_param(error, PL_E_INPUT, "store.dir", "store.dir is too long");
    return PL_OK;
}

/* Like mkdir -p. */
static enum pl_err make_path(const char *dir, struct pl_error *error)
{
    char path[PATH_MAX];
    size_t n = strlen(dir);
    if (n == 0 || n >= sizeof path)
        return pl_fail_param(error, PL_E_INPUT, "store.dir", "store.dir is empty or too long");
    memcpy(path, dir, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        char kept = path[i];
        path[i] = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return pl_fail_errno(error, "cannot make the folder %.150s", path);
        path[i] = kept;
    }
    return PL_OK;
}

static enum pl_err open_dir(const char *dir, int *fd, struct pl_error *error)
{
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd >= 0 ? PL_OK : pl_fail_errno(error, "cannot open store.dir %.150s", dir);
}

/* The new names themselves must survive a power cut before anything is acknowledged below them. */
static enum pl_err sync_dir(int fd, struct pl_error *error)
{
    int catalog = openat(fd, PL_CATALOG_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum pl_err code = PL_OK;
    if (catalog < 0 || fsync(catalog) != 0 || fsync(fd) != 0)
        code = pl_fail_errno(error, "cannot sync store.dir");
    if (catalog >= 0)
        (void)close(catalog);
    return code;
}

enum pl_err pl_store_prepare(const char *dir, uint64_t map_bytes, struct pl_error *error)
{
    char folder[PATH_MAX];
    int fd = -1;
    enum pl_err code = make_path(dir, error);
    if (code == PL_OK)
        code = open_dir(dir, &fd, error);
    if (code != PL_OK)
        return code;
    if (mkdirat(fd, PL_CATALOG_FOLDER, 0700) != 0 && errno != EEXIST)
        code = pl_fail_errno(error, "cannot make the folder of the catalogue");
    if (code == PL_OK)
        code = pl_blobs_prepare(fd, error);
    if (code == PL_OK)
        code = catalog_folder(folder, dir, error);
    if (code == PL_OK)
        code = pl_catalog_prepare(folder, map_bytes, error);
    if (code == PL_OK)
        code = sync_dir(fd, error);
    (void)close(fd);
    return code;
}

enum pl_err pl_store_open(struct pl_store **out, const char *dir, enum pl_store_role role,
                          struct pl_error *error)
{
    char folder[PATH_MAX];
    int fd = -1;
    struct pl_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to open the store");
    store->magic = PL_STORE_MAGIC;
    store->role = role;
    store->blobs = (struct pl_blobs){.blobs_fd = -1, .spool_fd = -1};
    enum pl_err code = open_dir(dir, &fd, error);
    if (code == PL_OK)
        code = pl_blobs_open(&store->blobs, fd, error);
    if (code == PL_OK)
        code = catalog_folder(folder, dir, error);
    if (code == PL_OK)
        code = pl_catalog_open(&store->catalog, folder, role == PL_STORE_KEEPER, error);
    if (fd >= 0)
        (void)close(fd);
    if (code == PL_OK)
        *out = store;
    else
        pl_store_close(&store);
    return code;
}

void pl_store_close(struct pl_store **pointer)
{
    struct pl_store *store = *pointer;
    if (store == NULL)
        return;
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    pl_catalog_close(&store->catalog);
    pl_blobs_close(&store->blobs);
    store->magic = 0;
    free(store);
    *pointer = NULL;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static bool bad_part(const char *part, size_t n)
{
    return n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.');
}

enum pl_err pl_store_name_valid(const char *name, struct pl_error *error)
{
    size_t n = strnlen(name, PL_NAME_MAX + 1), part = 0;
    if (n == 0 || n > PL_NAME_MAX)
        return pl_fail_param(error, PL_E_INPUT, "name", "a name has 1 to %d bytes", PL_NAME_MAX);
    for (size_t i = 0; i <= n; i++) {
        unsigned char c = (unsigned char)name[i];
        if (i < n && (c < 0x20 || c == 0x7f))
            return pl_fail_param(error, PL_E_INPUT, "name",
                                 "byte %zu of the name is a control byte", i);
        if (i < n && c != '/')
            continue;
        if (bad_part(name + part, i - part))
            return pl_fail_param(error, PL_E_INPUT, "name",
                                 "a part of the name is empty, \".\" or \"..\"");
        part = i + 1;
    }
    return PL_OK;
}

enum pl_err pl_store_resolve(struct pl_store *store, const char *name, struct pl_record *out,
                             struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    struct pl_filed filed;
    MDB_txn *txn;
    enum pl_err code = pl_catalog_read(store->catalog, &txn, error);
    if (code != PL_OK)
        return code;
    code = pl_catalog_find(store->catalog, txn, name, &filed, error);
    pl_catalog_read_end(store->catalog);
    if (code != PL_OK)
        return code;
    *out = filed.record;
    return out->deleted ? pl_fail(error, PL_E_GONE, "the object was deleted") : PL_OK;
}

/* The number of the transaction, taken the way every reader takes it: LMDB raises it after a commit
 * has succeeded, so a failed commit never lends its number to two states. */
uint64_t pl_store_version(struct pl_store *store)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    MDB_txn *txn;
    if (pl_catalog_read(store->catalog, &txn, NULL) != PL_OK)
        return 0;
    uint64_t version = mdb_txn_id(txn);
    pl_catalog_read_end(store->catalog);
    return version;
}

enum pl_err pl_store_item(struct pl_store *store, const struct pl_record *record,
                          const char *selector, struct pl_item *out, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    MDB_txn *txn;
    enum pl_err code = pl_catalog_read(store->catalog, &txn, error);
    if (code != PL_OK)
        return code;
    code = pl_catalog_find_path(store->catalog, txn, record->source_id, selector, out, error);
    pl_catalog_read_end(store->catalog);
    return code;
}

enum pl_err pl_store_list(struct pl_store *store, const char *prefix, const char *after,
                          char delimiter, unsigned most, pl_store_list_fn *visit, void *context,
                          bool *more, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return pl_catalog_list(store->catalog, prefix ? prefix : "", after ? after : "", delimiter,
                           most, visit, context, more, error);
}

enum pl_err pl_store_items(struct pl_store *store, const struct pl_record *record, uint32_t from,
                           unsigned most, pl_store_items_fn *visit, void *context, bool *more,
                           struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return pl_catalog_items(store->catalog, record, from, most, visit, context, more, error);
}

enum pl_err pl_store_counts(struct pl_store *store, struct pl_store_counts *out,
                            struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return pl_catalog_counts(store->catalog, out, error);
}

enum pl_err pl_store_open_blob(struct pl_store *store, const uint8_t sha256[PL_SHA256_N], int *fd,
                               struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return pl_blob_open(&store->blobs, sha256, fd, error);
}

/* --- keeping it tidy ---------------------------------------------------------------------------
 */

static enum pl_err sweep_uploads(struct pl_store *store, uint64_t until_ns, struct pl_error *error)
{
    bool left = true;
    enum pl_err code = PL_OK;
    while (code == PL_OK && left && pl_now_ns() < until_ns)
        code = pl_collection_sweep(store->catalog, SWEEP_CHECKS, &left, error);
    store->untidy = store->untidy || left;
    return code;
}

static enum pl_err sweep_items(struct pl_store *store, uint64_t until_ns, struct pl_error *error)
{
    bool left = true;
    enum pl_err code = PL_OK;
    while (code == PL_OK && left && pl_now_ns() < until_ns)
        code = pl_catalog_sweep(store->catalog, SWEEP_SLICE, &left, error);
    store->untidy = store->untidy || left;
    return code;
}

/* The file goes first: a note without its file is harmless, a file without a note is lost space. */
static enum pl_err sweep_blobs(struct pl_store *store, uint64_t until_ns, struct pl_error *error)
{
    uint8_t sha256[SWEEP_BLOBS][PL_SHA256_N];
    unsigned n = SWEEP_BLOBS;
    enum pl_err code = PL_OK;
    while (code == PL_OK && n == SWEEP_BLOBS && pl_now_ns() < until_ns) {
        code = pl_catalog_unwanted(store->catalog, SWEEP_BLOBS, sha256, &n, error);
        for (unsigned i = 0; i < n && code == PL_OK; i++)
            code = pl_blob_remove(&store->blobs, sha256[i], error);
        if (code != PL_OK || n == 0)
            break;
        pl_store_step(PL_STEP_UNLINKED);
        code = pl_catalog_forget(store->catalog, sha256, n, error);
    }
    return code;
}

struct orphan_search {
    struct pl_catalog *catalog;
    MDB_txn *txn;
};

static bool known_blob(void *context, const uint8_t sha256[PL_SHA256_N])
{
    struct orphan_search *search = context;
    return pl_catalog_has_blob(search->catalog, search->txn, sha256);
}

/* A keeper that died between rename and commit leaves a file that the catalogue never heard of. */
static enum pl_err sweep_orphans(struct pl_store *store, struct pl_error *error)
{
    struct orphan_search search = {.catalog = store->catalog};
    if (store->blobs.orphans_at == PL_BLOB_FOLDERS)
        return PL_OK;
    enum pl_err code = pl_catalog_read(store->catalog, &search.txn, error);
    if (code != PL_OK)
        return code;
    code = pl_blob_orphans(&store->blobs, SWEEP_ORPHANS, known_blob, &search, error);
    pl_catalog_read_end(store->catalog);
    return code;
}

static enum pl_err sweep_catalog(struct pl_store *store, struct pl_error *error)
{
    uint64_t until_ns = pl_now_ns() + SWEEP_NS;
    store->untidy = false;
    enum pl_err code = sweep_uploads(store, until_ns, error);
    if (code == PL_OK)
        code = sweep_items(store, until_ns, error);
    return code == PL_OK ? sweep_blobs(store, until_ns, error) : code;
}

enum pl_err pl_store_sweep(struct pl_store *store, uint64_t spool_age_ns, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    CHECK(store->role == PL_STORE_KEEPER);
    int dead;
    (void)mdb_reader_check(store->catalog->env, &dead);
    enum pl_err code = sweep_catalog(store, NULL);
    if (code != PL_OK) { /* making room takes room at first: with the catalogue's reserve */
        pl_catalog_reserve(store->catalog, true);
        code = sweep_catalog(store, error);
        pl_catalog_reserve(store->catalog, false);
    }
    if (code == PL_OK)
        code = sweep_orphans(store, error);
    if (code == PL_OK)
        code = pl_spool_sweep(&store->blobs, spool_age_ns, error);
    return code;
}

bool pl_store_untidy(const struct pl_store *store)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return store->untidy;
}
