/* corpus_held.c - a file of the corpus: where its parts stand, and a twin of it with nothing
 * packed.
 *
 * The product's own reader says where things are: the file is what it should be here. Running out
 * of memory ends the program: this is a tool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/root/objects.h"
#include "render/hist/root/reader.h"
#include "shm/base/check.h"
#include "tests/fuzz/corpus.h"

enum { DEPTH_MAX = 16, HEAD_MORE_N = 64, KEY_PLACE = 18, KEY_WIDE = 1000, FILE_WIDE = 1000000 };

struct reading {
    struct held *held;
    struct pl_source source;
    struct pl_root_file file;
    struct pl_arena *arena;
    unsigned listed;
};

static void add_span(struct spans *spans, uint64_t at, uint64_t n, unsigned object)
{
    if (spans->n == spans->capacity) {
        spans->capacity = 2 * spans->capacity + 16;
        spans->at = realloc(spans->at, spans->capacity * sizeof *spans->at);
        CHECK(spans->at != NULL);
    }
    if (n > 0)
        spans->at[spans->n++] = (struct span){at, n, object};
}

static enum pl_err add_object(void *context, const struct pl_found *found, struct pl_error *error)
{
    struct reading *reading = context;
    const uint8_t *l = found->locator;
    uint64_t at = pl_be(l, 8), record_n = pl_be(l + 8, 4), header_n = pl_be(l + 16, 2);
    unsigned object = reading->listed++;
    (void)error;
    if (found->locator_n != PL_LOCATOR_N || strcmp(found->kind, "OTHER") == 0)
        return PL_OK;
    add_span(&reading->held->parts[PART_KEY], at, header_n, object);
    add_span(&reading->held->parts[PART_BODY], at + header_n, record_n - header_n, object);
    return PL_OK;
}

static bool is_directory(const struct pl_root_key *key)
{
    return pl_text_is(key->class_name, "TDirectory") ||
           pl_text_is(key->class_name, "TDirectoryFile");
}

/* The directory's record, its list, and those below it. */
static void add_lists(struct reading *reading, uint64_t at, unsigned depth)
{
    const struct pl_root_file *file = &reading->file;
    struct pl_root_directory directory;
    struct pl_root_key list, key;
    if (depth == DEPTH_MAX || pl_root_directory(file, at, &directory, NULL) != PL_OK ||
        directory.keys_at == 0 || pl_root_key_at(file, directory.keys_at, &list, NULL) != PL_OK)
        return;
    struct spans *spans = &reading->held->parts[PART_LIST];
    add_span(spans, at, PL_MIN((uint64_t)HEAD_MORE_N, file->end - at), 0);
    add_span(spans, list.at, list.record_n, 0);
    struct pl_cur cur = PL_CUR(reading->source.bytes, list.at + list.record_n);
    pl_cur_seek(&cur, list.at + list.header_n + 4);
    while (pl_cur_left(&cur) > 0 && pl_root_key(file, &cur, &key, NULL) == PL_OK)
        if (is_directory(&key))
            add_lists(reading, key.at + key.header_n, depth + 1);
}

static void find_parts(struct held *held)
{
    struct reading reading = {.held = held, .source = {held->bytes, held->n}};
    struct pl_root_key info;
    struct pl_error error = {.code = PL_OK};
    if (pl_root_open(&reading.source, &reading.file, NULL) != PL_OK)
        return;
    const struct pl_root_file *file = &reading.file;
    uint64_t head_n = PL_MIN(file->begin + HEAD_MORE_N, file->end);
    add_span(&held->parts[PART_HEAD], 0, head_n, 0);
    add_span(&held->parts[PART_HEAD], 0, PL_MIN(file->begin, (uint64_t)HEAD_MORE_N), 0);
    add_lists(&reading, file->directory_at, 0);
    if (file->info_at != 0 && pl_root_key_at(file, file->info_at, &info, NULL) == PL_OK)
        add_span(&held->parts[PART_INFO], info.at, info.record_n, 0);
    CHECK(pl_arena_make(&reading.arena, (size_t)256 << 20, NULL) == PL_OK);
    (void)pl_hist_inspect(&reading.source, reading.arena, add_object, &reading, &error);
    pl_arena_free(&reading.arena);
}

static void make_room(struct held *held, size_t more)
{
    if (more > held->capacity - held->n) {
        held->capacity = 2 * held->n + more + HELD_ROOM_N;
        held->bytes = realloc(held->bytes, held->capacity);
        CHECK(held->bytes != NULL);
    }
}

bool held_load(struct held *held, const char *path)
{
    FILE *file = fopen(path, "rb");
    *held = (struct held){0};
    if (file == NULL) {
        perror(path);
        return false;
    }
    for (size_t got = 1; got > 0; held->n += got) {
        make_room(held, HELD_ROOM_N);
        got = fread(held->bytes + held->n, 1, held->capacity - held->n, file);
    }
    bool good = ferror(file) == 0;
    (void)fclose(file);
    make_room(held, HELD_ROOM_N);
    if (good)
        find_parts(held);
    else
        held_free(held);
    return good;
}

