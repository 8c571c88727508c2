/* store.h - the narrow interface to what was uploaded: names, stamps, bytes, and what is inside.
 *
 * Everything above sees only this header, so that an object store can become the authority for many
 * machines without touching fronts or renderers. The embedded implementation is a catalogue (shm/catalog.c,
 * LMDB in its default durable mode) and immutable content-addressed files (shm/blob.c) below `dir`:
 *
 *     catalog/          LMDB
 *     blobs/ab/cdef...  uploaded bytes, named by their SHA-256, mode 0444
 *     spool/            uploads under way and what inspections found; emptied at start
 *
 * RULES  One process, the keeper, opens with PL_STORE_KEEPER and is the only writer. Everyone opens
 * after fork. A read sees one committed state. Acknowledged means on disk: file synced, renamed,
 * directory synced, catalogue committed, in that order.
 */
#ifndef PL_STORE_H
#define PL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"
#include "shm/base/hash.h"
#include "shm/key.h"

enum {
    PL_NAME_MAX = 480,      /* bytes of an object's name, without the NUL; LMDB keys end at 511 */
    PL_SELECTOR_MAX = 1024, /* bytes of a path inside an object */
    PL_LOCATOR_MAX = 64,
    PL_KIND_MAX = 64, /* class names are cut to this many bytes, NUL included */
    PL_TITLE_MAX = 256,
};

enum pl_store_role { PL_STORE_READER, PL_STORE_KEEPER };

struct pl_store;

/* One name as the catalogue holds it. */
struct pl_record {
    char name[PL_NAME_MAX + 1];
    struct pl_stamp stamp;
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes;
    uint64_t put_wall_ns;
    uint64_t source_id; /* number under which its items are filed */
    uint32_t items;     /* things inside that can be selected */
    uint32_t troubled;  /* of these, how many could not be read */
    char renderer[16];  /* which renderer recognised it; empty when none did */
    char media[64];     /* media type of the original */
    bool deleted;       /* a tombstone: stamp and time are those of the deletion */
};

/* One thing inside an object, e.g. a histogram of a ROOT file. */
struct pl_item {
    char path[PL_SELECTOR_MAX + 1]; /* the selector, UTF-8 or as found */
    char kind[PL_KIND_MAX];         /* class, or "OTHER" */
    char title[PL_TITLE_MAX];
    char trouble[PL_TITLE_MAX]; /* why it cannot be drawn; empty when it can */
    double entries;
    uint8_t locator[PL_LOCATOR_MAX]; /* renderer's own: where it is */
    uint32_t locator_n;
    uint32_t ordinal; /* position in the object, 0-based; the cursor of a listing */
};

/* pl_store_prepare - master, before fork: make the folders, empty the spool, create the catalogue, test
 * that it can be written. Holds nothing open on return. */
enum pl_err pl_store_prepare(const char *dir, uint64_t map_bytes, struct pl_error *error);
enum pl_err pl_store_open(struct pl_store **out, const char *dir, enum pl_store_role role,
                          struct pl_error *error);
void pl_store_close(struct pl_store **store);

/* pl_store_name_valid - 1..PL_NAME_MAX bytes; no NUL, no control bytes, no empty, "." or ".." part. */
enum pl_err pl_store_name_valid(const char *name, struct pl_error *error);

/* pl_store_resolve - name -> record. PL_E_MISSING, or PL_E_GONE with the tombstone in *out. About 1 us. */
enum pl_err pl_store_resolve(struct pl_store *store, const char *name, struct pl_record *out,
                             struct pl_error *error);
/* pl_store_item - selector -> item of the record. PL_E_MISSING. */
enum pl_err pl_store_item(struct pl_store *store, const struct pl_record *record, const char *selector,
                          struct pl_item *out, struct pl_error *error);

/* pl_store_list - live names > after and starting with prefix, in byte order, at most `most`. With a
 * delimiter other than 0 names are folded at it behind the prefix (folders): visit is then called once
 * with folder = the common part (ending in the delimiter) and record NULL. `after` may be a folder.
 * One short transaction. *more says whether the listing goes on. */
