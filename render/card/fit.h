/* fit.h - the labels of a cell into its rectangle, as large as they go.
 *
 * Labels stand in one line, a blank between them, at the largest size s (pixels, line height = s)
 * at which they are neither too wide nor too high. Where that is small (below 18 at a picture of
 * 1920) lines are broken between labels if that allows a larger size. Below the least size (13 at
 * 1920) nothing is made smaller: what does not fit is cut with an ellipsis, and `overflow` says so.
 *
 * Widths are those of the shaped texts (type.h): unhinted, with kerning.
 */
#ifndef PL_CARD_FIT_H
#define PL_CARD_FIT_H

#include <stdbool.h>

#include "render/card/canvas24.h"
#include "render/card/type.h"

struct pl_fit_label {
    struct pl_type_text text; /* shaped in the label font; cut by pl_fit where it overflows */
    uint32_t rgba;
    unsigned line;   /* from 0 */
    double x, width; /* pixels from the line's start, at size px */
};

struct pl_fit_rule {
    unsigned least_px;  /* no smaller */
    unsigned single_px; /* below this more lines are tried */
    unsigned margin_px; /* glyphs are painted so much smaller than they are measured */
};
/* For a picture of that width and a least size at 1920. */
struct pl_fit_rule pl_fit_rule(uint32_t width_px, unsigned least_px_at_1920);

struct pl_fit {
    unsigned px, lines;
    unsigned glyph_px; /* painted size; boxes are measured at px */
    bool overflow;
    uint32_t shown_n; /* of the labels, from the first; less than all only with overflow */
};

/* pl_fit - place the labels in width_px times height_px. Fills in line, x, width of each label
 * shown. PL_E_LIMIT when the arena is full. */
enum pl_err pl_fit(struct pl_type *type, struct pl_fit_rule rule, int width_px, int height_px,
                   struct pl_fit_label *labels, uint32_t labels_n, struct pl_arena *arena,
                   struct pl_fit *out, struct pl_error *error);

/* What is painted where: `room` is where pl_fit placed the labels (its width and height), `limit`
 * what no pixel is painted outside of. */
struct pl_fit_place {
    struct pl_box room, limit;
    double radius; /* of the labels' corners, pixels */
    uint32_t text_rgb;
};
void pl_fit_paint(struct pl_type *type, struct pl_canvas24 *canvas, const struct pl_fit *fit,
                  const struct pl_fit_label *labels, const struct pl_fit_place *place);

#endif
