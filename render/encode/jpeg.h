/* jpeg.h - pictures to baseline JPEG (ITU-T T.81), appended to a buffer.
 *
 * Quality 90, no chroma subsampling: thin coloured lines and small text keep their colour. The
 * pixels are expanded to RGB in the arena; turbojpeg's own tables are freed before return. On
 * failure the buffer is as it was.
 */
#ifndef PL_ENCODE_JPEG_H
#define PL_ENCODE_JPEG_H

#include "render/canvas.h"
#include "shm/base/buf.h"

enum pl_err pl_jpeg_canvas(const struct pl_canvas *canvas, struct pl_arena *arena,
                           struct pl_buf *out, struct pl_error *error);

#endif
