/* test_findings.c - what a worker writes and the keeper believes of it. */
#include <fcntl.h>
#include <math.h>

#include "tests/unit/store_help.h"

TestSuite(findings, .init = help_start, .fini = help_stop, .timeout = 300);

enum { ID = 77, FILE_MOST = 65536 };
static uint8_t whole[FILE_MOST];
static size_t whole_n;

static void path_of(char out[128])
{
    (void)snprintf(out, 128, "%s/spool/%016x.found", help.dir, ID);
}

static void write_items(const struct pl_item *items, uint32_t n)
{
    struct pl_findings *findings;
    uint32_t written, troubled;
    MUST(pl_findings_make(help.store, ID, 1000, &findings, &help.error));
    for (uint32_t i = 0; i < n; i++)
        MUST(pl_findings_add(findings, &items[i], &help.error));
    MUST(pl_findings_end(&findings, &written, &troubled, &help.error));
    cr_assert_eq(written, n);
    char path[128];
    path_of(path);
    int fd = open(path, O_RDONLY);
    whole_n = (size_t)read(fd, whole, sizeof whole);
    (void)close(fd);
}

/* Read a findings file of these bytes to its end; *n items were believed. */
static enum pl_err read_bytes(const uint8_t *bytes, size_t n, struct pl_item *last, uint32_t *items)
{
    static struct pl_findings_reader reader;
    char path[128];
    bool done = false;
    path_of(path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    cr_assert_eq(write(fd, bytes, n), (ssize_t)n);
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    enum pl_err code = pl_findings_begin(&reader, fd, NULL);
    while (code == PL_OK && !done)
        code = pl_findings_next(&reader, last, &done, NULL);
    (void)close(fd);
    *items = reader.items;
    return code;
}

static void write_three(void)
{
    struct pl_item items[3] = {help_item("a"), help_item("dir/b;1"), help_item("c")};
    (void)strcpy(items[1].trouble, "no such class");
    write_items(items, 3);
}

Test(findings, what_is_written_is_read)
{
    struct pl_item last;
    uint32_t n;
    write_three();
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(last.path, "c");
    cr_assert_str_eq(last.kind, "TH1F");
    cr_assert_eq(last.ordinal, 2);
    cr_assert_eq(memcmp(last.locator, "abc", 3), 0);
}

Test(findings, a_file_cut_anywhere_is_refused)
{
    struct pl_item last;
    uint32_t n;
    write_three();
    for (size_t i = 0; i < whole_n; i++)
        cr_assert_eq(read_bytes(whole, i, &last, &n), PL_E_FORMAT, "cut at %zu", i);
}

Test(findings, any_flipped_bit_is_refused)
{
    struct pl_item last;
    uint32_t n;
    write_three();
    for (size_t i = 0; i < whole_n * 8; i++) {
        whole[i / 8] ^= (uint8_t)(1 << i % 8);
        cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_E_FORMAT, "bit %zu", i);
        whole[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

Test(findings, bytes_behind_the_end_are_refused)
{
    struct pl_item last;
    uint32_t n;
    write_three();
    whole[whole_n] = 0;
    cr_assert_eq(read_bytes(whole, whole_n + 1, &last, &n), PL_E_FORMAT);
}

/* A file of one item that is sealed rightly but says what it may not. */
static enum pl_err read_packed(const struct pl_pack *item)
{
    struct pl_pack file = {.n = 0}, end = {.n = 0};
    struct pl_item last;
    uint32_t n;
    pl_pack_be(&end, 0, 4);
    pl_pack_be(&end, 1, 4);
    pl_pack_be(&end, 0, 4);
    pl_pack_seal(&end, 0);
    pl_pack_bytes(&file, "PLFOUND1", 8);
    pl_pack_be(&file, item->n, 4);
    pl_pack_bytes(&file, item->bytes, item->n);
    pl_pack_bytes(&file, end.bytes, end.n);
    return read_bytes(file.bytes, file.n, &last, &n);
}

/* Where it is shown; the texts and the flags are packed as they are said to be. */
static struct {
    const char *shown, *report;
    size_t shown_n, report_n;
    unsigned flags;
} raw_place = {"", "", 0, 0, 0};

static void pack_raw(struct pl_pack *pack, uint32_t ordinal, const char *path, size_t path_n,
                     size_t kind_n, unsigned locator_n)
{
    static const char nothing[PL_PACK_N];
    pack->n = 0;
    pl_pack_be(pack, ordinal, 4);
    pl_pack_be(pack, 0, 8);
    pl_pack_be(pack, path_n, 2);
    pl_pack_bytes(pack, path, path_n);
    pl_pack_be(pack, kind_n, 2);
    for (size_t i = 0; i < kind_n; i++)
        pl_pack_be(pack, 'k', 1);
    pl_pack_be(pack, 0, 4);
    pl_pack_be(pack, locator_n, 1);
    pl_pack_bytes(pack, nothing, locator_n);
    pl_pack_be(pack, 0, 4);
    pl_pack_be(pack, raw_place.shown_n, 2);
    pl_pack_bytes(pack, raw_place.shown, raw_place.shown_n);
    pl_pack_be(pack, raw_place.report_n, 2);
    pl_pack_bytes(pack, raw_place.report, raw_place.report_n);
    pl_pack_be(pack, raw_place.flags, 1);
    pl_pack_bytes(pack, nothing, raw_place.flags == 1 ? 8 * PL_ITEM_STATS_N : 0);
    pl_pack_seal(pack, 0);
}

Test(findings, a_rightly_sealed_lie_is_refused)
{
    struct pl_pack pack;
    char path[PL_SELECTOR_MAX + 2];
    memset(path, 'p', sizeof path);
    pack_raw(&pack, 0, path, PL_SELECTOR_MAX, PL_KIND_MAX - 1, PL_LOCATOR_MAX);
    cr_assert_eq(read_packed(&pack), PL_OK, "the longest of everything");
    pack_raw(&pack, 0, path, PL_SELECTOR_MAX + 1, 1, 1);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "path too long");
    pack_raw(&pack, 0, path, 0, 1, 1);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "no path");
    pack_raw(&pack, 0, "a\0b", 3, 1, 1);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "NUL in a path");
    pack_raw(&pack, 0, path, 3, PL_KIND_MAX, 1);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "kind too long");
    pack_raw(&pack, 0, path, 3, 3, PL_LOCATOR_MAX + 1);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "locator too long");
    pack_raw(&pack, 1, path, 3, 3, 3);
    cr_assert_eq(read_packed(&pack), PL_E_FORMAT, "wrong ordinal");
}

