/* ROOT files as a whole: header, directories, keys, and what becomes of damaged ones. */
#include <criterion/criterion.h>

#include "shm/base/clock.h"
#include "tests/unit/root_help.h"

TestSuite(root_file, .timeout = 300);

static struct gen_bytes sample(enum gen_packing packing, bool big)
{
    struct gen_bytes file;
    gen_sample(&file, &(struct gen_root_options){.packing = packing, .big = big});
    return file;
}

static void put_be(uint8_t *p, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value >>= 8)
        p[i] = (uint8_t)value;
}

/* Where `needle` is in the file; the test ends when it is not. */
static size_t find(const struct gen_bytes *file, const void *needle, size_t n, size_t from)
{
    const uint8_t *at = memmem(file->bytes + from, file->n - from, needle, n);
    cr_assert_not_null(at);
    return (size_t)(at - file->bytes);
}

Test(root_file, is_recognised_by_its_first_word)
{
    struct gen_bytes file = sample(GEN_PLAIN, false);
    cr_assert_eq(pl_hist_probe(file.bytes, 512), 100);
    cr_assert_gt(pl_hist_probe(file.bytes, 4), 0);
    cr_assert_eq(pl_hist_probe(file.bytes, 3), 0);
    cr_assert_eq(pl_hist_probe((const uint8_t *)"\x89PNG\r\n\x1a\n....", 12), 0);
    cr_assert_eq(pl_hist_probe(file.bytes, 0), 0);
    free(file.bytes);
}

Test(root_file, lists_everything_with_path_class_title_and_entries)
{
    for (unsigned variant = 0; variant < 12; variant++) {
        struct gen_bytes file = sample((enum gen_packing)(variant / 2), variant % 2);
        const struct listing *listing = list(&file);
        cr_assert_eq(listing->err, PL_OK, "%s", listing->error.msg);
        cr_assert_eq(listing->n, 19);
        const struct item *item = item_at(listing, "all/h1f");
        cr_assert_not_null(item);
        cr_assert_str_eq(item->kind, "TH1F");
        cr_assert_str_eq(item->title, "one dimension");
        cr_assert_str_eq(item->trouble, "");
        cr_assert_eq(item->entries, 12.0);
        cr_assert_not_null(item_at(listing, "more/deep/a/slash"));
        cr_assert_str_eq(item_at(listing, "all/profile")->kind, "TProfile");
        free(file.bytes);
    }
}

Test(root_file, lists_other_classes_and_says_that_they_are_not_drawn)
{
    struct gen_bytes file = sample(GEN_ZLIB, false);
    const struct listing *listing = list(&file);
    const struct item *graph = item_at(listing, "graph"), *tree = item_at(listing, "tree");
    cr_assert_str_eq(graph->kind, "TMultiGraph");
    cr_assert_str_eq(graph->trouble, "platen does not draw TMultiGraph objects");
    cr_assert_str_eq(graph->title, "not drawn");
    cr_assert_str_eq(tree->kind, "OTHER");
    cr_assert_str_eq(tree->trouble, "platen does not draw TTree objects");
    struct pl_arena *arena = test_arena(ARENA_N);
    struct pl_hist hist;
    struct pl_error error = {.code = PL_OK};
    cr_assert_eq(read_hist(&file, "graph", arena, &hist, &error), PL_E_FORMAT);
    cr_assert_str_eq(error.msg, "platen does not draw TMultiGraph objects");
    pl_arena_free(&arena);
    free(file.bytes);
}

Test(root_file, something_else_is_refused)
{
    struct gen_bytes file = {NULL, 0, 0};
    gen_add(&file, "this is no ROOT file, though it begins with something readable", 62);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_E_FORMAT);
    cr_assert(strstr(listing->error.msg, "not a ROOT file"), "%s", listing->error.msg);
    free(file.bytes);
}

Test(root_file, cut_at_any_byte_is_refused_and_says_so)
{
    for (unsigned big = 0; big < 2; big++) {
        struct gen_bytes file = sample(GEN_ZLIB, big);
        for (size_t n = 0; n < file.n; n++) {
            struct gen_bytes cut = {malloc(n + 1), n, n};
            memcpy(cut.bytes, file.bytes, n);
            struct pl_arena *arena = test_arena(1 << 20);
            struct listing listing = {.n = 0};
            struct pl_source source = {cut.bytes, cut.n};
            cr_assert_eq(pl_hist_inspect(&source, arena, keep_item, &listing, &listing.error),
                         PL_E_FORMAT, "cut at %zu", n);
            cr_assert_eq(listing.n, 0);
            char words[80];
            snprintf(words, sizeof words, "%zu bytes long but only %zu arrived", file.n, n);
            if (n >= 64)
                cr_assert(strstr(listing.error.msg, words), "cut at %zu: %s", n, listing.error.msg);
            pl_arena_free(&arena);
            free(cut.bytes);
        }
        free(file.bytes);
    }
}

