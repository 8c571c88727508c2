/* counters.c - an array of 64-bit words in anonymous shared memory, one padded row a process slot.
 *
 * Knows no names and no meanings. Rows start on page boundaries, so that no two processes ever
 * write to one cache line. The mapping is made once before fork and shared by every child.
 */
#include "shm/counters.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "shm/base/check.h"

enum { COUNTERS_MAGIC = 0x434f554e, ROW_ALIGNMENT = 4096 };

struct pl_counters {
    unsigned magic;
    unsigned slots, numbers;
    size_t row_n; /* words from one row to the next */
    size_t mapped_bytes;
    _Alignas(ROW_ALIGNMENT) _Atomic uint64_t words[];
};

enum pl_err pl_counters_make(struct pl_counters **out, unsigned slots, unsigned numbers,
                             struct pl_error *error)
{
    uint64_t row_bytes = (uint64_t)numbers * sizeof(uint64_t), bytes;
    row_bytes = (row_bytes + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
    if (!pl_mul(row_bytes, slots, &bytes) || !pl_add(bytes, sizeof(struct pl_counters), &bytes))
        return pl_fail(error, PL_E_LIMIT, "too many counters: %u slots of %u", slots, numbers);
    struct pl_counters *counters =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counters == MAP_FAILED)
        return pl_fail_errno(error, "cannot map %llu bytes of counters", (unsigned long long)bytes);
    counters->magic = COUNTERS_MAGIC;
    counters->slots = slots;
    counters->numbers = numbers;
    counters->row_n = row_bytes / sizeof(uint64_t);
    counters->mapped_bytes = bytes;
    *out = counters;
    return PL_OK;
}

void pl_counters_free(struct pl_counters **pointer)
{
    struct pl_counters *counters = *pointer;
    if (counters == NULL)
        return;
    CHECK_MAGIC(counters, COUNTERS_MAGIC);
    (void)munmap(counters, counters->mapped_bytes);
    *pointer = NULL;
}

/* A number out of range is a programming error and would hit another slot's row. */
static size_t word_at(const struct pl_counters *counters, unsigned slot, unsigned number)
{
    CHECK_MAGIC(counters, COUNTERS_MAGIC);
    CHECK(slot < counters->slots && number < counters->numbers);
    return slot * counters->row_n + number;
}

void pl_counters_add(struct pl_counters *counters, unsigned slot, unsigned number, uint64_t amount)
{
    atomic_fetch_add_explicit(&counters->words[word_at(counters, slot, number)], amount,
                              memory_order_relaxed);
}

void pl_counters_set(struct pl_counters *counters, unsigned slot, unsigned number, uint64_t value)
{
    atomic_store_explicit(&counters->words[word_at(counters, slot, number)], value,
                          memory_order_relaxed);
}

uint64_t pl_counters_get(const struct pl_counters *counters, unsigned slot, unsigned number)
{
    return atomic_load_explicit(&counters->words[word_at(counters, slot, number)],
                                memory_order_relaxed);
}

uint64_t pl_counters_sum(const struct pl_counters *counters, unsigned number)
{
    uint64_t sum = 0;
    for (unsigned slot = 0; slot < counters->slots; slot++)
        sum += pl_counters_get(counters, slot, number);
    return sum;
}
