/* ed_read.c - a file of Elite Dangerous (*.binds) to bindings.
 *
 *     <Control> <Binding|Primary|Secondary Device= DeviceIndex= Key=> <Modifier Device= .../> ...
 *
 * One XML document, read by expat in one call. Nothing outside the text is ever opened, and a file
 * that declares entities is not read past the declaration: no game writes one. Of broken or cut
 * text, all bindings whose element was closed before count.
 *
 * What is read is kept in document order first, because two rules need the whole file: a device
 * that is named differently when another one is present, and the order Binding, Primary, Secondary.
 *
 * Memory: the arena only. Expat allocates from it as well and gives nothing back; that is bounded
 * by the depth and by the longest token, not by the number of elements.
 */
#define XML_DTD 1 /* expat.h declares its guards only then */
#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/game/ed_priv.h"
#include "shm/base/check.h"

enum { KINDS = 3, AMPLIFICATION_FREE = 64 << 10 };
static const char *const kinds[KINDS] = {"Binding", "Primary", "Secondary"};

struct element {
    const char *name;
    int32_t found; /* index of the binding it is, or -1 */
};

struct found {
    struct ed_binding binding;
    uint32_t modifiers_at;
    uint8_t kind;
    bool closed;
};

/* Grows by doubling inside the arena. */
struct list {
    void *at;
    uint32_t n, room;
};

struct reading {
    struct pl_builder *builder;
    struct pl_card_file *file;
    struct pl_error *error;
    XML_Parser parser;
    struct element stack[PL_CARD_NESTING_MAX];
    unsigned depth;
    struct list found;     /* struct found */
    struct list modifiers; /* struct ed_input, those of one binding in a row */
    bool throttle;         /* a T16000MTHROTTLE is there */
    bool entities;
    enum pl_err stopped; /* why the parser was stopped; PL_OK = it was not, or by entities */
};

/* ---- memory of expat ----------------------------------------------------------------------- */

/* Expat hands no context to its allocator; a process reads one file at a time. */
static struct pl_arena *expat_arena;

static void *expat_malloc(size_t n)
{
    if (n > SIZE_MAX - 16)
        return NULL;
    size_t *head = pl_arena_alloc(expat_arena, n + 16);
    if (head == NULL)
        return NULL;
    *head = n;
    return (char *)head + 16;
}

static void *expat_realloc(void *old, size_t n)
{
    void *fresh = expat_malloc(n);
    if (old != NULL && fresh != NULL) {
        size_t old_n = *(const size_t *)(const void *)((char *)old - 16);
        memcpy(fresh, old, PL_MIN(old_n, n));
    }
    return fresh;
}

static void expat_free(void *old)
{
    (void)old;
}

/* ---- what elements say --------------------------------------------------------------------- */

static void stop(struct reading *r, enum pl_err code)
{
    r->stopped = code;
    XML_StopParser(r->parser, XML_FALSE);
}

static void stop_full(struct reading *r)
{
    stop(r, pl_builder_full(r->builder, r->error));
}

static uint32_t line_now(const struct reading *r)
{
    XML_Size line = XML_GetCurrentLineNumber(r->parser);
    return line > UINT32_MAX ? 0 : (uint32_t)line;
}