Test(root_file, more_bytes_than_it_says_do_no_harm)
{
    struct gen_bytes file = sample(GEN_LZ4, false);
    gen_add(&file, "trailing", 8);
    cr_assert_eq(list(&file)->n, 19);
    free(file.bytes);
}

Test(root_file, not_closed_by_its_writer_is_refused)
{
    struct gen_bytes file = sample(GEN_PLAIN, false);
    uint32_t name_n = (uint32_t)file.bytes[28] << 24 | file.bytes[29] << 16 | file.bytes[30] << 8 |
                      file.bytes[31];
    put_be(file.bytes + 100 + name_n + 26, 0, 4);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_E_FORMAT);
    cr_assert(strstr(listing->error.msg, "not closed"), "%s", listing->error.msg);
    free(file.bytes);
}

static void add_object(struct gen_root *root, unsigned directory, const char *class_name,
                       const char *name, const char *title, uint16_t cycle)
{
    struct gen_hist hist;
    struct gen_bytes payload = {NULL, 0, 0};
    gen_hist_start(&hist, class_name, name, title, 3, 0.0, 3.0, 0, 0.0, 0.0);
    gen_hist_payload(&hist, gen_root_key_n(root, class_name, name, title), &payload);
    gen_root_object(root, directory, class_name, name, title, cycle, payload.bytes, payload.n);
    gen_hist_free(&hist);
    free(payload.bytes);
}

Test(root_file, the_highest_cycle_of_a_name_counts)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    add_object(root, 0, "TH1F", "h", "second", 2);
    add_object(root, 0, "TH1F", "h", "third", 3);
    add_object(root, 0, "TH1F", "h", "first", 1);
    gen_root_finish(root, &file);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->n, 1);
    cr_assert_str_eq(listing->items[0].title, "third");
    free(file.bytes);
}

Test(root_file, two_objects_of_one_path_are_both_listed)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    unsigned a = gen_root_directory(root, GEN_ROOT_DIRECTORY, "a"),
             ab = gen_root_directory(root, a, "b");
    add_object(root, a, "TH1F", "b/c", "in a", 1);
    add_object(root, ab, "TH1F", "c", "in a/b", 1);
    add_object(root, GEN_ROOT_DIRECTORY, "TH1F", "a/b/c;1", "at the top", 1);
    gen_root_finish(root, &file);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->n, 3);
    cr_assert_str_eq(item_at(listing, "a/b/c;1")->title, "at the top");
    cr_assert_str_eq(item_at(listing, "a/b/c")->title, "in a");
    cr_assert_str_eq(item_at(listing, "a/b/c;2")->title, "in a/b");
    free(file.bytes);
}

Test(root_file, a_directory_and_an_object_may_share_a_name)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    unsigned both = gen_root_directory(root, GEN_ROOT_DIRECTORY, "both");
    add_object(root, GEN_ROOT_DIRECTORY, "TH1F", "both", "object", 5);
    add_object(root, both, "TH1F", "inside", "inside", 1);
    gen_root_finish(root, &file);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->n, 2);
    cr_assert_not_null(item_at(listing, "both"));
    cr_assert_not_null(item_at(listing, "both/inside"));
    free(file.bytes);
}

Test(root_file, directories_in_a_circle_end)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    unsigned child = gen_root_directory(root, GEN_ROOT_DIRECTORY, "child");
    add_object(root, child, "TH1F", "h", "in the circle", 1);
    gen_root_finish(root, &file);
    /* the child's list of keys becomes its parent's */
    uint32_t name_n = (uint32_t)file.bytes[28] << 24 | file.bytes[29] << 16 | file.bytes[30] << 8 |
                      file.bytes[31];
    size_t key = find(&file,
                      "\x0eTDirectoryFile\x05"
                      "child",
                      21, 0);
    size_t record = key + 21 + 6;
    memcpy(file.bytes + record + 26, file.bytes + 100 + name_n + 26, 4);
    uint64_t began = pl_cpu_ns();
    const struct listing *listing = list(&file);
    cr_assert_lt(pl_cpu_ns() - began, 50 * PL_MS_NS);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_lt(listing->n, 100);
    cr_assert(strstr(listing->items[listing->n - 1].trouble, "circle") ||
                  strstr(listing->items[listing->n - 1].trouble, "nested"),
              "%s", listing->items[listing->n - 1].trouble);
    free(file.bytes);
}

