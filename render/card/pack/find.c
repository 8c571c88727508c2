/* find.c - lookups in compiled packs: devices, their inputs and maps, labels, contexts, and the
 * tables of Elite Dangerous.
 *
 * Every table is searched by halving within the range its owner names; over several packs the first
 * that knows the name answers. Nothing is allocated, everything handed out lies in the map. */
#include "render/card/pack/format.h"

#include <string.h>

/* A key compared with a record of the table: like strcmp(key, record's key). */
typedef int compare_fn(const struct pl_pack *pack, const void *key, const void *record);

static const void *find(const struct pl_pack *pack, enum pl_pack_section section,
                        struct pl_rec_range range, compare_fn *compare, const void *key)
{
    const uint8_t *base = pack->section[section];
    uint32_t record_n = pl_pack_record_n[section];
    while (range.n > 0) {
        uint32_t half = range.n / 2;
        const uint8_t *middle = base + (size_t)(range.first + half) * record_n;
        int order = compare(pack, key, middle);
        if (order == 0)
            return middle;
        if (order > 0) {
            range.first += half + 1;
            range.n -= half + 1;
        } else {
            range.n = half;
        }
    }
    return NULL;
}

/* Most records begin with the text they are searched by. */
static int by_text(const struct pl_pack *pack, const void *key, const void *record)
{
    return strcmp(key, pl_pack_at(pack, *(const uint32_t *)record));
}

static struct pl_rec_range all(const struct pl_pack *pack, enum pl_pack_section section)
{
    return (struct pl_rec_range){0, pack->count[section]};
}

static const struct pl_rec_game *game_of(const struct pl_pack *pack, enum pl_card_game game)
{
    return PL_REC(pack, GAMES, struct pl_rec_game, pack->rec->games.first + (uint32_t)game);
}

/* --- devices ---------------------------------------------------------------------------------- */
static void fill_device(const struct pl_pack *pack, uint32_t number, struct pl_pack_device *out)
{
    const struct pl_rec_device *rec = PL_REC(pack, DEVICES, struct pl_rec_device, number);
    *out = (struct pl_pack_device){
        .pack = pack,
        .id = pl_pack_at(pack, rec->id),
        .title = pl_pack_at(pack, rec->title),
        .image = pl_pack_at(pack, rec->image),
        .number = number,
    };
}

static const struct pl_rec_device *find_device(const struct pl_pack *pack, const char *id)
{
    return find(pack, PL_SECTION_DEVICES, all(pack, PL_SECTION_DEVICES), by_text, id);
}

bool pl_packs_device(const struct pl_packs *packs, const char *id, struct pl_pack_device *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_rec_device *rec = find_device(packs->at[i], id);
        if (rec != NULL) {
            fill_device(packs->at[i],
                        (uint32_t)(rec - PL_REC(packs->at[i], DEVICES, struct pl_rec_device, 0)),
                        out);
            return true;
        }
    }
    return false;
}

bool pl_packs_device_named(const struct pl_packs *packs, const char *name,
                           struct pl_pack_device *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_pack *pack = packs->at[i];
        const struct pl_rec_name *rec =
            find(pack, PL_SECTION_NAMES, all(pack, PL_SECTION_NAMES), by_text, name);
        if (rec != NULL) {
            fill_device(pack, rec->device, out);
            return true;
        }
    }
    return false;
}

/* Does an earlier pack have a device of that name? Then this one is never used. */
static bool hidden(const struct pl_packs *packs, unsigned i, const char *id)
{
    for (unsigned k = 0; k < i; k++)
        if (find_device(packs->at[k], id) != NULL)
            return true;
    return false;
}

bool pl_packs_device_at(const struct pl_packs *packs, uint32_t index, struct pl_pack_device *out)
{
    for (unsigned i = 0; i < packs->n; i++)
        for (uint32_t k = 0; k < packs->at[i]->count[PL_SECTION_DEVICES]; k++) {
            fill_device(packs->at[i], k, out);
            if (!hidden(packs, i, out->id) && index-- == 0)
                return true;
        }
    return false;
}

static const struct pl_rec_device *rec_of(const struct pl_pack_device *device)
{
    return PL_REC(device->pack, DEVICES, struct pl_rec_device, device->number);
}

