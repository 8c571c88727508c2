/* render.h - what a renderer is.
 *
 * A renderer is one folder and one line in renderers.def. It turns source bytes and parameters into an
 * encoded image. It knows no HTTP, no LMDB, no processes; it does not malloc (it draws in the arena it is
 * given, whose ceiling is the memory limit of one job) and it never exits.
 *
 * The source is hostile: bounds before allocation, 64-bit arithmetic, PL_E_FORMAT with offset and field
 * for what cannot be decoded, PL_E_LIMIT for what is too large, naming the limit.
 */
#ifndef PL_RENDER_H
#define PL_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/buf.h"
#include "shm/base/err.h"

enum pl_media { PL_MEDIA_PNG, PL_MEDIA_JPEG, PL_MEDIA_COUNT };

const char *pl_media_type(enum pl_media media); /* "image/png" */

enum { PL_PARAMS_MAX = 1024, PL_PROBE_N = 512 };

struct pl_source {
    const uint8_t *bytes; /* the whole object, mapped read-only */
    uint64_t n;
};

struct pl_query { /* one decoded query parameter, borrowed */
    const char *name, *value;
};

/* Canonical parameters: defaults left out, sorted by name, numbers in shortest round-trip form,
 * `name=value&...`, empty when all is default. Equal pictures have equal text. */
struct pl_params {
    char text[PL_PARAMS_MAX];
    enum pl_media media;
    uint32_t width_px, height_px;
};

/* What inspect reports for each thing inside; strings are borrowed for the call. */
struct pl_found {
    const char *path;
    const char *kind;
    const char *title;
    const char *trouble; /* NULL when it can be drawn, else one sentence */
    double entries;
    uint8_t locator[64];
    uint32_t locator_n;
};
typedef enum pl_err pl_found_fn(void *context, const struct pl_found *found, struct pl_error *error);

struct pl_draw {
    struct pl_source source;
    const char *selector;
    const uint8_t *locator; /* what inspect gave for the selector */
    uint32_t locator_n;
    const struct pl_params *params;
};

struct pl_draw_times {
    uint64_t load_ns, render_ns, encode_ns;
};

struct pl_renderer {
    const char *name;  /* at most 15 bytes, part of the cache key */
    const char *media; /* media type of the source */
    unsigned version;  /* bump when pixels or encoded bytes change: part of the cache key */
    size_t arena_least_bytes; /* a job cannot do with less */
    /* 0..100: how sure are we that the first n (<= PL_PROBE_N) bytes are ours. No allocation. */
    int (*probe)(const uint8_t *bytes, size_t n);
    /* List what is inside, one pl_found at a time. PL_E_FORMAT when the whole is unreadable; one bad thing
     * is reported by its `trouble` and never hides the others. */
    enum pl_err (*inspect)(const struct pl_source *source, struct pl_arena *arena, pl_found_fn *found,
                           void *context, struct pl_error *error);
    /* Query -> canonical parameters; runs in the front. PL_E_INPUT with `param` for what is unknown,
     * repeated, malformed or out of range. kind = the item's kind as found. */
    enum pl_err (*params)(const struct pl_query *query, size_t n, const char *kind, enum pl_media media,
                          struct pl_params *out, struct pl_error *error);
    /* Draw and encode; appends to out. On failure out is as it was. */
    enum pl_err (*render)(const struct pl_draw *draw, struct pl_arena *arena, struct pl_buf *out,
                          struct pl_draw_times *times, struct pl_error *error);
};

/* registry.c */
const struct pl_renderer *pl_renderer_probe(const uint8_t *bytes, size_t n); /* NULL: nobody's */
const struct pl_renderer *pl_renderer_find(const char *name);                /* NULL: unknown */
const struct pl_renderer *pl_renderer_at(unsigned index);                    /* NULL: past the end */

struct pl_render_setup {
    const char *font_dir; /* folder searched for the font files; NULL = the built-in list */
};
/* pl_render_start - once, in the master, before fork: load faces, fill the glyph atlas, tables.
 * PL_E_MISSING names the font package to install. Nothing it makes is written to afterwards except the
 * per-process glyph cache. */
enum pl_err pl_render_start(const struct pl_render_setup *setup, struct pl_error *error);
void pl_render_stop(void);

#endif
