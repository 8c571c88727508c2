/* cache.c - open the map, and everything that only reads it.
 *
 * One read transaction per handle is made at open and reset between calls: renewing it costs a
 * tenth of beginning one, and a reset one pins no page. Values are copied out before the
 * transaction is reset and checked after it, so the time in which a reader pins pages is the time
 * of the copy. Knows nothing of media types or labels. Memory: the handle, and LMDB's own page
 * lists; nothing grows with the map.
 */
#include "shm/cache.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/cache_priv.h"

enum { READERS_MAX = 256, DATABASES = 3, BUDGET_PERCENT = 85, STATE_KEY_N = 5 };

static const char state_key[STATE_KEY_N + 1] = "state";

enum pl_err pl_cache_fail(struct pl_error *error, int code, const char *what)
{
    enum pl_err kind = PL_E_IO;
    if (code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT || code == EFBIG)
        kind = PL_E_SPACE;
    else if (code == MDB_NOTFOUND)
        kind = PL_E_MISSING;
    else if (code == ENOMEM)
        kind = PL_E_NOMEM;
    return pl_fail(error, kind, "%s: %s", what, mdb_strerror(code));
}

void pl_cache_suspect(struct pl_cache *cache, int code)
{
    bool structural = code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_PANIC ||
                      code == MDB_KEYEXIST;
    if (structural && pl_cache_current(cache))
        atomic_store_explicit(&cache->shared->discard, 1, memory_order_relaxed);
}

void pl_cache_order_key(uint8_t out[PL_CACHE_ORDER_KEY_N], uint64_t sequence)
{
    uint64_t big_endian = __builtin_bswap64(sequence);
    memcpy(out, &big_endian, sizeof big_endian);
}

void pl_cache_chunk_key(uint8_t out[PL_CACHE_CHUNK_KEY_N], uint64_t sequence, uint32_t number)
{
    uint32_t big_endian = __builtin_bswap32(number);
    pl_cache_order_key(out, sequence);
    memcpy(out + PL_CACHE_ORDER_KEY_N, &big_endian, sizeof big_endian);
}

int pl_cache_state_get(struct pl_cache *cache, MDB_txn *txn, struct pl_cache_state *state)
{
    MDB_val key = {STATE_KEY_N, (void *)(uintptr_t)state_key}, value;
    int code = mdb_get(txn, cache->main, &key, &value);
    if (code != 0)
        return code == MDB_NOTFOUND ? MDB_CORRUPTED : code;
    if (value.mv_size != sizeof *state)
        return MDB_CORRUPTED;
    memcpy(state, value.mv_data, sizeof *state);
    return state->format == PL_CACHE_FORMAT ? 0 : MDB_VERSION_MISMATCH;
}

int pl_cache_state_put(struct pl_cache *cache, MDB_txn *txn, const struct pl_cache_state *state)
{
    MDB_val key = {STATE_KEY_N, (void *)(uintptr_t)state_key};
    MDB_val value = {sizeof *state, (void *)(uintptr_t)state};
    return mdb_put(txn, cache->main, &key, &value, 0);
}

/* Counted by LMDB itself, so that no death can make the count differ from the map. Database 0 is
 * LMDB's free list, whose pages are taken as well. */
int pl_cache_live_pages(struct pl_cache *cache, MDB_txn *txn, uint64_t *pages)
{
    const MDB_dbi all[] = {0, cache->main, cache->entry, cache->chunk, cache->order};
    *pages = 2; /* the two meta pages */
    for (size_t i = 0; i < PL_COUNT(all); i++) {
        MDB_stat stat;
        int code = mdb_stat(txn, all[i], &stat);
        if (code != 0)
            return code;
        *pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    }
    return 0;
}

