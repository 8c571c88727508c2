/* test_collection_faults.c - collections when the keeper is killed or the catalogue is full. */
#include "tests/unit/collection_help.h"
#include "tests/unit/killed_help.h"

TestSuite(collection_faults, .init = help_start, .fini = help_stop, .timeout = 300);

static void expect_held(uint64_t names, uint64_t items, uint64_t blobs)
{
    struct pl_store_counts counts;
    help_sweep();
    MUST(pl_store_counts(help.store, &counts, &help.error));
    cr_assert_eq(counts.names, names);
    cr_assert_eq(counts.items, items);
    cr_assert_eq(counts.blobs, blobs);
    cr_assert_eq(help_files("blobs"), blobs);
    cr_assert_eq(help_files("spool"), 0);
    cr_assert_eq(entries(help.store->catalog->item), items);
    cr_assert_eq(entries(help.store->catalog->path), items);
    cr_assert_eq(entries(help.store->catalog->garbage), 0);
}

/* --- sweeps --------------------------------------------------------------------------------------
 */

static void sweep(void)
{
    (void)pl_store_sweep(help.store, UINT64_MAX, NULL);
}

static void kill_a_sweep(enum pl_store_step step)
{
    const struct thing a[] = {{.shown = "a"}}, ab[] = {{.shown = "a"}, {.shown = "b"}};
    (void)put_things("one", "body 1", "run", a, 1);
    (void)put_things("one", "body 2", "run", ab, 2);
    killed_at(step, sweep);
    cr_assert_eq(find("run").uploads, step == PL_STEP_FORGET ? 2 : 1);
    expect_members("run", "", "", 0, 9, "a=body 2 b=body 2", false);
    expect_held(1, 2, 1);
    cr_assert_eq(find("run").uploads, 1);
    expect_members("run", "", "", 0, 9, "a=body 2 b=body 2", false);
}

Test(collection_faults, a_sweep_killed_before_it_forgets_is_repeated)
{
    kill_a_sweep(PL_STEP_FORGET);
}

Test(collection_faults, a_sweep_killed_after_it_forgot_goes_on)
{
    kill_a_sweep(PL_STEP_FORGOTTEN);
}

Test(collection_faults, a_sweep_killed_after_unlinking_goes_on)
{
    kill_a_sweep(PL_STEP_UNLINKED);
}

/* --- commits -------------------------------------------------------------------------------------
 */

static struct pl_change prepared; /* by the parent, so that it can be repeated after the kill */

static void commit_prepared(void)
{
    (void)help_commit(prepared);
}

/* Either all of the upload is shown, or nothing of it. */
static void kill_a_commit(enum pl_store_step step, unsigned n)
{
    const struct thing first[] = {{.shown = "a"}, {.shown = "m/000000"}};
    (void)put_things("one", "body 1", "run", first, 2);
    struct pl_collection before = find("run");
    prepared = spool_many("one", "body 2", "run", n);
    killed_at(step, commit_prepared);
    struct pl_collection after = find("run");
    bool came = step == PL_STEP_COMMITTED;
    cr_assert_eq(pl_stamp_equal(&after.stamp, &before.stamp), !came);
    cr_assert_eq(after.uploads, came ? 2 : 1);
    cr_assert_str_eq(see("run", "m/000000").item.title, came ? "body 2" : "body 1");
    cr_assert_eq(hidden("run", "m/000001"), !came);
    struct pl_change again = help_commit(prepared);
    cr_assert_eq(again.error.code, PL_OK, "%s", again.error.msg);
    cr_assert_eq(again.items, n);
    expect_held(1, 2 + n, 2);
    after = find("run");
    cr_assert(pl_stamp_equal(&after.stamp, &again.stamp) && after.uploads == 2);
    cr_assert_str_eq(see("run", "a").item.title, "body 1");
    cr_assert_str_eq(see("run", "m/000001").item.title, "body 2");
    cr_assert_eq(entries(help.store->catalog->order), 2 + n);
}

Test(collection_faults, a_keeper_killed_after_the_rename)
{
    kill_a_commit(PL_STEP_RENAMED, 5);
}

Test(collection_faults, a_keeper_killed_before_the_commit)
{
    kill_a_commit(PL_STEP_BEFORE_COMMIT, 5);
}

Test(collection_faults, a_keeper_killed_before_it_could_answer)
{
    kill_a_commit(PL_STEP_COMMITTED, 5);
}

Test(collection_faults, a_keeper_killed_between_slices_of_a_large_upload)
{
    deadly_after = 1;
    kill_a_commit(PL_STEP_SLICE, 20000);
}

static void delete_one(void)
{
    (void)help_delete("one");
}

static void kill_a_deletion(enum pl_store_step step)
{
    const struct thing ab[] = {{.shown = "a"}, {.shown = "b"}}, b[] = {{.shown = "b"}};
    struct pl_collection run;
    (void)put_things("one", "body 1", "run", ab, 2);
    (void)put_things("one", "body 2", "run", b, 1);
    killed_at(step, delete_one);
    if (step == PL_STEP_BEFORE_COMMIT) {
        expect_members("run", "", "", 0, 9, "a=body 1 b=body 2", false);
        expect_held(1, 3, 2);
        cr_assert_eq(help_delete("one").error.code, PL_OK);
    }
    cr_assert_eq(pl_store_collection(help.store, "run", &run, NULL), PL_E_MISSING);
    expect_held(0, 0, 0);
    cr_assert_eq(entries(help.store->catalog->upload), 0);
}

Test(collection_faults, a_deletion_killed_before_the_commit_did_not_happen)
{
    kill_a_deletion(PL_STEP_BEFORE_COMMIT);
}

Test(collection_faults, a_deletion_killed_before_it_could_be_answered_did)
{
    kill_a_deletion(PL_STEP_COMMITTED);
}

/* --- full ----------------------------------------------------------------------------------------
 */

Test(collection_faults, a_full_catalogue_refuses_uploads_and_still_deletes)
{
    help_stop();
    help_start_size(1 << 20);
    struct pl_collection run;
    struct pl_change put = {.error = {.code = PL_OK}};
    unsigned n = 0;
    char name[16], body[16];
    while (put.error.code == PL_OK && n < 1000) {
        (void)snprintf(name, sizeof name, "%u", n % 5);
        (void)snprintf(body, sizeof body, "body %u", n++);
        put = help_commit(spool_many(name, body, "run", 100 - n % 7));
    }
    cr_assert_eq(put.error.code, PL_E_SPACE, "%s", put.error.msg);
    cr_assert_eq(find("run").uploads, n - 1, "a refused upload joins nothing");
    for (unsigned i = 0; i < 5; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        struct pl_change gone = help_delete(name);
        cr_assert_eq(gone.error.code, PL_OK, "%s", gone.error.msg);
    }
    cr_assert_eq(pl_store_collection(help.store, "run", &run, NULL), PL_E_MISSING);
    expect_held(0, 0, 0);
    put = help_commit(spool_many("again", "again", "run", 100));
    cr_assert_eq(put.error.code, PL_OK, "%s", put.error.msg);
}
