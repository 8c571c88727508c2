/* test_catalog.c - the catalogue below the store: collisions, damage, sizes. */
#include "tests/unit/store_help.h"

TestSuite(catalog, .init = help_start, .fini = help_stop, .timeout = 300);

static struct pl_catalog *catalog(void)
{
    return help.store->catalog;
}

Test(catalog, paths_of_one_digest_are_kept_apart)
{
    struct pl_record record;
    struct pl_item item;
    pl_catalog_digest_n = 1;
    struct pl_change put = help_commit(help_spool_items("a", "crowded", 300));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
    MUST(help_resolve("a", &record));
    for (uint32_t i = 0; i < 300; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "h/%u", i);
        MUST(pl_store_item(help.store, &record, path, &item, &help.error));
        cr_assert_eq(item.ordinal, i);
    }
    cr_assert_eq(pl_store_item(help.store, &record, "h/300", &item, NULL), PL_E_MISSING);
}

Test(catalog, the_next_place_of_a_path_stays_within_its_source)
{
    struct pl_catalog_path_key key;
    pl_catalog_path_start(&key, 7, "x");
    memset(key.bytes + 8, 0xff, 8 + PL_CATALOG_DIGEST_N);
    pl_catalog_path_next(&key);
    for (unsigned i = 8; i < PL_CATALOG_PATH_KEY_N; i++)
        cr_assert_eq(key.bytes[i], 0);
    cr_assert_eq(key.bytes[7], 7);
}

Test(catalog, paths_of_one_directory_stand_together)
{
    struct pl_catalog_path_key one, two, other, none;
    pl_catalog_path_start(&one, 7, "a/b/one");
    pl_catalog_path_start(&two, 7, "a/b/two");
    pl_catalog_path_start(&other, 7, "a/c/two");
    pl_catalog_path_start(&none, 7, "two");
    cr_assert_eq(memcmp(one.bytes, two.bytes, 16), 0);
    cr_assert_neq(memcmp(one.bytes, two.bytes, PL_CATALOG_PATH_KEY_N), 0);
    cr_assert_neq(memcmp(two.bytes, other.bytes, 16), 0);
    cr_assert_neq(memcmp(two.bytes, none.bytes, 16), 0);
}

