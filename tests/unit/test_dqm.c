/* Names of samples and the addresses of DQMGUI. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/routes/dqm.h"
#include "server/routes/native.h"
#include "shm/base/check.h"

TestSuite(dqm, .timeout = 120);

Test(dqm, file_names_give_run_and_dataset)
{
    static const struct {
        const char *file, *dataset;
        uint64_t run;
    } good[] = {
        {"DQM_V0001_R000123456.root", "/Global/Online/ALL", 123456},
        {"DQM_V0001_SiStrip_R000123456.root", "/Global/Online/ALL", 123456},
        {"DQM_V00012_A_B-c_R000000000.root", "/Global/Online/ALL", 0},
        {"DQM_V0001_R999999999__P__W-1_v2__T.root", "/P/W-1_v2/T", 999999999},
        {"DQM_V0001_R000000001__P__CMSSW_7_0__T.root", "/P/CMSSW_7_0/T", 1},
    };
    static const char *const bad[] = {
        "",
        "DQM_V0001_R000123456",
        "DQM_V001_R000123456.root",
        "DQM_V0001_R00012345.root",
        "DQM_V0001_R0001234567.root",
        "DQM_V0001_.root",
        "DQM_V0001__R000123456.root",
        "DQM_V0001_SUB_R000123456__P__W__T.root",
        "DQM_V0001_R000123456__P__W.root",
        "DQM_V0001_R000123456__P__W__T__U.root",
        "DQM_V0001_R000123456____W__T.root",
        "DQM_V0001_R000123456__P__W__.root",
        "DQM_V0001_R000123456__P__W/x__T.root",
        "DQM_V0001_R000123456.root.root",
        "x.root",
        "DQM_V0001_R000123456.ROOT",
    };
    struct pl_dqm_sample sample;
    struct pl_error error;
    for (size_t i = 0; i < PL_COUNT(good); i++) {
        cr_assert_eq(pl_dqm_file(good[i].file, &sample, &error), PL_OK, "%s: %s", good[i].file,
                     error.msg);
        cr_assert_str_eq(sample.dataset, good[i].dataset);
        cr_assert_eq(sample.run, good[i].run);
    }
    for (size_t i = 0; i < PL_COUNT(bad); i++) {
        error = (struct pl_error){0};
        cr_assert_eq(pl_dqm_file(bad[i], &sample, &error), PL_E_FORMAT, "%s", bad[i]);
        cr_assert_str_eq(error.param, "file");
    }
    char longest[400] = "DQM_V0001_R000123456__P__W__";
    memset(longest + strlen(longest), 'T', 250);
    memcpy(longest + 278, ".root", 6);
    cr_assert_eq(pl_dqm_file(longest, &sample, NULL), PL_E_FORMAT);
}

static void collection_of(const char *file, char out[PL_COLLECTION_MAX + 1])
{
    struct pl_dqm_sample sample;
    cr_assert_eq(pl_dqm_file(file, &sample, NULL), PL_OK);
    cr_assert_eq(pl_dqm_collection(&sample, out, NULL), PL_OK);
}

Test(dqm, collections_sort_by_type_then_newest_run_first)
{
    char a[PL_COLLECTION_MAX + 1], b[PL_COLLECTION_MAX + 1];
    collection_of("DQM_V0001_R000123456__P__W__T.root", a);
    collection_of("DQM_V0001_R000123455__P__W__T.root", b);
    cr_assert_str_eq(a, "offline_data/999876543/P/W/T");
    cr_assert_lt(strcmp(a, b), 0);
    collection_of("DQM_V0001_R000000001__P__W__T.root", b);
    cr_assert_str_eq(b, "offline_mc/999999998/P/W/T");
    collection_of("DQM_V0001_R000000001__P__CMSSW_1__T.root", b);
    cr_assert_str_eq(b, "offline_relval/999999998/P/CMSSW_1/T");
    collection_of("DQM_V0001_R000123456.root", b);
    cr_assert_str_eq(b, "online_data/999876543/Global/Online/ALL");
}

Test(dqm, a_collection_names_its_sample_again)
{
    static const char *const files[] = {
        "DQM_V0001_R000123456.root",
        "DQM_V0001_R000000000__P__W__T.root",
        "DQM_V0001_R000000001__P__W__T.root",
        "DQM_V0001_R999999999__P__CMSSW_1__T-_.root",
    };
    for (size_t i = 0; i < PL_COUNT(files); i++) {
        struct pl_dqm_sample sample, again;
        char name[PL_COLLECTION_MAX + 1];
        cr_assert_eq(pl_dqm_file(files[i], &sample, NULL), PL_OK);
        collection_of(files[i], name);
        cr_assert(pl_dqm_sample_of(name, &again), "%s", name);
        cr_assert_eq(again.run, sample.run);
        cr_assert_str_eq(again.dataset, sample.dataset);
    }
    static const char *const others[] = {"",
                                         "x",
                                         "offline_data/99987654/P/W/T",
                                         "offline_data/999876543/P/W",
                                         "offline_data/999876543/P/W/T/",
                                         "offline_mc/999876543/P/W/T",
                                         "a/b/c/d/e"};
    struct pl_dqm_sample sample;
    for (size_t i = 0; i < PL_COUNT(others); i++)
        cr_assert_not(pl_dqm_sample_of(others[i], &sample), "%s", others[i]);
}

Test(dqm, uploads_are_stored_below_run_and_dataset)
{
    struct pl_dqm_sample sample;
    char name[PL_NAME_MAX + 1];
    const char *file = "DQM_V0001_R000123456__P__W__T.root";
    cr_assert_eq(pl_dqm_file(file, &sample, NULL), PL_OK);
    cr_assert_eq(pl_dqm_name(&sample, file, name, NULL), PL_OK);
    cr_assert_str_eq(name, "dqm/123456/P/W/T/DQM_V0001_R000123456__P__W__T.root");
    cr_assert_eq(pl_store_name_valid(name, NULL), PL_OK);
}

/* Parse a whole target as a front does. */
static enum pl_err view_of(const char *target, struct pl_dqm_view *view, struct pl_native *native,
                           struct pl_error *error)
{
    static char text[2048];
    (void)snprintf(text, sizeof text, "%s", target);
    *error = (struct pl_error){0};
    enum pl_err err = pl_native_parse(PL_METHOD_GET, false, text, native, error);
    if (err != PL_OK)
        return err;
    cr_assert_eq(native->route, PL_ROUTE_DQM_PICTURE, "%s", target);
    return pl_dqm_view(&native->url, native->rest, native->media, view, error);
}

