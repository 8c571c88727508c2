/* heap.h - malloc's settings, the same for all processes. */
#ifndef PL_HEAP_H
#define PL_HEAP_H

/* pl_heap_setup - first thing in main, before anything is allocated; children inherit it. Large
 * blocks are mapped and go back to the system when they are freed; the master keeps no hole of
 * megabytes in its heap that a child would then fill and pay for (measured: 2 MB a worker). */
void pl_heap_setup(void);

#endif
