/* test_hist.c - the renderer as a whole: from files with objects of every class to pictures of one
 * or several of them, trends, notes and refusals. */
#include <criterion/criterion.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "shm/base/check.h"
#include "tests/gen/samples.h"

enum { FOUND_MAX = 64 };

static struct pl_arena *arena;
static struct gen_bytes files[2]; /* gen_sample, gen_objects */
static struct pl_buf out;
static struct pl_error error;
static char note[PL_DRAW_NOTE_N];
static struct item {
    char path[256], kind[64];
    uint8_t locator[64];
    uint32_t locator_n;
    int file;
    bool drawn;
} items[FOUND_MAX];
static unsigned items_n;
static int listing;

static enum pl_err found(void *context, const struct pl_found *from, struct pl_error *e)
{
    (void)context;
    (void)e;
    cr_assert_lt(items_n, FOUND_MAX);
    struct item *item = &items[items_n++];
    snprintf(item->path, sizeof item->path, "%s", from->path);
    snprintf(item->kind, sizeof item->kind, "%s", from->kind);
    memcpy(item->locator, from->locator, from->locator_n);
    item->locator_n = from->locator_n;
    item->file = listing;
    item->drawn = from->trouble == NULL;
    return PL_OK;
}

static const struct pl_renderer *renderer(void)
{
    return pl_renderer_find("hist");
}

static void start(void)
{
    const struct gen_root_options options = {0};
    cr_assert_eq(pl_render_start(NULL, NULL), PL_OK);
    cr_assert_eq(pl_arena_make(&arena, 128 << 20, NULL), PL_OK);
    out = PL_BUF(16 << 20);
    gen_sample(&files[0], &options);
    gen_objects(&files[1], &options);
    for (listing = 0; listing < 2; listing++) {
        const struct pl_source source = {files[listing].bytes, files[listing].n};
        cr_assert_eq(renderer()->inspect(&source, arena, found, NULL, NULL), PL_OK);
    }
}

static void stop(void)
{
    free(files[0].bytes);
    free(files[1].bytes);
    pl_buf_free(&out);
    pl_arena_free(&arena);
    pl_render_stop();
}

TestSuite(hist, .init = start, .fini = stop, .timeout = 300);

static struct pl_draw_source source_of(const char *path)
{
    for (unsigned i = 0; i < items_n; i++)
        if (items[i].drawn && strcmp(items[i].path, path) == 0)
            return (struct pl_draw_source){
                .source = {files[items[i].file].bytes, files[items[i].file].n},
                .selector = items[i].path,
                .label = "",
                .locator = items[i].locator,
                .locator_n = items[i].locator_n};
    cr_assert_fail("%s is not there", path);
    return (struct pl_draw_source){0};
}

static enum pl_err render(struct pl_draw *draw, const char *text, enum pl_media media)
{
    struct pl_params params = {.media = media, .width_px = 600, .height_px = 400};
    snprintf(params.text, sizeof params.text, "%s", text);
    draw->params = &params;
    draw->note = note;
    note[0] = '\0';
    error = (struct pl_error){0};
    pl_buf_clear(&out);
    pl_arena_reset(arena, 0);
    return renderer()->render(draw, arena, &out, NULL, &error);
}

static enum pl_err overlay(const char *const *paths, unsigned n, const char *text)
{
    struct pl_draw_source sources[PL_DRAW_SOURCES_MAX];
    for (unsigned i = 0; i < n; i++)
        sources[i] = source_of(paths[i]);
    struct pl_draw draw = {.sources = sources, .sources_n = n};
    return render(&draw, text, PL_MEDIA_PNG);
}

/* Pixels of the picture that are not white. */
static unsigned inked(void)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    unsigned n = 0;
    cr_assert(png_image_begin_read_from_memory(&image, out.bytes, out.n));
    image.format = PNG_FORMAT_GRAY;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    for (size_t i = 0; i < PNG_IMAGE_SIZE(image); i++)
        n += pixels[i] < 255;
    free(pixels);
    return n;
}

Test(hist, every_object_that_is_listed_as_drawn_is_drawn)
{
    unsigned drawn = 0;
    for (unsigned i = 0; i < items_n; i++) {
        if (!items[i].drawn)
            continue;
        const char *const paths[] = {items[i].path};
        cr_assert_eq(overlay(paths, 1, ""), PL_OK, "%s: %s", items[i].path, error.msg);
        cr_expect_gt(inked(), 50u, "%s", items[i].path);
        drawn++;
    }
    cr_assert_gt(drawn, 35u);
}

