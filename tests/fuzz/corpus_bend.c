/* corpus_bend.c - changes of a file's bytes, drawn by dice, each with what undoes it.
 *
 * What is changed: single bytes, numbers of two to eight bytes (to their limits, to what stands
 * near them, to odd floating-point values), a block to what stands elsewhere; and the length, by
 * bytes that are put in, taken out or cut off. Where: the parts of the file in turn, mostly near
 * their beginnings, where lengths and versions stand.
 */
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "tests/fuzz/corpus.h"

enum { CHANGES_MAX = 8, MOVED_MAX = 16, NEAR_N = 96 };

/* splitmix64 */
static uint64_t roll(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t dice_below(struct dice *dice, uint32_t n)
{
    return (uint32_t)((roll(dice) >> 32) * n >> 32);
}

/* Near the beginning, near the end, or anywhere in [0, n). */
static uint64_t place_in(struct dice *dice, uint64_t n)
{
    uint32_t how = dice_below(dice, 8), near = (uint32_t)PL_MIN(n, (uint64_t)NEAR_N);
    if (how < 3)
        return dice_below(dice, near);
    if (how == 3)
        return n - 1 - dice_below(dice, near);
    return dice_below(dice, (uint32_t)n);
}

static uint64_t place(const struct held *held, struct dice *dice, bool whole, struct bent *bent)
{
    static const struct {
        enum part part;
        unsigned weight; /* of 70 */
    } weights[] = {
        {PART_HEAD, 8}, {PART_LIST, 14}, {PART_KEY, 8}, {PART_INFO, 10}, {PART_BODY, 30}};
    if (whole && dice_below(dice, 100) < 30)
        return dice_below(dice, (uint32_t)held->n);
    uint32_t at = dice_below(dice, 70);
    unsigned i = 0;
    while (at >= weights[i].weight)
        at -= weights[i++].weight;
    const struct spans *spans = &held->parts[weights[i].part];
    if (spans->n == 0)
        return dice_below(dice, (uint32_t)held->n);
    const struct span *span = &spans->at[dice_below(dice, spans->n)];
    if (weights[i].part == PART_KEY || weights[i].part == PART_BODY) {
        bent->has_object = true;
        bent->object = span->object;
    }
    return span->at + place_in(dice, span->n);
}

static uint64_t odd_number(struct dice *dice, unsigned width)
{
    static const uint64_t wide[] = {
        UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000), UINT64_C(0x7ff8000000000000),
        UINT64_C(0x7fefffffffffffff), UINT64_C(0x0000000000000001), UINT64_C(0x8000000000000000),
        UINT64_C(0x3ff0000000000000), UINT64_C(0xbff0000000000000), UINT64_C(0x433fffffffffffff)};
    static const uint64_t small[] = {0x7f800000, 0xff800000, 0x7fc00000, 0x40000000,
                                     0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
                                     0x01000000, 0x00010000, 0x0000ffff, 0x3f800000};
    uint32_t how = dice_below(dice, 8);
    if (how < 2)
        return dice_below(dice, 4);
    if (how < 4)
        return UINT64_MAX - dice_below(dice, 3);
    if (how == 4)
        return UINT64_C(1) << dice_below(dice, 8 * width);
    if (how == 5)
        return (UINT64_C(1) << (8 * width - 1)) - 1;
    return width == 8 ? wide[dice_below(dice, PL_COUNT(wide))]
                      : small[dice_below(dice, PL_COUNT(small))];
}

static void put_number(uint8_t *to, uint64_t value, unsigned width)
{
    while (width-- > 0) {
        to[width] = (uint8_t)value;
        value >>= 8;
    }
}

/* Room for n bytes at `at` to be changed, and kept for later. */
static uint8_t *open_bytes(struct held *held, struct bent *bent, uint64_t *at, size_t n)
{
    *at = PL_MIN(*at, held->n - n);
    bent->step[bent->n].how = BENT_BYTES_SET;
    bent->step[bent->n].at = *at;
    bent->step[bent->n].n = n;
    memcpy(bent->step[bent->n++].was, held->bytes + *at, n);
    return held->bytes + *at;
}

