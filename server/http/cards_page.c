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

/* --- the shell -------------------------------------------------------------------------------- */

struct shell {
    const char *at, *end;
    struct pl_buf *out;
    struct pl_error *error;
};

static void put(struct shell *shell, const char *text)
{
    (void)pl_buf_text(shell->out, text, shell->error);
}

/* Copy up to `mark`, and `with` in its place; false, nothing done, when it does not come. */
static bool instead_of(struct shell *shell, const char *mark, const char *with)
{
    const char *found = memmem(shell->at, (size_t)(shell->end - shell->at), mark, strlen(mark));
    if (found == NULL)
        return false;
    (void)pl_buf_add(shell->out, shell->at, (size_t)(found - shell->at), shell->error);
    put(shell, with);
    shell->at = found + strlen(mark);
    return true;
}

static bool behind(struct shell *shell, const char *mark)
{
    return instead_of(shell, mark, mark);
}

void pl_cards_html(const char *value, struct pl_buf *out, struct pl_error *error)
{
    while (*value != '\0') {
        size_t n = strcspn(value, "&<>\"'");
        (void)pl_buf_add(out, value, n, error);
        value += n;
        if (*value != '\0')
            (void)pl_buf_print(out, error, "&#%d;", *value++);
    }
}

static void text(struct shell *shell, const char *value)
{
    pl_cards_html(value, shell->out, shell->error);
}

/* The words that the shell has behind `mark`, up to the next tag: they are in one place, for
 * scripts too. `otherwise` when it has no such mark. */
static void put_words(struct shell *shell, const char *mark, const char *otherwise)
{
    const struct pl_web_file *file = pl_cards_shell();
    const char *whole = (const char *)file->plain.bytes;
    const char *at = memmem(whole, file->plain.n, mark, strlen(mark)), *tag = NULL;
    if (at != NULL)
        at += strlen(mark), tag = memchr(at, '<', (size_t)(shell->end - at));
    if (tag == NULL)
        text(shell, otherwise);
    else
        (void)pl_buf_add(shell->out, at, (size_t)(tag - at), shell->error);
}

/* --- parts of the page ------------------------------------------------------------------------ */

static void add_picture(struct shell *shell, const char *key, const struct pl_card_set *set,
                        uint32_t number)
{
    struct pl_card_picture picture;
    const char *profile, *title;
    uint32_t width_px = 0, height_px = 0;
    if (!pl_card_picture_at(set, number, &picture))
        return;
    title = pl_cards_title(&picture, &profile);
    pl_card_picture_size(pl_card_packs(), &picture, &width_px, &height_px);
    (void)pl_buf_print(shell->out, shell->error,
                       "<li class=\"card\" id=\"card-%u\"><figure><a href=\"/cards/%s/%u.jpg\">"
                       "<img src=\"/cards/%s/%u.jpg\" width=\"%u\" height=\"%u\" loading=\"lazy\" "
                       "alt=\"",
                       number, key, number, key, number, width_px, height_px);
    text(shell, title);
    put(shell, "\"></a><figcaption><b>");
    text(shell, title);
    put(shell, "</b>");
    if (strstr(title, profile) == NULL) {
        put(shell, "<i>");
        text(shell, profile);
        put(shell, "</i>");
    }
    if (picture.list != NULL && picture.list->pages_n > 1)
        (void)pl_buf_print(shell->out, shell->error, "<span>page %u of %u</span>", picture.page + 1,
                           picture.list->pages_n);
    put(shell, "</figcaption></figure></li>\n");
}

static uint32_t same_kind(const struct pl_card_set *set, uint32_t i, uint32_t from)
{
    while (from < set->notices_n && strcmp(set->notices[from].kind, set->notices[i].kind) != 0)
        from++;
    return from;
}

/* The notices of the kind of notice i, which is the first of them. */
static void add_notices_of(struct shell *shell, const struct pl_card_set *set, uint32_t i)
{
    char mark[80];
    uint32_t next = same_kind(set, i, i + 1);
    bool several = next < set->notices_n;
    (void)snprintf(mark, sizeof mark, "<p data-kind=\"%.60s\">", set->notices[i].kind);
    put(shell, "<li><b>");
    put_words(shell, mark, set->notices[i].kind);
    put(shell, several ? "</b><ul>" : "</b>");
    for (; i < set->notices_n; i = same_kind(set, i, i + 1)) {
        if (set->notices[i].detail[0] == '\0')
            continue;
        put(shell, several ? "<li>" : ": ");
        text(shell, set->notices[i].detail);
        put(shell, several ? "</li>" : "");
    }
    put(shell, several ? "</ul></li>\n" : "</li>\n");
}

static void add_notices(struct shell *shell, const struct pl_card_set *set)
{
    for (uint32_t i = 0; i < set->notices_n; i++)
        if (same_kind(set, i, 0) == i)
            add_notices_of(shell, set, i);
    if (set->notices_more > 0)
        (void)pl_buf_print(shell->out, shell->error,
                           "<li class=\"dim\">and %llu more that are not listed</li>\n",
                           (unsigned long long)set->notices_more);
}

/* A colour is an attribute of a shape, for the page allows no styles but those of its sheets. */
static void add_contexts(struct shell *shell, const struct pl_card_set *set)
{
    for (uint32_t i = 0; i < set->contexts_n; i++) {
        const struct pl_card_context *context = &set->contexts[i];
        (void)pl_buf_print(shell->out, shell->error,
                           "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><path d=\"M0 "
                           "0h1v1H0z\" fill=\"#%08x\"/></svg>",
                           context->rgba);
        text(shell, context->title[0] != '\0' ? context->title : context->name);
        put(shell, "</li>\n");
    }
}

