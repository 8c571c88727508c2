/* exit.h - what the exit status of a child tells the master. Anything else, and every signal, is a crash. */
#ifndef PL_EXIT_H
#define PL_EXIT_H

enum pl_exit {
    PL_EXIT_OK = 0,       /* was told to finish, and did */
    PL_EXIT_FAILED = 1,   /* could not start or go on; it has logged why; replaced with back-off */
    PL_EXIT_PLANNED = 10, /* workers.recycle_jobs reached: replaced at once, counted as planned */
    PL_EXIT_MEMORY = 11,  /* private memory stayed above the budget: replaced at once, counted as memory */
};

/* Exit status of platend itself (man page, unit file and tests rely on it). */
enum pl_status {
    PL_STATUS_OK = 0,
    PL_STATUS_FAILED = 1,        /* runtime failure */
    PL_STATUS_CONFIGURATION = 2, /* options that cannot be used, a memory sum that does not fit */
    PL_STATUS_IN_USE = 3,        /* an address or a lock belongs to another process */
    PL_STATUS_CACHE = 4,         /* the cache cannot be used */
};

#endif
