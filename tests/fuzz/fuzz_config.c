/* fuzz_config.c - configuration files of any bytes.
 *
 * What holds for every input: no access outside it, an error exactly when the answer is not PL_OK,
 * every value in its range, and a good file read after it gives what it says: nothing of a broken
 * file is left behind in the parser. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void put_seed(const char *folder, const char *name, const char *text)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return;
    (void)fputs(text, out);
    (void)fclose(out);
}

/* The annotated example, as it is and with its comments opened, and what the grammar has besides.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    char *example = NULL;
    size_t n = 0;
    (void)argc;
    (void)argv;
    FILE *out = folder != NULL ? open_memstream(&example, &n) : NULL;
    if (out == NULL)
        return 0;
    pl_config_example(out);
    (void)fclose(out);
    put_seed(folder, "example", example);
    for (char *at = example; (at = strchr(at, '#')) != NULL;)
        *at = ' ';
    put_seed(folder, "opened", example);
    put_seed(folder, "lists",
             "http { listen = {\"a:1\", 'b:2'} listen += {c:3} } cache { size = 25% }");
    put_seed(folder, "escapes",
             "store { dir = \"/a\\x41\\101\\n\\\"\" } // end\n/* more */ log { level = info }");
    free(example);
    return 0;
}

static void check_ranges(struct pl_config *config)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *o = &pl_options[i];
        char text[PL_CONFIG_TEXT_MAX];
        pl_option_print(config, i, 0, text, sizeof text);
        if (o->type != PL_OPTION_count && o->type != PL_OPTION_size && o->type != PL_OPTION_time)
            continue;
        uint64_t value = pl_option_value(config, i);
        bool unplanned = (value & PL_CONFIG_PERCENT) != 0 || (value == 0 && pl_option_has_auto(o));
        CHECK(unplanned || (value >= o->least && value <= o->most));
    }
}

static void parse(const char *bytes, size_t n)
{
    struct pl_error error = {0};
    struct pl_config *config = pl_config_new();
    if (config == NULL)
        return;
    enum pl_err err = pl_config_parse(config, "fuzz.conf", bytes, n, &error);
    CHECK(err == error.code);
    CHECK(err == PL_OK || (error.msg[0] != '\0' && strncmp(error.msg, "fuzz.conf", 9) == 0));
    check_ranges(config);
    pl_config_free(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char good[] = "limits { queue = 77 }";
    char *copy = malloc(n + 1); /* exactly as long as the input: a read past it is caught */
    struct pl_config *config = pl_config_new();
    if (copy == NULL || config == NULL)
        abort();
    memcpy(copy, bytes, n);
    char *exact = realloc(copy, n > 0 ? n : 1);
    parse(exact != NULL ? exact : copy, n);
    free(exact != NULL ? exact : copy);
    struct pl_error error = {0};
    CHECK(pl_config_parse(config, "good.conf", good, sizeof good - 1, &error) == PL_OK);
    CHECK(config->limits_queue == 77);
    pl_config_free(&config);
    return 0;
}
