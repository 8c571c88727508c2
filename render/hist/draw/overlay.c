/* overlay.c - several things in one picture.
 *
 * Histograms of one dimension are laid over one another when they are of one kind and have the same
 * bins: with other bins the heights would not say the same. Graphs and efficiencies of one
 * dimension are when they are of one kind. References are scaled to the sum of weights of the main
 * one, unless the caller or the kind says no; each has a colour of its own. The objects themselves
 * are not changed: layers draw copies with another style. Memory: a layer and a copy each, for a
 * stack also its contents, from the arena.
 */
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "render/style.h"
#include "shm/base/check.h"

bool pl_hist_overlaid(const struct pl_hist *hist)
{
    if (hist->kind == PL_HIST_EFFICIENCY)
        return hist->efficiency->total->kind == PL_HIST_1D;
    return hist->kind == PL_HIST_1D || hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_GRAPH;
}

/* Same edges up to what rounding can do to them. */
static bool same_bins(const struct pl_hist_axis *a, const struct pl_hist_axis *b)
{
    if (a->bins != b->bins)
        return false;
    for (uint32_t bin = 1; bin <= a->bins + 1; bin++) {
        double width = pl_hist_edge(a, bin <= a->bins ? bin + 1 : bin) -
                       pl_hist_edge(a, bin <= a->bins ? bin : bin - 1);
        if (!(fabs(pl_hist_edge(a, bin) - pl_hist_edge(b, bin)) <= 1e-6 * width))
            return false;
        if (a->edges == NULL && b->edges == NULL && bin == 1)
            bin = a->bins; /* both even: the ends say it all */
    }
    return true;
}

enum pl_err pl_hist_comparable(const struct pl_hist_layer *first,
                               const struct pl_hist_layer *second, struct pl_error *error)
{
    const struct pl_hist *a = first->hist, *b = second->hist;
    if (a->kind != b->kind ||
        (a->kind == PL_HIST_EFFICIENCY && a->efficiency->total->kind != b->efficiency->total->kind))
        return pl_fail_param(
            error, PL_E_INPUT, "obj",
            "obj: '%.80s' is a %.30s, the first object a %.30s; only things of one "
            "kind make one picture",
            second->selector, b->class_name, a->class_name);
    if ((a->kind == PL_HIST_1D || a->kind == PL_HIST_PROFILE) && !same_bins(&a->x, &b->x))
        return pl_fail_param(error, PL_E_INPUT, "obj",
                             "obj: '%.80s' has %u bins from %g to %g, the first object %u from %g "
                             "to %g; give objects with the same bins",
                             second->selector, b->x.bins, b->x.low, b->x.high, a->x.bins, a->x.low,
                             a->x.high);
    return PL_OK;
}

/* ---- layers -------------------------------------------------------------------------------- */

enum { BLACK = 1, EMBEDDED = 920, STAR = 29, SOLID = 1001 };

static struct pl_hist *own_copy(struct pl_plot *plot)
{
    struct pl_hist *copy = pl_arena_alloc(plot->arena, sizeof *copy);
    if (copy != NULL) {
        *copy = *plot->hist;
        plot->hist = copy;
    }
    return copy;
}

static double sum_of_weights(const struct pl_plot *plot)
{
    double sum = 0.0;
    if (plot->hist->reduced != NULL)
        return plot->hist->reduced->flow[1][1] * plot->norm;
    for (uint32_t bin = 1; bin <= plot->hist->x.bins; bin++) {
        double value = pl_plot_value(plot, bin);
        sum += isfinite(value) ? value : 0.0;
    }
    return sum;
}

/* What contents of weight `sum` are multiplied by to compare with the main one. */
static double scale_to(const struct pl_plot *plot, double sum, bool efficiency)
{
    double main = plot->points == NULL ? sum_of_weights(plot) : 0.0;
    if (plot->params->no_norm || efficiency || pl_hist_is_profile(plot->hist) || !(main > 0.0) ||
        !(sum > 0.0) || !isfinite(main / sum))
        return 1.0;
    return main / sum;
}

static enum pl_err no_memory(struct pl_error *error)
{
    return pl_fail(error, PL_E_LIMIT, "no memory left in this job to lay histograms over another");
}

