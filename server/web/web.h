/* web.h - pages, scripts and styles, compiled into the binary. */
#ifndef PL_WEB_H
#define PL_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_WEB_ETAG_N = 28 };

/* What is sent, and its own entity tag (quoted): forms of one file differ in their bytes. */
struct pl_web_form {
    const uint8_t *bytes;
    size_t n;
    char etag[PL_WEB_ETAG_N];
};

struct pl_web_file {
    const char *path;               /* "/", "/web/platen.js" */
    const char *media;              /* with charset */
    struct pl_web_form plain, gzip; /* gzip.n 0: there is none */
};

/* pl_web_find - the file served under path; NULL when there is none. */
const struct pl_web_file *pl_web_find(const char *path);

/* pl_web_put - serve other bytes under a path of pl_web_find; they are borrowed for good. */
void pl_web_put(const char *path, const uint8_t *bytes, size_t n);

/* pl_web_gzip - does this Accept-Encoding (RFC 9110 12.5.3; NULL: none sent) take gzip? */
bool pl_web_gzip(const char *accept);

#endif