/* Flip one bit of the stored value under key. */
static void damage(MDB_dbi dbi, const void *bytes, size_t n, size_t at)
{
    struct pl_catalog_txn txn;
    uint8_t copy[PL_PACK_N];
    MDB_val key = pl_catalog_val(bytes, n), value;
    MUST(pl_catalog_begin(catalog(), NULL, &txn, &help.error));
    cr_assert_eq(mdb_get(txn.txn, dbi, &key, &value), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[at % value.mv_size] ^= 4;
    value.mv_data = copy;
    cr_assert_eq(mdb_put(txn.txn, dbi, &key, &value, 0), 0);
    cr_assert_eq(mdb_txn_commit(txn.txn), 0); /* not ours: that would write meta anew */
}

Test(catalog, a_damaged_record_is_an_error_never_an_answer)
{
    struct pl_record record;
    (void)help_put("a", "one");
    for (size_t at = 0; at < 100; at += 7) {
        damage(catalog()->name, "a", 1, at);
        cr_assert_eq(help_resolve("a", &record), PL_E_IO, "byte %zu", at);
        damage(catalog()->name, "a", 1, at);
        MUST(help_resolve("a", &record));
    }
}

Test(catalog, a_damaged_item_is_an_error_never_an_answer)
{
    struct pl_record record;
    struct pl_item item;
    uint8_t key[12];
    (void)help_commit(help_spool_items("a", "one", 2));
    MUST(help_resolve("a", &record));
    pl_catalog_item_key(key, record.source_id, 1);
    damage(catalog()->item, key, sizeof key, 20);
    cr_assert_eq(pl_store_item(help.store, &record, "h/1", &item, NULL), PL_E_IO);
    MUST(pl_store_item(help.store, &record, "h/0", &item, &help.error));
}

Test(catalog, its_size_follows_the_configuration_up_and_down)
{
    struct pl_store_counts counts;
    (void)help_put("a", "one");
    pl_store_close(&help.store);
    MUST(pl_store_prepare(help.dir, 256 << 20, &help.error));
    help_open();
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert_eq(counts.map_bytes, 256 << 20);
    pl_store_close(&help.store);
    MUST(pl_store_prepare(help.dir, 1 << 20, &help.error));
    help_open();
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert_eq(counts.map_bytes, 1 << 20);
    (void)help_put("b", "two");
    cr_assert_eq(counts.names, 1);
    cr_assert_gt(counts.map_used_bytes, 0);
}

Test(catalog, another_format_is_refused_in_words)
{
    struct pl_error error = {.code = PL_OK};
    damage(catalog()->meta, "store", 5, 3);
    pl_store_close(&help.store);
    cr_assert_eq(pl_store_open(&help.store, help.dir, PL_STORE_READER, &error), PL_E_FORMAT);
    cr_assert_not_null(strstr(error.msg, "format"));
    error.code = PL_OK;
    cr_assert_eq(pl_store_prepare(help.dir, HELP_MAP_BYTES, &error), PL_E_FORMAT);
}

/* As an older platen left it: its own format, and not all databases. */
Test(catalog, an_older_format_is_refused_with_what_to_do)
{
    struct pl_error error = {.code = PL_OK};
    struct pl_catalog_txn txn;
    MDB_val key = pl_catalog_val("store", 5), value = pl_catalog_val("\0\0\0\1 and more", 13);
    MUST(pl_catalog_begin(catalog(), NULL, &txn, &help.error));
    cr_assert_eq(mdb_put(txn.txn, catalog()->meta, &key, &value, 0), 0);
    cr_assert_eq(mdb_drop(txn.txn, catalog()->order, 1), 0);
    cr_assert_eq(mdb_drop(txn.txn, catalog()->upload, 1), 0);
    cr_assert_eq(mdb_txn_commit(txn.txn), 0);
    pl_store_close(&help.store);
    for (int i = 0; i < 2; i++) {
        error.code = PL_OK;
        cr_assert_eq(i == 0 ? pl_store_open(&help.store, help.dir, PL_STORE_KEEPER, &error)
                            : pl_store_prepare(help.dir, HELP_MAP_BYTES, &error),
                     PL_E_FORMAT);
        cr_assert_str_eq(error.param, "store.dir");
        cr_assert(strstr(error.msg, "format 1") && strstr(error.msg, "upload again"), "%s",
                  error.msg);
    }
}

Test(catalog, two_stores_have_different_stamps_for_the_same_history)
{
    struct pl_stamp first = help_put("a", "one").stamp;
    help_stop();
    help_start();
    struct pl_stamp second = help_put("a", "one").stamp;
    cr_assert_not(pl_stamp_equal(&first, &second));
    cr_assert_eq(memcmp(first.bytes + 8, second.bytes + 8, 8), 0);
}

Test(catalog, a_change_that_fails_takes_back_only_itself)
{
    struct pl_catalog_txn batch, nested;
    struct pl_filed filed = {.record = {.name = "kept"}}, found;
    MUST(pl_catalog_begin(catalog(), NULL, &batch, &help.error));
    MUST(pl_catalog_begin(catalog(), &batch, &nested, &help.error));
    nested.meta.sequence += 1;
    MUST(pl_catalog_put(catalog(), &nested, &filed, &help.error));
    MUST(pl_catalog_commit(catalog(), &nested, &help.error));
    MUST(pl_catalog_begin(catalog(), &batch, &nested, &help.error));
    (void)strcpy(filed.record.name, "dropped");
    nested.meta.sequence += 100;
    MUST(pl_catalog_put(catalog(), &nested, &filed, &help.error));
    pl_catalog_abort(&nested);
    uint64_t sequence = batch.meta.sequence;
    MUST(pl_catalog_commit(catalog(), &batch, &help.error));
    MDB_txn *txn;
    struct pl_catalog_meta meta;
    MUST(pl_catalog_read(catalog(), &txn, &help.error));
    MUST(pl_catalog_find(catalog(), txn, "kept", &found, &help.error));
    cr_assert_eq(pl_catalog_find(catalog(), txn, "dropped", &found, NULL), PL_E_MISSING);
    MUST(pl_catalog_load_meta(catalog(), txn, &meta, &help.error));
    pl_catalog_read_end(catalog());
    cr_assert_eq(meta.sequence, sequence);
}
