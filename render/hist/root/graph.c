/* graph.c - TGraph and what is made from it: points, the lengths of error bars, the stored frame.
 *
 * Points are stored as f64, or as f32 in graphs older than ROOT 3; they are copied into the arena
 * in the machine's form. The outline of a polygon is a graph of which nothing but points counts.
 * Must not know what is done with any of it.
 */
#include <math.h>

#include "render/hist/root/objects_priv.h"
#include "shm/base/check.h"

enum { X_LOW, X_HIGH, Y_LOW, Y_HIGH, ERRORS_N };

struct graph_reading {
    struct pl_hist *hist; /* NULL: only points are wanted */
    struct pl_arena *arena;
    int64_t points_n;
    struct pl_cells x, y, errors[ERRORS_N];
    struct pl_place frame, functions;
    double minimum, maximum;
};

static void take_errors(struct graph_reading *reading, enum pl_slot slot,
                        const struct pl_cells *cells)
{
    static const struct {
        enum pl_slot slot;
        int first, last; /* a class with one length has it on both sides */
    } sides[] = {
        {PL_SLOT_TGraphErrors_fEX, X_LOW, X_HIGH},
        {PL_SLOT_TGraphErrors_fEY, Y_LOW, Y_HIGH},
        {PL_SLOT_TGraphAsymmErrors_fEXlow, X_LOW, X_LOW},
        {PL_SLOT_TGraphAsymmErrors_fEXhigh, X_HIGH, X_HIGH},
        {PL_SLOT_TGraphAsymmErrors_fEYlow, Y_LOW, Y_LOW},
        {PL_SLOT_TGraphAsymmErrors_fEYhigh, Y_HIGH, Y_HIGH},
        {PL_SLOT_TGraphBentErrors_fEXlow, X_LOW, X_LOW},
        {PL_SLOT_TGraphBentErrors_fEXhigh, X_HIGH, X_HIGH},
        {PL_SLOT_TGraphBentErrors_fEYlow, Y_LOW, Y_LOW},
        {PL_SLOT_TGraphBentErrors_fEYhigh, Y_HIGH, Y_HIGH},
    };
    for (unsigned i = 0; i < PL_COUNT(sides); i++)
        for (int side = sides[i].first; sides[i].slot == slot && side <= sides[i].last; side++)
            reading->errors[side] = *cells;
}

static enum pl_err take(struct pl_walk *walk, void *target, enum pl_slot slot,
                        const struct pl_value *value, struct pl_error *error)
{
    struct graph_reading *reading = target;
    switch (slot) {
    case PL_SLOT_TGraph_fNpoints:
        reading->points_n = value->integer;
        return PL_OK;
    case PL_SLOT_TGraph_fX:
        reading->x = value->cells;
        return PL_OK;
    case PL_SLOT_TGraph_fY:
        reading->y = value->cells;
        return PL_OK;
    case PL_SLOT_TGraph_fMinimum:
        reading->minimum = value->real;
        return PL_OK;
    case PL_SLOT_TGraph_fMaximum:
        reading->maximum = value->real;
        return PL_OK;
    case PL_SLOT_TGraph_fHistogram:
        reading->frame = pl_walk_place(walk, value);
        return PL_OK;
    case PL_SLOT_TGraph_fFunctions:
        reading->functions = pl_walk_place(walk, value);
        return PL_OK;
    default:
        if (value->kind == PL_VALUE_CELLS)
            take_errors(reading, slot, &value->cells);
        else if (reading->hist != NULL)
            return pl_object_take(reading->hist, reading->arena, slot, value, error);
        return PL_OK;
    }
}

static enum pl_err walk_graph(const struct pl_walk *start, enum pl_class class,
                              struct graph_reading *reading, struct pl_error *error)
{
    struct pl_walk walk = *start;
    enum pl_err err = pl_walk_class(&walk, class, take, reading, error);
    if (err != PL_OK)
        return err;
    if (reading->points_n < 0 || (uint64_t)reading->points_n != reading->x.n ||
        reading->x.n != reading->y.n)
        return pl_fail(error, PL_E_FORMAT,
                       "%s has %lld points (fNpoints), %llu values of x and %llu of y",
                       pl_class_name(class), (long long)reading->points_n,
                       (unsigned long long)reading->x.n, (unsigned long long)reading->y.n);
    return PL_OK;
}

