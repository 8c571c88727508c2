/* jpeg_splice.c - JPEG by restart intervals: encode, cut, put together.
 *
 * libjpeg encodes; its output is taken apart at its markers. Pictures are always encoded at their
 * padded size and get their real size written into the frame header afterwards: so what is beyond
 * the edge is what the caller gives, in a whole picture as in an interval cut out of it. It knows
 * nothing of tiles or of what is drawn.
 *
 * Memory: libjpeg's own, some 100 KB for rows of 1920 pixels, freed before return. libjpeg reports
 * failure by longjmp: everything it is called back with lives in one struct that is not a local of
 * the function jumped into, and only `attempt` sets the jump.
 */
#include "render/encode/jpeg_splice.h"

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <string.h>

#include <jpeglib.h>
/* after jpeglib.h */
#include <jerror.h>

#include "shm/base/check.h"

enum {
    TARGET_W = 160,
    STEP_W = 16,          /* whole MCUs in both forms of subsampling */
    GROW_BYTES = 1 << 16, /* what the output grows by */
    MCU_MAX = 16,
    M_EOI = 0xd9,
    M_RST0 = 0xd0,
    M_SOF0 = 0xc0,
    M_SOS = 0xda,
};

struct job {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr sink;
    jmp_buf back;
    const struct pl_jpeg_form *form;
    pl_band_fn *band;
    void *context;
    uint32_t w, h; /* of what is encoded */
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err err;
};

/* ---- geometry ------------------------------------------------------------------------------ */

static uint32_t mcu_px(const struct pl_jpeg_form *form)
{
    return form->sub == PL_JPEG_420 ? 16 : 8;
}

