/* plot_priv.h - between the files that draw one histogram; also for tests that look at the layout.
 *
 * The order of work: object (points.c, interval.c, project.c make of it what can be drawn) ->
 * options -> layers (overlay.c) -> statistics (stats.c, statbox.c) -> ranges (range.c) -> layout
 * (axes.c measures, place.c finds room for boxes, ratio.c for its pad) -> data (plot1d.c, points.c,
 * plot2d.c) -> axes and texts on top.
 */
#ifndef PL_HIST_PLOT_PRIV_H
#define PL_HIST_PLOT_PRIV_H

#include <endian.h>
#include <math.h>
#include <string.h>

#include "render/canvas.h"
#include "render/hist/draw/plot.h"
#include "render/hist/draw/ticks.h"
#include "render/hist/hist.h"
#include "render/hist/options.h"
#include "render/hist/params.h"
#include "render/text.h"

enum { PL_STAT_LINES_MAX = 16, PL_LAID_MAX = 512 };

/* Bits of a histogram and of its axes that change the picture (TH1.h, TAxis.h, TObject.h). */
enum {
    PL_BIT_NO_STATS = 1 << 9,
    PL_BIT_NO_TITLE = 1 << 17,
    PL_BIT_CENTER_TITLE = 1 << 12,
    PL_BIT_NO_EXPONENT = 1 << 17,
    PL_BIT_LABELS_HORI = 1 << 18,
    PL_BIT_LABELS_VERT = 1 << 19,
    PL_BIT_LABELS_DOWN = 1 << 20,
    PL_BIT_LABELS_UP = 1 << 21,
};

/* What was laid out where: filled only when a test asks for it. */
struct pl_laid_out {
    unsigned n;
    struct pl_laid_rect {
        enum pl_laid_kind { PL_LAID_LABEL, PL_LAID_TITLE, PL_LAID_STATS, PL_LAID_PALETTE } kind;
        struct pl_rect rect;
    } rects[PL_LAID_MAX];
    struct pl_rect frame;
};

/* One direction of the picture: which bins, which values, which pixels. */
struct pl_span {
    const struct pl_hist_axis *axis; /* NULL when values run along it */
    uint32_t first, last;            /* bins shown, 1-based */
    double low, high;                /* values at the ends of the frame */
    bool log;
    bool user; /* the range is not that of the whole axis: statistics are of what is shown */
    double from_px, to_px; /* where low and high are */
};

struct pl_stats {
    double entries, mean[2], sigma[2], mean_error[2], sigma_error[2], integral, skewness, kurtosis;
    double skewness_error, kurtosis_error;
    double flow[3][3]; /* [y][x]: under, in range, over */
};

struct pl_sums { /* of weights, with x and y and their squares */
    double w, w2, x[2], x2[2];
};

struct pl_stat_line {
    const char *label; /* "" for a line that is one text */
    char value[64];
    uint32_t color;
};

/* Bins become columns of pixels once the frame is known (plot1d.c). */
struct pl_column {
    int x0, x1;    /* pixels, x0 < x1 */
    uint64_t cell; /* the one with the largest |content| of those that fall on these pixels */
    double value, error_low, error_high;
    double least, most; /* of all contents on these pixels */
    bool drawn;
};
struct pl_columns {
    struct pl_column *at;
    unsigned n;
};

struct pl_plot {
    const struct pl_hist *hist;
    const struct pl_hist_params *params;
    struct pl_canvas *canvas;
    struct pl_arena *arena;
    struct pl_hist_options options;
    const struct pl_graph *points; /* drawn instead of bins; hist then is their frame and style */
    struct pl_columns columns;
    struct pl_plot *refs; /* laid over this one, with its axes; they have none themselves */
    unsigned refs_n;
    struct pl_plot *below; /* the pad of ratios */
    bool two;              /* x-y map */
    double norm;           /* contents are multiplied by it */
    uint32_t whole_px;     /* width of the picture, its frame included */
    struct pl_span x, y, z;
    bool not_a_number;                        /* some shown content is NaN */
    double least_positive, largest, smallest; /* over shown contents (with errors when drawn) */

