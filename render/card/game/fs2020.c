/* fs2020.c - controller profiles of Microsoft Flight Simulator 2020.
 *
 *     FriendlyName | Device > Context > Action > Primary, Secondary > KEY
 *
 * A file is markup but not always one document, so these elements are followed by their level alone
 * and everything else is passed over. What stands outside its parent is left out with a notice,
 * together with all inside it. Memory: the bindings, in the arena; texts are the builder's.
 */
#include <string.h>

#include "render/card/game/tokens.h"
#include "render/card/place.h"

enum level { LEVEL_NONE, LEVEL_DEVICE, LEVEL_CONTEXT, LEVEL_ACTION, LEVEL_SLOT, LEVEL_KEY };
enum { SLOT_PRIMARY, SLOT_SECONDARY };

struct reader {
    struct pl_builder *builder;
    struct pl_bindings *bindings;
    struct pl_card_file *file;
    struct pl_tokens tokens;
    struct pl_error *error;
    enum level open;    /* the innermost of the elements above that is open, all above it with it */
    enum level ignored; /* an element outside its parent: all inside it is ignored */
    bool naming;        /* inside FriendlyName */
    const char *profile, *device, *context, *action;
    uint32_t slot;
    uint64_t devices_n;
};

static enum level level_of(const struct pl_tokens *tokens, uint32_t *slot)
{
    static const struct {
        const char *name;
        enum level level;
        uint32_t slot;
    } known[] = {{"Device", LEVEL_DEVICE, 0},
                 {"Context", LEVEL_CONTEXT, 0},
                 {"Action", LEVEL_ACTION, 0},
                 {"Primary", LEVEL_SLOT, SLOT_PRIMARY},
                 {"Secondary", LEVEL_SLOT, SLOT_SECONDARY},
                 {"KEY", LEVEL_KEY, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (pl_tokens_is(tokens, known[i].name)) {
            *slot = known[i].slot;
            return known[i].level;
        }
    return LEVEL_NONE;
}

/* The value of an attribute, "" when there is none; NULL: the arena is full. */
static const char *attribute(struct reader *reader, const char *name, enum pl_tokens_blanks blanks)
{
    struct pl_range value = {NULL, 0};
    if (!pl_tokens_attribute(&reader->tokens, name, &value))
        return "";
    return pl_tokens_text(reader->builder, value, false, blanks);
}

/* An element that has no name keeps its bindings: they are shown as of a nameless one. */
static const char *name_of(struct reader *reader, const char *element, const char *name,
                           enum pl_tokens_blanks blanks)
{
    const char *text = attribute(reader, name, blanks);
    if (text != NULL && text[0] != '\0')
        return text;
    pl_builder_notice(reader->builder, "missing-name", reader->file->number, reader->tokens.line,
                      "%s without %s", element, name);
    return text != NULL ? "(no name)" : NULL;
}

static enum pl_err full_if(struct reader *reader, const char *text)
{
    return text == NULL ? pl_builder_full(reader->builder, reader->error) : PL_OK;
}

static enum pl_err open_device(struct reader *reader)
{
    struct pl_builder *builder = reader->builder;
    uint32_t file = reader->file->number, line = reader->tokens.line;
    reader->device = name_of(reader, "Device", "DeviceName", PL_BLANKS_SQUEEZE);
    if (reader->device == NULL)
        return full_if(reader, NULL);
    reader->devices_n++;
    reader->file->read_n++;
    struct pl_pack_device device;
    if (!pl_packs_device_named(builder->packs, reader->device, &device))
        pl_builder_notice(builder, "unsupported-device", file, line, "%s", reader->device);
    if (pl_builder_seen(builder, "device\1%u\1%s\1%s", file, reader->profile, reader->device))
        pl_builder_notice(builder, "doubled-device", file, line, "%s", reader->device);
    return PL_OK;
}

static enum pl_err open_context(struct reader *reader)
{
    struct pl_builder *builder = reader->builder;
    reader->context = name_of(reader, "Context", "ContextName", PL_BLANKS_TRIM);
    if (reader->context != NULL &&
        pl_builder_seen(builder, "context\1%u\1%llu\1%s", reader->file->number,
                        (unsigned long long)reader->devices_n, reader->context))
        pl_builder_notice(builder, "doubled-context", reader->file->number, reader->tokens.line,
                          "%s: %s", reader->device, reader->context);
    return full_if(reader, reader->context);
}

/* Also an action without keys is kept: it replaces an earlier one. */
static enum pl_err open_action(struct reader *reader)
{
    reader->action = name_of(reader, "Action", "ActionName", PL_BLANKS_TRIM);
    if (reader->action == NULL)
        return full_if(reader, NULL);
    struct pl_binding binding = {.profile = reader->profile,
                                 .device = reader->device,
                                 .context = reader->context,
                                 .action = reader->action,
                                 .file = reader->file->number,
                                 .line = reader->tokens.line};
    return pl_bindings_add(reader->builder, reader->bindings, &binding, reader->error);
}

static enum pl_err add_key(struct reader *reader)
{
    struct pl_binding_key key = {.slot = reader->slot};
    key.name = name_of(reader, "KEY", "Information", PL_BLANKS_TRIM);
    enum pl_err err = full_if(reader, key.name);
    if (err == PL_OK)
        err = pl_builder_count(reader->builder, reader->file->number, reader->tokens.line,
                               reader->error);
    return err == PL_OK ? pl_bindings_key(reader->builder, reader->bindings, &key, reader->error)
                        : err;
}

static enum pl_err open_level(struct reader *reader, enum level level, uint32_t slot)
{
    switch (level) {
    case LEVEL_DEVICE:
        return open_device(reader);
    case LEVEL_CONTEXT:
        return open_context(reader);
    case LEVEL_ACTION:
        return open_action(reader);
    case LEVEL_SLOT:
        reader->slot = slot;
        return PL_OK;
    case LEVEL_KEY:
        return add_key(reader);
    case LEVEL_NONE:
        break;
    }
    return PL_OK;
}

static enum pl_err take_start(struct reader *reader)
{
    static const char *const parents[] = {"", "", "Device", "Context", "Action", "Primary"};
    uint32_t slot = 0;
    enum level level = level_of(&reader->tokens, &slot);
    bool empty = reader->tokens.empty;
    if (level == LEVEL_NONE || (reader->ignored != LEVEL_NONE && level > reader->ignored))
        return PL_OK;
    reader->ignored = LEVEL_NONE;
    if (reader->open + 1 < level) {
        pl_builder_notice(reader->builder, "misplaced-element", reader->file->number,
                          reader->tokens.line, "%.*s outside of %s", (int)reader->tokens.name.n,
                          (const char *)reader->tokens.name.bytes, parents[level]);
        reader->ignored = empty ? LEVEL_NONE : level;
        return PL_OK;
    }
    enum pl_err err = open_level(reader, level, slot);
    /* A key is over at once; what it has inside is ignored anyway. */
    reader->open = empty || level == LEVEL_KEY ? level - 1 : level;
    return err;
}

static void take_close(struct reader *reader)
{
    uint32_t slot;
    enum level level = level_of(&reader->tokens, &slot);
    if (level == LEVEL_NONE)
        return;
    if (reader->ignored != LEVEL_NONE && level >= reader->ignored) {
        reader->ignored = level == reader->ignored ? LEVEL_NONE : reader->ignored;
        return;
    }
    reader->ignored = LEVEL_NONE;
    if (reader->open >= level)
        reader->open = level - 1;
}

/* FriendlyName says whose profile the devices behind it are. */
static enum pl_err take_name(struct reader *reader, enum pl_token token)
{
    if (token == PL_TOKEN_START) {
        reader->profile = "";
        reader->naming = !reader->tokens.empty;
    } else if (token == PL_TOKEN_TEXT && reader->profile[0] == '\0') {
        reader->profile = pl_tokens_text(reader->builder, reader->tokens.inside,
                                         reader->tokens.verbatim, PL_BLANKS_TRIM);
    } else if (token == PL_TOKEN_CLOSE) {
        reader->naming = false;
    }
    if (reader->profile != NULL && reader->profile[0] == '\0' && !reader->naming)
        pl_builder_notice(reader->builder, "empty-name", reader->file->number, reader->tokens.line,
                          "FriendlyName");
    return full_if(reader, reader->profile);
}

static enum pl_err take(struct reader *reader, enum pl_token token)
{
    bool is_name =
        token != PL_TOKEN_TEXT ? pl_tokens_is(&reader->tokens, "FriendlyName") : reader->naming;
    if (is_name)
        return take_name(reader, token);
    if (token == PL_TOKEN_START)
        return take_start(reader);
    if (token == PL_TOKEN_CLOSE)
        take_close(reader);
    return PL_OK;
}

static enum pl_err read_file(struct pl_builder *builder, struct pl_card_file *file,
                             struct pl_error *error)
{
    if (builder->state == NULL)
        builder->state = pl_arena_zalloc(builder->arena, 1, sizeof(struct pl_bindings));
    if (builder->state == NULL)
        return pl_builder_full(builder, error);
    struct reader reader = {.builder = builder,
                            .bindings = builder->state,
                            .file = file,
                            .tokens = pl_tokens_open(file->text, file->n),
                            .error = error,
                            .profile = ""};
    enum pl_token token = PL_TOKEN_START;
    enum pl_err err = PL_OK;
    while (err == PL_OK) {
        token = pl_tokens_next(&reader.tokens);
        if (token == PL_TOKEN_END || token == PL_TOKEN_BROKEN || token == PL_TOKEN_DEEP)
            break;
        err = take(&reader, token);
    }
    if (err == PL_OK && token == PL_TOKEN_DEEP)
        return pl_builder_too_complex(builder, file->number, reader.tokens.line, error,
                                      "More than %d elements lie inside one another. Upload the "
                                      "file that the game exported.",
                                      PL_CARD_NESTING_MAX);
    file->truncated |= token == PL_TOKEN_BROKEN || reader.tokens.depth > 0;
    file->bad_line = reader.tokens.line;
    return err;
}

/* --- Information -> input --------------------------------------------------------------------- */

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " ");
}

