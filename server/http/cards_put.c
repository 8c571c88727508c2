/* cards_put.c - binding files come in: a form with any number of them, or one as the whole body.
 *
 * Each file goes to the spool as it comes, behind the one before, while it is hashed; the index
 * that makes a bundle of them follows at the end. Limits are held while the bytes come in. Memory:
 * one record of about 20 KB an upload under way, whatever its size, freed when all is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/http/cards.h"
#include "server/http/multipart.h"
#include "shm/base/check.h"
#include "shm/base/utf8.h"

enum { BLOCK = 16384, FIELDS_MAX = 48, OTHER_MAX = 65536, FRAME_BYTES = 65536, INDEX_MAX = 65536 };

/* What may stand in the address or, as a field, in the form; there `groups` may be a field for each
 * group, as boxes to tick are sent. */
enum field { FIELD_GROUPS, FIELD_STYLE, FIELD_PUBLISH, FIELD_DRAW, FIELD_GAME, FIELD_COUNT };
static const char *const fields[FIELD_COUNT] = {"groups", "style", "publish", "draw", "game"};

struct pl_cards_put {
    struct pl_multipart form;
    struct pl_multipart_sink sink;
    bool is_form;
    enum { PART_NONE, PART_FILE, PART_FIELD, PART_OTHER } part;
    bool unnamed; /* the part has an empty file name: a field of files without any */
    enum field field;
    bool has[FIELD_COUNT];  /* a value that is not empty */
    bool sent[FIELD_COUNT]; /* in the form */
    char value[FIELD_COUNT][PL_CARDS_CANONICAL_N];
    size_t value_n, before_n; /* of the field being read; what was there of it before this part */
    size_t other_n;           /* bytes of fields that mean nothing here */
    uint64_t total;
    struct pl_sha256 sha;
    size_t block_n;
    uint8_t block[BLOCK];
};

static struct pl_cards_put *put_of(struct pl_request *request)
{
    return request->cards->put;
}

/* --- files ------------------------------------------------------------------------------------ */

/* The last part of a path in either spelling, as UTF-8, cut: for messages alone. */
static void set_name(struct pl_bundle_entry *entry, const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\') && at[1] != '\0')
            name = at + 1;
    size_t n = 0;
    while (*name != '\0') {
        size_t step = pl_utf8_step(name, SIZE_MAX, NULL);
        size_t bytes = step > 0 ? step : 1;
        if (n + bytes >= sizeof entry->name)
            break;
        memcpy(entry->name + n, step > 0 ? name : "?", bytes);
        if ((unsigned char)*name < 0x20 || *name == 0x7f)
            entry->name[n] = '?';
        n += bytes;
        name += bytes;
    }
    entry->name[n] = '\0';
}

/* A limit: what is too large for which option, and what can be done. */
static enum pl_err too_large(struct pl_request *request, const char *file, const char *option,
                             uint64_t most)
{
    struct pl_answer_blame *blame = &request->answer.blame;
    (void)snprintf(blame->code, sizeof blame->code, "too-large");
    (void)snprintf(blame->file, sizeof blame->file, "%s", file);
    if (strcmp(option, "cards.files") == 0)
        return pl_fail_param(&request->error, PL_E_LIMIT, option,
                             "more than %llu files at once: choose those of one game",
                             (unsigned long long)most);
    if (strcmp(option, "cards.file") == 0)
        return pl_fail_param(&request->error, PL_E_LIMIT, option,
                             "the file is larger than %llu bytes, as no binding file is",
                             (unsigned long long)most);
    return pl_fail_param(&request->error, PL_E_LIMIT, option,
                         "the files together are larger than %llu bytes: send fewer at once",
                         (unsigned long long)most);
}

static enum pl_err begin_file(struct pl_request *request, const char *name)
{
    struct pl_cards *cards = request->cards;
    struct pl_cards_put *put = cards->put;
    uint64_t most = PL_MIN(request->front->config->cards_files, (uint64_t)PL_CARD_FILES_MAX);
    if (cards->files_n >= most)
        return too_large(request, "", "cards.files", most);
    struct pl_bundle_entry *entry = &cards->files[cards->files_n++];
    memset(entry, 0, sizeof *entry);
    entry->at = put->total;
    set_name(entry, name);
    put->part = PART_FILE;
    pl_sha256_start(&put->sha);
    return PL_OK;
}

