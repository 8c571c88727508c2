/* cache_priv.h - what the files of the cache share: its records on disk, its shared memory, its
 * handles.
 *
 * cache_prepare.c  the file before fork and after the last child: kept, discarded, marked clean
 * cache.c          open, and looking keys up
 * cache_list.c     counts, and the entries in order
 * cache_put.c      put and drop
 * cache_readers.c  readers that hold on to freed pages, and the map that has no room
 * evict.c          which entries go: SIEVE, the sweep
 */
#ifndef PL_CACHE_PRIV_H
#define PL_CACHE_PRIV_H

#include <lmdb.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "shm/cache.h"

enum {
    PL_CACHE_MAGIC = 0x43414348,
    PL_CACHE_SHARED_MAGIC = 0x53484152,
    PL_CACHE_FORMAT = 1,
    PL_CACHE_SLICE_PAGES =
        256, /* freed in one transaction: LMDB's record of them stays within a page */
    PL_CACHE_DAMAGED_N = 64, /* damaged entries remembered until a writer drops them */
    /* A chunk that fills one page exactly: needs no run of free pages, so fragmentation cannot
       refuse it. */
    PL_CACHE_SMALL_CHUNK_N = 4080,
};

/* Anonymous shared memory, made by the master; the only part of the cache that crosses fork. */
struct pl_cache_shared {
    unsigned magic;
    int owner_fd; /* flock held by the master and, through inheritance, by its children */
    uint64_t map_bytes;
    size_t mapped_bytes; /* of this mapping */
    _Atomic uint64_t
        hand; /* sequence number SIEVE looks at next; written under LMDB's writer lock */
    _Atomic uint64_t damaged_n, refused_n;
    _Atomic uint32_t discard; /* do not mark the file clean */
    _Atomic uint32_t epoch;   /* files begun since prepare; changed by the master alone */
    _Atomic uint32_t wedged;  /* a put found no room in the file of this epoch */
    _Atomic int32_t stuck;    /* process that holds on to one version; the master takes it */
    _Atomic uint64_t damaged[PL_CACHE_DAMAGED_N]; /* sequence numbers; 0 = free place */
    uint32_t mask;                                /* number of words - 1; a power of two */
    _Atomic uint32_t words[];
};

/* Record of "entry", followed by label_n bytes of label. In the byte order of the machine: the file
 * never outlives a boot. LMDB aligns values to 2 bytes only, so it is copied out before it is
 * looked at. */
struct pl_cache_header {
    uint64_t check; /* XXH3 of everything behind it, label included */
    uint8_t key[PL_KEY_N];
    uint64_t sequence, bytes, checksum, made_wall_ns;
    uint32_t media, cost_us, chunk_n, label_n;
    struct pl_stamp stamp;
};

/* Record "state" of the unnamed database. */
struct pl_cache_state {
    uint64_t format, map_bytes, next_sequence, puts, evictions;
};

struct pl_cache {
    unsigned magic;
    pid_t pid;      /* which opened it; no other process may use it */
    uint32_t epoch; /* of the file that is open here */
    bool read_only;
    MDB_env *env;
    MDB_txn *reader;    /* reset between calls, so that it pins nothing */
    MDB_cursor *walker; /* on "chunk", renewed into `reader` */
    MDB_dbi main, entry, chunk, order;
    struct pl_cache_shared *shared; /* NULL for a tool */
    uint64_t map_bytes, page_bytes, budget_pages;
};

/* --- cache.c --- */
enum pl_err pl_cache_fail(struct pl_error *error, int lmdb_code, const char *what);
/* An error that says the file itself cannot be trusted makes the next prepare discard it. */
void pl_cache_suspect(struct pl_cache *cache, int lmdb_code);
void pl_cache_flag(struct pl_cache *cache, uint64_t sequence); /* damaged; 0 when unknown */
/* Look a key up in txn. 0, MDB_NOTFOUND, another LMDB code, or MDB_CORRUPTED when the record does
 * not hold up. value, when not NULL, is the record in the map, valid as long as txn. */
int pl_cache_find(struct pl_cache *cache, MDB_txn *txn, const struct pl_key *key,
                  struct pl_cache_header *header, MDB_val *value);
void pl_cache_meta(struct pl_cache_meta *meta, const struct pl_cache_header *header,
                   const MDB_val *value);
int pl_cache_state_get(struct pl_cache *cache, MDB_txn *txn, struct pl_cache_state *state);
int pl_cache_state_put(struct pl_cache *cache, MDB_txn *txn, const struct pl_cache_state *state);
int pl_cache_live_pages(struct pl_cache *cache, MDB_txn *txn, uint64_t *pages);
/* Open the environment below dir with these LMDB flags and the databases in it, creating them if
 * asked. */
enum pl_err pl_cache_attach(struct pl_cache *cache, const char *dir, bool create,
                            struct pl_error *error);
void pl_cache_detach(struct pl_cache *cache);

/* Keys of "order" (8 bytes) and "chunk" (12): big-endian, so that LMDB's byte order is insertion
 * order. */
enum { PL_CACHE_ORDER_KEY_N = 8, PL_CACHE_CHUNK_KEY_N = 12 };
void pl_cache_order_key(uint8_t out[PL_CACHE_ORDER_KEY_N], uint64_t sequence);
void pl_cache_chunk_key(uint8_t out[PL_CACHE_CHUNK_KEY_N], uint64_t sequence, uint32_t number);

/* --- cache_list.c --- */
uint64_t pl_cache_hits(const struct pl_cache *cache, uint64_t sequence, bool *visited);

/* --- cache_readers.c --- */
enum pl_cache_held {
    PL_CACHE_HELD_NOT,   /* nobody looks at an old version */
    PL_CACHE_HELD_FREED, /* somebody did and has moved on: try again */
    PL_CACHE_HELD_STUCK, /* and does not move on */
};
/* Wait for the reader of the oldest version; names it to the master when it is stuck. */
enum pl_cache_held pl_cache_wait_reader(struct pl_cache *cache);
/* Is the file open here the one that counts? Not after the master has begun a new one. */
bool pl_cache_current(const struct pl_cache *cache);
/* What the last put came to: the map has no room, or has (again). */
void pl_cache_note_room(struct pl_cache *cache, bool none);

/* --- evict.c --- */
_Atomic uint32_t *pl_cache_word(struct pl_cache_shared *shared, uint64_t sequence);
void pl_cache_visit(struct pl_cache *cache, uint64_t sequence);
/* Delete all records of one entry. key may be NULL when only the sequence number is known. */
int pl_cache_erase(struct pl_cache *cache, MDB_txn *txn, uint64_t sequence,
                   const struct pl_key *key);
/* One slice of eviction in txn: until live pages <= goal or slice_pages are freed. MDB_NOTFOUND
 * when there is nothing left that could go. */
int pl_cache_evict(struct pl_cache *cache, MDB_txn *txn, uint64_t goal_pages, unsigned slice_pages);
int pl_cache_erase_flagged(struct pl_cache *cache, MDB_txn *txn, unsigned *erased);

#endif
