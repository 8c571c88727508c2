/* numeric.c - incomplete beta and gamma functions, their inverses, Kolmogorov's distribution.
 *
 * The functions are continued fractions (modified Lentz) and series of the usual kind, and where
 * these become long the uniform asymptotic expansion of the incomplete beta function; an inverse
 * starts from an approximation by normal quantiles and goes on with Newton's method inside a
 * bracket that bisection keeps, so that it ends however flat the function is. No state, no memory.
 */
#include "render/hist/draw/numeric.h"

#include <math.h>

enum { STEPS_MAX = 3000, LARGE = 50000 };
#define TINY 1e-300
#define ENOUGH 1e-15

static double nonzero(double value)
{
    return fabs(value) < TINY ? TINY : value;
}

/* ---- beta ---------------------------------------------------------------------------------- */

/* What Stirling's formula lacks of the logarithm of Gamma(z). */
static double stirling_rest(double z)
{
    if (z < 16.0)
        return lgamma(z) - ((z - 0.5) * log(z) - z + 0.5 * log(2.0 * M_PI));
    double zz = 1.0 / (z * z);
    return (1.0 / 12.0 - zz * (1.0 / 360.0 - zz * (1.0 / 1260.0 - zz / 1680.0))) / z;
}

/* a log(a / (n x)) + b log(b / (n (1-x))), n = a + b: how far x is from a / n, as a likelihood.
 * Never the difference of two large numbers. */
static double beta_distance(double x, double a, double b)
{
    double n = a + b, d = a - n * x;
    return fmax(0.0, a * log1p(d / (n * x)) + b * log1p(-d / (n * (1.0 - x))));
}

/* x^a (1-x)^b / B(a, b) */
static double beta_front(double x, double a, double b)
{
    double n = a + b, rest = stirling_rest(n) - stirling_rest(a) - stirling_rest(b);
    return sqrt(a / n * b / (2.0 * M_PI)) * exp(rest - beta_distance(x, a, b));
}

/* Temme's uniform expansion to its first correction: what is left out is of the order n^(-3/2). */
static double beta_large(double x, double a, double b)
{
    double n = a + b, mean = a / n, width = sqrt(mean * (1.0 - mean));
    double z = copysign(sqrt(2.0 * beta_distance(x, a, b)), x - mean);
    double correction = (1.0 - 2.0 * mean) / (3.0 * width); /* the limit at the mean */
    if (fabs(z) > 0.03)
        correction = sqrt(n) / z - width / (x - mean);
    return 0.5 * erfc(-z * M_SQRT1_2) + correction * exp(-0.5 * z * z) / sqrt(2.0 * M_PI * n);
}

/* The continued fraction of I_x(a, b); converges fast for x < (a+1) / (a+b+2). */
static double beta_fraction(double x, double a, double b)
{
    double c = 1.0, d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0)), h = d;
    for (int m = 1; m < STEPS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        h *= d * c;
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        h *= d * c;
        if (fabs(d * c - 1.0) < ENOUGH)
            break;
    }
    return h;
}

double pl_beta_below(double x, double a, double b)
{
    if (!(x > 0.0) || !(a > 0.0) || !(b > 0.0))
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    if (fmin(a, b) > LARGE)
        return fmin(fmax(beta_large(x, a, b), 0.0), 1.0);
    double front = beta_front(x, a, b);
    double value = x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(x, a, b) / a
                                                 : 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
    return isfinite(value) ? fmin(fmax(value, 0.0), 1.0) : 0.0;
}

/* Newton's method for a rising function; low and high hold the answer between them. */
static double invert(double (*below)(double, double, double),
                     double (*density)(double, double, double), double p, double a, double b,
                     double low, double high, double x)
{
    for (int i = 0; i < 100; i++) {
        double error = below(x, a, b) - p, slope = density(x, a, b);
        if (error > 0.0)
            high = x;
        else
            low = x;
        double next = x - error / slope;
        if (!(next > low && next < high))
            next = 0.5 * (low + high);
        if (fabs(next - x) <= 1e-13 * fabs(next))
            return next;
        x = next;
    }
    return x;
}

