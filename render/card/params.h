/* params.h - what can be asked of a picture: canonical text, read and written.
 *
 * bg    a background as the pack names it; "" = the image's own
 * pack  always there: the first 16 hex digits of the version of the packs
 * q     quality of a JPEG or WebP
 * sub   chroma subsampling of a JPEG
 * w     width in pixels; 0 = the picture's own
 *
 * q and sub are taken for every form, and left out of the canonical text of those that do not have
 * them.
 *
 * Which widths and backgrounds there are is the picture's matter, so it is checked when it is
 * drawn.
 */
#ifndef PL_CARD_PARAMS_H
#define PL_CARD_PARAMS_H

#include "render/encode/jpeg_splice.h"
#include "render/render.h"

enum { PL_CARD_BG_N = 64, PL_CARD_PACK_N = 16, PL_CARD_WIDTH_MAX = 16384 };

struct pl_card_params {
    uint32_t width_px;
    unsigned quality;
    enum pl_jpeg_sub sub;
    char bg[PL_CARD_BG_N];
    char pack[PL_CARD_PACK_N + 1];
};

/* pl_card_params - struct pl_renderer's params, with the version of pl_card_packs(). */
enum pl_err pl_card_params(const struct pl_query *query, size_t n, const char *kind,
                           enum pl_media media, enum pl_query_rule rule, struct pl_params *out,
                           struct pl_error *error);
/* pl_card_params_parse - canonical text to a struct. PL_E_INPUT. */
enum pl_err pl_card_params_parse(const char *text, struct pl_card_params *out,
                                 struct pl_error *error);

#endif
