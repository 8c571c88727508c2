/* dash.c - dash patterns. Arithmetic only; no memory. */
#include "render/dash.h"

#include <math.h>
#include <stddef.h>

#include "shm/base/check.h"

/* TStyle::SetLineStyleString, in quarters: on, off, on, off ... */
static const unsigned char patterns[9][8] = {
    {3, 3},
    {1, 2},
    {3, 4, 1, 4},
    {5, 3, 1, 3},
    {5, 3, 1, 3, 1, 3, 1, 3},
    {5, 5},
    {5, 3, 1, 3, 1, 3},
    {20, 5},
    {20, 10, 1, 10},
};

void pl_dash_start(struct pl_dash *dash, int style, double thick)
{
    *dash = (struct pl_dash){NULL, 0, 0, fmax(1.0, floor(thick + 0.5)), 0.0};
    if (style < 2 || style > 10)
        return;
    dash->parts = patterns[style - 2];
    while (dash->n < PL_COUNT(patterns[0]) && dash->parts[dash->n] != 0)
        dash->n++;
    dash->left = dash->parts[0] * dash->unit_px;
}

double pl_dash_next(struct pl_dash *dash, double room, bool *on)
{
    *on = dash->at % 2 == 0;
    if (dash->parts == NULL)
        return room;
    double length = fmin(room, dash->left);
    dash->left -= length;
    if (dash->left < 1e-6) {
        dash->at = (dash->at + 1) % dash->n;
        dash->left = dash->parts[dash->at] * dash->unit_px;
    }
    return length;
}
