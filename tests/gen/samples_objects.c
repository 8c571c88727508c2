/* samples_objects.c - the objects of gen_objects, see samples.h. */
#include "tests/gen/samples.h"

#include <stdio.h>

enum { POINTS_N = 4, HOLED_N = 3 };

static const double graph_x[POINTS_N] = {1.0, 2.0, 3.0, 4.0},
                    graph_y[POINTS_N] = {1.0, 4.0, 9.0, 16.0},
                    length_1[POINTS_N] = {0.125, 0.25, 0.375, 0.5},
                    length_2[POINTS_N] = {0.25, 0.5, 0.75, 1.0},
                    length_3[POINTS_N] = {1.0, 2.0, 3.0, 4.0},
                    length_4[POINTS_N] = {2.0, 4.0, 6.0, 8.0};

static void cubes(struct gen_root *root, unsigned directory)
{
    static const char *const classes[][2] = {
        {"TH3C", "h3c"}, {"TH3S", "h3s"}, {"TH3I", "h3i"}, {"TH3F", "h3f"}, {"TH3D", "h3d"}};
    for (unsigned i = 0; i < 5; i++) {
        struct gen_hist hist;
        gen_hist_start(&hist, classes[i][0], classes[i][1], "three dimensions", 2, 0.0, 2.0, 3, 0.0,
                       3.0);
        gen_hist_z(&hist, 2, -1.0, 1.0);
        for (uint64_t cell = 0; cell < hist.cells_n; cell++)
            hist.content[cell] = (double)cell;
        hist.entries = 80.0;
        hist.tsumw = 2.0;
        hist.tsumwz = 3.0;
        hist.tsumwz2 = 5.0;
        hist.tsumwxz = 7.0;
        hist.tsumwyz = 9.0;
        hist.z.title = "depth";
        gen_root_hist(root, directory, &hist);
    }
}

static void profile(struct gen_root *root)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile2D", "profile2d", "z = x + 10 y", 2, 0.0, 2.0, 2, 0.0, 2.0);
    for (unsigned i = 0; i < 8; i++) {
        double x = 0.5 * (i % 4) + 0.25, y = i / 4 + 0.5;
        gen_hist_fill3(&hist, x, y, x + 10.0 * y, 1.0);
    }
    hist.error_mode = 3;
    hist.profile_low = -100.0;
    hist.profile_high = 100.0;
    gen_root_hist(root, GEN_ROOT_DIRECTORY, &hist);
}

void gen_sample_graph(struct gen_graph *graph, const char *class_name, const char *name,
                      unsigned version)
{
    gen_graph_start(graph, class_name, name, POINTS_N, graph_x, graph_y);
    graph->title = "y = x^{2}";
    graph->version = (uint16_t)version;
    graph->x_low = length_1;
    graph->x_high = length_2;
    graph->y_low = length_3;
    graph->y_high = length_4;
}

static void graphs(struct gen_root *root)
{
    static const char *const functions[] = {"TF1"};
    static const char *const classes[][2] = {{"TGraph", "graph"},
                                             {"TGraphErrors", "graph_errors"},
                                             {"TGraphAsymmErrors", "graph_asymm"}};
    static const char *const old[][2] = {
        {"TGraph", "graph"}, {"TGraphErrors", "errors"}, {"TGraphAsymmErrors", "asymm"}};
    struct gen_hist frame;
    struct gen_graph graph;
    gen_hist_start(&frame, "TH1F", "frame", "of a graph", 100, 0.0, 5.0, 0, 0.0, 0.0);
    frame.x.title = "side";
    for (unsigned i = 0; i < 3; i++) {
        gen_sample_graph(&graph, classes[i][0], classes[i][1], 4);
        graph.frame = &frame;
        graph.functions = functions;
        graph.functions_n = 1;
        graph.maximum = 20.0;
        gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
    }
    unsigned directory = gen_root_directory(root, GEN_ROOT_DIRECTORY, "old");
    for (unsigned i = 0; i < 3; i++)
        for (unsigned version = 1; version <= 2; version++) {
            char name[32];
            (void)snprintf(name, sizeof name, "%s%u", old[i][1], version);
            gen_sample_graph(&graph, old[i][0], name, version);
            gen_root_graph(root, directory, &graph);
        }
    gen_hist_free(&frame);
}

void gen_sample_efficiency(struct gen_root *root, const char *class_name, const char *name)
{
    struct gen_hist passed, total;
    struct gen_efficiency efficiency = {.name = name,
                                        .title = "found of all",
                                        .passed = &passed,
                                        .total = &total,
                                        .confidence_level = 0.9,
                                        .beta_alpha = 0.5,
                                        .beta_beta = 1.5,
                                        .weight = 2.0,
                                        .statistic_option = 2};
    gen_hist_start(&passed, class_name, "passed", "", 4, 0.0, 4.0, 2, 0.0, 2.0);
    gen_hist_start(&total, class_name, "total", "", 4, 0.0, 4.0, 2, 0.0, 2.0);
    for (unsigned bin = 1; bin <= 4; bin++) {
        gen_hist_fill(&passed, bin - 0.5, 0.5, bin);
        gen_hist_fill(&total, bin - 0.5, 0.5, 8.0);
    }
    gen_root_efficiency(root, GEN_ROOT_DIRECTORY, &efficiency);
}

