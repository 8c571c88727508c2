/* found.h - what a renderer found inside an upload becomes an item of the store. */
#ifndef PL_FOUND_H
#define PL_FOUND_H

#include "render/render.h"
#include "server/process/job.h"
#include "shm/store.h"

/* pl_found_item - texts are cut to what an item holds. With job->collected the renderer is asked
 * where the thing is shown; when it can be shown nowhere, its trouble says why. */
void pl_found_item(const struct pl_renderer *renderer, const struct pl_job_inspect *job,
                   const struct pl_found *found, struct pl_item *out);

#endif
