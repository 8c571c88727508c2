/* root_help.h - what the tests of the ROOT reader share: list a file, read one histogram out of it.
 */
#ifndef PL_TEST_ROOT_HELP_H
#define PL_TEST_ROOT_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/root/reader.h"
#include "tests/gen/samples.h"

enum { ITEMS_MAX = 256, ARENA_N = 64 << 20 };

struct item {
    char path[1100], kind[64], title[128], trouble[256], name[128], report[128];
    double entries, stats[6];
    bool has_stats;
    int32_t status;
    uint8_t locator[64];
    uint32_t locator_n;
};

struct listing {
    struct item items[ITEMS_MAX];
    unsigned n; /* all, also those that did not fit */
    enum pl_err err;
    struct pl_error error;
};

static inline enum pl_err keep_item(void *context, const struct pl_found *found,
                                    struct pl_error *error)
{
    struct listing *listing = context;
    (void)error;
    if (listing->n < ITEMS_MAX) {
        struct item *item = &listing->items[listing->n];
        snprintf(item->path, sizeof item->path, "%s", found->path);
        snprintf(item->kind, sizeof item->kind, "%s", found->kind);
        snprintf(item->title, sizeof item->title, "%s", found->title);
        snprintf(item->trouble, sizeof item->trouble, "%s",
                 found->trouble != NULL ? found->trouble : "");
        snprintf(item->name, sizeof item->name, "%s", found->name != NULL ? found->name : "");
        snprintf(item->report, sizeof item->report, "%s",
                 found->report != NULL ? found->report : "");
        item->entries = found->entries;
        item->has_stats = found->has_stats;
        memcpy(item->stats, found->stats, sizeof item->stats);
        item->status = found->status;
        memcpy(item->locator, found->locator, sizeof item->locator);
        item->locator_n = found->locator_n;
    }
    listing->n++;
    return PL_OK;
}

static inline struct pl_arena *test_arena(size_t n)
{
    struct pl_arena *arena = NULL;
    if (pl_arena_make(&arena, n, NULL) != PL_OK)
        abort();
    return arena;
}

/* The listing lives until the next call. */
static inline struct listing *list(const struct gen_bytes *file)
{
    static struct listing listing;
    memset(&listing, 0, sizeof listing);
    struct pl_arena *arena = test_arena(ARENA_N);
    struct pl_source source = {file->bytes, file->n};
    listing.err = pl_hist_inspect(&source, arena, keep_item, &listing, &listing.error);
    pl_arena_free(&arena);
    return &listing;
}

static inline const struct item *item_at(const struct listing *listing, const char *path)
{
    for (unsigned i = 0; i < listing->n && i < ITEMS_MAX; i++)
        if (strcmp(listing->items[i].path, path) == 0)
            return &listing->items[i];
    return NULL;
}

/* Find and read; PL_E_MISSING when it is not listed. */
static inline enum pl_err read_hist(const struct gen_bytes *file, const char *path,
                                    struct pl_arena *arena, struct pl_hist *hist,
                                    struct pl_error *error)
{
    const struct item *item = item_at(list(file), path);
    struct pl_source source = {file->bytes, file->n};
    if (item == NULL)
        return pl_fail(error, PL_E_MISSING, "%s is not listed", path);
    return pl_hist_read(&source, item->locator, item->locator_n, arena, hist, error);
}

#endif