static int open_databases(struct pl_cache *cache, bool create)
{
    unsigned flags = create ? MDB_CREATE : 0;
    MDB_txn *txn;
    int code = mdb_txn_begin(cache->env, NULL, create ? 0 : MDB_RDONLY, &txn);
    if (code != 0)
        return code;
    struct pl_cache_state state = {PL_CACHE_FORMAT, cache->map_bytes, 1, 0, 0};
    if ((code = mdb_dbi_open(txn, NULL, 0, &cache->main)) == 0 &&
        (code = mdb_dbi_open(txn, "entry", flags, &cache->entry)) == 0 &&
        (code = mdb_dbi_open(txn, "chunk", flags, &cache->chunk)) == 0 &&
        (code = mdb_dbi_open(txn, "order", flags, &cache->order)) == 0)
        code = create ? pl_cache_state_put(cache, txn, &state)
                      : pl_cache_state_get(cache, txn, &state);
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    if (cache->map_bytes == 0)
        cache->map_bytes = state.map_bytes;
    else if (cache->map_bytes != state.map_bytes)
        code = MDB_VERSION_MISMATCH;
    int committed = mdb_txn_commit(txn); /* also makes the handles outlive the transaction */
    return code != 0 ? code : committed;
}

static int make_reader(struct pl_cache *cache)
{
    int stale;
    (void)mdb_reader_check(cache->env,
                           &stale); /* a dead process must not use up the reader table */
    int code = mdb_txn_begin(cache->env, NULL, MDB_RDONLY, &cache->reader);
    if (code == 0)
        code = mdb_cursor_open(cache->reader, cache->chunk, &cache->walker);
    if (code == 0)
        mdb_txn_reset(cache->reader);
    return code;
}

enum pl_err pl_cache_attach(struct pl_cache *cache, const char *dir, bool create,
                            struct pl_error *error)
{
    unsigned flags = MDB_NOTLS | MDB_NOSYNC | MDB_NORDAHEAD | (cache->read_only ? MDB_RDONLY : 0);
    MDB_stat stat;
    int code = mdb_env_create(&cache->env);
    if (code == 0 && cache->map_bytes != 0)
        code = mdb_env_set_mapsize(cache->env, cache->map_bytes);
    if (code == 0 && (code = mdb_env_set_maxreaders(cache->env, READERS_MAX)) == 0)
        code = mdb_env_set_maxdbs(cache->env, DATABASES);
    if (code == 0)
        code = mdb_env_open(cache->env, dir, flags, 0600);
    if (code == 0)
        code = open_databases(cache, create);
    if (code == 0)
        code = make_reader(cache);
    if (code == 0)
        code = mdb_env_stat(cache->env, &stat);
    if (code != 0) {
        pl_cache_detach(cache);
        return pl_cache_fail(error, code, "cannot open the cache map");
    }
    cache->page_bytes = stat.ms_psize;
    cache->budget_pages = cache->map_bytes / 100 * BUDGET_PERCENT / cache->page_bytes;
    return PL_OK;
}

void pl_cache_detach(struct pl_cache *cache)
{
    if (cache->walker != NULL)
        mdb_cursor_close(cache->walker);
    if (cache->reader != NULL)
        mdb_txn_abort(cache->reader);
    if (cache->env != NULL)
        mdb_env_close(cache->env);
    cache->walker = NULL;
    cache->reader = NULL;
    cache->env = NULL;
}

enum pl_err pl_cache_open(struct pl_cache **out, const char *dir, struct pl_cache_shared *shared,
                          bool read_only, struct pl_error *error)
{
    if (shared == NULL && !read_only)
        return pl_fail(error, PL_E_INTERNAL, "a cache without its shared part can only be read");
    struct pl_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for a cache handle");
    cache->magic = PL_CACHE_MAGIC;
    cache->pid = getpid();
    cache->read_only = read_only;
    cache->shared = shared;
    cache->epoch = shared != NULL ? atomic_load(&shared->epoch) : 0;
    cache->map_bytes = shared != NULL ? shared->map_bytes : 0; /* 0: as the file says */
    enum pl_err status = pl_cache_attach(cache, dir, false, error);
    if (status != PL_OK) {
        free(cache);
        return status;
    }
    *out = cache;
    return PL_OK;
}

void pl_cache_close(struct pl_cache **pointer)
{
    struct pl_cache *cache = *pointer;
    if (cache == NULL)
        return;
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    if (cache->pid ==
        getpid()) /* closing an inherited handle would take the parent's reader slot away */
        pl_cache_detach(cache);
    cache->magic = 0;
    free(cache);
    *pointer = NULL;
}

uint64_t pl_cache_value_max(const struct pl_cache *cache)
{
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    return cache->budget_pages * cache->page_bytes / 4;
}

