/* sws.c - profiles of Star Wars: Squadrons (*.profile): lines of a key and a value.
 *
 *     GstInput.JoystickDevice1 Name of a stick
 *     GstKeyBinding.IncomStarshipInputConcepts.ConceptFire.0.button 22
 *
 * The lines of a binding (its slot of an action of a context) come in any order and are collected
 * first. Which joystick is which is said by each file for itself. Memory: the arena.
 */
#include <stdlib.h>
#include <string.h>

#include "render/card/array.h"
#include "render/card/game/tokens.h"
#include "render/card/place.h"
#include "shm/base/check.h"

enum { LINE_MAX_BYTES = 64 << 10, JOYSTICKS_MAX = 64 };
enum field { FIELD_AXIS, FIELD_BUTTON, FIELD_DEVICE, FIELDS };

struct record { /* a slot of an action of a context */
    const char *context, *action;
    uint32_t slot, line;
    int32_t value[FIELDS];
    bool has[FIELDS];
};

struct reader {
    struct pl_builder *builder;
    struct pl_bindings *bindings;
    struct pl_card_file *file;
    struct pl_error *error;
    uint32_t line;
    const char *joysticks[JOYSTICKS_MAX];
    struct record *records;
    size_t records_n, records_room;
};

/* --- lines ------------------------------------------------------------------------------------ */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool starts(struct pl_range range, const char *with)
{
    size_t n = strlen(with);
    return range.n >= n && memcmp(range.bytes, with, n) == 0;
}

static struct pl_range behind(struct pl_range range, size_t n)
{
    return (struct pl_range){range.bytes + n, range.n - n};
}

static struct pl_range trim(struct pl_range range)
{
    while (range.n > 0 && is_blank(range.bytes[0]))
        range = behind(range, 1);
    while (range.n > 0 && is_blank(range.bytes[range.n - 1]))
        range.n--;
    return range;
}

/* Decimal digits, all of it; beyond 32 bits the largest. false: something else. */
static bool digits(struct pl_range range, uint32_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < range.n; i++) {
        if (range.bytes[i] < '0' || range.bytes[i] > '9')
            return false;
        value = PL_MIN(10 * value + (range.bytes[i] - (uint64_t)'0'), (uint64_t)INT32_MAX);
    }
    *out = (uint32_t)value;
    return range.n > 0;
}

static bool integer(struct pl_range range, int32_t *out)
{
    uint32_t value;
    bool negative = range.n > 0 && range.bytes[0] == '-';
    if (!digits(negative ? behind(range, 1) : range, &value))
        return false;
    *out = negative ? -(int32_t)value : (int32_t)value;
    return true;
}

static struct pl_range until_blank(struct pl_range range)
{
    struct pl_range word = {range.bytes, 0};
    while (word.n < range.n && !is_blank(range.bytes[word.n]))
        word.n++;
    return word;
}

/* --- joysticks -------------------------------------------------------------------------------- */

/* Behind "GstInput.JoystickDevice". */
static enum pl_err take_joystick(struct reader *reader, struct pl_range rest)
{
    struct pl_range number = until_blank(rest);
    uint32_t index;
    struct pl_range name = trim(behind(rest, number.n));
    if (!digits(number, &index) || index < 1 || index > JOYSTICKS_MAX || name.n == 0)
        return PL_OK;
    const char *text = pl_tokens_text(reader->builder, name, true, PL_BLANKS_SQUEEZE);
    if (text == NULL)
        return pl_builder_full(reader->builder, reader->error);
    struct pl_pack_device device;
    if (!pl_packs_device_named(reader->builder->packs, text, &device))
        pl_builder_notice(reader->builder, "unsupported-device", reader->file->number, reader->line,
                          "%s", text);
    reader->joysticks[index - 1] = text;
    return PL_OK;
}

/* --- bindings --------------------------------------------------------------------------------- */

struct key { /* the parts of a key of a binding */
    struct pl_range context, action, field;
    uint32_t slot;
};

/* Behind "GstKeyBinding.Incom": CONTEXT "InputConcepts.Concept" ACTION "." SLOT "." FIELD. The
 * action is as long as it can be. */
