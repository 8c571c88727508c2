/* corpus_main.c - bend each file many times and do with it what the product does, in one process.
 *
 *     fuzz-corpus [-n INPUTS] [-i NUMBER] [-o FOLDER] [FILE...]
 *
 * Without files it is done with the tests' own samples. Input NUMBER of a file follows from the
 * file and NUMBER alone; -i runs just that one. Odd numbers bend a twin of the file with nothing
 * packed, where there is one, so that the bytes of objects are reached behind their compression.
 * SIGTERM ends the program with the row of the file that is being bent.
 *
 * Of a row: refused = as a whole; items each = listed in one input; drawn = pictures made; arena
 * and heap = the most that one input took; slowest = the CPU of the input that took most.
 *
 * A finding ends the program: whatever the sanitizers or a CHECK stop, more than SECONDS_MAX of CPU
 * for one input, memory beside the arena beyond what a worker has, a source that was written to.
 * The input is saved in FOLDER as fuzz_file takes it. One row a file; memory is held and freed as a
 * worker's, the file once.
 */
#include <errno.h>
#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <xxhash.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "tests/fuzz/corpus.h"
#include "tests/fuzz/file.h"

/* gcc brings these functions of its sanitizer without their header. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *at);

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* An allocation that cannot be is a finding, not a NULL. */
const char *__asan_default_options(void)
{
    return "detect_leaks=1:allocator_may_return_null=0:max_allocation_size_mb=1024";
}

const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1:abort_on_error=1"; /* on_signal saves the input */
}

enum { SECONDS_MAX = 10, LEAST_N = 128, TEST_EVERY = 4096 };

struct sum {
    unsigned long inputs, unpacked, refused, drawn, items;
    size_t arena_peak, heap_peak;
    uint64_t began_ns, slowest_ns;
    unsigned long slowest;
};

/* What is being done, for the handlers. */
static struct {
    const char *folder;
    char name[256];
    unsigned long number;
    const struct held *held; /* NULL between inputs */
    struct file_choice choice;
    volatile sig_atomic_t saved, ending;
} now;

/* Bytes of the heap, from the sanitizer's hooks; those of the input being run count from `base`. */
static struct {
    size_t live, base, peak;
} heap;

/* --- findings ------------------------------------------------------------------------------ */

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}

/* In a handler: the process ends after it, so what is not safe there is at worst lost. */
static void save_input(void)
{
    char path[1024];
    if (now.held == NULL || now.saved)
        return;
    now.saved = 1;
    (void)snprintf(path, sizeof path, "%s/%s-%lu", now.folder, now.name, now.number);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const uint8_t head[FILE_CHOICE_N] = {(uint8_t)(now.choice.object >> 8),
                                         (uint8_t)now.choice.object, now.choice.form,
                                         now.choice.more};
    bool good = fd >= 0 && write(fd, head, sizeof head) == (ssize_t)sizeof head &&
                write(fd, now.held->bytes, now.held->n) == (ssize_t)now.held->n;
    say(good ? "\nFINDING, input saved: " : "\nFINDING, input NOT saved: ");
    say(path);
    say("\n");
}

static void on_signal(int signal)
{
    save_input();
    if (signal == SIGPROF)
        say("the input took too long\n");
    __sanitizer_print_stack_trace();
    _exit(1);
}

static void on_term(int signal)
{
    (void)signal;
    now.ending = 1;
}

static void on_malloc(const volatile void *at, size_t n)
{
    (void)at;
    heap.live += n;
    size_t used = heap.live > heap.base ? heap.live - heap.base : 0;
    heap.peak = PL_MAX(heap.peak, used);
    if (now.held == NULL || used <= FILE_HEAP_N)
        return;
    save_input();
    say("more memory beside the arena than a worker has\n");
    __sanitizer_print_stack_trace();
    _exit(1);
}

static void on_free(const volatile void *at)
{
    if (at != NULL)
        heap.live -= __sanitizer_get_allocated_size(at);
}

static void watch(void)
{
    const int signals[] = {SIGABRT, SIGPROF, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    const struct sigaction term = {.sa_handler = on_term};
    (void)sigaction(SIGTERM, &term, NULL);
    __sanitizer_set_death_callback(save_input);
    CHECK(__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) != 0);
    for (unsigned i = 0; i < PL_COUNT(signals); i++) {
        struct sigaction old, action = {.sa_handler = on_signal};
        /* what the sanitizer handles, it describes better */
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            (void)sigaction(signals[i], &action, NULL);
    }
}

