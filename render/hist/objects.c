/* objects.c - one histogram: pick its members from the walk, then see whether they fit together.
 *
 * struct reading is what the walk fills. Lists (labels, functions) are remembered by their place
 * and read once sizes are known to be honest. Nothing is trusted before check_* has seen it: bins,
 * limits, edges, the number of cells and the length of every array. Memory: texts, edges and labels
 * are the arena's, contents are borrowed from the payload.
 */
#include "render/hist/objects.h"

#include <math.h>

#include "render/hist/fill.h"
#include "render/hist/walk.h"
#include "shm/base/check.h"

enum { FUNCTIONS_MAX = 256, AXIS_RANGE_BIT = 1 << 11 };

struct place { /* of a list in the payload */
    size_t at;
    bool there;
};

struct axis_reading {
    struct pl_hist_axis *axis;
    int64_t bins;
    struct pl_cells edges;
    struct place labels;
    bool seen;
};

struct reading {
    struct pl_hist *hist;
    struct pl_arena *arena;
    struct axis_reading axes[3];
    struct axis_reading *axis; /* the one being walked, NULL outside */
    struct place functions;
    int64_t cells_n;
    size_t object_n; /* bytes of the object */
    bool entries_seen, content_seen;
};

bool pl_hist_drawn(enum pl_class class)
{
    return (class >= PL_CLASS_TH1C && class <= PL_CLASS_TH1D) ||
           (class >= PL_CLASS_TH2C && class <= PL_CLASS_TH2D) || class == PL_CLASS_TProfile;
}

static enum pl_hist_kind kind_of(enum pl_class class)
{
    if (class == PL_CLASS_TProfile)
        return PL_HIST_PROFILE;
    return class >= PL_CLASS_TH2C && class <= PL_CLASS_TH2D ? PL_HIST_2D : PL_HIST_1D;
}

static enum pl_err no_memory(const char *what, struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "%s of the object need more than workers.memory leaves", what);
}

static enum pl_err keep_text(struct reading *reading, const char **out, struct pl_text text,
                             struct pl_error *error)
{
    *out = pl_arena_text(reading->arena, text.bytes, text.n);
    return *out != NULL ? PL_OK : no_memory("texts", error);
}

static struct place place_of(const struct pl_walk *walk, const struct pl_value *value)
{
    bool list = value->class == PL_CLASS_TList || value->class == PL_CLASS_THashList;
    return (struct place){walk->cur.at, list};
}

static int16_t to_i16(int64_t value)
{
    return (int16_t)PL_MAX(PL_MIN(value, INT16_MAX), INT16_MIN);
}

static int32_t to_i32(int64_t value)
{
    return (int32_t)PL_MAX(PL_MIN(value, INT32_MAX), INT32_MIN);
}

static enum pl_err take_axis(struct pl_walk *walk, void *target, enum pl_slot slot,
                             const struct pl_value *value, struct pl_error *error)
{
    struct reading *reading = target;
    struct axis_reading *at = reading->axis;
    struct pl_hist_axis *axis = at->axis;
    switch (slot) {
    case PL_SLOT_TObject_fBits:
        axis->bits = (uint32_t)value->integer;
        break;
    case PL_SLOT_TNamed_fTitle:
        return keep_text(reading, &axis->title, value->text, error);
    case PL_SLOT_TAttAxis_fNdivisions:
        axis->divisions = to_i32(value->integer);
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
        axis->first = to_i32(value->integer);
        break;
    case PL_SLOT_TAxis_fLast:
        axis->last = to_i32(value->integer);
        break;
    case PL_SLOT_TAxis_fTimeDisplay:
        axis->time_display = value->integer != 0;
        break;
    case PL_SLOT_TAxis_fTimeFormat:
        return keep_text(reading, &axis->time_format, value->text, error);
    case PL_SLOT_TAxis_fLabels:
        at->labels = place_of(walk, value);
        break;
    default:
        break;
    }
    return PL_OK;
}

