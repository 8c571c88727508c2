/* histogram.c - one histogram: pick its members from the walk, then see whether they fit together.
 *
 * struct pl_reading is what the walk fills. Lists (labels, functions) are remembered by their place
 * and read once sizes are known to be honest. Nothing is trusted before check_* has seen it: bins,
 * limits, edges, the number of cells and the length of every array. Memory: texts, edges and labels
 * are the arena's, contents are borrowed from the payload.
 */
#include <math.h>
#include <stdio.h>

#include "render/hist/root/fill.h"
#include "render/hist/root/objects_priv.h"
#include "shm/base/check.h"

enum { AXIS_RANGE_BIT = 1 << 11 };

static enum pl_err take_axis(struct pl_walk *walk, void *target, enum pl_slot slot,
                             const struct pl_value *value, struct pl_error *error)
{
    struct pl_reading *reading = target;
    struct pl_axis_reading *at = reading->axis;
    struct pl_hist_axis *axis = at->axis;
    switch (slot) {
    case PL_SLOT_TObject_fBits:
        axis->bits = (uint32_t)value->integer;
        break;
    case PL_SLOT_TNamed_fTitle:
        if (value->kind == PL_VALUE_TEXT)
            return pl_object_text(reading->arena, &axis->title, value->text, error);
        break;
    case PL_SLOT_TAttAxis_fNdivisions:
        axis->divisions = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TAxis_fNbins:
        at->bins = value->integer;
        at->seen = true;
        break;
    case PL_SLOT_TAxis_fXmin:
        axis->low = value->real;
        break;
    case PL_SLOT_TAxis_fXmax:
        axis->high = value->real;
        break;
    case PL_SLOT_TAxis_fXbins:
        at->edges = value->cells;
        break;
    case PL_SLOT_TAxis_fFirst:
        axis->first = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TAxis_fLast:
        axis->last = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TAxis_fTimeDisplay:
        axis->time_display = value->integer != 0;
        break;
    case PL_SLOT_TAxis_fTimeFormat:
        if (value->kind == PL_VALUE_TEXT)
            return pl_object_text(reading->arena, &axis->time_format, value->text, error);
        break;
    case PL_SLOT_TAxis_fLabels:
        at->labels = pl_walk_place(walk, value);
        break;
    default:
        break;
    }
    return PL_OK;
}

static enum pl_err walk_axis(struct pl_walk *walk, struct pl_reading *reading, unsigned which,
                             const struct pl_value *value, struct pl_error *error)
{
    if (value->kind != PL_VALUE_OBJECT || value->class != PL_CLASS_TAxis)
        return pl_walk_fail(walk, PL_CLASS_TH1, NULL, "has an axis that is no TAxis", error);
    reading->axis = &reading->axes[which];
    enum pl_err err = pl_walk_class(walk, PL_CLASS_TAxis, take_axis, reading, error);
    reading->axis = NULL;
    return err;
}

/* Members that are numbers and go where they belong as they are. */
static void take_number(struct pl_hist *hist, enum pl_slot slot, const struct pl_value *value)
{
    static const struct {
        enum pl_slot slot;
        size_t offset;
    } doubles[] = {
        {PL_SLOT_TH1_fEntries, offsetof(struct pl_hist, entries)},
        {PL_SLOT_TH1_fTsumw, offsetof(struct pl_hist, tsumw)},
        {PL_SLOT_TH1_fTsumw2, offsetof(struct pl_hist, tsumw2)},
        {PL_SLOT_TH1_fTsumwx, offsetof(struct pl_hist, tsumwx)},
        {PL_SLOT_TH1_fTsumwx2, offsetof(struct pl_hist, tsumwx2)},
        {PL_SLOT_TH1_fMaximum, offsetof(struct pl_hist, maximum)},
        {PL_SLOT_TH1_fMinimum, offsetof(struct pl_hist, minimum)},
        {PL_SLOT_TH1_fNormFactor, offsetof(struct pl_hist, norm_factor)},
        {PL_SLOT_TH2_fTsumwy, offsetof(struct pl_hist, tsumwy)},
        {PL_SLOT_TH2_fTsumwy2, offsetof(struct pl_hist, tsumwy2)},
        {PL_SLOT_TH2_fTsumwxy, offsetof(struct pl_hist, tsumwxy)},
        {PL_SLOT_TProfile_fYmin, offsetof(struct pl_hist, profile_low)},
        {PL_SLOT_TProfile_fYmax, offsetof(struct pl_hist, profile_high)},
        {PL_SLOT_TProfile_fTsumwy, offsetof(struct pl_hist, tsumwy)},
        {PL_SLOT_TProfile_fTsumwy2, offsetof(struct pl_hist, tsumwy2)},
        {PL_SLOT_TProfile2D_fZmin, offsetof(struct pl_hist, profile_low)},
        {PL_SLOT_TProfile2D_fZmax, offsetof(struct pl_hist, profile_high)},
        {PL_SLOT_TProfile2D_fTsumwz, offsetof(struct pl_hist, tsumwz)},
        {PL_SLOT_TProfile2D_fTsumwz2, offsetof(struct pl_hist, tsumwz2)},
        {PL_SLOT_TH3_fTsumwy, offsetof(struct pl_hist, tsumwy)},
        {PL_SLOT_TH3_fTsumwy2, offsetof(struct pl_hist, tsumwy2)},
        {PL_SLOT_TH3_fTsumwxy, offsetof(struct pl_hist, tsumwxy)},
        {PL_SLOT_TH3_fTsumwz, offsetof(struct pl_hist, tsumwz)},
        {PL_SLOT_TH3_fTsumwz2, offsetof(struct pl_hist, tsumwz2)},
        {PL_SLOT_TH3_fTsumwxz, offsetof(struct pl_hist, tsumwxz)},
        {PL_SLOT_TH3_fTsumwyz, offsetof(struct pl_hist, tsumwyz)},
    };
    for (unsigned i = 0; i < PL_COUNT(doubles); i++)
        if (doubles[i].slot == slot)
            memcpy((char *)hist + doubles[i].offset, &value->real, sizeof value->real);
}

