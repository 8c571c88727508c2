/* test_cache.c - the cache of encoded images: get and put, the bound, damage, crashes, full disks.
 */
#include "tests/unit/cache_fixture.h"

TestSuite(cache, .init = set_up, .fini = tear_down, .timeout = 300);

Test(cache, what_was_put_comes_back_whatever_its_size)
{
    const size_t sizes[] = {0,     1,     100,   2000,   2040,    4080,          4081,
                            65503, 65504, 65505, 131008, 1000000, (3u << 20) + 7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_assert_eq(put(i, sizes[i]), PL_OK, "%s", error.msg);
        cr_assert_eq(get(i, sizes[i]), PL_OK, "size %zu: %s", sizes[i], error.msg);
    }
    cr_assert_eq(get(99, 1), PL_E_MISSING);
}

Test(cache, random_sizes_in_the_smallest_map_are_never_refused_and_stay_in_bounds)
{
    uint64_t most = pl_cache_value_max(cache), hits = 0;
    for (uint64_t i = 0; i < 6000; i++) {
        size_t n = size_of(i, most);
        cr_assert_eq(put(i, n), PL_OK, "put %lu of %zu: %s", (unsigned long)i, n, error.msg);
        cr_assert_eq(get(i, n), PL_OK, "put %lu of %zu: %s", (unsigned long)i, n, error.msg);
        uint64_t old = i - i % 7 * 3;
        enum pl_err status = get(old, size_of(old, most));
        cr_assert(status == PL_OK || status == PL_E_MISSING, "%lu", (unsigned long)old);
        hits += status == PL_OK;
        if (i % 100 == 0) {
            struct pl_cache_counts now = counts();
            cr_assert_leq(now.live_bytes, now.budget_bytes);
            cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
        }
    }
    cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
    cr_assert_gt(hits, 3000);
    cr_assert_eq(counts().refused, 0);
}

/* How an entry is stored: bytes a chunk. */
static uint32_t chunk_of(uint64_t number)
{
    struct pl_key key = key_of(number);
    struct pl_cache_header header;
    MDB_txn *txn;
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, MDB_RDONLY, &txn), 0);
    cr_assert_eq(pl_cache_find(cache, txn, &key, &header, NULL), 0);
    mdb_txn_abort(txn);
    return header.chunk_n;
}

Test(cache, a_megabyte_is_a_handful_of_records_and_three_hundredths_more_pages)
{
    MDB_txn *txn;
    MDB_stat stat;
    uint64_t before = counts().live_bytes;
    cr_assert_eq(put(1, 1000000), PL_OK);
    cr_assert_leq(counts().live_bytes - before, 1030000);
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, MDB_RDONLY, &txn), 0);
    cr_assert_eq(mdb_stat(txn, cache->chunk, &stat), 0);
    mdb_txn_abort(txn);
    cr_assert_leq(stat.ms_entries, 20, "%zu records", stat.ms_entries);
    cr_assert_leq(stat.ms_depth, 1);
}

Test(cache, the_largest_values_follow_each_other_without_a_refusal_inside)
{
    /* Each displaces one as large, whose pages no transaction can use before the next but one. A
     * refused first attempt shows: the second stores chunks of one page. */
    size_t most = pl_cache_value_max(cache);
    for (uint64_t i = 0; i < 130; i++) {
        size_t n = most / 100 * (88 + i / 10); /* with some of them the map is as full as can be */
        cr_assert_eq(put(i, n), PL_OK, "%s", error.msg);
        cr_assert_gt(chunk_of(i), 60000, "put %lu was refused at first", (unsigned long)i);
    }
    cr_assert_eq(counts().refused, 0);
}

