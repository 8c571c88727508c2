/* gallery.c - all golden pictures on one page, each sample at three sizes, and their digests.
 *
 *     gallery PAGE DIGESTS KNOWN
 *
 * Draws every sample of tests/unit/plots.h, writes the page (pictures inside) to PAGE and a line
 * "NAME WIDTHxHEIGHT SHA-256" of decoded pixels to DIGESTS. What differs from the file KNOWN is
 * marked on the page, told and counted. Golden pictures that are of no sample are shown as they
 * are. Run from the top folder.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/encode/png.h"
#include "render/hist/draw/plot.h"
#include "render/text.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"
#include "tests/unit/plots.h"

enum {
    NAME_N = 128,
    KNOWN_MAX = 4096,
    ARENA = 512 << 20,
    PICTURE = 16 << 20,
};

static const uint32_t sizes[][2] = {{200, 150}, {600, 400}, {1200, 800}};

static struct {
    FILE *page, *digests;
    struct pl_arena *arena;
    char (*known)[NAME_N + 80];
    unsigned known_n, changed, fresh, drawn;
} run;

static void base64(const uint8_t *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned bits = (unsigned)bytes[i] << 16;
        bits |= i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0;
        bits |= i + 2 < n ? bytes[i + 2] : 0;
        (void)fputc(digits[bits >> 18], run.page);
        (void)fputc(digits[bits >> 12 & 63], run.page);
        (void)fputc(i + 1 < n ? digits[bits >> 6 & 63] : '=', run.page);
        (void)fputc(i + 2 < n ? digits[bits & 63] : '=', run.page);
    }
}

static void picture(const uint8_t *bytes, size_t n, const char *note)
{
    (void)fprintf(run.page, "<figure class=\"%s\"><img alt=\"\" src=\"data:image/png;base64,",
                  note);
    base64(bytes, n);
    (void)fputs("\"></figure>\n", run.page);
}

static void digest_of(const struct pl_canvas *canvas, char out[PL_HEX_N])
{
    struct pl_sha256 sha;
    uint8_t sum[PL_SHA256_N], row[3 * PL_CANVAS_SIDE_MAX];
    pl_sha256_start(&sha);
    for (uint32_t y = 0; y < canvas->height_px; y++) {
        for (uint32_t x = 0; x < canvas->width_px; x++)
            memcpy(row + 3 * x, canvas->rgb[pl_canvas_at(canvas, x, y)], 3);
        pl_sha256_add(&sha, row, 3 * (size_t)canvas->width_px);
    }
    pl_sha256_end(&sha, sum);
    pl_hex(out, sum, sizeof sum);
}

/* "", "changed" or "new", by what the known digests say. */
static const char *standing(const char *key, const char *line)
{
    size_t n = strlen(key);
    for (unsigned i = 0; i < run.known_n; i++)
        if (strncmp(run.known[i], key, n) == 0)
            return strcmp(run.known[i], line) == 0 ? "" : "changed";
    return "new";
}

static bool draw(const struct plot_sample *sample, const uint32_t size[2])
{
    struct pl_error error = {0};
    struct pl_hist hist;
    struct pl_hist_params params;
    struct pl_canvas canvas;
    struct pl_buf png = PL_BUF(PICTURE);
    char note[PL_DRAW_NOTE_N] = "", digest[PL_HEX_N], key[NAME_N], line[NAME_N + 80];
    sample->make(&hist, run.arena);
    pl_hist_params_default(&params);
    const struct pl_hist_layer layer = {&hist, sample->name, "", false};
    const struct pl_hist_picture wanted = {&layer, 1, PL_QUALITY_NONE, &params, note};
    if (pl_hist_params_parse(sample->params, &params, &error) != PL_OK)
        return false;
    params.width_px = size[0];
    params.height_px = size[1];
    if (pl_hist_draw(&wanted, &canvas, run.arena, &error) != PL_OK ||
        pl_png_canvas(&canvas, run.arena, &png, &error) != PL_OK) {
        (void)fprintf(stderr, "%s: %s\n", sample->name, error.msg);
        return false;
    }
    digest_of(&canvas, digest);
    (void)snprintf(key, sizeof key, "%s %ux%u ", sample->name, size[0], size[1]);
    (void)snprintf(line, sizeof line, "%s%s", key, digest);
    (void)fprintf(run.digests, "%s\n", line);
    const char *is = standing(key, line);
    run.changed += strcmp(is, "changed") == 0;
    run.fresh += strcmp(is, "new") == 0;
    run.drawn++;
    if (*is != '\0')
        printf("%s: %s%ux%u\n", is, sample->name, size[0], size[1]);
    picture(png.bytes, png.n, is);
    if (*note != '\0')
        (void)fprintf(run.page, "<p>%s</p>\n", note);
    pl_buf_free(&png);
    pl_arena_reset(run.arena, 1 << 20);
    return true;
}

