/* dqm_trend.c - one number of one thing over the newest samples that have it.
 *
 * The store lists the samples of a type newest run first, so the walk ends after LOOKED_MAX samples
 * of each type however many there are: a front must not be held up. Memory: the stack. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/request.h"
#include "server/routes/pattern.h"
#include "shm/base/check.h"

enum { SLICE = 32, LOOKED_MAX = 1000, TYPES = 4 };

static const struct number {
    const char *name, *label;
    enum { STATS, SPREAD, ENTRIES, VALUE } from;
    unsigned index; /* STATS, SPREAD */
} numbers[] = {
    {"mean", "mean", STATS, 0},
    {"x-mean", "mean", STATS, 0},
    {"y-mean", "y mean", STATS, 1},
    {"z-mean", "z mean", STATS, 2},
    {"rms", "rms", STATS, 3},
    {"x-rms", "rms", STATS, 3},
    {"y-rms", "y rms", STATS, 4},
    {"z-rms", "z rms", STATS, 5},
    {"entries", "entries", ENTRIES, 0},
    {"num", "entries", ENTRIES, 0},
    {"num-entries", "entries", ENTRIES, 0},
    {"x-mean-rms", "mean, rms", SPREAD, 0},
    {"y-mean-rms", "y mean, rms", SPREAD, 1},
    {"z-mean-rms", "z mean, rms", SPREAD, 2},
    {"value", "value", VALUE, 0},
};

struct trend {
    struct pl_request *request;
    const struct number *number;
    struct pl_pattern datasets;
    const struct pl_renderer **renderer;
    char *kind;
    unsigned slice_n, looked, points_n;
    struct pl_collection slice[SLICE];
    struct pl_trend_point points[TYPES * PL_TREND_MAX];
};

static bool read_value(const char *text, double *out)
{
    if (text[0] != '\0' && text[1] == '=') /* "i=12", "f=0.5" */
        text += 2;
    char *end;
    *out = strtod(text, &end);
    return end != text && isfinite(*out);
}

static bool read_number(const struct number *number, const struct pl_item *item,
                        struct pl_trend_point *out)
{
    out->error = 0;
    switch (number->from) {
    case VALUE:
        return read_value(item->title, &out->value);
    case ENTRIES:
        out->value = item->entries;
        return isfinite(out->value);
    case STATS:
    case SPREAD:
        break;
    }
    if (!item->has_stats)
        return false;
    out->value = item->stats[number->index];
    double rms = item->stats[number->index % 3 + 3];
    if (number->from == SPREAD)
        out->error = isfinite(rms) ? rms : 0;
    else if (item->entries > 0 &&
             isfinite(rms)) /* of a mean; of a deviation by the same of normals */
        out->error = rms / sqrt(number->index < 3 ? item->entries : 2 * item->entries);
    return isfinite(out->value);
}

static bool note_collection(void *context, const struct pl_collection *collection)
{
    struct trend *trend = context;
    trend->slice[trend->slice_n++] = *collection;
    return trend->slice_n < SLICE;
}

static enum pl_err add_point(struct trend *trend, const struct pl_collection *collection)
{
    struct pl_error local = {0};
    struct pl_dqm_sample sample;
    struct pl_member member;
    if (!pl_dqm_sample_of(collection->name, &sample) ||
        !pl_pattern_matches(&trend->datasets, sample.dataset))
        return PL_OK;
    enum pl_err err = pl_store_member(trend->request->front->store, collection,
                                      trend->request->view.path, &member, NULL, &local);
    if (err == PL_E_MISSING)
        return PL_OK;
    if (err != PL_OK)
        return pl_fail(&trend->request->error, err, "%s", local.msg);
    struct pl_trend_point *point = &trend->points[trend->points_n];
    point->at = sample.run;
    if (!read_number(trend->number, &member.item, point))
        return PL_OK;
    trend->points_n++;
    if (*trend->renderer == NULL) {
        *trend->renderer = pl_renderer_find(member.renderer);
        memcpy(trend->kind, member.item.kind, PL_KIND_MAX);
    }
    return PL_OK;
}

