/* test_evict.c - SIEVE over sequence numbers, recency words, the sweep. */
#include "tests/unit/cache_fixture.h"

TestSuite(evict, .init = set_up, .fini = tear_down, .timeout = 300);

static bool there(uint64_t number)
{
    struct pl_key key = key_of(number);
    return pl_cache_has(cache, &key, NULL, NULL, NULL, NULL) == PL_OK;
}

static uint32_t word_of(uint64_t sequence)
{
    return *pl_cache_word(shared, sequence);
}

/* Evict down to `entries` entries, one slice of one entry at a time. */
static void evict_to(uint64_t entries)
{
    while (counts().entries > entries) {
        MDB_txn *txn;
        cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
        cr_assert_eq(pl_cache_evict(cache, txn, 0, 1), 0);
        cr_assert_eq(mdb_txn_commit(txn), 0);
    }
}

static void fill(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        cr_assert_eq(put(i, 70000), PL_OK, "%s", error.msg);
}

Test(evict, oldest_goes_first_when_nothing_was_visited)
{
    fill(10);
    evict_to(7);
    for (uint64_t i = 0; i < 10; i++)
        cr_assert_eq(there(i), i >= 3, "%lu", (unsigned long)i);
    cr_assert_eq(counts().evictions, 3);
}

Test(evict, a_visited_entry_is_passed_over_once_and_loses_its_mark)
{
    fill(5);
    cr_assert_eq(get(0, 70000), PL_OK);
    cr_assert_eq(get(1, 70000), PL_OK);
    evict_to(4);
    cr_assert(there(0) && there(1) && !there(2));
    cr_assert_eq(word_of(1) & 1, 0);
    cr_assert_eq(word_of(1) >> 1, 1, "hits are kept when the mark is taken");
}

Test(evict, the_hand_goes_on_from_where_it_stood_and_wraps_to_the_oldest)
{
    fill(5);
    cr_assert_eq(get(0, 70000), PL_OK);
    evict_to(4); /* 1 goes, the hand stands behind it */
    cr_assert(there(0) && !there(1));
    evict_to(3); /* not 0 again, although its mark is gone: the hand is past it */
    cr_assert(there(0) && !there(2));
    evict_to(1);
    cr_assert(there(0) && !there(4));
    evict_to(0);
    cr_assert_not(there(0));
}

Test(evict, when_all_are_visited_the_first_one_passed_goes)
{
    fill(6);
    for (uint64_t i = 0; i < 6; i++)
        cr_assert_eq(get(i, 70000), PL_OK);
    evict_to(5);
    cr_assert_not(there(0));
}

Test(evict, an_eviction_takes_all_records_of_the_entry)
{
    uint64_t empty = counts().live_bytes;
    fill(20);
    evict_to(0);
    cr_assert_leq(counts().live_bytes, empty + 8 * 4096);
    MDB_txn *txn;
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(pl_cache_evict(cache, txn, 0, 1), MDB_NOTFOUND);
    mdb_txn_abort(txn);
}

Test(evict, chunks_whose_header_was_lost_go_when_the_hand_comes)
{
    uint64_t empty = counts().live_bytes;
    fill(3);
    struct pl_key key = key_of(1);
    MDB_val name = {PL_KEY_N, key.bytes};
    MDB_txn *txn;
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(mdb_del(txn, cache->entry, &name, NULL), 0);
    cr_assert_eq(mdb_txn_commit(txn), 0);
    cr_assert_eq(put(1, 70000),
                 PL_OK); /* under a new number; the old order record points to it too */
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(pl_cache_erase(cache, txn, 2, NULL), 0);
    cr_assert_eq(mdb_txn_commit(txn), 0);
    cr_assert_eq(get(1, 70000), PL_OK, "the newer entry stays");
    evict_to(0);
    cr_assert_leq(counts().live_bytes, empty + 8 * 4096);
}

Test(evict, a_hit_counts_once_and_stops_at_the_end_instead_of_wrapping)
{
    fill(1);
    for (int i = 0; i < 3; i++)
        pl_cache_visit(cache, 1);
    cr_assert_eq(word_of(1), 3 << 1 | 1);
    *pl_cache_word(shared, 1) = UINT32_MAX;
    pl_cache_visit(cache, 1);
    cr_assert_eq(word_of(1), UINT32_MAX);
}

Test(evict, popular_entries_survive_a_flood_of_new_ones)
{
    fill(20);
    for (uint64_t i = 1000; i < 3000; i++) {
        for (uint64_t hot = 0; hot < 20; hot++)
            (void)get(hot, 70000);
        cr_assert_eq(put(i, 30000), PL_OK, "%s", error.msg);
    }
    for (uint64_t hot = 0; hot < 20; hot++)
        cr_assert(there(hot), "%lu", (unsigned long)hot);
    cr_assert_gt(counts().evictions, 1000);
}

Test(evict, sweep_brings_live_bytes_under_the_budget)
{
    int readers;
    fill(100);
    cache->budget_pages = 300;
    cr_assert_gt(counts().live_bytes, counts().budget_bytes);
    cr_assert_eq(pl_cache_sweep(cache, &readers, &error), PL_OK, "%s", error.msg);
    cr_assert_leq(counts().live_bytes, counts().budget_bytes);
    cr_assert(there(99) && !there(0));
}

static uint64_t transactions(void)
{
    MDB_envinfo info;
    cr_assert_eq(mdb_env_info(cache->env, &info), 0);
    return info.me_last_txnid;
}

Test(evict, one_transaction_frees_a_slice_and_no_more)
{
    enum { ENTRY_PAGES = 20 };
    fill(100);
    uint64_t before = counts().live_bytes / cache->page_bytes;
    MDB_txn *txn;
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(pl_cache_evict(cache, txn, 0, 256), 0);
    cr_assert_eq(mdb_txn_commit(txn), 0);
    uint64_t freed = before - counts().live_bytes / cache->page_bytes;
    cr_assert_geq(freed, 256 - ENTRY_PAGES);
    cr_assert_leq(freed, 256 + ENTRY_PAGES, "%lu pages", (unsigned long)freed);
}

Test(evict, a_large_put_makes_its_room_in_many_small_transactions)
{
    enum { SMALL = 3000, PAGES = 256 };
    for (uint64_t i = 0; i < SMALL; i++)
        cr_assert_eq(put(i, 4000), PL_OK, "%s", error.msg);
    uint64_t before = transactions(), evicted = counts().evictions;
    size_t n = pl_cache_value_max(cache);
    cr_assert_eq(put(SMALL, n), PL_OK, "%s", error.msg);
    uint64_t pages = counts().evictions - evicted; /* at least one page each */
    cr_assert_gt(pages, 2 * PAGES);
    cr_assert_geq(transactions() - before, pages / PAGES + 2, "%lu transactions freed %lu pages",
                  (unsigned long)(transactions() - before), (unsigned long)pages);
}
