/* picture.c - the pictures of compiled packs: images, bases by game, size and background, pages of
 * lists, tiles.
 *
 * Bases are few per image, so they are looked through; tiles are found by number. Nothing is
 * allocated but a tile's worth of stack. */
#include "render/card/pack/format.h"

#include <lz4.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"

static const struct pl_rec_image *find_image(const struct pl_pack *pack, const char *id)
{
    uint32_t first = 0, n = pack->count[PL_SECTION_IMAGES];
    while (n > 0) {
        const struct pl_rec_image *rec = PL_REC(pack, IMAGES, struct pl_rec_image, first + n / 2);
        int order = strcmp(id, pl_pack_at(pack, rec->id));
        if (order == 0)
            return rec;
        if (order > 0)
            first += n / 2 + 1;
        n = order > 0 ? n - n / 2 - 1 : n / 2;
    }
    return NULL;
}

static void fill_image(const struct pl_pack *pack, const struct pl_rec_image *rec,
                       struct pl_pack_image *out)
{
    *out = (struct pl_pack_image){
        .pack = pack,
        .id = pl_pack_at(pack, rec->id),
        .title = pl_pack_at(pack, rec->title),
        .layout_w = rec->layout_w,
        .layout_h = rec->layout_h,
        .number = (uint32_t)(rec - PL_REC(pack, IMAGES, struct pl_rec_image, 0)),
    };
}

bool pl_packs_image(const struct pl_packs *packs, const char *id, struct pl_pack_image *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_rec_image *rec = find_image(packs->at[i], id);
        if (rec != NULL) {
            fill_image(packs->at[i], rec, out);
            return true;
        }
    }
    return false;
}

static bool hidden(const struct pl_packs *packs, unsigned i, const char *id)
{
    for (unsigned k = 0; k < i; k++)
        if (find_image(packs->at[k], id) != NULL)
            return true;
    return false;
}

bool pl_packs_image_at(const struct pl_packs *packs, uint32_t index, struct pl_pack_image *out)
{
    for (unsigned i = 0; i < packs->n; i++)
        for (uint32_t k = 0; k < packs->at[i]->count[PL_SECTION_IMAGES]; k++) {
            fill_image(packs->at[i], PL_REC(packs->at[i], IMAGES, struct pl_rec_image, k), out);
            if (!hidden(packs, i, out->id) && index-- == 0)
                return true;
        }
    return false;
}

static void fill_base(const struct pl_pack *pack, const struct pl_rec_base *rec,
                      struct pl_pack_base *out)
{
    *out = (struct pl_pack_base){
        .pack = pack,
        .width_px = rec->width_px,
        .height_px = rec->height_px,
        .tile_w = rec->tile_w,
        .columns = rec->columns,
        .rows = rec->rows,
        .tiles = PL_REC(pack, GRID, uint32_t, rec->grid),
        .background = pl_pack_at(pack, rec->background),
        .logo_px = rec->logo_px,
        .own = rec->own != 0,
    };
}

/* Games that the pack does not define look as the one that is only guessed. */
static uint32_t drawn_as(const struct pl_pack *pack, enum pl_card_game game)
{
    uint32_t i = pack->rec->games.first + (uint32_t)game;
    return PL_REC(pack, GAMES, struct pl_rec_game, i)->defined != 0 ? (uint32_t)game
                                                                    : PL_CARD_GUESS;
}

static bool fits(const struct pl_rec_base *rec, uint32_t width_px)
{
    return width_px == 0 ? rec->own != 0 : rec->width_px == width_px;
}

/* What there is, as a list in words. kind 0: widths, 1: backgrounds. */
static void offer(const struct pl_pack *pack, struct pl_rec_range range, uint32_t game,
                  bool backgrounds, char *out, size_t out_n)
{
    size_t at = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < range.n; i++) {
        const struct pl_rec_base *rec = PL_REC(pack, BASES, struct pl_rec_base, range.first + i);
        const char *background = pl_pack_at(pack, rec->background);
        int n = 0;
        if (rec->game != game || at + 1 >= out_n)
            continue;
        if (backgrounds && rec->own != 0 && background[0] != '\0')
            n = snprintf(out + at, out_n - at, "%s%s", at > 0 ? ", " : "", background);
        if (!backgrounds && background[0] == '\0')
            n = snprintf(out + at, out_n - at, "%s%u", at > 0 ? ", " : "", rec->width_px);
        at = PL_MIN(at + (size_t)PL_MAX(n, 0), out_n - 1);
    }
}

