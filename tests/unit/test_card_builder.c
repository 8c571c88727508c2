/* test_card_builder.c - what parsers collect, put in order: texts, notices, cells, rows, colours.
 */
#include <criterion/criterion.h>

#include "render/card/array.h"
#include "render/card/builder.h"
#include "shm/base/check.h"
#include "tests/unit/card_help.h"

static struct pl_arena *arena;
static struct pl_builder builder;
static struct pl_card_options options;
static struct pl_card_blame blame;
static struct pl_card_set set;

static void start(void)
{
    const char *const packs[] = {card_pack_path()};
    cr_assert_eq(pl_card_start(packs, 1, NULL), PL_OK);
    cr_assert_eq(pl_arena_make(&arena, 64 << 20, NULL), PL_OK);
    options = (struct pl_card_options){.groups = UINT32_MAX};
    builder = (struct pl_builder){.packs = pl_card_packs(),
                                  .options = &options,
                                  .arena = arena,
                                  .game = PL_CARD_ED,
                                  .blame = &blame};
    cr_assert_eq(pl_builder_start(&builder, NULL), PL_OK);
    set = (struct pl_card_set){.game = PL_CARD_ED};
}

static void stop(void)
{
    pl_arena_free(&arena);
    pl_card_stop();
}

TestSuite(card_builder, .init = start, .fini = stop, .timeout = 120);

static const char *text(const char *of)
{
    return pl_builder_text(&builder, of, strlen(of));
}

static uint32_t new_card(const char *title)
{
    uint32_t number;
    struct pl_card head = {.profile = "", .image = "duo", .title = title, .group = "g"};
    cr_assert_eq(pl_builder_card(&builder, &head, &number, NULL), PL_OK);
    return number;
}

static uint32_t new_list(const char *title)
{
    uint32_t number;
    struct pl_card_list head = {.profile = "", .title = title, .device = "d"};
    cr_assert_eq(pl_builder_list(&builder, &head, &number, NULL), PL_OK);
    return number;
}

static void add_cell(uint32_t card, const char *device, const char *input, const char *context,
                     const char *label)
{
    static const struct pl_pack_rect rect = {10, 10, 100, 50};
    const struct pl_builder_label made = {.context = text(context), .text = text(label)};
    cr_assert_eq(pl_builder_cell(&builder, card, text(device), text(input), &rect, &made, NULL),
                 PL_OK);
}

static void add_row(uint32_t list, const char *sort, const char *input, const char *label)
{
    const struct pl_builder_label made = {.context = text("C"), .text = text(label), .plain = true};
    cr_assert_eq(pl_builder_row(&builder, list, sort, input, NULL, NULL, 0, &made, NULL), PL_OK);
}

static void expect(const char *as)
{
    cr_assert_eq(pl_builder_end(&builder, &set, NULL), PL_OK);
    cr_assert_str_eq(card_set_text(&set), as, "%s", card_set_text(&set));
}

Test(card_builder, equal_texts_are_one)
{
    const char *first = text("abc");
    for (int i = 0; i < 5000; i++)
        cr_assert_not_null(pl_builder_print(&builder, "text %d", i));
    cr_assert_eq(text("abc"), first);
    cr_assert_eq(pl_builder_print(&builder, "%s", "abc"), first);
    cr_assert_neq(text("abd"), first);
    cr_assert_str_eq(pl_builder_text(&builder, "abcdef", 2), "ab");
    cr_assert_str_eq(text(""), "");
}

Test(card_builder, what_was_asked_before_is_seen)
{
    cr_assert_not(pl_builder_seen(&builder, "%s", "a"));
    cr_assert(pl_builder_seen(&builder, "%s", "a"));
    cr_assert_not(pl_builder_seen(&builder, "%s", "b"));
    (void)text("c");
    cr_assert_not(pl_builder_seen(&builder, "%s", "c"), "texts are not questions");
}

Test(card_builder, cells_are_in_byte_order_of_device_and_input_together)
{
    uint32_t card = new_card("T");
    add_cell(card, "A1", "1", "C", "x");
    add_cell(card, "A", "2", "C", "x");
    add_cell(card, "A", "10", "C", "x");
    expect("[T]\n"
           "A1:1 C=x\n" /* '1' is before ':' */
           "A:10 C=x\n"
           "A:2 C=x\n");
}

