/* utf8.h - one character of UTF-8 (RFC 3629) at a time: no overlong forms, no surrogates, nothing
 * past U+10FFFF. What is done with bytes that are none of it is the caller's business. */
#ifndef PL_UTF8_H
#define PL_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define PL_UTF8_UNKNOWN "\xef\xbf\xbd" /* U+FFFD, to show where bytes are no character */

/* pl_utf8_wanted - how many bytes the character has that begins with this byte; 0 when none does.
 */
size_t pl_utf8_wanted(unsigned char first);

/* pl_utf8_step - bytes of the character at s, of which n may be looked at (SIZE_MAX: up to the NUL
 * that ends the text, which is never stepped over inside a character); 0 when there is none, n = 0
 * included. code may be NULL and is left alone unless there is a character. */
size_t pl_utf8_step(const void *s, size_t n, uint32_t *code);

#endif
