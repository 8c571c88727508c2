/* ctl_args.c - the command line, by the table in ctl.def: options may stand anywhere, `--` ends
 * them.
 *
 * Nothing is allocated: what comes out points into argv and the environment. */
#include "server/admin/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/admin/admin.h"
#include "shm/base/check.h"

static const struct command {
    const char *name;
    pl_ctl_fn *run;
    const char *args;
    bool map;
    const char *text;
} commands[] = {
#define CTL(name, handler, args, map, text) {name, pl_ctl_##handler, args, map, text},
#define OPTION(...)
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL
};

enum kind { KIND_flag, KIND_text, KIND_number, KIND_time };

static const struct option {
    enum kind kind;
    const char *name;
    char letter;
    const char *value, *commands, *text;
    size_t at, given_at;
} options[] = {
#define CTL(...)
#define OPTION(field, kind, name, letter, value, commands, text)                                   \
    {KIND_##kind,                                                                                  \
     name,                                                                                         \
     letter,                                                                                       \
     value,                                                                                        \
     commands,                                                                                     \
     text,                                                                                         \
     offsetof(struct pl_ctl, field),                                                               \
     offsetof(struct pl_ctl, field##_given)},
#include "server/admin/ctl.def"
#undef OPTION
#undef CTL
};

pl_ctl_fn *pl_ctl_find(const char *command, bool *map)
{
    for (size_t i = 0; i < PL_COUNT(commands); i++)
        if (strcmp(commands[i].name, command) == 0) {
            *map = commands[i].map;
            return commands[i].run;
        }
    return NULL;
}

bool pl_ctl_time(const char *text, uint64_t *out_ms)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1000.0}, {"ms", 1.0}, {"s", 1000.0}, {"m", 60000.0}, {"h", 3600000.0}};
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    double value = strtod(text, &end);
    for (size_t i = 0; i < PL_COUNT(units); i++)
        if (strcmp(end, units[i].unit) == 0 && value >= 0.0 && value <= 1e9) {
            *out_ms = (uint64_t)(value * units[i].ms);
            return true;
        }
    return false;
}

static bool read_number(const char *text, uint64_t *out)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strlen(text) > 18)
        return false;
    *out = strtoull(text, &end, 10);
    return *end == '\0';
}

static enum pl_err set(struct pl_ctl *ctl, const struct option *option, const char *value,
                       struct pl_error *error)
{
    char *base = (char *)ctl;
    bool *given = (bool *)(base + option->given_at);
    if (*given && option->kind != KIND_flag)
        return pl_fail(error, PL_E_INPUT, "--%s is given twice", option->name);
    *given = true;
    switch (option->kind) {
    case KIND_flag:
        *(bool *)(base + option->at) = true;
        return PL_OK;
    case KIND_text:
        memcpy(base + option->at, &value, sizeof value);
        return PL_OK;
    case KIND_number: {
        uint64_t number;
        if (!read_number(value, &number))
            return pl_fail(error, PL_E_INPUT, "--%s must be a whole number, not %.60s",
                           option->name, value);
        memcpy(base + option->at, &number, sizeof number);
        return PL_OK;
    }
    case KIND_time: {
        uint64_t ms;
        if (!pl_ctl_time(value, &ms))
            return pl_fail(error, PL_E_INPUT,
                           "--%s must be a time such as 500ms, 2s or 1m, not %.60s", option->name,
                           value);
        memcpy(base + option->at, &ms, sizeof ms);
        return PL_OK;
    }
    }
    return PL_E_INTERNAL;
}

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < PL_COUNT(options); i++)
        if (options[i].letter == letter && letter != 0)
            return &options[i];
    return NULL;
}

static enum pl_err unknown(const char *what, const char *word, const char *const *names, size_t n,
                           const char *dashes, struct pl_error *error)
{
    const char *near = pl_admin_nearest(word, names, n);
    return pl_fail(error, PL_E_INPUT, "there is no %s %s%.40s%s%s%s%s", what, dashes, word,
                   near != NULL ? "; did you mean " : "", near != NULL ? dashes : "",
                   near != NULL ? near : "", near != NULL ? "?" : "");
}

