/* Where things of data-quality files are shown. */
#include <criterion/criterion.h>
#include <string.h>

#include "render/hist/root/dqm_path.h"

static const char *shown(const char *path, uint64_t run)
{
    static char out[1024];
    struct pl_error error = {.code = PL_OK};
    enum pl_err err = pl_dqm_shown(path, run, out, sizeof out, &error);
    cr_assert_eq(err, error.code);
    cr_assert(err == PL_OK || (err == PL_E_INPUT && out[0] == '\0' && error.msg[0] != '\0'));
    return err == PL_OK ? out : NULL;
}

static void expect(const char *path, const char *place)
{
    const char *found = shown(path, 123456);
    cr_assert_not_null(found, "%s", path);
    cr_assert_str_eq(found, place, "%s: %s", path, found);
}

Test(dqm_path, the_run_and_its_sections_are_left_out)
{
    expect("DQMData/Run 123456/Pixel/Run summary/Test/hpx", "Pixel/Test/hpx");
    expect("DQMData/Run 123456/Pixel/Run summary/hpx", "Pixel/hpx");
    expect("DQMData/Run 000123456/Pixel/Run summary/hpx", "Pixel/hpx");
    expect("DQMData/Run 123456/Pixel/By Lumi Section 1-17/a/b", "Pixel/a/b");
    expect("DQMData/Run 123456/Pixel/Run summary/Run summary/h", "Pixel/Run summary/h");
    expect("DQMData/Run 123456/A B;C/Run summary/h%", "A B;C/h%");
}

Test(dqm_path, other_files_keep_their_directories)
{
    static const char *const paths[] = {
        "h",
        "a/b/h",
        "",
        "DQMData",
        "DQMData/h",
        "DQMDatas/Run 1/Pixel/Run summary/h",
        "Run 1/Pixel/Run summary/h",
        "a/DQMData/Run 1/Pixel/Run summary/h",
        "DQMData/Run/Pixel/Run summary/h",
        "DQMData/Run x/Pixel/Run summary/h",
        "DQMData/Run 123456x/Pixel/Run summary/h",
        "DQMData/Run 123456/Pixel/h",
        "DQMData/Run 123456/Pixel/Run summary",
        "DQMData/Run 123456/Pixel/Run summary/",
        "DQMData/Run 123456/Pixel/By Lumi Section 1/h",
        "DQMData/Run 123456/Pixel/By Lumi Section 1-/h",
        "DQMData/Run 123456/Pixel/By Lumi Section -2/h",
        "DQMData/Run 123456/Pixel/run summary/h",
        "DQMData/Run 123456//Run summary/h",
        "Reference/h",
        "a/ReleaseTag",
    };
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        expect(paths[i], paths[i]);
}

Test(dqm_path, references_and_release_tags_are_not_shown)
{
    expect("DQMData/Reference/Run 123456/Pixel/Run summary/h", "");
    expect("DQMData/Run 123456/Reference/Pixel/Run summary/h", "");
    expect("DQMData/Run 123456/Pixel/Run summary/Reference/h", "");
    expect("DQMData/Reference/Run 9/Pixel/Run summary/h", "");
    expect("DQMData/Run 123456/Pixel/Run summary/ReleaseTag", "");
    expect("DQMData/Run 123456/ReleaseTag", "");
    expect("DQMData/Run 123456/<ReleaseTag>s=CMSSW</ReleaseTag>", "");
    expect("DQMData/Run 123456/Pixel/Run summary/References/h", "Pixel/References/h");
}

Test(dqm_path, another_run_is_refused)
{
    cr_assert_null(shown("DQMData/Run 123457/Pixel/Run summary/h", 123456));
    cr_assert_null(shown("DQMData/Run 1/h", 2));
    /* more digits than a number has are no run */
    expect("DQMData/Run 99999999999999999999/Pixel/Run summary/h",
           "DQMData/Run 99999999999999999999/Pixel/Run summary/h");
    cr_assert_str_eq(shown("DQMData/Run 7/Pixel/Run summary/h", 7), "Pixel/h");
}

Test(dqm_path, a_value_is_one_part_whatever_slashes_it_has)
{
    expect("DQMData/Run 123456/Info/Run summary/<iRun>i=123456</iRun>",
           "Info/<iRun>i=123456</iRun>");
    expect("DQMData/Run 123456/Info/Run summary/ProvInfo/<dir>s=/a/Reference/b</dir>",
           "Info/ProvInfo/<dir>s=/a/Reference/b</dir>");
    expect("DQMData/Run 123456/Info/Run summary/<a/b>s=Reference/ReleaseTag</a/b>",
           "Info/<a/b>s=Reference/ReleaseTag</a/b>");
    expect("DQMData/Run 123456/Info/Run summary/<a>s=1/Reference/</b>", "");
}

Test(dqm_path, a_place_that_does_not_fit_is_refused)
{
    char out[12];
    cr_assert_eq(pl_dqm_shown("DQMData/Run 1/Pixel/Run summary/12345", 1, out, sizeof out, NULL),
                 PL_OK);
    cr_assert_str_eq(out, "Pixel/12345");
    cr_assert_eq(pl_dqm_shown("DQMData/Run 1/Pixel/Run summary/123456", 1, out, sizeof out, NULL),
                 PL_E_INPUT);
    cr_assert_str_eq(out, "");
    cr_assert_eq(pl_dqm_shown("a/long/path/of/its/own", 1, out, sizeof out, NULL), PL_E_INPUT);
}
