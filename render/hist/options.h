/* options.h - ROOT draw options as flags.
 *
 * Options may stand together without blanks, as in ROOT ("E1P", "COLZTEXT"): the longest known one
 * is taken first at each place. One set serves every dimension; what does not apply to an object is
 * ignored by its plotter.
 */
#ifndef PL_HIST_OPTIONS_H
#define PL_HIST_OPTIONS_H

#include <stdbool.h>

struct pl_hist_options {
    bool hist, errors, caps, empty_errors, markers, markers_empty, line, curve, bars, text;
    bool stars, no_errors, no_caps; /* of points */
    bool color, color_axis, color_zero, box, scatter;
    bool replaced;           /* contours, hills and the like: drawn as a colour map */
    bool asked_1d, asked_2d; /* says how to draw that many dimensions */
    int text_angle;
};

/* pl_hist_options_parse - upper-case text into flags, added to what is set. NULL when all of it is
 * known, else the place of the first unknown word; the flags read before it stay. */
const char *pl_hist_options_parse(const char *text, struct pl_hist_options *out);

#endif
