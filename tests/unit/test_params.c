/* test_params.c - canonical parameters and everything that is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "render/hist/options.h"
#include "render/hist/params.h"
#include "shm/base/check.h"

TestSuite(params, .timeout = 120);

static struct pl_params out;
static struct pl_error error;
static enum pl_query_rule rule = PL_QUERY_STRICT;

/* name=value&name=value without any decoding. */
static enum pl_err parse(const char *query)
{
    static char text[512];
    struct pl_query list[16];
    size_t n = 0;
    snprintf(text, sizeof text, "%s", query);
    for (char *at = strtok(text, "&"); at != NULL; at = strtok(NULL, "&")) {
        char *equals = strchr(at, '=');
        *equals = '\0';
        list[n++] = (struct pl_query){at, equals + 1};
    }
    memset(&error, 0, sizeof error);
    return pl_hist_params(list, n, "TH1F", PL_MEDIA_PNG, rule, &out, &error);
}

static void canonical(const char *query, const char *expected)
{
    cr_assert_eq(parse(query), PL_OK, "%s: %s", query, error.msg);
    cr_assert_str_eq(out.text, expected);
}

static void refused(const char *query, const char *name)
{
    cr_assert_eq(parse(query), PL_E_INPUT, "%s", query);
    cr_assert_str_eq(error.param, name, "%s names '%s'", query, error.param);
    cr_assert_neq(error.msg[0], '\0');
}

Test(params, defaults_are_left_out)
{
    canonical("", "");
    canonical("w=600&h=400", "");
    canonical("xtype=def&xmin=&drawopts=&fmt=png", "");
    cr_assert(out.width_px == 600 && out.height_px == 400 && out.media == PL_MEDIA_PNG);
}

Test(params, names_are_sorted_and_numbers_shortest)
{
    canonical("ymax=1e3&w=0200&h=150", "h=150&w=200&ymax=1000");
    canonical("xmin=0.10&ymin=1e-7", "xmin=0.1&ymin=1e-07");
    canonical("xmin=-0", "xmin=0");
    canonical("ymin=0.30000000000000004", "ymin=0.30000000000000004");
    canonical("drawopts=colz  text ", "drawopts=COLZ TEXT");
    canonical("showstats=1", "showstats=1111");
    canonical("showstats=0&showerrbars=1", "showerrbars=1&showstats=0");
}

Test(params, several_histograms_have_parameters_of_their_own)
{
    canonical("ref=overlay&norm=True&ktest=", "");
    canonical("ref=samesample", "");
    canonical("ktest=5e-2&norm=False&ref=ratiooverlay", "ktest=0.05&norm=False&ref=ratiooverlay");
    canonical("reflabel=Run 2_b&w=300&reflabel=A.1-x", "reflabel=Run 2_b&reflabel=A.1-x&w=300");
    canonical("reflabel=&reflabel=second&reflabel=", "reflabel=&reflabel=second");
    struct pl_hist_params params;
    cr_assert_eq(pl_hist_params_parse(out.text, &params, &error), PL_OK);
    cr_assert(params.reflabel[0][0] == '\0' && params.reflabel[2][0] == '\0');
    cr_assert_str_eq(params.reflabel[1], "second");
}

Test(params, old_addresses_may_repeat_leave_empty_and_invent)
{
    rule = PL_QUERY_LENIENT;
    canonical("w=&h=&colour=red&session=x&norm=&ref=&drawopts=", "");
    canonical("w=100&w=200&ytype=log&ytype=lin", "w=200&ytype=lin");
    canonical("reflabel=a&reflabel=b&xmin=1&xmin=", "reflabel=a&reflabel=b&xmin=1");
    canonical("w=0&ytype=x&w=200&ytype=lin", "w=200&ytype=lin");
    refused("w=200&w=0", "w");
    refused("w=0", "w");
    refused("ref=all", "ref");
}

Test(params, equal_pictures_have_equal_text)
{
    char first[PL_PARAMS_MAX];
    cr_assert_eq(parse("xmin=1&ytype=log&w=300"), PL_OK);
    memcpy(first, out.text, sizeof first);
    cr_assert_eq(parse("w=300&xmin=1.000e0&ytype=log&h=400"), PL_OK);
    cr_assert_str_eq(out.text, first);
}