/* Behind "WORD", blanks and one of X, Y, Z, wherever it stands; *letter is that one. */
static const char *find_axis(const char *name, const char *word, char *letter)
{
    for (const char *at = name; (at = strstr(at, word)) != NULL; at++) {
        const char *behind = skip_blanks(at + strlen(word));
        if (*behind >= 'X' && *behind <= 'Z') {
            *letter = *behind;
            return at;
        }
    }
    return NULL;
}

static const char *button(struct pl_builder *builder, const char *name)
{
    for (const char *at = name; (at = strstr(at, "Button")) != NULL; at++) {
        const char *digits = skip_blanks(at + strlen("Button"));
        size_t n = strspn(digits, "0123456789");
        if (n > 0)
            return pl_builder_text(builder, digits, n);
    }
    return "";
}

static const char *mapped(const struct pl_pack_device *device, enum pl_pack_mapping mapping,
                          const char *from)
{
    return device == NULL ? NULL : pl_pack_mapped(device, PL_CARD_FS2020, mapping, from);
}

static const char *axis(struct pl_builder *builder, const struct pl_pack_device *device,
                        const char *name)
{
    char letter;
    const char *at = find_axis(name, "Axis", &letter);
    if (at == NULL)
        return "";
    bool turned = at - name >= 2 && at[-2] == 'R' && at[-1] == '-';
    char from[] = {turned ? 'R' : letter, turned ? letter : '\0', '\0'};
    const char *to = mapped(device, PL_PACK_AXIS, from);
    return pl_builder_print(builder, "%sAxis", to != NULL ? to : from);
}

