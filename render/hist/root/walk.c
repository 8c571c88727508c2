/* walk.c - the walker over one object's bytes.
 *
 * struct pl_walk is a position, the end of the innermost frame, and the values of the latest
 * counters. It knows framing (byte counts, versions, pointers, references) and basic types.
 * References are resolved by looking at the place they name, so there is no map of objects, what
 * nobody asks for can be passed over by its byte count, and nothing is allocated. Must not know
 * what a histogram is.
 */
#include "render/hist/root/walk.h"

#include "shm/base/check.h"

enum {
    DEPTH_MAX = 128,
    CLASS_NAME_MAX = 512,
    REFERENCED = 0x10, /* TObject bit: a process id follows */
};

static const uint32_t COUNTED = 0x40000000, NEW_CLASS = 0xffffffff, KNOWN_CLASS = 0x80000000;

/* The cursor passes neither the innermost frame nor the end of what is there. */
static void set_limit(struct pl_walk *walk, size_t limit)
{
    walk->limit = limit;
    walk->cur.n = PL_MIN(limit, walk->there_n);
}

void pl_walk_start(struct pl_walk *walk, const struct pl_layouts *layouts,
                   const struct pl_payload *payload, uint16_t key_n)
{
    *walk = (struct pl_walk){.large = payload->large,
                             .layouts = layouts,
                             .cur = PL_CUR(payload->bytes, payload->n),
                             .limit = payload->whole_n,
                             .whole_n = payload->whole_n,
                             .there_n = payload->n,
                             .key_n = key_n};
}

enum pl_err pl_walk_fail(struct pl_walk *walk, enum pl_class class, const struct pl_member *member,
                         const char *what, struct pl_error *error)
{
    if (walk->cur.bad && walk->limit > walk->there_n) {
        walk->ran_out = true;
        return PL_E_FORMAT;
    }
    int name_n = member != NULL ? (int)PL_MIN(member->name.n, (size_t)64) : 0;
    return pl_fail(error, PL_E_FORMAT, "%s%s%.*s at byte %zu of the object %s",
                   pl_class_name(class), member != NULL ? "." : "", name_n,
                   member != NULL ? member->name.bytes : "", walk->cur.at, what);
}

bool pl_walk_open(struct pl_walk *walk, struct pl_frame *frame)
{
    struct pl_cur *cur = &walk->cur;
    *frame = (struct pl_frame){.outer = walk->limit};
    bool counted = pl_cur_left(cur) >= 4 && (pl_be(cur->bytes + cur->at, 4) & COUNTED);
    if (!counted) {
        frame->version = pl_cur_be16(cur);
        return !cur->bad;
    }
    size_t count = pl_cur_be32(cur) & ~COUNTED;
    if (count < 2 || count > walk->limit - cur->at)
        return false;
    frame->end = cur->at + count;
    set_limit(walk, frame->end);
    frame->version = pl_cur_be16(cur);
    if (frame->version == 0 && count >= 6)
        frame->checksum = pl_cur_be32(cur);
    return !cur->bad;
}

bool pl_walk_close(struct pl_walk *walk, const struct pl_frame *frame)
{
    if (frame->end != 0) {
        set_limit(walk, frame->outer);
        pl_cur_seek(&walk->cur, frame->end);
    }
    return !walk->cur.bad;
}

/* The class name behind a new-class tag that an earlier pointer stands at. */
static bool referred_class(const struct pl_walk *walk, size_t here, uint32_t reference,
                           struct pl_text *name)
{
    if (reference < walk->key_n + 2U)
        return false;
    struct pl_cur cur = PL_CUR(walk->cur.bytes, PL_MIN(here, walk->there_n));
    pl_cur_seek(&cur, reference - walk->key_n - 2U);
    if (pl_cur_be32(&cur) != NEW_CLASS || cur.bad)
        return false;
    size_t n = PL_MIN(pl_cur_left(&cur), (size_t)CLASS_NAME_MAX);
    const uint8_t *text = cur.bytes + cur.at;
    const uint8_t *nul = memchr(text, 0, n);
    if (nul == NULL)
        return false;
    *name = (struct pl_text){(const char *)text, (size_t)(nul - text)};
    return true;
}

