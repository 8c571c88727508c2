/* tiles.c - cuts pictures into tiles, keeps each different one once, compresses its pixels and
 * encodes its JPEG intervals.
 *
 * Tiles are known again by two 64-bit checksums of their pixels. The new tiles of a picture are
 * encoded together, in one call for each form of subsampling. What is known of tiles lies in the
 * assembly's arena, what one picture needs in its arena of pixels. */
#include "render/card/pack/tiles.h"

#include <lz4hc.h>
#include <string.h>

#include "render/encode/jpeg_splice.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"

enum { FIRST_ROOM = 1 << 14, ENTROPY_BYTES_MAX = 256 << 20, SECOND_SEED = 1 };

struct known {
    uint64_t sum[2];
    uint32_t tile; /* its number + 1; 0 = free */
};

struct pl_tiles {
    struct known *known; /* open-addressed by sum[0] */
    uint32_t n, room;
};

/* New tiles of one picture. */
struct fresh {
    struct pl_tiling *tiling;
    bool wide; /* 4:4:4 intervals divide the rows, too */
    uint32_t n;
    uint32_t *place; /* of each, in the grid */
    struct pl_buf s420, s444;
    uint32_t *ends420, *ends444; /* two of the latter a tile */
};

struct pl_tiles *pl_tiles_make(struct pl_assembly *a)
{
    struct pl_tiles *tiles = pl_arena_zalloc(a->arena, 1, sizeof *tiles);
    if (tiles != NULL)
        tiles->known = pl_arena_zalloc(a->arena, FIRST_ROOM, sizeof *tiles->known);
    if (tiles == NULL || tiles->known == NULL) {
        pl_assembly_fail(a, PL_E_LIMIT, "no room for tiles");
        return NULL;
    }
    tiles->room = FIRST_ROOM;
    return tiles;
}

bool pl_tiling_make(struct pl_assembly *a, const struct pl_pixels *pixels, uint32_t rgb,
                    struct pl_tiling *out)
{
    *out = (struct pl_tiling){.width_px = pixels->w, .height_px = pixels->h};
    out->tile_w = pl_jpeg_interval(pixels->w);
    out->columns = (pixels->w + out->tile_w - 1) / out->tile_w;
    out->rows = (pixels->h + PL_PACK_TILE_H - 1) / PL_PACK_TILE_H;
    out->stride = 3 * (size_t)out->tile_w * out->columns;
    size_t n = out->stride * out->rows * PL_PACK_TILE_H;
    CHECK(out->tile_w <= PL_PACK_TILE_W_MAX);
    out->rgb = pl_arena_alloc(a->pixels, n);
    if (out->rgb == NULL) {
        pl_assembly_fail(a, PL_E_LIMIT, "no room for a picture");
        return false;
    }
    for (size_t i = 0; pixels->rgb == NULL && i < n; i += 3) {
        out->rgb[i] = (uint8_t)(rgb >> 16);
        out->rgb[i + 1] = (uint8_t)(rgb >> 8);
        out->rgb[i + 2] = (uint8_t)rgb;
    }
    for (uint32_t y = 0; pixels->rgb != NULL && y < pixels->h; y++)
        memcpy(out->rgb + y * out->stride, pixels->rgb + 3 * (size_t)pixels->w * y,
               3 * (size_t)pixels->w);
    return true;
}

static void repeat_edges(struct pl_tiling *tiling)
{
    uint8_t *row = tiling->rgb;
    size_t used = 3 * (size_t)tiling->width_px;
    for (uint32_t y = 0; y < tiling->height_px; y++, row += tiling->stride)
        for (size_t x = used; x < tiling->stride; x++)
            row[x] = row[x - 3];
    for (uint32_t y = tiling->height_px; y < tiling->rows * PL_PACK_TILE_H;
         y++, row += tiling->stride)
        memcpy(row, row - tiling->stride, tiling->stride);
}

static const uint8_t *tile_at(const struct pl_tiling *tiling, uint32_t place)
{
    return tiling->rgb + place / tiling->columns * PL_PACK_TILE_H * tiling->stride +
           3 * (size_t)tiling->tile_w * (place % tiling->columns);
}

