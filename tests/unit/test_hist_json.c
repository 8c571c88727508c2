/* test_hist_json.c - an object as numbers: shape, values, hostile names, size. */
#include <criterion/criterion.h>
#include <endian.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "render/hist/json.h"

static struct pl_hist_params params;
static json_t *root;

static void finish(void)
{
    json_decref(root);
    root = NULL;
}

TestSuite(hist_json, .fini = finish);

static struct pl_cells cells(uint64_t *space, const double *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        memcpy(&space[i], &values[i], sizeof space[i]);
        space[i] = htobe64(space[i]);
    }
    return (struct pl_cells){(const uint8_t *)space, n, PL_CELL_F64};
}

static struct pl_hist_axis axis(uint32_t bins, double low, double high)
{
    return (struct pl_hist_axis){.bins = bins, .low = low, .high = high, .title = "an axis"};
}

static struct pl_hist line(uint64_t *space, const double *values, uint32_t bins)
{
    struct pl_hist hist = {.kind = PL_HIST_1D,
                           .class_name = "TH1D",
                           .name = "h",
                           .title = "t",
                           .option = "",
                           .x = axis(bins, -1.0, 2.0),
                           .y = axis(1, 0.0, 1.0),
                           .z = axis(1, 0.0, 1.0),
                           .entries = 7.5,
                           .cells_n = bins + 2u};
    hist.content = cells(space, values, bins + 2u);
    return hist;
}

static json_t *text_of(const struct pl_hist *hists, unsigned n)
{
    struct pl_buf out = PL_BUF(1 << 20);
    struct pl_error error = {0};
    json_error_t where;
    pl_hist_params_default(&params);
    cr_assert_eq(pl_hist_json(hists, n, &params, &out, &error), PL_OK, "%s", error.msg);
    root = json_loadb((const char *)out.bytes, out.n, 0, &where);
    cr_assert(root != NULL, "%s at %d: %.*s", where.text, where.position, (int)out.n, out.bytes);
    pl_buf_free(&out);
    return json_object_get(root, "hist");
}

static double number(json_t *object, const char *a, const char *b, const char *c)
{
    json_t *value = json_object_get(object, a);
    value = b != NULL ? json_object_get(value, b) : value;
    value = c != NULL ? json_object_get(value, c) : value;
    cr_assert(json_is_number(value), "%s", a);
    return json_number_value(value);
}

static double element(json_t *array, size_t i)
{
    json_t *value = json_array_get(array, i);
    cr_assert(json_is_number(value));
    return json_number_value(value);
}

Test(hist_json, a_line_has_bins_errors_ends_of_axes_and_flows)
{
    uint64_t space[5];
    const double values[] = {3, 1, 4, 9, 2};
    struct pl_hist hist = line(space, values, 3);
    json_t *read = text_of(&hist, 1), *bins = json_object_get(read, "bins");
    cr_assert_str_eq(json_string_value(json_object_get(read, "type")), "TH1");
    cr_assert_str_eq(json_string_value(json_object_get(read, "class")), "TH1D");
    cr_assert_eq(json_array_size(json_object_get(bins, "content")), 3);
    cr_assert_eq(element(json_object_get(bins, "content"), 2), 9);
    cr_assert_eq(element(json_object_get(bins, "error"), 1), 2);
    cr_assert_eq(number(read, "bins", "integral", NULL), 14);
    cr_assert_eq(number(read, "xaxis", "first", "id"), 1);
    cr_assert_eq(number(read, "xaxis", "first", "value"), -1);
    cr_assert_eq(number(read, "xaxis", "last", "id"), 3);
    cr_assert_eq(number(read, "xaxis", "last", "value"), 2);
    cr_assert_eq(number(read, "stats", "underflow", NULL), 3);
    cr_assert_eq(number(read, "stats", "overflow", NULL), 2);
    cr_assert_eq(number(read, "stats", "entries", NULL), 7.5);
    cr_assert_eq(number(read, "values", "min", NULL), 1);
    cr_assert_eq(number(read, "values", "max", NULL), 9);
    double mean = (1 * -0.5 + 4 * 0.5 + 9 * 1.5) / 14;
    json_t *x = json_object_get(json_object_get(json_object_get(read, "stats"), "mean"), "X");
    cr_assert_float_eq(json_number_value(json_object_get(x, "value")), mean, 1e-12);
    cr_assert(json_object_get(json_object_get(json_object_get(read, "stats"), "mean"), "Y") ==
              NULL);
}

/* As in the picture: numbers are those of the shown bins, what is only hidden is no overflow. */
Test(hist_json, a_stored_range_leaves_the_other_bins_out)
{
    uint64_t space[6];
    const double values[] = {3, 1, 4, 9, 7, 2};
    struct pl_hist hist = line(space, values, 4);
    hist.x.first = 2;
    hist.x.last = 3;
    json_t *read = text_of(&hist, 1), *bins = json_object_get(read, "bins");
    cr_assert_eq(json_array_size(json_object_get(bins, "content")), 2);
    cr_assert_eq(element(json_object_get(bins, "content"), 0), 4);
    cr_assert_eq(number(read, "bins", "integral", NULL), 13);
    cr_assert_eq(number(read, "xaxis", "first", "id"), 2);
    cr_assert_eq(number(read, "xaxis", "first", "value"), -0.25);
    cr_assert_eq(number(read, "xaxis", "last", "id"), 3);
    cr_assert_eq(number(read, "xaxis", "last", "value"), 1.25);
    cr_assert_eq(number(read, "stats", "underflow", NULL), 3);
    cr_assert_eq(number(read, "stats", "overflow", NULL), 2);
    cr_assert_eq(number(read, "values", "max", NULL), 9);
}

