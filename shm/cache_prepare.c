/* cache_prepare.c - the file of the cache before the first child and after the last.
 *
 * The folder holds LMDB's data.mdb and lock.mdb, `owner` (flock: a live server holds it, through
 * its children too) and, only while nobody serves from it, `clean`: format, map size and boot in
 * which the file was closed. Without fsync a file is whole only if the system has not gone down
 * since, hence the boot. No LMDB handle is left when a function here returns. Memory: the shared
 * mapping, freed by close_clean.
 */
#include "shm/cache_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"

enum { STAMP_N = 160, WORDS_LEAST = 8192, BYTES_A_WORD = 2048, PAGE = 4096 };

static enum pl_err path_of(char out[PATH_MAX], const char *dir, const char *name,
                           struct pl_error *error)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return n > 0 && n < PATH_MAX
               ? PL_OK
               : pl_fail(error, PL_E_INPUT, "the cache folder's name is too long");
}

static enum pl_err make_folders(const char *dir, struct pl_error *error)
{
    char path[PATH_MAX];
    enum pl_err status = path_of(path, dir, "", error);
    for (char *slash = path + 1; status == PL_OK && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            status = pl_fail_errno(error, "cannot make the cache folder %s", path);
        *slash = '/';
    }
    return status;
}

/* What `clean` must say for the file to be believed. Empty when the boot cannot be told. */
static void expected_stamp(char out[STAMP_N], uint64_t map_bytes)
{
    char boot[64] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, boot, sizeof boot - 1);
    if (fd >= 0)
        (void)close(fd);
    out[0] = '\0';
    if (n <= 0)
        return;
    boot[strcspn(boot, "\n")] = '\0';
    (void)snprintf(out, STAMP_N, "platen-cache %d header %zu page %d map %llu boot %s\n",
                   PL_CACHE_FORMAT, sizeof(struct pl_cache_header), PAGE,
                   (unsigned long long)map_bytes, boot);
}

/* Read and remove the mark: from here on only a clean close brings it back. */
static bool was_clean(const char *path, uint64_t map_bytes)
{
    char expected[STAMP_N], found[STAMP_N] = "";
    expected_stamp(expected, map_bytes);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, found, sizeof found - 1);
    (void)close(fd);
    return unlink(path) == 0 && n > 0 && expected[0] != '\0' && strcmp(expected, found) == 0;
}

static enum pl_err own(const char *dir, int *out, struct pl_error *error)
{
    char path[PATH_MAX];
    if (path_of(path, dir, "owner", error) != PL_OK)
        return PL_E_INPUT;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return pl_fail_errno(error, "cannot open %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum pl_err status =
            errno == EWOULDBLOCK
                ? pl_fail(error, PL_E_BUSY, "another server uses the cache in %s", dir)
                : pl_fail_errno(error, "cannot lock %s", path);
        (void)close(fd);
        return status;
    }
    *out = fd;
    return PL_OK;
}

static enum pl_err discard(const char *dir, struct pl_error *error)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        char path[PATH_MAX];
        if (path_of(path, dir, names[i], error) != PL_OK)
            return PL_E_INPUT;
        if (unlink(path) != 0 && errno != ENOENT)
            return pl_fail_errno(error, "cannot remove %s", path);
    }
    return PL_OK;
}

/* Open once and close again: shows that the file can be used, or makes it. */
static enum pl_err try_file(const char *dir, uint64_t map_bytes, bool create,
                            struct pl_error *error)
{
    struct pl_cache probe = {.magic = PL_CACHE_MAGIC, .map_bytes = map_bytes};
    enum pl_err status = pl_cache_attach(&probe, dir, create, error);
    pl_cache_detach(&probe);
    return status;
}

