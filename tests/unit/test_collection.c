/* test_collection.c - what several uploads show together, through the public face of the store.
 *
 * The title of every item is the body of the upload that brought it: so a test sees whose it is. */
#include <stddef.h>

#include "tests/unit/collection_help.h"

TestSuite(collection, .init = help_start, .fini = help_stop, .timeout = 300);

/* --- what is shown -------------------------------------------------------------------------------
 */

Test(collection, the_newest_upload_that_has_a_path_shows_it)
{
    const struct thing first[] = {{.shown = "a"}, {.shown = "b"}, {.shown = "d/x"}},
                       second[] = {{.shown = "b"}, {.shown = "c"}};
    struct pl_stamp one = put_things("one", "body 1", "run", first, 3).stamp;
    struct pl_stamp two = put_things("two", "body 2", "run", second, 2).stamp;
    struct pl_member member;
    struct pl_collection run = find("run");
    cr_assert_eq(run.uploads, 2);
    cr_assert(pl_stamp_equal(&run.stamp, &two));
    member = see("run", "a");
    cr_assert_str_eq(member.item.title, "body 1");
    cr_assert(pl_stamp_equal(&member.stamp, &one));
    cr_assert_str_eq(member.item.shown, "a");
    cr_assert_str_eq(member.renderer, "hist");
    cr_assert_eq(member.bytes, 6);
    cr_assert_str_eq(see("run", "b").item.title, "body 2");
    cr_assert_str_eq(see("run", "c").item.title, "body 2");
    cr_assert_str_eq(see("run", "d/x").item.title, "body 1");
    cr_assert(hidden("run", "d") && hidden("run", "d/") && hidden("run", "") && hidden("run", "e"));
}

Test(collection, nobody_is_in_a_collection_that_was_never_made)
{
    struct pl_collection run;
    cr_assert_eq(pl_store_collection(help.store, "run", &run, NULL), PL_E_MISSING);
    cr_assert_eq(pl_store_collection(help.store, "", &run, NULL), PL_E_MISSING);
    const struct thing things[] = {{.shown = "a"}};
    struct pl_record record;
    struct pl_item item;
    (void)put_things("alone", "body", "", things, 1);
    cr_assert_eq(pl_store_collection(help.store, "", &run, NULL), PL_E_MISSING);
    MUST(help_resolve("alone", &record));
    MUST(pl_store_item(help.store, &record, "raw/0", &item, &help.error));
    cr_assert_str_eq(item.shown, "");
}

Test(collection, a_member_carries_the_bytes_it_is_drawn_from)
{
    const struct thing things[] = {{.shown = "a"}};
    int fd;
    char text[8] = "";
    (void)put_things("one", "body 1", "run", things, 1);
    (void)put_things("one", "body 2", "run", NULL, 0);
    struct pl_member member = see("run", "a");
    MUST(pl_store_open_blob(help.store, member.sha256, &fd, &help.error));
    cr_assert_eq(read(fd, text, sizeof text), 6);
    (void)close(fd);
    cr_assert_str_eq(text, "body 1");
    help_sweep();
    cr_assert_str_eq(see("run", "a").item.title, "body 1");
    cr_assert_eq(help_files("blobs"), 2);
}

Test(collection, an_upload_of_the_same_name_replaces_what_it_holds_and_nothing_else)
{
    const struct thing first[] = {{.shown = "a"}, {.shown = "b"}}, second[] = {{.shown = "b"}};
    (void)put_things("one", "body 1", "run", first, 2);
    struct pl_change again = put_things("one", "body 2", "run", second, 1);
    struct pl_record record;
    cr_assert_not(again.created);
    MUST(help_resolve("one", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &again.stamp));
    cr_assert_eq(record.items, 1);
    for (int i = 0; i < 2; i++) {
        cr_assert_str_eq(see("run", "a").item.title, "body 1");
        cr_assert_str_eq(see("run", "b").item.title, "body 2");
        cr_assert_eq(find("run").uploads, 2);
        help_sweep();
        help_reopen();
    }
    struct pl_store_counts counts;
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.names == 1 && counts.items == 3 && counts.blobs == 2);
}

