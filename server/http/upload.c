/* upload.c - a body on its way to the catalogue, and deletions.
 *
 * The body is never held: each piece goes to a spool file and into a hash. When it is complete a
 * worker looks inside (job INSPECT), then the keeper commits (job COMMIT), then the client hears
 * 2xx. Whatever ends before that drops the spool file and what was found in it; dropping after a
 * commit removes nothing, because the keeper has renamed the file by then.
 *
 * A form upload (multipart/form-data, POST) stores its first part that has a file name; one to
 * /data/put is read by dqm_put.c. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/json.h"

enum { MULTIPART_BUFFER = 16384, TRIES_MAX = 3 };

void pl_upload_drop(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    if (upload->multipart != NULL)
        (void)MHD_destroy_post_processor(upload->multipart);
    upload->multipart = NULL;
    pl_dqm_put_free(&upload->put);
    if (!upload->spooling)
        return;
    uint64_t id = upload->spool.id;
    pl_spool_drop(request->front->store, &upload->spool);
    pl_findings_drop(request->front->store, id);
    upload->spooling = false;
}

/* --- preconditions ---------------------------------------------------------------------------- */

/* If-Match and If-None-Match against the current stamp. What holds now becomes a condition of the
 * commit, so that nothing slips in between. */
static enum pl_err check_conditions(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    struct pl_error *error = &request->error, local = {0};
    const char *match = pl_request_header(request, "If-Match");
    const char *none = pl_request_header(request, "If-None-Match");
    upload->if_match = false;
    if (match == NULL && none == NULL)
        return PL_OK;
    struct pl_record record;
    enum pl_err err =
        pl_store_resolve(request->front->store, request->native.rest, &record, &local);
    bool exists = err == PL_OK;
    if (!exists && err != PL_E_MISSING && err != PL_E_GONE)
        return pl_fail(error, err, "%s", local.msg);
    char etag[PL_ETAG_N] = "";
    if (exists)
        pl_etag(etag, record.stamp.bytes);
    if (match != NULL && (!exists || !pl_etag_listed(match, etag, false)))
        return pl_fail_param(error, PL_E_CONFLICT, "If-Match", "the stored version is another one");
    if (none != NULL && exists && pl_etag_listed(none, etag, true))
        return pl_fail_param(error, PL_E_CONFLICT, "If-None-Match",
                             "this version is stored already");
    upload->if_match = true;
    memset(&upload->expected, 0, sizeof upload->expected);
    if (exists)
        upload->expected = record.stamp;
    return PL_OK;
}

/* --- receiving -------------------------------------------------------------------------------- */

static enum MHD_Result take_part(void *context, enum MHD_ValueKind kind, const char *key,
                                 const char *file, const char *media, const char *coding,
                                 const char *data, uint64_t offset, size_t n)
{
    (void)kind, (void)key, (void)media, (void)coding;
    struct pl_request *request = context;
    struct pl_upload *upload = &request->upload;
    if (file == NULL)
        return MHD_YES;
    if (offset == 0 && upload->part < 2)
        upload->part++;
    if (upload->part != 1)
        return MHD_YES;
    return pl_spool_add(&upload->spool, data, n, &request->error) == PL_OK ? MHD_YES : MHD_NO;
}

static enum pl_err start_multipart(struct pl_request *request)
{
    const char *media = pl_request_header(request, "Content-Type");
    if (request->method != PL_METHOD_POST || media == NULL ||
        strncasecmp(media, "multipart/form-data", 19) != 0)
        return PL_OK;
    request->upload.multipart =
        MHD_create_post_processor(request->connection, MULTIPART_BUFFER, take_part, request);
    if (request->upload.multipart == NULL)
        return pl_fail_param(&request->error, PL_E_INPUT, "Content-Type",
                             "the boundary of the form is missing");
    return PL_OK;
}

static enum pl_err check_length(struct pl_request *request, uint64_t most)
{
    const char *text = pl_request_header(request, "Content-Length");
    uint64_t length = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++)
        if (!pl_mul(length, 10, &length) || !pl_add(length, (uint64_t)(*text - '0'), &length))
            length = UINT64_MAX;
    /* The frame of a form around the file is small; the spool has the exact limit. */
    bool form = request->upload.multipart != NULL || request->upload.put != NULL;
    if (form && length > 65536)
        length -= 65536;
    if (length <= most)
        return PL_OK;
    return pl_fail_param(&request->error, PL_E_LIMIT, "limits.body",
                         "the body is larger than %llu bytes", (unsigned long long)most);
}

static enum pl_err start_object(struct pl_request *request)
{
    enum pl_err err = pl_native_none(&request->native.url, &request->error);
    if (err == PL_OK)
        err = pl_store_name_valid(request->native.rest, &request->error);
    if (err == PL_OK)
        err = check_conditions(request);
    return err == PL_OK ? start_multipart(request) : err;
}