/* A device with rects for ed has these alone, any other its own for all games. */
static struct pl_rec_range inputs_of(const struct pl_pack_device *device, enum pl_card_game game)
{
    const struct pl_rec_device *rec = rec_of(device);
    return game == PL_CARD_ED && rec->ed.n > 0 ? rec->ed : rec->inputs;
}

bool pl_pack_input(const struct pl_pack_device *device, enum pl_card_game game, const char *input,
                   struct pl_pack_rect *out)
{
    if (game == PL_CARD_ED && rec_of(device)->ed.n == 0 && strncmp(input, "Joy_", 4) == 0)
        input += 4;
    const struct pl_rec_input *rec =
        find(device->pack, PL_SECTION_INPUTS, inputs_of(device, game), by_text, input);
    if (rec != NULL)
        *out = rec->rect;
    return rec != NULL;
}

uint32_t pl_pack_inputs(const struct pl_pack_device *device, enum pl_card_game game)
{
    return inputs_of(device, game).n;
}

bool pl_pack_input_at(const struct pl_pack_device *device, enum pl_card_game game, uint32_t index,
                      struct pl_pack_input *out)
{
    struct pl_rec_range range = inputs_of(device, game);
    if (index >= range.n)
        return false;
    const struct pl_rec_input *rec =
        PL_REC(device->pack, INPUTS, struct pl_rec_input, range.first + index);
    *out = (struct pl_pack_input){pl_pack_at(device->pack, rec->id), rec->rect};
    return true;
}

struct map_key {
    uint32_t game, kind;
    const char *from;
};

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_map(const struct pl_pack *pack, const void *key, const void *record)
{
    const struct map_key *map = key;
    const struct pl_rec_map *rec = record;
    int order = order_of(map->game, rec->game);
    if (order == 0)
        order = order_of(map->kind, rec->kind);
    return order != 0 ? order : strcmp(map->from, pl_pack_at(pack, rec->from));
}

const char *pl_pack_mapped(const struct pl_pack_device *device, enum pl_card_game game,
                           enum pl_pack_mapping mapping, const char *from)
{
    struct map_key key = {(uint32_t)game, (uint32_t)mapping, from};
    const struct pl_rec_map *rec =
        find(device->pack, PL_SECTION_MAPS, rec_of(device)->maps, by_map, &key);
    return rec != NULL ? pl_pack_at(device->pack, rec->to) : NULL;
}

struct sws_key {
    int32_t axis, button;
};

static int by_sws(const struct pl_pack *pack, const void *key, const void *record)
{
    const struct sws_key *sws = key;
    const struct pl_rec_sws *rec = record;
    (void)pack;
    int order = order_of(sws->axis, rec->axis);
    return order != 0 ? order : order_of(sws->button, rec->button);
}

/* The button of an axis, else the axis whatever its button. */
static const char *find_sws(const struct pl_pack *pack, struct pl_rec_range range, int32_t axis,
                            int32_t button)
{
    struct sws_key key = {axis, button};
    const struct pl_rec_sws *rec = find(pack, PL_SECTION_SWS, range, by_sws, &key);
    if (rec == NULL && button != -1) {
        key.button = -1;
        rec = find(pack, PL_SECTION_SWS, range, by_sws, &key);
    }
    return rec != NULL ? pl_pack_at(pack, rec->input) : NULL;
}

const char *pl_pack_sws(const struct pl_packs *packs, const struct pl_pack_device *device,
                        int32_t axis, int32_t button)
{
    const char *input =
        device == NULL ? NULL : find_sws(device->pack, rec_of(device)->sws, axis, button);
    for (unsigned i = 0; i < packs->n && input == NULL; i++)
        input = find_sws(packs->at[i], packs->at[i]->rec->sws, axis, button);
    return input;
}

/* --- games ------------------------------------------------------------------------------------ */
const char *pl_packs_label(const struct pl_packs *packs, enum pl_card_game game, const char *action)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_rec_label *rec = find(packs->at[i], PL_SECTION_LABELS,
                                              game_of(packs->at[i], game)->labels, by_text, action);
        if (rec != NULL)
            return pl_pack_at(packs->at[i], rec->text);
    }
    return NULL;
}

