/* axes_priv.h - what layout (axes.c) and drawing (axes_draw.c) of the axes share. */
#ifndef PL_HIST_AXES_PRIV_H
#define PL_HIST_AXES_PRIV_H

#include <math.h>

#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

static inline int pl_axis_gap(const struct pl_plot *plot)
{
    return PL_MAX(2, (int)(5 * plot->size + 0.5));
}

static inline int pl_axis_text_width(const struct pl_plot *plot, const char *text)
{
    return pl_text_measure(text, plot->label_px, 0).width_px;
}

static inline bool pl_axis_labelled(const struct pl_span *span)
{
    return span->axis != NULL && span->axis->labels != NULL;
}

static inline bool pl_axis_has_title(const struct pl_plot *plot, const struct pl_hist_axis *axis)
{
    return plot->show_axis_titles && *axis->title != '\0';
}

static inline const char *pl_axis_bin_label(const struct pl_span *span, uint32_t bin)
{
    const char *label = span->axis->labels[bin - 1];
    return label != NULL ? label : "";
}

static inline double pl_axis_slot_px(const struct pl_span *span)
{
    return fmax(1e-3, fabs(span->to_px - span->from_px) / (span->last - span->first + 1.0));
}

static inline double pl_axis_bin_centre(const struct pl_hist_axis *axis, uint32_t bin)
{
    return 0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1));
}

static inline int pl_axis_upright_drop(const struct pl_plot *plot)
{
    return PL_MAX(pl_axis_gap(plot), (int)(plot->label_px * 0.6) + 3);
}

/* Where bins differ in width: whether the label of bin would touch the one before it, which ended
 * at *end; else that is moved on. across: labels stand across the axis, px wide. */
bool pl_axis_label_crowded(const struct pl_span *span, uint32_t bin, unsigned px, bool across,
                           double *end);

#endif
