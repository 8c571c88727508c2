/* measure.c - pages of lists and cells that overflow, by the same plans that drawing goes by. */
#include "render/card/measure.h"

#include <stdio.h>
#include <string.h>

#include "render/card/draw_priv.h"
#include "render/card/list.h"
#include "shm/base/check.h"

static enum pl_err no_room(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the cards do not fit into the memory of one job (workers.memory)");
}

static bool have_fonts(const struct pl_packs *packs)
{
    bool any = false;
    for (unsigned f = 0; packs->n > 0 && f < PL_PACK_FONTS; f++)
        any = any || pl_pack_font(packs->at[0], (enum pl_pack_font)f).n > 0;
    return any;
}

/* The text is made only for what will be listed; the rest is counted. */
static enum pl_err add_notice(struct pl_card_set *set, const struct pl_card *card,
                              const struct pl_card_cell *cell, struct pl_arena *arena,
                              struct pl_error *error)
{
    static const char format[] = "%s: %s %s has %u labels, more than its box has room for";
    if (set->notices_n >= PL_CARD_NOTICES_MAX) {
        set->notices_more++;
        return PL_OK;
    }
    int n = snprintf(NULL, 0, format, card->title, cell->device, cell->input, cell->labels_n);
    char *detail = n >= 0 ? pl_arena_alloc(arena, (size_t)n + 1) : NULL;
    if (detail == NULL)
        return no_room(error);
    (void)snprintf(detail, (size_t)n + 1, format, card->title, cell->device, cell->input,
                   cell->labels_n);
    set->notices[set->notices_n++] = (struct pl_card_notice){"overflow", detail, UINT32_MAX, 0};
    return PL_OK;
}

static enum pl_err measure_card(const struct pl_packs *packs, struct pl_card_set *set,
                                const struct pl_card *card, struct pl_arena *arena,
                                struct pl_error *error)
{
    struct pl_fit *fits = pl_arena_zalloc(arena, PL_MAX(card->cells_n, 1u), sizeof *fits);
    if (fits == NULL)
        return no_room(error);
    enum pl_err err = pl_card_fits(packs, set, card, arena, fits, error);
    for (uint32_t i = 0; err == PL_OK && i < card->cells_n; i++)
        if (fits[i].overflow)
            err = add_notice(set, card, &card->cells[i], arena, error);
    return err;
}

/* The notices get room for all there may be. */
static enum pl_err widen(struct pl_card_set *set, struct pl_arena *arena, struct pl_error *error)
{
    struct pl_card_notice *notices = pl_arena_zalloc(arena, PL_CARD_NOTICES_MAX, sizeof *notices);
    if (notices == NULL)
        return no_room(error);
    if (set->notices_n > 0)
        memcpy(notices, set->notices, set->notices_n * sizeof *notices);
    set->notices = notices;
    return PL_OK;
}

enum pl_err pl_card_measure(const struct pl_packs *packs, struct pl_card_set *set,
                            struct pl_arena *arena, struct pl_error *error)
{
    if (!have_fonts(packs))
        return PL_OK;
    enum pl_err err = set->cards_n > 0 ? widen(set, arena, error) : PL_OK;
    for (uint32_t i = 0; err == PL_OK && i < set->cards_n; i++)
        err = measure_card(packs, set, &set->cards[i], arena, error);
    for (uint32_t i = 0; err == PL_OK && i < set->lists_n; i++)
        err = pl_card_list_pages(packs, &set->lists[i], arena, error);
    return err;
}
