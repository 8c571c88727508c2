/* glyphs.c - a ring of coverage, a hash table of what lies where.
 *
 * Entries are in `order` as their coverage is in the ring, oldest first. Between `head`, where the
 * next goes, and the oldest there is a gap; taking the oldest off widens it, moving the oldest to
 * the head shifts it. Both only ever move bytes to lower places or to the start of the ring, which
 * is free by then, so nothing is written over.
 *
 * Memory: three allocations for the life of the object.
 */
#include "render/card/glyphs.h"

#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"

enum { ALIGN = 16, NONE = UINT32_MAX };

struct entry {
    uint64_t key; /* 0 = free */
    uint32_t at, n;
    uint32_t next; /* in its bucket, or in the list of free entries */
    int16_t left, top;
    uint16_t width, height;
    bool used; /* since it was added or moved */
};

struct pl_glyphs {
    uint8_t *ring;
    struct entry *entries;
    uint32_t *buckets, *order; /* two halves of one allocation */
    uint32_t ring_n, entries_n, buckets_n;
    uint32_t head;
    uint32_t first, n; /* of order, circular */
    uint32_t free;
    struct pl_glyphs_counts counts;
};

static void clear(struct pl_glyphs *glyphs)
{
    for (uint32_t i = 0; i < glyphs->buckets_n; i++)
        glyphs->buckets[i] = NONE;
    for (uint32_t i = 0; i < glyphs->entries_n; i++)
        glyphs->entries[i] =
            (struct entry){.next = i + 1 < glyphs->entries_n ? i + 1 : (uint32_t)NONE};
    glyphs->free = 0;
}

enum pl_err pl_glyphs_make(struct pl_glyphs **out, size_t bytes, uint32_t entries,
                           struct pl_error *error)
{
    struct pl_glyphs *glyphs = calloc(1, sizeof *glyphs);
    CHECK(bytes < UINT32_MAX && entries > 0 && entries < UINT32_MAX / 4);
    if (glyphs == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the store of glyphs");
    glyphs->ring_n = (uint32_t)(bytes / ALIGN * ALIGN);
    glyphs->entries_n = entries;
    for (glyphs->buckets_n = 64; glyphs->buckets_n < entries;)
        glyphs->buckets_n *= 2;
    glyphs->ring = malloc(glyphs->ring_n);
    glyphs->entries = calloc(entries, sizeof *glyphs->entries);
    glyphs->buckets = calloc((size_t)glyphs->buckets_n + entries, sizeof *glyphs->buckets);
    glyphs->order = glyphs->buckets != NULL ? glyphs->buckets + glyphs->buckets_n : NULL;
    if (glyphs->ring == NULL || glyphs->entries == NULL || glyphs->buckets == NULL) {
        pl_glyphs_free(&glyphs);
        return pl_fail(error, PL_E_NOMEM, "no memory for the store of glyphs");
    }
    clear(glyphs);
    *out = glyphs;
    return PL_OK;
}

void pl_glyphs_free(struct pl_glyphs **glyphs)
{
    if (*glyphs == NULL)
        return;
    free((*glyphs)->ring);
    free((*glyphs)->entries);
    free((*glyphs)->buckets);
    free(*glyphs);
    *glyphs = NULL;
}

struct pl_glyphs_counts pl_glyphs_counts(const struct pl_glyphs *glyphs)
{
    return glyphs->counts;
}

/* ---- table --------------------------------------------------------------------------------- */

static uint32_t *bucket(struct pl_glyphs *glyphs, uint64_t key)
{
    return &glyphs->buckets[(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (glyphs->buckets_n - 1)];
}

static struct pl_glyph show(const struct pl_glyphs *glyphs, const struct entry *entry)
{
    return (struct pl_glyph){entry->left, entry->top, entry->width, entry->height,
                             glyphs->ring + entry->at};
}

bool pl_glyphs_find(struct pl_glyphs *glyphs, uint64_t key, struct pl_glyph *out)
{
    for (uint32_t i = *bucket(glyphs, key); i != NONE; i = glyphs->entries[i].next) {
        struct entry *entry = &glyphs->entries[i];
        if (entry->key != key)
            continue;
        entry->used = true;
        glyphs->counts.found++;
        *out = show(glyphs, entry);
        return true;
    }
    return false;
}

static void drop(struct pl_glyphs *glyphs, uint32_t index)
{
    struct entry *entry = &glyphs->entries[index];
    uint32_t *link = bucket(glyphs, entry->key);
    while (*link != index)
        link = &glyphs->entries[*link].next;
    *link = entry->next;
    glyphs->counts.bytes -= entry->n;
    glyphs->counts.dropped++;
    *entry = (struct entry){.next = glyphs->free};
    glyphs->free = index;
}

/* ---- ring ---------------------------------------------------------------------------------- */

static void push(struct pl_glyphs *glyphs, uint32_t index)
{
    glyphs->order[(glyphs->first + glyphs->n) % glyphs->entries_n] = index;
    glyphs->n++;
}

/* Is there room for n bytes at the head? Goes back to the start of the ring when that helps. */
static bool room(struct pl_glyphs *glyphs, uint32_t n)
{
    if (glyphs->n == 0) {
        glyphs->head = 0;
        return n <= glyphs->ring_n;
    }
    uint32_t tail = glyphs->entries[glyphs->order[glyphs->first]].at;
    if (tail < glyphs->head) {
        if (n <= glyphs->ring_n - glyphs->head)
            return true;
        glyphs->head = 0;
    }
    return n <= tail - glyphs->head;
}

/* The oldest goes: out, or to the head when it was used since it came there. */
static void turn(struct pl_glyphs *glyphs)
{
    uint32_t index = glyphs->order[glyphs->first];
    struct entry *entry = &glyphs->entries[index];
    glyphs->first = (glyphs->first + 1) % glyphs->entries_n;
    glyphs->n--;
    if (!entry->used) {
        drop(glyphs, index);
        return;
    }
    entry->used = false;
    if (entry->at < glyphs->head && entry->n > glyphs->ring_n - glyphs->head)
        glyphs->head = 0;
    memmove(glyphs->ring + glyphs->head, glyphs->ring + entry->at, entry->n);
    entry->at = glyphs->head;
    glyphs->head += entry->n;
    push(glyphs, index);
}

bool pl_glyphs_add(struct pl_glyphs *glyphs, uint64_t key, const struct pl_glyph *from,
                   ptrdiff_t stride, struct pl_glyph *out)
{
    uint64_t exact = (uint64_t)from->width * from->height;
    uint64_t n = (exact + ALIGN) / ALIGN * ALIGN; /* never 0: places tell entries apart */
    CHECK(key != 0);
    *out = *from;
    if (n > glyphs->ring_n / 4)
        return false;
    while (glyphs->free == NONE || !room(glyphs, (uint32_t)n))
        turn(glyphs);
    uint32_t index = glyphs->free, *link = bucket(glyphs, key);
    struct entry *entry = &glyphs->entries[index];
    glyphs->free = entry->next;
    *entry = (struct entry){.key = key,
                            .at = glyphs->head,
                            .n = (uint32_t)n,
                            .next = *link,
                            .left = from->left,
                            .top = from->top,
                            .width = from->width,
                            .height = from->height};
    *link = index;
    for (uint32_t y = 0; y < from->height; y++)
        memcpy(glyphs->ring + entry->at + (size_t)y * from->width,
               from->coverage + (ptrdiff_t)y * stride, from->width);
    glyphs->head += (uint32_t)n;
    push(glyphs, index);
    glyphs->counts.made++;
    glyphs->counts.bytes += n;
    *out = show(glyphs, entry);
    return true;
}
