/* dqm_put.c - the receiving side of POST /data/put: a form with file, size and checksum in any
 * order.
 *
 * The file goes to the spool in blocks while it is hashed in every way the checksum may ask for;
 * once the checksum is known, only in that way. What is claimed is compared when the form is
 * complete; what follows (looking inside, committing) is any upload's (upload.c). Memory: one
 * record of about 70 KB an upload under way, whatever its size. */
#include <libdeflate.h>
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/multipart.h"
#include "server/http/request.h"
#include "shm/base/check.h"

enum { BLOCK = 65536, FIELD_MAX = 256, OTHER_MAX = 65536 };

struct pl_dqm_put {
    struct pl_multipart form;
    struct pl_multipart_sink sink;
    struct pl_dqm_sample sample;
    char name[PL_NAME_MAX + 1], collection[PL_COLLECTION_MAX + 1];
    enum field { FIELD_FILE, FIELD_SIZE, FIELD_CHECKSUM, FIELD_OTHER } field;
    bool has[FIELD_OTHER];
    uint64_t size;
    struct pl_dqm_checksum checksum;
    bool md5, crc32; /* hash in this way */
    struct md5_ctx md5_state;
    uint32_t crc32_state;
    size_t text_n, block_n;
    char text[FIELD_MAX + 1]; /* of the field that is being read */
    uint8_t block[BLOCK];
};

static const char *const fields[] = {"file", "size", "checksum"};

/* --- the parts -------------------------------------------------------------------------------- */

static enum pl_err begin_file(struct pl_dqm_put *put, const char *file, struct pl_error *error)
{
    if (file == NULL || *file == '\0')
        return pl_fail_param(error, PL_E_INPUT, "file", "file: the part has no file name");
    enum pl_err err = pl_dqm_file(file, &put->sample, error);
    if (err == PL_OK)
        err = pl_dqm_name(&put->sample, file, put->name, error);
    return err == PL_OK ? pl_dqm_collection(&put->sample, put->collection, error) : err;
}

static enum pl_err begin_part(void *context, const char *name, const char *file,
                              struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_dqm_put *put = request->upload.put;
    put->text_n = 0;
    put->field = FIELD_FILE;
    while (put->field < FIELD_OTHER && strcmp(name, fields[put->field]) != 0)
        put->field++;
    if (put->field == FIELD_OTHER)
        return PL_OK;
    if (put->has[put->field])
        return pl_fail_param(error, PL_E_INPUT, fields[put->field], "%s: stands twice",
                             fields[put->field]);
    put->has[put->field] = true;
    return put->field == FIELD_FILE ? begin_file(put, file, error) : PL_OK;
}

static enum pl_err flush(struct pl_request *request, struct pl_error *error)
{
    struct pl_dqm_put *put = request->upload.put;
    size_t n = put->block_n;
    put->block_n = 0;
    if (put->md5)
        md5_update(&put->md5_state, n, put->block);
    if (put->crc32)
        put->crc32_state = libdeflate_crc32(put->crc32_state, put->block, n);
    return n > 0 ? pl_spool_add(&request->upload.spool, put->block, n, error) : PL_OK;
}

static enum pl_err add_data(void *context, const uint8_t *bytes, size_t n, struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_dqm_put *put = request->upload.put;
    enum pl_err err = PL_OK;
    if (put->field != FIELD_FILE) {
        size_t most = put->field == FIELD_OTHER ? OTHER_MAX : FIELD_MAX;
        if (n > most - put->text_n)
            return pl_fail_param(error, PL_E_INPUT,
                                 put->field == FIELD_OTHER ? "body" : fields[put->field],
                                 "a field is longer than %zu bytes", most);
        if (put->field != FIELD_OTHER)
            memcpy(put->text + put->text_n, bytes, n);
        put->text_n += n;
        return PL_OK;
    }
    while (n > 0 && err == PL_OK) {
        size_t some = PL_MIN(n, BLOCK - put->block_n);
        memcpy(put->block + put->block_n, bytes, some);
        put->block_n += some;
        bytes += some;
        n -= some;
        if (put->block_n == BLOCK)
            err = flush(request, error);
    }
    return err;
}

/* The text of a field without blanks around it. */
static const char *trim(struct pl_dqm_put *put)
{
    put->text[put->text_n] = '\0';
    while (put->text_n > 0 && strchr(" \t\r\n", put->text[put->text_n - 1]) != NULL)
        put->text[--put->text_n] = '\0';
    return put->text + strspn(put->text, " \t\r\n");
}