static void take_array(struct pl_hist *hist, enum pl_slot slot, const struct pl_cells *cells)
{
    switch (slot) {
    case PL_SLOT_ARRAY:
        hist->content = *cells;
        break;
    case PL_SLOT_TH1_fSumw2:
        hist->sumw2 = *cells;
        break;
    case PL_SLOT_TH1_fBuffer:
        hist->buffer = *cells;
        break;
    case PL_SLOT_TProfile_fBinEntries:
    case PL_SLOT_TProfile2D_fBinEntries:
        hist->bin_entries = *cells;
        break;
    case PL_SLOT_TProfile_fBinSumw2:
    case PL_SLOT_TProfile2D_fBinSumw2:
        hist->bin_sumw2 = *cells;
        break;
    default:
        break;
    }
}

static enum pl_slot last_sum(enum pl_hist_kind kind)
{
    switch (kind) {
    case PL_HIST_3D:
        return PL_SLOT_TH3_fTsumwyz;
    case PL_HIST_PROFILE2D:
        return PL_SLOT_TProfile2D_fTsumwz2;
    case PL_HIST_PROFILE:
        return PL_SLOT_TProfile_fTsumwy2;
    case PL_HIST_2D:
        return PL_SLOT_TH2_fTsumwxy;
    default:
        return PL_SLOT_TH1_fTsumwx2;
    }
}

enum pl_err pl_histogram_take(struct pl_walk *walk, void *target, enum pl_slot slot,
                              const struct pl_value *value, struct pl_error *error)
{
    struct pl_reading *reading = target;
    if (value->kind == PL_VALUE_CELLS) {
        take_array(reading->hist, slot, &value->cells);
        return PL_OK;
    }
    switch (slot) {
    case PL_SLOT_TH1_fOption:
        return value->kind != PL_VALUE_TEXT
                   ? PL_OK
                   : pl_object_text(reading->arena, &reading->hist->option, value->text, error);
    case PL_SLOT_TH1_fXaxis:
        return walk_axis(walk, reading, 0, value, error);
    case PL_SLOT_TH1_fYaxis:
        return walk_axis(walk, reading, 1, value, error);
    case PL_SLOT_TH1_fZaxis:
        return walk_axis(walk, reading, 2, value, error);
    case PL_SLOT_TH1_fNcells:
        reading->cells_n = value->integer;
        break;
    case PL_SLOT_TH1_fFunctions:
        reading->functions = pl_walk_place(walk, value);
        break;
    case PL_SLOT_TH1_fBinStatErrOpt:
        reading->hist->stat_error_option = pl_object_i32(value->integer);
        break;
    case PL_SLOT_TProfile_fErrorMode:
    case PL_SLOT_TProfile2D_fErrorMode:
        reading->hist->error_mode = pl_object_i32(value->integer);
        break;
    default:
        reading->entries_seen |= slot == PL_SLOT_TH1_fEntries;
        reading->sums_seen |= slot == last_sum(reading->hist->kind);
        if (value->kind == PL_VALUE_NUMBER)
            take_number(reading->hist, slot, value);
        return pl_object_take(reading->hist, reading->arena, slot, value, error);
    }
    return PL_OK;
}

