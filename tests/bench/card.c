/* card.c - CPU of one reference card, from binding files to encoded picture, in this process alone.
 *
 *     card PACK GAME TIMES FILE... [NAME=VALUE...]      (pictures of the renderer, e.g. q=89)
 *     card PACK GAME json|base FILE...                  to standard output: the set; its first
 *                                                       card's picture without labels, as PNG
 *
 * The first card is drawn TIMES times, reading the files anew each time; with n=NUMBER another
 * picture. At the default quality JPEG is spliced, at any other encoded as a whole.
 * Prints milliseconds of CPU a card (median of batches of ten), bytes, and how it divides into
 * reading the files, drawing and encoding. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/card/card.h"
#include "render/card/splice.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/hash.h"

enum { BATCH = 10, QUERY_MAX = 8 };

struct input {
    struct pl_buf bundle;
    enum pl_card_game game;
    struct pl_query query[QUERY_MAX];
    size_t query_n;
    const char *selector;
};

static void die(const char *what, const struct pl_error *error)
{
    (void)fprintf(stderr, "card: %s: %s\n", what, error->msg);
    exit(1);
}

static void add_file(struct input *input, const char *path, struct pl_bundle_entry *entry)
{
    struct pl_error error = {0};
    struct pl_sha256 sha;
    uint8_t block[65536];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    entry->at = input->bundle.n;
    pl_sha256_start(&sha);
    while (fd >= 0 && (n = read(fd, block, sizeof block)) > 0) {
        pl_sha256_add(&sha, block, (size_t)n);
        if (pl_buf_add(&input->bundle, block, (size_t)n, &error) != PL_OK)
            die(path, &error);
    }
    if (fd < 0) {
        perror(path);
        exit(1);
    }
    close(fd);
    entry->n = input->bundle.n - entry->at;
    pl_sha256_end(&sha, entry->sha256);
    (void)snprintf(entry->name, sizeof entry->name, "%s", path);
}

/* Arguments from the fourth on: files, and NAME=VALUE for the renderer. */
static void read_arguments(int argc, char **argv, struct input *input)
{
    struct pl_error error = {0};
    struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    unsigned n = 0;
    input->selector = "1";
    for (int g = 1; g < PL_CARD_GAMES; g++)
        if (strcmp(argv[2], pl_card_game_name((enum pl_card_game)g)) == 0)
            input->game = (enum pl_card_game)g;
    for (int i = 4; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL && n < PL_CARD_FILES_MAX) {
            add_file(input, argv[i], &entries[n++]);
        } else if (equals != NULL && input->query_n < QUERY_MAX) {
            *equals = '\0';
            if (strcmp(argv[i], "n") == 0)
                input->selector = equals + 1;
            else
                input->query[input->query_n++] = (struct pl_query){argv[i], equals + 1};
        }
    }
    if (pl_bundle_index(entries, n, &input->bundle, &error) != PL_OK)
        die("bundle", &error);
}

static void build(const struct input *input, struct pl_arena *arena, struct pl_card_set *set)
{
    struct pl_error error = {0};
    struct pl_card_blame blame = {0};
    const struct pl_card_options options = {.groups = UINT32_MAX};
    if (pl_card_build(NULL, input->bundle.bytes, input->bundle.n, input->game, &options, arena, set,
                      &blame, &error) != PL_OK)
        die("bindings", &error);
}

