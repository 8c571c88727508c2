/* test_canvas.c - pixels, inks, clipping and shapes. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "render/canvas.h"
#include "render/dash.h"

static struct pl_arena *arena;
static struct pl_canvas canvas;

static void start(void)
{
    cr_assert_eq(pl_arena_make(&arena, 16 << 20, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&canvas, 40, 30, arena, NULL), PL_OK);
}

static void stop(void)
{
    pl_arena_free(&arena);
}

TestSuite(canvas, .init = start, .fini = stop, .timeout = 120);

static unsigned painted(void)
{
    unsigned n = 0;
    for (uint32_t y = 0; y < canvas.height_px; y++)
        for (uint32_t x = 0; x < canvas.width_px; x++)
            n += pl_canvas_at(&canvas, x, y) != 0;
    return n;
}

Test(canvas, sides_of_0_and_2500_are_refused_by_name)
{
    struct pl_error error = {0};
    struct pl_canvas other;
    cr_assert_eq(pl_canvas_make(&other, 0, 10, arena, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "w");
    error = (struct pl_error){0};
    cr_assert_eq(pl_canvas_make(&other, 10, 2500, arena, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "h");
    cr_assert_eq(pl_canvas_make(&other, 2499, 2499, arena, NULL), PL_OK);
}

Test(canvas, an_arena_too_small_is_a_limit)
{
    struct pl_arena *small;
    struct pl_canvas other;
    cr_assert_eq(pl_arena_make(&small, 64 << 10, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&other, 1000, 1000, small, NULL), PL_E_LIMIT);
    pl_arena_free(&small);
}

Test(canvas, ink_over_a_colour_map_stays_smooth_when_the_palette_is_full)
{
    struct pl_ink below = pl_canvas_ink(&canvas, 0xc8c8c8, 1);
    for (uint32_t i = 0; canvas.colors_n < 256; i++)
        (void)pl_canvas_ink(&canvas, 0x000001 + i % 250 * 0x010101, 1);
    canvas.color_map = true;
    pl_canvas_fill(&canvas, (struct pl_rect){0, 0, 4, 4}, below);
    pl_canvas_dot(&canvas, 1, 1, canvas.black, 128);
    uint8_t grey = canvas.rgb[pl_canvas_at(&canvas, 1, 1)][0];
    cr_assert(grey > 90 && grey < 110, "%u", grey);
}

Test(canvas, fill_paints_exactly_its_pixels_and_no_filter_byte)
{
    pl_canvas_fill(&canvas, (struct pl_rect){5, 6, 9, 8}, canvas.black);
    cr_assert_eq(painted(), 8u);
    cr_assert_neq(pl_canvas_at(&canvas, 5, 6), 0);
    cr_assert_eq(pl_canvas_at(&canvas, 9, 7), 0);
    pl_canvas_fill(&canvas, (struct pl_rect){-100, -100, 1000, 1000}, canvas.black);
    for (uint32_t y = 0; y < canvas.height_px; y++)
        cr_assert_eq(canvas.rows[y * canvas.stride], 0);
    cr_assert_eq(painted(), 40u * 30u);
}

Test(canvas, nothing_is_drawn_outside_the_clip)
{
    pl_canvas_clip(&canvas, (struct pl_rect){10, 10, 20, 20});
    pl_canvas_fill(&canvas, (struct pl_rect){-5, -5, 400, 400}, canvas.black);
    cr_assert_eq(painted(), 100u);
    pl_canvas_line(&canvas, (struct pl_point){-1e9, -1e9}, (struct pl_point){1e9, 1e9}, 3,
                   canvas.black);
    pl_canvas_marker(&canvas, (struct pl_point){10, 10}, 20, 30, 1, canvas.black);
    cr_assert_eq(painted(), 100u);
}

Test(canvas, lines_with_nan_or_infinite_ends_draw_nothing)
{
    pl_canvas_line(&canvas, (struct pl_point){NAN, 0}, (struct pl_point){5, 5}, 1, canvas.black);
    pl_canvas_line(&canvas, (struct pl_point){0, 0}, (struct pl_point){INFINITY, 5}, 1,
                   canvas.black);
    cr_assert_eq(painted(), 0u);
}

Test(canvas, a_level_line_of_one_pixel_is_crisp)
{
    pl_canvas_line(&canvas, (struct pl_point){2, 10.5}, (struct pl_point){12, 10.5}, 1,
                   canvas.black);
    for (uint32_t x = 2; x < 12; x++)
        cr_assert_eq(pl_canvas_at(&canvas, x, 10), pl_ink_full(canvas.black));
    cr_assert_eq(pl_canvas_at(&canvas, 5, 9), 0);
    cr_assert_eq(pl_canvas_at(&canvas, 5, 11), 0);
}

Test(canvas, pieces_of_a_polyline_meet_without_a_seam)
{
    struct pl_point points[] = {{2, 10.5}, {7.5, 10.5}, {20, 10.5}};
    pl_canvas_polyline(&canvas, points, 3, 1, canvas.black);
    cr_assert_eq(pl_canvas_at(&canvas, 7, 10), pl_ink_full(canvas.black));
}

Test(canvas, an_ink_is_made_once_and_ramps_end_in_the_full_colour)
{
    unsigned before = canvas.colors_n;
    struct pl_ink a = pl_canvas_ink(&canvas, 0x112233, 1), b = pl_canvas_ink(&canvas, 0x112233, 1);
    cr_assert_eq(a.first, b.first);
    cr_assert_eq(canvas.colors_n, before + 1);
    struct pl_ink ramp = pl_canvas_ink(&canvas, 0x00ff00, 4),
                  again = pl_canvas_ink(&canvas, 0x00ff00, 4);
    cr_assert_eq(ramp.first, again.first);
    cr_assert_eq(canvas.rgb[pl_ink_full(ramp)][1], 255);
    cr_assert_eq(canvas.rgb[pl_ink_full(ramp)][0], 0);
    cr_assert_eq(pl_canvas_ink(&canvas, 0, 1).first, canvas.black.first);
}

Test(canvas, a_full_palette_gives_the_nearest_ink)
{
    for (uint32_t i = 0; i < 400; i++)
        (void)pl_canvas_ink(&canvas, 0x010101u * (i % 200 + 20) + (i << 4), 2);
    cr_assert_leq(canvas.colors_n, 256u);
    struct pl_ink ink = pl_canvas_ink(&canvas, 0xfefefe, 3);
    cr_assert_eq(ink.levels, 1);
}

Test(canvas, smooth_ink_never_lightens_what_is_there)
{
    pl_canvas_dot(&canvas, 3, 3, canvas.black, 255);
    pl_canvas_dot(&canvas, 3, 3, canvas.black, 60);
    cr_assert_eq(pl_canvas_at(&canvas, 3, 3), pl_ink_full(canvas.black));
}

Test(canvas, every_marker_style_paints_something_near_its_point)
{
    for (int style = 1; style <= 34; style++) {
        cr_assert_eq(pl_canvas_make(&canvas, 40, 30, arena, NULL), PL_OK);
        pl_canvas_marker(&canvas, (struct pl_point){20.5, 15.5}, style, 4, 1, canvas.black);
        cr_assert_gt(painted(), 0u, "style %d", style);
        cr_assert_leq(painted(), 110u, "style %d", style);
    }
}

Test(canvas, dashes_go_on_where_the_last_piece_ended)
{
    struct pl_dash dash;
    char drawn[25] = "";
    bool on;
    pl_dash_start(&dash, 4, 1.0); /* 3 on, 4 off, 1 on, 4 off */
    for (int i = 0; i < 24; i += (int)pl_dash_next(&dash, 1.0, &on)) {
        struct pl_dash copy = dash;
        (void)pl_dash_next(&copy, 1.0, &on);
        drawn[i] = on ? '#' : '.';
    }
    cr_assert_str_eq(drawn, "###....#....###....#....");
    pl_dash_start(&dash, 1, 1.0);
    cr_assert_eq(pl_dash_next(&dash, 1000.0, &on), 1000.0);
    cr_assert(on);
    for (int style = -3; style < 20; style++) { /* every piece gets somewhere */
        pl_dash_start(&dash, style, 2.5);
        for (int i = 0; i < 100; i++)
            cr_assert_gt(pl_dash_next(&dash, 0.7, &on), 0.0);
    }
}

