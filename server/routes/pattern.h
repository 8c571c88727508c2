/* pattern.h - search patterns of clients: regular expressions as Perl has them, case-insensitive.
 *
 * PCRE2 compiles and matches, with a bound on each: a pattern has at most 256 bytes, the library
 * refuses what it would write out beyond its size, and a match that has taken PL_PATTERN_STEPS
 * steps is given up. After that the pattern matches nothing more, so that the whole of a listing
 * cannot cost more than one such match; `exhausted` says so. Back-references are not searched for.
 */
#ifndef PL_PATTERN_H
#define PL_PATTERN_H

#include <stdbool.h>

#include "shm/base/err.h"

enum {
    PL_PATTERN_MAX = 256,      /* bytes */
    PL_PATTERN_STEPS = 200000, /* a few milliseconds; what people write takes some hundreds */
    PL_PATTERN_HEAP_KIB = 1024,
};

struct pl_pattern_program;

struct pl_pattern {
    struct pl_pattern_program *program; /* NULL: everything matches; owned */
    bool exhausted;                     /* a match was given up */
};

/* pl_pattern_make - compile text (NULL or "" = everything). PL_E_INPUT naming `param`, PL_E_NOMEM.
 * On PL_OK the caller frees. */
enum pl_err pl_pattern_make(const char *text, const char *param, struct pl_pattern *out,
                            struct pl_error *error);
bool pl_pattern_matches(struct pl_pattern *pattern, const char *text);
void pl_pattern_free(struct pl_pattern *pattern); /* safe after a failed make */

#endif
