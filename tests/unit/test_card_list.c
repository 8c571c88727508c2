/* test_card_list.c - lists: every row once, in order, on its page, at whatever number of rows. */
#include "card_paint_help.h"
#include "render/card/list.h"
#include "render/card/list_priv.h"

enum { ROWS_MAX = 2000 };

static struct pl_type *type;
static struct pl_card_label one_label[] = {{.context = 0, .text = "Toggle Landing Gear"}};
static struct pl_card_label many_labels[] = {
    {.context = 0, .text = "Toggle Landing Gear"}, {.context = 1, .text = "Next Camera"},
    {.context = 0, .text = "Cockpit Quickview"},   {.context = 1, .text = "Reset Ext View"},
    {.context = 0, .text = "Set Master Battery"},  {.context = 1, .text = "Set Alternator"},
    {.context = 0, .text = "Autopilot Master"},    {.context = 1, .text = "Drone Move Left"}};
static const char *const keys[] = {"Left Ctrl", "Left Shift", "Numpad 7"};
static struct pl_card_row rows[ROWS_MAX];
static struct pl_card_list list = {
    .profile = "", .title = "Keyboard", .device = "Keyboard", .keyboard = true, .rows = rows};
static struct pl_card_context contexts[] = {{"PLANE", "Plane", 0x2780e3ff},
                                            {"CAMERA", "Camera", 0xff0039ff}};
static struct pl_card_set set = {
    .game = PL_CARD_ED, .contexts = contexts, .contexts_n = 2, .lists = &list, .lists_n = 1};

static void start(void)
{
    CARD_MUST(pl_arena_make(&card_help.arena, 128 << 20, &card_help.error));
    type = card_type();
}

static void stop(void)
{
    pl_type_close(&type);
    card_fonts_free();
    pl_arena_free(&card_help.arena);
}

TestSuite(card_list, .init = start, .fini = stop, .timeout = 300);

/* n rows, a heading for each `group` of them (0: none). */
static struct pl_list_plan plan_of(uint32_t n, uint32_t group, bool busy)
{
    static char headings[ROWS_MAX][24];
    struct pl_list_plan plan;
    for (uint32_t i = 0; i < n; i++) {
        bool full = busy && i % 3 == 0;
        (void)snprintf(headings[i], sizeof headings[i], "Group %u", group > 0 ? i / group : 0);
        rows[i] = (struct pl_card_row){.input = "F1",
                                       .heading = group > 0 ? headings[i] : "",
                                       .keys = keys,
                                       .keys_n = group > 0 ? 1 + i % 3 : 0,
                                       .labels = full ? many_labels : one_label,
                                       .labels_n = full ? PL_COUNT(many_labels) : 1};
    }
    list.rows_n = n;
    CARD_MUST(pl_list_plan(type, &list, card_help.arena, &plan, &card_help.error));
    return plan;
}

/* Rows go down a column, then to the next column, then to the next page, and never into another. */
static void check(const struct pl_list_plan *plan)
{
    double end = 0.0;
    cr_assert_geq(plan->px, 24);
    cr_assert_leq(plan->px, 40);
    cr_assert_leq(plan->columns * plan->column_w + (plan->columns - 1) * PL_LIST_GUTTER,
                  PL_LIST_PAGE_W - 2 * PL_LIST_MARGIN);
    for (uint32_t i = 0; i < plan->rows_n; i++) {
        const struct pl_list_row *row = &plan->rows[i], *before = i > 0 ? row - 1 : NULL;
        double top = row->y - (row->headed ? PL_LIST_HEADING * plan->px : 0.0);
        bool same = before != NULL && before->page == row->page && before->column == row->column;
        cr_assert_lt(row->page, plan->pages);
        cr_assert_lt(row->column, plan->columns);
        cr_assert_geq(top, PL_LIST_TOP - 0.001);
        if (same)
            cr_assert_geq(top, end - 0.001, "row %u", i);
        else if (before != NULL)
            cr_assert(row->page > before->page ||
                      (row->page == before->page && row->column > before->column));
        end = row->y + row->lines * PL_LIST_ROW * plan->px;
        cr_assert_leq(end, PL_LIST_BOTTOM + 0.001);
    }
}

Test(card_list, rows_of_any_number_find_a_place_each)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 9, 10, 17, 18, 40, 70, 100, 226, 500, 2000};
    for (size_t i = 0; i < PL_COUNT(counts); i++)
        for (unsigned form = 0; form < 4; form++) {
            size_t mark = pl_arena_mark(card_help.arena);
            struct pl_list_plan plan = plan_of(counts[i], form & 1 ? 14 : 0, form & 2);
            check(&plan);
            cr_assert_geq(plan.pages, 1);
            pl_arena_release(card_help.arena, mark);
        }
}

Test(card_list, few_rows_are_large_and_many_are_small)
{
    cr_assert_eq(plan_of(5, 0, false).px, 40);
    struct pl_list_plan plan = plan_of(226, 20, false);
    cr_assert_eq(plan.px, 24);
    cr_assert_gt(plan.pages, 1);
    cr_assert_leq(plan.pages, 4);
}

Test(card_list, a_heading_stands_above_each_group_and_each_column)
{
    struct pl_list_plan plan = plan_of(100, 7, false);
    for (uint32_t i = 0; i < plan.rows_n; i++) {
        bool top = i == 0 || plan.rows[i].column != plan.rows[i - 1].column ||
                   plan.rows[i].page != plan.rows[i - 1].page;
        cr_assert_eq(plan.rows[i].headed, i % 7 == 0 || top, "row %u", i);
    }
}

