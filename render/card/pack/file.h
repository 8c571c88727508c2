/* file.h - files of a pack's folder. Private to the pack builder. */
#ifndef PL_PACK_FILE_H
#define PL_PACK_FILE_H

#include "render/card/pack/build.h"

/* pl_make_path - "folder/name" in the arena, or the name alone when it begins with /; NULL: it is
 * full. */
const char *pl_make_path(struct pl_arena *arena, const char *folder, const char *name);
/* pl_make_file - a regular file's bytes in the arena. PL_E_MISSING, PL_E_INPUT (not a file),
 * PL_E_LIMIT (larger than `most`, or the arena is full), PL_E_IO. */
enum pl_err pl_make_file(const char *path, uint64_t most, struct pl_arena *arena,
                         struct pl_pack_bytes *out, struct pl_error *error);

#endif