Test(collection, the_same_bytes_of_the_same_name_change_nothing)
{
    const struct thing things[] = {{.shown = "a"}};
    struct pl_store_counts before, after;
    struct pl_change first = put_things("one", "body", "run", things, 1);
    MUST(pl_store_counts(help.store, &before, &help.error));
    struct pl_change second = put_things("one", "body", "run", things, 1);
    MUST(pl_store_counts(help.store, &after, &help.error));
    cr_assert(second.unchanged && pl_stamp_equal(&first.stamp, &second.stamp));
    cr_assert_eq(memcmp(&before, &after, sizeof before), 0);
    struct pl_collection run = find("run");
    cr_assert(pl_stamp_equal(&run.stamp, &first.stamp) && run.uploads == 1);
}

Test(collection, old_bytes_that_come_back_are_a_new_upload)
{
    const struct thing things[] = {{.shown = "a"}};
    struct pl_stamp first = put_things("one", "body 1", "run", things, 1).stamp;
    (void)put_things("one", "body 2", "run", things, 1);
    struct pl_change third = put_things("one", "body 1", "run", things, 1);
    cr_assert_not(third.unchanged);
    struct pl_member member = see("run", "a");
    cr_assert_str_eq(member.item.title, "body 1");
    cr_assert(pl_stamp_equal(&member.stamp, &third.stamp));
    cr_assert_not(pl_stamp_equal(&member.stamp, &first));
    help_sweep();
    cr_assert_eq(find("run").uploads, 1);
    cr_assert_eq(help_files("blobs"), 1);
    cr_assert_str_eq(see("run", "a").item.title, "body 1");
}

Test(collection, deleting_a_name_takes_away_all_that_was_uploaded_under_it)
{
    const struct thing both[] = {{.shown = "a"}, {.shown = "b"}}, b[] = {{.shown = "b"}},
                       other[] = {{.shown = "b"}, {.shown = "c"}};
    struct pl_store_counts counts;
    (void)put_things("other", "body 0", "run", other, 2);
    (void)put_things("one", "body 1", "run", both, 2);
    struct pl_stamp before = put_things("one", "body 2", "run", b, 1).stamp;
    cr_assert_eq(help_delete("one").error.code, PL_OK);
    struct pl_collection run = find("run");
    cr_assert_not(pl_stamp_equal(&run.stamp, &before));
    cr_assert_gt(memcmp(run.stamp.bytes + 8, before.bytes + 8, 8), 0);
    cr_assert_eq(run.uploads, 1);
    cr_assert(hidden("run", "a"));
    cr_assert_str_eq(see("run", "b").item.title, "body 0");
    help_sweep();
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.names == 1 && counts.items == 2 && counts.blobs == 1);
    cr_assert_eq(entries(help.store->catalog->order), 2);
    cr_assert_eq(entries(help.store->catalog->item), 2);
    cr_assert_eq(entries(help.store->catalog->path), 2);
}

Test(collection, an_empty_collection_goes_and_a_new_one_of_its_name_is_another)
{
    const struct thing things[] = {{.shown = "a"}};
    (void)put_things("one", "body 1", "run", things, 1);
    struct pl_collection before = find("run"), after;
    struct pl_member member;
    (void)help_delete("one");
    cr_assert_eq(pl_store_collection(help.store, "run", &after, NULL), PL_E_MISSING);
    cr_assert_eq(pl_store_member(help.store, &before, "a", &member, NULL, NULL), PL_E_MISSING);
    (void)put_things("one", "body 1", "run", things, 1);
    after = find("run");
    cr_assert_neq(before.id, after.id);
    cr_assert_gt(memcmp(after.stamp.bytes + 8, before.stamp.bytes + 8, 8), 0);
    cr_assert_eq(pl_store_member(help.store, &before, "a", &member, NULL, NULL), PL_E_MISSING);
    cr_assert_str_eq(see("run", "a").item.title, "body 1");
}

