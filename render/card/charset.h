/* charset.h - what an uploaded file says, as UTF-8.
 *
 * UTF-8 with or without byte order mark stays where it is; UTF-16 with a byte order mark is
 * converted; everything else is read as Latin-1. A character cut off by the end of the file is left
 * out. What comes back has no byte order mark and no NUL and is well-formed.
 */
#ifndef PL_CARD_CHARSET_H
#define PL_CARD_CHARSET_H

#include <stdbool.h>

#include "shm/base/arena.h"
#include "shm/base/err.h"

struct pl_charset_text {
    const uint8_t *bytes; /* the file's own or in the arena; not NUL-terminated */
    size_t n;
    bool latin1; /* it was no Unicode */
    bool cut;    /* it ends inside a character */
};

/* pl_charset_read - PL_E_FORMAT: NUL bytes, so it is no text; PL_E_LIMIT: the arena is full. */
enum pl_err pl_charset_read(const uint8_t *bytes, size_t n, struct pl_arena *arena,
                            struct pl_charset_text *out, struct pl_error *error);

/* pl_charset_put - a code point as UTF-8, at most 4 bytes; how many. What is none is U+FFFD. */
size_t pl_charset_put(uint8_t *out, uint32_t code);

#endif
