/* cache_put.c - put and drop.
 *
 * THE BOUND  Pages that transaction N frees can be used again from N+2 on, and from no transaction
 * while a reader looks at a version before N. So a put never evicts in its own transaction: slices
 * of eviction are committed first, then one small transaction steps over the last of them, then the
 * put. With live pages at or below 85 % of the map, every transaction then finds 15 % of the map
 * free (what a put needs comes on top), and the two in a row that would lock each other out cannot
 * happen. Free pages may still be scattered: then the value is stored in chunks of one page each,
 * which need no run. What is left is a reader that holds on to freed pages: cache_readers.c.
 *
 * Everything of a put is in one transaction: a process killed anywhere in it leaves nothing. Knows
 * nothing of who goes when room is made (evict.c). Memory: what LMDB needs for the dirty pages of
 * one value.
 */
#include "shm/cache_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shm/base/check.h"

enum {
    ATTEMPTS = 8,        /* after the map or the file system refused */
    OVERHEAD_PAGES = 10, /* header, order and leaf pages, a split on each level of three trees */
    CHUNK_RECORD_N = 32, /* what a chunk takes in a leaf page beside its pages */
    AHEAD_PART = 64,     /* evict this part of the budget more than needed, for the puts to come */
    AHEAD_PAGES_MAX = 1024,
    FILE_PERCENT = 85,
    WAIT_NS = 500000,
};

struct put {
    const struct pl_key *key;
    const uint8_t *bytes;
    uint64_t n, checksum;
    const struct pl_cache_meta *meta;
    uint32_t chunk_n;
    unsigned slice_pages;   /* of eviction; one entry at a time after a refusal */
    uint64_t ceiling_pages; /* live pages after this put; lowered after a refusal */
    bool evicted;           /* and no transaction has been committed since */
    bool done;
};

static uint64_t pages_needed(const struct pl_cache *cache, const struct put *put)
{
    uint64_t chunks = put->n / put->chunk_n + 1;
    uint64_t pages_a_chunk = put->chunk_n / cache->page_bytes + 1;
    return chunks * pages_a_chunk + chunks * CHUNK_RECORD_N / cache->page_bytes + OVERHEAD_PAGES;
}

static int write_header(struct pl_cache *cache, MDB_txn *txn, const struct put *put,
                        uint64_t sequence)
{
    struct {
        struct pl_cache_header header;
        char label[PL_CACHE_LABEL_MAX];
    } record;
    struct pl_cache_header *header = &record.header;
    const struct pl_cache_meta *meta = put->meta;
    size_t label_n = strnlen(meta->label, PL_CACHE_LABEL_MAX - 1);
    *header = (struct pl_cache_header){
        .sequence = sequence,
        .bytes = put->n,
        .checksum = put->checksum,
        .made_wall_ns = meta->made_wall_ns,
        .media = meta->media,
        .cost_us = meta->cost_us,
        .chunk_n = put->chunk_n,
        .label_n = (uint32_t)label_n,
        .stamp = meta->stamp,
    };
    memcpy(header->key, put->key->bytes, sizeof header->key);
    memcpy(record.label, meta->label, label_n);
    size_t n = sizeof *header + label_n, skip = sizeof header->check;
    header->check = pl_checksum((const uint8_t *)&record + skip, n - skip);
    MDB_val key = {sizeof header->key, header->key}, value = {n, &record};
    return mdb_put(txn, cache->entry, &key, &value, 0);
}

static int write_chunks(struct pl_cache *cache, MDB_txn *txn, const struct put *put,
                        uint64_t sequence)
{
    uint8_t at[PL_CACHE_CHUNK_KEY_N];
    uint32_t number = 0;
    int code = 0;
    for (uint64_t from = 0; from < put->n && code == 0; from += put->chunk_n) {
        pl_cache_chunk_key(at, sequence, number++);
        MDB_val key = {sizeof at, at};
        MDB_val value = {PL_MIN(put->chunk_n, put->n - from),
                         (void *)(uintptr_t)(put->bytes + from)};
        code = mdb_put(txn, cache->chunk, &key, &value, MDB_APPEND);
    }
    return code;
}