static enum pl_err end_part(void *context, struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_dqm_put *put = request->upload.put;
    enum pl_err err = PL_OK;
    if (put->field != FIELD_OTHER && memchr(put->text, '\0', put->text_n) != NULL &&
        put->field != FIELD_FILE)
        return pl_fail_param(error, PL_E_INPUT, fields[put->field], "%s: has a NUL in it",
                             fields[put->field]);
    if (put->field == FIELD_SIZE)
        return pl_dqm_bytes(trim(put), &put->size, error);
    if (put->field != FIELD_CHECKSUM)
        return PL_OK;
    err = pl_dqm_checksum(trim(put), &put->checksum, error);
    if (err == PL_OK) {
        put->md5 = put->checksum.md5;
        put->crc32 = !put->checksum.md5;
    }
    return err;
}

/* --- the whole -------------------------------------------------------------------------------- */

enum pl_err pl_dqm_put_start(struct pl_request *request)
{
    struct pl_error *error = &request->error;
    if (!request->front->config->dqm_uploads)
        return pl_fail_param(error, PL_E_MISSING, "dqm.uploads", "uploads are switched off here");
    struct pl_dqm_put *put = calloc(1, sizeof *put);
    if (put == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for an upload");
    request->upload.put = put;
    put->md5 = put->crc32 = true;
    md5_init(&put->md5_state);
    put->sink = (struct pl_multipart_sink){begin_part, add_data, end_part, request};
    return pl_multipart_start(&put->form, pl_request_header(request, "Content-Type"), error);
}

enum pl_err pl_dqm_put_data(struct pl_request *request, const char *data, size_t n)
{
    struct pl_dqm_put *put = request->upload.put;
    return pl_multipart_add(&put->form, data, n, &put->sink, &request->error);
}

static enum pl_err compare(const struct pl_request *request, struct pl_dqm_put *put,
                           struct pl_error *error)
{
    uint64_t bytes = request->upload.spool.bytes;
    uint8_t digest[16];
    if (bytes != put->size)
        return pl_fail_param(error, PL_E_FORMAT, "size",
                             "size: %llu bytes were announced and %llu came",
                             (unsigned long long)put->size, (unsigned long long)bytes);
    md5_digest(&put->md5_state, sizeof digest, digest);
    bool equal = put->checksum.md5 ? memcmp(digest, put->checksum.digest, sizeof digest) == 0
                                   : put->crc32_state == put->checksum.crc32;
    return equal ? PL_OK
                 : pl_fail_param(error, PL_E_FORMAT, "checksum",
                                 "checksum: it is not that of the bytes that came");
}

enum pl_err pl_dqm_put_end(struct pl_request *request)
{
    struct pl_dqm_put *put = request->upload.put;
    struct pl_error *error = &request->error;
    enum pl_err err = pl_multipart_end(&put->form, error);
    for (unsigned i = 0; err == PL_OK && i < FIELD_OTHER; i++)
        if (!put->has[i])
            err =
                pl_fail_param(error, PL_E_INPUT, fields[i], "%s: the field is missing", fields[i]);
    if (err == PL_OK)
        err = flush(request, error);
    return err == PL_OK ? compare(request, put, error) : err;
}

const char *pl_dqm_put_name(const struct pl_dqm_put *put)
{
    return put->name;
}

const char *pl_dqm_put_collection(const struct pl_dqm_put *put)
{
    return put->collection;
}

uint64_t pl_dqm_put_run(const struct pl_dqm_put *put)
{
    return put->sample.run;
}

void pl_dqm_put_free(struct pl_dqm_put **put)
{
    free(*put);
    *put = NULL;
}

enum pl_step pl_dqm_put_thanks(struct pl_request *request, uint64_t bytes, bool unchanged)
{
    struct pl_answer *answer = &request->answer;
    char detail[64];
    if (unchanged)
        (void)snprintf(detail, sizeof detail, "Already stored");
    else
        (void)snprintf(detail, sizeof detail, "Wrote %llu bytes", (unsigned long long)bytes);
    answer->buffer = PL_BUF(4096);
    (void)pl_buf_print(&answer->buffer, NULL, "Thanks. %s.\n", detail);
    answer->status = 200;
    answer->body = PL_BODY_BUFFER;
    answer->length = answer->buffer.n;
    pl_answer_literal(answer, "Content-Type", "text/plain; charset=utf-8");
    pl_answer_literal(answer, "Cache-Control", "no-store");
    pl_answer_literal(answer, "DQM-Status-Code", "100");
    pl_answer_literal(answer, "DQM-Status-Message", "Thanks.");
    pl_answer_header(answer, "DQM-Status-Detail", detail);
    return PL_STEP_deliver;
}
