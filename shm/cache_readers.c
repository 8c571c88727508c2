/* cache_readers.c - who holds on to freed pages, and what is done about it.
 *
 * Pages freed by a transaction can be used again only when no reader looks at an older version. A
 * reader of ours looks for as long as it copies one image. One that was taken off the CPU in the
 * middle of it is waited for. One that does not move for PATIENCE_NS is stuck (a disk that does not
 * answer, a debugger, a tool that keeps the file open): its process is named to the master, which
 * ends it if it is a child of its own, and the put goes on. If that does not help within ENDING_NS,
 * or the map has no room for another reason, the map counts as wedged, and the master begins a new
 * file (cache_prepare.c) and has its children replaced.
 *
 * Knows LMDB's reader table by what mdb_reader_list prints of it, the only way in. No memory.
 */
#include "shm/cache_priv.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"

#define PATIENCE_NS PL_S_NS
#define ENDING_NS PL_S_NS /* the master looks ten times a second */

struct holder {
    int pid;
    size_t thread, txn;
};

/* A line is "pid thread transaction", the last "-" for a reader that looks at nothing. */
static int see_reader(const char *line, void *context)
{
    struct holder *oldest = context, reader;
    if (sscanf(line, "%d %zx %zu", &reader.pid, &reader.thread, &reader.txn) == 3 &&
        reader.txn < oldest->txn)
        *oldest = reader;
    return 0;
}

/* The reader of the oldest version; false when nobody looks at any but the newest. */
static bool find_holder(struct pl_cache *cache, struct holder *out)
{
    MDB_envinfo info;
    int stale;
    (void)mdb_reader_check(cache->env, &stale); /* the dead hold nothing */
    *out = (struct holder){.txn = SIZE_MAX};
    return mdb_env_info(cache->env, &info) == 0 &&
           mdb_reader_list(cache->env, see_reader, out) >= 0 && out->txn < info.me_last_txnid;
}

static bool moved_on(struct pl_cache *cache, const struct holder *before)
{
    struct holder now;
    return !find_holder(cache, &now) || now.pid != before->pid || now.thread != before->thread ||
           now.txn != before->txn;
}

bool pl_cache_current(const struct pl_cache *cache)
{
    return cache->shared != NULL && atomic_load(&cache->shared->epoch) == cache->epoch;
}

enum pl_cache_held pl_cache_wait_reader(struct pl_cache *cache)
{
    struct pl_cache_shared *shared = cache->shared;
    struct holder holder;
    if (!find_holder(cache, &holder))
        return PL_CACHE_HELD_NOT;
    if (!pl_cache_current(cache) || atomic_load(&shared->wedged) != 0)
        return PL_CACHE_HELD_STUCK; /* another put has waited already */
    uint64_t began = pl_now_ns();
    struct timespec nap = {0, PL_MS_NS / 2};
    bool told = false;
    while (!moved_on(cache, &holder)) {
        uint64_t waited = pl_now_ns() - began;
        if (waited >= PATIENCE_NS + ENDING_NS)
            return PL_CACHE_HELD_STUCK;
        if (waited >= PATIENCE_NS && !told)
            atomic_store(&shared->stuck, holder.pid);
        told = waited >= PATIENCE_NS;
        (void)nanosleep(&nap, NULL);
        nap.tv_nsec = PL_MIN(2 * nap.tv_nsec, (long)(10 * PL_MS_NS));
    }
    return PL_CACHE_HELD_FREED;
}

void pl_cache_note_room(struct pl_cache *cache, bool none)
{
    uint32_t now = none ? 1 : 0;
    if (pl_cache_current(cache) && atomic_load(&cache->shared->wedged) != now)
        atomic_store(&cache->shared->wedged, now);
}

pid_t pl_cache_stuck(struct pl_cache_shared *shared)
{
    CHECK_MAGIC(shared, PL_CACHE_SHARED_MAGIC);
    return atomic_load(&shared->stuck) != 0 ? atomic_exchange(&shared->stuck, 0) : 0;
}

bool pl_cache_wedged(const struct pl_cache_shared *shared)
{
    CHECK_MAGIC(shared, PL_CACHE_SHARED_MAGIC);
    return atomic_load(&shared->wedged) != 0;
}
