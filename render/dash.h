/* dash.h - ROOT's line styles: a path is walked piece by piece, on and off in turn.
 *
 * One pl_dash is the pen of one path: it goes on where the piece before ended, also around corners.
 * Styles 2..10 are those of TStyle; all others are solid.
 */
#ifndef PL_DASH_H
#define PL_DASH_H

#include <stdbool.h>

struct pl_dash {
    const unsigned char *parts; /* lengths, on first; NULL when solid */
    unsigned n, at;
    double unit_px; /* length of one */
    double left;    /* of parts[at], in pixels */
};

/* thick: the width of the line in pixels, which dashes grow with. */
void pl_dash_start(struct pl_dash *dash, int style, double thick);

/* pl_dash_next - length of the next piece of a way that has `room` pixels left, at most `room` and
 * more than 0; *on = draw it. */
double pl_dash_next(struct pl_dash *dash, double room, bool *on);

#endif