static enum pl_err read_placed(const char *shown, size_t shown_n, const char *report,
                               size_t report_n, unsigned flags)
{
    struct pl_pack pack;
    raw_place.shown = shown;
    raw_place.shown_n = shown_n;
    raw_place.report = report;
    raw_place.report_n = report_n;
    raw_place.flags = flags;
    pack_raw(&pack, 0, "path", 4, 1, 1);
    return read_packed(&pack);
}

Test(findings, a_place_in_a_collection_that_cannot_be_is_refused)
{
    char text[PL_SHOWN_MAX + 1];
    memset(text, 'p', sizeof text);
    memcpy(text, "qr/", 3);
    cr_assert_eq(read_placed(text, PL_SHOWN_MAX, text, PL_REPORT_MAX, 1), PL_OK, "the longest");
    cr_assert_eq(read_placed("a", 1, "e", 1, 0), PL_OK);
    cr_assert_eq(read_placed("a", 1, "t", 1, 0), PL_OK);
    cr_assert_eq(read_placed(text, PL_SHOWN_MAX + 1, "", 0, 0), PL_E_FORMAT, "place too long");
    cr_assert_eq(read_placed("a", 1, text, PL_REPORT_MAX + 1, 0), PL_E_FORMAT, "report too long");
    cr_assert_eq(read_placed("a\0b", 3, "", 0, 0), PL_E_FORMAT, "NUL");
    cr_assert_eq(read_placed("a\1e", 3, "", 0, 0), PL_E_FORMAT, "control byte");
    cr_assert_eq(read_placed("a\x7f", 2, "", 0, 0), PL_E_FORMAT, "control byte");
    cr_assert_eq(read_placed("a\xff", 2, "", 0, 0), PL_E_FORMAT, "not UTF-8");
    cr_assert_eq(read_placed("a", 1, "qr/a\1", 5, 0), PL_E_FORMAT, "control byte in a report");
    cr_assert_eq(read_placed("a", 1, "qr/", 3, 0), PL_E_FORMAT, "a test without a name");
    cr_assert_eq(read_placed("a", 1, "x", 1, 0), PL_E_FORMAT, "unknown report");
    cr_assert_eq(read_placed("", 0, "e", 1, 0), PL_E_FORMAT, "a report of nothing");
    cr_assert_eq(read_placed("a", 1, "e", 1, 2), PL_E_FORMAT, "unknown flags");
}