static bool new_class(struct pl_cur *cur, struct pl_text *name)
{
    size_t n = PL_MIN(pl_cur_left(cur), (size_t)CLASS_NAME_MAX);
    const uint8_t *text = cur->bytes + cur->at;
    const uint8_t *nul = n > 0 ? memchr(text, 0, n) : NULL;
    if (nul == NULL) {
        cur->bad = true;
        return false;
    }
    *name = (struct pl_text){(const char *)text, (size_t)(nul - text)};
    (void)pl_cur_take(cur, name->n + 1);
    return true;
}

bool pl_walk_any(struct pl_walk *walk, struct pl_any *any)
{
    struct pl_cur *cur = &walk->cur;
    *any = (struct pl_any){.what = PL_ANY_NULL, .class_name = {"", 0}};
    size_t here = cur->at;
    uint32_t tag = pl_cur_be32(cur);
    if ((tag & COUNTED) && tag != NEW_CLASS) {
        size_t count = tag & ~COUNTED;
        if (cur->bad || count < 4 || count > walk->limit - cur->at)
            return false;
        any->end = cur->at + count;
        here = cur->at;
        tag = pl_cur_be32(cur);
    }
    if (cur->bad)
        return false;
    if (tag == 0)
        return true;
    any->what = PL_ANY_OBJECT;
    if (tag == NEW_CLASS)
        return new_class(cur, &any->class_name);
    if (tag & KNOWN_CLASS)
        return referred_class(walk, here, tag & ~KNOWN_CLASS, &any->class_name);
    any->what = PL_ANY_REFERENCE;
    any->reference = tag;
    return true;
}

struct pl_place pl_walk_place(const struct pl_walk *walk, const struct pl_value *value)
{
    bool object = value->kind == PL_VALUE_OBJECT;
    size_t end = value->end != 0 ? value->end : walk->limit;
    return (struct pl_place){walk->cur.at, end, value->class, object};
}

void pl_walk_go(struct pl_walk *walk, const struct pl_place *place)
{
    set_limit(walk, place->end);
    walk->cur.at = PL_MIN(place->at, walk->cur.n);
    walk->cur.bad = place->at > walk->cur.n;
}

bool pl_walk_follow(const struct pl_walk *walk, uint32_t reference, struct pl_walk *there,
                    struct pl_any *any)
{
    size_t ahead = walk->key_n + 2U; /* references count from the key, and from 2 */
    if (reference < ahead || reference - ahead >= walk->cur.at)
        return false;
    *there = *walk;
    pl_walk_go(there, &(struct pl_place){.at = reference - ahead, .end = walk->whole_n});
    if (!pl_walk_any(there, any) || any->what != PL_ANY_OBJECT)
        return false;
    set_limit(there, any->end != 0 ? any->end : walk->whole_n);
    return true;
}

bool pl_walk_tobject(struct pl_walk *walk, uint32_t *unique_id, uint32_t *bits)
{
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame))
        return false;
    *unique_id = pl_cur_be32(&walk->cur);
    *bits = pl_cur_be32(&walk->cur);
    if (*bits & REFERENCED)
        (void)pl_cur_be16(&walk->cur);
    return pl_walk_close(walk, &frame);
}

bool pl_walk_list(struct pl_walk *walk, struct pl_frame *frame, uint32_t *n)
{
    uint32_t unique_id, bits;
    if (!pl_walk_open(walk, frame) || frame->version < 4 ||
        !pl_walk_tobject(walk, &unique_id, &bits))
        return false;
    (void)pl_root_text(&walk->cur);
    *n = pl_cur_be32(&walk->cur);
    return !walk->cur.bad && *n <= walk->limit - walk->cur.at;
}

bool pl_walk_option(struct pl_walk *walk, const struct pl_frame *list)
{
    if (list->version >= 5)
        (void)pl_root_text(&walk->cur);
    else
        (void)pl_cur_take(&walk->cur, pl_cur_u8(&walk->cur));
    return !walk->cur.bad;
}

