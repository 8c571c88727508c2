/* splice.c - which parts of a picture are encoded, and from where the others come.
 *
 * Knows tiles, not what is painted on them. Memory: row pointers and one band of 16 rows from the
 * canvas's arena, the entropy bytes of painted tiles in a buffer of its own, freed before return.
 */
#include "render/card/splice.h"

#include "render/encode/png.h"
#include "render/encode/webp.h"
#include "shm/base/check.h"

/* Above this share of painted tiles the whole picture costs no more. */
enum { PLAIN_FROM_PERCENT = 90 };

static enum pl_err no_memory(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "no memory left in this job to encode the picture (workers.memory)");
}

/* Only pictures that can be spliced have the interval of the tiles; of others a row is one. */
static bool tiles_fit(const struct pl_canvas24 *canvas, unsigned quality, enum pl_jpeg_sub sub,
                      struct pl_jpeg_form *form)
{
    uint32_t mcu = sub == PL_JPEG_420 ? 16 : 8;
    *form =
        (struct pl_jpeg_form){canvas->width_px, canvas->height_px, sub, quality, canvas->tile_w};
    if (quality == PL_SPLICE_QUALITY && pl_jpeg_fits(form))
        return true;
    form->interval_w = (canvas->width_px + mcu - 1) / mcu * mcu;
    return false;
}

/* ---- the long way -------------------------------------------------------------------------- */

struct band {
    const struct pl_canvas24 *canvas;
    uint8_t *pixels;
    size_t stride;
};

static void next_band(void *context, uint32_t number, const uint8_t *rows[PL_BAND_ROWS])
{
    struct band *band = context;
    pl_canvas24_band(band->canvas, number, band->pixels, band->stride);
    for (uint32_t i = 0; i < PL_BAND_ROWS; i++)
        rows[i] = band->pixels + i * band->stride;
}

static bool make_band(struct band *band, const struct pl_canvas24 *canvas)
{
    band->canvas = canvas;
    band->stride = 3 * (size_t)canvas->tile_w * canvas->columns;
    band->pixels = pl_arena_alloc(canvas->arena, PL_BAND_ROWS * band->stride);
    return band->pixels != NULL;
}

enum pl_err pl_splice_plain(const struct pl_canvas24 *canvas, unsigned quality,
                            enum pl_jpeg_sub sub, struct pl_buf *out, struct pl_error *error)
{
    struct pl_jpeg_form form;
    struct band band;
    size_t mark = pl_arena_mark(canvas->arena);
    (void)tiles_fit(canvas, quality, sub, &form);
    enum pl_err err = make_band(&band, canvas) ? pl_jpeg_bands(&form, next_band, &band, out, error)
                                               : no_memory(error);
    pl_arena_release(canvas->arena, mark);
    return err;
}

enum pl_err pl_splice_webp(const struct pl_canvas24 *canvas, unsigned quality, struct pl_buf *out,
                           struct pl_error *error)
{
    struct band band;
    size_t mark = pl_arena_mark(canvas->arena);
    enum pl_err err = make_band(&band, canvas)
                          ? pl_webp_rgb(next_band, &band, canvas->width_px, canvas->height_px,
                                        quality, canvas->arena, out, error)
                          : no_memory(error);
    pl_arena_release(canvas->arena, mark);
    return err;
}

enum pl_err pl_splice_png(const struct pl_canvas24 *canvas, struct pl_buf *out,
                          struct pl_error *error)
{
    struct band band;
    size_t mark = pl_arena_mark(canvas->arena);
    enum pl_err err = make_band(&band, canvas)
                          ? pl_png_rgb(next_band, &band, canvas->width_px, canvas->height_px,
                                       canvas->arena, out, error)
                          : no_memory(error);
    pl_arena_release(canvas->arena, mark);
    return err;
}

/* ---- the short way ------------------------------------------------------------------------- */

struct splice {
    const struct pl_canvas24 *canvas;
    struct pl_jpeg_form form;
    uint32_t columns, rows; /* intervals; in 4:4:4 a tile has two, one above the other */
    uint32_t painted_n;     /* intervals */
    const uint8_t **row;    /* of the painted intervals, in order */
    uint32_t *ends;
    struct pl_buf entropy;
    uint32_t next; /* painted interval */
};