Test(canvas, hatches_have_the_distance_and_the_angles_of_their_digits)
{
    cr_assert_eq(pl_canvas_make(&canvas, 100, 100, arena, NULL), PL_OK);
    unsigned full = pl_ink_full(canvas.black);
    pl_canvas_fill_style(&canvas, (struct pl_rect){0, 0, 100, 100}, canvas.black, 3305);
    for (uint32_t y = 0; y < 100; y++) /* level lines, 8 apart */
        cr_assert_eq(pl_canvas_at(&canvas, 50, y), y % 8 == 0 ? full : 0);
    cr_assert_eq(pl_canvas_make(&canvas, 100, 100, arena, NULL), PL_OK);
    pl_canvas_fill_style(&canvas, (struct pl_rect){0, 0, 100, 100}, canvas.black, 3355);
    for (uint32_t y = 0; y < 100; y++)
        cr_assert_eq(pl_canvas_at(&canvas, 50, y), 0);
    pl_canvas_fill_style(&canvas, (struct pl_rect){0, 0, 100, 100}, canvas.black, 3445);
    cr_assert_eq(pl_canvas_at(&canvas, 30, 0), pl_canvas_at(&canvas, 20, 10)); /* rising */
    unsigned n = 0;
    for (uint32_t x = 0; x < 100; x++)
        n += pl_canvas_at(&canvas, x, 50) != 0;
    cr_assert(n >= 6 && n <= 16, "%u", n);
}

