/* ctl_change.c - the commands that change something: `purge`, `drain`, `undrain`, `reload`. */
#include "server/admin/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RELOAD_MS = 15000, RELOAD_STEP_MS = 50 };

static int fault(const char *text)
{
    fprintf(stderr, "platenctl: %s\n", text);
    return PL_EXIT_USAGE;
}

/* Exactly one of NAME, --prefix, --glob, --key and --all. */
static int read_target(const struct pl_ctl *ctl, struct pl_query *out)
{
    unsigned n = 0;
    const struct pl_query possible[] = {{"name", ctl->operand},
                                        {"prefix", ctl->prefix},
                                        {"glob", ctl->glob},
                                        {"key", ctl->key},
                                        {"all", ctl->all ? "1" : NULL}};
    for (size_t i = 0; i < sizeof possible / sizeof possible[0]; i++)
        if (possible[i].value != NULL) {
            *out = possible[i];
            n++;
        }
    return n == 1 ? PL_EXIT_OK
                  : fault("purge what? One of NAME, --prefix, --glob, --key and --all");
}

static int ask_purge(struct pl_ctl *ctl, struct pl_query target, bool dry_run, json_t **out)
{
    struct pl_query args[2] = {target, {"dry_run", dry_run ? "1" : "0"}};
    if (!ctl->timeout_given) {
        ctl->timeout = 150000;
        ctl->timeout_given = true;
    }
    return pl_ctl_ask(ctl, true, "purge", args, 2, out);
}

static bool is_sure(void)
{
    char answer[16];
    fputs("Drop every picture in the cache? [y/N] ", stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static void say_counted(const struct pl_ctl *ctl, const char *verb, const json_t *counted)
{
    char size[PL_CTL_TEXT_N];
    uint64_t n = pl_ctl_number(counted, "matched");
    if (!ctl->json && !ctl->quiet)
        printf("%s %llu picture%s, %s\n", verb, (unsigned long long)n, n == 1 ? "" : "s",
               pl_ctl_size(size, pl_ctl_real(counted, "bytes")));
    fflush(stdout);
}

int pl_ctl_purge(struct pl_ctl *ctl)
{
    struct pl_query target = {NULL, NULL};
    json_t *counted, *dropped = NULL;
    if (read_target(ctl, &target) != PL_EXIT_OK)
        return PL_EXIT_USAGE;
    bool ask = ctl->all && !ctl->yes && !ctl->dry_run;
    if (ask && isatty(STDIN_FILENO) != 1)
        return fault("purge --all needs --yes when nobody can be asked");
    int code = ask_purge(ctl, target, true, &counted);
    if (code != PL_EXIT_OK)
        return code;
    bool none = pl_ctl_number(counted, "matched") == 0;
    say_counted(ctl, "matched", counted);
    if (!none && !ctl->dry_run && (!ask || is_sure()))
        code = ask_purge(ctl, target, false, &dropped);
    else if (!none && !ctl->dry_run)
        code = PL_EXIT_FAILED;
    if (dropped != NULL)
        say_counted(ctl, "dropped", dropped);
    if (ctl->json && code == PL_EXIT_OK)
        pl_ctl_json(dropped != NULL ? dropped : counted);
    json_decref(counted);
    json_decref(dropped);
    return none ? PL_EXIT_NOTHING : code;
}

int pl_ctl_drain(struct pl_ctl *ctl)
{
    json_t *answer;
    int code = pl_ctl_ask(ctl, true, ctl->command, NULL, 0, &answer);
    if (code != PL_EXIT_OK)
        return code;
    bool on = json_is_true(json_object_get(answer, "draining"));
    bool was = json_is_true(json_object_get(answer, "was"));
    if (ctl->json)
        pl_ctl_json(answer);
    else if (!ctl->quiet)
        printf("%s%s\n", on == was ? "already " : "",
               on ? "draining: /readyz answers 503, requests are still served" : "serving");
    json_decref(answer);
    return PL_EXIT_OK;
}

static void pause_ms(unsigned ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

/* The front that answered is being replaced, so a question may fail meanwhile: ask anew, on a new
 * connection, until a counter moved. *out = the last stats. */
static int await_reload(struct pl_ctl *ctl, const json_t *before, uint64_t within_ms, json_t **out)
{
    bool quiet = ctl->quiet;
    for (uint64_t ms = 0; ms < within_ms; ms += RELOAD_STEP_MS) {
        json_t *now = NULL;
        pause_ms(RELOAD_STEP_MS);
        ctl->quiet = true;
        int code = pl_ctl_ask(ctl, false, "stats", NULL, 0, &now);
        ctl->quiet = quiet;
        if (code != PL_EXIT_OK) {
            pl_ctl_hang_up(ctl);
            continue;
        }
        bool refused = pl_ctl_number(now, "config_reloads_refused") >
                       pl_ctl_number(before, "config_reloads_refused");
        if (refused ||
            pl_ctl_number(now, "config_reloads") > pl_ctl_number(before, "config_reloads")) {
            *out = now;
            return refused ? PL_EXIT_FAILED : PL_EXIT_OK;
        }
        json_decref(now);
    }
    return PL_EXIT_UNREACHABLE;
}

int pl_ctl_reload(struct pl_ctl *ctl)
{
    json_t *before, *now = NULL;
    int code = pl_ctl_ask(ctl, true, "reload", NULL, 0, &before);
    if (code != PL_EXIT_OK)
        return code;
    code = await_reload(ctl, before, ctl->timeout_given ? ctl->timeout : RELOAD_MS, &now);
    json_decref(before);
    const char *reason = now != NULL ? pl_ctl_text(now, "reload_error") : "";
    char clean[512];
    pl_ctl_clean(clean, sizeof clean, reason[0] != '\0' ? reason : "the server's log says why", 0);
    if (code == PL_EXIT_UNREACHABLE) {
        code = PL_EXIT_FAILED;
        fputs(
            "platenctl: the master has not answered yet; the server's log says what became of it\n",
            stderr);
    } else if (ctl->json) {
        json_t *answer = json_pack("{sb sI ss}", "taken", code == PL_EXIT_OK, "generation",
                                   (json_int_t)pl_ctl_number(now, "generation"), "reason", reason);
        pl_ctl_json(answer);
        json_decref(answer);
    } else if (code != PL_EXIT_OK) {
        fprintf(stderr, "platenctl: the configuration was refused and nothing changed: %s\n",
                clean);
    } else if (!ctl->quiet) {
        printf("reloaded: configuration %llu\n",
               (unsigned long long)pl_ctl_number(now, "generation"));
    }
    json_decref(now);
    return code;
}
