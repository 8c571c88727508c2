#include "server/web/web.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "shm/base/check.h"

TestSuite(web, .timeout = 120);

static size_t inflated(const struct pl_web_form *form, uint8_t *out, size_t size)
{
    z_stream z = {.avail_in = (uInt)form->n, .avail_out = (uInt)size, .next_out = out};
    uint8_t *in = malloc(form->n);
    cr_assert_not_null(in);
    memcpy(in, form->bytes, form->n);
    z.next_in = in;
    cr_assert_eq(inflateInit2(&z, 15 + 16), Z_OK);
    cr_expect_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = z.total_out;
    cr_expect_eq(inflateEnd(&z), Z_OK);
    free(in);
    return n;
}

Test(web, both_forms_of_a_page_are_the_same_text_under_different_tags)
{
    static const char *const paths[] = {"/", "/web/platen.js", "/web/platen.css", "/web/icon.svg"};
    for (size_t i = 0; i < PL_COUNT(paths); i++) {
        const struct pl_web_file *file = pl_web_find(paths[i]);
        cr_assert_not_null(file, "%s", paths[i]);
        uint8_t *plain = malloc(file->plain.n + 1);
        cr_assert_not_null(plain);
        cr_assert_gt(file->gzip.n, 0, "%s", paths[i]);
        cr_expect_lt(file->gzip.n, file->plain.n, "%s", paths[i]);
        cr_expect_eq(inflated(&file->gzip, plain, file->plain.n + 1), file->plain.n);
        cr_expect_arr_eq(plain, file->plain.bytes, file->plain.n);
        cr_expect_str_neq(file->gzip.etag, file->plain.etag);
        cr_expect_eq(file->gzip.etag[strlen(file->gzip.etag) - 1], '"');
        cr_expect_eq(pl_web_find(paths[i])->gzip.bytes, file->gzip.bytes, "made once");
        free(plain);
    }
}

Test(web, what_is_put_under_a_path_takes_the_place_of_the_file)
{
    static uint8_t other[3000], plain[3001];
    char etag[PL_WEB_ETAG_N];
    memset(other, 'o', sizeof other);
    (void)snprintf(etag, sizeof etag, "%s", pl_web_find("/cards")->plain.etag);
    pl_web_put("/cards", other, sizeof other);
    const struct pl_web_file *file = pl_web_find("/cards");
    cr_assert(file->plain.bytes == other && file->plain.n == sizeof other);
    cr_expect_str_neq(file->plain.etag, etag);
    cr_expect_str_eq(file->media, "text/html; charset=utf-8");
    cr_assert_eq(inflated(&file->gzip, plain, sizeof plain), sizeof other);
    cr_expect_arr_eq(plain, other, sizeof other);
    pl_web_put("/cards", (const uint8_t *)"x", 1);
    cr_expect_eq(pl_web_find("/cards")->gzip.n, 0, "nothing is gained");
}

Test(web, other_paths_have_no_page)
{
    cr_expect_null(pl_web_find("/web/"));
    cr_expect_null(pl_web_find("/web/platen.js/"));
    cr_expect_null(pl_web_find(""));
}

static const struct {
    const char *accept;
    bool taken;
} cases[] = {
    {NULL, false},
    {"", false},
    {"gzip", true},
    {"br, GZip", true},
    {"gzip;q=0", false},
    {"gzip; q=0.000", false},
    {"gzip;q=0.001", true},
    {"gzip;q=1.0", true},
    {"*", true},
    {"*;q=0", false},
    {"gzip;q=0, *", false},
    {"*;q=0, gzip", true},
    {"identity", false},
    {"xgzip, gzipx", false},
    {"gzip;q=", false},
    {" ,, ;", false},
};

Test(web, compressed_forms_go_to_whom_accepts_them)
{
    for (size_t i = 0; i < PL_COUNT(cases); i++)
        cr_expect_eq(pl_web_gzip(cases[i].accept), cases[i].taken, "%s",
                     cases[i].accept != NULL ? cases[i].accept : "(none)");
}
