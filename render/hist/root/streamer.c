/* streamer.c - the file's TStreamerInfo record, as far as classes with a number are concerned.
 *
 * The record is a list of TStreamerInfo, each a class name, a version and a list of elements. Items
 * of other classes are passed over by their byte count. Knows how the record is laid out and
 * nothing of what is done with it. Member tables are the arena's; names in them are borrowed from
 * the unpacked record.
 */
#include "render/hist/root/streamer.h"

#include "render/hist/root/walk.h"
#include "shm/base/check.h"

enum {
    ELEMENT_LEAST_N = 24
}; /* bytes the shortest element takes: no count can promise more of them */

enum pl_class pl_class_of(struct pl_text name)
{
    static const struct {
        const char *name;
        size_t n;
    } classes[] = {{"", 0},
#define CLASS(word) {#word, sizeof #word - 1},
                   PL_CLASSES(CLASS)
#undef CLASS
    };
    for (unsigned i = 1; i < PL_COUNT(classes); i++)
        if (classes[i].n == name.n && memcmp(classes[i].name, name.bytes, name.n) == 0)
            return (enum pl_class)i;
    return PL_CLASS_OTHER;
}

const char *pl_class_name(enum pl_class class)
{
    static const char *const names[] = {"an unknown class",
#define CLASS(word) #word,
                                        PL_CLASSES(CLASS)
#undef CLASS
    };
    return names[class];
}

enum pl_slot pl_slot_of(enum pl_class class, struct pl_text member)
{
    static const struct {
        enum pl_class class;
        const char *member;
    } slots[] = {[PL_SLOT_ARRAY] = {PL_CLASS_OTHER, ""},
#define SLOT(class_name, name) [PL_SLOT_##class_name##_##name] = {PL_CLASS_##class_name, #name},
                 PL_SLOTS(SLOT)
#undef SLOT
    };
    for (unsigned i = PL_SLOT_ARRAY + 1; i < PL_COUNT(slots); i++)
        if (slots[i].class == class && pl_text_is(member, slots[i].member))
            return (enum pl_slot)i;
    return PL_SLOT_NONE;
}

static struct pl_text read_tnamed(struct pl_walk *walk, struct pl_text *title)
{
    struct pl_frame frame;
    uint32_t unique_id, bits;
    struct pl_text name = {"", 0};
    if (!pl_walk_open(walk, &frame) || !pl_walk_tobject(walk, &unique_id, &bits)) {
        walk->cur.bad = true;
        return name;
    }
    name = pl_root_text(&walk->cur);
    *title = pl_root_text(&walk->cur);
    if (!pl_walk_close(walk, &frame))
        walk->cur.bad = true;
    return name;
}

/* "TList*" and "TList" name the same class. */
static struct pl_text without_star(struct pl_text type)
{
    while (type.n > 0 && (type.bytes[type.n - 1] == '*' || type.bytes[type.n - 1] == ' '))
        type.n--;
    return type;
}

static void name_member(struct pl_member *member, enum pl_class owner, struct pl_text type_name)
{
    bool base = member->type == PL_TYPE_BASE || member->type == PL_TYPE_TOBJECT ||
                member->type == PL_TYPE_TNAMED;
    member->class = pl_class_of(base ? member->name : without_star(type_name));
    member->slot = base ? PL_SLOT_NONE : pl_slot_of(owner, member->name);
}

/* The frame of TStreamerElement and what its subclass adds. */
static bool read_element_body(struct pl_walk *walk, enum pl_class owner, struct pl_member *member)
{
    struct pl_cur *cur = &walk->cur;
    struct pl_frame frame;
    if (!pl_walk_open(walk, &frame))
        return false;
    struct pl_text title = {"", 0};
    member->name = read_tnamed(walk, &title);
    member->type = (int32_t)pl_cur_be32(cur);
    (void)pl_cur_be32(cur); /* bytes in memory */
    member->length = pl_cur_be32(cur);
    (void)pl_cur_be32(cur); /* dimensions */
    uint32_t maximum_n = frame.version == 1 ? pl_cur_be32(cur) : 5;
    (void)pl_cur_take(cur, (size_t)maximum_n * 4);
    struct pl_text type_name = pl_root_text(cur);
    if (cur->bad || !pl_walk_close(walk, &frame))
        return false;
    member->packed = member->type == PL_TYPE_DOUBLE32 && memchr(title.bytes, '[', title.n) != NULL;
    name_member(member, owner, type_name);
    bool counted = member->type > PL_TYPE_COUNTED_ARRAY && member->type < PL_TYPE_OBJECT;
    if (counted) {
        (void)pl_cur_be32(cur); /* version of the counter's class */
        member->count_name = pl_root_text(cur);
    }
    return !cur->bad;
}