static bool split_key(struct pl_range word, struct key *key)
{
    static const char *const contexts[] = {"Default", "Soldier", "Starship"};
    static const char middle[] = "InputConcepts.Concept";
    for (size_t i = 0; i < PL_COUNT(contexts); i++) {
        size_t n = strlen(contexts[i]);
        if (!starts(word, contexts[i]) || !starts(behind(word, n), middle))
            continue;
        key->context = (struct pl_range){word.bytes, n};
        struct pl_range rest = behind(word, n + strlen(middle));
        size_t end = rest.n; /* of the slot: the dot behind it */
        for (size_t at = rest.n; at > 0; at--) {
            if (rest.bytes[at - 1] != '.')
                continue;
            struct pl_range slot = {rest.bytes + at, end - at};
            if (end < rest.n - 1 && at > 1 && digits(slot, &key->slot)) {
                key->action = (struct pl_range){rest.bytes, at - 1};
                key->field = behind(rest, end + 1);
                return true;
            }
            end = at - 1;
        }
    }
    return false;
}

static bool is_field(struct pl_range field, const char *name)
{
    return field.n == strlen(name) && strncasecmp((const char *)field.bytes, name, field.n) == 0;
}

static int find_field(struct pl_range field)
{
    static const char *const used[FIELDS] = {"axis", "button", "deviceid"};
    static const char *const unused[] = {"altbutton", "identifier", "modifier", "negate", "type"};
    for (int i = 0; i < FIELDS; i++)
        if (is_field(field, used[i]))
            return i;
    for (size_t i = 0; i < PL_COUNT(unused); i++)
        if (is_field(field, unused[i]))
            return FIELDS;
    return -1;
}

