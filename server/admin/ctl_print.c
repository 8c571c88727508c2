/* ctl_print.c - numbers, colours and tables for people.
 *
 * Names come from whoever uploads: everything printed passes pl_ctl_clean, so that no name moves
 * the cursor or recolours the terminal. Tables are kept whole on the heap until their widths are
 * known. */
#include "server/admin/ctl.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/utf8.h"

const char *pl_ctl_size(char out[PL_CTL_TEXT_N], double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    unsigned unit = 0;
    while (bytes >= 1023.5 && unit + 1 < PL_COUNT(units)) {
        bytes /= 1024.0;
        unit++;
    }
    snprintf(out, PL_CTL_TEXT_N, unit > 0 && bytes < 99.95 ? "%.1f %s" : "%.0f %s", bytes,
             units[unit]);
    return out;
}

const char *pl_ctl_age(char out[PL_CTL_TEXT_N], uint64_t s)
{
    unsigned long long days = s / 86400, hours = s / 3600 % 24, minutes = s / 60 % 60;
    if (days > 0)
        snprintf(out, PL_CTL_TEXT_N, "%llud %02lluh", days, hours);
    else if (hours > 0)
        snprintf(out, PL_CTL_TEXT_N, "%lluh %02llum", hours, minutes);
    else if (minutes > 0)
        snprintf(out, PL_CTL_TEXT_N, "%llum %02us", minutes, (unsigned)(s % 60));
    else
        snprintf(out, PL_CTL_TEXT_N, "%us", (unsigned)s);
    return out;
}

const char *pl_ctl_seconds(char out[PL_CTL_TEXT_N], double seconds)
{
    if (seconds >= 1.0)
        snprintf(out, PL_CTL_TEXT_N, "%.2f s", seconds);
    else if (seconds >= 0.001)
        snprintf(out, PL_CTL_TEXT_N, "%.2f ms", seconds * 1e3);
    else
        snprintf(out, PL_CTL_TEXT_N, "%.0f us", seconds * 1e6);
    return out;
}

const char *pl_ctl_rate(char out[PL_CTL_TEXT_N], double rate)
{
    if (rate >= 1e6)
        snprintf(out, PL_CTL_TEXT_N, "%.1fM", rate / 1e6);
    else if (rate >= 1e4)
        snprintf(out, PL_CTL_TEXT_N, "%.1fk", rate / 1e3);
    else
        snprintf(out, PL_CTL_TEXT_N, rate < 99.95 && rate > 0.0 ? "%.1f" : "%.0f", rate);
    return out;
}

/* Bytes of the character at s, and 0 for what a terminal must not see: control characters (C0, DEL
 * and the C1 range in UTF-8) and broken sequences. */
static unsigned character(const unsigned char *s)
{
    uint32_t code = 0;
    unsigned n = (unsigned)pl_utf8_step(s, SIZE_MAX, &code);
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : n;
}

static unsigned count_columns(const char *text)
{
    unsigned columns = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; columns++)
        s += PL_MAX(character(s), 1u);
    return columns;
}

unsigned pl_ctl_clean(char *out, size_t out_n, const char *text, unsigned columns)
{
    unsigned all = count_columns(text), head = all, tail = all;
    if (columns > 0 && all > columns) {
        head = columns / 2;
        tail = all - (columns - head - 1);
    }
    unsigned at = 0, shown = 0;
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; at++) {
        unsigned length = character(s);
        if ((at < head || at >= tail) && n + 4 < out_n) {
            memcpy(out + n, length > 0 ? (const char *)s : "?", PL_MAX(length, 1u));
            n += PL_MAX(length, 1u);
            shown++;
        } else if (at == head && n + 4 < out_n) {
            memcpy(out + n, "\xe2\x80\xa6", 3);
            n += 3;
            shown++;
        }
        s += PL_MAX(length, 1u);
    }
    out[n] = '\0';
    return shown;
}