static enum pl_err take_number(struct pl_walk *walk, pl_take_fn *take, void *target,
                               enum pl_slot slot, int64_t integer, struct pl_error *error)
{
    struct pl_value value = {.kind = PL_VALUE_NUMBER, .integer = integer, .real = (double)integer};
    return take != NULL && slot != PL_SLOT_NONE ? take(walk, target, slot, &value, error) : PL_OK;
}

static enum pl_err take_text(struct pl_walk *walk, pl_take_fn *take, void *target,
                             enum pl_slot slot, struct pl_error *error)
{
    struct pl_value value = {.kind = PL_VALUE_TEXT, .text = pl_root_text(&walk->cur)};
    if (walk->cur.bad)
        return pl_walk_fail(walk, PL_CLASS_TString, NULL, "does not end within it", error);
    return take != NULL && slot != PL_SLOT_NONE ? take(walk, target, slot, &value, error) : PL_OK;
}

static enum pl_err walk_tobject(struct pl_walk *walk, pl_take_fn *take, void *target,
                                struct pl_error *error)
{
    uint32_t unique_id, bits;
    if (!pl_walk_tobject(walk, &unique_id, &bits))
        return pl_walk_fail(walk, PL_CLASS_TObject, NULL, "cannot be read", error);
    enum pl_err err = take_number(walk, take, target, PL_SLOT_TObject_fUniqueID, unique_id, error);
    return err != PL_OK ? err : take_number(walk, take, target, PL_SLOT_TObject_fBits, bits, error);
}

static enum pl_err walk_tnamed(struct pl_walk *walk, pl_take_fn *take, void *target,
                               struct pl_error *error)
{
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame))
        return pl_walk_fail(walk, PL_CLASS_TNamed, NULL, "has a damaged byte count", error);
    enum pl_err err = walk_tobject(walk, take, target, error);
    if (err == PL_OK)
        err = take_text(walk, take, target, PL_SLOT_TNamed_fName, error);
    if (err == PL_OK)
        err = take_text(walk, take, target, PL_SLOT_TNamed_fTitle, error);
    if (err == PL_OK && !pl_walk_close(walk, &frame))
        return pl_walk_fail(walk, PL_CLASS_TNamed, NULL, "is longer than its byte count", error);
    return err;
}

static const struct basic {
    uint8_t size;
    bool whole, sign; /* integer; signed */
    int8_t cell;      /* enum pl_cell_type of an array of it, -1 = none */
} * basic_of(int32_t type)
{
    static const struct basic basics[] = {
        [PL_TYPE_I8] = {1, true, true, PL_CELL_I8},
        [PL_TYPE_I16] = {2, true, true, PL_CELL_I16},
        [PL_TYPE_I32] = {4, true, true, PL_CELL_I32},
        [PL_TYPE_I64] = {8, true, true, PL_CELL_I64},
        [PL_TYPE_F32] = {4, false, true, PL_CELL_F32},
        [PL_TYPE_COUNTER] = {4, true, true, PL_CELL_I32},
        [PL_TYPE_F64] = {8, false, true, PL_CELL_F64},
        [PL_TYPE_DOUBLE32] = {4, false, true, PL_CELL_F32},
        [PL_TYPE_U8] = {1, true, false, -1},
        [PL_TYPE_U16] = {2, true, false, -1},
        [PL_TYPE_U32] = {4, true, false, -1},
        [PL_TYPE_U64] = {8, true, false, -1},
        [PL_TYPE_BITS] = {4, true, false, -1},
        [PL_TYPE_LONG64] = {8, true, true, PL_CELL_I64},
        [PL_TYPE_ULONG64] = {8, true, false, -1},
        [PL_TYPE_BOOL] = {1, true, false, -1},
    };
    bool known = type > 0 && (size_t)type < PL_COUNT(basics) && basics[type].size > 0;
    return known ? &basics[type] : NULL;
}

static void count(struct pl_walk *walk, struct pl_text name, int64_t value)
{
    unsigned at = walk->counters_n++ % PL_WALK_COUNTERS;
    walk->counters[at].name = name;
    walk->counters[at].value = value;
}

