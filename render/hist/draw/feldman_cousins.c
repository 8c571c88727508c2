/* feldman_cousins.c - the Neyman construction for a binomial, ordered by likelihood ratios.
 *
 * G. Feldman, R. Cousins, Phys. Rev. D 57 (1998) 3873: for an efficiency rho, counts k of n are
 * accepted in the order of L(rho; k) / L(k / n; k) until their probabilities reach the level; the
 * interval holds each rho that accepts what was counted. The logarithm of the ratio is concave in k
 * with its peak at n rho, so what is accepted before a count is one run of counts: from its mirror
 * image on the other side of the peak up to it. The mirror image is found by bisection and the
 * probability of the run is a difference of two incomplete beta functions, so that the work is some
 * ten microseconds for any n. No state, no memory.
 */
#include <math.h>

#include "render/hist/draw/interval.h"
#include "render/hist/draw/numeric.h"

#define TOLERANCE 1e-9
#define COUNTS_MAX 1e15 /* of more, whole numbers end and the interval is a point to the eye */

/* log L(rho; k) / L(k / n; k) */
static double log_ratio(double rho, double k, double n)
{
    double hits = k > 0.0 ? k * log(n * rho / k) : 0.0;
    return hits + (k < n ? (n - k) * log(n * (1.0 - rho) / (n - k)) : 0.0);
}

/* The probability of k and more. */
static double at_least(double rho, double k, double n)
{
    return k > 0.0 ? pl_beta_below(rho, k, n - k + 1.0) : 1.0;
}

/* Is a count of passed, or a larger one, accepted? */
static bool accepted(double rho, double passed, double n, double level)
{
    double peak = floor(n * rho), low = 0.0, high = peak + 1.0;
    if (passed <= peak)
        return true;
    double own = log_ratio(rho, passed, n);
    while (low < high) { /* the least count that is more likely than `passed` */
        double middle = floor(0.5 * (low + high));
        if (log_ratio(rho, middle, n) > own)
            high = middle;
        else
            low = middle + 1.0;
    }
    return at_least(rho, low, n) - at_least(rho, passed, n) < level;
}

/* The least efficiency that accepts passed of n. Bisected from 0..1, since accepted counts shrink
 * by one here and there as rho grows: of several such places this is the one that ROOT finds. */
static double lower_limit(double passed, double n, double level)
{
    double low = 0.0, high = 1.0, rho = 0.0;
    while (passed > 0.0 && high - low > TOLERANCE) {
        rho = 0.5 * (low + high);
        if (accepted(rho, passed, n, level))
            high = rho;
        else
            low = rho;
    }
    return rho;
}

struct pl_interval pl_feldman_cousins(double passed, double total, double level)
{
    if (total > COUNTS_MAX)
        return (struct pl_interval){passed / total, passed / total};
    double n = floor(total), least = floor(passed), most = fmin(ceil(passed), n);
    return (struct pl_interval){lower_limit(most, n, level),
                                1.0 - lower_limit(n - least, n, level)};
}
