/* heritage.h - ALL that passes from the master to a child across fork. A child closes every
 * descriptor that is not named here and, of these, the ones its role does not use
 * (server/process/roles.c).
 *
 * Process slots: 0 master, 1 keeper; every other slot is given out by the master and free again
 * when its process has been reaped, so that two generations can run side by side during a reload.
 * The same holds for the numbers of fronts on the board. A child uses `slot`, `board_front` and
 * `index` and computes none. */
#ifndef PL_HERITAGE_H
#define PL_HERITAGE_H

#include "server/config/config.h"
#include "shm/board.h"
#include "shm/cache.h"
#include "shm/counters.h"
#include "shm/procs.h"

enum { PL_LISTEN_MAX = 16, PL_SLOT_MASTER = 0, PL_SLOT_KEEPER = 1, PL_SLOT_FIRST = 2 };

struct pl_listener {
    int fd; /* bound, listening, non-blocking, close-on-exec */
    char address[128];
    bool is_unix;
};

struct pl_heritage {
    const struct pl_config *config; /* the child's own copy of this generation */
    char cache_dir[4096], admin_socket[108];
    struct pl_listener listen[PL_LISTEN_MAX];
    unsigned listen_n;
    struct pl_listener admin; /* unix socket, served by every front */
    struct pl_board *board;
    unsigned board_fronts; /* how many numbers of fronts the board was made with */
    struct pl_cache_shared *cache;
    struct pl_counters *counters;
    struct pl_procs *procs;
    int master_fd; /* eventfd: a front asks the master for something (procs->asked) */
    int life_fd;   /* read end of a pipe whose write end only the master holds: EOF = master is gone
                    */
    uint64_t memory_limit_bytes; /* effective limit of the container */
    uint64_t worker_memory_bytes;
    /* this child */
    enum pl_role role;
    unsigned index;       /* among its role and generation: worker 0, worker 1, ... */
    unsigned slot;        /* process table, counters and, for workers and the keeper, the board */
    unsigned board_front; /* fronts: number on the board, < PL_BOARD_FRONTS_MAX */
    unsigned generation;
    /* eventfd: readable once the master says: finish what you have taken and exit with PL_EXIT_OK.
     * Poll it, do not read it. SIGTERM writes to it (server/process/roles.c) unless the role
     * installs a handler of its own. The death of the master is SIGKILL to each child. */
    int stop_fd;
};

/* The main function of each role: runs until told to stop, returns the process's exit status. */
int pl_front_main(struct pl_heritage *heritage);  /* server/http/front.c */
int pl_worker_main(struct pl_heritage *heritage); /* server/process/worker.c */
int pl_keeper_main(struct pl_heritage *heritage); /* server/process/keeper.c */

#endif
