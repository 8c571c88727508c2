/* json.c - an object as numbers; the shape is in json.h.
 *
 * What is written of each kind of object; contents, errors and statistics come from where the
 * pictures get them. Memory: the caller's buffer, whose limit bounds everything.
 */
#include "render/hist/json.h"

#include <math.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "render/hist/json_priv.h"
#include "shm/base/check.h"

/* --- contents -----------------------------------------------------------------------------------
 */

struct shape {
    unsigned dimensions;
    uint32_t nx, ny, nz;    /* of all bins, */
    struct pl_bins x, y, z; /* and which of them are shown */
};

static struct shape shape_of(const struct pl_plot *plot)
{
    const struct pl_hist *hist = plot->hist;
    struct shape shape = {.dimensions = 1, .nx = hist->x.bins, .ny = 1, .nz = 1};
    shape.x = (struct pl_bins){plot->x.first, plot->x.last};
    shape.y = shape.z = (struct pl_bins){1, 1};
    if (plot->two) {
        shape.dimensions = 2;
        shape.ny = hist->y.bins;
        shape.y = (struct pl_bins){plot->y.first, plot->y.last};
    }
    if (hist->kind == PL_HIST_3D) {
        shape.dimensions = 3;
        shape.nz = hist->z.bins;
        shape.z = pl_all_bins(&hist->z);
    }
    return shape;
}

static uint64_t cell_at(const struct shape *shape, uint32_t ix, uint32_t iy, uint32_t iz)
{
    uint64_t row = (uint64_t)shape->nx + 2, plane = row * ((uint64_t)shape->ny + 2);
    return ix + (shape->dimensions > 1 ? row * iy : 0) + (shape->dimensions > 2 ? plane * iz : 0);
}

static void row_of_cells(struct pl_writer *writer, const struct pl_plot *plot,
                         const struct shape *shape, uint32_t iy, uint32_t iz, bool errors)
{
    pl_write_open(writer, "[");
    for (uint32_t ix = shape->x.first; ix <= shape->x.last && writer->result == PL_OK; ix++) {
        uint64_t cell = cell_at(shape, ix, iy, iz);
        pl_write_separator(writer);
        pl_write_real(writer, errors ? pl_plot_error(plot, cell) : pl_plot_value(plot, cell));
    }
    pl_write_close(writer, "]");
}

static void map_of_cells(struct pl_writer *writer, const struct pl_plot *plot,
                         const struct shape *shape, uint32_t iz, bool errors)
{
    pl_write_open(writer, "[");
    for (uint32_t iy = shape->y.first; iy <= shape->y.last && writer->result == PL_OK; iy++) {
        pl_write_separator(writer);
        row_of_cells(writer, plot, shape, iy, iz, errors);
    }
    pl_write_close(writer, "]");
}

static void all_cells(struct pl_writer *writer, const struct pl_plot *plot,
                      const struct shape *shape, const char *name, bool errors)
{
    pl_write_key(writer, name);
    if (shape->dimensions == 1)
        row_of_cells(writer, plot, shape, 0, 0, errors);
    else if (shape->dimensions == 2)
        map_of_cells(writer, plot, shape, 0, errors);
    else {
        pl_write_open(writer, "[");
        for (uint32_t iz = shape->z.first; iz <= shape->z.last && writer->result == PL_OK; iz++) {
            pl_write_separator(writer);
            map_of_cells(writer, plot, shape, iz, errors);
        }
        pl_write_close(writer, "]");
    }
}

struct totals {
    double integral, under, over, least, most;
    bool any;
};

enum place { SHOWN, HIDDEN, UNDER, OVER };

static void count_cell(struct totals *totals, double value, enum place place)
{
    if (isnan(value) || place == HIDDEN)
        return;
    if (place != SHOWN) {
        *(place == UNDER ? &totals->under : &totals->over) += value;
        return;
    }
    totals->integral += value;
    totals->least = totals->any ? fmin(totals->least, value) : value;
    totals->most = totals->any ? fmax(totals->most, value) : value;
    totals->any = true;
}

static enum place place_on(uint32_t bin, uint32_t n, struct pl_bins shown)
{
    if (bin == 0 || bin > n)
        return bin == 0 ? UNDER : OVER;
    return bin >= shown.first && bin <= shown.last ? SHOWN : HIDDEN;
}

