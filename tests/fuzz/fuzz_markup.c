/* fuzz_markup.c - text markup and shortening on hostile text, drawn both ways on a small canvas. */
#include <stdint.h>
#include <string.h>

#include "render/text.h"
#include "shm/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { TEXT_MAX = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pl_arena *arena;
    static char text[TEXT_MAX + 1];
    char fitted[200];
    struct pl_canvas canvas;
    if (arena == NULL) {
        CHECK(pl_text_start(NULL, NULL) == PL_OK);
        CHECK(pl_arena_make(&arena, 4 << 20, NULL) == PL_OK);
    }
    if (n < 2)
        return 0;
    unsigned px = bytes[0], flags = bytes[1] & 3;
    n = PL_MIN(n - 2, (size_t)TEXT_MAX);
    memcpy(text, bytes + 2, n);
    text[n] = '\0';
    CHECK(pl_canvas_make(&canvas, 120, 80, arena, NULL) == PL_OK);
    struct pl_text_box box = pl_text_measure(text, px, flags);
    CHECK(box.width_px >= 0 && box.ascent_px >= 0 && box.descent_px >= 0);
    pl_text_draw(&canvas, 10, 60, text, px, flags, canvas.black);
    if (n < 40) /* every glyph is drawn anew */
        pl_text_draw_turned(&canvas, 10, 60, text, px, flags, 30, canvas.black);
    pl_text_fit(fitted, sizeof fitted, text, px, flags, 100);
    CHECK(fitted[0] == '\0' || pl_text_measure(fitted, px, flags).width_px <= 100);
    pl_arena_reset(arena, 1 << 20);
    return 0;
}
