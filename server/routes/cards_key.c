/* cards_key.c - under which keys a set of cards, its document and its pictures are cached.
 *
 * Reads the packs' version, nothing else. Everything that is cached is found by a key that holds
 * that version whole; the eight digits in an address only tell old addresses from current ones. */
#include "server/routes/cards_key.h"

#include <stdio.h>
#include <string.h>

#include "server/routes/picture.h"

/* What every picture depends on besides its set. */
static void version_digest(uint8_t out[PL_SHA256_N])
{
    const struct pl_packs *packs = pl_card_packs();
    const uint64_t renderer = pl_renderer_card.version;
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    if (packs != NULL)
        pl_sha256_add(&sha, packs->version, sizeof packs->version);
    pl_sha256_add(&sha, &renderer, sizeof renderer);
    pl_sha256_end(&sha, out);
}

void pl_cards_version(char out[PL_CARDS_VERSION_N + 1])
{
    uint8_t digest[PL_SHA256_N];
    version_digest(digest);
    pl_hex(out, digest, PL_CARDS_VERSION_N / 2);
}

uint32_t pl_cards_check(const char *canonical)
{
    return (uint32_t)pl_checksum(canonical, strlen(canonical));
}

/* What lies in the cache for a key under one more word. */
static void make_key(const char *key, const char *what, const char *selector,
                     const char *parameters, struct pl_key *out)
{
    struct pl_key_maker maker;
    struct pl_stamp version = {{0}};
    uint8_t digest[PL_SHA256_N];
    version_digest(digest);
    memcpy(version.bytes, digest, sizeof version.bytes);
    pl_key_start(&maker, what, pl_renderer_card.version, parameters);
    pl_key_source(&maker, key, selector, &version);
    pl_key_end(&maker, out);
}

void pl_cards_set_key(const char *key, struct pl_key *out)
{
    make_key(key, "card-set", "", "", out);
}

void pl_cards_json_key(const char *key, struct pl_key *out)
{
    make_key(key, "card-json", "", "", out);
}

void pl_cards_picture_key(const char *key, const char *selector, const struct pl_params *params,
                          struct pl_key *out)
{
    char text[PL_PARAMS_MAX + 8];
    (void)snprintf(text, sizeof text, "%s?%s", pl_media_suffix(params->media), params->text);
    make_key(key, pl_renderer_card.name, selector, text, out);
}

enum pl_err pl_cards_params(const struct pl_url *url, enum pl_media media, struct pl_params *out,
                            struct pl_error *error)
{
    return pl_renderer_card.params(url->query, url->query_n, "", media, PL_QUERY_STRICT, out,
                                   error);
}
