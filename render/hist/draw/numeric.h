/* numeric.h - the special functions that error bars and tests need. Pure arithmetic; every result
 * is finite for every input, and 0 or an end of the range where the mathematics has no answer. */
#ifndef PL_HIST_NUMERIC_H
#define PL_HIST_NUMERIC_H

/* Regularised incomplete beta function I_x(a, b): the probability that a beta variable is below x.
 * a, b > 0. Absolute error below 1e-8 up to a + b of 1e9, 1e-12 for small ones. */
double pl_beta_below(double x, double a, double b);
/* The x at which I_x(a, b) = p. */
double pl_beta_quantile(double p, double a, double b);

/* Regularised lower incomplete gamma function P(a, x), a > 0. */
double pl_gamma_below(double x, double a);
/* The x at which P(a, x) = p < 1. */
double pl_gamma_quantile(double p, double a);

/* The z at which the standard normal distribution reaches p. */
double pl_normal_quantile(double p);

/* Limit of Kolmogorov's distribution: the probability of a distance of at least z. */
double pl_kolmogorov(double z);

#endif
