/* ctl.h - what the files of platenctl share.
 *
 * A command asks with pl_ctl_ask, gets one JSON value and prints it: as it is with --json, else set
 * for people. Whether a server answered or a stopped server's map was read makes no difference
 * behind pl_ctl_ask. Every function that returns int returns an exit code. */
#ifndef PL_CTL_H
#define PL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "render/render.h"
#include "shm/base/err.h"

enum {
    PL_EXIT_OK = 0,
    PL_EXIT_FAILED = 1,
    PL_EXIT_USAGE = 2,
    PL_EXIT_UNREACHABLE = 3,
    PL_EXIT_NOTHING = 4,
    PL_EXIT_DENIED = 5,
    PL_EXIT_PARTIAL = 6,
};

#define PL_CTL_FIELD_flag(field) bool field;
#define PL_CTL_FIELD_text(field) const char *field;
#define PL_CTL_FIELD_number(field) uint64_t field;
#define PL_CTL_FIELD_time(field) uint64_t field;

struct pl_ctl {
#define CTL(...)
#define OPTION(field, kind, ...) PL_CTL_FIELD_##kind(field)
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL
#define CTL(...)
#define OPTION(field, ...) bool field##_given;
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL
    const char *command; /* NULL: none was given */
    const char *operand; /* NULL: none was given */
    const char *more[2]; /* operands after the first; NULL like it */
    bool color;          /* standard output is a terminal that wants it */
    bool terminal;
    void *link; /* ctl_ask.c's own */
};

typedef int pl_ctl_fn(struct pl_ctl *ctl);
#define CTL(name, handler, ...) pl_ctl_fn pl_ctl_##handler;
#define OPTION(...)
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL

/* ctl_args.c: command line to struct; borrowed from argv. PL_E_INPUT with the sentence to print. */
enum pl_err pl_ctl_parse(struct pl_ctl *ctl, int argc, char **argv, struct pl_error *error);
/* The command that runs ctl->command; NULL when there is none such. */
pl_ctl_fn *pl_ctl_find(const char *command, bool *map);
void pl_ctl_usage(FILE *out, const char *command);
/* "1.5s", "500ms", "2m", "3" (seconds) to milliseconds. */
bool pl_ctl_time(const char *text, uint64_t *out_ms);

/* ctl_ask.c: one question. change: POST. On PL_EXIT_OK *out is the answer, the caller's to release;
 * else the reason was printed to standard error (unless ctl->quiet). */
int pl_ctl_ask(struct pl_ctl *ctl, bool change, const char *command, const struct pl_query *args,
               size_t args_n, json_t **out);
void pl_ctl_hang_up(struct pl_ctl *ctl);
/* ctl_map.c: the same from ctl->map. */
int pl_ctl_ask_map(struct pl_ctl *ctl, const char *command, const struct pl_query *args,
                   size_t args_n, json_t **out);

/* ctl_print.c */
enum { PL_CTL_TEXT_N = 32 };
const char *pl_ctl_size(char out[PL_CTL_TEXT_N], double bytes);      /* "1.4 MiB" */
const char *pl_ctl_age(char out[PL_CTL_TEXT_N], uint64_t seconds);   /* "3d 04h" */
const char *pl_ctl_seconds(char out[PL_CTL_TEXT_N], double seconds); /* "1.25 ms" */
const char *pl_ctl_rate(char out[PL_CTL_TEXT_N], double rate);       /* "12.3k" */
/* pl_ctl_clean - copy text so that a terminal only prints it: control bytes become '?'. Cut with an
 * ellipsis in the middle at `columns` characters (0 = as it is). Returns the number of columns. */
unsigned pl_ctl_clean(char *out, size_t out_n, const char *text, unsigned columns);

enum pl_ctl_color {
    PL_COLOR_NONE,
    PL_COLOR_BOLD,
    PL_COLOR_DIM,
    PL_COLOR_GOOD,
    PL_COLOR_WARN,
    PL_COLOR_BAD
};
const char *pl_ctl_color(const struct pl_ctl *ctl, enum pl_ctl_color color); /* NONE ends it */

/* A table: cells row by row, printed with columns as wide as they need. `layout` has one character
 * a column:
 * '<' left, '>' right, '~' left and cut when the terminal is too narrow. The first row is the
 * heading. */
struct pl_ctl_table;
struct pl_ctl_table *pl_ctl_table(const char *layout);
void pl_ctl_cell(struct pl_ctl_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pl_ctl_table_print(struct pl_ctl *ctl, struct pl_ctl_table **table, FILE *out);
unsigned pl_ctl_columns(void); /* of the terminal; 80 when unknown */

void pl_ctl_json(const json_t *value); /* one line on standard output */
/* 0, 0.0 or "" when there is no such member. */
uint64_t pl_ctl_number(const json_t *object, const char *name);
double pl_ctl_real(const json_t *object, const char *name);
const char *pl_ctl_text(const json_t *object, const char *name);

/* ctl_list.c: slices asked for and merged until `scan` entries were seen. */
int pl_ctl_gather(struct pl_ctl *ctl, const char *sort, const char *prefix, uint64_t from,
                  unsigned most, uint64_t scan, json_t **out);
/* ctl_show.c: the table of processes; busy = what each works on instead of its sandbox. */
void pl_ctl_processes(struct pl_ctl *ctl, const json_t *processes, bool busy, FILE *out);
/* ctl_stats.c: one row a call; before = NULL prints the heading alone. */
void pl_ctl_row(struct pl_ctl *ctl, const json_t *before, const json_t *now);

#endif
