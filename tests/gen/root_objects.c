/* root_objects.c - see root_objects.h; TGraph version 4 (or 1, 2), TGraphErrors and
 * TGraphAsymmErrors version 3 (or 1, 2), TGraphBentErrors 1, TCutG 2, TMultiGraph 2, TEfficiency 2,
 * TH2PolyBin and TProfile2PolyBin 1, TH2Poly 3, TProfile2Poly 1, TObjString 1. */
#include "tests/gen/root_objects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_BITS = 0x03000008, LIST_BITS = 0x02000000, CELLS_N = 2 };

void gen_graph_start(struct gen_graph *graph, const char *class_name, const char *name, uint32_t n,
                     const double *x, const double *y)
{
    *graph = (struct gen_graph){.class_name = class_name,
                                .name = name,
                                .title = "",
                                .version = 4,
                                .n = n,
                                .x = x,
                                .y = y,
                                .minimum = -1111.0,
                                .maximum = -1111.0};
}

static void put_real(struct gen_bytes *out, uint16_t version, double value)
{
    if (version == 1)
        gen_f32(out, (float)value);
    else
        gen_f64(out, value);
}

/* Since version 3 a byte before an array says that it is there. */
static void put_values(struct gen_bytes *out, uint16_t version, const double *values, uint32_t n)
{
    if (version > 2)
        gen_be(out, n > 0 && values != NULL, 1);
    for (uint32_t i = 0; i < n && (values != NULL || version <= 2); i++)
        put_real(out, version, values != NULL ? values[i] : 0.0);
}

static void put_tgraph(struct gen_bytes *out, struct gen_tags *tags, const struct gen_graph *graph)
{
    static const struct gen_hist style = {.line_color = 2,
                                          .line_style = 1,
                                          .line_width = 3,
                                          .fill_style = 1001,
                                          .marker_color = 4,
                                          .marker_style = 20,
                                          .marker_size = 1.5F};
    size_t frame = gen_frame(out, graph->version);
    gen_tnamed(out, graph->name, graph->title, NAMED_BITS);
    gen_style(out, &style);
    gen_be(out, graph->n, 4);
    put_values(out, graph->version, graph->x, graph->n);
    put_values(out, graph->version, graph->y, graph->n);
    size_t list = gen_object(out, tags, "TList");
    gen_functions(out, tags, graph->functions, graph->functions_n);
    gen_object_end(out, list);
    if (graph->frame != NULL) {
        size_t object = gen_object(out, tags, graph->frame->class_name);
        gen_hist_body(graph->frame, tags, out);
        gen_object_end(out, object);
    } else {
        gen_be(out, 0, 4);
    }
    put_real(out, graph->version, graph->minimum);
    put_real(out, graph->version, graph->maximum);
    gen_frame_end(out, frame);
}

static void put_errors(struct gen_bytes *out, uint16_t version, const struct gen_graph *graph)
{
    uint32_t n = graph->n;
    put_values(out, version, graph->x_low, n);
    if (strcmp(graph->class_name, "TGraphErrors") == 0) {
        put_values(out, version, graph->y_low, n);
        return;
    }
    put_values(out, version, version > 2 ? graph->x_high : graph->y_low, n);
    put_values(out, version, version > 2 ? graph->y_low : graph->x_high, n);
    put_values(out, version, graph->y_high, n);
}

static void put_graph(struct gen_bytes *out, struct gen_tags *tags, const struct gen_graph *graph)
{
    uint16_t version = graph->version > 2 ? 3 : graph->version;
    bool cut = strcmp(graph->class_name, "TCutG") == 0,
         bent = strcmp(graph->class_name, "TGraphBentErrors") == 0;
    if (strcmp(graph->class_name, "TGraph") == 0) {
        put_tgraph(out, tags, graph);
        return;
    }
    size_t frame = gen_frame(out, cut ? 2 : bent ? 1 : version);
    put_tgraph(out, tags, graph);
    if (!cut)
        put_errors(out, version, graph);
    for (unsigned i = 0; bent && i < 4; i++) /* how far the ends are bent aside */
        put_values(out, version, graph->x, graph->n);
    for (unsigned i = 0; cut && i < 2; i++)
        gen_text(out, i == 0 ? "variable x" : "variable y");
    gen_frame_end(out, frame);
}

void gen_root_graph(struct gen_root *root, unsigned directory, const struct gen_graph *graph)
{
    struct gen_bytes payload = {NULL, 0, 0};
    struct gen_tags tags = {.key_n =
                                gen_root_key_n(root, graph->class_name, graph->name, graph->title)};
    put_graph(&payload, &tags, graph);
    gen_root_object(root, directory, graph->class_name, graph->name, graph->title, 1, payload.bytes,
                    payload.n);
    free(payload.bytes);
}

/* The reference to an object that began at `object`. */
static void put_reference(struct gen_bytes *out, const struct gen_tags *tags, size_t object)
{
    gen_be(out, object + 2 + tags->key_n, 4);
}

