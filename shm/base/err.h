/* err.h - how every fallible function reports.
 *
 * A fallible function returns enum pl_err and fills the caller's struct pl_error, its last argument,
 * which may be NULL. Nothing is allocated on the error path. The first failure wins: pl_fail on an
 * error that is already set leaves it as it is and returns the earlier code.
 *
 * Which code to use decides what the client is told (server/http/status.def):
 *   PL_E_INPUT     the request is malformed; `param` names the culprit             400
 *   PL_E_FORMAT    the source cannot be decoded; the message says what and where   422
 *   PL_E_LIMIT     a configured limit is exceeded; the message names it            413
 *   PL_E_NOMEM     this process has no memory for it                               503
 *   PL_E_IO        a system call failed; the message carries errno                 500
 *   PL_E_SPACE     the disk or the map is full                                     507
 *   PL_E_MISSING   no such thing                                                   404
 *   PL_E_GONE      it was deleted                                                  410
 *   PL_E_CONFLICT  a precondition (If-Match) does not hold                         412
 *   PL_E_BUSY      try again later                                                 503
 *   PL_E_TIMEOUT   the deadline passed                                             504
 *   PL_E_CRASHED   the process that worked on it died, twice                       500
 *   PL_E_INTERNAL  platen is wrong                                                 500
 */
#ifndef PL_BASE_ERR_H
#define PL_BASE_ERR_H

enum pl_err {
    PL_OK = 0,
    PL_E_INPUT,
    PL_E_FORMAT,
    PL_E_LIMIT,
    PL_E_NOMEM,
    PL_E_IO,
    PL_E_SPACE,
    PL_E_MISSING,
    PL_E_GONE,
    PL_E_CONFLICT,
    PL_E_BUSY,
    PL_E_TIMEOUT,
    PL_E_CRASHED,
    PL_E_INTERNAL,
    PL_E_COUNT
};

struct pl_error {
    enum pl_err code;
    char param[32]; /* the parameter, field or limit at fault; empty when none */
    char msg[240];  /* one sentence, no newline; may quote input, escaped by whoever prints it */
};

/* pl_fail - set error unless it is set already; return its code (or `code` when error is NULL). */
enum pl_err pl_fail(struct pl_error *error, enum pl_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* pl_fail_param - the same, naming the parameter, field or limit at fault. */
enum pl_err pl_fail_param(struct pl_error *error, enum pl_err code, const char *param,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* pl_fail_errno - the same for a failed system call: appends the text of errno. ENOSPC, EDQUOT and
 * EFBIG become PL_E_SPACE, ENOENT PL_E_MISSING, ENOMEM PL_E_NOMEM, everything else PL_E_IO. */
enum pl_err pl_fail_errno(struct pl_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* pl_err_name - stable short name ("input", "format", ...), for logs, metrics and JSON. */
const char *pl_err_name(enum pl_err code);

#endif
