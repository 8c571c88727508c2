/* fuzz_file.c - a whole ROOT file as the product treats it: looked through like an upload, then one
 * of the things inside drawn and encoded, or several laid over one another.
 *
 * Input: two bytes that choose the thing, one for the parameters, one for how many and for the
 * encoding, then the file. What is refused has a message; what is not has bytes. Memory: one arena
 * as large as a worker's, given back between the two jobs as a worker does.
 */
#include "tests/fuzz/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/process/found.h"
#include "shm/base/check.h"
#include "tests/gen/samples.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { ITEMS_MAX = 1024, QUERY_MAX = 8, KEEP_BYTES = 2 << 20 };

struct listed {
    uint8_t locator[PL_LOCATOR_MAX];
    uint32_t locator_n;
    char kind[PL_KIND_MAX];
    char path[64]; /* for legends and messages: its beginning will do */
};

struct listing {
    const struct pl_renderer *renderer;
    unsigned n; /* all of them, also those that were not kept */
    struct listed items[ITEMS_MAX];
};

/* Every way of drawing once; mostly small, for the sake of the number of inputs. */
static const char *const forms[] = {
    "w=60&h=40",
    "w=200&h=150&drawopts=COLZ",
    "w=120&h=90&drawopts=HIST E&ytype=log",
    "w=150&h=100&drawopts=TEXT",
    "w=90&h=120&drawopts=BOX&ztype=log",
    "w=100&h=80&drawopts=SCAT",
    "w=110&h=80&drawopts=E1 P&xtype=log",
    "w=80&h=60&xmin=-1&xmax=2.5&ymin=0.1&ymax=1e3",
    "w=130&h=70&drawopts=L C&showstats=0",
    "w=70&h=70&drawopts=B&showerrbars=1",
    "w=160&h=120&drawopts=COL0&xtype=log&ytype=log&ztype=log",
    "w=140&h=100&drawopts=A P L&ymin=-1e300&ymax=1e300",
    "w=1&h=1",
    "w=200&h=200&drawopts=COL TEXT45&zmin=0&zmax=5&showstats=111111111",
    "w=220&h=260&ref=ratiooverlay",
    "w=100&h=100&ref=stacked&ytype=log",
    "w=120&h=80&ref=overlay&norm=False&ktest=0.05&reflabel=one&reflabel=two",
    "w=100&h=60&drawopts=E0 P0&ref=reference",
    "w=90&h=60&ref=object&drawopts=LEGO",
    "w=400&h=300&drawopts=HIST E&showstats=222222222",
    "", /* as it is mostly asked for */
};

static struct pl_arena *arena;
static struct pl_buf image = {.limit = FILE_IMAGE_N};

void file_start(void)
{
    const struct pl_render_setup setup = {NULL};
    CHECK(pl_render_start(&setup, NULL) == PL_OK);
    CHECK(pl_arena_make(&arena, FILE_ARENA_N, NULL) == PL_OK);
}

static enum pl_err note_found(void *context, const struct pl_found *found, struct pl_error *error)
{
    static const struct pl_job_inspect jobs[] = {{.collected = false},
                                                 {.collected = true, .run = 123456}};
    struct listing *listing = context;
    struct pl_item item;
    (void)error;
    CHECK(found->path != NULL && found->kind != NULL && found->title != NULL);
    CHECK(found->entries == found->entries && found->locator_n <= PL_LOCATOR_MAX);
    pl_found_item(listing->renderer, &jobs[listing->n % PL_COUNT(jobs)], found, &item);
    if (listing->n < ITEMS_MAX) {
        struct listed *to = &listing->items[listing->n];
        memcpy(to->locator, item.locator, sizeof to->locator);
        to->locator_n = item.locator_n;
        memcpy(to->kind, item.kind, sizeof to->kind);
        size_t path_n = strnlen(item.path, sizeof to->path - 1);
        memcpy(to->path, item.path, path_n);
        to->path[path_n] = '\0';
    }
    listing->n++;
    return PL_OK;
}

static bool list(const struct pl_source *source, struct listing *listing)
{
    struct pl_error error = {.code = PL_OK};
    listing->n = 0;
    listing->renderer = pl_renderer_probe(source->bytes, PL_MIN(source->n, (uint64_t)PL_PROBE_N));
    if (listing->renderer == NULL)
        return false;
    enum pl_err err = listing->renderer->inspect(source, arena, note_found, listing, &error);
    CHECK(err == error.code && (err == PL_OK) == (error.msg[0] == '\0'));
    return err == PL_OK;
}

