/* roles.h - the table of roles: what a child is called, what it runs, which inherited descriptors
 * it keeps. */
#ifndef PL_ROLES_H
#define PL_ROLES_H

#include "server/process/heritage.h"

/* pl_role_run - in the child, right after fork: name, signals, death signal, close what the role
 * does not use, then the role's main function. heritage->role, index, slot and stop_fd are set.
 * Never returns. */
void pl_role_run(struct pl_heritage *heritage, pid_t master) __attribute__((noreturn));

#endif
