/* test_interval.c - intervals of efficiencies: published values, order, ends. */
#include <criterion/criterion.h>
#include <math.h>

#include "render/hist/draw/interval.h"

TestSuite(interval, .timeout = 20);

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
    cr_assert_float_eq(pl_efficiency_value(&e, 3, 4), 0.75, 1e-12);
}
