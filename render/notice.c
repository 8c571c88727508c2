/* notice.c - a picture that says why there is no other one.
 *
 * The text is broken into lines at the largest size at which it fits, drawn line by line into one
 * band that is a line high, and compressed as it is made: a picture of 2499 x 2499 pixels needs no
 * more memory than one of 60 x 40. Four greys, two bits a pixel. Knows nothing of plots and reads
 * no file.
 *
 * Memory: the band and the compressor's window in one malloc, given back before return; the
 * process that answers clients has no arena.
 */
#include "render/notice.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "render/canvas.h"
#include "render/text.h"
#include "render/wrap.h"
#include "shm/base/check.h"

enum {
    INK_LEVELS = 3,
    GREY = 0x666666,
    PX_MOST = 24,
    WINDOW_BITS = 12, /* a window holds some rows: all that repeats here */
    MEMORY_LEVEL = 5,
    POOL_BYTES = 48 << 10, /* (1 << (WINDOW_BITS + 2)) + (1 << (MEMORY_LEVEL + 9)) and its state */
    OUT_BYTES = 4096,
};

struct notice {
    struct pl_canvas band;
    struct pl_ink ink;
    struct pl_wrapped wrapped;
    uint32_t width, height;
    uint8_t *pool;
    size_t pool_used;
    z_stream stream;
    struct pl_buf *out;
    struct pl_error *error;
    uint8_t *packed; /* a row of two bits a pixel behind its filter byte */
    uint8_t *chunk;  /* OUT_BYTES of compressed data */
};

/* ---- the file (ISO/IEC 15948) -------------------------------------------------------------- */

static enum pl_err chunk(struct notice *notice, const char type[5], const uint8_t *data, uint32_t n)
{
    uint8_t head[8], tail[4];
    uLong sum = crc32(0, (const Bytef *)type, 4);
    if (n > 0) /* without data zlib would start anew */
        sum = crc32(sum, data, n);
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)(n >> (24 - 8 * i));
        head[4 + i] = (uint8_t)type[i];
        tail[i] = (uint8_t)(sum >> (24 - 8 * i));
    }
    enum pl_err err = pl_buf_add(notice->out, head, sizeof head, notice->error);
    if (err == PL_OK && n > 0)
        err = pl_buf_add(notice->out, data, n, notice->error);
    return err == PL_OK ? pl_buf_add(notice->out, tail, sizeof tail, notice->error) : err;
}

static enum pl_err head(struct notice *notice)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint32_t w = notice->width, h = notice->height;
    const uint8_t header[13] = {0,
                                0,
                                (uint8_t)(w >> 8),
                                (uint8_t)w,
                                0,
                                0,
                                (uint8_t)(h >> 8),
                                (uint8_t)h,
                                2 /* bits */,
                                3 /* palette */,
                                0,
                                0,
                                0};
    enum pl_err err = pl_buf_add(notice->out, signature, sizeof signature, notice->error);
    if (err == PL_OK)
        err = chunk(notice, "IHDR", header, sizeof header);
    if (err == PL_OK)
        err = chunk(notice, "PLTE", notice->band.rgb[0], 3 * notice->band.colors_n);
    return err;
}

/* zlib's memory: handed out once and never taken back before the end. */
static voidpf pool_alloc(voidpf opaque, uInt count, uInt size)
{
    struct notice *notice = opaque;
    size_t n = ((size_t)count * size + 15) & ~(size_t)15;
    if (n > POOL_BYTES - notice->pool_used)
        return NULL;
    notice->pool_used += n;
    return notice->pool + notice->pool_used - n;
}

static void pool_free(voidpf opaque, voidpf at)
{
    (void)opaque;
    (void)at;
}

/* Compress what stands in the stream's input; a full or last buffer becomes a chunk. */
static enum pl_err deflated(struct notice *notice, int flush)
{
    z_stream *z = &notice->stream;
    for (;;) {
        int state = deflate(z, flush);
        CHECK(state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR);
        if (z->avail_out > 0 && state != Z_STREAM_END)
            return PL_OK;
        enum pl_err err = chunk(notice, "IDAT", notice->chunk, OUT_BYTES - z->avail_out);
        z->next_out = notice->chunk;
        z->avail_out = OUT_BYTES;
        if (err != PL_OK || state == Z_STREAM_END)
            return err;
    }
}

