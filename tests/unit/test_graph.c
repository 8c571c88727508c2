/* Graphs: points, lengths of errors and the frame, of every version. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/unit/root_help.h"

static struct pl_arena *arena;

static void make_arena(void)
{
    arena = test_arena(ARENA_N);
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(graph, .init = make_arena, .fini = free_arena, .timeout = 300);

static const double x[] = {1.0, 2.0, 3.0, 4.0}, y[] = {1.0, 4.0, 9.0, 16.0},
                    low_x[] = {0.125, 0.25, 0.375, 0.5}, high_x[] = {0.25, 0.5, 0.75, 1.0},
                    low_y[] = {1.0, 2.0, 3.0, 4.0}, high_y[] = {2.0, 4.0, 6.0, 8.0};

static struct pl_hist read_at(const char *path, bool no_info)
{
    static struct gen_bytes file;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    free(file.bytes);
    gen_objects(&file, &(struct gen_root_options){.packing = GEN_ZLIB, .no_info = no_info});
    cr_assert_eq(read_hist(&file, path, arena, &hist, &error), PL_OK, "%s: %s", path, error.msg);
    cr_assert_eq(hist.kind, PL_HIST_GRAPH);
    cr_assert_not_null(hist.graph);
    return hist;
}

static void expect_values(const double *found, const double *expected)
{
    cr_assert_not_null(found);
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(found[i], expected[i], "value %u is %g", i, found[i]);
}

/* errors 0: none, 1: one length on both sides, 2: two. */
static void expect_graph(const struct pl_graph *graph, int errors)
{
    cr_assert_eq(graph->n, 4);
    expect_values(graph->x, x);
    expect_values(graph->y, y);
    if (errors == 0) {
        cr_assert(!graph->x_low_error && !graph->x_high_error && !graph->y_low_error &&
                  !graph->y_high_error);
        return;
    }
    expect_values(graph->x_low_error, low_x);
    expect_values(graph->x_high_error, errors == 1 ? low_x : high_x);
    expect_values(graph->y_low_error, low_y);
    expect_values(graph->y_high_error, errors == 1 ? low_y : high_y);
}

Test(graph, points_and_errors_come_out_with_and_without_streamer_information)
{
    static const char *const paths[] = {"graph", "graph_errors", "graph_asymm"};
    for (int i = 0; i < 6; i++) {
        struct pl_hist hist = read_at(paths[i % 3], i >= 3);
        expect_graph(hist.graph, i % 3);
        cr_assert_str_eq(hist.name, paths[i % 3]);
        cr_assert_str_eq(hist.title, "y = x^{2}");
        cr_assert_eq(hist.graph->minimum, -1111.0);
        cr_assert_eq(hist.graph->maximum, 20.0);
        cr_assert_eq(hist.marker_style, 20);
        cr_assert_eq(hist.line_width, 3);
        cr_assert_eq(hist.entries, 4.0);
        cr_assert_eq(hist.functions_n, 1);
        cr_assert_str_eq(hist.functions[0], "TF1");
    }
}

Test(graph, the_frame_is_a_histogram_with_axes)
{
    struct pl_hist hist = read_at("graph_asymm", false);
    cr_assert_not_null(hist.graph->frame);
    cr_assert_str_eq(hist.graph->frame->name, "frame");
    cr_assert_eq(hist.graph->frame->x.bins, 100);
    cr_assert_eq(hist.graph->frame->x.high, 5.0);
    cr_assert_str_eq(hist.graph->frame->x.title, "side");
    cr_assert_eq(hist.graph->frame->content.n, 102);
}

/* Their own code wrote them: no byte before an array, f32 in version 1, low ends first. */
Test(graph, versions_1_and_2_are_read_by_hand)
{
    static const char *const paths[] = {"old/graph1",  "old/graph2", "old/errors1",
                                        "old/errors2", "old/asymm1", "old/asymm2"};
    for (int i = 0; i < 12; i++) {
        struct pl_hist hist = read_at(paths[i % 6], i >= 6);
        expect_graph(hist.graph, i % 6 / 2);
        cr_assert_null(hist.graph->frame);
        cr_assert_eq(hist.graph->maximum, -1111.0);
    }
}

static struct pl_error refused(struct gen_graph *graph)
{
    struct gen_bytes file;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    struct gen_root *root = gen_root_start(&(struct gen_root_options){.name = "f"});
    gen_root_graph(root, GEN_ROOT_DIRECTORY, graph);
    gen_root_finish(root, &file);
    (void)read_hist(&file, graph->name, arena, &hist, &error);
    const struct item *item = item_at(list(&file), graph->name);
    cr_assert_str_eq(item->trouble, error.code == PL_OK ? "" : strstr(error.msg, ": ") + 2);
    free(file.bytes);
    return error;
}

