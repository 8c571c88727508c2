/* render.h - what a renderer is.
 *
 * A renderer is one folder and one line in renderers.def. It turns source bytes and parameters into
 * an encoded image. It knows no HTTP, no LMDB, no processes; it does not malloc (it draws in the
 * arena it is given, whose ceiling is the memory limit of one job) and it never exits.
 *
 * The source is hostile: bounds before allocation, 64-bit arithmetic, PL_E_FORMAT with offset and
 * field for what cannot be decoded, PL_E_LIMIT for what is too large, naming the limit.
 */
#ifndef PL_RENDER_H
#define PL_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/base/arena.h"
#include "shm/base/buf.h"
#include "shm/base/err.h"

/* JSON is what a picture shows, as numbers: the same way, the same cache. */
enum pl_media { PL_MEDIA_PNG, PL_MEDIA_JPEG, PL_MEDIA_JSON, PL_MEDIA_WEBP, PL_MEDIA_COUNT };

const char *pl_media_type(enum pl_media media); /* "image/png" */

enum {
    PL_PARAMS_MAX = 1024,
    PL_PROBE_N = 512,
    PL_DRAW_SOURCES_MAX = 5, /* things laid over one another in one picture */
    PL_TREND_MAX = 200,      /* points of a trend */
    PL_DRAW_NOTE_N = 160,
};

struct pl_source {
    const uint8_t *bytes; /* the whole object, mapped read-only */
    uint64_t n;
};

struct pl_query { /* one decoded query parameter, borrowed */
    const char *name, *value;
};

/* How params treats what it does not like. LENIENT is for addresses that older programs have handed
 * out: unknown parameters are ignored, of repeated ones the last counts; malformed values are
 * refused all the same. */
enum pl_query_rule { PL_QUERY_STRICT, PL_QUERY_LENIENT };

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
    const char *title;   /* of a scalar or a report: its value or message */
    const char *trouble; /* NULL when it can be drawn, else one sentence */
    const char
        *name; /* NULL, or the last part of its path where several uploads are shown together */
    const char
        *report;    /* NULL, or it says something about the thing called `name` beside it: "qr/TEST"
                     * the    result of a quality test, "e" it is an efficiency, "t" a tag */
    int32_t status; /* report: its code (qr: 100 ok, 200 warning, 300 error, else other) */
    bool has_stats;
    double stats[6]; /* mean x, y, z, standard deviation x, y, z, from the sums in the file */
    double entries;
    uint8_t locator[64];
    uint32_t locator_n;
};
typedef enum pl_err pl_found_fn(void *context, const struct pl_found *found,
                                struct pl_error *error);

/* What reports say about a thing, worst first; part of the cache key. */
enum pl_quality {
    PL_QUALITY_NONE, /* nothing is reported */
    PL_QUALITY_OK,
    PL_QUALITY_OTHER, /* not run, too few entries, ... */
    PL_QUALITY_WARNING,
    PL_QUALITY_ERROR,
};

struct pl_draw_source {
    struct pl_source source;
    const char *selector;
    const char *label; /* what to call it in messages and legends, e.g. the sample; may be "" */
    const uint8_t *locator; /* what inspect gave for the selector */
    uint32_t locator_n;
    enum pl_quality quality;
    bool efficiency; /* never scaled to another one */
};

struct pl_trend_point {
    uint64_t at; /* run number */
    double value, error;
};

/* Either sources, the first being the main one; or, without any, the points of a trend. */
struct pl_draw {
    const struct pl_draw_source *sources;
    unsigned sources_n; /* 0..PL_DRAW_SOURCES_MAX */
    const struct pl_trend_point *trend;
    unsigned trend_n;
    const char *trend_title, *trend_label; /* what is followed, and which number of it */
    const struct pl_params *params;
    char *note; /* PL_DRAW_NOTE_N bytes, "" on call: a sentence for the client when the picture is
                 * not quite what was asked for */
};

struct pl_draw_times {
    uint64_t load_ns, render_ns, encode_ns;
    bool spliced; /* only the intervals that changed were encoded (encode/jpeg_splice.h) */
};

struct pl_renderer {
    const char *name;         /* at most 15 bytes, part of the cache key */
    const char *media;        /* media type of the source */
    unsigned version;         /* bump when pixels or encoded bytes change: part of the cache key */
    size_t arena_least_bytes; /* a job cannot do with less */
    /* 0..100: how sure are we that the first n (<= PL_PROBE_N) bytes are ours. No allocation. */
    int (*probe)(const uint8_t *bytes, size_t n);
    /* List what is inside, one pl_found at a time. PL_E_FORMAT when the whole is unreadable; one
     * bad thing is reported by its `trouble` and never hides the others. */
    enum pl_err (*inspect)(const struct pl_source *source, struct pl_arena *arena,
                           pl_found_fn *found, void *context, struct pl_error *error);
    /* Query -> canonical parameters; runs in the front. PL_E_INPUT with `param` for what is
     * unknown, repeated, malformed or out of range. kind = the (main) item's kind as found. */
    enum pl_err (*params)(const struct pl_query *query, size_t n, const char *kind,
                          enum pl_media media, enum pl_query_rule rule, struct pl_params *out,
                          struct pl_error *error);
    /* Path in a file -> where it stands when several uploads of one run are shown together; "" when
     * it is not shown at all. NULL: as it is. PL_E_INPUT with a sentence when it cannot belong to
     * that run. */
    enum pl_err (*shown)(const char *path, uint64_t run, char *out, size_t n,
                         struct pl_error *error);
    /* Draw and encode; appends to out. On failure out is as it was. */
    enum pl_err (*render)(const struct pl_draw *draw, struct pl_arena *arena, struct pl_buf *out,
                          struct pl_draw_times *times, struct pl_error *error);
};

/* registry.c */
const struct pl_renderer *pl_renderer_probe(const uint8_t *bytes, size_t n); /* NULL: nobody's */
const struct pl_renderer *pl_renderer_find(const char *name);                /* NULL: unknown */
const struct pl_renderer *pl_renderer_at(unsigned index); /* NULL: past the end */

struct pl_render_setup {
    const char *font_dir; /* folder searched for the font files; NULL = the built-in list */
};
/* pl_render_start - once, in the master, before fork: load faces, fill the glyph atlas, tables.
 * PL_E_MISSING names the font package to install. Nothing it makes is written to afterwards except
 * the per-process glyph cache. */
enum pl_err pl_render_start(const struct pl_render_setup *setup, struct pl_error *error);
void pl_render_stop(void);

#endif