static void whole_efficiency(struct gen_root *root)
{
    struct gen_hist passed;
    struct gen_efficiency efficiency = {.name = "whole", .title = "", .passed = &passed};
    gen_hist_start(&passed, "TH1I", "passed", "", 2, 0.0, 2.0, 0, 0.0, 0.0);
    gen_hist_fill(&passed, 0.5, 0.0, 3.0);
    gen_root_efficiency(root, GEN_ROOT_DIRECTORY, &efficiency);
}

void gen_sample_poly(struct gen_poly *poly, const char *name)
{
    static const double square_x[] = {0.0, 1.0, 1.0, 0.0, 0.0},
                        square_y[] = {0.0, 0.0, 1.0, 1.0, 0.0}, outer_x[] = {2.0, 5.0, 5.0, 2.0},
                        outer_y[] = {0.0, 0.0, 3.0, 3.0}, hole_x[] = {3.0, 4.0, 4.0, 3.0},
                        hole_y[] = {1.0, 1.0, 2.0, 2.0}, island_x[] = {0.0, 1.0, 0.0},
                        island_y[] = {3.0, 3.0, 4.0};
    static struct gen_graph square, holed[HOLED_N], triangle;
    static const struct gen_poly_bin bins[] = {{1, 4.0, 1.0, &square, 1, 0.0},
                                               {2, -2.5, 8.5, holed, HOLED_N, 0.0},
                                               {3, 9.0, 0.5, &triangle, 1, 0.0}};
    gen_graph_start(&square, "TGraph", "square", 5, square_x, square_y);
    gen_graph_start(&holed[0], "TGraph", "outer", 4, outer_x, outer_y);
    gen_graph_start(&holed[1], "TGraphErrors", "hole", 4, hole_x, hole_y);
    gen_graph_start(&holed[2], "TGraph", "island", 3, island_x, island_y);
    gen_graph_start(&triangle, "TGraph", "triangle", 3, island_x, island_y);
    gen_poly_start(poly, name, 2, 0.0, 5.0, 2, 0.0, 4.0);
    poly->hist.entries = 12.0;
    poly->hist.tsumw = 10.5;
    poly->bins = bins;
    poly->bins_n = 3;
    for (unsigned i = 0; i < 9; i++)
        poly->overflow[i] = i + 1;
}

static void polygons(struct gen_root *root)
{
    struct gen_poly poly;
    gen_sample_poly(&poly, "poly");
    gen_root_poly(root, GEN_ROOT_DIRECTORY, &poly);
    gen_sample_poly(&poly, "poly_in_list");
    poly.in_list = true;
    gen_root_poly(root, GEN_ROOT_DIRECTORY, &poly);
}

static void texts(struct gen_root *root)
{
    static const char *const scalars[] = {
        "<events>i=7</events>",
        "<rate>f=-2.5</rate>",
        "<name>s=a < b > c = d/e</name>",
        "<hits>e=1</hits>",
        "<hits>t=42</hits>",
        "<hits.mean.x>qr=st:300:0.25:MeanWithin:too: low</hits.mean.x>",
        "<hits.old>qr=st.100.fine</hits.old>",
    };
    unsigned directory = gen_root_directory(root, GEN_ROOT_DIRECTORY, "texts");
    gen_root_string(root, directory, "plain", "just a text");
    for (unsigned i = 0; i < sizeof scalars / sizeof scalars[0]; i++)
        gen_root_string(root, directory, scalars[i], scalars[i]);
}

void gen_objects(struct gen_bytes *out, const struct gen_root_options *options)
{
    struct gen_root *root = gen_root_start(options);
    cubes(root, gen_root_directory(root, GEN_ROOT_DIRECTORY, "h3"));
    profile(root);
    graphs(root);
    gen_sample_efficiency(root, "TH1D", "efficiency");
    gen_sample_efficiency(root, "TH2F", "efficiency2d");
    whole_efficiency(root);
    polygons(root);
    texts(root);
    gen_root_finish(root, out);
}

void gen_rare_objects(struct gen_bytes *out, const struct gen_root_options *options)
{
    struct gen_root *root = gen_root_start(options);
    struct gen_graph graph;
    struct gen_poly poly;
    gen_sample_graph(&graph, "TGraphBentErrors", "bent", 4);
    gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
    gen_sample_graph(&graph, "TCutG", "cut", 4);
    gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
    gen_sample_poly(&poly, "profile");
    poly.hist.class_name = "TProfile2Poly";
    gen_root_poly(root, GEN_ROOT_DIRECTORY, &poly);
    gen_root_finish(root, out);
}
