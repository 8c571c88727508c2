/* file.h - the outer form of a ROOT file: header, keys, directory records. Nothing is allocated. */
#ifndef PL_HIST_FILE_H
#define PL_HIST_FILE_H

#include "render/hist/root/inflate.h"
#include "render/render.h"
#include "shm/base/cursor.h"

struct pl_text { /* borrowed bytes, no terminator */
    const char *bytes;
    size_t n;
};

struct pl_root_file {
    const struct pl_source *source;
    uint32_t version;      /* 60804 = 6.08/04 */
    uint64_t begin, end;   /* records lie within */
    uint64_t directory_at; /* record of the root directory */
    uint64_t info_at;      /* record of the streamer information; 0 = none */
};

struct pl_root_key {
    uint64_t at;       /* of the record it describes */
    uint32_t record_n; /* key header and payload as stored */
    uint32_t object_n; /* payload unpacked */
    uint16_t header_n; /* payload begins at `at` + this; also part of every reference inside */
    uint16_t cycle;
    struct pl_text class_name, name, title;
};

struct pl_root_directory {
    uint64_t keys_at; /* record of its list of keys; 0 = empty */
};

bool pl_text_is(struct pl_text text, const char *word);

/* A string in ROOT's form: length in one byte, or 255 and four. */
struct pl_text pl_root_text(struct pl_cur *cur);

/* pl_root_open - read the file header. PL_E_FORMAT: no ROOT file, incomplete, or not closed. */
enum pl_err pl_root_open(const struct pl_source *source, struct pl_root_file *file,
                         struct pl_error *error);

/* pl_root_key - the key header at cur, which counts from the beginning of the file; cur moves
 * behind it. The record it points to lies within the file and holds its own header. */
enum pl_err pl_root_key(const struct pl_root_file *file, struct pl_cur *cur,
                        struct pl_root_key *key, struct pl_error *error);

/* pl_root_key_at - the same for the record at `at`, which must be the one its header names. */
enum pl_err pl_root_key_at(const struct pl_root_file *file, uint64_t at, struct pl_root_key *key,
                           struct pl_error *error);

/* pl_root_directory - the directory record at `at`. */
enum pl_err pl_root_directory(const struct pl_root_file *file, uint64_t at,
                              struct pl_root_directory *directory, struct pl_error *error);

/* pl_root_payload - see pl_payload_inflate. */
enum pl_err pl_root_payload(const struct pl_root_file *file, const struct pl_root_key *key,
                            size_t least_n, struct pl_arena *arena, struct pl_payload *payload,
                            struct pl_error *error);

#endif