static enum pl_err check_edges(const struct pl_axis_reading *at, char letter,
                               struct pl_arena *arena, struct pl_error *error)
{
    struct pl_hist_axis *axis = at->axis;
    if (at->edges.n == 0)
        return PL_OK;
    if (at->edges.n != (uint64_t)axis->bins + 1)
        return pl_fail(error, PL_E_FORMAT, "the %c axis has %llu edges (fXbins) for %u bins",
                       letter, (unsigned long long)at->edges.n, axis->bins);
    double *edges = pl_arena_alloc(arena, at->edges.n * sizeof *edges);
    if (edges == NULL)
        return pl_object_no_memory("bin edges", error);
    for (uint64_t i = 0; i < at->edges.n; i++) {
        edges[i] = pl_cell(&at->edges, i);
        if (!isfinite(edges[i]) || (i > 0 && !(edges[i - 1] < edges[i])))
            return pl_fail(error, PL_E_FORMAT,
                           "edge %llu of the %c axis (fXbins) is %g, which does not rise",
                           (unsigned long long)i, letter, edges[i]);
    }
    axis->edges = edges;
    axis->low = edges[0];
    axis->high = edges[axis->bins];
    return PL_OK;
}

static void check_range(struct pl_hist_axis *axis)
{
    bool all = !(axis->bits & AXIS_RANGE_BIT) || axis->last < axis->first || axis->last < 1 ||
               axis->first > (int64_t)axis->bins;
    axis->first = all ? 0 : PL_MAX(axis->first, 1);
    axis->last = all ? 0 : (int32_t)PL_MIN((int64_t)axis->last, (int64_t)axis->bins);
}

static enum pl_err check_axis(const struct pl_axis_reading *at, char letter, struct pl_error *error)
{
    struct pl_hist_axis *axis = at->axis;
    if (!at->seen)
        return pl_fail(error, PL_E_FORMAT, "the %c axis says nothing of its bins", letter);
    if (at->bins < 1 || at->bins > INT32_MAX - 2)
        return pl_fail(error, PL_E_FORMAT, "the %c axis has %lld bins (fNbins)", letter,
                       (long long)at->bins);
    axis->bins = (uint32_t)at->bins;
    if (!isfinite(axis->low) || !isfinite(axis->high) || !isfinite(axis->high - axis->low))
        return pl_fail(error, PL_E_FORMAT, "the %c axis runs from %g to %g (fXmin, fXmax)", letter,
                       axis->low, axis->high);
    check_range(axis);
    return PL_OK;
}

/* Only after entries that were still waiting have had their chance to define the range. */
static enum pl_err check_limits(const struct pl_hist_axis *axis, char letter,
                                struct pl_error *error)
{
    if (!(axis->low < axis->high))
        return pl_fail(error, PL_E_FORMAT, "the %c axis runs from %g to %g (fXmin, fXmax)", letter,
                       axis->low, axis->high);
    return PL_OK;
}

static enum pl_err check_cells(struct pl_reading *reading, struct pl_error *error)
{
    struct pl_hist *hist = reading->hist;
    const struct pl_hist_axis *axes[] = {&hist->x, &hist->y, &hist->z};
    unsigned n = PL_MAX(1u, pl_hist_dimensions(hist));
    uint64_t want = 1;
    char bins[64] = "";
    for (unsigned i = 0, at = 0; i < n; i++) {
        if (!pl_mul(want, (uint64_t)axes[i]->bins + 2, &want))
            want = UINT64_MAX;
        at +=
            (unsigned)snprintf(bins + at, sizeof bins - at, i > 0 ? " x %u" : "%u", axes[i]->bins);
    }
    if (reading->cells_n < 0 || (uint64_t)reading->cells_n != want)
        return pl_fail(error, PL_E_FORMAT,
                       "fNcells is %lld, but %s bins with under- and overflow make %llu",
                       (long long)reading->cells_n, bins, (unsigned long long)want);
    if (want > reading->object_n)
        return pl_fail(error, PL_E_FORMAT,
                       "%llu cells (fNcells) do not fit into an object of %zu bytes",
                       (unsigned long long)want, reading->object_n);
    hist->cells_n = want;
    return PL_OK;
}

static enum pl_err check_array(const struct pl_hist *hist, const struct pl_cells *cells,
                               const char *name, bool may_be_empty, struct pl_error *error)
{
    if (cells->n == hist->cells_n || (may_be_empty && cells->n == 0))
        return PL_OK;
    return pl_fail(error, PL_E_FORMAT, "%s has %llu values for %llu cells", name,
                   (unsigned long long)cells->n, (unsigned long long)hist->cells_n);
}

