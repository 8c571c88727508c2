/* builder_parts.h - what a builder has collected; shared by builder.c and builder_end.c alone. */
#ifndef PL_CARD_BUILDER_PARTS_H
#define PL_CARD_BUILDER_PARTS_H

#include "render/card/builder.h"

/* A label somewhere: one of these for each call of pl_builder_cell and pl_builder_row. */
struct pl_builder_part {
    bool is_row;
    uint32_t owner;   /* number of the card or list */
    const char *sort; /* what cells and rows are put in order by; equal ones are one */
    bool counts;      /* numbers in it count: 2 before 10, as people look for them on a page */
    const char *device, *input, *heading;
    const char *const *keys;
    uint32_t keys_n;
    struct pl_pack_rect rect;
    bool drawn;
    struct pl_builder_label label;
};

struct pl_builder_context {
    const char *name;
    bool plain;
};

struct pl_builder_pin {
    const char *context, *title;
    uint32_t rgba;
};

struct pl_builder_slot { /* of the table of texts */
    uint64_t hash;
    uint32_t n;
    const char *text; /* NULL = free */
};

enum { PL_BUILDER_PINS_MAX = 256 };

struct pl_builder_parts {
    struct pl_builder_slot *slots;
    size_t slots_n, texts_n; /* slots_n: a power of two */
    struct pl_builder_part *parts;
    size_t parts_n, parts_room;
    struct pl_builder_context *contexts;
    size_t contexts_n, contexts_room;
    struct pl_card *cards;
    struct pl_card_list *lists;
    uint32_t cards_n, lists_n;
    struct {
        uint32_t layout_w, layout_h; /* of its image; 0 = unknown */
    } layouts[PL_CARD_CARDS_MAX];
    struct pl_builder_pin *pins;
    uint32_t pins_n;
    struct pl_card_notice *notices;
    uint32_t notices_n;
    uint64_t notices_more, bindings_n;
};

#endif
