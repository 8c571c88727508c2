/* root_writer.c - the outer form of a ROOT file: bytes, compression blocks, keys, directories,
 * header.
 *
 * Records are appended to one buffer; places that are known only later (lists of keys, end,
 * streamer information) are patched by gen_root_finish. Knows nothing of what the payloads mean.
 */
#include "tests/gen/root_writer.h"

#include <libdeflate.h>
#include <lz4.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

enum {
    BEGIN = 100,
    VERSION = 62406,
    BLOCK_MAX = (1 << 24) - 1,
    DATE = 0x75a1b2c3, /* any, but always the same */
    DIRECTORIES_MAX = 4096,
    UUID_N = 16,
};

struct key {
    uint64_t at;
    uint32_t record_n, object_n;
    uint16_t header_n, cycle;
    char *class_name, *name, *title;
    unsigned directory;
};

struct directory {
    unsigned parent;
    char *name;
    uint64_t key_at;    /* of its own record */
    uint64_t record_at; /* of the directory record in it, patched at the end */
    uint16_t name_n;    /* from the key to the directory record */
};

struct gen_root {
    struct gen_root_options options;
    struct gen_bytes out;
    struct key *keys;
    size_t keys_n, keys_capacity;
    struct directory directories[DIRECTORIES_MAX];
    unsigned directories_n;
};

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

void gen_add(struct gen_bytes *out, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    if (out->n + n > out->capacity) {
        out->capacity = (out->n + n) * 2 + 256;
        out->bytes = must(realloc(out->bytes, out->capacity));
    }
    memcpy(out->bytes + out->n, bytes, n);
    out->n += n;
}

static void store_be(uint8_t *p, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value >>= 8)
        p[i] = (uint8_t)value;
}

void gen_be(struct gen_bytes *out, uint64_t value, unsigned width)
{
    uint8_t p[8];
    store_be(p, value, width);
    gen_add(out, p, width);
}

void gen_f64(struct gen_bytes *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    gen_be(out, bits, 8);
}

void gen_f32(struct gen_bytes *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    gen_be(out, bits, 4);
}

void gen_text(struct gen_bytes *out, const char *text)
{
    size_t n = strlen(text);
    gen_be(out, n < 255 ? n : 255, 1);
    if (n >= 255)
        gen_be(out, n, 4);
    gen_add(out, text, n);
}

size_t gen_frame(struct gen_bytes *out, uint16_t version)
{
    size_t frame = out->n;
    gen_be(out, 0, 4);
    gen_be(out, version, 2);
    return frame;
}

void gen_frame_end(struct gen_bytes *out, size_t frame)
{
    store_be(out->bytes + frame, (out->n - frame - 4) | 0x40000000, 4);
}

void gen_tobject(struct gen_bytes *out, uint32_t unique_id, uint32_t bits)
{
    gen_be(out, 1, 2);
    gen_be(out, unique_id, 4);
    gen_be(out, bits, 4);
}

void gen_tnamed(struct gen_bytes *out, const char *name, const char *title, uint32_t bits)
{
    size_t frame = gen_frame(out, 1);
    gen_tobject(out, 0, bits);
    gen_text(out, name);
    gen_text(out, title);
    gen_frame_end(out, frame);
}

size_t gen_object(struct gen_bytes *out, struct gen_tags *tags, const char *class_name)
{
    size_t object = out->n;
    gen_be(out, 0, 4);
    for (unsigned i = 0; i < tags->n; i++)
        if (strcmp(tags->tag[i].class_name, class_name) == 0) {
            gen_be(out, tags->tag[i].tag | 0x80000000, 4);
            return object;
        }
    if (tags->n < GEN_TAGS_MAX) {
        tags->tag[tags->n].class_name = class_name;
        tags->tag[tags->n++].tag = (uint32_t)out->n + 2 + tags->key_n;
    }
    gen_be(out, 0xffffffff, 4);
    gen_add(out, class_name, strlen(class_name) + 1);
    return object;
}

void gen_object_end(struct gen_bytes *out, size_t object)
{
    gen_frame_end(out, object);
}