enum pl_err pl_pack_base(const struct pl_pack_image *image, enum pl_card_game game,
                         uint32_t width_px, const char *background, struct pl_pack_base *out,
                         struct pl_error *error)
{
    const struct pl_pack *pack = image->pack;
    struct pl_rec_range range = PL_REC(pack, IMAGES, struct pl_rec_image, image->number)->bases;
    uint32_t as = drawn_as(pack, game);
    bool known = false;
    char there[160];
    for (uint32_t i = 0; i < range.n; i++) {
        const struct pl_rec_base *rec = PL_REC(pack, BASES, struct pl_rec_base, range.first + i);
        bool same = strcmp(pl_pack_at(pack, rec->background), background) == 0;
        if (rec->game == as && same && fits(rec, width_px)) {
            fill_base(pack, rec, out);
            return PL_OK;
        }
        known |= same;
    }
    if (range.n == 0)
        return pl_fail(error, PL_E_MISSING, "the card pack has no pixels of %s", image->id);
    offer(pack, range, as, !known, there, sizeof there);
    if (!known && there[0] == '\0')
        return pl_fail_param(error, PL_E_INPUT, "bg", "%s has one background only", image->id);
    if (!known)
        return pl_fail_param(error, PL_E_INPUT, "bg",
                             "there is no background %.32s; choose from %s", background, there);
    return pl_fail_param(error, PL_E_INPUT, "w", "%s is not there %u pixels wide; choose from %s",
                         image->id, width_px, there);
}

bool pl_pack_base_at(const struct pl_pack_image *image, uint32_t index, struct pl_pack_base *out)
{
    const struct pl_pack *pack = image->pack;
    struct pl_rec_range range = PL_REC(pack, IMAGES, struct pl_rec_image, image->number)->bases;
    if (index >= range.n)
        return false;
    fill_base(pack, PL_REC(pack, BASES, struct pl_rec_base, range.first + index), out);
    return true;
}

/* The first pack that defines the game has its page, else any page will do. */
static const struct pl_pack *pack_of_game(const struct pl_packs *packs, enum pl_card_game game)
{
    for (unsigned i = 0; i < packs->n; i++)
        if (drawn_as(packs->at[i], game) == (uint32_t)game && packs->at[i]->rec->pages.n > 0)
            return packs->at[i];
    return NULL;
}

enum pl_err pl_packs_page(const struct pl_packs *packs, enum pl_card_game game, uint32_t width_px,
                          struct pl_pack_base *out, struct pl_error *error)
{
    const struct pl_pack *pack = pack_of_game(packs, game);
    char there[160];
    if (pack == NULL)
        pack = pack_of_game(packs, PL_CARD_GUESS);
    if (pack == NULL)
        return pl_fail(error, PL_E_MISSING, "no card pack has pages for lists");
    struct pl_rec_range pages = pack->rec->pages;
    uint32_t as = drawn_as(pack, game);
    for (uint32_t i = 0; i < pages.n; i++) {
        const struct pl_rec_base *rec = PL_REC(pack, BASES, struct pl_rec_base, pages.first + i);
        if (rec->game == as && fits(rec, width_px)) {
            fill_base(pack, rec, out);
            return PL_OK;
        }
    }
    offer(pack, pages, as, false, there, sizeof there);
    return pl_fail_param(error, PL_E_INPUT, "w",
                         "lists are not there %u pixels wide; choose from %s", width_px, there);
}

uint32_t pl_packs_logo_width(const struct pl_packs *packs, enum pl_card_game game,
                             uint32_t width_px)
{
    const struct pl_pack *pack = pack_of_game(packs, game);
    if (pack == NULL)
        return 0;
    uint32_t i = pack->rec->games.first + (uint32_t)game;
    return pl_pack_logo_at(PL_REC(pack, GAMES, struct pl_rec_game, i)->logo_w, width_px);
}

void pl_pack_tile(const struct pl_pack *pack, uint32_t tile, struct pl_pack_tile *out)
{
    CHECK(tile < pack->count[PL_SECTION_TILES]);
    const struct pl_rec_tile *rec = PL_REC(pack, TILES, struct pl_rec_tile, tile);
    const uint8_t *at =
        (const uint8_t *)pack->section[PL_SECTION_TILE_BYTES] + rec->at + rec->pixels_n;
    out->s420 = (struct pl_pack_bytes){at, rec->s420_n};
    at += rec->s420_n;
    out->s444[0] = (struct pl_pack_bytes){at, rec->s444_n[0]};
    at += rec->s444_n[0];
    out->s444[1] = (struct pl_pack_bytes){at, rec->s444_n[1]};
}

/* The file's hash was right, so bytes that do not unpack are a pack made wrong: white, never what
 * was on the stack. */
void pl_pack_tile_pixels(const struct pl_pack *pack, uint32_t tile, uint8_t *out, size_t stride)
{
    char pixels[3 * PL_PACK_TILE_W_MAX * PL_PACK_TILE_H];
    CHECK(tile < pack->count[PL_SECTION_TILES]);
    const struct pl_rec_tile *rec = PL_REC(pack, TILES, struct pl_rec_tile, tile);
    size_t row_n = 3 * (size_t)rec->tile_w, n = row_n * PL_PACK_TILE_H;
    const char *packed = (const char *)pack->section[PL_SECTION_TILE_BYTES] + rec->at;
    if (LZ4_decompress_safe(packed, pixels, (int)rec->pixels_n, (int)n) != (int)n)
        memset(pixels, 0xff, n);
    for (unsigned y = 0; y < PL_PACK_TILE_H; y++)
        memcpy(out + y * stride, pixels + y * row_n, row_n);
}
