/* band.h - a picture as encoders take it: 16 RGB rows at a time, from the top.
 *
 * pl_band_fn fills in pointers to the rows 16 * band ... 16 * band + 15, which are borrowed until
 * the next call. What rows beyond the picture hold is the encoder's to say; they can always be
 * read.
 */
#ifndef PL_ENCODE_BAND_H
#define PL_ENCODE_BAND_H

#include <stdint.h>

enum { PL_BAND_ROWS = 16 };

typedef void pl_band_fn(void *context, uint32_t band, const uint8_t *rows[PL_BAND_ROWS]);

/* pl_band_of_rows - a pl_band_fn for n > 0 rows that are all there; the last stands for those
 * beyond. */
struct pl_band_rows {
    const uint8_t *const *rows;
    uint32_t n;
};

static inline void pl_band_of_rows(void *context, uint32_t band, const uint8_t *rows[PL_BAND_ROWS])
{
    const struct pl_band_rows *all = context;
    for (uint32_t i = 0; i < PL_BAND_ROWS; i++) {
        uint32_t y = band * PL_BAND_ROWS + i;
        rows[i] = all->rows[y < all->n ? y : all->n - 1];
    }
}

#endif
