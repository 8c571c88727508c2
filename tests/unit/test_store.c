/* test_store.c - the promises of shm/store.h, through its public face. */
#include "tests/unit/store_help.h"

TestSuite(store, .init = help_start, .fini = help_stop, .timeout = 300);

Test(store, what_was_put_is_found_again)
{
    struct pl_record record;
    struct pl_change put = help_put("run/1", "hello");
    MUST(help_resolve("run/1", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &put.stamp));
    cr_assert(put.created && !put.unchanged);
    cr_assert_eq(record.bytes, 5);
    int fd;
    char text[8] = "";
    MUST(pl_store_open_blob(help.store, record.sha256, &fd, &help.error));
    cr_assert_eq(read(fd, text, sizeof text), 5);
    cr_assert_str_eq(text, "hello");
    (void)close(fd);
    cr_assert_eq(help_files("spool"), 0);
}

Test(store, a_name_nobody_put_is_missing)
{
    struct pl_record record;
    cr_assert_eq(help_resolve("nothing", &record), PL_E_MISSING);
    cr_assert_eq(help_delete("nothing").error.code, PL_E_MISSING);
}

Test(store, the_same_bytes_again_change_nothing)
{
    struct pl_store_counts before, after;
    struct pl_change first = help_put("a", "bytes");
    MUST(pl_store_counts(help.store, &before, &help.error));
    struct pl_change second = help_put("a", "bytes");
    MUST(pl_store_counts(help.store, &after, &help.error));
    cr_assert(second.unchanged && !second.created);
    cr_assert(pl_stamp_equal(&first.stamp, &second.stamp));
    cr_assert_eq(before.sequence, after.sequence);
    cr_assert_eq(help_files("spool"), 0);
}

Test(store, stamps_are_never_reused)
{
    struct pl_stamp seen[6];
    seen[0] = help_put("a", "one").stamp;
    seen[1] = help_put("a", "two").stamp;
    seen[2] = help_delete("a").stamp;
    seen[3] = help_put("a", "one").stamp;
    help_reopen();
    MUST(pl_store_prepare(help.dir, HELP_MAP_BYTES, &help.error));
    seen[4] = help_delete("a").stamp;
    seen[5] = help_put("a", "one").stamp;
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < i; j++)
            cr_assert(!pl_stamp_equal(&seen[i], &seen[j]), "stamps %d and %d are equal", i, j);
    }
}

Test(store, the_version_differs_after_every_commit_and_only_then)
{
    uint64_t before = pl_store_version(help.store);
    struct pl_record record;
    (void)help_put("a", "one");
    uint64_t put = pl_store_version(help.store);
    MUST(help_resolve("a", &record));
    cr_assert_eq(help_resolve("b", &record), PL_E_MISSING);
    cr_assert_eq(pl_store_version(help.store), put);
    cr_assert_neq(put, before);
    (void)help_put("a", "two");
    uint64_t replaced = pl_store_version(help.store);
    cr_assert_neq(replaced, put);
    (void)help_delete("a");
    cr_assert_gt(pl_store_version(help.store), replaced);
    cr_assert_gt(before, 0);
}

Test(store, preconditions_hold_or_nothing_changes)
{
    struct pl_record record;
    struct pl_stamp first = help_put("a", "one").stamp;
    struct pl_change create_only = help_spool("a", "two", 3);
    create_only.if_match = true;
    cr_assert_eq(help_commit(create_only).error.code, PL_E_CONFLICT);
    struct pl_change stale = help_spool("a", "three", 5);
    stale.if_match = true;
    stale.expected = first;
    stale.expected.bytes[15] ^= 1;
    cr_assert_eq(help_commit(stale).error.code, PL_E_CONFLICT);
    MUST(help_resolve("a", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &first));
    cr_assert_eq(help_files("spool"), 0);
    cr_assert_eq(help_files("blobs"), 1);
    struct pl_change right = help_spool("a", "four", 4);
    right.if_match = true;
    right.expected = first;
    right = help_commit(right);
    cr_assert_eq(right.error.code, PL_OK);
    cr_assert_not(right.created);
    struct pl_change absent = help_spool("b", "five", 4);
    absent.if_match = true;
    absent.expected = first;
    cr_assert_eq(help_commit(absent).error.code, PL_E_CONFLICT);
    struct pl_change fresh = help_spool("b", "five", 4);
    fresh.if_match = true;
    cr_assert_eq(help_commit(fresh).error.code, PL_OK);
}