Test(root_file, circles_that_multiply_end_too)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    (void)gen_root_directory(root, GEN_ROOT_DIRECTORY, "one");
    (void)gen_root_directory(root, GEN_ROOT_DIRECTORY, "two");
    gen_root_finish(root, &file);
    uint32_t name_n = (uint32_t)file.bytes[28] << 24 | file.bytes[29] << 16 | file.bytes[30] << 8 |
                      file.bytes[31];
    static const char *const keys[] = {"\x0eTDirectoryFile\x03one\x03one",
                                       "\x0eTDirectoryFile\x03two\x03two"};
    for (unsigned i = 0; i < 2; i++) {
        size_t record = find(&file, keys[i], strlen(keys[i]), 0) + strlen(keys[i]);
        memcpy(file.bytes + record + 26, file.bytes + 100 + name_n + 26, 4);
    }
    uint64_t began = pl_cpu_ns();
    const struct listing *listing = list(&file);
    cr_assert_lt(pl_cpu_ns() - began, 50 * PL_MS_NS);
    cr_assert_eq(listing->err, PL_OK, "%s", listing->error.msg);
    cr_assert(strstr(listing->items[0].trouble, "circle"), "%s", listing->items[0].trouble);
    free(file.bytes);
}

Test(root_file, nesting_ends_at_64)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    unsigned at = GEN_ROOT_DIRECTORY;
    for (unsigned i = 0; i < 70; i++)
        at = gen_root_directory(root, at, "d");
    add_object(root, at, "TH1F", "h", "too deep", 1);
    gen_root_finish(root, &file);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_eq(listing->n, 1);
    cr_assert_str_eq(listing->items[0].trouble, "directories are nested more than 64 deep");
    free(file.bytes);
}

Test(root_file, a_count_of_keys_that_cannot_be_is_refused)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    unsigned child = gen_root_directory(root, GEN_ROOT_DIRECTORY, "child");
    add_object(root, child, "TH1F", "h", "h", 1);
    add_object(root, GEN_ROOT_DIRECTORY, "TH1F", "other", "other", 1);
    gen_root_finish(root, &file);
    size_t list_at = find(&file,
                          "\x0eTDirectoryFile\x05"
                          "child\x05"
                          "child\x00\x00\x00\x01",
                          31, 0) +
                     27;
    put_be(file.bytes + list_at, 0x7fffffff, 4);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_str_eq(item_at(listing, "other")->trouble, "");
    cr_assert(strstr(item_at(listing, "child")->trouble, "promises 2147483647 keys"), "%s",
              item_at(listing, "child")->trouble);
    free(file.bytes);
}

Test(root_file, one_bad_object_hides_no_other)
{
    struct gen_bytes file = sample(GEN_PLAIN, false);
    size_t title =
        find(&file, "one dimension", 13, 0); /* of the key of the first; its object follows */
    size_t object = title + 13;
    put_be(file.bytes + object, 0x7fffffff, 4);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_eq(listing->n, 19);
    cr_assert(strstr(item_at(listing, "all/h1c")->trouble, "byte count"), "%s",
              item_at(listing, "all/h1c")->trouble);
    cr_assert_str_eq(item_at(listing, "all/h1s")->trouble, "");
    free(file.bytes);
}

Test(root_file, a_key_that_points_outside_is_listed_with_its_trouble)
{
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    add_object(root, 0, "TH1F", "lost", "lost", 1);
    add_object(root, 0, "TH1F", "kept", "kept", 1);
    gen_root_finish(root, &file);
    size_t first = find(&file, "\x04TH1F\x04lost", 10, 0);
    size_t in_list = find(&file, "\x04TH1F\x04lost", 10, first + 1);
    put_be(file.bytes + in_list - 8, 0x7ffffff0, 4);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->n, 2);
    cr_assert(strstr(item_at(listing, "lost")->trouble, "outside of the file"), "%s",
              item_at(listing, "lost")->trouble);
    cr_assert_str_eq(item_at(listing, "kept")->trouble, "");
    free(file.bytes);
}

Test(root_file, a_path_too_long_to_ask_for_is_cut_and_says_so)
{
    char name[1200];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    struct gen_root *root = gen_root_start(NULL);
    struct gen_bytes file;
    add_object(root, 0, "TH1F", name, "long", 1);
    name[0] = 'm';
    unsigned directory = gen_root_directory(root, GEN_ROOT_DIRECTORY, name);
    add_object(root, directory, "TH1F", "h", "below", 1);
    gen_root_finish(root, &file);
    const struct listing *listing = list(&file);
    cr_assert_eq(listing->err, PL_OK);
    cr_assert_eq(listing->n, 2);
    cr_assert_eq(strlen(listing->items[0].path), 1024);
    cr_assert(strstr(listing->items[0].trouble, "longer than 1024"));
    cr_assert(strstr(listing->items[1].trouble, "longer than 1024"));
    free(file.bytes);
}

