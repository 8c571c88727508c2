/* cards.c - addresses of reference cards, and the small texts that belong to them.
 *
 * Knows nothing of what is stored and nothing of the HTTP library. Nothing is allocated. */
#include "server/routes/cards.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/routes/native.h"
#include "server/routes/picture.h"
#include "shm/base/check.h"

#define BIT(method) (1u << PL_METHOD_##method)

enum { READ = BIT(GET) | BIT(HEAD) };

/* --- addresses -------------------------------------------------------------------------------- */

bool pl_cards_game(const char *text, enum pl_card_game *out)
{
    *out = PL_CARD_GUESS;
    if (*text == '\0')
        return true;
    for (unsigned game = PL_CARD_FS2020; game < PL_CARD_GAMES; game++)
        if (strcmp(text, pl_card_game_name((enum pl_card_game)game)) == 0) {
            *out = (enum pl_card_game)game;
            return true;
        }
    return false;
}

static bool take_key(const char *text, char out[PL_CARDS_KEY_N + 1])
{
    if (strspn(text, "0123456789abcdef") != PL_CARDS_KEY_N)
        return false;
    memcpy(out, text, PL_CARDS_KEY_N);
    out[PL_CARDS_KEY_N] = '\0';
    return true;
}

/* "1" to "4096", as we write it. */
static bool take_number(const char *text, uint32_t *out)
{
    size_t n = strspn(text, "0123456789");
    if (n < 1 || n > 4 || text[n] != '\0' || text[0] == '0')
        return false;
    *out = (uint32_t)strtoul(text, NULL, 10);
    return *out <= PL_CARDS_PICTURES_MAX;
}

/* Cards have a form that other pictures have not. */
static bool take_picture(char *path, enum pl_media *media)
{
    size_t n = strlen(path), webp_n = strlen(pl_media_suffix(PL_MEDIA_WEBP));
    if (n > webp_n && strcmp(path + n - webp_n, pl_media_suffix(PL_MEDIA_WEBP)) == 0) {
        path[n - webp_n] = '\0';
        *media = PL_MEDIA_WEBP;
        return true;
    }
    return pl_native_suffix(path, media) && *media != PL_MEDIA_JSON;
}

/* Behind /cards/. */
static bool below_cards(enum pl_method method, char *rest, struct pl_cards_address *out,
                        unsigned *allow)
{
    if (*rest != '\0' && pl_cards_game(rest, &out->game)) {
        out->what = method == PL_METHOD_POST ? PL_CARDS_UPLOAD : PL_CARDS_FORM;
        *allow = READ | BIT(POST);
        return true;
    }
    if (!take_key(rest, out->key))
        return false;
    char *behind = rest + PL_CARDS_KEY_N;
    *allow = READ;
    out->what = PL_CARDS_PICTURE;
    if (*behind == '/')
        return take_picture(behind + 1, &out->media) && take_number(behind + 1, &out->number);
    if (*behind == '\0')
        *allow = READ | BIT(DELETE);
    out->what = *behind == '\0'                ? PL_CARDS_PAGE
                : strcmp(behind, ".json") == 0 ? PL_CARDS_JSON
                                               : PL_CARDS_ZIP;
    return out->what != PL_CARDS_ZIP || strcmp(behind, ".zip") == 0;
}

/* What stands behind `with`. */
static bool begins(char *path, const char *with, char **rest)
{
    size_t n = strlen(with);
    if (strncmp(path, with, n) != 0)
        return false;
    *rest = path + n;
    return true;
}

static bool find(enum pl_method method, char *path, struct pl_cards_address *out, unsigned *allow)
{
    char *rest = NULL;
    *allow = READ;
    if (strcmp(path, "/cards") == 0) {
        out->what = method == PL_METHOD_POST ? PL_CARDS_UPLOAD : PL_CARDS_FORM;
        *allow = READ | BIT(POST);
        return true;
    }
    if (begins(path, "/cards/", &rest))
        return below_cards(method, rest, out, allow);
    if (begins(path, "/api/", &rest)) {
        out->what = PL_CARDS_UPLOAD;
        *allow = BIT(POST);
        return *rest != '\0' && pl_cards_game(rest, &out->game);
    }
    out->what = PL_CARDS_DEVICES;
    if (strcmp(path, "/devices") == 0)
        return true;
    out->what = PL_CARDS_DEVICE;
    if (begins(path, "/devices/", &rest)) {
        out->device = rest;
        return take_picture(rest, &out->media) && *rest != '\0';
    }
    out->what = PL_CARDS_FORM;
    return path[0] == '/' && path[1] != '\0' && pl_cards_game(path + 1, &out->game);
}