static uint32_t padded(uint32_t n, uint32_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* What an interval costs does not fall below 8 MCUs and its marker's share of the bytes grows, so a
 * narrow divisor is taken only when the wide ones are further away in proportion. */
uint32_t pl_jpeg_interval(uint32_t width_px)
{
    uint32_t row = padded(width_px, STEP_W), best = row;
    CHECK(width_px >= 1 && width_px <= JPEG_MAX_DIMENSION);
    for (uint32_t w = STEP_W; w <= row; w += STEP_W) {
        if (row % w != 0)
            continue;
        uint64_t far = PL_MAX(w, (uint32_t)TARGET_W) * (uint64_t)PL_MIN(best, (uint32_t)TARGET_W);
        uint64_t near = PL_MIN(w, (uint32_t)TARGET_W) * (uint64_t)PL_MAX(best, (uint32_t)TARGET_W);
        if (far < near)
            best = w;
    }
    return best;
}

bool pl_jpeg_fits(const struct pl_jpeg_form *form)
{
    uint32_t mcu = mcu_px(form);
    return form->interval_w >= mcu && form->interval_w % mcu == 0 &&
           padded(form->width_px, mcu) % form->interval_w == 0;
}

void pl_jpeg_grid(const struct pl_jpeg_form *form, uint32_t *columns, uint32_t *rows)
{
    uint32_t mcu = mcu_px(form);
    CHECK(form->width_px >= 1 && form->width_px <= JPEG_MAX_DIMENSION - MCU_MAX);
    CHECK(form->height_px >= 1 && form->height_px <= JPEG_MAX_DIMENSION - MCU_MAX);
    CHECK(form->quality >= 1 && form->quality <= 100);
    CHECK(pl_jpeg_fits(form));
    *columns = padded(form->width_px, mcu) / form->interval_w;
    *rows = padded(form->height_px, mcu) / mcu;
}

/* ---- libjpeg ------------------------------------------------------------------------------- */

static void failed(j_common_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    (*jpeg->err->format_message)(jpeg, text);
    enum pl_err err = jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? PL_E_NOMEM : PL_E_INTERNAL;
    job->err = pl_fail(job->error, err, "JPEG: %s", text);
    longjmp(job->back, 1);
}

static void warned(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level; /* nothing that is encoded could be odd */
}

/* All room there is behind what is written; up to the limit of the buffer. */
static void give_room(struct job *job)
{
    struct pl_buf *out = job->out;
    size_t more = PL_MIN((size_t)GROW_BYTES, out->limit - out->n);
    if (out->capacity - out->n < more || more == 0) {
        job->err = pl_buf_reserve(out, PL_MAX(more, (size_t)1), job->error);
        if (job->err != PL_OK)
            longjmp(job->back, 1);
    }
    job->sink.next_output_byte = out->bytes + out->n;
    job->sink.free_in_buffer = PL_MIN(out->capacity, out->limit) - out->n;
}

static void begin_sink(j_compress_ptr jpeg)
{
    give_room(jpeg->client_data);
}

/* The library calls this when there is no room left, whatever it has counted. */
static boolean full_sink(j_compress_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    job->out->n = PL_MIN(job->out->capacity, job->out->limit);
    give_room(job);
    return TRUE;
}

static void end_sink(j_compress_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    job->out->n = PL_MIN(job->out->capacity, job->out->limit) - job->sink.free_in_buffer;
}

static void set_up(struct job *job)
{
    struct jpeg_compress_struct *jpeg = &job->jpeg;
    const struct pl_jpeg_form *form = job->form;
    job->sink.init_destination = begin_sink;
    job->sink.empty_output_buffer = full_sink;
    job->sink.term_destination = end_sink;
    jpeg->dest = &job->sink;
    jpeg->image_width = job->w;
    jpeg->image_height = job->h;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, (int)form->quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->optimize_coding = FALSE;
    jpeg->restart_interval = form->interval_w / mcu_px(form);
    int factor = form->sub == PL_JPEG_420 ? 2 : 1;
    jpeg->comp_info[0].h_samp_factor = factor;
    jpeg->comp_info[0].v_samp_factor = factor;
}

/* Left by longjmp on failure: owns nothing. */
static void write_picture(struct job *job)
{
    const uint8_t *rows[PL_BAND_ROWS];
    JSAMPROW few[PL_BAND_ROWS];
    uint32_t mcu = mcu_px(job->form);
    jpeg_create_compress(&job->jpeg);
    set_up(job);
    jpeg_start_compress(&job->jpeg, TRUE);
    for (uint32_t y = 0; y < job->h; y += mcu) {
        if (y % PL_BAND_ROWS == 0)
            job->band(job->context, y / PL_BAND_ROWS, rows);
        for (uint32_t i = 0; i < mcu; i++)
            few[i] = (JSAMPROW)(uintptr_t)rows[y % PL_BAND_ROWS + i]; /* only ever read */
        (void)jpeg_write_scanlines(&job->jpeg, few, mcu);
    }
    jpeg_finish_compress(&job->jpeg);
}

static void attempt(struct job *job)
{
    if (setjmp(job->back) == 0)
        write_picture(job);
}

/* Encode w x h pixels, whole MCUs, as a file of its own behind what out holds. */
static enum pl_err run(const struct pl_jpeg_form *form, pl_band_fn *band, void *context, uint32_t w,
                       uint32_t h, struct pl_buf *out, struct pl_error *error)
{
    struct job job = {.form = form,
                      .band = band,
                      .context = context,
                      .w = w,
                      .h = h,
                      .out = out,
                      .error = error,
                      .err = PL_OK};
    size_t before = out->n;
    job.jpeg.err = jpeg_std_error(&job.errors);
    job.jpeg.client_data = &job;
    job.errors.error_exit = failed;
    job.errors.emit_message = warned;
    attempt(&job);
    jpeg_destroy_compress(&job.jpeg);
    if (job.err != PL_OK)
        out->n = before;
    return job.err;
}

/* ---- markers ------------------------------------------------------------------------------- */

/* Where a segment begins in what `run` has written. */
static size_t segment(const uint8_t *bytes, size_t n, uint8_t marker)
{
    size_t at = 2; /* SOI */
    while (at + 4 <= n && bytes[at] == 0xff && bytes[at + 1] != marker)
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    CHECK(at + 4 <= n && bytes[at] == 0xff);
    return at;
}

/* Length of all that stands before the entropy bytes. */
static size_t head_n(const uint8_t *bytes, size_t n)
{
    size_t at = segment(bytes, n, M_SOS);
    at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    CHECK(at <= n);
    return at;
}

static void set_size(const struct pl_jpeg_form *form, uint8_t *bytes, size_t n)
{
    uint8_t *frame = bytes + segment(bytes, n, M_SOF0);
    frame[5] = (uint8_t)(form->height_px >> 8);
    frame[6] = (uint8_t)form->height_px;
    frame[7] = (uint8_t)(form->width_px >> 8);
    frame[8] = (uint8_t)form->width_px;
}

/* The n intervals from `from` on, one behind the other, without markers, to `to` (not behind
 * `from`). Returns where the last ends. */
static uint8_t *cut(const uint8_t *from, const uint8_t *end, uint32_t n, uint8_t *to,
                    const uint8_t *first, uint32_t *ends)
{
    const uint8_t *at = from;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *begin = at;
        for (;; at += 2) { /* past 0xff00, which is a byte of data */
            at = memchr(at, 0xff, (size_t)(end - at));
            CHECK(at != NULL && at + 1 < end);
            if (at[1] != 0)
                break;
        }
        CHECK(at[1] == (i + 1 < n ? M_RST0 + i % 8 : M_EOI));
        memmove(to, begin, (size_t)(at - begin));
        to += at - begin;
        at += 2;
        ends[i] = (uint32_t)(to - first);
    }
    CHECK(at == end);
    return to;
}

