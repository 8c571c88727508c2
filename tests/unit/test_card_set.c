/* test_card_set.c - pictures of a set, its packed form and its document. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/set.h"
#include "shm/base/check.h"

static struct pl_arena *arena;

static void make_arena(void)
{
    cr_assert_eq(pl_arena_make(&arena, 4 << 20, NULL), PL_OK);
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(card_set, .init = make_arena, .fini = free_arena, .timeout = 120);

static struct pl_card_context contexts[] = {{"MENU", "Menus", 0x2780e3ff},
                                            {"PLANE", "PLANE", 0xff0039a6}};
static struct pl_card_label labels[] = {{.context = 0, .text = "Up"},
                                        {.context = 1, .text = "Gear \"1\"", .modifier = 101},
                                        {.context = 1, .text = "W\xc3\xa4hlen", .invalid = true}};
static const char *const keys[] = {"Left Shift", "A"};
static struct pl_card_cell cells[] = {{.device = "Stick",
                                       .input = "1",
                                       .x = 10,
                                       .y = 20,
                                       .w = 300,
                                       .h = 54,
                                       .drawn = true,
                                       .labels_n = 2,
                                       .labels = labels},
                                      {.device = "Stick",
                                       .input = "POV1Up",
                                       .x = -1,
                                       .y = -1,
                                       .w = 5,
                                       .h = 6,
                                       .labels_n = 1,
                                       .labels = labels}};
static struct pl_card cards[] = {{.profile = "Mine",
                                  .image = "stick",
                                  .title = "Stick (Mine)",
                                  .group = "G",
                                  .device_index = 1,
                                  .cells_n = 2,
                                  .cells = cells}};
static struct pl_card_row rows[] = {{.input = "X", .heading = "", .labels_n = 1, .labels = labels}};
static struct pl_card_row key_rows[] = {{.input = "Left Shift + A",
                                         .heading = "Ship",
                                         .keys_n = 2,
                                         .keys = keys,
                                         .labels_n = 1,
                                         .labels = labels + 2}};
static uint32_t ends[] = {2, 3};
static struct pl_card_list lists[] = {{.profile = "",
                                       .title = "Mouse",
                                       .device = "Mouse",
                                       .pages_n = 2,
                                       .ends_n = 1,
                                       .ends = ends,
                                       .rows_n = 1,
                                       .rows = rows},
                                      {.profile = "",
                                       .title = "Keyboard",
                                       .device = "Keyboard",
                                       .keyboard = true,
                                       .pages_n = 1,
                                       .rows_n = 1,
                                       .rows = key_rows}};
static struct pl_card_notice notices[] = {{"truncated", "the end", 1, 77}, {"overflow", "", 0, 0}};
static const struct pl_card_file_id files[] = {{{0xab, 1}, 4711}};

static struct pl_card_set sample(void)
{
    return (struct pl_card_set){.game = PL_CARD_ED,
                                .files_n = 1,
                                .files = files,
                                .contexts_n = 2,
                                .contexts = contexts,
                                .cards_n = 1,
                                .cards = cards,
                                .lists_n = 2,
                                .lists = lists,
                                .notices_n = 2,
                                .notices = notices,
                                .groups = 0x80000005,
                                .style = 3,
                                .day = 20261121,
                                .notices_more = UINT64_C(1) << 40,
                                .bindings_n = 99};
}

static struct pl_buf packed(const struct pl_card_set *set)
{
    struct pl_buf buf = PL_BUF(1 << 20);
    cr_assert_eq(pl_card_set_pack(set, &buf, NULL), PL_OK);
    return buf;
}

Test(card_set, pictures_are_cards_then_pages_of_lists)
{
    struct pl_card_set set = sample();
    struct pl_card_picture picture;
    cr_assert_eq(pl_card_pictures(&set), 4);
    cr_assert(!pl_card_picture_at(&set, 0, &picture));
    cr_assert(pl_card_picture_at(&set, 1, &picture));
    cr_assert_eq(picture.card, &cards[0]);
    cr_assert_null(picture.list);
    cr_assert(pl_card_picture_at(&set, 3, &picture));
    cr_assert_null(picture.card);
    cr_assert_eq(picture.list, &lists[0]);
    cr_assert_eq(picture.page, 1);
    cr_assert(pl_card_picture_at(&set, 4, &picture));
    cr_assert_eq(picture.list, &lists[1]);
    cr_assert_eq(picture.page, 0);
    cr_assert(!pl_card_picture_at(&set, 5, &picture));
    cr_assert(!pl_card_picture_at(&set, UINT32_MAX, &picture));
}

Test(card_set, what_is_packed_comes_back)
{
    struct pl_card_set set = sample(), out;
    struct pl_buf buf = packed(&set);
    cr_assert_eq(pl_card_set_unpack(buf.bytes, buf.n, arena, &out, NULL), PL_OK);
    cr_assert_eq(out.game, PL_CARD_ED);
    cr_assert_eq(out.notices_more, set.notices_more);
    cr_assert(out.groups == 0x80000005 && out.style == 3 && out.day == 20261121);
    cr_assert_eq(out.bindings_n, 99);
    cr_assert_eq(out.files[0].sha256[0], 0xab);
    cr_assert_eq(out.files[0].bytes, 4711);
    cr_assert_str_eq(out.contexts[0].title, "Menus");
    cr_assert_eq(out.contexts[1].rgba, 0xff0039a6);
    cr_assert_str_eq(out.cards[0].title, "Stick (Mine)");
    cr_assert_str_eq(out.cards[0].group, "G");
    cr_assert_eq(out.cards[0].cells[1].x, -1);
    cr_assert_not(out.cards[0].cells[1].drawn);
    cr_assert_str_eq(out.cards[0].cells[0].labels[1].text, "Gear \"1\"");
    cr_assert_eq(out.cards[0].cells[0].labels[1].modifier, 101);
    cr_assert(out.lists[1].keyboard);
    cr_assert_str_eq(out.lists[1].rows[0].keys[1], "A");
    cr_assert(out.lists[1].rows[0].labels[0].invalid);
    cr_assert_eq(out.lists[0].pages_n, 2);
    cr_assert_eq(out.lists[0].ends[0], 2);
    cr_assert_eq(out.lists[1].ends_n, 0);
    cr_assert_eq(out.notices[0].line, 77);
    struct pl_buf again = packed(&out);
    cr_assert_eq(again.n, buf.n);
    cr_assert(memcmp(again.bytes, buf.bytes, buf.n) == 0);
    pl_buf_free(&again);
    pl_buf_free(&buf);
}

Test(card_set, a_cut_set_is_refused)
{
    struct pl_card_set set = sample(), out;
    struct pl_buf buf = packed(&set);
    for (size_t n = 0; n < buf.n; n++) {
        uint8_t *exact = malloc(n > 0 ? n : 1);
        memcpy(exact, buf.bytes, n);
        cr_assert_eq(pl_card_set_unpack(exact, n, arena, &out, NULL), PL_E_FORMAT, "%zu", n);
        free(exact);
    }
    cr_assert_eq(pl_buf_add(&buf, "", 1, NULL), PL_OK);
    cr_assert_eq(pl_card_set_unpack(buf.bytes, buf.n, arena, &out, NULL), PL_E_FORMAT);
    pl_buf_free(&buf);
}

/* Whatever a damaged set becomes, it packs to the bytes it came from. */
Test(card_set, a_damaged_set_is_refused_or_means_what_it_says)
{
    struct pl_card_set set = sample(), out;
    struct pl_buf buf = packed(&set);
    for (size_t at = 0; at < buf.n; at++)
        for (int bit = 0; bit < 8; bit++) {
            size_t mark = pl_arena_mark(arena);
            buf.bytes[at] ^= (uint8_t)(1 << bit);
            enum pl_err err = pl_card_set_unpack(buf.bytes, buf.n, arena, &out, NULL);
            cr_assert(err == PL_OK || err == PL_E_FORMAT);
            if (err == PL_OK) {
                struct pl_buf again = packed(&out);
                cr_assert(again.n == buf.n && memcmp(again.bytes, buf.bytes, buf.n) == 0);
                pl_buf_free(&again);
            }
            buf.bytes[at] ^= (uint8_t)(1 << bit);
            pl_arena_release(arena, mark);
        }
    pl_buf_free(&buf);
}

