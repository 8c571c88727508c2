/* config_priv.h - the option table and what the files of server/config/ share. */
#ifndef PL_CONFIG_PRIV_H
#define PL_CONFIG_PRIV_H

#include <stddef.h>

#include "server/config/config.h"

enum pl_option_type {
    PL_OPTION_text,
    PL_OPTION_list,
    PL_OPTION_flag,
    PL_OPTION_count,
    PL_OPTION_size,
    PL_OPTION_time,
    PL_OPTION_choice,
};

struct pl_option {
    enum pl_option_type type;
    const char *section, *key, *preset, *text;
    const char *choices; /* "text|json"; choice only */
    uint64_t least, most;
    bool reload; /* taken over at HUP */
    size_t offset;
};

extern const struct pl_option pl_options[PL_OPTION_COUNT];

/* Until pl_config_plan has run, a size may be a percentage: this bit and the number. 0 stands for
 * auto. */
#define PL_CONFIG_PERCENT (UINT64_C(1) << 63)

static inline bool pl_option_has_auto(const struct pl_option *option)
{
    return option->preset[0] == 'a' && option->preset[1] == 'u'; /* "auto" */
}

uint64_t *pl_option_number(struct pl_config *config, unsigned option); /* count, size, time */
uint64_t pl_option_value(const struct pl_config *config, unsigned option);

/* pl_option_find - index, or -1. */
int pl_option_find(const char *section, const char *key);
/* pl_option_hint - "; did you mean 'x'?" for the nearest known name, or an empty text. With a
 * section the keys of that section are compared; without, "section.key" names. */
void pl_option_hint(char *out, size_t n, const char *section, const char *name);
/* pl_option_section_hint - the same over the names of the sections. */
void pl_option_section_hint(char *out, size_t n, const char *name);
bool pl_option_section_known(const char *section);

/* pl_option_set - parse and check the values (one, unless it is a list), store them with their
 * origin. PL_E_INPUT: message begins with the origin. On failure the option is as it was. */
enum pl_err pl_option_set(struct pl_config *config, unsigned option, const char *const *values,
                          unsigned values_n, const char *origin, struct pl_error *error);
/* pl_option_set_text - the same from one text; a list is split at commas. */
enum pl_err pl_option_set_text(struct pl_config *config, unsigned option, const char *text,
                               const char *origin, struct pl_error *error);
/* pl_option_print - the canonical text of the value (a list: item number `item`). */
void pl_option_print(const struct pl_config *config, unsigned option, unsigned item, char *out,
                     size_t n);

/* pl_config_parse - options in n bytes of a configuration file, applied over what config holds.
 * `name` is for messages and origins. Safe for hostile bytes. */
enum pl_err pl_config_parse(struct pl_config *config, const char *name, const char *bytes, size_t n,
                            struct pl_error *error);
/* pl_config_new - every option at its default. NULL without memory. */
struct pl_config *pl_config_new(void);

/* pl_limits_read_at - pl_limits_read with every path below `root` ("" = the real ones) and the CPUs
 * this process may run on given. */
void pl_limits_read_at(const char *root, unsigned cpus_allowed, struct pl_limits *out);

#endif
