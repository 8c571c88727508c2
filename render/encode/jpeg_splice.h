/* jpeg_splice.h - baseline JPEG (ITU-T T.81) that encodes only what changed.
 *
 * A picture is cut into restart intervals of k MCUs, k dividing the MCUs of a row, so that an
 * interval never crosses a row. DC prediction starts anew in each (T.81 F.1.1.5.1), so an
 * interval's entropy bytes depend on its own pixels alone: those that are unchanged are copied from
 * where they were kept, the others are encoded together as one narrow picture, and RSTm (m = number
 * mod 8) is written between them. The result equals, byte for byte, a full encode with the same
 * interval (pl_jpeg_full), which is the oracle of the tests.
 *
 * Standard Huffman tables only; accurate integer DCT. libjpeg allocates for itself: errors come
 * back as PL_E_NOMEM or PL_E_INTERNAL, never as exit().
 */
#ifndef PL_ENCODE_JPEG_SPLICE_H
#define PL_ENCODE_JPEG_SPLICE_H

#include <stdbool.h>
#include <stdint.h>

#include "render/encode/band.h"
#include "shm/base/buf.h"
#include "shm/base/err.h"

enum pl_jpeg_sub { PL_JPEG_420, PL_JPEG_444 };

struct pl_jpeg_form {
    uint32_t width_px, height_px;
    enum pl_jpeg_sub sub;
    unsigned quality;    /* 1..100 */
    uint32_t interval_w; /* pixels: k times the MCU's width; divides the padded width */
};

/* pl_jpeg_interval - the interval's width for a picture of that width: what divides the row and is
 * nearest to 160 pixels in proportion, a multiple of 16. It always fits 4:2:0; it fits 4:4:4 unless
 * the last 16 pixels of a row are half beyond the edge (a width of 1939). */
uint32_t pl_jpeg_interval(uint32_t width_px);
/* pl_jpeg_fits - the interval divides the row; all functions below take only such forms. */
bool pl_jpeg_fits(const struct pl_jpeg_form *form);
/* How many intervals a picture has, in a row and rows. */
void pl_jpeg_grid(const struct pl_jpeg_form *form, uint32_t *columns, uint32_t *rows);

/* pl_jpeg_full - encode RGB rows as a whole, with restart markers. All rows of the padded size are
 * given at its full width: what is beyond the edge is encoded as it is. On failure out is as it
 * was; PL_E_LIMIT when it is too small.
 * pl_jpeg_bands - the same, of a picture that need not be in memory as a whole. */
enum pl_err pl_jpeg_full(const struct pl_jpeg_form *form, const uint8_t *const *rows,
                         struct pl_buf *out, struct pl_error *error);
enum pl_err pl_jpeg_bands(const struct pl_jpeg_form *form, pl_band_fn *band, void *context,
                          struct pl_buf *out, struct pl_error *error);

/* pl_jpeg_intervals - encode n intervals; rows holds n times the interval's height (16 or 8)
 * pointers to interval_w RGB pixels, one interval below the other. Their entropy bytes are appended
 * to out; ends[i] is where interval i ends, counted from the first of them. No markers. While it
 * works it needs about 1 KB more room in out than it takes. On failure out is as it was. */
enum pl_err pl_jpeg_intervals(const struct pl_jpeg_form *form, const uint8_t *const *rows,
                              uint32_t n, struct pl_buf *out, uint32_t *ends,
                              struct pl_error *error);

/* pl_jpeg_splice - the whole file: headers, then each interval as `part` gives it, with markers,
 * EOI. part(context, i) - entropy bytes of interval i, asked for in order, row by row; borrowed
 * until the next call. */
struct pl_jpeg_part {
    const uint8_t *bytes;
    uint64_t n;
};
typedef struct pl_jpeg_part pl_jpeg_part_fn(void *context, uint32_t i);
enum pl_err pl_jpeg_splice(const struct pl_jpeg_form *form, pl_jpeg_part_fn *part, void *context,
                           struct pl_buf *out, struct pl_error *error);

#endif