    /* sizes in pixels, from the size of the picture */
    double size; /* 1 at 600x400 */
    unsigned label_px, axis_title_px, title_px, stats_px;
    int thick;
    bool show_labels, show_axis_titles, show_title, show_stats;

    struct pl_rect frame; /* the frame's lines are its outermost pixels */
    struct pl_ticks *x_ticks, *y_ticks, *z_ticks;
    unsigned x_every, y_every;       /* every n-th bin label is drawn */
    unsigned x_label_px, y_label_px; /* of bin labels: label_px or smaller */
    int x_turned; /* degrees that bin labels are turned by: 0, 90 (up), 45, -45 */
    int x_label_room, y_label_room, z_label_room; /* widest label (height for x) */
    int x_label_rise;            /* what powers of ten need over the height of plain labels */
    int over_room;               /* height taken over the frame by factored powers of ten */
    int left_least, right_least; /* margins that something beside the axes needs; 0: nothing */
    bool bare_x;                 /* another picture below has the labels of x */
    int laid_dy;                 /* where the canvas stands in the whole picture */
    struct pl_rect palette, stats_box;
    int stats_columns; /* 1: inside the frame; 2, 3: over the frame */
    bool title_on_top; /* the title has a row of its own over the box */
    struct pl_stat_line stat_lines[PL_STAT_LINES_MAX];
    int stat_lines_n;
    bool has_flow; /* of a map: what lies outside, as it lies around it, under the lines */
    char flow[3][3][16];
    const char *heading; /* name in the box */
    uint32_t box_color;
    bool legend_only; /* boxes hold names and tests, no statistics */
    bool has_probability;
    double probability; /* of the main one and this one being of one distribution; NaN: no answer */
    struct pl_laid_out *laid;
    char *note; /* NULL, or where a sentence for the client goes (render.h) */
};

/* Drawn on two axes with a third for the content? */
static inline bool pl_hist_is_map(const struct pl_hist *hist)
{
    return hist->kind == PL_HIST_2D || hist->kind == PL_HIST_PROFILE2D ||
           hist->kind == PL_HIST_3D || hist->kind == PL_HIST_POLY;
}

/* values.c: content and error of a cell as they are drawn; NaN content stays NaN */
double pl_plot_profile_value(const struct pl_plot *plot, uint64_t cell);
double pl_plot_error(const struct pl_plot *plot, uint64_t cell);
/* The same with Poisson errors, which are not alike upwards and downwards, where asked for. */
void pl_plot_errors(const struct pl_plot *plot, uint64_t cell, double *low, double *high);
/* Of a cell that stands for several: content and errors at the other end of those. false: it does
 * not, or has none. */
bool pl_plot_other(const struct pl_plot *plot, uint64_t cell, double *value, double *low,
                   double *high);
bool pl_plot_drawn(const struct pl_plot *plot,
                   uint64_t cell); /* a profile bin that has entries; any other */

static inline bool pl_hist_is_profile(const struct pl_hist *hist)
{
    return hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
}

/* Inline: colour maps ask for it a hundred thousand times a picture. */
static inline double pl_plot_value(const struct pl_plot *plot, uint64_t cell)
{
    if (pl_hist_is_profile(plot->hist))
        return pl_plot_profile_value(plot, cell);
    const struct pl_cells *cells = &plot->hist->content;
    if (cell >= cells->n)
        return 0.0;
    uint64_t bits;
    if (cells->type != PL_CELL_F64)
        return pl_cell(cells, cell) * plot->norm;
    memcpy(&bits, cells->bytes + 8 * cell, sizeof bits);
    return pl_bits_f64(be64toh(bits)) * plot->norm;
}

/* NaN for a cell of a profile that has no entries: it is not painted. */
static inline double pl_map_value(const struct pl_plot *plot, uint64_t cell)
{
    if (plot->hist->kind == PL_HIST_PROFILE2D && !pl_plot_drawn(plot, cell))
        return (double)NAN;
    return pl_plot_value(plot, cell);
}

static inline uint64_t pl_plot_cell(const struct pl_plot *plot, uint32_t ix, uint32_t iy)
{
    return ix + ((uint64_t)plot->hist->x.bins + 2) * iy;
}