void pl_cache_flag(struct pl_cache *cache, uint64_t sequence)
{
    struct pl_cache_shared *shared = cache->shared;
    if (shared == NULL)
        return;
    if (!pl_cache_current(cache))
        sequence = 0; /* the same number is another entry in the new file */
    atomic_fetch_add_explicit(&shared->damaged_n, 1, memory_order_relaxed);
    /* A header that does not hold up has no number: it goes when its key is put again or the hand
     * comes. */
    for (unsigned i = 0; sequence != 0 && i < PL_CACHE_DAMAGED_N; i++) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&shared->damaged[i], &there, sequence) ||
            there == sequence)
            return;
    }
}

static bool flagged(const struct pl_cache *cache, uint64_t sequence)
{
    bool any = false;
    for (unsigned i = 0; cache->shared != NULL && i < PL_CACHE_DAMAGED_N && !any; i++)
        any = atomic_load_explicit(&cache->shared->damaged[i], memory_order_relaxed) == sequence;
    return any;
}

/* Does the record deserve to be believed? What it says is bounded by what can have been put. */
static bool header_sound(const struct pl_cache *cache, const struct pl_key *key,
                         const struct pl_cache_header *header, const MDB_val *value)
{
    const uint8_t *bytes = value->mv_data;
    size_t skip = sizeof header->check;
    return header->check == pl_checksum(bytes + skip, value->mv_size - skip) &&
           memcmp(header->key, key->bytes, sizeof header->key) == 0 && header->sequence != 0 &&
           header->label_n < PL_CACHE_LABEL_MAX &&
           header->label_n == value->mv_size - sizeof *header &&
           header->bytes <= cache->map_bytes && header->chunk_n > 0 &&
           header->chunk_n <= PL_CACHE_CHUNK_N;
}

int pl_cache_find(struct pl_cache *cache, MDB_txn *txn, const struct pl_key *key,
                  struct pl_cache_header *header, MDB_val *out)
{
    MDB_val name = {sizeof key->bytes, (void *)(uintptr_t)key->bytes}, value;
    int code = mdb_get(txn, cache->entry, &name, &value);
    if (code != 0)
        return code;
    if (value.mv_size < sizeof *header)
        return MDB_CORRUPTED;
    memcpy(header, value.mv_data, sizeof *header);
    if (out != NULL)
        *out = value;
    return header_sound(cache, key, header, &value) ? 0 : MDB_CORRUPTED;
}

void pl_cache_meta(struct pl_cache_meta *meta, const struct pl_cache_header *header,
                   const MDB_val *value)
{
    meta->media = header->media;
    meta->cost_us = header->cost_us;
    meta->made_wall_ns = header->made_wall_ns;
    meta->stamp = header->stamp;
    memcpy(meta->label, (const uint8_t *)value->mv_data + sizeof *header, header->label_n);
    meta->label[header->label_n] = '\0';
}

/* Begin reading and find the entry. The transaction is to be reset whatever is returned. A record
 * that does not hold up is PL_E_FORMAT to the callers here and never leaves this file but through
 * verify. */
static enum pl_err find_entry(struct pl_cache *cache, const struct pl_key *key,
                              struct pl_cache_header *header, struct pl_cache_meta *meta,
                              struct pl_error *error)
{
    MDB_val value;
    int code = mdb_txn_renew(cache->reader);
    if (code == 0)
        code = pl_cache_find(cache, cache->reader, key, header, &value);
    if (code == MDB_NOTFOUND)
        return pl_fail(error, PL_E_MISSING, "not in the cache");
    if (code == MDB_CORRUPTED) {
        pl_cache_flag(cache, 0);
        return PL_E_FORMAT;
    }
    if (code != 0)
        return pl_cache_fail(error, code, "cannot read the cache");
    if (meta != NULL)
        pl_cache_meta(meta, header, &value);
    return PL_OK;
}