enum pl_err pl_cards_address(enum pl_method method, char *path, struct pl_cards_address *out,
                             enum pl_route *route, unsigned *allow, struct pl_error *error)
{
    *out = (struct pl_cards_address){.game = PL_CARD_GUESS, .media = PL_MEDIA_JPEG};
    *route = PL_ROUTE_CARDS;
    if (!find(method, path, out, allow))
        return pl_fail_param(error, PL_E_MISSING, "path",
                             "there are no cards under this address; begin at /cards");
    if (out->what == PL_CARDS_UPLOAD)
        *route = PL_ROUTE_CARDS_UPLOAD;
    if (out->what == PL_CARDS_PICTURE || out->what == PL_CARDS_DEVICE)
        *route = PL_ROUTE_CARDS_PICTURE;
    return PL_OK;
}

/* --- what a client wants ---------------------------------------------------------------------- */

/* The weight of a media range in thousandths: 1000 unless it has q=. */
static unsigned weight_of(const char *range, size_t n)
{
    const char *q = memmem(range, n, ";q=", 3);
    if (q == NULL)
        q = memmem(range, n, "; q=", 4);
    if (q == NULL)
        return 1000;
    double weight = strtod(strchr(q, '=') + 1, NULL);
    return weight > 0 && weight <= 1 ? (unsigned)(1000 * weight) : 0;
}

enum pl_cards_form pl_cards_form(const char *accept)
{
    static const struct {
        const char *media;
        enum pl_cards_form form;
    } known[] = {{"application/json", PL_CARDS_FORM_JSON},
                 {"text/html", PL_CARDS_FORM_HTML},
                 {"application/xhtml+xml", PL_CARDS_FORM_HTML},
                 {"image/jpeg", PL_CARDS_FORM_JPEG},
                 {"image/webp", PL_CARDS_FORM_WEBP}};
    enum pl_cards_form best = PL_CARDS_FORM_JSON;
    unsigned most = 0;
    while (accept != NULL && *accept != '\0') {
        accept += strspn(accept, " \t,");
        size_t n = strcspn(accept, ","), type_n = strcspn(accept, "; \t,");
        for (size_t i = 0; i < PL_COUNT(known); i++) {
            if (strlen(known[i].media) != type_n ||
                strncasecmp(accept, known[i].media, type_n) != 0)
                continue;
            unsigned weight = weight_of(accept, n);
            if (weight <= most)
                continue;
            most = weight;
            best = known[i].form;
        }
        accept += n;
    }
    return best;
}

/* --- names of files --------------------------------------------------------------------------- */

static size_t add_words(const char *text, char *out, size_t n)
{
    enum { LEAST_ROOM = 4 };
    bool gap = n > 0;
    for (; *text != '\0' && n + LEAST_ROOM < PL_CARDS_SLUG_N; text++) {
        char c = *text;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
            gap = n > 0;
            continue;
        }
        if (gap)
            out[n++] = '-';
        gap = false;
        out[n++] = c;
    }
    return n;
}

void pl_cards_slug(const char *title, const char *profile, char out[PL_CARDS_SLUG_N])
{
    size_t n = add_words(title, out, 0);
    if (strstr(title, profile) == NULL)
        n = add_words(profile, out, n);
    if (n == 0) {
        memcpy(out, "card", 4);
        n = 4;
    }
    out[n] = '\0';
}

/* --- what was published ----------------------------------------------------------------------- */

void pl_cards_kept_print(const struct pl_cards_kept *kept, char out[PL_CARDS_MEDIA_N])
{
    int n = snprintf(
        out, PL_CARDS_MEDIA_N, "application/x-platen-cards;%u;%u;%08" PRIx32 ";%08" PRIx32,
        (unsigned)kept->game, (unsigned)kept->options.style, kept->options.groups, kept->check);
    if (kept->options.day != 0)
        (void)snprintf(out + n, PL_CARDS_MEDIA_N - (size_t)n, ";%08" PRIu32, kept->options.day);
}

bool pl_cards_kept_read(const char *media, struct pl_cards_kept *out)
{
    unsigned game, style;
    *out = (struct pl_cards_kept){.game = PL_CARD_GUESS};
    if (sscanf(media, "application/x-platen-cards;%u;%u;%8" SCNx32 ";%8" SCNx32 ";%8" SCNu32, &game,
               &style, &out->options.groups, &out->check, &out->options.day) < 4 ||
        game >= PL_CARD_GAMES || style > PL_CARD_STYLE_NONE)
        return false;
    out->game = (enum pl_card_game)game;
    out->options.style = (enum pl_card_style)style;
    return true;
}