static size_t put_hist(struct gen_bytes *out, struct gen_tags *tags, const struct gen_hist *hist)
{
    size_t object = gen_object(out, tags, hist->class_name);
    gen_hist_body(hist, tags, out);
    gen_object_end(out, object);
    return object;
}

static void put_efficiency(struct gen_bytes *out, struct gen_tags *tags,
                           const struct gen_efficiency *efficiency)
{
    static const struct gen_hist style = {.line_color = 1,
                                          .line_style = 1,
                                          .line_width = 1,
                                          .fill_style = 1001,
                                          .marker_color = 1,
                                          .marker_style = 1,
                                          .marker_size = 1.0F};
    size_t frame = gen_frame(out, 2);
    gen_tnamed(out, efficiency->name, efficiency->title, NAMED_BITS | efficiency->bits);
    gen_style(out, &style);
    gen_f64(out, efficiency->beta_alpha);
    gen_f64(out, efficiency->beta_beta);
    size_t vector = gen_frame(out, 0x4009); /* stored member by member */
    gen_be(out, 0, 4);                      /* of the pair: checksum */
    gen_be(out, 2, 4);
    for (unsigned i = 0; i < 4; i++)
        gen_f64(out, 1.0 + i);
    gen_frame_end(out, vector);
    gen_f64(out, efficiency->confidence_level);
    gen_functions(out, tags, NULL, 0);
    size_t passed = put_hist(out, tags, efficiency->passed);
    gen_be(out, (uint32_t)efficiency->statistic_option, 4);
    if (efficiency->total != NULL)
        (void)put_hist(out, tags, efficiency->total);
    else
        put_reference(out, tags, passed);
    gen_f64(out, efficiency->weight);
    gen_frame_end(out, frame);
}

void gen_root_efficiency(struct gen_root *root, unsigned directory,
                         const struct gen_efficiency *efficiency)
{
    struct gen_bytes payload = {NULL, 0, 0};
    const char *name = efficiency->name, *title = efficiency->title;
    struct gen_tags tags = {.key_n = gen_root_key_n(root, "TEfficiency", name, title)};
    put_efficiency(&payload, &tags, efficiency);
    gen_root_object(root, directory, "TEfficiency", name, title, 1, payload.bytes, payload.n);
    free(payload.bytes);
    gen_hist_free(efficiency->passed);
    if (efficiency->total != NULL)
        gen_hist_free(efficiency->total);
}

void gen_poly_start(struct gen_poly *poly, const char *name, uint32_t nx, double x_low,
                    double x_high, uint32_t ny, double y_low, double y_high)
{
    *poly = (struct gen_poly){.bins = NULL};
    gen_hist_start(&poly->hist, "TH2Poly", name, "", nx, x_low, x_high, ny, y_low, y_high);
}

static size_t list_start(struct gen_bytes *out, uint32_t n)
{
    size_t frame = gen_frame(out, 5);
    gen_tobject(out, 0, LIST_BITS);
    gen_text(out, "");
    gen_be(out, n, 4);
    return frame;
}

static void put_parts(struct gen_bytes *out, struct gen_tags *tags, const struct gen_poly_bin *bin)
{
    size_t object = gen_object(out, tags, "TMultiGraph");
    size_t frame = gen_frame(out, 2);
    gen_tnamed(out, "", "", NAMED_BITS);
    size_t graphs = gen_object(out, tags, "TList");
    size_t list = list_start(out, bin->parts_n);
    for (uint32_t i = 0; i < bin->parts_n; i++) {
        size_t part = gen_object(out, tags, bin->parts[i].class_name);
        put_graph(out, tags, &bin->parts[i]);
        gen_object_end(out, part);
        gen_be(out, 0, 1); /* option */
    }
    gen_frame_end(out, list);
    gen_object_end(out, graphs);
    gen_be(out, 0, 4); /* functions */
    gen_be(out, 0, 4); /* histogram */
    gen_f64(out, -1111.0);
    gen_f64(out, -1111.0);
    gen_frame_end(out, frame);
    gen_object_end(out, object);
}

static void put_outline(struct gen_bytes *out, struct gen_tags *tags,
                        const struct gen_poly_bin *bin)
{
    if (bin->parts_n != 1) {
        put_parts(out, tags, bin);
        return;
    }
    size_t part = gen_object(out, tags, bin->parts[0].class_name);
    put_graph(out, tags, &bin->parts[0]);
    gen_object_end(out, part);
}