/* Once for each field, however it is spelled. */
static void notice_field(struct reader *reader, struct pl_range field)
{
    char name[200];
    size_t n = PL_MIN(field.n, sizeof name);
    for (size_t i = 0; i < n; i++) {
        char c = (char)field.bytes[i];
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    pl_builder_notice(reader->builder, "unknown-field", reader->file->number, reader->line, "%.*s",
                      (int)n, name);
}

static enum pl_err add_record(struct reader *reader, const struct record *record)
{
    enum pl_err err =
        pl_builder_count(reader->builder, reader->file->number, reader->line, reader->error);
    if (err != PL_OK)
        return err;
    void *array = reader->records;
    if (!pl_array_room(reader->builder->arena, &array, reader->records_n, &reader->records_room,
                       sizeof *record))
        return pl_builder_full(reader->builder, reader->error);
    reader->records = array;
    reader->records[reader->records_n++] = *record;
    return PL_OK;
}

/* Behind "GstKeyBinding.Incom". Lines of one binding mostly follow one another: they are put
 * together here already. */
static enum pl_err take_binding(struct reader *reader, struct pl_range rest)
{
    struct pl_builder *builder = reader->builder;
    struct pl_range word = until_blank(rest), value = trim(behind(rest, word.n));
    struct key key;
    if (!split_key(word, &key))
        return PL_OK;
    struct record record = {.slot = key.slot, .line = reader->line};
    record.context = pl_builder_text(builder, key.context.bytes, key.context.n);
    record.action = pl_tokens_text(builder, key.action, true, PL_BLANKS_TRIM);
    if (record.context == NULL || record.action == NULL)
        return pl_builder_full(builder, reader->error);
    enum pl_err err = pl_builder_context(builder, record.context, false, reader->error);
    int field = find_field(key.field);
    if (field < 0)
        notice_field(reader, key.field);
    if (err != PL_OK || field < 0 || field == FIELDS)
        return err;
    struct record *last = reader->records_n > 0 ? &reader->records[reader->records_n - 1] : NULL;
    if (last == NULL || last->context != record.context || last->action != record.action ||
        last->slot != record.slot) {
        err = add_record(reader, &record);
        last = err == PL_OK ? &reader->records[reader->records_n - 1] : NULL;
    }
    if (err != PL_OK)
        return err;
    last->has[field] = integer(value, &last->value[field]);
    if (!last->has[field])
        pl_builder_notice(builder, "bad-value", reader->file->number, reader->line, "%s.%u",
                          record.action, record.slot);
    return PL_OK;
}

static enum pl_err take_line(struct reader *reader, struct pl_range line)
{
    static const char joystick[] = "GstInput.JoystickDevice", binding[] = "GstKeyBinding.Incom";
    if (line.n > LINE_MAX_BYTES) {
        pl_builder_notice(reader->builder, "long-line", reader->file->number, reader->line,
                          "line %u", reader->line);
        return PL_OK;
    }
    if (starts(line, joystick))
        return take_joystick(reader, behind(line, strlen(joystick)));
    if (starts(line, binding))
        return take_binding(reader, behind(line, strlen(binding)));
    return PL_OK;
}

/* --- a file ----------------------------------------------------------------------------------- */

static int by_slot(const void *left, const void *right)
{
    const struct record *a = left, *b = right;
    int order = pl_text_order(a->context, b->context);
    if (order == 0)
        order = pl_text_order(a->action, b->action);
    return order != 0 ? order : (a->slot > b->slot) - (a->slot < b->slot);
}

static enum pl_err add_binding(struct reader *reader, const struct record *record)
{
    int32_t device = record->has[FIELD_DEVICE] ? record->value[FIELD_DEVICE] : -1;
    if (device < 0 || device >= JOYSTICKS_MAX || reader->joysticks[device] == NULL)
        return PL_OK;
    struct pl_binding binding = {.profile = "",
                                 .device = reader->joysticks[device],
                                 .context = record->context,
                                 .action = record->action,
                                 .file = reader->file->number,
                                 .line = record->line};
    struct pl_binding_key key = {.slot = record->slot,
                                 .axis = record->has[FIELD_AXIS] ? record->value[FIELD_AXIS] : -1,
                                 .button =
                                     record->has[FIELD_BUTTON] ? record->value[FIELD_BUTTON] : -1};
    enum pl_err err = pl_bindings_add(reader->builder, reader->bindings, &binding, reader->error);
    return err == PL_OK ? pl_bindings_key(reader->builder, reader->bindings, &key, reader->error)
                        : err;
}

/* Records of one slot are put together, later lines going before earlier ones. */
static enum pl_err end_file(struct reader *reader)
{
    struct pl_arena *arena = reader->builder->arena;
    const void **sorted = pl_arena_alloc(arena, (reader->records_n + 1) * sizeof *sorted);
    for (size_t i = 0; i < reader->records_n && sorted != NULL; i++)
        sorted[i] = &reader->records[i];
    sorted = sorted != NULL ? pl_array_sort(arena, sorted, reader->records_n, by_slot) : NULL;
    if (sorted == NULL)
        return pl_builder_full(reader->builder, reader->error);
    enum pl_err err = PL_OK;
    for (size_t i = 0; i < reader->records_n && err == PL_OK;) {
        struct record whole = *(const struct record *)sorted[i];
        for (i++; i < reader->records_n && by_slot(&whole, sorted[i]) == 0; i++) {
            const struct record *more = sorted[i];
            for (int field = 0; field < FIELDS; field++)
                if (more->has[field]) {
                    whole.value[field] = more->value[field];
                    whole.has[field] = true;
                }
        }
        err = add_binding(reader, &whole);
    }
    return err;
}

static enum pl_err read_file(struct pl_builder *builder, struct pl_card_file *file,
                             struct pl_error *error)
{
    if (builder->state == NULL)
        builder->state = pl_arena_zalloc(builder->arena, 1, sizeof(struct pl_bindings));
    if (builder->state == NULL)
        return pl_builder_full(builder, error);
    struct reader reader = {
        .builder = builder, .bindings = builder->state, .file = file, .error = error};
    struct pl_range rest = {file->text, file->n};
    enum pl_err err = PL_OK;
    while (rest.n > 0 && err == PL_OK) {
        const uint8_t *end = memchr(rest.bytes, '\n', rest.n);
        struct pl_range line = {rest.bytes, end != NULL ? (size_t)(end - rest.bytes) : rest.n};
        rest = behind(rest, line.n + (end != NULL));
        if (line.n > 0 && line.bytes[line.n - 1] == '\r')
            line.n--;
        reader.line++;
        file->read_n += starts(line, "GstInput.") || starts(line, "GstKeyBinding.");
        err = take_line(&reader, line);
    }
    return err == PL_OK ? end_file(&reader) : err;
}

/* --- axis and button -> input ----------------------------------------------------------------- */

static struct pl_place_input find_input(struct pl_builder *builder,
                                        const struct pl_pack_device *device,
                                        const struct pl_binding_key *key)
{
    struct pl_place_input input = {.suffix = ""};
    input.id = pl_pack_sws(builder->packs, device, key->axis, key->button);
    if (input.id == NULL)
        input.id = pl_pack_sws(builder->packs, device, key->axis, -1);
    input.nothing = input.id != NULL && input.id[0] == '\0';
    input.known = input.id != NULL && !input.nothing;
    if (input.id == NULL)
        input.id = pl_builder_print(builder, "axis %d button %d", key->axis, key->button);
    return input;
}

static enum pl_err place(struct pl_builder *builder, struct pl_error *error)
{
    static const struct pl_place_rules rules = {.input = find_input};
    return builder->state == NULL ? PL_OK : pl_place(builder, builder->state, &rules, error);
}

const struct pl_game_parser pl_game_sws = {.read = read_file, .place = place};
