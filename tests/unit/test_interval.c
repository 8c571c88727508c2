/* test_interval.c - intervals of efficiencies: published values, orders of counts, ends, weights.
 */
#include <criterion/criterion.h>
#include <endian.h>
#include <math.h>
#include <string.h>

#include "render/hist/draw/interval.h"
#include "shm/base/check.h"

TestSuite(interval, .timeout = 120);

static struct pl_interval interval(int option, double level, double passed, double total)
{
    const struct pl_efficiency e = {.statistic_option = option,
                                    .confidence_level = level,
                                    .beta_alpha = 1,
                                    .beta_beta = 1,
                                    .weight = 1};
    return pl_efficiency_interval(&e, passed, total);
}

static void expect(int option, double passed, double total, double low, double high)
{
    struct pl_interval i = interval(option, 0.95, passed, total);
    cr_expect_float_eq(i.low, low, 6e-4, "%d: %g of %g from %g", option, passed, total, i.low);
    cr_expect_float_eq(i.high, high, 6e-4, "%d: %g of %g to %g", option, passed, total, i.high);
}

Test(interval, published_values_come_out)
{
    /* Newcombe, Statistics in Medicine 17 (1998) 857, tables I: 81 of 263 and 15 of 148, 0 of 20 */
    expect(0, 81, 263, 0.2527, 0.3676);
    expect(0, 15, 148, 0.0578, 0.1617);
    expect(0, 0, 20, 0, 0.1684);
    expect(1, 81, 263, 0.2522, 0.3638);
    expect(1, 15, 148, 0.0527, 0.1500);
    expect(2, 81, 263, 0.2553, 0.3662);
    expect(2, 15, 148, 0.0624, 0.1605);
    expect(2, 0, 20, 0, 0.1611);
    expect(8, 81, 263, 0.2544, 0.3658);
    expect(8, 15, 148, 0.0601, 0.1581);
    expect(8, 0, 20, 0, 0.1391);
}

Test(interval, agresti_coull_and_jeffreys_agree_with_their_formulas)
{
    /* 95 % and z = 1.96: (15 + 1.92) / (148 + 3.84) */
    double middle = 16.9207 / 151.8415, half = 1.95996 * sqrt(middle * (1 - middle) / 151.8415);
    expect(3, 15, 148, middle - half, middle + half);
    expect(5, 0, 20, 0.00002, 0.1167); /* quantiles of Beta(0.5, 20.5) */
    expect(6, 0, 20, 0.0012, 0.1611);  /* of Beta(1, 21): 1 - 0.975^(1/21), ... */
}

Test(interval, the_ends_hold_the_value_and_lie_within_zero_and_one)
{
    for (int option = -1; option < 10; option++)
        for (double total = 1; total < 2000; total = total * 3 + 1)
            for (double passed = 0; passed <= total; passed += total > 40 ? total / 8 : 1) {
                struct pl_interval i = interval(option, 0.683, passed, total);
                cr_expect(i.low >= 0 && i.high <= 1 && i.low <= i.high, "%d %g %g", option, passed,
                          total);
                if (option != 3 && option != 5 && option != 6 && option != 7)
                    cr_expect(i.low <= passed / total + 1e-12 && i.high >= passed / total - 1e-12,
                              "%d %g %g", option, passed, total);
            }
    struct pl_interval odd = interval(0, NAN, 0.3, 0.7); /* weights */
    cr_expect(odd.low < 0.3 / 0.7 && odd.high > 0.3 / 0.7 && isfinite(odd.low + odd.high));
}

/* Worked out by summing all counts in the order of their likelihood ratios, for each step of the
 * bisection. */
