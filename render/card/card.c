/* card.c - the packs of this process, and the options of a set.
 *
 * The packs are mapped once, before fork, and read by everybody. Knows no format of binding files.
 */
#include "render/card/card.h"

#include <stdio.h>
#include <string.h>

#include "render/card/type.h"
#include "shm/base/check.h"

static struct pl_packs packs;

enum pl_err pl_card_start(const char *const *paths, unsigned n, struct pl_error *error)
{
    pl_card_stop();
    if (n > PL_PACKS_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "cards.pack", "At most %d packs can be used.",
                             PL_PACKS_MAX);
    for (unsigned i = 0; i < n; i++) {
        struct pl_pack *pack;
        enum pl_err err = pl_pack_open(paths[i], &pack, error);
        if (err != PL_OK) {
            pl_card_stop();
            return err;
        }
        packs.at[packs.n++] = pack;
    }
    pl_packs_seal(&packs);
    return PL_OK;
}

void pl_card_stop(void)
{
    pl_type_forget(); /* it reads fonts where they lie in the packs */
    for (unsigned i = 0; i < packs.n; i++) {
        struct pl_pack *pack;
        memcpy(&pack, &packs.at[i], sizeof pack); /* readers have it const, its owner has not */
        pl_pack_close(&pack);
    }
    packs = (struct pl_packs){.n = 0};
}

const struct pl_packs *pl_card_packs(void)
{
    return &packs;
}

void pl_card_picture_size(const struct pl_packs *all, const struct pl_card_picture *picture,
                          uint32_t *width_px, uint32_t *height_px)
{
    struct pl_pack_base base;
    struct pl_pack_image image;
    *width_px = 1920;
    *height_px = 1080;
    bool is_card = picture->card != NULL;
    if (is_card && !pl_packs_image(all, picture->card->image, &image))
        return;
    enum pl_err err = is_card ? pl_pack_base(&image, PL_CARD_GUESS, 0, "", &base, NULL)
                              : pl_packs_page(all, PL_CARD_GUESS, 0, &base, NULL);
    if (err == PL_OK) {
        *width_px = base.width_px;
        *height_px = base.height_px;
    }
}
