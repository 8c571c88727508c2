/* bake.c - fonts and pixels of a pack. */
#include "render/card/pack/assemble.h"

void pl_bake(struct pl_assembly *a, const struct pl_make *make, const char *folder,
             const struct pl_make_image *const *images)
{
    (void)a;
    (void)make;
    (void)folder;
    (void)images;
}