/* --- known ------------------------------------------------------------------------------------ */
static void sum_tile(const struct pl_tiling *tiling, bool wide, uint32_t place, uint64_t sum[2])
{
    const uint8_t *at = tile_at(tiling, place);
    sum[0] = 2 * (uint64_t)tiling->tile_w + wide;
    sum[1] = sum[0] + SECOND_SEED;
    for (unsigned y = 0; y < PL_PACK_TILE_H; y++, at += tiling->stride) {
        sum[0] = pl_checksum_seed(at, 3 * (size_t)tiling->tile_w, sum[0]);
        sum[1] = pl_checksum_seed(at, 3 * (size_t)tiling->tile_w, sum[1]);
    }
}

static struct known *slot_of(const struct pl_tiles *tiles, const uint64_t sum[2])
{
    uint32_t i = (uint32_t)sum[0] & (tiles->room - 1);
    while (tiles->known[i].tile != 0 &&
           (tiles->known[i].sum[0] != sum[0] || tiles->known[i].sum[1] != sum[1]))
        i = (i + 1) & (tiles->room - 1);
    return &tiles->known[i];
}

static bool widen(struct pl_tiles *tiles, struct pl_assembly *a)
{
    struct pl_tiles wider = {.n = tiles->n, .room = 2 * tiles->room};
    wider.known = pl_arena_zalloc(a->arena, wider.room, sizeof *wider.known);
    if (wider.known == NULL) {
        pl_assembly_fail(a, PL_E_LIMIT, "the pack has too many tiles");
        return false;
    }
    for (uint32_t i = 0; i < tiles->room; i++)
        if (tiles->known[i].tile != 0)
            *slot_of(&wider, tiles->known[i].sum) = tiles->known[i];
    *tiles = wider;
    return true;
}

/* --- bytes ------------------------------------------------------------------------------------ */
static enum pl_err encode(struct pl_assembly *a, struct fresh *fresh, enum pl_jpeg_sub sub,
                          struct pl_buf *out, uint32_t **ends)
{
    const struct pl_tiling *tiling = fresh->tiling;
    struct pl_jpeg_form form = {tiling->width_px, tiling->height_px, sub, PL_PACK_QUALITY,
                                tiling->tile_w};
    uint32_t each = sub == PL_JPEG_444 ? 2 : 1;
    const uint8_t **rows =
        pl_arena_zalloc(a->pixels, (size_t)fresh->n * PL_PACK_TILE_H, sizeof *rows);
    *ends = pl_arena_zalloc(a->pixels, (size_t)fresh->n * each, sizeof **ends);
    if (rows == NULL || *ends == NULL)
        return pl_fail(a->error, PL_E_LIMIT, "no room to encode a picture");
    for (uint32_t i = 0; i < fresh->n; i++)
        for (uint32_t y = 0; y < PL_PACK_TILE_H; y++)
            rows[i * PL_PACK_TILE_H + y] = tile_at(tiling, fresh->place[i]) + y * tiling->stride;
    return pl_jpeg_intervals(&form, rows, fresh->n * each, out, *ends, a->error);
}

static enum pl_err add_pixels(struct pl_assembly *a, const struct pl_tiling *tiling, uint32_t place,
                              uint32_t *n)
{
    char pixels[3 * PL_PACK_TILE_W_MAX * PL_PACK_TILE_H];
    struct pl_buf *out = &a->section[PL_SECTION_TILE_BYTES];
    size_t row_n = 3 * (size_t)tiling->tile_w;
    const uint8_t *at = tile_at(tiling, place);
    for (unsigned y = 0; y < PL_PACK_TILE_H; y++)
        memcpy(pixels + y * row_n, at + y * tiling->stride, row_n);
    int raw = (int)(row_n * PL_PACK_TILE_H), most = LZ4_compressBound(raw);
    enum pl_err err = pl_buf_reserve(out, (size_t)most, a->error);
    if (err != PL_OK)
        return err;
    int packed = LZ4_compress_HC(pixels, (char *)out->bytes + out->n, raw, most, LZ4HC_CLEVEL_MAX);
    if (packed <= 0)
        return pl_fail(a->error, PL_E_INTERNAL, "LZ4 cannot compress a tile");
    out->n += (size_t)packed;
    *n = (uint32_t)packed;
    return PL_OK;
}

