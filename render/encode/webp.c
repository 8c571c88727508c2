/* webp.c - the WebP encoder: bands of RGB to planes of brightness and colour, then one pass.
 *
 * libwebp wants the whole picture; it is given the planes, half of what RGB takes, and never more
 * than one band of anything else. Method 2 keeps no tokens: against method 4, the library's usual
 * one, a tenth of the heap and 0.4 of the time for files 3 % larger. No threads.
 *
 * Memory: planes and one band of pixels from the arena, released before return; libwebp's own is
 * freed by it. */
#include "render/encode/webp.h"

#include <string.h>
#include <webp/encode.h>

#include "shm/base/check.h"

enum { METHOD = 2 };

struct job {
    uint32_t width_px, height_px;
    WebPPicture planes; /* lie in the arena */
    uint8_t *pixels;    /* one band, rows one behind the other */
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err written; /* what the buffer said */
};

static enum pl_err no_memory(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "no memory left in this job to encode the picture as WebP "
                         "(workers.memory)");
}

static uint32_t half(uint32_t n)
{
    return (n + 1) / 2;
}

static bool make_planes(struct job *job, struct pl_arena *arena)
{
    size_t light = (size_t)job->width_px * job->height_px;
    size_t colour = (size_t)half(job->width_px) * half(job->height_px);
    uint8_t *planes = pl_arena_alloc(arena, light + 2 * colour);
    job->pixels = pl_arena_alloc(arena, (size_t)3 * PL_BAND_ROWS * job->width_px);
    if (planes == NULL || job->pixels == NULL || WebPPictureInit(&job->planes) == 0)
        return false;
    job->planes.width = (int)job->width_px;
    job->planes.height = (int)job->height_px;
    job->planes.y = planes;
    job->planes.u = planes + light;
    job->planes.v = planes + light + colour;
    job->planes.y_stride = (int)job->width_px;
    job->planes.uv_stride = (int)half(job->width_px);
    return true;
}

static void copy_rows(uint8_t *to, const uint8_t *from, int from_stride, uint32_t width, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * width, from + (ptrdiff_t)i * from_stride, width);
}

/* `rows` of a band, beginning in an even row, so that each row of colour is made as if the picture
 * were converted at once. */
static bool convert(struct job *job, uint32_t band, uint32_t rows)
{
    uint32_t width = job->width_px;
    size_t y = (size_t)band * PL_BAND_ROWS;
    WebPPicture part;
    if (WebPPictureInit(&part) == 0)
        return false;
    part.width = (int)width;
    part.height = (int)rows;
    bool made = WebPPictureImportRGB(&part, job->pixels, (int)(3 * width)) != 0;
    if (made) {
        size_t colour = y / 2 * half(width);
        copy_rows(job->planes.y + y * width, part.y, part.y_stride, width, rows);
        copy_rows(job->planes.u + colour, part.u, part.uv_stride, half(width), half(rows));
        copy_rows(job->planes.v + colour, part.v, part.uv_stride, half(width), half(rows));
    }
    WebPPictureFree(&part);
    return made;
}

static enum pl_err import(struct job *job, pl_band_fn *next_band, void *context)
{
    const uint8_t *row[PL_BAND_ROWS];
    size_t stride = 3 * (size_t)job->width_px;
    for (uint32_t band = 0; band * PL_BAND_ROWS < job->height_px; band++) {
        uint32_t rows = PL_MIN(job->height_px - band * PL_BAND_ROWS, (uint32_t)PL_BAND_ROWS);
        next_band(context, band, row);
        for (uint32_t i = 0; i < rows; i++)
            memcpy(job->pixels + i * stride, row[i], stride);
        if (!convert(job, band, rows))
            return pl_fail(job->error, PL_E_NOMEM, "no memory to convert the picture for WebP");
    }
    return PL_OK;
}

static int take_bytes(const uint8_t *bytes, size_t n, const WebPPicture *picture)
{
    struct job *job = picture->custom_ptr;
    job->written = pl_buf_add(job->out, bytes, n, job->error);
    return job->written == PL_OK;
}

static enum pl_err why_not(const struct job *job)
{
    switch (job->planes.error_code) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
        return pl_fail(job->error, PL_E_NOMEM, "no memory to encode the picture as WebP");
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
    case VP8_ENC_ERROR_FILE_TOO_BIG:
        return pl_fail(job->error, PL_E_LIMIT,
                       "the picture has more than a WebP can hold: ask for .jpg or .png");
    case VP8_ENC_ERROR_BAD_WRITE:
        return job->written;
    default:
        return pl_fail(job->error, PL_E_INTERNAL, "libwebp: error %d", (int)job->planes.error_code);
    }
}

static enum pl_err encode(struct job *job, unsigned quality)
{
    WebPConfig config;
    if (WebPConfigInit(&config) == 0)
        return pl_fail(job->error, PL_E_INTERNAL, "libwebp is another one than it was built for");
    config.quality = (float)quality;
    config.method = METHOD;
    config.low_memory = 1;
    job->planes.writer = take_bytes;
    job->planes.custom_ptr = job;
    return WebPEncode(&config, &job->planes) != 0 ? PL_OK : why_not(job);
}

enum pl_err pl_webp_rgb(pl_band_fn *band, void *context, uint32_t width_px, uint32_t height_px,
                        unsigned quality, struct pl_arena *arena, struct pl_buf *out,
                        struct pl_error *error)
{
    size_t mark = pl_arena_mark(arena), before = out->n;
    struct job job = {.width_px = width_px, .height_px = height_px, .out = out, .error = error};
    CHECK(width_px >= 1 && height_px >= 1 && quality <= 100);
    if (width_px > PL_WEBP_SIDE_MAX || height_px > PL_WEBP_SIDE_MAX)
        return pl_fail(error, PL_E_LIMIT,
                       "a WebP has at most %d pixels a side, the picture %u x %u: ask for .jpg or "
                       ".png",
                       PL_WEBP_SIDE_MAX, width_px, height_px);
    enum pl_err err = make_planes(&job, arena) ? import(&job, band, context) : no_memory(error);
    if (err == PL_OK)
        err = encode(&job, quality);
    pl_arena_release(arena, mark);
    if (err != PL_OK)
        out->n = before;
    return err;
}
