/* walk.h - walking through the bytes of one object, member by member, as its layouts say.
 *
 * The walker knows how things are framed, not what they are for: it hands each member with a slot
 * to the caller's `take`. Byte counts are authoritative: a frame that has one is left where it
 * ends, so what is unknown in it does no harm.
 */
#ifndef PL_HIST_WALK_H
#define PL_HIST_WALK_H

#include "render/hist/hist.h"
#include "render/hist/root/streamer.h"

enum { PL_WALK_COUNTERS = 8 };

enum { PL_LARGE_MAX = 8 };

extern size_t pl_large_least_n; /* 1 MiB; tests lower it */

/* Arrays of at least pl_large_least_n bytes, in the order met; of those that are not there as a
 * whole too. */
struct pl_large {
    unsigned n;
    struct pl_large_array {
        enum pl_slot slot;
        size_t at;  /* in the object */
        uint64_t n; /* cells */
        size_t cells_bytes;
        enum pl_cell_type type;
    } arrays[PL_LARGE_MAX];
};

struct pl_walk {
    struct pl_large *large; /* or NULL */
    const struct pl_layouts *layouts;
    struct pl_cur cur; /* its end is that of the innermost counted frame, or of what is there */
    size_t limit;      /* end of the innermost counted frame */
    size_t whole_n;    /* bytes of the complete object */
    size_t there_n;    /* bytes there; less than the object's when only a part was unpacked */
    uint16_t key_n;    /* header bytes of the object's key: references count from the key */
    unsigned depth;
    bool ran_out; /* the walk came to the end of the part; the error is then not set */
    struct {
        struct pl_text name;
        int64_t value;
    } counters[PL_WALK_COUNTERS]; /* the latest members that say how long an array is */
    unsigned counters_n;
};

struct pl_value {
    enum { PL_VALUE_NUMBER, PL_VALUE_TEXT, PL_VALUE_CELLS, PL_VALUE_OBJECT } kind;
    int64_t integer; /* NUMBER, both */
    double real;
    struct pl_text text;
    struct pl_cells cells; /* borrowed */
    enum pl_class class;   /* OBJECT; the walk stands before its body */
    size_t end;            /* OBJECT: behind it, 0 when not said */
};

struct pl_any { /* a pointer to an object, as stored */
    enum { PL_ANY_NULL, PL_ANY_REFERENCE, PL_ANY_OBJECT } what;
    struct pl_text class_name;
    uint32_t reference; /* REFERENCE: to the object this many bytes behind the beginning of the key,
                           and 2 */
    size_t end;         /* OBJECT: behind it, 0 when not said */
};

struct pl_frame {
    uint16_t version;
    uint32_t checksum;
    size_t end;   /* 0 when the frame has no byte count */
    size_t outer; /* limit to be restored */
};

struct pl_place { /* of an object in the payload, to be gone to later */
    size_t at, end;
    enum pl_class class;
    bool there;
};

/* slot is never PL_SLOT_NONE. For PL_VALUE_OBJECT it may walk the object from here, or leave it;
 * `walk` stands elsewhere than in the object being walked when the member is a reference. */
typedef enum pl_err pl_take_fn(struct pl_walk *walk, void *target, enum pl_slot slot,
                               const struct pl_value *value, struct pl_error *error);

void pl_walk_start(struct pl_walk *walk, const struct pl_layouts *layouts,
                   const struct pl_payload *payload, uint16_t key_n);

/* pl_walk_class - one object of the class from where the walk stands; take may be NULL. */
enum pl_err pl_walk_class(struct pl_walk *walk, enum pl_class class, pl_take_fn *take, void *target,
                          struct pl_error *error);

/* Pieces of the form, for lists and for the streamer information; false = not to be read. */
bool pl_walk_open(struct pl_walk *walk, struct pl_frame *frame);
bool pl_walk_close(struct pl_walk *walk, const struct pl_frame *frame);
bool pl_walk_any(struct pl_walk *walk, struct pl_any *any);
bool pl_walk_tobject(struct pl_walk *walk, uint32_t *unique_id, uint32_t *bits);

/* pl_walk_place - where the object stands that take was given; pl_walk_go stands there again, with
 * the object's end as limit. A walk that went is no longer in any frame. */
struct pl_place pl_walk_place(const struct pl_walk *walk, const struct pl_value *value);
void pl_walk_go(struct pl_walk *walk, const struct pl_place *place);

/* pl_walk_follow - the object that a reference names, which was stored before: `there` stands
 * before its body and has its end as limit. Following is not bounded: who follows references counts
 * what that costs. */
bool pl_walk_follow(const struct pl_walk *walk, uint32_t reference, struct pl_walk *there,
                    struct pl_any *any);

/* pl_walk_list - the head of a TList or THashList; its n items follow, each a pointer and an
 * option. */
bool pl_walk_list(struct pl_walk *walk, struct pl_frame *frame, uint32_t *n);
bool pl_walk_option(struct pl_walk *walk, const struct pl_frame *list);

/* pl_walk_fail - PL_E_FORMAT with what, and the offset in the object; no message when bytes ran out
 * of a part. */
enum pl_err pl_walk_fail(struct pl_walk *walk, enum pl_class class, const struct pl_member *member,
                         const char *what, struct pl_error *error);

#endif
