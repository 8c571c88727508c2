/* What a listing says of a histogram: means and deviations, from the file or from the bins. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/unit/root_help.h"

TestSuite(summary, .timeout = 300);

static struct item only(struct gen_hist *hist, const char *name)
{
    struct gen_bytes file;
    gen_single(&file, &(struct gen_root_options){.packing = GEN_ZLIB}, hist);
    struct item item = *item_at(list(&file), name);
    free(file.bytes);
    return item;
}

static void expect(const struct item *item, const double expected[6])
{
    cr_assert_str_eq(item->trouble, "");
    cr_assert(item->has_stats);
    for (unsigned i = 0; i < 6; i++)
        cr_assert_float_eq(item->stats[i], expected[i], 1e-12, "number %u is %g, not %g", i,
                           item->stats[i], expected[i]);
}

Test(summary, means_and_deviations_are_from_the_sums)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "h", "", 4, 0.0, 4.0, 0, 0.0, 0.0);
    gen_hist_fill(&hist, 0.25, 0.0, 1.0);
    gen_hist_fill(&hist, 3.25, 0.0, 3.0);
    struct item item = only(&hist, "h");
    expect(&item, (double[]){2.5, 0, 0, sqrt(27.0 / 16), 0, 0});
    gen_hist_start(&hist, "TH2D", "h", "", 4, 0.0, 4.0, 4, 0.0, 4.0);
    gen_hist_fill(&hist, 0.25, 1.0, 1.0);
    gen_hist_fill(&hist, 3.25, 3.0, 1.0);
    item = only(&hist, "h");
    expect(&item, (double[]){1.75, 2.0, 0, 1.5, 1.0, 0});
    gen_hist_start(&hist, "TH3S", "h", "", 4, 0.0, 4.0, 4, 0.0, 4.0);
    gen_hist_z(&hist, 2, 0.0, 10.0);
    gen_hist_fill3(&hist, 1.0, 1.0, 2.0, 1.0);
    gen_hist_fill3(&hist, 1.0, 3.0, 8.0, 1.0);
    item = only(&hist, "h");
    expect(&item, (double[]){1.0, 2.0, 5.0, 0, 1.0, 3.0});
}

Test(summary, of_a_profile_the_value_is_one_more_direction)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile", "h", "", 4, 0.0, 4.0, 0, 0.0, 0.0);
    gen_hist_fill(&hist, 1.0, 10.0, 1.0);
    gen_hist_fill(&hist, 3.0, 30.0, 1.0);
    struct item item = only(&hist, "h");
    expect(&item, (double[]){2.0, 20.0, 0, 1.0, 10.0, 0});
    gen_hist_start(&hist, "TProfile2D", "h", "", 4, 0.0, 4.0, 4, 0.0, 4.0);
    gen_hist_fill3(&hist, 1.0, 1.0, 10.0, 1.0);
    gen_hist_fill3(&hist, 3.0, 1.0, 30.0, 1.0);
    item = only(&hist, "h");
    expect(&item, (double[]){2.0, 1.0, 20.0, 1.0, 0, 10.0});
}

Test(summary, without_sums_the_bins_are_summed)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2F", "h", "", 4, 0.0, 4.0, 2, 0.0, 2.0);
    hist.content[1 + 6 * 1] = 1.0; /* (0.5, 0.5) */
    hist.content[3 + 6 * 2] = 1.0; /* (2.5, 1.5) */
    hist.content[0] = hist.content[5 + 6] = 100.0;
    hist.entries = 2.0;
    struct item item = only(&hist, "h");
    expect(&item, (double[]){1.5, 1.0, 0, 1.0, 0.5, 0});
    gen_hist_start(&hist, "TProfile", "h", "", 2, 0.0, 2.0, 0, 0.0, 0.0);
    hist.content[1] = 20.0;
    hist.sumw2[1] = 250.0;
    hist.bin_entries[1] = 2.0;
    hist.entries = 2.0;
    item = only(&hist, "h");
    expect(&item, (double[]){0.5, 10.0, 0, 0, 5.0, 0});
}

Test(summary, nothing_filled_has_zeros_and_nonsense_has_none)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "h", "", 4, 0.0, 4.0, 0, 0.0, 0.0);
    struct item item = only(&hist, "h");
    expect(&item, (double[]){0, 0, 0, 0, 0, 0});
    gen_hist_start(&hist, "TH1F", "h", "", 4, 0.0, 4.0, 0, 0.0, 0.0);
    hist.tsumw = 1e-300;
    hist.tsumwx = 1e300;
    item = only(&hist, "h");
    cr_assert_str_eq(item.trouble, "");
    cr_assert_not(item.has_stats);
}

/* Of a large object the beginning is unpacked: with errors the sums of y stand far behind it. */
Test(summary, a_large_map_has_its_sums_with_and_without_errors)
{
    for (int errors = 0; errors < 2; errors++) {
        struct gen_hist hist;
        gen_hist_start(&hist, "TH2D", "h", "", 200, 0.0, 4.0, 200, 0.0, 4.0);
        if (errors)
            gen_hist_sumw2(&hist);
        gen_hist_fill(&hist, 1.0, 2.0, 1.0);
        struct item item = only(&hist, "h");
        expect(&item, (double[]){1.0, 2.0, 0, 0, 0, 0});
    }
}