Test(cache, large_values_find_room_between_scattered_small_ones_that_stay)
{
    /* Small entries fill the map; every third is visited again and again, so that it stays and no
     * run of sixteen free pages is left anywhere. */
    enum { SMALL = 2600 };
    for (uint64_t i = 0; i < SMALL; i++)
        cr_assert_eq(put(i, 4000), PL_OK, "%s", error.msg);
    for (uint64_t round = 0; round < 12; round++) {
        for (uint64_t i = 0; i < SMALL; i += 3)
            (void)get(i, 4000);
        size_t n = pl_cache_value_max(cache) - round;
        cr_assert_eq(put(10000 + round, n), PL_OK, "%s", error.msg);
        cr_assert_eq(get(10000 + round, n), PL_OK, "%s", error.msg);
    }
    cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
    cr_assert_eq(counts().refused, 0);
}

Test(cache, a_value_over_a_quarter_of_the_budget_is_refused_and_one_byte_less_is_not)
{
    size_t most = pl_cache_value_max(cache);
    cr_assert_eq(most, counts().budget_bytes / 4);
    cr_assert_eq(put(1, most + 1), PL_E_LIMIT);
    cr_assert_str_eq(error.param, "cache.size");
    cr_assert_eq(get(1, most + 1), PL_E_MISSING);
    cr_assert_eq(put(1, most), PL_OK);
    cr_assert_eq(get(1, most), PL_OK);
}

Test(cache, too_small_a_buffer_is_refused_and_left_as_it_was)
{
    cr_assert_eq(put(1, 5000), PL_OK);
    struct pl_key key = key_of(1);
    struct pl_buf out = PL_BUF(5003);
    cr_assert_eq(pl_buf_text(&out, "head", NULL), PL_OK);
    cr_assert_eq(pl_cache_get(cache, &key, &out, NULL, NULL), PL_E_LIMIT);
    cr_assert_eq(out.n, 4);
    out.limit = 5004;
    cr_assert_eq(pl_cache_get(cache, &key, &out, NULL, NULL), PL_OK);
    cr_assert_eq(out.n, 5004);
    pl_buf_free(&out);
}

Test(cache, meta_and_hits_come_back)
{
    struct pl_cache_meta found;
    uint64_t bytes, hits;
    struct pl_key key = key_of(1);
    meta = (struct pl_cache_meta){.media = 7, .cost_us = 900, .made_wall_ns = 12345};
    meta.stamp.bytes[3] = 9;
    memset(meta.label, 'x', sizeof meta.label - 1);
    cr_assert_eq(put(1, 5000), PL_OK);
    cr_assert_eq(get(1, 5000), PL_OK);
    cr_assert_eq(get(1, 5000), PL_OK);
    cr_assert_eq(pl_cache_has(cache, &key, &found, &bytes, &hits, NULL), PL_OK);
    cr_assert_eq(memcmp(&found, &meta, sizeof meta), 0);
    cr_assert(bytes == 5000 && hits == 2);
    cr_assert_eq(counts().oldest_wall_ns, 12345);
}

Test(cache, an_entry_already_there_is_left_as_it_is)
{
    cr_assert_eq(put(1, 5000), PL_OK);
    struct pl_key key = key_of(1);
    cr_assert_eq(pl_cache_put(cache, &key, "other", 5, &meta, NULL), PL_OK);
    cr_assert_eq(get(1, 5000), PL_OK);
    cr_assert_eq(counts().puts, 1);
}

Test(cache, a_dropped_entry_is_gone_with_all_its_pages)
{
    uint64_t before = counts().live_bytes;
    cr_assert_eq(put(1, 1000000), PL_OK);
    struct pl_key key = key_of(1);
    cr_assert_eq(pl_cache_drop(cache, &key, NULL), PL_OK);
    cr_assert_eq(pl_cache_drop(cache, &key, NULL), PL_E_MISSING);
    cr_assert_eq(get(1, 1000000), PL_E_MISSING);
    cr_assert_leq(counts().live_bytes, before + 8 * 4096);
    cr_assert_eq(counts().entries, 0);
}