Test(findings, what_cannot_be_shown_is_kept_and_says_why)
{
    struct pl_item last, item = help_item("p");
    uint32_t n;
    (void)strcpy(item.shown, "a\x01");
    write_items(&item, 1);
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert_str_eq(last.shown, "");
    cr_assert_neq(last.trouble[0], '\0');
    (void)strcpy(item.shown, "a");
    (void)strcpy(item.report, "unknown");
    write_items(&item, 1);
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert(last.shown[0] == '\0' && last.report[0] == '\0' && last.trouble[0] != '\0');
}

Test(findings, numbers_of_a_thing_are_kept_unless_one_is_none)
{
    struct pl_item last, item = help_item("p");
    uint32_t n;
    item.has_stats = true;
    item.status = -300;
    (void)strcpy(item.shown, "dir/p");
    (void)strcpy(item.report, "qr/test");
    for (unsigned i = 0; i < PL_ITEM_STATS_N; i++)
        item.stats[i] = -1.5 * i;
    write_items(&item, 1);
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert(last.has_stats && last.status == -300);
    cr_assert_eq(memcmp(last.stats, item.stats, sizeof item.stats), 0);
    cr_assert_str_eq(last.shown, "dir/p");
    cr_assert_str_eq(last.report, "qr/test");
    item.stats[5] = (double)INFINITY;
    write_items(&item, 1);
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert_not(last.has_stats);
    cr_assert(last.stats[1] >= 0 && last.stats[1] <= 0);
}

Test(findings, texts_for_people_are_made_safe_and_paths_kept)
{
    struct pl_item last, item = help_item("p\x01\xff");
    uint32_t n;
    (void)strcpy(item.title, "a\x1b[31m \xc3\xa4 \xff \xed\xa0\x80 \xc2\x9b");
    item.entries = (double)NAN;
    write_items(&item, 1);
    cr_assert_eq(read_bytes(whole, whole_n, &last, &n), PL_OK);
    cr_assert_str_eq(last.title, "a [31m \xc3\xa4 ? ???   ");
    cr_assert_str_eq(last.path, "p\x01\xff");
    cr_assert(last.entries >= 0 && last.entries <= 0);
}

Test(findings, a_text_is_cut_between_characters)
{
    char text[8] = "abcdef\xc3", full[8];
    memcpy(full, "abcde\xc3\xa4", 8);
    pl_text_safe(text, sizeof text);
    cr_assert_str_eq(text, "abcdef");
    pl_text_safe(full, sizeof full);
    cr_assert_str_eq(full, "abcde\xc3\xa4");
}

Test(findings, more_than_the_limit_is_refused_by_the_limits_name)
{
    struct pl_findings *findings;
    struct pl_error error = {.code = PL_OK};
    struct pl_item item = help_item("a");
    uint32_t items, troubled;
    MUST(pl_findings_make(help.store, ID, 1, &findings, &help.error));
    MUST(pl_findings_add(findings, &item, &help.error));
    cr_assert_eq(pl_findings_add(findings, &item, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "limits.items");
    MUST(pl_findings_end(&findings, &items, &troubled, &help.error));
    cr_assert_eq(items, 1);
    pl_findings_drop(help.store, ID);
    cr_assert_eq(help_files("spool"), 0);
}

Test(findings, troubled_things_are_counted)
{
    struct pl_change change = help_spool("a", "one", 3);
    struct pl_findings *findings;
    uint32_t items, troubled;
    struct pl_item good = help_item("good"), bad = help_item("bad");
    (void)strcpy(bad.trouble, "cannot be read");
    (void)strcpy(change.renderer, "hist");
    MUST(pl_findings_make(help.store, change.spool_id, 9, &findings, &help.error));
    MUST(pl_findings_add(findings, &good, &help.error));
    MUST(pl_findings_add(findings, &bad, &help.error));
    MUST(pl_findings_end(&findings, &items, &troubled, &help.error));
    cr_assert(items == 2 && troubled == 1);
    change = help_commit(change);
    cr_assert(change.items == 2 && change.troubled == 1);
}