bool pl_packs_context(const struct pl_packs *packs, enum pl_card_game game, const char *name,
                      struct pl_pack_context *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_rec_context *rec =
            find(packs->at[i], PL_SECTION_CONTEXTS, game_of(packs->at[i], game)->contexts, by_text,
                 name);
        if (rec == NULL)
            continue;
        *out = (struct pl_pack_context){pl_pack_at(packs->at[i], rec->title), rec->pinned != 0,
                                        rec->rgba};
        return true;
    }
    return false;
}

/* --- ed --------------------------------------------------------------------------------------- */
bool pl_packs_control(const struct pl_packs *packs, const char *id, struct pl_pack_control *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_pack *pack = packs->at[i];
        const struct pl_rec_control *rec =
            find(pack, PL_SECTION_CONTROLS, all(pack, PL_SECTION_CONTROLS), by_text, id);
        if (rec == NULL)
            continue;
        *out = (struct pl_pack_control){
            .id = pl_pack_at(pack, rec->id),
            .name = pl_pack_at(pack, rec->name),
            .group = pl_pack_at(pack, rec->group),
            .category = pl_pack_at(pack, rec->category),
            .order = rec->order,
            .analogue = rec->analogue != 0,
            .hide_n = rec->hide.n,
            .hide = PL_REC(pack, LISTS, uint32_t, rec->hide.first),
            .pack = pack,
        };
        return true;
    }
    return false;
}

const char *pl_pack_control_hide(const struct pl_pack_control *control, uint32_t index)
{
    return index < control->hide_n ? pl_pack_at(control->pack, control->hide[index]) : NULL;
}

static bool lists(const struct pl_pack *pack, struct pl_rec_range range, const char *name)
{
    for (uint32_t k = 0; k < range.n; k++)
        if (strcmp(pl_pack_at(pack, *PL_REC(pack, LISTS, uint32_t, range.first + k)), name) == 0)
            return true;
    return false;
}

const char *pl_packs_group(const struct pl_packs *packs, uint32_t index)
{
    for (unsigned i = 0; i < packs->n; i++) {
        struct pl_rec_range groups = packs->at[i]->rec->groups;
        for (uint32_t k = 0; k < groups.n; k++) {
            const char *name =
                pl_pack_at(packs->at[i], *PL_REC(packs->at[i], LISTS, uint32_t, groups.first + k));
            bool known = false;
            for (unsigned j = 0; j < i && !known; j++)
                known = lists(packs->at[j], packs->at[j]->rec->groups, name);
            if (!known && index-- == 0)
                return name;
        }
    }
    return NULL;
}

const char *pl_packs_key(const struct pl_packs *packs, const char *key)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_rec_key *rec =
            find(packs->at[i], PL_SECTION_KEYS, all(packs->at[i], PL_SECTION_KEYS), by_text, key);
        if (rec != NULL)
            return pl_pack_at(packs->at[i], rec->text);
    }
    return NULL;
}

bool pl_packs_ignored(const struct pl_packs *packs, const char *device)
{
    for (unsigned i = 0; i < packs->n; i++)
        if (lists(packs->at[i], packs->at[i]->rec->ignored, device))
            return true;
    return false;
}

bool pl_packs_supported_at(const struct pl_packs *packs, uint32_t index,
                           struct pl_pack_supported *out)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_pack *pack = packs->at[i];
        uint32_t n = pack->count[PL_SECTION_SUPPORTED];
        if (index >= n) {
            index -= n;
            continue;
        }
        const struct pl_rec_supported *rec =
            PL_REC(pack, SUPPORTED, struct pl_rec_supported, index);
        *out = (struct pl_pack_supported){
            .pack = pack,
            .name = pl_pack_at(pack, rec->name),
            .image = pl_pack_at(pack, rec->image),
            .handled_n = rec->handled.n,
            .keys_n = rec->keys.n,
            .handled = PL_REC(pack, LISTS, uint32_t, rec->handled.first),
            .keys = PL_REC(pack, LISTS, uint32_t, rec->keys.first),
        };
        return true;
    }
    return false;
}
