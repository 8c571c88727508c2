/* err.c - fill a struct pl_error; nothing here allocates. */
#include "shm/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum pl_err fail(struct pl_error *error, enum pl_err code, const char *param,
                        const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static enum pl_err fail(struct pl_error *error, enum pl_err code, const char *param,
                        const char *format, va_list args)
{
    if (error == NULL)
        return code;
    if (error->code != PL_OK)
        return error->code;
    error->code = code;
    (void)snprintf(error->param, sizeof error->param, "%s", param);
    (void)vsnprintf(error->msg, sizeof error->msg, format, args);
    return code;
}

enum pl_err pl_fail(struct pl_error *error, enum pl_err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    code = fail(error, code, "", format, args);
    va_end(args);
    return code;
}

enum pl_err pl_fail_param(struct pl_error *error, enum pl_err code, const char *param,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    code = fail(error, code, param, format, args);
    va_end(args);
    return code;
}

static enum pl_err code_of_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return PL_E_SPACE;
    case ENOENT:
        return PL_E_MISSING;
    case ENOMEM:
        return PL_E_NOMEM;
    default:
        return PL_E_IO;
    }
}

enum pl_err pl_fail_errno(struct pl_error *error, const char *format, ...)
{
    int number = errno;
    enum pl_err code = code_of_errno(number);
    if (error != NULL && error->code != PL_OK)
        return error->code;
    va_list args;
    va_start(args, format);
    code = fail(error, code, "", format, args);
    va_end(args);
    if (error != NULL) {
        size_t n = strlen(error->msg);
        (void)snprintf(error->msg + n, sizeof error->msg - n, ": %s", strerror(number));
    }
    return code;
}

const char *pl_err_name(enum pl_err code)
{
    static const char *const names[PL_E_COUNT] = {
        [PL_OK] = "ok",
        [PL_E_INPUT] = "input",
        [PL_E_FORMAT] = "format",
        [PL_E_LIMIT] = "limit",
        [PL_E_NOMEM] = "memory",
        [PL_E_IO] = "io",
        [PL_E_SPACE] = "space",
        [PL_E_MISSING] = "missing",
        [PL_E_GONE] = "gone",
        [PL_E_CONFLICT] = "conflict",
        [PL_E_BUSY] = "busy",
        [PL_E_TIMEOUT] = "timeout",
        [PL_E_CRASHED] = "crashed",
        [PL_E_INTERNAL] = "internal",
    };
    return (unsigned)code < PL_E_COUNT ? names[code] : "unknown";
}