static bool counted(const struct pl_walk *walk, struct pl_text name, int64_t *value)
{
    unsigned n = PL_MIN(walk->counters_n, (unsigned)PL_WALK_COUNTERS);
    for (unsigned i = 1; i <= n; i++) {
        unsigned at = (walk->counters_n - i) % PL_WALK_COUNTERS;
        struct pl_text other = walk->counters[at].name;
        if (other.n == name.n && memcmp(other.bytes, name.bytes, name.n) == 0) {
            *value = walk->counters[at].value;
            return true;
        }
    }
    return false;
}

static enum pl_err walk_number(struct pl_walk *walk, const struct pl_member *member,
                               const struct basic *basic, pl_take_fn *take, void *target,
                               struct pl_error *error)
{
    uint64_t bits = pl_cur_be(&walk->cur, basic->size);
    if (walk->cur.bad)
        return PL_E_FORMAT;
    struct pl_value value = {.kind = PL_VALUE_NUMBER};
    if (basic->whole) {
        unsigned spare = 64 - 8U * basic->size;
        value.integer = basic->sign ? (int64_t)(bits << spare) >> spare : (int64_t)bits;
        value.real = (double)value.integer;
    } else {
        value.real = basic->size == 8 ? pl_bits_f64(bits) : (double)pl_bits_f32((uint32_t)bits);
        bool fits = value.real > -9e18 && value.real < 9e18;
        value.integer = fits ? (int64_t)value.real : 0;
    }
    if (member->type == PL_TYPE_COUNTER)
        count(walk, member->name, value.integer);
    return take != NULL && member->slot != PL_SLOT_NONE
               ? take(walk, target, member->slot, &value, error)
               : PL_OK;
}

size_t pl_large_least_n = 1 << 20;

static void note_large(struct pl_walk *walk, enum pl_slot slot, const struct basic *basic,
                       uint64_t n)
{
    struct pl_large *large = walk->large;
    if (large == NULL || n * basic->size < pl_large_least_n || large->n == PL_LARGE_MAX ||
        basic->cell < 0)
        return;
    large->arrays[large->n++] = (struct pl_large_array){
        slot, walk->cur.at, n, (size_t)n * basic->size, (enum pl_cell_type)basic->cell};
}

/* n values in a row. */
static enum pl_err walk_cells(struct pl_walk *walk, enum pl_class class,
                              const struct pl_member *member, const struct basic *basic, int64_t n,
                              pl_take_fn *take, void *target, struct pl_error *error)
{
    struct pl_cur *cur = &walk->cur;
    if (n < 0 || (uint64_t)n > (walk->limit - cur->at) / basic->size)
        return pl_walk_fail(walk, class, member, "claims more values than the object has bytes for",
                            error);
    enum pl_slot slot = member != NULL ? member->slot : PL_SLOT_ARRAY;
    note_large(walk, slot, basic, (uint64_t)n);
    const uint8_t *bytes = pl_cur_take(cur, (size_t)n * basic->size);
    if (bytes == NULL)
        return pl_walk_fail(walk, class, member, "does not end within it", error);
    if (take == NULL || slot == PL_SLOT_NONE || basic->cell < 0)
        return PL_OK;
    struct pl_value value = {.kind = PL_VALUE_CELLS};
    value.cells =
        (struct pl_cells){n > 0 ? bytes : NULL, (uint64_t)n, (enum pl_cell_type)basic->cell};
    return take(walk, target, slot, &value, error);
}

static int32_t array_type(enum pl_class class)
{
    switch (class) {
    case PL_CLASS_TArrayC:
        return PL_TYPE_I8;
    case PL_CLASS_TArrayS:
        return PL_TYPE_I16;
    case PL_CLASS_TArrayI:
        return PL_TYPE_I32;
    case PL_CLASS_TArrayL64:
        return PL_TYPE_I64;
    case PL_CLASS_TArrayF:
        return PL_TYPE_F32;
    case PL_CLASS_TArrayD:
        return PL_TYPE_F64;
    default:
        return 0;
    }
}