static enum pl_err make_reference(struct pl_plot *plot, const struct pl_hist_picture *picture,
                                  unsigned i, struct pl_plot *ref, struct pl_error *error)
{
    static const int16_t colors[PL_DRAW_SOURCES_MAX - 1] = {860, 807, 633, 618};
    const struct pl_hist_layer *layer = &picture->layers[i + 1];
    const char *label = i < PL_COUNT(plot->params->reflabel) ? plot->params->reflabel[i] : "";
    bool embedded = plot->params->reference == PL_REF_REFERENCE;
    *ref = *plot;
    ref->points = NULL;
    enum pl_err err = pl_plot_object(ref, layer->hist, error);
    if (err != PL_OK)
        return err;
    struct pl_hist *copy = own_copy(ref);
    if (copy == NULL)
        return no_memory(error);
    copy->line_color = embedded ? (i == 0 ? EMBEDDED : colors[i - 1]) : colors[i];
    copy->marker_color = copy->line_color;
    copy->line_width = copy->line_style = 1;
    copy->fill_color = embedded && i == 0 ? EMBEDDED : 0;
    copy->fill_style = SOLID;
    copy->marker_style = STAR;
    copy->marker_size = 1.0F;
    ref->box_color = pl_style_color(embedded && i == 0 ? EMBEDDED + 1 : copy->line_color);
    ref->heading = *label != '\0' ? label : *layer->label != '\0' ? layer->label : copy->name;
    ref->has_probability = plot->params->has_ktest && plot->points == NULL;
    if (ref->has_probability)
        ref->probability = pl_hist_kolmogorov(plot, ref);
    if (plot->params->reference != PL_REF_STACKED && ref->points == NULL)
        ref->norm *=
            scale_to(plot, sum_of_weights(ref), layer->efficiency || picture->layers[0].efficiency);
    return PL_OK;
}

/* A stack as a whole is scaled, not its parts. */
static void scale_stack(struct pl_plot *plot, const struct pl_hist_picture *picture)
{
    double sum = 0.0;
    bool efficiency = false;
    for (unsigned i = 0; i < picture->layers_n; i++)
        efficiency |= picture->layers[i].efficiency;
    for (unsigned i = 0; i < plot->refs_n; i++)
        sum += sum_of_weights(&plot->refs[i]);
    double scale = scale_to(plot, sum, efficiency);
    for (unsigned i = 0; i < plot->refs_n; i++)
        plot->refs[i].norm *= scale;
}

/* The axis of points covers those of all layers. */
static void widen_frame(const struct pl_plot *plot, struct pl_hist *frame)
{
    for (unsigned i = 0; i < plot->refs_n && frame->x.labels == NULL; i++) {
        frame->x.low = fmin(frame->x.low, plot->refs[i].hist->x.low);
        frame->x.high = fmax(frame->x.high, plot->refs[i].hist->x.high);
    }
}

enum pl_err pl_overlay_prepare(struct pl_plot *plot, const struct pl_hist_picture *picture,
                               struct pl_error *error)
{
    unsigned n = picture->layers_n - 1;
    bool named = plot->params->has_ktest;
    struct pl_plot *refs = pl_arena_zalloc(plot->arena, n, sizeof *refs);
    struct pl_hist *copy = own_copy(plot);
    if (refs == NULL || copy == NULL)
        return no_memory(error);
    for (unsigned i = 0; i < n; i++) {
        enum pl_err err = make_reference(plot, picture, i, &refs[i], error);
        if (err != PL_OK)
            return err;
        named |= *refs[i].heading != '\0' && refs[i].heading != refs[i].hist->name;
    }
    plot->refs = refs;
    plot->refs_n = n;
    copy->line_color = copy->marker_color = BLACK;
    copy->line_width = 2;
    copy->line_style = 1;
    copy->fill_color = 0;
    if (*picture->layers[0].label != '\0')
        plot->heading = picture->layers[0].label;
    if (plot->points != NULL)
        widen_frame(plot, copy);
    if (plot->params->reference == PL_REF_STACKED && plot->points == NULL)
        scale_stack(plot, picture);
    /* without statistics the boxes still say which is which */
    plot->legend_only = !plot->show_stats && named && plot->show_axis_titles;
    plot->show_stats |= plot->legend_only;
    for (unsigned i = 0; i < n; i++) {
        refs[i].legend_only = plot->legend_only;
        refs[i].show_stats = plot->show_stats;
    }
    return PL_OK;
}

/* ---- stack --------------------------------------------------------------------------------- */

