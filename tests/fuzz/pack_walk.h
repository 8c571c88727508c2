/* pack_walk.h - every lookup of compiled packs, with names they have and names they do not. Reads
 * each answer to its end, so that a sanitizer sees what a lookup must not hand out. */
#ifndef PL_TEST_PACK_WALK_H
#define PL_TEST_PACK_WALK_H

#include <stdlib.h>
#include <string.h>

#include "render/card/pack/pack.h"

enum { WALK_MOST = 64 }; /* of each thing: a hostile count is only a count */

static inline size_t walk_text(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static inline size_t walk_bytes(struct pl_pack_bytes bytes)
{
    size_t sum = 0;
    for (uint64_t i = 0; i < bytes.n; i += 97)
        sum += bytes.bytes[i];
    return bytes.n > 0 ? sum + bytes.bytes[bytes.n - 1] : sum;
}

static inline size_t walk_base(const struct pl_pack_base *base)
{
    size_t sum = walk_text(base->background);
    uint8_t *pixels = malloc(3 * (size_t)base->tile_w * 16);
    for (uint64_t i = 0; pixels != NULL && i < (uint64_t)base->columns * base->rows; i++) {
        struct pl_pack_tile tile;
        if (i >= WALK_MOST)
            break;
        pl_pack_tile(base->pack, base->tiles[i], &tile);
        sum += walk_bytes(tile.s420) + walk_bytes(tile.s444[0]) + walk_bytes(tile.s444[1]);
        pl_pack_tile_pixels(base->pack, base->tiles[i], pixels, 3 * (size_t)base->tile_w);
        sum += pixels[0];
    }
    free(pixels);
    return sum;
}

static inline size_t walk_device(const struct pl_packs *packs, const struct pl_pack_device *device)
{
    static const char *const axes[] = {"X", "RX", "", "zzz"};
    struct pl_pack_device found;
    struct pl_pack_input input;
    struct pl_pack_rect rect;
    size_t sum = walk_text(device->title) + walk_text(device->image);
    sum += pl_packs_device(packs, device->id, &found);
    sum += pl_packs_device_named(packs, device->title, &found);
    for (int game = 0; game < PL_CARD_GAMES; game++) {
        for (uint32_t i = 0; i < WALK_MOST; i++) {
            if (!pl_pack_input_at(device, (enum pl_card_game)game, i, &input))
                break;
            sum += walk_text(input.id) + (size_t)input.rect.w;
            sum += pl_pack_input(device, (enum pl_card_game)game, input.id, &rect);
        }
        for (unsigned kind = 0; kind < PL_PACK_MAPPINGS; kind++)
            for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++)
                sum += walk_text(pl_pack_mapped(device, (enum pl_card_game)game,
                                                (enum pl_pack_mapping)kind, axes[i]));
    }
    for (int32_t button = -1; button < 90; button += 7)
        sum += walk_text(pl_pack_sws(packs, device, 26, button));
    return sum;
}

static inline size_t walk_images(const struct pl_packs *packs)
{
    struct pl_pack_image image, found;
    struct pl_pack_base base;
    struct pl_error error = {0};
    size_t sum = 0;
    for (uint32_t i = 0; i < WALK_MOST && pl_packs_image_at(packs, i, &image); i++) {
        sum += walk_text(image.title) + pl_packs_image(packs, image.id, &found);
        for (uint32_t k = 0; k < 16 && pl_pack_base_at(&image, k, &base); k++)
            sum += walk_base(&base);
        for (int game = 0; game < PL_CARD_GAMES; game++)
            sum += pl_pack_base(&image, (enum pl_card_game)game, 480, "dark", &base, &error);
    }
    for (int game = 0; game < PL_CARD_GAMES; game++) {
        if (pl_packs_page(packs, (enum pl_card_game)game, 0, &base, &error) == PL_OK)
            sum += walk_base(&base);
        sum += pl_packs_logo_width(packs, (enum pl_card_game)game, 1920);
    }
    return sum;
}

static inline size_t walk_ed(const struct pl_packs *packs)
{
    struct pl_pack_control control;
    struct pl_pack_supported supported;
    size_t sum = 0;
    for (uint32_t i = 0; i < WALK_MOST && pl_packs_group(packs, i) != NULL; i++)
        sum +=
            walk_text(pl_packs_group(packs, i)) + pl_packs_ignored(packs, pl_packs_group(packs, i));
    if (pl_packs_control(packs, "Fire", &control))
        for (uint32_t i = 0; i < WALK_MOST; i++)
            sum += walk_text(pl_pack_control_hide(&control, i)) + walk_text(control.group);
    for (uint32_t i = 0; i < WALK_MOST && pl_packs_supported_at(packs, i, &supported); i++) {
        sum += walk_text(supported.name) + walk_text(supported.image);
        for (uint32_t k = 0; k < supported.handled_n && k < WALK_MOST; k++)
            sum += walk_text(pl_pack_string(supported.pack, supported.handled[k]));
        for (uint32_t k = 0; k < supported.keys_n && k < WALK_MOST; k++)
            sum += walk_text(pl_pack_string(supported.pack, supported.keys[k]));
    }
    return sum + walk_text(pl_packs_key(packs, "Key_Comma"));
}

static inline size_t walk_packs(const struct pl_packs *packs)
{
    struct pl_pack_device device;
    struct pl_pack_context context;
    size_t sum = 0;
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_pack_look *look = pl_pack_look(packs->at[i]);
        sum += walk_text(look->name) + walk_text(look->version);
        for (uint32_t k = 0; k < look->palette_n && k < WALK_MOST; k++)
            sum += look->palette[k];
        for (unsigned k = 0; k < PL_PACK_FONTS; k++)
            sum += walk_bytes(pl_pack_font(packs->at[i], (enum pl_pack_font)k));
    }
    for (uint32_t i = 0; i < WALK_MOST && pl_packs_device_at(packs, i, &device); i++)
        sum += walk_device(packs, &device);
    for (int game = 0; game < PL_CARD_GAMES; game++) {
        sum += walk_text(pl_packs_label(packs, (enum pl_card_game)game, "KEY_AP_MASTER"));
        sum += pl_packs_context(packs, (enum pl_card_game)game, "PLANE", &context);
    }
    return sum + walk_images(packs) + walk_ed(packs);
}

#endif