static size_t pack_deflate(uint8_t *to, size_t room, const uint8_t *plain, size_t n, bool zlib)
{
    struct libdeflate_compressor *compressor = must(libdeflate_alloc_compressor(6));
    size_t made = zlib ? libdeflate_zlib_compress(compressor, plain, n, to, room)
                       : libdeflate_deflate_compress(compressor, plain, n, to, room);
    libdeflate_free_compressor(compressor);
    return made;
}

/* As a stream, like ROOT: the sizes then do not stand in the block header, and some readers rely on
 * it. */
static size_t pack_xz(uint8_t *to, size_t room, const uint8_t *plain, size_t n)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_easy_encoder(&stream, 1, LZMA_CHECK_CRC32) != LZMA_OK)
        return 0;
    stream.next_in = plain;
    stream.avail_in = n;
    stream.next_out = to;
    stream.avail_out = room;
    bool done = lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END;
    size_t made = room - stream.avail_out;
    lzma_end(&stream);
    return done ? made : 0;
}

/* 0 when it does not fit. */
static size_t pack_block(enum gen_packing packing, uint8_t *to, size_t room, const uint8_t *plain,
                         size_t n)
{
    size_t made = 0;
    int made_lz4;
    switch (packing) {
    case GEN_PLAIN:
        return 0;
    case GEN_ZLIB:
    case GEN_DEFLATE:
        return pack_deflate(to, room, plain, n, packing == GEN_ZLIB);
    case GEN_XZ:
        return pack_xz(to, room, plain, n);
    case GEN_LZ4:
        if (room <= 8)
            return 0;
        made_lz4 =
            LZ4_compress_default((const char *)plain, (char *)to + 8, (int)n, (int)(room - 8));
        store_be(to, XXH64(to + 8, (size_t)made_lz4, 0), 8);
        return made_lz4 > 0 ? (size_t)made_lz4 + 8 : 0;
    case GEN_ZSTD:
        made = ZSTD_compress(to, room, plain, n, 5);
        return ZSTD_isError(made) ? 0 : made;
    }
    return 0;
}

bool gen_pack(struct gen_bytes *out, enum gen_packing packing, size_t block_n, const uint8_t *plain,
              size_t n)
{
    static const char tags[][4] = {"", "ZL\x08", "CS\x08", "XZ", "L4\x01", "ZS\x01"};
    size_t start = out->n, limit = n + n / 8 + 1024;
    uint8_t *room = must(malloc(limit));
    if (block_n == 0 || block_n > BLOCK_MAX)
        block_n = BLOCK_MAX;
    for (size_t at = 0; at < n;) {
        size_t part = n - at < block_n ? n - at : block_n;
        size_t made = pack_block(packing, room, limit, plain + at, part);
        if (made == 0 || made > BLOCK_MAX || out->n - start + made + 9 >= n) {
            out->n = start;
            free(room);
            return false;
        }
        uint8_t sizes[6] = {(uint8_t)made, (uint8_t)(made >> 8), (uint8_t)(made >> 16),
                            (uint8_t)part, (uint8_t)(part >> 8), (uint8_t)(part >> 16)};
        gen_add(out, tags[packing], 3);
        gen_add(out, sizes, sizeof sizes);
        gen_add(out, room, made);
        at += part;
    }
    free(room);
    return n > 0;
}

static unsigned wide(const struct gen_root *root)
{
    return root->options.big ? 8 : 4;
}

static size_t text_n(const char *text)
{
    size_t n = strlen(text);
    return n < 255 ? n + 1 : n + 5;
}

uint16_t gen_root_key_n(const struct gen_root *root, const char *class_name, const char *name,
                        const char *title)
{
    return (uint16_t)(18 + 2 * wide(root) + text_n(class_name) + text_n(name) + text_n(title));
}

static void write_key(const struct gen_root *root, struct gen_bytes *out, const struct key *key)
{
    gen_be(out, key->record_n, 4);
    gen_be(out, root->options.big ? 1004 : 4, 2);
    gen_be(out, key->object_n, 4);
    gen_be(out, DATE, 4);
    gen_be(out, key->header_n, 2);
    gen_be(out, key->cycle, 2);
    gen_be(out, key->at, wide(root));
    gen_be(out,
           key == NULL || root->directories_n == 0 ? 0 : root->directories[key->directory].key_at,
           wide(root));
    gen_text(out, key->class_name);
    gen_text(out, key->name);
    gen_text(out, key->title);
}

