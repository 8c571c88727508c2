/* test_ticks.c - steps, labels, decades, times. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "render/hist/draw/ticks.h"

static struct pl_ticks t;

TestSuite(ticks, .timeout = 120);

static void expect(const char *labels)
{
    char all[512] = "";
    for (int i = 0; i < t.n; i++) {
        strcat(all, i > 0 ? " " : "");
        strcat(all, t.at[i].label);
    }
    cr_expect_str_eq(all, labels);
}

Test(ticks, linear_labels_share_their_decimals)
{
    pl_ticks_linear(-4, 4, 10, 5, true, &t);
    expect("-4 -3 -2 -1 0 1 2 3 4");
    pl_ticks_linear(0, 2.1, 10, 5, true, &t);
    expect("0.0 0.2 0.4 0.6 0.8 1.0 1.2 1.4 1.6 1.8 2.0");
    pl_ticks_linear(0, 45, 10, 5, true, &t);
    expect("0 5 10 15 20 25 30 35 40 45");
}

Test(ticks, twos_are_stretched_before_fives_leave_few_labels)
{
    pl_ticks_linear(0, 22.5, 10, 5, true, &t);
    expect("0 2 4 6 8 10 12 14 16 18 20 22");
    pl_ticks_linear(0, 25, 10, 5, true, &t); /* fives end where the range does */
    expect("0 5 10 15 20 25");
    pl_ticks_linear(0, 2600, 10, 5, true, &t);
    expect("0 500 1000 1500 2000 2500");
    pl_ticks_linear(0, 82, PL_TICKS_MAX * 2, 5, true, &t);
    cr_assert_leq(t.n, PL_TICKS_MAX);
    cr_assert_eq(t.at[t.n - 1].value, 80);
}

Test(ticks, quarters_are_taken_where_fives_would_leave_too_few)
{
    pl_ticks_linear(0, 100, 4, 5, true, &t);
    expect("0 25 50 75 100");
    cr_assert_eq(t.minor_n, 16);
    pl_ticks_linear(0, 10, 4, 5, true, &t);
    expect("0.0 2.5 5.0 7.5 10.0");
    pl_ticks_linear(0, 250, 10, 5, true, &t);
    expect("0 50 100 150 200 250");
    pl_ticks_linear(0, 0.001, 4, 5, true, &t);
    cr_assert_eq(t.exponent, -3);
    expect("0.00 0.25 0.50 0.75 1.00");
}

Test(ticks, the_smallest_and_the_largest_numbers_have_labels)
{
    pl_ticks_linear(0, 2.1e-299, 10, 5, true, &t);
    cr_assert_eq(t.exponent, -300);
    expect("0 2 4 6 8 10 12 14 16 18 20");
    pl_ticks_linear(0, 2.1e300, 10, 5, true, &t);
    cr_assert_eq(t.exponent, 300);
    expect("0.0 0.2 0.4 0.6 0.8 1.0 1.2 1.4 1.6 1.8 2.0");
    pl_ticks_linear(0, 1e-310, 10, 5, true, &t);
    cr_assert_eq(t.n, 0);
}

Test(ticks, one_or_two_decades_have_labels_at_2_and_5)
{
    pl_ticks_log(3, 300, 10, &t);
    expect("5 10 20 50 100 200");
    pl_ticks_log(0.1, 9, 10, &t);
    expect("0.1 0.2 0.5 1 2 5");
    pl_ticks_log(2.2, 23, 10, &t);
    expect("5 10 20");
    pl_ticks_log(0.8, 1.05, 10, &t); /* next to nothing of a decade */
    expect("0.80 0.85 0.90 0.95 1.00 1.05");
    pl_ticks_log(0.11, 99, 5, &t); /* no room for them */
    expect("1 10");
}

Test(ticks, there_is_no_minus_zero)
{
    pl_ticks_linear(-0.3, 0.3, 6, 5, true, &t);
    expect("-0.3 -0.2 -0.1 0.0 0.1 0.2 0.3");
}

Test(ticks, large_and_small_values_factor_out_a_power_of_ten)
{
    pl_ticks_linear(0, 2.8e6, 6, 5, true, &t);
    cr_assert_eq(t.exponent, 6);
    expect("0.0 0.5 1.0 1.5 2.0 2.5");
    pl_ticks_linear(0, 4e-5, 4, 5, true, &t);
    cr_assert_eq(t.exponent, -6);
    expect("0 10 20 30 40");
    pl_ticks_linear(0, 99999, 5, 5, true, &t);
    cr_assert_eq(t.exponent, 0);
    pl_ticks_linear(0, 2.8e6, 6, 5, false, &t);
    cr_assert_eq(t.exponent, 0);
    cr_assert_str_eq(t.at[1].label, "500000");
}

Test(ticks, minor_ticks_stay_in_range_and_between)
{
    pl_ticks_linear(-3.14, 3.14, 10, 5, true, &t);
    for (int i = 0; i < t.minor_n; i++)
        cr_assert(t.minor[i] >= -3.14 && t.minor[i] <= 3.14);
    cr_assert_gt(t.minor_n, 10);
}

Test(ticks, hostile_ranges_end_and_stay_in_bounds)
{
    static const double ranges[][2] = {{0, 1e-300},     {-1e307, 1e307},   {1e15, 1e15 + 1},
                                       {1, 1 + 1e-12},  {-1e-310, 1e-310}, {1e300, 1.1e300},
                                       {-8e307, 8e307}, {0, 5e-324}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        for (int most = -1; most < 60; most += 7) {
            pl_ticks_linear(ranges[i][0], ranges[i][1], most, 5, true, &t);
            cr_assert(t.n <= PL_TICKS_MAX && t.minor_n <= PL_TICKS_MINOR_MAX);
            pl_ticks_exact(ranges[i][0], ranges[i][1], most, 5, &t);
            pl_ticks_time(ranges[i][0], ranges[i][1], most, "%Y", &t);
            if (ranges[i][0] > 0)
                pl_ticks_log(ranges[i][0], ranges[i][1], most, &t);
        }
    pl_ticks_log(1e-300, 1e300, 10, &t);
    cr_assert(t.n >= 2 && t.n <= 11);
}

Test(ticks, exact_divisions_are_kept)
{
    pl_ticks_exact(0, 1, 3, 2, &t);
    cr_assert_eq(t.n, 4);
    cr_assert_float_eq(t.at[1].value, 1.0 / 3.0, 1e-12);
    cr_assert_eq(t.minor_n, 3);
}

Test(ticks, decades_are_powers_and_plain_when_few)
{
    pl_ticks_log(0.5, 2e6, 20, &t);
    expect("1 10 10^{2} 10^{3} 10^{4} 10^{5} 10^{6}");
    pl_ticks_log(0.5, 200, 20, &t);
    expect("1 10 100");
    cr_assert_gt(t.minor_n, 15);
    pl_ticks_log(2, 7, 10, &t);
    cr_assert_geq(t.n, 2);
}

Test(ticks, time_labels_follow_the_format_and_the_offset)
{
    pl_ticks_time(0, 6 * 3600, 6, "%H:%M%F2020-01-01 00:00:00", &t);
    expect("00:00 01:00 02:00 03:00 04:00 05:00 06:00");
    pl_ticks_time(0, 86400.0 * 20, 4, "%d/%m%F2020-01-01 00:00:00", &t);
    for (int i = 0; i < t.n; i++)
        cr_assert_eq(strlen(t.at[i].label), 5u);
    pl_ticks_time(0, 100, 4, "%s%n%Ey%999999d%%", &t); /* only plain conversions are passed on */
    cr_assert_leq(t.n, 5);
}
