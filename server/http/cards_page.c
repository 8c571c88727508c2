/* cards_page.c - HTML about cards: the page of a set, for browsers with and without scripts, and
 * errors.
 *
 * The page is the shell of the form (server/web/static/cards.html) with what belongs to this set
 * put in at its marks; scripts find the same elements and go on from there. All texts are from
 * binding files and packs and are written as text. */
#include <string.h>

#include "server/http/cards.h"
#include "server/web/web.h"
#include "shm/base/check.h"

enum pl_err pl_html(struct pl_buf *out, const char *text, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    while (*text != '\0' && err == PL_OK) {
        size_t n = strcspn(text, "&<>\"'");
        err = pl_buf_add(out, text, n, error);
        text += n;
        if (*text == '\0' || err != PL_OK)
            break;
        err = pl_buf_print(out, error, "&#%d;", *text++);
    }
    return err;
}

/* --- parts of the page ------------------------------------------------------------------------ */

static void add_picture(const char *key, const struct pl_card_set *set, uint32_t number,
                        struct pl_buf *out, struct pl_error *error)
{
    struct pl_card_picture picture;
    const char *profile, *title;
    uint32_t width_px = 0, height_px = 0;
    if (!pl_card_picture_at(set, number, &picture))
        return;
    title = pl_cards_title(&picture, &profile);
    pl_card_picture_size(pl_card_packs(), &picture, &width_px, &height_px);
    (void)pl_buf_print(out, error,
                       "<li class=\"card\" id=\"card-%u\"><figure><a href=\"/cards/%s/%u.jpg\">"
                       "<img src=\"/cards/%s/%u.jpg\" width=\"%u\" height=\"%u\" loading=\"lazy\" "
                       "alt=\"",
                       number, key, number, key, number, width_px, height_px);
    (void)pl_html(out, title, error);
    (void)pl_buf_text(out, "\"></a><figcaption><b>", error);
    (void)pl_html(out, title, error);
    (void)pl_buf_text(out, "</b>", error);
    if (profile[0] != '\0') {
        (void)pl_buf_text(out, "<i>", error);
        (void)pl_html(out, profile, error);
        (void)pl_buf_text(out, "</i>", error);
    }
    (void)pl_buf_text(out, "</figcaption></figure></li>\n", error);
}

static void add_notices(const struct pl_card_set *set, struct pl_buf *out, struct pl_error *error)
{
    for (uint32_t i = 0; i < set->notices_n; i++) {
        (void)pl_buf_text(out, "<li><b>", error);
        (void)pl_html(out, set->notices[i].kind, error);
        (void)pl_buf_text(out, set->notices[i].detail[0] != '\0' ? "</b>: " : "</b>", error);
        (void)pl_html(out, set->notices[i].detail, error);
        (void)pl_buf_text(out, "</li>\n", error);
    }
}

static void add_token(const struct pl_cards *upload, struct pl_buf *out, struct pl_error *error)
{
    if (upload == NULL || upload->token[0] == '\0')
        return;
    (void)pl_buf_print(out, error,
                       "<p class=\"notice\">Published: <a href=\"/cards/%s\">the link</a> works "
                       "from now on. To take it back you need this token, which is told only now: "
                       "<code>%s</code></p>\n",
                       upload->key, upload->token);
}

/* --- the shell -------------------------------------------------------------------------------- */

struct shell {
    const char *at, *end;
    struct pl_buf *out;
    struct pl_error *error;
};

/* Copy up to where `mark` begins and pass over it; false, nothing done, when it does not come. */
static bool up_to(struct shell *shell, const char *mark)
{
    size_t n = strlen(mark);
    const char *found = memmem(shell->at, (size_t)(shell->end - shell->at), mark, n);
    if (found == NULL)
        return false;
    (void)pl_buf_add(shell->out, shell->at, (size_t)(found - shell->at), shell->error);
    shell->at = found + n;
    return true;
}

static void put(struct shell *shell, const char *text)
{
    (void)pl_buf_text(shell->out, text, shell->error);
}

