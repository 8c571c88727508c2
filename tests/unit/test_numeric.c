/* test_numeric.c - special functions against published values and against one another. */
#include <criterion/criterion.h>
#include <math.h>

#include "render/hist/draw/numeric.h"

TestSuite(numeric, .timeout = 120);

Test(numeric, beta_agrees_with_closed_forms)
{
    for (double x = 0.05; x < 1.0; x += 0.05) {
        cr_expect_float_eq(pl_beta_below(x, 1, 1), x, 1e-14);
        cr_expect_float_eq(pl_beta_below(x, 3, 1), x * x * x, 1e-14);
        cr_expect_float_eq(pl_beta_below(x, 0.5, 0.5), 2 / M_PI * asin(sqrt(x)), 1e-13);
        /* three heads or more of five */
        double binomial = 10 * pow(x, 3) * pow(1 - x, 2) + 5 * pow(x, 4) * (1 - x) + pow(x, 5);
        cr_expect_float_eq(pl_beta_below(x, 3, 3), binomial, 1e-13);
    }
}

Test(numeric, clopper_pearson_intervals_are_the_published_ones)
{
    /* 95 %: 0 of 10, 1 of 10, 5 of 10 (binomial tables); 10 of 100 */
    cr_expect_float_eq(pl_beta_quantile(0.975, 1, 10), 0.3085, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.025, 1, 10), 0.0025, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.975, 2, 9), 0.4450, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.025, 5, 6), 0.1871, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.975, 6, 5), 0.8129, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.025, 10, 91), 0.0490, 5e-5);
    cr_expect_float_eq(pl_beta_quantile(0.975, 11, 90), 0.1762, 5e-5);
}

Test(numeric, beta_of_huge_shapes_agrees_with_integrals_of_its_density)
{
    static const struct {
        double x, a, b, below;
    } cases[] = {
        {4.0192379e-10, 3, 1e+09, 0.0080298934},     {3.0173205e-09, 3, 1e+09, 0.5806792133},
        {4.7320508e-09, 3, 1e+09, 0.8508898153},     {9.5256491e-07, 1000, 1e+09, 0.0650367423},
        {1.0003152e-06, 1000, 1e+09, 0.5081932870},  {1.0316217e-06, 1000, 1e+09, 0.8413839697},
        {3.9698418e-05, 40000, 1e+09, 0.0665357753}, {4.00004e-05, 40000, 1e+09, 0.5046542240},
        {4.0198388e-05, 40000, 1e+09, 0.8413456727}, {0.49783494, 60000, 60000, 0.0668070102},
        {0.50001443, 60000, 60000, 0.5039883097},    {0.50144338, 60000, 60000, 0.8413454715},
        {5.0658677e-05, 51000, 1e+09, 0.0665668204}, {5.0999657e-05, 51000, 1e+09, 0.5045775744},
        {5.1223214e-05, 51000, 1e+09, 0.8413459045}, {0.24967524, 1e+06, 3e+06, 0.0667757247},
        {0.25000217, 1e+06, 3e+06, 0.5040752166},    {0.25021651, 1e+06, 3e+06, 0.8413488361},
        {0.49997628, 5e+08, 5e+08, 0.0667833057},    {0.50000016, 5e+08, 5e+08, 0.5040369431},
        {0.50001581, 5e+08, 5e+08, 0.8413234992}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_float_eq(pl_beta_below(cases[i].x, cases[i].a, cases[i].b), cases[i].below, 2e-8,
                           "%g %g", cases[i].a, cases[i].b);
}

Test(numeric, poisson_intervals_are_the_published_ones)
{
    /* 68.27 % central (Garwood): the errors of counts 0 to 5 and 10 as particle physics quotes them
     */
    static const double upper[] = {1.841, 3.300, 4.638, 5.918, 7.163, 8.382};
    static const double lower[] = {0, 0.173, 0.708, 1.367, 2.086, 2.840};
    double tail = 0.5 * (1 - 0.682689492137);
    for (int n = 0; n < 6; n++) {
        cr_expect_float_eq(pl_gamma_quantile(1 - tail, n + 1), upper[n], 6e-4, "%d", n);
        cr_expect_float_eq(n ? pl_gamma_quantile(tail, n) : 0, lower[n], 6e-4, "%d", n);
    }
    cr_expect_float_eq(pl_gamma_quantile(0.95, 1), 2.9957, 1e-4);
    cr_expect_float_eq(pl_gamma_quantile(0.95, 4), 7.7537, 1e-4);
}

Test(numeric, inverses_invert_from_tiny_to_huge)
{
    static const double shapes[] = {0.3, 0.5, 1, 2, 17, 300, 12345, 1e5};
    static const double levels[] = {1e-9, 0.001, 0.1586, 0.5, 0.8413, 0.999};
    for (int i = 0; i < 8; i++)
        for (int p = 0; p < 6; p++) {
            double x = pl_gamma_quantile(levels[p], shapes[i]);
            cr_expect_float_eq(pl_gamma_below(x, shapes[i]), levels[p], 1e-8, "gamma %g %g",
                               shapes[i], levels[p]);
            for (int k = 0; k < 8; k++) {
                x = pl_beta_quantile(levels[p], shapes[i], shapes[k]);
                if (x > 1e-300 && x < 1 - 1e-4)
                    cr_expect_float_eq(pl_beta_below(x, shapes[i], shapes[k]), levels[p], 1e-7,
                                       "beta %g %g %g", shapes[i], shapes[k], levels[p]);
            }
        }
}

Test(numeric, normal_and_kolmogorov_agree_with_tables)
{
    cr_expect_float_eq(pl_normal_quantile(0.975), 1.959963984540054, 1e-12);
    cr_expect_float_eq(pl_normal_quantile(0.1586552539314571), -1, 1e-12);
    cr_expect_float_eq(pl_normal_quantile(1e-10), -6.361340902404056, 1e-9);
    cr_expect_float_eq(pl_kolmogorov(1.0), 0.26999967, 1e-7);
    cr_expect_float_eq(pl_kolmogorov(0.5), 0.96394524, 1e-7);
    cr_expect_float_eq(pl_kolmogorov(1.3581), 0.05, 1e-4);
    cr_expect_float_eq(pl_kolmogorov(1.6276), 0.01, 1e-4);
    cr_expect_eq(pl_kolmogorov(0), 1);
    cr_expect_float_eq(pl_kolmogorov(0.7549999), pl_kolmogorov(0.7550001), 1e-6);
    cr_expect_lt(pl_kolmogorov(10), 1e-80);
}

Test(numeric, what_has_no_answer_is_an_end_of_the_range)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, -1, 0, 1, 1e308};
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 7; k++)
            for (int l = 0; l < 7; l++) {
                cr_expect(isfinite(pl_beta_quantile(odd[i], odd[k], odd[l])));
                cr_expect(isfinite(pl_beta_below(odd[i], odd[k], odd[l])));
                cr_expect(isfinite(pl_gamma_quantile(odd[i], odd[k])), "%g %g", odd[i], odd[k]);
                cr_expect(isfinite(pl_kolmogorov(odd[i])));
            }
}