Test(store, a_deleted_name_is_gone_until_it_is_put_again)
{
    struct pl_record record;
    struct pl_store_counts counts;
    (void)help_put("a", "one");
    struct pl_change gone = help_delete("a");
    cr_assert_eq(gone.error.code, PL_OK);
    cr_assert_eq(help_resolve("a", &record), PL_E_GONE);
    cr_assert(record.deleted && pl_stamp_equal(&record.stamp, &gone.stamp));
    cr_assert_eq(help_delete("a").error.code, PL_E_GONE);
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.names == 0 && counts.tombstones == 1 && counts.blobs == 0);
    cr_assert(help_put("a", "two").created);
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.names == 1 && counts.tombstones == 0 && counts.blobs == 1);
    cr_assert_eq(counts.blob_bytes, 3);
}

Test(store, bytes_shared_by_two_names_live_as_long_as_one_does)
{
    int fd;
    struct pl_change put = help_put("a", "shared");
    (void)help_put("b", "shared");
    cr_assert_eq(help_files("blobs"), 1);
    (void)help_delete("a");
    help_sweep();
    MUST(pl_store_open_blob(help.store, put.sha256, &fd, &help.error));
    (void)close(fd);
    (void)help_put("b", "other");
    help_sweep();
    cr_assert_eq(help_files("blobs"), 1);
    cr_assert_eq(pl_store_open_blob(help.store, put.sha256, &fd, NULL), PL_E_MISSING);
}

Test(store, bytes_that_return_before_the_sweep_are_kept)
{
    int fd;
    struct pl_change put = help_put("a", "one");
    (void)help_delete("a");
    (void)help_put("b", "one");
    help_sweep();
    MUST(pl_store_open_blob(help.store, put.sha256, &fd, &help.error));
    (void)close(fd);
}

Test(store, a_bad_change_is_left_out_and_the_rest_go_through)
{
    struct pl_record record;
    struct pl_change batch[4] = {help_spool("a", "one", 3), help_spool_items("b", "two", 3),
                                 help_spool("c/../d", "three", 5), help_spool("e", "four", 4)};
    char path[128];
    (void)snprintf(path, sizeof path, "%s/spool/%016llx.found", help.dir,
                   (unsigned long long)batch[1].spool_id);
    cr_assert_eq(truncate(path, 100), 0);
    MUST(pl_store_commit(help.store, batch, 4, &help.error));
    cr_assert_eq(batch[0].error.code, PL_OK);
    cr_assert_eq(batch[1].error.code, PL_E_FORMAT);
    cr_assert_eq(batch[2].error.code, PL_E_INPUT);
    cr_assert_eq(batch[3].error.code, PL_OK);
    cr_assert_not(pl_stamp_equal(&batch[0].stamp, &batch[3].stamp));
    cr_assert_eq(help_resolve("b", &record), PL_E_MISSING);
    MUST(help_resolve("e", &record));
    cr_assert_eq(help_files("spool"), 0);
    cr_assert_eq(help_files("blobs"), 2);
}

Test(store, a_batch_sees_its_own_earlier_changes)
{
    struct pl_record record;
    struct pl_change batch[3] = {help_spool("a", "one", 3), help_spool("a", "one", 3),
                                 help_spool("a", "two", 3)};
    MUST(pl_store_commit(help.store, batch, 3, &help.error));
    cr_assert(batch[0].created && batch[1].unchanged && !batch[2].created);
    MUST(help_resolve("a", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &batch[2].stamp));
}

Test(store, what_was_unchanged_before_a_batch_may_change_inside_it)
{
    struct pl_record record;
    (void)help_put("a", "one");
    struct pl_change batch[2] = {help_spool("a", "two", 3), help_spool("a", "one", 3)};
    MUST(pl_store_commit(help.store, batch, 2, &help.error));
    cr_assert(!batch[1].unchanged && !pl_stamp_equal(&batch[0].stamp, &batch[1].stamp));
    MUST(help_resolve("a", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &batch[1].stamp));
}

Test(store, a_missing_spool_file_refuses_the_change)
{
    struct pl_record record;
    struct pl_change change = help_spool("a", "one", 3);
    pl_spool_remove(&help.store->blobs, change.spool_id);
    cr_assert_eq(help_commit(change).error.code, PL_E_MISSING);
    cr_assert_eq(help_resolve("a", &record), PL_E_MISSING);
}

Test(store, orphan_blobs_and_old_spool_files_are_swept)
{
    char path[160];
    (void)help_put("a", "kept");
    (void)snprintf(path, sizeof path,
                   "%s/blobs/00/00000000000000000000000000000000000000000000000000000000000000",
                   help.dir);
    fclose(fopen(path, "w"));
    (void)help_spool("b", "never committed", 15);
    help_sweep();
    cr_assert_eq(help_files("blobs"), 1);
    cr_assert_eq(help_files("spool"), 1);
    MUST(pl_store_sweep(help.store, 1, &help.error));
    cr_assert_eq(help_files("spool"), 0);
}

/* --- what is inside
 * ------------------------------------------------------------------------------- */

struct seen {
    unsigned n, stop_after;
    char text[4096];
};

