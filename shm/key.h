/* key.h - the version-stamped key under which an encoded image is cached.
 *
 * A key is SHA-256 over everything the picture was drawn from: PL_KEY_FORMAT, the renderer's name and
 * version, the canonical parameters, and for each source its name and stamp. A new upload has a new
 * stamp, so an older image can never be found under the key of a newer source: staleness is
 * impossible by construction, not by invalidation.
 *
 * Every field is fed with its length in front, so that no two different inputs run together.
 */
#ifndef PL_KEY_H
#define PL_KEY_H

#include <stdint.h>
#include <string.h>

#include "shm/base/hash.h"

enum { PL_KEY_N = PL_SHA256_N, PL_STAMP_N = 16, PL_KEY_FORMAT = 1 };

/* A stamp names one version of one source: 8 bytes drawn when the store was made, then the catalogue's
 * commit sequence as 8 big-endian bytes. Never reused, also not after delete and re-upload. */
struct pl_stamp {
    uint8_t bytes[PL_STAMP_N];
};

struct pl_key {
    uint8_t bytes[PL_KEY_N];
};

struct pl_key_maker {
    struct pl_sha256 sha;
};

/* start, then one pl_key_source per source in drawing order, then end. */
void pl_key_start(struct pl_key_maker *maker, const char *renderer, unsigned renderer_version,
                  const char *canonical_parameters);
void pl_key_source(struct pl_key_maker *maker, const char *name, const char *selector,
                   const struct pl_stamp *stamp);
void pl_key_end(struct pl_key_maker *maker, struct pl_key *out);

static inline int pl_key_equal(const struct pl_key *a, const struct pl_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static inline int pl_stamp_equal(const struct pl_stamp *a, const struct pl_stamp *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

#endif
