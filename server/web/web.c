/* web.c - the files under server/web/static, put into the binary by the assembler.
 *
 * One line a file. Entity tags are made once, from the content, on first use; a front is one
 * thread. */
#include "server/web/web.h"

#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/hash.h"

#define SCRIPT "text/javascript; charset=utf-8"
#define FILES(FILE)                                                                                \
    FILE(page, "/", "text/html; charset=utf-8", "index.html")                                      \
    FILE(script, "/web/platen.js", SCRIPT, "platen.js")                                            \
    FILE(api, "/web/api.js", SCRIPT, "api.js")                                                     \
    FILE(browse, "/web/browse.js", SCRIPT, "browse.js")                                            \
    FILE(grid, "/web/grid.js", SCRIPT, "grid.js")                                                  \
    FILE(inside, "/web/inside.js", SCRIPT, "inside.js")                                            \
    FILE(markup, "/web/markup.js", SCRIPT, "markup.js")                                            \
    FILE(pictures, "/web/pictures.js", SCRIPT, "pictures.js")                                      \
    FILE(stats, "/web/stats.js", SCRIPT, "stats.js")                                               \
    FILE(upload, "/web/upload.js", SCRIPT, "upload.js")                                            \
    FILE(viewer, "/web/viewer.js", SCRIPT, "viewer.js")                                            \
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

const struct pl_web_file *pl_web_find(const char *path)
{
#define ROW(id, url, media_type, name) {url, media_type, pl_web_##id, 0, ""},
    static struct pl_web_file files[] = {FILES(ROW)};
#define END(id, url, media_type, name) pl_web_##id##_end,
    static const uint8_t *const ends[] = {FILES(END)};
    for (size_t i = 0; i < PL_COUNT(files); i++) {
        struct pl_web_file *file = &files[i];
        if (strcmp(file->path, path) != 0)
            continue;
        if (file->n == 0) {
            file->n = (size_t)(ends[i] - file->bytes);
            (void)snprintf(file->etag, sizeof file->etag, "\"%016llx\"",
                           (unsigned long long)pl_checksum(file->bytes, file->n));
        }
        return file;
    }
    return NULL;
}