Test(card_set, a_count_beyond_the_bytes_allocates_nothing)
{
    struct pl_card_set set = {.game = PL_CARD_FS2020}, out;
    struct pl_buf buf = packed(&set);
    memset(buf.bytes + 40, 0xff, 4); /* the number of files */
    size_t before = pl_arena_used(arena);
    cr_assert_eq(pl_card_set_unpack(buf.bytes, buf.n, arena, &out, NULL), PL_E_FORMAT);
    cr_assert_eq(pl_arena_used(arena), before);
    pl_buf_free(&buf);
}

Test(card_set, ends_of_sections_that_are_not_there_are_refused)
{
    static const uint32_t none[] = {0}, more[] = {3}, back[] = {2, 2};
    static const struct pl_card_list wrong[] = {{.pages_n = 1, .ends_n = 1, .ends = none},
                                                {.pages_n = 2, .ends_n = 1, .ends = more},
                                                {.pages_n = 3, .ends_n = 2, .ends = ends},
                                                {.pages_n = 2, .ends_n = 2, .ends = back}};
    for (unsigned i = 0; i < PL_COUNT(wrong); i++) {
        struct pl_card_list list = lists[0];
        struct pl_card_set set = sample(), out;
        list.pages_n = wrong[i].pages_n;
        list.ends_n = wrong[i].ends_n;
        list.ends = wrong[i].ends;
        set.lists = &list;
        set.lists_n = 1;
        struct pl_buf buf = packed(&set);
        cr_assert_eq(pl_card_set_unpack(buf.bytes, buf.n, arena, &out, NULL), PL_E_FORMAT, "%u", i);
        pl_buf_free(&buf);
    }
}

