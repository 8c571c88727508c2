/* config.c - where the values come from, in order of precedence: defaults, files, environment,
 * command line.
 *
 * Knows the order and the names, not the types (option.c) nor the grammar of a file (file.c).
 * Everything is malloc'ed and belongs to struct pl_config; a reload makes a new one and frees the
 * old when its last process is gone. */
#include "server/config/config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"
#include "shm/base/log.h"

enum { FILE_MAX = 1 << 20, PATH_N = 4096 };

struct pl_config *pl_config_new(void)
{
    struct pl_config *config = calloc(1, sizeof *config);
    struct pl_error error = {0};
    for (unsigned i = 0; config != NULL && i < PL_OPTION_COUNT; i++)
        if (pl_option_set_text(config, i, pl_options[i].preset, "default", &error) != PL_OK) {
            CHECK(error.code == PL_E_NOMEM); /* a default out of its own range is ours to mend */
            pl_config_free(&config);
        }
    return config;
}

void pl_config_free(struct pl_config **config)
{
    struct pl_config *c = *config;
    if (c == NULL)
        return;
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        void *at = (char *)c + pl_options[i].offset;
        if (pl_options[i].type == PL_OPTION_text || pl_options[i].type == PL_OPTION_choice)
            free(*(char **)at);
        if (pl_options[i].type == PL_OPTION_list)
            for (unsigned v = 0; v < ((struct pl_config_list *)at)->n; v++)
                free(((struct pl_config_list *)at)->item[v]);
        free(c->origin[i]);
    }
    free(c);
    *config = NULL;
}

