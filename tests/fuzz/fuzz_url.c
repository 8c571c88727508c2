/* fuzz_url.c - request targets, ranges, entity tags and JSON text of any bytes.
 *
 * What holds for every input: no access outside the text, decoded text inside the given one, and a
 * path that was encoded again decodes to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/answer.h"
#include "shm/base/json.h"
#include "server/routes/native.h"
#include "shm/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void encode_again(const struct pl_url *url)
{
    size_t room = 3 * url->path_n + 1;
    char *encoded = malloc(room);
    if (encoded == NULL)
        return;
    CHECK(pl_url_encode(encoded, room, url->path) == strlen(encoded));
    struct pl_url again;
    CHECK(pl_url_split(encoded, &again, NULL) == PL_OK);
    CHECK(again.path_n == url->path_n && memcmp(again.path, url->path, url->path_n) == 0);
    free(encoded);
}

static void parse(const char *text, size_t n, enum pl_method method, bool admin)
{
    char *target = malloc(n + 1);
    if (target == NULL)
        return;
    memcpy(target, text, n + 1);
    struct pl_native native;
    struct pl_error error = {0};
    enum pl_err err = pl_native_parse(method, admin, target, &native, &error);
    CHECK(err == PL_OK || err == PL_E_INPUT || err == PL_E_MISSING);
    if (err == PL_OK) {
        CHECK(native.url.path >= target && native.url.path + native.url.path_n <= target + n);
        if (native.route == PL_ROUTE_OBJECTS)
            encode_again(&native.url);
        struct pl_native_list list;
        if (native.route == PL_ROUTE_LIST)
            (void)pl_native_list(&native.url, &list, &error);
    }
    free(target);
}

/* What reference cards read of clients and write of texts. */
static void cards(const char *text)
{
    char slug[PL_CARDS_SLUG_N];
    struct pl_cards_kept kept;
    (void)pl_cards_form(text);
    pl_cards_slug(text, text + strlen(text) / 2, slug);
    size_t slug_n = strlen(slug);
    CHECK(slug_n > 0 && slug_n < sizeof slug);
    CHECK(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == slug_n);
    (void)pl_cards_kept_read(text, &kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0 || n > 1 << 16)
        return 0;
    char *text = malloc(n);
    if (text == NULL)
        return 0;
    memcpy(text, bytes + 1, n - 1);
    text[n - 1] = '\0';
    size_t text_n = strlen(text);
    cards(text);
    parse(text, text_n, (enum pl_method)(bytes[0] % PL_METHOD_COUNT), bytes[0] & 0x80);
    uint64_t first, length;
    if (pl_range_parse(text, bytes[0], &first, &length) == PL_RANGE_PART)
        CHECK(length > 0 && first < bytes[0] && length <= bytes[0] - first);
    (void)pl_etag_listed(text, "\"0123\"", bytes[0] & 1);
    (void)pl_request_id_valid(text);
    struct pl_buf out = PL_BUF(1 << 20);
    (void)pl_json_text(&out, text, NULL);
    pl_buf_free(&out);
    free(text);
    return 0;
}
