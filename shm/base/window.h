/* window.h - the address space of something too large to be held, of which only parts are there.
 *
 * Offsets are those of the whole; a part that is open is ordinary memory, zeroed when opened; all
 * else cannot be touched: reading it ends the process, so nothing that was given back is ever
 * mistaken for data. Costs memory for open parts alone. One process, one thread.
 */
#ifndef PL_BASE_WINDOW_H
#define PL_BASE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "shm/base/err.h"

struct pl_window {
    uint8_t *base; /* of offset 0 */
    size_t n;
};

/* pl_window_make - reserve n > 0 bytes of address space, nothing of it open. PL_E_NOMEM. */
enum pl_err pl_window_make(struct pl_window *window, size_t n, struct pl_error *error);
/* pl_window_open - make [from, to) usable; what is open already in its first and last page stays as
 * it is. PL_E_LIMIT naming workers.memory when the process may not have that much. */
enum pl_err pl_window_open(struct pl_window *window, size_t from, size_t to,
                           struct pl_error *error);
/* pl_window_close - give back the whole pages inside [from, to); bytes beside them stay. */
void pl_window_close(struct pl_window *window, size_t from, size_t to);
void pl_window_free(struct pl_window *window); /* may be called twice */

#endif
