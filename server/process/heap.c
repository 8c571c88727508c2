/* heap.c - malloc's settings; a sanitizer build has its own allocator and none of them. */
#include "server/process/heap.h"

#include <malloc.h>

void pl_heap_setup(void)
{
#ifndef PL_SANITIZED
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, 128 << 10);
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 10);
    (void)mallopt(M_TOP_PAD, 64 << 10);
#endif
}
