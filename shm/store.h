/* store.h - the narrow interface to what was uploaded: names, stamps, bytes, and what is inside.
 *
 * Everything above sees only this header, so that an object store can become the authority for many
 * machines without touching fronts or renderers. The embedded implementation is a catalogue
 * (shm/catalog.c, LMDB in its default durable mode) and immutable content-addressed files
 * (shm/blob.c) below `dir`:
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
    PL_COLLECTION_MAX = 300, /* bytes of a collection's name */
    PL_SHOWN_MAX = 400,      /* bytes of a path in a collection; LMDB keys end at 511 */
    PL_REPORT_MAX = 64,
    PL_ITEM_STATS_N = 6,
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
    bool has_stats;
    double stats[PL_ITEM_STATS_N]; /* mean x, y, z, standard deviation x, y, z */
    int32_t status;                /* of a report: its code */
    /* Where a collection shows it: "" = nowhere. A report is filed beside the thing it is about,
     * under the same `shown`. */
    char shown[PL_SHOWN_MAX + 1];
    char report[PL_REPORT_MAX + 1]; /* "" or "qr/TEST", "e", "t" (render.h) */
};

/* pl_store_prepare - master, before fork: make the folders, empty the spool, create the catalogue,
 * test that it can be written. Holds nothing open on return. */
enum pl_err pl_store_prepare(const char *dir, uint64_t map_bytes, struct pl_error *error);
enum pl_err pl_store_open(struct pl_store **out, const char *dir, enum pl_store_role role,
                          struct pl_error *error);
void pl_store_close(struct pl_store **store);

/* pl_store_name_valid - 1..PL_NAME_MAX bytes; no NUL, no control bytes, no empty, "." or ".." part.
 */
enum pl_err pl_store_name_valid(const char *name, struct pl_error *error);

/* pl_store_version - a number that differs whenever anything that was committed may differ, at once
 * after the commit. 0: cannot be read now. */
uint64_t pl_store_version(struct pl_store *store);

/* pl_store_resolve - name -> record. PL_E_MISSING, or PL_E_GONE with the tombstone in *out. About 1
 * us. */
enum pl_err pl_store_resolve(struct pl_store *store, const char *name, struct pl_record *out,
                             struct pl_error *error);
/* pl_store_item - selector -> item of the record. PL_E_MISSING. */
enum pl_err pl_store_item(struct pl_store *store, const struct pl_record *record,
                          const char *selector, struct pl_item *out, struct pl_error *error);

/* pl_store_list - live names > after and starting with prefix, in byte order, at most `most`. With
 * a delimiter other than 0 names are folded at it behind the prefix (folders): visit is then called
 * once with folder = the common part (ending in the delimiter) and record NULL. `after` may be a
 * folder. One short transaction. *more says whether the listing goes on. */
typedef bool pl_store_list_fn(void *context, const char *folder, const struct pl_record *record);
enum pl_err pl_store_list(struct pl_store *store, const char *prefix, const char *after,
                          char delimiter, unsigned most, pl_store_list_fn *visit, void *context,
                          bool *more, struct pl_error *error);
/* pl_store_items - items of record with ordinal >= from, at most `most`, in the order of the file.
 */
typedef bool pl_store_items_fn(void *context, const struct pl_item *item);
enum pl_err pl_store_items(struct pl_store *store, const struct pl_record *record, uint32_t from,
                           unsigned most, pl_store_items_fn *visit, void *context, bool *more,
                           struct pl_error *error);

/* --- collections: what several uploads show together
 * ---------------------------------------------- An upload may belong to a collection (struct
 * pl_change). For each path a collection shows the item of the upload committed last among those
 * that hold it: a newer upload replaces what it holds and nothing else, also when it has the name
 * of an older one, whose remaining items stay. Deleting a name takes away what was uploaded under
 * it, older uploads of that name included; a name that is put into another collection, or into
 * none, takes them out of the former. An older upload of a name is forgotten by the sweep once
 * newer ones of that name hold all it does, so that the sweep never changes what is shown, nor what
 * a deletion brings back. A commit is one step for the reader whatever the number of items.
 *
 * An item that cannot be shown where it should (the place is too long, not UTF-8, has control
 * characters, or is taken by an earlier item of the same upload) is kept in the object, not shown,
 * and its `trouble` says so.
 */
struct pl_collection {
    char name[PL_COLLECTION_MAX + 1];
    uint64_t id;
    struct pl_stamp
        stamp; /* of its last change: while it stays, so does everything the collection shows */
    uint64_t put_wall_ns; /* of its last change */
    uint32_t uploads;     /* it is made of; an older one counts until it is forgotten */
};

/* One thing as a collection shows it. */
struct pl_member {
    struct pl_item item;
    struct pl_stamp stamp; /* of the upload that brought it */
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes; /* of the upload */
    uint64_t put_wall_ns;
    uint64_t source_id;
    char renderer[16];
};

/* What reports say about one thing, newest of each kind; PL_TEST_NONE: no test. */
struct pl_reports {
    bool efficiency;
    unsigned tests_n; /* 0..PL_REPORTS_MAX; more are counted in worst but not listed */
    struct pl_report {
        char name[PL_REPORT_MAX + 1]; /* without "qr/" */
        char message[PL_TITLE_MAX];
        int32_t status;
    } tests[16];
    enum { PL_TEST_NONE, PL_TEST_OK, PL_TEST_OTHER, PL_TEST_WARNING, PL_TEST_ERROR } worst;
};
enum { PL_REPORTS_MAX = 16 };

