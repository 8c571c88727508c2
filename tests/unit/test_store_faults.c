/* test_store_faults.c - the store when the keeper is killed, the disk or the catalogue is full. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/unit/killed_help.h"
#include "tests/unit/store_help.h"

static void unmount_and_stop(void)
{
    pl_store_close(&help.store);
    (void)umount2(help.dir, MNT_DETACH);
    help_stop();
}

TestSuite(store_faults, .init = help_start, .fini = unmount_and_stop, .timeout = 300);

/* --- killed in the middle ----------------------------------------------------------------------
 */

static struct pl_change prepared; /* by the parent, so that it can be repeated after the kill */

static void commit_prepared(void)
{
    (void)help_commit(prepared);
}

static void check_whole(const char *name)
{
    struct pl_record record;
    struct pl_item item;
    int fd;
    MUST(help_resolve(name, &record));
    MUST(pl_store_open_blob(help.store, record.sha256, &fd, &help.error));
    cr_assert_eq((uint64_t)lseek(fd, 0, SEEK_END), record.bytes);
    (void)close(fd);
    for (uint32_t i = 0; i < record.items; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "h/%u", i);
        MUST(pl_store_item(help.store, &record, path, &item, &help.error));
    }
}

static void kill_one_put(enum pl_store_step step, uint32_t items)
{
    struct pl_record record;
    struct pl_stamp before = help_put("a", "acknowledged").stamp;
    prepared = help_spool_items("a", "under way", items);
    killed_at(step, commit_prepared);
    check_whole("a");
    MUST(help_resolve("a", &record));
    cr_assert_eq(pl_stamp_equal(&record.stamp, &before), step != PL_STEP_COMMITTED);
    struct pl_change again = help_commit(prepared);
    cr_assert_eq(again.error.code, PL_OK, "%s", again.error.msg);
    cr_assert_not(again.unchanged);
    cr_assert_eq(again.items, items);
    check_whole("a");
    MUST(help_resolve("a", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &again.stamp));
    help_sweep();
    check_whole("a");
    cr_assert_eq(help_files("blobs"), 1);
    cr_assert_eq(help_files("spool"), 0);
}

Test(store_faults, a_keeper_killed_after_the_body_is_synced)
{
    kill_one_put(PL_STEP_BODY_SYNCED, 20);
}

Test(store_faults, a_keeper_killed_after_the_rename)
{
    kill_one_put(PL_STEP_RENAMED, 20);
}

Test(store_faults, a_keeper_killed_before_the_commit)
{
    kill_one_put(PL_STEP_BEFORE_COMMIT, 20);
}

Test(store_faults, a_keeper_killed_before_it_could_answer)
{
    kill_one_put(PL_STEP_COMMITTED, 20);
}

Test(store_faults, a_keeper_killed_between_slices_of_a_large_object)
{
    deadly_after = 1;
    kill_one_put(PL_STEP_SLICE, 70000);
    MDB_txn *txn;
    MDB_stat items;
    MUST(pl_catalog_read(help.store->catalog, &txn, &help.error));
    cr_assert_eq(mdb_stat(txn, help.store->catalog->item, &items), 0);
    pl_catalog_read_end(help.store->catalog);
    cr_assert_eq(items.ms_entries, 70000, "what the killed keeper had filed is swept");
}

Test(store_faults, a_repeated_if_match_upload_is_recognised)
{
    prepared = help_spool("a", "new", 3);
    prepared.if_match = true;
    killed_at(PL_STEP_COMMITTED, commit_prepared);
    struct pl_change again = help_commit(prepared);
    cr_assert_eq(again.error.code, PL_OK, "%s", again.error.msg);
    cr_assert(again.created && !again.unchanged);
}

Test(store_faults, an_upload_that_never_came_to_be_leaves_no_blob)
{
    prepared = help_spool("a", "lost", 4);
    killed_at(PL_STEP_RENAMED, commit_prepared);
    cr_assert_eq(help_files("blobs"), 1);
    help_sweep();
    cr_assert_eq(help_files("blobs"), 0);
}

static void sweep_once(void)
{
    (void)pl_store_sweep(help.store, UINT64_MAX, NULL);
}

Test(store_faults, a_sweep_killed_after_unlinking_is_repeated)
{
    (void)help_put("a", "one");
    (void)help_delete("a");
    killed_at(PL_STEP_UNLINKED, sweep_once);
    (void)help_put("a", "one");
    help_sweep();
    check_whole("a");
}

/* --- full
 * ------------------------------------------------------------------------------------------ */

