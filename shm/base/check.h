/* check.h - invariants that hold in production, magic numbers, arithmetic that cannot wrap.
 *
 * CHECK(condition) is for what can only be false when platen itself is wrong. It logs file, line and
 * expression and aborts the process; the master replaces it and the board knows what it was doing.
 * Never CHECK what came from outside: that is a returned error (shm/base/err.h).
 */
#ifndef PL_BASE_CHECK_H
#define PL_BASE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void pl_check_failed(const char *file, int line, const char *expression) __attribute__((noreturn, cold));

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            pl_check_failed(__FILE__, __LINE__, #condition);                                       \
    } while (0)

/* Long-lived objects carry `unsigned magic`, tested at entry to every public function. */
#define CHECK_MAGIC(object, value) CHECK((object) != NULL && (object)->magic == (value))

/* Both return false when the mathematical result does not fit; *out is then undefined. */
static inline bool pl_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline bool pl_add(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

#define PL_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PL_MIN(a, b) ((a) < (b) ? (a) : (b))
#define PL_MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
