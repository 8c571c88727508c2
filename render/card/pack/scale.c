/* scale.c - pixels to another size: smaller by the area that each new pixel covers, larger by
 * weighting the four around it. Whole numbers throughout, so every machine gives the same. Working
 * memory comes from the arena and is given back. */
#include "render/card/pack/source.h"

#include <string.h>

#include "shm/base/check.h"

/* How much of each old pixel a new one covers, in 1/4096: exact to the last unit, so that a flat
 * colour stays what it is. */
enum { WHOLE = 4096 };

struct span {
    uint32_t first, n, at; /* old pixels; first of n weights */
};

static bool spans(uint32_t from, uint32_t to, struct pl_arena *arena, struct span **out,
                  uint32_t **weights)
{
    *out = pl_arena_zalloc(arena, to, sizeof **out);
    *weights = pl_arena_zalloc(arena, (size_t)from + 2 * (size_t)to + 2, sizeof **weights);
    if (*out == NULL || *weights == NULL)
        return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < to; i++) {
        /* In units of 1/to of an old pixel the new one is [i * from, (i + 1) * from). */
        uint64_t begin = (uint64_t)i * from, end = begin + from, given = 0;
        struct span *span = &(*out)[i];
        span->first = (uint32_t)(begin / to);
        span->at = at;
        for (uint64_t x = begin; x < end; span->n++) {
            uint64_t next = PL_MIN((x / to + 1) * to, end);
            uint64_t upto = (next - begin) * WHOLE / from;
            (*weights)[at++] = (uint32_t)(upto - given);
            given = upto;
            x = next;
        }
    }
    return true;
}

/* One row of sums in 1/4096 to pixels. */
static void scale_row(const uint32_t *sums, const struct span *columns, const uint32_t *weights,
                      uint32_t w, uint8_t *out)
{
    for (uint32_t x = 0; x < w; x++) {
        uint64_t value[3] = {0, 0, 0};
        for (uint32_t k = 0; k < columns[x].n; k++)
            for (unsigned c = 0; c < 3; c++)
                value[c] +=
                    (uint64_t)sums[3 * (columns[x].first + k) + c] * weights[columns[x].at + k];
        for (unsigned c = 0; c < 3; c++)
            out[3 * x + c] =
                (uint8_t)((value[c] + (uint64_t)WHOLE * WHOLE / 2) / ((uint64_t)WHOLE * WHOLE));
    }
}

static void add_row(uint32_t *sums, const uint8_t *row, uint32_t n, uint32_t weight)
{
    for (uint32_t i = 0; i < n; i++)
        sums[i] += row[i] * weight;
}

static enum pl_err shrink(const struct pl_pixels *from, uint32_t w, uint32_t h,
                          struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error)
{
    struct span *columns, *rows;
    uint32_t *across, *down;
    *out = (struct pl_pixels){NULL, w, h};
    enum pl_err err = pl_pixels_make(arena, out, error);
    if (err != PL_OK)
        return err;
    size_t mark = pl_arena_mark(arena);
    uint32_t *sums = pl_arena_zalloc(arena, 3 * (size_t)from->w, sizeof *sums);
    if (sums == NULL || !spans(from->w, w, arena, &columns, &across) ||
        !spans(from->h, h, arena, &rows, &down))
        return pl_fail(error, PL_E_LIMIT, "no room to scale a picture");
    for (uint32_t y = 0; y < h; y++) {
        memset(sums, 0, 3 * (size_t)from->w * sizeof *sums);
        for (uint32_t k = 0; k < rows[y].n; k++)
            add_row(sums, from->rgb + 3 * (size_t)from->w * (rows[y].first + k), 3 * from->w,
                    down[rows[y].at + k]);
        scale_row(sums, columns, across, w, out->rgb + 3 * (size_t)w * y);
    }
    pl_arena_release(arena, mark);
    return PL_OK;
}

/* Where new pixel i of `to` lies among `from` old ones, in 1/4096 between the middles of the first
 * and the last. */
static uint32_t place(uint32_t i, uint32_t from, uint32_t to)
{
    int64_t at = ((int64_t)(2 * i + 1) * from * WHOLE / to - WHOLE) / 2;
    return (uint32_t)PL_MIN(PL_MAX(at, 0), (int64_t)(from - 1) * WHOLE);
}

static enum pl_err enlarge(const struct pl_pixels *from, uint32_t w, uint32_t h,
                           struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error)
{
    *out = (struct pl_pixels){NULL, w, h};
    enum pl_err err = pl_pixels_make(arena, out, error);
    if (err != PL_OK)
        return err;
    for (uint32_t y = 0; y < h; y++) {
        uint32_t py = place(y, from->h, h), fy = py % WHOLE;
        const uint8_t *upper = from->rgb + 3 * (size_t)from->w * (py / WHOLE);
        const uint8_t *lower = upper + (fy != 0 ? 3 * (size_t)from->w : 0);
        uint8_t *to = out->rgb + 3 * (size_t)w * y;
        for (uint32_t x = 0; x < w; x++) {
            uint32_t px = place(x, from->w, w), fx = px % WHOLE;
            size_t left = 3 * (size_t)(px / WHOLE), right = left + (fx != 0 ? 3 : 0);
            for (unsigned c = 0; c < 3; c++) {
                uint64_t above = upper[left + c] * (WHOLE - fx) + upper[right + c] * fx;
                uint64_t below = lower[left + c] * (WHOLE - fx) + lower[right + c] * fx;
                *to++ =
                    (uint8_t)((above * (WHOLE - fy) + below * fy + (uint64_t)WHOLE * WHOLE / 2) /
                              ((uint64_t)WHOLE * WHOLE));
            }
        }
    }
    return PL_OK;
}

enum pl_err pl_pixels_scale(const struct pl_pixels *from, uint32_t w, uint32_t h,
                            struct pl_arena *arena, struct pl_pixels *out, struct pl_error *error)
{
    CHECK(w > 0 && h > 0 && from->w > 0 && from->h > 0);
    return w <= from->w && h <= from->h ? shrink(from, w, h, arena, out, error)
                                        : enlarge(from, w, h, arena, out, error);
}