/* What lies between the end before and this one. */
static void add_part(struct pl_assembly *a, const struct pl_buf *from, const uint32_t *ends,
                     uint32_t i, uint32_t *n)
{
    uint32_t begin = i > 0 ? ends[i - 1] : 0;
    *n = ends[i] - begin;
    if (a->err == PL_OK)
        a->err = pl_buf_add(&a->section[PL_SECTION_TILE_BYTES], from->bytes + begin, *n, a->error);
}

static void add_tile(struct pl_assembly *a, const struct fresh *fresh, uint32_t i)
{
    struct pl_rec_tile rec = {.at = a->section[PL_SECTION_TILE_BYTES].n,
                              .tile_w = fresh->tiling->tile_w};
    a->err = add_pixels(a, fresh->tiling, fresh->place[i], &rec.pixels_n);
    add_part(a, &fresh->s420, fresh->ends420, i, &rec.s420_n);
    if (fresh->wide) {
        add_part(a, &fresh->s444, fresh->ends444, 2 * i, &rec.s444_n[0]);
        add_part(a, &fresh->s444, fresh->ends444, 2 * i + 1, &rec.s444_n[1]);
    }
    if (a->err == PL_OK)
        pl_assembly_add(a, PL_SECTION_TILES, &rec);
}

static void add_fresh(struct pl_assembly *a, struct fresh *fresh)
{
    if (fresh->n == 0 || a->err != PL_OK)
        return;
    a->err = encode(a, fresh, PL_JPEG_420, &fresh->s420, &fresh->ends420);
    if (a->err == PL_OK && fresh->wide)
        a->err = encode(a, fresh, PL_JPEG_444, &fresh->s444, &fresh->ends444);
    for (uint32_t i = 0; i < fresh->n && a->err == PL_OK; i++)
        add_tile(a, fresh, i);
    pl_buf_free(&fresh->s420);
    pl_buf_free(&fresh->s444);
}

static uint32_t number_of(struct pl_tiles *tiles, struct pl_assembly *a, struct fresh *fresh,
                          uint32_t place)
{
    uint64_t sum[2];
    sum_tile(fresh->tiling, fresh->wide, place, sum);
    struct known *known = slot_of(tiles, sum);
    if (known->tile == 0) {
        *known =
            (struct known){{sum[0], sum[1]}, pl_assembly_n(a, PL_SECTION_TILES) + fresh->n + 1};
        tiles->n++;
        fresh->place[fresh->n++] = place;
    }
    return known->tile - 1;
}

uint32_t pl_tiles_add(struct pl_tiles *tiles, struct pl_assembly *a, struct pl_tiling *tiling)
{
    uint32_t n = tiling->columns * tiling->rows, first = pl_assembly_n(a, PL_SECTION_GRID);
    struct pl_jpeg_form wide = {tiling->width_px, tiling->height_px, PL_JPEG_444, PL_PACK_QUALITY,
                                tiling->tile_w};
    struct fresh fresh = {.tiling = tiling, .wide = pl_jpeg_fits(&wide)};
    while (a->err == PL_OK && 2 * (tiles->n + n) > tiles->room)
        (void)widen(tiles, a);
    size_t mark = pl_arena_mark(a->pixels);
    fresh.place = pl_arena_zalloc(a->pixels, n, sizeof *fresh.place);
    fresh.s420 = PL_BUF(ENTROPY_BYTES_MAX);
    fresh.s444 = PL_BUF(ENTROPY_BYTES_MAX);
    if (fresh.place == NULL)
        pl_assembly_fail(a, PL_E_LIMIT, "no room for tiles");
    if (a->err != PL_OK)
        return first;
    repeat_edges(tiling);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number = number_of(tiles, a, &fresh, i);
        pl_assembly_add(a, PL_SECTION_GRID, &number);
    }
    add_fresh(a, &fresh);
    pl_arena_release(a->pixels, mark);
    return first;
}
