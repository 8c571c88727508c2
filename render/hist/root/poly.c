/* poly.c - TH2Poly and TProfile2Poly: bins that are polygons.
 *
 * The file stores each bin where the search grid (fCells) first needs it; fBins, the list that
 * counts, then holds references. The grid is passed over by its byte count and the references are
 * followed to the places they name, so no map of objects is kept. Since a reference is cheap and
 * what it leads to is not, the bytes read this way are counted: bin, polygons and graphs each may
 * take what the object has, once. Memory: bins and points are the arena's.
 */
#include <math.h>

#include "render/hist/root/objects_priv.h"
#include "shm/base/check.h"

enum { OVERFLOWS_N = 9, LEVELS_N = 3, PARTS_MAX = 1 << 20 };

struct poly_reading {
    struct pl_reading th2;
    struct pl_place bins;
    struct pl_cells overflow;
    bool is_float;
    uint64_t left; /* bytes that may still be read behind references */
};

struct bin_reading {
    struct pl_poly_bin *bin;
    struct pl_place outline;
};

static enum pl_err spend(struct poly_reading *poly, const struct pl_walk *item,
                         struct pl_error *error)
{
    uint64_t n = item->limit - item->cur.at;
    if (n > poly->left)
        return pl_fail(error, PL_E_FORMAT, "the polygons of the bins overlap in the file");
    poly->left -= n;
    return PL_OK;
}

static enum pl_err take_poly(struct pl_walk *walk, void *target, enum pl_slot slot,
                             const struct pl_value *value, struct pl_error *error)
{
    struct poly_reading *poly = target;
    switch (slot) {
    case PL_SLOT_TH2Poly_fOverflow:
        poly->overflow = value->cells;
        return PL_OK;
    case PL_SLOT_TH2Poly_fFloat:
        poly->is_float = value->integer != 0;
        return PL_OK;
    case PL_SLOT_TH2Poly_fBins:
        poly->bins = pl_walk_place(walk, value);
        return PL_OK;
    default:
        return pl_histogram_take(walk, &poly->th2, slot, value, error);
    }
}

static enum pl_err take_bin(struct pl_walk *walk, void *target, enum pl_slot slot,
                            const struct pl_value *value, struct pl_error *error)
{
    struct bin_reading *reading = target;
    (void)error;
    switch (slot) {
    case PL_SLOT_TH2PolyBin_fNumber:
        reading->bin->number = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TH2PolyBin_fContent:
        reading->bin->content = value->real;
        break;
    case PL_SLOT_TH2PolyBin_fArea:
        reading->bin->area = value->real;
        break;
    case PL_SLOT_TProfile2PolyBin_fError:
        reading->bin->error = value->real;
        break;
    case PL_SLOT_TH2PolyBin_fPoly:
        reading->outline = pl_walk_place(walk, value);
        break;
    default:
        break;
    }
    return PL_OK;
}

static bool is_graph(enum pl_class class)
{
    enum pl_hist_kind kind;
    return pl_object_kind(class, &kind) && kind == PL_HIST_GRAPH;
}

static enum pl_err take_multi(struct pl_walk *walk, void *target, enum pl_slot slot,
                              const struct pl_value *value, struct pl_error *error)
{
    (void)error;
    if (slot == PL_SLOT_TMultiGraph_fGraphs)
        *(struct pl_place *)target = pl_walk_place(walk, value);
    return PL_OK;
}

/* Several polygons as one bin: islands and holes. */
static enum pl_err read_multi(struct poly_reading *poly, const struct pl_walk *start,
                              struct pl_poly_bin *bin, struct pl_error *error)
{
    struct pl_walk walk = *start;
    struct pl_place graphs = {.there = false};
    struct pl_list list;
    enum pl_err err = pl_walk_class(&walk, PL_CLASS_TMultiGraph, take_multi, &graphs, error);
    if (err == PL_OK)
        err = pl_list_open(start, &graphs, &list, error);
    if (err != PL_OK)
        return err;
    struct pl_poly_part *parts = pl_arena_zalloc(poly->th2.arena, list.n, sizeof *parts);
    if (parts == NULL || list.n > PARTS_MAX)
        return pl_object_no_memory("polygons", error);
    bin->parts = parts;
    while (err == PL_OK && list.at < list.n) {
        struct pl_walk item;
        struct pl_any any;
        err = pl_list_next(&list, &item, &any, error);
        enum pl_class class = pl_class_of(any.class_name);
        if (err != PL_OK || any.what != PL_ANY_OBJECT || !is_graph(class))
            continue;
        err = spend(poly, &item, error);
        if (err == PL_OK)
            err = pl_read_outline(&item, class, poly->th2.arena, &parts[bin->parts_n], error);
        bin->parts_n += err == PL_OK && parts[bin->parts_n].n > 0;
    }
    return err;
}