static enum pl_err find_long(const char *word, const struct option **out, const char **value,
                             struct pl_error *error)
{
    const char *names[PL_COUNT(options)];
    char name[40];
    size_t n = strcspn(word, "=");
    for (size_t i = 0; i < PL_COUNT(options); i++) {
        names[i] = options[i].name;
        if (strlen(names[i]) == n && memcmp(names[i], word, n) == 0) {
            *out = &options[i];
            *value = word[n] == '=' ? word + n + 1 : NULL;
            return PL_OK;
        }
    }
    n = PL_MIN(n, sizeof name - 1);
    memcpy(name, word, n);
    name[n] = '\0';
    return unknown("option", name, names, PL_COUNT(options), "--", error);
}

static enum pl_err take_option(struct pl_ctl *ctl, char **argv, int *at, struct pl_error *error)
{
    const char *word = argv[*at], *value = NULL;
    const struct option *option = NULL;
    if (word[1] == '-') {
        enum pl_err err = find_long(word + 2, &option, &value, error);
        if (err != PL_OK)
            return err;
    } else {
        option = find_letter(word[1]);
        if (option == NULL)
            return pl_fail(error, PL_E_INPUT, "there is no option -%c", word[1]);
        if (word[2] != '\0')
            value = word + 2;
    }
    if (option->kind == KIND_flag) {
        if (value != NULL)
            return pl_fail(error, PL_E_INPUT, "--%s takes no value", option->name);
        return set(ctl, option, NULL, error);
    }
    if (value == NULL)
        value = argv[++*at];
    if (value == NULL)
        return pl_fail(error, PL_E_INPUT, "--%s needs %s", option->name, option->value);
    return set(ctl, option, value, error);
}

static enum pl_err take_word(struct pl_ctl *ctl, const char *word, struct pl_error *error)
{
    if (ctl->command == NULL)
        ctl->command = word;
    else if (ctl->operand == NULL)
        ctl->operand = word;
    else if (ctl->more[0] == NULL)
        ctl->more[0] = word;
    else if (ctl->more[1] == NULL)
        ctl->more[1] = word;
    else
        return pl_fail(error, PL_E_INPUT, "%.40s is one word too many", word);
    return PL_OK;
}

