/* cache.h - encoded images, each once, in one LMDB map that all processes share.
 *
 * CAVEATS
 * - An environment belongs to the process that opened it: open after fork, one per process, and never
 *   use an inherited one (LMDB caveat). `struct pl_cache_shared` is the part that passes across fork.
 * - The file is disposable (NOSYNC). It is discarded at pl_cache_prepare unless it was closed cleanly
 *   in this boot and has this format; losing it costs renders, never correctness.
 * - No WRITEMAP: a stray pointer cannot damage the map and a full file system is an error, not SIGBUS.
 * - No read transaction outlives a call: nothing handed out points into the map.
 *
 * LAYOUT  two named databases. "entry": key -> struct header (key echo, sequence number, media, length,
 * checksum, cost, time, label). "chunk": (sequence number, chunk number), big-endian -> at most
 * PL_CACHE_CHUNK_N bytes. Sequence numbers grow by one per put, so "chunk" is in insertion order and is
 * the queue that SIEVE [Zhang et al., NSDI 2024] walks. A third, "order": sequence number -> key.
 *
 * BOUND  map_bytes is the size of the file and is never exceeded. Live bytes (counted as the pages they
 * take) stay at or below 85 % of it; room is made BEFORE a put, MAP_FULL is never the trigger.
 * A value larger than a quarter of that budget is refused with PL_E_LIMIT.
 *
 * SELF-HEALING  A reader that is taken off the CPU in the middle of a copy is waited for. One that holds
 * on to its version for a second is named to the master, which ends it if it is its child; the put
 * that met it waits and goes on. If nothing helps (a reader that is no child, a map that refuses for
 * another reason), puts are refused with PL_E_BUSY and the master begins a new file and replaces its
 * children, which open it. A handle keeps the file it opened, so that no process ever sees half of
 * each: hits are served from the old file until its last reader has ended, puts into it are refused,
 * and what it says about damage is heard no more. The old file's pages are free when nobody has it
 * open. Replaced children and not files opened anew, because a child in its sandbox opens no file to
 * write.
 *
 * RECENCY  one shared 32-bit word per (sequence number mod words): lowest bit = visited since the hand
 * passed, the rest = hits. A hit is one relaxed atomic, never a write transaction.
 */
#ifndef PL_CACHE_H
#define PL_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "shm/base/buf.h"
#include "shm/base/err.h"
#include "shm/key.h"

enum {
    PL_CACHE_CHUNK_N = 65504,
    PL_CACHE_LABEL_MAX = 2048, /* bytes of label */
};

#define PL_CACHE_MAP_LEAST (UINT64_C(16) << 20)

struct pl_cache;
struct pl_cache_shared; /* anonymous shared memory: recency words, hand, damage flag */

struct pl_cache_counts { /* of the map, read in one transaction */
    uint64_t map_bytes, budget_bytes, live_bytes, entries;
    uint64_t oldest_wall_ns; /* creation time of the oldest entry; 0 when empty */
    uint64_t puts, evictions; /* since the map was created */
    uint64_t damaged, refused; /* since pl_cache_prepare: reads that met damage, puts without room */
};

/* What a cached image is, besides its bytes. */
struct pl_cache_meta {
    uint32_t media;       /* caller's number for the media type; opaque here */
    uint32_t cost_us;     /* CPU it took to draw */
    uint64_t made_wall_ns;
    struct pl_stamp stamp; /* of the source, for people and purge; not used to decide freshness */
    char label[PL_CACHE_LABEL_MAX]; /* NUL-terminated: NAME, then selector and parameters as the
                                     * caller writes them; purge by name and `ls` match against it */
};

/* pl_cache_prepare - master, before fork: create or keep the file in dir, decide whether what is there
 * can be trusted, discard it if not. Holds no LMDB handle on return. `kept` says which. PL_E_INPUT when
 * map_bytes < PL_CACHE_MAP_LEAST, PL_E_IO, PL_E_SPACE, PL_E_BUSY (another live server owns the file). */
enum pl_err pl_cache_prepare(const char *dir, uint64_t map_bytes, struct pl_cache_shared **out,
                             bool *kept, struct pl_error *error);
/* pl_cache_close_clean - master, after all children have ended: mark the file as closed cleanly. */
enum pl_err pl_cache_close_clean(struct pl_cache_shared **shared, const char *dir,
                                 struct pl_error *error);