enum pl_err pl_overlay_stack(struct pl_plot *plot, struct pl_error *error)
{
    const struct pl_hist *below = NULL;
    if (plot->points != NULL || plot->hist->kind != PL_HIST_1D) {
        pl_plot_note(plot, "only histograms are stacked: these are laid over one another");
        return PL_OK;
    }
    for (unsigned i = 0; i < plot->refs_n; i++) {
        struct pl_plot *ref = &plot->refs[i];
        struct pl_hist *copy = own_copy(ref);
        uint64_t n = (uint64_t)plot->hist->x.bins + 2;
        uint64_t *sums = pl_arena_zalloc(plot->arena, n, sizeof *sums);
        if (copy == NULL || sums == NULL)
            return no_memory(error);
        for (uint64_t cell = 0; cell < n; cell++) {
            double sum = pl_plot_value(ref, cell);
            uint64_t bits;
            sum = isfinite(sum) ? sum : 0.0;
            sum += below != NULL ? pl_cell(&below->content, cell) : 0.0;
            memcpy(&bits, &sum, sizeof bits);
            sums[cell] = htobe64(bits);
        }
        copy->content = (struct pl_cells){(const uint8_t *)sums, n, PL_CELL_F64};
        copy->sumw2 = (struct pl_cells){NULL, 0, PL_CELL_F64};
        copy->reduced = NULL; /* what it says is not of the sums */
        copy->fill_color = copy->line_color;
        ref->norm = 1.0;
        ref->options = (struct pl_hist_options){.hist = true};
        below = copy;
    }
    return PL_OK;
}

/* ---- verdict ------------------------------------------------------------------------------- */

uint32_t pl_overlay_verdict_color(const struct pl_plot *ref)
{
    return ref->probability >= ref->params->ktest ? 0x33cd33 : 0xcd3333;
}

/* Pictures too small for boxes show the least probability in a corner that is free, else at the
 * foot of the columns. */
void pl_overlay_verdict(struct pl_plot *plot)
{
    const struct pl_plot *least = NULL;
    char text[32];
    for (unsigned i = 0; i < plot->refs_n; i++)
        if (plot->refs[i].has_probability && !isnan(plot->refs[i].probability) &&
            (least == NULL || plot->refs[i].probability < least->probability))
            least = &plot->refs[i];
    if (least == NULL || plot->show_stats || !plot->show_labels)
        return;
    (void)snprintf(text, sizeof text, "%6.5f", least->probability);
    int px = (int)plot->label_px, gap = px / 2, y = plot->frame.y0 + 2;
    int width = pl_text_measure(text, plot->label_px, PL_TEXT_PLAIN).width_px + gap;
    struct pl_rect right = {plot->frame.x1 - 2 - width, y, plot->frame.x1 - 2, y + px + 2};
    struct pl_rect left = {plot->frame.x0 + 2 * gap, y, plot->frame.x0 + 2 * gap + width,
                           y + px + 2};
    struct pl_rect at = pl_place_free(plot, right, 1) ? right : left;
    if (right.x0 <= left.x0)
        return;
    if (!pl_place_free(plot, at, 1))
        at = (struct pl_rect){right.x0, plot->frame.y1 - 2 * px - gap, right.x1,
                              plot->frame.y1 - px - gap + 2};
    pl_canvas_fill(plot->canvas, at, (struct pl_ink){0, 1});
    pl_text_draw(plot->canvas, at.x0 + gap / 2, at.y0 + px, text, plot->label_px, PL_TEXT_PLAIN,
                 pl_canvas_ink(plot->canvas, pl_overlay_verdict_color(least), 6));
}

/* ---- drawing ------------------------------------------------------------------------------- */

static void draw_layer(struct pl_plot *plot)
{
    if (plot->points != NULL)
        pl_graph_draw(plot);
    else
        pl_plot1d_draw(plot);
}

void pl_overlay_draw(struct pl_plot *plot)
{
    enum pl_hist_reference reference = plot->params->reference;
    bool under = reference == PL_REF_REFERENCE || reference == PL_REF_STACKED;
    for (unsigned i = plot->refs_n; under && i > 0; i--) /* the highest of a stack is the last */
        draw_layer(&plot->refs[i - 1]);
    draw_layer(plot);
    for (unsigned i = 0; !under && i < plot->refs_n; i++)
        draw_layer(&plot->refs[i]);
}
