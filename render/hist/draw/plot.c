/* plot.c - one picture from one thing or several, step by step.
 *
 * Decides what an object is drawn as, what is shown at this size, which style the options ask for,
 * and what the client is told of all that; the order of the work is in plot_priv.h. Memory: the
 * canvas, ticks and columns, from the arena.
 */
#include "render/hist/draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

void pl_plot_laid(struct pl_plot *plot, enum pl_laid_kind kind, struct pl_rect rect)
{
    rect.y0 += plot->laid_dy;
    rect.y1 += plot->laid_dy;
    if (plot->laid != NULL && plot->laid->n < PL_LAID_MAX)
        plot->laid->rects[plot->laid->n++] = (struct pl_laid_rect){kind, rect};
}

void pl_plot_text(struct pl_plot *plot, enum pl_laid_kind kind, int x, int y, int align,
                  const char *text, unsigned px, unsigned flags)
{
    struct pl_text_box box = pl_text_measure(text, px, flags);
    int shift = align == 2 ? box.width_px : align == 1 ? box.width_px / 2 : 0;
    if (flags & PL_TEXT_UP) {
        y += shift;
        pl_plot_laid(plot, kind,
                     (struct pl_rect){x - box.ascent_px, y - box.width_px, x + box.descent_px, y});
    } else {
        x -= shift;
        pl_plot_laid(plot, kind,
                     (struct pl_rect){x, y - box.ascent_px, x + box.width_px, y + box.descent_px});
    }
    pl_text_draw(plot->canvas, x, y, text, px, flags, plot->canvas->black);
}

void pl_plot_number(struct pl_plot *plot, double x, double y, const char *text, unsigned px,
                    int degrees, struct pl_ink ink)
{
    double half = 0.5 * pl_text_measure(text, px, PL_TEXT_PLAIN).width_px, rise = 0.36 * px;
    double c = cos(degrees * (M_PI / 180.0)), s = sin(degrees * (M_PI / 180.0));
    pl_text_draw_turned(plot->canvas, x - half * c + rise * s, y + half * s + rise * c, text, px,
                        PL_TEXT_PLAIN, degrees, ink);
}

/* ---- what is asked for --------------------------------------------------------------------- */

/* Points without a word: markers, joined when they have no errors. */
static void choose_point_options(const struct pl_plot *plot, struct pl_hist_options *to)
{
    bool errors = plot->points->y_low_error != NULL || plot->points->x_low_error != NULL;
    if (!(to->line || to->curve || to->markers || to->bars)) {
        to->markers = true;
        to->line = !errors && !to->errors;
    }
    to->errors = errors && !to->no_errors && plot->params->showerrbars != 0;
}