Test(canvas, every_fill_pattern_is_different_and_has_no_seam)
{
    static uint8_t drawn[26][60 * 60];
    for (int style = 3001; style <= 3025; style++) {
        cr_assert_eq(pl_canvas_make(&canvas, 60, 60, arena, NULL), PL_OK);
        pl_canvas_fill_style(&canvas, (struct pl_rect){0, 0, 60, 60}, canvas.black, style);
        unsigned n = painted();
        cr_expect(n > 60 * 60 / 50 && n < 60 * 60 * 3 / 4, "style %d paints %u", style, n);
        uint8_t *copy = drawn[style - 3000];
        for (uint32_t y = 0; y < 60; y++)
            memcpy(copy + y * 60, canvas.rows + y * canvas.stride + 1, 60);
        for (int other = 3001; other < style; other++)
            cr_expect(memcmp(copy, drawn[other - 3000], sizeof drawn[0]) != 0, "%d is %d", style,
                      other);
        cr_assert_eq(pl_canvas_make(&canvas, 60, 60, arena, NULL), PL_OK);
        pl_canvas_fill_style(&canvas, (struct pl_rect){0, 0, 23, 60}, canvas.black, style);
        pl_canvas_fill_style(&canvas, (struct pl_rect){23, 0, 60, 60}, canvas.black, style);
        for (uint32_t y = 0; y < 60; y++)
            cr_expect_arr_eq(copy + y * 60, canvas.rows + y * canvas.stride + 1, 60);
    }
}

/* ---- polygons ------------------------------------------------------------------------------ */

static uint64_t fill(const struct pl_ring *rings, size_t n, bool smooth)
{
    uint64_t count;
    cr_assert_eq(pl_canvas_make(&canvas, 100, 100, arena, NULL), PL_OK);
    size_t before = pl_arena_used(arena);
    cr_assert_eq(pl_canvas_rings(&canvas, rings, n, canvas.black, smooth, &count, NULL), PL_OK);
    cr_assert_eq(pl_arena_used(arena), before, "scratch is given back");
    return count;
}

