/* cards_text.h - pictures of a set as JSON: what the answer to an upload and the document of a key
 * have in common. Pure. */
#ifndef PL_ROUTES_CARDS_TEXT_H
#define PL_ROUTES_CARDS_TEXT_H

#include "render/card/card.h"

/* pl_cards_picture - the members of picture `number` (from 1), without braces: url, thumbnail,
 * title, profile, w, h, and of a card image; of a page of a list device and keyboard. */
enum pl_err pl_cards_picture(const struct pl_packs *packs, const char *key,
                             const struct pl_card_set *set, uint32_t number, struct pl_buf *out,
                             struct pl_error *error);

/* pl_cards_groups - "groups":[...], the groups that can be chosen from. */
enum pl_err pl_cards_groups(const struct pl_packs *packs, struct pl_buf *out,
                            struct pl_error *error);

/* pl_cards_document - the document of GET /cards/KEY.json: key, url and the addresses of all
 * pictures in front of what pl_card_set_json writes. Appended to out. */
enum pl_err pl_cards_document(const struct pl_packs *packs, const char *key,
                              const struct pl_card_set *set, struct pl_buf *out,
                              struct pl_error *error);

#endif