void held_copy(struct held *held, const uint8_t *bytes, size_t n)
{
    *held = (struct held){0};
    make_room(held, n + HELD_ROOM_N);
    memcpy(held->bytes, bytes, n);
    held->n = n;
    find_parts(held);
}

void held_free(struct held *held)
{
    free(held->bytes);
    for (unsigned i = 0; i < PART_COUNT; i++)
        free(held->parts[i].at);
    *held = (struct held){0};
}

static void put(uint8_t *to, uint64_t value, unsigned width)
{
    while (width-- > 0) {
        to[width] = (uint8_t)value;
        value >>= 8;
    }
}

/* Place and size in a key header, which may be the copy in a list. */
static void put_key(uint8_t *key, uint64_t at, uint64_t record_n)
{
    put(key, record_n, 4);
    put(key + KEY_PLACE, at, pl_be(key + 4, 2) > KEY_WIDE ? 8 : 4);
}

/* Every copy of the key in the lists. */
static void refer(struct held *held, const struct pl_root_file *file, uint64_t from, uint64_t to,
                  uint64_t record_n)
{
    const struct spans *lists = &held->parts[PART_LIST];
    struct pl_root_key key, list;
    for (unsigned i = 0; i < lists->n; i++) {
        uint64_t end = lists->at[i].at + lists->at[i].n;
        if (pl_root_key_at(file, lists->at[i].at, &list, NULL) != PL_OK)
            continue;
        struct pl_cur cur = PL_CUR(held->bytes, end);
        pl_cur_seek(&cur, list.at + list.header_n + 4);
        for (uint64_t at = cur.at;
             pl_cur_left(&cur) > 0 && pl_root_key(file, &cur, &key, NULL) == PL_OK; at = cur.at)
            if (key.at == from)
                put_key(held->bytes + at, to, record_n);
    }
}

static void put_end(struct held *held)
{
    bool wide = pl_be(held->bytes + 4, 4) >= FILE_WIDE;
    put(held->bytes + 12, held->n, wide ? 8 : 4);
}

/* A plain copy of the record behind the end; 0 when it is plain already. */
static uint64_t append_plain(struct held *held, uint64_t at, struct pl_arena *arena,
                             uint64_t *record_n)
{
    struct pl_source source = {held->bytes, held->n};
    struct pl_root_file file;
    struct pl_root_key key;
    struct pl_payload payload;
    pl_arena_reset(arena, 0);
    if (pl_root_open(&source, &file, NULL) != PL_OK ||
        pl_root_key_at(&file, at, &key, NULL) != PL_OK ||
        key.object_n <= key.record_n - key.header_n ||
        pl_root_payload(&file, &key, key.object_n, arena, &payload, NULL) != PL_OK)
        return 0;
    uint64_t to = held->n;
    *record_n = (uint64_t)key.header_n + key.object_n;
    make_room(held, *record_n + HELD_ROOM_N);
    memcpy(held->bytes + to, held->bytes + at, key.header_n);
    memcpy(held->bytes + to + key.header_n, payload.bytes, key.object_n);
    put_key(held->bytes + to, to, *record_n);
    held->n += *record_n;
    put_end(held);
    return to;
}

static void unpack_info(struct held *held, struct pl_arena *arena)
{
    bool wide = pl_be(held->bytes + 4, 4) >= FILE_WIDE;
    struct pl_source source = {held->bytes, held->n};
    struct pl_root_file file;
    uint64_t record_n;
    CHECK(pl_root_open(&source, &file, NULL) == PL_OK);
    uint64_t to = append_plain(held, file.info_at, arena, &record_n);
    if (to != 0)
        put(held->bytes + (wide ? 45 : 37), to, wide ? 8 : 4);
}

/* The packed records stay in the file, but nothing refers to them. */
static unsigned unpack_objects(const struct held *from, struct held *held, struct pl_arena *arena)
{
    const struct spans *keys = &from->parts[PART_KEY];
    unsigned unpacked = 0;
    for (unsigned i = 0; i < keys->n; i++) {
        uint64_t record_n, to = append_plain(held, keys->at[i].at, arena, &record_n);
        struct pl_source source = {held->bytes, held->n};
        struct pl_root_file file;
        if (to == 0 || pl_root_open(&source, &file, NULL) != PL_OK)
            continue;
        refer(held, &file, keys->at[i].at, to, record_n);
        unpacked++;
    }
    return unpacked;
}

bool held_unpacked(const struct held *from, struct held *held)
{
    struct pl_arena *arena = NULL;
    *held = (struct held){0};
    if (from->parts[PART_HEAD].n == 0)
        return false;
    held_copy(held, from->bytes, from->n);
    CHECK(pl_arena_make(&arena, (size_t)256 << 20, NULL) == PL_OK);
    unpack_info(held, arena);
    unsigned unpacked = unpack_objects(from, held, arena);
    pl_arena_free(&arena);
    for (unsigned i = 0; i < PART_COUNT; i++)
        held->parts[i].n = 0;
    find_parts(held);
    if (unpacked == 0)
        held_free(held);
    return unpacked > 0;
}
