/* cards_key.h - under which keys a set of cards, its document and its pictures are cached. Pure.
 *
 * The packs of pl_card_start and the renderer's version are part of every key.
 */
#ifndef PL_ROUTES_CARDS_KEY_H
#define PL_ROUTES_CARDS_KEY_H

#include "server/routes/cards.h"
#include "server/routes/url.h"
#include "shm/key.h"

/* The digits of a key that name packs and renderer. */
void pl_cards_version(char out[PL_CARDS_VERSION_N + 1]);

/* key: PL_CARDS_KEY_N digits. selector: the picture's number; of a controller "device/ID", and key
 * is "". */
void pl_cards_set_key(const char *key, struct pl_key *out);
void pl_cards_json_key(const char *key, struct pl_key *out);
void pl_cards_picture_key(const char *key, const char *selector, const struct pl_params *params,
                          struct pl_key *out);

/* pl_cards_params - the parameters of a picture; PL_E_INPUT naming one. */
enum pl_err pl_cards_params(const struct pl_url *url, enum pl_media media, struct pl_params *out,
                            struct pl_error *error);

/* The check of a publication's options. */
uint32_t pl_cards_check(const char *canonical);

#endif