/* ---- what callers use ---------------------------------------------------------------------- */

enum pl_err pl_jpeg_bands(const struct pl_jpeg_form *form, pl_band_fn *band, void *context,
                          struct pl_buf *out, struct pl_error *error)
{
    uint32_t columns, down;
    size_t before = out->n;
    pl_jpeg_grid(form, &columns, &down);
    enum pl_err err =
        run(form, band, context, columns * form->interval_w, down * mcu_px(form), out, error);
    if (err == PL_OK)
        set_size(form, out->bytes + before, out->n - before);
    return err;
}

enum pl_err pl_jpeg_full(const struct pl_jpeg_form *form, const uint8_t *const *rows,
                         struct pl_buf *out, struct pl_error *error)
{
    uint32_t columns, down;
    pl_jpeg_grid(form, &columns, &down);
    struct pl_band_rows all = {rows, down * mcu_px(form)};
    return pl_jpeg_bands(form, pl_band_of_rows, &all, out, error);
}

enum pl_err pl_jpeg_intervals(const struct pl_jpeg_form *form, const uint8_t *const *rows,
                              uint32_t n, struct pl_buf *out, uint32_t *ends,
                              struct pl_error *error)
{
    uint32_t mcu = mcu_px(form), most = JPEG_MAX_DIMENSION / mcu, columns, down;
    size_t before = out->n;
    pl_jpeg_grid(form, &columns, &down);
    for (uint32_t i = 0, some; i < n; i += some) {
        some = PL_MIN(n - i, most);
        size_t at = out->n;
        struct pl_band_rows these = {rows + (size_t)i * mcu, some * mcu};
        enum pl_err err =
            run(form, pl_band_of_rows, &these, form->interval_w, some * mcu, out, error);
        if (err != PL_OK) {
            out->n = before;
            return err;
        }
        const uint8_t *data = out->bytes + at + head_n(out->bytes + at, out->n - at);
        const uint8_t *end =
            cut(data, out->bytes + out->n, some, out->bytes + at, out->bytes + before, ends + i);
        out->n = (size_t)(end - out->bytes);
    }
    return PL_OK;
}

/* As libjpeg writes them, of the smallest picture of that form. */
static enum pl_err headers(const struct pl_jpeg_form *form, struct pl_buf *out,
                           struct pl_error *error)
{
    static const uint8_t black[3 * MCU_MAX];
    const uint8_t *row = black;
    struct pl_band_rows rows = {&row, 1};
    uint32_t mcu = mcu_px(form);
    size_t before = out->n;
    enum pl_err err = run(form, pl_band_of_rows, &rows, mcu, mcu, out, error);
    if (err != PL_OK)
        return err;
    uint8_t *bytes = out->bytes + before;
    set_size(form, bytes, out->n - before);
    out->n = before + head_n(bytes, out->n - before);
    return PL_OK;
}

enum pl_err pl_jpeg_splice(const struct pl_jpeg_form *form, pl_jpeg_part_fn *part, void *context,
                           struct pl_buf *out, struct pl_error *error)
{
    uint32_t columns, down;
    size_t before = out->n;
    pl_jpeg_grid(form, &columns, &down);
    enum pl_err err = headers(form, out, error);
    for (uint32_t i = 0, n = columns * down; i < n && err == PL_OK; i++) {
        struct pl_jpeg_part entropy = part(context, i);
        uint8_t marker = (uint8_t)(i + 1 < n ? M_RST0 + i % 8 : M_EOI);
        err = pl_buf_reserve(out, entropy.n + 2, error);
        if (err == PL_OK) {
            uint8_t *to = out->bytes + out->n;
            memcpy(to, entropy.bytes, entropy.n);
            to[entropy.n] = 0xff;
            to[entropy.n + 1] = marker;
            out->n += entropy.n + 2;
        }
    }
    if (err != PL_OK)
        out->n = before;
    return err;
}
