/* notice.h - a picture that says why there is no other one.
 *
 * Drawn in the front, between other requests: it must cost little (well under a millisecond at
 * 600x400) and read nothing that a client sent but the text, which is the front's own sentence and
 * may name what was asked for. Printed as it is, without markup; what is no UTF-8 is shown as
 * U+FFFD; broken into lines and cut when it does not fit.
 */
#ifndef PL_NOTICE_H
#define PL_NOTICE_H

#include <stdint.h>

#include "shm/base/buf.h"
#include "shm/base/err.h"

/* pl_notice_png - a palette PNG of width x height pixels with text in grey on white in its middle,
 * appended to out.
 *
 * width_px, height_px  1..2499 each
 * returns PL_OK; PL_E_LIMIT (a side out of range, out too small), PL_E_NOMEM
 * after   on any return but PL_OK, out is as it was
 * process any, once pl_render_start was called in its parent
 */
enum pl_err pl_notice_png(uint32_t width_px, uint32_t height_px, const char *text,
                          struct pl_buf *out, struct pl_error *error);

#endif
