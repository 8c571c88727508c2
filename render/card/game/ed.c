/* ed.c - bindings of Elite Dangerous (*.binds). */
#include "render/card/game/game.h"

static enum pl_err read_file(struct pl_builder *builder, struct pl_card_file *file,
                             struct pl_error *error)
{
    (void)builder, (void)file;
    return pl_fail(error, PL_E_FORMAT, "Files of Elite Dangerous cannot be read yet.");
}

static enum pl_err place(struct pl_builder *builder, struct pl_error *error)
{
    (void)builder, (void)error;
    return PL_OK;
}

const struct pl_game_parser pl_game_ed = {.read = read_file, .place = place};
