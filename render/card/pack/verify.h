/* verify.h - what the parts of the check share. Private to the pack builder. */
#ifndef PL_PACK_VERIFY_H
#define PL_PACK_VERIFY_H

#include "render/card/pack/build.h"

struct pl_verify {
    struct pl_make *make;
    const char *folder; /* NULL: files are not looked for */
    struct pl_arena *arena;
    struct pl_problems *problems;
    struct pl_error *error;
    enum pl_err err; /* what stops the check */
};

/* verify_files.c: pictures, logos and fonts; fills width_px and height_px of images. */
void pl_verify_files(struct pl_verify *v);

/* pl_verify_once - no two of the texts are equal. what: "the name", for the sentence. */
void pl_verify_once(struct pl_verify *v, const struct pl_make_texts *texts, const char *what);
/* Adds to a list that pl_verify_once is to look at. */
void pl_verify_note(struct pl_verify *v, struct pl_make_texts *texts, const char *text,
                    struct pl_make_where where);
static inline const char *pl_verify_text(const char *text)
{
    return text != NULL ? text : "";
}

#endif