enum pl_err pl_upload_start(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_upload *upload = &request->upload;
    uint64_t most = front->config->limits_body;
    bool dqm = request->native.route == PL_ROUTE_DQM_PUT;
    enum pl_err err = dqm ? pl_dqm_put_start(request) : start_object(request);
    if (err == PL_OK)
        err = check_length(request, most);
    if (err == PL_OK)
        err = pl_spool_start(front->store, most, &upload->spool, &request->error);
    if (err != PL_OK) {
        pl_upload_drop(request);
        return err;
    }
    upload->spooling = true;
    return PL_OK;
}

enum pl_err pl_upload_data(struct pl_request *request, const char *data, size_t n)
{
    struct pl_upload *upload = &request->upload;
    if (upload->put != NULL)
        return pl_dqm_put_data(request, data, n);
    if (upload->multipart == NULL)
        return pl_spool_add(&upload->spool, data, n, &request->error);
    if (MHD_post_process(upload->multipart, data, n) == MHD_YES)
        return PL_OK;
    return pl_fail_param(&request->error, PL_E_INPUT, "body", "the form cannot be read");
}

static enum pl_step refuse_upload(struct pl_request *request)
{
    pl_metric_add(request->front->heritage, PL_M_uploads_refused, 1);
    pl_upload_drop(request);
    return pl_refuse(request);
}

enum pl_step pl_upload_end(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    if (upload->multipart != NULL && upload->part == 0)
        (void)pl_fail_param(&request->error, PL_E_INPUT, "body", "the form has no file in it");
    if (upload->put != NULL)
        (void)pl_dqm_put_end(request);
    if (request->error.code != PL_OK || pl_spool_end(&upload->spool, &request->error) != PL_OK)
        return refuse_upload(request);
    return PL_STEP_inspect;
}

/* The name it is to be stored under. */
static const char *name_of(const struct pl_request *request)
{
    const struct pl_dqm_put *put = request->upload.put;
    return put != NULL ? pl_dqm_put_name(put) : request->native.rest;
}

/* --- looking inside --------------------------------------------------------------------------- */

void pl_unique_id(const struct pl_request *request, struct pl_job *job, uint64_t number)
{
    uint64_t parts[4] = {number, (uint64_t)request->front->heritage->slot << 32 | job->kind,
                         request->started_ns, request->front->id_seed};
    static_assert(sizeof parts == PL_BOARD_ID_N, "an id is made of four numbers");
    memcpy(job->id, parts, sizeof parts);
    memset(job->culprit, 0, sizeof job->culprit);
}

enum pl_step pl_upload_inspect(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    struct pl_job job;
    struct pl_job_inspect inspect = {.spool_id = upload->spool.id, .bytes = upload->spool.bytes};
    job.queue = PL_QUEUE_RENDER;
    job.kind = PL_JOB_INSPECT;
    job.run_ns = request->front->config->limits_inspect * PL_MS_NS;
    job.record_n = sizeof inspect;
    pl_unique_id(request, &job, upload->spool.id);
    memcpy(inspect.name, name_of(request), strlen(name_of(request)) + 1);
    if (upload->put != NULL) {
        inspect.collected = true;
        inspect.run = pl_dqm_put_run(upload->put);
    }
    memcpy(job.record, &inspect, sizeof inspect);
    if (pl_wait_submit(request, &job, PL_STEP_inspected) != PL_OK)
        return refuse_upload(request);
    return PL_STEP_inspected;
}

enum pl_step pl_upload_inspected(struct pl_request *request)
{
    const struct pl_job_result *result = &request->result;
    struct pl_note_inspect *found = &request->upload.found;
    if (result->error.code != PL_OK) {
        request->error = result->error;
        if (request->error.code == PL_E_CRASHED || request->error.code == PL_E_INPUT)
            request->error.code = PL_E_FORMAT; /* the file did that: the file is at fault */
        return refuse_upload(request);
    }
    memset(found, 0, sizeof *found);
    memcpy(found, result->note, PL_MIN((size_t)result->note_n, sizeof *found));
    found->renderer[sizeof found->renderer - 1] = '\0';
    found->media[sizeof found->media - 1] = '\0';
    if (request->upload.put != NULL && found->renderer[0] == '\0') {
        (void)pl_fail_param(&request->error, PL_E_FORMAT, "file", "file: it is not a ROOT file");
        return refuse_upload(request);
    }
    return PL_STEP_commit;
}

/* --- committing ------------------------------------------------------------------------------- */

