/* card_look.c - what can be measured of drawn cards, one line each on standard output.
 *
 *     card_look sizes PACK GAME FILE    image, device, input, letter size, lines, "overflow" or "-"
 *                                       of every drawn cell, separated by tabs
 *     card_look outside PACK            for every picture of the pack at all its widths: image,
 *                                       width, boxes, and how many pixels a card with labels in
 *                                       all boxes of all its devices has changed outside of them
 *                                       and of the header
 */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "render/card/draw_priv.h"
#include "shm/base/check.h"

enum { ARENA = 128 << 20, OUT_MAX = 128 << 20, CELLS_MAX = 2000 };

static struct pl_arena *arena;
static struct pl_error error;

static void must(enum pl_err err, const char *what)
{
    if (err == PL_OK)
        return;
    (void)fprintf(stderr, "card_look: %s: %s\n", what, error.msg);
    exit(2);
}

/* ---- sizes --------------------------------------------------------------------------------- */

static void read_file(const char *path, struct pl_buf *out)
{
    char block[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        must(pl_buf_add(out, block, n, &error), path);
    (void)fclose(file);
}

static void print_sizes(const struct pl_card_set *set, const struct pl_card *card)
{
    struct pl_fit *fits = pl_arena_zalloc(arena, card->cells_n, sizeof *fits);
    must(pl_card_fits(pl_card_packs(), set, card, arena, fits, &error), card->image);
    for (uint32_t i = 0; i < card->cells_n; i++)
        if (fits[i].px > 0)
            (void)printf("%s\t%s\t%s\t%u\t%u\t%s\n", card->image, card->cells[i].device,
                         card->cells[i].input, fits[i].px, fits[i].lines,
                         fits[i].overflow ? "overflow" : "-");
}

static void sizes(const char *game_name, const char *path)
{
    struct pl_bundle_entry entry = {.at = 0};
    struct pl_buf bundle = PL_BUF(OUT_MAX);
    struct pl_card_options options = {.groups = UINT32_MAX};
    struct pl_card_blame blame;
    struct pl_card_set set;
    int game = PL_CARD_GAMES - 1;
    while (game > 0 && strcmp(pl_card_game_name((enum pl_card_game)game), game_name) != 0)
        game--;
    read_file(path, &bundle);
    entry.n = bundle.n;
    must(pl_bundle_index(&entry, 1, &bundle, &error), path);
    must(pl_card_build(NULL, bundle.bytes, bundle.n, (enum pl_card_game)game, &options, arena, &set,
                       &blame, &error),
         path);
    for (uint32_t i = 0; i < set.cards_n; i++)
        print_sizes(&set, &set.cards[i]);
    pl_buf_free(&bundle);
}

/* ---- outside ------------------------------------------------------------------------------- */

static struct pl_card_label labels[] = {
    {.context = 0, .text = "Toggle Cockpit Camera [+12]"},
    {.context = 1, .text = "W"},
    {.context = 0, .text = "gjqpy (|)"},
    {.context = 1, .text = "\xc3\x89t\xc3\xa9"},
    {.context = 0, .text = "Humanoid Utility Wheel Cycle Mode"}};
static struct pl_card_context contexts[] = {{"A", "First context", 0x2780e3ff},
                                            {"B", "Second context", 0xff7518a6}};
static struct pl_card_cell cells[CELLS_MAX];
static uint32_t cells_n;

/* All boxes of all devices the picture shows, with one to five labels in turn. */
static void all_boxes(const struct pl_pack_image *image)
{
    struct pl_pack_device device;
    struct pl_pack_input input;
    cells_n = 0;
    for (uint32_t d = 0; pl_packs_device_at(pl_card_packs(), d, &device); d++)
        for (uint32_t i = 0; strcmp(device.image, image->id) == 0 && cells_n < CELLS_MAX &&
                             pl_pack_input_at(&device, PL_CARD_ED, i, &input);
             i++) {
            const struct pl_pack_rect *r = &input.rect;
            if (r->x <= 0 || r->y <= 0 || r->x + r->w > (int)image->layout_w ||
                r->y + r->h > (int)image->layout_h)
                continue;
            cells[cells_n] = (struct pl_card_cell){
                device.id, input.id, r->x, r->y, r->w, r->h, true, 1 + cells_n % 5, labels};
            cells_n++;
        }
}

static uint8_t *draw(const struct pl_card_set *set, uint32_t width)
{
    char w[16];
    struct pl_query query = {"w", w};
    struct pl_params params;
    struct pl_draw_times times;
    struct pl_buf packed = PL_BUF(OUT_MAX), png = PL_BUF(OUT_MAX);
    (void)snprintf(w, sizeof w, "%u", width);
    must(pl_card_set_pack(set, &packed, &error), "pack");
    must(pl_renderer_card.params(&query, 1, "", PL_MEDIA_PNG, PL_QUERY_STRICT, &params, &error),
         "parameters");
    struct pl_draw_source source = {.source = {packed.bytes, packed.n}, .selector = "1"};
    struct pl_draw work = {.sources = &source, .sources_n = 1, .params = &params};
    must(pl_renderer_card.render(&work, arena, &png, &times, &error), "render");
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, png.bytes, png.n))
        exit(2);
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    if (pixels == NULL || !png_image_finish_read(&image, NULL, pixels, 0, NULL))
        exit(2);
    pl_buf_free(&packed);
    pl_buf_free(&png);
    return pixels;
}

