/* sandbox_priv.h - the two lists behind pl_sandbox_enter. */
#ifndef PL_SANDBOX_PRIV_H
#define PL_SANDBOX_PRIV_H

#include "server/process/sandbox.h"

/* sandbox_paths.c: 0 when the kernel has no Landlock. */
unsigned pl_sandbox_landlock_abi(void);
/* PL_OK when in force; PL_E_MISSING when this kernel's Landlock cannot hold the role; PL_E_IO. */
enum pl_err pl_sandbox_paths(const struct pl_heritage *heritage, unsigned abi,
                             struct pl_error *error);

/* sandbox_calls.c */
enum pl_err pl_sandbox_calls(enum pl_role role, struct pl_error *error);

#endif
