/* corpus.h - real files, bent many times: where things stand in a file, and how it is bent and made
 * straight again. */
#ifndef PL_FUZZ_CORPUS_H
#define PL_FUZZ_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum part { PART_HEAD, PART_LIST, PART_KEY, PART_INFO, PART_BODY, PART_COUNT };

struct span {
    uint64_t at, n;
    unsigned object; /* PART_KEY and PART_BODY: its number in the listing */
};

struct spans {
    struct span *at;
    unsigned n, capacity;
};

/* A file held so that it can grow a little. */
struct held {
    uint8_t *bytes;
    size_t n, capacity;
    struct spans parts[PART_COUNT]; /* one may be empty */
};

enum { HELD_ROOM_N = 4096 };

/* held_load - false when it cannot be read; what is no ROOT file is held without parts. */
bool held_load(struct held *held, const char *path);
void held_copy(struct held *held, const uint8_t *bytes, size_t n); /* the same of bytes in memory */
/* held_unpacked - the same file with every drawable object and the streamer information stored
 * plain, appended to what is there; only what refers to them, and they, are its parts. False when
 * nothing was packed. */
bool held_unpacked(const struct held *from, struct held *held);
void held_free(struct held *held);

/* Any sequence for one seed, the same on every machine. */
struct dice {
    uint64_t state;
};
uint32_t dice_below(struct dice *dice, uint32_t n); /* n > 0 */

enum { BENT_MAX = 12, BENT_BYTES = 64 };
struct bent {
    unsigned n;
    struct {
        enum { BENT_BYTES_SET, BENT_LONGER, BENT_SHORTER, BENT_CUT } how;
        size_t at, n;
        uint8_t was[BENT_BYTES];
    } step[BENT_MAX];
    bool has_object; /* the last object that was bent */
    unsigned object;
};

/* bend - one to eight changes, and at times one of the length. whole: anywhere in the file as well,
 * else in its parts alone. */
void bend(struct held *held, struct dice *dice, bool whole, struct bent *bent);
void straighten(struct held *held, const struct bent *bent);

#endif