static bool read_element(struct pl_walk *walk, enum pl_class owner, struct pl_member *member)
{
    struct pl_any any;
    struct pl_frame frame;
    *member = (struct pl_member){.count_name = {"", 0}};
    if (!pl_walk_any(walk, &any) || any.what != PL_ANY_OBJECT || any.end == 0 ||
        !pl_walk_open(walk, &frame))
        return false;
    if (!read_element_body(walk, owner, member) || !pl_walk_close(walk, &frame))
        return false;
    pl_cur_seek(&walk->cur, any.end);
    return !walk->cur.bad;
}

/* The TObjArray of elements. */
static bool read_elements(struct pl_walk *walk, struct pl_layout *layout, struct pl_arena *arena)
{
    struct pl_any any;
    struct pl_frame frame;
    uint32_t unique_id, bits;
    if (!pl_walk_any(walk, &any) || !pl_text_is(any.class_name, "TObjArray") ||
        !pl_walk_open(walk, &frame) || !pl_walk_tobject(walk, &unique_id, &bits))
        return false;
    (void)pl_root_text(&walk->cur);
    uint32_t n = pl_cur_be32(&walk->cur);
    (void)pl_cur_be32(&walk->cur); /* lower bound */
    if (walk->cur.bad || n > pl_cur_left(&walk->cur) / ELEMENT_LEAST_N)
        return false;
    struct pl_member *members = pl_arena_alloc(arena, n * sizeof *members);
    if (members == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!read_element(walk, layout->class, &members[i]))
            return false;
    layout->n = n;
    layout->members = members;
    return pl_walk_close(walk, &frame);
}

/* One TStreamerInfo; true also when it is passed over because nobody asks for its class. */
static bool read_info(struct pl_walk *walk, struct pl_arena *arena, struct pl_layouts *layouts)
{
    struct pl_frame frame;
    struct pl_text title = {"", 0};
    if (!pl_walk_open(walk, &frame))
        return false;
    struct pl_layout layout = {.class = pl_class_of(read_tnamed(walk, &title))};
    layout.checksum = pl_cur_be32(&walk->cur);
    layout.first_version = layout.last_version = (int32_t)pl_cur_be32(&walk->cur);
    if (walk->cur.bad)
        return false;
    if (layout.class != PL_CLASS_OTHER && layouts->n < PL_LAYOUTS_MAX) {
        if (!read_elements(walk, &layout, arena))
            return false;
        layouts->layout[layouts->n++] = layout;
    }
    return pl_walk_close(walk, &frame);
}

static bool read_list(struct pl_walk *walk, struct pl_arena *arena, struct pl_layouts *layouts)
{
    struct pl_frame list;
    uint32_t n;
    if (!pl_walk_list(walk, &list, &n))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        struct pl_any any;
        if (!pl_walk_any(walk, &any) || any.what != PL_ANY_OBJECT || any.end == 0)
            return false;
        if (pl_text_is(any.class_name, "TStreamerInfo") && !read_info(walk, arena, layouts))
            return false;
        pl_cur_seek(&walk->cur, any.end);
        if (walk->cur.bad || !pl_walk_option(walk, &list))
            return false;
    }
    return true;
}

void pl_layouts_read(const struct pl_root_file *file, struct pl_arena *arena,
                     struct pl_layouts *layouts)
{
    layouts->n = 0;
    struct pl_root_key key;
    struct pl_payload payload;
    if (file->info_at == 0 || pl_root_key_at(file, file->info_at, &key, NULL) != PL_OK)
        return;
    if (pl_root_payload(file, &key, key.object_n, arena, &payload, NULL) != PL_OK)
        return;
    struct pl_walk walk;
    pl_walk_start(&walk, layouts, &payload, key.header_n);
    if (!read_list(&walk, arena, layouts))
        layouts->n = 0;
}

const struct pl_layout *pl_layout_find(const struct pl_layouts *layouts, enum pl_class class,
                                       uint16_t version, uint32_t checksum)
{
    const struct pl_layout *builtin = NULL;
    if (class != PL_CLASS_OTHER && version > 0)
        builtin = pl_layout_builtin(class, version);
    if (class == PL_CLASS_OTHER || (builtin != NULL && builtin->by_hand))
        return builtin;
    for (uint32_t i = 0; i < layouts->n; i++) {
        const struct pl_layout *layout = &layouts->layout[i];
        if (layout->class == class &&
            (version > 0 ? layout->first_version == version : layout->checksum == checksum))
            return layout;
    }
    return builtin;
}
