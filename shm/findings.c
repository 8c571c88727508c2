/* findings.c - the file in which a worker tells the keeper what is inside an upload.
 *
 *     "PLFOUND1"  { length u32 > 0, packed item }*  0 u32, items u32, troubled u32, XXH3-64 of
 * those 12
 *
 * The worker parsed hostile bytes, so the reading half believes nothing: lengths, checksums,
 * ordinals and counts are tested, texts are made safe, a file without its end is refused. Both
 * halves run in constant memory whatever the number of items. Must not know the catalogue
 * (duplicate paths are found there).
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/store_priv.h"

enum { FINDINGS_MAGIC = 0x464e4447, HEAD_N = 8, LENGTH_N = 4, END_N = 20 };
static const char head[HEAD_N + 1] = "PLFOUND1";

struct pl_findings {
    unsigned magic;
    int fd;
    uint32_t items_max, items, troubled;
    struct pl_error failed; /* of writing; everything after it fails the same way */
    size_t n;
    uint8_t bytes[65536];
};

/* --- writing -----------------------------------------------------------------------------------
 */

static enum pl_err flush(struct pl_findings *findings, struct pl_error *error)
{
    for (size_t at = 0; at < findings->n && findings->failed.code == PL_OK;) {
        ssize_t written = write(findings->fd, findings->bytes + at, findings->n - at);
        if (written >= 0)
            at += (size_t)written;
        else if (errno != EINTR)
            (void)pl_fail_errno(&findings->failed, "cannot write what was found inside");
    }
    findings->n = 0;
    if (findings->failed.code == PL_OK)
        return PL_OK;
    return pl_fail(error, findings->failed.code, "%s", findings->failed.msg);
}

static enum pl_err append(struct pl_findings *findings, const void *bytes, size_t n,
                          struct pl_error *error)
{
    enum pl_err code = PL_OK;
    if (n > sizeof findings->bytes - findings->n)
        code = flush(findings, error);
    memcpy(findings->bytes + findings->n, bytes, n);
    findings->n += n;
    return code;
}

