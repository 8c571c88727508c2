/* builder.h - making a builder (game/game.h) and taking the finished set out of it. */
#ifndef PL_CARD_BUILDER_H
#define PL_CARD_BUILDER_H

#include "render/card/game/game.h"

/* pl_builder_start - everything but `parts` of *builder is set by the caller. PL_E_LIMIT. */
enum pl_err pl_builder_start(struct pl_builder *builder, struct pl_error *error);
/* pl_builder_file_notice - of a whole file: an equal one of another file is a notice of its own. */
void pl_builder_file_notice(struct pl_builder *builder, const char *kind, uint32_t file,
                            uint32_t line, const char *detail);
uint64_t pl_builder_bindings(const struct pl_builder *builder);

/* pl_builder_mark, pl_builder_forget - the notices so far, and back to them: what a parser says of
 * a file of another game says nothing to its owner. */
struct pl_builder_mark {
    uint32_t notices_n;
    uint64_t notices_more;
};
struct pl_builder_mark pl_builder_mark(const struct pl_builder *builder);
void pl_builder_forget(struct pl_builder *builder, const struct pl_builder_mark *mark);

/* pl_builder_inside - is it a box that lies on a picture of that size, in layout units? */
bool pl_builder_inside(const struct pl_pack_rect *rect, uint32_t layout_w, uint32_t layout_h);

/* pl_builder_end - cards, lists, contexts, notices and their counts; nothing else of the set is
 * touched. Every list has one page. PL_E_LIMIT. */
enum pl_err pl_builder_end(struct pl_builder *builder, struct pl_card_set *set,
                           struct pl_error *error);

#endif