static bool see_item(void *context, const struct pl_item *item)
{
    struct seen *seen = context;
    struct pl_record other; /* a visitor may read the store */
    cr_assert_eq(help_resolve("nobody", &other), PL_E_MISSING);
    (void)snprintf(seen->text, sizeof seen->text, "%s", item->path);
    return ++seen->n != seen->stop_after;
}

Test(store, items_are_found_by_path_and_listed_in_order)
{
    struct pl_record record;
    struct pl_item item;
    struct seen seen = {.n = 0};
    bool more;
    struct pl_change put = help_commit(help_spool_items("a", "ten", 10));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
    cr_assert_eq(put.items, 10);
    MUST(help_resolve("a", &record));
    MUST(pl_store_item(help.store, &record, "h/7", &item, &help.error));
    cr_assert(item.ordinal == 7 && item.entries > 16.9 && item.locator_n == 3);
    cr_assert_eq(pl_store_item(help.store, &record, "h/10", &item, NULL), PL_E_MISSING);
    MUST(pl_store_items(help.store, &record, 4, 3, see_item, &seen, &more, &help.error));
    cr_assert(seen.n == 3 && more);
    cr_assert_str_eq(seen.text, "h/6");
    MUST(pl_store_items(help.store, &record, 7, 3, see_item, &seen, &more, &help.error));
    cr_assert(seen.n == 6 && !more);
    seen = (struct seen){.stop_after = 2};
    MUST(pl_store_items(help.store, &record, 0, 10, see_item, &seen, &more, &help.error));
    cr_assert(seen.n == 2 && more);
}

Test(store, items_of_a_replaced_object_go_and_old_readers_miss_them)
{
    struct pl_record old, record;
    struct pl_item item;
    struct pl_store_counts counts;
    struct seen seen = {.n = 0};
    bool more;
    (void)help_commit(help_spool_items("a", "first", 5000));
    MUST(help_resolve("a", &old));
    (void)help_commit(help_spool_items("a", "second", 3));
    MUST(help_resolve("a", &record));
    MUST(pl_store_item(help.store, &old, "h/4", &item, &help.error));
    help_sweep();
    cr_assert_eq(pl_store_item(help.store, &old, "h/4", &item, NULL), PL_E_MISSING);
    cr_assert_eq(pl_store_items(help.store, &old, 0, 10, see_item, &seen, &more, NULL),
                 PL_E_MISSING);
    MUST(pl_store_item(help.store, &record, "h/2", &item, &help.error));
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert_eq(counts.items, 3);
    MDB_stat paths;
    MDB_txn *txn;
    MUST(pl_catalog_read(help.store->catalog, &txn, &help.error));
    cr_assert_eq(mdb_stat(txn, help.store->catalog->path, &paths), 0);
    pl_catalog_read_end(help.store->catalog);
    cr_assert_eq(paths.ms_entries, 3);
}

Test(store, a_large_object_is_filed_in_slices_and_shown_whole)
{
    struct pl_record record;
    struct pl_item item;
    bool more;
    struct seen seen = {.n = 0};
    enum { N = 60000 };
    struct pl_change put = help_commit(help_spool_items("big", "big", N));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
    cr_assert_eq(put.items, N);
    help_sweep();
    MUST(help_resolve("big", &record));
    MUST(pl_store_item(help.store, &record, "h/59999", &item, &help.error));
    MUST(pl_store_items(help.store, &record, N - 2, 10, see_item, &seen, &more, &help.error));
    cr_assert(seen.n == 2 && !more);
}

Test(store, a_large_object_refused_at_its_end_leaves_nothing)
{
    enum { N = 30000 };
    char path[128];
    MDB_txn *txn;
    MDB_stat items;
    struct pl_change change = help_spool_items("big", "big", N);
    (void)snprintf(path, sizeof path, "%s/spool/%016llx.found", help.dir,
                   (unsigned long long)change.spool_id);
    struct stat st;
    cr_assert(stat(path, &st) == 0 && truncate(path, st.st_size - 1) == 0);
    cr_assert_eq(help_commit(change).error.code, PL_E_FORMAT);
    MUST(pl_catalog_read(help.store->catalog, &txn, &help.error));
    cr_assert_eq(mdb_stat(txn, help.store->catalog->item, &items), 0);
    pl_catalog_read_end(help.store->catalog);
    cr_assert_gt(items.ms_entries, 0, "filed before the end was seen");
    help_sweep();
    MUST(pl_catalog_read(help.store->catalog, &txn, &help.error));
    cr_assert_eq(mdb_stat(txn, help.store->catalog->item, &items), 0);
    pl_catalog_read_end(help.store->catalog);
    cr_assert_eq(items.ms_entries, 0);
    cr_assert(help_files("spool") == 0 && help_files("blobs") == 0);
}

