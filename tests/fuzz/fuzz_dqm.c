/* fuzz_dqm.c - addresses of DQMGUI, names of uploads, forms and search patterns of any bytes.
 *
 * What holds for every input: no access outside the text; what is read as a sample is one again
 * when it is written; a form says the same whatever the pieces it comes in. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/multipart.h"
#include "server/routes/dqm.h"
#include "server/routes/native.h"
#include "server/routes/pattern.h"
#include "shm/base/buf.h"
#include "shm/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* One of each kind; the first byte chooses what it is taken for. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const seeds[] = {
        "0/plotfairy/overlay?obj=archive/1/P/W/T/a%2Fb;obj=archive/2/P/W/T/c&w=100;h=50;v=1",
        "0/jsonfairy/archive/123456/P/W/T/Tracker/hits?fmt=png",
        "0/plotfairy/stripchart/Tracker/hits?trend=rms;match=^/P",
        "1DQM_V0001_R000123456__P__W__T.root",
        "1md5:00112233445566778899aabbccddeeff",
        "1offline_data/999876543/P/W/T",
        "2(a|b)+c{2,3}[[:digit:]]$",
        "3 --AB\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"x\"\r\n\r\nroot\r\n--AB--",
        "4multipart/form-data; boundary=\"x y\"",
    };
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    (void)argc, (void)argv;
    for (unsigned i = 0; folder != NULL && i < PL_COUNT(seeds); i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/seed%u", folder, i);
        FILE *out = fopen(path, "w");
        if (out == NULL)
            continue;
        (void)fputs(seeds[i], out);
        (void)fclose(out);
    }
    return 0;
}

static void check_sample(const struct pl_dqm_sample *sample)
{
    struct pl_dqm_sample again;
    char name[PL_COLLECTION_MAX + 1];
    CHECK(pl_dqm_collection(sample, name, NULL) == PL_OK);
    CHECK(pl_dqm_sample_of(name, &again));
    CHECK(again.run == sample->run && strcmp(again.dataset, sample->dataset) == 0);
}

static void address(char *text)
{
    struct pl_native native;
    if (pl_native_parse(PL_METHOD_GET, false, text, &native, NULL) != PL_OK ||
        native.route != PL_ROUTE_DQM_PICTURE)
        return;
    struct pl_dqm_view view;
    uint32_t w, h;
    enum pl_err err = pl_dqm_view(&native.url, native.rest, native.media, &view, NULL);
    CHECK(err == PL_OK || err == PL_E_INPUT || err == PL_E_MISSING);
    pl_dqm_size(&native.url, &w, &h);
    CHECK(w >= 1 && w <= 2499 && h >= 1 && h <= 2499);
    for (unsigned i = 0; err == PL_OK && i < view.objects_n; i++)
        check_sample(&view.object[i].sample);
}

static void names(const char *text)
{
    struct pl_dqm_sample sample;
    struct pl_dqm_checksum sum;
    char name[PL_NAME_MAX + 1];
    uint64_t number;
    if (pl_dqm_file(text, &sample, NULL) == PL_OK) {
        check_sample(&sample);
        if (pl_dqm_name(&sample, text, name, NULL) == PL_OK)
            CHECK(pl_store_name_valid(name, NULL) == PL_OK);
    }
    if (pl_dqm_sample_of(text, &sample))
        check_sample(&sample);
    (void)pl_dqm_checksum(text, &sum, NULL);
    (void)pl_dqm_bytes(text, &number, NULL);
}

static void pattern(const char *text)
{
    struct pl_pattern compiled;
    if (pl_pattern_make(text, "match", &compiled, NULL) == PL_OK) {
        (void)pl_pattern_matches(&compiled, "Tracker/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/hits");
        (void)pl_pattern_matches(&compiled, text);
    }
    pl_pattern_free(&compiled);
}

static enum pl_err told_part(void *context, const char *name, const char *file,
                             struct pl_error *error)
{
    return pl_buf_print(context, error, "[%s|%s]", name, file != NULL ? file : "-");
}

static enum pl_err told_data(void *context, const uint8_t *bytes, size_t n, struct pl_error *error)
{
    return pl_buf_add(context, bytes, n, error);
}

static enum pl_err told_end(void *context, struct pl_error *error)
{
    return pl_buf_text(context, "].", error);
}

static enum pl_err feed(const uint8_t *bytes, size_t n, size_t step, struct pl_buf *out)
{
    static struct pl_multipart form;
    const struct pl_multipart_sink sink = {told_part, told_data, told_end, out};
    enum pl_err err = pl_multipart_start(&form, "multipart/form-data; boundary=\"AB\"", NULL);
    for (size_t at = 0; err == PL_OK && at < n; at += step)
        err = pl_multipart_add(&form, bytes + at, PL_MIN(step, n - at), &sink, NULL);
    return err == PL_OK ? pl_multipart_end(&form, NULL) : err;
}

static void form(const uint8_t *bytes, size_t n, size_t step)
{
    struct pl_buf whole = PL_BUF(1 << 22), pieces = PL_BUF(1 << 22);
    enum pl_err one = feed(bytes, n, n > 0 ? n : 1, &whole);
    enum pl_err other = feed(bytes, n, step, &pieces);
    CHECK(one == other);
    CHECK(one != PL_OK || (whole.n == pieces.n &&
                           (whole.n == 0 || memcmp(whole.bytes, pieces.bytes, whole.n) == 0)));
    pl_buf_free(&whole);
    pl_buf_free(&pieces);
}

static void content_type(const char *text)
{
    static struct pl_multipart parsed;
    if (pl_multipart_start(&parsed, text, NULL) == PL_OK)
        CHECK(parsed.delimiter_n > 4 && parsed.delimiter_n < sizeof parsed.delimiter);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2 || n > 1 << 15)
        return 0;
    char *text = malloc(n);
    if (text == NULL)
        return 0;
    memcpy(text, bytes + 1, n - 1);
    text[n - 1] = '\0';
    switch ((uint8_t)(bytes[0] - '0') % 5) {
    case 0:
        address(text);
        break;
    case 1:
        names(text);
        break;
    case 2:
        pattern(text);
        break;
    case 3:
        form(bytes + 2, n - 2, 1 + bytes[1] % 32);
        break;
    default:
        content_type(text);
        break;
    }
    free(text);
    return 0;
}
