/* blob.h - the folder of immutable uploads and the spool before it; see shm/store.h for the story.
 *
 * The functions are declared in shm/store_priv.h with the struct they share; nothing above
 * shm/store.h calls them. This header only fixes the names on disk, which other tools may rely on:
 *
 *     blobs/ab/cdef...            SHA-256 in hexadecimal, two digits folder, sixty-two file, mode
 * 0444 spool/0123456789abcdef.body   bytes of an upload under way spool/0123456789abcdef.found what
 * a worker found inside
 */
#ifndef PL_BLOB_H
#define PL_BLOB_H

#define PL_CATALOG_FOLDER "catalog"
#define PL_BLOBS_FOLDER "blobs"
#define PL_SPOOL_FOLDER "spool"
#define PL_SPOOL_BODY ".body"
#define PL_SPOOL_FOUND ".found"

#endif
