/* test_store.c - the promises of shm/store.h, through its public face. */
#include "tests/unit/store_help.h"

TestSuite(store, .init = help_start, .fini = help_stop, .timeout = 60);

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