enum pl_err pl_findings_make(struct pl_store *store, uint64_t id, uint32_t items_max,
                             struct pl_findings **out, struct pl_error *error)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    struct pl_findings *findings = calloc(1, sizeof *findings);
    if (findings == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory to write what is found inside");
    findings->magic = FINDINGS_MAGIC;
    findings->items_max = items_max;
    char name[PL_SPOOL_NAME_N];
    pl_spool_name(name, id, PL_SPOOL_FOUND);
    pl_findings_drop(store, id); /* of a worker that died while it wrote */
    findings->fd =
        openat(store->blobs.spool_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (findings->fd < 0) {
        free(findings);
        return pl_fail_errno(error, "cannot make a findings file");
    }
    *out = findings;
    return append(findings, head, HEAD_N, error);
}

static bool terminated(const struct pl_item *item)
{
    return memchr(item->path, '\0', sizeof item->path) &&
           memchr(item->kind, '\0', sizeof item->kind) &&
           memchr(item->title, '\0', sizeof item->title) &&
           memchr(item->trouble, '\0', sizeof item->trouble) &&
           memchr(item->shown, '\0', sizeof item->shown) &&
           memchr(item->report, '\0', sizeof item->report) &&
           item->locator_n <= sizeof item->locator;
}

/* What cannot stand in a collection's order is kept, and says why it is not seen there. */
static void not_shown(struct pl_item *item)
{
    item->shown[0] = item->report[0] = '\0';
    if (item->trouble[0] == '\0')
        (void)snprintf(item->trouble, sizeof item->trouble,
                       "its place in the collection is not UTF-8 or has control characters");
}

enum pl_err pl_findings_add(struct pl_findings *findings, const struct pl_item *item,
                            struct pl_error *error)
{
    CHECK_MAGIC(findings, FINDINGS_MAGIC);
    CHECK(terminated(item));
    if (item->path[0] == '\0')
        return pl_fail(error, PL_E_FORMAT, "a thing inside has an empty path");
    if (findings->items >= findings->items_max)
        return pl_fail_param(error, PL_E_LIMIT, "limits.items",
                             "there are more things inside than limits.items allows (%u)",
                             findings->items_max);
    struct pl_item filed = *item;
    struct pl_pack pack, length = {.n = 0};
    if (!pl_item_place_valid(&filed))
        not_shown(&filed);
    filed.ordinal = findings->items++;
    findings->troubled += filed.trouble[0] != '\0';
    pl_pack_item(&pack, &filed, filed.ordinal);
    pl_pack_be(&length, pack.n, LENGTH_N);
    enum pl_err code = append(findings, length.bytes, length.n, error);
    if (code == PL_OK)
        code = append(findings, pack.bytes, pack.n, error);
    return code;
}

enum pl_err pl_findings_end(struct pl_findings **pointer, uint32_t *items, uint32_t *troubled,
                            struct pl_error *error)
{
    struct pl_findings *findings = *pointer;
    CHECK_MAGIC(findings, FINDINGS_MAGIC);
    struct pl_pack end = {.n = 0};
    pl_pack_be(&end, 0, LENGTH_N);
    pl_pack_be(&end, findings->items, 4);
    pl_pack_be(&end, findings->troubled, 4);
    pl_pack_seal(&end, 0);
    enum pl_err code = append(findings, end.bytes, end.n, error);
    if (code == PL_OK)
        code = flush(findings, error);
    *items = findings->items;
    *troubled = findings->troubled;
    (void)close(findings->fd);
    findings->magic = 0;
    free(findings);
    *pointer = NULL;
    return code;
}

void pl_findings_drop(struct pl_store *store, uint64_t id)
{
    CHECK_MAGIC(store, PL_STORE_MAGIC);
    char name[PL_SPOOL_NAME_N];
    pl_spool_name(name, id, PL_SPOOL_FOUND);
    (void)unlinkat(store->blobs.spool_fd, name, 0);
}

/* --- reading -----------------------------------------------------------------------------------
 */

static enum pl_err refuse(struct pl_error *error, const char *why)
{
    return pl_fail(error, PL_E_FORMAT, "what was found inside is not usable: %s", why);
}

/* At least n bytes at reader->bytes + reader->at, unless the file ends before. */
static enum pl_err fill(struct pl_findings_reader *reader, size_t n, struct pl_error *error)
{
    CHECK(n <= sizeof reader->bytes);
    if (reader->n - reader->at >= n)
        return PL_OK;
    memmove(reader->bytes, reader->bytes + reader->at, reader->n - reader->at);
    reader->n -= reader->at;
    reader->at = 0;
    while (reader->n < n) {
        ssize_t got = read(reader->fd, reader->bytes + reader->n, sizeof reader->bytes - reader->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pl_fail_errno(error, "cannot read what was found inside");
        if (got == 0)
            return refuse(error, "the file ends early");
        reader->n += (size_t)got;
    }
    return PL_OK;
}

enum pl_err pl_findings_begin(struct pl_findings_reader *reader, int fd, struct pl_error *error)
{
    reader->fd = fd;
    reader->items = reader->troubled = 0;
    reader->done = false;
    reader->at = reader->n = 0;
    enum pl_err code = fill(reader, HEAD_N, error);
    if (code != PL_OK)
        return code;
    if (memcmp(reader->bytes, head, HEAD_N) != 0)
        return refuse(error, "it does not begin as a findings file");
    reader->at = HEAD_N;
    return PL_OK;
}

static enum pl_err read_end(struct pl_findings_reader *reader, struct pl_error *error)
{
    enum pl_err code = fill(reader, END_N, error);
    if (code != PL_OK)
        return code;
    const uint8_t *end = reader->bytes + reader->at;
    if (!pl_pack_sealed(end, END_N, 0))
        return refuse(error, "its end fails the checksum");
    if (pl_be(end + 4, 4) != reader->items || pl_be(end + 8, 4) != reader->troubled)
        return refuse(error, "it holds another number of items than it says");
    reader->at += END_N;
    if (reader->at != reader->n || read(reader->fd, reader->bytes, 1) != 0)
        return refuse(error, "there are bytes behind its end");
    reader->done = true;
    return PL_OK;
}

/* The worker's words are shown to people and put into JSON, which has neither NaN nor bad UTF-8.
 * The path stays as found: it is compared, byte by byte, with what a client asks for. */
static void make_safe(struct pl_item *item)
{
    pl_text_safe(item->kind, sizeof item->kind);
    pl_text_safe(item->title, sizeof item->title);
    pl_text_safe(item->trouble, sizeof item->trouble);
    if (!isfinite(item->entries))
        item->entries = 0;
    for (unsigned i = 0; i < PL_ITEM_STATS_N; i++)
        item->has_stats = item->has_stats && isfinite(item->stats[i]);
    for (unsigned i = 0; i < PL_ITEM_STATS_N && !item->has_stats; i++)
        item->stats[i] = 0.0;
}

enum pl_err pl_findings_next(struct pl_findings_reader *reader, struct pl_item *out, bool *done,
                             struct pl_error *error)
{
    enum pl_err code = reader->done ? PL_OK : fill(reader, LENGTH_N, error);
    if (code != PL_OK)
        return code;
    *done = reader->done;
    if (*done)
        return PL_OK;
    size_t n = pl_be(reader->bytes + reader->at, LENGTH_N);
    if (n == 0) {
        code = read_end(reader, error);
        *done = reader->done;
        return code;
    }
    if (n > PL_PACK_N)
        return refuse(error, "an item is too long");
    code = fill(reader, LENGTH_N + n, error);
    if (code != PL_OK)
        return code;
    code = pl_unpack_item(reader->bytes + reader->at + LENGTH_N, n, reader->items, out, error);
    if (code == PL_OK && out->ordinal != reader->items)
        code = refuse(error, "its items are out of order");
    if (code == PL_OK && !pl_item_place_valid(out))
        code = refuse(error, "an item cannot stand where it is to be shown");
    if (code != PL_OK)
        return code;
    reader->at += LENGTH_N + n;
    reader->items++;
    reader->troubled += out->trouble[0] != '\0';
    make_safe(out);
    return PL_OK;
}