/* Which groups and colours these are, where there was a choice. */
static void add_choice(struct shell *shell, const struct pl_card_set *set)
{
    static const char *const styles[] = {"group", "category", "modifier", "none"};
    const struct pl_packs *packs = pl_card_packs();
    const char *name, *between = "";
    char mark[64];
    if (set->game != PL_CARD_ED || set->style >= PL_COUNT(styles))
        return;
    put(shell, "<p id=\"chosen\" class=\"dim\">Groups: ");
    if (set->groups == UINT32_MAX)
        put(shell, "all");
    else
        for (uint32_t i = 0; i < 32 && (name = pl_packs_group(packs, i)) != NULL; i++)
            if ((set->groups >> i & 1) != 0) {
                put(shell, between);
                text(shell, name);
                between = ", ";
            }
    put(shell, " · Colours: ");
    (void)snprintf(mark, sizeof mark, "<option value=\"%s\">", styles[set->style]);
    put_words(shell, mark, styles[set->style]);
    put(shell, "</p>");
}

static void add_token(struct shell *shell, const struct pl_cards *upload)
{
    if (upload == NULL || upload->token[0] == '\0')
        return;
    (void)pl_buf_print(shell->out, shell->error,
                       "\n<p class=\"notice\">Published: <a href=\"/cards/%s\">the link</a> works "
                       "from now on. To take it back you need this token, which is told only now: "
                       "<code>%s</code></p>\n",
                       upload->key, upload->token);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void add_count(struct shell *shell, uint64_t n, const char *what, const char *before)
{
    if (n > 0)
        (void)pl_buf_print(shell->out, shell->error, "%s%llu %s%s", before, (unsigned long long)n,
                           what, n == 1 ? "" : "s");
}

static void add_summary(struct shell *shell, const struct pl_card_set *set)
{
    const char *dot = " · ";
    uint32_t pages = pl_card_pictures(set) - set->cards_n;
    add_count(shell, set->cards_n, "card", "");
    add_count(shell, pages, "list page", set->cards_n > 0 ? dot : "");
    add_count(shell, set->bindings_n, "binding", pages + set->cards_n > 0 ? dot : "");
    add_count(shell, pl_card_devices(set), "controller", dot);
}

static void add_game(struct shell *shell, const struct pl_card_set *set)
{
    const char *name = pl_card_game_name(set->game);
    char mark[64];
    (void)snprintf(mark, sizeof mark, "value=\"%.20s\"><span>", name);
    put_words(shell, mark, name);
}

/* In the order of the shell. */
static void show_result(struct shell *shell, const char *key, const struct pl_card_set *set,
                        const struct pl_cards *upload)
{
    uint32_t pictures_n = pl_card_pictures(set);
    if (instead_of(shell, "<title>Reference cards", "<title>"))
        add_game(shell, set);
    (void)instead_of(shell, "<section id=\"start\"", "<section id=\"start\" hidden");
    if (instead_of(shell, "<section id=\"result\" aria-labelledby=\"result-title\" hidden>",
                   "<section id=\"result\" aria-labelledby=\"result-title\">"))
        add_token(shell, upload);
    if (instead_of(shell, "<h1 id=\"result-title\" tabindex=\"-1\">Cards",
                   "<h1 id=\"result-title\" tabindex=\"-1\">"))
        add_game(shell, set);
    if (behind(shell, "<span id=\"summary\" class=\"dim\" role=\"status\">"))
        add_summary(shell, set);
    if (instead_of(shell, "<a id=\"zip\"", "<a id=\"zip\" href=\"/cards/")) {
        put(shell, key);
        put(shell, pictures_n > 0 ? ".zip\"" : ".zip\" hidden");
    }
    if (instead_of(shell, "<!--chosen-->", ""))
        add_choice(shell, set);
    if (set->contexts_n > 1 &&
        instead_of(shell,
                   "<ul id=\"legend\" class=\"legend\" aria-label=\"Colours on the cards\" hidden>",
                   "<ul id=\"legend\" class=\"legend\" aria-label=\"Colours on the cards\">"))
        add_contexts(shell, set);
    if (set->notices_n > 0) {
        (void)instead_of(shell, "<details id=\"notices\" hidden>", "<details id=\"notices\">");
        if (behind(shell, "<summary id=\"notices-title\">"))
            add_count(shell, set->notices_n + set->notices_more, "notice", "");
        if (behind(shell, "<ul id=\"notices-list\">"))
            add_notices(shell, set);
    }
    if (instead_of(shell, "<!--pictures-->", ""))
        for (uint32_t i = 1; i <= pictures_n; i++)
            add_picture(shell, key, set, i);
    if (pictures_n == 0)
        (void)instead_of(shell, "<div id=\"none\" class=\"empty\" hidden>",
                         "<div id=\"none\" class=\"empty\">");
}

static struct shell open_shell(struct pl_buf *out, struct pl_error *error)
{
    const struct pl_web_file *file = pl_cards_shell();
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

static void add_blame(struct shell *shell, const char *file, unsigned line)
{
    if (file[0] == '\0')
        return;
    put(shell, "<b>");
    text(shell, file);
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
    if (instead_of(&shell, "<div id=\"problem\" class=\"notice bad\" role=\"alert\" hidden>",
                   "<div id=\"problem\" class=\"notice bad\" role=\"alert\">")) {
        add_blame(&shell, file, line);
        text(&shell, message);
    }
    return close_shell(&shell, error);
}
