/* worker_source.c - where the bytes of a job are: a stored file, an upload under way, an entry of
 * the cache.
 *
 * Files are mapped, entries are copied out: nothing that is handed out points into the cache. A
 * copy is at most what the cache takes as one value. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/process/worker_priv.h"

/* Map a whole file and close its descriptor. */
static enum pl_err map_file(int fd, struct pl_mapped *out, struct pl_error *error)
{
    struct stat status;
    enum pl_err result = PL_OK;
    if (fstat(fd, &status) != 0) {
        result = pl_fail_errno(error, "cannot look at the source");
    } else if (status.st_size > 0) {
        void *base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (base == MAP_FAILED) {
            result = pl_fail_errno(error, "cannot map the source");
        } else {
            out->base = base;
            out->source = (struct pl_source){base, (uint64_t)status.st_size};
        }
    }
    (void)close(fd);
    return result;
}

static void start(struct pl_mapped *out)
{
    *out = (struct pl_mapped){.source = {(const uint8_t *)"", 0}, .copy = PL_BUF(SIZE_MAX)};
}

static enum pl_err copy_entry(struct pl_worker *worker, const struct pl_key *key,
                              struct pl_mapped *out, struct pl_error *error)
{
    out->copy.limit = worker->image.limit;
    enum pl_err result = pl_cache_get(worker->cache, key, &out->copy, NULL, error);
    if (result == PL_OK && out->copy.n > 0)
        out->source = (struct pl_source){out->copy.bytes, out->copy.n};
    return result;
}

enum pl_err pl_worker_map(struct pl_worker *worker, const struct pl_job_source *source,
                          struct pl_mapped *out, struct pl_error *error)
{
    int fd = -1;
    start(out);
    if (source->from == PL_FROM_NOTHING)
        return PL_OK;
    if (source->from == PL_FROM_CACHE)
        return copy_entry(worker, &source->key, out, error);
    enum pl_err result = pl_store_open_blob(worker->store, source->sha256, &fd, error);
    return result == PL_OK ? map_file(fd, out, error) : result;
}

enum pl_err pl_worker_map_spool(struct pl_worker *worker, uint64_t id, struct pl_mapped *out,
                                struct pl_error *error)
{
    int fd = -1;
    start(out);
    enum pl_err result = pl_spool_open(worker->store, id, &fd, error);
    return result == PL_OK ? map_file(fd, out, error) : result;
}

void pl_worker_unmap(struct pl_mapped *mapped)
{
    if (mapped->base != NULL)
        (void)munmap(mapped->base, (size_t)mapped->source.n);
    mapped->base = NULL;
    pl_buf_free(&mapped->copy);
}
