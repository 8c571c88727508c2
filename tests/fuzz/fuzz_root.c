/* fuzz_root.c - a whole ROOT file: list it, and read and touch every object in it.
 *
 * Seeds: small files of one histogram a class without and with streamer information, one of every
 * compression, and files of graphs, polygons, efficiencies and texts, written to $FUZZ_SEEDS_DIR
 * when that is set. */
#include "tests/fuzz/objects.h"

static struct pl_arena *listing, *reading;

static enum pl_err found(void *context, const struct pl_found *item, struct pl_error *error)
{
    struct pl_hist hist;
    struct pl_error trouble = {.code = PL_OK};
    (void)error;
    CHECK(item->path != NULL && item->kind != NULL && item->title != NULL &&
          item->entries == item->entries);
    enum pl_err err =
        pl_hist_read(context, item->locator, item->locator_n, reading, &hist, &trouble);
    if (err == PL_OK)
        CHECK(touch_object(&hist) < SIZE_MAX);
    else
        CHECK(trouble.code == err && trouble.msg[0] != '\0');
    pl_arena_reset(reading, 1 << 20);
    return PL_OK;
}

static void save(const char *folder, const char *name, struct gen_bytes *bytes)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        (void)fwrite(bytes->bytes, 1, bytes->n, file);
        (void)fclose(file);
    }
    free(bytes->bytes);
}

static void write_others(const char *folder)
{
    static const char *const names[] = {"graph", "polygons", "efficiency", "texts"};
    for (unsigned i = 0; i < 2 * PL_COUNT(names); i++) {
        struct gen_root *root =
            gen_root_start(&(struct gen_root_options){.name = "f", .no_info = i & 1});
        struct gen_graph graph;
        struct gen_poly poly;
        struct gen_bytes bytes;
        char name[64];
        gen_sample_graph(&graph, i & 1 ? "TGraphErrors" : "TGraphAsymmErrors", "g", i & 1 ? 2 : 4);
        gen_sample_poly(&poly, "p");
        if (i / 2 == 0)
            gen_root_graph(root, GEN_ROOT_DIRECTORY, &graph);
        else if (i / 2 == 1)
            gen_root_poly(root, GEN_ROOT_DIRECTORY, &poly);
        else if (i / 2 == 2)
            gen_sample_efficiency(root, i & 1 ? "TH1D" : "TH2F", "e");
        else
            gen_root_string(root, GEN_ROOT_DIRECTORY, "s", "<a.b>qr=st:300:1:c:d</a.b>");
        if (i / 2 != 1)
            gen_hist_free(&poly.hist);
        gen_root_finish(root, &bytes);
        (void)snprintf(name, sizeof name, "%s-%u", names[i / 2], i & 1);
        save(folder, name, &bytes);
    }
}

static void write_seeds(const char *folder)
{
    static const char *const classes[] = {"TH1C", "TH1S", "TH1I", "TH1F", "TH1D",    "TH2C",
                                          "TH2S", "TH2I", "TH2F", "TH2D", "TProfile"};
    static const char *const labels[] = {"a", NULL, "c"};
    static const char *const functions[] = {"TF1", "TF1"};
    static const double buffer[] = {1.0, 2.0, 1.0, 1.0};
    struct gen_bytes bytes;
    char name[64];
    for (unsigned i = 0; i < PL_COUNT(classes); i++) {
        struct gen_hist hist;
        gen_hist_start(&hist, classes[i], "h", "t", 3, 0.0, 3.0, 2, 0.0, 2.0);
        hist.x.labels = labels;
        hist.functions = functions;
        hist.functions_n = 2;
        hist.buffer = buffer;
        hist.buffer_n = i % 2 ? PL_COUNT(buffer) : 0;
        gen_single(&bytes,
                   &(struct gen_root_options){.name = "f", .no_info = i != 3, .big = i == 5},
                   &hist);
        (void)snprintf(name, sizeof name, "single-%s", classes[i]);
        save(folder, name, &bytes);
    }
    for (unsigned packing = GEN_ZLIB; packing <= GEN_ZSTD; packing++) {
        struct gen_hist hist;
        gen_hist_start(&hist, "TH2F", "h", "t", 20, 0.0, 3.0, 20, 0.0, 2.0);
        gen_single(&bytes,
                   &(struct gen_root_options){.packing = (enum gen_packing)packing,
                                              .no_info = packing > 2},
                   &hist);
        (void)snprintf(name, sizeof name, "packed-%u", packing);
        save(folder, name, &bytes);
    }
    struct gen_root *root =
        gen_root_start(&(struct gen_root_options){.name = "f", .no_info = true});
    unsigned a = gen_root_directory(root, GEN_ROOT_DIRECTORY, "a"),
             b = gen_root_directory(root, a, "b");
    gen_root_object(root, b, "TGraph", "c", "", 1, (const uint8_t *)"x", 1);
    gen_root_object(root, a, "TObjString", "b/c", "", 2, (const uint8_t *)"x", 1);
    gen_root_finish(root, &bytes);
    save(folder, "directories", &bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    (void)argc;
    (void)argv;
    if (folder != NULL) {
        write_seeds(folder);
        write_others(folder);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (listing == NULL && (pl_arena_make(&listing, (size_t)32 << 20, NULL) != PL_OK ||
                            pl_arena_make(&reading, (size_t)32 << 20, NULL) != PL_OK))
        return 0;
    struct pl_source source = {bytes, n};
    struct pl_error error = {.code = PL_OK};
    (void)pl_hist_probe(bytes, PL_MIN(n, (size_t)PL_PROBE_N));
    enum pl_err err = pl_hist_inspect(&source, listing, found, &source, &error);
    CHECK(err == error.code && (err == PL_OK || error.msg[0] != '\0'));
    pl_arena_reset(listing, 1 << 20);
    return 0;
}