const char *pl_ctl_color(const struct pl_ctl *ctl, enum pl_ctl_color color)
{
    static const char *const codes[] = {"\x1b[0m",  "\x1b[1m",  "\x1b[2m",
                                        "\x1b[32m", "\x1b[33m", "\x1b[31m"};
    return ctl->color ? codes[color] : "";
}

unsigned pl_ctl_columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

struct pl_ctl_table {
    char layout[32];
    size_t columns, n, capacity;
    char **cell;
};

struct pl_ctl_table *pl_ctl_table(const char *layout)
{
    struct pl_ctl_table *table = calloc(1, sizeof *table);
    CHECK(table != NULL && strlen(layout) < sizeof table->layout);
    strcpy(table->layout, layout);
    table->columns = strlen(layout);
    return table;
}

void pl_ctl_cell(struct pl_ctl_table *table, const char *format, ...)
{
    char raw[4096], clean[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    pl_ctl_clean(clean, sizeof clean, raw, 0);
    if (table->n == table->capacity) {
        table->capacity = 2 * table->capacity + 64;
        table->cell = reallocarray(table->cell, table->capacity, sizeof *table->cell);
        CHECK(table->cell != NULL);
    }
    table->cell[table->n] = strdup(clean);
    CHECK(table->cell[table->n] != NULL);
    table->n++;
}

/* Width of each column; the one marked '~' gets what the terminal leaves. */
static void measure(const struct pl_ctl *ctl, const struct pl_ctl_table *table, unsigned *width)
{
    unsigned sum = 0, flexible = UINT32_MAX;
    for (size_t c = 0; c < table->columns; c++) {
        width[c] = 0;
        for (size_t i = c; i < table->n; i += table->columns)
            width[c] = PL_MAX(width[c], count_columns(table->cell[i]));
        sum += width[c] + (c > 0 ? 2 : 0);
        if (table->layout[c] == '~')
            flexible = (unsigned)c;
    }
    unsigned room = pl_ctl_columns();
    if (ctl->terminal && flexible != UINT32_MAX && sum > room)
        width[flexible] = width[flexible] > sum - room + 12 ? width[flexible] - (sum - room) : 12;
}

static void print_row(struct pl_ctl *ctl, const struct pl_ctl_table *table, size_t row,
                      const unsigned *width, FILE *out)
{
    char text[4096];
    unsigned owed = 0; /* blanks that are printed only when something follows */
    char *const *cell = table->cell + row * table->columns;
    if (row == 0)
        fputs(pl_ctl_color(ctl, PL_COLOR_DIM), out);
    for (size_t c = 0; c < table->columns; c++) {
        unsigned most = table->layout[c] == '~' ? width[c] : 0;
        unsigned used = pl_ctl_clean(text, sizeof text, cell[c], most);
        unsigned pad = width[c] > used ? width[c] - used : 0;
        owed += table->layout[c] == '>' ? pad : 0;
        if (used > 0) {
            fprintf(out, "%*s%s", (int)owed, "", text);
            owed = 0;
        }
        owed += (table->layout[c] == '>' ? 0 : pad) + 2;
    }
    if (row == 0)
        fputs(pl_ctl_color(ctl, PL_COLOR_NONE), out);
    fputc('\n', out);
}

void pl_ctl_table_print(struct pl_ctl *ctl, struct pl_ctl_table **table, FILE *out)
{
    struct pl_ctl_table *t = *table;
    unsigned width[32] = {0};
    measure(ctl, t, width);
    for (size_t row = 0; row < t->n / t->columns; row++)
        print_row(ctl, t, row, width, out);
    for (size_t i = 0; i < t->n; i++)
        free(t->cell[i]);
    free(t->cell);
    free(t);
    *table = NULL;
}

void pl_ctl_json(const json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar('\n');
    fflush(stdout);
}

uint64_t pl_ctl_number(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

double pl_ctl_real(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

const char *pl_ctl_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}