Test(canvas, a_polygon_with_a_hole_and_an_island_is_even_odd)
{
    static const struct pl_point outer[] = {{10, 10}, {90, 10}, {90, 90}, {10, 90}},
                                 hole[] = {{30, 30}, {70, 30}, {70, 70}, {30, 70}},
                                 island[] = {{45, 45}, {55, 45}, {55, 55}, {45, 55}};
    const struct pl_ring rings[] = {{outer, 4}, {hole, 4}, {island, 4}};
    cr_assert_eq(fill(rings, 3, false), 80u * 80u - 40u * 40u + 10u * 10u);
    cr_assert_eq(painted(), 4900u);
    cr_assert_eq(pl_canvas_at(&canvas, 40, 40), 0);
    cr_assert_neq(pl_canvas_at(&canvas, 50, 50), 0);
    (void)fill(rings, 3, true);
    cr_assert_eq(painted(), 4900u, "edges on whole pixels are crisp when smooth, too");
}

Test(canvas, neighbouring_polygons_share_no_pixel_and_leave_none)
{
    enum { N = 37 };
    struct pl_point hub = {50.3, 49.6}, rim[N + 1];
    for (int i = 0; i <= N; i++)
        rim[i] = (struct pl_point){hub.x + 200 * cos(2 * M_PI * i / N),
                                   hub.y + 200 * sin(2 * M_PI * i / N)};
    uint64_t sum = 0;
    for (int i = 0; i < N; i++) {
        const struct pl_point wedge[] = {hub, rim[i], rim[i + 1]};
        const struct pl_ring ring = {wedge, 3};
        sum += fill(&ring, 1, false);
    }
    cr_assert_eq(sum, 100u * 100u);
}

Test(canvas, polygons_of_any_size_and_place_are_cut_at_the_clip)
{
    static struct pl_point many[20000];
    for (int i = 0; i < 20000; i++) {
        double r = i % 2 ? 30 : 45, angle = 2 * M_PI * i / 20000;
        many[i] = (struct pl_point){50 + r * cos(angle), 50 + r * sin(angle)};
    }
    const struct pl_ring ring = {many, 20000};
    uint64_t n = fill(&ring, 1, false);
    cr_assert(n > M_PI * 29 * 29 && n < M_PI * 46 * 46, "%lu", (unsigned long)n);
    static const struct pl_point huge[] = {{-1e9, -1e9}, {1e9, -1e9}, {1e9, 1e9}, {-1e9, 1e9}};
    const struct pl_ring all = {huge, 4};
    cr_assert_eq(fill(&all, 1, false), 10000u);
    pl_canvas_clip(&canvas, (struct pl_rect){20, 20, 30, 40});
    uint64_t count;
    cr_assert_eq(pl_canvas_rings(&canvas, &all, 1, canvas.black, true, &count, NULL), PL_OK);
    cr_assert_eq(count, 200u);
    static const struct pl_point bad[] = {{0, 0}, {NAN, 50}, {50, 50}};
    const struct pl_ring broken = {bad, 3};
    cr_assert_eq(fill(&broken, 1, false), 0u);
    cr_assert_eq(fill(NULL, 0, false), 0u);
}

Test(canvas, a_polygon_too_large_for_the_arena_is_a_limit_that_is_named)
{
    struct pl_arena *small;
    struct pl_canvas other;
    struct pl_error error = {0};
    static struct pl_point many[5000];
    for (int i = 0; i < 5000; i++)
        many[i] = (struct pl_point){i % 40, i % 30};
    cr_assert_eq(pl_arena_make(&small, 64 << 10, NULL), PL_OK);
    cr_assert_eq(pl_canvas_make(&other, 40, 30, small, NULL), PL_OK);
    const struct pl_ring ring = {many, 5000};
    cr_assert_eq(pl_canvas_rings(&other, &ring, 1, other.black, false, NULL, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    pl_arena_free(&small);
}