Test(dqm, an_archive_address_names_sample_and_path)
{
    struct pl_dqm_view view;
    struct pl_native native;
    struct pl_error error;
    cr_assert_eq(view_of("/plotfairy/archive/0123/P/W/T/a%20b/c%2Fd%3B+?w=100;h=50&v=12;fmt=jpg",
                         &view, &native, &error),
                 PL_OK, "%s", error.msg);
    cr_assert_eq(view.what, PL_DQM_OBJECTS);
    cr_assert_eq(view.objects_n, 1);
    cr_assert_eq(view.object[0].sample.run, 123);
    cr_assert_str_eq(view.object[0].sample.dataset, "/P/W/T");
    cr_assert_str_eq(view.object[0].path, "a b/c/d;+");
    cr_assert_eq(view.media, PL_MEDIA_JPEG);
    cr_assert_str_eq(view.version, "12");
    cr_assert_eq(native.url.query_n, 2);
    uint32_t w, h;
    pl_dqm_size(&native.url, &w, &h);
    cr_assert(w == 100 && h == 50);
}

Test(dqm, an_overlay_has_one_to_five_objects)
{
    struct pl_dqm_view view;
    struct pl_native native;
    struct pl_error error;
    cr_assert_eq(view_of("/plotfairy/overlay?obj=archive/1/P/W/T/a%3Bb;obj=archive/2/P/W/T/EE+%2B1;"
                         "reflabel=x;reflabel=y;w=10",
                         &view, &native, &error),
                 PL_OK, "%s", error.msg);
    cr_assert_eq(view.objects_n, 2);
    cr_assert_str_eq(view.object[0].path, "a;b");
    cr_assert_str_eq(view.object[1].path, "EE +1");
    cr_assert_eq(native.url.query_n, 3, "both labels stay");
    cr_assert_eq(view_of("/plotfairy/overlay?w=1", &view, &native, &error), PL_E_INPUT);
    cr_assert_str_eq(error.param, "obj");
    cr_assert_eq(view_of("/plotfairy/overlay?obj=1/P/W/T/a", &view, &native, &error), PL_E_INPUT);
    cr_assert_eq(view_of("/plotfairy/overlay?obj=archive/1/P/W/T", &view, &native, &error),
                 PL_E_MISSING);
    char six[400] = "/plotfairy/overlay?";
    for (int i = 0; i < 6; i++)
        strcat(six, "obj=archive/1/P/W/T/a;");
    cr_assert_eq(view_of(six, &view, &native, &error), PL_E_INPUT);
    cr_assert_str_eq(error.param, "obj");
}

