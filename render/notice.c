/* notice.c - a picture that says why there is no other one.
 *
 * Memory: an arena for the call, large enough for the largest picture. */
#include "render/notice.h"

#include "render/canvas.h"
#include "render/encode/png.h"
#include "shm/base/arena.h"

enum { ROOM = 4 << 20 };

enum pl_err pl_notice_png(uint32_t width_px, uint32_t height_px, const char *text,
                          struct pl_buf *out, struct pl_error *error)
{
    (void)text;
    struct pl_arena *arena = NULL;
    struct pl_canvas canvas;
    size_t room = ROOM + 3 * ((size_t)width_px + 1) * height_px;
    if (width_px > PL_CANVAS_SIDE_MAX || height_px > PL_CANVAS_SIDE_MAX)
        return pl_fail(error, PL_E_LIMIT, "a side has at most %d pixels", PL_CANVAS_SIDE_MAX);
    enum pl_err result = pl_arena_make(&arena, room, error);
    if (result == PL_OK)
        result = pl_canvas_make(&canvas, width_px, height_px, arena, error);
    if (result == PL_OK)
        result = pl_png_canvas(&canvas, arena, out, error);
    pl_arena_free(&arena);
    return result;
}
