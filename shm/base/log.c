/* log.c - compose one line on the stack, write it once.
 *
 * Standard output is often a pipe to a collector. When it is full the line is dropped rather than
 * waited for; the drop is counted and the count is a metric.
 */
#include "shm/base/log.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shm/base/clock.h"

enum { LINE_N = 8192 };

struct line {
    char text[LINE_N];
    size_t n;
};

static enum pl_log_level least = PL_LOG_INFO;
static enum pl_log_format format = PL_LOG_TEXT;
static char who[16] = "master";
static uint64_t dropped;

void pl_log_setup(enum pl_log_level new_least, enum pl_log_format new_format)
{
    least = new_least;
    format = new_format;
}

void pl_log_who(const char *new_who)
{
    (void)snprintf(who, sizeof who, "%s", new_who);
}

enum pl_log_level pl_log_least(void)
{
    return least;
}

uint64_t pl_log_dropped(void)
{
    return dropped;
}

/* Room for the closing quote, brace and newline is always kept. */
enum { TAIL_N = 4 };

static void put(struct line *line, const char *bytes, size_t n)
{
    size_t room = LINE_N - TAIL_N - line->n;
    if (n > room)
        n = room;
    memcpy(line->text + line->n, bytes, n);
    line->n += n;
}

static void print(struct line *line, const char *text_format, ...)
    __attribute__((format(printf, 2, 3)));

static void print(struct line *line, const char *text_format, ...)
{
    char text[128];
    va_list args;
    va_start(args, text_format);
    int n = vsnprintf(text, sizeof text, text_format, args);
    va_end(args);
    if (n > 0)
        put(line, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static void put_escaped(struct line *line, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            const char pair[2] = {'\\', (char)c};
            put(line, pair, 2);
        } else if (c < 0x20 || c == 0x7f) {
            print(line, "\\u%04x", c);
        } else {
            put(line, text, 1);
        }
    }
}

static int needs_quotes(const char *text)
{
    if (*text == '\0')
        return 1;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= 0x20 || *text == '"' || *text == '=' || *text == '\\' ||
            *text == 0x7f)
            return 1;
    return 0;
}

static void put_value(struct line *line, const struct pl_log_field *field)
{
    const char *s = field->s != NULL ? field->s : "";
    switch (field->type) {
    case PL_LOG_TYPE_U:
        print(line, "%llu", (unsigned long long)field->u);
        break;
    case PL_LOG_TYPE_F:
        if (isfinite(field->f))
            print(line, "%.6g", field->f);
        else
            put(line, "null", 4);
        break;
    case PL_LOG_TYPE_S:
        if (format == PL_LOG_JSON || needs_quotes(s)) {
            put(line, "\"", 1);
            put_escaped(line, s);
            put(line, "\"", 1);
        } else {
            put(line, s, strlen(s));
        }
        break;
    }
}

void pl_log_line(enum pl_log_level level, const char *event, const struct pl_log_field *fields,
                 size_t n)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    struct line line;
    line.n = 0;
    char time[PL_TIME_TEXT_N];
    pl_time_text(time, pl_wall_ns());
    const char *head = format == PL_LOG_JSON
                           ? "{\"time\":\"%s\",\"level\":\"%s\",\"who\":\"%s\",\"event\":\"%s\""
                           : "%s %s %s %s";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    print(&line, head, time, levels[level < PL_LOG_NONE ? level : PL_LOG_ERROR], who, event);
#pragma GCC diagnostic pop
    for (size_t i = 0; i < n; i++) {
        print(&line, format == PL_LOG_JSON ? ",\"%s\":" : " %s=", fields[i].name);
        put_value(&line, &fields[i]);
    }
    if (format == PL_LOG_JSON)
        line.text[line.n++] = '}';
    line.text[line.n++] = '\n';
    ssize_t written;
    do
        written = write(STDOUT_FILENO, line.text, line.n);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        dropped++;
}
