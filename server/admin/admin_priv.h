/* admin_priv.h - what the files behind admin.h share.
 *
 * A handler fills call->out with one JSON value through pl_admin_json, or prepares call->job and
 * sets call->wait. It runs in a front, between two requests: nothing in it may take long, which is
 * why everything that walks does so in slices. */
#ifndef PL_ADMIN_PRIV_H
#define PL_ADMIN_PRIV_H

#include <jansson.h>

#include "server/admin/admin.h"

enum {
    PL_ADMIN_SLICE = 4096,       /* entries of the cache walked in one call: a few milliseconds */
    PL_ADMIN_SHOWN_DEFAULT = 20, /* entries shown */
    PL_ADMIN_SHOWN_MOST = 1000,
};

typedef enum pl_err pl_admin_fn(const struct pl_admin_context *context, struct pl_admin_call *call,
                                struct pl_error *error);

#define ADMIN(name, handler, ...) pl_admin_fn pl_admin_##handler;
#include "server/admin/admin.def"
#undef ADMIN

/* pl_admin_json - write value into call->out, a line, and let go of it; NULL (out of memory) is
 * reported. */
enum pl_err pl_admin_json(struct pl_admin_call *call, json_t *value, struct pl_error *error);
/* The value of a query parameter; NULL when it is not there. */
const char *pl_admin_arg(const struct pl_admin_call *call, const char *name);
/* A whole number in [0, most]; `otherwise` when it is not there. PL_E_INPUT names it. */
enum pl_err pl_admin_arg_number(const struct pl_admin_call *call, const char *name,
                                uint64_t otherwise, uint64_t most, uint64_t *out,
                                struct pl_error *error);
/* PL_E_INPUT for the first parameter that is not in `known` (names divided by blanks). */
enum pl_err pl_admin_args_known(const struct pl_admin_call *call, const char *known,
                                struct pl_error *error);

/* Seconds since a wall-clock time; 0 for 0 and for the future. */
uint64_t pl_admin_age(uint64_t wall_ns);
uint64_t pl_admin_private_sum(const struct pl_procs *procs);
/* Text that JSON can carry: bytes that are not UTF-8 become U+FFFD. */
json_t *pl_admin_text(const char *text);
json_t *pl_admin_hex(const uint8_t *bytes, size_t n);
json_t *pl_admin_time(uint64_t wall_ns); /* RFC 3339; null for 0 */

/* The pieces that several commands show. */
json_t *pl_admin_stats_object(const struct pl_admin_context *context);
json_t *pl_admin_processes(const struct pl_admin_context *context);
/* {key, name, selector, parameters, media, bytes, hits, age_seconds, made, stamp, cost_us, ...} */
json_t *pl_admin_entry(const struct pl_cache_entry *entry);
/* Numbers of the cache that `ls`, `hot` and `big` sort by. */
enum pl_admin_sort { PL_SORT_NONE, PL_SORT_SIZE, PL_SORT_AGE, PL_SORT_HITS };
enum pl_err pl_admin_slice(struct pl_cache *cache, const char *prefix, enum pl_admin_sort sort,
                           uint64_t from, unsigned most, json_t **out, struct pl_error *error);

/* The same for an address below /cards/ or /devices/, which is overwritten. */
void pl_admin_cards(const struct pl_admin_context *context, char *target, json_t *out);
/* what: a name, an image address or a key; with neither store nor heritage only a key. */
enum pl_err pl_admin_inspect_what(const struct pl_admin_context *context, const char *what,
                                  json_t **out, struct pl_error *error);

#endif
