/* test_collection_oracle.c - thousands of random uploads, deletions, sweeps and restarts, after
 * each of which a collection must show what a simple model says.
 *
 * The model is a list of uploads: of each, its name, its collection, what it has. A sweep is not in
 * it: whenever it happens, nothing that is shown may change. */
#include "tests/unit/collection_help.h"

TestSuite(collection_oracle, .init = help_start, .fini = help_stop, .timeout = 300);

enum { NAMES = 3, PATHS = 20, COLLECTIONS = 2, STEPS = 3000, UPLOADS = 4096 };

/* In byte order; of some one is the beginning of another, or its folder. */
static const char *const paths[PATHS] = {"a",   "a!",   "a/b", "a/b/c", "a/b0",  "a0", "b",
                                         "b/",  "b//x", "b/x", "b/y",   "b/z",   "ba", "c/1",
                                         "c/2", "c/3",  "d/x", "d/x/y", "d/x/z", "e"};
static const char *const names[NAMES] = {"one.root", "two.root", "two.root/x"};
static const char *const collections[COLLECTIONS + 1] = {"", "1/P/W/T", "2/P/W/T"};

struct upload {
    unsigned name, collection;
    uint32_t things, tests; /* a bit a path */
    char body[24];
    struct pl_stamp stamp;
};

static struct upload uploads[UPLOADS]; /* live ones, oldest first */
static unsigned uploads_n, serial;
static struct pl_stamp stamps[COLLECTIONS + 1], last_stamp;
static uint64_t seed = 20261121;

static unsigned draw(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

/* --- the model -----------------------------------------------------------------------------------
 */

static const struct upload *newest(unsigned name)
{
    for (unsigned i = uploads_n; i-- > 0;) {
        if (uploads[i].name == name)
            return &uploads[i];
    }
    return NULL;
}

static void take_out(unsigned name)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < uploads_n; i++) {
        if (uploads[i].name != name)
            uploads[kept++] = uploads[i];
    }
    uploads_n = kept;
}

static const struct upload *shows(unsigned collection, unsigned path, bool test)
{
    for (unsigned i = uploads_n; i-- > 0;) {
        const struct upload *upload = &uploads[i];
        if (upload->collection == collection &&
            ((test ? upload->tests : upload->things) >> path & 1) != 0)
            return upload;
    }
    return NULL;
}

static unsigned uploads_of(unsigned collection)
{
    unsigned n = 0;
    for (unsigned i = 0; i < uploads_n; i++)
        n += uploads[i].collection == collection;
    return n;
}

/* Older uploads of which newer ones of their name have everything. */
static void forget_shadowed(void)
{
    unsigned kept = uploads_n;
    for (unsigned i = uploads_n; i-- > 0;) {
        uint32_t things = 0, tests = 0;
        bool older = false;
        for (unsigned j = i + 1; j < uploads_n; j++) {
            if (uploads[j].name != uploads[i].name || uploads[j].collection == 0)
                continue;
            older = true;
            things |= uploads[j].things;
            tests |= uploads[j].tests;
        }
        if (!older || (uploads[i].things & ~things) != 0 || (uploads[i].tests & ~tests) != 0)
            uploads[--kept] = uploads[i];
    }
    memmove(uploads, uploads + kept, (uploads_n - kept) * sizeof *uploads);
    uploads_n -= kept;
}

/* --- what the store says -------------------------------------------------------------------------
 */

static void describe(unsigned collection, unsigned path, char *out, size_t size)
{
    const struct upload *thing = shows(collection, path, false), *test = NULL;
    test = shows(collection, path, true);
    int n = snprintf(out, size, "%s=%s", paths[path], thing->body);
    if (test != NULL)
        (void)snprintf(out + n, size - (size_t)n, "+test:%u", path);
}

