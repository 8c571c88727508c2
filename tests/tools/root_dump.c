/* root_dump.c - FILE.root as JSON: every object listed, and of each everything that was read of it.
 *
 * For the comparison with values from another reader (corpus.py). Numbers have 17 digits; NaN and
 * infinities are written as Python's json module reads them. Contents of more than 4096 cells come
 * as sums only.
 *
 *     root_dump FILE           the JSON
 *     root_dump --time FILE    how long listing and reading take, in CPU time
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/hist/root/reader.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { CELLS_MAX = 4096 };

struct dump {
    struct pl_source source;
    struct pl_arena *arena; /* of the histograms; inspect has its own */
    unsigned n;
    uint64_t read_ns;
    bool time_only;
};

static void put_text(const char *text)
{
    putchar('"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\' || *p < 0x20 || *p >= 0x7f)
            printf("\\u%04x", *p);
        else
            putchar(*p);
    }
    putchar('"');
}

static void put_number(double value)
{
    if (isnan(value))
        fputs("NaN", stdout);
    else if (isinf(value))
        fputs(value > 0 ? "Infinity" : "-Infinity", stdout);
    else
        printf("%.17g", value);
}

static void number(const char *name, double value)
{
    printf(", \"%s\": ", name);
    put_number(value);
}

static void text(const char *name, const char *value)
{
    printf(", \"%s\": ", name);
    put_text(value);
}

static void axis(const char *name, const struct pl_hist_axis *axis)
{
    printf(", \"%s\": {\"nbins\": %u, \"xmin\": ", name, axis->bins);
    put_number(axis->low);
    number("xmax", axis->high);
    text("title", axis->title);
    if (axis->edges != NULL) {
        fputs(", \"edges\": [", stdout);
        for (uint32_t i = 0; i <= axis->bins; i++) {
            fputs(i > 0 ? ", " : "", stdout);
            put_number(axis->edges[i]);
        }
        putchar(']');
    }
    const char *between = "";
    if (axis->labels != NULL) {
        fputs(", \"labels\": [", stdout);
        for (uint32_t i = 0; i < axis->bins; i++) {
            if (axis->labels[i] == NULL)
                continue;
            printf("%s[%u, ", between, i + 1);
            put_text(axis->labels[i]);
            putchar(']');
            between = ", ";
        }
        putchar(']');
    }
    putchar('}');
}

static void cells(const char *name, const struct pl_cells *cells, bool values)
{
    double sum = 0.0, weighted = 0.0;
    for (uint64_t i = 0; i < cells->n; i++) {
        double value = pl_cell(cells, i);
        sum += value;
        weighted += value * (double)(i % 97 + 1);
    }
    printf(", \"%s_len\": %llu, \"%s_sum\": ", name, (unsigned long long)cells->n, name);
    put_number(sum);
    printf(", \"%s_wsum\": ", name);
    put_number(weighted);
    if (!values || cells->n > CELLS_MAX)
        return;
    printf(", \"%s\": [", name);
    for (uint64_t i = 0; i < cells->n; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_number(pl_cell(cells, i));
    }
    putchar(']');
}

static void style(const struct pl_hist *hist)
{
    printf(
        ", \"style\": {\"line_color\": %d, \"line_style\": %d, \"line_width\": %d, "
        "\"fill_color\": %d, "
        "\"fill_style\": %d, \"marker_color\": %d, \"marker_style\": %d, \"marker_size\": %.17g}",
        hist->line_color, hist->line_style, hist->line_width, hist->fill_color, hist->fill_style,
        hist->marker_color, hist->marker_style, (double)hist->marker_size);
    printf(", \"bits\": %u, \"functions\": [", hist->bits);
    for (uint32_t i = 0; i < hist->functions_n; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_text(hist->functions[i]);
    }
    putchar(']');
}

static unsigned dimensions(const struct pl_hist *hist)
{
    if (hist->kind == PL_HIST_3D)
        return 3;
    bool two =
        hist->kind == PL_HIST_2D || hist->kind == PL_HIST_PROFILE2D || hist->kind == PL_HIST_POLY;
    return two ? 2 : 1;
}

