/* cache_list.c - what the admin commands see of the cache: counts, and the entries in insertion
 * order.
 *
 * Reads only. A visitor may be slow (it may write to a socket), so entries are copied out in
 * batches and shown after the transaction was reset. Memory: one batch, for the time of the call.
 */
#include "shm/cache_priv.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"

enum { BATCH = 32 };

struct batch {
    unsigned n;
    uint64_t next; /* sequence number behind the last one read; 0 at the end */
    struct pl_cache_entry entry[BATCH];
};

uint64_t pl_cache_hits(const struct pl_cache *cache, uint64_t sequence, bool *visited)
{
    uint32_t word = 0;
    if (cache->shared != NULL)
        word = atomic_load_explicit(pl_cache_word(cache->shared, sequence), memory_order_relaxed);
    if (visited != NULL)
        *visited = (word & 1) != 0;
    return word >> 1;
}

/* Fill in one entry from its record. Records that do not hold up are left out of the list. */
static bool read_entry(struct pl_cache *cache, uint64_t sequence, const MDB_val *owner,
                       struct pl_cache_entry *entry)
{
    struct pl_cache_header header;
    MDB_val value;
    if (owner->mv_size != sizeof entry->key)
        return false;
    memcpy(&entry->key, owner->mv_data, sizeof entry->key);
    if (pl_cache_find(cache, cache->reader, &entry->key, &header, &value) != 0 ||
        header.sequence != sequence)
        return false;
    pl_cache_meta(&entry->meta, &header, &value);
    entry->sequence = sequence;
    entry->bytes = header.bytes;
    entry->hits = pl_cache_hits(cache, sequence, &entry->visited);
    return true;
}

static int fill(struct pl_cache *cache, struct batch *batch, uint64_t from, unsigned most)
{
    uint8_t at[PL_CACHE_ORDER_KEY_N];
    MDB_val key = {sizeof at, at}, owner;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(cache->reader, cache->order, &cursor);
    if (code != 0)
        return code;
    pl_cache_order_key(at, from);
    batch->n = 0;
    code = mdb_cursor_get(cursor, &key, &owner, MDB_SET_RANGE);
    for (; code == 0 && batch->n < most; code = mdb_cursor_get(cursor, &key, &owner, MDB_NEXT)) {
        if (key.mv_size == sizeof at &&
            read_entry(cache, pl_be(key.mv_data, sizeof at), &owner, &batch->entry[batch->n]))
            batch->n++;
    }
    batch->next = code == 0 ? pl_be(key.mv_data, sizeof at) : 0;
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

enum pl_err pl_cache_walk(struct pl_cache *cache, uint64_t from, unsigned most, uint64_t *next,
                          pl_cache_visit_fn *visit, void *context, struct pl_error *error)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    struct batch *batch = malloc(sizeof *batch);
    if (batch == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to list the cache");
    enum pl_err status = PL_OK;
    bool more = true;
    *next = from;
    while (status == PL_OK && more && most > 0) {
        int code = mdb_txn_renew(cache->reader);
        if (code == 0)
            code = fill(cache, batch, *next, PL_MIN(most, (unsigned)BATCH));
        mdb_txn_reset(cache->reader);
        if (code != 0)
            status = pl_cache_fail(error, code, "cannot list the cache");
        for (unsigned i = 0; code == 0 && more && i < batch->n; i++) {
            more = visit(context, &batch->entry[i]);
            *next = i + 1 < batch->n ? batch->entry[i + 1].sequence : batch->next;
        }
        if (code == 0 && batch->n == 0)
            *next = 0;
        more = more && *next != 0;
        most -= PL_MIN(most, batch->n);
    }
    free(batch);
    return status;
}

enum pl_err pl_cache_counts(struct pl_cache *cache, struct pl_cache_counts *out,
                            struct pl_error *error)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    struct pl_cache_state state;
    struct batch *batch = malloc(sizeof *batch);
    if (batch == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to count the cache");
    MDB_stat entries;
    uint64_t pages = 0;
    int code = mdb_txn_renew(cache->reader);
    if (code == 0 && (code = pl_cache_state_get(cache, cache->reader, &state)) == 0 &&
        (code = pl_cache_live_pages(cache, cache->reader, &pages)) == 0 &&
        (code = mdb_stat(cache->reader, cache->entry, &entries)) == 0)
        code = fill(cache, batch, 0, 1);
    mdb_txn_reset(cache->reader);
    if (code == 0) {
        *out = (struct pl_cache_counts){
            .map_bytes = cache->map_bytes,
            .budget_bytes = cache->budget_pages * cache->page_bytes,
            .live_bytes = pages * cache->page_bytes,
            .entries = entries.ms_entries,
            .oldest_wall_ns = batch->n > 0 ? batch->entry[0].meta.made_wall_ns : 0,
            .puts = state.puts,
            .evictions = state.evictions,
        };
        if (cache->shared != NULL) {
            out->damaged = atomic_load_explicit(&cache->shared->damaged_n, memory_order_relaxed);
            out->refused = atomic_load_explicit(&cache->shared->refused_n, memory_order_relaxed);
        }
    }
    free(batch);
    return code == 0 ? PL_OK : pl_cache_fail(error, code, "cannot count the cache");
}
