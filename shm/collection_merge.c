/* collection_merge.c - the orders of a collection's uploads, read as one: in order of paths, of
 * each path and report the newest.
 *
 * One cursor an upload, on a heap by what comes next; equal ones are passed together and the newest
 * counts. Memory: cursors and a small record for each upload, which are at most PL_UPLOADS_MAX.
 * Must not know what is done with what it finds.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/collection.h"

enum { SOURCES_AT_FIRST = 4, SOURCE_N = 8 };

/* --- the heap ------------------------------------------------------------------------------------
 */

static int compare_bytes(const MDB_val *key, const void *bytes, size_t n)
{
    size_t key_n = key->mv_size - SOURCE_N;
    int order = memcmp((const uint8_t *)key->mv_data + SOURCE_N, bytes, PL_MIN(key_n, n));
    return order != 0 ? order : (key_n > n) - (key_n < n);
}

/* Does a come before b? At the same place the newer one, which has the smaller number. */
static bool before(const struct pl_merge *merge, unsigned a, unsigned b)
{
    const MDB_val *other = &merge->sources[b].key;
    int order = compare_bytes(&merge->sources[a].key, (const uint8_t *)other->mv_data + SOURCE_N,
                              other->mv_size - SOURCE_N);
    return order != 0 ? order < 0 : a < b;
}

