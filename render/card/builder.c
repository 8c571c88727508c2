/* builder.c - collects what the parsers of the games find: texts, notices, labels and where they
 * go.
 *
 * Main struct: pl_builder_parts. Nothing is put in order here (builder_end.c does that once, at the
 * end) and no format is known. All memory is the arena's: arrays double, so what they leave behind
 * is less than what they hold.
 */
#include "render/card/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "render/card/array.h"
#include "render/card/builder_parts.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"
#include "shm/base/utf8.h"

enum {
    PARTS_MAX = 4 * PL_CARD_BINDINGS_MAX, /* a binding may be shown in several places */
    CONTEXTS_MAX = PL_CARD_BINDINGS_MAX,
    SLOTS_FIRST = 1024,
    DETAIL_N = 200,
    PRINT_N = 4000,
};

enum pl_err pl_builder_full(struct pl_builder *builder, struct pl_error *error)
{
    (void)builder;
    return pl_fail_param(
        error, PL_E_LIMIT, "workers.memory",
        "These files need more memory than one job may use. Upload fewer at once.");
}

enum pl_err pl_builder_start(struct pl_builder *builder, struct pl_error *error)
{
    struct pl_builder_parts *parts = pl_arena_zalloc(builder->arena, 1, sizeof *parts);
    if (parts == NULL)
        return pl_builder_full(builder, error);
    parts->slots_n = SLOTS_FIRST;
    parts->slots = pl_arena_zalloc(builder->arena, parts->slots_n, sizeof *parts->slots);
    parts->cards = pl_arena_zalloc(builder->arena, PL_CARD_CARDS_MAX, sizeof *parts->cards);
    parts->lists = pl_arena_zalloc(builder->arena, PL_CARD_CARDS_MAX, sizeof *parts->lists);
    parts->notices = pl_arena_zalloc(builder->arena, PL_CARD_NOTICES_MAX, sizeof *parts->notices);
    parts->pins = pl_arena_zalloc(builder->arena, PL_BUILDER_PINS_MAX, sizeof *parts->pins);
    if (parts->slots == NULL || parts->cards == NULL || parts->lists == NULL ||
        parts->notices == NULL || parts->pins == NULL)
        return pl_builder_full(builder, error);
    builder->parts = parts;
    return PL_OK;
}

uint64_t pl_builder_bindings(const struct pl_builder *builder)
{
    return builder->parts->bindings_n;
}

/* --- texts ----------------------------------------------------------------------------------- */

static struct pl_builder_slot *find_slot(struct pl_builder_slot *slots, size_t slots_n,
                                         uint64_t hash, const void *bytes, size_t n)
{
    size_t at = hash & (slots_n - 1);
    while (slots[at].text != NULL &&
           (slots[at].hash != hash || slots[at].n != n || memcmp(slots[at].text, bytes, n) != 0))
        at = (at + 1) & (slots_n - 1);
    return &slots[at];
}

static bool grow_slots(struct pl_builder *builder)
{
    struct pl_builder_parts *parts = builder->parts;
    size_t n = 2 * parts->slots_n;
    struct pl_builder_slot *slots = pl_arena_zalloc(builder->arena, n, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < parts->slots_n; i++) {
        const struct pl_builder_slot *old = &parts->slots[i];
        if (old->text != NULL)
            *find_slot(slots, n, old->hash, old->text, old->n) = *old;
    }
    parts->slots = slots;
    parts->slots_n = n;
    return true;
}

const char *pl_builder_text(struct pl_builder *builder, const void *bytes, size_t n)
{
    struct pl_builder_parts *parts = builder->parts;
    if (n > UINT32_MAX || (2 * parts->texts_n >= parts->slots_n && !grow_slots(builder)))
        return NULL;
    uint64_t hash = pl_checksum(bytes, n);
    struct pl_builder_slot *slot = find_slot(parts->slots, parts->slots_n, hash, bytes, n);
    if (slot->text == NULL) {
        const char *text = pl_arena_text(builder->arena, bytes, n);
        if (text == NULL)
            return NULL;
        *slot = (struct pl_builder_slot){.hash = hash, .n = (uint32_t)n, .text = text};
        parts->texts_n++;
    }
    return slot->text;
}

/* Whole characters of the first n bytes. */
static size_t whole(const char *text, size_t n)
{
    size_t at = 0, step;
    while (at < n && (step = pl_utf8_step(text + at, n - at, NULL)) > 0)
        at += step;
    return at;
}

const char *pl_builder_print(struct pl_builder *builder, const char *format, ...)
{
    char text[PRINT_N + 1];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n < 0)
        return NULL;
    return pl_builder_text(builder, text, whole(text, PL_MIN((size_t)n, (size_t)PRINT_N)));
}

