/* ctl_top.c - `top`: a live screen, redrawn each interval on the terminal's alternate screen.
 *
 * Keeps fifteen minutes of samples for its hit ratios. The hottest pictures are gathered over a
 * bounded walk each redraw. Whatever ends it (q, a signal, a server that goes away), the terminal
 * is put back first. Without a terminal it prints the rows of `stats --interval`. */
#include "server/admin/ctl.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"

enum { SAMPLES = 1024, TOP_SCAN = 20000, WINDOW_LONG_S = 900 };

struct sample {
    uint64_t at_ns, hits, asked, requests, bytes;
};

struct top {
    struct pl_ctl *ctl;
    struct sample sample[SAMPLES]; /* ring */
    uint64_t samples;              /* ever taken */
    json_t *answer, *pictures;     /* what is shown */
    unsigned sort;
    bool paused;
    int code;
};

static const struct {
    const char *key, *title;
} sorts[] = {{"hits", "hottest"}, {"size", "largest"}, {"age", "oldest"}};

static struct termios saved;
static volatile sig_atomic_t ended, resized;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else
        ended = 1;
}

static void enter_screen(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGWINCH, &action, NULL);
    struct termios raw;
    tcgetattr(STDIN_FILENO, &saved);
    raw = saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    fputs("\x1b[?1049h\x1b[?25l", stdout);
}

