/* import_find.c - where the configuration of MetaRefCard and EDRefCard keeps its files, and copying
 * them into a pack's folder.
 *
 * Two shapes of source are met: the repository (config/, resources/hotas-images/, ...), and a
 * folder with config/, images/, fonts/ and logos/. What config.yaml says of folders counts from the
 * source and from the folder above it. */
#include "render/card/pack/import.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "render/card/pack/file.h"
#include "shm/base/check.h"

enum { COPY_BYTES = 64 << 20, PATH_N = 4096 };

static const char *found(struct pl_import *im, const char *path)
{
    return access(path, R_OK) == 0 ? pl_arena_text(im->arena, path, strlen(path)) : NULL;
}

static const char *try_in(struct pl_import *im, const char *folder, const char *name, bool ending)
{
    static const char *const endings[] = {".svg", ".png", ".jpg", ".jpeg"};
    char path[PATH_N];
    const char *there = NULL;
    for (size_t i = 0; i < (ending ? PL_COUNT(endings) : 1) && there == NULL; i++) {
        int n = snprintf(path, sizeof path, "%s/%s/%s%s", im->source, folder, name,
                         ending ? endings[i] : "");
        if (n > 0 && (size_t)n < sizeof path)
            there = found(im, path);
    }
    return there;
}

const char *pl_import_find(struct pl_import *im, const char *setting, const char *usual,
                           const char *name, bool ending)
{
    char above[PATH_N];
    struct pl_problems unused = PL_PROBLEMS;
    const char *folder =
        pl_yaml_text(pl_yaml_get(im->config, setting), setting, im->arena, &unused);
    const char *there = NULL;
    pl_problems_free(&unused);
    if (strchr(name, '/') != NULL)
        return NULL;
    if (folder[0] != '\0') {
        there = try_in(im, folder, name, ending);
        int n = snprintf(above, sizeof above, "../%s", folder);
        if (there == NULL && n > 0 && (size_t)n < sizeof above)
            there = try_in(im, above, name, ending);
    }
    for (; there == NULL && *usual != '\0'; usual += strlen(usual) + 1)
        there = try_in(im, usual, name, ending);
    return there;
}

enum pl_err pl_import_copy(struct pl_import *im, const char *from, const char *to)
{
    struct pl_pack_bytes bytes;
    size_t mark = pl_arena_mark(im->arena);
    const char *path = pl_make_path(im->arena, im->folder, to);
    enum pl_err err = path == NULL ? pl_import_full(im)
                                   : pl_make_file(from, COPY_BYTES, im->arena, &bytes, im->error);
    if (err == PL_OK)
        err = pl_make_write(path, bytes.bytes, bytes.n, im->error);
    pl_arena_release(im->arena, mark);
    return err;
}

/* The folder of the YAML files: the source's config/, or the source itself. */
static const char *config_folder(struct pl_import *im)
{
    static const char *const tells[] = {"config.yaml", "devices.yaml", "ed.json"};
    const char *inside = pl_make_path(im->arena, im->source, "config");
    for (size_t i = 0; inside != NULL && i < PL_COUNT(tells); i++) {
        const char *path = pl_make_path(im->arena, inside, tells[i]);
        if (path != NULL && access(path, R_OK) == 0)
            return inside;
    }
    return im->source;
}

/* A file that another one names: "config/devices.yaml" counts from the source or its folder. */
static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash != NULL ? slash + 1 : name;
}

static enum pl_err load(struct pl_import *im, const char *folder, const char *name,
                        const struct pl_yaml **out)
{
    return pl_yaml_load(folder, name, false, im->arena, out, im->problems, im->error);
}

static enum pl_err load_named(struct pl_import *im, const char *folder, const struct pl_yaml *in,
                              const char *key, const char *usual, const struct pl_yaml **out)
{
    const char *name = pl_yaml_text(pl_yaml_get(in, key), key, im->arena, im->problems);
    return load(im, folder, name[0] != '\0' ? last_part(name) : usual, out);
}

enum pl_err pl_import_load(struct pl_import *im)
{
    const char *folder = config_folder(im);
    enum pl_err err = load(im, folder, "config.yaml", &im->config);
    if (err == PL_OK)
        err = load_named(im, folder, im->config, "DevicesFile", "devices.yaml", &im->devices);
    if (err == PL_OK)
        err = load_named(im, folder, im->devices, "GeneratedFile", "generatedDevices.yaml",
                         &im->generated);
    if (err == PL_OK)
        err = load(im, folder, "fs2020.yaml", &im->fs2020);
    if (err == PL_OK)
        err = load(im, folder, "sws.yaml", &im->sws);
    if (err == PL_OK)
        err = load(im, folder, "ed.json", &im->ed);
    if (err == PL_OK && im->devices == NULL && im->generated == NULL && im->ed == NULL)
        err = pl_fail(im->error, PL_E_MISSING,
                      "%.120s has neither config/devices.yaml nor config/ed.json: give the folder "
                      "that holds config/",
                      im->source);
    return err;
}
