/* multipart.h - multipart/form-data (RFC 7578, RFC 2046 5.1) piece by piece. Pure.
 *
 * A form is fed in pieces of any size; the bytes of each part are handed on as they come, never
 * held. What is held is one header section of at most PL_MULTIPART_HEADERS bytes. The preamble and
 * whatever follows the closing boundary are passed over.
 */
#ifndef PL_MULTIPART_H
#define PL_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

enum {
    PL_MULTIPART_BOUNDARY = 70, /* RFC 2046 5.1.1 */
    PL_MULTIPART_HEADERS = 4096,
    PL_MULTIPART_PARTS = 32,
};

/* What is told. Each may refuse; the error ends the form. file is NULL when the part has no file
 * name; an empty one is "". */
struct pl_multipart_sink {
    enum pl_err (*part)(void *context, const char *name, const char *file, struct pl_error *error);
    enum pl_err (*data)(void *context, const uint8_t *bytes, size_t n, struct pl_error *error);
    enum pl_err (*end)(void *context, struct pl_error *error); /* of a part */
    void *context;
};

struct pl_multipart {
    enum pl_multipart_state {
        PL_MULTIPART_PREAMBLE,
        PL_MULTIPART_BEHIND, /* the boundary: "--" ends the form, a line end begins a part */
        PL_MULTIPART_HEADER,
        PL_MULTIPART_DATA,
        PL_MULTIPART_EPILOGUE
    } state;
    char delimiter[PL_MULTIPART_BOUNDARY + 5]; /* CR LF - - boundary */
    size_t delimiter_n, matched;
    unsigned parts, parts_most; /* PL_MULTIPART_PARTS after start; the caller may allow more */
    size_t header_n;            /* of header, or of what was read behind the boundary */
    char header[PL_MULTIPART_HEADERS];
};

/* pl_multipart_start - content_type has the boundary. PL_E_INPUT naming `Content-Type`. */
enum pl_err pl_multipart_start(struct pl_multipart *form, const char *content_type,
                               struct pl_error *error);
/* pl_multipart_add - PL_E_INPUT for what is no form; or what the sink returned. */
enum pl_err pl_multipart_add(struct pl_multipart *form, const void *bytes, size_t n,
                             const struct pl_multipart_sink *sink, struct pl_error *error);
/* pl_multipart_end - PL_E_INPUT unless the closing boundary was seen. */
enum pl_err pl_multipart_end(const struct pl_multipart *form, struct pl_error *error);

#endif