Test(store_faults, a_full_catalogue_refuses_uploads_and_still_deletes)
{
    help_stop();
    help_start_size(1 << 20);
    struct pl_record record;
    struct pl_change put = {.error = {.code = PL_OK}};
    unsigned n = 0;
    char name[32];
    while (put.error.code == PL_OK && n < 1000) {
        (void)snprintf(name, sizeof name, "object/%u", n++);
        put = help_commit(help_spool_items(name, name, 100));
    }
    cr_assert_eq(put.error.code, PL_E_SPACE, "%s", put.error.msg);
    cr_assert_not_null(strstr(put.error.msg, "store.catalog_size"));
    cr_assert_eq(help_resolve(name, &record), PL_E_MISSING);
    cr_assert_eq(help_files("spool"), 0);
    cr_assert_eq(help_files("blobs"), n - 1);
    for (unsigned i = 0; i + 1 < n; i++) {
        (void)snprintf(name, sizeof name, "object/%u", i);
        struct pl_change gone = help_delete(name);
        cr_assert_eq(gone.error.code, PL_OK, "%s", gone.error.msg);
    }
    help_sweep();
    cr_assert_eq(help_files("blobs"), 0);
    put = help_commit(help_spool_items("again", "again", 100));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
    cr_assert_leq(help_files("catalog"), 2);
}

/* A file system of 2 MB where the test may mount one. */
static bool mount_small(void)
{
    help_stop();
    (void)snprintf(help.dir, sizeof help.dir, "/tmp/platen-store-XXXXXX");
    cr_assert_not_null(mkdtemp(help.dir));
    if (mount("none", help.dir, "tmpfs", 0, "size=2m") != 0)
        return false;
    MUST(pl_store_prepare(help.dir, HELP_MAP_BYTES, &help.error));
    help_open();
    return true;
}

Test(store_faults, a_full_disk_refuses_uploads_and_keeps_what_there_is)
{
    static uint8_t block[4096];
    struct pl_spool spool;
    struct pl_record record;
    enum pl_err code = PL_OK;
    if (!mount_small())
        cr_skip_test("no right to mount");
    (void)help_put("a", "acknowledged");
    MUST(pl_spool_start(help.store, 1 << 30, &spool, &help.error));
    for (unsigned i = 0; i < 4096 && code == PL_OK; i++)
        code = pl_spool_add(&spool, block, sizeof block, NULL);
    cr_assert_eq(code, PL_E_SPACE);
    pl_spool_drop(help.store, &spool);
    cr_assert_eq(help_files("spool"), 0);
    struct pl_change put = {.error = {.code = PL_OK}};
    unsigned n = 0;
    char name[32];
    while (put.error.code == PL_OK && n < 1000) {
        (void)snprintf(name, sizeof name, "object/%u", n++);
        char path[128];
        struct pl_change change = help_spool_items(name, name, 40);
        (void)snprintf(path, sizeof path, "%s/fill", help.dir);
        if (n == 3) { /* leave the catalogue less than it needs */
            int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
            while (write(fd, block, sizeof block) > 0)
                continue;
            (void)close(fd);
        }
        put = help_commit(change);
    }
    cr_assert_eq(put.error.code, PL_E_SPACE, "%s", put.error.msg);
    cr_assert_eq(help_resolve(name, &record), PL_E_MISSING);
    cr_assert_eq(help_files("spool"), 0);
    check_whole("a");
    check_whole("object/0");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/fill", help.dir);
    cr_assert_eq(unlink(path), 0);
    put = help_commit(help_spool_items("after", "after", 40));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
    check_whole("after");
}

Test(store_faults, a_limit_on_file_size_is_a_full_disk)
{
    static uint8_t block[4096];
    struct pl_spool spool;
    struct rlimit limit = {.rlim_cur = 65536, .rlim_max = RLIM_INFINITY};
    enum pl_err code = PL_OK;
    (void)signal(SIGXFSZ, SIG_IGN);
    MUST(pl_spool_start(help.store, 1 << 30, &spool, &help.error));
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (unsigned i = 0; i < 64 && code == PL_OK; i++)
        code = pl_spool_add(&spool, block, sizeof block, NULL);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(code, PL_E_SPACE);
    pl_spool_drop(help.store, &spool);
    cr_assert_eq(help_files("spool"), 0);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void no_more_disk(enum pl_store_step step)
{
    if (step == PL_STEP_BEFORE_COMMIT)
        limit_files(4096);
}

Test(store_faults, a_commit_that_fails_keeps_nothing_and_the_next_one_works)
{
    struct pl_record record;
    (void)signal(SIGXFSZ, SIG_IGN);
    struct pl_stamp before = help_put("a", "acknowledged").stamp;
    struct pl_change batch[3] = {help_spool_items("a", "under way", 500),
                                 help_spool("b", "two", 3),
                                 {.what = PL_CHANGE_DELETE, .name = "a"}};
    pl_store_step_hook = no_more_disk;
    cr_assert_neq(pl_store_commit(help.store, batch, 3, NULL), PL_OK);
    pl_store_step_hook = NULL;
    limit_files(RLIM_INFINITY);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_neq(batch[i].error.code, PL_OK, "change %u", i);
        cr_assert_not(batch[i].created);
    }
    check_whole("a");
    MUST(help_resolve("a", &record));
    cr_assert(pl_stamp_equal(&record.stamp, &before));
    cr_assert_eq(help_resolve("b", &record), PL_E_MISSING);
    cr_assert_eq(help_files("blobs"), 1);
    cr_assert_eq(help_files("spool"), 0);
    (void)help_put("b", "two");
    help_reopen();
    check_whole("b");
}