bool pl_builder_seen(struct pl_builder *builder, const char *format, ...)
{
    char text[PRINT_N + 1] = "\1"; /* in no text of a file: controls are made blanks */
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text + 1, sizeof text - 1, format, arguments);
    va_end(arguments);
    size_t before = builder->parts->texts_n;
    if (n < 0 || pl_builder_text(builder, text, strlen(text)) == NULL)
        return false;
    return builder->parts->texts_n == before;
}

/* --- what went wrong -------------------------------------------------------------------------- */

void pl_builder_notice(struct pl_builder *builder, const char *kind, uint32_t file, uint32_t line,
                       const char *format, ...)
{
    struct pl_builder_parts *parts = builder->parts;
    if (parts->notices_n == PL_CARD_NOTICES_MAX) {
        parts->notices_more++;
        return;
    }
    char detail[DETAIL_N + 1];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    size_t length = n < 0 ? 0 : whole(detail, PL_MIN((size_t)n, (size_t)DETAIL_N));
    const char *text = pl_builder_text(builder, detail, length);
    for (uint32_t i = 0; i < parts->notices_n && text != NULL; i++)
        if (parts->notices[i].detail == text && strcmp(parts->notices[i].kind, kind) == 0)
            return;
    if (text == NULL)
        parts->notices_more++;
    else
        parts->notices[parts->notices_n++] =
            (struct pl_card_notice){.kind = kind, .detail = text, .file = file, .line = line};
}

void pl_builder_file_notice(struct pl_builder *builder, const char *kind, uint32_t file,
                            uint32_t line, const char *detail)
{
    struct pl_builder_parts *parts = builder->parts;
    if (parts->notices_n == PL_CARD_NOTICES_MAX)
        parts->notices_more++;
    else
        parts->notices[parts->notices_n++] =
            (struct pl_card_notice){.kind = kind, .detail = detail, .file = file, .line = line};
}

struct pl_builder_mark pl_builder_mark(const struct pl_builder *builder)
{
    return (struct pl_builder_mark){builder->parts->notices_n, builder->parts->notices_more};
}

void pl_builder_forget(struct pl_builder *builder, const struct pl_builder_mark *mark)
{
    builder->parts->notices_n = mark->notices_n;
    builder->parts->notices_more = mark->notices_more;
}

enum pl_err pl_builder_too_complex(struct pl_builder *builder, uint32_t file, uint32_t line,
                                   struct pl_error *error, const char *format, ...)
{
    if (builder->blame != NULL && builder->blame->code == NULL) {
        builder->blame->code = "too-complex";
        builder->blame->line = line;
        builder->blame->file_number = file;
    }
    char text[sizeof error->msg];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return pl_fail(error, PL_E_LIMIT, "%s", text);
}

enum pl_err pl_builder_count(struct pl_builder *builder, uint32_t file, uint32_t line,
                             struct pl_error *error)
{
    if (builder->parts->bindings_n == PL_CARD_BINDINGS_MAX)
        return pl_builder_too_complex(
            builder, file, line, error,
            "The files hold more than %d bindings. Upload fewer files at once.",
            PL_CARD_BINDINGS_MAX);
    builder->parts->bindings_n++;
    return PL_OK;
}

/* --- cards and lists -------------------------------------------------------------------------- */

static enum pl_err too_many(struct pl_builder *builder, struct pl_error *error)
{
    return pl_builder_too_complex(builder, PL_BUILDER_NO_FILE, 0, error,
                                  "The files bind more than %d controllers. Upload fewer files "
                                  "at once.",
                                  PL_CARD_CARDS_MAX);
}

enum pl_err pl_builder_card(struct pl_builder *builder, const struct pl_card *head,
                            uint32_t *number, struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    if (parts->cards_n + parts->lists_n == PL_CARD_CARDS_MAX)
        return too_many(builder, error);
    struct pl_pack_image image;
    if (pl_packs_image(builder->packs, head->image, &image)) {
        parts->layouts[parts->cards_n].layout_w = image.layout_w;
        parts->layouts[parts->cards_n].layout_h = image.layout_h;
    }
    *number = parts->cards_n++;
    parts->cards[*number] = *head;
    return PL_OK;
}

enum pl_err pl_builder_list(struct pl_builder *builder, const struct pl_card_list *head,
                            uint32_t *number, struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    if (parts->cards_n + parts->lists_n == PL_CARD_CARDS_MAX)
        return too_many(builder, error);
    *number = parts->lists_n++;
    parts->lists[*number] = *head;
    return PL_OK;
}

