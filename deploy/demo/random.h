/* random.h - pseudo-random numbers that are the same everywhere (SplitMix64). */
#ifndef PL_DEMO_RANDOM_H
#define PL_DEMO_RANDOM_H

#include <math.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_bits(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* In (0, 1). */
static inline double uniform(struct random *random)
{
    return ((double)(random_bits(random) >> 11) + 0.5) * 0x1p-53;
}

static inline double between(struct random *random, double low, double high)
{
    return low + (high - low) * uniform(random);
}

static inline double gauss(struct random *random, double mean, double sigma)
{
    double r = sqrt(-2.0 * log(uniform(random)));
    return mean + sigma * r * cos(6.283185307179586 * uniform(random));
}

static inline double exponential(struct random *random, double mean)
{
    return -mean * log(uniform(random));
}

/* Moyal's distribution, a closed form that looks like Landau's: a steep rise and a long tail. */
static inline double landau_like(struct random *random, double most_probable, double width)
{
    double z = gauss(random, 0.0, 1.0);
    return most_probable - width * log(fmax(z * z, 1e-9));
}

/* Breit-Wigner. */
static inline double resonance(struct random *random, double mass, double width)
{
    return mass + 0.5 * width * tan(3.141592653589793 * (uniform(random) - 0.5));
}

#endif
