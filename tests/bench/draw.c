/* draw.c - CPU of one picture, from source bytes to encoded image, in this process alone.
 *
 *     draw FILE SELECTOR[|SELECTOR...] WIDTH HEIGHT TIMES [NAME=VALUE...]
 *
 * Several selectors, at most five, make one picture.
 * Prints milliseconds of CPU a picture (median of batches of ten), bytes, and how it divides into
 * load, render and encode. What a worker does besides (claiming, mapping, storing) is not in it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/render.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { BATCH = 10, QUERY_MAX = 16 };

struct wanted {
    char *selector;
    uint8_t locator[64];
    uint32_t locator_n;
    char kind[64];
};

static enum pl_err found(void *context, const struct pl_found *item, struct pl_error *error)
{
    struct wanted *wanted = context;
    (void)error;
    if (strcmp(item->path, wanted->selector) == 0) {
        memcpy(wanted->locator, item->locator, item->locator_n);
        wanted->locator_n = item->locator_n;
        (void)snprintf(wanted->kind, sizeof wanted->kind, "%s", item->kind);
    }
    return PL_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int die(const char *what, const struct pl_error *error)
{
    (void)fprintf(stderr, "draw: %s: %s\n", what, error->msg);
    return 1;
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    if (argc < 6 || argc > 6 + QUERY_MAX - 2) {
        (void)fprintf(stderr, "usage: draw FILE SELECTOR WIDTH HEIGHT TIMES [NAME=VALUE...]\n");
        return 2;
    }
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(argv[1]);
        return 1;
    }
    struct pl_source source = {mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0),
                               (uint64_t)st.st_size};
    const struct pl_render_setup setup = {NULL};
    struct pl_arena *arena = NULL;
    if (pl_render_start(&setup, &error) != PL_OK ||
        pl_arena_make(&arena, (size_t)256 << 20, &error) != PL_OK)
        return die("start", &error);
    const struct pl_renderer *renderer =
        pl_renderer_probe(source.bytes, PL_MIN(source.n, PL_PROBE_N));
    if (renderer == NULL)
        return die("no renderer", &error);
    struct wanted wanted[PL_DRAW_SOURCES_MAX] = {0};
    struct pl_draw_source sources[PL_DRAW_SOURCES_MAX];
    unsigned sources_n = 0;
    for (char *at = strtok(argv[2], "|"); at != NULL && sources_n < PL_DRAW_SOURCES_MAX;
         at = strtok(NULL, "|"), sources_n++) {
        struct wanted *to = &wanted[sources_n];
        to->selector = at;
        if (renderer->inspect(&source, arena, found, to, &error) != PL_OK || !to->kind[0])
            return die("no such object", &error);
        sources[sources_n] = (struct pl_draw_source){.source = source,
                                                     .selector = at,
                                                     .label = "",
                                                     .locator = to->locator,
                                                     .locator_n = to->locator_n};
    }
    struct pl_query query[QUERY_MAX] = {{"w", argv[3]}, {"h", argv[4]}};
    size_t query_n = 2;
    for (int i = 6; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL)
            return 2;
        *equals = '\0';
        query[query_n++] = (struct pl_query){argv[i], equals + 1};
    }
    struct pl_params params = {0};
    if (renderer->params(query, query_n, wanted[0].kind, PL_MEDIA_PNG, PL_QUERY_STRICT, &params,
                         &error) != PL_OK)
        return die("parameters", &error);
    char note[PL_DRAW_NOTE_N] = "";
    const struct pl_draw draw = {
        .sources = sources, .sources_n = sources_n, .params = &params, .note = note};
    size_t batches = strtoul(argv[5], NULL, 10) / BATCH + 1;
    double *took = calloc(batches, sizeof *took);
    struct pl_draw_times sum = {0};
    struct pl_buf out = PL_BUF((size_t)64 << 20);
    for (size_t b = 0; took != NULL && b < batches; b++) {
        uint64_t began = pl_cpu_ns();
        for (unsigned i = 0; i < BATCH; i++) {
            struct pl_draw_times times = {0};
            pl_buf_clear(&out);
            pl_arena_reset(arena, (size_t)1 << 20);
            if (renderer->render(&draw, arena, &out, &times, &error) != PL_OK)
                return die("render", &error);
            sum.load_ns += times.load_ns;
            sum.render_ns += times.render_ns;
            sum.encode_ns += times.encode_ns;
        }
        took[b] = (double)(pl_cpu_ns() - began) / BATCH / 1e6;
    }
    if (took == NULL)
        return 1;
    qsort(took, batches, sizeof *took, by_value);
    double n = (double)(batches * BATCH) * 1e6;
    printf("%.3f %zu load %.3f render %.3f encode %.3f\n", took[batches / 2], out.n,
           (double)sum.load_ns / n, (double)sum.render_ns / n, (double)sum.encode_ns / n);
    free(took);
    pl_buf_free(&out);
    pl_arena_free(&arena);
    return 0;
}