static double beta_density(double x, double a, double b)
{
    return beta_front(x, a, b) / (x * (1.0 - x));
}

double pl_beta_quantile(double p, double a, double b)
{
    if (!(p > 0.0) || !(a > 0.0) || !(b > 0.0))
        return 0.0;
    if (p >= 1.0)
        return 1.0;
    double mean = a / (a + b), sigma = sqrt(mean * (1.0 - mean) / (a + b + 1.0));
    double guess = mean + sigma * pl_normal_quantile(p);
    if (!(guess > 0.0 && guess < 1.0))
        guess = 0.5 * (guess <= 0.0 ? mean : 1.0 + mean);
    return invert(pl_beta_below, beta_density, p, a, b, 0.0, 1.0, guess);
}

/* ---- gamma --------------------------------------------------------------------------------- */

/* x^a e^-x / Gamma(a) */
static double gamma_front(double x, double a)
{
    return exp(a * log(x) - x - lgamma(a));
}

double pl_gamma_below(double x, double a)
{
    if (!(x > 0.0) || !(a > 0.0))
        return 0.0;
    double front = gamma_front(x, a);
    if (x < a + 1.0) {
        double term = 1.0 / a, sum = term;
        for (int i = 1; i < STEPS_MAX && fabs(term) > ENOUGH * sum; i++) {
            term *= x / (a + i);
            sum += term;
        }
        return fmin(front * sum, 1.0);
    }
    double b = x + 1.0 - a, c = 1.0 / TINY, d = 1.0 / b, h = d;
    for (int i = 1; i < STEPS_MAX; i++) {
        double an = -i * (i - a);
        b += 2.0;
        d = 1.0 / nonzero(an * d + b);
        c = nonzero(b + an / c);
        h *= d * c;
        if (fabs(d * c - 1.0) < ENOUGH)
            break;
    }
    return fmin(fmax(1.0 - front * h, 0.0), 1.0);
}

static double gamma_below(double x, double a, double unused)
{
    (void)unused;
    return pl_gamma_below(x, a);
}

static double gamma_density(double x, double a, double unused)
{
    (void)unused;
    return gamma_front(x, a) / x;
}

double pl_gamma_quantile(double p, double a)
{
    if (!(p > 0.0) || !(a > 0.0) || p >= 1.0)
        return 0.0;
    double t = 1.0 / (9.0 * a); /* Wilson and Hilferty */
    double root = 1.0 - t + pl_normal_quantile(p) * sqrt(t), guess = a * root * root * root;
    double high = a + 40.0 * sqrt(a) + 800.0;
    if (a > 1e5)
        return guess; /* right to all digits that anybody sees, where series become long */
    if (!(guess > 0.0 && guess < high))
        guess = 0.5 * a;
    return invert(gamma_below, gamma_density, p, a, 0.0, 0.0, high, guess);
}

/* ---- normal, Kolmogorov -------------------------------------------------------------------- */

double pl_normal_quantile(double p)
{
    if (!(p > 0.0) || p >= 1.0)
        return 0.0;
    double tail = fmin(p, 1.0 - p), t = sqrt(-2.0 * log(tail)); /* Abramowitz, Stegun 26.2.23 */
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 4; i++) {
        double error = 0.5 * erfc(z * M_SQRT1_2) - tail;
        z += error * sqrt(2.0 * M_PI) * exp(0.5 * z * z);
    }
    return p < 0.5 ? -z : z;
}

double pl_kolmogorov(double z)
{
    if (!(z > 0.2))
        return 1.0;
    double sum = 0.0;
    if (z < 0.755) { /* the theta function's other side converges here */
        for (int j = 1; j <= 5; j += 2)
            sum += exp(-j * j * M_PI * M_PI / (8.0 * z * z));
        return 1.0 - sqrt(2.0 * M_PI) * sum / z;
    }
    for (int j = 1; j <= 4; j++)
        sum += (j & 1 ? 2.0 : -2.0) * exp(-2.0 * j * j * z * z);
    return fmin(fmax(sum, 0.0), 1.0);
}
