/* url.h - percent-decoding and query splitting (RFC 3986), in place, once.
 *
 * The path is decoded whole and only then read, so `%2F` is a slash like any other and `%25` a
 * percent sign that is not decoded again. In the query only `&` separates: `;` is data, because
 * names of histograms hold it. `+` in the query is a blank, as HTML forms write it; in the path it
 * is a plus. A decoded NUL is refused: nothing behind it could be seen by the code that follows.
 *
 * Addresses of DQMGUI are read by its rules (PL_URL_DQM): they may stand below "/dqm/NAME", slashes
 * too many are passed over, `;` separates like `&`, a parameter may stand several times, and `+` is
 * a blank in words (obj, drawopts, reflabel) and a plus in patterns and numbers.
 */
#ifndef PL_URL_H
#define PL_URL_H

#include <stddef.h>

#include "render/render.h"
#include "shm/base/err.h"

enum { PL_URL_QUERY_MAX = 48 };

struct pl_url {
    char *path; /* decoded, NUL-terminated, starts with '/'; lies in the caller's text */
    size_t path_n;
    struct pl_query query[PL_URL_QUERY_MAX]; /* decoded; lie in the caller's text */
    size_t query_n;
};

enum pl_url_rule { PL_URL_PLAIN, PL_URL_DQM };

/* pl_url_split - the request target, origin-form or absolute-form, into path and parameters.
 *
 * target  NUL-terminated, overwritten; owned by the caller and must outlive *out
 * returns PL_OK, or PL_E_INPUT with `param` = "path" or the parameter at fault: a broken percent
 *         sequence, an encoded NUL, a parameter that stands twice, too many of them
 */
enum pl_err pl_url_split(char *target, struct pl_url *out, struct pl_error *error);

/* pl_url_query - the same for a form body (application/x-www-form-urlencoded). */
enum pl_err pl_url_query(char *text, enum pl_url_rule rule, struct pl_url *out,
                         struct pl_error *error);

/* pl_url_take - remove the parameter `name` and return its value; NULL when it is not there. */
const char *pl_url_take(struct pl_url *url, const char *name);

/* pl_url_encode - write text as a path, escaping all but unreserved characters and "/,:@;=".
 * Returns the length; never more than out_n - 1 bytes are written, and the result is cut and 0
 * returned when it does not fit. */
size_t pl_url_encode(char *out, size_t out_n, const char *text);

#endif
