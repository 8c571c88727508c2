/* reload.c - generations of the configuration: HUP makes a new one, the old one drains.
 *
 * A reload is taken over only when it can be: files read and checked, the memory sum fits, nothing
 * changed that needs a restart, and every new child has really started. Until then the old children
 * serve; on any failure the new ones are told to go and nothing has changed. A replacement is a
 * generation under the configuration of the one before, and is tried until it comes about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/admin/metric.h"
#include "server/process/master_priv.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/log.h"

static const uint64_t handover_patience = 5 * PL_S_NS;
static const uint64_t replace_pause = PL_S_NS;

void pl_log_by(const struct pl_config *config)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    enum pl_log_level least = PL_LOG_INFO;
    for (unsigned i = 0; i < PL_COUNT(levels); i++)
        if (strcmp(levels[i], config->log_level) == 0)
            least = (enum pl_log_level)i;
    pl_log_setup(least, strcmp(config->log_format, "json") == 0 ? PL_LOG_JSON : PL_LOG_TEXT);
}

struct pl_generation *pl_generation_make(struct pl_master *master, struct pl_config *config)
{
    struct pl_generation *generation = calloc(1, sizeof *generation);
    unsigned *users = calloc(1, sizeof *users);
    if (generation == NULL || users == NULL) {
        free(generation);
        free(users);
        pl_config_free(&config);
        return NULL;
    }
    *users = 1;
    generation->number = ++master->generations;
    generation->config = config;
    generation->config_users = users;
    return generation;
}

/* The same configuration once more. */
static struct pl_generation *make_like(struct pl_master *master, const struct pl_generation *model)
{
    struct pl_generation *generation = calloc(1, sizeof *generation);
    if (generation == NULL)
        return NULL;
    *generation = *model;
    generation->children = 0;
    generation->number = ++master->generations;
    ++*generation->config_users;
    return generation;
}

void pl_generation_drop(struct pl_generation *generation)
{
    if (--*generation->config_users == 0) {
        pl_config_free(&generation->config);
        free(generation->config_users);
    }
    free(generation);
}

void pl_generation_leave(struct pl_master *master, struct pl_generation *generation)
{
    CHECK(generation->children > 0);
    generation->children--;
    if (generation->children == 0 && generation != master->current && generation != master->next)
        pl_generation_drop(generation);
}

static void refuse(struct pl_master *master, const char *reason)
{
    pl_log(PL_LOG_ERROR, "reload_refused", PL_LOG_S("reason", reason));
    pl_metric_add(&master->base, PL_M_config_reloads_refused, 1);
    struct pl_procs *procs = master->base.procs;
    (void)snprintf(procs->reload_error, sizeof procs->reload_error, "%s", reason);
    procs->last_reload_failed = 1;
    pl_notify("READY=1\n");
}

/* Everything that can be known before a process is forked. */
static enum pl_err read_new(struct pl_master *master, struct pl_config **out,
                            struct pl_error *error)
{
    struct pl_plan plan;
    struct pl_config *config = NULL;
    enum pl_err err = pl_config_load(master->request, &config, error);
    if (err == PL_OK)
        err = pl_config_plan(config, &master->limits, &plan, error);
    if (err == PL_OK) {
        const char *frozen = pl_config_frozen_change(master->current->config, config);
        if (frozen != NULL)
            err = pl_fail(error, PL_E_INPUT, "a change of %s needs a restart", frozen);
    }
    if (err != PL_OK)
        pl_config_free(&config);
    *out = config;
    return err;
}

/* Takes next, which may be NULL for want of memory. */
static void start(struct pl_master *master, struct pl_generation *next, uint64_t now_ns)
{
    struct pl_error error = {0};
    if (next == NULL) {
        refuse(master, "no memory");
        return;
    }
    master->next = next;
    master->next_failed = false;
    master->handover_ns = now_ns + handover_patience;
    if (pl_children_add(master, next, &error) == PL_OK)
        return;
    master->next = NULL;
    pl_generation_drop(next);
    refuse(master, error.msg);
}

static void begin(struct pl_master *master, uint64_t now_ns)
{
    struct pl_error error = {0};
    struct pl_config *config;
    char reloading[64];
    (void)snprintf(reloading, sizeof reloading, "RELOADING=1\nMONOTONIC_USEC=%llu\n",
                   (unsigned long long)(now_ns / 1000));
    pl_notify(reloading);
    if (read_new(master, &config, &error) != PL_OK) {
        refuse(master, error.msg);
        return;
    }
    start(master, pl_generation_make(master, config), now_ns);
}

static void undo(struct pl_master *master, const char *reason)
{
    struct pl_generation *failed = master->next;
    master->next = NULL;
    failed->children++; /* so that it outlives the calls below */
    pl_children_tell(master, PL_ROLE_FRONT, master->current);
    pl_children_tell(master, PL_ROLE_WORKER, master->current);
    pl_generation_leave(master, failed);
    refuse(master, reason);
}

static void hand_over(struct pl_master *master)
{
    struct pl_generation *old = master->current;
    bool reloaded = master->next->config != old->config;
    master->current = master->next;
    master->next = NULL;
    master->replace_asked = false; /* by whatever it was, all are new */
    old->children++;
    pl_children_tell(master, PL_ROLE_FRONT, master->current);
    pl_children_tell(master, PL_ROLE_WORKER, master->current);
    pl_children_tell(master, PL_ROLE_KEEPER, master->current);
    pl_generation_leave(master, old);
    pl_log_by(master->current->config);
    struct pl_procs *procs = master->base.procs;
    procs->generation = master->current->number;
    if (reloaded) {
        procs->last_reload_failed = 0;
        procs->reloads++;
        procs->reloaded_wall_ns = pl_wall_ns();
        pl_metric_add(&master->base, PL_M_config_reloads, 1);
    }
    pl_log(PL_LOG_INFO, reloaded ? "reloaded" : "replaced",
           PL_LOG_U("generation", master->current->number));
    pl_notify("READY=1\n");
}

void pl_reload_turn(struct pl_master *master, uint64_t now_ns)
{
    if (master->phase != PL_PHASE_SERVE)
        return;
    if (master->next == NULL) {
        if (master->reload_asked && master->ready) {
            master->reload_asked = false;
            begin(master, now_ns);
        } else if (master->replace_asked && now_ns >= master->replace_ns) {
            master->replace_ns = now_ns + replace_pause;
            start(master, make_like(master, master->current), now_ns);
        }
        return;
    }
    if (master->next_failed)
        undo(master, "a process could not start under the new configuration");
    else if (pl_children_started(master, master->next))
        hand_over(master);
    else if (now_ns >= master->handover_ns)
        undo(master, "the new processes did not start in time");
}
