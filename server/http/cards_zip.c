/* cards_zip.c - all pictures of a key as one archive, made as it is sent.
 *
 * One picture is held at a time, as it comes out of the cache; one that is not there is drawn while
 * the connection is suspended, so the cache need not have room for all of them. Members are stored
 * as they are, in order, with names of their titles and one fixed time: the same key gives the same
 * bytes. When a picture cannot be had the connection is broken off, so that no client takes half an
 * archive for a whole one. Memory: names and one picture each, of at most ARCHIVES_MAX a front. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/cards.h"
#include "shm/base/check.h"

enum { TRIES_MAX = 6, ARCHIVES_MAX = 16 };

/* 1980-01-01, where the times of the format begin. */
static const time_t member_time = 315532800;

struct zip {
    struct pl_stream stream;
    struct pl_request *request;
    struct pl_front *front;
    struct archive *archive;
    struct pl_buf out;     /* made and not yet sent */
    struct pl_buf picture; /* the member being made */
    size_t at;
    uint32_t next, n; /* from 1 */
    unsigned tries, busy;
    bool waits, closed, failed;
    char key[PL_CARDS_KEY_N + 1];
    struct pl_params params;
    char names[][PL_CARDS_SLUG_N + 16]; /* n of them */
};

static la_ssize_t take_bytes(struct archive *archive, void *context, const void *bytes, size_t n)
{
    (void)archive;
    struct zip *zip = context;
    return pl_buf_add(&zip->out, bytes, n, NULL) == PL_OK ? (la_ssize_t)n : -1;
}

/* --- members ---------------------------------------------------------------------------------- */

static bool add_member(struct zip *zip)
{
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL)
        return false;
    archive_entry_set_pathname(entry, zip->names[zip->next - 1]);
    archive_entry_set_size(entry, (la_int64_t)zip->picture.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, member_time, 0);
    bool added = archive_write_header(zip->archive, entry) == ARCHIVE_OK &&
                 archive_write_data(zip->archive, zip->picture.bytes, zip->picture.n) ==
                     (la_ssize_t)zip->picture.n &&
                 archive_write_finish_entry(zip->archive) == ARCHIVE_OK;
    archive_entry_free(entry);
    return added;
}

static enum pl_err get_picture(struct zip *zip)
{
    struct pl_front *front = zip->front;
    char selector[16];
    struct pl_key key;
    (void)snprintf(selector, sizeof selector, "%u", zip->next);
    pl_cards_picture_key(zip->key, selector, &zip->params, &key);
    pl_buf_clear(&zip->picture);
    return zip->tries == 0 ? pl_cache_get(front->cache, &key, &zip->picture, NULL, NULL)
                           : pl_cache_collect(front->cache, &key, &zip->picture, NULL, NULL);
}

/* What has to be done before the picture is there: it, or first its set. */
static enum pl_err make_job(struct zip *zip, struct pl_job *job)
{
    struct pl_front *front = zip->front;
    struct pl_cards_set set;
    struct pl_card_picture picture;
    struct pl_job_render render;
    enum pl_err err = pl_cards_load(front, zip->key, &set, NULL);
    if (err == PL_E_MISSING)
        return pl_cards_job(front, zip->key, job, NULL);
    if (err != PL_OK)
        return err;
    if (pl_card_picture_at(&set.set, zip->next, &picture)) {
        pl_cards_render(zip->key, &picture, zip->next, &zip->params, &render);
        pl_cards_render_job(front, &render, job);
    } else {
        err = PL_E_INTERNAL;
    }
    pl_cards_unload(front, &set);
    return err;
}

/* Suspend until the next picture is there. */
static void ask(struct zip *zip)
{
    struct pl_job job;
    struct pl_request *request = zip->request;
    request->error = (struct pl_error){.code = PL_OK};
    zip->failed = ++zip->tries > TRIES_MAX || make_job(zip, &job) != PL_OK ||
                  pl_wait_submit(request, &job, PL_STEP_finish) != PL_OK;
    zip->waits = !zip->failed;
}

/* The wait is over. */
static void take_result(struct zip *zip)
{
    const struct pl_request *request = zip->request;
    enum pl_err code = request->result.error.code;
    zip->waits = false;
    if (request->hung_up || request->expired)
        zip->failed = true;
    else if (code == PL_E_BUSY && ++zip->busy <= PL_CARDS_BUSY_MAX)
        zip->tries--;
    else if (code != PL_OK && code != PL_E_MISSING)
        zip->failed = true;
}

