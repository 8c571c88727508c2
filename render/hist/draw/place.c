/* place.c - where the statistics and legends stand so that they hide nothing.
 *
 * Lays out axes and columns, then looks for a place: inside the frame at its top, at the right, the
 * left, then anywhere between; of a map all four corners. When data are everywhere, the box of a
 * single histogram goes flat over the frame, those of several go into a column of their own at the
 * right. Boxes of several stand below one another in the order of the objects. Memory: columns,
 * from the arena.
 */
#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

static struct pl_plot *layer(struct pl_plot *plot, unsigned i)
{
    return i == 0 ? plot : &plot->refs[i - 1];
}

static int small_gap(const struct pl_plot *plot)
{
    return PL_MAX(2, (int)(4 * plot->size));
}

/* Axes, and what follows from them: columns of all layers. */
static enum pl_err lay_out(struct pl_plot *plot, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    pl_axes_layout(plot);
    for (unsigned i = 0; err == PL_OK && i <= plot->refs_n; i++) {
        struct pl_plot *at = layer(plot, i);
        at->frame = plot->frame;
        at->x = plot->x;
        at->y = plot->y;
        at->stats_columns = plot->stats_columns;
        if (!at->two && at->points == NULL)
            err = pl_plot1d_columns(at, &at->columns, error);
    }
    return err;
}

bool pl_place_free(const struct pl_plot *plot, struct pl_rect box, int gap)
{
    struct pl_rect wide = {box.x0 - gap, box.y0 - gap, box.x1 + gap, box.y1 + gap};
    if (plot->two)
        return pl_plot2d_free(plot, wide);
    for (unsigned i = 0; i <= plot->refs_n; i++) {
        const struct pl_plot *at = i == 0 ? plot : &plot->refs[i - 1];
        int top = at->points != NULL ? pl_graph_top(at, wide.x0, wide.x1)
                                     : pl_plot1d_top(at, &at->columns, wide.x0, wide.x1);
        if (top <= wide.y1)
            return false;
    }
    return true;
}

/* ---- one column of boxes ------------------------------------------------------------------- */

static void boxes_size(struct pl_plot *plot, int *width, int *height)
{
    *width = *height = 0;
    for (unsigned i = 0; i <= plot->refs_n; i++) {
        int w, h;
        pl_statbox_size(layer(plot, i), 1, &w, &h);
        *width = PL_MAX(*width, w);
        *height += h + (i > 0 ? small_gap(plot) : 0);
    }
}

static void set_boxes(struct pl_plot *plot, struct pl_rect all)
{
    int y = all.y0;
    for (unsigned i = 0; i <= plot->refs_n; i++) {
        struct pl_plot *at = layer(plot, i);
        int w, h;
        pl_statbox_size(at, 1, &w, &h);
        at->stats_box = (struct pl_rect){all.x0, y, all.x1, y + h};
        y += h + small_gap(plot);
    }
}

static bool place_inside(struct pl_plot *plot)
{
    enum { PARTS = 12 };
    int width, height, gap = small_gap(plot);
    struct pl_rect f = plot->frame;
    boxes_size(plot, &width, &height);
    if (width > (f.x1 - f.x0) * 2 / 3 || height > (f.y1 - f.y0) * 2 / 3)
        return false;
    /* away from the right corner it stands clear of the ticks */
    int ticks = (int)(0.03 * (f.y1 - f.y0)) + gap, room = f.x1 - f.x0 - width - ticks;
    for (int i = -2; i < (plot->two ? 0 : PARTS); i++) {
        int x = i == -2 ? f.x1 - width : f.x0 + ticks + (i == -1 ? 0 : room * (PARTS - i) / PARTS);
        struct pl_rect top = {x, f.y0, x + width, f.y0 + height};
        struct pl_rect low = {x, f.y1 - ticks - height, x + width, f.y1 - ticks};
        set_boxes(plot, top);
        if (pl_place_free(plot, top, gap))
            return true;
        set_boxes(plot, low);
        if (plot->two && pl_place_free(plot, low, gap))
            return true;
    }
    return false;
}

static void hide_boxes(struct pl_plot *plot)
{
    for (unsigned i = 0; i <= plot->refs_n; i++)
        layer(plot, i)->show_stats = false;
}

/* Beside the frame; boxes lose their last lines when they are too high together. */
static enum pl_err place_right(struct pl_plot *plot, struct pl_error *error)
{
    int width, height, gap = PL_MAX(2, (int)(5 * plot->size + 0.5));
    int w = (int)plot->params->width_px, h = (int)plot->canvas->height_px;
    boxes_size(plot, &width, &height);
    for (int lines = PL_STAT_LINES_MAX; height > h - 2 * gap && lines > 1; lines--) {
        for (unsigned i = 0; i <= plot->refs_n; i++)
            layer(plot, i)->stat_lines_n = PL_MIN(layer(plot, i)->stat_lines_n, lines);
        boxes_size(plot, &width, &height);
    }
    if (height > h - 2 * gap || width + 2 * gap > w / 2) {
        hide_boxes(plot);
        return PL_OK;
    }
    plot->right_least = PL_MAX(plot->right_least, width + 2 * gap);
    enum pl_err err = lay_out(plot, error);
    int y0 = PL_MAX(gap, PL_MIN(plot->frame.y0, h - gap - height));
    set_boxes(plot, (struct pl_rect){w - gap - width, y0, w - gap, y0 + height});
    return err;
}

/* ---- one flat box -------------------------------------------------------------------------- */

/* Over the frame, right-aligned with it or as far to the right as the title needs to stay in the
 * middle; under the title when they do not fit side by side. */
static enum pl_err place_above(struct pl_plot *plot, struct pl_error *error)
{
    int width, height, gap = PL_MAX(2, (int)(5 * plot->size + 0.5));
    int most = (int)plot->params->width_px - 2 * gap;
    int title =
        plot->show_title ? pl_text_measure(plot->hist->title, plot->title_px, 0).width_px : 0;
    plot->stats_columns = 2;
    pl_statbox_size(plot, 2, &width, &height);
    plot->title_on_top = title > 0 && title + 5 * gap > most - width;
    if (plot->title_on_top && plot->stat_lines_n > 4) {
        plot->stats_columns = 3;
        pl_statbox_size(plot, 3, &width, &height);
        if (width > plot->frame.x1 - plot->frame.x0)
            plot->stats_columns = 2;
    }
    enum pl_err err = lay_out(plot, error);
    pl_statbox_size(plot, plot->stats_columns, &width, &height);
    int x1 = plot->frame.x1, y1 = plot->frame.y0 - gap;
    if (!plot->title_on_top && title > 0)
        x1 = PL_MAX(x1, (plot->frame.x0 + plot->frame.x1 + title) / 2 + 3 * gap + width);
    x1 = PL_MIN(x1, most);
    y1 -= pl_axes_over_palette(plot);
    plot->stats_box = (struct pl_rect){x1 - width, y1 - height, x1, y1};
    if (width > x1 || y1 - height < 0)
        plot->show_stats = false;
    return err;
}

enum pl_err pl_plot_place(struct pl_plot *plot, struct pl_error *error)
{
    plot->stats_columns = 1;
    enum pl_err err = lay_out(plot, error);
    if (err != PL_OK || !plot->show_stats || place_inside(plot))
        return err;
    return plot->refs_n > 0 ? place_right(plot, error) : place_above(plot, error);
}
