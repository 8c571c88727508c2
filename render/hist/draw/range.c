/* range.c - which bins and which values the picture shows.
 *
 * Bin axes: all bins, the range kept in the file, or the bins that the user's limits fall into; a
 * logarithmic axis starts at its first positive edge. Value axis: zero (or 5 % below the smallest)
 * to 5 % above the largest; logarithmic half the smallest positive to twice the largest. The user's
 * limits win. Every range returned is finite and not empty.
 */
#include <math.h>

#include "render/hist/draw/plot_priv.h"
#include "shm/base/check.h"

/* The bin that holds value, clamped to the axis. upper: a value on an edge belongs to the bin
 * below. */
static uint32_t bin_at(const struct pl_hist_axis *axis, double value, bool upper)
{
    uint32_t low = 1, high = axis->bins;
    while (low < high) { /* the last bin whose lower edge is below value */
        uint32_t middle = low + (high - low + 1) / 2;
        double edge = pl_hist_edge(axis, middle);
        if (upper ? edge < value : edge <= value)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint32_t pl_axis_bin(const struct pl_hist_axis *axis, double value)
{
    return bin_at(axis, value, false);
}

static double place_between(const struct pl_span *span, double part)
{
    return span->log ? span->low * pow(span->high / span->low, part)
                     : span->low + part * (span->high - span->low);
}

uint32_t pl_span_groups(const struct pl_span *span, uint32_t width_px)
{
    return PL_MIN(span->last - span->first + 1, width_px * PL_GROUPS_A_PIXEL);
}

uint32_t pl_span_group(const struct pl_span *span, uint32_t group, uint32_t n)
{
    if (n == span->last - span->first + 1 || group == 0)
        return span->first + group;
    return pl_axis_bin(span->axis, place_between(span, (double)group / n));
}

void pl_span_bins(struct pl_span *span, const struct pl_hist_axis *axis,
                  const struct pl_hist_limits *user)
{
    span->axis = axis;
    span->first = 1;
    span->last = axis->bins;
    if (axis->first >= 1 && axis->last >= axis->first && (uint32_t)axis->last <= axis->bins) {
        span->first = (uint32_t)axis->first;
        span->last = (uint32_t)axis->last;
    }
    if (user->has_min)
        span->first = bin_at(axis, user->min, false);
    if (user->has_max)
        span->last = bin_at(axis, user->max, true);
    if (span->last < span->first)
        span->last = span->first;
    span->log = user->type == PL_HIST_LOG;
    while (span->log && span->first < span->last && pl_hist_edge(axis, span->first) <= 0.0 &&
           pl_hist_edge(axis, span->first + 1) <= 0.0)
        span->first++;
    span->user = span->first != 1 || span->last != axis->bins;
    span->low = pl_hist_edge(axis, span->first);
    span->high = pl_hist_edge(axis, span->last + 1);
    if (span->log && span->high <= 0.0)
        span->log = false; /* nothing positive to show: better linear than nothing */
    bool several = span->last > span->first;
    if (span->log && span->low <= 0.0 && several && axis->edges != NULL)
        span->low = 0.1 * pl_hist_edge(axis, span->first + 1); /* bins of any width are seen */
    else if (span->log && span->low <= 0.0)
        span->low = span->high * (several ? 0.1 / axis->bins : 1e-3);
}

/* Every range has a width that doubles can count in. */
static void widen(struct pl_span *span)
{
    double largest = fmax(fabs(span->low), fabs(span->high));
    if (!isfinite(span->low) || !isfinite(span->high)) {
        span->low = isfinite(span->low) ? span->low : -1e300;
        span->high = isfinite(span->high) ? span->high : 1e300;
    }
    if (!(span->high - span->low > largest * 1e-12)) {
        double add = largest > 0.0 ? fmin(0.05 * largest, 1e299) : 1.0;
        span->high = span->high + add;
        span->low = span->log ? span->low : largest > 0.0 ? span->low - add : span->low;
    }
    if (span->log) { /* logarithms of numbers that have all their digits */
        span->low = fmax(span->low, 1e-300);
        span->high = fmax(span->high, 1.001 * span->low);
    }
    if (!isfinite(span->high - span->low)) {
        span->low = fmax(span->low, -8e307);
        span->high = fmin(span->high, 8e307);
    }
}

/* Smallest, largest and least positive of what is shown. */
static void scan(struct pl_plot *plot, bool errors)
{
    double smallest = INFINITY, largest = -INFINITY, positive = INFINITY;
    uint32_t y0 = plot->two ? plot->y.first : 0, y1 = plot->two ? plot->y.last : 0;
    const struct pl_hist_reduced *reduced = plot->hist->reduced;
    if (reduced != NULL) { /* of all cells, also of those that are not shown by themselves */
        plot->not_a_number = reduced->not_a_number;
        smallest = fmin(reduced->smallest * plot->norm, reduced->largest * plot->norm);
        largest = fmax(reduced->smallest * plot->norm, reduced->largest * plot->norm);
        positive = reduced->least_positive * plot->norm;
    }
    for (uint32_t iy = y0; iy <= y1; iy++)
        for (uint32_t ix = plot->x.first; ix <= plot->x.last; ix++) {
            uint64_t cell = pl_plot_cell(plot, ix, iy);
            if (!pl_plot_drawn(plot, cell))
                continue;
            double value = pl_plot_value(plot, cell);
            if (isnan(value) && reduced == NULL)
                plot->not_a_number = true;
            if (!isfinite(value))
                continue;
            double low = 0.0, high = 0.0;
            if (errors && (value != 0.0 || plot->hist->kind == PL_HIST_PROFILE))
                pl_plot_errors(plot, cell, &low, &high);
            if (value - low < smallest)
                smallest = value - low;
            if (value + high > largest)
                largest = value + high;
            if (value > 0.0 && value < positive)
                positive = value;
            if (!errors || !pl_plot_other(plot, cell, &value, &low, &high) || value == 0.0)
                continue;
            smallest = fmin(smallest, value - low);
            largest = fmax(largest, value + high);
        }
    plot->smallest = isfinite(smallest) ? smallest : 0.0;
    plot->largest = isfinite(largest) ? largest : 0.0;
    plot->least_positive = isfinite(positive) ? positive : 0.0;
}

static void value_range(struct pl_plot *plot, struct pl_span *span,
                        const struct pl_hist_limits *user)
{
    const struct pl_hist *hist = plot->hist;
    double low = plot->smallest, high = plot->largest, room = 0.05 * (high - fmin(low, 0.0));
    bool fixed_low = true, fixed_high = true;
    span->log = user->type == PL_HIST_LOG;
    if (!plot->two) {
        high += plot->options.text ? 2.5 * room : room; /* values stand over their bins */
        low = low >= 0.0 ? 0.0 : low - room;
    }
    if (plot->points != NULL) { /* points do not stand on zero */
        room = 0.05 * (plot->largest - plot->smallest);
        if (!(room > 0.0))
            room = plot->largest != 0.0 ? 0.1 * fabs(plot->largest) : 1.0;
        high = plot->largest + room;
        low = plot->smallest - room;
        if (low < 0.0 && plot->smallest > 0.0)
            low = 0.0;
    }
    if (user->has_max)
        high = user->max;
    else if (hist->maximum != -1111.0 && isfinite(hist->maximum))
        high = hist->maximum;
    else
        fixed_high = false;
    if (user->has_min)
        low = user->min;
    else if (hist->minimum != -1111.0 && isfinite(hist->minimum))
        low = hist->minimum;
    else
        fixed_low = false;
    if (span->log) {
        double positive = plot->least_positive > 0.0 ? plot->least_positive : 1.0;
        if (!fixed_high)
            high = plot->two ? plot->largest : 2.0 * plot->largest;
        if (high <= 0.0)
            high = fixed_low && low > 0.0 ? 10.0 * low : 1.0;
        if (!fixed_low || low <= 0.0)
            low = positive < high ? (plot->two ? positive : 0.5 * positive) : 1e-3 * high;
    } else if (!fixed_high && !fixed_low && low == 0.0 && high == 0.0) {
        high = 1.0;
    }
    if (low >= high && fixed_high && !fixed_low)
        low = span->log ? high * 1e-3 : high - (high != 0.0 ? fabs(high) : 1.0);
    else if (low >= high)
        high = span->log ? low * 1e3 : low + (low != 0.0 ? fabs(low) : 1.0);
    span->low = low;
    span->high = high;
}

void pl_plot_bins(struct pl_plot *plot)
{
    const struct pl_hist_limits *user = &plot->params->axis[0];
    pl_span_bins(&plot->x, &plot->hist->x, user);
    if (plot->two)
        pl_span_bins(&plot->y, &plot->hist->y, &plot->params->axis[1]);
    if (plot->points == NULL || plot->hist->x.labels != NULL)
        return;
    if (user->has_min && (!plot->x.log || user->min > 0.0)) /* points stand at any place */
        plot->x.low = user->min;
    if (user->has_max)
        plot->x.high = user->max;
    if (plot->x.high <= plot->x.low)
        plot->x.high = plot->x.low + fmax(1.0, fabs(plot->x.low));
}

/* Of all layers together. */
static void scan_layers(struct pl_plot *plot)
{
    for (unsigned i = 0; i <= plot->refs_n; i++) {
        struct pl_plot *layer = i == 0 ? plot : &plot->refs[i - 1];
        bool profile = layer->hist->kind == PL_HIST_PROFILE;
        layer->x = plot->x;
        if (layer->points == NULL)
            scan(layer, !layer->two && (layer->options.errors || profile));
        if (layer->least_positive > 0.0 &&
            (plot->least_positive <= 0.0 || layer->least_positive < plot->least_positive))
            plot->least_positive = layer->least_positive;
        plot->largest = fmax(plot->largest, layer->largest);
        plot->smallest = fmin(plot->smallest, layer->smallest);
        plot->not_a_number |= layer->not_a_number;
    }
}

void pl_plot_ranges(struct pl_plot *plot)
{
    const struct pl_hist_params *params = plot->params;
    if (plot->hist->kind == PL_HIST_POLY) {
        pl_poly_range(plot);
    } else {
        pl_plot_bins(plot);
        scan_layers(plot);
    }
    struct pl_span *values = plot->two ? &plot->z : &plot->y;
    value_range(plot, values, &params->axis[plot->two ? 2 : 1]);
    widen(&plot->x);
    widen(&plot->y);
    widen(values);
}

static double scaled(const struct pl_span *span, double value)
{
    if (!span->log)
        return (value - span->low) / (span->high - span->low);
    if (!(value > 0.0))
        return -1.0;
    return log(value / span->low) / log(span->high / span->low);
}

double pl_span_px(const struct pl_span *span, double value)
{
    double part = scaled(span, value);
    double beyond = 2.0 / fmax(1.0, fabs(span->to_px - span->from_px));
    part = fmin(fmax(part, -beyond), 1.0 + beyond);
    return span->from_px + part * (span->to_px - span->from_px);
}

double pl_span_px_beyond(const struct pl_span *span, double value)
{
    double part = fmin(fmax(scaled(span, value), -20.0), 21.0);
    return span->from_px + part * (span->to_px - span->from_px);
}

int pl_span_pixel(const struct pl_span *span, double value)
{
    return (int)floor(pl_span_px(span, value) + 0.5);
}
