/* print.c - the option table for people and tools: values with origins, the annotated file, --help.
 */
#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "server/config/config_priv.h"

static unsigned items_of(const struct pl_config *config, unsigned option)
{
    const struct pl_option *o = &pl_options[option];
    if (o->type != PL_OPTION_list)
        return 1;
    return ((const struct pl_config_list *)((const char *)config + o->offset))->n;
}

static void print_text(const struct pl_config *config, FILE *out)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char value[PL_CONFIG_TEXT_MAX];
        int column = fprintf(out, "%s.%s = ", pl_options[i].section, pl_options[i].key);
        for (unsigned v = 0; v < items_of(config, i); v++) {
            pl_option_print(config, i, v, value, sizeof value);
            column += fprintf(out, "%s%s", v > 0 ? "," : "", value);
        }
        (void)fprintf(out, "%*s # %s\n", column < 48 ? 48 - column : 0, "", config->origin[i]);
    }
}

static json_t *json_value(const struct pl_config *config, unsigned option)
{
    const struct pl_option *o = &pl_options[option];
    char value[PL_CONFIG_TEXT_MAX];
    if (o->type == PL_OPTION_list) {
        json_t *array = json_array();
        for (unsigned v = 0; v < items_of(config, option); v++) {
            pl_option_print(config, option, v, value, sizeof value);
            (void)json_array_append_new(array, json_string(value));
        }
        return array;
    }
    pl_option_print(config, option, 0, value, sizeof value);
    if (o->type == PL_OPTION_flag)
        return json_boolean(strcmp(value, "on") == 0);
    if (o->type == PL_OPTION_text || o->type == PL_OPTION_choice || strcmp(value, "auto") == 0 ||
        strchr(value, '%') != NULL)
        return json_string(value);
    return json_integer((json_int_t)pl_option_value(config, option));
}

/* {"http.listen": {"value": [...], "origin": "default"}, ...}; sizes in bytes, times in
 * milliseconds. */
static void print_json(const struct pl_config *config, FILE *out)
{
    json_t *root = json_object();
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s.%s", pl_options[i].section, pl_options[i].key);
        json_t *entry = json_object();
        (void)json_object_set_new(entry, "value", json_value(config, i));
        (void)json_object_set_new(entry, "origin", json_string(config->origin[i]));
        (void)json_object_set_new(root, name, entry);
    }
    (void)json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    (void)fputc('\n', out);
    json_decref(root);
}

void pl_config_print(const struct pl_config *config, bool json, FILE *out)
{
    if (json)
        print_json(config, out);
    else
        print_text(config, out);
}

/* Words of text broken before column 90, each line begun with `prefix`. */
static void print_wrapped(const char *prefix, const char *text, FILE *out)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (column > 0 && column + n + 1 > 90) {
            (void)fputc('\n', out);
            column = 0;
        }
        if (column == 0)
            column = (size_t)fprintf(out, "%s", prefix);
        else
            column += (size_t)fprintf(out, " ");
        column += (size_t)fprintf(out, "%.*s", (int)n, text);
        text += n;
        text += strspn(text, " ");
    }
    (void)fputc('\n', out);
}

static void range_text(unsigned option, char *out, size_t n)
{
    const struct pl_option *o = &pl_options[option];
    struct pl_config bounds[2];
    char least[32], most[32];
    out[0] = '\0';
    if (o->type != PL_OPTION_count && o->type != PL_OPTION_size && o->type != PL_OPTION_time)
        return;
    *pl_option_number(&bounds[0], option) = o->least;
    *pl_option_number(&bounds[1], option) = o->most;
    pl_option_print(&bounds[0], option, 0, least, sizeof least);
    pl_option_print(&bounds[1], option, 0, most, sizeof most);
    (void)snprintf(out, n, "%s to %s.", least, most);
}

static bool bare(const char *value)
{
    for (; *value != '\0'; value++)
        if (!isalnum((unsigned char)*value))
            return false;
    return true;
}

void pl_config_example(FILE *out)
{
    (void)fprintf(
        out,
        "# platen.conf - every option with its default, commented out.\n"
        "#\n"
        "# Read by `platend -c FILE`; then conf.d/*.conf beside it in byte order. The\n"
        "# environment (PLATEN_SECTION_KEY, or PLATEN_SECTION_KEY_FILE for a value kept in a\n"
        "# file) has precedence over files, `platend -o section.key=value` over both.\n"
        "# Sizes: KiB, MiB, GiB, TiB or a percentage of the memory limit. Times: ms, s, m, h.\n"
        "# Lists: {\"one\", \"two\"}. `platend --check-config -c FILE` checks it, "
        "`--print-config`\n"
        "# shows each value and where it came from; SIGHUP takes changes over.\n");
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *o = &pl_options[i];
        char range[80];
        if (i == 0 || strcmp(o->section, pl_options[i - 1].section) != 0)
            (void)fprintf(out, "\n%s {\n", o->section);
        else
            (void)fputc('\n', out);
        range_text(i, range, sizeof range);
        print_wrapped("    # ", o->text, out);
        if (range[0] != '\0' || !o->reload)
            (void)fprintf(out, "    # %s%s%s\n", range, range[0] != '\0' && !o->reload ? " " : "",
                          o->reload ? "" : "A change needs a restart.");
        (void)fprintf(
            out, bare(o->preset) && o->preset[0] != '\0' ? "    #%s = %s\n" : "    #%s = \"%s\"\n",
            o->key, o->preset);
        if (i + 1 == PL_OPTION_COUNT || strcmp(o->section, pl_options[i + 1].section) != 0)
            (void)fprintf(out, "}\n");
    }
}

void pl_config_help(FILE *out)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *o = &pl_options[i];
        (void)fprintf(out, "  %s.%s = %s\n", o->section, o->key,
                      o->preset[0] != '\0' ? o->preset : "\"\"");
        print_wrapped("        ", o->text, out);
    }
}
