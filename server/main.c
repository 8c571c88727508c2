/* main.c - platend: options, then the master or a one-shot command. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/config/config.h"
#include "server/process/healthcheck.h"
#include "server/process/heap.h"
#include "server/process/master.h"
#include "shm/base/check.h"
#include "shm/base/log.h"

enum { SETTINGS_MAX = 256 };

enum what { SERVE, CHECK_CONFIG, PRINT_CONFIG, HEALTHCHECK };

struct command {
    enum what what;
    const char *detail; /* --print-config=json, --healthcheck=ready; NULL = none */
    const char *settings[SETTINGS_MAX];
    struct pl_config_request request;
};

static void print_usage(FILE *out)
{
    (void)fputs(
        "usage: platend [-c FILE] [-o SECTION.KEY=VALUE]... [COMMAND]\n"
        "Serves pictures in the foreground until told to stop (TERM), or with a COMMAND:\n"
        "  --check-config          read everything and say whether it can be used (0 or 2)\n"
        "  --print-config[=json]   every option with its value and where that came from\n"
        "  --print-config=example  the annotated configuration file\n"
        "  --healthcheck[=ready]   ask the running server on its first address (0 or 1)\n"
        "  --version, --help\n"
        "Exit status: 0 clean, 1 runtime failure, 2 configuration, 3 address or store in use,\n"
        "4 cache unusable.\n",
        out);
}

static void print_help(void)
{
    print_usage(stdout);
    (void)puts("\nOptions, with their defaults, for -o, for the file and as PLATEN_SECTION_KEY:");
    pl_config_help(stdout);
}

static void warn(const char *text)
{
    (void)fprintf(stderr, "platend: warning: %s\n", text);
}

static int complain(const char *text)
{
    (void)fprintf(stderr, "platend: %s\n", text);
    return PL_STATUS_CONFIGURATION;
}

static bool detail_known(const struct command *command)
{
    static const char *const known[] = {
        [PRINT_CONFIG] = "json|example", [HEALTHCHECK] = "ready|live"};
    const char *detail = command->detail;
    if (detail == NULL)
        return true;
    const char *list = known[command->what], *at = strstr(list, detail);
    size_t n = strlen(detail);
    return n > 3 && at != NULL && (at == list || at[-1] == '|') && (at[n] == '|' || at[n] == '\0');
}

/* Returns -1 to go on, or the exit status. */
static int read_options(int argc, char **argv, struct command *command)
{
    static const struct option longs[] = {{"check-config", no_argument, NULL, 'k'},
                                          {"print-config", optional_argument, NULL, 'p'},
                                          {"healthcheck", optional_argument, NULL, 'y'},
                                          {"foreground", no_argument, NULL, 'f'},
                                          {"version", no_argument, NULL, 'V'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1)
        switch (option) {
        case 'c':
            command->request.file = optarg;
            break;
        case 'o':
            if (command->request.settings_n == SETTINGS_MAX)
                return complain("too many -o");
            command->settings[command->request.settings_n++] = optarg;
            break;
        case 'k':
            command->what = CHECK_CONFIG;
            break;
        case 'p':
        case 'y':
            command->what = option == 'p' ? PRINT_CONFIG : HEALTHCHECK;
            command->detail = optarg;
            break;
        case 'f': /* it always is */
            break;
        case 'V':
            (void)puts("platend " PL_VERSION);
            return PL_STATUS_OK;
        case 'h':
            print_help();
            return PL_STATUS_OK;
        default:
            print_usage(stderr);
            return PL_STATUS_CONFIGURATION;
        }
    if (optind < argc)
        return complain("what to do with the words after the options?");
    return detail_known(command) ? -1 : complain("unknown form of --print-config or --healthcheck");
}

static int run(const struct command *command, struct pl_config **config,
               const struct pl_limits *limits, const struct pl_plan *plan)
{
    char sum[256];
    pl_plan_print(plan, sum, sizeof sum);
    switch (command->what) {
    case CHECK_CONFIG:
        (void)printf("the configuration can be used; memory: %s\n", sum);
        return PL_STATUS_OK;
    case PRINT_CONFIG:
        pl_config_print(*config, command->detail != NULL, stdout);
        return PL_STATUS_OK;
    case HEALTHCHECK:
        return pl_healthcheck((*config)->http_listen.item[0],
                              command->detail != NULL && strcmp(command->detail, "ready") == 0);
    case SERVE:
        break;
    }
    pl_log_by(*config);
    pl_log(PL_LOG_INFO, "starting", PL_LOG_S("version", PL_VERSION), PL_LOG_U("pid", getpid()),
           PL_LOG_S("memory_mib", sum), PL_LOG_S("limit_from", limits->memory_from),
           PL_LOG_U("cpus", limits->cpus));
    struct pl_config *taken = *config;
    *config = NULL;
    return pl_master_run(&command->request, taken, limits);
}

int main(int argc, char **argv)
{
    struct command command = {.what = SERVE};
    struct pl_config *config = NULL;
    struct pl_error error = {0};
    struct pl_limits limits;
    struct pl_plan plan = {0};
    command.request.settings = command.settings;
    command.request.environment = (const char *const *)environ;
    pl_heap_setup();
    int status = read_options(argc, argv, &command);
    if (status >= 0)
        return status;
    if (command.what == PRINT_CONFIG && command.detail != NULL &&
        strcmp(command.detail, "example") == 0) {
        pl_config_example(stdout);
        return PL_STATUS_OK;
    }
    if (command.what != SERVE)
        command.request.warn = warn;
    pl_limits_read(&limits);
    if (pl_config_load(&command.request, &config, &error) == PL_OK)
        (void)pl_config_plan(config, &limits, &plan, &error);
    if (error.code == PL_OK || command.what == HEALTHCHECK)
        status = config != NULL ? run(&command, &config, &limits, &plan) : complain(error.msg);
    else
        status = complain(error.msg);
    pl_config_free(&config);
    return status;
}