/* One row of the band, or a white one, `times` times. */
static enum pl_err rows(struct notice *notice, const uint8_t *row, int times)
{
    size_t n = 1 + ((size_t)notice->width + 3) / 4;
    enum pl_err err = PL_OK;
    memset(notice->packed, 0, n);
    for (uint32_t x = 0; row != NULL && x < notice->width; x++)
        notice->packed[1 + x / 4] |= (uint8_t)(row[x] << (6 - 2 * (x & 3)));
    for (int i = 0; err == PL_OK && i < times; i++) {
        notice->stream.next_in = notice->packed;
        notice->stream.avail_in = (uInt)n;
        err = deflated(notice, Z_NO_FLUSH);
    }
    return err;
}

static enum pl_err draw_line(struct notice *notice, unsigned i)
{
    struct pl_canvas *band = &notice->band;
    char text[PL_WRAP_TEXT_MAX + 1];
    unsigned px = notice->wrapped.px;
    pl_wrap_line(&notice->wrapped, i, text);
    memset(band->rows, 0, band->stride * band->height_px);
    struct pl_text_box box = pl_text_measure(text, px, PL_TEXT_PLAIN);
    pl_text_draw(band, ((int)notice->width - box.width_px) / 2, (int)px, text, px, PL_TEXT_PLAIN,
                 notice->ink);
    enum pl_err err = PL_OK;
    for (uint32_t y = 0; err == PL_OK && y < band->height_px; y++)
        err = rows(notice, band->rows + y * band->stride + 1, 1);
    return err;
}

static enum pl_err body(struct notice *notice)
{
    z_stream *z = &notice->stream;
    *z = (z_stream){.zalloc = pool_alloc, .zfree = pool_free, .opaque = notice};
    if (deflateInit2(z, 6, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return pl_fail(notice->error, PL_E_NOMEM, "no memory to write a notice");
    z->next_out = notice->chunk;
    z->avail_out = OUT_BYTES;
    int used = (int)notice->wrapped.lines_n * notice->wrapped.line_height, h = (int)notice->height;
    enum pl_err err = rows(notice, NULL, (h - used) / 2);
    for (unsigned i = 0; err == PL_OK && i < notice->wrapped.lines_n; i++)
        err = draw_line(notice, i);
    if (err == PL_OK)
        err = rows(notice, NULL, h - used - (h - used) / 2);
    z->avail_in = 0;
    return err == PL_OK ? deflated(notice, Z_FINISH) : err;
}

/* ---- the call ------------------------------------------------------------------------------ */

static void make_band(struct notice *notice, uint8_t *memory)
{
    struct pl_canvas *band = &notice->band;
    *band = (struct pl_canvas){.width_px = notice->width,
                               .height_px = (uint32_t)notice->wrapped.line_height,
                               .stride = (size_t)notice->width + 1,
                               .rows = memory,
                               .rgb = {{255, 255, 255}},
                               .colors_n = 1};
    pl_canvas_clip_off(band);
    notice->ink = pl_canvas_ink(band, GREY, INK_LEVELS);
}

enum pl_err pl_notice_png(uint32_t width_px, uint32_t height_px, const char *text,
                          struct pl_buf *out, struct pl_error *error)
{
    struct notice notice = {.width = width_px, .height = height_px, .out = out, .error = error};
    size_t before = out->n;
    if (width_px < 1 || width_px > PL_CANVAS_SIDE_MAX || height_px < 1 ||
        height_px > PL_CANVAS_SIDE_MAX)
        return pl_fail(error, PL_E_LIMIT, "a side of a picture has 1 to %d pixels",
                       PL_CANVAS_SIDE_MAX);
    int w = (int)width_px, h = (int)height_px;
    pl_wrap(text, w - 2 * (w / 20) - 2, h - 2 * (h / 20) - 2,
            (unsigned)PL_MIN((int)PX_MOST, 8 + PL_MIN(w / 66, h / 44)), &notice.wrapped);
    size_t band = ((size_t)width_px + 1) * (size_t)notice.wrapped.line_height;
    size_t packed = ((size_t)width_px + 3) / 4 + 1;
    uint8_t *memory = malloc(POOL_BYTES + OUT_BYTES + band + packed);
    if (memory == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to write a notice");
    notice.pool = memory;
    notice.chunk = memory + POOL_BYTES;
    notice.packed = notice.chunk + OUT_BYTES;
    make_band(&notice, notice.packed + packed);
    enum pl_err err = head(&notice);
    if (err == PL_OK)
        err = body(&notice);
    if (err == PL_OK)
        err = chunk(&notice, "IEND", NULL, 0);
    free(memory);
    if (err != PL_OK)
        out->n = before;
    return err;
}
