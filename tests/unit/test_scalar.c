/* Texts that say something: values, flags, tags and reports; and texts that only look like it. */
#include <criterion/criterion.h>

#include "render/hist/root/scalar.h"
#include "tests/unit/root_help.h"

static struct pl_arena *arena;

static void make_arena(void)
{
    arena = test_arena(ARENA_N);
}

static void free_arena(void)
{
    pl_arena_free(&arena);
}

TestSuite(scalar, .init = make_arena, .fini = free_arena, .timeout = 300);

static const struct pl_scalar *parse(const char *text)
{
    const struct pl_scalar *scalar = NULL;
    cr_assert_eq(pl_scalar_parse(text, arena, &scalar, NULL), PL_OK);
    return scalar;
}

Test(scalar, every_code_has_its_name_and_value)
{
    static const struct {
        const char *text;
        char code;
        const char *name, *value;
    } cases[] = {
        {"<events>i=7</events>", 'i', "events", "7"},
        {"<rate>f=-2.5e-3</rate>", 'f', "rate", "-2.5e-3"},
        {"<note>s=</note>", 's', "note", ""},
        {"<note>s=a=b</x></note>", 's', "note", "a=b</x>"},
        {"<a b/c>e=1</a b/c>", 'e', "a b/c", "1"},
        {"<hits>t=42</hits>", 't', "hits", "42"},
        {"<p > 5 GeV>i=3</p > 5 GeV>", 'i', "p > 5 GeV", "3"},
        {"<>i=1</>", 'i', "", "1"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pl_scalar *scalar = parse(cases[i].text);
        cr_assert_not_null(scalar, "%s", cases[i].text);
        cr_assert_eq((char)scalar->code, cases[i].code);
        cr_assert_str_eq(scalar->name, cases[i].name);
        cr_assert_str_eq(scalar->value, cases[i].value);
        cr_assert_str_eq(scalar->test, "");
        cr_assert_eq(scalar->status, 0);
    }
}

Test(scalar, a_report_has_object_test_status_result_algorithm_and_message)
{
    const struct pl_scalar *scalar =
        parse("<hits.mean.x>qr=st:300:0.25:MeanWithin:too: low</hits.mean.x>");
    cr_assert_not_null(scalar);
    cr_assert_eq(scalar->code, PL_SCALAR_REPORT);
    cr_assert_str_eq(scalar->name, "hits");
    cr_assert_str_eq(scalar->test, "mean.x");
    cr_assert_eq(scalar->status, 300);
    cr_assert_eq(scalar->result, 0.25);
    cr_assert_str_eq(scalar->algorithm, "MeanWithin");
    cr_assert_str_eq(scalar->message, "too: low");
    scalar = parse("<hits.t>qr=st:100:-1e3::</hits.t>");
    cr_assert_not_null(scalar);
    cr_assert_eq(scalar->result, -1000.0);
    cr_assert_str_eq(scalar->algorithm, "");
    cr_assert_str_eq(scalar->message, "");
}

Test(scalar, an_older_report_has_status_and_message)
{
    const struct pl_scalar *scalar = parse("<hits.t>qr=st.200.so. so</hits.t>");
    cr_assert_not_null(scalar);
    cr_assert_str_eq(scalar->test, "t");
    cr_assert_eq(scalar->status, 200);
    cr_assert_str_eq(scalar->message, "so. so");
    cr_assert_str_eq(scalar->algorithm, "");
}

Test(scalar, what_only_looks_like_it_is_a_plain_text)
{
    static const char *const texts[] = {
        "",
        "<",
        "<>",
        "<a>",
        "a",
        "<a>i=1</b>",
        "<a>i=1</a",
        "<a>i=1</a> ",
        "<a>x=1</a>",
        "<a>i1</a>",
        "<a>=1</a>",
        "<a></a>",
        "<a>i</a>",
        "<a>",
        "i=1</a>",
        "<a/>i=1",
        "<a>qr=st:300:1:A:m</a>",       /* no test */
        "<a.t>qr=st:x:1:A:m</a.t>",     /* status is no number */
        "<a.t>qr=st:300:one:A:m</a.t>", /* result is none */
        "<a.t>qr=st:300:1:A</a.t>",     /* no message */
        "<a.t>qr=st.300</a.t>",
        "<a.t>qr=st,300,m</a.t>",
        "<a.t>qr=st:99999999999:1:A:m</a.t>",
        "<a.t>qr=</a.t>",
        "<a.t>qr=st</a.t>",
        "<a.t>qr=st:</a.t>",
    };
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_assert_null(parse(texts[i]), "%s", texts[i]);
}

Test(scalar, a_listing_says_what_texts_report_on)
{
    static const struct {
        const char *path, *name, *title, *report;
        int status;
    } cases[] = {
        {"texts/plain", "", "just a text", "", 0},
        {"texts/<events>i=7</events>", "events", "7", "", 0},
        {"texts/<rate>f=-2.5</rate>", "rate", "-2.5", "", 0},
        {"texts/<name>s=a < b > c = d/e</name>", "name", "a < b > c = d/e", "", 0},
        {"texts/<hits>e=1</hits>", "hits", "1", "e", 0},
        {"texts/<hits>t=42</hits>", "hits", "42", "t", 0},
        {"texts/<hits.mean.x>qr=st:300:0.25:MeanWithin:too: low</hits.mean.x>", "hits", "too: low",
         "qr/mean.x", 300},
        {"texts/<hits.old>qr=st.100.fine</hits.old>", "hits", "fine", "qr/old", 100},
    };
    for (int no_info = 0; no_info < 2; no_info++) {
        struct gen_bytes file;
        gen_objects(&file, &(struct gen_root_options){.no_info = no_info});
        const struct listing *listing = list(&file);
        for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const struct item *item = item_at(listing, cases[i].path);
            cr_assert_not_null(item, "%s", cases[i].path);
            cr_assert_str_eq(item->kind, "TObjString");
            cr_assert_str_eq(item->trouble, "");
            cr_assert_str_eq(item->name, cases[i].name);
            cr_assert_str_eq(item->title, cases[i].title);
            cr_assert_str_eq(item->report, cases[i].report);
            cr_assert_eq(item->status, cases[i].status);
            cr_assert_eq(item->entries, 0.0);
        }
        struct pl_hist hist;
        cr_assert_eq(read_hist(&file, "texts/plain", arena, &hist, NULL), PL_OK);
        cr_assert_eq(hist.kind, PL_HIST_TEXT);
        cr_assert_str_eq(hist.text, "just a text");
        cr_assert_null(hist.scalar);
        free(file.bytes);
    }
}
