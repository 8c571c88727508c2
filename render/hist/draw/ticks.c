/* ticks.c - ticks and labels of linear, logarithmic and time axes.
 *
 * Knows numbers only, neither pixels nor fonts: whether the labels fit is asked by axes.c, which
 * calls again with fewer.
 */
#include "render/hist/draw/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shm/base/check.h"

static void add(struct pl_ticks *out, double value)
{
    if (out->n < PL_TICKS_MAX) {
        out->at[out->n].value = value;
        out->at[out->n++].label[0] = '\0';
    }
}

static void add_minor(struct pl_ticks *out, double value)
{
    if (out->minor_n < PL_TICKS_MINOR_MAX)
        out->minor[out->minor_n++] = value;
}

/* The multiple of a thousand to factor out of values up to `largest`. */
static int factor_of(double largest)
{
    if (largest == 0.0 || (largest < 1e5 && largest > 1e-3))
        return 0;
    return 3 * (int)floor(log10(largest) / 3.0 + 1e-12);
}

static void print_fixed(char *out, double value, int decimals)
{
    snprintf(out, PL_TICK_LABEL_N, "%.*f", decimals, value);
    if (strchr(out, '-') != NULL && strspn(out, "-0.") == strlen(out))
        memmove(out, out + 1, strlen(out)); /* no -0 */
}

static void label_all(struct pl_ticks *out, int decimals, int exponent)
{
    double divisor = pow(10.0, exponent);
    out->exponent = exponent;
    decimals = PL_MAX(0, PL_MIN(decimals + exponent, 15));
    for (int i = 0; i < out->n; i++)
        print_fixed(out->at[i].label, out->at[i].value / divisor, decimals);
}

static bool is_multiple(double value, double step)
{
    double n = value / step;
    return fabs(n - floor(n + 0.5)) < 1e-9;
}

enum { LEADS = 4 };
static const double leads[LEADS] = {1.0, 2.0, 2.5, 5.0};

static double intervals(double low, double high, double step)
{
    return floor(high / step + 1e-9) - ceil(low / step - 1e-9);
}

/* The least step with at most `most` intervals in the range, and its decimals; why in ticks.h. */
static double choose_step(double low, double high, int most, int *decimals, int *lead)
{
    for (int k = (int)floor(log10((high - low) / most));; k++)
        for (int i = 0; i < LEADS; i++) {
            double step = leads[i] * pow(10.0, k), coarse = 5.0 * pow(10.0, k);
            bool stretch = i == 1 && !(is_multiple(low, coarse) && is_multiple(high, coarse));
            if (intervals(low, high, step) > most + (stretch ? most / 5 : 0) ||
                (i == 2 && intervals(low, high, coarse) >= 4))
                continue;
            *decimals = i == 2 ? 1 - k : -k;
            *lead = i;
            return step;
        }
}

void pl_ticks_linear(double low, double high, int most, int minor, bool factor,
                     struct pl_ticks *out)
{
    /* parts of an interval that are round themselves: a step of 2 has 4 halves, not 5 times 0.4 */
    static const int parts_of[LEADS] = {5, 4, 5, 5};
    int decimals, lead;
    out->n = out->minor_n = out->exponent = 0;
    if (!((high - low) / PL_TICKS_MAX > 1e-305)) /* a step would have no digits */
        return;
    double step =
        choose_step(low, high, PL_MAX(1, PL_MIN(most, PL_TICKS_MAX * 4 / 5)), &decimals, &lead);
    double first = ceil(low / step - 1e-9), last = floor(high / step + 1e-9);
    if (!(step > 0.0) || !isfinite(step) || fabs(first) > 1e15 || fabs(last) > 1e15)
        return;
    for (double i = first; i <= last; i++)
        add(out, i * step);
    int parts = minor <= 1 ? 0 : parts_of[lead];
    for (double i = first - 1; parts > 0 && i <= last; i++)
        for (int j = 1; j < parts; j++) {
            double value = (i + (double)j / parts) * step;
            if (value >= low && value <= high)
                add_minor(out, value);
        }
    label_all(out, decimals, factor ? factor_of(fmax(fabs(low), fabs(high))) : 0);
}

void pl_ticks_exact(double low, double high, int parts, int minor, struct pl_ticks *out)
{
    out->n = out->minor_n = out->exponent = 0;
    parts = PL_MAX(1, PL_MIN(parts, PL_TICKS_MAX - 1));
    int exponent = factor_of(fmax(fabs(low), fabs(high)));
    for (int i = 0; i <= parts; i++)
        add(out, low + (high - low) * i / parts);
    for (int i = 0; i < parts; i++)
        for (int j = 1; j < minor; j++)
            add_minor(out, low + (high - low) * (i + (double)j / minor) / parts);
    out->exponent = exponent;
    for (int i = 0; i < out->n; i++) {
        double value = out->at[i].value / pow(10.0, exponent);
        snprintf(out->at[i].label, PL_TICK_LABEL_N, "%.4g",
                 fabs(value) < 1e-12 * (high - low) ? 0.0 : value);
    }
}