/* A cell below the range of any axis counts as underflow, every other one outside as overflow. */
static enum place place_of(const struct shape *shape, uint32_t ix, uint32_t iy, uint32_t iz)
{
    enum place x = place_on(ix, shape->nx, shape->x),
               y = shape->dimensions > 1 ? place_on(iy, shape->ny, shape->y) : SHOWN,
               z = shape->dimensions > 2 ? place_on(iz, shape->nz, shape->z) : SHOWN;
    if (x == UNDER || y == UNDER || z == UNDER)
        return UNDER;
    return PL_MAX(PL_MAX(x, y), z);
}

static struct totals total_cells(const struct pl_plot *plot, const struct shape *shape)
{
    struct totals totals = {.any = false};
    uint32_t last_y = shape->dimensions > 1 ? shape->ny + 1 : 0;
    uint32_t last_z = shape->dimensions > 2 ? shape->nz + 1 : 0;
    for (uint32_t iz = 0; iz <= last_z; iz++)
        for (uint32_t iy = 0; iy <= last_y; iy++)
            for (uint32_t ix = 0; ix <= shape->nx + 1; ix++)
                count_cell(&totals, pl_plot_value(plot, cell_at(shape, ix, iy, iz)),
                           place_of(shape, ix, iy, iz));
    return totals;
}

/* --- statistics ---------------------------------------------------------------------------------
 */

/* The third direction: the picture of a TH3 has no statistics of z. */
struct third {
    double mean, sigma, effective; /* effective: number of entries */
};

static struct third third_direction(const struct pl_hist *hist)
{
    struct third z = {0.0, 0.0, 0.0};
    if (hist->tsumw == 0.0)
        return z;
    z.mean = hist->tsumwz / hist->tsumw;
    z.sigma = sqrt(fmax(0.0, hist->tsumwz2 / hist->tsumw - z.mean * z.mean));
    if (hist->tsumw2 > 0.0)
        z.effective = hist->tsumw * hist->tsumw / hist->tsumw2;
    return z;
}

static void write_third(struct pl_writer *writer, const struct third *z, bool rms)
{
    double entries = rms ? 2.0 * z->effective : z->effective;
    pl_write_pair(writer, "Z", "value", rms ? z->sigma : z->mean, "error",
                  entries > 0.0 ? z->sigma / sqrt(entries) : 0.0);
}

static void statistics(struct pl_writer *writer, const struct pl_plot *plot,
                       const struct totals *totals, unsigned numbers)
{
    static const char *const names[] = {"X", "Y"};
    struct pl_stats stats;
    struct third z = third_direction(plot->hist);
    pl_plot_stats(plot, &stats);
    pl_write_key(writer, "stats");
    pl_write_open(writer, "{");
    pl_write_text(writer, "name", plot->hist->name);
    pl_write_number(writer, "entries", plot->hist->entries);
    for (int rms = 0; rms < 2; rms++) {
        pl_write_key(writer, rms ? "rms" : "mean");
        pl_write_open(writer, "{");
        for (unsigned i = 0; i < PL_MIN(numbers, 2u); i++)
            pl_write_pair(writer, names[i], "value", rms ? stats.sigma[i] : stats.mean[i], "error",
                          rms ? stats.sigma_error[i] : stats.mean_error[i]);
        if (numbers > 2)
            write_third(writer, &z, rms);
        pl_write_close(writer, "}");
    }
    pl_write_number(writer, "underflow", totals->under);
    pl_write_number(writer, "overflow", totals->over);
    pl_write_close(writer, "}");
}

/* --- kinds --------------------------------------------------------------------------------------
 */

static const char *type_of(const struct pl_hist *hist)
{
    switch (hist->kind) {
    case PL_HIST_1D:
        return "TH1";
    case PL_HIST_2D:
        return "TH2";
    case PL_HIST_3D:
        return "TH3";
    case PL_HIST_PROFILE:
        return "TProfile";
    case PL_HIST_PROFILE2D:
        return "TProfile2D";
    case PL_HIST_POLY:
        return "TH2Poly";
    default:
        return NULL;
    }
}

static void names(struct pl_writer *writer, const struct pl_hist *hist)
{
    pl_write_text(writer, "class", hist->class_name);
    pl_write_text(writer, "name", hist->name);
    pl_write_text(writer, "title", hist->title);
}

