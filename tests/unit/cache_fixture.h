/* cache_fixture.h - a cache in a folder of its own for each test, and entries whose bytes follow
 * from their number, so that any process can check them. */
#ifndef TESTS_CACHE_FIXTURE_H
#define TESTS_CACHE_FIXTURE_H

#include "shm/cache_priv.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/base/clock.h"

#define FIXTURE static __attribute__((unused))

static char dir[64];
static struct pl_cache_shared *shared;
static struct pl_cache *cache;
static struct pl_error error;
static struct pl_cache_meta meta;

FIXTURE int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

FIXTURE void prepare(bool expect_kept)
{
    bool kept = !expect_kept;
    error = (struct pl_error){0};
    cr_assert_eq(pl_cache_prepare(dir, PL_CACHE_MAP_LEAST, &shared, &kept, &error), PL_OK, "%s",
                 error.msg);
    cr_assert_eq(kept, expect_kept);
}

FIXTURE void open_cache(void)
{
    cr_assert_eq(pl_cache_open(&cache, dir, shared, false, &error), PL_OK, "%s", error.msg);
}

FIXTURE void set_up(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/platen-cache-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    prepare(false);
    open_cache();
}

FIXTURE void tear_down(void)
{
    pl_cache_close(&cache);
    (void)pl_cache_close_clean(&shared, dir, NULL);
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

FIXTURE struct pl_key key_of(uint64_t number)
{
    struct pl_key key = {{0}};
    uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(key.bytes, &mixed, sizeof mixed);
    memcpy(key.bytes + 8, &number, sizeof number);
    return key;
}

FIXTURE size_t size_of(uint64_t number, uint64_t most)
{
    uint64_t x = (number + 1) * UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    double exponent = (double)(x % 100000) / 100000.0; /* log-uniform from 100 bytes on */
    size_t n = (size_t)(100.0 * __builtin_pow((double)most / 100.0, exponent));
    return n > most ? most : n;
}

FIXTURE uint8_t *bytes_of(uint64_t number, size_t n)
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

FIXTURE enum pl_err put(uint64_t number, size_t n)
{
    struct pl_key key = key_of(number);
    uint8_t *bytes = bytes_of(number, n);
    error = (struct pl_error){0};
    enum pl_err status = pl_cache_put(cache, &key, bytes, n, &meta, &error);
    free(bytes);
    return status;
}

/* PL_OK when the right bytes came back, PL_E_MISSING, or PL_E_INTERNAL for wrong bytes. */
FIXTURE enum pl_err get(uint64_t number, size_t n)
{
    struct pl_key key = key_of(number);
    struct pl_buf out = PL_BUF(64u << 20);
    error = (struct pl_error){0};
    enum pl_err status = pl_cache_get(cache, &key, &out, NULL, &error);
    if (status == PL_OK) {
        uint8_t *bytes = bytes_of(number, n);
        if (out.n != n || (n > 0 && memcmp(out.bytes, bytes, n) != 0))
            status = PL_E_INTERNAL;
        free(bytes);
    }
    pl_buf_free(&out);
    return status;
}

FIXTURE uint64_t file_bytes(void)
{
    char path[128];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/data.mdb", dir);
    cr_assert_eq(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

FIXTURE struct pl_cache_counts counts(void)
{
    struct pl_cache_counts out;
    cr_assert_eq(pl_cache_counts(cache, &out, &error), PL_OK, "%s", error.msg);
    return out;
}

/* A child that does not outlive the test, also when an assertion ends it. */
FIXTURE pid_t fork_child(void)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

#endif
