/* admin_purge.c - `purge`: what is to go, as a job for the keeper, who alone drops from the cache
 * on command.
 *
 * A dry run is the same job that only counts. Purging is never needed for correctness (a new upload
 * has a new key); it frees room and makes a picture be drawn again. */
#include "server/admin/admin_priv.h"

#include <string.h>

#include "shm/base/clock.h"

enum { PURGE_RUN_S = 120 };

static const struct {
    const char *name;
    enum pl_purge_what what;
} whats[] = {
    {"name", PL_PURGE_NAME}, {"prefix", PL_PURGE_PREFIX}, {"glob", PL_PURGE_GLOB},
    {"key", PL_PURGE_KEY},   {"all", PL_PURGE_ALL},
};

static enum pl_err read_what(const struct pl_admin_call *call, struct pl_job_purge *purge,
                             struct pl_error *error)
{
    unsigned given = 0;
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        const char *value = pl_admin_arg(call, whats[i].name);
        if (value == NULL)
            continue;
        given++;
        purge->what = whats[i].what;
        if (purge->what == PL_PURGE_KEY) {
            if (strlen(value) != 2 * PL_KEY_N || pl_unhex(purge->key.bytes, value, PL_KEY_N) != 0)
                return pl_fail_param(error, PL_E_INPUT, "key", "a key is %d hexadecimal digits",
                                     2 * PL_KEY_N);
        } else if (purge->what == PL_PURGE_ALL) {
            if (strcmp(value, "1") != 0)
                return pl_fail_param(error, PL_E_INPUT, "all", "all must be 1");
        } else if (value[0] == '\0' || strlen(value) >= sizeof purge->pattern) {
            return pl_fail_param(error, PL_E_INPUT, whats[i].name, "%s must have 1 to %zu bytes",
                                 whats[i].name, sizeof purge->pattern - 1);
        } else {
            memcpy(purge->pattern, value, strlen(value) + 1);
        }
    }
    if (given != 1)
        return pl_fail(error, PL_E_INPUT, "say one of name, prefix, glob, key and all");
    return PL_OK;
}

/* No two purges are one: what the first one dropped may have been drawn again when the second came.
 */
static void make_identity(struct pl_job *job)
{
    struct pl_sha256 sha;
    uint64_t now = pl_now_ns();
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, "purge", 5);
    pl_sha256_add(&sha, &now, sizeof now);
    pl_sha256_add(&sha, job->record, job->record_n);
    pl_sha256_end(&sha, job->id);
}

enum pl_err pl_admin_purge(const struct pl_admin_context *context, struct pl_admin_call *call,
                           struct pl_error *error)
{
    (void)context;
    struct pl_job_purge purge;
    memset(&purge, 0, sizeof purge);
    enum pl_err err = pl_admin_args_known(call, "name prefix glob key all dry_run", error);
    if (err == PL_OK)
        err = read_what(call, &purge, error);
    uint64_t dry = 0;
    if (err == PL_OK)
        err = pl_admin_arg_number(call, "dry_run", 0, 1, &dry, error);
    if (err != PL_OK)
        return err;
    purge.dry_run = dry != 0;
    memset(&call->job, 0, sizeof call->job);
    call->job.queue = PL_QUEUE_KEEPER;
    call->job.kind = PL_JOB_PURGE;
    call->job.run_ns = PURGE_RUN_S * PL_S_NS;
    call->job.record_n = sizeof purge;
    memcpy(call->job.record, &purge, sizeof purge);
    make_identity(&call->job);
    call->wait = true;
    return PL_OK;
}

enum pl_err pl_admin_finish(const struct pl_admin_context *context, struct pl_admin_call *call,
                            const struct pl_job_result *result, struct pl_error *error)
{
    (void)context;
    struct pl_note_purge note;
    struct pl_job_purge purge;
    if (result->error.code != PL_OK)
        return pl_fail(error, result->error.code, "%s", result->error.msg);
    if (result->note_n < sizeof note)
        return pl_fail(error, PL_E_INTERNAL, "the keeper's answer to %s is too short",
                       call->command);
    memcpy(&note, result->note, sizeof note);
    memcpy(&purge, call->job.record, sizeof purge);
    return pl_admin_json(call,
                         json_pack("{sI sI sb}", "matched", (json_int_t)note.matched, "bytes",
                                   (json_int_t)note.bytes, "dry_run", purge.dry_run),
                         error);
}