static bool takes(const struct option *option, const char *command)
{
    size_t n = strlen(command);
    if (option->commands[0] == '\0')
        return true;
    for (const char *at = option->commands; (at = strstr(at, command)) != NULL; at += n)
        if ((at == option->commands || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* How many operands a command takes: one for every word of what --help says of them. */
static unsigned operands(const char *args)
{
    unsigned n = args[0] != '\0';
    for (; *args != '\0'; args++)
        n += *args == ' ';
    return n;
}

static enum pl_err check_operands(const struct pl_ctl *ctl, const struct command *command,
                                  struct pl_error *error)
{
    unsigned most = operands(command->args);
    if (ctl->operand != NULL && most == 0)
        return pl_fail(error, PL_E_INPUT, "%s takes no %.40s", command->name, ctl->operand);
    for (unsigned i = 0; i < PL_COUNT(ctl->more); i++)
        if (ctl->more[i] != NULL && i + 2 > most)
            return pl_fail(error, PL_E_INPUT, "%.40s is one word too many", ctl->more[i]);
    return PL_OK;
}

/* Does the command exist, take these options and these operands? */
static enum pl_err check(const struct pl_ctl *ctl, struct pl_error *error)
{
    const struct command *command = NULL;
    const char *names[PL_COUNT(commands)];
    for (size_t i = 0; i < PL_COUNT(commands); i++) {
        names[i] = commands[i].name;
        if (strcmp(names[i], ctl->command) == 0)
            command = &commands[i];
    }
    if (command == NULL)
        return unknown("command", ctl->command, names, PL_COUNT(commands), "", error);
    for (size_t i = 0; i < PL_COUNT(options); i++)
        if (*(const bool *)((const char *)ctl + options[i].given_at) &&
            !takes(&options[i], command->name))
            return pl_fail(error, PL_E_INPUT, "%s does not take --%s", command->name,
                           options[i].name);
    if (check_operands(ctl, command, error) != PL_OK)
        return PL_E_INPUT;
    if (ctl->sort != NULL && strcmp(ctl->sort, "size") != 0 && strcmp(ctl->sort, "age") != 0 &&
        strcmp(ctl->sort, "hits") != 0)
        return pl_fail(error, PL_E_INPUT, "--sort is size, age or hits");
    if (ctl->limit_given && (ctl->limit == 0 || ctl->limit > 1000))
        return pl_fail(error, PL_E_INPUT, "--limit is 1 to 1000");
    return PL_OK;
}

enum pl_err pl_ctl_parse(struct pl_ctl *ctl, int argc, char **argv, struct pl_error *error)
{
    memset(ctl, 0, sizeof *ctl);
    enum pl_err err = PL_OK;
    bool words_only = false;
    for (int i = 1; i < argc && err == PL_OK; i++) {
        if (!words_only && strcmp(argv[i], "--") == 0)
            words_only = true;
        else if (!words_only && argv[i][0] == '-' && argv[i][1] != '\0')
            err = take_option(ctl, argv, &i, error);
        else
            err = take_word(ctl, argv[i], error);
    }
    if (err == PL_OK && ctl->command != NULL && !ctl->version)
        err = check(ctl, error);
    if (ctl->socket == NULL)
        ctl->socket = getenv("PLATEN_ADMIN_SOCKET");
    if (ctl->socket == NULL || ctl->socket[0] == '\0')
        ctl->socket = "/var/lib/platen/admin.sock";
    if (!ctl->interval_given)
        ctl->interval = 1000;
    if (!ctl->limit_given)
        ctl->limit = 20;
    if (!ctl->scan_given)
        ctl->scan = 200000;
    ctl->terminal = isatty(STDOUT_FILENO) == 1;
    const char *no_color = getenv("NO_COLOR");
    ctl->color = ctl->terminal && !ctl->no_color && (no_color == NULL || no_color[0] == '\0');
    return err;
}

static void usage_option(FILE *out, const struct option *option)
{
    char head[40];
    int n = option->letter != 0 ? snprintf(head, sizeof head, "-%c, ", option->letter)
                                : snprintf(head, sizeof head, "    ");
    snprintf(head + n, sizeof head - (size_t)n, "--%s%s%s", option->name,
             option->value[0] != '\0' ? " " : "", option->value);
    fprintf(out, "  %-22s %s\n", head, option->text);
}

static void usage_command(FILE *out, const struct command *command)
{
    fprintf(out, "Usage: platenctl [OPTION]... %s%s%s\n\n%s%s.\n", command->name,
            command->args[0] != '\0' ? " " : "", command->args, command->text,
            command->map ? "; works with --map" : "");
    bool first = true;
    for (size_t i = 0; i < PL_COUNT(options); i++) {
        if (options[i].commands[0] == '\0' || !takes(&options[i], command->name))
            continue;
        if (first)
            fputc('\n', out);
        first = false;
        usage_option(out, &options[i]);
    }
}

void pl_ctl_usage(FILE *out, const char *name)
{
    for (size_t i = 0; name != NULL && i < PL_COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0) {
            usage_command(out, &commands[i]);
            return;
        }
    fputs("Usage: platenctl [OPTION]... COMMAND\n\nCommands:\n", out);
    for (size_t i = 0; i < PL_COUNT(commands); i++) {
        char head[64];
        snprintf(head, sizeof head, "%s %s", commands[i].name, commands[i].args);
        fprintf(out, "  %-26s %s\n", head, commands[i].text);
    }
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < PL_COUNT(options); i++)
        if (options[i].commands[0] == '\0')
            usage_option(out, &options[i]);
    fputs("\nplatenctl COMMAND --help shows the options of a command.\n"
          "Exit: 0 done, 1 failed, 2 usage, 3 cannot connect, 4 nothing matched, 5 denied, 6 "
          "partial.\n",
          out);
}

int pl_ctl_help(struct pl_ctl *ctl)
{
    pl_ctl_usage(stdout, ctl->operand);
    return PL_EXIT_OK;
}
