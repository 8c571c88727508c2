/* registry.c - the table of renderers, and what all of them need before fork.
 *
 * Knows the names in renderers.def and nothing of what they draw.
 */
#include <string.h>

#include "render/render.h"
#include "render/text.h"
#include "shm/base/check.h"

#define RENDERER(name) extern const struct pl_renderer pl_renderer_##name;
#include "render/renderers.def"
#undef RENDERER

static const struct pl_renderer *const renderers[] = {
#define RENDERER(name) &pl_renderer_##name,
#include "render/renderers.def"
#undef RENDERER
};

enum { PROBE_LEAST = 50 };

const char *pl_media_type(enum pl_media media)
{
    static const char *const types[PL_MEDIA_COUNT] = {"image/png", "image/jpeg", "application/json",
                                                      "image/webp"};
    CHECK(media < PL_MEDIA_COUNT);
    return types[media];
}

const struct pl_renderer *pl_renderer_probe(const uint8_t *bytes, size_t n)
{
    const struct pl_renderer *best = NULL;
    int best_score = PROBE_LEAST - 1;
    for (size_t i = 0; i < PL_COUNT(renderers); i++) {
        int score = renderers[i]->probe(bytes, PL_MIN(n, (size_t)PL_PROBE_N));
        if (score > best_score) {
            best = renderers[i];
            best_score = score;
        }
    }
    return best;
}

const struct pl_renderer *pl_renderer_find(const char *name)
{
    for (size_t i = 0; i < PL_COUNT(renderers); i++)
        if (strcmp(renderers[i]->name, name) == 0)
            return renderers[i];
    return NULL;
}

const struct pl_renderer *pl_renderer_at(unsigned index)
{
    return index < PL_COUNT(renderers) ? renderers[index] : NULL;
}

enum pl_err pl_render_start(const struct pl_render_setup *setup, struct pl_error *error)
{
    return pl_text_start(setup != NULL ? setup->font_dir : NULL, error);
}

void pl_render_stop(void)
{
    pl_text_stop();
}
