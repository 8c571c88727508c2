/* log.h - one line, one write(2), to standard output.
 *
 * A line is an event name and key=value fields, as text or JSON. Fields come as a list of
 * pl_log_field, built by the macros below; text is escaped, the line is cut at 8 KiB, and a line that
 * cannot be written at once is dropped and counted (logging never blocks a front).
 *
 *     pl_log(PL_LOG_INFO, "worker_started", PL_LOG_U("pid", pid), PL_LOG_S("role", name));
 */
#ifndef PL_BASE_LOG_H
#define PL_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

enum pl_log_level { PL_LOG_DEBUG, PL_LOG_INFO, PL_LOG_WARN, PL_LOG_ERROR, PL_LOG_NONE };
enum pl_log_format { PL_LOG_TEXT, PL_LOG_JSON };

struct pl_log_field {
    const char *name;
    enum { PL_LOG_TYPE_S, PL_LOG_TYPE_U, PL_LOG_TYPE_F } type;
    const char *s; /* NULL prints as an empty text */
    uint64_t u;
    double f;
};

#define PL_LOG_S(field, value) ((struct pl_log_field){(field), PL_LOG_TYPE_S, (value), 0, 0.0})
#define PL_LOG_U(field, value) ((struct pl_log_field){(field), PL_LOG_TYPE_U, NULL, (uint64_t)(value), 0.0})
#define PL_LOG_F(field, value) ((struct pl_log_field){(field), PL_LOG_TYPE_F, NULL, 0, (value)})

/* Set once before fork; `who` (at most 15 characters, e.g. "worker/1") after fork. */
void pl_log_setup(enum pl_log_level least, enum pl_log_format format);
void pl_log_who(const char *who);
enum pl_log_level pl_log_least(void);
uint64_t pl_log_dropped(void);

void pl_log_line(enum pl_log_level level, const char *event, const struct pl_log_field *fields,
                 size_t n);

#define pl_log(level, event, ...)                                                                  \
    do {                                                                                           \
        if ((level) >= pl_log_least()) {                                                           \
            const struct pl_log_field pl_log_fields_[] = {__VA_ARGS__};                            \
            pl_log_line((level), (event), pl_log_fields_,                                          \
                        sizeof pl_log_fields_ / sizeof pl_log_fields_[0]);                         \
        }                                                                                          \
    } while (0)

#endif