Test(hist_json, a_map_has_rows_from_the_lowest_y_upwards)
{
    uint64_t space[16];
    double values[16];
    for (int i = 0; i < 16; i++)
        values[i] = i;
    struct pl_hist hist = line(space, values, 2);
    hist.kind = PL_HIST_2D;
    hist.y = axis(2, 0.0, 4.0);
    hist.cells_n = 16;
    hist.content = cells(space, values, 16);
    json_t *read = text_of(&hist, 1);
    json_t *rows = json_object_get(json_object_get(read, "bins"), "content");
    cr_assert_str_eq(json_string_value(json_object_get(read, "type")), "TH2");
    cr_assert_eq(json_array_size(rows), 2);
    cr_assert_eq(element(json_array_get(rows, 0), 0), 5);
    cr_assert_eq(element(json_array_get(rows, 1), 0), 9);
    cr_assert_eq(number(read, "bins", "integral", NULL), 5 + 6 + 9 + 10);
    cr_assert_eq(number(read, "stats", "underflow", NULL), 0 + 1 + 2 + 3 + 4 + 8 + 12);
    cr_assert_eq(number(read, "stats", "overflow", NULL), 7 + 11 + 13 + 14 + 15);
}

Test(hist_json, what_is_not_finite_is_a_string_and_doubles_read_back_exactly)
{
    uint64_t space[6];
    const double values[] = {0, NAN, INFINITY, -INFINITY, 0.1 + 0.2, 0};
    struct pl_hist hist = line(space, values, 4);
    json_t *content = json_object_get(json_object_get(text_of(&hist, 1), "bins"), "content");
    cr_assert_str_eq(json_string_value(json_array_get(content, 0)), "nan");
    cr_assert_str_eq(json_string_value(json_array_get(content, 1)), "inf");
    cr_assert_str_eq(json_string_value(json_array_get(content, 2)), "-inf");
    cr_assert_eq(element(content, 3), 0.1 + 0.2);
}

Test(hist_json, names_cannot_break_out_of_their_quotes)
{
    uint64_t space[3];
    const double values[] = {0, 1, 0};
    static const char *const marks[] = {"</script>\"\\\n\x01 \xc3\xa9 \xff"};
    struct pl_hist hist = line(space, values, 1);
    hist.title = marks[0];
    hist.x.labels = marks;
    json_t *read = text_of(&hist, 1);
    json_t *label = json_array_get(json_object_get(json_object_get(read, "xaxis"), "labels"), 0);
    cr_assert_str_eq(json_string_value(json_object_get(read, "title")),
                     "</script>\"\\\n\x01 \xc3\xa9 \xef\xbf\xbd");
    cr_assert_str_eq(json_string_value(json_object_get(label, "value")),
                     "</script>\"\\\n\x01 \xc3\xa9 \xef\xbf\xbd");
    cr_assert_float_eq(json_number_value(json_object_get(label, "center")), 0.5, 1e-12);
}

Test(hist_json, a_graph_says_that_it_is_no_histogram_and_has_its_points)
{
    static const double x[] = {1, 2}, y[] = {3, NAN}, error[] = {0.5, 0.25};
    const struct pl_graph graph = {2, x, y, error, error, error, error, -1111, -1111, NULL};
    struct pl_hist hist = {.kind = PL_HIST_GRAPH,
                           .class_name = "TGraphErrors",
                           .name = "g",
                           .title = "",
                           .option = "",
                           .graph = &graph};
    json_t *read = text_of(&hist, 1);
    cr_assert_str_eq(json_string_value(read), "unsupported type");
    json_t *points = json_object_get(root, "graph");
    cr_assert_eq(element(json_object_get(points, "x"), 1), 2);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(points, "y"), 1)), "nan");
    cr_assert_eq(element(json_object_get(points, "yHighError"), 1), 0.25);
}

Test(hist_json, references_follow_the_main_one)
{
    uint64_t space[3], other[4];
    const double values[] = {0, 1, 0}, others[] = {0, 5, 6, 0};
    struct pl_hist hists[2] = {line(space, values, 1), line(other, others, 2)};
    (void)text_of(hists, 2);
    json_t *references = json_object_get(root, "references");
    cr_assert_eq(json_array_size(references), 1);
    json_t *read = json_object_get(json_array_get(references, 0), "hist");
    cr_assert_eq(number(read, "bins", "integral", NULL), 11);
}

Test(hist_json, a_text_larger_than_the_buffer_may_grow_leaves_it_as_it_was)
{
    uint64_t space[3];
    const double values[] = {0, 1, 0};
    struct pl_hist hist = line(space, values, 1);
    struct pl_buf out = PL_BUF(300);
    struct pl_error error = {0};
    pl_hist_params_default(&params);
    cr_assert_eq(pl_buf_text(&out, "before", &error), PL_OK);
    cr_assert_eq(pl_hist_json(&hist, 1, &params, &out, &error), PL_E_LIMIT);
    cr_assert_eq(out.n, 6);
    pl_buf_free(&out);
}