static const struct ordered {
    double passed, total, level, low, high;
} ordered[] = {
    {0, 1, 0.683, 0, 0.683},
    {1, 1, 0.683, 0.317, 1},
    {1, 2, 0.683, 0.17356186, 0.82643814},
    {0, 3, 0.683, 0, 0.35055659},
    {2, 3, 0.683, 0.2779263, 0.88065722},
    {0, 5, 0.683, 0, 0.24569866},
    {1, 5, 0.683, 0.0734174, 0.5},
    {4, 5, 0.683, 0.5, 0.9265826},
    {3, 8, 0.683, 0.14626902, 0.56576876},
    {0, 10, 0.683, 0, 0.11545277},
    {3, 10, 0.683, 0.11545277, 0.5},
    {5, 10, 0.683, 0.33313096, 0.66686904},
    {9, 10, 0.683, 0.74494451, 0.96270292},
    {6, 13, 0.683, 0.2998938, 0.61950317},
    {6, 16, 0.683, 0.24247236, 0.52648687},
    {10, 16, 0.683, 0.47351313, 0.75752764},
    {0, 20, 0.683, 0, 0.060452669},
    {1, 20, 0.683, 0.018518283, 0.13954196},
    {7, 20, 0.683, 0.24532788, 0.47445723},
    {19, 20, 0.683, 0.86045804, 0.98148172},
    {2, 40, 0.683, 0.018518283, 0.10329567},
    {31, 40, 0.683, 0.70182342, 0.84086081},
    {0, 100, 0.683, 0, 0.012735105},
    {10, 100, 0.683, 0.067926818, 0.13383608},
    {50, 100, 0.683, 0.44983061, 0.55016939},
    {97, 100, 0.683, 0.94687624, 0.98891928},
    {1, 1000, 0.683, 0.00036792737, 0.0027512284},
    {370, 1000, 0.683, 0.35444904, 0.38546127},
    {2, 3000, 0.683, 0.00024527404, 0.0014169207},
    {1500, 3000, 0.683, 0.49083231, 0.50916769},
    {2999, 3000, 0.683, 0.99908308, 0.99987737},
    {0, 1, 0.9, 0, 0.9},
    {1, 1, 0.9, 0.1, 1},
    {1, 2, 0.9, 0.051316702, 0.9486833},
    {0, 3, 0.9, 0, 0.53584112},
    {2, 3, 0.9, 0.19580011, 0.96548938},
    {0, 5, 0.9, 0, 0.37927249},
    {1, 5, 0.9, 0.020851637, 0.65146909},
    {4, 5, 0.9, 0.34853091, 0.97914836},
    {3, 8, 0.9, 0.14626902, 0.74240401},
    {0, 10, 0.9, 0, 0.21295774},
    {3, 10, 0.9, 0.11545277, 0.61687432},
    {5, 10, 0.9, 0.2, 0.8},
    {9, 10, 0.9, 0.61687432, 0.98951926},
    {6, 13, 0.9, 0.2455048, 0.71255495},
    {6, 16, 0.9, 0.18928393, 0.60087448},
    {10, 16, 0.9, 0.39912552, 0.81071607},
    {0, 20, 0.9, 0, 0.11545277},
    {1, 20, 0.9, 0.0052541746, 0.2031601},
    {7, 20, 0.9, 0.18295739, 0.55299489},
    {19, 20, 0.9, 0.7968399, 0.99474583},
    {2, 40, 0.9, 0.013374609, 0.13954196},
    {31, 40, 0.9, 0.64854636, 0.87127482},
    {0, 100, 0.9, 0, 0.023806817},
    {10, 100, 0.9, 0.055302416, 0.16142799},
    {50, 100, 0.9, 0.41414072, 0.58585928},
    {97, 100, 0.9, 0.92955077, 0.98892928},
    {1, 1000, 0.9, 0.00010535587, 0.0043602223},
    {370, 1000, 0.9, 0.34485683, 0.39540509},
    {2, 3000, 0.9, 0.00017728377, 0.001970551},
    {1500, 3000, 0.9, 0.48482867, 0.51517133},
    {2999, 3000, 0.9, 0.99854722, 0.99996488},
    {0, 1, 0.95, 0, 0.95},
    {1, 1, 0.95, 0.05, 1},
    {1, 2, 0.95, 0.025320566, 0.97467943},
    {0, 3, 0.95, 0, 0.63159685},
    {2, 3, 0.95, 0.13535036, 0.98304757},
    {0, 5, 0.95, 0, 0.5},
    {1, 5, 0.95, 0.010206218, 0.65740832},
    {4, 5, 0.95, 0.34259168, 0.98979378},
    {3, 8, 0.95, 0.11111271, 0.74240401},
    {0, 10, 0.95, 0, 0.26704875},
    {3, 10, 0.95, 0.087264434, 0.61941066},
    {5, 10, 0.95, 0.2, 0.8},
    {9, 10, 0.95, 0.56228882, 0.9948838},
    {6, 13, 0.95, 0.18311226, 0.7395922},
    {6, 16, 0.95, 0.14626902, 0.63866768},
    {10, 16, 0.95, 0.36133232, 0.85373098},
    {0, 20, 0.95, 0, 0.14306933},
    {1, 20, 0.95, 0.0025613783, 0.22722294},
    {7, 20, 0.95, 0.1358908, 0.58097203},
    {19, 20, 0.95, 0.77277706, 0.99743862},
    {2, 40, 0.95, 0.0089569455, 0.16119057},
    {31, 40, 0.95, 0.62032754, 0.88907082},
    {0, 100, 0.95, 0, 0.030185538},
    {10, 100, 0.95, 0.047889092, 0.1708577},
    {50, 100, 0.95, 0.39857303, 0.60142697},
    {97, 100, 0.95, 0.9199976, 0.99177417},
    {1, 1000, 0.95, 5.1292591e-05, 0.0051476797},
    {370, 1000, 0.95, 0.3402934, 0.40037118},
    {2, 3000, 0.95, 0.00011846703, 0.0022410052},
    {1500, 3000, 0.95, 0.48199221, 0.51800779},
    {2999, 3000, 0.95, 0.99828509, 0.9999829},
};