static enum pl_err walk_axis(struct pl_walk *walk, struct reading *reading, unsigned which,
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
    } doubles[] =
        {
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
        },
      shorts[] = {
          {PL_SLOT_TAttLine_fLineColor, offsetof(struct pl_hist, line_color)},
          {PL_SLOT_TAttLine_fLineStyle, offsetof(struct pl_hist, line_style)},
          {PL_SLOT_TAttLine_fLineWidth, offsetof(struct pl_hist, line_width)},
          {PL_SLOT_TAttFill_fFillColor, offsetof(struct pl_hist, fill_color)},
          {PL_SLOT_TAttFill_fFillStyle, offsetof(struct pl_hist, fill_style)},
          {PL_SLOT_TAttMarker_fMarkerColor, offsetof(struct pl_hist, marker_color)},
          {PL_SLOT_TAttMarker_fMarkerStyle, offsetof(struct pl_hist, marker_style)},
      };
    for (unsigned i = 0; i < PL_COUNT(doubles); i++)
        if (doubles[i].slot == slot)
            memcpy((char *)hist + doubles[i].offset, &value->real, sizeof value->real);
    int16_t small = to_i16(value->integer);
    for (unsigned i = 0; i < PL_COUNT(shorts); i++)
        if (shorts[i].slot == slot)
            memcpy((char *)hist + shorts[i].offset, &small, sizeof small);
}

static enum pl_err take_array(struct reading *reading, enum pl_slot slot,
                              const struct pl_cells *cells)
{
    struct pl_hist *hist = reading->hist;
    switch (slot) {
    case PL_SLOT_ARRAY:
        hist->content = *cells;
        reading->content_seen = true;
        break;
    case PL_SLOT_TH1_fSumw2:
        hist->sumw2 = *cells;
        break;
    case PL_SLOT_TH1_fBuffer:
        hist->buffer = *cells;
        break;
    case PL_SLOT_TProfile_fBinEntries:
        hist->bin_entries = *cells;
        break;
    case PL_SLOT_TProfile_fBinSumw2:
        hist->bin_sumw2 = *cells;
        break;
    default:
        break;
    }
    return PL_OK;
}

static enum pl_err take_text(struct reading *reading, enum pl_slot slot, struct pl_text text,
                             struct pl_error *error)
{
    switch (slot) {
    case PL_SLOT_TNamed_fName:
        return keep_text(reading, &reading->hist->name, text, error);
    case PL_SLOT_TNamed_fTitle:
        return keep_text(reading, &reading->hist->title, text, error);
    case PL_SLOT_TH1_fOption:
        return keep_text(reading, &reading->hist->option, text, error);
    default:
        return PL_OK;
    }
}

static enum pl_err take(struct pl_walk *walk, void *target, enum pl_slot slot,
                        const struct pl_value *value, struct pl_error *error)
{
    struct reading *reading = target;
    if (value->kind == PL_VALUE_CELLS)
        return take_array(reading, slot, &value->cells);
    if (value->kind == PL_VALUE_TEXT)
        return take_text(reading, slot, value->text, error);
    switch (slot) {
    case PL_SLOT_TObject_fBits:
        reading->hist->bits = (uint32_t)value->integer;
        break;
    case PL_SLOT_TAttMarker_fMarkerSize:
        reading->hist->marker_size = (float)value->real;
        break;
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
        reading->functions = place_of(walk, value);
        break;
    case PL_SLOT_TProfile_fErrorMode:
        reading->hist->error_mode = to_i32(value->integer);
        break;
    default:
        reading->entries_seen |= slot == PL_SLOT_TH1_fEntries;
        if (value->kind == PL_VALUE_NUMBER)
            take_number(reading->hist, slot, value);
    }
    return PL_OK;
}

