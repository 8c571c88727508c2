/* png.c - the PNG encoder: pack, compress, frame.
 *
 * libpng writes the file: signature, header, palette, chunks and their checksums. The image data
 * are compressed before, in one call of libdeflate, and handed to libpng as finished IDAT chunk:
 * half the time of deflate row by row, and fewer bytes. Palette pictures have filter none
 * throughout: for drawings the filters cost time and bytes. Level 6 for line art, 1 for colour
 * maps, where higher levels take three times as long for a few percent of the bytes. RGB pictures,
 * drawings of controllers, have filter up at level 2: against none 7 to 23 % fewer bytes, against
 * sub 1 to 4 %, and level 1 takes longer for more.
 *
 * Memory: libpng's structures, the compressor, the packed rows and the compressed picture, all from
 * the arena between a mark and its release. libpng reports failure by longjmp: every function it
 * calls back takes its state from one struct that is not a local of the frame jumped into.
 */
#include "render/encode/png.h"

#include <libdeflate.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

enum {
    LIBPNG_BYTES = 1 << 15, /* left to its structures: a picture's are 3 KB */
    WHOLE_BYTES = 8 << 20,  /* RGB pixels that are compressed in one call */
};

struct job {
    const struct pl_canvas *canvas; /* of a palette picture */
    uint32_t width_px, height_px;
    int color_type, level;
    struct pl_arena *arena;
    struct pl_buf *out;
    struct pl_error *error;
    unsigned depth;
    const uint8_t *packed; /* finished rows, then compressed */
    size_t packed_n;
    uint8_t *data; /* NULL: row by row from band */
    size_t data_n;
    pl_band_fn *band;
    void *context;
};

/* ---- memory of the libraries --------------------------------------------------------------- */

static struct pl_arena *deflate_arena; /* where libdeflate allocates during one call */

static void *deflate_alloc(size_t n)
{
    return pl_arena_alloc(deflate_arena, n);
}

static void deflate_free(void *p)
{
    (void)p; /* the arena's mark is released at the end of the call */
}

static void *png_alloc(png_structp png, png_alloc_size_t n)
{
    return pl_arena_alloc(png_get_mem_ptr(png), n);
}

static void png_release(png_structp png, void *p)
{
    (void)png;
    (void)p;
}

/* ---- the image data ------------------------------------------------------------------------ */

static enum pl_err no_memory(const struct job *job)
{
    return pl_fail(job->error, PL_E_LIMIT, "no memory left in this job to encode the picture");
}

/* Two pixels a byte. */
static bool pack4(struct job *job)
{
    const struct pl_canvas *canvas = job->canvas;
    size_t stride = 1 + ((size_t)canvas->width_px + 1) / 2;
    uint8_t *packed = pl_arena_alloc(job->arena, stride * canvas->height_px);
    if (packed == NULL)
        return false;
    for (uint32_t y = 0; y < canvas->height_px; y++) {
        const uint8_t *from = canvas->rows + y * canvas->stride;
        uint8_t *to = packed + y * stride;
        if (y > 0 && memcmp(from, from - canvas->stride, canvas->stride) == 0) {
            memcpy(to, to - stride, stride);
            continue;
        }
        *to++ = *from++;
        uint32_t x = 0;
        for (; x + 1 < canvas->width_px; x += 2)
            *to++ = (uint8_t)(from[x] << 4 | from[x + 1]);
        if (x < canvas->width_px)
            *to = (uint8_t)(from[x] << 4);
    }
    job->packed = packed;
    job->packed_n = stride * canvas->height_px;
    return true;
}

static bool pack_palette(struct job *job)
{
    job->packed = job->canvas->rows;
    job->packed_n = job->canvas->stride * job->canvas->height_px;
    return job->depth != 4 || pack4(job);
}

static void filter_up(const uint8_t *restrict row, const uint8_t *restrict above,
                      uint8_t *restrict to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(row[i] - above[i]);
}

static bool pack_rgb(struct job *job)
{
    const uint8_t *rows[PL_BAND_ROWS];
    size_t n = 3 * (size_t)job->width_px;
    uint8_t *last = pl_arena_zalloc(job->arena, n, 1); /* of the band before */
    uint8_t *packed = pl_arena_alloc(job->arena, (1 + n) * job->height_px);
    if (last == NULL || packed == NULL)
        return false;
    for (uint32_t y = 0; y < job->height_px; y++) {
        const uint8_t *above = last;
        uint32_t i = y % PL_BAND_ROWS;
        if (i == 0)
            job->band(job->context, y / PL_BAND_ROWS, rows);
        else
            above = rows[i - 1];
        packed[(1 + n) * y] = PNG_FILTER_VALUE_UP; /* above the first row all is 0 */
        filter_up(rows[i], above, packed + (1 + n) * y + 1, n);
        if (i == PL_BAND_ROWS - 1)
            memcpy(last, rows[i], n);
    }
    job->packed = packed;
    job->packed_n = (1 + n) * job->height_px;
    return true;
}

static struct libdeflate_compressor *make_compressor(struct job *job)
{
    deflate_arena = job->arena;
    libdeflate_set_memory_allocator(deflate_alloc, deflate_free);
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(job->level);
    libdeflate_set_memory_allocator(malloc, free); /* it is the process's: others use it too */
    deflate_arena = NULL;
    return compressor;
}