static enum pl_err read_single(struct poly_reading *poly, const struct pl_walk *start,
                               enum pl_class class, struct pl_poly_bin *bin, struct pl_error *error)
{
    struct pl_poly_part *part = pl_arena_zalloc(poly->th2.arena, 1, sizeof *part);
    if (part == NULL)
        return pl_object_no_memory("polygons", error);
    enum pl_err err = pl_read_outline(start, class, poly->th2.arena, part, error);
    bin->parts = part;
    bin->parts_n = err == PL_OK && part->n > 0;
    return err;
}

static enum pl_err read_bin(struct poly_reading *poly, const struct pl_walk *start,
                            enum pl_class class, struct pl_poly_bin *bin, struct pl_error *error)
{
    if (class != PL_CLASS_TH2PolyBin && class != PL_CLASS_TProfile2PolyBin)
        return pl_fail(error, PL_E_FORMAT, "fBins holds something that is no TH2PolyBin");
    struct pl_walk walk = *start;
    struct bin_reading reading = {.bin = bin};
    bin->error = (double)NAN;
    enum pl_err err = spend(poly, start, error);
    if (err == PL_OK)
        err = pl_walk_class(&walk, class, take_bin, &reading, error);
    if (err != PL_OK || !reading.outline.there)
        return err;
    walk = *start;
    pl_walk_go(&walk, &reading.outline);
    err = spend(poly, &walk, error);
    if (err != PL_OK)
        return err;
    if (reading.outline.class == PL_CLASS_TMultiGraph)
        return read_multi(poly, &walk, bin, error);
    if (!is_graph(reading.outline.class))
        return pl_fail(error, PL_E_FORMAT, "the polygon of bin %d is neither graph nor graphs",
                       bin->number);
    return read_single(poly, &walk, reading.outline.class, bin, error);
}

/* Sums of squares: first the nine regions outside, then a value a bin; bins alone before ROOT 6.14;
 * and of other lengths when they are left over from the grid of TH2. */
static double error_of(const struct pl_cells *sumw2, uint64_t bins_n, uint64_t at, double content)
{
    double square = fabs(content);
    if (sumw2->n == bins_n + OVERFLOWS_N)
        square = pl_cell(sumw2, at + OVERFLOWS_N);
    else if (sumw2->n == bins_n)
        square = pl_cell(sumw2, at);
    return square > 0.0 ? sqrt(square) : 0.0;
}

static enum pl_err read_bins(struct poly_reading *poly, const struct pl_walk *start,
                             struct pl_poly *out, struct pl_error *error)
{
    struct pl_list list;
    enum pl_err err = pl_list_open(start, &poly->bins, &list, error);
    if (err != PL_OK)
        return err;
    struct pl_poly_bin *bins = pl_arena_zalloc(poly->th2.arena, list.n, sizeof *bins);
    if (bins == NULL)
        return pl_object_no_memory("bins", error);
    out->bins = bins;
    while (err == PL_OK && list.at < list.n) {
        struct pl_walk item;
        struct pl_any any;
        err = pl_list_next(&list, &item, &any, error);
        if (err != PL_OK || any.what != PL_ANY_OBJECT)
            continue;
        struct pl_poly_bin *bin = &bins[out->bins_n++];
        err = read_bin(poly, &item, pl_class_of(any.class_name), bin, error);
    }
    for (uint32_t i = 0; i < out->bins_n; i++)
        if (isnan(bins[i].error))
            bins[i].error = error_of(&poly->th2.hist->sumw2, out->bins_n, i, bins[i].content);
    return err;
}

enum pl_err pl_read_poly(const struct pl_walk *start, enum pl_class class, struct pl_arena *arena,
                         struct pl_hist *hist, struct pl_error *error)
{
    struct pl_walk walk = *start;
    struct poly_reading poly = {.left = LEVELS_N * (uint64_t)start->whole_n};
    pl_histogram_start(&poly.th2, start, hist, arena);
    enum pl_err err = pl_walk_class(&walk, class, take_poly, &poly, error);
    if (err == PL_OK)
        err = pl_histogram_finish(&poly.th2, start, true, error);
    struct pl_poly *out = err == PL_OK ? pl_arena_zalloc(arena, 1, sizeof *out) : NULL;
    if (err == PL_OK && out == NULL)
        err = pl_object_no_memory("bins", error);
    if (err == PL_OK)
        err = read_bins(&poly, start, out, error);
    if (err != PL_OK)
        return err;
    out->is_float = poly.is_float;
    for (uint64_t i = 0; i < PL_MIN(poly.overflow.n, (uint64_t)OVERFLOWS_N); i++)
        out->overflow[i] = pl_cell(&poly.overflow, i);
    out->x_low = hist->x.low;
    out->x_high = hist->x.high;
    out->y_low = hist->y.low;
    out->y_high = hist->y.high;
    hist->cells_n = 0;
    hist->content = hist->buffer = (struct pl_cells){NULL, 0, PL_CELL_F64};
    hist->poly = out;
    return PL_OK;
}