Test(card_builder, labels_are_in_order_and_equal_ones_once)
{
    uint32_t card = new_card("T");
    add_cell(card, "D", "1", "b", "y");
    add_cell(card, "D", "1", "a", "z");
    add_cell(card, "D", "1", "b", "x");
    add_cell(card, "D", "1", "b", "y");
    add_cell(card, "D", "1", "B", "y");
    expect("[T]\n"
           "D:1 B=y, a=z, b=x, b=y\n");
    cr_assert_eq(set.contexts_n, 3);
}

Test(card_builder, cards_and_lists_stay_in_the_order_they_were_added)
{
    uint32_t z = new_card("Z"), empty = new_card("empty"), a = new_card("A");
    uint32_t y = new_list("Y"), none = new_list("none"), b = new_list("B");
    (void)empty, (void)none;
    add_cell(a, "D", "1", "C", "x");
    add_row(b, NULL, "1", "x");
    add_cell(z, "D", "1", "C", "x");
    add_row(y, NULL, "1", "x");
    expect("[Z]\nD:1 C=x\n"
           "[A]\nD:1 C=x\n"
           "{Y}\n1 C=x\n"
           "{B}\n1 C=x\n");
    cr_assert_eq(set.lists[0].pages_n, 1);
}

Test(card_builder, rows_are_put_together_by_their_sort_text)
{
    uint32_t list = new_list("L");
    add_row(list, "2", "first", "x");
    add_row(list, "1", "second", "x");
    add_row(list, "2", "first", "y");
    expect("{L}\n"
           "second C=x\n"
           "first C=x, C=y\n");
}

Test(card_builder, rows_count_and_the_document_has_them_in_byte_order)
{
    uint32_t list = new_list("L");
    static const char *const inputs[] = {"Joy_10", "Joy_2", "Joy_02", "Joy_1", "Joy_2", "POV1"};
    struct pl_buf buf = PL_BUF(1 << 16);
    const char *last = NULL;
    for (size_t i = 0; i < PL_COUNT(inputs); i++)
        add_row(list, NULL, text(inputs[i]), "x");
    expect("{L}\n"
           "Joy_02 C=x\n"
           "Joy_1 C=x\n"
           "Joy_2 C=x\n"
           "Joy_10 C=x\n"
           "POV1 C=x\n");
    cr_assert_eq(pl_card_set_json(&set, &buf, NULL), PL_OK);
    cr_assert_eq(pl_buf_add(&buf, "", 1, NULL), PL_OK);
    static const char *const written[] = {"\"Joy_02\"", "\"Joy_1\"", "\"Joy_10\"", "\"Joy_2\"",
                                          "\"POV1\""};
    for (size_t i = 0; i < PL_COUNT(written); i++) {
        const char *at = strstr((const char *)buf.bytes, written[i]);
        cr_assert(at != NULL && (last == NULL || at > last), "%s", written[i]);
        last = at;
    }
    pl_buf_free(&buf);
}

Test(card_builder, pinned_contexts_leave_the_palette_to_the_others)
{
    uint32_t card = new_card("T");
    add_cell(card, "D", "1", "a", "x");
    add_cell(card, "D", "1", "b", "x");
    add_cell(card, "D", "1", "c", "x");
    cr_assert_eq(pl_builder_pin(&builder, "b", "Title of b", 0xaabbccdd, NULL), PL_OK);
    cr_assert_eq(pl_builder_pin(&builder, "b", "again", 0, NULL), PL_OK);
    cr_assert_eq(pl_builder_end(&builder, &set, NULL), PL_OK);
    cr_assert_eq(set.contexts[0].rgba, 0x2780e3ff);
    cr_assert_eq(set.contexts[1].rgba, 0xaabbccdd);
    cr_assert_str_eq(set.contexts[1].title, "Title of b");
    cr_assert_eq(set.contexts[2].rgba, 0xff0039ff);
    cr_assert_str_eq(set.contexts[2].title, "c");
}

Test(card_builder, more_pins_than_there_is_room_for_are_left_out)
{
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(pl_builder_pin(&builder, pl_builder_print(&builder, "c%d", i), NULL, 1, NULL),
                     PL_OK);
}

