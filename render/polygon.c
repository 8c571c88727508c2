/* polygon.c - filled polygons of any size by scanlines, even-odd.
 *
 * Each edge is put into the list of the first scanline it crosses; from there on it is carried in
 * the list of active ones, which is kept sorted from row to row: work is a few steps for each
 * crossing and pixel, memory 40 bytes a point and one number a scanline, from the arena and given
 * back. Only rows inside the clip rectangle are ever looked at, so points may be anywhere.
 */
#include <math.h>
#include <string.h>

#include "render/canvas.h"
#include "shm/base/check.h"

enum { SUB = 4, NONE = -1 };

/* Coordinates beyond this are moved to it: a picture is 2499 pixels. */
static const double beyond = 1e7;

struct edge {
    double x, slope; /* where it crosses the current scanline, and the way to the next */
    int32_t last;    /* first scanline that it does not cross any more */
    int32_t next;    /* of the same first scanline */
};

struct fill {
    struct pl_canvas *canvas;
    struct pl_ink ink;
    int sub;                /* scanlines a pixel row */
    int32_t first, last;    /* scanlines */
    int x0, x1;             /* pixels that can be reached */
    struct edge *edges;     /* all edges that cross a scanline */
    int32_t edges_n, *head; /* by first scanline */
    int32_t *active, active_n;
    uint16_t *coverage; /* smooth: sum over the scanlines of a pixel row */
    uint64_t painted;
};

static bool bounds(struct fill *f, const struct pl_ring *rings, size_t n, size_t *points_n)
{
    double x0 = beyond, x1 = -beyond, y0 = beyond, y1 = -beyond;
    *points_n = 0;
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < rings[r].n; i++) {
            struct pl_point p = rings[r].points[i];
            if (!isfinite(p.x) || !isfinite(p.y))
                return false;
            x0 = PL_MIN(x0, p.x), x1 = PL_MAX(x1, p.x);
            y0 = PL_MIN(y0, p.y), y1 = PL_MAX(y1, p.y);
        }
        *points_n += rings[r].n;
    }
    const struct pl_rect *clip = &f->canvas->clip;
    f->x0 = (int)PL_MAX(clip->x0, floor(x0));
    f->x1 = (int)PL_MIN(clip->x1, ceil(x1));
    f->first = (int32_t)PL_MAX(clip->y0, floor(y0)) * f->sub;
    f->last = (int32_t)PL_MIN(clip->y1, ceil(y1)) * f->sub;
    return f->x0 < f->x1 && f->first < f->last && *points_n >= 3 && *points_n < INT32_MAX;
}

/* Scanline k is at (k + 0.5) / sub; an edge holds its upper end and not its lower one. */
static void add_edge(struct fill *f, struct pl_point a, struct pl_point b)
{
    if (a.y > b.y) {
        struct pl_point swap = a;
        a = b;
        b = swap;
    }
    a.x = PL_MIN(PL_MAX(a.x, -beyond), beyond), b.x = PL_MIN(PL_MAX(b.x, -beyond), beyond);
    a.y = PL_MIN(PL_MAX(a.y, -beyond), beyond), b.y = PL_MIN(PL_MAX(b.y, -beyond), beyond);
    double from = ceil(a.y * f->sub - 0.5), to = ceil(b.y * f->sub - 0.5);
    if (from >= to || to <= f->first || from >= f->last)
        return;
    int32_t k = (int32_t)PL_MAX(from, f->first);
    double slope = (b.x - a.x) / (b.y - a.y);
    f->edges[f->edges_n] = (struct edge){a.x + ((k + 0.5) / f->sub - a.y) * slope, slope / f->sub,
                                         (int32_t)PL_MIN(to, f->last), f->head[k - f->first]};
    f->head[k - f->first] = f->edges_n++;
}

/* Drops what has ended, takes in what begins here, sorts by x: few places move from row to row. */
static void activate(struct fill *f, int32_t k)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < f->active_n; i++) {
        struct edge *e = &f->edges[f->active[i]];
        if (e->last <= k)
            continue;
        e->x += e->slope;
        f->active[kept++] = f->active[i];
    }
    for (int32_t e = f->head[k - f->first]; e != NONE; e = f->edges[e].next)
        f->active[kept++] = e;
    f->active_n = kept;
    for (int32_t i = 1; i < kept; i++) {
        int32_t e = f->active[i], at = i;
        for (; at > 0 && f->edges[f->active[at - 1]].x > f->edges[e].x; at--)
            f->active[at] = f->active[at - 1];
        f->active[at] = e;
    }
}