/* Overwrite the stored chunk or header of an entry behind the cache's back. */
static void spoil(uint64_t number, bool header)
{
    struct pl_key key = key_of(number);
    struct pl_cache_header found;
    uint8_t at[PL_CACHE_CHUNK_KEY_N], copy[PL_CACHE_CHUNK_N];
    MDB_txn *txn;
    MDB_val value;
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(pl_cache_find(cache, txn, &key, &found, &value), 0);
    pl_cache_chunk_key(at, found.sequence, 0);
    MDB_val chunk = {sizeof at, at}, entry = {PL_KEY_N, key.bytes};
    if (!header)
        cr_assert_eq(mdb_get(txn, cache->chunk, &chunk, &value), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[value.mv_size / 2] ^= 4;
    value.mv_data = copy;
    cr_assert_eq(
        mdb_put(txn, header ? cache->entry : cache->chunk, header ? &entry : &chunk, &value, 0), 0);
    cr_assert_eq(mdb_txn_commit(txn), 0);
}

Test(cache, a_damaged_value_is_missing_counted_and_swept)
{
    int readers;
    struct pl_key key = key_of(1);
    cr_assert_eq(put(1, 100000), PL_OK);
    cr_assert_eq(put(2, 100), PL_OK);
    spoil(1, false);
    cr_assert_eq(pl_cache_verify(cache, &key, NULL), PL_E_FORMAT);
    cr_assert_eq(get(1, 100000), PL_E_MISSING);
    cr_assert_eq(counts().damaged, 2);
    cr_assert_eq(pl_cache_sweep(cache, &readers, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(counts().entries, 1);
    cr_assert_eq(get(2, 100), PL_OK);
}

Test(cache, what_a_reader_found_damaged_is_not_there_for_who_would_draw_it)
{
    struct pl_key one = key_of(1), two = key_of(2);
    cr_assert_eq(put(1, 70000), PL_OK);
    cr_assert_eq(put(2, 70000), PL_OK);
    spoil(1, false);
    cr_assert_eq(pl_cache_has(cache, &one, NULL, NULL, NULL, NULL), PL_OK, "nobody has looked yet");
    cr_assert_eq(get(1, 70000), PL_E_MISSING);
    cr_assert_eq(pl_cache_has(cache, &one, NULL, NULL, NULL, &error), PL_E_MISSING);
    cr_assert_not_null(strstr(error.msg, "damaged"));
    cr_assert_eq(pl_cache_has(cache, &two, NULL, NULL, NULL, NULL), PL_OK,
                 "its neighbour is sound");
    cr_assert_eq(put(1, 70000), PL_OK);
    cr_assert_eq(pl_cache_has(cache, &one, NULL, NULL, NULL, NULL), PL_OK, "drawn anew");
    cr_assert_eq(get(1, 70000), PL_OK);
}

Test(cache, a_put_heals_a_damaged_value_and_a_damaged_header)
{
    for (int header = 0; header < 2; header++) {
        uint64_t number = (uint64_t)header;
        cr_assert_eq(put(number, 70000), PL_OK);
        spoil(number, header);
        cr_assert_eq(get(number, 70000), PL_E_MISSING);
        cr_assert_eq(put(number, 70000), PL_OK, "%s", error.msg);
        cr_assert_eq(get(number, 70000), PL_OK);
    }
}

Test(cache, a_chunk_under_the_wrong_key_is_not_believed)
{
    /* The key echo: the record of entry 1 filed under the key of entry 2. */
    struct pl_key one = key_of(1), two = key_of(2);
    MDB_txn *txn;
    MDB_val from = {PL_KEY_N, one.bytes}, to = {PL_KEY_N, two.bytes}, value;
    uint8_t copy[4096];
    cr_assert_eq(put(1, 3000), PL_OK);
    cr_assert_eq(mdb_txn_begin(cache->env, NULL, 0, &txn), 0);
    cr_assert_eq(mdb_get(txn, cache->entry, &from, &value), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    value.mv_data = copy;
    cr_assert_eq(mdb_put(txn, cache->entry, &to, &value, 0), 0);
    cr_assert_eq(mdb_txn_commit(txn), 0);
    cr_assert_eq(get(2, 3000), PL_E_MISSING);
    cr_assert_eq(get(1, 3000), PL_OK);
}

/* Start the server's life again, as a new master would. */
static void restart(bool clean, bool expect_kept)
{
    pl_cache_close(&cache);
    if (!clean)
        shared->discard = 1;
    cr_assert_eq(pl_cache_close_clean(&shared, dir, &error), PL_OK, "%s", error.msg);
    prepare(expect_kept);
    open_cache();
}

Test(cache, is_kept_after_a_clean_close_and_discarded_after_any_other)
{
    cr_assert_eq(put(1, 70000), PL_OK);
    restart(true, true);
    cr_assert_eq(get(1, 70000), PL_OK);
    restart(false, false);
    cr_assert_eq(get(1, 70000), PL_E_MISSING);
    cr_assert_eq(put(1, 70000), PL_OK);
}

Test(cache, is_discarded_when_another_boot_closed_it_or_the_size_changed)
{
    char path[128];
    bool kept = true;
    (void)snprintf(path, sizeof path, "%s/clean", dir);
    pl_cache_close(&cache);
    cr_assert_eq(pl_cache_close_clean(&shared, dir, NULL), PL_OK);
    FILE *mark = fopen(path, "r+");
    cr_assert_not_null(mark);
    cr_assert_eq(fseek(mark, -3, SEEK_END), 0);
    int last = fgetc(mark);
    cr_assert_eq(fseek(mark, -3, SEEK_END), 0);
    (void)fputc(last == '0' ? '1' : '0', mark);
    (void)fclose(mark);
    prepare(false);
    cr_assert_eq(pl_cache_close_clean(&shared, dir, NULL), PL_OK);
    cr_assert_eq(pl_cache_prepare(dir, 2 * PL_CACHE_MAP_LEAST, &shared, &kept, NULL), PL_OK);
    cr_assert_not(kept);
}

Test(cache, of_a_master_that_was_killed_is_discarded)
{
    pl_cache_close(&cache);
    cr_assert_eq(pl_cache_close_clean(&shared, dir, NULL), PL_OK);
    pid_t pid = fork_child();
    if (pid == 0) {
        prepare(true);
        (void)raise(SIGKILL);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    prepare(false);
}

Test(cache, another_live_server_keeps_the_folder_also_through_its_children)
{
    struct pl_cache_shared *other;
    bool kept;
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST, &other, &kept, NULL), PL_E_BUSY);
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST - 1, &other, &kept, NULL), PL_E_INPUT);
    pl_cache_close(&cache);
    pid_t pid = fork_child();
    if (pid == 0) {
        (void)pause();
        _exit(0);
    }
    cr_assert_eq(pl_cache_close_clean(&shared, dir, NULL), PL_OK);
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST, &other, &kept, NULL), PL_E_BUSY);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    prepare(true);
}