static void leave_screen(void)
{
    fputs("\x1b[?25h\x1b[?1049l", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

static void take_sample(struct top *top)
{
    const json_t *stats = json_object_get(top->answer, "stats");
    struct sample *sample = &top->sample[top->samples++ % SAMPLES];
    sample->at_ns = pl_ctl_number(stats, "time_ns");
    sample->hits = pl_ctl_number(stats, "cache_hits");
    sample->asked =
        sample->hits + pl_ctl_number(stats, "cache_misses") + pl_ctl_number(stats, "cache_waits");
    sample->requests = pl_ctl_number(stats, "requests");
    sample->bytes = pl_ctl_number(stats, "response_bytes");
    const struct sample *before =
        top->samples > 1 ? &top->sample[(top->samples - 2) % SAMPLES] : NULL;
    if (before != NULL && (sample->requests < before->requests || sample->at_ns < before->at_ns)) {
        struct sample first = *sample; /* another server: its counts begin anew */
        top->sample[0] = first;
        top->samples = 1;
    }
}

/* The oldest sample not older than so many seconds. */
static const struct sample *since(const struct top *top, unsigned seconds)
{
    const struct sample *now = &top->sample[(top->samples - 1) % SAMPLES], *found = now;
    uint64_t n = PL_MIN(top->samples, (uint64_t)SAMPLES);
    for (uint64_t i = 1; i < n; i++) {
        const struct sample *one = &top->sample[(top->samples - 1 - i) % SAMPLES];
        if (now->at_ns - one->at_ns > (seconds + 1) * PL_S_NS)
            break;
        found = one;
    }
    return found;
}

static int ask(struct top *top)
{
    json_t *answer, *pictures;
    int code = pl_ctl_ask(top->ctl, false, "top", NULL, 0, &answer);
    if (code != PL_EXIT_OK)
        return code;
    json_decref(top->answer);
    top->answer = answer;
    take_sample(top);
    code = pl_ctl_gather(top->ctl, sorts[top->sort].key, NULL, 0, 50, TOP_SCAN, &pictures);
    if (code != PL_EXIT_OK)
        return code;
    json_decref(top->pictures);
    top->pictures = pictures;
    return PL_EXIT_OK;
}

/* --- drawing: into one buffer, one write, no flicker --- */

static void bar(struct top *top, FILE *out, double part, unsigned width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double cells = PL_MIN(PL_MAX(part, 0.0), 1.0) * width;
    unsigned full = (unsigned)cells, rest = (unsigned)((cells - full) * 8.0), used = full;
    fputs(pl_ctl_color(top->ctl, part >= 0.8   ? PL_COLOR_GOOD
                                 : part >= 0.4 ? PL_COLOR_WARN
                                               : PL_COLOR_BAD),
          out);
    for (unsigned i = 0; i < full; i++)
        fputs("█", out);
    if (rest > 0 && full < width) {
        fputs(eighths[rest], out);
        used++;
    }
    fputs(pl_ctl_color(top->ctl, PL_COLOR_DIM), out);
    for (; used < width; used++)
        fputs("·", out);
    fputs(pl_ctl_color(top->ctl, PL_COLOR_NONE), out);
}

static void ratio_line(struct top *top, FILE *out, const char *name, unsigned seconds)
{
    const struct sample *now = &top->sample[(top->samples - 1) % SAMPLES];
    const struct sample *then = since(top, seconds);
    double asked = (double)(now->asked - then->asked), hits = (double)(now->hits - then->hits);
    unsigned columns = pl_ctl_columns();
    fprintf(out, "  hits %-5s ", name);
    if (asked > 0.0)
        fprintf(out, "%5.1f %% ", 100.0 * hits / asked);
    else
        fputs("    - % ", out);
    bar(top, out, asked > 0.0 ? hits / asked : 0.0, columns > 60 ? 40 : 20);
    fputc('\n', out);
}

static void draw_head(struct top *top, FILE *out)
{
    char t[4][PL_CTL_TEXT_N];
    const json_t *stats = json_object_get(top->answer, "stats");
    const struct sample *now = &top->sample[(top->samples - 1) % SAMPLES], *then = since(top, 2);
    double s = now->at_ns > then->at_ns ? (double)(now->at_ns - then->at_ns) / 1e9 : 1.0;
    bool draining = json_is_true(json_object_get(stats, "draining"));
    fprintf(out, "%splaten%s up %s  %s%s%s%s\n", pl_ctl_color(top->ctl, PL_COLOR_BOLD),
            pl_ctl_color(top->ctl, PL_COLOR_NONE),
            pl_ctl_age(t[0], pl_ctl_number(stats, "uptime_seconds")),
            pl_ctl_color(top->ctl, draining ? PL_COLOR_WARN : PL_COLOR_GOOD),
            draining ? "draining" : "serving", pl_ctl_color(top->ctl, PL_COLOR_NONE),
            top->paused ? "  PAUSED" : "");
    fprintf(out, "  requests   %s/s, %s/s out, 5xx %llu, 4xx %llu\n",
            pl_ctl_rate(t[0], (double)(now->requests - then->requests) / s),
            pl_ctl_size(t[1], (double)(now->bytes - then->bytes) / s),
            (unsigned long long)pl_ctl_number(stats, "requests_5xx"),
            (unsigned long long)pl_ctl_number(stats, "requests_4xx"));
    ratio_line(top, out, "10 s", 10);
    ratio_line(top, out, "1 m", 60);
    ratio_line(top, out, "15 m", WINDOW_LONG_S);
    double used = pl_ctl_real(stats, "cache_bytes_used"),
           all = pl_ctl_real(stats, "cache_bytes_limit");
    fprintf(out, "  cache      %s of %s, %llu pictures, %llu dropped for room\n",
            pl_ctl_size(t[0], used), pl_ctl_size(t[1], all),
            (unsigned long long)pl_ctl_number(stats, "cache_entries"),
            (unsigned long long)pl_ctl_number(stats, "cache_evictions"));
    fprintf(out, "  queue      %llu waiting, %llu running, %llu drawn, %llu failed\n\n",
            (unsigned long long)pl_ctl_number(stats, "queue_length"),
            (unsigned long long)pl_ctl_number(stats, "jobs_running"),
            (unsigned long long)pl_ctl_number(stats, "renders_drawn"),
            (unsigned long long)pl_ctl_number(stats, "renders_failed"));
}

static void draw_pictures(struct top *top, FILE *out)
{
    char text[PL_CTL_TEXT_N];
    const json_t *list = json_object_get(top->pictures, "entries");
    struct pl_ctl_table *table = pl_ctl_table(">>>~");
    pl_ctl_cell(table, "hits");
    pl_ctl_cell(table, "bytes");
    pl_ctl_cell(table, "age");
    pl_ctl_cell(table, "%s pictures%s", sorts[top->sort].title,
                json_is_true(json_object_get(top->pictures, "partial")) ? " (of the first 20000)"
                                                                        : "");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        pl_ctl_cell(table, "%llu", (unsigned long long)pl_ctl_number(entry, "hits"));
        pl_ctl_cell(table, "%s", pl_ctl_size(text, pl_ctl_real(entry, "bytes")));
        pl_ctl_cell(table, "%s", pl_ctl_age(text, pl_ctl_number(entry, "age_seconds")));
        pl_ctl_cell(table, "%s/%s%s%s", pl_ctl_text(entry, "name"), pl_ctl_text(entry, "selector"),
                    pl_ctl_text(entry, "parameters")[0] != '\0' ? " ? " : "",
                    pl_ctl_text(entry, "parameters"));
    }
    pl_ctl_table_print(top->ctl, &table, out);
}

/* As many lines as the terminal has, each cleared to its end, the keys in the last one. */
static void show(struct top *top, char *text)
{
    struct winsize size;
    unsigned rows = 24, row = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        rows = size.ws_row;
    fputs("\x1b[H", stdout);
    for (char *line = text; *line != '\0' && row + 1 < rows; row++) {
        size_t n = strcspn(line, "\n");
        fwrite(line, 1, n, stdout);
        fputs("\x1b[K\n", stdout);
        line += n + (line[n] == '\n');
    }
    fprintf(stdout, "\x1b[J\x1b[%u;1H%sq quit  p %s  s sort by %s%s\x1b[K", rows,
            pl_ctl_color(top->ctl, PL_COLOR_DIM), top->paused ? "go on" : "pause",
            sorts[(top->sort + 1) % PL_COUNT(sorts)].key, pl_ctl_color(top->ctl, PL_COLOR_NONE));
    fflush(stdout);
}

static void draw(struct top *top)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    draw_head(top, out);
    pl_ctl_processes(top->ctl, json_object_get(top->answer, "processes"), true, out);
    fputc('\n', out);
    draw_pictures(top, out);
    fclose(out);
    show(top, text);
    free(text);
}

