/* pack.c - records and items to bytes and back.
 *
 * Writing trusts its caller (CHECK); reading trusts nobody: what comes back may be a worker's
 * findings or a damaged disk. Knows neither LMDB nor files; works on the stack.
 */
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/base/utf8.h"
#include "shm/store_priv.h"

enum { SEAL_N = 8, FILED_DELETED = 1, FILED_CREATED = 2, ITEM_STATS = 1 };

void pl_pack_bytes(struct pl_pack *pack, const void *bytes, size_t n)
{
    CHECK(n <= sizeof pack->bytes - pack->n);
    memcpy(pack->bytes + pack->n, bytes, n);
    pack->n += n;
}

void pl_pack_be(struct pl_pack *pack, uint64_t value, unsigned n)
{
    CHECK(n <= sizeof pack->bytes - pack->n);
    for (unsigned i = n; i-- > 0;)
        pack->bytes[pack->n++] = (uint8_t)(value >> (8 * i));
}

void pl_pack_text(struct pl_pack *pack, const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    CHECK(end != NULL);
    pl_pack_be(pack, (uint64_t)(end - text), 2);
    pl_pack_bytes(pack, text, (size_t)(end - text));
}

void pl_pack_seal(struct pl_pack *pack, uint64_t seed)
{
    pl_pack_be(pack, pl_checksum_seed(pack->bytes, pack->n, seed), SEAL_N);
}

bool pl_pack_sealed(const void *bytes, size_t n, uint64_t seed)
{
    if (n < SEAL_N)
        return false;
    const uint8_t *p = bytes;
    return pl_be(p + n - SEAL_N, SEAL_N) == pl_checksum_seed(p, n - SEAL_N, seed);
}

/* A text of at most size - 1 bytes without NUL; otherwise the cursor turns bad. */
void pl_unpack_text(struct pl_cur *cur, char *out, size_t size)
{
    size_t n = pl_cur_be16(cur);
    if (n >= size)
        cur->bad = true;
    const uint8_t *p = pl_cur_take(cur, n);
    if (p == NULL || memchr(p, '\0', n) != NULL) {
        cur->bad = true;
        n = 0;
    } else {
        memcpy(out, p, n);
    }
    out[n] = '\0';
}

void pl_unpack_bytes(struct pl_cur *cur, void *out, size_t n)
{
    const uint8_t *p = pl_cur_take(cur, n);
    if (p != NULL)
        memcpy(out, p, n);
}

void pl_pack_filed(struct pl_pack *pack, const struct pl_filed *filed)
{
    const struct pl_record *record = &filed->record;
    pack->n = 0;
    pl_pack_bytes(pack, record->stamp.bytes, PL_STAMP_N);
    pl_pack_bytes(pack, record->sha256, PL_SHA256_N);
    pl_pack_be(pack, record->bytes, 8);
    pl_pack_be(pack, record->put_wall_ns, 8);
    pl_pack_be(pack, record->source_id, 8);
    pl_pack_be(pack, record->items, 4);
    pl_pack_be(pack, record->troubled, 4);
    pl_pack_be(pack, filed->spool_id, 8);
    pl_pack_be(pack, (record->deleted ? FILED_DELETED : 0) | (filed->created ? FILED_CREATED : 0),
               1);
    pl_pack_text(pack, record->renderer, sizeof record->renderer);
    pl_pack_text(pack, record->media, sizeof record->media);
    pl_pack_text(pack, filed->collection, sizeof filed->collection);
    pl_pack_seal(pack, pl_checksum(record->name, strlen(record->name)));
}

enum pl_err pl_unpack_filed(const void *bytes, size_t n, const char *name, struct pl_filed *out,
                            struct pl_error *error)
{
    size_t name_n = strlen(name);
    struct pl_record *record = &out->record;
    if (name_n > PL_NAME_MAX || !pl_pack_sealed(bytes, n, pl_checksum(name, name_n)))
        return pl_fail(error, PL_E_IO, "the catalogue's record of an object is damaged");
    struct pl_cur cur = PL_CUR(bytes, n - SEAL_N);
    memcpy(record->name, name, name_n + 1);
    pl_unpack_bytes(&cur, record->stamp.bytes, PL_STAMP_N);
    pl_unpack_bytes(&cur, record->sha256, PL_SHA256_N);
    record->bytes = pl_cur_be64(&cur);
    record->put_wall_ns = pl_cur_be64(&cur);
    record->source_id = pl_cur_be64(&cur);
    record->items = pl_cur_be32(&cur);
    record->troubled = pl_cur_be32(&cur);
    out->spool_id = pl_cur_be64(&cur);
    unsigned flags = pl_cur_u8(&cur);
    record->deleted = (flags & FILED_DELETED) != 0;
    out->created = (flags & FILED_CREATED) != 0;
    pl_unpack_text(&cur, record->renderer, sizeof record->renderer);
    pl_unpack_text(&cur, record->media, sizeof record->media);
    pl_unpack_text(&cur, out->collection, sizeof out->collection);
    if (cur.bad || pl_cur_left(&cur) != 0)
        return pl_fail(error, PL_E_IO, "the catalogue's record of an object has the wrong length");
    return PL_OK;
}

