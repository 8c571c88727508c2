/* blob.h - uploaded bytes as files: a spool, then one immutable file per digest; see shm/store.h.
 *
 * Only the files behind shm/store.h include this. On disk:
 *
 *     blobs/ab/cdef...              SHA-256 in hexadecimal, two digits folder, sixty-two file, mode
 * 0444 spool/0123456789abcdef.body   bytes of an upload under way spool/0123456789abcdef.found what
 * a worker found inside
 *
 * Moving a body from spool/ to blobs/ab/ is a rename between folders: a sandbox by Landlock must
 * grant LANDLOCK_ACCESS_FS_REFER on both.
 */
#ifndef PL_BLOB_H
#define PL_BLOB_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "shm/base/err.h"
#include "shm/base/hash.h"

#define PL_CATALOG_FOLDER "catalog"
#define PL_BLOBS_FOLDER "blobs"
#define PL_SPOOL_FOLDER "spool"
#define PL_SPOOL_BODY ".body"
#define PL_SPOOL_FOUND ".found"

/* Descriptors of the folders, opened once. Names below them are made of digits by us alone. */
struct pl_blobs {
    int blobs_fd, spool_fd;
    uint64_t id_base, id_count; /* next spool id */
    DIR *orphans;               /* folder of blobs being looked through */
    unsigned orphans_at;        /* number of that folder, 0..256 */
};

enum { PL_SPOOL_NAME_N = 24, PL_BLOB_NAME_N = 2 * PL_SHA256_N + 2, PL_BLOB_FOLDERS = 256 };

/* Folders whose entries changed and are not yet synced. */
struct pl_blob_folders {
    uint8_t touched[PL_BLOB_FOLDERS];
};

enum pl_err pl_blobs_prepare(int dir_fd, struct pl_error *error);
enum pl_err pl_blobs_open(struct pl_blobs *blobs, int dir_fd, struct pl_error *error);
void pl_blobs_close(struct pl_blobs *blobs);

void pl_spool_name(char out[PL_SPOOL_NAME_N], uint64_t id, const char *suffix);
void pl_spool_remove(struct pl_blobs *blobs, uint64_t id); /* body and findings, if any */
enum pl_err pl_spool_sweep(struct pl_blobs *blobs, uint64_t age_ns, struct pl_error *error);

/* pl_blob_place - bring the synced body of spool file id under its digest. What already lies there
 * with the right size is kept, also when the spool file is gone (an earlier attempt died after the
 * rename). */
enum pl_err pl_blob_place(struct pl_blobs *blobs, uint64_t id, const uint8_t sha256[PL_SHA256_N],
                          uint64_t bytes, struct pl_blob_folders *folders, struct pl_error *error);
enum pl_err pl_blob_sync(struct pl_blobs *blobs, const struct pl_blob_folders *folders,
                         struct pl_error *error);
enum pl_err pl_blob_open(struct pl_blobs *blobs, const uint8_t sha256[PL_SHA256_N], int *fd,
                         struct pl_error *error);
enum pl_err pl_blob_remove(struct pl_blobs *blobs, const uint8_t sha256[PL_SHA256_N],
                           struct pl_error *error);
/* pl_blob_orphans - look at up to `most` more files; those `known` denies are removed. One round
 * from open on; nothing to do after it. */
typedef bool pl_blob_known_fn(void *context, const uint8_t sha256[PL_SHA256_N]);
enum pl_err pl_blob_orphans(struct pl_blobs *blobs, unsigned most, pl_blob_known_fn *known,
                            void *context, struct pl_error *error);
enum pl_err pl_findings_open(struct pl_blobs *blobs, uint64_t id, int *fd, struct pl_error *error);

#endif
