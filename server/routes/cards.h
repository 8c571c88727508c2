/* cards.h - the addresses of reference cards and controllers. Pure.
 *
 *     POST /cards, /cards/GAME, /api/GAME      binding files in
 *     GET  /cards, /cards/GAME, /GAME          the page for that; ?format=json: limits and the like
 *     GET  /cards/KEY                          the page of the cards; DELETE: what was published
 *     GET  /cards/KEY.json, /cards/KEY.zip
 *     GET  /cards/KEY/N.jpg, .jpeg, .png, .webp
 *     GET  /devices, /devices/ID.jpg, .jpeg, .png, .webp
 *
 * GAME is fs2020, sws or ed. KEY is 32 hexadecimal digits made of the files, the game and the
 * options, and 8 made of the packs and the renderer: what lies under a KEY never changes.
 */
#ifndef PL_ROUTES_CARDS_H
#define PL_ROUTES_CARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "render/card/card.h"
#include "server/admin/metric.h"

enum {
    PL_CARDS_CONTENT_N = 32, /* digits of a key that name files, game and options, */
    PL_CARDS_VERSION_N = 8,  /* and packs and renderer */
    PL_CARDS_KEY_N = PL_CARDS_CONTENT_N + PL_CARDS_VERSION_N,
    PL_CARDS_TOKEN_N = 32,
    PL_CARDS_SLUG_N = 72,
    PL_CARDS_MEDIA_N = 64,
    PL_CARDS_PICTURES_MAX = 4096, /* a number has at most four digits */
};

/* Published sets are objects below this folder, which the native addresses do not show. */
#define PL_CARDS_FOLDER "cards/"

enum pl_cards_what {
    PL_CARDS_UPLOAD,
    PL_CARDS_FORM,
    PL_CARDS_PAGE,
    PL_CARDS_JSON,
    PL_CARDS_ZIP,
    PL_CARDS_PICTURE,
    PL_CARDS_DEVICES,
    PL_CARDS_DEVICE,
};

struct pl_cards_address {
    enum pl_cards_what what;
    enum pl_card_game game;       /* UPLOAD, FORM; PL_CARD_GUESS when the address names none */
    char key[PL_CARDS_KEY_N + 1]; /* PAGE, JSON, ZIP, PICTURE */
    uint32_t number;              /* PICTURE */
    const char *device;           /* DEVICE: lies in the path */
    enum pl_media media;          /* PICTURE, DEVICE */
};

/* pl_cards_address - read a decoded path, which is overwritten.
 *
 * returns PL_OK with the route and the methods (1 << PL_METHOD_*) that it answers to; PL_E_MISSING
 */
enum pl_err pl_cards_address(enum pl_method method, char *path, struct pl_cards_address *out,
                             enum pl_route *route, unsigned *allow, struct pl_error *error);

/* pl_cards_game - "fs2020" -> PL_CARD_FS2020; "" is PL_CARD_GUESS; false for another word. */
bool pl_cards_game(const char *text, enum pl_card_game *out);

/* pl_cards_form - the form a client wants an answer in, by its Accept (RFC 9110 12.5.1; NULL: none
 * was sent). JSON unless it names another with more weight, or earlier with the same. */
enum pl_cards_form {
    PL_CARDS_FORM_JSON,
    PL_CARDS_FORM_HTML,
    PL_CARDS_FORM_JPEG,
    PL_CARDS_FORM_WEBP,
};
enum pl_cards_form pl_cards_form(const char *accept);

/* pl_cards_slug - a title, and a profile that is not in it already, as part of a file's name: a-z,
 * 0-9 and '-'; never empty. */
void pl_cards_slug(const char *title, const char *profile, char out[PL_CARDS_SLUG_N]);

/* What must be known to read a published bundle again, as the media type of its object. check: of
 * the options' text, so that bits are not taken for other groups by another pack. */
struct pl_cards_kept {
    enum pl_card_game game;
    struct pl_card_options options;
    uint32_t check;
};
void pl_cards_kept_print(const struct pl_cards_kept *kept, char out[PL_CARDS_MEDIA_N]);
bool pl_cards_kept_read(const char *media, struct pl_cards_kept *out);

#endif
