/* bundle.c - the uploaded files of one request in one piece: bytes, then an index, then a footer.
 *
 *     file bytes ... | entry x n (176 bytes each) | "plcards1" u32 n, u32 0
 *
 * All numbers are little-endian. The writer needs to know nothing before it has seen it; the reader
 * trusts nothing. Knows no game. No allocation but the writer's buffer.
 */
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/base/utf8.h"

enum { NAME_N = sizeof(((struct pl_bundle_entry *)0)->name), ENTRY_N = 8 + 8 + 32 + NAME_N };
enum { FOOTER_N = 16 };

static const char magic[] = "plcards1";

static void put_le(uint8_t *out, uint64_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

/* The name as it may be shown: up to the first byte that is no UTF-8, whole characters only. */
static void put_name(uint8_t out[NAME_N], const char *name)
{
    size_t n = 0, step;
    size_t length = strnlen(name, NAME_N - 1);
    while (n < length && (step = pl_utf8_step(name + n, length - n, NULL)) > 0)
        n += step;
    memset(out, 0, NAME_N);
    memcpy(out, name, n);
}

enum pl_err pl_bundle_index(const struct pl_bundle_entry *entries, unsigned n, struct pl_buf *out,
                            struct pl_error *error)
{
    if (n > PL_CARD_FILES_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "file", "At most %d files are read at once.",
                             PL_CARD_FILES_MAX);
    enum pl_err err = pl_buf_reserve(out, (size_t)n * ENTRY_N + FOOTER_N, error);
    for (unsigned i = 0; i < n && err == PL_OK; i++) {
        uint8_t entry[ENTRY_N];
        put_le(entry, entries[i].at, 8);
        put_le(entry + 8, entries[i].n, 8);
        memcpy(entry + 16, entries[i].sha256, 32);
        put_name(entry + 48, entries[i].name);
        err = pl_buf_add(out, entry, sizeof entry, error);
    }
    uint8_t footer[FOOTER_N] = {0};
    memcpy(footer, magic, 8);
    put_le(footer + 8, n, 4);
    return err == PL_OK ? pl_buf_add(out, footer, sizeof footer, error) : err;
}

static int by_hash(const struct pl_bundle_entry *a, const struct pl_bundle_entry *b)
{
    int order = memcmp(a->sha256, b->sha256, sizeof a->sha256);
    return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

/* Into its place among those before it: 64 at most. */
static void insert(struct pl_bundle_entry *entries, unsigned n, const struct pl_bundle_entry *entry)
{
    while (n > 0 && by_hash(&entries[n - 1], entry) > 0) {
        entries[n] = entries[n - 1];
        n--;
    }
    entries[n] = *entry;
}

static bool read_entry(struct pl_cur *cur, uint64_t files_end, struct pl_bundle_entry *out)
{
    *out = (struct pl_bundle_entry){.at = pl_cur_le(cur, 8), .n = pl_cur_le(cur, 8)};
    const uint8_t *hash = pl_cur_take(cur, sizeof out->sha256);
    const uint8_t *name = pl_cur_take(cur, NAME_N);
    if (hash == NULL || name == NULL || out->at > files_end || out->n > files_end - out->at)
        return false;
    memcpy(out->sha256, hash, sizeof out->sha256);
    memcpy(out->name, name, NAME_N);
    size_t length = strnlen(out->name, NAME_N), at = 0, step;
    while (at < length && (step = pl_utf8_step(out->name + at, length - at, NULL)) > 0)
        at += step;
    return length < NAME_N && at == length;
}

static enum pl_err broken(struct pl_error *error)
{
    return pl_fail(error, PL_E_FORMAT, "The uploaded files are damaged. Please upload them again.");
}

enum pl_err pl_bundle_read(const uint8_t *bytes, uint64_t n,
                           struct pl_bundle_entry entries[PL_CARD_FILES_MAX], unsigned *entries_n,
                           struct pl_error *error)
{
    *entries_n = 0;
    if (n < FOOTER_N)
        return broken(error);
    struct pl_cur cur = PL_CUR(bytes, n);
    pl_cur_seek(&cur, n - FOOTER_N);
    const uint8_t *found = pl_cur_take(&cur, 8);
    uint64_t count = pl_cur_le(&cur, 4), rest = pl_cur_le(&cur, 4);
    if (found == NULL || memcmp(found, magic, 8) != 0 || rest != 0 || count > PL_CARD_FILES_MAX ||
        n - FOOTER_N < count * ENTRY_N)
        return broken(error);
    uint64_t files_end = n - FOOTER_N - count * ENTRY_N;
    pl_cur_seek(&cur, files_end);
    for (unsigned i = 0; i < count; i++) {
        struct pl_bundle_entry entry;
        if (!read_entry(&cur, files_end, &entry))
            return broken(error);
        insert(entries, i, &entry);
    }
    *entries_n = (unsigned)count;
    return PL_OK;
}