Test(store, two_things_of_one_path_refuse_the_change)
{
    struct pl_record record;
    struct pl_findings *findings;
    uint32_t items, troubled;
    struct pl_item item = help_item("twice");
    struct pl_change change = help_spool("a", "one", 3);
    (void)strcpy(change.renderer, "hist");
    MUST(pl_findings_make(help.store, change.spool_id, 9, &findings, &help.error));
    MUST(pl_findings_add(findings, &item, &help.error));
    MUST(pl_findings_add(findings, &item, &help.error));
    MUST(pl_findings_end(&findings, &items, &troubled, &help.error));
    cr_assert_eq(help_commit(change).error.code, PL_E_FORMAT);
    cr_assert_eq(help_resolve("a", &record), PL_E_MISSING);
    cr_assert(help_files("spool") == 0 && help_files("blobs") == 0);
}

/* --- listing
 * --------------------------------------------------------------------------------------- */

static bool see_name(void *context, const char *folder, const struct pl_record *record)
{
    struct seen *seen = context;
    size_t n = strlen(seen->text);
    (void)snprintf(seen->text + n, sizeof seen->text - n, "%s ", folder ? folder : record->name);
    return ++seen->n != seen->stop_after;
}

static void expect_list(const char *prefix, const char *after, char delimiter, unsigned most,
                        const char *expected, bool expected_more)
{
    struct seen seen = {.n = 0};
    bool more;
    MUST(pl_store_list(help.store, prefix, after, delimiter, most, see_name, &seen, &more,
                       &help.error));
    cr_assert_str_eq(seen.text, expected, "%s|%s: %s", prefix, after, seen.text);
    cr_assert_eq(more, expected_more, "%s|%s: more", prefix, after);
}

Test(store, names_are_listed_in_byte_order_and_folded_at_the_delimiter)
{
    const char *names[] = {"a", "b/1", "b/2", "b/c/3", "b0", "c", "d/1"};
    for (unsigned i = 0; i < PL_COUNT(names); i++)
        (void)help_put(names[i], names[i]);
    (void)help_delete("c");
    (void)help_delete("d/1");
    expect_list("", "", '\0', 10, "a b/1 b/2 b/c/3 b0 ", false);
    expect_list("", "", '\0', 2, "a b/1 ", true);
    expect_list("", "b/1", '\0', 2, "b/2 b/c/3 ", true);
    expect_list("", "", '/', 10, "a b/ b0 ", false);
    expect_list("", "", '/', 2, "a b/ ", true);
    expect_list("", "b/", '/', 10, "b0 ", false);
    expect_list("b/", "", '/', 10, "b/1 b/2 b/c/ ", false);
    expect_list("b/", "b/c/", '/', 10, "", false);
    expect_list("b/", "b/1", '/', 1, "b/2 ", true);
    expect_list("d", "", '/', 10, "", false);
    expect_list("b", "", '\0', 4, "b/1 b/2 b/c/3 b0 ", false);
    expect_list("", "zz", '/', 10, "", false);
    expect_list("b/", "a", '/', 1, "b/1 ", true);
}

Test(store, a_folder_is_skipped_not_walked)
{
    struct pl_change batch[64];
    for (unsigned round = 0; round < 40; round++) {
        for (unsigned i = 0; i < 64; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "%s/%u", round % 2 ? "odd" : "even", round * 64 + i);
            batch[i] = help_spool(name, "x", 1);
        }
        MUST(pl_store_commit(help.store, batch, 64, &help.error));
    }
    expect_list("", "", '/', 10, "even/ odd/ ", false);
}

Test(store, hostile_names_are_refused)
{
    char longest[PL_NAME_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[PL_NAME_MAX + 1] = '\0';
    const char *bad[] = {"",    "/a",  "a/",  "a//b",  ".",     "..",   "a/../b",
                         "./a", "a/.", "a\n", "\x01b", "a\x7f", longest};
    for (unsigned i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(pl_store_name_valid(bad[i], NULL), PL_E_INPUT, "name %u", i);
    longest[PL_NAME_MAX] = '\0';
    const char *good[] = {"a", "a/b;1 %2F", "...", "..a", "\xff\xfe", "a.b/c..d", longest};
    for (unsigned i = 0; i < PL_COUNT(good); i++)
        cr_assert_eq(pl_store_name_valid(good[i], NULL), PL_OK, "name %u", i);
    struct pl_record record;
    (void)help_put(longest, "long");
    MUST(help_resolve(longest, &record));
    longest[PL_NAME_MAX] = 'x';
    cr_assert_eq(help_resolve(longest, &record), PL_E_MISSING);
    cr_assert_eq(help_resolve("", &record), PL_E_MISSING);
    expect_list(longest, "", '\0', 1, "", false);
}
