/* exit.h - with which status a child ends, so that the master can count the reasons apart. */
#ifndef PL_EXIT_H
#define PL_EXIT_H

enum pl_exit {
    PL_EXIT_OK = 0,       /* told to stop, or the master is gone; everything taken was finished */
    PL_EXIT_PLANNED = 10, /* worker: recycle_jobs reached; replace at once, no back-off */
    PL_EXIT_MEMORY = 11,  /* worker: private memory stayed above its budget; replace at once */
    PL_EXIT_START = 12,   /* could not open what it needs or close its sandbox; back off */
};

#endif