static void sums(const struct pl_hist *hist)
{
    const struct {
        const char *name;
        double value;
    } values[] = {
        {"fTsumw", hist->tsumw},     {"fTsumw2", hist->tsumw2},   {"fTsumwx", hist->tsumwx},
        {"fTsumwx2", hist->tsumwx2}, {"fTsumwy", hist->tsumwy},   {"fTsumwy2", hist->tsumwy2},
        {"fTsumwxy", hist->tsumwxy}, {"fTsumwz", hist->tsumwz},   {"fTsumwz2", hist->tsumwz2},
        {"fTsumwxz", hist->tsumwxz}, {"fTsumwyz", hist->tsumwyz},
    };
    for (unsigned i = 0; i < PL_COUNT(values); i++)
        number(values[i].name, values[i].value);
}

static void histogram(const struct pl_hist *hist)
{
    static const char *const axes[] = {"xaxis", "yaxis", "zaxis"};
    const struct pl_hist_axis *read[] = {&hist->x, &hist->y, &hist->z};
    text("option", hist->option);
    number("entries", hist->entries);
    number("ncells", (double)hist->cells_n);
    number("dim", dimensions(hist));
    for (unsigned i = 0; i < dimensions(hist); i++)
        axis(axes[i], read[i]);
    sums(hist);
    number("minimum", hist->minimum);
    number("maximum", hist->maximum);
    number("norm_factor", hist->norm_factor);
    cells("content", &hist->content, true);
    cells("sumw2", &hist->sumw2, false);
    cells("bin_entries", &hist->bin_entries, true);
    cells("bin_sumw2", &hist->bin_sumw2, false);
    number("error_mode", hist->error_mode);
    number("profile_ymin", hist->profile_low);
    number("profile_ymax", hist->profile_high);
}

static void numbers(const char *name, const double *values, uint32_t n)
{
    if (values == NULL)
        return;
    printf(", \"%s\": [", name);
    for (uint32_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_number(values[i]);
    }
    putchar(']');
}

/* One length for both sides goes by another name than two. */
static void graph(const struct pl_graph *graph, const char *class_name)
{
    bool same = strcmp(class_name, "TGraphErrors") == 0;
    number("npoints", graph->n);
    numbers("x", graph->x, graph->n);
    numbers("y", graph->y, graph->n);
    numbers(same ? "fEX" : "fEXlow", graph->x_low_error, graph->n);
    numbers("fEXhigh", graph->x_high_error, graph->n);
    numbers(same ? "fEY" : "fEYlow", graph->y_low_error, graph->n);
    numbers("fEYhigh", graph->y_high_error, graph->n);
    number("minimum", graph->minimum);
    number("maximum", graph->maximum);
    printf(", \"has_histogram\": %s", graph->frame != NULL ? "true" : "false");
}

static void poly_bin(const struct pl_poly_bin *bin)
{
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};
    uint64_t points = 0;
    for (uint32_t i = 0; i < bin->parts_n; i++) {
        const struct pl_poly_part *part = &bin->parts[i];
        points += part->n;
        for (uint32_t j = 0; j < part->n; j++) {
            low[0] = fmin(low[0], part->x[j]);
            low[1] = fmin(low[1], part->y[j]);
            high[0] = fmax(high[0], part->x[j]);
            high[1] = fmax(high[1], part->y[j]);
        }
    }
    printf("{\"number\": %d", bin->number);
    number("content", bin->content);
    number("error", bin->error);
    number("area", bin->area);
    number("xmin", low[0]);
    number("xmax", high[0]);
    number("ymin", low[1]);
    number("ymax", high[1]);
    number("npoints", (double)points);
    number("nparts", bin->parts_n);
    putchar('}');
}

static void poly(const struct pl_poly *poly)
{
    fputs(", \"poly_bins\": [", stdout);
    for (uint32_t i = 0; i < poly->bins_n; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        poly_bin(&poly->bins[i]);
    }
    putchar(']');
    numbers("poly_overflow", poly->overflow, 9);
}

static void common(const struct pl_hist *hist)
{
    fputs("\"class\": ", stdout);
    put_text(hist->class_name);
    text("name", hist->name);
    text("title", hist->title);
    style(hist);
}

static void half(const char *name, const struct pl_hist *hist)
{
    printf(", \"%s\": {", name);
    common(hist);
    histogram(hist);
    putchar('}');
}

static void efficiency(const struct pl_efficiency *efficiency)
{
    number("conf_level", efficiency->confidence_level);
    number("statistic_option", efficiency->statistic_option);
    number("beta_alpha", efficiency->beta_alpha);
    number("beta_beta", efficiency->beta_beta);
    number("weight", efficiency->weight);
    half("passed", efficiency->passed);
    half("total", efficiency->total);
}

