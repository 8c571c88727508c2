/* png.c - the PNG encoder: pack, compress, frame.
 *
 * Filter none throughout: for drawings the filters cost time and bytes. Level 6 for line art, 1 for
 * colour maps, where higher levels take three times as long for a few percent of the bytes.
 *
 * Memory: the compressor, the packed rows and nothing else, all from the arena between a mark and
 * its release; compressed bytes go straight into the output buffer.
 */
#include "render/encode/png.h"

#include <libdeflate.h>
#include <string.h>

#include "shm/base/check.h"

static struct pl_arena *deflate_arena; /* where libdeflate allocates during one call */

static void *deflate_alloc(size_t n)
{
    return pl_arena_alloc(deflate_arena, n);
}

static void deflate_free(void *p)
{
    (void)p; /* the arena's mark is released at the end of the call */
}

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* Writes length and type; the data must follow. */
static void chunk_open(struct pl_buf *out, const char *type, size_t n)
{
    put_be32(out->bytes + out->n, (uint32_t)n);
    memcpy(out->bytes + out->n + 4, type, 4);
    out->n += 8;
}

static void chunk_close(struct pl_buf *out, size_t n)
{
    const uint8_t *type = out->bytes + out->n - 4;
    put_be32(out->bytes + out->n + n, libdeflate_crc32(0, type, n + 4));
    out->n += n + 4;
}

static void chunk(struct pl_buf *out, const char *type, const void *data, size_t n)
{
    chunk_open(out, type, n);
    memcpy(out->bytes + out->n, data, n);
    chunk_close(out, n);
}

static void head(const struct pl_canvas *canvas, unsigned depth, struct pl_buf *out)
{
    static const uint8_t signature[8] = {137, 80, 78, 71, 13, 10, 26, 10};
    memcpy(out->bytes + out->n, signature, sizeof signature);
    out->n += sizeof signature;
    uint8_t ihdr[13] = {0};
    put_be32(ihdr, canvas->width_px);
    put_be32(ihdr + 4, canvas->height_px);
    ihdr[8] = (uint8_t)depth;
    ihdr[9] = 3; /* palette */
    chunk(out, "IHDR", ihdr, sizeof ihdr);
    chunk(out, "PLTE", canvas->rgb, 3 * (size_t)canvas->colors_n);
}

static const uint8_t *pack4(const struct pl_canvas *canvas, struct pl_arena *arena, size_t *n)
{
    size_t stride = 1 + ((size_t)canvas->width_px + 1) / 2;
    *n = stride * canvas->height_px;
    uint8_t *packed = pl_arena_alloc(arena, *n);
    if (packed == NULL)
        return NULL;
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
    return packed;
}

static enum pl_err compress(const uint8_t *bytes, size_t n, int level, struct pl_buf *out,
                            struct pl_error *error)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
    if (compressor == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to compress the picture");
    size_t bound = libdeflate_zlib_compress_bound(compressor, n);
    if (pl_buf_reserve(out, bound + 64, error) != PL_OK)
        return PL_E_LIMIT;
    uint8_t *start = out->bytes + out->n;
    size_t size = libdeflate_zlib_compress(compressor, bytes, n, start + 8, bound);
    CHECK(size > 0);
    chunk_open(out, "IDAT", size);
    chunk_close(out, size);
    chunk(out, "IEND", start, 0);
    return PL_OK;
}

enum pl_err pl_png_canvas(const struct pl_canvas *canvas, struct pl_arena *arena,
                          struct pl_buf *out, struct pl_error *error)
{
    size_t before = out->n, mark = pl_arena_mark(arena), n = canvas->stride * canvas->height_px;
    unsigned depth = canvas->colors_n <= 16 ? 4 : 8;
    enum pl_err err = pl_buf_reserve(out, 1024, error); /* signature, header, palette */
    if (err != PL_OK)
        return err;
    const uint8_t *bytes = depth == 4 ? pack4(canvas, arena, &n) : canvas->rows;
    if (bytes == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to pack the picture");
    deflate_arena = arena;
    libdeflate_set_memory_allocator(deflate_alloc, deflate_free);
    head(canvas, depth, out);
    err = compress(bytes, n, canvas->color_map ? 1 : 6, out, error);
    deflate_arena = NULL;
    pl_arena_release(arena, mark);
    if (err != PL_OK)
        out->n = before;
    return err;
}
