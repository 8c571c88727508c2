/* file.h - one ROOT file through everything that the product does with an upload and a picture. */
#ifndef PL_FUZZ_FILE_H
#define PL_FUZZ_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/gen/root_writer.h"

/* What a worker of 64 MiB has: its arena, the encoded image, and beside the arena in all. There the
 * image counts once and a half: a sanitizer copies what grows, where the C library moves its pages.
 */
enum {
    FILE_WORKER_N = 64 << 20,
    FILE_ARENA_N = 44 << 20,
    FILE_IMAGE_N = FILE_WORKER_N / 4,
    FILE_HEAP_N = FILE_WORKER_N - FILE_ARENA_N + FILE_IMAGE_N / 2,
};

enum { FILE_CHOICE_N = 4 };
struct file_choice {
    uint16_t object; /* of those listed, counted round */
    uint8_t form;    /* parameters of the picture */
    uint8_t more;    /* how many others are laid over it; encoding */
};

struct file_outcome {
    bool listed;       /* the file as a whole was not refused */
    unsigned items;    /* listed in it */
    unsigned drawn;    /* pictures made, 0 or 1 */
    size_t arena_peak; /* of listing and drawing, the larger */
};

void file_start(void); /* once, before the first file_run */
struct file_outcome file_run(const uint8_t *bytes, size_t n, const struct file_choice *choice);

/* Files of one object of every class, packed and with streamer information when the number divides
 * by four; the caller frees out->bytes. */
enum { FILE_SAMPLES = 12 };
void file_sample(unsigned number, struct gen_bytes *out);

#endif