/* Marks what may change: the boxes, exactly as far as they reach, and the header. */
static uint8_t *allowed(const struct pl_pack_base *base, const struct pl_pack_image *image)
{
    double k = (double)base->width_px / image->layout_w;
    size_t w = base->width_px;
    uint8_t *mask = calloc(w, base->height_px);
    if (mask == NULL)
        exit(2);
    memset(mask, 1, w * pl_card_header_height(k));
    for (uint32_t i = 0; i < cells_n; i++) {
        uint32_t right = (uint32_t)((cells[i].x + cells[i].w) * k + 0.001);
        uint32_t below = (uint32_t)((cells[i].y + cells[i].h) * k + 0.001);
        for (uint32_t y = (uint32_t)(cells[i].y * k + 0.999); y < below; y++)
            for (uint32_t x = (uint32_t)(cells[i].x * k + 0.999); x < right; x++)
                mask[y * w + x] = 1;
    }
    return mask;
}

static void outside(const struct pl_pack_image *image, const struct pl_pack_base *base)
{
    struct pl_card card = {.profile = "",
                           .image = image->id,
                           .title = image->title,
                           .group = "",
                           .cells_n = cells_n,
                           .cells = cells};
    struct pl_card_set set = {.game = PL_CARD_FS2020,
                              .contexts = contexts,
                              .contexts_n = PL_COUNT(contexts),
                              .cards = &card,
                              .cards_n = 1};
    struct pl_canvas24 canvas;
    uint64_t n = 0, in = 0;
    size_t stride = 3 * (size_t)base->tile_w * base->columns;
    must(pl_canvas24_on_base(&canvas, base, arena, &error), image->id);
    uint8_t *band = malloc(stride * PL_TILE_ROWS), *mask = allowed(base, image);
    uint8_t *pixels = draw(&set, base->width_px);
    for (uint32_t y = 0; y < base->height_px; y++) {
        if (y % PL_TILE_ROWS == 0)
            pl_canvas24_band(&canvas, y / PL_TILE_ROWS, band, stride);
        for (uint32_t x = 0; x < base->width_px; x++) {
            size_t at = (size_t)y * base->width_px + x;
            bool same = memcmp(pixels + 3 * at, band + y % PL_TILE_ROWS * stride + 3 * x, 3) == 0;
            n += !same && !mask[at];
            in += !same && mask[at];
        }
    }
    (void)printf("%s\t%u\t%u\t%llu\t%llu\n", image->id, base->width_px, cells_n,
                 (unsigned long long)n, (unsigned long long)in);
    free(band);
    free(mask);
    free(pixels);
}

static void all_outside(void)
{
    struct pl_pack_image image;
    struct pl_pack_base base;
    for (uint32_t i = 0; pl_packs_image_at(pl_card_packs(), i, &image); i++) {
        static const uint32_t widths[] = {0, 1920, 480};
        all_boxes(&image);
        for (size_t w = 0; w < PL_COUNT(widths); w++) {
            struct pl_error none = {0};
            if (pl_pack_base(&image, PL_CARD_FS2020, widths[w], "", &base, &none) != PL_OK ||
                (w > 0 && base.own))
                continue;
            outside(&image, &base);
            pl_arena_reset(arena, 0);
        }
    }
}

int main(int argc, char **argv)
{
    const char *pack = argc > 2 ? argv[2] : "";
    bool of_files = argc == 5 && strcmp(argv[1], "sizes") == 0;
    if (!of_files && (argc != 3 || strcmp(argv[1], "outside") != 0)) {
        (void)fprintf(stderr, "card_look sizes PACK GAME FILE | card_look outside PACK\n");
        return 2;
    }
    must(pl_card_start(&pack, 1, &error), pack);
    must(pl_arena_make(&arena, ARENA, &error), "arena");
    if (of_files)
        sizes(argv[3], argv[4]);
    else
        all_outside();
    pl_card_stop();
    pl_arena_free(&arena);
    return 0;
}