Test(collection, a_name_that_moves_takes_its_older_uploads_out)
{
    const struct thing first[] = {{.shown = "a"}, {.shown = "b"}}, second[] = {{.shown = "b"}},
                       other[] = {{.shown = "c"}};
    struct pl_collection run;
    (void)put_things("one", "body 1", "run 1", first, 2);
    (void)put_things("one", "body 2", "run 1", second, 1);
    (void)put_things("other", "body 3", "run 1", other, 1);
    struct pl_stamp moved = put_things("one", "body 2", "run 2", second, 1).stamp;
    run = find("run 1");
    cr_assert(run.uploads == 1 && pl_stamp_equal(&run.stamp, &moved));
    cr_assert(hidden("run 1", "a") && hidden("run 1", "b") && hidden("run 2", "a"));
    cr_assert_str_eq(see("run 2", "b").item.title, "body 2");
    (void)put_things("one", "body 2", "", second, 1);
    cr_assert_eq(pl_store_collection(help.store, "run 2", &run, NULL), PL_E_MISSING);
    (void)help_delete("one");
    (void)help_delete("other");
    help_sweep();
    struct pl_store_counts counts;
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.items == 0 && counts.blobs == 0 && counts.blob_bytes == 0);
    cr_assert_eq(help_files("blobs"), 0);
}

Test(collection, several_uploads_in_one_batch_come_in_their_order)
{
    const struct thing a[] = {{.shown = "a"}};
    struct pl_change batch[3] = {spool_things("one", "body 1", "run", a, 1),
                                 spool_things("two", "body 2", "run", a, 1),
                                 spool_things("one", "body 3", "run", a, 1)};
    MUST(pl_store_commit(help.store, batch, 3, &help.error));
    cr_assert_str_eq(see("run", "a").item.title, "body 3");
    cr_assert_eq(find("run").uploads, 3);
    struct pl_collection run = find("run");
    cr_assert(pl_stamp_equal(&run.stamp, &batch[2].stamp));
}

Test(collection, a_refused_upload_leaves_the_collection_as_it_was)
{
    const struct thing a[] = {{.shown = "a"}};
    (void)put_things("one", "body 1", "run", a, 1);
    struct pl_collection before = find("run"), after;
    struct pl_change refused = spool_things("two", "body 2", "run", a, 1);
    refused.if_match = true;
    refused.expected = before.stamp;
    cr_assert_eq(help_commit(refused).error.code, PL_E_CONFLICT);
    struct pl_change unnamed = spool_things("two", "body 2", "run\x01", a, 1);
    cr_assert_eq(help_commit(unnamed).error.code, PL_E_INPUT);
    struct pl_change endless = spool_things("two", "body 2", "", a, 1);
    memset(endless.collection, 'x', sizeof endless.collection);
    cr_assert_eq(help_commit(endless).error.code, PL_E_INTERNAL);
    struct pl_change longest = spool_things("two", "body 2", "", a, 1);
    memset(longest.collection, 'x', PL_COLLECTION_MAX);
    cr_assert_eq(help_commit(longest).error.code, PL_OK);
    cr_assert_str_eq(see(longest.collection, "a").item.title, "body 2");
    after = find("run");
    cr_assert_eq(memcmp(&before.stamp, &after.stamp, sizeof before.stamp), 0);
    cr_assert_eq(after.uploads, 1);
}

Test(collection, a_move_that_fails_at_its_end_takes_nothing_out)
{
    const struct thing a[] = {{.shown = "a"}}, b[] = {{.shown = "b"}};
    struct pl_store_counts before, after;
    struct pl_collection run;
    (void)put_things("one", "body 1", "run 1", a, 1);
    (void)put_things("one", "body 2", "run 1", b, 1);
    MUST(pl_store_counts(help.store, &before, &help.error));
    struct pl_change move = spool_things("one", "body 3", "run 2", a, 1);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/spool/%016llx.body", help.dir,
                   (unsigned long long)move.spool_id);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(help_commit(move).error.code, PL_E_MISSING);
    MUST(pl_store_counts(help.store, &after, &help.error));
    cr_assert_eq(memcmp(&before, &after, offsetof(struct pl_store_counts, sequence)), 0);
    expect_members("run 1", "", "", 0, 9, "a=body 1 b=body 2", false);
    cr_assert_eq(pl_store_collection(help.store, "run 2", &run, NULL), PL_E_MISSING);
    help_sweep();
    expect_members("run 1", "", "", 0, 9, "a=body 1 b=body 2", false);
}