static enum pl_err check_arrays(const struct pl_hist *hist, struct pl_error *error)
{
    bool profile = hist->kind == PL_HIST_PROFILE || hist->kind == PL_HIST_PROFILE2D;
    enum pl_err err = check_array(hist, &hist->content, "the array of contents", false, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->sumw2, "fSumw2", true, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->bin_entries, "fBinEntries", !profile, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->bin_sumw2, "fBinSumw2", true, error);
    return err;
}

/* Axes a kind does not use have one bin from 0 to 1, whatever the file says of them. */
static void settle_axis(struct pl_hist_axis *axis)
{
    axis->bins = 1;
    axis->low = 0.0;
    axis->high = 1.0;
    axis->first = axis->last = 0;
}

/* Entries that wait would have to be put into contents that nobody may look into; a buffer whose
 * entries are in the bins already is not kept. */
static enum pl_err drop_buffer(struct pl_hist *hist, struct pl_error *error)
{
    if (hist->buffer.n > 0 && pl_cell(&hist->buffer, 0) > 0.0)
        return pl_fail_param(
            error, PL_E_LIMIT, "workers.memory",
            "a histogram of %llu cells whose entries still wait in fBuffer needs more "
            "than workers.memory leaves",
            (unsigned long long)hist->cells_n);
    hist->buffer = (struct pl_cells){NULL, 0, PL_CELL_F64};
    return PL_OK;
}

enum pl_err pl_histogram_finish(struct pl_reading *reading, const struct pl_walk *start, bool whole,
                                struct pl_error *error)
{
    static const char letters[] = "xyz";
    struct pl_hist *hist = reading->hist;
    unsigned axes = PL_MAX(1u, pl_hist_dimensions(hist));
    bool cells = hist->kind != PL_HIST_POLY;
    enum pl_err err = PL_OK;
    for (unsigned i = 0; i < axes && err == PL_OK; i++)
        err = check_axis(&reading->axes[i], letters[i], error);
    if (err == PL_OK && cells)
        err = check_cells(reading, error);
    if (err == PL_OK && cells && whole)
        err = check_arrays(hist, error);
    for (unsigned i = 0; i < axes && err == PL_OK; i++)
        err = check_edges(&reading->axes[i], letters[i], reading->arena, error);
    if (err == PL_OK && cells && whole)
        err = start->large != NULL ? drop_buffer(hist, error)
                                   : pl_hist_fill(hist, reading->arena, error);
    for (unsigned i = 0; i < axes && err == PL_OK && whole; i++)
        err = check_limits(reading->axes[i].axis, letters[i], error);
    for (unsigned i = 0; i < axes && err == PL_OK && whole; i++)
        err = pl_read_labels(start, &reading->axes[i].labels, reading->arena, reading->axes[i].axis,
                             error);
    for (unsigned i = axes; i < PL_COUNT(reading->axes); i++)
        settle_axis(reading->axes[i].axis);
    return err == PL_OK && whole
               ? pl_read_functions(start, &reading->functions, reading->arena, hist, error)
               : err;
}

void pl_histogram_start(struct pl_reading *reading, const struct pl_walk *start,
                        struct pl_hist *hist, struct pl_arena *arena)
{
    struct pl_hist_axis *axes[] = {&hist->x, &hist->y, &hist->z};
    *reading =
        (struct pl_reading){.hist = hist, .arena = arena, .object_n = start->limit - start->cur.at};
    for (unsigned i = 0; i < PL_COUNT(axes); i++)
        reading->axes[i].axis = axes[i];
}

enum pl_err pl_read_histogram(const struct pl_walk *start, enum pl_class class,
                              struct pl_arena *arena, struct pl_hist *hist, enum pl_parsed *parsed,
                              struct pl_error *error)
{
    struct pl_walk walk = *start;
    struct pl_reading reading;
    pl_histogram_start(&reading, start, hist, arena);
    enum pl_err err = pl_walk_class(&walk, class, pl_histogram_take, &reading, error);
    *parsed = PL_PARSED_NOTHING;
    if (err != PL_OK && !(walk.ran_out && reading.entries_seen))
        return err;
    err = pl_histogram_finish(&reading, start, !walk.ran_out, error);
    if (err == PL_OK && walk.ran_out)
        *parsed = reading.sums_seen ? PL_PARSED_SUMS : PL_PARSED_HEADER;
    else if (err == PL_OK)
        *parsed = PL_PARSED_ALL;
    return err;
}
