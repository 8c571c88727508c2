/* renew.c - what the master does for the cache: ends stuck readers, begins a wedged map anew.
 *
 * A put that cannot go on says so in shared memory (shm/cache.h, SELF-HEALING); the master looks
 * every turn and opens nothing that a child has written. A new file is begun only while exactly one
 * generation is there and none of its children is between fork and the opening of its files:
 * whoever opens in the middle would have the data of one file and the locks of the other. Then all
 * children are replaced as in a reload, under the configuration they have. No memory.
 */
#include <signal.h>

#include "server/admin/metric.h"
#include "server/process/master_priv.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

static const uint64_t renew_pause =
    10 * PL_S_NS; /* a map that is wedged again at once is not hurried */

static void end_stuck(struct pl_master *master)
{
    pid_t pid = pl_cache_stuck(master->base.cache);
    if (pid == 0)
        return;
    bool ours = pl_children_end(master, pid);
    pl_log(PL_LOG_WARN, "cache_reader_stuck", PL_LOG_U("pid", pid),
           PL_LOG_S("what", ours ? "ended" : "no child of this server: left alone"));
}

/* Has every child that there is opened its files, and is none left of another generation? */
static bool settled(const struct pl_master *master)
{
    if (!master->ready || master->next != NULL || !pl_children_started(master, master->current))
        return false;
    for (unsigned i = PL_SLOT_KEEPER; i < PL_PROCS_MAX; i++) {
        const struct pl_child *child = &master->child[i];
        if (child->pid != 0 && (child->told || child->generation != master->current))
            return false;
    }
    return true;
}

void pl_renew_turn(struct pl_master *master, uint64_t now_ns)
{
    struct pl_heritage *base = &master->base;
    struct pl_error error = {0};
    end_stuck(master);
    if (master->phase != PL_PHASE_SERVE || !pl_cache_wedged(base->cache) ||
        now_ns < master->renew_ns || !settled(master))
        return;
    master->renew_ns = now_ns + renew_pause;
    if (pl_cache_renew(base->cache, base->cache_dir, &error) != PL_OK) {
        pl_log(PL_LOG_ERROR, "cache_not_renewed", PL_LOG_S("reason", error.msg));
        return;
    }
    pl_metric_add(base, PL_M_cache_renewals, 1);
    pl_log(PL_LOG_WARN, "cache_renewed", PL_LOG_S("dir", base->cache_dir));
    master->replace_asked = true;
    master->replace_ns = now_ns;
}