static char *copy(const char *text)
{
    return must(strdup(text));
}

static void free_key(struct key *key)
{
    free(key->class_name);
    free(key->name);
    free(key->title);
}

/* A record at the end of the file: key header and payload as it is. */
static struct key write_record(struct gen_root *root, unsigned directory, const char *class_name,
                               const char *name, const char *title, uint16_t cycle,
                               const struct gen_bytes *payload, size_t object_n)
{
    struct key key = {.at = root->out.n,
                      .object_n = (uint32_t)object_n,
                      .header_n = gen_root_key_n(root, class_name, name, title),
                      .cycle = cycle,
                      .class_name = copy(class_name),
                      .name = copy(name),
                      .title = copy(title),
                      .directory = directory};
    key.record_n = (uint32_t)(key.header_n + payload->n);
    write_key(root, &root->out, &key);
    gen_add(&root->out, payload->bytes, payload->n);
    return key;
}

static void remember(struct gen_root *root, struct key key)
{
    if (root->keys_n == root->keys_capacity) {
        root->keys_capacity = root->keys_capacity * 2 + 64;
        root->keys = must(realloc(root->keys, root->keys_capacity * sizeof *root->keys));
    }
    root->keys[root->keys_n++] = key;
}

static void directory_record(const struct gen_root *root, struct gen_bytes *out,
                             const struct directory *directory, uint64_t keys_at, uint32_t keys_n)
{
    gen_be(out, root->options.big ? 1005 : 5, 2);
    gen_be(out, DATE, 4);
    gen_be(out, DATE, 4);
    gen_be(out, keys_n, 4);
    gen_be(out, directory->name_n, 4);
    gen_be(out, directory->key_at, wide(root));
    gen_be(out, directory == root->directories ? 0 : root->directories[directory->parent].key_at,
           wide(root));
    gen_be(out, keys_at, wide(root));
    gen_be(out, 1, 2); /* version of the UUID */
    for (unsigned i = 0; i < UUID_N; i++)
        gen_be(out, i, 1);
}

static const char *file_name(const struct gen_root *root)
{
    return root->options.name != NULL ? root->options.name : "generated.root";
}

struct gen_root *gen_root_start(const struct gen_root_options *options)
{
    static const uint8_t zeros[BEGIN];
    struct gen_root *root = must(calloc(1, sizeof *root));
    if (options != NULL)
        root->options = *options;
    gen_add(&root->out, zeros, BEGIN);
    struct gen_bytes payload = {NULL, 0, 0};
    gen_text(&payload, file_name(root));
    gen_text(&payload, "");
    struct directory *top = &root->directories[0];
    top->key_at = BEGIN;
    top->name = copy(file_name(root));
    top->name_n = (uint16_t)(gen_root_key_n(root, "TFile", file_name(root), "") + payload.n);
    top->record_at = (uint64_t)BEGIN + top->name_n;
    directory_record(root, &payload, top, 0, 0);
    struct key key = write_record(root, 0, "TFile", file_name(root), "", 1, &payload, payload.n);
    free_key(&key);
    free(payload.bytes);
    root->directories_n = 1;
    return root;
}

unsigned gen_root_directory(struct gen_root *root, unsigned parent, const char *name)
{
    if (root->directories_n == DIRECTORIES_MAX)
        abort();
    struct directory *directory = &root->directories[root->directories_n];
    *directory = (struct directory){.parent = parent, .name = copy(name), .key_at = root->out.n};
    directory->name_n = gen_root_key_n(root, "TDirectoryFile", name, name);
    directory->record_at = directory->key_at + directory->name_n;
    struct gen_bytes payload = {NULL, 0, 0};
    directory_record(root, &payload, directory, 0, 0);
    remember(root,
             write_record(root, parent, "TDirectoryFile", name, name, 1, &payload, payload.n));
    free(payload.bytes);
    return root->directories_n++;
}