static void add_count(struct shell *shell, uint64_t n, const char *what)
{
    (void)pl_buf_print(shell->out, shell->error, "%llu %s%s", (unsigned long long)n, what,
                       n == 1 ? "" : "s");
}

static void add_summary(struct shell *shell, const struct pl_card_set *set)
{
    put(shell, "<span id=\"summary\" class=\"dim\" role=\"status\">");
    add_count(shell, pl_card_pictures(set), "card");
    put(shell, ", ");
    add_count(shell, set->bindings_n, "binding");
}

static void show_result(struct shell *shell, const char *key, const struct pl_card_set *set,
                        const struct pl_cards *upload)
{
    if (up_to(shell, "<section id=\"start\""))
        put(shell, "<section id=\"start\" hidden");
    if (up_to(shell, "<section id=\"result\" aria-labelledby=\"result-title\" hidden>")) {
        put(shell, "<section id=\"result\" aria-labelledby=\"result-title\">\n");
        add_token(upload, shell->out, shell->error);
    }
    if (up_to(shell, "<span id=\"summary\" class=\"dim\" role=\"status\">"))
        add_summary(shell, set);
    if (up_to(shell, "<a id=\"zip\"")) {
        put(shell, "<a id=\"zip\" href=\"/cards/");
        put(shell, key);
        put(shell, ".zip\"");
    }
    if (set->notices_n > 0 && up_to(shell, "<details id=\"notices\" hidden>"))
        put(shell, "<details id=\"notices\">");
    if (set->notices_n > 0 && up_to(shell, "<summary id=\"notices-title\">"))
        put(shell, "<summary id=\"notices-title\">Notices");
    if (up_to(shell, "<ul id=\"notices-list\">")) {
        put(shell, "<ul id=\"notices-list\">");
        add_notices(set, shell->out, shell->error);
    }
    if (up_to(shell, "<!--pictures-->"))
        for (uint32_t i = 1; i <= pl_card_pictures(set); i++)
            add_picture(key, set, i, shell->out, shell->error);
    if (pl_card_pictures(set) == 0 && up_to(shell, "<div id=\"none\" class=\"empty\" hidden>"))
        put(shell, "<div id=\"none\" class=\"empty\">");
}

static struct shell open_shell(struct pl_buf *out, struct pl_error *error)
{
    const struct pl_web_file *file = pl_web_find("/cards");
    CHECK(file != NULL);
    const char *text = (const char *)file->plain.bytes;
    return (struct shell){text, text + file->plain.n, out, error};
}

static enum pl_err close_shell(struct shell *shell, struct pl_error *error)
{
    const struct pl_error *said = shell->error;
    (void)pl_buf_add(shell->out, shell->at, (size_t)(shell->end - shell->at), shell->error);
    return said->code == PL_OK ? PL_OK : pl_fail(error, said->code, "%s", said->msg);
}

enum pl_err pl_cards_page(const char *key, const struct pl_card_set *set,
                          const struct pl_cards *upload, struct pl_buf *out, struct pl_error *error)
{
    struct pl_error local = {0};
    struct shell shell = open_shell(out, &local);
    show_result(&shell, key, set, upload);
    return close_shell(&shell, error);
}

static void add_blame(const char *file, unsigned line, struct shell *shell)
{
    if (file[0] == '\0')
        return;
    put(shell, "<b>");
    (void)pl_html(shell->out, file, shell->error);
    if (line > 0)
        (void)pl_buf_print(shell->out, shell->error, ", line %u", line);
    put(shell, ":</b> ");
}

/* The form again, with what was wrong above it. */
enum pl_err pl_cards_problem_page(const char *message, const char *file, unsigned line,
                                  struct pl_buf *out, struct pl_error *error)
{
    struct pl_error local = {0};
    struct shell shell = open_shell(out, &local);
    if (up_to(&shell, "<div id=\"problem\" class=\"notice bad\" role=\"alert\" hidden>")) {
        put(&shell, "<div id=\"problem\" class=\"notice bad\" role=\"alert\">");
        add_blame(file, line, &shell);
        (void)pl_html(out, message, &local);
    }
    return close_shell(&shell, error);
}
