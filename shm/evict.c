/* evict.c - which entries go when the budget is full, and the keeper's sweep.
 *
 * SIEVE: the hand walks from the oldest entry to the newest and over again; an entry visited since
 * it last passed loses its mark and stays where it is, the first one not visited goes. Chosen by
 * measuring (tests/bench/recency.c: 20000 pictures, 400000 counted requests, Zipf 0.6 to 1.2, cache
 * of 1, 5 and 10 %, equal sizes and 2-300 KB). Mean hit ratio: FIFO 41.6 %, LRU 44.6 %, CLOCK 45.5
 * %, SIEVE 51.9 %; SIEVE was best in each of the 72 rows, with scans too (Zipf 1.0, cache 5 %: 63.0
 * against CLOCK's 55.4 and LRU's 54.3), nearest to the others when popularity drifts (89.0
 * against 88.5). It also needs no moving of entries: insertion order is the order of the sequence
 * numbers, so a hit writes one word of shared memory and an eviction deletes records and moves
 * none. CLOCK would rewrite what it spares.
 *
 * Knows sequence numbers, recency words and pages; nothing of what an entry holds. All writing here
 * happens in a write transaction of the caller, that is under LMDB's writer lock, which also guards
 * the hand. Recency words are written by every reader without a lock; a lost bit costs one render.
 */
#include "shm/cache_priv.h"

#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum {
    SLICE_STEPS = 8192, /* entries looked at in one transaction, about a millisecond */
};

_Atomic uint32_t *pl_cache_word(struct pl_cache_shared *shared, uint64_t sequence)
{
    return &shared->words[sequence & shared->mask];
}

void pl_cache_visit(struct pl_cache *cache, uint64_t sequence)
{
    if (cache->shared == NULL)
        return;
    _Atomic uint32_t *word = pl_cache_word(cache->shared, sequence);
    uint32_t seen = atomic_load_explicit(word, memory_order_relaxed), next;
    do {
        next = seen > UINT32_MAX - 2 ? seen : (seen + 2) | 1; /* hits stop counting, never wrap */
    } while (!atomic_compare_exchange_weak_explicit(word, &seen, next, memory_order_relaxed,
                                                    memory_order_relaxed));
}

static int erase_chunks(struct pl_cache *cache, MDB_txn *txn, uint64_t sequence)
{
    uint8_t from[PL_CACHE_CHUNK_KEY_N];
    pl_cache_chunk_key(from, sequence, 0);
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn, cache->chunk, &cursor);
    if (code != 0)
        return code;
    MDB_val key, value;
    while (code == 0) {
        key = (MDB_val){sizeof from, from};
        code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (code != 0 || key.mv_size != sizeof from ||
            memcmp(key.mv_data, from, PL_CACHE_ORDER_KEY_N) != 0)
            break;
        code = mdb_cursor_del(cursor, 0);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

int pl_cache_erase(struct pl_cache *cache, MDB_txn *txn, uint64_t sequence,
                   const struct pl_key *key)
{
    uint8_t order[PL_CACHE_ORDER_KEY_N];
    pl_cache_order_key(order, sequence);
    MDB_val at = {sizeof order, order}, found;
    struct pl_key owner;
    int code = mdb_get(txn, cache->order, &at, &found);
    if (code == 0 && found.mv_size == sizeof owner && key == NULL) {
        memcpy(&owner, found.mv_data, sizeof owner);
        key = &owner;
    }
    if (code == 0)
        code = mdb_del(txn, cache->order, &at, NULL);
    if (code != 0 && code != MDB_NOTFOUND)
        return code;
    if (key != NULL) {
        /* The key may meanwhile belong to a newer entry, which then stays. */
        struct pl_cache_header header;
        MDB_val name = {sizeof key->bytes, (void *)(uintptr_t)key->bytes};
        code = pl_cache_find(cache, txn, key, &header, NULL);
        if (code == MDB_CORRUPTED || (code == 0 && header.sequence == sequence))
            code = mdb_del(txn, cache->entry, &name, NULL);
        if (code != 0 && code != MDB_NOTFOUND)
            return code;
    }
    return erase_chunks(cache, txn, sequence);
}

/* The first entry at or behind the hand, from the oldest again when there is none. */
static int at_hand(MDB_cursor *cursor, uint64_t hand, uint64_t *sequence)
{
    uint8_t from[PL_CACHE_ORDER_KEY_N];
    pl_cache_order_key(from, hand);
    MDB_val key = {sizeof from, from}, value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND)
        code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    if (code == 0 && key.mv_size != sizeof from)
        return MDB_CORRUPTED;
    if (code == 0)
        *sequence = pl_be(key.mv_data, sizeof from);
    return code;
}