/* The words of a form as a client's query. */
static enum pl_err choose_params(const struct listing *listing, const struct listed *main,
                                 const struct file_choice *choice, struct pl_params *params,
                                 struct pl_error *error)
{
    static const enum pl_media media[] = {PL_MEDIA_PNG, PL_MEDIA_JSON, PL_MEDIA_PNG, PL_MEDIA_JPEG};
    struct pl_query query[QUERY_MAX];
    char text[128], *rest = text;
    size_t n = 0;
    const char *form = forms[choice->form % PL_COUNT(forms)];
    memcpy(text, form, strlen(form) + 1);
    for (char *word; n < QUERY_MAX && (word = strsep(&rest, "&")) != NULL;) {
        char *value = word;
        const char *name = strsep(&value, "=");
        if (value != NULL)
            query[n++] = (struct pl_query){name, value};
    }
    return listing->renderer->params(query, n, main->kind, media[choice->more / 64],
                                     PL_QUERY_STRICT, params, error);
}

/* Mostly one thing; of four pictures one shows up to five, neighbours or the same again. */
static unsigned choose_sources(const struct pl_source *source, const struct listing *listing,
                               const struct file_choice *choice, struct pl_draw_source *sources)
{
    unsigned kept = PL_MIN(listing->n, (unsigned)ITEMS_MAX), others = choice->more % 64;
    unsigned n = others % 4 != 0 ? 1 : 1 + others / 4 % PL_DRAW_SOURCES_MAX;
    for (unsigned i = 0; i < n; i++) {
        const struct listed *item = &listing->items[(choice->object + i * (others / 32)) % kept];
        sources[i] = (struct pl_draw_source){.source = *source,
                                             .selector = item->path,
                                             .label = i > 0 ? item->path : "",
                                             .locator = item->locator,
                                             .locator_n = item->locator_n,
                                             .quality = (enum pl_quality)(choice->form / 32 % 5),
                                             .efficiency = i > 3};
    }
    return n;
}

static bool draw(const struct pl_source *source, const struct listing *listing,
                 const struct file_choice *choice)
{
    unsigned kept = PL_MIN(listing->n, (unsigned)ITEMS_MAX);
    struct pl_draw_source sources[PL_DRAW_SOURCES_MAX];
    struct pl_params params;
    char note[PL_DRAW_NOTE_N] = "";
    struct pl_error error = {.code = PL_OK};
    const struct pl_draw what = {.sources = sources,
                                 .sources_n = choose_sources(source, listing, choice, sources),
                                 .params = &params,
                                 .note = note};
    enum pl_err err =
        choose_params(listing, &listing->items[choice->object % kept], choice, &params, &error);
    pl_buf_clear(&image);
    if (err == PL_OK)
        err = listing->renderer->render(&what, arena, &image, NULL, &error);
    CHECK(err == error.code && (err == PL_OK) == (error.msg[0] == '\0'));
    CHECK((err == PL_OK) == (image.n > 0));
    CHECK(memchr(note, '\0', sizeof note) != NULL);
    return err == PL_OK;
}

struct file_outcome file_run(const uint8_t *bytes, size_t n, const struct file_choice *choice)
{
    static struct listing listing;
    const struct pl_source source = {bytes, n};
    struct file_outcome outcome = {.listed = list(&source, &listing)};
    outcome.items = listing.n;
    outcome.arena_peak = pl_arena_peak(arena);
    pl_arena_reset(arena, KEEP_BYTES);
    if (outcome.listed && listing.n > 0)
        outcome.drawn = draw(&source, &listing, choice) ? 1 : 0;
    outcome.arena_peak = PL_MAX(outcome.arena_peak, pl_arena_peak(arena));
    CHECK(outcome.arena_peak <= FILE_ARENA_N);
    pl_arena_reset(arena, KEEP_BYTES);
    if (image.capacity > KEEP_BYTES)
        pl_buf_free(&image);
    return outcome;
}

static void save(const char *folder, unsigned number, const struct gen_bytes *bytes)
{
    const uint8_t head[FILE_CHOICE_N] = {0, (uint8_t)(5 * number), (uint8_t)(3 * number), 0};
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%u", folder, number);
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        (void)fwrite(head, 1, sizeof head, file);
        (void)fwrite(bytes->bytes, 1, bytes->n, file);
        (void)fclose(file);
    }
}

void file_sample(unsigned number, struct gen_bytes *out)
{
    static void (*const makers[])(struct gen_bytes *, const struct gen_root_options *) = {
        gen_sample, gen_objects, gen_rare_objects};
    const struct gen_root_options options = {
        .name = "f", .packing = number & 1 ? GEN_PLAIN : GEN_ZLIB, .no_info = number & 2};
    makers[number / 4 % PL_COUNT(makers)](out, &options);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    (void)argc;
    (void)argv;
    for (unsigned i = 0; folder != NULL && i < FILE_SAMPLES; i++) {
        struct gen_bytes bytes;
        file_sample(i, &bytes);
        save(folder, i, &bytes);
        free(bytes.bytes);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < FILE_CHOICE_N)
        return 0;
    if (arena == NULL)
        file_start();
    const struct file_choice choice = {(uint16_t)(bytes[0] << 8 | bytes[1]), bytes[2], bytes[3]};
    (void)file_run(bytes + FILE_CHOICE_N, n - FILE_CHOICE_N, &choice);
    return 0;
}
