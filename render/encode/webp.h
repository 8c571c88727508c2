/* webp.h - pictures to WebP (RFC 9649), lossy, appended to a buffer.
 *
 * Caveat: the lossy form always halves the colour planes (4:2:0): thin coloured lines lose colour.
 * Working memory: 1.5 bytes a pixel and one band of the arena, given back before return; of the
 * heap 0.5 MiB for 1920x1080 and 1.2 MiB for 3840x2160 at quality 90, 1.1 and 1.7 MiB at 100.
 * On failure the buffer is as it was. The same pixels give the same bytes.
 */
#ifndef PL_ENCODE_WEBP_H
#define PL_ENCODE_WEBP_H

#include "render/encode/band.h"
#include "shm/base/arena.h"
#include "shm/base/buf.h"

enum { PL_WEBP_SIDE_MAX = 16383 }; /* 14 bits of the format */

/* pl_webp_rgb - rows of 3 * width_px bytes; quality 0..100. Rows beyond the picture are not read.
 * PL_E_LIMIT when the arena or the buffer is too small, a side is longer than PL_WEBP_SIDE_MAX or
 * the picture has more than the format can hold; PL_E_NOMEM. */
enum pl_err pl_webp_rgb(pl_band_fn *band, void *context, uint32_t width_px, uint32_t height_px,
                        unsigned quality, struct pl_arena *arena, struct pl_buf *out,
                        struct pl_error *error);

#endif
