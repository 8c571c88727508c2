/* lists.c - lists inside an object: bin labels, functions, and the walk from item to item.
 *
 * Knows how a list is framed and that items may be references. The number of items is no promise:
 * memory is asked for by what the object itself says (bins), or not more than FUNCTIONS_MAX.
 */
#include "render/hist/root/objects_priv.h"

#include "shm/base/check.h"

enum { FUNCTIONS_MAX = 256 };

enum pl_err pl_list_open(const struct pl_walk *object, const struct pl_place *place,
                         struct pl_list *list, struct pl_error *error)
{
    *list = (struct pl_list){.walk = *object};
    if (!place->there)
        return PL_OK;
    bool is_list = place->class == PL_CLASS_TList || place->class == PL_CLASS_THashList;
    pl_walk_go(&list->walk, place);
    if (!is_list || !pl_walk_list(&list->walk, &list->frame, &list->n)) {
        list->n = 0;
        return pl_walk_fail(&list->walk, PL_CLASS_TList, NULL, "cannot be read", error);
    }
    return PL_OK;
}

enum pl_err pl_list_next(struct pl_list *list, struct pl_walk *item, struct pl_any *any,
                         struct pl_error *error)
{
    struct pl_walk *walk = &list->walk;
    if (list->lost || !pl_walk_any(walk, any)) {
        any->what = PL_ANY_NULL;
        return pl_walk_fail(walk, PL_CLASS_TList, NULL, "has a damaged item", error);
    }
    list->at++;
    *item = *walk;
    if (any->what == PL_ANY_REFERENCE) {
        if (!pl_walk_follow(walk, any->reference, item, any))
            any->what = PL_ANY_NULL;
    } else if (any->what == PL_ANY_OBJECT) {
        list->lost = any->end == 0;
        struct pl_place body = {walk->cur.at, any->end, PL_CLASS_OTHER, true};
        if (list->lost)
            return PL_OK;
        pl_walk_go(item, &body);
        pl_cur_seek(&walk->cur, any->end);
    }
    if (!pl_walk_option(walk, &list->frame))
        return pl_walk_fail(walk, PL_CLASS_TList, NULL, "ends early", error);
    return PL_OK;
}

/* One TObjString: its unique id is the bin. */
static enum pl_err read_label(struct pl_walk *walk, struct pl_arena *arena, const char **labels,
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
    bool fits = bin >= 1 && bin <= bins;
    return fits ? pl_object_text(arena, &labels[bin - 1], text, error) : PL_OK;
}

enum pl_err pl_read_labels(const struct pl_walk *object, const struct pl_place *place,
                           struct pl_arena *arena, struct pl_hist_axis *axis,
                           struct pl_error *error)
{
    struct pl_list list;
    enum pl_err err = pl_list_open(object, place, &list, error);
    if (err != PL_OK || list.n == 0)
        return err;
    const char **labels = pl_arena_zalloc(arena, axis->bins, sizeof *labels);
    if (labels == NULL)
        return pl_object_no_memory("bin labels", error);
    while (err == PL_OK && list.at < list.n) {
        struct pl_walk item;
        struct pl_any any;
        err = pl_list_next(&list, &item, &any, error);
        if (err == PL_OK && any.what == PL_ANY_OBJECT && pl_text_is(any.class_name, "TObjString"))
            err = read_label(&item, arena, labels, axis->bins, error);
    }
    axis->labels = labels;
    return err;
}

enum pl_err pl_read_functions(const struct pl_walk *object, const struct pl_place *place,
                              struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error)
{
    struct pl_list list;
    if (pl_list_open(object, place, &list, NULL) != PL_OK || list.n == 0)
        return PL_OK;
    uint32_t most = PL_MIN(list.n, (uint32_t)FUNCTIONS_MAX);
    const char **names = pl_arena_zalloc(arena, most, sizeof *names);
    if (names == NULL)
        return pl_object_no_memory("functions", error);
    hist->functions = names;
    while (list.at < list.n && hist->functions_n < most) {
        struct pl_walk item;
        struct pl_any any;
        bool damaged = pl_list_next(&list, &item, &any, NULL) != PL_OK;
        if (damaged && any.what != PL_ANY_OBJECT)
            break;
        if (any.what != PL_ANY_OBJECT)
            continue;
        enum pl_err err = pl_object_text(arena, &names[hist->functions_n], any.class_name, error);
        if (err != PL_OK)
            return err;
        hist->functions_n++;
    }
    return PL_OK;
}