Test(interval, feldman_cousins_are_those_of_all_counts_in_their_order)
{
    for (unsigned i = 0; i < PL_COUNT(ordered); i++) {
        const struct ordered *o = &ordered[i];
        struct pl_interval is = interval(4, o->level, o->passed, o->total);
        cr_expect_float_eq(is.low, o->low, 2e-8, "%g of %g at %g from %.9g", o->passed, o->total,
                           o->level, is.low);
        cr_expect_float_eq(is.high, o->high, 2e-8, "%g of %g at %g to %.9g", o->passed, o->total,
                           o->level, is.high);
    }
}

/* Ratio of the likelihoods of rho and of what was counted, at the end of an interval: half the
 * square of z when there are so many counts that they are as good as continuous. */
static double distance(double rho, double passed, double total)
{
    return passed * log(passed / (total * rho)) + (total - passed) * log1p(-passed / total) -
           (total - passed) * log1p(-rho);
}

Test(interval, feldman_cousins_of_very_many_are_the_limits_of_the_likelihood)
{
    for (double total = 1e6; total <= 1e9; total *= 10)
        for (double part = 0.001; part < 1.0; part += 0.111) {
            double passed = floor(part * total);
            struct pl_interval is = interval(4, 0.95, passed, total);
            double few_counts = 2.0 / sqrt(part * (1.0 - part) * total);
            cr_expect_float_eq(sqrt(2.0 * distance(is.low, passed, total)), 1.959964, few_counts);
            cr_expect_float_eq(sqrt(2.0 * distance(is.high, passed, total)), 1.959964, few_counts);
        }
    struct pl_interval few = interval(4, 0.9, 0, 1e9), some = interval(4, 0.9, 4, 1e9);
    cr_expect_float_eq(few.high, 2.44e-9,
                       0.95e-9); /* Feldman and Cousins, table IV: no background */
    cr_expect_float_eq(some.low, 1.47e-9, 0.95e-9);
    cr_expect_float_eq(some.high, 8.60e-9, 0.95e-9);
}

Test(interval, feldman_cousins_of_fractions_hold_the_whole_counts_around_them)
{
    struct pl_interval is = interval(4, 0.683, 2.5, 9.7);
    cr_expect_eq(is.low, interval(4, 0.683, 3, 9).low);
    cr_expect_eq(is.high, interval(4, 0.683, 2, 9).high);
    for (double total = 1e14; total < 1e308; total *= 1e14) {
        is = interval(4, 0.683, 0.25 * total, total);
        cr_expect(is.low <= 0.25 && is.low > 0.2499999 && is.high >= 0.25 && is.high < 0.2500001);
    }
    is = interval(4, 0.683, 0.3, 0.7);
    cr_expect(is.low == 0.0 && is.high == 1.0);
}

