/* job.c - what both ends of the board share besides the structs. */
#include "server/process/job.h"

#include <string.h>

#define FITS_RECORD(type)                                                                          \
    _Static_assert(sizeof(type) <= PL_BOARD_RECORD_N, #type " does not fit a job's record")
#define FITS_NOTE(type)                                                                            \
    _Static_assert(sizeof(type) <= PL_BOARD_NOTE_N, #type " does not fit a result's note")

FITS_RECORD(struct pl_job_render);
FITS_RECORD(struct pl_job_inspect);
FITS_RECORD(struct pl_job_commit);
FITS_RECORD(struct pl_job_purge);
FITS_RECORD(struct pl_job_cards);
FITS_NOTE(struct pl_note_render);
FITS_NOTE(struct pl_note_inspect);
FITS_NOTE(struct pl_note_commit);
FITS_NOTE(struct pl_note_purge);
FITS_NOTE(struct pl_note_cards);

_Static_assert((int)PL_KEY_N == (int)PL_BOARD_ID_N, "a cache key is a job's identity");

void pl_job_culprit(uint8_t out[PL_BOARD_ID_N], const struct pl_stamp *stamp, const char *selector)
{
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, stamp->bytes, sizeof stamp->bytes);
    pl_sha256_add(&sha, selector, strlen(selector));
    pl_sha256_end(&sha, out);
}

static char *append(char *at, const char *end, const char *text)
{
    size_t n = strnlen(text, (size_t)(end - at));
    memcpy(at, text, n);
    return at + n;
}

void pl_job_label(char out[PL_CACHE_LABEL_MAX], const char *name, const char *selector,
                  const char *parameters, const char *note)
{
    const char *end = out + PL_CACHE_LABEL_MAX - 1;
    const char *part_end = end - (note[0] != '\0' ? PL_DRAW_NOTE_N + 2 : 0);
    char *at = append(out, part_end, name);
    at = append(at, part_end, "\t");
    at = append(at, part_end, selector);
    at = append(at, part_end, "\t");
    at = append(at, part_end, parameters);
    if (note[0] != '\0') {
        at = append(at, end, "\t!");
        at = append(at, end, note);
    }
    *at = '\0';
}

/* Parameters hold no tab and do not begin with '!', so the last tab decides. */
const char *pl_job_label_note(const char *label)
{
    const char *tab = strrchr(label, '\t');
    return tab != NULL && tab[1] == '!' ? tab + 2 : NULL;
}
