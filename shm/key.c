/* key.c - one SHA-256 over length-prefixed fields.
 *
 * Knows nothing of caches or renderers. No memory beyond the caller's maker.
 */
#include "shm/key.h"

/* Numbers and lengths are fed as 8 big-endian bytes, so that keys do not depend on the machine. */
static void add_number(struct pl_key_maker *maker, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    pl_sha256_add(&maker->sha, bytes, sizeof bytes);
}

static void add_field(struct pl_key_maker *maker, const void *bytes, size_t n)
{
    add_number(maker, n);
    pl_sha256_add(&maker->sha, bytes, n);
}

static void add_text(struct pl_key_maker *maker, const char *text)
{
    add_field(maker, text, strlen(text));
}

void pl_key_start(struct pl_key_maker *maker, const char *renderer, unsigned renderer_version,
                  const char *canonical_parameters)
{
    pl_sha256_start(&maker->sha);
    add_number(maker, PL_KEY_FORMAT);
    add_text(maker, renderer);
    add_number(maker, renderer_version);
    add_text(maker, canonical_parameters);
}

void pl_key_source(struct pl_key_maker *maker, const char *name, const char *selector,
                   const struct pl_stamp *stamp)
{
    add_text(maker, name);
    add_text(maker, selector);
    add_field(maker, stamp->bytes, sizeof stamp->bytes);
}

void pl_key_end(struct pl_key_maker *maker, struct pl_key *out)
{
    pl_sha256_end(&maker->sha, out->bytes);
}
