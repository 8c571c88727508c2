/* scalar.h - texts of the form <NAME>K=VALUE</NAME>, in which data-quality files keep values, flags
 * and results of tests. */
#ifndef PL_HIST_SCALAR_H
#define PL_HIST_SCALAR_H

#include "render/hist/hist.h"

/* pl_scalar_parse - what text says.
 *
 * K is i, f, s, e, t or qr. For qr NAME is OBJECT.TEST (the first dot divides them) and VALUE is
 * st:CODE:RESULT:ALGORITHM:MESSAGE, or st.CODE.MESSAGE as older programs wrote it.
 *
 * out     NULL when the text is not of this form; memory is the arena's
 * returns PL_E_LIMIT naming workers.memory */
enum pl_err pl_scalar_parse(const char *text, struct pl_arena *arena, const struct pl_scalar **out,
                            struct pl_error *error);

#endif