static enum pl_err make_shared(uint64_t map_bytes, int owner_fd, struct pl_cache_shared **out,
                               struct pl_error *error)
{
    uint64_t words = WORDS_LEAST;
    while (words < map_bytes / BYTES_A_WORD && words < UINT32_C(1) << 31)
        words *= 2;
    size_t bytes = sizeof(struct pl_cache_shared) + words * sizeof(uint32_t);
    struct pl_cache_shared *shared =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return pl_fail_errno(error, "cannot map the cache's %zu shared bytes", bytes);
    shared->magic = PL_CACHE_SHARED_MAGIC;
    shared->owner_fd = owner_fd;
    shared->map_bytes = map_bytes;
    shared->mapped_bytes = bytes;
    shared->mask = (uint32_t)(words - 1);
    *out = shared;
    return PL_OK;
}

enum pl_err pl_cache_prepare(const char *dir, uint64_t map_bytes, struct pl_cache_shared **out,
                             bool *kept, struct pl_error *error)
{
    char clean[PATH_MAX];
    int owner_fd = -1;
    *kept = false;
    if (map_bytes < PL_CACHE_MAP_LEAST)
        return pl_fail_param(error, PL_E_INPUT, "cache.size",
                             "the cache map is at least %llu bytes",
                             (unsigned long long)PL_CACHE_MAP_LEAST);
    map_bytes -= map_bytes % PAGE;
    enum pl_err status = path_of(clean, dir, "clean", error);
    if (status == PL_OK && (status = make_folders(dir, error)) == PL_OK)
        status = own(dir, &owner_fd, error);
    if (status != PL_OK)
        return status;
    *kept = was_clean(clean, map_bytes) && try_file(dir, map_bytes, false, NULL) == PL_OK;
    if (!*kept && (status = discard(dir, error)) == PL_OK)
        status = try_file(dir, map_bytes, true, error);
    if (status == PL_OK)
        status = make_shared(map_bytes, owner_fd, out, error);
    if (status != PL_OK)
        (void)close(owner_fd);
    return status;
}

enum pl_err pl_cache_renew(struct pl_cache_shared *shared, const char *dir, struct pl_error *error)
{
    CHECK_MAGIC(shared, PL_CACHE_SHARED_MAGIC);
    enum pl_err status = discard(dir, error);
    if (status == PL_OK)
        status = try_file(dir, shared->map_bytes, true, error);
    if (status != PL_OK)
        return status;
    atomic_fetch_add(&shared->epoch, 1);
    atomic_store(&shared->wedged, 0);
    atomic_store(&shared->discard, 0); /* what was wrong was wrong in the old file */
    atomic_store(&shared->hand, 0);
    for (unsigned i = 0; i < PL_CACHE_DAMAGED_N; i++)
        atomic_store(&shared->damaged[i], 0);
    return PL_OK;
}

/* The mark appears whole or not at all. */
static enum pl_err mark_clean(const char *dir, uint64_t map_bytes, struct pl_error *error)
{
    char path[PATH_MAX], draft[PATH_MAX], stamp[STAMP_N];
    if (path_of(path, dir, "clean", error) != PL_OK ||
        path_of(draft, dir, "clean.new", error) != PL_OK)
        return PL_E_INPUT;
    expected_stamp(stamp, map_bytes);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return pl_fail_errno(error, "cannot write %s", draft);
    ssize_t n = (ssize_t)strlen(stamp), written = write(fd, stamp, (size_t)n);
    if (close(fd) != 0 || written != n || rename(draft, path) != 0)
        return pl_fail_errno(error, "cannot mark the cache in %s as clean", dir);
    return PL_OK;
}

enum pl_err pl_cache_close_clean(struct pl_cache_shared **pointer, const char *dir,
                                 struct pl_error *error)
{
    struct pl_cache_shared *shared = *pointer;
    enum pl_err status = PL_OK;
    if (shared == NULL)
        return PL_OK;
    CHECK_MAGIC(shared, PL_CACHE_SHARED_MAGIC);
    if (atomic_load_explicit(&shared->discard, memory_order_relaxed) == 0)
        status = mark_clean(dir, shared->map_bytes, error);
    (void)close(shared->owner_fd);
    (void)munmap(shared, shared->mapped_bytes);
    *pointer = NULL;
    return status;
}
