/* pattern.c - search patterns: PCRE2 with its bounds set.
 *
 * Memory: what PCRE2 allocates, bounded by the length of the pattern when it compiles and by its
 * heap limit when it matches. */
#include "server/routes/pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct pl_pattern_program {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

static void free_program(struct pl_pattern_program *program)
{
    if (program == NULL)
        return;
    pcre2_match_context_free(program->limits);
    pcre2_match_data_free(program->match);
    pcre2_code_free(program->code);
    free(program);
}

static enum pl_err no_memory(struct pl_pattern_program *program, struct pl_error *error)
{
    free_program(program);
    return pl_fail(error, PL_E_NOMEM, "no memory for a pattern");
}

/* Groups are not numbered, so there is nothing to refer back to. */
static enum pl_err compile(struct pl_pattern_program *program, const char *text, const char *param,
                           struct pl_error *error)
{
    int why = 0;
    PCRE2_SIZE at = 0;
    program->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                  PCRE2_CASELESS | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_UTF |
                                      PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C,
                                  &why, &at, NULL);
    if (program->code != NULL)
        return PL_OK;
    PCRE2_UCHAR reason[120];
    if (pcre2_get_error_message(why, reason, sizeof reason) < 0)
        reason[0] = '\0';
    return pl_fail_param(error, PL_E_INPUT, param, "%s: %s (at byte %zu of the pattern)", param,
                         (const char *)reason, (size_t)at);
}

enum pl_err pl_pattern_make(const char *text, const char *param, struct pl_pattern *out,
                            struct pl_error *error)
{
    *out = (struct pl_pattern){.program = NULL};
    if (text == NULL || *text == '\0')
        return PL_OK;
    if (strlen(text) > PL_PATTERN_MAX)
        return pl_fail_param(error, PL_E_INPUT, param, "%s: a pattern has at most %d bytes", param,
                             PL_PATTERN_MAX);
    struct pl_pattern_program *program = calloc(1, sizeof *program);
    if (program == NULL)
        return no_memory(NULL, error);
    enum pl_err err = compile(program, text, param, error);
    if (err != PL_OK) {
        free_program(program);
        return err;
    }
    program->match = pcre2_match_data_create(1, NULL);
    program->limits = pcre2_match_context_create(NULL);
    if (program->match == NULL || program->limits == NULL)
        return no_memory(program, error);
    (void)pcre2_set_match_limit(program->limits, PL_PATTERN_STEPS);
    (void)pcre2_set_heap_limit(program->limits, PL_PATTERN_HEAP_KIB);
    out->program = program;
    return PL_OK;
}

bool pl_pattern_matches(struct pl_pattern *pattern, const char *text)
{
    const struct pl_pattern_program *program = pattern->program;
    if (program == NULL)
        return true;
    if (pattern->exhausted)
        return false;
    int found = pcre2_match(program->code, (PCRE2_SPTR)text, strlen(text), 0, 0, program->match,
                            program->limits);
    pattern->exhausted = found < 0 && found != PCRE2_ERROR_NOMATCH;
    return found >= 0;
}

void pl_pattern_free(struct pl_pattern *pattern)
{
    free_program(pattern->program);
    pattern->program = NULL;
}