static void put_poly_bin(struct gen_bytes *out, struct gen_tags *tags,
                         const struct gen_poly_bin *bin)
{
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};
    size_t frame = gen_frame(out, 1);
    gen_tobject(out, 0, LIST_BITS);
    gen_be(out, 1, 1); /* changed */
    gen_be(out, (uint32_t)bin->number, 4);
    put_outline(out, tags, bin);
    for (uint32_t i = 0; i < bin->parts_n; i++)
        for (uint32_t j = 0; j < bin->parts[i].n; j++) {
            low[0] = fmin(low[0], bin->parts[i].x[j]);
            low[1] = fmin(low[1], bin->parts[i].y[j]);
            high[0] = fmax(high[0], bin->parts[i].x[j]);
            high[1] = fmax(high[1], bin->parts[i].y[j]);
        }
    const double numbers[] = {bin->area, bin->content, low[0], low[1], high[0], high[1]};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        gen_f64(out, numbers[i]);
    gen_frame_end(out, frame);
}

static bool is_profile(const struct gen_poly *poly)
{
    return strcmp(poly->hist.class_name, "TProfile2Poly") == 0;
}

static size_t put_bin(struct gen_bytes *out, struct gen_tags *tags, const struct gen_poly *poly,
                      const struct gen_poly_bin *bin)
{
    bool profile = is_profile(poly);
    size_t object = gen_object(out, tags, profile ? "TProfile2PolyBin" : "TH2PolyBin");
    size_t frame = profile ? gen_frame(out, 1) : 0;
    put_poly_bin(out, tags, bin);
    if (profile) {
        const double sums[] = {1.0,          bin->content, 1.0, bin->content * bin->content,
                               bin->content, bin->error};
        for (unsigned i = 0; i < sizeof sums / sizeof sums[0]; i++)
            gen_f64(out, sums[i]);
        gen_be(out, 0, 4); /* error mode */
        gen_frame_end(out, frame);
    }
    gen_object_end(out, object);
    return object;
}

/* A list of all bins; places[] are filled by the first list and referred to by the next ones. */
static void put_bins(struct gen_bytes *out, struct gen_tags *tags, const struct gen_poly *poly,
                     size_t *places, bool first)
{
    size_t object = gen_object(out, tags, "TList");
    size_t list = list_start(out, poly->bins_n);
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        if (first)
            places[i] = put_bin(out, tags, poly, &poly->bins[i]);
        else
            put_reference(out, tags, places[i]);
        gen_be(out, 0, 1); /* option */
    }
    gen_frame_end(out, list);
    gen_object_end(out, object);
}

static void put_poly(struct gen_bytes *out, struct gen_tags *tags, const struct gen_poly *poly)
{
    size_t *places = calloc((size_t)poly->bins_n + 1, sizeof *places);
    if (places == NULL)
        abort();
    size_t profile = is_profile(poly) ? gen_frame(out, 1) : 0, frame = gen_frame(out, 3);
    gen_hist_th2(&poly->hist, tags, out);
    for (unsigned i = 0; i < 9; i++)
        gen_f64(out, poly->overflow[i]);
    gen_be(out, CELLS_N, 4);
    gen_be(out, 1, 4);
    gen_be(out, CELLS_N, 4);
    size_t cells = gen_frame(out, 5);
    for (unsigned i = 0; i < CELLS_N; i++) {
        if (poly->in_list)
            gen_be(out, 0, 4);
        else
            put_bins(out, tags, poly, places, i == 0);
    }
    gen_frame_end(out, cells);
    gen_f64(out, (poly->hist.x.high - poly->hist.x.low) / CELLS_N);
    gen_f64(out, poly->hist.y.high - poly->hist.y.low);
    for (unsigned i = 0; i < 2; i++) { /* is empty, completely inside */
        gen_be(out, 1, 1);
        gen_be(out, 0, CELLS_N);
    }
    gen_be(out, 0, 1); /* float */
    put_bins(out, tags, poly, places, poly->in_list);
    gen_frame_end(out, frame);
    if (is_profile(poly)) {
        gen_be(out, 0, 4); /* error mode */
        for (unsigned i = 0; i < 4; i++)
            gen_f64(out, 0.0);
        gen_frame_end(out, profile);
    }
    free(places);
}

void gen_root_poly(struct gen_root *root, unsigned directory, struct gen_poly *poly)
{
    struct gen_bytes payload = {NULL, 0, 0};
    const char *name = poly->hist.name, *title = poly->hist.title;
    const char *class_name = poly->hist.class_name;
    struct gen_tags tags = {.key_n = gen_root_key_n(root, class_name, name, title)};
    put_poly(&payload, &tags, poly);
    gen_root_object(root, directory, class_name, name, title, 1, payload.bytes, payload.n);
    free(payload.bytes);
    gen_hist_free(&poly->hist);
}

void gen_root_string(struct gen_root *root, unsigned directory, const char *name, const char *text)
{
    struct gen_bytes payload = {NULL, 0, 0};
    static const char title[] = "Collectable string class";
    size_t frame = gen_frame(&payload, 1);
    gen_tobject(&payload, 0, LIST_BITS);
    gen_text(&payload, text);
    gen_frame_end(&payload, frame);
    gen_root_object(root, directory, "TObjString", name, title, 1, payload.bytes, payload.n);
    free(payload.bytes);
}