/* Room for one more of size bytes behind the n that are there; NULL: the arena is full. */
static void *list_next(struct pl_arena *arena, struct list *list, size_t size)
{
    if (list->n == list->room) {
        uint32_t room = list->room == 0 ? 256 : list->room * 2;
        void *fresh = room > UINT32_MAX / 4 ? NULL : pl_arena_zalloc(arena, room, size);
        if (fresh == NULL)
            return NULL;
        if (list->n > 0)
            memcpy(fresh, list->at, (size_t)list->n * size);
        list->at = fresh;
        list->room = room;
    }
    return (char *)list->at + (size_t)list->n++ * size;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* Whether the attributes name a button or axis of a device; id is filled in later. */
static bool read_input(struct reading *r, const char **attributes, struct ed_input *out)
{
    const char *device = attribute(attributes, "Device"), *key = attribute(attributes, "Key");
    const char *index = attribute(attributes, "DeviceIndex");
    if (device == NULL || device[0] == '\0' || strcmp(device, "{NoDevice}") == 0)
        return false;
    if (key == NULL)
        key = "";
    unsigned long number = index != NULL ? strtoul(index, NULL, 10) : 0;
    out->index = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    out->device = pl_builder_text(r->builder, device, strlen(device));
    out->key = pl_builder_text(r->builder, key, strlen(key));
    if (out->device == NULL || out->key == NULL)
        stop_full(r);
    return r->stopped == PL_OK;
}

static void start_binding(struct reading *r, uint8_t kind, const char **attributes)
{
    struct ed_binding binding = {.file = r->file->number, .line = line_now(r)};
    if (attribute(attributes, "Device") == NULL)
        return; /* another game has elements of this name, too */
    r->file->read_n++;
    if (!read_input(r, attributes, &binding.input))
        return;
    binding.control = r->stack[r->depth - 1].name;
    struct found *found = list_next(r->builder->arena, &r->found, sizeof *found);
    if (found == NULL) {
        stop_full(r);
        return;
    }
    *found = (struct found){.binding = binding, .modifiers_at = r->modifiers.n, .kind = kind};
    r->stack[r->depth].found = (int32_t)(r->found.n - 1);
    enum pl_err code = pl_builder_count(r->builder, binding.file, binding.line, r->error);
    if (code != PL_OK)
        stop(r, code);
}

static void start_modifier(struct reading *r, int32_t owner, const char **attributes)
{
    struct found *found = (struct found *)r->found.at + owner;
    /* Only those in a row are its own; a binding inside a binding ends the outer one's. */
    if (found->modifiers_at + found->binding.modifiers_n != r->modifiers.n) {
        if (found->binding.modifiers_n > 0)
            return;
        found->modifiers_at = r->modifiers.n;
    }
    struct ed_input input = {0};
    if (!read_input(r, attributes, &input))
        return;
    struct ed_input *fresh = list_next(r->builder->arena, &r->modifiers, sizeof *fresh);
    if (fresh == NULL) {
        stop_full(r);
        return;
    }
    *fresh = input;
    found->binding.modifiers_n++;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    struct reading *r = context;
    if (r->stopped != PL_OK)
        return;
    if (r->depth == PL_CARD_NESTING_MAX) {
        stop(r, pl_builder_too_complex(r->builder, r->file->number, line_now(r), r->error,
                                       "elements are nested deeper than %d",
                                       (int)PL_CARD_NESTING_MAX));
        return;
    }
    r->stack[r->depth] = (struct element){
        .name = pl_builder_text(r->builder, name, strlen(name)),
        .found = -1,
    };
    if (r->stack[r->depth].name == NULL) {
        stop_full(r);
        return;
    }
    if (r->depth == 0 && strcmp(name, "Root") == 0)
        r->file->read_n++;
    const char *device = attribute(attributes, "Device");
    r->throttle |= device != NULL && strcmp(device, "T16000MTHROTTLE") == 0;
    if (r->depth > 0 && strcmp(name, "Modifier") == 0 && r->stack[r->depth - 1].found >= 0)
        start_modifier(r, r->stack[r->depth - 1].found, attributes);
    for (uint8_t kind = 0; r->depth > 0 && kind < KINDS; kind++)
        if (strcmp(name, kinds[kind]) == 0)
            start_binding(r, kind, attributes);
    r->depth++;
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct reading *r = context;
    (void)name;
    if (r->stopped != PL_OK || r->depth == 0)
        return;
    r->depth--;
    int32_t found = r->stack[r->depth].found;
    if (found >= 0)
        ((struct found *)r->found.at)[found].closed = true;
}

static void XMLCALL on_entity(void *context, const char *name, int is_parameter, const char *value,
                              int value_n, const char *base, const char *system_id,
                              const char *public_id, const char *notation)
{
    struct reading *r = context;
    (void)name, (void)is_parameter, (void)value, (void)value_n, (void)base, (void)system_id;
    (void)public_id, (void)notation;
    r->entities = true;
    XML_StopParser(r->parser, XML_FALSE);
}

/* ---- the whole file ------------------------------------------------------------------------ */

/* The names of inputs, now that it is known what the devices are called. */
static bool name_input(struct reading *r, struct ed_input *input)
{
    if (r->throttle && strcmp(input->device, "T16000M") == 0)
        input->device = pl_builder_text(r->builder, "T16000MFCS", strlen("T16000MFCS"));
    if (input->device == NULL)
        return false;
    input->id = pl_builder_print(r->builder, "%s::%u::%s", input->device, (unsigned)input->index,
                                 input->key);
    if (strncmp(input->key, "Neg_", 4) == 0 || strncmp(input->key, "Pos_", 4) == 0)
        input->key = pl_builder_text(r->builder, input->key + 4, strlen(input->key + 4));
    return input->id != NULL && input->key != NULL;
}

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct ed_input *)left)->id, ((const struct ed_input *)right)->id);
}