Test(cache, a_tool_reads_the_map_of_a_stopped_server)
{
    cr_assert_eq(put(1, 70000), PL_OK);
    pl_cache_close(&cache);
    cr_assert_eq(pl_cache_close_clean(&shared, dir, NULL), PL_OK);
    cr_assert_eq(pl_cache_open(&cache, dir, NULL, true, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(get(1, 70000), PL_OK);
    cr_assert_eq(counts().map_bytes, PL_CACHE_MAP_LEAST);
    pl_cache_close(&cache);
    prepare(true);
}

Test(cache, a_full_file_system_refuses_keeps_nothing_half_and_recovers)
{
    struct rlimit limit, unlimited;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    for (uint64_t i = 0; i < 10; i++)
        cr_assert_eq(put(i, 20000), PL_OK);
    limit = unlimited;
    limit.rlim_cur = file_bytes() + 100 * 1000;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(put(100, 3000000), PL_E_SPACE, "%s", error.msg);
    cr_assert_eq(get(100, 3000000), PL_E_MISSING);
    for (uint64_t i = 0; i < 10; i++)
        cr_assert_eq(get(i, 20000), PL_OK, "%s", error.msg);
    cr_assert_eq(counts().refused, 1);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    cr_assert_eq(put(100, 3000000), PL_OK, "%s", error.msg);
    cr_assert_eq(get(100, 3000000), PL_OK);
}

Test(cache, goes_on_within_the_file_it_has_when_the_disk_is_full)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    for (uint64_t i = 0; i < 200; i++)
        cr_assert_eq(put(i, 20000), PL_OK);
    limit.rlim_cur = file_bytes();
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (uint64_t i = 200; i < 1000; i++) {
        cr_assert_eq(put(i, 20000), PL_OK, "%lu: %s", (unsigned long)i, error.msg);
        cr_assert_eq(get(i, 20000), PL_OK);
    }
    cr_assert_eq(file_bytes(), limit.rlim_cur);
}

/* A child that begins to read and never ends. */
static pid_t stuck_reader(void)
{
    int ready[2];
    char byte;
    cr_assert_eq(pipe(ready), 0);
    pid_t pid = fork_child();
    if (pid == 0) {
        struct pl_cache *mine;
        MDB_txn *txn;
        if (pl_cache_open(&mine, dir, shared, true, NULL) != PL_OK ||
            mdb_txn_begin(mine->env, NULL, MDB_RDONLY, &txn) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        (void)pause();
        _exit(0);
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    return pid;
}

/* Put until one is refused; the number of the last that was not. */
static uint64_t put_until_refused(enum pl_err *status)
{
    uint64_t i = 100;
    for (*status = PL_OK; i < 200 && *status == PL_OK; i++)
        *status = put(i, 300000);
    return i - 2;
}

static void end(pid_t pid)
{
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
}

Test(cache, a_stuck_reader_costs_refusals_not_hits_and_its_death_ends_them)
{
    for (uint64_t i = 0; i < 60; i++)
        cr_assert_eq(put(i, 300000), PL_OK);
    pid_t pid = stuck_reader();
    enum pl_err status;
    uint64_t last = put_until_refused(&status);
    cr_assert_eq(status, PL_E_BUSY, "%s", error.msg);
    cr_assert_eq(get(last, 300000), PL_OK, "what was put before is still served");
    cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
    cr_assert_eq(pl_cache_stuck(shared), pid, "it is named");
    cr_assert_eq(pl_cache_stuck(shared), 0, "once");
    cr_assert(pl_cache_wedged(shared));
    uint64_t start = pl_now_ns();
    cr_assert_eq(put(299, 300000), PL_E_BUSY);
    cr_assert_lt(pl_now_ns() - start, PL_S_NS, "the next one waits for nobody");
    end(pid);
    for (uint64_t i = 300; i < 400; i++)
        cr_assert_eq(put(i, 300000), PL_OK, "%lu %s", (unsigned long)i, error.msg);
    cr_assert_not(pl_cache_wedged(shared), "the cure came by itself");
}

Test(cache, a_put_waits_for_a_reader_that_is_slow)
{
    for (uint64_t i = 0; i < 60; i++)
        cr_assert_eq(put(i, 300000), PL_OK);
    pid_t pid = stuck_reader(), killer = fork_child();
    if (killer ==
        0) { /* the reader ends by itself, long after it began, before it counts as stuck */
        (void)usleep(300000);
        (void)kill(pid, SIGKILL);
        _exit(0);
    }
    for (uint64_t i = 100; i < 200; i++)
        cr_assert_eq(put(i, 300000), PL_OK, "%lu %s", (unsigned long)i, error.msg);
    cr_assert_eq(waitpid(killer, NULL, 0), killer);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_assert_eq(counts().refused, 0);
    cr_assert_eq(pl_cache_stuck(shared), 0);
}

Test(cache, a_put_goes_on_when_the_master_ends_the_stuck_reader)
{
    for (uint64_t i = 0; i < 60; i++)
        cr_assert_eq(put(i, 300000), PL_OK);
    pid_t pid = stuck_reader(), master = fork_child();
    if (master == 0)
        for (;;) {
            pid_t stuck = pl_cache_stuck(shared);
            if (stuck == pid)
                (void)kill(pid, SIGKILL);
            (void)usleep(50000);
        }
    for (uint64_t i = 100; i < 200; i++)
        cr_assert_eq(put(i, 300000), PL_OK, "%lu %s", (unsigned long)i, error.msg);
    cr_assert_eq(counts().refused, 0);
    cr_assert_not(pl_cache_wedged(shared));
    cr_assert_eq(waitpid(pid, NULL, WNOHANG), pid);
    end(master);
}

Test(cache, is_begun_anew_while_the_old_file_goes_on_being_read)
{
    struct pl_cache *old = cache;
    for (uint64_t i = 0; i < 60; i++)
        cr_assert_eq(put(i, 300000), PL_OK);
    pid_t pid = stuck_reader();
    enum pl_err status;
    uint64_t last = put_until_refused(&status);
    shared->damaged[3] = 7;
    cr_assert_eq(pl_cache_renew(shared, dir, &error), PL_OK, "%s", error.msg);
    cr_assert_not(pl_cache_wedged(shared));
    open_cache();
    for (uint64_t i = 300; i < 400; i++)
        cr_assert_eq(put(i, 300000), PL_OK, "%lu %s", (unsigned long)i, error.msg);
    cr_assert_eq(get(last, 300000), PL_E_MISSING);
    cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
    cr_assert(shared->damaged[3] == 0 && shared->hand < 200, "nothing is left of the old numbers");
    struct pl_cache *new = cache;
    cache = old;
    cr_assert_eq(get(last, 300000), PL_OK, "the old file is read to the end");
    cr_assert_eq(get(399, 300000), PL_E_MISSING);
    cr_assert_eq(put(500, 300000), PL_E_BUSY);
    cr_assert_eq(put(last, 300000), PL_E_BUSY);
    cr_assert_not(pl_cache_wedged(shared), "an old handle speaks for the old file alone");
    pl_cache_flag(old, 12);
    for (unsigned i = 0; i < PL_CACHE_DAMAGED_N; i++)
        cr_assert_eq(shared->damaged[i], 0);
    pl_cache_close(&cache);
    cache = new;
    cr_assert_eq(get(399, 300000), PL_OK);
    end(pid);
    restart(true, true);
    cr_assert_eq(get(399, 300000), PL_OK, "kept like any other file");
}

Test(cache, sweep_clears_dead_readers)
{
    int readers = 0;
    pid_t pid = stuck_reader();
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_assert_eq(pl_cache_sweep(cache, &readers, NULL), PL_OK);
    cr_assert_geq(readers, 1);
    cr_assert_eq(pl_cache_sweep(cache, &readers, NULL), PL_OK);
    cr_assert_eq(readers, 0);
}

static void putter(uint64_t from)
{
    pl_cache_close(&cache);
    open_cache();
    for (uint64_t i = from;; i++)
        if (put(i, size_of(i, 400000)) != PL_OK || get(i, size_of(i, 400000)) == PL_E_INTERNAL)
            _exit(1);
}

struct verdict {
    unsigned good, bad;
};

static bool verify_one(void *context, const struct pl_cache_entry *entry)
{
    struct verdict *verdict = context;
    uint64_t number;
    memcpy(&number, entry->key.bytes + 8, sizeof number);
    bool right =
        get(number, size_of(number, 400000)) == PL_OK && entry->bytes == size_of(number, 400000);
    *(right ? &verdict->good : &verdict->bad) += 1;
    return true;
}

Test(cache, fifty_kills_of_writers_stop_nobody_and_damage_nothing)
{
    pid_t other = 0;
    for (int round = 0; round < 50; round++) {
        pid_t pid = fork_child();
        if (pid == 0)
            putter((uint64_t)round * 100000);
        if (other == 0 && (other = fork_child()) == 0)
            putter(UINT64_C(1) << 40); /* lives through all kills */
        (void)usleep(20000 + (unsigned)round * 137);
        cr_assert_eq(kill(pid, SIGKILL), 0);
        int how;
        cr_assert_eq(waitpid(pid, &how, 0), pid);
        cr_assert(WIFSIGNALED(how), "the writer ended by itself");
        uint64_t mine = UINT64_C(1) << 50 | (unsigned)round;
        cr_assert_eq(put(mine, size_of(mine, 400000)), PL_OK, "%s", error.msg);
    }
    int how;
    cr_assert_eq(waitpid(other, &how, WNOHANG), 0, "the other writer ended by itself");
    cr_assert_eq(kill(other, SIGKILL), 0);
    cr_assert_eq(waitpid(other, &how, 0), other);
    struct verdict verdict = {0, 0};
    uint64_t next;
    cr_assert_eq(pl_cache_walk(cache, 0, UINT32_MAX, &next, verify_one, &verdict, &error), PL_OK,
                 "%s", error.msg);
    cr_assert_eq(next, 0);
    cr_assert_eq(verdict.bad, 0);
    cr_assert_gt(verdict.good, 20);
    cr_assert_eq(counts().entries, verdict.good);
    cr_assert_eq(counts().damaged, 0);
    cr_assert_leq(file_bytes(), PL_CACHE_MAP_LEAST);
}

struct seen {
    uint64_t n, last, stop_after;
};

static bool see(void *context, const struct pl_cache_entry *entry)
{
    struct seen *seen = context;
    cr_assert_gt(entry->sequence, seen->last);
    seen->last = entry->sequence;
    return ++seen->n != seen->stop_after;
}

Test(cache, a_walk_goes_in_insertion_order_and_can_be_taken_up_again)
{
    struct seen seen = {0, 0, 0};
    uint64_t next = 0;
    for (uint64_t i = 0; i < 100; i++)
        cr_assert_eq(put(i, 100), PL_OK);
    for (unsigned pages = 0; pages == 0 || next != 0; pages++)
        cr_assert_eq(pl_cache_walk(cache, next, 37, &next, see, &seen, NULL), PL_OK);
    cr_assert_eq(seen.n, 100);
    seen = (struct seen){0, 0, 10};
    cr_assert_eq(pl_cache_walk(cache, 0, 1000, &next, see, &seen, NULL), PL_OK);
    cr_assert_eq(seen.n, 10);
    cr_assert_eq(next, seen.last + 1);
}

Test(cache, a_hit_of_4_kb_costs_about_a_microsecond)
{
    enum { ENTRIES = 1000, ROUNDS = 200000 };
    struct pl_buf out = PL_BUF(1 << 20);
    for (uint64_t i = 0; i < ENTRIES; i++)
        cr_assert_eq(put(i, 4096), PL_OK);
    uint64_t start = pl_cpu_ns();
    for (uint64_t i = 0; i < ROUNDS; i++) {
        struct pl_key key = key_of(i * 7919 % ENTRIES);
        pl_buf_clear(&out);
        cr_assert_eq(pl_cache_get(cache, &key, &out, NULL, NULL), PL_OK);
    }
    double us = (double)(pl_cpu_ns() - start) / 1000.0 / ROUNDS;
    pl_buf_free(&out);
    cr_log_info("%.2f us a hit", us);
    cr_assert_lt(us, 20.0, "%.2f us: far from the microsecond it should take", us);
}
