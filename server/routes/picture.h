/* picture.h - which stored thing a picture's address means, and under which key the picture is
 * cached.
 *
 * Used by fronts to answer and by the admin commands to explain. Reads the catalogue, nothing else.
 */
#ifndef PL_PICTURE_H
#define PL_PICTURE_H

#include "render/render.h"
#include "shm/store.h"

enum { PL_PICTURE_SPLITS_MAX = 64 };

struct pl_picture {
    struct pl_record record;
    struct pl_item item;
    const char *selector; /* lies in the path given to find */
    const struct pl_renderer *renderer;
    struct pl_params params; /* after pl_picture_key */
    struct pl_key key;       /* after pl_picture_key */
};

/* pl_picture_find - split path into NAME/SELECTOR: the longest stored NAME that has SELECTOR wins.
 *
 * path    decoded, without the suffix of the format; must outlive *out
 * returns PL_OK; PL_E_MISSING or PL_E_GONE saying which part; PL_E_FORMAT when the item is there
 * but cannot be drawn; PL_E_IO
 */
enum pl_err pl_picture_find(struct pl_store *store, const char *path, struct pl_picture *out,
                            struct pl_error *error);
/* pl_picture_same - is the longest stored NAME of path still the first name_n bytes, with this
 * stamp? Then pl_picture_find would come to what it came to before. record is scratch. */
bool pl_picture_same(struct pl_store *store, const char *path, size_t name_n,
                     const struct pl_stamp *stamp, struct pl_record *record);
/* pl_picture_name - find when name and selector are known apart. */
enum pl_err pl_picture_name(struct pl_store *store, const char *name, const char *selector,
                            struct pl_picture *out, struct pl_error *error);

/* pl_picture_key - canonical parameters and the key. PL_E_INPUT naming a parameter; PL_E_LIMIT when
 * the picture has more than pixels_most. */
enum pl_err pl_picture_key(struct pl_picture *picture, const struct pl_query *query, size_t query_n,
                           enum pl_media media, uint64_t pixels_most, struct pl_error *error);

/* pl_picture_size - PL_E_LIMIT when a picture of these parameters has more than pixels_most. */
enum pl_err pl_picture_size(const struct pl_params *params, uint64_t pixels_most,
                            struct pl_error *error);

/* pl_media_suffix - ".png", ".jpg", ".json" or ".webp". */
const char *pl_media_suffix(enum pl_media media);

#endif