Test(card_set, an_arena_too_small_is_said)
{
    struct pl_card_set set = sample(), out;
    struct pl_buf buf = packed(&set);
    struct pl_arena *small;
    struct pl_error error = {0};
    cr_assert_eq(pl_arena_make(&small, 64, NULL), PL_OK);
    while (pl_arena_alloc(small, 16) != NULL)
        ;
    cr_assert_eq(pl_card_set_unpack(buf.bytes, buf.n, small, &out, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "workers.memory");
    pl_arena_free(&small);
    pl_buf_free(&buf);
}

Test(card_set, a_buffer_too_small_stays_as_it_was)
{
    struct pl_card_set set = sample();
    struct pl_buf buf = PL_BUF(100);
    cr_assert_eq(pl_buf_text(&buf, "before", NULL), PL_OK);
    cr_assert_eq(pl_card_set_pack(&set, &buf, NULL), PL_E_LIMIT);
    cr_assert_eq(buf.n, 6);
    cr_assert_eq(pl_card_set_json(&set, &buf, NULL), PL_E_LIMIT);
    cr_assert_eq(buf.n, 6);
    pl_buf_free(&buf);
}

static json_t *document(const struct pl_card_set *set)
{
    struct pl_buf buf = PL_BUF(1 << 20);
    json_error_t error;
    cr_assert_eq(pl_card_set_json(set, &buf, NULL), PL_OK);
    json_t *root = json_loadb((const char *)buf.bytes, buf.n, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(root, "%s, line %d", error.text, error.line);
    pl_buf_free(&buf);
    return root;
}

static json_t *at(json_t *json, const char *path)
{
    char copy[200];
    strncpy(copy, path, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    for (char *part = strtok(copy, "."); part != NULL; part = strtok(NULL, "."))
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(part))
                                   : json_object_get(json, part);
    cr_assert_not_null(json, "%s", path);
    return json;
}

Test(card_set, the_document_says_everything)
{
    struct pl_card_set set = sample();
    json_t *root = document(&set);
    cr_assert_str_eq(json_string_value(at(root, "game")), "ed");
    cr_assert_eq(json_integer_value(at(root, "files.0.bytes")), 4711);
    cr_assert_eq(strlen(json_string_value(at(root, "files.0.sha256"))), 64);
    cr_assert_eq(json_integer_value(at(root, "counts.cells")), 2);
    cr_assert_eq(json_integer_value(at(root, "counts.drawn")), 1);
    cr_assert_eq(json_integer_value(at(root, "counts.labels")), 3);
    cr_assert_eq(json_integer_value(at(root, "counts.lists")), 1, "the keyboard counts apart");
    cr_assert_eq(json_integer_value(at(root, "counts.list_rows")), 1);
    cr_assert_eq(json_integer_value(at(root, "counts.keyboard")), 1);
    cr_assert_eq(json_integer_value(at(root, "cards.0.cells.0.rect.2")), 300);
    cr_assert_str_eq(json_string_value(at(root, "cards.0.cells.0.labels.1.text")), "Gear \"1\"");
    cr_assert_str_eq(json_string_value(at(root, "cards.0.cells.0.labels.1.group")), "PLANE");
    cr_assert_str_eq(json_string_value(at(root, "cards.0.cells.0.labels.1.colour")), "#ff0039a6");
    cr_assert(json_is_false(at(root, "cards.0.cells.1.drawn")));
    cr_assert_str_eq(json_string_value(at(root, "cards.0.group")), "G");
    cr_assert_eq(json_array_size(at(root, "lists")), 1);
    cr_assert_str_eq(json_string_value(at(root, "keyboard.0.group")), "Ship");
    cr_assert_str_eq(json_string_value(at(root, "keyboard.0.keys.0")), "Left Shift");
    cr_assert(json_is_true(at(root, "keyboard.0.invalid")));
    cr_assert_str_eq(json_string_value(at(root, "colours.MENU")), "#2780e3ff");
    cr_assert_str_eq(json_string_value(at(root, "notices.0")), "truncated: the end");
    cr_assert_str_eq(json_string_value(at(root, "notices.1")), "overflow");
    json_decref(root);
}

Test(card_set, an_empty_set_is_a_document_too)
{
    struct pl_card_set set = {.game = PL_CARD_SWS};
    json_t *root = document(&set);
    cr_assert_eq(json_array_size(at(root, "cards")), 0);
    cr_assert(json_is_null(at(root, "keyboard")));
    cr_assert_eq(json_integer_value(at(root, "counts.pictures")), 0);
    json_decref(root);
}
