/* web.h - pages, scripts and styles, compiled into the binary. */
#ifndef PL_WEB_H
#define PL_WEB_H

#include <stddef.h>
#include <stdint.h>

struct pl_web_file {
    const char *path;  /* "/", "/web/platen.js" */
    const char *media; /* with charset */
    const uint8_t *bytes;
    size_t n;
    char etag[20]; /* quoted, from the content */
};

/* pl_web_find - the file served under path; NULL when there is none. */
const struct pl_web_file *pl_web_find(const char *path);

#endif