static uint32_t halves(const struct splice *splice)
{
    return splice->form.sub == PL_JPEG_420 ? 1 : 2;
}

static uint32_t tile_of(const struct splice *splice, uint32_t interval)
{
    return interval / splice->columns / halves(splice) * splice->columns +
           interval % splice->columns;
}

/* What the pack has for an interval that nothing was painted on. */
static struct pl_pack_bytes kept(const struct splice *splice, uint32_t interval)
{
    const struct pl_pack_base *base = splice->canvas->base;
    struct pl_pack_tile tile;
    pl_pack_tile(base->pack, base->tiles[tile_of(splice, interval)], &tile);
    if (splice->form.sub == PL_JPEG_420)
        return tile.s420;
    return tile.s444[interval / splice->columns % 2];
}

/* Count what has to be encoded; false: the long way. */
static bool pays(struct splice *splice)
{
    const struct pl_canvas24 *canvas = splice->canvas;
    pl_jpeg_grid(&splice->form, &splice->columns, &splice->rows);
    CHECK(splice->columns == canvas->columns && splice->rows <= canvas->rows * halves(splice));
    uint32_t all = splice->columns * splice->rows;
    for (uint32_t i = 0; i < all; i++) {
        if (canvas->tile[tile_of(splice, i)] != NULL)
            splice->painted_n++;
        else if (kept(splice, i).n == 0)
            return false;
    }
    return (uint64_t)splice->painted_n * 100 <= (uint64_t)all * PLAIN_FROM_PERCENT;
}

static void list_rows(struct splice *splice)
{
    const struct pl_canvas24 *canvas = splice->canvas;
    uint32_t high = PL_TILE_ROWS / halves(splice), at = 0;
    for (uint32_t i = 0; i < splice->columns * splice->rows; i++) {
        const uint8_t *tile = canvas->tile[tile_of(splice, i)];
        uint32_t first = i / splice->columns % halves(splice) * high;
        for (uint32_t y = 0; tile != NULL && y < high; y++)
            splice->row[at++] = tile + (first + y) * canvas->stride;
    }
    CHECK(at == splice->painted_n * high);
}

static enum pl_err encode_painted(struct splice *splice, struct pl_error *error)
{
    struct pl_arena *arena = splice->canvas->arena;
    uint32_t n = splice->painted_n, high = PL_TILE_ROWS / halves(splice);
    splice->row = pl_arena_alloc(arena, sizeof *splice->row * n * high);
    splice->ends = pl_arena_alloc(arena, sizeof *splice->ends * n);
    if (splice->row == NULL || splice->ends == NULL)
        return no_memory(error);
    list_rows(splice);
    return pl_jpeg_intervals(&splice->form, splice->row, n, &splice->entropy, splice->ends, error);
}

static struct pl_jpeg_part part(void *context, uint32_t i)
{
    struct splice *splice = context;
    if (splice->canvas->tile[tile_of(splice, i)] == NULL) {
        struct pl_pack_bytes bytes = kept(splice, i);
        return (struct pl_jpeg_part){bytes.bytes, bytes.n};
    }
    uint32_t n = splice->next++, begin = n > 0 ? splice->ends[n - 1] : 0;
    return (struct pl_jpeg_part){splice->entropy.bytes + begin, splice->ends[n] - begin};
}

enum pl_err pl_splice_jpeg(const struct pl_canvas24 *canvas, unsigned quality, enum pl_jpeg_sub sub,
                           struct pl_buf *out, bool *spliced, struct pl_error *error)
{
    struct splice splice = {.canvas = canvas, .entropy = PL_BUF(out->limit)};
    CHECK(canvas->base != NULL);
    bool short_way = tiles_fit(canvas, quality, sub, &splice.form) && pays(&splice);
    if (spliced != NULL)
        *spliced = short_way;
    if (!short_way)
        return pl_splice_plain(canvas, quality, sub, out, error);
    size_t mark = pl_arena_mark(canvas->arena);
    enum pl_err err = encode_painted(&splice, error);
    if (err == PL_OK)
        err = pl_jpeg_splice(&splice.form, part, &splice, out, error);
    pl_buf_free(&splice.entropy);
    pl_arena_release(canvas->arena, mark);
    return err;
}
