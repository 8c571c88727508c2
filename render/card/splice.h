/* splice.h - a painted canvas to an encoded picture.
 *
 * At the quality that packs keep entropy bytes for, only the tiles that were painted on are
 * encoded; the rest is copied from the pack (encode/jpeg_splice.h). Where that does not pay (nearly
 * all is painted) or cannot be (another quality, a width whose rows the tiles do not divide in that
 * form of subsampling, a pack without entropy bytes) the whole picture is encoded, band by band.
 * Which way was taken is not seen in the file: the same restart interval is used in both.
 *
 * The canvas stands on a base and is finished (canvas24.h). Working memory comes from its arena and
 * is given back before return. On failure out is as it was: PL_E_LIMIT when out or the arena is too
 * small, else as libjpeg reports.
 */
#ifndef PL_CARD_SPLICE_H
#define PL_CARD_SPLICE_H

#include "render/card/canvas24.h"
#include "render/encode/jpeg_splice.h"

enum { PL_SPLICE_QUALITY = 90 }; /* of the entropy bytes in packs */

/* pl_splice_jpeg - *spliced (may be NULL): only what was painted on was encoded. */
enum pl_err pl_splice_jpeg(const struct pl_canvas24 *canvas, unsigned quality, enum pl_jpeg_sub sub,
                           struct pl_buf *out, bool *spliced, struct pl_error *error);

/* pl_splice_plain - the same bytes, always the long way. */
enum pl_err pl_splice_plain(const struct pl_canvas24 *canvas, unsigned quality,
                            enum pl_jpeg_sub sub, struct pl_buf *out, struct pl_error *error);

/* Of other forms always the whole picture is encoded. */
enum pl_err pl_splice_webp(const struct pl_canvas24 *canvas, unsigned quality, struct pl_buf *out,
                           struct pl_error *error);
enum pl_err pl_splice_png(const struct pl_canvas24 *canvas, struct pl_buf *out,
                          struct pl_error *error);

#endif