Test(collection, two_things_of_an_upload_in_one_place_the_first_is_shown)
{
    const struct thing things[] = {{.shown = "a"},
                                   {.shown = "a"},
                                   {.shown = "a", .report = "e"},
                                   {.shown = "a", .report = "e"},
                                   {.shown = "b"}};
    struct pl_record record;
    struct pl_item item;
    struct pl_change put = put_things("one", "body", "run", things, 5);
    cr_assert(put.items == 5 && put.troubled == 2);
    cr_assert_str_eq(see("run", "a").item.path, "raw/0");
    MUST(help_resolve("one", &record));
    cr_assert_eq(record.troubled, 2);
    MUST(pl_store_item(help.store, &record, "raw/1", &item, &help.error));
    cr_assert(item.shown[0] == '\0' && item.trouble[0] != '\0');
    MUST(pl_store_item(help.store, &record, "raw/3", &item, &help.error));
    cr_assert(item.shown[0] == '\0' && item.report[0] == '\0' && item.trouble[0] != '\0');
    expect_members("run", "", "", 0, 9, "a=body+e b=body", false);
}

Test(collection, the_longest_path_and_report_are_shown)
{
    char path[PL_SHOWN_MAX + 1], report[PL_REPORT_MAX + 1];
    memset(path, 'p', PL_SHOWN_MAX);
    memset(report, 'r', PL_REPORT_MAX);
    memcpy(report, "qr/", 3);
    path[PL_SHOWN_MAX] = report[PL_REPORT_MAX] = '\0';
    const struct thing things[] = {{.shown = path}, {path, report, 300}};
    (void)put_things("one", "body", "run", things, 2);
    struct pl_collection run = find("run");
    struct pl_member member;
    struct pl_reports reports;
    MUST(pl_store_member(help.store, &run, path, &member, &reports, &help.error));
    cr_assert(reports.tests_n == 1 && reports.worst == PL_TEST_ERROR);
    cr_assert_str_eq(reports.tests[0].name, report + 3);
    char longer[600];
    memset(longer, 'p', sizeof longer);
    longer[599] = '\0';
    cr_assert_eq(pl_store_member(help.store, &run, longer, &member, NULL, NULL), PL_E_MISSING);
    (void)put_things("one", "more", "run", things, 2);
    (void)put_things("one", "most", "run", things, 1);
    help_sweep();
    cr_assert_eq(find("run").uploads, 2, "the report is still that of the second");
}

/* --- reports -------------------------------------------------------------------------------------
 */

Test(collection, reports_come_with_their_thing_the_newest_of_each)
{
    const struct thing first[] = {{.shown = "a"},
                                  {"a", "qr/one", 300},
                                  {"a", "qr/two", 100},
                                  {.shown = "a", .report = "e"},
                                  {.shown = "a", .report = "t"},
                                  {"ab", "qr/other", 300}};
    const struct thing second[] = {{"a", "qr/one", 200}, {"a", "qr/zero", 7}};
    struct pl_member member;
    struct pl_reports reports;
    (void)put_things("one", "body 1", "run", first, 6);
    struct pl_collection run = find("run");
    MUST(pl_store_member(help.store, &run, "a", &member, &reports, &help.error));
    cr_assert(reports.efficiency && reports.tests_n == 2 && reports.worst == PL_TEST_ERROR);
    (void)put_things("two", "body 2", "run", second, 2);
    MUST(pl_store_member(help.store, &run, "a", &member, &reports, &help.error));
    cr_assert_str_eq(member.item.title, "body 1");
    cr_assert(reports.efficiency && reports.tests_n == 3 && reports.worst == PL_TEST_WARNING);
    cr_assert_str_eq(reports.tests[0].name, "one");
    cr_assert_str_eq(reports.tests[0].message, "body 2");
    cr_assert_eq(reports.tests[0].status, 200);
    cr_assert_str_eq(reports.tests[1].name, "two");
    cr_assert_str_eq(reports.tests[1].message, "body 1");
    cr_assert_str_eq(reports.tests[2].name, "zero");
    cr_assert_eq(reports.tests[2].status, 7);
    expect_members("run", "", "", 0, 9, "a=body 1+e+one:200+two:100+zero:7", false);
    cr_assert(hidden("run", "ab"), "a report alone is no thing");
}