static void label_decade(struct pl_tick *tick, int k, bool plain)
{
    if (plain)
        snprintf(tick->label, sizeof tick->label, "%.*f", PL_MAX(0, -k), pow(10.0, k));
    else if (k == 0)
        snprintf(tick->label, sizeof tick->label, "1");
    else
        snprintf(tick->label, sizeof tick->label, k == 1 ? "10" : "10^{%d}", k);
}

static int by_value(const void *a, const void *b)
{
    const struct pl_tick *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

static void decades(double low, double high, int first, int last, int most, struct pl_ticks *out)
{
    bool plain = last - first < 3 && first >= -3 && last <= 4;
    /* one or two decades: 2 and 5 as well, when a third of a decade has room for a label */
    bool few = plain && last - first < 2 && most >= 2.7 * log10(high / low);
    int every = PL_MAX(0, last - first) / PL_MAX(1, PL_MIN(most, PL_TICKS_MAX - 2)) + 1;
    for (int k = first; k <= last; k++) {
        if ((k - first) % every != 0) {
            add_minor(out, pow(10.0, k));
            continue;
        }
        add(out, pow(10.0, k));
        label_decade(&out->at[out->n - 1], k, plain);
    }
    for (int k = first - 1; every == 1 && k <= last; k++)
        for (int m = 2; m <= 9; m++) {
            double value = m * pow(10.0, k);
            if (value < low || value > high)
                continue;
            if (few && (m == 2 || m == 5)) {
                add(out, value);
                print_fixed(out->at[out->n - 1].label, value, PL_MAX(0, -k));
            } else {
                add_minor(out, value);
            }
        }
    qsort(out->at, (size_t)out->n, sizeof *out->at, by_value);
}

void pl_ticks_log(double low, double high, int most, struct pl_ticks *out)
{
    out->n = out->minor_n = out->exponent = 0;
    if (!(low > 0.0) || !isfinite(high))
        return;
    int first = (int)ceil(log10(low) - 1e-9), last = (int)floor(log10(high) + 1e-9);
    decades(low, high, first, last, most, out);
    if (last > first || high / low >= 100.0 || out->n >= 3)
        return;
    struct pl_tick only = out->at[0]; /* of less than two decades ordinary labels may say more */
    int n = out->n;
    pl_ticks_linear(low, high, PL_MIN(most, 5), 0, true, out);
    if (out->n < 2 && n > 0) {
        out->n = 1;
        out->exponent = 0;
        out->at[0] = only;
    }
}

/* ---- time ---------------------------------------------------------------------------------- */

/* Seconds that the axis counts from: what stands behind %F, else 1995-01-01 as in ROOT. */
static double time_offset(const char *format)
{
    struct tm tm = {0};
    const char *at = format != NULL ? strstr(format, "%F") : NULL;
    if (at == NULL)
        return 788918400.0;
    if (sscanf(at + 2, "%d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec) < 3)
        return 0.0;
    if (tm.tm_year < 1900 || tm.tm_year > 3000)
        return 0.0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (double)timegm(&tm);
}

/* Only conversions whose length is known to be small; everything else is copied as text. */
static void time_label(char *out, double seconds, const char *format, double step)
{
    char safe[PL_TICK_LABEL_N] = "";
    size_t n = 0;
    if (format == NULL || *format == '\0' || strncmp(format, "%F", 2) == 0)
        format = step < 60.0 ? "%H:%M:%S" : step < 86400.0 ? "%H:%M" : "%Y-%m-%d";
    for (; *format != '\0' && strncmp(format, "%F", 2) != 0 && n + 3 < sizeof safe; format++) {
        if (*format == '%' && (format[1] == '\0' || strchr("HMSdmyYbBaAjp%", format[1]) == NULL))
            continue;
        if (*format == '%')
            safe[n++] = *format++;
        safe[n++] = *format;
    }
    safe[n] = '\0';
    struct tm tm;
    time_t whole = (time_t)floor(seconds + 0.5);
    out[0] = '\0';
    if (gmtime_r(&whole, &tm) == NULL)
        return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* conversions were checked above */
    if (strftime(out, PL_TICK_LABEL_N, safe, &tm) == 0)
        out[0] = '\0';
#pragma GCC diagnostic pop
}

void pl_ticks_time(double low, double high, int most, const char *format, struct pl_ticks *out)
{
    static const double steps[] = {1,       2,       5,        10,      15,     30,     60,
                                   120,     300,     600,      900,     1800,   3600,   7200,
                                   10800,   21600,   43200,    86400,   172800, 604800, 1209600,
                                   2592000, 7776000, 15552000, 31536000};
    double offset = time_offset(format), from = low + offset, to = high + offset;
    out->n = out->minor_n = out->exponent = 0;
    most = PL_MAX(1, PL_MIN(most, PL_TICKS_MAX - 2));
    if (!(fabs(from) < 1e11) || !(fabs(to) < 1e11))
        return;
    double step = steps[0];
    for (unsigned i = 0; i < PL_COUNT(steps) && (to - from) / step > most; i++)
        step = steps[i];
    while ((to - from) / step > most)
        step *= 2.0;
    for (double i = ceil(from / step); i * step <= to; i++) {
        add(out, i * step - offset);
        if (out->n > 0)
            time_label(out->at[out->n - 1].label, i * step, format, step);
    }
}
