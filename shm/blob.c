/* blob.c - uploaded bytes as files: spool, then one immutable file per digest.
 *
 * Every path is relative to a descriptor opened at the start and made of hexadecimal digits, so
 * that no byte a client chose ever reaches a path, and a process that closed its sandbox needs no
 * other folder. Must not know the catalogue: whether a blob is wanted is told by its caller. No
 * heap but one DIR.
 */
#include "shm/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/store_priv.h"

void (*pl_store_step_hook)(enum pl_store_step);

void pl_store_step(enum pl_store_step step)
{
    if (pl_store_step_hook != NULL)
        pl_store_step_hook(step);
}

static enum pl_err sync_fd(int fd, const char *what, struct pl_error *error)
{
    return fsync(fd) == 0 ? PL_OK : pl_fail_errno(error, "cannot sync %s", what);
}

static enum pl_err open_folder(int at, const char *name, int *fd, struct pl_error *error)
{
    *fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? PL_OK : pl_fail_errno(error, "cannot open the store's folder %s", name);
}

/* --- names ----------------------------------------------------------------------------------- */

void pl_spool_name(char out[PL_SPOOL_NAME_N], uint64_t id, const char *suffix)
{
    (void)snprintf(out, PL_SPOOL_NAME_N, "%016llx%s", (unsigned long long)id, suffix);
}

static void blob_folder(char out[3], unsigned folder)
{
    uint8_t byte = (uint8_t)folder;
    pl_hex(out, &byte, 1);
}

static void blob_name(char out[PL_BLOB_NAME_N], const uint8_t sha256[PL_SHA256_N])
{
    pl_hex(out, sha256, 1);
    out[2] = '/';
    pl_hex(out + 3, sha256 + 1, PL_SHA256_N - 1);
}

/* --- folders --------------------------------------------------------------------------------- */

static enum pl_err make_folder(int at, const char *name, struct pl_error *error)
{
    if (mkdirat(at, name, 0700) == 0 || errno == EEXIST)
        return PL_OK;
    return pl_fail_errno(error, "cannot make the store's folder %s", name);
}

/* All 256 at once: no process needs the right to make folders later, and no commit syncs a parent.
 */
static enum pl_err make_blob_folders(int blobs_fd, struct pl_error *error)
{
    for (unsigned i = 0; i < PL_BLOB_FOLDERS; i++) {
        char name[3];
        blob_folder(name, i);
        enum pl_err code = make_folder(blobs_fd, name, error);
        if (code != PL_OK)
            return code;
    }
    return sync_fd(blobs_fd, PL_BLOBS_FOLDER, error);
}

enum pl_err pl_blobs_prepare(int dir_fd, struct pl_error *error)
{
    struct pl_blobs blobs;
    enum pl_err code = make_folder(dir_fd, PL_BLOBS_FOLDER, error);
    if (code == PL_OK)
        code = make_folder(dir_fd, PL_SPOOL_FOLDER, error);
    if (code == PL_OK)
        code = pl_blobs_open(&blobs, dir_fd, error);
    if (code != PL_OK)
        return code;
    code = make_blob_folders(blobs.blobs_fd, error);
    if (code == PL_OK)
        code = pl_spool_sweep(&blobs, 0, error);
    pl_blobs_close(&blobs);
    return code;
}

enum pl_err pl_blobs_open(struct pl_blobs *blobs, int dir_fd, struct pl_error *error)
{
    *blobs = (struct pl_blobs){.blobs_fd = -1, .spool_fd = -1};
    if (getrandom(&blobs->id_base, sizeof blobs->id_base, 0) != (ssize_t)sizeof blobs->id_base)
        return pl_fail_errno(error, "cannot draw random bytes");
    enum pl_err code = open_folder(dir_fd, PL_BLOBS_FOLDER, &blobs->blobs_fd, error);
    if (code == PL_OK)
        code = open_folder(dir_fd, PL_SPOOL_FOLDER, &blobs->spool_fd, error);
    if (code != PL_OK)
        pl_blobs_close(blobs);
    return code;
}

void pl_blobs_close(struct pl_blobs *blobs)
{
    if (blobs->orphans != NULL)
        (void)closedir(blobs->orphans);
    if (blobs->blobs_fd >= 0)
        (void)close(blobs->blobs_fd);
    if (blobs->spool_fd >= 0)
        (void)close(blobs->spool_fd);
    *blobs = (struct pl_blobs){.blobs_fd = -1, .spool_fd = -1};
}

/* --- spool ----------------------------------------------------------------------------------- */