/* PL_E_MISSING when there is no such collection. About 1 us. */
enum pl_err pl_store_collection(struct pl_store *store, const char *name, struct pl_collection *out,
                                struct pl_error *error);
/* pl_store_member - the thing shown at path, and (reports may be NULL) what is reported about it.
 * PL_E_MISSING. One read transaction covers collection, member and reports. */
enum pl_err pl_store_member(struct pl_store *store, const struct pl_collection *collection,
                            const char *path, struct pl_member *out, struct pl_reports *reports,
                            struct pl_error *error);
/* pl_store_collections - names > after that start with prefix, in byte order, at most `most`. */
typedef bool pl_store_collections_fn(void *context, const struct pl_collection *collection);
enum pl_err pl_store_collections(struct pl_store *store, const char *prefix, const char *after,
                                 unsigned most, pl_store_collections_fn *visit, void *context,
                                 bool *more, struct pl_error *error);
/* A list may end before `most`, with *more: what it copies is bounded in bytes, too.
 * pl_store_members - what is shown at paths > after that start with prefix, in byte order, at most
 * `most`; with a delimiter folded as in pl_store_list (folder, member NULL). The reports of a thing
 * come with it. */
typedef bool pl_store_members_fn(void *context, const char *folder, const struct pl_member *member,
                                 const struct pl_reports *reports);
enum pl_err pl_store_members(struct pl_store *store, const struct pl_collection *collection,
                             const char *prefix, const char *after, char delimiter, unsigned most,
                             pl_store_members_fn *visit, void *context, bool *more,
                             struct pl_error *error);

struct pl_store_counts {
    uint64_t names, tombstones, items, blobs, blob_bytes, sequence, map_bytes, map_used_bytes;
};
enum pl_err pl_store_counts(struct pl_store *store, struct pl_store_counts *out,
                            struct pl_error *error);

/* pl_store_open_blob - descriptor (O_RDONLY|O_CLOEXEC) of the bytes; the caller closes it.
 * PL_E_MISSING when it was replaced meanwhile: resolve again. */
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
enum pl_err pl_spool_add(struct pl_spool *spool, const void *bytes, size_t n,
                         struct pl_error *error);
enum pl_err pl_spool_end(struct pl_spool *spool, struct pl_error *error);
void pl_spool_drop(struct pl_store *store,
                   struct pl_spool *spool); /* also closes; safe when started no more */
/* pl_spool_open - a worker opens the body read-only to look inside. */
enum pl_err pl_spool_open(struct pl_store *store, uint64_t id, int *fd, struct pl_error *error);

/* --- findings: worker writes, keeper reads and distrusts
 * ------------------------------------------ spool/ID.found holds one length-prefixed, checksummed
 * record per item. */
struct pl_findings;
enum pl_err pl_findings_make(struct pl_store *store, uint64_t id, uint32_t items_max,
                             struct pl_findings **out, struct pl_error *error);
enum pl_err pl_findings_add(struct pl_findings *findings, const struct pl_item *item,
                            struct pl_error *error);
/* end: flush and close; *items and *troubled are what was written. */
enum pl_err pl_findings_end(struct pl_findings **findings, uint32_t *items, uint32_t *troubled,
                            struct pl_error *error);
void pl_findings_drop(struct pl_store *store, uint64_t id); /* remove the file, if any */

/* --- commits: keeper only
 * ------------------------------------------------------------------------- A batch of puts and
 * deletions becomes one synced transaction. Each change reports for itself: a bad one (findings
 * that do not hold up, precondition, no spool file) is left out and the rest go through. */
struct pl_change {
    enum { PL_CHANGE_PUT, PL_CHANGE_DELETE } what;
    char name[PL_NAME_MAX + 1];
    uint64_t spool_id; /* body and, when renderer is not empty, findings */
    uint8_t sha256[PL_SHA256_N];
    uint64_t bytes;
    char renderer[16];
    char media[64];
    bool if_match;                          /* then the name's current stamp must equal: */
    struct pl_stamp expected;               /* all zero = must not exist */
    char collection[PL_COLLECTION_MAX + 1]; /* PUT: "" or the collection the upload belongs to */
    /* results */
    struct pl_error error;
    struct pl_stamp stamp;
    bool created;   /* the name did not exist (or was a tombstone) */
    bool unchanged; /* same bytes under the same name: nothing was written, stamp is the old one */
    uint32_t items, troubled;
};
enum pl_err pl_store_commit(struct pl_store *store, struct pl_change *changes, size_t n,
                            struct pl_error *error);
/* pl_store_sweep - keeper, now and then: forget older uploads that show nothing any more, unlink
 * blobs nothing refers to, spool files older than spool_age_ns, readers of the dead. */
enum pl_err pl_store_sweep(struct pl_store *store, uint64_t spool_age_ns, struct pl_error *error);
/* pl_store_untidy - keeper: the last sweep had more to do than its share of time; sweep soon. */
bool pl_store_untidy(const struct pl_store *store);

#endif
