/* objects_priv.h - what the readers of the object classes share: one file a family, each a walk
 * that picks members, then checks that they fit together.
 *
 * `start` is a walk before the body of the object, whole and with its end as limit. Texts, points
 * and edges become the arena's, contents stay borrowed from the payload.
 */
#ifndef PL_HIST_OBJECTS_PRIV_H
#define PL_HIST_OBJECTS_PRIV_H

#include "render/hist/root/objects.h"
#include "render/hist/root/walk.h"

/* objects.c */
bool pl_object_kind(enum pl_class class, enum pl_hist_kind *kind); /* false: not read */
void pl_object_init(struct pl_hist *hist, enum pl_class class, enum pl_hist_kind kind);
enum pl_err pl_object_no_memory(const char *what, struct pl_error *error);
enum pl_err pl_object_text(struct pl_arena *arena, const char **out, struct pl_text text,
                           struct pl_error *error);
/* Name, title, bits, attributes of line, fill and marker; other slots are left alone. */
enum pl_err pl_object_take(struct pl_hist *hist, struct pl_arena *arena, enum pl_slot slot,
                           const struct pl_value *value, struct pl_error *error);
static inline int32_t pl_object_i32(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

/* lists.c: one item after the other of a TList or THashList, references followed. */
struct pl_list {
    struct pl_walk walk;
    struct pl_frame frame;
    uint32_t n, at;
    bool lost; /* the item given last has no byte count */
};
enum pl_err pl_list_open(const struct pl_walk *object, const struct pl_place *place,
                         struct pl_list *list, struct pl_error *error);
/* any is PL_ANY_OBJECT, with `item` before its body, or PL_ANY_NULL. Before: at < n. */
enum pl_err pl_list_next(struct pl_list *list, struct pl_walk *item, struct pl_any *any,
                         struct pl_error *error);
enum pl_err pl_read_labels(const struct pl_walk *object, const struct pl_place *place,
                           struct pl_arena *arena, struct pl_hist_axis *axis,
                           struct pl_error *error);
/* Names of classes only: what a fit function is made of is of no interest, and of many versions. A
 * list that cannot be read takes nothing from the object. */
enum pl_err pl_read_functions(const struct pl_walk *object, const struct pl_place *place,
                              struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error);

/* histogram.c: TH1, TH2, TH3, TProfile, TProfile2D; see pl_hist_parse for objects that are not
 * whole. */
struct pl_axis_reading {
    struct pl_hist_axis *axis;
    int64_t bins;
    struct pl_cells edges;
    struct pl_place labels;
    bool seen;
};
struct pl_reading {
    struct pl_hist *hist;
    struct pl_arena *arena;
    struct pl_axis_reading axes[3];
    struct pl_axis_reading *axis; /* the one being walked, NULL outside */
    struct pl_place functions;
    int64_t cells_n;
    size_t object_n;              /* bytes of the object */
    bool entries_seen, sums_seen; /* sums_seen: of all axes */
};
void pl_histogram_start(struct pl_reading *reading, const struct pl_walk *start,
                        struct pl_hist *hist, struct pl_arena *arena);
pl_take_fn pl_histogram_take; /* target is the struct pl_reading */
enum pl_err pl_histogram_finish(struct pl_reading *reading, const struct pl_walk *start, bool whole,
                                struct pl_error *error);
enum pl_err pl_read_histogram(const struct pl_walk *start, enum pl_class class,
                              struct pl_arena *arena, struct pl_hist *hist, enum pl_parsed *parsed,
                              struct pl_error *error);

/* graph.c */
enum pl_err pl_read_graph(const struct pl_walk *start, enum pl_class class, struct pl_arena *arena,
                          struct pl_hist *hist, struct pl_error *error);
/* The points of a TGraph or a class made from it, and nothing else of it. */
enum pl_err pl_read_outline(const struct pl_walk *start, enum pl_class class,
                            struct pl_arena *arena, struct pl_poly_part *part,
                            struct pl_error *error);

/* poly.c, efficiency.c, objects.c */
enum pl_err pl_read_poly(const struct pl_walk *start, enum pl_class class, struct pl_arena *arena,
                         struct pl_hist *hist, struct pl_error *error);
enum pl_err pl_read_efficiency(const struct pl_walk *start, struct pl_arena *arena,
                               struct pl_hist *hist, struct pl_error *error);

#endif
