/* file.c - header, keys and directory records of a ROOT file.
 *
 * Numbers are big-endian without padding. Offsets from the file are compared with its end before
 * they are used. Knows nothing of classes. Allocates nothing; texts are borrowed from the source.
 */
#include "render/hist/root/file.h"

#include "shm/base/check.h"

enum {
    BIG_VERSION = 1000000, /* from here on file offsets are 64 bit */
    BIG_RECORD = 1000,     /* the same for keys and directories */
    KEY_LEAST_N = 26 + 3,  /* 26 bytes of numbers, three empty texts */
};

bool pl_text_is(struct pl_text text, const char *word)
{
    return text.n == strlen(word) && memcmp(text.bytes, word, text.n) == 0;
}

struct pl_text pl_root_text(struct pl_cur *cur)
{
    size_t n = pl_cur_u8(cur);
    if (n == 255)
        n = pl_cur_be32(cur);
    const uint8_t *bytes = pl_cur_take(cur, n);
    if (bytes == NULL)
        return (struct pl_text){"", 0};
    return (struct pl_text){(const char *)bytes, n};
}

static enum pl_err check_header(const struct pl_root_file *file, struct pl_error *error)
{
    const struct pl_source *source = file->source;
    if (file->end > source->n)
        return pl_fail(
            error, PL_E_FORMAT,
            "the file is incomplete: the file says it is %llu bytes long but only %llu arrived",
            (unsigned long long)file->end, (unsigned long long)source->n);
    if (file->begin < 41 || file->begin >= file->end)
        return pl_fail(error, PL_E_FORMAT,
                       "the file header is damaged: records begin at byte %llu (fBEGIN) and end at "
                       "%llu (fEND)",
                       (unsigned long long)file->begin, (unsigned long long)file->end);
    if (file->directory_at < file->begin || file->directory_at >= file->end)
        return pl_fail(error, PL_E_FORMAT,
                       "the file header is damaged: root directory at byte %llu of %llu",
                       (unsigned long long)file->directory_at, (unsigned long long)file->end);
    return PL_OK;
}

enum pl_err pl_root_open(const struct pl_source *source, struct pl_root_file *file,
                         struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(source->bytes, source->n);
    const uint8_t *magic = pl_cur_take(&cur, 4);
    if (magic == NULL || memcmp(magic, "root", 4) != 0)
        return pl_fail(error, PL_E_FORMAT,
                       "this is not a ROOT file: it does not begin with the word root");
    uint32_t version = pl_cur_be32(&cur);
    bool big = version >= BIG_VERSION;
    unsigned wide = big ? 8 : 4;
    *file =
        (struct pl_root_file){.source = source, .version = big ? version - BIG_VERSION : version};
    file->begin = pl_cur_be32(&cur);
    file->end = pl_cur_be(&cur, wide);
    (void)pl_cur_be(&cur, wide); /* free segments */
    (void)pl_cur_be64(&cur);     /* their size and number */
    file->directory_at = file->begin + pl_cur_be32(&cur);
    (void)pl_cur_take(&cur, 5); /* pointer size, default compression: each block says its own */
    file->info_at = pl_cur_be(&cur, wide);
    if (cur.bad)
        return pl_fail(error, PL_E_FORMAT,
                       "the file is incomplete: its header ends after %llu bytes",
                       (unsigned long long)source->n);
    return check_header(file, error);
}

static enum pl_err check_key(const struct pl_root_file *file, const struct pl_root_key *key,
                             uint64_t here, struct pl_error *error)
{
    if (key->record_n > INT32_MAX || key->object_n > INT32_MAX)
        return pl_fail(error, PL_E_FORMAT, "the key at byte %llu gives a negative size",
                       (unsigned long long)here);
    if (key->at < file->begin || key->at >= file->end || key->record_n > file->end - key->at)
        return pl_fail(
            error, PL_E_FORMAT,
            "the key at byte %llu points to %u bytes at %llu, outside of the file's %llu",
            (unsigned long long)here, key->record_n, (unsigned long long)key->at,
            (unsigned long long)file->end);
    if (key->header_n < KEY_LEAST_N || key->header_n > key->record_n)
        return pl_fail(error, PL_E_FORMAT,
                       "the key at byte %llu has a header of %u bytes in a record of %u",
                       (unsigned long long)here, key->header_n, key->record_n);
    return PL_OK;
}

enum pl_err pl_root_key(const struct pl_root_file *file, struct pl_cur *cur,
                        struct pl_root_key *key, struct pl_error *error)
{
    uint64_t here = cur->at;
    key->record_n = pl_cur_be32(cur);
    unsigned wide = pl_cur_be16(cur) > BIG_RECORD ? 8 : 4;
    key->object_n = pl_cur_be32(cur);
    (void)pl_cur_be32(cur); /* date */
    key->header_n = pl_cur_be16(cur);
    key->cycle = pl_cur_be16(cur);
    key->at = pl_cur_be(cur, wide);
    (void)pl_cur_be(cur, wide); /* parent directory */
    key->class_name = pl_root_text(cur);
    key->name = pl_root_text(cur);
    key->title = pl_root_text(cur);
    if (cur->bad)
        return pl_fail(error, PL_E_FORMAT, "the key at byte %llu does not end within the file",
                       (unsigned long long)here);
    return check_key(file, key, here, error);
}

enum pl_err pl_root_key_at(const struct pl_root_file *file, uint64_t at, struct pl_root_key *key,
                           struct pl_error *error)
{
    if (at < file->begin || at >= file->end)
        return pl_fail(error, PL_E_FORMAT,
                       "a record at byte %llu lies outside of the file's %llu bytes",
                       (unsigned long long)at, (unsigned long long)file->end);
    struct pl_cur cur = PL_CUR(file->source->bytes, file->end);
    cur.at = at;
    enum pl_err err = pl_root_key(file, &cur, key, error);
    if (err == PL_OK && key->at != at)
        return pl_fail(error, PL_E_FORMAT, "the record at byte %llu says that it is at byte %llu",
                       (unsigned long long)at, (unsigned long long)key->at);
    return err;
}

enum pl_err pl_root_directory(const struct pl_root_file *file, uint64_t at,
                              struct pl_root_directory *directory, struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(file->source->bytes, file->end);
    pl_cur_seek(&cur, at);
    unsigned wide = pl_cur_be16(&cur) > BIG_RECORD ? 8 : 4;
    (void)pl_cur_be64(&cur);                   /* times of creation and of the last change */
    (void)pl_cur_be64(&cur);                   /* sizes of its list of keys and of its name */
    (void)pl_cur_take(&cur, 2 * (size_t)wide); /* itself, its parent */
    directory->keys_at = pl_cur_be(&cur, wide);
    if (cur.bad)
        return pl_fail(error, PL_E_FORMAT,
                       "the directory record at byte %llu does not end within the file",
                       (unsigned long long)at);
    return PL_OK;
}

enum pl_err pl_root_payload(const struct pl_root_file *file, const struct pl_root_key *key,
                            size_t least_n, struct pl_arena *arena, struct pl_payload *payload,
                            struct pl_error *error)
{
    struct pl_cur cur = PL_CUR(file->source->bytes, file->end);
    pl_cur_seek(&cur, key->at + key->header_n);
    size_t n = key->record_n - key->header_n;
    const uint8_t *packed = pl_cur_take(&cur, n);
    if (packed == NULL) /* keys are checked when they are read */
        return pl_fail(error, PL_E_FORMAT, "the record at byte %llu does not end within the file",
                       (unsigned long long)key->at);
    return pl_payload_inflate(packed, n, key->object_n, least_n, arena, payload, error);
}
