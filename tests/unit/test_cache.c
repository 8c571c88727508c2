/* test_cache.c - the cache of encoded images: get and put, the bound, damage, crashes, full disks.
 */
#include "shm/cache_priv.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/base/clock.h"

static char dir[64];
static struct pl_cache_shared *shared;
static struct pl_cache *cache;
static struct pl_error error;
static struct pl_cache_meta meta;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void prepare(bool expect_kept)
{
    bool kept = !expect_kept;
    error = (struct pl_error){0};
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST, &shared, &kept, &error), PL_OK, "%s",
                 error.msg);
    cr_assert_eq(kept, expect_kept);
}

static void open_cache(void)
{
    cr_assert_eq(pl_cache_open(&cache, dir, shared, false, &error), PL_OK, "%s", error.msg);
}

static void set_up(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/platen-cache-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    prepare(false);
    open_cache();
}

static void tear_down(void)
{
    pl_cache_close(&cache);
    (void)pl_cache_close_clean(&shared, dir, NULL);
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(cache, .init = set_up, .fini = tear_down, .timeout = 50);

/* Bytes of entry `number` follow from its number, so that any process can check them. */
static struct pl_key key_of(uint64_t number)
{
    struct pl_key key = {{0}};
    uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(key.bytes, &mixed, sizeof mixed);
    memcpy(key.bytes + 8, &number, sizeof number);
    return key;
}

static size_t size_of(uint64_t number, uint64_t most)
{
    uint64_t x = (number + 1) * UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    double exponent = (double)(x % 100000) / 100000.0; /* log-uniform from 100 bytes on */
    size_t n = (size_t)(100.0 * __builtin_pow((double)most / 100.0, exponent));
    return n > most ? most : n;
}

static uint8_t *bytes_of(uint64_t number, size_t n)
{
    uint8_t *bytes = malloc(n + 8);
    cr_assert_not_null(bytes);
    uint64_t x = number * 2 + 1;
    for (size_t i = 0; i < n; i += 8) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        memcpy(bytes + i, &x, 8);
    }
    return bytes;
}

static enum pl_err put(uint64_t number, size_t n)
{
    struct pl_key key = key_of(number);
    uint8_t *bytes = bytes_of(number, n);
    error = (struct pl_error){0};
    enum pl_err status = pl_cache_put(cache, &key, bytes, n, &meta, &error);
    free(bytes);
    return status;
}

/* PL_OK when the right bytes came back, PL_E_MISSING, or PL_E_INTERNAL for wrong bytes. */
static enum pl_err get(uint64_t number, size_t n)
{
    struct pl_key key = key_of(number);
    struct pl_buf out = PL_BUF(64u << 20);
    error = (struct pl_error){0};
    enum pl_err status = pl_cache_get(cache, &key, &out, NULL, &error);
    if (status == PL_OK) {
        uint8_t *bytes = bytes_of(number, n);
        if (out.n != n || memcmp(out.bytes, bytes, n) != 0)
            status = PL_E_INTERNAL;
        free(bytes);
    }
    pl_buf_free(&out);
    return status;
}

static uint64_t file_bytes(void)
{
    char path[128];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/data.mdb", dir);
    cr_assert_eq(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

static struct pl_cache_counts counts(void)
{
    struct pl_cache_counts out;
    cr_assert_eq(pl_cache_counts(cache, &out, &error), PL_OK, "%s", error.msg);
    return out;
}

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