enum pl_err pl_spool_start(struct pl_store *store, uint64_t limit_bytes, struct pl_spool *out,
                           struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    struct pl_blobs *blobs = &store->blobs;
    *out = (struct pl_spool){.fd = -1, .limit = limit_bytes};
    do {
        char name[PL_SPOOL_NAME_N];
        uint64_t id = blobs->id_base + blobs->id_count++;
        if (id == 0)
            continue;
        pl_spool_name(name, id, PL_SPOOL_BODY);
        out->fd =
            openat(blobs->spool_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
        out->id = id;
    } while (out->fd < 0 && (out->id == 0 || errno == EEXIST));
    if (out->fd < 0) {
        out->id = 0;
        return pl_fail_errno(error, "cannot make a spool file");
    }
    pl_sha256_start(&out->hash);
    return PL_OK;
}

enum pl_err pl_spool_add(struct pl_spool *spool, const void *bytes, size_t n,
                         struct pl_error *error)
{
    CHECK(spool->fd >= 0);
    if (n > spool->limit - spool->bytes)
        return pl_fail_param(error, PL_E_LIMIT, "limits.body",
                             "the body is longer than limits.body allows (%llu bytes)",
                             (unsigned long long)spool->limit);
    const uint8_t *p = bytes;
    for (size_t at = 0; at < n;) {
        ssize_t written = write(spool->fd, p + at, n - at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return pl_fail_errno(error, "cannot write the upload to disk");
        at += (size_t)written;
    }
    pl_sha256_add(&spool->hash, bytes, n);
    spool->bytes += n;
    return PL_OK;
}

enum pl_err pl_spool_end(struct pl_spool *spool, struct pl_error *error)
{
    CHECK(spool->fd >= 0);
    pl_sha256_end(&spool->hash, spool->sha256);
    int rc = close(spool->fd);
    spool->fd = -1;
    return rc == 0 ? PL_OK : pl_fail_errno(error, "cannot write the upload to disk");
}

void pl_spool_drop(struct pl_store *store, struct pl_spool *spool)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    if (spool->id == 0)
        return;
    if (spool->fd >= 0)
        (void)close(spool->fd);
    spool->fd = -1;
    pl_spool_remove(&store->blobs, spool->id);
    spool->id = 0;
}

static enum pl_err open_spool_file(struct pl_blobs *blobs, uint64_t id, const char *suffix, int *fd,
                                   struct pl_error *error)
{
    char name[PL_SPOOL_NAME_N];
    pl_spool_name(name, id, suffix);
    *fd = openat(blobs->spool_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? PL_OK : pl_fail_errno(error, "cannot open the spool file %s", name);
}

enum pl_err pl_spool_open(struct pl_store *store, uint64_t id, int *fd, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    return open_spool_file(&store->blobs, id, PL_SPOOL_BODY, fd, error);
}

enum pl_err pl_findings_open(struct pl_blobs *blobs, uint64_t id, int *fd, struct pl_error *error)
{
    return open_spool_file(blobs, id, PL_SPOOL_FOUND, fd, error);
}

void pl_spool_remove(struct pl_blobs *blobs, uint64_t id)
{
    char name[PL_SPOOL_NAME_N];
    pl_spool_name(name, id, PL_SPOOL_BODY);
    (void)unlinkat(blobs->spool_fd, name, 0);
    pl_spool_name(name, id, PL_SPOOL_FOUND);
    (void)unlinkat(blobs->spool_fd, name, 0);
}

static DIR *open_listing(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
    if (listing == NULL && fd >= 0)
        (void)close(fd);
    return listing;
}

enum pl_err pl_spool_sweep(struct pl_blobs *blobs, uint64_t age_ns, struct pl_error *error)
{
    DIR *listing = open_listing(blobs->spool_fd, ".");
    if (listing == NULL)
        return pl_fail_errno(error, "cannot list the spool");
    uint64_t now = pl_wall_ns();
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        struct stat st;
        if (fstatat(blobs->spool_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            S_ISDIR(st.st_mode))
            continue;
        uint64_t changed = (uint64_t)st.st_mtim.tv_sec * PL_S_NS + (uint64_t)st.st_mtim.tv_nsec;
        if (age_ns == 0 || (changed < now && now - changed > age_ns))
            (void)unlinkat(blobs->spool_fd, entry->d_name, 0);
    }
    (void)closedir(listing);
    return PL_OK;
}

/* --- blobs ----------------------------------------------------------------------------------- */

/* True when the digest's file lies there whole. One of the wrong size is not ours to trust: the
 * caller's rename replaces it. */
static bool blob_lies_there(struct pl_blobs *blobs, const char *name, uint64_t bytes)
{
    struct stat st;
    return fstatat(blobs->blobs_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size == bytes;
}

static enum pl_err sync_body(int fd, uint64_t bytes, struct pl_error *error)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return pl_fail_errno(error, "cannot look at the upload");
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != bytes)
        return pl_fail(error, PL_E_INTERNAL, "the spool file has %llu bytes instead of %llu",
                       (unsigned long long)st.st_size, (unsigned long long)bytes);
    return sync_fd(fd, "the upload", error);
}

enum pl_err pl_blob_place(struct pl_blobs *blobs, uint64_t id, const uint8_t sha256[PL_SHA256_N],
                          uint64_t bytes, struct pl_blob_folders *folders, struct pl_error *error)
{
    char name[PL_BLOB_NAME_N], body[PL_SPOOL_NAME_N];
    blob_name(name, sha256);
    pl_spool_name(body, id, PL_SPOOL_BODY);
    folders->touched[sha256[0]] = 1;
    if (blob_lies_there(blobs, name, bytes))
        return PL_OK;
    int fd = -1;
    enum pl_err code = open_spool_file(blobs, id, PL_SPOOL_BODY, &fd, error);
    if (code != PL_OK)
        return code;
    code = sync_body(fd, bytes, error);
    (void)close(fd);
    if (code != PL_OK)
        return code;
    pl_store_step(PL_STEP_BODY_SYNCED);
    if (renameat(blobs->spool_fd, body, blobs->blobs_fd, name) != 0)
        return pl_fail_errno(error, "cannot move the upload into the store");
    pl_store_step(PL_STEP_RENAMED);
    return PL_OK;
}

enum pl_err pl_blob_sync(struct pl_blobs *blobs, const struct pl_blob_folders *folders,
                         struct pl_error *error)
{
    enum pl_err code = PL_OK;
    for (unsigned i = 0; i < PL_BLOB_FOLDERS && code == PL_OK; i++) {
        if (!folders->touched[i])
            continue;
        char name[3];
        int fd = -1;
        blob_folder(name, i);
        code = open_folder(blobs->blobs_fd, name, &fd, error);
        if (code == PL_OK)
            code = sync_fd(fd, "a folder of blobs", error);
        if (fd >= 0)
            (void)close(fd);
    }
    return code;
}

enum pl_err pl_blob_open(struct pl_blobs *blobs, const uint8_t sha256[PL_SHA256_N], int *fd,
                         struct pl_error *error)
{
    char name[PL_BLOB_NAME_N];
    blob_name(name, sha256);
    *fd = openat(blobs->blobs_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? PL_OK : pl_fail_errno(error, "cannot open the stored bytes");
}

enum pl_err pl_blob_remove(struct pl_blobs *blobs, const uint8_t sha256[PL_SHA256_N],
                           struct pl_error *error)
{
    char name[PL_BLOB_NAME_N];
    blob_name(name, sha256);
    if (unlinkat(blobs->blobs_fd, name, 0) == 0 || errno == ENOENT)
        return PL_OK;
    return pl_fail_errno(error, "cannot remove a blob");
}

static void judge_blob(struct pl_blobs *blobs, const char *file, pl_blob_known_fn *known,
                       void *context)
{
    uint8_t sha256[PL_SHA256_N] = {(uint8_t)blobs->orphans_at};
    if (strlen(file) == 2 * (PL_SHA256_N - 1) && pl_unhex(sha256 + 1, file, PL_SHA256_N - 1) == 0 &&
        !known(context, sha256))
        (void)pl_blob_remove(blobs, sha256, NULL);
}

enum pl_err pl_blob_orphans(struct pl_blobs *blobs, unsigned most, pl_blob_known_fn *known,
                            void *context, struct pl_error *error)
{
    while (most > 0 && blobs->orphans_at < PL_BLOB_FOLDERS) {
        char name[3];
        blob_folder(name, blobs->orphans_at);
        if (blobs->orphans == NULL &&
            (blobs->orphans = open_listing(blobs->blobs_fd, name)) == NULL)
            return pl_fail_errno(error, "cannot list a folder of blobs");
        struct dirent *entry = readdir(blobs->orphans);
        most--;
        if (entry != NULL) {
            judge_blob(blobs, entry->d_name, known, context);
        } else {
            (void)closedir(blobs->orphans);
            blobs->orphans = NULL;
            blobs->orphans_at++;
        }
    }
    return PL_OK;
}