/* Shortest intervals hold the level, and are as probable at one end as at the other. */
Test(interval, the_shortest_of_a_prior_is_shorter_than_the_central_one)
{
    static const double counts[][2] = {{0, 5}, {5, 5}, {3, 10}, {1, 40}, {37, 40}, {400, 1000}};
    static const double ends[][2] = {{0, 0.17426},         {0.82574, 1},
                                     {0.178104, 0.444762}, {0.007013, 0.06032},
                                     {0.876087, 0.959785}, {0.38458, 0.415553}};
    struct pl_efficiency e = {.statistic_option = 6, .confidence_level = 0.683};
    for (unsigned i = 0; i < PL_COUNT(counts); i++) {
        struct pl_interval central = pl_efficiency_interval(&e, counts[i][0], counts[i][1]);
        e.shortest = true;
        struct pl_interval is = pl_efficiency_interval(&e, counts[i][0], counts[i][1]);
        e.shortest = false;
        cr_expect_float_eq(is.low, ends[i][0], 1e-6, "%u from %g", i, is.low);
        cr_expect_float_eq(is.high, ends[i][1], 1e-6, "%u to %g", i, is.high);
        cr_expect_lt(is.high - is.low, central.high - central.low);
    }
    e.shortest = true;
    e.statistic_option = 5; /* high at both ends */
    struct pl_interval nothing = pl_efficiency_interval(&e, 1e-9, 2e-9);
    cr_expect_float_eq(nothing.low + nothing.high, 1.0, 1e-6);
}

static struct pl_cells cells(double *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits = htobe64(bits);
        memcpy(&values[i], &bits, sizeof bits);
    }
    return (struct pl_cells){(const uint8_t *)values, n, PL_CELL_F64};
}

Test(interval, of_weighted_entries_the_squares_of_the_weights_count)
{
    double all[] = {8, 8, 0}, all2[] = {32, 32, 0}, some[] = {2, 9, 0}, some2[] = {8, 8, 0};
    const struct pl_hist total = {.content = cells(all, 3), .sumw2 = cells(all2, 3)};
    const struct pl_hist passed = {.content = cells(some, 3), .sumw2 = cells(some2, 3)};
    struct pl_efficiency e = {
        .total = &total, .passed = &passed, .confidence_level = 0.682689492137};
    struct pl_interval is, two;
    double value;
    e.weighted = true; /* whatever the option: the normal approximation */
    cr_assert(pl_efficiency_cell(&e, 0, &value, &is));
    cr_assert_eq(value, 0.25);
    cr_assert_float_eq(is.high - value, sqrt((8 * 0.5 + 32 * 0.0625) / 64), 1e-9);
    cr_assert_eq(is.low, 0.0); /* 0.25 - 0.306 */
    e.statistic_option = 6;    /* 8 with squares of 32 say as much as 2 of weight 1 */
    cr_assert(pl_efficiency_cell(&e, 0, &value, &is));
    two = pl_efficiency_interval(&e, 0.5, 2);
    cr_assert_float_eq(value, 1.5 / 4, 1e-12);
    cr_assert_float_eq(is.low, two.low, 1e-12);
    cr_assert_float_eq(is.high, two.high, 1e-12);
    cr_assert_not(pl_efficiency_cell(&e, 1, &value, &is)); /* more passed than there were */
    cr_assert_not(pl_efficiency_cell(&e, 2, &value, NULL));
    cr_assert_not(pl_efficiency_cell(&e, 3, &value, NULL));
}

Test(interval, the_value_is_the_ratio_or_the_mean_of_the_prior_and_it)
{
    struct pl_efficiency e = {.beta_alpha = 2, .beta_beta = 3};
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 0.75, 1e-12);
    e.statistic_option = 7;
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 5.0 / 9, 1e-12);
    e.statistic_option = 5;
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 3.5 / 5, 1e-12);
    e.beta_alpha = NAN;
    e.statistic_option = 7;
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 4.0 / 6, 1e-12); /* 1 and 1 */
    e.posterior_mode = true;
    e.statistic_option = 6;
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 0.75, 1e-12);
    cr_assert_eq(pl_efficiency_value(&e, 0, 4), 0.0);
    e.statistic_option = 5;
    cr_assert_eq(pl_efficiency_value(&e, 4, 4), 1.0);
}