static void change_number(struct held *held, struct dice *dice, uint64_t at, struct bent *bent)
{
    static const unsigned widths[] = {2, 4, 4, 8};
    unsigned width = widths[dice_below(dice, PL_COUNT(widths))];
    uint8_t *to = open_bytes(held, bent, &at, width);
    if (dice_below(dice, 3) == 0)
        put_number(to, pl_be(to, width) + dice_below(dice, 33) - 16, width);
    else
        put_number(to, odd_number(dice, width), width);
}

static void change_byte(struct held *held, struct dice *dice, uint64_t at, struct bent *bent)
{
    static const uint8_t odd[] = {0, 1, 2, 0x40, 0x7f, 0x80, 0xfe, 0xff};
    uint8_t *to = open_bytes(held, bent, &at, 1);
    switch (dice_below(dice, 3)) {
    case 0:
        *to ^= (uint8_t)(1u << dice_below(dice, 8));
        break;
    case 1:
        *to = (uint8_t)dice_below(dice, 256);
        break;
    default:
        *to = odd[dice_below(dice, PL_COUNT(odd))];
    }
}

static void copy_block(struct held *held, struct dice *dice, uint64_t at, uint64_t from,
                       struct bent *bent)
{
    size_t n = 2 + dice_below(dice, BENT_BYTES - 1);
    n = PL_MIN(n, held->n / 2);
    from = PL_MIN(from, held->n - n);
    uint8_t *to = open_bytes(held, bent, &at, n);
    memmove(to, held->bytes + from, n);
}

static void change_length(struct held *held, struct dice *dice, uint64_t at, struct bent *bent)
{
    size_t n = 1 + dice_below(dice, MOVED_MAX);
    uint32_t how = dice_below(dice, 3);
    at = PL_MIN(at, held->n - n);
    bent->step[bent->n].at = at;
    bent->step[bent->n].n = n;
    if (how == 0) {
        bent->step[bent->n].how = BENT_LONGER;
        memmove(held->bytes + at + n, held->bytes + at, held->n - at);
        memset(held->bytes + at, (int)dice_below(dice, 256), n);
        held->n += n;
    } else if (how == 1) {
        bent->step[bent->n].how = BENT_SHORTER;
        memcpy(bent->step[bent->n].was, held->bytes + at, n);
        memmove(held->bytes + at, held->bytes + at + n, held->n - at - n);
        held->n -= n;
    } else {
        bent->step[bent->n].how = BENT_CUT;
        bent->step[bent->n].n = held->n - at;
        held->n = at;
    }
    bent->n++;
}

void bend(struct held *held, struct dice *dice, bool whole, struct bent *bent)
{
    unsigned changes = 1;
    bent->n = 0;
    bent->has_object = false;
    while (changes < CHANGES_MAX && dice_below(dice, 5) < 2)
        changes++;
    for (unsigned i = 0; i < changes; i++) {
        uint64_t at = place(held, dice, whole, bent);
        uint32_t how = dice_below(dice, 16);
        if (how < 7)
            change_byte(held, dice, at, bent);
        else if (how < 14)
            change_number(held, dice, at, bent);
        else
            copy_block(held, dice, at, place(held, dice, whole, bent), bent);
    }
    if (dice_below(dice, 16) == 0)
        change_length(held, dice, place(held, dice, whole, bent), bent);
}

void straighten(struct held *held, const struct bent *bent)
{
    for (unsigned i = bent->n; i-- > 0;) {
        uint8_t *to = held->bytes + bent->step[i].at;
        size_t n = bent->step[i].n, behind;
        switch (bent->step[i].how) {
        case BENT_BYTES_SET:
            memcpy(to, bent->step[i].was, n);
            break;
        case BENT_LONGER:
            held->n -= n;
            memmove(to, to + n, held->n - bent->step[i].at);
            break;
        case BENT_SHORTER:
            behind = held->n - bent->step[i].at;
            memmove(to + n, to, behind);
            memcpy(to, bent->step[i].was, n);
            held->n += n;
            break;
        case BENT_CUT:
            held->n += n;
        }
    }
}