static void scalar(const struct pl_scalar *scalar)
{
    char code[2] = {(char)scalar->code, '\0'};
    text("scalar_code", code);
    text("scalar_name", scalar->name);
    text("scalar_value", scalar->value);
    text("report_test", scalar->test);
    text("report_algorithm", scalar->algorithm);
    text("report_message", scalar->message);
    number("report_status", scalar->status);
    number("report_result", scalar->result);
}

static void object(const struct pl_hist *hist)
{
    fputs(", ", stdout);
    common(hist);
    if (hist->kind == PL_HIST_GRAPH)
        graph(hist->graph, hist->class_name);
    else if (hist->kind == PL_HIST_EFFICIENCY)
        efficiency(hist->efficiency);
    else if (hist->kind == PL_HIST_TEXT)
        text("string", hist->text);
    else
        histogram(hist);
    if (hist->kind == PL_HIST_POLY)
        poly(hist->poly);
    if (hist->scalar != NULL)
        scalar(hist->scalar);
}

static void listed(const struct pl_found *item)
{
    text("kind", item->kind);
    text("listed_title", item->title);
    number("listed_entries", item->entries);
    if (item->has_stats)
        numbers("listed_stats", item->stats, PL_COUNT(item->stats));
    if (item->name != NULL)
        text("listed_name", item->name);
    if (item->report != NULL) {
        text("listed_report", item->report);
        number("listed_status", item->status);
    }
}

static enum pl_err found(void *context, const struct pl_found *item, struct pl_error *error)
{
    struct dump *dump = context;
    (void)error;
    struct pl_hist hist;
    struct pl_error trouble = {.code = PL_OK};
    bool read = false;
    if (item->trouble == NULL) {
        uint64_t began = pl_cpu_ns();
        read = pl_hist_read(&dump->source, item->locator, item->locator_n, dump->arena, &hist,
                            &trouble) == PL_OK;
        dump->read_ns += pl_cpu_ns() - began;
    }
    if (!dump->time_only) {
        printf("%s\n {\"path\": ", dump->n > 0 ? "," : "");
        put_text(item->path);
        listed(item);
        if (read)
            object(&hist);
        else
            text("trouble", item->trouble != NULL ? item->trouble : trouble.msg);
        putchar('}');
    }
    dump->n++;
    pl_arena_reset(dump->arena, 1 << 20);
    return PL_OK;
}

static enum pl_err skip(void *context, const struct pl_found *item, struct pl_error *error)
{
    (void)item;
    (void)error;
    ++*(unsigned *)context;
    return PL_OK;
}

static int time_listing(const struct pl_source *source, struct pl_arena *arena)
{
    unsigned n = 0;
    struct pl_error error = {.code = PL_OK};
    uint64_t began = pl_cpu_ns();
    if (pl_hist_inspect(source, arena, skip, &n, &error) != PL_OK) {
        fprintf(stderr, "%s\n", error.msg);
        return 1;
    }
    printf("listed %u objects in %.3f ms, %zu bytes of arena at most\n", n,
           (double)(pl_cpu_ns() - began) / 1e6, pl_arena_peak(arena));
    pl_arena_reset(arena, 0);
    return 0;
}

static int run(const struct pl_source *source, bool time_only)
{
    struct dump dump = {.source = *source, .time_only = time_only};
    struct pl_arena *arena = NULL;
    struct pl_error error = {.code = PL_OK};
    if (pl_arena_make(&dump.arena, (size_t)256 << 20, &error) != PL_OK ||
        pl_arena_make(&arena, (size_t)256 << 20, &error) != PL_OK)
        return 1;
    if (time_only && time_listing(source, arena) != 0)
        return 1;
    if (!time_only)
        fputs("{\"objects\": [", stdout);
    enum pl_err err = pl_hist_inspect(source, arena, found, &dump, &error);
    if (time_only) {
        printf("read %u objects in %.3f ms\n", dump.n, (double)dump.read_ns / 1e6);
    } else {
        printf("\n], \"error\": ");
        put_text(err != PL_OK ? error.msg : "");
        puts("}");
    }
    pl_arena_free(&dump.arena);
    pl_arena_free(&arena);
    return err != PL_OK;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: root_dump [--time] FILE\n", stderr);
        return 2;
    }
    struct stat status;
    int fd = open(argv[argc - 1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(argv[argc - 1]);
        return 1;
    }
    size_t n = (size_t)status.st_size;
    void *bytes = n > 0 ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    (void)close(fd);
    if (bytes == MAP_FAILED) {
        perror(argv[argc - 1]);
        return 1;
    }
    return run(&(struct pl_source){bytes, n}, argc > 2);
}