/* range.c */
/* The bins that are shown, and the values at their ends; the rest of span is not touched. */
void pl_span_bins(struct pl_span *span, const struct pl_hist_axis *axis,
                  const struct pl_hist_limits *user);
uint32_t pl_axis_bin(const struct pl_hist_axis *axis, double value); /* clamped to 1..bins */
/* Of more than so many bins a pixel of the picture's width, those in the same part of a pixel are
 * drawn at the same place: a histogram of which only such groups are kept (reduce.h) looks like one
 * of which all bins are there. */
enum { PL_GROUPS_A_PIXEL = 2 };
uint32_t pl_span_groups(const struct pl_span *span, uint32_t width_px); /* how many groups */
/* The first bin of group 0..n-1 of n; one that is not above that of the group before has no bins.
 */
uint32_t pl_span_group(const struct pl_span *span, uint32_t group, uint32_t n);
void pl_plot_bins(struct pl_plot *plot);   /* which bins of x and y are shown */
void pl_plot_ranges(struct pl_plot *plot); /* the same, and which values, references included */
double pl_span_px(const struct pl_span *span,
                  double value); /* clamped to a pixel beyond the ends */
/* For slanted lines that leave the frame: up to twenty frames away. */
double pl_span_px_beyond(const struct pl_span *span, double value);
int pl_span_pixel(const struct pl_span *span, double value); /* the pixel of a crisp line there */

/* place.c: layout of the axes with columns and boxes, which hide nothing if there is a way */
enum pl_err pl_plot_place(struct pl_plot *plot, struct pl_error *error);
/* Does a box there, with so many pixels around it, hide nothing? */
bool pl_place_free(const struct pl_plot *plot, struct pl_rect box, int gap);

/* overlay.c */
enum pl_err pl_overlay_prepare(struct pl_plot *plot, const struct pl_hist_picture *picture,
                               struct pl_error *error);
/* Contents of the references become those of a stack; after that they have no statistics. */
enum pl_err pl_overlay_stack(struct pl_plot *plot, struct pl_error *error);
void pl_overlay_draw(struct pl_plot *plot); /* all layers */
void pl_overlay_verdict(struct pl_plot *plot);
uint32_t pl_overlay_verdict_color(const struct pl_plot *ref); /* of its Kolmogorov test */
/* kolmogorov.c: TH1::KolmogorovTest; NaN when one of them is empty */
double pl_hist_kolmogorov(const struct pl_plot *first, const struct pl_plot *second);

/* ratio.c: the pad below, main / references */
bool pl_ratio_wanted(const struct pl_plot *plot);
enum pl_err pl_ratio_begin(struct pl_plot *plot, struct pl_error *error); /* makes room below */
enum pl_err pl_ratio_draw(struct pl_plot *plot, struct pl_error *error);

/* points.c: points instead of bins */
enum pl_err pl_graph_frame(struct pl_plot *plot, const struct pl_hist *style,
                           const struct pl_graph *graph, struct pl_error *error);
/* "title;title of x;..." in a title taken apart; axes keep titles they have. */
void pl_split_title(struct pl_arena *arena, struct pl_hist *hist);
void pl_graph_draw(struct pl_plot *plot);
int pl_graph_top(const struct pl_plot *plot, int x0, int x1); /* as pl_plot1d_top */

/* interval.c: passed / total as points or as a map */
enum pl_err pl_efficiency_prepare(struct pl_plot *plot, const struct pl_hist *hist,
                                  struct pl_error *error);

/* text_object.c */
void pl_text_object_draw(struct pl_plot *plot);

/* stats.c, statbox.c */
void pl_plot_stats(const struct pl_plot *plot, struct pl_stats *out);
void pl_statbox_lines(struct pl_plot *plot);
void pl_statbox_size(const struct pl_plot *plot, int columns, int *width, int *height);
void pl_statbox_draw(struct pl_plot *plot);

/* axes.c, axes_draw.c */
int pl_axis_tick_length(const struct pl_plot *plot); /* of the long ticks, pixels */
void pl_axes_layout(struct pl_plot *plot);
void pl_axes_draw(struct pl_plot *plot);
int pl_axes_over_palette(const struct pl_plot *plot); /* height that its labels take over it */