static enum pl_err check_edges(const struct axis_reading *at, char letter, struct pl_arena *arena,
                               struct pl_error *error)
{
    struct pl_hist_axis *axis = at->axis;
    if (at->edges.n == 0)
        return PL_OK;
    if (at->edges.n != (uint64_t)axis->bins + 1)
        return pl_fail(error, PL_E_FORMAT, "the %c axis has %llu edges (fXbins) for %u bins",
                       letter, (unsigned long long)at->edges.n, axis->bins);
    double *edges = pl_arena_alloc(arena, at->edges.n * sizeof *edges);
    if (edges == NULL)
        return no_memory("bin edges", error);
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

static enum pl_err check_axis(const struct axis_reading *at, char letter, struct pl_error *error)
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

static enum pl_err check_cells(struct reading *reading, struct pl_error *error)
{
    struct pl_hist *hist = reading->hist;
    bool two = hist->kind == PL_HIST_2D;
    uint64_t want = ((uint64_t)hist->x.bins + 2) * (two ? (uint64_t)hist->y.bins + 2 : 1);
    if (reading->cells_n < 0 || (uint64_t)reading->cells_n != want)
        return pl_fail(error, PL_E_FORMAT,
                       "fNcells is %lld, but %u x %u bins with under- and overflow make %llu",
                       (long long)reading->cells_n, hist->x.bins, two ? hist->y.bins : 1,
                       (unsigned long long)want);
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
    bool profile = hist->kind == PL_HIST_PROFILE;
    enum pl_err err = check_array(hist, &hist->content, "the array of contents", false, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->sumw2, "fSumw2", true, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->bin_entries, "fBinEntries", !profile, error);
    if (err == PL_OK)
        err = check_array(hist, &hist->bin_sumw2, "fBinSumw2", true, error);
    return err;
}

/* One TObjString of fLabels: its unique id is the bin. */
static enum pl_err read_label(struct pl_walk *walk, struct reading *reading, const char **labels,
                              uint32_t bins, struct pl_error *error)
{
    struct pl_frame frame;
    uint32_t bin, bits;
    if (!pl_walk_open(walk, &frame) || !pl_walk_tobject(walk, &bin, &bits))
        return pl_walk_fail(walk, PL_CLASS_TObjString, NULL, "cannot be read", error);
    struct pl_text text = pl_root_text(&walk->cur);
    if (walk->cur.bad || !pl_walk_close(walk, &frame))
        return pl_walk_fail(walk, PL_CLASS_TObjString, NULL, "does not end within its byte count",
                            error);
    return bin >= 1 && bin <= bins ? keep_text(reading, &labels[bin - 1], text, error) : PL_OK;
}

static enum pl_err read_labels(struct pl_walk *walk, struct reading *reading,
                               struct axis_reading *at, struct pl_error *error)
{
    struct pl_frame list;
    uint32_t n;
    if (!at->labels.there)
        return PL_OK;
    pl_cur_seek(&walk->cur, at->labels.at);
    if (!pl_walk_list(walk, &list, &n))
        return pl_walk_fail(walk, PL_CLASS_THashList, NULL, "of bin labels cannot be read", error);
    const char **labels =
        n > 0 ? pl_arena_zalloc(reading->arena, at->axis->bins, sizeof *labels) : NULL;
    if (n > 0 && labels == NULL)
        return no_memory("bin labels", error);
    for (uint32_t i = 0; i < n; i++) {
        struct pl_any any;
        enum pl_err err = PL_OK;
        if (!pl_walk_any(walk, &any))
            return pl_walk_fail(walk, PL_CLASS_THashList, NULL, "of bin labels has a damaged item",
                                error);
        if (any.what == PL_ANY_OBJECT && pl_text_is(any.class_name, "TObjString"))
            err = read_label(walk, reading, labels, at->axis->bins, error);
        if (err != PL_OK)
            return err;
        if (any.end != 0)
            pl_cur_seek(&walk->cur, any.end);
        if (!pl_walk_option(walk, &list))
            return pl_walk_fail(walk, PL_CLASS_THashList, NULL, "of bin labels ends early", error);
    }
    at->axis->labels = labels;
    return pl_walk_close(walk, &list)
               ? PL_OK
               : pl_walk_fail(walk, PL_CLASS_THashList, NULL, "ends early", error);
}

/* The class of an object that was stored before, by the place its reference names. */
static struct pl_text class_at(struct pl_walk *walk, uint32_t reference)
{
    struct pl_walk other = *walk;
    struct pl_any any = {.class_name = {"", 0}};
    if (reference >= walk->key_n + 2U) {
        other.cur.at = 0;
        pl_cur_seek(&other.cur, reference - walk->key_n - 2U);
        if (!pl_walk_any(&other, &any) || any.what != PL_ANY_OBJECT)
            any.class_name = (struct pl_text){"", 0};
    }
    return any.class_name;
}

/* Names only: what a fit function is made of is of no interest, and of many versions. A list that
 * cannot be read takes nothing from the histogram. */
static enum pl_err read_functions(struct pl_walk *walk, struct reading *reading,
                                  struct pl_error *error)
{
    struct pl_frame list;
    uint32_t n;
    if (!reading->functions.there)
        return PL_OK;
    pl_cur_seek(&walk->cur, reading->functions.at);
    if (!pl_walk_list(walk, &list, &n) || n == 0)
        return PL_OK;
    n = PL_MIN(n, (uint32_t)FUNCTIONS_MAX);
    const char **names = pl_arena_zalloc(reading->arena, n, sizeof *names);
    if (names == NULL)
        return no_memory("functions", error);
    reading->hist->functions = names;
    for (uint32_t i = 0; i < n; i++) {
        struct pl_any any;
        if (!pl_walk_any(walk, &any))
            return PL_OK;
        if (any.what == PL_ANY_REFERENCE)
            any.class_name = class_at(walk, any.reference);
        if (any.what != PL_ANY_NULL) {
            enum pl_err err =
                keep_text(reading, &names[reading->hist->functions_n], any.class_name, error);
            if (err != PL_OK)
                return err;
            reading->hist->functions_n++;
        }
        if (any.what == PL_ANY_OBJECT && any.end == 0)
            return PL_OK;
        if (any.end != 0)
            pl_cur_seek(&walk->cur, any.end);
        if (!pl_walk_option(walk, &list))
            return PL_OK;
    }
    return PL_OK;
}

/* What the walk collected becomes a histogram; whole = contents are there. */
static enum pl_err finish(struct reading *reading, const struct pl_walk *walked, bool whole,
                          struct pl_error *error)
{
    static const char letters[] = "xy";
    struct pl_hist *hist = reading->hist;
    unsigned axes = hist->kind == PL_HIST_2D ? 2 : 1;
    enum pl_err err = PL_OK;
    for (unsigned i = 0; i < axes && err == PL_OK; i++)
        err = check_axis(&reading->axes[i], letters[i], error);
    if (err == PL_OK)
        err = check_cells(reading, error);
    if (err == PL_OK && whole)
        err = check_arrays(hist, error);
    for (unsigned i = 0; i < axes && err == PL_OK; i++)
        err = check_edges(&reading->axes[i], letters[i], reading->arena, error);
    if (err == PL_OK && whole)
        err = pl_hist_fill(hist, reading->arena, error);
    for (unsigned i = 0; i < axes && err == PL_OK && whole; i++)
        err = check_limits(reading->axes[i].axis, letters[i], error);
    struct pl_walk walk = *walked;
    for (unsigned i = 0; i < axes && err == PL_OK && whole; i++)
        err = read_labels(&walk, reading, &reading->axes[i], error);
    return err == PL_OK && whole ? read_functions(&walk, reading, error) : err;
}

/* Axes a kind does not use have one bin from 0 to 1, whatever the file says of them. */
static void settle_axis(struct pl_hist_axis *axis)
{
    if (axis->bins == 0) {
        axis->bins = 1;
        axis->low = 0.0;
        axis->high = 1.0;
        axis->first = axis->last = 0;
    }
}

enum pl_err pl_hist_parse(const struct pl_layouts *layouts, const struct pl_payload *payload,
                          uint16_t key_n, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, bool *again, struct pl_error *error)
{
    *hist = (struct pl_hist){.kind = kind_of(class), .class_name = pl_class_name(class)};
    hist->name = hist->title = hist->option = "";
    hist->maximum = hist->minimum = -1111.0;
    struct pl_hist_axis *axes[] = {&hist->x, &hist->y, &hist->z};
    struct reading reading = {.hist = hist, .arena = arena, .object_n = payload->whole_n};
    for (unsigned i = 0; i < PL_COUNT(axes); i++) {
        axes[i]->title = axes[i]->time_format = "";
        axes[i]->divisions = 510;
        reading.axes[i].axis = axes[i];
    }
    struct pl_walk walk, start;
    pl_walk_start(&start, layouts, payload, key_n);
    walk = start;
    enum pl_err err = pl_walk_class(&walk, class, take, &reading, error);
    *again = walk.ran_out && !reading.entries_seen;
    if (err != PL_OK && !(walk.ran_out && reading.entries_seen))
        return err;
    err = finish(&reading, &start, !walk.ran_out, error);
    for (unsigned i = 0; i < PL_COUNT(axes); i++)
        settle_axis(axes[i]);
    return err;
}
