/* params.h - the parameters of a histogram picture.
 *
 * Names: w, h (1..2499, default 600x400), fmt (png or jpg, must agree with the address), drawopts
 * (words of ROOT's draw options), showstats (0 off, 1 = 1111, else digits as ROOT's OptStat),
 * showerrbars (0, 1), and for each axis a of x, y, z: atype (def, lin, log), amin, amax (finite
 * numbers, empty = default). For several histograms in one picture: ref (overlay and samesample:
 * the default; object, reference, ratiooverlay, stacked), norm (True, False), ktest (a number,
 * empty = no test) and reflabel, the only one that may be repeated: up to four names in the order
 * of the references.
 *
 * Everything unknown, repeated, malformed or out of range is PL_E_INPUT and named: a picture never
 * silently lacks what was asked for. Under the lenient rule unknown and empty ones are passed over
 * and the last of repeated ones counts. Canonical text is sorted by name, defaults are left out,
 * numbers have their shortest round-trip form.
 */
#ifndef PL_HIST_PARAMS_H
#define PL_HIST_PARAMS_H

#include "render/render.h"

enum pl_hist_type { PL_HIST_DEF, PL_HIST_LIN, PL_HIST_LOG };
enum { PL_DRAWOPTS_MAX = 32, PL_HIST_STATS_UNSET = -1, PL_REFLABEL_MAX = 40 };

struct pl_hist_params {
    uint32_t width_px, height_px;
    char drawopts[PL_DRAWOPTS_MAX + 1]; /* upper case, words separated by one blank */
    int32_t showstats;                  /* PL_HIST_STATS_UNSET: as the histogram says */
    int32_t showerrbars;                /* -1 unset */
    struct pl_hist_limits {
        enum pl_hist_type type;
        bool has_min, has_max;
        double min, max;
    } axis[3];
    /* How several are put together; the names are those of DQMGUI's `ref`. */
    enum pl_hist_reference {
        PL_REF_OVERLAY, /* laid over one another: the default */
        PL_REF_OBJECT,  /* only the main one, whatever else is given */
        PL_REF_REFERENCE,
        PL_REF_SAMESAMPLE, /* drawn as OVERLAY */
        PL_REF_RATIO,      /* overlay, and below it main / reference */
        PL_REF_STACKED,
    } reference;
    bool no_norm;   /* norm=False: references are not scaled to the main one */
    bool has_ktest; /* Kolmogorov test of each reference against the main one, */
    double ktest;   /* red below this probability, green above */
    char reflabel[4][PL_REFLABEL_MAX + 1]; /* names of the references in order */
};

/* The defaults, as from an empty query. */
void pl_hist_params_default(struct pl_hist_params *params);

/* The renderer's `params` function (render.h). */
enum pl_err pl_hist_params(const struct pl_query *query, size_t n, const char *kind,
                           enum pl_media media, enum pl_query_rule rule, struct pl_params *out,
                           struct pl_error *error);

/* pl_hist_params_parse - canonical text back to numbers. PL_E_INPUT for anything pl_hist_params
 * does not write. */
enum pl_err pl_hist_params_parse(const char *text, struct pl_hist_params *out,
                                 struct pl_error *error);

#endif
