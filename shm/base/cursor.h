/* cursor.h - bounded reader over bytes that may be hostile.
 *
 * All parsers read through it; none does pointer arithmetic on input. A read past the end returns
 * zero, sets `bad` and keeps it set, so a parser may read a whole structure and test once. The
 * position never leaves [0, n].
 */
#ifndef PL_BASE_CURSOR_H
#define PL_BASE_CURSOR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pl_cur {
    const uint8_t *bytes; /* borrowed */
    size_t n;
    size_t at;
    bool bad;
};

#define PL_CUR(pointer, length) ((struct pl_cur){(pointer), (length), 0, false})

static inline size_t pl_cur_left(const struct pl_cur *cur)
{
    return cur->n - cur->at;
}

/* pl_cur_take - the next n bytes, borrowed, or NULL (and bad) when fewer are left. */
static inline const uint8_t *pl_cur_take(struct pl_cur *cur, size_t n)
{
    if (cur->bad || n > cur->n - cur->at) {
        cur->bad = true;
        return NULL;
    }
    const uint8_t *p = cur->bytes + cur->at;
    cur->at += n;
    return p;
}

static inline void pl_cur_seek(struct pl_cur *cur, size_t at)
{
    if (at > cur->n)
        cur->bad = true;
    else
        cur->at = at;
}

/* Histograms are millions of these: the usual widths are one load each, not a loop over bytes. */
static inline uint64_t pl_be(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    uint32_t half;
    switch (n) {
    case 8:
        memcpy(&v, p, 8);
        return be64toh(v);
    case 4:
        memcpy(&half, p, 4);
        return be32toh(half);
    default:
        break;
    }
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint64_t pl_le(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static inline uint64_t pl_cur_be(struct pl_cur *cur, unsigned n)
{
    const uint8_t *p = pl_cur_take(cur, n);
    return p ? pl_be(p, n) : 0;
}

static inline uint8_t pl_cur_u8(struct pl_cur *cur) { return (uint8_t)pl_cur_be(cur, 1); }
static inline uint16_t pl_cur_be16(struct pl_cur *cur) { return (uint16_t)pl_cur_be(cur, 2); }
static inline uint32_t pl_cur_be32(struct pl_cur *cur) { return (uint32_t)pl_cur_be(cur, 4); }
static inline uint64_t pl_cur_be64(struct pl_cur *cur) { return pl_cur_be(cur, 8); }

static inline double pl_bits_f64(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline float pl_bits_f32(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline double pl_cur_f64(struct pl_cur *cur) { return pl_bits_f64(pl_cur_be64(cur)); }
static inline float pl_cur_f32(struct pl_cur *cur) { return pl_bits_f32(pl_cur_be32(cur)); }

static inline uint64_t pl_cur_le(struct pl_cur *cur, unsigned n)
{
    const uint8_t *p = pl_cur_take(cur, n);
    return p ? pl_le(p, n) : 0;
}

#endif