Test(graph, more_points_than_bytes_are_refused)
{
    struct gen_graph graph;
    gen_sample_graph(&graph, "TGraph", "g", 4);
    graph.n = 0;
    cr_assert_eq(refused(&graph).code, PL_OK);
    gen_sample_graph(&graph, "TGraph", "g", 4);
    struct gen_bytes file;
    struct gen_root *root = gen_root_start(&(struct gen_root_options){.name = "f"});
    gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
    gen_root_finish(root, &file);
    /* the count stands before the flag of the array of 1.0, 2.0, ... */
    static const uint8_t count[] = {0, 0, 0, 4, 1, 0x3f, 0xf0};
    uint8_t *at = memmem(file.bytes, file.n, count, sizeof count);
    cr_assert_not_null(at);
    at[0] = 0x7f;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    cr_assert_eq(read_hist(&file, "g", arena, &hist, &error), PL_E_FORMAT);
    cr_assert(strstr(error.msg, "TGraph.fX at byte"), "%s", error.msg);
    cr_assert(strstr(error.msg, "claims more values than the object has bytes for"));
    at[0] = 0xff; /* negative */
    cr_assert_eq(read_hist(&file, "g", arena, &hist, &error), PL_E_FORMAT);
    at[0] = 0;
    at[4] = 0; /* there is no x */
    cr_assert_eq(read_hist(&file, "g", arena, &hist, &error), PL_E_FORMAT);
    free(file.bytes);
}

Test(graph, arrays_that_are_not_there_are_refused)
{
    struct gen_graph graph;
    gen_sample_graph(&graph, "TGraph", "g", 4);
    graph.y = NULL;
    struct pl_error error = refused(&graph);
    cr_assert_eq(error.code, PL_E_FORMAT);
    cr_assert(strstr(error.msg, "TGraph has 4 points (fNpoints), 4 values of x and 0 of y"), "%s",
              error.msg);
    gen_sample_graph(&graph, "TGraphAsymmErrors", "g", 4);
    graph.y_high = NULL;
    error = refused(&graph);
    cr_assert_eq(error.code, PL_E_FORMAT);
    cr_assert(strstr(error.msg, "the graph has 4 points and 0 lengths of errors"), "%s", error.msg);
    gen_sample_graph(&graph, "TGraphErrors", "g", 4);
    graph.x_low = graph.y_low = NULL;
    cr_assert_eq(refused(&graph).code, PL_OK);
}

Test(graph, points_that_are_no_numbers_stay_as_they_are)
{
    static const double wild[] = {NAN, INFINITY, -1.0, 0.0};
    struct gen_graph graph;
    gen_sample_graph(&graph, "TGraphErrors", "g", 4);
    graph.y = graph.x_low = wild;
    struct gen_bytes file;
    struct gen_root *root = gen_root_start(&(struct gen_root_options){.name = "f"});
    gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
    gen_root_finish(root, &file);
    struct pl_hist hist;
    cr_assert_eq(read_hist(&file, "g", arena, &hist, NULL), PL_OK);
    cr_assert(isnan(hist.graph->y[0]) && isinf(hist.graph->y[1]));
    cr_assert(isnan(hist.graph->x_high_error[0]));
    free(file.bytes);
}

static void read_one(const char *class_name, int errors)
{
    for (int no_info = 0; no_info < 2; no_info++) {
        struct gen_graph graph;
        struct gen_bytes file;
        struct pl_hist hist;
        struct pl_error error = {.code = PL_OK};
        gen_sample_graph(&graph, class_name, "g", 4);
        struct gen_root *root =
            gen_root_start(&(struct gen_root_options){.name = "f", .no_info = no_info});
        gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
        gen_root_finish(root, &file);
        cr_assert_eq(read_hist(&file, "g", arena, &hist, &error), PL_OK, "%s", error.msg);
        cr_assert_str_eq(item_at(list(&file), "g")->kind, class_name);
        cr_assert_str_eq(item_at(list(&file), "g")->trouble, "");
        cr_assert_eq(hist.kind, PL_HIST_GRAPH);
        cr_assert_str_eq(hist.class_name, class_name);
        expect_graph(hist.graph, errors);
        free(file.bytes);
    }
}

/* What follows the four lengths, how far each is bent aside, must not be taken for one of them. */
Test(graph, bent_errors_have_four_lengths)
{
    read_one("TGraphBentErrors", 2);
}

Test(graph, a_cut_is_a_graph_of_its_corners)
{
    read_one("TCutG", 0);
}
