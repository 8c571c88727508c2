/* web.c - the files under server/web/static, and the samples of the own card pack, put into the
 * binary by the assembler.
 *
 * One line a file. Entity tags and the compressed form are made once, from the content, on first
 * use; a front is one thread. Memory: the compressed forms stay, some 40 KB a front; a file that
 * could not be compressed is sent as it is. What is put in the place of a file is its owner's. */
#include "server/web/web.h"

#define ZLIB_CONST 1
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "shm/base/check.h"
#include "shm/base/hash.h"

#define SCRIPT "text/javascript; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"
#define SAMPLES "../../../conf/packs/generic/samples/"
#define FILES(FILE)                                                                                \
    FILE(page, "/", "text/html; charset=utf-8", "index.html")                                      \
    FILE(script, "/web/platen.js", SCRIPT, "platen.js")                                            \
    FILE(api, "/web/api.js", SCRIPT, "api.js")                                                     \
    FILE(arrange, "/web/arrange.js", SCRIPT, "arrange.js")                                         \
    FILE(browse, "/web/browse.js", SCRIPT, "browse.js")                                            \
    FILE(cards_page, "/cards", "text/html; charset=utf-8", "cards.html")                           \
    FILE(cards, "/web/cards.js", SCRIPT, "cards.js")                                               \
    FILE(cards_link, "/web/cards-link.js", SCRIPT, "cards-link.js")                                \
    FILE(cards_sample, "/web/cards-sample.js", SCRIPT, "cards-sample.js")                          \
    FILE(cards_show, "/web/cards-show.js", SCRIPT, "cards-show.js")                                \
    FILE(cards_style, "/web/cards.css", "text/css; charset=utf-8", "cards.css")                    \
    FILE(cards_take, "/web/cards-take.js", SCRIPT, "cards-take.js")                                \
    FILE(cards_tools, "/web/cards-tools.js", SCRIPT, "cards-tools.js")                             \
    FILE(cards_zoom, "/web/cards-zoom.js", SCRIPT, "cards-zoom.js")                                \
    FILE(devices_page, "/devices", "text/html; charset=utf-8", "devices.html")                     \
    FILE(devices, "/web/devices.js", SCRIPT, "devices.js")                                         \
    FILE(grid, "/web/grid.js", SCRIPT, "grid.js")                                                  \
    FILE(inside, "/web/inside.js", SCRIPT, "inside.js")                                            \
    FILE(layout, "/web/layout.js", SCRIPT, "layout.js")                                            \
    FILE(markup, "/web/markup.js", SCRIPT, "markup.js")                                            \
    FILE(overlay, "/web/overlay.js", SCRIPT, "overlay.js")                                         \
    FILE(pictures, "/web/pictures.js", SCRIPT, "pictures.js")                                      \
    FILE(places, "/web/places.js", SCRIPT, "places.js")                                            \
    FILE(sample, "/web/sample.js", SCRIPT, "sample.js")                                            \
    FILE(samples, "/web/samples.js", SCRIPT, "samples.js")                                         \
    FILE(sources, "/web/sources.js", SCRIPT, "sources.js")                                         \
    FILE(stats, "/web/stats.js", SCRIPT, "stats.js")                                               \
    FILE(upload, "/web/upload.js", SCRIPT, "upload.js")                                            \
    FILE(viewer, "/web/viewer.js", SCRIPT, "viewer.js")                                            \
    FILE(stick, "/web/samples/stick.xml", PLAIN, SAMPLES "stick.xml")                              \
    FILE(throttle, "/web/samples/throttle.xml", PLAIN, SAMPLES "throttle.xml")                     \
    FILE(gamepad, "/web/samples/gamepad.xml", PLAIN, SAMPLES "gamepad.xml")                        \
    FILE(squadron, "/web/samples/squadron.profile", PLAIN, SAMPLES "squadron.profile")             \
    FILE(explorer, "/web/samples/explorer.binds", PLAIN, SAMPLES "explorer.binds")                 \
    FILE(style, "/web/platen.css", "text/css; charset=utf-8", "platen.css")                        \
    FILE(icon, "/web/icon.svg", "image/svg+xml", "icon.svg")

