/* png.h - pictures to PNG (ISO/IEC 15948), appended to a buffer.
 *
 * The whole picture is compressed in one call of libdeflate and framed by libpng. Working memory
 * comes from the arena and is given back before return. On failure the buffer is as it was. One
 * thread a process (libdeflate's allocator is set per process).
 */
#ifndef PL_ENCODE_PNG_H
#define PL_ENCODE_PNG_H

#include "render/canvas.h"
#include "render/encode/band.h"
#include "shm/base/buf.h"

/* pl_png_canvas - palette PNG: 4 bits a pixel up to 16 colours, else 8. PL_E_LIMIT when the arena
 * or the buffer is too small. */
enum pl_err pl_png_canvas(const struct pl_canvas *canvas, struct pl_arena *arena,
                          struct pl_buf *out, struct pl_error *error);
/* pl_png_rgb - 8 bits a channel; rows of 3 * width_px bytes. The picture need not be in memory as a
 * whole: up to 8 MiB of pixels take as much of the arena and what they are compressed to, larger
 * ones 0.3 MB. PL_E_LIMIT as above. */
enum pl_err pl_png_rgb(pl_band_fn *band, void *context, uint32_t width_px, uint32_t height_px,
                       struct pl_arena *arena, struct pl_buf *out, struct pl_error *error);

#endif