/* TArrayX has no frame: a count and the values. member is NULL when it is a base class. */
static enum pl_err walk_array(struct pl_walk *walk, enum pl_class class,
                              const struct pl_member *member, pl_take_fn *take, void *target,
                              struct pl_error *error)
{
    int64_t n = (int32_t)pl_cur_be32(&walk->cur);
    if (walk->cur.bad)
        return pl_walk_fail(walk, class, member, "does not end within it", error);
    return walk_cells(walk, class, member, basic_of(array_type(class)), n, take, target, error);
}

static enum pl_err walk_counted_array(struct pl_walk *walk, enum pl_class class,
                                      const struct pl_member *member, pl_take_fn *take,
                                      void *target, struct pl_error *error)
{
    const struct basic *basic = basic_of(member->type - PL_TYPE_COUNTED_ARRAY);
    int64_t n = 0;
    if (basic == NULL || !counted(walk, member->count_name, &n))
        return pl_walk_fail(walk, class, member, "is an array whose length is not known", error);
    if (!member->unflagged && pl_cur_u8(&walk->cur) == 0)
        n = 0;
    return walk_cells(walk, class, member, basic, n, take, target, error);
}

/* An object that stands here itself. */
static enum pl_err walk_inside(struct pl_walk *walk, enum pl_class class,
                               const struct pl_member *member, pl_take_fn *take, void *target,
                               struct pl_error *error)
{
    if (array_type(member->class) != 0)
        return walk_array(walk, member->class, member, take, target, error);
    size_t start = walk->cur.at;
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame))
        return pl_walk_fail(walk, class, member, "has a damaged byte count", error);
    set_limit(walk, frame.outer);
    walk->cur.at = start;
    enum pl_err err = PL_OK;
    if (take != NULL && member->slot != PL_SLOT_NONE) {
        struct pl_value value = {.kind = PL_VALUE_OBJECT, .class = member->class, .end = frame.end};
        err = take(walk, target, member->slot, &value, error);
    } else if (frame.end == 0) {
        err = pl_walk_class(walk, member->class, NULL, NULL, error);
    }
    if (err != PL_OK || frame.end == 0)
        return err;
    pl_cur_seek(&walk->cur, frame.end);
    return walk->cur.bad ? pl_walk_fail(walk, class, member, "does not end within it", error)
                         : PL_OK;
}

/* The member is an object that was stored before; a reference that leads nowhere is null. */
static enum pl_err take_referred(const struct pl_walk *walk, uint32_t reference,
                                 const struct pl_member *member, pl_take_fn *take, void *target,
                                 struct pl_error *error)
{
    struct pl_walk there;
    struct pl_any any;
    if (take == NULL || member->slot == PL_SLOT_NONE ||
        !pl_walk_follow(walk, reference, &there, &any))
        return PL_OK;
    struct pl_value value = {
        .kind = PL_VALUE_OBJECT, .class = pl_class_of(any.class_name), .end = any.end};
    return take(&there, target, member->slot, &value, error);
}

static enum pl_err walk_pointer(struct pl_walk *walk, enum pl_class class,
                                const struct pl_member *member, pl_take_fn *take, void *target,
                                struct pl_error *error)
{
    struct pl_any any;
    if (!pl_walk_any(walk, &any))
        return pl_walk_fail(walk, class, member, "is a pointer that cannot be read", error);
    if (any.what == PL_ANY_REFERENCE)
        return take_referred(walk, any.reference, member, take, target, error);
    if (any.what == PL_ANY_NULL)
        return PL_OK;
    enum pl_class object = pl_class_of(any.class_name);
    enum pl_err err = PL_OK;
    if (take != NULL && member->slot != PL_SLOT_NONE) {
        struct pl_value value = {.kind = PL_VALUE_OBJECT, .class = object, .end = any.end};
        err = take(walk, target, member->slot, &value, error);
    } else if (any.end == 0) {
        err = pl_walk_class(walk, object, NULL, NULL, error);
    }
    if (err != PL_OK || any.end == 0)
        return err;
    pl_cur_seek(&walk->cur, any.end);
    return walk->cur.bad ? pl_walk_fail(walk, class, member, "does not end within it", error)
                         : PL_OK;
}

