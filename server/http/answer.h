/* answer.h - what will be sent, before the HTTP library sees it: status, headers, where the body
 * is.
 *
 * Pure, so that every header rule can be tested without a socket. Header texts lie in the answer
 * itself; nothing is allocated but the body buffer. reply.c turns an answer into a response of the
 * HTTP library.
 */
#ifndef PL_ANSWER_H
#define PL_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shm/base/buf.h"
#include "shm/base/err.h"
#include "shm/base/log.h"
#include "shm/key.h"

enum { PL_ANSWER_HEADERS = 20, PL_ANSWER_TEXT = 6144, PL_ETAG_N = 2 * 16 + 3 };

enum pl_body { PL_BODY_NONE, PL_BODY_BUFFER, PL_BODY_STATIC, PL_BODY_FILE, PL_BODY_STREAM };

/* A body of unknown length, made as it is sent: the first member of who makes it. read is called as
 * the HTTP library's content reader is, and may suspend the request. */
struct pl_stream {
    ssize_t (*read)(void *stream, uint64_t at, char *out, size_t n);
    void (*free)(void *stream);
};

/* What an error is about, for clients that read {code, message, file, line}. */
struct pl_answer_blame {
    bool given;     /* those members are written, too */
    char code[24];  /* "" = the problem's type */
    char file[128]; /* "" = none */
    uint32_t line;  /* 0 = unknown */
};

struct pl_answer_header {
    const char *name;  /* a literal */
    const char *value; /* in text, or a literal */
};

struct pl_answer {
    unsigned status; /* 0 = no answer yet */
    unsigned headers_n;
    struct pl_answer_header header[PL_ANSWER_HEADERS];
    enum pl_body body;
    struct pl_buf buffer;     /* PL_BODY_BUFFER: owned */
    const uint8_t *bytes;     /* PL_BODY_STATIC: lives as long as the process */
    struct pl_stream *stream; /* PL_BODY_STREAM: owned; NULL = none */
    int fd;                   /* PL_BODY_FILE: owned; -1 = none */
    uint64_t file_at, length; /* PL_BODY_FILE: where from; all: how many bytes */
    struct pl_answer_blame blame;
    size_t text_n;
    char text[PL_ANSWER_TEXT]; /* not initialised behind text_n */
};

void pl_answer_start(struct pl_answer *answer);
/* pl_answer_drop - close and free what the body owns. */
void pl_answer_drop(struct pl_answer *answer);

/* Headers. A value that does not fit is left out, never cut. `name` must be a literal.
 * begin ... end compose a value in place from text, numbers and the like. */
void pl_answer_header(struct pl_answer *answer, const char *name, const char *value);
void pl_answer_literal(struct pl_answer *answer, const char *name, const char *literal);
void pl_answer_begin(struct pl_answer *answer, const char *name);
void pl_answer_text(struct pl_answer *answer, const char *text);
void pl_answer_number(struct pl_answer *answer, uint64_t number);
void pl_answer_hex(struct pl_answer *answer, const uint8_t *bytes, size_t n);
/* milliseconds with three decimals, from nanoseconds */
void pl_answer_ms(struct pl_answer *answer, uint64_t ns);
/* percent-encoded as a path */
void pl_answer_path(struct pl_answer *answer, const char *path);
void pl_answer_end(struct pl_answer *answer);
const char *pl_answer_find(const struct pl_answer *answer, const char *name); /* NULL: not set */

/* status.def */
unsigned pl_status_code(enum pl_err code);
enum pl_log_level pl_status_level(enum pl_err code);

/* pl_answer_problem - replace the answer by application/problem+json (RFC 9457) for error.
 * status      0 = from status.def, else this one (405, 406, 416, ...)
 * request_id  becomes `instance`
 * Headers set before are kept, except those that describe a body (Content-*, ETag, Last-Modified,
 * Cache-Control). A 503 gets Retry-After. */
void pl_answer_problem(struct pl_answer *answer, unsigned status, const struct pl_error *error,
                       const char *request_id);

/* pl_etag - quoted lower-case hexadecimal of 16 bytes. */
void pl_etag(char out[PL_ETAG_N], const uint8_t bytes[16]);
/* pl_etag_listed - is etag in a list as If-None-Match and If-Match have it (RFC 9110 13.1)? `*`
 * matches. weak: W/ in the list is ignored (If-None-Match); else a weak one never matches
 * (If-Match). */
bool pl_etag_listed(const char *list, const char *etag, bool weak);

/* pl_range - one byte range of a body of `length` bytes (RFC 9110 14.1.2).
 * PL_RANGE_NONE: no range, several ranges, another unit or nonsense: send everything. */
enum pl_range { PL_RANGE_NONE, PL_RANGE_PART, PL_RANGE_BAD };
enum pl_range pl_range_parse(const char *text, uint64_t length, uint64_t *first, uint64_t *n);

/* pl_request_id_valid - [A-Za-z0-9._-]{1,64} */
bool pl_request_id_valid(const char *text);

/* pl_time_parse - IMF-fixdate to seconds since 1970; false when it is anything else. */
bool pl_time_parse(const char *text, uint64_t *seconds);

#endif