static void limits_of_profile(struct pl_writer *writer, const struct pl_hist *hist)
{
    static const char *const styles[] = {"mean", "s", "i", "g"};
    bool two = hist->kind == PL_HIST_PROFILE2D;
    if (!two && hist->kind != PL_HIST_PROFILE)
        return;
    pl_write_number(writer, two ? "zMin" : "yMin", hist->profile_low);
    pl_write_number(writer, two ? "zMax" : "yMax", hist->profile_high);
    if (hist->error_mode >= 0 && hist->error_mode < (int)PL_COUNT(styles))
        pl_write_text(writer, "errorStyle", styles[hist->error_mode]);
}

static void binned(struct pl_writer *writer, const struct pl_plot *plot)
{
    const struct pl_hist *hist = plot->hist;
    struct shape shape = shape_of(plot);
    struct totals totals = total_cells(plot, &shape);
    bool profile = hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
    statistics(writer, plot, &totals, shape.dimensions + (hist->kind == PL_HIST_PROFILE));
    pl_write_axis(writer, "xaxis", &hist->x, shape.x);
    pl_write_axis(writer, "yaxis", &hist->y, plot->two ? shape.y : pl_all_bins(&hist->y));
    if (shape.dimensions > 2 || profile)
        pl_write_axis(writer, "zaxis", &hist->z, pl_all_bins(&hist->z));
    pl_write_pair(writer, "values", "min", totals.least, "max", totals.most);
    pl_write_key(writer, "bins");
    pl_write_open(writer, "{");
    pl_write_number(writer, "integral", totals.integral);
    all_cells(writer, plot, &shape, "content", false);
    all_cells(writer, plot, &shape, "error", true);
    pl_write_close(writer, "}");
    limits_of_profile(writer, hist);
}

static void polygon_parts(struct pl_writer *writer, const struct pl_poly_bin *bin)
{
    pl_write_key(writer, "outlines");
    pl_write_open(writer, "[");
    for (uint32_t part = 0; part < bin->parts_n && writer->result == PL_OK; part++) {
        pl_write_separator(writer);
        pl_write_open(writer, "{");
        pl_write_array(writer, "x", bin->parts[part].x, bin->parts[part].n);
        pl_write_array(writer, "y", bin->parts[part].y, bin->parts[part].n);
        pl_write_close(writer, "}");
    }
    pl_write_close(writer, "]");
}

static struct totals total_polygons(const struct pl_poly *poly)
{
    struct totals totals = {.any = false};
    for (uint32_t i = 0; i < poly->bins_n; i++)
        count_cell(&totals, poly->bins[i].content, SHOWN);
    for (unsigned i = 0; i < PL_COUNT(poly->overflow); i++)
        if (i != 4) /* inside the range, in no bin */
            count_cell(&totals, poly->overflow[i], i >= 6 || i % 3 == 0 ? UNDER : OVER);
    return totals;
}

static void polygons(struct pl_writer *writer, const struct pl_plot *plot)
{
    const struct pl_poly *poly = plot->hist->poly;
    struct totals totals = total_polygons(poly);
    statistics(writer, plot, &totals, 2);
    pl_write_axis(writer, "xaxis", &plot->hist->x, pl_all_bins(&plot->hist->x));
    pl_write_axis(writer, "yaxis", &plot->hist->y, pl_all_bins(&plot->hist->y));
    pl_write_pair(writer, "values", "min", totals.least, "max", totals.most);
    pl_write_key(writer, "bins");
    pl_write_open(writer, "{");
    pl_write_number(writer, "integral", totals.integral);
    pl_write_key(writer, "polygons");
    pl_write_open(writer, "[");
    for (uint32_t i = 0; i < poly->bins_n && writer->result == PL_OK; i++) {
        pl_write_separator(writer);
        pl_write_open(writer, "{");
        pl_write_number(writer, "number", poly->bins[i].number);
        pl_write_number(writer, "content", poly->bins[i].content);
        pl_write_number(writer, "error", poly->bins[i].error);
        polygon_parts(writer, &poly->bins[i]);
        pl_write_close(writer, "}");
    }
    pl_write_close(writer, "]");
    pl_write_close(writer, "}");
}

static void graph(struct pl_writer *writer, const struct pl_hist *hist)
{
    const struct pl_graph *graph = hist->graph;
    pl_write_key(writer, "graph");
    pl_write_open(writer, "{");
    names(writer, hist);
    pl_write_array(writer, "x", graph->x, graph->n);
    pl_write_array(writer, "y", graph->y, graph->n);
    if (graph->x_low_error != NULL) {
        pl_write_array(writer, "xLowError", graph->x_low_error, graph->n);
        pl_write_array(writer, "xHighError", graph->x_high_error, graph->n);
        pl_write_array(writer, "yLowError", graph->y_low_error, graph->n);
        pl_write_array(writer, "yHighError", graph->y_high_error, graph->n);
    }
    pl_write_close(writer, "}");
}

