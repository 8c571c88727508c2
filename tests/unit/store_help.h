/* store_help.h - a store in a fresh folder, and putting things into it, for the tests of
 * shm/store.h. */
#ifndef PL_TEST_STORE_HELP_H
#define PL_TEST_STORE_HELP_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/catalog.h"
#include "shm/store_priv.h"

enum { HELP_MAP_BYTES = 64 << 20 };

struct help {
    char dir[64];
    struct pl_store *store;
    struct pl_error error;
};

static struct help help;

#define MUST(call)                                                                                 \
    do {                                                                                           \
        help.error = (struct pl_error){.code = PL_OK};                                             \
        enum pl_err must_code_ = (call);                                                           \
        cr_assert_eq(must_code_, PL_OK, "%s: %s: %s", #call, pl_err_name(must_code_),              \
                     help.error.msg);                                                              \
    } while (0)

static inline void help_open(void)
{
    MUST(pl_store_open(&help.store, help.dir, PL_STORE_KEEPER, &help.error));
}

static inline void help_reopen(void)
{
    pl_store_close(&help.store);
    help_open();
}

static inline void help_start_size(uint64_t map_bytes)
{
    (void)snprintf(help.dir, sizeof help.dir, "/tmp/platen-store-XXXXXX");
    cr_assert_not_null(mkdtemp(help.dir));
    MUST(pl_store_prepare(help.dir, map_bytes, &help.error));
    help_open();
}

static inline void help_start(void)
{
    help_start_size(HELP_MAP_BYTES);
}

static inline int help_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void help_stop(void)
{
    pl_store_close(&help.store);
    (void)nftw(help.dir, help_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct pl_item help_item(const char *path)
{
    struct pl_item item = {.kind = "TH1F", .title = "a title", .entries = 17, .locator_n = 3};
    memcpy(item.locator, "abc", 3);
    (void)snprintf(item.path, sizeof item.path, "%s", path);
    return item;
}

/* A body in the spool and the change that would commit it. */
static inline struct pl_change help_spool(const char *name, const void *bytes, size_t n)
{
    struct pl_spool spool;
    struct pl_change change = {.what = PL_CHANGE_PUT};
    MUST(pl_spool_start(help.store, 1 << 30, &spool, &help.error));
    MUST(pl_spool_add(&spool, bytes, n, &help.error));
    MUST(pl_spool_end(&spool, &help.error));
    (void)snprintf(change.name, sizeof change.name, "%s", name);
    change.spool_id = spool.id;
    change.bytes = spool.bytes;
    memcpy(change.sha256, spool.sha256, PL_SHA256_N);
    return change;
}

/* The same with `items` findings named h/0, h/1, ... */
static inline struct pl_change help_spool_items(const char *name, const char *text, uint32_t items)
{
    struct pl_change change = help_spool(name, text, strlen(text));
    struct pl_findings *findings;
    uint32_t written, troubled;
    (void)snprintf(change.renderer, sizeof change.renderer, "hist");
    MUST(pl_findings_make(help.store, change.spool_id, items, &findings, &help.error));
    for (uint32_t i = 0; i < items; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "h/%u", i);
        struct pl_item item = help_item(path);
        MUST(pl_findings_add(findings, &item, &help.error));
    }
    MUST(pl_findings_end(&findings, &written, &troubled, &help.error));
    return change;
}

static inline struct pl_change help_commit(struct pl_change change)
{
    (void)pl_store_commit(help.store, &change, 1, NULL);
    return change;
}

static inline struct pl_change help_put(const char *name, const char *text)
{
    struct pl_change change = help_commit(help_spool(name, text, strlen(text)));
    cr_assert_eq(change.error.code, PL_OK, "put %s: %s", name, change.error.msg);
    return change;
}

static inline struct pl_change help_delete(const char *name)
{
    struct pl_change change = {.what = PL_CHANGE_DELETE};
    (void)snprintf(change.name, sizeof change.name, "%s", name);
    return help_commit(change);
}

static inline enum pl_err help_resolve(const char *name, struct pl_record *record)
{
    return pl_store_resolve(help.store, name, record, NULL);
}

/* Sweep until nothing is left to do. */
static inline void help_sweep(void)
{
    for (int i = 0; i < 600; i++)
        MUST(pl_store_sweep(help.store, UINT64_MAX, &help.error));
}

/* Number of regular files below a folder of the store. */
static inline unsigned help_files(const char *folder)
{
    char command[160];
    unsigned n = 0;
    (void)snprintf(command, sizeof command, "find %s/%s -type f | wc -l", help.dir, folder);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe != NULL && fscanf(pipe, "%u", &n) == 1);
    (void)pclose(pipe);
    return n;
}

#endif