static enum pl_err flush(struct pl_request *request)
{
    struct pl_cards_put *put = put_of(request);
    size_t n = put->block_n;
    put->block_n = 0;
    return n > 0 ? pl_spool_add(&request->upload.spool, put->block, n, &request->error) : PL_OK;
}

static enum pl_err spool(struct pl_request *request, const uint8_t *bytes, size_t n)
{
    struct pl_cards_put *put = put_of(request);
    enum pl_err err = PL_OK;
    while (n > 0 && err == PL_OK) {
        size_t some = PL_MIN(n, BLOCK - put->block_n);
        memcpy(put->block + put->block_n, bytes, some);
        put->block_n += some;
        bytes += some;
        n -= some;
        if (put->block_n == BLOCK)
            err = flush(request);
    }
    return err;
}

static enum pl_err add_file(struct pl_request *request, const uint8_t *bytes, size_t n)
{
    const struct pl_config *config = request->front->config;
    struct pl_cards_put *put = put_of(request);
    struct pl_bundle_entry *entry = &request->cards->files[request->cards->files_n - 1];
    if (n > config->cards_file || entry->n > config->cards_file - n)
        return too_large(request, entry->name, "cards.file", config->cards_file);
    if (n > config->cards_total || put->total > config->cards_total - n)
        return too_large(request, "", "cards.total", config->cards_total);
    entry->n += n;
    put->total += n;
    pl_sha256_add(&put->sha, bytes, n);
    return spool(request, bytes, n);
}

static void end_file(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    struct pl_bundle_entry *entry = &cards->files[cards->files_n - 1];
    pl_sha256_end(&cards->put->sha, entry->sha256);
    if (cards->put->unnamed && entry->n == 0)
        cards->files_n--;
}

/* --- parts of a form -------------------------------------------------------------------------- */

/* FIELD_COUNT: none of them. */
static enum field find_field(const char *name)
{
    enum field field = 0;
    while (field < FIELD_COUNT && strcmp(name, fields[field]) != 0)
        field++;
    return field;
}

static enum pl_err begin_field(struct pl_cards_put *put, const char *name, struct pl_error *error)
{
    enum field field = find_field(name);
    if (field == FIELD_COUNT) { /* forms of other pages have fields of their own, and buttons */
        put->part = PART_OTHER;
        return PL_OK;
    }
    if (put->has[field] && !put->sent[field])
        return pl_fail_param(error, PL_E_INPUT, name, "%s: stands in the address and in the form",
                             name);
    if (put->sent[field] && field != FIELD_GROUPS)
        return pl_fail_param(error, PL_E_INPUT, name, "%s: stands twice", name);
    put->part = PART_FIELD;
    put->field = field;
    put->sent[field] = true;
    put->before_n = put->value_n = strlen(put->value[field]);
    return PL_OK;
}

static enum pl_err add_field(struct pl_cards_put *put, const uint8_t *bytes, size_t n,
                             struct pl_error *error)
{
    char *value = put->value[put->field];
    size_t comma = put->before_n > 0 && put->value_n == put->before_n, room = PL_CARDS_CANONICAL_N;
    if (n == 0)
        return PL_OK;
    if (n >= room - put->value_n || n + comma >= room - put->value_n)
        return pl_fail_param(error, PL_E_INPUT, fields[put->field], "%s: is longer than %zu bytes",
                             fields[put->field], room - 1);
    if (memchr(bytes, '\0', n) != NULL)
        return pl_fail_param(error, PL_E_INPUT, fields[put->field], "%s: has a NUL in it",
                             fields[put->field]);
    if (comma)
        value[put->value_n++] = ',';
    memcpy(value + put->value_n, bytes, n);
    put->value_n += n;
    value[put->value_n] = '\0';
    put->has[put->field] = true;
    return PL_OK;
}

static enum pl_err pass(struct pl_cards_put *put, size_t n, struct pl_error *error)
{
    if (n > OTHER_MAX - put->other_n)
        return pl_fail_param(error, PL_E_INPUT, "body",
                             "fields that mean nothing here are longer than %d bytes", OTHER_MAX);
    put->other_n += n;
    return PL_OK;
}