Test(collection, of_many_reports_all_count_and_some_are_listed)
{
    static char names[40][16];
    struct thing things[41] = {{.shown = "a"}};
    for (unsigned i = 0; i < 40; i++) {
        (void)snprintf(names[i], sizeof names[i], "qr/%02u", i);
        things[1 + i] = (struct thing){"a", names[i], i == 39 ? 300 : 100};
    }
    struct pl_member member;
    struct pl_reports reports;
    (void)put_things("one", "body", "run", things, 41);
    struct pl_collection run = find("run");
    MUST(pl_store_member(help.store, &run, "a", &member, &reports, &help.error));
    cr_assert(reports.tests_n == PL_REPORTS_MAX && reports.worst == PL_TEST_ERROR);
    cr_assert_str_eq(reports.tests[15].name, "15");
    things[1].status = 0;
    things[40].status = 100;
    (void)put_things("one", "again", "run", things, 41);
    MUST(pl_store_member(help.store, &run, "a", &member, &reports, &help.error));
    cr_assert_eq(reports.worst, PL_TEST_OTHER);
    (void)put_things("one", "once more", "run", things, 1);
    (void)help_delete("one");
    (void)put_things("one", "without", "run", things, 1);
    run = find("run");
    MUST(pl_store_member(help.store, &run, "a", &member, &reports, &help.error));
    cr_assert(reports.tests_n == 0 && reports.worst == PL_TEST_NONE && !reports.efficiency);
}

/* --- lists ---------------------------------------------------------------------------------------
 */

Test(collection, members_are_listed_in_byte_order_and_folded_at_the_delimiter)
{
    const struct thing first[] = {{.shown = "a"},
                                  {.shown = "b/1"},
                                  {.shown = "b/c/3"},
                                  {.shown = "b/c", .report = "e"},
                                  {.shown = "d/1", .report = "qr/t"},
                                  {.shown = "a", .report = "e"}};
    const struct thing second[] = {
        {.shown = "b/2"}, {.shown = "b0"}, {.shown = "a"}, {.shown = "a!"}};
    (void)put_things("one", "1", "run", first, 6);
    (void)put_things("two", "2", "run", second, 4);
    expect_members("run", "", "", '\0', 9, "a=2+e a!=2 b/1=1 b/2=2 b/c/3=1 b0=2", false);
    expect_members("run", "", "", '\0', 2, "a=2+e a!=2", true);
    expect_members("run", "", "a", '\0', 2, "a!=2 b/1=1", true);
    expect_members("run", "", "", '/', 9, "a=2+e a!=2 b/ b0=2", false);
    expect_members("run", "", "", '/', 3, "a=2+e a!=2 b/", true);
    expect_members("run", "", "b/", '/', 9, "b0=2", false);
    expect_members("run", "b/", "", '/', 9, "b/1=1 b/2=2 b/c/", false);
    expect_members("run", "b/", "b/1", '/', 1, "b/2=2", true);
    expect_members("run", "b/", "b/c/", '/', 9, "", false);
    expect_members("run", "b", "", '\0', 9, "b/1=1 b/2=2 b/c/3=1 b0=2", false);
    expect_members("run", "d", "", '/', 9, "", false);
    expect_members("run", "", "zz", '/', 9, "", false);
    expect_members("run", "", "b0", '/', 9, "", false);
    expect_members("run", "b/", "a", '/', 1, "b/1=1", true);
    expect_members("run", "", "", '/', 0, "", true);
}

Test(collection, collections_are_listed_by_prefix_in_slices)
{
    const struct thing a[] = {{.shown = "a"}};
    (void)put_things("1", "1", "10/x", a, 1);
    (void)put_things("2", "2", "10/y", a, 1);
    (void)put_things("3", "3", "2/x", a, 1);
    (void)put_things("4", "4", "9", a, 1);
    (void)help_delete("4");
    expect_collections("", "", 9, "10/x 10/y 2/x", false);
    expect_collections("", "", 2, "10/x 10/y", true);
    expect_collections("", "10/y", 2, "2/x", false);
    expect_collections("10/", "", 9, "10/x 10/y", false);
    expect_collections("10/", "10/x", 1, "10/y", false);
    expect_collections("3", "", 9, "", false);
}

