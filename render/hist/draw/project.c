/* project.c - a three-dimensional histogram seen along z: the map of x and y.
 *
 * Contents of the shown bins of z are summed, also those beside the range of x and y, so that what
 * lies outside stays countable. Memory: the sums, from the arena, in the same big-endian form as
 * contents of files.
 */
#include <endian.h>
#include <math.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"

static void put(uint8_t *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htobe64(bits);
    memcpy(to, &bits, sizeof bits);
}

/* The shown bins of z; true when these are all there are. */
static bool depth(const struct pl_hist_axis *z, uint32_t *first, uint32_t *last)
{
    *first = 1;
    *last = z->bins;
    if (z->first < 1 || z->last < z->first || (uint32_t)z->last > z->bins)
        return true;
    *first = (uint32_t)z->first;
    *last = (uint32_t)z->last;
    return *first == 1 && *last == z->bins;
}

enum pl_err pl_hist_project(const struct pl_hist *from, struct pl_arena *arena, struct pl_hist *out,
                            struct pl_error *error)
{
    uint64_t plane = ((uint64_t)from->x.bins + 2) * ((uint64_t)from->y.bins + 2);
    uint8_t *sums = pl_arena_zalloc(arena, plane, 8);
    uint32_t first, last;
    if (sums == NULL)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "the projection of %ux%u bins does not fit the memory of one job",
                             from->x.bins, from->y.bins);
    bool whole = depth(&from->z, &first, &last);
    for (uint64_t i = 0; i < plane; i++) {
        double sum = 0.0;
        for (uint64_t iz = first; iz <= last; iz++) {
            uint64_t cell = i + plane * iz;
            sum += cell < from->content.n ? pl_cell(&from->content, cell) : 0.0;
        }
        put(sums + 8 * i, sum);
    }
    *out = *from;
    out->kind = PL_HIST_2D;
    out->z = (struct pl_hist_axis){
        .bins = 1, .high = 1.0, .title = "", .time_format = "", .divisions = from->z.divisions};
    out->cells_n = plane;
    out->content = (struct pl_cells){sums, plane, PL_CELL_F64};
    out->sumw2 = (struct pl_cells){NULL, 0, PL_CELL_F64};
    if (!whole)
        out->tsumw = 0.0; /* the sums in the file are of all bins */
    return PL_OK;
}
