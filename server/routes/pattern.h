/* pattern.h - search patterns of clients: POSIX extended regular expressions, case-insensitive.
 *
 * The library's matcher takes time without bound for back-references and memory without bound for
 * nested repetition ("a+++++..." doubles with each plus), so both are refused; what is left costs
 * time linear in the text for a given pattern of at most 256 bytes.
 */
#ifndef PL_PATTERN_H
#define PL_PATTERN_H

#include <regex.h>
#include <stdbool.h>

#include "shm/base/err.h"

enum {
    PL_PATTERN_MAX = 256,      /* bytes */
    PL_PATTERN_COST_MAX = 600, /* nodes once counts are written out */
    PL_PATTERN_HEIGHT_MAX = 3, /* repetitions inside one another */
    PL_PATTERN_DEPTH_MAX = 32, /* groups inside one another */
};

struct pl_pattern {
    bool any; /* "" matches everything; nothing is compiled */
    regex_t compiled;
};

/* pl_pattern_make - compile text (NULL or "" = everything). PL_E_INPUT naming `param`. On PL_OK the
 * caller frees. */
enum pl_err pl_pattern_make(const char *text, const char *param, struct pl_pattern *out,
                            struct pl_error *error);
bool pl_pattern_matches(const struct pl_pattern *pattern, const char *text);
void pl_pattern_free(struct pl_pattern *pattern); /* safe after a failed make */

#endif