static const char *rotation(struct pl_builder *builder, const struct pl_pack_device *device,
                            const char *name)
{
    char from[] = {'\0', '\0'};
    if (find_axis(name, "Rotation", from) == NULL)
        return "";
    const char *to = mapped(device, PL_PACK_ROTATION, from);
    return pl_builder_print(builder, "%s%sAxis", to != NULL ? "" : "R", to != NULL ? to : from);
}

static const char *slider(struct pl_builder *builder, const struct pl_pack_device *device,
                          const char *name)
{
    char from[] = {'\0', '\0'};
    if (find_axis(name, "Slider", from) == NULL)
        return "";
    const char *to = mapped(device, PL_PACK_SLIDER, from);
    struct pl_pack_rect rect;
    const char *id = to != NULL ? pl_builder_print(builder, "%sAxis", to) : "";
    return id != NULL && to != NULL && !pl_pack_input(device, PL_CARD_FS2020, id, &rect) ? "" : id;
}

/* "uP" -> "Up"; letters alone. */
static size_t direction(const char *s, char *out, size_t room)
{
    size_t n = 0;
    for (; (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z'); n++)
        if (n + 1 < room)
            out[n] = (char)(n == 0 ? s[n] & ~0x20 : s[n] | 0x20);
    out[n < room ? n : room - 1] = '\0';
    return n;
}

/* "POV1_DOWN_LEFT": hat 1, Down, and that it is a diagonal. */
static struct pl_place_input hat(struct pl_builder *builder, const char *name)
{
    struct pl_place_input input = {.id = "", .suffix = ""};
    for (const char *at = name; (at = strcasestr(at, "pov")) != NULL; at++) {
        const char *behind = at + strlen("pov");
        char number = '1';
        if (*behind >= '0' && *behind <= '9')
            number = *behind++;
        char first[32], second[32];
        if (*behind != ' ' && *behind != '_')
            continue;
        size_t n = direction(behind + 1, first, sizeof first);
        if (n == 0)
            continue;
        behind += 1 + n;
        input.id = pl_builder_print(builder, "POV%c%s", number, first);
        if ((*behind == ' ' || *behind == '_') && direction(behind + 1, second, sizeof second) > 0)
            input.suffix = pl_builder_print(builder, " (%s-%s)", first, second);
        break;
    }
    return input;
}

static struct pl_place_input find_input(struct pl_builder *builder,
                                        const struct pl_pack_device *device,
                                        const struct pl_binding_key *key)
{
    struct pl_place_input input = {.id = button(builder, key->name), .suffix = ""};
    if (input.id != NULL && input.id[0] == '\0')
        input.id = axis(builder, device, key->name);
    if (input.id != NULL && input.id[0] == '\0')
        input = hat(builder, key->name);
    if (input.id != NULL && input.id[0] == '\0')
        input.id = rotation(builder, device, key->name);
    if (input.id != NULL && input.id[0] == '\0')
        input.id = slider(builder, device, key->name);
    input.known = input.id != NULL && input.id[0] != '\0';
    if (input.id != NULL && !input.known) {
        /* Gamepads have names (A, LB, LSTICK) where sticks have kinds and numbers. */
        struct pl_pack_rect rect;
        input.id = key->name;
        input.known = device != NULL && pl_pack_input(device, PL_CARD_FS2020, key->name, &rect);
    }
    return input;
}

static enum pl_err place(struct pl_builder *builder, struct pl_error *error)
{
    static const struct pl_place_rules rules = {.input = find_input, .last_wins = true};
    return builder->state == NULL ? PL_OK : pl_place(builder, builder->state, &rules, error);
}

const struct pl_game_parser pl_game_fs2020 = {.read = read_file, .place = place};
