/* dqm_start.c - links to DQMGUI's page, as they stand in logbooks, lead to ours: the plot that was
 * in focus, else the folder, else the search, else the sample; without a sample to all of them.
 *
 * Nothing is looked up: the page says what is not there. */
#include <stdio.h>
#include <string.h>

#include "server/http/request.h"

/* The last value of a parameter; "" when it is not there. */
static const char *value_of(const struct pl_url *url, const char *name)
{
    const char *value = "";
    for (size_t i = 0; i < url->query_n; i++)
        if (strcmp(url->query[i].name, name) == 0)
            value = url->query[i].value;
    return value;
}

static void add(struct pl_answer *answer, const char *name, const char *value, const char *end)
{
    pl_answer_text(answer, name);
    pl_answer_path(answer, value);
    pl_answer_text(answer, end);
}

static void add_place(struct pl_answer *answer, const struct pl_url *url)
{
    const char *root = value_of(url, "root"), *focus = value_of(url, "focus"),
               *search = value_of(url, "search");
    size_t n = strlen(root);
    if (*focus != '\0')
        add(answer, "&item=", focus, "");
    else if (n > 0)
        add(answer, "&dir=", root, root[n - 1] == '/' ? "" : "/");
    if (*focus == '\0' && *search != '\0')
        add(answer, "&find=", search, "");
}

enum pl_step pl_dqm_start(struct pl_request *request)
{
    const struct pl_url *url = &request->native.url;
    struct pl_answer *answer = &request->answer;
    struct pl_dqm_sample sample;
    char text[PL_DQM_DATASET_MAX + 32];
    const char *rest = "";
    int n = snprintf(text, sizeof text, "%s%s", value_of(url, "runnr"), value_of(url, "dataset"));
    bool whole = n < (int)sizeof text && pl_dqm_path(text, &sample, &rest, NULL) == PL_OK;
    answer->status = 302;
    pl_answer_literal(answer, "Cache-Control", "no-cache");
    pl_answer_begin(answer, "Location");
    if (whole && *rest == '\0') {
        pl_answer_text(answer, "/?sample=");
        pl_answer_number(answer, sample.run);
        pl_answer_text(answer, sample.dataset);
        add_place(answer, url);
    } else {
        pl_answer_text(answer, "/?view=samples");
    }
    pl_answer_end(answer);
    return PL_STEP_deliver;
}
