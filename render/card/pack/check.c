/* check.c - one pass over a compiled pack before anything in it is used: sections inside the file,
 * texts that end, indexes and ranges inside their tables, tiles inside their bytes.
 *
 * After it lookups need no test: whatever a record names is there. It does not ask whether tables
 * are sorted or names make sense; a wrong order is a name that is not found. Nothing is allocated.
 */
#include "render/card/pack/format.h"

#include <string.h>

#include "shm/base/check.h"
#include "shm/base/utf8.h"

const uint32_t pl_pack_record_n[PL_SECTIONS] = {
#define SECTION(name, record) sizeof(record),
    PL_PACK_SECTIONS(SECTION)
#undef SECTION
};

static const char *const section_names[PL_SECTIONS] = {
#define SECTION(name, record) #name,
    PL_PACK_SECTIONS(SECTION)
#undef SECTION
};

/* What a member of a record may name. */
enum kind { KIND_TEXT, KIND_INDEX, KIND_RANGE };

static const struct field {
    enum pl_pack_section in;
    uint32_t at;
    enum kind kind;
    enum pl_pack_section to;
} fields[] = {
#define TEXT(section, record, member)                                                              \
    {PL_SECTION_##section, offsetof(struct pl_rec_##record, member), KIND_TEXT, PL_SECTION_TEXT},
#define INDEX(section, record, member, to)                                                         \
    {PL_SECTION_##section, offsetof(struct pl_rec_##record, member), KIND_INDEX, PL_SECTION_##to},
#define RANGE(section, record, member, to)                                                         \
    {PL_SECTION_##section, offsetof(struct pl_rec_##record, member), KIND_RANGE, PL_SECTION_##to},
    /* clang-format off */
    TEXT(LOOK, look, name)
    TEXT(LOOK, look, version)
    RANGE(LOOK, look, palette, COLOURS)
    RANGE(LOOK, look, fonts[PL_PACK_FONT_LABEL], FONT_BYTES)
    RANGE(LOOK, look, fonts[PL_PACK_FONT_TITLE], FONT_BYTES)
    RANGE(LOOK, look, fonts[PL_PACK_FONT_FALLBACK], FONT_BYTES)
    RANGE(LOOK, look, groups, LISTS)
    RANGE(LOOK, look, ignored, LISTS)
    RANGE(LOOK, look, pages, BASES)
    RANGE(LOOK, look, sws, SWS)
    RANGE(LOOK, look, games, GAMES)
    TEXT(DEVICES, device, id)
    TEXT(DEVICES, device, title)
    TEXT(DEVICES, device, image)
    RANGE(DEVICES, device, inputs, INPUTS)
    RANGE(DEVICES, device, ed, INPUTS)
    RANGE(DEVICES, device, maps, MAPS)
    RANGE(DEVICES, device, sws, SWS)
    TEXT(NAMES, name, name)
    INDEX(NAMES, name, device, DEVICES)
    TEXT(INPUTS, input, id)
    TEXT(MAPS, map, from)
    TEXT(MAPS, map, to)
    TEXT(SWS, sws, input)
    RANGE(GAMES, game, labels, LABELS)
    RANGE(GAMES, game, contexts, CONTEXTS)
    TEXT(LABELS, label, action)
    TEXT(LABELS, label, text)
    TEXT(CONTEXTS, context, name)
    TEXT(CONTEXTS, context, title)
    TEXT(CONTROLS, control, id)
    TEXT(CONTROLS, control, name)
    TEXT(CONTROLS, control, group)
    TEXT(CONTROLS, control, category)
    RANGE(CONTROLS, control, hide, LISTS)
    TEXT(KEYS, key, key)
    TEXT(KEYS, key, text)
    TEXT(SUPPORTED, supported, name)
    TEXT(SUPPORTED, supported, image)
    RANGE(SUPPORTED, supported, handled, LISTS)
    RANGE(SUPPORTED, supported, keys, LISTS)
    TEXT(IMAGES, image, id)
    TEXT(IMAGES, image, title)
    RANGE(IMAGES, image, bases, BASES)
    TEXT(BASES, base, background)
    {PL_SECTION_LISTS, 0, KIND_TEXT, PL_SECTION_TEXT},
    {PL_SECTION_GRID, 0, KIND_INDEX, PL_SECTION_TILES},
/* clang-format on */
#undef TEXT
#undef INDEX
#undef RANGE
};

static enum pl_err damaged(const char *what, uint64_t i, struct pl_error *error)
{
    return pl_fail(error, PL_E_FORMAT,
                   "the pack is damaged (%s, record %llu); build it anew with platenctl pack build",
                   what, (unsigned long long)i);
}

static enum pl_err take_section(struct pl_pack *pack, unsigned i, struct pl_error *error)
{
    const struct pl_rec_section *section = &pack->header->section[i];
    uint64_t end;
    if (!pl_add(section->at, section->n, &end) || end > pack->n ||
        section->at < sizeof *pack->header || section->at % 8 != 0 ||
        section->n % pl_pack_record_n[i] != 0)
        return damaged(section_names[i], 0, error);
    uint64_t count = section->n / pl_pack_record_n[i];
    if (i == PL_SECTION_TILE_BYTES)
        pack->tile_bytes_n = count;
    else if (count >= PL_PACK_NONE)
        return damaged(section_names[i], 0, error);
    else
        pack->count[i] = (uint32_t)count;
    pack->section[i] = pack->bytes + section->at;
    return PL_OK;
}

static enum pl_err check_texts(const struct pl_pack *pack, struct pl_error *error)
{
    const char *text = pack->section[PL_SECTION_TEXT];
    uint32_t n = pack->count[PL_SECTION_TEXT];
    if (n == 0 || text[0] != '\0' || text[n - 1] != '\0')
        return damaged("texts", 0, error);
    for (size_t at = 0, step; at < n; at += step) {
        step = text[at] == '\0' ? 1 : pl_utf8_step(text + at, n - at, NULL);
        if (step == 0)
            return damaged("texts", at, error);
    }
    return PL_OK;
}

static bool names_something(const struct pl_pack *pack, const struct field *field,
                            const uint8_t *record)
{
    uint32_t count = pack->count[field->to];
    struct pl_rec_range range;
    uint32_t value;
    if (field->kind == KIND_RANGE) {
        memcpy(&range, record + field->at, sizeof range);
        return range.first <= count && range.n <= count - range.first;
    }
    memcpy(&value, record + field->at, sizeof value);
    return value < count;
}

static enum pl_err check_field(const struct pl_pack *pack, const struct field *field,
                               struct pl_error *error)
{
    const uint8_t *record = pack->section[field->in];
    for (uint32_t i = 0; i < pack->count[field->in]; i++, record += pl_pack_record_n[field->in])
        if (!names_something(pack, field, record))
            return damaged(section_names[field->in], i, error);
    return PL_OK;
}

static enum pl_err check_tiles(const struct pl_pack *pack, struct pl_error *error)
{
    for (uint32_t i = 0; i < pack->count[PL_SECTION_TILES]; i++) {
        const struct pl_rec_tile *tile = PL_REC(pack, TILES, struct pl_rec_tile, i);
        uint64_t n = (uint64_t)tile->pixels_n + tile->s420_n + tile->s444_n[0] + tile->s444_n[1];
        if (tile->at > pack->tile_bytes_n || n > pack->tile_bytes_n - tile->at ||
            tile->tile_w == 0 || tile->tile_w > PL_PACK_TILE_W_MAX || tile->pixels_n > INT32_MAX)
            return damaged("tiles", i, error);
    }
    return PL_OK;
}

/* A grid covers its picture and its tiles are as wide as it says. */
static enum pl_err check_bases(const struct pl_pack *pack, struct pl_error *error)
{
    for (uint32_t i = 0; i < pack->count[PL_SECTION_BASES]; i++) {
        const struct pl_rec_base *base = PL_REC(pack, BASES, struct pl_rec_base, i);
        uint64_t n = (uint64_t)base->columns * base->rows;
        uint32_t grid_n = pack->count[PL_SECTION_GRID];
        if (base->width_px == 0 || base->height_px == 0 || base->width_px > 1U << 16 ||
            base->height_px > 1U << 16 || base->columns > 1U << 16 || base->rows > 1U << 16 ||
            base->grid > grid_n || n > grid_n - base->grid || base->game >= PL_CARD_GAMES ||
            base->tile_w == 0 || base->tile_w > PL_PACK_TILE_W_MAX ||
            (uint64_t)base->columns * base->tile_w < base->width_px ||
            (uint64_t)base->rows * PL_PACK_TILE_H < base->height_px ||
            base->logo_px > base->width_px)
            return damaged("bases", i, error);
        for (uint64_t k = 0; k < n; k++) {
            uint32_t tile = *PL_REC(pack, GRID, uint32_t, base->grid + k);
            if (PL_REC(pack, TILES, struct pl_rec_tile, tile)->tile_w != base->tile_w)
                return damaged("bases", i, error);
        }
    }
    return PL_OK;
}

static enum pl_err check_look(const struct pl_pack *pack, struct pl_error *error)
{
    if (pack->count[PL_SECTION_LOOK] != 1 || pack->rec->games.n != PL_CARD_GAMES ||
        pack->rec->palette.n == 0)
        return damaged("look", 0, error);
    for (uint32_t i = 0; i < pack->count[PL_SECTION_IMAGES]; i++) {
        const struct pl_rec_image *image = PL_REC(pack, IMAGES, struct pl_rec_image, i);
        if (image->layout_w == 0 || image->layout_h == 0 || image->layout_w > 1U << 20 ||
            image->layout_h > 1U << 20)
            return damaged("images", i, error);
    }
    return PL_OK;
}

enum pl_err pl_pack_view(const uint8_t *bytes, size_t n, struct pl_pack *pack,
                         struct pl_error *error)
{
    memset(pack, 0, sizeof *pack);
    if (n < sizeof *pack->header)
        return pl_fail(error, PL_E_FORMAT, "the pack is cut short");
    pack->bytes = bytes;
    pack->n = n;
    pack->header = (const struct pl_rec_header *)(const void *)bytes;
    enum pl_err err = PL_OK;
    for (unsigned i = 0; i < PL_SECTIONS && err == PL_OK; i++)
        err = take_section(pack, i, error);
    pack->rec = pack->section[PL_SECTION_LOOK];
    if (err == PL_OK)
        err = check_texts(pack, error);
    for (size_t i = 0; i < PL_COUNT(fields) && err == PL_OK; i++)
        err = check_field(pack, &fields[i], error);
    if (err == PL_OK)
        err = check_look(pack, error);
    if (err == PL_OK)
        err = check_tiles(pack, error);
    return err == PL_OK ? check_bases(pack, error) : err;
}