static void object(struct pl_writer *writer, const struct pl_hist *hist,
                   const struct pl_hist_params *params);

static void braced(struct pl_writer *writer, const struct pl_hist *hist,
                   const struct pl_hist_params *params)
{
    pl_write_open(writer, "{");
    object(writer, hist, params);
    pl_write_close(writer, "}");
}

static void efficiency(struct pl_writer *writer, const struct pl_hist *hist,
                       const struct pl_hist_params *params)
{
    pl_write_key(writer, "efficiency");
    pl_write_open(writer, "{");
    names(writer, hist);
    pl_write_number(writer, "confidenceLevel", hist->efficiency->confidence_level);
    pl_write_number(writer, "statisticOption", hist->efficiency->statistic_option);
    pl_write_number(writer, "weight", hist->efficiency->weight);
    pl_write_key(writer, "passed");
    braced(writer, hist->efficiency->passed, params);
    pl_write_key(writer, "total");
    braced(writer, hist->efficiency->total, params);
    pl_write_close(writer, "}");
}

static void words(struct pl_writer *writer, const struct pl_hist *hist)
{
    pl_write_key(writer, "text");
    pl_write_open(writer, "{");
    names(writer, hist);
    pl_write_text(writer, "value", hist->scalar != NULL ? hist->scalar->value : hist->text);
    if (hist->scalar != NULL) {
        char code[2] = {(char)hist->scalar->code, '\0'};
        pl_write_text(writer, "of", hist->scalar->name);
        pl_write_text(writer, "code", code);
    }
    pl_write_close(writer, "}");
}

static void prepare(struct pl_plot *plot, const struct pl_hist *hist,
                    const struct pl_hist_params *params)
{
    *plot = (struct pl_plot){.hist = hist, .params = params, .norm = 1.0};
    plot->two = hist->kind == PL_HIST_2D || hist->kind == PL_HIST_PROFILE2D ||
                hist->kind == PL_HIST_3D || hist->kind == PL_HIST_POLY;
    plot->x = (struct pl_span){.axis = &hist->x, .first = 1, .last = hist->x.bins};
    plot->y =
        (struct pl_span){.axis = plot->two ? &hist->y : NULL, .first = 1, .last = hist->y.bins};
    if (hist->kind != PL_HIST_POLY)
        pl_plot_bins(plot);
}

/* "hist":...; nested once, for the two halves of an efficiency. */
static void object(struct pl_writer *writer, const struct pl_hist *hist,
                   const struct pl_hist_params *params)
{
    const char *type = type_of(hist);
    struct pl_plot plot;
    pl_write_key(writer, "hist");
    if (type == NULL) {
        pl_write_string(writer, "unsupported type");
    } else {
        prepare(&plot, hist, params);
        pl_write_open(writer, "{");
        pl_write_text(writer, "type", type);
        names(writer, hist);
        if (hist->kind == PL_HIST_POLY)
            polygons(writer, &plot);
        else
            binned(writer, &plot);
        pl_write_close(writer, "}");
    }
    if (hist->kind == PL_HIST_GRAPH)
        graph(writer, hist);
    else if (hist->kind == PL_HIST_TEXT)
        words(writer, hist);
    else if (hist->kind == PL_HIST_EFFICIENCY)
        efficiency(writer, hist, params);
}

enum pl_err pl_hist_json(const struct pl_hist *hists, unsigned n,
                         const struct pl_hist_params *params, struct pl_buf *out,
                         struct pl_error *error)
{
    struct pl_writer writer = {.out = out, .error = error};
    size_t before = out->n;
    pl_write_open(&writer, "{");
    object(&writer, &hists[0], params);
    if (n > 1) {
        pl_write_key(&writer, "references");
        pl_write_open(&writer, "[");
        for (unsigned i = 1; i < n; i++) {
            pl_write_separator(&writer);
            braced(&writer, &hists[i], params);
        }
        pl_write_close(&writer, "]");
    }
    pl_write_close(&writer, "}");
    if (writer.result != PL_OK)
        out->n = before;
    return writer.result;
}
