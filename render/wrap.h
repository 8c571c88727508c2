/* wrap.h - a text broken into lines that fit a rectangle: for notices and texts that are objects.
 */
#ifndef PL_WRAP_H
#define PL_WRAP_H

#include <stddef.h>

enum { PL_WRAP_PX_LEAST = 7, PL_WRAP_TEXT_MAX = 400, PL_WRAP_LINES_MAX = 24 };

struct pl_wrapped {
    char text[PL_WRAP_TEXT_MAX + 1]; /* without markup; control characters have become blanks */
    unsigned px, lines_n;
    int line_height;
    struct {
        size_t start, n; /* bytes of text */
    } lines[PL_WRAP_LINES_MAX];
};

/* pl_wrap - the largest size up to `px` at which all of the text fits width x height pixels; else
 * the least one, and as many lines as there is room for. Words stay whole unless one alone is too
 * long. */
void pl_wrap(const char *text, int width, int height, unsigned px, struct pl_wrapped *out);

/* Line i as a text of its own; out has PL_WRAP_TEXT_MAX + 1 bytes. */
void pl_wrap_line(const struct pl_wrapped *wrapped, unsigned i, char *out);

#endif
