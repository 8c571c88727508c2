/* window.c - a reserved mapping whose pages are opened and given back. */
#include "shm/base/window.h"

#include <sys/mman.h>

#include "shm/base/check.h"

enum { PAGE = 4096 };

static size_t up(size_t n)
{
    return (n + PAGE - 1) / PAGE * PAGE;
}

enum pl_err pl_window_make(struct pl_window *window, size_t n, struct pl_error *error)
{
    CHECK(n > 0);
    void *base = n > SIZE_MAX - PAGE ? MAP_FAILED
                                     : mmap(NULL, up(n), PROT_NONE,
                                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    *window = (struct pl_window){NULL, 0};
    if (base == MAP_FAILED)
        return pl_fail(error, PL_E_NOMEM, "no address space for an object of %zu bytes", n);
    *window = (struct pl_window){base, n};
    return PL_OK;
}

enum pl_err pl_window_open(struct pl_window *window, size_t from, size_t to, struct pl_error *error)
{
    CHECK(window->base != NULL && from <= to && to <= window->n);
    size_t start = from / PAGE * PAGE;
    if (mprotect(window->base + start, up(to) - start, PROT_READ | PROT_WRITE) != 0)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "unpacking needs %zu bytes more than workers.memory leaves",
                             to - from);
    return PL_OK;
}

void pl_window_close(struct pl_window *window, size_t from, size_t to)
{
    CHECK(window->base != NULL && from <= to && to <= window->n);
    size_t start = up(from), end = to == window->n ? up(to) : to / PAGE * PAGE;
    if (start >= end)
        return;
    /* A fresh mapping in its place: forgets the pages, and what is not writable is not counted. */
    void *fresh = mmap(window->base + start, end - start, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    CHECK(fresh != MAP_FAILED);
}

void pl_window_free(struct pl_window *window)
{
    if (window->base != NULL)
        (void)munmap(window->base, up(window->n));
    *window = (struct pl_window){NULL, 0};
}
