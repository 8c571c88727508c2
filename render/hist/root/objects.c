/* objects.c - the entrance to the readers of objects: which class is read by whom, and what all
 * have in common; the reader of texts, which have nothing else.
 *
 * Memory: texts are the arena's.
 */
#include "render/hist/root/objects.h"

#include "render/hist/root/objects_priv.h"
#include "render/hist/root/scalar.h"
#include "shm/base/check.h"

bool pl_object_kind(enum pl_class class, enum pl_hist_kind *kind)
{
    static const struct {
        enum pl_class first, last;
        enum pl_hist_kind kind;
    } kinds[] = {
        {PL_CLASS_TH1C, PL_CLASS_TH1D, PL_HIST_1D},
        {PL_CLASS_TH2C, PL_CLASS_TH2D, PL_HIST_2D},
        {PL_CLASS_TH3C, PL_CLASS_TH3D, PL_HIST_3D},
        {PL_CLASS_TProfile, PL_CLASS_TProfile, PL_HIST_PROFILE},
        {PL_CLASS_TProfile2D, PL_CLASS_TProfile2D, PL_HIST_PROFILE2D},
        {PL_CLASS_TH2Poly, PL_CLASS_TProfile2Poly, PL_HIST_POLY},
        {PL_CLASS_TGraph, PL_CLASS_TCutG, PL_HIST_GRAPH},
        {PL_CLASS_TEfficiency, PL_CLASS_TEfficiency, PL_HIST_EFFICIENCY},
        {PL_CLASS_TObjString, PL_CLASS_TObjString, PL_HIST_TEXT},
    };
    for (unsigned i = 0; i < PL_COUNT(kinds); i++)
        if (class >= kinds[i].first && class <= kinds[i].last) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

bool pl_hist_read_class(enum pl_class class)
{
    enum pl_hist_kind kind;
    return pl_object_kind(class, &kind);
}

void pl_object_init(struct pl_hist *hist, enum pl_class class, enum pl_hist_kind kind)
{
    *hist = (struct pl_hist){.kind = kind, .class_name = pl_class_name(class)};
    hist->name = hist->title = hist->option = "";
    hist->maximum = hist->minimum = -1111.0;
    struct pl_hist_axis *axes[] = {&hist->x, &hist->y, &hist->z};
    for (unsigned i = 0; i < PL_COUNT(axes); i++)
        *axes[i] = (struct pl_hist_axis){
            .bins = 1, .high = 1.0, .title = "", .time_format = "", .divisions = 510};
}

enum pl_err pl_object_no_memory(const char *what, struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "%s of the object need more than workers.memory leaves", what);
}

enum pl_err pl_object_text(struct pl_arena *arena, const char **out, struct pl_text text,
                           struct pl_error *error)
{
    const char *copy = pl_arena_text(arena, text.bytes, text.n);
    if (copy == NULL)
        return pl_object_no_memory("texts", error);
    *out = copy;
    return PL_OK;
}

enum pl_err pl_object_take(struct pl_hist *hist, struct pl_arena *arena, enum pl_slot slot,
                           const struct pl_value *value, struct pl_error *error)
{
    if ((slot == PL_SLOT_TNamed_fName || slot == PL_SLOT_TNamed_fTitle) &&
        value->kind != PL_VALUE_TEXT)
        return PL_OK;
    int64_t small = PL_MAX(PL_MIN(value->integer, INT16_MAX), INT16_MIN);
    switch (slot) {
    case PL_SLOT_TNamed_fName:
        return pl_object_text(arena, &hist->name, value->text, error);
    case PL_SLOT_TNamed_fTitle:
        return pl_object_text(arena, &hist->title, value->text, error);
    case PL_SLOT_TObject_fBits:
        hist->bits = (uint32_t)value->integer;
        break;
    case PL_SLOT_TAttLine_fLineColor:
        hist->line_color = (int16_t)small;
        break;
    case PL_SLOT_TAttLine_fLineStyle:
        hist->line_style = (int16_t)small;
        break;
    case PL_SLOT_TAttLine_fLineWidth:
        hist->line_width = (int16_t)small;
        break;
    case PL_SLOT_TAttFill_fFillColor:
        hist->fill_color = (int16_t)small;
        break;
    case PL_SLOT_TAttFill_fFillStyle:
        hist->fill_style = (int16_t)small;
        break;
    case PL_SLOT_TAttMarker_fMarkerColor:
        hist->marker_color = (int16_t)small;
        break;
    case PL_SLOT_TAttMarker_fMarkerStyle:
        hist->marker_style = (int16_t)small;
        break;
    case PL_SLOT_TAttMarker_fMarkerSize:
        hist->marker_size = (float)value->real;
        break;
    default:
        break;
    }
    return PL_OK;
}

struct string_reading {
    struct pl_hist *hist;
    struct pl_arena *arena;
};

static enum pl_err take_string(struct pl_walk *walk, void *target, enum pl_slot slot,
                               const struct pl_value *value, struct pl_error *error)
{
    struct string_reading *reading = target;
    (void)walk;
    if (slot == PL_SLOT_TObjString_fString && value->kind == PL_VALUE_TEXT)
        return pl_object_text(reading->arena, &reading->hist->text, value->text, error);
    return pl_object_take(reading->hist, reading->arena, slot, value, error);
}

static enum pl_err read_string(const struct pl_walk *start, struct pl_arena *arena,
                               struct pl_hist *hist, struct pl_error *error)
{
    struct pl_walk walk = *start;
    struct string_reading reading = {hist, arena};
    hist->text = "";
    enum pl_err err = pl_walk_class(&walk, PL_CLASS_TObjString, take_string, &reading, error);
    return err == PL_OK ? pl_scalar_parse(hist->text, arena, &hist->scalar, error) : err;
}

/* What has no part that can do without the rest. */
static enum pl_err read_whole(const struct pl_walk *start, enum pl_class class,
                              struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    switch (hist->kind) {
    case PL_HIST_POLY:
        return pl_read_poly(start, class, arena, hist, error);
    case PL_HIST_GRAPH:
        return pl_read_graph(start, class, arena, hist, error);
    case PL_HIST_EFFICIENCY:
        return pl_read_efficiency(start, arena, hist, error);
    default:
        return read_string(start, arena, hist, error);
    }
}

enum pl_err pl_hist_parse(const struct pl_layouts *layouts, const struct pl_payload *payload,
                          uint16_t key_n, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, enum pl_parsed *parsed, struct pl_error *error)
{
    struct pl_walk start;
    enum pl_hist_kind kind;
    CHECK(pl_object_kind(class, &kind));
    pl_object_init(hist, class, kind);
    pl_walk_start(&start, layouts, payload, key_n);
    if (kind <= PL_HIST_PROFILE2D)
        return pl_read_histogram(&start, class, arena, hist, parsed, error);
    *parsed = PL_PARSED_NOTHING;
    if (payload->n < payload->whole_n)
        return pl_fail(error, PL_E_FORMAT, "only a part of the object is there");
    enum pl_err err = read_whole(&start, class, arena, hist, error);
    *parsed = err == PL_OK ? PL_PARSED_ALL : PL_PARSED_NOTHING;
    return err;
}
