/* tokens.h - markup one token at a time, for files that are not always one well-formed document.
 *
 * Tags, texts and nothing else: comments, processing instructions and a DOCTYPE are passed over and
 * never obeyed. It does not ask whether an end tag closes what was opened last. Nothing is copied
 * and nothing recurses; names and values are ranges of the text.
 */
#ifndef PL_CARD_TOKENS_H
#define PL_CARD_TOKENS_H

#include "render/card/game/game.h"
#include "shm/base/cursor.h"

enum pl_token {
    PL_TOKEN_END,    /* of the text; pl_tokens.depth > 0: in the middle of something */
    PL_TOKEN_START,  /* <name ...> or <name .../> */
    PL_TOKEN_CLOSE,  /* </name> */
    PL_TOKEN_TEXT,   /* also the inside of <![CDATA[ ]]> */
    PL_TOKEN_BROKEN, /* no markup from here on, or cut off; comes again if asked again */
    PL_TOKEN_DEEP,   /* more than PL_CARD_NESTING_MAX elements inside one another; as above */
};

struct pl_range {
    const uint8_t *bytes;
    size_t n;
};

struct pl_tokens {
    struct pl_cur cur;
    unsigned depth; /* elements open */
    uint32_t line;  /* where the last token begins, from 1 */
    uint32_t next_line;
    enum pl_token ended; /* what is said again */
    /* of the last token */
    struct pl_range name;
    struct pl_range inside; /* of a start tag, behind the name; of a text, all of it */
    bool empty;             /* start tag: closes itself */
    bool verbatim;          /* text: no entities in it */
};

struct pl_tokens pl_tokens_open(const uint8_t *text, size_t n);
enum pl_token pl_tokens_next(struct pl_tokens *tokens);
bool pl_tokens_is(const struct pl_tokens *tokens, const char *name);
/* pl_tokens_attribute - the value as written, without its quotes. false: there is none. */
bool pl_tokens_attribute(const struct pl_tokens *tokens, const char *name, struct pl_range *value);

enum pl_tokens_blanks { PL_BLANKS_TRIM, PL_BLANKS_SQUEEZE };
enum { PL_TOKENS_TEXT_MAX = 240 };
/* pl_tokens_text - a text of the builder: the five predefined and the numeric references resolved,
 * all others left as they are; line ends and controls made blanks, blanks at both ends taken off,
 * with SQUEEZE runs of them made one; cut at PL_TOKENS_TEXT_MAX bytes. NULL: the arena is full. */
const char *pl_tokens_text(struct pl_builder *builder, struct pl_range range, bool verbatim,
                           enum pl_tokens_blanks blanks);

#endif