/* All of the collection's list from a prefix on, slice by slice. */
static void check_list(unsigned number, const char *prefix, char delimiter)
{
    static struct listed listed;
    char expected[4096] = "", one[128], folder[64] = "";
    struct pl_collection collection = find(collections[number]);
    for (unsigned i = 0; i < PATHS; i++) {
        if (shows(number, i, false) == NULL || strncmp(paths[i], prefix, strlen(prefix)) != 0)
            continue;
        const char *cut = delimiter ? strchr(paths[i] + strlen(prefix), delimiter) : NULL;
        if (cut != NULL && strlen(folder) == (size_t)(cut - paths[i]) + 1 &&
            strncmp(folder, paths[i], strlen(folder)) == 0)
            continue;
        if (cut != NULL)
            (void)snprintf(folder, sizeof folder, "%.*s", (int)(cut - paths[i]) + 1, paths[i]);
        describe(number, i, one, sizeof one);
        if (expected[0] != '\0')
            (void)strcat(expected, " ");
        (void)strcat(expected, cut != NULL ? folder : one);
    }
    char after[PL_SHOWN_MAX + 1] = "";
    bool more = true;
    listed.at = 0;
    listed.text[0] = '\0';
    while (more) {
        size_t before = listed.at;
        listed.n = 0;
        MUST(pl_store_members(help.store, &collection, prefix, after, delimiter, 1 + draw(7),
                              list_member, &listed, &more, &help.error));
        const char *last = strrchr(listed.text, ' ');
        last = last != NULL ? last + 1 : listed.text;
        (void)snprintf(after, sizeof after, "%.*s", (int)strcspn(last, "="), last);
        cr_assert(!more || listed.at > before);
    }
    cr_assert_str_eq(listed.text, expected, "prefix %s, delimiter %c:\n%s\nexpected\n%s", prefix,
                     delimiter ? delimiter : '-', listed.text, expected);
}

static void check_member(unsigned number, unsigned path)
{
    const struct upload *thing = shows(number, path, false), *test = shows(number, path, true);
    struct pl_collection collection = find(collections[number]);
    struct pl_member member;
    struct pl_reports reports;
    enum pl_err code =
        pl_store_member(help.store, &collection, paths[path], &member, &reports, NULL);
    cr_assert_eq(code, thing != NULL ? PL_OK : PL_E_MISSING, "%s", paths[path]);
    if (thing == NULL)
        return;
    cr_assert_str_eq(member.item.title, thing->body, "%s", paths[path]);
    cr_assert(pl_stamp_equal(&member.stamp, &thing->stamp));
    cr_assert_eq(reports.tests_n, test != NULL);
    if (test != NULL)
        cr_assert_str_eq(reports.tests[0].message, test->body);
}

static void check_all(void)
{
    static const char *const prefixes[] = {"", "a", "a/", "a/b", "b/", "b//", "d/x/", "q", "e"};
    for (unsigned i = 1; i <= COLLECTIONS; i++) {
        struct pl_collection collection;
        enum pl_err code = pl_store_collection(help.store, collections[i], &collection, NULL);
        cr_assert_eq(code, uploads_of(i) > 0 ? PL_OK : PL_E_MISSING);
        if (code != PL_OK)
            continue;
        cr_assert(pl_stamp_equal(&collection.stamp, &stamps[i]));
        check_list(i, "", '\0');
        check_list(i, prefixes[draw(PL_COUNT(prefixes))], draw(2) ? '/' : '\0');
        for (unsigned n = 0; n < 3; n++)
            check_member(i, draw(PATHS));
    }
}

/* Without waiting for the disk: thousands of commits are to be seen, not power cuts. */
static void hurry(void)
{
    cr_assert_eq(mdb_env_set_flags(help.store->catalog->env, MDB_NOSYNC, 1), 0);
}

