/* dqm.h - the names of data-quality samples, and the addresses DQMGUI has handed out. Pure.
 *
 * A sample is a run number and a dataset /P/W/T. It is one collection of the store, named so that
 * the store's byte order is: type, newest run first, dataset:
 *
 *     TYPE/999999999-RUN (9 digits)/P/W/T
 *
 * and its uploads are stored as dqm/RUN/P/W/T/FILE. The type follows from the rest: online_data for
 * /Global/Online/..., offline_relval when W begins with CMSSW_, offline_mc for run 1, else
 * offline_data.
 *
 *     POST /data/put
 *     GET  /data/json/samples?match=RE;run=RE
 *     GET  /data/json/archive/RUN/P/W/T[/DIR]?search=RE
 *     GET  /plotfairy/archive/RUN/P/W/T/PATH?OPTIONS         the same below /jsonfairy/
 *     GET  /plotfairy/overlay?obj=archive/RUN/P/W/T/PATH;obj=...;OPTIONS
 *     GET  /plotfairy/stripchart/PATH?trend=NUMBER;match=RE;OPTIONS
 *     GET  /plotfairy/unknown/...
 *     GET  /start?runnr=RUN;dataset=/P/W/T;root=DIR;focus=PATH;search=WORD     to platen's page
 */
#ifndef PL_DQM_H
#define PL_DQM_H

#include <stdbool.h>
#include <stdint.h>

#include "server/routes/url.h"
#include "shm/store.h"

enum {
    PL_DQM_DATASET_MAX = 240,
    PL_DQM_TYPE_MAX = 16,
    PL_DQM_RUN_MAX = 999999999,
    PL_DQM_OBJECTS_MAX = PL_DRAW_SOURCES_MAX,
    PL_DQM_PATTERN_MAX = 256,
};

struct pl_dqm_sample {
    uint64_t run;
    char dataset[PL_DQM_DATASET_MAX + 1]; /* "/P/W/T" */
};

/* pl_dqm_file - the sample of an upload called file:
 * DQM_V<4 or more digits>[_SUB]_R<9 digits>[__P__W__T].root; without a dataset it is
 * /Global/Online/ALL. PL_E_FORMAT with a sentence. */
enum pl_err pl_dqm_file(const char *file, struct pl_dqm_sample *out, struct pl_error *error);

const char *pl_dqm_type(const struct pl_dqm_sample *sample);

/* The name an upload is stored under; its collection; and back. PL_E_FORMAT when too long. */
enum pl_err pl_dqm_name(const struct pl_dqm_sample *sample, const char *file,
                        char out[PL_NAME_MAX + 1], struct pl_error *error);
enum pl_err pl_dqm_collection(const struct pl_dqm_sample *sample, char out[PL_COLLECTION_MAX + 1],
                              struct pl_error *error);
bool pl_dqm_sample_of(const char *collection, struct pl_dqm_sample *out); /* false: no sample's */

/* pl_dqm_path - "RUN/P/W/T[/REST]" -> sample and REST, "" when there is none. PL_E_MISSING when it
 * does not have that shape: then no sample can be meant. */
enum pl_err pl_dqm_path(const char *text, struct pl_dqm_sample *out, const char **rest,
                        struct pl_error *error);

/* The pictures. */
struct pl_dqm_view {
    enum pl_dqm_what { PL_DQM_OBJECTS, PL_DQM_TREND, PL_DQM_UNKNOWN } what;
    enum pl_media media;
    unsigned objects_n; /* OBJECTS: 1..PL_DQM_OBJECTS_MAX, the main one first */
    struct pl_dqm_object {
        struct pl_dqm_sample sample;
        const char *path; /* lies in the target */
    } object[PL_DQM_OBJECTS_MAX];
    const char *path;           /* TREND, UNKNOWN: what is asked for */
    const char *number, *match; /* TREND: which number is followed; of which datasets, "" = all */
    const char *version;        /* v=; NULL when not given */
};

/* pl_dqm_view - what `rest`, the path below /plotfairy/ or /jsonfairy/, and the query ask for.
 * Takes fmt, v, obj, trend and match out of url. PL_E_INPUT naming a parameter; PL_E_MISSING for
 * another path or a sample that cannot be. */
enum pl_err pl_dqm_view(struct pl_url *url, const char *rest, enum pl_media media,
                        struct pl_dqm_view *out, struct pl_error *error);

/* pl_dqm_size - w and h of the query as far as they are good, else their defaults: the size of a
 * picture that only says what is wrong. */
void pl_dqm_size(const struct pl_url *url, uint32_t *width_px, uint32_t *height_px);

/* pl_dqm_state - what is reported about a thing, as it is part of versions and keys: "" when
 * nothing, else "-", 'e' for an efficiency, and the digit of its quality when there is one. */
void pl_dqm_state(enum pl_quality quality, bool efficiency, char out[4]);

/* What the fields of an upload say. */
struct pl_dqm_checksum {
    bool md5; /* else CRC-32 */
    uint8_t digest[16];
    uint32_t crc32;
};
/* "md5:<32 hex>" or "crc32:<decimal>"; PL_E_INPUT naming `checksum`. */
enum pl_err pl_dqm_checksum(const char *text, struct pl_dqm_checksum *out, struct pl_error *error);
enum pl_err pl_dqm_bytes(const char *text, uint64_t *out, struct pl_error *error);

#endif