/* The next member into out, or the end of the archive. */
static void make_more(struct zip *zip)
{
    pl_buf_clear(&zip->out);
    zip->at = 0;
    if (zip->waits)
        take_result(zip);
    if (zip->failed)
        return;
    if (zip->next > zip->n) {
        zip->failed = archive_write_close(zip->archive) != ARCHIVE_OK;
        zip->closed = true;
        return;
    }
    enum pl_err err = get_picture(zip);
    if (err == PL_E_MISSING) {
        ask(zip);
        return;
    }
    zip->failed = err != PL_OK || !add_member(zip);
    pl_buf_free(&zip->picture);
    zip->next++;
    zip->tries = zip->busy = 0;
}

/* --- the stream ------------------------------------------------------------------------------- */

static ssize_t read_zip(void *stream, uint64_t at, char *out, size_t n)
{
    struct zip *zip = stream;
    (void)at;
    if (zip->at == zip->out.n && zip->closed)
        return MHD_CONTENT_READER_END_OF_STREAM;
    while (zip->at == zip->out.n && !zip->closed && !zip->failed) {
        make_more(zip);
        if (zip->waits)
            return 0;
    }
    if (zip->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    n = PL_MIN(n, zip->out.n - zip->at);
    memcpy(out, zip->out.bytes + zip->at, n);
    zip->at += n;
    zip->request->answer.length += n;
    return n > 0 ? (ssize_t)n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_zip(void *stream)
{
    struct zip *zip = stream;
    if (zip->archive != NULL) {
        (void)archive_write_fail(zip->archive); /* what is left of it goes nowhere */
        (void)archive_write_free(zip->archive);
    }
    pl_buf_free(&zip->out);
    pl_buf_free(&zip->picture);
    zip->front->archives_n--;
    free(zip);
}

static void name_members(struct zip *zip, const struct pl_card_set *set)
{
    struct pl_card_picture picture;
    for (uint32_t i = 1; i <= zip->n && pl_card_picture_at(set, i, &picture); i++) {
        char slug[PL_CARDS_SLUG_N];
        const char *profile, *title = pl_cards_title(&picture, &profile);
        pl_cards_slug(title, profile, slug);
        (void)snprintf(zip->names[i - 1], sizeof zip->names[0], "%02u-%s.jpg", i, slug);
    }
}

static bool open_archive(struct zip *zip)
{
    struct archive *archive = zip->archive = archive_write_new();
    return archive != NULL && archive_write_set_format_zip(archive) == ARCHIVE_OK &&
           archive_write_zip_set_compression_store(archive) == ARCHIVE_OK &&
           archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
           archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
           archive_write_open(archive, zip, NULL, take_bytes, NULL) == ARCHIVE_OK;
}

struct pl_stream *pl_cards_zip(struct pl_request *request, const char *key,
                               const struct pl_card_set *set, struct pl_error *error)
{
    const struct pl_url none = {.query_n = 0};
    uint32_t n = pl_card_pictures(set);
    if (request->front->archives_n >= ARCHIVES_MAX) {
        (void)pl_fail(error, PL_E_BUSY, "too many archives are being sent: ask again");
        return NULL;
    }
    struct zip *zip = calloc(1, sizeof *zip + n * sizeof zip->names[0]);
    if (zip == NULL) {
        (void)pl_fail(error, PL_E_NOMEM, "no memory for an archive");
        return NULL;
    }
    zip->stream = (struct pl_stream){read_zip, free_zip};
    zip->request = request;
    zip->front = request->front;
    zip->front->archives_n++;
    zip->out = zip->picture = PL_BUF(SIZE_MAX);
    zip->next = 1;
    zip->n = n;
    memcpy(zip->key, key, PL_CARDS_KEY_N);
    name_members(zip, set);
    if (pl_cards_params(&none, PL_MEDIA_JPEG, &zip->params, error) == PL_OK && open_archive(zip))
        return &zip->stream;
    (void)pl_fail(error, PL_E_NOMEM, "no memory for an archive");
    free_zip(zip);
    return NULL;
}