static enum pl_err stop(void *context, const struct pl_found *found, struct pl_error *error)
{
    (void)found;
    return ++*(unsigned *)context == 3 ? pl_fail(error, PL_E_SPACE, "enough") : PL_OK;
}

Test(root_file, listing_ends_when_its_receiver_says_so)
{
    struct gen_bytes file = sample(GEN_ZSTD, false);
    struct pl_arena *arena = test_arena(ARENA_N);
    struct pl_error error = {.code = PL_OK};
    unsigned n = 0;
    cr_assert_eq(pl_hist_inspect(&(struct pl_source){file.bytes, file.n}, arena, stop, &n, &error),
                 PL_E_SPACE);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(error.msg, "enough");
    pl_arena_free(&arena);
    free(file.bytes);
}

Test(root_file, a_locator_of_another_file_is_refused)
{
    struct gen_bytes file = sample(GEN_ZLIB, false), other = sample(GEN_LZ4, true);
    const struct item item = *item_at(list(&file), "all/h2f");
    struct pl_arena *arena = test_arena(ARENA_N);
    struct pl_hist hist;
    struct pl_source source = {other.bytes, other.n};
    cr_assert_eq(pl_hist_read(&source, item.locator, item.locator_n, arena, &hist, NULL),
                 PL_E_INPUT);
    source = (struct pl_source){file.bytes, file.n};
    cr_assert_eq(pl_hist_read(&source, item.locator, item.locator_n - 1, arena, &hist, NULL),
                 PL_E_INPUT);
    cr_assert_eq(pl_hist_read(&source, item.locator, 0, arena, &hist, NULL), PL_E_INPUT);
    cr_assert_eq(pl_hist_read(&source, item.locator, item.locator_n, arena, &hist, NULL), PL_OK);
    pl_arena_free(&arena);
    free(file.bytes);
    free(other.bytes);
}

Test(root_file, ten_thousand_histograms_are_listed_in_little_memory)
{
    struct gen_bytes file;
    gen_many(&file, 10000, &(struct gen_root_options){.packing = GEN_ZLIB});
    struct pl_arena *arena = test_arena(ARENA_N);
    struct listing *listing = calloc(1, sizeof *listing);
    cr_assert_eq(
        pl_hist_inspect(&(struct pl_source){file.bytes, file.n}, arena, keep_item, listing, NULL),
        PL_OK);
    cr_assert_eq(listing->n, 10000);
    cr_assert_lt(pl_arena_peak(arena), 4 << 20);
    free(listing);
    pl_arena_free(&arena);
    free(file.bytes);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static enum pl_err read_too(void *context, const struct pl_found *found, struct pl_error *error)
{
    struct pl_arena *arena = test_arena(1 << 24);
    struct pl_hist hist;
    (void)error;
    if (pl_hist_read(context, found->locator, found->locator_n, arena, &hist, NULL) == PL_OK &&
        hist.cells_n > 0)
        (void)pl_cell(&hist.content, hist.cells_n - 1);
    pl_arena_free(&arena);
    return PL_OK;
}

Test(root_file, random_damage_is_survived_and_takes_no_time)
{
    static const enum gen_packing packings[] = {GEN_PLAIN, GEN_ZLIB};
    uint64_t state = 88172645463325252U, slowest = 0;
    struct pl_arena *arena = test_arena(1 << 24);
    for (unsigned p = 0; p < 2; p++) {
        struct gen_bytes file = sample(packings[p], false);
        uint8_t *copy = malloc(file.n);
        for (unsigned round = 0; round < 1500; round++) {
            memcpy(copy, file.bytes, file.n);
            for (uint64_t changes = 1 + next_random(&state) % 4; changes > 0; changes--)
                copy[next_random(&state) % file.n] = (uint8_t)next_random(&state);
            struct pl_source source = {copy, file.n};
            struct pl_error error = {.code = PL_OK};
            uint64_t began = pl_cpu_ns();
            enum pl_err err = pl_hist_inspect(&source, arena, read_too, &source, &error);
            uint64_t took = pl_cpu_ns() - began;
            slowest = took > slowest ? took : slowest;
            cr_assert(err == PL_OK || error.msg[0] != '\0');
            pl_arena_reset(arena, 1 << 20);
        }
        free(copy);
        free(file.bytes);
    }
#ifndef PL_SANITIZED
    cr_assert_lt(slowest, 50 * PL_MS_NS);
#endif
    pl_arena_free(&arena);
}