enum pl_step pl_upload_commit(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    struct pl_job job;
    struct pl_job_commit commit = {.delete_it = request->method == PL_METHOD_DELETE,
                                   .if_match = upload->if_match,
                                   .expected = upload->expected};
    job.queue = PL_QUEUE_KEEPER;
    job.kind = PL_JOB_COMMIT;
    job.run_ns = request->front->config->limits_inspect * PL_MS_NS;
    job.record_n = sizeof commit;
    pl_unique_id(request, &job, commit.delete_it ? request->front->id_next++ : upload->spool.id);
    if (!commit.delete_it) {
        commit.spool_id = upload->spool.id;
        commit.bytes = upload->spool.bytes;
        memcpy(commit.sha256, upload->spool.sha256, sizeof commit.sha256);
        memcpy(commit.renderer, upload->found.renderer, sizeof commit.renderer);
        memcpy(commit.media, upload->found.media, sizeof commit.media);
    }
    memcpy(commit.name, name_of(request), strlen(name_of(request)) + 1);
    if (upload->put != NULL)
        (void)snprintf(commit.collection, sizeof commit.collection, "%s",
                       pl_dqm_put_collection(upload->put));
    memcpy(job.record, &commit, sizeof commit);
    if (pl_wait_submit(request, &job, PL_STEP_committed) != PL_OK)
        return commit.delete_it ? pl_refuse(request) : refuse_upload(request);
    return PL_STEP_committed;
}

static enum pl_step answer_stored(struct pl_request *request, const struct pl_note_commit *note)
{
    struct pl_answer *answer = &request->answer;
    const struct pl_upload *upload = &request->upload;
    char stamp[2 * PL_STAMP_N + 1], sha[PL_HEX_N], etag[PL_ETAG_N];
    pl_hex(stamp, note->stamp.bytes, PL_STAMP_N);
    pl_hex(sha, upload->spool.sha256, PL_SHA256_N);
    pl_etag(etag, note->stamp.bytes);
    answer->buffer = PL_BUF(16384);
    struct pl_buf *out = &answer->buffer;
    (void)pl_buf_text(out, "{\"name\":", NULL);
    (void)pl_json_text(out, request->native.rest, NULL);
    (void)pl_buf_print(out, NULL,
                       ",\"stamp\":\"%s\",\"bytes\":%llu,\"sha256\":\"%s\",\"renderer\":", stamp,
                       (unsigned long long)upload->spool.bytes, sha);
    (void)pl_json_text(out, upload->found.renderer, NULL);
    (void)pl_buf_print(out, NULL, ",\"items\":%u,\"troubled\":%u,\"unchanged\":%s}\n", note->items,
                       note->troubled, note->unchanged ? "true" : "false");
    answer->status = note->created ? 201 : 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = out->n;
    pl_answer_literal(answer, "Content-Type", "application/json");
    pl_answer_header(answer, "ETag", etag);
    pl_answer_begin(answer, "Location");
    pl_answer_text(answer, "/v1/objects/");
    pl_answer_path(answer, request->native.rest);
    pl_answer_end(answer);
    return PL_STEP_deliver;
}

enum pl_step pl_upload_committed(struct pl_request *request)
{
    struct pl_upload *upload = &request->upload;
    const struct pl_job_result *result = &request->result;
    bool deletion = request->method == PL_METHOD_DELETE;
    /* Somebody else was faster: the condition may hold for what is stored now (If-Match: *). */
    if (result->error.code == PL_E_CONFLICT && upload->if_match && ++upload->tries < TRIES_MAX &&
        check_conditions(request) == PL_OK)
        return PL_STEP_commit;
    if (request->error.code == PL_OK)
        request->error = result->error;
    if (request->error.code != PL_OK)
        return deletion ? pl_refuse(request) : refuse_upload(request);
    struct pl_note_commit note = {0};
    memcpy(&note, result->note, PL_MIN((size_t)result->note_n, sizeof note));
    if (deletion) {
        pl_metric_add(request->front->heritage, PL_M_deletions, 1);
        request->answer.status = 204;
        return PL_STEP_deliver;
    }
    pl_metric_add(request->front->heritage,
                  note.unchanged ? PL_M_uploads_unchanged : PL_M_uploads_stored, 1);
    bool dqm = upload->put != NULL;
    pl_upload_drop(request);
    if (dqm)
        return pl_dqm_put_thanks(request, upload->spool.bytes, note.unchanged);
    return answer_stored(request, &note);
}

enum pl_step pl_upload_delete(struct pl_request *request)
{
    struct pl_record record;
    struct pl_error *error = &request->error;
    if (pl_native_none(&request->native.url, error) != PL_OK ||
        pl_store_name_valid(request->native.rest, error) != PL_OK ||
        check_conditions(request) != PL_OK ||
        pl_store_resolve(request->front->store, request->native.rest, &record, error) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_commit;
}
