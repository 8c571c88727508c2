/* config.h - what an operator can set. config.def is the table; everything else is generated from it.
 *
 * Precedence: defaults < files < environment < command line. `origin` of each option remembers which.
 * `auto` values are replaced by numbers in pl_config_plan, from the container's limits. */
#ifndef PL_CONFIG_H
#define PL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "shm/base/err.h"

#ifndef PL_VERSION
#define PL_VERSION "0.1.0"
#endif

enum { PL_CONFIG_LIST_MAX = 16, PL_CONFIG_TEXT_MAX = 1024 };

struct pl_config_list {
    unsigned n;
    char *item[PL_CONFIG_LIST_MAX];
};

/* Field types by option type; sizes are bytes, times milliseconds. */
#define PL_CONFIG_FIELD_text(section, key) char *section##_##key;
#define PL_CONFIG_FIELD_choice(section, key) char *section##_##key;
#define PL_CONFIG_FIELD_list(section, key) struct pl_config_list section##_##key;
#define PL_CONFIG_FIELD_flag(section, key) bool section##_##key;
#define PL_CONFIG_FIELD_count(section, key) uint64_t section##_##key;
#define PL_CONFIG_FIELD_size(section, key) uint64_t section##_##key;
#define PL_CONFIG_FIELD_time(section, key) uint64_t section##_##key;

enum pl_config_option {
#define OPT(type, section, key, ...) PL_OPTION_##section##_##key,
#include "server/config/config.def"
#undef OPT
    PL_OPTION_COUNT
};

struct pl_config {
#define OPT(type, section, key, ...) PL_CONFIG_FIELD_##type(section, key)
#include "server/config/config.def"
#undef OPT
    char *origin[PL_OPTION_COUNT]; /* "default", "FILE:LINE", "environment PLATEN_X", "command line" */
};

struct pl_config_request { /* from the command line */
    const char *file;              /* -c; NULL = none */
    const char *const *settings;   /* -o section.key=value */
    unsigned settings_n;
    const char *const *environment; /* environ */
    void (*warn)(const char *text); /* NULL = a log line */
};

/* pl_config_load - read everything in order of precedence and check it. On failure *out is NULL and error
 * names file:line or variable, the key, and the nearest known name. */
enum pl_err pl_config_load(const struct pl_config_request *request, struct pl_config **out,
                           struct pl_error *error);
void pl_config_free(struct pl_config **config);

/* What the machine or container allows. */
struct pl_limits {
    uint64_t memory_bytes;  /* least of cgroup v2/v1 limits of all ancestors and RAM */
    const char *memory_from; /* "cgroup v2", "cgroup v1", "RAM" */
    unsigned cpus;          /* quota rounded up, at most the CPUs we may run on */
};
void pl_limits_read(struct pl_limits *out);

/* The memory sum of architecture 5: every part named, printed at start, enforced. */
struct pl_plan {
    uint64_t map, workers, fronts, keeper, board, slack, sum, limit;
    uint64_t worker_each, front_each;
    uint64_t packs; /* no part of the sum: page cache, given back when memory is short */
};
/* pl_config_plan - replace `auto`, make the sum. PL_E_INPUT when it does not fit, with the arithmetic. */
enum pl_err pl_config_plan(struct pl_config *config, const struct pl_limits *limits,
                           struct pl_plan *out, struct pl_error *error);
void pl_plan_print(const struct pl_plan *plan, char *out, size_t n);

/* pl_config_print - every key with value and origin; json or text. */
void pl_config_print(const struct pl_config *config, bool json, FILE *out);
/* pl_config_example - the annotated conf/platen.conf. pl_config_help - the table for --help. */
void pl_config_example(FILE *out);
void pl_config_help(FILE *out);

/* pl_config_frozen_change - the first option that differs between running and wanted and needs a restart;
 * NULL when a reload can take everything over. */
const char *pl_config_frozen_change(const struct pl_config *running, const struct pl_config *wanted);

#endif