static void limit_cpu(int seconds)
{
    const struct itimerval limit = {.it_value = {.tv_sec = seconds}};
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

/* --- inputs -------------------------------------------------------------------------------- */

/* The bytes behind the end are closed for the time of a run: a read of one is a finding. */
static struct file_outcome run(const struct held *held)
{
    size_t behind = held->capacity - held->n;
    ASAN_POISON_MEMORY_REGION(held->bytes + held->n, behind);
    now.held = held;
    heap.base = heap.live;
    limit_cpu(SECONDS_MAX);
    struct file_outcome outcome = file_run(held->bytes, held->n, &now.choice);
    limit_cpu(0);
    now.held = NULL;
    ASAN_UNPOISON_MEMORY_REGION(held->bytes + held->n, behind);
    return outcome;
}

static void add(struct sum *sum, const struct file_outcome *outcome, uint64_t ns)
{
    sum->inputs++;
    sum->refused += !outcome->listed;
    sum->drawn += outcome->drawn;
    sum->items += outcome->items;
    sum->arena_peak = PL_MAX(sum->arena_peak, outcome->arena_peak);
    if (ns > sum->slowest_ns) {
        sum->slowest_ns = ns;
        sum->slowest = now.number;
    }
}

/* What was bent is drawn, else each thing in turn. */
static void choose(struct dice *dice, const struct bent *bent)
{
    now.choice = (struct file_choice){
        .object = (uint16_t)(bent->has_object && dice_below(dice, 4) != 0 ? bent->object
                                                                          : now.number / 2),
        .form = (uint8_t)dice_below(dice, 256),
        .more = (uint8_t)dice_below(dice, 256)};
}

static void one_input(struct held *held, bool whole, uint64_t seed, struct sum *sum)
{
    struct bent bent;
    struct dice dice = {seed + (now.number << 20)};
    bend(held, &dice, whole, &bent);
    choose(&dice, &bent);
    uint64_t start = pl_cpu_ns();
    struct file_outcome outcome = run(held);
    add(sum, &outcome, pl_cpu_ns() - start);
    straighten(held, &bent);
}

/* The files as they are: what is read of the twin is what is read of the file. */
static void run_straight(const struct held *held, const struct held *twin)
{
    now.choice = (struct file_choice){0, 0, 0};
    struct file_outcome one = run(held), other = run(twin);
    CHECK(one.listed == other.listed && one.items == other.items && one.drawn == other.drawn);
}

static void show_head(void)
{
    printf("%-30s %8s %8s %8s %8s %8s %8s %6s %6s %8s %9s %8s\n", "file", "inputs", "unpacked",
           "refused", "drawn", "items", "inputs/s", "arena", "heap", "slowest", "number",
           "seconds");
    printf("%-30s %8s %8s %8s %8s %8s %8s %6s %6s %8s %9s %8s\n", "", "", "", "", "", "each", "",
           "MiB", "MiB", "ms", "", "");
}

static void show(const struct sum *sum)
{
    double seconds = (double)(pl_now_ns() - sum->began_ns) / 1e9;
    printf("%-30.30s %8lu %8lu %8lu %8lu %8.1f %8.0f %6.1f %6.1f %8.1f %9lu %8.1f\n", now.name,
           sum->inputs, sum->unpacked, sum->refused, sum->drawn,
           (double)sum->items / (double)PL_MAX(sum->inputs, 1ul), (double)sum->inputs / seconds,
           (double)sum->arena_peak / 1048576.0, (double)heap.peak / 1048576.0,
           (double)sum->slowest_ns / 1e6, sum->slowest, seconds);
    (void)fflush(stdout);
}

/* What the file and its twin are after a run, they were before. */
static void test_straight(const struct held *held, uint64_t digest)
{
    CHECK(held->n == 0 || XXH3_64bits(held->bytes, held->n) == digest);
}

static void run_file(struct held *held, unsigned long first, unsigned long end)
{
    struct held twin;
    struct sum sum = {.began_ns = pl_now_ns()};
    uint64_t seed = XXH3_64bits(now.name, strlen(now.name));
    bool has_twin = held_unpacked(held, &twin);
    heap.peak = 0;
    run_straight(held, has_twin ? &twin : held);
    uint64_t digest = XXH3_64bits(held->bytes, held->n),
             digest_twin = XXH3_64bits(twin.bytes, twin.n);
    for (now.number = first; now.number < end && !now.ending; now.number++) {
        bool unpacked = has_twin && now.number % 2 == 1;
        one_input(unpacked ? &twin : held, !unpacked, seed, &sum);
        sum.unpacked += unpacked;
        if (now.number % TEST_EVERY == 0) {
            test_straight(held, digest);
            test_straight(&twin, digest_twin);
        }
    }
    test_straight(held, digest);
    test_straight(&twin, digest_twin);
    show(&sum);
    held_free(&twin);
}

/* Our own files have classes and members that the corpus lacks. */
static void run_samples(unsigned long first, unsigned long end)
{
    for (unsigned i = 0; i < FILE_SAMPLES && !now.ending; i += 4) {
        struct gen_bytes bytes;
        struct held held;
        file_sample(i, &bytes);
        held_copy(&held, bytes.bytes, bytes.n);
        free(bytes.bytes);
        (void)snprintf(now.name, sizeof now.name, "sample-%u", i / 4);
        run_file(&held, first, end);
        held_free(&held);
    }
}

static int run_path(const char *path, unsigned long first, unsigned long end)
{
    struct held held;
    const char *slash = strrchr(path, '/');
    (void)snprintf(now.name, sizeof now.name, "%s", slash != NULL ? slash + 1 : path);
    if (!held_load(&held, path))
        return 1;
    if (held.n < LEAST_N)
        printf("%s: too short to be bent\n", path);
    else
        run_file(&held, first, end);
    held_free(&held);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long first = 0, end = 1000;
    int option, done = 0, failed = 0;
    now.folder = ".";
    while ((option = getopt(argc, argv, "n:i:o:")) != -1) {
        if (option == 'n') {
            end = strtoul(optarg, NULL, 10);
        } else if (option == 'i') {
            first = strtoul(optarg, NULL, 10);
            end = first + 1;
        } else if (option == 'o') {
            now.folder = optarg;
        } else {
            return 2;
        }
    }
    file_start();
    watch();
    show_head();
    if (optind == argc) {
        run_samples(first, end);
        done++;
    }
    for (int i = optind; i < argc && !now.ending; i++, done++)
        failed += run_path(argv[i], first, end);
    printf("%d passed, %d failed\n", done - failed, failed);
    return failed != 0;
}
