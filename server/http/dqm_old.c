/* dqm_old.c - what a listing of DQMGUI said about an object, in its words, for clients that read it
 * so: names of types, flags of quality, results of tests.
 *
 * Values are numbers and quoted texts only: some of these clients evaluate a listing as a program
 * of their language, which has no word for true or null. Appends to the text of one slice. */
#include <stdlib.h>
#include <string.h>

#include "server/http/request.h"
#include "shm/base/check.h"
#include "shm/base/json.h"

/* "<NAME>K=VALUE</NAME>" is how such a text is stored, K its kind. */
static const char *type_of_text(const struct pl_item *item)
{
    const char *slash = strrchr(item->shown, '/'), *name = slash != NULL ? slash + 1 : item->shown;
    size_t name_n = strlen(name);
    for (const char *at = strchr(item->path, '<'); at != NULL; at = strchr(at + 1, '<'))
        if (strncmp(at + 1, name, name_n) == 0 && at[1 + name_n] == '>')
            switch (at[2 + name_n]) {
            case 'i':
                return "INT";
            case 'f':
                return "REAL";
            default:
                return "STRING";
            }
    return "STRING";
}

const char *pl_dqm_old_type(const struct pl_item *item)
{
    if (strcmp(item->kind, "TProfile") == 0)
        return "TPROF";
    if (strcmp(item->kind, "TProfile2D") == 0)
        return "TPROF2D";
    return strcmp(item->kind, "TObjString") == 0 ? type_of_text(item) : item->kind;
}

enum pl_err pl_dqm_old_properties(struct pl_buf *out, const struct pl_reports *reports)
{
    bool failed[PL_TEST_ERROR + 1] = {false};
    failed[PL_MIN(reports->worst, PL_TEST_ERROR)] = true;
    bool warning = failed[PL_TEST_WARNING], error = failed[PL_TEST_ERROR],
         other = failed[PL_TEST_OTHER];
    for (unsigned i = 0; i < PL_MIN(reports->tests_n, (unsigned)PL_REPORTS_MAX); i++) {
        int32_t status = reports->tests[i].status;
        warning = warning || status == 200;
        error = error || status == 300;
        other = other || (status != 100 && status != 200 && status != 300);
    }
    return pl_buf_print(out, NULL,
                        ",\"lumisect\":\"0\",\"report\":{\"alarm\":%d,\"error\":%d,\"warn\":%d,"
                        "\"other\":%d},\"hasref\":0,\"isEff\":%d,\"tagged\":0",
                        warning || error || other, error, warning, other, reports->efficiency);
}

enum pl_err pl_dqm_old_results(struct pl_buf *out, const struct pl_reports *reports)
{
    enum pl_err err = pl_buf_text(out, ",\"tag\":0,\"qresults\":[", NULL);
    for (unsigned i = 0; i < reports->tests_n && i < PL_REPORTS_MAX && err == PL_OK; i++) {
        err = pl_buf_print(out, NULL, "%s{\"status\":%d,\"name\":", i > 0 ? "," : "",
                           (int)reports->tests[i].status);
        if (err == PL_OK)
            err = pl_json_text(out, reports->tests[i].name, NULL);
        if (err == PL_OK)
            err = pl_buf_text(out, ",\"message\":", NULL);
        if (err == PL_OK)
            err = pl_json_text(out, reports->tests[i].message, NULL);
        if (err == PL_OK)
            err = pl_buf_text(out, "}", NULL);
    }
    return err == PL_OK ? pl_buf_text(out, "]", NULL) : err;
}