/* Append the chunks to out. PL_E_FORMAT when they are not those the header promises. */
static enum pl_err copy_chunks(struct pl_cache *cache, const struct pl_cache_header *header,
                               struct pl_buf *out, struct pl_error *error)
{
    uint8_t at[PL_CACHE_CHUNK_KEY_N];
    enum pl_err status = pl_buf_reserve(out, header->bytes, error);
    if (status != PL_OK || header->bytes == 0)
        return status;
    int code = mdb_cursor_renew(cache->reader, cache->walker);
    MDB_cursor_op step = MDB_SET;
    uint64_t left = header->bytes;
    for (uint32_t number = 0; left > 0 && code == 0; number++, step = MDB_NEXT) {
        MDB_val key = {sizeof at, at}, value;
        pl_cache_chunk_key(at, header->sequence, number);
        code = mdb_cursor_get(cache->walker, &key, &value, step);
        if (code != 0)
            break;
        if (key.mv_size != sizeof at || memcmp(key.mv_data, at, sizeof at) != 0 ||
            value.mv_size != PL_MIN(left, header->chunk_n))
            return PL_E_FORMAT;
        memcpy(out->bytes + out->n, value.mv_data, value.mv_size);
        out->n += value.mv_size;
        left -= value.mv_size;
    }
    if (code == MDB_NOTFOUND)
        return PL_E_FORMAT;
    return code == 0 ? PL_OK : pl_cache_fail(error, code, "cannot read the cache");
}

/* Copy the value out, then check it. PL_E_FORMAT when it is damaged; out is then as it was. */
static enum pl_err read_value(struct pl_cache *cache, const struct pl_key *key, struct pl_buf *out,
                              struct pl_cache_header *header, struct pl_cache_meta *meta,
                              struct pl_error *error)
{
    size_t start = out->n;
    enum pl_err status = find_entry(cache, key, header, meta, error);
    bool found = status == PL_OK;
    if (found)
        status = copy_chunks(cache, header, out, error);
    mdb_txn_reset(cache->reader);
    if (status == PL_OK && pl_checksum(out->bytes + start, header->bytes) != header->checksum)
        status = PL_E_FORMAT;
    if (status != PL_OK)
        out->n = start;
    if (status == PL_E_FORMAT && found)
        pl_cache_flag(cache, header->sequence);
    return status;
}

static enum pl_err get(struct pl_cache *cache, const struct pl_key *key, bool visit,
                       struct pl_buf *out, struct pl_cache_meta *meta, struct pl_error *error)
{
    struct pl_cache_header header;
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    enum pl_err status = read_value(cache, key, out, &header, meta, error);
    if (status == PL_OK && visit)
        pl_cache_visit(cache, header.sequence);
    if (status == PL_E_FORMAT)
        return pl_fail(error, PL_E_MISSING, "the cached image is damaged");
    return status;
}

enum pl_err pl_cache_get(struct pl_cache *cache, const struct pl_key *key, struct pl_buf *out,
                         struct pl_cache_meta *meta, struct pl_error *error)
{
    return get(cache, key, true, out, meta, error);
}

enum pl_err pl_cache_collect(struct pl_cache *cache, const struct pl_key *key, struct pl_buf *out,
                             struct pl_cache_meta *meta, struct pl_error *error)
{
    return get(cache, key, false, out, meta, error);
}

enum pl_err pl_cache_verify(struct pl_cache *cache, const struct pl_key *key,
                            struct pl_error *error)
{
    struct pl_cache_header header;
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    struct pl_buf value = PL_BUF(cache->map_bytes);
    enum pl_err status = read_value(cache, key, &value, &header, NULL, error);
    pl_buf_free(&value);
    if (status == PL_E_FORMAT)
        return pl_fail(error, PL_E_FORMAT, "the cached image is damaged");
    return status;
}

enum pl_err pl_cache_has(struct pl_cache *cache, const struct pl_key *key,
                         struct pl_cache_meta *meta, uint64_t *bytes, uint64_t *hits,
                         struct pl_error *error)
{
    struct pl_cache_header header;
    CHECK_MAGIC(cache, PL_CACHE_MAGIC);
    enum pl_err status = find_entry(cache, key, &header, meta, error);
    mdb_txn_reset(cache->reader);
    if (status == PL_OK && flagged(cache, header.sequence))
        status = PL_E_FORMAT; /* a reader has seen it: it must be drawn anew */
    if (status == PL_E_FORMAT)
        return pl_fail(error, PL_E_MISSING, "the cached image is damaged");
    if (status == PL_OK && bytes != NULL)
        *bytes = header.bytes;
    if (status == PL_OK && hits != NULL)
        *hits = pl_cache_hits(cache, header.sequence, NULL);
    return status;
}