/* pl_cache_stuck - master, every turn: a process that a put has found stuck in a read; 0 = none. Each
 * is told once. pl_cache_wedged: has a put been refused for want of room, and none succeeded since?
 * pl_cache_renew - master, while no process is between its fork and pl_cache_open: begin a new, empty
 * file. Everybody who has the old one open is to be replaced. PL_E_IO, PL_E_SPACE. */
pid_t pl_cache_stuck(struct pl_cache_shared *shared);
bool pl_cache_wedged(const struct pl_cache_shared *shared);
enum pl_err pl_cache_renew(struct pl_cache_shared *shared, const char *dir, struct pl_error *error);

/* pl_cache_open - each process, after fork. read_only opens without the right to put (a front);
 * shared may be NULL for a tool that looks at a stopped server's map. */
enum pl_err pl_cache_open(struct pl_cache **out, const char *dir, struct pl_cache_shared *shared,
                          bool read_only, struct pl_error *error);
void pl_cache_close(struct pl_cache **cache);

/* pl_cache_get - append the image under key to out.
 * returns PL_OK; PL_E_MISSING (not there, or damaged: then it was counted and will be dropped);
 *         PL_E_LIMIT (out too small); PL_E_IO. On any return but PL_OK out is as it was.
 * meta    may be NULL. A hit marks the entry as visited. */
enum pl_err pl_cache_get(struct pl_cache *cache, const struct pl_key *key, struct pl_buf *out,
                         struct pl_cache_meta *meta, struct pl_error *error);
/* pl_cache_collect - get what was put for this request. No visit: were every entry born visited,
 * the hand would pass over all of them once and then take the oldest, however often it is used. */
enum pl_err pl_cache_collect(struct pl_cache *cache, const struct pl_key *key, struct pl_buf *out,
                             struct pl_cache_meta *meta, struct pl_error *error);
/* pl_cache_has - is it there? No bytes copied, no visit recorded. PL_OK or PL_E_MISSING or PL_E_IO. */
enum pl_err pl_cache_has(struct pl_cache *cache, const struct pl_key *key, struct pl_cache_meta *meta,
                         uint64_t *bytes, uint64_t *hits, struct pl_error *error);
/* pl_cache_put - store n bytes under key, making room first. An entry already there is left as it is
 * (equal keys mean equal pictures) and PL_OK is returned. PL_E_LIMIT: larger than a quarter of the
 * budget. PL_E_SPACE: the file system is full; PL_E_BUSY: the map has no room although it should, and
 * is being begun anew. Nothing is half kept. May wait 2 s for a stuck reader. */
enum pl_err pl_cache_put(struct pl_cache *cache, const struct pl_key *key, const void *bytes, size_t n,
                         const struct pl_cache_meta *meta, struct pl_error *error);
enum pl_err pl_cache_drop(struct pl_cache *cache, const struct pl_key *key, struct pl_error *error);

/* pl_cache_value_max - the largest value a put accepts. */
uint64_t pl_cache_value_max(const struct pl_cache *cache);

/* pl_cache_walk - entries in insertion order from sequence number `from`, at most `most`, one short
 * read transaction. Returns in *next where to go on, 0 at the end. visit returning false stops. */
struct pl_cache_entry {
    struct pl_key key;
    struct pl_cache_meta meta;
    uint64_t sequence, bytes, hits;
    bool visited;
};
typedef bool pl_cache_visit_fn(void *context, const struct pl_cache_entry *entry);
enum pl_err pl_cache_walk(struct pl_cache *cache, uint64_t from, unsigned most, uint64_t *next,
                          pl_cache_visit_fn *visit, void *context, struct pl_error *error);

/* pl_cache_verify - read one entry whole and test its checksum: PL_OK, PL_E_MISSING, PL_E_FORMAT. */
enum pl_err pl_cache_verify(struct pl_cache *cache, const struct pl_key *key, struct pl_error *error);

enum pl_err pl_cache_counts(struct pl_cache *cache, struct pl_cache_counts *out, struct pl_error *error);

/* pl_cache_sweep - keeper, now and then: drop entries found damaged, clear readers of dead processes,
 * bring live bytes under the budget. Returns the number of stale readers cleared in *readers. */
enum pl_err pl_cache_sweep(struct pl_cache *cache, int *readers, struct pl_error *error);

#endif
