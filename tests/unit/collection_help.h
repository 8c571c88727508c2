/* collection_help.h - uploads that show things in a collection, and what is seen there, for tests.
 */
#ifndef PL_TEST_COLLECTION_HELP_H
#define PL_TEST_COLLECTION_HELP_H

#include <signal.h>

#include "shm/collection.h"
#include "tests/unit/store_help.h"

struct thing {
    const char *shown, *report; /* report NULL: the thing itself */
    int32_t status;
};

static inline void add_thing(struct pl_findings *findings, const char *body, unsigned number,
                             const struct thing *thing)
{
    char path[32];
    (void)snprintf(path, sizeof path, "raw/%u", number);
    struct pl_item item = help_item(path);
    (void)snprintf(item.title, sizeof item.title, "%s", body);
    (void)snprintf(item.shown, sizeof item.shown, "%s", thing->shown);
    (void)snprintf(item.report, sizeof item.report, "%s", thing->report ? thing->report : "");
    item.status = thing->status;
    MUST(pl_findings_add(findings, &item, &help.error));
}

static inline struct pl_change spool_things(const char *name, const char *body,
                                            const char *collection, const struct thing *things,
                                            unsigned n)
{
    struct pl_change change = help_spool(name, body, strlen(body));
    struct pl_findings *findings;
    uint32_t items, troubled;
    (void)snprintf(change.renderer, sizeof change.renderer, "hist");
    (void)snprintf(change.collection, sizeof change.collection, "%s", collection);
    MUST(pl_findings_make(help.store, change.spool_id, UINT32_MAX, &findings, &help.error));
    for (unsigned i = 0; i < n; i++)
        add_thing(findings, body, i, &things[i]);
    MUST(pl_findings_end(&findings, &items, &troubled, &help.error));
    return change;
}

/* Things m/000000, m/000001, ... */
static inline struct pl_change spool_many(const char *name, const char *body,
                                          const char *collection, unsigned n)
{
    struct pl_change change = help_spool(name, body, strlen(body));
    struct pl_findings *findings;
    uint32_t items, troubled;
    (void)snprintf(change.renderer, sizeof change.renderer, "hist");
    (void)snprintf(change.collection, sizeof change.collection, "%s", collection);
    MUST(pl_findings_make(help.store, change.spool_id, UINT32_MAX, &findings, &help.error));
    for (unsigned i = 0; i < n; i++) {
        char shown[16];
        (void)snprintf(shown, sizeof shown, "m/%06u", i);
        const struct thing thing = {.shown = shown};
        add_thing(findings, body, i, &thing);
    }
    MUST(pl_findings_end(&findings, &items, &troubled, &help.error));
    return change;
}

static inline struct pl_change put_things(const char *name, const char *body,
                                          const char *collection, const struct thing *things,
                                          unsigned n)
{
    struct pl_change change = help_commit(spool_things(name, body, collection, things, n));
    cr_assert_eq(change.error.code, PL_OK, "put %s: %s", name, change.error.msg);
    return change;
}

static inline struct pl_collection find(const char *name)
{
    struct pl_collection collection;
    MUST(pl_store_collection(help.store, name, &collection, &help.error));
    cr_assert_str_eq(collection.name, name);
    return collection;
}

static inline struct pl_member see(const char *collection, const char *path)
{
    struct pl_member member;
    struct pl_collection found = find(collection);
    MUST(pl_store_member(help.store, &found, path, &member, NULL, &help.error));
    return member;
}

static inline bool hidden(const char *collection, const char *path)
{
    struct pl_member member;
    struct pl_collection found = find(collection);
    return pl_store_member(help.store, &found, path, &member, NULL, NULL) == PL_E_MISSING;
}

static inline size_t entries(MDB_dbi dbi)
{
    MDB_txn *txn;
    MDB_stat stat;
    MUST(pl_catalog_read(help.store->catalog, &txn, &help.error));
    cr_assert_eq(mdb_stat(txn, dbi, &stat), 0);
    pl_catalog_read_end(help.store->catalog);
    return stat.ms_entries;
}

/* A list as text: "folder/ path=whose+e+test:status ..." */
struct listed {
    unsigned n, stop_after;
    size_t at;
    char text[1 << 16];
};

static inline void say(struct listed *listed, const char *text)
{
    size_t n = strlen(text);
    cr_assert_lt(listed->at + n, sizeof listed->text);
    memcpy(listed->text + listed->at, text, n + 1);
    listed->at += n;
}

static inline bool list_member(void *context, const char *folder, const struct pl_member *member,
                               const struct pl_reports *reports)
{
    struct listed *listed = context;
    struct pl_record other; /* a visitor may read the store */
    cr_assert_eq(help_resolve("nobody", &other), PL_E_MISSING);
    cr_assert_eq(folder != NULL, member == NULL);
    cr_assert_eq(reports != NULL, member != NULL);
    if (listed->at > 0)
        say(listed, " ");
    say(listed, folder != NULL ? folder : member->item.shown);
    if (member != NULL) {
        say(listed, "=");
        say(listed, member->item.title);
        if (reports->efficiency)
            say(listed, "+e");
        for (unsigned i = 0; i < reports->tests_n; i++) {
            char test[128];
            (void)snprintf(test, sizeof test, "+%s:%d", reports->tests[i].name,
                           (int)reports->tests[i].status);
            say(listed, test);
        }
    }
    return ++listed->n != listed->stop_after;
}

static inline bool list_collection(void *context, const struct pl_collection *collection)
{
    struct listed *listed = context;
    if (listed->at > 0)
        say(listed, " ");
    say(listed, collection->name);
    return ++listed->n != listed->stop_after;
}

static inline void expect_members(const char *collection, const char *prefix, const char *after,
                                  char delimiter, unsigned most, const char *expected,
                                  bool expected_more)
{
    static struct listed listed;
    struct pl_collection found = find(collection);
    bool more;
    listed.n = 0;
    listed.at = 0;
    listed.text[0] = '\0';
    MUST(pl_store_members(help.store, &found, prefix, after, delimiter, most, list_member, &listed,
                          &more, &help.error));
    cr_assert_str_eq(listed.text, expected, "%s|%s|%c: %s instead of %s", prefix, after,
                     delimiter ? delimiter : '-', listed.text, expected);
    cr_assert_eq(more, expected_more, "%s|%s: more", prefix, after);
}

static inline void expect_collections(const char *prefix, const char *after, unsigned most,
                                      const char *expected, bool expected_more)
{
    static struct listed listed;
    bool more;
    listed.n = 0;
    listed.at = 0;
    listed.text[0] = '\0';
    MUST(pl_store_collections(help.store, prefix, after, most, list_collection, &listed, &more,
                              &help.error));
    cr_assert_str_eq(listed.text, expected, "%s|%s: %s", prefix, after, listed.text);
    cr_assert_eq(more, expected_more, "%s|%s: more", prefix, after);
}

#endif