static int write_entry(struct pl_cache *cache, MDB_txn *txn, const struct put *put)
{
    struct pl_cache_state state;
    uint8_t at[PL_CACHE_ORDER_KEY_N];
    int code = pl_cache_state_get(cache, txn, &state);
    if (code != 0)
        return code;
    uint64_t sequence = state.next_sequence++;
    state.puts++;
    pl_cache_order_key(at, sequence);
    MDB_val key = {sizeof at, at};
    MDB_val owner = {sizeof put->key->bytes, (void *)(uintptr_t)put->key->bytes};
    code = mdb_put(txn, cache->order, &key, &owner, MDB_APPEND);
    if (code == 0)
        code = write_header(cache, txn, put, sequence);
    if (code == 0)
        code = write_chunks(cache, txn, put, sequence);
    if (code == 0)
        code = pl_cache_state_put(cache, txn, &state);
    /* Before the commit: the first hit may come right after it. */
    atomic_store_explicit(pl_cache_word(cache->shared, sequence), 0, memory_order_relaxed);
    return code;
}

/* A transaction that only moves LMDB on, so that what was freed last becomes usable. */
static int step(struct pl_cache *cache, MDB_txn *txn)
{
    struct pl_cache_state state;
    int code = pl_cache_state_get(cache, txn, &state);
    return code == 0 ? pl_cache_state_put(cache, txn, &state) : code;
}

/* What one transaction of a put does: see whether there is room; if so write, else make some. */
static int advance(struct pl_cache *cache, MDB_txn *txn, struct put *put)
{
    struct pl_cache_header header;
    uint64_t live, need = pages_needed(cache, put);
    int code = pl_cache_find(cache, txn, put->key, &header, NULL);
    if (code == 0) {
        put->done = true; /* another process was faster, with the same picture */
        return 0;
    }
    if (code == MDB_CORRUPTED) {
        MDB_val name = {sizeof put->key->bytes, (void *)(uintptr_t)put->key->bytes};
        code = mdb_del(txn, cache->entry, &name, NULL); /* the hand clears its chunks away */
        return code;
    }
    if (code != MDB_NOTFOUND || (code = pl_cache_live_pages(cache, txn, &live)) != 0)
        return code;
    if (live + need > put->ceiling_pages) {
        uint64_t ahead = PL_MIN(cache->budget_pages / AHEAD_PART, (uint64_t)AHEAD_PAGES_MAX);
        uint64_t left = put->ceiling_pages - PL_MIN(need, put->ceiling_pages);
        put->evicted = true;
        return pl_cache_evict(cache, txn, left - PL_MIN(ahead, left), put->slice_pages);
    }
    if (put->evicted) {
        put->evicted = false;
        return step(cache, txn);
    }
    put->done = true; /* if this commits */
    return write_entry(cache, txn, put);
}

