/* test_blob.c - spool files and blobs on disk. */
#include <fcntl.h>
#include <sys/wait.h>

#include "tests/unit/store_help.h"

TestSuite(blob, .init = help_start, .fini = help_stop, .timeout = 300);

Test(blob, a_body_past_the_limit_is_refused_by_the_limits_name)
{
    struct pl_spool spool;
    struct pl_error error = {.code = PL_OK};
    MUST(pl_spool_start(help.store, 10, &spool, &help.error));
    MUST(pl_spool_add(&spool, "0123456789", 10, &help.error));
    cr_assert_eq(pl_spool_add(&spool, "x", 1, &error), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "limits.body");
    pl_spool_drop(help.store, &spool);
    cr_assert_eq(help_files("spool"), 0);
}

Test(blob, dropping_a_spool_twice_or_never_started_is_harmless)
{
    struct pl_spool spool = {.id = 0};
    pl_spool_drop(help.store, &spool);
    MUST(pl_spool_start(help.store, 10, &spool, &help.error));
    pl_spool_drop(help.store, &spool);
    pl_spool_drop(help.store, &spool);
    cr_assert_eq(help_files("spool"), 0);
}

Test(blob, the_digest_is_that_of_the_pieces_together)
{
    struct pl_spool spool;
    struct pl_sha256 sha;
    uint8_t expected[PL_SHA256_N];
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, "hello", 5);
    pl_sha256_end(&sha, expected);
    MUST(pl_spool_start(help.store, 10, &spool, &help.error));
    MUST(pl_spool_add(&spool, "he", 2, &help.error));
    MUST(pl_spool_add(&spool, "", 0, &help.error));
    MUST(pl_spool_add(&spool, "llo", 3, &help.error));
    MUST(pl_spool_end(&spool, &help.error));
    cr_assert_eq(memcmp(spool.sha256, expected, sizeof expected), 0);
    cr_assert_eq(spool.bytes, 5);
}

Test(blob, ids_that_exist_already_are_passed_over)
{
    struct pl_spool first, second;
    MUST(pl_spool_start(help.store, 10, &first, &help.error));
    help.store->blobs.id_count = 0;
    MUST(pl_spool_start(help.store, 10, &second, &help.error));
    cr_assert_neq(first.id, second.id);
    pl_spool_drop(help.store, &first);
    pl_spool_drop(help.store, &second);
}

Test(blob, stored_files_are_read_only_and_named_by_their_digest)
{
    struct stat st;
    char hex[PL_HEX_N], path[200];
    struct pl_change put = help_put("a", "one");
    pl_hex(hex, put.sha256, PL_SHA256_N);
    (void)snprintf(path, sizeof path, "%s/blobs/%.2s/%s", help.dir, hex, hex + 2);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0444);
    cr_assert_eq(st.st_size, 3);
}

Test(blob, a_stored_file_of_the_wrong_size_is_replaced)
{
    int fd;
    char hex[PL_HEX_N], path[200], text[8] = "";
    struct pl_change put = help_put("a", "one");
    pl_hex(hex, put.sha256, PL_SHA256_N);
    (void)snprintf(path, sizeof path, "%s/blobs/%.2s/%s", help.dir, hex, hex + 2);
    cr_assert_eq(truncate(path, 1), 0);
    (void)help_put("b", "one");
    MUST(pl_store_open_blob(help.store, put.sha256, &fd, &help.error));
    cr_assert_eq(read(fd, text, sizeof text), 3);
    cr_assert_str_eq(text, "one");
    (void)close(fd);
}

Test(blob, a_body_of_another_length_than_said_is_refused)
{
    struct pl_change change = help_spool("a", "one", 3);
    change.bytes = 4;
    cr_assert_eq(help_commit(change).error.code, PL_E_INTERNAL);
    cr_assert(help_files("blobs") == 0 && help_files("spool") == 0);
}

Test(blob, the_spool_is_emptied_before_a_start)
{
    (void)help_spool("a", "one", 3);
    pl_store_close(&help.store);
    cr_assert_eq(help_files("spool"), 1);
    MUST(pl_store_prepare(help.dir, HELP_MAP_BYTES, &help.error));
    cr_assert_eq(help_files("spool"), 0);
    help_open();
}

Test(blob, a_link_in_place_of_a_spool_file_is_not_followed)
{
    char path[128];
    int fd;
    (void)snprintf(path, sizeof path, "%s/spool/00000000000000ab.body", help.dir);
    cr_assert_eq(symlink("/etc/passwd", path), 0);
    cr_assert_neq(pl_spool_open(help.store, 0xab, &fd, NULL), PL_OK);
}

static bool nobody(void *context, const uint8_t sha256[PL_SHA256_N])
{
    (void)sha256;
    return *(bool *)context;
}

Test(blob, the_search_for_orphans_is_done_in_bounded_steps)
{
    bool known = true;
    for (unsigned i = 0; i < 20; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "n%u", i);
        (void)help_put(name, name);
    }
    unsigned steps = 0;
    for (; help.store->blobs.orphans_at < PL_BLOB_FOLDERS; steps++)
        MUST(pl_blob_orphans(&help.store->blobs, 10, nobody, &known, &help.error));
    cr_assert_gt(steps, 20);
    cr_assert_eq(help_files("blobs"), 20);
    known = false;
    help.store->blobs.orphans_at = 0;
    MUST(pl_blob_orphans(&help.store->blobs, 10000, nobody, &known, &help.error));
    cr_assert_eq(help_files("blobs"), 0);
}