static bool show_sample(const struct plot_sample *sample)
{
    struct pl_hist hist;
    sample->make(&hist, run.arena);
    (void)fprintf(run.page, "<h2 id=\"%s\">%s <small>%s %s</small></h2>\n", sample->name,
                  sample->name, hist.class_name, sample->params);
    pl_arena_reset(run.arena, 1 << 20);
    for (unsigned i = 0; i < PL_COUNT(sizes); i++)
        if (!draw(sample, sizes[i]))
            return false;
    return true;
}

/* ---- golden pictures without a sample ------------------------------------------------------ */

static bool has_sample(const char *name)
{
    const struct plot_sample *sample;
    for (unsigned i = 0; (sample = plot_sample_at(i)) != NULL; i++)
        if (strcmp(sample->name, name) == 0)
            return true;
    return false;
}

static void show_file(const char *name)
{
    char path[512];
    uint8_t *bytes = malloc(PICTURE);
    (void)snprintf(path, sizeof path, "tests/golden/%s.png", name);
    FILE *file = fopen(path, "rb");
    size_t n = file != NULL && bytes != NULL ? fread(bytes, 1, PICTURE, file) : 0;
    if (n > 0) {
        (void)fprintf(run.page, "<h2>%s</h2>\n", name);
        picture(bytes, n, "");
    }
    if (file != NULL)
        (void)fclose(file);
    free(bytes);
}

static int only_png(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 4 && n < NAME_N && strcmp(entry->d_name + n - 4, ".png") == 0;
}

static void show_files(void)
{
    struct dirent **entries;
    int n = scandir("tests/golden", &entries, only_png, alphasort);
    for (int i = 0; i < n; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%.*s", (int)strlen(entries[i]->d_name) - 4,
                       entries[i]->d_name);
        if (!has_sample(name))
            show_file(name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void read_known(const char *path)
{
    FILE *file = fopen(path, "r");
    run.known = calloc(KNOWN_MAX, sizeof *run.known);
    while (file != NULL && run.known != NULL && run.known_n < KNOWN_MAX &&
           fgets(run.known[run.known_n], sizeof *run.known, file) != NULL) {
        run.known[run.known_n][strcspn(run.known[run.known_n], "\n")] = '\0';
        run.known_n++;
    }
    if (file != NULL)
        (void)fclose(file);
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    const struct plot_sample *sample;
    if (argc != 4) {
        (void)fprintf(stderr, "usage: gallery PAGE DIGESTS KNOWN\n");
        return 2;
    }
    run.page = fopen(argv[1], "w");
    run.digests = fopen(argv[2], "w");
    if (run.page == NULL || run.digests == NULL || pl_text_start(NULL, &error) != PL_OK ||
        pl_arena_make(&run.arena, ARENA, &error) != PL_OK) {
        (void)fprintf(stderr, "gallery: %s\n", *error.msg != '\0' ? error.msg : argv[1]);
        return 1;
    }
    read_known(argv[3]);
    (void)fputs("<!doctype html><meta charset=\"utf-8\"><title>Gallery</title><style>"
                "body{font:14px sans-serif;margin:16px}figure{display:inline-block;margin:4px;"
                "vertical-align:top}img{display:block;border:1px solid #bbb}"
                "h2{margin:24px 0 4px;font-size:16px}small{color:#555;font-weight:normal}"
                ".changed img{border:3px solid #c00}.new img{border:3px solid #080}</style>\n"
                "<h1>Gallery</h1><p>Every sample at 200x150, 600x400 and 1200x800. Red border: "
                "other pixels than the digests kept; green: no digest is kept yet.</p>\n",
                run.page);
    for (unsigned i = 0; (sample = plot_sample_at(i)) != NULL; i++)
        if (!show_sample(sample))
            return 1;
    show_files();
    bool written = fclose(run.page) == 0 && fclose(run.digests) == 0;
    printf("%s: %u pictures, %u changed, %u new\n", argv[1], run.drawn, run.changed, run.fresh);
    free(run.known);
    pl_arena_free(&run.arena);
    pl_text_stop();
    return written ? 0 : 1;
}