static enum pl_err add_part(struct pl_builder *builder, const struct pl_builder_part *part,
                            struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    if (parts->parts_n == PARTS_MAX)
        return pl_builder_too_complex(builder, PL_BUILDER_NO_FILE, 0, error,
                                      "The files make more than %d labels. Upload fewer files at "
                                      "once.",
                                      PARTS_MAX);
    void *array = parts->parts;
    if (part->sort == NULL || part->label.text == NULL ||
        !pl_array_room(builder->arena, &array, parts->parts_n, &parts->parts_room, sizeof *part))
        return pl_builder_full(builder, error);
    parts->parts = array;
    parts->parts[parts->parts_n++] = *part;
    return pl_builder_context(builder, part->label.context, part->label.plain, error);
}

bool pl_builder_inside(const struct pl_pack_rect *rect, uint32_t layout_w, uint32_t layout_h)
{
    return rect->x >= 0 && rect->y >= 0 && rect->w > 0 && rect->h > 0 &&
           (int64_t)rect->x + rect->w <= (int64_t)layout_w &&
           (int64_t)rect->y + rect->h <= (int64_t)layout_h;
}

/* -1 is a place that exists and is not shown: nothing to complain about. */
static bool is_drawn(struct pl_builder *builder, uint32_t card, const char *sort,
                     const struct pl_pack_rect *rect)
{
    const struct pl_builder_parts *parts = builder->parts;
    if (rect->x == -1 || rect->y == -1)
        return false;
    if (pl_builder_inside(rect, parts->layouts[card].layout_w, parts->layouts[card].layout_h))
        return true;
    pl_builder_notice(builder, "out-of-picture", PL_BUILDER_NO_FILE, 0, "%s", sort);
    return false;
}

enum pl_err pl_builder_cell(struct pl_builder *builder, uint32_t card, const char *device,
                            const char *input, const struct pl_pack_rect *rect,
                            const struct pl_builder_label *label, struct pl_error *error)
{
    CHECK(card < builder->parts->cards_n);
    struct pl_builder_part part = {
        .owner = card, .device = device, .input = input, .rect = *rect, .label = *label};
    part.sort = pl_builder_print(builder, "%s:%s", device, input);
    if (part.sort == NULL)
        return pl_builder_full(builder, error);
    part.drawn = is_drawn(builder, card, part.sort, rect);
    return add_part(builder, &part, error);
}

enum pl_err pl_builder_row(struct pl_builder *builder, uint32_t list, const char *sort,
                           const char *input, const char *heading, const char *const *keys,
                           uint32_t keys_n, const struct pl_builder_label *label,
                           struct pl_error *error)
{
    CHECK(list < builder->parts->lists_n);
    return add_part(builder,
                    &(struct pl_builder_part){.is_row = true,
                                              .owner = list,
                                              .sort = sort != NULL ? sort : input,
                                              .counts = sort == NULL,
                                              .input = input,
                                              .heading = heading != NULL ? heading : "",
                                              .keys = keys,
                                              .keys_n = keys_n,
                                              .label = *label},
                    error);
}

enum pl_err pl_builder_context(struct pl_builder *builder, const char *name, bool plain,
                               struct pl_error *error)
{
    struct pl_builder_parts *parts = builder->parts;
    if (name == NULL)
        return pl_builder_full(builder, error);
    const struct pl_builder_context *last =
        parts->contexts_n > 0 ? &parts->contexts[parts->contexts_n - 1] : NULL;
    if (last != NULL && last->name == name && last->plain == plain)
        return PL_OK; /* most labels follow one of the same context */
    if (parts->contexts_n == PARTS_MAX + CONTEXTS_MAX)
        return pl_builder_too_complex(builder, PL_BUILDER_NO_FILE, 0, error,
                                      "The files use more than %d contexts. Upload fewer files at "
                                      "once.",
                                      PARTS_MAX);
    void *array = parts->contexts;
    if (!pl_array_room(builder->arena, &array, parts->contexts_n, &parts->contexts_room,
                       sizeof *parts->contexts))
        return pl_builder_full(builder, error);
    parts->contexts = array;
    parts->contexts[parts->contexts_n++] = (struct pl_builder_context){name, plain};
    return PL_OK;
}

enum pl_err pl_builder_pin(struct pl_builder *builder, const char *context, const char *title,
                           uint32_t rgba, struct pl_error *error)
{
    if (context == NULL)
        return pl_builder_full(builder, error);
    struct pl_builder_parts *parts = builder->parts;
    for (uint32_t i = 0; i < parts->pins_n; i++)
        if (strcmp(parts->pins[i].context, context) == 0)
            return PL_OK;
    if (parts->pins_n == PL_BUILDER_PINS_MAX)
        return PL_OK; /* it takes the palette's */
    parts->pins[parts->pins_n++] = (struct pl_builder_pin){context, title, rgba};
    return PL_OK;
}