/* Pixels whose centre lies in the span. */
static void paint_crisp(struct fill *f, int y, double low, double high)
{
    int from = (int)PL_MAX(f->x0, ceil(low - 0.5)), to = (int)PL_MIN(f->x1, ceil(high - 0.5));
    if (from >= to)
        return;
    memset(f->canvas->rows + (size_t)y * f->canvas->stride + 1 + (size_t)from, pl_ink_full(f->ink),
           (size_t)(to - from));
    f->painted += (uint64_t)(to - from);
}

static void add_coverage(struct fill *f, double low, double high)
{
    low = PL_MAX(low, f->x0);
    high = PL_MIN(high, f->x1);
    if (low >= high)
        return;
    int from = (int)low, to = (int)high;
    uint16_t *at = f->coverage - f->x0;
    if (from == to) {
        at[from] = (uint16_t)(at[from] + (int)((high - low) * 255.0 + 0.5));
        return;
    }
    at[from] = (uint16_t)(at[from] + (int)((from + 1 - low) * 255.0 + 0.5));
    for (int x = from + 1; x < to; x++)
        at[x] = (uint16_t)(at[x] + 255);
    if (to < f->x1)
        at[to] = (uint16_t)(at[to] + (int)((high - to) * 255.0 + 0.5));
}

static void flush_coverage(struct fill *f, int y)
{
    for (int x = f->x0; x < f->x1; x++) {
        unsigned sum = f->coverage[x - f->x0];
        if (sum == 0)
            continue;
        pl_canvas_dot(f->canvas, x, y, f->ink, sum / SUB);
        f->coverage[x - f->x0] = 0;
        f->painted++;
    }
}

static void scan(struct fill *f)
{
    for (int32_t k = f->first; k < f->last; k++) {
        activate(f, k);
        for (int32_t i = 0; i + 1 < f->active_n; i += 2) {
            double low = f->edges[f->active[i]].x, high = f->edges[f->active[i + 1]].x;
            if (f->coverage != NULL)
                add_coverage(f, low, high);
            else
                paint_crisp(f, k, low, high);
        }
        if (f->coverage != NULL && (k + 1) % SUB == 0)
            flush_coverage(f, k / SUB);
    }
}

enum pl_err pl_canvas_rings(struct pl_canvas *canvas, const struct pl_ring *rings, size_t n,
                            struct pl_ink ink, bool smooth, uint64_t *painted,
                            struct pl_error *error)
{
    struct fill f = {.canvas = canvas, .ink = ink, .sub = smooth ? SUB : 1};
    size_t points_n, mark = pl_arena_mark(canvas->arena);
    if (painted != NULL)
        *painted = 0;
    if (!bounds(&f, rings, n, &points_n))
        return PL_OK;
    size_t rows = (size_t)(f.last - f.first);
    f.edges = pl_arena_alloc(canvas->arena, points_n * sizeof *f.edges);
    f.active = pl_arena_alloc(canvas->arena, points_n * sizeof *f.active);
    f.head = pl_arena_alloc(canvas->arena, rows * sizeof *f.head);
    if (smooth)
        f.coverage = pl_arena_zalloc(canvas->arena, (size_t)(f.x1 - f.x0), sizeof *f.coverage);
    if (f.edges == NULL || f.active == NULL || f.head == NULL || (smooth && f.coverage == NULL)) {
        pl_arena_release(canvas->arena, mark);
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "a polygon of %zu points does not fit the memory of one job",
                             points_n);
    }
    memset(f.head, 0xff, rows * sizeof *f.head); /* NONE */
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < rings[r].n; i++)
            add_edge(&f, rings[r].points[i], rings[r].points[i + 1 < rings[r].n ? i + 1 : 0]);
    scan(&f);
    if (painted != NULL)
        *painted = f.painted;
    pl_arena_release(canvas->arena, mark);
    return PL_OK;
}

void pl_canvas_polygon(struct pl_canvas *canvas, const struct pl_point *points, size_t n,
                       struct pl_ink ink)
{
    const struct pl_ring ring = {points, n};
    (void)pl_canvas_rings(canvas, &ring, 1, ink, true, NULL, NULL);
}