static int transact(struct pl_cache *cache, struct put *put)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(cache->env, NULL, 0, &txn);
    if (code != 0)
        return code;
    code = advance(cache, txn, put);
    if (code == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

/* Has the file system refused? LMDB reports a write cut short as EIO, which while the file is still
 * growing is nearly always a full disk or a file size limit. */
static bool no_space(struct pl_cache *cache, int code)
{
    struct stat file;
    int fd;
    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        return true;
    return code == EIO && mdb_env_get_fd(cache->env, &fd) == 0 && fstat(fd, &file) == 0 &&
           (uint64_t)file.st_size < cache->map_bytes;
}

/* After a refusal: change what can be changed for the next attempt. False when nothing would help.
 */
static bool prepare_retry(struct pl_cache *cache, struct put *put, int code, unsigned attempt)
{
    put->chunk_n = PL_CACHE_SMALL_CHUNK_N;
    put->slice_pages = 1; /* writing the deletion of one entry takes the fewest new pages */
    put->evicted = true;  /* step once more: what was freed last may be what is lacking */
    uint64_t least = pages_needed(cache, put) + OVERHEAD_PAGES;
    if (no_space(cache, code)) {
        /* The file cannot grow now: live within the pages it has. */
        MDB_envinfo info;
        if (attempt >= ATTEMPTS || mdb_env_info(cache->env, &info) != 0)
            return false;
        uint64_t within = (info.me_last_pgno + 1) * FILE_PERCENT / 100;
        put->ceiling_pages = PL_MIN(put->ceiling_pages, within);
        return least <= within;
    }
    if (code != MDB_MAP_FULL || attempt >= ATTEMPTS)
        return false;
    switch (pl_cache_wait_reader(cache)) {
    case PL_CACHE_HELD_STUCK:
        return false;
    case PL_CACHE_HELD_FREED:
        return true;
    case PL_CACHE_HELD_NOT:
        break;
    }
    if (attempt > 1) { /* free pages are too scattered: more of them */
        struct timespec wait = {0, (long)WAIT_NS * attempt};
        (void)nanosleep(&wait, NULL);
        put->ceiling_pages = PL_MAX(least, put->ceiling_pages / 4 * 3);
    }
    return true;
}

static enum pl_err refuse(struct pl_cache *cache, struct pl_error *error, int code)
{
    atomic_fetch_add_explicit(&cache->shared->refused_n, 1, memory_order_relaxed);
    pl_cache_suspect(cache, code);
    if (no_space(cache, code))
        return pl_fail(error, PL_E_SPACE, "no space for the cache on its file system");
    if (code == MDB_MAP_FULL || code == MDB_NOTFOUND) {
        pl_cache_note_room(cache, true);
        return pl_fail(error, PL_E_BUSY,
                       "the cache map has no room at the moment and is begun anew: ask again");
    }
    return pl_cache_fail(error, code, "cannot write to the cache");
}

static void drop_flagged(struct pl_cache *cache)
{
    MDB_txn *txn;
    unsigned erased = 0;
    bool any = false;
    for (unsigned i = 0; i < PL_CACHE_DAMAGED_N && !any; i++)
        any = atomic_load_explicit(&cache->shared->damaged[i], memory_order_relaxed) != 0;
    if (!any || mdb_txn_begin(cache->env, NULL, 0, &txn) != 0)
        return;
    /* What cannot be dropped now is found damaged again by the next reader. */
    if (pl_cache_erase_flagged(cache, txn, &erased) == 0)
        (void)mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
}

enum pl_err pl_cache_put(struct pl_cache *cache, const struct pl_key *key, const void *bytes,
                         size_t n, const struct pl_cache_meta *meta, struct pl_error *error)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    CHECK(!cache->read_only && cache->pid == getpid());
    if (!pl_cache_current(cache))
        return pl_fail(error, PL_E_BUSY, "the cache has just been begun anew: ask again");
    if (n > pl_cache_value_max(cache))
        return pl_fail_param(error, PL_E_LIMIT, "cache.size",
                             "an image of %zu bytes is larger than a quarter of the cache's budget",
                             n);
    drop_flagged(cache);
    enum pl_err there = pl_cache_verify(cache, key, NULL);
    if (there == PL_OK)
        return PL_OK;
    if (there == PL_E_FORMAT && (there = pl_cache_drop(cache, key, error)) != PL_OK)
        return there;
    struct put put = {
        .key = key,
        .bytes = bytes,
        .n = n,
        .checksum = pl_checksum(bytes, n),
        .meta = meta,
        .chunk_n = PL_CACHE_CHUNK_N,
        .slice_pages = PL_CACHE_SLICE_PAGES,
        .ceiling_pages = cache->budget_pages,
    };
    unsigned refusals = 0;
    int code = 0;
    while (!put.done || code != 0) {
        put.done = false;
        code = transact(cache, &put);
        if (code != 0 && !prepare_retry(cache, &put, code, ++refusals))
            return refuse(cache, error, code);
    }
    pl_cache_note_room(cache, false);
    return PL_OK;
}

static int drop_once(struct pl_cache *cache, const struct pl_key *key)
{
    struct pl_cache_header header;
    MDB_txn *txn;
    MDB_val name = {sizeof key->bytes, (void *)(uintptr_t)key->bytes};
    int code = mdb_txn_begin(cache->env, NULL, 0, &txn);
    if (code != 0)
        return code;
    code = pl_cache_find(cache, txn, key, &header, NULL);
    if (code == 0)
        code = pl_cache_erase(cache, txn, header.sequence, key);
    else if (code == MDB_CORRUPTED) /* its number is lost; the hand clears its chunks away */
        code = mdb_del(txn, cache->entry, &name, NULL);
    if (code == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

enum pl_err pl_cache_drop(struct pl_cache *cache, const struct pl_key *key, struct pl_error *error)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    CHECK(!cache->read_only && cache->pid == getpid());
    if (!pl_cache_current(cache))
        return pl_fail(error, PL_E_BUSY, "the cache has just been begun anew: ask again");
    int code, stale;
    for (unsigned attempt = 0; (code = drop_once(cache, key)) == MDB_MAP_FULL; attempt++) {
        struct timespec wait = {0, WAIT_NS};
        if (attempt == ATTEMPTS)
            break;
        (void)mdb_reader_check(cache->env, &stale);
        (void)nanosleep(&wait, NULL);
    }
    if (code == MDB_NOTFOUND)
        return pl_fail(error, PL_E_MISSING, "not in the cache");
    return code == 0 ? PL_OK : refuse(cache, error, code);
}
