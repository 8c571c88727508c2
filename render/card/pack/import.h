/* import.h - what the parts of the importer share. Private to the pack builder. */
#ifndef PL_PACK_IMPORT_H
#define PL_PACK_IMPORT_H

#include "render/card/pack/build.h"
#include "render/card/pack/yaml.h"

struct pl_import {
    const char *source, *folder;
    bool as_is;
    struct pl_arena *arena;
    struct pl_problems *problems;
    struct pl_error *error;
    /* The files of the source; NULL where there is none. */
    const struct pl_yaml *config, *devices, *generated, *fs2020, *sws, *ed;
    struct pl_make make; /* what is found; only texts, places and tables */
};

/* import_find.c: the source's files and folders. */
enum pl_err pl_import_load(struct pl_import *im);
/* The path of a picture, font or logo, looked for where the configuration (its member `setting`)
 * and the usual layouts have it; name without ending: one of the endings that packs read. NULL:
 * nowhere. */
const char *pl_import_find(struct pl_import *im, const char *setting, const char *usual,
                           const char *name, bool ending);
/* Copies a found file below the new folder. */
enum pl_err pl_import_copy(struct pl_import *im, const char *from, const char *to);

/* import_devices.c: devices and images into make. import_games.c: labels and tables. */
enum pl_err pl_import_devices(struct pl_import *im);
enum pl_err pl_import_games(struct pl_import *im);
/* The text after the correction of what is known to be wrong. */
const char *pl_import_patched(const struct pl_import *im, const char *table, const char *key,
                              const char *text);

/* export.c: a description as the YAML files of a folder. */
enum pl_err pl_make_export(const struct pl_make *make, const char *folder, struct pl_arena *arena,
                           struct pl_error *error);

enum pl_err pl_import_full(struct pl_import *im);

#endif
