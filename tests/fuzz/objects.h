/* objects.h - what the targets for objects share: one payload read directly as one of a family's
 * classes, everything of it touched and its promises checked.
 *
 * Input: a byte that chooses the class (and, with 0x80, only the first half of the object to be
 * there), two of the length of the key, the payload. The built-in layouts are used: those of files
 * are fuzz_root's.
 */
#ifndef PL_FUZZ_OBJECTS_H
#define PL_FUZZ_OBJECTS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/hist/root/objects.h"
#include "render/hist/root/reader.h"
#include "render/hist/root/summary.h"
#include "shm/base/check.h"
#include "tests/gen/samples.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline double touch_cells(const struct pl_cells *cells)
{
    double sum = 0.0;
    for (uint64_t i = 0; i < cells->n; i++)
        sum += pl_cell(cells, i);
    return sum;
}

static inline double touch_values(const double *values, uint32_t n)
{
    double sum = 0.0;
    for (uint32_t i = 0; values != NULL && i < n; i++)
        sum += values[i];
    return sum;
}

static inline size_t touch_axis(const struct pl_hist_axis *axis)
{
    size_t n = strlen(axis->title) + strlen(axis->time_format);
    CHECK(axis->bins >= 1 && axis->low < axis->high);
    CHECK(axis->first >= 0 && axis->last >= axis->first && (uint32_t)axis->last <= axis->bins);
    for (uint32_t i = 0; axis->labels != NULL && i < axis->bins; i++)
        n += axis->labels[i] != NULL ? strlen(axis->labels[i]) : 0;
    for (uint32_t i = 1; axis->edges != NULL && i <= axis->bins; i++)
        CHECK(axis->edges[i - 1] < axis->edges[i]);
    return n;
}

static inline size_t touch_cells_of(const struct pl_hist *hist)
{
    bool profile = hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
    bool one = hist->kind == PL_HIST_1D || hist->kind == PL_HIST_PROFILE;
    uint64_t cells = ((uint64_t)hist->x.bins + 2) * (one ? 1 : (uint64_t)hist->y.bins + 2) *
                     (hist->kind == PL_HIST_3D ? (uint64_t)hist->z.bins + 2 : 1);
    CHECK(hist->cells_n == cells && hist->content.n == cells);
    CHECK(hist->sumw2.n == 0 || hist->sumw2.n == cells);
    CHECK(!profile || hist->bin_entries.n == cells);
    CHECK(hist->bin_sumw2.n == 0 || hist->bin_sumw2.n == cells);
    CHECK(hist->buffer.n == 0);
    volatile double sum = touch_cells(&hist->content) + touch_cells(&hist->sumw2) +
                          touch_cells(&hist->bin_entries) + touch_cells(&hist->bin_sumw2);
    (void)sum;
    return 0;
}

static inline size_t touch_poly(const struct pl_poly *poly)
{
    volatile double sum = touch_values(poly->overflow, 9);
    CHECK(poly->x_low < poly->x_high && poly->y_low < poly->y_high);
    for (uint32_t i = 0; i < poly->bins_n; i++)
        for (uint32_t j = 0; j < poly->bins[i].parts_n; j++) {
            const struct pl_poly_part *part = &poly->bins[i].parts[j];
            CHECK(part->n > 0);
            for (uint32_t k = 0; k < part->n; k++)
                CHECK(isfinite(part->x[k]) && isfinite(part->y[k]));
        }
    (void)sum;
    return poly->bins_n;
}

static inline size_t touch_object(const struct pl_hist *hist);

static inline size_t touch_graph(const struct pl_graph *graph)
{
    volatile double sum =
        touch_values(graph->x, graph->n) + touch_values(graph->y, graph->n) +
        touch_values(graph->x_low_error, graph->n) + touch_values(graph->x_high_error, graph->n) +
        touch_values(graph->y_low_error, graph->n) + touch_values(graph->y_high_error, graph->n);
    bool none = graph->x_low_error == NULL;
    CHECK((graph->x_high_error == NULL) == none && (graph->y_low_error == NULL) == none &&
          (graph->y_high_error == NULL) == none);
    (void)sum;
    return graph->frame != NULL ? touch_object(graph->frame) : 0;
}

static inline size_t touch_efficiency(const struct pl_efficiency *efficiency)
{
    CHECK(efficiency->passed->kind == efficiency->total->kind);
    CHECK(efficiency->passed->cells_n == efficiency->total->cells_n);
    CHECK(efficiency->confidence_level > 0.0 && efficiency->confidence_level < 1.0);
    CHECK(efficiency->beta_alpha > 0.0 && efficiency->beta_beta > 0.0 && efficiency->weight > 0.0);
    CHECK(efficiency->statistic_option >= 0 && efficiency->statistic_option <= 8);
    return touch_object(efficiency->passed) + touch_object(efficiency->total);
}

static inline size_t touch_text(const struct pl_hist *hist)
{
    const struct pl_scalar *scalar = hist->scalar;
    size_t n = strlen(hist->text);
    if (scalar == NULL)
        return n;
    CHECK(isfinite(scalar->result) && scalar->status >= 0);
    return n + strlen(scalar->name) + strlen(scalar->value) + strlen(scalar->test) +
           strlen(scalar->algorithm) + strlen(scalar->message);
}

