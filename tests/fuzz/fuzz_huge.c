/* fuzz_huge.c - a histogram read block by block, with arrays called large from 64 bytes on.
 *
 * Input: a byte for the class, two for the bytes the object unpacks to, the record as stored. What
 * can be read whole and has nothing waiting must be readable in blocks too, and keep the whole's
 * extremes. */
#include "render/hist/root/huge.h"
#include "render/hist/root/walk.h"
#include "tests/fuzz/objects.h"

enum { HEAD_N = 3 };

static const enum pl_class classes[] = {PL_CLASS_TH1C, PL_CLASS_TH1S, PL_CLASS_TH1I, PL_CLASS_TH1F,
                                        PL_CLASS_TH1D, PL_CLASS_TH2C, PL_CLASS_TH2S, PL_CLASS_TH2I,
                                        PL_CLASS_TH2F, PL_CLASS_TH2D};
static struct pl_arena *arena;

static void save(const char *folder, unsigned class, unsigned packing, struct gen_bytes *payload)
{
    char path[4096];
    struct gen_bytes stored = {NULL, 0, 0};
    bool packed = packing != GEN_PLAIN &&
                  gen_pack(&stored, (enum gen_packing)packing, 301, payload->bytes, payload->n);
    const struct gen_bytes *bytes = packed ? &stored : payload;
    (void)snprintf(path, sizeof path, "%s/%u-%u", folder, class, packing);
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        const uint8_t head[HEAD_N] = {(uint8_t) class, (uint8_t)(payload->n >> 8),
                                      (uint8_t)payload->n};
        (void)fwrite(head, 1, sizeof head, file);
        (void)fwrite(bytes->bytes, 1, bytes->n, file);
        (void)fclose(file);
    }
    free(stored.bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    static const char *const names[] = {"TH1C", "TH1S", "TH1I", "TH1F", "TH1D",
                                        "TH2C", "TH2S", "TH2I", "TH2F", "TH2D"};
    (void)argc;
    (void)argv;
    pl_large_least_n = 64;
    for (unsigned i = 0; folder != NULL && i < 6 * PL_COUNT(names); i++) {
        struct gen_hist hist;
        struct gen_bytes payload = {NULL, 0, 0};
        unsigned class = i % PL_COUNT(names), ny = class < 5 ? 0 : 9;
        gen_hist_start(&hist, names[class], "h", "t", 70, 0.0, 70.0, ny, 0.0, ny);
        if (i % 3 == 0)
            gen_hist_sumw2(&hist);
        for (unsigned k = 0; k < 200; k++)
            gen_hist_fill(&hist, (k * 37) % 70, (k * 11) % 9, 1.0 + k % 3);
        gen_hist_payload(&hist, 0, &payload);
        save(folder, class, i / PL_COUNT(names), &payload);
        gen_hist_free(&hist);
        free(payload.bytes);
    }
    return 0;
}

static double extreme(const struct pl_hist *hist)
{
    double best = 0.0;
    for (uint32_t iy = hist->kind == PL_HIST_2D ? 1 : 0;
         iy <= (hist->kind == PL_HIST_2D ? hist->y.bins : 0); iy++)
        for (uint32_t ix = 1; ix <= hist->x.bins; ix++) {
            double v = pl_cell(&hist->content, ix + ((uint64_t)hist->x.bins + 2) * iy);
            if (!isnan(v) && fabs(v) > best)
                best = fabs(v);
        }
    return best;
}

static void compare(const struct pl_hist *small, const struct pl_root_file *file,
                    const struct pl_root_key *key, const struct pl_layouts *layouts,
                    enum pl_class class)
{
    struct pl_payload payload;
    struct pl_hist whole;
    enum pl_parsed parsed;
    if (pl_payload_inflate(file->source->bytes, key->record_n, key->object_n, key->object_n, arena,
                           &payload, NULL) != PL_OK ||
        pl_hist_parse(layouts, &payload, 0, class, arena, &whole, &parsed, NULL) != PL_OK)
        return;
    /* a range kept in the file leaves bins out */
    if (whole.x.first == 0 && whole.y.first == 0)
        CHECK(!(extreme(small) < extreme(&whole)) && !(extreme(small) > extreme(&whole)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < HEAD_N || (arena == NULL && pl_arena_make(&arena, (size_t)32 << 20, NULL) != PL_OK))
        return 0;
    enum pl_class class = classes[bytes[0] % PL_COUNT(classes)];
    const struct pl_source source = {bytes + HEAD_N, n - HEAD_N};
    const struct pl_root_file file = {.source = &source, .version = 62400, .end = n - HEAD_N};
    const struct pl_root_key key = {.record_n = (uint32_t)(n - HEAD_N),
                                    .object_n = (uint32_t)bytes[1] << 8 | bytes[2]};
    struct pl_layouts *layouts = pl_arena_alloc(arena, sizeof *layouts);
    struct pl_hist_params params;
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    CHECK(layouts != NULL);
    pl_hist_params_default(&params);
    params.width_px = 50;
    params.height_px = 5;
    pl_layouts_read(&file, arena, layouts);
    enum pl_err err = key.object_n == 0 ? PL_E_FORMAT
                                        : pl_hist_read_huge(&file, &key, layouts, class, &params,
                                                            arena, &hist, &error);
    if (err == PL_OK) {
        CHECK(touch_object(&hist) < SIZE_MAX);
        compare(&hist, &file, &key, layouts, class);
    } else {
        CHECK(key.object_n == 0 || (error.code == err && error.msg[0] != '\0'));
    }
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
