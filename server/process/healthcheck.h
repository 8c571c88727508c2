/* healthcheck.h - platend --healthcheck: one GET by hand, for container platforms without curl. */
#ifndef PL_HEALTHCHECK_H
#define PL_HEALTHCHECK_H

#include <stdbool.h>

/* pl_healthcheck - GET /livez (or /readyz) at an address of http.listen. 0 when answered 200 within
 * five seconds, else 1 with the reason on standard error. */
int pl_healthcheck(const char *address, bool ready);

#endif
