/* cards_set.c - a set of cards out of the cache, or a job that makes it again.
 *
 * The set is the authority on how many pictures there are and what they are called: whoever needs
 * that copies it out of the cache and unpacks it, a tenth of a millisecond, and keeps nothing. */
#include <stdio.h>
#include <string.h>

#include "server/http/cards.h"
#include "shm/base/check.h"

/* --- keys ------------------------------------------------------------------------------------- */

static void add_counted(struct pl_sha256 *sha, const void *bytes, size_t n)
{
    uint64_t count = n;
    pl_sha256_add(sha, &count, sizeof count);
    pl_sha256_add(sha, bytes, n);
}

void pl_cards_content(const struct pl_cards *cards, char out[PL_CARDS_CONTENT_N + 1])
{
    struct pl_sha256 sha;
    uint8_t digest[PL_SHA256_N];
    const char *game = pl_card_game_name(cards->game);
    pl_sha256_start(&sha);
    add_counted(&sha, "cards", 5);
    add_counted(&sha, game, strlen(game));
    add_counted(&sha, cards->canonical, strlen(cards->canonical));
    for (unsigned i = 0; i < cards->files_n; i++)
        pl_sha256_add(&sha, cards->files[i].sha256, PL_SHA256_N);
    pl_sha256_end(&sha, digest);
    pl_hex(out, digest, PL_CARDS_CONTENT_N / 2);
}

/* --- the set ---------------------------------------------------------------------------------- */

enum pl_err pl_cards_load(struct pl_front *front, const char *key, struct pl_cards_set *out,
                          struct pl_error *error)
{
    struct pl_key set_key;
    pl_cards_set_key(key, &set_key);
    pl_pool_take(front, &out->bytes);
    enum pl_err err = pl_cache_get(front->cache, &set_key, &out->bytes, NULL, error);
    if (err == PL_OK && front->arena == NULL)
        err = pl_arena_make(&front->arena, PL_FRONT_ARENA, error);
    if (err == PL_OK)
        err = pl_card_set_unpack(out->bytes.bytes, out->bytes.n, front->arena, &out->set, error);
    if (err == PL_OK && pl_card_pictures(&out->set) > PL_CARDS_PICTURES_MAX)
        err = pl_fail_param(error, PL_E_LIMIT, "pictures", "these files make more than %d pictures",
                            PL_CARDS_PICTURES_MAX);
    if (err != PL_OK)
        pl_cards_unload(front, out);
    return err;
}

void pl_cards_unload(struct pl_front *front, struct pl_cards_set *set)
{
    if (front->arena != NULL)
        pl_arena_reset(front->arena, 0);
    pl_pool_give(front, &set->bytes);
}

/* --- what was published ----------------------------------------------------------------------- */

static bool take_record(void *context, const char *folder, const struct pl_record *record)
{
    if (folder == NULL && record != NULL)
        *(struct pl_record *)context = *record;
    return false;
}

enum pl_err pl_cards_kept(struct pl_front *front, const char *key, struct pl_record *out,
                          struct pl_error *error)
{
    char prefix[sizeof PL_CARDS_FOLDER + PL_CARDS_CONTENT_N + 1];
    bool more;
    (void)snprintf(prefix, sizeof prefix, PL_CARDS_FOLDER "%.*s/", PL_CARDS_CONTENT_N, key);
    out->name[0] = '\0';
    enum pl_err err =
        pl_store_list(front->store, prefix, "", '\0', 1, take_record, out, &more, error);
    if (err == PL_OK && out->name[0] == '\0')
        err = pl_fail_param(error, PL_E_MISSING, "path",
                            "these cards are not kept here any more: upload the files again at "
                            "/cards");
    return err;
}

/* The text that options have under the packs of now. */
static enum pl_err print_options(const struct pl_card_options *options,
                                 char canonical[PL_CARDS_CANONICAL_N], struct pl_error *error)
{
    static const char *const styles[] = {"group", "category", "modifier", "none"};
    const struct pl_packs *packs = pl_card_packs();
    char groups[PL_CARDS_CANONICAL_N] = "", day[PL_CARD_DAY_N];
    struct pl_query query[3] = {{"style", styles[options->style]}};
    size_t n = 1;
    struct pl_card_options again;
    size_t at = 0;
    for (uint32_t i = 0; packs != NULL && i < 32 && pl_packs_group(packs, i) != NULL; i++)
        if ((options->groups >> i & 1) != 0 && at < sizeof groups)
            at += (size_t)snprintf(groups + at, sizeof groups - at, "%s%s", at > 0 ? "," : "",
                                   pl_packs_group(packs, i));
    if (options->groups != UINT32_MAX)
        query[n++] = (struct pl_query){"groups", groups};
    pl_card_day_print(options->day, day);
    if (day[0] != '\0')
        query[n++] = (struct pl_query){"date", day};
    return pl_card_options_read(query, n, &again, canonical, PL_CARDS_CANONICAL_N, error);
}