static enum pl_err skip_framed(struct pl_walk *walk, enum pl_class class,
                               const struct pl_member *member, struct pl_error *error)
{
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame) || frame.end == 0 || !pl_walk_close(walk, &frame))
        return pl_walk_fail(walk, class, member, "is of a kind that cannot be walked over", error);
    return PL_OK;
}

static enum pl_err walk_member(struct pl_walk *walk, enum pl_class class,
                               const struct pl_member *member, pl_take_fn *take, void *target,
                               struct pl_error *error)
{
    const struct basic *basic = member->packed ? NULL : basic_of(member->type);
    if (basic != NULL)
        return walk_number(walk, member, basic, take, target, error);
    if (member->type > PL_TYPE_FIXED_ARRAY && member->type < PL_TYPE_COUNTED_ARRAY) {
        basic = basic_of(member->type - PL_TYPE_FIXED_ARRAY);
        if (basic != NULL)
            return walk_cells(walk, class, member, basic, member->length, take, target, error);
    }
    if (member->type > PL_TYPE_COUNTED_ARRAY && member->type < PL_TYPE_OBJECT)
        return walk_counted_array(walk, class, member, take, target, error);
    switch (member->type) {
    case PL_TYPE_BASE:
    case PL_TYPE_TOBJECT:
    case PL_TYPE_TNAMED:
        return pl_walk_class(walk, member->class, take, target, error);
    case PL_TYPE_OBJECT:
    case PL_TYPE_ANY:
    case PL_TYPE_OBJECT_INSIDE:
    case PL_TYPE_ANY_INSIDE:
        return walk_inside(walk, class, member, take, target, error);
    case PL_TYPE_POINTER:
    case PL_TYPE_ANY_POINTER:
        return walk_pointer(walk, class, member, take, target, error);
    case PL_TYPE_TSTRING:
        return take_text(walk, take, target, member->slot, error);
    default:
        return skip_framed(walk, class, member, error);
    }
}

static enum pl_err walk_members(struct pl_walk *walk, enum pl_class class,
                                const struct pl_frame *frame, pl_take_fn *take, void *target,
                                struct pl_error *error)
{
    const struct pl_layout *layout =
        pl_layout_find(walk->layouts, class, frame->version, frame->checksum);
    bool may_skip =
        class == PL_CLASS_OTHER || (class >= PL_CLASS_TAttLine && class <= PL_CLASS_TAttAxis);
    if (layout == NULL && (!may_skip || frame->end == 0))
        return pl_walk_fail(walk, class, NULL, "has a version that the file does not describe",
                            error);
    for (uint32_t i = 0; layout != NULL && i < layout->n; i++) {
        enum pl_err err = walk_member(walk, class, &layout->members[i], take, target, error);
        if (err != PL_OK)
            return walk->cur.bad ? pl_walk_fail(walk, class, &layout->members[i],
                                                "does not end within it", error)
                                 : err;
    }
    return PL_OK;
}

enum pl_err pl_walk_class(struct pl_walk *walk, enum pl_class class, pl_take_fn *take, void *target,
                          struct pl_error *error)
{
    if (class == PL_CLASS_TObject)
        return walk_tobject(walk, take, target, error);
    if (class == PL_CLASS_TNamed)
        return walk_tnamed(walk, take, target, error);
    if (array_type(class) != 0)
        return walk_array(walk, class, NULL, take, target, error);
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame))
        return pl_walk_fail(walk, class, NULL, "has a damaged byte count", error);
    if (++walk->depth > DEPTH_MAX)
        return pl_walk_fail(walk, class, NULL, "is nested too deeply", error);
    enum pl_err err = walk_members(walk, class, &frame, take, target, error);
    walk->depth--;
    if (err == PL_OK && !pl_walk_close(walk, &frame))
        return pl_walk_fail(walk, class, NULL, "is longer than its byte count", error);
    return err;
}