static enum pl_err begin_part(void *context, const char *name, const char *file,
                              struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_cards_put *put = put_of(request);
    put->unnamed = file == NULL || *file == '\0';
    if (file != NULL || strcmp(name, "file") == 0)
        return begin_file(request, file != NULL ? file : "");
    return begin_field(put, name, error);
}

static enum pl_err add_part(void *context, const uint8_t *bytes, size_t n, struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_cards_put *put = put_of(request);
    if (put->part == PART_FILE)
        return add_file(request, bytes, n);
    return put->part == PART_FIELD ? add_field(put, bytes, n, error) : pass(put, n, error);
}

static enum pl_err end_part(void *context, struct pl_error *error)
{
    struct pl_request *request = context;
    struct pl_cards_put *put = put_of(request);
    if (put->part == PART_FILE)
        end_file(request);
    (void)error;
    put->part = PART_NONE;
    return PL_OK;
}

/* --- start ------------------------------------------------------------------------------------ */

static enum pl_err take_query(struct pl_request *request)
{
    struct pl_cards_put *put = put_of(request);
    struct pl_url *url = &request->native.url;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const char *value = pl_url_take(url, fields[i]);
        if (value == NULL || *value == '\0')
            continue;
        if (strlen(value) >= PL_CARDS_CANONICAL_N)
            return pl_fail_param(&request->error, PL_E_INPUT, fields[i], "%s: is too long",
                                 fields[i]);
        memcpy(put->value[i], value, strlen(value) + 1);
        put->has[i] = true;
    }
    return pl_native_none(url, &request->error);
}

static enum pl_err check_length(struct pl_request *request)
{
    const char *text = pl_request_header(request, "Content-Length");
    uint64_t most = request->front->config->cards_total;
    uint64_t length = text != NULL ? strtoull(text, NULL, 10) : 0;
    if (length <= most + FRAME_BYTES)
        return PL_OK;
    return too_large(request, "", "cards.total", most);
}

static enum pl_err start_body(struct pl_request *request)
{
    struct pl_cards_put *put = put_of(request);
    const char *media = pl_request_header(request, "Content-Type");
    put->is_form = media != NULL && strncasecmp(media, "multipart/form-data", 19) == 0;
    if (!put->is_form)
        return begin_file(request, "");
    put->sink = (struct pl_multipart_sink){begin_part, add_part, end_part, request};
    enum pl_err err = pl_multipart_start(&put->form, media, &request->error);
    put->form.parts_most = PL_CARD_FILES_MAX + FIELDS_MAX;
    return err;
}

