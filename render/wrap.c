/* wrap.c - a text broken into lines. Measures through text.c; memory is the caller's. */
#include "render/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "render/text.h"
#include "shm/base/check.h"
#include "shm/base/utf8.h"

static int width_of(const char *text, size_t n, unsigned px)
{
    char copy[PL_WRAP_TEXT_MAX + 1];
    memcpy(copy, text, n);
    copy[n] = '\0';
    return pl_text_measure(copy, px, PL_TEXT_PLAIN).width_px;
}

/* Bytes of the longest beginning that is at most `room` wide: whole words, or part of the first. */
static size_t line_length(const char *text, unsigned px, int room)
{
    size_t fits = 0;
    for (size_t end = 0; text[end] != '\0'; fits = end) {
        end += strspn(text + end, " ");
        end += strcspn(text + end, " ");
        if (width_of(text, end, px) > room)
            break;
    }
    for (size_t end = 0, step; fits == end && text[end] != '\0'; fits = end) {
        step = pl_utf8_step(text + end, SIZE_MAX, NULL);
        if (width_of(text, end + PL_MAX(step, 1u), px) > room)
            break;
        end += PL_MAX(step, 1u);
    }
    return fits;
}

static bool broken(struct pl_wrapped *out, unsigned px, int width, int height)
{
    out->px = px;
    out->line_height = (int)(px * 1.35 + 0.5);
    out->lines_n = 0;
    unsigned most = (unsigned)PL_MAX(0, PL_MIN((int)PL_WRAP_LINES_MAX, height / out->line_height));
    const char *at = out->text + strspn(out->text, " ");
    for (; *at != '\0' && out->lines_n < most; at += strspn(at, " ")) {
        size_t n = line_length(at, px, width);
        if (n == 0)
            return false;
        out->lines[out->lines_n].start = (size_t)(at - out->text);
        out->lines[out->lines_n++].n = n;
        at += n;
    }
    return *at == '\0';
}

void pl_wrap(const char *text, int width, int height, unsigned px, struct pl_wrapped *out)
{
    size_t n = strnlen(text, PL_WRAP_TEXT_MAX);
    memcpy(out->text, text, n);
    out->text[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)out->text[i] < 0x20)
            out->text[i] = ' ';
    px = PL_MAX(px, (unsigned)PL_WRAP_PX_LEAST);
    while (!broken(out, px, width, height) && px > PL_WRAP_PX_LEAST)
        px = PL_MAX((unsigned)PL_WRAP_PX_LEAST, px * 7 / 8);
}

void pl_wrap_line(const struct pl_wrapped *wrapped, unsigned i, char *out)
{
    memcpy(out, wrapped->text + wrapped->lines[i].start, wrapped->lines[i].n);
    out[wrapped->lines[i].n] = '\0';
}
