/* platenctl.c - main of the admin tool: finds the command and runs it.
 *
 * The work is in ctl_*.c: arguments, asking, printing, one file a group of commands. What it can
 * say comes from ctl.def. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/admin/admin_priv.h"
#include "server/admin/ctl.h"

static int refuse(const char *what)
{
    fprintf(stderr, "platenctl: %s\nTry platenctl --help.\n", what);
    return PL_EXIT_USAGE;
}

static int run(struct pl_ctl *ctl)
{
    bool map = false;
    pl_ctl_fn *command = pl_ctl_find(ctl->command, &map);
    if (command == NULL)
        return PL_EXIT_USAGE;
    if (ctl->map != NULL && !map)
        return refuse("this command needs a running server; --map only looks");
    return command(ctl);
}

int main(int argc, char **argv)
{
    struct pl_ctl ctl;
    struct pl_error error = {0};
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_DFL);
    if (pl_ctl_parse(&ctl, argc, argv, &error) != PL_OK)
        return refuse(error.msg);
    if (ctl.version) {
        puts("platenctl " PL_VERSION);
        return PL_EXIT_OK;
    }
    if (ctl.help || ctl.command == NULL) {
        pl_ctl_usage(ctl.help ? stdout : stderr, ctl.command);
        return ctl.help ? PL_EXIT_OK : PL_EXIT_USAGE;
    }
    int code = run(&ctl);
    pl_ctl_hang_up(&ctl);
    if (fflush(stdout) != 0 || ferror(stdout))
        return code != PL_EXIT_OK ? code : PL_EXIT_FAILED;
    return code;
}
