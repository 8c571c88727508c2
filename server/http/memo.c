/* memo.c - what the last requests for the same address came to, so that a hit need not work it out
 * again.
 *
 * For one request target: where NAME ends, the stamp it was worked out for, the key and the headers
 * that follow from both. A memo is used only when the catalogue, asked anew by every request, says
 * that the longest stored NAME is the same and has the same stamp, or that all collections a
 * picture shows have the same stamps; then the items, the canonical parameters and the key are the
 * same too. When nothing at all was committed since a memo was found right, which the catalogue is
 * asked by every request as well, not even the target need be parsed. A memo can therefore save
 * work but never make an answer old.
 *
 * Memory: one table of SLOTS entries a front, pages touched only as they are used. */
#include <stdlib.h>
#include <string.h>

#include "server/http/request.h"
#include "shm/base/hash.h"

enum { SLOTS = 256, TEXT_MAX = 512, NAMES_MAX = 512, HEADERS_MAX = 4 };

struct pl_memo {
    uint16_t target_n, name_n, text_n, headers_n;
    uint64_t version; /* of the catalogue, at most the one in which it was found right */
    enum pl_media media;
    enum pl_route route;
    struct pl_stamp stamp;
    unsigned collections_n; /* these collections have these stamps; 0: a NAME, or a trend, which
                             * holds for this version of the catalogue only */
    struct pl_stamp stamps[PL_DRAW_SOURCES_MAX];
    char collections[NAMES_MAX]; /* each ends in a NUL */
    struct pl_key key;
    struct {
        const char *name;
        const char *literal; /* NULL: at `at` in text */
        uint16_t at;
    } header[HEADERS_MAX];
    char target[PL_MEMO_TARGET_MAX];
    char text[TEXT_MAX];
};

enum pl_err pl_memo_make(struct pl_front *front, struct pl_error *error)
{
    front->memos = calloc(SLOTS, sizeof *front->memos);
    return front->memos != NULL ? PL_OK : pl_fail(error, PL_E_NOMEM, "no memory for a front");
}

void pl_memo_begin(struct pl_request *request, size_t target_n)
{
    request->memo_n = 0;
    if (target_n > PL_MEMO_TARGET_MAX)
        return;
    request->memo_n = (uint16_t)target_n;
    memcpy(request->memo_target, request->target, target_n);
}

static struct pl_memo *slot(const struct pl_request *request)
{
    uint64_t hash = pl_checksum(request->memo_target, request->memo_n);
    return &request->front->memos[hash % SLOTS];
}

static bool about_target(const struct pl_memo *memo, const struct pl_request *request)
{
    return memo->target_n == request->memo_n &&
           memcmp(memo->target, request->memo_target, memo->target_n) == 0;
}

/* Is everything as it was when the memo was made? */
static bool holds(struct pl_request *request, const struct pl_memo *memo)
{
    struct pl_store *store = request->front->store;
    if (memo->collections_n == 0)
        return memo->route == PL_ROUTE_IMAGES &&
               pl_picture_same(store, request->native.rest, memo->name_n, &memo->stamp,
                               &request->picture.record);
    const char *name = memo->collections;
    struct pl_collection collection;
    for (unsigned i = 0; i < memo->collections_n; i++) {
        if (pl_store_collection(store, name, &collection, NULL) != PL_OK ||
            !pl_stamp_equal(&collection.stamp, &memo->stamps[i]))
            return false;
        name += strlen(name) + 1;
    }
    return true;
}

static void fill(struct pl_request *request, const struct pl_memo *memo)
{
    struct pl_answer *answer = &request->answer;
    memcpy(answer->text, memo->text, memo->text_n);
    answer->text_n = memo->text_n;
    answer->headers_n = memo->headers_n;
    for (unsigned i = 0; i < memo->headers_n; i++)
        answer->header[i] = (struct pl_answer_header){memo->header[i].name,
                                                      memo->header[i].literal != NULL
                                                          ? memo->header[i].literal
                                                          : answer->text + memo->header[i].at};
    request->picture.key = memo->key;
    request->picture.params.media = memo->media;
}

/* The version is read before anything else is, so that what is read later is at least as new. */
bool pl_memo_early(struct pl_request *request)
{
    bool reads = request->method == PL_METHOD_GET || request->method == PL_METHOD_HEAD;
    if (!reads || request->lookups > 0 || request->memo_n == 0 || request->conn->daemon->admin)
        return false;
    const struct pl_memo *memo = slot(request);
    request->version = pl_store_version(request->front->store);
    if (request->version == 0 || memo->version != request->version || !about_target(memo, request))
        return false;
    fill(request, memo);
    request->native.route = memo->route;
    request->native.media = memo->media;
    request->native.url.query_n = 0;
    request->unparsed = true;
    return true;
}

bool pl_memo_recall(struct pl_request *request)
{
    if (request->memo_n == 0)
        return false;
    struct pl_memo *memo = slot(request);
    if (!about_target(memo, request) || !holds(request, memo))
        return false;
    memo->version = request->version;
    fill(request, memo);
    return true;
}

/* Key and headers; NULL when they are too long to be remembered. What they hold for is the caller's
 * to fill in. */
static struct pl_memo *keep(const struct pl_request *request)
{
    const struct pl_answer *answer = &request->answer;
    const struct pl_picture *picture = &request->picture;
    if (request->memo_n == 0 || answer->text_n > TEXT_MAX || answer->headers_n > HEADERS_MAX)
        return NULL;
    struct pl_memo *memo = slot(request);
    memo->route = request->native.route;
    memo->version = request->version;
    memo->key = picture->key;
    memo->media = picture->params.media;
    memo->text_n = (uint16_t)answer->text_n;
    memcpy(memo->text, answer->text, answer->text_n);
    memo->headers_n = (uint16_t)answer->headers_n;
    for (unsigned i = 0; i < answer->headers_n; i++) {
        const char *value = answer->header[i].value;
        bool inside = value >= answer->text && value < answer->text + PL_ANSWER_TEXT;
        memo->header[i].name = answer->header[i].name;
        memo->header[i].literal = inside ? NULL : value;
        memo->header[i].at = inside ? (uint16_t)(value - answer->text) : 0;
    }
    memo->target_n = request->memo_n;
    memcpy(memo->target, request->memo_target, request->memo_n);
    return memo;
}

void pl_memo_store(const struct pl_request *request)
{
    struct pl_memo *memo = keep(request);
    if (memo == NULL)
        return;
    memo->collections_n = 0;
    memo->name_n = (uint16_t)strlen(request->picture.record.name);
    memo->stamp = request->picture.record.stamp;
}

void pl_memo_store_collections(const struct pl_request *request,
                               const struct pl_collection *collections, unsigned n)
{
    size_t names_n = 0;
    for (unsigned i = 0; i < n; i++)
        names_n += strlen(collections[i].name) + 1;
    struct pl_memo *memo = names_n <= NAMES_MAX ? keep(request) : NULL;
    if (memo == NULL)
        return;
    memo->collections_n = n;
    char *to = memo->collections;
    for (unsigned i = 0; i < n; i++) {
        size_t name_n = strlen(collections[i].name) + 1;
        memcpy(to, collections[i].name, name_n);
        to += name_n;
        memo->stamps[i] = collections[i].stamp;
    }
}
