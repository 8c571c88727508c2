/* fuzz_params.c - query parameters: never a crash, and what is accepted is canonical.
 *
 * Input: name=value&name=value, undecoded, cut into a query; the same bytes are also read as
 * canonical text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/hist/params.h"
#include "shm/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { QUERY_MAX = 24, TEXT_MAX = 4096 };

static void reread(const struct pl_params *first)
{
    struct pl_hist_params params;
    struct pl_error error = {0};
    CHECK(pl_hist_params_parse(first->text, &params, &error) == PL_OK);
    CHECK(params.width_px == first->width_px && params.height_px == first->height_px);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char text[TEXT_MAX + 1];
    struct pl_query query[QUERY_MAX];
    struct pl_hist_params params;
    struct pl_params out;
    struct pl_error error = {0};
    size_t count = 0;
    n = PL_MIN(n, (size_t)TEXT_MAX);
    memcpy(text, bytes, n);
    text[n] = '\0';
    (void)pl_hist_params_parse(text, &params, &error);
    for (char *at = text; at != NULL && count < QUERY_MAX;) {
        char *next = strchr(at, '&');
        if (next != NULL)
            *next++ = '\0';
        char *value = strchr(at, '=');
        if (value != NULL)
            *value++ = '\0';
        query[count++] = (struct pl_query){at, value != NULL ? value : ""};
        at = next;
    }
    error = (struct pl_error){0};
    enum pl_media media = n > 0 && (bytes[0] & 1) ? PL_MEDIA_JPEG : PL_MEDIA_PNG;
    enum pl_query_rule rule = n > 1 && (bytes[n - 1] & 1) ? PL_QUERY_LENIENT : PL_QUERY_STRICT;
    if (pl_hist_params(query, count, "TH1F", media, rule, &out, &error) == PL_OK)
        reread(&out);
    else
        CHECK(error.code == PL_E_INPUT && error.msg[0] != 0);
    return 0;
}