/* Into what the arena has left: pictures are a fraction of what they might be at worst. */
static enum pl_err compress(struct job *job)
{
    struct libdeflate_compressor *compressor = make_compressor(job);
    if (compressor == NULL)
        return no_memory(job);
    size_t left = pl_arena_ceiling(job->arena) - pl_arena_used(job->arena);
    size_t bound = libdeflate_zlib_compress_bound(compressor, job->packed_n);
    size_t mark = pl_arena_mark(job->arena);
    if (left <= LIBPNG_BYTES)
        return no_memory(job);
    bound = PL_MIN(bound, left - LIBPNG_BYTES);
    job->data = pl_arena_alloc(job->arena, bound);
    CHECK(job->data != NULL);
    job->data_n =
        libdeflate_zlib_compress(compressor, job->packed, job->packed_n, job->data, bound);
    if (job->data_n == 0)
        return no_memory(job);
    pl_arena_release(job->arena, mark);
    job->data = pl_arena_alloc(job->arena, job->data_n); /* the same place, what is used of it */
    return PL_OK;
}

/* ---- the file ------------------------------------------------------------------------------ */

static void add(png_structp png, png_bytep bytes, size_t n)
{
    struct job *job = png_get_io_ptr(png);
    if (pl_buf_add(job->out, bytes, n, job->error) != PL_OK)
        png_longjmp(png, 1);
}

static void flush(png_structp png)
{
    (void)png; /* the buffer is memory */
}

static void failed(png_structp png, png_const_charp text)
{
    struct job *job = png_get_error_ptr(png);
    (void)pl_fail(job->error, PL_E_LIMIT, "PNG: %s", text);
    png_longjmp(png, 1);
}

static void warned(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text; /* nothing that is written here depends on input that could be odd */
}

static void write_palette(png_structp png, png_infop info, const struct pl_canvas *canvas)
{
    png_color palette[256];
    for (unsigned i = 0; i < canvas->colors_n; i++)
        palette[i] = (png_color){canvas->rgb[i][0], canvas->rgb[i][1], canvas->rgb[i][2]};
    png_set_PLTE(png, info, palette, (int)canvas->colors_n);
}

static void write_rows(png_structp png, struct job *job)
{
    const uint8_t *rows[PL_BAND_ROWS];
    for (uint32_t y = 0; y < job->height_px; y++) {
        if (y % PL_BAND_ROWS == 0)
            job->band(job->context, y / PL_BAND_ROWS, rows);
        png_write_row(png, rows[y % PL_BAND_ROWS]);
    }
}

/* May be left by longjmp: owns nothing. */
static void write_file(png_structp png, png_infop info, struct job *job)
{
    png_set_write_fn(png, job, add, flush);
    png_set_IHDR(png, info, job->width_px, job->height_px, (int)job->depth, job->color_type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (job->canvas != NULL)
        write_palette(png, info, job->canvas);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_compression_level(png, 1);
    png_write_info(png, info);
    if (job->data == NULL) {
        write_rows(png, job);
        png_write_end(png, NULL);
        return;
    }
    png_write_chunk(png, (png_const_bytep) "IDAT", job->data, job->data_n);
    png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0); /* png_write_end would miss its rows */
}

static enum pl_err frame(struct job *job)
{
    png_infop volatile info = NULL;
    png_structp volatile png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, job, failed, warned,
                                                         job->arena, png_alloc, png_release);
    enum pl_err volatile err = PL_E_LIMIT;
    if (png == NULL)
        return no_memory(job);
    if (setjmp(png_jmpbuf(png)) == 0) {
        info = png_create_info_struct(png);
        if (info == NULL) {
            (void)no_memory(job);
        } else {
            write_file(png, info, job);
            err = PL_OK;
        }
    }
    png_structp made = png;
    png_infop made_info = info;
    png_destroy_write_struct(&made, &made_info);
    return err;
}

/* The arena is left as it was at the mark. */
static enum pl_err finish(struct job *job, enum pl_err err, size_t mark)
{
    size_t before = job->out->n;
    if (err == PL_OK)
        err = frame(job);
    pl_arena_release(job->arena, mark);
    if (err != PL_OK)
        job->out->n = before;
    return err;
}

enum pl_err pl_png_canvas(const struct pl_canvas *canvas, struct pl_arena *arena,
                          struct pl_buf *out, struct pl_error *error)
{
    size_t mark = pl_arena_mark(arena);
    struct job job = {.canvas = canvas,
                      .width_px = canvas->width_px,
                      .height_px = canvas->height_px,
                      .color_type = PNG_COLOR_TYPE_PALETTE,
                      .depth = canvas->colors_n <= 16 ? 4 : 8,
                      .level = canvas->color_map ? 1 : 6,
                      .arena = arena,
                      .out = out,
                      .error = error};
    return finish(&job, pack_palette(&job) ? compress(&job) : no_memory(&job), mark);
}

enum pl_err pl_png_rgb(pl_band_fn *band, void *context, uint32_t width_px, uint32_t height_px,
                       struct pl_arena *arena, struct pl_buf *out, struct pl_error *error)
{
    size_t mark = pl_arena_mark(arena);
    struct job job = {.width_px = width_px,
                      .height_px = height_px,
                      .color_type = PNG_COLOR_TYPE_RGB,
                      .depth = 8,
                      .level = 2,
                      .band = band,
                      .context = context,
                      .arena = arena,
                      .out = out,
                      .error = error};
    CHECK(width_px >= 1 && height_px >= 1);
    bool whole = 3 * (uint64_t)width_px * height_px <= WHOLE_BYTES;
    if (!whole)
        return finish(&job, PL_OK, mark);
    return finish(&job, pack_rgb(&job) ? compress(&job) : no_memory(&job), mark);
}
