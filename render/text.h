/* text.h - text on a canvas: two faces, one glyph store, markup.
 *
 * Faces: Liberation Sans, and DejaVu Sans for what the first does not have (Greek with marks,
 * arrows, ...). Bold and italic are made of these; markup (markup.c) asks for them, for sizes and
 * for ROOT's colours. The files are mapped read-only before fork. pl_text_start fills a store of
 * ASCII glyphs at the usual sizes in a shared mapping and seals it; what a process needs beyond
 * that goes into its own bounded store, which is emptied when full. A cold glyph costs tens of
 * microseconds, a warm one less than one.
 *
 * Sizes are in pixels (em height), clamped to 6..120. Text is UTF-8; a malformed byte shows as
 * U+FFFD. At most PL_LAYOUT_MAX glyphs of a text are drawn.
 *
 * One thread a process.
 */
#ifndef PL_TEXT_H
#define PL_TEXT_H

#include "render/canvas.h"

enum pl_text_flags {
    PL_TEXT_PLAIN = 1, /* no markup: names typed by people */
    PL_TEXT_UP = 2,    /* turned by 90 degrees, reading upwards */
};

struct pl_text_box {
    int width_px;              /* along the reading direction */
    int ascent_px, descent_px; /* above and below the baseline, both >= 0 */
};

/* pl_text_start - map the faces, fill and seal the shared store. Once, before fork. font_dir: a
 * folder holding the files, or NULL for Debian's. PL_E_MISSING names the package to install. */
enum pl_err pl_text_start(const char *font_dir, struct pl_error *error);
void pl_text_stop(void);

struct pl_text_box pl_text_measure(const char *text, unsigned px, unsigned flags);

/* pl_text_draw - origin of the baseline at (x, y): the pixel row above the baseline is y - 1. With
 * PL_TEXT_UP the baseline is the column x and the text runs upwards from row y - 1. Cut at the
 * canvas's clip rectangle. */
void pl_text_draw(struct pl_canvas *canvas, int x, int y, const char *text, unsigned px,
                  unsigned flags, struct pl_ink ink);

/* pl_text_draw_turned - the baseline starts at (x, y) and rises by `degrees` (negative: falls).
 * Every glyph is rasterised anew, some ten microseconds each: for labels, not for whole texts. Bars
 * of roots and fractions are left out. */
void pl_text_draw_turned(struct pl_canvas *canvas, double x, double y, const char *text,
                         unsigned px, unsigned flags, int degrees, struct pl_ink ink);

/* pl_text_fit - copy text to out (n bytes), shortened with an ellipsis until it is at most width_px
 * wide; empty when not even the ellipsis fits. */
void pl_text_fit(char *out, size_t n, const char *text, unsigned px, unsigned flags, int width_px);

#endif