/* A whole small file. The caller frees *bytes. */
static enum pl_err read_file(const char *path, char **bytes, size_t *n, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    struct stat st;
    *bytes = NULL;
    *n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return pl_fail(error, PL_E_INPUT, "%.180s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        err = pl_fail(error, PL_E_INPUT, "%.150s: not a file of at most %d bytes", path, FILE_MAX);
    else if ((*bytes = malloc(FILE_MAX + 1)) == NULL)
        err = pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    while (err == PL_OK) {
        ssize_t got = read(fd, *bytes + *n, FILE_MAX + 1 - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            err = pl_fail(error, PL_E_INPUT, "%.180s: %s", path, strerror(errno));
        if (got <= 0)
            break;
        *n += (size_t)got;
    }
    (void)close(fd);
    return err;
}

static enum pl_err load_file(struct pl_config *config, const char *path, struct pl_error *error)
{
    char *bytes;
    size_t n;
    enum pl_err err = read_file(path, &bytes, &n, error);
    if (err == PL_OK)
        err = pl_config_parse(config, path, bytes, n, error);
    free(bytes);
    return err;
}

static int is_conf(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* FILE, then conf.d/ beside it. */
static enum pl_err load_files(struct pl_config *config, const char *file, struct pl_error *error)
{
    enum pl_err err = load_file(config, file, error);
    if (err != PL_OK)
        return err;
    char dir[PATH_N];
    const char *slash = strrchr(file, '/');
    (void)snprintf(dir, sizeof dir, "%.*sconf.d", slash != NULL ? (int)(slash + 1 - file) : 0,
                   file);
    struct dirent **entries;
    int n = scandir(dir, &entries, is_conf, by_bytes);
    if (n < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? PL_OK
                   : pl_fail(error, PL_E_INPUT, "%.180s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        char path[PATH_N + 256];
        (void)snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
        if (err == PL_OK)
            err = load_file(config, path, error);
        free(entries[i]);
    }
    free(entries);
    return err;
}

/* The option that PLATEN_SECTION_KEY names, or -1. */
static int find_variable(const char *name, size_t n)
{
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char want[80];
        (void)snprintf(want, sizeof want, "PLATEN_%s_%s", pl_options[i].section, pl_options[i].key);
        for (char *c = want; *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
        if (strlen(want) == n && memcmp(want, name, n) == 0)
            return (int)i;
    }
    return -1;
}

static enum pl_err set_from_file(struct pl_config *config, unsigned option, const char *origin,
                                 const char *path, struct pl_error *error)
{
    char *bytes;
    size_t n;
    enum pl_err err = read_file(path, &bytes, &n, error);
    if (err == PL_OK) {
        while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
            n--;
        bytes[PL_MIN(n, (size_t)FILE_MAX)] = '\0';
        err = pl_option_set_text(config, option, bytes, origin, error);
    }
    free(bytes);
    return err;
}

static void warn_unknown(const struct pl_config_request *request, const char *name, size_t n)
{
    char text[160];
    (void)snprintf(text, sizeof text, "environment: unknown variable %.*s",
                   (int)PL_MIN(n, (size_t)100), name);
    if (request->warn != NULL)
        request->warn(text);
    else
        pl_log(PL_LOG_WARN, "configuration", PL_LOG_S("warning", text));
}

static enum pl_err load_variable(struct pl_config *config, const struct pl_config_request *request,
                                 const char *variable, struct pl_error *error)
{
    const char *equals = strchr(variable, '=');
    if (equals == NULL || strncmp(variable, "PLATEN_", 7) != 0)
        return PL_OK;
    size_t n = (size_t)(equals - variable);
    char origin[128];
    (void)snprintf(origin, sizeof origin, "environment %.*s", (int)PL_MIN(n, (size_t)100),
                   variable);
    int option = find_variable(variable, n);
    if (option >= 0)
        return pl_option_set_text(config, (unsigned)option, equals + 1, origin, error);
    if (n > 5 && memcmp(equals - 5, "_FILE", 5) == 0 &&
        (option = find_variable(variable, n - 5)) >= 0)
        return set_from_file(config, (unsigned)option, origin, equals + 1, error);
    warn_unknown(request, variable, n);
    return PL_OK;
}

/* A list without a default may be given item by item: -o cards.pack=A -o cards.pack=B. */
static enum pl_err set_or_append(struct pl_config *config, unsigned option, const char *value,
                                 struct pl_error *error)
{
    static const char origin[] = "command line";
    const struct pl_option *o = &pl_options[option];
    const struct pl_config_list *list =
        (const struct pl_config_list *)((const char *)config + o->offset);
    const char *values[PL_CONFIG_LIST_MAX + 1];
    char *copy, *rest;
    unsigned n = 0;
    if (o->type != PL_OPTION_list || o->preset[0] != '\0' || *value == '\0' ||
        strcmp(config->origin[option], origin) != 0)
        return pl_option_set_text(config, option, value, origin, error);
    copy = rest = strdup(value);
    if (copy == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    for (; n < list->n; n++)
        values[n] = list->item[n];
    while (rest != NULL && n < PL_COUNT(values)) {
        char *item = strsep(&rest, ",");
        values[n++] = item + strspn(item, " ");
    }
    enum pl_err err = pl_option_set(config, option, values, n, origin, error);
    free(copy);
    return err;
}

static enum pl_err load_setting(struct pl_config *config, const char *setting,
                                struct pl_error *error)
{
    const char *dot = strchr(setting, '.'), *equals = strchr(setting, '=');
    if (dot == NULL || equals == NULL || dot > equals)
        return pl_fail(error, PL_E_INPUT, "command line: '%.80s' is not SECTION.KEY=VALUE",
                       setting);
    char name[64], hint[96];
    (void)snprintf(name, sizeof name, "%.*s", (int)PL_MIN((size_t)(equals - setting), (size_t)63),
                   setting);
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        char full[64];
        (void)snprintf(full, sizeof full, "%s.%s", pl_options[i].section, pl_options[i].key);
        if (strcmp(full, name) == 0)
            return set_or_append(config, i, equals + 1, error);
    }
    pl_option_hint(hint, sizeof hint, NULL, name);
    return pl_fail_param(error, PL_E_INPUT, name, "command line: unknown key '%s'%s", name, hint);
}

static bool given_explicitly(const char *origin)
{
    return strncmp(origin, "environment", 11) == 0 || strcmp(origin, "command line") == 0;
}

/* PORT, as container platforms set it, unless somebody said more precisely where to listen. */
static enum pl_err load_port(struct pl_config *config, const struct pl_config_request *request,
                             struct pl_error *error)
{
    const char *port = NULL;
    for (const char *const *v = request->environment; v != NULL && *v != NULL; v++)
        if (strncmp(*v, "PORT=", 5) == 0)
            port = *v + 5;
    if (port == NULL || *port == '\0' || given_explicitly(config->origin[PL_OPTION_http_listen]))
        return PL_OK;
    char address[32], *rest;
    unsigned long number = strtoul(port, &rest, 10);
    if (!isdigit((unsigned char)*port) || *rest != '\0' || number > 65535)
        return pl_fail_param(error, PL_E_INPUT, "PORT",
                             "environment PORT = '%.40s': not a port number", port);
    (void)snprintf(address, sizeof address, "0.0.0.0:%lu", number);
    return pl_option_set_text(config, PL_OPTION_http_listen, address, "environment PORT", error);
}

enum pl_err pl_config_load(const struct pl_config_request *request, struct pl_config **out,
                           struct pl_error *error)
{
    enum pl_err err = PL_OK;
    *out = NULL;
    struct pl_config *config = pl_config_new();
    if (config == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the configuration");
    if (request->file != NULL)
        err = load_files(config, request->file, error);
    for (const char *const *v = request->environment; err == PL_OK && v != NULL && *v != NULL; v++)
        err = load_variable(config, request, *v, error);
    for (unsigned i = 0; err == PL_OK && i < request->settings_n; i++)
        err = load_setting(config, request->settings[i], error);
    if (err == PL_OK)
        err = load_port(config, request, error);
    if (err == PL_OK && config->store_dir[0] == '\0')
        err = pl_fail_param(error, PL_E_INPUT, "store.dir", "%s: store.dir is empty",
                            config->origin[PL_OPTION_store_dir]);
    if (err == PL_OK)
        *out = config;
    else
        pl_config_free(&config);
    return err;
}

const char *pl_config_frozen_change(const struct pl_config *running, const struct pl_config *wanted)
{
    static char name[64];
    for (unsigned i = 0; i < PL_OPTION_COUNT; i++) {
        const struct pl_option *o = &pl_options[i];
        char before[PL_CONFIG_TEXT_MAX], after[PL_CONFIG_TEXT_MAX];
        const struct pl_config_list *lists[2] = {
            (const struct pl_config_list *)((const char *)running + o->offset),
            (const struct pl_config_list *)((const char *)wanted + o->offset)};
        unsigned n = o->type == PL_OPTION_list ? lists[0]->n : 1;
        bool same = o->reload || o->type != PL_OPTION_list || lists[1]->n == n;
        for (unsigned v = 0; !o->reload && same && v < n; v++) {
            pl_option_print(running, i, v, before, sizeof before);
            pl_option_print(wanted, i, v, after, sizeof after);
            same = strcmp(before, after) == 0;
        }
        if (same)
            continue;
        (void)snprintf(name, sizeof name, "%s.%s", o->section, o->key);
        return name;
    }
    return NULL;
}