Test(hist, several_of_a_kind_make_one_picture_also_as_jpeg)
{
    static const char *const same[][2] = {{"all/h1d", "all/h1i"},
                                          {"all/profile", "all/profile"},
                                          {"graph_errors", "graph_asymm"},
                                          {"efficiency", "whole"}};
    for (unsigned i = 0; i < PL_COUNT(same); i++) {
        cr_assert_eq(overlay(same[i], 1, ""), PL_OK, "%s", error.msg);
        unsigned one = inked();
        cr_assert_eq(overlay(same[i], 2, "ref=object"), PL_OK, "%s", error.msg);
        cr_expect_eq(inked(), one);
        cr_assert_eq(overlay(same[i], 2, "norm=False"), PL_OK, "%s", error.msg);
        cr_expect_neq(inked(), one, "%s", same[i][0]);
        cr_expect_str_eq(note, "");
    }
    struct pl_draw_source sources[2] = {source_of("all/h1d"), source_of("all/h1s")};
    struct pl_draw draw = {.sources = sources, .sources_n = 2};
    cr_assert_eq(render(&draw, "", PL_MEDIA_JPEG), PL_OK);
    cr_assert(out.n > 3 && out.bytes[0] == 0xff && out.bytes[1] == 0xd8);
}

Test(hist, another_kind_is_refused_and_named)
{
    static const char *const other[][2] = {
        {"all/h1d", "all/h2d"}, {"all/h2d", "all/h1d"},         {"all/h1d", "all/profile"},
        {"all/h1d", "graph"},   {"efficiency", "efficiency2d"}, {"all/h1d", "more/deep/edges"}};
    for (unsigned i = 0; i < PL_COUNT(other); i++) {
        cr_expect_eq(overlay(other[i], 2, ""), PL_E_INPUT, "%s %s", other[i][0], other[i][1]);
        cr_expect_str_eq(error.param, "obj");
        cr_expect(strstr(error.msg, other[i][1]) != NULL, "%s", error.msg);
        cr_expect_eq(out.n, 0u);
    }
}

Test(hist, of_maps_the_first_is_drawn_and_the_note_says_so)
{
    static const char *const maps[] = {"all/h2d", "all/h2i"};
    cr_assert_eq(overlay(maps, 2, ""), PL_OK);
    cr_assert(strstr(note, "first") != NULL, "%s", note);
    cr_assert_eq(overlay(maps, 1, "drawopts=LEGO"), PL_OK);
    cr_assert(strstr(note, "COLZ") != NULL, "%s", note);
    cr_assert_eq(overlay(maps, 1, ""), PL_OK);
    cr_assert_str_eq(note, "");
    cr_assert_eq(overlay(maps, 1, "h=3&w=3"), PL_OK);
    cr_assert(strstr(note, "more bins than pixels") != NULL, "%s", note);
}

Test(hist, a_trend_is_points_over_runs_and_an_empty_one_says_so)
{
    static struct pl_trend_point points[PL_TREND_MAX];
    struct pl_draw draw = {.trend = points, .trend_title = "Mean", .trend_label = "x"};
    cr_assert_eq(render(&draw, "", PL_MEDIA_PNG), PL_OK, "%s", error.msg);
    unsigned empty = inked();
    cr_assert_gt(empty, 100u);
    for (unsigned i = 0; i < PL_TREND_MAX; i++)
        points[i] = (struct pl_trend_point){300000 + i, i % 7, 0.5};
    for (draw.trend_n = 1; draw.trend_n <= PL_TREND_MAX; draw.trend_n += 66) {
        cr_assert_eq(render(&draw, "", PL_MEDIA_PNG), PL_OK, "%s", error.msg);
        cr_assert_gt(inked(), empty);
    }
    points[0].value = 1.0 / 0.0;
    points[1].error = -1e308;
    points[2].at = UINT64_MAX;
    draw.trend_n = PL_TREND_MAX;
    cr_assert_eq(render(&draw, "h=150&w=200&ytype=log", PL_MEDIA_PNG), PL_OK, "%s", error.msg);
    cr_assert_eq(render(&draw, "", PL_MEDIA_JSON), PL_E_FORMAT);
}