/* Move the hand to the entry that SIEVE gives up: the first not visited since the hand last passed.
 */
static int choose(struct pl_cache *cache, MDB_txn *txn, unsigned *steps, uint64_t *sequence)
{
    struct pl_cache_shared *shared = cache->shared;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn, cache->order, &cursor);
    if (code != 0)
        return code;
    uint64_t hand = atomic_load_explicit(&shared->hand, memory_order_relaxed);
    while ((code = at_hand(cursor, hand, sequence)) == 0) {
        uint32_t seen = atomic_fetch_and_explicit(pl_cache_word(shared, *sequence), ~UINT32_C(1),
                                                  memory_order_relaxed);
        hand = *sequence + 1;
        if ((seen & 1) == 0 || ++*steps >= SLICE_STEPS)
            break;
    }
    atomic_store_explicit(&shared->hand, hand, memory_order_relaxed);
    mdb_cursor_close(cursor);
    return code;
}

int pl_cache_evict(struct pl_cache *cache, MDB_txn *txn, uint64_t goal_pages, unsigned slice_pages)
{
    struct pl_cache_state state;
    uint64_t before = 0, live = 0;
    unsigned steps = 0;
    int code = pl_cache_state_get(cache, txn, &state);
    if (code == 0)
        code = pl_cache_live_pages(cache, txn, &before);
    live = before;
    while (code == 0 && live > goal_pages && before - PL_MIN(live, before) < slice_pages) {
        uint64_t sequence;
        code = choose(cache, txn, &steps, &sequence);
        if (code == 0)
            code = pl_cache_erase(cache, txn, sequence, NULL);
        if (code == 0) {
            state.evictions++;
            code = pl_cache_live_pages(cache, txn, &live);
        }
    }
    return code == 0 ? pl_cache_state_put(cache, txn, &state) : code;
}

int pl_cache_erase_flagged(struct pl_cache *cache, MDB_txn *txn, unsigned *erased)
{
    int code = 0;
    *erased = 0;
    for (unsigned i = 0; i < PL_CACHE_DAMAGED_N && code == 0; i++) {
        uint64_t sequence = atomic_exchange(&cache->shared->damaged[i], 0);
        if (sequence == 0)
            continue;
        code = pl_cache_erase(cache, txn, sequence, NULL);
        (*erased)++;
    }
    return code;
}

/* One transaction of the sweep; *again when there is more to do. */
static int sweep_once(struct pl_cache *cache, bool *again)
{
    MDB_txn *txn;
    uint64_t live = 0;
    unsigned erased;
    int code = mdb_txn_begin(cache->env, NULL, 0, &txn);
    if (code != 0)
        return code;
    code = pl_cache_erase_flagged(cache, txn, &erased);
    if (code == 0)
        code = pl_cache_live_pages(cache, txn, &live);
    *again = live > cache->budget_pages;
    if (code == 0 && *again)
        code = pl_cache_evict(cache, txn, cache->budget_pages, PL_CACHE_SLICE_PAGES);
    if (code == MDB_NOTFOUND) { /* nothing left to evict */
        *again = false;
        code = 0;
    }
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    return mdb_txn_commit(txn); /* writes nothing when nothing was changed */
}

enum pl_err pl_cache_sweep(struct pl_cache *cache, int *readers, struct pl_error *error)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    CHECK(!cache->read_only);
    *readers = 0;
    int code = mdb_reader_check(cache->env, readers);
    bool again = true;
    while (code == 0 && again)
        code = sweep_once(cache, &again);
    if (code == 0)
        return PL_OK;
    pl_cache_suspect(cache, code);
    return pl_cache_fail(error, code, "cannot sweep the cache");
}