static void sift_down(struct pl_merge *merge, unsigned at)
{
    unsigned *heap = merge->heap, moved = heap[at];
    for (unsigned child; (child = 2 * at + 1) < merge->heap_n; at = child) {
        if (child + 1 < merge->heap_n && before(merge, heap[child + 1], heap[child]))
            child++;
        if (!before(merge, heap[child], moved))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* --- one upload ----------------------------------------------------------------------------------
 */

/* True when the source's cursor stands on something of it. */
static bool load(struct pl_merge *merge, struct pl_merge_source *source, MDB_cursor_op op)
{
    uint64_t id = htobe64(source->source_id);
    MDB_val value;
    int rc = mdb_cursor_get(source->cursor, &source->key, &value, op);
    if (rc == MDB_NOTFOUND)
        return false;
    if (rc == 0 && source->key.mv_size <= SOURCE_N)
        rc = MDB_CORRUPTED;
    if (rc == 0 && memcmp(source->key.mv_data, &id, SOURCE_N) != 0)
        return false;
    if (rc == 0 && (value.mv_size != 4 + 8 ||
                    !pl_pack_sealed(value.mv_data, value.mv_size,
                                    pl_checksum(source->key.mv_data, source->key.mv_size))))
        rc = MDB_CORRUPTED;
    if (rc != 0) {
        merge->rc = rc;
        return false;
    }
    source->ordinal = (uint32_t)pl_be(value.mv_data, 4);
    return true;
}

static bool seek(struct pl_merge *merge, struct pl_merge_source *source,
                 const struct pl_place *place)
{
    uint8_t key[SOURCE_N + sizeof place->bytes];
    uint64_t id = htobe64(source->source_id);
    if (place->end)
        return false;
    memcpy(key, &id, SOURCE_N);
    memcpy(key + SOURCE_N, place->bytes, place->n);
    source->key = pl_catalog_val(key, SOURCE_N + place->n);
    return load(merge, source, MDB_SET_RANGE);
}

/* The top of the heap has moved, or has nothing left. */
static void settle(struct pl_merge *merge, bool left)
{
    if (!left)
        merge->heap[0] = merge->heap[--merge->heap_n];
    if (merge->rc != 0)
        merge->heap_n = 0;
    if (merge->heap_n > 1)
        sift_down(merge, 0);
}

/* --- opening -------------------------------------------------------------------------------------
 */

static int grow(struct pl_merge *merge)
{
    unsigned capacity = merge->capacity > 0 ? 2 * merge->capacity : SOURCES_AT_FIRST;
    if (merge->sources_n >= PL_UPLOADS_MAX)
        return MDB_CORRUPTED;
    void *sources = reallocarray(merge->sources, capacity, sizeof *merge->sources);
    if (sources == NULL)
        return ENOMEM;
    merge->sources = sources;
    merge->capacity = capacity;
    return 0;
}

static int add_source(struct pl_merge *merge, const struct pl_upload *upload)
{
    int rc = merge->sources_n == merge->capacity ? grow(merge) : 0;
    if (rc != 0)
        return rc;
    struct pl_merge_source *source = &merge->sources[merge->sources_n];
    source->source_id = upload->source_id;
    source->stamp = upload->stamp;
    memcpy(source->sha256, upload->sha256, sizeof source->sha256);
    source->bytes = upload->bytes;
    source->put_wall_ns = upload->put_wall_ns;
    memcpy(source->renderer, upload->renderer, sizeof source->renderer);
    rc = mdb_cursor_open(merge->txn, merge->catalog->order, &source->cursor);
    merge->sources_n += rc == 0;
    return rc;
}

static int add_sources(struct pl_merge *merge, uint64_t collection_id)
{
    struct pl_upload upload;
    MDB_cursor *cursor;
    uint8_t from[PL_UPLOAD_KEY_N];
    pl_upload_key(from, collection_id, NULL);
    MDB_val key = pl_catalog_val(from, sizeof from);
    int rc = mdb_cursor_open(merge->txn, merge->catalog->upload, &cursor);
    if (rc != 0)
        return rc;
    for (bool first = true; rc == 0; first = false) {
        rc = pl_upload_next(cursor, collection_id, first, &key, &upload);
        if (rc == 0)
            rc = add_source(merge, &upload);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int start(struct pl_merge *merge, const struct pl_place *place)
{
    int rc = mdb_cursor_open(merge->txn, merge->catalog->item, &merge->items);
    if (rc != 0 || merge->sources_n == 0)
        return rc;
    merge->heap = calloc(merge->sources_n, sizeof *merge->heap);
    if (merge->heap == NULL)
        return ENOMEM;
    for (unsigned i = 0; i < merge->sources_n; i++) {
        if (seek(merge, &merge->sources[i], place))
            merge->heap[merge->heap_n++] = i;
    }
    for (unsigned i = merge->heap_n / 2; i-- > 0;)
        sift_down(merge, i);
    return merge->rc;
}

enum pl_err pl_merge_open(struct pl_merge *merge, struct pl_catalog *catalog,
                          uint64_t collection_id, const struct pl_place *place,
                          struct pl_error *error)
{
    *merge = (struct pl_merge){.catalog = catalog};
    enum pl_err code = pl_catalog_read(catalog, &merge->txn, error);
    if (code != PL_OK) {
        merge->txn = NULL;
        return code;
    }
    int rc = add_sources(merge, collection_id);
    if (rc == 0)
        rc = start(merge, place);
    return pl_catalog_fail(error, rc, "read a collection");
}

void pl_merge_end(struct pl_merge *merge)
{
    for (unsigned i = 0; i < merge->sources_n; i++)
        mdb_cursor_close(merge->sources[i].cursor);
    if (merge->items != NULL)
        mdb_cursor_close(merge->items);
    if (merge->txn != NULL)
        pl_catalog_read_end(merge->catalog);
    merge->txn = NULL;
}

void pl_merge_free(struct pl_merge *merge)
{
    free(merge->sources);
    free(merge->heap);
    merge->sources = NULL;
    merge->heap = NULL;
}

/* --- walking -------------------------------------------------------------------------------------
 */

bool pl_merge_peek(const struct pl_merge *merge, struct pl_merge_entry *out)
{
    if (merge->heap_n == 0)
        return false;
    const struct pl_merge_source *source = &merge->sources[merge->heap[0]];
    const char *suffix = (const char *)source->key.mv_data + SOURCE_N;
    size_t n = source->key.mv_size - SOURCE_N;
    const char *mark = memchr(suffix, PL_ORDER_REPORT, n);
    out->path = suffix;
    out->path_n = mark != NULL ? (size_t)(mark - suffix) : n;
    out->report = mark != NULL ? mark + 1 : NULL;
    out->report_n = mark != NULL ? n - out->path_n - 1 : 0;
    out->source = merge->heap[0];
    out->ordinal = source->ordinal;
    return true;
}

void pl_merge_pop(struct pl_merge *merge)
{
    const MDB_val passed = merge->sources[merge->heap[0]].key;
    const uint8_t *suffix = (const uint8_t *)passed.mv_data + SOURCE_N;
    do
        settle(merge, load(merge, &merge->sources[merge->heap[0]], MDB_NEXT));
    while (merge->heap_n > 0 && compare_bytes(&merge->sources[merge->heap[0]].key, suffix,
                                              passed.mv_size - SOURCE_N) == 0);
}

void pl_merge_seek(struct pl_merge *merge, const struct pl_place *place)
{
    while (merge->heap_n > 0) {
        struct pl_merge_source *top = &merge->sources[merge->heap[0]];
        if (!place->end && compare_bytes(&top->key, place->bytes, place->n) >= 0)
            return;
        settle(merge, seek(merge, top, place));
    }
}

/* --- what is found -------------------------------------------------------------------------------
 */

enum pl_err pl_merge_item(struct pl_merge *merge, const struct pl_merge_entry *entry, MDB_val *out,
                          struct pl_error *error)
{
    uint8_t where[12];
    pl_catalog_item_key(where, merge->sources[entry->source].source_id, entry->ordinal);
    MDB_val key = pl_catalog_val(where, sizeof where);
    int rc = mdb_cursor_get(merge->items, &key, out, MDB_SET);
    if (rc == MDB_NOTFOUND) /* items of an upload go after it */
        rc = MDB_CORRUPTED;
    return pl_catalog_fail(error, rc, "look up an item");
}

enum pl_err pl_merge_member(const struct pl_merge *merge, unsigned number, const MDB_val *item,
                            struct pl_member *out, struct pl_error *error)
{
    const struct pl_merge_source *source = &merge->sources[number];
    out->stamp = source->stamp;
    memcpy(out->sha256, source->sha256, sizeof out->sha256);
    out->bytes = source->bytes;
    out->put_wall_ns = source->put_wall_ns;
    out->source_id = source->source_id;
    memcpy(out->renderer, source->renderer, sizeof out->renderer);
    return pl_catalog_unpack_item(source->source_id, item, &out->item, error);
}

/* Codes of quality tests as the ROOT files have them. */
static unsigned rank_of(int32_t status)
{
    switch (status) {
    case 100:
        return PL_TEST_OK;
    case 200:
        return PL_TEST_WARNING;
    case 300:
        return PL_TEST_ERROR;
    default:
        return PL_TEST_OTHER;
    }
}

static void add_report(const struct pl_item *item, struct pl_reports *out)
{
    if (strcmp(item->report, "e") == 0)
        out->efficiency = true;
    if (strncmp(item->report, "qr/", 3) != 0)
        return;
    unsigned rank = rank_of(item->status);
    if (rank > (unsigned)out->worst)
        out->worst = rank;
    if (out->tests_n == PL_REPORTS_MAX)
        return;
    struct pl_report *test = &out->tests[out->tests_n++];
    memcpy(test->name, item->report + 3, strlen(item->report + 3) + 1);
    memcpy(test->message, item->title, strlen(item->title) + 1);
    test->status = item->status;
}

enum pl_err pl_merge_reports(struct pl_merge *merge, const char *path, size_t path_n,
                             struct pl_reports *out, struct pl_error *error)
{
    struct pl_merge_entry entry;
    out->efficiency = false;
    out->tests_n = 0;
    out->worst = PL_TEST_NONE;
    while (pl_merge_peek(merge, &entry) && entry.report != NULL && entry.path_n == path_n &&
           memcmp(entry.path, path, path_n) == 0) {
        struct pl_item item;
        MDB_val value;
        enum pl_err code = pl_merge_item(merge, &entry, &value, error);
        if (code == PL_OK)
            code = pl_catalog_unpack_item(merge->sources[entry.source].source_id, &value, &item,
                                          error);
        if (code != PL_OK)
            return code;
        add_report(&item, out);
        pl_merge_pop(merge);
    }
    return pl_catalog_fail(error, merge->rc, "read a collection");
}