/* The modifiers sorted, and their ids in one text. */
static bool join_modifiers(struct reading *r, struct found *found)
{
    struct ed_input *inputs = (struct ed_input *)r->modifiers.at + found->modifiers_at;
    uint32_t n = found->binding.modifiers_n;
    size_t length = 0, at = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!name_input(r, &inputs[i]))
            return false;
        length += strlen(inputs[i].id) + 1;
    }
    qsort(inputs, n, sizeof *inputs, by_id);
    char *text = pl_arena_alloc(r->builder->arena, length);
    if (text == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        size_t part = strlen(inputs[i].id);
        if (i > 0)
            text[at++] = '/';
        memcpy(text + at, inputs[i].id, part);
        at += part;
    }
    found->binding.modifiers = inputs;
    found->binding.set = pl_builder_text(r->builder, text, at);
    return found->binding.set != NULL;
}

static enum pl_err keep(struct reading *r, struct found *found)
{
    if (!name_input(r, &found->binding.input) ||
        (found->binding.modifiers_n > 0 && !join_modifiers(r, found)))
        return pl_builder_full(r->builder, r->error);
    return ed_add(r->builder, &found->binding, r->error);
}

static enum pl_err keep_all(struct reading *r)
{
    struct found *found = r->found.at;
    for (uint8_t kind = 0; kind < KINDS; kind++)
        for (uint32_t i = 0; i < r->found.n; i++) {
            if (found[i].kind != kind || !found[i].closed)
                continue;
            enum pl_err code = keep(r, &found[i]);
            if (code != PL_OK)
                return code;
        }
    return PL_OK;
}

static enum pl_err parse(struct reading *r)
{
    struct pl_card_file *file = r->file;
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetEntityDeclHandler(r->parser, on_entity);
    (void)XML_SetParamEntityParsing(r->parser, XML_PARAM_ENTITY_PARSING_NEVER);
    (void)XML_SetBillionLaughsAttackProtectionMaximumAmplification(r->parser, 2.0f);
    (void)XML_SetBillionLaughsAttackProtectionActivationThreshold(r->parser, AMPLIFICATION_FREE);
    if (XML_Parse(r->parser, (const char *)file->text, (int)file->n, 1) == XML_STATUS_OK)
        return PL_OK;
    if (r->stopped != PL_OK)
        return r->stopped;
    if (XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
        return pl_builder_full(r->builder, r->error);
    file->truncated = true;
    file->bad_line = line_now(r);
    if (r->entities)
        pl_builder_notice(r->builder, "entities", file->number, file->bad_line,
                          "the file declares entities; take its DOCTYPE out to have it read");
    return PL_OK;
}

enum pl_err ed_read(struct pl_builder *builder, struct pl_card_file *file, struct pl_error *error)
{
    struct reading *r = pl_arena_zalloc(builder->arena, 1, sizeof *r);
    if (r == NULL || ed_state(builder) == NULL)
        return pl_builder_full(builder, error);
    *r = (struct reading){.builder = builder, .file = file, .error = error};
    if (file->n > INT_MAX)
        return pl_builder_too_complex(builder, file->number, 0, error, "the file is too large");
    static const XML_Memory_Handling_Suite memory = {expat_malloc, expat_realloc, expat_free};
    expat_arena = builder->arena;
    r->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
    enum pl_err code = r->parser != NULL ? parse(r) : pl_builder_full(builder, error);
    if (r->parser != NULL)
        XML_ParserFree(r->parser);
    expat_arena = NULL;
    return code == PL_OK ? keep_all(r) : code;
}
