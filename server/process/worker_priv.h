/* worker_priv.h - what the files of the render worker share.
 *
 *     worker.c          its life, pictures, looking into uploads
 *     worker_source.c   where the bytes of a job are
 *     worker_cards.c    binding files into a set of cards */
#ifndef PL_WORKER_PRIV_H
#define PL_WORKER_PRIV_H

#include "server/process/job.h"
#include "server/process/taker.h"

struct pl_worker {
    struct pl_taker taker;
    struct pl_heritage *heritage;
    struct pl_cache *cache;
    struct pl_store *store;
    struct pl_arena *arena;
    struct pl_buf image;
    uint64_t private_most; /* private memory between jobs above which the process is replaced */
    bool used_packs;       /* by the job that is done: their pages are given back behind it */
};

/* The bytes of a source while a job reads them. */
struct pl_mapped {
    struct pl_source source;
    void *base;         /* a mapped file; NULL when it is empty or none */
    struct pl_buf copy; /* of a cache entry */
};

/* worker_source.c. PL_E_MISSING when it is not there any more. On PL_OK the caller unmaps. */
enum pl_err pl_worker_map(struct pl_worker *worker, const struct pl_job_source *source,
                          struct pl_mapped *out, struct pl_error *error);
enum pl_err pl_worker_map_spool(struct pl_worker *worker, uint64_t id, struct pl_mapped *out,
                                struct pl_error *error);
void pl_worker_unmap(struct pl_mapped *mapped);
/* The place of a renderer in the registry, for metrics. */
unsigned pl_worker_number_of(const struct pl_renderer *renderer);

/* worker_cards.c: PL_JOB_CARDS */
void pl_worker_cards(struct pl_worker *worker, const struct pl_job *job,
                     struct pl_job_result *result);

#endif