/* All samples of one type, at most PL_TREND_MAX points of them. */
static enum pl_err walk(struct trend *trend, const char *prefix)
{
    unsigned points_most = trend->points_n + PL_TREND_MAX;
    char after[PL_COLLECTION_MAX + 1] = "";
    bool more = true;
    for (unsigned looked = 0; more && looked < LOOKED_MAX; looked += trend->slice_n) {
        trend->slice_n = 0;
        enum pl_err err =
            pl_store_collections(trend->request->front->store, prefix, after, SLICE,
                                 note_collection, trend, &more, &trend->request->error);
        if (err != PL_OK)
            return err;
        if (trend->slice_n == 0)
            break;
        for (unsigned i = 0; i < trend->slice_n; i++) {
            err = add_point(trend, &trend->slice[i]);
            if (err != PL_OK || trend->points_n == points_most)
                return err;
        }
        memcpy(after, trend->slice[trend->slice_n - 1].name, sizeof after);
    }
    return PL_OK;
}

/* By run; the rest only so that equal sets have equal order, and with it equal keys. */
static int compare_points(const void *a, const void *b)
{
    const struct pl_trend_point *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static void hand_over(const struct trend *trend, struct pl_job_render *render)
{
    unsigned n = PL_MIN(trend->points_n, (unsigned)PL_TREND_MAX);
    render->sources_n = 0;
    render->trend_n = n;
    memcpy(render->trend.points, trend->points + trend->points_n - n, n * sizeof trend->points[0]);
    size_t label_n = strlen(trend->number->label);
    memcpy(render->trend.label, trend->number->label, label_n + 1);
    size_t path_n = strnlen(trend->request->view.path, PL_SELECTOR_MAX);
    memcpy(render->selector, trend->request->view.path, path_n);
    memcpy(render->name, "stripchart", sizeof "stripchart");
}

static enum pl_err find_number(struct trend *trend)
{
    const char *name = trend->request->view.number;
    for (size_t i = 0; i < PL_COUNT(numbers); i++)
        if (strcmp(numbers[i].name, name) == 0)
            trend->number = &numbers[i];
    if (trend->number != NULL)
        return PL_OK;
    return pl_fail_param(&trend->request->error, PL_E_INPUT, "trend",
                         "trend: expected mean, rms (also as x-mean ... z-rms), x-mean-rms, "
                         "num-entries, entries or value, not %.40s",
                         name);
}

enum pl_err pl_dqm_trend(struct pl_request *request, const struct pl_renderer **renderer,
                         char kind[PL_KIND_MAX])
{
    static const char *const types[TYPES] = {"offline_data/", "offline_mc/", "offline_relval/",
                                             "online_data/"};
    struct trend trend = {.request = request, .renderer = renderer, .kind = kind};
    struct pl_error *error = &request->error;
    enum pl_err err = find_number(&trend);
    if (err == PL_OK)
        err = pl_pattern_make(request->view.match, "match", &trend.datasets, error);
    if (err != PL_OK)
        return err;
    for (unsigned i = 0; err == PL_OK && i < TYPES; i++)
        err = walk(&trend, types[i]);
    bool exhausted = trend.datasets.exhausted;
    pl_pattern_free(&trend.datasets);
    if (err != PL_OK)
        return err;
    if (exhausted)
        return pl_fail_param(error, PL_E_INPUT, "match", "match: the pattern takes too long");
    if (trend.points_n == 0 || *renderer == NULL)
        return pl_fail_param(error, PL_E_MISSING, "path", "%.160s: no run has its %s",
                             request->view.path, trend.number->label);
    qsort(trend.points, trend.points_n, sizeof trend.points[0], compare_points);
    hand_over(&trend, &request->render);
    return PL_OK;
}
