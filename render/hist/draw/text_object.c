/* text_object.c - texts and scalars: the text in the middle of the picture, the name over it.
 *
 * Printed as it is, without markup: what programs store may hold any character. Memory: none.
 */
#include <stdio.h>

#include "render/hist/draw/plot_priv.h"
#include "render/wrap.h"
#include "shm/base/check.h"

enum { TEXT_PX = 16, GREY = 0x666666 };

static void draw_lines(struct pl_plot *plot, const char *text, int y0, int y1)
{
    struct pl_wrapped wrapped;
    char line[PL_WRAP_TEXT_MAX + 1];
    int w = (int)plot->canvas->width_px, margin = PL_MAX(1, w / 30);
    unsigned px = (unsigned)(TEXT_PX * plot->size + 0.5);
    pl_wrap(text, w - 2 * margin, y1 - y0, PL_MAX(px, 9u), &wrapped);
    int y = y0 + (y1 - y0 - (int)wrapped.lines_n * wrapped.line_height) / 2;
    for (unsigned i = 0; i < wrapped.lines_n; i++, y += wrapped.line_height) {
        pl_wrap_line(&wrapped, i, line);
        struct pl_text_box box = pl_text_measure(line, wrapped.px, PL_TEXT_PLAIN);
        struct pl_rect rect = {(w - box.width_px) / 2, y, (w + box.width_px + 1) / 2,
                               y + wrapped.line_height};
        pl_plot_laid(plot, PL_LAID_LABEL, rect);
        pl_text_draw(plot->canvas, rect.x0, y + (int)wrapped.px, line, wrapped.px, PL_TEXT_PLAIN,
                     plot->canvas->black);
    }
}

static const char *shown(const struct pl_hist *hist, char *room, size_t n)
{
    const struct pl_scalar *scalar = hist->scalar;
    if (scalar == NULL)
        return hist->text != NULL ? hist->text : "";
    if (scalar->code != PL_SCALAR_REPORT)
        return scalar->value;
    (void)snprintf(room, n, "%.80s: status %d. %.200s", scalar->test, scalar->status,
                   scalar->message);
    return room;
}

void pl_text_object_draw(struct pl_plot *plot)
{
    const struct pl_hist *hist = plot->hist;
    int h = (int)plot->canvas->height_px, w = (int)plot->canvas->width_px, top = 0;
    unsigned flags = hist->scalar != NULL ? PL_TEXT_PLAIN : 0; /* titles may hold markup */
    char room[320], name[256];
    const char *title = hist->scalar != NULL ? hist->scalar->name : hist->title;
    if (plot->show_labels && *title != '\0') {
        pl_text_fit(name, sizeof name, title, plot->label_px, flags, w - w / 15);
        struct pl_text_box box = pl_text_measure(name, plot->label_px, flags);
        int x = (w - box.width_px) / 2, y = h / 20 + box.ascent_px;
        top = y + box.descent_px;
        pl_plot_laid(plot, PL_LAID_TITLE,
                     (struct pl_rect){x, y - box.ascent_px, x + box.width_px, top});
        pl_text_draw(plot->canvas, x, y, name, plot->label_px, flags,
                     pl_canvas_ink(plot->canvas, GREY, 4));
    }
    draw_lines(plot, shown(hist, room, sizeof room), top, h - top);
}