void gen_root_object(struct gen_root *root, unsigned directory, const char *class_name,
                     const char *name, const char *title, uint16_t cycle, const uint8_t *payload,
                     size_t n)
{
    struct gen_bytes packed = {NULL, 0, 0};
    if (!gen_pack(&packed, root->options.packing, root->options.block_n, payload, n))
        gen_add(&packed, payload, n);
    remember(root, write_record(root, directory, class_name, name, title, cycle, &packed, n));
    free(packed.bytes);
}

static void write_lists(struct gen_root *root)
{
    for (unsigned d = 0; d < root->directories_n; d++) {
        struct directory *directory = &root->directories[d];
        struct gen_bytes list = {NULL, 0, 0}, record = {NULL, 0, 0};
        uint32_t n = 0;
        for (size_t i = 0; i < root->keys_n; i++)
            n += root->keys[i].directory == d;
        gen_be(&list, n, 4);
        for (size_t i = 0; i < root->keys_n; i++)
            if (root->keys[i].directory == d)
                write_key(root, &list, &root->keys[i]);
        uint64_t at = root->out.n;
        const char *title = d == 0 ? "" : directory->name;
        struct key key = write_record(root, d, d == 0 ? "TFile" : "TDirectoryFile", directory->name,
                                      title, 1, &list, list.n);
        directory_record(root, &record, directory, at, key.record_n);
        memcpy(root->out.bytes + directory->record_at, record.bytes, record.n);
        free_key(&key);
        free(list.bytes);
        free(record.bytes);
    }
}

static struct key write_info(struct gen_root *root)
{
    struct gen_bytes payload = {NULL, 0, 0}, packed = {NULL, 0, 0};
    static const char title[] = "Doubly linked list";
    gen_root_info(&payload, gen_root_key_n(root, "TList", "StreamerInfo", title));
    if (!gen_pack(&packed, root->options.packing, root->options.block_n, payload.bytes, payload.n))
        gen_add(&packed, payload.bytes, payload.n);
    struct key key = write_record(root, 0, "TList", "StreamerInfo", title, 1, &packed, payload.n);
    free(payload.bytes);
    free(packed.bytes);
    return key;
}

/* The free-segments record: one segment, from the end of the file to 2 GB. */
static struct key write_free(struct gen_root *root)
{
    struct gen_bytes payload = {NULL, 0, 0};
    uint64_t end =
        root->out.n + gen_root_key_n(root, "TFile", file_name(root), "") + 2 + 2 * wide(root);
    gen_be(&payload, root->options.big ? 1001 : 1, 2);
    gen_be(&payload, end, wide(root));
    gen_be(&payload, root->options.big ? UINT64_C(1) << 40 : 2000000000, wide(root));
    struct key key = write_record(root, 0, "TFile", file_name(root), "", 1, &payload, payload.n);
    free(payload.bytes);
    return key;
}

static void write_header(struct gen_root *root, const struct key *info, const struct key *unused)
{
    static const int codes[] = {0, 101, 101, 207, 404, 505};
    struct gen_bytes header = {NULL, 0, 0};
    gen_add(&header, "root", 4);
    gen_be(&header, VERSION + (root->options.big ? 1000000 : 0), 4);
    gen_be(&header, BEGIN, 4);
    gen_be(&header, root->out.n, wide(root));
    gen_be(&header, unused->at, wide(root));
    gen_be(&header, unused->record_n, 4);
    gen_be(&header, 1, 4);
    gen_be(&header, root->directories[0].name_n, 4);
    gen_be(&header, wide(root), 1);
    gen_be(&header, (uint64_t)codes[root->options.packing], 4);
    gen_be(&header, info->at, wide(root));
    gen_be(&header, info->record_n, 4);
    gen_be(&header, 1, 2);
    memcpy(root->out.bytes, header.bytes, header.n);
    free(header.bytes);
}

void gen_root_finish(struct gen_root *root, struct gen_bytes *out)
{
    struct key info = {.at = 0};
    write_lists(root);
    if (!root->options.no_info)
        info = write_info(root);
    struct key unused = write_free(root);
    write_header(root, &info, &unused);
    *out = root->out;
    free_key(&info);
    free_key(&unused);
    for (size_t i = 0; i < root->keys_n; i++)
        free_key(&root->keys[i]);
    for (unsigned i = 0; i < root->directories_n; i++)
        free(root->directories[i].name);
    free(root->keys);
    free(root);
}
