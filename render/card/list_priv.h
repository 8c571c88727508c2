/* list_priv.h - between list.c (what stands where) and list_draw.c (what it looks like).
 *
 * Lengths are pixels of a page of 1920 by 1080, or multiples of the letters' size ("em").
 */
#ifndef PL_CARD_LIST_PRIV_H
#define PL_CARD_LIST_PRIV_H

#include "render/card/list.h"

enum {
    PL_LIST_PAGE_W = 1920,
    PL_LIST_TOP = 124, /* below the bar */
    PL_LIST_BOTTOM = 1056,
    PL_LIST_MARGIN = 32, /* left and right */
    PL_LIST_GUTTER = 36, /* between columns */
    PL_LIST_COLUMNS_MAX = 5,
    PL_LIST_LABELS_MAX = 24, /* in a row; in as many lines they still stand in a column */
};

/* em */
#define PL_LIST_NARROW 0.8  /* so much smaller are wide labels drawn before they are cut */
#define PL_LIST_ROW 1.36    /* from a line to the next */
#define PL_LIST_HEADING 1.8 /* height of a heading */
#define PL_LIST_KEY 0.8     /* size of letters on keys */
#define PL_LIST_KEY_PAD 0.3 /* beside the letters on a key */
#define PL_LIST_KEY_GAP 0.2 /* between keys */
#define PL_LIST_PAD 0.22    /* beside the letters of a label */
#define PL_LIST_GAP 0.26    /* between labels */
#define PL_LIST_MIDDLE 0.6  /* between keys and labels */

/* A row of the list, or a part of one that has very many labels. */
struct pl_list_row {
    uint32_t source, first;             /* the list's row; of its labels, the first here */
    struct pl_type_text *keys, *labels; /* input as one key */
    uint32_t keys_n, labels_n;
    double keys_w;         /* em */
#define PL_LIST_NARROW 0.8 /* so much smaller are wide labels drawn before they are cut */
    bool begins;           /* its group */
    unsigned lines;
    uint32_t page, column;
    double y;    /* of its first line */
    bool headed; /* a heading stands above it */
};

struct pl_list_plan {
    unsigned px, columns;
    double column_w, keys_w; /* pixels: of a column; of its part for the keys */
    uint32_t pages;
    uint32_t rows_n;
    struct pl_list_row *rows;
};

/* Width of the part for labels. */
double pl_list_labels_w(const struct pl_list_plan *plan);
/* A label's width at size px, cut to the part's width. */
double pl_list_label_w(const struct pl_list_plan *plan, const struct pl_type_text *label);

/* The rows of a section as a list of its own. */
struct pl_card_list pl_list_section(const struct pl_card_list *list, uint32_t section);

enum pl_err pl_list_plan(struct pl_type *type, const struct pl_card_list *list,
                         struct pl_arena *arena, struct pl_list_plan *out, struct pl_error *error);

#endif
