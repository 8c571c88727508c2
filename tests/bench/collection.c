/* collection.c - what a collection costs its readers and the keeper: one thing, all things, an
 * upload.
 *
 *     build/release/bench/collection FOLDER [uploads [items]]
 *
 * FOLDER is made and stays. The items are spread over the uploads, path by path, and stand in them
 * in an order that has nothing to do with that of the paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/collection.h"

enum { SLICE = 1000, LOOKS = 200000 };
static unsigned items_n = 100000;

static struct pl_error error;
#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != PL_OK) {                                                                     \
            (void)fprintf(stderr, "%s: %s\n", #call, error.msg);                                   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static void make_path(char out[96], unsigned i)
{
    (void)snprintf(out, 96, "Subsystem%02u/Directory%03u/histogram_of_channel_%06u", i / 10000,
                   i / 200, i);
}

static long private_kb(void)
{
    char line[128];
    long kb = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "RssAnon: %ld", &kb);
    if (status != NULL)
        (void)fclose(status);
    return kb;
}

static void put(struct pl_store *store, unsigned upload, unsigned uploads)
{
    struct pl_spool spool;
    struct pl_findings *findings;
    uint32_t items, troubled;
    char body[32];
    struct pl_change change = {.what = PL_CHANGE_PUT, .renderer = "hist", .collection = "run"};
    (void)snprintf(body, sizeof body, "upload %u", upload);
    (void)snprintf(change.name, sizeof change.name, "file%u.root", upload);
    MUST(pl_spool_start(store, 1 << 20, &spool, &error));
    MUST(pl_spool_add(&spool, body, strlen(body), &error));
    MUST(pl_spool_end(&spool, &error));
    MUST(pl_findings_make(store, spool.id, UINT32_MAX, &findings, &error));
    for (unsigned i = upload; i < items_n; i += uploads) {
        struct pl_item item = {.kind = "TH1F", .title = "cluster charge", .locator_n = 18};
        make_path(item.shown, (unsigned)((uint64_t)i * 7919 % items_n));
        (void)snprintf(item.path, sizeof item.path, "DQMData/Run 1/%.200s", item.shown);
        MUST(pl_findings_add(findings, &item, &error));
    }
    MUST(pl_findings_end(&findings, &items, &troubled, &error));
    change.spool_id = spool.id;
    change.bytes = spool.bytes;
    memcpy(change.sha256, spool.sha256, sizeof change.sha256);
    uint64_t start = pl_now_ns();
    MUST(pl_store_commit(store, &change, 1, &error));
    if (upload == 0)
        (void)printf("commit of %u items: %.1f ms, then %ld kB of private memory\n", items,
                     (double)(pl_now_ns() - start) / 1e6, private_kb());
}

static void look_up(struct pl_store *store)
{
    struct pl_collection collection;
    static struct pl_member member;
    static struct pl_reports reports;
    unsigned at = 1;
    uint64_t start = pl_cpu_ns();
    for (unsigned i = 0; i < LOOKS; i++) {
        char path[96];
        at = at * 1103515245 + 12345;
        make_path(path, (at >> 8) % items_n);
        MUST(pl_store_collection(store, "run", &collection, &error));
        MUST(pl_store_member(store, &collection, path, &member, &reports, &error));
    }
    (void)printf("collection and member: %.2f us CPU\n",
                 (double)(pl_cpu_ns() - start) / 1e3 / LOOKS);
}

struct seen {
    unsigned n;
    char last[PL_SHOWN_MAX + 1];
};

static bool see(void *context, const char *folder, const struct pl_member *member,
                const struct pl_reports *reports)
{
    struct seen *seen = context;
    (void)reports;
    seen->n++;
    (void)snprintf(seen->last, sizeof seen->last, "%s", folder ? folder : member->item.shown);
    return true;
}

static void list(struct pl_store *store, char delimiter)
{
    struct pl_collection collection;
    struct seen seen = {.n = 0};
    bool more = true;
    uint64_t start = pl_cpu_ns();
    MUST(pl_store_collection(store, "run", &collection, &error));
    while (more)
        MUST(pl_store_members(store, &collection, "", seen.last, delimiter, SLICE, see, &seen,
                              &more, &error));
    (void)printf("list of %u in slices of %d: %.1f ms CPU\n", seen.n, SLICE,
                 (double)(pl_cpu_ns() - start) / 1e6);
}

int main(int argc, char **argv)
{
    struct pl_store *store;
    unsigned uploads = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    if (argc > 3)
        items_n = (unsigned)atoi(argv[3]);
    if (argc < 2 || uploads == 0 || items_n == 0)
        return 2;
    MUST(pl_store_prepare(argv[1], UINT64_C(1) << 30, &error));
    MUST(pl_store_open(&store, argv[1], PL_STORE_KEEPER, &error));
    for (unsigned i = 0; i < uploads; i++)
        put(store, i, uploads);
    look_up(store);
    list(store, '\0');
    list(store, '/');
    pl_store_close(&store);
    return 0;
}