/* Swept clean, the store holds no more than the model. */
static void check_counts(void)
{
    struct pl_store_counts counts;
    uint64_t items = 0, things = 0;
    unsigned live = 0;
    help_sweep();
    forget_shadowed();
    for (unsigned i = 0; i < uploads_n; i++) {
        unsigned n = (unsigned)(__builtin_popcount(uploads[i].things) +
                                __builtin_popcount(uploads[i].tests));
        items += n;
        things += uploads[i].collection > 0 ? n : 0;
    }
    for (unsigned i = 0; i < NAMES; i++)
        live += newest(i) != NULL;
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert_eq(counts.names, live);
    cr_assert_eq(counts.items, items);
    cr_assert_eq(counts.blobs, uploads_n);
    cr_assert_eq(help_files("blobs"), uploads_n);
    cr_assert_eq(entries(help.store->catalog->item), items);
    cr_assert_eq(entries(help.store->catalog->order), things);
    cr_assert_eq(entries(help.store->catalog->garbage), 0);
    for (unsigned i = 1; i <= COLLECTIONS; i++) {
        if (uploads_of(i) > 0)
            cr_assert_eq(find(collections[i]).uploads, uploads_of(i));
    }
}

/* --- the steps -----------------------------------------------------------------------------------
 */

static void stamped(const struct pl_stamp *stamp, unsigned from, unsigned to)
{
    cr_assert_gt(memcmp(stamp->bytes + 8, last_stamp.bytes + 8, 8), 0, "stamps rise");
    last_stamp = *stamp;
    stamps[from] = stamps[to] = *stamp;
}

static struct pl_change upload_change(const struct upload *upload)
{
    struct thing things[2 * PATHS];
    unsigned n = 0;
    for (unsigned i = PATHS; i-- > 0;) {
        if ((upload->tests >> i & 1) != 0)
            things[n++] = (struct thing){paths[i], "qr/test", (int32_t)i};
        if ((upload->things >> i & 1) != 0)
            things[n++] = (struct thing){.shown = paths[i]};
    }
    return spool_things(names[upload->name], upload->body, collections[upload->collection], things,
                        n);
}

static void step_upload(void)
{
    struct upload upload = {.name = draw(NAMES), .collection = 1};
    const struct upload *old = newest(upload.name);
    uint32_t mask = draw(4) == 0 ? UINT32_MAX : draw(2) ? draw(1 << PATHS) : 3U << draw(PATHS);
    if (draw(12) == 0)
        upload.collection = draw(COLLECTIONS + 1);
    else if (old != NULL)
        upload.collection = old->collection;
    upload.things = (draw(1 << PATHS) & mask) & ((1U << PATHS) - 1);
    upload.tests = (draw(1 << PATHS) & draw(1 << PATHS) & mask) & ((1U << PATHS) - 1);
    (void)snprintf(upload.body, sizeof upload.body, "body%u", serial++);
    unsigned from = old != NULL ? old->collection : upload.collection;
    struct pl_change change = help_commit(upload_change(&upload));
    cr_assert_eq(change.error.code, PL_OK, "%s", change.error.msg);
    cr_assert_eq(change.created, old == NULL);
    upload.stamp = change.stamp;
    stamped(&change.stamp, from, upload.collection);
    if (from != upload.collection || upload.collection == 0)
        take_out(upload.name);
    uploads[uploads_n++] = upload;
}

static void step_again(void)
{
    const struct upload *old = newest(draw(NAMES));
    if (old == NULL)
        return;
    struct pl_change change = help_commit(upload_change(old));
    cr_assert(change.unchanged && pl_stamp_equal(&change.stamp, &old->stamp));
}

static void step_delete(void)
{
    unsigned name = draw(NAMES);
    const struct upload *old = newest(name);
    struct pl_change change = help_delete(names[name]);
    cr_assert_eq(change.error.code == PL_OK, old != NULL);
    if (old == NULL)
        return;
    stamped(&change.stamp, old->collection, old->collection);
    take_out(name);
}

static void reopen(void)
{
    help_reopen();
    hurry();
}

static void step(void)
{
    unsigned what = draw(100);
    if (what < 70)
        step_upload();
    else if (what < 75)
        step_again();
    else if (what < 83)
        step_delete();
    else if (what < 95)
        MUST(pl_store_sweep(help.store, UINT64_MAX, &help.error));
    else if (what < 98)
        reopen();
    else
        check_counts();
}

Test(collection_oracle, what_is_shown_is_what_a_simple_model_says)
{
    help_stop();
    help_start_size(256 << 20);
    hurry();
    for (unsigned i = 0; i < STEPS; i++) {
        step();
        check_all();
    }
    check_counts();
}