/* plot1d.c */
enum pl_err pl_plot1d_columns(struct pl_plot *plot, struct pl_columns *out, struct pl_error *error);
/* Highest pixel row that data of columns [x0, x1) reach. */
int pl_plot1d_top(const struct pl_plot *plot, const struct pl_columns *columns, int x0, int x1);
void pl_plot1d_draw(struct pl_plot *plot);

/* plot2d.c */
enum pl_err pl_plot2d_draw(struct pl_plot *plot, struct pl_error *error);
void pl_plot2d_palette(struct pl_plot *plot);
/* Is nothing painted on these pixels? */
bool pl_plot2d_free(const struct pl_plot *plot, struct pl_rect rect);
/* Level 0..PL_PALETTE_LEVELS-1 of a value, or -1 when it is not painted; palette index of a level.
 */
int pl_map_level(const struct pl_plot *plot, double value);
uint8_t pl_map_color(int level);

/* cells.c */
void pl_cells_draw(struct pl_plot *plot);
void pl_cells_over_ticks(struct pl_plot *plot);      /* numbers, after the axes */
bool pl_cells_have_room(const struct pl_plot *plot); /* do numbers fit most cells? */
/* Largest size up to `most` at which a number fits so many pixels at the angle asked for; 0 when
 * none does. */
unsigned pl_number_px(const struct pl_plot *plot, int width, int height, const char *text,
                      unsigned most);
/* fit[px]: how many of n numbers fit at that size and no larger one, fit[0]: at none. The size at
 * which nine of ten fit; 0 when none is to be drawn. */
enum { PL_NUMBER_SIZES = 128 };
unsigned pl_number_common_px(const unsigned fit[PL_NUMBER_SIZES], unsigned n, unsigned most);
/* The number in the middle of (x, y), readable on the colour there. */
void pl_number_draw(struct pl_plot *plot, double x, double y, const char *text, unsigned px);

/* plotpoly.c */
void pl_poly_range(struct pl_plot *plot);
bool pl_poly_free(const struct pl_plot *plot, struct pl_rect rect);
bool pl_poly_has_room(const struct pl_plot *plot); /* do numbers fit most polygons? */
enum pl_err pl_poly_draw(struct pl_plot *plot, struct pl_error *error);
/* Over all bins, or those whose middle is in the range that the user chose. */
void pl_poly_sum(const struct pl_plot *plot, struct pl_sums *out, double *integral);

/* project.c: the map of x and y with everything along z summed. PL_E_LIMIT when it does not fit. */
enum pl_err pl_hist_project(const struct pl_hist *from, struct pl_arena *arena, struct pl_hist *out,
                            struct pl_error *error);

/* plot.c */
void pl_plot_laid(struct pl_plot *plot, enum pl_laid_kind kind, struct pl_rect rect);
/* Text whose rectangle is noted. align: 0 left, 1 centre, 2 right of x; y is the baseline. */
void pl_plot_text(struct pl_plot *plot, enum pl_laid_kind kind, int x, int y, int align,
                  const char *text, unsigned px, unsigned flags);
/* A number in the middle of (x, y), turned by so many degrees. */
void pl_plot_number(struct pl_plot *plot, double x, double y, const char *text, unsigned px,
                    int degrees, struct pl_ink ink);
/* Sets hist, points, two and norm for an object. */
enum pl_err pl_plot_object(struct pl_plot *plot, const struct pl_hist *hist,
                           struct pl_error *error);
/* A sentence for the client; the first one of a picture stays. */
void pl_plot_note(struct pl_plot *plot, const char *sentence);
enum pl_err pl_picture_draw_laid(const struct pl_hist_picture *picture, struct pl_canvas *canvas,
                                 struct pl_arena *arena, struct pl_laid_out *laid,
                                 struct pl_error *error);
/* The same for one histogram alone. */
enum pl_err pl_hist_draw_laid(const struct pl_hist *hist, const struct pl_hist_params *params,
                              struct pl_canvas *canvas, struct pl_arena *arena,
                              struct pl_laid_out *laid, struct pl_error *error);

#endif