static void pack_f64(struct pl_pack *pack, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    pl_pack_be(pack, bits, 8);
}

void pl_pack_item(struct pl_pack *pack, const struct pl_item *item, uint64_t seed)
{
    CHECK(item->locator_n <= sizeof item->locator);
    pack->n = 0;
    pl_pack_be(pack, item->ordinal, 4);
    pack_f64(pack, item->entries);
    pl_pack_text(pack, item->path, sizeof item->path);
    pl_pack_text(pack, item->kind, sizeof item->kind);
    pl_pack_text(pack, item->title, sizeof item->title);
    pl_pack_text(pack, item->trouble, sizeof item->trouble);
    pl_pack_be(pack, item->locator_n, 1);
    pl_pack_bytes(pack, item->locator, item->locator_n);
    pl_pack_be(pack, (uint32_t)item->status, 4);
    pl_pack_text(pack, item->shown, sizeof item->shown);
    pl_pack_text(pack, item->report, sizeof item->report);
    pl_pack_be(pack, item->has_stats ? ITEM_STATS : 0, 1);
    for (unsigned i = 0; i < PL_ITEM_STATS_N && item->has_stats; i++)
        pack_f64(pack, item->stats[i]);
    pl_pack_seal(pack, seed);
}

enum pl_err pl_unpack_item(const void *bytes, size_t n, uint64_t seed, struct pl_item *out,
                           struct pl_error *error)
{
    if (!pl_pack_sealed(bytes, n, seed))
        return pl_fail(error, PL_E_FORMAT, "an item's record fails its checksum");
    struct pl_cur cur = PL_CUR(bytes, n - SEAL_N);
    out->ordinal = pl_cur_be32(&cur);
    out->entries = pl_cur_f64(&cur);
    pl_unpack_text(&cur, out->path, sizeof out->path);
    pl_unpack_text(&cur, out->kind, sizeof out->kind);
    pl_unpack_text(&cur, out->title, sizeof out->title);
    pl_unpack_text(&cur, out->trouble, sizeof out->trouble);
    out->locator_n = pl_cur_u8(&cur);
    if (out->locator_n > sizeof out->locator)
        cur.bad = true;
    else
        pl_unpack_bytes(&cur, out->locator, out->locator_n);
    out->status = (int32_t)pl_cur_be32(&cur);
    pl_unpack_text(&cur, out->shown, sizeof out->shown);
    pl_unpack_text(&cur, out->report, sizeof out->report);
    unsigned flags = pl_cur_u8(&cur);
    out->has_stats = flags == ITEM_STATS;
    cur.bad = cur.bad || flags > ITEM_STATS;
    for (unsigned i = 0; i < PL_ITEM_STATS_N; i++)
        out->stats[i] = out->has_stats ? pl_cur_f64(&cur) : 0.0;
    if (cur.bad || pl_cur_left(&cur) != 0)
        return pl_fail(error, PL_E_FORMAT, "an item's record has the wrong length");
    if (out->path[0] == '\0')
        return pl_fail(error, PL_E_FORMAT, "an item has no path");
    return PL_OK;
}

void pl_text_safe(char *text, size_t size)
{
    unsigned char *p = (unsigned char *)text;
    size_t at = 0;
    while (at < size - 1 && p[at] != '\0') {
        if (pl_utf8_wanted(p[at]) > size - 1 - at)
            break; /* cut where the field ends, not in the middle of a character */
        size_t n = pl_utf8_step(p + at, size - 1 - at, NULL);
        if (n == 0) {
            p[at] = '?';
            n = 1;
        } else if (p[at] < 0x20 || p[at] == 0x7f || (p[at] == 0xc2 && p[at + 1] < 0xa0)) {
            memset(p + at, ' ', n);
        }
        at += n;
    }
    p[at] = '\0';
}

bool pl_text_is_safe(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0') {
        size_t n = pl_utf8_step(p, SIZE_MAX, NULL);
        if (n == 0 || *p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
            return false;
        p += n;
    }
    return true;
}

bool pl_item_place_valid(const struct pl_item *item)
{
    const char *report = item->report;
    if (!pl_text_is_safe(item->shown) || !pl_text_is_safe(report))
        return false;
    if (report[0] == '\0')
        return true;
    bool known = strcmp(report, "e") == 0 || strcmp(report, "t") == 0 ||
                 (strncmp(report, "qr/", 3) == 0 && report[3] != '\0');
    return known && item->shown[0] != '\0';
}
