/* store_priv.h - what the files behind shm/store.h share; also for tests. Nobody else includes it.
 *
 * Packing: every value in the catalogue and every record of a findings file is a run of big-endian
 * numbers and length-prefixed texts, closed by an XXH3-64 over itself, seeded with where it
 * belongs, so that neither a flipped bit nor a value under the wrong key is ever believed.
 */
#ifndef PL_STORE_PRIV_H
#define PL_STORE_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "shm/blob.h"
#include "shm/store.h"

/* --- packing: shm/pack.c -----------------------------------------------------------------------
 */

/* The longest item, with room. LMDB keeps what is below 2038 bytes in a leaf; longer ones, whose
 * texts are all near their limits, take a page of their own. */
enum { PL_PACK_N = 2400 };

struct pl_pack {
    size_t n;
    uint8_t bytes[PL_PACK_N];
};

/* A record with what only the catalogue knows about it. */
struct pl_filed {
    struct pl_record record;
    uint64_t spool_id; /* of the upload that made it: a repeated commit is recognised by it */
    bool created;      /* what that upload was told */
    /* The collection the name belongs to, or "". Its uploads then own blob and items. */
    char collection[PL_COLLECTION_MAX + 1];
};

void pl_pack_be(struct pl_pack *pack, uint64_t value, unsigned n);
void pl_pack_bytes(struct pl_pack *pack, const void *bytes, size_t n);
void pl_pack_text(struct pl_pack *pack, const char *text, size_t size); /* must end within size */
void pl_pack_seal(struct pl_pack *pack, uint64_t seed);
/* pl_pack_sealed - true when the last 8 of n bytes are the checksum of the rest under seed. */
bool pl_pack_sealed(const void *bytes, size_t n, uint64_t seed);
/* Reading back; what is too long or holds a NUL turns the cursor bad. */
struct pl_cur;
void pl_unpack_text(struct pl_cur *cur, char *out, size_t size);
void pl_unpack_bytes(struct pl_cur *cur, void *out, size_t n);

void pl_pack_filed(struct pl_pack *pack, const struct pl_filed *filed);
enum pl_err pl_unpack_filed(const void *bytes, size_t n, const char *name, struct pl_filed *out,
                            struct pl_error *error);
/* seed: the item's place (findings: its ordinal; catalogue: source and ordinal). Item texts must be
 * NUL-terminated. Unpacking refuses what is cut, too long, holds a NUL or has no path. */
void pl_pack_item(struct pl_pack *pack, const struct pl_item *item, uint64_t seed);
enum pl_err pl_unpack_item(const void *bytes, size_t n, uint64_t seed, struct pl_item *out,
                           struct pl_error *error);
/* pl_text_safe - in place: control bytes become blanks, bytes that are no UTF-8 become '?', and the
 * text ends before the first character that does not fit whole into size - 1 bytes. */
void pl_text_safe(char *text, size_t size);
bool pl_text_is_safe(const char *text); /* UTF-8 without control characters */
/* pl_item_place_valid - `shown` and `report` of an item can stand in a collection's order: both are
 * safe, a report has a thing it is about and one of the forms "e", "t", "qr/TEST". */
bool pl_item_place_valid(const struct pl_item *item);

/* --- reading findings: shm/findings.c
 * ------------------------------------------------------------- */

struct pl_findings_reader {
    int fd;                   /* borrowed */
    uint32_t items, troubled; /* read so far */
    bool done;
    size_t at, n;
    uint8_t bytes[16384];
};

enum pl_err pl_findings_begin(struct pl_findings_reader *reader, int fd, struct pl_error *error);
/* pl_findings_next - *done instead of an item at the end, which is only reached when the file is
 * whole. */
enum pl_err pl_findings_next(struct pl_findings_reader *reader, struct pl_item *out, bool *done,
                             struct pl_error *error);

/* --- the store
 * ------------------------------------------------------------------------------------ */

struct pl_store {
    unsigned magic;
    enum pl_store_role role;
    struct pl_blobs blobs;
    struct pl_catalog *catalog;
    bool untidy; /* the last sweep had more to do than its share of time */
};

enum { PL_STORE_MAGIC = 0x53544f52 };

/* Places at which a test ends the keeper; NULL outside tests. */
enum pl_store_step {
    PL_STEP_BODY_SYNCED,
    PL_STEP_RENAMED,
    PL_STEP_SLICE, /* part of a large object's items is committed */
    PL_STEP_BEFORE_COMMIT,
    PL_STEP_COMMITTED,
    PL_STEP_UNLINKED, /* sweep: blob gone, its note not yet */
    PL_STEP_FORGET,   /* sweep: an older upload is about to be forgotten */
    PL_STEP_FORGOTTEN,
};
extern void (*pl_store_step_hook)(enum pl_store_step);
void pl_store_step(enum pl_store_step step);

#endif
