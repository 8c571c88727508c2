/* cards_publish.c - binding files that are kept because their owner asked for it, and taken back.
 *
 * A publication is an object cards/CONTENT/TOKENHASH whose bytes are the bundle: the same files can
 * be published by several people, each with a token of his own, of which only a hash is kept. When
 * the last one is taken back, what is cached of them is dropped too. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "server/http/cards.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { PURGE_RUN_S = 60 };

static void name_of(const char *key, const char *token, char out[PL_NAME_MAX + 1])
{
    struct pl_sha256 sha;
    uint8_t digest[PL_SHA256_N];
    char hash[PL_CARDS_TOKEN_N + 1];
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, token, strlen(token));
    pl_sha256_end(&sha, digest);
    pl_hex(hash, digest, PL_CARDS_TOKEN_N / 2);
    (void)snprintf(out, PL_NAME_MAX + 1, PL_CARDS_FOLDER "%.*s/%s", PL_CARDS_CONTENT_N, key, hash);
}

static void start_job(const struct pl_request *request, const struct pl_job_commit *commit,
                      struct pl_job *job)
{
    job->queue = PL_QUEUE_KEEPER;
    job->kind = PL_JOB_COMMIT;
    job->run_ns = request->front->config->limits_inspect * PL_MS_NS;
    job->record_n = sizeof *commit;
    pl_unique_id(request, job, request->front->id_next++);
    memcpy(job->record, commit, sizeof *commit);
}

/* --- keeping ---------------------------------------------------------------------------------- */

static void describe(const struct pl_request *request, const char *token,
                     struct pl_job_commit *commit)
{
    const struct pl_cards *cards = request->cards;
    const struct pl_spool *spool = &request->upload.spool;
    const struct pl_cards_kept kept = {cards->game, cards->options,
                                       pl_cards_check(cards->canonical)};
    memset(commit, 0, sizeof *commit);
    commit->spool_id = spool->id;
    commit->bytes = spool->bytes;
    memcpy(commit->sha256, spool->sha256, sizeof commit->sha256);
    pl_cards_kept_print(&kept, commit->media);
    name_of(cards->key, token, commit->name);
}

enum pl_step pl_cards_publish(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    struct pl_job_commit commit;
    struct pl_job job;
    uint8_t random[PL_CARDS_TOKEN_N / 2];
    char token[PL_CARDS_TOKEN_N + 1];
    if (getrandom(random, sizeof random, 0) != sizeof random) {
        (void)pl_fail_errno(&request->error, "cannot make a token");
        return pl_cards_refuse(request);
    }
    pl_hex(token, random, sizeof random);
    describe(request, token, &commit);
    start_job(request, &commit, &job);
    if (pl_wait_submit(request, &job, PL_STEP_published) != PL_OK)
        return pl_cards_refuse(request);
    memcpy(cards->token, token, sizeof token);
    return PL_STEP_published;
}

/* --- taking back ------------------------------------------------------------------------------ */

static bool take_token(const char *text, size_t n, char token[PL_CARDS_TOKEN_N + 1])
{
    if (n != PL_CARDS_TOKEN_N)
        return false;
    memcpy(token, text, n);
    token[n] = '\0';
    return strspn(token, "0123456789abcdef") == PL_CARDS_TOKEN_N;
}

/* From the header, the address or a form. */
static bool find_token(struct pl_request *request, char token[PL_CARDS_TOKEN_N + 1])
{
    const char *header = pl_request_header(request, "Authorization");
    if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0) {
        header += 7 + strspn(header + 7, " ");
        return take_token(header, strlen(header), token);
    }
    const char *value = pl_url_take(&request->native.url, "token");
    if (value != NULL)
        return take_token(value, strlen(value), token);
    const struct pl_buf *body = &request->body;
    size_t n = body->n;
    if (n < 6 || memcmp(body->bytes, "token=", 6) != 0)
        return false;
    const char *at = (const char *)body->bytes + 6;
    const char *end = memchr(at, '&', n - 6);
    return take_token(at, end != NULL ? (size_t)(end - at) : n - 6, token);
}

static enum pl_step refuse_token(struct pl_request *request, unsigned status, const char *message)
{
    (void)pl_fail_param(&request->error, PL_E_INPUT, "token", "%s", message);
    if (status == 401)
        pl_answer_literal(&request->answer, "WWW-Authenticate", "Bearer");
    pl_answer_problem(&request->answer, status, &request->error, request->id);
    return PL_STEP_deliver;
}

enum pl_step pl_cards_delete(struct pl_request *request)
{
    struct pl_job_commit commit = {.delete_it = true};
    struct pl_record record;
    struct pl_job job;
    struct pl_error local = {0};
    const char *key = request->native.cards.key;
    char token[PL_CARDS_TOKEN_N + 1];
    bool has_token = find_token(request, token);
    if (pl_native_none(&request->native.url, &request->error) != PL_OK ||
        pl_cards_kept(request->front, key, &record, &request->error) != PL_OK)
        return pl_refuse(request);
    if (!has_token)
        return refuse_token(request, 401,
                            "taking cards back needs the token that was told when they were "
                            "published");
    name_of(key, token, commit.name);
    enum pl_err err = pl_store_resolve(request->front->store, commit.name, &record, &local);
    if (err == PL_E_MISSING || err == PL_E_GONE)
        return refuse_token(request, 403, "this is not the token these cards were published with");
    start_job(request, &commit, &job);
    if (err != PL_OK || pl_wait_submit(request, &job, PL_STEP_published) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_published;
}

/* All that is cached of the files, whatever the version. */
static enum pl_step purge(struct pl_request *request)
{
    struct pl_job job;
    struct pl_job_purge record;
    memset(&record, 0, sizeof record);
    record.what = PL_PURGE_PREFIX;
    (void)snprintf(record.pattern, sizeof record.pattern, PL_CARDS_FOLDER "%.*s",
                   PL_CARDS_CONTENT_N, request->native.cards.key);
    job.queue = PL_QUEUE_KEEPER;
    job.kind = PL_JOB_PURGE;
    job.run_ns = PURGE_RUN_S * PL_S_NS;
    job.record_n = sizeof record;
    pl_unique_id(request, &job, request->front->id_next++);
    memcpy(job.record, &record, sizeof record);
    if (pl_wait_submit(request, &job, PL_STEP_purged) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_purged;
}

/* --- committed -------------------------------------------------------------------------------- */

enum pl_step pl_cards_published(struct pl_request *request)
{
    struct pl_record record;
    struct pl_cards *cards = request->cards;
    request->error = request->result.error;
    if (cards != NULL) {
        if (request->error.code != PL_OK)
            return pl_cards_refuse(request);
        pl_metric_add(request->front->heritage, PL_M_cards_published, 1);
        return PL_STEP_pictures;
    }
    if (request->error.code != PL_OK)
        return pl_refuse(request);
    pl_metric_add(request->front->heritage, PL_M_deletions, 1);
    struct pl_error local = {0};
    if (pl_cards_kept(request->front, request->native.cards.key, &record, &local) == PL_OK) {
        request->answer.status = 204;
        return PL_STEP_deliver;
    }
    return purge(request);
}

enum pl_step pl_cards_purged(struct pl_request *request)
{
    request->error = request->result.error;
    if (request->error.code != PL_OK)
        return pl_refuse(request);
    request->answer.status = 204;
    return PL_STEP_deliver;
}