Test(params, wrong_ones_are_refused_by_name)
{
    refused("w=0", "w");
    refused("w=-5", "w");
    refused("w=2500", "w");
    refused("w=12x", "w");
    refused("h=", "h");
    refused("h=1e2", "h");
    refused("ymin=nan", "ymin");
    refused("ymin=inf", "ymin");
    refused("ymin=1e999", "ymin");
    refused("ymin=0x10", "ymin");
    refused("ymin=1 ", "ymin");
    refused("zmax=--1", "zmax");
    refused("xmin=5&xmax=5", "xmax");
    refused("ytype=cube", "ytype");
    refused("showstats=3", "showstats");
    refused("showstats=x", "showstats");
    refused("showerrbars=2", "showerrbars");
    refused("drawopts=NONSENSE", "drawopts");
    refused("drawopts=<script>", "drawopts");
    refused("drawopts=PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP", "drawopts");
    refused("fmt=jpg", "fmt");
    refused("norm=true", "norm");
    refused("norm=", "norm");
    refused("ref=all", "ref");
    refused("ktest=nan", "ktest");
    refused("reflabel=a<b", "reflabel");
    refused("reflabel=12345678901234567890123456789012345678901", "reflabel");
    refused("reflabel=1&reflabel=2&reflabel=3&reflabel=4&reflabel=5", "reflabel");
    refused("colour=red", "colour");
    refused("w=1&w=1", "w");
}

Test(params, canonical_text_reads_back_to_itself)
{
    static const char *const texts[] = {"", "h=1&w=2499",
                                        "ktest=-0.5&norm=False&ref=stacked&reflabel=&reflabel=b c",
                                        "drawopts=E1 P&showerrbars=0&showstats=111111111",
                                        "xmax=1.7976931348623157e+308&xmin=-5e-324&xtype=log&ymax="
                                        "2&ymin=1&ytype=lin&zmax=3&ztype=log"};
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        struct pl_hist_params params;
        cr_assert_eq(pl_hist_params_parse(texts[i], &params, &error), PL_OK, "%s", texts[i]);
        if (*texts[i] != '\0')
            canonical(texts[i], texts[i]);
    }
}

Test(params, text_that_is_not_canonical_is_refused)
{
    static const char *const texts[] = {
        "w",
        "w=",
        "=",
        "&",
        "fmt=png",
        "v=1",
        "w=1&&",
        "w=99999999999999999999",
        "drawopts=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        struct pl_hist_params params;
        struct pl_error e = {0};
        cr_assert_eq(pl_hist_params_parse(texts[i], &params, &e), PL_E_INPUT, "%s", texts[i]);
    }
}

Test(params, draw_options_stand_together_as_in_root)
{
    struct pl_hist_options o = {0};
    cr_assert_null(pl_hist_options_parse("E1P", &o));
    cr_assert(o.errors && o.caps && o.markers && o.asked_1d && !o.asked_2d);
    o = (struct pl_hist_options){0};
    cr_assert_null(pl_hist_options_parse("COLZTEXT45", &o));
    cr_assert(o.color && o.color_axis && o.text && o.text_angle == 45 && o.asked_2d);
    o = (struct pl_hist_options){0};
    cr_assert_null(pl_hist_options_parse("HIST", &o));
    cr_assert(o.hist && !o.bars && !o.text);
    o = (struct pl_hist_options){0};
    cr_assert_null(pl_hist_options_parse("SURF2 SAME", &o));
    cr_assert(o.color && o.color_axis);
    cr_assert_not_null(pl_hist_options_parse("Q", &o));
    o = (struct pl_hist_options){0};
    cr_assert_null(pl_hist_options_parse("E1X0", &o));
    cr_assert(o.errors && o.caps && !o.no_errors && !o.empty_errors);
    static const char *const old[] = {"HBAR2",    "CANDLE3", "CONTZLIST",
                                      "SURF3POL", "LF2",     "HISTPLC"};
    for (size_t i = 0; i < PL_COUNT(old); i++)
        cr_assert_null(pl_hist_options_parse(old[i], &o), "%s", old[i]);
}