typedef bool pl_store_list_fn(void *context, const char *folder, const struct pl_record *record);
enum pl_err pl_store_list(struct pl_store *store, const char *prefix, const char *after, char delimiter,
                          unsigned most, pl_store_list_fn *visit, void *context, bool *more,
                          struct pl_error *error);
/* pl_store_items - items of record with ordinal >= from, at most `most`, in the order of the file. */
typedef bool pl_store_items_fn(void *context, const struct pl_item *item);
enum pl_err pl_store_items(struct pl_store *store, const struct pl_record *record, uint32_t from,
                           unsigned most, pl_store_items_fn *visit, void *context, bool *more,
                           struct pl_error *error);

struct pl_store_counts {
    uint64_t names, tombstones, items, blobs, blob_bytes, sequence, map_bytes, map_used_bytes;
};
enum pl_err pl_store_counts(struct pl_store *store, struct pl_store_counts *out, struct pl_error *error);

/* pl_store_open_blob - descriptor (O_RDONLY|O_CLOEXEC) of the bytes; the caller closes it. PL_E_MISSING
 * when it was replaced meanwhile: resolve again. */
enum pl_err pl_store_open_blob(struct pl_store *store, const uint8_t sha256[PL_SHA256_N], int *fd,
                               struct pl_error *error);

/* --- uploads: front ---------------------------------------------------------------------------
 * start, add..., end leave a complete, hashed, not yet synced file spool/ID; drop removes it. */
struct pl_spool {
    int fd;
    uint64_t id; /* names the file: spool/%016llx.body */
    uint64_t bytes, limit;
    uint8_t sha256[PL_SHA256_N]; /* valid after end */
    struct pl_sha256 hash;
};
enum pl_err pl_spool_start(struct pl_store *store, uint64_t limit_bytes, struct pl_spool *out,
                           struct pl_error *error);
enum pl_err pl_spool_add(struct pl_spool *spool, const void *bytes, size_t n, struct pl_error *error);
enum pl_err pl_spool_end(struct pl_spool *spool, struct pl_error *error);
void pl_spool_drop(struct pl_store *store, struct pl_spool *spool); /* also closes; safe when started no more */
/* pl_spool_open - a worker opens the body read-only to look inside. */
enum pl_err pl_spool_open(struct pl_store *store, uint64_t id, int *fd, struct pl_error *error);

/* --- findings: worker writes, keeper reads and distrusts ------------------------------------------
 * spool/ID.found holds one length-prefixed, checksummed record per item. */
struct pl_findings;
enum pl_err pl_findings_make(struct pl_store *store, uint64_t id, uint32_t items_max,
                             struct pl_findings **out, struct pl_error *error);
enum pl_err pl_findings_add(struct pl_findings *findings, const struct pl_item *item,
                            struct pl_error *error);
/* end: flush and close; *items and *troubled are what was written. */
enum pl_err pl_findings_end(struct pl_findings **findings, uint32_t *items, uint32_t *troubled,
                            struct pl_error *error);
void pl_findings_drop(struct pl_store *store, uint64_t id); /* remove the file, if any */

/* --- commits: keeper only -------------------------------------------------------------------------
 * A batch of puts and deletions becomes one synced transaction. Each change reports for itself: a bad
 * one (findings that do not hold up, precondition, no spool file) is left out and the rest go through. */
struct pl_change {
    enum { PL_CHANGE_PUT, PL_CHANGE_DELETE } what;
    char name[PL_NAME_MAX + 1];
    uint64_t spool_id; /* body and, when renderer is not empty, findings */
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes;
    char renderer[16];
    char media[64];
    bool if_match;             /* then the name's current stamp must equal: */
    struct pl_stamp expected;  /* all zero = must not exist */
    /* results */
    struct pl_error error;
    struct pl_stamp stamp;
    bool created;   /* the name did not exist (or was a tombstone) */
    bool unchanged; /* same bytes under the same name: nothing was written, stamp is the old one */
    uint32_t items, troubled;
};
enum pl_err pl_store_commit(struct pl_store *store, struct pl_change *changes, size_t n,
                            struct pl_error *error);
/* pl_store_sweep - keeper, now and then: unlink blobs nothing refers to, spool files older than
 * spool_age_ns, readers of the dead. */
enum pl_err pl_store_sweep(struct pl_store *store, uint64_t spool_age_ns, struct pl_error *error);

#endif