#define EMBED(id, url, media_type, name)                                                           \
    __asm__(".section .rodata\n"                                                                   \
            ".global pl_web_" #id "\npl_web_" #id ":\n"                                            \
            ".incbin \"server/web/static/" name "\"\n"                                             \
            ".global pl_web_" #id "_end\npl_web_" #id "_end:\n"                                    \
            ".byte 0\n.previous\n");                                                               \
    extern const uint8_t pl_web_##id[], pl_web_##id##_end[];
FILES(EMBED)

static void tag(char out[PL_WEB_ETAG_N], const struct pl_web_form *form, const char *mark)
{
    (void)snprintf(out, PL_WEB_ETAG_N, "\"%016llx%s\"",
                   (unsigned long long)pl_checksum(form->bytes, form->n), mark);
}

/* form.n stays 0 when there is no memory or nothing is gained. */
static void pack(const struct pl_web_form *plain, struct pl_web_form *out)
{
    enum { GZIP = 15 + 16 };
    z_stream z = {.avail_in = (uInt)plain->n};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    uint8_t *bytes = malloc(plain->n);
    z.next_in = plain->bytes;
    z.next_out = bytes;
    z.avail_out = (uInt)plain->n;
    if (bytes != NULL && deflate(&z, Z_FINISH) == Z_STREAM_END) {
        uint8_t *fitted = realloc(bytes, z.total_out);
        out->bytes = fitted != NULL ? fitted : bytes;
        out->n = z.total_out;
        tag(out->etag, plain, "-gzip");
    } else {
        free(bytes);
    }
    (void)deflateEnd(&z);
}

#define ROW(id, url, media_type, name) {url, media_type, {pl_web_##id, 0, ""}, {NULL, 0, ""}},
static struct pl_web_file files[] = {FILES(ROW)};
#define END(id, url, media_type, name) pl_web_##id##_end,
static const uint8_t *const ends[] = {FILES(END)};

static struct pl_web_file *find(const char *path)
{
    for (size_t i = 0; i < PL_COUNT(files); i++) {
        struct pl_web_file *file = &files[i];
        if (strcmp(file->path, path) != 0)
            continue;
        if (file->plain.n == 0) {
            file->plain.n = (size_t)(ends[i] - file->plain.bytes);
            tag(file->plain.etag, &file->plain, "");
            pack(&file->plain, &file->gzip);
        }
        return file;
    }
    return NULL;
}

const struct pl_web_file *pl_web_find(const char *path)
{
    return find(path);
}

void pl_web_put(const char *path, const uint8_t *bytes, size_t n)
{
    struct pl_web_file *file = find(path);
    CHECK(file != NULL && n > 0);
    union {
        const uint8_t *read;
        void *owned;
    } old = {.read = file->gzip.bytes};
    free(old.owned);
    file->gzip = (struct pl_web_form){NULL, 0, ""};
    file->plain = (struct pl_web_form){bytes, n, ""};
    tag(file->plain.etag, &file->plain, "");
    pack(&file->plain, &file->gzip);
}

/* One member of Accept-Encoding: does it take gzip? 1 yes, 0 no, -1 it does not speak of it. */
static int takes(const char *member, size_t n)
{
    size_t name_n = strcspn(member, ";, \t");
    bool any = name_n == 1 && member[0] == '*';
    if (!any && !(name_n == 4 && strncasecmp(member, "gzip", 4) == 0))
        return -1;
    const char *q = memmem(member, n, "q=", 2);
    if (q == NULL)
        return 1;
    size_t at = strspn(q + 2, "0.");
    return (size_t)(q + 2 - member) + at < n && q[2 + at] >= '1' && q[2 + at] <= '9';
}

bool pl_web_gzip(const char *accept)
{
    int any = 0;
    while (accept != NULL && *accept != '\0') {
        accept += strspn(accept, " \t,");
        size_t n = strcspn(accept, ",");
        int taken = n > 0 ? takes(accept, n) : -1;
        if (taken >= 0 && *accept != '*')
            return taken == 1;
        if (taken >= 0)
            any = taken;
        accept += n;
    }
    return any == 1;
}