static enum pl_err keep_points(struct pl_arena *arena, const struct pl_cells *cells,
                               const double **out, struct pl_error *error)
{
    double *values = pl_arena_alloc(arena, cells->n * sizeof *values);
    if (values == NULL)
        return pl_object_no_memory("points", error);
    for (uint64_t i = 0; i < cells->n; i++)
        values[i] = pl_cell(cells, i);
    *out = values;
    return PL_OK;
}

/* All four, or none when the class has none. */
static enum pl_err keep_errors(const struct graph_reading *reading, struct pl_graph *graph,
                               struct pl_error *error)
{
    const double **outs[] = {&graph->x_low_error, &graph->x_high_error, &graph->y_low_error,
                             &graph->y_high_error};
    bool any = false;
    for (unsigned i = 0; i < ERRORS_N; i++)
        any = any || reading->errors[i].n > 0;
    for (unsigned i = 0; any && i < ERRORS_N; i++) {
        if (reading->errors[i].n != graph->n)
            return pl_fail(error, PL_E_FORMAT, "the graph has %u points and %llu lengths of errors",
                           graph->n, (unsigned long long)reading->errors[i].n);
        enum pl_err err = keep_points(reading->arena, &reading->errors[i], outs[i], error);
        if (err != PL_OK)
            return err;
    }
    return PL_OK;
}

/* The frame only helps: one that cannot be read takes nothing from the graph. */
static enum pl_err keep_frame(const struct pl_walk *start, const struct graph_reading *reading,
                              struct pl_graph *graph, struct pl_error *error)
{
    enum pl_hist_kind kind;
    enum pl_parsed parsed;
    struct pl_walk walk = *start;
    if (!reading->frame.there || !pl_object_kind(reading->frame.class, &kind) || kind != PL_HIST_1D)
        return PL_OK;
    struct pl_hist *frame = pl_arena_alloc(reading->arena, sizeof *frame);
    if (frame == NULL)
        return pl_object_no_memory("axes", error);
    pl_object_init(frame, reading->frame.class, kind);
    pl_walk_go(&walk, &reading->frame);
    enum pl_err err =
        pl_read_histogram(&walk, reading->frame.class, reading->arena, frame, &parsed, NULL);
    graph->frame = err == PL_OK ? frame : NULL;
    return err == PL_E_LIMIT ? pl_object_no_memory("axes", error) : PL_OK;
}

enum pl_err pl_read_graph(const struct pl_walk *start, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, struct pl_error *error)
{
    struct graph_reading reading = {
        .hist = hist, .arena = arena, .minimum = -1111.0, .maximum = -1111.0};
    enum pl_err err = walk_graph(start, class, &reading, error);
    if (err != PL_OK)
        return err;
    struct pl_graph *graph = pl_arena_zalloc(arena, 1, sizeof *graph);
    if (graph == NULL)
        return pl_object_no_memory("points", error);
    graph->n = (uint32_t)reading.points_n;
    graph->minimum = reading.minimum;
    graph->maximum = reading.maximum;
    hist->graph = graph;
    hist->entries = graph->n;
    err = keep_points(arena, &reading.x, &graph->x, error);
    if (err == PL_OK)
        err = keep_points(arena, &reading.y, &graph->y, error);
    if (err == PL_OK)
        err = keep_errors(&reading, graph, error);
    if (err == PL_OK)
        err = keep_frame(start, &reading, graph, error);
    return err == PL_OK ? pl_read_functions(start, &reading.functions, arena, hist, error) : err;
}

enum pl_err pl_read_outline(const struct pl_walk *start, enum pl_class class,
                            struct pl_arena *arena, struct pl_poly_part *part,
                            struct pl_error *error)
{
    struct graph_reading reading = {.arena = arena};
    enum pl_err err = walk_graph(start, class, &reading, error);
    *part = (struct pl_poly_part){.n = (uint32_t)reading.points_n};
    if (err == PL_OK)
        err = keep_points(arena, &reading.x, &part->x, error);
    if (err == PL_OK)
        err = keep_points(arena, &reading.y, &part->y, error);
    for (uint32_t i = 0; err == PL_OK && i < part->n; i++)
        if (!isfinite(part->x[i]) || !isfinite(part->y[i]))
            err = pl_fail(error, PL_E_FORMAT, "corner %u of a polygon is at (%g, %g)", i,
                          part->x[i], part->y[i]);
    return err;
}
