/* recency.c - hit ratios of FIFO, LRU, CLOCK and SIEVE on made-up traces, as a Markdown table.
 *
 *     gcc -O2 -I. -o /tmp/recency tests/bench/recency.c -lm && /tmp/recency
 *
 * Traces: Zipf over OBJECTS pictures with a given exponent; the same with scans (a tenth of the
 * requests walk over pictures asked for once, as a crawler or a batch export does); the same
 * drifting (the popular pictures change as runs end and new ones begin). Sizes are one unit each,
 * or log-uniform 2 to 300 KB as plots and frames have them; the cache is a share of the bytes of
 * all OBJECTS. Equal seeds, so every policy sees the same requests. Simulates policies only: it
 * does not link the cache.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OBJECTS = 20000,
    REQUESTS = 500000,
    WARM_UP = 100000, /* not counted */
    SCANNED = 60000,  /* pictures that scans pass over, beyond OBJECTS */
    ALL = OBJECTS + SCANNED,
    NONE = -1,
};

enum policy { FIFO, LRU, CLOCK, SIEVE, POLICIES };
enum trace { PLAIN, SCAN, DRIFT, TRACES };

static const char *const trace_names[TRACES] = {"Zipf", "Zipf + scan", "Zipf, drifting"};

/* One queue of cached objects: head = newest, tail = oldest. */
struct cache {
    enum policy policy;
    uint64_t bytes, limit;
    int head, tail, hand;
    int newer[ALL], older[ALL];
    bool in[ALL], visited[ALL];
};

static uint32_t sizes[ALL];
static int requests[REQUESTS];
static double cumulative[OBJECTS];
static struct cache cache;

static uint64_t random_state;

static double uniform(void)
{
    uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ x >> 31) >> 11) / 9007199254740992.0;
}

static int zipf(void)
{
    double at = uniform() * cumulative[OBJECTS - 1];
    int low = 0, high = OBJECTS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (cumulative[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void make_trace(enum trace trace, double alpha, bool variable)
{
    double sum = 0;
    random_state = 42;
    for (int i = 0; i < ALL; i++)
        sizes[i] = variable ? (uint32_t)(2000 * pow(150, uniform())) : 1;
    for (int i = 0; i < OBJECTS; i++)
        cumulative[i] = sum += pow(i + 1, -alpha);
    /* Objects are shuffled over ranks, so that size and popularity have nothing to do with each
     * other. */
    int scan = 0, scan_left = 0;
    for (int i = 0; i < REQUESTS; i++) {
        int shift =
            trace == DRIFT ? i / 5000 * 7 : 0; /* the most popular rank moves to other pictures */
        if (trace == SCAN && scan_left == 0 && uniform() < 0.1 / 500)
            scan_left = 500;
        if (scan_left > 0) {
            requests[i] = OBJECTS + scan;
            scan = (scan + 1) % SCANNED;
            scan_left--;
        } else {
            requests[i] = (int)(((uint64_t)(zipf() + shift) * 7919) % OBJECTS);
        }
    }
}

static void unlink_object(struct cache *c, int i)
{
    *(c->newer[i] != NONE ? &c->older[c->newer[i]] : &c->head) = c->older[i];
    *(c->older[i] != NONE ? &c->newer[c->older[i]] : &c->tail) = c->newer[i];
}

static void push_head(struct cache *c, int i)
{
    c->newer[i] = NONE;
    c->older[i] = c->head;
    *(c->head != NONE ? &c->newer[c->head] : &c->tail) = i;
    c->head = i;
}

static int victim(struct cache *c)
{
    int i = c->tail;
    if (c->policy == CLOCK) {
        while (c->visited[i]) { /* a second chance: back to the head */
            c->visited[i] = false;
            unlink_object(c, i);
            push_head(c, i);
            i = c->tail;
        }
    } else if (c->policy == SIEVE) {
        i = c->hand != NONE ? c->hand : c->tail;
        while (c->visited[i]) { /* stays where it is; the hand goes on towards the newest */
            c->visited[i] = false;
            i = c->newer[i] != NONE ? c->newer[i] : c->tail;
        }
        c->hand = c->newer[i];
    }
    return i;
}

static bool request(struct cache *c, int i)
{
    if (c->in[i]) {
        c->visited[i] = true;
        if (c->policy == LRU) {
            unlink_object(c, i);
            push_head(c, i);
        }
        return true;
    }
    while (c->bytes + sizes[i] > c->limit && c->tail != NONE) {
        int gone = victim(c);
        unlink_object(c, gone);
        c->in[gone] = false;
        c->bytes -= sizes[gone];
    }
    c->in[i] = true;
    c->visited[i] = false;
    c->bytes += sizes[i];
    push_head(c, i);
    return false;
}

static double hit_ratio(enum policy policy, double share)
{
    uint64_t all = 0, hits = 0;
    for (int i = 0; i < OBJECTS; i++)
        all += sizes[i];
    memset(&cache, 0, sizeof cache);
    cache.policy = policy;
    cache.limit = (uint64_t)((double)all * share);
    cache.head = cache.tail = cache.hand = NONE;
    for (int i = 0; i < REQUESTS; i++)
        hits += request(&cache, requests[i]) && i >= WARM_UP;
    return 100.0 * (double)hits / (REQUESTS - WARM_UP);
}

int main(void)
{
    static const double alphas[] = {0.6, 0.8, 1.0, 1.2}, shares[] = {0.01, 0.05, 0.1};
    double mean[POLICIES] = {0};
    int rows = 0;
    puts("| trace | sizes | alpha | cache | FIFO % | LRU % | CLOCK % | SIEVE % |");
    puts("|---|---|---|---|---|---|---|---|");
    for (int trace = 0; trace < TRACES; trace++)
        for (int variable = 0; variable < 2; variable++)
            for (int a = 0; a < 4; a++) {
                make_trace((enum trace)trace, alphas[a], variable);
                for (int s = 0; s < 3; s++, rows++) {
                    printf("| %s | %s | %.1f | %.0f %% |", trace_names[trace],
                           variable ? "2-300 KB" : "equal", alphas[a], shares[s] * 100);
                    for (int policy = 0; policy < POLICIES; policy++) {
                        double ratio = hit_ratio((enum policy)policy, shares[s]);
                        mean[policy] += ratio;
                        printf(" %.1f |", ratio);
                    }
                    puts("");
                }
            }
    printf("| mean | | | |");
    for (int policy = 0; policy < POLICIES; policy++)
        printf(" %.1f |", mean[policy] / rows);
    puts("");
    return 0;
}