enum pl_err pl_cards_put_start(struct pl_request *request)
{
    struct pl_front *front = request->front;
    struct pl_error *error = &request->error;
    if (!front->config->cards_uploads)
        return pl_fail_param(error, PL_E_MISSING, "cards.uploads",
                             "binding files are not taken here");
    if (pl_card_packs() == NULL || pl_card_packs()->n == 0)
        return pl_fail_param(error, PL_E_MISSING, "cards.pack",
                             "no controllers are known here: the server needs a card pack "
                             "(cards.pack)");
    struct pl_cards *cards = calloc(1, sizeof *cards);
    if (cards != NULL)
        cards->put = calloc(1, sizeof *cards->put);
    request->cards = cards;
    if (cards == NULL || cards->put == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for an upload");
    cards->game = request->native.cards.game;
    cards->form = pl_cards_form(pl_request_header(request, "Accept"));
    enum pl_err err = take_query(request);
    if (err == PL_OK)
        err = check_length(request);
    if (err == PL_OK)
        err = start_body(request);
    if (err == PL_OK)
        err = pl_spool_start(front->store, front->config->cards_total + INDEX_MAX,
                             &request->upload.spool, error);
    request->upload.spooling = err == PL_OK;
    return err;
}

enum pl_err pl_cards_put_data(struct pl_request *request, const char *data, size_t n)
{
    struct pl_cards_put *put = put_of(request);
    if (!put->is_form)
        return add_file(request, (const uint8_t *)data, n);
    return pl_multipart_add(&put->form, data, n, &put->sink, &request->error);
}

/* --- all is there ----------------------------------------------------------------------------- */

static enum pl_err read_flag(const struct pl_cards_put *put, enum field field, bool *out,
                             struct pl_error *error)
{
    static const char *const words[] = {"0", "1", "no", "yes", "off", "on", "false", "true"};
    if (!put->has[field])
        return PL_OK;
    for (unsigned i = 0; i < PL_COUNT(words); i++)
        if (strcmp(put->value[field], words[i]) == 0) {
            *out = (i & 1) != 0;
            return PL_OK;
        }
    return pl_fail_param(error, PL_E_INPUT, fields[field], "%s: must be yes or no", fields[field]);
}

static enum pl_err read_options(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    const struct pl_cards_put *put = cards->put;
    struct pl_error *error = &request->error;
    char day[PL_CARD_DAY_N];
    struct pl_query query[3];
    size_t n = 0;
    for (unsigned i = FIELD_GROUPS; i <= FIELD_STYLE; i++)
        if (put->has[i])
            query[n++] = (struct pl_query){fields[i], put->value[i]};
    if (request->front->config->cards_date) {
        pl_card_day_print(pl_card_day_of(pl_wall_ns()), day);
        query[n++] = (struct pl_query){"date", day};
    }
    enum pl_err err = pl_card_options_read(query, n, &cards->options, cards->canonical,
                                           sizeof cards->canonical, error);
    cards->draw = cards->form != PL_CARDS_FORM_HTML;
    if (err == PL_OK)
        err = read_flag(put, FIELD_DRAW, &cards->draw, error);
    if (err == PL_OK)
        err = read_flag(put, FIELD_PUBLISH, &cards->publish, error);
    if (err == PL_OK && cards->publish && !request->front->config->cards_publish)
        err = pl_fail_param(error, PL_E_INPUT, "publish", "cards are not published here");
    enum pl_card_game game;
    if (err == PL_OK && !pl_cards_game(put->value[FIELD_GAME], &game))
        err = pl_fail_param(error, PL_E_INPUT, "game", "game: must be fs2020, sws or ed");
    if (err == PL_OK && cards->game == PL_CARD_GUESS)
        cards->game = game;
    return err;
}

static enum pl_err end_body(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    struct pl_cards_put *put = cards->put;
    enum pl_err err = PL_OK;
    if (put->is_form) {
        err = pl_multipart_end(&put->form, &request->error);
    } else {
        /* A request without a body and without a word on it brings no file; an empty one does. */
        put->unnamed = pl_request_header(request, "Content-Type") == NULL;
        end_file(request);
    }
    if (err != PL_OK || cards->files_n > 0)
        return err;
    (void)snprintf(request->answer.blame.code, sizeof request->answer.blame.code, "no-file");
    return pl_fail_param(&request->error, PL_E_INPUT, "file",
                         "no file came: choose at least one binding file of your game");
}

static int by_hash(const void *a, const void *b)
{
    const struct pl_bundle_entry *x = a, *y = b;
    return memcmp(x->sha256, y->sha256, sizeof x->sha256);
}

/* What is told about files goes by their place in the order of their hashes. */
static enum pl_err end_bundle(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    struct pl_buf index = PL_BUF(INDEX_MAX);
    qsort(cards->files, cards->files_n, sizeof cards->files[0], by_hash);
    enum pl_err err = flush(request);
    if (err == PL_OK)
        err = pl_bundle_index(cards->files, cards->files_n, &index, &request->error);
    if (err == PL_OK)
        err = pl_spool_add(&request->upload.spool, index.bytes, index.n, &request->error);
    pl_buf_free(&index);
    return err == PL_OK ? pl_spool_end(&request->upload.spool, &request->error) : err;
}

enum pl_step pl_cards_put_end(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    if (end_body(request) != PL_OK || read_options(request) != PL_OK ||
        end_bundle(request) != PL_OK)
        return pl_cards_refuse(request);
    free(cards->put);
    cards->put = NULL;
    pl_cards_content(cards, cards->key);
    pl_cards_version(cards->key + PL_CARDS_CONTENT_N);
    memcpy(request->native.cards.key, cards->key, sizeof cards->key);
    return PL_STEP_build;
}

void pl_cards_free(struct pl_request *request)
{
    struct pl_cards *cards = request->cards;
    request->cards = NULL;
    if (cards == NULL)
        return;
    free(cards->put);
    free(cards->bytes);
    free(cards);
}