static void draw(const struct input *input, const struct pl_params *params,
                 const struct pl_buf *packed, struct pl_arena *arena, struct pl_buf *out,
                 struct pl_draw_times *times)
{
    struct pl_error error = {0};
    char note[PL_DRAW_NOTE_N] = "";
    const struct pl_draw_source source = {
        .source = {packed->bytes, packed->n}, .selector = input->selector, .label = ""};
    const struct pl_draw picture = {
        .sources = &source, .sources_n = 1, .params = params, .note = note};
    if (pl_renderer_card.render(&picture, arena, out, times, &error) != PL_OK)
        die("render", &error);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

struct sums {
    uint64_t build_ns;
    struct pl_draw_times draw;
};

static void one(const struct input *input, const struct pl_params *params, struct pl_arena *arena,
                struct pl_buf *packed, struct pl_buf *out, struct sums *sums)
{
    struct pl_card_set set = {0};
    struct pl_error error = {0};
    struct pl_draw_times times = {0};
    uint64_t began = pl_cpu_ns();
    pl_buf_clear(packed);
    pl_buf_clear(out);
    pl_arena_reset(arena, (size_t)2 << 20);
    build(input, arena, &set);
    if (pl_card_set_pack(&set, packed, &error) != PL_OK)
        die("pack", &error);
    sums->build_ns += pl_cpu_ns() - began;
    pl_arena_reset(arena, (size_t)2 << 20);
    draw(input, params, packed, arena, out, &times);
    sums->draw.load_ns += times.load_ns;
    sums->draw.render_ns += times.render_ns;
    sums->draw.encode_ns += times.encode_ns;
}

static void measure(const struct input *input, struct pl_arena *arena, size_t batches)
{
    struct pl_error error = {0};
    struct pl_params params = {0};
    struct pl_buf packed = PL_BUF((size_t)64 << 20), out = PL_BUF((size_t)64 << 20);
    struct sums sums = {0};
    double *took = calloc(batches, sizeof *took);
    if (took == NULL)
        exit(1);
    if (pl_renderer_card.params(input->query, input->query_n, "", PL_MEDIA_JPEG, PL_QUERY_STRICT,
                                &params, &error) != PL_OK)
        die("parameters", &error);
    for (size_t b = 0; b < batches; b++) {
        uint64_t began = pl_cpu_ns();
        for (unsigned i = 0; i < BATCH; i++)
            one(input, &params, arena, &packed, &out, &sums);
        took[b] = (double)(pl_cpu_ns() - began) / BATCH / 1e6;
    }
    qsort(took, batches, sizeof *took, by_value);
    double n = (double)(batches * BATCH) * 1e6;
    printf("%.3f %zu build %.3f load %.3f render %.3f encode %.3f\n", took[batches / 2], out.n,
           (double)sums.build_ns / n, (double)sums.draw.load_ns / n,
           (double)sums.draw.render_ns / n, (double)sums.draw.encode_ns / n);
    free(took);
    pl_buf_free(&packed);
    pl_buf_free(&out);
}

static void show(const struct input *input, struct pl_arena *arena, bool json)
{
    struct pl_error error = {0};
    struct pl_card_set set = {0};
    struct pl_card_picture picture;
    struct pl_pack_image image;
    struct pl_pack_base base;
    struct pl_canvas24 canvas;
    struct pl_buf out = PL_BUF((size_t)64 << 20);
    build(input, arena, &set);
    enum pl_err err = PL_OK;
    if (json) {
        err = pl_card_set_json(&set, &out, &error);
    } else if (pl_card_picture_at(&set, 1, &picture) && picture.card != NULL &&
               pl_packs_image(pl_card_packs(), picture.card->image, &image)) {
        err = pl_pack_base(&image, set.game, 0, "", &base, &error);
        if (err == PL_OK)
            err = pl_canvas24_on_base(&canvas, &base, arena, &error);
        if (err == PL_OK)
            err = pl_splice_png(&canvas, &out, &error);
    }
    if (err != PL_OK)
        die("first card", &error);
    (void)fwrite(out.bytes, 1, out.n, stdout);
    pl_buf_free(&out);
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    struct pl_arena *arena = NULL;
    struct input input = {.bundle = PL_BUF((size_t)64 << 20)};
    const struct pl_render_setup setup = {NULL};
    if (argc < 5) {
        (void)fprintf(stderr, "usage: card PACK GAME TIMES|json|base FILE... [NAME=VALUE...]\n");
        return 2;
    }
    const char *const packs[] = {argv[1]};
    if (pl_render_start(&setup, &error) != PL_OK || pl_card_start(packs, 1, &error) != PL_OK ||
        pl_arena_make(&arena, (size_t)256 << 20, &error) != PL_OK)
        die("start", &error);
    read_arguments(argc, argv, &input);
    if (strcmp(argv[3], "json") == 0 || strcmp(argv[3], "base") == 0)
        show(&input, arena, argv[3][0] == 'j');
    else
        measure(&input, arena, strtoul(argv[3], NULL, 10) / BATCH + 1);
    pl_buf_free(&input.bundle);
    pl_arena_free(&arena);
    return 0;
}