/* Words of the request, else those kept in the file, else the default of the kind. */
static void choose_options(struct pl_plot *plot)
{
    struct pl_hist_options asked = {0}, kept = {0}, *to = &plot->options;
    char option[64];
    (void)pl_hist_options_parse(plot->params->drawopts, &asked);
    size_t n = 0;
    for (const char *p = plot->hist->option; *p != '\0' && n + 1 < sizeof option; p++)
        option[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    option[n] = '\0';
    (void)pl_hist_options_parse(option, &kept);
    *to = (plot->two ? asked.asked_2d : asked.asked_1d) ? asked : kept;
    bool profile = plot->hist->kind == PL_HIST_PROFILE;
    if (plot->points != NULL) {
        choose_point_options(plot, to);
        return;
    }
    if (plot->two) {
        if (!to->asked_2d)
            to->color = to->color_axis = true;
        to->color_axis &= to->color;
        return;
    }
    if (profile && to->hist) /* bars without errors are asked for by name */
        to->errors |= false;
    else if (profile ||
             !(to->hist || to->bars || to->line || to->curve || to->markers || to->errors))
        to->errors |= profile || plot->hist->sumw2.n > 0;
    if (plot->params->showerrbars >= 0)
        to->errors = plot->params->showerrbars == 1;
    if (!(to->bars || to->line || to->curve || to->markers || to->errors))
        to->hist = true;
}

static unsigned scaled_px(const struct pl_plot *plot, double px, unsigned least)
{
    return PL_MAX(least, (unsigned)(px * plot->size + 0.5));
}

/* Small pictures lose the statistics first, then titles, then labels. */
static void choose_sizes(struct pl_plot *plot)
{
    uint32_t w = plot->params->width_px, h = plot->params->height_px;
    int stats = plot->params->showstats;
    plot->size = fmin(w / 600.0, h / 400.0);
    plot->thick = PL_MAX(1, (int)(plot->size + 0.25));
    plot->label_px = scaled_px(plot, 13, 8);
    plot->axis_title_px = scaled_px(plot, 13, 8);
    plot->title_px = scaled_px(plot, 16, 9);
    plot->stats_px = scaled_px(plot, 12, 9);
    plot->show_labels = w >= 70 && h >= 50;
    plot->show_axis_titles = w >= 240 && h >= 160;
    plot->show_title = w >= 120 && h >= 90 && *plot->hist->title != '\0' &&
                       (plot->hist->bits & PL_BIT_NO_TITLE) == 0;
    plot->show_stats =
        plot->points == NULL && plot->hist->kind != PL_HIST_TEXT && w >= 380 && h >= 250 &&
        (stats > 0 || (stats == PL_HIST_STATS_UNSET && (plot->hist->bits & PL_BIT_NO_STATS) == 0));
}

static double norm_of(const struct pl_hist *hist)
{
    double sum = 0.0;
    if (hist->norm_factor == 0.0 || !isfinite(hist->norm_factor) || pl_hist_is_profile(hist))
        return 1.0;
    if (hist->reduced != NULL)
        sum = hist->reduced->flow[1][1];
    for (uint64_t iy = 0;
         hist->reduced == NULL && iy < hist->cells_n / ((uint64_t)hist->x.bins + 2); iy++)
        for (uint64_t ix = 1; ix <= hist->x.bins; ix++) {
            uint64_t cell = ix + ((uint64_t)hist->x.bins + 2) * iy;
            double value = cell < hist->content.n ? pl_cell(&hist->content, cell) : 0.0;
            sum += isfinite(value) ? value : 0.0;
        }
    return sum != 0.0 && isfinite(hist->norm_factor / sum) ? hist->norm_factor / sum : 1.0;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Centred over the frame, moved left only as far as the statistics need; smaller before it is cut.
 */
static void draw_title(struct pl_plot *plot)
{
    char text[512];
    int gap = PL_MAX(2, (int)(5 * plot->size + 0.5)), w = (int)plot->params->width_px;
    int left = gap, right = w - gap, centre = (plot->frame.x0 + plot->frame.x1) / 2;
    int bottom = plot->frame.y0, least = (int)plot->title_px * 3 / 4;
    if (!plot->show_title)
        return;
    if (plot->show_stats && plot->stats_columns > 1) {
        bottom = plot->title_on_top ? plot->stats_box.y0 : plot->frame.y0;
        right = plot->title_on_top ? right : plot->stats_box.x0 - 3 * gap;
    }
    if (plot->over_room > 0 && !plot->title_on_top)
        bottom -= plot->over_room;
    unsigned px = plot->title_px;
    while ((int)px > PL_MAX(9, least) &&
           pl_text_measure(plot->hist->title, px, 0).width_px > right - left)
        px--;
    pl_text_fit(text, sizeof text, plot->hist->title, px, 0, right - left);
    struct pl_text_box box = pl_text_measure(text, px, 0);
    int x = PL_MAX(left, PL_MIN(centre - box.width_px / 2, right - box.width_px));
    int cap = (int)(px * 0.72 + 0.5), baseline = (bottom + cap) / 2;
    baseline = PL_MAX(PL_MIN(baseline, bottom - box.descent_px), box.ascent_px + 1);
    if (*text != '\0')
        pl_plot_text(plot, PL_LAID_TITLE, x, baseline, 0, text, px, 0);
}

/* Over the frame at its right end, or inside when the statistics or a long title stand there. */
static void draw_not_a_number(struct pl_plot *plot)
{
    unsigned px = plot->label_px;
    int x = plot->frame.x1 - pl_text_measure("NaNs", px, PL_TEXT_PLAIN).width_px;
    int y = plot->frame.y0 - (int)px / 3;
    if (!plot->not_a_number || !plot->show_labels)
        return;
    int title =
        plot->show_title ? pl_text_measure(plot->hist->title, plot->title_px, 0).width_px : 0;
    bool taken = (plot->frame.x0 + plot->frame.x1 + title) / 2 > x - (int)px;
    if ((plot->show_stats && plot->stats_columns > 1) || taken) {
        x -= (int)px / 2;
        y = plot->frame.y0 + (int)px * 3 / 2;
        pl_canvas_fill(
            plot->canvas, /* readable over whatever is drawn there */
            (struct pl_rect){x - 2, y - (int)px, plot->frame.x1 - (int)px / 2 + 2, y + (int)px / 4},
            (struct pl_ink){0, 1});
    }
    pl_text_draw(plot->canvas, x, y, "NaNs", px, PL_TEXT_PLAIN,
                 pl_canvas_ink(plot->canvas, 0xcc0000, 4));
}

/* ---- the steps ----------------------------------------------------------------------------- */

/* Whatever is in the statistics box has to be summed before references become a stack. */
static void make_boxes(struct pl_plot *plot)
{
    for (unsigned i = 0; plot->show_stats && i <= plot->refs_n; i++) {
        struct pl_plot *at = i == 0 ? plot : &plot->refs[i - 1];
        at->x = plot->x;
        pl_statbox_lines(at);
        plot->show_stats &= at->stat_lines_n > 0;
    }
}

static enum pl_err draw_data(struct pl_plot *plot, struct pl_error *error)
{
    if (plot->two)
        return pl_plot2d_draw(plot, error);
    pl_overlay_draw(plot);
    return PL_OK;
}

/* What the picture does not show as it was asked for or as it is in the file. */
static void note_differences(struct pl_plot *plot)
{
    const struct pl_hist_reduced *reduced = plot->hist->reduced;
    uint32_t nx = plot->x.last - plot->x.first + 1, ny = plot->y.last - plot->y.first + 1;
    uint32_t most_x = (uint32_t)(plot->frame.x1 - plot->frame.x0),
             most_y = (uint32_t)(plot->frame.y1 - plot->frame.y0);
    if (plot->two && plot->options.replaced)
        pl_plot_note(plot,
                     "drawn as a colour map (COLZ): contours, hills and arrows are not drawn");
    if (plot->params->reference == PL_REF_RATIO && plot->refs_n > 0 && plot->below == NULL)
        pl_plot_note(plot, plot->points != NULL ? "ratios are drawn of histograms, not of points"
                                                : "the picture is too small for the ratio");
    if (plot->points != NULL && plot->refs_n > 0 && plot->params->has_ktest)
        pl_plot_note(plot, "the Kolmogorov test compares histograms, not points");
    if (plot->points != NULL || plot->hist->kind == PL_HIST_POLY)
        return;
    if (reduced == NULL && nx <= most_x && (!plot->two || ny <= most_y))
        return;
    pl_plot_note(plot, !plot->two && plot->options.hist
                           ? "more bins than pixels: each column reaches from the smallest content "
                             "to the largest"
                           : "more bins than pixels: each pixel shows the bin with the largest "
                             "content");
}

static enum pl_err draw(struct pl_plot *plot, struct pl_error *error)
{
    bool ratio = pl_ratio_wanted(plot);
    enum pl_err err = ratio ? pl_ratio_begin(plot, error) : PL_OK;
    if (err == PL_OK)
        err = pl_plot_place(plot, error);
    if (err == PL_OK)
        err = draw_data(plot, error);
    if (err != PL_OK)
        return err;
    pl_axes_draw(plot);
    if (plot->two)
        pl_cells_over_ticks(plot);
    draw_title(plot);
    for (unsigned i = 0; plot->show_stats && i <= plot->refs_n; i++)
        pl_statbox_draw(i == 0 ? plot : &plot->refs[i - 1]);
    draw_not_a_number(plot);
    pl_overlay_verdict(plot);
    note_differences(plot);
    return ratio ? pl_ratio_draw(plot, error) : PL_OK;
}

/* Width of the frame around the whole picture that tells the quality, seen among many small ones.
 */
static unsigned frame_width(const struct pl_hist_params *params, enum pl_quality quality)
{
    uint32_t w = params->width_px, h = params->height_px;
    if (quality < PL_QUALITY_OTHER || PL_MIN(w, h) < 16)
        return 0;
    int thick = PL_MAX(2, (int)(4 * fmin(w / 600.0, h / 400.0) + 0.5));
    return (unsigned)(quality == PL_QUALITY_OTHER ? (thick + 1) / 2 : thick);
}

static void draw_frame(struct pl_canvas *canvas, enum pl_quality quality, unsigned thick)
{
    static const uint32_t colors[] = {[PL_QUALITY_OTHER] = 0x7f8fa9,
                                      [PL_QUALITY_WARNING] = 0xff9900,
                                      [PL_QUALITY_ERROR] = 0xe00000};
    struct pl_rect all = {0, 0, (int)canvas->width_px, (int)canvas->height_px};
    pl_canvas_clip_off(canvas);
    if (thick > 0)
        pl_canvas_frame(canvas, all, (int)thick, pl_canvas_ink(canvas, colors[quality], 1));
}

/* The canvas without so many pixels at each side, negative: with them again. Rows stay where they
 * are. */
static void shrink(struct pl_canvas *canvas, int thick)
{
    canvas->rows += thick * (ptrdiff_t)(canvas->stride + 1);
    canvas->width_px = (uint32_t)((int)canvas->width_px - 2 * thick);
    canvas->height_px = (uint32_t)((int)canvas->height_px - 2 * thick);
    pl_canvas_clip_off(canvas);
}

void pl_plot_note(struct pl_plot *plot, const char *sentence)
{
    if (plot->note != NULL && *plot->note == '\0')
        (void)snprintf(plot->note, PL_DRAW_NOTE_N, "%s", sentence);
}

/* What to draw for an object: itself, or what it is drawn as. */
enum pl_err pl_plot_object(struct pl_plot *plot, const struct pl_hist *hist, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    plot->hist = hist;
    if (hist->kind == PL_HIST_GRAPH)
        err = pl_graph_frame(plot, hist, hist->graph, error);
    else if (hist->kind == PL_HIST_EFFICIENCY)
        err = pl_efficiency_prepare(plot, hist, error);
    if (err == PL_OK && plot->hist->kind == PL_HIST_3D) {
        struct pl_hist *projection = pl_arena_zalloc(plot->arena, 1, sizeof *projection);
        if (projection == NULL)
            return pl_fail(error, PL_E_LIMIT, "no memory left in this job to lay out the picture");
        err = pl_hist_project(plot->hist, plot->arena, projection, error);
        plot->hist = projection;
        pl_plot_note(plot, "seen along z: contents are summed over z");
    }
    plot->two = pl_hist_is_map(plot->hist);
    plot->norm = plot->points != NULL ? 1.0 : norm_of(plot->hist);
    return err;
}

static enum pl_err draw_picture(struct pl_plot *plot, const struct pl_hist_picture *picture,
                                struct pl_error *error)
{
    struct pl_ticks *ticks = pl_arena_zalloc(plot->arena, 3, sizeof *ticks);
    if (ticks == NULL)
        return pl_fail(error, PL_E_LIMIT, "no memory left in this job to lay out the picture");
    plot->x_ticks = ticks;
    plot->y_ticks = ticks + 1;
    plot->z_ticks = ticks + 2;
    enum pl_err err = pl_plot_object(plot, picture->layers[0].hist, error);
    if (err != PL_OK)
        return err;
    choose_options(plot);
    choose_sizes(plot);
    if (picture->layers_n > 1)
        err = pl_overlay_prepare(plot, picture, error);
    if (err != PL_OK)
        return err;
    if (plot->hist->kind != PL_HIST_POLY)
        pl_plot_bins(plot);
    else
        pl_poly_range(plot);
    make_boxes(plot);
    if (plot->params->reference == PL_REF_STACKED)
        err = pl_overlay_stack(plot, error);
    if (err != PL_OK)
        return err;
    pl_plot_ranges(plot);
    return draw(plot, error);
}

enum pl_err pl_picture_draw_laid(const struct pl_hist_picture *picture, struct pl_canvas *canvas,
                                 struct pl_arena *arena, struct pl_laid_out *laid,
                                 struct pl_error *error)
{
    struct pl_hist_params params = *picture->params;
    unsigned thick = frame_width(&params, picture->quality);
    enum pl_err err = pl_canvas_make(canvas, params.width_px, params.height_px, arena, error);
    if (err != PL_OK)
        return err;
    params.width_px -= 2 * thick;
    params.height_px -= 2 * thick;
    struct pl_plot plot = {.params = &params,
                           .whole_px = picture->params->width_px,
                           .canvas = canvas,
                           .arena = arena,
                           .laid = laid,
                           .note = picture->note};
    shrink(canvas, (int)thick); /* the frame hides nothing */
    if (picture->layers[0].hist->kind == PL_HIST_TEXT) {
        plot.hist = picture->layers[0].hist;
        choose_sizes(&plot);
        pl_text_object_draw(&plot);
    } else {
        err = draw_picture(&plot, picture, error);
    }
    shrink(canvas, -(int)thick);
    draw_frame(canvas, picture->quality, thick);
    if (laid != NULL)
        laid->frame = plot.frame;
    return err;
}

enum pl_err pl_hist_draw_laid(const struct pl_hist *hist, const struct pl_hist_params *params,
                              struct pl_canvas *canvas, struct pl_arena *arena,
                              struct pl_laid_out *laid, struct pl_error *error)
{
    const struct pl_hist_layer layer = {hist, hist->name, "", false};
    const struct pl_hist_picture picture = {.layers = &layer, .layers_n = 1, .params = params};
    return pl_picture_draw_laid(&picture, canvas, arena, laid, error);
}

enum pl_err pl_hist_draw(const struct pl_hist_picture *picture, struct pl_canvas *canvas,
                         struct pl_arena *arena, struct pl_error *error)
{
    return pl_picture_draw_laid(picture, canvas, arena, NULL, error);
}