Test(card_list, a_row_of_very_many_labels_is_shown_in_parts_all_of_it)
{
    static struct pl_card_label lots[150];
    for (size_t i = 0; i < PL_COUNT(lots); i++)
        lots[i] = one_label[0];
    (void)plan_of(3, 0, false);
    rows[1].labels = lots;
    rows[1].labels_n = PL_COUNT(lots);
    struct pl_list_plan plan;
    CARD_MUST(pl_list_plan(type, &list, card_help.arena, &plan, &card_help.error));
    check(&plan);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < plan.rows_n; i++)
        shown += plan.rows[i].source == 1 ? plan.rows[i].labels_n : 0;
    cr_assert_eq(shown, PL_COUNT(lots));
}

/* ---- painted ------------------------------------------------------------------------------- */

static uint8_t pixels[1080][1920][3];

static struct pl_canvas24 page_of(uint32_t number, uint32_t width)
{
    struct pl_canvas24 canvas;
    struct pl_list_look look = {0xffffff, 0x373a3c, 0x878d91, 0xf6f8f9, 0xd4002f};
    struct pl_card_header header = {.scale = width / 3840.0,
                                    .width_px = width,
                                    .text_rgb = 0xffffff,
                                    .page_rgb = 0xe9ecef,
                                    .title = "Keyboard",
                                    .pack_name = "test",
                                    .pack_version = "1"};
    memset(pixels, 0, sizeof pixels);
    CARD_MUST(pl_canvas24_on_rows(&canvas, &pixels[0][0][0], width, width * 9 / 16,
                                  sizeof pixels[0], card_help.arena, &card_help.error));
    CARD_MUST(pl_card_list_draw(type, &set, &list, number, &look, &header, &canvas, card_help.arena,
                                &card_help.error));
    return canvas;
}

static bool ink_in(int x0, int y0, int x1, int y1)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            if ((pixels[y][x][0] | pixels[y][x][1] | pixels[y][x][2]) != 0)
                return true;
    return false;
}

Test(card_list, each_row_of_a_page_is_painted_and_the_margins_are_not)
{
    struct pl_list_plan plan = plan_of(226, 20, true);
    for (uint32_t page = 0; page < plan.pages; page++) {
        (void)page_of(page, 1920);
        for (uint32_t i = 0; i < plan.rows_n; i++) {
            const struct pl_list_row *row = &plan.rows[i];
            int x = (int)(PL_LIST_MARGIN + row->column * (plan.column_w + PL_LIST_GUTTER));
            if (row->page == page)
                cr_assert(ink_in(x + (int)plan.keys_w, (int)row->y, x + (int)plan.column_w,
                                 (int)row->y + 20),
                          "row %u", i);
        }
        cr_assert(!ink_in(0, 101, 20, 1080));
        cr_assert(!ink_in(1900, 101, 1920, 1080));
        cr_assert(!ink_in(0, 1066, 1920, 1080));
    }
}

Test(card_list, a_narrow_page_has_the_same_rows)
{
    struct pl_list_plan plan = plan_of(226, 20, false);
    (void)page_of(plan.pages - 1, 480);
    cr_assert(ink_in(0, 26, 480, 270));
    cr_assert(!ink_in(480, 0, 1920, 1080));
}

Test(card_list, a_page_of_a_long_list_is_that_of_its_section)
{
    static uint8_t alone[1080][1920][3];
    uint32_t ends[3], pages = 0, rows_n = 2 * PL_CARD_SECTION_ROWS + 9;
    (void)plan_of(rows_n, 0, true);
    struct pl_card_list whole = list;
    for (uint32_t i = 0; i < PL_COUNT(ends); i++) {
        struct pl_card_list part = pl_list_section(&whole, i);
        struct pl_list_plan plan;
        CARD_MUST(pl_list_plan(type, &part, card_help.arena, &plan, &card_help.error));
        ends[i] = pages += plan.pages;
    }
    cr_assert_eq(pl_list_section(&whole, 2).rows_n, 9);
    for (uint32_t i = 0; i < PL_COUNT(ends); i++) {
        list = pl_list_section(&whole, i);
        (void)page_of(0, 1920);
        memcpy(alone, pixels, sizeof pixels);
        list = whole;
        list.ends = ends;
        list.ends_n = PL_COUNT(ends);
        (void)page_of(i > 0 ? ends[i - 1] : 0, 1920);
        cr_assert_eq(memcmp(alone, pixels, sizeof pixels), 0, "section %u", i);
    }
}

Test(card_list, without_packs_there_is_one_page)
{
    struct pl_packs none = {.n = 0};
    CARD_MUST(pl_card_list_pages(&none, &list, card_help.arena, &card_help.error));
    cr_assert_eq(list.pages_n, 1);
}

Test(card_list, an_arena_too_small_is_said)
{
    struct pl_arena *small;
    struct pl_error error = {0};
    struct pl_list_plan plan;
    (void)plan_of(2000, 0, false);
    CARD_MUST(pl_arena_make(&small, 256 << 10, &card_help.error));
    cr_assert_eq(pl_list_plan(type, &list, small, &plan, &error), PL_E_LIMIT);
    pl_arena_free(&small);
}