Test(card_builder, a_box_lies_on_its_picture_or_not)
{
    static const struct {
        struct pl_pack_rect rect;
        bool inside;
    } cases[] = {{{0, 0, 100, 50}, true},  {{0, 0, 101, 50}, false},
                 {{0, 0, 100, 51}, false}, {{-1, 0, 10, 10}, false},
                 {{0, -1, 10, 10}, false}, {{5, 5, 0, 10}, false},
                 {{5, 5, 10, -1}, false},  {{99, 49, 1, 1}, true},
                 {{100, 0, 1, 1}, false},  {{INT32_MAX, 0, INT32_MAX, 1}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(pl_builder_inside(&cases[i].rect, 100, 50), cases[i].inside, "case %zu", i);
}

Test(card_builder, equal_notices_are_one_unless_they_are_of_files)
{
    pl_builder_notice(&builder, "a", 0, 5, "%d", 1);
    pl_builder_notice(&builder, "a", 1, 6, "%d", 1);
    pl_builder_notice(&builder, "b", 1, 7, "%d", 1);
    pl_builder_file_notice(&builder, "c", 0, 0, "same");
    pl_builder_file_notice(&builder, "c", 1, 0, "same");
    expect("! a: 1\n! b: 1\n! c: same\n! c: same\n");
    cr_assert_eq(set.notices[0].line, 5);
}

Test(card_builder, a_long_detail_is_cut_between_characters)
{
    char detail[1000] = "x";
    for (int i = 0; i < 300; i++)
        strcat(detail, "\xc3\xa4");
    pl_builder_notice(&builder, "a", 0, 0, "%s", detail);
    cr_assert_eq(pl_builder_end(&builder, &set, NULL), PL_OK);
    cr_assert_eq(strlen(set.notices[0].detail), 199);
}

Test(card_builder, more_labels_than_can_be_shown_are_too_complex)
{
    uint32_t list = new_list("L");
    struct pl_error error = {0};
    const struct pl_builder_label label = {.context = "C", .text = "x"};
    enum pl_err err = PL_OK;
    for (int i = 0; i <= 4 * PL_CARD_BINDINGS_MAX && err == PL_OK; i++)
        err = pl_builder_row(&builder, list, NULL, "1", NULL, NULL, 0, &label, &error);
    cr_assert_eq(err, PL_E_LIMIT);
    cr_assert_str_eq(blame.code, "too-complex");
}

Test(card_builder, cards_and_lists_together_have_a_limit)
{
    uint32_t number;
    struct pl_card card = {.profile = "", .image = "duo", .title = "T", .group = ""};
    struct pl_card_list list = {.profile = "", .title = "L", .device = "d"};
    for (int i = 0; i < PL_CARD_CARDS_MAX / 2; i++) {
        (void)new_card("T");
        (void)new_list("L");
    }
    cr_assert_eq(pl_builder_card(&builder, &card, &number, NULL), PL_E_LIMIT);
    cr_assert_str_eq(blame.code, "too-complex");
    cr_assert_eq(pl_builder_list(&builder, &list, &number, NULL), PL_E_LIMIT);
}

Test(card_builder, what_could_not_be_made_is_a_full_arena)
{
    uint32_t list = new_list("L");
    struct pl_error error = {0};
    const struct pl_builder_label label = {.context = "C", .text = NULL};
    cr_assert_eq(pl_builder_row(&builder, list, NULL, "1", NULL, NULL, 0, &label, &error),
                 PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    cr_assert_null(blame.code);
}

static int by_first(const void *a, const void *b)
{
    return ((const char *)a)[0] - ((const char *)b)[0];
}

Test(card_builder, sorting_is_stable_at_any_length)
{
    static char words[1000][4];
    const void *items[1000];
    for (size_t n = 0; n <= 1000; n = n * 2 + 1) {
        for (size_t i = 0; i < n; i++) {
            (void)snprintf(words[i], sizeof words[i], "%c", (char)('a' + i * 7 % 5));
            items[i] = words[i];
        }
        const void **sorted = pl_array_sort(arena, items, n, by_first);
        for (size_t i = 1; i < n; i++)
            cr_assert(by_first(sorted[i - 1], sorted[i]) < 0 ||
                      (by_first(sorted[i - 1], sorted[i]) == 0 && sorted[i - 1] < sorted[i]));
    }
}