/* --- damage, limits ------------------------------------------------------------------------------
 */

static void damage(MDB_dbi dbi, size_t at)
{
    struct pl_catalog_txn txn;
    MDB_cursor *cursor;
    uint8_t copy[PL_PACK_N];
    MDB_val key, value;
    MUST(pl_catalog_begin(help.store->catalog, NULL, &txn, &help.error));
    cr_assert_eq(mdb_cursor_open(txn.txn, dbi, &cursor), 0);
    cr_assert_eq(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[at % value.mv_size] ^= 4;
    value.mv_data = copy;
    cr_assert_eq(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
    mdb_cursor_close(cursor);
    cr_assert_eq(mdb_txn_commit(txn.txn), 0);
}

Test(collection, a_damaged_record_is_an_error_never_an_answer)
{
    const struct thing things[] = {{.shown = "a"}};
    struct pl_catalog *catalog = help.store->catalog;
    struct pl_member member;
    struct pl_collection run, other;
    (void)put_things("one", "body", "run", things, 1);
    run = find("run");
    for (size_t at = 0; at < 60; at += 3) {
        damage(catalog->collection, at);
        cr_assert_eq(pl_store_collection(help.store, "run", &other, NULL), PL_E_IO, "%zu", at);
        damage(catalog->collection, at);
        MDB_dbi others[] = {catalog->upload, catalog->order, catalog->item};
        for (unsigned i = 0; i < PL_COUNT(others); i++) {
            damage(others[i], at);
            cr_assert_eq(pl_store_member(help.store, &run, "a", &member, NULL, NULL), PL_E_IO,
                         "database %u, byte %zu", i, at);
            damage(others[i], at);
        }
    }
    MUST(pl_store_member(help.store, &run, "a", &member, NULL, &help.error));
}

Test(collection, it_is_made_of_so_many_uploads_at_most)
{
    enum { BATCH = 50 };
    struct pl_change batch[BATCH];
    for (unsigned n = 0; n < PL_UPLOADS_MAX; n += BATCH) {
        for (unsigned i = 0; i < BATCH; i++) {
            char name[16], path[16];
            (void)snprintf(name, sizeof name, "%u", n + i);
            (void)snprintf(path, sizeof path, "p/%04u", n + i);
            const struct thing things[] = {{.shown = path}, {.shown = "last"}};
            batch[i] = spool_things(name, name, "run", things, 2);
        }
        MUST(pl_store_commit(help.store, batch, BATCH, &help.error));
        cr_assert_eq(batch[BATCH - 1].error.code, PL_OK, "%s", batch[BATCH - 1].error.msg);
    }
    struct pl_change more = help_commit(spool_things("more", "more", "run", NULL, 0));
    cr_assert_eq(more.error.code, PL_E_LIMIT);
    cr_assert_eq(find("run").uploads, PL_UPLOADS_MAX);
    cr_assert_str_eq(see("run", "last").item.title, "999");
    cr_assert_str_eq(see("run", "p/0000").item.title, "0");
    expect_members("run", "", "", '/', 9, "last=999 p/", false);
    expect_members("run", "p/", "p/0997", '/', 9, "p/0998=998 p/0999=999", false);
    (void)help_delete("0");
    more = help_commit(spool_things("more", "more", "run", NULL, 0));
    cr_assert_eq(more.error.code, PL_OK, "%s", more.error.msg);
}

/* --- forgetting ----------------------------------------------------------------------------------
 */

Test(collection, an_older_upload_is_forgotten_when_newer_ones_hold_all_it_did)
{
    const struct thing abc[] = {{.shown = "a"}, {.shown = "b"}, {.shown = "c"}},
                       b[] = {{.shown = "b"}}, ac[] = {{.shown = "a"}, {.shown = "c"}};
    struct pl_store_counts counts;
    (void)put_things("one", "body 1", "run", abc, 3);
    (void)put_things("one", "body 2", "run", b, 1);
    help_sweep();
    cr_assert_eq(find("run").uploads, 2);
    struct pl_stamp before = put_things("one", "body 3", "run", ac, 2).stamp;
    help_sweep();
    struct pl_collection run = find("run");
    cr_assert_eq(run.uploads, 2, "the first is shadowed by the two that follow");
    cr_assert(pl_stamp_equal(&run.stamp, &before), "nothing that is shown has changed");
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert(counts.items == 3 && counts.blobs == 2);
    cr_assert_eq(entries(help.store->catalog->order), 3);
    cr_assert_eq(entries(help.store->catalog->garbage), 0);
    cr_assert_eq(help_files("blobs"), 2);
    expect_members("run", "", "", 0, 9, "a=body 3 b=body 2 c=body 3", false);
}

Test(collection, uploads_of_other_names_do_not_make_one_forgotten)
{
    const struct thing ab[] = {{.shown = "a"}, {.shown = "b"}}, b[] = {{.shown = "b"}};
    (void)put_things("one", "body 1", "run", ab, 2);
    (void)put_things("one", "body 2", "run", b, 1);
    (void)put_things("two", "body 3", "run", ab, 2);
    help_sweep();
    (void)help_delete("two");
    expect_members("run", "", "", 0, 9, "a=body 1 b=body 2", false);
}

Test(collection, looking_through_a_large_upload_goes_on_where_it_ended)
{
    enum { N = 40000 };
    struct pl_change all = spool_many("one", "body 1", "run", N);
    cr_assert_eq(help_commit(all).error.code, PL_OK);
    struct pl_change most = spool_many("one", "body 2", "run", N - 1);
    cr_assert_eq(help_commit(most).error.code, PL_OK);
    bool left = true;
    unsigned steps = 0;
    while (left && steps < 100) {
        MUST(pl_collection_sweep(help.store->catalog, 5000, &left, &help.error));
        steps++;
    }
    cr_assert(steps > N / 5000 && steps < 20, "%u steps", steps);
    cr_assert_eq(find("run").uploads, 2);
    const struct thing b[] = {{.shown = "b"}};
    (void)put_things("one", "body 3", "run", b, 1);
    left = true;
    for (steps = 0; left && steps < 100; steps++)
        MUST(pl_collection_sweep(help.store->catalog, 5, &left, &help.error));
    cr_assert_leq(steps, 4, "%u steps: what was found shadowed is not looked at again", steps);
    const struct thing last[] = {{.shown = "m/039999"}};
    (void)put_things("one", "body 4", "run", last, 1);
    help_sweep();
    cr_assert_eq(find("run").uploads, 3);
    cr_assert_eq(entries(help.store->catalog->order), N - 1 + 2);
}

Test(collection, many_older_uploads_that_all_show_something_are_looked_through_once)
{
    enum { N = 60 };
    struct pl_change batch[N];
    bool left = true;
    unsigned steps = 0;
    for (unsigned i = 0; i < N; i++) {
        char path[16];
        (void)snprintf(path, sizeof path, "p/%u", i);
        const struct thing things[] = {{.shown = path}, {.shown = "all"}};
        batch[i] = spool_things("one", path, "run", things, 2);
    }
    MUST(pl_store_commit(help.store, batch, N, &help.error));
    for (; left && steps < 1000; steps++)
        MUST(pl_collection_sweep(help.store->catalog, 100000, &left, &help.error));
    cr_assert_leq(steps, N / 16 + 3, "%u steps", steps);
    /* However small a step, it gets on; here most of them find what was known before. */
    const struct thing last[] = {{.shown = "p/7"}};
    (void)put_things("one", "last", "run", last, 1);
    left = true;
    for (steps = 0; left && steps < 1000; steps++)
        MUST(pl_collection_sweep(help.store->catalog, 50, &left, &help.error));
    cr_assert_not(left);
    cr_assert_eq(find("run").uploads, N, "one came, the eighth went");
    for (unsigned i = 0; i < N; i++) {
        char path[16];
        (void)snprintf(path, sizeof path, "p/%u", i);
        cr_assert_str_eq(see("run", path).item.title, i == 7 ? "last" : path);
    }
    cr_assert_eq(find("run").uploads, N);
    help_sweep();
    cr_assert_eq(entries(help.store->catalog->garbage), 0);
    cr_assert_str_eq(see("run", "all").item.title, "p/59");
    cr_assert_str_eq(see("run", "p/0").item.title, "p/0");
}