static enum pl_err from_kept(struct pl_front *front, const char *key, struct pl_job_cards *record,
                             struct pl_error *error)
{
    struct pl_record kept;
    struct pl_cards_kept how;
    char canonical[PL_CARDS_CANONICAL_N];
    enum pl_err err = pl_cards_kept(front, key, &kept, error);
    if (err != PL_OK)
        return err;
    if (!pl_cards_kept_read(kept.media, &how) ||
        print_options(&how.options, canonical, NULL) != PL_OK ||
        pl_cards_check(canonical) != how.check)
        return pl_fail_param(error, PL_E_MISSING, "path",
                             "these cards were published with groups that the packs of this server "
                             "do not have any more: upload the files again at /cards");
    record->from = PL_FROM_BLOB;
    memcpy(record->sha256, kept.sha256, sizeof record->sha256);
    record->game = how.game;
    record->options = how.options;
    return PL_OK;
}

enum pl_err pl_cards_job(struct pl_front *front, const char *key, struct pl_job *job,
                         struct pl_error *error)
{
    struct pl_job_cards record;
    enum pl_err err = PL_OK;
    memset(&record, 0, sizeof record);
    (void)snprintf(record.key, sizeof record.key, "%s", key);
    pl_cards_set_key(key, &record.set_key);
    pl_cards_json_key(key, &record.json_key);
    if (pl_cache_has(front->cache, &record.set_key, NULL, NULL, NULL, NULL) == PL_OK)
        record.from = PL_FROM_CACHE;
    else
        err = from_kept(front, key, &record, error);
    if (err != PL_OK)
        return err;
    job->queue = PL_QUEUE_RENDER;
    job->kind = PL_JOB_CARDS;
    job->run_ns = front->config->limits_inspect * PL_MS_NS;
    job->record_n = sizeof record;
    memcpy(job->id, record.json_key.bytes, sizeof job->id);
    memcpy(job->culprit, record.set_key.bytes, sizeof job->culprit);
    memcpy(job->record, &record, sizeof record);
    return PL_OK;
}

enum pl_step pl_cards_ask(struct pl_request *request)
{
    struct pl_job job;
    if (++request->builds > PL_CARDS_BUILDS_MAX)
        (void)pl_fail_param(&request->error, PL_E_BUSY, "cache.size",
                            "the cards were made and evicted again before they could be sent: ask "
                            "again");
    if (request->error.code != PL_OK ||
        pl_cards_job(request->front, request->native.cards.key, &job, &request->error) != PL_OK ||
        pl_wait_submit(request, &job, PL_STEP_built) != PL_OK)
        return pl_refuse(request);
    return PL_STEP_built;
}

/* --- addresses of another version ------------------------------------------------------------- */

static void add_query(struct pl_answer *answer, const struct pl_url *url)
{
    for (size_t i = 0; i < url->query_n; i++) {
        pl_answer_text(answer, i > 0 ? "&" : "?");
        pl_answer_path(answer, url->query[i].name);
        pl_answer_text(answer, "=");
        pl_answer_path(answer, url->query[i].value);
    }
}

/* Published files have cards under the key of now. */
static enum pl_step redirect(struct pl_request *request, const char *version)
{
    const struct pl_cards_address *address = &request->native.cards;
    struct pl_answer *answer = &request->answer;
    char content[PL_CARDS_CONTENT_N + 1];
    (void)snprintf(content, sizeof content, "%.*s", PL_CARDS_CONTENT_N, address->key);
    answer->status = 302;
    pl_answer_begin(answer, "Location");
    pl_answer_text(answer, "/cards/");
    pl_answer_text(answer, content);
    pl_answer_text(answer, version);
    if (address->what == PL_CARDS_PICTURE) {
        pl_answer_text(answer, "/");
        pl_answer_number(answer, address->number);
        pl_answer_text(answer, pl_media_suffix(address->media));
    }
    if (address->what == PL_CARDS_JSON || address->what == PL_CARDS_ZIP)
        pl_answer_text(answer, address->what == PL_CARDS_JSON ? ".json" : ".zip");
    add_query(answer, &request->native.url);
    pl_answer_end(answer);
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    return PL_STEP_deliver;
}

bool pl_cards_current(struct pl_request *request, enum pl_step *step)
{
    char version[PL_CARDS_VERSION_N + 1];
    struct pl_record kept;
    const char *key = request->native.cards.key;
    pl_cards_version(version);
    if (strcmp(key + PL_CARDS_CONTENT_N, version) == 0)
        return true;
    *step = pl_cards_kept(request->front, key, &kept, &request->error) == PL_OK
                ? redirect(request, version)
                : pl_refuse(request);
    return false;
}