/* Waits for a key or the next redraw. */
static void wait_for_key(struct top *top)
{
    struct pollfd key = {.fd = STDIN_FILENO, .events = POLLIN};
    uint64_t until = pl_now_ns() + top->ctl->interval * PL_MS_NS;
    for (uint64_t now = pl_now_ns(); now < until && !ended && !resized; now = pl_now_ns()) {
        char c = 0;
        if (poll(&key, 1, (int)((until - now) / PL_MS_NS + 1)) <= 0)
            continue;
        if (read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == 'Q') {
            ended = 1;
        } else if (c == 'p' || c == 'P') {
            top->paused = !top->paused;
            return;
        } else if (c == 's' || c == 'S') {
            top->sort = (top->sort + 1) % PL_COUNT(sorts);
            return;
        }
    }
    resized = 0;
}

static int live(struct pl_ctl *ctl)
{
    struct top *top = calloc(1, sizeof *top);
    if (top == NULL)
        return PL_EXIT_FAILED;
    top->ctl = ctl;
    int code = ask(top);
    if (code == PL_EXIT_OK) {
        enter_screen();
        for (uint64_t i = 0; code == PL_EXIT_OK && !ended && (!ctl->count_given || i < ctl->count);
             i++) {
            bool quiet = ctl->quiet;
            ctl->quiet = true;
            if (i > 0 && !top->paused)
                code = ask(top);
            ctl->quiet = quiet;
            draw(top);
            wait_for_key(top);
        }
        leave_screen();
        if (code != PL_EXIT_OK)
            fputs("platenctl: the server is gone\n", stderr);
    }
    json_decref(top->answer);
    json_decref(top->pictures);
    free(top);
    return code;
}

int pl_ctl_top(struct pl_ctl *ctl)
{
    if (ctl->terminal && isatty(STDIN_FILENO) == 1 && !ctl->json)
        return live(ctl);
    ctl->interval_given = true;
    return pl_ctl_stats(ctl);
}
