/* found.c - what a renderer found inside an upload becomes an item of the store.
 *
 * Pure: texts in, texts out, on the stack. What is found is hostile, and the keeper tests the item
 * again; here it is only brought into form. It must not know how items are filed.
 */
#include "server/process/found.h"

#include <stdio.h>
#include <string.h>

static void cut_text(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size - 1);
    memcpy(out, text, n);
    out[n] = '\0';
}

/* Where the last part of a shown path begins: what the thing is called in its directory. A value
 * stored as <NAME>...</NAME>, or <NAME.TEST>..., is one part whatever slashes it has. */
static char *last_part(char *shown, const char *name)
{
    size_t n = strlen(name);
    for (char *at = shown; at != NULL; at = strchr(at, '/')) {
        at += *at == '/' ? 1 : 0;
        if (at[0] == '<' && strncmp(at + 1, name, n) == 0 && (at[1 + n] == '>' || at[1 + n] == '.'))
            return at;
    }
    char *slash = strrchr(shown, '/');
    return slash != NULL ? slash + 1 : shown;
}

/* The thing's place in the collection. PL_E_INPUT says why it has none. */
static enum pl_err find_place(const struct pl_renderer *renderer, uint64_t run,
                              const struct pl_found *found, struct pl_item *item,
                              struct pl_error *error)
{
    char shown[2 * PL_SELECTOR_MAX + 2]; /* a path, its last part replaced by one as long */
    cut_text(shown, PL_SELECTOR_MAX + 1, item->path);
    if (renderer->shown != NULL &&
        renderer->shown(item->path, run, shown, PL_SELECTOR_MAX + 1, error) != PL_OK)
        return PL_E_INPUT;
    if (shown[0] == '\0')
        return PL_OK;
    if (found->name != NULL)
        cut_text(last_part(shown, found->name), PL_SELECTOR_MAX + 1, found->name);
    if (strlen(shown) > PL_SHOWN_MAX)
        return pl_fail(error, PL_E_INPUT, "its place in the collection is longer than %d bytes",
                       PL_SHOWN_MAX);
    if (found->report != NULL && strlen(found->report) > PL_REPORT_MAX)
        return pl_fail(error, PL_E_INPUT, "the name of the report is longer than %d bytes",
                       PL_REPORT_MAX);
    cut_text(item->shown, sizeof item->shown, shown);
    if (found->report != NULL)
        cut_text(item->report, sizeof item->report, found->report);
    return PL_OK;
}

static void describe(const struct pl_found *found, struct pl_item *item)
{
    memset(item, 0, sizeof *item);
    cut_text(item->path, sizeof item->path, found->path);
    cut_text(item->kind, sizeof item->kind, found->kind);
    cut_text(item->title, sizeof item->title, found->title);
    cut_text(item->trouble, sizeof item->trouble, found->trouble != NULL ? found->trouble : "");
    item->entries = found->entries;
    item->locator_n = found->locator_n < PL_LOCATOR_MAX ? found->locator_n : PL_LOCATOR_MAX;
    memcpy(item->locator, found->locator, item->locator_n);
    item->status = found->status;
    item->has_stats = found->has_stats;
    for (unsigned i = 0; i < PL_ITEM_STATS_N && found->has_stats; i++)
        item->stats[i] = found->stats[i];
}

void pl_found_item(const struct pl_renderer *renderer, const struct pl_job_inspect *job,
                   const struct pl_found *found, struct pl_item *out)
{
    struct pl_error error = {.code = PL_OK};
    describe(found, out);
    /* The path is what a client asks by: cut, it could name something else. */
    if (strlen(found->path) > PL_SELECTOR_MAX) {
        (void)snprintf(out->trouble, sizeof out->trouble, "its path is longer than %d bytes",
                       PL_SELECTOR_MAX);
        return;
    }
    if (job->collected && find_place(renderer, job->run, found, out, &error) != PL_OK &&
        out->trouble[0] == '\0')
        (void)snprintf(out->trouble, sizeof out->trouble, "%s", error.msg);
}