Test(dqm, other_addresses_of_pictures)
{
    struct pl_dqm_view view;
    struct pl_native native;
    struct pl_error error;
    cr_assert_eq(view_of("/plotfairy/stripchart/A/b?trend=rms;match=^/P", &view, &native, &error),
                 PL_OK);
    cr_assert_eq(view.what, PL_DQM_TREND);
    cr_assert_str_eq(view.path, "A/b");
    cr_assert_str_eq(view.number, "rms");
    cr_assert_str_eq(view.match, "^/P");
    cr_assert_eq(view_of("/plotfairy/unknown/x", &view, &native, &error), PL_OK);
    cr_assert_eq(view.what, PL_DQM_UNKNOWN);
    cr_assert_eq(view_of("/jsonfairy/archive/1/P/W/T/x?fmt=gif", &view, &native, &error), PL_OK);
    cr_assert_eq(view.media, PL_MEDIA_JSON);
    static const char *const missing[] = {
        "/plotfairy/archive/1/P/W/T",
        "/plotfairy/archive/x/P/W/T/a",
        "/plotfairy/archive/1/P/W",
        "/plotfairy/archive/1/P/W!/T/a",
        "/plotfairy/other/x",
        "/jsonfairy/unknown/x",
        "/plotfairy/archive/9999999999/P/W/T/a",
    };
    for (size_t i = 0; i < PL_COUNT(missing); i++)
        cr_assert_eq(view_of(missing[i], &view, &native, &error), PL_E_MISSING, "%s", missing[i]);
    cr_assert_eq(view_of("/plotfairy/archive/1/P/W/T/a?fmt=gif", &view, &native, &error),
                 PL_E_INPUT);
    cr_assert_str_eq(error.param, "fmt");
}

Test(dqm, a_bad_size_leaves_the_default)
{
    static const char *const texts[] = {"w=0;h=-5", "w=2500;h=x", "w=;h", "w=99999999999999999999"};
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        char text[64];
        struct pl_url url;
        uint32_t w, h;
        (void)snprintf(text, sizeof text, "%s", texts[i]);
        cr_assert_eq(pl_url_query(text, PL_URL_DQM, &url, NULL), PL_OK);
        pl_dqm_size(&url, &w, &h);
        cr_assert(w == 600 && h == 400, "%s", texts[i]);
    }
}

Test(dqm, checksums_are_md5_or_crc32)
{
    struct pl_dqm_checksum sum;
    cr_assert_eq(pl_dqm_checksum("md5:00112233445566778899aabbccddeeFF", &sum, NULL), PL_OK);
    cr_assert(sum.md5 && sum.digest[1] == 0x11 && sum.digest[15] == 0xff);
    cr_assert_eq(pl_dqm_checksum("crc32:4294967295", &sum, NULL), PL_OK);
    cr_assert(!sum.md5 && sum.crc32 == 0xffffffff);
    static const char *const bad[] = {"",
                                      "md5:",
                                      "md5:00112233445566778899aabbccddeef",
                                      "crc32:",
                                      "crc32:-1",
                                      "crc32:4294967296",
                                      "crc32:0x1",
                                      "md5:00112233445566778899aabbccddeefg",
                                      "MD5:00112233445566778899aabbccddeeff"};
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(pl_dqm_checksum(bad[i], &sum, NULL), PL_E_INPUT, "%s", bad[i]);
    uint64_t bytes;
    cr_assert_eq(pl_dqm_bytes("18446744073709551615", &bytes, NULL), PL_OK);
    cr_assert_eq(bytes, UINT64_MAX);
    cr_assert_eq(pl_dqm_bytes("18446744073709551616", &bytes, NULL), PL_E_INPUT);
    cr_assert_eq(pl_dqm_bytes("", &bytes, NULL), PL_E_INPUT);
}

Test(dqm, what_is_reported_is_part_of_the_version)
{
    char out[4];
    pl_dqm_state(PL_QUALITY_NONE, false, out);
    cr_assert_str_eq(out, "");
    pl_dqm_state(PL_QUALITY_ERROR, false, out);
    cr_assert_str_eq(out, "-4");
    pl_dqm_state(PL_QUALITY_NONE, true, out);
    cr_assert_str_eq(out, "-e");
    pl_dqm_state(PL_QUALITY_OK, true, out);
    cr_assert_str_eq(out, "-e1");
}