static inline size_t touch_object(const struct pl_hist *hist)
{
    size_t n = touch_axis(&hist->x) + touch_axis(&hist->y) + touch_axis(&hist->z);
    for (uint32_t i = 0; i < hist->functions_n; i++)
        n += strlen(hist->functions[i]);
    n += strlen(hist->name) + strlen(hist->title) + strlen(hist->option) + strlen(hist->class_name);
    CHECK((hist->kind == PL_HIST_POLY) == (hist->poly != NULL));
    CHECK((hist->kind == PL_HIST_GRAPH) == (hist->graph != NULL));
    CHECK((hist->kind == PL_HIST_EFFICIENCY) == (hist->efficiency != NULL));
    CHECK((hist->kind == PL_HIST_TEXT) == (hist->text != NULL));
    switch (hist->kind) {
    case PL_HIST_POLY:
        return n + touch_poly(hist->poly);
    case PL_HIST_GRAPH:
        return n + touch_graph(hist->graph);
    case PL_HIST_EFFICIENCY:
        return n + touch_efficiency(hist->efficiency);
    case PL_HIST_TEXT:
        return n + touch_text(hist);
    default:
        return n + touch_cells_of(hist);
    }
}

static inline void read_object(enum pl_class class, const uint8_t *bytes, size_t n, bool half,
                               uint16_t key_n, struct pl_arena *arena)
{
    static const struct pl_layouts none;
    struct pl_payload payload = {bytes, half ? n / 2 : n, n, NULL};
    struct pl_hist hist;
    enum pl_parsed parsed;
    struct pl_error error = {.code = PL_OK};
    struct pl_found found = {.title = ""};
    enum pl_err err = pl_hist_parse(&none, &payload, key_n, class, arena, &hist, &parsed, &error);
    if (err == PL_OK && parsed == PL_PARSED_ALL) {
        volatile size_t touched = touch_object(&hist);
        (void)touched;
    }
    if (err == PL_OK) {
        CHECK(parsed != PL_PARSED_NOTHING);
        CHECK(pl_hist_summary(&hist, parsed, arena, &found, &error) != PL_E_FORMAT);
        for (unsigned i = 0; found.has_stats && i < PL_COUNT(found.stats); i++)
            CHECK(isfinite(found.stats[i]));
    } else if (!half) {
        CHECK(error.code == err && error.msg[0] != '\0');
    }
    pl_arena_reset(arena, 1 << 20);
}

static inline int fuzz_objects(const enum pl_class *classes, unsigned classes_n,
                               const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    if (n < 3 || (arena == NULL && pl_arena_make(&arena, (size_t)32 << 20, NULL) != PL_OK))
        return 0;
    uint16_t key_n = (uint16_t)pl_be(bytes + 1, 2);
    read_object(classes[(bytes[0] & 0x7f) % classes_n], bytes + 3, n - 3, bytes[0] & 0x80, key_n,
                arena);
    return 0;
}

struct seeding {
    const char *folder;
    const enum pl_class *classes;
    unsigned classes_n, n;
    const struct gen_bytes *file;
};

static inline enum pl_err save_seed(void *context, const struct pl_found *found,
                                    struct pl_error *error)
{
    struct seeding *seeding = context;
    char path[4096];
    (void)error;
    for (unsigned i = 0; i < seeding->classes_n; i++) {
        if (strcmp(pl_class_name(seeding->classes[i]), found->kind) != 0)
            continue;
        uint64_t at = pl_be(found->locator, 8), record_n = pl_be(found->locator + 8, 4),
                 header_n = pl_be(found->locator + 16, 2);
        (void)snprintf(path, sizeof path, "%s/%s-%u", seeding->folder, found->kind, seeding->n++);
        FILE *file = fopen(path, "wb");
        if (file == NULL)
            continue;
        uint8_t head[3] = {(uint8_t)i, found->locator[16], found->locator[17]};
        (void)fwrite(head, 1, sizeof head, file);
        (void)fwrite(seeding->file->bytes + at + header_n, 1, record_n - header_n, file);
        (void)fclose(file);
    }
    return PL_OK;
}

/* Every object of the family in the sample files. */
static inline int seed_objects(const enum pl_class *classes, unsigned classes_n)
{
    struct seeding seeding = {
        .folder = getenv("FUZZ_SEEDS_DIR"), .classes = classes, .classes_n = classes_n};
    struct pl_arena *arena = NULL;
    if (seeding.folder == NULL || pl_arena_make(&arena, (size_t)32 << 20, NULL) != PL_OK)
        return 0;
    static void (*const makers[])(struct gen_bytes *, const struct gen_root_options *) = {
        gen_sample, gen_objects, gen_rare_objects};
    for (unsigned i = 0; i < PL_COUNT(makers); i++) {
        struct gen_bytes file;
        struct gen_root_options options = {.name = "f", .packing = GEN_PLAIN};
        makers[i](&file, &options);
        seeding.file = &file;
        struct pl_source source = {file.bytes, file.n};
        (void)pl_hist_inspect(&source, arena, save_seed, &seeding, NULL);
        pl_arena_reset(arena, 0);
        free(file.bytes);
    }
    pl_arena_free(&arena);
    return 0;
}

/* A whole target for the classes in braces. */
#define FUZZ_OBJECTS(...)                                                                          \
    static const enum pl_class classes[] = __VA_ARGS__;                                            \
    int LLVMFuzzerInitialize(int *argc, char ***argv)                                              \
    {                                                                                              \
        (void)argc;                                                                                \
        (void)argv;                                                                                \
        return seed_objects(classes, PL_COUNT(classes));                                           \
    }                                                                                              \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)                                     \
    {                                                                                              \
        return fuzz_objects(classes, PL_COUNT(classes), bytes, n);                                 \
    }

#endif
