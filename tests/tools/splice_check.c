/* splice_check.c - every base of a pack: spliced pictures against whole ones.
 *
 *     splice_check PACK
 *
 * Prints what differs, and as the last line how many comparisons passed and failed. */
#include <stdlib.h>

#include "tests/unit/splice_help.h"

static unsigned passed, failed;

static void compare(const char *what, const struct pl_pack_base *base, struct pl_arena *arena)
{
    const char *wrong = NULL;
    unsigned n = splice_check_base(base, arena, &wrong);
    if (wrong != NULL)
        printf("FAIL %s, %u x %u %s: %s\n", what, base->width_px, base->height_px, base->background,
               wrong);
    *(wrong != NULL ? &failed : &passed) += n;
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    struct pl_pack *pack = NULL;
    struct pl_arena *arena = NULL;
    struct pl_pack_image image;
    struct pl_pack_base base;
    if (argc != 2)
        return 2;
    if (pl_pack_open(argv[1], &pack, &error) != PL_OK ||
        pl_arena_make(&arena, (size_t)256 << 20, &error) != PL_OK) {
        (void)fprintf(stderr, "splice_check: %s\n", error.msg);
        return 1;
    }
    struct pl_packs packs = {.at = {pack}, .n = 1};
    pl_packs_seal(&packs);
    for (uint32_t i = 0; pl_packs_image_at(&packs, i, &image); i++)
        for (uint32_t b = 0; pl_pack_base_at(&image, b, &base); b++)
            compare(image.id, &base, arena);
    for (int game = PL_CARD_GUESS; game < PL_CARD_GAMES; game++)
        if (pl_packs_page(&packs, (enum pl_card_game)game, 0, &base, NULL) == PL_OK)
            compare("page of lists", &base, arena);
    printf("%u passed, %u failed\n", passed, failed);
    pl_arena_free(&arena);
    pl_pack_close(&pack);
    return failed > 0 || passed == 0;
}
